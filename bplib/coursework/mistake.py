"""What a known mistake is: a change of one line of a right program, and what a line is for such a change."""
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import chain, combinations

import sympy as sp

from ..activations import Slope
from ..equations import name_of

NONE = ()
MOST_LINES = 5
"""Of so many lines any may have a mistake, and the others not."""


# in which lines a mistake is made: names of lines → some of them at a time

def everywhere(names):
    """In all at once."""
    return [names] if names else []


def alone(names):
    """In all at once, and in each alone."""
    return [*everywhere(names), *([name] for name in names)] if len(names) > 1 else everywhere(names)


def anywhere(names):
    """In any of them, where there are few."""
    if len(names) > MOST_LINES:
        return alone(names)
    return chain.from_iterable(combinations(names, size) for size in range(len(names), 0, -1))


@dataclass(frozen=True)
class Context:
    """What a transformation may look at besides the line.

    answers   `program.Answers` of the network
    lines     the whole program
    asked     names of the lines that are asked for
    flat      arrays that a function receives with one axis less than its result has
    kind      "formula", "function" or "number"
    entry     which entry of the last line is asked for, such as (2, 1); () for a general one
    allowed   names of the arrays that a formula may be written with
    """

    answers: object
    lines: tuple
    asked: tuple
    kind: str
    flat: tuple = ()
    entry: tuple = ()
    allowed: tuple = ()

    @property
    def network(self):
        return self.answers.network

    @property
    def names(self):
        return {line.name for line in self.lines}


@dataclass(frozen=True)
class Mistake:
    """One row.

    name      what the mistake is called
    sentence  what went wrong and where to look, without the answer
    notebook  where the course explains it
    credit    what share of the points is left
    rewrite   (line, context) → alternatives for the right side of the line; none where the mistake does not apply
    kinds     kinds of exercise in which it can be made
    together  whether it is made in all lines at once or not at all
    rank      rows of rank 0 are asked first, alone and two at once; those of rank 1 where none of rank 0 fits alone
    """

    name: str
    sentence: str
    notebook: str
    credit: float
    rewrite: Callable = lambda line, context: NONE
    kinds: tuple = ("formula", "function", "number")
    together: bool = False
    rank: int = 0

    def variants(self, context, places=alone):
        """The program with this mistake, in each way in which it can be made.

        places   names of lines in which it can be made → some of them at a time
        """
        if context.kind not in self.kinds:
            return
        changed = {line.name: [right for right in self.rewrite(line, context) if right != line.right]
                   for line in context.lines}
        changed = {name: rights for name, rights in changed.items() if rights}
        for at in range(max(map(len, changed.values()), default=0)):
            for names in (everywhere if self.together else places)([*changed]):
                yield _put_in(context.lines, {name: changed[name][min(at, len(changed[name]) - 1)] for name in names})


def _put_in(lines, rights):
    return tuple(replace(line, right=rights[line.name]) if line.name in rights else line for line in lines)


# what a line is

def has(line, kind):
    return line.kind == kind


def backward(line):
    return line.kind in ("delta", "da")


def gradient(line):
    return line.kind in ("dW", "db")


def through_activation(line):
    return line.kind in ("delta", "slope")


def over_samples(line):
    """Whether the samples of a batch are added up in it."""
    return (gradient(line) or has(line, "C")) and line.of_batch


def at_output(line):
    return backward(line) and "y" in line.needs


def slopes(line):
    return [e for e in line.right.atoms(Slope) if e.args[0].row.name != "identity"]


def each_slope(line, change):
    """The line with every g'(z) changed."""
    return (line.right.xreplace({slope: change(slope.args[0]) for slope in slopes(line)}),)


def squared(context):
    return context.network.options.loss.name == "squared error"


def own_activation(line, context):
    return context.answers.activation(line.mark)


def is_path(term):
    return any(name_of(e).startswith("delta") for e in term.atoms(sp.Indexed))


def inputs_of(line):
    """What the weight of a gradient is multiplied by, as entries."""
    return [e for e in line.right.atoms(sp.Indexed, sp.Symbol) if name_of(e)[0] in "xa" and name_of(e) in line.needs]


def weight_of(line, context):
    """The weight with respect to which a line is a derivative; None where it is none."""
    name = name_of(line.step.by) if line.step else line.name.removesuffix(" of a sample")[1:]
    quantity = context.network.quantities.get(name)
    return quantity if quantity is not None and quantity.kind == "W" else None
