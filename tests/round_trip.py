"""What bplib prints, read back by `check_derivation`: how many lines are read, and how many are right.

    .venv/bin/python tests/round_trip.py            the figures
    .venv/bin/python tests/round_trip.py -v         and every line that is not right

Of models: equations, steps and backward equations, all in LaTeX.  Of networks: the steps, in the letters of every text.
"""
import sys
from collections import Counter
from functools import cache
from typing import NamedTuple

import zoo
from networks_to_test import NETWORKS, derivation_of

import bplib as bp
from bplib.activations import TABLE as ACTIVATIONS
from bplib.conventions import TABLE as TEXTS
from bplib.losses import TABLE as LOSSES
from bplib.models import layers


class Printed(NamedTuple):
    """What is printed, and what it is about."""

    network: object
    text: str
    notation: str = None


# models

def dense_layer():
    m = bp.model("s:N j:J k:K", given="x[s,k] g[s,j]")
    m.block(layers.DENSE, x="x")
    return m.write("C = mean(sum(g[s,j] * z[s,j], j), s)")


def dropout_layer():
    m = bp.model("s:N j:J k:J", given="x[s,j] keep[s,j] y0[s,j]", parameters="W[j,k]", share=0.8)
    m.write("h[s,j] = sum(W[j,k] * x[s,k], k)")
    m.block(layers.DROPOUT, x="h", keep="keep")
    return m.write("C = sum((y[s,j] - y0[s,j])**2, s, j)")


ALONE = {"dense layer": dense_layer, "dropout layer": dropout_layer}
MODELS = (*zoo.ZOO, *ALONE)


@cache
def derivation_of_model(name):
    return zoo.derived(name) if name in zoo.ZOO else bp.derive(ALONE[name]())


def of_model(name):
    derivation = derivation_of_model(name)
    texts = [derivation.model.latex(), *(step.latex() for step in derivation.steps), derivation.latex()]
    return [Printed(derivation.model, text) for text in texts]


# networks

EACH = {**NETWORKS, **{f"{row.name}, alone": lambda name=row.name: bp.dense([3, 4, 2], [name, "identity"])
                       for row in ACTIVATIONS.values() if not row.abstract}}
EACH |= {f"loss {name}": lambda name=name: bp.dense([3, 4, 2], ["tanh", _output_for(name)], name) for name in LOSSES}


def _output_for(loss):
    return {"binary cross entropy": "sigmoid", "categorical cross entropy": "softmax",
            "negative log-likelihood": "softmax"}.get(loss, "identity")


def can_be_told(name, text):
    """Whether a text's letters tell all quantities of a network apart.

    In D2L's, z and a of the output are both o.  Where φ stands for any activation, it is not the normal density as well.
    """
    network = derivation(name).network
    outputs = [row.name for row in getattr(network.structure, "activations", ())][-1:]
    two_phis = TEXTS[text].letter("g") in (r"\phi", r"\varphi") and "gelu" in str(network.equations)
    return (text != "d2l" or outputs in ([], ["identity"])) and not two_phis


@cache
def derivation(name):
    return derivation_of(name) if name in NETWORKS else bp.derive(EACH[name]())


def of_network(name, text):
    found = derivation(name)
    return [Printed(found.network, one, text) for one in dict.fromkeys(step.latex(text) for step in found.steps)]


# read back

def read_back(printed):
    """The verdicts on each line."""
    return bp.check_derivation(printed.network, printed.text, notation=printed.notation).lines


def not_right(every):
    """Lines of what is printed that are not read, or not right."""
    return [line for printed in every for line in read_back(printed) if line.verdict != "follows"]


def counted(every, verbose):
    lines = [line for printed in every for line in read_back(printed)]
    if verbose:
        print(*(line for line in lines if line.verdict != "follows"), sep="\n")
    return Counter(line.verdict for line in lines)


def main(verbose):
    models, networks = Counter(), Counter()
    for name in MODELS:
        models += counted(of_model(name), verbose)
    for name in EACH:
        for text in TEXTS:
            networks += counted(of_network(name, text), verbose) if can_be_told(name, text) else Counter()
    for what, found in (("models", models), ("networks, all texts", networks)):
        total = sum(found.values())
        print(f"{what:<22} {total} lines; read {(total - found['cannot be read'] - found['remark']) / total:.2%}, "
              f"right {found['follows'] / total:.2%}")


if __name__ == "__main__":
    main("-v" in sys.argv)
