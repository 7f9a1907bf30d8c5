"""The errors that a learner may meet: what was given, what was expected, what to do."""
from difflib import get_close_matches


class InputError(ValueError):
    """Something given to bplib does not fit."""


class DerivationError(AssertionError):
    """A step of a derivation did not pass its check."""


def unknown_name(what, given, known):
    """An InputError for a name that is not in a table, with the nearest names that are."""
    near = get_close_matches(str(given).lower(), known, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    return InputError(f"There is no {what} called {given!r}.{hint} Known: {', '.join(known)}.")
