"""What a formula is worth in numbers: an array over its free indices, at points where sizes and numbers are generic.

Arrays carry the names of their axes, so an index may have any letter, and one that is not summed simply stays.
"""
from dataclasses import dataclass
from functools import cached_property, lru_cache, reduce

import numpy as np
import scipy.special
import sympy as sp

from ..activations import TABLE, Activated, Slope, normal_cdf, normal_pdf, plain
from ..equations import indices_of, j, name_of, place_in_sum
from ..meaning import Values
from .tree import Binary, Call, Entry, Index, Negative, Number, Sum, walk

SAMPLE = "s"


class Misfit(ValueError):
    """An index runs over two different ranges, or beyond the end of an array."""


@dataclass(frozen=True)
class Array:
    """values with one axis for each name in `axes`."""

    axes: tuple
    values: np.ndarray

    def over(self, axes):
        """The values with axes in the given order, of length 1 where the array has none of that name."""
        order = [self.axes.index(at) for at in axes if at in self.axes]
        values = self.values.transpose(order)
        return values.reshape([self.values.shape[self.axes.index(at)] if at in self.axes else 1 for at in axes])


@dataclass(frozen=True)
class Stored:
    """An array of a network at a point: its own indices first, then those that it brings along unsummed.

    first   of a weight: what the unit does whose index stands first
    """

    values: np.ndarray
    rank: int
    extra: tuple = ()
    first: str = "receives"

    def full(self, indices):
        """Indices as written, with the sample's in front where it was left out."""
        return (SAMPLE,) * (self.rank - len(indices)) + tuple(indices)

    @property
    def other_way_round(self):
        """The array of a weight with its two indices exchanged."""
        return Stored(self.values.T, self.rank, self.extra, "sends" if self.first == "receives" else "receives")

    def changed(self, order="C"):
        """The array with its first entry times 2, the next times 3/2, then 4/3 and so on.  `order` as in NumPy."""
        factors = 1 + 1 / np.arange(1, self.values.size + 1)
        return Stored(factors.reshape(self.values.shape, order=order) * self.values, self.rank, self.extra, self.first)


class Later(Stored):
    """An array that is computed when it is first asked for: `compute()` gives the values."""

    def __init__(self, compute, rank):
        self.__dict__.update(compute=compute, rank=rank)

    @cached_property
    def values(self):
        return self.compute()


# functions

def _of_activation(make):
    """A function on arrays from a formula of `activations`, by way of `meaning`."""
    z = sp.IndexedBase("z", real=True)[j]
    formula = make(z)

    def function(values):
        flat = Values({"z": np.reshape(values, (-1, 1))}, {})(formula, {z.indices[0]: np.size(values)})
        return np.real(flat[..., 0]).reshape(np.shape(values))

    return function


def function(name):
    """The NumPy function behind a name; a prime at the end marks the derivative."""
    if name in NUMPY:
        return NUMPY[name]
    plain = name.removesuffix("'")
    row = next((row for row in TABLE.values() if row.function and row.as_typed == plain), None)
    return _by_name(plain, row, name.endswith("'"))


@lru_cache(maxsize=None)
def _by_name(name, row, prime):
    """The function of a row of the table, or else SymPy's function of that name, or its derivative."""
    if row is None:
        z = sp.Dummy("z", real=True)
        formula = SYMPY[name](z) if name in SYMPY else getattr(sp, name)(z)
        return sp.lambdify(z, sp.diff(formula, z) if prime else formula, ["scipy", "numpy"])
    return _of_activation(lambda z: Slope(row(z)) if prime else row(z))


NUMPY = {"exp": np.exp, "exp'": np.exp, "log": np.log, "sqrt": np.sqrt, "abs": np.abs, "cosh": np.cosh,
         "sinh": np.sinh, "sech": lambda z: 1 / np.cosh(z), "tanh": np.tanh, "sign": np.sign, "sigmoid": scipy.special.expit,
         "sigmoid'": lambda z: scipy.special.expit(z) * scipy.special.expit(-z),
         "tanh'": lambda z: 1 - np.tanh(z)**2, "relu": lambda z: np.maximum(z, 0), "relu'": lambda z: (z > 0) * 1.0,
         "identity": lambda z: z, "identity'": np.ones_like,
         "softplus": lambda z: np.logaddexp(0, z), "softplus'": scipy.special.expit}
SYMPY = {"normal_cdf": lambda z: normal_cdf(z).formula(), "normal_pdf": lambda z: normal_pdf(z).formula()}

OPERATORS = {
    "+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "^": np.power,
    "=": np.equal, "≠": np.not_equal, "<": np.less, ">": np.greater, "≤": np.less_equal, "≥": np.greater_equal,
}


# evaluation

def evaluate(tree, arrays, ranges=None):
    """The value of a tree: an `Array` over its free indices.

    arrays   name → `Stored`
    ranges   letter → how far it runs, for one that stands in a condition only
    Misfit where an index would have to run over two ranges
    """
    with np.errstate(all="ignore"):
        return _value(tree, arrays, _Ranges(tree, arrays, ranges or {}))


def _value(node, arrays, ranges):
    return _VALUE[type(node)](node, arrays, ranges)


def _entry(node, arrays, ranges):
    stored = arrays[node.name]
    values, letters = stored.values, []
    for axis, at in reversed(list(enumerate(stored.full(node.indices)))):
        if isinstance(at, int):
            if at > values.shape[axis]:
                raise Misfit(_no_such_unit(node, values.shape[axis], at, stored.first))
            values = values.take(at - 1, axis)
        else:
            letters.insert(0, at)
    letters = (*letters, *stored.extra)
    return Array(letters, values) if len(set(letters)) == len(letters) else _diagonal(letters, values, node)


def _no_such_unit(node, units, at, first):
    number = "one unit" if units == 1 else f"{units} units"
    turned = f"; the unit that {first} stands first, {node.name}[{node.indices[1]},{node.indices[0]}]" if (
        node.name.startswith("W") and len(node.indices) == 2) else ""
    return f"{node.name} has {number} in that place, so there is no number {at}{turned}"


def _diagonal(letters, values, node):
    lengths = {}
    for at, length in zip(letters, values.shape):
        if lengths.setdefault(at, length) != length:
            raise Misfit(f"in {node.name} the index {at} stands for two kinds of units at once")
    kept = tuple(lengths)
    numbers = [kept.index(at) for at in letters]
    return Array(kept, np.einsum(values, numbers, list(range(len(kept)))))


def _binary(node, arrays, ranges):
    left, right = _value(node.left, arrays, ranges), _value(node.right, arrays, ranges)
    axes = (*left.axes, *(at for at in right.axes if at not in left.axes))
    both = left.over(axes), right.over(axes)
    for at, n, m in zip(axes, both[0].shape, both[1].shape):
        if n != m and at in left.axes and at in right.axes:
            raise Misfit(f"the index {at} counts two different things: it runs to {n} in one place and to {m} in "
                         "another")
    return Array(axes, np.asarray(OPERATORS[node.operator](*both), float))


def _sum(node, arrays, ranges):
    body = _value(node.body, arrays, ranges)
    if node.index not in body.axes:
        return Array(body.axes, body.values * ranges.samples)
    at = body.axes.index(node.index)
    return Array(body.axes[:at] + body.axes[at + 1:], body.values.sum(axis=at))


def _call(node, arrays, ranges):
    argument = _value(node.argument, arrays, ranges)
    return Array(argument.axes, np.asarray(function(node.function)(argument.values), float))


def _negative(node, arrays, ranges):
    array = _value(node.of, arrays, ranges)
    return Array(array.axes, -array.values)


_VALUE = {
    Number: lambda node, arrays, ranges: Array((), np.asarray(node.value)),
    Index: lambda node, arrays, ranges: Array((node.name,), np.arange(1.0, ranges[node.name] + 1)),
    Entry: _entry, Binary: _binary, Sum: _sum, Call: _call, Negative: _negative,
}


class _Ranges:
    """How far each index of a formula runs, for a condition in which it stands as a number."""

    def __init__(self, tree, arrays, known):
        self.tree, self.arrays, self.known = tree, arrays, known

    @property
    def samples(self):
        if "N" not in self.arrays:
            raise Misfit("a sum runs over the samples, but there are none here")
        return float(self.arrays["N"].values)

    def __getitem__(self, index):
        for node in walk(self.tree):
            if isinstance(node, Entry) and index in node.indices:
                stored = self.arrays[node.name]
                return stored.values.shape[stored.full(node.indices).index(index)]
        if index in self.known:
            return self.known[index]
        raise Misfit(f"the index {index} stands in a condition only, so nothing says how far it runs")


# right answers, from the derivation's own expressions

RELATIONS = {sp.StrictGreaterThan: ">", sp.GreaterThan: "≥", sp.StrictLessThan: "<", sp.LessThan: "≤"}


def tree_of(e):
    """The tree of a SymPy expression over entries."""
    if isinstance(e, sp.Sum):
        body = tree_of(e.function)
        for at, *_ in e.limits:
            body = Sum(at.name, body)
        return body
    if isinstance(e, sp.Indexed):
        return Entry(name_of(e), tuple(int(at) if at.is_Integer else at.name for at in indices_of(e)))
    if isinstance(e, sp.Add):
        return _added(sorted(e.args, key=place_in_sum))
    if isinstance(e, sp.Mul):
        return Negative(tree_of(-e)) if e.as_coeff_Mul()[0].is_negative else reduce(_times, map(tree_of, e.args))
    if isinstance(e, sp.Pow):
        return Binary("^", tree_of(e.base), Number(float(e.exp)))
    if isinstance(e, (Slope, Activated)) and len((e.args[0] if isinstance(e, Slope) else e).args) > 1:
        return tree_of(plain(e))  # a function with a parameter, which no name says
    if isinstance(e, Slope):
        return Call(e.args[0].row.as_typed + "'", tree_of(e.args[0].args[0]))
    if isinstance(e, Activated):
        return Call(e.row.as_typed, tree_of(e.args[0]))
    if isinstance(e, sp.KroneckerDelta):
        return Binary("=", *(Index(at.name) if at.is_Symbol else tree_of(at) for at in e.args))
    if type(e) in RELATIONS:
        return Binary(RELATIONS[type(e)], tree_of(e.lhs), tree_of(e.rhs))
    if isinstance(e, sp.Piecewise):
        (then, condition), *rest = e.args
        otherwise = sp.Piecewise(*rest)
        holds = tree_of(condition)
        return Binary("+", Binary("*", holds, tree_of(then)),
                      Binary("*", Binary("-", Number(1.0), holds), tree_of(otherwise)))
    if isinstance(e, sp.Function):
        return Call(CALLED.get(type(e).__name__, type(e).__name__), tree_of(e.args[0]))
    return Number(float(e)) if e.is_number else Entry(e.name)


CALLED = {"Abs": "abs"}
"""SymPy's names of functions that have another name here."""


def _added(terms):
    tree = tree_of(terms[0])
    for term in terms[1:]:
        minus = term.could_extract_minus_sign()
        tree = Binary("-" if minus else "+", tree, tree_of(-term if minus else term))
    return tree


def _times(left, right):
    return Binary("*", left, right)
