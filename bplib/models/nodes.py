"""What stands in the equations of a model besides SymPy's own arithmetic.

A letter runs over one range, from 0 to its size − 1.  An entry whose index is computed (p+q, t−1) counts as 0 where that
index lies outside the array.  That one rule is padding, the state before the first step, and the error term after the
last one.
"""
import sympy as sp

from ..activations import softmax
from ..equations import indices_of, letter


class Node(sp.Expr):
    """A node of our own, with a real value."""

    is_commutative, is_real = True, True


class Bracket(Node):
    """Iverson's bracket [condition]: 1 where it holds, 0 elsewhere.  Equal indices are SymPy's KroneckerDelta."""

    def __new__(cls, condition):
        if condition in (sp.true, sp.false):
            return sp.Integer(bool(condition))
        return super().__new__(cls, condition)

    condition = property(lambda self: self.args[0])

    def _eval_power(self, exponent):
        return self if exponent.is_positive else None

    def _eval_derivative(self, variable):
        return sp.S.Zero


class Largest(Node):
    """The maximum of a body over letters: Largest(body, (k, 0, n − 1), …)."""

    body, limits = property(lambda self: self.args[0]), property(lambda self: self.args[1:])


class First(Node):
    """1 where a place is the first at which a body is largest, 0 elsewhere: First(body, (place, …), (k, 0, n − 1), …).

    The first in the order of the letters, the last of which runs fastest.  Where several entries are equally large, the
    maximum moves with one of them alone, as in NumPy's argmax and in PyTorch.
    """

    body, place, limits = (property(lambda self: self.args[0]), property(lambda self: self.args[1]),
                           property(lambda self: self.args[2:]))

    def _eval_derivative(self, variable):
        return sp.S.Zero


class Softmax(Node):
    """exp(r_k) / Σ_k exp(r_k), written Softmax(r_k, k, n, where): over the n entries of k, those where `where` is 1."""

    def formula(self):
        score, k, n, where = self.args
        weight = sp.exp(score) * where
        own = letter(k.name + "'")
        return weight / sp.Sum(weight.xreplace({k: own}), (own, 0, n - 1))


def softmax_written_out(expression):
    """The expression with each softmax as its formula."""
    return expression.replace(lambda e: isinstance(e, (Softmax, softmax)), lambda e: e.formula())


def is_entry(e) -> bool:
    """Whether an expression is an entry of an array, or an array without indices."""
    return isinstance(e, sp.Indexed) or e.is_Symbol and not e.is_integer and not isinstance(e, sp.Dummy)


def entries(expression) -> set:
    """All entries of arrays in an expression, those within indices too.

    SymPy's `atoms` would give the name of each array as well, which looks like an array without indices.
    """
    found, to_visit = set(), [sp.sympify(expression)]
    while to_visit:
        e = to_visit.pop()
        if is_entry(e):
            found.add(e)
        to_visit += indices_of(e) if is_entry(e) else e.args
    return found


def letters_in(expression) -> set:
    """Free letters of an expression, those within indices too."""
    e = sp.sympify(expression)
    if e.is_Symbol:
        return {e} if e.is_integer and not e.is_positive else set()
    found = set().union(*map(letters_in, indices_of(e) if isinstance(e, sp.Indexed) else e.args))
    return found - bound_in(e)


def bound_in(e) -> set:
    """The letters that a sum, a maximum or a softmax binds."""
    if isinstance(e, (sp.Sum, Largest, First)):
        return {at for at, *_ in e.limits}
    return set()


def renamed(e, letters):
    """The expression with letters as other indices.  A letter that a sum binds gives way to what would meet it there:
    Σ_k U[j,k] with j as k is Σ_k' U[k,k']."""
    if not e.args or isinstance(e, sp.Indexed) or not e.has(sp.Sum, Largest, First):
        return e.xreplace(letters)
    bound = bound_in(e)
    if not bound:
        return e.func(*(renamed(argument, letters) for argument in e.args))
    inner = {at: to for at, to in letters.items() if at not in bound}
    coming = set().union(*map(letters_in, inner.values()))
    taken = coming | bound | letters_in(e)
    ways = {}
    for at in bound & coming:
        ways[at] = next(name for n in range(1, 99) if (name := letter(at.name.rstrip("'") + "'" * n)) not in taken)
        taken.add(ways[at])
    parts = [e.function, *e.limits] if isinstance(e, sp.Sum) else e.args
    return e.func(*(_renamed_part(part, {**inner, **ways}) for part in parts))


def _renamed_part(part, letters):
    return sp.Tuple(*(at.xreplace(letters) for at in part)) if isinstance(part, sp.Tuple) else renamed(part, letters)
