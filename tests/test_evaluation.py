"""`Derivation.evaluate` for any z, against the textbook formulas with many digits; derivations at kinks."""
import itertools
import warnings

import mpmath as mp
import numpy as np
import pytest
import scipy.special
from networks_to_test import NETWORKS, parameters, samples

import bplib as bp
from bplib.equations import Partial, s

FORMULAS = {
    "identity": lambda z: z,
    "sigmoid": lambda z: 1 / (1 + mp.exp(-z)),
    "tanh": mp.tanh,
    "relu": lambda z: z if z > 0 else mp.mpf(0),
    "leaky relu": lambda z: z if z > 0 else mp.mpf("0.01") * z,
    "softplus": lambda z: mp.log(1 + mp.exp(z)),
    "elu": lambda z: z if z > 0 else mp.exp(z) - 1,
    "silu": lambda z: z / (1 + mp.exp(-z)),
    "gelu": lambda z: z * (1 + mp.erf(z / mp.sqrt(2))) / 2,
}
LOSSES = {
    "squared error": lambda a, y: (a - y)**2,
    "absolute error": lambda a, y: abs(a - y),
    "Huber error": lambda a, y: (a - y)**2 / 2 if abs(a - y) <= 1 else abs(a - y) - mp.mpf(1) / 2,
}
CLOSED = [name for name in NETWORKS if "any" not in name and name != "neuron"]
DIGITS = 120
Z = [sign * size for size in (1, 20, 30, 36, 40, 700, 1e4) for sign in (1, -1)]


@pytest.fixture(autouse=True)
def warnings_are_errors():
    with warnings.catch_warnings(), np.errstate(all="warn", under="ignore"):
        warnings.simplefilter("error")
        yield


# ---------------------------------------------------------------------------------------------------------
# The cost by hand, with many digits
# ---------------------------------------------------------------------------------------------------------

def layer(row, z):
    if row.name == "softmax":
        powers = [mp.exp(value) for value in z]
        return [power / mp.fsum(powers) for power in powers]
    return [FORMULAS[row.name](value) for value in z]


def last_layer(network, numbers, x):
    """z of the outputs, and their activations' rows."""
    structure = network.structure
    if hasattr(structure, "sizes"):
        a = x
        for number, row in enumerate(structure.activations, 1):
            W, b = numbers[f"W{number}"], numbers.get(f"b{number}")
            z = [mp.fsum(map(mp.fmul, W[unit], a)) + (b[unit] if b is not None else 0) for unit in range(len(W))]
            a = layer(row, z)
        return z, [row] * len(z)
    known, z = dict(zip(structure.inputs, x)), {}
    for name, (sources, row) in structure.neurons.items():
        weights = {source: numbers[f"w_{source}_{name}" if name else "w"] for source in sources}
        bias = numbers.get(f"b_{name}" if name else "b", 0)
        z[name] = mp.fsum(weights[source] * known[source] for source in sources) + bias
        (known[name],) = layer(row, [z[name]])
    return [z[name] for name in structure.outputs], [structure.neurons[name][1] for name in structure.outputs]


def logarithms(z, row):
    """ln a and ln(1 − a) of sigmoid or softmax outputs, written in z, where nothing rounds to 0."""
    if row.name == "softmax":
        total = mp.log(mp.fsum(map(mp.exp, z)))
        return [value - total for value in z], None
    return [-mp.log(1 + mp.exp(-value)) for value in z], [-mp.log(1 + mp.exp(value)) for value in z]


def sample_cost(network, z, rows, y):
    loss = network.options.loss
    if loss.outputs is None:
        factor = float(loss.parameter[1]) if loss.name == "squared error" else 1
        a = layer(rows[0], z) if rows[0].name == "softmax" else [layer(row, [at])[0] for row, at in zip(rows, z)]
        return mp.fsum(factor * LOSSES[loss.name](*pair) for pair in zip(a, y))
    log, complement = logarithms(z, rows[0])
    total = -mp.fsum(map(mp.fmul, y, log))
    if loss.name == "binary cross entropy":
        total -= mp.fsum((1 - target) * value for target, value in zip(y, complement))
    return total


def cost(network, numbers, X, Y):
    options, total = network.options, mp.mpf(0)
    for x, y in zip(X, Y):
        z, rows = last_layer(network, numbers, x)
        total += sample_cost(network, z, rows, y) / (len(z) if options.over_outputs == "mean" else 1)
    total /= len(X) if options.over_samples == "mean" else 1
    weights = [w for name, array in numbers.items() if name[0].lower() == "w" for w in np.ravel(array)]
    return total + mp.mpf(float(options.l2)) / 2 * mp.fsum(w**2 for w in weights)


def exact(network, given, X, Y, name, at):
    """∂C/∂(one entry), by central differences with many digits."""
    with mp.workdps(DIGITS):
        numbers = {key: np.vectorize(mp.mpf, otypes=[object])(array)[()] for key, array in given.items()}
        X, Y = ([list(map(mp.mpf, map(float, np.atleast_1d(row)))) for row in array] for array in (X, Y))

        def moved(by):
            array = np.array(numbers[name], dtype=object)
            array[at] = array[at] + by
            return cost(network, {**numbers, name: array[()]}, X, Y)

        h = mp.mpf(10)**(-DIGITS // 3)
        return float((moved(h) - moved(-h)) / (2 * h))


@pytest.mark.parametrize("size", [1.0, 30.0, 1e4])
@pytest.mark.parametrize("name", CLOSED)
def test_gradients_of_every_kind_of_network(name, size):
    """With inputs of that size, so that pre-activations are of that size and more."""
    network, random = NETWORKS[name](), np.random.default_rng(5)
    given, (X, Y) = parameters(network, random), samples(network, random, number=2)
    X = size * X
    targets = np.eye(network.shape("y")[1])[Y] if network.targets.kind == "c" else Y
    derivation = bp.derive(network)
    for parameter in network.parameters:
        found = np.asarray(derivation.evaluate(derivation[parameter], given, X, Y))
        at = tuple(n - 1 for n in found.shape)
        expected = exact(network, given, X, targets, parameter, at)
        assert found[at] == pytest.approx(expected, rel=1e-11, abs=1e-12 * max(1, size, np.abs(found).max()))


@pytest.mark.parametrize("z", Z)
def test_binary_cross_entropy_far_out(z):
    """∂C/∂w = (σ(z) − y) x.  Each step about z says it too, in its own way, where its factors are floats."""
    derivation = bp.derive(bp.neuron("sigmoid", "binary cross entropy"))
    given, y = {"w": 1.0, "b": 0.0}, 0.3
    with mp.workdps(9000):
        sigmoid = FORMULAS["sigmoid"](mp.mpf(z))
        error, slope, by_a = float(sigmoid - y), float(sigmoid * (1 - sigmoid)), -y / sigmoid + (1 - y) / (1 - sigmoid)
        by_a = float(by_a) if abs(by_a) < 1e308 else np.inf * float(mp.sign(by_a))
    assert derivation.evaluate(derivation["w"], given, [z], [y]) == pytest.approx(error * z, rel=1e-13)
    quantities = derivation.network.quantities
    kept = {Partial(quantities["losses"][s], quantities["z"][s]): error, derivation["z"].left: error,
            Partial(quantities["a"][s], quantities["z"][s]): slope,
            Partial(quantities["losses"][s], quantities["a"][s]): by_a}
    for step in (*derivation.about("a"), *derivation.about("z")):
        if step.left in kept:
            for formula in (step, step.left) if abs(z) <= 40 else (step.left,):
                (found,) = derivation.evaluate(formula, given, [z], [y])
                assert found == pytest.approx(kept[step.left], rel=1e-12, abs=1e-300), step


@pytest.mark.parametrize("spread", [1.0, 40.0, 700.0, 1e4])
@pytest.mark.parametrize("loss", ["negative log-likelihood", "categorical cross entropy"])
def test_softmax_far_out(spread, loss):
    derivation = bp.derive(bp.dense([1, 3], "softmax", loss, bias=False))
    W, Y = np.array([[1.0], [-1.0], [0.2]]), [1] if loss == "negative log-likelihood" else [[0.0, 1.0, 0.0]]
    with mp.workdps(50):
        a = layer(derivation.network.structure.activations[0], [mp.mpf(w) * spread for w in W[:, 0]])
        error = [float(value - (at == 1)) for at, value in enumerate(a)]
    found = derivation.evaluate(derivation["z1"], {"W1": W}, [[spread]], Y)
    np.testing.assert_allclose(found, [error], rtol=1e-12, atol=1e-300)


# ---------------------------------------------------------------------------------------------------------
# Derivations at kinks and at the ends of the floats
# ---------------------------------------------------------------------------------------------------------

def test_a_dead_relu_before_silu_and_relu():
    bp.derive(bp.dense([2, 2, 2, 2, 2], ["relu", "relu", "silu", "relu"], bias=False))


@pytest.mark.parametrize("seed", range(200))
def test_stacks_without_biases(seed):
    """Units that are dead give z = 0 exactly, where an imaginary step must not move the real part."""
    random = np.random.default_rng(seed)
    names = ("relu", "leaky relu", "elu", "silu", "gelu")
    depth = int(random.integers(3, 5))
    kinds = [str(name) for name in random.choice(names, depth)]
    bp.derive(bp.dense([2] + [1] * depth, kinds, bias=False))


@pytest.mark.parametrize("make", [
    lambda: bp.activation("leaky relu", alpha=1e300), lambda: bp.activation("elu", alpha=-1e-320),
    lambda: bp.loss("squared error", factor=1e-320), lambda: bp.loss("Huber error", threshold=1e-320),
    lambda: bp.loss("Huber error", threshold=1e300)], ids=range(5))
def test_parameters_beyond_the_floats_are_refused(make):
    with pytest.raises(bp.InputError, match="a number .* given"):
        make()


@pytest.mark.parametrize("alpha, factor", [*itertools.product([999.0, -999.0, 1e-100, 0], [1e-100, 9e99])])
def test_parameters_within_their_limits_can_be_derived(alpha, factor):
    bp.derive(bp.dense([2, 2, 2, 1], [bp.activation("leaky relu", alpha=alpha), bp.activation("elu", alpha=alpha),
                                      "identity"], bp.loss("squared error", factor=factor)))
    bp.derive(bp.neuron(bp.activation("leaky relu", alpha=alpha), bp.loss("Huber error", threshold=factor)))


def test_numbers_that_are_too_small_are_0_whatever_numpy_is_set_to():
    network = bp.dense([2, 3, 2], ["tanh", "softmax"], "categorical cross entropy")
    derivation, random = bp.derive(network), np.random.default_rng(0)
    parameters = {name: 1000 * random.normal(size=network.shape(name)) for name in network.parameters}
    X, Y = random.normal(size=(4, 2)), np.eye(2)[[0, 1, 1, 0]]
    a1 = np.tanh(X @ parameters["W1"].T + parameters["b1"])
    z2 = a1 @ parameters["W2"].T + parameters["b2"]
    with np.errstate(all="raise"):
        found = derivation.evaluate(derivation["z2"].left, parameters, X, Y)
    np.testing.assert_allclose(found, scipy.special.softmax(z2, axis=1) - Y, rtol=1e-12, atol=1e-15)
