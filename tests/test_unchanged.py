"""What the course prints stays as it is: the steps of derivations, and the programs generated from them.

`unchanged.json` holds them as they were when this was last looked at.  Whoever means to change them runs
`python tests/test_unchanged.py` and reads the difference.
"""
import json
from pathlib import Path

import pytest
from networks_to_test import NETWORKS, derivation_of

import bplib as bp
from bplib.conventions import TABLE

STORED = Path(__file__).with_name("unchanged.json")
OPEN = [name for name in NETWORKS if "any" in name or name == "neuron"]
TEXTS = [name for name in TABLE if name != "bplib"]


def steps(name):
    """The steps of a derivation as lines of text, each with its LaTeX."""
    return [f"{step.about}: {step.left} = {step.right} [{step.rule}] {step.sentence} ${step.latex()}$"
            for step in derivation_of(name).steps]


def sources(name):
    """The programs in this course's letters, and in those of two other texts; all texts have a turn."""
    at = 2 * list(NETWORKS).index(name)
    derivation, found = derivation_of(name), {}
    for text in ("bplib", *(TEXTS[(at + more) % len(TEXTS)] for more in (0, 1))):
        try:
            functions = bp.generate(derivation.network, derivation, text)
        except bp.InputError:  # a text that stores no biases, say
            continue
        found[text] = [functions.cost.source, functions.gradients.source]
    return found


@pytest.mark.parametrize("name", NETWORKS)
def test_steps_are_those_of_the_published_pages(name):
    assert steps(name) == json.loads(STORED.read_text(encoding="utf-8"))[name]["steps"]


@pytest.mark.parametrize("name", [name for name in NETWORKS if name not in OPEN])
def test_programs_are_those_of_the_published_pages(name):
    assert sources(name) == json.loads(STORED.read_text(encoding="utf-8"))[name]["sources"]


if __name__ == "__main__":
    found = {name: {"steps": steps(name), "sources": {} if name in OPEN else sources(name)} for name in NETWORKS}
    STORED.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
