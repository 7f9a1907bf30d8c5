"""Lines of generated code in which each array is a rectangle of its shape, so that one sees which axes meet."""
import ast
import re
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Rectangle
from matplotlib.textpath import TextPath

from ..codegen import Generated, generate
from ..equations import N, s
from ..errors import InputError, unknown_name
from ..inputs import checked_whole
from ..networks import Dense
from ..notation import latex
from .picture import BLUE, GREEN, ORANGE, RED, Picture

CELL, BAR, GAP, MARGIN = 0.18, 0.26, 0.09, 0.12
"""Inches: the side of an entry; the bar under @; between parts of a line; around the picture."""

ABOVE, BELOW, BESIDE = 0.24, 0.24, 0.19
"""Inches that are left beside a rectangle: for its name, the label of its columns, the label of its rows."""

TO_SCALE = 12
"""The longest axis that is drawn entry by entry; where one is longer, sides grow with the logarithm instead."""

COLORS, DASHES = (BLUE, ORANGE, RED, GREEN), ((1, 0), (3.5, 1.2), (1, 0.8), (3.5, 1, 1, 1))

VIEWS = {"": lambda axes: axes, ".T": lambda axes: axes[::-1], "[:, None]": lambda axes: (*axes, 1)}
"""What may follow the name of an array in generated code → the axes that it has then."""


def shapes(given, *names, samples=5) -> Picture:
    """Lines of the generated gradients, each array in them drawn as a rectangle with its shape.

    given     a network of dense layers, or the functions generated from one; the code is in the notation of these
    names     what the lines compute, as the code calls it: "z1", "delta1", "dW1", …; without any, every line that
              multiplies matrices
    samples   how many samples a batch has: the length of the axis N

    An axis has the same colour, dashes and letter wherever it occurs; under @ stands the one that is added over.
    InputError for other networks than dense layers, and for names that no line with arrays has.
    """
    functions = given if isinstance(given, Generated) else generate(given)
    if not isinstance(functions.network.structure, Dense):
        raise InputError("Neurons one by one have no matrices to draw; give a network made by dense(…).")
    lines = code_lines(functions)
    for name in names:
        if name not in list(lines):
            raise unknown_name("line", name, lines)
    chosen = [lines[name] for name in names] or [line for line in lines.values() if "@" in "".join(map(str, line))]
    sheet = _Sheet(functions, chosen, checked_whole("samples", samples, 1))
    for line in chosen:
        sheet.line(line)
    return Picture(sheet.trimmed(), sheet.alt(chosen))


@dataclass(frozen=True)
class Array:
    """An array as it stands in a line of code: "W1.T", with the size of each axis as a symbol, or 1."""

    text: str
    axes: tuple

    def __str__(self):
        return self.text


def code_lines(functions):
    """Name → the line that computes it, in parts: each an `Array`, or a string of what stands between arrays."""
    layout = functions.layout
    known = {layout.text(q): _stored_sizes(layout, q) for q in layout.quantities.values() if q.sizes}
    lines = [line.strip() for line in functions.gradients.source.splitlines() if " = " in line]
    return {name: _parts(line, known) for line in lines if (name := line.split(" = ")[0]) in known}


def _stored_sizes(layout, quantity):
    """The sizes of an array, in the order of its axes in the layout."""
    stored = layout.stored(quantity, tuple(s if size == N else size for size in quantity.sizes))
    return tuple(N if size == s else size for size in stored)


def _parts(line, known):
    parts, end = [], 0
    for node in _views(ast.parse(line), known):
        array = Array(line[node.col_offset:node.end_col_offset], _axes(node, known))
        parts, end = [*parts, line[end:node.col_offset], array], node.end_col_offset
    return [part for part in (*parts, line[end:]) if part]


def _views(node, known):
    """The outermost nodes that are arrays, in the order of the line."""
    if isinstance(node, ast.expr) and _axes(node, known):
        return [node]
    return [view for child in ast.iter_child_nodes(node) for view in _views(child, known)]


def _axes(node, known):
    """The sizes of an array, or of a view of one; None for anything else."""
    code = ast.unparse(node)
    return next((view(known[name]) for ending, view in VIEWS.items()
                 if code.endswith(ending) and (name := code.removesuffix(ending)) in known), None)


class _Sheet:
    """The lines while they are drawn, in inches, from (0, 0) to the right and down."""

    def __init__(self, functions, lines, samples):
        self.quantities, self.notation = functions.layout.quantities, functions.layout.notation
        self.sizes = {1: 1, N: samples, **functions.network.sizes}
        used = {axis for line in lines for part in line if isinstance(part, Array) for axis in part.axes}
        self.to_scale = max(self.sizes[axis] for axis in used) <= TO_SCALE
        self.styles = {axis: {"color": COLORS[n % 4], "dashes": DASHES[(n + n // 4) % 4]}
                       for n, axis in enumerate((N, *functions.network.sizes))} | {1: {"color": "0.7"}}
        self.right, self.down, self.figure = 0.0, 0.0, Figure()
        self.axes = self.figure.add_axes([0, 0, 1, 1])
        self.axes.axis("off")

    def length(self, axis):
        n = self.sizes[axis]
        return CELL * (n if self.to_scale else 1 + np.log2(n))

    def letter(self, axis):
        return latex(axis, self.quantities, self.notation)

    def label(self, axis):
        return f"${self.letter(axis)} = {self.sizes[axis]}$" if axis != 1 else ""

    def extent(self, array):
        """Height and width of the rectangle of an array; a vector lies."""
        return [self.length(axis) for axis in (1, *array.axes)[-2:]]

    def tall(self, array):
        """The height that a rectangle and the label of its rows take."""
        return max(self.extent(array)[0], _width(self.label((1, *array.axes)[-2]), 8))

    def line(self, parts):
        """The next line, below those drawn before."""
        tall = max(self.tall(part) for part in parts if isinstance(part, Array))
        middle, x = self.down - ABOVE - tall / 2, 0.0
        for before, part in zip([None, *parts], parts):
            if isinstance(part, Array):
                x = self.array(part, x, middle)
            else:
                x = self.between(part, before, x, middle)
        self.right, self.down = max(self.right, x), self.down - ABOVE - tall - BELOW - GAP

    def between(self, text, before, x, middle):
        """Code between two arrays; under @ the axis that it adds over.  Returns where the next part begins."""
        width = max(_width(text.strip(), 11, "monospace"), BAR if "@" in text else 0)
        at = x + width / 2
        self.axes.text(at, middle, text.strip(), ha="center", va="center", fontsize=11, family="monospace")
        if "@" in text:
            over = before.axes[-1]
            self.axes.plot([at - BAR / 2, at + BAR / 2], [middle - 0.14] * 2, linewidth=2.2, **self.styles[over])
            self.axes.text(at, middle - 0.18, f"${self.letter(over)}$", ha="center", va="top", fontsize=9)
        return x + width + GAP

    def array(self, array, x, middle):
        """A rectangle with its name above and its axes at its sides.  Returns where the next part begins."""
        height, width = self.extent(array)
        column, row = (*array.axes[::-1], 1)[:2]
        x += BESIDE if row != 1 else 0
        wide = max(width, _width(self.label(column), 8))
        widest = max(wide, _width(array.text, 9, "monospace"))
        center, low = x + widest / 2, middle - height / 2
        self.grid(row, column, center - width / 2, low)
        above, beside, below = middle + self.tall(array) / 2 + 0.05, center - wide / 2 - 0.04, low - 0.04
        self.axes.text(center, above, array.text, ha="center", va="bottom", fontsize=9, family="monospace")
        self.axes.text(beside, middle, self.label(row), ha="right", va="center", rotation=90, fontsize=8)
        self.axes.text(center, below, self.label(column), ha="center", va="top", fontsize=8)
        return x + widest + GAP

    def grid(self, row, column, left, low):
        """A rectangle, with its entries where they are drawn to scale; each side is in the style of its axis."""
        height, width = self.length(row), self.length(column)
        right, top = left + width, low + height
        self.axes.add_patch(Rectangle((left, low), width, height, facecolor="0.95", edgecolor="none", zorder=1))
        if self.to_scale:
            between = {"color": "white", "linewidth": 1.2, "zorder": 1}
            self.axes.vlines(left + CELL * np.arange(1, self.sizes[column]), low, top, **between)
            self.axes.hlines(low + CELL * np.arange(1, self.sizes[row]), left, right, **between)
        for axis, sides in ((row, [([x, x], [low, top]) for x in (left, right)]),
                            (column, [([left, right], [y, y]) for y in (low, top)])):
            for side in sides:
                self.axes.plot(*side, linewidth=2.2, solid_capstyle="butt", **self.styles[axis])

    def trimmed(self):
        """The figure, as large as what is drawn, one unit of length an inch."""
        self.figure.set_size_inches(self.right + 2 * MARGIN, -self.down + 2 * MARGIN)
        self.axes.set(xlim=(-MARGIN, self.right + MARGIN), ylim=(self.down - MARGIN, MARGIN))
        return self.figure

    def alt(self, lines):
        scale = "in proportion to its shape" if self.to_scale else "its sides by the logarithm of their lengths"
        return f"Lines of code, each array in them a rectangle, {scale}. " + " ".join(map(self.told, lines))

    def told(self, parts):
        arrays = dict.fromkeys(part for part in parts if isinstance(part, Array))
        over = [f"; {left} @ {right} adds over {self.plain(left.axes[-1])}"
                for left, between, right in zip(parts, parts[1:], parts[2:]) if "@" in str(between)]
        shapes = (f"{array} {' × '.join(map(self.plain, array.axes))} "
                  f"({' × '.join(str(self.sizes[axis]) for axis in array.axes)})" for array in arrays)
        return f"{''.join(map(str, parts))}: {', '.join(shapes)}{''.join(over)}."

    def plain(self, axis):
        """The letter of an axis as plain text: n0 for n_{0}."""
        return re.sub(r"[\\_{}]", "", self.letter(axis))


def _width(text, size, family="sans-serif"):
    """Width of a text in inches."""
    font = FontProperties(family=family, size=size)
    return TextPath((0, 0), text, prop=font).get_extents().width / 72 if text else 0.0
