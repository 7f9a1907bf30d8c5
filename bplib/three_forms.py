"""One gradient in three forms: a scalar formula for one weight, a formula with indices for all, and with matrices."""
from dataclasses import dataclass

import numpy as np

from .codegen import generate
from .conventions import convention
from .derivation import derive, own_widths
from .equations import LAMBDA
from .matrices import matrix_latex
from .meaning import Point
from .networks import Network, checked_network
from .notation import DEFAULT, Notation
from .steps import Check, Step


@dataclass(frozen=True)
class Forms:
    """The gradient of a parameter.

    scalar   for one of its entries and one sample, everything written out: a `Step`
    index    for all entries and the batch: a `Step`
    matrix   LaTeX of the line of code that computes the whole array at once
    check    how far the three are apart in numbers, relative to the largest entry
    """

    scalar: Step
    index: Step
    matrix: str
    check: Check
    notation: object

    def _repr_markdown_(self):
        mark = "✓ the three are equal" if self.check.passed else "✗ the three differ"
        return "\n\n".join([
            f"**One weight, one sample**\n\n$${self.scalar.latex(self.notation)}$$",
            f"**With indices**\n\n$${self.index.latex(self.notation)}$$",
            f"**With matrices**\n\n$${self.matrix}$$", mark])

    def __repr__(self):
        return "\n".join([repr(self.scalar), repr(self.index), self.matrix])


def forms(network: Network, name: str, *indices: int, notation: str | Notation = DEFAULT) -> Forms:
    """The gradient of the parameter called `name` in three forms, compared in numbers: `Forms`.

    indices   the entry for the scalar form, counted from 1, such as 2, 1 for W1[2, 1]
    """
    network, notation = checked_network(network), convention(notation)
    derivation = derive(network)
    functions = generate(network, derivation, notation)
    scalar, index = derivation.scalar(name, *indices), derivation[name]
    given = _numbers(network)
    parameters = given[0]
    batch = derivation.evaluate(index, *given)
    array = _by_matrices(functions, *given)[name]
    one = derivation.evaluate(scalar, *given)
    entry = tuple(at - 1 for at in indices)
    one = one.mean() if network.options.over_samples == "mean" else one.sum()
    if network.quantities[name].kind == "W":
        one += float(network.sizes.get(LAMBDA, 0)) * np.asarray(parameters[name])[entry]
    error = max(np.abs(batch - array).max(), np.abs(np.asarray(batch)[entry] - one)) / np.abs(batch).max()
    line = functions.layout.text(functions.layout.quantities["d" + name])
    return Forms(scalar, index, matrix_latex(functions.gradients, line), Check(float(error)), notation)


def _numbers(network):
    """Generic parameters, inputs and targets of a network at its own sizes."""
    arrays = {name: array[..., 0] for name, array in Point(network, own_widths(network)).arrays.items()}
    given = {name: arrays[name] for name in network.parameters}, arrays["x"]
    if network.targets is None:
        return given
    targets = arrays[network.targets.name]
    return (*given, targets - 1 if network.targets.kind == "c" else targets)  # labels count from 0 in code


def _by_matrices(functions, parameters, *samples):
    layout = functions.layout
    samples = (np.ascontiguousarray(array) for array in layout.unpack_samples(*samples))
    return layout.unpack(functions.gradients(layout.pack(parameters), *samples))
