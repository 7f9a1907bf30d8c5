"""Functions of one number and their slopes, in NumPy, for complex numbers too."""
from functools import lru_cache

import numpy as np
import sympy as sp

from ..activations import TABLE, plain
from ..formula.functions import NAMED

Z = sp.Symbol("z", real=True)
FORMULAS = {name: f(Z) for name, f in NAMED.items() if name != "abs"} | {
    "Phi": (1 + sp.erf(Z / sp.sqrt(2))) / 2, "density": sp.exp(-Z**2 / 2) / sp.sqrt(2 * sp.pi)}
ANY = sp.sin(Z) + sp.Rational(3, 10) * sp.cos(2 * Z)
"""Stands for an activation that is left open, as in `meaning`."""


@lru_cache(maxsize=None)
def make_all():
    """Make every function and slope that a line can name, so that no verdict has to wait for one."""
    for name in [*FORMULAS, *(name for name, row in TABLE.items() if row.elementwise)]:
        function(name, False), function(name, True)


@lru_cache(maxsize=None)
def function(name, slope, parameters=()):
    """A function by its name, or its slope, as a function of a NumPy array."""
    if name == "abs":
        return np.sign if slope else lambda z: np.where(np.real(z) < 0, -z, z)
    if name == "sign":
        return (lambda z: 0 * z) if slope else (lambda z: np.sign(np.real(z)))
    formula = FORMULAS[name] if name in FORMULAS else _of_row(TABLE[name], parameters)
    formula = plain(sp.diff(formula, Z)) if slope else formula
    return sp.lambdify(Z, formula, ["scipy", "numpy"])


def _of_row(row, parameters):
    return ANY if row.abstract else plain(row.formula(Z, *(parameters or row.parameters)))
