"""What a layered network computes on one sample, number by number: when, from what, and along which edges.

The order is that of the generated code: array after array, and entry after entry.  Each step computes one number, or
adds one term to it.
"""
from ..equations import N, s
from .slots import key


class Walk:
    """The steps of one pass, for the page.

    steps   dicts, in order:
            kind      what happens, a row of HAPPENS in walk_steps.js
            key       key of the number that is computed
            at        key of the card, and edge that of the weight, where it is computed
            moves     what travels there: from one card to another, along an edge or, without one, between an output and
                      the cost; a factor, within a card; it carries numbers, the first up to the weight, the last from
                      there on
            terms     keys of the terms that have arrived with this step, where the number is a sum that grows
            formula   name of the formula of the number
    known   key of a number → the number of the step, counted from 1, with which it is complete
    """

    def __init__(self, one_pass):
        self.one_pass, self.last = one_pass, one_pass.last
        self.sizes = one_pass.network.structure.sizes
        steps_of = {"z": self._weighted_sums, "a": self._activations, "losses": self._cost, "da": self._slopes_of_units,
                    "delta": self._error_terms, "dW": self._slopes_of_weights, "db": self._slopes_of_biases}
        self.steps = [step for e in one_pass.equations if e.quantity.kind in steps_of
                      for step in steps_of[e.quantity.kind](e.quantity.mark)]
        self.known = {step["key"]: n for n, step in enumerate(self.steps, 1)}

    # forward

    def _weighted_sums(self, layer):
        for unit in self._units(layer):
            moves = [self._move(self._card(layer - 1, source), self._card(layer, unit),
                                self._key("a", layer - 1, source), f"terms_z{layer}[{unit},{source}]",
                                edge=self._key("W", layer, unit, source)) for source in self._units(layer - 1)]
            yield self._step("weighted sum", "z", layer, unit, moves=moves)

    def _activations(self, layer):
        for unit in self._units(layer):
            yield self._step("activation", "a", layer, unit)

    def _cost(self, _):
        moves = [self._move(self._card(self.last, unit), "C", self._key("a", self.last, unit))
                 for unit in self._units(self.last)]
        yield {"kind": "cost", "key": "C", "at": "C", "formula": "C", "moves": moves}

    # backward

    def _slopes_of_units(self, layer):
        for unit in self._units(layer):
            if layer == self.last:
                yield self._step("slope of output", "da", layer, unit, moves=self._from_cost("da", unit))
            else:
                yield from self._arrivals(layer, unit)

    def _arrivals(self, layer, unit):
        """The terms w·δ of a unit's sum, one after another."""
        arrived = []
        for source in self._units(layer + 1):
            arrived = [*arrived, f"terms_da{layer}[{unit},{source}]"]
            edge = self._key("W", layer + 1, source, unit)
            move = self._move(self._card(layer + 1, source), self._card(layer, unit),
                              self._key("delta", layer + 1, source), arrived[-1], edge=edge)
            yield self._step("arrival", "da", layer, unit, moves=[move], terms=arrived)

    def _error_terms(self, layer):
        for unit in self._units(layer):
            if layer in self.one_pass.slopes:
                card = self._card(layer, unit)
                yield self._step("error term", "delta", layer, unit, formula=self.short(layer),
                                 moves=[self._move(card, card, f"slope{layer}[{unit}]")])
            elif layer in self.one_pass.slopes_of_units:
                yield self._step("joined error term", "delta", layer, unit)
            else:
                yield self._step("combined error term", "delta", layer, unit, moves=self._from_cost("delta", unit))

    def _slopes_of_weights(self, layer):
        for unit in self._units(layer):
            for source in self._units(layer - 1):
                edge = self._key("W", layer, unit, source)
                moves = [self._move(self._card(layer, unit), edge, self._key("delta", layer, unit), edge=edge),
                         self._move(self._card(layer - 1, source), edge, self._key("a", layer - 1, source), edge=edge)]
                yield self._step("slope of weight", "dW", layer, unit, source, moves=moves, edge=edge)

    def _slopes_of_biases(self, layer):
        for unit in self._units(layer):
            yield self._step("slope of bias", "db", layer, unit)

    def short(self, layer):
        """The name of the formula of δ by ∂C/∂a."""
        return f"{self.one_pass.array('delta', layer).name} short"

    # parts of steps

    def _step(self, kind, array, layer, *units, moves=(), **more):
        name = self.one_pass.array(array, layer).name
        return {"kind": kind, "key": self._key(array, layer, *units), "at": self._card(layer, units[0]),
                "formula": name, "moves": [*moves], **more}

    def _move(self, start, end, *carries, **more):
        return {"from": start, "to": end, "carries": carries, **more}

    def _from_cost(self, array, unit):
        return [self._move("C", self._card(self.last, unit), self._key(array, self.last, unit))]

    def _units(self, layer):
        return range(1, self.sizes[layer] + 1)

    def _card(self, layer, unit):
        return self._key("z" if layer else "a", layer, unit)

    def _key(self, kind, layer, *units):
        array = self.one_pass.array(kind, layer)
        return key(array[(*[s] * (N in array.sizes), *units)])
