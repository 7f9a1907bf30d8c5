"""What tests of explorers share: JavaScript with and without a page, and pages that are opened from the disk."""
import json
import os
import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from bplib.bench.browser import NOT_OURS, PATIENCE, NoBrowser
from bplib.bench.browser import browser as headless

WRONG_FORMULA = "mjx-merror, [data-mjx-error], mjx-mtext[style*=red]"
"""Where MathJax says that it could not read a formula, or a command in it."""


@contextmanager
def needing_a_browser():
    """Where there is none a test is skipped, and fails where BPLIB_BROWSER is "required"."""
    try:
        yield
    except NoBrowser as missing:
        if os.environ.get("BPLIB_BROWSER") == "required":
            raise
        pytest.skip(str(missing))


def run_javascript(script):
    """The `result` of a module as JSON, run by node or, where there is none, by a browser."""
    if not shutil.which("node"):
        with needing_a_browser(), ThreadPoolExecutor(1) as apart:  # this thread may have the browser of all tests
            return apart.submit(_run_in_a_page, script).result()
    command = ["node", "--input-type=module", "-"]
    script += "\nconsole.log(JSON.stringify(result));"
    return json.loads(subprocess.run(command, input=script, capture_output=True, text=True, check=True).stdout)


def _run_in_a_page(script):
    with headless() as browser:
        return browser.new_page().evaluate(
            """async (code) => {
                const module = new Blob([code], { type: "text/javascript" });
                return (await import(URL.createObjectURL(module))).result;
            }""", script + "\nexport { result };")


def number(text):
    """The number that a text shows: −0.1491 or 5.84·10¹⁰."""
    digits, _, power = text.translate(str.maketrans("−⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "--0123456789")).partition("·10")
    return float(f"{digits}e{power or 0}")


@contextmanager
def from_disk(browser, path):
    """A page opened from the disk, without a network, and the list of its complaints."""
    complaints = []
    page = browser.new_page(viewport={"width": 1200, "height": 1100})
    page.route(re.compile("^https?:"), lambda route: route.abort())
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: line.type == "error" and not line.text.startswith(NOT_OURS)
            and complaints.append(line.text))
    page.goto(path.as_uri())
    yield page, complaints
    page.close()


SAVED = """(patience) => { window.saved = new Promise((done, fail) => {
    setTimeout(fail, 1000 * patience, Error("Nothing was saved"));
    const { commandExecuted } = jupyterapp.commands;
    const listen = (_, { id, result }) => {
        if (id !== "docmanager:save") return;
        commandExecuted.disconnect(listen);
        done(result);
    };
    commandExecuted.connect(listen); }); }"""
"""Makes saved: a promise that is kept when the next save has ended, its checkpoint too; until then none can begin."""


def assert_saved_from(lab, folder, element):
    """Ctrl+S, pressed where an element has the focus, writes what the notebook holds to the disk and changes nothing."""
    note = f"# saved from {element}"
    lab.page.evaluate("""note => { const { widgets } = jupyterapp.shell.currentWidget.content;
        widgets.at(-1).model.sharedModel.setSource(note); }""", note)
    path, cells = folder / lab.page.evaluate("jupyterapp.shell.currentWidget.context.path"), lab.cells()
    assert note not in path.read_text(encoding="utf-8")
    lab.page.evaluate(SAVED, PATIENCE)
    element.focus()
    element.press("Control+s")
    lab.page.evaluate("saved")
    assert json.dumps(note)[1:-1] in path.read_text(encoding="utf-8") and lab.cells() == cells


def open_in_place(page, path):
    """Open a notebook, by its path in the folder of JupyterLab, in place of the one before, whose kernel ends."""
    page.evaluate("""async (path) => {
        const { commands, shell } = jupyterapp, before = shell.currentWidget;
        await commands.execute("docmanager:open", { path });
        await before.sessionContext.shutdown();
        before.dispose(); }""", path)
    page.wait_for_function(
        "path => { const { context, sessionContext } = jupyterapp.shell.currentWidget;"
        " return context.path === path && context.isReady && sessionContext.session?.kernel; }",
        arg=path, timeout=1000 * PATIENCE)
