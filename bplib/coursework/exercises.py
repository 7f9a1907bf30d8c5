"""Kinds of exercise.  A row says what is asked; the right answer is derived from its network, never written down."""
import re
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache, wraps
from typing import ClassVar

import numpy as np
import sympy as sp

from ..derivation import own_widths
from ..equations import N
from ..errors import DerivationError
from ..models.model import Model
from ..networks import Network
from ..notation import DEFAULT
from .matching import Value, formula_value
from .mistake import Context
from .mistakes import TABLE
from .program import Answers, NumericPoint, points_for
from .vocabulary import vocabulary


@dataclass(frozen=True, eq=False)
class Exercise:
    """What all exercises have.

    id        sheet and number, "2.3"
    title     a few words
    text      the question, as markdown
    notebook  where the course treats it
    hints     sentences, each saying more than the one before; none gives the answer
    points    what a right answer earns
    seed      of a variant: what it was drawn with (see `variants`); "" otherwise
    """

    id: str
    title: str
    text: str
    notebook: str
    hints: tuple = ()
    points: int = 1
    seed: str = ""
    kind: ClassVar[str] = ""

    @property
    def key(self):
        """What `variants.exercise` finds it by: "2.3", and of a variant "2.3:SEED"."""
        return f"{self.id}:{self.seed}" if self.seed else self.id

    @property
    def variable(self):
        """The name under which a notebook keeps the answer."""
        return "answer_" + self.id.replace(".", "_")


@lru_cache(maxsize=10_000)
def _answers(network):
    return Answers(network)


def shared(compute):
    """A property that is computed once, and not at all where the exercise has a twin, which has it already."""
    @wraps(compute)
    def found(self):
        return compute(self) if self.twin is None else getattr(self.twin, compute.__name__)

    return cached_property(found)


@dataclass(frozen=True, eq=False)
class Derived(Exercise):
    """An exercise whose right answer is a program of lines from the derivation of a network.

    make    () → the network
    given   error terms and gradients that the learner starts from; everything else is worked out
    twin    an exercise with the same network that asks for the same lines; so they are derived once for both
    """

    make: Callable[[], Network] | None = None
    given: tuple = ()
    twin: "Derived | None" = None
    flat = ()
    entry = ()
    allowed = ()

    @shared
    def network(self):
        return self.make()

    @shared
    def answers(self):
        return _answers(self.network)

    @shared
    def lines(self):
        return self.answers.program(self.asks, self.given)

    @property
    def judged_as(self):
        """The exercise whose right and wrong answers have the same values."""
        return self.twin or self

    def ranges(self, right):
        """Letter → how far it runs at a point where the right answer has a value."""
        return {}

    def letters(self, name):
        """The letters of the axes of what is asked for under a name."""
        return [at.name for at in self.answers.line(name).indices]

    @shared
    def context(self):
        return Context(self.answers, self.lines, self.asks, self.kind, self.flat, self.entry, tuple(self.allowed))

    @property
    def contexts(self):
        """The programs in which two mistakes are looked for."""
        return (self.context,)

    @shared
    def with_a_mistake(self):
        """Every program with one mistake: pairs of its name, in a tuple, and the lines."""
        return tuple(dict.fromkeys(((row.name,), lines) for row in TABLE.values()
                                   for lines in row.variants(self.context)))


@dataclass(frozen=True, eq=False)
class Formula(Derived):
    """The answer is a formula.

    ask     the name of a line (see `program.Answers.line`): "delta1", "dW2 of a sample", "C", …
    entry   which entry of it, such as (2, 1), where not a general one is asked for
    aliases further names that the learner may use: as typed → name of the array
    units   letters of indices, where the exercise has others than the derivation: {"j": "p"}
    spelt   letters of arrays, where it has others: {"W": "V", "x": "u"}
    turned  whether the unit that sends stands first among the indices of a weight
    """

    ask: str = ""
    entry: tuple = ()
    aliases: dict = field(default_factory=dict)
    units: dict = field(default_factory=dict)
    spelt: dict = field(default_factory=dict)
    turned: bool = False
    kind = "formula"

    @property
    def asks(self):
        return (self.ask,)

    @shared
    def line(self):
        return self.answers.line(self.ask)

    @cached_property
    def axes(self):
        """The letters of the free indices of an answer, the sample's first."""
        return tuple(self.letters(self.ask))

    def letters(self, name):
        own = super().letters(name)
        return [self.units.get(at, at) for at in own[:len(own) - len(self.entry)]]

    @cached_property
    def test_at(self):
        if self.twin is None:
            return points_for(self.network, generic=not self.entry)
        turned = [q.name for q in self.network.quantities.values() if q.kind == "W"] if self.turned else ()
        return tuple(point.seen(self.ranges(self.value(point.run(self.lines))), turned) for point in self.twin.test_at)

    def layered(self, name):
        """Whether an array belongs to a layer that may have any width."""
        quantity = self.answers.quantities.get(name)
        return quantity is not None and any(size.is_Symbol and size != N for size in quantity.sizes)

    @property
    def allowed(self):
        """Names of the arrays that an answer may be written with."""
        names = [name for name in self.network.quantities if name not in ("C", "losses", "c", self.ask)]
        return [*names, *self.given]

    @cached_property
    def vocabulary(self):
        free = tuple(at for at in self.axes if at != "s")
        single = bool(self.entry)  # at the network's own sizes a layer may have one unit, which needs no number
        found = vocabulary(self.network, self.allowed, free, self.aliases, single)
        return replace(found, names={self.called(typed): name for typed, name in found.names.items()})

    def called(self, name):
        """A name in the letters of the exercise: W2 as V2, where its weights are v."""
        small = {letter.lower(): new.lower() for letter, new in self.spelt.items()}
        return STEM.sub(lambda stem: {**small, **self.spelt}.get(stem[0], stem[0]), name)

    def in_its_letters(self, sentence):
        """A sentence that names arrays, with the names that they have in the exercise."""
        return re.sub(r"\w+", lambda word: self.called(word[0]) if word[0] in self.answers.quantities else word[0],
                      sentence) if self.spelt else sentence

    @property
    def notation(self):
        """How its formulas are typeset."""
        letters = {kind: new.lower() for kind, new in self.spelt.items()}
        return replace(DEFAULT, letters=letters) if letters else DEFAULT

    def value(self, arrays):
        """What is asked for, out of all arrays at a point, by name of the line; none where it fits nowhere."""
        stored = arrays.get(self.ask)
        if stored is None:
            return None
        values = _taken(stored.values, self.entry, len(self.axes))
        return None if values is None else {self.ask: formula_value(values, len(self.axes))}

    def ranges(self, right):
        return dict(zip(self.axes, right[self.ask].array.shape))

    def legend(self):
        """The names that may be used, as markdown lines."""
        same = {}
        for typed, name in self.vocabulary.names.items():
            same.setdefault(name, []).append(typed)
        return "\n".join(self._legend(name, typed) for name, typed in same.items())

    def _legend(self, name, typed):
        """`W2[j,k]` weight, layer 2; also `w`."""
        letters = [self.units.get(at, at) for at in "jk"[:min(name.counts)]]
        letters = letters[::-1] if self.turned and name.array.startswith("W") else letters
        also = f"; also `{'`, `'.join(typed[1:])}`" if typed[1:] else ""
        indices = f"[{','.join(letters)}]" if letters else ""
        return f"- `{typed[0]}{indices}` {name.meaning}{also}"


STEM = re.compile(r"^[A-Za-z]+(?=\d|_|$)")
"""The letter of an array, before its layer and its indices."""


def _taken(values, entry, axis):
    """One entry along the axes from one on; an axis on which nothing depends has length 1.  None beyond the end."""
    for at in entry:
        length = values.shape[axis]
        if 1 < length < at:
            return None
        values = values.take(min(at, length) - 1, axis)
    return values


@dataclass(frozen=True, eq=False)
class Function(Derived):
    """The answer is a Python function from arrays to arrays.

    name       what it is called
    takes      names of the arrays that it is given, in order
    returns    names of the lines whose arrays it returns, in order
    flat       arrays that it is given without their last axis, of length 1
    turned     arrays that it is given or returns with their two axes exchanged
    """

    name: str = "answer"
    takes: tuple = ()
    returns: tuple = ()
    flat: tuple = ()
    turned: tuple = ()
    kind = "function"

    @property
    def asks(self):
        return self.returns

    @shared
    def test_at(self):
        return points_for(self.network, self.generic)

    def drawn(self, seed):
        """The same exercise with test points of its own, which nobody can know before: a `Function`."""
        other = _with_points(self.twin or self, seed)
        return other if self.twin is None else replace(self, twin=other)

    @property
    def generic(self):
        """Whether the function has to work for layers of any width."""
        return not self.flat

    def value(self, arrays):
        if any(name not in arrays for name in self.returns):
            return None
        return {name: _as_returned(arrays[name], name in self.turned) for name in self.returns}

    def letters(self, name):
        own = super().letters(name)
        return own[::-1] if name in self.turned else own

    @property
    def variable(self):
        return self.name

    @property
    def signature(self):
        return f"def {self.name}({', '.join(map(code_name, self.takes))}):"

    def legend(self):
        """Shapes of the arrays that the function is given, as markdown lines."""
        quantities = self.answers.quantities
        return "\n".join(f"- `{code_name(name)}` has shape {self._shape(name)}"
                         for name in self.takes if name in quantities)

    def _shape(self, name):
        sizes = [str(size if self.generic else sp.sympify(size).subs(self.network.sizes))
                 for size in self.answers.quantities[name].sizes]
        sizes = sizes[:-1] if name in self.flat else sizes[::-1] if name in self.turned else sizes
        return f"({', '.join(sizes)}{',' if len(sizes) == 1 else ''})"


@lru_cache(maxsize=10_000)
def _with_points(exercise, seed):
    other = copy(exercise)
    other.__dict__["test_at"] = points_for(exercise.network, exercise.generic, seed)  # in place of the cached property
    return other


def _as_returned(stored, turned):
    """What NumPy makes of an array that brings axes along: they stand anywhere, and swallow those of length 1."""
    if not stored.extra:
        return Value(stored.values.T if turned else stored.values)
    array = stored.values.squeeze()
    return Value(array, loose=tuple(range(array.ndim)))


def code_name(name):
    """A name as it stands in code: "new W1" as new_W1."""
    return name.replace(" of a sample", "").replace(" ", "_")


@dataclass(frozen=True, eq=False)
class Quantity(Derived):
    """The answer is a number.

    ask        the name of a line whose value is asked for
    at         name → number or array: the network's parameters, inputs and targets
    entry      which entry of the line, counted from 1, the sample's number first where the line has one
    tolerance  how far an answer may be off, relative to the right one
    samples    how many there are, where no numbers are given: then they are generic
    """

    ask: str = ""
    at: dict = field(default_factory=dict)
    entry: tuple = ()
    tolerance: float = 5e-3
    samples: int = 1
    kind = "number"

    @property
    def asks(self):
        return (self.ask,)

    @cached_property
    def test_at(self):
        samples = len(self.at["x"]) if self.at else self.samples
        return (NumericPoint(self.network, own_widths(self.network), samples, self.at or None),)

    @property
    def judged_as(self):
        return self

    def value(self, arrays):
        stored = arrays.get(self.ask)
        if stored is None or stored.values.ndim != len(self.entry):
            return None
        number = _taken(stored.values, self.entry, 0)
        return None if number is None else {self.ask: Value(np.asarray(number))}


@dataclass(frozen=True, eq=False)
class Derivation(Exercise):
    """The answer is a text with a line for each step, judged line by line (`derivations`).

    make   () → the network, or the model
    of     the name of the array with respect to which the cost is differentiated
    given  arrays with respect to which the derivative of the cost is known: δ2 is the one with respect to "z2"
    steps  how many steps it has to have at least, see `lines.steps`
    batch  whether the cost is that of a batch
    """

    make: Callable[[], Network | Model] | None = None
    of: str = ""
    given: tuple = ()
    steps: int = 2
    batch: bool = False
    points: int = 3
    kind = "derivation"

    @cached_property
    def network(self):
        return self.make()


@dataclass(frozen=True, eq=False)
class Choice(Exercise):
    """The answer is one of several options.

    options  text → (test that says whether the option is right, name of the mistake or "")
    """

    options: dict = field(default_factory=dict)
    kind = "choice"

    def with_options(self, text, hints, options):
        """The same exercise with another question."""
        return replace(self, text=text, hints=hints, options=options)

    @cached_property
    def right(self):
        """The number of the right option, from 1.  Each option's claim is put to its test."""
        holds = [number for number, (test, _) in enumerate(self.options.values(), 1) if test()]
        if len(holds) != 1:
            raise DerivationError(f"Exercise {self.id} needs one right option; {len(holds)} hold.")
        return holds[0]
