"""Arrays as people have them: lists, tensors, tables, integers, single precision.  Everything that leaves is a copy."""
from collections.abc import ItemsView, Iterator, Mapping, Set, ValuesView

import numpy as np


class Unreadable(ValueError):
    """What was given holds no numbers; the text says why."""


def as_numbers(given):
    """A new array of floats: float32 and float16 keep their type, integers and all else become float64.

    Tensors are detached and brought to this machine's memory; what has `to_numpy` or `numpy` is asked for it.
    Unreadable where it holds anything but numbers.
    """
    if given is None:
        raise Unreadable("it is None, which is what a function without `return` gives")
    try:
        for method in ("detach", "cpu", "to_numpy", "numpy"):
            if callable(getattr(given, method, None)) and not isinstance(given, np.ndarray):
                given = getattr(given, method)()
        array = np.array(given)
        if array.dtype.kind == "f" and array.dtype.itemsize <= 8:
            return array
        if array.dtype.kind in "cUS":
            raise Unreadable(NO_NUMBERS[array.dtype.kind])
        return array.astype(float)
    except Unreadable:
        raise
    except Exception as error:  # whatever an object of another library raises when it is read as an array
        raise Unreadable(_why(given, error)) from error


NO_NUMBERS = {"c": "it holds complex numbers", "U": "it is text, not numbers", "S": "it is text, not numbers"}
"""Kind of an array → what to say of it."""


def _why(given, error):
    """Why something is no array of numbers, and what to do."""
    if "inhomogeneous" in str(error):
        return "its rows differ in length"
    if isinstance(given, Set):
        return "it is a set, which has no order; hand over a list, or a dict by name"
    if isinstance(given, (list, tuple, np.ndarray)):
        return "it holds something other than numbers"
    if hasattr(given, "dtype"):
        return f"NumPy has no numbers of type {given.dtype}; write .float()"
    return f"what was given ({type(given).__name__}) is no array of numbers"


def settled(given):
    """What gives its parts one by one, as a list, or as a dict where they are pairs (name, part), so that it can be read
    more than once: generators, `dict.values()`, `model.named_parameters()`, what `np.load` returns."""
    if isinstance(given, Mapping) and not isinstance(given, dict):
        return dict(given)
    if isinstance(given, (Iterator, ValuesView, ItemsView)):
        given = list(given)
    pairs = type(given) is list and given and all(
        isinstance(one, tuple) and len(one) == 2 and isinstance(one[0], str) for one in given)
    return dict(given) if pairs else given


def is_integer(given):
    """Whether an array holds integers: what is stored into it loses its fractions."""
    dtype = getattr(given, "dtype", None)
    return getattr(dtype, "kind", "i" if "int" in str(dtype) else None) in ("i", "u")


def is_container(given):
    """Whether something holds several arrays, rather than being one: a dict, or a list of anything but numbers."""
    if isinstance(given, dict):
        return True
    return isinstance(given, (list, tuple)) and not _is_table(given)


def _is_table(given):
    """Whether a list is an array written as lists: numbers, or rows of equal length."""
    try:
        array = np.asarray(given)
    except Exception:
        return False
    numbers = array.dtype.kind in "fiub" and array.ndim <= 2
    return numbers and not any(hasattr(part, "shape") and np.ndim(part) for part in given)
