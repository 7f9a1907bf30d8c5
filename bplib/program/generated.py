"""The numeric functions of a model: its cost, all its arrays and its gradients, each with its source."""
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property

import numpy as np
import sympy as sp

from ..activations import Activated
from ..deriving.second import directions, equations_in_motion, speed_name
from ..equations import Equation
from ..errors import InputError
from ..models.model import Model
from ..models.order import schedule
from ..models.quantities import Role, derivative_name
from . import ir
from .arguments import Arguments
from .javascript import javascript_function
from .kernels import called
from .lower import lower_model
from .numpy_code import numpy_function


class GeneratedFunction:
    """A function of a model's arrays, generated from its equations.

    source       its source, as it runs
    statements   the array program that it is printed from
    raw          the function itself: the arrays in the order of `arguments.names`, nothing checked
    """

    def __init__(self, name, given, formulas, statements, result):
        self.name, self.formulas, self.statements, self.result = name, formulas, statements, result
        ir.check(statements, given)
        self.source, free_sizes = numpy_function(name, given, formulas, statements, result)
        self.arguments = Arguments(given, formulas, free_sizes)

    def __reduce__(self):
        return type(self), (self.name, self.arguments.arrays, self.formulas, self.statements, self.result)

    @cached_property
    def raw(self):
        return self._with(called())

    @cached_property
    def _raw_of_complex(self):
        return self._with(called(of_complex=True))

    def _with(self, names):
        exec(compile(self.source, f"<{self.name}>", "exec"), names)
        return names[self.name]

    def __repr__(self):
        return self.source

    def _repr_markdown_(self):
        return f"```python\n{self.source}```"

    def __call__(self, arrays: Mapping | None = None, **more):
        """What is computed from arrays that are given by name, in a mapping or as keywords."""
        values = self.arguments(arrays, more)
        raw = self._raw_of_complex if any(map(np.iscomplexobj, values)) else self.raw
        with np.errstate(under="ignore"):  # what is too small to be held is 0
            found = raw(*values)
        return _apart(found, values) if isinstance(found, dict) else np.asarray(found)[()]

    def javascript(self) -> str:
        """The function in JavaScript: it takes nested lists by name, in one object, and returns an object."""
        result = self.result if isinstance(self.result, dict) else {self.result: self.result}
        return javascript_function(self.name, self.arguments.arrays, self.formulas, self.statements, result)


def _apart(found, given):
    """The arrays, none of which shares memory with another or with what was given."""
    taken, kept = {id(_owner(value)) for value in given}, {}
    for name, value in found.items():
        value = np.asarray(value)
        kept[name] = value.copy() if id(_owner(value)) in taken or not value.flags.writeable else value
        taken.add(id(_owner(kept[name])))
    return kept


def _owner(value):
    """The array whose memory an array shows."""
    while getattr(value, "base", None) is not None:
        value = value.base
    return value


class GeneratedModel:
    """The numeric functions of a model.  Each takes the given arrays and the parameters by name, and has its `.source`.

    cost         the cost, a number
    forward      every array that the equations compute, by name
    gradients    ∂C/∂name for every parameter, and for what else the model was derived with respect to, by name
    in_motion    Hessian · direction by name, where dot_name is the direction of the parameter `name`
    """

    def __init__(self, model, derivation=None):
        self.model, self.derivation = model, derivation
        self.given = [q for q in model.quantities.values() if q.role in (Role.GIVEN, Role.PARAMETER)]
        blocks = derivation.blocks if derivation is not None else ()
        self.statements = lower_model(model, schedule(model.equations), blocks)
        self.cost = self._function("cost", self.statements, model.cost.name)
        computed = [e.quantity.name for e in model.equations]
        self.forward = self._function("forward", self.statements, dict(zip(computed, computed, strict=True)))

    @cached_property
    def gradients(self) -> GeneratedFunction:
        return self._function("gradients", self.statements, {n: derivative_name(n) for n in self._derived().wanted})

    @cached_property
    def in_motion(self) -> GeneratedFunction:
        equations, ways = equations_in_motion(self._derived()), directions(self.model)
        result = {name: speed_name(derivative_name(name)) for name in self.model.parameters}
        at_rest = set(result.values()) - {e.quantity.name for e in equations}
        parameters = [replace(self.model.quantities[name], name=speed) for name, speed in result.items()]
        equations += [Equation(q, q.letters, sp.S.Zero) for q in parameters if q.name in at_rest]
        statements = lower_model(self.model, schedule(equations), known=ways.values())
        return self._function("in_motion", statements, result, ways.values())

    def hessian_product(self, arrays: Mapping, direction: Mapping) -> dict:
        """The Hessian of the cost times a direction: how fast each gradient changes when the parameters move along it.

        direction   name → array, for every parameter
        """
        return self.in_motion(arrays, **{speed_name(name): array for name, array in direction.items()})

    def _derived(self):
        if self.derivation is None:
            raise InputError("Gradients are generated from a derivation: generate(model, derive(model)).")
        return self.derivation

    def _function(self, name, statements, result, more=()):
        outputs = [result] if isinstance(result, str) else result.values()
        return GeneratedFunction(name, [*self.given, *more], self.model.sizes, ir.needed(statements, outputs), result)


def generate_model(model: Model, derivation=None) -> GeneratedModel:
    """The numeric functions of a model and, from its derivation, its gradients.

    InputError for the derivation of another model, and where an activation is left open ("g").
    """
    if derivation is not None and getattr(derivation, "model", None) is not model:
        raise InputError("The derivation belongs to another model: derive this one, and hand over what comes out.")
    if any(g.row.abstract for equation in model.equations for g in equation.right.atoms(Activated)):
        raise InputError("An activation is left open (g), so there are no numbers to compute. Choose one, such as "
                         "sigmoid.")
    return GeneratedModel(model, derivation)
