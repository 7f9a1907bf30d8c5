"""The names that a learner may use in a formula, and what each of them means in the network of the exercise."""
import re
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import takewhile

from ..activations import TABLE, added
from ..equations import N
from ..formula.tokens import GREEK, quoted
from ..layout import all_quantities

FUNCTIONS = {
    "exp": "exp", "log": "log", "sqrt": "sqrt", "abs": "abs", "cosh": "cosh", "sinh": "sinh", "tanh": "tanh", "sech": "sech",
    "sigma": "sigmoid", "sigmoid": "sigmoid", "relu": "relu", "softplus": "softplus", "sign": "sign",
    "identity": "identity", "id": "identity", "sin": "sin", "cos": "cos",
}
DIFFERENTIABLE = {"sigmoid", "tanh", "relu", "softplus", "identity", "exp", "sin", "cos"}


def functions():
    """As typed → name of a function: FUNCTIONS, and the activations that have been added to the table."""
    return {**{re.sub(r"\W", "_", name): TABLE[name].as_typed for name in added()}, **FUNCTIONS}


def differentiable():
    """Names of the functions that may carry a prime."""
    return DIFFERENTIABLE | {TABLE[name].as_typed for name in added() if not TABLE[name].parameters}


KRONECKER = "kronecker"

CONSTANTS = {"N": "the number of samples", "eta": "the learning rate", "lambda": "the strength of the penalty"}
WORDS = {"x": "input", "y": "target", "W": "weight", "b": "bias", "z": "weighted sum", "a": "output",
         "delta": "error term ∂C/∂z", "da": "derivative ∂C/∂a of the cost with respect to an output",
         "losses": "cost of one sample", "C": "cost of all samples"}


@dataclass(frozen=True)
class Name:
    """What a typed name stands for.

    array       name of the array in the network
    rank        number of its indices
    per_sample  whether the first of them is the sample's, which may be left out
    meaning     in words
    last        what the last index is where it is not written, () where it has to be
    """

    array: str
    rank: int
    per_sample: bool
    meaning: str
    last: tuple = ()

    @property
    def counts(self):
        """How many indices may be written."""
        least = self.rank - self.per_sample - len(self.last)
        return tuple(range(least, self.rank + 1))

    def full(self, indices):
        """Indices as written, completed at the end; None where their number does not fit."""
        indices, units = tuple(indices), self.rank - self.per_sample
        sample = indices[:1] if self.per_sample and (len(indices) > units or indices[:1] == ("s",)) else ()
        written = indices[len(sample):]
        missing = units - len(written)
        return sample + written + self.last[len(self.last) - missing:] if 0 <= missing <= len(self.last) else None


@dataclass(frozen=True)
class Vocabulary:
    """names: as typed → Name; functions: as typed → name of a function; free: the indices of what is asked for; silent: names
    that are read as well, and not shown: ŷ for the output."""

    names: dict
    functions: dict
    free: tuple
    silent: dict = field(default_factory=dict)

    def find(self, typed):
        """A `Name`, the name of a function (a text), or None.  Capitals count only where two names differ by them."""
        known = {**self.functions, **self.silent, **self.names}
        if typed in known:
            return known[typed]
        same = {id(known[other]): known[other] for other in known if other.lower() == typed.lower()}
        return next(iter(same.values())) if len(same) == 1 else None

    def hint(self, typed):
        """A hint at the name nearest to one that does not fit, "" where none is near."""
        near = get_close_matches(typed[:30], [*self.names, *self.functions], n=1, cutoff=0.7)
        return f" Did you mean {quoted(near[0])}?" if near and near[0] != typed else ""

    def alike(self, typed):
        """A hint at the names with the same letter, each with the indices that it has; "" where there are none."""
        stem, same = _stem(typed), {}
        for name, meaning in self.names.items():
            if _stem(name) == stem:
                same.setdefault(id(meaning), []).append(name)
        shown = [_with_indices(min(names, key=len), self.names[names[0]]) for names in same.values()]
        if not shown:
            return ""
        first = self.names[next(iter(same.values()))[0]]
        more = ", …" if len(shown) > MOST_SHOWN else ""
        there = f"{'is' if len(shown) == 1 else 'are'} {', '.join(shown[:MOST_SHOWN])}{more}"
        return f" With this letter there {there} ({shown[0]}: {first.meaning})."


STEM = re.compile("[A-Za-z]*")
MOST_SHOWN = 8


def _stem(name):
    """The letter of a name, before its layer and its indices."""
    return STEM.match(name)[0].lower()


def _with_indices(name, meaning):
    """A name as it is written on paper: a1_j."""
    stem, indices = _stem(name), "jk"[:min(meaning.counts)]
    letter = SHOWN.get(stem, stem if meaning.rank else name[:len(stem)])
    return f"{letter}{name[len(stem):]}{'_' * bool(indices)}{indices}"


SHOWN = {latin: greek for greek, latin in GREEK.items() if greek.islower()}
"""Names of Greek letters → the letters."""


def vocabulary(network, allowed, free, aliases, single=False):
    """The vocabulary of an exercise.

    allowed   names of the network's arrays, error terms included, that may be used
    free      indices of what is asked for
    aliases   further names: as typed → name of the array
    single    whether the unit of a layer that has only one needs no number
    """
    quantities = all_quantities(network)
    names = {}
    for name in allowed:
        names |= _names(quantities[name], network, single)
    names |= {typed: names[array] for typed, array in aliases.items()}
    constants = [name for name in CONSTANTS if name != "lambda" or network.options.l2]
    names |= {name: Name(name, 0, False, CONSTANTS[name]) for name in constants if name not in names}
    if network.options.over_outputs == "mean" and network.quantities["y"].sizes[-1].is_Symbol:
        size = str(network.quantities["y"].sizes[-1])
        names[size] = Name(size, 0, False, "the number of outputs")
    silent = {**_units(network, names), **_outputs(network, names)}
    for typed in (letter for letter in "nm" if letter not in silent):
        names.setdefault(typed, names["N"])
    known = functions() | _activations(network)
    if not any(name.startswith("delta") for name in names):
        known = {**known, "delta": KRONECKER}
    return Vocabulary(names, known, free, silent)


def _units(network, names):
    """Neurons by their own names: h is a_h, what the neuron h says."""
    neurons = getattr(network.structure, "neurons", {})
    return {neuron: names[f"a_{neuron}"] for neuron in neurons if f"a_{neuron}" in names}


def _outputs(network, names):
    """ŷ, as many write the output, where there is one array of outputs."""
    if len(network.outputs) > 1 or network.outputs[0] not in names:
        return {}
    return dict.fromkeys(("yhat", "y_hat"), names[network.outputs[0]])


def _names(quantity, network, single):
    """The names for a quantity: its own, and those of neurons and inputs that have names."""
    mark, rank, per_sample = quantity.mark, len(quantity.sizes), N in quantity.sizes
    meaning = WORDS[quantity.kind]
    if quantity.kind == "x" and isinstance(mark, tuple):
        return {typed: Name("x", rank, per_sample, f"input {name}", (column,))
                for column, name in enumerate(mark, 1) for typed in (name, f"x_{name}")}
    if isinstance(mark, int) and mark:
        meaning += f", layer {mark}"
    if isinstance(mark, str) and mark:
        meaning += f" of {mark}"
    if isinstance(mark, tuple) and all(mark):
        meaning += f" from {mark[0]} to {mark[1]}"
    sizes = network.shape(_forward(quantity.name)) if single else quantity.sizes
    alone = len([*takewhile(lambda size: size == 1, reversed(sizes[per_sample:]))])
    name = Name(quantity.name, rank, per_sample, meaning, (1,) * alone)
    typed = {quantity.name: name}
    if isinstance(mark, tuple) and all(mark):
        typed["w_" + "".join(mark)] = name
    return typed


def _forward(name):
    """The quantity whose shape a quantity has."""
    return name.replace("delta", "z").replace("da", "a") if name.startswith("d") else name


def _activations(network):
    """g, where all units have the same activation; an activation that is left open also by other usual letters."""
    rows = {row.as_typed for row in activations(network)}
    if len(rows) != 1 or not rows <= {"g", *differentiable()}:
        return {}
    (name,) = rows
    return dict.fromkeys(("g", "f", "phi", "sigma", "theta"), "g") if name == "g" else {"g": name}


def activations(network):
    """The rows of the activations of a network, one for each layer or neuron."""
    structure = network.structure
    if hasattr(structure, "neurons"):
        return [row for _, row in structure.neurons.values()]
    return list(structure.activations)
