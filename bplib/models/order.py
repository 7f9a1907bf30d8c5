"""In which order equations can be computed: one by one or, where they need each other's past, in a loop over a letter."""
from dataclasses import dataclass

import sympy as sp
from sympy.utilities.iterables import strongly_connected_components

from ..equations import Equation, indices_of, name_of
from ..errors import InputError
from .nodes import entries


@dataclass(frozen=True)
class Loop:
    """Equations that go together step by step along `index`: upwards where they need the past, else downwards."""

    index: sp.Symbol
    upwards: bool
    equations: tuple


def schedule(equations) -> list:
    """Equations and loops, each after all that it uses.  InputError where equations need each other."""
    by_name = {e.quantity.name: e for e in equations}
    used = {name: {name_of(x) for x in entries(e.right)} & set(by_name) for name, e in by_name.items()}
    return [_block([by_name[name] for name in group], used) for group in _components(used)]


def equations_of(block) -> tuple:
    """The equations of a loop, or the one equation that a block is."""
    return block.equations if isinstance(block, Loop) else (block,)


def _components(used):
    """Groups of names that need each other, each group after all that it uses, in the order of the names."""
    edges = [(name, other) for name in used for other in sorted(used[name], key=list(used).index)]
    return strongly_connected_components((list(used), edges))


def _block(group, used):
    name = group[0].quantity.name
    if len(group) == 1 and name not in used[name]:
        return group[0]
    for at in group[0].indices:
        loop = _loop(group, at)
        if loop is not None:
            return loop
    names = ", ".join(sorted(e.quantity.name for e in group))
    raise InputError(f"These equations need each other, and no letter breaks the circle: {names}. One of them has to use "
                     "the step before, as in h[s,t-1,k].")


def _loop(group, at):
    """The equations as a loop over a letter; None where they cannot be."""
    names = {e.quantity.name for e in group}
    if not all(at in e.indices for e in group):
        return None
    shifts = [(e.quantity.name, name_of(x), shift(x, e, at)) for e in group for x in entries(e.right)
              if name_of(x) in names]
    steps = {step for *_, step in shifts}
    if None in steps or not (all(step <= 0 for step in steps) or all(step >= 0 for step in steps)):
        return None
    now = {name: {other for by, other, step in shifts if by == name and step == 0} for name in names}
    order = _components({e.quantity.name: now[e.quantity.name] for e in group})
    if any(len(one) > 1 or one[0] in now[one[0]] for one in order):
        return None
    by_name = {e.quantity.name: e for e in group}
    return Loop(at, all(step <= 0 for step in steps), tuple(by_name[name] for name, in order))


def shift(entry, equation: Equation, at: sp.Symbol):
    """How far an entry is from its equation's own place along a letter: −1 for h[t-1]; None where that is no number."""
    axis = equation.indices.index(at)
    indices = indices_of(entry)
    difference = sp.expand(indices[axis] - at) if len(indices) > axis else sp.nan
    return int(difference) if difference.is_Integer else None
