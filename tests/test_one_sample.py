"""One sample, one weight: `for_one_sample` and `scalar` give ∂C_s/∂name, whatever the network."""
from importlib import import_module

import numpy as np
import pytest
import sympy as sp
from networks_to_test import NETWORKS, derivation_of, parameters, samples

import bplib as bp
from bplib.equations import Partial, j, k, name_of, s

forms = import_module("bplib.three_forms")
PARAMETERS = [(network, name) for network, make in NETWORKS.items() for name in make().parameters]


def entry(d, name):
    quantity = d.quantities[name]
    return quantity[(j, k)[:len(quantity.sizes)]]


@pytest.mark.parametrize("network, name", PARAMETERS)
def test_it_is_the_derivative_of_the_cost_of_one_sample(network, name):
    d = derivation_of(network)
    step = d.for_one_sample(name)
    assert step.left == Partial(entry(d, "losses").subs(j, s), entry(d, name))
    assert step.check.passed and step.about == name and step.rule == "substitution"


@pytest.mark.parametrize("network, name", PARAMETERS)
def test_its_own_error_term_is_written_out(network, name):
    """Of the layers above, error terms may stand in it; the one of the unit itself would say nothing new."""
    d = derivation_of(network)
    right = d.for_one_sample(name).right
    unit = next(e for e in d["W" + name[1:] if name[0] == "b" and "W1" in d.quantities else name].right
                .atoms(sp.Indexed) if name_of(e).startswith("delta"))
    assert name_of(unit) not in {name_of(e) for e in right.atoms(sp.Indexed)}


@pytest.mark.parametrize("network", [name for name in NETWORKS if "any activation" not in name and name != "neuron"])
def test_its_mean_or_sum_is_the_gradient_of_the_batch(network):
    """In numbers, against the generated code: the average over the samples, or their sum, and the penalty."""
    d, random = derivation_of(network), np.random.default_rng(4)
    options, values = d.network.options, parameters(d.network, random)
    X, Y = samples(d.network, random)
    gradients = bp.generate(d.network, d).gradients(values, X, Y)
    for name in d.network.parameters:
        each = d.evaluate(d.for_one_sample(name), values, X, Y)
        whole = each.mean(0) if options.over_samples == "mean" else each.sum(0)
        penalty = float(options.l2) * values[name] if options.l2 and name[0] in "Ww" else 0
        np.testing.assert_allclose(whole + penalty, gradients[name], rtol=1e-9, atol=1e-12, err_msg=name)


@pytest.mark.parametrize("name", ["a1", "W3", "x", "C", ""])
def test_what_has_no_formula_of_its_own_is_refused(name):
    with pytest.raises(bp.InputError, match=f"'{name}' is not a parameter or weighted sum of this network. It has: W1, b1"):
        derivation_of("any activation").scalar(name, 1, 1)


def test_a_name_about_which_nothing_is_derived():
    with pytest.raises(bp.InputError, match="Nothing is derived about 'W3'. There are steps about: a2, z2, W2, b2, a1"):
        derivation_of("any activation").for_one_sample("W3")


# one gradient in three forms

PENALTY = dict(activations=["tanh", "sigmoid"], loss="binary cross entropy", l2=0.3)


@pytest.mark.parametrize("over", ["mean", "sum"])
@pytest.mark.parametrize("name, at", [("W1", (2, 1)), ("b1", (2,)), ("W2", (1, 4)), ("b2", (2,))])
def test_three_forms_of_a_gradient_agree(over, name, at):
    """A weight has its penalty in every form, a bias has none."""
    assert forms.forms(bp.dense([3, 4, 2], over_samples=over, **PENALTY), name, *at).check.passed


def test_a_matrix_form_with_other_numbers_fails(monkeypatch):
    right = forms._by_matrices
    for factor in (-1, 2):
        monkeypatch.setattr(forms, "_by_matrices", lambda *given: {
            name: factor * array for name, array in right(*given).items()})
        assert forms.forms(bp.dense([3, 4, 2], **PENALTY), "W1", 2, 1).check.error == pytest.approx(abs(factor - 1))
