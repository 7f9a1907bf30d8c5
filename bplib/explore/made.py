"""What explorers show that follows from the tables of activations and losses alone: it was made with the package.

A derivation takes a second; what is read from `made.json.gz` takes none.  A row that somebody has added to a table is in no
file: with one, everything is made anew.  `python3 -m bplib.explore` writes the file again; a test compares it with what
is made anew.
"""
import gzip
import json
from functools import lru_cache, wraps
from pathlib import Path

from ..activations import TABLE as ACTIVATIONS
from ..losses import TABLE as LOSSES

FILE = Path(__file__).with_name("made.json.gz")
MAKERS: dict = {}
"""Key of what is made → the function and its arguments, for all that the file holds."""


def once_for_the_tables(function):
    """The function with its results kept, until a row is added to the tables of activations and losses or taken out."""
    @lru_cache(maxsize=8)
    def kept(rows, *arguments):
        return function(*arguments)

    @wraps(function)
    def current_one(*arguments):
        return kept((*ACTIVATIONS.values(), *LOSSES.values()), *arguments)

    return current_one


def made_with_the_package(*arguments):
    """A decorator: the function's result is what JSON can hold; that for these arguments is read from the file."""
    def decorated(function):
        key = ".".join([function.__module__.rpartition(".")[2], function.__name__])
        MAKERS[key] = function, arguments

        @wraps(function)
        def read_or_made(*given):
            found = _file() if given == arguments else {}
            return found[key] if found.get("tables") == tables() and key in found else as_json(function(*given))

        return once_for_the_tables(read_or_made)
    return decorated


def tables() -> list:
    """The names in the tables of activations and losses."""
    return [*ACTIVATIONS, *LOSSES]


def as_json(value):
    """The value as it comes back from JSON."""
    return json.loads(json.dumps(value))


@lru_cache(maxsize=1)
def _file():
    return json.loads(gzip.decompress(FILE.read_bytes())) if FILE.exists() else {}


def everything() -> dict:
    """All that the file is to hold, made anew."""
    from . import neuron, training  # noqa: F401  (they say what they need)
    return {"tables": tables(), **{key: as_json(function(*arguments)) for key, (function, arguments) in MAKERS.items()}}


def write() -> None:
    """Write the file."""
    FILE.write_bytes(gzip.compress(json.dumps(everything(), ensure_ascii=False).encode(), mtime=0))

