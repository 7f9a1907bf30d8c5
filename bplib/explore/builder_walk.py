"""What a network of neurons computes on one sample, number by number: when, from what, and along which arrows.

The order is that of the generated code, and the steps are told as those of `network_walk` are.
"""
from ..equations import Partial, name_of, s
from .network_pass import COMBINED


class GraphWalk:
    """The steps of one pass through a network of neurons, for the page.

    steps      dicts as those of `network_walk.Walk`; the card of a unit is named as its weighted sum is, and that of an
               input as an output: a_x1
    lines      (name, formula) of the numbers that lie between those of the code: terms of sums, slopes, ∂C/∂a
    formulas   name of a number → (left side, right side)
    """

    def __init__(self, derivation, local):
        self.network, self.derivation, self.local = derivation.network, derivation, local
        self.neurons = self.network.structure.neurons
        self.losses = self.network.given("losses")[s]
        self.lines, self.formulas, self.steps = [], {}, []
        kinds = {"z": self._weighted_sum, "a": self._activation, "losses": self._cost, "delta": self._error_term,
                 "dW": self._slope_of_weight, "db": self._slope_of_bias}
        for equation in (*self.network.equations, *derivation.backward):
            if equation.quantity.kind in kinds:
                kinds[equation.quantity.kind](equation.quantity.mark, equation)

    # forward

    def _weighted_sum(self, unit, equation):
        moves = []
        for source in self.neurons[unit][0]:
            w = self._weight(source, unit)
            term = self._line(f"terms_z_{unit}_{source}", w * equation.right.coeff(w))
            moves.append(_move(self._card(source), f"z_{unit}", f"a_{source}", term, edge=name_of(w)))
        self._step("weighted sum", f"z_{unit}", unit, equation.left, equation.right, moves)

    def _activation(self, unit, equation):
        self._step("activation", f"a_{unit}", unit, equation.left, equation.right)

    def _cost(self, _, equation):
        moves = [_move(f"z_{unit}", "C", f"a_{unit}") for unit in self.network.structure.outputs]
        self.formulas["C"] = equation.left, equation.right
        self.steps.append({"kind": "cost", "key": "C", "at": "C", "formula": "C", "moves": moves})

    # backward

    def _error_term(self, unit, equation):
        key, card = f"delta_{unit}", f"z_{unit}"
        if COMBINED & {step.rule for step in self._steps(Partial(self.losses, self._entry("z", unit)))}:
            from_cost = [_move("C", card, key)]
            return self._step("combined error term", key, unit, equation.left, equation.right, from_cost)
        output = self._entry("a", unit)
        self._slope_of_output(unit, output) if unit in self.network.structure.outputs else self._arrivals(unit, output)
        slope = self._line(f"slope_{unit}", self.local[Partial(output, self._entry("z", unit))])
        return self._step("error term", key, unit, equation.left, equation.right, [_move(card, card, slope)])

    def _slope_of_output(self, unit, output):
        left, right = self._loss_by(output, "loss")
        self._line(f"da_{unit}", right)
        self._step("slope of output", f"da_{unit}", unit, left, right, [_move("C", f"z_{unit}", f"da_{unit}")])

    def _arrivals(self, unit, output):
        """The terms w·δ of a unit's sum, one after another."""
        left, right = self._loss_by(output, "substitution")
        self._line(f"da_{unit}", right)
        arrived = []
        for other in [other for other, (sources, _) in self.neurons.items() if unit in sources]:
            w = self._weight(unit, other)
            arrived = [*arrived, self._line(f"terms_da_{unit}_{other}", w * right.coeff(w))]
            moves = [_move(f"z_{other}", f"z_{unit}", f"delta_{other}", arrived[-1], edge=name_of(w))]
            self._step("arrival", f"da_{unit}", unit, left, right, moves, terms=arrived)

    def _slope_of_weight(self, ends, equation):
        (source, unit), edge = ends, name_of(self._weight(*ends))
        moves = [_move(f"z_{unit}", edge, f"delta_{unit}", edge=edge),
                 _move(self._card(source), edge, f"a_{source}", edge=edge)]
        self._step("slope of weight", equation.quantity.name, unit, *self._short(edge), moves, edge=edge)

    def _slope_of_bias(self, unit, equation):
        self._step("slope of bias", equation.quantity.name, unit, *self._short(f"b_{unit}"))

    # parts of steps

    def _step(self, kind, key, unit, left, right, moves=(), **more):
        self.formulas[key] = left, right
        self.steps.append({"kind": kind, "key": key, "at": f"z_{unit}", "formula": key, "moves": [*moves], **more})

    def _line(self, name, formula):
        self.lines.append((name, formula))
        return name

    def _card(self, name):
        return f"{'z' if name in self.neurons else 'a'}_{name}"

    def _entry(self, kind, unit):
        return self.network.quantities[f"{kind}_{unit}"][s]

    def _weight(self, source, unit):
        return self.network.quantities[f"w_{source}_{unit}"][()]

    def _loss_by(self, entry, rule):
        step = next(step for step in self._steps(Partial(self.losses, entry)) if step.rule == rule)
        return step.left, step.right

    def _short(self, parameter):
        step = next(step for step in self.derivation.about(parameter) if step.rule == "error term")
        return step.left, step.right

    def _steps(self, left):
        return [step for step in self.derivation.steps if step.left == left]


def _move(start, end, *carries, **more):
    return {"from": start, "to": end, "carries": carries, **more}
