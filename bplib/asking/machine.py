"""The derivation of what is asked for, as bplib has it: nothing here is written by hand."""
from dataclasses import dataclass

import sympy as sp

from ..activations import Slope
from ..conventions import convention
from ..derivation import derive
from ..equations import N, Partial, name_of
from ..errors import InputError
from ..models.model import Model
from ..models.typeset import formula_latex
from ..notation import DEFAULT, equation_latex
from .goal import costs


@dataclass(frozen=True)
class Line:
    """A line of a derivation, hers or the machine's.

    latex     the line; "" where it was not read
    key       what its left side is about, see `goal.key_of`
    forms     what its right side is made of, which tells one form of it from another: "partial", "slope", "delta", "batch"
    sentence  what there is to say
    written   the line as it was typed, where it was
    """

    latex: str
    key: tuple | None
    forms: frozenset = frozenset()
    sentence: str = ""
    written: str = ""


class Machine:
    """What bplib knows about a goal.

    answer    the `Line`s about the goal itself
    way       those from the cost to there
    steps     the steps of the derivation that `way` writes
    """

    def __init__(self, goal, notation=None):
        self.goal, self.network = goal, goal.network
        self.notation = convention(notation or DEFAULT)
        self.derivation = derive(self.network, self._asked_beside())
        self.answer = self._about() or self._equations()
        if not self.answer:
            raise InputError(f"bplib derives nothing that is {goal.text}. Ask for a derivative of the cost, for a step "
                             "on the way to one, or for a quantity of the network.")

    def _asked_beside(self):
        """For a model, an array that no parameter's derivative leads past."""
        wanted = self.goal.key[1] if self.goal.key[0] == "cost" else ""
        quantity = self.network.quantities.get(wanted)
        return [wanted] if isinstance(self.network, Model) and quantity is not None and wanted else []

    @property
    def way(self):
        """The answer, and before it the steps that lead there, in their order."""
        return [self.line(step) for step in self.steps] or self.answer

    @property
    def steps(self):
        steps = self.derivation.steps
        wanted, before = {self.goal.key}, None
        while before != wanted:
            before = set(wanted)
            wanted |= {key for step in steps if self._key(step.left) in wanted for key in self._keys(step.right)}
        return [step for step in steps if self._key(step.left) in wanted]

    def _about(self):
        return [self.line(step) for step in self.derivation.steps if self._key(step.left) == self.goal.key]

    def _equations(self):
        """The network's own equation, where a quantity of the forward pass is asked for."""
        kind, name = self.goal.key
        return [Line(self._latex(e.left, e.right), self.goal.key) for e in self.network.equations
                if kind == "value" and name_of(e.left) == name]

    def line(self, step):
        """A step as a `Line`."""
        code = step.latex() if isinstance(self.network, Model) else step.latex(self.notation)
        return Line(code, self._key(step.left), self._forms(step.right), step.sentence)

    def _latex(self, left, right):
        if isinstance(self.network, Model):
            return formula_latex(self.network, left, right)
        return equation_latex(left, right, self.derivation.quantities, self.notation)

    # what a side of a step is about, as `goal.key_of` has it

    def _key(self, left):
        if isinstance(left, Partial):
            of = name_of(left.of)
            return ("cost" if of in costs(self.network) else of), name_of(left.by)
        if isinstance(left, Slope):
            return "slope", str(left)
        return self._derivative(name_of(left)) or ("value", name_of(left))

    def _derivative(self, name):
        if isinstance(self.network, Model):
            found = {equation.quantity.name: ("cost", of) for of, equation in self.derivation.found.items()}
            return found.get(name)
        quantity = self.derivation.quantities.get(name)
        kind = getattr(quantity, "kind", "")
        return {"delta": ("cost", "z" + name.removeprefix("delta")), "da": ("cost", name[1:])}.get(kind)

    def _forms(self, right):
        named = any(self._derivative(name_of(part)) for part in right.atoms(sp.Indexed, sp.Symbol))
        holds = {"partial": right.has(Partial), "slope": right.has(Slope), "delta": named, "batch": right.has(N)}
        return frozenset(form for form, there in holds.items() if there)

    def _keys(self, right):
        parts = right.atoms(Partial, Slope, sp.Indexed, sp.Symbol)
        return {key for key in map(self._key, parts) if key[0] != "value"}
