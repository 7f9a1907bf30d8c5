"""How good the variants are, in figures: `python -m bplib.coursework.measure_variants [how many of each] [ids]`.

Each variant gets its right answer, which has to be accepted, and every mistake by itself, each of which has to be
refused and named.  Two mistakes that one answer may come from are allowed only where the exercise itself, as it is
without a seed, has the same two.  Then how many variants there are that differ, and how long it takes to draw one.
"""
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import product

import numpy as np

from . import slips
from .checking import check, judged
from .matching import reference
from .measure import _run
from .rewritings import formula, typed
from .sheets import EXERCISES
from .variants import exercise, made, variant
from .variations import TABLE

SAMPLE = 200
"""How many choices of numbers are tried to find what share of them can be given out."""


@dataclass
class Figures:
    """What was found for one exercise.

    distinct   how many variants differ in what the learner reads; for numbers an estimate
    drawn      how many of those that were drawn here differ
    told       mistakes that are told from all others: the fewest and the most in a variant, and without a seed
    amiss      what must not be: (key of the variant, what)
    times      milliseconds of the processor for each draw
    """

    distinct: int = 0
    drawn: int = 0
    told: tuple = ()
    amiss: list = field(default_factory=list)
    times: list = field(default_factory=list)


def measured(id: str, number: int) -> Figures:
    """Draw so many variants of an exercise and put each to the proof; one that is drawn twice, once."""
    figures, seen, told = Figures(), set(), []
    for seed in range(number):
        start = time.process_time()
        one = variant(id, seed)
        figures.times.append(1000 * (time.process_time() - start))
        if shown(one) not in seen:
            figures.amiss += [(one.key, what) for what in PROOFS[one.kind](one, np.random.default_rng(seed))]
            told.append(len(_told(one)))
        seen.add(shown(one))
    figures.drawn, figures.distinct = len(seen), distinct(id)
    figures.told = min(told), max(told), len(_told(EXERCISES[id]))
    return figures


def shown(one) -> tuple:
    """What a learner sees of a variant, as a value that can be compared."""
    looks = [str(getattr(one, name, "")) for name in ("units", "spelt", "turned", "takes")]
    equations = [one.make] if one.kind == "derivation" else []  # which are shown, and made by a function of their own
    return one.title, one.text, *getattr(one, "options", ()), *looks, *equations


def distinct(id: str) -> int:
    """How many variants of an exercise differ in what is shown.

    Of numbers not all can be given out; what share can is estimated from a sample.
    """
    row, plain = TABLE[id], EXERCISES[id]
    ways = (dict(zip(row.over, values)) for values in product(*row.over.values()))
    found = {shown(row.make(plain, **picked)) for picked in ways if row.may_be(picked)}
    if plain.kind != "number":
        return len(found)
    tried = [picked for n in range(SAMPLE) if row.may_be(picked := row.drawn(f"{id} sample {n}"))]
    return round(len(found) * sum(made(id, picked) is not None for picked in tried) / len(tried))


def _told(one):
    """Names of the mistakes that are told from all others; of a choice, those that its options have, and of a derivation
    the slips in it that are named."""
    if one.kind == "derivation":
        return slips.told(one)
    if one.kind == "choice":
        return {mistake for _, mistake in one.options.values() if mistake}
    return reference(one).told_apart()


# the proof of each kind: what is amiss, in words

def _of_formula(one, random):
    text = typed(formula(one, one.lines), one, random)
    if not check(one, text).right:
        yield f"refused: {text}"
    yield from _mistakes(one, lambda candidate: check(one, typed(formula(one, candidate.lines), one, random)))


def _of_function(one, random):
    known = reference(one)
    if not judged(one, {"runs": [_run(value) for value in known.right]}).right:
        yield "refused: the right function"
    yield from _mistakes(one, lambda candidate: judged(
        one, {"runs": [_run(value) for value in known.values_of(candidate)]}))


def _of_number(one, random):
    known = reference(one)
    if not check(one, three_digits(known.right[0][one.ask].array)).right:
        yield "refused: the right number with three digits"
    yield from _mistakes(one, lambda candidate: check(one, float(known.values_of(candidate)[0][one.ask].array)))


def three_digits(number):
    """A number as somebody writes it who was asked for three digits."""
    return f"{float(number):.3g}"


def _mistakes(one, verdict_on):
    alike = reference(EXERCISES[one.id]).alike()
    for candidate in reference(one).single:
        verdict, name = verdict_on(candidate), candidate.names[0]
        if verdict.right:
            yield f"accepted: {name}"
        elif name not in verdict.mistakes:
            yield f"not named: {name}, but {verdict.mistakes}"
        elif any(frozenset((name, other)) not in alike for other in verdict.mistakes if other != name):
            yield f"not told apart: {verdict.mistakes}"


def _of_choice(one, random):
    for number, (option, (_, mistake)) in enumerate(one.options.items(), 1):
        verdict = check(one, "ABCDEFGH"[number - 1])
        if verdict.right != (number == one.right) or {mistake} - {""} != {*verdict.mistakes}:
            yield f"{option}: {verdict}"
        if mistake and number == one.right:
            yield f"the right option has a mistake: {mistake}"


def _of_derivation(one, random):
    """Slips are refused, and those named that are so in the exercise itself, as far as the variant has them."""
    as_it_is, *_ = verdicts = slips.slipped(one)
    if not verdicts[as_it_is].right:
        yield f"refused: bplib's own derivation: {verdicts[as_it_is]}"
    for name in verdicts.keys() - {as_it_is}:
        if verdicts[name].right:
            yield f"accepted: {name}"
        elif name in slips.told(EXERCISES[one.id]) and not verdicts[name].mistakes:
            yield f"not named: {name}"


PROOFS = {"formula": _of_formula, "function": _of_function, "number": _of_number, "choice": _of_choice,
          "derivation": _of_derivation}
"""Kind of exercise → (variant, random numbers) → what is amiss."""


# the report

def main(number=1000, *, ids=()):
    print("exercise  kind          variants  drawn differ  mistakes told apart   ms to draw: median  95 %  longest")
    count, amiss, times = Counter(), [], []
    for id in ids or TABLE:
        found = measured(id, number)
        fewest, most, before = found.told
        middle, late, last = (np.percentile(found.times, share) for share in (50, 95, 100))
        kind = exercise(id).kind
        about = "about" if kind == "number" else ""
        print(f"{id:<9} {kind:<9}{about:>6}{found.distinct:>7,}{found.drawn:>12,}      {fewest:>3} to "
              f"{most:<3}, without a seed {before:<3} {middle:>8.1f} {late:>6.1f} {last:>6.1f}", flush=True)
        count["drawn"] += number
        count["variants"] += found.drawn
        amiss += found.amiss
        times += found.times
    print(f"{count['drawn']:,} drawn, {count['variants']:,} different variants put to the proof; amiss: {len(amiss)}; "
          f"to draw one took {np.mean(times):.1f} ms on average, {np.percentile(times, 99):.1f} ms or less in 99 of "
          "100")
    for problem in amiss[:20]:
        print("  ", *problem)
    return 1 if amiss else 0


if __name__ == "__main__":
    sys.exit(main(*(int(text) for text in sys.argv[1:2]), ids=tuple(sys.argv[2:])))
