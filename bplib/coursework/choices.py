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


def carries_back(product, rows=True, receives_first=True):
    """Whether a product of delta2 and W2 is Σ_k δ_k w_kj, for every sample.

    rows, receives_first   whether samples stand in rows, and units that receive in the rows of W2
    """
    delta, W = _point()["delta2"].values, _point()["W2"].values
    wanted = np.einsum("sk,kj->sj", delta, W)
    try:
        found = product(delta if rows else delta.T, W if receives_first else W.T)
    except ValueError:
        return False
    wanted = wanted if rows else wanted.T
    return found.shape == wanted.shape and np.allclose(found, wanted)


def products():
    """Four products that learners try."""
    turned = "the weights are not turned round going back"
    return {
        "`delta2 @ W2`": (lambda: carries_back(lambda delta, W: delta @ W), ""),
        "`delta2 @ W2.T`": (lambda: carries_back(lambda delta, W: delta @ W.T), turned),
        "`W2 @ delta2`": (lambda: carries_back(lambda delta, W: W @ delta), turned),
        "`delta2.T @ W2`": (lambda: carries_back(lambda delta, W: delta.T @ W), ""),
    }


def _other_order(W1, W2):
    """The same network with its first two hidden units exchanged."""
    order = [1, 0, *range(2, len(W1))]
    return {"W1": W1[order], "W2": W2[:, order]}


def _other_signs(W1, W2):
    """The same network with the signs of all weights of its first hidden unit turned; tanh(−z) is −tanh(z)."""
    sign = np.array([-1.0, *np.ones(len(W1) - 1)])
    return {"W1": sign[:, None] * W1, "W2": sign * W2}


EQUALLY_GOOD = {"order": _other_order, "signs": _other_signs}


@cache
def midpoint_is_lower(differ="order", units=2):
    """Whether the network halfway between two equally good ones costs no more than they do.

    differ   a key of EQUALLY_GOOD;  units   how many hidden units there are
    """
    network = dense([2, units, 1], "tanh", bias=False)
    X = np.array([[1.0, 0.0], [0.0, 1.0]])
    W1 = np.array([[3.0, -3.0], [-3.0, 3.0], [1.0, 0.5], [0.5, 2.0]])[:units]
    W2 = np.array([[2.0, -2.0, 0.5, -1.0]])[:, :units]
    f = generate(network)
    first, second = {"W1": W1, "W2": W2}, EQUALLY_GOOD[differ](W1, W2)
    Y = f.predict(first, X)
    half = {name: (first[name] + second[name]) / 2 for name in first}
    costs = [f.cost(parameters, X, Y) for parameters in (first, second, half)]
    return bool(costs[2] <= (costs[0] + costs[1]) / 2)


def saturated_slope(activation="sigmoid", z=50):
    """σ'(z), or tanh'(z), in a form that does not round to 0."""
    tail = float(np.exp(-abs(z) if activation == "sigmoid" else -2.0 * abs(z)))
    return {"sigmoid": 1, "tanh": 4}[activation] * tail / (1 + tail)**2


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


def signs_of_softmax(outputs=4, raised=0, step=STEP):
    """How the other outputs of softmax change when one z is moved by a step: the signs."""
    z = np.array([0.3, -1.2, 0.8, 2.0, 0.1, -0.4, 1.1, -2.0, 0.6, 1.7])[:outputs]
    before, after = (np.exp(one) / np.exp(one).sum() for one in (z, z + step * (np.arange(outputs) == raised)))
    return np.sign(np.delete(after - before, raised)).astype(int).tolist()


@cache
def error_left_by_half_the_step(times=2, sides=2, h=STEP):
    """By what the error of a quotient of differences of a cost is multiplied when h is divided, to two digits.

    times   by what h is divided;  sides   2 for (C(w + h) − C(w − h)) / 2h, 1 for (C(w + h) − C(w)) / h
    """
    f, x, y = generate(neuron("sigmoid")), np.array([1.5]), np.array([0.0])

    def error(h):
        below = -h if sides == 2 else 0.0
        one, other = (f.cost({"w": 1.4 + d, "b": 0.8}, x, y) for d in (h, below))
        return (one - other) / (h - below) - f.gradients({"w": 1.4, "b": 0.8}, x, y)["w"]

    return round(float(error(h / times) / error(h)), 2)
