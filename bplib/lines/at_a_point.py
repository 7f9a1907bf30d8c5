"""The numbers behind a broken line at one point: both sides where they differ most, and what stands in them."""
import numpy as np

from ..errors import InputError
from .tree import Entry, walk
from .values import aligned, named_alike
from .writing import plain

DIGITS, MOST = 4, 8
COSTS = ("C", "losses")


def numbers_told(judge, link) -> str:
    """A sentence with the values of both sides at a test point, and of what stands in them; "" where there are none."""
    pair = link.worlds[0] if link.worlds else judge.truth[0]
    world = judge.chosen(pair, link.left, link.right)
    judge.set_ranges(world, link.left, link.right)
    try:
        with np.errstate(all="ignore"):
            left, right = named_alike(world.value(link.left), world.value(link.right))[0]
        axes, arrays = aligned(left, right)
        one, other = np.broadcast_arrays(*map(np.real, arrays))
    except (InputError, ValueError):
        return ""
    at = np.unravel_index(np.abs(one - other).argmax(), one.shape)
    place = dict(zip(axes, (int(n) for n in at)))
    if not np.isfinite(one[at]) or not np.isfinite(other[at]):
        return ""
    inputs = _inputs(world, link, place)
    where = _where(world, place, one.shape, axes)
    given = f" with {', '.join(inputs)}" if inputs else ""
    before = "the left side" if link.left is link.head else "the expression before"
    return f"At a test point{given}{where} {before} is {one[at]:.{DIGITS}g} and this one {other[at]:.{DIGITS}g}."


def _where(world, place, shape, axes):
    """For which indices, where there are several."""
    if axes == ("rows", "columns"):
        return f", in row {place['rows'] + 1} and column {place['columns'] + 1}," if max(shape) > 1 else ""
    several = [letter for letter in place if letter[0].isalpha() and shape[axes.index(letter)] > 1]
    told = [f"{letter} = {place[letter] + world.first}" for letter in several]
    return f", for {', '.join(told)}," if told else ""


def _inputs(world, link, place):
    """What stands in the two sides, each with its number at this place; sums have several and are left out."""
    found = {}
    for part in [*walk(link.right), *walk(link.left)]:
        if isinstance(part, Entry) and part.indices is not None and part.written and part.array not in COSTS:
            number = _at(world, part, place)
            if number is not None:
                found.setdefault(plain(part), f"{number:.{DIGITS}g}")
    return [f"{name} = {number}" for name, number in list(found.items())[:MOST]]


def _at(world, entry, place):
    """The value of an entry at a place; None where it has indices that the place does not fix."""
    try:
        value = world.value(entry)
    except (InputError, ValueError):
        return None
    lengths = dict(zip(value.axes, value.array.shape))
    if any(n > 1 and at not in place for at, n in lengths.items()):
        return None
    return float(np.real(value.array[tuple(place[at] if n > 1 else 0 for at, n in lengths.items())]))
