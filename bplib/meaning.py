"""What an equation means in numbers: evaluation straight from the index notation, and derivatives by complex step.

This is how the steps of a derivation are checked.  It is slow and literal on purpose: each index is an axis, each sum
adds along an axis, ∂r/∂q is found by moving q a little and computing r again.  It shares nothing with the rules of
`derivation` nor with the code that `codegen` writes.
"""
from functools import cached_property, lru_cache, reduce

import numpy as np
import scipy.special
import sympy as sp

from .activations import Activated, Slope, plain, softmax
from .equations import N, Partial, gradient_of, i, indices_of, j, k, name_of, s
from .models.nodes import Bracket, First, Largest, softmax_written_out

STEP = 1e-30
"""Complex step: f'(x) = Im f(x + ih)/h, exact to rounding for any tiny h, since nothing is subtracted (Squire and Trapp 1998)."""

INDICES = (s, j, k, i)
SAMPLES = 5
WIDTHS = (3, 4, 2)
"""Sizes at which steps are checked: neighbours differ, and none is 1, so that no lost sum or swapped index can hide."""


def _any_function(z):
    """Stands for an activation that is left open: smooth, special at no point, and bounded, to be nested."""
    return np.sin(z) + 0.3 * np.cos(2 * z)


def _product(*factors):
    """0 times anything is 0, be it 1/0: what lies outside an array takes no part."""
    product = reduce(np.multiply, factors)
    return np.where(reduce(np.logical_or, [f == 0 for f in factors]), 0, product)


def _of_real_parts(function):
    return lambda x, y: function(np.real(x), np.real(y)).astype(float)


FUNCTIONS = {
    sp.exp: np.exp, sp.log: np.log, sp.tanh: np.tanh, sp.erf: scipy.special.erf,
    sp.Abs: lambda x: np.where(np.real(x) < 0, -x, x), sp.sign: lambda x: np.sign(np.real(x)),
    sp.floor: lambda x: np.floor(np.real(x)),
    sp.Add: lambda *x: reduce(np.add, x), sp.Mul: _product, sp.Pow: np.power,
    sp.StrictGreaterThan: _of_real_parts(np.greater), sp.GreaterThan: _of_real_parts(np.greater_equal),
    sp.StrictLessThan: _of_real_parts(np.less), sp.LessThan: _of_real_parts(np.less_equal),
    sp.Equality: _of_real_parts(np.equal), sp.Unequality: _of_real_parts(np.not_equal),
    sp.KroneckerDelta: _of_real_parts(np.equal),
    sp.And: lambda *x: reduce(np.logical_and, x), sp.Or: lambda *x: reduce(np.logical_or, x),
}
"""What functions of SymPy are in numbers, complex ones too; any other as SymPy itself writes it in NumPy."""


@lru_cache(maxsize=None)
def _by_sympy(function, count):
    """The NumPy function of so many arguments that SymPy has for one of its own."""
    arguments = [sp.Dummy() for _ in range(count)]
    return sp.lambdify(arguments, function(*arguments), ["scipy", "numpy"])


@lru_cache(maxsize=4096)
def written_out(expression):
    """The expression with functions and slopes by their formulas."""
    return plain(softmax_written_out(expression))


class Values:
    """Arrays by name, and the value of any expression over them.

    Each array has one axis for each index and a last one for alternatives that are evaluated side by side.
    `sizes` gives the number behind each size symbol, `partial(of, by)` the array of ∂of/∂by over their indices,
    `first` the number of the first entry along an axis.  An entry at a computed index counts as 0 outside its array.
    """

    def __init__(self, arrays, sizes, partial=None, first=1):
        self.arrays, self.sizes, self.partial, self.first = arrays, sizes, partial, first

    def __call__(self, expression, scope):
        """The expression as an array over the indices of `scope`, then the alternatives.

        scope   index → how far it runs, or the numbers that it takes
        """
        scope = {at: n if np.ndim(n) else np.arange(self.first, self.first + n) for at, n in scope.items()}
        value = self._value(self.prepared(sp.sympify(expression)), scope)
        return np.broadcast_to(value, (*map(len, scope.values()), value.shape[-1]))

    prepared = staticmethod(written_out)

    def size(self, n):
        """The number behind a size."""
        return int(sp.sympify(n).xreplace(self.sizes))

    def _value(self, e, scope):
        if isinstance(e, sp.Sum):
            opened = self._opened(e.function, e.limits, scope)
            return opened.sum(axis=tuple(range(len(scope), len(scope) + len(e.limits))))
        if isinstance(e, (Largest, First)):
            return self._largest(e, scope)
        if isinstance(e, sp.Piecewise):
            return self._pieces(e, scope)
        if isinstance(e, Partial):
            return self._entry(self.partial(e.of, e.by), (*indices_of(e.of), *indices_of(e.by)), scope, e)
        if e in scope:
            place = list(scope).index(e)
            return scope[e].reshape([-1 if n == place else 1 for n in range(len(scope) + 1)])
        if isinstance(e, sp.Indexed) or e.is_Symbol and e not in self.sizes:
            return self._entry(self.arrays[name_of(e)], indices_of(e), scope, e)
        if isinstance(e, Bracket):
            return self._value(e.condition, scope)
        if not e.args or e in self.sizes:
            return np.full((1,) * (len(scope) + 1), bool(e) if e.is_Boolean else float(self.sizes.get(e, e)))
        if isinstance(e, Slope):
            return np.imag(_any_function(self._value(e.args[0].args[0], scope) + 1j * STEP)) / STEP
        function = _any_function if isinstance(e, Activated) else (
            FUNCTIONS.get(e.func) or _by_sympy(e.func, len(e.args)))
        return function(*(self._value(argument, scope) for argument in e.args))

    def _pieces(self, e, scope):
        *pieces, (otherwise, _) = e.args
        with np.errstate(over="ignore", invalid="ignore"):  # a piece may overflow where another one counts
            return reduce(lambda value, piece: np.where(self._value(piece[1], scope), self._value(piece[0], scope), value),
                          reversed(pieces), self._value(otherwise, scope))

    def _opened(self, body, limits, scope):
        """A body over the scope and, after that, over the letters of a sum."""
        inner = {**scope, **{at: np.arange(self.size(low), self.size(high) + 1) for at, low, high in limits}}
        value = self._value(body, inner)
        own = [len(numbers) for numbers in list(inner.values())[len(scope):]]
        return np.broadcast_to(value, (*value.shape[:len(scope)], *own, value.shape[-1]))

    def _largest(self, e, scope):
        """A maximum, or whether a place is the first at which it is reached; the last letter runs fastest."""
        opened = self._opened(e.body, e.limits, scope)
        shape = opened.shape[len(scope):-1]
        flat = opened.reshape(*opened.shape[:len(scope)], -1, opened.shape[-1])
        first = np.real(flat).argmax(axis=-2)
        if isinstance(e, Largest):
            return np.take_along_axis(flat, first[..., None, :], -2)[..., 0, :]
        places = [np.real(self._value(at, scope)) for at in e.place]
        place = reduce(lambda sofar, now: sofar * now[1] + now[0], zip(places, shape, strict=True), 0)
        return (first == place).astype(float)

    def _entry(self, array, indices, scope, e):
        """Entries of an array at indices that may be computed: 0 where they lie outside."""
        if len(set(indices)) == len(indices) and all(at in scope and len(scope[at]) == n
                                                     for at, n in zip(indices, array.shape, strict=False)):
            return self._whole(array, indices, scope)
        self._check_ranges(array.shape, indices, scope, e)
        at, inside = self.places(array.shape, indices, scope)
        value = array[at]
        if not indices:
            return value.reshape((1,) * len(scope) + value.shape)
        return value if inside is None else np.where(inside[..., None], value, 0)

    @staticmethod
    def _whole(array, indices, scope):
        """A whole array with its axes where the scope has its indices."""
        order = {at: number for number, at in enumerate(scope)}
        axes = sorted(range(len(indices)), key=lambda axis: order[indices[axis]])
        shape = [1] * len(scope)
        for at, n in zip(indices, array.shape, strict=False):
            shape[order[at]] = n
        return array.transpose(*axes, len(axes)).reshape(*shape, array.shape[-1])

    def _check_ranges(self, shape, indices, scope, e):
        for at, length in zip(indices, shape, strict=False):
            runs = len(scope[at]) if at in scope else length
            if runs not in (1, length):
                raise ValueError(f"in {e} the index {at} runs over {runs}, but that axis has {length} entries")

    def places(self, shape, indices, scope):
        """Indices into an array of a shape, clipped into it, and where they were inside (None: everywhere)."""
        numbers = [np.real(self._value(sp.sympify(at), scope))[..., 0].astype(int) - self.first for at in indices]
        numbers = np.broadcast_arrays(*numbers) if numbers else []
        inside = reduce(np.logical_and, [(at >= 0) & (at < n) for at, n in zip(numbers, shape, strict=False)], np.True_)
        clipped = tuple(np.clip(at, 0, n - 1) for at, n in zip(numbers, shape, strict=False))
        return clipped, None if np.all(inside) else inside


class Point:
    """A network with numbers in all its arrays: where formulas get values, and where derivations are checked.

    widths   widths of its layers to use in turn; by default small ones, whatever the network's own sizes are
    given    name → array for what the equations do not compute; by default generic random numbers, drawn with a seed
    """

    COSTS = ("losses", "C")
    VALUES = Values

    def __init__(self, network, widths=WIDTHS, samples=SAMPLES, given=None, seed=0):
        self.network, self.random = network, np.random.default_rng(seed)
        layers = [n for n in network.sizes if n.is_integer]
        widths = {n: widths[at % len(widths)] for at, n in enumerate(layers)}
        self.sizes = {**network.sizes, **widths, N: samples}
        computed = {equation.quantity.name for equation in network.equations}
        self.arrays = {name: np.asarray(given[name] if given else self._draw(quantity))[..., None]
                       for name, quantity in network.quantities.items() if name not in computed}
        for equation in network.equations:
            self.arrays[equation.quantity.name] = self._value_of(equation, self.arrays)
        self.names = {gradient_of(quantity).name: quantity
                      for quantity in network.quantities.values() if quantity.kind in "za"}

    def __call__(self, expression, scope):
        """The value of an expression here, an array over the indices of `scope` (index → how far it runs).

        ValueError where an index of the expression does not fit the array in which it stands.
        """
        expression = sp.sympify(expression).replace(
            lambda e: isinstance(e, sp.Indexed) and name_of(e) in self.names, self._written_out)
        return np.real(self.VALUES(self.arrays, self.sizes, self._partial)(expression, scope)[..., 0])

    def scope(self, *expressions):
        """The free indices s, j, k, i of some expressions, and how far each runs: as far as an array it stands in."""
        free = {at: None for at in INDICES if any(at in e.free_symbols for e in expressions)}
        for e in set().union(*(e.atoms(sp.Indexed) for e in expressions)):
            known = self.names.get(name_of(e)) or self.network.quantities[name_of(e)]
            free.update((at, n) for at, n in zip(e.indices, self._shape(known)) if at in free)
        return free

    def _written_out(self, entry):
        """δ as the derivative that it is a name for."""
        return Partial(self.network.given("losses")[entry.indices[0]], self.names[name_of(entry)][entry.indices])

    def _shape(self, quantity):
        return [int(self.sizes.get(size, size)) for size in quantity.sizes]

    def _draw(self, quantity):
        shape = self._shape(quantity)
        if quantity.kind == "c":
            return self.random.integers(1, self._classes + 1, shape)
        if quantity.kind == "y":
            y = self.random.uniform(0.1, 0.9, shape)
            if self.network.options.loss.targets == "distribution":
                return y / y.sum(axis=-1, keepdims=True)
            if self._outputs_add_up_to_1:
                return y / y.sum(axis=-1, keepdims=True) * self.random.choice([0.9, 1.1], (shape[0], 1))
            return y
        low, high = (0.2, 0.8) if quantity.kind == "W" else (0.3, 1.2)  # a signal keeps its size from layer to layer
        return self.random.uniform(low, high, shape) * self.random.choice([-1, 1], shape)

    @cached_property
    def _outputs_add_up_to_1(self):
        """Whether the last layer is softmax.  Were all targets of a sample above its outputs, Σ |a − y| would not change
        at all, and both sides of a step would be nothing but rounding.  So targets add up to nearly 1, not quite."""
        outputs = self.network.outputs
        return any(isinstance(e.right, softmax) and e.quantity.name in outputs for e in self.network.equations)

    @cached_property
    def _classes(self):
        return self._shape(self.network.quantities["y"])[1]

    def _value_of(self, equation, arrays):
        """The array that an equation gives, from the arrays of what stands in it."""
        return self.VALUES(arrays, self.sizes)(
            equation.right, dict(zip(equation.indices, self._shape(equation.quantity))))

    def _partial(self, of, by):
        """∂of/∂by over the indices of both, by complex step: move each entry of `by`, compute `of` again.

        The cost is computed again along all paths; any other `of` by its own equation alone, with everything else that
        stands in it held fixed.  That is what the factors of the chain rule mean.
        """
        if name_of(of) in self.COSTS:
            return self._total[name_of(of), name_of(by)]
        here = self.arrays[name_of(by)]
        moved = here + 1j * STEP * np.eye(here.size).reshape(*here.shape[:-1], -1)
        equation = self._equations[name_of(of)]
        value = self._value_of(equation, {**self.arrays, name_of(by): moved})
        return np.imag(value).reshape(*value.shape[:-1], *here.shape) / STEP

    @cached_property
    def _equations(self):
        return {equation.quantity.name: equation for equation in self.network.equations}

    @cached_property
    def _total(self):
        """∂C_s/∂q and ∂C/∂q for every quantity q: (cost, q) → array over the indices of both.

        One pass through the equations computes the cost again for every entry of every quantity moved by itself, each
        as an alternative of its own.  Real parts stay where they are: what an imaginary step does to them, some
        STEP², would carry a value of 0 over a kink.
        """
        names = [name for name, quantity in self.network.quantities.items() if quantity.kind != "c"]
        ends = dict(zip(names, np.cumsum([self.arrays[name].size for name in names])))
        slices = {name: slice(ends[name] - self.arrays[name].size, ends[name]) for name in names}

        def moved(name, value):
            array = np.array(np.broadcast_to(value, (*value.shape[:-1], ends[names[-1]])), dtype=complex)
            array.real = self.arrays[name]
            own = array[..., slices[name]]
            own += 1j * STEP * np.eye(self.arrays[name].size).reshape(own.shape)
            return array

        arrays = {name: moved(name, value) if name in slices else value
                  for name, value in self.arrays.items() if name not in self._equations}
        for name, equation in self._equations.items():
            arrays[name] = moved(name, self._value_of(equation, arrays))
        return {(cost, name): np.imag(arrays[cost][..., slices[name]]).reshape(
                    *arrays[cost].shape[:-1], *self.arrays[name].shape) / STEP
                for cost in self.COSTS for name in names}
