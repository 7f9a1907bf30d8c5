"""The names under which people keep weights and biases, and how a bag of arrays is told apart by them.

W1, w_1, weights1, Theta1, layers.0.weight, dW1, d_w1, grad_W1, W1_grad, nabla_w, delta_w1, coefs_, intercepts_, …
"""
import re
from dataclasses import dataclass

import numpy as np

from .arrays import Unreadable, as_numbers, is_container, is_integer

KINDS = {
    "W": r"w|ws|weight|weights|theta|thetas|omega|omegas|kernel|kernels|coef|coefs|coeff|weights_?list|wt|syn|synapse",
    "b": r"b|bs|bias|biases|beta|betas|intercept|intercepts",
}
"""Kind → words that stand for it, any letter large or small."""

AROUND = r"d|dl|dc|dj|de|grad|grads|gradient|gradients|g|nabla|del|delta|self|layer|layers|fc|linear|l|new|old|updated"
"""Words before or after it that say nothing about which array it is."""

_WORD = {kind: re.compile(rf"(?:(?:{AROUND})[_.]?\d*[_.]?)*(?:{words})s?[_.]?(\d*)_?(?:[_.]?(?:{AROUND}))*", re.I)
         for kind, words in KINDS.items()}


@dataclass(frozen=True)
class Leaf:
    """One array of hers.

    kind     "W" or "b" where its name says so, otherwise None;  number  of the layer, as her name has it, or None
    name     the name under which she has it
    array    a copy as floats;  whole  whether it held integers
    """

    kind: str | None
    number: int | None
    name: str
    array: np.ndarray
    whole: bool = False


def meant_by(name):
    """(kind, number) of a name: ("W", 1) for "dW1"; (None, None) for a name of neither."""
    name = str(name).strip().replace("∂", "d").replace("∇", "nabla")
    for kind, pattern in _WORD.items():
        found = pattern.fullmatch(name)
        if found:
            digits = re.findall(r"\d+", name)
            return kind, int(digits[-1]) if digits else None
    return None, None


def leaves(given):
    """All arrays of what she has, in order: of a dict under any names, of lists, of dicts in lists, of a single array.

    Unreadable where one of them holds no numbers.
    """
    return list(_leaves(given, None, None, ""))


def _leaves(given, kind, number, name):
    if isinstance(given, dict):
        yield from _of_dict(given, kind, number, name)
    elif is_container(given):
        for at, part in enumerate(given):
            if part is not None and np.size(_plain(part)):
                yield from _leaves(part, kind, at if number is None else number, f"{name}[{at}]")
    elif given is not None and np.size(_plain(given)):
        yield Leaf(kind, number, name, _array(given), is_integer(given))


def _array(given):
    try:
        return as_numbers(given)
    except Unreadable as error:
        own = hasattr(given, "__dict__") and not callable(given)
        raise Unreadable(f"{error}; hand over its arrays, as {{'W1': net.W1, …}}" if own else str(error)) from error


def _plain(part):
    return 1 if isinstance(part, dict) or is_container(part) or hasattr(part, "shape") and np.prod(part.shape) else part


def _of_dict(given, kind, number, name):
    """What a dict holds; where some of its names are those of weights or biases, the others do not count."""
    meant = {key: meant_by(key) for key in given}
    known = any(found for found, _ in meant.values())
    for key, part in given.items():
        found, digits = meant[key]
        if known and found is None and kind is None and not isinstance(part, dict):
            continue
        own = _digits(key) if found is None else digits
        part = _whole(key, part) if found and own is not None else part
        yield from _leaves(part, found or kind, number if own is None else own, str(key))


def _whole(key, part):
    """What stands under the name of one array: rows in a list are that array."""
    if not is_container(part) or isinstance(part, dict) or len(part) == 1:
        return part
    try:
        return as_numbers(part)
    except Unreadable as error:
        raise Unreadable(f"of {key}: {error}") from None


def _digits(key):
    digits = re.findall(r"\d+", str(key))
    return int(digits[-1]) if digits else None
