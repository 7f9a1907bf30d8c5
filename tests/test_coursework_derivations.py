"""Exercises in which something is derived: what is judged, what it earns, and that nothing of the answer is told."""
import json
import re
from functools import cache
from html import unescape
from pathlib import Path

import nbformat
import pytest

from bplib.coursework import EXERCISES, MISTAKES, NotRight, check, derivations, hand_in, hint, question
from bplib.coursework.exercises import Derivation
from bplib.errors import InputError
from bplib.grading import marking
from bplib.grading.marking import Settings, Task, marked
from bplib.grading.report import file_name, write
from bplib.lines import deadline
from bplib.lines.check import examined
from bplib.lines.repairs.table import TABLE
from bplib.lines.steps import steps_of

SOLUTIONS = Path(__file__).resolve().parent.parent / "notebooks" / "coursework" / "solutions"
SHEET = SOLUTIONS / "sheet-6-derivations.ipynb"
ROWS = [row for row in EXERCISES.values() if isinstance(row, Derivation)]
each_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)


@cache
def solution(id):
    """The derivation in the sheet."""
    cells = {one.id: one.source for one in nbformat.read(SHEET, as_version=4).cells}
    return re.search(r'### BEGIN SOLUTION\n\w+ = """\n(.*?)\n"""', cells["answer-" + id.replace(".", "-")], re.S)[1]


def changed(id, old, new):
    text = solution(id)
    assert text.count(old) >= 1, (old, text)
    return text.replace(old, new)


# model solutions, and slips in them

@each_row
def test_a_model_solution_is_right(row):
    verdict = check(row.id, solution(row.id))
    assert (verdict.outcome, verdict.score, verdict.mistakes) == ("right", 1.0, ())


SLIPS = {
    "6.1": ("(a − y)/", "(y − a)/", "the sign is turned", 2),
    "6.2": ("Σ_i ∂C/∂a_i · ∂a_i/∂z_j", "∂C/∂a_j · ∂a_j/∂z_j", "softmax treated unit by unit", 1),
    "6.3": ("(1 − a2²)", "a2", "the activation stands where its slope belongs", 2),
    "6.4": ("w2_ij σ'(z1_j)\n", "w2_ji σ'(z1_j)\n", "the weights are not turned round going back", 4),
    "6.5": ("1/N Σ_s 2", "Σ_s 2", "not divided by the number of samples", 3),
    "6.6": ("a1_sk + λ W2_jk", "a1_sk", "the penalty is forgotten", 2),
    "6.7": ("(w_ho + w_mo (1 − a_m²) w_hm)\n", "w_mo (1 − a_m²) w_hm\n", "one path only", 2),
    "6.8": ("(h_s + w h_s (1 − h_s) x_s)", "w h_s (1 − h_s) x_s", "one path only", 3),
    "6.9": ("x_{p+q}", "x_{p−q}", "an index is shifted", 3),
    "6.10": ("(1 − h_tj²)", "h_tj", "the activation stands where its slope belongs", 3),
    "6.11": ("(o_te − y_te)", "(y_te − o_te)", "the sign is turned", 2),
    "6.12": ("− mean(∂C/∂u_k, k)", "", "one path only", 4),
}


@each_row
def test_a_slip_is_found_in_its_line_and_named(row):
    old, new, mistake, number = SLIPS[row.id]
    verdict = check(row.id, changed(row.id, old, new))
    assert verdict.outcome == "wrong" and 0 < verdict.score < 1
    assert f"Line {number} is the first that does not follow." in verdict.feedback
    assert mistake in verdict.mistakes and TABLE[mistake].sentence in verdict.feedback


# what it earns: the share of the steps that follow, at most half where it does not arrive

@pytest.mark.parametrize("text, share", [
    ("∂C/∂z = ∂C/∂a · ∂a/∂z", 0.5),                                        # one of two steps
    ("∂C/∂z = a − y", 0.5),                                                # the result alone
    ("∂C/∂z = a − 2y", 0.0),
    ("∂C/∂z = ∂C/∂z\n= 2 ∂C/∂z/2\n= a − 2y", 0.0),                         # what holds for any numbers is no step
    ("∂C/∂z = ∂C/∂z\n= ∂C/∂z", 0.0),
    ("z = wx + b\na = σ(z)", 0.0),                                         # what the question says
    ("C = −y ln a − (1 − y) ln(1 − a)\n∂C/∂z = a − y", 0.5),
    ("C = −y ln σ(z) − (1 − y) ln(1 − σ(z))\n∂C/∂z = a − y", 1.0),        # a step: one equation in the other
    ("∂z/∂z = 1\n∂C/∂z = a − y", 0.5),                                     # no knowledge
    ("∂b/∂w = 0\n∂C/∂z = a − y", 0.5),
    ("∂y/∂z = 0\n∂C/∂z = a − y", 0.5),
    ("u := b\n∂u/∂w = 0\n∂C/∂z = a − y", 0.5),
    ("u := z\n∂u/∂z = 1\n∂C/∂z = a − y", 0.5),
    ("∂C/∂z = a − y\n= −(y − a)\n∂C/∂z = (2a − 2y)/2", 0.5),               # the answer, again and again
    ("∂C/∂z = a − y\n2 ∂C/∂z = 2a − 2y", 0.5),
    ("∂C/∂z = a − y\nδ = a − y", 0.5),
    ("∂C/∂z = a − y\n∂C/∂w = ∂C/∂z · x", 0.5),                             # leads past it
    ("∂C/∂z = ∂/∂z(−y ln a − (1 − y) ln(1 − a))\n= a − y", 1.0),          # worked out from the loss itself
    ("∂C/∂z = ∂C/∂a · ∂a/∂z\n∂C/∂z = ∂C/∂a · ∂a/∂z\n∂C/∂z = ∂C/∂a · ∂a/∂z", 0.5),  # said again
    ("∂C/∂z = ∂C/∂a · ∂a/∂z\n∂a/∂z = a(1 − a)\n∂C/∂a = (a − y)/(a(1 − a))", 1.0),  # put together from its parts
    ("∂C/∂z = ∂C/∂a · ∂a/∂z\n∂a/∂z = a(1 − a)\n∂C/∂w = ∂C/∂z · x", 0.5),   # never arrives, however many steps
    ("∂C/∂b = ∂C/∂a · ∂a/∂z\n= a − y", 0.0),                               # about something else, which leads nowhere
    ("∂C/∂z = ∂C/∂a · ∂a/∂z\n= ∂C/∂a · a\n= (a − y)/(a(1 − a)) · a", 2 / 3),   # right from there: one slip of three
    ("∂C/∂z = ∂C/∂a · ∂a/∂z\n= δ\n", 0.5),                                 # a name for what is asked is no answer
    ("u := ∂C/∂z\n∂C/∂z = ∂C/∂a · ∂a/∂z\n∂a/∂z = a(1 − a)\n∂C/∂z = u", 0.5),
])
def test_shares_of_the_points(text, share):
    assert check("6.1", text).score == pytest.approx(share, abs=1e-6)


@pytest.mark.parametrize("id, text", [
    ("6.2", "C = −Σ_i y_i ln a_i\nln a_i = z_i − ln Σ_k e^{z_k}\nC = −Σ_i y_i z_i + ln Σ_k e^{z_k}\n"
            "∂C/∂z_j = −y_j + e^{z_j}/Σ_k e^{z_k}\n= a_j − y_j"),
    ("6.3", "∂C/∂w_1 = ∂C/∂a_3 ∂a_3/∂z_3 ∂z_3/∂a_2 ∂a_2/∂z_2 ∂z_2/∂a_1 ∂a_1/∂z_1 ∂z_1/∂w_1\n"
            "= (a_3 − y)(1−a_3²) w_3 (1−a_2²) w_2 (1−a_1²) x"),
    ("6.5", "∂C/∂W_jk = ∂/∂W_jk (1/N Σ_s Σ_i (a_si − y_si)²)\n= 1/N Σ_s 2(a_sj − y_sj) ∂a_sj/∂W_jk\n"
            "= 1/N Σ_s 2(a_sj − y_sj)(1−a_sj²) x_sk"),
    ("6.8", "∂C/∂w = Σ_s (o_s−y_s) ∂o_s/∂w\n= Σ_s (o_s−y_s)(h_s + w h_s(1−h_s) x_s)"),
    ("6.9", "∂C/∂w_q = Σ_p ∂C/∂z_p ∂z_p/∂w_q\n= Σ_p 2(a_p−y_p)a_p(1−a_p) x_{p+q}")])
def test_other_ways_to_derive_it_are_right_too(id, text):
    assert (check(id, text).score, check(id, text).outcome) == (1, "right")


def test_the_same_with_indices_and_without_is_no_step():
    alone = "∂C/∂z1_j = a1_j − y_j"
    assert check("6.2", "δ1 = δ1_j\n" + alone).score == check("6.2", alone).score < 1


@pytest.mark.parametrize("last", ["∂C/∂z_{t+1-1,j}", "δ_{t+1-1,j}", "∂C/∂z_{t-1+1,j} + 0"])
def test_an_index_that_is_t_again_is_not_another_step_in_time(last):
    text = "δ_tj := ∂C/∂z_tj\n∂C/∂h_tj = 2(h_tj − y_tj) + Σ_k U_kj δ_{t+1,k}\nδ_tj = ∂C/∂h_tj · ∂h_tj/∂z_tj\n= "
    assert check("6.10", text + last).score == 0.5


@pytest.mark.parametrize("text, begins", [
    ("∂C/∂z = a − y", "**Too few steps:** 1 step follows, and at least 2 are asked for. Every line is right. It "
                      "arrives at ∂C/∂z. Write down what lies between. This earns 1.5 of 3 points."),
    ("∂C/∂z = a − 2y", "Line 1 is the first that does not follow. No step follows, and at least 2 are asked for. "
                       "This earns 0 of 3 points."),
    ("∂C/∂z = ∂C/∂a · ∂a/∂z\n∂a/∂z = a(1 − a)\n∂C/∂w = ∂C/∂z · x", "Every line is right, and "),
])
def test_too_few_steps_are_told_first(text, begins):
    """And what the lines earn, before they are gone through."""
    told = check("6.1", text).feedback
    assert told.startswith(begins) and told.index("of 3 points.") < told.index("line 1:")
    assert ("Too few" in told) == (text == "∂C/∂z = a − y")


def test_a_line_that_cannot_be_read_costs_its_share():
    verdict = check("6.1", solution("6.1") + "\n∂C/∂w = foo · x")
    assert (verdict.outcome, round(verdict.score, 3)) == ("invalid", 0.667) and "foo" in verdict.feedback
    assert hand_in("6.1", solution("6.1") + "\n∂C/∂w = foo · x") == pytest.approx(2, abs=1e-5)


def test_a_line_whose_indices_do_not_fit_costs_itself_alone():
    verdict = check("6.4", changed("6.4", "w2_ij σ'(z1_j)\n", "w2_ji σ'(z1_j)\n"))
    assert "✓ line 5" in verdict.feedback and verdict.score == 0.8


def test_what_is_given_has_not_to_be_worked_out_and_nothing_else():
    assert check("6.6", solution("6.6")).right
    assert check("6.4", "δ1_j = ∂C/∂z1_j\n∂C/∂z1_j = Σ_i ∂C/∂z2_i ∂z2_i/∂z1_j\n= Σ_i δ2_i w2_ij σ'(z1_j)\n"
                        "δ1_j = Σ_i ∂C/∂a2_i ∂a2_i/∂z2_i ∂z2_i/∂z1_j").score == 0.5  # δ2 is left


def test_a_batch_is_asked_for_where_a_batch_is_meant():
    """∂C/∂W of one sample is right where a text speaks of one, and the question speaks of N."""
    one = "∂C/∂W1_jk = ∂C/∂a1_j ∂a1_j/∂z1_j ∂z1_j/∂W1_jk\n= 2(a1_j − y_j) ∂a1_j/∂z1_j x_k\n= 2(a1_j − y_j)(1 − a1_j²) x_k"
    row = EXERCISES["6.5"]
    assert examined(row.network, one, "W1").verdict.right
    assert not check("6.5", one).right and check("6.5", one).score <= 0.5


def test_delta_of_the_next_step_is_known_and_that_of_this_one_is_not():
    known = "δ_tj := ∂C/∂z_tj\n∂C/∂h_tj = 2(h_tj − y_tj) + Σ_k U_kj δ_{t+1,k}\nδ_tj = ∂C/∂h_tj · ∂h_tj/∂z_tj\n"
    assert check("6.10", known + "= (2(h_tj − y_tj) + Σ_k U_kj δ_{t+1,k}) (1 − h_tj²)").right
    assert not check("6.10", known + "= δ_tj").right


def test_steps_are_counted_with_matrices_too():
    row = EXERCISES["6.4"]
    found = examined(row.network, "δ2 = (a2 − y) ⊙ σ'(z2)\nδ1 = W2ᵀ δ2 ⊙ σ'(z1)\nδ1 = W2ᵀ δ2 ⊙ σ'(z1) · 1\nδ1 = W2 δ2", "z1")
    assert steps_of(found.found) == (2, 1)  # what is said again, times 1, is the same step


# answers that are none

@pytest.mark.parametrize("answer, outcome", [("", "missing"), (None, "missing"), (7, "invalid"), (print, "invalid"),
                                             ("% nothing", "invalid"), ("x" * 30_000, "invalid")])
def test_what_is_no_derivation(answer, outcome):
    assert (check("6.1", answer).outcome, check("6.1", answer).score) == (outcome, 0.0)


def test_judging_ends_in_time(monkeypatch):
    monkeypatch.setattr(derivations, "SECONDS", -1)
    verdict = check("6.1", solution("6.1"))
    assert (verdict.outcome, verdict.score) == ("time-out", 0.0)
    monkeypatch.undo()
    assert check("6.1", solution("6.1")).right and deadline.END.get() is None


# nbgrader: what is right in part earns its points there too

def test_points_of_a_cell_that_is_graded(capsys):
    assert hand_in("6.1", solution("6.1")).right
    assert hand_in("6.1", "∂C/∂z = ∂C/∂a · ∂a/∂z") == 1.5
    assert "still contains ∂C/∂a" in capsys.readouterr().out
    with pytest.raises(NotRight):
        hand_in("6.1", "∂C/∂z = a − 2y")


# nothing is told

def pieces(text):
    """Runs of up to nine words that could be the right side of a formula."""
    words = text.split()
    for start in range(len(words)):
        for end in range(start + 1, min(start + 9, len(words)) + 1):
            piece = " ".join(words[start:end]).strip(".,:;`")
            if re.search(r"[a-zA-Zδσ]_?\w*\s*[-−+·*(]|[-−+·*]", piece):
                yield piece


def gives_away(row, text):
    left = solution(row.id).split("\n")[-1].split("=")[0].strip() or solution(row.id).split("=")[0].strip()
    for piece in pieces(text):
        try:
            if examined(row.network, f"{left} = {piece}", row.of, given=row.given, batch=row.batch).verdict.right:
                return piece
        except InputError:
            pass
    return ""


@each_row
def test_no_hint_and_no_feedback_gives_the_answer_away(row):
    old, new, mistake, _ = SLIPS[row.id]
    told = check(row.id, changed(row.id, old, new)).feedback
    own = re.sub(r"`[^`]*`", "", told)  # her own lines are quoted
    for text in (row.text, *row.hints, own, str(question(row.id)).split("The equations:")[0]):
        assert not gives_away(row, text), gives_away(row, text)


def test_an_answer_would_be_found():
    assert gives_away(EXERCISES["6.1"], "What remains is a − y in the end.") == "a − y"
    assert gives_away(EXERCISES["6.11"], "Take Σ_t a_tu (o_te − y_te) for it.")


@each_row
def test_a_question_says_how_it_is_graded(row):
    page = str(question(row.id))
    assert derivations.RULE in page and f"At least {row.steps} steps" in page and row.network.latex() in page
    assert str(hint(row.id, 1)) == row.hints[0]


def test_markup_of_the_learner_is_quoted():
    told = check("6.1", "∂C/∂z = `x` <script>alert(1)</script>").feedback
    assert re.search(r"`[^`]*<script>[^`]*`", told)


# in `grade`: read from the text, not run; judged where no submission runs

def handed_in(answer, id="6.1"):
    name = f"answer_{id.replace('.', '_')}"
    cells = [f"{name} = {answer}", f'check("{id}", {name})']
    return json.dumps({"cells": [{"cell_type": "code", "source": source} for source in cells]}).encode()


def row_of(answer, student="Ada"):
    rows = {row.exercise: row for row in marked(Task(student, "a.ipynb", handed_in(answer)), Settings())}
    assert len(rows) == len(ROWS) and {row.outcome for id, row in rows.items() if id != "6.1"} == {"missing"}
    return rows["6.1"]


def test_a_derivation_is_graded_without_running_anything(monkeypatch):
    monkeypatch.setattr(marking, "ran", lambda *given: pytest.fail("something was run"))
    row = row_of(f'"""\n{solution("6.1")}\n"""')
    assert (row.outcome, row.points, row.of) == ("right", 3, 3) and row.answer.strip() == solution("6.1").strip()
    row = row_of('"∂C/∂z = ∂C/∂a · ∂a/∂z"')
    assert (row.outcome, row.points) == ("wrong", 1.5) and "still contains" in row.feedback
    long = row_of(repr("∂C/∂z = a − y\n" * 3000))
    assert (long.outcome, long.points) == ("invalid", 0) and "up to 20,000 are read" in long.feedback


def test_a_derivation_that_is_computed_is_judged_as_one_that_is_written():
    row = row_of('"\\n".join(["∂C/∂z = ∂C/∂a · ∂a/∂z", "= a − y"])')
    assert (row.outcome, row.points) == ("right", 3)


@pytest.mark.parametrize("id, mistake", [("6.1", "the sign is turned"), ("6.6", "the penalty is forgotten")])
def test_pages_of_a_class_show_lines_and_the_sentences_of_their_mistakes(tmp_path, id, mistake):
    """Those of an exercise in formulas, where a mistake is known there too."""
    old, new, _, _ = SLIPS[id]
    rows = [one for student, text in (("Ada", solution(id)), ("Bea", changed(id, old, new)))
            for one in marked(Task(student, "a.ipynb", handed_in(f'"""\n{text}\n"""', id)), Settings())]
    write(rows, tmp_path)
    page = unescape((tmp_path / "answers" / f"{file_name(mistake)}.html").read_text(encoding="utf-8"))
    assert {**TABLE, **MISTAKES}[mistake].sentence in page and new in page
    told = unescape((tmp_path / "feedback" / f"{file_name('Bea')}.html").read_text(encoding="utf-8"))
    assert "Line 2 is the first that does not follow." in told
    assert mistake in (tmp_path / "overview.html").read_text(encoding="utf-8")
