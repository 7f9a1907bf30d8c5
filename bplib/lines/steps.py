"""How many steps a derivation has: equalities about a derivative, or about the cost, that do not hold for just any numbers.

Whether one holds for any numbers is found by giving all arrays and all derivatives numbers that have nothing to do with
each other, except that ∂z/∂z is 1 and ∂b/∂w is 0.  So (a − y)·x = x·(a − y) is no step and ∂C/∂z = ∂C/∂a · ∂a/∂z is one.
A step connects two sides that none before it has connected, and it lies on the way: what it is about stands between the
cost and what is to be derived.  What says one of the network's equations again is none.
"""
from typing import NamedTuple

import numpy as np

from ..errors import InputError
from .arriving import derivative_meant
from .judging import EQUAL, Finding, difference
from .sites import Site
from .tree import Call, Derivative, Entry, Own, Partial, walk
from .values import Value, World, aligned, named_alike
from .writing import latex

LEAST, MOST = 0.2, 0.9
"""Between these lie the numbers: logarithms and roots have values there."""
DRAWS = 3
"""How often numbers are drawn, so that single numbers too are equal, or in proportion, by rule and not by chance."""


class Steps(NamedTuple):
    """right   steps that follow, each counted once
    wrong   equalities that do not follow or cannot be read, or cannot be decided, though none before them is wrong"""

    right: int
    wrong: int


def steps_of(understood, of=None) -> Steps:
    """The steps of a derivation that was judged (`readings.Understood`).

    of   the array with respect to which the cost is to be differentiated; None where steps may be about anything
    """
    links = [link for line in understood.lines for link in line.links]
    unread = sum(len(line.problems) for line in understood.lines if line.finding is not Finding.REMARK)
    wrong = sum(link.finding is Finding.BROKEN or link.finding is Finding.UNDECIDED and not link.after_break
                for link in links)
    free, connected = _Free(understood.judge), _Connected()
    different = {(latex(link.left), latex(link.right)): link for link in links if free.may_be_a_step(link, of)}
    right = sum(connected.anew(*free.sides(link)) for link in different.values())
    return Steps(right, wrong + unread)


class _Free:
    """Gives the sides of equalities numbers that are drawn."""

    def __init__(self, judge):
        self.judge = judge
        self.sites = [Unrelated(judge.sites[0], seed) for seed in range(DRAWS)]
        self.worlds = [judge.world(site, kind=_Drawn) for site in self.sites]

    def may_be_a_step(self, link, of):
        if link.finding is not Finding.FOLLOWS or link.defines:
            return False
        about = any(self.is_derivative(part) for side in (link.head, link.left, link.right) for part in walk(side))
        if not about:
            return self.is_of_cost(link.head) and not self.says_an_equation(link)
        return of is None or self.is_on_the_way(link.head, of)

    def is_of_cost(self, head):
        return isinstance(head, Entry) and head.array in ("C", "losses", self.judge.sites[0].cost)

    def says_an_equation(self, link):
        """Whether it holds where a single one of the network's equations does: it says that again."""
        site = self.judge.sites[0]
        for name in site.equations:
            here = Unrelated(site, 0)
            arrays = {one: value[..., None] for one, value in here.arrays.items()}
            here.arrays = {**here.arrays, name: np.real(site._value(name, arrays)[..., 0])}
            left, right = self.sides(link, [self.judge.world(here, kind=_Drawn)])
            if left is not None and _is_nothing(left - right, left, right):
                return True
        return False

    def is_derivative(self, part):
        if isinstance(part, Own):
            return any(self.is_derivative(one) for one in walk(self.judge.meanings[part.name].tree))
        return (isinstance(part, (Partial, Derivative)) or isinstance(part, Call) and part.slope
                or isinstance(part, Entry) and part.array.startswith("delta"))

    def is_on_the_way(self, head, of):
        """Whether that with respect to which the head is a derivative is `of`, or moves with it; a head that is no
        derivative may be anything."""
        meant = derivative_meant(head, self.judge)
        return meant is None or self.sites[0].depends(meant.by.array, of)

    def sides(self, link, worlds=()):
        """The numbers of both sides, drawn several times; (None, None) where they have none."""
        found = []
        for pair in worlds or self.worlds:
            world = self.judge.chosen(pair, link.left, link.right)
            self.judge.set_ranges(world, link.left, link.right)
            try:
                with np.errstate(all="ignore"):
                    pairs = named_alike(world.value(link.left), world.value(link.right))
                    _, sides = aligned(*min(pairs, key=lambda pair: difference(*pair)))
                found.append(np.broadcast_arrays(*sides))
            except (InputError, ValueError):
                return None, None
        return np.stack([left for left, _ in found]), np.stack([right for _, right in found])


class _Connected:
    """What steps have connected so far."""

    def __init__(self):
        self.classes, self.gaps = [], []

    def anew(self, left, right):
        """Whether two sides were not yet connected; they are from now on.  Sides without numbers always are new."""
        if left is None:
            return True
        gap = left - right
        if _is_nothing(gap, left, right) or any(_in_proportion(gap, other) for other in self.gaps):
            return False
        self.gaps.append(gap)
        mine, other = self.class_of(left), self.class_of(right)
        if mine is other:
            return False
        self.classes = [one for one in self.classes if one is not other]
        mine += other
        return True

    def class_of(self, value):
        """The sides to which one is connected, itself among them."""
        for one in self.classes:
            if any(value.shape == known.shape and _is_nothing(value - known, value, known) for known in one):
                return one
        self.classes.append([value])
        return self.classes[-1]


def _is_nothing(gap, *sizes):
    return np.abs(gap).max(initial=0) <= EQUAL * max(np.abs(size).max(initial=0) for size in sizes)


def _in_proportion(one, other):
    if one.shape != other.shape:
        return False
    along = abs(np.vdot(one, other))
    return along >= (1 - EQUAL) * np.linalg.norm(one) * np.linalg.norm(other)


class _Drawn(World):
    """Derivatives of whole formulas are drawn as well, so that it is a step to work one out."""

    def on_Derivative(self, tree):
        entry = self.own[tree.of.name].entry(tree.of.indices) if isinstance(tree.of, Own) else None
        if entry is not None:
            return self.value(Partial(entry, tree.by))
        true = super().on_Derivative(tree)
        if not np.any(true.array):
            return true
        body = self.value(tree.of).array
        seed = np.frombuffer(np.round(np.real(body), 6).tobytes(), np.uint32)
        factor = np.random.default_rng([*seed[:64], len(tree.by.array)]).uniform(LEAST, MOST)
        return Value(true.array * factor, true.axes)


class Unrelated(Site):
    """A point at which every array and every derivative has numbers of its own, but for ∂z/∂z and for what is 0."""

    def __init__(self, site, seed):
        self.__dict__.update(site.__dict__)
        self.axes, self.letters = site.axes, site.letters
        self.random, self.kept = np.random.default_rng(seed), {}
        self.arrays = {name: self.drawn(value.shape) if value.dtype.kind == "f" else value
                       for name, value in site.arrays.items()}

    def drawn(self, shape):
        return self.random.uniform(LEAST, MOST, shape)

    def total(self, of, by):
        if (of, by) not in self.kept:
            self.kept[of, by] = self._derivative(of, by)
        return self.kept[of, by]

    local = total

    def _derivative(self, of, by):
        here, there = self.arrays[of], self.arrays[by]
        if not self.depends(of, by):
            return np.zeros((*here.shape, *there.shape))
        drawn = self.drawn((*here.shape, *there.shape))
        if of != by:
            return drawn
        same = np.eye(here.size).reshape(drawn.shape)
        return np.where(same, 1.0, drawn) if self.returns(of) else same

    def depends(self, of, by):
        """Whether an array moves with another one, or is that one."""
        return of == by or by in self.below(of)

    def returns(self, name):
        """Whether an array moves with itself, as that of a time step does with that of the step before."""
        return name in self.below(name)

    def below(self, name):
        """All arrays with which an array moves."""
        found, left = set(), [name]
        while left:
            new = self.uses.get(left.pop(), set()) - found
            found |= new
            left += new
        return found

    def stands_in(self, by, of):
        """A derivative is looked up, whatever lies between."""
        return True
