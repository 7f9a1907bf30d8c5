"""Her functions: called on copies, with what their arguments are named after."""
import copy
import inspect
import re

import numpy as np

from ..errors import InputError
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


def called(function, parameters, X, Y, eta=None):
    """What her function returns; (parameters, X, Y[, eta]) in the order of its arguments, or by their names.

    Returns (result, the copies of the parameters that it was given).  InputError where it stops with an error.
    """
    own = copied(parameters)
    arguments = _arguments(function, own, copied(X), copied(Y), eta)
    try:
        with np.errstate(all="ignore"):
            return function(*arguments), own
    except Exception as error:
        raise InputError(f"{getattr(function, '__name__', 'Your function')} stopped with {type(error).__name__}: "
                         f"{error}. "
                         "It is called as f(parameters, X, Y), or by the names of its arguments.") from error


def _arguments(function, parameters, X, Y, eta):
    plain = [parameters, X, Y] + ([] if eta is None else [eta])
    try:
        wanted = [p.name for p in inspect.signature(function).parameters.values()
                  if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
        optional = [p.name for p in inspect.signature(function).parameters.values()
                    if p.default is not p.empty and argument(p.name) == "eta"]
    except (TypeError, ValueError):  # built in
        return plain
    if len(wanted) == 3 and all(argument(name) in (None, own) for name, own in zip(wanted, ("parameters", "X", "Y"))):
        return plain if optional else plain[:3]
    by_name = [_by_name(name, parameters, X, Y, eta) for name in wanted]
    if any(value is MISSING for value in by_name):
        return plain[:len(wanted)] if len(wanted) >= 3 else plain
    return by_name


MISSING = object()


def _by_name(name, parameters, X, Y, eta):
    kind, _ = meant_by(name)
    if isinstance(parameters, dict) and name in parameters:
        return parameters[name]
    meant = argument(name)
    if meant:
        return {"X": X, "Y": Y, "eta": eta, "parameters": parameters}[meant]
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
                return float(cost), rest
    return None, result


def _size(part):
    try:
        return np.asarray(part, float)
    except Exception:
        return [0]
