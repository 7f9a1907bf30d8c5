"""Second derivatives: every equation differentiated once more, along a direction.

Move all parameters along a direction at speed 1.  Every array q then changes at a speed dot_q, and u = f gives the speed
of u: the sum, over the entries of f, of what each is multiplied by times its own speed.  Done to the backward equations
too, the speed of a gradient is the Hessian times the direction (Pearlmutter 1994, doi:10.1162/neco.1994.6.1.147).
"""
from dataclasses import replace

from ..activations import Activated
from ..equations import Equation, indices_of, name_of
from ..errors import InputError
from ..models.letters import limits, named
from ..models.nodes import entries, renamed
from ..models.quantities import Quantity, Role
from .algebra import added, summed
from .by_value import by_value, renamings, slopes_by_value
from .leaves import leaves


def speed_name(name: str) -> str:
    """The name in code of the speed of an array."""
    return "dot_" + name


def speed(quantity: Quantity, role=Role.COMPUTED) -> Quantity:
    """The speed of an array as an array of its own."""
    return replace(quantity, name=speed_name(quantity.name), role=role, of=None)


def equations_in_motion(derivation) -> list:
    """Forward and backward equations, and those of the speeds: dot_dW is the part of Hessian · direction for W.

    InputError where there is no formula for a speed: an activation that is left open.
    """
    model = derivation.model
    equations = [*model.equations, *derivation.backward]
    known = {e.quantity.name: e.quantity for e in equations} | model.quantities
    moving = _moving(equations, model.parameters)
    return equations + [_speed(e, known, moving, model.letters) for e in equations
                        if e.quantity.name in moving and e.quantity != model.cost]


def directions(model) -> dict:
    """name → the array that holds the direction of each parameter."""
    return {name: speed(model.quantities[name], Role.GIVEN) for name in model.parameters}


def _moving(equations, parameters):
    """Names of the arrays that move with the parameters; what is computed step by step may need several rounds."""
    moving = set(parameters)
    while True:
        more = {e.quantity.name for e in equations if {name_of(x) for x in entries(e.right)} & moving} - moving
        if not more:
            return moving
        moving |= more


def _speed(equation, known, moving, letters):
    if any(g.row.abstract for g in equation.right.atoms(Activated)):
        raise InputError(f"{equation.left} = {equation.right} has an activation that is left open, so its second "
                         "derivative is not known. Choose one, such as sigmoid.")
    terms = []
    for leaf in leaves(equation.right):
        if name_of(leaf.entry) in moving:
            factors = [slopes_by_value(by_value(f, equation, renamings(equation, leaf)), equation) for f in leaf.factors]
            factors.append(speed(known[name_of(leaf.entry)])[indices_of(leaf.entry)])
            ranges = dict(leaf.opened)
            names = named(letters, list(ranges), ranges, equation.indices)
            terms.append(summed([renamed(f, names) for f in factors], limits(names, ranges)))
    return Equation(speed(equation.quantity), equation.indices, added(terms))
