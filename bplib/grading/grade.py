"""Grades a folder of submissions: each runs by itself, none stops the rest, nothing that was handed in is lost."""
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from .. import coursework
from ..errors import InputError
from .isolation import Limits, run_isolated
from .report import write
from .submissions import names_bound, submissions


@dataclass(frozen=True)
class Row:
    """One exercise of one file; a file that cannot be graded has one row, without an exercise."""

    student: str
    file: str
    sheet: str
    exercise: str
    title: str
    outcome: str
    score: float
    points: float
    mistakes: tuple
    feedback: str


def grade(folder, target, limits=Limits(), workers=None, told=lambda submission: None):
    """Grade every file of a folder, write the tables into another folder, and return the rows.

    told   is called with each submission when it has been graded
    """
    folder, target = Path(folder), Path(target)
    if not folder.is_dir():
        raise InputError(f"There is no folder {folder}. Give the folder that holds the submissions.")
    if target.resolve().is_relative_to(folder.resolve()):
        raise InputError(f"The results would lie among the submissions, in {target}. Give a folder outside {folder}.")
    handed_in = submissions(folder)
    if not handed_in:
        raise InputError(f"{folder} is empty. Give the folder that holds the submissions.")

    def graded(submission):
        rows = _rows(submission, str(submission.path.relative_to(folder)), limits)
        told(submission)
        return rows

    with ThreadPoolExecutor(workers or os.cpu_count()) as pool:
        rows = [row for rows in pool.map(graded, handed_in) for row in rows]
    write(rows, target)
    return rows


def _rows(submission, file, limits):
    def row(exercise="", title="", outcome="unreadable", score=0.0, points=0, mistakes=(), feedback=""):
        return Row(submission.student, file, submission.sheet, exercise, title, outcome, score, points, mistakes,
                   feedback)

    if submission.problem:
        return [row(feedback=submission.problem)]
    exercises = [one for one in coursework.EXERCISES.values() if one.id.split(".")[0] == submission.sheet]
    if not exercises:
        return [row(feedback="It checks no exercise of any sheet.")]
    names = {one.id: variable(one) for one in exercises}
    try:
        found = run_isolated(submission.cells, names, limits)
        verdicts = [_verdict(one, submission, found) for one in exercises]
    except Exception as error:  # a defect of ours in one submission must not cost the others theirs
        return [row(one.id, one.title, "not graded", points=one.points, feedback=f"{type(error).__name__}: {error}")
                for one in exercises]
    return [row(one.id, one.title, verdict.outcome, verdict.score, one.points, verdict.mistakes, verdict.feedback)
            for one, verdict in zip(exercises, verdicts)]


def variable(exercise):
    """The name that a sheet gives to the answer of an exercise: the function's own, or answer_2_3."""
    return exercise.name if exercise.kind == "function" else f"answer_{exercise.id.replace('.', '_')}"


def _verdict(exercise, submission, found):
    """What an answer is worth; where there is none, why."""
    if exercise.id in found.answers:
        return coursework.judged(exercise.id, found.answers[exercise.id])
    if exercise.id in found.failed:
        return coursework.Verdict(exercise.id, "error", 0.0, (), found.failed[exercise.id])
    if exercise.id in found.stopped:
        outcome, why = found.stopped[exercise.id]
        return coursework.Verdict(exercise.id, outcome, 0.0, (), why)
    for n, source in reversed([*enumerate(submission.cells)]):
        if variable(exercise) in names_bound(source):
            if f"cell {n}" in found.stopped:
                outcome, why = found.stopped[f"cell {n}"]
                return coursework.Verdict(exercise.id, outcome, 0.0, (), why)
            if n in found.errors:
                return coursework.Verdict(exercise.id, "error", 0.0, (), found.errors[n])
    return coursework.Verdict(exercise.id, "missing", 0.0, (), "There is no answer.")
