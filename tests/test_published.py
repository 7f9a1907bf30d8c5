"""Published worked examples (published.json): every figure reproduced to its printed digits."""
import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import bplib as bp
from bplib.equations import N, s
from bplib.meaning import Values

PUBLISHED = json.loads(Path(__file__).with_name("published.json").read_text(encoding="utf-8"))
ENTRIES = {entry["name"]: entry for entry in PUBLISHED["entries"]}
MISTAKEN = PUBLISHED["mistaken"]
FIGURES = [pytest.param(name, figure, id=f"{name}: {figure['quantity']}")
           for name, entry in ENTRIES.items() for figure in entry["figures"]]

HALF = bp.loss("squared error", factor=0.5)
REPRODUCED = {}
"""Name of an entry → the function that computes its figures, as a dict by quantity."""


def reproduces(name):
    return lambda function: REPRODUCED.setdefault(name, cache(lambda: function(ENTRIES[name])))


@pytest.mark.parametrize("name, figure", FIGURES)
def test_figure_is_reproduced(name, figure):
    assert_printed(REPRODUCED[name]()[figure["quantity"]], figure["value"], figure["atol"])


def assert_printed(computed, printed, atol):
    assert np.shape(computed) == np.shape(printed)
    np.testing.assert_allclose(computed, printed, rtol=0, atol=atol)


def parameters(entry, weights="W", biases="b"):
    """The arrays of an entry as bplib has them, with the receiving unit first."""
    turned = entry["weights stored as"] == "[from][to]"
    arrays = {f"W{at}": np.array(W, float).T if turned else np.array(W, float)
              for at, W in enumerate(entry[weights], 1)}
    return arrays | {f"b{at}": np.array(b, float) for at, b in enumerate(entry.get(biases, ()), 1)}


# Mazur: a 2-2-2 network, given neuron by neuron with his names, or in layers for training

@reproduces("Mazur, one update")
def mazur_one_update(entry):
    layers = {"h": (["i1", "i2"], ["h1", "h2"]), "o": (["h1", "h2"], ["o1", "o2"])}
    neurons = {name: (sources, "sigmoid") for sources, names in layers.values() for name in names}
    network = bp.graph(neurons, inputs=["i1", "i2"], loss=HALF, bias=True)
    derivation = bp.derive(network)
    f = bp.generate(network, derivation)
    at_start = {}
    for (sources, names), W, b in zip(layers.values(), entry["W"], entry["b"]):
        for name, row, bias in zip(names, W, b):
            at_start |= {f"w_{source}_{name}": w for source, w in zip(sources, row)} | {f"b_{name}": bias}
    X, Y = entry["X"], entry["Y"]
    units = {name: float(array[0]) for name, array in f.forward(at_start, X).items()}
    out_o, gradients = f.predict(at_start, X)[0], f.gradients(at_start, X, Y)
    number = numbers_of(derivation, f, at_start, X, Y)
    after = mazur_trained(1)

    def step(name, rule):
        return next(step.right for step in derivation.about(name) if step.rule == rule)

    def path_to_h1(output):
        """The term of ∂E/∂out_h1 that passes through one output."""
        weight = network.quantities[f"w_h1_{output}"][()]
        return next(term for term in step("a_h1", "substitution").args if term.has(weight))

    return {
        "net_h1": units["z_h1"], "out_h": [units["a_h1"], units["a_h2"]],
        "net_o1": units["z_o1"], "out_o": out_o,
        # An output that hits its target costs nothing, which leaves the error of the other one.
        "E_o": [f.cost(at_start, X, [[Y[0][0], out_o[1]]]), f.cost(at_start, X, [[out_o[0], Y[0][1]]])],
        "E_total": f.cost(at_start, X, Y),
        "dE/dout_o1": number(step("a_o1", "loss")), "dout_o1/dnet_o1": number(step("z_o1", "slope")),
        "delta_o1": number(step("z_o1", "error term")), "dE/dw5": gradients["w_h1_o1"],
        "dE_o1/dout_h1": number(path_to_h1("o1")), "dE_o2/dout_h1": number(path_to_h1("o2")),
        "dE_total/dout_h1": number(step("a_h1", "substitution")),
        "dout_h1/dnet_h1": number(step("z_h1", "slope")), "dE/dw1": gradients["w_i1_h1"],
        "W2 after one update": after["W2"], "W1 after one update": after["W1"],
    }


def numbers_of(derivation, f, parameters, X, Y):
    """A function that gives the value of any expression of a derivation, for one sample."""
    given = {**parameters, **f.forward(parameters, X), "x": X, "y": Y}
    values = Values({name: np.asarray(array, float)[..., None] for name, array in given.items()}, {N: 1})
    for equation in derivation.backward:
        scope = {s: 1} if equation.indices else {}
        values.arrays[equation.quantity.name] = values(equation.right, scope)
    return lambda expression: float(values(expression, {s: 1})[0, 0])


@reproduces("Mazur, trained")
def mazur_after_training(entry):
    after = mazur_trained(9_999)
    return {"E_total after 9,999 updates": mazur_functions().cost(after, entry["X"], entry["Y"])}


@cache
def mazur_functions():
    return bp.generate(bp.dense([2, 2, 2], "sigmoid", HALF))


def mazur_trained(updates, hidden_errors=None):
    """The parameters after some updates of the weights alone.

    hidden_errors   a function (W2 before, W2 after, a1, δ2) → δ1 to use instead of the derived gradient of W1
    """
    entry, f = ENTRIES["Mazur, trained"], mazur_functions()
    X, Y, eta = np.array(entry["X"]), np.array(entry["Y"]), entry["eta"]
    W1, b1, W2, b2 = (parameters(entry)[name] for name in f.network.parameters)
    for _ in range(updates):
        dW1, _, dW2, delta2 = f.gradients.raw(W1, b1, W2, b2, X, Y)  # for one sample ∂E/∂b2 is δ2
        W2_after = W2 - eta * dW2
        if hidden_errors:
            _, a1, _, _ = f.forward.raw(W1, b1, W2, b2, X)
            dW1 = hidden_errors(W2, W2_after, a1, delta2).T @ X
        W1, W2 = W1 - eta * dW1, W2_after
    return {"W1": W1, "b1": b1, "W2": W2, "b2": b2}


def hidden_errors_right(W2, W2_after, a1, delta2):
    return (delta2 @ W2) * a1 * (1 - a1)


def hidden_errors_too_late(W2, W2_after, a1, delta2):
    """THE MISTAKE: the output weights have been changed before the errors are carried back through them."""
    return (delta2 @ W2_after) * a1 * (1 - a1)


@cache
def mazur_figure(quantity, updates, hidden_errors=None):
    after, f = mazur_trained(updates, hidden_errors), mazur_functions()
    if quantity.startswith("E_total"):
        return f.cost(after, MISTAKEN["X"], MISTAKEN["Y"])
    return f.predict(after, MISTAKEN["X"])[0]


@pytest.mark.parametrize("figure", MISTAKEN["figures"], ids=lambda figure: figure["quantity"])
class TestFiguresThatRestOnAMistake:
    """Two published figures are wrong: right updates must miss them, the known mistake must give them."""

    def test_right_updates_miss_the_figure(self, figure):
        right = mazur_figure(figure["quantity"], figure["updates"])
        assert np.all(np.abs(right - np.array(figure["value"])) > 100 * figure["atol"])
        assert_printed(right, figure["right"], figure["right_atol"])

    def test_mistaken_updates_give_the_figure(self, figure):
        mistaken = mazur_figure(figure["quantity"], figure["updates"], hidden_errors_too_late)
        assert_printed(mistaken, figure["value"], figure["atol"])

    def test_nothing_else_tells_them_apart(self, figure):
        right = mazur_figure(figure["quantity"], figure["updates"], hidden_errors_right)
        assert_printed(right, figure["right"], figure["right_atol"])


# Networks of layers

@reproduces("CS231n, two-layer network on toy data")
def cs231n(entry):
    """The penalty (λ/2)·Σw² is 0.05·Σw²."""
    network = bp.dense([4, 10, 3], ["relu", "softmax"], "negative log-likelihood", l2=0.1)
    f, at_start = bp.generate(network), parameters(entry)
    return {"scores": f.forward(at_start, entry["X"])["z2"], "loss": f.cost(at_start, entry["X"], entry["Y"])}


@reproduces("Planar data, forward and backward")
def planar_forward_and_backward(entry):
    f = bp.generate(bp.dense([2, 4, 1], ["tanh", "sigmoid"], "binary cross entropy"))
    at_start, X, Y = parameters(entry), np.transpose(entry["X"]), np.transpose(entry["Y"])
    layers = f.forward(at_start, X)
    with pytest.warns(UserWarning, match="targets from 0 to 1"):  # the example draws its targets from a normal
        gradients = f.gradients(at_start, X, Y)
    cost_of = next(figure for figure in entry["figures"] if figure["quantity"] == "cost of A2")
    return {"mean Z1, A1, Z2, A2": [layers[name].mean() for name in ("z1", "a1", "z2", "a2")],
            "cost of A2": cost_of_activations(cost_of["A2"], cost_of["Y"]),
            **{f"d{name}": gradient for name, gradient in gradients.items()}}


def cost_of_activations(a, y):
    """The cost of given outputs: those of a neuron with w = 1 whose inputs are the z that give these a."""
    f, w, a = bp.generate(bp.neuron("sigmoid", "binary cross entropy", bias=False)), {"w": 1.0}, np.array(a)
    z = np.log(a / (1 - a))
    np.testing.assert_allclose(f.forward(w, z)["a"], a, rtol=1e-15)
    with pytest.warns(UserWarning, match="targets from 0 to 1"):
        return f.cost(w, z, y)


@reproduces("Planar data, update")
def planar_update(entry):
    """The step that training takes for a gradient of its own, scaled to the gradient that is given."""
    f = bp.generate(bp.dense([2, 4, 1], ["tanh", "sigmoid"], "binary cross entropy"))
    before, given = parameters(entry), parameters(entry, "dW", "db")
    X, Y = np.array([[0.7, -1.3]]), np.array([[0.0]])
    own = f.gradients(before, X, Y)
    after = bp.train(f, before, X, Y, eta=entry["eta"], epochs=1).parameters
    return {name: before[name] + (after[name] - before[name]) / own[name] * given[name] for name in before}


@reproduces("Brownlee, 20 epochs")
def brownlee(entry):
    f = bp.generate(bp.dense([2, 2, 2], "sigmoid", HALF))
    X, Y, errors, at = entry["X"], np.eye(2)[entry["Y"]], [], parameters(entry)
    for _ in range(20):
        error = 0
        for x, y in zip(X, Y):
            error += 2 * f.cost(at, [x], [y])
            at = bp.train(f, at, [x], [y], eta=entry["eta"], epochs=1).parameters
        errors.append(error)
    at = bp.train(f, parameters(entry), X, Y, eta=entry["eta"], epochs=20, batch_size=1, seed=None).parameters
    return {"error in each epoch": errors,
            "hidden weights, bias last": np.column_stack([at["W1"], at["b1"]]),
            "weights of output 0, bias last": [*at["W2"][0], at["b2"][0]]}


@reproduces("Goodfellow, XOR with ReLU")
def goodfellow(entry):
    f, at = bp.generate(bp.dense([2, 2, 1], ["relu", "identity"])), parameters(entry)
    without_bias = {**at, "b1": np.zeros(2)}
    layers = f.forward(at, entry["X"])
    assert np.count_nonzero(layers["z1"][:, 1] == 0) == 2  # exactly at the kink
    return {"XW": f.forward(without_bias, entry["X"])["z1"], "h": layers["a1"], "output": layers["a2"]}


@reproduces("Trask, two layers")
def trask(entry):
    f = bp.generate(bp.dense([3, 1], "sigmoid", HALF, bias=False, over_samples="sum"))
    X, Y, eta = entry["X"], entry["Y"], entry["eta"]
    before_last = bp.train(f, parameters(entry), X, Y, eta=eta, epochs=9_999).parameters
    last = bp.train(f, before_last, X, Y, eta=eta, epochs=1).parameters
    return {"l1 after training": f.predict(before_last, X), "weights after training": last["W1"].T}


@reproduces("Sigmoid's slope at 0")
def slope_at_0(entry):
    """∂C/∂b = (a − y)·σ'(z), and y is such that a − y = 1."""
    f, at, x = bp.generate(bp.neuron("sigmoid", HALF)), {"w": 1.0, "b": 0.0}, entry["X"]
    return {"slope at 0": f.gradients(at, x, f.forward(at, x)["a"] - 1)["b"]}
