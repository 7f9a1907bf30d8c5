"""Each link of each line, judged in numbers: it follows, it does not follow, or it cannot be decided.

What a broken line gives is taken as given from there on (`carried`), so that lines which rest on it are judged by
themselves.
"""
from dataclasses import dataclass, field, replace
from enum import Enum

import numpy as np

from .carried import Carried
from .deadline import look_at_the_clock
from .given import write_down
from .matrices import Matrices
from .tree import Diagonal, Entry, Known, Node, Own, Transpose, walk
from .values import Misfit, NoValue, World, aligned, named_alike

EQUAL, NEARLY, NOTHING = 1e-8, 1e-5, 1e-13
"""Relative differences up to which sides are equal, or may be equal but for rounded numbers; and what counts as 0."""


NOT_FINITE = ("At a test point it has no finite value: does it divide by zero or take the logarithm of a negative "
              "number?")
ROUNDED = "It agrees to a few digits, but not exactly; is a number in it rounded?"


class Finding(Enum):
    """What is found about a link or a line."""

    FOLLOWS = "follows"
    BROKEN = "does not follow"
    UNDECIDED = "cannot be decided"
    UNREADABLE = "cannot be read"
    REMARK = "remark"


@dataclass
class Link:
    """left = right.

    head     what the chain begins with
    finding  what was found
    why      a sentence where indices or shapes do not fit, or nothing can be said
    carried  whether it follows from a broken line before it, and not in truth
    again    whether the right side is right again after a broken line
    after_break  whether the chain was broken before
    defines  whether it gives a name
    worlds   what gave values to its sides
    """

    left: Node
    right: Node
    head: Node | None = None
    finding: Finding = Finding.FOLLOWS
    why: str = ""
    carried: bool = False
    again: bool = False
    after_break: bool = False
    defines: bool = False
    worlds: list = field(default_factory=list)


@dataclass
class Judged:
    """A line and its links."""

    read: object
    links: list
    finding: Finding
    problems: list = field(default_factory=list)

    @property
    def broken(self):
        return next((link for link in self.links if link.finding is Finding.BROKEN), None)


class Judge:
    """Judges the lines of one reading at all points of a network."""

    def __init__(self, reader, sites, meant):
        self.names, self.meanings, self.sites, self.meant = reader.names, reader.meanings, sites, meant
        self.truth = [self.world(site) for site in sites]
        self.bare = {}
        self.replaced, self.own = [{} for _ in sites], [{} for _ in sites]
        self.carried = None
        self.last = self.head = None
        self.after_break = False

    def world(self, site, carried=None, own=None, kind=World):
        """What gives values at a point."""
        world = kind(site, own or self.meanings, dict(site.letters), self.names.first, self.names.sample,
                     self.meant.partials, carried)
        with_matrices = Matrices(world, self.meant.matrices, self.meant.mode.batch, self.names.from_to)
        return world, with_matrices

    def chosen(self, pair, *trees):
        """The world of a point in which trees are written: with matrices where names have no indices."""
        bare = self.meant.matrices and any(self.is_bare(tree) for tree in trees)
        return pair[1] if bare else pair[0]

    def is_bare(self, tree):
        """Whether a formula has names without indices."""
        found = self.bare.get(id(tree))
        if found is None:
            found = self.bare[id(tree)] = tree, self._has_bare_names(tree)
        return found[1]

    def _has_bare_names(self, tree):
        return any(isinstance(part, Entry) and part.indices is None or isinstance(part, (Transpose, Diagonal))
                   or isinstance(part, Own) and not part.indices and self.is_bare(self.meanings[part.name].tree)
                   for part in walk(tree))

    def lines(self, reads):
        with np.errstate(all="ignore"):
            return [self.line(read) for read in reads]

    def line(self, read):
        look_at_the_clock()
        if read.remark:
            return Judged(read, [], Finding.REMARK)
        links, problems = [], []
        for chain in read.chains:
            links += self.chain(chain)
            problems += chain.problems
        if not links and not problems:
            return Judged(read, [], Finding.REMARK)
        worst = [link.finding for link in links] + [Finding.UNREADABLE] * bool(problems)
        order = (Finding.BROKEN, Finding.UNREADABLE, Finding.UNDECIDED)
        return Judged(read, links, next((finding for finding in order if finding in worst), Finding.FOLLOWS), problems)

    def chain(self, chain):
        sides = chain.sides
        if not chain.goes_on:
            self.head, self.last, self.after_break, sides = sides[0], sides[0], False, sides[1:]
        found = []
        for number, side in enumerate(sides):
            left = self.last if self.last is not None else self.head
            if side is None or left is None:
                self.last = side
                continue
            link = Link(left, side, self.head or left, after_break=self.after_break,
                        defines=chain.meaning is not None and number == 0)
            if link.defines:
                link.finding, link.why = self.has_value(side)
            else:
                self.judge(link)
            found.append(link)
            self.last = side
        if any(link.finding is Finding.BROKEN for link in found) or self.after_break and found:
            self.after_break = True
            self.carry(self.head, self.last)
        return found

    # one link

    def judge(self, link):
        link.worlds = self.truth
        finding, why = self.compared(link.left, link.right, self.truth)
        if finding is Finding.BROKEN and self.carried:
            again, _ = self.compared(link.left, link.right, self.carried)
            if again is Finding.FOLLOWS:
                link.carried = True
                return
            link.worlds = self.carried if why == "" else self.truth
        if finding is not Finding.FOLLOWS and link.after_break and link.head is not link.left:
            again, _ = self.compared(link.head, link.right, self.truth)
            if again is Finding.FOLLOWS:
                link.again = True
                return
        link.finding, link.why = finding, why

    def has_value(self, tree):
        """What a name may be defined as: anything that has a value."""
        try:
            for pair in self.truth:
                world = self.chosen(pair, tree)
                self.set_ranges(world, tree)
                world.value(tree)
        except (Misfit, NoValue) as problem:
            return Finding.UNDECIDED, str(problem)
        return Finding.FOLLOWS, ""

    def compared(self, left, right, worlds):
        """The worst of what two sides are at all points."""
        worst = Finding.FOLLOWS, ""
        for pair in worlds:
            found = self.at_point(left, right, pair)
            if found[0] is Finding.BROKEN:
                return found
            worst = found if found[0] is Finding.UNDECIDED else worst
        return worst

    def at_point(self, left, right, pair):
        """What two sides are at one point: (finding, why)."""
        world = self.chosen(pair, left, right)
        self.set_ranges(world, left, right)
        try:
            one = world.value(left)
        except (Misfit, NoValue) as problem:
            return Finding.UNDECIDED, str(problem)
        try:
            other = world.value(right)
            exist = world.exists(left)
            gap = min((difference(*pair, exist) for pair in named_alike(one, other)), key=lambda gap: (gap != gap, gap))
        except Misfit as problem:
            return Finding.BROKEN, str(problem)
        except NoValue as problem:
            return Finding.UNDECIDED, str(problem)
        if np.isnan(gap):
            return Finding.UNDECIDED, NOT_FINITE
        if gap <= EQUAL:
            return Finding.FOLLOWS, ""
        return (Finding.UNDECIDED, ROUNDED) if gap <= NEARLY else (Finding.BROKEN, "")

    def set_ranges(self, world, *trees):
        """How far letters run that stand in conditions and computed indices."""
        base = world.base or world
        ranges = dict(base.site.letters)
        for tree in trees:
            for at, n in base.ranges_in(tree).items():
                ranges.setdefault(at, n)
        world.ranges = base.ranges = ranges

    # after a broken line

    def carry(self, head, last):
        """Take the last side of a broken chain as what its head is from here on."""
        if head is None or last is None:
            return
        worlds = self.carried or self.truth
        for pair, replaced, own in zip(worlds, self.replaced, self.own):
            world = self.chosen(pair, head, last)
            self.set_ranges(world, head, last)
            try:
                value = world.value(last)
                if isinstance(head, Own):
                    own[head.name] = replace(self.meanings[head.name], tree=Known(value))
                write_down(self, world, head, value, replaced)
            except (Misfit, NoValue):
                continue
        self.carried = [self.world(site, Carried(site, replaced), {**self.meanings, **own})
                        for site, replaced, own in zip(self.sites, self.replaced, self.own)]


def difference(one, other, where=None):
    """How far two values differ, relative to the larger; nan where a number is not finite.

    where   at which places they are compared, everywhere by default
    """
    if where is None:
        _, (left, right) = aligned(one, other)
    else:
        _, (left, right, inside) = aligned(one, other, where)
        left, right = (np.where(inside, side, 0) for side in (left, right))
    if one.axes == other.axes == ("rows", "columns") and left.shape != right.shape:
        if left.size != 1 and right.size != 1:
            raise Misfit(f"The left side has the shape {'×'.join(map(str, left.shape))}, the right side "
                         f"{'×'.join(map(str, right.shape))}.")
    with np.errstate(all="ignore"):
        gap = np.abs(left - right).max(initial=0)
        size = max(np.abs(left).max(initial=0), np.abs(right).max(initial=0))
    if not np.isfinite(gap):
        return np.nan
    return 0.0 if size <= NOTHING else float(gap / size)
