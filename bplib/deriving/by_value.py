"""Derivatives written with the values that the forward pass has computed anyway.

For an equation u = f:   f is u;   fⁿ is uⁿ;   and for f = A/B also A is u·B.  That gives a(1 − a), softmax's a (ā − Σ a ā)
and the compact form of a normalisation.  The row of an activation says what its slope is by value.
"""
import sympy as sp

from ..activations import Activated, Slope
from ..equations import Equation
from ..models.nodes import entries, is_entry, renamed, softmax_written_out


def slopes_by_value(expression, equation: Equation):
    """g'(z) as the row of g has it, with the value a = g(z) where the equation is a = g(z)."""
    def value(g):
        row = g.row
        if row.abstract:
            return Slope(g)
        return row.slope(g.args[0], equation.left if g == equation.right else g, *g.args[1:])

    return expression.replace(Slope, value)


def by_value(expression, equation: Equation, renamings=({},)):
    """An expression with what is equal to the left side of an equation by its name.

    renamings   letters of the equation as others: the entry of u may be another one than the equation's own
    """
    u, f = equation.left, softmax_written_out(equation.right)
    if isinstance(f, Activated) or is_entry(f) or not entries(f):
        return expression
    for renaming in renamings:
        expression = _one_place(expression, u.xreplace(renaming), renamed(f, renaming))
    return expression


def _one_place(expression, u, f):
    above, below = sp.fraction(f)
    if f.is_Pow:
        return expression.replace(lambda e: e.is_Pow and e.base == f.base and (e.exp / f.exp).is_Integer,
                                  lambda e: u**(e.exp / f.exp))
    if below != 1 and entries(above) and entries(below):
        return expression.subs(above, u * below).subs(-above, -u * below)
    if f.func in (sp.exp, sp.log):
        return expression.xreplace({f: u})
    return expression


def renamings(equation: Equation, leaf) -> list:
    """The letters of an equation as they may stand in the factors of one of its leaves: as its own, or as one that a sum
    has opened."""
    return [{}, *({at: other} for at, n in zip(equation.indices, equation.quantity.sizes, strict=True)
                  for other, range_ in leaf.opened if range_ == n)]
