"""How she stores a network of dense layers: which index of a weight comes first, and where the biases stand.

A `Form` reads arrays of hers into our layout: W[j, k] with the receiving unit j first, b[j].  Which forms fit is found
from the shapes; where several do, all are tried, and the numbers decide.
"""
from dataclasses import dataclass
from itertools import product

import numpy as np

ORDERS = {"to,from": "the receiving unit first, as in Ng's and Nielsen's texts",
          "from,to": "the sending unit first, as in CS231n"}
PLACES = {"apart": "apart from the weights", "column 0": "in front of the weights, in the same array",
          "last column": "behind the weights, in the same array", "none": "nowhere"}


@dataclass(frozen=True)
class Form:
    """weight: a key of ORDERS; bias: a key of PLACES; order: in which a list or a vector has the arrays.

    order     "together" W1 b1 W2 b2, "weights first" W1 W2 b1 b2, "biases first" b1 b2 W1 W2
    columns   for one long vector: whether arrays were laid into it column by column, as in Octave
    """

    weight: str = "to,from"
    bias: str = "apart"
    order: str = "together"
    columns: bool = False

    @property
    def joined(self):
        return self.bias in ("column 0", "last column")

    def shape(self, kind, sizes):
        """Shape of a stored array; `sizes` are (receiving, sending) units."""
        to, from_ = sizes
        if kind == "b":
            return (to,)
        shape = (to, from_ + self.joined)
        return shape if self.weight == "to,from" else shape[::-1]

    def read(self, kind, array, sizes):
        """An array of this form in our layout, as a dict kind → array; None where its shape does not fit."""
        stored = fitted(array, self.shape(kind, sizes), kind, self.weight)
        if stored is None:
            return None
        if kind == "b":
            return {"b": stored}
        W = stored if self.weight == "to,from" else stored.T
        if not self.joined:
            return {"W": W}
        at = 0 if self.bias == "column 0" else -1
        return {"W": W[:, 1:] if at == 0 else W[:, :-1], "b": W[:, at]}

    def cut(self, vector, layers, bias):
        """One long vector as leaves (kind, layer, array)."""
        places = _places(self, layers, bias)
        ends = np.cumsum([np.prod(self.shape(kind, layers[at])) for kind, at in places]).astype(int)
        parts = np.split(vector, ends[:-1])
        return [(kind, at, part.reshape(self.shape(kind, layers[at]), order="F" if self.columns else "C"))
                for (kind, at), part in zip(places, parts)]


def _places(form, layers, bias):
    apart = bias and not form.joined
    if form.order == "together" or not apart:
        return [(kind, at) for at in range(len(layers)) for kind in ("Wb" if apart else "W")]
    kinds = "Wb" if form.order == "weights first" else "bW"
    return [(kind, at) for kind in kinds for at in range(len(layers))]


def places(form, layers, bias):
    """The arrays in the order in which a list without names has them: pairs (kind, layer counted from 0)."""
    return _places(form, layers, bias)


def fitted(array, shape, kind, weight="to,from"):
    """The array in a shape, where it is that but for axes of length 1 or a missing one; otherwise None."""
    if array.shape == shape:
        return array
    if kind == "b":
        return array.reshape(shape) if array.ndim <= 2 and sorted(_long(array.shape)) == sorted(_long(shape)) else None
    if array.ndim < 2 and array.size == np.prod(shape) and 1 in shape:  # the weights of one unit as a vector
        return array.reshape(shape)
    return None


def _long(shape):
    return [n for n in shape if n != 1]


def forms(bias, apart):
    """The forms that come into question.

    bias    whether the network has biases;  apart  whether arrays of biases were given, None where that is not known
    """
    kept = ["none"] if not bias else ["apart"] * (apart is not False) + ["column 0", "last column"] * (not apart)
    for place, weight in product(kept, ORDERS):
        yield Form(weight, place)


def vector_forms(bias):
    """The forms that one long vector may have, the likeliest first."""
    for columns, order in product((False, True), ("together", "weights first", "biases first")):
        for place, weight in product(["apart", "column 0"] if bias else ["none"], ORDERS):
            if place == "apart" or order == "together":
                yield Form(weight, place, order, columns)
