"""The sheets: every exercise is there with its answer, and what learners get is made of that and holds no answer."""
import re
from dataclasses import replace
from functools import cache
from html import unescape
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from bplib import InputError
from bplib.coursework import EXERCISES, NotRight, check, hint, question, summary
from bplib.coursework.pages import hints
from bplib.grading.release import handouts, released
from bplib.grading.roster import Roster
from bplib.languages import TABLE as LANGUAGES
from bplib.languages.texts import Texts

OPEN = Path(__file__).resolve().parent.parent / "notebooks" / "coursework"
FOLDER = OPEN / "solutions"
PATHS = sorted(FOLDER.glob("*.ipynb"))
PERSIAN = LANGUAGES["fa"]
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

def as_learners_get_it(notebook):
    """Kind, id and source of the cells."""
    return [(one.cell_type, one.id, one.source) for one in notebook.cells]


def test_the_open_sheets_are_made_of_those_with_solutions():
    """Whoever has changed one makes the open ones anew: python3 -m bplib release --run --replace notebooks/coursework, and
    the same with --language fa."""
    made = handouts(FOLDER, OPEN) | handouts(FOLDER, OPEN, language=PERSIAN)
    assert sorted(OPEN.glob("*.ipynb")) == sorted(made) and {path.name for path in PATHS} < {path.name for path in made}
    for path, notebook in made.items():
        assert as_learners_get_it(sheet(path)) == as_learners_get_it(notebook), path.name


def code_in(markdown):
    return [unescape(one or other) for one, other in re.findall(r"(?<!`)`([^`]+)`(?!`)|<code[^>]*>(.*?)</code>", markdown)]


def test_a_sheet_in_persian_asks_the_same():
    """The same cells, and the same code but for the language and the sentence of a stub; its prose is Persian."""
    (path, persian), = handouts(FOLDER, OPEN, language=PERSIAN).items()
    english = released(sheet(PATHS[0]))
    assert path.stem == f"{PATHS[0].stem}-fa"
    for ours, theirs in zip(persian.cells, english.cells, strict=True):
        assert (ours.id, ours.cell_type, ours.metadata) == (theirs.id, theirs.cell_type, theirs.metadata)
        plain = re.sub(r"```.*?```|`[^`]*`|<code.*?</code>|<[^>]*>|\u2066[^\u2069]*\u2069", "", ours.source, flags=re.S)
        if ours.cell_type == "markdown":
            assert re.search("[\u0600-\u06ff]", plain) and not re.search("[A-Za-z]{2}", plain), plain
            assert sorted(code_in(ours.source)) == sorted(code_in(theirs.source))
    changed = [ours.id for ours, theirs in zip(persian.cells, english.cells) if ours.cell_type == "code"
               and ours.source != theirs.source]
    assert changed == ["start", "answer-1-7"]
    with pytest.raises(InputError, match="None of these sheets"):
        handouts(FOLDER, OPEN, language=replace(PERSIAN, texts=Texts({}, {"a": "b"})))
    with pytest.raises(InputError, match="in English alone"):
        handouts(FOLDER, OPEN, Roster(()), PERSIAN)


@each_sheet
def test_a_released_sheet_holds_no_solution(path):
    """A question may name what a function returns as its solution does, so the programs are looked into."""
    notebook = released(sheet(path))
    text = "\n".join(one.source for one in notebook.cells if one.cell_type == "code")
    solutions = [SOLUTION.search(cell(row, "answer").source)[1].split("\n") for row in rows_of(path)]
    assert all(map("".join, solutions))
    for line in (line.strip() for lines in solutions for line in lines):
        assert line not in text or re.fullmatch(r'(answer_\w+ = )?"""', line), line
    assert "SOLUTION" not in nbformat.writes(notebook)
    assert not [one.id for one in notebook.cells if one.get("outputs") or one.get("execution_count")]


@each_sheet
def test_questions_and_hints_are_there_before_anything_is_run(path):
    """The whole question, and all hints, each behind a line that opens it."""
    notebook = released(sheet(path))
    for row in rows_of(path):
        shown = cell(row, "question", notebook), cell(row, "hint", notebook)
        assert [one.cell_type for one in shown] == ["markdown", "markdown"]
        head, _, text = question(row.id).markdown.partition("\n")
        assert shown[0].source == f"## {head.strip('*')}\n{text}" and row.text in text
        assert shown[1].source == hints(row.id).markdown and shown[1].source.count("<summary>") == len(row.hints)
        assert all(f"</summary>\n\n{text}\n\n</details>" in shown[1].source for text in row.hints)


@each_sheet
def test_a_released_sheet_says_in_three_lines_how_it_is_used(path):
    first, *steps = re.split(r"\n(?=\d\. )", released(sheet(path)).cells[0].source)
    assert first.startswith("# Sheet ") and [re.match(r"\d\. \*\*(.*?)\.\*\*", step)[1] for step in steps] == [
        "Type", "Check", "Hand in"]


@each_sheet
def test_a_released_sheet_runs_to_its_end(path):
    """Nothing raises where nothing is answered, and the last cell says so."""
    scope, notebook = {}, released(sheet(path))
    *before, last = [one.source for one in notebook.cells if one.cell_type == "code"]
    for source in before:
        exec(source, scope)
    told = eval(last.splitlines()[-1], exec(last, scope) or scope).markdown
    assert told.count("Nothing here yet") == len(rows_of(path)) and f"0 of {sum(row.points for row in rows_of(path))}" in told


def test_a_hand_in_of_ones_own_passes_nothing():
    """The cells that are graded, which nbgrader puts back, take theirs from bplib, whatever the name stood for."""
    scope = {"hand_in": lambda *given: None, "answer_1_1": "x"}
    with pytest.raises(NotRight):
        exec(cell(EXERCISES["1.1"], "hand-in").source, scope)


def test_a_released_sheet_in_a_kernel():
    """The same with one answer written, and one wrong: each is told under it, and all at the end, without an error."""
    notebook = released(sheet(PATHS[0]))
    cell(EXERCISES["1.1"], "answer", notebook).source = cell(EXERCISES["1.1"], "answer").source
    cell(EXERCISES["1.2"], "answer", notebook).source = 'answer_1_2 = "(a-y)*a*(1-a)"'
    NotebookClient(notebook, timeout=120, kernel_name="python3", allow_errors=True,
                   resources={"metadata": {"path": FOLDER}}).execute()
    shown = {one.id: one.outputs for one in notebook.cells if one.get("outputs")}
    assert not [output for outputs in shown.values() for output in outputs if output.output_type == "error"]
    told, = (output.data["text/plain"] for output in shown["check-1-2"])
    assert told.startswith("Exercise 1.2: not yet. **The 2 of the square is lost.**")
    lines = shown["summary"][0].data["text/markdown"].splitlines()[2:]
    assert [line.split("|")[2:4] for line in lines[:3]] == [
        [" ✓ **Right** ", " 1 of 1 "], [" ✗ **Not yet** ", " 0.7 of 1 "], [" – **Nothing here yet** ", " 0 of 1 "]]
    assert lines[-1] == "| All | | 1.7 of 8 |"


# what the cells call

def test_a_summary_of_all_solutions():
    for path in PATHS:
        rows = rows_of(path)
        told = summary(path.stem.split("-")[1], {row.variable: answer(row) for row in rows}).markdown
        points = sum(row.points for row in rows)
        assert told.count("✓ **Right**") == len(rows) and told.endswith(f"| All | | {points} of {points} |")
    with pytest.raises(InputError, match="no sheet called 9"):
        summary(9, {})


@pytest.mark.parametrize("id", ["9.9", "", None, 1.1, ["1.1"], "1"])
def test_a_hint_for_an_exercise_that_is_not_there_is_a_sentence(id):
    assert hint(id).markdown.startswith("There is no exercise called ")


def test_what_is_not_right_is_shown_without_the_lines_of_the_library():
    with pytest.raises(NotRight) as raised:
        exec(cell(EXERCISES["1.1"], "hand-in").source, {"answer_1_1": "(a-y)*g'(z)*x"})
    line, = raised.value._render_traceback_()
    assert line.startswith("1.1: Not yet. **The 2 of the square is lost.**")
