"""Second derivatives: Hessian · direction in generated JavaScript, against gradients moved by a complex step."""
import json

import numpy as np
import pytest
from jupyter import run_javascript
from networks_to_test import NETWORKS, parameters, samples

import bplib as bp
from bplib.curvature import moving
from bplib.javascript import LIBRARY, javascript_arrays
from bplib.numerics import analytic

SMOOTH = {
    **{name: NETWORKS[name] for name in ("neuron, cross entropy", "2-2-1", "no bias", "sigmoid and cross entropy",
                                         "sigmoid and categorical", "graph with skips", "graph with a triangle")},
    "GELU": lambda: bp.dense([2, 3, 1], ["gelu", "identity"]),
    "softplus and tanh": lambda: bp.dense([2, 3, 1], ["softplus", "tanh"], l2=0.3, over_outputs="mean"),
}
H = 1e-30


def as_lists(arrays):
    return {name: np.asarray(array).tolist() for name, array in arrays.items()}


@pytest.mark.parametrize("name", SMOOTH)
def test_hessian_times_direction(name):
    network, random = SMOOTH[name](), np.random.default_rng(11)
    derivation = bp.derive(network)
    given, direction = parameters(network, random), parameters(network, random)
    X, Y = samples(network, random)
    motion, speeds = moving(derivation), [f"dot_d{array}" for array in network.parameters]
    found = run_javascript(
        LIBRARY + javascript_arrays("run", motion, motion.equations, speeds) + "const result = run({});".format(
            json.dumps(as_lists({**given, **{f"dot_{array}": value for array, value in direction.items()},
                                 network.given("x").name: X, network.targets.name: Y,
                                 "lambda": float(network.options.l2)}))))
    gradients = bp.generate(network, derivation).gradients.with_kernels(analytic())
    moved = gradients(*(given[array] + 1j * H * direction[array] for array in network.parameters), X, Y)
    for array, value in zip(network.parameters, moved):
        assert np.allclose(found[f"dot_d{array}"], np.imag(value) / H, rtol=1e-12, atol=1e-13), array


@pytest.mark.parametrize("network, says", [
    (bp.dense([2, 3, 2], ["tanh", "softmax"], "negative log-likelihood"), "choose activations that work on each unit"),
    (bp.dense([2, 1], "g"), "choose activations"),
    (bp.dense([2, 1], "identity", "absolute error"), "is not available")], ids=str)
def test_what_has_no_formula_is_refused(network, says):
    with pytest.raises(bp.InputError, match=says):
        moving(bp.derive(network))
