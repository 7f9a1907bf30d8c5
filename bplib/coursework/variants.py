"""Variants: the same exercise with another activation, loss, letter or number, drawn from a seed.

What may vary stands in `variations`.  A draw takes one value of each, picked by a digest of exercise, seed and name, so
the same seed gives the same variant on every machine.  Nothing about the variant is written down: its right answer and
its mistakes are derived.  Not drawn are the exercise itself in other letters, what a row of the table rules out, and
numbers at which an answer with a mistake could be taken for the right one, or for one with another mistake.
"""
import re
from dataclasses import replace
from functools import lru_cache

from ..errors import DerivationError, InputError, unknown_name
from .exercises import Exercise
from .matching import is_told_apart
from .sheets import EXERCISES
from .variations import TABLE

TRIES = 200
TOLD_APART: dict = {}
"""Exercise and values of what varies → whether its numbers tell mistakes apart, which takes time to find out."""
SEED = re.compile(r"[A-Za-z0-9-]{1,40}")


def exercise(id: str) -> Exercise:
    """The exercise with an id such as "2.3", or the variant of it with one such as "2.3:K7Q2M9".

    An `Exercise` is returned as it is.
    """
    if isinstance(id, Exercise):
        return id
    name, colon, seed = id.partition(":") if isinstance(id, str) else (str(id), "", "")
    if name not in EXERCISES or not isinstance(id, str):
        raise unknown_name("exercise", name, EXERCISES)
    return variant(name, seed) if colon else EXERCISES[name]


def variant(id: str, seed: str | int) -> Exercise:
    """The variant of an exercise that belongs to a seed: an `Exercise` of the same kind.

    id     such as "2.3"
    seed   a whole number, or up to 40 Latin letters, digits and hyphens

    InputError for any other seed, and for an exercise that has no variants.
    """
    if id not in EXERCISES:
        raise unknown_name("exercise", id, EXERCISES)
    if id not in TABLE:
        raise InputError(f"Exercise {id} has no variants; these have: {', '.join(TABLE)}.")
    text = str(seed) if type(seed) is int else seed
    if not isinstance(text, str) or not SEED.fullmatch(text):
        raise InputError("A seed is a whole number, or up to 40 Latin letters, digits and hyphens; "
                         f"given: {str(seed)[:50]!r}.")
    return _variant(id, text)


@lru_cache(maxsize=20_000)
def _variant(id, seed):
    for attempt in range(TRIES):
        if one := made(id, TABLE[id].drawn(f"{id} {seed} {attempt}")):
            return replace(one, seed=seed)
    raise DerivationError(f"None of {TRIES} variants of exercise {id} can be given out.")


def made(id: str, picked: dict) -> Exercise | None:
    """The variant with these values of what varies; None where it is not to be given out."""
    row = TABLE[id]
    if not row.may_be(picked):
        return None
    one = row.make(EXERCISES[id], **picked)
    if one.kind == "number" and (key := (id, repr(picked))) not in TOLD_APART:
        TOLD_APART[key] = is_told_apart(one)
    return one if one.kind != "number" or TOLD_APART[key] else None
