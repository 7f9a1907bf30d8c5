"""A network given neuron by neuron as a model: the same equations, counted from 0."""
from functools import lru_cache

import sympy as sp

from ..equations import LAMBDA, Equation, indices_of, name_of, s
from ..errors import InputError
from ..models.model import Model
from ..models.nodes import entries
from ..models.quantities import Role


@lru_cache(maxsize=16)
def as_model(network) -> Model:
    """The model of a graph: x[s,p] and y[s,q] are given, each weight is a number.  InputError for targets that are labels."""
    if network.given("c") is not None:
        raise InputError("diagnose reads graphs whose targets are numbers; those of this loss are labels. "
                         "bp.gradient_check says which derivatives are wrong.")
    inputs, outputs = len(network.structure.inputs), len(network.structure.outputs)
    model = Model(f"s:N p:{inputs} q:{outputs}", "x[s,p] y[s,q]" if network.targets is not None else "x[s,p]")
    for name in network.parameters:
        model.add_quantity(name, (), Role.PARAMETER)
    for equation in network.equations:
        quantity = model.add_quantity(equation.quantity.name, (s,) * len(equation.indices), Role.COMPUTED)
        model.equations.append(Equation(quantity, quantity.letters, _from_zero(equation.right, network)))
    return model


def _from_zero(right, network):
    """The right side with columns and samples counted from 0, and λ as its number."""
    right = right.xreplace({LAMBDA: network.sizes.get(LAMBDA, LAMBDA)})
    ways = {x: x.base[s, indices_of(x)[1] - 1] for x in entries(right) if name_of(x) in ("x", "y") and len(indices_of(x)) == 2}
    return right.xreplace(ways).replace(sp.Sum, lambda body, *limits: sp.Sum(body, *((at, 0, high - 1) for at, _, high in limits)))


