"""Verdicts without a kernel: the JavaScript of fields against Python."""
import json
from collections import Counter

import numpy as np
import pytest
from jupyter import run_javascript

import bplib as bp
from bplib.asking.exercise import asked
from bplib.coursework import MISTAKES
from bplib.coursework.matching import reference
from bplib.coursework.rewritings import formula, typed
from bplib.coursework.sheets import EXERCISES
from bplib.coursework.values import function
from bplib.coursework.vocabulary import DIFFERENTIABLE, FUNCTIONS
from bplib.in_page.facts import of_values, words
from bplib.in_page.measure import MAKERS, NUMBERS, compared, in_page, inputs
from bplib.in_page.questions import STORED, placed
from bplib.in_page.script import judge
from bplib.languages import ENGLISH, TABLE
from bplib.recipe import network_of, recipe


RARE = (("3.1", "sum_j (w_kj) δ_j"), ("3.1", "(sum_j w_kj) δ_j"), ("1.1", "--2(a-y)g'(z)x"), ("1.1", "+-+-2(a-y)g'(z)x"),
        ("2.3", "[k=k] x_k δ1_2/N"), ("2.3", "x_k δ1_2/N"), ("3.2", "δ_j^(1) x_k/N"), ("4.6", "w_jk²"), ("1.1", "x^(1/3)"),
        ("2.2", "(a-y) W2[1,1] a1_2 (1 - a1_2) x_1"), ("2.2", "2(a-y) W2[1,2] a1_2 (1 - a1_2) x_2"), ("3.1", "z_j sum_k w_kj δ_k"),
        ("3.1", "wᵀ δ"), ("1.1", "2(a-y)⊤ x"))
"""What inputs drawn at random seldom have."""


def rounded():
    """Numbers with one digit or two, and those next to them."""
    for row in NUMBERS:
        right = float(reference(row).right[0][row.ask].array)
        for digits in (1, 2):
            unit = 10.0 ** (np.floor(np.log10(abs(right))) - digits + 1)
            yield from ((row, f"{round(right / unit + off) * unit:.{digits}g}") for off in (-1, 0, 0.5, 1, 6))


def test_verdicts_are_those_of_python_word_for_word():
    """`python -m bplib.in_page.measure` does the same with 20,000."""
    pairs = [*inputs(25 * len(MAKERS), seed=7), *((EXERCISES[id], text) for id, text in RARE), *rounded()]
    differences, found = compared(pairs, run_javascript)
    assert differences == []
    counted = Counter(one["outcome"] for one in found)
    assert {*counted} == {"right", "wrong", "invalid", "undecided", "missing"} and counted["right"] > 25 < counted["wrong"]
    assert {row.id for row, _ in pairs} == {row.id for row in EXERCISES.values() if row.kind in ("formula", "number", "choice")}


def test_the_page_reads_every_kind_of_token():
    assert run_javascript(f"{judge()} const result = KINDS.filter((kind) => kind !== 'space' && !(kind in READ));") == []


def test_a_difference_would_be_noticed():
    pairs = [(EXERCISES["1.1"], "2(a-y)g'(z)x"), (EXERCISES["1.1"], "2(a-y)g'(z)w")]
    other = [(row, text.replace("2", "3")) for row, text in pairs]
    differences, _ = compared(pairs, lambda script: in_page(other, run_javascript))
    assert [one.text for one in differences] == [text for _, text in pairs]


def test_functions_have_the_values_of_python():
    z = [-800.0, -30.0, -2.0, -0.5, 0.0, 0.5, 2.0, 30.0, 800.0]
    names = sorted({*FUNCTIONS.values(), "g", "g'", *(f"{name}'" for name in DIFFERENTIABLE)})
    found = run_javascript(f"""{judge()}
        const z = {z}, names = {names};
        const result = names.map((name) => z.map(FUNCTIONS.get(name)).map((one) => Number.isFinite(one) ? one : null));""")
    for name, values in zip(names, found, strict=True):
        with np.errstate(all="ignore"):
            expected = np.asarray(function(name)(np.array(z)))
        expected = np.where(np.isfinite(expected), expected, np.nan)
        assert np.allclose(expected, np.array(values, float), rtol=1e-13, atol=0, equal_nan=True), name


# questions of lessons

HALF = bp.losses.loss("squared error", factor=0.5)
CHAIN = bp.graph({"h": (["p"], "tanh"), "o": (["h", "p"], "identity")}, ["p"], bias=True)
NETWORKS = [bp.neuron("g"), bp.neuron("sigmoid", "binary cross entropy", over_samples="sum"), CHAIN,
            bp.dense([2, 3, 2], ["sigmoid", "identity"], HALF), bp.dense([3, 4, 2], "tanh", l2=0.01),
            bp.dense([3, 4], bp.activations.activation("elu", alpha=0.3), "huber error", bias=False),
            bp.dense([3, 4, 3], ["relu", "softmax"], "categorical cross entropy", over_outputs="mean")]
QUESTIONS = [(NETWORKS[0], "∂C_s/∂a", "da"), (NETWORKS[0], "∂C_s/∂w", "dw of a sample"), (NETWORKS[1], "δ", "delta"),
             (CHAIN, "∂C_s/∂a_h", "da_h"), (CHAIN, "∂z_o/∂a_h", "∂z_o/∂a_h"), (CHAIN, "∂C/∂w_ph", "dw_p_h"), (CHAIN, "∂C_s/∂b_o", "db_o of a sample"),
             (NETWORKS[3], "δ1_2", "delta1"), (NETWORKS[3], "∂C_s/∂w1_12", "dW1 of a sample"), (NETWORKS[4], "∂C/∂w1_pq", "dW1")]


def judged(exercises, texts):
    """The verdicts of the page: on pairs (number of an exercise, text)."""
    return run_javascript(f"""{judge()}
        const exercises = {json.dumps(exercises)}.map(opened);
        const result = {json.dumps(texts)}.map(([at, text]) => judged(exercises[at], text));""")


@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: type(network.structure).__name__)
def test_a_network_is_made_again_from_its_recipe(network):
    again = network_of(json.loads(json.dumps(recipe(network))))
    assert again == network and again.options.over_outputs == network.options.over_outputs


def test_questions_of_lessons_are_exercises():
    """Right answers are right for the lesson as well, and those with a mistake are wrong for both."""
    rows = [asked("1", network, goal) for network, goal, _ in QUESTIONS]
    assert [row.ask for row in rows] == [name for _, _, name in QUESTIONS] and rows[-1].axes == ("p", "q")
    random, texts = np.random.default_rng(0), []
    for at, row in enumerate(rows):
        texts += [(at, typed(formula(row, lines), row, random))
                  for lines in (row.lines, *(one.lines for one in reference(row).single[:3]))]
    found = judged([{"kind": "formula", **of_values(row), "words": words(ENGLISH, "")} for row in rows], texts)
    fields = [bp.ask.formula(network, goal) for network, goal, _ in QUESTIONS]
    assert [one["outcome"] for one in found] == [fields[at].judge(text).outcome for at, text in texts]
    assert Counter(one["outcome"] for one in found)["right"] == len(rows)
    assert all(one["mistakes"] for one in found if one["outcome"] == "wrong")


FORK = bp.graph({"c": (["p"], "g"), "l": (["c"], "g"), "m": (["c"], "g"), "n": (["c"], "g"), "o": (["l", "m", "n"], "g")}, ["p"], bias=True)
ROW = bp.graph({"a": (["p"], "g"), "b": (["a"], "g"), "o": (["b"], "g")}, ["p"], bias=False)
WRONG = {
    (FORK, "∂C_s/∂a_c"): {"δ_l w_cl": "one path only", "δ_l w_cl + δ_n w_cn": "a path is forgotten",
                          "δ_l w_cl + δ_m w_cm + δ_n": "a weight is lost on the way",
                          "(δ_l w_cl + δ_m w_cm) δ_n w_cn": "the paths are multiplied",
                          "g'(z_c) (δ_l w_cl + δ_m w_cm + δ_n w_cn)": "the error term where ∂C/∂a is asked",
                          "w_cl + w_cm + w_cn": "the error term is lost",
                          "δ_l w_cl + δ_m w_cm + δ_n w_cl": "an index is wrong",
                          "δ_l w_cl - δ_m w_cm + δ_n w_cn": "a sign is turned"},
    (FORK, "δ_c"): {"g'(z_c) (δ_l w_cl + δ_m w_cm) + δ_n w_cn": "brackets are missing"},
    (FORK, "∂C_s/∂b_c"): {"δ_c b_c": "the bias gradient carries the bias", "sum_s δ_c": "the samples are added up"},
    (ROW, "∂C_s/∂w_pa"): {"(a_o - y) g'(z_o) w_bo g'(z_b) w_ab g'(z_a) p": "the 2 of the square is lost",
                          "4 (a_o - y) g'(z_o) w_bo g'(z_b) w_ab g'(z_a) p": "a factor 2 too many",
                          "2 (a_o - y) g'(z_o) w_bo w_ab g'(z_a) p": "the slope of the hidden layer is lost",
                          "2 (a_o - y) w_bo g'(z_b) w_ab g'(z_a) p": "the slope of the output is lost",
                          "2 (a_o - y) g'(z_o) w_bo g'(z_b) w_ab g'(z_a)": "the input of the weight is lost"},
    (bp.dense([3, 4, 2], "g"), "∂C_s/∂a2_j"): {"2 a2_j": "half of the error is lost", "(a2_j - y_j)²": "the power is wrong",
                                               "2 (a2_j - y_j) a1_k": "an input too many", "sum_j 2 (a2_j - y_j)": "a sum too many"},
    (bp.dense([3, 4, 2], "g"), "δ1_j"): {"g'(z2_j) sum_i w2_ij δ2_i": "a quantity of the wrong layer"},
    (bp.dense([2, 2, 2], "g"), "∂C_s/∂a1_1"): {"w2_11 δ2_1 w2_21 δ2_2": "the units are multiplied"},
    (bp.neuron("g"), "∂C_s/∂w"): {"2 (a - y) + g'(z) + x": "factors are added", "2 (a - y)² g'(z) x": "the power is wrong",
                                  "2 a g'(z) x": "half of the error is lost", "2 (a - y) g'(z) x w": "the quantity in place of its derivative"},
    (bp.neuron("g"), "∂z/∂w"): {"w": "the weight in place of its input", "x + b": "a constant is kept", "g'(z) x": "later steps are in it",
                                "w x": "the quantity in place of its derivative"},
    (bp.neuron("sigmoid"), "∂a/∂z"): {"1 - a": "a factor is lost", "1 - a²": "the slope of another activation",
                                      "z (1 - z)": "the slope by value is written with z", "a": "the value of the activation in place of its slope"},
    (bp.dense([3, 4, 3], ["tanh", "softmax"], "categorical cross entropy"), "∂a2_i/∂z2_j"): {
        "-a2_i a2_j": "the bracket [i = j] is lost", "a2_i (1 - a2_i)": "softmax treated unit by unit", "a2_i - y_i": "later steps are in it"},
    (bp.neuron("sigmoid", "binary cross entropy"), "δ"): {"2 (a - y)": "the derivative of the squared error"},
    (bp.dense([3, 2], "tanh", l2=0.1), "∂C/∂w1_jk"): {"1/N sum_s δ1_sj x_sk + λ/2 w1_jk²": "the penalty is differentiated wrongly"},
}
"""Network and question → what a learner may answer, and what that is called."""


def test_wrong_answers_have_the_same_name_in_the_page_and_in_the_notebook():
    """All those that are looked for last, and answers written out down to the cost."""
    rows = [asked("1", *question) for question in WRONG]
    texts = [(at, text) for at, answers in enumerate(WRONG.values()) for text in answers]
    found = judged([{"kind": "formula", **of_values(row), "words": words(ENGLISH, "")} for row in rows], texts)
    fields, names = [bp.ask.formula(*question) for question in WRONG], [name for answers in WRONG.values() for name in answers.values()]
    assert [one["mistakes"] for one in found] == [[name] for name in names]
    assert [(list(told.mistakes), told.feedback) for told in (fields[at].judge(text) for at, text in texts)] == [
        (one["mistakes"], one["feedback"]) for one in found]
    assert {name for name, row in MISTAKES.items() if row.rank} <= {*names}


def test_what_the_page_cannot_judge_stays_as_it_is_stored():
    model = bp.model("s:N", given="x[s] y[s]")
    model.write("C = sum((x[s] - y[s])**2, s)")
    for question in (bp.ask.formula(NETWORKS[0], "z"), bp.ask.formula(NETWORKS[0], "∂C_s/∂w", chain=True),
                     bp.ask.derivation(NETWORKS[0], "∂C_s/∂w"), bp.ask.choice("?", ["a", "b"], right="a")):
        assert placed(question.stored(), "q", ENGLISH) == question.stored() and "<small>" in question.stored()
    assert recipe(model) is None


@pytest.mark.parametrize("language", TABLE.values(), ids=TABLE)
def test_a_guess_gets_the_verdict_of_the_notebook(language):
    bp.languages.use(language.name)
    try:
        guess = bp.ask.guess("How steep?", 0.25, 0, 1, "%")
    finally:
        bp.languages.use("en")
    page = placed(guess.stored(), "q", language)
    data = json.loads(page.partition('application/json">')[2].partition("</script>")[0])
    texts = ["0.25", "0.3 %", "1/5", "۰.۲۶", "0,7", "-3e9", "nothing", "1/0", "(", " ", "sum_s 1", "[s=s]", "½", "0.2" * 99]
    for text, found in zip(texts, judged([data], [(0, text) for text in texts]), strict=True):
        expected = guess.judge(text)
        assert (found["outcome"], found["feedback"]) == (expected.outcome, expected.feedback), text
    assert "<small>" not in page and STORED.fullmatch(guess.stored())
