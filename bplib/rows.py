"""What a new row of the tables has to be: its name, its formulas, and that they work, tried before the row is added.

A formula is made of FUNCTIONS, which every part of the library knows: NumPy, JavaScript, LaTeX, the complex step.
It has a finite real value at moderate arguments, and so has its derivative, which is not 0 everywhere.
"""
import math
import re
from functools import reduce

import sympy as sp
from sympy.codegen.cfunctions import expm1, log1p
from sympy.functions.elementary.piecewise import ExprCondPair
from sympy.logic.boolalg import BooleanAtom

from .errors import InputError

FUNCTIONS = (sp.exp, sp.log, sp.sin, sp.cos, sp.tan, sp.asin, sp.acos, sp.atan, sp.sinh, sp.cosh, sp.tanh, sp.asinh,
             sp.acosh, sp.atanh, sp.erf, sp.Abs, sp.sign, expm1, log1p)
"""Functions of SymPy that a formula may call, beside sqrt and other powers, Max, Min, Heaviside and Piecewise."""

GRAMMAR = (sp.Add, sp.Mul, sp.Pow, sp.Symbol, sp.Piecewise, ExprCondPair, sp.core.relational.Relational, sp.And, sp.Or,
           BooleanAtom, type(sp.pi), type(sp.E))
"""What holds a formula together."""

NO_DERIVATIVE = (sp.DiracDelta, sp.Derivative, sp.Subs)
"""What SymPy writes where a function has no derivative."""


def check_new(name, what, *tables):
    """InputError where a name cannot be that of a new row: no table of activations and losses may have it."""
    if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z][A-Za-z0-9]*([ _-][A-Za-z0-9]+)*", name):
        raise InputError(f"The name of {what} is made of English letters and digits, in one word or several; "
                         f"given: {name!r}.")
    taken = {known.lower().replace("-", " ").replace("_", " "): known for table in tables for known in table}
    if (known := taken.get(name.lower().replace("-", " ").replace("_", " "))):
        raise InputError(f"There is a row called {known!r} already. Take another name, or take that row out of the "
                         "table first.")


def check_formula(what, formula, *arguments):
    """InputError where a function does not give a SymPy expression of its arguments."""
    try:
        given = sp.sympify(formula(*arguments))
        fits = isinstance(given, sp.Expr) and given.free_symbols <= set().union(*(a.free_symbols for a in arguments))
    except Exception as error:
        raise InputError(f"{what} is a function of SymPy symbols, such as lambda z: sympy.sin(z); it ended with "
                         f"{type(error).__name__}: {error}") from error
    if not fits:
        raise InputError(f"{what} is a function of SymPy symbols that gives a formula of these alone; "
                         f"it gives: {given!r}.")


def check_parts(what, formula):
    """InputError where a formula has a part that is not known to NumPy, to JavaScript or to the complex step."""
    for part in sp.preorder_traversal(formula):
        if isinstance(part, sp.Piecewise) and part.args[-1].cond != sp.true:
            raise InputError(f"{what} has a Piecewise without a last piece for everything else; end it with "
                             f"(…, True). Given: {part}.")
        if not (_is_float(part) if part.is_Number else isinstance(part, (*GRAMMAR, *FUNCTIONS))):
            known = ", ".join(function.__name__ for function in FUNCTIONS)
            raise InputError(f"{what} has {_called(part)}, which not every part of the library can compute with. "
                             f"What works: real numbers, sums, products, powers, sqrt, Max, Min, Piecewise, {known}.")


def _is_float(number):
    try:
        return math.isfinite(float(number))
    except (OverflowError, TypeError, ValueError):
        return False


def _called(part):
    if part.is_Number and part.is_finite:
        return f"the number {sp.N(part, 3)}, beyond the range of floats"
    return f"{part.func.__name__}: {part}" if part.args else str(part)


def check_values(what, formula, points):
    """Its values at points, dicts symbol → number; InputError where one is not a finite real number."""
    values = []
    for at in points:
        values.append(_value(formula.xreplace(at)))
        if not math.isfinite(values[-1]):
            where = ", ".join(f"{symbol} = {float(number):g}" for symbol, number in at.items())
            raise InputError(f"{what} has no value at {where}: {formula}. It needs a finite real one wherever it may "
                             "be asked for. A Piecewise can say what it is where this formula does not hold; a loss "
                             "can name with outputs= the activations whose outputs it takes.")
    return values


def _value(number):
    try:
        value = complex(sp.N(number, 20))
    except (TypeError, ValueError, OverflowError):  # SymPy's nan, zoo and the like
        return math.nan
    return value.real if abs(value.imag) <= 1e-12 * max(1, abs(value.real)) else math.nan


def check_works(what, formula, slope, symbol, points):
    """InputError where a formula or its derivative by a symbol does not work, or says nothing about the symbol."""
    check_parts(what, formula)
    if symbol not in formula.free_symbols:
        raise InputError(f"{what} does not depend on {symbol}, so there is nothing to learn from it; given: {formula}.")
    check_values(what, formula, points)
    if slope.has(*NO_DERIVATIVE):
        raise InputError(f"{what} jumps, or has no derivative that SymPy knows, so no gradient comes through it; "
                         f"given: {formula}.")
    derivative = f"{what}, differentiated by {symbol},"
    check_parts(derivative, slope)
    if not any(check_values(derivative, slope, points)):
        raise InputError(f"{derivative} is 0 at all points that were tried, so nothing can be learned from it; "
                         f"given: {formula}.")


def check_same(what, form, formula, points):
    """InputError where a form differs from the formula at one of the points: functions of the numbers in a point."""
    for at in points:
        found, expected = (complex(sp.N(sp.sympify(function(*at)), 20)) for function in (form, formula))
        if not abs(found - expected) <= 1e-12 * max(1, abs(expected)):
            raise InputError(f"{what} differs from the formula: at {', '.join(f'{float(x):g}' for x in at)} it is "
                             f"{found.real:g}, and the formula gives {expected.real:g}.")


def in_pieces(formula):
    """The same function of real numbers, whatever it is given: with each Max and Min in it as a Piecewise, which every
    part of the library can read, and what SymPy simplifies for real numbers simplified."""
    def written(*arguments):
        real = [sp.Dummy(str(at), real=True) if sp.sympify(at).free_symbols else at for at in arguments]
        given = _without_max(sp.sympify(formula(*real)))
        return given.xreplace(dict(zip(real, arguments))) if isinstance(given, sp.Basic) else given

    return formula and written


def _without_max(given):
    if not isinstance(given, sp.Expr) or not given.has(sp.Max, sp.Min, sp.Heaviside):
        return given
    given = given.rewrite(sp.Heaviside, sp.Piecewise).replace(sp.Max, _largest).replace(sp.Min, _smallest)
    return sp.piecewise_fold(given)


def _largest(*numbers):
    """By comparisons with 0: SymPy turns one of two multiples of the same sum, p·(y − a) ≥ q·(y − a), for ever."""
    return reduce(lambda one, other: sp.Piecewise((one, sp.expand(one - other) >= 0), (other, True)), numbers)


def _smallest(*numbers):
    return reduce(lambda one, other: sp.Piecewise((one, sp.expand(other - one) >= 0), (other, True)), numbers)
