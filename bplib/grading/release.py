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

from ..coursework.pages import asked, hints
from ..errors import InputError
from ..languages import ENGLISH, Language
from .files import put, refuse_to_lose
from .varied import varied, varies

SOLUTION = re.compile(r"^([ \t]*)### BEGIN SOLUTION\n.*?^[ \t]*### END SOLUTION[ \t]*\n?", re.M | re.S)
MARK = re.compile(r"### (BEGIN|END) (SOLUTION|HIDDEN TESTS)")
HIDDEN = "### BEGIN HIDDEN TESTS"
BARE_HEADING = re.compile(r"## Exercise [\d.]+\Z")
BOLD_HEAD = re.compile(r"\A\*\*(.+)\*\*$", re.M)
TIMEOUT = 120
"""Seconds that a cell of a sheet without answers may take."""
SUMMARY = """from bplib.coursework import summary

summary({sheet}, globals(){seed})"""
SPEAKS = """
from bplib.languages import use

use("{}")"""
"""What the first cell of a sheet in another language does as well."""
STUB = "Write your answer here."
GRADED = re.compile(r"""hand_in\(["'](\d+)\.\d+(?::([\w-]+))?""")


def release(source, target, roster=None, run=False, replace=False):
    """Write every sheet of a folder, without solutions and outputs, into another folder; returns the new files.

    roster   a `roster.Roster`: each student gets a folder of their own, with their variants
    run      whether to run the sheets, so that each holds what its cells show as long as nothing is answered
    replace  whether a sheet that is there already may be replaced where its cells are others

    InputError where one would be lost; then nothing is written.
    """
    sheets = handouts(source, target, roster)
    if not replace:
        refuse_to_lose(changed(sheets))
    return written(sheets, run)


def release_to_nbgrader(source, target, replace=False):
    """Write every sheet of a folder into a course folder of nbgrader, as the source of an assignment; returns the files.
    InputError as of `release`."""
    sheets = assignments(source, target)
    if not replace:
        refuse_to_lose(changed(sheets))
    return written(sheets)


def handouts(source, target, roster=None, language=ENGLISH):
    """What `release` writes, path → sheet: one for all, or with variants one for each student.

    language   in another one than English, the sheets that are there in it, each with its name and the language's
    """
    source, target = Path(source), Path(target)
    sheets = _sheets(source)
    if target.resolve() == source.resolve():
        raise InputError(f"The release would overwrite the sheets with their solutions in {source}. "
                         "Give another folder.")
    if roster and not any(map(varies, sheets.values())):
        raise InputError(f"No notebook in {source} asks an exercise that has variants, so everybody would get the same. "
                         "Leave the list of students out, or give the folder that holds the sheets.")
    if language is not ENGLISH:
        return _handouts_in(language, sheets, target, roster)
    if roster is None:
        return {target / name: released(notebook) for name, notebook in sheets.items()}
    return {target / student.folder / name: released(varied(notebook, student.seed, student.name or student.id))
            for student in roster.students for name, notebook in sheets.items()}


def _handouts_in(language, sheets, target, roster):
    if roster:
        raise InputError("The questions of variants are there in English alone. Leave --language or --variants out.")
    there = {name: notebook for name, notebook in sheets.items() if language.told(_title(notebook)) != _title(notebook)}
    if not there:
        raise InputError(f"None of these sheets is there in the language {language.name!r}.")
    return {target / f"{Path(name).stem}-{language.name}.ipynb": released(notebook, language)
            for name, notebook in there.items()}


def _title(notebook):
    return notebook.cells[0].source.partition("\n")[0]


def without_variants(source):
    """Names of the notebooks of a folder that ask no exercise which has variants."""
    return [name for name, notebook in _sheets(Path(source)).items() if not varies(notebook)]


def assignments(source, target):
    """What `release_to_nbgrader` writes, path → sheet."""
    return {Path(target) / "source" / Path(name).stem / name: assignment(notebook)
            for name, notebook in _sheets(Path(source)).items()}


def changed(sheets):
    """Those of some sheets, path → notebook, that are there already with other cells, whatever these show: paths."""
    return [path for path, notebook in sheets.items() if path.exists() and _cells_in(path) != _cells(notebook)]


def _cells_in(path):
    """The cells of a file; None where it holds no notebook."""
    try:
        return _cells(nbformat.read(path, as_version=4))
    except Exception:  # whatever it holds, it is no sheet
        return None


def _cells(notebook):
    return [(cell.cell_type, cell.source, cell.metadata) for cell in notebook.cells]


def written(sheets, run=False):
    """Write sheets, path → notebook, each run before where that is asked for; returns the paths."""
    return [put(path, f"{nbformat.writes(as_run(sheet) if run else sheet)}\n".encode())
            for path, sheet in sheets.items()]


def _sheets(folder):
    """Name → notebook."""
    found = {path.name: _read(path) for path in sorted(folder.glob("*.ipynb"))}
    if not found:
        raise InputError(f"There is no notebook in {folder}. Give the folder that holds the sheets.")
    return found


def _read(path):
    try:
        return nbformat.read(path, as_version=4)
    except Exception as error:
        raise InputError(f"{path} cannot be read as a notebook ({type(error).__name__}). Mend it, or take it out of the "
                         "folder of sheets.") from error


def released(notebook: nbformat.NotebookNode, language: Language = ENGLISH) -> nbformat.NotebookNode:
    """A sheet as learners get it, in a language: a new notebook, whose exercises and points are the same in each."""
    notebook = assignment(notebook)
    graded = [cell for cell in notebook.cells if _graded(cell)]
    cells = [_emptied(cell) for cell in notebook.cells if not _graded(cell) and HIDDEN not in cell.source]
    cells += [_summary(graded)] if graded else []
    notebook.cells = cells if language is ENGLISH else [_in(language, cell) for cell in cells]
    return notebook


def _in(language, cell):
    """A cell with its texts in another language."""
    if cell.cell_type == "markdown":
        cell.source = language.markdown(language.told(cell.source))
    elif cell.id == "start":
        cell.source += SPEAKS.format(language.name)
    else:
        cell.source = cell.source.replace(STUB, language.told(STUB))
    return cell


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


def _summary(graded):
    """In place of the cells that are graded: the one that says how all answers of their sheet stand."""
    sheets, seeds = zip(*(found for cell in graded for found in GRADED.findall(cell.source)))
    seed = next((f', "{one}"' for one in seeds if one), "")
    return nbformat.v4.new_code_cell(SUMMARY.format(sheet=sheets[0], seed=seed), id="summary")


def _question(id):
    return BOLD_HEAD.sub(r"## \1", asked(id).markdown, count=1)


def _hints(id, degree=1):
    """All of them, each closed, whichever the cell asks for."""
    return hints(id).markdown


TEXTS = {"question": _question, "hint": _hints}
"""Name of a function → what a cell that calls it, and does no more than that, becomes."""


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
    return f'{indent}raise NotImplementedError("{STUB}")\n' if indent else ""
