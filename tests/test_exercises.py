"""The exercises: a question states what its key assumes, a hint gives nothing away, a notebook treats the matter."""
import re

import numpy as np
import pytest
from test_sentences import prose

from bplib import coursework
from bplib.coursework import EXERCISES, check, measure
from bplib.coursework.functions import inputs_of
from bplib.coursework.matching import Value, distance
from bplib.coursework.mistakes import TABLE as MISTAKES
from bplib.coursework.reading import LETTERS

DERIVED = [row for row in EXERCISES.values() if row.kind not in ("choice", "derivation")]
CHOICES = [row for row in EXERCISES.values() if row.kind == "choice"]
each_derived = pytest.mark.parametrize("row", DERIVED, ids=lambda row: row.id)
each_choice = pytest.mark.parametrize("row", CHOICES, ids=lambda row: row.id)


# a question and its key

EARLIER = {"The network of 2.1": "2.1", "The same network 2–2–1": "2.2"}
ACTIVATIONS = {"sigmoid": r"σ|[Ss]igmoid", "tanh": "tanh", "relu": "ReLU", "softmax": "softmax",
               "identity": "without activation|no activation"}


def stated(row):
    """What is stated: the text, and that of the exercise whose network it goes on with."""
    return " ".join([row.text, *(EXERCISES[id].text for words, id in EARLIER.items() if words in row.text)])


def of_batch(row):
    lines = [row.answers.line(name) for name in row.asks]
    return any(line.of_batch for line in lines) and len(row.test_at[0].arrays["x"].values) > 1


@each_derived
def test_sum_or_mean_over_the_samples(row):
    """A question about a batch says which of the two its cost is, and its key differentiates that one."""
    words = {"mean": re.search(r"\bmean\b|\bMean over", row.text) is not None, "sum": "*sum*" in row.text}
    assert words == {over: of_batch(row) and row.network.options.over_samples == over for over in words}


@each_derived
def test_the_half_and_the_penalty(row):
    options = row.network.options
    factor = options.loss.parameter[1] if options.loss.parameter else 1
    assert ("½" in stated(row)) == (float(factor) == 0.5)
    assert ("λ" in stated(row)) == bool(options.l2)
    strength = re.search(r"λ = (\d+\.\d+)", row.text)
    assert strength is None or float(strength[1]) == float(options.l2)


@each_derived
def test_activations_and_losses(row):
    text, network = stated(row), row.network
    used = {name for name in ACTIVATIONS if f"{name}(" in str(network.equations) or name == "softmax"
            and "softmax" in str(network.equations)}
    named = {name for name, words in ACTIVATIONS.items() if re.search(words, text)}
    assert named <= used and (named or "g(" in str(network.equations))
    loss = network.options.loss.name
    for words, losses in ((r"\([ao]2? − y\)²", {"squared error"}), ("binary cross entropy", {"binary cross entropy"}),
                          ("categorical cross entropy", {"categorical cross entropy"}),
                          ("−ln of the output of its class", {"negative log-likelihood"})):
        assert not re.search(words, text) or loss in losses


@each_derived
def test_the_numbers_of_a_question_are_those_of_its_key(row):
    if row.kind == "number":
        told = {float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", stated(row).replace("−", "-"))}
        key = {float(value) for array in row.at.values() for value in np.ravel(array)}
        assert key - {0.0, 1.0} <= told
        assert {float(value) for name in "xy" for value in np.ravel(row.at[name])} <= told


@each_derived
def test_the_entry_that_is_asked_for(row):
    if getattr(row, "entry", ()) and row.ask[:2] in ("dW", "db"):
        assert f"{row.ask[1:].removesuffix(' of a sample')}[{','.join(map(str, row.entry))}]" in row.text


@each_derived
def test_what_is_given_belongs_to_the_network(row):
    """And is not worked out a second time: else mistakes would be looked for that nobody can make."""
    assert {*row.given} <= row.answers.quantities.keys()
    assert not {*row.given} & {line.name for line in row.lines}


SIGMOID, E = 1 / (1 + np.exp(-2.9)), np.exp([1, 2, 0.5])
BY_HAND = {"1.3": 2 * SIGMOID * SIGMOID * (1 - SIGMOID) * 1.5, "1.4": 1 / 4, "3.5": E[2] / E.sum() - 1}


@pytest.mark.parametrize("id", BY_HAND)
def test_a_number_worked_out_by_hand(id):
    assert check(id, BY_HAND[id]).right
    assert not check(id, 1.02 * BY_HAND[id]).right


def test_a_batch_of_three_worked_out_by_hand():
    """4.7: the second outputs are 1, 0 and −2, their errors −1, 0 and −1; the first inputs 1, 2 and 0."""
    errors, inputs = np.array([1, 0, -2]) - [2, 0, -1], np.array([1, 2, 0])
    assert check("4.7", 2 / 3 * float(errors @ inputs)).right


RIGHT_OPTION = {"1.6": "A step to a larger w", "2.5": "Eight", "3.7": "All of them fall", "4.4": "`delta2 @ W2`",
                "5.1": "Its cost may be larger than both", "5.2": "Positive, and smaller than 10⁻²⁰",
                "5.6": "a quarter as large"}


@each_choice
def test_the_right_option(row):
    assert list(row.options)[row.right - 1] == RIGHT_OPTION[row.id]
    assert row.options[RIGHT_OPTION[row.id]][1] == ""


@each_choice
def test_what_a_wrong_option_is_told(row):
    """Its mistake, or where to read on; never which option is right."""
    for number, (_, mistake) in enumerate(row.options.values(), 1):
        verdict = check(row.id, LETTERS[number - 1])
        if number != row.right:
            assert verdict.mistakes == ((mistake,) if mistake else ())
            assert (MISTAKES[mistake].notebook if mistake else row.notebook) in verdict.feedback
            assert RIGHT_OPTION[row.id] not in verdict.feedback


@pytest.mark.parametrize("given, number", [
    ("A", 1), ("d", 4), (" D ", 4), ("(b)", 2), ("`delta2 @ W2.T`", 2), ("delta2 @ W2.T", 2), ("E", None), ("AB", None),
    ("", None), (1, None), ("1", None), (4.0, None), ("α", None), ("W2", None), ([], None),
    ('"B"', 2), ("“b.”", 2), ("«B»", 2), ("B) `delta2 @ W2.T`", 2), ('"B: delta2 @ W2.T"', 2), ("b delta2 @ w2.t", 2),
    ("DELTA2 @ W2", 1), ("A) delta2 @ W2.T", None), ("B)", 2), ("B, I think", None), ("E) delta2 @ W2", None)])
def test_an_option_is_chosen_by_its_letter_or_its_text(given, number):
    found = coursework.collected("4.4", given)
    assert coursework.reading.option(found, EXERCISES["4.4"].options) == number


def test_options_that_differ_in_case_only_are_told_apart():
    options = ["delta2 @ W", "delta2 @ w", "Both"]
    for given, number in [("delta2 @ W", 1), ("delta2 @ w", 2), ("Delta2 @ w", None), ("B) delta2 @ w", 2), ("both", 3)]:
        assert coursework.reading.option({"text": given}, options) == number


@pytest.mark.parametrize("id, answer, given", [
    ("1.1", 3, "a number"), ("1.1", ["x"], "list"), ("1.1", True, "bool"), ("4.1", "x", "a text"), ("4.1", 2, "a number"),
    ("1.4", len, "builtin_function_or_method"), ("1.4", 1j, "complex")])
def test_what_was_given_instead_is_named(id, answer, given):
    verdict = check(id, answer)
    assert verdict.outcome == "invalid" and f"iven: {given}." in verdict.feedback


# hints

GIVEN_AWAY = [
    ("1.4", "It converges as long as η is below 1/4."), ("1.4", "Try 0.25."), ("1.4", "Below ¼ it does."),
    ("1.4", "Below 25 % it does."), ("1.4", "Take 2/8."), ("1.4", "Take 1 / 4."),
    ("1.6", "Take a step to a larger w."), ("1.6", "A STEP TO A LARGER w"), ("1.6", "Make a step to a larger *w*."),
    ("2.5", "There are eight of them."), ("3.7", "Do not all of them fall?"), ("4.4", "Try delta2 @ W2"),
    ("5.1", "It may be larger than both."), ("5.6", "It is a quarter as large."), ("4.7", "It is −2/3."),
]


@pytest.mark.parametrize("id, text", GIVEN_AWAY)
def test_an_answer_in_a_text_is_found_however_it_is_written(id, text):
    assert measure.gives_away(EXERCISES[id], text)


@pytest.mark.parametrize("id, text", [
    ("1.4", "It converges between −1 and 1."), ("1.4", "Try 1/2, or ½, or 0.5."), ("1.4", "Half of 1/3."), ("1.4",
    "1/0"),
    ("1.6", "Does the cost rise or fall to the right?"), ("2.5", "Count them."), ("4.4", "Try `W2 @ delta2`."),
])
def test_a_text_without_the_answer_passes(id, text):
    assert not measure.gives_away(EXERCISES[id], text)


@pytest.mark.parametrize("row", EXERCISES.values(), ids=EXERCISES)
def test_no_hint_gives_the_answer_away(row):
    for hint in row.hints:
        assert not measure.gives_away(row, hint), hint


@pytest.mark.parametrize("row", EXERCISES.values(), ids=EXERCISES)
def test_hints_are_different_sentences(row):
    assert len({*row.hints}) == len(row.hints)
    others = {hint for other in EXERCISES.values() if other is not row for hint in other.hints}
    shared = {"What is the derivative for one sample?"}
    assert not others & {*row.hints} - shared


# notebooks

TREATED_BY = {
    "1.1": "Multiply along the path", "1.2": "so the slope costs two operations and no exponential",
    "1.3": "From formula to function",
    "1.4": "**η must stay below 2 divided by the curvature**", "1.5": "The **cost** of many samples is the mean of their losses.",
    "1.6": "Why is there a minus?", "1.7": "*w* minus η times ∂C/∂w", "2.1": "The rule knows arrows, not layers.",
    "2.2": "From here on the hidden unit is like the output unit.", "2.3": "## A batch",
    "2.4": "Do it yourself for both",
    "2.5": "**the number of paths is the product of the widths**", "2.6": "A path that skips",
    "2.7": "A path that skips",
    "3.1": "a neuron with any number of listeners", "3.2": "The derivative of a mean is the mean of the derivatives",
    "3.3": "Every score moves every probability", "3.4": "binary cross entropy", "3.5": "*output minus target*",
    "3.6": "The rule as a program", "3.7": "What happens to the others?", "4.1": "Compare each line with its formula:",
    "4.2": "*weight decay*", "4.3": "A trap without an error message", "4.4": "Is there a transpose?",
    "4.5": "with a cost that is a *sum* over the samples", "4.6": "One more term, λ *w*.",
    "4.7": "One rule for every transpose", "5.1": "A network has more than one valley",
    "5.2": "Its slope is tiny there", "5.3": "ReLU passes on everything or nothing.",
    "5.4": "written with the output *a* that the forward pass already has", "5.5": "A sigmoid passes on at most a quarter",
    "5.6": "Step to both sides", "5.7": "softmax outputs",
    "6.1": "The slope is gone", "6.2": "Many paths, one short answer", "6.3": "## One path",
    "6.4": "what came in, times the δ of the neuron that received it", "6.5": "The formula as three loops",
    "6.6": "One more term, λ *w*.", "6.7": "A path that skips", "6.8": "**Weight sharing** needs no new rule",
    "6.9": "A window that slides", "6.10": "Who hears h[s,t,j]?", "6.11": "Which of q, k and v",
    "6.12": "Go backwards yourself: y, then n, then σ, v and μ.",
}
"""Exercise → words of the notebook that treats it."""


@pytest.mark.parametrize("row", EXERCISES.values(), ids=EXERCISES)
def test_an_exercise_leads_to_a_notebook_that_treats_it(row):
    assert TREATED_BY[row.id] in prose(row.notebook)


# verdicts that few answers get

def test_a_function_that_stops_for_some_layers_and_is_wrong_for_the_others():
    """With unequal layers it stops, with equal ones it gives nonsense that no known mistake gives."""
    def gradients(W1, b1, W2, b2, x, y):
        if W1.shape[0] != W1.shape[1]:
            raise ValueError("only square layers")
        return W1**2, b1**2, W2**2, b2**2

    verdict = check("4.1", gradients)
    assert (verdict.outcome, verdict.score, verdict.mistakes) == ("error", 0.0, ())
    assert "ValueError: only square layers" in verdict.feedback and 'raise ValueError("only square' in verdict.feedback


def test_a_function_that_stops_for_some_layers_and_has_a_known_mistake():
    def gradients(W1, b1, W2, b2, x, y):
        z1 = x @ W1.T + b1
        a1 = np.maximum(z1, 0)
        a2 = 1 / (1 + np.exp(-(a1 @ W2.T + b2)))
        delta2 = 2 * (a2 - y) * a2 * (1 - a2)
        delta1 = delta2 @ W2.T * (z1 > 0)
        return delta1.T @ x / len(x), delta1.mean(0), delta2.T @ a1 / len(x), delta2.mean(0)

    verdict = check("4.1", gradients)
    assert verdict.mistakes == ("the weights are not turned round going back",) and verdict.score == 0.5
    assert "With layers of different widths the function stops: ValueError" in verdict.feedback


@pytest.mark.parametrize("id, answer, shown", [
    ("1.4", 0.25, "✓ **Right** (exercise 1.4)"), ("1.4", 7.25, "✗ **Not yet** (exercise 1.4)"),
    ("1.1", "(a", "– **Cannot be read** (exercise 1.1)"), ("1.1", "", "– **Nothing here yet** (exercise 1.1)"),
])
def test_a_verdict_shows_a_tick_only_where_the_answer_is_right(id, answer, shown):
    verdict = check(id, answer)
    assert verdict._repr_markdown_() == f"{shown}\n\n{verdict.feedback}"
    assert str(verdict) == repr(verdict) and str(verdict).startswith(f"{id}: {shown.split('**')[1]}. ")


@pytest.mark.parametrize("text, same", [("(a-y)^(4/2)", "(a-y)^2"), ("2(a-y)^(2/2)g'(z)x", "2(a-y)g'(z)x"),
                                        ("x^(-4/2)", "1/x^2"), ("x^-(-2)", "x^2")])
def test_an_exponent_may_be_a_quotient_of_numbers(text, same):
    row = EXERCISES["1.1"]
    values = [coursework.reading.formula_values(row, coursework.grammar.parse(one, row.vocabulary))[0]
              for one in (text, same)]
    for one, other in zip(*values):
        np.testing.assert_allclose(one[row.ask].array, other[row.ask].array, rtol=1e-12)


@pytest.mark.parametrize("text, says", [("x^(1/0)", "exponent"), ("x^(a/2)", "exponent"), ("x^(2/a)", "exponent"),
                                        ("x^a", "exponent")])
def test_other_exponents_are_refused_in_words(text, says):
    verdict = check("1.1", text)
    assert verdict.outcome == "invalid" and says in verdict.feedback


# what counts as equal

@pytest.mark.parametrize("text, outcome", [
    ("2.00000001(a-y)g'(z)x", "right"), ("2.0000005(a-y)g'(z)x", "undecided"), ("2.0000015(a-y)g'(z)x", "undecided"),
    ("2.000003(a-y)g'(z)x", "wrong"), ("2.0000000001(a-y)g'(z)x", "right"), ("2.00000005(a-y)g'(z)x", "undecided")])
def test_how_near_is_equal(text, outcome):
    """Up to 1e-8 of its size two values are equal; from there to 1e-6 nothing can be said."""
    assert check("1.1", text).outcome == outcome


@pytest.mark.parametrize("gaps, found", [
    ([0.0, 0.0], 0.0), ([0.0, 0.5], 0.5), ([0.5, 0.7], 0.7), ([0.0, None], np.nan), ([None, 0.5], 0.5), ([1e-9, 1e-7], 1e-7)])
def test_one_point_with_a_large_difference_decides(gaps, found):
    """Where a point says nothing (None: a value that is not finite), another one may; else nothing can be said."""
    one = [{"a": Value(np.array([1.0, 0.5]))} for _ in gaps]
    other = [{"a": Value(np.array([1.0, np.nan if gap is None else 0.5 + gap]))} for gap in gaps]
    np.testing.assert_allclose(distance(one, other, 1e-6), found, rtol=0.3)


def test_answers_for_another_number_of_points_are_no_answers():
    with pytest.raises(ValueError):
        distance([None], [None, None], 1e-6)


def test_labels_of_classes_count_from_0():
    for inputs in inputs_of(EXERCISES["5.7"]):
        assert inputs["c"].dtype.kind == "i" and {0} <= {*inputs["c"]} <= {*range(len(inputs["b2"]))}


@pytest.mark.parametrize("id, names", [("1.1", {"C", "losses"}), ("1.5", {"C", "losses"}), ("3.1", {"delta1", "C"})])
def test_what_is_asked_for_is_no_name_in_its_answer(id, names):
    """Nor are the costs: an answer that says "C" would be no answer."""
    assert not names & {name.array for name in EXERCISES[id].vocabulary.names.values()}
    assert check(id, "C").outcome == check(id, "losses").outcome == "invalid"
