"""One submission → its rows: literal answers from its text, functions and computed answers from a fenced process.

What comes back from that process is values; whether they are right is decided here, where no submission runs.
"""
import threading
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from hashlib import sha256
from multiprocessing.util import Finalize

import numpy as np

from .. import coursework
from ..coursework.functions import inputs_of
from ..coursework.reading import formula_values, parse
from ..lines.text import LONGEST
from . import sources as texts
from .channel import Limits
from .isolation import House, StartFailed
from .names import visible
from .roster import Roster
from .submissions import submission

LONGEST_TEXT = LONGEST + 1
"""Of a text that was computed; a longer one is told to be too long."""
LONGEST_SHOWN = {"derivation": 1500}
"""Kind of exercise → how many characters of an answer are shown to instructors; 200 of any other."""
LONGEST_FEEDBACK = 5000
TRIES = 3
SHORTEST = 16
"""Into how many parts the time of a cell is divided at most."""
JUDGING = threading.Lock()
"""Held while something is judged: what is worked out for one answer serves all that come after it."""


@dataclass(frozen=True)
class Row:
    """One exercise of one file; a file that cannot be graded has one row, without an exercise.

    outcome   of `coursework.Verdict`, or "unreadable", or "not graded": that is no fault of the submission
    points    what the answer earned, of how many
    answer    what stands there, or came out, in short; answers of equal `value` are equal
    remark    what is to be said of the whole file
    variant   the seed of the student's variants, where there are any
    aside     what only the instructor is told
    """

    student: str
    file: str
    sheet: str = ""
    exercise: str = ""
    title: str = ""
    outcome: str = "unreadable"
    points: float = 0.0
    of: float = 0.0
    mistakes: tuple = ()
    feedback: str = ""
    answer: str = ""
    value: str = ""
    remark: str = ""
    variant: str = ""
    aside: str = ""


@dataclass(frozen=True)
class Settings:
    """How a class is graded.

    isolation   "auto", or one of `isolation.WAYS`
    forks       whether processes are forked from one that has everything loaded; by default where the system can
    seed        of the numbers that functions are called with
    roster      whose variants are which (`roster.Roster`); None where everybody has the same exercises
    """

    limits: Limits = Limits()
    isolation: str = "auto"
    forks: bool | None = None
    seed: int = 0
    roster: Roster | None = None


@dataclass(frozen=True)
class Task:
    """What one worker gets: a file's student, its name, and its bytes or why there are none."""

    student: str
    name: str
    data: bytes = b""
    problem: str = ""


def marked(task, settings, rows=None):
    """The rows of one file: a list of `Row`, never an exception.

    rows   (task, sheet, exercises, sources, settings) → the rows; by default everybody has the same exercises
    """
    handed = submission(task.data) if not task.problem else None
    problem = task.problem or handed.problem
    if problem:
        return [Row(task.student, task.name, feedback=problem)]
    sources = [texts.Source(text) for text in handed.cells]
    sheet = texts.sheet_of(sources)
    exercises = [row for row in coursework.EXERCISES.values() if row.id.split(".")[0] == sheet]
    if not exercises:
        return [Row(task.student, task.name, feedback="It checks no exercise of any sheet.")]
    try:
        return (rows or _same_for_all)(task, sheet, exercises, sources, settings)
    except Exception as error:  # a defect of ours, or of this machine, costs nobody a mark
        return [row_of(task, sheet, row, "not graded", feedback=_told(error)) for row in exercises]


def not_graded(task, error):
    """The row of a file whose worker was lost each time."""
    return [Row(task.student, task.name, outcome="not graded", feedback=_told(error))]


def _told(error):
    return visible(f"{type(error).__name__}: {error}" if not isinstance(error, StartFailed) else str(error), 1000)


def _same_for_all(task, sheet, exercises, sources, settings):
    return rows_of(task, sheet, Answers(sources, exercises, settings))


def rows_of(task, sheet, answers):
    return [answers.row(task, sheet, exercise) for exercise in answers.exercises.values()]


def row_of(task, sheet, exercise, outcome, **more):
    return Row(task.student, task.name, sheet, exercise.id, exercise.title, outcome, of=exercise.points, **more)


# the answers of one submission

class Answers:
    """What a submission answers to the exercises of its sheet, or to the variants of them that it should."""

    def __init__(self, sources, exercises, settings):
        self.sources, self.places, self.settings = sources, texts.places(sources), settings
        literals = texts.literal_answers(sources)
        self.found = {row.id: coursework.collected(row, literals[row.variable])
                      for row in exercises if row.variable in literals}
        self.exercises = {row.id: row for row in exercises}
        self.ran, self.failure = Ran(), ""
        to_run = [row for row in exercises if row.id not in self.found and row.variable in self.places]
        for row in to_run:
            self.exercises[row.id] = drawn(row, settings.seed)
        if to_run:
            try:
                asked = [self.exercises[row.id] for row in to_run]
                self.ran = ran([source.text for source in sources], asked, settings)
            except StartFailed as error:
                self.failure, self.lost = _told(error), {row.id for row in to_run}

    def row(self, task, sheet, exercise):
        if self.failure and exercise.id in self.lost:
            return row_of(task, sheet, exercise, "not graded", feedback=self.failure)
        remark = FORGED.format(self.ran.forged) if self.ran.forged else ""
        try:
            with JUDGING:
                verdict, found = self.verdict(exercise)
                answer, value = shown(self.exercises[exercise.id], found) if found else ("", "")
        except Exception as error:  # a defect of ours
            return row_of(task, sheet, exercise, "not graded", feedback=_told(error), remark=remark)
        points = round(verdict.score * exercise.points, 3)
        return row_of(task, sheet, exercise, verdict.outcome, points=points, mistakes=verdict.mistakes, remark=remark,
                    feedback=visible(verdict.feedback, LONGEST_FEEDBACK), answer=answer, value=value)

    def verdict(self, exercise):
        """The verdict on an answer, and what was judged; where there is no answer, why."""
        if exercise.id in self.found:
            return coursework.judged(exercise, self.found[exercise.id]), self.found[exercise.id]
        if exercise.id in self.ran.found:
            try:
                found = believed(self.exercises[exercise.id], self.ran.found[exercise.id])
            except (ValueError, KeyError, TypeError, OverflowError, RecursionError, AttributeError):
                return _verdict(exercise, "error", "What its process said of the answer cannot be read."), None
            return coursework.judged(self.exercises[exercise.id], found), found
        return self.absent(exercise), None

    def judged_value(self, id):
        """What there is to judge of a formula or a number; None where nothing can be read."""
        if id in self.found:
            return self.found[id]
        try:
            return believed(self.exercises[id], self.ran.found[id])
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError, AttributeError):
            return None

    def absent(self, exercise):
        """Why there is no answer: the answer itself, or the last cell that should have given it."""
        if exercise.id in self.ran.failed:
            return _verdict(exercise, "error", self.ran.failed[exercise.id])
        steps = [exercise.id, *(f"cell {number}" for number in reversed(self.places[exercise.variable]))]
        for step in steps:
            if step in self.ran.stopped:
                return _verdict(exercise, *self.ran.stopped[step])
            if step in self.ran.errors:
                return _verdict(exercise, "error", self.ran.errors[step])
        if self.ran.unfinished:
            return _verdict(exercise, *self.ran.unfinished)
        return _verdict(exercise, "missing", "There is no answer.")


FORGED = "Lines were refused that its process had not written itself: {}."


def _verdict(exercise, outcome, why):
    return coursework.Verdict(exercise.id, outcome, 0.0, (), why)


# running it

@dataclass
class Ran:
    """What came out of a submission, however often it had to be started.

    found, failed   exercise → what there is to judge, or why that could not be collected
    errors          "cell 3" → the exception that it raised
    stopped         "cell 3", or an exercise → outcome and words, where a process did not get further
    unfinished      outcome and words, where all the time was used up; ()
    """

    found: dict = field(default_factory=dict)
    failed: dict = field(default_factory=dict)
    errors: dict = field(default_factory=dict)
    stopped: dict = field(default_factory=dict)
    unfinished: tuple = ()
    forged: int = 0

    def add(self, said):
        self.found |= said.found
        self.failed |= said.failed
        self.errors |= {f"cell {number}": words for number, words in said.errors.items()}
        self.forged += said.forged

    @property
    def known(self):
        return {*self.found, *self.failed, *self.stopped}


def ran(cells, exercises, settings):
    """Run the cells, then collect the answers to these exercises; start again behind whatever does not end: `Ran`.

    Each cell that had to be stopped halves the time of the others, so that several do not use up the whole.
    """
    result, left, seconds = Ran(), settings.limits.total, settings.limits.seconds
    while left > 0:
        job = {"cells": cells, "answers": [_asked(row) for row in exercises if row.id not in result.known],
               "skip": [number for number in range(len(cells)) if f"cell {number}" in result.stopped]}
        said = in_house(settings, job, replace(settings.limits, seconds=seconds, total=left))
        result.add(said)
        if said.stopped is None:
            return result
        step, why = said.stopped
        result.stopped[step] = why.outcome, why.why
        left -= said.seconds
        seconds = max(seconds / 2, settings.limits.seconds / SHORTEST) if why.outcome == "time-out" else seconds
    result.unfinished = "time-out", f"The whole submission was stopped after {settings.limits.total:g} seconds."
    return result


def _asked(row):
    if row.kind != "function":
        return {"exercise": row.id, "name": row.variable, "inputs": [], "returns": []}
    inputs = [{name: value.tolist() if isinstance(value, np.ndarray) else value for name, value in one.items()}
              for one in inputs_of(row)]
    return {"exercise": row.id, "name": row.variable, "inputs": inputs, "returns": list(row.returns)}


@lru_cache(maxsize=10_000)
def drawn(exercise, seed):
    """An exercise, given as such or by its id, whose function is called with numbers of this class's own."""
    row = coursework.exercise(exercise)
    with JUDGING:
        return row.drawn(seed) if row.kind == "function" else row


STOPPED = threading.Event()
"""Set where a class is given up, so that threads which are still at it start nothing anew."""
HOUSES: dict = {}
"""(thread, way, forks) → the house of that thread, or how often it has failed to open."""


def in_house(settings, job, limits):
    """Run a job in the house of this thread; `StartFailed` where no process starts, after some tries."""
    key = threading.get_ident(), settings.isolation, settings.forks
    for _ in range(TRIES):
        if STOPPED.is_set():
            raise StartFailed("The grading was stopped.")
        house = HOUSES.get(key, 0)
        if isinstance(house, int):
            if house >= TRIES:  # the machine is not able to, and the class does not wait for it each time
                break
            HOUSES[key] = house + 1
            house = HOUSES[key] = House.open(settings.isolation, settings.forks)
        said = house.run(job, limits)
        if said.stopped is None or said.stopped[0] not in ("start", "setup"):
            return said
    raise StartFailed("No process could be started for it; see the first lines of the output.")


def close_houses():
    """End the processes that wait for further submissions."""
    for house in HOUSES.values():
        if isinstance(house, House):
            house.close()
    HOUSES.clear()


# what came back

def believed(row, found):
    """What a process said of an answer, with the types that it has to have; an exception where it has not."""
    if "runs" not in found:
        return _plain(found)
    runs = found["runs"]
    if row.kind != "function" or len(runs) != len(row.test_at):
        raise ValueError("not one run for each point")
    return {"runs": [_run(row, run) for run in runs]}


def _plain(found):
    (kind, value), = found.items()
    return {kind: {"missing": bool, "text": _text, "number": float, "other": _text}[kind](value)}


def _text(value):
    if not isinstance(value, str):
        raise TypeError("no text")
    return value[:LONGEST_TEXT]


def _run(row, run):
    error, missing = visible(_text(run["error"]), 300), bool(run["missing"])
    arrays = {} if error or missing else {name: np.asarray(run["arrays"][name], float).tolist() for name in row.returns}
    return {"arrays": arrays, "again": bool(run["again"]), "error": error, "line": visible(_text(run["line"]), 300),
            "changed": [name for name in row.takes if name in run["changed"]], "missing": missing}


DIGITS = 6


def shown(row, found):
    """An answer in short, and a text that is the same for answers of equal value; "" where it has none."""
    if "runs" in found:
        arrays = [array for run in found["runs"] for array in run["arrays"].values()]
        return ("a function", _digest(arrays)) if arrays else ("", "")
    text = str(next(iter(found.values())))
    if found.get("missing"):
        return "", ""
    if row.kind == "formula" and "text" in found:
        try:
            values, _ = formula_values(row, parse(text, row.vocabulary))
            value = _digest([one[row.ask].array for one in values if one])
        except ValueError:
            value = text
        return visible(text, 200), value
    short = visible(text, LONGEST_SHOWN.get(row.kind, 200))
    return short, short


def _digest(arrays):
    with np.errstate(all="ignore"):
        rounded = [np.char.mod(f"%.{DIGITS}g", np.asarray(array, float) + 0.0).tolist() for array in arrays]
    return sha256(repr(rounded).encode()).hexdigest()[:16]


Finalize(None, close_houses, exitpriority=1)  # also in the workers of a pool, which run no `atexit`


def as_json(row):
    return {**asdict(row), "mistakes": list(row.mistakes)}


def from_json(found):
    return Row(**{**found, "mistakes": tuple(found["mistakes"])})
