"""What a quick run tries: of tests with a browser one for each explorer, and of others not the thorough ones."""
import os
import re
import subprocess
import sys
from pathlib import Path

from conftest import LONGEST
from explorers import EXPLORERS

ROOT = Path(__file__).resolve().parent.parent
FILES = [f"tests/test_{name}.py" for name in ("explore_everywhere", "explore_browser", "explore_traits", "notebooks")]


def collected(quick):
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-n0", "--collect-only", "-q", *FILES], cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "BPLIB_QUICK": quick}, capture_output=True, text=True, check=True)
    return set(re.findall(r"::(\w+)", done.stdout)), re.findall(r"::(test_it_appears_and_moves\[\w+\])", done.stdout)


def test_a_quick_run_has_one_browser_test_for_each_explorer_and_no_thorough_one():
    whole, shown = collected("0")
    quick, kept = collected("1")
    assert kept == shown == [f"test_it_appears_and_moves[{name}]" for name in EXPLORERS]
    assert quick < whole and whole - quick > {"test_axe_finds_no_violation", "test_step_run_and_reset"}
    assert quick > {"test_a_hidden_page_sends_at_once", "test_a_falsified_output_fails"}


def test_the_files_that_begin_are_there():
    assert [name for name in LONGEST if not (ROOT / "tests" / f"test_{name}.py").exists()] == []
