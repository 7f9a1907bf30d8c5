"""What varies in each exercise: a table.  To let an exercise vary, add a row to the file of its sheet.

A row says which values each thing may take, the exercise's own first, and makes the variant from one value of each:
its text, its hints, its network, its numbers.  It holds no answer and no mistake; both are derived from the network.
After a change run `python -m bplib.coursework.measure_variants`.

    words                 kinds of variants, and what all sheets say alike
    sheet_1 … sheet_6     the rows
"""
from . import sheet_1, sheet_2, sheet_3, sheet_4, sheet_5, sheet_6

TABLE = {**sheet_1.ROWS, **sheet_2.ROWS, **sheet_3.ROWS, **sheet_4.ROWS, **sheet_5.ROWS, **sheet_6.ROWS}
"""Id of an exercise → `words.Variation`."""

__all__ = ["TABLE"]
