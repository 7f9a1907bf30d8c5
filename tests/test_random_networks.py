"""Hundreds of random networks: the derived gradient equals the reference's, the complex step's and the difference's.

What makes a derivation another one is which activation follows which, under which loss and options; widths and numbers
do not.  So networks are dealt such that every activation comes after every other, and each derivation is compared at
several widths and numbers.  Beside those, networks are drawn at random, which gives small and odd ones.
"""
from itertools import cycle, islice, product
from random import Random

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from networks_to_test import parameters, samples
from tiers import QUICK, tries

import bplib as bp
from bplib.activations import TABLE as ACTIVATIONS
from bplib.losses import TABLE as LOSSES

DEALT, DRAWN = tries(25, 5), tries(8, 3)  # times six losses
TOLERANCES = {"reference": 1e-12, "complex step": 1e-12, "finite difference": 1e-6}
WIDTHS = 2
"""How many networks of other widths share a derivation."""

NAMES = [name for name in ACTIVATIONS if name != "g"]
FACTORS = {"squared error": [0.5, 1], "Huber error": [0.3, 1]}
OPTIONS = [dict(zip(("bias", "over_samples", "over_outputs", "l2"), choice))
           for choice in product((True, False), ("sum", "mean"), ("sum", "mean"), (0, 0.1, 2.5))]


def outputs_of(loss):
    """Activations of a last layer; those of softmax always add up to 1, so they cannot be the cost themselves."""
    return [*(LOSSES[loss].outputs or [name for name in NAMES if loss != "output" or name != "softmax"])]


def parametrized(loss, factor):
    row = LOSSES[loss]
    return bp.loss(loss, **({row.parameter[0]: factor} if row.parameter else {}))


# dealt

def every_pair(names):
    """Names in a circle such that each ordered pair of them, one and itself too, stands there once.

    >>> every_pair("ab")
    ['a', 'a', 'b', 'b']
    """
    steps = {name: list(names) for name in names}
    path, circle = [names[0]], []
    while path:  # an Euler tour: from each name there is one way to every name
        path.append(steps[path[-1]].pop()) if steps[path[-1]] else circle.append(path.pop())
    return circle[:0:-1]


def dealt(loss):
    """(activations, loss, options) for DEALT networks; the hands of all losses together hold every pair of NAMES."""
    random, number = Random(loss), list(LOSSES).index(loss)
    circle, outputs = every_pair(NAMES), cycle(random.sample(known := outputs_of(loss), len(known)))
    options, factors = cycle(random.sample(OPTIONS, len(OPTIONS))), cycle(FACTORS.get(loss, [None]))
    at = number * len(circle) // len(LOSSES)
    for hidden in islice(cycle((3, 2, 4, 1, 3, 0)), DEALT):
        activations = [circle[(at + n) % len(circle)] for n in range(hidden)]
        at += max(0, hidden - 1)
        yield [*activations, next(outputs)], parametrized(loss, next(factors)), next(options)


def compare(network, derivation, number, random):
    """The gradient check fails nothing, and no difference is large beside the largest entry of the whole gradient."""
    functions, p, (X, Y) = bp.generate(network, derivation), parameters(network, random), samples(network, random, number)
    given = (X, Y) if network.targets else (X,)
    report, gradients = bp.gradient_check(functions, p, *given, entries=6), functions.gradients(p, *given)
    largest = {name: np.abs(g).max() for name, g in gradients.items()}
    for name, row in report.errors.items():
        for method, error in row.items():
            assert error * (largest[name] or 1) <= TOLERANCES[method] * (max(largest.values()) or 1), (
                f"{name}, {method}: {network.structure} {network.options}\n{report}")
    assert not report.failed, f"{network.structure} {network.options}\n{report}"


@pytest.mark.parametrize("loss", LOSSES)
def test_networks_of_all_kinds(loss):
    random, sizes = np.random.default_rng(len(loss)), Random(loss)
    for activations, of_loss, options in dealt(loss):
        widths = [[sizes.randint(1, 7) for _ in range(len(activations) + 1)] for _ in range(WIDTHS)]
        networks = [bp.dense(each, activations, of_loss, **options) for each in widths]
        derivation = bp.derive(networks[0])
        for network in networks:
            compare(network, derivation, sizes.randint(1, 6), random)


@pytest.mark.skipif(QUICK, reason="a quick run deals too few")
def test_all_kinds_are_dealt():
    """Each activation after each, below each output that a loss takes, with each option; each loss with all options."""
    hands = [(loss, *hand) for loss in LOSSES for hand in dealt(loss)]
    hidden = {pair for _, activations, *_ in hands for pair in zip(activations[:-2], activations[1:-1])}
    assert hidden == {*product(NAMES, NAMES)}
    assert {(loss, activations[-1]) for loss, activations, *_ in hands} == {
        (loss, name) for loss in LOSSES for name in outputs_of(loss)}
    assert {(loss, *options.values()) for loss, *_, options in hands} == {
        (loss, *options.values()) for loss in LOSSES for options in OPTIONS}
    with_options = {(name, option) for _, activations, _, options in hands for name in activations
                    for option in options.items()}
    assert with_options == {(name, option) for name in NAMES for options in OPTIONS for option in options.items()}
    assert {len(activations) for _, activations, *_ in hands} == {1, 2, 3, 4, 5}


# drawn

@st.composite
def networks(draw, loss):
    sizes = draw(st.lists(st.integers(1, 7), min_size=2, max_size=6))
    activations = draw(st.lists(st.sampled_from(NAMES), min_size=len(sizes) - 2, max_size=len(sizes) - 2))
    activations.append(draw(st.sampled_from(outputs_of(loss))))
    factor = draw(st.sampled_from(FACTORS[loss])) if loss in FACTORS else None
    return bp.dense(sizes, activations, parametrized(loss, factor), bias=draw(st.booleans()),
                    over_samples=draw(st.sampled_from(["sum", "mean"])),
                    over_outputs=draw(st.sampled_from(["sum", "mean"])), l2=draw(st.sampled_from([0, 0.1, 2.5])))


@pytest.mark.parametrize("loss", LOSSES)
def test_random_networks(loss):
    seen = []

    @settings(max_examples=DRAWN, deadline=None, database=None, derandomize=True,
              suppress_health_check=list(HealthCheck))
    @given(network=networks(loss), number=st.integers(1, 6), seed=st.integers(0, 2**32 - 1))
    def drawn(network, number, seed):
        compare(network, bp.derive(network), number, np.random.default_rng(seed))
        seen.append(network)

    drawn()
    assert len(seen) >= DRAWN
