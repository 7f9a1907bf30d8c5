"""Losses: a table.  A row says what one output a and its target y add to the cost of one sample.

The cost of a sample adds these terms up over the outputs (or averages them), the cost of a batch does the same over
the samples; both choices belong to the network (`networks.dense`), so a row holds nothing but the term.
"""
from dataclasses import dataclass, replace
from typing import Callable

import sympy as sp

from .errors import InputError, unknown_name
from .inputs import as_written, checked_number

HALF = sp.Rational(1, 2)


@dataclass(frozen=True)
class Loss:
    """One row.

    term(a, y, parameter)   what one output adds to the cost of a sample
    parameter               its name and value, None where the loss has none
    outputs                 the activations whose outputs it can take; None for any
    targets                 "values" (any real numbers), "probability" (0 to 1), "distribution" (each row adds up to 1)
                            or "labels" (integers)
    """

    name: str
    term: Callable
    parameter: tuple = None
    outputs: tuple = None
    targets: str = "values"

    def __call__(self, a, y):
        return self.term(a, y, *(self.parameter[1:] if self.parameter else ()))


def _huber(a, y, threshold):
    return sp.Piecewise((HALF * (a - y)**2, abs(a - y) <= threshold),
                        (threshold * (abs(a - y) - threshold / 2), True))


def _cross_entropy(a, y):
    return -y * sp.log(a)


TABLE = {row.name: row for row in (
    Loss("squared error", lambda a, y, factor: factor * (a - y)**2, ("factor", sp.S.One)),
    Loss("binary cross entropy", lambda a, y: -y * sp.log(a) - (1 - y) * sp.log(1 - a), outputs=("sigmoid",),
         targets="probability"),
    Loss("categorical cross entropy", _cross_entropy, outputs=("softmax", "sigmoid"), targets="distribution"),
    Loss("negative log-likelihood", _cross_entropy, outputs=("softmax", "sigmoid"), targets="labels"),
    Loss("absolute error", lambda a, y: abs(a - y)),
    Loss("Huber error", _huber, ("threshold", sp.S.One)),
)}


def loss(name, **parameter):
    """The row of the table called `name`; squared error takes factor= (1 or 1/2), Huber error threshold=.

    >>> loss("squared error", factor=0.5).parameter
    ('factor', 1/2)
    """
    row = name if isinstance(name, Loss) else {key.lower(): row for key, row in TABLE.items()}.get(str(name).lower())
    if row is None:
        raise unknown_name("loss", name, TABLE)
    if not parameter:
        return row
    if not row.parameter or set(parameter) != {row.parameter[0]}:
        takes = f"takes {row.parameter[0]}" if row.parameter else "takes no parameter"
        raise InputError(f"{row.name} {takes}; given: {', '.join(parameter)}.")
    name = f"The {row.parameter[0]} of {row.name}"
    value = sp.sympify(as_written(checked_number(name, parameter[row.parameter[0]], above=0)))
    return replace(row, parameter=(row.parameter[0], value))


def check_outputs(row, activation):
    """InputError where a loss cannot take the outputs of an activation: the logarithm needs probabilities."""
    if row.outputs and activation.name not in (*row.outputs, "g"):
        raise InputError(
            f"{row.name} takes logarithms of probabilities, so the last layer is {' or '.join(row.outputs)}; "
            f"given: {activation.name}.")
