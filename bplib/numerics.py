"""The functions that generated code calls, exact to rounding for |z| up to 1000 and more, without a warning.

Each takes arrays of any shape; softmax and log_softmax work along one axis, the last by default.  `analytic()` gives
the same functions by their plain formulas, which also take complex numbers: the complex step needs that.
"""
from functools import lru_cache

import numpy as np
import scipy.special
import sympy as sp

from .activations import TABLE


def softplus(z):
    """ln(1 + e^z)"""
    return np.logaddexp(0, z)


def relu(z):
    return np.maximum(z, 0)


def leaky_relu(z, alpha):
    return np.where(z > 0, z, alpha * z)


def elu(z, alpha):
    return np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0)))


def silu(z):
    return z * scipy.special.expit(z)


def gelu(z):
    return z * scipy.special.ndtr(z)


def normal_pdf(z):
    """Density of the standard normal"""
    return np.exp(-z**2 / 2) / np.sqrt(2 * np.pi)


KERNELS = {
    "np": np, "abs": np.abs, "identity": lambda z: z, "tanh": np.tanh, "sigmoid": scipy.special.expit,
    "relu": relu, "leaky_relu": leaky_relu, "softplus": softplus, "elu": elu, "silu": silu, "gelu": gelu,
    "normal_cdf": scipy.special.ndtr, "normal_pdf": normal_pdf,
    "softmax": lambda z, axis=-1: scipy.special.softmax(z, axis=axis),
    "log_softmax": lambda z, axis=-1: scipy.special.log_softmax(z, axis=axis),
}


def _by_formula(row):
    z, parameters = sp.Dummy("z"), [sp.Dummy("alpha") for _ in row.parameters]
    return sp.lambdify([z, *parameters], row.formula(z, *parameters), ["scipy", "numpy"])


def _shifted(z, axis):
    return z - np.real(z).max(axis=axis, keepdims=True)


def _log_softmax(z, axis=-1):
    return _shifted(z, axis) - np.log(np.exp(_shifted(z, axis)).sum(axis=axis, keepdims=True))


@lru_cache(maxsize=1)
def analytic():
    """The kernels by their plain formulas: slower, and made for moderate z, but right for complex z too."""
    return {
        **KERNELS,
        **{row.function.__name__: _by_formula(row) for row in TABLE.values() if row.formula},
        "abs": lambda x: np.where(np.real(x) < 0, -x, x),
        "softmax": lambda z, axis=-1: np.exp(_log_softmax(z, axis)), "log_softmax": _log_softmax,
    }
