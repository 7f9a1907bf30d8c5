"""The derivation of an exercise as bplib has it, and slips in it: what the measure of variants puts to the proof.

A slip is made in the last step about what is asked for in which it makes a difference.  Nothing is written by hand, so a
variant has its derivation and its slips as soon as it has its network.
"""
from dataclasses import replace
from functools import lru_cache

import sympy as sp

from ..activations import Slope
from ..asking.goal import goals
from ..asking.machine import Machine
from .checking import check


def _without_slope(right):
    return right.xreplace({slope: sp.S.One for slope in right.atoms(Slope)})


def _without_sum(right):
    return _where(right, lambda e: isinstance(e, sp.Sum), lambda e: e.function)


def _first_term(right):
    return _where(right, lambda e: e.is_Add, lambda e: sp.Add.make_args(e)[0])


def _without_a_factor(right):
    """The first factor that is no number left out, wherever there is a product."""
    def shorter(e):
        known = [one for one in e.args if not one.is_number]
        return sp.Mul(*(one for one in e.args if one is not known[0])) if len(known) > 1 else e

    return _where(right, lambda e: e.is_Mul, shorter)


def _where(e, applies, change):
    """Every outermost part for which something holds, changed; how far a sum runs, and indices, stay."""
    if applies(e):
        return change(e)
    if isinstance(e, sp.Sum):
        return sp.Sum(_where(e.function, applies, change), *e.limits)
    return e.func(*(_where(one, applies, change) for one in e.args)) if e.is_Add or e.is_Mul or e.is_Pow else e


SLIPS = {
    "the sign turned": lambda right: -right,
    "twice as much": lambda right: 2 * right,
    "without its slope": _without_slope,
    "without its sum": _without_sum,
    "one term only": _first_term,
    "without a factor": _without_a_factor,
}
"""Name → right side of a step, as somebody writes it who makes this slip."""
OPEN = ("one term only", "without a factor")
"""Slips that are other mistakes where another term or factor stands first."""


def machine(one):
    """bplib's own derivation of what an exercise asks for: a `Machine`."""
    of = one.of if one.of in one.network.parameters else f"∂C/∂{one.of}"
    return Machine(goals(one.network, of)[0])


def written(found, steps) -> str:
    """Steps as the text of a derivation."""
    return "\n".join(found.line(step).latex for step in steps)


@lru_cache(maxsize=100)
def slipped(one) -> dict:
    """Name of a slip → the verdict on bplib's derivation with it; "" → that on the derivation as it is."""
    found = machine(one)
    steps = found.steps
    verdicts = {"": check(one, written(found, steps))}
    own = [at for at, step in enumerate(steps) if found.line(step).key == found.goal.key]
    for name, slip in SLIPS.items():
        changed = [(at, slip(steps[at].right)) for at in own]
        changed = [(at, right) for at, right in changed if right.doit() != steps[at].right.doit()]
        if changed:
            at, right = changed[-1]
            verdicts[name] = check(one, written(found, [*steps[:at], replace(steps[at], right=right), *steps[at + 1:]]))
    return verdicts


def told(one) -> set:
    """Names of the slips that are called a mistake by its name; those that are always the same mistake."""
    return {name for name, verdict in slipped(one).items() if verdict.mistakes and name not in OPEN}
