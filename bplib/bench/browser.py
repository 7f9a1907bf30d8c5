"""JupyterLab in a headless Chromium, as a person has it: the server, the browser, and a notebook that is open.

Playwright is loaded when a browser is started, and not before.
"""
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.error import URLError
from urllib.request import urlopen

PROGRAMS = "chromium", "chromium-browser", "google-chrome"
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update"]
PATIENCE = 60
"""Seconds that anything may take before it is taken for broken, on a machine that is busy with other work."""
WINDOW = {"width": 1400, "height": 1100}
NOT_OURS = ("Failed to load resource", "Could not send widget sync message", "Could not restore the debugger state",
            "Error: Canceled future")
"""What JupyterLab itself complains of: addresses that are not there, a kernel that is not there or that ends."""


class NoBrowser(Exception):
    """There is no Chromium on this machine."""


def chromium():
    """Where Chromium is installed; NoBrowser where it is not."""
    found = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if found is None:
        raise NoBrowser(f"No Chromium is installed: none of {', '.join(PROGRAMS)} is found.")
    return found


@contextmanager
def browser():
    """A headless Chromium, driven by Playwright."""
    program = chromium()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as session:
        started = session.chromium.launch(executable_path=program, args=FLAGS)
        yield started
        started.close()


def write_notebook(path, cells):
    """A notebook of code cells that have not been run."""
    cells = [{"cell_type": "code", "id": f"cell{n}", "source": source, "metadata": {}, "outputs": [],
              "execution_count": None} for n, source in enumerate(cells)]
    path.write_text(json.dumps({
        "cells": cells, "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        "nbformat": 4, "nbformat_minor": 5}), encoding="utf-8")


class Server:
    """A JupyterLab that runs: the folder that it serves, its address and its token."""

    def __init__(self, folder, settings, address, token):
        self.folder, self.settings, self.address, self.token = folder, settings, address, token
        self._names = count(1)

    def configure(self, theme="Light", **notebooks):
        """What a page that is opened next looks like.

        notebooks   settings of JupyterLab for notebooks, such as windowingMode="none": every cell is in the page
        """
        values = {"apputils-extension/themes": {"theme": f"JupyterLab {theme}"},
                  "apputils-extension/notification": {"fetchNews": "false"}, "notebook-extension/tracker": notebooks}
        for name, value in values.items():
            path = self.settings / "@jupyterlab" / f"{name}.jupyterlab-settings"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(value), encoding="utf-8")

    def page(self, notebook):
        """The address of a notebook in the folder, by its path there, with a layout of the window of its own."""
        workspace = notebook.replace("/", "-").removesuffix(".ipynb")
        return f"{self.address}/lab/workspaces/{workspace}/tree/{notebook}?token={self.token}"

    def notebook(self, cells):
        """Write a notebook of these cells into the folder; returns its path there."""
        name = f"notebook-{next(self._names)}.ipynb"
        write_notebook(self.folder / name, cells)
        return name


@contextmanager
def jupyterlab(*arguments):
    """JupyterLab on a free port, with a folder and a configuration of its own; stopped at the end."""
    with TemporaryDirectory(prefix="jupyterlab-", ignore_cleanup_errors=True) as folder:
        names = ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "JUPYTERLAB_SETTINGS_DIR",
                 "JUPYTERLAB_WORKSPACES_DIR")
        own = {name: str(Path(folder) / ".jupyter" / name) for name in names}
        port, token = _free_port(), secrets.token_hex(16)
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *arguments, "--no-browser", "--allow-root",
             "--expose-app-in-browser", f"--ServerApp.root_dir={folder}", f"--IdentityProvider.token={token}",
             f"--port={port}", "--port-retries=0"],
            env={**os.environ, **own, "PYTHONPATH": str(Path(__file__).parents[2])},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            server = Server(Path(folder), Path(own["JUPYTERLAB_SETTINGS_DIR"]), f"http://127.0.0.1:{port}", token)
            _await(f"{server.address}/api?token={token}", process)
            yield server
        finally:
            process.terminate()
            process.wait(PATIENCE)


def _free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def _await(address, server):
    for _ in range(10 * PATIENCE):
        assert server.poll() is None, "JupyterLab did not start"
        try:
            return urlopen(address).close()
        except URLError:
            time.sleep(0.1)
    raise TimeoutError("JupyterLab does not answer")


HARNESS = """() => {
    const { kernel } = jupyterapp.shell.currentWidget.sessionContext.session;
    const unanswered = new Set();
    kernel.anyMessage.connect((_, { msg, direction }) => {
        if (direction === "send" && msg.header.msg_type.startsWith("comm_")) unanswered.add(msg.header.msg_id);
        const idle = msg.header.msg_type === "status" && msg.content.execution_state === "idle";
        if (direction === "recv" && idle) unanswered.delete(msg.parent_header.msg_id);
    });
    kernel.statusChanged.connect((_, status) => { if (status.endsWith("restarting")) unanswered.clear(); });

    const frame = () => new Promise((shown) => requestAnimationFrame(() => setTimeout(shown)));
    const until = async (holds) => {
        for (const end = Date.now() + PATIENCE; !holds();) {
            if (Date.now() > end) throw Error(`The kernel does not answer: ${holds}`);
            await frame();
        }
    };
    window.answered = async () => {
        await until(() => kernel.connectionStatus === "connected");
        do {
            await frame();
            await until(() => unanswered.size === 0);
            await kernel.requestKernelInfo();
        } while (unanswered.size);
    };
}""".replace("PATIENCE", str(1000 * PATIENCE))
"""Makes answered(): a promise that is kept when Python has taken all that the page has said, and the page all answers.

What explorers say goes out after the frame that shows it. A kernel may take it in a thread beside the one that runs
cells, so that an answer to a question asked later says nothing of it; each message has its own end. What a widget has
kept back until then goes out with that end, and is waited for, too.
"""


class Lab:
    """A notebook in JupyterLab; `complaints` are the errors that the page's console has seen."""

    def __init__(self, page, address):
        self.page, self.address, self.complaints = page, address, []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda line: line.type == "error" and self.complaints.append(line.text))
        self.open()

    def open(self):
        """Open the notebook, or open it again; a kernel that it has goes on."""
        self.page.goto(self.address)
        self.page.wait_for_function("window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel",
                                    timeout=1000 * PATIENCE)
        self.page.evaluate(HARNESS)

    def command(self, name, **options):
        self.page.evaluate("([name, options]) => jupyterapp.commands.execute(name, options).then(() => null)",
                           [name, options])

    def theme(self, name):
        """Change JupyterLab's theme to Light or Dark."""
        self.command("apputils:change-theme", theme=f"JupyterLab {name}")
        self.page.wait_for_function(
            "light => document.body.dataset.jpThemeLight === light && !document.getElementById('jupyterlab-splash')",
            arg=str(name == "Light").lower())

    def answered(self):
        """Wait until Python has taken all that the page has said."""
        self.page.evaluate("answered()")

    def python(self, code, cell=-1):
        """What a cell prints or raises, as text; without code the cell runs as it is.

        It runs when Python has taken all that the page has said before.
        """
        return self.page.evaluate("""async ([code, at]) => {
            await answered();
            const notebook = jupyterapp.shell.currentWidget.content, all = notebook.widgets;
            const cell = all.at(at);
            if (code !== null) cell.model.sharedModel.setSource(code);
            notebook.activeCellIndex = all.indexOf(cell);
            await jupyterapp.commands.execute("notebook:run-cell");
            const outputs = cell.outputArea.model.toJSON();
            return outputs.map((output) => [output.text, output.evalue].flat().join("")).join("");
        }""", [code, cell])

    def cells(self):
        return self.page.evaluate("jupyterapp.shell.currentWidget.content.widgets.length")

    def explorer(self, n=0):
        """The n-th explorer on the page."""
        return self.page.locator(".bplib").nth(n)

    def errors(self):
        """Complaints that are ours."""
        return [text for text in self.complaints if not text.startswith(NOT_OURS)]

    def close(self):
        """End all kernels of the server, and leave."""
        self.page.evaluate("jupyterapp.serviceManager.sessions.shutdownAll()")
        self.page.close()


@contextmanager
def opened(server, browser, cells):
    """A `Lab` with a new notebook of these code cells and an empty one; all of them have run."""
    server.configure()
    lab = Lab(browser.new_page(viewport=WINDOW), server.page(server.notebook([*cells, ""])))
    try:
        for n in range(len(cells)):
            lab.python(None, n)
        lab.page.wait_for_function("n => document.querySelectorAll('.bplib').length === n", arg=len(cells),
                                   timeout=1000 * PATIENCE)
        yield lab
    finally:
        lab.close()
