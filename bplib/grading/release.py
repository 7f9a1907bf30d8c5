"""The sheets as learners get them: solutions taken out, outputs cleared.

Solutions stand between the marks that nbgrader uses, so the sheets are its assignments too.
"""
import re
from pathlib import Path

import nbformat

from ..coursework import EXERCISES, VARIATIONS, variant
from ..errors import InputError

SOLUTION = re.compile(r"^([ \t]*)### BEGIN SOLUTION\n.*?^[ \t]*### END SOLUTION[ \t]*\n?", re.M | re.S)
MARK = re.compile(r"### (BEGIN|END) (SOLUTION|HIDDEN TESTS)")
HIDDEN = "### BEGIN HIDDEN TESTS"


def release(source, target, roster=None):
    """Write every sheet of a folder, without solutions and outputs, into another folder; returns the new files.

    roster   a `roster.Roster`: each student gets a folder of their own, with their variants
    """
    source, target = Path(source), Path(target)
    sheets = sorted(source.glob("*.ipynb"))
    if not sheets:
        raise InputError(f"There is no notebook in {source}. Give the folder that holds the sheets.")
    if target.resolve() == source.resolve():
        raise InputError(f"The release would overwrite the sheets with their solutions in {source}. "
                         "Give another folder.")
    notebooks = {sheet.name: released(nbformat.read(sheet, as_version=4)) for sheet in sheets}
    target.mkdir(parents=True, exist_ok=True)
    if roster is None:
        return [_written(notebook, target / name) for name, notebook in notebooks.items()]
    return [path for student in roster.students for path in _of_student(student, notebooks, target / student.folder)]


def _of_student(student, notebooks, folder):
    folder.mkdir(exist_ok=True)
    return [_written(varied(notebook, student.seed, student.name or student.id), folder / name)
            for name, notebook in notebooks.items()]


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


CALL = re.compile(r"""\b(check|field|hand_in|hint|question)\((["'])(\d+\.\d+)\2""")


def varied(notebook, seed, name):
    """A released sheet with the variants that belong to a seed in place of the exercises: a new notebook."""
    notebook = nbformat.from_dict(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.source = _with_signatures(CALL.sub(lambda call: _with_seed(call, seed), cell.source), seed)
    first = next((cell for cell in notebook.cells if cell.cell_type == "markdown"), None)
    if first is not None:
        first.source += f"\n\nThis copy is made for {_quoted(name)}: its questions are variants, numbered {seed}."
    return notebook


def _quoted(name):
    """A name as Markdown shows it, whatever is in it."""
    return re.sub(r"([^\w\s])", r"\\\1", name)


def _with_seed(call, seed):
    function, quote, id = call.groups()
    return f"{function}({quote}{id}:{seed}{quote}" if id in VARIATIONS else call[0]


def _with_signatures(source, seed):
    """The head of a function in the cell of its answer, as its variant has it."""
    for id in VARIATIONS:
        head = HEADS.get(id)
        if head and source.startswith(head):
            return variant(id, seed).signature + source.removeprefix(head)
    return source


HEADS = {id: row.signature for id, row in EXERCISES.items() if row.kind == "function"}
"""Id of an exercise → the first line of its answer."""


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
