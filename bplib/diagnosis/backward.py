"""Backpropagation through dense layers at her numbers, in pieces that a mistake can be put into.

    error[l]    ∂C_s/∂a[l]     at the end from the loss, before it delta[l+1] @ W[l+1]
    delta[l]    ∂C_s/∂z[l]     error[l] · g'(z[l]), or through the Jacobian where the activation is softmax
    dW[l]       share · delta[l].T @ a[l−1] + λ W[l]
    db[l]       share · Σ_s delta[l]

share is 1/N where the cost is the mean over the samples, otherwise 1; the samples are rows (Nielsen, ch. 2).
"""
from functools import cached_property

import numpy as np

from .. import reference
from ..functions import ActivationFunction, LossFunction, SoftmaxFunction
from ..numerics import quiet


def function_of(row):
    """The numeric function of an activation's row."""
    return ActivationFunction(row) if row.elementwise else SoftmaxFunction(row)


class Pass:
    """Forward and backward through a network of dense layers: lists by layer, W[0] and b[0] being None.

    Y   targets with a row for each sample
    """

    def __init__(self, network, parameters, X, Y):
        structure, self.network = network.structure, network
        self.depth, self.l2 = len(structure.activations), float(network.options.l2)
        self.rows = [None, *structure.activations]
        self.W = [None, *(parameters[f"W{at}"].astype(float) for at in range(1, self.depth + 1))]
        self.b = [None, *(parameters[f"b{at}"].astype(float) if structure.bias else np.zeros(len(self.W[at]))
                          for at in range(1, self.depth + 1))]
        self.N, self.outputs = len(X), len(self.W[-1])
        self.Y = _as_rows(network, Y, self.N, self.outputs)
        self.share = 1 / self.N if network.options.over_samples == "mean" else 1.0
        self.z, self.a = [None], [np.asarray(X, float)]
        for layer in range(1, self.depth + 1):
            with np.errstate(all="ignore"):
                self.z.append(self.a[-1] @ self.W[layer].T + self.b[layer])
            self.a.append(function_of(self.rows[layer])(self.z[layer]))

    @property
    def loss(self):
        return self.network.options.loss

    @property
    def part(self):
        """What each output counts in the cost of a sample."""
        return 1 / self.outputs if self.network.options.over_outputs == "mean" else 1.0

    @property
    def cancels(self):
        """Whether the slope of the outputs cancels with what the loss divides by."""
        return (self.loss.name, self.rows[-1].name) in reference.FROM_Z

    def slope(self, layer):
        """g'(z) of a layer, units each by itself: for softmax a(1 − a), the diagonal of its Jacobian."""
        row, a = self.rows[layer], self.a[layer]
        return a * (1 - a) if not row.elementwise else function_of(row).derivative(self.z[layer])

    @quiet
    def through(self, layer, error):
        """From ∂C_s/∂a to ∂C_s/∂z."""
        if self.rows[layer].elementwise:
            return error * self.slope(layer)
        a = self.a[layer]
        return a * (error - (a * error).sum(1, keepdims=True))

    @cached_property
    @quiet
    def error(self):
        """∂C_s/∂a of the outputs; infinite where the loss divides by an output that is 0."""
        y = None if self.loss.targets == "none" else self.Y
        return self.part * np.broadcast_to(LossFunction(self.loss).derivative(self.a[-1], y), self.a[-1].shape)

    @cached_property
    def delta(self):
        """The right error term of the outputs: by the form in which loss and activation have cancelled, if any."""
        if self.cancels:
            return self.part * reference.FROM_Z[self.loss.name, self.rows[-1].name](self.z[-1], self.Y)[1]
        return self.through(self.depth, self.error)

    @cached_property
    def deltas(self):
        """The right error terms of all layers; index 0 is None."""
        found = [self.delta]
        for layer in range(self.depth - 1, 0, -1):
            found.insert(0, self.through(layer, found[0] @ self.W[layer + 1]))
        return [None, *found]

    def gradients(self):
        """The right gradients: name → array."""
        found = {}
        for layer in range(1, self.depth + 1):
            delta = self.deltas[layer]
            found[f"W{layer}"] = self.share * delta.T @ self.a[layer - 1] + self.l2 * self.W[layer]
            if self.network.structure.bias:
                found[f"b{layer}"] = self.share * delta.sum(0)
        return found


def _as_rows(network, Y, samples, outputs):
    if network.options.loss.targets == "none":
        return np.zeros((samples, outputs))
    return np.eye(outputs)[Y] if network.options.loss.targets == "labels" else np.asarray(Y, float)
