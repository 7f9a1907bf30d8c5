"""How factors are ordered when a product is written."""
from itertools import permutations

import pytest

import bplib as bp
from bplib.equations import Partial, in_reading_order, s

C, a, z, w = (bp.neuron("g").quantities[name][place] for name, place in (
    ("losses", s), ("a", s), ("z", s), ("w", ())))


@pytest.mark.parametrize("given", [*permutations([Partial(C, a), Partial(a, z), Partial(z, w)])])
def test_the_chain_rule_begins_at_the_cost(given):
    """∂C/∂a · ∂a/∂z · ∂z/∂w, in whatever order the factors come."""
    assert in_reading_order(given) == [Partial(C, a), Partial(a, z), Partial(z, w)]
