"""Sentences for the learner: what the mistake is, where to look, a number that shows it.  Never the answer."""
import re
from dataclasses import replace
from decimal import Decimal

import numpy as np

from ..formula.tokens import DIGIT
from .grammar import WORD
from .matching import apart
from .mistakes import TABLE
from .reading import formula_values
from .tree import Entry, walk
from .values import evaluate

DIGITS, EXACT = 4, 12
"""Digits that are shown, and those that are free of rounding errors."""
CONSTANT = 1e-9
MOST_INPUTS = 8


# mistakes that are known

def mistakes_told(groups):
    """What went wrong: each name with its sentence and where it is explained.  `groups` as of `Reference.names`."""
    told = ["  \n".join(_told(TABLE[name]) for name in names) for names in groups]
    if len(groups) > 1:
        return "Several mistakes look the same here:\n\n" + "\n\nor\n\n".join(told)
    return ("Two mistakes at once.\n\n" if len(groups[0]) > 1 else "") + told[0]


def _told(mistake):
    return (f"**{mistake.name[0].upper()}{mistake.name[1:]}.** {mistake.sentence} "
            f"See the notebook {mistake.notebook}.")


# a number that shows the difference

def number_told(row, known, answer, tree=None):
    """The entry that differs most, at the first test point where the shapes are the same, with the numbers that the
    formula `tree` has been given there."""
    for point, right, values in zip(row.test_at, known, answer):
        for name, value in right.items():
            one, other = _side_by_side(value, values and values.get(name))
            if one is not None and np.isfinite(other).all() and not np.allclose(one, other, rtol=1e-8, atol=0):
                gap = np.abs(one - other)
                at = np.unravel_index((gap >= gap.max() * (1 - CONSTANT)).argmax(), one.shape)  # the same on any machine
                place = dict(zip(row.letters(name), at))
                return _difference_told(_place(row, name, at), other[at], one[at]) + inputs_told(row, tree, point, place)
    return ""


def inputs_told(row, tree, point, place):
    """The numbers that stand for the entries of a formula at a place: those without an index that is summed."""
    found, arrays = {}, point.as_typed
    for node in walk(tree) if tree else ():
        stored = arrays.get(node.name) if isinstance(node, Entry) else None
        if stored is None or stored.extra:
            continue
        at = [index - 1 if isinstance(index, int) else place.get(index) for index in stored.full(node.indices)]
        if all(index is not None and index < n for index, n in zip(at, stored.values.shape)):
            letters = ",".join(map(str, node.indices))
            found[f"{row.called(node.name)}{f'[{letters}]' * bool(letters)}"] = float(stored.values[tuple(at)])
    numbers = ", ".join(f"{name} = {shown(value)}" for name, value in found.items())
    return f" There {numbers}." if 0 < len(found) <= MOST_INPUTS else ""


def shown(value, digits=DIGITS):
    """A number with so many digits.  Halfway between two it is not rounding errors that decide, but an even last digit."""
    exact = Decimal(f"{value:.{EXACT}g}")
    return f"{float(f'{exact:.{digits - 1}e}'):.{digits}g}"


def _side_by_side(right, answer):
    if answer is None or right.array.ndim != answer.array.ndim or apart({0: right}, {0: answer}) == np.inf:
        return None, None
    return np.broadcast_arrays(right.array, answer.array)


def _place(row, name, at):
    letters = ["sample" if letter == "s" else letter for letter in row.letters(name)]
    return ", ".join(f"{letter} = {n + 1}" for letter, n in zip(letters, at))


def _difference_told(place, yours, right):
    ratio = yours / right if right else np.inf
    times = f", {shown(ratio, 3)} times as much" if 1e-3 < abs(ratio) < 1e3 else ""
    where = f", for {place}," if place else ""
    return f"At a test point{where} yours gives {shown(yours)} where {shown(right)} is right{times}."


# what is right about an answer that is wrong

def what_is_right(known, answer):
    """Sentences about shape, zeros, sign and factor."""
    pairs = [_side_by_side(value, values and values.get(name))
             for right, values in zip(known, answer) for name, value in right.items()]
    if any(one is None or not np.isfinite(other).all() for one, other in pairs):
        return []
    one, other = (np.concatenate([np.ravel(side) for side in sides]) for sides in zip(*pairs))
    zero = one == 0
    told = ["Its shape is right."] * any(value.array.ndim > 1 for right in known for value in right.values()) + ["It is zero where it should be."] * bool(zero.any() and not other[zero].any())
    return told + _factor_told(other[~zero] / one[~zero])


def _factor_told(ratio):
    if ratio.size and ratio[0] and np.ptp(ratio) <= CONSTANT * abs(ratio[0]):
        return ["It is right up to a constant factor."]
    return ["Its sign is right everywhere."] if ratio.size and (ratio > 0).all() else []


def arrays_that_enter_right(row, tree):
    """The arrays in a formula that change it as they change the right answer when they alone are changed, each entry of
    theirs by another factor: then no entry stands in the place of another."""
    names = sorted({node.name for node in walk(tree) if isinstance(node, Entry)} - {"N"})
    point = row.test_at[-1]
    right = [name for name in names if _same_change(change_of_right(row, name), _change(
        point, name, lambda: formula_values(row, tree, [point])[0][0][row.ask]))]
    if not right:
        return []
    names = ", ".join(f"`{row.called(name)}`" for name in right)
    return [f"{names} {'enters' if len(right) == 1 else 'enter'} it in the right way."]


def change_of_right(row, name):
    """By which factor each entry of the right answer changes when an array is changed at the last test point."""
    point = row.test_at[-1]
    return _change(point, name, lambda: row.value(point.run(row.lines))[row.ask])


def _change(point, name, value):
    before = value()
    with point.changed(name), np.errstate(all="ignore"):
        return replace(before, array=value().array / before.array)


def changes(factors):
    """Whether there is a change in some factors."""
    return bool((np.abs(factors[np.isfinite(factors)] - 1) > CONSTANT).any())


def _same_change(right, answer):
    one, other = _side_by_side(right, answer)
    if one is None or not changes(one):
        return False
    both = np.isfinite(one) & np.isfinite(other)
    return bool((np.abs(other - one)[both] <= CONSTANT * np.abs(one[both])).all() and changes(other[both]))


def free_indices_told(row, tree):
    """Indices that are neither summed nor asked for."""
    point = row.test_at[-1]
    free = [at for at in evaluate(tree, point.as_typed, point.ranges).axes if at not in row.axes]
    return [f"The index {at} is neither summed nor asked for." + " It counts the samples." * (at == "s")
            for at in free]


def single_units_told(row, tree):
    """Units named by number, where layers may have any width."""
    numbered = any(isinstance(at, int) for node in walk(tree) if isinstance(node, Entry) and row.layered(node.name)
                   for at in node.indices)
    return ["It names single units, but the layers may have any number of units."] * bool(numbered and not row.entry)


def shapes_told(right, answer):
    """The shapes both ways, where they differ: for a function."""
    return [f"`{name}` has shape {answer[name].array.shape}; expected is {value.array.shape}."
            for name, value in right.items() if value.array.shape != answer[name].array.shape]


SUPERSCRIPT = re.compile(rf"_\{{?[{WORD}]+\}}?(?:\^{DIGIT}|[²³])")


def superscripts_told(text):
    """Numbers above that may have been meant for layers."""
    return ["A number above a name is read as a power; the layer of a weight is written w^(2)_jk, or W2[j,k]."] * bool(
        SUPERSCRIPT.search(text))


def undecided_told(answer):
    finite = all(values is not None and all(np.isfinite(value.array).all() for value in values.values())
                 for values in answer)
    why = ("It agrees to six digits, but not exactly; is a number in it rounded?" if finite else
           "At a test point it has no finite value: does it divide by zero or take the logarithm of a negative number?")
    return f"This cannot be decided. {why} Write it in another form."
