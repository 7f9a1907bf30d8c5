"""One way on which an entry reaches the cost: through one equation in which it stands.

For an equation u[I] = f and an entry q[e] in it, with e made of I and of the letters K of sums around it:

    ∂C/∂q[R]  gets  Σ_{I,K}  ∂C/∂u[I] · (what q[e] is multiplied by) · [R = e]

Each bracket [r = e] is used up to get rid of a letter of I or K where it can be solved for one.  A letter of I may leave
its range by that: ∂C/∂u counts as 0 there, so no condition is left over.
"""
from dataclasses import dataclass, field

import sympy as sp

from ..equations import Equation, bound_letter, indices_of
from ..models.letters import limits, named
from ..models.nodes import entries, renamed
from .algebra import factors_of, summed


@dataclass
class Path:
    """A way from an array to the cost.

    equation   the equation that it goes through
    own        letter of that equation → a letter that stands for it here
    ranges     letter → its range, for all letters that may be summed over
    solved     letter → what it has to be
    brackets   what could not be solved, as factors
    factors    what the entry is multiplied by
    """

    equation: Equation
    own: dict
    ranges: dict
    solved: dict = field(default_factory=dict)
    brackets: list = field(default_factory=list)
    factors: list = field(default_factory=list)

    @property
    def left_over(self) -> list:
        """The letters that are still summed over."""
        return [at for at in self.ranges if at not in self.solved]

    @property
    def place(self) -> tuple:
        """The entry of the equation through which it goes, index by index."""
        return tuple(self.solved.get(at, at) for at in self.own.values())

    def add_bracket(self, r, e):
        """[r = e]; where r = e, the one may be written for the other."""
        if e == r:
            return
        if e.has(sp.Indexed):
            self.factors = [f.xreplace({e: r}) for f in self.factors]
        self.brackets.append(sp.KroneckerDelta(r, e))

    def solve(self, at, value):
        """`at` has to be `value`."""
        step = {at: value}
        self.solved = {**{known: e.xreplace(step) for known, e in self.solved.items()}, **step}
        self.factors = [renamed(f, step) for f in self.factors]
        self.brackets = [b.xreplace(step) for b in self.brackets]

    def use_up_brackets(self):
        """Brackets that stand among the factors, such as [t = 0], name one place of a sum too."""
        for delta in (f for f in factors_of(*self.factors, *self.brackets) if isinstance(f, sp.KroneckerDelta)):
            for at, other in (delta.args, delta.args[::-1]):
                if at in self.left_over and self._names_one_place(at, other):
                    self.factors = [f for f in factors_of(*self.factors) if f != delta]
                    self.brackets = [b for b in self.brackets if b != delta]
                    self.solve(at, other)
                    return self.use_up_brackets()
        return self

    def _names_one_place(self, at, other):
        """Whether Σ_at [at = other] f(at) is f(other): `other` in its range, or ∂C/∂u 0 where it is not."""
        if other.has(at):
            return False
        if at in self.own.values():
            return True
        return other in (0, self.ranges[at] - 1) or other.is_Symbol or bool(entries(other))


def path(letters, equation, leaf, factors) -> Path:
    """The path from the entry at `letters` through a leaf of an equation; `factors` are what the leaf is multiplied by."""
    own = {at: bound_letter(at) for at in equation.indices}
    sizes = dict(zip(equation.indices, equation.quantity.sizes, strict=True))
    found = Path(equation, own, {**{own[at]: n for at, n in sizes.items()}, **dict(leaf.opened)})
    found.factors = [renamed(f, own) for f in factors]
    pairs = [(r, sp.sympify(e).xreplace(own)) for r, e in zip(letters, indices_of(leaf.entry), strict=True)]
    for r, e in sorted(pairs, key=lambda pair: not pair[1].is_Symbol):
        e = e.xreplace(found.solved)
        at = _solvable(found, e)
        if at is None:
            found.add_bracket(r, e)
        else:
            found.solve(at, sp.expand(at - (e - r) / e.coeff(at)))
    return found.use_up_brackets()


def _solvable(found, e):
    """A letter for which [r = e] can be solved: e itself, or one of the equation's own that e has with factor ±1."""
    if e in found.left_over:
        return e
    if e.has(sp.Indexed):
        return None
    own = [at for at in found.left_over if at in found.own.values() and e.has(at)]
    return next((at for at in own if sp.expand(e).coeff(at) in (1, -1) and not sp.expand(e).coeff(at, 0).has(at)), None)


def written(known, found, taken, derivative) -> sp.Expr:
    """What a path adds to ∂C/∂q: Σ ∂C/∂u · factors · brackets.  `derivative` is ∂C/∂u, 1 for the cost itself."""
    names = named(known, found.left_over, found.ranges, taken)
    factors = [derivative, *found.factors, *found.brackets]
    return summed([renamed(f, names) for f in factors], limits(names, found.ranges))
