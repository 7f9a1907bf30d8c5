"""More than 500 random networks: the derived gradient equals the reference's, the complex step's and the difference's."""
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import bplib as bp
from bplib.activations import TABLE as ACTIVATIONS
from bplib.losses import TABLE as LOSSES
from networks_to_test import parameters, samples

EACH = 90  # times six losses

NAMES = [name for name in ACTIVATIONS if name != "g"]
FACTORS = {"squared error": st.sampled_from([0.5, 1]), "Huber error": st.sampled_from([0.3, 1])}


@st.composite
def networks(draw, loss):
    row = LOSSES[loss]
    sizes = draw(st.lists(st.integers(1, 7), min_size=2, max_size=6))
    activations = draw(st.lists(st.sampled_from(NAMES), min_size=len(sizes) - 2, max_size=len(sizes) - 2))
    activations.append(draw(st.sampled_from(row.outputs or NAMES)))
    parameter = {row.parameter[0]: draw(FACTORS[loss])} if row.parameter else {}
    return bp.dense(sizes, activations, bp.loss(loss, **parameter), bias=draw(st.booleans()),
                    over_samples=draw(st.sampled_from(["sum", "mean"])),
                    over_outputs=draw(st.sampled_from(["sum", "mean"])), l2=draw(st.sampled_from([0, 0.1, 2.5])))


@pytest.mark.parametrize("loss", LOSSES)
def test_random_networks(loss):
    seen = []

    @settings(max_examples=EACH, deadline=None, database=None, derandomize=True,
              suppress_health_check=list(HealthCheck))
    @given(network=networks(loss), number=st.integers(1, 6), seed=st.integers(0, 2**32 - 1))
    def compare(network, number, seed):
        random = np.random.default_rng(seed)
        report = bp.gradient_check(network, parameters(network, random), *samples(network, random, number), entries=6)
        assert report.passed, f"{network.structure} {network.options}\n{report}"
        seen.append(report)

    compare()
    assert len(seen) >= EACH
