"""A step of a derivation: an equation with the rule that gives it, a sentence, and a check that ran.

The check evaluates both sides in numbers (`meaning.Point`), where ∂C/∂q means "move q a little and compute C again".
"""
from dataclasses import dataclass, field, replace

import numpy as np
import sympy as sp

from .activations import Slope
from .conventions import convention
from .equations import as_tree, from_tree, indices_of, name_of
from .languages import current
from .meaning import Values
from .notation import DEFAULT, Notation, equation_latex, latex

TOLERANCE = 1e-11
Z_CHECKED = (-2.1, -0.9, -0.2, 0.3, 1.1, 2.4)

RULES = {
    "loss": "Differentiate the cost of one sample by one output of the network; the other outputs stay where they are.",
    "slope": "Differentiate a = g(z): how steep the activation is at z.",
    "weighted sum": "z is a weighted sum: what stays is the factor that the variable is multiplied by.",
    "chain rule": "A change passes through what is computed from it; along one path its factors multiply.",
    "several paths": "A change that spreads over several units reaches the cost along several paths; they add up.",
    "substitution": "Put in what the steps before have found.",
    "error term": "δ = ∂C/∂z gets a name, because every gradient of the layer is made of it.",
    "by value": "Write g'(z) with the value a = g(z), which the forward pass has already computed.",
    "cancellation": "Factors of the loss's derivative and of the activation's derivative cancel.",
    "targets add up to 1": "The targets of a sample are probabilities, so they add up to 1.",
    "gradient": "What a step of learning uses, and what the generated code computes.",
    "batch": "The cost of a batch adds up or averages the costs of its samples; so does its gradient.",
}


@dataclass(frozen=True)
class Check:
    """How far two sides are apart at small sizes with generic numbers, relative to the larger of them."""

    error: float

    @property
    def passed(self):
        return self.error <= TOLERANCE


@dataclass(frozen=True, repr=False)
class Step:
    """left = right, by a rule (a key of RULES), in a sentence, checked.  `about` names the array that it is about."""

    left: sp.Expr
    right: sp.Expr
    rule: str
    sentence: str
    about: str
    check: Check
    quantities: dict = field(compare=False)
    notation: Notation = field(default=DEFAULT, compare=False)

    def as_in(self, notation):
        """The same step as a text writes it: a `Notation`, or the name of one in `conventions`."""
        return replace(self, notation=convention(notation))

    def __reduce__(self):
        return _step, (as_tree(self.left), as_tree(self.right), self.rule, self.sentence, self.about, self.check,
                       self.quantities, self.notation)

    @property
    def why(self):
        """What the rule says."""
        return RULES[self.rule]

    def __repr__(self):
        return f"{self.left} = {self.right}  [{self.rule}{'' if self.check.passed else ', WRONG'}]"

    def latex(self, notation=None):
        """LaTeX of the step, in its own notation or in another."""
        return equation_latex(self.left, self.right, self.quantities, convention(notation or self.notation))

    def _repr_latex_(self):
        return rf"$\displaystyle {self.latex()}$"

    def _repr_markdown_(self):
        mark, say = "✓" if self.check.passed else "✗", current()
        told = f"**{say.phrase(self.rule).capitalize()}.** {say.phrase(self.sentence)} {mark}"
        return say.markdown(f"{told}\n\n$${self.latex()}$$")


def _step(left, right, *others):
    return Step(from_tree(left), from_tree(right), *others)


@dataclass(frozen=True, repr=False)
class Update:
    """A step of gradient descent: w ← w − η ∂C/∂w.  `gradient` is the ∂C/∂w."""

    gradient: sp.Expr
    quantities: dict = field(compare=False)
    notation: Notation = field(default=DEFAULT, compare=False)

    def as_in(self, notation):
        """The same update as a text writes it."""
        return replace(self, notation=convention(notation))

    def latex(self, notation=None):
        notation = convention(notation or self.notation)
        w, slope = (latex(e, self.quantities, notation) for e in (self.gradient.by, self.gradient))
        return rf"{w} \leftarrow {w} - {notation.letter('eta')} \, {slope}"

    def __repr__(self):
        return f"{self.gradient.by} ← {self.gradient.by} - eta*{self.gradient}"

    def _repr_latex_(self):
        return rf"$\displaystyle {self.latex()}$"


@dataclass(frozen=True, repr=False)
class Forward:
    """The equations of a network, as a text writes them."""

    network: object
    notation: Notation = DEFAULT

    def as_in(self, notation):
        return replace(self, notation=convention(notation))

    def latex(self, notation=None):
        """LaTeX of the equations, in their own notation or in another."""
        return self.network.latex(notation or self.notation)

    def __repr__(self):
        return repr(self.network)

    def _repr_latex_(self):
        return rf"$\displaystyle {self.latex()}$"


class Steps(tuple):
    """Several steps; a notebook shows them one below the other, each with its rule and ✓ for its check."""

    def as_in(self, notation):
        """The same steps as a text writes them."""
        return Steps(step.as_in(notation) for step in self)

    def latex(self, notation=None):
        """LaTeX of the steps one below the other, without their rules and sentences."""
        lines = (step.latex(notation).replace(" = ", " &= ", 1) for step in self)
        return r"\begin{aligned}" + r" \\[1ex] ".join(lines) + r"\end{aligned}"

    def __getitem__(self, at):
        return Steps(super().__getitem__(at)) if isinstance(at, slice) else super().__getitem__(at)

    def __repr__(self):
        return "\n".join(map(repr, self))

    def _repr_markdown_(self):
        return "\n\n".join(step._repr_markdown_() for step in self)


def check(left, right, point):
    """Compare two expressions at a point.  An index that does not fit its array counts as infinitely wrong."""
    left, right = sp.sympify(left), sp.sympify(right)
    try:
        scope = point.scope(left, right)
        left, right = point(left, scope), point(right, scope)
    except ValueError:
        return Check(np.inf)
    largest = max(np.abs(left).max(), np.abs(right).max())
    return Check(float(np.abs(left - right).max() / largest) if largest else 0.0)


def check_slope(g, value, z, a):
    """Compare the slope of an activation with its form by value on either side of zero, where formulas have cases."""
    grid = np.array(Z_CHECKED).reshape([-1, *[1] * (len(indices_of(z)) - 1), 1])
    scope = dict(zip(indices_of(z), grid.shape))
    before = Values({name_of(z): grid}, {})
    at = Values({name_of(z): grid, name_of(a): before(g, scope)}, {})
    left, right = at(Slope(g), scope), at(value, scope)
    return Check(float(np.abs(left - right).max() / np.abs(left).max()))
