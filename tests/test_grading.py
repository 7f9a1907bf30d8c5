"""Release and grading: nothing of a solution goes out, and nothing that comes in is lost or harms the rest."""
import csv
import re
from pathlib import Path

import nbformat
import pytest
from class_of_submissions import FILES, KINDS, answer_cells, write_class

import bplib
from bplib.coursework import EXERCISES
from bplib.grading import grade, release
from bplib.grading.grade import variable
from bplib.grading.isolation import Limits, run_isolated
from bplib.grading.release import without_solutions
from bplib.grading.report import harmless
from bplib.grading.submissions import names_bound, read

SHEETS = Path(__file__).resolve().parent.parent / "notebooks" / "coursework"
SHEET = next(SHEETS.glob("sheet-4*.ipynb"))
LIMITS = Limits(seconds=15)


# release

@pytest.mark.parametrize("source, left", [
    ('a = ""\n### BEGIN SOLUTION\na = 1\n### END SOLUTION\n', 'a = ""'),
    ("def f(x):\n    ### BEGIN SOLUTION\n    y = x\n    return y\n    ### END SOLUTION\n",
     'def f(x):\n    raise NotImplementedError("Write your answer here.")'),
    ("no = 'solution'", "no = 'solution'"),
])
def test_solutions_are_taken_out(source, left):
    assert without_solutions(source) == left


def test_a_mark_without_a_partner_is_refused():
    with pytest.raises(bplib.InputError, match="no partner"):
        without_solutions("a = 1\n### BEGIN SOLUTION\na = 2")


def test_release(tmp_path):
    for path in release(SHEETS, tmp_path):
        out, notebook = path.read_text(encoding="utf-8"), nbformat.read(SHEETS / path.name, as_version=4)
        assert "SOLUTION" not in out
        for cell in answer_cells(notebook):
            for line in re.findall(r"### BEGIN SOLUTION\n(.*?)\s*### END", cell.source, re.S)[0].splitlines():
                assert line.strip() not in out or len(line.strip()) < 8
        for cell in nbformat.read(path, as_version=4).cells:
            assert not cell.get("outputs") and cell.get("execution_count") is None


def test_the_sheets_are_never_overwritten(tmp_path):
    with pytest.raises(bplib.InputError, match="overwrite"):
        release(SHEETS, SHEETS)
    with pytest.raises(bplib.InputError, match="no notebook"):
        release(tmp_path, tmp_path / "out")


# one submission

def test_the_process_of_a_submission_has_limits():
    cells = ["x = 1", "while True: pass", "y = [0.0] * 10**10", "import os; os._exit(1)", "answer_4_4 = 2"]
    found = run_isolated(cells, {"4.4": "answer_4_4"}, Limits(seconds=3))
    assert {where: outcome for where, (outcome, _) in found.stopped.items()} == {"cell 1": "time-out", "cell 3": "error"}
    assert "3 seconds" in found.stopped["cell 1"][1]
    assert "MemoryError" in found.errors[2]
    assert found.answers == {"4.4": {"number": 2.0}}


@pytest.mark.parametrize("source, names", [
    ("a = b = 1", {"a", "b"}), ("def f(x):\n    y = x", {"f", "y"}), ("answer = = 3", {"answer"}), ("", set()),
    ("def f(x)\n    return x", {"f"}),
])
def test_names_that_a_cell_binds(source, names):
    assert names_bound(source) == names


def test_whose_file_it_is(tmp_path):
    path = tmp_path / "Ada" / "deep" / "x.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text('{"cells": [{"cell_type": "code", "source": ["check(\\"2.1\\", a)\\n", "check(\'3.1\', a)"]},'
                    '{"cell_type": "code", "source": "hand_in(\\"3.2\\", a)"}]}')
    found = read(path, path.relative_to(tmp_path))
    assert (found.student, found.sheet, found.problem) == ("Ada", "3", "")


# a class

@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Every kind of submission once: student → kind, student → rows, and the folder of the results."""
    folder = tmp_path_factory.mktemp("class")
    made = write_class(folder / "in", nbformat.read(SHEET, as_version=4), len(KINDS) + len(FILES))
    rows = grade(folder / "in", folder / "out", LIMITS)
    return made, {student: [row for row in rows if row.student == student] for student in made}, folder / "out"


def of_kind(graded, kind):
    made, rows, _ = graded
    return rows[next(student for student, one in made.items() if one == kind)]


def first_and_rest(rows):
    """The outcome of the exercise whose cell was changed, and the set of all others."""
    notebook = nbformat.read(SHEET, as_version=4)
    order = [one.id for cell in answer_cells(notebook) for one in EXERCISES.values()
             if variable(one) in names_bound(cell.source) and one.id.startswith("4.")]
    outcomes = {row.exercise: row.outcome for row in rows}
    return outcomes.pop(order[0]), set(outcomes.values())


@pytest.mark.parametrize("kind", ["good", "crashing", "endless first", "exits", "ends its process", "asks", "chatty",
                                  "writes", "copied", "without checks", "spoils"])
def test_what_is_right_counts_whatever_happens_around_it(graded, kind):
    rows = of_kind(graded, kind)
    assert {row.exercise for row in rows} == {id for id in EXERCISES if id.startswith("4.")}
    assert [row for row in rows if row.outcome != "right" or row.score != 1] == []


@pytest.mark.parametrize("kind, outcome", [("endless", "time-out"), ("hog", "error"), ("wrong syntax", "error"),
                                           ("ends in its answer", "error")])
def test_one_bad_cell_costs_its_own_exercise_alone(graded, kind, outcome):
    assert first_and_rest(of_kind(graded, kind)) == (outcome, {"right"})


def test_a_mistake_is_named(graded):
    rows = of_kind(graded, "wrong")
    page = graded[2].joinpath("overview.html").read_text(encoding="utf-8")
    wrong = {row.exercise: row.mistakes for row in rows if row.outcome == "wrong"}
    assert wrong.keys() >= {row.exercise for row in rows if EXERCISES[row.exercise].kind == "formula"} != set()
    for mistakes in wrong.values():
        assert "the sign is turned" in mistakes and mistakes[0] in page
    assert {row.outcome for row in rows if row.exercise not in wrong} == {"right"}


def test_what_was_not_answered_is_missing(graded):
    assert {row.outcome for row in of_kind(graded, "unanswered")} == {"missing"}
    assert sorted(row.outcome for row in of_kind(graded, "deleted")).count("missing") == 1


@pytest.mark.parametrize("kind", FILES)
def test_what_is_no_notebook_is_in_the_table_too(graded, kind):
    row, = of_kind(graded, kind)
    assert row.outcome == "unreadable" and row.feedback


def test_tables(graded):
    made, rows, folder = graded
    with open(folder / "grades.csv", encoding="utf-8-sig", newline="") as file:
        table = list(csv.DictReader(file))
    assert len(table) == sum(map(len, rows.values()))
    assert {row["student"] for row in table} == set(made)
    page = (folder / "overview.html").read_text(encoding="utf-8")
    assert "{{" not in page and "<script" not in page
    for student, found in rows.items():
        points = sum(row.score * row.points for row in found)
        shown = f"{points:.1f} of {sum(row.points for row in found)}" if found[0].exercise else "–"
        assert re.search(rf"<tr><td>{student}</td>\s*<td class=\"number\">{re.escape(shown)}</td>", page), student


def test_a_cell_of_the_table_is_no_formula():
    assert [harmless(value) for value in ("=1+1", "@x", "−1", ("a", "b"), 0.5)] == ["'=1+1", "'@x", "−1", "a; b", 0.5]


def test_a_folder_that_cannot_be_graded(tmp_path):
    with pytest.raises(bplib.InputError, match="There is no folder"):
        grade(tmp_path / "nowhere", tmp_path / "out")
    (tmp_path / "in").mkdir()
    with pytest.raises(bplib.InputError, match="is empty"):
        grade(tmp_path / "in", tmp_path / "out")
    with pytest.raises(bplib.InputError, match="among the submissions"):
        grade(tmp_path / "in", tmp_path / "in" / "out")
