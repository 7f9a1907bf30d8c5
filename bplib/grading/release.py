"""The sheets as learners get them: solutions taken out, outputs cleared.

Solutions stand between the marks that nbgrader uses, so the sheets are its assignments too.
"""
import re
from pathlib import Path

import nbformat

from ..errors import InputError

SOLUTION = re.compile(r"^([ \t]*)### BEGIN SOLUTION\n.*?^[ \t]*### END SOLUTION[ \t]*\n?", re.M | re.S)
MARK = re.compile(r"### (BEGIN|END) (SOLUTION|HIDDEN TESTS)")
HIDDEN = "### BEGIN HIDDEN TESTS"


def release(source, target):
    """Write every sheet of a folder, without solutions and outputs, into another folder; returns the new files."""
    source, target = Path(source), Path(target)
    sheets = sorted(source.glob("*.ipynb"))
    if not sheets:
        raise InputError(f"There is no notebook in {source}. Give the folder that holds the sheets.")
    if target.resolve() == source.resolve():
        raise InputError(f"The release would overwrite the sheets with their solutions in {source}. "
                         "Give another folder.")
    target.mkdir(parents=True, exist_ok=True)
    return [_written(released(nbformat.read(sheet, as_version=4)), target / sheet.name) for sheet in sheets]


def _written(notebook, path):
    nbformat.write(notebook, path)
    return path


def released(notebook):
    """A sheet as learners get it: a new notebook."""
    notebook = nbformat.from_dict(notebook)
    notebook.cells = [cell for cell in notebook.cells if HIDDEN not in cell.source]
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.source, cell.outputs, cell.execution_count = without_solutions(cell.source), [], None
    return notebook


def without_solutions(source):
    """A cell's source with each solution replaced: inside a function by what raises until it is written."""
    left = SOLUTION.sub(_stub, source)
    if MARK.search(left):
        raise InputError(f"A mark has no partner in this cell; solutions stand between ### BEGIN SOLUTION and "
                         f"### END SOLUTION:\n{source}")
    return left.rstrip("\n")


def _stub(found):
    indent = found[1]
    return f'{indent}raise NotImplementedError("Write your answer here.")\n' if indent else ""
