"""Verdicts: what each outcome looks like, that feedback keeps the answer to itself, and the figures of `measure`."""
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import bplib as bp
from bplib import coursework
from bplib.coursework import measure
from bplib.coursework.exercises import Formula, Function
from bplib.coursework.feedback import arrays_that_enter_right
from bplib.coursework.grammar import parse
from bplib.coursework.mistakes import TABLE
from bplib.coursework.rewritings import formula, typed

ROOT = Path(__file__).resolve().parent.parent
EXERCISES = coursework.EXERCISES
check = coursework.check


# outcomes

@pytest.mark.parametrize("id, answer", [
    ("1.1", "2(a-y)g'(z)a_prev"), ("1.1", "-2*(y-a)*g'(w*x+b)*x"), ("1.2", "2(a−y)σ(z)(1−σ(z))"),
    ("1.2", "2(a-y)a(1-a)"),
    ("1.2", "(a-y)(1-tanh(z/2)²)/2"), ("1.2", r"2(a-y)\sigma'(z)"), ("1.4", 0.25), ("1.4", "1/4"),
    ("1.5", "1/N Σ_s (a_s-y_s)²"), ("2.1", "(w_hm δ_m + w_ho δ_o)(1-a_h^2)"),
    ("2.2", "(a2-y) W2[1,2] a1_2 (1-a1_2) x_1"),
    ("3.1", "sum_k w[k,j]*delta[k] g'(z_j)"), ("3.1", "g'(z_j) Σᵢ w²ᵢⱼ δ²ᵢ"), ("3.2", "(sum_s δ[s,j] x[s,k])/N"),
    ("3.3", "a_i(δ_ij - a_j)"), ("3.3", "a_i([i=j] - a_j)"), ("3.4", "a_j-y_j"), ("4.4", "A"), ("4.4", "delta2 @ W2"),
    ("5.1", "B"), ("5.2", "b"),
])
def test_right_answers_however_they_are_written(id, answer):
    verdict = check(id, answer)
    assert (verdict.outcome, verdict.score, verdict.mistakes) == ("right", 1.0, ())


@pytest.mark.parametrize("id, answer, mistakes", [
    ("1.1", "(a-y)g'(z)x", {"the 2 of the square is lost"}), ("1.1", "2(y-a)g'(z)x", {"the sign is turned"}),
    ("1.1", "2(a-y)x", {"the slope of the output is lost"}),
    ("1.1", "2(a-y)g'(a)x", {"the slope is taken at a instead of z"}),
    ("1.1", "eta 2(a-y)g'(z)x", {"the learning rate is part of the gradient"}),
    ("1.1", "(a-y)x", {"the 2 of the square is lost", "the slope of the output is lost"}),
    ("1.2", "2(a-y)z(1-z)", {"the slope by value is written with z"}),
    ("1.2", "2(a-y)σ(a)(1-σ(a))", {"the slope is taken at a instead of z"}),
    ("1.4", "0.5", {"the 2 of the square is lost"}), ("1.4", 0.125, {"the step to the bottom, not the largest"}),
    ("1.5", "1/N Σ_s (a-y)", {"the square of the cost is lost"}), ("2.1", "w_ho δ_o tanh'(z_h)", {"one path only"}),
    ("2.2", "2(a2-y) W2_12 a1_2(1-a1_2) x_1", {"a 2 that the ½ has cancelled"}),
    ("3.1", "sum_k w_jk δ_k g'(z_j)", {"the weights are not turned round going back"}),
    ("3.1", "w_kj δ_k g'(z_j)", {"one path only"}), ("3.1", "w_1j δ_1 g'(z_j)", {"one path only"}),
    ("3.1", "sum_k w_kj δ_k", {"the slope of the hidden layer is lost"}),
    ("3.2", "1/N sum_s δ_k x_j", {"the outer product is the wrong way round"}),
    ("3.2", "δ_j x_k/N", {"the samples are not added up"}),
    ("3.2", "1/N sum_s δ_j a1_k", {"the activation of the wrong layer"}),
    ("3.3", "[i=j] a_i(1-a_i)", {"softmax treated unit by unit"}),
    ("3.4", "(a_j-y_j)a_j(1-a_j)", {"one slope too many"}),
    ("4.4", "B", {"the weights are not turned round going back"}), ("5.1", "A", {"the cost is taken for convex"}),
    ("5.2", "A", {"a saturated unit is taken for one without gradient"}),
])
def test_wrong_answers_are_named(id, answer, mistakes):
    verdict = check(id, answer)
    assert verdict.outcome == "wrong" and verdict.score < 1
    assert set(verdict.mistakes) == mistakes


def test_three_mistakes_at_once_have_no_name():
    verdict = check("1.1", "(y-a)x")
    assert (verdict.outcome, verdict.score, verdict.mistakes) == ("wrong", 0.0, ())


def test_feedback_names_the_mistake_the_notebook_and_a_number():
    feedback = check("1.1", "(a-y)g'(z)x").feedback
    assert "The 2 of the square is lost" in feedback and "02-one-neuron" in feedback and "0.5 times as much" in feedback


def test_what_is_right_about_an_unknown_answer():
    feedback = check("1.1", "3(a-y)g'(z)x").feedback
    assert "no mistake that is known" in feedback and "right up to a constant factor" in feedback and "`x`" in feedback
    assert "sign is right" not in check("1.1", "x^2").feedback


@pytest.mark.parametrize("id, answer, names", [
    ("3.1", "sum_k w_kj δ_k", "`W2`, `delta2` enter"), ("3.1", "sum_k δ_k", ""), ("3.1", "g'(z_j) δ_j", "`z1` enters"),
    ("2.2", "(a-y) W2[1,2] a1_2 (1 - a1_2) x_2", "`W2`, `a2`, `y` enter"), ("2.2", "W2[1,1] x_1", "`x` enters"),
    ("2.3", "1/N sum_s δ1[s,1]", ""), ("1.1", "(a-y)x^2", "`a`, `y` enter"), ("5.4", "z_j", "")])
def test_an_array_is_praised_only_where_no_entry_stands_in_the_place_of_another(id, answer, names):
    row = EXERCISES[id]
    told = arrays_that_enter_right(row, parse(answer, row.vocabulary))
    assert told == [f"{names} it in the right way."] * bool(names)


def test_an_index_left_free_is_pointed_out():
    assert "The index p is neither summed nor asked for" in check("3.2", "1/N sum_s δ_j x_p").feedback
    assert "any number of units" in check("3.1", "g'(z_j) (w_1j δ_1 + w_2j δ_2)").feedback
    assert "two different things" in check("3.1", "sum_k w_jk δ_k g'(z_j)").feedback


@pytest.mark.parametrize("answer", ["2(a-y)g'(z)x log(-1)/log(-1)", "2(a-y)g'(z)x (a-a)/(a-a)",
    "1e300^9*x - 1e300^9*x",
                                    "2.0000001(a-y)g'(z)x"])
def test_some_answers_cannot_be_decided(answer):
    verdict = check("1.1", answer)
    assert (verdict.outcome, verdict.mistakes) == ("undecided", ())


@pytest.mark.parametrize("answer, outcome", [
    ("(a_j-y_j)/[x_1>0]", "undecided"), ("2(a_j-y_j)/[x_1>0]", "wrong"), ("a_j/[x_1>0]", "wrong")])
def test_what_is_not_finite_everywhere_gets_no_name(answer, outcome):
    verdict = check("3.4", answer)
    assert (verdict.outcome, verdict.mistakes) == (outcome, ())


@pytest.mark.parametrize("id, answer", [("1.1", ""), ("1.1", None), ("1.1", "  "), ("1.1", "..."), ("4.1", None),
                                        ("1.4", ...), ("4.1", lambda *arrays: None), ("4.1", lambda *arrays: ...)])
def test_nothing_written_yet(id, answer):
    assert check(id, answer).outcome == "missing"


def test_a_function_that_is_not_written_yet():
    def gradients(*arrays):
        raise NotImplementedError

    assert check("4.1", gradients).outcome == "missing"


@pytest.mark.parametrize("id, answer", [
    ("1.1", "2(a-y"), ("1.1", 3), ("1.1", len), ("1.1", ["x"]), ("1.4", "a"), ("1.4", "nan"), ("1.4", float("inf")),
    ("1.4", True), ("1.4", 10**400), ("1.4", "1/0"), ("1.4", "[j=k]"), ("4.4", "H"), ("4.4", "first"), ("4.4", 1),
    ("4.4", 1.5), ("4.1", "2"), ("4.1", 2)])
def test_what_cannot_be_read_is_no_wrong_answer(id, answer):
    verdict = check(id, answer)
    assert (verdict.outcome, verdict.score) == ("invalid", 0.0) and "try again" in verdict.feedback


def test_an_unknown_exercise():
    with pytest.raises(bp.InputError, match="no exercise called '9.9'"):
        check("9.9", 1)


def test_a_time_out_is_no_wrong_answer():
    verdict = coursework.timed_out("4.1", 10)
    assert verdict.outcome == "time-out"
    assert "10 seconds" in verdict.feedback and "nothing about whether" in verdict.feedback


# functions

def test_a_function_that_stops_shows_its_own_line():
    def gradients(W1, b1, W2, b2, x, y):
        return x @ W1

    verdict = check("4.1", gradients)
    assert verdict.outcome == "error" and "ValueError" in verdict.feedback and "`return x @ W1`" in verdict.feedback


@pytest.mark.parametrize("function, says", [
    (lambda *arrays: arrays[0], "4 arrays are expected"), (lambda: 1, "TypeError"), (lambda *a: exit(), "SystemExit"),
    (lambda *arrays: ("a", "b", "c", "d"), "is an array of numbers"), (lambda *a: {"dW1": 1}, "lacks db1"),
    (lambda *a: [np.zeros(10**6)] * 4, "far more than any answer"), (lambda *a: [[[1], [1, 2]]] * 4, "ValueError"),
    (lambda *a: [1j] * 4, "complex"),
])
def test_a_function_that_returns_something_else(function, says):
    verdict = check("4.1", function)
    assert verdict.outcome == "error" and says in verdict.feedback


def test_shapes_are_stated_both_ways():
    N = len(EXERCISES["4.3"].test_at[0].arrays["x"].values)
    feedback = check("4.3", lambda a2, y: (a2[:, 0] - y) * a2[:, 0]).feedback
    assert f"has shape ({N},); expected is ({N}, 1)" in feedback


def test_a_function_whose_error_cannot_be_shown():
    class Silent(Exception):
        def __str__(self):
            raise RuntimeError

    def gradients(*arrays):
        raise Silent

    assert check("4.1", gradients).outcome == "error"


def test_inputs_are_copies():
    """A function that writes into its inputs at one point changes nothing for the next answer."""
    check("4.1", lambda *arrays: [array.fill(0) for array in arrays] and arrays[:4])
    assert EXERCISES["4.1"].test_at[0].arrays["W1"].values.any()


# verdicts as values

def test_a_verdict_survives_json():
    for verdict in (check("1.1", "(a-y)x"), check("4.4", "A"), coursework.timed_out("4.1", 1.5)):
        assert coursework.Verdict.from_json(verdict.as_json()) == verdict


def test_the_two_halves_of_a_check_meet_in_json():
    answers = [("1.1", "(a-y)x"), ("1.4", 0.125), ("4.4", "C"), ("4.3", lambda a2, y: 2 * (a2 - y)), ("1.1", None),
               ("4.1", [])]
    for id, answer in answers:
        found = json.loads(json.dumps(coursework.collected(id, answer)))
        assert coursework.judged(id, found) == check(id, answer)


def test_hand_in_raises_with_text_that_is_safe_to_show():
    assert coursework.hand_in("4.4", "A").right
    with pytest.raises(AssertionError, match="The 2 of the square is lost") as error:
        coursework.hand_in("1.1", "(a-y)g'(z)x")
    assert error.value.verdict == check("1.1", "(a-y)g'(z)x")


def test_a_verdict_is_checked():
    with pytest.raises(ValueError, match="no outcome"):
        coursework.Verdict("1.1", "great", 1.0)
    with pytest.raises(ValueError, match="between 0 and 1"):
        coursework.Verdict("1.1", "right", 2.0)


# pages

@pytest.mark.parametrize("row", EXERCISES.values(), ids=EXERCISES)
def test_a_question_names_what_may_be_used(row):
    page = coursework.question(row.id).markdown
    assert row.text in page and row.title in page
    if isinstance(row, Formula):
        for name in {name.array for name in row.vocabulary.names.values()} - {"x"}:
            assert f"`{name}" in page
    if isinstance(row, Function):
        assert row.signature in page and all(f"`{name}" in page for name in row.takes if name != "eta")


@pytest.mark.parametrize("row", EXERCISES.values(), ids=EXERCISES)
def test_an_exercise_is_complete(row):
    sheet, number = row.id.split(".")
    assert sheet.isdigit() and number.isdigit() and row.points > 0 and row.hints and row.variable.isidentifier()
    for degree, text in enumerate(row.hints, 1):
        assert coursework.hint(row.id, degree).markdown == text
    assert "has one hint;" in coursework.hint(row.id, 99).markdown or "has hints 1 to" in coursework.hint(row.id, 99).markdown


def test_names_of_answers_are_unique():
    names = [row.variable for row in EXERCISES.values()]
    assert len(set(names)) == len(names)


def test_preview_shows_what_was_understood():
    preview = coursework.preview("3.1", "sum_k w_kj δ_k g'(z_j)")
    assert preview.latex == (r"\sum_{k} w_{kj}^{(2)} \, \delta_{k}^{(2)} \, g'\left(z_{j}^{(1)}\right)")
    assert preview.mathml.startswith("<math") and not preview.message
    broken = coursework.preview("3.1", "w_kj (")
    assert (broken.latex, broken.mathml, broken.position) == ("", "", 6) and "read: the end" in broken.message
    with pytest.raises(bp.InputError, match="is no formula"):
        coursework.preview("1.4", "1")


def test_previews_keep_brackets_and_order():
    latex = coursework.preview("1.1", "-(a-(y-x))^2/(2x) + 3*2 w").latex
    assert latex == r"-\frac{\left(a - \left(y - x\right)\right)^{2}}{2 \, x} + 3 \cdot 2 \, w"


# what nobody may find in a text

@pytest.mark.parametrize("row", EXERCISES.values(), ids=EXERCISES)
def test_questions_and_hints_do_not_contain_the_answer(row):
    shown = "" if row.kind == "choice" else coursework.question(row.id).markdown
    for text in (shown, *row.hints, *(mistake.sentence for mistake in TABLE.values())):
        assert not measure.gives_away(row, text), text


def test_the_search_for_the_answer_finds_it():
    random = np.random.default_rng(0)
    for row in measure.of_kind(Formula):
        for _ in range(5):
            answer = typed(formula(row, row.lines), row, random)
            assert measure.gives_away(row, f"The answer would be `{answer}`, as in the notebook.")
    assert measure.gives_away(EXERCISES["1.1"], "Take 2 (a - y) g'(z) x and look again")
    assert measure.gives_away(EXERCISES["1.4"], "try 0.25 here")
    assert measure.gives_away(EXERCISES["4.4"], "use `delta2 @ W2`.")


# figures

MADE = """
import json, sys
from bplib.codegen import generate
from bplib.coursework import EXERCISES, check
from bplib.coursework.matching import prepare, reference
from bplib.derivation import derive
costly = {work.__code__: work.__name__ for work in (derive, generate, reference.__wrapped__)}

def made(work, *arguments):
    seen = []
    sys.setprofile(lambda frame, event, _: event == "call" and seen.append(costly.get(frame.f_code)))
    work(*arguments)
    sys.setprofile(None)
    return [name for name in seen if name]

for_questions, for_verdicts = [], []
for row in EXERCISES.values():
    for_questions += made(prepare, row)
    for_verdicts += made(check, row.id, "7")
print(json.dumps([for_questions, for_verdicts]))
"""
"""What is made for questions, and what for the verdicts after them, as JSON."""


@pytest.fixture(scope="module")
def wrongs():
    measure.warm()
    return measure.wrong_answers()


def test_no_verdict_waits_for_what_the_question_has_prepared():
    """In a process of its own, where nothing has been made before: a verdict derives and generates nothing."""
    run = subprocess.run([sys.executable, "-c", MADE], capture_output=True, text=True, check=True, cwd=ROOT)
    made, for_verdicts = json.loads(run.stdout)
    assert {"derive", "reference"} <= set(made) and for_verdicts == []


def test_rewritten_right_answers_are_accepted():
    found = measure.right_answers(each=40)
    assert found["number"] >= 300 and not found["refused"]


def test_wrong_answers_are_refused_and_named(wrongs):
    count = wrongs["count"]
    named = count["named"] + count["named, with others that look the same"]
    assert named + count["two that look like one"] > 500 and not wrongs["amiss"]
    assert count["accepted"] == 0 and named >= 0.97 * (named + count["not named"] + count["other names"])


def test_feedback_never_contains_the_answer(wrongs):
    assert len(wrongs["feedback"]) > 400 and measure.leaks(wrongs["feedback"]) == []


def test_names_hold_at_points_that_the_checker_does_not_use():
    found = measure.false_names(each=40)
    assert found["count"]["wrong"] > 200 and found["amiss"] == []


def test_noise_and_attacks():
    measure.warm()
    found = measure.noise(10_000)
    assert found["number"] == 10_000 and found["escaped"] == [] and not found["events"]
    assert found["outcomes"]["right"] == 0


def test_an_evaluation_would_be_noticed():
    with measure.watched() as seen:
        eval("1 + 1")
        open(__file__).close()
    assert seen["exec"] and seen["compile"] and seen["open"]


def test_a_text_in_a_formula_is_never_evaluated():
    """In an interpreter of its own that stops when code is compiled, a module imported or a file opened."""
    program = (
        "import sys\n"
        "from bplib.coursework import check, measure\n"
        "from bplib.coursework.hostile import ATTACKS\n"
        "check('1.1', '7'); check('1.1', 'x'); check('1.1', '(a-y)x'); check('1.1', 'log(-1)')\n"
        "def hook(event, arguments):\n"
        "    if event.startswith(measure.FORBIDDEN): raise SystemExit(event)\n"
        "sys.addaudithook(hook)\n"
        "for text in ATTACKS: check('1.1', text)\n"
        "print(len(ATTACKS))\n")
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, timeout=120)
    assert done.returncode == 0 and int(done.stdout) > 100, done.stderr[-2000:]
