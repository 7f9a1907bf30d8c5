"""What her numbers show besides the gradient: a table of symptoms of data, start, cost and outputs.

A row looks at the numbers (`Seen`) and returns a sentence with the figures, or "" where there is nothing to see.
"""
from dataclasses import dataclass
from collections.abc import Callable

import numpy as np

from .result import Finding

MOST_SHOWN = 0.5
"""From this share of a layer's units or values on, saturation and dead units are told."""

RANGES = {"sigmoid": (0, 1), "softmax": (0, 1), "tanh": (-1, 1), "relu": (0, np.inf), "softplus": (0, np.inf)}
"""Activation → between which numbers its outputs lie."""


@dataclass(frozen=True)
class Seen:
    """What can be looked at: the `Pass`, our reading of hers, the right gradient, arrays that hold integers."""

    run: object
    reading: object
    right: dict
    whole: tuple = ()


@dataclass(frozen=True)
class Symptom:
    name: str
    look: Callable
    pointer: tuple

    def seen(self, seen):
        sentence = self.look(seen)
        return [Finding(self.name, sentence, *self.pointer)] if sentence else []


def symptoms(seen):
    """All that shows, a list of `Finding`s; a symptom is left out where another that explains it is there."""
    found = {}
    with np.errstate(all="ignore"):
        for row in TABLE:
            if not any(row.name in EXPLAINED.get(name, ()) for name in found):
                found |= {one.name: one for one in row.seen(seen)}
    return list(found.values())


EXPLAINED = {
    "all weights start at zero": ("hidden units are equal", "units are dead", "the gradient vanishes going back"),
    "the inputs are not scaled": ("units are saturated", "inputs of very different size", "units are dead",
                                  "the gradient vanishes going back"),
    "units are saturated": ("the gradient vanishes going back",),
    "units are dead": ("the gradient vanishes going back",),
    "samples are repeated": ("all targets are the same",),
}
"""Symptom → symptoms that follow from it, or say less, and are not told then."""


def _integers(seen):
    if not seen.whole:
        return ""
    names = ", ".join(dict.fromkeys(seen.whole))
    return (f"{names} {'holds' if len(seen.whole) == 1 else 'hold'} integers, and what is stored into an array of "
            "integers loses its fractions: small steps vanish, and those of a numerical gradient. Write .astype(float).")


def _zero_start(seen):
    zero = [f"W{at}" for at, W in enumerate(seen.run.W) if W is not None and not W.any()]
    if not zero or seen.run.depth == 1:
        return ""
    still = [f"d{name}" for name, array in seen.right.items() if not array.any()]
    then = f" Here {', '.join(still)} {'is' if len(still) == 1 else 'are'} exactly 0." if still else ""
    return (f"{', '.join(zero)} {'is' if len(zero) == 1 else 'are'} all 0, so hidden units get no error, or all the "
            f"same.{then} Begin with small random weights, as bp.initial_parameters does.")


def _equal_units(seen):
    for layer in range(1, seen.run.depth):
        own = np.column_stack([seen.run.W[layer], seen.run.b[layer], seen.run.W[layer + 1].T])
        if len(own) > 1 and len(np.unique(own, axis=0)) < len(own):
            return (f"In layer {layer} only {len(np.unique(own, axis=0))} of {len(own)} units differ in their weights: "
                    "equal units have equal gradients and stay equal. Begin with random weights.")
    return ""


def _saturated(seen):
    """(layer, share) of the first layer whose slopes are nearly 0 in most places."""
    for layer, row in enumerate(seen.run.rows):
        if row is not None and row.name in ("sigmoid", "tanh") and (layer < seen.run.depth or not seen.run.cancels):
            share = float((np.abs(seen.run.z[layer]) > (7 if row.name == "sigmoid" else 4)).mean())
            if share >= MOST_SHOWN:
                return layer, share
    return None


def _far_out(seen):
    return float(np.abs(seen.run.z[1]).max())


def _not_scaled(seen):
    X = seen.run.a[0]
    large = np.abs(X).max() > 20 and _far_out(seen) > 20
    if not large or not (_saturated(seen) or _far_out(seen) > 100):
        return ""
    pixels = X.min() >= 0 and 50 < X.max() <= 255
    hint = " Divide pixels by 255" if pixels else " Take off the mean and divide by the spread"
    return (f"The inputs run from {X.min():.4g} to {X.max():.4g}, and the weighted sums of layer 1 up to "
            f"{_far_out(seen):.4g}, where slopes are 0 and exp overflows.{hint}.")


def _saturated_told(seen):
    found = _saturated(seen)
    if not found:
        return ""
    layer, share = found
    X = seen.run.a[0]
    return (f"In layer {layer}, {share:.0%} of the values lie where the slope is nearly 0 (|z| up to "
            f"{np.abs(seen.run.z[layer]).max():.4g}), and little goes back. X runs from {X.min():.4g} to "
            f"{X.max():.4g}; scale it, or begin with smaller weights.")


def _dead(seen):
    for layer, row in enumerate(seen.run.rows[:-1]):
        if row is not None and row.name == "relu" and seen.run.N >= 4:
            share = float((seen.run.z[layer] <= 0).all(0).mean())
            if share >= MOST_SHOWN:
                X = seen.run.a[0]
                return (f"In layer {layer}, {share:.0%} of the units give 0 for every sample of this batch, and learn "
                        f"nothing from it. X runs from {X.min():.4g} to {X.max():.4g}.")
    return ""


def _out_of_reach(seen):
    low, high = RANGES.get(seen.run.rows[-1].name, (-np.inf, np.inf))
    Y, loss = seen.run.Y, seen.run.loss
    if loss.targets == "none" or loss.name == "given error":
        return ""
    outside = (Y < low - 1e-9) | (Y > high + 1e-9)
    if not outside.any():
        return ""
    return (f"{outside.mean():.0%} of the targets lie outside what {seen.run.rows[-1].name} can give: they run from "
            f"{Y.min():.4g} to {Y.max():.4g}, outputs from {low} to {high}. No gradient leads there: scale the "
            "targets, or take identity as the last activation.")


def _repeated(seen):
    X, Y, N = seen.run.a[0], seen.run.Y, seen.run.N
    both = np.unique(np.column_stack([X, Y]), axis=0)
    few = np.prod([float(len(np.unique(column))) for column in X.T]) <= N  # so that some have to be alike
    if N < 3 or len(both) == N or N > 20 and (few or len(both) > 0.9 * N):
        return ""
    return (f"Only {len(both)} of the {N} samples are different. If they should all be: random.shuffle on an array of "
            "rows writes one over another; take np.random.permutation.")


def _contradictions(seen):
    X, Y = seen.run.a[0], seen.run.Y
    alone, both = (len(np.unique(table, axis=0)) for table in (X, np.column_stack([X, Y])))
    if alone == both or seen.run.loss.targets in ("none",) or alone > 0.5 * len(X) and len(X) > 20:
        return ""
    return (f"{both - alone} samples have the same inputs as another and other targets. Were X and Y shuffled apart, "
            "or is an input missing?")


def _sizes_apart(seen):
    spread = np.abs(seen.run.a[0]).max(0)
    spread = spread[spread > 0]
    if spread.size < 2 or spread.max() < 1000 * spread.min():
        return ""
    return (f"One input is as large as {spread.max():.4g}, another at most {spread.min():.4g}: the same step is "
            "too long for the weights of one and too short for those of the other. Scale each input.")


def _vanishes(seen):
    sizes = [np.abs(seen.right[f"W{layer}"]).max() for layer in (1, seen.run.depth)]
    if seen.run.depth < 2 or not sizes[1] or sizes[0] > 1e-5 * sizes[1]:
        return ""
    return (f"The largest entry of dW1 is {sizes[0] / sizes[1]:.1g} times that of the last layer: little of the error "
            "arrives.")


def _same_targets(seen):
    Y = seen.run.Y
    if seen.run.N < 4 or seen.run.loss.targets == "none" or np.ptp(Y, axis=0).any():
        return ""
    return f"All {seen.run.N} samples of this batch have the same target. Is the data sorted by class?"


TABLE = (
    Symptom("integers in place of floats", _integers, ("10-is-my-gradient-right", "False alarms")),
    Symptom("targets out of the outputs' reach", _out_of_reach,
            ("09-activations", "What a layer does to the error term")),
    Symptom("all weights start at zero", _zero_start, ("09-activations", "Two ways to begin badly")),
    Symptom("hidden units are equal", _equal_units, ("09-activations", "Two ways to begin badly")),
    Symptom("the inputs are not scaled", _not_scaled, ("09-activations", "Which weights keep the signal alive?")),
    Symptom("units are saturated", _saturated_told, ("09-activations", "What a layer does to the error term")),
    Symptom("units are dead", _dead, ("09-activations", "Units that have died")),
    Symptom("inputs of very different size", _sizes_apart, ("01-downhill", "Second part: a long valley")),
    Symptom("samples are repeated", _repeated, ("11-digits", "How many images for one step?")),
    Symptom("the same inputs with different targets", _contradictions, ("11-digits", "Its mistakes")),
    Symptom("all targets are the same", _same_targets, ("11-digits", "How many images for one step?")),
    Symptom("the gradient vanishes going back", _vanishes, ("09-activations", "Ten layers")),
)
