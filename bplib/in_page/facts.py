"""What a page knows of an exercise: names, test points, and what the right answer and each known mistake give there."""
import json
from base64 import b64encode

import numpy as np

from ..coursework.exercises import Exercise
from ..coursework.feedback import factor_of_right
from ..coursework.matching import reference
from ..coursework.mistakes import TABLE
from .script import names_of

JUDGED = ("formula", "number")
"""Kinds of exercise that a page judges."""


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


def facts(row: Exercise) -> dict:
    """An exercise with a formula or a number as its answer, as JSON can hold it.

    kind, axes, letters   what is asked for, and its indices
    names, silent, functions, meanings, free    see `script.names_of`
    points        at each test point the arrays that a formula may name, and how far letters run
    right         the numbers of the right values in `values`, one for each point
    single, double  wrong answers that are known: the numbers of their mistakes in `mistakes`, then as `right`
    values, numbers   arrays: each its shape and its place in all numbers, which are packed as bytes
    enters        array → by which factor the right answer changes when it is doubled
    layered       arrays of layers that may have any width, where no single unit is asked for
    called        array → its name in the exercise, where it has another one
    """
    known, numbers, pool, mistakes = reference(row), Numbers(), {}, {}

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
    return {"id": row.id, "kind": row.kind, "tolerance": known.equal, "nearly": known.nearly, "right": right,
            "single": candidates(known.single), "double": candidates(known.double),
            **(_of_formula(row, numbers) if row.kind == "formula" else OF_NUMBER),
            "mistakes": [{"name": name, "sentence": TABLE[name].sentence, "notebook": TABLE[name].notebook}
                         for name in mistakes],
            "values": [place for _, place in pool.values()], "numbers": numbers.packed()}


OF_NUMBER: dict = {"points": [], "axes": [], "letters": [], "enters": {}, "layered": [], "called": {}}


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
    return json.dumps(facts(row), ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
