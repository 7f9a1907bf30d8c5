"""The value of a tree that is written with matrices: every value has rows and columns.

A vector is a column; of a batch, samples stand in rows or in columns.
"""
import numpy as np

from .functions import function
from .tree import Entry, Known, Letter, Own, walk
from .values import OPERATIONS, Misfit, NoValue, Value, World

AXES = ("rows", "columns")


class Matrices(World):
    """As `World`, for matrices.

    samples_in   "rows" or "columns"
    batch        whether there are several samples
    from_to      whether the first index of a weight is the unit that sends
    """

    def __init__(self, world, samples_in, batch, from_to):
        super().__init__(world.site, world.own, world.ranges, world.first, world.sample, world.partials, world.carried)
        self.samples_in, self.batch, self.from_to, self.base = samples_in, batch, from_to, world

    def matrix(self, array, axes, weights=False):
        """An array with these axes as a matrix."""
        sampled = axes[:1] == (self._sample_axis,)
        if sampled and not self.batch:
            array, sampled = array[0], False
            axes = axes[1:]
        if array.ndim > 2:
            raise NoValue("An array with three indices or more is no matrix; write its indices.")
        if array.ndim == 2:
            turned = sampled and self.samples_in == "columns" or weights and self.from_to
            return Value(array.T if turned else array, AXES)
        if array.ndim == 1:
            return Value(array[None, :] if (self.samples_in == "rows") != sampled else array[:, None], AXES)
        return Value(array.reshape(1, 1), AXES)

    @property
    def _sample_axis(self):
        return "s" if hasattr(self.site, "network") else self.sample

    def axes_of(self, name):
        return self.site.axes("z" + name.removeprefix("delta") if name.startswith("delta") else name)

    def on_Entry(self, tree):
        sample_alone = all(isinstance(at, Letter) and at.name == self.sample for at in tree.indices or ())
        if tree.indices is not None and not sample_alone:
            value = self.base.value(tree)
            if not value.axes or value.axes == (self.sample,) and not self.batch:
                return Value(value.array.reshape(1, 1), AXES)
            raise NoValue("Some names here have indices and others have none; write all of them.")
        return self.matrix(self.array(tree.array), self.axes_of(tree.array), tree.array.startswith("W"))

    def on_Number(self, tree):
        return Value(np.asarray(tree.value).reshape(1, 1), AXES)

    def on_Known(self, tree):
        return tree.value if tree.value.axes == AXES else self.by_letters(tree.value)

    def on_Size(self, tree):
        return Value(super().on_Size(tree).array.reshape(1, 1), AXES)

    def on_Partial(self, tree):
        of, by = tree.of, tree.by
        if isinstance(by, Own):
            by = self.own[by.name].entry(by.indices)
        if not isinstance(of, Entry) or not isinstance(by, Entry):
            raise NoValue("A derivative of a name of one's own is a table of derivatives; write its indices.")
        array = self.partial(of.array, by.array, tree.total)
        if of.array in ("losses", "C", self.site.cost):
            return self.of_cost(array, of, by)
        return self.jacobian(array, of, by)

    def of_cost(self, array, of, by):
        axes = self.axes_of(by.array)
        if array.ndim > self.site.arrays[by.array].ndim:  # the cost of each sample
            if array.shape[0] == 1:
                array = array[0]
            elif axes[:1] == (self._sample_axis,):
                array = np.einsum("ss...->s...", array)
            else:
                raise NoValue("With matrices of a batch the derivative of one sample's cost has three indices.")
        return self.matrix(array, axes, by.array.startswith("W"))

    def jacobian(self, array, of, by):
        """∂u/∂v of two vectors: a row for each entry of u."""
        if self.batch:
            raise NoValue("For a batch this derivative has more than two indices; write them.")
        ranks = [sum(at != self._sample_axis for at in self.axes_of(one.array)) for one in (of, by)]
        if ranks != [1, 1]:
            raise NoValue("A derivative of a vector with respect to a matrix has three indices; write them.")
        return Value(array.reshape(-1, array.shape[-1]), AXES)

    def on_Way(self, tree):
        raise NoValue("Ways are followed with indices.")

    def on_Derivative(self, tree):
        raise NoValue("Write the derivative of a formula with indices, so that one can see what is moved.")

    def value(self, tree):
        value = super().value(tree)
        if value.axes == AXES:
            return value
        if value.array.size > 1:
            raise NoValue("Some names here have indices and others have none; write all of them.")
        return Value(value.array.reshape(1, 1), AXES)

    def is_bare(self, tree):
        """Whether a formula has names without indices."""
        if isinstance(tree, Known):
            return True
        return any(isinstance(part, Entry) and part.indices is None or
                   isinstance(part, Own) and self.is_bare(self.own[part.name].tree) for part in walk(tree))

    def on_Own(self, tree):
        meaning = self.own[tree.name]
        value = meaning.value(self if self.is_bare(meaning.tree) else self.base, tree.indices)
        return value if value.axes == AXES else self.by_letters(value)

    def by_letters(self, value):
        """A value with letters as a matrix: those of units in their order, samples as they stand here."""
        letters = [at for at in value.axes if at != self.sample]
        axes = tuple([*([self._sample_axis] if self.sample in value.axes else []), *letters])
        order = [value.axes.index(at) for at in ([self.sample] if self.sample in value.axes else []) + letters]
        return self.matrix(value.array.transpose(order), axes)

    def on_Call(self, tree):
        argument = self.value(tree.argument)
        with np.errstate(all="ignore"):
            array = function(tree.function, tree.slope)(argument.array)
        return Value(np.broadcast_to(array, argument.array.shape), AXES)

    def on_Over(self, tree):
        body = self.value(tree.body)
        if tree.function == "softmax":
            return self.softmax(body, ("rows" if self.samples_in == "columns" else "columns",))
        array = body.array
        for letter in tree.letters:
            if letter != self.sample and letter in self.ranges:
                raise NoValue("Some names here have indices and others have none; write all of them.")
            axis = 0 if self.samples_in == "rows" else 1
            array = {"sum": np.sum, "mean": np.mean, "max": np.max}[tree.function](array, axis=axis, keepdims=True)
        return Value(array, AXES)

    def on_Negative(self, tree):
        return Value(-self.value(tree.of).array, AXES)

    def on_Binary(self, tree):
        left, right = self.value(tree.left).array, self.value(tree.right).array
        if tree.sign in ("*", "@"):
            return Value(_multiplied(left, right, tree.sign), AXES)
        if tree.sign == "^" and right.size > 1:
            raise Misfit("An exponent is a number.")
        return Value(_entry_by_entry(tree.sign, left, right), AXES)

    def on_Transpose(self, tree):
        return Value(self.value(tree.of).array.T, AXES)

    def on_Diagonal(self, tree):
        vector = self.value(tree.of).array
        if 1 not in vector.shape:
            raise Misfit("diag(…) makes a matrix of a vector.")
        return Value(np.diag(vector.ravel()), AXES)


def _multiplied(left, right, sign):
    """A product of matrices; where that is impossible and the shapes are equal, of their entries."""
    if left.size == 1 or right.size == 1:
        return left * right
    if left.shape[1] == right.shape[0]:
        return left @ right
    if left.shape == right.shape and sign == "*":
        return left * right
    raise Misfit(f"A matrix of shape {_shape(left)} times one of shape {_shape(right)}: the columns of the first are "
                 "not as many as the rows of the second.")


def _entry_by_entry(sign, left, right):
    try:
        with np.errstate(all="ignore"):
            found = OPERATIONS[sign](left, right)
    except ValueError:
        found = None
    if found is None or found.shape not in (left.shape, right.shape):
        raise Misfit(f"Matrices of the shapes {_shape(left)} and {_shape(right)} have no entries that belong together.")
    return found


def _shape(array):
    return "×".join(map(str, array.shape))
