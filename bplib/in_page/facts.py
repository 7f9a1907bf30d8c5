"""What a page knows of an exercise: names, test points, and what the right answer and each known mistake give there."""
import json
from base64 import b64encode
from collections.abc import Callable

import numpy as np

from ..asking.verdict import WORDS
from ..coursework.checking import check, invalid, missing
from ..coursework.exercises import Choice, Derived, Exercise
from ..coursework.feedback import change_of_right, changes
from ..coursework.matching import reference
from ..coursework.mistakes import TABLE
from ..coursework.reading import LETTERS, unquoted
from ..languages import ENGLISH, Language
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
    single, rarer, double  wrong answers that are known: the numbers of their mistakes in `mistakes`, then as `right`
    values, numbers   arrays: each its shape and its place in all numbers, which are packed as bytes
    enters        array that the right answer depends on → by which factors that changes when the array is changed (see
                  `feedback.arrays_that_enter_right`)
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
            "single": candidates(known.single), "rarer": candidates(known.rarer), "double": candidates(known.double),
            **(_of_formula(row, numbers) if row.kind == "formula" else OF_NUMBER),
            "mistakes": [{"name": name, "sentence": TABLE[name].sentence, "notebook": TABLE[name].notebook}
                         for name in mistakes],
            "values": [place for _, place in pool.values()], "numbers": numbers.packed()}


OF_NUMBER: dict = {"points": [], "axes": [], "letters": [], "enters": {}, "layered": [], "called": {}}


def of_choice(row: Choice) -> dict:
    """What there is to know of a question with options: their texts, and the verdict on each."""
    verdicts = [check(row, letter) for letter, _ in zip(LETTERS, row.options)]
    return {"options": [unquoted(option) for option in row.options], "verdicts": [
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
            "enters": {name: numbers.place(factors) for name in names if changes(factors := change_of_right(row, name).array)},
            "layered": [name for name in names if row.layered(name) and not row.entry],
            "called": {name: row.called(name) for name in quantities if row.called(name) != name}}


# a page

def words(language: Language, label: str, nothing: str = "Write an answer first, or open it.", again: str = "") -> dict:
    """What a field says beside verdicts: its label, its button, the outcomes, what it says to no answer, and what after an
    answer that cannot be read."""
    return {"label": language.phrase(label), "check": language.phrase("Check"), "nothing": language.phrase(nothing),
            "again": again, "outcomes": {outcome: language.phrase(word) for outcome, word in WORDS.items()}}


def place(id: str, data: dict, told: dict, language: Language) -> str:
    """HTML for a page: the place of a field, and what it needs.

    id    of the field on its page
    data  what an answer is judged by; its "kind" says how, and "counts" whether right answers of the page are counted
    told  see `words`;  language   that of the page
    """
    packed = json.dumps({**data, "words": told}, ensure_ascii=False, separators=(",", ":"))
    packed = packed.replace("<", "\\u003c").replace("$", "\\u0024")  # within HTML whose formulas are typeset
    return (f'<div class="judged" data-field="{id}"{language.attributes()}><script type="application/json">{packed}</script>'
            f"<p>{language.told('Your answer is judged here, in the page, where its scripts may run.')}</p></div>")


def of_exercise(row: Exercise) -> dict:
    """What an answer to an exercise is judged by."""
    return {"kind": row.kind, **FACTS[row.kind](row)}


def place_of_exercise(row: Exercise, language: Language = ENGLISH) -> str:
    """HTML for the place of its field; where none can judge, a sentence that says so."""
    if row.kind not in FACTS:
        text = f"A {row.kind} is not judged in this page. Download the notebook, and check yours there."
        return f"<p>{language.told(text)}</p>"
    return place(row.id, {**of_exercise(row), "counts": True}, words_of_exercise(row, language), language)


def words_of_exercise(row: Exercise, language: Language = ENGLISH) -> dict:
    """What its field says beside verdicts, see `words`; verdicts are English, and the page tells them in its language."""
    nothing, (_, again) = missing(row).feedback, invalid(row, "").feedback.split("\n\n")
    label = language.told(f"Exercise {row.id}: your {LABELS[row.kind]}")
    return {**words(language, label), "nothing": nothing, "again": again}


LABELS = {"formula": "formula", "number": "number", "choice": "letter"}
