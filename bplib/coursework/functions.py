"""What there is to judge of an answer: a learner's function is run on copies, at several points; nothing is decided.

What comes back holds plain arrays, numbers and texts only, so that this part can run in a process of its own; it needs
nothing else of bplib.
"""
import numbers
import traceback
from contextlib import suppress

import numpy as np

NOTHING = ("", "...", "…")
LONGEST_MESSAGE = 300
MOST_NUMBERS = 10_000


def inputs_of(exercise):
    """The arguments for each call: a list, one entry a test point, of dicts name → array."""
    return [{name: _argument(exercise, point, name) for name in exercise.takes} for point in exercise.test_at]


def _argument(exercise, point, name):
    values = point.arrays[name].values
    if name == "c":
        return values.astype(int) - 1  # labels count from 0 in code
    values = values[..., 0] if name in exercise.flat else values.T if name in exercise.turned else values
    return float(values) if values.ndim == 0 else np.ascontiguousarray(values).copy()


def found(answer, inputs, returns):
    """What there is to judge of an answer, as JSON could hold it: {"runs": […]} for a function, otherwise as `plain`.

    inputs, returns   as for `values_of`; none where no function is expected
    """
    return {"runs": values_of(inputs, returns, answer)} if returns and callable(answer) else plain(answer)


def plain(answer):
    """An answer that is no function: {"missing": True}, {"text": …}, {"number": …} or {"other": its type's name}."""
    if answer is None or answer is Ellipsis or isinstance(answer, str) and answer.strip() in NOTHING:
        return {"missing": True}
    if isinstance(answer, str):
        return {"text": str.__str__(answer)}
    if isinstance(answer, numbers.Real) and not isinstance(answer, (bool, np.bool_)):
        with suppress(ArithmeticError, ValueError, TypeError):
            return {"number": float(answer)}
    return {"other": type(answer).__name__}


def arrays(inputs):
    """Inputs as `inputs_of` gives them, from what JSON has made of them: arrays as nested lists."""
    return {name: np.array(value) if isinstance(value, list) else value for name, value in inputs.items()}


def values_of(inputs, returns, function):
    """What a learner's function gives for each of some inputs (see `inputs_of`): a list of dicts.

    arrays   name → array as nested lists, what the function returned; empty where it did not get so far
    again    whether a second call with the same inputs gave the same
    changed  names of inputs that the function wrote into
    error    what it stopped with, "" where it did not; line  the line of its code where that happened
    missing  whether nothing has been written yet
    """
    return [call(function, one, returns) for one in inputs]


def call(function, inputs, returns):
    """One entry of `values_of`; it runs the function twice."""
    noticed = {"arrays": {}, "again": True, "changed": [], "error": "", "line": "", "missing": False}
    given = {name: np.copy(value) if isinstance(value, np.ndarray) else value for name, value in inputs.items()}
    try:
        with np.errstate(all="ignore"):
            result = function(*given.values())
            noticed["missing"] = result is Ellipsis or result is None and _is_empty(function)
            arrays = {} if noticed["missing"] else _arrays(result, returns)
            noticed["changed"] = [name for name, value in given.items() if not _same(value, inputs[name])]
            fresh = [np.copy(value) if isinstance(value, np.ndarray) else value for value in inputs.values()]
            noticed["again"] = noticed["missing"] or _all_same(arrays, _arrays(function(*fresh), returns))
            noticed["arrays"] = {name: array.tolist() for name, array in arrays.items()}
    except NotImplementedError:
        noticed["missing"] = True
    except (Exception, SystemExit) as error:
        noticed["error"], noticed["line"] = _message(error), _line(error, function)
    return noticed


def _empty():
    ...


def _is_empty(function):
    """Whether a function has nothing in it yet."""
    code = getattr(function, "__code__", None)
    return code is None or code.co_code[::2] == _empty.__code__.co_code[::2]  # what is done, whatever the constants


def _arrays(result, returns):
    """What a function returned, by name; copies, so that a later call cannot change them."""
    if result is None:
        raise TypeError("the function returns nothing; is its `return` missing?")
    if isinstance(result, dict):
        unknown = [name for name in returns if name not in result]
        if unknown:
            raise TypeError(f"the dict that was returned lacks {', '.join(unknown)}")
        results = [result[name] for name in returns]
    else:
        results = [result] if len(returns) == 1 else list(result) if isinstance(result, (tuple, list)) else None
    if results is None or len(results) != len(returns):
        given = "1" if results is None else len(results)
        raise TypeError(f"{len(returns)} arrays are expected, in this order: {', '.join(returns)}; returned: {given}")
    return {name: _array(name, value) for name, value in zip(returns, results)}


def _array(name, value):
    array = np.asarray(value)
    if array.dtype.kind not in "fiub":
        raise TypeError(f"{name} is an array of numbers; returned: {type(value).__name__} of {array.dtype}")
    if array.size > MOST_NUMBERS:
        raise TypeError(f"{name} has {array.size} entries, far more than any answer here")
    return np.array(array, float)


def _same(one, other):
    return np.shape(one) == np.shape(other) and np.array_equal(one, other, equal_nan=True)


def _all_same(one, other):
    return all(_same(one[name], other[name]) for name in one)


def _message(error):
    try:
        text = f"{type(error).__name__}: {error}"
    except Exception:  # an exception whose own text cannot be made
        text = type(error).__name__
    return text[:LONGEST_MESSAGE]


def _line(error, function):
    """The line of the learner's own code that was running, the deepest one."""
    file = getattr(getattr(function, "__code__", None), "co_filename", None)
    lines = [frame.line or f"line {frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)
             if frame.filename == file]
    return lines[-1][:LONGEST_MESSAGE] if lines else ""
