"""Kinds of exercise.  A row says what is asked; the right answer is derived from its network, never written down."""
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar

import numpy as np
import sympy as sp

from ..derivation import own_widths
from ..equations import N
from ..errors import DerivationError
from ..models.model import Model
from ..networks import Network
from . import mistakes
from .matching import Value, formula_value
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
    """

    id: str
    title: str
    text: str
    notebook: str
    hints: tuple = ()
    points: int = 1

    @property
    def variable(self):
        """The name under which a notebook keeps the answer."""
        return "answer_" + self.id.replace(".", "_")


@dataclass(frozen=True, eq=False)
class Derived(Exercise):
    """An exercise whose right answer is a program of lines from the derivation of a network.

    make    () → the network
    given   error terms and gradients that the learner starts from; everything else is worked out
    """

    make: Callable[[], Network] | None = None
    given: tuple = ()
    flat = ()
    kind: ClassVar[str | None] = None

    @cached_property
    def network(self):
        return self.make()

    @cached_property
    def answers(self):
        return Answers(self.network)

    @cached_property
    def lines(self):
        return self.answers.program(self.asks, self.given)

    def ranges(self, right):
        """Letter → how far it runs at a point where the right answer has a value."""
        return {}

    def letters(self, name):
        """The letters of the axes of what is asked for under a name."""
        return [at.name for at in self.answers.line(name).indices]

    @cached_property
    def context(self):
        return mistakes.Context(self.answers, self.lines, self.asks, self.kind, self.flat)


@dataclass(frozen=True, eq=False)
class Formula(Derived):
    """The answer is a formula.

    ask     the name of a line (see `program.Answers.line`): "delta1", "dW2 of a sample", "C", …
    entry   which entry of it, such as (2, 1), where not a general one is asked for
    aliases further names that the learner may use: as typed → name of the array
    """

    ask: str = ""
    entry: tuple = ()
    aliases: dict = field(default_factory=dict)
    kind = "formula"

    @property
    def asks(self):
        return (self.ask,)

    @cached_property
    def line(self):
        return self.answers.line(self.ask)

    @cached_property
    def axes(self):
        """The letters of the free indices of an answer, the sample's first."""
        return tuple(self.letters(self.ask))

    def letters(self, name):
        own = super().letters(name)
        return own[:len(own) - len(self.entry)]

    @cached_property
    def test_at(self):
        return points_for(self.network, generic=not self.entry)

    def layered(self, name):
        """Whether an array belongs to a layer that may have any width."""
        quantity = self.answers.quantities.get(name)
        return quantity is not None and any(size.is_Symbol and size != N for size in quantity.sizes)

    @cached_property
    def vocabulary(self):
        names = [name for name in self.network.quantities if name not in ("C", "losses", "c", self.ask)]
        free = tuple(at for at in self.axes if at != "s")
        single = bool(self.entry)  # at the network's own sizes a layer may have one unit, which needs no number
        return vocabulary(self.network, [*names, *self.given], free, self.aliases, single)

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
        return "\n".join(_legend(name, typed) for name, typed in same.items())


def _taken(values, entry, axis):
    """One entry along the axes from one on; an axis on which nothing depends has length 1.  None beyond the end."""
    for at in entry:
        length = values.shape[axis]
        if 1 < length < at:
            return None
        values = values.take(min(at, length) - 1, axis)
    return values


def _legend(name, typed):
    """`W2[j,k]` weight, layer 2; also `w`."""
    letters = "jk"[:min(name.counts)]
    also = f"; also `{'`, `'.join(typed[1:])}`" if typed[1:] else ""
    indices = f"[{','.join(letters)}]" if letters else ""
    return f"- `{typed[0]}{indices}` {name.meaning}{also}"


@dataclass(frozen=True, eq=False)
class Function(Derived):
    """The answer is a Python function from arrays to arrays.

    name       what it is called
    takes      names of the arrays that it is given, in order
    returns    names of the lines whose arrays it returns, in order
    flat       arrays that it is given without their last axis, of length 1
    """

    name: str = "answer"
    takes: tuple = ()
    returns: tuple = ()
    flat: tuple = ()
    kind = "function"

    @property
    def asks(self):
        return self.returns

    @cached_property
    def test_at(self):
        return points_for(self.network, self.generic)

    def drawn(self, seed):
        """The same exercise with test points of its own, which nobody can know before: a `Function`."""
        other = copy(self)
        other.__dict__["test_at"] = points_for(self.network, self.generic, seed)  # in place of the cached property
        return other

    @property
    def generic(self):
        """Whether the function has to work for layers of any width."""
        return not self.flat

    def value(self, arrays):
        if any(name not in arrays for name in self.returns):
            return None
        return {name: _as_returned(arrays[name]) for name in self.returns}

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
        sizes = sizes[:-1] if name in self.flat else sizes
        return f"({', '.join(sizes)}{',' if len(sizes) == 1 else ''})"


def _as_returned(stored):
    """What NumPy makes of an array that brings axes along: they stand anywhere, and swallow those of length 1."""
    if not stored.extra:
        return Value(stored.values)
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
    """

    ask: str = ""
    at: dict = field(default_factory=dict)
    entry: tuple = ()
    tolerance: float = 5e-3
    kind = "number"

    @property
    def asks(self):
        return (self.ask,)

    @cached_property
    def test_at(self):
        return (NumericPoint(self.network, own_widths(self.network), len(self.at["x"]), self.at),)

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

    make: Callable[[], Network | Model] = None
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

    @cached_property
    def right(self):
        """The number of the right option, from 1.  Each option's claim is put to its test."""
        holds = [number for number, (test, _) in enumerate(self.options.values(), 1) if test()]
        if len(holds) != 1:
            raise DerivationError(f"Exercise {self.id} needs one right option; {len(holds)} hold.")
        return holds[0]
