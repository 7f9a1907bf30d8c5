"""A model with small sizes and generic numbers: where its equations and the steps of its derivation are compared.

Values come from `meaning`, derivatives by complex step.  It shares nothing with the rules by which steps are found, nor
with the code that is written.
"""
from functools import cached_property

import numpy as np
import sympy as sp

from ..equations import Partial, indices_of, name_of
from ..errors import InputError
from ..meaning import STEP, Values
from ..models.nodes import is_entry, letters_in
from ..models.order import Loop, schedule
from ..models.quantities import Role, derivative_name

ROUNDING = 1e-12
"""Sides that are apart by more are compared relative to the terms that they are made of."""

SMALLEST = 1e-15
"""A value that is smaller leaves no room for a complex step beside it."""

MANY = 3000
"""With more entries than this in all arrays, smaller sizes are looked for."""

MOST_STEPS = 100
"""How often sizes are made larger, where small ones leave a range empty."""

CANCELLED = 1e-3
"""A derivative of the cost that is smaller than this part of the largest one has rounding of the largest one in it."""


class ModelValues(Values):
    """`Values` that count from 0.  What overflows shows as a number that is not finite."""

    def __init__(self, arrays, sizes, partial=None):
        super().__init__(arrays, sizes, partial, first=0)

    def __call__(self, expression, scope):
        with np.errstate(all="ignore"):
            return super().__call__(expression, scope)


class Magnitudes(ModelValues):
    """How large the terms are of which a value is made: sums add the magnitudes of their terms."""

    def _value(self, e, scope):
        if isinstance(e, (sp.Sum, sp.Add)):
            return super()._value(e, scope)
        value = super()._value(e, scope)
        return value if isinstance(e, sp.Mul) else np.abs(value)


class Point:
    """A model with small sizes and generic numbers in all its arrays: where equations and steps are compared.

    sizes    name → number, for sizes that are chosen; the others are small, and such that every range has entries
    """

    def __init__(self, model, sizes=None, seed=0):
        self.model, self.random = model, np.random.default_rng(seed)
        self.sizes = small_sizes(model, self.random, sizes)
        self.blocks = schedule(model.equations)
        self.shapes = {q.name: tuple(int(sp.sympify(n).xreplace(self.sizes)) for n in q.sizes)
                       for q in model.quantities.values()}
        self.moving = [q.name for q in model.quantities.values() if q.numbers is None]
        self.equations = {e.quantity.name: e for e in model.equations}
        self._set_arrays()
        self._partials = {}

    def _set_arrays(self):
        """Numbers of either sign; positive ones where some equation has no value then; parameters that are smaller where
        what is computed becomes so small that no step away from it can be taken, as an output of a softmax."""
        finite = None
        for signs, scale in (((-1, 1), 1), ((1,), 1), ((-1, 1), 1/4), ((-1, 1), 1/16)):
            given = {name: self._draw(q, signs, scale) for name, q in self.model.quantities.items()
                     if q.role in (Role.GIVEN, Role.PARAMETER)}
            self.arrays = self.run({name: value[..., None] for name, value in given.items()})
            bad = [name for name, value in self.arrays.items() if not np.isfinite(value).all()]
            if not bad:
                finite = finite or self.arrays
                if all(self.arrays[name].all() for name in self.divisors) and not any(((value != 0) & (np.abs(value) < SMALLEST)).any() for value in self.arrays.values()):
                    return
        if finite is not None:
            self.arrays = finite
            return
        raise InputError(f"{bad[0]} is not a finite number even where all that is given is between 0.3 and 1.2: "
                         f"{self.equations[bad[0]].left} = {self.equations[bad[0]].right}.")

    @cached_property
    def divisors(self):
        """Names of the arrays that something is divided by: no entry of them may be 0, as a count of what is not masked."""
        powers = {p for e in self.model.equations for p in e.right.atoms(sp.Pow) if p.exp.is_negative and is_entry(p.base)}
        return {name_of(p.base) for p in powers}

    def _draw(self, q, signs, scale):
        shape = self.shapes[q.name]
        if q.numbers is not None:
            return self.random.integers(0, int(sp.sympify(q.numbers).xreplace(self.sizes)), shape)
        drawn = self.random.uniform(0.3, 1.2, shape) * self.random.choice(signs, shape)
        return drawn * scale if q.role is Role.PARAMETER else drawn

    def run(self, arrays, moved=lambda name, value: value):
        """All arrays from those that are given; `moved` may change each one when it is there."""
        values = ModelValues(dict(arrays), self.sizes)
        for block in self.blocks:
            if isinstance(block, Loop):
                self._run_loop(block, values, moved)
            else:
                name = block.quantity.name
                values.arrays[name] = moved(name, values(block.right, self._scope(block)))
        return values.arrays

    def _run_loop(self, block, values, moved):
        alternatives = max(array.shape[-1] for array in values.arrays.values())
        kind = complex if any(array.dtype == complex for array in values.arrays.values()) else float
        for e in block.equations:
            start = np.zeros((*self.shapes[e.quantity.name], alternatives), kind)
            values.arrays[e.quantity.name] = moved(e.quantity.name, start)
        steps = range(self.shapes[block.equations[0].quantity.name][block.equations[0].indices.index(block.index)])
        for step in steps if block.upwards else reversed(steps):
            for e in block.equations:
                place = (slice(None),) * e.indices.index(block.index) + (slice(step, step + 1),)
                scope = {**self._scope(e), block.index: np.array([step])}
                values.arrays[e.quantity.name][place] += values(e.right, scope)

    def _scope(self, equation):
        return {at: np.arange(n) for at, n in zip(equation.indices, self.shapes[equation.quantity.name], strict=True)}

    @cached_property
    def totals(self):
        """∂C/∂q for every array q, along all paths: each entry of each array moved by itself, and C computed again."""
        counts = {name: int(np.prod(self.shapes[name], dtype=int)) for name in self.moving}
        ends = dict(zip(counts, np.cumsum(list(counts.values())), strict=True))
        everything = sum(counts.values())

        def moved(name, value):
            array = np.array(np.broadcast_to(value, (*value.shape[:-1], everything)), complex)
            own = array[..., ends[name] - counts[name]:ends[name]]
            own += 1j * STEP * np.eye(counts[name]).reshape(own.shape)
            return array

        given = {name: moved(name, array) if name in counts else array for name, array in self.arrays.items()
                 if name not in self.equations}
        cost = np.imag(self.run(given, moved)[self.model.cost.name]) / STEP
        return {name: cost[..., ends[name] - counts[name]:ends[name]].reshape(self.shapes[name])[..., None]
                for name in counts}

    def partial(self, of, by):
        """∂of/∂by over the indices of both: of the cost along all paths, of anything else by its own equation alone."""
        of, by = name_of(of), name_of(by)
        if of == self.model.cost.name:
            return self.totals[by]
        if (of, by) not in self._partials:
            here = self.arrays[by]
            moved = here + 1j * STEP * np.eye(here.size).reshape(*here.shape[:-1], -1)
            equation = self.equations[of]
            value = ModelValues({**self.arrays, by: moved}, self.sizes)(equation.right, self._scope(equation))
            self._partials[of, by] = (np.imag(value) / STEP).reshape((*value.shape[:-1], *here.shape[:-1]))[..., None]
        return self._partials[of, by]

    @cached_property
    def values(self):
        """The value of any expression here; the derivative of the cost with respect to q stands by its name too."""
        derivatives = {derivative_name(name): total for name, total in self.totals.items()}
        return ModelValues({**self.arrays, **derivatives}, self.sizes, self.partial)

    @cached_property
    def scale(self):
        """The largest derivative of the cost with respect to any entry."""
        return max(np.abs(total).max(initial=0) for total in self.totals.values())

    @cached_property
    def magnitudes(self):
        return Magnitudes(self.values.arrays, self.sizes, self.partial)

    def error(self, left, right) -> float:
        """How far two sides are apart, relative to the larger; places at which the left side has no entry do not count."""
        letters = sorted(letters_in(left) | letters_in(right), key=str)
        scope = {at: np.arange(self.values.size(self.model.range_of(at))) for at in letters}
        sides = [np.real(self.values(side, scope)) for side in (left, right)]
        inside = self._inside(left, scope)
        sides = [np.where(inside[..., None], side, 0) for side in sides]
        if not all(np.isfinite(side).all() for side in sides):
            return float("inf")
        apart = np.abs(sides[0] - sides[1]).max(initial=0)
        largest = max(np.abs(side).max(initial=0) for side in sides)
        if apart <= ROUNDING * largest:
            return float(apart / largest) if largest else 0.0
        terms = self.magnitudes(right, scope).max(initial=0)  # what cancels leaves rounding of its terms
        known = self.scale if isinstance(left, Partial) and name_of(left.of) == self.model.cost.name else 0
        return float(apart / max(largest, terms, CANCELLED * known)) if terms else float("inf")

    def _inside(self, left, scope):
        """Where all entries that the left side is about exist."""
        inside = np.ones([len(numbers) for numbers in scope.values()], bool)
        for entry in (left.of, left.by) if isinstance(left, Partial) else (left,):
            shape = self.shapes.get(name_of(entry)) or self.values.arrays[name_of(entry)].shape[:-1]
            _, within = self.values.places(shape, indices_of(entry), scope)
            inside = inside if within is None else inside & within
        return inside


def small_sizes(model, random, chosen=None):
    """A number for each size of a model: small ones, different ones where they can be, and no empty range."""
    chosen = {n: chosen[str(n)] for n in model.all_sizes() if chosen and str(n) in chosen}
    free = sorted((n for n in model.all_sizes() if n not in model.sizes and n not in chosen), key=str)
    turns = [{**chosen, **{n: 2 + (at + turn) % 3 for at, n in enumerate(free)}} for turn in range(3)]
    drawn = ({**chosen, **{n: int(random.integers(1 + turn % 2, 3 + turn // 15)) for n in free}} for turn in range(120))
    fitting = []
    for sizes in (*turns, *(drawn if model.sizes else ())):
        for n, formula in model.sizes.items():
            sizes[n] = int(sp.sympify(formula).xreplace(sizes))
        if all(sizes[n] >= 1 for n in model.sizes):
            fitting.append(sizes)
    best = min(fitting, key=lambda sizes: (sum(n == 1 for n in sizes.values()), _entries(model, sizes)), default=None)
    if best is None or _entries(model, best) > MANY:
        best = min(filter(None, (best, _grown(model, chosen, free))), key=lambda sizes: _entries(model, sizes), default=None)
    if best is None:
        shown = ", ".join(f"{n} = {formula}" for n, formula in model.sizes.items())
        raise InputError(f"No small sizes were found at which every range has an entry: {shown}.")
    return best


def _grown(model, chosen, free):
    """Sizes that are made larger, one by one, where a range that is computed from them has no entry; None where none do."""
    sizes = {**chosen, **dict.fromkeys(free, 3)}
    for _ in range(MOST_STEPS):
        for n, formula in model.sizes.items():
            sizes[n] = int(sp.sympify(formula).xreplace(sizes))
        empty = [n for n in model.sizes if sizes[n] < 1]
        if not empty:
            return sizes
        for n in _computed_from(model, empty[0]) & set(free):
            sizes[n] += 1
    return None


def _computed_from(model, n):
    """All sizes that the formula of a size uses, and the formulas of those."""
    own = sp.sympify(model.sizes[n]).free_symbols if n in model.sizes else set()
    return own.union(*(_computed_from(model, other) for other in own))


def _entries(model, sizes):
    """How many numbers all arrays have together."""
    return sum(np.prod([int(sp.sympify(n).xreplace(sizes)) for n in q.sizes]) for q in model.quantities.values())
