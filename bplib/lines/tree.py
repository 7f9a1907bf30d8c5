"""What a line says, as data.

Nodes are compared by identity: what changes one part of a formula leaves the others as they are, so that their values
need not be computed again.
"""
from dataclasses import dataclass, fields, replace
from functools import cached_property, lru_cache
from typing import dataclass_transform


@dataclass_transform(frozen_default=True, eq_default=False)
def node(kind):
    """A kind of node, made a dataclass."""
    return dataclass(frozen=True, eq=False)(kind)


@lru_cache(maxsize=None)
def names_of(kind):
    """Names of the fields of a kind of node."""
    return tuple(f.name for f in fields(kind))


class Node:
    """A part of a formula."""

    @cached_property
    def parts(self) -> tuple:
        """The nodes right below this one."""
        below = (getattr(self, name) for name in names_of(type(self)))  # type: ignore[arg-type]
        return tuple(one for value in below for one in (value if isinstance(value, tuple) else (value,))
                     if isinstance(one, Node))

    @cached_property
    def everything(self) -> tuple:
        """This node and all below it, from above."""
        return (self, *(one for part in self.parts for one in part.everything))


@node
class Number(Node):
    value: float


@node
class Known(Node):
    """A `values.Value` that is given."""

    value: object


@node
class Letter(Node):
    """An index."""

    name: str


@node
class Size(Node):
    """How far an index runs: N, n_1."""

    name: str


@node
class Entry(Node):
    """An entry of an array of the network.  `indices` is None where they are not written, as with matrices.

    written   the name as the learner wrote it (`names.Written`), None for what is not hers
    """

    array: str
    indices: tuple = ()
    written: object = None


@node
class Own(Node):
    """A name that the learner has defined."""

    name: str
    indices: tuple = ()
    written: object = None


@node
class Partial(Node):
    """∂of/∂by, of two entries.  `total` where it is written with d: along all paths, should there be several."""

    of: Node
    by: Node
    total: bool = False


@node
class Way(Node):
    """What reaches ∂of/∂by through the equation of one quantity, by way of `via` where that lies in between."""

    of: str
    through: str
    via: str
    by: Node


@node
class Derivative(Node):
    """∂/∂by of a formula that is written out."""

    of: Node
    by: Node


@node
class Call(Node):
    """A function of one number; with `slope` its derivative.  `softmax` has the letter that runs over the units."""

    function: str
    argument: Node
    slope: bool = False


@node
class Over(Node):
    """"sum", "mean" or "max" of a body over letters; "softmax" compares the body over a letter that stays."""

    function: str
    letters: tuple
    body: Node


@node
class Negative(Node):
    of: Node


@node
class Binary(Node):
    """left sign right.  "*" is a product as written with indices, "@" one of matrices, "⊙" one entry by entry."""

    sign: str
    left: Node
    right: Node


@node
class Transpose(Node):
    of: Node


@node
class Diagonal(Node):
    """The matrix with a vector on its diagonal."""

    of: Node


def walk(tree):
    """Every node of a tree, from above."""
    return tree.everything


def rewritten(tree, rule):
    """The tree with what `rule` makes of each node, from below; a rule gives a node itself back where it has nothing to say."""
    changes = {}
    for name in names_of(type(tree)) if tree.parts else ():
        value = getattr(tree, name)
        if isinstance(value, tuple):
            after = tuple(rewritten(one, rule) if isinstance(one, Node) else one for one in value)
            if any(a is not b for a, b in zip(value, after)):
                changes[name] = after
        elif isinstance(value, Node):
            after = rewritten(value, rule)
            if after is not value:
                changes[name] = after
    return rule(replace(tree, **changes) if changes else tree)


def changed(tree, old, new):
    """The tree with one node in the place of another."""
    return rewritten(tree, lambda node: new if node is old else node)


def factors(tree) -> list:
    """The factors of a product, a minus in front left aside."""
    if isinstance(tree, Binary) and tree.sign in ("*", "@", "⊙"):
        return factors(tree.left) + factors(tree.right)
    return factors(tree.of) if isinstance(tree, Negative) else [tree]


def terms(tree) -> list:
    """The terms of a sum or difference."""
    if isinstance(tree, Binary) and tree.sign in "+-":
        return terms(tree.left) + terms(tree.right)
    return [tree]


def letters_of(tree) -> set:
    """Names of all letters in a tree."""
    return {part.name for part in walk(tree) if isinstance(part, Letter)}
