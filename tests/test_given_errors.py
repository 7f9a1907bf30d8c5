"""Costs that compare nothing: the output itself, and outputs weighted by an error that is given from above."""
import numpy as np
import pytest

import bplib as bp
from bplib import reference
from bplib.curvature import moving

NETWORKS = {
    "dense": lambda loss: bp.dense([2, 3, 2], ["tanh", "identity"], loss, over_samples="sum"),
    "relu, penalty": lambda loss: bp.dense([2, 3, 2], "relu", loss, l2=0.1),
    "one layer": lambda loss: bp.dense([3, 2], "identity", loss, over_outputs="mean", bias=False),
    "neuron": lambda loss: bp.neuron("identity", loss),
    "sigmoid neuron": lambda loss: bp.neuron("sigmoid", loss, over_samples="sum"),
    "graph": lambda loss: bp.graph(
        {"h": (["p"], "tanh"), "o": (["h"], "identity"), "r": (["h", "p"], "sigmoid")}, ["p"], loss=loss, bias=True,
        over_outputs="mean"),
}
every = pytest.mark.parametrize("name", NETWORKS)


def numbers(network, samples=4):
    random = np.random.default_rng(2)

    def drawn(name):
        return random.normal(size=[samples if n == "N" else n for n in network.shape(name)])

    parameters = {name: np.asarray(random.normal(size=network.shape(name))) for name in network.parameters}
    return parameters, drawn("x"), drawn("y")


def share(network, Y):
    """The factor of one output of one sample in the cost."""
    samples = len(Y) if network.options.over_samples == "mean" else 1
    return 1 / samples / (Y.shape[1] if network.options.over_outputs == "mean" else 1)


def quotient(cost, parameters, name, at):
    """A central difference."""
    moved = {sign: {**parameters, name: parameters[name].copy()} for sign in (1, -1)}
    for sign, arrays in moved.items():
        arrays[name][at] += sign * 1e-6
    return (cost(moved[1]) - cost(moved[-1])) / 2e-6


@every
@pytest.mark.parametrize("loss", ["output", "given error"])
def test_cost_and_gradients(name, loss):
    network = NETWORKS[name](loss)
    f, (parameters, X, Y) = bp.generate(network), numbers(network)
    given = (X,) if loss == "output" else (X, Y)
    outputs = f.predict(parameters, X)
    weighted = outputs * (1 if loss == "output" else Y)
    penalty = float(network.options.l2) / 2 * sum((parameters[key]**2).sum() for key in parameters if key[0] in "Ww")
    assert f.cost(parameters, *given) == pytest.approx(share(network, Y) * weighted.sum() + penalty, rel=1e-13)
    derivation = bp.derive(network)
    for key, array in f.gradients(parameters, *given).items():
        at = tuple(n - 1 for n in array.shape)
        assert array[at] == pytest.approx(
            quotient(lambda moved: f.cost(moved, *given), parameters, key, at), rel=1e-7, abs=1e-8)
        found = derivation.evaluate(derivation[key], parameters, *given)
        np.testing.assert_allclose(found, array, rtol=1e-13, atol=1e-15)
    assert bp.gradient_check(f, parameters, *given).passed


@every
def test_ones_as_given_error_give_the_gradients_of_the_output(name):
    plain, weighted = bp.generate(NETWORKS[name]("output")), bp.generate(NETWORKS[name]("given error"))
    parameters, X, Y = numbers(plain.network)
    expected = plain.gradients(parameters, X)
    for functions in (weighted, bp.tune(weighted)):
        for key, array in functions.gradients(parameters, X, np.ones_like(Y)).items():
            np.testing.assert_allclose(array, expected[key], rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("notation", ["nielsen", "cs231n", "ng"])
def test_other_layouts(notation):
    network = NETWORKS["dense"]("output")
    f, (parameters, X, _) = bp.generate(network, notation=notation), numbers(network)
    packed, (inputs,) = f.layout.pack(parameters), f.layout.unpack_samples(X)
    found, expected = f.layout.unpack(f.gradients(packed, inputs)), bp.generate(network).gradients(parameters, X)
    for key, array in expected.items():
        np.testing.assert_allclose(found[key], array, rtol=1e-13)
    assert bp.gradient_check(f, packed, inputs).passed


def test_a_layer_of_softmax_with_an_error_from_above():
    """δ_j = a_j (e_j − Σ_i e_i a_i)."""
    f = bp.generate(bp.dense([2, 3], "softmax", "given error", over_samples="sum", bias=False))
    W, X, error = np.array([[0.3, -1.0], [0.2, 0.5], [1.0, 0.1]]), np.array([[1.0, 2.0]]), np.array([[0.7, -2.0, 5.0]])
    a = f.predict({"W1": W}, X)
    delta = a * (error - (error * a).sum())
    np.testing.assert_allclose(f.gradients({"W1": W}, X, error)["W1"], delta.T @ X, rtol=1e-13)


@pytest.mark.parametrize("loss", ["output", "given error"])
def test_what_is_shown(loss):
    network = NETWORKS["dense"](loss)
    derivation = bp.derive(network)
    assert bp.forms(network, "W1", 1, 1).check.passed
    assert r"\sum_{j=1}^{n_{2}} " in network.latex() and ("y" in network.latex()) == (loss == "given error")
    assert moving(derivation) and bp.figures.network(network) and bp.figures.shapes(network)
    assert f"of {len(derivation.steps)}, loss" in repr(bp.explore.derivation(network))


def test_the_network_explorer_needs_targets():
    assert bp.explore.network(NETWORKS["dense"]("given error")).picture() is not None
    with pytest.raises(bp.InputError, match="no targets"):
        bp.explore.network(NETWORKS["dense"]("output"))


def test_training_goes_where_the_given_error_says():
    network = NETWORKS["dense"]("given error")
    parameters, X, Y = numbers(network)
    history = bp.train(network, parameters, X, Y, eta=1e-3, epochs=5)
    assert history.cost[-1] < history.cost[0] == pytest.approx(bp.generate(network).cost(parameters, X, Y))


@pytest.mark.parametrize("call, says", [
    (lambda n, P, X, Y: bp.generate(n).cost(P, X, Y), "leave Y out"),
    (lambda n, P, X, Y: bp.gradient_check(n, P, X, Y), "leave Y out"),
    (lambda n, P, X, Y: bp.train(n, P, X, Y, eta=1, epochs=1), "'given error' with ones for Y"),
    (lambda n, P, X, Y: bp.train(n, P, X, None, eta=1, epochs=1), "'given error' with ones for Y"),
    (lambda n, P, X, Y: bp.tune(n), "'given error' with ones for Y"),
    (lambda n, P, X, Y: bp.derive(n).evaluate(bp.derive(n)["W1"], P, X, Y), "leave Y out"),
    (lambda n, P, X, Y: bp.dense([2, 2], "softmax", "output"), "always add up to 1"),
], ids=range(7))
def test_targets_where_there_are_none(call, says):
    network = NETWORKS["dense"]("output")
    with pytest.raises(bp.InputError, match=says):
        call(network, *numbers(network))


def test_the_reference_by_itself():
    W, X = [np.array([[2.0, -1.0]])], np.array([[1.0, 3.0], [0.5, 0.0]])
    assert reference.cost(W, None, X, None, ["identity"], "output") == 0
    np.testing.assert_array_equal(reference.gradients(W, None, X, None, ["identity"], "output")[0][0], [[0.75, 1.5]])
    Y = np.array([[2.0], [4.0]])
    assert reference.cost(W, None, X, Y, ["identity"], "given error", over_samples="sum") == 2
    np.testing.assert_array_equal(
        reference.gradients(W, None, X, Y, ["identity"], "given error", over_samples="sum")[0][0], [[4, 6]])
    with pytest.raises(ValueError, match="no targets"):
        reference.cost(W, None, X, Y, ["identity"], "output")
