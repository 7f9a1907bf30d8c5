"""A notebook that is opened: its explorers move before anything is run, and it is not changed by that.

Run as a program, this file writes the list of what is shipped: whoever changes a notebook does that.
"""
import json
import shutil
from pathlib import Path

import nbformat
import pytest

from bplib.bench.browser import PATIENCE, Lab
from bplib.lab import active, as_the_kernel_writes, digest, shipped, trust_what_was_shipped, widget

ROOT = Path(__file__).resolve().parent.parent
LIST = ROOT / "bplib" / "data" / "shipped.json"


def notebooks():
    paths = (ROOT / "notebooks").rglob("*.ipynb")
    return [path for path in sorted(paths) if ".ipynb_checkpoints" not in path.parts]


def all_that_is_active():
    cells = [cell for path in notebooks() for cell in nbformat.read(path, as_version=4).cells]
    names = [widget(output) for cell in cells for output in cell.get("outputs", [])]
    return sorted({digest(text) for text in [*(text for cell in cells for text in active(cell)), *filter(None, names)]})


def cell_showing(*texts):
    outputs = [nbformat.v4.new_output("display_data", {"text/html": text, "text/plain": "."}) for text in texts]
    return nbformat.v4.new_code_cell("show", outputs=outputs)


def trusted(cell):
    trust_what_was_shipped(nbformat.v4.new_notebook(cells=[cell]))
    return cell.metadata.get("trusted", False)


def test_the_list_is_that_of_the_notebooks():
    """If not: `python test_lab.py` in the folder of the tests, with PYTHONPATH=.."""
    assert sorted(shipped()) == all_that_is_active() != []


def test_what_was_shipped_is_trusted_and_nothing_else():
    cells = nbformat.read(ROOT / "notebooks" / "02-one-neuron.ipynb", as_version=4).cells
    shown = [text for cell in cells for text in active(cell)]
    assert shown and trusted(cell_showing(*shown))
    assert trusted(cell_showing())
    assert not trusted(cell_showing(*shown, "<script>steal()</script>"))
    assert not trusted(cell_showing(shown[0] + " "))
    markdown = nbformat.v4.new_markdown_cell("<script>steal()</script>")
    assert not trusted(markdown)


def test_text_that_is_stored_in_lines_is_the_same_text():
    cell = cell_showing("<b>\n</b>")
    whole = active(cell)
    cell.outputs[0].data["text/html"] = ["<b>\n", "</b>"]
    assert active(cell) == whole


def test_a_notebook_for_another_kernel_stays_as_it_is():
    notebook = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "julia-1.11", "display_name": "Julia"}})
    before = json.dumps(notebook)
    as_the_kernel_writes(notebook)
    assert json.dumps(notebook) == before


EXPLORER = ".jp-OutputArea .bplib"
CHANGED = "() => jupyterapp.shell.currentWidget.context.model.dirty"


@pytest.mark.smoke
def test_an_explorer_moves_before_anything_is_run(browser, server):
    """Opened, moved, a first cell run, saved, opened anew: it moves each time, and opening alone changes nothing."""
    shutil.copy(ROOT / "notebooks" / "02-one-neuron.ipynb", server.folder / "fresh.ipynb")
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    try:
        lab = Lab(page, server.page("fresh.ipynb"))
        assert_moves(page)
        page.wait_for_function("() => jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status === 'idle'")
        assert not page.evaluate(CHANGED)
        opened_anew(page)  # the kernel goes on, and has made no widget
        assert_moves(page)
        page.evaluate("() => { jupyterapp.shell.currentWidget.content.activeCellIndex = 1; }")
        lab.command("notebook:run-cell")
        lab.command("docmanager:save")
        page.wait_for_function(f"() => !({CHANGED})()")
        page.evaluate("() => jupyterapp.shell.currentWidget.sessionContext.shutdown()")
        opened_anew(page)
        assert_moves(page)
    finally:
        page.close()


def opened_anew(page):
    page.evaluate("""async () => {
        const { shell } = jupyterapp, { path } = shell.currentWidget.context;
        shell.currentWidget.dispose();
        await jupyterapp.commands.execute("docmanager:open", { path }); }""")


def assert_moves(page):
    """A key on the first slider of the page changes what is read beside it."""
    slider = page.locator(f"{EXPLORER} input[type=range]").first
    slider.wait_for()
    slider.scroll_into_view_if_needed()
    words = page.locator(EXPLORER).first
    before = words.inner_text()
    slider.press("ArrowRight")
    page.wait_for_function("([words, before]) => words.innerText !== before", arg=[words.element_handle(), before],
                           timeout=1000 * PATIENCE)


if __name__ == "__main__":
    LIST.write_text(json.dumps(all_that_is_active(), indent=0) + "\n", encoding="utf-8")
