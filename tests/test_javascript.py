"""Generated JavaScript computes what generated NumPy computes, for every kind of network."""
import json

import numpy as np
import pytest
from jupyter import run_javascript
from networks_to_test import NETWORKS, parameters, samples

import bplib as bp
from bplib.codegen import stable
from bplib.javascript import LIBRARY, javascript_arrays

CLOSED = [name for name in NETWORKS if "any" not in name and name != "neuron"]


def as_lists(arrays):
    return {name: np.asarray(array).tolist() for name, array in arrays.items()}


@pytest.mark.parametrize("name", CLOSED)
def test_arrays_are_those_of_numpy(name):
    network, random = NETWORKS[name](), np.random.default_rng(7)
    derivation = bp.derive(network)
    functions = bp.generate(network, derivation)
    gradients = ["d" + array for array in network.parameters]
    given, (X, Y) = parameters(network, random), samples(network, random)
    code = javascript_arrays("run", network, [*stable(network), *derivation.backward], ["C", *gradients])
    found = run_javascript(LIBRARY + code + "const result = run({});".format(json.dumps(
        as_lists({**given, network.given("x").name: X, network.targets.name: Y, "lambda": float(network.options.l2)}))))
    expected = functions.gradients(given, X, Y)
    assert found["C"] == pytest.approx(functions.cost(given, X, Y), rel=1e-12)
    for array in network.parameters:
        assert np.allclose(found["d" + array], expected[array], rtol=1e-12, atol=1e-14)


def test_only_what_is_needed_is_computed():
    network = NETWORKS["2-2-1"]()
    equations = [*stable(network), *bp.derive(network).backward]
    forward = javascript_arrays("forward", network, equations, ["a2"])
    assert "({W1, b1, W2, b2, x})" in forward and "losses" not in forward and "delta" not in forward


@pytest.mark.parametrize("z", [-40, -12.5, -3.01, -2.99, -0.3, 0, 1e-9, 0.7, 2.99, 3.01, 9])
def test_normal_distribution_function(z):
    from scipy.special import ndtr
    assert run_javascript(LIBRARY + f"const result = normal_cdf({z});") == pytest.approx(ndtr(z), rel=1e-12)
