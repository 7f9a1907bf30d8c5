"""What she has, read into our layout, and what was assumed in doing so.  All complaints come in one message."""
from dataclasses import dataclass, field

import numpy as np

from ..errors import InputError
from .arrays import Unreadable, as_numbers
from .forms import ORDERS
from .names import leaves
from .parameters import complaints, layers_of, numbers_of, read_parameters
from .samples import read_samples


@dataclass(frozen=True)
class Reading:
    """One way to read her arrays.

    form         how she stores parameters
    parameters   ours: "W1" → (n_1, n_0), "b1" → (n_1,), …
    samples      `Samples`;  whole   names of arrays of hers that hold integers
    numbers      "W" and "b" → the number in her name of each array, in the order of the layers; {} where she has none
    """

    form: object
    parameters: dict
    samples: object
    whole: tuple = ()
    numbers: dict = field(default_factory=dict)

    @property
    def parameters_float(self):
        """The parameters in double precision, in which they are what they are."""
        return {name: array.astype(float) for name, array in self.parameters.items()}

    @property
    def X(self):
        return self.samples.X.astype(float)

    @property
    def Y(self):
        return self.samples.Y

    def said(self, network, more=()):
        """What was assumed, in one line; "" where nothing was.  more   half sentences to add"""
        said = [*self.samples.said, *more]
        if any(to != from_ for to, from_ in layers_of(network)) and any(
                min(sizes) > 1 for sizes in layers_of(network)) and self.form.weight == "from,to":
            said.insert(0, f"your weights are stored with {ORDERS['from,to']}")
        elif any(min(sizes) > 1 and sizes[0] == sizes[1] for sizes in layers_of(network)) and all(
                sizes[0] == sizes[1] or min(sizes) == 1 for sizes in layers_of(network)):
            said.insert(0, f"your square weights are read with {ORDERS[self.form.weight]}")
        if self.form.joined:
            said.append("your biases stand in the " + self.form.bias.replace("column 0", "first column")
                        + " of the weights")
        if self.form.columns:
            said.append("your vector was laid out column by column")
        return f"Assumed: {'; '.join(said)}." if said else ""


def readings(network, parameters, X, Y):
    """All ways to read parameters and samples, a list of `Reading`; InputError with everything that is amiss."""
    said, ways = [], []
    try:
        found = leaves(parameters)
    except Unreadable as error:
        found, said = None, [f"Parameters: {error}."]
    if found is not None:
        ways = read_parameters(found, network)
        said += [] if ways else complaints(found, network)
    batches, problems = read_samples(network, X, Y)
    said += problems + _not_finite(found or (), X, Y)
    if said:
        raise InputError(" ".join(said))
    whole = tuple(leaf.name for leaf in found if leaf.whole)
    numbers = numbers_of(found)
    return [Reading(form, own, batch, whole, numbers) for form, own in ways for batch in batches]


def _not_finite(found, X, Y):
    named = [(leaf.name or "The array of parameters", leaf.array) for leaf in found]
    for name, given in (("X", X), ("Y", Y)):
        try:
            named += [] if given is None else [(name, as_numbers(given))]
        except Unreadable:  # told by the reading of samples
            continue
    return [f"{name} holds {array[~np.isfinite(array)][0]:g}: find out first where that comes from."
            for name, array in named if array.size and not np.isfinite(array).all() and array.dtype != object]
