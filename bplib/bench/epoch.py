"""One epoch of Nielsen's setting: 784–30–10, batches of 10, η = 3, sigmoid, ½ squared error, 50,000 samples."""
import numpy as np

from ..tuning import tune
from .peers import Peer
from .settings import Setting

ETA, BATCH = 3.0, 10
SETTING = Setting("epoch", (784, 30, 10), BATCH)


def samples(number):
    """Inputs and one-hot targets, a row each; made up, as their values do not matter to the time."""
    random = np.random.default_rng(2)
    return random.uniform(size=(number, 784)) * (random.uniform(size=(number, 784)) < 0.2), np.eye(10)[
        random.integers(0, 10, number)]


def tuned(X, Y):
    """Gradients of each batch, then one subtraction an array."""
    _, arrays = SETTING.parameters()
    _, slopes = SETTING.slopes()
    accumulate = tune(SETTING.functions).code(BATCH).bound(arrays, slopes)

    def step():
        for start in range(0, len(X), BATCH):
            accumulate(X[start:start + BATCH], Y[start:start + BATCH], ETA, 0.0)
            for w, change in zip(arrays, slopes):
                np.subtract(w, change, w)

    return Peer("generated", step, None, lambda: arrays)


def fused(X, Y):
    """The update inside the products: what `bp.train` runs."""
    _, arrays = SETTING.parameters()
    update = tune(SETTING.functions).code(BATCH).bound(arrays, arrays)

    def step():
        for start in range(0, len(X), BATCH):
            update(X[start:start + BATCH], Y[start:start + BATCH], -ETA, 1.0)

    return Peer("generated, fused update", step, None, lambda: arrays)


def per_sample(X, Y):
    """The structure of Nielsen's published program: samples one by one, as columns, their gradients added up."""
    _, arrays = SETTING.parameters()
    weights, biases = [W.copy() for W in arrays[::2]], [b[:, None].copy() for b in arrays[1::2]]
    data = [(x[:, None], y[:, None]) for x, y in zip(X, Y)]

    def sigmoid(z):
        return 1.0 / (1.0 + np.exp(-z))

    def backward(x, y):
        activations, zs = [x], []
        for b, W in zip(biases, weights):
            zs.append(np.dot(W, activations[-1]) + b)
            activations.append(sigmoid(zs[-1]))
        delta = (activations[-1] - y) * sigmoid(zs[-1]) * (1 - sigmoid(zs[-1]))
        found_b, found_W = [delta], [np.dot(delta, activations[-2].T)]
        for layer in range(2, len(weights) + 1):
            slope = sigmoid(zs[-layer]) * (1 - sigmoid(zs[-layer]))
            delta = np.dot(weights[-layer + 1].T, delta) * slope
            found_b.insert(0, delta)
            found_W.insert(0, np.dot(delta, activations[-layer - 1].T))
        return found_b, found_W

    def step():
        nonlocal weights, biases
        for start in range(0, len(data), BATCH):
            total_b, total_W = [np.zeros(b.shape) for b in biases], [np.zeros(W.shape) for W in weights]
            for x, y in data[start:start + BATCH]:
                found_b, found_W = backward(x, y)
                total_b = [total + found for total, found in zip(total_b, found_b)]
                total_W = [total + found for total, found in zip(total_W, found_W)]
            weights = [W - ETA / BATCH * total for W, total in zip(weights, total_W)]
            biases = [b - ETA / BATCH * total for b, total in zip(biases, total_b)]

    def state():
        return [array for W, b in zip(weights, biases) for array in (W, b[:, 0])]

    return Peer("sample by sample", step, None, state)


PEERS = (tuned, fused, per_sample)
