"""Setting up and starting the course, tried on a small project with a pretended pip.

Every test starts `python -m bplib` for real, in a project of its own with a
virtual environment of its own. Only ensurepip, pip, pytest and jupyterlab are
stand-ins: they note how they were called, and fail when told to, in the words
of the real ones.
"""

import ast
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

BPLIB = Path(__file__).resolve().parent.parent / "bplib"
SOURCES = ["__init__.py", "__main__.py", "environment.py"]

STAND_IN = """
import os, pathlib, shutil, sys, sysconfig, time
if __name__ == "__main__":
    with open({project!r} + "/calls", "a") as calls:
        print({name!r}, *sys.argv[1:], file=calls)
    complaint = pathlib.Path({project!r}, {name!r} + "-fails")
    if complaint.exists():
        sys.exit(complaint.read_text())
    {deed}
"""

DEEDS = {
    "ensurepip": "shutil.copy('stand-in-pip', sysconfig.get_path('purelib') + '/pip.py')",
    "pip": "time.sleep(60 * os.path.exists('pip-dawdles'))",
    "pytest": "print(os.getcwd(), os.environ.get('TQDM_DISABLE'), os.environ.get('BPLIB_QUICK') or 'all'); sys.exit(7)",
    "jupyterlab": """
    for question in ("Shut down?", "Stopping."):
        try:
            print("ready", flush=True)
            time.sleep(60)
        except KeyboardInterrupt:
            print(question, flush=True)
    """,
}

# What pip says, taken from pip 23.2 and 26.3 with an index that refuses
# connections, without a network, on a full disk; and from pip's sources.
REFUSED = """\
WARNING: Retrying (Retry(total=1, connect=None, read=None, redirect=None, status=None)) after connection broken by 'NewConnectionError('<pip._vendor.urllib3.connection.HTTPConnection object at 0x7ff996290>: Failed to establish a new connection: [Errno 111] Connection refused')': /numpy/
WARNING: Retrying (Retry(total=0, connect=None, read=None, redirect=None, status=None)) after connection broken by 'NewConnectionError('<pip._vendor.urllib3.connection.HTTPConnection object at 0x7ff996f90>: Failed to establish a new connection: [Errno 111] Connection refused')': /numpy/
ERROR: Could not find a version that satisfies the requirement numpy (from versions: none)
ERROR: No matching distribution found for numpy
"""
UNRESOLVED = """\
WARNING: Retrying (Retry(total=0, connect=None, read=None, redirect=None, status=None)) after connection broken by 'NameResolutionError("HTTPSConnection(host='pypi.org', port=443): Failed to resolve 'pypi.org' ([Errno -3] Temporary failure in name resolution)")': /simple/numpy/
ERROR: Could not find a version that satisfies the requirement numpy (from versions: none)
ERROR: No matching distribution found for numpy
"""
CUT_OFF = """\
pip._vendor.urllib3.exceptions.ReadTimeoutError: HTTPSConnectionPool(host='files.pythonhosted.org', port=443): Read timed out.
"""
FULL = "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device\n"
FULL_WINDOWS = "ERROR: Could not install packages due to an OSError: [WinError 112] Es steht nicht genug Speicherplatz\n"
DENIED = "ERROR: Could not install packages due to an OSError: [Errno 13] Permission denied: '/x/numpy'\n"
IN_USE = "ERROR: Could not install packages due to an OSError: [WinError 5] Access is denied: 'C:\\\\x.pyd'\n"
LONG_PATH = """\
ERROR: Could not install packages due to an OSError: [Errno 2] No such file or directory: 'C:\\\\x'
HINT: This error might have occurred since this system does not have Windows Long Path support enabled. You can find information on how to enable this at https://pip.pypa.io/warnings/enable-long-paths
"""
UNMET = """\
WARNING: Retrying (Retry(total=4, connect=None, read=None, redirect=None, status=None)) after connection broken by 'ProtocolError('Connection aborted.')': /simple/numpy/
ERROR: Could not find a version that satisfies the requirement numpy>=9 (from versions: 2.4.5, 2.4.6)
ERROR: No matching distribution found for numpy>=9
"""


class Project:
    """A project that holds bplib's way in, and stand-ins for what it starts."""

    def __init__(self, root):
        self.root = root
        self.python = root / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        self.stamp = root / ".venv/setup.stamp"
        self.requirements = root / "requirements.txt"
        self.for_the_site = root / "requirements-site.txt"
        self.for_running_there = root / "requirements-lite.txt"
        (root / "bplib").mkdir(parents=True)
        for name in SOURCES:
            shutil.copy(BPLIB / name, root / "bplib")
        self.requirements.write_text("numpy>=2\n")
        self.for_the_site.write_text("sphinx>=8\n")
        self.for_running_there.write_text("jupyterlite-core>=0.6\n")
        for name, deed in DEEDS.items():
            source = STAND_IN.format(project=str(root), name=name, deed=deed)
            # The pretended ensurepip puts pip in place; the others are found
            # in the directory the command is run from.
            (root / ("stand-in-pip" if name == "pip" else name + ".py")).write_text(source)

    def start(self, *arguments, before="", python=sys.executable, **options):
        """Start `python -m bplib ARGUMENTS`, after some lines of Python."""
        lines = [
            before,
            "import runpy, signal, sys",
            # what a process in the background starts would ignore Ctrl-C
            "signal.signal(signal.SIGINT, signal.default_int_handler)",
            "sys.argv[1:] = {!r}".format(arguments),
            "runpy.run_module('bplib', run_name='__main__', alter_sys=True)",
        ]
        options = {"cwd": self.root, "start_new_session": True, **options}
        return subprocess.Popen(
            [str(python), "-c", "\n".join(lines)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **options,
        )

    def run(self, *arguments, **options):
        """Start it and wait for its end: the exit code, what it said, its complaint."""
        child = self.start(*arguments, **options)
        said, complaint = child.communicate(timeout=50)
        return child.returncode, said, complaint

    def calls(self):
        """What the stand-ins were called with since the last time of asking."""
        noted = self.root / "calls"
        lines = noted.read_text().splitlines() if noted.exists() else []
        noted.write_text("")
        return lines

    def fails(self, name, complaint):
        (self.root / (name + "-fails")).write_text(complaint)

    def works(self, name):
        (self.root / (name + "-fails")).unlink()


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path / "a project")


@pytest.fixture
def ready(project):
    """A project that is set up."""
    assert project.run("test")[0] == 7
    project.calls()
    return project


def programs(calls):
    return [call.split()[0] for call in calls]


def is_one_plain_line(text):
    return text.count("\n") == 1 and text.endswith("\n") and text.isascii()


# Before anything is set up


@pytest.mark.parametrize("name", SOURCES)
def test_an_old_python_can_read_the_way_in(name):
    ast.parse((BPLIB / name).read_text(encoding="utf-8"), feature_version=(3, 6))


def test_an_old_python_is_told_so(project):
    code, said, complaint = project.run("lab", before="import sys; sys.version_info = (3, 10, 9)")
    assert code == 1 and said == ""
    assert is_one_plain_line(complaint)
    assert "3.11 or newer" in complaint and "3.10:" in complaint
    assert not (project.root / ".venv").exists()


def test_no_command_shows_the_commands(project):
    code, said, complaint = project.run()
    assert code == 0 and complaint == ""
    assert re.search(r"^  lab +\w", said, re.M) and re.search(r"^  test +\w", said, re.M)


def test_an_unknown_command_is_named_and_the_commands_shown(project):
    code, said, complaint = project.run("lib")
    assert code == 1
    assert complaint.startswith("Unknown command: lib\nUsage: ")
    assert not (project.root / ".venv").exists()


# Setting up, once


def test_the_first_start_sets_up_and_runs(project):
    code, said, complaint = project.run("test")
    assert code == 7 and complaint == ""
    assert said.startswith("Setting up (") and said.count("Setting up") == 1
    assert said.isascii()
    ensurepip, pip, tests = project.calls()
    assert ensurepip == "ensurepip --default-pip"
    assert pip.startswith("pip install ")
    assert pip.endswith(" -r {} -r {}".format(project.requirements, project.for_the_site))
    assert tests == "pytest"
    assert project.stamp.exists()


def test_the_second_start_does_not_call_pip(ready):
    code, said, complaint = ready.run("test")
    assert code == 7 and "Setting up" not in said
    assert ready.calls() == ["pytest"]


def test_changed_requirements_are_installed_in_place(ready):
    ready.requirements.write_text("numpy>=3\n")
    code, said, complaint = ready.run("test")
    assert code == 7 and said.startswith("Setting up")
    assert programs(ready.calls()) == ["pip", "pytest"]
    ready.run("test")
    assert ready.calls() == ["pytest"]


def test_a_command_that_needs_more_gets_it_and_the_others_stay_as_they_are(project):
    project.fails("jupyterlab", "to start, which is soon over")
    for name in ("lab", "test", "lab", "test"):
        project.run(name)
    lab, test = [call for call in project.calls() if call.startswith("pip")]
    assert lab.endswith(" -r {}".format(project.requirements))
    assert test.endswith("check -r {}".format(project.for_the_site))


def test_an_option_that_needs_more_gets_it_when_it_is_given(ready):
    ready.run("test")
    ready.calls()
    for options in ((), ("--lite",), ("--lite",)):
        ready.run("site", "OUT", *options)
    (call,) = [call for call in ready.calls() if call.startswith("pip")]
    assert call.endswith("check -r {}".format(ready.for_running_there))


def test_what_cannot_be_added_costs_nothing_that_is_there(ready):
    ready.for_the_site.write_text("sphinx>=9\n")
    ready.fails("jupyterlab", "to start, which is soon over")
    ready.fails("pip", REFUSED)
    assert ready.run("test")[0] == 1
    assert ready.run("lab")[:2] == (1, "") and programs(ready.calls()) == ["pip", "jupyterlab"]
    ready.works("pip")
    assert ready.run("test")[0] == 7 and programs(ready.calls()) == ["pip", "pytest"]


def spoil_nothing_but_the_stamp(project):
    project.stamp.unlink()


def empty_the_stamp(project):
    project.stamp.write_text("")


def change_the_python(project):
    project.stamp.write_text(project.stamp.read_text().replace("Python 3.", "Python 4."))


def remove_the_python(project):
    project.python.unlink()


def remove_the_packages(project):
    shutil.rmtree(project.root / ".venv/lib")


@pytest.mark.parametrize(
    "spoil",
    [
        spoil_nothing_but_the_stamp,
        empty_the_stamp,
        change_the_python,
        remove_the_python,
        remove_the_packages,
    ],
)
def test_a_half_made_environment_is_made_anew(ready, spoil):
    remains = ready.root / ".venv/remains"
    remains.touch()
    spoil(ready)
    assert ready.run("test")[0] == 7
    assert programs(ready.calls()) == ["ensurepip", "pip", "pytest"]
    assert not remains.exists()


# What can go wrong


@pytest.mark.parametrize(
    "complaint, remedy",
    [
        (REFUSED, "connect to the internet"),
        (UNRESOLVED, "connect to the internet"),
        (CUT_OFF, "connect to the internet"),
        (FULL, "free about"),
        (FULL_WINDOWS, "free about"),
        (DENIED, "folder of your own"),
        (IN_USE, "close programs"),
        (LONG_PATH, "short one"),
        (UNMET, "setup.log says why"),
    ],
    ids="refused unresolved cut-off full full-windows denied in-use long-path unmet".split(),
)
def test_a_failure_of_pip_is_one_line_and_the_next_start_mends_it(project, complaint, remedy):
    project.fails("pip", complaint)
    code, said, line = project.run("test")
    assert code == 1 and said.count("\n") == 1
    assert is_one_plain_line(line) and remedy in line
    assert complaint.strip().splitlines()[0][:60] in (project.root / ".venv/setup.log").read_text()
    assert programs(project.calls()) == ["ensurepip", "pip"]

    project.works("pip")
    assert project.run("test")[0] == 7
    assert programs(project.calls()) == ["ensurepip", "pip", "pytest"]


def test_a_failed_update_does_not_pass_for_finished(ready):
    ready.requirements.write_text("numpy>=3\n")
    ready.fails("pip", REFUSED)
    assert ready.run("test")[0] == 1
    ready.works("pip")
    ready.requirements.write_text("numpy>=2\n")
    ready.calls()
    assert ready.run("test")[0] == 7
    assert programs(ready.calls()) == ["ensurepip", "pip", "pytest"]


def test_a_disk_that_is_full_before_pip_comes(project):
    project.fails("ensurepip", FULL + "Traceback (most recent call last):\n  ...\n")
    code, said, line = project.run("lab")
    assert code == 1 and is_one_plain_line(line) and "free about" in line


@pytest.mark.parametrize(
    "error, remedy",
    [
        ("OSError(28, 'No space left on device')", "free about"),
        ("PermissionError(13, 'Permission denied', '.venv')", "folder of your own"),
        ("OSError(30, 'Read-only file system', '.venv')", "folder of your own"),
        ("ValueError('Refusing to create a venv')", "Refusing to create a venv"),
    ],
)
def test_an_environment_that_cannot_be_made(project, error, remedy):
    code, said, line = project.run(
        "lab",
        before="import venv\n"
        "def create(*_): raise {}\n"
        "venv.EnvBuilder.create = create".format(error),
    )
    assert code == 1 and is_one_plain_line(line) and remedy in line


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_a_python_without_venv(project, module):
    without = "import sys; sys.modules[{!r}] = None".format(module)
    code, said, line = project.run("lab", before=without)
    assert code == 1 and is_one_plain_line(line)
    assert "sudo apt install python{}.{}-venv".format(*sys.version_info) in line


# Ctrl-C, which a terminal sends to every program in it

ctrl_c = pytest.mark.skipif(os.name == "nt", reason="sends POSIX signals")


def wait_for(condition):
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


@ctrl_c
def test_ctrl_c_while_setting_up_is_mended_by_the_next_start(project):
    dawdle = project.root / "pip-dawdles"
    dawdle.touch()
    child = project.start("test")
    noted = project.root / "calls"
    wait_for(lambda: noted.exists() and "pip install" in noted.read_text())
    os.killpg(child.pid, signal.SIGINT)
    said, line = child.communicate(timeout=30)
    assert child.returncode == 1 and is_one_plain_line(line) and "interrupted" in line

    dawdle.unlink()
    project.calls()
    assert project.run("test")[0] == 7
    assert programs(project.calls()) == ["ensurepip", "pip", "pytest"]


@ctrl_c
def test_ctrl_c_in_the_lab_is_left_to_the_lab(ready):
    child = ready.start("lab")
    for question in ("Shut down?\n", "Stopping.\n"):
        assert child.stdout.readline() == "ready\n"
        os.killpg(child.pid, signal.SIGINT)
        assert child.stdout.readline() == question
    said, complaint = child.communicate(timeout=30)
    assert child.returncode == 0 and complaint == ""


# Running the commands


def test_arguments_pass_through(ready):
    ready.run("test", "-k", "chain rule", "--help")
    assert ready.calls() == ["pytest -k chain rule --help"]


def test_quick_is_told_to_the_tests_and_not_to_pytest(ready):
    code, said, complaint = ready.run("test", "--quick", "-k", "chain rule")
    assert code == 7 and said == "{} 1 1\n".format(ready.root)
    assert ready.calls() == ["pytest -k chain rule"]


def test_the_lab_opens_the_contents(ready):
    ready.fails("jupyterlab", "to start, which is soon over")
    assert ready.run("lab", "--port", "9999")[0] == 1
    [call] = ready.calls()
    assert "/lab/tree/notebooks/00-contents.ipynb" in call and call.endswith(" --port 9999")


def test_any_directory_will_do(ready, tmp_path):
    variables = {**os.environ, "PYTHONPATH": str(ready.root), "TQDM_DISABLE": "", "BPLIB_QUICK": ""}
    code, said, complaint = ready.run("test", env=variables, cwd=tmp_path)
    assert code == 7 and said == "{} 1 all\n".format(ready.root)


def test_it_runs_from_inside_the_environment(ready):
    assert ready.run("test", python=ready.python)[0] == 7
    assert ready.calls() == ["pytest"]
    ready.requirements.write_text("numpy>=3\n")
    assert ready.run("test", python=ready.python)[0] == 7
    assert programs(ready.calls()) == ["pip", "pytest"]


def test_the_environment_imports_bplib_wherever_the_project_is_moved(ready, tmp_path):
    moved = tmp_path / "elsewhere"
    ready.root.rename(moved)
    python = moved / ready.python.relative_to(ready.root)
    where = "import bplib, os; print(os.path.realpath(bplib.__file__))"
    said = subprocess.check_output([str(python), "-c", where], cwd=tmp_path, text=True)
    assert Path(said.strip()) == (moved / "bplib/__init__.py").resolve()


# What of a notebook's output the tests overlook


def overlook(text):
    from nbval.plugin import get_sanitize_patterns

    rules = Path(__file__).with_name("nbval-sanitize.cfg").read_text()
    for pattern, replacement in get_sanitize_patterns(rules):
        text = re.sub(pattern, replacement, text)
    return text


@pytest.mark.parametrize("text", ["<object at 0x7f04ac21e5d0>", "IPY_MODEL_" + "9af3" * 8])
def test_addresses_and_widget_ids_are_overlooked(text):
    other = text.replace("5d0", "6e1").replace("9af3", "04b7")
    assert other != text and overlook(other) == overlook(text)


@pytest.mark.parametrize("text", ["0x1f", "0.123456789", "9af3" * 16, "9af3" * 7])
def test_nothing_else_is_overlooked(text):
    assert overlook(text) == text
