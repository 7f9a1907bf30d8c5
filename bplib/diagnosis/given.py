"""Her gradients in our layout: arrays of the shape of their parameter where they have one, and what was odd about them.
"""
from dataclasses import dataclass, replace

import numpy as np

from ..errors import InputError
from .forms import fitted
from .parameters import ORDERS, arranged, has_biases, layers_of


@dataclass(frozen=True)
class Given:
    """One array of her gradient.

    array    in the shape of its parameter: as it is, or as an update with it would spread it; None where it has none
    raw      as she has it, axes in our order (receiving unit first)
    odd      "" or what is odd about its shape: "spread", "shape"
    slack    by how much its entries may be off for reasons of how they were handed over, such as W − W′ over η
    """

    array: np.ndarray | None
    raw: np.ndarray
    odd: str = ""
    slack: object = 0.0

    @property
    def finite(self):
        return self.array is not None and bool(np.isfinite(self.array).all())


def read_gradients(found, reading, network):
    """name → `Given`, for the arrays that are there; InputError where they belong to no parameters, or are too many."""
    given = _read(found, reading, network)
    if not given:
        raise InputError(_not_told(found, reading))
    return {name: given[name] for name in reading.parameters if name in given}


def _not_told(found, reading):
    """Why gradients cannot be told apart, and what is expected."""
    expected = ", ".join(f"{name} {array.shape}" for name, array in reading.parameters.items())
    named = [leaf.name for leaf in found if leaf.kind]
    given = f"are of shapes {', '.join(str(leaf.array.shape) for leaf in found)}, without names that tell which is which" \
        if found and not named else f"are named {', '.join(named)}" if named else "hold no numbers"
    return (f"None of the gradients belongs to a parameter: they {given}. Expected are those of {expected}: all of them in "
            "this order, or a dict by names such as W1 or dW1.")


def read_last_first(found, reading, network):
    """The same for a list without names that begins with the last layer; {} where it cannot be read so."""
    if len(layers_of(network)) == 1 or any(leaf.kind for leaf in found) or len(found) == 1:
        return {}
    given = read_gradients(_last_first(found, network), reading, network)
    return {} if any(one.odd for one in given.values()) else given


def _read(found, reading, network):
    """What fits in the order that her parameters have, or else in another one."""
    ways = [reading.form, *(replace(reading.form, order=order) for order in ORDERS)]
    read = [given for form in dict.fromkeys(ways) if (given := _in_form(found, form, reading.numbers, network))]
    return next((given for given in read if not any(one.odd for one in given.values())), read[0] if read else {})


def _in_form(found, form, numbers, network):
    given: dict = {}
    for (kind, at), leaf in arranged(found, form, network, numbers).items():
        if at >= len(layers_of(network)):
            raise InputError(f"The gradients have {leaf.name}, and the network has {len(layers_of(network))} layers with "
                             "parameters. Which of them does it belong to?")
        if kind == "W" or has_biases(network):
            given |= {f"{part}{at + 1}": one for part, one in _of_leaf(kind, leaf, form, layers_of(network)[at])}
    return given


def _last_first(found, network):
    """The leaves with the layers in the other order, each layer's arrays as they are."""
    each = max(1, len(found) // len(layers_of(network)))
    groups = [found[at:at + each] for at in range(0, len(found), each)]
    return [leaf for group in reversed(groups) for leaf in group]


def _of_leaf(kind, leaf, form, sizes):
    read = form.read(kind, leaf.array, sizes)
    if read is not None:
        return [(part, Given(array, array)) for part, array in read.items()]
    if form.joined and kind == "W":
        return [("W", Given(None, leaf.array, "shape"))]
    raw = leaf.array if kind == "b" or form.weight == "to,from" else leaf.array.T
    shape = tuple(sizes) if kind == "W" else (sizes[0],)
    spread = _spread(raw, shape, kind)
    return [(kind, Given(spread, raw, "shape" if spread is None else "spread"))]


def _spread(raw, shape, kind):
    """The array as an update would spread it over a parameter of that shape; None where it would not."""
    short = fitted(raw, (1,), "b") if kind == "b" and raw.size == 1 else raw
    try:
        spread = np.broadcast_to(short, shape)
    except ValueError:
        return None
    return np.array(spread)
