"""Tests for the options of choices: what each claims is put to the proof in numbers."""
from functools import cache, reduce

import numpy as np

from ..codegen import generate
from ..errors import DerivationError
from ..networks import dense, neuron
from .program import NumericPoint

STEP = 0.01


@cache
def _point():
    return NumericPoint(dense([3, 4, 2], "g"), (3, 4, 2), 5).arrays


def _carries_back(product):
    """Whether a product of delta2 and W2 is Σ_k δ_k w_kj, for every sample."""
    delta, W = _point()["delta2"].values, _point()["W2"].values
    try:
        found = product(delta, W)
    except ValueError:
        return False
    wanted = np.einsum("sk,kj->sj", delta, W)
    return found.shape == wanted.shape and np.allclose(found, wanted)


def products():
    """Four products that learners try."""
    turned = "the weights are not turned round going back"
    return {
        "`delta2 @ W2`": (lambda: _carries_back(lambda delta, W: delta @ W), ""),
        "`delta2 @ W2.T`": (lambda: _carries_back(lambda delta, W: delta @ W.T), turned),
        "`W2 @ delta2`": (lambda: _carries_back(lambda delta, W: W @ delta), turned),
        "`delta2.T @ W2`": (lambda: _carries_back(lambda delta, W: delta.T @ W), ""),
    }


def midpoint_is_lower():
    """Whether the network halfway between two with hidden units in another order costs no more than they do."""
    network = dense([2, 2, 1], "tanh", bias=False)
    X, W1, W2 = np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([[3.0, -3.0], [-3.0, 3.0]]), np.array([[2.0, -2.0]])
    f = generate(network)
    first, second = {"W1": W1, "W2": W2}, {"W1": W1[::-1].copy(), "W2": W2[:, ::-1].copy()}
    Y = f.predict(first, X)
    half = {name: (first[name] + second[name]) / 2 for name in first}
    costs = [f.cost(parameters, X, Y) for parameters in (first, second, half)]
    return bool(costs[2] <= (costs[0] + costs[1]) / 2)


def saturated_slope():
    """σ'(50), in a form that does not round to 0."""
    return float(np.exp(-50.0) / (1 + np.exp(-50.0))**2)


@cache
def _parabola():
    """cost(w) = (w − 1)², the cost of a neuron, and its slope."""
    f, x, y = generate(neuron("identity", bias=False)), np.array([1.0]), np.array([1.0])
    return (lambda w: f.cost({"w": w}, x, y)), (lambda w: f.gradients({"w": w}, x, y)["w"])


def lowers_the_cost(step, slope=-0.6):
    """Whether a step lowers the cost of a neuron, from where its derivative is `slope`."""
    cost, derivative = _parabola()
    w = 1 + slope / 2
    if not np.isclose(derivative(w), slope):
        raise DerivationError(f"The derivative at w = {w} is {derivative(w)} and not {slope}.")
    return bool(cost(w + step) < cost(w))


def paths_from_first_layer(*widths):
    """How many paths lead from one unit of the first hidden layer to the outputs, each connection counted."""
    network = dense(list(widths), "g")
    weights = [NumericPoint(network, widths, 3).arrays[f"W{layer}"].values for layer in range(2, len(widths))]
    connected = reduce(lambda before, W: (W != 0).astype(int) @ before, weights, np.eye(widths[1], dtype=int))
    return int(connected[:, 0].sum())


def signs_of_softmax():
    """How the other outputs of softmax change when the first z rises: the signs."""
    z = np.array([0.3, -1.2, 0.8, 2.0])
    before, after = (np.exp(one) / np.exp(one).sum() for one in (z, z + [STEP, 0, 0, 0]))
    return np.sign((after - before)[1:]).astype(int).tolist()


def error_left_by_half_the_step():
    """By what the error of the central difference of a cost is multiplied when h = 0.01 is halved, to two digits."""
    f, x, y = generate(neuron("sigmoid")), np.array([1.5]), np.array([0.0])

    def error(h):
        above, below = (f.cost({"w": 1.4 + d, "b": 0.8}, x, y) for d in (h, -h))
        return (above - below) / (2 * h) - f.gradients({"w": 1.4, "b": 0.8}, x, y)["w"]

    return round(float(error(STEP / 2) / error(STEP)), 2)
