"""Arrays as people have them: lists, tensors, tables, integers, single precision.  Everything that leaves is a copy."""
import numpy as np


class Unreadable(ValueError):
    """What was given holds no numbers; the text says why."""


def as_numbers(given):
    """A new array of floats: float32 and float16 keep their type, integers and all else become float64.

    Tensors are detached and brought to this machine's memory; what has `to_numpy` or `numpy` is asked for it.
    Unreadable where it holds anything but numbers.
    """
    for method in ("detach", "cpu", "to_numpy", "numpy"):
        if callable(getattr(given, method, None)) and not isinstance(given, np.ndarray):
            given = getattr(given, method)()
    try:
        array = np.array(given)
        if array.dtype.kind == "f" and array.dtype.itemsize <= 8:
            return array
        return array.astype(float) if array.dtype.kind != "c" else _not_real()
    except Unreadable:
        raise
    except Exception as error:  # whatever an object of another library raises when it is read as an array
        raise Unreadable(f"it cannot be read as an array of numbers ({type(error).__name__})") from error


def _not_real():
    raise Unreadable("it holds complex numbers")


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
