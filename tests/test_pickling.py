"""Networks, derivations and functions go to another process and come back the same."""
import copy
import multiprocessing
import pickle

import numpy as np
import pytest
from networks_to_test import NETWORKS, parameters, samples

import bplib as bp

OPEN = ("neuron", "any activation", "graph, any activation")


def again(given):
    return pickle.loads(pickle.dumps(given))


@pytest.mark.parametrize("name", NETWORKS)
def test_networks_and_derivations_come_back_equal(name):
    network = NETWORKS[name]()
    derivation = bp.derive(network)
    back = again(derivation)
    assert again(network) == network and hash(again(network)) == hash(network)
    assert back.network == network and back.steps == derivation.steps and back.backward == derivation.backward
    assert [step.latex("nielsen") for step in back.steps] == [step.latex("nielsen") for step in derivation.steps]


@pytest.mark.parametrize("notation", ("bplib", "bishop"))
@pytest.mark.parametrize("name", [name for name in NETWORKS if name not in OPEN])
def test_functions_come_back_with_the_same_source_and_numbers(name, notation):
    network, random = NETWORKS[name](), np.random.default_rng(0)
    f = bp.generate(network, notation=notation)
    p, (X, Y) = f.layout.pack(parameters(network, random)), samples(network, random)
    back = again(f)
    for function in ("cost", "forward", "predict", "gradients"):
        assert getattr(back, function).source == getattr(f, function).source
    wanted = f.gradients(p, X, Y)
    for gradients in (back.gradients, again(f.gradients), again(bp.tune(f)).functions.gradients, copy.deepcopy(f).gradients):
        assert all(np.array_equal(gradients(p, X, Y)[key], wanted[key]) for key in wanted)
    x = f.layout.text(network.given("x"))
    assert np.array_equal(again(f.gradients)(p, X, Y, with_respect_to=x), f.gradients(p, X, Y, with_respect_to=x))


def test_other_processes_compute_the_same():
    network, random = NETWORKS["2-2-1"](), np.random.default_rng(0)
    f, p, (X, Y) = bp.generate(network), parameters(network, random), samples(network, random)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        cost, gradients = pool.apply(f.cost, (p, X, Y)), pool.apply(bp.tune(f).gradients, (p, X, Y))
    assert cost == f.cost(p, X, Y)
    assert all(np.array_equal(gradients[key], g) for key, g in bp.tune(f).gradients(p, X, Y).items())


def test_a_copy_of_tuned_code_has_arrays_of_its_own():
    network, random = bp.dense([30, 20, 10]), np.random.default_rng(0)
    p, (X, Y) = parameters(network, random), samples(network, random, 12)
    tuned = bp.tune(network)
    first = tuned.gradients(p, X, Y, reuse=True)
    kept = {key: g.copy() for key, g in first.items()}
    other = copy.deepcopy(tuned)
    other.gradients(p, 2 * X, Y, reuse=True)
    assert all(np.array_equal(first[key], kept[key]) for key in kept)


def test_a_row_that_is_not_in_the_table_here_is_told(monkeypatch):
    from bplib import activations, losses

    network = pickle.dumps(bp.dense([2, 1], "silu", "absolute error"))
    for table, name in ((activations.TABLE, "silu"), (losses.TABLE, "absolute error")):
        with monkeypatch.context() as patched, pytest.raises((bp.InputError, AttributeError), match=f"'{name}'"):
            patched.delitem(table, name)
            pickle.loads(network)
