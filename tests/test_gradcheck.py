"""The check never says FAILED to a right gradient and never "passed" to a wrong one: 500 of each, at hard points too."""
import sys
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

import bplib as bp
from bplib.activations import TABLE as ACTIVATIONS
from bplib.conventions import TABLE as TEXTS
from bplib.gradcheck import DECIDES, reference_gradients
from bplib.losses import TABLE as LOSSES
from networks_to_test import NETWORKS, parameters, samples

NAMES = [name for name in ACTIVATIONS if name != "g"]
OPEN = "cannot be decided"


# points at which a gradient is checked: functions, parameters and samples in their layout

def dense_network(random, loss, activation, **options):
    sizes = [int(n) for n in random.integers(1, 6, random.integers(2, 5))]
    row = LOSSES[loss]
    last = str(random.choice(row.outputs or NAMES))
    hidden = [activation, *map(str, random.choice(NAMES, len(sizes)))][:len(sizes) - 2]
    return bp.dense(sizes, [*hidden, last if hidden or activation not in (row.outputs or NAMES) else activation],
                    loss, **options)


def graph_network(random):
    names = [name for name in NAMES if name != "softmax"]
    h, m, o = map(str, random.choice(names, 3))
    return bp.graph({"h": (["p", "q"], h), "m": (["h", "p"], m), "o": (["m", "h", "q"], o)}, inputs=["p", "q"],
                    loss=str(random.choice(["squared error", "Huber error", "absolute error"])),
                    bias=bool(random.integers(2)), l2=float(random.choice([0, 0.1])))


@lru_cache(maxsize=None)
def functions_to_test():
    """Generated functions of networks of all kinds: each loss with each activation, options and texts in turn."""
    random, made = np.random.default_rng(7), []
    for at, (loss, activation) in enumerate((loss, name) for loss in LOSSES for name in NAMES):
        network = dense_network(random, loss, activation, bias=bool(at % 3), l2=[0, 0.1, 2.5][at % 3 - 1],
                                over_samples=["mean", "sum"][at % 2], over_outputs=["sum", "mean"][at // 2 % 2])
        made.append(bp.generate(network, notation=[*TEXTS][at % len(TEXTS)] if at % 2 else "bplib"))
    return made + [bp.generate(graph_network(random)) for _ in range(10)]


def packed(functions, own, X, Y):
    return functions, functions.layout.pack(own), *functions.layout.unpack_samples(X, Y)


def anywhere(functions, random):
    own = parameters(functions.network, random)
    return packed(functions, own, *samples(functions.network, random, int(random.integers(1, 7))))


def at_the_start(functions, random):
    own = bp.initial_parameters(functions.network, int(random.integers(1000)))
    return packed(functions, own, *samples(functions.network, random, 6))


def at_zero(functions, random):
    own = {name: 0 * value for name, value in parameters(functions.network, random).items()}
    return packed(functions, own, *samples(functions.network, random, 3))


def far_out(functions, random):
    """Weighted sums up to about 10⁴: pixels that nobody divided by 255, and worse."""
    own = parameters(functions.network, random)
    X, Y = samples(functions.network, random, 4)
    return packed(functions, own, X * 10 ** random.uniform(1, 4), Y)


def dead(functions, random):
    """Units that are off for every sample, where there are biases to turn them off."""
    own = {name: value - 50 * (name[0] == "b" and name[-1] == "1") for name, value in
           parameters(functions.network, random).items()}
    return packed(functions, own, *samples(functions.network, random, 4))


def tiny_or_huge(functions, random):
    """Costs of about 10⁻¹² or 10¹²: targets that are met but for a little, or far away."""
    network, own = functions.network, parameters(functions.network, random)
    X, Y = samples(network, random, 4)
    if network.options.loss.targets == "values":
        outputs = as_stored_here(functions).predict(own, X).reshape(np.shape(Y))
        Y = outputs + random.normal(size=np.shape(Y)) * random.choice([1e-6, 1e6])
    return packed(functions, own, X, Y)


def trained(functions, random):
    """After 1,000 epochs; most of these networks have come to rest by then."""
    network = functions.network
    X, Y = samples(network, random, 3)
    own = {name: value / 2 for name, value in parameters(network, random).items()}
    step = as_stored_here(functions)
    for _ in range(1000):
        slopes = step.gradients.raw(*own.values(), X, Y)
        own = {name: value - 0.05 * g / max(1.0, np.abs(g).max()) for (name, value), g in zip(own.items(), slopes)}
    return packed(functions, own, X, Y)


@lru_cache(maxsize=None)
def as_stored_here(functions):
    return bp.generate(functions.network)


POINTS = (anywhere, at_the_start, at_zero, far_out, dead, tiny_or_huge, trained)


# right gradients, computed in three ways and stored in two

def derived(functions, at, X, Y):
    return functions.gradients(at, X, Y)


def by_hand(functions, at, X, Y):
    layout = functions.layout
    own = reference_gradients(functions.network, layout.unpack(at), *layout.unpack_samples(X, Y))
    return layout.pack(own)


def in_float32(functions, at, X, Y):
    """As a program of float32 computes it: `np.eye` makes doubles, so targets are handed over in its place."""
    stored = [np.asarray(a, dtype=np.float32) for a in at.values()]
    given = [np.asarray(a, dtype=np.float32) if np.asarray(a).dtype.kind == "f" else a for a in (X, Y)]
    with np.errstate(all="ignore"):
        results = functions.gradients.raw(*stored, *given)
    return {name: np.asarray(result, dtype=np.float32) for name, result in zip(at, results)}


def float32_in_float64(functions, at, X, Y):
    return {name: g.astype(float) for name, g in in_float32(functions, at, X, Y).items()}


RIGHT = (derived, by_hand, in_float32, float32_in_float64)


# the same made wrong by one part in ten thousand

def whole_array(array, random):
    return array * np.asarray(1.0001, array.dtype)


def one_entry(array, random, least=0.1):
    """An entry of some size; what rounding does to the smallest ones may be more than the mistake."""
    wrong = np.array(array)
    wrong.reshape(-1)[random.choice(np.flatnonzero(np.abs(array) >= least * np.abs(array).max()))] *= 1.0001
    return wrong


def largest_entry(array, random):
    return one_entry(array, random, 1.0)


MISTAKES = (whole_array, one_entry, largest_entry)


def made_wrong(gradient, mistake, random):
    """A gradient with a mistake in one of its arrays; None where all of them are 0."""
    names = [name for name, array in gradient.items() if array.any()]
    if not names:
        return None
    name = str(random.choice(names))
    return {**gradient, name: mistake(gradient[name], random)}
