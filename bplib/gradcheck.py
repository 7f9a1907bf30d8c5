"""Is the gradient right?  The derived one against three others that know nothing of it, parameter by parameter.

reference           backpropagation written by hand in plain NumPy (`reference`)
complex step        Im C(w + ih)/h of the generated cost, exact to rounding where the cost is analytic
finite difference   (C(w + ε) − C(w − ε))/2ε, good to about eight digits
"""
from dataclasses import dataclass

import numpy as np

from . import reference
from .codegen import Generated, generate
from .inputs import checked_parameters, checked_samples, checked_whole
from .networks import Dense
from .numerics import analytic

H = 1e-30
EPSILON = 6e-6
"""Near the cube root of the rounding error, where a central difference is at its best."""

TOLERANCES = {"reference": 1e-12, "complex step": 1e-12, "finite difference": 1e-6}


@dataclass(frozen=True)
class GradientCheck:
    """Relative differences between the derived gradient and others.

    errors   parameter → {"reference": …, "complex step": …, "finite difference": …}: the largest difference over the
             entries compared, relative to the largest entry of the whole gradient
    entries  parameter → how many entries were compared by complex step and differences, and how many there are
    """

    errors: dict
    entries: dict

    @property
    def passed(self):
        return all(error <= TOLERANCES[name] for row in self.errors.values() for name, error in row.items())

    def __str__(self):
        head = "derived against   " + "".join(f"{name:>19}" for name in TOLERANCES) + "   entries"
        rows = [f"{name:<18}" + "".join(f"{row[other]:>19.1e}" for other in TOLERANCES)
                + f"   {self.entries[name][0]} of {self.entries[name][1]}" for name, row in self.errors.items()]
        limits = "allowed           " + "".join(f"{limit:>19.0e}" for limit in TOLERANCES.values())
        return "\n".join([head, *rows, limits, "passed" if self.passed else "FAILED"])

    __repr__ = __str__

    def _repr_html_(self):
        cells = "".join(
            f"<tr><th scope='row'>{name}</th>"
            + "".join(f"<td>{row[other]:.1e}{'' if row[other] <= TOLERANCES[other] else ' ✗'}</td>"
                      for other in TOLERANCES)
            + f"<td>{self.entries[name][0]} of {self.entries[name][1]}</td></tr>" for name, row in self.errors.items())
        head = "".join(f"<th scope='col'>{name}<br>≤ {limit:.0e}</th>" for name, limit in TOLERANCES.items())
        return (f"<table><caption>Relative difference to the derived gradient: "
                f"{'passed ✓' if self.passed else 'FAILED ✗'}</caption>"
                f"<tr><th scope='col'>parameter</th>{head}<th scope='col'>entries</th></tr>{cells}</table>")


def gradient_check(network, parameters, X, Y=None, *, gradients=None, entries=20, seed=0):
    """Compare the derived gradient of a network, or a gradient of your own, with three others: a `GradientCheck`.

    network     a network, or the functions generated from one
    gradients   dict of arrays to check in place of the derived gradient
    entries     complex step and differences look at this many entries of each parameter, drawn with the seed
    """
    functions = network if isinstance(network, Generated) else generate(network)
    network, layout = functions.network, functions.layout
    entries, seed = checked_whole("entries", entries, 1), checked_whole("seed", seed, 0)
    arrays = checked_parameters(layout, parameters)
    samples = [array for array in checked_samples(layout, (X, Y), "XY") if array is not None]
    derived = gradients if gradients is not None else functions.gradients(parameters, *samples)
    derived = dict(zip(layout.parameters, checked_parameters(layout, derived, what="Gradients")))
    own = layout.unpack(dict(zip(layout.parameters, arrays))), *layout.unpack_samples(*samples)
    by_hand = layout.pack(reference_gradients(network, *own))
    plain_cost, random = functions.cost.with_kernels(analytic()), np.random.default_rng(seed)
    scale = max(np.abs(g).max() for g in by_hand.values()) or 1.0
    errors, compared = {}, {}
    for position, name in enumerate(layout.parameters):
        size = arrays[position].size
        chosen = np.sort(random.permutation(size)[:entries])
        here = derived[name].reshape(-1)[chosen]

        def moved_cost(cost, by, at):
            moved = arrays[position].astype(complex if isinstance(by, complex) else float)
            moved.reshape(-1)[at] += by
            return cost(*arrays[:position], moved, *arrays[position + 1:], *samples)[0]

        complex_step = np.array([np.imag(moved_cost(plain_cost, 1j * H, at)) / H for at in chosen])
        difference = np.array([(moved_cost(functions.cost.raw, EPSILON, at)
                                - moved_cost(functions.cost.raw, -EPSILON, at)) / (2 * EPSILON) for at in chosen])
        errors[name] = {"reference": _largest(derived[name] - by_hand[name]) / scale,
                        "complex step": _largest(here - complex_step) / scale,
                        "finite difference": _largest(here - difference) / scale}
        compared[name] = (len(chosen), size)
    return GradientCheck(errors, compared)


def _largest(difference):
    """The largest entry by size; nan counts as infinite, so that it can never pass."""
    largest = float(np.abs(difference).max())
    return largest if np.isfinite(largest) else np.inf


def reference_cost(network, parameters, X, Y=None):
    """The cost of a network as `reference` computes it."""
    return _call_reference(network, parameters, X, Y, reference.cost, reference.graph_cost)


def reference_gradients(network, parameters, X, Y=None):
    """The gradients of a network as `reference` computes them: parameter name → array."""
    weights, biases = _call_reference(network, parameters, X, Y, reference.gradients, reference.graph_gradients)
    by_mark = {("W", at + 1 if isinstance(network.structure, Dense) else at): g for at, g in _items(weights)}
    by_mark |= {("b", at + 1 if isinstance(network.structure, Dense) else at): g for at, g in _items(biases)}
    return {name: np.asarray(by_mark[network.quantities[name].kind, network.quantities[name].mark])
            for name in network.parameters}


def _items(gradients):
    return gradients.items() if isinstance(gradients, dict) else enumerate(gradients)


def _call_reference(network, parameters, X, Y, dense_function, graph_function):
    """Hand a network to the reference in the reference's own terms."""
    options, structure = network.options, network.structure
    named = {"loss": options.loss.name, "l2": float(options.l2), "over_samples": options.over_samples,
             "over_outputs": options.over_outputs}
    if options.loss.parameter:
        named[options.loss.parameter[0]] = float(options.loss.parameter[1])
    of_kind = {kind: {network.quantities[name].mark: parameters[name] for name in network.parameters
                      if network.quantities[name].kind == kind} for kind in "Wb"}
    if isinstance(structure, Dense):
        return dense_function(list(of_kind["W"].values()), list(of_kind["b"].values()) or None, X, Y,
                              activations=list(map(_as_reference, structure.activations)), **named)
    neurons = {name: (list(sources), _as_reference(row)) for name, (sources, row) in structure.neurons.items()}
    labels = network.targets is not None and network.targets.kind == "c"
    columns = [array[:, None] if np.ndim(array) == 1 and not labels else array for array in (X, Y)]
    return graph_function(neurons, of_kind["W"], of_kind["b"] or None, *columns, inputs=list(structure.inputs),
                          outputs=list(structure.outputs), **named)


def _as_reference(row):
    return (row.name, *map(float, row.parameters)) if row.parameters else row.name
