"""What a page knows of an exercise: names, test points, and what the right answer and each known mistake give there."""
import json
from base64 import b64encode
from collections.abc import Callable

import numpy as np

from ..coursework.checking import check
from ..coursework.exercises import Choice, Derived, Exercise
from ..coursework.feedback import factor_of_right
from ..coursework.matching import reference
from ..coursework.mistakes import TABLE
from ..coursework.reading import LETTERS
from .script import names_of

class Numbers:
    """Arrays one after another; `place` says where one stands: its shape, and the number of its first entry."""

    def __init__(self):
        self.arrays, self.length = [], 0

    def place(self, array):
        array = np.asarray(array, dtype="<f8")
        at, self.length = self.length, self.length + array.size
        self.arrays.append(array.ravel())
        return [list(array.shape), at]

    def packed(self):
        return b64encode(np.concatenate(self.arrays).tobytes()).decode()


def of_values(row: Derived) -> dict:
    """What there is to know of an exercise with a formula or a number as its answer.

    axes, letters   what is asked for, and its indices
    names, silent, functions, meanings, free    see `script.names_of`
    points        at each test point the arrays that a formula may name, and how far letters run
    right         the numbers of the right values in `values`, one for each point
    single, double  wrong answers that are known: the numbers of their mistakes in `mistakes`, then as `right`
    values, numbers   arrays: each its shape and its place in all numbers, which are packed as bytes
    enters        array → by which factor the right answer changes when it is doubled
    layered       arrays of layers that may have any width, where no single unit is asked for
    called        array → its name in the exercise, where it has another one
    """
    known, numbers = reference(row), Numbers()
    pool: dict = {}
    mistakes: dict[str, int] = {}

    def value(found):
        if found is None:
            return None
        array = found[row.ask].array
        key = array.shape, array.tobytes()
        return pool.setdefault(key, (len(pool), numbers.place(array)))[0]

    def candidates(some):
        found = [(tuple(mistakes.setdefault(name, len(mistakes)) for name in one.names), *map(value, known.values_of(one)))
                 for one in some if _can_be_met(known.values_of(one), row.ask)]
        return [[list(names), *values] for names, *values in dict.fromkeys(found)]

    right = [*map(value, known.right)]
    return {"tolerance": known.equal, "nearly": known.nearly, "right": right,
            "single": candidates(known.single), "double": candidates(known.double),
            **(_of_formula(row, numbers) if row.kind == "formula" else OF_NUMBER),
            "mistakes": [{"name": name, "sentence": TABLE[name].sentence, "notebook": TABLE[name].notebook}
                         for name in mistakes],
            "values": [place for _, place in pool.values()], "numbers": numbers.packed()}


OF_NUMBER: dict = {"points": [], "axes": [], "letters": [], "enters": {}, "layered": [], "called": {}}


def of_choice(row: Choice) -> dict:
    """What there is to know of a question with options: their texts, and the verdict on each."""
    verdicts = [check(row, letter) for letter, _ in zip(LETTERS, row.options)]
    return {"options": [option.strip("`") for option in row.options], "verdicts": [
        {"outcome": one.outcome, "mistakes": one.mistakes, "feedback": one.feedback} for one in verdicts]}


FACTS: dict[str, Callable[..., dict]] = {"formula": of_values, "number": of_values, "choice": of_choice}
"""Kinds of exercise that a page judges → exercise → what it has to know, as JSON can hold it."""


def _can_be_met(values, name):
    """Whether an answer can have these values: at the last point everything fits, and what is not finite equals nothing."""
    return values[-1] is not None and all(value is None or np.isfinite(value[name].array).all() for value in values)


def _of_formula(row, numbers):
    names = [*dict.fromkeys(name.array for name in (*row.vocabulary.names.values(), *row.vocabulary.silent.values()))]
    points = [point.as_typed for point in row.test_at]
    quantities = row.answers.quantities
    return {"axes": list(row.axes), "letters": row.letters(row.ask), **names_of(row.vocabulary),
            "points": [{"arrays": [[name, numbers.place(arrays[name].values), arrays[name].first] for name in names],
                        "ranges": point.ranges} for point, arrays in zip(row.test_at, points)],
            "enters": {name: factor_of_right(row, name) for name in names},
            "layered": [name for name in names if row.layered(name) and not row.entry],
            "called": {name: row.called(name) for name in quantities if row.called(name) != name}}


def packed(row: Exercise) -> str:
    """The facts as a JSON text that can stand within HTML."""
    return json.dumps({"id": row.id, "kind": row.kind, **FACTS[row.kind](row)}, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def place(row: Exercise) -> str:
    """HTML for a page: the place of a field, with the facts in it; where none can judge, a sentence that says so."""
    if row.kind not in FACTS:
        return f"<p>A {row.kind} is not judged in this page. Download the notebook, and check yours there.</p>"
    return (f'<div class="judged" data-exercise="{row.id}" data-kind="{row.kind}">'
            f'<script type="application/json">{packed(row)}</script>'
            "<p>Your answer is judged here, in the page, where its scripts may run.</p></div>")
