"""Which of the known answers an answer is: the right one, one with a known mistake, or one with two.

Answers are compared by their values at all test points of an exercise: a list with a dict for each point, name of what
is asked for → `Value`, or None where the answer has no value because its indices or shapes do not fit.
"""
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import combinations, permutations

import numpy as np

from ..errors import DerivationError
from ..lines.functions import make_all
from .mistake import everywhere
from .mistakes import TABLE

EQUAL = 1e-8
"""Relative difference up to which two values count as equal."""
NEARLY = 1e-6
"""Up to which they may be equal but for rounding, so that nothing can be said."""
CLEAR = 2
"""How many times the tolerance lies between two numbers that are told apart without doubt."""
SMALLEST, LARGEST = 1e-4, 1000
"""Between these lies a number that an exercise asks for."""


@dataclass(frozen=True, eq=False)
class Value:
    """An array that is compared.

    spread  how many of its first axes may have length 1 where the array does not depend on them
    loose   numbers of axes that may stand in any order: those that a mistake has brought along
    """

    array: np.ndarray
    spread: int = 0
    loose: tuple = ()

    @property
    def ways(self):
        """The array with its loose axes in every order."""
        axes = np.arange(self.array.ndim)
        for order in permutations(self.loose):
            axes[list(self.loose)] = order
            yield self.array.transpose(axes)


def formula_value(array, own):
    """The value of a formula: `own` axes for what is asked for, any number for indices left free."""
    return Value(array, own, tuple(range(own, array.ndim)))


def difference(one, other, spread=0):
    """How far two arrays differ, relative to the larger; infinite where they do not fit, nan where not a number."""
    if one.ndim != other.ndim or not _fit(one.shape, other.shape, spread):
        return np.inf
    with np.errstate(all="ignore"):
        gap = np.abs(one - other)
        size = max(np.abs(array[np.isfinite(array)]).max(initial=0) for array in (one, other))
    finite = np.isfinite(gap)
    relative = float(gap[finite].max(initial=0) / size) if size else 0.0
    return relative if finite.all() or relative > NEARLY else np.nan


def _fit(one, other, spread):
    return all(n == m or at < spread and 1 in (n, m) for at, (n, m) in enumerate(zip(one, other)))


def apart(known, given):
    """The largest difference between a known answer's values at a point and a given one's."""
    if known is None or given is None:
        return 0.0 if known is given else np.inf
    return max(min(difference(way, given[name].array, value.spread) for way in value.ways)
               for name, value in known.items())


def distance(known, given, nearly):
    """The largest difference over all test points; nan where one cannot be told and no other is large."""
    found = [apart(*pair) for pair in zip(known, given, strict=True)]
    if any(gap > nearly for gap in found):
        return max(gap for gap in found if gap > nearly)
    return np.nan if np.isnan(found).any() else max(found)


def equal(known, given, tolerance):
    """Whether two answers have equal values at a point; quicker than `apart`, and False where a value is not finite."""
    if known is None or given is None:
        return known is given
    return all(any(_equal(way, given[name].array, value.spread, tolerance) for way in value.ways)
               for name, value in known.items())


def _equal(one, other, spread, tolerance):
    if one.ndim != other.ndim or not _fit(one.shape, other.shape, spread):
        return False
    gap = np.abs(one - other).max()
    return bool(np.isfinite(gap) and gap <= tolerance * max(np.abs(one).max(), np.abs(other).max()))


@dataclass(frozen=True, eq=False)
class Candidate:
    """A wrong program: the names of its mistakes, and its lines."""

    names: tuple
    lines: tuple


class Reference:
    """The right answer of an exercise, and all wrong ones that are known.

    Values of wrong answers are computed when they are first needed and kept: those with one mistake before those with
    two, and the last test point, where all sizes are equal and everything fits, before the others.
    """

    def __init__(self, exercise):
        self.exercise = exercise
        self.points = exercise.test_at
        self.equal = getattr(exercise, "tolerance", EQUAL)
        self.nearly = max(self.equal, NEARLY)
        self.right = self.values(exercise.lines)
        if None in self.right:
            raise DerivationError(f"The right answer of exercise {exercise.id} has no value at a test point.")
        for point, value in zip(self.points, self.right):
            point.ranges.update(exercise.ranges(value))
        self._last, self._values = {}, {}

    def values(self, lines):
        return [self.value(lines, point) for point in self.points]

    def value(self, lines, point):
        return self.exercise.value(point.run(lines))

    @cached_property
    def single(self):
        """Candidates with one mistake that makes a difference in this exercise."""
        return self._of_rank(0)

    @cached_property
    def rarer(self):
        """The same with a mistake that is looked for where none of these fits."""
        return self._of_rank(1)

    def _of_rank(self, rank):
        candidates = [Candidate(names, lines) for names, lines in self.exercise.with_a_mistake if TABLE[names[0]].rank == rank]
        return tuple(c for c in candidates
                     if self.values_of(c)[-1] is not None and not self.is_right(self.values_of(c)))

    @cached_property
    def double(self):
        """Candidates with two mistakes, the second made in what the first has left."""
        found = (one for context in self.exercise.contexts for one in self._two_in(context))
        return tuple(Candidate(*one) for one in dict.fromkeys(found))

    def _two_in(self, context):
        mistakes = dict.fromkeys(name for candidate in self.single for name in candidate.names)
        made = {name: list(TABLE[name].variants(context, everywhere)) for name in mistakes}
        for first, second in permutations(mistakes, 2):
            names = tuple(name for name in TABLE if name in (first, second))
            for lines in made[first]:
                yield from ((names, both) for both in TABLE[second].variants(replace(context, lines=lines), everywhere))

    def values_of(self, candidate):
        """The values of a candidate at all points."""
        if candidate not in self._values:
            self._values[candidate] = self.values(candidate.lines)
        return self._values[candidate]

    def _at_last(self, candidate):
        if candidate not in self._last:
            self._last[candidate] = self.value(candidate.lines, self.points[-1])
        return self._last[candidate]

    @cached_property
    def mistakes(self):
        """Names of the mistakes that make a difference here: a set."""
        return {name for candidate in self.single for name in candidate.names}

    def alike(self, tolerance=None):
        """Pairs of mistakes that some wrong answer has in common: a set of frozensets of two names."""
        tolerance = tolerance or self.equal
        with np.errstate(all="ignore"):
            return {frozenset((*one.names, *other.names)) for one, other in combinations(self.single, 2)
                    if one.names != other.names and self._same(one, other, tolerance)}

    def _same(self, one, other, tolerance):
        return all(equal(*pair, tolerance) for pair in zip(self.values_of(one), self.values_of(other)))

    def told_apart(self):
        """Names of the mistakes of which every wrong answer says which it is: a set."""
        return self.mistakes - set().union(*self.alike())

    def distance(self, values):
        """How far an answer with these values is from the right one."""
        return distance(self.right, values, self.nearly)

    def is_right(self, values):
        return self.distance(values) <= self.equal

    def names(self, values, tolerance=None):
        """The names of all known wrong answers with these values, a tuple of tuples: of those with one mistake, where there
        is none of those with a rarer one, and where there is none of those with two mistakes.

        tolerance   the relative difference up to which values count as equal, where it is not that of right answers
        """
        with np.errstate(all="ignore"):
            for candidates in ("single", "rarer", "double"):
                found = dict.fromkeys(c.names for c in getattr(self, candidates) if self._matches(c, values, tolerance or self.equal))
                if found:
                    return tuple(found)
        return ()

    def _matches(self, candidate, values, tolerance):
        last = self._at_last(candidate)
        return last is not None and equal(last, values[-1], tolerance) and all(
            equal(*pair, tolerance) for pair in zip(self.values_of(candidate), values))


@lru_cache(maxsize=10_000)
def reference(exercise):
    """The `Reference` of an exercise, made once for all whose answers have the same values."""
    same = exercise.judged_as
    return Reference(exercise) if same is exercise else reference(same)


def is_told_apart(exercise):
    """Whether the numbers of an exercise tell right answer and mistakes from each other as generic ones do."""
    known, generic = reference(exercise), reference(exercise.twin)
    right = abs(float(known.right[0][exercise.ask].array))
    return (SMALLEST <= right <= LARGEST and known.mistakes == generic.mistakes
            and not any(known.distance(known.values_of(one)) <= CLEAR * known.equal for one in known.single)
            and known.alike(CLEAR * known.equal) <= generic.alike())


def prepare(exercise):
    """Compute what every verdict on an exercise needs, so that none has to wait for it."""
    if exercise.kind == "derivation":
        make_all()
    elif exercise.kind != "choice":
        reference(exercise).names([None] * len(exercise.test_at))
