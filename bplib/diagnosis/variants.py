"""Gradients that are right for a network a little other than the one that was described."""
from dataclasses import replace

import numpy as np

from ..activations import activation
from .backward import Pass

ANOTHER = "the forward pass is another one"
ROWS = ("sigmoid", "tanh", "relu", "identity", "softmax")


def described_otherwise(run, search):
    """For which other network her gradient is right, as a sentence; "" where there is none that is looked at."""
    for words, other in _others(run):
        if _right(other, search):
            return (f"Your gradient is right for a network {words}. Is that what your forward pass computes? It has "
                    "to be the one that is described here.")
    return ""


def _others(run):
    """(in words, the `Pass` of a network that differs in one thing)."""
    parameters = {f"W{layer}": run.W[layer] for layer in range(1, run.depth + 1)}
    parameters |= {f"b{layer}": run.b[layer] for layer in range(1, run.depth + 1)}
    if any(b.any() for b in run.b[1:]):
        without = {name: array if name[0] == "W" else 0 * array for name, array in parameters.items()}
        yield "whose biases are left out going forward", Pass(run.network, without, run.a[0], _targets(run))
    structure = run.network.structure
    for at, row in enumerate(structure.activations):
        for name in ROWS:
            last = at + 1 == run.depth
            if name != row.name and (name != "softmax" or last) and not (last and run.cancels):
                rows = (*structure.activations[:at], activation(name), *structure.activations[at + 1:])
                other = replace(run.network, structure=replace(structure, activations=rows))
                words = f"with {name} in layer {at + 1} in place of {row.name}"
                yield words, Pass(other, parameters, run.a[0], _targets(run))


def _targets(run):
    return run.Y.argmax(1) if run.loss.targets == "labels" else run.Y


def _right(other, search):
    gradients = other.gradients()
    return all(gradients[name].shape == hers.shape and np.allclose(
        gradients[name], hers, rtol=0, atol=search.tolerance * np.abs(hers).max() + np.max(search.slack.get(name, 0.0)))
        for name, hers in search.hers.items())
