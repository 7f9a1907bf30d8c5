"""Gradient descent: the update rule, its variants, and what it reaches on real digits."""
import os
import subprocess
import sys
import time

import numpy as np
import pytest

import bplib as bp
from bplib import training

SEEDS = (0, 1, 2)


@pytest.fixture(scope="module")
def small():
    network = bp.dense([2, 3, 1], "tanh")
    random = np.random.default_rng(5)
    return bp.generate(network), bp.initial_parameters(network), random.normal(size=(12, 2)), random.uniform(size=(12, 1))


def test_one_batch_step_is_minus_eta_times_the_gradient(small):
    f, start, X, Y = small
    after = bp.train(f, start, X, Y, eta=0.3, epochs=1).parameters
    gradients = f.gradients(start, X, Y)
    assert all(np.allclose(after[name], start[name] - 0.3 * gradients[name], rtol=1e-13) for name in start)


def test_momentum_and_mini_batches_by_hand(small):
    f, start, X, Y = small
    after = bp.train(f, start, X, Y, eta=0.1, epochs=2, batch_size=5, momentum=0.9, seed=None).parameters
    w, v = {n: a.copy() for n, a in start.items()}, {n: 0 * a for n, a in start.items()}
    for batch in [slice(0, 5), slice(5, 10), slice(10, 15)] * 2:
        gradients = f.gradients(w, X[batch], Y[batch])
        for name in w:
            v[name] = 0.9 * v[name] - 0.1 * gradients[name]
            w[name] = w[name] + v[name]
    assert all(np.allclose(after[name], w[name], rtol=1e-12) for name in w)


def test_same_seed_same_numbers_and_nothing_given_is_changed(small):
    f, start, X, Y = small
    kept = {name: a.copy() for name, a in start.items()}, X.copy(), Y.copy()
    runs = [bp.train(f, start, X, Y, eta=0.2, epochs=5, batch_size=1, seed=7) for _ in range(2)]
    other = bp.train(f, start, X, Y, eta=0.2, epochs=5, batch_size=1, seed=8)
    assert runs[0].cost == runs[1].cost != other.cost
    assert all(np.array_equal(start[name], kept[0][name]) for name in start)
    assert np.array_equal(X, kept[1]) and np.array_equal(Y, kept[2])


def test_history_starts_before_training_and_ends_with_the_parameters(small):
    f, start, X, Y = small
    history = bp.train(f, start, X, Y, eta=0.1, epochs=20)
    assert len(history.cost) == 21 and history.cost[0] == f.cost(start, X, Y)
    assert history.cost[-1] == f.cost(history.parameters, X, Y) < history.cost[0]
    assert "20 epochs" in repr(history)


def test_a_network_given_neuron_by_neuron_learns():
    network = bp.graph({"h": (["p", "q"], "tanh"), "o": (["h", "p", "q"], "sigmoid")}, ["p", "q"],
                       loss="binary cross entropy", bias=True)
    X, labels = bp.datasets.two_moons(100)
    history = bp.train(network, bp.initial_parameters(network), X, labels[:, None], eta=0.5, epochs=200,
                       test=(X, labels))
    assert history.accuracy[-1] > 0.85


def test_too_large_a_step_is_told(small):
    f, start, X, Y = small
    network = bp.dense([2, 1], "identity")
    with pytest.raises(bp.InputError, match="smaller eta"):
        bp.train(network, bp.initial_parameters(network), 100 * X, Y, eta=10, epochs=200)


@pytest.mark.parametrize("patience, shown", [(training.PATIENCE, False), (0, True)])
def test_progress_bar_appears_in_long_runs_only(patience, shown):
    """In a process of its own: whether bars are wanted at all is read from the surroundings at the start."""
    code = ("import bplib as bp, bplib.training as t, numpy as np;"
            f"t.PATIENCE = {patience}; n = bp.dense([2, 1]);"
            "bp.train(n, bp.initial_parameters(n), np.ones((3, 2)), np.ones((3, 1)), eta=0.1, epochs=30)")
    surroundings = {name: value for name, value in os.environ.items() if name != "TQDM_DISABLE"}
    done = subprocess.run([sys.executable, "-c", code], env=surroundings, capture_output=True, text=True, check=True)
    assert ("epochs" in done.stderr) == shown


@pytest.mark.parametrize("seed", SEEDS)
def test_uci_digits_reach_97_percent(seed):
    """64–30–10, the 1437/360 split that the file holds, squared error with ½, η = 3, batch 10, 30 epochs."""
    digits = bp.datasets.digits()
    assert (len(digits.X_train), len(digits.X_test)) == (1437, 360)
    network = bp.dense([64, 30, 10], "sigmoid", bp.loss("squared error", factor=0.5))
    start = time.perf_counter()
    history = bp.train(network, bp.initial_parameters(network, seed), digits.X_train,
                       bp.datasets.one_hot(digits.Y_train, 10), eta=3, epochs=30, batch_size=10, seed=seed,
                       test=(digits.X_test, digits.Y_test))
    print(f"seed {seed}: {history.accuracy[-1]:.2%} in {time.perf_counter() - start:.2f} s")
    assert history.accuracy[-1] >= 0.97


@pytest.mark.parametrize("seed", SEEDS)
def test_mnist_images_reach_89_percent(seed):
    """784–30–10, 4000/1000, squared error with ½, sigmoid, η = 3, batch 10, 30 epochs: Nielsen's setting."""
    images = bp.datasets.mnist5k()
    assert (len(images.X_train), len(images.X_test)) == (4000, 1000)
    network = bp.dense([784, 30, 10], "sigmoid", bp.loss("squared error", factor=0.5))
    history = bp.train(network, bp.initial_parameters(network, seed), images.X_train,
                       bp.datasets.one_hot(images.Y_train, 10), eta=3, epochs=30, batch_size=10, seed=seed,
                       test=(images.X_test, images.Y_test))
    assert history.accuracy[-1] >= 0.89
