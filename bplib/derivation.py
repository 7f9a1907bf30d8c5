"""From forward equations to gradients, step by step: the chain rule, one equation at a time, last to first.

Each step is checked when it is made, at small sizes and with generic numbers; one that fails is an error.

The error term of a unit is δ = ∂C_s/∂z, for one sample s; the gradient of a batch comes last, by a step of its own.
"""
from typing import overload
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from math import prod

import numpy as np
import sympy as sp

from .activations import Slope, softmax
from .deriving.algebra import distributed
from .deriving.derivation import ModelDerivation, derive_model
from .deriving.leaves import leaves
from .deriving.links import derivative_in, links_through, path_through
from .deriving.rewriting import one_place_sums
from .equations import Equation, Partial, gradient_of, i, indices_of, j, k, name_of, s
from .errors import DerivationError, InputError
from .evaluation import StablePoint, outputs_and_targets, share_of_output
from .inputs import checked_parameters, checked_samples
from .layout import all_quantities
from .meaning import Point
from .models.model import Model
from .networks import Network, checked_network
from .notation import DEFAULT
from .steps import TOLERANCE, Check, Forward, Step, Steps, Update, check, check_slope

MOST_PATHS = 64

ROUNDING, OTHER_POINTS = 1e-8, (1, 2, 3)
"""How far the sides of a right step may be apart by rounding, and seeds of points where it is checked once more."""


class Derivation:
    """The steps from a network's equations to its gradients, and the backward equations that they end in.

    forward    the equations of the network, which can be shown `as_in` another notation
    steps      all steps, in the order in which one would write them
    backward   equations for δ and for the gradients of all parameters, in the order in which they are computed
    activated  equations for ∂C_s/∂a of every activation and for ∂C_s/∂x of the inputs, in the same order
    point      where the steps were checked
    """

    def __init__(self, network, steps, backward, activated, point):
        self.network, self.steps, self.backward, self.point = network, Steps(steps), tuple(backward), point
        self.activated = tuple(activated)
        self.quantities, self.forward = all_quantities(network), Forward(network)

    def latex(self, notation=DEFAULT):
        """All steps, one below the other, in a notation: a `Notation`, or the name of one in `conventions`."""
        return self.steps.latex(notation)

    def about(self, name):
        """The steps that lead to ∂C/∂name, or to the error term of a layer for name = "z2"."""
        steps = Steps(step for step in self.steps if step.about == name)
        if not steps:
            known = dict.fromkeys(step.about for step in self.steps)
            raise InputError(f"Nothing is derived about {name!r}. There are steps about: {', '.join(known)}.")
        return steps

    def __getitem__(self, name):
        """The last step about a name: the gradient of the batch for a parameter, δ for a pre-activation."""
        return self.about(name)[-1]

    def for_one_sample(self, name):
        """The step that gives ∂C_s/∂name with all of its factors written out, its own unit's δ among them."""
        losses = self.network.given("losses")[s]
        steps = [step for step in self.about(name) if isinstance(step.left, Partial) and step.left.of == losses]
        return next((step for step in steps if step.rule == "substitution"), None) or self._written_out(steps[-1])

    def _written_out(self, step):
        """A step with each δ in it put in: for a layer such as softmax, whose derivation goes by way of δ."""
        known = {equation.left: equation.right for equation in self.backward}
        right = step.right.xreplace({e: known[e] for e in step.right.atoms(sp.Indexed, sp.Symbol) if e in known})
        return replace(step, right=right, rule="substitution", sentence="All the factors are known.",
                       check=check(step.left, right, self.point)) if right != step.right else step

    def scalar(self, name, *indices):
        """The derivative of the cost of one sample with respect to one weight, bias or weighted sum, every δ written out.

        >>> derivation.scalar("W1", 2, 1)          # ∂C_s/∂W1[2, 1] of a small network
        >>> derivation.scalar("z1", 2)             # the error term of unit 2 of layer 1
        >>> derivation.scalar("W1", j, k)          # ∂C_s/∂W1[j, k], with both indices left open
        """
        return scalar(self, name, indices)

    def update(self, name):
        """What a step of gradient descent does to a parameter: an `Update`."""
        return Update(self[name].left, self.quantities)

    def evaluate(self, formula, parameters, X, Y=None):
        """The numbers behind a formula for given parameters and samples: an array over its free indices.

        formula   a step (its right side is evaluated) or an expression of a step; its free indices, in the order
                  sample s, then j, k, i, are the axes of the result

        Gradients and error terms are right for |z| of 10⁴ and more.  Where the right side of a step is 0/0 in floats,
        its left side is taken; a formula with other factors beyond the range of floats is only as good as these.
        """
        network = self.network
        arrays = dict(zip(network.parameters, checked_parameters(network, parameters)))
        X, Y = checked_samples(network, (X, Y), "XY")
        arrays |= {"x": X, **_targets(network, Y, len(X))}
        point = StablePoint(network, own_widths(network), len(X), arrays)
        if not isinstance(formula, (Step, sp.Basic)):
            hint = f" Write derivation[{formula!r}]." if isinstance(formula, str) else ""
            raise InputError("evaluate takes a step, or an expression of one; given: "
                             f"{type(formula).__name__} {formula!r}.{hint}")
        expression = formula.right if isinstance(formula, Step) else formula
        scope = point.scope(expression)
        values = point(expression, scope)
        if np.isfinite(values).all() or not isinstance(formula, Step) or point.scope(formula.left) != scope:
            return values
        return np.where(np.isfinite(values), values, point(formula.left, scope))


def _targets(network, Y, samples):
    """Targets by name, as formulas have them: labels count from 1."""
    if network.targets is None:  # y stands in no formula then
        return {"y": np.zeros([samples if n == "N" else n for n in network.shape("y")])}
    return {network.targets.name: Y + 1 if network.targets.kind == "c" else Y}


@overload
def derive(network: Network) -> Derivation: ...
@overload
def derive(network: Model, with_respect_to: str | Sequence[str] = ()) -> ModelDerivation: ...
def derive(network: Network | Model, with_respect_to: str | Sequence[str] = ()) -> Derivation | ModelDerivation:
    """Derive ∂C/∂parameter for every parameter of a network: a `Derivation`, each step of it checked.

    network           a network, or a `model` written as text: then what comes back is a `ModelDerivation`
    with_respect_to   for a model, names of arrays besides the parameters, such as the inputs
    """
    if isinstance(network, Model):
        return derive_model(network, with_respect_to)
    if with_respect_to:
        raise InputError("with_respect_to is for models written as text. A network has ∂C/∂x from generated code: "
                         "generate(network).gradients(parameters, X, Y, with_respect_to='X').")
    return _Deriver(checked_network(network)).run()


def tidy(expression):
    """The shorter of an expression and its factored form, with 1 − a rather than −(a − 1)."""
    if expression.has(sp.Piecewise):
        return expression
    factored = sp.factor(expression)
    if sp.count_ops(factored) > sp.count_ops(expression):
        return expression
    coefficient, factors = factored.as_coeff_mul()
    if coefficient.is_negative:
        for factor in factors:
            inner, exponent = factor.as_base_exp()
            if inner.is_Add and exponent.is_odd and (inner.has(-1) or inner.could_extract_minus_sign()):
                return sp.Mul(-coefficient, (-inner)**exponent, *(f for f in factors if f != factor))
    return factored


class _Deriver:
    """Walks the equations from the last to the first.  `found` holds ∂C_s/∂q for every quantity q passed so far."""

    def __init__(self, network):
        self.network, self.point = network, Point(network)
        self.steps, self.backward, self.activated, self.found = [], [], [], {}
        self.by_activation, self.users = {}, defaultdict(list)
        for equation in network.equations[:-1]:
            for name in {name_of(e) for e in equation.right.atoms(sp.Indexed, sp.Symbol)}:
                self.users[name].append(equation)
        self.quantities = all_quantities(network)
        self.losses, self.cost = network.given("losses")[s], network.given("C")[()]

    def run(self):
        for equation in reversed(self.network.equations):
            if equation.quantity.kind == "a":
                self.activation(equation.left)
                self.by_activation[equation.quantity.mark] = equation
            elif equation.quantity.kind == "z":
                self.pre_activation(equation)
                self.parameters(equation)
        for entry in self.inputs():
            self.activation(entry)
        for name in self.network.parameters:
            self.batch(self.network.quantities[name])
        return Derivation(self.network, self.steps, self.backward, self.activated, self.point)

    def step(self, left, right, rule, sentence, about, everywhere=Check(0.0)):
        """Add a checked step; returns its right side.  `everywhere` is a further check that it has to pass."""
        done = max(self.checked(left, right), everywhere, key=lambda done: done.error)
        if not done.passed:
            raise DerivationError(f"{left} = {right} is wrong: the sides differ by {done.error:.2g} of their size.")
        self.steps.append(Step(left, right, rule, sentence, name_of(about), done, self.quantities))
        return right

    def checked(self, left, right):
        """The check of a step: at other points too where the sides are apart by about as much as rounding.

        In a deep network terms may cancel at one point, and what they leave be inexact; a wrong formula is far off
        wherever one looks.
        """
        done = check(left, right, self.point)
        if done.passed or done.error > ROUNDING:
            return done
        others = (check(left, right, Point(self.network, seed=seed)) for seed in OTHER_POINTS)
        return next((other for other in others if 0 < other.error <= TOLERANCE), done)

    def uses(self, entry):
        """The equations that use an entry: triples of the entry that is computed, the local derivative, and how far its
        unit is summed over, None where only one unit of it uses the entry."""
        for equation in self.users[name_of(entry)]:
            unit = {i: equation.quantity.sizes[-1]} if equation.quantity.sizes else {}
            paths = [path_through(entry, equation, leaf) for leaf in leaves(equation.right)
                     if name_of(leaf.entry) == name_of(entry)]
            for link in links_through(entry, paths, unit) if paths else ():
                yield link.partial.of, link.local, link.limits[0][2] + 1 if link.limits else None

    def inputs(self):
        """The entries of x to differentiate by: one for all inputs, or each by itself where neurons are named."""
        entries = {e for equation in self.users["x"] for e in equation.right.atoms(sp.Indexed) if name_of(e) == "x"}
        return sorted({e.xreplace({k: j}) for e in entries}, key=str)

    def activation(self, a):
        """∂C_s/∂a: from the loss for an output, otherwise along all paths through the units that a feeds."""
        self.found[name_of(a)] = self.derivative_by_activation(a)
        quantity = gradient_of(self.network.quantities[name_of(a)])
        self.activated.append(Equation(quantity, indices_of(a), self.found[name_of(a)]))

    def derivative_by_activation(self, a):
        uses = [use for use in self.uses(a) if use[1] != 0]
        if name_of(uses[0][0]) == "losses":
            return self.step(
                Partial(self.losses, a), self.through_loss(a, uses[0][1]), "loss",
                "How the cost of a sample changes with one output.", a)
        chain = through = 0
        for z, derivative, size in uses:
            chain += _over(size, Partial(self.losses, z) * Partial(z, a))
            through += _over(size, self.error_term(z) * derivative)
            self.step(Partial(z, a), derivative, "weighted sum", "The weight says how strongly the unit is heard.", a)
        rule = "several paths" if len(uses) > 1 or uses[0][2] is not None else "chain rule"
        self.step(Partial(self.losses, a), chain, rule,
                  "Every unit that hears this one passes part of the change on.", a)
        return self.step(
            Partial(self.losses, a), through, "substitution",
            "The error terms that were found before come back, weighted by the connections.", a)

    def through_loss(self, a, derivative):
        """∂C_s/∂a: SymPy's derivative of the cost, or as the row of the loss writes it."""
        if self.network.options.loss.slope is None:
            return tidy(derivative)
        target = next(y for output, y in outputs_and_targets(self.network) if output == a)
        return share_of_output(self.network) * self.network.options.loss.differentiated(a, target)

    def error_term(self, z):
        return gradient_of(self.network.quantities[name_of(z)])[indices_of(z)]

    def pre_activation(self, equation):
        z, activated = equation.left, self.by_activation[equation.quantity.mark]
        if isinstance(activated.right, softmax):
            right = self.through_softmax(z, activated)
        else:
            right = self.through_slope(z, activated)
        delta = gradient_of(equation.quantity)
        self.step(delta[equation.indices], right, "error term", "The error term of a unit, ready to be used.", z)
        self.backward.append(Equation(delta, equation.indices, right))

    def through_slope(self, z, activated):
        """δ where each unit has an activation of its own: two factors, then g' by value, then what cancels."""
        a, g = activated.left, activated.right
        slope = self.step(Partial(a, z), Slope(g), "slope", "The second factor is the slope of the activation.", z)
        self.step(Partial(self.losses, z), Partial(self.losses, a) * Partial(a, z), "chain rule",
                  "A weighted sum reaches the cost through the output of its own unit alone.", z)
        full = self.step(Partial(self.losses, z), self.found[name_of(a)] * slope, "substitution",
                         "Both factors are known.", z)
        if g.row.abstract:
            return full
        value = g.row.slope(z, a, *g.args[1:])
        self.step(Slope(g), value, "by value", "The forward pass has already computed what is needed.", z,
                  check_slope(g, value, z, a))
        before, right = self.found[name_of(a)], self.found[name_of(a)] * value
        cancelled = tidy(sp.cancel(right)) if _divides_by(before, a) else right
        if _divides_by(before, a) and not _divides_by(cancelled, a):
            self.step(Partial(self.losses, z), sp.Mul(before, value, evaluate=False), "by value",
                      "Both factors, written with the output and the target.", z)
            return self.step(Partial(self.losses, z), cancelled, "cancellation",
                             "What the loss divides by, the slope multiplies by.", z)
        return self.step(Partial(self.losses, z), right, "by value", "So the error term needs no new function.", z)

    def through_softmax(self, z, activated):
        """δ where the activation looks at the whole layer: a change of one z moves every a of the layer."""
        a, (_, _, size) = activated.left, activated.right.args
        (of, named, _), = self.uses(z)
        self.step(Partial(of, z), tidy(named), "slope",
                  "Raising one weighted sum raises its own output and lowers all others.", z)
        self.step(Partial(self.losses, z), _over(size, Partial(self.losses, of) * Partial(of, z)), "several paths",
                  "One weighted sum reaches the cost through every output of the layer.", z)
        before = self.found[name_of(a)]
        if not _divides_by(before, a):
            da = gradient_of(self.network.quantities[name_of(a)])
            self.backward.append(Equation(da, indices_of(a), before))
            before = da[indices_of(a)]
        full = one_place_sums(distributed(_over(size, before.subs(j, i) * named)))
        right = self.step(Partial(self.losses, z), tidy(full), "substitution",
                          "The sum over the outputs, carried out.", z)
        ones = {e: sp.S.One for e in right.atoms(sp.Sum) if e.function == self.network.given("y")[s, e.limits[0][0]]}
        if ones:
            right = self.step(Partial(self.losses, z), tidy(right.xreplace(ones)), "targets add up to 1",
                              "The targets of each sample add up to 1.", z)
        return right

    def parameters(self, equation):
        """∂C_s/∂w and ∂C_s/∂b of one pre-activation, with all factors of the chain in view."""
        activated = self.by_activation[equation.quantity.mark]
        used = {name_of(e) for e in equation.right.atoms(sp.Indexed, sp.Symbol)}
        for name in self.network.parameters:
            if name in used:
                quantity = self.network.quantities[name]
                self.parameter(quantity[(j, k)[:len(quantity.sizes)]], activated)

    def parameter(self, q, activated):
        (z, derivative, _), = self.uses(q)
        a = activated.left
        self.step(Partial(z, q), derivative, "weighted sum", "The last factor: what the parameter is multiplied by.", q)
        if isinstance(activated.right, softmax):
            self.step(Partial(self.losses, q), Partial(self.losses, z) * Partial(z, q), "chain rule",
                      "The parameter reaches the cost through its own weighted sum.", q)
        else:
            slope = Slope(activated.right)
            self.step(Partial(self.losses, q), Partial(self.losses, a) * Partial(a, z) * Partial(z, q), "chain rule",
                      "The parameter moves the weighted sum, that moves the output, and that moves the cost.", q)
            self.step(Partial(self.losses, q), self.found[name_of(a)] * slope * derivative, "substitution",
                      "All the factors are known.", q)
        self.found[name_of(q)] = self.step(Partial(self.losses, q), self.error_term(z) * derivative, "error term",
                                           "The first factors are the error term of the unit.", q)

    def batch(self, quantity):
        """∂C/∂w from ∂C_s/∂w: the sum or mean over the samples, and the penalty."""
        q, cost = quantity[(j, k)[:len(quantity.sizes)]], self.network.equations[-1].right
        over_samples, penalty = 0, 0
        for term in sp.Add.make_args(cost):
            if term.has(self.losses):
                over_samples = term
            elif any(name_of(e) == quantity.name for e in term.atoms(sp.Indexed, sp.Symbol)):
                penalty = derivative_in(term, q, {})
        per_sample = over_samples.xreplace({self.losses: Partial(self.losses, q)})
        self.step(Partial(self.cost, q), per_sample + penalty, "batch",
                  "Each sample has outputs and error terms of its own.", q)
        right = over_samples.xreplace({self.losses: self.found[quantity.name]}) + penalty
        self.step(Partial(self.cost, q), right, "gradient", "The gradient that a step of learning uses.", q)
        self.backward.append(Equation(gradient_of(quantity), indices_of(q), right))


def scalar(derivation, name, indices):
    """See `Derivation.scalar`."""
    network = derivation.network
    known = (*network.parameters, *(q.name for q in network.quantities.values() if q.kind == "z"))
    if name not in known:
        raise InputError(f"{name!r} is not a parameter or weighted sum of this network. It has: {', '.join(known)}.")
    quantity, shape = network.quantities[name], tuple(n for n in network.shape(name) if n != "N")
    open_ = (j, k)[:len(shape)]
    if indices != open_ and (len(indices) != len(shape) or any(
            type(at) is not int or not 1 <= at <= n for at, n in zip(indices, shape))):
        raise InputError(f"{name} has shape {shape}; give {len(shape)} indices counted from 1. Given: {indices}.")
    widths = own_widths(network)
    paths = prod(widths[quantity.mark + 1:]) if widths else len(network.equations)
    if paths > MOST_PATHS:
        raise InputError(f"{name} reaches the cost along {paths} paths, and a formula has at most {MOST_PATHS} terms. "
                         "Read the formula with sums.")
    at = dict(zip((j, k), map(sp.sympify, indices)))
    sample = (s,) if quantity.kind == "z" else ()
    left = Partial(network.given("losses")[s], quantity[(*sample, *at.values())])
    found = next(step.right for step in reversed(derivation.about(name))
                 if isinstance(step.left, Partial) and step.left.of == left.of)
    right = _in_scalars(found.xreplace(at), derivation)
    return Step(left, right, "substitution", "Every sum is written out and every δ put in.", name,
                check(left, right, Point(network, widths)), derivation.quantities)


def own_widths(network):
    """The widths n_0, …, n_L that a network was built with; none for a network given neuron by neuron."""
    return [width for size, width in network.sizes.items() if size.is_integer]


def _in_scalars(expression, derivation):
    """Carry out sums at the network's own sizes and put in each δ, until only scalars of the forward pass are left."""
    backward = {equation.quantity.name: equation for equation in derivation.backward}
    while True:
        expression = expression.xreplace(derivation.network.sizes).replace(sp.Sum, lambda *args: sp.Sum(*args).doit())
        named = {e: backward[name_of(e)] for e in expression.atoms(sp.Indexed) if name_of(e) in backward}
        if not named:
            return sp.factor_terms(expression)
        expression = expression.xreplace({
            e: equation.right.xreplace({at: to for at, to in zip(equation.indices, e.indices) if at != s})
            for e, equation in named.items()})


def _over(size, term):
    return term if size is None else sp.Sum(term, (i, 1, size))


def _divides_by(expression, entry):
    """Whether an entry stands in the denominator."""
    return any(name_of(e) == name_of(entry)
               for power in expression.atoms(sp.Pow) if power.exp.could_extract_minus_sign()
               for e in power.base.atoms(sp.Indexed))
