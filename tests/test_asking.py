"""Questions on a page: what is judged, what a page without Python shows, and the field in JupyterLab."""
import re

import hostile_lines
import pytest
from explorers import violations
from playwright.sync_api import expect

import bplib as bp
from bplib import languages
from bplib.asking.beside import aligned
from bplib.asking.layers import at_layer
from bplib.asking.prose import PAGE, STORED

NEURON = bp.neuron("sigmoid")
DEEP = bp.dense([3, 4, 4, 2], "g")
GRAPH = bp.graph({"h": (["p", "q"], "sigmoid"), "o": (["h", "p"], "identity")}, inputs=["p", "q"])
MODEL = bp.model("s:N  j:J  k:K", given="x[s,k] y[s,j]").write("""
    z[s,j] = sum(W[j,k] * x[s,k], k) + b[j]
    C      = mean(sum((tanh(z[s,j]) - y[s,j])**2, j), s)
""")
CLASSES = bp.dense([3, 4], "softmax", "negative log-likelihood")
NETWORKS = {"neuron": NEURON, "deep": DEEP, "graph": GRAPH, "model": MODEL, "classes": CLASSES,
            "penalty": bp.dense([3, 2], "sigmoid", l2=0.3)}
SLIP, MENDED = "δ = ∂C/∂a · ∂a/∂z\n= 2(a − y)·g'(z)\n∂C/∂w = {}(a − y)·g'(z)·x\n= δ·x".split("{}")
SLIP, MENDED = SLIP + MENDED, SLIP + "2" + MENDED


@pytest.fixture(autouse=True)
def no_language_is_left_behind():
    yield
    languages.use("en")


# a formula

@pytest.mark.parametrize("name, goal, right, wrong, mistake", [
    ("neuron", "∂C/∂w", "2(a − y)·a(1 − a)·x", "(a − y)·g'(z)·x", "the 2 of the square is lost"),
    ("neuron", "w", r"$2(a-y)\,\sigma'(z)\,x$", "2(a − y)·x", "the slope of the output is lost"),
    ("neuron", "∂a/∂z", "a(1 − a)", "a(1 + a)", None),
    ("neuron", "z", "wx + b", "wx − b", None),
    ("neuron", "∂C/∂w", "= 2(a − y) a (1 − a) x = δx", "= 2(a − y) a (1 − a) x = δ", None),
    ("deep", "δ1_j", "g'(z1_j) Σ_i w2_ij δ2_i", "g'(z1_j) Σ_i w2_ji δ2_i",
     "the weights are not turned round going back"),
    ("deep", "∂C/∂w1_jk", "∂C/∂w1_jk = δ1_j x_k", "∂C/∂w1_jk = δ1_k x_j", None),
    ("deep", "δ^(l)_j", "g'(z^(l)_j) Σ_i w^(l+1)_ij δ^(l+1)_i", "Σ_i w^(l+1)_ij δ^(l+1)_i",
     "the slope of the hidden layer is lost"),
    ("deep", "δ^{(l)}", "(W^{(l+1)})^T δ^{(l+1)} ⊙ g'(z^{(l)})", "W^{(l+1)} δ^{(l+1)} ⊙ g'(z^{(l)})",
     "the weights are not turned round going back"),
    ("deep", "∂C/∂w^(l)_jk", "δ^(l)_j a^(l-1)_k", "δ^(l)_j a^(l)_k", None),
    ("deep", "δ1", "g'(z1_j) Σ_i w2_ij δ2_i", "g'(z1_j) Σ_i w2_ij δ2_j", None),
    ("deep", "w1", "x_k δ1_j", "δ1_j x_j", None),
    ("deep", "w1", "δ1 xᵀ", "x δ1ᵀ", None),
    ("deep", "δ^l", "g'(z^(l)_j) Σ_i w^(l+1)_ij δ^(l+1)_i", "Σ_i w^(l+1)_ij δ^(l+1)_i",
     "the slope of the hidden layer is lost"),
    ("neuron", "z", "wx + b", "wx + b + E", None),
    ("neuron", "z", "b + wx", "2l + 1", None),
    ("neuron", "a", "σ(z)", "2l + 1", None),
    ("classes", "C", "−ln a_c", "−a_c", None),
    ("classes", "C", "−Σ_c y_c ln a_c", "−Σ_j [j ≠ c] ln a_j", None),
    ("classes", "δ1_j", "a_j − [j = c]", "a_j − c", None),
    ("classes", "∂C/∂a_j", "−[j = c]/a_j", "−1/a_j", None),
    ("penalty", "∂C/∂w_jk", "δ_j x_k + λ w_jk", "δ_j x_k", "the penalty is forgotten"),
    ("penalty", "∂C_s/∂w_jk", "δ_j x_k", "δ_j x_k + λ w_jk", None),
    ("graph", "∂C/∂w_ph", "δ_h x_p", "δ_h x_q", None),
    ("model", "∂C/∂W_jk", "mean(2(tanh(z_sj) − y_sj)(1 − tanh(z_sj)²) x_sk, s)",
     "mean((tanh(z_sj) − y_sj)(1 − tanh(z_sj)²) x_sk, s)", "a factor 2 is lost"),
])
def test_a_formula_is_judged_by_its_value(name, goal, right, wrong, mistake):
    question = bp.ask.formula(NETWORKS[name], goal)
    assert question.judge(right).outcome == "right"
    found = question.judge(wrong)
    assert found.outcome == "wrong" and not found.right
    assert mistake is None or mistake in found.mistakes


@pytest.mark.parametrize("name, goal", [
    ("neuron", "∂C/∂w"), ("neuron", "∂C/∂b"), ("neuron", "δ"), ("neuron", "∂a/∂z"), ("neuron", "∂C/∂x"), ("neuron", "z"),
    ("deep", "∂C/∂w1_jk"), ("deep", "∂C/∂b2_j"), ("deep", "δ3_j"), ("deep", "δ1_j"), ("deep", "∂C/∂a2_j"), ("deep", "a1_j"),
    ("graph", "∂C/∂w_ph"), ("graph", "δ_h"), ("model", "∂C/∂z_sj"), ("model", "z_sj")])
def test_the_machines_answer_is_right_by_its_own_verdict(name, goal):
    question = bp.ask.formula(NETWORKS[name], goal, chain=True)
    lines = [re.sub(r"=1\}\^\{(n_\{\d\}|N)\}", "}", line.latex) for line in question.machine.answer
             if r"\frac{\partial C_" not in line.latex.partition("sum_{s")[2]]  # a mean over samples is no formula yet
    assert lines and [(line, question.judge(line)) for line in lines if not question.judge(line).right] == []


@pytest.mark.parametrize("answer, told", [
    ("∂C/∂w", "it still contains ∂C/∂w"), ("∂C/∂a · ∂a/∂z · x", "it still contains ∂C/∂a"),
    ("δ·∂z/∂w", "it still contains ∂z/∂w")])
def test_what_is_equal_and_not_worked_out_is_no_answer(answer, told):
    found = bp.ask.formula(NEURON, "∂C/∂w").judge(answer)
    assert found.outcome == "wrong" and told in found.feedback
    assert bp.ask.formula(NEURON, "∂C/∂w", chain=True).judge(answer).right is (answer != "∂C/∂w")


@pytest.mark.parametrize("goal, answer", [("δ1_j", "Σ_i [i=j] δ1_i"), ("δ1_j", "Σ_i [i=j] ∂C/∂z1_i"), ("δ1_j", "δ1_j"), ("δ1_j", "∂C/∂z1_j"), ("∂C/∂z1_j", "δ1_j"),
                                          ("∂C/∂z1_j", "0 + δ1_j")])
def test_an_error_term_is_not_explained_by_itself(goal, answer):
    assert bp.ask.formula(DEEP, goal, chain=True).judge(answer).outcome == "wrong"


def test_an_answer_for_one_layer_is_none_for_all():
    question = bp.ask.formula(DEEP, "δ^(l)_j")
    assert [goal.layer for goal in question.goals] == [2, 1]
    assert not question.judge("g'(z^(l)_j) Σ_i w3_ij δ3_i").right
    last = question.judge("2(a^(l)_j − y_j) g'(z^(l)_j)")
    assert last.outcome != "right"
    only_first = bp.ask.formula(DEEP, "∂C/∂w^(l)_jk").judge("δ^(l)_j x_k")
    assert not only_first.right


@pytest.mark.parametrize("text, layer, shown", [
    ("δ^(l)_j", 2, "δ^{(2)}_j"), ("δ^l", 1, "δ^{(1)}"), (r"W^{(l+1)}^T δ^{l + 1}", 2, r"W^{(3)}^T δ^{(3)}"),
    ("(W^{(l+1)})^T", 2, "(W^{(3)})^T"), ("a^{[l-1]}", 3, "a^{[2]}"), (r"a^{(\ell−1)}", 3, "a^{(2)}"),
    ("a^lambda", 3, "a^lambda"), ("δ^(l)", None, "δ^(l)"), ("x^2 + z_l", 2, "x^2 + z_l")])
def test_a_number_takes_the_place_of_l(text, layer, shown):
    assert at_layer(text, layer) == shown


@pytest.mark.parametrize("answer, outcome", [
    ("", "missing"), (" \n", "missing"), ("2(a-", "invalid"), ("hello", "invalid"), ("<b>x</b>", "invalid"), (3, "invalid"),
    (None, "invalid"), ("x" * 30_000, "invalid"), ("__import__('os')", "invalid"), ("a, y, z", "invalid")])
def test_what_is_no_formula_is_said_to_be_none(answer, outcome):
    found = bp.ask.formula(NEURON, "∂C/∂w").judge(answer)
    assert found.outcome == outcome and found.feedback


@pytest.mark.parametrize("network, goal, told", [
    (NEURON, "∂C/∂q", "nothing that is ∂C/∂q"), (NEURON, "2 + 3", "a quantity of this network"), (NEURON, "", "a text"),
    (NEURON, 7, "a text"), (NEURON, "∂C/∂w^(l)", "no layer"),
    (DEEP, "∂C/∂w_jk", "several layers"), (DEEP, "δ_j", "several layers"), (DEEP, "∂C/∂w9_jk", "a quantity"),
    (bp.model("s:N"), "∂C/∂w", "no equations yet"), ("neuron", "∂C/∂w", "network")])
def test_a_goal_that_is_none_is_refused(network, goal, told):
    for ask in (bp.ask.formula, bp.ask.derivation):
        with pytest.raises(bp.InputError, match=re.escape(told)):
            ask(network, goal)


# a derivation

def test_the_first_wrong_line_is_named():
    question = bp.ask.derivation(NEURON, "∂C/∂w")
    found = question.judge(SLIP)
    assert (found.outcome, found.first_wrong, found.mistakes) == ("wrong", 3, ("the 2 of the square is lost",))
    assert [line.verdict for line in found.lines] == ["follows", "follows", "does not follow", "follows"]
    assert question.judge(MENDED).right


@pytest.mark.parametrize("goal, text, outcome", [
    ("∂C/∂w", "∂C/∂w = ∂C/∂a ∂a/∂z ∂z/∂w", "wrong"), ("∂C/∂w", "∂C/∂b = 2(a − y) g'(z)", "wrong"),
    ("∂C/∂w", "∂C/∂w = ∂C/∂a ∂a/∂z ∂z/∂w\n∂C/∂a = 2(a − y)\n∂a/∂z = g'(z)\n∂z/∂w = x", "right"),
    ("δ", "δ = ∂C/∂a ∂a/∂z", "wrong"), ("δ", "δ = ∂C/∂a ∂a/∂z\n= 2(a − y) g'(z)", "right"),
    ("δ", "∂C/∂z = 2(a − y) g'(z)", "right"), ("δ", "∂C/∂w = δ x", "wrong"), ("∂a/∂z", "∂a/∂z = g'(z)\n= a(1 − a)", "right"),
    ("∂C/∂w", "only words", "invalid"), ("∂C/∂w", "∂C/∂w = 2(a −", "invalid"), ("∂C/∂w", "", "missing"),
    ("∂C/∂w", None, "invalid")])
def test_a_derivation_has_to_arrive(goal, text, outcome):
    assert bp.ask.derivation(NEURON, goal).judge(text).outcome == outcome


def test_the_machine_goes_all_the_way_from_the_cost():
    keys = [line.key for line in bp.ask.derivation(DEEP, "W1").machine.way]
    assert keys[0] == ("cost", "a3") and keys[-1] == ("cost", "W1")


def test_for_any_layer():
    question = bp.ask.derivation(DEEP, "δ^(l)_j")
    assert question.judge("δ^(l)_j = Σ_i ∂C/∂z^(l+1)_i ∂z^(l+1)_i/∂a^(l)_j g'(z^(l)_j)\n"
                          "= g'(z^(l)_j) Σ_i w^(l+1)_ij δ^(l+1)_i").right
    assert question.judge("δ^(l)_j = Σ_i w^(l+1)_ij δ^(l+1)_i").first_wrong == 1
    assert "l = 2:" in question.stored()


def test_lines_may_stand_there_from_the_start_and_are_not_judged_yet():
    question = bp.ask.derivation(NEURON, SLIP)
    assert question.goal.text == "δ" and question.answer == SLIP
    assert question.verdict["outcome"] == "" and len(question.preview["lines"]) == 4
    other = bp.ask.derivation(NEURON, "∂C/∂w", start=SLIP)
    assert other.goal.text == "∂C/∂w" and other.answer == SLIP


def test_opened_her_lines_stand_beside_the_machines():
    page = bp.ask.derivation(NEURON, "∂C/∂w").solution(STORED, MENDED + "\n<b>")
    rows = [re.findall(r"<td.*?</td>", row) for row in re.findall(r"<tr>(.*?)</tr>", page)[1:]]
    beside = {re.sub("<.*?>", "", hers): re.sub("<small>.*", "", other) for hers, other in rows if hers != "<td></td>"}
    assert [re.search(r"(?<== ).*(?=\$)", other)[0] for other in list(beside.values())[:4]] == [
        r"\frac{\partial C_{s}}{\partial a} \cdot \frac{\partial a}{\partial z}",
        r"2 \left(a - y\right) \, \sigma'\left(z\right)", r"2 \left(a - y\right) \, \sigma'\left(z\right) \, x",
        r"\delta \, x"]
    assert "&lt;b&gt;" in page and "<b>" not in page
    assert len([other for _, other in rows if other != "<td></td>"]) == len(
        bp.ask.derivation(NEURON, "∂C/∂w").machine.way)


@pytest.mark.parametrize("hers, machines, pairs", [
    ("ab", "xaybz", [(None, "x"), ("a", "a"), (None, "y"), ("b", "b"), (None, "z")]),
    ("ba", "ab", [(None, "a"), ("b", "b"), ("a", None)]), ("", "a", [(None, "a")]), ("q", "a", [(None, "a"), ("q", None)]), ("a", "", [("a", None)]),
    ("aqa", "aa", [("a", "a"), ("q", None), ("a", "a")])])
def test_lines_are_aligned_in_their_order(hers, machines, pairs):
    found = aligned(hers, machines, lambda one, other: int(one == other))
    assert found == pairs or sorted(map(str, found)) == sorted(map(str, pairs)) and hers == "ba"


def test_whatever_is_typed_gets_a_verdict_and_is_shown():
    questions = [bp.ask.formula(NEURON, "∂C/∂w"), bp.ask.derivation(DEEP, "δ^(l)_j")]
    for text in hostile_lines.texts(24, seed=7):
        for question in questions:
            assert question.judge(text).outcome
            assert question.understood(text) and question.solution(PAGE, text)


# a choice, a guess

def test_a_choice():
    question = bp.ask.choice("Where is $\\sigma'$ largest?", ["at $z=0$", "at $z=1$", "nowhere"], right="at $z=0$",
                             why={"A": "There it is $1/4$.", "at $z=1$": "It **falls** on both sides of 0."})
    assert question.judge("A").right and question.judge("at $z=0$").feedback == "There it is $1/4$."
    assert question.judge("b").feedback == "It **falls** on both sides of 0." and not question.judge("b").right
    assert (question.judge("C").outcome, question.judge("C").feedback) == ("wrong", "")
    assert [question.judge(text).outcome for text in ("", "D", "x", 1)] == ["missing", "invalid", "invalid", "invalid"]


def test_the_right_option_can_be_put_to_the_test():
    question = bp.ask.choice("Which is even?", {"3": "", "4": "It is 2 · 2."}, right=lambda text: int(text) % 2 == 0)
    assert question.right == "4" and question.judge("B").feedback == "It is 2 · 2."


@pytest.mark.parametrize("options, right, why, told", [
    (["a"], "a", "", "two to 8 different texts"), (["a", "a"], "a", "", "different"), ("ab", "a", "", "two to 8"),
    (["a", "b"], "c", "", "'c' is no option. There are: A a, B b."), (["a", "b"], 0, "", "no option"),
    (["a", "b"], lambda text: True, "", "true for 2"), (["a", "b"], "A", {"C": "x"}, "'C' is no option"),
    (["a", 3], "A", "", "The option is a text"), (["a", "b"], "A", {"B": 5}, "The sentence")])
def test_a_choice_that_is_none_is_refused(options, right, why, told):
    with pytest.raises(bp.InputError, match=re.escape(told)):
        bp.ask.choice("Which?", options, right=right, why=why)


@pytest.mark.parametrize("answer, outcome, feedback", [
    ("0.25", "near", "That is it. It is 0.25."), ("0,3", "near", "Your guess is 0.05 too high. It is 0.25."),
    ("1/8", "far", "Your guess is 0.125 too low. It is 0.25."), (0.2, "near", "Your guess is 0.05 too low. It is 0.25."),
    ("-1", "far", "Your guess is 1.25 too low. It is 0.25.")])
def test_a_guess(answer, outcome, feedback):
    found = bp.ask.guess("How steep?", lambda: 0.25, 0, 1).judge(answer)
    assert (found.outcome, found.feedback) == (outcome, feedback)


@pytest.mark.parametrize("answer", ["x", "1 +", float("nan"), None, [1], True, "<b>", "9**9**9**9"])
def test_what_is_no_number_is_said_to_be_none(answer):
    assert bp.ask.guess("How steep?", 0.25, 0, 1).judge(answer).outcome == "invalid"


def test_a_guess_with_a_unit():
    question = bp.ask.guess("How many?", 91.5, 0, 100, "%", within=2)
    assert question.judge("90 %").right and not question.judge("89%").right
    assert question.judge("80").feedback == "Your guess is 11.5 % too low. It is 91.5 %."


@pytest.mark.parametrize("arguments, told", [
    ((2, 0, 1), "between them"), ((0.5, 1, 0), "low to high"), (("x", 0, 1), "answer is a number"),
    ((0.5, 0, float("inf")), "high is a number"), ((0.5, 0, 1, 3), "unit is a text"), ((0.5, 0, 1, "", -1), "within")])
def test_a_guess_that_is_none_is_refused(arguments, told):
    with pytest.raises(bp.InputError, match=told):
        bp.ask.guess("How steep?", *arguments)


# the page without Python

ALL = {"formula": lambda: bp.ask.formula(NEURON, "∂C/∂w"), "derivation": lambda: bp.ask.derivation(NEURON, "∂C/∂w"),
       "choice": lambda: bp.ask.choice("Which is $<$?", ["one & **two**", "$x_1 * x_2 * x_3$"], right="B",
                                       why={"A": "Look <i>again</i>.", "B": "Since $x_1 < x_2$."}),
       "guess": lambda: bp.ask.guess("How steep is $\\sigma$?", 0.25, 0, 1)}
each = pytest.mark.parametrize("kind", ALL)


@each
def test_the_page_asks_and_folds_the_answer_away(kind):
    question = ALL[kind]()
    before, _, folded = question.stored().partition("<details>")
    answer = {"formula": r"2 \left(a - y\right)", "derivation": r"2 \left(a - y\right)", "choice": "Since", "guess": "0.25"}
    assert answer[kind] in folded and answer[kind] not in before and "<details open" not in question.stored()
    shown = str([question.facts[name] for name in question.facts if name != "language"]) + str(question.preview)
    assert answer[kind] not in shown + str(question.verdict) + repr(question)


@each
def test_what_is_stored_is_the_same_in_every_run_and_small(kind):
    one, other = ALL[kind](), ALL[kind]()
    other.answer = "0.3"
    other.check("0.3")
    assert one.stored() == other.stored() and repr(one) == repr(other)
    assert len(one.stored()) < 4000
    data, _ = one._repr_mimebundle_()
    assert {"text/html", "text/plain"} <= {*data} and data["text/html"] == one.stored()


def test_formulas_and_marks_of_markdown_do_not_mix():
    page = ALL["choice"]().stored()
    assert "$x_1 * x_2 * x_3$" in page and "one &amp; <strong>two</strong>" in page and "$x_1 &lt; x_2$" in page
    assert "<i>" not in page
    assert "<msub>" in ALL["choice"]().facts["options"][1]["html"]


def test_what_is_typed_never_becomes_part_of_the_page():
    for kind, make in ALL.items():
        question = make()
        question.asked({"check": "<b>x</b>"})
        question.asked({"open": "<b>x</b>"})
        shown = question.verdict["html"], question.opened["html"], question.preview.get("mathml", "")
        assert "<b>x" not in str(shown), kind


def test_in_persian():
    texts = {"en": "Which?", "fa": "کدام؟"}
    languages.use("fa")
    assert bp.ask.formula(NEURON, "∂C/∂w").stored().startswith('<div lang="fa" dir="rtl">')
    question = bp.ask.choice(texts, [{"en": "this", "fa": "این"}, {"en": "that", "fa": "آن"}], right="B", why=texts)
    assert question.question == "کدام؟" and question.judge("B").feedback == "کدام؟"
    wrong = bp.ask.formula(NEURON, "∂C/∂w")
    wrong.check("(a − y)·g'(z)·x")
    assert "<p>ضریب ۲ مربع گم شده است: " in wrong.verdict["html"] and "هنوز نه" in wrong.verdict["html"]


# in JupyterLab

CELLS = ['import bplib as bp\nneuron = bp.neuron("sigmoid")\none = bp.ask.formula(neuron, "∂C/∂w")\none',
         'two = bp.ask.derivation(neuron, "∂C/∂w")\ntwo',
         'three = bp.ask.choice("Where is $\\\\sigma\'$ largest?", ["at 0", "at 1"], right="A", why="There it is 1/4.")\nthree',
         'four = bp.ask.guess("How steep is $\\\\sigma$ at most?", 0.25, 0, 1)\nfour']


class Shown:
    """The n-th question on the page."""

    def __init__(self, lab, n):
        self.lab, self.root = lab, lab.explorer(n)
        self.input = self.root.get_by_role("textbox")
        self.verdict = self.root.locator(".bplib-field-verdict")
        self.answer = self.root.locator(".bplib-field-answer")
        self.lines = self.root.locator(".bplib-field-lines > li")

    def button(self, name):
        return self.root.get_by_role("button", name=name, exact=True)


@pytest.fixture
def shown(lab):
    yield lambda n: Shown(lab, n)
    complaints, lab.complaints[:] = lab.errors(), []
    assert not complaints


@pytest.mark.smoke
def test_a_slip_in_line_3_is_marked_there_and_mended(shown):
    two = shown(1)
    two.input.press_sequentially(SLIP, delay=5)
    expect(two.lines).to_have_count(4)
    expect(two.lines.nth(2).locator("mfrac")).to_have_count(1)
    expect(two.verdict).to_be_empty()
    two.input.press("Control+Enter")
    expect(two.lines.nth(2)).to_contain_text("✗ does not follow")
    expect(two.lines.nth(2)).to_contain_text("The 2 of the square is lost")
    expect(two.root.locator("[data-first]")).to_have_count(1)
    expect(two.lines.nth(1)).to_contain_text("✓ follows")
    expect(two.verdict).to_contain_text("Line 3 is the first that does not follow.")
    two.input.fill(MENDED)
    expect(two.lines.nth(2)).not_to_contain_text("does not follow")
    two.button("Check").click()
    expect(two.verdict).to_contain_text("✓ Right")
    expect(two.root.locator("[data-first]")).to_have_count(0)


def test_the_derivation_opens_beside_hers_and_closes(shown):
    two = shown(1)
    two.input.fill(MENDED)
    expect(two.answer).to_be_hidden()
    two.button("Open the derivation").press("Enter")
    expect(two.answer.get_by_role("row").first).to_contain_text("Your lines")
    expect(two.answer.locator("tbody tr").filter(has_text="All the factors are known.").locator("math")).to_have_count(2)
    two.button("Open the derivation").click()
    expect(two.answer).to_be_hidden()


def test_a_formula_is_typeset_judged_and_opened(shown, lab):
    one = shown(0)
    one.input.fill("(a-y)*g'(z)*x")
    expect(one.root.locator(".bplib-field-formula mfrac")).to_have_count(1)
    one.input.press("Enter")
    expect(one.verdict).to_contain_text("The 2 of the square is lost")
    one.input.fill("2(a-y)*g'(z)*x")
    expect(one.verdict).to_be_empty()
    one.button("Check").click()
    expect(one.verdict).to_contain_text("✓ Right")
    one.button("Open the answer").click()
    expect(one.answer).to_contain_text("All the factors are known.")
    assert lab.python("print(one.answer, one.judge(one.answer).right)").strip() == "2(a-y)*g'(z)*x True"


def test_an_option_is_chosen_with_keys(shown):
    three = shown(2)
    three.button("Check").click()
    expect(three.verdict).to_contain_text("Write an answer first")
    three.root.get_by_role("radio").nth(1).focus()
    three.lab.page.keyboard.press("Space")
    three.lab.page.keyboard.press("Enter")
    expect(three.verdict).to_contain_text("✗ Not yet")
    three.lab.page.keyboard.press("ArrowUp")
    expect(three.verdict).to_be_empty()
    three.lab.page.keyboard.press("Enter")
    expect(three.verdict).to_contain_text("There it is 1/4.")


def test_a_guess_is_moved_or_typed(shown, lab):
    four, slider = shown(3), shown(3).root.get_by_role("slider")
    slider.focus()
    for key in ("Home", "ArrowRight", "Enter"):
        lab.page.keyboard.press(key)
    expect(four.verdict).to_contain_text("Your guess is 0.24 too low. It is 0.25.")
    four.input.fill("0,26")
    four.input.press("Enter")
    expect(four.verdict).to_contain_text("✓ Close")
    assert lab.python("print(four.answer)").strip() == "0,26"


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_axe_finds_no_violation(shown, lab, theme):
    lab.theme(theme)
    for n, text in enumerate(("(a-y)*g'(z)*x", SLIP + "\n2(", None, "0.9")):
        one = shown(n)
        if text:
            one.input.fill(text)
        one.button("Check").click()
        expect(one.verdict).not_to_be_empty()
        opener = one.root.get_by_role("button", name=re.compile("^Open"))
        if one.answer.is_hidden():
            opener.click()
        expect(one.answer).not_to_be_empty()
        one.root.evaluate("(root, n) => { root.id = 'bplib-under-test-' + n; root.scrollIntoView(); }", n)
        assert violations(lab.page, f"#bplib-under-test-{n}") == []


@pytest.mark.parametrize("width", [480, 800, 1280])
def test_it_fits_into_any_window(shown, lab, width):
    size = lab.page.viewport_size
    lab.page.set_viewport_size({"width": width, "height": 900})
    lab.page.evaluate("jupyterapp.shell.collapseLeft()")
    for n in range(4):
        expect(shown(n).root).to_be_visible()
        assert shown(n).root.evaluate("root => root.scrollWidth <= root.clientWidth + 1 && root.clientWidth") > 200, n
    lab.page.set_viewport_size(size)
