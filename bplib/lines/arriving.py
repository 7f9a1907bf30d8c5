"""What a derivation is about, and whether it gets there."""
from dataclasses import dataclass, replace

from .judging import Finding
from .tree import Binary, Derivative, Entry, Letter, Negative, Number, Over, Own, Partial, walk
from .values import OPERATIONS
from .writing import plain

COSTS = ("C", "losses")


@dataclass(frozen=True)
class Arrival:
    """Whether what was to be derived is derived.

    arrives   True or False; None where nothing says what is to be derived
    sentence  in words
    reached   whether the last line about it leaves nothing open and follows from the line before, though that may be
              wrong
    """

    arrives: bool | None
    sentence: str
    reached: bool = False


def arrival(understood, of=None, given=None) -> Arrival:
    """Whether a derivation whose lines are right arrives at ∂C/∂of, or else at what its first line is about.

    given   arrays with respect to which the derivative of the cost is known from the start, δ being one with respect to
            z; every other one has to be worked out.  None where any name for a derivative may stay as it is
    """
    results = _Results(understood, of, given)
    wrong = any(line.finding in (Finding.BROKEN, Finding.UNREADABLE) for line in understood.lines)
    if not results.about:
        return Arrival(None if of is None else False, "" if of is None else f"No line is about ∂C/∂{of}.")
    wanted = of or results.about[0].meaning.by.array
    found = [one for one in results.about if one.meaning.by.array == wanted]
    if not found:
        return Arrival(False, f"{_every(wrong)} this is {results.about[-1].shown}, not ∂C/∂{of}.")
    left = results.left_over(found[-1].last)
    if left is not None:
        return Arrival(False, f"{_every(wrong)} the last one about {found[-1].shown} still contains "
                              f"{plain(left)}.")
    return Arrival(not wrong, "" if wrong else f"It arrives at {found[-1].shown}.", found[-1].follows)


def _every(wrong):
    return "Apart from that," if wrong else "Every line is right, and"


@dataclass
class _Result:
    """A chain over all lines on which it goes on.

    head     its first side
    last     its last side
    follows  whether that follows from the side before
    meaning  the derivative that the head is, or is a name for; None for anything else
    """

    head: object
    last: object = None
    follows: bool = False
    meaning: object = None

    @property
    def shown(self):
        """What it is about, as it is written."""
        return plain(self.head if isinstance(self.head, Entry) else self.meaning)


class _Results:
    """What the lines work out.  `about` are the derivatives of the cost among it."""

    def __init__(self, understood, wanted, given):
        self.understood, self.wanted, self.given = understood, wanted, given
        self.meanings, self.cost = understood.judge.meanings, understood.judge.sites[0].cost
        self.links = {id(link.right): link for line in understood.lines for link in line.links}
        self.all = [one for one in self._chains() if one.head is not None]
        for one in self.all:
            one.meaning = self.derivative(one.head)
        costs = (*COSTS, self.cost) if given is None else ("C", self.cost)
        self.about = [one for one in self.all if one.meaning is not None and one.meaning.of.array in costs]

    def _chains(self):
        found = []
        for line in self.understood.lines:
            for chain in line.read.chains:
                if not chain.goes_on:
                    found.append(_Result(chain.sides[0]))
                if found and chain.sides and (chain.goes_on or len(chain.sides) > 1):
                    link = self.links.get(id(chain.sides[-1]))
                    found[-1].last = chain.sides[-1]
                    found[-1].follows = link is not None and link.finding is Finding.FOLLOWS and not link.carried
        return found

    def derivative(self, tree):
        """The derivative of a quantity that a side is, or is a name for; None for anything else."""
        return derivative_meant(tree, self.understood.judge, self.given is not None)

    def left_over(self, tree, seen=()):
        """A derivative in a last side that no line works out; None where there is none."""
        if tree is None:
            return self.about[-1].head
        parts = list(self.parts(tree))
        summed = {letter for part in parts if isinstance(part, Over) for letter in part.letters}
        return next((part for part in parts if self.is_open(part, summed) and not self.worked_out(part, seen)), None)

    def parts(self, tree):
        """All parts of a side, and of what names of the learner's own in it stand for."""
        for part in walk(tree):
            yield part
            if isinstance(part, Own):
                yield from self.parts(stood_for(part, self.meanings))

    def is_open(self, part, summed):
        if self.given is None:
            return isinstance(part, Partial)
        delta = isinstance(part, Entry) and part.array.startswith("delta")
        return (delta or isinstance(part, (Partial, Derivative))) and not self.is_given(part, summed)

    def is_given(self, part, summed):
        """Whether a derivative is known from the start; of what is to be derived only an entry elsewhere, such as at
        t + 1, and not at a letter that is summed over, which may stand for t too."""
        tree = self.derivative(part)
        known = tree is not None and tree.of.array in (*COSTS, self.cost) and tree.by.array in self.given
        return known and (tree.by.array != self.wanted or any(is_elsewhere(at, summed) for at in tree.by.indices))

    def worked_out(self, part, seen):
        key = self.key(self.derivative(part) or part)
        if key in seen:
            return False
        return any(self.key(one.meaning) == key and one.last is not None and
                   self.left_over(one.last, (*seen, key)) is None for one in self.all if one.meaning is not None)

    def key(self, part):
        """The names of a derivative; C is the cost of a sample where a text speaks of one."""
        of, by = (getattr(one, "array", getattr(one, "name", None)) for one in (part.of, part.by))
        return self.cost if of == "C" else of, by


def is_elsewhere(index, summed=()):
    """Whether an index such as t + 1 is never that of its own letter, as t + 1 − 1 is, and has no letter in `summed`."""
    letters = sorted({part.name for part in walk(index) if isinstance(part, Letter)})
    if isinstance(index, Letter) or set(letters) & set(summed):
        return False
    for start in (101, 211):
        numbers = {letter: start + 10 * n for n, letter in enumerate(letters)}
        if _index_value(index, numbers) in numbers.values():
            return False
    return True


def _index_value(index, numbers):
    if isinstance(index, Letter):
        return numbers[index.name]
    if isinstance(index, Number):
        return index.value
    if isinstance(index, Negative):
        return -_index_value(index.of, numbers)
    if isinstance(index, Binary) and index.sign in OPERATIONS:
        return float(OPERATIONS[index.sign](*(_index_value(one, numbers) for one in (index.left, index.right))))
    return None


def derivative_meant(tree, judge, with_deltas=True):
    """The derivative of a quantity that a side is, or is a name for; None for anything else.

    with_deltas   whether δ is one: that of the cost with respect to z
    """
    while isinstance(tree, Own):
        tree = stood_for(tree, judge.meanings)
    if isinstance(tree, Entry) and with_deltas and tree.array.startswith("delta"):
        of = "losses" if "losses" in judge.sites[0].arrays else judge.sites[0].cost
        return Partial(Entry(of), _z_of(tree))
    entries = isinstance(tree, Partial) and isinstance(tree.of, Entry) and isinstance(tree.by, Entry)
    return tree if entries else None


def stood_for(own, meanings):
    """What a name of the learner's own stands for, with its indices in place of those that it was given with."""
    meaning = meanings[own.name]
    tree, places = meaning.tree, dict(zip(meaning.places, own.indices))
    if not isinstance(tree, Partial) or not isinstance(tree.by, Entry) or not tree.by.indices:
        return tree
    return replace(tree, by=replace(tree.by, indices=tuple(
        places.get(getattr(at, "name", None), at) for at in tree.by.indices)))


def _z_of(delta):
    return Entry("z" + delta.array.removeprefix("delta"), delta.indices, delta.written)
