"""The numbers behind a formula for any z: `meaning`, with forms that hold where plain formulas run out of floats.

`meaning` reads every formula literally, which makes it the judge of derivations; at z = 40 it takes σ(z) for 1 and
ln(1 − σ(z)) for −∞.  Here activations, slopes and logarithms of outputs are computed by the forms of their tables.
"""
from dataclasses import replace

import numpy as np
import sympy as sp

from .activations import TABLE, Activated, Slope, log_softmax, normal_cdf, normal_pdf, softmax
from .equations import Equation, bound_letter, j, name_of, s, sum_with_sign_in_front
from .meaning import STEP, Point, Values
from .networks import Dense
from .numerics import analytic


def outputs_and_targets(network):
    """Pairs (output, target) of entries: one with the index j for a layer, one for each neuron of a graph."""
    a, y = ([network.quantities[name] for name in names] for names in (network.outputs, ["y"]))
    if isinstance(network.structure, Dense):
        return [(a[0][s, j], y[0][s, j])]
    if len(y[0].sizes) == 1:
        return [(a[0][s], y[0][s])]
    return [(output[s], y[0][s, column]) for column, output in enumerate(a, 1)]


def share_of_output(network):
    """The factor of each output's term in the cost of a sample: 1, or 1/n for the mean over n outputs."""
    if network.options.over_outputs == "sum":
        return sp.S.One
    return 1 / sp.sympify(network.quantities["y"].sizes[-1])


def stable(network):
    """The forward equations with the cost in a form that holds for any z: by the loss's stable term, where it has one,
    and with each ln a and ln(1 − a) as a function of z, where the activation says how."""
    rewrite = logarithms_in_z(network)
    return [Equation(e.quantity, e.indices, rewrite(_stable_terms(network, e.right)).replace(
                sp.Sum, sum_with_sign_in_front))
            if e.quantity.kind == "losses" else e for e in network.equations]


def _stable_terms(network, right):
    """The cost of a sample, with the loss's stable term if it has one."""
    if network.options.loss.stable is None:
        return right
    terms = [network.options.loss.evaluated(a, y) for a, y in outputs_and_targets(network)]
    if isinstance(network.structure, Dense):
        terms = [sum_with_sign_in_front(terms[0], (j, 1, network.quantities["y"].sizes[-1]))]
    return share_of_output(network) * sp.Add(*terms)


def logarithms_in_z(network):
    """A function that writes each ln a and ln(1 − a) of a formula as a function of z that holds for any z."""
    activated = {e.quantity.name: e for e in network.equations if e.quantity.kind == "a"}

    def in_z(inside):
        entry, form = _output_in(inside, activated)
        if entry is None:
            return sp.log(inside)
        equation = activated[name_of(entry)]
        g = equation.right.xreplace(dict(zip(equation.indices, entry.indices)))
        written = getattr(TABLE["softmax"] if isinstance(g, softmax) else g.row, form)
        return written(*g.args) if written else sp.log(inside)

    return lambda formula: formula.replace(sp.log, in_z)


def _output_in(inside, activated):
    """The entry of an activation in a or 1 − a, and which of the two it is; (None, None) for anything else."""
    for entry, form in ((inside, "log"), (1 - inside, "log_complement")):
        if isinstance(entry, sp.Indexed) and name_of(entry) in activated:
            return entry, form
    return None, None


class StableValues(Values):
    """`Values` with activations, slopes and softmax computed by forms that hold for any z."""

    @staticmethod
    def prepared(expression):
        return expression

    def _value(self, e, scope):
        if isinstance(e, Slope) and not e.args[0].row.abstract:
            return np.imag(self._activated(e.args[0], scope, 1j * STEP)) / STEP
        if isinstance(e, Activated) and not e.row.abstract or isinstance(e, (normal_cdf, normal_pdf)):
            return self._activated(e, scope)
        if isinstance(e, (softmax, log_softmax)):
            log = self._log_softmax(*e.args, scope)
            return log if isinstance(e, log_softmax) else np.exp(log)
        return super()._value(e, scope)

    def _activated(self, g, scope, moved=0):
        z, *parameters = g.args
        return analytic()[type(g).__name__](self._value(z, scope) + moved, *map(float, parameters))

    def _log_softmax(self, z, unit, size, scope):
        """z_j − max z − ln Σ_k exp(z_k − max z), with k along an axis of its own."""
        k = bound_letter(j)
        each = self._value(z.base[(*z.indices[:-1], k)], {**scope, k: np.arange(1, self.size(size) + 1)})
        largest = np.real(each).max(axis=len(scope), keepdims=True)
        total = np.exp(each - largest).sum(axis=len(scope))
        return self._value(z, scope) - largest.squeeze(len(scope)) - np.log(total)


class StablePoint(Point):
    """`Point` for any z: the values of formulas, not a judge of them."""

    VALUES = StableValues

    def __init__(self, network, *arguments, **options):
        self._in_z, self._plain = logarithms_in_z(network), network
        with np.errstate(all="ignore"):  # what is too small is 0, what is too large infinite
            super().__init__(replace(network, equations=tuple(stable(network))), *arguments, **options)

    def __call__(self, expression, scope):
        expression = self._in_z(sp.sympify(expression)).replace(lambda e: e.is_Add, self._complement)
        with np.errstate(all="ignore"):  # a quotient by an output that is 0 in floats is infinite
            return super().__call__(expression, scope)

    def _complement(self, sum_):
        """1 − a by ln(1 − a), where that is known: it is not 0 where a rounds to 1."""
        written = self._in_z(sp.log(sum_))
        return sum_ if isinstance(written, sp.log) else sp.exp(written)

    def _partial(self, of, by):
        """As `Point` has it; by an output, which the cost in z passes by, from the formula of the loss."""
        if name_of(of) in self.COSTS and name_of(by) in self.network.outputs:
            return self._by_output(name_of(of), name_of(by))
        return super()._partial(of, by)

    def _by_output(self, cost, output):
        a, y = next(pair for pair in outputs_and_targets(self._plain) if name_of(pair[0]) == output)
        formula = share_of_output(self._plain) * self._plain.options.loss.differentiated(a, y)
        values = self(formula, self.scope(a))
        if cost == "C":
            return values[..., None] / (len(values) if self._plain.options.over_samples == "mean" else 1)
        each = np.zeros((len(values), *values.shape, 1))
        each[np.arange(len(values)), np.arange(len(values)), ..., 0] = values
        return each
