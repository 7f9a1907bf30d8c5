"""Array code tuned for a number of samples: the table of passes, and the function that comes out."""
import ast
from dataclasses import dataclass, replace
from math import ceil, prod
from collections.abc import Callable

import numpy as np

from .buffers import buffers, look_ups
from .kernels import functions as kernel_functions
from .kernels import namespace
from .names import Names
from .passes import FACTORS, Setting, constants_last, formulas, lines, products, sizes
from .together import together
from .trees import line, pairs, read_names, renamed, with_body

CACHED, FEWEST = 200_000, 256
"""Numbers that a chunk of samples may hold, its activations included, and the samples that make one worth while."""

COLUMNS, WIDEST = 32, {"float64": 50_000, "float32": np.inf}
"""Samples from which results are stored column after column, and up to how many entries of a layer.  With OpenBLAS
0.3.31 and AVX-512 a gradient and update then took from 11 % less to 4 % more time, less in most of some 25 settings."""

PASSES = {
    "sizes": (sizes, "The number of samples is known, so N is a number."),
    "constants last": (constants_last, "A constant factor of the errors is carried on to the gradients, where the "
                                       "product that is due anyway takes it along."),
    "formulas": (formulas, "Functions are written out, so that they can write into arrays; NumPy's exp is the fast one "
                           "where there are many entries."),
    "lines": (lines, "One operation a line, and none of them twice: a result that has been stored is used again."),
    "products": (products, "Each matrix product takes a factor and a sum along: α A @ B + β C is one call. Gradients "
                           "are added into arrays that the caller gives, dW ← α ∂C/∂W + β dW: with α = 1, β = 0 that "
                           "is the gradient, with α = −η, β = 1 and W for dW a step of learning."),
    "together": (together, "In small networks a call costs more than its arithmetic: what is done alike to the "
                           "activations of several layers, as for their slopes, is done to all of them in one."),
    "buffers": (buffers, "Results go into arrays that are made once, and an array that is no longer needed takes the "
                         "next result. Products are BLAS's own functions; for many samples the arrays are stored "
                         "column after column, which BLAS likes better."),
    "look-ups": (look_ups, "Functions, numbers and transposed views are looked up once, not in each call."),
}


@dataclass(frozen=True)
class Stage:
    """The code after one pass: its name, why it is made, the source, and the function that the source is of."""

    name: str
    why: str
    source: str
    function: Callable

    def __repr__(self):
        return f"{self.name}: {self.why}\n\n{self.source}\n"

    def _repr_markdown_(self):
        return f"**{self.name}.** {self.why}\n\n```python\n{self.source}\n```"


OUR_NAMES = {*FACTORS, "N", "range", "accumulate", "accumulate_last", "in_chunks", "first"}
"""Names that tuned code always has, beside those of the functions that it calls."""


def own_names(tree, names):
    """What each argument and each result of a generated function is called in tuned code: as it is, if it can be."""
    return {own: names.fresh(own) for own in [*(a.arg for a in tree.args.args), *(target for target, _ in pairs(tree))]
            if own != "N"}


def setting(functions, rows, total, dtype):
    """The generated gradients as a tree whose names meet none of ours, and what they are tuned for."""
    layout, gradients = functions.layout, functions.gradients
    names, tree = Names({*kernel_functions(dtype), *OUR_NAMES}), line(gradients.source)
    own = own_names(tree, names)
    quantities = {layout.text(quantity): quantity for quantity in layout.quantities.values()}
    stored = {layout.array(q): q for kind in ("x", "y", "c", "b", "W") for q in layout.quantities.values()
              if q.kind == kind}
    shapes = {own[given]: tuple(rows if n == "N" else n for n in layout.stored_shape(stored[given]))
              for given in gradients.inputs}
    samples = gradients.inputs[len(layout.parameters):]
    labels = tuple(own[given] for given in samples if quantities[given].kind == "c")
    errors = tuple(own[text] for text, quantity in quantities.items()
                   if quantity.kind in ("delta", "da") and text in own)
    found = Setting(tuple(own[given] for given in layout.parameters), tuple(own[made] for made in layout.gradients),
                    errors, shapes, labels, rows, total, dtype, _order(functions, rows, dtype), names)
    return renamed(tree, own), found


def _order(functions, rows, dtype):
    """How results are stored: "F", sample next to sample, where that is the faster way, or "C", as they are written."""
    widest = max(_entries(functions.network, "a"))
    faster = rows >= COLUMNS and rows * widest <= WIDEST[dtype]
    return "F" if faster and functions.layout.notation.samples == "rows" else "C"


def _entries(network, kinds):
    """Of each quantity of these kinds, how many numbers it has for a sample."""
    return [prod(n for n in network.shape(q.name) if n != "N") for q in network.quantities.values() if q.kind in kinds]


def plain(functions):
    """The code as it was generated."""
    return Stage("plain", "As it follows from the equations.", functions.gradients.source, functions.gradients.raw)


def compiled(source, space):
    """The function that the source defines."""
    exec(compile(source, "<tuned>", "exec"), space)
    return space[line(source).name]


class _Accumulate:
    """dW ← α ∂C/∂W + β dW for so many samples of a batch: the code after each pass."""

    def __init__(self, functions, rows, total, dtype):
        tree, self.setting = setting(functions, rows, total, dtype)
        self.stages = [plain(functions)]
        for name, (change, why) in PASSES.items():
            self.names, self.before = Names(self.setting.names.taken), tree
            tree = change(tree, self.setting)
            self.stages.append(Stage(name, why, *self._made(tree, self.setting)))
        self.function = self.stages[-1].function

    @staticmethod
    def _made(tree, where):
        source = ast.unparse(ast.fix_missing_locations(tree))
        return source, compiled(source, namespace(where.dtype, where.constants))

    def matrix_products(self):
        """Each matrix product of the lines: (what it computes, its code, number of multiplications)."""
        found = []
        for target, value in pairs(line(next(stage.source for stage in self.stages if stage.name == "lines"))):
            for node in ast.walk(value):
                if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
                    left, right = map(self.setting.shape, (node.left, node.right))
                    errors = set(self.setting.errors).intersection(read_names(node))
                    what = "gradient" if target in self.setting.gradients else "error" if errors else "forward"
                    found.append((what, ast.unparse(node), prod(left) * prod(right[1:])))
        return found

    def bound(self, arrays, out):
        """The function of (X, Y, α, β) that is left when the arrays are known: their views are looked up once too."""
        known = {**dict(zip(self.setting.parameters, arrays)), **dict(zip(self.setting.gradients, out))}
        where = replace(self.setting, constants={**self.setting.constants, **known}, names=Names(self.names.taken))
        left = [a.arg for a in self.before.args.args if a.arg not in known]
        return self._made(look_ups(with_body(self.before, self.before.body, left), where), where)[1]


class ArrayCode:
    """The gradients of a network for a number of samples, by arrays; many samples go in chunks that stay in cache."""

    def __init__(self, functions, rows, dtype):
        self.rows, self.chunk = rows, _chunk(functions, rows)
        full = _Accumulate(functions, self.chunk, rows, dtype)
        self.stages, self.pieces = full.stages, {"accumulate": full}
        self.fused = self.chunk == rows
        if not self.fused:
            if rows % self.chunk:
                self.pieces["accumulate_last"] = _Accumulate(functions, rows % self.chunk, rows, dtype)
            self.stages = [*self.stages, self._in_chunks()]

    def accumulate(self, arrays, X, Y, out, alpha, beta):
        """out ← α ∂C/∂arrays + β out, in place."""
        self.stages[-1].function(*arrays, X, Y, *out, alpha, beta)

    def step(self, arrays, X, Y, eta):
        """arrays ← arrays − η ∂C/∂arrays, in place."""
        if self.fused:
            return self.accumulate(arrays, X, Y, arrays, -eta, 1.0)
        change = [np.empty_like(array) for array in arrays]
        self.accumulate(arrays, X, Y, change, -eta, 0.0)
        for array, one in zip(arrays, change):
            np.add(array, one, out=array)

    def bound(self, arrays, out):
        """`accumulate` for loops, its arrays built in: a function of (X, Y, α, β); for β = 1 `out` may be `arrays`."""
        if out is arrays and not self.fused:
            return lambda X, Y, alpha, beta: self.step(arrays, X, Y, -alpha)
        pieces = {name: piece.bound(arrays, out) for name, piece in self.pieces.items()}
        return pieces["accumulate"] if self.fused else compiled(self._driver([], []), pieces)

    def _in_chunks(self):
        where = self.pieces["accumulate"].setting
        source = self._driver(where.parameters, where.gradients)
        return Stage("chunks", "Many samples go in chunks that stay in the processor's cache; a chunk adds to the "
                               "gradients of those before it.", source,
                     compiled(source, {name: piece.function for name, piece in self.pieces.items()}))

    def _driver(self, parameters, gradients):
        """Source of the function that calls that of a chunk for one after the other; the last may be shorter."""
        x, y = [given for given in self.pieces["accumulate"].setting.shapes][-2:]
        full = self.rows - self.rows % self.chunk

        def arguments(of):
            return ", ".join([*parameters, x + of, y + of, *gradients, "alpha", "beta"])

        lines = [f"def in_chunks({arguments('')}):",
                 f"    for first in range(0, {full}, {self.chunk}):",
                 f"        accumulate({arguments(f'[first:first + {self.chunk}]')})",
                 "        beta = 1.0"]
        return "\n".join(lines + [f"    accumulate_last({arguments(f'[{full}:]')})"] * (full < self.rows))


def _chunk(functions, rows):
    """How many samples go at a time: all, unless they are so many that their values leave the cache.

    A penalty counts once for a batch, and samples in columns cannot be cut without a copy: then all go at once.
    """
    network = functions.network
    values = sum(_entries(network, "xa"))
    if network.options.l2 or functions.layout.notation.samples == "columns":
        return rows
    return ceil(rows / max(1, round(rows / max(FEWEST, CACHED // values))))
