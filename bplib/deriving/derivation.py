"""The derivation of a model: ∂C/∂q for every array q between the parameters and the cost.  No layer is known here."""
from collections import defaultdict
from dataclasses import replace

import sympy as sp

from ..activations import Slope
from ..equations import Equation, Partial, name_of
from ..errors import InputError
from ..models.letters import with_own_letters
from ..models.model import Model
from ..models.nodes import entries
from ..models.order import equations_of, schedule
from ..models.quantities import Role, derivative
from ..models.typeset import Style, equations_latex
from ..steps import Steps
from .algebra import added, divides_by, numbers_in_front
from .by_value import by_value
from .leaves import leaves
from .links import links_through, path_through
from .paths import written
from .point import Point
from .rewriting import by_definition, can_be_put_in, multiplied_out, put_in
from .steps import checked_step


class ModelDerivation:
    """The steps from the equations of a model to the derivatives of its cost.

    steps      all steps, last equation first
    backward   the equations for ∂C/∂q, in an order in which they can be computed
    blocks     the same, with those that go together step by step in a `Loop`
    wanted     names of the arrays with respect to which the gradients are: the parameters, and what was asked for
    point      the model with small sizes and generic numbers, where each step was compared
    """

    def __init__(self, model, wanted, found, steps, point):
        self.model, self.wanted, self.steps, self.point = model, tuple(wanted), Steps(steps), point
        self.found = dict(found)
        self.blocks = schedule(self.found.values())
        self.backward = tuple(e for block in self.blocks for e in equations_of(block))

    def about(self, name: str) -> Steps:
        """The steps that lead to ∂C/∂name.  InputError where nothing is derived about it."""
        steps = Steps(step for step in self.steps if step.about == name)
        if not steps:
            known = dict.fromkeys(step.about for step in self.steps)
            raise InputError(f"Nothing is derived about {name!r}. There are steps about: {', '.join(known)}.")
        return steps

    def __getitem__(self, name):
        """The last step about an array: ∂C/∂name as the generated code computes it."""
        return self.about(name)[-1]

    def compact(self, name: str, *through: str) -> "ModelDerivation":
        """The derivation with ∂C/∂name in one line: ∂C/∂q of the arrays `through` put in, and what is equal to a value
        of the forward pass written by that value.  Each rewriting is a step.

        >>> derive(layer_norm).compact("x", "mu", "v", "sigma")["x"]
        """
        for each in (name, *through):
            if each not in self.found:
                raise InputError(f"There is no ∂C/∂{each} here. There are: {', '.join(self.found)}.")
        return _Compacting(self, name, through).run()

    def latex(self, style: Style | None = None) -> str:
        """LaTeX of the backward equations, one below the other."""
        return equations_latex(self.model, self.backward, style)

    def __repr__(self):
        return "\n".join(f"{e.left} = {e.right}" for e in self.backward)

    def _repr_markdown_(self):
        return self.steps._repr_markdown_()


def derive_model(model: Model, with_respect_to=()) -> ModelDerivation:
    """Derive ∂C/∂parameter for every parameter of a model; each step is checked.

    with_respect_to   names of further arrays, such as the inputs

    InputError where nothing between the parameters and the cost can be moved; DerivationError where a step is wrong.
    """
    names = [with_respect_to] if isinstance(with_respect_to, str) else list(with_respect_to)
    for name in names:
        if name not in model.quantities or model.quantities[name].numbers is not None:
            known = ", ".join(q.name for q in model.quantities.values() if q.numbers is None)
            raise InputError(f"There is no derivative with respect to {name!r}. There is one with respect to: {known}.")
    return _Deriver(model, [*model.parameters, *names]).run()


class _Deriver:
    """Walks the equations from the last to the first.  `found` holds the equation for ∂C/∂q of every q passed so far."""

    def __init__(self, model, wanted):
        self.model, self.wanted, self.cost = model, list(dict.fromkeys(wanted)), model.cost
        self.ordered = [e for block in schedule(model.equations) for e in equations_of(block)]
        self.point = Point(model)
        self.active = self._active()
        self.users = self._users()
        self.steps, self.found = [], {}

    def run(self):
        for name in self._in_order():
            self.array(self.model.quantities[name])
        self.put_numbers_in()
        self.cancel_divisions()
        wanted = [name for name in self.wanted if name in self.found]
        return ModelDerivation(self.model, wanted, self.found, self.steps, self.point)

    def _active(self):
        """Names of the arrays that what is wanted moves, and that move the cost."""
        used = {e.quantity.name: {name_of(x) for x in entries(e.right)} for e in self.ordered}
        moved, reaching = set(self.wanted), {self.cost.name}
        for _ in used:  # once suffices without recurrence; what is computed in a loop may need another round
            moved |= {name for name, names in used.items() if names & moved}
            reaching |= {other for name in reaching for other in used.get(name, ())}
        idle = [name for name in self.wanted if name not in reaching]
        if idle:
            raise InputError(f"{', '.join(idle)} does not reach the cost {self.cost.name}, so its derivative is 0. Is an "
                             "equation missing, or is the last equation not that of the cost?")
        return moved & reaching

    def _users(self):
        """name → pairs (equation, leaf): each place where an array stands."""
        users = defaultdict(list)
        for equation in self.ordered:
            if equation.quantity.name in self.active:
                for leaf in leaves(equation.right):
                    users[name_of(leaf.entry)].append((equation, leaf))
        return users

    def _in_order(self):
        """Arrays after all that use them, a parameter right after the equation in which it stands."""
        order = []
        for place, equation in reversed(list(enumerate(self.ordered))):
            if equation.quantity != self.cost and equation.quantity.name in self.active:
                order.append(equation.quantity.name)
            before = {name_of(x) for e in self.ordered[:place] for x in entries(e.right)}
            order += [name for name in self.model.quantities if name in self.active and name not in before
                      and self.model.quantities[name].role is not Role.COMPUTED
                      and name in {name_of(x) for x in entries(equation.right)}]
        return list(dict.fromkeys(order))

    # one array

    def array(self, q):
        """The steps to ∂C/∂q."""
        paths = defaultdict(list)
        for equation, leaf in self.users[q.name]:
            paths[equation.quantity.name].append(path_through(q.entry, equation, leaf))
        direct = self.known(q, [pair for pair in self.users[q.name] if pair[0].quantity == self.cost])
        links = [link for name, founds in paths.items() if name != self.cost.name
                 for link in links_through(q.entry, founds, self.model.letters)]
        for link in links:
            self.step(link.partial, link.local, link.rule, q)
        if links:
            several = len(links) > 1 or direct != 0 or any(link.limits for link in links)
            self.step(Partial(self.cost.entry, q.entry), sp.Add(direct, *(link.term(self.cost) for link in links)),
                      "several paths" if several else "chain rule", q)
        self.substituted(q, "substitution" if links else "cost")

    def substituted(self, q, rule):
        """∂C/∂q with all that is known put in, then with slopes by value, then with sums by their names."""
        right = self.known(q, self.users[q.name])
        if right.has(Slope):
            self.result(q, right, rule)
            rule, right = "by value", self.known(q, self.users[q.name], slopes_too=True)
        self.result(q, right, rule)
        shorter = added([by_definition(term, self.model.equations) for term in sp.Add.make_args(right)])
        if shorter != right:
            self.result(q, shorter, "by definition")

    def known(self, q, users, slopes_too=False):
        """What ∂C/∂q gets by way of equations in which q stands."""
        terms = []
        for equation, leaf in users:
            found = path_through(q.entry, equation, leaf, slopes_too)
            before = sp.S.One if equation.quantity == self.cost else derivative(equation.quantity)[found.place]
            terms.append(written(self.model.letters, found, q.letters, before))
        return added(terms)

    def result(self, q, right, rule):
        right = with_own_letters(numbers_in_front(right), self.model.letters, frozenset(q.letters))
        self.step(Partial(self.cost.entry, q.entry), right, rule, q)
        self.found[q.name] = Equation(derivative(q), q.letters, right)

    def step(self, left, right, rule, q):
        self.steps.append(checked_step(self.point, left, right, rule, q.name))

    # shorter forms

    def put_numbers_in(self):
        """A derivative without arrays, 1/N, needs no name."""
        for name in list(self.found):
            inner = self.found[name]
            users = self._using(inner)
            if not entries(inner.right) and name not in self.wanted and all(
                    can_be_put_in(inner, self.found[user].right) for user in users):
                del self.found[name]
                for user in users:
                    self.result(self.model.quantities[user], put_in(self.found[user].right, inner, self.model), "put in")

    def cancel_divisions(self):
        """Where ∂C/∂p divides by p, and one other equation alone needs it, it is put in there if the division goes."""
        for name in list(self.found):
            inner, p = self.found[name], self.model.quantities[name].entry
            users = self._using(inner)
            if len(users) != 1 or users == [name] or name in self.wanted or not divides_by(inner.right, p):
                continue
            user, = users
            if can_be_put_in(inner, self.found[user].right):
                right = multiplied_out(put_in(self.found[user].right, inner, self.model))
                if not divides_by(right, p):
                    del self.found[name]
                    self.result(self.model.quantities[user], right, "cancellation")

    def _using(self, inner):
        return [name for name, e in self.found.items() if any(name_of(x) == inner.quantity.name for x in entries(e.right))]


class _Compacting:
    """Rewrites ∂C/∂q of one array, a step each."""

    def __init__(self, derivation, name, through):
        self.derivation, self.model, self.through = derivation, derivation.model, through
        self.q, self.right = self.model.quantities[name], derivation.found[name].right
        self.steps = []

    def run(self):
        found = dict(self.derivation.found)
        for other in self.through:
            self.rewritten(put_in(self.right, found[other], self.model), "put in")
        for equation in self.model.equations:
            if sp.fraction(equation.right)[0].is_Add:
                self.rewritten(by_value(self.right, equation), "by value")
        self.rewritten(multiplied_out(self.right), "common factors")
        self.rewritten(added([by_definition(term, self.model.equations) for term in sp.Add.make_args(self.right)]),
                       "by definition")
        found[self.q.name] = replace(found[self.q.name], right=self.right)
        for other in reversed(self.through):
            uses = [e for name, e in found.items() if name != other and any(
                name_of(x) == found[other].quantity.name for x in entries(e.right))]
            if not uses and other not in self.derivation.wanted:
                del found[other]
        steps = [*self.derivation.steps, *self.steps]
        return ModelDerivation(self.model, self.derivation.wanted, found, steps, self.derivation.point)

    def rewritten(self, right, rule):
        right = with_own_letters(numbers_in_front(right), self.model.letters, frozenset(self.q.letters))
        if right != self.right:
            left = Partial(self.model.cost.entry, self.q.entry)
            self.right = right
            self.steps.append(checked_step(self.derivation.point, left, right, rule, self.q.name))
