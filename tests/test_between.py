"""Derivatives of the cost with respect to inputs, weighted sums and activations, in every layout."""
from functools import lru_cache

import numpy as np
import pytest
from networks_to_test import NETWORKS, parameters, samples

import bplib as bp
from bplib.numerics import analytic

OPEN = ("neuron", "any activation", "graph, any activation")
CLOSED = [name for name in NETWORKS if name not in OPEN]
STEP = 1e-30


@lru_cache(None)
def derived(name):
    return bp.derive(NETWORKS[name]())


def case(name, notation, seed=1):
    derivation, random = derived(name), np.random.default_rng(seed)
    f = bp.generate(derivation.network, derivation, notation)
    p = f.layout.pack(parameters(f.network, random))
    return f, p, *f.layout.unpack_samples(*samples(f.network, random, 5))


def by_complex_step(f, p, X, Y):
    """∂C/∂X: each entry of X is moved by itself and the cost computed again."""
    cost, found = f.cost.with_kernels(analytic()), np.empty(X.shape)
    for at in np.ndindex(*X.shape):
        moved = X.astype(complex)
        moved[at] += 1j * STEP
        found[at] = np.imag(cost(*p.values(), moved, Y)[0]) / STEP
    return found


@pytest.mark.parametrize("notation", ("bplib", "nielsen", "bishop", "blame", "cs231n"))
@pytest.mark.parametrize("name", CLOSED)
def test_with_respect_to_the_inputs(name, notation):
    f, p, X, Y = case(name, notation)
    found = f.gradients(p, X, Y, with_respect_to=f.layout.text(f.network.given("x")))
    assert np.allclose(found, by_complex_step(f, p, X, Y), rtol=1e-12, atol=1e-15) and found.any()


@pytest.mark.parametrize("name", [name for name in CLOSED if "graph" not in name and "neuron" not in name])
def test_with_respect_to_weighted_sums_and_activations_of_layers(name):
    """∂C/∂b is the sum of ∂C/∂z over the samples, ∂C/∂W = (∂C/∂z)ᵀ a, and ∂C/∂a of a hidden layer is (∂C/∂z) W."""
    f, p, X, Y = case(name, "bplib")
    names = [q.name for q in f.network.quantities.values() if q.kind in "za"]
    found, values = f.gradients(p, X, Y, with_respect_to=names), {"a0": X, **f.forward(p, X)}
    gradients, l2 = f.gradients(p, X, Y), float(f.network.options.l2)
    assert list(found) == names and all(found[name].shape == values[name].shape for name in names)
    for layer in range(1, len(names) // 2 + 1):
        dz = found[f"z{layer}"]
        assert np.allclose(dz.T @ values[f"a{layer - 1}"] + l2 * p[f"W{layer}"], gradients[f"W{layer}"], rtol=1e-12)
        if f"b{layer}" in p:
            assert np.allclose(dz.sum(axis=0), gradients[f"b{layer}"], rtol=1e-12)
        if layer > 1:
            assert np.allclose(found[f"a{layer - 1}"], dz @ p[f"W{layer}"], rtol=1e-12)


@pytest.mark.parametrize("name", [name for name in CLOSED if "graph" in name])
def test_with_respect_to_neurons(name):
    """∂C/∂w is Σ over the samples of ∂C/∂z of the neuron times what it receives."""
    f, p, X, Y = case(name, "bplib")
    neurons, l2 = f.network.structure.neurons, float(f.network.options.l2)
    found = f.gradients(p, X, Y, with_respect_to=[f"z_{name}" for name in neurons])
    values, gradients = {**dict(zip(f.network.structure.inputs, X.T)), **f.forward(p, X)}, f.gradients(p, X, Y)
    for to, (sources, _) in neurons.items():
        for source in sources:
            received = values[source if source in values else f"a_{source}"]
            w = f"w_{source}_{to}"
            assert np.isclose(found[f"z_{to}"] @ received + l2 * p[w], gradients[w], rtol=1e-12)


def test_an_input_that_no_neuron_receives_changes_nothing():
    f = bp.generate(bp.graph({"o": (["q"], "tanh")}, ["p", "q", "r"]))
    X = np.array([[1.0, 2.0, 3.0]])
    found = f.gradients({"w_q_o": 0.5}, X, [[0.0]], with_respect_to="X")
    assert found[0, 0] == found[0, 2] == 0 and found[0, 1] == pytest.approx(2 * np.tanh(1) * (1 - np.tanh(1) ** 2) * 0.5)


def test_the_source_shows_how():
    f = bp.generate(bp.dense([3, 4, 2]))
    assert f.gradients.between("X").source.splitlines()[-2:] == ["    dC_dX = delta1 @ W1 / N", "    return [dC_dX]"]
    assert "dC_da1" in f.gradients.between("a1").source


def test_a_given_error_from_above_goes_back_through_a_layer():
    """What published exercises call linear_backward with a cache: dW, db and dA_prev from dA, A_prev and W."""
    f, random = bp.generate(bp.dense([3, 2], "relu", "given error", over_samples="sum")), np.random.default_rng(0)
    p, A_before, dA = parameters(f.network, random), random.normal(size=(5, 3)), random.normal(size=(5, 2))
    dZ = dA * (A_before @ p["W1"].T + p["b1"] > 0)
    gradients = f.gradients(p, A_before, dA)
    assert np.allclose(gradients["W1"], dZ.T @ A_before) and np.allclose(gradients["b1"], dZ.sum(axis=0))
    assert np.allclose(f.gradients(p, A_before, dA, with_respect_to="X"), dZ @ p["W1"])
    assert np.array_equal(f.gradients(p, A_before, dA, with_respect_to="a1"), dA)


def test_the_output_itself_as_a_cost():
    f = bp.generate(bp.dense([2, 1], "sigmoid", "output"))
    p = {"W1": np.array([[2.0, -3.0]]), "b1": np.array([-3.0])}
    X = np.array([[-1.0, -2.0]])
    slope = 0.7310585786300049 * (1 - 0.7310585786300049)  # a published example: z = 1
    assert f.cost(p, X) == pytest.approx(0.7310585786300049)
    assert np.allclose(f.gradients(p, X)["W1"], [[-slope, -2 * slope]])
    assert np.allclose(f.gradients(p, X, with_respect_to="X"), [[2 * slope, -3 * slope]])
    assert np.allclose(f.gradients(p, X, with_respect_to="a1"), [[1.0]])


@pytest.mark.parametrize("given", ({"X"}, np.array(["X"]), 3, None.__class__))
def test_what_is_no_name_is_told(given):
    f, p, X, Y = case("2-2-1", "bplib")
    with pytest.raises(bp.InputError, match="the name of an array, such as 'X'"):
        f.gradients(p, X, Y, with_respect_to=given)
    with pytest.raises(bp.InputError, match="Names of arrays come as with_respect_to"):
        f.gradients(p, X, Y, "X")


@pytest.mark.parametrize("name", ("W1", "Y", "x", "z3", ["X", ["z1"]]))
def test_an_array_that_is_not_there_is_told(name):
    f, p, X, Y = case("2-2-1", "bplib")
    with pytest.raises(bp.InputError, match="There are: X, z1, a1, z2, a2; .*parameters"):
        f.gradients(p, X, Y, with_respect_to=name)


@pytest.mark.parametrize("notation", ("nielsen", "goodfellow", "ng", "3blue1brown", "prince", "d2l", "bplib", "bishop"))
def test_predictions_of_neurons_have_the_shape_of_the_targets(notation):
    f = bp.generate(bp.graph({"o": (["p"], "tanh"), "r": (["p"], "tanh")}, ["p"]), notation=notation)
    p = bp.initial_parameters(f.network)
    (X,) = f.layout.unpack_samples(np.array([[1.0], [2.0]]))
    assert f.cost(p, X, f.predict(p, X)) == 0
    X3, Y3 = f.layout.unpack_samples(np.ones((3, 1)), np.ones((3, 2)))
    assert f.predict(p, X3).shape == Y3.shape
