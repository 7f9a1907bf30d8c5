"""What is installed: names that an editor completes, the ranges of what is needed, data, and a licence."""
import ast
import os
import re
import subprocess
import sys
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest
import yaml

import bplib as bp
from bplib import trial
from bplib.environment import COMMANDS

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_editors_know_each_public_name_from_its_room():
    tree = ast.parse((ROOT / "bplib/__init__.py").read_text(encoding="utf-8"))
    (block,) = [node for node in tree.body if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"]
    imported = {alias.asname: (node.module or "", alias.name) for node in block.body for alias in node.names}
    expected = {name: (room, name) for name, room in bp._ROOMS.items()}
    for name, room in bp._MODULES.items():
        expected[name] = (room.rpartition(".")[0], room.rpartition(".")[2])
    assert imported == expected
    assert set(imported) == set(bp.__all__)


@pytest.mark.parametrize("name", bp.__all__)
def test_each_public_name_is_there_and_explains_itself(name):
    assert getattr(bp, name).__doc__


def test_what_is_needed_stands_twice_in_the_same_words():
    def lines(name):
        return (ROOT / name).read_text(encoding="utf-8").partition("# tests")[0].split()

    assert lines("requirements.txt") == PROJECT["project"]["dependencies"]
    assert lines("requirements-site.txt") == PROJECT["project"]["optional-dependencies"]["site"]
    assert lines("requirements-lite.txt") == PROJECT["project"]["optional-dependencies"]["lite"]


def test_the_version_is_the_newest_in_the_list_of_changes():
    newest = re.search(r"^## ([\d.]+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.M)[1]
    assert newest == PROJECT["project"]["version"]
    assert f"version: {newest}" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")


# the package, away from the checkout

@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel that pip builds of the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, ROOT)
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The folder of programs of an environment with the wheel; what it needs is taken from that of the tests."""
    environment = tmp_path_factory.mktemp("environment")
    venv.create(environment)
    programs = environment / ("Scripts" if os.name == "nt" else "bin")
    run(sys.executable, "-m", "pip", "--python", programs / "python", "install", "--quiet", "--no-deps", wheel)
    site = run(programs / "python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip()
    needed = [path for path in sys.path if path.endswith("site-packages")]
    Path(site, "tests.pth").write_text("\n".join(needed), encoding="utf-8")
    return programs


def run(*command, code=0, **options):
    """What a command prints; an AssertionError unless it ends with that exit code."""
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, encoding="utf-8", **options,
                          env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"})
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_runs_what_there_is(path):
    """Commands of bplib, files of this project, jobs that wait for jobs."""
    jobs = yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"]
    assert {one for job in jobs.values() for one in [job.get("needs")] if one} <= {*jobs}
    lines = [step["run"] for job in jobs.values() for step in job["steps"] if "run" in step]
    assert {*re.findall(r"\bbplib (\w+)", "\n".join(lines))} <= {*COMMANDS}
    for name in re.findall(r"[\w./-]+\.(?:md|toml)|\.ci/run", "\n".join(lines)):
        assert (ROOT / name).is_file(), name


def test_there_are_workflows():
    assert [path.stem for path in WORKFLOWS] == ["release", "site", "test"]


@pytest.mark.thorough
def test_everything_is_packed(wheel):
    """All of the library, and the notebooks within it; nothing else."""
    paths = [path for folder in ("bplib", "notebooks") for path in (ROOT / folder).rglob("*") if path.is_file()]
    paths += (ROOT / "figures" / "films").iterdir()
    names = [path.relative_to(ROOT).as_posix() for path in paths
             if not {"__pycache__", ".ipynb_checkpoints", ".virtual_documents"}.intersection(path.parts)]
    expected = {re.sub("^(notebooks|figures)", "bplib/notebooks", name) for name in names}
    expected |= {f"bplib/notebooks/{name}" for name in ("requirements.txt", "LICENSE", "CITATION.cff")}
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert packed == expected


@pytest.mark.thorough
def test_an_installed_bplib_works_from_anywhere(installed, tmp_path):
    """Beside something else that is called bplib, it says of each thing that a learner does that it works."""
    (tmp_path / "bplib.py").write_text("raise SystemExit('the wrong one')", encoding="utf-8")
    said = run(installed / "bplib", "test", "--quick", cwd=tmp_path)
    assert re.findall(r"^\w+ ", said, re.M)[:-1] == ["ok "] * 7 and "python3 -m bplib test" in said
    assert "Usage: bplib " in run(installed / "bplib", "--help", cwd=tmp_path)
    (tmp_path / "mine").touch()
    assert "bplib lab --folder FOLDER" in run(installed / "bplib", "lab", "--folder", "mine", cwd=tmp_path, code=1)


def test_the_trial_says_which_row_fails(monkeypatch, capsys):
    """And goes on with the next; it takes no options, which are those of the tests themselves."""
    def failing():
        """It fails"""
        raise ValueError("so it is")

    def working():
        """It works"""

    monkeypatch.setattr(trial, "ROWS", [failing, working])
    assert trial.main([]) == 1
    assert capsys.readouterr().out.splitlines()[:2] == ["fails  It fails: ValueError: so it is", "ok     It works"]
    assert trial.main(["-k", "chain"]) == 2 and "takes no -k" in capsys.readouterr().err
