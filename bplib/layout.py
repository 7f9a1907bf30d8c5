"""How a text's programs store a network: names of arrays, order of their axes, where the biases stand.

The equations stay those of the network.  A layout says for each array under which name it stands in code and in which
order its axes are, so that the same equations print as `X @ W1.T`, `X @ W1` or `W1 @ X`.
"""
import keyword
from functools import lru_cache

import numpy as np

from .equations import gradient_of, s
from .errors import InputError
from .inputs import folded
from .notation import DEFAULT

OWN_NAMES = ("x", "y", "c")
"""Quantities that every part of the library asks for by these names, whatever they are called in code."""

NAMES = {"W": "W{}", "b": "b{}", "z": "z{}", "a": "a{}", "delta": "delta{}", "da": "da{}", "x": "X", "y": "Y"}


def _described(kind, mark):
    what = {"W": "weights", "b": "biases", "x": "inputs", "y": "targets", "c": "labels"}.get(kind, kind)
    return f"{what} of layer {mark}" if isinstance(mark, int) and kind != "x" else what


def all_quantities(network):
    """The quantities of a network and the derivatives of the cost by them, by name."""
    gradients = {gradient_of(q).name: gradient_of(q) for q in network.quantities.values() if q.kind in "zaWb"}
    return {**network.quantities, **gradients}


class Layout:
    """The arrays of a network as a notation stores them.

    parameters   names of the arrays of parameters, in the order in which functions take them
    gradients    names of the arrays that hold the cost's derivatives by them

    InputError where two arrays would have one name, or a name that is none in Python.
    """

    def __init__(self, network, notation=DEFAULT):
        self.network, self.notation, self.quantities = network, notation, all_quantities(network)
        rows = any(self.quantities[name].kind == "b" and self.quantities[name].sizes for name in network.parameters)
        self.column = notation.bias == "column 0" and rows  # neurons one by one have biases of their own
        self.parameters = tuple(dict.fromkeys(self.array(self.quantities[name]) for name in network.parameters))
        self.gradients = tuple("d" + name for name in self.parameters)
        self.targets, self.options = network.targets, network.options
        self.shape = lru_cache(None)(self.shape)  # every checked call asks for the same ones
        self._check_names()

    def __reduce__(self):
        return Layout, (self.network, self.notation)

    @property
    def names(self):
        """The names that code gives to arrays: name → what it is the name of.  The parts of a joint array are one."""
        named = {}
        for quantity in self.quantities.values():
            named.setdefault(self.array(quantity), set()).add(self._owner(quantity))
            if self.column and quantity.kind in ("dW", "db"):
                named.setdefault(self.text(quantity), set()).add((quantity.kind, quantity.mark))
        return named

    def _owner(self, quantity):
        """Whose array a quantity is stored in: the biases of a layer may stand in the array of its weights."""
        joint = {"b": "W", "W": "W", "db": "joint dW", "dW": "joint dW"} if self.column else {}
        return joint.get(quantity.kind, quantity.kind), quantity.mark

    def _check_names(self):
        """Names come from the notation's patterns, and any string may be one; code needs different names."""
        for name, owners in self.names.items():
            if not name.isidentifier() or keyword.iskeyword(name):
                raise InputError(f"The notation {self.notation.name!r} calls an array {name!r} in code, which is no "
                                 "name in Python: letters, digits and _, not a digit first, and no word of Python.")
            meant = self.quantities.get(name) if name in OWN_NAMES else None
            if meant is not None and self._owner(meant) not in owners:
                raise InputError(f"The notation {self.notation.name!r} calls an array {name} in code, and {name} is what the "
                                 f"{_described(*self._owner(meant))} are called in formulas. Choose another name.")
            if len(owners) > 1:
                what = " and ".join(sorted(_described(*owner) for owner in owners))
                raise InputError(f"The notation {self.notation.name!r} has one name in code, {name}, for {what}. "
                                 'Give each its own, as in code={"z": "z{}", "a": "a{}"}, with {} for the layer.')

    @property
    def axes(self):
        """What rows and columns of an array of weights stand for."""
        to, from_ = "unit of this layer", "unit of the layer before" + self.column * " (0 for the bias)"
        row, column = (to, from_) if self.notation.weight == "to,from" else (from_, to)
        return f"row: {row}, column: {column}"

    def array(self, quantity):
        """The name in code of the array in which a quantity is stored."""
        kind = {"b": "W", "db": "dW"}.get(quantity.kind, quantity.kind) if self.column else quantity.kind
        kind, d = (kind[1:], "d") if kind in ("dW", "db") else (kind, "")
        pattern = {**NAMES, **self.notation.code}.get(kind)
        if kind in "xy":
            return folded(pattern) if len(quantity.sizes) == 2 else quantity.name
        if pattern is None or not isinstance(quantity.mark, int):  # neurons have names of their own
            return quantity.name
        return d + folded(self._filled(pattern, quantity.mark + self.notation.shift.get(kind, 0)))

    def _filled(self, pattern, layer):
        """A pattern of names with the number of the layer in it."""
        try:
            return pattern.format(layer)
        except (IndexError, KeyError, ValueError, AttributeError) as error:
            raise InputError(f"The notation {self.notation.name!r} has {pattern!r} for a name in code; a pattern is a "
                             "string with {} where the number of the layer goes, such as 'W{}'.") from error

    @property
    def joined(self):
        """Array of a gradient → names of its parts, (biases, weights), where both stand in one array."""
        return {self.array(gradient_of(W)): tuple(gradient_of(q).name for q in (self._bias(W), W))
                for W in self.quantities.values() if self.column and W.kind == "W"}

    def _bias(self, weights):
        return next(q for q in self.quantities.values() if (q.kind, q.mark) == ("b", weights.mark))

    def text(self, quantity):
        """Code for a quantity: the array that it is stored in, or the part of it."""
        if self.column and quantity.kind in ("dW", "db"):
            return quantity.name.lower()  # put together into one array at the end
        part = {"W": "1:", "b": "0"}.get(quantity.kind) if self.column else None
        rows = "" if self.notation.weight == "from,to" else ":, "
        return self.array(quantity) + (f"[{rows}{part}]" if part else "")

    def stored(self, quantity, indices):
        """Indices of an entry in the order in which the array is stored."""
        turned = (self.notation.weight == "from,to" if quantity.kind in ("W", "dW")
                  else self.notation.samples == "columns" and s in indices)
        return tuple(reversed(indices)) if turned else tuple(indices)

    def shape(self, name):
        """Shape of a parameter by its name in code, or of the quantity x, y or c, with the number of samples as "N"."""
        if name in OWN_NAMES:
            return self.stored_shape(self.network.quantities[name])
        stored = {self.array(q): q for kind in "bW" for q in self.quantities.values() if q.kind == kind}
        return self.stored_shape(stored[name])

    def stored_shape(self, quantity):
        """Shape of the array in which a quantity is stored, with the number of samples as the string "N"."""
        shape = self.network.shape(quantity.name)
        if self.column and quantity.kind == "W":
            shape = (shape[0], 1 + shape[1])
        turned = self.notation.samples == "columns" if "N" in shape else self.notation.weight == "from,to"
        return shape[::-1] if turned else shape

    def unpack_samples(self, *arrays):
        """Inputs, targets or outputs of this layout with one sample in each row."""
        return [array.T if self.notation.samples == "columns" and array.ndim == 2 else array for array in arrays]

    def pack(self, parameters):
        """Parameters as this course stores them, in this layout: a dict of new arrays."""
        packed = {}
        for name in self.network.parameters:
            quantity, array = self.quantities[name], np.array(parameters[name])
            if quantity.kind == "W" and self.column:
                array = np.column_stack([parameters[self._bias(quantity).name], array])
            if quantity.kind == "W" or not self.column:
                packed[self.array(quantity)] = array.T.copy() if self.notation.weight == "from,to" else array
        return packed

    def unpack(self, packed):
        """Parameters of this layout as this course stores them: the inverse of `pack`."""
        parameters = {}
        for name in self.network.parameters:
            quantity = self.quantities[name]
            array = np.array(packed[self.array(quantity)])
            array = array.T.copy() if self.notation.weight == "from,to" else array
            if self.column:
                array = array[:, 0].copy() if quantity.kind == "b" else array[:, 1:].copy()
            parameters[name] = array
        return parameters
