"""The arrays of a model, and what each is there for."""
from dataclasses import dataclass, replace
from enum import Enum

import sympy as sp

from ..equations import array


class Role(Enum):
    GIVEN = "given"
    PARAMETER = "parameter"
    COMPUTED = "computed"
    DERIVATIVE = "derivative"


@dataclass(frozen=True)
class Quantity:
    """An array of a model.

    name      its name in code
    role      given (inputs, targets), a parameter, computed by an equation, or the derivative of the cost with respect to
              another array
    letters   the letters that it is written with, one an axis
    sizes     how far each axis runs: a symbol, a number, or an expression of both
    numbers   for an array of whole numbers that are looked up (labels, tokens): they go from 0 to `numbers` − 1
    of        for a derivative: the array with respect to which
    """

    name: str
    role: Role
    letters: tuple = ()
    sizes: tuple = ()
    numbers: sp.Expr | None = None
    of: "Quantity | None" = None

    def __getitem__(self, indices):
        return array(self.name)[tuple(indices)] if indices else sp.Symbol(self.name, real=True)

    @property
    def entry(self):
        """The entry at its own letters."""
        return self[self.letters]

    @property
    def written(self) -> str:
        """As a person writes it: "z[s,j]"."""
        return self.name + (f"[{','.join(map(str, self.letters))}]" if self.letters else "")


def derivative_name(name: str) -> str:
    """The name in code of ∂C/∂name."""
    return "d" + name


def derivative(quantity: Quantity) -> Quantity:
    """∂C/∂q as an array of its own."""
    return replace(quantity, name=derivative_name(quantity.name), role=Role.DERIVATIVE, of=quantity, numbers=None)
