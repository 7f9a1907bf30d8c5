"""How far the axes of arrays run, found out while a program is read.

A program knows numbers; equations have letters with ranges.  Two ranges that a program adds up entry by entry are one
range; one that it reshapes, from 12 into 3 × 4, is made of two.  Both may be found out after the range was used, so what
was written with it holds an `Axis`, and the letters are put in at the end.
"""
from ..errors import InputError

RANK = "sgvcpthjq"
"""Kinds of ranges: where two are joined, the kind that stands first here stays."""


class Unequal(InputError):
    """Two axes cannot be taken apart so that their parts are equal."""


class Range:
    """A range of `size` entries in the example.

    kind      what it counts, by its first letter: s samples, t steps, h heads, v classes, c channels, p positions, j units
    formula   by which other ranges give its size: (text with {} for each of them, those ranges); None where it is free
    number    whether its size is a number in the equations too, as that of a window is
    fixed     whether it cannot be taken apart, because entries of it are counted
    named     whether its size has a name, whatever it is computed from and joined with
    """

    def __init__(self, size, kind="j", formula=None, number=False, fixed=False, named=False):
        self.size, self.kind, self.formula = size, kind, formula
        self._number, self.fixed, self.named = number, fixed or formula is not None, named
        self.parts, self.same = None, None

    @property
    def number(self):
        return self._number and not self.named

    @number.setter
    def number(self, is_number):
        self._number = is_number

    @property
    def root(self):
        """The range that stands for all that this one was joined with."""
        return self.same.root if self.same else self

    def atoms(self):
        """The ranges that it is made of, the slowest first."""
        root = self.root
        return tuple(atom for part in root.parts for atom in part.atoms()) if root.parts else (root,)

    def depends_on(self, other):
        return self.root is other.root or self.root.formula is not None and any(
            atom.depends_on(other) for one in self.root.formula[1] for atom in one.atoms())

    def split(self, first):
        """Take a range apart into `first` × the rest."""
        root = self.root
        if root.fixed or root.size % first:
            raise Unequal(f"An axis of {root.size} entries is used as one piece and as {first} × {root.size / first:g}.")
        kinds = {"j": "hj", "c": "gc", "s": "st"}.get(root.kind, root.kind * 2)
        root.parts = (Range(first, kinds[0]), Range(root.size // first, kinds[1]))


class Axis:
    """A letter that a text will have: a place for every entry of a range.  In a text it stands as «its number in a book»."""

    def __init__(self, over: Range, book: list):
        self.range, self.number, self.book, self._parts = over, len(book), book, None
        book.append(self)

    def atoms(self):
        """The axes of the ranges that its range is made of."""
        parts = self.range.root.parts
        if not parts:
            return (self,)
        if self._parts is None:
            self._parts = tuple(Axis(part, self.book) for part in parts)
        return tuple(atom for part in self._parts for atom in part.atoms())

    def __str__(self):
        return f"«{self.number}»"


def atoms_of(axes):
    """All axes that axes are made of."""
    return tuple(atom for axis in axes for atom in axis.atoms())


def size_of(axes):
    product = 1
    for axis in axes:
        product *= axis.range.root.size
    return product


def join(one: Range, other: Range):
    """From now on the two are one range."""
    one, other = one.root, other.root
    if one is other:
        return
    keeps, goes = (other, one) if _first(other, one) else (one, other)
    keeps.kind = min(one.kind, other.kind, key=RANK.index)
    keeps.number, keeps.fixed = one.number or other.number, one.fixed or other.fixed
    keeps.named = one.named or other.named
    goes.same = keeps


def _first(one, other):
    """Whether the first of two ranges is the one to keep: what the other is computed from, or else what is computed."""
    if other.depends_on(one):
        return True
    return one.formula is not None and other.formula is None and not one.depends_on(other)


def align(one, other):
    """Take the axes of two dimensions apart, and join them, until they are the same ranges one by one."""
    while True:
        first, second = atoms_of(one), atoms_of(other)
        pair = next(((a.range.root, b.range.root) for a, b in zip(first, second)
                     if a.range.root is not b.range.root), None)
        if pair is None:
            if len(first) != len(second):
                raise Unequal(f"Axes of {size_of(first)} and {size_of(second)} entries meet.")
            return
        a, b = pair
        if a.size == b.size:
            join(a, b)
        elif a.size > b.size:
            a.split(b.size)
        else:
            b.split(a.size)
