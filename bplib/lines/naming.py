"""Which mistakes a broken line may have come from: only changes that mend it are named, and only where they agree."""
from dataclasses import dataclass
from itertools import islice

import numpy as np

from ..errors import InputError
from ..networks import Network
from .context import Context
from .judging import EQUAL, difference
from .repairs.table import TABLE
from .sites import ETA
from .tree import Entry, Own, Partial, walk
from .values import aligned, named_alike

MOST_TRIED = 1500
"""Changes of one line that are tried."""


@dataclass(frozen=True)
class Named:
    """What a broken line came from.

    names      names of rows of `repairs.table`; two where two mistakes were made at once
    possible   names that fit equally well, where they cannot be told apart and nothing is named
    """

    names: tuple = ()
    possible: tuple = ()


class Naming:
    """Looks for the mistake in one broken link."""

    def __init__(self, network, judge, link):
        self.network, self.judge, self.link = network, judge, link
        self.bare = bool(judge.meant.matrices and (judge.is_bare(link.left) or judge.is_bare(link.right)))
        self.worlds, self.truth = ([pair[self.bare] for pair in pairs] for pairs in (link.worlds, judge.truth))

    def found(self) -> Named:
        """What the line came from."""
        with np.errstate(all="ignore"):
            return self._found()

    def _found(self):
        """The mistake as a change of the line before; after a broken line also of what is true, and of what the chain
        begins with."""
        pairs = [(self.link.left, self.worlds)]
        if self.worlds[0] is not self.truth[0]:
            pairs.append((self.link.left, self.truth))
        if self.link.after_break and self.link.head is not self.link.left:
            pairs.append((self.link.head, self.truth))
        results = [self.compared_with(left, worlds) for left, worlds in pairs]
        known = [one for one in results if one is not None]
        single = [one for one in known if len(one.names) == 1]
        several = [one for one in known if one.possible]
        if single or several:
            return (single or several)[0]
        return self.by_two() if known else Named()

    def compared_with(self, left, worlds):
        """What a single mistake explains, measured against one earlier side; None where that has no value."""
        self.left, self.worlds = left, worlds
        try:
            for world in worlds:
                self.judge.set_ranges(world, left, self.link.right)
            self.known = [self.known_at(world, left) for world in worlds]
        except (InputError, ValueError):
            return None
        constant = self.by_constant([self.link.right] * len(worlds))
        return Named((constant,)) if constant else self.by_change()

    def known_at(self, world, left):
        """The value of an earlier side, with the letters of the right one where it has none itself."""
        known = self.value(world, left)
        try:
            return named_alike(known, self.value(world, self.link.right))[0][0]
        except (InputError, ValueError):  # the right side has no value as it stands
            return known

    def value(self, world, tree):
        return world.value(tree)

    # constants

    def by_constant(self, trees):
        """The name of the constant factor by which a formula differs from the left side; None where it is none."""
        factors = []
        for world, known, tree in zip(self.worlds, self.known, trees):
            try:
                factors.append(_factor(known, self.value(world, tree)))
            except (InputError, ValueError):
                return None
        if None in factors:
            return None
        return next((name for name, expected in self.constants() if all(
            np.isclose(found, factor, rtol=1e-8) for found, factor in zip(factors, expected))), None)

    def constants(self):
        """(name, by what the right side is to be multiplied at each point)"""
        sizes = [world.site.sizes for world in self.worlds]
        squared = isinstance(self.network, Network) and self.network.options.loss.name == "squared error"
        halved = squared and self.network.options.loss.parameter and self.network.options.loss.parameter[1] == 0.5
        about_cost = self.link_about_cost()
        lost = "the 2 of the square is lost" if squared and not halved and about_cost else "a factor 2 is lost"
        many = "a 2 that the ½ has cancelled" if halved and about_cost else "a factor 2 too many"
        ones = np.ones(len(sizes))
        yield from ((lost, 2 * ones), (many, ones / 2), ("the sign is turned", -ones),
                    ("the learning rate is part of the gradient", ones / ETA))
        yield from self.counts(sizes)

    def counts(self, sizes):
        """The same for numbers of samples and of outputs."""
        outputs = f"n_{self.judge.names.layers}"
        for name, count, power in (("not divided by the number of samples", "N", -1),
                                   ("divided by the number of samples once too often", "N", 1),
                                   ("a mean over the outputs is lost or too many", outputs, 1),
                                   ("a mean over the outputs is lost or too many", outputs, -1)):
            if all(size.get(count, 1) > 1 for size in sizes):
                yield name, [size[count]**power for size in sizes]

    def link_about_cost(self):
        """Whether the step differentiates the cost: ∂C/∂a, or what has it as a factor, becomes a formula."""
        return any(isinstance(part, Own) or isinstance(part, Entry) and part.array.startswith("delta")
                   or isinstance(part, Partial) and isinstance(part.of, Entry) and part.of.array in ("C", "losses")
                   for part in walk(self.left))

    # changes

    def by_change(self):
        context = self.context()
        for rank in (0, 1):
            hits = {}
            for name, tree in self.changes(context, rank):
                if name not in hits and self.mends(tree):
                    hits[name] = tree
            if hits:
                return _decided(hits)
        return Named()

    def by_two(self):
        """A change and a constant factor at once."""
        hits, context = {}, self.context()
        for name, tree in self.changes(context, 0):
            constant = self.by_constant([tree] * len(self.worlds))
            if constant:
                hits.setdefault((name, constant))
        return Named(next(iter(hits))) if len(hits) == 1 else Named()

    def changes(self, context, rank):
        rows = [row for row in TABLE.values() if row.rank == rank]
        return islice(((row.name, tree) for row in rows for tree in row.mended(self.link.right, context)
                       if tree is not self.link.right), MOST_TRIED)

    def mends(self, tree):
        return all(self.equal(world, known, tree) for world, known in zip(self.worlds, self.known))

    def equal(self, world, known, tree):
        try:
            return difference(known, self.value(world, tree)) <= EQUAL
        except (InputError, ValueError):
            return False

    def context(self):
        world = self.worlds[0]
        axes = [at for at in self.known[0].axes if at not in ("rows", "columns")]
        return Context(self.network, world.site, self.left, self.link.right, self.link.head, tuple(axes), world.sample,
                       self.bare, self.judge.meanings)


SPECIAL = (
    ("the weights are not turned round going back", ("the outer product is the wrong way round",
                                                     "a quantity of the wrong layer")),
    ("weight decay counted wrongly", ("a factor 2 is lost in one place", "a factor 2 too many in one place")),
    ("the samples are not added up", ("one path only",)),
    ("the penalty is forgotten", ("one path only",)),
    ("softmax treated unit by unit", ("one path only", "one slope too many", "a sign is turned",
                                      "the slope of another activation")),
    ("the bias gradient carries an input", ("a quantity of the wrong layer", "weight and input are exchanged",
                                            "the activation stands where its slope belongs")),
    ("the slope by value is written with z", ("z stands where a belongs",)),
    ("the slope is taken at a instead of z", ("a stands where z belongs", "a quantity of the wrong layer")),
    ("brackets are missing", ("a factor 2 is lost in one place",)),
)
"""A name, and those that say less of the same mistake."""


def _decided(hits):
    names = list(hits)
    for special, less in SPECIAL:
        if special in names:
            names = [name for name in names if name not in less]
    return Named((names[0],)) if len(names) == 1 else Named((), tuple(names))


def _factor(known, given):
    """By what a value is to be multiplied to be the known one, entry by entry; None where that is no constant."""
    _, (left, right) = aligned(known, given)
    if left.ndim != right.ndim or known.axes == ("rows", "columns") and left.shape != right.shape:
        return None
    left, right = np.broadcast_arrays(left, right)
    if right.size > np.size(known.array):  # it depends on an index that the known one has not
        return None
    some = np.abs(right) > 1e-14
    if not some.any() or np.abs(left[~some]).max(initial=0) > 1e-12:
        return None
    ratio = left[some] / right[some]
    return float(ratio.flat[0]) if np.ptp(ratio) <= EQUAL * np.abs(ratio).max() else None
