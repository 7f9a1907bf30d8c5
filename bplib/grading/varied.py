"""A sheet with variants in place of its exercises."""
import re

import nbformat

from ..coursework import EXERCISES, VARIATIONS, variant
from ..coursework.exercises import Function

CALL = re.compile(r"""\b(check|field|hand_in|hint|question)\((["'])(\d+\.\d+)\2""")


def varied(notebook, seed, name):
    """A sheet with the variants that belong to a seed in place of the exercises that have any: a new notebook."""
    own, notebook = varies(notebook), nbformat.from_dict(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.source = _with_signatures(CALL.sub(lambda call: _with_seed(call, seed), cell.source), seed)
    first = next((cell for cell in notebook.cells if cell.cell_type == "markdown"), None)
    if first is not None and own:
        first.source += f"\n\nThis copy is made for {_quoted(name)}: its questions are variants, numbered {seed}."
    return notebook


def varies(notebook):
    """Whether a sheet asks an exercise that has variants."""
    return any(id in VARIATIONS for cell in notebook.cells for _, _, id in CALL.findall(cell.source))


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


HEADS = {id: row.signature for id, row in EXERCISES.items() if isinstance(row, Function)}
"""Id of an exercise → the first line of its answer."""
