"""What is installed: names that an editor completes, the ranges of what is needed, data, and a licence."""
import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
import venv
from pathlib import Path

import pytest

import bplib as bp

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_editors_know_each_public_name_from_its_room():
    tree = ast.parse((ROOT / "bplib/__init__.py").read_text(encoding="utf-8"))
    (block,) = [node for node in tree.body if isinstance(node, ast.If)]
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
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").partition("# tests")[0].split()
    assert lines == PROJECT["project"]["dependencies"]


def test_everything_beside_the_programs_is_packed():
    """Each file of the package that is no Python source is named in the table of package data."""
    data = PROJECT["tool"]["setuptools"]["package-data"]
    packed = {path for pattern in data["bplib"] for path in (ROOT / "bplib").glob(pattern)}
    packed |= {path for pattern in data["*"] for path in (ROOT / "bplib").glob(f"*/**/{pattern}")}
    here = {path for path in (ROOT / "bplib").rglob("*") if path.is_file() and path.suffix not in (".py", ".pyc")}
    assert here == packed


def test_the_version_is_the_newest_in_the_list_of_changes():
    newest = re.search(r"^## ([\d.]+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.M)[1]
    assert newest == PROJECT["project"]["version"]
    assert f"version: {newest}" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")


@pytest.mark.thorough
def test_a_wheel_works_away_from_the_checkout(tmp_path):
    """Built and installed by pip; what it needs is taken from the environment of the tests."""
    environment = tmp_path / "environment"
    venv.create(environment, with_pip=True)
    python = environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    source = tmp_path / "source"
    _copy_package(source)
    build = [str(python), "-m", "pip", "install", "--quiet", "--no-deps", str(source)]
    site = subprocess.run([str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], check=True,
                          capture_output=True, text=True).stdout.strip()
    Path(site, "tests.pth").write_text("\n".join(path for path in sys.path if path.endswith("site-packages")), encoding="utf-8")
    done = subprocess.run(build, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    program = ("import bplib as bp, pathlib; d = bp.derive(bp.neuron('g')); assert all(s.check.passed for s in d.steps); "
               "assert len(bp.datasets.digits().X_train); bp.explore.neuron; print(pathlib.Path(bp.__file__).parent)")
    run = subprocess.run([str(python), "-c", program], cwd=tmp_path, capture_output=True, text=True,
                         env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"})
    assert run.returncode == 0, run.stderr
    assert Path(run.stdout.strip()) == Path(site, "bplib")


def _copy_package(to):
    """What a wheel is built from."""
    shutil.copytree(ROOT / "bplib", to / "bplib", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, to / name)
