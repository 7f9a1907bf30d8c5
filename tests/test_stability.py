"""Costs and gradients at any pre-activation: finite, without a warning, and equal to textbook formulas.

The formulas below are the plain ones, which break down in floats; they are evaluated with many digits.
"""
import itertools
import warnings
from functools import lru_cache

import mpmath as mp
import numpy as np
import pytest

import bplib as bp
from bplib import training
from bplib.activations import activation
from bplib.losses import loss
from bplib.numerics import KERNELS, analytic

DIGITS = {"logarithms": 900, "others": 120}
"""1 − softmax is 0 to 868 digits where logits are spread by 2000; logarithms of it need more than that."""


@pytest.fixture(autouse=True)
def warnings_are_errors():
    """Also overflow, division by zero and invalid values inside NumPy; a result rounded to 0 is fine."""
    with warnings.catch_warnings(), np.errstate(all="raise", under="ignore"):
        warnings.simplefilter("error")
        yield


# ---------------------------------------------------------------------------------------------------------
# Textbook formulas
# ---------------------------------------------------------------------------------------------------------

FORMULAS = {
    "identity": lambda z: z,
    "sigmoid": lambda z: 1 / (1 + mp.exp(-z)),
    "tanh": lambda z: (mp.exp(z) - mp.exp(-z)) / (mp.exp(z) + mp.exp(-z)),
    "relu": lambda z: z if z > 0 else mp.mpf(0),
    "leaky relu": lambda z: z if z > 0 else mp.mpf("0.01") * z,
    "softplus": lambda z: mp.log(1 + mp.exp(z)),
    "elu": lambda z: z if z > 0 else mp.exp(z) - 1,
    "silu": lambda z: z / (1 + mp.exp(-z)),
    "gelu": lambda z: z * (1 + mp.erf(z / mp.sqrt(2))) / 2,
}
ELEMENTWISE = tuple(FORMULAS)
ACTIVATIONS = (*ELEMENTWISE, "softmax")
TERMS = {
    "squared error": lambda a, y: (a - y)**2,
    "absolute error": lambda a, y: abs(a - y),
    "Huber error": lambda a, y: (a - y)**2 / 2 if abs(a - y) <= 1 else abs(a - y) - mp.mpf(1) / 2,
    "binary cross entropy": lambda a, y: -y * mp.log(a) - (1 - y) * mp.log(1 - a),
    "categorical cross entropy": lambda a, y: -y * mp.log(a),
    "negative log-likelihood": lambda a, y: -y * mp.log(a),
}
PAIRS = [*itertools.product(ACTIVATIONS, ["squared error", "absolute error", "Huber error"]),
         ("sigmoid", "binary cross entropy"),
         *itertools.product(["sigmoid", "softmax"], ["categorical cross entropy", "negative log-likelihood"])]


def activate(name, z):
    if name == "softmax":
        powers = [mp.exp(value) for value in z]
        return [power / mp.fsum(powers) for power in powers]
    return [FORMULAS[name](value) for value in z]


def textbook_cost(network, weights, x, y):
    """The cost of one sample; `weights` holds every parameter as rows of mpf."""
    a = [mp.mpf(value) for value in x]
    for layer, row in enumerate(network.structure.activations, start=1):
        W, b = weights[f"W{layer}"], weights.get(f"b{layer}")
        z = [mp.fsum(map(mp.fmul, W[unit], a)) + (b[unit] if b else 0) for unit in range(len(W))]
        a = activate(row.name, z)
    return mp.fsum(TERMS[network.options.loss.name](*pair) for pair in zip(a, map(mp.mpf, y)))


def textbook(network, parameters, x, y):
    """The cost of one sample and its gradients by central differences, rounded to floats at the very end.

    A step of 10^(−d/3) with d digits is right to d/3 of them and more.
    """
    digits = DIGITS["logarithms" if network.options.loss.outputs else "others"]
    with mp.workdps(digits):
        h = mp.mpf(10)**(-digits // 3)
        weights = {name: [list(map(mp.mpf, map(float, row))) for row in array] if array.ndim == 2
                   else list(map(mp.mpf, map(float, array))) for name, array in parameters.items()}
        gradients = {}
        for name, array in parameters.items():
            gradients[name] = np.zeros_like(array)
            for at in np.ndindex(array.shape):
                *outer, last = at
                row = weights[name][outer[0]] if outer else weights[name]
                middle = row[last]
                row[last] = middle + h
                above = textbook_cost(network, weights, x, y)
                row[last] = middle - h
                below = textbook_cost(network, weights, x, y)
                row[last] = middle
                gradients[name][at] = float((above - below) / (2 * h))
        return float(textbook_cost(network, weights, x, y)), gradients


def close(given, expected, scale=1.0):
    np.testing.assert_allclose(given, expected, rtol=1e-12, atol=1e-14 * scale)


@lru_cache(maxsize=None)
def generated(sizes, activations, loss_name="squared error", bias=True):
    return bp.generate(bp.dense(sizes, activations, loss_name, bias=bias))


# Pre-activations of a layer of two units.
FAR = [(1000., -1000.), (-1000., 1000.), (50., -50.), (-50., -1000.), (1000., 1e-3), (-1e-3, 50.),
       (1000., 999.)]
ZERO = [(0., 0.), (0., 1000.), (-1000., 0.)]


def pre_activations(*names):
    """With 0 only where no slope jumps there: the differences know nothing of the convention at a kink."""
    return FAR if {"relu", "leaky relu"}.intersection(names) else FAR + ZERO


# ---------------------------------------------------------------------------------------------------------
# Every activation, every loss
# ---------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("output, loss_name", PAIRS)
def test_every_loss_after_every_activation_that_fits(output, loss_name):
    f = generated((2, 2), (output,), loss_name)
    parameters = {"W1": np.eye(2), "b1": np.zeros(2)}
    labels = loss_name == "negative log-likelihood"
    targets = [(0., 1.), (1., 0.)] if labels else [(0., 1.), (0.3, 0.7)]
    for x, y in itertools.product(pre_activations(output), targets):
        if loss_name == "absolute error" and kinked(output, x, y):
            continue
        given = [y.index(1.)] if labels else [y]
        cost, gradients = textbook(f.network, parameters, x, y)
        close(f.cost(parameters, [x], given), cost)
        for name, array in f.gradients(parameters, [x], given).items():
            assert np.isfinite(array).all()
            close(array, gradients[name], scale=1000)


def kinked(output, x, y):
    """Whether some output equals its target to rounding, where |a − y| has a kink."""
    with mp.workdps(DIGITS["others"]):
        a = activate(output, [mp.mpf(value) for value in x])
    return any(abs(float(value) - target) < 1e-12 for value, target in zip(a, y))


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("position", [1, 2, 3])
def test_every_activation_in_every_position(name, position):
    """Layers before are the identity, so that the layer sees the inputs; layers after mix its units."""
    names = ["identity", "identity", "tanh"]
    names[position - 1] = name
    f = generated((2, 2, 2, 2), tuple(names))
    mixing = np.array([[0.002, -0.001], [0.0015, 0.001]])
    parameters = {}
    for layer in (1, 2, 3):
        parameters[f"W{layer}"] = np.eye(2) if layer <= position else mixing
        parameters[f"b{layer}"] = np.zeros(2) if layer <= position else np.array([0.1, -0.2])
    for x in pre_activations(name)[::2]:
        np.testing.assert_array_equal(f.forward(parameters, [x])[f"z{position}"], [x])
        cost, gradients = textbook(f.network, parameters, x, (0.3, 0.6))
        largest = max(np.abs(g).max() for g in gradients.values())
        close(f.cost(parameters, [x], [(0.3, 0.6)]), cost)
        for parameter, array in f.gradients(parameters, [x], [(0.3, 0.6)]).items():
            assert np.isfinite(array).all()
            close(array, gradients[parameter], scale=max(1000, largest))


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_values_of_activations(name):
    f = generated((1, 1), (name,))
    parameters = {"W1": np.ones((1, 1)), "b1": np.zeros(1)}
    for z in (1000., -1000., 50., -50., 1e-3, -1e-3, 1e-9, -1e-9, 0.):
        with mp.workdps(DIGITS["others"]):
            expected = float(activate(name, [mp.mpf(z)])[0])
        given = f.predict(parameters, [[z]])
        np.testing.assert_allclose(given, [[expected]], rtol=1e-12, atol=1e-300)


# ---------------------------------------------------------------------------------------------------------
# Values that are known exactly
# ---------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("z, y, slope", [
    (1000., 0., 1.), (-1000., 1., -1.), (1000., 1., 0.), (-1000., 0., 0.),
])
def test_saturated_sigmoid_with_binary_cross_entropy(z, y, slope):
    dense = generated((1, 1), ("sigmoid",), "binary cross entropy")
    parameters = {"W1": np.ones((1, 1)), "b1": np.zeros(1)}
    assert dense.cost(parameters, [[z]], [[y]]) == (1000 if slope else 0)
    assert dense.gradients(parameters, [[z]], [[y]])["b1"] == slope
    neuron = bp.generate(bp.neuron("sigmoid", "binary cross entropy"))
    assert neuron.cost({"w": 1.0, "b": 0.0}, [z], [y]) == (1000 if slope else 0)
    assert neuron.gradients({"w": 1.0, "b": 0.0}, [z], [y]) == {"w": slope * z, "b": slope}
    graph = bp.generate(bp.graph({"o": (["p"], "sigmoid")}, ["p"], loss="binary cross entropy"))
    assert graph.cost({"w_p_o": 1.0}, [[z]], [[y]]) == (1000 if slope else 0)
    assert graph.gradients({"w_p_o": 1.0}, [[z]], [[y]])["w_p_o"] == slope * z


@pytest.mark.parametrize("loss_name", ["categorical cross entropy", "negative log-likelihood"])
@pytest.mark.parametrize("right, cost, error", [
    (0, 0, [0, 0, 0]), (1, 2000, [1, -1, 0]), (2, 1000, [1, 0, -1]),
])
def test_softmax_of_logits_spread_by_2000(loss_name, right, cost, error):
    f = generated((3, 3), ("softmax",), loss_name)
    parameters = {"W1": np.eye(3), "b1": np.zeros(3)}
    y = [right] if loss_name == "negative log-likelihood" else np.eye(3)[[right]]
    assert f.cost(parameters, [[1000., -1000., 0.]], y) == cost
    np.testing.assert_array_equal(f.gradients(parameters, [[1000., -1000., 0.]], y)["b1"], error)
    np.testing.assert_array_equal(f.predict(parameters, [[1000., -1000., 0.]]), [[1, 0, 0]])


@pytest.mark.parametrize("loss_name", ["categorical cross entropy", "negative log-likelihood"])
def test_saturated_sigmoids_with_categorical_cross_entropy(loss_name):
    f = generated((2, 2), ("sigmoid",), loss_name)
    parameters = {"W1": np.eye(2), "b1": np.zeros(2)}
    y = [1] if loss_name == "negative log-likelihood" else [[0., 1.]]
    assert f.cost(parameters, [[1000., -1000.]], y) == 1000
    np.testing.assert_array_equal(f.gradients(parameters, [[1000., -1000.]], y)["b1"], [0, -1])


KINKS = [("relu", None, 0.0), ("leaky relu", 0.3, 0.3), ("elu", 0.7, 0.7), ("elu", 1.0, 1.0)]


def row(name, alpha):
    return activation(name) if alpha is None else activation(name, alpha=alpha)


@pytest.mark.parametrize("name, alpha, slope", KINKS)
def test_the_slope_at_a_kink_is_the_one_from_the_left(name, alpha, slope):
    """relu'(0) = 0 and leaky relu'(0) = α, as is usual; the cost is (g(0) + 1)², so ∂C/∂b = 2 g'(0)."""
    g, expected = row(name, alpha), pytest.approx(2 * slope, rel=1e-15)
    neuron = bp.generate(bp.neuron(g))
    dense = bp.generate(bp.dense([1, 1, 1], [g, "identity"]))
    graph = bp.generate(bp.graph({"h": (["p"], g), "o": (["h"], "identity")}, ["p"], bias=True))
    one, zero = np.ones((1, 1)), np.zeros(1)
    for x in (0.0, -0.0):
        assert neuron.gradients({"w": 1.0, "b": 0.0}, [x], [-1.0])["b"] == expected
        gradients = dense.gradients({"W1": one, "b1": zero, "W2": one, "b2": zero}, [[x]], [[-1.0]])
        assert gradients["b1"] == expected and gradients["b2"] == 2
        gradients = graph.gradients({"w_p_h": 1.0, "w_h_o": 1.0, "b_h": 0.0, "b_o": 0.0}, [[x]], [[-1.0]])
        assert gradients["b_h"] == expected and gradients["b_o"] == 2


@pytest.mark.parametrize("name, alpha, slope", KINKS)
def test_slopes_beside_a_kink(name, alpha, slope):
    """At −10⁻³⁰⁰ and +10⁻³⁰⁰ the slopes of both sides, so that only 0 itself is a matter of convention."""
    f = bp.generate(bp.neuron(row(name, alpha)))
    at = {z: float(f.gradients({"w": 1.0, "b": 0.0}, [z], [-1.0])["b"]) for z in (-1e-300, 1e-300)}
    assert at == {-1e-300: pytest.approx(2 * slope, rel=1e-15), 1e-300: 2}


def test_the_sign_of_0_is_0():
    """∂|a − y|/∂a at a = y."""
    f = generated((2, 2), ("identity",), "absolute error")
    parameters = {"W1": np.eye(2), "b1": np.zeros(2)}
    np.testing.assert_array_equal(f.gradients(parameters, [[3., 5.]], [[3., 4.]])["b1"], [0, 1])
    np.testing.assert_array_equal(f.gradients(parameters, [[3., -5.]], [[4., -5.]])["b1"], [-1, 0])
    assert f.cost(parameters, [[3., 5.]], [[3., 5.]]) == 0


@pytest.mark.parametrize("threshold", [0.5, 1.0, 2.0])
def test_huber_error_where_its_pieces_meet(threshold):
    f = bp.generate(bp.neuron("identity", loss("Huber error", threshold=threshold), bias=False))
    for r in (-1000., -threshold, 0., threshold, 1000.):
        expected = r**2 / 2 if abs(r) <= threshold else threshold * (abs(r) - threshold / 2)
        assert f.cost({"w": 1.0}, [r], [0.]) == expected
        assert f.gradients({"w": 1.0}, [1.], [1. - r])["w"] == max(-threshold, min(threshold, r))


# ---------------------------------------------------------------------------------------------------------
# Float32, one sample, one unit
# ---------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("output, loss_name", PAIRS)
def test_float32(output, loss_name):
    f = generated((2, 3, 2), ("tanh", output), loss_name)
    start = bp.initial_parameters(f.network, seed=1)
    labels, N = loss_name == "negative log-likelihood", 4
    for factor in (1, 1000):
        single = {name: (factor * array).astype(np.float32) for name, array in start.items()}
        double = {name: array.astype(float) for name, array in single.items()}
        X = np.random.default_rng(2).normal(size=(N, 2)).astype(np.float32)
        Y = np.array([0, 1, 1, 0]) if labels else np.float32([[0.25, 0.75]] * N)
        Y_double = Y if labels else Y.astype(float)
        cost = f.cost(double, X.astype(float), Y_double)
        assert f.cost(single, X, Y) == pytest.approx(cost, rel=1e-5)
        expected = f.gradients(double, X.astype(float), Y_double)
        largest = max(np.abs(g).max() for g in expected.values())
        for name, array in f.gradients(single, X, Y).items():
            np.testing.assert_allclose(array, expected[name], rtol=1e-4, atol=1e-5 * largest)
        assert {name: array.dtype for name, array in single.items()} == dict.fromkeys(single, np.float32)


def test_whole_numbers_and_bools_as_samples():
    """Division and negative powers of ints behave differently; here they never happen."""
    f = generated((2, 3, 2), ("tanh", "sigmoid"), "binary cross entropy")
    parameters = bp.initial_parameters(f.network)
    X, Y = np.array([[0, 1], [1, 1], [1, 0]]), np.array([[0, 1], [1, 0], [1, 1]])
    expected = f.gradients(parameters, X.astype(float), Y.astype(float))
    for x, y in ((X, Y), (X.astype(bool), Y.astype(bool)), (X.astype(np.uint8), Y.astype(np.uint8))):
        assert f.cost(parameters, x, y) == f.cost(parameters, X.astype(float), Y.astype(float))
        for name, array in f.gradients(parameters, x, y).items():
            np.testing.assert_array_equal(array, expected[name])


@pytest.mark.parametrize("output, loss_name", PAIRS)
def test_a_batch_is_the_mean_of_its_samples(output, loss_name):
    f = generated((2, 3, 2), ("tanh", output), loss_name)
    parameters = bp.initial_parameters(f.network, seed=3)
    random = np.random.default_rng(4)
    X = random.normal(size=(5, 2))
    Y = np.array([0, 1, 1, 0, 1]) if loss_name == "negative log-likelihood" else np.eye(2)[[0, 1, 1, 0, 1]]
    alone = [(f.cost(parameters, X[n:n + 1], Y[n:n + 1]), f.gradients(parameters, X[n:n + 1], Y[n:n + 1]))
             for n in range(5)]
    close(f.cost(parameters, X, Y), np.mean([cost for cost, _ in alone]))
    for name, array in f.gradients(parameters, X, Y).items():
        assert array.shape == parameters[name].shape
        close(array, np.mean([gradients[name] for _, gradients in alone], axis=0), scale=10)


@pytest.mark.parametrize("output, loss_name", PAIRS)
def test_layers_of_one_unit(output, loss_name):
    f = generated((1, 1, 1), ("softplus", output), loss_name)
    parameters = {name: np.array(value) for name, value in
                  {"W1": [[0.7]], "b1": [0.2], "W2": [[-1.3]], "b2": [0.4]}.items()}
    y = (1.,) if loss_name in ("categorical cross entropy", "negative log-likelihood") else (0.3,)
    given = [0] if loss_name == "negative log-likelihood" else [y]
    for x in (0.8, 1000., -1000.):
        cost, gradients = textbook(f.network, parameters, (x,), y)
        close(f.cost(parameters, [[x]], given), cost)
        for name, array in f.gradients(parameters, [[x]], given).items():
            assert array.shape == parameters[name].shape
            close(array, gradients[name], scale=1000)


def test_one_class_is_always_right():
    for loss_name, y in (("categorical cross entropy", [[1.]]), ("negative log-likelihood", [0])):
        f = generated((1, 1), ("softmax",), loss_name)
        parameters = {"W1": np.array([[3.]]), "b1": np.array([0.5])}
        assert f.cost(parameters, [[-1000.]], y) == 0 and f.predict(parameters, [[-1000.]]) == 1
        assert f.gradients(parameters, [[-1000.]], y) == {"W1": 0, "b1": 0}


# ---------------------------------------------------------------------------------------------------------
# What is returned belongs to the caller
# ---------------------------------------------------------------------------------------------------------

NETWORKS = {
    "identity": lambda: bp.dense([2, 2, 2], "identity"),
    "identity without biases": lambda: bp.dense([2, 2, 2], "identity", bias=False),
    "relu": lambda: bp.dense([2, 2], "relu", l2=0.1),
    "one unit": lambda: bp.dense([1, 1], "identity", over_samples="sum"),
    "one unit without bias": lambda: bp.dense([1, 1], "identity", bias=False, over_samples="sum", l2=1),
    "labels": lambda: bp.dense([2, 2], "softmax", "negative log-likelihood", bias=False),
    "neuron": lambda: bp.neuron("identity"),
    "neuron without bias": lambda: bp.neuron("identity", bias=False),
    "graph": lambda: bp.graph({"h": (["p"], "identity"), "o": (["h"], "identity")}, ["p"]),
}


def example(network):
    """Generated functions, parameters, X and Y."""
    parameters = {name: np.ones(network.shape(name)) for name in network.parameters}
    X, Y = (np.full([1 if size == "N" else size for size in network.shape(name)], value)
            for name, value in (("x", 1.0), ("y", 3.0)))
    return bp.generate(network), parameters, X, np.array([0]) if network.targets.kind == "c" else Y


def results(f, parameters, X, Y):
    """All arrays that the functions return, by name."""
    return {**f.forward(parameters, X), "outputs": f.predict(parameters, X),
            **{f"gradient of {name}": array for name, array in f.gradients(parameters, X, Y).items()}}


@pytest.mark.parametrize("name", NETWORKS)
def test_changing_a_result_changes_nothing_of_the_callers(name):
    f, parameters, X, Y = example(NETWORKS[name]())
    before = {key: np.array(array) for key, array in results(f, parameters, X, Y).items()}
    given = [array.copy() for array in (*parameters.values(), X, Y)]
    for array in results(f, parameters, X, Y).values():
        assert not any(np.shares_memory(array, own) for own in (*parameters.values(), X, Y))
        if isinstance(array, np.ndarray):
            array += 1
    for array, copy in zip((*parameters.values(), X, Y), given):
        np.testing.assert_array_equal(array, copy)
    for key, array in results(f, parameters, X, Y).items():
        np.testing.assert_array_equal(array, before[key])


@pytest.mark.parametrize("name", NETWORKS)
def test_changing_a_result_changes_no_other(name):
    f, *given = example(NETWORKS[name]())
    arrays = {**f.forward(*given[:2]), **{f"d{key}": array for key, array in f.gradients(*given).items()}}
    for (one, first), (other, second) in itertools.combinations(arrays.items(), 2):
        assert not np.shares_memory(first, second), f"{one} and {other} are the same numbers in memory"


def test_what_is_returned_can_be_written_to_even_where_the_inputs_cannot():
    f, parameters, X, Y = example(NETWORKS["identity"]())
    for array in (*parameters.values(), X, Y):
        array.setflags(write=False)
    assert all(array.flags.writeable for array in results(f, parameters, X, Y).values())


# ---------------------------------------------------------------------------------------------------------
# Functions of complex numbers, for the complex step
# ---------------------------------------------------------------------------------------------------------

FAR_OUT = [sign * size for size in (0.3, 5., 36., 40., 700., 1e4) for sign in (1, -1)]


def activation_kernel(name, kernels):
    """g(z) of an activation, its parameter put in."""
    row = activation(name)
    return lambda z: kernels[row.function.__name__](z, *map(float, row.parameters))


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_complex_steps_through_every_activation(name):
    """g'(z) = Im g(z + ih)/h, and Re g(z + ih) = g(z)."""
    complex_kernel = activation_kernel(name, analytic())
    found = complex_kernel(np.array(FAR_OUT) + 1e-30j)
    with mp.workdps(50):
        values = [float(FORMULAS[name](mp.mpf(z))) for z in FAR_OUT]
        slopes = [float(mp.diff(FORMULAS[name], mp.mpf(z))) for z in FAR_OUT]
    assert np.all(np.abs(found.real - values) <= 1e-13 * np.maximum(1, np.abs(values)))
    assert np.all(np.abs(found.imag / 1e-30 - slopes) <= 1e-13 * np.maximum(1, np.abs(slopes)))
    assert np.isfinite(complex_kernel(np.array([-1e6, 1e6]) + 1e-30j)).all()


@pytest.mark.parametrize("z", FAR_OUT)
def test_complex_steps_through_softmax(z):
    def log_softmax(at):
        powers = [mp.exp(value) for value in (at, mp.mpf(-z), mp.mpf("0.3"))]
        return mp.log(powers[0] / mp.fsum(powers))

    given = np.array([z + 1e-30j, -z, 0.3])
    log, value = analytic()["log_softmax"](given)[0], analytic()["softmax"](given)[0]
    with mp.workdps(50):
        expected, slope = float(log_softmax(mp.mpf(z))), float(mp.diff(log_softmax, mp.mpf(z)))
        softmax = float(mp.exp(log_softmax(mp.mpf(z))))
    assert log.real == pytest.approx(expected, rel=1e-13, abs=1e-13)
    assert log.imag / 1e-30 == pytest.approx(slope, rel=1e-13, abs=1e-13)
    assert value.real == pytest.approx(softmax, rel=1e-12, abs=1e-13)
    assert value.imag / 1e-30 == pytest.approx(softmax * slope, rel=1e-12, abs=1e-13)


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_complex_and_real_functions_agree_off_the_real_axis_and_on_it(name):
    """Where the complex functions are used on real numbers they give real ones; far from the axis, the formula's."""
    complex_kernel = activation_kernel(name, analytic())
    real = activation_kernel(name, KERNELS)(np.array(FAR_OUT))
    np.testing.assert_allclose(complex_kernel(np.array(FAR_OUT)), real, rtol=1e-13, atol=1e-15)
    if name not in ("relu", "leaky relu", "elu"):
        for z in (0.4 + 0.7j, -1.3 + 0.2j, 5 - 0.4j):
            assert complex_kernel(np.array([z]))[0] == pytest.approx(complex(FORMULAS[name](mp.mpc(z))), rel=1e-13)


def left(name, z):
    """g(z) far to the left, and of sigmoid and tanh on either side."""
    return {"identity": z, "sigmoid": z > 0, "tanh": np.sign(z), "leaky relu": 0.01 * z, "elu": -1}.get(name, 0)


@pytest.mark.parametrize("name", ELEMENTWISE)
@pytest.mark.parametrize("kernels", [lambda: KERNELS, analytic], ids=["real", "complex"])
def test_no_activation_warns_however_large_z_is(name, kernels):
    z = np.array([sign * size for size in (1e6, 1e150, 1e200, 1e308) for sign in (1, -1)])
    with np.errstate(all="raise"):
        found = activation_kernel(name, kernels())(z)
    expected = [float(FORMULAS[name](mp.mpf(at))) if abs(at) < 1e7 else
                at if at > 0 and name not in ("sigmoid", "tanh") else left(name, at) for at in z]
    np.testing.assert_allclose(found, expected, rtol=1e-13)


# ---------------------------------------------------------------------------------------------------------
# NumPy's errors
# ---------------------------------------------------------------------------------------------------------

tuned_once = lru_cache(None)(training.tune)


@pytest.mark.parametrize("output, loss_name", PAIRS)
@pytest.mark.parametrize("size", [1.0, 30.0, 700.0])
def test_numbers_too_small_for_floats_are_no_error(output, loss_name, size, monkeypatch):
    """Under np.seterr(all="raise"), as some people have it: cost, gradients, tuned gradients and training."""
    monkeypatch.setattr(training, "tune", tuned_once)
    f = generated((2, 2, 2), ("gelu" if size < 700 else "tanh", output), loss_name)
    parameters = {"W1": np.eye(2), "b1": np.zeros(2), "W2": size * np.array([[1.0, -1.0], [-1.0, 1e-200]]),
                  "b2": np.array([0.1, 0.3])}
    X = np.array([[size, -size], [1e-200, -30.0], [-38.5, 1e-160]])
    Y = np.array([0, 1, 1]) if loss_name == "negative log-likelihood" else np.array([[0.0, 1.0]] * 3)
    expected = f.cost(parameters, X, Y), f.gradients(parameters, X, Y)
    history = bp.train(f, parameters, X, Y, eta=1e-9, epochs=1, batch_size=2)
    with np.errstate(all="raise"):
        assert f.cost(parameters, X, Y) == expected[0]
        for name, array in f.gradients(parameters, X, Y).items():
            np.testing.assert_array_equal(array, expected[1][name])
        tuned = tuned_once(f, dtype="float64").gradients(parameters, X, Y)
        again = bp.train(f, parameters, X, Y, eta=1e-9, epochs=1, batch_size=2)
    for name, array in tuned.items():
        np.testing.assert_allclose(array, expected[1][name], rtol=1e-12, atol=1e-12 * size)
    assert again.cost == history.cost


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("size", [1e150, 1e200, 1e308])
def test_gradients_through_huge_pre_activations(name, size):
    """No warning and no error; the loss has slope 1, so that ∂C/∂b is g'(z)."""
    if name == "softmax":
        f = generated((2, 2), (name,), "given error", True)
        gradients = f.gradients({"W1": np.eye(2), "b1": np.zeros(2)}, [[size, -size]], [[1.0, 2.0]])["b1"]
        np.testing.assert_array_equal(gradients, [0, 0])
        return
    f = generated((1, 1), (name,), "given error")
    for z in (size, -size):
        parameters = {"W1": np.ones((1, 1)), "b1": np.zeros(1)}
        with np.errstate(all="raise"):
            found = f.gradients(parameters, [[z]], [[1.0]])["b1"]
            tuned = bp.tune(f).gradients(parameters, [[z]], [[1.0]])["b1"]
        left = {"identity": 1, "leaky relu": 0.01}.get(name, 0)
        right = 0 if name in ("sigmoid", "tanh") else 1
        np.testing.assert_array_equal([found, tuned], [[right if z > 0 else left]] * 2)
