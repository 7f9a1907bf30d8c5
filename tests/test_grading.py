"""Release and grading: nothing of a solution goes out, and nothing that comes in is lost or harms the rest."""
import csv
import io
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import zipfile
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from functools import cache
from hashlib import sha256
from pathlib import Path
from threading import Event

import nbformat
import pytest
from class_of_submissions import KINDS, answer_cells, write_class
from class_of_submissions import FILES as BROKEN
from hostile_submissions import CHEATS, FILES, HARMS, NAMES, SECRET, write_hostile_class
from test_grading_small import assert_published_form

import bplib
from bplib.coursework import EXERCISES
from bplib.grading import Settings, executors, grade, isolation, release
from bplib.grading.channel import Channel, Limits
from bplib.grading.isolation import House, StartFailed
from bplib.grading.names import visible_name
from bplib.grading.release import release_to_nbgrader, without_solutions

ROOT = Path(__file__).resolve().parent.parent
SHEETS = ROOT / "notebooks" / "coursework" / "solutions"
SHEET = next(SHEETS.glob("sheet-4*.ipynb"))
FULL = sum(row.points for id, row in EXERCISES.items() if id.startswith("4."))
LITERAL = {id for id, row in EXERCISES.items() if id.startswith("4.") and row.kind != "function"}


@cache
def open_house(way):
    """Why submissions cannot be fenced in in that way here; "" where they can."""
    try:
        House.open(way).close()
    except StartFailed as error:
        return str(error)
    return ""


def needs(way):
    """Leave a test out where this machine has no such fence; where it is required, the test then fails."""
    if open_house(way) and os.environ.get("BPLIB_BUBBLEWRAP") != "required":
        pytest.skip(open_house(way))


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
        notebook = nbformat.read(SHEETS / path.name, as_version=4)
        out = "\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code")
        assert "SOLUTION" not in path.read_text(encoding="utf-8")
        for cell in answer_cells(notebook):
            for line in re.findall(r"### BEGIN SOLUTION\n(.*?)\s*### END", cell.source, re.S)[0].splitlines():
                opens = re.fullmatch(r'answer_\w+ = """', line.strip())  # a derivation, which begins below
                assert line.strip() not in out or opens or len(line.strip()) < 8
        for cell in nbformat.read(path, as_version=4).cells:
            assert not cell.get("outputs") and cell.get("execution_count") is None


def test_the_sheets_are_never_overwritten(tmp_path):
    with pytest.raises(bplib.InputError, match="overwrite"):
        release(SHEETS, SHEETS)
    with pytest.raises(bplib.InputError, match="no notebook"):
        release(tmp_path, tmp_path / "out")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "sheet.ipynb").write_text("no notebook")
    with pytest.raises(bplib.InputError, match="sheet.ipynb cannot be read as a notebook"):
        release(tmp_path / "in", tmp_path / "out")
    (tmp_path / "out").write_text("a file")
    with pytest.raises(bplib.InputError, match="There can be no folder"):
        release(SHEETS, tmp_path / "out")


def test_an_autograder_for_gradescope(tmp_path):
    """What stands in its zip grades a submission where nothing else of the project is."""
    from bplib.grading.gradescope import autograder
    with zipfile.ZipFile(io.BytesIO(autograder("4"))) as inside:
        inside.extractall(tmp_path / "source")
        assert {info.external_attr >> 16 for info in inside.infolist() if "/" not in info.filename} == {0o100755}
    assert (tmp_path / "source" / "setup.sh").read_text().startswith("#!/usr/bin/env bash\n")
    (tmp_path / "submission").mkdir()
    (tmp_path / "results").mkdir()
    shutil.copy(SHEET, tmp_path / "submission")
    script = (tmp_path / "source" / "run_autograder").read_text()
    script = script.replace("/autograder/source", str(tmp_path / "source"))
    environment = {"BPLIB_PYTHON": sys.executable, "BPLIB_SUBMISSION": str(tmp_path / "submission"),
                   "BPLIB_RESULTS": str(tmp_path / "results"), "PATH": os.environ["PATH"]}
    subprocess.run(["bash", "-c", script], env=environment, check=True)
    found = json.loads((tmp_path / "results" / "results.json").read_text())
    assert_published_form(found)
    assert found["score"] == FULL == sum(test["max_score"] for test in found["tests"])


def test_nbgrader_grades_a_sheet(tmp_path):
    """The solutions earn all points; a `hand_in` of one's own in place of an answer earns nothing."""
    pytest.importorskip("nbgrader")
    sheet = "sheet-1-one-neuron"
    source = next(path for path in release_to_nbgrader(SHEETS, tmp_path) if path.stem == sheet)
    for student in ("ada", "eve"):
        (tmp_path / "submitted" / student / sheet).mkdir(parents=True)
    shutil.copy(source, tmp_path / "submitted" / "ada" / sheet)

    def nbgrader(*given):
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"  # it starts programs of its own by name
        subprocess.run([sys.executable, "-m", "nbgrader", *given], cwd=tmp_path, check=True, capture_output=True,
                       env={**os.environ, "PATH": path})

    nbgrader("generate_assignment", sheet, "--create", f"--course-dir={tmp_path}")
    eve = nbformat.read(tmp_path / "release" / sheet / source.name, as_version=4)
    assert EXERCISES["1.1"].text in "".join(cell.source for cell in eve.cells)  # before anything is run
    answer = next(cell for cell in eve.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == "answer-1-1")
    answer.source = "hand_in = lambda *given: None\nanswer_1_1 = 'x'"
    nbformat.write(eve, tmp_path / "submitted" / "eve" / sheet / source.name)
    nbgrader("autograde", sheet, f"--course-dir={tmp_path}")
    nbgrader("export")
    with open(tmp_path / "grades.csv") as file:
        assert {row["student_id"]: row["score"] for row in csv.DictReader(file)} == {"ada": "8.0", "eve": "0.0"}


# one process

def job(*cells, **answers):
    return {"cells": list(cells), "skip": [], "answers": [
        {"exercise": name, "name": name, "inputs": [{"x": [1.0, 2.0]}] * bool(returns), "returns": returns}
        for name, returns in answers.items()]}


WAYS = ["bubblewrap", "landlock", "plain"]


@pytest.mark.parametrize("forks", [True, False], ids=["forked", "spawned"])
@pytest.mark.parametrize("way", WAYS)
def test_a_submission_runs(way, forks):
    """In every kind of house: NumPy, threads, await, files of its own, bplib to be imported; and then the next one."""
    needs(way)
    house = House.open(way, forks)
    try:
        cells = ["import numpy as np\nfrom bplib.coursework import check, field\nimport bplib as bp\ncheck(1, 2)",
                 "def f(x): return 2 * np.asarray(x)", "import asyncio\nawait asyncio.sleep(0)", "bp.dense([1, 2])",
                 "import threading\nt = threading.Thread(target=print)\nt.start()\nt.join()",
                 "open('own.txt', 'w').write('a')\nassert open('own.txt').read() == 'a'", "left = 1",
                 "get_ipython().enable_gui('inline')", "x = '\ud800'"]
        said = house.run(job(*cells, f=["y"], left=[]), Limits())
        again = house.run(job("left", left=[]), Limits())
    finally:
        house.close()
    assert said.found["f"]["runs"][0]["arrays"] == {"y": [2.0, 4.0]} and said.found["left"] == {"number": 1.0}
    assert said.errors.pop(8).startswith("UnicodeEncodeError")
    assert said.errors == {3: "NotAtHand: bplib.dense is not at hand while answers are graded; NumPy is"}
    assert (said.stopped, said.forged) == (None, 0)
    assert again.found == {} and "NameError" in again.errors[0]
    blocked = {"files", "network", "processes"} if way == "landlock" else {"files", "processes"}
    assert way == "plain" or blocked <= set(house.holds)
    assert ("Not limited" in str(house)) == (way == "plain" or "network" not in house.holds)


def test_what_is_read_from_is_closed_by_the_one_who_reads():
    """Closed by another, its number could be given to the next process while the old thread still reads from it."""
    reads, goes_on, released = Event(), Event(), Event()

    def receive(most):
        reads.set()
        goes_on.wait(10)
        return b""
    channel = Channel(receive, lambda data: None, lambda: None, released.set, job())
    assert reads.wait(10)
    channel.close()
    assert not released.is_set()
    goes_on.set()
    assert released.wait(10)


@pytest.mark.parametrize("way", ["bubblewrap", "landlock"])
def test_what_a_fence_refuses(way, tmp_path, monkeypatch):
    needs(way)
    monkeypatch.setenv("GRADERS_OWN", SECRET)
    (tmp_path / "private.txt").write_text(SECRET)
    listening = socket.create_server(("127.0.0.1", 0))
    house = House.open(way)
    cells = [f"open({str(tmp_path / 'private.txt')!r}).read()", f"open({str(tmp_path / 'new')!r}, 'w')",
             f"import socket; socket.create_connection(('127.0.0.1', {listening.getsockname()[1]}), 2)",
             "import os; os.fork()", "import subprocess; subprocess.run(['true'])", "open('/proc/self/environ').read()",
             "assert 'GRADERS_OWN' not in os.environ", f"open({str(ROOT / 'README.md')!r})",
             "os.kill(os.getppid(), 9)", "os.chmod('/tmp', 0)", "os.listdir('/root')", "left = [0.0] * 10**10"]
    try:
        said = house.run(job(*cells, left=[]), Limits(megabytes=1000))
        assert house.run(job("a = 1", a=[]), Limits()).found == {"a": {"number": 1.0}}
    finally:
        house.close()
        listening.close()
    assert set(said.errors) == set(range(len(cells))) - {6} and said.stopped is None
    assert "MemoryError" in said.errors[11] and not (tmp_path / "new").exists()
    assert SECRET not in str(said.errors)


def test_a_process_has_limits(tmp_path):
    house = House.open()
    try:
        said = house.run(job("x = 1", "while True: pass", x=[]), Limits(seconds=1))
        assert said.stopped[0] == "cell 1" and said.stopped[1].outcome == "time-out"
        said = house.run(job("import os; os._exit(1)", x=[]), Limits())
        assert said.stopped[0] == "cell 0" and said.stopped[1].outcome == "error"
        writes = "for n in range(30): open(str(n), 'wb').write(b'x' * 10**7)\nwhile True: pass"
        said = house.run(job(writes, x=[]), Limits())
        assert said.stopped[1].why == "It was stopped: it wrote more than 200 MB."
        work = Path(house._work)
        assert work.exists() and not [*work.iterdir()]
    finally:
        house.close()
    assert not work.exists()


def test_nobody_waits_for_an_orphan():
    """A process that has left its group and holds on to everything: in a plain process it stays, and stalls nothing."""
    needs("plain")
    house = House.open("plain")
    cell = "import os, time\nleft = os.fork()\nif left == 0:\n    os.setsid()\n    time.sleep(60)\n    os._exit(0)"
    try:
        said = [house.run(job(cell, left=[]), Limits()) for _ in range(2)]
    finally:
        house.close()
    for one in said:
        assert one.stopped is None
        os.kill(int(one.found["left"]["number"]), signal.SIGKILL)  # it is still there, and nobody has waited for it


def test_memory_that_cannot_be_limited_stops_nothing(monkeypatch):
    """As on macOS: the submission runs, and what is not limited is said."""
    texts = isolation.texts_of_modules()
    refuse = "import resource\n\ndef _refuse(*given): raise ValueError\n\nresource.setrlimit = _refuse\n"
    monkeypatch.setattr(isolation, "texts_of_modules", lambda: {**texts, "fence": refuse + texts["fence"]})
    house = House.open("plain")
    try:
        assert house.run(job("x = 1", x=[]), Limits()).found == {"x": {"number": 1.0}}
    finally:
        house.close()
    assert "memory" not in house.holds and "Not limited: files, the network, new processes, memory" in str(house)


def test_a_process_that_cannot_start(monkeypatch):
    monkeypatch.setattr(isolation, "executable", lambda: "/bin/false")
    for forks in (True, False):
        with pytest.raises(StartFailed, match="did not start|ended"):
            House.open("plain", forks)
    with pytest.raises(bplib.InputError, match="no isolation 'glass'"):
        House.open("glass")


# a class of all kinds

@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Every kind of submission once: student → kind, student → rows, and the tally."""
    folder = tmp_path_factory.mktemp("class")
    made = write_class(folder / "in", nbformat.read(SHEET, as_version=4), len(KINDS) + len(BROKEN))
    tally = grade(folder / "in", folder / "out", Settings(Limits(seconds=5)), workers=2)
    return made, {student: [row for row in tally.rows if row.student == student] for student in made}, tally


def of_kind(graded, kind):
    made, rows, _ = graded
    return rows[next(student for student, one in made.items() if one == kind)]


def first_and_rest(rows):
    """The outcome of the exercise whose cell was changed, and the set of all others."""
    outcomes = {row.exercise: row.outcome for row in rows}
    return outcomes.pop("4.1"), set(outcomes.values())


@pytest.mark.parametrize("kind", ["good", "crashing", "endless first", "exits", "ends its process", "asks", "chatty",
                                  "writes", "copied", "without checks", "spoils"])
def test_what_is_right_counts_whatever_happens_around_it(graded, kind):
    rows = of_kind(graded, kind)
    assert {row.exercise for row in rows} == {id for id in EXERCISES if id.startswith("4.")}
    assert [row for row in rows if row.outcome != "right" or row.points != row.of] == []


@pytest.mark.parametrize("kind, outcome", [("endless", "time-out"), ("hog", "error"), ("wrong syntax", "error"),
                                           ("ends in its answer", "error")])
def test_one_bad_cell_costs_its_own_exercise_alone(graded, kind, outcome):
    assert first_and_rest(of_kind(graded, kind)) == (outcome, {"right"})


def test_a_mistake_is_named(graded):
    rows = of_kind(graded, "wrong")
    wrong = {row.exercise: row.mistakes for row in rows if row.outcome == "wrong"}
    assert wrong.keys() >= {row.exercise for row in rows if EXERCISES[row.exercise].kind == "formula"} != set()
    for mistakes in wrong.values():
        assert "the sign is turned" in mistakes and mistakes[0] in graded[2].mistakes
    assert {row.outcome for row in rows if row.exercise not in wrong} == {"right"}


def test_what_was_not_answered_is_missing(graded):
    assert {row.outcome for row in of_kind(graded, "unanswered")} == {"missing"}
    assert sorted(row.outcome for row in of_kind(graded, "deleted")).count("missing") == 1


@pytest.mark.parametrize("kind", BROKEN)
def test_what_is_no_notebook_is_in_the_table_too(graded, kind):
    row, = of_kind(graded, kind)
    assert row.outcome == "unreadable" and row.feedback


def test_a_folder_that_cannot_be_graded(tmp_path):
    with pytest.raises(bplib.InputError, match="There is no folder"):
        grade(tmp_path / "nowhere", tmp_path / "out")
    (tmp_path / "in").mkdir()
    with pytest.raises(bplib.InputError, match="is empty"):
        grade(tmp_path / "in", tmp_path / "out")
    with pytest.raises(bplib.InputError, match="among the submissions"):
        grade(tmp_path / "in", tmp_path / "in" / "out")


# a class with enemies in it

def state(folder):
    """Digests of all files below a folder."""
    return {path.relative_to(folder): sha256(path.read_bytes()).hexdigest() if path.is_file() and not path.is_symlink()
            and not path.is_fifo() else path.lstat().st_mode for path in sorted(folder.rglob("*"))
            if "__pycache__" not in path.parts}


def processes():
    """Process ids → command lines, of processes that are not dead already."""
    found = {}
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if "\nState:\tZ" not in (path / "status").read_text():
                found[int(path.name)] = (path / "cmdline").read_bytes()
        except OSError:
            pass
    return found


@pytest.fixture(scope="module", params=["bubblewrap", "landlock"])
def hostile(request, tmp_path_factory):
    """The class, graded: author → kind, author → rows, and what became of its surroundings."""
    needs(request.param)
    folder = tmp_path_factory.mktemp("hostile")
    for name in ("in", "out"):
        (folder / name).mkdir()
    (folder / "private.txt").write_text(SECRET)
    listening = socket.create_server(("127.0.0.1", 0))
    listening.settimeout(0.1)
    places = {"OTHERS": str(folder / "in"), "LIBRARY": str(ROOT / "bplib"), "RESULTS": str(folder / "out"),
              "PRIVATE": str(folder / "private.txt"), "PORT": listening.getsockname()[1]}
    made = write_hostile_class(folder / "in", nbformat.read(SHEET, as_version=4), places, honest=5)
    before = state(folder / "in"), state(ROOT / "bplib")
    os.environ["GRADERS_OWN"] = SECRET
    try:
        tally = grade(folder / "in", folder / "out", Settings(Limits(seconds=4, total=16), request.param), workers=4)
    finally:
        del os.environ["GRADERS_OWN"]
    try:
        called = listening.accept()
    except TimeoutError:
        called = None
    listening.close()
    rows = {name: [row for row in tally.rows if row.student == visible_name(os.fsdecode(name))] for name in made}
    return made, rows, tally, folder, (before, (state(folder / "in"), state(ROOT / "bplib")), called)


def test_the_class_is_as_large_as_it_should_be(hostile):
    made, _, tally, *_ = hostile
    assert len(made) >= 120 and sum(kind != "honest" for kind in made.values()) >= 60
    assert len(tally.students) == len(made) == len(HARMS) + len(CHEATS) + len(FILES) + len(NAMES) + 5


def test_every_honest_mark_is_right(hostile):
    made, rows, tally, *_ = hostile
    honest = [name for name, kind in made.items() if kind == "honest"]
    assert {name: tally.points(rows[name][0].student) for name in honest} == dict.fromkeys(honest, FULL)


def test_every_file_has_its_line_and_each_is_graded(hostile):
    made, rows, tally, *_ = hostile
    assert [name for name in made if not rows[name]] == []
    assert [row for row in tally.rows if row.outcome == "not graded"] == []
    files = [name for name, kind in made.items() if kind == "file"]
    assert {row.outcome for name in files for row in rows[name]} == {"unreadable"}


def test_harm_costs_its_author_at_most_what_has_to_run(hostile):
    """Answers that stand in the text are right; a function that could not be called says why."""
    made, rows, tally, *_ = hostile
    assert tally.points("harm six endless cells") == tally.points("harm leaves an orphan") == FULL
    for name in (name for name, kind in made.items() if kind == "harm"):
        outcomes = {row.exercise: row.outcome for row in rows[name]}
        assert {outcomes[id] for id in LITERAL} == {"right"}, name
        others = {outcome for id, outcome in outcomes.items() if id not in LITERAL}
        assert others <= {"right", "error", "time-out"}, (name, others)


def test_nothing_is_earned_without_knowing(hostile):
    made, rows, tally, *_ = hostile
    for name in (name for name, kind in made.items() if kind == "cheat"):
        assert tally.points(rows[name][0].student) == 0, (name, [(row.exercise, row.outcome) for row in rows[name]])


def test_forged_lines_are_refused_and_told(hostile):
    _, rows, *_ = hostile
    assert "Lines were refused" in rows["cheat forges lines"][0].remark
    assert "Lines were refused" in rows["harm renews its time"][0].remark
    assert {row.remark for row in rows["good-0"]} == {""}


def test_what_was_found_is_said(hostile):
    _, rows, *_ = hostile

    def feedback(name):
        return " ".join(row.feedback for row in rows[f"cheat {name}"])

    assert "not at hand while answers are graded" in feedback("asks the library")
    assert "entries, far more than any answer" in feedback("returns too much")
    assert "stopped after 4 seconds" in feedback("returns without end")
    assert "Its process ended" in feedback("an answer that ends everything")


def test_nothing_is_changed_or_left_behind(hostile):
    *_, folder, (before, after, called) = hostile
    assert before == after and called is None
    assert not [path for path in Path("/dev/shm").glob("left*")]
    left = {pid: line for pid, line in processes().items()
            if b"sleep\x00600" in line or b"serve.serve" in line and b"serve.py" not in line}
    assert left == {}


def test_nothing_of_the_grader_is_told(hostile):
    *_, folder, _ = hostile
    for path in (folder / "out").rglob("*"):
        if path.is_file():
            assert SECRET.encode() not in path.read_bytes(), path.name
            path.read_bytes().decode("utf-8")


def test_tables_and_pages_stay_small_and_tame(hostile):
    *_, folder, _ = hostile
    assert max(path.stat().st_size for path in (folder / "out").glob("*.csv")) < 2_000_000
    table = (folder / "out" / "grades.csv").read_text(encoding="utf-8-sig")
    assert not re.search(r'(?m)(^|")[=@]', table) and "\u202e" not in table
    assert "<script>alert" not in "".join(path.read_text(encoding="utf-8") for path in (folder / "out").rglob("*.html"))


# the grader is killed

@pytest.mark.thorough
def test_a_class_goes_on_after_a_kill(tmp_path):
    """`kill -9` in the middle, then the same command again: the tables of a run that nothing disturbed."""
    kinds = ["good", "crashing", "unanswered", "exits", "ends its process", "text", "deleted"]
    write_class(tmp_path / "in", nbformat.read(SHEET, as_version=4), 28, kinds)
    command = [sys.executable, "-m", "bplib.grading", "grade", str(tmp_path / "in")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}

    def run(target, **how):
        return subprocess.Popen([*command, str(tmp_path / target), "--seed", "7", "--workers", "1"], env=environment,
                                text=True, stdout=subprocess.PIPE, **how)

    killed = run("out", start_new_session=True)
    for line in killed.stdout:
        if line.startswith("   6"):
            break
    os.kill(killed.pid, signal.SIGKILL)
    killed.communicate()
    assert not (tmp_path / "out" / "grades.csv").exists()
    again = run("out").communicate()[0]
    assert 6 <= again.count(", as before") < 28 and "28 files" in again
    assert run("undisturbed").communicate()[0].count(", as before") == 0
    for path in (tmp_path / "undisturbed").rglob("*.*"):
        if path.name != "graded.jsonl":
            assert path.read_bytes() == (tmp_path / "out" / path.relative_to(tmp_path / "undisturbed")).read_bytes()


# executors

def tables(folder):
    return {path.name: path.read_bytes() for path in folder.glob("*.csv")}


@pytest.fixture(scope="module")
def small_class(tmp_path_factory):
    """A class of eight, and its tables as threads make them."""
    folder = tmp_path_factory.mktemp("small")
    write_class(folder / "in", nbformat.read(SHEET, as_version=4), 8, ["good", "wrong", "crashing", "hog"])
    grade(folder / "in", folder / "threads", seed=5, workers=2)
    return folder / "in", tables(folder / "threads")


class Losing(Executor):
    """An executor whose workers are lost: every third task breaks it, with all that is on its way."""

    def __init__(self):
        self.inner, self.broken, self.taken = ThreadPoolExecutor(2), False, 0
        MADE.append(self)

    def submit(self, function, *given):
        if self.broken:
            raise RuntimeError("it is broken")
        self.taken += 1
        if self.taken < 3:
            return self.inner.submit(function, *given)
        self.broken, lost = True, Future()
        lost.set_exception(RuntimeError("its worker was killed"))
        return lost

    def shutdown(self, wait=True):
        self.inner.shutdown(wait=wait)


MADE = []


class Dying(Losing):
    """An executor that loses every task."""

    def submit(self, function, *given):
        self.taken = 3
        return super().submit(function, *given)


@pytest.mark.parametrize("name", ["processes", "test_grading:Losing"])
def test_any_executor_gives_the_same_tables(small_class, tmp_path, name):
    folder, wanted = small_class
    told = []
    grade(folder, tmp_path / "out", seed=5, workers=2, executor=name, told=lambda name, rows, new: told.append(name))
    assert tables(tmp_path / "out") == wanted
    assert len(told) == len(set(told)) == 8
    assert name == "processes" or len(MADE) > 1


def test_what_is_lost_each_time_is_not_graded(small_class, tmp_path):
    """It is no fault of the submissions, and the next run grades them."""
    folder, wanted = small_class
    tally = grade(folder, tmp_path / "out", seed=5, workers=2, executor="test_grading:Dying")
    assert {row.outcome for row in tally.rows} == {"not graded"} and len(tally.rows) == 8
    grade(folder, tmp_path / "out", workers=2)
    assert tables(tmp_path / "out") == wanted


def test_a_worker_that_falls_silent(monkeypatch):
    """Its task is given to another."""
    class Silent(Executor):
        def submit(self, function, *given):
            return Future()

    made = iter([Silent(), ThreadPoolExecutor(1), ThreadPoolExecutor(1)])
    found = [*executors.results(lambda: next(made), str.upper, ["a", "b"], 2, patience=0.05)]
    assert sorted(found) == [("a", "A", None), ("b", "B", None)]


@pytest.mark.parametrize("name, says", [("ropes", "no executor 'ropes'"), ("nowhere:x", "cannot be found"),
                                        ("os:none", "cannot be found"), ("os:sep", "neither an executor")])
def test_an_executor_that_is_none(name, says):
    with pytest.raises(bplib.InputError, match=says):
        executors.maker(name)


def test_dask_with_a_worker_that_is_killed(small_class, tmp_path):
    distributed = pytest.importorskip("distributed")
    client = distributed.Client(n_workers=2, threads_per_worker=1, dashboard_address=None)
    try:
        seen = []

        def told(name, rows, new):
            seen.append(name)
            if len(seen) == 2:
                os.kill(next(iter(client.run(os.getpid).values())), signal.SIGKILL)

        sys.modules["of_dask"] = type(sys)("of_dask")
        sys.modules["of_dask"].executor = lambda: client.get_executor(pure=False)
        grade(small_class[0], tmp_path / "out", seed=5, workers=2, executor="of_dask:executor", told=told)
    finally:
        client.close()
    assert tables(tmp_path / "out") == small_class[1] and len(seen) == len(set(seen)) == 8
