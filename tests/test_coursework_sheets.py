"""The sheets: every exercise is there with its answer, and what learners get holds no answer."""
import re
from functools import cache
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from bplib.coursework import EXERCISES, NotRight, check, hint
from bplib.grading.release import released

FOLDER = Path(__file__).resolve().parent.parent / "notebooks" / "coursework"
PATHS = sorted(FOLDER.glob("*.ipynb"))
SOLUTION = re.compile(r"### BEGIN SOLUTION\n(.*?)\s*### END SOLUTION", re.S)
FLAGS = {"start": {"grade": False, "solution": False, "locked": True},
         "question": {"grade": False, "solution": False, "locked": True},
         "answer": {"grade": False, "solution": True, "locked": False},
         "hand-in": {"grade": True, "solution": False, "locked": True}}

each_row = pytest.mark.parametrize("row", EXERCISES.values(), ids=EXERCISES)
each_sheet = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)


@cache
def sheet(path):
    return nbformat.read(path, as_version=4)


def rows_of(path):
    return [row for row in EXERCISES.values() if row.id.startswith(path.stem.split("-")[1] + ".")]


def cell(row, role, notebook=None):
    """The one cell that an exercise has for a role."""
    path, = FOLDER.glob(f"sheet-{row.id.partition('.')[0]}-*.ipynb")
    cells = {one.id: one for one in (notebook or sheet(path)).cells}
    return cells[f"{role}-{row.id.replace('.', '-')}"]


def answer(row):
    """What the answer cell of the sheet gives."""
    scope = {"np": np}
    exec(cell(row, "answer").source, scope)  # our own solution
    return scope[row.variable]


# what a sheet holds

def test_six_sheets_hold_all_kinds_of_exercises():
    assert len(PATHS) == 6 and len(EXERCISES) >= 40
    for path in PATHS[:-1]:
        assert 6 <= len(rows_of(path)) <= 7
        assert {"formula", "function", "number"} <= {row.kind for row in rows_of(path)}, path.stem
    assert len(rows_of(PATHS[-1])) >= 10 and {row.kind for row in rows_of(PATHS[-1])} == {"derivation"}


@each_row
def test_every_exercise_has_its_cells(row):
    look = "field" if row.kind == "formula" else "check"
    assert cell(row, "question").source == f'question("{row.id}")'
    assert cell(row, "check").source == f'{look}("{row.id}", {row.variable})'
    assert cell(row, "hint").source == f'hint("{row.id}", 1)' and str(hint(row.id, 1)) == row.hints[0]
    assert cell(row, "hand-in").source == ("from bplib.coursework import hand_in\n\n"
                                           f'hand_in("{row.id}", {row.variable})')
    assert cell(row, "answer").source.startswith(getattr(row, "signature", row.variable + " = "))


@each_row
def test_its_solution_is_right(row):
    assert check(row.id, answer(row)).right


@each_sheet
def test_cells_stand_in_the_order_of_the_exercises(path):
    ids = [one.id for one in sheet(path).cells]
    rows = [row.id.replace(".", "-") for row in rows_of(path)]
    wanted = [f"{role}-{row}" for row in rows for role in ("exercise", "question", "answer", "check", "hint")]
    assert ids == ["title", "start", *wanted, "hand-in", *(f"hand-in-{row}" for row in rows)]


@each_sheet
def test_metadata_of_nbgrader(path):
    """What its schema 3 asks for; a locked cell is put back from the source before it is graded."""
    found = [(one.id, one.metadata["nbgrader"]) for one in sheet(path).cells if "nbgrader" in one.metadata]
    assert len({data["grade_id"] for _, data in found}) == len(found) == 3 * len(rows_of(path)) + 1
    points = {f"hand-in-{row.id.replace('.', '-')}": row.points for row in rows_of(path)}
    for id, data in found:
        role = re.match("start|question|answer|hand-in", id)[0]
        more = {"points": points[id]} if role == "hand-in" else {}
        assert data == {**FLAGS[role], **more, "grade_id": id, "task": False, "schema_version": 3}


# what learners get

@each_sheet
def test_a_released_sheet_holds_no_solution(path):
    notebook = released(sheet(path))
    text = "\n".join(one.source for one in notebook.cells)
    solutions = [SOLUTION.search(cell(row, "answer").source)[1].split("\n") for row in rows_of(path)]
    for line in (line.strip() for lines in solutions for line in lines):
        assert line and line not in text
    assert "SOLUTION" not in text
    assert not [one.id for one in notebook.cells if one.get("outputs") or one.get("execution_count")]


@each_sheet
def test_a_released_sheet_fails_only_where_it_is_graded(path):
    """Each cell is run although others fail: what was not written yet stops nothing but the cells at the end."""
    scope, failed = {}, []
    for one in released(sheet(path)).cells:
        if one.cell_type == "code":
            try:
                exec(one.source, scope)
            except NotRight as error:
                assert error.verdict.outcome == "missing"
                failed.append(one.id)
    assert failed == [f"hand-in-{row.id.replace('.', '-')}" for row in rows_of(path)]


def test_a_hand_in_of_ones_own_passes_nothing():
    """The cells that are graded, which nbgrader puts back, take theirs from bplib, whatever the name stood for."""
    scope = {"hand_in": lambda *given: None, "answer_1_1": "x"}
    with pytest.raises(NotRight):
        exec(cell(EXERCISES["1.1"], "hand-in").source, scope)


def test_a_released_sheet_in_a_kernel(tmp_path):
    """The same with one answer written: that one passes, a wrong one fails with its mistake, the rest is missing."""
    notebook = released(sheet(PATHS[0]))
    cell(EXERCISES["1.1"], "answer", notebook).source = cell(EXERCISES["1.1"], "answer").source
    cell(EXERCISES["1.2"], "answer", notebook).source = 'answer_1_2 = "(a-y)*a*(1-a)"'
    NotebookClient(notebook, timeout=120, kernel_name="python3", allow_errors=True,
                   resources={"metadata": {"path": FOLDER}}).execute()
    failed = {one.id: output.evalue for one in notebook.cells for output in one.get("outputs", [])
              if output.output_type == "error"}
    assert list(failed) == [f"hand-in-1-{n}" for n in range(2, 8)]
    assert "The 2 of the square is lost" in failed["hand-in-1-2"] and "no answer yet" in failed["hand-in-1-3"]
    shown = [output.data["text/plain"] for output in cell(EXERCISES["1.2"], "check", notebook).outputs]
    assert shown[0].startswith("Exercise 1.2: not yet. **The 2 of the square is lost.**")
