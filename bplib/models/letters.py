"""Letters for what sums run over: each sum takes the first that nothing around it uses."""
import sympy as sp

from ..equations import letter
from .nodes import letters_in


def named(known, letters, ranges, taken) -> dict:
    """A name for each letter that is summed over: its own where it is free, else another of its range, else with primes.

    known   letter → its range, for the letters that may be taken
    """
    names, used = {}, set(taken)
    for at in letters:
        stem = at.name.rstrip("'")
        same = [letter(stem), *(other for other, n in known.items() if n == ranges[at])]
        primed = (letter(stem + "'" * n) for n in range(1, 99))
        names[at] = next(name for name in (*same, *primed) if name not in used)
        used.add(names[at])
    return names


def limits(names, ranges) -> list:
    """The limits of a sum over named letters."""
    return [(name, 0, ranges[at] - 1) for at, name in names.items()]


def with_own_letters(e, known, taken=frozenset()):
    """The same formula with, for each sum, the first letters of its ranges that nothing around it uses.

    known   letter → its range, for the letters that may be taken
    """
    if isinstance(e, sp.Sum):
        bound = [at for at, *_ in e.limits]
        ranges = {at: high - low + 1 for at, low, high in e.limits}
        names = named(known, bound, ranges, taken | letters_in(e))
        middle = {at: sp.Dummy(at.name, integer=True, nonnegative=True) for at in bound}
        body = e.function.xreplace(middle).xreplace({middle[at]: name for at, name in names.items()})
        inside = taken | letters_in(e) | set(names.values())
        return sp.Sum(with_own_letters(body, known, inside), *((names[at], low, high) for at, low, high in e.limits))
    if not e.args or not e.has(sp.Sum):
        return e
    options = {"evaluate": False} if e.is_Mul or e.is_Add else {}
    return e.func(*(with_own_letters(argument, known, taken | letters_in(e)) for argument in e.args), **options)
