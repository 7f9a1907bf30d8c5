"""The functions that generated code calls, exact to rounding for |z| up to 1000 and more, without a warning.

Each takes arrays of any shape; softmax and log_softmax work along one axis, the last by default.  `kernels()` are for
real numbers, `analytic()` gives the same functions for complex ones too: the complex step needs that.  What has no
function of its own here is computed by the formula of its row.
"""
from functools import lru_cache, wraps
from math import sqrt

import numpy as np
import scipy.special
import sympy as sp

from .activations import TABLE


def quiet(function, **also):
    """The function with numbers that are too small for floats rounded to 0, whatever `np.seterr` says.

    also   what else is harmless in it, as `np.errstate` has it
    """
    @wraps(function)
    def rounded(*arguments, **options):
        with np.errstate(under="ignore", **also):
            return function(*arguments, **options)

    return rounded


@quiet
def softplus(z):
    """ln(1 + e^z)"""
    return np.logaddexp(0, z)


def relu(z):
    return np.maximum(z, 0)


@quiet
def leaky_relu(z, alpha):
    return np.where(z > 0, z, alpha * z)


@quiet
def elu(z, alpha):
    return np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0)))


@quiet
def silu(z):
    return z * scipy.special.expit(z)


@quiet
def gelu(z):
    return z * scipy.special.ndtr(z)


@quiet
def normal_pdf(z):
    """Density of the standard normal; beyond |Re z| = 40 it is 0 to rounding, and z² is not computed."""
    near = abs(np.real(z)) < 40
    return near * np.exp(-(near * z)**2 / 2) / sqrt(2 * np.pi)


KERNELS = {
    "np": np, "abs": np.abs, "identity": lambda z: z, "tanh": np.tanh, "sigmoid": quiet(scipy.special.expit),
    "relu": relu, "leaky_relu": leaky_relu, "softplus": softplus, "elu": elu, "silu": silu, "gelu": gelu,
    "normal_cdf": quiet(scipy.special.ndtr), "normal_pdf": normal_pdf, "erf": quiet(scipy.special.erf),
    "softmax": quiet(lambda z, axis=-1: scipy.special.softmax(z, axis=axis), over="ignore"),  # e^−∞ is 0
    "log_softmax": quiet(lambda z, axis=-1: scipy.special.log_softmax(z, axis=axis)),
}


def kernels():
    """The functions of real numbers by their names in code: KERNELS, and by formula what the table has besides."""
    others = [row for row in TABLE.values() if row.formula and row.in_code not in KERNELS]
    return {**KERNELS, **{row.in_code: _real(row) for row in others}}


@lru_cache(maxsize=None)
def _real(row):
    return by_formula(row, KERNELS)


def by_formula(row, known):
    """g(z, *parameters) of a row as a NumPy function, from its stable formula or else its formula.

    known   name → function, for what the formula calls
    """
    z, parameters = sp.Dummy("z"), [sp.Dummy("alpha") for _ in row.parameters]
    return in_numbers([z, *parameters], row.evaluated(z, *parameters), known)


def in_numbers(arguments, formula, known):
    """A formula as a NumPy function of its arguments, arrays or numbers.

    A piece of a Piecewise is computed only where its condition holds, so nothing overflows in vain; for complex
    arguments the real parts decide.
    """
    formula = sp.sympify(formula)
    pieces = formula.args if isinstance(formula, sp.Piecewise) else [(formula, sp.true)]
    numeric = [[sp.lambdify(arguments, part, [known, "scipy", "numpy"]) for part in piece] for piece in pieces]

    @quiet
    def function(*given):
        arrays = np.broadcast_arrays(*given)
        values = np.empty(arrays[0].shape, np.result_type(*given, np.float32))
        left = np.ones(values.shape, bool)
        for value, condition in numeric:
            here = left & condition(*map(np.real, arrays))
            values[here] = value(*(array[here] for array in arrays))
            left &= ~here
        return values[()]

    return function


def _log1p(z):
    """ln(1 + z) for complex z, its real part too where z is small: |1 + z|² = 1 + 2 Re z + |z|²."""
    if not np.iscomplexobj(z):
        return np.log1p(z)
    x, y = np.real(z), np.imag(z)
    near = np.hypot(x, y) < 0.5
    squared = np.where(near, x * (2 + x) + y * y, 0)
    return np.where(near, np.log1p(squared) / 2, np.log(np.hypot(1 + x, y))) + 1j * np.arctan2(y, 1 + x)


def _shifted(z, axis):
    return z - np.real(z).max(axis=axis, keepdims=True)


@quiet
def _log_softmax(z, axis=-1):
    return _shifted(z, axis) - np.log(np.exp(_shifted(z, axis)).sum(axis=axis, keepdims=True))


def analytic():
    """The kernels for complex z too, for |Re z| up to 10⁶ and more: slower, each form chosen by the sign of Re z."""
    return {**KERNELS, **ANALYTIC, **{row.in_code: _complex(row) for row in TABLE.values() if row.formula}}


@lru_cache(maxsize=None)
def _complex(row):
    sigmoid = {} if row.name == "sigmoid" else {"sigmoid": _complex(TABLE["sigmoid"])}
    return by_formula(row, {**KERNELS, **ANALYTIC, **sigmoid})


ANALYTIC = {
    "abs": lambda x: np.where(np.real(x) < 0, -x, x), "sign": lambda x: np.sign(np.real(x)), "log1p": _log1p,
    "softmax": quiet(lambda z, axis=-1: np.exp(_log_softmax(z, axis))), "log_softmax": _log_softmax,
}
