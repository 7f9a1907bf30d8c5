"""The reference implementation against differences, 50-digit arithmetic and values by hand."""

import warnings

import mpmath as mp
import numpy as np
import pytest

from bplib import reference as ref

ACTIVATIONS = ["identity", "sigmoid", "tanh", "relu", "leaky relu", ("leaky relu", 0.3), "softplus", "elu",
               ("elu", 0.7), "silu", "gelu"]
LOSSES = [("squared error", {}), ("squared error", {"factor": 0.5}), ("absolute error", {}),
          ("Huber error", {}), ("Huber error", {"threshold": 0.3})]
ENTROPIES = [("binary cross entropy", "sigmoid"), ("categorical cross entropy", "sigmoid"),
             ("categorical cross entropy", "softmax"), ("negative log-likelihood", "sigmoid"),
             ("negative log-likelihood", "softmax")]


@pytest.fixture(autouse=True)
def warnings_are_errors():
    """Also overflow, division by zero and invalid values inside NumPy; a result rounded to 0 is fine."""
    with warnings.catch_warnings(), np.errstate(all="raise", under="ignore"):
        warnings.simplefilter("error")
        yield


def network(sizes, samples=5, seed=0):
    """Random weights, biases, X and targets in (0, 1) that do not sum to one."""
    rng = np.random.default_rng(seed)
    weights = [rng.standard_normal((m, n)) for n, m in zip(sizes, sizes[1:])]
    biases = [rng.standard_normal(m) for m in sizes[1:]]
    X, Y = rng.standard_normal((samples, sizes[0])), rng.uniform(0.1, 0.9, (samples, sizes[-1]))
    return weights, biases, X, Y


def targets_for(loss, Y):
    return Y.argmax(axis=1) if loss == "negative log-likelihood" else Y


def differences(function, array, h=1e-5):
    """Central differences of a number by every entry of an array, which is changed in place and restored."""
    result = np.zeros_like(array)
    for i in np.ndindex(array.shape):
        middle = array[i]
        array[i] = middle + h
        above = function()
        array[i] = middle - h
        below = function()
        array[i] = middle
        result[i] = (above - below) / (2 * h)
    return result


def assert_gradients_match_differences(weights, biases, X, Y, activations, loss, **options):
    dW, db = ref.gradients(weights, biases, X, Y, activations, loss, **options)
    assert [g.shape for g in dW] == [W.shape for W in weights]
    assert [g.shape for g in db] == [b.shape for b in biases or []]
    for given, array in zip([*dW, *db], [*weights, *(biases or [])]):
        expected = differences(lambda: ref.cost(weights, biases, X, Y, activations, loss, **options), array)
        np.testing.assert_allclose(given, expected, rtol=1e-6, atol=1e-8)


# ---------------------------------------------------------------------------------------------------------
# Gradients against central differences
# ---------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("activation", [*ACTIVATIONS, "softmax"], ids=str)
def test_every_activation_in_hidden_and_output_layers(activation):
    assert_gradients_match_differences(*network([3, 4, 4, 2]), [activation] * 3, "squared error")


@pytest.mark.parametrize("loss, options", LOSSES, ids=str)
@pytest.mark.parametrize("activation", ["identity", "sigmoid", "softmax"])
def test_every_loss_that_starts_from_a(loss, options, activation):
    assert_gradients_match_differences(*network([3, 4, 2], seed=1), ["tanh", activation], loss, **options)


@pytest.mark.parametrize("loss, activation", ENTROPIES)
@pytest.mark.parametrize("hidden", ["sigmoid", "softmax", "gelu"])
def test_every_cross_entropy(loss, activation, hidden):
    weights, biases, X, Y = network([3, 4, 3], seed=2)
    assert_gradients_match_differences(weights, biases, X, targets_for(loss, Y), [hidden, activation], loss)


@pytest.mark.parametrize("over_samples", ["mean", "sum"])
@pytest.mark.parametrize("over_outputs", ["mean", "sum"])
@pytest.mark.parametrize("l2", [0.0, 0.7])
@pytest.mark.parametrize("loss, activation", [("squared error", "tanh"), *ENTROPIES])
def test_every_way_to_sum_up(loss, activation, over_samples, over_outputs, l2):
    weights, biases, X, Y = network([2, 3, 2], seed=3)
    assert_gradients_match_differences(weights, biases, X, targets_for(loss, Y), ["elu", activation], loss,
                                       over_samples=over_samples, over_outputs=over_outputs, l2=l2)


@pytest.mark.parametrize("sizes", [[1, 1], [3, 2], [2, 5, 1], [2, 3, 4, 3, 2]], ids=str)
def test_any_depth_and_without_biases(sizes):
    weights, biases, X, Y = network(sizes, seed=4)
    activations = ["silu"] * (len(sizes) - 1)
    assert_gradients_match_differences(weights, biases, X, Y, activations, "squared error")
    assert_gradients_match_differences(weights, None, X, Y, activations, "squared error", l2=0.1)
    assert ref.gradients(weights, None, X, Y, activations, "squared error")[1] == []


# ---------------------------------------------------------------------------------------------------------
# Activations and losses against 50-digit arithmetic, with the definitions taken literally
# ---------------------------------------------------------------------------------------------------------

EXACT = {
    "identity": lambda z: z,
    "sigmoid": lambda z: 1 / (1 + mp.exp(-z)),
    "tanh": mp.tanh,
    "relu": lambda z: max(z, mp.mpf(0)),
    "leaky relu": lambda z, alpha=0.01: z if z > 0 else alpha * z,
    "softplus": lambda z: mp.log(1 + mp.exp(z)),
    "elu": lambda z, alpha=1: z if z > 0 else alpha * (mp.exp(z) - 1),
    "silu": lambda z: z / (1 + mp.exp(-z)),
    "gelu": lambda z: z * (1 + mp.erf(z / mp.sqrt(2))) / 2,
}


@pytest.mark.parametrize("activation", ACTIVATIONS, ids=str)
def test_activations_to_the_last_digits(activation):
    name, *alpha = [activation] if isinstance(activation, str) else activation
    points = np.array([-1000, -300, -40, -6, -1.3, -1e-9, 1e-9, 0.4, 2.5, 7, 37, 300, 1000])
    values = ref.activate(activation, points)
    slopes = ref.back_through(activation, points, np.ones_like(points))
    with mp.workdps(500):  # 500 digits, so that 1 - sigmoid(-1000) = 1e-434 is seen
        for z, value, slope in zip(points, values, slopes):
            exact = EXACT[name](mp.mpf(z), *alpha)
            exact_slope = mp.diff(lambda t: EXACT[name](t, *alpha), mp.mpf(z), h=mp.mpf(10)**-30)
            assert value == pytest.approx(float(exact), rel=1e-13, abs=1e-300)
            rounding = 1e-15 if name == "tanh" else 1e-300  # 1 - tanh(z)^2 cancels
            assert slope == pytest.approx(float(exact_slope), rel=1e-13, abs=rounding)


def exact_cost(parameters, sizes, X, Y, loss, outputs):
    """Tanh layers, then sigmoid or softmax outputs, summed over samples: entry by entry in mpmath numbers."""
    parameters, total = iter(parameters), mp.mpf(0)
    layers = [([[next(parameters) for _ in range(n)] for _ in range(m)], [next(parameters) for _ in range(m)])
              for n, m in zip(sizes, sizes[1:])]
    for x, y in zip(X, Y):
        a = [mp.mpf(v) for v in x]
        for depth, (W, b) in enumerate(layers, start=1):
            z = [mp.fdot(row, a) + shift for row, shift in zip(W, b)]
            a = [mp.tanh(v) for v in z]
        if outputs == "softmax":
            a = [mp.exp(v) / sum(mp.exp(u) for u in z) for v in z]
        else:
            a = [1 / (1 + mp.exp(-v)) for v in z]
        for value, target in zip(a, (mp.mpf(v) for v in y)):
            if loss == "squared error":
                total += (value - target)**2
            else:
                total -= target * mp.log(value)
            if loss == "binary cross entropy":
                total -= (1 - target) * mp.log(1 - value)
    return total


@pytest.mark.parametrize("loss, outputs", [("squared error", "sigmoid"), ("squared error", "softmax"),
                                           ("binary cross entropy", "sigmoid"),
                                           ("categorical cross entropy", "sigmoid"),
                                           ("categorical cross entropy", "softmax")])
def test_whole_network_against_differences_with_50_digits(loss, outputs):
    sizes = [2, 3, 2]
    weights, biases, X, Y = network(sizes, samples=2, seed=5)
    dW, db = ref.gradients(weights, biases, X, Y, ["tanh", outputs], loss, over_samples="sum")
    flat = np.concatenate([np.append(W, b) for W, b in zip(weights, biases)])
    given = np.concatenate([np.append(W, b) for W, b in zip(dW, db)])
    with mp.workdps(50):
        point = [mp.mpf(float(p)) for p in flat]
        total = exact_cost(point, sizes, X, Y, loss, outputs)
        assert ref.cost(weights, biases, X, Y, ["tanh", outputs], loss, over_samples="sum") == pytest.approx(
            float(total), rel=1e-14)
        h = mp.mpf(10)**-15  # the error of a central difference is of the order h^2 = 1e-30
        for i, derivative in enumerate(given):
            above, below = ([*point[:i], point[i] + step, *point[i + 1:]] for step in (h, -h))
            exact = (exact_cost(above, sizes, X, Y, loss, outputs)
                     - exact_cost(below, sizes, X, Y, loss, outputs)) / (2 * h)
            assert derivative == pytest.approx(float(exact), rel=1e-12, abs=1e-15)


# ---------------------------------------------------------------------------------------------------------
# Values by hand
# ---------------------------------------------------------------------------------------------------------

def test_one_sigmoid_neuron_by_hand():
    # w = 2, b = -1, x = 0.5: z = 0, a = 1/2, g' = 1/4; (a - y)^2 = 1/4 for y = 1, dC/da = -1, delta = -1/4.
    arguments = [[np.array([[2.0]])], [np.array([-1.0])], [[0.5]], [[1.0]], ["sigmoid"], "squared error"]
    assert ref.cost(*arguments) == 0.25 and ref.cost(*arguments, factor=0.5) == 0.125
    dW, db = ref.gradients(*arguments)
    assert dW[0].tolist() == [[-0.125]] and db[0].tolist() == [-0.25]
    assert ref.cost(*arguments, l2=3.0) == 0.25 + 6.0
    assert ref.gradients(*arguments, l2=3.0)[0][0].tolist() == [[-0.125 + 6.0]]


def test_two_identity_layers_by_hand():
    # a = 3 (2 x + 1) - 1: for x = 1, 2 it is 8, 14. y = 7, 10: a - y = 1, 4. C = (1 + 16)/2, delta = 1, 4.
    W, b = [np.array([[2.0]]), np.array([[3.0]])], [np.array([1.0]), np.array([-1.0])]
    arguments = [W, b, [[1], [2]], [[7], [10]], ["identity", "identity"], "squared error"]
    layers = ref.forward(W, b, [[1], [2]], ["identity", "identity"])
    assert [a.ravel().tolist() for a in layers] == [[1, 2], [3, 5], [8, 14]]
    assert ref.cost(*arguments) == 8.5
    dW, db = ref.gradients(*arguments)
    assert dW[1].tolist() == [[1 * 3 + 4 * 5]] and db[1].tolist() == [5]
    assert dW[0].tolist() == [[3 * 1 * 1 + 3 * 4 * 2]] and db[0].tolist() == [15]


@pytest.mark.parametrize("over_samples, over_outputs, expected", [
    ("sum", "sum", 10.0), ("mean", "sum", 5.0), ("sum", "mean", 10.0 / 4), ("mean", "mean", 5.0 / 4)])
def test_means_and_sums_by_hand(over_samples, over_outputs, expected):
    X, Y = [[1, 0, 0, 0], [0, 0, 0, 3]], np.zeros((2, 4))  # 2 samples, 4 outputs, the losses are 1 and 9
    assert ref.cost([np.eye(4)], None, X, Y, ["identity"], "squared error",
                    over_samples=over_samples, over_outputs=over_outputs) == expected


def test_robust_losses_by_hand():
    X, Y = [[0.0, 0.5, -0.5, 3.0, -3.0]], np.zeros((1, 5))  # an identity layer of unit weights: a = X
    for loss, options, terms, delta in [
        ("absolute error", {}, [0, 0.5, 0.5, 3, 3], [0, 1, -1, 1, -1]),
        ("Huber error", {}, [0, 0.125, 0.125, 2.5, 2.5], [0, 0.5, -0.5, 1, -1]),
        ("Huber error", {"threshold": 2}, [0, 0.125, 0.125, 4, 4], [0, 0.5, -0.5, 2, -2]),
        ("Huber error", {"threshold": 0.25}, [0, 0.09375, 0.09375, 0.71875, 0.71875],
         [0, 0.25, -0.25, 0.25, -0.25]),
    ]:
        arguments = [[np.eye(5)], [np.zeros(5)], X, Y, ["identity"], loss]
        assert ref.cost(*arguments, **options) == sum(terms)
        assert ref.gradients(*arguments, **options)[1][0].tolist() == delta


def test_cross_entropies_by_hand():
    W, b, X = [np.eye(2)], [np.zeros(2)], [[np.log(3.0), 0.0]]  # sigmoid: 3/4, 1/2; softmax: 3/4, 1/4
    for outputs, loss, Y, total, delta in [
        ("sigmoid", "binary cross entropy", [[1, 0]], -np.log(3 / 4) - np.log(1 / 2), [-1 / 4, 1 / 2]),
        ("sigmoid", "binary cross entropy", [[0, 1]], -np.log(1 / 4) - np.log(1 / 2), [3 / 4, -1 / 2]),
        ("sigmoid", "categorical cross entropy", [[1, 0]], -np.log(3 / 4), [-1 / 4, 0]),
        ("softmax", "categorical cross entropy", [[0, 1]], -np.log(1 / 4), [3 / 4, -3 / 4]),
        ("softmax", "categorical cross entropy", [[2, 0]], -2 * np.log(3 / 4), [-1 / 2, 1 / 2]),
        ("softmax", "negative log-likelihood", [1], -np.log(1 / 4), [3 / 4, -3 / 4]),
        ("sigmoid", "negative log-likelihood", [0], -np.log(3 / 4), [-1 / 4, 0]),
    ]:
        assert ref.cost(W, b, X, Y, [outputs], loss) == pytest.approx(total, rel=1e-15)
        given = ref.gradients(W, b, X, Y, [outputs], loss)[1][0]
        np.testing.assert_allclose(given, delta, rtol=1e-15, atol=1e-16)


@pytest.mark.parametrize("activation, slope", [
    ("relu", 0.0), ("leaky relu", 0.01), (("leaky relu", 0.2), 0.2), ("elu", 1.0), (("elu", 0.5), 0.5),
], ids=str)
def test_slope_at_the_kink(activation, slope):
    assert ref.back_through(activation, np.zeros(1), np.ones(1)).tolist() == [slope]


def test_softmax_jacobian_by_hand():
    z = np.log([[1.0, 2.0, 5.0]])  # a = 1/8, 2/8, 5/8
    a = np.array([1, 2, 5]) / 8
    jacobian = np.diag(a) - np.outer(a, a)
    for j in range(3):
        np.testing.assert_allclose(ref.back_through("softmax", z, np.eye(3)[[j]])[0], jacobian[j], rtol=1e-14)


# ---------------------------------------------------------------------------------------------------------
# Stability: warnings are errors in this whole file
# ---------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("activation", [*ACTIVATIONS, "softmax"], ids=str)
def test_huge_sums_in_hidden_layers(activation):
    W = [np.array([[1000.0], [-1000.0]]), np.array([[1.0, 2.0]])]
    arguments = [W, [np.zeros(2), np.zeros(1)], [[1.0], [-1.0]], [[0.5], [0.5]], [activation, "identity"],
                 "squared error"]
    dW, db = ref.gradients(*arguments)
    assert np.isfinite(ref.cost(*arguments)) and all(np.isfinite(g).all() for g in [*dW, *db])


@pytest.mark.parametrize("loss, outputs", ENTROPIES)
def test_huge_sums_in_outputs(loss, outputs):
    X = np.array([[1000.0, -1000.0], [-1000.0, 1000.0]])
    Y = [0, 0] if loss == "negative log-likelihood" else [[1.0, 0.0], [1.0, 0.0]]
    arguments = [[np.eye(2)], [np.zeros(2)], X, Y, [outputs], loss]
    lost = {("binary cross entropy", "sigmoid"): [0.0, 2000.0],
            ("categorical cross entropy", "softmax"): [0.0, 2000.0],
            ("negative log-likelihood", "softmax"): [0.0, 2000.0]}.get((loss, outputs), [0.0, 1000.0])
    assert ref.cost(*arguments, over_samples="sum") == sum(lost)
    expected = [-1.0, 0.0] if lost[1] == 1000.0 else [-1.0, 1.0]
    assert ref.gradients(*arguments, over_samples="sum")[1][0].tolist() == expected


# ---------------------------------------------------------------------------------------------------------
# The same, neuron by neuron
# ---------------------------------------------------------------------------------------------------------

def as_graph(weights, biases, activations):
    """A network of full layers written neuron by neuron: neuron j of layer l is called "l.j"."""
    sizes = [weights[0].shape[1], *(len(W) for W in weights)]
    names = [[f"{l}.{j}" for j in range(size)] for l, size in enumerate(sizes)]
    neurons = {name: (names[l], activations[l]) for l in range(len(weights)) for name in names[l + 1]}
    w = {(names[l][i], names[l + 1][j]): float(W[j, i])
         for l, W in enumerate(weights) for j, i in np.ndindex(W.shape)}
    b = biases and {names[l + 1][j]: float(v) for l, row in enumerate(biases) for j, v in enumerate(row)}
    return neurons, w, b, names


@pytest.mark.parametrize("loss, outputs", [("squared error", "gelu"), ("Huber error", "softmax"),
                                           ("absolute error", "identity"), *ENTROPIES])
@pytest.mark.parametrize("options", [{}, {"over_samples": "sum", "over_outputs": "mean", "l2": 0.3}], ids=str)
@pytest.mark.parametrize("with_biases", [True, False])
def test_graph_equals_layers(loss, outputs, options, with_biases):
    weights, biases, X, Y = network([3, 4, 2, 3], seed=6)
    biases, Y = biases if with_biases else None, targets_for(loss, Y)
    activations = [("elu", 0.4), "silu", outputs]
    neurons, w, b, names = as_graph(weights, biases, activations)
    ends = {"inputs": names[0], "outputs": names[-1]}
    assert ref.graph_cost(neurons, w, b, X, Y, loss, **ends, **options) == pytest.approx(
        ref.cost(weights, biases, X, Y, activations, loss, **options), rel=1e-14)
    dW, db = ref.gradients(weights, biases, X, Y, activations, loss, **options)
    _, dw, d, _ = as_graph(dW, db, activations)
    given_w, given_b = ref.graph_gradients(neurons, w, b, X, Y, loss, **ends, **options)
    assert given_w == pytest.approx(dw, rel=1e-12, abs=1e-15)
    assert given_b == pytest.approx(d or {}, rel=1e-12, abs=1e-15)


SKIPPING = {  # connections past a layer, from an input to an output, and outputs of different depth
    "h": (["x", "y"], "tanh"),
    "k": (["h", "y"], "silu"),
    "m": (["x", "h", "k"], "softplus"),
    "p": (["m", "x"], "sigmoid"),
    "q": (["k", "h", "m"], "sigmoid"),
}


def skipping(outputs=None, seed=7):
    """Arguments of graph_cost up to Y for the graph above; `outputs` may give p and q other activations."""
    rng = np.random.default_rng(seed)
    neurons = {c: (before, (outputs or {}).get(c, g)) for c, (before, g) in SKIPPING.items()}
    weights = {(p, c): rng.standard_normal() for c in neurons for p in neurons[c][0]}
    biases = {"h": 0.3, "k": -0.2, "m": 0.5, "p": 0.1, "q": None}
    return neurons, weights, biases, rng.standard_normal((4, 2)), rng.uniform(0.1, 0.9, (4, 2))


ENDS = {"inputs": ["x", "y"], "outputs": ["p", "q"]}


@pytest.mark.parametrize("outputs, loss", [
    ({}, "squared error"), ({}, "binary cross entropy"), ({}, "categorical cross entropy"),
    ({"p": "identity", "q": ("leaky relu", 0.2)}, "squared error"),
    ({"p": "softmax", "q": "softmax"}, "squared error"),
    ({"p": "softmax", "q": "softmax"}, "categorical cross entropy"),
    ({"p": "softmax", "q": "softmax"}, "negative log-likelihood"),
], ids=str)
@pytest.mark.parametrize("options", [{}, {"over_samples": "sum", "over_outputs": "mean", "l2": 0.3}], ids=str)
def test_skip_connections_against_differences(outputs, loss, options):
    neurons, weights, biases, X, Y = skipping(outputs)
    arguments = (neurons, weights, biases, X, targets_for(loss, Y), loss)
    dw, db = ref.graph_gradients(*arguments, **ENDS, **options)
    assert set(dw) == set(weights) and set(db) == {"h", "k", "m", "p"}
    for numbers, given in ((weights, dw), (biases, db)):
        for key, derivative in given.items():
            middle, h = numbers[key], 1e-5
            numbers[key] = middle + h
            above = ref.graph_cost(*arguments, **ENDS, **options)
            numbers[key] = middle - h
            below = ref.graph_cost(*arguments, **ENDS, **options)
            numbers[key] = middle
            assert derivative == pytest.approx((above - below) / (2 * h), rel=1e-6, abs=1e-8), key


def test_skip_connection_by_hand():
    # h = 2 x, o = 3 h + 5 x + 1 = 11 x + 1, x = 1, y = 10: r = 2, delta_o = 4, delta_h = 12.
    neurons = {"h": (["x"], "identity"), "o": (["h", "x"], "identity")}
    weights = {("x", "h"): 2.0, ("h", "o"): 3.0, ("x", "o"): 5.0}
    arguments = (neurons, weights, {"o": 1.0}, [[1.0]], [[10.0]], "squared error")
    assert ref.graph_cost(*arguments, inputs=["x"], outputs=["o"]) == 4.0
    dw, db = ref.graph_gradients(*arguments, inputs=["x"], outputs=["o"])
    assert dw == {("x", "h"): 12.0, ("h", "o"): 8.0, ("x", "o"): 4.0} and db == {"o": 4.0}


def test_a_neuron_that_leads_nowhere_has_gradient_zero():
    neurons = {"dead": (["x"], "tanh"), "o": (["x"], "identity")}
    weights = {("x", "dead"): 1.0, ("x", "o"): 1.0}
    dw, db = ref.graph_gradients(neurons, weights, {"dead": 0.5}, [[1.0]], [[0.0]], "squared error",
                                 inputs=["x"], outputs=["o"])
    assert dw == {("x", "dead"): 0.0, ("x", "o"): 2.0} and db == {"dead": 0.0}


def test_the_order_of_inputs_and_outputs_is_that_of_the_columns():
    neurons, weights, biases, X, Y = skipping()
    straight = ref.graph_gradients(neurons, weights, biases, X, Y, "squared error", **ENDS)
    swapped = ref.graph_gradients(neurons, weights, biases, X[:, ::-1], Y[:, ::-1], "squared error",
                                  inputs=["y", "x"], outputs=["q", "p"])
    assert swapped[0] == pytest.approx(straight[0]) and swapped[1] == pytest.approx(straight[1])


def test_huge_sums_in_a_graph():
    neurons = {"h": (["x"], "sigmoid"), "p": (["x", "h"], "softmax"), "q": (["x", "h"], "softmax")}
    weights = {("x", "h"): -1000.0, ("x", "p"): 1000.0, ("h", "p"): 1.0, ("x", "q"): -1000.0, ("h", "q"): 1.0}
    ends = {"inputs": ["x"], "outputs": ["p", "q"]}
    assert ref.graph_cost(neurons, weights, None, [[1.0]], [1], "negative log-likelihood", **ends) == 2000.0
    dw, db = ref.graph_gradients(neurons, weights, None, [[1.0]], [1], "negative log-likelihood", **ends)
    assert (dw["x", "p"], dw["x", "q"], dw["x", "h"], db) == (1.0, -1.0, 0.0, {})


# ---------------------------------------------------------------------------------------------------------
# Arguments: nothing is changed, and mistakes are named
# ---------------------------------------------------------------------------------------------------------

def test_arguments_stay_as_they_are():
    weights, biases, X, Y = network([3, 4, 2])
    before = [array.copy() for array in [*weights, *biases, X, Y]]
    ref.gradients(weights, biases, X, Y, ["relu", "identity"], "Huber error", l2=0.1)
    for array, copy in zip([*weights, *biases, X, Y], before):
        assert np.array_equal(array, copy)


@pytest.mark.parametrize("change, message", [
    ({"activations": ["tanh", "tan"]}, "unknown activation 'tan'; known: identity, .*softmax"),
    ({"activations": [("tanh", 0.1), "sigmoid"]}, "only leaky relu and elu take a parameter"),
    ({"activations": ["tanh"]}, "one entry per layer"),
    ({"loss": "hinge"}, "no loss 'hinge' with sigmoid outputs; known: squared error; .*with softmax outputs"),
    ({"loss": "binary cross entropy", "activations": ["tanh", "tanh"]}, "with tanh outputs"),
    ({"Y": np.zeros((5, 3))}, r"Y must have shape \(5, 2\).*given \(5, 3\)"),
    ({"X": np.zeros(3)}, r"X must be two-dimensional and not empty; given shape \(3,\)"),
    ({"X": np.zeros((0, 3))}, "not empty"),
    ({"X": np.zeros((5, 4))}, r"layer 1: weights \(4, 3\) .* do not fit 4 incoming values"),
    ({"biases": [np.zeros(4), np.zeros(1)]}, r"layer 2: .* biases \(1,\)"),
    ({"biases": [np.zeros(4)]}, "one entry per layer"),
    ({"over_samples": "max"}, "'mean' or 'sum'; given 'max'"),
    ({"loss": "negative log-likelihood"}, "Y must hold 5 integer labels; given float64"),
    ({"loss": "negative log-likelihood", "Y": np.full(5, 2)}, r"labels must lie in 0 \.\. 1; given 2 \.\. 2"),
])
def test_mistakes_in_layers_are_named(change, message):
    weights, biases, X, Y = network([3, 4, 2])
    arguments = {"weights": weights, "biases": biases, "X": X, "Y": Y, "activations": ["tanh", "sigmoid"],
                 "loss": "squared error", **change}
    for function in (ref.cost, ref.gradients):
        with pytest.raises(ValueError, match=message):
            function(**arguments)


def test_options_of_other_losses_are_refused():
    weights, biases, X, Y = network([3, 2])
    for loss, option in [("squared error", "threshold"), ("Huber error", "factor"),
                         ("absolute error", "factor"), ("binary cross entropy", "factor")]:
        with pytest.raises(TypeError, match=option):
            ref.cost(weights, biases, X, Y, ["sigmoid"], loss, **{option: 1.0})


@pytest.mark.parametrize("change, message", [
    ({"neurons": {"q": (["p"], "tanh"), "p": (["x"], "tanh")}}, "'q' must have .* that come before"),
    ({"neurons": {"p": (["x", "x"], "tanh")}}, "different predecessors"),
    ({"neurons": {"x": (["y"], "tanh")}}, "'x' must have a new name"),
    ({"neurons": {"p": (["x"], "tanh"), "q": (["p"], "tanh")}}, "'q': outputs cannot be predecessors"),
    ({"neurons": {"h": (["x"], "softmax"), "p": (["h"], "tanh")}}, "softmax is for the outputs alone"),
    ({"neurons": {"p": (["x"], "softmax"), "q": (["x"], "tanh")}}, "either every output is softmax or none"),
    ({"outputs": ["p", "r"]}, "outputs must be different names of neurons"),
    ({"outputs": []}, "outputs must be different names of neurons"),
    ({"inputs": ["x", "x"]}, "inputs must have different names"),
    ({"weights": {("x", "p"): 1.0}}, r"exactly the keys .*given \[\('x', 'p'\)\]"),
    ({"biases": {"x": 1.0}}, "keyed by neurons; given .'x'"),
    ({"X": np.zeros((1, 3))}, "a column for each of the 2 inputs"),
    ({"Y": np.zeros((1, 3))}, r"shape \(1, 2\)"),
])
def test_mistakes_in_graphs_are_named(change, message):
    arguments = {"neurons": {"p": (["x"], "tanh"), "q": (["y"], "tanh")}, "biases": None, "X": [[1.0, 2.0]],
                 "Y": [[0.0, 0.0]], "weights": {("x", "p"): 1.0, ("y", "q"): 1.0}, "inputs": ["x", "y"],
                 "outputs": ["p", "q"], "loss": "squared error", **change}
    for function in (ref.graph_cost, ref.graph_gradients):
        with pytest.raises(ValueError, match=message):
            function(**arguments)
