"""Grades a class: each file by itself, none stops the rest, and nothing that was handed in is lost."""
import dataclasses
import os
from functools import partial
from pathlib import Path

from ..errors import InputError
from . import executors
from .channel import START
from .files import made
from .journal import JOURNAL, Journal, digest
from .marking import STOPPED, Row, Settings, Task, close_houses, not_graded
from .report import GRADES, OVERVIEW, TOTALS, write
from .results import Results
from .submissions import content, handed_in
from .variants import marked

MOST_TRIES = 3
ENDS = "The grader itself ended {} times while this was graded: look at it by hand, or give --isolation another value."


def grade(folder, target, settings=Settings(), *, executor="threads", workers=None, level=None, sheets=(), seed=None,
          house="", replace=False, told=lambda name, rows, new: None):
    """Grade every file of a folder, write tables and pages into another folder: `tally.Tally`, with its rows.

    What the target's journal knows already is not graded again, unless the file, the settings or bplib have changed.

    executor   where: see `executors.maker`;  workers   how many of them, where that is known here
    level      how many folders deep the students are; by default as `submissions.level_of` finds
    sheets     numbers of those that count; by default those that are common in the class
    house      where submissions run, in a sentence for the overview
    seed       of the numbers that functions are called with; by default drawn, and kept in the journal
    replace    whether tables and pages may be replaced that were changed since they were written, or never were
    told       is called for each file with its name, its rows, and whether they are new
    """
    folder, target = Path(folder), Path(target)
    found = _handed_in(folder, target, level)
    Results(target, replace).refuse_to_lose((GRADES, TOTALS, OVERVIEW))  # before the time that grading takes
    make = executors.maker(executor, workers)
    made(target)
    journal, rows = Journal(target / JOURNAL, seed), {}
    settings = dataclasses.replace(settings, seed=journal.seed)
    STOPPED.clear()
    try:
        for name, key, new in _graded(found, settings, journal, make, workers or os.cpu_count()):
            rows[name] = new
            told(name, new, key is not None)
    except BaseException:
        STOPPED.set()
        raise
    finally:
        journal.close()
        close_houses()
    return write([row for one in found for row in rows[one.name]], target, sheets, house, replace)


def handed_in_rows(folder, settings, student):
    """The rows of all files of a folder that belong to one student, without tables."""
    try:
        return [row for one in handed_in(folder) for row in marked(Task(student, one.name, *content(one)), settings)]
    finally:
        close_houses()


def _handed_in(folder, target, level):
    if not folder.is_dir():
        raise InputError(f"There is no folder {folder}. Give the folder that holds the submissions.")
    if target.resolve().is_relative_to(folder.resolve()):
        raise InputError(f"The results would lie among the submissions, in {target}. Give a folder outside {folder}.")
    found = handed_in(folder, level)
    if not found:
        raise InputError(f"{folder} is empty. Give the folder that holds the submissions.")
    return found


def _graded(found, settings, journal, make, workers):
    """For each file: its name, a key where it was graded now, and its rows.  A file is read when its turn comes.

    Those that were on their way when the grader ended come last, one at a time: the next end would say which it was.
    """
    keys, known, suspects = {}, [], []

    def tasks(found, suspected):
        for one in found:
            task = Task(one.student, one.name, *content(one))
            key = digest(task, settings)
            tries = journal.tries(key)
            if (rows := journal.known(key)) is not None:
                known.append((task.name, None, rows))
            elif tries >= MOST_TRIES:
                known.append((task.name, None, [Row(one.student, one.name, feedback=ENDS.format(tries))]))
            elif tries and not suspected:
                suspects.append(one)
            else:
                keys[task.name] = key
                journal.begin(key)
                yield task

    patience = 2 * (START + settings.limits.total + settings.limits.seconds)
    for files, ahead in ((found, executors.AHEAD * workers), (suspects, 1)):
        todo = tasks(files, files is suspects)
        for task, rows, error in executors.results(make, partial(marked, settings=settings), todo, ahead, patience):
            rows = rows if error is None else not_graded(task, error)
            journal.add(keys[task.name], rows)
            yield task.name, keys[task.name], rows
    yield from known
