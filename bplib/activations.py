"""Activation functions: a table of formulas, each with its slope written by the value already computed.

In an equation an activation appears as a SymPy function, `sigmoid(z)`; its derivative is `Slope(sigmoid(z))`, which
a reader sees as σ'(z).  `formula` says what the function is, `slope` what σ'(z) is in terms of z and a = σ(z).
The two are written down separately and compared whenever a derivation uses them, so neither is trusted.

`add` puts a row of your own into the table; every part of the library then has it.
"""
import builtins
import keyword
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np
import sympy as sp
from sympy.codegen.cfunctions import expm1, log1p
from sympy.printing.printer import Printer

from .errors import InputError, unknown_name
from .inputs import as_written, checked_number
from .rows import check_formula, check_new, check_parts, check_same, check_values, check_works, in_pieces


class Activated(sp.Function):
    """g(z), or g(z, parameter).  A subclass for each row of the table."""

    row: "Activation"

    def fdiff(self, argindex=1):
        return Slope(self)


class Slope(sp.Function):
    """g'(z), written as Slope(g(z))."""

    nargs = 1


class softmax(sp.Function):
    """exp(z_j) / Σ_k exp(z_k), written softmax(z_j, j, n): j is the index that runs over the n units of the layer."""

    nargs = 3

    def formula(self):
        z, j, n = self.args
        k = sp.Symbol("k", integer=True, nonnegative=True)  # one and the same, so that equal sums are seen to be equal
        return sp.exp(z) / sp.Sum(sp.exp(z.subs(j, k)), (k, 1, n))


@dataclass(frozen=True)
class Activation:
    """One row: a function g with a = g(z).

    formula(z, *parameters)      g(z) as SymPy writes it
    slope(z, a, *parameters)     g'(z), cheap once a = g(z) is known
    stable(z, *parameters)       g(z) once more, in a form that holds for large |z|; None where `formula` does.  Pieces
                                 of a Piecewise are computed only where their conditions hold
    log, log_complement          ln a and ln(1 − a) as functions of z that hold for large |z|; None where a may be ≤ 0
    """

    name: str
    symbol: str
    formula: Callable | None = None
    slope: Callable | None = None
    parameters: tuple = ()
    log: Callable | None = None
    log_complement: Callable | None = None
    stable: Callable | None = None
    function: type | None = field(default=None, compare=False)

    def __reduce__(self):
        return _row_called, (self.name, self.parameters)

    def __call__(self, z, unit=None, size=None):
        """The activation of the pre-activation z; `unit` and `size` are the index of z and how far it runs."""
        if self.function is softmax:
            return softmax(z, unit, size)
        return self.function(z, *self.parameters)

    @property
    def elementwise(self):
        return self.function is not softmax

    @property
    def abstract(self):
        return self.elementwise and self.formula is None

    @property
    def in_code(self):
        """Its name in generated code."""
        return self.function.__name__

    @property
    def as_typed(self):
        """Its name in formulas that a learner types, where spaces would part it."""
        return self.name if self.name in BUILT_IN else self.in_code

    def evaluated(self, z, *parameters):
        """g(z) as it is best computed: the stable form, where there is one, or else the formula."""
        return (self.stable or self.formula)(z, *parameters)


def _row_called(name, parameters):
    """A row of the table, when it comes from another process or from a file."""
    if name not in TABLE:
        raise InputError(f"What is read has the activation {name!r}, which is not in the table here: add it first.")
    return replace(TABLE[name], parameters=parameters)


def __getattr__(name):
    """The SymPy function of a row, by its name in code: pickle looks it up here."""
    for row in globals().get("TABLE", {}).values():
        if row.function is not None and row.in_code == name:
            return row.function
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}, and there is no activation of this name. "
                         "One that was added to the table elsewhere has to be added here too.")


def _row(name, symbol, formula, slope, parameters=(), in_code=None, **more):
    function = type(in_code or name.replace(" ", "_"), (Activated,), {})
    function.row = Activation(name, symbol, formula, slope, parameters, function=function, **more)
    return function.row


def _where_positive(then, otherwise, z):
    return sp.Piecewise((then, z > 0), (otherwise, True))


softplus_row = _row(
    "softplus", r"\operatorname{softplus}", lambda z: sp.log(1 + sp.exp(z)), lambda z, a: inner(z),
    stable=lambda z: _where_positive(z + log1p(sp.exp(-z)), log1p(sp.exp(z)), z))
softplus = softplus_row.function
sigmoid_row = _row(
    "sigmoid", r"\sigma", lambda z: 1 / (1 + sp.exp(-z)), lambda z, a: a * (1 - a),
    stable=lambda z: _where_positive(1 / (1 + sp.exp(-z)), sp.exp(z) / (1 + sp.exp(z)), z),
    log=lambda z: -softplus(-z), log_complement=lambda z: -softplus(z))
sigmoid = sigmoid_row.function
inner: type = type("sigmoid", (Activated,), {"row": sigmoid_row, "__qualname__": "inner"})
"""The sigmoid as a part of another activation's slope.  It is computed in the same way; it is another class because a
text with one letter for the activation of a layer cannot write it with that letter."""


class normal_cdf(sp.Function):
    """Φ(z), the distribution function of the standard normal."""

    nargs = 1

    def fdiff(self, argindex=1):
        return normal_pdf(self.args[0])

    def formula(self):
        return (1 + sp.erf(self.args[0] / sp.sqrt(2))) / 2


class normal_pdf(sp.Function):
    """φ(z), the density of the standard normal, the slope of Φ."""

    nargs = 1

    def fdiff(self, argindex=1):
        return -self.args[0] * self

    def formula(self):
        return sp.exp(-self.args[0]**2 / 2) / sp.sqrt(2 * sp.pi)


class log_softmax(sp.Function):
    """ln softmax(z_j), written log_softmax(z_j, j, n)."""

    nargs = 3


TABLE = {row.name: row for row in (
    _row("identity", r"\operatorname{id}", lambda z: z, lambda z, a: sp.S.One),
    sigmoid_row,
    _row("tanh", r"\tanh", sp.tanh, lambda z, a: 1 - a**2),
    _row("relu", r"\operatorname{ReLU}", lambda z: _where_positive(z, 0, z), lambda z, a: _where_positive(1, 0, z)),
    _row("leaky relu", r"\operatorname{LReLU}", lambda z, alpha: _where_positive(z, alpha * z, z),
         lambda z, a, alpha: _where_positive(1, alpha, z), (sp.Float("0.01"),)),
    softplus_row,
    _row("elu", r"\operatorname{ELU}", lambda z, alpha: _where_positive(z, alpha * (sp.exp(z) - 1), z),
         lambda z, a, alpha: _where_positive(1, a + alpha, z), (sp.S.One,),
         stable=lambda z, alpha: _where_positive(z, alpha * expm1(z), z)),
    _row("silu", r"\operatorname{SiLU}", lambda z: z / (1 + sp.exp(-z)),
         lambda z, a: inner(z) + a * (1 - inner(z)), stable=lambda z: z * inner(z)),
    _row("gelu", r"\operatorname{GELU}", lambda z: z * (1 + sp.erf(z / sp.sqrt(2))) / 2,
         lambda z, a: normal_cdf(z) + z * normal_pdf(z), stable=lambda z: z * normal_cdf(z)),
    Activation("softmax", r"\operatorname{softmax}", log=log_softmax, function=softmax),
    _row("g", "g", None, None),
)}


BUILT_IN = tuple(TABLE)
"""Names of the rows that stand in the table from the start."""


def added() -> tuple:
    """Names of the rows that have been added."""
    return tuple(name for name in TABLE if name not in BUILT_IN)


def of_units() -> tuple:
    """Names of the activations that work on each unit and have a formula, in the order of the table."""
    return tuple(name for name, row in TABLE.items() if row.elementwise and not row.abstract)


def add(name: str, formula: Callable, slope: Callable | None = None, *, symbol: str | None = None,
        alpha: float | None = None, stable: Callable | None = None, log: Callable | None = None,
        log_complement: Callable | None = None) -> Activation:
    """Add an activation a = g(z) to the table: from then on every part of the library has it.  Returns its row.

    name            under which networks ask for it
    formula         g as a function of a SymPy symbol, such as lambda z: (z + sympy.sqrt(z**2 + 4)) / 2
    slope           g'(z) as a function of z and a = g(z), such as lambda z, a: a**2 / (a**2 + 1).  A derivation that
                    uses it compares it with the formula; by default SymPy differentiates the formula
    symbol          its LaTeX; by default its name, upright
    alpha           the value that a parameter has unless another is asked for; `formula(z, alpha)`,
                    `slope(z, a, alpha)` and the others take it last
    stable          g(z) in a form that holds for large |z|, where the formula does not: a SymPy Piecewise, of which
                    each piece is computed only where its condition holds
    log, log_complement   ln a and ln(1 − a) as functions of z that hold for large |z|; losses that take logarithms
                    use them

    InputError for a name that is taken, for what gives no formula, for a formula that does not work in every part of
    the library (see `rows`), and for forms that are not equal to the formula at moderate z.
    `del activations.TABLE[name]` takes the row out.
    """
    from .losses import TABLE as losses  # here, because losses are made with the table of activations

    check_new(name, "an activation", TABLE, losses)
    if symbol is not None and not isinstance(symbol, str):
        raise InputError(f"The symbol of {name} is a string of LaTeX, such as r'\\sigma'; given: {symbol!r}.")
    parameters = () if alpha is None else (_parameter(f"The alpha of {name}", alpha),)
    row = _row(name, rf"\operatorname{{{name}}}" if symbol is None else symbol, in_pieces(formula),
               in_pieces(slope or _differentiated(in_pieces(formula))), parameters, in_code=name_in_code(name),
               stable=in_pieces(stable), log=in_pieces(log), log_complement=in_pieces(log_complement))
    _check_formulas(row)
    _check_forms(row)
    TABLE[name] = row
    return row


def _check_formulas(row):
    """InputError where the formula or the slope of a new row does not work."""
    (z, a), what = sp.symbols("z a", real=True), f"The formula of {row.name}"
    check_formula(what, row.formula, z, *row.parameters)
    formula = row.formula(z, *row.parameters)
    points = [{z: number} for number in POINTS]
    check_works(what, formula, sp.diff(formula, z), z, points)
    what = f"The slope of {row.name}, a function of z and a = g(z),"
    check_formula(what, row.slope, z, a, *row.parameters)
    slope = plain(row.slope(z, a, *row.parameters)).xreplace({a: formula})
    check_parts(what, slope)
    check_values(what, slope, points)


def _check_forms(row):
    """InputError where a form of a new row for large |z| does not work or is not that of its formula."""
    formula, z = row.formula, sp.Symbol("z", real=True)
    for what, form, same in (("stable form", row.stable, formula), ("log", row.log, lambda *at: sp.log(formula(*at))),
                             ("log_complement", row.log_complement, lambda *at: sp.log(1 - formula(*at)))):
        if form is not None:
            what = f"The {what} of {row.name}"
            check_formula(what, form, z, *row.parameters)
            check_parts(what, plain(form(z, *row.parameters)))
            check_same(what, lambda *at: plain(form(*at)), same, [(z, *row.parameters) for z in POINTS])


POINTS = tuple(sp.Rational(tenths, 10) for tenths in (-21, -9, -2, 3, 11, 24))
"""Moderate values of z, at which a formula is tried and compared with its other forms."""


def _differentiated(formula):
    def slope(z, a, *parameters):
        at = sp.Dummy("z", real=True)
        return sp.diff(formula(at, *parameters), at).subs(at, z)

    return slope


ARRAYS = re.compile(r"(d|delta|da|dot|w|b|z|a|lambda)?_?[A-Za-z]?\d*(_.*)?|losses|len|largest|total|rate|expit|gem[mv]")
"""Names that generated code gives to other things."""


def name_in_code(name: str) -> str:
    """The name in generated code of a function called `name`: one that is nobody else's, such as sin_ for "sin"."""
    plain = re.sub(r"\W", "_", name)
    here = globals()
    taken = (hasattr(sp, plain) or hasattr(np, plain) or hasattr(builtins, plain) or keyword.iskeyword(plain)
             or plain in here or ARRAYS.fullmatch(plain) or plain in JAVASCRIPT_WORDS or plain in TUNING_WORDS
             or any(hasattr(printer, f"_print_{plain}") for printer in _printers(Printer)))
    return plain + "_" if taken else plain


def _printers(above):
    """A class of SymPy's printers and all that inherit from it, ours among them."""
    return [above, *(printer for below in above.__subclasses__() for printer in _printers(below))]


TUNING_WORDS = frozenset(
    "alpha beta accumulate accumulate_last in_chunks first scale ones eye range Array Columns Constant".split())
"""Names that tuned code gives to its own arguments and helpers, and code to its printers."""


JAVASCRIPT_WORDS = frozenset(
    "Math array case catch const debugger default delete do enum export extends false function implements "
    "instanceof interface let new null package private protected public static super switch this throw true typeof "
    "undefined var void eval arguments NaN Infinity product blend log_softmax normal_cdf normal_pdf".split())


LEAST_ALPHA, MOST_ALPHA = 1e-100, 1000
"""Sizes of a parameter, 0 apart, beyond which numbers run out of the range of floats in a few layers."""


def _parameter(what, given):
    number = checked_number(what, given)
    if number and not LEAST_ALPHA <= abs(number) <= MOST_ALPHA:
        raise InputError(f"{what} is a number that is 0, or from {LEAST_ALPHA:g} to {MOST_ALPHA} in size; "
                         f"given: {given!r}.")
    return sp.sympify(as_written(number))


def activation(name: str, **parameters: float) -> Activation:
    """The row of the table called `name`; leaky relu and elu take alpha=.

    >>> activation("leaky relu", alpha=0.2).parameters
    (0.2,)
    """
    row = name if isinstance(name, Activation) else TABLE.get(name) if isinstance(name, str) else None
    if row is None or row.name not in TABLE:
        raise unknown_name("activation", getattr(row, "name", name), TABLE)
    if not parameters:
        return row
    if set(parameters) != {"alpha"} or not row.parameters:
        raise InputError(f"{row.name} takes {'alpha' if row.parameters else 'no parameter'}; "
                         f"given: {', '.join(parameters)}.")
    return replace(row, parameters=(_parameter(f"The alpha of {row.name}", parameters["alpha"]),))


@lru_cache(maxsize=4096)
def plain(expression):
    """The expression with every activation and every slope written out as its formula."""
    expression = expression.replace(Slope, lambda g: _derivative_of_formula(g))
    expression = expression.replace(
        lambda e: isinstance(e, Activated) and not e.row.abstract, lambda e: e.row.formula(*e.args))
    return expression.replace(lambda e: isinstance(e, (softmax, normal_cdf, normal_pdf)), lambda e: e.formula())


def _derivative_of_formula(g):
    if g.row.abstract:
        return Slope(g)
    z, slope = _slope_of_formula(g.row, g.args[1:])
    return slope.subs(z, g.args[0])


@lru_cache(maxsize=256)
def _slope_of_formula(row, parameters):
    z = sp.Dummy("z", real=True)
    return z, sp.diff(row.formula(z, *parameters), z)
