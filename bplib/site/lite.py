"""JupyterLite beside the pages: the same notebooks, with a Python that runs in the browser."""
import json
import subprocess
import sys
from collections.abc import Callable, Iterable
from importlib.metadata import distribution
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat

from ..course import NOTEBOOKS
from ..errors import InputError
from ..lab import forget_widgets, trust_what_was_shipped
from . import pyodide

FOLDER = "lite"
KERNEL = "jupyterlite_pyodide_kernel"
OF_KERNEL = ("ipykernel", "piplite", "pyodide_kernel")


def add_jupyterlite(site: Path, paths: Iterable[Path], copies: Iterable[Path] = (),
                    told: Callable[[str], None] = print) -> None:
    """Write JupyterLite with these notebooks into the folder `lite` of a site.

    copies   where files of Pyodide are, see `pyodide.fetch`

    Raises InputError where files of Pyodide cannot be had, or JupyterLite complains.
    """
    with TemporaryDirectory(prefix="bplib-lite-", ignore_cleanup_errors=True) as place:
        source = Path(place)
        runtime = source / "static" / "pyodide"
        runtime.mkdir(parents=True)
        pyodide.fetch(runtime, copies, told)
        names = pyodide.add_wheels(runtime, _kernel_wheels())
        (source / "jupyter-lite.json").write_text(json.dumps(_configuration(names)), encoding="utf-8")
        for path in paths:
            target = source / "contents" / path.relative_to(NOTEBOOKS)
            target.parent.mkdir(parents=True, exist_ok=True)
            notebook = as_opened(nbformat.read(path, as_version=4))
            target.write_text(json.dumps(notebook), encoding="utf-8")  # texts in one piece: nobody joins lines there
        _jupyterlite(source, site / FOLDER)
        sizes = {path.name: path.stat().st_size for path in sorted(runtime.iterdir())}
    page, lab = _template("run.html"), site / FOLDER / "lab" / "index.html"
    (site / FOLDER / "run.html").write_text(page.replace("{sizes}", json.dumps(sizes)), encoding="utf-8")
    script = f"<script>\n{_template('keys.js')}</script>\n</head>"
    lab.write_text(lab.read_text(encoding="utf-8").replace("</head>", script, 1), encoding="utf-8")


def _template(name):
    return (Path(__file__).parent / "templates" / name).read_text(encoding="utf-8")


def as_opened(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The notebook as JupyterLab gets it from `bplib lab`: explorers move before anything has run."""
    forget_widgets(notebook)
    trust_what_was_shipped(notebook)
    return notebook


def _kernel_wheels():
    """The kernel's own part in Python, which its package carries."""
    return [Path(str(one.locate())) for one in distribution(KERNEL).files or ()
            if one.suffix == ".whl" and one.name.startswith(OF_KERNEL)]


def _configuration(packages):
    settings = {"pyodideUrl": "./static/pyodide/pyodide.js", "disablePyPIFallback": True,
                "loadPyodideOptions": {"packages": packages}}
    return {"jupyter-lite-schema-version": 0, "jupyter-config-data": {
        "appName": "Understand backpropagation", "exposeAppInBrowser": True,
        "litePluginSettings": {"@jupyterlite/pyodide-kernel-extension:kernel": settings}}}


def _jupyterlite(source, target):
    command = [sys.executable, "-m", "jupyterlite_core", "build", "--lite-dir", source, "--output-dir", target,
               "--contents", source / "contents", "--apps", "lab", "--no-sourcemaps", "--no-unused-shared-packages"]
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, cwd=source)
    if done.returncode:
        raise InputError(f"JupyterLite was not built as it should be. It says:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
