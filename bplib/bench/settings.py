"""The networks that are measured: one gradient of every weight and bias, and one update."""
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..codegen import generate
from ..losses import loss
from ..networks import dense
from ..training import initial_parameters

ETA = 1e-6
"""Step size while measuring: so small that thousands of steps leave the network as it is."""


PAGE = 4096


@dataclass(frozen=True)
class Setting:
    """A network, a batch, and the numbers to compute with."""

    name: str
    sizes: tuple
    batch: int
    dtype: str = "float64"
    softmax: bool = False

    @cached_property
    def functions(self):
        if self.softmax:
            hidden = ["relu"] * (len(self.sizes) - 2)
            return generate(dense(list(self.sizes), [*hidden, "softmax"], "categorical cross entropy"))
        return generate(dense(list(self.sizes), "sigmoid", loss("squared error", factor=0.5)))

    @cached_property
    def samples(self):
        """X and Y of the batch."""
        random = np.random.default_rng(1)
        X = random.uniform(size=(self.batch, self.sizes[0]))
        Y = np.eye(self.sizes[-1])[random.integers(0, self.sizes[-1], self.batch)]
        return X.astype(self.dtype), Y.astype(self.dtype)

    def parameters(self):
        """All parameters in one new vector, and its parts as arrays W1, b1, W2, b2, …"""
        return self._vector(0)

    def slopes(self):
        """Room for the gradients, likewise."""
        return self._vector(2048)

    def _vector(self, offset):
        """The same place within a page of memory for all peers: it matters by some per cent how two arrays lie."""
        given = initial_parameters(self.functions.network, 0).values()
        number = sum(array.size for array in given)
        raw = np.empty(number * np.dtype(self.dtype).itemsize + 2 * PAGE, np.uint8)
        start = -raw.ctypes.data % PAGE + offset
        vector = raw[start:start + number * np.dtype(self.dtype).itemsize].view(self.dtype)
        vector[:] = np.concatenate([array.ravel() for array in given])
        return vector, parts(vector, [array.shape for array in given])

    @property
    def title(self):
        return f"{self.name}  {'–'.join(map(str, self.sizes))}, batch {self.batch}, {self.dtype}"


def parts(vector, shapes):
    """A vector cut into arrays of the given shapes, without a copy."""
    ends = np.cumsum([np.prod(shape, dtype=int) for shape in shapes])
    return [vector[end - np.prod(shape, dtype=int):end].reshape(shape) for end, shape in zip(ends, shapes)]


SETTINGS = {setting.name: setting for setting in (
    Setting("A", (2, 2, 1), 1),
    Setting("A'", (2, 2, 1), 4),
    Setting("B1", (400, 25, 10), 1),
    Setting("B32", (400, 25, 10), 32),
    Setting("B5000", (400, 25, 10), 5000),
    Setting("C", (784, 30, 10), 10),
    Setting("D", (784, 100, 10), 10),
    Setting("E", (784, 512, 512, 10), 128, softmax=True),
    Setting("E32", (784, 512, 512, 10), 128, "float32", softmax=True),
)}
