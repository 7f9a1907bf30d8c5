"""A right answer as a short program: lines of equations, taken from the derivation, and their values at test points.

The last lines are what is asked for, those before are what the learner has to work out on the way, and everything else
is given.  Slopes stand as g'(z), not yet by value, so that a mistake can be made in them.
"""
from contextlib import contextmanager, suppress
from copy import copy
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
import sympy as sp

from ..activations import Activated
from ..derivation import derive, own_widths
from ..equations import N, Partial, indices_of, letter, name_of, s
from ..layout import all_quantities
from ..meaning import Point
from .values import Later, Misfit, Stored, evaluate, tree_of

WIDTHS = (3, 4, 2, 6)
SQUARE = 5
SEEDS = 60
SPREAD = 3.0
ETA = sp.Symbol("eta", positive=True)
SCALARS = {"eta": 0.37, "lambda": 0.23}


@dataclass(frozen=True)
class Line:
    """name[indices] = right.

    kind     role of the quantity: delta da dW db, a new value "new W" or "new b", or that of a forward equation; of the
             derivative of one equation: slope, jacobian where units enter that have another number, otherwise local
    mark     its layer or neuron
    of_batch whether it holds for the batch; otherwise for one sample
    step     the derivative of one equation that it gives: the `Partial`; None for any other line
    """

    name: str
    indices: tuple
    right: sp.Expr
    kind: str
    mark: object
    of_batch: bool = False
    step: Partial | None = None

    @cached_property
    def tree(self):
        return tree_of(self.right)

    @cached_property
    def needs(self):
        """Names of the arrays that stand in the line."""
        entries = self.right.atoms(sp.Indexed)
        scalars = self.right.free_symbols - entries - set(self.indices).union(*(e.indices for e in entries))
        return {name_of(e) for e in entries} | {e.name for e in scalars}


class Answers:
    """The lines that a network's derivation offers."""

    def __init__(self, network):
        self.network = network
        self.derivation = derive(network)
        self.quantities = all_quantities(network)

    def line(self, name):
        """The line for a name: "delta1", "da1", "dW2" of the batch, "dW2 of a sample", "new W2", "a2", "losses", "C",
        "∂a1/∂z1", or a key of SPECIAL."""
        if name.startswith("new "):
            return self._update(name.removeprefix("new "))
        if name.endswith(" of a sample"):
            return self._of_sample(name.removesuffix(" of a sample"))
        if name.startswith("∂"):
            return self._local(*name.removeprefix("∂").split("/∂"))
        if name in SPECIAL:
            return SPECIAL[name](self)
        quantity = self.quantities[name]
        make = {"delta": self._delta, "da": self._da}.get(quantity.kind, self._equation)
        return make(quantity)

    def _equation(self, quantity):
        equation = next(e for e in (*self.network.equations, *self.derivation.backward)
                        if e.quantity.name == quantity.name)
        of_batch = quantity.kind in ("dW", "db", "C")
        return Line(quantity.name, equation.indices, equation.right, quantity.kind, quantity.mark, of_batch)

    def _delta(self, quantity):
        steps = self.derivation.about("z" + quantity.name.removeprefix("delta"))
        full = [step for step in steps if step.rule == "substitution" and s in step.right.free_symbols]
        right = steps[-1].right if steps[-1].right.has(sp.KroneckerDelta) or not full else full[-1].right
        if self.softmax(quantity):
            right = steps[-1].right
        return Line(quantity.name, indices_of(steps[-1].left), right, "delta", quantity.mark)

    def _da(self, quantity):
        step = self.derivation.about(quantity.name.removeprefix("d"))[-1]
        return Line(quantity.name, indices_of(step.left.by), step.right, "da", quantity.mark)

    def _of_sample(self, name):
        quantity = self.quantities[name]
        step = next(step for step in reversed(self.derivation.about(name[1:]))
                    if step.left.of == Partial(self.network.given("losses")[s], step.left.by).of)
        return Line(f"{name} of a sample", (s, *indices_of(step.left.by)), step.right, quantity.kind, quantity.mark)

    def _update(self, name):
        quantity = self.quantities[name]
        indices = self._equation(self.quantities["d" + name]).indices
        right = quantity[indices] - ETA * self.quantities["d" + name][indices]
        return Line(f"new {name}", indices, right, f"new {quantity.kind}", quantity.mark, True)

    def _local(self, of, by):
        """The derivative of one equation.  KeyError where there is none such in the derivation."""
        left, right = next(((step.left, step.right) for step in self.derivation.steps if isinstance(step.left, Partial)
                            and (name_of(step.left.of), name_of(step.left.by)) == (of, by)), (None, None))
        if left is None:
            raise KeyError(f"∂{of}/∂{by}")
        indices = tuple(dict.fromkeys((*indices_of(left.of), *indices_of(left.by))))
        kind = "local" if self.quantities[of].kind == "z" else "jacobian" if right.has(sp.KroneckerDelta) else "slope"
        return Line(f"∂{of}/∂{by}", indices, right, kind, self.quantities[of].mark, step=left)

    def _jacobian(self):
        """∂a_i/∂z_j of a softmax layer."""
        step = next(step for step in self.derivation.steps
                    if step.rule == "slope" and step.right.has(sp.KroneckerDelta))
        of, by = step.left.of, step.left.by
        return Line("jacobian", (s, of.indices[-1], by.indices[-1]), step.right, "jacobian",
                    self.quantities[name_of(of)].mark, step=step.left)

    def _largest_eta(self):
        """The η above which descent on one weight diverges: 2/C″, for a parabola with its bottom at 0."""
        name, = self.network.parameters
        w, dw = self.quantities[name][()], self.quantities["d" + name][()]
        return Line("largest eta", (), 2 * w / dw, "limit", None, True)

    def softmax(self, quantity):
        """Whether the units of a layer have softmax as their activation."""
        return type(self.activation(quantity.mark).right).__name__ == "softmax"

    def activation(self, mark):
        """a = g(z) of a layer or neuron: the `Equation`."""
        return next(e for e in self.network.equations if (e.quantity.kind, e.quantity.mark) == ("a", mark))

    def program(self, asked, given):
        """The lines that lead from what is given to what is asked, in order."""
        lines = {}

        def add(name):
            if name in lines or name in given:
                return
            line = self.line(name)
            for need in sorted(line.needs):
                quantity = self.quantities.get(need)
                if quantity and quantity.kind in ("delta", "da", "dW", "db", "losses"):
                    add(need)
            lines[name] = line

        for name in asked:
            add(name)
        return tuple(lines.values())


SPECIAL = {"jacobian": Answers._jacobian, "largest eta": Answers._largest_eta}


class NumericPoint:
    """All arrays of a network, error terms included, at generic numbers.

    widths, samples   sizes of the layers, in turn, and of the batch
    given             numbers to use instead, name → array
    spread            by how much the inputs are scaled, so that weighted sums lie far from 0 too
    seed              the first of the seeds that the numbers are drawn with
    ranges            letter → how far it runs, for indices of what an exercise asks for
    turned            names of arrays whose indices a formula writes in the other order
    """

    turned = ()

    def __init__(self, network, widths, samples, given=None, spread=1.0, seed=0):
        self.widths, self.ranges = widths, {}
        point = _with_few_dead_units(network, widths, samples, spread, seed) if given is None else Point(
            network, widths, samples, given)
        self.arrays = {name: Stored(array[..., 0], array.ndim - 1) for name, array in point.arrays.items()}
        for quantity in all_quantities(network).values():
            if quantity.kind in ("delta", "da"):
                entry, scope = _whole(quantity, point)
                self.arrays[quantity.name] = Later(partial(point, entry, scope), len(scope))
        for name in network.parameters:
            entry, scope = _whole(network.quantities[name], point)
            gradient = Partial(network.given("C")[()], entry)
            self.arrays["d" + name] = Later(partial(point, gradient, scope), len(scope))
        sizes = {str(size): float(value) for size, value in point.sizes.items()}
        self.arrays |= {name: Stored(np.asarray(value), 0) for name, value in (SCALARS | sizes).items()}

    def seen(self, ranges, turned=()):
        """The same arrays, for an exercise with other letters, or with the indices of some arrays turned round."""
        other = copy(self)
        other.ranges, other.turned = ranges, turned
        return other

    @property
    def as_typed(self):
        """The arrays as a formula of the exercise takes them."""
        return {**self.arrays, **{name: self.arrays[name].other_way_round for name in self.turned}}

    @contextmanager
    def changed(self, name):
        """One array changed, each entry by another factor, and all others as they are, while the block runs."""
        kept = self.arrays
        self.arrays = {**kept, name: kept[name].changed("F" if name in self.turned else "C")}
        try:
            yield
        finally:
            self.arrays = kept

    def run(self, lines):
        """The arrays with those of some lines put in; a line that fits nowhere is left out, with all that need it."""
        arrays = {name: array for name, array in self.arrays.items() if name not in {line.name for line in lines}}
        waiting = list(lines)
        while ready := [line for line in waiting if line.needs <= arrays.keys()]:
            for line in ready:
                waiting.remove(line)
                with suppress(Misfit):
                    arrays[line.name] = self.value(line, arrays)
        return arrays

    def value(self, line, arrays):
        found = evaluate(line.tree, arrays, self.ranges)
        own = [at.name for at in line.indices]
        extra = tuple(at for at in found.axes if at not in own)
        return Stored(found.over([*own, *extra]), len(own), tuple(at + "'" for at in extra))


def _with_few_dead_units(network, widths, samples, spread, first):
    """The first of some draws in which every unit that has a kink, as ReLU, is on for some sample, and no layer for all
    of them; in a deep network, where there may be none, the one with the fewest dead units."""
    kinked = [e.quantity.name.replace("a", "z", 1) for e in network.equations if _has_kink(e.right)]
    fewest, best = np.inf, None
    for seed in range(first, first + SEEDS):
        point = _spread(Point(network, widths, samples, seed=seed), widths, samples, spread)
        dead = sum((point.arrays[z] < 0).all(0).sum() + (point.arrays[z] > 0).all() for z in kinked)
        if dead < fewest:
            fewest, best = dead, point
        if not dead:
            break
    return best


def _spread(point, widths, samples, spread):
    """The same point with other inputs."""
    if spread == 1:
        return point
    computed = {equation.quantity.name for equation in point.network.equations}
    given = {name: array[..., 0] for name, array in point.arrays.items() if name not in computed}
    return Point(point.network, widths, samples, {**given, "x": spread * given["x"]})


def _whole(quantity, point):
    letters = [letter(f"q{n}") for n in range(len(quantity.sizes))]
    shape = [int(point.sizes.get(size, size)) for size in quantity.sizes]
    indices = [s if size == N else at for size, at in zip(quantity.sizes, letters)]
    return quantity[tuple(indices)], dict(zip(indices, shape))


def points_for(network, generic=True, seed=0):
    """The points at which answers are compared: unequal widths, then all sizes equal, where any two indices can meet.

    generic   whether widths other than the network's own may be used; not for formulas about unit number 2
    seed      the first of the seeds that the numbers are drawn with
    """
    own = own_widths(network)
    if not own or not generic:
        return NumericPoint(network, own, 11, spread=SPREAD, seed=seed), NumericPoint(network, own, 8, seed=seed)
    return (NumericPoint(network, WIDTHS, 7, spread=SPREAD, seed=seed),
            NumericPoint(network, (SQUARE,), SQUARE, seed=seed))


def _has_kink(e):
    """Whether an activation has two cases."""
    return isinstance(e, Activated) and not e.row.abstract and e.row.formula(*e.args).has(sp.Piecewise)
