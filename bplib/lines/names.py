"""What a name means, as far as networks (`network_names`) and models (`model_names`) have it in common.

A name as it is written is a letter with a layer above and indices below (`Written`); `entry` makes an entry of an array
of it.  A letter that carries no layer belongs to the layer that its index belongs to: `layer_of` says which, and where
several are possible `readings` tries them.
"""
import re
from dataclasses import dataclass, field
from functools import lru_cache

from ..activations import TABLE as ACTIVATIONS
from ..errors import InputError
from ..formula.functions import NAMED
from ..formula.functions import SPELLED as OTHERWISE
from .tree import Entry, Letter, Number

FUNCTIONS = (*NAMED, "sign", "Phi")
SPELLED = {**OTHERWISE, "sigma": "sigmoid", "sig": "sigmoid", "logistic": "sigmoid", "id": "identity", "th": "tanh",
           "ReLU": "relu", "relu": "relu"}
GENERIC = ("g", "f", "phi", "sigma", "h", "theta")
"""Letters for any activation."""

NORMAL = {"phi": "density"}
"""Where a unit has GELU, φ is the density of the normal distribution, and Φ everywhere its integral."""

CONSTANTS = ("lambda", "eta")
COSTS = ("C", "E", "J", "L")
"""Letters for the cost."""


class Unreadable(InputError):
    """A name that cannot be read, in a sentence."""


@dataclass(frozen=True)
class Written:
    """A name as it is written: z^{(2)}_{jk} is Written("z", "2", ("j", "k"))."""

    base: str
    layer: str = ""
    indices: tuple = ()

    @property
    def shown(self):
        above = f"^({self.layer})" if self.layer else ""
        return self.base + above + ("_" + "".join(map(shown_index, self.indices)) if self.indices else "")


def shown_index(at):
    if isinstance(at, Letter):
        return at.name
    if isinstance(at, Entry) and at.written is not None:
        return at.written.shown
    return f"{at.value:g}" if isinstance(at, Number) else "…"


def counted(number):
    return "one index" if number == 1 else f"{number} indices"


def functions():
    """As typed → name of an activation."""
    return _functions(tuple(ACTIVATIONS))


@lru_cache(maxsize=4)
def _functions(names):
    return {typed: name for name in names for row in [ACTIVATIONS[name]] if row.elementwise and not row.abstract
            for typed in (row.as_typed, re.sub(r"\\(?:operatorname|mathrm)\{(\w+)\}", r"\1", row.symbol).lstrip("\\"))}


@dataclass
class Names:
    """What names mean.  `sample` is the letter for samples, `first` what units are counted from, `from_to` whether the
    first index of a weight is the unit that sends, `marks` names of units.

    layer_of   letter → the layer whose units it counts, for names that carry no layer
    unclear    letters of names that carry no layer, where several layers are possible; filled while names are read
    guessed    letters that the notation does not have, and that were taken for what they usually are; likewise
    strange    letters that it writes as capitals, or the other way round; likewise
    """

    layer_of: dict = field(default_factory=dict)
    unclear: set = field(default_factory=set)
    guessed: set = field(default_factory=set)
    strange: set = field(default_factory=set)
    sample, first, from_to = "s", 1, False
    marks = ()

    def is_letter(self, name):
        """Whether a name by itself is an index."""
        return False

    def means(self, base):
        """Whether a letter has a meaning here, written as it is."""
        return False

    def has_word(self, base, word):
        """Whether a word above a letter is a part of its name."""
        return False

    def kinds(self, base):
        """Kinds of arrays that a letter may stand for, where arrays have kinds."""
        return []

    def read(self, tree):
        """A side as it was read, with what single letters in it stand for here."""
        return tree

    def function(self, name, argument):
        """The function that a name stands for, applied to `argument`; None where it is none."""
        spelled = SPELLED.get(name, name)
        return functions().get(spelled) or (spelled if spelled in FUNCTIONS else None)
