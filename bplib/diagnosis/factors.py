"""Constant factors and penalties, read off an array: hers = f · product + c · parameter, and the names of f and c."""
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import combinations_with_replacement
from math import prod

import numpy as np

from ..coursework import MISTAKES

FEW = 4
"""An array with fewer entries than this says little by being a multiple: then only factors with a reason count."""


@dataclass(frozen=True)
class Reason:
    """A factor that has a reason.

    value   the factor;  shown   how it is written;  name   of the mistake;  why   a half sentence
    """

    value: float
    shown: str
    name: str
    why: str


SENTENCES = {
    "not divided by the number of outputs":
        ("This cost is the mean over the outputs, and so is its gradient.", "05-layers-and-indices",
         "The output layer"),
    "divided by the number of outputs":
        ("This cost adds up over the outputs, and so does its gradient.", "05-layers-and-indices", "The output layer"),
    "m is not the number of samples":
        ("What divides is the number of units of a layer, not the number of samples. Which axis of X are the samples?",
         "05-layers-and-indices", "Many samples"),
    "divided by the number of samples":
        ("This cost adds up over the samples, and so does its gradient.", "07-matrices",
         "What does a mini-batch cost?"),
    "a constant factor":
        ("A line has a factor that the cost does not give it.", "10-is-my-gradient-right", "Planted mistakes"),
    "the penalty is missing":
        ("The cost has a penalty on the weights, and its derivative λ·w belongs to the gradient.",
         "11-digits", "Learning by heart"),
    "a penalty that the cost does not have":
        ("The gradient has a multiple of the weights in it, and the cost that was described has no penalty (l2=0).",
         "11-digits", "Learning by heart"),
    "the sign of the penalty":
        ("The penalty makes the cost grow with the weights: its derivative + λ·w pulls them back to 0.",
         "11-digits", "Learning by heart"),
    "half of the penalty":
        ("The derivative of λ·w² is 2λ·w, that of (λ/2)·w² is λ·w. Which of the two stands in the cost?",
         "11-digits", "Learning by heart"),
    "the penalty inside or outside the mean":
        ("The cost says whether the number of samples divides the penalty, too; the gradient says otherwise.",
         "11-digits", "Learning by heart"),
    "a factor in the penalty":
        ("The penalty's part of the gradient has a factor that the cost does not give it.",
         "11-digits", "Learning by heart"),
}
"""Mistakes that are factors, and that the exercises do not have: name → sentence, notebook, heading."""


def told(name):
    """(sentence, notebook, heading) of a factor's mistake."""
    if name in SENTENCES:
        return SENTENCES[name]
    return MISTAKES[name].sentence, MISTAKES[name].notebook, ""


def reasons(run, eta=None, layer=None):
    """The factors that have a reason at her numbers: a list of `Reason`.

    layer   of the array that has the factor: its sizes may be mistaken for the number of samples
    """
    mean, squared = run.share != 1 or run.N == 1, run.loss.name == "squared error"
    half = squared and float(run.loss.parameter[1]) == 0.5
    found = [Reason(-1.0, "−1", "the sign is turned", "the sign is turned")]
    found += [Reason(2.0, "2", "a 2 that the ½ has cancelled" if half else "a constant factor", "twice"),
              Reason(0.5, "1/2", "the 2 of the square is lost" if squared and not half else "a constant factor",
                     "half")]
    if run.N > 1:
        never = "not divided by the number of samples" if mean else "a constant factor"
        twice = "divided by the number of samples once too often" if mean else "divided by the number of samples"
        found += [Reason(float(run.N), str(run.N), never, f"the batch has {run.N} samples"),
                  Reason(1 / run.N, f"1/{run.N}", twice, f"the batch has {run.N} samples")]
    if run.outputs > 1:
        n, whole = run.outputs, run.part == 1
        found += [Reason(float(n), str(n), "a constant factor" if whole else "not divided by the number of outputs",
                         f"there are {n} outputs"),
                  Reason(1 / n, f"1/{n}", "divided by the number of outputs" if whole else "a constant factor",
                         f"there are {n} outputs")]
    if eta and eta != 1:
        found.append(Reason(float(eta), f"{eta:g}", "the learning rate is part of the gradient", "that is η"))
    widths = {a.shape[1] for a in (run.a if layer is None else run.a[layer - 1:layer + 1])}
    found += [Reason(run.N / n, f"{run.N}/{n}", "m is not the number of samples", f"a layer has {n} units")
              for n in sorted(widths) if mean and n != run.N and run.N > 1]
    return found


class Factors:
    """The factors that have a reason at her numbers, and their products, looked up by value.

    most   how many reasons together
    """

    def __init__(self, run, eta=None, layer=None, most=3):
        known, self._by_number = reasons(run, eta, layer), []
        for number in range(1, most + 1):
            ways = [parts for parts in combinations_with_replacement(known, number) if _sensible(parts)]
            ways.sort(key=_value)
            self._by_number.append(([_value(parts) for parts in ways], ways))

    def of(self, factor, tolerance, most=3):
        """The shortest products of reasons that give a factor: a list of tuples of `Reason`."""
        near = tolerance * abs(factor)
        for values, ways in self._by_number[:most]:
            found = ways[bisect_left(values, factor - near):bisect_right(values, factor + near)]
            if found:
                return found
        return []


def _value(parts):
    return prod(part.value for part in parts)


def _sensible(parts):
    """No number beside its own inverse, and no sign twice."""
    pairs = [(one, other) for at, one in enumerate(parts) for other in parts[at + 1:]]
    return all(abs(one.value * other.value - 1) > 1e-9 for one, other in pairs) and (
        len({part.shown for part in parts}) == len(parts) or parts[0].shown == parts[-1].shown == "2")


PENALTIES = (0.0, 2.0, 0.5, -1.0)


def penalty_names(ratio, samples):
    """The mistakes by which the penalty's part is a multiple of what it should be: a list of names."""
    exact = ((0.0, "the penalty is missing"), (2.0, "weight decay counted twice"), (0.5, "half of the penalty"),
             (-1.0, "the sign of the penalty"), (samples, "the penalty inside or outside the mean"),
             (1 / samples, "the penalty inside or outside the mean"))
    found = [name for value, name in exact if abs(ratio - value) < 1e-4]
    return [*dict.fromkeys(found)] or ["a factor in the penalty"]


def fits(hers, product, parameter, penalty, tolerance, slack, samples, strength=0.0):
    """Pairs (f, c) with hers = f · product + c · parameter within the tolerance, the likeliest first.

    penalty   what c should be: λ, or 0 for a bias;  strength   λ
    """
    hers, product, parameter = (array.reshape(-1) for array in (hers, product, parameter))
    allowed = tolerance * max(np.abs(hers).max(initial=0), 1e-300) + slack.reshape(-1)

    def right(f, c):
        return bool((np.abs(hers - f * product - c * parameter) <= allowed).all())

    if right(1.0, penalty):
        return [(1.0, penalty)]
    both = _both(hers, product, parameter)
    if hers.size >= FEW and both[0] and not _near(hers - both[0] * product - both[1] * parameter, allowed):
        return []  # where the best f and c do not fit, no others do
    found = [(_ratio(hers, product), 0.0)]
    if penalty:
        f = _ratio(hers, product + penalty * parameter)
        found += [(_ratio(hers - penalty * parameter, product), penalty), (f, f * penalty)]
        found += [(1.0, ratio * penalty) for ratio in (*PENALTIES, samples, 1 / samples)]
    found += [(1.0, strength)] * (strength != penalty) + [both] * (hers.size >= FEW)
    return [pair for pair in dict.fromkeys(_clean(f, c, penalty) for f, c in found if f and np.isfinite(f))
            if right(*pair)][:2]


def _near(rest, allowed):
    """Whether least squares has left so little that each entry may be within what is allowed."""
    return float(rest @ rest) <= rest.size * float(allowed.max())**2


def _clean(f, c, penalty):
    """Numbers without the rounding in them, where they are next to 1, to λ or to 0."""
    f = 1.0 if abs(f - 1) < 1e-6 else float(f)
    c = penalty * f if abs(c - penalty * f) < 1e-6 * abs(penalty * f) else 0.0 if abs(c) < 1e-9 else float(c)
    return f, c


def _ratio(hers, product):
    """The factor that fits best; 0 where there is none."""
    size = float(product @ product)
    return float(hers @ product) / size if size > 0 else 0.0


def _both(hers, product, parameter):
    """f and c of least squares; zeros where the two arrays are nearly multiples of each other."""
    pp, pw, ww = float(product @ product), float(product @ parameter), float(parameter @ parameter)
    determinant = pp * ww - pw * pw
    if not determinant > 1e-10 * pp * ww:
        return 0.0, 0.0
    hp, hw = float(hers @ product), float(hers @ parameter)
    return (hp * ww - hw * pw) / determinant, (hw * pp - hp * pw) / determinant
