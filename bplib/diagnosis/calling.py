"""Her functions: called on copies, with what their arguments are named after."""
import copy
import inspect
import re

import numpy as np

from ..errors import InputError
from .arrays import settled
from .names import meant_by

MEANT = {
    "X": r"x|xs|x_?train|x_?batch|xb|inputs?|data|features|a0|x_?data|samples?",
    "Y": r"y|ys|y_?train|y_?batch|yb|targets?|labels?|t|y_?true|outputs?|y_?data|c",
    "eta": r"eta|lr|alpha|learning_?rate|rate|step_?size|η",
    "parameters": r"p|ps|params?|parameters?|theta|weights|model|net|network|w_?and_?b|par|nn_?params",
}
"""What an argument is → words that stand for it."""


def copied(given):
    """A copy of whatever she has, so that nothing of hers is changed."""
    if isinstance(given, dict):
        return {name: copied(part) for name, part in given.items()}
    if isinstance(given, (list, tuple)):
        return type(given)(map(copied, given)) if type(given) in (list, tuple) else copy.deepcopy(given)
    if isinstance(given, np.ndarray):
        return given.copy()
    return given.clone() if hasattr(given, "clone") else copy.deepcopy(given)


def argument(name):
    """Which argument is meant by a name, or None."""
    return next((what for what, words in MEANT.items() if re.fullmatch(words, name, re.I)), None)


def called(function, parameters, X, Y, eta=None, least=3):
    """What her function returns; (parameters, X, Y[, eta]) in the order of its arguments, or by their names.

    least    how many arguments say by their places alone what they are

    Returns (result, the copies of the parameters that it was given).  InputError where it stops with an error, or where
    what its arguments are cannot be told.
    """
    own, x, y = copied(parameters), copied(X), copied(Y)
    whole = (own, x, y) if eta is None else (own, x, y, eta)
    plain = {number: whole[:number] for number in range(least, len(whole) + 1)}
    meant = {"X": x, "Y": y, "parameters": own} | ({} if eta is None else {"eta": eta})
    return call(function, plain, lambda name: _by_name(name, own, meant)), own


def takes_parameters(function, parameters) -> bool:
    """Whether a function is given the parameters: one that has its own gives the same at any others."""
    def hers(name):
        return argument(name) not in ("X", "Y", "eta") or isinstance(parameters, dict) and name in parameters

    arguments, named = _arguments(function, {3: (True, False, False)}, hers)
    return any((*arguments, *named.values()))


def call(function, plain, by_name):
    """What a function of hers returns; what yields its parts one by one comes back as a list or a dict.

    plain    number of arguments → what they are, in their order, where their names say nothing else
    by_name  name of an argument → what it is, or MISSING
    """
    arguments, named = _arguments(function, plain, by_name)
    try:
        with np.errstate(all="ignore"):
            result = function(*arguments, **named)
            return tuple(map(settled, result)) if type(result) is tuple else settled(result)
    except Exception as error:
        raise InputError(f"{_name_of(function)} stopped with {type(error).__name__}: {error}.") from error


def _name_of(function):
    name = getattr(function, "__name__", "")
    return name if name.isidentifier() else "Your function"


def _arguments(function, plain, by_name):
    """(arguments by their places, arguments by their names)"""
    try:
        accepted = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # built in
        return plain[max(plain)], {}
    wanted = [p for p in accepted if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    optional = [p for p in accepted if p.default is not p.empty and argument(p.name) == "eta" and 4 in plain]
    named = {p.name: by_name(p.name) for p in accepted if p.default is p.empty and p.kind is p.KEYWORD_ONLY}
    named |= {p.name: plain[4][3] for p in optional}
    if any(p.kind is p.VAR_POSITIONAL for p in accepted) and not wanted:
        return plain[max(plain)], named
    names = [p.name for p in wanted]
    values = {name: by_name(name) for name in names}
    if len(names) in plain and (len(names) == 1 or all(values[name] is MISSING or argument(name) == place
                                                       for name, place in zip(names, ORDER))):
        return plain[len(names)], named
    unknown = [name for name, value in {**values, **named}.items() if value is MISSING]
    if unknown:
        raise InputError(_not_told(function, [*names, *(name for name in named if name in unknown)], unknown, plain))
    return list(values.values()), named


ORDER = ("parameters", "X", "Y", "eta")


def _not_told(function, names, unknown, plain):
    ways = "f(parameters, X, Y)" if 3 in plain else "f(arrays)"
    eta = "eta" in map(argument, unknown) and 4 not in plain
    return (f"{_name_of(function)} takes ({', '.join(names)}), and what {' and '.join(unknown)} "
            f"{'is' if len(unknown) == 1 else 'are'} cannot be told. It is called as {ways}, or by the names of its "
            "arguments: X, Y, eta, parameters, or names of your parameters." + " Give eta=, too." * eta)


MISSING = object()


def _by_name(name, parameters, meant):
    kind, _ = meant_by(name)
    if isinstance(parameters, dict) and name in parameters:
        return parameters[name]
    what = argument(name)
    if what:
        return meant.get(what, MISSING)
    if kind and isinstance(parameters, dict):
        same = [value for key, value in parameters.items() if meant_by(key) == meant_by(name)]
        return same[0] if len(same) == 1 else MISSING
    return MISSING


def without_cost(result):
    """(cost, gradients) of what a function returned: some return a pair."""
    if isinstance(result, tuple) and len(result) == 2:
        for cost, rest in (result, result[::-1]):
            if np.ndim(_size(cost)) == 0 and not isinstance(cost, dict) and (
                    isinstance(rest, (dict, list, tuple)) or np.ndim(_size(rest))):
                return None if cost is None else float(cost), rest
    return None, result


def _size(part):
    try:
        return np.asarray(part, float)
    except Exception:
        return [0]
