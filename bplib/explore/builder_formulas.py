"""All that the builder writes of a network that was drawn: equations, the ways of its weights to the cost, programs."""
import re
from functools import cached_property

import sympy as sp

from ..activations import Slope
from ..codegen import generate, stable
from ..derivation import derive
from ..equations import Partial, in_reading_order, name_of, s
from ..errors import DerivationError
from ..javascript import LIBRARY, javascript
from ..meaning import Point
from ..steps import check
from .builder_walk import GraphWalk
from .mathml import mathml
from .slots import bracketed

MOST_PATHS = 8
"""More are counted, and not written out."""


class BuilderFormulas:
    """The derivation of a network of neurons as the page shows it, for one sample, from checked equations and steps."""

    def __init__(self, network):
        self.network, self.derivation = network, derive(network)
        self.cost, self.losses = network.given("C")[()], network.given("losses")[s]
        self.parameters = [network.quantities[name][()] for name in network.parameters]
        self.deltas = {e.left: e.right for e in self.derivation.backward if e.quantity.kind == "delta"}

    def facts(self):
        """What the page needs, as JSON.

        code       a JavaScript module: `pass` computes all numbers of one sample from parameters, x_1, …, y_1, …
        equations  the forward equations, as MathML
        factors    name of a derivative in what `pass` gives → MathML of it, and of its value
        deltas     name of an error term → MathML of its equation
        ways       name of a parameter → how it reaches the cost, see `way`
        numpy      the source of the generated functions
        walk       the computation number by number: its steps as those of `GraphWalk`, and by the names of numbers their
                   formulas as MathML and their lines of code
        """
        functions = generate(self.network, self.derivation)
        return {
            "code": self.code(), "numpy": f"{functions.forward.source}\n{functions.gradients.source}",
            "equations": [self._typeset(e.left, e.right) for e in self.network.equations if e.quantity.kind != "C"],
            "factors": {named(part): [self._typeset(part), self._operand(value)] for part, value in self.local.items()},
            "deltas": {name_of(left): self._typeset(left, right) for left, right in self.deltas.items()},
            "ways": {name_of(parameter): self.way(parameter) for parameter in self.parameters},
            "walk": {"steps": self.walk.steps, "code": code_lines(functions, self.walk.formulas),
                     "formulas": {name: self._typeset(*sides) for name, sides in self.walk.formulas.items()}},
        }

    def way(self, parameter):
        """How a weight or a bias reaches the cost.

        count    along how many paths
        paths    for each path the names of the units on it, and those of its factors; none where there are more than
                 MOST_PATHS
        symbol   the derivative, as MathML
        short    the derivative by the error term of the unit, as MathML
        deltas   names of the error terms that this needs, that of its own unit first
        """
        (left, right), count = self.short(parameter), self.count(parameter)
        return {"symbol": self._typeset(left), "count": count, "paths": self.paths(parameter) if count <= MOST_PATHS else [],
                "short": self._typeset(left, right), "deltas": self._needed(right)}

    def count(self, parameter):
        structure = self.network.structure
        mark = self.network.quantities[name_of(parameter)].mark
        unit = mark[1] if isinstance(mark, tuple) else mark
        found = dict.fromkeys(structure.outputs, 1)
        for name in reversed(structure.neurons):
            found.setdefault(name, sum(found[other] for other, (sources, _) in structure.neurons.items() if name in sources))
        return found[unit]

    def short(self, parameter):
        """Both sides of ∂C/∂parameter = δ · what the parameter is multiplied by."""
        step = next(step for step in self.derivation.about(name_of(parameter)) if step.rule == "error term")
        return step.left, step.right

    def _needed(self, right):
        """Names of the error terms that an expression needs, in an order in which each needs only later ones."""
        needed = {name_of(e) for e in right.atoms(sp.Indexed)}
        found = []
        for left, value in reversed(self.deltas.items()):
            if name_of(left) in needed:
                needed |= {name_of(e) for e in value.atoms(sp.Indexed)}
                found.append(name_of(left))
        return found

    def paths(self, parameter):
        """The paths to the cost, the shortest first, each as {"units", "factors"}; that they add up is checked."""
        chain = Partial(self.losses, parameter)
        while known := {part: self._chain_rules[part] for part in chain.atoms(Partial) if part in self._chain_rules}:
            chain = sp.expand(chain.xreplace(known))
        if not check(Partial(self.losses, parameter), chain.xreplace(self.local), self._point).passed:
            raise DerivationError(f"The paths of {parameter} to the cost do not add up to its derivative.")
        paths = [in_reading_order(sp.Mul.make_args(term)) for term in sp.Add.make_args(chain)]
        return sorted(({"units": self._units(path), "factors": list(map(named, path))} for path in paths),
                      key=lambda path: (len(path["units"]), path["units"]))

    def _units(self, path):
        """The units that a change passes, from the first to the output."""
        passed = [self.network.quantities[name_of(part.of)] for part in reversed(path)]
        return [quantity.mark for quantity in passed if quantity.kind == "z"]

    @cached_property
    def _chain_rules(self):
        return {step.left: step.right for step in self.derivation.steps if step.rule in ("chain rule", "several paths")}

    @cached_property
    def local(self):
        """The derivative of a quantity by one that stands next to it → its value."""
        slopes = {step.left: step.right for step in self.derivation.steps if isinstance(step.left, Slope)}
        return {step.left: slopes.get(step.right, step.right) for step in self.derivation.steps
                if step.rule in ("loss", "slope", "weighted sum") and name_of(step.left.by) != "x"}

    @cached_property
    def walk(self):
        return GraphWalk(self.derivation, self.local)

    @cached_property
    def _point(self):
        return Point(self.network, {})

    def _typeset(self, *sides):
        """MathML, in which the cost of the sample is C, as there is no other."""
        return mathml(self.derivation.quantities, *(side.xreplace({self.losses: self.cost}) for side in sides))

    def _operand(self, value):
        """MathML of a value as one factor of a product."""
        begin, formula, end = re.fullmatch(r"(<math[^>]*>)(.*)(</math>)", self._typeset(value)).groups()
        needs = value.is_Add or value.could_extract_minus_sign()
        return begin + (bracketed(formula) if needs else formula) + end

    def code(self):
        """The module, whose `pass` returns everything that the page shows as a number."""
        structure = self.network.structure
        samples = [f"{name}_{n}" for name, units in (("x", structure.inputs), ("y", structure.outputs))
                   for n in range(1, len(units) + 1)]
        lines = [(name_of(e.left), e.right) for e in stable(self.network) if e.quantity.kind != "C"]
        lines += [(name_of(left), right) for left, right in self.deltas.items()]
        lines += [(named(part), value) for part, value in self.local.items()]
        lines += [(named(left), right) for left, right in map(self.short, self.parameters)] + self.walk.lines
        return f"{LIBRARY}\n{javascript('pass', [*self.network.parameters, *samples], lines)}export {{ pass }};\n"


def named(part):
    """The name of a derivative in generated code: da_h_dz_h."""
    return f"d{name_of(part.of)}_d{name_of(part.by)}"


def code_lines(functions, names):
    """Name of a number → the line of the generated NumPy code that computes it; that of δ for what δ is made of."""
    lines = [line.strip() for code in (functions.cost, functions.gradients) for line in code.source.splitlines()]
    found = {line.split(" = ")[0]: line for line in lines if " = " in line}
    return {name: found["losses" if name == "C" else name.replace("da_", "delta_", name.startswith("da_"))] for name in names}
