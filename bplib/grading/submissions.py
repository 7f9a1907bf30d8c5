"""What was handed in: whose file it is, which sheet it belongs to, which cells it has."""
import ast
import json
import re
from dataclasses import dataclass
from pathlib import Path

CHECKED = re.compile(r"""\b(?:check|field|hand_in)\(\s*["'](\d+)\.\d+["']""")


@dataclass(frozen=True)
class Submission:
    """A file that was handed in.

    student   the folder below the submissions, or the file's own name where it lies there itself
    path      the file
    cells     sources of its code cells; none where it is not a notebook
    problem   why it cannot be read, in words, or ""
    """

    student: str
    path: Path
    cells: tuple = ()
    problem: str = ""

    @property
    def sheet(self):
        """The number of the sheet whose exercises the file checks most often; "" where it checks none."""
        found = CHECKED.findall("\n".join(self.cells))
        return max(sorted(set(found)), key=found.count, default="")


def submissions(folder):
    """Everything that was handed in, in the order of names; hidden files and folders are left out."""
    folder = Path(folder)
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()
             and not any(part.startswith((".", "__")) for part in path.relative_to(folder).parts)]
    return [read(path, path.relative_to(folder)) for path in files]


def read(path, within):
    student = within.parts[0] if len(within.parts) > 1 else path.stem
    try:
        cells = json.loads(path.read_text(encoding="utf-8-sig"))["cells"]
        sources = tuple("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    except (ValueError, KeyError, TypeError, AttributeError, OSError, RecursionError) as error:
        return Submission(student, path, problem=f"It is not a notebook ({type(error).__name__}).")
    return Submission(student, path, sources)


def names_bound(source):
    """The names that a cell gives a value to, as far as its text shows."""
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set(re.findall(r"^\s*(?:def\s+)?(\w+)\s*(?:=|\()", source, re.M))
    return ({node.name for node in nodes if isinstance(node, ast.FunctionDef)}
            | {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)})
