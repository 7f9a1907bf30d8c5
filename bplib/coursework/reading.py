"""From an answer as it was handed in to values that can be compared."""
import re

import numpy as np

from ..errors import InputError
from ..formula.tokens import DIGIT, DIGITS, MINUS, POINT, SPACE, stripped
from . import grammar
from .grammar import formula_alone, parse
from .matching import Value, formula_value
from .values import Misfit, evaluate
from .vocabulary import FUNCTIONS, Vocabulary

ARITHMETIC = Vocabulary({}, FUNCTIONS, ())
LETTERS = "ABCDEFGH"
DECIMAL_COMMA = re.compile(rf"({SPACE}*[{MINUS}+]?{DIGIT}+),({DIGIT}+{SPACE}*)")
PLAIN = re.compile(rf"{SPACE}*[{MINUS}+]?({DIGIT}*){POINT}?({DIGIT}*)(?:[eE][-+]?{DIGIT}+)?{SPACE}*")


def formula_values(row, tree, points=None):
    """The values of a formula at test points, by default those of the exercise, and what does not fit, in sentences."""
    values, misfits = [], []
    for point in points or row.test_at:
        try:
            values.append({row.ask: aligned(evaluate(tree, point.as_typed, point.ranges), row.axes)})
        except Misfit as misfit:
            values.append(None)
            misfits.append(f"In your formula {row.in_its_letters(str(misfit))}.")
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
            value = float(evaluate(parse(_with_point(found["text"]), ARITHMETIC), {}).values)
        except Misfit as misfit:
            raise InputError("A number is expected, without indices.") from misfit
    if value is None or not np.isfinite(value):
        raise InputError(f"A finite number is expected; given: {given(found) if value is None else value}.")
    return value


def _with_point(text):
    """0,141 as 0.141."""
    text = formula_alone(text)
    return DECIMAL_COMMA.sub(r"\1.\2", text) if DECIMAL_COMMA.fullmatch(text) else text


def digits(found):
    """How many digits a number was given with; None for one that is worked out, such as 1/3."""
    written = _with_point(found["text"]) if "text" in found else repr(found.get("number")).removesuffix(".0")
    match = PLAIN.fullmatch(written)
    return len("".join(DIGITS.get(c, c) for c in match[1] + match[2]).lstrip("0")) if match else None


QUOTES = "'`´‘’" + grammar.QUOTES
LETTERED = re.compile(rf"[().]*([A-Za-z])[().:]*{SPACE}*([\s\S]*)")


def unquoted(text):
    """A text without the quotation marks around it."""
    return stripped(stripped(text).strip(QUOTES))


def option(found, options):
    """The number of an option, from its letter, its text or both; None where there is no such option.

    Options have letters, because a number may be taken for an answer to a question about a number.
    """
    text, texts = unquoted(found.get("text", "")), [unquoted(option) for option in options]
    if lettered := LETTERED.fullmatch(text):
        at, rest = LETTERS[:len(texts)].find(lettered[1].upper()) + 1, unquoted(lettered[2])
        if at and (not rest or _of_text(rest, texts) == at):  # first: a page sends it, also where an option is a letter itself
            return at
    return _of_text(text, texts)


def _of_text(text, texts):
    """The number of a text among some, in any case where that leaves no other; None for none."""
    for same in (str, str.lower):
        found = [at for at, one in enumerate(texts, 1) if same(one) == same(text)]
        if len(found) == 1:
            return found[0]
    return None


def given(found):
    """What was given, in a word, where something else is expected."""
    return found.get("other") or ("a text" if "text" in found else "a number" if "number" in found else "a function")
