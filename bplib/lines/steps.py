"""How many steps a derivation has: equalities about a derivative that do not hold for just any numbers.

Whether one holds for any numbers is found by giving all arrays and all derivatives numbers that have nothing to do with
each other.  So (a − y)·x = x·(a − y) is no step and ∂C/∂z = ∂C/∂a · ∂a/∂z is one.
"""
from typing import NamedTuple

import numpy as np

from ..errors import InputError
from .judging import EQUAL, Finding, difference
from .sites import Site
from .tree import Call, Derivative, Entry, Own, Partial, walk
from .writing import latex

LEAST, MOST = 0.2, 0.9
"""Between these lie the numbers: logarithms and roots have values there."""


class Steps(NamedTuple):
    """right   steps that follow, each counted once
    wrong   equalities that do not follow or cannot be read, or cannot be decided, though none before them is wrong"""

    right: int
    wrong: int


def steps_of(understood) -> Steps:
    """The steps of a derivation that was judged (`readings.Understood`)."""
    links = [link for line in understood.lines for link in line.links]
    unread = sum(len(line.problems) for line in understood.lines if line.finding is not Finding.REMARK)
    wrong = sum(link.finding is Finding.BROKEN or link.finding is Finding.UNDECIDED and not link.after_break
                for link in links)
    free = _Free(understood.judge)
    steps = {(latex(link.left), latex(link.right)) for link in links if free.is_step(link)}
    return Steps(len(steps), wrong + unread)


class _Free:
    """Judges whether equalities hold for any numbers."""

    def __init__(self, judge):
        self.judge, self.world = judge, judge.world(Unrelated(judge.sites[0]))

    def is_step(self, link):
        if link.finding is not Finding.FOLLOWS or link.defines:
            return False
        about = any(self.is_derivative(part) for side in (link.head, link.left, link.right) for part in walk(side))
        return about and not self.holds_for_any(link.left, link.right)

    def is_derivative(self, part):
        if isinstance(part, Own):
            return any(self.is_derivative(one) for one in walk(self.judge.meanings[part.name].tree))
        return (isinstance(part, (Partial, Derivative)) or isinstance(part, Call) and part.slope
                or isinstance(part, Entry) and part.array.startswith("delta"))

    def holds_for_any(self, left, right):
        world = self.judge.chosen(self.world, left, right)
        self.judge.set_ranges(world, left, right)
        try:
            with np.errstate(all="ignore"):
                return difference(world.value(left), world.value(right)) <= EQUAL
        except (InputError, ValueError):
            return False


class Unrelated(Site):
    """A point at which every array and every derivative has numbers of its own."""

    def __init__(self, site):
        self.__dict__.update(site.__dict__)
        self.axes, self.letters = site.axes, site.letters
        self.random, self.kept = np.random.default_rng(0), {}
        self.arrays = {name: self.drawn(value) if value.dtype.kind == "f" else value
                       for name, value in site.arrays.items()}

    def drawn(self, array):
        return self.random.uniform(LEAST, MOST, array.shape)

    def total(self, of, by):
        if (of, by) not in self.kept:
            shape = (*self.arrays[of].shape, *self.arrays[by].shape)
            self.kept[of, by] = self.random.uniform(LEAST, MOST, shape)
        return self.kept[of, by]

    local = total

    def stands_in(self, by, of):
        """A derivative is looked up, whatever lies between."""
        return True
