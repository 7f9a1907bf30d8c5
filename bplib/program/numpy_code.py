"""From array programs to NumPy: a line for each statement, written as good hand-written code.

Here axes get their order and arrays their names.  A product summed over letters is written as `@`, `np.tensordot` or
`contract`, a computed index as a view, and an array that lacks an axis of its line with None in its place.
"""
import builtins
import keyword
import re
from dataclasses import dataclass
from functools import singledispatchmethod

import numpy as np
import sympy as sp
from sympy.printing.pycode import PythonCodePrinter

from . import ir
from .kernels import called

ADD, PRODUCT, MUL, POW, ATOM = range(1, 6)
"""How tightly code binds.  A matrix product among factors stands in brackets: `z*d @ B` would be `(z*d) @ B`."""

FLOAT, WHOLE, BOOL, NUMBER = "float", "whole", "bool", "number"
"""What an array holds; a NUMBER is one of Python's, which leaves the type of an array as it is."""


class Names:
    """Names in code: those of the model where code can have them, and new ones where they are taken."""

    def __init__(self, reserved):
        self.taken, self.given = set(reserved), {}

    def __call__(self, what, wish=None) -> str:
        """The name of something that is told apart by `what`; at the first call one like `wish` is chosen."""
        if what not in self.given:
            name = re.sub(r"\W", "_", wish or str(what))
            while name in self.taken or keyword.iskeyword(name):
                name += "_"
            self.taken.add(name)
            self.given[what] = name
        return self.given[what]

    def sizes(self) -> list:
        """The sizes that have been named."""
        return [what for what in self.given if isinstance(what, sp.Symbol) and what.is_positive]


class ScalarPrinter(PythonCodePrinter):
    """Numbers and sizes: whole numbers stay whole, and roots are Python floats, which leave float32 as it is."""

    def __init__(self, names):
        super().__init__()
        self.names = names

    def _print_Symbol(self, e):
        return self.names(e)

    def _print_Float(self, e):
        return repr(float(e))

    def _print_floor(self, e):
        above, below = sp.fraction(sp.together(e.args[0]))
        return f"({self._print(above)})//{self.parenthesize(below, 70)}"

    def _print_Pow(self, e, **options):
        if not e.free_symbols and not e.is_rational:
            return repr(float(e))
        if e.exp == -1:
            return f"1/{self.parenthesize(e.base, 60)}"
        return f"{self.parenthesize(e.base, 65)}**{e.exp if e.exp.is_Integer else repr(float(e.exp))}"

    def _print_NumberSymbol(self, e):
        return repr(float(e))

    _print_Pi = _print_Exp1 = _print_NumberSymbol


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
        piece = self.ordered(one.value, one.axes)
        piece = self.real(piece) if one.quantity.numbers is None else piece
        code, missing = self.aligned(piece, one.axes), set(one.axes) - set(piece.axes)
        if missing and not piece.axes:
            code = f"np.full({self.shape(one.axes)}, {code}, {self.dtype})"
        elif missing:
            code = f"np.broadcast_to({code}, {self.shape(one.axes)})"
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
        *first, last = range(len(places))
        swapped = [*first[:-1], last, *first[-1:]]
        turn = ".T" if len(places) == 2 else ".mT" if places == swapped else f".transpose({', '.join(map(str, places))})"
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
        name, kind = self.name(node.quantity), FLOAT if node.quantity.numbers is None else WHOLE
        inside = [self.at in index.axes or not index.steps and index.is_inside(n)
                  for index, n in zip(node.indices, node.quantity.sizes, strict=True)]
        code = name + self.places([self.place(index) if fixed else ":" for index, fixed in zip(node.indices, inside, strict=True)])
        axes = []
        for index, n in [(index, n) for index, n, fixed in zip(node.indices, node.quantity.sizes, inside, strict=True)
                         if not fixed]:
            code = code if index.is_inside(n) else self.view(code, len(axes), index, n)
            axes += index.axes
        return Piece(code, tuple(axes), ATOM, kind)

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
        name, indices = self.name(node.quantity), node.indices
        plain = [isinstance(index, ir.Position) and index.axis != self.at and index.axis.size == n
                 for index, n in zip(indices, node.quantity.sizes, strict=True)]
        axes = [axis for index in indices for axis in index.axes]
        inside = [flat or self._is_inside(index, n) for flat, index, n in zip(plain, indices, node.quantity.sizes, strict=True)]
        if plain.count(False) == 1 and len(set(axes)) == len(axes) and all(inside):
            pieces = [self.ordered(index, self.natural(index)) for index in indices]
            places = [":" if flat else piece.code for flat, piece in zip(plain, pieces, strict=True)]
            return Piece(name + self.places(places), tuple(a for piece in pieces for a in piece.axes))
        pieces = [self.node(index) for index in indices]
        axes = self.union(pieces)
        codes = ", ".join(self.aligned(piece, axes) for piece in pieces)
        return Piece(f"{name}[{codes}]" if all(inside) else f"look_up({name}, {codes})", axes)

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
            level = MUL if sign < 0 and (first or piece.kind != FLOAT) else PRODUCT if sign < 0 else ADD
            code += (("-" if first else " - ") if sign < 0 else "" if first else " + ") + self.aligned(piece, axes, level)
        kinds = {piece.kind for piece in pieces}
        kind = FLOAT if kinds & {FLOAT, BOOL} else NUMBER if kinds == {NUMBER} else WHOLE
        return Piece(code, axes, ADD if len(pieces) > 1 else MUL, kind)

    @node.register
    def _(self, node: ir.Product):
        above, below = ([self.node(part) for part in parts] for parts in (node.above, node.below))
        if node.strong:
            axes = self.union([*above, *below])
            codes = [self.tuple_of(self.aligned(piece, axes) for piece in pieces) for pieces in (above, below)]
            return Piece(f"strong_product({', '.join(codes if below else codes[:1])})", axes)
        numbers = [[piece for piece in pieces if piece.kind == NUMBER] for pieces in (above, below)]
        if all(numbers) and len(numbers[0]) < len(above) and not any(isinstance(f, (ir.Contract, ir.Reduce)) for f in node.above):
            quotient = self.quotient(*numbers)
            above = [quotient, *(piece for piece in above if piece.kind != NUMBER)]
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
        kinds = {piece.kind for piece in (*above, *below)}
        kind = NUMBER if kinds == {NUMBER} else FLOAT if below or kinds & {FLOAT} else BOOL if kinds == {BOOL} else WHOLE
        single = len(above) == 1 and not below
        return Piece(code, axes, above[0].level if single else PRODUCT if slash == " / " else MUL, kind)

    @node.register
    def _(self, node: ir.Power):
        base = self.real(self.node(node.base))
        if base.kind == NUMBER:
            return Piece(f"{base.within(ATOM)}**{self.size(node.exponent)}", (), POW, NUMBER)
        if node.exponent == sp.Rational(1, 2):
            return Piece(f"np.sqrt({base.code})", base.axes)
        exponent = self.node(ir.Scalar(node.exponent)).within(ATOM)
        return Piece(f"{base.within(ATOM)}**{exponent}", base.axes, POW)

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
        score = self.ordered(node.score, self.natural(node.score))
        where = self.ordered(node.where, score.axes) if node.where else None
        mask = f", where={self.aligned(where, score.axes)}" if where else ""
        axis = score.axes.index(node.axis) - len(score.axes)
        return Piece(f"{'log_' * node.log}softmax({score.code}{'' if axis == -1 else f', axis={axis}'}{mask})", score.axes)

    # sums

    @node.register
    def _(self, node: ir.Reduce):
        body = self.ordered(node.body, self.natural(node.body))
        outer = tuple(axis for axis in body.axes if axis not in node.over)
        if node.kind in ("max", "argmax"):
            code = self.aligned(body, (*outer, *node.over))
            function = "largest" if node.kind == "max" else "place_of_largest"
            return Piece(f"{function}({code}, {len(node.over)})", outer, ATOM, FLOAT if node.kind == "max" else WHOLE)
        body = self.real(body)
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
        """a @ b, the summed axis last on the left and first on the right; np.tensordot, where it takes more than that."""
        axes = (*left, *right)
        if len(over) == 1 and len(b.axes) <= 2 and (len(a.axes) <= 2 or a.axes[-1] == over[0]):
            one, two = self.aligned(a, (*left, *over), POW), self.aligned(b, (*over, *right), POW)
            return Piece(f"{one} @ {two}", axes, PRODUCT)
        places = ", ".join(str([piece.axes.index(axis) for axis in over]) for piece in (a, b))
        return Piece(f"np.tensordot({a.code}, {b.code}, ({places}))", axes)

    def stacked(self, a, b, stack, left, right, node) -> Piece:
        """A matrix product for each place along some axes."""
        if len(left) == len(right) == len(node.over) == 1:
            one, two = self.aligned(a, (*stack, *left, *node.over), POW), self.aligned(b, (*stack, *node.over, *right), POW)
            return Piece(f"{one} @ {two}", (*stack, *left, *right), PRODUCT)
        return self.einsum("contract", [a, b], self.axes(node))

    def einsum(self, function, pieces, axes, options="") -> Piece:
        axes = tuple(axis for axis in self.order if axis in axes)
        short, free = {}, [chr(c) for c in range(ord("a"), ord("z") + 1)]
        for axis in (axis for piece in pieces for axis in piece.axes if axis not in short):
            short[axis] = axis.letter.name if axis.letter.name in free else next(c for c in free if c not in short.values())
            free.remove(short[axis])
        spec = ",".join("".join(short[axis] for axis in piece.axes) for piece in pieces)
        spec += "->" + "".join(short[axis] for axis in axes)
        return Piece(f"{function}('{spec}', {', '.join(piece.code for piece in pieces)}{options})", axes)

    @node.register
    def _(self, node: ir.Scatter):
        rest = tuple(axis for axis in self.order if axis in self.axes(node) and axis != node.axis)
        looked_up = isinstance(node.place, ir.Node)
        place = self.ordered(node.place, self.natural(node.place)) if looked_up else None
        at = 0 if looked_up else sum(axis in rest for axis in self.order[:self.order.index(node.axis)])
        inner = (*rest[:at], *(place.axes if looked_up else node.place.axes), *rest[at:])
        body = self.real(self.ordered(node.body, inner))
        code = self.aligned(body, inner)
        if set(inner) - set(body.axes):
            code = f"np.broadcast_to({code}, {self.shape(inner)})"
        size = self.size(node.axis.size)
        code = (f"add_at({place.code}, {code}, {size})" if looked_up else
                f"overlap_add({code}, {at}, {size}, {self.size(node.place.offset)}, {self.letters(node.place)})")
        return Piece(code, (*rest[:at], node.axis, *rest[at:]))


RESERVED = {*keyword.kwlist, *keyword.softkwlist, *dir(builtins), "np"}
"""Names that no array has in code, besides those of the functions that the code calls."""


def numpy_function(name, given, formulas, statements, result) -> tuple:
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
        lines.insert(0, f"{writer.dtype} = np.result_type({', '.join(floats)})")
    made, missing = size_lines(given, formulas, names.sizes(), writer.length)
    sizes = [f"{names(n)} = {code if isinstance(code, str) else writer.size(code)}" for n, code in made]
    pairs = [f"{key!r}: {names(array)}" for key, array in result.items()] if isinstance(result, dict) else []
    last = f"return {{{', '.join(pairs)}}}" if pairs else f"return {names(result)}"
    head = f"def {name}({', '.join([*arguments, *map(names, missing)])}):"
    return "\n    ".join([head, *sizes, *lines, last]) + "\n", missing


def size_lines(given, formulas, wanted, of_axis) -> tuple:
    """Pairs (size, where it comes from) for sizes and those that they need, and the sizes that nothing gives.

    of_axis   the code for the length of an axis of an array; a formula stands for itself
    """
    found, made, missing = {}, {}, []
    for quantity in given:
        for axis, n in enumerate(quantity.sizes):
            found.setdefault(n, of_axis(quantity, axis))

    def need(n):
        for other in sorted(formulas[n].free_symbols, key=str) if n in formulas and n not in found else ():
            need(other)
        if n not in found and n not in formulas:
            missing.extend([] if n in missing else [n])
        else:
            made.setdefault(n, found.get(n, formulas.get(n)))

    for n in sorted(wanted, key=lambda n: [*found, n].index(n)):
        need(n)
    return tuple(made.items()), tuple(missing)


__all__ = ["Names", "NumpyWriter", "ScalarPrinter", "numpy_function", "size_lines"]
