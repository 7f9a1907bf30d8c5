"""The errors that a learner may meet: what was given, what was expected, what to do."""
import sys
import warnings
from difflib import get_close_matches
from pathlib import Path

PACKAGE = str(Path(__file__).resolve().parent)


class InputError(ValueError):
    """Something given to bplib does not fit."""


class DerivationError(AssertionError):
    """A step of a derivation did not pass its check."""


def warn_caller(message: str, category: type[Warning] = UserWarning) -> None:
    """A warning that points at the line outside bplib which called it, so that Python shows it once for each such line."""
    frame, level = sys._getframe(1), 2
    while frame.f_back is not None and frame.f_code.co_filename.startswith(PACKAGE):
        frame, level = frame.f_back, level + 1
    warnings.warn(message, category, stacklevel=level)


def unknown_name(what, given, known):
    """An InputError for a name that is not in a table, with the nearest names that are."""
    near = get_close_matches(str(given).lower(), known, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    return InputError(f"There is no {what} called {given!r}.{hint} Known: {', '.join(known)}.")
