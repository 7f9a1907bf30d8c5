"""What rounding may have done to a result: generated code runs on values that carry an estimate of their error.

This is running error analysis (Wilkinson 1963; Higham, Accuracy and Stability of Numerical Algorithms, 2002, ch. 3).
A `Bounded` array holds, beside each value v, how far a program in the given precision may be from it.  With the unit
roundoff u (half the distance from 1 to the next float):

    a + b         errors add, and u|v| for rounding the result; products and quotients likewise, to first order
    g(z)          the largest change of g as z moves by its error and by u|z|, and u|g(z)|; so a saturated unit
                  keeps an error of u, although its slope is tiny.  An activation that is computed by the formula of
                  its row has the roundings within the formula besides: z + √(z² + 4) cancels for z ≪ 0
    sums, a @ b   errors of the summands add up, since samples that are alike are rounded alike; the roundings of the
                  sum itself add up in squares (Higham and Mary 2019, doi:10.1137/18M1226312)
    z > 0         uncertain where |z| is within its error; `where` then allows for both of its values

That is what is likely, not a bound, so u is taken `GENEROUS` times.
"""
from dataclasses import dataclass
from functools import partial
from itertools import product

import numpy as np
import sympy as sp

from .activations import TABLE
from .numerics import KERNELS, kernels

GENEROUS = 3
"""How much larger than its likely size an error may be.  The largest seen in the tests is about a third of that."""


@dataclass(frozen=True)
class Arithmetic:
    """The floats that a program computes with.

    dtype     np.float64, np.float32 or np.float16
    corners   whether z = 0 exactly counts as uncertain, as where ReLU has more than one slope that is right
    """

    dtype: type = np.float64
    corners: bool = False

    @property
    def unit(self):
        """Unit roundoff u, times GENEROUS."""
        return GENEROUS * float(np.finfo(self.dtype).eps) / 2

    def rounded(self, value, error, lost=False, parts=1.0):
        """A `Bounded` for a value that has just been rounded.

        lost    where a value of 0 may come from underflow
        parts   the largest number by which something that may have underflowed was multiplied on the way
        """
        limits, size = np.finfo(self.dtype), np.abs(value)
        smallest = float(limits.smallest_normal) * parts  # some hardware rounds what is smaller to 0
        below = (size < smallest) & ((size > 0) | (np.asarray(error) > 0) | lost)
        error = error + self.unit * size + smallest * below
        return Bounded(value, np.where(size > float(limits.max), np.inf, error), self)


class _Dispatched(np.lib.mixins.NDArrayOperatorsMixin):
    """NumPy's functions, called with one of these, look up what to do in tables of this module."""

    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        if method != "__call__" or options:
            return NotImplemented
        arithmetic = next(x.arithmetic for x in inputs if isinstance(x, _Dispatched))
        return UFUNCS.get(ufunc, partial(_elementwise, ufunc))(*(_bounded(x, arithmetic) for x in inputs))

    def __array_function__(self, function, types, arguments, options):
        return FUNCTIONS[function](*arguments, **options) if function in FUNCTIONS else NotImplemented


class Bounded(_Dispatched):
    """An array of values, and how far each may be from what another order of the same computation gives.

    value        the array, in double precision
    error        estimates, not negative, of the same shape; the number 0.0 where all are exact
    arithmetic   the `Arithmetic` in which the other computation runs
    """

    def __init__(self, value, error=0.0, arithmetic=Arithmetic()):
        self.value, self.error, self.arithmetic = np.asarray(value), np.asarray(error), arithmetic

    def _rearranged(self, change):
        return Bounded(change(self.value), change(self.error) if self.error.ndim else self.error, self.arithmetic)

    def __len__(self):
        return len(self.value)

    def __getitem__(self, at):
        return self._rearranged(lambda array: array[at])

    @property
    def shape(self):
        return self.value.shape

    @property
    def T(self):
        return self._rearranged(np.transpose)

    def sum(self, axis=None):
        value, size = self.value.sum(axis=axis), np.abs(self.value)
        inherited = np.broadcast_to(self.error, self.shape).sum(axis=axis) if self.error.any() else 0.0
        terms, largest = self.value.size // max(1, value.size), _largest(size)
        fresh = np.hypot(largest * np.sqrt(np.square(size / largest).sum(axis=axis)), value)
        return self.arithmetic.rounded(value, inherited + self.arithmetic.unit * np.sqrt(terms) * fresh)


@dataclass(frozen=True)
class Condition(_Dispatched):
    """Where something holds, and where that is certain."""

    holds: np.ndarray
    certain: np.ndarray
    arithmetic: Arithmetic


def _bounded(x, arithmetic):
    return x if isinstance(x, _Dispatched) else Bounded(x, 0.0, arithmetic)


def _largest(array):
    """The largest entry, to divide by before squares are taken: they could become too small or too large for floats."""
    largest = np.max(np.abs(array), initial=0.0)
    return largest if np.isfinite(largest) and largest > 0 else 1.0


# NumPy's functions

def _add(a, b, sign=1):
    return a.arithmetic.rounded(a.value + sign * b.value, a.error + b.error)


def _multiply(a, b):
    error = np.abs(a.value) * b.error + a.error * np.abs(b.value) + a.error * b.error
    return a.arithmetic.rounded(a.value * b.value, error, (a.value != 0) & (b.value != 0))


def _divide(a, b):
    value = a.value / b.value
    room = np.abs(b.value) - b.error
    error = np.where(room > 0, (a.error + np.abs(value) * b.error) / room, np.inf)
    return a.arithmetic.rounded(value, error, a.value != 0)


def _negative(a):
    return Bounded(-a.value, a.error, a.arithmetic)


def _matmul(a, b):
    """a @ b: the errors of both factors, and k products and additions that are rounded."""
    value, error = a.value @ b.value, 0.0
    if b.error.any():
        error = np.abs(a.value) @ np.broadcast_to(b.error, b.shape)
    if a.error.any():
        error = error + np.broadcast_to(a.error, a.shape) @ (np.abs(b.value) + b.error)
    fresh = np.hypot(_in_squares(a.value, b.value), value)
    return a.arithmetic.rounded(value, error + a.arithmetic.unit * np.sqrt(a.shape[-1]) * fresh)


def _in_squares(a, b):
    """√(a² @ b²)"""
    of_a, of_b = _largest(a), _largest(b)
    return of_a * of_b * np.sqrt(np.square(a / of_a) @ np.square(b / of_b))


def _elementwise(function, x, *parameters):
    """A function of numbers, entry by entry: what errors of its arguments do to it, and rounding of x on the way."""
    size = np.abs(x.value)
    moving = [(x.value, x.error + x.arithmetic.unit * size), *((p.value, p.error) for p in parameters)]
    return x.arithmetic.rounded(*_moved(function, moving), size > 0, 1 + size)


def _piecewise_linear(function, *given):
    """The same for |z| and maxima: nothing is rounded."""
    return Bounded(*_moved(function, [(x.value, x.error) for x in given]), given[0].arithmetic)


def _moved(function, given):
    """The value of a function and its largest change, as all its arguments (value, error) move by their errors."""
    value, error = function(*(v for v, _ in given)), 0.0
    for moved in product(*([v - e, v + e] if np.any(e) else [v] for v, e in given)):
        error = np.maximum(error, np.abs(function(*moved) - value))
    return value, error


def _compare(ufunc, a, b):
    distance, error = np.abs(a.value - b.value), a.error + b.error
    exact_tie = (distance == 0) & (error == 0)
    certain = (distance > error) | (exact_tie & (not a.arithmetic.corners))
    return Condition(ufunc(a.value, b.value), certain, a.arithmetic)


def _sign(a):
    value, certain = np.sign(a.value), _compare(np.greater, a, _bounded(0.0, a.arithmetic)).certain
    return Bounded(value, np.where(certain, 0.0, 1 + np.abs(value)), a.arithmetic)


def _where(condition, then, otherwise):
    condition = _bounded(condition, Arithmetic())
    if isinstance(condition, Bounded):
        condition = Condition(condition.value.astype(bool), True, then.arithmetic)
    a, b = (_bounded(x, condition.arithmetic) for x in (then, otherwise))
    value, error = (np.where(condition.holds, *pair) for pair in ((a.value, b.value), (a.error, b.error)))
    both = np.maximum(a.error, b.error) + np.abs(a.value - b.value)
    return Bounded(value, np.where(condition.certain, error, both), condition.arithmetic)


def _together(stack, arrays):
    arithmetic = next(x.arithmetic for x in arrays if isinstance(x, Bounded))
    arrays = [_bounded(x, arithmetic) for x in arrays]
    return Bounded(stack([x.value for x in arrays]), stack([np.broadcast_to(x.error, x.shape) for x in arrays]),
                   arithmetic)


def _select(conditions, choices, default):
    """The pieces of a formula: NumPy's select."""
    result = default
    for condition, choice in reversed([*zip(conditions, choices)]):
        result = choice if condition is True else _where(condition, choice, result)
    return result


def _full_like(like, number):
    return Bounded(np.full_like(like.value, number), 0.0, like.arithmetic)


UFUNCS: dict = {
    np.add: _add, np.subtract: partial(_add, sign=-1), np.multiply: _multiply, np.divide: _divide,
    np.negative: _negative, np.matmul: _matmul, np.sign: _sign,
    **{ufunc: partial(_piecewise_linear, ufunc) for ufunc in (np.absolute, np.maximum, np.minimum)},
    **{ufunc: partial(_compare, ufunc) for ufunc in (np.greater, np.greater_equal, np.less, np.less_equal)},
}
FUNCTIONS = {np.where: _where, np.select: _select, np.full_like: _full_like, np.vstack: partial(_together, np.vstack),
             np.column_stack: partial(_together, np.column_stack)}


# the functions that generated code calls

def _softmax_moves(z, axis):
    """By how much ln softmax may change: each z_j and the largest error among the others, times 1 − a_j while small."""
    error = np.broadcast_to(z.error, z.shape) + z.arithmetic.unit * np.abs(z.value)
    both = error + error.max(axis=axis, keepdims=True)
    rest = 1 - np.exp(KERNELS["log_softmax"](z.value, axis=axis))
    return np.where(both < 0.2, 1.25 * np.maximum(rest, 0) * both, both)


def _softmax(z, axis=-1):
    if z.shape[axis] == 1:
        return Bounded(np.ones(z.shape), 0.0, z.arithmetic)
    value, moves = KERNELS["softmax"](z.value, axis=axis), _softmax_moves(z, axis)
    return z.arithmetic.rounded(value, np.minimum(1.0, value * np.expm1(moves)), True)


def _log_softmax(z, axis=-1):
    if z.shape[axis] == 1:
        return Bounded(np.zeros(z.shape), 0.0, z.arithmetic)
    value = KERNELS["log_softmax"](z.value, axis=axis)
    return z.arithmetic.rounded(value, _softmax_moves(z, axis), True)


def _by_formula(row, named):
    """The activation of a row without a function of its own: what rounding does within its formula comes on top."""
    z, parameters = sp.Dummy("z"), [sp.Dummy("alpha") for _ in row.parameters]
    formula = sp.lambdify([z, *parameters], row.evaluated(z, *parameters), [named, "scipy", "numpy"])

    def function(z, *given):
        result = named[row.in_code](z, *given)
        try:
            within = _bounded(formula(Bounded(z.value, 0.0, z.arithmetic), *given), z.arithmetic)
        except (TypeError, NameError, AttributeError):  # the formula calls what has no rule here
            return result
        return Bounded(result.value, result.error + within.error, z.arithmetic)

    return function


def bounded_kernels():
    """The kernels of generated code, for `Bounded` arrays; to be given to `NumericFunction.with_kernels`."""
    def on_bounded(function):
        return lambda z, *given: _elementwise(function, z, *(_bounded(x, z.arithmetic) for x in given))

    named = {name: on_bounded(function) for name, function in kernels().items()}
    by_formula = {row.in_code: _by_formula(row, named) for row in TABLE.values()
                  if row.formula and row.in_code not in KERNELS}
    return {**named, **by_formula,
            "np": np, "abs": np.abs, "identity": lambda z: z, "relu": lambda z: np.maximum(z, 0),
            "softmax": _softmax, "log_softmax": _log_softmax}


def bounded(function):
    """A `NumericFunction`, such as the gradients of a network, as a function that returns `Bounded` arrays.

    That one takes arrays as the raw function does (they count as exact) and an `Arithmetic`; it returns a list with
    the estimate of the error for every entry of every output: infinite where the code calls something without a rule.

    >>> from bplib import dense, generate
    >>> gradients = bounded(generate(dense([1, 1], "sigmoid", bias=False)).gradients)
    >>> (dW1,) = gradients([np.array([[100.0]]), np.array([[1.0]]), np.array([[0.0]])])
    >>> bool(dW1.value[0, 0] == 0), bool(0 < dW1.error[0, 0] < 1e-14)    # a(1 − a) for a = 1: nothing but rounding
    (True, True)
    """
    raw = function.with_kernels(bounded_kernels())

    def computed(arrays, arithmetic=Arithmetic()):
        given = [Bounded(a, 0.0, arithmetic) if np.asarray(a).dtype.kind == "f" else a for a in arrays]
        with np.errstate(all="ignore"):
            try:
                results = raw(*given)
            except TypeError:  # NumPy's answer to a function that is in neither table
                results = [Bounded(value, np.asarray(np.inf), arithmetic) for value in function.raw(*arrays)]
            return [_entry_by_entry(_bounded(result, arithmetic)) for result in results]

    return computed


def _entry_by_entry(result):
    """The result with an error for each entry; what is no number may be anything."""
    error = np.where(np.isnan(result.error), np.inf, np.broadcast_to(result.error, result.shape))
    return Bounded(result.value, error, result.arithmetic)
