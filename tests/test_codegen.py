"""Generated code: it reads like hand-written NumPy, and says what the equations say."""
import subprocess
import sys

import numpy as np
import pytest
from networks_to_test import NETWORKS, parameters, samples

import bplib as bp
from bplib.gradcheck import reference_cost


def lines(source):
    return [line.strip() for line in source.splitlines()]


def test_source_of_a_dense_network_reads_like_hand_written_numpy():
    f = bp.generate(bp.dense([784, 30, 10], "sigmoid"))
    assert lines(f.gradients.source) == [
        "def gradients(W1, b1, W2, b2, X, Y):",
        "N = len(X)",
        "z1 = X @ W1.T + b1",
        "a1 = sigmoid(z1)",
        "z2 = a1 @ W2.T + b2",
        "a2 = sigmoid(z2)",
        "delta2 = 2*(a2 - Y)*a2*(1 - a2)",
        "delta1 = (delta2 @ W2)*a1*(1 - a1)",
        "dW1 = delta1.T @ X / N",
        "db1 = delta1.sum(axis=0)/N",
        "dW2 = delta2.T @ a1 / N",
        "db2 = delta2.sum(axis=0)/N",
        "return [dW1, db1, dW2, db2]"]


def test_cross_entropy_is_computed_from_z():
    f = bp.generate(bp.dense([3, 2], "sigmoid", "binary cross entropy"))
    assert "losses = ((1 - Y)*softplus(z1) + Y*softplus(-z1)).sum(axis=1)" in lines(f.cost.source)
    assert "delta1 = a1 - Y" in lines(f.gradients.source)
    f = bp.generate(bp.dense([3, 2], "softmax", "categorical cross entropy"))
    assert "losses = -(Y*log_softmax(z1)).sum(axis=1)" in lines(f.cost.source)


def test_source_grows_with_layers_and_not_with_widths():
    narrow, wide = (bp.generate(bp.dense([n, n, n])).gradients.source for n in (2, 2000))
    assert narrow == wide


def test_what_is_not_needed_is_not_computed():
    f = bp.generate(bp.dense([3, 4, 2]))
    assert "losses" not in f.gradients.source and "delta" not in f.cost.source and "Y" not in f.forward.source


def test_the_source_shown_is_the_source_that_runs():
    f = bp.generate(bp.dense([3, 2], bias=False))
    namespace = dict(f.gradients.raw.__globals__)
    exec(f.gradients.source, namespace)
    random = np.random.default_rng(0)
    W, X, Y = random.normal(size=(2, 3)), random.normal(size=(4, 3)), random.normal(size=(4, 2))
    assert np.array_equal(namespace["gradients"](W, X, Y)[0], f.gradients({"W1": W}, X, Y)["W1"])


@pytest.mark.parametrize("name", [name for name in NETWORKS if "any" not in name and name != "neuron"])
def test_cost_gradients_and_forward_values(name):
    network, random = NETWORKS[name](), np.random.default_rng(1)
    f, (X, Y), p = bp.generate(network), samples(network, random), parameters(network, random)
    before = {key: value.copy() for key, value in p.items()}
    assert f.cost(p, X, Y) == pytest.approx(reference_cost(network, p, X, Y), rel=1e-13)
    report = bp.gradient_check(f, p, X, Y)
    assert report.passed, report
    gradients = f.gradients(p, X, Y)
    assert {key: np.shape(g) for key, g in gradients.items()} == {key: np.shape(v) for key, v in p.items()}
    assert np.array_equal(f.predict(p, X).reshape(-1), np.stack(
        [f.forward(p, X)[a] for a in network.outputs], axis=-1).reshape(-1))
    assert all(np.array_equal(p[key], before[key]) for key in p)


def test_formulas_evaluated_from_the_derivation_equal_the_generated_gradients():
    network, random = bp.dense([4, 3, 2], ["tanh", "softmax"], "negative log-likelihood"), np.random.default_rng(2)
    (X, Y), p = samples(network, random, 6), parameters(network, random)
    derivation, gradients = bp.derive(network), bp.generate(network).gradients(p, X, Y)
    for name in network.parameters:
        assert np.allclose(derivation.evaluate(derivation[name], p, X, Y), gradients[name], rtol=1e-13, atol=1e-15)


def test_an_open_activation_has_no_numbers():
    with pytest.raises(bp.InputError, match="left open"):
        bp.generate(bp.neuron("g"))


def test_importing_bplib_imports_none_of_the_big_libraries():
    code = ("import sys, bplib; big = {'sympy', 'numpy', 'scipy', 'matplotlib', 'ipywidgets', 'anywidget'};"
            "print(sorted(big & set(sys.modules)))")
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_every_name_that_bplib_offers_can_be_had():
    for name in bp.__all__:
        assert getattr(bp, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'derivee'"):
        bp.derivee


def test_the_derivation_of_another_network_is_refused():
    with pytest.raises(bp.InputError, match="another network"):
        bp.generate(bp.dense([2, 3, 1], "tanh"), bp.derive(bp.dense([2, 3, 1])))
    with pytest.warns(UserWarning, match="made for targets from 0 to 1"):
        f = bp.generate(bp.dense([2, 1], "sigmoid", "binary cross entropy"))
        f.cost({"W1": np.ones((1, 2)), "b1": np.zeros(1)}, np.ones((2, 2)), np.array([[1.0], [-1.0]]))
