"""Explorers on pages without Jupyter: exported HTML, viewers that run no scripts; and what a notebook stores."""
import json
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import nbformat
import pytest
from explorers import CELLS, EXPLORERS, View, each, violations
from jupyter import from_disk
from nbclient import NotebookClient
from playwright.sync_api import expect
from test_explore_browser import View as Neuron

import bplib
import bplib.explore
from bplib.bench.browser import write_notebook


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A notebook with all explorers, run and saved as JupyterLab saves it."""
    path = tmp_path_factory.mktemp("saved") / "explorers.ipynb"
    write_notebook(path, CELLS)
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, kernel_name="python3", store_widget_state=False).execute()
    nbformat.write(notebook, path)
    return path


@pytest.fixture(scope="module")
def exported(saved):
    """exported(options…) → the path of the HTML that nbconvert makes of the notebook."""
    @cache
    def export(*options):
        path = saved.with_name(f"{'-'.join(['page', *options])}.html")
        subprocess.run([sys.executable, "-m", "nbconvert", "--to", "html", *options, "--output", path.name, saved],
                       check=True, capture_output=True)
        return path

    return export


@pytest.mark.parametrize("options, dark", [
    ((), False), (("--theme", "dark"), True), (("--template", "classic"), False), (("--template", "basic"), False)])
def test_an_exported_page_is_live_without_a_network(browser, exported, options, dark):
    """Opened from the disk: each explorer moves, the neuron to the numbers that Python computes, and is legible."""
    with from_disk(browser, exported(*options)) as (page, complaints):
        views = page.locator(".bplib")
        expect(views).to_have_count(len(EXPLORERS))
        assert all(View(view).moves() for view in views.all())
        neuron = Neuron(views.nth(EXPLORERS.index("neuron")))
        assert neuron.settings()["w"] == 0.65 and neuron.agrees()
        assert not complaints
        assert violations(page, ".bplib", runOnly=["color-contrast"]) == []  # the rest is as it is in JupyterLab
        ink, ground = (sum(map(int, re.findall(r"\d+", color)[:3])) for color in views.first.evaluate(
            "view => [getComputedStyle(view).color, getComputedStyle(view).backgroundColor]"))
        assert (ink > 600 and ground < 150) if dark else (ink < 150 and ground > 600)


def test_a_page_on_which_no_script_runs_shows_pictures(browser, exported):
    """Each picture is drawn and has its alternative text; every explorer is told of in a sentence."""
    html = re.sub(r"<script.*?</script>", "", exported().read_text(encoding="utf-8"), flags=re.S)
    path = exported().with_name("stripped.html")
    path.write_text(html, encoding="utf-8")
    with from_disk(browser, path) as (page, complaints):
        for name in EXPLORERS:
            explorer = getattr(bplib.explore, name)()
            expect(page.locator(".jp-OutputArea", has_text=f"{explorer!r} Run this notebook to move it."))
            picture = explorer.picture()
            if picture is not None:
                image = page.get_by_alt_text(picture.alt, exact=True)
                assert image.evaluate("one => one.complete && one.naturalWidth > 300")


@each
def test_what_is_stored_is_the_same_in_every_run(name):
    """Byte for byte, and no model's number in it."""
    explorer, again = (getattr(bplib.explore, name)() for _ in range(2))
    (stored, about), (other, about_again) = explorer._repr_mimebundle_(), again._repr_mimebundle_()
    view = stored.pop("application/vnd.jupyter.widget-view+json")
    other.pop("application/vnd.jupyter.widget-view+json")
    assert stored == other and about == about_again
    assert view["model_id"] not in str(stored)
    if "image/png" in stored:
        assert len(about["image/png"]["alt"]) > 40


@pytest.mark.thorough
def test_nbval_compares_all_but_packed_data(saved, tmp_path):
    """Data differ from one version of a library to the next; sentences do not."""
    notebook = json.loads(saved.read_text(encoding="utf-8"))
    cell = notebook["cells"][EXPLORERS.index("neuron")]
    notebook["cells"] = [json.loads(json.dumps({**cell, "id": name})) for name in ("same", "data", "words")]
    for cell, old, new in zip(notebook["cells"], ("", ";base64,", "explorer: "), ("", ";base64,A", "explorer. ")):
        (output,) = cell["outputs"]
        output["data"]["text/html"] = "".join(output["data"]["text/html"]).replace(old, new)
    path, root = tmp_path / "changed.ipynb", Path(bplib.__file__).parents[1]
    path.write_text(json.dumps(notebook), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-n", "0", "-rA", f"--rootdir={root}",
         "-c", root / "pyproject.toml", path], cwd=root, capture_output=True, text=True)
    assert re.findall(r"^(PASSED|FAILED) .*Cell (\d)", done.stdout, re.M) == [
        ("PASSED", "0"), ("PASSED", "1"), ("FAILED", "2")]
