"""The equations of one pass through a layered network, and with them those of what lies between its arrays.

The generated code computes δ of a layer in one line.  To be watched, that line is taken apart: into ∂C/∂a of the units,
which is a sum of terms that come along the edges, and into the slopes g'(z).
"""
from functools import cached_property

import sympy as sp

from ..equations import Equation, Partial, Quantity, gradient_of, j, s

COMBINED = {"cancellation", "targets add up to 1"}
"""Rules by which δ of an output gets simpler than ∂C/∂a times g'(z), so that the code computes it without them."""


class OnePass:
    """The equations of a derivation of dense layers, in the order in which they are computed.

    slopes_of_units   layer → equation of ∂C/∂a, for the layers whose δ is made of it
    slopes            layer → equation of g'(z), for the layers whose δ is ∂C/∂a times it
    equations         those of the network and of its derivatives, before each of them what it is made of: slopes, and
                      the terms of its sum over units
    """

    def __init__(self, derivation):
        self.derivation, self.network = derivation, derivation.network
        self.last = len(self.network.structure.sizes) - 1
        self._arrays = {(q.kind, q.mark): q for q in derivation.quantities.values()}

    def array(self, kind, layer):
        """The array of a kind in a layer; what the units of layer 0 put out are the inputs."""
        return self._arrays["x" if (kind, layer) == ("a", 0) else kind, layer]

    @cached_property
    def equations(self):
        found = {}
        for equation in (*self.network.equations, *self.derivation.backward):
            kind, layer = equation.quantity.kind, equation.quantity.mark
            parts = [of[layer] for of in (self.slopes_of_units, self.slopes) if kind == "delta" and layer in of]
            for part in (*parts, equation):
                found |= {e.quantity: e for e in (*self._terms(part), part) if e.quantity not in found}
        return [*found.values()]

    def _terms(self, equation):
        """The terms of the sum in an equation, where they come along edges."""
        for total in equation.right.atoms(sp.Sum) if equation.quantity.kind in ("z", "da") else ():
            (unit, _, size), q = total.limits[0], equation.quantity
            yield Equation(Quantity(f"terms_{q.name}", "terms", q.mark, (*q.sizes, size)), (*equation.indices, unit),
                           total.function)

    @cached_property
    def slopes_of_units(self):
        return {layer: self._slope_of_units(layer) for layer in range(1, self.last + 1)
                if not COMBINED & {step.rule for step in self._steps(self._loss_by("z", layer))}}

    def _slope_of_units(self, layer):
        rule = "loss" if layer == self.last else "substitution"
        step = next(step for step in self._steps(self._loss_by("a", layer)) if step.rule == rule)
        return Equation(gradient_of(self.array("a", layer)), (s, j), step.right)

    @cached_property
    def slopes(self):
        by_value = {step.left: step.right for step in self.derivation.steps if step.rule == "by value"}
        found = {}
        for layer in self.slopes_of_units:
            z, a = self.array("z", layer), self.array("a", layer)
            for step in self._steps(Partial(a[s, j], z[s, j])):
                right = sp.factor_terms(by_value.get(step.right, step.right))
                found[layer] = Equation(Quantity(f"slope{layer}", "slope", layer, z.sizes), (s, j), right)
        return found

    def _loss_by(self, kind, layer):
        return Partial(self.network.given("losses")[s], self.array(kind, layer)[s, j])

    def _steps(self, left):
        """The steps of the derivation that say what a derivative is."""
        return [step for step in self.derivation.steps if step.left == left]
