"""The table of operations that can be read: name in ATen, the library below PyTorch → what writes its equations.

A row is a function (writer, **arguments): tensors come as `Tensor`, everything else as it stands in the program.  What
cannot be written raises `Unreadable`.
"""
from ..errors import InputError

TABLE: dict = {}


class Unreadable(InputError):
    """An operation, or one of its options, that cannot be written as an equation; the message says what to do."""


def reads(*names):
    """Put a function into the table, under the names of operations."""
    def put_in(function):
        TABLE.update(dict.fromkeys(names, function))
        return function
    return put_in


def refuse(what, instead):
    raise Unreadable(f"{what} cannot be written in index notation here. {instead}")
