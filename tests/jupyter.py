"""What tests of explorers share: a real JupyterLab in a headless Chromium, and JavaScript without one."""
import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

import bplib
from bplib.environment import COMMANDS

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update"]
PATIENCE = 60
NOT_OURS = ("Failed to load resource", "Could not send widget sync message", "Could not restore the debugger state",
            "Error: Canceled future")
"""What JupyterLab itself complains of: addresses that are not there, a kernel that is not there or that ends."""
WRONG_FORMULA = "mjx-merror, [data-mjx-error], mjx-mtext[style*=red]"
"""Where MathJax says that it could not read a formula, or a command in it."""


def need_browser():
    """Playwright's synchronous interface. Where there is no browser a module of tests is skipped, and fails where
    BPLIB_BROWSER is "required"."""
    if not CHROMIUM:
        missing = "no Chromium is installed"
        if os.environ.get("BPLIB_BROWSER") == "required":
            raise RuntimeError(missing)
        pytest.skip(missing, allow_module_level=True)
    return import_module("playwright.sync_api")


def run_javascript(script):
    """The `result` of a module as JSON, run by node or, where there is none, by a browser."""
    if shutil.which("node"):
        command = ["node", "--input-type=module", "-"]
        script += "\nconsole.log(JSON.stringify(result));"
        return json.loads(subprocess.run(command, input=script, capture_output=True, text=True, check=True).stdout)
    with need_browser().sync_playwright() as session:
        browser = session.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        return browser.new_page().evaluate(
            """async (code) => {
                const module = new Blob([code], { type: "text/javascript" });
                return (await import(URL.createObjectURL(module))).result;
            }""", script + "\nexport { result };")


def write_notebook(path, cells):
    """A notebook of code cells that have not been run."""
    cells = [{"cell_type": "code", "id": f"cell{n}", "source": source, "metadata": {}, "outputs": [],
              "execution_count": None} for n, source in enumerate(cells)]
    path.write_text(json.dumps({
        "cells": cells, "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        "nbformat": 4, "nbformat_minor": 5}), encoding="utf-8")


@contextmanager
def jupyterlab(folder, theme="Light", **notebooks):
    """JupyterLab on a free port with a configuration of its own, stopped at the end: its address and its token.

    notebooks   settings of JupyterLab for notebooks, such as windowingMode="none": every cell is in the page
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token, address = secrets.token_hex(16), f"http://127.0.0.1:{port}"
    names = ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "JUPYTERLAB_SETTINGS_DIR",
             "JUPYTERLAB_WORKSPACES_DIR")
    own = {name: str(folder / ".jupyter" / name) for name in names}
    settings = {"apputils-extension/themes": {"theme": f"JupyterLab {theme}"},
                "apputils-extension/notification": {"fetchNews": "false"}, "notebook-extension/tracker": notebooks}
    for name, values in settings.items():
        path = Path(own["JUPYTERLAB_SETTINGS_DIR"]) / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values))
    server = subprocess.Popen(
        [sys.executable, *COMMANDS["lab"].arguments, "--no-browser", "--allow-root", "--expose-app-in-browser",
         f"--ServerApp.root_dir={folder}", f"--IdentityProvider.token={token}",
         f"--port={port}", "--port-retries=0"],
        env={**os.environ, **own, "PYTHONPATH": str(Path(bplib.__file__).parents[1])},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _await(f"{address}/api?token={token}", server)
        yield address, token
    finally:
        server.terminate()
        server.wait(PATIENCE)


def _await(address, server):
    for _ in range(10 * PATIENCE):
        assert server.poll() is None, "JupyterLab did not start"
        try:
            return urlopen(address).close()
        except URLError:
            time.sleep(0.1)
    raise TimeoutError("JupyterLab does not answer")


class Lab:
    """A notebook in JupyterLab; `complaints` are the errors that the page's console has seen."""

    def __init__(self, page, address):
        self.page, self.address, self.complaints = page, address, []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda line: line.type == "error" and self.complaints.append(line.text))
        self.open()

    def open(self):
        self.page.goto(self.address)
        self.page.wait_for_function("window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel",
                                    timeout=1000 * PATIENCE)

    def command(self, name, **options):
        self.page.evaluate("([name, options]) => jupyterapp.commands.execute(name, options).then(() => null)",
                           [name, options])

    def theme(self, name):
        """Change JupyterLab's theme to Light or Dark."""
        self.command("apputils:change-theme", theme=f"JupyterLab {name}")
        self.page.wait_for_function(
            "light => document.body.dataset.jpThemeLight === light && !document.getElementById('jupyterlab-splash')",
            arg=str(name == "Light").lower())
        self.page.wait_for_timeout(300)

    def python(self, code, cell=-1):
        """What a cell prints or raises, as text; without code the cell runs as it is.

        It runs two frames later, and when the kernel has answered what came before: explorers tell Python what they
        show when they have shown it, and one thing after the other.
        """
        return self.page.evaluate("""async ([code, at]) => {
            const frame = () => new Promise((shown) => requestAnimationFrame(() => setTimeout(shown)));
            const { kernel } = jupyterapp.shell.currentWidget.sessionContext.session;
            for (let n = 0; n < 600 && kernel.connectionStatus !== "connected"; n += 1) await frame();
            for (let n = 0; n < 2; n += 1) {
                await frame();
                await kernel.requestKernelInfo();
            }
            const notebook = jupyterapp.shell.currentWidget.content, all = notebook.widgets;
            const cell = all.at(at);
            if (code !== null) cell.model.sharedModel.setSource(code);
            notebook.activeCellIndex = all.indexOf(cell);
            await jupyterapp.commands.execute("notebook:run-cell");
            const outputs = cell.outputArea.model.toJSON();
            return outputs.map((output) => [output.text, output.evalue].flat().join("")).join("");
        }""", [code, cell])

    def number(self, code, expected):
        """The number that Python has for an expression, asked until it is the expected one or some seconds are over.

        A widget sends its last value when Python has taken the one before, so it may come after the question.
        """
        for _ in range(30):
            found = float(self.python(f"print({code})"))
            if found == expected:
                break
            self.page.wait_for_timeout(100)
        return found

    def cells(self):
        return self.page.evaluate("jupyterapp.shell.currentWidget.content.widgets.length")

    def explorer(self, n=0):
        """The n-th explorer on the page."""
        return self.page.locator(".bplib").nth(n)

    def errors(self):
        """Complaints that are ours."""
        return [text for text in self.complaints if not text.startswith(NOT_OURS)]


@contextmanager
def opened(folder, cells, theme="Light"):
    """A `Lab` with a notebook of these code cells and an empty one; all of them have run."""
    write_notebook(folder / "explorers.ipynb", [*cells, ""])
    with jupyterlab(folder, theme) as (address, token), need_browser().sync_playwright() as session:
        browser = session.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1400, "height": 1100})
        lab = Lab(page, f"{address}/lab/tree/explorers.ipynb?token={token}")
        for n in range(len(cells)):
            lab.python(None, n)
        page.wait_for_function("n => document.querySelectorAll('.bplib').length === n", arg=len(cells),
                               timeout=1000 * PATIENCE)
        yield lab
        browser.close()


def number(text):
    """The number that a text shows: −0.1491 or 5.84·10¹⁰."""
    digits, _, power = text.translate(str.maketrans("−⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "--0123456789")).partition("·10")
    return float(f"{digits}e{power or 0}")


@contextmanager
def from_disk(path):
    """A page opened from the disk in a browser that reaches no network, and the list of its complaints."""
    complaints = []
    with need_browser().sync_playwright() as session:
        browser = session.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1200, "height": 1100})
        page.route(re.compile("^https?:"), lambda route: route.abort())
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda line: line.type == "error" and not line.text.startswith(NOT_OURS)
                and complaints.append(line.text))
        page.goto(path.as_uri())
        yield page, complaints
        browser.close()
