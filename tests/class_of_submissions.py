"""A class of submissions, made from a sheet with its solutions: good ones, and everything that goes astray."""
import json
import re

import nbformat

from bplib.grading.release import SOLUTION

LOOP, HOG = "while True:\n    pass", "hog = [0.0] * 10**10"


def answer_cells(notebook):
    """The cells with a solution, in order."""
    return [cell for cell in notebook.cells if cell.cell_type == "code" and SOLUTION.search(cell.source)]


def changed(sheet, change):
    notebook = nbformat.from_dict(sheet)
    change(notebook)
    return nbformat.writes(notebook)


def broken(source):
    """Put code into the cell of the first answer, before it."""
    def change(notebook):
        cell = answer_cells(notebook)[0]
        cell.source = f"{source}\n{cell.source}"
    return change


def first(source):
    """Run code before anything else."""
    def change(notebook):
        notebook.cells.insert(0, nbformat.v4.new_code_cell(source))
    return change


def wrong(notebook):
    """Turn the sign of every answer that is a text; the letter of a choice has none."""
    for cell in answer_cells(notebook):
        for name in re.findall(r"^(answer_\w+) = ", cell.source, re.M)[:1]:
            cell.source += f'\n{name} = "-(" + {name} + ")" if len(str({name})) > 1 else {name}'


def unanswered(notebook):
    for cell in answer_cells(notebook):
        cell.source = SOLUTION.sub("", cell.source) if "def " not in cell.source else "pass"


def copied(notebook):
    notebook.cells += [nbformat.v4.new_code_cell(cell.source) for cell in answer_cells(notebook)]


def without_checks(notebook):
    kept = [cell for cell in notebook.cells if "hand_in(" not in cell.source]
    notebook.cells = kept


def without_an_answer(notebook):
    notebook.cells.remove(answer_cells(notebook)[1])


def as_it_is(notebook):
    pass


KINDS = {
    "good": as_it_is,
    "wrong": wrong,
    "unanswered": unanswered,
    "crashing": first("1 / 0"),
    "wrong syntax": broken("answer = = 3"),
    "endless": broken(LOOP),
    "endless first": first(LOOP),
    "hog": broken(HOG),
    "exits": first("import sys\nsys.exit()"),
    "ends in its answer": broken("import os\nos._exit(3)"),
    "ends its process": first("import os\nos._exit(3)"),
    "asks": first("name = input('Your name? ')"),
    "chatty": first("for n in range(20000):\n    print('x' * 1000)"),
    "writes": first("open('left.txt', 'w').write('here')\nimport os\nos.chdir('/')"),
    "copied": copied,
    "without checks": without_checks,
    "deleted": without_an_answer,
    "spoils": first("import numpy, bplib\nnumpy.einsum = None\nbplib.generate = None"),
}
"""Name → change of the notebook."""

FILES = {
    "empty": "",
    "text": "Dear teacher, here is my homework.",
    "half": '{"cells": [{"cell_type": "code", "sou',
    "list": "[1, 2, 3]",
    "other": json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}),
}
"""Name → content of what is handed in instead of a notebook."""


def write_class(folder, sheet, students, kinds=(*KINDS, *FILES)):
    """Write so many submissions, each kind in turn; returns name of the student → kind."""
    made = {}
    for n in range(students):
        kind = kinds[n % len(kinds)]
        student = f"{kind.replace(' ', '-')}-{n:02d}"
        made[student] = kind
        place = folder / student
        place.mkdir(parents=True)
        name = "my homework (final) Übung.ipynb" if n % 2 else "sheet.ipynb"
        content = changed(sheet, KINDS[kind]) if kind in KINDS else FILES[kind]
        (place / name).write_text(content, encoding="utf-8")
    return made
