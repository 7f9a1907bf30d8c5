"""What a formula consists of: seven kinds of node.  Trees of these hold what a learner typed, and right answers too."""
from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Number:
    value: float


@dataclass(frozen=True)
class Entry:
    """An entry of an array, or a scalar: name in the network, and indices (letters, or numbers counted from 1).

    The sample's index may be left out, as texts do; it is then s.
    """

    name: str
    indices: tuple = ()


@dataclass(frozen=True)
class Index:
    """An index as a number, in a condition such as [j = k]."""

    name: str


@dataclass(frozen=True)
class Call:
    """A function of one variable: "exp", "sigmoid", "sigmoid'", …"""

    function: str
    argument: object


@dataclass(frozen=True)
class Sum:
    index: str
    body: object


@dataclass(frozen=True)
class Negative:
    of: object


@dataclass(frozen=True)
class Binary:
    """left operator right, the operator one of + - * / ^ and, for 1 where it holds and 0 elsewhere, = ≠ < > ≤ ≥."""

    operator: str
    left: object
    right: object


def parts(node):
    """The nodes directly below a node."""
    return [part for field in fields(node) if hasattr(part := getattr(node, field.name), "__dataclass_fields__")]


def walk(node):
    """A node and all below it, without recursion: a long sum is a deep tree."""
    stack = [node]
    while stack:
        node = stack.pop()
        yield node
        stack += parts(node)


def has_index(node, index):
    """Whether a letter stands as an index anywhere in a tree."""
    return any(isinstance(at, Entry) and index in at.indices or isinstance(at, Index) and at.name == index
               for at in walk(node))
