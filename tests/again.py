"""Cells are run again: each one after nbval has run it, and all of them backwards when nbval has come to the end.

A learner runs a cell twice, or goes back to an earlier one; each run shows what the page shows.  All of that happens in
the kernel that nbval has started for the notebook, and is compared as nbval compares.
"""
from itertools import groupby

import pytest
from nbval.plugin import IPyNbCell, NbCellError


def run_again(cell):
    try:
        cell.runtest()
    except NbCellError as error:
        cell.raise_cell_error(f"{error}, when it is run again", error.inner_traceback)


class Backwards(pytest.Item):
    """All cells of a notebook, the last one first."""

    def __init__(self, *, cells, **placed):
        super().__init__(**placed)
        self.cells = cells

    def runtest(self):
        for cell in reversed(self.cells):
            run_again(cell)

    def repr_failure(self, excinfo):
        return self.cells[0].repr_failure(excinfo)

    def reportinfo(self):
        return self.path, None, f"{self.path.name}: backwards"


def with_backwards(items):
    """The items, and after those of a notebook its cells once more."""
    for notebook, group in groupby(items, lambda item: isinstance(item, IPyNbCell) and item.parent):
        group = [*group]
        yield from group
        if notebook:
            yield Backwards.from_parent(notebook, name="backwards", cells=group)
