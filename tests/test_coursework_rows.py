"""Rows that somebody may add: other networks, losses and questions than those of the table."""
import numpy as np
import pytest

import bplib as bp
from bplib.coursework import EXERCISES, check, measure, question
from bplib.coursework.exercises import Formula, Function
from bplib.coursework.matching import reference
from bplib.coursework.program import points_for
from bplib.coursework.rewritings import formula, typed

FORK = {"h": (["p"], "g"), "m": (["p", "h"], "g"), "o": (["h", "m", "p"], "g")}

FORMULAS = {
    "softmax, squared error": (lambda: bp.dense([3, 4, 2], ["tanh", "softmax"]), "delta2", {}),
    "softmax, labels": (lambda: bp.dense([3, 4, 2], ["tanh", "softmax"], "negative log-likelihood"), "delta2", {}),
    "cost of a sample": (lambda: bp.dense([3, 4, 2], ["tanh", "sigmoid"], "binary cross entropy"), "losses", {}),
    "going back without the slope": (lambda: bp.dense([3, 4, 2], "g"), "da1", {"given": ("delta2",)}),
    "all ReLU": (lambda: bp.dense([3, 4, 2], "relu"), "delta1", {"given": ("delta2",)}),
    "a weight, all written out": (lambda: bp.dense([3, 4, 2], "sigmoid"), "dW1 of a sample", {}),
    "two layers back": (lambda: bp.dense([3, 4, 2, 3], "g"), "delta1", {"given": ("delta3",)}),
    "weight decay": (lambda: bp.dense([3, 4, 2], "sigmoid", l2=0.1), "dW2", {"given": ("delta2",)}),
    "sum over the samples": (lambda: bp.dense([3, 4, 2], "sigmoid", over_samples="sum"), "db1", {"given": ("delta1",)}),
    "mean over the outputs": (lambda: bp.dense([3, 4, 2], "sigmoid", over_outputs="mean"), "delta2", {}),
    "one hidden unit": (lambda: bp.dense([2, 2, 1], ["sigmoid", "identity"]), "delta1", {"entry": (2,)}),
    "bias of a neuron": (lambda: bp.neuron("g"), "db", {}),
    "neuron with ReLU": (lambda: bp.neuron("relu"), "delta", {}),
    "a fork": (lambda: bp.graph(FORK, inputs=["p"]), "delta_h", {"given": ("delta_m", "delta_o")}),
    "a forward equation": (lambda: bp.dense([3, 4, 2], "g"), "z2", {}),
}
FUNCTIONS = {
    "one step back": (lambda: bp.dense([3, 4, 2], "sigmoid"), ("W2", "delta2", "z1"), ("delta1",), ("delta2",)),
    "softmax, labels": (lambda: bp.dense([3, 4, 2], ["relu", "softmax"], "negative log-likelihood"),
                        ("W1", "b1", "W2", "b2", "x", "c"), ("dW1", "db1", "dW2", "db2"), ()),
    "a neuron": (lambda: bp.neuron("sigmoid"), ("w", "b", "x", "y"), ("dw", "db"), ()),
    "only the update": (lambda: bp.dense([3, 4, 2], "sigmoid"), ("W1", "dW1", "b1", "db1", "eta"),
                        ("new W1", "new b1"), ("dW1", "db1")),
}


@pytest.fixture
def added(monkeypatch):
    def add(row):
        monkeypatch.setitem(EXERCISES, row.id, row)
        return row
    return add


@pytest.mark.parametrize("name", FORMULAS)
def test_a_new_formula_row(name, added):
    """Its right answer is accepted as it is typed, every mistake in it is named, and its question can be shown."""
    make, ask, more = FORMULAS[name]
    row = added(Formula("9.1", name, "?", "05-layers-and-indices", ("Look.",), make=make, ask=ask, **more))
    random = np.random.default_rng(0)
    for _ in range(5):
        assert check("9.1", typed(formula(row, row.lines), row, random)).outcome == "right"
    for candidate in reference(row).single:
        verdict = check("9.1", typed(formula(row, candidate.lines), row, random))
        assert verdict.outcome == "wrong" and set(candidate.names) <= set(verdict.mistakes)
        assert not measure.gives_away(row, verdict.feedback)
    assert "You may use" in question("9.1").markdown


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_new_function_row(name, added):
    make, takes, returns, given = FUNCTIONS[name]
    row = added(Function("9.2", name, "?", "05-layers-and-indices", ("Look.",), make=make, takes=takes, returns=returns,
                         given=given))
    known, answers = reference(row), []

    def right(*arguments):
        answers.append([np.shape(argument) for argument in arguments])
        n = (len(answers) - 1) // 2
        arrays = [known.right[n][name].array for name in returns]
        return arrays if len(arrays) > 1 else arrays[0]

    assert check("9.2", right).outcome == "right"
    shapes = [[point.arrays[name].values.shape for name in takes] for point in row.test_at]
    assert answers == [shape for shape in shapes for _ in range(2)]
    assert known.single


def test_labels_count_from_0_in_code(added):
    make, takes, returns, given = FUNCTIONS["softmax, labels"]
    row = added(Function("9.3", "", "?", "05", ("Look.",), make=make, takes=takes, returns=returns, given=given))

    def gradients(W1, b1, W2, b2, x, c):
        a1 = np.maximum(z1 := x @ W1.T + b1, 0)
        z2 = a1 @ W2.T + b2
        delta2 = np.exp(z2) / np.exp(z2).sum(1, keepdims=True)
        delta2[np.arange(len(c)), c] -= 1
        delta1 = delta2 @ W2 * (z1 > 0)
        return delta1.T @ x / len(x), delta1.mean(0), delta2.T @ a1 / len(x), delta2.mean(0)

    assert check(row.id, gradients).outcome == "right"
    assert check(row.id, lambda *a: [-g for g in gradients(*a)]).mistakes == ("the sign is turned",)


@pytest.mark.parametrize("layers, most", [(2, 0), (4, 4)])
def test_few_units_are_dead_at_the_test_points(layers, most):
    """A ReLU that is off for all samples would hide every mistake behind it."""
    for point in points_for(bp.dense([3] * (layers + 1), "relu")):
        z = [point.arrays[f"z{layer}"].values for layer in range(1, layers + 1)]
        assert sum((one < 0).all(axis=0).sum() for one in z) <= most and all((one < 0).any() for one in z)
