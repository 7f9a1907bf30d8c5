"""Complex arithmetic in generated JavaScript, against NumPy's."""
import json

import numpy as np
import pytest
from jupyter import run_javascript
from networks_to_test import NETWORKS, parameters, samples

import bplib as bp
from bplib.codegen import stable
from bplib.complex_javascript import complex_javascript
from bplib.javascript import LIBRARY
from bplib.numerics import analytic

ANALYTIC = {
    **{name: NETWORKS[name] for name in ("neuron, cross entropy", "2-2-1", "no bias", "sigmoid and cross entropy",
                                         "graph with skips")},
    "softplus": lambda: bp.dense([2, 3, 2], ["softplus", "tanh"], l2=0.3),
}


def as_lists(arrays):
    """Arrays as nested lists, complex entries as {re, im}."""
    def entry(array):
        if array.ndim:
            return [entry(row) for row in array]
        return {"re": array.real.item(), "im": array.imag.item()} if np.iscomplexobj(array) else array.item()
    return {name: entry(np.asarray(array)) for name, array in arrays.items()}


@pytest.mark.parametrize("size", [1e-30, 0.4])
@pytest.mark.parametrize("name", ANALYTIC)
def test_the_cost_of_complex_weights(name, size):
    """Far from the real axis too, and so near to it that only the derivative is left in the imaginary part."""
    network, random = ANALYTIC[name](), np.random.default_rng(3)
    real, imaginary, (X, Y) = parameters(network, random), parameters(network, random), samples(network, random)
    given = {array: real[array] + 1j * size * imaginary[array] for array in real}
    found = run_javascript(LIBRARY + complex_javascript("cost", network, stable(network), ["C"])
                           + "const result = cost({}).C;".format(json.dumps(as_lists(
                               {**given, network.given("x").name: X, network.targets.name: Y,
                                "lambda": float(network.options.l2)}))))
    expected = complex(bp.generate(network).cost.with_kernels(analytic())(*given.values(), X, Y)[0])
    assert found["re"] == pytest.approx(expected.real, rel=1e-12)
    assert found["im"] == pytest.approx(expected.imag, rel=1e-12)


@pytest.mark.parametrize("activations, loss", [(["relu", "identity"], "squared error"),
                                               (["elu", "identity"], "squared error"),
                                               (["gelu", "identity"], "squared error"),
                                               ("tanh", "absolute error"), ("tanh", "Huber error")])
def test_what_is_not_analytic_is_refused(activations, loss):
    network = bp.dense([2, 2, 1], activations, loss)
    with pytest.raises(bp.InputError, match="no complex step"):
        complex_javascript("cost", network, stable(network), ["C"])
