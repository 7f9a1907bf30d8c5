"""The sheets as learners get them: made from those with solutions, so that nothing has to be kept alike by hand.

Questions and hints become texts, which are there before anything is run; solutions go, with all outputs; the cells that
nbgrader grades, which raise, become one cell that says how all answers stand.

Solutions stand between the marks that nbgrader uses, so that the sheets with solutions, and with those texts, are the
sources of its assignments.
"""
import ast
import re
from pathlib import Path

import nbformat

from ..coursework import EXERCISES, VARIATIONS, variant
from ..coursework.pages import asked, hints
from ..errors import InputError

SOLUTION = re.compile(r"^([ \t]*)### BEGIN SOLUTION\n.*?^[ \t]*### END SOLUTION[ \t]*\n?", re.M | re.S)
MARK = re.compile(r"### (BEGIN|END) (SOLUTION|HIDDEN TESTS)")
HIDDEN = "### BEGIN HIDDEN TESTS"
BARE_HEADING = re.compile(r"## Exercise [\d.]+\Z")
BOLD_HEAD = re.compile(r"\A\*\*(.+)\*\*$", re.M)
TIMEOUT = 120
"""Seconds that a cell of a sheet without answers may take."""
SUMMARY = """from bplib.coursework import summary

summary({sheet}, globals(){seed})"""


def release(source, target, run=False, roster=None):
    """Write every sheet of a folder, without solutions and outputs, into another folder; returns the new files.

    run      whether to run them, so that each holds what its cells show as long as nothing is answered
    roster   a `roster.Roster`: each student gets a folder of their own, with their variants
    """
    source, target = Path(source), Path(target)
    sheets = sorted(source.glob("*.ipynb"))
    if not sheets:
        raise InputError(f"There is no notebook in {source}. Give the folder that holds the sheets.")
    if target.resolve() == source.resolve():
        raise InputError(f"The release would overwrite the sheets with their solutions in {source}. "
                         "Give another folder.")
    notebooks = {sheet.name: nbformat.read(sheet, as_version=4) for sheet in sheets}
    target.mkdir(parents=True, exist_ok=True)
    if roster is None:
        made = [(target / name, released(notebook)) for name, notebook in notebooks.items()]
    else:
        made = [one for student in roster.students for one in _of_student(student, notebooks, target / student.folder)]
    return [_written(as_run(notebook) if run else notebook, path) for path, notebook in made]


def _of_student(student, notebooks, folder):
    """Path → notebook with the variants of a student, in pairs."""
    folder.mkdir(exist_ok=True)
    for name, notebook in notebooks.items():
        yield folder / name, released(varied(notebook, student.seed, student.name or student.id), student.seed)


def release_to_nbgrader(source, target):
    """Write every sheet of a folder into a course folder of nbgrader, as the source of an assignment; returns the files."""
    made = []
    for sheet in sorted(Path(source).glob("*.ipynb")):
        path = Path(target) / "source" / sheet.stem / sheet.name
        path.parent.mkdir(parents=True, exist_ok=True)
        made.append(_written(assignment(nbformat.read(sheet, as_version=4)), path))
    return made


def _written(notebook, path):
    nbformat.write(notebook, path)
    return path


def released(notebook, seed=""):
    """A sheet as learners get it: a new notebook; `seed` is that of the variants that it has (see `varied`)."""
    notebook = assignment(notebook)
    graded = [cell for cell in notebook.cells if _graded(cell)]
    cells = [_emptied(cell) for cell in notebook.cells if not _graded(cell) and HIDDEN not in cell.source]
    notebook.cells = cells + ([_summary(graded, seed)] if graded else [])
    return notebook


CALL = re.compile(r"""\b(check|field|hand_in|hint|question)\((["'])(\d+\.\d+)\2""")


def varied(notebook, seed, name):
    """A sheet with the variants that belong to a seed in place of the exercises: a new notebook.

    Its solutions are still those of the exercises themselves; `released` takes them out.
    """
    notebook = nbformat.from_dict(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.source = _with_signatures(CALL.sub(lambda call: _with_seed(call, seed), cell.source), seed)
    first = next((cell for cell in notebook.cells if cell.cell_type == "markdown"), None)
    if first is not None and any(f":{seed}" in cell.source for cell in notebook.cells):
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


def assignment(notebook):
    """A sheet with its solutions, and with its questions and hints as texts: a new notebook."""
    notebook = nbformat.from_dict(notebook)
    notebook.cells = [_with_text(cell) for cell in notebook.cells if not BARE_HEADING.match(cell.source)]
    return notebook


def _graded(cell):
    return cell.metadata.get("nbgrader", {}).get("grade", False)


def _with_text(cell):
    """The cell, or the text that it would show, which has a heading of its own."""
    text = shown_text(cell.source) if cell.cell_type == "code" else None
    return cell if text is None else nbformat.v4.new_markdown_cell(text, id=cell.id, metadata=cell.metadata)


def _emptied(cell):
    if cell.cell_type == "code":
        cell.source, cell.outputs, cell.execution_count = without_solutions(cell.source), [], None
    return cell


def _summary(graded, seed):
    """In place of the cells that are graded: the one that says how all answers of their sheet stand."""
    sheet = graded[0].metadata["nbgrader"]["grade_id"].split("-")[2]
    return nbformat.v4.new_code_cell(SUMMARY.format(sheet=sheet, seed=f', "{seed}"' if seed else ""), id="summary")


TEXTS = {"question": lambda *given: BOLD_HEAD.sub(r"## \1", asked(*given).markdown, count=1),
         "hint": lambda id, degree=1: hints(id).markdown}
"""What a cell that shows a text of the library becomes: the text; of hints all, each closed."""


def shown_text(source):
    """The text that a cell shows which does no more than that, such as `question("1.1")`; None for any other."""
    match tree_of(source):
        case ast.Module([ast.Expr(ast.Call(ast.Name(name), arguments, []))]) if name in TEXTS:
            return TEXTS[name](*map(ast.literal_eval, arguments))
    return None


def tree_of(source):
    """The syntax tree of a cell; None for one that is not plain Python."""
    try:
        return ast.parse(source)
    except SyntaxError:
        return None


def as_run(notebook):
    """A sheet with what its cells show: a new notebook."""
    from nbclient import NotebookClient  # takes its time, and most releases do without

    ran = nbformat.from_dict(notebook)
    NotebookClient(ran, timeout=TIMEOUT, kernel_name="python3", record_timing=False).execute()
    ran.metadata = nbformat.from_dict(notebook.metadata)
    return ran


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
