"""What explorers read from a file is what the engine derives."""
import gzip
import json

import sympy as sp

from bplib import activations
from bplib.explore import made


def test_what_was_made_with_the_package_is_what_the_engine_derives():
    """Where this fails after a change of the engine: python3 -m bplib.explore"""
    stored = json.loads(gzip.decompress(made.FILE.read_bytes()))
    assert made.everything() == stored
    assert {"neuron.generated_code", "neuron.page_facts", "training.generated_code", "training.page_facts"} < {*stored}


def test_it_is_read_and_with_a_row_of_ones_own_made_anew(monkeypatch):
    stored = {"tables": made.tables(), "neuron.page_facts": {"stored": True}}
    monkeypatch.setattr(made, "_file", lambda: stored)
    function, arguments = made.MAKERS["neuron.page_facts"]
    page_facts = made.made_with_the_package(*arguments)(function)
    assert page_facts() == {"stored": True}
    activations.add("twice tanh", lambda z: 2 * sp.tanh(z))
    try:
        assert "twice tanh" in page_facts()["formulas"]
    finally:
        activations.TABLE.pop("twice tanh", None)
