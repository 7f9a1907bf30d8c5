"""One activation or loss by itself, as NumPy functions: its values, its derivative, its LaTeX.

>>> sigmoid = function("sigmoid")
>>> sigmoid(0.0), sigmoid.derivative(0.0)
(0.5, 0.25)
"""
from functools import cached_property
from collections.abc import Callable

import numpy as np
import scipy.special
import sympy as sp
from numpy.typing import ArrayLike

from .activations import BUILT_IN
from .activations import TABLE as ACTIVATIONS
from .activations import activation
from .errors import InputError, unknown_name
from .inputs import checked_array
from .losses import TABLE as LOSSES
from .losses import loss
from .numerics import KERNELS, analytic, in_numbers, kernels, quiet

STEP = 1e-30
"""Complex step: g'(z) = Im g(z + ih)/h, exact to rounding (Squire and Trapp 1998, doi:10.1137/S003614459631241X)."""


class _Function:
    """What activations and losses share."""

    def __init__(self, row):
        self.row, self.name = row, row.name

    def __repr__(self):
        return f"<{self.name}>"

    def _repr_latex_(self):
        return rf"$\displaystyle {self.latex()}$"


class ActivationFunction(_Function):
    """An activation a = g(z) that works on each number."""

    def __call__(self, z: ArrayLike) -> np.ndarray:
        """g(z): floats, in the shape of z.  InputError for what is not an array of finite numbers."""
        return self._computed(kernels(), checked_array("z", z))

    def derivative(self, z: ArrayLike) -> np.ndarray:
        """g'(z), in the shape of z; at a kink the one from the left."""
        z = checked_array("z", z)
        if self.name in BUILT_IN:
            return np.imag(self._computed(analytic(), z + 1j * STEP)) / STEP
        return self._slope(z, self._computed(kernels(), z))

    @cached_property
    def _slope(self) -> Callable:
        """The slope of a row that was added, as generated code has it: a function of z and a = g(z)."""
        z_a = sp.symbols("z a", real=True)
        return in_numbers(z_a, self.row.slope(*z_a, *self.row.parameters), kernels())

    def latex(self) -> str:
        """g(z) = its formula."""
        formula = self.row.formula(sp.Symbol("z", real=True), *self.row.parameters)
        return rf"{self.row.symbol}\left(z\right) = {sp.latex(formula, ln_notation=True)}"

    def _computed(self, known, z):
        return known[self.row.in_code](z, *map(float, self.row.parameters))[()]


class SoftmaxFunction(_Function):
    """exp(z_j) / Σ_k exp(z_k), along the last axis."""

    def __call__(self, z: ArrayLike) -> np.ndarray:
        """The outputs a, in the shape of z, (…, n).  InputError for a single number."""
        return kernels()["softmax"](self._layer(z))

    @quiet
    def derivative(self, z: ArrayLike) -> np.ndarray:
        """The Jacobian ∂a_i/∂z_j = a_i ([i = j] − a_j), of shape (…, n, n) with i before j."""
        a = self(z)
        return a[..., :, None] * (np.eye(a.shape[-1]) - a[..., None, :])

    def latex(self) -> str:
        """softmax(z)_j = its formula."""
        return rf"{self.row.symbol}\left(z\right)_{{j}} = \frac{{e^{{z_{{j}}}}}}{{\sum_{{k=1}}^{{n}} e^{{z_{{k}}}}}}"

    @staticmethod
    def _layer(z):
        z = checked_array("z", z)
        if z.ndim == 0 or z.shape[-1] == 0:
            raise InputError("softmax looks at the units of a layer together: z has the shape (…, n), with n numbers "
                             f"along its last axis; given: shape {z.shape}.")
        return z


class LossFunction(_Function):
    """What one output a with the target y adds to the cost of a sample, entry by entry."""

    def __call__(self, a: ArrayLike, y: ArrayLike | None = None) -> np.ndarray:
        """The terms: floats, in the shape of a and y; one of the two may be a single number.

        A loss without targets takes a alone.  InputError where shapes differ, or where there is no such term.
        """
        return self._computed(self._term, a, y)

    def derivative(self, a: ArrayLike, y: ArrayLike | None = None) -> np.ndarray:
        """∂term/∂a, in the shape of a and y."""
        return self._computed(self._slope, a, y)

    def latex(self) -> str:
        """The term, as a formula of a and y."""
        return sp.latex(self.row(*_A_Y), ln_notation=True)

    @cached_property
    def _term(self) -> Callable:
        return in_numbers(_A_Y, _without_0_times_infinity(self.row.evaluated(*_A_Y)), _KNOWN)

    @cached_property
    def _slope(self) -> Callable:
        return in_numbers(_A_Y, _without_0_times_infinity(self.row.differentiated(*_A_Y)), _KNOWN)

    def _computed(self, formula, a, y):
        a, y = self._checked(a, y)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):  # what is infinite is told as inf
            values = formula(a, y)
        if np.isnan(values).any():
            at = tuple(np.argwhere(np.isnan(values))[0])
            a, y = (np.broadcast_to(array, values.shape)[at] for array in (a, y))
            raise InputError(f"{self.name} has no value at a = {a:g}, y = {y:g}.")
        return values

    def _checked(self, a, y):
        if (y is None) != (self.row.targets == "none"):
            raise InputError(f"{self.name} is a function of {'a alone' if y is not None else 'a and y'}.")
        a, y = checked_array("a", a), checked_array("y", 0.0 if y is None else y)
        if a.ndim and y.ndim and a.shape != y.shape:
            raise InputError(f"a has shape {a.shape} and y has shape {y.shape}: each output has a target of its own, "
                             "so their shapes are equal, or one of them is a single number.")
        return a, y


_A_Y = sp.symbols("a y", real=True)


class xlogy(sp.Function):
    """c ln x, and 0 where c = 0."""


class xlog1py(sp.Function):
    """c ln(1 + x), and 0 where c = 0."""


class quotient(sp.Function):
    """c / x, and 0 where c = 0."""


@quiet
def _quotient(c, x):
    return np.where(np.equal(c, 0), 0.0, np.divide(c, x))


_KNOWN = {**KERNELS, "abs": np.abs, "log1p": np.log1p, "xlogy": scipy.special.xlogy,
          "xlog1py": scipy.special.xlog1py, "quotient": _quotient}


def _without_0_times_infinity(formula):
    """A formula with each c ln x and c/x as 0 where c = 0: an output that is 0 costs nothing where its target is 0."""
    def written(product):
        logs = [f for f in product.args if isinstance(f, sp.log)]
        below = [f for f in product.args if f.is_Pow and f.exp == -1]
        for part, make in ((logs, _times_log), (below, lambda c, f: quotient(c, f.base))):
            if len(part) == 1:
                return make(product / part[0], part[0])
        return product

    return formula.replace(lambda e: e.is_Mul, written)


def _times_log(c, log):
    inside = log.args[0]
    return xlog1py(c, inside - 1) if inside.is_Add and 1 in inside.args else xlogy(c, inside)


def function(name: str, **parameter: float) -> ActivationFunction | SoftmaxFunction | LossFunction:
    """An activation or a loss as a function of arrays.

    name        of a row of `activations.TABLE`: the function takes z, and so does its `derivative`; or of a row of
                `losses.TABLE`: both take an output a and its target y, and `derivative` is that with respect to a
    parameter   alpha= of leaky relu and elu, factor= of squared error, threshold= of Huber error

    Arrays may have any shape; what comes back are floats.  `latex()` gives the formula.

    >>> function("leaky relu", alpha=0.2)([-1.0, 3.0])
    array([-0.2,  3. ])
    >>> function("Huber error", threshold=2).derivative([5.0, 0.5], 0.0)
    array([2. , 0.5])

    InputError for a name or a parameter that is not there, and for an activation that is left open.
    """
    if isinstance(name, str) and name in ACTIVATIONS:
        row = activation(name, **parameter)
        if row.abstract:
            raise InputError(f"{name!r} leaves the activation open, so there are no numbers. Choose one, such as "
                             "'sigmoid'.")
        return ActivationFunction(row) if row.elementwise else SoftmaxFunction(row)
    if isinstance(name, str) and name.lower() in map(str.lower, LOSSES):
        return LossFunction(loss(name, **parameter))
    raise unknown_name("activation or loss", name, [*ACTIVATIONS, *LOSSES])
