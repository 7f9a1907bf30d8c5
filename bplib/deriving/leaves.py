"""One equation, differentiated with respect to the entries that stand in it.

An entry is a leaf of the formula.  On the way up from a leaf a sum adds a letter, anything else a factor, which is an
ordinary derivative in one variable: SymPy differentiates scalars only.
"""
from dataclasses import dataclass
from functools import lru_cache

import sympy as sp

from ..equations import bound_letter, letter
from ..models.nodes import Bracket, First, Largest, is_entry, softmax_written_out


@dataclass(frozen=True)
class Leaf:
    """An entry in a formula: ∂formula/∂entry is the product of the factors, summed over the opened letters.

    opened   pairs (letter of a sum in which the entry stands, its range)
    """

    entry: sp.Expr
    factors: tuple
    opened: tuple


@lru_cache(256)
def leaves(formula) -> tuple:
    """All entries of a formula, each time that one stands in it; kept, because each of its entries asks for them."""
    return tuple(_leaves(softmax_written_out(formula)))


def _leaves(e):
    if is_entry(e):
        yield Leaf(e, (), ())
    elif isinstance(e, (sp.Sum, Largest)):
        yield from _within_reduction(e)
    else:
        yield from _within_expression(e)


def _within_reduction(e):
    fresh = {at: bound_letter(at) for at, *_ in e.limits}
    opened = tuple((fresh[at], high - low + 1) for at, low, high in e.limits)
    body = e.function if isinstance(e, sp.Sum) else e.body
    winner = () if isinstance(e, sp.Sum) else (_winner(e, fresh),)
    for leaf in _leaves(body.xreplace(fresh)):
        yield Leaf(leaf.entry, winner + leaf.factors, opened + leaf.opened)


def _winner(e, places):
    """1 at the place where the maximum is taken; its own letters get primes, as a place stands beside them."""
    own = {at: letter(at.name + "'") for at, *_ in e.limits}
    limits = (sp.Tuple(own[at], low, high) for at, low, high in e.limits)
    return First(e.body.xreplace(own), sp.Tuple(*places.values()), *limits)


def _within_expression(e):
    """The outermost entries and sums of an expression, each as a variable to differentiate with respect to."""
    variables = {}
    scalar = _with_variables(e, variables)
    parts = {variable: part for part, variable in variables.items()}
    for variable, part in parts.items():
        factor = sp.diff(scalar, variable).xreplace(parts)
        if factor != 0:
            for leaf in _leaves(part):
                yield Leaf(leaf.entry, (factor, *leaf.factors), leaf.opened)


def _with_variables(e, variables):
    if is_entry(e) or isinstance(e, (sp.Sum, Largest)):
        return variables.setdefault(e, sp.Dummy(str(e), real=True))  # by its name SymPy sorts it as it sorts e
    if not e.args or isinstance(e, (Bracket, First, sp.KroneckerDelta)):
        return e
    return e.func(*(_with_variables(argument, variables) for argument in e.args))
