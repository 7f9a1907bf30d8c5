"""Array programs as data: nodes that know their axes, statements, and what makes a program well formed.

A node is an array with an axis for each of its letters; no order of the axes is meant, and no name is given: printers
choose both.  A node refers to the quantities of a model.
"""
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import sympy as sp

from ..models.quantities import Quantity


@dataclass(frozen=True)
class Axis:
    """A letter and how far it runs, from 0."""

    letter: sp.Symbol
    size: sp.Expr


@dataclass(frozen=True)
class Index:
    """A place on an axis of an array: offset + Σ step·letter.  `steps` holds pairs of an Axis and its step."""

    offset: sp.Expr
    steps: tuple = ()

    axes = property(lambda self: tuple(axis for axis, _ in self.steps))
    is_letter = property(lambda self: self.offset == 0 and len(self.steps) == 1 and self.steps[0][1] == 1)

    def is_inside(self, size) -> bool:
        """Whether a place without letters is known to lie within an axis of this size."""
        if self.steps:
            return self.is_letter and self.axes[0].size == size
        return self.offset in (0, size - 1) or bool(sp.sympify(size).is_Integer and 0 <= self.offset < size)


def letter_index(axis: Axis) -> Index:
    return Index(sp.S.Zero, ((axis, sp.S.One),))


class Node:
    """An array.  `axes`: its axes, each once; `parts`: the nodes that it is made of."""

    over = ()

    @cached_property
    def parts(self) -> tuple:
        return tuple(_nodes_in([getattr(self, field.name) for field in fields(self)]))  # type: ignore[arg-type]

    @cached_property
    def axes(self) -> tuple:
        found = dict.fromkeys(axis for part in self.parts for axis in part.axes)
        return tuple(axis for axis in found if axis not in self.over)


def _nodes_in(values):
    for value in values:
        if isinstance(value, Node):
            yield value
        elif isinstance(value, tuple):
            yield from _nodes_in(value)


@dataclass(frozen=True)
class Scalar(Node):
    """A number, a size, or a formula of both."""

    value: sp.Expr


@dataclass(frozen=True)
class Position(Node):
    """A letter as a number: 0, 1, 2, … along its axis."""

    axis: Axis
    axes = property(lambda self: (self.axis,))


@dataclass(frozen=True)
class Read(Node):
    """Entries of an array: each index is a letter, or a place without letters that lies within the axis."""

    quantity: Quantity
    indices: tuple = ()
    axes = property(lambda self: tuple(dict.fromkeys(axis for index in self.indices for axis in index.axes)))


@dataclass(frozen=True)
class Window(Read):
    """Entries at computed places: an axis for each letter of them, 0 where a place lies outside the array."""


@dataclass(frozen=True)
class LookUp(Node):
    """Entries at places that arrays of whole numbers give: E[c[s,t], j].  Each index is a node."""

    quantity: Quantity
    indices: tuple


@dataclass(frozen=True)
class Add(Node):
    """A sum of terms, pairs of a sign (1 or −1) and a node, in the order in which they are written."""

    terms: tuple


@dataclass(frozen=True)
class Product(Node):
    """Factors above and below the fraction bar.  strong: 0 times anything is 0, be it 1/0."""

    above: tuple
    below: tuple = ()
    strong: bool = False


@dataclass(frozen=True)
class Power(Node):
    base: Node
    exponent: sp.Expr


@dataclass(frozen=True)
class Apply(Node):
    """A function of each entry, by its name in code."""

    function: str
    arguments: tuple


@dataclass(frozen=True)
class Compare(Node):
    """True or false for each entry; as a factor 1 or 0."""

    relation: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Where(Node):
    """Values by cases: pairs of a condition and a value, and the value where none holds."""

    cases: tuple
    otherwise: Node


@dataclass(frozen=True)
class Contract(Node):
    """Σ of a product over letters that two or more factors share: a matrix product."""

    factors: tuple
    over: tuple


@dataclass(frozen=True)
class Reduce(Node):
    """A body's "sum", "mean", "max" or "argmax" over letters.  The argmax is the place of the first largest, counted
    with the last letter running fastest."""

    kind: str
    body: Node
    over: tuple


@dataclass(frozen=True)
class Softmax(Node):
    """exp(score)/Σ exp(score) along an axis, over the places where `where` holds; its logarithm, if `log`."""

    score: Node
    axis: Axis
    where: Node | None = None
    log: bool = False


@dataclass(frozen=True)
class Scatter(Node):
    """The transpose of a Window or a LookUp: Σ over the letters of `place` of [axis = place] · body."""

    axis: Axis
    place: Any
    body: Node
    over = property(lambda self: self.place.axes)

    @property
    def axes(self):
        return (self.axis, *(axis for axis in self.body.axes if axis not in self.over))


@dataclass(frozen=True)
class Assign:
    """quantity[axes] = value."""

    quantity: Quantity
    axes: tuple
    value: Node


@dataclass(frozen=True)
class Loop:
    """Statements that are run for each place along an axis, from the first or from the last."""

    axis: Axis
    upwards: bool
    body: tuple


def walk(node):
    """A node and all that it is made of."""
    yield node
    for part in node.parts:
        yield from walk(part)


def assignments(statement) -> tuple:
    return statement.body if isinstance(statement, Loop) else (statement,)


def read_by(statement) -> set:
    """Names of the arrays that a statement reads."""
    return {node.quantity.name for one in assignments(statement) for node in walk(one.value)
            if isinstance(node, (Read, LookUp))}


def needed(statements, outputs) -> tuple:
    """The statements on which arrays depend, by their names."""
    kept: list = []
    wanted = set(outputs)
    for statement in reversed(statements):
        if wanted & {one.quantity.name for one in assignments(statement)}:
            kept.insert(0, statement)
            wanted |= read_by(statement)
    return tuple(kept)


class IllFormed(AssertionError):
    """A program that no stage of the library may hand on."""


def check(statements, given) -> None:
    """IllFormed where an array is read before it is assigned, or where axes do not fit."""
    known = {quantity.name for quantity in given}
    for statement in statements:
        at = (statement.axis,) if isinstance(statement, Loop) else ()
        own = {one.quantity.name for one in assignments(statement)} if at else set()
        for one in assignments(statement):
            _check(not at or at[0] in one.axes, "{} has no axis {}", one.quantity.name, at)
            _check(tuple(axis.size for axis in one.axes) == one.quantity.sizes, "the sizes of {}", one.quantity.name)
            for node in walk(one.value):
                _check_node(node, known, own)
            _check(set(one.value.axes) <= set(one.axes), "{} lacks axes of {}", one.quantity.name, one.value)
            known.add(one.quantity.name)


def _check_node(node, known, own):
    letters = [axis.letter for axis in node.axes]
    _check(len(set(letters)) == len(letters), "a letter with two sizes in {}", node)
    if isinstance(node, (Read, LookUp)):
        name, sizes = node.quantity.name, node.quantity.sizes
        earlier = name in own and isinstance(node, Window)
        _check(name in known or earlier, "{} is read before it is assigned", name)
        _check(len(node.indices) == len(sizes), "the number of indices of {}", name)
        if type(node) is Read:
            _check(all(index.is_inside(n) for index, n in zip(node.indices, sizes, strict=True)), "indices of {}", name)
            _check(len(node.axes) == sum(len(index.steps) for index in node.indices), "a letter twice in {}", name)
    if isinstance(node, (Contract, Reduce)):
        inner = {axis for part in node.parts for axis in part.axes}
        _check(node.over and set(node.over) <= inner, "a sum over letters that are not there: {}", node)
    if isinstance(node, Scatter):
        _check(node.axis not in node.body.axes, "the letter of a scatter stands in its body: {}", node)


def _check(holds, what, *of):
    """`what` is filled in where it does not hold: to write a node down takes longer than all checks of it."""
    if not holds:
        raise IllFormed(what.format(*of))

