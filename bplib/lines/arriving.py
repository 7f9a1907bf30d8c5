"""What a derivation is about, and whether it gets there."""
from dataclasses import dataclass

from .judging import Finding
from .tree import Entry, Own, Partial, walk
from .writing import plain


@dataclass(frozen=True)
class Arrival:
    """Whether what was to be derived is derived.

    arrives   True or False; None where nothing says what is to be derived
    sentence  in words
    """

    arrives: bool | None
    sentence: str


def arrival(understood, of=None) -> Arrival:
    """Whether a derivation whose lines are right arrives at ∂C/∂of, or else at what its first line is about."""
    about = [(head, last) for head, last in _results(understood) if _derivative(head, understood) is not None]
    wrong = any(line.finding in (Finding.BROKEN, Finding.UNREADABLE) for line in understood.lines)
    if not about:
        return Arrival(None if of is None else False, "" if of is None else f"No line is about ∂C/∂{of}.")
    first = _derivative(about[0][0], understood)
    wanted = of or first.by.array
    found = [(head, last) for head, last in about if _derivative(head, understood).by.array == wanted]
    if not found:
        given = plain(_derivative(about[-1][0], understood))
        return Arrival(False, f"{_every(wrong)} this is {given}, not ∂C/∂{of}.")
    head, last = found[-1]
    left = _left_over(last, understood, about)
    if left is not None:
        return Arrival(False, f"{_every(wrong)} the last one about {plain(_derivative(head, understood))} still "
                              f"contains {plain(left)}.")
    return Arrival(not wrong, "" if wrong else f"It arrives at {plain(_derivative(head, understood))}.")


def _every(wrong):
    return "Apart from that," if wrong else "Every line is right, and"


def _results(understood):
    """(head, last side) of each chain, over all lines on which it goes on."""
    found = []
    for line in understood.lines:
        for chain in line.read.chains:
            if not chain.goes_on:
                found.append([chain.sides[0], None])
            if found and chain.sides and (chain.goes_on or len(chain.sides) > 1):
                found[-1][1] = chain.sides[-1]
    return [(head, last) for head, last in found if head is not None]


def _derivative(tree, understood):
    """The derivative of the cost that a left side is, or is a name for; None for anything else."""
    while isinstance(tree, Own):
        tree = understood.judge.meanings[tree.name].tree
    costs = ("C", "losses", understood.judge.sites[0].cost)
    of_cost = isinstance(tree, Partial) and isinstance(tree.of, Entry) and tree.of.array in costs
    return tree if of_cost and isinstance(tree.by, Entry) else None


def _left_over(tree, understood, about, seen=()):
    """A derivative in a last side that no line works out; None where there is none."""
    if tree is None:
        return about[-1][0]
    for part in walk(tree):
        if isinstance(part, Partial) and not _worked_out(part, understood, about, seen):
            return part
    return None


def _worked_out(part, understood, about, seen):
    key = _key(part)
    if key in seen:
        return False
    return any(_key(_derivative(head, understood)) == key and last is not None and
               _left_over(last, understood, about, (*seen, key)) is None for head, last in about)


def _key(part):
    return tuple(getattr(one, "array", getattr(one, "name", None)) for one in (part.of, part.by))
