"""Gradient descent: the update rule, its variants, and what it reaches on real digits."""
import os
import re
import subprocess
import sys
import time
from collections import OrderedDict, UserDict
from types import MappingProxyType

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

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


# before the first step

@pytest.mark.parametrize("change, says, others", [
    ({"X": 1e200}, [r"X up to 1e\+200\b", r"Scale X to numbers around 1"], ["Y", "W1", "smaller parameters"]),
    ({"Y": 1e200}, ["Y up to", "Scale Y to"], ["X up", "W1", "smaller parameters"]),
    ({"W1": 1e200, "X": 1e-3}, ["W1 up to", "smaller parameters", "initial_parameters"], ["X", "Scale"]),
    ({"W1": -1e90, "X": -1e80}, [r"X up to 1e\+80, W1 up to 1e\+90", "Scale X", "smaller parameters"], ["Y"]),
    ({"X": 1e200, "Y": 1e200}, ["Scale X and Y to"], ["W1"]),
])
def test_a_cost_that_is_not_finite_before_the_first_step_does_not_blame_eta(change, says, others):
    network = bp.dense([1, 1], "identity")
    given = {"X": 1.0, "Y": 0.0, "W1": 0.5, **change}
    with pytest.raises(bp.InputError, match="Before the first step the cost is inf") as told:
        bp.train(network, {"W1": np.array([[given["W1"]]]), "b1": np.zeros(1)}, [[given["X"]]], [[given["Y"]]],
                 eta=1e-300, epochs=1)
    message = str(told.value)
    assert all(re.search(part, message) for part in says) and not any(part in message for part in ["eta", *others])


def test_labels_that_are_too_large_are_not_blamed():
    network = bp.dense([1, 3, 2], ["identity", "softmax"], "negative log-likelihood")
    start = {name: 1e200 * np.ones_like(array) for name, array in bp.initial_parameters(network).items()}
    with pytest.raises(bp.InputError, match=r"Before .* \(X up to 1e\+200, W1 up to"):
        bp.train(network, start, [[1e200]], [1], eta=1, epochs=1)


# containers of parameters, and accuracy

def test_parameters_in_any_mapping(small, tmp_path):
    f, start, X, Y = small
    np.savez(tmp_path / "start.npz", **start)
    wanted = bp.train(f, start, X, Y, eta=0.1, epochs=2)
    labels = (Y[:, 0] > 0.5).astype(int)
    with np.load(tmp_path / "start.npz") as loaded:
        for given in (MappingProxyType(start), UserDict(start), OrderedDict(start), loaded):
            assert bp.train(f, given, X, Y, eta=0.1, epochs=2).cost == wanted.cost
            assert bp.accuracy(f, given, X, labels) == bp.accuracy(f, start, X, labels)


@pytest.mark.parametrize("sizes", [[2, 5, 3], [5, 3]])
def test_classes_are_those_of_the_last_layer(sizes):
    """Two inputs and three classes: labels go from 0 to 2; and with five inputs too."""
    network = bp.dense(sizes, "softmax", "negative log-likelihood")
    start, X = bp.initial_parameters(network), np.ones((4, sizes[0]))
    assert 0 <= bp.accuracy(network, start, X, [0, 1, 2, 2]) <= 1
    for wrong in ([0, 1, 2, 3], [0, 1, 2, -1]):
        with pytest.raises(bp.InputError, match="Labels run from 0 to 2"):
            bp.accuracy(network, start, X, wrong)
        with pytest.raises(bp.InputError, match="Labels run from 0 to 2"):
            bp.train(network, start, X, [0, 1, 2, 2], eta=1, epochs=1, test=(X, wrong))


def test_accuracy_of_one_output_of_several_and_of_neurons():
    one = bp.dense([1, 1], "sigmoid")
    assert bp.accuracy(one, {"W1": np.array([[1.0]]), "b1": np.zeros(1)}, [[-1], [2], [0], [3]], [0, 1, 0, 0]) == 0.75
    neuron = bp.neuron("sigmoid", "binary cross entropy")
    assert bp.accuracy(neuron, {"w": 1.0, "b": 0.0}, [-1, 2, 3], [0, 1, 0]) == 2 / 3
    graph = bp.graph({"a": (["p"], "identity"), "b": (["p"], "identity"), "c": (["p"], "identity")}, ["p"])
    weights = {"w_p_a": 1.0, "w_p_b": -1.0, "w_p_c": 0.5}
    assert bp.accuracy(graph, weights, [[2.0], [-2.0]], [0, 1]) == 1
    for notation in ("nielsen", "cs231n"):
        f = bp.generate(graph, notation=notation)
        x = f.layout.unpack_samples(np.array([[2.0], [-2.0], [1.0]]))[0]
        assert bp.accuracy(f, weights, x, [0, 1, 2]) == 2 / 3
    with pytest.raises(bp.InputError, match="0 to 2"):
        bp.accuracy(graph, weights, [[2.0], [-2.0]], [0, 3])


@pytest.mark.parametrize("option, wrong, says", [
    ("keep", [0, -1, 1.5, True], "keep is a whole number, at least 1"),
    ("dtype", ["float16", "f"], "float64 or float32"),
    ("seed", [-1, "a", np.random.RandomState(0)], "seed is a whole number")])
def test_options_that_do_not_fit(small, option, wrong, says):
    f, start, X, Y = small
    for given in wrong:
        with pytest.raises(bp.InputError, match=says):
            bp.train(f, start, X, Y, eta=0.1, epochs=1, **{option: given})


def test_warnings_of_numpy_are_errors_nowhere(small):
    """e^−z may underflow; what a learner has set NumPy to do about it does not end training."""
    network = bp.dense([1, 2], "softmax", "negative log-likelihood")
    with np.errstate(all="raise"):
        history = bp.train(network, {"W1": np.array([[900.0], [-900.0]]), "b1": np.zeros(2)}, [[1.0], [2.0]], [0, 0],
                           eta=0.1, epochs=2, test=([[1.0]], [0]))
    assert history.cost == [0, 0, 0]


# in a notebook

def test_a_long_run_in_a_notebook_leaves_nothing_on_stderr():
    """Nor does one that is stopped, and from the next cell it goes on."""
    cells = ["import bplib as bp, bplib.training as t, numpy as np, _thread\n"
             "t.PATIENCE = 0.3; n = bp.dense([2, 1]); X, Y = np.ones((30, 2)), np.ones((30, 1)); show = t._Bar.show\n"
             "def show_and_stop(bar, epochs):\n"
             "    show(bar, epochs)\n"
             "    if bar.bar is not None: _thread.interrupt_main()\n"
             "t._Bar.show = show_and_stop",
             "bp.train(n, bp.initial_parameters(n), X, Y, eta=0.1, epochs=10**8, batch_size=1)",
             "t._Bar.show, more = show, bp.train.partial.epochs + 20\n"
             "h = bp.train(n, bp.train.partial, X, Y, eta=0.1, epochs=more, batch_size=1); h.epochs == more"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    surroundings = {name: value for name, value in os.environ.items() if name != "TQDM_DISABLE"}
    NotebookClient(notebook, timeout=60, allow_errors=True).execute(env=surroundings)
    _, stopped, goes_on = (cell.outputs for cell in notebook.cells)
    kinds = [output.output_type for output in stopped]
    assert kinds == ["display_data", "error"] and "epochs:" in stopped[0].data["text/plain"]
    assert stopped[1].ename == "KeyboardInterrupt" and "bp.train.partial" in "".join(stopped[1].traceback)
    assert goes_on[-1].data["text/plain"] == "True" and not any(output.get("name") == "stderr" for output in goes_on)


def test_a_history_goes_on_with_its_own_network_and_notation_alone():
    network, X = bp.dense([2, 2]), np.ones((3, 2))
    history = bp.train(network, bp.initial_parameters(network), X, X, eta=0.1, epochs=2)
    for other in (bp.dense([2, 2], loss="absolute error"), bp.generate(network, notation="cs231n"), bp.dense([2, 2], l2=0.1)):
        with pytest.raises(bp.InputError, match="of another network.*begin with them anew"):
            bp.train(other, history, X, X, eta=0.1, epochs=3)
    assert bp.train(bp.dense([2, 2]), history, X, X, eta=0.1, epochs=3).epochs == 3
    assert repr(bp.train(network, history.parameters, X, X, eta=0.1, epochs=0)).startswith("<0 epochs")


def test_a_run_that_ran_away_is_not_to_be_gone_on_with():
    network, X = bp.dense([1, 1], "identity"), np.ones((3, 1))
    with pytest.raises(bp.InputError, match="smaller eta") as caught:
        bp.train(network, bp.initial_parameters(network), X, X, eta=50, epochs=1000)
    (note,) = caught.value.__notes__
    assert note.endswith("start anew with a smaller eta.") and "as before" not in note


def test_a_run_that_is_stopped_before_it_has_begun_leaves_no_other_one(monkeypatch):
    network, X = bp.dense([1, 1], "identity"), np.ones((3, 1))
    with pytest.raises(bp.InputError):
        bp.train(network, bp.initial_parameters(network), X, X, eta=50, epochs=1000)
    monkeypatch.setattr("bplib.training._cost", lambda *given: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt) as caught:
        bp.train(network, bp.initial_parameters(network), X, X, eta=0.1, epochs=3)
    assert bp.train.partial is None and caught.value.history is None


def test_a_tuned_step_says_how_to_store_what_it_changes():
    network = bp.dense([2, 1])
    p, X, Y = bp.initial_parameters(network), np.ones((1, 2)), np.ones((1, 1))
    for given, told in (([[1.0, 2.0]], "a list"), (p["W1"].astype("float32"), "float32 numbers")):
        with pytest.raises(bp.InputError) as caught:
            bp.tune(network).step({**p, "W1": given}, X, Y, 0.1)
        assert str(caught.value) == (
            f"A step changes W1 in place, so it has to be an array of float64; given: {told}. Write np.array(W1, "
            "dtype='float64').")
