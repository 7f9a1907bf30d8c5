"""What the library says in words: rules, sentences of steps, mistakes, hints, verdicts, translations, reasons.

Two layers.  `sentences.json` holds every one of them, so that a change of any is seen by a person.  To write it anew,

    python tests/test_sentences.py

then read the difference before you keep it.  The other tests ask whether a sentence means what it stands for.
"""
import json
import sys
from functools import cache
from pathlib import Path

import nbformat
import pytest
from networks_to_test import derivation_of

from bplib import coursework, languages, rosetta
from bplib.coursework.mistakes import TABLE as MISTAKES
from bplib.coursework.pages import FORMS
from bplib.languages.persian_texts import TEXTS
from bplib.steps import RULES

HERE = Path(__file__).resolve().parent
STORED = HERE / "sentences.json"
NOTEBOOKS = HERE.parent / "notebooks"
EXERCISES = coursework.EXERCISES

TOLD = {
    "nothing yet": ("1.1", ""), "not read": ("1.1", "2(a-y"), "no text": ("1.1", 3), "no number": ("1.4", "a"),
    "not finite": ("1.4", float("inf")), "no option": ("4.4", 4), "no function": ("4.1", "2"), "right": ("1.4", 0.25),
    "one mistake": ("1.1", "(a-y)g'(z)x"), "two mistakes": ("1.1", "(a-y)x"), "unknown": ("1.1", "3(a-y)g'(z)x"),
    "another shape of curve": ("1.1", "x^2"), "zero where it should be": ("5.3", "[z1_j > 0]"), "rounded": (
        "1.1", "2.0000001(a-y)g'(z)x"), "nowhere finite": ("1.1", "2(a-y)g'(z)x log(-1)/log(-1)"),
    "free index": ("3.2", "1/N sum_s δ_j x_p"), "free sample": ("3.2", "δ_j x_k/N"),
    "single units": ("3.1", "g'(z_j) (w_1j δ_1 + w_2j δ_2)"),
    "enters right": ("3.1", "g'(z_j) sum_k w_kj δ_k^2"), "two that look the same": ("5.3", "sum_k w_kj δ_k"),

    "wrong number": ("1.4", 7.25), "one digit": ("1.4", 7), "known number": ("1.4", "0.5"), "option with a mistake": ("4.4", "B"),
    "option without": ("4.4", "C"),
}
"""What is said → an answer to which it is said."""


def said_of_steps():
    names = ("any activation", "softmax and cross entropy", "sigmoid and cross entropy", "softmax and squares",
             "graph with a triangle")
    return {name: [f"{step.left} | {step.rule} | {step.sentence}" for step in derivation_of(name).steps] for name in names}


def said_of_exercises():
    return {row.id: [row.title, row.notebook, row.points, row.text, *row.hints] for row in EXERCISES.values()}


def options():
    return {row.id: {option: mistake for option, (_, mistake) in row.options.items()}
            for row in EXERCISES.values() if row.kind == "choice"}


SPOKEN = {
    "rules": lambda: RULES,
    "mistakes": lambda: {row.name: [row.sentence, row.notebook, row.credit, *row.kinds] for row in MISTAKES.values()},
    "exercises": said_of_exercises,
    "options": options,
    "questions": lambda: {id: coursework.question(id).markdown for id in ("1.4", "1.6", "4.3")} | {"formulas": FORMS},
    "verdicts": lambda: {what: repr(coursework.check(*answer)) for what, answer in TOLD.items()} | {
        "took too long": repr(coursework.timed_out("4.1", 10))},
    "reasons": lambda: {name: field.why for name, field in rosetta.FIELDS.items()},
    "persian": lambda: languages.TABLE["fa"].sentences,
    "persian texts": lambda: TEXTS,
    "steps": said_of_steps,
}
"""Everything that is said in words, as it is stored."""


@pytest.mark.parametrize("part", SPOKEN)
def test_sentences_are_those_that_somebody_has_read(part):
    """Where this fails after a change on purpose: see the first lines of this file."""
    stored = json.loads(STORED.read_text(encoding="utf-8"))
    assert stored.keys() == SPOKEN.keys()
    assert json.loads(json.dumps(SPOKEN[part]())) == stored[part]


# mistakes and where they lead

TREATED_BY = {
    "the 2 of the square is lost": "Where does the 2 come from? From the square.",
    "a 2 that the ½ has cancelled": "Some books put ½ in front of the cost, and it cancels:",
    "the square of the cost is lost": "the **loss** is the squared difference",
    "the slope of the output is lost": "twice the error, times the slope, times the input",
    "one slope too many": "Some code multiplies δ by a(1 − a), and so differentiates softmax a second time.",
    "the slope is taken at a instead of z": "written with the output *a* that the forward pass already has.",
    "the slope by value is written with z": "written with the output *a* that the forward pass already has.",
    "softmax treated unit by unit": "A common mistake keeps the diagonal alone",
    "the slope of the hidden layer is lost": "and of its own slope.",
    "the weights are not turned round going back": "Is there a transpose?",
    "the outer product is the wrong way round": "The result has to have *j* first, then *k*.",
    "one path only": "What happens if a path is forgotten?",
    "the sign is turned": "And why *a − y* and not *y − a*?",
    "uphill instead of downhill": "Why is there a minus?",
    "the weights above are already updated": "changes the output weights before it uses them",
    "weights and biases are averaged differently": "so the gradients are averaged as well",
    "the samples are not added up": "`delta1.T @ X` is the sum of the outer products of all samples.",
    "the bias gradient carries an input": "*z* moves exactly as fast as *b*",
    "summed over the wrong axis": "so it stays a sum, along the axis of the samples",
    "the biases are never updated": "Each number moves against its derivative",
    "divided by the number of samples once too often": "so its gradient lacks a division by *m*",
    "not divided by the number of samples": "And nothing divides by the number of samples.",
    "the activation of the wrong layer": "*k* a unit of the layer before",
    "the slope of ReLU is read from its output": "ReLU passes on everything or nothing.",
    "negative gradients are set to zero": "A ReLU that is below 0 for every sample has slope 0 for every sample.",
    "weight decay on a bias": "two that pay for large weights",
    "weight decay counted twice": "half of λ times the sum of their squares being added to the cost",
    "the learning rate is part of the gradient": "*new weight = old weight − learning rate × gradient*",
    "arrays that broadcast by accident": "A trap without an error message",
    "the cost is taken for convex": "**The cost of a network is not convex.**",
    "a saturated unit is taken for one without gradient": "Its slope is tiny there",
    "the step to the bottom, not the largest": "Half of it is the best: one step, and you are there.",
    "the slope of another activation": "how large is the slope of an activation?",
    "the value of the activation in place of its slope": "We call it the **slope** of *g* at *z*.",
    "the paths are multiplied": "Along a path multiply, over the paths add:",
    "the weight is lost": "weighted by the connections",
    "the input of the weight is lost": "As much as the input says.",
    "the weight in place of its input": "It multiplies its input *x* by a **weight** *w*",
    "only the derivative with respect to the output": "**How much does *a* change when *z* moves?**",
    "the output in place of its error term": "*twice the error, times the slope, times the input*",
    "the penalty is lost": "With a penalty, the gradient has one more term.",
    "the 2 of the penalty is lost": "half of λ times the sum of their squares being added to the cost",
    "the gradient in place of the new parameter": "Where does a step lead from *w*?",
    "a path is forgotten": "What happens if a path is forgotten?",
    "a weight is lost on the way": "Along a path multiply, over the paths add:",
    "the units are multiplied": "Along a path multiply, over the paths add:",
    "a factor 2 too many": "Where does the 2 come from? From the square.",
    "the power is wrong": "Where does the 2 come from? From the square.",
    "half of the error is lost": "the **loss** is the squared difference",
    "the derivative of the squared error": "Softmax with squared error has no such luck.",
    "the error term where ∂C/∂a is asked": "and of its own slope.",
    "an input too many": "twice the error, times the slope, times the input",
    "the bias gradient carries the bias": "*z* moves exactly as fast as *b*",
    "the error term is lost": "weighted by the connections",
    "a sum too many": "*j* is a unit of this layer",
    "the samples are added up": "The cost of a batch is the mean of the costs of its samples.",
    "brackets are missing": "With its own slope, *c* has an error term too",
    "a sign is turned": "And why *a − y* and not *y − a*?",
    "an index is wrong": "*k* a unit of the layer before",
    "a quantity of the wrong layer": "*k* a unit of the layer before",
    "the bracket [i = j] is lost": "1 where it holds and 0 elsewhere",
    "the penalty is differentiated wrongly": "half of λ times the sum of their squares being added to the cost",
    "the quantity in place of its derivative": "**How much does *a* change when *z* moves?**",
    "a constant is kept": "It multiplies its input *x* by a **weight** *w* and adds a **bias** *b*",
    "later steps are in it": "For our neuron the path has three parts",
    "factors are added": "Along a path multiply, over the paths add:",
    "a factor is lost": "twice the error, times the slope, times the input",
}
"""Mistake → a sentence of the notebook that its verdict sends the learner to."""

PROGRAMMING = {"gradients kept from the call before": "4.2", "the inputs are overwritten": "4.1"}
"""Mistakes of programs that no notebook makes a topic of → an exercise in which they are made, for its notebook."""


@cache
def prose(notebook):
    cells = nbformat.read(NOTEBOOKS / f"{notebook}.ipynb", as_version=4).cells
    return " ".join(" ".join(cell.source for cell in cells if cell.cell_type == "markdown").split())


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_leads_to_a_notebook_that_treats_it(mistake):
    row = MISTAKES[mistake]
    if mistake in PROGRAMMING:
        assert row.notebook == EXERCISES[PROGRAMMING[mistake]].notebook
    else:
        assert TREATED_BY[mistake] in prose(row.notebook)


@pytest.mark.parametrize("text", [row.sentence for row in MISTAKES.values()]
                         + [text for row in EXERCISES.values() for text in (row.text, *row.hints)])
def test_notebooks_that_a_text_mentions_exist(text):
    for word in text.replace(".", " ").replace(",", " ").split():
        if word[:2].isdigit() and word[2:3] == "-":
            assert (NOTEBOOKS / f"{word}.ipynb").exists(), word


MEANT_BY_MISTAKE = {
    "the 2 of the square is lost": "square brings a factor", "a 2 that the ½ has cancelled": "This cost has ½",
    "the square of the cost is lost": "Without the square", "the slope of the output is lost": "output unit",
    "one slope too many": "fit each other", "the slope is taken at a instead of z": "belongs to its input z",
    "the slope by value is written with z": "short form", "softmax treated unit by unit": "Softmax",
    "the slope of the hidden layer is lost": "hidden unit passes its activation",
    "the weights are not turned round going back": "transposed",
    "the outer product is the wrong way round": "shape of its weights", "one path only": "several paths",
    "the sign is turned": "which sign",
    "uphill instead of downhill": "where the cost grows", "the weights above are already updated": "the same point",
    "weights and biases are averaged differently": "weights and biases alike",
    "the samples are not added up": "Every sample", "the bias gradient carries an input": "multiplied by nothing",
    "summed over the wrong axis": "gradient of a bias keeps", "the biases are never updated": "moves every parameter",
    "divided by the number of samples once too often": "Count how often",
    "not divided by the number of samples": "is the mean over", "the activation of the wrong layer": "the layer before",
    "the slope of ReLU is read from its output": "≥ 0", "negative gradients are set to zero": "stops a gradient",
    "weight decay on a bias": "biases do not stand in it", "weight decay counted twice": "penalty has a square",
    "the learning rate is part of the gradient": "learning rate", "arrays that broadcast by accident": "minus a column",
    "gradients kept from the call before": "Called twice", "the inputs are overwritten": "arrays of your own",
    "the cost is taken for convex": "equally good settings",
    "a saturated unit is taken for one without gradient": "tiny",
    "the step to the bottom, not the largest": "jump over the valley",
    "the slope of another activation": "has a slope of its own", "the paths are multiplied": "Along a path",
    "the value of the activation in place of its slope": "not by the value g(z)",
    "the weight is lost": "passes through the weight", "the input of the weight is lost": "still to come",
    "the weight in place of its input": "by what is the weight",
    "only the derivative with respect to the output": "From a back to z", "the penalty is lost": "two parts",
    "the output in place of its error term": "what the unit says", "the 2 of the penalty is lost": "brings a 2 down",
    "the gradient in place of the new parameter": "where the step leads",
    "a path is forgotten": "Count the paths", "a weight is lost on the way": "between its two units",
    "the units are multiplied": "on a path of its own", "a factor 2 too many": "Where does a 2", "the power is wrong": "exponent one lower",
    "half of the error is lost": "between output and target", "the derivative of the squared error": "another cost",
    "the error term where ∂C/∂a is asked": "with respect to a, the output", "an input too many": "the unit itself",
    "the bias gradient carries the bias": "a factor b", "the error term is lost": "the last step alone",
    "a sum too many": "nothing to add up", "the samples are added up": "nothing is added up over the batch",
    "brackets are missing": "in front belongs", "a sign is turned": "One of the terms", "an index is wrong": "at the wrong unit",
    "a quantity of the wrong layer": "the layer is not", "the bracket [i = j] is lost": "i ≠ j",
    "the penalty is differentiated wrongly": "a square of each weight", "the quantity in place of its derivative": "how fast it changes",
    "a constant is kept": "derivative 0", "later steps are in it": "chain rule", "a factor is lost": "One of its factors", "factors are added": "on one way to the cost",
}
"""Mistake → words that its sentence has and no other."""


def test_each_mistake_is_explained_by_its_own_sentence():
    assert MEANT_BY_MISTAKE.keys() == MISTAKES.keys()
    for name, words in MEANT_BY_MISTAKE.items():
        assert [other for other, row in MISTAKES.items() if words in row.sentence] == [name]


def test_what_is_left_of_the_points_for_a_mistake():
    """A factor that was lost costs less than a rule that was not understood, and a wrong choice earns nothing."""
    assert coursework.check("1.1", "(a-y)g'(z)x").score == 0.7
    assert coursework.check("1.1", "2(a-y)x").score == 0.5
    assert coursework.check("1.1", "(a-y)x").score == 0.35
    assert coursework.check("1.5", "1/N Σ_s (a-y)").score == 0.4
    assert coursework.check("5.1", "A").score == 0.0
    factors = [row.credit for row in MISTAKES.values() if any(
        word in row.name for word in ("2 ", "divided", "decay", "averaged", "learning rate"))]
    rules = [MISTAKES[name].credit for name in ("one path only", "softmax treated unit by unit", "the slope of the "
                                                "hidden layer is lost", "the square of the cost is lost")]
    assert len(factors) == 10 and set(factors) == {0.7} and max(rules) <= 0.5


if __name__ == "__main__":
    now = {part: said() for part, said in SPOKEN.items()}
    STORED.write_text(json.dumps(now, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"{STORED}: read the difference before you keep it", file=sys.stderr)
