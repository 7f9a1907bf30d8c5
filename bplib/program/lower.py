"""From equations to statements of an array program.  What is decided here:

- a sum of a product becomes a matrix product (Contract) of factors that share its letters;
- a bracket [r = e] in a sum becomes the transpose of reading at e (Scatter), and so does the derivative that a
  convolution's input gets, Σ w[q] δ[r−q], because adding to places is faster than gathering from them;
- entries at computed places become views, each made once, before a loop that needs it;
- what a step of a loop does not need the past for is computed before the loop, for all steps at once;
- ln of a softmax, or of an activation whose row has a form for it, is computed from the scores;
- where a factor may lie outside its array, under a fraction bar or a logarithm, 0 times it is 0.
"""
from collections import defaultdict
from dataclasses import replace
from functools import singledispatchmethod

import sympy as sp

from ..activations import Activated, Slope, log_softmax, softmax
from ..equations import bound_letter, in_reading_order, indices_of, name_of, place_in_sum
from ..models.nodes import Bracket, First, Largest, Node, entries, is_entry, letters_in, renamed
from ..models.nodes import Softmax as SoftmaxOf
from ..models.order import Loop as LoopOf
from ..models.order import equations_of
from ..models.quantities import Quantity, Role
from . import ir

NAMES = {sp.Abs: "abs", sp.asin: "arcsin", sp.acos: "arccos", sp.atan: "arctan", sp.asinh: "arcsinh",
         sp.acosh: "arccosh", sp.atanh: "arctanh", sp.And: "logical_and", sp.Or: "logical_or"}
"""Names of functions in code where they are not SymPy's own."""


def factors_of(e) -> list:
    """All factors of a product, those of products within it too."""
    return [f for factor in e.args for f in factors_of(factor)] if e.is_Mul else [e]


def is_below(factor) -> bool:
    """Whether a factor stands below the fraction bar."""
    return factor.is_Pow and factor.exp.could_extract_minus_sign()


class Lowering:
    """Turns equations into statements, one after the other; `statements` holds what there is so far."""

    def __init__(self, model):
        self.model, self.statements = model, []
        self.quantities, self.sizes = dict(model.quantities), dict(model.letters)
        self.made = {e.quantity.name: e for e in model.equations}
        self.views, self.logs = {}, {}
        self.own = frozenset()

    def blocks(self, blocks) -> None:
        """Add the statements of equations and loops."""
        for block in blocks:
            (self._loop if isinstance(block, LoopOf) else self._single)(block)

    def _single(self, equation):
        self._know(equation)
        self.statements.append(self._assign(equation.quantity, equation.indices, self.lower(equation.right)))

    def _assign(self, quantity, indices, value):
        return ir.Assign(quantity, tuple(map(self.axis, indices)), value)

    def _know(self, equation):
        """Note how far the letters run that the sums of an equation bind."""
        for e in equation.right.atoms(sp.Sum, Largest, First):
            self.opened(e.limits)

    # loops

    def _loop(self, block):
        self.own = {e.quantity.name for e in block.equations}
        for e in block.equations:
            self._know(e)
        apart = [self._without_the_past(e, block.index) for e in block.equations]
        body = [self._assign(e.quantity, e.indices, self.lower(right))
                for e, right in zip(block.equations, apart, strict=True)]
        self.statements.append(ir.Loop(self.axis(block.index), block.upwards, tuple(body)))
        self.own = frozenset()

    def _without_the_past(self, equation, at):
        """The right side, with arrays that are computed before the loop for the terms that need no step of it."""
        name, terms, once = equation.quantity.name, sp.Add.make_args(equation.right), defaultdict(list)
        rest = [term for term in terms if not entries(term) or self.own & {name_of(x) for x in entries(term)}]
        for term in terms:
            if term not in rest:
                once[self._only_step(term, at)].append(term)
        everywhere = once.pop(None, [])
        if any(term.has(sp.Sum) for term in everywhere):
            everywhere = [self._ready(name + "_in", equation.indices, sp.Add(*everywhere))]
        for step, terms in once.items():
            value = sp.Add(*(term.xreplace({sp.KroneckerDelta(at, step): sp.S.One, at: step}) for term in terms))
            others = tuple(index for index in equation.indices if index != at)
            rest.append(sp.KroneckerDelta(at, step) * self._ready(name + "_once", others, value))
        return sp.Add(*rest, *everywhere)

    @staticmethod
    def _only_step(term, at):
        """The step for which a term stands: 0 for [t = 0] f; None where it is any step."""
        brackets = [f for f in factors_of(term) if isinstance(f, sp.KroneckerDelta) and at in f.args]
        others = [next(other for other in f.args if other != at) for f in brackets]
        return others[0] if len(others) == 1 and not letters_in(others[0]) and not entries(others[0]) else None

    def _ready(self, name, indices, value):
        """The entry of a new array with this value, computed before the loop."""
        quantity = self._private(name, map(self.axis, indices))
        self.statements.append(self._assign(quantity, indices, self.lower(value)))
        return quantity.entry

    def _private(self, name, axes, numbers=None):
        """An array that no equation names."""
        while name in self.quantities:
            name += "_"
        axes = tuple(axes)
        quantity = Quantity(name, Role.COMPUTED, tuple(a.letter for a in axes), tuple(a.size for a in axes), numbers)
        self.quantities[name] = quantity
        return quantity

    # expressions

    def axis(self, letter):
        return ir.Axis(letter, self.sizes[letter])

    def opened(self, limits):
        """The axes of the letters that a sum binds."""
        self.sizes |= {at: high - low + 1 for at, low, high in limits}
        return tuple(self.axis(at) for at, *_ in limits)

    def lower(self, e) -> ir.Node:
        e = sp.sympify(e)
        if is_entry(e):
            return self.entry(e)
        if e in self.sizes:
            return ir.Position(self.axis(e))
        if not entries(e) and not letters_in(e) and not e.has(sp.Sum, sp.Function, Node):
            return ir.Scalar(e)
        return self._lower(e)

    @singledispatchmethod
    def _lower(self, e):
        return ir.Apply(NAMES.get(type(e), type(e).__name__), tuple(map(self.lower, e.args)))

    @_lower.register
    def _(self, e: sp.Add):
        terms, lowered = sorted(e.args, key=place_in_sum), []
        for term in terms:
            minus = term.could_extract_minus_sign()
            lowered.append((-1 if minus else 1, self.lower(-term if minus else term)))
        return ir.Add(tuple(lowered))

    @_lower.register
    def _(self, e: sp.Mul):
        number = sp.Mul(*(f for f in factors_of(e) if f.is_Number))
        node = self.product(abs(number), [f for f in factors_of(e) if not f.is_Number])
        return ir.Add(((-1, node),)) if number.is_negative else node

    def product(self, number, factors) -> ir.Node:
        """A positive number times factors, sums first."""
        below = [1 / f for f in factors if is_below(f)]
        above = in_reading_order([f for f in factors if not is_below(f)])
        above.sort(key=lambda f: not isinstance(f, sp.Sum))
        if number.is_Rational and number.q != 1:
            number, below = sp.Integer(number.p), [*below, sp.Integer(number.q)]
        nodes, below = _means([self.lower(f) for f in above], below)
        nodes = [ir.Scalar(number)] * (float(number) != 1) + nodes
        strong = any(map(self._may_run_out, factors))
        if len(nodes) == 1 and not below and not strong:
            return nodes[0]
        return ir.Product(tuple(nodes), tuple(map(self.lower, below)), strong)

    def _may_run_out(self, factor):
        """Whether a factor may be infinite because an entry in it lies outside its array and counts as 0."""
        inside = [factor] if is_below(factor) else factor.atoms(sp.log)
        return any(not at.is_inside(n) for e in inside for x in entries(e) if not self._looks_up(x)
                   for at, n in zip(self.places(x), self.quantities[name_of(x)].sizes, strict=True))

    @_lower.register
    def _(self, e: sp.Pow):
        if e.base == sp.E or isinstance(e, sp.exp):
            return ir.Apply("exp", (self.lower(e.exp),))
        if is_below(e):
            return ir.Product((), (self.lower(1 / e),))
        return ir.Power(self.lower(e.base), e.exp)

    @_lower.register
    def _(self, e: Activated):
        if e.row.name == "identity":
            return self.lower(e.args[0])
        return ir.Apply(e.row.in_code, tuple(map(self.lower, e.args)))

    @_lower.register
    def _(self, g: Slope):
        return self.lower(g.args[0].row.slope(g.args[0].args[0], g.args[0], *g.args[0].args[1:]))

    @_lower.register
    def _(self, e: sp.Piecewise):
        *cases, (otherwise, _) = e.args
        return ir.Where(tuple((self.lower(condition), self.lower(value)) for value, condition in cases),
                        self.lower(otherwise))

    @_lower.register
    def _(self, e: sp.core.relational.Relational):
        return ir.Compare(e.rel_op, self.lower(e.lhs), self.lower(e.rhs))

    @_lower.register
    def _(self, e: Bracket):
        return self.lower(e.condition)

    @_lower.register
    def _(self, e: sp.KroneckerDelta):
        return ir.Compare("==", *map(self.lower, e.args))

    @_lower.register
    def _(self, e: Largest):
        over = self.opened(e.limits)
        return ir.Reduce("max", self.lower(e.body), over)

    @_lower.register
    def _(self, e: First):
        over, place = self.opened(e.limits), sp.S.Zero
        largest = ir.Reduce("argmax", self.lower(e.body), over)
        for at, axis in zip(e.place, over, strict=True):
            place = place * axis.size + at
        return ir.Compare("==", largest, self.lower(place))

    @_lower.register
    def _(self, e: SoftmaxOf):
        score, at, n, where = e.args
        self.sizes[at] = n
        return ir.Softmax(self.lower(score), self.axis(at), None if where == 1 else self.lower(where))

    @_lower.register(softmax)
    @_lower.register(log_softmax)
    def _(self, e):
        score, at, n = e.args
        self.sizes[at] = n
        return ir.Softmax(self.lower(score), self.axis(at), log=isinstance(e, log_softmax))

    # logarithms

    @_lower.register
    def _(self, e: sp.log):
        inside = e.args[0]
        for entry, form in ((inside, "log"), (1 - inside, "log_complement")):
            right = self._right_side(entry) if is_entry(entry) else None
            if form == "log" and isinstance(right, SoftmaxOf) and name_of(entry) not in self.own:
                return self.entry(entry, self._log_of(name_of(entry)))
            if isinstance(right, Activated) and getattr(right.row, form):
                return self.lower(getattr(right.row, form)(*right.args))
        return ir.Apply("log", (self.lower(inside),))

    def _right_side(self, entry):
        """What an entry is equal to, by its equation."""
        equation = self.made.get(name_of(entry))
        return equation and renamed(equation.right, dict(zip(equation.indices, indices_of(entry), strict=True)))

    def _log_of(self, name):
        """The array ln p, computed from the scores of the softmax p."""
        if name not in self.logs:
            equation = self.made[name]
            value = self.lower(equation.right)
            self.logs[name] = self._private("log_" + name, map(self.axis, equation.indices))
            self.statements.append(self._assign(self.logs[name], equation.indices, replace(value, log=True)))
        return self.logs[name]

    # entries

    def places(self, entry) -> tuple:
        """The indices of an entry as places on its axes."""
        return tuple(map(self.place, indices_of(entry)))

    def place(self, e):
        letters = sorted(letters_in(e), key=str)
        steps = tuple((self.axis(at), sp.expand(e).coeff(at)) for at in letters)
        return ir.Index(sp.expand(e - sum(step * axis.letter for axis, step in steps)), steps)

    def _looks_up(self, entry):
        """Whether an entry stands at places that are looked up, or that are no sums of letters: p[s,s], x[p*q]."""
        letters = [at for e in indices_of(entry) for at in letters_in(e)]
        return bool(any(entries(e) for e in indices_of(entry)) or len(set(letters)) < len(letters)
                    or any(letters_in(p.offset) or any(letters_in(s) for _, s in p.steps) for p in self.places(entry)))

    def entry(self, entry, quantity=None):
        """An entry as a node; `quantity`: of another array than its own."""
        quantity = quantity or self.quantities[name_of(entry)]
        if self._looks_up(entry):
            return ir.LookUp(quantity, tuple(map(self.lower, indices_of(entry))))
        places = self.places(entry)
        if all(place.is_inside(n) for place, n in zip(places, quantity.sizes, strict=True)):
            return ir.Read(quantity, places)
        return ir.Window(quantity, places) if quantity.name in self.own else self.view(quantity, places)

    def view(self, quantity, places):
        """Entries at computed places of an array that is there: a view, which all formulas share that need it."""
        key = quantity.name, tuple((p.offset, tuple(sorted((str(a.size), str(s)) for a, s in p.steps))) for p in places)
        if key not in self.views:
            offsets = {place.offset for place in places if not place.is_letter and [s for _, s in place.steps] == [1]}
            after = all(offset.is_positive for offset in offsets)
            name = "_at" if len(offsets) != 1 else "_after" if after else "_before"
            axes = tuple(axis for place in places for axis in place.axes)
            made = self._private(quantity.name + name, axes, quantity.numbers)
            self.statements.append(ir.Assign(made, axes, ir.Window(quantity, places)))
            self.views[key] = made, places
        made, stored = self.views[key]
        pairs = zip(stored, places, strict=True)
        return ir.Read(made, tuple(index for old, new in pairs for index in _matched(old, new)))

    # sums

    @_lower.register
    def _(self, e: sp.Sum):
        over, factors = self.opened(e.limits), factors_of(e.function)
        letters = {axis.letter for axis in over}
        outside = [f for f in factors if not letters_in(f) & letters and not f.is_Number]
        inside = [f for f in factors if f not in outside]
        used = set().union(*map(letters_in, inside))
        outside += [axis.size for axis in over if axis.letter not in used]
        over = tuple(axis for axis in over if axis.letter in used)
        if outside:
            rest = sp.Sum(sp.Mul(*inside), *_limits(over)) if over else sp.Mul(*inside)
            return self.lower(sp.Mul(*outside, rest))
        return self._scattered(factors, over) or self._gathered(factors, over) or self._contracted(factors, over)

    def _scattered(self, factors, over):
        """Σ [r = e] f for a letter r from outside: f added where e says.  None where there is no such bracket."""
        letters = {axis.letter for axis in over}
        for delta in (f for f in factors if isinstance(f, sp.KroneckerDelta)):
            for at, e in (delta.args, delta.args[::-1]):
                own = set(letters_in(e))
                if at in self.sizes and at not in letters and at not in own and own and own <= letters:
                    rest = renamed(sp.Mul(*(f for f in factors if f != delta)), {at: e})
                    place = self.lower(e) if is_entry(e) else self.place(e)
                    if is_entry(e) or not entries(e) and not letters_in(place.offset):
                        return ir.Scatter(self.axis(at), place, self._summed(rest, over, own))
        return None

    def _summed(self, body, over, apart):
        limits = _limits(axis for axis in over if axis.letter not in apart)
        return self.lower(sp.Sum(body, *limits) if limits else body)

    def _gathered(self, factors, over):
        """Σ_q w[q] δ[r−q] as Σ_{p,q} [r = p+q] w[q] δ[p], for a derivative δ and parameters w; None for other sums."""
        letters, entries_of = {axis.letter for axis in over}, self._entries_of(factors)
        kernel = set().union(*map(letters_in, entries_of[Role.PARAMETER])) & letters
        for f in entries_of[Role.DERIVATIVE]:
            for axis, (e, n) in enumerate(zip(f.indices, self.quantities[name_of(f)].sizes, strict=True)):
                free, own = letters_in(e) - letters, letters_in(e) & letters
                if len(free) == 1 and own and own <= kernel:
                    return self._turned(factors, over, f, axis, e, *free, n)
        return None

    def _entries_of(self, factors):
        """Role → the factors that are entries of such arrays."""
        found = {role: [] for role in Role}
        for factor in (f for f in factors if isinstance(f, sp.Indexed)):
            found[self.quantities[name_of(factor)].role].append(factor)
        return found

    def _turned(self, factors, over, entry, axis, e, r, n):
        """The sum with the place e on an axis of an entry as a letter p of its own, and [r = …] in return."""
        step = sp.expand(e).coeff(r)
        if step not in (1, -1):
            return None
        p = bound_letter(r)
        moved = entry.base[tuple(p if m == axis else at for m, at in enumerate(entry.indices))]
        bracket = sp.KroneckerDelta(r, sp.expand(r + (p - e) / step))
        body = sp.Mul(bracket, moved, *(f for f in factors if f is not entry))
        return self.lower(sp.Sum(body, (p, 0, n - 1), *_limits(over)))

    def _contracted(self, factors, over):
        """Factors that have the same axes are multiplied; letters of one factor alone are summed in it; then what is
        left are matrix products."""
        if any(map(self._may_run_out, factors)):
            return ir.Reduce("sum", self.lower(sp.Mul(*factors)), over)
        number = sp.Mul(*(f for f in factors if f.is_Number))
        factors = [f for f in factors if not f.is_Number]
        groups = self._groups(factors)
        if number != 1 and (len(groups) > 1 or number.is_negative):
            return self.lower(sp.Mul(number, sp.Sum(sp.Mul(*factors), *_limits(over))))
        groups = [(self.product(number, group), axes) for group, axes in groups]
        summed = [self._summed_alone(node, axes, over, groups) for node, axes in groups]
        shared = tuple(axis for axis in over if any(axis in node.axes for node in summed))
        if len(summed) == 1:
            return summed[0]
        return ir.Contract(tuple(summed), shared) if shared else ir.Product(tuple(summed))

    def _groups(self, factors):
        """Lists of factors with the axes that they have together, in the order of the factors."""
        groups, ordered = [], in_reading_order(factors)
        for factor in sorted(ordered, key=lambda f: -len(letters_in(f))):
            axes = set(letters_in(factor))
            host = next((g for g in groups if axes <= g[1]), None)
            if host and (len(ordered) > 2 or axes == host[1]):
                host[0].append(factor)
            else:
                groups.append(([factor], axes))
        return [(sorted(group, key=ordered.index), axes) for group, axes in groups]

    def _summed_alone(self, node, axes, over, groups):
        """The factor, summed over the letters of the sum that no other factor has."""
        alone = tuple(a for a in over if a.letter in axes and sum(a.letter in others for _, others in groups) == 1)
        return ir.Reduce("sum", node, alone) if alone else node


def _means(above, below) -> tuple:
    """Factors with a sum over n entries that is divided by n as their mean, and what is left of the divisors."""
    sums = [node for node in above if isinstance(node, ir.Reduce) and node.kind == "sum"]
    sizes, left = [axis.size for node in sums for axis in node.over], list(below)
    if len(sums) != 1 or any(below.count(n) < sizes.count(n) for n in sizes):
        return above, below
    for n in sizes:
        left.remove(n)
    return [replace(node, kind="mean") if node is sums[0] else node for node in above], left


def _limits(axes) -> list:
    """The axes as SymPy writes them at a sum."""
    return [(axis.letter, 0, axis.size - 1) for axis in axes]


def _matched(stored, new):
    """For each letter of a stored place, the letter with the same step and range of another place."""
    left, found = list(new.steps), []
    for axis, step in stored.steps:
        match = next(pair for pair in left if (pair[0].size, pair[1]) == (axis.size, step))
        left.remove(match)
        found.append(ir.letter_index(match[0]))
    return found


def lower_model(model, *blocks, known=()) -> tuple:
    """The statements of equations and loops of a model, as `schedule` gives them.

    known   arrays that are given besides those of the model
    """
    lowering = Lowering(model)
    computed = [e.quantity for part in blocks for block in part for e in equations_of(block)]
    lowering.quantities |= {quantity.name: quantity for quantity in (*known, *computed)}
    for part in blocks:
        lowering.blocks(part)
    return tuple(lowering.statements)
