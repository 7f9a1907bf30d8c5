"""The value of a tree where a network has numbers: an array with a named axis for each free letter.

∂C/∂q is the derivative along all paths.  ∂u/∂q of anything else holds fixed what stands beside q in the equation of u,
as the chain rule means it; where q does not stand there, the change goes on through what does ("nearest"), or along all
paths ("total").
"""
from dataclasses import dataclass, field, replace
from itertools import permutations
from typing import NamedTuple

import numpy as np

from ..errors import InputError
from ..meaning import STEP
from .functions import function
from .tree import Binary, Derivative, Entry, Letter, Number, Over, Own, Partial, walk


class Misfit(InputError):
    """Indices or shapes that do not fit: such a line has no value."""


class NoValue(InputError):
    """Something that has no value of the kind that is asked for here, although it may be right."""


class Value(NamedTuple):
    """An array, and the letter of each of its axes."""

    array: np.ndarray
    axes: tuple = ()


BARE = "•"
"""Axes of a name without indices are counted by these: it stands for all of its units."""


def named_alike(left, right) -> list:
    """Pairs of two values in which axes that have no letter are counted by the letters that the other value has alone, in
    each order that fits.  `Misfit` where those are fewer or more."""
    for bare, other, turned in ((left, right, False), (right, left, True)):
        blank = [at for at in bare.axes if at.startswith(BARE)]
        letters = [at for at in other.axes if at not in bare.axes]
        if blank and letters and not any(at.startswith(BARE) for at in other.axes):
            return _named(bare, other, blank, letters, turned)
    return [(left, right)]


def _named(bare, other, blank, letters, turned):
    sizes = dict(zip((*bare.axes, *other.axes), (*bare.array.shape, *other.array.shape)))
    found = []
    for order in permutations(letters, len(blank)) if len(letters) == len(blank) else ():
        names = dict(zip(blank, order))
        if all(sizes[at] == sizes[name] for at, name in names.items()):
            named = Value(bare.array, tuple(names.get(at, at) for at in bare.axes))
            found.append((other, named) if turned else (named, other))
    if not found:
        raise Misfit(f"A side without indices stands for an array with {len(blank)}; the other side has "
                     f"{', '.join(letters)}.")
    return found


def aligned(*values):
    """The letters of some values, and their arrays with an axis for each of them."""
    axes = tuple(dict.fromkeys(at for value in values for at in value.axes))
    lengths = {}
    for value in values:
        for at, n in zip(value.axes, value.array.shape):
            if lengths.setdefault(at, n) != n:
                raise Misfit(f"The index {at} counts two different things here.")
    return axes, [spread(value, axes) for value in values]


def spread(value, axes):
    if value.axes == axes:
        return value.array
    order = sorted(range(len(value.axes)), key=lambda n: axes.index(value.axes[n]))
    array = value.array.transpose(order)
    shape, lengths = [], iter(array.shape)
    for at in axes:
        shape.append(next(lengths) if at in value.axes else 1)
    return array.reshape(shape)


def with_axes(array, letters):
    """An array whose axes are counted by letters; one that stands twice takes the diagonal."""
    if len(set(letters)) == len(letters):
        return Value(array, tuple(letters))
    kept = tuple(dict.fromkeys(letters))
    lengths = {}
    for at, n in zip(letters, array.shape):
        if lengths.setdefault(at, n) != n:
            raise Misfit(f"The index {at} counts two different things here.")
    return Value(np.einsum(array, [kept.index(at) for at in letters], list(range(len(kept)))), kept)


@dataclass
class World:
    """What gives values to names.

    site      the network with its numbers
    own       name that the learner has defined → Meaning, see `readings`
    ranges    letter → how far it runs
    first     what indices are counted from
    sample    the letter that counts samples
    partials  "nearest" or "total"
    carried   what holds after a broken line, see `carried`; None for the truth
    """

    site: object
    own: dict = field(default_factory=dict)
    ranges: dict = field(default_factory=dict)
    first: int = 1
    sample: str = "s"
    partials: str = "nearest"
    carried: object = None

    def __post_init__(self):
        self.known, self.runs = {}, {}

    base = None
    """The world of formulas with indices, where this one is of another kind."""

    def ranges_in(self, tree) -> dict:
        """letter → how far it runs, as far as the arrays in a tree say so; kept."""
        found = self.runs.get(id(tree))
        if found is None:
            found = self.runs[id(tree)] = tree, self._ranges_in(tree)
        return found[1]

    def _ranges_in(self, tree):
        found = {}
        for entry in (part for part in walk(tree) if isinstance(part, Entry)):
            name = "z" + entry.array.removeprefix("delta") if entry.array.startswith("delta") else entry.array
            shape = self.site.arrays[name].shape if name in self.site.arrays else ()
            for at, n in zip(entry.indices or (), shape):
                if isinstance(at, Letter):
                    found.setdefault(at.name, n)
        return found

    # arrays and derivatives

    def array(self, name):
        if self.carried is not None and ("value", name) in self.carried.replaced:
            return self.carried.replaced["value", name]
        if name in self.site.arrays:
            return self.site.arrays[name]
        return self._named_derivative(name)

    def _named_derivative(self, name):
        """delta2, which stands for ∂C_s/∂z2: for each sample its own."""
        of = next((one for one in ("losses", self.site.cost) if one in self.site.arrays), None)
        by = "z" + name.removeprefix("delta")
        if not name.startswith("delta") or by not in self.site.arrays:
            raise NoValue(f"{name} has no value here.")
        array = self.cost_derivative(of, by)
        return np.einsum("ss...->s...", array) if of == "losses" else array

    def cost_derivative(self, of, by):
        if self.carried is not None:
            return self.carried.cost_derivative(of, by)
        return self.site.total(of, by)

    def partial(self, of, by, total=False):
        """∂of/∂by, an array over the indices of both."""
        if by not in self.site.movable or of not in self.site.arrays:
            raise NoValue(f"A derivative of {of} with respect to {by} cannot be judged here.")
        if of in ("losses", self.site.cost) or of == "C":
            return self.cost_derivative(self.cost_meant(of), by)
        replaced = self.carried.replaced if self.carried is not None else {}
        if ("partial", of, by) in replaced:
            return replaced["partial", of, by]
        everywhere = self.partials == "everywhere"  # ∂ is written for d, whatever stands between
        if self.site.stands_in(by, of) and not everywhere and not (total and self.partials == "total"):
            return self.site.local(of, by)
        return self._nearest(of, by) if self.partials == "nearest" else self.site.total(of, by)

    def cost_meant(self, of):
        """Where a text speaks of one sample, C is the cost of that sample."""
        return self.site.cost if of == "C" else of

    def _nearest(self, of, by):
        """Through as few equations as possible."""
        if of == by or self.site.stands_in(by, of):
            return self._local(of, by)
        between = [name for name in self.site.uses.get(of, ()) if name in self.site.equations]
        depths = {name: self._depth(name, by) for name in between}
        least = min((d for d in depths.values() if d is not None), default=None)
        if least is None:
            return self.site.total(of, by)
        return sum(_chained(self._local(of, name), self._nearest(name, by), self.site.arrays[name].ndim)
                   for name, depth in depths.items() if depth == least)

    def _local(self, of, by):
        replaced = self.carried.replaced if self.carried is not None else {}
        if ("partial", of, by) in replaced:
            return replaced["partial", of, by]
        if of == by:
            return self.site.total(of, by)
        return self.site.local(of, by)

    def _depth(self, of, by, seen=()):
        """How many equations lie between two arrays; None where no way leads from one to the other."""
        if of == by:
            return 0
        if of in seen:
            return None
        below = [self._depth(name, by, (*seen, of)) for name in self.site.uses.get(of, ())]
        below = [depth for depth in below if depth is not None]
        return 1 + min(below) if below else None

    # values

    def value(self, tree):
        """The value of a tree; kept, so that a part which stands in several trees is computed once."""
        found = self.known.get(id(tree))
        if found is None:
            found = tree, getattr(self, "on_" + type(tree).__name__)(tree)
            self.known[id(tree)] = found
        return found[1]

    def on_Number(self, tree):
        return Value(np.asarray(tree.value))

    def on_Known(self, tree):
        if "rows" in tree.value.axes:
            raise NoValue("It was given as a matrix; write this line with matrices too.")
        return tree.value

    def on_Size(self, tree):
        if tree.name not in self.site.sizes:
            raise NoValue(f"{tree.name} has no value here.")
        return Value(np.asarray(self.site.sizes[tree.name]))

    def on_Letter(self, tree):
        runs = self.ranges.get(tree.name, self.ranges.get(tree.name.rstrip("'")))
        if runs is None:
            raise NoValue(f"{tree.name} is neither a name nor an index that counts something here.")
        return Value(np.arange(self.first, self.first + runs, dtype=float), (tree.name,))

    def on_Entry(self, tree):
        return self.at_indices(self.array(self.cost_meant(tree.array)), self.indices(tree))

    def indices(self, entry):
        """The indices of an entry; where none are written, one for each axis that stands for all units."""
        if self.cost_meant(entry.array) != entry.array:
            return (Letter(self.sample),)
        if entry.indices is not None:
            return entry.indices
        axes = self.site.axes(entry.array.replace("delta", "z") if entry.array.startswith("delta") else entry.array)
        sample = [Letter(self.sample)] if axes[:1] == ("s",) else []
        return (*sample, *(Letter(BARE * (n + 1)) for n in range(len(axes) - len(sample))))

    def at_indices(self, array, indices):
        if len(indices) != array.ndim:
            raise Misfit("The number of indices does not fit.")
        if all(isinstance(at, Letter) for at in indices):
            return with_axes(array, [at.name for at in indices])
        return self.gathered(array, indices)

    def gathered(self, array, indices):
        """Entries at indices that may be numbers or computed: 0 where they lie outside."""
        axes, numbers, inside = self.places(array.shape, indices)
        named = [(n.item(), size) for at, n, size in zip(indices, numbers, array.shape) if isinstance(at, Number)]
        if any(not 0 <= n < size for n, size in named):
            raise Misfit("There is no unit of this number.")
        clipped = tuple(np.clip(n, 0, size - 1) for n, size in zip(numbers, array.shape))
        return Value(np.where(inside, array[clipped], 0), axes)

    def places(self, shape, indices):
        """Indices as numbers from 0 with an axis for each letter, and where all of them lie inside."""
        axes, numbers = aligned(*(self.value(at) for at in indices))
        numbers = [np.rint(np.real(n)).astype(int) - self.first for n in numbers]
        inside = np.all(np.broadcast_arrays(*[(n >= 0) & (n < size) for n, size in zip(numbers, shape)]), axis=0)
        return axes, numbers, inside

    def exists(self, tree):
        """Where a derivative speaks of entries that exist: ∂z_{t+1}/∂h_t says nothing at the last step.  None where it speaks
        of entries everywhere, or is no derivative."""
        if not isinstance(tree, Partial) or not isinstance(tree.of, Entry) or not isinstance(tree.by, Entry):
            return None
        indices = [*self.indices(tree.of), *self.indices(tree.by)]
        if all(isinstance(at, Letter) for at in indices):
            return None
        shape = self.partial(tree.of.array, tree.by.array, tree.total).shape
        axes, _, inside = self.places(shape, indices)
        return Value(inside, axes)

    def on_Partial(self, tree):
        of, by = tree.of, tree.by
        if isinstance(of, Own) or isinstance(by, Own):
            return self.with_own(of, by)
        if not isinstance(of, Entry) or not isinstance(by, Entry):
            raise NoValue("A derivative is of a quantity with respect to a quantity.")
        return self.at_indices(self.partial(of.array, by.array, tree.total), (*self.indices(of), *self.indices(by)))

    def on_Way(self, tree):
        site, of = self.site, self.cost_meant(tree.of)
        array = self.cost_derivative(of, tree.through)
        for user, used in ((tree.through, tree.via or tree.by.array), (tree.via, tree.by.array)):
            if user:
                array = _chained(array, site.local(user, used), site.arrays[user].ndim)
        sample = (Letter(self.sample),) * site.arrays[of].ndim
        return self.at_indices(array, (*sample, *self.indices(tree.by)))

    def with_own(self, of, by):
        """∂u/∂q, or ∂q/∂u, where u is a name of the learner's own."""
        if not isinstance(by, Own):
            return self.value(Derivative(of, by))
        meaning = self.own[by.name]
        meant = meaning.entry(by.indices) or self.array_like(by)
        if meant is not None:
            return self.value(Partial(of, meant))
        through = self.only_array_in(meaning, by)
        return self.value(Binary("/", Partial(of, through), Derivative(by, through)))

    def array_like(self, own):
        """The entry whose value a name for a formula has, such as z for s := Σ w x + b; None where there is none."""
        value, letters = self.value(own), own.indices
        for name in self.site.equations:
            array = self.site.arrays[name]
            for indices in (letters, (Letter(self.sample), *letters)):
                if array.ndim == len(indices) and name != self.site.cost:
                    try:
                        axes, (one, other) = aligned(value, self.at_indices(array, indices))
                    except Misfit:
                        continue
                    if np.allclose(one, other, rtol=1e-10, atol=0):
                        return Entry(name, indices)
        return None

    def only_array_in(self, meaning, own):
        """The one quantity that moves a name for a formula, entry by entry, such as a for u := a − y."""
        found = {part.array: part for part in walk(meaning.tree) if isinstance(part, Entry)
                 and part.array in self.site.equations and part.indices is not None}
        if len(found) != 1 or any(isinstance(part, (Over, Own)) for part in walk(meaning.tree)):
            raise NoValue(f"How {meaning.name} moves something cannot be seen, because it is a name for a formula.")
        (entry,) = found.values()
        new = dict(zip(meaning.places, own.indices))
        return replace(entry, indices=tuple(new.get(getattr(at, "name", None), at) for at in entry.indices))

    def on_Derivative(self, tree):
        """Everything that depends on `by` is moved with it."""
        by = tree.by
        if isinstance(by, Own):
            by = self.own[by.name].entry(by.indices)
        if not isinstance(by, Entry) or by.array not in self.site.arrays:
            raise NoValue("How a name for a formula moves something cannot be seen.")
        moved = _Moved(self, by.array)
        value = moved.value(tree.of)
        shape = self.site.arrays[by.array].shape
        rest = tuple(at for at in value.axes if at not in moved.letters)
        array = np.broadcast_to(spread(value, (*rest, *moved.letters)),
                                (*[dict(zip(value.axes, value.array.shape))[at] for at in rest], *shape))
        slope = np.imag(array) / STEP
        fresh = [Letter(at) for at in rest]
        return self.at_indices(slope, (*fresh, *self.indices(by)))

    def on_Own(self, tree):
        return self.own[tree.name].value(self, tree.indices)

    def on_Call(self, tree):
        argument = self.value(tree.argument)
        with np.errstate(all="ignore"):
            array = function(tree.function, tree.slope)(np.asarray(argument.array, complex if np.iscomplexobj(
                argument.array) else float))
        return Value(np.broadcast_to(array, argument.array.shape), argument.axes)

    def on_Over(self, tree):
        body = self.value(tree.body)
        if tree.function == "softmax":
            return self.softmax(body, tree.letters)
        array, axes = body
        for letter in tree.letters:
            array, axes = self.reduced(tree.function, array, axes, letter)
        return Value(array, axes)

    def reduced(self, what, array, axes, letter):
        """A sum, mean or maximum over one letter.  One that nothing in it has counts samples, where there are any."""
        if letter not in axes:
            sample = next((at for at in axes if at == self.sample), None)
            if sample is None or letter in self.ranges:
                runs = self.ranges.get(letter)
                if runs is None:
                    raise NoValue(f"The sum runs over {letter}, but nothing that is summed has this index.")
                return array * (runs if what == "sum" else 1), axes
            letter = sample
        at = axes.index(letter)
        done = {"sum": np.sum, "mean": np.mean, "max": np.max}[what](array, axis=at)
        return done, axes[:at] + axes[at + 1:]

    @staticmethod
    def softmax(body, letters):
        if not body.axes or letters and letters[0] not in body.axes:
            raise NoValue("softmax compares over a letter that what it is applied to has: softmax(z_j, j).")
        at = body.axes.index(letters[0] if letters else body.axes[-1])
        weights = np.exp(body.array - np.real(body.array).max(axis=at, keepdims=True))
        return Value(weights / weights.sum(axis=at, keepdims=True), body.axes)

    def on_Negative(self, tree):
        value = self.value(tree.of)
        return Value(-value.array, value.axes)

    def on_Binary(self, tree):
        axes, (left, right) = aligned(self.value(tree.left), self.value(tree.right))
        with np.errstate(all="ignore"):
            return Value(OPERATIONS[tree.sign](left, right), axes)

    def on_Transpose(self, tree):
        raise NoValue("A transpose belongs to matrices; in a formula with indices swap the indices instead.")

    on_Diagonal = on_Transpose


SECOND = "A derivative of a derivative cannot be judged here."


class _Moved(World):
    """A world in which one array is moved, each entry by an imaginary step, with everything that depends on it."""

    def __init__(self, world, by):
        super().__init__(world.site, world.own, world.ranges, world.first, world.sample, world.partials, world.carried)
        self.by, shape = by, world.site.arrays[by].shape
        self.letters = tuple(f"∂{n}" for n in range(len(shape)))
        self.base = world

    def on_Entry(self, tree):
        value = super().on_Entry(tree)
        if tree.array.startswith("delta"):
            raise NoValue(SECOND)
        if tree.array not in self.site.movable:
            return value
        slope = self.site.total(tree.array, self.by)
        moved = self.at_indices(slope, (*self.indices(tree), *map(Letter, self.letters)))
        axes, (here, step) = aligned(value, moved)
        return Value(here + 1j * STEP * step, axes)

    def on_Partial(self, tree):
        raise NoValue(SECOND)


def _chained(first, second, middle):
    """Σ over the indices between two arrays of derivatives."""
    return np.tensordot(first, second, axes=middle)


def _compared(compare):
    return lambda left, right: compare(np.real(left), np.real(right)).astype(float)


def _product(left, right):
    return left * right


OPERATIONS = {
    "+": np.add, "-": np.subtract, "*": _product, "⊙": _product, "@": _product, "/": np.divide,
    "^": lambda base, exponent: np.power(base, np.real(exponent)), "=": _compared(lambda a, b: np.isclose(a, b)),
    "≠": _compared(lambda a, b: ~np.isclose(a, b)), "<": _compared(np.less), ">": _compared(np.greater),
    "≤": _compared(np.less_equal), "≥": _compared(np.greater_equal),
}
