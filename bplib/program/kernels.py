"""What generated NumPy code calls besides NumPy and the functions of `numerics`.

An entry outside its array is 0.  All of them take real and complex arrays, and keep their type.
"""
from functools import reduce
from itertools import product
from math import prod

import numpy as np
from numpy.lib.stride_tricks import as_strided

from ..numerics import analytic, kernels


def windows(x: np.ndarray, axis: int, offset: int, *letters: tuple) -> np.ndarray:
    """x[…, offset + Σ step·letter, …] as a view, with an axis for each letter, a pair (how far it runs, its step)."""
    ends = [step * (count - 1) for count, step in letters]
    low, high = offset + sum(end for end in ends if end < 0), offset + sum(end for end in ends if end > 0)
    before, after = max(0, -low), max(0, high + 1 - x.shape[axis])
    if before or after:
        padded = np.zeros((*x.shape[:axis], before + x.shape[axis] + after, *x.shape[axis + 1:]), x.dtype)
        padded[_at(axis, slice(before, before + x.shape[axis]))] = x
        x = padded
    start, strides = x[_at(axis, slice(offset + before, None))], [step * x.strides[axis] for _, step in letters]
    return as_strided(start, (*x.shape[:axis], *(count for count, _ in letters), *x.shape[axis + 1:]),
                      (*x.strides[:axis], *strides, *x.strides[axis + 1:]), writeable=False)


def shifted(x: np.ndarray, axis: int, by: int, count: int | None = None) -> np.ndarray:
    """x[…, t + by, …] for t from 0 to count − 1."""
    return windows(x, axis, by, (x.shape[axis] if count is None else count, 1))


def entry(x: np.ndarray, axis: int, at: int) -> np.ndarray:
    """x[…, at, …]"""
    return x[_at(axis, at)] if 0 <= at < x.shape[axis] else np.zeros_like(x[_at(axis, 0)])


def overlap_add(values: np.ndarray, axis: int, size: int, offset: int, *letters: tuple) -> np.ndarray:
    """The transpose of `windows`: out[…, r, …] = Σ of the values over all letters with offset + Σ step·letter = r."""
    longest = max(range(len(letters)), key=lambda at: letters[at][0])
    count, step = letters[longest]
    others = [letter for at, letter in enumerate(letters) if at != longest]
    values = np.moveaxis(values, axis + longest, axis)
    if step < 0:
        values, offset, step = np.flip(values, axis), offset + step * (count - 1), -step
    out = np.zeros((*values.shape[:axis], size, *values.shape[axis + len(letters):]), values.dtype)
    for places in product(*(range(n) for n, _ in others)):
        first = offset + sum(place * by for place, (_, by) in zip(places, others, strict=True))
        low, high = max(0, -(first // step)), min(count, (size - 1 - first) // step + 1)
        if high > low:
            where = slice(first + low * step, first + (high - 1) * step + 1, step)
            out[_at(axis, where)] += values[_at(axis, slice(low, high), *places)]
    return out


def _at(axis, *places):
    return (slice(None),) * axis + places


def look_up(x: np.ndarray, *indices: np.ndarray) -> np.ndarray:
    """x[i, j, …] for arrays of whole numbers, an index for each axis of x."""
    indices = np.broadcast_arrays(*indices)
    inside = reduce(np.logical_and, [(at >= 0) & (at < n) for at, n in zip(indices, x.shape, strict=True)])
    return np.where(inside, x[tuple(np.where(inside, at, 0) for at in indices)], np.zeros((), x.dtype))


def add_at(index: np.ndarray, values: np.ndarray, size: int) -> np.ndarray:
    """The transpose of a look-up: out[v, …] = Σ of the values over all places where the index is v, for v < size."""
    flat, rows = index.ravel(), values.reshape(index.size, -1)
    order = np.argsort(flat, kind="stable")
    found, first = np.unique(flat[order], return_index=True)
    out = np.zeros((size, rows.shape[1]), values.dtype)
    out[found] = np.add.reduceat(rows[order], first)
    return out.reshape(size, *values.shape[index.ndim:])


def contract(spec: str, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """np.einsum(spec, a, b) by one stacked matrix product."""
    inputs, out = spec.split("->")
    left, right = inputs.split(",")
    size = {**dict(zip(left, a.shape, strict=True)), **dict(zip(right, b.shape, strict=True))}
    stack = [at for at in out if at in left and at in right]
    inner = [at for at in left if at in right and at not in out]
    rows, columns = ([at for at in own if at not in stack and at not in inner] for own in (left, right))

    def matrices(array, own, first, second):
        """The array as a stack of matrices, which are copied only where their axes are not in the order of memory."""
        turned = [own.index(at) for at in first[:1]] > [own.index(at) for at in second[:1]]
        first, second = (second, first) if turned else (first, second)
        array = array.transpose([own.index(at) for at in (*stack, *first, *second)])
        array = array.reshape([size[at] for at in stack] + [prod(size[at] for at in one) for one in (first, second)])
        return array.mT if turned else array

    found = matrices(a, left, rows, inner) @ matrices(b, right, inner, columns)
    found = found.reshape([size[at] for at in (*stack, *rows, *columns)])
    return found.transpose([[*stack, *rows, *columns].index(at) for at in out])


def strong_product(above: tuple, below: tuple = ()) -> np.ndarray:
    """The product of what stands above, over that of what stands below, and 0 where a factor above is 0."""
    with np.errstate(all="ignore"):
        value = prod(above[1:], start=above[0] if above else 1) / prod(below)
    zero = reduce(np.logical_or, [factor == 0 for factor in above], False)
    return np.where(zero, np.zeros((), np.result_type(value)), value)


def largest(x: np.ndarray, axes: int) -> np.ndarray:
    """The maximum over the last `axes` axes; of complex numbers, the one with the largest real part."""
    if not np.iscomplexobj(x):
        return _flat(x, axes).max(axis=-1)
    return np.take_along_axis(_flat(x, axes), place_of_largest(x, axes)[..., None], -1)[..., 0]


def place_of_largest(x: np.ndarray, axes: int) -> np.ndarray:
    """Where it is first, counted along the last `axes` axes."""
    return np.real(_flat(x, axes)).argmax(axis=-1)


def _flat(x, axes):
    return x.reshape(*x.shape[:x.ndim - axes], -1)


def softmax(z: np.ndarray, axis: int = -1, where=True) -> np.ndarray:
    """exp(z)/Σ exp(z) over the places where `where` holds; 0 elsewhere."""
    z = _from_the_largest(z, axis, where)
    with np.errstate(under="ignore"):
        e = np.exp(z, out=z)
    e /= e.sum(axis=axis, keepdims=True)
    return e


def log_softmax(z: np.ndarray, axis: int = -1, where=True) -> np.ndarray:
    """The logarithm of `softmax`, for any z."""
    z = _from_the_largest(z, axis, where)
    with np.errstate(under="ignore"):
        z -= np.log(np.exp(z).sum(axis=axis, keepdims=True))
    return z


def _from_the_largest(z, axis, where):
    z = z if where is True else np.where(where, z, -np.inf)
    return z - np.real(z).max(axis=axis, keepdims=True)


OWN = {function.__name__: function for function in (
    windows, shifted, entry, overlap_add, look_up, add_at, contract, strong_product, largest, place_of_largest, softmax,
    log_softmax)}


def called(of_complex: bool = False) -> dict:
    """All that generated code may call, by its name in code."""
    return {**(analytic() if of_complex else kernels()), **OWN, "np": np}
