"""From array programs to NumPy: a line for each statement, written as good hand-written code.

Here axes get their order and arrays their names.  A product summed over letters is written as `@`, `np.tensordot` or
`contract`, a computed index as a view, and an array that lacks an axis of its line with None in its place.
"""
import builtins
import keyword
import string
from dataclasses import dataclass
from functools import singledispatchmethod

import numpy as np
import sympy as sp

from . import ir
from .kernels import called
from .naming import Names, ScalarPrinter, size_lines

ADD, PRODUCT, MUL, POW, ATOM = range(1, 6)
"""How tightly code binds.  A matrix product among factors stands in brackets: `z*d @ B` would be `(z*d) @ B`."""

FLOAT, WHOLE, BOOL, NUMBER = "float", "whole", "bool", "number"
"""What an array holds; a NUMBER is one of Python's, which leaves the type of an array as it is."""


@dataclass(frozen=True)
class Piece:
    """Code for an array, the order of its axes, how tightly the code binds, and what the array holds."""

    code: str
    axes: tuple = ()
    level: int = ATOM
    kind: str = FLOAT

    def within(self, level) -> str:
        return self.code if self.level >= level else f"({self.code})"


class NumpyWriter:
    """Writes statements as lines of NumPy.

    order   the axes of what is being written, in the order that the line needs; those of open sums come last
    """

    def __init__(self, names):
        self.names, self.scalars = names, ScalarPrinter(names)
        self.lines, self.indent, self.order, self.typed = [], "", (), False
        self.at, self.spare = None, {}

    def size(self, e) -> str:
        return self.scalars.doprint(sp.sympify(e))

    def name(self, quantity) -> str:
        return self.names(quantity.name)

    @property
    def dtype(self):
        self.typed = True
        return self.names("type of all arrays", "dtype")

    def length(self, quantity, axis) -> str:
        return f"{self.name(quantity)}.shape[{axis}]" if axis else f"len({self.name(quantity)})"

    def line(self, code):
        self.lines.append(self.indent + code)

    # statements

    def write(self, statements) -> list:
        for statement in statements:
            self.loop(statement) if isinstance(statement, ir.Loop) else self.assign(statement)
        return self.lines

    def assign(self, one):
        whole = one.quantity.numbers is not None
        code = self.ordered(one.value, one.axes).code if whole else self.with_all(one.value, one.axes)
        self.line(f"{self.name(one.quantity)} = {code}")

    def loop(self, loop):
        self.spare = self._read_at_other_steps(loop)
        for one in loop.body:
            sizes = [self.size(a.size) + f" + {n}" * bool(n) for a, n in self._with_spare(loop, one)]
            self.line(f"{self.name(one.quantity)} = np.zeros({self.tuple_of(sizes)}, {self.dtype})")
        T, t = self.size(loop.axis.size), self.names(loop.axis.letter)
        self.line(f"for {t} in {f'range({T})' if loop.upwards else f'reversed(range({T}))'}:")
        self.at, self.indent = loop.axis, "    "
        for one in loop.body:
            axes = tuple(axis for axis in one.axes if axis != loop.axis)
            piece = self.real(self.ordered(one.value, axes))
            places = [t if axis == loop.axis else ":" for axis in one.axes]
            self.line(f"{self.name(one.quantity)}{self.places(places)} = {self.aligned(piece, axes)}")
        self.at, self.indent = None, ""
        for one in loop.body:
            if self.spare[one.quantity.name]:
                places = [f":{T}" if axis == loop.axis else ":" for axis in one.axes]
                self.line(f"{self.name(one.quantity)} = {self.name(one.quantity)}{self.places(places)}")
        self.spare = {}

    def _read_at_other_steps(self, loop):
        """How many steps away each array of a loop is read: so many places beyond the last step hold 0.  A place before
        the first is one of them too, because Python counts it from the end."""
        found = {one.quantity.name: 0 for one in loop.body}
        for node in (node for one in loop.body for node in ir.walk(one.value) if isinstance(node, ir.Window)):
            for index in node.indices:
                if loop.axis in index.axes:
                    found[node.quantity.name] = max(found[node.quantity.name], abs(int(index.offset)))
        return found

    def _with_spare(self, loop, one):
        return [(axis, self.spare[one.quantity.name] if axis == loop.axis else 0) for axis in one.axes]

    def shape(self, axes) -> str:
        return self.tuple_of(self.size(axis.size) for axis in axes)

    @staticmethod
    def tuple_of(codes) -> str:
        codes = list(codes)
        return f"({', '.join(codes)}{',' * (len(codes) == 1)})"

    @staticmethod
    def places(codes) -> str:
        """[:, t-1] for the places on all axes; nothing where all of each axis is meant."""
        while codes and codes[-1] == ":":
            codes = codes[:-1]
        return f"[{', '.join(codes)}]" if codes else ""

    # axes

    def ordered(self, node, order) -> Piece:
        """A node, written where the axes are needed in this order."""
        kept, self.order = self.order, tuple(order) + tuple(a for a in self.axes(node) if a not in order)
        piece = self.node(node)
        self.order = kept
        return piece

    def natural(self, node) -> tuple:
        """The axes of a node in the order in which the widest of the arrays in it has them."""
        reads = [part for part in ir.walk(node) if isinstance(part, ir.Read)]
        widest = max(reads, key=lambda read: len(set(read.axes) & set(node.axes)), default=node)
        axes = self.axes(node)
        return tuple(dict.fromkeys(axis for axis in (*widest.axes, *self.order, *axes) if axis in axes))

    def axes(self, node) -> tuple:
        """The axes of a node besides that of the open loop."""
        return tuple(axis for axis in node.axes if axis != self.at)

    def union(self, pieces) -> tuple:
        found = dict.fromkeys(axis for piece in pieces for axis in piece.axes)
        return (*(a for a in self.order if a in found), *(a for a in found if a not in self.order))

    def aligned(self, piece, axes, level=0) -> str:
        """Code with the axes in the order of `axes`; where one after the first is missing, None stands in its place."""
        own = tuple(axis for axis in axes if axis in piece.axes)
        piece = self.transposed(piece, own)
        after = axes[axes.index(own[0]):] if own else ()
        if set(after) - set(own):
            marks = [":" if axis in own else "None" for axis in after]
            if len(own) > 1 and marks == [":"] * len(own) + ["None"] * (len(after) - len(own)):
                marks = ["...", *marks[len(own):]]
            piece = Piece(f"{piece.within(ATOM)}[{', '.join(marks)}]")
        return piece.within(level)

    @staticmethod
    def transposed(piece, own) -> Piece:
        if own == piece.axes:
            return piece
        places = [piece.axes.index(axis) for axis in own]
        count = len(places)
        swapped = [*range(count - 2), count - 1, count - 2]
        turn = ".T" if count == 2 else ".mT" if places == swapped else f".transpose({', '.join(map(str, places))})"
        return Piece(piece.within(ATOM) + turn, own, ATOM, piece.kind)

    def real(self, piece) -> Piece:
        """Whole numbers and truth values as floats of the type of all arrays."""
        if piece.kind in (FLOAT, NUMBER):
            return piece
        return Piece(f"{piece.within(ATOM)}.astype({self.dtype})", piece.axes)

    # nodes

    @singledispatchmethod
    def node(self, node) -> Piece:
        raise NotImplementedError(type(node).__name__)

    @node.register
    def _(self, node: ir.Scalar):
        code = self.size(node.value)
        tight = node.value.is_Symbol or node.value.is_Number and not (node.value.is_Rational and node.value.q != 1)
        return Piece(code, (), ATOM if tight and code[0] != "-" else MUL if not node.value.is_Add else ADD, NUMBER)

    @node.register
    def _(self, node: ir.Position):
        if node.axis == self.at:
            return Piece(self.names(node.axis.letter), (), ATOM, NUMBER)
        return Piece(f"np.arange({self.size(node.axis.size)})", (node.axis,), ATOM, WHOLE)

    @node.register
    def _(self, node: ir.Read):
        """Entries of an array: places on some of its axes, then views along what is computed."""
        pairs = [*zip(node.indices, node.quantity.sizes, strict=True)]
        left = [(i, n) for i, n in pairs if self.at not in i.axes and (i.steps or not i.is_inside(n))]
        code = self.name(node.quantity) + self.places([":" if (i, n) in left else self.place(i) for i, n in pairs])
        axes = ()
        for index, n in left:
            code = code if index.is_inside(n) else self.view(code, len(axes), index, n)
            axes += index.axes
        return Piece(code, axes, ATOM, FLOAT if node.quantity.numbers is None else WHOLE)

    def place(self, index) -> str:
        """A place as a number: what the letter of the open loop stands for, and what is added."""
        e = index.offset + sum(step * sp.Symbol(self.names(axis.letter)) for axis, step in index.steps)
        return str(e.xreplace({n: sp.Symbol(self.names(n)) for n in index.offset.free_symbols})).replace(" ", "")

    def view(self, code, axis, index, n) -> str:
        offset = self.size(index.offset)
        if not index.steps:
            return f"entry({code}, {axis}, {offset})"
        (first, step), *more = index.steps
        if step == 1 and not more:
            count = "" if first.size == n else f", {self.size(first.size)}"
            return f"shifted({code}, {axis}, {offset}{count})"
        return f"windows({code}, {axis}, {offset}, {self.letters(index)})"

    def letters(self, index) -> str:
        return ", ".join(f"({self.size(axis.size)}, {self.size(step)})" for axis, step in index.steps)

    @node.register
    def _(self, node: ir.LookUp):
        pairs = [*zip(node.indices, node.quantity.sizes, strict=True)]
        name, all_inside = self.name(node.quantity), all(self._is_inside(index, n) for index, n in pairs)
        plain = [isinstance(i, ir.Position) and i.axis.size == n and i.axis != self.at for i, n in pairs]
        if all_inside and plain.count(False) == 1 and len(node.axes) == sum(len(i.axes) for i in node.indices):
            pieces = [self.ordered(index, self.natural(index)) for index in node.indices]
            places = [":" if flat else piece.code for flat, piece in zip(plain, pieces, strict=True)]
            return Piece(name + self.places(places), tuple(axis for piece in pieces for axis in piece.axes))
        pieces = [self.node(index) for index in node.indices]
        axes = self.union(pieces)
        codes = ", ".join(self.aligned(piece, axes) for piece in pieces)
        return Piece(f"{name}[{codes}]" if all_inside else f"look_up({name}, {codes})", axes)

    def _is_inside(self, index, n):
        """Whether what is looked up is known to lie within an axis of this size."""
        return (isinstance(index, ir.Read) and index.quantity.numbers == n and type(index) is ir.Read
                or isinstance(index, ir.Position) and index.axis.size == n
                or isinstance(index, ir.Scalar) and ir.Index(index.value).is_inside(n))

    @node.register
    def _(self, node: ir.Add):
        pieces = [self.node(term) for _, term in node.terms]
        axes, code = self.union(pieces), ""
        floats = any(piece.kind == FLOAT for piece in pieces)
        for (sign, _), piece in zip(node.terms, pieces, strict=True):
            first = not code
            if piece.kind == BOOL and (first or not floats) or piece.kind == WHOLE and floats:
                piece = self.real(piece)
            level = ADD if sign > 0 else MUL if first else PRODUCT
            code += {(1, True): "", (1, False): " + ", (-1, True): "-", (-1, False): " - "}[sign, first]
            code += self.aligned(piece, axes, level)
        kinds = {piece.kind for piece in pieces}
        kind = FLOAT if kinds & {FLOAT, BOOL} else NUMBER if kinds == {NUMBER} else WHOLE
        return Piece(code, axes, ADD if len(pieces) > 1 else MUL, kind)

    @node.register
    def _(self, node: ir.Product):
        above, below = ([self.node(part) for part in parts] for parts in (node.above, node.below))
        if node.strong:
            above, below, axes = self.truth_last(above), list(map(self.real, below)), self.union([*above, *below])
            codes = [self.tuple_of(self.aligned(piece, axes) for piece in pieces) for pieces in (above, below)]
            return Piece(f"strong_product({', '.join(codes if below else codes[:1])})", axes)
        numbers = [[piece for piece in pieces if piece.kind == NUMBER] for pieces in (above, below)]
        sums = any(isinstance(factor, (ir.Contract, ir.Reduce)) for factor in node.above)
        if all(numbers) and len(numbers[0]) < len(above) and not sums:  # numbers together, before they meet an array
            above = [self.quotient(*numbers), *(piece for piece in above if piece.kind != NUMBER)]
            below = [piece for piece in below if piece.kind != NUMBER]
        if below:
            above, below = ([self.real(piece) for piece in pieces] for pieces in (above, below))
        elif len(above) > 1:
            above = self.truth_last(above)
        return self.quotient(above, below)

    def truth_last(self, pieces) -> list:
        """Factors with truth values after a float, which they leave as it is."""
        if all(piece.kind in (WHOLE, NUMBER) for piece in pieces):
            return pieces
        if not any(piece.kind == FLOAT for piece in pieces):
            return [self.real(piece) for piece in pieces]
        return sorted((piece if piece.kind == BOOL else self.real(piece) for piece in pieces),
                      key=lambda piece: piece.kind == BOOL)

    def quotient(self, above, below) -> Piece:
        axes = self.union([*above, *below])
        alone = PRODUCT if len(above) == 1 else MUL
        code = "*".join(self.aligned(piece, axes, alone) for piece in above) or "1"
        slash = " / " if any(piece.level == PRODUCT for piece in above) else "/"
        if len(below) > 1 and all(piece.kind == NUMBER for piece in below):
            below = [Piece("*".join(piece.within(MUL) for piece in below), (), MUL, NUMBER)]
        code += "".join(slash + self.aligned(piece, axes, POW) for piece in below)
        level = above[0].level if len(above) == 1 and not below else PRODUCT if slash == " / " else MUL
        kinds = {piece.kind for piece in (*above, *below)}
        if len(kinds) == 1 and (not below or kinds == {NUMBER}):
            return Piece(code, axes, level, *kinds)
        return Piece(code, axes, level, FLOAT if below or FLOAT in kinds else WHOLE)

    @node.register
    def _(self, node: ir.Power):
        base = self.real(self.node(node.base))
        if node.exponent == sp.Rational(1, 2) and base.kind == FLOAT:
            return Piece(f"np.sqrt({base.code})", base.axes)
        exponent = self.node(ir.Scalar(node.exponent)).within(ATOM)
        return Piece(f"{base.within(ATOM)}**{exponent}", base.axes, POW, base.kind)

    @node.register
    def _(self, node: ir.Apply):
        pieces = [self.node(argument) for argument in node.arguments]
        logical = node.function.startswith("logical_")
        pieces = pieces if logical else [self.real(piece) for piece in pieces]
        in_numpy = hasattr(np, node.function) and node.function != "abs"
        axes, name = self.union(pieces), f"np.{node.function}" if in_numpy else node.function
        code = f"{name}({', '.join(self.aligned(piece, axes) for piece in pieces)})"
        if all(piece.kind == NUMBER for piece in pieces):
            return Piece(f"float({code})", (), ATOM, NUMBER)
        return Piece(code, axes, ATOM, BOOL if logical else FLOAT)

    @node.register
    def _(self, node: ir.Compare):
        left, right = self.node(node.left), self.node(node.right)
        axes = self.union([left, right])
        code = f"{self.aligned(left, axes, ADD)} {node.relation} {self.aligned(right, axes, ADD)}"
        return Piece(code, axes, 0, NUMBER if left.kind == right.kind == NUMBER else BOOL)

    @node.register
    def _(self, node: ir.Where):
        if node.otherwise == ir.Scalar(sp.S.Zero) and [value for _, value in node.cases] == [ir.Scalar(sp.S.One)]:
            return self.node(node.cases[0][0])
        cases = [(self.node(condition), self.node(value)) for condition, value in node.cases]
        last = self.node(node.otherwise)
        axes = self.union([*(piece for case in cases for piece in case), last])
        code = self.aligned(last, axes)
        for condition, value in reversed(cases):
            code = f"np.where({self.aligned(condition, axes)}, {self.aligned(value, axes)}, {code})"
        numbers = last.kind == NUMBER and all(value.kind == NUMBER for _, value in cases)
        return Piece(code, axes, ATOM, WHOLE if numbers else FLOAT)

    @node.register
    def _(self, node: ir.Softmax):
        score = self.real(self.ordered(node.score, self.natural(node.score)))
        where = self.ordered(node.where, score.axes) if node.where else None
        mask = f", where={self.aligned(where, score.axes)}" if where else ""
        axis = score.axes.index(node.axis) - len(score.axes)
        along = "" if axis == -1 else f", axis={axis}"
        return Piece(f"{'log_' * node.log}softmax({score.code}{along}{mask})", score.axes)

    # sums

    @node.register
    def _(self, node: ir.Reduce):
        body = self.real(self.ordered(node.body, self.natural(node.body)))
        outer = tuple(axis for axis in body.axes if axis not in node.over)
        if node.kind in ("max", "argmax"):
            code = self.aligned(body, (*outer, *node.over))
            function = "largest" if node.kind == "max" else "place_of_largest"
            kind = FLOAT if node.kind == "max" else WHOLE
            return Piece(f"{function}({code}, {len(node.over)})", outer, ATOM, kind)
        places = sorted(body.axes.index(axis) for axis in node.over)
        axis = "" if not outer else f"axis={places[0] if len(places) == 1 else tuple(places)}"
        return Piece(f"{body.within(ATOM)}.{node.kind}({axis})", outer)

    @node.register
    def _(self, node: ir.Contract):
        pieces = [self.real(self.ordered(factor, self.natural(factor))) for factor in node.factors]
        if len(pieces) > 2:
            return self.einsum("np.einsum", pieces, self.axes(node), ", optimize=True")
        a, b = pieces
        both = [axis for axis in a.axes if axis in b.axes]
        stack = [axis for axis in both if axis not in node.over]
        left, right = ([axis for axis in piece.axes if axis not in both] for piece in pieces)
        if self._rank(left) > self._rank(right):
            (a, left), (b, right) = (b, right), (a, left)
        if stack:
            return self.stacked(a, b, stack, left, right, node)
        return self.matrix_product(a, b, left, right, node.over)

    def _rank(self, axes):
        return [self.order.index(axis) for axis in axes]

    def matrix_product(self, a, b, left, right, over) -> Piece:
        """a @ b, with the summed axis last on the left and first on the right, or np.tensordot."""
        axes = (*left, *right)
        if len(over) == 1 and len(b.axes) <= 2 and (len(a.axes) <= 2 or a.axes[-1] == over[0]):
            one, two = self.aligned(a, (*left, *over), POW), self.aligned(b, (*over, *right), POW)
            return Piece(f"{one} @ {two}", axes, PRODUCT)
        places = ", ".join(str([piece.axes.index(axis) for axis in over]) for piece in (a, b))
        return Piece(f"np.tensordot({a.code}, {b.code}, ({places}))", axes)

    def stacked(self, a, b, stack, left, right, node) -> Piece:
        """A matrix product for each place along some axes."""
        if len(left) == len(right) == len(node.over) == 1:
            one = self.aligned(a, (*stack, *left, *node.over), POW)
            two = self.aligned(b, (*stack, *node.over, *right), POW)
            return Piece(f"{one} @ {two}", (*stack, *left, *right), PRODUCT)
        return self.einsum("contract", [a, b], self.axes(node))

    def einsum(self, function, pieces, axes, options="") -> Piece:
        axes = tuple(axis for axis in self.order if axis in axes)
        short, free = {}, [*string.ascii_lowercase]
        for axis in dict.fromkeys(axis for piece in pieces for axis in piece.axes):
            short[axis] = axis.letter.name if axis.letter.name in free else free[0]
            free.remove(short[axis])
        spec = ",".join("".join(short[axis] for axis in piece.axes) for piece in pieces)
        spec += "->" + "".join(short[axis] for axis in axes)
        return Piece(f"{function}('{spec}', {', '.join(piece.code for piece in pieces)}{options})", axes)

    @node.register
    def _(self, node: ir.Scatter):
        rest = tuple(axis for axis in self.order if axis in self.axes(node) and axis != node.axis)
        size = self.size(node.axis.size)
        if isinstance(node.place, ir.Node):
            place = self.ordered(node.place, self.natural(node.place))
            code = self.with_all(node.body, (*place.axes, *rest))
            return Piece(f"add_at({place.code}, {code}, {size})", (node.axis, *rest))
        at = sum(axis in rest for axis in self.order[:self.order.index(node.axis)])
        code = self.with_all(node.body, (*rest[:at], *node.place.axes, *rest[at:]))
        code = f"overlap_add({code}, {at}, {size}, {self.size(node.place.offset)}, {self.letters(node.place)})"
        return Piece(code, (*rest[:at], node.axis, *rest[at:]))

    def with_all(self, node, axes) -> str:
        """Code for a node that has all of these axes, one that does not depend on some of them too."""
        piece = self.real(self.ordered(node, axes))
        code = self.aligned(piece, axes)
        if piece.kind == NUMBER and axes:
            return f"np.full({self.shape(axes)}, {code}, {self.dtype})"
        return f"np.broadcast_to({code}, {self.shape(axes)})" if set(axes) - set(piece.axes) else code


RESERVED = {*keyword.kwlist, *keyword.softkwlist, *dir(builtins), "np"}
"""Names that no array has in code, besides those of the functions that the code calls."""


def numpy_function(name: str, given, formulas: dict, statements, result: str | dict) -> tuple:
    """The source of a function of the given arrays, and the sizes that none of them has: its further arguments.

    formulas   size → the formula by which other sizes give it
    result     name of the array that is returned, or a dict: key → name of an array
    """
    names = Names(RESERVED | set(called()))
    arguments = [names(quantity.name) for quantity in given]
    for one in (one for statement in statements for one in ir.assignments(statement)):
        names(one.quantity.name)
    writer = NumpyWriter(names)
    lines = writer.write(statements)
    if writer.typed:
        floats = [names(quantity.name) for quantity in given if quantity.numbers is None]
        lines.insert(0, f"{writer.dtype} = np.result_type({', '.join(floats) or 'float'})")
    made, missing = size_lines(given, formulas, names.sizes(), writer.length)
    sizes = [f"{names(n)} = {code if isinstance(code, str) else writer.size(code)}" for n, code in made]
    pairs = [f"{key!r}: {names(array)}" for key, array in result.items()] if isinstance(result, dict) else []
    last = f"return {{{', '.join(pairs)}}}" if pairs else f"return {names(result)}"
    head = f"def {name}({', '.join([*arguments, *map(names, missing)])}):"
    return "\n    ".join([head, *sizes, *lines, last]) + "\n", missing
