"""A class in a JupyterHub that is set up as binder/ says: all follow the link, run a notebook, and move an explorer."""
import json
import re
from contextlib import ExitStack

import nbformat
import pytest
from explorers import View
from hub import BINDER, commit, handout, hub, what_is_missing
from jupyter import assert_saved_from

STUDENTS = "ada", "ben", "eve"
LESSON, SHEET = "02-one-neuron.ipynb", "coursework/sheet-1-one-neuron.ipynb"
EMPTY = json.dumps('answer_1_1 = ""')
needs_a_hub = pytest.mark.skipif(bool(what_is_missing()), reason=what_is_missing() or "a hub can be started")


# the files

def test_both_hubs_give_a_student_the_same():
    """The limits and variables of The Littlest JupyterHub and of Zero to JupyterHub."""
    littlest = (BINDER / "littlest.py").read_text(encoding="utf-8")
    zero = (BINDER / "zero.yaml").read_text(encoding="utf-8")
    given = dict(re.findall(r"^c\.Spawner\.(\w+) = (.*)$", littlest, re.M))
    memory = re.search(r"memory:\n +guarantee: (\w+)\n +limit: (\w+)\n +cpu:\n +limit: (\w+)", zero)
    assert [json.loads(given[name]) for name in ("mem_guarantee", "mem_limit")] == [*memory.groups()[:2]]
    assert given["cpu_limit"] == memory[3] and json.loads(given["default_url"]) == re.search(r"defaultUrl: (\S+)", zero)[1]
    assert dict(re.findall(r'"(\w+_NUM_THREADS)": "(\d)"', littlest)) == dict(
        re.findall(r'(\w+_NUM_THREADS): "(\d)"', zero)) != {}


def test_the_page_names_every_file():
    page = (BINDER / "README.md").read_text(encoding="utf-8")
    assert {path.name for path in BINDER.iterdir()} - {"README.md"} == {
        name for row in re.findall(r"^\| (`.*?) \|", page, re.M) for name in re.findall("`(.*?)`", row)}


# a hub

@pytest.fixture(scope="module")
def running():
    with hub() as one:
        yield one


@pytest.fixture
def repository(tmp_path):
    return handout(tmp_path)


@needs_a_hub
def test_three_students_work_at_the_same_time(browser, running, repository):
    """Each has a server, a folder and explorers of one's own, and nobody moves another's."""
    with ExitStack() as together:
        labs = {name: together.enter_context(running.student(browser, name, running.link(repository, LESSON)))
                for name in STUDENTS}
        assert all(View(lab.explorer()).moves() for lab in labs.values())  # before anything is run
        assert [lab.run_all() for lab in labs.values()] == [[], [], []]
        for lab in labs.values():
            lab.new_cell("mine = bp.explore.neuron()\nmine")
        for moves, lab in enumerate(labs.values()):
            lab.page.locator(".bplib").last.wait_for()
            assert not moves or View(lab.page.locator(".bplib").last).press(*["ArrowRight"] * moves)
        start, *moved = [float(lab.new_cell("print(mine.w)")) for lab in labs.values()]
        step = moved[0] - start
        assert step > 0 and moved[1] - start == pytest.approx(2 * step)
        for name, lab in labs.items():
            assert lab.new_cell("import os\nprint(os.environ['JUPYTERHUB_USER'])").strip() == name
            assert_saved_from(lab, running.homes / name, lab.page.locator(".bplib").last.locator("input").first)
            assert not lab.errors()


@needs_a_hub
def test_whoever_follows_the_link_again_gets_what_is_new_and_keeps_the_own_answers(browser, running, repository):
    link = running.link(repository, SHEET)
    mine = running.homes / "zoe" / repository.name / SHEET
    with running.student(browser, "zoe", link) as lab:
        assert lab.run_all() == []
        answered = nbformat.read(mine, as_version=4)
        cell = next(cell for cell in answered.cells if cell.id == "answer-1-1")
        cell.source = 'answer_1_1 = "2*(a-y)*x"'
    nbformat.write(answered, mine)
    (repository / "news.md").write_text("Sheet 2 is due on Friday.", encoding="utf-8")
    sheet = (repository / SHEET).read_text(encoding="utf-8")
    for before, after in (("Sheet 1:", "Sheet 1, mended:"), (EMPTY, json.dumps('answer_1_1 = "a formula"'))):
        assert before in sheet
        sheet = sheet.replace(before, after, 1)
    (repository / SHEET).write_text(sheet, encoding="utf-8")
    commit(repository)
    with running.student(browser, "zoe", link):
        kept = nbformat.read(mine, as_version=4)
        assert kept.cells[0].source.startswith("# Sheet 1, mended:")
        assert [one.source for one in kept.cells if one.id == "answer-1-1"] == [cell.source]
        assert (mine.parents[1] / "news.md").exists()
