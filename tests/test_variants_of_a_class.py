"""A class in which everybody has variants: lists, keys, sheets, marks, and what only the instructor is told."""
import csv
import io
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import numpy as np
import pytest

from bplib import InputError
from bplib.coursework import EXERCISES, VARIATIONS, slips, summary, variant
from bplib.coursework.matching import reference
from bplib.coursework.reading import LETTERS
from bplib.coursework.rewritings import formula, typed
from bplib.grading import Settings, gradescope, grade, release
from bplib.grading.__main__ import main
from bplib.grading.grade import handed_in_rows
from bplib.grading.roster import Roster, keep_key, key_beside, key_or_new, read_key, read_students, roster, seed_of

ROOT = Path(__file__).resolve().parent.parent
SHEETS = ROOT / "notebooks" / "coursework"
WITH_VARIANTS = [path for path in sorted(SHEETS.glob("*.ipynb")) if not path.stem.endswith("-fa")]
"""Sheets in English: variants are there in no other language."""
SHEET = "sheet-1-one-neuron.ipynb"
KEY = bytes(range(32))
OWN = "id,name\nada,Ada Lovelace\nbob,Bob\neve,Eve\n"


def listed(folder, text, name="students.csv"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


# the list

@pytest.mark.parametrize("text, found", [
    (OWN, [("ada", "Ada Lovelace", ()), ("bob", "Bob", ()), ("eve", "Eve", ())]),
    ("\ufeffID;Name\n007;Äda Ö.\n", [("007", "Äda Ö.", ())]),
    ("id\n1\n\n2\n", [("1", "", ()), ("2", "", ())]),
    ("Student,ID,SIS User ID,SIS Login ID,Section,Sheet 1 (88)\n    Points Possible,,,,,7\n"
     '"Lovelace, Ada",101,s101,ada,A,\n"Student, Test",999,,x,A,\n',
     [("101", "Lovelace, Ada", ("s101", "ada"))]),
    ("Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,Feedback comments\n"
     "Participant 77,Ada Lovelace,ada@x.org,,,8,Yes,\n", [("Participant 77", "Ada Lovelace", ("ada@x.org",))]),
    ("First name,Last name,ID number,Email address\nAda,Lovelace,12,ada@x.org\n",
     [("ada@x.org", "Ada Lovelace", ("12",))]),
], ids=["own", "semicolons", "ids alone", "Canvas", "Moodle's worksheet", "Moodle's participants"])
def test_lists_of_students(tmp_path, text, found):
    students = read_students(listed(tmp_path, text))
    assert [(one["id"], one["name"], one["others"]) for one in students] == found


BAD = {
    "nothing": ("\n \n", "is empty. The first line names the columns"),
    "no first line": ("\nid\nada\n", "no column of ids; its first line reads: nothing"),
    "no student": ("id,name\n,\n", "lists no student"),
    "other columns": ("surname,mark\nx,1\n", "its first line reads: surname, mark. The first line names the columns: call that of "
                                            "the ids `id`"),
    "a column twice": ("id,ID\na,b\n", "more than one column id"),
    "no id": ("id,name\nada,A\n,Bob\n ,Eve\n", "Lines 3 and 4 of"),
    "twice": ("id\nada\nbob\nAda \nbob\n", "'ada' in lines 2 and 4 and 'bob' in lines 3 and 5. Each"),
    "many twice": ("id\n" + "".join(f"{n % 7}\n" for n in range(14)), "'4' in lines 6 and 13 and 2 more. Each"),
    "a bell": ("id\nb\na\x07b\n", "Line 3 of"), "quotes": ('id,name\n"ada,A\n', "is no CSV file"),
    "a comma": ("id,name\nada,Ada,\nbob,Bond, James\n", "Line 3 of"),
}


@pytest.mark.parametrize("text, told", BAD.values(), ids=BAD)
def test_a_bad_list_is_refused_and_nothing_is_written(tmp_path, text, told, capsys):
    path = listed(tmp_path, text)
    with pytest.raises(InputError, match=re.escape(told)):
        read_students(path)
    assert main(["release", str(tmp_path / "out"), "--variants", str(path)]) == 1
    assert told in capsys.readouterr().err and sorted(tmp_path.iterdir()) == [path]


def test_a_list_that_is_not_there_or_not_text(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        read_students(tmp_path / "none.csv")
    (tmp_path / "latin.csv").write_bytes("id,name\n1,Jürgen\n".encode("latin-1"))
    with pytest.raises(InputError, match="not in UTF-8"):
        read_students(tmp_path / "latin.csv")


# the key

def test_a_key_is_made_once_for_its_owner_alone(tmp_path):
    path = key_beside(tmp_path / "students.csv")
    key = key_or_new(path)
    assert not path.exists() and key != key_or_new(path) and len(key) == 32
    for one in (key, KEY):
        keep_key(path, one)
        assert key_or_new(path) == read_key(path) == key
    if os.name != "nt":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("text, told", [(None, "There is no key"), ("xyz", "holds no key"), ("00ff", "64 digits")])
def test_what_is_no_key_is_refused(tmp_path, text, told):
    path = tmp_path / "students.key"
    if text is not None:
        path.write_text(text)
    with pytest.raises(InputError, match=told):
        read_key(path)


def test_a_seed_follows_from_id_and_key():
    """RFC 2104 by hand: the digest of the key with the outer pad and the digest with the inner one."""
    from base64 import b32encode
    from hashlib import sha256
    inner, outer = (bytes(byte ^ pad for byte in KEY.ljust(64, b"\0")) for pad in (0x36, 0x5C))
    wanted = b32encode(sha256(outer + sha256(inner + b"ada").digest()).digest()).decode()[:10]
    assert seed_of(KEY, "ada") == seed_of(KEY, " ADA ") == wanted
    assert seed_of(KEY, "bob") != wanted != seed_of(KEY[::-1], "ada")


def test_the_key_may_not_lie_among_the_sheets(tmp_path, capsys):
    path = listed(tmp_path, OWN)
    assert main(["release", str(tmp_path), "--variants", str(path)]) == 1
    assert "would lie among the sheets" in capsys.readouterr().err and not key_beside(path).exists()


# whose a folder is

@pytest.mark.parametrize("folder, id", [
    ("101", "101"), ("section-A/101", "101"), ("Ada Lovelace", "101"), ("lovelaceada_LATE_101_5678_sheet-1", "101"),
    ("ada", "101"), ("Ada Lovelace_101_assignsubmission_file_", "101"), ("Bob", None), ("102", "102"), ("eve", None),
    ("lovelaceada_999_5678_sheet", None),
])
def test_whose_a_folder_is(tmp_path, folder, id):
    """A name that two have says nothing; a number that a download put there, all."""
    text = ('Student,ID,SIS User ID,SIS Login ID,Section\n"Lovelace, Ada",101,,ada,A\n'
            "Bob,102,,bob1,A\nBob,103,,bob2,A\n")
    found = roster(listed(tmp_path, text), KEY).find(folder)
    assert (found and found.id) == id


@pytest.mark.parametrize("id", ["../x", "a/b", "con", "CON.txt", "ä", "x" * 200, ".hidden", "a.", "-"])
def test_an_id_that_is_no_name_of_a_folder_gets_one(tmp_path, id):
    student, = roster(listed(tmp_path, f"id\n{id}\n"), KEY).students
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_@+.-]{0,63}", student.folder) and student.folder != id
    assert roster(listed(tmp_path, f"id\n{id}\n"), KEY).find(student.folder) == student


# sheets

@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """A folder with the list, the key and the sheets of three students."""
    place = tmp_path_factory.mktemp("three")
    assert main(["release", str(place / "out"), "--variants", str(listed(place, OWN))]) == 0
    return place


@pytest.fixture
def three(tmp_path, released):
    """(the list, the folder of sheets, the class) of three students, for one test alone."""
    shutil.copytree(released, tmp_path, dirs_exist_ok=True)
    path = tmp_path / "students.csv"
    return path, tmp_path / "out", roster(path, read_key(key_beside(path)))


def test_each_student_gets_the_sheets_with_their_own_variants(three, capsys):
    path, out, found = three
    assert sorted(folder.name for folder in out.iterdir()) == ["ada", "bob", "eve"]
    for student in found.students:
        for sheet in WITH_VARIANTS:
            text = nbformat.read(out / student.folder / sheet.name, as_version=4)
            source = "\n".join(cell.source for cell in text.cells if cell.cell_type == "code")
            ids = re.findall(r'(?:check|field|hand_in|hint|question)\("([^"]+)"', source)
            assert ids and {id.partition(":")[2] for id in ids} == {student.seed}
            assert f'globals(), "{student.seed}")' in source and student.seed in text.cells[0].source
            for row in (row for id, row in EXERCISES.items() if row.kind == "function" and id in source):
                assert variant(row.id, student.seed).signature in source
            asked = "\n".join(cell.source for cell in text.cells if cell.cell_type == "markdown")
            assert all(variant(id, student.seed).text in asked for id, _, seed in (id.partition(":") for id in ids) if seed)
            assert "SOLUTION" not in source
            nbformat.validate(text)


def test_a_second_release_gives_the_same_and_a_new_student_changes_nobody_else(three):
    path, out, found = three
    before = {one.relative_to(out): one.read_bytes() for one in out.rglob("*.ipynb")}
    listed(path.parent, OWN + "zoe,Zoe\n")
    assert main(["release", str(out), "--variants", str(path)]) == 0
    after = {one.relative_to(out): one.read_bytes() for one in out.rglob("*.ipynb")}
    assert before.items() <= after.items() and len(after) == len(before) + len(WITH_VARIANTS)


def test_sheets_that_somebody_has_changed_are_not_replaced(tmp_path, capsys):
    """What they show is no change. Of a release that would lose one, or an autograder, nothing is written, no key and no
    sheet that is not there; --replace replaces them."""
    place, list_, source = tmp_path / "out", listed(tmp_path, OWN), tmp_path / "source"
    source.mkdir()
    (source / SHEET).write_bytes((SHEETS / SHEET).read_bytes())
    given = ["release", str(place), "--source", str(source), "--variants", str(list_)]
    assert main(given) == 0
    sheet, other = (place / name / SHEET for name in ("ada", "bob"))
    notebook = nbformat.read(sheet, as_version=4)
    notebook.cells[1].outputs = [nbformat.v4.new_output("stream", text="shown")]
    nbformat.write(notebook, sheet)
    other.unlink()
    assert main(given) == 0 and other.exists()
    write_answers(sheet, "A")
    other.unlink()
    grader = place / "gradescope-sheet-2.zip"
    grader.write_bytes(b"mine")
    before, key = sheet.read_bytes(), key_beside(list_).rename(tmp_path / "kept.key")
    capsys.readouterr()
    assert main([*given, "--gradescope"]) == 1
    said = capsys.readouterr()
    assert f"{sheet}, {place / 'eve' / SHEET} and {grader} would be lost" in said.err and "--replace" in said.err
    assert not said.out and sorted(place.rglob("*.*")) == [sheet, place / "eve" / SHEET, grader]
    assert sheet.read_bytes() == before and grader.read_bytes() == b"mine" and not key_beside(list_).exists()
    assert main([*given, "--key", str(key), "--replace"]) == 0 and other.exists() and sheet.read_bytes() != before


def test_without_a_list_the_sheets_are_those_of_everybody(tmp_path):
    for path in release(SHEETS, tmp_path):
        assert not re.search(r'\("\d\.\d:', path.read_text(encoding="utf-8"))


# answers, by another way than the library's

SLOPES = {"tanh": "1 - a**2", "sigmoid": "a * (1 - a)", "softplus": "1 / (1 + np.exp(-z))"}
VALUES = {"tanh": "np.tanh(z)", "sigmoid": "1 / (1 + np.exp(-z))", "softplus": "np.log1p(np.exp(z))"}


def descend(one):
    """A right answer to a variant of 1.7, written by hand."""
    options, (_, row) = one.network.options, one.network.structure.neurons[""]
    over = {"mean": "mean", "sum": "sum"}[options.over_samples]
    return f"""{one.signature}
    z = w * x + b
    a = {VALUES[row.name]}
    delta = {2 * float(options.loss.parameter[1])} * (a - y) * ({SLOPES[row.name]})
    return w - eta * ((delta * x).{over}() + {float(options.l2)} * w), b - eta * delta.{over}()
"""


def answer(one):
    """The source of a right answer."""
    if one.kind == "function":
        return descend(one)
    if one.kind == "formula":
        text = typed(formula(one, one.lines), one, np.random.default_rng(1))
    elif one.kind == "number":
        text = f"{float(reference(one).right[0][one.ask].array):.3g}"
    else:
        text = LETTERS[one.right - 1]
    return f"{one.variable} = {text!r}"


SHEET_1 = [id for id in VARIATIONS if id.startswith("1.")]
FULL = sum(EXERCISES[id].points for id in SHEET_1)


def write_answers(path, seed):
    """Put right answers for the variants of a seed into a sheet."""
    notebook = nbformat.read(path, as_version=4)
    cells = {cell.id: cell for cell in notebook.cells}
    for id in SHEET_1:
        cells[f"answer-{id.replace('.', '-')}"].source = answer(variant(id, seed))
    nbformat.write(notebook, path)


@pytest.fixture(scope="module")
def thirty(tmp_path_factory):
    """Thirty students with sheet 1, graded: (folder of results, tally, class)."""
    place = tmp_path_factory.mktemp("thirty")
    names = [f"Student {'ABCDEFGHIJ'[n % 10]}{n // 10}" for n in range(30)]
    path = listed(place, "id,name\n" + "".join(f"s{n:02d},{name}\n" for n, name in enumerate(names)))
    for sheet in SHEETS.glob(SHEET):
        (place / "source").mkdir()
        (place / "source" / SHEET).write_bytes(sheet.read_bytes())
    found = roster(path, KEY)
    release(place / "source", place / "in", found)
    students = found.students
    for student in students:
        write_answers(place / "in" / student.folder / SHEET, student.seed)
    write_answers(place / "in" / "s05" / SHEET, students[6].seed)                             # a neighbour's answers
    (place / "in" / "s10" / SHEET).write_bytes((place / "in" / "s11" / SHEET).read_bytes())    # a neighbour's sheet
    tally = grade(place / "in", place / "out", Settings(roster=found), executor="threads", workers=2)
    return place / "out", tally, found


HONEST = [f"s{n:02d}" for n in range(30) if n not in (5, 10)]


def test_right_answers_to_ones_own_variants_earn_everything(thirty):
    _, tally, _ = thirty
    assert {student: tally.points(student) for student in HONEST} == dict.fromkeys(HONEST, FULL)
    assert not [row.aside or row.remark for row in tally.rows if row.student in HONEST and row.aside + row.remark]


def test_answers_of_a_neighbour_are_wrong_and_only_the_instructor_is_told(thirty):
    out, tally, found = thirty
    assert tally.points("s05") < FULL / 2
    rows = {row.exercise: row for row in tally.rows_of["s05"]}
    told = {id for id, row in rows.items() if row.aside}
    asked = {id for id, row in rows.items() if row.outcome != "right" and EXERCISES[id].kind != "choice"}
    assert told == asked >= {"1.1", "1.7"} and all(not row.remark for row in rows.values())
    names = [re.match(r"Right for the variants of (.*), (\d+) of 29 others\.", rows[id].aside) for id in told]
    assert all(names) and any(found.students[6].name in name[1] for name in names)
    _only_the_instructor(out, "s05", found)


def test_a_sheet_of_a_neighbour_is_noticed(thirty):
    """It is graded by the variants that its student should have; the student is told so, the instructor whose it is."""
    out, tally, found = thirty
    rows = tally.rows_of["s10"]
    assert tally.points("s10") < FULL / 2 and {row.variant for row in rows} == {found.students[10].seed}
    assert all(row.remark.startswith("This notebook does not hold the variants that were given to you") for row in rows)
    owner = found.students[11]
    assert all(f"It holds the variants {owner.seed}, those of {owner.name}." in row.aside for row in rows)
    _only_the_instructor(out, "s10", found)
    assert "does not hold the variants" in (out / "feedback" / "s10.html").read_text(encoding="utf-8")


def _only_the_instructor(out, student, found):
    page = (out / "feedback" / f"{student}.html").read_text(encoding="utf-8")
    others = [one for one in found.students if one.id != student]
    assert not [one.name for one in others if one.name in page or one.seed in page] and "others" not in page
    assert "others." in (out / "overview.html").read_text(encoding="utf-8")
    lines = csv.DictReader(io.StringIO((out / "grades.csv").read_text(encoding="utf-8-sig")))
    assert any(line["for the instructor"] for line in lines if line["student"] == student)


def test_results_for_gradescope_hold_nothing_of_another_student(thirty):
    _, tally, found = thirty
    for student in ("s05", "s10"):
        text = json.dumps(gradescope.results(tally.rows_of[student], "1"))
        assert not [one.name for one in found.students if one.id != student and (one.name in text or one.seed in text)]


def test_a_class_is_graded_once(thirty, tmp_path):
    """What the journal knows is not graded again, unless the list changes."""
    out, tally, found = thirty
    new = []
    again = grade(out.parent / "in", out, Settings(roster=found), told=lambda name, rows, fresh: new.append(fresh))
    assert not any(new) and [row.points for row in again.rows] == [row.points for row in tally.rows]


def test_a_student_who_is_not_in_the_list_is_not_graded(three, capsys):
    path, out, found = three
    (out / "ada").rename(out / "mallory")
    code = main(["grade", str(out), str(out.parent / "results"), "--variants", str(path), "--sheets", "1"])
    assert code == 2
    lines = csv.DictReader(io.StringIO((out.parent / "results" / "grades.csv").read_text(encoding="utf-8-sig")))
    of = [line for line in lines if line["student"] == "mallory"]
    assert of and {line["outcome"] for line in of} == {"not graded"}
    assert all("'mallory' is not in the list students.csv" in line["feedback"] for line in of)


def test_grading_needs_the_key(three, capsys):
    path, out, _ = three
    key_beside(path).unlink()
    assert main(["grade", str(out), str(out.parent / "results"), "--variants", str(path)]) == 1
    assert "There is no key" in capsys.readouterr().err and not (out.parent / "results").exists()


def test_a_derivation_is_graded_by_the_variant_of_its_student(three):
    _, out, found = three
    path = out / "ada" / "sheet-6-derivations.ipynb"
    notebook = nbformat.read(path, as_version=4)
    cell = next(cell for cell in notebook.cells if cell.id == "answer-6-11")
    right = slips.machine(own := variant("6.11", found.students[0].seed))
    cell.source = f'answer_6_11 = r"""\n{slips.written(right, right.steps)}\n"""'
    nbformat.write(notebook, path)
    rows = handed_in_rows(out / "ada", Settings(roster=found), "ada")
    row, = (row for row in rows if row.exercise == "6.11")
    assert (row.outcome, row.points, row.variant) == ("right", own.points, found.students[0].seed)


def test_what_the_notebook_says_does_not_choose_the_variant(three):
    """Ada puts Bob's seed into her own sheet, with answers that are right for it: she is graded by hers."""
    _, out, found = three
    ada, bob, _ = found.students
    path = out / "ada" / SHEET
    write_answers(path, bob.seed)
    path.write_text(path.read_text(encoding="utf-8").replace(ada.seed, bob.seed), encoding="utf-8")
    rows = handed_in_rows(out / "ada", Settings(roster=found), "ada")
    graded = [row for row in rows if row.sheet == "1"]
    assert sum(row.points for row in graded) < FULL / 2
    assert all(f"those of {bob.name}" in row.aside and row.variant == ada.seed for row in graded)


def test_seeds_of_nobody_and_no_seeds(three):
    _, out, found = three
    path = out / "ada" / SHEET
    ada = found.students[0]
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(ada.seed, "NOBODYSSEED"), encoding="utf-8")
    row = next(row for row in handed_in_rows(out / "ada", Settings(roster=found), "ada") if row.sheet == "1")
    assert row.aside.startswith("It holds the variants NOBODYSSEED, which are nobody's.")
    path.write_text(text.replace(f":{ada.seed}", ""), encoding="utf-8")
    row = next(row for row in handed_in_rows(out / "ada", Settings(roster=found), "ada") if row.sheet == "1")
    assert row.variant == ada.seed


# where it goes to

def test_gradescope_knows_each_ones_variants(tmp_path, three):
    """The autograder of a sheet has the seeds, not the key, and finds its student by what Gradescope says."""
    path, out, found = three
    zipped = gradescope.autograder("1", found)
    assert zipped == gradescope.autograder("1", found)
    with zipfile.ZipFile(io.BytesIO(zipped)) as inside:
        inside.extractall(tmp_path / "source")
    assert read_key(key_beside(path)).hex().encode() not in b"".join(
        one.read_bytes() for one in (tmp_path / "source").rglob("*") if one.is_file())
    assert Roster.from_json((tmp_path / "source" / gradescope.ROSTER).read_text()) == found
    place = tmp_path / "autograder"
    (place / "submission").mkdir(parents=True)
    sheet = place / "submission" / SHEET
    sheet.write_bytes((out / "bob" / SHEET).read_bytes())
    write_answers(sheet, found.students[1].seed)
    user = {"email": "b@x.org", "id": 5, "name": "Bob", "sid": "bob"}
    (place / gradescope.METADATA).write_text(json.dumps({"users": [user]}))
    script = (tmp_path / "source" / "run_autograder").read_text()
    script = script.replace("/autograder/source", str(tmp_path / "source"))
    environment = {"BPLIB_PYTHON": sys.executable, "BPLIB_SUBMISSION": str(place / "submission"),
                   "BPLIB_RESULTS": str(place), "PATH": os.environ["PATH"]}
    subprocess.run(["bash", "-c", script], env=environment, check=True)
    assert json.loads((place / "results.json").read_text())["score"] == FULL
    (place / "results.json").unlink()
    (place / gradescope.METADATA).write_text(json.dumps({"users": [{"name": "Nobody"}]}))
    done = subprocess.run(["bash", "-c", script], env=environment, capture_output=True, text=True)
    assert done.returncode == 2 and "is not in the list students.csv" in done.stderr
    assert not (place / "results.json").exists()


@pytest.mark.parametrize("text", [None, "", "[]", '{"users": 3}', '{"users": [{"sid": null}]}', '{"users": ["x"]}'])
def test_what_gradescope_does_not_say_is_nobodys(tmp_path, three, text):
    (tmp_path / "submission").mkdir()
    if text is not None:
        (tmp_path / gradescope.METADATA).write_text(text)
    assert gradescope.student_of(tmp_path / "submission", three[2]) == "submission"


def test_release_says_what_nbgrader_cannot_do(tmp_path, capsys):
    """And which notebooks are the same for everybody; where all are, that there is nothing to draw."""
    path, source = listed(tmp_path, "id\nada\n"), tmp_path / "source"
    source.mkdir()
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("Hello")]), source / "hello.ipynb")
    given = ["release", str(tmp_path / "out"), "--variants", str(path), "--source", str(source)]
    assert main(given) == 1 and not (tmp_path / "out").exists() and not key_beside(path).exists()
    assert "No notebook in" in capsys.readouterr().err
    (source / SHEET).write_bytes((SHEETS / SHEET).read_bytes())
    assert main(given) == 0
    said = capsys.readouterr().out
    assert "autograde cannot know variants" in said and f"Keep {key_beside(path)}" in said
    assert said.endswith("no exercise that has variants: hello.ipynb.\n")
    assert main(["release", str(tmp_path / "plain")]) == 0
    assert "nbgrader" not in capsys.readouterr().out


def test_a_sheet_of_a_student_runs_to_its_end(three):
    """What was not written yet stops nothing, and the summary at the end is about this student's variants."""
    _, out, found = three
    for path in sorted((out / "eve").glob("*.ipynb")):
        scope, cells = {}, [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
        for source in cells[:-1]:
            exec(source, scope)  # our own sheet
        shown = eval(cells[-1].splitlines()[-1], {**scope, "summary": summary})
        assert cells[-1].splitlines()[-1].startswith("summary(") and "✓" not in str(shown)
