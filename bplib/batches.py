"""Samples a few at a time, however many there are: drawn in an order, gathered, cast; no copy of them all is made."""
from math import ceil, prod

import numpy as np

ROOM = 4_000_000
"""Numbers that are gathered at a time, and that the cost is computed of: 32 MB as float64."""


class Batches:
    """Training samples as they were given, and batches of them as they are computed with.

    layout       whose shapes the arrays have
    X, Y         samples that have been checked (see `inputs.samples_as_given`)
    dtype        what is computed with; labels stay as they are
    batch_size   samples of a batch; the last one of an epoch may have fewer
    chunk        function: number of samples of a batch → how many of them its reader takes at a time, by slices
    """

    def __init__(self, layout, X, Y, dtype, batch_size, chunk):
        labels, shares = layout.targets.kind == "c", layout.options.loss.targets == "distribution"
        self.X = Reader(X, layout.shape("x").index("N"), dtype)
        self.Y = Reader(Y, layout.shape(layout.targets.name).index("N"),
                        Y.dtype.newbyteorder("=") if labels else dtype, shares)
        self.samples, self.size, self.chunk = self.X.samples, batch_size, chunk
        self.steps, self.values = ceil(self.samples / batch_size), values_of_a_sample(layout.network)
        small = self.samples * self.values <= ROOM and self.X.usable and self.Y.usable
        self.whole = [(self.samples, X, Y)] if small else None
        fit = ROOM // (batch_size * (self.X.each + self.Y.each))
        self.gathered = batch_size * (max(1, fit) if self.X.axis == 0 else 1)  # rows can be cut, columns cannot

    def epoch(self, order, step):
        """The batches from a step of an epoch on (0: all): their number of samples, X, Y, valid until the next one.

        order   the samples' numbers in the order in which they are taken; None: as they stand
        """
        for first in range(step * self.size, self.samples, self.gathered):
            last = min(first + self.gathered, self.samples)
            X, Y = self._read(order, first, last)
            if self.gathered == self.size:
                yield last - first, X, Y
                continue
            for start in range(0, last - first, self.size):
                batch = X[start:start + self.size]
                yield len(batch), batch, Y[start:start + self.size]

    def _read(self, order, first, last):
        number = last - first
        if number <= self.size and number * self.X.each > ROOM and self.chunk(number) < number:
            return Slices(self.X, order, first, last), Slices(self.Y, order, first, last)
        return self.X.read(order, first, last), self.Y.read(order, first, last)

    def parts(self):
        """All samples as they stand, in as few parts as have room for all that the cost is computed from."""
        return self.whole or self._parts()

    def _parts(self):
        for first, last, X in self.X.parts(self.values):
            yield last - first, X, self.Y.read(None, first, last)


def values_of_a_sample(network):
    """How many numbers belong to a sample, from its inputs to its cost."""
    shapes = map(network.shape, network.quantities)
    return sum(prod(n for n in shape if n != "N") for shape in shapes if "N" in shape)


class Reader:
    """An array of samples that is read a few at a time: rows for axis 0, columns for axis 1.

    shares   whether the entries of a sample are divided by their sum
    """

    def __init__(self, array, axis, dtype, shares=False):
        self.array, self.axis, self.dtype, self.shares = array, axis, np.dtype(dtype), shares
        self.samples, self.each = array.shape[axis], array.size // array.shape[axis]
        self.memory, self.rooms = np.empty(0, self.dtype), {}
        same = array.dtype == self.dtype and array.flags.aligned
        self.usable = same and not shares  # as it stands
        self.takes = same and array.flags.c_contiguous  # any other array would be copied as a whole by `take`

    def read(self, order, first, last):
        """Samples first … last − 1 of the order, in one piece, as they are computed with; valid until the next read."""
        part = slice(first, last) if order is None else order[first:last]
        if order is None and self.usable and self._at(part).flags.c_contiguous:
            return self._at(part)
        read = self._room(last - first)
        if order is not None and self.takes:
            self.array.take(part, self.axis, read, "clip")
        else:
            read[...] = self._at(part)
        if self.shares:
            read /= read.sum(axis=1 - self.axis, keepdims=True)
        return read

    def _at(self, samples):
        return self.array[samples] if self.axis == 0 else self.array[:, samples]

    def _room(self, samples):
        """Memory for so many samples; for all numbers of them the same."""
        if samples not in self.rooms:
            if self.memory.size < samples * self.each:
                self.memory, self.rooms = np.empty(samples * self.each, self.dtype), {}
            shape = [samples if axis == self.axis else n for axis, n in enumerate(self.array.shape)]
            self.rooms[samples] = self.memory[:samples * self.each].reshape(shape)
        return self.rooms[samples]

    def parts(self, values):
        """All samples as they stand, in as few parts as there is room for: (first, last + 1, the part)."""
        size = max(1, ROOM // values)
        for first in range(0, self.samples, size):
            last = min(first + size, self.samples)
            yield first, last, self.read(None, first, last)


class Slices:
    """A large batch that is read by slices, as code does that goes through it in chunks."""

    def __init__(self, reader, order, first, last):
        self.reader, self.order, self.first, self.last = reader, order, first, last

    def __getitem__(self, part):
        first, last, _ = part.indices(self.last - self.first)
        return self.reader.read(self.order, self.first + first, self.first + last)
