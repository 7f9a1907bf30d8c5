"""Networks that several test modules use: all kinds of layers, losses and options, and networks neuron by neuron."""
from functools import cache

import numpy as np

import bplib as bp

NETWORKS = {
    "neuron": lambda: bp.neuron("g"),
    "neuron, cross entropy": lambda: bp.neuron("sigmoid", "binary cross entropy", l2=0.1),
    "any activation": lambda: bp.dense([3, 4, 2], "g"),
    "2-2-1": lambda: bp.dense([2, 2, 1], ["sigmoid", "identity"], bp.loss("squared error", factor=0.5)),
    "deep": lambda: bp.dense([3, 2, 4, 3, 2], ["relu", "leaky relu", "elu", "tanh"], "Huber error", l2=0.2),
    "no bias": lambda: bp.dense([3, 4, 2], ["silu", "sigmoid"], bias=False, over_samples="sum"),
    "softmax and cross entropy": lambda: bp.dense([3, 4, 2], ["gelu", "softmax"], "categorical cross entropy"),
    "softmax and labels": lambda: bp.dense([3, 4, 2], ["tanh", "softmax"], "negative log-likelihood", l2=0.3),
    "sigmoid and cross entropy": lambda: bp.dense([3, 4, 2], "sigmoid", "binary cross entropy", over_outputs="mean"),
    "sigmoid and categorical": lambda: bp.dense([3, 4, 2], "sigmoid", "categorical cross entropy"),
    "softmax inside": lambda: bp.dense([3, 4, 2], ["softmax", "softplus"], "absolute error", over_outputs="mean"),
    "softmax and squares": lambda: bp.dense([3, 4, 2], ["identity", "softmax"]),
    "graph with skips": lambda: bp.graph(
        {"h": (["p", "q"], "tanh"), "g": (["h", "p"], "sigmoid"), "o": (["g", "h", "q"], "identity"),
         "r": (["g", "p"], "softplus")}, inputs=["p", "q"], bias=True, l2=0.1),
    "graph with a triangle": lambda: bp.graph(
        {"h": (["p"], "tanh"), "m": (["h"], "tanh"), "o": (["h", "m"], "identity")}, inputs=["p"]),
    "graph, any activation": lambda: bp.graph(
        {"h": (["p"], "g"), "m": (["p", "h"], "g"), "o": (["h", "m", "p"], "g")}, inputs=["p"]),
}


_KEPT = {}
"""Derivations that were made.  Not for tests that change a table: what they derive must be made anew, and not kept."""


def _kept(network, key):
    if key not in _KEPT:
        _KEPT[key] = bp.derive(network)
    return _KEPT[key]


def derived(network):
    """The derivation of a network, made once for all that are alike."""
    return _kept(network, (network.equations, *network.sizes.items()))


def generated(network, notation="bplib"):
    """The functions of a network, from a derivation that is made once for all with its equations, of any width."""
    return bp.generate(network, _kept(network, network.equations), notation)


@cache
def derivation_of(name):
    """The derivation of one of the NETWORKS."""
    return bp.derive(NETWORKS[name]())


def samples(network, random, number=4):
    """Inputs and targets that fit a network; None for targets where the loss has none."""
    def shape(name):
        return [number if n == "N" else n for n in network.shape(name)]

    X = random.normal(size=shape("x"))
    if network.targets is None:
        return X, None
    if network.targets.kind == "c":
        return X, random.integers(0, network.shape("y")[1], number)
    Y = random.uniform(0.05, 0.95, size=shape("y"))
    return X, Y / Y.sum(axis=1, keepdims=True) if network.options.loss.targets == "distribution" else Y


def parameters(network, random):
    """Random parameters of a network."""
    return {name: np.asarray(random.normal(size=network.shape(name))) for name in network.parameters}
