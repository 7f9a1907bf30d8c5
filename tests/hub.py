"""A JupyterHub for a class on this machine, with the settings of binder/; run as a program it says what a student needs.

Python needs jupyterhub and nbgitpuller, and the system configurable-http-proxy (`npm install -g configurable-http-proxy`):

    python tests/hub.py --users 3
"""
import argparse
import importlib.util
import os
import secrets
import shutil
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode
from urllib.request import urlopen

from explorers import View
from measure_class import family, proportional

from bplib.bench import browser as headless
from bplib.bench.browser import PATIENCE, WINDOW, Lab

ROOT = Path(__file__).resolve().parent.parent
BINDER = ROOT / "binder"
MOVES = 100
CONFIG = """
load_subconfig({settings!r})
c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.password = {password!r}
c.Authenticator.allow_all = True
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = {homes!r}
c.Spawner.cmd = [{python!r}, "-m", "jupyterhub.singleuser"]
c.Spawner.args = ["--allow-root", "--LabApp.expose_app_in_browser=True"]
c.Spawner.environment.update({environment!r})
c.JupyterHub.bind_url = "http://127.0.0.1:{port}"
c.JupyterHub.hub_bind_url = "http://127.0.0.1:{hub}"
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{proxy}"
c.JupyterHub.db_url = "sqlite://"
"""

CODE_CELLS = "jupyterapp.shell.currentWidget.content.widgets.filter(({ model }) => model.type === 'code')"
RAN = (f"() => {CODE_CELLS}.every(({{ model }}) => model.executionCount) &&"
       " jupyterapp.shell.currentWidget.sessionContext.session.kernel.status === 'idle'")
ERRORS = (f"() => {CODE_CELLS}.flatMap(({{ model }}) => model.outputs.toJSON())"
          ".filter((one) => one.output_type === 'error').map((one) => one.evalue)")


def what_is_missing():
    """What a hub needs and this machine does not have, in words; "" where nothing is missing."""
    packages = [name for name in ("jupyterhub", "nbgitpuller") if importlib.util.find_spec(name) is None]
    programs = [name for name in ("configurable-http-proxy", "git") if shutil.which(name) is None]
    missing = ", ".join(packages + programs)
    return f"A JupyterHub cannot be started here: {missing} is not installed." if missing else ""


class Hub:
    """A hub that runs: its address, the password of everybody, and the process of it."""

    def __init__(self, address, password, process, homes):
        self.address, self.password, self.process, self.homes = address, password, process, homes

    def link(self, repository, notebook):
        """The link that an instructor gives to students: it fetches a repository and opens a notebook of it."""
        asked = {"repo": repository, "branch": "main", "urlpath": f"lab/tree/{Path(repository).name}/{notebook}"}
        return f"{self.address}/hub/user-redirect/git-pull?{urlencode(asked)}"

    @contextmanager
    def student(self, browser, name, link):
        """A `Lab` with the notebook of a link, as somebody gets it who follows the link and logs in."""
        context = browser.new_context(viewport=WINDOW)
        page = context.new_page()
        page.goto(link)
        page.get_by_label("Username").fill(name)
        page.get_by_label("Password").fill(self.password)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/lab/**", timeout=2000 * PATIENCE)
        try:
            yield Student(page, page.url)
        finally:
            context.close()


    def own(self):
        """Process ids of the hub and of its proxy."""
        return [pid for pid in family(self.process.pid) if b"JUPYTERHUB_USER=" not in _read(pid, "environ")]


class Student(Lab):
    """A student's page in JupyterLab."""

    def run_all(self):
        """Run all cells; returns the errors that they show."""
        self.command("notebook:run-all-cells")
        self.page.wait_for_function(RAN, timeout=2000 * PATIENCE)
        return self.page.evaluate(ERRORS)

    def new_cell(self, code):
        """Write a code cell below all others and run it; returns what it prints or raises."""
        self.page.evaluate("() => { const notebook = jupyterapp.shell.currentWidget.content;"
                           " notebook.activeCellIndex = notebook.widgets.length - 1; }")
        self.command("notebook:insert-cell-below")
        return self.python(code)


@contextmanager
def hub():
    """A JupyterHub on free ports, with students' folders of its own; stopped at the end, with all that it has started."""
    with TemporaryDirectory(prefix="hub-", ignore_cleanup_errors=True) as folder:
        port, inner, proxy = (headless._free_port() for _ in range(3))
        password, homes = secrets.token_hex(16), Path(folder) / "home"
        config = CONFIG.format(
            settings=str(BINDER / "littlest.py"), password=password, homes=str(homes / "{username}"),
            python=sys.executable, port=port, hub=inner, proxy=proxy,
            environment={"JUPYTER_CONFIG_PATH": str(BINDER), "PYTHONPATH": str(ROOT),
                         "PATH": os.environ["PATH"], "GIT_CONFIG_NOSYSTEM": "1"})
        (Path(folder) / "config.py").write_text(config, encoding="utf-8")
        process = subprocess.Popen([sys.executable, "-m", "jupyterhub", "-f", "config.py"], cwd=folder,
                                   stdout=open(Path(folder) / "log", "w"), stderr=subprocess.STDOUT)
        try:
            running = Hub(f"http://127.0.0.1:{port}", password, process, homes)
            _await(f"{running.address}/hub/health", process, Path(folder) / "log")
            yield running
        finally:
            process.terminate()
            process.wait(PATIENCE)


def _await(address, process, log):
    for _ in range(10 * PATIENCE):
        assert process.poll() is None, log.read_text(encoding="utf-8")
        try:
            return urlopen(address).close()
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(log.read_text(encoding="utf-8"))


def handout(folder):
    """A repository with the notebooks that students get, as an instructor makes it; returns its path."""
    path = Path(folder) / "backpropagation"
    shutil.copytree(ROOT / "notebooks", path, ignore=shutil.ignore_patterns("solutions", ".ipynb_checkpoints"))
    commit(path, "init", "-q", "-b", "main")
    return path


def commit(path, *first):
    """Commit all that a folder holds; `first` is a command of git that comes before."""
    who = ("-c", "user.name=Instructor", "-c", "user.email=instructor@example.org")
    for command in (first, ("add", "-A"), (*who, "commit", "-q", "-m", "Sheets")):
        if command:
            subprocess.run(["git", *command], cwd=path, check=True)


# what a student needs

def processes(hub, student):
    """Process ids of a student's server and kernels."""
    own = f"JUPYTERHUB_USER={student}\0".encode()
    return [pid for pid in family(hub.process.pid) if own in _read(pid, "environ")]


def _read(pid, name):
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except OSError:
        return b""


def megabytes(pids):
    """Memory of processes, what they share with others divided among them."""
    return sum(map(proportional, pids)) / 1024


def processor(pids):
    """Seconds of processor that processes have used."""
    ticks = sum(sum(map(int, _read(pid, "stat").rpartition(b")")[2].split()[11:13])) for pid in pids)
    return ticks / os.sysconf("SC_CLK_TCK")


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=3)
    parser.add_argument("--notebook", default="02-one-neuron.ipynb")
    given = parser.parse_args(arguments)
    with hub() as running, TemporaryDirectory() as folder, headless.browser() as browser, ExitStack() as together:
        link, measured = running.link(handout(folder), given.notebook), []
        for number in range(1, given.users + 1):
            measured.append(Measured(running, f"student-{number}"))
            measured[-1].works(together.enter_context(running.student(browser, measured[-1].name, link)))
        print(f"the hub and its proxy: {megabytes(running.own()):.0f} MB")
        for one in measured:
            print(one)


class Measured:
    """One student: what the server takes, then the notebook, then an explorer that moves."""

    def __init__(self, hub, name):
        self.hub, self.name, self.steps = hub, name, []

    def works(self, lab):
        self.note("logged in, notebook open")
        lab.run_all()
        self.note("all cells run")
        explorer = View(lab.explorer())
        begun = time.monotonic()
        explorer.press(*["ArrowRight"] * MOVES)
        lab.answered()
        self.note(f"explorer moved {MOVES} times, in {time.monotonic() - begun:.0f} s")

    def note(self, what):
        pids = processes(self.hub, self.name)
        self.steps.append((what, megabytes(pids), processor(pids)))

    def __str__(self):
        """Memory then, and the processor's time since the step before."""
        before = [0, *(used for _, _, used in self.steps)]
        return f"{self.name}: " + "; ".join(f"{what}: {memory:.0f} MB, {used - earlier:.1f} s of processor"
                                            for (what, memory, used), earlier in zip(self.steps, before))


if __name__ == "__main__":
    main(sys.argv[1:])
