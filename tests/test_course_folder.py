"""The course in a folder of the user's own: what is copied there, and what is never written again."""
import json
import shutil

import pytest

from bplib.course import NOTEBOOKS, RECORD, Copied, copy_course, main, notebooks, said
from bplib.errors import InputError

FIRST, SHEET = "01-first.ipynb", "coursework/sheet-1.ipynb"


@pytest.fixture
def shipped(tmp_path):
    """A small course, as the package has it."""
    for name in (FIRST, SHEET, "coursework/solutions/sheet-1.ipynb"):
        path = tmp_path / "shipped" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{name} as shipped", encoding="utf-8")
    return tmp_path / "shipped"


@pytest.fixture
def mine(tmp_path, shipped):
    """A folder into which it has been copied."""
    folder = tmp_path / "my own" / "کتاب"
    assert copy_course(folder, shipped) == Copied((FIRST, SHEET), ())
    return folder


def texts(folder):
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in folder.rglob("*.ipynb")}


def test_a_copy_has_the_notebooks_without_solutions(mine):
    assert texts(mine) == {name: f"{name} as shipped" for name in (FIRST, SHEET)}
    assert [path for path in mine.rglob("*") if path.suffix == ".part"] == []


def update(shipped, mine):
    (shipped / FIRST).write_text("newer", encoding="utf-8")


def change(shipped, mine):
    (mine / FIRST).write_text("mine", encoding="utf-8")


def rename(shipped, mine):
    (mine / FIRST).rename(mine / "kept.ipynb")


def lose_the_record(shipped, mine):
    (mine / RECORD).unlink()


def break_the_record(shipped, mine):
    (mine / RECORD).write_text("[", encoding="utf-8")


OLD = f"{FIRST} as shipped"


@pytest.mark.parametrize("events, text, copied", [
    ([], OLD, Copied((), ())),
    ([update], "newer", Copied((FIRST,), ())),
    ([change], "mine", Copied((), ())),
    ([change, update], "mine", Copied((), (FIRST,))),
    ([rename], OLD, Copied((FIRST,), ())),
    ([rename, update], "newer", Copied((FIRST,), ())),
    ([lose_the_record], OLD, Copied((), ())),
    ([lose_the_record, update], OLD, Copied((), (FIRST,))),
    ([break_the_record, change], "mine", Copied((), (FIRST,))),
], ids=lambda value: "-".join(one.__name__ for one in value) or "nothing" if isinstance(value, list) else "")
def test_what_is_changed_stays_and_the_rest_follows_the_package(shipped, mine, events, text, copied):
    for event in events:
        event(shipped, mine)
    assert copy_course(mine, shipped) == copied
    assert texts(mine)[FIRST] == text and texts(mine)[SHEET] == f"{SHEET} as shipped"
    assert (rename not in events) or texts(mine)["kept.ipynb"] == OLD
    again = copy_course(mine, shipped)
    assert again.new == () and texts(mine)[FIRST] == text


def test_what_she_is_told(mine):
    assert said(mine, Copied((FIRST,), ())) == f"The course is in {mine}: 1 notebook copied."
    assert f"{FIRST} stays as you have it" in said(mine, Copied((), (FIRST,)))


def test_a_folder_that_cannot_be_written_is_named(shipped, tmp_path, capsys):
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="--folder FOLDER"):
        copy_course(tmp_path / "file", shipped)
    assert main(["--folder", str(tmp_path / "file")]) == 1
    assert str(tmp_path / "file") in capsys.readouterr().err
    assert (tmp_path / "file").read_text(encoding="utf-8") == "mine"


def test_a_copy_that_is_cut_short_is_made_anew(shipped, tmp_path, monkeypatch):
    """The disk is full at the second notebook: what is there is whole, and nothing passes for changed."""
    copyfile = shutil.copyfile

    def full(source, target):
        target.write_text("half", encoding="utf-8")
        if source.name == "sheet-1.ipynb":
            raise OSError(28, "No space left on device")
        copyfile(source, target)

    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(InputError, match="No space left"):
        copy_course(tmp_path / "mine", shipped)
    monkeypatch.undo()
    assert copy_course(tmp_path / "mine", shipped).behind == ()
    assert texts(tmp_path / "mine") == {name: f"{name} as shipped" for name in (FIRST, SHEET)}


def test_the_course_itself_is_what_is_copied(tmp_path):
    copied = copy_course(tmp_path)
    assert list(copied.new) == [path.relative_to(NOTEBOOKS).as_posix() for path in notebooks()]
    assert "00-contents.ipynb" in copied.new and not (tmp_path / "coursework/solutions").exists()
    assert json.loads((tmp_path / RECORD).read_text(encoding="utf-8")).keys() == {*copied.new}
