"""Grading without processes: submissions of four students, a row for each answer, and the overview of them."""
import csv
import io
import json
import re
import sys
from html.parser import HTMLParser
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell

from bplib import coursework
from bplib.coursework import EXERCISES
from bplib.grading import grade, isolation, runner
from bplib.grading.__main__ import main
from bplib.grading.grade import Row
from bplib.grading.isolation import Found, Limits, _follow
from bplib.grading.release import released
from bplib.grading.report import MARKS, overview, write
from bplib.grading.submissions import Submission, read, submissions

GRADE = import_module("bplib.grading.grade")  # the module; the package has a function of the same name
SHEET = [id for id in EXERCISES if id.startswith("1.")]
RIGHT = {"1.1": '"2(a-y)g\'(z)x"', "1.4": "0.25"}
HALF_RIGHT = {"1.1": '"(a-y)g\'(z)x"', "1.4": "0.5"}
"""The 2 of the square is lost: 0.7 of a point, in each of the two."""

CLASS = {
    "Ada/sheet.ipynb": RIGHT, "Bea/first.ipynb": HALF_RIGHT, "Bea/second.ipynb": {"1.1": "None", "1.4": "0.25"},
    "Cem.ipynb": {"1.1": '"x"', "1.4": '"many"'}, "Dov/sheet.ipynb": "no notebook",
}


def notebook(answers):
    """A submission: what learners call `check` with, and their answers."""
    cells = [f"answer_{id.replace('.', '_')} = {answer}\ncheck('{id}', answer_{id.replace('.', '_')})"
             for id, answer in answers.items()]
    return json.dumps({"cells": [{"cell_type": "code", "source": cell} for cell in cells]})


def in_process(cells, names, limits=Limits()):
    """`run_isolated` without a process, for answers that do no harm."""
    scope, found = {"check": lambda *given: None}, Found()
    for n, source in enumerate(cells):
        try:
            exec(source, scope)  # our own submissions
        except Exception as error:
            found.errors[n] = f"{type(error).__name__}: {error}"
    found.answers = {id: coursework.collected(id, scope[name]) for id, name in names.items() if name in scope}
    return found


@pytest.fixture
def class_of_four(tmp_path, monkeypatch):
    monkeypatch.setattr(GRADE, "run_isolated", in_process)
    for name, answers in CLASS.items():
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(notebook(answers) if isinstance(answers, dict) else answers, encoding="utf-8")
    told = []
    rows = grade(tmp_path / "in", tmp_path / "out", workers=2, told=told.append)
    assert sorted(one.student for one in told) == ["Ada", "Bea", "Bea", "Cem", "Dov"]
    return rows, tmp_path / "out"


def found(rows, file):
    return {row.exercise: (row.outcome, row.score) for row in rows if row.file == str(Path(file))}


def test_each_answer_has_its_row(class_of_four):
    rows, _ = class_of_four
    missing = {id: ("missing", 0.0) for id in SHEET}
    assert found(rows, "Ada/sheet.ipynb") == missing | {"1.1": ("right", 1.0), "1.4": ("right", 1.0)}
    assert found(rows, "Bea/first.ipynb") == missing | {"1.1": ("wrong", 0.7), "1.4": ("wrong", 0.7)}
    assert found(rows, "Bea/second.ipynb") == missing | {"1.4": ("right", 1.0)}
    assert found(rows, "Cem.ipynb") == missing | {"1.1": ("wrong", 0.0), "1.4": ("invalid", 0.0)}
    assert found(rows, "Dov/sheet.ipynb") == {"": ("unreadable", 0.0)}
    assert [row.student for row in rows] == ["Ada"] * 7 + ["Bea"] * 14 + ["Cem"] * 7 + ["Dov"]


def test_a_row_carries_the_exercise(class_of_four):
    rows, _ = class_of_four
    for row in rows[:-1]:
        exercise = EXERCISES[row.exercise]
        assert (row.sheet, row.title, row.points) == ("1", exercise.title, exercise.points)
    assert {row.points for row in rows[:-1]} == {1, 2} and rows[-1].points == 0
    wrong = next(row for row in rows if row.score == 0.7)
    assert wrong.mistakes == ("the 2 of the square is lost",) and "brings a factor down" in wrong.feedback
    assert "There is no answer" in next(row for row in rows if row.outcome == "missing").feedback
    assert "not a notebook (JSONDecodeError)" in rows[-1].feedback


def test_the_table_holds_every_row(class_of_four):
    rows, folder = class_of_four
    text = (folder / "grades.csv").read_bytes()
    assert text.startswith(b"\xef\xbb\xbf")  # by which a spreadsheet knows that it is UTF-8
    table = list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"), newline="")))
    assert list(table[0]) == ["student", "file", "sheet", "exercise", "title", "outcome", "score", "points", "mistakes",
                              "feedback"]
    assert [(one["student"], one["file"], one["exercise"], one["outcome"], one["score"], one["points"])
            for one in table] == [(one.student, one.file, one.exercise, one.outcome, str(one.score), str(one.points))
                                  for one in rows]
    assert {one["mistakes"] for one in table} == {"", "the 2 of the square is lost"}


# the overview

class Cells(HTMLParser):
    """The tables of a page: for each row the texts of its cells, without the white space around them."""

    def __init__(self, page):
        super().__init__()
        self.rows, self.inside = [], False
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.inside = tag in ("td", "th") or self.inside and tag == "span"
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag):
        self.inside = self.inside and tag not in ("td", "th")

    def handle_data(self, text):
        if self.inside:
            self.rows[-1][-1] += text.strip()


def page_of(folder):
    page = (folder / "overview.html").read_text(encoding="utf-8")
    rows = Cells(page).rows
    return page, {row[0]: row[1:] for row in reversed(rows) if row}


def test_points_of_each_student(class_of_four):
    """Of two hand-ins the better answer counts, exercise by exercise; a half-right one counts by its share."""
    _, rows = page_of(class_of_four[1])
    assert rows["Ada"] == ["2.0 of 8", "✓", "–", "–", "✓", "–", "–", "–"]
    assert rows["Bea"] == ["1.7 of 8", "✗ 0.7", "–", "–", "✓", "–", "–", "–"]
    assert rows["Cem"] == ["0.0 of 8", "✗", "–", "–", "unread", "–", "–", "–"]
    assert rows["Dov"] == ["–", "", "", "", "", "", "", ""]


def test_mistakes_and_outcomes_of_the_class(class_of_four):
    page, rows = page_of(class_of_four[1])
    assert rows["the 2 of the square is lost"] == ["1", "", "1.1"]  # Bea's 1.4 became right
    assert rows["Exercise"] == ["right ✓", "wrong ✗", "undecided ?", "invalid unread", "time-out time", "error error",
                                "missing –", "unreadable unread", "not graded !"]
    outcomes = dict(zip(MARKS, rows["1.1 One weight"]))
    assert {outcome: number for outcome, number in outcomes.items() if number} == {"right": "1", "wrong": "2"}
    outcomes = dict(zip(MARKS, rows["1.4 How large a step?"]))
    assert {outcome: number for outcome, number in outcomes.items() if number} == {"right": "2", "invalid": "1"}
    assert "4 students" in page and "Dov/sheet.ipynb: It is not a notebook" in page.replace("\\", "/")
    assert [*re.findall(r"<summary>(.*?)</summary>", page)][1].replace("\\", "/") \
        == "Bea (Bea/first.ipynb, Bea/second.ipynb)"


def row(student="Ada", exercise="1.1", outcome="right", score=1.0, points=1, mistakes=(), file="a.ipynb"):
    return Row(student, file, "1", exercise, f"Title {exercise}", outcome, score, points, mistakes, "told")


def test_points_are_score_times_points():
    rows = [row(score=0.5, points=3, outcome="wrong"), row(exercise="1.2", points=2),
            row("Bea", points=3, outcome="missing", score=0.0)]
    students = overview(rows)["students"]
    assert [(one["name"], one["points"], one["of"]) for one in students] == [("Ada", 3.5, 5), ("Bea", 0.0, 3)]


@pytest.mark.parametrize("scores", [(0.2, 0.7), (0.7, 0.2), (0.0, 0.7, 0.2)])
def test_the_best_of_several_hand_ins_counts(scores):
    rows = [row(score=score, points=2, outcome="wrong", file=f"{score}.ipynb") for score in scores]
    student, = overview(rows)["students"]
    assert (student["points"], student["of"], student["rows"][0].score) == (1.4, 2, 0.7)
    assert student["files"] == sorted(f"{score}.ipynb" for score in scores)


def test_exercises_stand_in_the_order_of_their_numbers():
    shown = overview([row(exercise=id) for id in ("2.1", "1.10", "1.9", "1.2")])["exercises"]
    assert [(one["id"], one["title"]) for one in shown] == [(id, f"Title {id}") for id in ("1.2", "1.9", "1.10", "2.1")]


def test_mistakes_are_counted_by_students():
    """The most common first; a student who made one twice counts once for each exercise in which it was made."""
    rows = [row("Ada", mistakes=("a",)), row("Bea", mistakes=("a", "b")), row("Cem", "1.10", mistakes=("a", "a")),
            row("Cem", "1.2", mistakes=("a",))]
    mistakes = overview(rows)["mistakes"]
    assert [(one["name"], one["exercises"]) for one in mistakes] == [("a", ["1.1", "1.2", "1.10"]), ("b", ["1.1"])]
    assert mistakes[1]["students"] == 1


def test_a_file_that_cannot_be_read_is_shown_with_its_student():
    rows = [row(), row(exercise="", outcome="unreadable", score=0.0, points=0), row("Bea")]
    ada, bea = overview(rows)["students"]
    assert ada["problems"] == [rows[1]] and bea["problems"] == [] and ada["of"] == 1


def test_what_was_handed_in_is_shown_as_text(tmp_path):
    write([row("<b>Ada</b>", mistakes=("a & b",))], tmp_path / "deep" / "out")
    page = (tmp_path / "deep" / "out" / "overview.html").read_text(encoding="utf-8")
    assert "&lt;b&gt;Ada" in page and "a &amp; b" in page and "<b>Ada" not in page


def test_a_class_without_mistakes(tmp_path):
    write([row()], tmp_path)
    assert "No mistake was recognised." in (tmp_path / "overview.html").read_text(encoding="utf-8")


# whose file, which sheet

def test_submissions_are_found_in_the_order_of_names(tmp_path):
    for name in ("b.ipynb", "a/x.ipynb", "a/.hidden.ipynb", ".git/x.ipynb", "__MACOSX/a.ipynb", "c/__pycache__/x"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(notebook({"1.1": "1"}))
    assert [(one.student, one.problem) for one in submissions(tmp_path)] == [("a", ""), ("b", "")]
    assert [one.path.name for one in submissions(tmp_path)] == ["x.ipynb", "b.ipynb"]


@pytest.mark.parametrize("cells, sheet", [
    (["check('1.1', a)", "field('1.2', a)"], "1"), (["check('1.1', a)", 'hand_in("2.1", a)', "check('2.2', a)"], "2"),
    (["x = 1"], ""), ([], ""), (["check( '3.1', a)", "recheck('4.1')", "check('12.1', a)", "check('12.1', a)"], "12"),
    (["check('2.1', a)", "check('1.1', a)"], "1"),
])
def test_the_sheet_of_a_file(cells, sheet):
    assert Submission("Ada", Path("x"), tuple(cells)).sheet == sheet


@pytest.mark.parametrize("text, problem", [
    ("", "JSONDecodeError"), ("[]", "TypeError"), ("{}", "KeyError"), ('{"cells": 3}', "TypeError"),
    ('{"cells": [{"cell_type": "code"}]}', "KeyError"), ('{"cells": [3]}', "TypeError")])
def test_why_a_file_cannot_be_read(tmp_path, text, problem):
    path = tmp_path / "Ada.ipynb"
    path.write_text(text)
    assert read(path, Path("Ada.ipynb")) == Submission("Ada", path, (), f"It is not a notebook ({problem}).")


def test_only_code_counts(tmp_path):
    path = tmp_path / "x.ipynb"
    cells = [{"cell_type": "markdown", "source": "a"}, {"cell_type": "code", "source": ["b\n", "c"]}]
    path.write_text("\ufeff" + json.dumps({"cells": cells}), encoding="utf-8")
    assert read(path, Path("Ada/x.ipynb")).cells == ("b\nc",)


# what is said of an answer that is not there

def graded_as(monkeypatch, cells, found, tmp_path):
    monkeypatch.setattr(GRADE, "run_isolated", lambda *given: found)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "Ada.ipynb").write_text(json.dumps(
        {"cells": [{"cell_type": "code", "source": cell} for cell in [*cells, "check('1.1', answer_1_1)"]]}))
    rows = grade(tmp_path / "in", tmp_path / "out")
    return {one.exercise: (one.outcome, one.feedback) for one in rows}


def test_why_an_answer_is_not_there(monkeypatch, tmp_path):
    """The last cell that binds its name tells: it raised, or it was stopped; other cells do not matter."""
    cells = ["answer_1_1 = 1", "1 / 0", "answer_1_2 = 1 / 0", "while True: answer_1_3 = 1", "answer_1_4 = 2"]
    lost = Found(answers={"1.4": {"number": 0.25}}, failed={"1.5": "TypeError: no"},
                 errors={1: "ZeroDivisionError: a", 2: "ZeroDivisionError: b"},
                 stopped={"cell 3": ("time-out", "It was stopped."), "1.6": ("error", "It ended.")})
    found = graded_as(monkeypatch, cells, lost, tmp_path)
    assert found["1.1"] == ("missing", "There is no answer.") and found["1.4"][0] == "right"
    assert found["1.2"] == ("error", "ZeroDivisionError: b") and found["1.3"] == ("time-out", "It was stopped.")
    assert found["1.5"] == ("error", "TypeError: no") and found["1.6"] == ("error", "It ended.")
    assert found["1.7"][0] == "missing"


def test_a_defect_of_ours_costs_no_other_submission(monkeypatch, tmp_path):
    found = graded_as(monkeypatch, [], None, tmp_path)
    assert {outcome for outcome, _ in found.values()} == {"not graded"} and len(found) == len(SHEET)
    assert found["1.1"][1].startswith("AttributeError: ")


def test_a_file_that_checks_nothing(monkeypatch, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "Ada.ipynb").write_text(json.dumps({"cells": [{"cell_type": "code", "source": "x = 1"}]}))
    row, = grade(tmp_path / "in", tmp_path / "out")
    assert (row.outcome, row.exercise, row.feedback) == ("unreadable", "", "It checks no exercise of any sheet.")


# the lines between two processes

class Line(list):
    """A queue that holds its lines already."""

    def get(self, timeout):
        self.patience = [*getattr(self, "patience", []), timeout]
        if not self:
            raise isolation.Empty
        return self.pop(0)


@pytest.mark.parametrize("lines, at, why", [
    ([{"start": "setup"}, {"start": "cell 0"}], "cell 0", ("time-out", "It was stopped after 3 seconds.")),
    ([{"start": "cell 0"}, {"start": "1.1"}, None], "1.1",
     ("error", "Its process ended: it used too much memory, or ended itself.")),
    ([], "setup", ("time-out", "It was stopped after 3 seconds.")),
    ([{"start": "cell 0"}, {"start": "end"}, {"start": "cell 1"}], "end", None),
])
def test_where_a_process_ended(lines, at, why):
    assert _follow(Line(lines), Limits(seconds=3), Found()) == (at, why)


def test_what_a_process_says_is_kept():
    found, lines = Found(), Line([
        {"start": "setup"}, {"start": "cell 4"}, {"cell": 4, "error": "E: e"}, {"start": "1.1"},
        {"exercise": "1.1", "found": {"text": "x"}}, {"start": "1.2"}, {"exercise": "1.2", "failed": "T: t"},
        {"start": "end"}])
    assert _follow(lines, Limits(seconds=3), found) == ("end", None)
    assert found == Found({"1.1": {"text": "x"}}, {"1.2": "T: t"}, {4: "E: e"}, {})
    assert lines.patience[0] == 63 and set(lines.patience[1:]) == {3}


def test_a_submission_is_started_again_behind_what_did_not_end(monkeypatch):
    """What was found before is skipped; after so many starts, or where nothing began, it is left."""
    jobs = []

    def once(ends):
        def run(job, limits, found):
            jobs.append(job)
            return ends.pop(0)
        return run

    monkeypatch.setattr(isolation, "_run_once", once([("cell 1", ("time-out", "a")), ("1.1", ("error", "b")),
                                                      ("end", None)]))
    found = isolation.run_isolated(("a", "b"), {"1.1": "answer_1_1"}, Limits(megabytes=7))
    assert found.stopped == {"cell 1": ("time-out", "a"), "1.1": ("error", "b")}
    assert [job["skip"] for job in jobs] == [[], ["cell 1"], ["cell 1", "1.1"]]
    assert jobs[0] == {"cells": ["a", "b"], "names": {"1.1": "answer_1_1"}, "megabytes": 7, "skip": []}
    monkeypatch.setattr(isolation, "_run_once", once([("setup", ("error", "c"))]))
    assert isolation.run_isolated((), {}).stopped == {"setup": ("error", "c")}
    monkeypatch.setattr(isolation, "_run_once", once([(f"cell {n}", ("time-out", "d")) for n in range(9)]))
    assert len(isolation.run_isolated((), {}).stopped) == isolation.MOST_STARTS == 6


class Shell:
    """Stands for IPython's shell: it runs cells and keeps their names."""

    def __init__(self):
        self.user_ns = {}

    def run_cell(self, source, store_history):
        before = during = None
        try:
            exec(compile(source, "cell", "exec"), self.user_ns)  # our own cells
        except SyntaxError as error:
            before = error
        except (Exception, SystemExit) as error:
            during = error
        return SimpleNamespace(error_before_exec=before, error_in_exec=during)


def test_what_the_runner_says(monkeypatch):
    """Each cell and each answer is announced, errors are told, and what is to be skipped is skipped."""
    monkeypatch.setattr(InteractiveShell, "instance", Shell)
    said = []
    job = {"cells": ["answer_1_4 = 2 / 8", "1 / 0", "raise SystemExit", "answer_1_1 = ", "answer_1_5 = 'N'"],
           "names": {"1.1": "answer_1_1", "1.4": "answer_1_4", "1.5": "answer_1_5"}, "skip": ["cell 2", "1.5"]}
    runner.run(job, lambda **line: said.append(line))
    started = [line["start"] for line in said if "start" in line]
    assert started == ["setup", "cell 0", "cell 1", "cell 3", "cell 4", "1.4", "end"]
    assert said[0] == {"start": "setup"} and said[-1] == {"start": "end"}
    assert {line["cell"]: line["error"].split(":")[0] for line in said if "cell" in line} \
        == {1: "ZeroDivisionError", 3: "SyntaxError"}
    assert [line for line in said if "exercise" in line] == [{"exercise": "1.4", "found": {"number": 0.25}}]


def test_an_answer_that_cannot_be_collected(monkeypatch):
    class Strange(str):
        def strip(self):
            raise ValueError("x" * 1000)

    shell, said = Shell(), []
    shell.user_ns = {"answer_1_1": Strange("a")}
    monkeypatch.setattr(InteractiveShell, "instance", lambda: shell)
    runner.run({"cells": [], "names": {"1.1": "answer_1_1"}, "skip": []}, lambda **line: said.append(line))
    failed = said[2]["failed"]
    assert said[2]["exercise"] == "1.1" and failed.startswith("ValueError: xxx") and len(failed) == 500


def test_how_a_process_is_started(monkeypatch):
    """In a folder of its own, with one thread, without a window, and so that it can be ended with all it started."""
    started = []

    class Started(Exception):
        pass

    def start(command, **how):
        started.append((command, how))
        raise Started

    monkeypatch.setattr(isolation.subprocess, "Popen", start)
    monkeypatch.setenv("ITS_OWN", "kept")
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        monkeypatch.setenv(name, "8")
    with pytest.raises(Started):
        isolation.run_isolated([], {})
    (command, how), = started
    assert command == [sys.executable, "-m", "bplib.grading.runner"] and how["start_new_session"]
    assert how["text"] and how["encoding"] == "utf-8"
    wanted = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "MPLBACKEND": "Agg",
              "PYTHONPATH": str(Path(isolation.__file__).parents[2]), "IPYTHONDIR": how["cwd"], "ITS_OWN": "kept"}
    assert wanted.items() <= how["env"].items()
    assert how["cwd"] != str(Path.cwd()) and not Path(how["cwd"]).exists()


def test_the_limits_of_a_process(monkeypatch):
    """On memory, and 50 megabytes for a file; on a system that cannot limit them, none."""
    limits = {}
    monkeypatch.setitem(sys.modules, "resource", SimpleNamespace(
        RLIMIT_AS="memory", RLIMIT_FSIZE="file", setrlimit=limits.__setitem__))
    runner.limit_memory(3)
    assert limits == {"memory": (3 * 1024**2, 3 * 1024**2), "file": (50 * 1024**2, 50 * 1024**2)}
    monkeypatch.setitem(sys.modules, "resource", None)
    assert runner.limit_memory(3) is None


# release

def test_what_a_release_keeps():
    """Hidden tests go, with their cell; texts and other code stay, without what they showed."""
    cells = [nbformat.v4.new_markdown_cell("### BEGIN SOLUTION is a mark"), nbformat.v4.new_code_cell("x = 1"),
             nbformat.v4.new_code_cell("assert x == 1\n### BEGIN HIDDEN TESTS\nassert x\n### END HIDDEN TESTS"),
             nbformat.v4.new_code_cell("y = 1\n### BEGIN SOLUTION\ny = 2\n### END SOLUTION\n\n", execution_count=3,
                                       outputs=[nbformat.v4.new_output("stream", text="2")])]
    sheet = nbformat.v4.new_notebook(cells=cells)
    left = released(sheet).cells
    assert [cell.source for cell in left] == ["### BEGIN SOLUTION is a mark", "x = 1", "y = 1"]
    assert left[2].outputs == [] and left[2].execution_count is None
    assert sheet.cells[3].outputs and "y = 2" in sheet.cells[3].source  # the sheet itself stays as it was


# the commands

def test_the_command_grades_and_says_what_it_did(tmp_path, monkeypatch, capsys):
    given = []
    monkeypatch.setattr(GRADE, "run_isolated",
                        lambda cells, names, limits: given.append(limits) or in_process(cells, names))
    (tmp_path / "in" / "Ada").mkdir(parents=True)
    (tmp_path / "in" / "Ada" / "x.ipynb").write_text(notebook(RIGHT))
    assert main(["grade", str(tmp_path / "in"), str(tmp_path / "out"), "--seconds", "2.5", "--megabytes", "900"]) == 0
    assert given == [Limits(2.5, 900)]
    one, last = capsys.readouterr().out.splitlines()
    assert one == f"   1  {Path('Ada/x.ipynb')}"
    assert re.fullmatch(r"1 files, 7 lines, \d+ seconds: .*grades\.csv, .*overview\.html", last)


def test_the_command_says_what_is_wrong(tmp_path, capsys):
    assert main(["grade", str(tmp_path / "none"), str(tmp_path / "out")]) == 1
    assert "There is no folder" in capsys.readouterr().err
    assert main(["release", str(tmp_path / "out"), "--source", str(tmp_path)]) == 1
    assert "There is no notebook" in capsys.readouterr().err


def test_the_command_releases(tmp_path, capsys):
    assert main(["release", str(tmp_path / "out")]) == 0
    assert sorted(capsys.readouterr().out.split()) == sorted(map(str, (tmp_path / "out").glob("*.ipynb")))
    assert len([*(tmp_path / "out").glob("*.ipynb")]) == 5
