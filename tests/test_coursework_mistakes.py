"""The table of mistakes: each is told from every other, by formulas and by functions written in plain NumPy."""
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from scipy.special import expit

from bplib.coursework import EXERCISES, MISTAKES, check
from bplib.coursework.matching import apart, distance, reference
from bplib.coursework.mistake import Mistake

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
DERIVED = [row for row in EXERCISES.values() if row.kind not in ("choice", "derivation")]
ids = [row.id for row in DERIVED]


@pytest.mark.parametrize("row", DERIVED, ids=ids)
def test_every_mistake_differs_from_the_right_answer_and_from_every_other(row):
    """But for those that are the same mistake in this exercise; these are named together."""
    known = reference(row)
    values = {c.names[0]: known.values_of(c) for c in known.single}
    for name, wrong in values.items():
        assert not known.is_right(wrong), name
    for (one, first), (other, second) in combinations(values.items(), 2):
        if distance(first, second, known.nearly) <= known.equal:
            groups = known.names(first)
            assert (one,) in groups and (other,) in groups


@pytest.mark.parametrize("row", DERIVED, ids=ids)
def test_all_points_carry_the_right_answer(row):
    """The right answer has a finite value that is not zero everywhere, at every point."""
    for point, value in zip(row.test_at, reference(row).right):
        for one in value.values():
            assert np.isfinite(one.array).all() and one.array.any()


def test_sizes_are_generic():
    """Unequal widths and a batch of at least 3, then equal sizes with matrices that are not symmetric."""
    for row in DERIVED:
        if row.kind != "number":
            samples = [point.arrays["x"].values.shape[0] for point in row.test_at]
            assert min(samples) >= 3 and len(set(samples)) == 2, row.id
    unequal, square = EXERCISES["4.1"].test_at
    assert len({unequal.arrays["N"].values.item(), *unequal.arrays["W1"].values.shape,
                unequal.arrays["W2"].values.shape[0]}) == 4
    for name in ("W1", "W2"):
        W = square.arrays[name].values
        assert W.shape[0] == W.shape[1] and not np.allclose(W, W.T)


OBSERVED = {
    "factor of the power lost": "the 2 of the square is lost", "square lost": "the square of the cost is lost",
    "slope lost at the output": "the slope of the output is lost", "slope with cross entropy": "one slope too many",
    "slope at a": "the slope is taken at a instead of z", "z overwritten": "the slope is taken at a instead of z",
    "z(1 - z)": "the slope by value is written with z", "softmax elementwise": "softmax treated unit by unit",
    "slope lost in a hidden layer": "the slope of the hidden layer is lost",
    "no transpose going back": "the weights are not turned round going back",
    "w_jk for w_kj": "the weights are not turned round going back",
    "outer(input, delta)": "the outer product is the wrong way round", "sum over paths lost": "one path only",
    "fork assigned, not added": "one path only", "y - a": "the sign is turned",
    "W += eta": "uphill instead of downhill",
    "hidden delta after the update": "the weights above are already updated",
    "bias averaged, cost summed": "weights and biases are averaged differently",
    "bias not summed over the batch": "the samples are not added up",
    "bias times input": "the bias gradient carries an input",
    "bias over the wrong axis": "summed over the wrong axis", "biases left alone": "the biases are never updated",
    "1/m twice": "divided by the number of samples once too often",
    "1/m never": "not divided by the number of samples",
    "a of the wrong layer": "the activation of the wrong layer",
    "ReLU' from the output": "the slope of ReLU is read from its output",
    "negative gradients zeroed": "negative gradients are set to zero", "decay on biases": "weight decay on a bias",
    "2 lambda W": "weight decay counted twice", "convex": "the cost is taken for convex",
    "not reset": "gradients kept from the call before",
    "saturated": "a saturated unit is taken for one without gradient",
    "eta in the gradient": "the learning rate is part of the gradient",
    "(n,) against (n, 1)": "arrays that broadcast by accident",
}
"""What has been seen in question threads, trackers and notebooks, and the row that recognises it."""


@pytest.mark.parametrize("observed", OBSERVED)
def test_every_observed_mistake_stands_in_the_table(observed):
    assert OBSERVED[observed] in MISTAKES


@pytest.mark.parametrize("row", MISTAKES.values(), ids=MISTAKES)
def test_a_row_is_complete(row):
    assert row.sentence.endswith((".", "?")) and 0 <= row.credit < 1
    assert (NOTEBOOKS / f"{row.notebook}.ipynb").exists()


def test_every_mistake_occurs_in_some_exercise():
    """But for those that are looked for last: see `test_in_page`."""
    made = {name for row in DERIVED for c in reference(row).single for name in c.names}
    by_sight = {"gradients kept from the call before", "the inputs are overwritten"}
    chosen = {mistake for row in EXERCISES.values() if row.kind == "choice" for _, mistake in row.options.values()}
    assert {name for name, row in MISTAKES.items() if row.rank == 0} == (made | by_sight | chosen) - {""}


def test_a_mistake_that_changes_nothing_is_no_mistake():
    """A transformation that gives the line back has no variant."""
    same = Mistake("nothing", "Nothing.", "01-downhill", 0.5, lambda line, context: (line.right,))
    assert not list(same.variants(EXERCISES["4.1"].context))


def test_a_wrong_table_would_be_noticed():
    """Two rows that make the same mistake are reported together."""
    row = EXERCISES["3.1"]
    known = reference(row)
    candidate = known.single[0]
    twin = replace(candidate, names=("another name",))
    known.single = (*known.single, twin)
    try:
        assert known.names(known.values_of(candidate)) == (candidate.names, ("another name",))
    finally:
        del known.__dict__["single"]


# functions in plain NumPy, written by hand, with a switch for each mistake

def network_gradients(W1, b1, W2, b2, x, y, *wrong):
    """∂C/∂W1, ∂C/∂b1, ∂C/∂W2, ∂C/∂b2 for ReLU, σ, squared error, mean over the samples; `wrong` says what is amiss."""
    N = len(x)
    z1 = x @ W1.T + b1
    a1 = np.maximum(z1, 0)
    z2 = a1 @ W2.T + b2
    a2 = expit(z2)
    delta2 = (1 if "the 2 of the square is lost" in wrong else 2) * (a2 - y)
    if "the slope of the output is lost" in wrong:
        pass
    elif "the slope is taken at a instead of z" in wrong:
        delta2 = delta2 * expit(a2) * (1 - expit(a2))
    elif "the slope by value is written with z" in wrong:
        delta2 = delta2 * z2 * (1 - z2)
    else:
        delta2 = delta2 * a2 * (1 - a2)
    if "the sign is turned" in wrong:
        delta2 = -delta2
    back = delta2 @ (W2.T if "the weights are not turned round going back" in wrong else W2)
    if "one path only" in wrong:
        back = delta2[:, :1] * W2[0]
    if "negative gradients are set to zero" in wrong:
        delta1 = np.maximum(back, 0)
    elif "the slope of ReLU is read from its output" in wrong:
        delta1 = back * (a1 >= 0)
    else:
        delta1 = back * (z1 > 0)
    dW1, dW2 = delta1.T @ x, delta2.T @ (a2 if "the activation of the wrong layer" in wrong else a1)
    if "the activation of the wrong layer" in wrong:
        dW1 = delta1.T @ a1
    if "the outer product is the wrong way round" in wrong:
        dW1, dW2 = dW1.T, dW2.T
    axis = 1 if "summed over the wrong axis" in wrong else 0
    db1, db2 = delta1.sum(axis), delta2.sum(axis)
    if "the samples are not added up" in wrong:
        db1, db2 = delta1, delta2
    if "the bias gradient carries an input" in wrong:
        db1, db2 = delta1.T @ x, delta2.T @ a1
    n = 1 if "not divided by the number of samples" in wrong else N
    n = N * N if "divided by the number of samples once too often" in wrong else n
    m = 1 if "weights and biases are averaged differently" in wrong else n
    return dW1 / n, db1 / m, dW2 / n, db2 / m


IN_GRADIENTS = [
    "the 2 of the square is lost", "the slope of the output is lost", "the slope is taken at a instead of z",
    "the slope by value is written with z", "the sign is turned", "the weights are not turned round going back",
    "one path only", "negative gradients are set to zero", "the slope of ReLU is read from its output",
    "the activation of the wrong layer", "the outer product is the wrong way round", "summed over the wrong axis",
    "the samples are not added up", "the bias gradient carries an input", "not divided by the number of samples",
    "divided by the number of samples once too often", "weights and biases are averaged differently",
]
SAME = {"the slope of ReLU is read from its output": {"the slope of the hidden layer is lost"}}
"""Mistakes that are one and the same in this network."""

EXCLUDE_EACH_OTHER = [
    {"the slope of the output is lost", "the slope is taken at a instead of z",
    "the slope by value is written with z"},
    {"one path only", "the weights are not turned round going back"},
    {"negative gradients are set to zero", "the slope of ReLU is read from its output"},
    {"the samples are not added up", "the bias gradient carries an input", "summed over the wrong axis"},
    {"not divided by the number of samples", "divided by the number of samples once too often",
     "weights and biases are averaged differently"},
]


def made(*wrong):
    return lambda *arrays: network_gradients(*arrays, *wrong)


def test_the_right_function_is_right():
    assert check("4.1", made()).outcome == "right"


@pytest.mark.parametrize("name", IN_GRADIENTS)
def test_a_function_with_one_mistake_is_named(name):
    verdict = check("4.1", made(name))
    assert verdict.outcome == "wrong" and set(verdict.mistakes) == {name} | SAME.get(name, set())
    assert 0 < verdict.score < 1


def test_functions_with_two_mistakes_are_named():
    """At least 97 % of all pairs that can be made together by hand; none is accepted, none gets a third name."""
    named, others = [], []
    for pair in combinations(IN_GRADIENTS, 2):
        if any(set(pair) <= group for group in EXCLUDE_EACH_OTHER):
            continue
        verdict = check("4.1", made(*pair))
        assert verdict.outcome in ("wrong", "error"), pair
        allowed = set(pair).union(*(SAME.get(name, set()) for name in pair))
        assert set(verdict.mistakes) <= allowed, (pair, verdict)
        (named if set(pair) <= set(verdict.mistakes) else others).append((pair, verdict))
    assert len(named) + len(others) > 100
    assert len(named) >= 0.97 * (len(named) + len(others)), others


def learning_step(W1, b1, W2, b2, x, y, eta, *wrong):
    """One step for tanh, no activation, squared error, mean over the samples, penalty 0.3/2·Σw²."""
    N, decay = len(x), 0.6 if "weight decay counted twice" in wrong else 0.3
    a1 = np.tanh(x @ W1.T + b1)
    a2 = a1 @ W2.T + b2
    delta2 = 2 * (a2 - y)
    dW2, db2 = delta2.T @ a1 / N + decay * W2, delta2.sum(0) / N
    above = W2 - eta * dW2 if "the weights above are already updated" in wrong else W2
    delta1 = delta2 @ above * (1 if "the slope of the hidden layer is lost" in wrong else 1 - a1**2)
    dW1, db1 = delta1.T @ x / N + decay * W1, delta1.sum(0) / N
    if "weight decay on a bias" in wrong:
        db1, db2 = db1 + 0.3 * b1, db2 + 0.3 * b2
    sign = 1 if "uphill instead of downhill" in wrong else -1
    bias = 0 if "the biases are never updated" in wrong else 1
    return W1 + sign*eta*dW1, b1 + bias*sign*eta*db1, W2 + sign*eta*dW2, b2 + bias*sign*eta*db2


@pytest.mark.parametrize("name", [
    "weight decay counted twice", "the weights above are already updated", "the slope of the hidden layer is lost",
    "weight decay on a bias", "uphill instead of downhill", "the biases are never updated"])
def test_a_step_of_learning_with_one_mistake_is_named(name):
    assert check("4.2", learning_step).outcome == "right"
    assert check("4.2", lambda *arrays: learning_step(*arrays, name)).mistakes == (name,)


def test_broadcasting_by_accident_is_named():
    N = len(EXERCISES["4.3"].test_at[0].arrays["x"].values)
    verdict = check("4.3", lambda a2, y: 2 * (a2 - y) * a2 * (1 - a2))
    assert verdict.mistakes == ("arrays that broadcast by accident",)
    assert f"({N}, {N})" in verdict.feedback and f"({N}, 1)" in verdict.feedback
    assert check("4.3", lambda a2, y: 2 * (a2 - y[:, None]) * a2 * (1 - a2)).right


def test_gradients_that_pile_up_are_named():
    total = [0.0, 0.0, 0.0, 0.0]

    def piling_up(*arrays):
        for at, gradient in enumerate(network_gradients(*arrays)):
            fits = np.shape(total[at]) == gradient.shape
            total[at] = total[at] + gradient if fits else gradient
        return tuple(total)

    assert check("4.1", piling_up).mistakes == ("gradients kept from the call before",)


def test_inputs_that_are_overwritten_are_named():
    def overwriting(W1, b1, W2, b2, x, y):
        gradients = network_gradients(W1, b1, W2, b2, x, y)
        x *= 2
        return gradients

    verdict = check("4.1", overwriting)
    assert verdict.mistakes == ("the inputs are overwritten",) and "`x`" in verdict.feedback


def test_values_that_do_not_fit_are_infinitely_far_apart():
    right = reference(EXERCISES["4.1"]).right[0]
    turned = {name: replace(value, array=value.array.T) for name, value in right.items()}
    assert apart(right, turned) == np.inf and apart(right, right) == 0
