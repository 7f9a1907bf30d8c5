"""Do the tests notice?  Changes the library in small random ways, one at a time, and runs the tests of each change.

    python tests/mutants.py --modules steps grading/report --number 10 --seed 1
    python tests/mutants.py --modules steps --show          # what could be changed, without running anything

Each change is made in a copy of the tree.  The tests of `TESTS` run against it until one fails: then the change is
"killed", and the line says by which test.  A change that no test notices "survived": either nothing that matters
depends on it (it is "equivalent", which only reading can tell), or a test is missing.  One that took too long is
"unsettled".  Tests draw as few random examples as in a quick run.

No part of the test suite: pytest does not collect this file.  It needs a system that can fork.
"""
import argparse
import ast
import copy
import os
import random
import re
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import anywidget
import IPython
import jinja2
import matplotlib.pyplot
import mistune
import nbformat
import numpy
import pytest
import scipy.special
import sympy

ONCE = (anywidget, IPython, jinja2, matplotlib, mistune, nbformat, numpy, scipy, sympy)
"""What the library and its tests import, imported here once for all mutants."""

ROOT = Path(__file__).resolve().parent.parent
COPIED = ("bplib", "tests", "notebooks", "figures", "README.md", "pyproject.toml", "requirements.txt")
PATIENCE = 4
"""How many times longer than with the right code the tests may take."""

DERIVATION = "test_notation test_derivation test_step_sentences test_one_sample"
ANSWERS = "test_exercises test_coursework_checking test_sentences"
PROGRAMS = "test_coursework_mistakes test_exercises test_sentences test_coursework_sheets"
FORMULAS = "test_tokens test_coursework_grammar test_exercises test_coursework_checking"
GRADING = "test_grading_small test_grading"
TUNING = "test_tuning"

TESTS = {
    "activations": "test_derivation test_stability test_inputs test_reference",
    "losses": "test_derivation test_inputs test_reference",
    "equations": "test_equations " + DERIVATION + " test_pickling",
    "derivation": DERIVATION,
    "steps": "test_notation test_step_sentences test_derivation",
    "meaning": "test_meaning test_one_sample test_derivation test_inputs test_curvature",
    "curvature": "test_curvature",
    "networks": "test_inputs test_networks test_derivation test_codegen test_conventions",
    "notation": "test_notation test_conventions test_rosetta",
    "conventions": "test_notation test_conventions test_rosetta test_inputs",
    "layout": "test_layout test_conventions",
    "codegen": "test_codegen test_inputs test_layout test_stability",
    "numerics": "test_codegen test_stability",
    "matrices": "test_matrices test_rosetta test_layout",
    "three_forms": "test_matrices test_rosetta test_figures",
    "rosetta": "test_rosetta test_sentences",
    "inputs": "test_inputs",
    "datasets": "test_datasets",
    "reference": "test_reference",
    "gradcheck": "test_gradcheck test_reference test_inputs",
    "rounding": "test_gradcheck test_reference",
    "report": "test_gradcheck",
    "functions": "test_functions test_inputs",
    "batches": "test_batches test_training",
    "evaluation": "test_evaluation test_training",
    "training": "test_training test_stopping test_inputs",
    "javascript": "test_javascript",
    "complex_javascript": "test_complex_javascript",
    "languages": "test_persian_words test_sentences",
    "languages/persian": "test_persian_words test_sentences",
    "figures/plots": "test_plots test_figures",
    "figures/arrays": "test_figures",
    "figures/drawings": "test_figures",
    "figures/images": "test_figures",
    "figures/picture": "test_figures",
    **dict.fromkeys(["coursework/" + name for name in (
        "checking choices exercises feedback functions reading verdict").split()], ANSWERS),
    **dict.fromkeys(["coursework/" + name for name in "matching mistakes program sheets".split()], PROGRAMS),
    **dict.fromkeys(["coursework/" + name for name in "grammar tokens tree values vocabulary".split()], FORMULAS),
    "in_page/facts": "test_in_page", "in_page/script": "test_in_page",
    "coursework/derivations": "test_coursework_derivations",
    "coursework/field": "test_coursework_field",
    **dict.fromkeys(["lines/arriving", "lines/deadline", "lines/steps"], "test_coursework_derivations test_lines"),
    "lines/typeset": "test_round_trip test_lines",
    "coursework/pages": "test_coursework_checking test_coursework_rows test_coursework_sheets",
    "coursework/writing": "test_coursework_checking test_coursework_grammar",
    **dict.fromkeys(["grading/" + name for name in (
        "channel executors files folders gradebooks grade gradescope isolation journal marking names release report results "
        "sources submissions tally child/run").split()], GRADING),
    **dict.fromkeys(["tuning/" + name for name in
                     "arrays buffers kernels names passes plain scalars together trees tuned".split()], TUNING),
}
"""Module → its tests, the quickest first.  A file that does not exist is left out."""

TOO_SLOW = ("composed_cost or noise_and_attacks or rewritten_right or feedback_never_contains or wrong_answers_are or "
            "no_verdict_waits or names_hold_at or a_released_sheet or in_a_kernel or after_a_kill or any_executor")
"""Tests, by parts of their names, that are left out like those that a quick run leaves out: each takes many seconds."""


# what can be changed

COMPARED = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
            ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is}
COMPUTED = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult,
            ast.FloorDiv: ast.Div, ast.Mod: ast.Mult, ast.MatMult: ast.Mult, ast.BitOr: ast.BitAnd,
            ast.BitAnd: ast.BitOr}
CALLED = {"all": "any", "any": "all", "min": "max", "max": "min", "sorted": "list", "startswith": "endswith",
          "endswith": "startswith", "argmax": "argmin", "argmin": "argmax"}


def compares(node):
    if isinstance(node, ast.Compare):
        for at, operator in enumerate(node.ops):
            changed = copy.deepcopy(node)
            changed.ops[at] = COMPARED[type(operator)]()
            yield changed


def computes(node):
    if isinstance(node, ast.BinOp) and type(node.op) in COMPUTED:
        yield ast.BinOp(node.left, COMPUTED[type(node.op)](), node.right)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.Not)):
        yield node.operand


def decides(node):
    if isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.And() if isinstance(node.op, ast.Or) else ast.Or(), node.values)
    if isinstance(node, ast.IfExp):
        yield ast.IfExp(node.test, node.orelse, node.body)


def constants(node):
    if isinstance(node, ast.Constant):
        value = node.value
        if isinstance(value, bool):
            yield ast.Constant(not value)
        elif isinstance(value, (int, float)):
            yield from map(ast.Constant, [value + 1, value - 1] if isinstance(value, int) else [2 * value])
        elif isinstance(value, str):
            yield ast.Constant(value + "x" if value else "x")
    if isinstance(node, ast.JoinedStr):
        for at, part in enumerate(node.values):
            if isinstance(part, ast.Constant):
                changed = copy.deepcopy(node)
                changed.values[at] = ast.Constant(part.value[:-1])
                yield changed


def calls(node):
    """One function for another, and two neighbouring arguments exchanged."""
    if not isinstance(node, ast.Call):
        return
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    if name in CALLED:
        changed = copy.deepcopy(node)
        setattr(changed.func, "id" if isinstance(node.func, ast.Name) else "attr", CALLED[name])
        yield changed
    for at in range(len(node.args) - 1):
        if not any(isinstance(one, ast.Starred) for one in node.args[at:at + 2]):
            changed = copy.deepcopy(node)
            changed.args[at:at + 2] = changed.args[at + 1], changed.args[at]
            yield changed


def loops(node):
    """A condition of a comprehension left out."""
    for at, one in enumerate(getattr(node, "generators", ())):
        for condition in range(len(one.ifs)):
            changed = copy.deepcopy(node)
            del changed.generators[at].ifs[condition]
            yield changed


def statements(node):
    """A statement removed; a condition turned round; nothing returned."""
    if isinstance(node, (ast.AugAssign, ast.Raise)) or isinstance(node, ast.Expr) and not _is_text(node.value):
        yield ast.Pass()
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], (ast.Subscript, ast.Attribute)):
        yield ast.Pass()
    if isinstance(node, ast.Return) and node.value is not None:
        yield ast.Return(ast.Constant(None))


def conditions(node):
    if isinstance(node, (ast.If, ast.While, ast.IfExp)):
        yield node.test, ast.UnaryOp(ast.Not(), node.test)


def _is_text(node):
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


CHANGES = (compares, computes, decides, constants, calls, loops, statements)


@dataclass(frozen=True)
class Mutant:
    """A module with one change: the lines from `line` on, what stood there, and what stands there now."""

    module: str
    line: int
    old: str
    new: str
    source: str

    def __str__(self):
        return f"{self.module}:{self.line}  {_short(self.old)}  →  {_short(self.new)}"


def _short(text, longest=90):
    text = " ".join(text.split())
    return text if len(text) <= longest else text[:longest // 2] + " … " + text[-longest // 2:]


def mutants(module):
    """Every change that can be made to a module."""
    source = path_of(ROOT, module).read_text(encoding="utf-8")
    found = []
    for node in _nodes(ast.parse(source)):
        pairs = [(node, new) for change in CHANGES for new in change(node)] + [*conditions(node)]
        found += [_mutant(module, source, old, new) for old, new in pairs]
    return found


def _nodes(tree):
    """All nodes whose place in the source is known and whose value matters when the program runs."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)) or isinstance(node, ast.Expr) and _is_text(node.value):
            continue
        if hasattr(node, "lineno"):
            yield node
        if not isinstance(node, ast.JoinedStr):  # places inside an f-string are not known
            yield from _nodes(_without_annotations(node))


def _without_annotations(node):
    if not isinstance(node, (ast.AnnAssign, ast.arg, ast.FunctionDef, ast.ClassDef)):
        return node
    node = copy.copy(node)
    for field, empty in (("annotation", None), ("returns", None), ("decorator_list", [])):
        if hasattr(node, field):
            setattr(node, field, empty)
    return node


def _mutant(module, source, old, new):
    start, end = (_place(source, *at) for at in ((old.lineno, old.col_offset), (old.end_lineno, old.end_col_offset)))
    text = ast.unparse(ast.fix_missing_locations(new))
    put = text if isinstance(new, ast.stmt) else f"({text})"
    before = source.encode()
    changed = before[:start] + put.encode() + before[end:]
    return Mutant(module, old.lineno, before[start:end].decode(), text, changed.decode())


def _place(source, line, column):
    return sum(len(one.encode()) for one in source.splitlines(keepends=True)[:line - 1]) + column


def path_of(root, module):
    path = root / "bplib" / module
    return path / "__init__.py" if path.is_dir() else path.with_name(path.name + ".py")


# trying them

def import_plugins():
    """pytest's plugins too are imported once, by a run that collects nothing."""
    with tempfile.TemporaryDirectory() as empty, redirect_stdout(StringIO()):
        pytest.main(["-q", "--collect-only", "-p", "no:cacheprovider", "-p", "no:nbval", "-o", "addopts=", empty])


class Copy:
    """A copy of the tree in which mutants are tried, one after the other."""

    def __init__(self, folder, limit=None):
        self.root, self.seconds = Path(folder), limit
        for name in COPIED:
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, self.root / name, ignore=shutil.ignore_patterns("__pycache__"))
            elif (ROOT / name).exists():
                shutil.copy(ROOT / name, self.root / name)
        self.usual, self.writes, self.start = {}, 0, int(time.time())

    def tests(self, module):
        names = TESTS[module].split()
        return [f"tests/{name}.py" for name in names if (self.root / "tests" / f"{name}.py").exists()]

    def run(self, module, limit):
        """Outcome and the test that noticed."""
        with tempfile.TemporaryFile("w+") as output:
            process = os.fork()
            if process == 0:
                self._run_pytest(module, output)
            code = _waited_for(process, limit)
            output.seek(0)
            by = re.search(r"^(?:FAILED|ERROR) (\S+)", output.read(), re.M)
        if code is None:
            return "unsettled", f"{limit:.0f} seconds"
        return ("survived", "") if code == 0 else ("killed", by[1] if by else "no test could run")

    def _run_pytest(self, module, output):
        """In a process of its own, which has imported all other packages already."""
        os.setsid()
        for stream in (1, 2):
            os.dup2(output.fileno(), stream)
        os.chdir(self.root)
        os.environ["PYTHONPATH"] = sys.path[0] = str(self.root)
        os.environ["BPLIB_QUICK"] = "1"
        code = pytest.main(["-x", "-q", "--tb=no", "-rfE", "-p", "no:cacheprovider", "-p", "no:nbval", "-o", "addopts=",
                            "-k", f"not ({TOO_SLOW})", *self.tests(module)])
        sys.stdout.flush()
        os._exit(code)

    def limit(self, module):
        """How long the tests of a module may take; they have to pass while nothing is changed."""
        if self.seconds:
            return self.seconds
        selected = TESTS[module]
        if selected not in self.usual:
            start = time.monotonic()
            outcome, by = self.run(module, None)
            if outcome != "survived":
                raise SystemExit(f"The tests of {module} fail without any change: {by}")
            self.usual[selected] = PATIENCE * (time.monotonic() - start) + 20
        return self.usual[selected]

    def tried(self, mutant):
        limit, path = self.limit(mutant.module), path_of(self.root, mutant.module)
        right = path.read_text(encoding="utf-8")
        self.write(path, mutant.source)
        try:
            return self.run(mutant.module, limit)
        finally:
            self.write(path, right)

    def write(self, path, source):
        """Write a module with a time of its own, by which Python knows that what it compiled before is out of date."""
        path.write_text(source, encoding="utf-8")
        self.writes += 1
        os.utime(path, (self.start + self.writes,) * 2)


def _waited_for(process, limit):
    """The exit status of a process; None where it had to be ended."""
    start = time.monotonic()
    while True:
        ended, status = os.waitpid(process, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        if limit and time.monotonic() - start > limit:
            os.killpg(process, signal.SIGKILL)
            os.waitpid(process, 0)
            return None
        time.sleep(0.05)


def chosen(module, number, seed):
    """So many different mutants of a module, the same ones whenever the seed and the module are the same."""
    found = mutants(module)
    return random.Random(f"{seed} {module}").sample(found, min(number, len(found)))


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--modules", nargs="+", choices=TESTS, default=[*TESTS], metavar="MODULE",
                        help=f"of: {', '.join(TESTS)} (default: all)")
    parser.add_argument("--number", type=int, default=5, help="of mutants of each module (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--limit", type=float, metavar="SECONDS", help="for the tests of one mutant; without it they "
                        f"run once with nothing changed, have to pass, and may then take {PATIENCE} times as long")
    parser.add_argument("--show", action="store_true", help="print the mutants without trying them")
    given = parser.parse_args(arguments)
    totals = {}
    with tempfile.TemporaryDirectory() as folder:
        tree = None if given.show else Copy(folder, given.limit)
        if tree:
            import_plugins()
        for module in given.modules:
            totals[module] = Counter()
            for mutant in chosen(module, given.number, given.seed):
                outcome, by = ("not tried", "") if given.show else tree.tried(mutant)
                totals[module][outcome] += 1
                print(f"{outcome:<9}  {mutant}  {by}", flush=True)
    report(totals)


def report(totals):
    print(f"\n{'module':<24}{'mutants':>9}{'killed':>9}{'survived':>10}{'unsettled':>11}")
    for module, count in [*totals.items(), ("all", sum(totals.values(), Counter()))]:
        print(f"{module:<24}{count.total():>9}{count['killed']:>9}{count['survived']:>10}{count['unsettled']:>11}")


if __name__ == "__main__":
    main(sys.argv[1:])
