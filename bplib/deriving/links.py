"""The links of the chain: ∂C/∂u ∂u/∂q for the equations of u in which q stands, and what ∂u/∂q is."""
from collections import defaultdict
from dataclasses import dataclass, replace
from itertools import combinations

import sympy as sp

from ..activations import Activated, softmax
from ..equations import Equation, Partial, bound_letter, indices_of, name_of
from ..models.letters import limits, named
from ..models.nodes import Softmax, entries, renamed
from ..models.quantities import Quantity, Role
from .algebra import added, summed
from .by_value import by_value, renamings, slopes_by_value
from .leaves import leaves
from .paths import path, written


@dataclass(frozen=True)
class Link:
    """∂C/∂u ∂u/∂q summed over limits, and what ∂u/∂q is."""

    partial: Partial
    local: sp.Expr
    limits: tuple
    rule: str

    def term(self, cost):
        return summed([Partial(cost.entry, self.partial.of), self.partial], self.limits)


def path_through(entry, equation: Equation, leaf, slopes_too=False):
    """The path from an entry to the cost through one leaf of an equation, with factors by the values of the forward pass.

    slopes_too   whether each g'(z) is written by value too
    """
    factors = [by_value(factor, equation, renamings(equation, leaf)) for factor in leaf.factors]
    if slopes_too:
        factors = [slopes_by_value(factor, equation) for factor in factors]
    return path(indices_of(entry), equation, leaf, factors)


def derivative_in(expression, entry, known):
    """The derivative of an expression without free letters, such as a penalty, with respect to an entry."""
    equation = Equation(Quantity("", Role.COMPUTED), (), expression)
    return added([written(known, path_through(entry, equation, leaf), indices_of(entry), sp.S.One)
                  for leaf in leaves(expression) if name_of(leaf.entry) == name_of(entry)])


def links_through(entry, founds, known) -> list:
    """The links through one equation: paths that pass through the same entry of it together.

    known   letter → its range, for the letters that sums may take
    """
    equation, taken = founds[0].equation, indices_of(entry)
    shared = _shared_letters(founds)
    groups, letters = defaultdict(list), {}
    for found in founds:
        found, place = _through_shared(found, shared)
        outer = [at for at in (*shared.values(), *found.left_over) if any(e.has(at) for e in place)]
        inner = [at for at in found.left_over if at not in outer]
        ranges = {**found.ranges, **{at: equation.quantity.sizes[axis] for axis, at in shared.items()}}
        names = named(known, outer, ranges, taken)
        inside = named(known, inner, ranges, (*taken, *names.values()))
        factors = [renamed(f, {**names, **inside}) for f in (*found.factors, *found.brackets)]
        place = tuple(e.xreplace(names) for e in place)
        groups[place].append(summed(factors, limits(inside, ranges)))
        letters[place] = tuple(limits(names, ranges))
    return [Link(Partial(equation.quantity[place], entry), local := added(terms), letters[place],
                 _rule(equation, local, entry)) for place, terms in groups.items()]


def _shared_letters(founds):
    """axis → a letter, for axes along which two paths through one equation may meet in an entry, but need not.

    There each path gets a bracket of its own: ∂a_u/∂r_v = a_u ([u = v] − a_v).
    """
    shared = {}
    for one, other in combinations(founds, 2):
        apart = [axis for axis in range(len(one.place)) if not _is_own(one, axis) or not _is_own(other, axis)]
        apart = [axis for axis in apart if one.place[axis] != other.place[axis]]
        if not any(_never_equal(one.place[axis], other.place[axis]) for axis in apart):
            shared.update((axis, bound_letter(founds[0].equation.indices[axis])) for axis in apart if axis not in shared)
    return shared


def _never_equal(one, other) -> bool:
    """Whether two indices differ by a number: t and t + 1."""
    difference = sp.expand(one - other)
    return bool(difference.is_Number and difference != 0)


def _is_own(found, axis):
    return found.place[axis] == list(found.own.values())[axis]


def _through_shared(found, shared):
    """The path with shared letters where it passes, and brackets that say where along them it does."""
    found = replace(found, brackets=list(found.brackets))
    place = list(found.place)
    for axis, at in shared.items():
        if _is_own(found, axis):
            found.solve(place[axis], at)
        else:
            if place[axis].is_Symbol:  # [i = j] f(j) is [i = j] f(i), and f belongs to the entry that is computed
                found.factors = [renamed(f, {place[axis]: at}) for f in found.factors]
            found.brackets.append(sp.KroneckerDelta(place[axis], at))
        place[axis] = at
    return found, place


def _rule(equation, local, entry):
    if isinstance(equation.right, Activated):
        return "slope"
    own = {name_of(entry), equation.quantity.name}
    linear = not isinstance(equation.right, (Softmax, softmax)) and not any(name_of(x) in own for x in entries(local))
    return "weighted sum" if linear else "local derivative"
