"""Checks of the arrays that the functions of a model are called with: by name, with axes that fit, holding numbers."""
from collections.abc import Mapping

import numpy as np
import sympy as sp

from ..errors import InputError
from ..inputs import as_array, checked_whole


class Arguments:
    """What a function of a model takes: arrays, and then the sizes that none of them has as an axis.

    A call gives the values in that order: floats of one type, or complex numbers; whole numbers where they are looked
    up; and the sizes.  InputError for names that are missing or unknown, for axes that do not fit, and for what holds
    no finite numbers.

    formulas   size → the formula by which other sizes give it
    """

    def __init__(self, arrays, formulas, free_sizes=()):
        self.arrays, self.formulas, self.free_sizes = list(arrays), formulas, tuple(free_sizes)
        self.names = [q.name for q in self.arrays] + [str(n) for n in self.free_sizes]
        self._fitting = {}

    def __call__(self, arrays: Mapping | None, more: Mapping) -> list:
        found = self._by_name(arrays, more)
        given = [_whole(q, found[q.name]) if q.numbers is not None else _number(q, found[q.name]) for q in self.arrays]
        sizes = [checked_whole(str(n), found[str(n)], 1) for n in self.free_sizes]
        self._check_sizes(tuple(array.shape for array in given), tuple(sizes), given)
        floats = [array.dtype for array in given if array.dtype.kind in "fc"]
        kind = np.result_type(*floats) if floats else np.dtype(float)
        given = [array if q.numbers is not None else array.astype(kind, copy=False)
                 for q, array in zip(self.arrays, given, strict=True)]
        return [*given, *sizes]

    def _by_name(self, arrays, more):
        if not isinstance(arrays, Mapping | None):
            raise InputError("The arrays of a model are given by name, as a dict such as "
                             f"{{{self.names[0]!r}: array, …}}; given: {type(arrays).__name__}.")
        found = {**(arrays or {}), **more}
        missing = [name for name in self.names if name not in found]
        unknown = [str(name) for name in found if name not in self.names]
        if missing or unknown:
            raise InputError(f"What is given by name: {', '.join(self.names)}."
                             + (f" Missing: {', '.join(missing)}." if missing else "")
                             + (f" Unknown: {', '.join(unknown)}." if unknown else ""))
        return found

    # sizes

    def _check_sizes(self, shapes, sizes, given):
        """Shapes that fit are noted, so that they are looked at once."""
        if (shapes, sizes) not in self._fitting:
            values = self._values(shapes, sizes)
            self._fitting[shapes, sizes] = [(q, int(sp.sympify(q.numbers).xreplace(values)), at)
                                            for at, q in enumerate(self.arrays) if q.numbers is not None]
        for q, numbers, at in self._fitting[shapes, sizes]:
            if given[at].min() < 0 or given[at].max() >= numbers:
                raise InputError(f"{q.written} looks up one of {numbers} entries, so it goes from 0 to {numbers - 1}; "
                                 f"given: {given[at].min()} to {given[at].max()}.")

    def _values(self, shapes, sizes):
        """Size → number, from all axes, which have to agree, and from formulas."""
        values, told_by = dict(zip(self.free_sizes, sizes, strict=True)), {}
        for q, shape in zip(self.arrays, shapes, strict=True):
            if len(shape) != len(q.letters):
                raise InputError(f"{q.written} has {len(q.letters)} axes; given is an array of shape {shape}.")
            for at, n, length in zip(q.letters, q.sizes, shape, strict=True):
                self._agree(q, at, sp.sympify(n), length, values, told_by)
        for n, formula in self.formulas.items():
            value = int(formula.xreplace(values))
            if value < 1:
                raise InputError(f"{n} = {formula} is {value} here, and a size is at least 1: the inputs are too "
                                 "small.")
            if values.setdefault(n, value) != value:
                raise InputError(f"{told_by.get(n, n)}, but {n} = {formula} is {value}.")
        return values

    def _agree(self, q, at, n, length, values, told_by):
        here = f"{q.written} has {length} entries along {at}"
        if length == 0:
            raise InputError(f"{here}: there is nothing to compute with.")
        if n.is_Integer and n != length:
            raise InputError(f"{here}; the letter {at} runs to {n}.")
        if n.is_Symbol and values.setdefault(n, length) != length:
            there = told_by.get(n, f"{n} is {values[n]}")
            raise InputError(f"{here}, but {there}; both are {n}, so they have to be equal.")
        told_by.setdefault(n, here)


def _number(q, given):
    array = as_array(q.name, given)
    if array.dtype.kind not in "fciub":
        raise InputError(f"{q.name} holds {array.dtype} values; it has to hold numbers.")
    if not np.isfinite(array).all():
        at = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise InputError(f"{q.name} holds {array[at]} at {list(at)}; every entry has to be a finite number.")
    return array


def _whole(q, given):
    array = as_array(q.name, given)
    if array.dtype.kind not in "iu":
        raise InputError(f"{q.written} is looked up, so it holds whole numbers; given: {array.dtype}.")
    return array
