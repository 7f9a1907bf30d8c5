"""Second derivatives: the equations of a network differentiated once more, along a direction.

Move all parameters along a direction at speed 1.  Every quantity q then changes at a speed dot_q, and each equation
q = f(p, …) gives the equation of that speed, dot_q = Σ ∂f/∂p · dot_p.  Done to the backward equations too, the speed
of a gradient is the Hessian times the direction (Pearlmutter 1994, doi:10.1162/neco.1994.6.1.147).
"""
from dataclasses import replace

import sympy as sp

from .activations import Activated, Slope, softmax
from .codegen import stable
from .equations import Equation, indices_of, name_of
from .errors import InputError
from .layout import all_quantities

TIME = sp.Dummy("t", real=True)


def moving(derivation):
    """The network of a derivation in motion: a `Network` with twice the parameters and more equations.

    Its parameters are W1, b1, … and dot_W1, dot_b1, …, which hold the direction, in the same shapes.  Its equations
    are the forward and backward ones and those of the speeds: dot_dW1 is the part of Hessian · direction that belongs
    to W1.

    InputError where there is no formula for it: softmax, absolute error, an activation left open ("g").
    """
    network, equations = derivation.network, []
    quantities, known = all_quantities(network), set(network.parameters)
    for equation in (*stable(network), *derivation.backward):
        equations.append(equation)
        entries = [e for e in equation.right.atoms(sp.Indexed, sp.Symbol) if name_of(e) in known]
        if entries and equation.quantity.kind not in ("losses", "C"):
            known.add(equation.quantity.name)
            equations.append(_speed(equation, {e: _dot(quantities[name_of(e)])[indices_of(e)] for e in entries}))
    directions = {f"dot_{name}": _dot(network.quantities[name]) for name in network.parameters}
    return replace(network, equations=tuple(equations), parameters=(*network.parameters, *directions),
                   quantities={**network.quantities, **directions})


def _dot(quantity):
    return replace(quantity, name=f"dot_{quantity.name}")


def _speed(equation, speeds):
    """The equation of the speed of a quantity, from the speeds of the entries on its right."""
    if equation.right.has(softmax) or any(g.row.abstract for g in equation.right.atoms(Activated)):
        raise InputError(f"The second derivative of {equation.left} = {equation.right} is not available; "
                         "choose activations that work on each unit, such as 'sigmoid'.")
    later = equation.right.xreplace({e: e + TIME * speed for e, speed in speeds.items()})
    speed = sp.diff(later, TIME).subs(TIME, 0).replace(Slope, lambda g: _by_value(g, equation))
    if speed.has(sp.Derivative, sp.Subs, sp.DiracDelta):
        raise InputError(f"The second derivative of {equation.left} = {equation.right} is not available.")
    return Equation(_dot(equation.quantity), equation.indices, speed)


def _by_value(g, equation):
    """g'(z) by the value a = g(z), which the equation of a has a name for."""
    a = equation.left if isinstance(equation.right, Activated) else g
    return g.row.slope(g.args[0], a, *g.args[1:])
