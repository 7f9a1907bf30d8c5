"""Grading without processes: submissions of some students, a row for each answer, tables and pages of them."""
import csv
import io
import json
import os
import re
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import nbformat
import numpy as np
import pytest

from bplib import InputError
from bplib.course import NOTEBOOKS
from bplib.coursework import EXERCISES, check, functions
from bplib.grading import Settings, channel, executors, gradebooks, gradescope, grade, marking
from bplib.grading.__main__ import main
from bplib.grading.channel import Limits, Stopped, follow
from bplib.grading.child import run, stub
from bplib.grading.folders import overfull, remove
from bplib.grading.isolation import StartFailed
from bplib.grading.journal import Journal, digest
from bplib.grading.marking import Row, Task, believed, drawn, from_json, marked
from bplib.grading.names import visible, visible_name
from bplib.grading.release import released
from bplib.grading.report import MARKS, file_name, harmless, plain, write
from bplib.grading.sources import BOUND, MAGIC, Source, literal_answers, places, sheet_of
from bplib.grading.submissions import LARGEST_FILE, MOST_FILES, content, handed_in, submission
from bplib.grading.tally import Group, Tally

SHEET = [id for id in EXERCISES if id.startswith("1.")]
RIGHT = {"1.1": '"2(a-y)g\'(z)x"', "1.4": "0.25"}
HALF_RIGHT = {"1.1": '"(a-y)g\'(z)x"', "1.4": "0.5"}
"""The 2 of the square is lost: 0.7 of a point, in each of the two."""

CLASS = {
    "Ada/sheet.ipynb": RIGHT, "Bea/first.ipynb": HALF_RIGHT, "Bea/second.ipynb": {"1.1": "None", "1.4": "0.25"},
    "Cem.ipynb": {"1.1": '"x"', "1.4": '"many"'}, "Dov/sheet.ipynb": "no notebook",
}


def cells_of(*sources):
    return json.dumps({"cells": [{"cell_type": "code", "source": source} for source in sources]})


def notebook(answers):
    """A submission: what learners call `check` with, and their answers."""
    return cells_of(*(f"answer_{id.replace('.', '_')} = {answer}\ncheck('{id}', answer_{id.replace('.', '_')})"
                      for id, answer in answers.items()))


def put(folder, files):
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(notebook(content) if isinstance(content, dict) else content, encoding="utf-8")


# a process that is none

class Shell:
    """Stands for IPython's shell: it runs cells and keeps their names."""

    def __init__(self):
        self.user_ns = {"check": lambda *given: None}

    def run_cell(self, source, store_history):
        before = during = None
        try:
            exec(compile(source, "cell", "exec"), self.user_ns)  # our own cells
        except SyntaxError as error:
            before = error
        except (Exception, SystemExit) as error:
            during = error
        return SimpleNamespace(error_before_exec=before, error_in_exec=during)


class Lines:
    """Stands for a channel: it has its lines already, and then nothing, or the end of the process."""

    def __init__(self, lines, ends=True):
        self.all, self.ends = lines, ends

    def lines(self, patience):
        yield from self.all
        while not self.ends:
            patience()
            yield None


def in_process(settings, job, limits):
    """`marking.in_house` without a house, for submissions that do no harm."""
    said, job = [], {**job, "secret": "s", "folder": ""}

    def write(data):
        said.append(data.rstrip(b"\n"))
        return len(data)

    say = run.writer(write, "s")
    say(start="setup", holds=["memory"])
    run.run(job, say, Shell(), functions.found)
    return follow(Lines(said), job, limits)


@pytest.fixture
def inside(monkeypatch):
    monkeypatch.setattr(marking, "in_house", in_process)


@pytest.fixture
def class_of_four(tmp_path, inside):
    put(tmp_path / "in", CLASS)
    told = []
    tally = grade(tmp_path / "in", tmp_path / "out", workers=2, told=lambda name, rows, new: told.append((name, new)))
    assert sorted(told) == [(name, True) for name in CLASS]
    return tally, tmp_path / "out"


def found(rows, file):
    return {row.exercise: (row.outcome, row.points) for row in rows if row.file == file}


def test_each_answer_has_its_row(class_of_four):
    rows = class_of_four[0].rows
    missing = {id: ("missing", 0.0) for id in SHEET}
    assert found(rows, "Ada/sheet.ipynb") == missing | {"1.1": ("right", 1.0), "1.4": ("right", 1.0)}
    assert found(rows, "Bea/first.ipynb") == missing | {"1.1": ("wrong", 0.7), "1.4": ("wrong", 0.7)}
    assert found(rows, "Bea/second.ipynb") == missing | {"1.4": ("right", 1.0)}
    assert found(rows, "Cem.ipynb") == missing | {"1.1": ("wrong", 0.0), "1.4": ("invalid", 0.0)}
    assert found(rows, "Dov/sheet.ipynb") == {"": ("unreadable", 0.0)}
    assert [row.student for row in rows] == ["Ada"] * 7 + ["Bea"] * 14 + ["Cem"] * 7 + ["Dov"]


def test_a_row_carries_the_exercise(class_of_four):
    rows = class_of_four[0].rows
    for row in rows[:-1]:
        exercise = EXERCISES[row.exercise]
        assert (row.sheet, row.title, row.of) == ("1", exercise.title, exercise.points)
    assert {row.of for row in rows[:-1]} == {1, 2} and rows[-1].of == 0
    wrong = next(row for row in rows if row.points == 0.7)
    assert wrong.mistakes == ("the 2 of the square is lost",) and "brings a factor down" in wrong.feedback
    assert "There is no answer" in next(row for row in rows if row.outcome == "missing").feedback
    assert "not a notebook (JSONDecodeError)" in rows[-1].feedback


def read_table(path):
    text = path.read_bytes()
    assert text.startswith(b"\xef\xbb\xbf")  # by which a spreadsheet knows that it is UTF-8
    return list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"), newline="")))


def test_the_tables_agree_in_points(class_of_four):
    """What counts in grades.csv adds up to totals.csv, and every total is out of the same."""
    tally, folder = class_of_four
    table, totals = read_table(folder / "grades.csv"), read_table(folder / "totals.csv")
    assert [(one["student"], one["file"], one["exercise"], one["outcome"], float(one["points"])) for one in table] \
        == [(one.student, one.file, one.exercise, one.outcome, one.points) for one in tally.rows]
    for one in totals:
        counted = [row for row in table if row["student"] == one["student"] and row["counts"] == "yes"]
        assert sum(float(row["points"]) for row in counted) == pytest.approx(float(one["points"]))
    assert [(one["student"], one["sheet 1"], one["points"], one["of"]) for one in totals] \
        == [("Ada", "2", "2", "8"), ("Bea", "1.7", "1.7", "8"), ("Cem", "0", "0", "8"), ("Dov", "0", "0", "8")]


# pages

class Cells(HTMLParser):
    """The tables of a page: for each row the texts of its cells, without the white space around them."""

    def __init__(self, page):
        super().__init__()
        self.rows, self.inside = [], False
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.inside = tag in ("td", "th") or self.inside
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag):
        self.inside = self.inside and tag not in ("td", "th")

    def handle_data(self, text):
        if self.inside:
            self.rows[-1][-1] += text.strip()


def page_of(folder, name="overview.html"):
    page = (folder / name).read_text(encoding="utf-8")
    return page, {row[0]: row[1:] for row in reversed(Cells(page).rows) if row}


def test_points_of_each_student(class_of_four):
    """Of two hand-ins the better answer counts, exercise by exercise; a half-right one counts by its share."""
    _, rows = page_of(class_of_four[1])
    assert rows["Ada"] == ["2", "✓", "–", "–", "✓", "–", "–", "–", ""]
    assert rows["Bea"] == ["1.7", "✗0.7".replace("✗", "✗ "), "–", "–", "✓", "–", "–", "–", ""]
    assert rows["Cem"] == ["0", "✗", "–", "–", "unread", "–", "–", "–", ""]
    assert rows["Dov"] == ["0", "", "", "", "", "", "", "", "Dov/sheet.ipynb: It is not a notebook (JSONDecodeError)."]


def test_mistakes_and_outcomes_of_the_class(class_of_four):
    page, rows = page_of(class_of_four[1])
    assert rows["the 2 of the square is lost"] == ["1", "1.1"]  # Bea's 1.4 became right
    assert rows["Exercise"] == ["right ✓", "wrong ✗", "undecided ?", "invalid unread", "time-out time", "error error",
                                "missing –", "unreadable unread", "not graded !"]
    outcomes = dict(zip(MARKS, rows["1.1 One weight"]))
    assert {outcome: number for outcome, number in outcomes.items() if number} == {"right": "1", "wrong": "2"}
    assert "4 students, 8 points in sheet\n1." in page


def test_pages_of_wrong_answers_name_nobody(class_of_four):
    folder = class_of_four[1] / "answers"
    page, rows = page_of(folder, "exercise-1.1.html")
    assert sorted(row[:3] for row in Cells(page).rows[1:]) \
        == [["1.1", "the 2 of the square is lost", "1"], ["1.1", "the error term is lost", "1"]]
    assert "<code>(a-y)g&#39;(z)x</code>" in page and "<code>x</code>" in page
    mistake = (folder / f"{file_name('the 2 of the square is lost')}.html").read_text(encoding="utf-8")
    assert "<code>(a-y)g&#39;(z)x</code>" in mistake and "<code>x</code>" not in mistake
    for one in folder.iterdir():
        assert not re.search("Ada|Bea|Cem|Dov", one.read_text(encoding="utf-8")), one.name


def test_a_feedback_page_holds_one_student(class_of_four):
    pages = {path.stem: path.read_text(encoding="utf-8") for path in (class_of_four[1] / "feedback").iterdir()}
    pages = {name[:3].title(): page for name, page in pages.items()}
    assert {*pages} == {"Ada", "Bea", "Cem", "Dov"}
    for name, page in pages.items():
        assert name in page and not re.search("|".join({*pages} - {name}), page)
    bea = pages["Bea"]
    assert "1.7 of 8 points" in bea and "<strong>The 2 of the square is lost.</strong>" in bea and "**" not in bea


def row(student="Ada", exercise="1.1", outcome="right", points=1.0, of=1, file="a.ipynb", **more):
    sheet = exercise.partition(".")[0]
    return Row(student, file, sheet, exercise, f"Title {exercise}", outcome, points, of, **{"feedback": "told", **more})


@pytest.mark.parametrize("earned", [(0.4, 1.4), (1.4, 0.4), (0.0, 1.4, 0.4)])
def test_the_best_of_several_hand_ins_counts(earned):
    rows = [row(points=points, of=2, outcome="wrong", file=f"{points}.ipynb") for points in earned]
    tally = Tally(rows)
    assert tally.points("Ada") == 1.4 and [tally.counts(one) for one in rows] == [one.points == 1.4 for one in rows]


def test_one_stray_sheet_changes_nobodys_total():
    """A sheet counts where a tenth of the class has handed it in; what counts can be said, too."""
    rows = [row(f"student {n}") for n in range(20)] + [row("student 0", "2.1")]
    tally = Tally(rows)
    assert tally.sheets == ("1",) and tally.of == 8 and tally.left_out == {"2": 1}
    assert Tally(rows, ("1", "2")).of == 8 + sum(one.points for id, one in EXERCISES.items() if id.startswith("2."))
    assert Tally(rows[18:]).sheets == ("1", "2")


def test_wrong_answers_are_grouped():
    """By their mistakes; where there is no name, by value, the largest group of an exercise first."""
    rows = [row("a", outcome="wrong", answer="x", value="1"), row("b", outcome="wrong", answer="1x", value="1"),
            row("c", outcome="wrong", answer="y", value="2"),
            row("d", outcome="wrong", mistakes=("m",), answer="z", value="3"),
            row("e", outcome="wrong", mistakes=("m",), answer="z", value="4"), row("f", "1.10", "undecided"), row("g")]
    assert Tally(rows).groups == [Group("1.1", (), 2, ("x", "1x")), Group("1.1", ("m",), 2, ("z",)),
                                  Group("1.1", (), 1, ("y",)), Group("1.10", (), 1, ("",))]


def test_answers_of_equal_value_are_equal(inside):
    """However they are written; another value, or another kind of answer, is another."""
    def value(id, answer):
        rows = marked(Task("Ada", "a.ipynb", notebook({id: answer}).encode()), Settings())
        return next(one.value for one in rows if one.exercise == id)

    assert value("1.1", '"x*a"') == value("1.1", '"a x"') != value("1.1", '"a x x"')
    assert value("1.4", "0.5") == value("1.4", "1/2") == "0.5" != value("1.4", "0.6")
    assert value("1.1", "None") == ""


def test_mistakes_are_counted_by_students():
    """The most common first; a student who made one twice counts once for each exercise in which it was made."""
    rows = [row("Ada", mistakes=("a",)), row("Bea", mistakes=("a", "b")), row("Cem", "1.2", mistakes=("a",)),
            row("Cem", "1.3", mistakes=("a",))]
    mistakes = Tally(rows).mistakes
    assert [*mistakes] == ["a", "b"]
    assert mistakes["a"] == {"1.1": {"Ada", "Bea"}, "1.2": {"Cem"}, "1.3": {"Cem"}}


def test_what_was_handed_in_is_shown_as_text(tmp_path):
    rows = [row("<b>Ada</b>", outcome="wrong", mistakes=("a & b",), answer="<i>x", feedback="<script>alert(1)")]
    write(rows, tmp_path / "deep" / "out")
    pages = [path.read_text(encoding="utf-8") for path in (tmp_path / "deep" / "out").rglob("*.html")]
    assert len(pages) == 10
    for page in pages:
        assert "<b>Ada" not in page and "<script>alert" not in page and "<i>x" not in page
    assert "&lt;b&gt;Ada" in (tmp_path / "deep" / "out" / "overview.html").read_text(encoding="utf-8")


def test_a_class_without_mistakes(tmp_path):
    write([row()], tmp_path)
    assert "No mistake was recognised." in (tmp_path / "overview.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("given, told", [
    ("=1+1", "'=1+1"), ("@x", "'@x"), ("-2+3", "'-2+3"), ("+cmd|x", "'+cmd|x"), ("＝1", "'＝1"), ("\t=1", "\t'=1"),
    ("- x", "'- x"), ("x;=1+1", "x;'=1+1"), ("a\n+b", "a\n'+b"), ("a\r-b", "a\r'-b"), ("-1;=2", "-1;'=2"),
    *[(same, same) for same in ("−1", "-0.5", "+3", "-1,5", "-2e-3", "-5%", "a\n-1\nb", "-", "a\n-\nb", "a, -b", "a - b", "",
                                0.5)],
])
def test_a_cell_of_a_table_is_no_formula(given, told):
    """An apostrophe stands where a spreadsheet would evaluate, and nowhere else: not in front of a number or a dash."""
    assert harmless(given) == told


def test_feedback_in_a_table_is_plain_text():
    """Of no derivation and no other answer does it need an apostrophe."""
    assert plain("**Lost.** See  \n- ✓ line 1: `a**2 - b**2`") == "Lost. See\n✓ line 1: `a**2 - b**2`"
    for id, answer in (("6.1", "∂C/∂z = a − y\n= -a + y"), ("6.1", "-3"), ("1.1", "-x"), ("1.1", "(a-y)g'(z)"), ("1.4", "-")):
        told = plain(check(id, answer).feedback)
        assert len(told) > 30 and harmless(told) == told


def test_files_of_two_students_never_meet():
    names = ["Ada", "ada", "Ada!", "Ada?", "ä", "section/ada", "x" * 100, "x" * 101, "", "..", "con"]
    made = [file_name(name).lower() for name in names]
    assert len(set(made)) == len(names) and all(re.fullmatch(r"[\w-]+", name, re.A) for name in made)


# names and texts from outside

@pytest.mark.parametrize("text, shown", [
    ("a\ud800b", "a\\ud800b"), ("a\u202eb", "a\\u202eb"), ("a\x00\x1b[2J", "a\\u0000\\u001b[2J"),
    ("ü ж\n\t∂", "ü ж\n\t∂"),
    ("می\u200cروم", "می\u200cروم"), ("\udcff", "\\xff"), ("x" * 9, "xxxxx … (9 characters)"),
])
def test_texts_that_a_table_can_hold(text, shown):
    assert visible(text, 5 if text[0] == "x" else 100) == shown
    shown.encode("utf-8")


def test_names_stay_apart_and_can_be_written(tmp_path):
    names = [b"Ada", b"\xff", b"\\xff", b"a\nb", "Übung".encode(), b"\xed\xa0\x80"]
    shown = [visible_name(Path(name.decode("utf-8", "surrogateescape"))) for name in names]
    assert shown == ["Ada", "\\xff", "\\\\xff", "a\\u000ab", "Übung", "\\xed\\xa0\\x80"]
    assert len(set(shown)) == len(names) and [name.encode("utf-8") for name in shown]


# whose file, which sheet

def students(tmp_path, *names, level=None):
    put(tmp_path, dict.fromkeys(names, {"1.1": "1"}))
    return [one.student for one in handed_in(tmp_path, level)]


@pytest.mark.parametrize("names, wanted", [
    (["Ada/x.ipynb", "Bea/deep/x.ipynb", "Cem.ipynb"], ["Ada", "Bea", "Cem"]),
    (["section-A/ada/x.ipynb", "section-A/ben/x.ipynb"], ["section-A/ada", "section-A/ben"]),
    (["A/ada/x.ipynb", "A/ben/x.ipynb", "A/eve/x.ipynb", "B/ada/x.ipynb", "B/cem/x.ipynb", "B/dov/x.ipynb"],
     ["A/ada", "A/ben", "A/eve", "B/ada", "B/cem", "B/dov"]),
    (["Ada/sheet-1/x.ipynb", "Ada/sheet-2/x.ipynb", "Bea/sheet-1/x.ipynb", "Bea/sheet-2/x.ipynb"],
     ["Ada", "Ada", "Bea", "Bea"]),
    (["Ada/draft/x.ipynb", "Ada/final/x.ipynb", "Bea/x.ipynb", "Cem/x.ipynb"], ["Ada", "Ada", "Bea", "Cem"]),
])
def test_students_are_folders_and_below_sections_theirs(tmp_path, names, wanted):
    assert students(tmp_path, *names) == wanted


def test_how_deep_the_students_are_can_be_said(tmp_path):
    names = ("Ada/draft/x.ipynb", "Ada/final/x.ipynb")
    assert students(tmp_path, *names) == ["Ada/draft", "Ada/final"]
    assert students(tmp_path, *names, level=1) == ["Ada", "Ada"]


def test_every_file_and_every_empty_folder_has_its_line(tmp_path):
    """But for what systems leave behind; a link is not followed."""
    put(tmp_path / "in", {"b.ipynb": "", "a/x.ipynb": "", "a/.hidden.ipynb": "", "__eve__/x.ipynb": "",
                          "__MACOSX/a.ipynb": "", "c/__pycache__/x": "", "d/.ipynb_checkpoints/x": ""})
    (tmp_path / "in" / "empty").mkdir()
    (tmp_path / "secret.ipynb").write_text("")
    (tmp_path / "in" / "link.ipynb").symlink_to(tmp_path / "secret.ipynb")
    (tmp_path / "in" / "folder").symlink_to(tmp_path)
    problems = {one.name: one.problem for one in handed_in(tmp_path / "in")}
    assert problems == {"__eve__/x.ipynb": "", "a/.hidden.ipynb": "", "a/x.ipynb": "", "b.ipynb": "",
                        "c": "The folder is empty.", "d": "The folder is empty.", "empty": "The folder is empty.",
                        "folder": "It is a link; hand in the file itself.",
                        "link.ipynb": "It is a link; hand in the file itself."}
    assert all(content(one) == (b"", one.problem) for one in handed_in(tmp_path / "in"))


def test_one_student_cannot_hand_in_a_thousand_files(tmp_path):
    put(tmp_path, dict.fromkeys([*(f"Ada/{n:03}.ipynb" for n in range(MOST_FILES + 2)), "Bea/x.ipynb"], ""))
    assert [bool(one.problem) for one in handed_in(tmp_path)] == [False] * MOST_FILES + [True] * 2 + [False]


def test_what_is_no_file_or_too_large_is_not_read(tmp_path):
    os.mkfifo(tmp_path / "pipe.ipynb")  # to open it would wait for somebody who writes
    with open(tmp_path / "large.ipynb", "wb") as file:
        file.truncate(LARGEST_FILE + 1)
    large, pipe = handed_in(tmp_path)
    assert content(large) == (b"", "It has more than 20 MB; clear its outputs and hand it in again.")
    assert content(pipe) == (b"", "It cannot be read (OSError: it is no file).")


@pytest.mark.parametrize("cells, sheet", [
    (["check('1.1', a)", "field('1.2', a)"], "1"), (["check('1.1', a)", 'hand_in("2.1", a)', "check('2.2', a)"], "2"),
    (["x = 1"], ""), ([], ""), (["check( '3.1', a)", "recheck('4.1')", "check('12.1', a)"], "3"),
    (["check('2.1', a)", "check('1.1', a)"], "1"), (["answer_3_1 = ''", "# check('4.1') hand_in('4.2')"], "3"),
    (["check('1.1', a)"] * 5 + ["check('2.1', a)", "check('2.2', a)"], "2"),
    (["%time check('1.1', a)", "answer_2_1 = 3"], "2"),
    (["bplib.coursework.check('1.1', a)"], "1"), (["check('99.1', a)", "check(1)", "check"], ""),
])
def test_the_sheet_of_a_file(cells, sheet):
    assert sheet_of([Source(cell) for cell in cells]) == sheet


@pytest.mark.parametrize("text, problem", [
    (b"", "JSONDecodeError"), (b"[]", "TypeError"), (b"{}", "KeyError"), (b'{"cells": 3}', "TypeError"),
    (b'{"cells": [{"cell_type": "code"}]}', "KeyError"), (b'{"cells": [3]}', "TypeError"), (b"\xff", "JSONDecodeError"),
    (b"[" * 100_000, "RecursionError"), (b'{"cells": ' + b"9" * 9999 + b"}", "ValueError")])
def test_why_a_file_cannot_be_read(text, problem):
    assert submission(text).problem == f"It is not a notebook ({problem})."


def test_only_code_counts():
    cells = [{"cell_type": "markdown", "source": "a"}, {"cell_type": "code", "source": ["b\n", "c"]}]
    assert submission(b"\xef\xbb\xbf" + json.dumps({"cells": cells}).encode()).cells == ("b\nc",)
    assert submission('{"cells": []}'.encode("utf-16")).cells == ()
    assert submission(cells_of("ü").encode().replace(b"\\u00fc", b"\xfc")).cells == ("\ufffd",)
    long, = submission(cells_of("x" * 200_000).encode()).cells
    assert long == "raise ValueError('The cell had 200,000 characters; up to 100,000 are read.')"


# what a text says

@pytest.mark.parametrize("source, names", [
    ("a = b = 1", {"a", "b"}), ("def f(x):\n    y = x", {"f", "y"}), ("answer = = 3", {"answer"}), ("", set()),
    ("def f(x)\n    return x", {"f"}), ("%matplotlib inline\na = 1", {"a"}), ("%%time\na = 1", {"a"}),
    ("%%bash\na=1", set()), ("import numpy as np, os", {"np", "os"}), ("(a := 1)", {"a"}), ("a?", set()),
    ("\n" * 20_000, set()), ("a" * 50_000 + " ", set()), ("-" * 50_000 + "a", set()), ("(" * 50_000, set()),
    ("x = 3 \\\n % b", {"x"}),
])
def test_names_that_a_cell_binds(source, names):
    assert Source(source).names == names


def test_work_on_a_text_grows_with_its_length_alone():
    """The patterns try each place once: a text of newlines or blanks costs as many steps as it has characters."""
    for pattern in (BOUND.pattern, MAGIC.pattern):
        assert r"\s" not in pattern  # it would run on over the ends of lines, from each line anew


@pytest.mark.parametrize("cells, answers", [
    (["a = 1"], {"a": 1}), (["a = '2x'\nb = -0.5"], {"a": "2x", "b": -0.5}), (["a = 1/4"], {"a": 0.25}),
    (["a = 'x' + 'y'"], {}), (["a = None"], {"a": None}), (["a: str = 'x'"], {"a": "x"}), (["a = 2\n1/0"], {"a": 2}),
    (["a = 1", "a = 2"], {"a": 2}), (["a = 1", "a = f()"], {}), (["a = f()", "a = 1"], {"a": 1}),
    (["a = 1\na += 1"], {}), (["a = 1\nif True:\n    a = 2"], {}), (["a = 1\ndel a"], {}), (["a = 1", "a = = 2"], {}),
    (["a = 9**9**9"], {}), (["a = 1e308 * 10"], {}), (["a = 1 / 0"], {}), (["a = (1).__class__"], {}),
    (["a, b = 1, 2"], {}),
    (["a = open('x').read()"], {}), (["%time\na = 1"], {"a": 1}), (["a = ..."], {"a": ...}),
    (["a = 1", "def a(): pass"], {}),
    (["a = 1", "for a in b: pass"], {}), (["a = 1", "import a"], {}),
    (["a = 'x'", "def f():\n    global a\n    a = 2"], {}),
])
def test_answers_that_are_literals(cells, answers):
    assert literal_answers([Source(cell) for cell in cells]) == answers


def test_where_names_are_bound():
    assert places([Source(text) for text in ("a = 1", "b = 1", "a = b")]) == {"a": [0, 2], "b": [1]}


# an answer, and why there is none

def outcomes(*cells):
    rows = marked(Task("Ada", "a.ipynb", cells_of(*cells, "check('1.1', answer_1_1)").encode()), Settings())
    return {one.exercise: (one.outcome, one.feedback) for one in rows}


def test_a_literal_is_never_run(monkeypatch):
    monkeypatch.setattr(marking, "in_house", lambda *given: pytest.fail("it runs"))
    told = outcomes("while True: pass", "answer_1_4 = 0.25", "import os; os._exit(1)")
    assert told["1.4"][0] == "right" and told["1.7"][0] == "missing"


def test_a_computed_answer_is_run(inside):
    told = outcomes("w = 1", "answer_1_4 = w / 4", "answer_1_1 = '2(a-y)' + \"*g'(z)x\"", "answer_1_3 = [1]")
    assert [told[id][0] for id in ("1.1", "1.3", "1.4")] == ["right", "invalid", "right"]


def test_why_an_answer_is_not_there(monkeypatch):
    """The last cell that binds its name tells: it raised, or it was stopped; other cells do not matter."""
    said = channel.Said(found={"1.4": {"number": 0.25}}, failed={"1.5": "TypeError: no"},
                        errors={1: "ZeroDivisionError: a", 2: "ZeroDivisionError: b"})
    ends = [("cell 3", Stopped("time-out", "It was stopped.")), ("1.6", Stopped("error", "It ended.")), None]
    jobs = []

    def once(settings, job, limits):
        jobs.append(job)
        said.stopped = ends.pop(0)
        return said

    monkeypatch.setattr(marking, "in_house", once)
    told = outcomes("answer_1_1 = f(1)", "1 / 0", "answer_1_2 = 1 / 0", "while True: answer_1_3 = f(1)",
                    "answer_1_4 = f(2)", "answer_1_5 = f(2)", "answer_1_6 = f(2)")
    assert told["1.1"] == ("missing", "There is no answer.") and told["1.4"][0] == "right"
    assert told["1.2"] == ("error", "ZeroDivisionError: b") and told["1.3"] == ("time-out", "It was stopped.")
    assert told["1.5"] == ("error", "TypeError: no") and told["1.6"] == ("error", "It ended.")
    assert told["1.7"] == ("missing", "There is no answer.")
    assert [job["skip"] for job in jobs] == [[], [3], [3]]
    assert [[one["exercise"] for one in job["answers"]] for job in jobs] \
        == [["1.1", "1.2", "1.3", "1.4", "1.5", "1.6"], ["1.1", "1.2", "1.3", "1.6"], ["1.1", "1.2", "1.3"]]


def test_time_is_limited_for_the_whole_submission(monkeypatch):
    """However often it has to be started again; what was found before counts, the rest was too slow and not missing."""
    limits = []

    def once(settings, job, given):
        limits.append((given.total, given.seconds))
        number = len(limits) - 1
        return channel.Said(stopped=(f"cell {number}", Stopped("time-out", "It was stopped.")), seconds=25.0,
                            found={"1.4": {"number": 0.25}})

    monkeypatch.setattr(marking, "in_house", once)
    told = outcomes(*["while True: pass"] * 9, "answer_1_4 = f(1)", "answer_1_1 = f(2)")
    assert limits == [(60.0, 10.0), (35.0, 5.0), (10.0, 2.5)]
    assert told["1.4"][0] == "right"
    assert told["1.1"] == ("time-out", "The whole submission was stopped after 60 seconds.")


def test_a_start_that_fails_is_not_graded(monkeypatch):
    """It says nothing about the submission; what stands in its text is graded all the same."""
    def fails(*given):
        raise StartFailed("no process")

    monkeypatch.setattr(marking, "in_house", fails)
    told = outcomes("answer_1_4 = 0.25", "answer_1_1 = f(1)", "def learn(w, b, x, y, eta): return w, b")
    assert told["1.4"][0] == "right" and told["1.1"] == ("not graded", "no process")


def test_a_defect_of_ours_costs_no_mark(monkeypatch):
    monkeypatch.setattr(marking.coursework, "judged", lambda *given: 1 / 0)
    told = outcomes("answer_1_4 = 0.25")
    assert told["1.4"] == ("not graded", "ZeroDivisionError: division by zero") and told["1.1"][0] == "missing"


def test_a_file_that_checks_nothing():
    row, = marked(Task("Ada", "a.ipynb", cells_of("x = 1").encode()), Settings())
    assert (row.outcome, row.exercise, row.feedback) == ("unreadable", "", "It checks no exercise of any sheet.")


# functions are called with numbers that nobody knows

FUNCTIONS = [row for row in EXERCISES.values() if row.kind == "function"]
SHEETS = Path(__file__).resolve().parent.parent / "notebooks" / "coursework" / "solutions"


def solution(exercise):
    """The cell of a sheet that defines the function."""
    for path in SHEETS.glob("*.ipynb"):
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.source.startswith(f"def {exercise.name}("):
                scope = {"np": np}
                exec(cell.source, scope)
                return scope[exercise.name]


@pytest.mark.parametrize("exercise", FUNCTIONS, ids=lambda row: row.id)
def test_a_right_function_is_right_for_any_numbers(exercise):
    for seed in (1, 12345, 2**31 - 1):
        other = drawn(exercise.id, seed)
        inputs = functions.inputs_of(other)
        assert marking.coursework.judged(other, functions.found(solution(exercise), inputs, exercise.returns)).right
        assert not np.array_equal(inputs[0][exercise.takes[0]], functions.inputs_of(exercise)[0][exercise.takes[0]])


def test_a_function_that_knows_the_numbers_of_check_earns_nothing():
    exercise, known = EXERCISES["4.3"], []
    for one in functions.inputs_of(exercise):
        known.append((one["a2"], solution(exercise)(**one)))
    recall = lambda a2, y: next((out for given, out in known if np.array_equal(given, a2)), known[0][1])  # noqa: E731
    assert marking.coursework.check("4.3", recall).right
    other = drawn("4.3", 5)
    verdict = marking.coursework.judged(other, functions.found(recall, functions.inputs_of(other), exercise.returns))
    assert verdict.score == 0


# what a process says

JOB = {"cells": ["a", "b"], "skip": [0], "answers": [{"exercise": "1.1"}, {"exercise": "1.2"}], "secret": "s",
       "folder": ""}


def say(**line):
    return b"s" + json.dumps(line).encode()


ALL = [say(start="setup", holds=["memory"]), say(start="cell 1"), say(cell=1, error="E: e"), say(start="1.1"),
       say(exercise="1.1", found={"text": "x"}), say(start="1.2"), say(exercise="1.2", failed="T: t"), say(start="end")]


def test_what_a_process_says_is_kept():
    said = follow(Lines(ALL), JOB, Limits())
    assert (said.found, said.failed, said.errors) == ({"1.1": {"text": "x"}}, {"1.2": "T: t"}, {1: "E: e"})
    assert (said.stopped, said.forged, said.holds) == (None, 0, ("memory",))


@pytest.mark.parametrize("number, at", [(0, "start"), (1, "setup"), (2, "cell 1"), (4, "1.1"), (7, "1.2")])
def test_where_a_process_ended(number, at):
    said = follow(Lines(ALL[:number]), JOB, Limits())
    assert said.stopped == (at, Stopped("error", "Its process ended: it used too much memory, or ended itself."))


@pytest.mark.parametrize("line", [
    b'{"start": "end"}', b"x" + ALL[-1][1:], say(start="end"), say(start="1.2"), say(start="cell 0"),
    say(start="setup"), say(exercise="1.1", found={"text": "forged"}), say(cell=0, error="x"),
    say(exercise="1.2", failed="x"), b"s[]", b"s",
    say(), say(exercise="9.9", found={}), b"s" + b"[" * 100_000, b"\xff\xfe", say(blocked=["files"]),
    b"s{\"start\": 1e999}",
])
def test_a_forged_line_changes_nothing_and_is_counted(line):
    """One without the secret, out of turn, or that means nothing."""
    plain, said = follow(Lines(ALL), JOB, Limits()), follow(Lines([*ALL[:2], line, *ALL[2:]]), JOB, Limits())
    assert said.forged == 1
    assert (said.found, said.failed, said.errors, said.stopped) == (plain.found, plain.failed, plain.errors, None)


class Clock:
    """Time that passes by a second with each look at it."""

    def __init__(self, monkeypatch):
        self.now = 0.0
        monkeypatch.setattr(channel, "time", SimpleNamespace(monotonic=self.look))

    def look(self):
        self.now += 1.0
        return self.now


def test_silence_ends_a_step(monkeypatch):
    Clock(monkeypatch)
    said = follow(Lines(ALL[:2], ends=False), JOB, Limits(seconds=20))
    assert said.stopped == ("cell 1", Stopped("time-out", "It was stopped after 20 seconds."))


def test_lines_do_not_renew_the_time(monkeypatch):
    """Neither those of a process nor what it forges: a step has its time, and so has the whole."""
    Clock(monkeypatch)
    chatter = Lines([*ALL[:2], *[b"x"] * 1000])
    assert follow(chatter, JOB, Limits(seconds=20)).stopped[1].why == "It was stopped after 20 seconds."
    Clock(monkeypatch)
    job = {**JOB, "cells": ["a"] * 500}
    steps = Lines([ALL[0], *(say(start=f"cell {n}") for n in range(1, 500))])
    assert follow(steps, job, Limits(seconds=50, total=90)).stopped[1] \
        == Stopped("time-out", "The whole submission was stopped after 90 seconds.")


def test_a_process_that_says_too_much_is_stopped():
    """The grader holds a few megabytes of it at most."""
    taken = []

    def endless(most):
        taken.append(most)
        return b"x" * most

    talks = channel.Channel(endless, lambda data: None, lambda: None, lambda: None, JOB)
    said = follow(talks, JOB, Limits())
    talks.close()
    assert said.stopped[1].why == "It was stopped: it wrote far more than any answer needs."
    assert sum(taken) < 8 * 2**20


@pytest.mark.parametrize("found", [
    {"runs": []}, {"runs": 3}, {"runs": [{}, {}]}, {"text": 3}, {"number": "x"}, {}, {"text": "a", "number": 1},
    {"strange": 1}, {"number": [1]}, {"other": {}}, {"number": 10**400}, {"missing": True, "text": ""},
])
def test_what_is_not_believed(found):
    with pytest.raises((ValueError, KeyError, TypeError, OverflowError)):
        believed(EXERCISES["4.3"], found)


def test_a_run_is_believed_by_its_form_alone():
    good = {"arrays": {"delta2": [[1.0]]}, "again": True, "changed": ["y", "z"], "error": "", "line": "",
            "missing": False}
    assert believed(EXERCISES["4.3"], {"runs": [good, good]})["runs"][0] == {**good, "changed": ["y"]}
    for change in ({"arrays": {}}, {"arrays": {"delta2": [[1.0], 2.0]}}, {"arrays": {"delta2": "x"}}, {"error": 3},
                   {"changed": 3}):
        with pytest.raises((ValueError, KeyError, TypeError)):
            believed(EXERCISES["4.3"], {"runs": [good, {**good, **change}]})


# what the program in the process says

def test_what_the_runner_says():
    """Each cell and each answer is announced, errors are told, and what is to be skipped is skipped."""
    said = []
    job = {"cells": ["answer_1_4 = 2 / 8", "1 / 0", "raise SystemExit", "answer_1_1 = ", "answer_1_5 = 'N'"],
           "skip": [2],
           "answers": [{"exercise": id, "name": f"answer_{id.replace('.', '_')}", "inputs": [], "returns": []}
                       for id in ("1.1", "1.4")]}
    run.run(job, lambda **line: said.append(line), Shell(), functions.found)
    assert [line["start"] for line in said if "start" in line] \
        == ["cell 0", "cell 1", "cell 3", "cell 4", "1.1", "1.4", "end"]
    assert {line["cell"]: line["error"].split(":")[0] for line in said if "cell" in line} \
        == {1: "ZeroDivisionError", 3: "SyntaxError"}
    assert [line for line in said if "exercise" in line] == [{"exercise": "1.4", "found": {"number": 0.25}}]


def test_an_answer_that_cannot_be_collected():
    class Strange(str):
        def strip(self):
            raise ValueError("x" * 1000)

    shell, said = Shell(), []
    shell.user_ns = {"answer_1_1": Strange("a")}
    job = {"cells": [], "skip": [], "answers": [{"exercise": "1.1", "name": "answer_1_1", "inputs": [], "returns": []}]}
    run.run(job, lambda **line: said.append(line), shell, functions.found)
    assert said[1]["exercise"] == "1.1" and said[1]["failed"].startswith("ValueError: xxx")
    assert len(said[1]["failed"]) == 500


# folders

def test_a_folder_is_removed_whatever_is_in_it(tmp_path):
    """A tree too deep for any path, folders without rights, links out of it, which are not followed."""
    kept = tmp_path / "kept.txt"
    kept.write_text("x")
    place = tmp_path / "work"
    (place / "closed" / "inside").mkdir(parents=True)
    (place / "link").symlink_to(tmp_path)
    (place / "closed").chmod(0)
    before = os.getcwd()
    os.chdir(place)
    for _ in range(300):
        os.mkdir("d" * 20)
        os.chdir("d" * 20)
    os.chdir(before)
    assert overfull(place, 1, entries=50) and not overfull(tmp_path / "none", 1)
    remove(place)
    assert not place.exists() and kept.exists()


def test_a_folder_that_holds_too_much(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x").write_bytes(b"x" * 2**20)
    assert not overfull(tmp_path, 1) and overfull(tmp_path / "a", 0)


# results that are kept

def test_what_was_graded_is_not_graded_again(tmp_path, inside):
    """What was changed, added, or not graded is; the tables are the same as if all were graded anew."""
    put(tmp_path / "in", CLASS)
    grade(tmp_path / "in", tmp_path / "out", seed=3)
    put(tmp_path / "in", {"Ada/sheet.ipynb": HALF_RIGHT, "Eve.ipynb": RIGHT})
    new = {}
    again = grade(tmp_path / "in", tmp_path / "out", told=lambda name, rows, is_new: new.update({name: is_new}))
    assert {name for name, is_new in new.items() if is_new} == {"Ada/sheet.ipynb", "Eve.ipynb"}
    anew = grade(tmp_path / "in", tmp_path / "other", seed=3)
    assert again.rows == anew.rows
    for name in ("grades.csv", "totals.csv", "overview.html"):
        assert (tmp_path / "out" / name).read_bytes() == (tmp_path / "other" / name).read_bytes()


def test_results_that_somebody_has_changed_are_not_replaced(tmp_path, inside, capsys):
    """Nor a table that was never written here: this is said before anything is graded. --replace replaces them."""
    put(tmp_path / "in", CLASS)
    (tmp_path / "book.csv").write_text(CANVAS, encoding="utf-8")
    given = ["grade", str(tmp_path / "in"), str(tmp_path / "out"), "--gradebook", str(tmp_path / "book.csv")]
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "totals.csv").write_text("mine")
    assert main(given) == 1 and [*(tmp_path / "out").iterdir()] == [tmp_path / "out" / "totals.csv"]
    assert main([*given, "--replace"]) == main(given) == 0
    for name in ("grades.csv", "gradebook-book.csv", f"feedback/{file_name('Ada')}.html"):
        path = tmp_path / "out" / name
        before = path.read_bytes()
        path.write_bytes(before + b"corrected")
        others = {one: one.read_bytes() for one in (tmp_path / "out").rglob("*.*") if one.suffix != ".jsonl"}
        put(tmp_path / "in", {"Eve.ipynb": RIGHT if name == "grades.csv" else HALF_RIGHT})
        capsys.readouterr()
        assert main(given) == 1 and f"{path} would be lost" in capsys.readouterr().err
        assert {one: one.read_bytes() for one in others} == others
        path.write_bytes(before)
        assert main(given) == 0


def test_what_cannot_be_written_is_said(tmp_path, inside, capsys):
    put(tmp_path / "in", CLASS)
    (tmp_path / "out").write_text("a file")
    assert main(["grade", str(tmp_path / "in"), str(tmp_path / "out")]) == 1
    assert "There can be no folder" in capsys.readouterr().err
    (tmp_path / "busy" / "grades.csv").mkdir(parents=True)
    assert main(["grade", str(tmp_path / "in"), str(tmp_path / "busy"), "--replace"]) == 1
    assert "grades.csv cannot be written" in capsys.readouterr().err
    assert main(["grade", str(tmp_path / "in"), str(tmp_path / "new"), "--gradebook", str(tmp_path / "none.csv")]) == 1
    assert "none.csv cannot be read" in capsys.readouterr().err and not (tmp_path / "new").exists()


def test_a_journal_that_was_cut_off(tmp_path):
    path = tmp_path / "journal"
    journal = Journal(path)
    journal.add("a", [row()])
    journal.add("b", [row(outcome="not graded")])
    journal.close()
    whole = path.read_bytes()
    path.write_bytes(whole + b'\n{"digest": "c", "rows": [{"stud')
    after = Journal(path)
    after.add("d", [row(mistakes=("m",), feedback="\udc80")])
    after.close()
    last = Journal(path)
    assert last.seed == journal.seed and [last.known(key) for key in "abc"] == [[row()], None, None]
    assert last.known("d") == [row(mistakes=("m",), feedback="\udc80")]
    last.close()


def test_a_file_that_ends_the_grader_itself(tmp_path, inside, monkeypatch):
    """Those that were on their way are tried last and alone; one that was begun three times is left to be looked at."""
    put(tmp_path / "in", CLASS)
    (tmp_path / "out").mkdir()
    journal, order, ahead = Journal(tmp_path / "out" / "graded.jsonl", seed=1), [], []
    keys = {one.name: digest(Task(one.student, one.name, *content(one)), Settings(seed=1))
            for one in handed_in(tmp_path / "in")}
    for name in ["Ada/sheet.ipynb"] * 3 + ["Bea/first.ipynb"] * 2 + ["Cem.ipynb"]:
        journal.begin(keys[name])
    journal.add(keys["Cem.ipynb"], [row("Cem")])
    journal.close()
    results = executors.results
    monkeypatch.setattr(executors, "results", lambda *given: ahead.append(given[3]) or results(*given))
    tally = grade(tmp_path / "in", tmp_path / "out", workers=1, told=lambda name, rows, new: order.append((name, new)))
    assert order == [("Bea/second.ipynb", True), ("Dov/sheet.ipynb", True), ("Bea/first.ipynb", True),
                     ("Ada/sheet.ipynb", False), ("Cem.ipynb", False)] and ahead == [4, 1]
    ada, = tally.rows_of["Ada"]
    assert ada.outcome == "unreadable" and ada.feedback.startswith("The grader itself ended 3 times")


def test_what_a_result_depends_on():
    task, settings = Task("Ada", "a.ipynb", b"x"), Settings()
    others = [digest(Task("Bea", "a.ipynb", b"x"), settings), digest(Task("Ada", "b.ipynb", b"x"), settings),
              digest(Task("Ada", "a.ipynb", b"y"), settings), digest(task, Settings(Limits(seconds=3))),
              digest(task, Settings(seed=1))]
    assert digest(task, settings) == digest(Task("Ada", "a.ipynb", b"x"), Settings(isolation="plain"))
    assert len({digest(task, settings), *others}) == 6
    assert from_json(marking.as_json(row(mistakes=("m",)))) == row(mistakes=("m",))


# gradebooks

CANVAS = """Student,ID,SIS User ID,SIS Login ID,Section,Old (7),Sheet 1 (8),Current Score
    Points Possible,,,,,10,,(read only)
"Lovelace, Ada",101,u1,ada,One,3,,40
Bea,102,u2,bea@x.org,One,3,,40
"Other, Cem",103,u3,cem,One,,5,
"Twin",104,u4,t1,One,,,
"Twin",105,u5,t2,One,,,
"""
MOODLE = """Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,Feedback comments
Participant 101,Ada Lovelace,a@x.org,Submitted,,100.00,Yes,
Participant 102,Bea,b@x.org,Submitted,,100.00,Yes,
Participant 103,Cem,c@x.org,Submitted,50.00,100.00,Yes,old
"""


def filled(tmp_path, text, rows):
    path = tmp_path / "book.csv"
    path.write_text("\ufeff" + text, encoding="utf-8")
    result = gradebooks.fill(path, Tally(rows))
    delimiter = ";" if ";" in text else ","
    return list(csv.DictReader(io.StringIO(result.text, newline=""), delimiter=delimiter)), result.unknown


@pytest.mark.parametrize("ada", ["Ada Lovelace", "ADA  lovelace", "lovelaceada_LATE_101_55_sheet-1", "section/ada",
                                 "u1"])
def test_points_in_a_gradebook_of_canvas(tmp_path, ada):
    rows = [row(ada), row("bea@x.org", points=0.7, outcome="wrong"), row("cem", outcome="not graded"), row("Twin"),
            row("Eve")]
    table, unknown = filled(tmp_path, CANVAS, rows)
    assert [*table[0]] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Sheet 1 (8)"]
    assert [one["Sheet 1 (8)"] for one in table] == ["8", "1", "0.7", "5", "", ""]
    assert unknown == ("Eve", "Twin")


@pytest.mark.parametrize("ada", ["Ada Lovelace", "Ada Lovelace_101_assignsubmission_file_", "a@x.org"])
def test_points_in_a_worksheet_of_moodle(tmp_path, ada):
    """Out of what the assignment counts there; what is not known is left as it was."""
    rows = [row(ada, points=2.0, of=2, feedback="**Well** done"), row("Bea", points=0.7, feedback="=1")]
    for text in (MOODLE, MOODLE.replace(",", ";")):
        table, unknown = filled(tmp_path, text, rows)
        assert [one["Grade"] for one in table] == ["25.00", "8.75", "50.00"] and unknown == ()
        assert table[0]["Feedback comments"] == "1.1 Title 1.1: 2 of 2. Well done"
        assert table[2]["Feedback comments"] == "old" and [*table[0]] == MOODLE.splitlines()[0].split(",")


def test_a_file_that_is_no_gradebook(tmp_path):
    with pytest.raises(InputError, match="neither a gradebook of Canvas .* Its columns: a, b"):
        filled(tmp_path, "a,b\n1,2\n", [row()])


# Gradescope: https://gradescope-autograders.readthedocs.io/en/latest/specs/#output-format

FORM = {"score": (int, float), "output": str, "output_format": str, "visibility": str, "stdout_visibility": str,
        "tests": list, "execution_time": (int, float), "extra_data": dict, "leaderboard": list}
FORM_OF_TEST = {"score": (int, float), "max_score": (int, float), "status": str, "name": str, "number": str,
                "output": str, "output_format": str, "tags": list, "visibility": str, "extra_data": dict}
VALUES = {"visibility": {"hidden", "after_due_date", "after_published", "visible"}, "status": {"passed", "failed"},
          "output_format": {"text", "html", "simple_format", "md", "ansi"}}
VALUES["stdout_visibility"] = VALUES["visibility"]


def assert_form(found, form):
    for name, value in found.items():
        assert isinstance(value, form[name]) and not isinstance(value, bool), name
        assert name not in VALUES or value in VALUES[name]


def assert_published_form(found):
    assert_form(found, FORM)
    for test in found["tests"]:
        assert_form(test, FORM_OF_TEST)
    assert found["score"] == pytest.approx(sum(test["score"] for test in found["tests"]))


def test_results_for_gradescope(tmp_path):
    rows = [row(points=0.7, outcome="wrong", feedback="**No**", remark="r"), row(exercise=""), row(exercise="2.1")]
    found = gradescope.results(rows, "1")
    assert_published_form(found)
    assert found["score"] == 0.7 and found["output"] == "told\n\nr"
    assert [test["max_score"] for test in found["tests"]] == [1, 1, 1, 1, 1, 1, 2]
    assert found["tests"][0]["output"] == "No" and found["tests"][0]["status"] == "failed"
    assert not gradescope.write_results([row(outcome="not graded")], "1", tmp_path / "results.json")
    assert not (tmp_path / "results.json").exists()


# release

def test_a_sheet_in_persian_earns_the_same(tmp_path, inside, monkeypatch):
    """The same answers, handed in on both: the same rows, whatever language the sheet has."""
    monkeypatch.setattr("bplib.languages.use", stub.nothing)  # as where submissions run
    assert "use" in stub.SILENT
    answers = {"1.1": "(a-y)g'(z)x", "1.4": 0.25, "1.5": "(1/N) sum_s (a[s]-y[s])^2", "1.6": "A"}
    for path in ("sheet-1-one-neuron", "sheet-1-one-neuron-fa"):
        sheet = nbformat.read(NOTEBOOKS / "coursework" / f"{path}.ipynb", as_version=4)
        for cell in sheet.cells:
            what, _, id = cell.id.partition("-")
            if what == "answer" and id.replace("-", ".") in answers:
                cell.source = f"{EXERCISES[id.replace('-', '.')].variable} = {answers[id.replace('-', '.')]!r}"
        put(tmp_path / "in", {f"{path}/{path}.ipynb": nbformat.writes(sheet)})
    tally = grade(tmp_path / "in", tmp_path / "out", workers=1)
    rows = {student: [(row.exercise, row.outcome, row.points, row.mistakes, row.feedback, row.remark) for row in tally.rows
                      if row.student == student] for student in ("sheet-1-one-neuron", "sheet-1-one-neuron-fa")}
    english, persian = rows.values()
    assert english == persian and len(english) == 7 and sum(points for _, _, points, *_ in english) == pytest.approx(3.2)


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

@pytest.fixture
def no_house(monkeypatch):
    monkeypatch.setattr("bplib.grading.__main__._house", lambda isolation: f"In {isolation}.")


def test_the_command_grades_and_says_what_it_did(tmp_path, monkeypatch, capsys, no_house):
    given = []
    monkeypatch.setattr(marking, "in_house", lambda settings, job, limits: given.append(settings) or in_process(
        settings, job, limits))
    put(tmp_path / "in", {"Ada/x.ipynb": {**RIGHT, "1.3": "f()"}, "Ben/x.ipynb": {"2.1": "''"}})
    (tmp_path / "canvas.csv").write_text(CANVAS)
    options = ["--seconds", "2.5", "--megabytes", "900", "--total", "7", "--isolation", "plain", "--sheets", "1",
               "--seed", "5", "--gradebook", str(tmp_path / "canvas.csv")]
    assert main(["grade", str(tmp_path / "in"), str(tmp_path / "out"), *options]) == 0
    assert given == [Settings(Limits(2.5, 7.0, 900), "plain", seed=5)]
    house, *files, last, book, unknown, left = capsys.readouterr().out.splitlines()
    assert house == "In plain." and {line[6:] for line in files} == {"Ada/x.ipynb  2 points", "Ben/x.ipynb  0 points"}
    assert re.fullmatch(r"2 files, 2 students, 8 points, \d+ seconds: .*grades\.csv, .*overview\.html", last)
    assert book.endswith("gradebook-canvas.csv: filled in") and unknown.endswith("not filled in: Ben.")
    assert left.startswith("Sheet 2 is not counted, only 1 handed it in")
    assert main(["grade", str(tmp_path / "in"), str(tmp_path / "out"), *options]) == 0
    assert len(given) == 1 and "2 points, as before" in capsys.readouterr().out


def test_the_exit_code_says_that_something_was_not_graded(tmp_path, monkeypatch, capsys, no_house):
    def fails(*given):
        raise StartFailed("no process")

    put(tmp_path / "in", {"Ada/x.ipynb": {"1.4": "f()"}, "Bea/x.ipynb": RIGHT})
    monkeypatch.setattr(marking, "in_house", fails)
    assert main(["grade", str(tmp_path / "in"), str(tmp_path / "out")]) == 2
    captured = capsys.readouterr()
    assert "Ada/x.ipynb  not graded" in captured.out and "no fault of theirs: Ada/x.ipynb." in captured.err
    monkeypatch.setattr(marking, "in_house", in_process)
    assert main(["grade", str(tmp_path / "in"), str(tmp_path / "out")]) == 0
    assert "Bea/x.ipynb  2 points, as before" in capsys.readouterr().out


def test_a_class_that_is_stopped_goes_on(tmp_path, monkeypatch, capsys, no_house, inside):
    """Ctrl+C loses nothing that is graded, and starts nothing anew."""
    put(tmp_path / "in", CLASS)
    told = []

    def stop(rows):
        told.append(rows)
        if len(told) == 2:
            raise KeyboardInterrupt
        return ""

    monkeypatch.setattr("bplib.grading.__main__._in_short", stop)
    assert main(["grade", str(tmp_path / "in"), str(tmp_path / "out"), "--workers", "1"]) == 130
    assert "the same command goes on" in capsys.readouterr().err and marking.STOPPED.is_set()
    monkeypatch.undo()
    monkeypatch.setattr(marking, "in_house", in_process)
    tally = grade(tmp_path / "in", tmp_path / "out", told=lambda name, rows, new: told.append(new))
    assert told[2:].count(False) >= 2 and len(tally.students) == 4


def test_the_command_says_what_is_wrong(tmp_path, capsys, no_house):
    assert main(["grade", str(tmp_path / "none"), str(tmp_path / "out")]) == 1
    assert "There is no folder" in capsys.readouterr().err
    assert main(["release", str(tmp_path / "out"), "--source", str(tmp_path)]) == 1
    assert "There is no notebook" in capsys.readouterr().err


def test_the_command_releases(tmp_path, capsys):
    assert main(["release", str(tmp_path / "out")]) == 0
    assert sorted(capsys.readouterr().out.split()) == sorted(map(str, (tmp_path / "out").glob("*.ipynb")))
    assert [path.name for path in sorted((tmp_path / "out").glob("*.ipynb"))] == sorted(
        path.name for path in SHEETS.glob("*.ipynb"))
