"""A step in the derivation of a model: an equation with its rule, a sentence, and a check in numbers that ran."""
from dataclasses import dataclass, field, replace

from ..errors import DerivationError
from ..models.typeset import Style, formula_latex
from ..steps import TOLERANCE, Check, Step

RULES = {
    "cost": "The cost depends on it directly: differentiate the equation of the cost, everything else in it held fixed.",
    "local derivative": "Differentiate one equation with respect to one entry in it, everything else held fixed.",
    "slope": "Differentiate a = g(z): how steep the activation is at z.",
    "weighted sum": "The equation is a sum of products: what stays is the factor that the variable is multiplied by.",
    "chain rule": "A change passes through what is computed from it; along one path its factors multiply.",
    "several paths": "A change that is used in several places reaches the cost along several paths; they add up.",
    "substitution": "Put in what the steps before have found.",
    "put in": "Write a derivative that is needed here alone in its place.",
    "cancellation": "Factors above and below a fraction cancel.",
    "by definition": "A sum that has a name is written by that name, and what is left is 0.",
    "by value": "Write it with the values that the forward pass has already computed.",
    "distribution": "Multiply out, term by term.",
    "common factors": "What all terms share is put in front.",
}
"""What each rule says."""


@dataclass(frozen=True, repr=False)
class ModelStep(Step):
    """left = right, by a rule (a key of RULES), in a sentence, checked.  `about` names the array that it is about."""

    model: object = field(default=None, compare=False)
    notation: Style = field(default=Style(), compare=False)  # type: ignore[assignment]

    def as_in(self, style: Style) -> "ModelStep":
        """The same step as a `Style` writes it."""
        return replace(self, notation=style)

    def latex(self, notation=None):
        """LaTeX of the step, in its own style or in another."""
        return formula_latex(self.model, self.left, self.right, notation or self.notation)

    @property
    def why(self):
        return RULES[self.rule]


def checked_step(point, left, right, rule, about) -> ModelStep:
    """A step that was compared at the point; DerivationError where its sides differ."""
    check = Check(point.error(left, right))
    model = point.model
    if not check.passed:
        raise DerivationError(f"A step about {about} does not hold ({rule}): {left} = {right}. Its sides differ by "
                              f"{check.error:.1e} of their size, and at most {TOLERANCE:.0e} is rounding.")
    return ModelStep(left, right, rule, RULES[rule], about, check, model.quantities, model=model)
