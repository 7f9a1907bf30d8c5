"""The check never says FAILED to a right gradient and never "passed" to a wrong one, at hard points too."""
import pickle
import re
from functools import lru_cache
from itertools import islice
from types import SimpleNamespace

import mpmath as mp
import numpy as np
import pytest
import sympy as sp

import bplib as bp
from bplib import gradcheck, reference, rounding
from bplib.activations import TABLE as ACTIVATIONS
from bplib.conventions import TABLE as TEXTS
from bplib.gradcheck import reference_gradients
from bplib.losses import TABLE
from bplib.report import METHODS, Comparison, array_verdict
from bplib.rounding import Arithmetic, Bounded, bounded
from networks_to_test import parameters, samples
from tiers import tries

LOSSES = {name: row for name, row in TABLE.items() if name not in ("output", "given error")}
NAMES = [name for name in ACTIVATIONS if name != "g"]
OPEN = "cannot be decided"


# points at which a gradient is checked: functions, parameters and samples in their layout

def dense_network(random, loss, activation, **options):
    sizes = [int(n) for n in random.integers(1, 6, random.integers(2, 5))]
    row = LOSSES[loss]
    last = str(random.choice(row.outputs or NAMES))
    hidden = [activation, *map(str, random.choice(NAMES, len(sizes)))][:len(sizes) - 2]
    return bp.dense(sizes, [*hidden, last if hidden or activation not in (row.outputs or NAMES) else activation],
                    loss, **options)


def graph_network(random):
    names = [name for name in NAMES if name != "softmax"]
    h, m, o = map(str, random.choice(names, 3))
    return bp.graph({"h": (["p", "q"], h), "m": (["h", "p"], m), "o": (["m", "h", "q"], o)}, inputs=["p", "q"],
                    loss=str(random.choice(["squared error", "Huber error", "absolute error"])),
                    bias=bool(random.integers(2)), l2=float(random.choice([0, 0.1])))


def networks_to_check():
    """Networks of all kinds, each with a text in whose notation its functions are: all losses, activations, options."""
    random = np.random.default_rng(7)
    for at, (loss, activation) in enumerate((loss, name) for loss in LOSSES for name in NAMES):
        network = dense_network(random, loss, activation, bias=bool(at % 3), l2=[0, 0.1, 2.5][at % 3 - 1],
                                over_samples=["mean", "sum"][at % 2], over_outputs=["sum", "mean"][at // 2 % 2])
        yield network, [*TEXTS][at % len(TEXTS)] if at % 2 else "bplib"
    yield from ((graph_network(random), "bplib") for _ in range(10))


def packed(functions, own, X, Y):
    return functions, functions.layout.pack(own), *functions.layout.unpack_samples(X, Y)


def anywhere(functions, random):
    own = parameters(functions.network, random)
    return packed(functions, own, *samples(functions.network, random, int(random.integers(1, 7))))


def at_the_start(functions, random):
    own = bp.initial_parameters(functions.network, int(random.integers(1000)))
    return packed(functions, own, *samples(functions.network, random, 6))


def at_zero(functions, random):
    own = {name: 0 * value for name, value in parameters(functions.network, random).items()}
    return packed(functions, own, *samples(functions.network, random, 3))


def far_out(functions, random):
    """Weighted sums up to about 10⁴: pixels that nobody divided by 255, and worse."""
    own = parameters(functions.network, random)
    X, Y = samples(functions.network, random, 4)
    return packed(functions, own, X * 10 ** random.uniform(1, 4), Y)


def dead(functions, random):
    """Units that are off for every sample, where there are biases to turn them off."""
    own = {name: value - 50 * (name[0] == "b" and name[-1] == "1") for name, value in
           parameters(functions.network, random).items()}
    return packed(functions, own, *samples(functions.network, random, 4))


def tiny_or_huge(functions, random):
    """Costs of about 10⁻¹² or 10¹²: targets that are met but for a little, or far away."""
    network, own = functions.network, parameters(functions.network, random)
    X, Y = samples(network, random, 4)
    if network.options.loss.targets == "values":
        outputs = as_stored_here(functions).predict(own, X).reshape(np.shape(Y))
        Y = outputs + random.normal(size=np.shape(Y)) * random.choice([1e-6, 1e6])
    return packed(functions, own, X, Y)


def trained(functions, random):
    """After 1,000 epochs; most of these networks have come to rest by then."""
    network = functions.network
    X, Y = samples(network, random, 3)
    own = {name: value / 2 for name, value in parameters(network, random).items()}
    step = as_stored_here(functions)
    for _ in range(1000):
        slopes = step.gradients.raw(*own.values(), X, Y)
        own = {name: value - 0.05 * g / max(1.0, np.abs(g).max()) for (name, value), g in zip(own.items(), slopes)}
    return packed(functions, own, X, Y)


@lru_cache(maxsize=None)
def as_stored_here(functions):
    return bp.generate(functions.network)


POINTS = (anywhere, at_the_start, at_zero, far_out, dead, tiny_or_huge, trained)


# right gradients, computed in three ways and stored in two

def derived(functions, at, X, Y):
    return functions.gradients(at, X, Y)


def by_hand(functions, at, X, Y):
    layout = functions.layout
    own = reference_gradients(functions.network, layout.unpack(at), *layout.unpack_samples(X, Y))
    return layout.pack(own)


def in_float32(functions, at, X, Y):
    """As a program of float32 computes it: `np.eye` makes doubles, so targets are handed over in its place."""
    stored = [np.asarray(a, dtype=np.float32) for a in at.values()]
    given = [np.asarray(a, dtype=np.float32) if np.asarray(a).dtype.kind == "f" else a for a in (X, Y)]
    with np.errstate(all="ignore"):
        results = functions.gradients.raw(*stored, *given)
    return {name: np.asarray(result, dtype=np.float32) for name, result in zip(at, results)}


def float32_in_float64(functions, at, X, Y):
    return {name: g.astype(float) for name, g in in_float32(functions, at, X, Y).items()}


RIGHT = (derived, by_hand, in_float32, float32_in_float64)


# the same made wrong by one part in ten thousand

def whole_array(array, random):
    return array * np.asarray(1.0001, array.dtype)


def one_entry(array, random, least=0.1):
    """An entry of some size; what rounding does to the smallest ones may be more than the mistake."""
    wrong = np.array(array)
    wrong.reshape(-1)[random.choice(np.flatnonzero(np.abs(array) >= least * np.abs(array).max()))] *= 1.0001
    return wrong


def largest_entry(array, random):
    return one_entry(array, random, 1.0)


MISTAKES = (whole_array, one_entry, largest_entry)


def made_wrong(gradient, mistake, random):
    """A gradient with a mistake in one of its arrays; None where all of them are 0."""
    names = [name for name, array in gradient.items() if array.any()]
    if not names:
        return None
    name = str(random.choice(names))
    return {**gradient, name: mistake(gradient[name], random)}


PARTS = 7


@pytest.mark.parametrize("part", range(tries(PARTS, 1)))
def test_no_right_gradient_fails_and_no_wrong_one_passes(part):
    """Each network at each kind of point: about 490 right gradients and 450 wrong ones in all parts together."""
    random, decided = np.random.default_rng(part), {"right": [], "wrong": []}
    for at, (network, notation) in enumerate(islice(networks_to_check(), part, None, PARTS)):
        functions = bp.generate(network, notation=notation)
        for turn, point in enumerate(POINTS, at):
            here, kind, mistake = point(functions, random), RIGHT[turn % len(RIGHT)], MISTAKES[turn % len(MISTAKES)]
            gradient = kind(*here)
            wrong = made_wrong(gradient, mistake, random)
            for which, given in (("right", gradient), ("wrong", wrong)):
                if not given:
                    continue
                check = bp.gradient_check(*here, gradients=given, entries=2)
                assert check.verdict != {"right": "FAILED", "wrong": "passed"}[which], (
                    f"{which} {kind.__name__} {mistake.__name__} {point.__name__} {functions.network.options}\n{check}")
                if point in (anywhere, at_the_start):
                    decided[which].append(check.verdict != OPEN)
    assert all(len(given) >= 15 and np.mean(given) >= 0.8 for given in decided.values()), decided


@lru_cache(maxsize=None)
def two_layers():
    return bp.generate(bp.dense([3, 4, 2], ["tanh", "sigmoid"], "binary cross entropy"))


def ordinary(functions=None, samples_=6, seed=0):
    """Functions, parameters and samples at a point where nothing is special."""
    random, functions = np.random.default_rng(seed), functions or two_layers()
    return functions, parameters(functions.network, random), *samples(functions.network, random, samples_)


def regression(epochs):
    """Linear regression with 20 samples, after some epochs."""
    random = np.random.default_rng(0)
    X = random.normal(size=(20, 2))
    Y = X @ [[1.0], [2.0]] + 0.3 * random.normal(size=(20, 1))
    network = bp.dense([2, 1], "identity")
    history = bp.train(network, bp.initial_parameters(network, seed=0), X, Y, eta=0.1, epochs=epochs)
    return network, history.parameters, X, Y


@pytest.mark.parametrize("epochs, verdict", [(0, "passed"), (150, "passed"), (400, "passed"), (1000, OPEN)])
def test_after_training_the_gradient_is_rounding(epochs, verdict):
    check = bp.gradient_check(*regression(epochs))
    assert check.verdict == verdict, check
    assert verdict != OPEN or "20 samples add cancels" in check.reasons["W1"]


def test_a_mistake_after_training_is_seen_where_it_is_more_than_rounding():
    here = regression(1000)
    wrong = {name: np.full(np.shape(value), 1e-9) for name, value in here[1].items()}
    assert bp.gradient_check(*here, gradients=wrong).failed


@pytest.mark.parametrize("activation", ["sigmoid", "softplus", "silu", "tanh", "elu"])
@pytest.mark.parametrize("pixels", [255, 1e4])
def test_pixels_that_nobody_divided(activation, pixels):
    random = np.random.default_rng(1)
    network = bp.dense([16, 3, 2], [activation, "sigmoid"], "binary cross entropy")
    X, Y = random.random((10, 16)) * pixels, random.integers(0, 2, (10, 2)).astype(float)
    check = bp.gradient_check(network, parameters(network, random), X, Y)
    assert not check.failed and all(row["complex step"].known for row in check.comparisons.values())


def test_repeated_samples_round_in_the_same_way():
    """Errors of saturated units are the same in each of 1,000 equal samples; they add up, and do not average out."""
    functions = bp.generate(bp.dense([1, 1], "tanh"))
    for bias in np.linspace(15, 19, 9):
        here = {"W1": np.array([[0.1]]), "b1": np.array([bias])}
        assert not bp.gradient_check(functions, here, np.ones((1000, 1)), np.zeros((1000, 1))).failed


def test_precision_that_is_too_coarse_is_named():
    functions, at, X, Y = ordinary()
    gradients = functions.gradients(at, X, Y)
    singles, halves = ({name: g.astype(dtype) for name, g in gradients.items()} for dtype in (np.float32, np.float16))
    assert bp.gradient_check(functions, at, X, Y, gradients=singles).passed
    check = bp.gradient_check(functions, at, X, Y, gradients=halves)
    assert check.verdict == OPEN and all("float16 keeps 3 digits" in words for words in check.reasons.values())


def test_float16_is_told_from_a_mistake():
    functions, at, X, Y = ordinary()
    halves = {name: g.astype(np.float16) for name, g in functions.gradients(at, X, Y).items()}
    assert bp.gradient_check(functions, at, X, Y, gradients=halves).verdict == OPEN
    twice = {**halves, "b1": 2 * halves["b1"]}
    check = bp.gradient_check(functions, at, X, Y, gradients=twice)
    assert check.verdicts["b1"] == "FAILED" and "FAILED" not in {check.verdicts[name] for name in ("W1", "W2", "b2")}


# one wrong array among right ones, and how it is told

def one_wrong():
    functions, at, X, Y = ordinary()
    gradients = functions.gradients(at, X, Y)
    return bp.gradient_check(functions, at, X, Y, gradients={**gradients, "b1": 1.01 * gradients["b1"]})


def test_one_wrong_array_is_enough():
    check = one_wrong()
    assert check.verdicts == {"W1": "passed", "b1": "FAILED", "W2": "passed", "b2": "passed"}
    assert check.failed and not check.passed and check.verdict == "FAILED"
    assert {c.verdict for c in check.comparisons["b1"].values()} == {"FAILED"}
    assert check.errors["b1"]["reference"] == pytest.approx(0.01) and check.errors["W1"]["reference"] < 1e-12


def test_methods_that_saw_some_entries_do_not_overrule_the_one_that_saw_all():
    def verdict(reference, complex_step):
        return array_verdict({"reference": reference, "complex step": complex_step})

    passed, failed, undecided = (Comparison(0.0, 1.0, word) for word in ("passed", "FAILED", OPEN))
    assert verdict(undecided, passed) == OPEN and verdict(Comparison(np.nan, np.nan, OPEN), passed) == "passed"
    assert verdict(passed, undecided) == "passed" and verdict(passed, failed) == verdict(failed, passed) == "FAILED"


def test_one_undecided_array_is_enough():
    """With weights of the last layer zero but for rounding, nothing can be said about the first layer."""
    functions, at, X, Y = ordinary(bp.generate(bp.dense([1, 1, 1], ["tanh", "identity"])))
    at["b1"] = np.array([25.0])
    check = bp.gradient_check(functions, at, X, Y)
    assert check.verdicts == {"W1": OPEN, "b1": OPEN, "W2": "passed", "b2": "passed"}
    assert check.verdict == OPEN and not check.passed and not check.failed and set(check.reasons) == {"W1", "b1"}


def test_the_report_in_print():
    functions, at, X, Y = ordinary()
    right, wrong = str(bp.gradient_check(functions, at, X, Y)), str(one_wrong())
    assert right.startswith("The derived gradient passed.\nDifferences to three others, as a part of each array's")
    assert wrong.startswith("Your gradient FAILED.\n") and all(len(line) < 100 for line in wrong.splitlines())
    assert right.splitlines()[-1] == "passed" and "FAILED" not in right and "✗" not in right
    assert wrong.splitlines()[-1] == "FAILED"
    (row,) = (line for line in wrong.splitlines() if line.startswith("b1"))
    assert row.count("✗") == 3 and row.endswith("4 of 4      FAILED")
    undecided = str(bp.gradient_check(*regression(1000)))
    assert undecided.startswith("Whether the derived gradient is right cannot be decided here.\n")
    assert undecided.splitlines()[-1] == OPEN and "W1, b1: the gradient is as small as the rounding" in undecided
    assert undecided.count("Check it at other parameters, such as those before training.") == 1


def test_columns_of_the_report():
    """In print and as a table of HTML: the same columns, and a last row for all arrays together."""
    functions, at, X, Y = ordinary()
    check = bp.gradient_check(functions, at, X, Y)
    columns = [*METHODS, "‖g−n‖/(‖g‖+‖n‖)"]
    _, _, head, *rows = str(check).splitlines()
    assert re.split("  +", head.strip()) == [*columns, "entries"]
    assert re.split("  +", rows[len(at)].strip()) == ["all", f"{check.distance:.1e}", f"ε = {check.epsilon:.0e}"]
    table = [re.findall("<t[hd][^>]*>(.*?)</t[hd]>", row) for row in check._repr_html_().split("<tr>")[1:]]
    assert table[0] == ["parameter", "verdict", *columns[:-1], f"{columns[-1]}<br>ε = {check.epsilon:.0e}", "entries"]
    assert table[-1] == ["all", "passed ✓", "", "", "", f"{check.distance:.1e}", ""]
    assert [row[:2] for row in table[1:-1]] == [[name, "passed ✓"] for name in at]


def test_a_check_is_true_only_where_it_passed():
    functions, at, X, Y = ordinary()
    assert bp.gradient_check(functions, at, X, Y)
    assert not one_wrong() and not bp.gradient_check(*regression(1000))


def test_a_gradient_of_zeros_fails():
    functions, at, X, Y = ordinary()
    zeros = {name: np.zeros(np.shape(w)) for name, w in at.items()}
    assert set(bp.gradient_check(functions, at, X, Y, gradients=zeros).verdicts.values()) == {"FAILED"}


def test_the_report_as_a_table():
    functions, at, X, Y = ordinary()
    right, wrong = bp.gradient_check(functions, at, X, Y)._repr_html_(), one_wrong()._repr_html_()
    assert ">The derived gradient passed ✓" in right and "FAILED" not in right and "✗" not in right
    assert ">Your gradient FAILED ✗" in wrong and wrong.count("FAILED ✗") == 1 + 3 + 1 + 1
    assert wrong.count("<th scope='row'>") == 5 and wrong.count("<th scope='col'>") == 7
    undecided = bp.gradient_check(*regression(1000))._repr_html_()
    assert f"{OPEN} ?" in undecided and ">Whether the derived gradient is right cannot be decided here ?" in undecided


def test_a_report_travels():
    check = one_wrong()
    assert str(pickle.loads(pickle.dumps(check))) == str(check) and pickle.loads(pickle.dumps(check)) == check


# the measure of other courses

def test_the_usual_measure():
    functions, at, X, Y = ordinary()
    g, eps, n = functions.gradients(at, X, Y), 1e-4, {}
    for name in at:
        n[name] = np.zeros(np.shape(at[name]))
        for entry in np.ndindex(n[name].shape):
            moved = {sign: {**at, name: at[name] + 0} for sign in (1, -1)}
            for sign in moved:
                moved[sign][name][entry] += sign * eps
            n[name][entry] = (functions.cost(moved[1], X, Y) - functions.cost(moved[-1], X, Y)) / (2 * eps)
    check = bp.gradient_check(functions, at, X, Y, epsilon=eps)
    for name in at:
        expected = np.linalg.norm(g[name] - n[name]) / (np.linalg.norm(g[name]) + np.linalg.norm(n[name]))
        assert check.distances[name] == pytest.approx(expected, rel=1e-3)
    flat_g, flat_n = (np.concatenate([d[name].ravel() for name in at]) for d in (g, n))
    whole = np.linalg.norm(flat_g - flat_n) / (np.linalg.norm(flat_g) + np.linalg.norm(flat_n))
    assert check.distance == pytest.approx(whole, rel=1e-3) and check.epsilon == eps
    assert "ε = 1e-04" in str(check) and f"{whole:.1e}" in str(check) and "ε = 1e-04" in check._repr_html_()


def test_the_usual_measure_of_a_gradient_that_is_twice_as_long():
    functions, at, X, Y = ordinary()
    twice = {name: 2 * g for name, g in functions.gradients(at, X, Y).items()}
    assert bp.gradient_check(functions, at, X, Y, gradients=twice).distance == pytest.approx(1 / 3, rel=1e-6)


@pytest.mark.parametrize("wrong", [0, -1e-6, float("nan"), "small"])
def test_steps_that_are_none(wrong):
    with pytest.raises(bp.InputError, match="epsilon"):
        bp.gradient_check(*ordinary(), epsilon=wrong)


def test_a_step_that_is_too_coarse_is_no_mistake_of_the_gradient():
    for epsilon in (1e-13, 1e-2, 1.0):
        check = bp.gradient_check(*ordinary(), epsilon=epsilon)
        assert check.passed
        assert all(row["finite difference"].verdict == OPEN for row in check.comparisons.values())


@pytest.mark.parametrize("x, w, y, epsilon", [(1e9, 1e-9, 0.2, None), (3e8, 3e-9, 0.2, None), (1.0, 1.0, 0.0, 2.0)])
def test_a_difference_whose_steps_both_end_in_saturation_overrules_no_exact_method(x, w, y, epsilon):
    functions, at = bp.generate(bp.neuron("tanh")), {"w": w, "b": 0.1 if x > 1 else 0.0}
    check = bp.gradient_check(functions, at, [x], [y], epsilon=epsilon)
    assert check.passed and check.comparisons["w"]["finite difference"].verdict == OPEN
    assert check.errors["w"]["finite difference"] > 0.1
    g = functions.gradients(at, [x], [y])
    wrong = bp.gradient_check(functions, at, [x], [y], gradients={**g, "w": 1.0001 * g["w"]}, epsilon=epsilon)
    assert wrong.verdicts == {"w": "FAILED", "b": "passed"}


def test_a_difference_speaks_where_exact_methods_contradict_each_other(monkeypatch):
    """A reference that is right only about a wrong gradient."""
    functions, at, X, Y = ordinary()
    wrong = {name: 1.01 * g for name, g in functions.gradients(at, X, Y).items()}
    monkeypatch.setattr(gradcheck._Point, "by_hand", lambda self: wrong)
    row = bp.gradient_check(functions, at, X, Y, gradients=wrong).comparisons["W1"]
    assert [comparison.verdict for comparison in row.values()] == ["passed", "FAILED", "FAILED"]


def test_a_difference_still_fails_what_no_exact_method_can_decide(monkeypatch):
    """Neither the reference nor the complex step has anything to say."""
    monkeypatch.setattr(reference, "ELEMENTWISE", {})
    monkeypatch.setattr(gradcheck._Point, "complex_step", lambda *given: np.nan)
    functions, at, X, Y = ordinary()
    g = functions.gradients(at, X, Y)
    assert bp.gradient_check(functions, at, X, Y, gradients=g).passed
    check = bp.gradient_check(functions, at, X, Y, gradients={**g, "b1": 1.01 * g["b1"]})
    assert check.verdicts == {"W1": "passed", "b1": "FAILED", "W2": "passed", "b2": "passed"}


# names

def test_keys_of_the_generated_code():
    functions, at, X, Y = ordinary(bp.generate(two_layers().network, notation="nielsen"), 6)
    at, (X, Y) = functions.layout.pack(parameters(functions.network, np.random.default_rng(0))), (X.T, Y.T)
    g = functions.gradients(at, X, Y)
    assert set(g) == {"w2", "b2", "w3", "b3"}
    as_in_code = {"d" + name: value for name, value in g.items()}
    assert bp.gradient_check(functions, at, X, Y, gradients=as_in_code).passed
    as_in_code["dw2"] = 2 * as_in_code["dw2"]
    assert bp.gradient_check(functions, at, X, Y, gradients=as_in_code).verdicts["w2"] == "FAILED"


def test_the_same_gradient_under_two_names():
    functions, at, X, Y = ordinary()
    g = functions.gradients(at, X, Y)
    with pytest.raises(bp.InputError, match="Unknown: dW1"):
        bp.gradient_check(functions, at, X, Y, gradients={**g, "dW1": g["W1"]})


def test_messages_say_whose_array_it_is():
    functions, at, X, Y = ordinary()
    g = functions.gradients(at, X, Y)
    with pytest.raises(bp.InputError, match="^The gradient of W1 holds -?inf"):
        bp.gradient_check(functions, at, X, Y, gradients={**g, "W1": g["W1"] * np.inf})
    with pytest.raises(bp.InputError, match=r"^The gradient of W1 has shape \(3, 4\).* W1\.T would fit"):
        bp.gradient_check(functions, at, X, Y, gradients={**g, "W1": g["W1"].T})
    with pytest.raises(bp.InputError, match="^W1 holds -?inf"):
        bp.gradient_check(functions, {**at, "W1": at["W1"] * np.inf}, X, Y)
    with pytest.raises(bp.InputError, match="^The gradient of W1 holds int64 numbers; a gradient has to hold floats"):
        bp.gradient_check(functions, at, X, Y, gradients={**g, "W1": np.ones((4, 3), np.int64)})
    steep = bp.dense([1, 1], "identity")
    with pytest.raises(bp.InputError, match="^The derived gradient of W1 holds -?inf"):
        bp.gradient_check(steep, bp.initial_parameters(steep), [[1e200]], [[0.0]])


@pytest.mark.parametrize("missing, words", [
    ("Y", r"^Y is missing .*the loss 'binary cross entropy' needs the targets .* \(6, 2\)"),
    ("X", "^X is None"), ("W1", "^W1 is None"), ("dW1", "^The gradient of W1 is None")])
def test_what_is_none_is_named(missing, words):
    functions, at, X, Y = ordinary()
    gradients = functions.gradients(at, X, Y)
    given = {**at, **{"d" + name: g for name, g in gradients.items()}, "X": X, "Y": Y, missing: None}
    with pytest.raises(bp.InputError, match=words):
        bp.gradient_check(functions, {name: given[name] for name in at}, given["X"], given["Y"],
                          gradients={name: given["d" + name] for name in at})


# numbers beyond the ints of NumPy

HUGE = {"factor": {"loss": bp.loss("squared error", factor=1e19)}, "l2": {"l2": 1e20},
        "threshold": {"loss": bp.loss("Huber error", threshold=1e20)}}


@pytest.mark.parametrize("which", HUGE)
def test_constants_beyond_the_ints_of_numpy_are_floats(which):
    functions = bp.generate(bp.dense([2, 1], "tanh", **HUGE[which]))
    at, X, Y = bp.initial_parameters(functions.network, 0), np.array([[1.0, 2.0]]), np.array([[0.5]])
    assert all(array.dtype == float for array in functions.gradients.raw(*at.values(), X, Y))
    assert bp.gradient_check(functions, at, X, Y).passed


# corners and what the reference does not know

def test_at_a_corner_more_than_one_slope_is_right():
    """ReLU at 0: this course takes the slope 0, others 1 or ½; none of them is a mistake."""
    functions = bp.generate(bp.neuron("relu"))
    at, one = {"w": 0.0, "b": 0.0}, np.asarray(-4.0)
    assert bp.gradient_check(functions, at, 1.0, 2.0).passed
    for slope in (1, 0.5):
        other = {"w": slope * one, "b": slope * one}
        check = bp.gradient_check(functions, at, 1.0, 2.0, gradients=other)
        assert check.verdict == OPEN and "more than one slope is right" in check.reasons["w"]
    assert bp.gradient_check(functions, at, 1.0, 2.0, gradients={"w": 2 * one, "b": one}).verdicts["w"] == "FAILED"


def test_a_step_across_a_corner_is_no_mistake_of_the_gradient():
    functions = bp.generate(bp.neuron("relu"))
    for w in (1e-7, 3e-6, 4e-6, 5e-6, 8e-6, 1.1e-5, -2e-6):
        assert bp.gradient_check(functions, {"w": w, "b": 0.0}, 1.0, 2.0).passed


def test_without_the_reference_the_others_decide(monkeypatch):
    monkeypatch.setattr(reference, "ELEMENTWISE", {"identity": reference.ELEMENTWISE["identity"]})
    functions, at, X, Y = ordinary()
    check = bp.gradient_check(functions, at, X, Y)
    assert check.passed and not any(row["reference"].known for row in check.comparisons.values())
    assert all(line.split()[1] == "–" for line in str(check).splitlines() if line[:2] in at)
    gradients = functions.gradients(at, X, Y)
    wrong = {**gradients, "W2": 1.0001 * gradients["W2"]}
    assert bp.gradient_check(functions, at, X, Y, gradients=wrong).verdicts["W2"] == "FAILED"


@pytest.fixture
def with_squareplus():
    bp.activations.add("squareplus", lambda z: (z + sp.sqrt(z**2 + 4)) / 2, lambda z, a: a**2 / (a**2 + 1))
    yield bp.generate(bp.dense([5, 5, 1], ["squareplus", "identity"]))
    del ACTIVATIONS["squareplus"]


def test_a_mistake_in_any_entry_is_found_where_the_reference_does_not_know_the_network(with_squareplus):
    functions, at, X, Y = ordinary(with_squareplus)
    g = functions.gradients(at, X, Y)
    assert bp.gradient_check(functions, at, X, Y, gradients=g).passed
    assert bp.gradient_check(functions, at, X, Y, gradients={n: a.astype(np.float32) for n, a in g.items()}).passed
    for entry in np.ndindex(5, 5):
        wrong = {**g, "W1": g["W1"].copy()}
        wrong["W1"][entry] *= -1
        verdicts = bp.gradient_check(functions, at, X, Y, gradients=wrong, entries=2).verdicts
        assert verdicts == {"W1": "FAILED", "b1": "passed", "W2": "passed", "b2": "passed"}, entry


def test_a_formula_that_cancels_is_no_mistake_of_the_gradient(with_squareplus):
    """z + √(z² + 4) loses digits for z ≪ 0, in other ways in real and in complex numbers."""
    for seed, size in enumerate([1e3, 1e4, 1e5] * 10):
        functions, at, X, Y = ordinary(with_squareplus, 4, seed)
        near = {**at, "W2": at["W2"] / size}
        assert not bp.gradient_check(functions, near, size * X, Y).failed


def test_entries_unlike_the_derived_ones_pass_only_where_each_was_compared(with_squareplus, monkeypatch):
    """A derived gradient that is wrong says nothing for the entries that no other method has looked at."""
    functions, at, X, Y = ordinary(with_squareplus)
    right = functions.gradients(at, X, Y)
    derived = gradcheck._Point.gradients
    monkeypatch.setattr(gradcheck._Point, "gradients", lambda *given: [1.5 * a for a in derived(*given)])
    check = bp.gradient_check(functions, at, X, Y, gradients=right)
    assert check.verdicts == {"W1": OPEN, "b1": "passed", "W2": "passed", "b2": "passed"}
    assert "Write entries=25." in check.reasons["W1"]
    assert bp.gradient_check(functions, at, X, Y, gradients=right, entries=25).passed


def test_what_a_method_cannot_compute_is_no_mistake_of_the_gradient(monkeypatch):
    """The complex step of a cost that overflows: inf is not a derivative."""
    monkeypatch.setattr(gradcheck._Point, "complex_step", lambda *given: np.inf)
    check = bp.gradient_check(*ordinary())
    assert check.passed and not any(row["complex step"].known for row in check.comparisons.values())


# what rounding may do

def exactly(functions, arrays):
    """The gradients with 60 digits, by the same code on numbers of mpmath."""
    def each(function):
        return np.frompyfunc(function, 1, 1)

    numpy = SimpleNamespace(tanh=each(mp.tanh))
    kernels = {"np": numpy, "sigmoid": each(lambda z: 1 / (1 + mp.exp(-z))),
               "softplus": each(lambda z: mp.log(1 + mp.exp(z))), "silu": each(lambda z: z / (1 + mp.exp(-z)))}
    with mp.workdps(60):
        return functions.gradients.with_kernels(kernels)(*(each(mp.mpf)(a) for a in arrays))


@pytest.mark.parametrize("hidden", ["sigmoid", "tanh", "softplus", "silu"])
def test_rounding_stays_within_its_bound_and_the_bound_near_rounding(hidden):
    functions = bp.generate(bp.dense([3, 4, 4, 2], [hidden, hidden, "sigmoid"]))
    random, times = np.random.default_rng(3), []
    for size in (1, 1, 10, 40):
        at, (X, Y) = parameters(functions.network, random), samples(functions.network, random, 5)
        arrays = [*at.values(), size * X, Y]
        pairs = zip(functions.gradients.raw(*arrays), exactly(functions, arrays), bounded(functions.gradients)(arrays))
        for computed, exact, result in pairs:
            off = np.abs((computed - exact).astype(float))
            assert (off <= result.error).all()
            times.append(float((result.error / np.maximum(off, 2.0**-53 * np.abs(result.value))).min()))
    assert np.median(times) < 100


@pytest.mark.parametrize("loss", LOSSES)
def test_float32_stays_within_its_bound(loss):
    """A gradient in float32 against the same in float64, whatever the network."""
    random = np.random.default_rng(6)
    for name in NAMES:
        functions = bp.generate(dense_network(random, loss, name))
        at, given = parameters(functions.network, random), samples(functions.network, random, 20)
        low = [a.astype(np.float32) if a.dtype.kind == "f" else a for a in (*at.values(), *given) if a is not None]
        high = [a.astype(float) if a.dtype.kind == "f" else a for a in low]
        for g32, g64, result in zip(functions.gradients.raw(*low), functions.gradients.raw(*high),
                                    bounded(functions.gradients)(high, Arithmetic(np.float32, True))):
            assert (np.abs(g32 - g64) <= result.error).all(), functions


def test_bounds_of_single_operations():
    double = Arithmetic(np.float64)
    u, one = double.unit, Bounded(np.array([1.0, 2.0]), np.array([0.1, 0.2]), double)
    assert (one + one).error == pytest.approx([0.2 + 2 * u, 0.4 + 4 * u])
    assert (one * one).error == pytest.approx([0.21, 0.84])
    assert (one / 2).error == pytest.approx([0.05, 0.1]) and (one - one).value == pytest.approx([0, 0])
    assert one.sum().error == pytest.approx(0.3) and (one @ one).error == pytest.approx(2 * 0.1 + 2 * 0.4 + 0.05)
    assert np.exp(one).error == pytest.approx(np.exp([1.1, 2.2]) - np.exp([1, 2]))
    assert np.maximum(one - 3, 0).error == pytest.approx([0, 0])


def test_a_condition_that_rounding_may_turn():
    near = Bounded(np.array([-1.0, 0.05, 1.0]), np.array([0.1, 0.1, 0.1]), Arithmetic())
    chosen = np.where(near > 0, 1, 0.25)
    assert chosen.value.tolist() == [0.25, 1, 1] and chosen.error.tolist() == [0, 0.75, 0]
    assert np.sign(near).error.tolist() == [0, 2, 0]
    for corners, error in ((False, 0), (True, 1)):
        zero = Bounded(np.array([0.0]), 0.0, Arithmetic(np.float64, corners))
        assert np.where(zero > 0, 1, 0).error.tolist() == [error]


def test_functions_without_a_rule_are_refused():
    with pytest.raises(TypeError):
        np.fft.fft(Bounded(np.ones(3)))


def test_code_without_a_rule_may_be_off_by_anything(monkeypatch):
    functions, at, X, Y = ordinary()
    monkeypatch.setattr(rounding, "UFUNCS", {np.matmul: lambda *given: NotImplemented})
    assert all(np.isinf(result.error).all() for result in bounded(functions.gradients)([*at.values(), X, Y]))
