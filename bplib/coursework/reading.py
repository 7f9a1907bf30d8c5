"""From an answer as it was handed in to values that can be compared."""
import numpy as np

from ..errors import InputError
from .grammar import parse
from .matching import Value, formula_value
from .values import Misfit, evaluate
from .vocabulary import FUNCTIONS, Vocabulary

ARITHMETIC = Vocabulary({}, FUNCTIONS, ())


def formula_values(row, tree, points=None):
    """The values of a formula at test points, by default those of the exercise, and what does not fit, in sentences."""
    values, misfits = [], []
    for point in points or row.test_at:
        try:
            values.append({row.ask: aligned(evaluate(tree, point.arrays, point.ranges), row.axes)})
        except Misfit as misfit:
            values.append(None)
            misfits.append(f"In your formula {misfit}.")
    return values, misfits[:1]


def aligned(array, axes):
    """The value with the axes of what is asked for in front, then the indices that are left free."""
    free = [at for at in array.axes if at not in axes]
    return formula_value(array.over([*axes, *free]), len(axes))


def function_values(run):
    """The arrays of one call of `functions.values_of`; None where it stopped."""
    return None if run["error"] else {name: Value(np.asarray(array, float)) for name, array in run["arrays"].items()}


def number(found):
    """The number in what `checking.collected` has found; InputError where there is none."""
    value = found.get("number")
    if "text" in found:
        try:
            value = float(evaluate(parse(found["text"], ARITHMETIC), {}).values)
        except Misfit as misfit:
            raise InputError("A number is expected, without indices.") from misfit
    if value is None or not np.isfinite(value):
        raise InputError(f"A finite number is expected; given: {given(found) if value is None else value}.")
    return value


def option(found, options):
    """The number of an option, from its number or its text; None where there is no such option."""
    text, plain = found.get("text", "").strip().strip("`"), [option.strip("`") for option in options]
    if text in plain:
        return plain.index(text) + 1
    chosen = int(text) if text.isascii() and text.isdigit() and len(text) < 3 else found.get("number")
    return int(chosen) if chosen in range(1, len(options) + 1) else None


def given(found):
    """What was given, in a word, where something else is expected."""
    return found.get("other") or ("a text" if "text" in found else "a number" if "number" in found else "a function")
