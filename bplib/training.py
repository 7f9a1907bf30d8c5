"""Gradient descent: w ← w − η ∂C/∂w, over all samples or a few at a time, with momentum if wanted."""
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from tqdm import tqdm

from .codegen import Generated, generate
from .errors import InputError
from .inputs import checked_inputs, checked_number, checked_parameters, checked_samples, checked_whole
from .networks import Graph, checked_network
from .notation import DEFAULT
from .tuning import tune

PATIENCE = 2
"""Seconds of training after which a progress bar appears."""


@dataclass
class History:
    """What happened in training.

    parameters      the parameters at the end, a dict of arrays
    cost            cost over all training samples: before training and after each epoch, so epochs + 1 numbers
    accuracy        share of `test` samples that are classified right after each epoch; empty without `test`
    """

    parameters: dict
    cost: list = field(default_factory=list)
    accuracy: list = field(default_factory=list)

    def __repr__(self):
        last = f", accuracy {self.accuracy[-1]:.2%}" if self.accuracy else ""
        return f"<{len(self.cost) - 1} epochs: cost {self.cost[0]:.4g} → {self.cost[-1]:.4g}{last}>"


def initial_parameters(network, seed=0):
    """Random parameters to start from: weights normal with standard deviation 1/√(number of inputs), biases 0.

    Returns a dict of float arrays: W1 (n_1, n_0), b1 (n_1,), …; floats for networks given neuron by neuron.
    """
    network, random = checked_network(network), np.random.default_rng(checked_whole("seed", seed, 0))
    return {name: _draw(network, network.quantities[name], random) for name in network.parameters}


def _draw(network, quantity, random):
    shape = network.shape(quantity.name)
    if quantity.kind == "b":
        return np.zeros(shape)
    inputs = shape[1] if shape else sum(
        q.kind == "W" and q.mark[1] == quantity.mark[1] for q in network.quantities.values())
    return np.asarray(random.normal(size=shape) / np.sqrt(inputs))


def train(network, parameters, X, Y, *, eta, epochs, batch_size=None, momentum=0.0, seed=0, test=None):
    """Train by gradient descent; the given parameters are left as they are.  Returns a `History`.

    network      a network, or the functions generated from one
    X, Y         training samples, one row each (for labels Y holds ints)
    eta          step size η > 0
    epochs       how often all samples are gone through
    batch_size   samples a step: None for all of them (batch), 1 (stochastic), or a number between (mini-batch)
    momentum     μ in v ← μ v − η ∂C/∂w, w ← w + v, with 0 ≤ μ < 1
    seed         of the order in which samples are drawn; None keeps their order
    test         (X, labels) to classify after each epoch

    Same seed, same numbers.  Training that runs away (cost no longer finite) raises an error that says when.
    """
    functions = _functions(network)
    network = functions.network
    arrays = [np.array(a, dtype=float, order="C") for a in checked_parameters(network, parameters)]
    X, Y = checked_samples(network, (X, Y), "XY")
    size, order = _batch_size(batch_size, len(X)), _order(seed, len(X))
    eta, momentum = checked_number("eta", eta, above=0), checked_number("momentum", momentum, least=0, below=1)
    test = None if test is None else _checked_test(network, test)
    step = _descent(tune(functions, batch=size).code, arrays, eta, momentum)
    history = History(dict(zip(network.parameters, arrays)), [_cost(functions, arrays, X, Y, 0)])
    for epoch in tqdm(range(1, checked_whole("epochs", epochs, 0) + 1), "epochs", delay=PATIENCE, leave=False):
        with np.errstate(all="ignore"):  # steps that overshoot are told by the cost, right below
            _epoch(step, order(X, Y), size)
        history.cost.append(_cost(functions, arrays, X, Y, epoch))
        if test is not None:
            outputs = functions.predict.pack(functions.predict.raw(*arrays, test[0]))
            history.accuracy.append(_share_right(outputs, test[1]))
    return history


def _descent(code, arrays, eta, momentum):
    """The function of a batch that changes the arrays by a step; v ← μ v − η ∂C/∂w is one call of tuned code."""
    velocity = [np.zeros_like(a) for a in arrays] if momentum else arrays
    made, alpha, beta = lru_cache(2)(lambda rows: code(rows).bound(arrays, velocity)), -float(eta), momentum or 1.0

    def step(X, Y):
        made(len(X))(X, Y, alpha, beta)
        if momentum:
            for w, v in zip(arrays, velocity):
                w += v

    return step


def _epoch(step, samples, size):
    """One pass through the samples, a step for each batch."""
    X, Y = samples
    for start in range(0, len(X), size):
        step(X[start:start + size], Y[start:start + size])


def _functions(given):
    """The functions of a network, with arrays as this course stores them."""
    functions = given if isinstance(given, Generated) else generate(given)
    if functions.layout.notation is not DEFAULT:
        raise InputError("Training works with arrays as this course stores them: hand over the network, or functions "
                         f"generated without notation={functions.layout.notation.name!r}.")
    return functions


def accuracy(network, parameters, X, labels):
    """The share of samples whose largest output stands at their label (for one output: on the right side of ½)."""
    functions = _functions(network)
    X, labels = _checked_test(functions.network, (X, labels))
    return _share_right(functions.predict(parameters, X), labels)


def _share_right(outputs, labels):
    outputs = outputs.reshape(len(outputs), -1)
    classes = outputs[:, 0] > 0.5 if outputs.shape[1] == 1 else outputs.argmax(axis=1)
    return float((classes == labels).mean())


def _checked_test(network, test):
    """Inputs and labels to measure accuracy with."""
    if not isinstance(test, (tuple, list)) or len(test) != 2:
        raise InputError(f"test is a pair (X, labels); given: {type(test).__name__}.")
    X, labels = checked_inputs(network, test[0]), np.asarray(test[1])
    classes = max(2, len(network.outputs) if isinstance(network.structure, Graph) else network.structure.sizes[-1])
    if labels.dtype.kind not in "iu" or labels.shape != (len(X),):
        raise InputError(f"To measure accuracy, give one int label a sample, shape ({len(X)},); "
                         f"given: {labels.dtype} of shape {labels.shape}.")
    if labels.min() < 0 or labels.max() >= classes:
        raise InputError(f"Labels run from 0 to {classes - 1} for this network; "
                         f"given: {labels.min()} to {labels.max()}.")
    return X, labels


def _cost(functions, arrays, X, Y, epoch):
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        cost = float(functions.cost.raw(*arrays, X, Y)[0])
    if not np.isfinite(cost):
        raise InputError(f"After epoch {epoch} the cost is {cost}: the steps overshoot. Take a smaller eta.")
    return cost


def _order(seed, samples):
    """A function that shuffles X and Y in the same way, anew at each call."""
    if seed is None:
        return lambda X, Y: (X, Y)
    random = np.random.default_rng(checked_whole("seed", seed, 0))

    def shuffled(X, Y):
        order = random.permutation(samples)
        return X[order], Y[order]
    return shuffled


def _batch_size(given, samples):
    if given is None:
        return samples
    size = checked_whole("batch_size", given, 1)
    if size > samples:
        raise InputError(f"batch_size is {size}, but there are only {samples} samples. None takes all of them.")
    return size
