"""What the rows of all sheets are made of: what may vary, how it is said, and exercises that share a derivation."""
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import sha256
from itertools import product

from ...losses import loss
from ...networks import dense, neuron


@dataclass(frozen=True, eq=False)
class Variation:
    """How an exercise varies.

    make     (exercise, **one value of each) → the variant
    over     name → values, the first of which is that of the exercise itself
    allows   (**one value of each) → whether this variant may be given out
    looks    names of what changes no value: letters, orders; a variant differs in more than these
    """

    make: Callable
    over: dict
    allows: Callable = lambda **picked: True
    looks: tuple = ("letters", "units", "order", "shuffle", "takes")

    def drawn(self, text):
        """One value of each, as a digest of a text has it: a dict."""
        return {name: _one_of(values, f"{text} {name}") for name, values in self.over.items()}

    @property
    def unchanged(self):
        return {name: values[0] for name, values in self.over.items()}

    def may_be(self, picked):
        """Whether these values are allowed, and set the variant apart from the exercise itself by more than looks."""
        facts = [name for name in self.over if name not in self.looks]
        return any(picked[name] != self.over[name][0] for name in facts) and self.allows(**picked)

    def facts(self):
        """Each way in which the answers' values can differ: dicts, in which everything else is that of the exercise."""
        names = [name for name in self.over if name not in self.looks]
        for values in product(*(self.over[name] for name in names)):
            yield {**self.unchanged, **dict(zip(names, values))}


def _one_of(values, text):
    return values[int.from_bytes(sha256(text.encode()).digest()[:8], "big") % len(values)]


# networks, made once however many exercises ask about them

@lru_cache(maxsize=None)
def one_neuron(activation, factor=1, **options):
    """A function that makes a neuron with a squared error."""
    return _once(lambda: neuron(activation, loss_of(factor), **options))


@lru_cache(maxsize=None)
def layers(sizes, activations, factor=1, loss_name="squared error", **options):
    """A function that makes a network of dense layers."""
    cost = loss_of(factor) if loss_name == "squared error" else loss_name
    return _once(lambda: dense(list(sizes), list(activations), cost, **options))


def loss_of(factor):
    """A squared error with a factor in front."""
    return loss("squared error", factor=factor)


def _once(make):
    return lru_cache(maxsize=1)(make)


# variants whose answers have the same values as those of a twin

@lru_cache(maxsize=None)
def _twin(exercise, facts):
    return replace(exercise, **dict(facts))


def formula(exercise, title, text, hints, make, ask, entry=(), given=(), **looks):
    """The variant of a formula exercise; looks: `aliases`, `spelt`, `units`, `turned`."""
    facts = {"make": make, "ask": ask, "entry": entry, "given": given}
    return _of_twin(exercise, facts, title=title, text=text, hints=hints, aliases=looks.pop("aliases", {}), **looks)


def function(exercise, title, text, hints, takes, **facts):
    """The variant of a function exercise; facts: `make`, `returns`, `given`, `flat`, `turned`."""
    return _of_twin(exercise, facts, title=title, text=text, hints=hints, takes=takes)


class Numbers(dict):
    """Name → number or array, as `at` of a `Quantity`; each is equal to itself alone, so that it may be a key."""

    __hash__, __eq__ = object.__hash__, object.__eq__  # type: ignore[assignment]


def number(exercise, title, text, hints, make, ask, at, entry=(), generic=Numbers()):
    """The variant of an exercise that asks for a number.

    generic   the numbers of its twin, which shows how many mistakes can be told apart; by default drawn
    """
    facts = {"make": make, "ask": ask, "entry": entry, "at": generic, "samples": len(at["x"])}
    return _of_twin(exercise, facts, title=title, text=text, hints=hints, at=at)


def _of_twin(exercise, facts, **own):
    twin = _twin(exercise, tuple(facts.items()))
    return replace(exercise, **{**facts, **own}, twin=twin)


# how it is said

HALF = 0.5
FACTORS = (1, HALF, 2, 3)
FACTOR = {1: "", HALF: "½ ", 2: "2 ", 3: "3 "}
SYMBOL = {"g": "g", "sigmoid": "σ", "tanh": "tanh", "softplus": "softplus", "relu": "ReLU", "identity": "",
          "softmax": "softmax"}
OVER = {"mean": "the mean of the costs of its N samples", "sum": "the *sum* of the costs of its N samples"}
DERIVATIVE = {"mean": "The derivative of a mean is the mean of the derivatives.",
              "sum": "The derivative of a sum is the sum of the derivatives."}

PLAIN: dict = {}
NEURON_LETTERS = (PLAIN, {"x": "u", "y": "t"}, {"a": "h", "y": "t"}, {"W": "V", "x": "u"}, {"W": "V", "a": "h"},
                  {"W": "V", "a": "h", "x": "u", "y": "t"})
"""Letters of arrays; none of them is an index, another array or a constant in any exercise that has them."""
LAYER_LETTERS = (PLAIN, {"W": "V"}, {"a": "h"}, {"W": "V", "a": "h"})
OUTPUT_LETTERS = (PLAIN, {"a": "h"}, {"z": "u"}, {"y": "t"}, {"a": "h", "y": "t"}, {"z": "u", "y": "t"})
UNITS = (PLAIN, {"j": "p", "k": "q"}, {"j": "k", "k": "j"}, {"j": "i", "k": "j"}, {"j": "q", "k": "r"})
"""Letters of the unit that receives and of the one that sends."""
UNIT = (PLAIN, {"j": "p"}, {"j": "i"}, {"j": "k"}, {"j": "r"})
ORDERS = ("to,from", "from,to")
FIRST_INDEX = {"to,from": "The first index of a weight counts the unit that receives, the second the one that sends.",
               "from,to": "The first index of a weight counts the unit that sends, the second the one that receives."}


def indexed(units, order="to,from"):
    """The indices of a weight in the letters of a variant: "j,k"."""
    both = [units.get(at, at) for at in "jk"]
    return ",".join(both if order == "to,from" else both[::-1])


# how arrays stand in a program

LAYOUTS = tuple(product(("rows", "columns"), ORDERS))
SAMPLE_AXIS = {"rows": "One sample a row", "columns": "One sample a column"}
WEIGHT_AXES = {"to,from": "a weight matrix has one row for each unit that receives",
               "from,to": "a weight matrix has one row for each unit that sends"}


def layout_told(layout):
    """Where samples and units stand, in a sentence."""
    samples, weights = layout
    return f"{SAMPLE_AXIS[samples]}; {WEIGHT_AXES[weights]}."


def turned(layout, per_sample, weights):
    """Of arrays with two axes, those that a layout has the other way round."""
    samples, order = layout
    return (*(per_sample if samples == "columns" else ()), *(weights if order == "from,to" else ()))


def word(name, letters):
    """A name in the letters of a variant: w as v."""
    return {kind.lower(): new.lower() for kind, new in letters.items()}.get(name, name)


def square(factor, a="a", y="y"):
    """A squared error as text."""
    return f"{FACTOR[factor]}({a} − {y})²"


def decimal(value):
    """A number as text."""
    return f"{value:g}".replace("-", "−")


def listed(words):
    """a, b and c."""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def shuffled(options, order):
    """A dict with its entries in the order of these numbers."""
    entries = list(options.items())
    return dict(entries[at] for at in order)
