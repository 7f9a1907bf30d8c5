"""Gradients tuned for a network's size and a number of samples, with the checks that belong before them."""
from threading import Lock

import numpy as np

from ..codegen import Generated, generate
from ..errors import InputError, warn_caller
from ..inputs import checked_number, checked_parameters, checked_samples, checked_whole, folded
from ..networks import Network
from .arrays import ArrayCode
from .plain import PlainCode
from .scalars import ScalarCode, suits

DTYPES = ("float64", "float32")
KEPT = 8
"""Numbers of samples for which code is made and kept.  Others, met later, are computed by the plain code: making code
takes as long as hundreds of calls."""


class Tuned:
    """The gradients of a network, made fast.

    gradients(parameters, X, Y)   dict of arrays as from the plain function, new ones for each call
    step(parameters, X, Y, eta)   a step of gradient descent: changes the given arrays
    stages                        the code, from plain to tuned: rows with name, why and source
    source                        the code that runs
    matrix_products               what its products compute, and how many multiplications they take
    code(samples)                 what runs for so many samples, with nothing checked: for loops that have checked once

    Any number of samples is taken; code for another one than `batch` is made when it is first met.  Calls share arrays,
    so they wait for each other where several threads make them; what `code` returns is for one thread.

    Where a result cannot be held by dtype, gradients are computed by the plain code, with its infinities and a warning.
    """

    def __init__(self, functions, batch, dtype):
        self.functions, self.layout, self.network = functions, functions.layout, functions.network
        self.batch, self.dtype, self._kept = batch, dtype, None
        self._codes, self._lock = {}, Lock()

    def __reduce__(self):
        return Tuned, (self.functions, self.batch, self.dtype)

    def code(self, samples):
        """What runs for so many samples, with nothing checked."""
        if samples not in self._codes:
            if len(self._codes) >= KEPT:
                return PlainCode(self.functions)
            self._codes[samples] = self._made(samples)
        return self._codes[samples]

    def _made(self, samples):
        if suits(self.functions, samples, self.dtype):
            return ScalarCode(self.functions, samples)
        return ArrayCode(self.functions, samples, self.dtype)

    @property
    def stages(self):
        return tuple(self.code(self.batch).stages)

    @property
    def matrix_products(self):
        """Each matrix product: ("forward", "error" or "gradient"; its code; how many multiplications a batch takes)."""
        code = ArrayCode(self.functions, self.batch, self.dtype)
        return tuple((what, product, number * code.rows // code.chunk)  # of a chunk, and in proportion to its samples
                     for what, product, number in code.pieces["accumulate"].matrix_products())

    @property
    def source(self):
        return self.stages[-1].source

    def __repr__(self):
        return self.source

    def _repr_markdown_(self):
        return f"```python\n{self.source}\n```"

    def gradients(self, parameters, X, Y, *, reuse=False):
        """∂C/∂parameter for each parameter, in a dict.  (Those with respect to X, z or a come from `functions.gradients`.)

        reuse   write into the arrays of the last call with reuse=True instead of new ones
        """
        given = checked_parameters(self.layout, parameters)
        arrays = [self._stored(name, array) for name, array in zip(self.layout.parameters, given)]
        X, Y = self._samples(X, Y)
        with self._lock:
            out = self._kept if reuse and self._kept else [np.empty_like(array) for array in arrays]
            if reuse:
                self._kept = out
            with np.errstate(all="ignore"):  # e^−z may be infinite, and 1/(1 + e^−z) then is 0
                self.code(self._number(X)).accumulate(arrays, X, Y, out, 1.0, 0.0)
            if not _all_finite(out):
                self._by_plain_code(given, X, Y, out)
        return dict(zip(self.layout.parameters, out))

    def _by_plain_code(self, arrays, X, Y, out):
        """The gradients as the plain code has them, in float64; infinite ones stay, with a warning."""
        X, Y = (given.astype(float) if given.dtype.kind == "f" else given for given in (X, Y))
        with np.errstate(all="ignore"):
            for array, gradient in zip(out, self.functions.gradients.raw(*arrays, X, Y)):
                array[...] = gradient
        warn_caller(f"overflow: some gradients are beyond {np.finfo(self.dtype).max:.2g}, where {self.dtype} ends, or no "
                    "numbers. Scale the inputs, or take smaller parameters.", RuntimeWarning)

    def step(self, parameters, X, Y, eta):
        """w ← w − η ∂C/∂w for each parameter: the arrays in `parameters` are changed, and nothing is returned."""
        checked_parameters(self.layout, parameters)
        parameters = {folded(name): array for name, array in parameters.items()}
        arrays = [self._changeable(name, parameters[name]) for name in self.layout.parameters]
        X, Y = self._samples(X, Y)
        self._check_apart({**parameters, "X": X, "Y": Y})
        eta = float(checked_number("eta", eta, above=0))
        with self._lock, np.errstate(all="ignore"):
            self.code(self._number(X)).step(arrays, X, Y, eta)
        if not _all_finite(arrays):
            warn_caller("After this step some parameters are infinite or no numbers: it was too large. "
                        "Take a smaller eta.", RuntimeWarning)

    def _stored(self, name, array):
        """An array as BLAS takes it without a copy."""
        with np.errstate(over="ignore"):
            stored = np.ascontiguousarray(array, self.dtype).reshape(array.shape)
        if stored.dtype != array.dtype and not _all_finite([stored]):
            raise InputError(f"{name} holds {array.flat[np.abs(array).argmax()]:.3g}, and {self.dtype} ends at "
                             f"{np.finfo(self.dtype).max:.2g}. Scale {name}, or compute in float64.")
        return stored

    def _samples(self, X, Y):
        X, Y = checked_samples(self.layout, (X, Y), "XY")
        return self._stored("X", X), self._stored("Y", Y) if Y.dtype.kind == "f" else Y

    def _number(self, X):
        return X.shape[self.layout.shape("x").index("N")]

    def _changeable(self, name, array):
        if not isinstance(array, np.ndarray) or array.dtype != self.dtype:
            given = f"{array.dtype} numbers" if isinstance(array, np.ndarray) else f"a {type(array).__name__}"
            raise InputError(f"A step changes {name} in place, so it has to be an array of {self.dtype}; given: "
                             f"{given}. Write np.array({name}, dtype={self.dtype!r}).")
        if not (array.flags.c_contiguous and array.flags.writeable):
            raise InputError(f"A step changes {name} in place, so it has to be an array of its own that can be written "
                             f"to, with row after row in memory; given is a view. Write {name}.copy().")
        return array

    @staticmethod
    def _check_apart(arrays):
        """Two parameters in the same memory would change each other."""
        names = list(arrays)
        for at, one in enumerate(names):
            for other in names[at + 1:]:
                if {one, other} != {"X", "Y"} and np.may_share_memory(arrays[one], arrays[other]):
                    raise InputError(f"{one} and {other} share their memory, and a step changes one of them: "
                                     f"write {one}.copy().")


def _all_finite(arrays):
    return all(np.isfinite(array).all() for array in arrays)


def tune(network: Network | Generated, *, batch: int = 1, dtype: str = "float64") -> Tuned:
    """Make the gradients of a network fast: `Tuned`.

    network   a network, or the functions generated from one, in any notation
    batch     the number of samples whose code `stages` and `source` show
    dtype     "float64" or "float32": what is computed with
    """
    functions = network if isinstance(network, Generated) else generate(network)
    if functions.network.targets is None:
        raise InputError(f"The loss {functions.network.options.loss.name!r} has no targets, and tuned code takes X and "
                         "Y. The loss 'given error' with ones for Y has the same gradients.")
    if str(dtype) not in DTYPES and dtype not in (np.float64, np.float32):
        raise InputError(f"dtype is {' or '.join(DTYPES)}; given: {dtype!r}.")
    return Tuned(functions, checked_whole("batch", batch, 1), np.dtype(dtype).name)
