"""Which line of a derivation is wrong: `bp.check_derivation`."""
import random
import re
from itertools import islice
from pathlib import Path

import derivations
import hostile_lines
import numpy as np
import pytest

import bplib as bp
from bplib.conventions import TABLE as NOTATIONS
from bplib.errors import InputError
from bplib.lines.naming import _decided
from bplib.lines.repairs.table import TABLE
from bplib.lines.text import lines_of

ROOT = Path(__file__).parent.parent


def verdict(network, text, **options):
    return bp.check_derivation(derivations.network(network), text, **options)


def found(network, text, **options):
    return [line.verdict for line in verdict(network, text, **options).lines]


# the corpus

def begins(case):
    return f"{case.network}: {case.text.split(chr(10))[0][:40]}"


@pytest.mark.parametrize("case", derivations.RIGHT, ids=begins)
def test_right_derivations_are_right(case):
    outcome = derivations.judged(case)
    assert [line for line in outcome.verdict.lines if not line.right] == []
    assert outcome.verdict.first_wrong is None and outcome.verdict.mistakes == ()


@pytest.mark.parametrize("case", derivations.WRITTEN, ids=begins)
def test_the_first_wrong_line_is_found_and_its_mistake_named(case):
    outcome = derivations.judged(case)
    (number, slip), = case.slips
    assert outcome.found
    mistakes = outcome.line(number).mistakes
    assert set(mistakes) <= set(slip.meant) and bool(mistakes) == bool(slip.meant)


def test_slips_in_every_line_are_found_and_named():
    """Every ninth of them; `python tests/derivations.py` goes through all."""
    outcomes = [derivations.judged(case) for case in [*islice(derivations.with_one_slip(), 0, None, 9),
                                                      *islice(derivations.with_two_slips(), 0, None, 9)]]
    counts, _ = derivations.named(outcomes)
    assert len(outcomes) > 120
    assert np.mean([outcome.found for outcome in outcomes]) >= 0.97
    total = counts["named"] + counts["unnamed"] + counts["named otherwise"]
    assert counts["named"] / total >= 0.9 and counts["named otherwise"] / total <= 0.01


def test_each_mistake_of_the_table_is_made_somewhere():
    meant = {name for slip in derivations.SLIPS for name in slip.meant} | {
        name for case in derivations.WRITTEN for _, slip in case.slips for name in slip.meant}
    made = {*SPELLED_OUT, *meant}
    assert set(TABLE) - made == set()


SPELLED_OUT = {
    "a stands where z belongs": ("neuron", "a = σ(a)"),
    "the slope stands where the activation belongs": ("neuron", "∂C/∂w = 2(σ'(z) - y) σ'(z) x"),
    "a sum too many": ("two layers", "∂C/∂w1_jk = Σ_j δ1_j x_k"),
    "the denominator of the quotient rule": ("neuron", "da/dz = e^(-z)/(1 + e^(-z))"),
    "the weight is lost": ("two layers", "δ1_j = Σ_i δ2_i g'(z1_j)"),
    "the learning rate is part of the gradient": ("neuron", "∂C/∂w = η 2(a − y) g'(z) x"),
}
"""name → a network and a line in which it is made."""


@pytest.mark.parametrize("name", SPELLED_OUT)
def test_mistakes_that_no_slip_makes(name):
    network, text = SPELLED_OUT[name]
    assert verdict(network, text).mistakes == (name,)


# what follows a broken line

def test_one_slip_is_one_slip():
    result = verdict("two layers", """
        δ2_j = (a2_j − y_j) g'(z2_j)
        ∂C/∂w2_jk = δ2_j a1_k
        δ1_j = g'(z1_j) Σ_i w2_ij δ2_i
        ∂C/∂w1_jk = (Σ_i w2_ij (a2_i − y_i) g'(z2_i)) g'(z1_j) x_k
    """)
    assert [line.verdict for line in result.lines] == ["does not follow", "follows", "follows", "follows"]
    assert result.first_wrong == 1 and "line 1" in result.lines[3].message


def test_what_rests_on_a_broken_line_and_is_wrong_too_is_found():
    assert found("two layers", """
        δ2_j = (a2_j − y_j) g'(z2_j)
        ∂C/∂w1_jk = (Σ_i w2_ji (a2_i − y_i) g'(z2_i)) g'(z1_j) x_k
    """) == ["does not follow", "does not follow"]


def test_a_chain_goes_on_from_its_broken_side():
    assert found("neuron", """
        ∂C/∂w = 2(a − y) g'(z) x
              = 2(a − y) g(z) x
              = 2(a − y) a x
    """) == ["follows", "does not follow", "follows"]


def test_a_line_may_be_right_again():
    result = verdict("neuron", "∂C/∂w = (a-y)g'(z)x\n = 2(a-y)g'(z)x")
    assert [line.verdict for line in result.lines] == ["does not follow", "follows"]
    assert "right again" in result.lines[1].message


def test_a_broken_local_derivative_is_carried_on():
    assert found("neuron", """
        ∂a/∂z = a
        ∂C/∂w = 2(a − y) a x
    """) == ["does not follow", "follows"]


def test_a_broken_name_of_ones_own_is_carried_on():
    assert found("neuron", """
        δ := ∂C/∂z
        δ = 2(a − y) a
        ∂C/∂w = δ x = 2(a − y) a x
    """) == ["follows", "does not follow", "follows"]


# names, letters, ways to write

def test_names_of_ones_own_may_stand_for_anything():
    assert verdict("two layers", """
        e_j := a2_j − y_j
        u_j := 2 e_j σ'(z2_j)
        ∂C/∂w2_jk = u_j a1_k
        ∂C/∂e_j = 2 e_j
    """).right


def test_a_name_may_be_given_again():
    assert verdict("neuron", "u := a − y\nC = u²\nu := wx + b\nz = u").right


def test_unknown_names_are_told():
    result = verdict("neuron", "∂C/∂w = foo · x\n∂C/∂b = 2(a − y)a(1 − a)")
    assert [line.verdict for line in result.lines] == ["cannot be read", "follows"]
    assert "foo" in result.lines[0].message and "Line 1 cannot be read" in result.summary and not result.right


@pytest.mark.parametrize("spelling", [
    r"\frac{\partial C}{\partial w} = 2(a-y)\sigma'(z)x",
    r"\dfrac{\mathrm{d}C}{\mathrm{d}w} = 2\left(a - y\right)\sigma^{\prime}(z)\cdot x",
    "$$dC/dw = 2 (a - y) σ′(z) x$$", "∂C/∂w=2(a−y)σ'(z)x   (chain rule)", "(1) ∂C/∂w = 2·(a − y)·a·(1 − a)·x.",
    "So by the chain rule we get ∂C/∂w = 2(a-y)·g'(z)·x,", r"\(\partial C/\partial w = 2 (a-y) \, a \, (1-a) \, x\)",
    "∂C/∂w = 4(a-y)/2 · g'(z) x # halves", "dC/dw = 2*(a - y)*a*(1 - a)*x", "dC/dw = 2xa(a-y)(1-a)",
    "∂C/∂w = 2 (ŷ − y) ŷ (1 − ŷ) x"])
def test_one_line_in_many_spellings(spelling):
    assert verdict("neuron", spelling).right
    assert not verdict("neuron", spelling.replace("x", "w")).right


def test_environments_of_latex_part_lines_at_backslashes():
    lines = lines_of(r"""\begin{align*}
        \frac{\partial C}{\partial w} &= \frac{\partial C}{\partial a}
           \frac{\partial a}{\partial w} \label{one} \\[1ex]
        &= 2(a-y)   % a comment
           a(1-a)x
        \end{align*}""")
    assert [line.number for line in lines] == [1, 2]
    assert lines[1].equations == (("", "2(a-y) a(1-a)x"),)


def test_an_expression_may_go_on_in_the_next_line():
    result = verdict("skip", """
        ∂C/∂p = 2(o − y) w_po
                + 2(o − y) w_ho h (1 − h) w_ph
        ∂C/∂w_ho =
            2(o − y) · h
        ∂C/∂z_o = 2 o
            − 2 y
    """)
    assert result.right and [line.number for line in result.lines] == [1, 2, 3]


def test_a_name_has_to_stand_for_something():
    assert found("two layers", "u_j := z1_j + z2_j\n∂C/∂b1_j = δ1_j") == ["cannot be decided", "follows"]


def test_letters_without_a_layer_mean_the_layer_of_their_unit():
    text = "∂C/∂w_jk = ∂C/∂a_j · ∂a_j/∂z_j · ∂z_j/∂w_jk\n= 2(a_j − y_j) · g'(z_j) · a_k"
    assert verdict("two layers", text).right
    assert verdict("two layers", "δ_k = g'(z_k) Σ_j w_jk δ_j").right
    assert verdict("two layers", "δ_k = g'(z_k) Σ_j w_kj δ_j").first_wrong == 1


@pytest.mark.parametrize("name", sorted(set(NOTATIONS) - {"bplib"}))
def test_every_text_may_write_its_own_formulas(name):
    """What `rosetta` prints for a text is read in that text's letters and is right."""
    from bplib.rosetta import Text

    text = Text(name)
    rows = [text.formula(row) for row in ("delta2", "dW2", "dW1") if row in text.equations]
    lines = "\n".join(row.strip("$").removeprefix(r"\displaystyle ") for row in rows)
    result = bp.check_derivation(text.network, lines, notation=name)
    assert [line.verdict for line in result.lines] == ["follows"] * len(rows), result


def test_the_letters_of_another_text_are_recognised_and_said():
    result = verdict("tanh then identity", "δ_k = y_k − t_k\n∂E_n/∂w_kj = δ_k z_j\nδ_j = h'(a_j) Σ_k w_kj δ_k")
    assert result.notation == "bishop" and "Bishop" in result.summary and result.right


def test_another_texts_letters_are_recognised_in_a_wrong_derivation_too():
    result = verdict("tanh then identity", r"""
        \delta_k \equiv \frac{\partial E_n}{\partial a_k} = y_k - t_k
        \delta_j \equiv \frac{\partial E_n}{\partial a_j} = \sum_k \frac{\partial E_n}{\partial a_k}\frac{\partial a_k}{\partial a_j}
        \delta_j = 2 h'(a_j) \sum_k w_{kj}\delta_k
    """)
    assert (result.notation, result.first_wrong) == ("bishop", 3)


def test_this_courses_letters_are_not_taken_for_anothers_to_save_a_wrong_line():
    result = verdict("tanh then identity", "δ1_j = (1 − a1_j²) Σ_i w2_ji δ2_i")
    assert result.notation == "bplib" and result.first_wrong == 1


# matrices and batches

def test_matrices_of_samples_in_rows_and_in_columns():
    assert verdict("two layers", "δ1 = W2ᵀ δ2 ⊙ g'(z1)\n∂C/∂W1 = 1/N δ1 xᵀ").right
    assert verdict("two layers", "δ1 = δ2 W2 ⊙ g'(z1)\n∂C/∂W1 = 1/N δ1ᵀ x").right
    assert verdict("two layers", "δ1 = δ2 W2 ⊙ g'(z1)\n∂C/∂W1 = 1/N x δ1ᵀ").first_wrong == 2


def test_a_name_given_with_indices_may_stand_in_matrices():
    assert verdict("two layers", """
        d_j := 2(a2_j − y_j) g'(z2_j)
        ∂C/∂W2 = d a1ᵀ
        δ1 = W2ᵀ d ⊙ g'(z1)
    """).right


def test_a_product_that_does_not_fit_is_said_to():
    line, = verdict("two layers", "δ1 = W1ᵀ δ2 ⊙ g'(z1)").lines
    assert line.verdict == "does not follow" and line.mistakes == ("a quantity of the wrong layer",)


def test_one_sample_or_a_batch_is_seen_from_the_text():
    assert verdict("two layers", "∂C/∂b2_j = δ2_j").right
    assert verdict("two layers", "∂C/∂b2_j = 1/N Σ_s δ2_sj").right
    assert verdict("two layers", "∂C/∂b2_j = Σ_s δ2_sj").mistakes == ("not divided by the number of samples",)


# whether it arrives

def test_a_right_derivation_of_something_else():
    result = verdict("neuron", "∂C/∂b = 2(a − y) a(1 − a)", of="w")
    assert not result.right and result.arrives is False
    assert "Every line is right, and this is ∂C/∂b, not ∂C/∂w" in result.summary


def test_a_derivation_that_is_not_at_its_end():
    result = verdict("neuron", "∂C/∂w = ∂C/∂a · ∂a/∂z · ∂z/∂w\n= 2(a − y) a(1 − a) ∂z/∂w", of="w")
    assert not result.right and "still contains ∂z/∂w" in result.summary


def test_what_another_line_works_out_does_not_stand_in_the_way():
    text = "∂C/∂w = ∂C/∂z · x\n∂C/∂z = 2(a − y) a(1 − a)"
    assert verdict("neuron", text, of="w").right
    assert not verdict("neuron", text.split("\n")[0], of="w").right


def test_unknown_targets_and_texts_are_refused():
    for options in ({"of": "W7"}, {"notation": "nobody"}):
        with pytest.raises(InputError):
            verdict("two layers", "δ2 = δ2", **options)
    for text in ("", "   \n % nothing\n", 7, "a = a\n" * 300, "x" * 30_000):
        with pytest.raises(InputError):
            verdict("two layers", text)
    with pytest.raises(InputError):
        bp.check_derivation("a network", "a = a")


def test_what_may_have_come_about_in_several_ways_is_not_named():
    assert _decided({"a sign is turned": 1, "an index is shifted": 2}).names == ()
    assert _decided({"a sign is turned": 1, "an index is shifted": 2}).possible == ("a sign is turned", "an index is shifted")
    assert _decided({"one path only": 1, "the penalty is forgotten": 2}).names == ("the penalty is forgotten",)


def test_names_of_neurons_are_this_courses_letters():
    line, = verdict("skip", "∂C/∂w_ph = 2(o − y) w_po σ'(z_h) p").lines
    assert line.mistakes == ("a quantity of the wrong layer",)


# what is shown

def test_the_numbers_can_be_computed_again():
    message = verdict("neuron", "∂C/∂w = 2(a − y) g(z) x").lines[0].message
    shown = {name: float(number) for name, number in re.findall(r"(\w) = (-?[\d.]+)", message)}
    left, this = map(float, re.search(r"the left side is (\S+) and this one (\S+?)\.?$", message).groups())
    a = 1 / (1 + np.exp(-shown["z"]))
    assert this == pytest.approx(2 * (a - shown["y"]) * a * shown["x"], rel=2e-3)
    assert left == pytest.approx(2 * (a - shown["y"]) * a * (1 - a) * shown["x"], rel=2e-3)


def test_no_message_holds_a_right_hand_side():
    for case in derivations.WRITTEN:
        for line in derivations.judged(case).verdict.lines:
            own = line.message.partition(" (in: ")[0]
            for row in TABLE.values():
                own = own.replace(row.sentence, "")
            assert "=" not in re.sub(r"\S+ = -?[\d.e+-]+", "", own)


def test_the_answer_is_given_when_it_is_asked_for_and_may_be_shown():
    shown = verdict("two layers", "∂C/∂w1_jk = δ1_j", of="W1")
    assert "delta1" in repr(shown.answer())
    with pytest.raises(InputError):
        verdict("two layers", "∂C/∂w1_jk = δ1_j", show_answer=False).answer()


def test_right_steps_have_the_names_of_their_rules():
    rules = [line.rule for line in verdict("softmax", """
        δ_j := ∂C/∂z_j
        ∂C/∂z_j = Σ_i ∂C/∂a_i ∂a_i/∂z_j
        ∂C/∂a_i = -y_i/a_i
        ∂C/∂w_jk = ∂C/∂z_j ∂z_j/∂w_jk
    """).lines]
    assert rules == ["definition", "sum over paths", "put in", "chain rule"]
    assert verdict("neuron, cross entropy", "∂C/∂z = (a-y)/(a(1-a)) a(1-a)\n= a - y").lines[1].rule == "cancellation"
    assert verdict("neuron", "∂a/∂z = g'(z)\n = a(1-a)").lines[1].rule == "by value"


def test_a_verdict_is_shown_without_colour_and_without_markup_of_the_learner():
    result = verdict("neuron", "∂C/∂w = <script>x</script>\n∂C/∂b = 2(a-y)g'(z) & x|y")
    page = result._repr_html_()
    assert "<script>" not in page and 'scope="row"' in page and "cannot be read" in page and "color" not in page
    assert "| ! cannot be read | 1 |" in result._repr_markdown_()
    assert "Line 1" in repr(result) or "Lines 1" in repr(result)


def test_lines_are_typeset_as_they_were_understood():
    assert verdict("two layers", "δ1_j = Σ_i w2_ij δ2_i g'(z1_j)").lines[0].latex == (
        r"\delta_{j}^{(1)} = \sum_{i} w_{ij}^{(2)} \, \delta_{i}^{(2)} \, \sigma'\left(z_{j}^{(1)}\right)")
    assert verdict("neuron", "dC/dw = 2(a - y) ∂a/∂w").lines[0].latex == (
        r"\frac{\partial C}{\partial w} = 2 \, \left(a - y\right) \, \frac{\partial a}{\partial w}")


def test_each_mistake_says_where_it_is_explained():
    for row in TABLE.values():
        assert (ROOT / "notebooks" / f"{row.notebook}.ipynb").exists()
        assert row.sentence.endswith((".", "?")) and row.name[0].islower()


def test_the_example_of_the_readme():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    text, number, name = re.search(r'check_derivation\(network, """(.*?)"""\).*?# line (\d): ([^\n]*)', readme, re.S).groups()
    network = bp.dense([64, 30, 10], ["sigmoid", "softmax"], "negative log-likelihood")
    result = bp.check_derivation(network, text)
    assert (result.first_wrong, result.mistakes) == (int(number), (name,))


# any text

def test_hostile_texts_get_a_verdict():
    random.seed(0)
    assert len(list(hostile_lines.tried(250, seed=5))) == 250


def test_names_may_not_stand_for_names_without_end():
    verdicts = found("neuron", "u := 2\n" + "u := u + 1\n" * 60 + "∂C/∂b = u")
    assert verdicts[:20] == ["follows"] * 20 and verdicts[30] == "cannot be read"


def test_nothing_is_evaluated():
    for text in ("∂C/∂w = __import__('os').system('false')", "u := exec('1')", "= lambda: 0"):
        assert set(found("neuron", text)) <= {"cannot be read", "remark", "does not follow", "cannot be decided"}


def test_a_formula_that_is_equal_to_nothing_is_no_step():
    told = bp.check_derivation(bp.neuron("sigmoid"), "∂C/∂w = 2(a-y) g'(z) x\n(a-y) x")
    assert [line.verdict for line in told.lines] == ["follows", "remark"] and "of nothing that it is equal" in told.lines[1].message
    begun = bp.check_derivation(bp.neuron("sigmoid"), "∂C/∂w\n= 2(a-y) g'(z) x")
    assert [(line.verdict, line.message) for line in begun.lines] == [("remark", ""), ("follows", "")] and begun.arrives


def test_a_model_that_has_grown_is_judged_as_it_is():
    m = bp.model("s:N", given="x[s] y[s]")
    m.write("z[s] = w*x[s]\nC = sum(z[s]**2, s)")
    assert bp.check_derivation(m, "∂C/∂z_s = 2 z_s").right
    grown = bp.model("s:N", given="x[s] y[s]")
    grown.write("z[s] = w*x[s]\nA = sum(z[s]**2, s)")
    assert bp.check_derivation(grown, "∂A/∂z_s = 2 z_s").right
    grown.write("C = A**2")
    assert bp.check_derivation(grown, "∂C/∂z_s = 4 A z_s").right
