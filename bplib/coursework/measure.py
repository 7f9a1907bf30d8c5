"""How good the checker is, in figures: `python -m bplib.coursework.measure`.

Right answers are rewritten at random and have to be accepted.  Wrong ones, every mistake and every two of them, are
typed as text and have to be refused and named.  Names are checked at a point that the checker does not use, so that a
coincidence at its own points counts against it.  Then noise and attacks, times, and whether a feedback gives away the
answer.
"""
import re
import sys
import time
from collections import Counter
from contextlib import contextmanager
from functools import lru_cache
from os.path import commonprefix
from unicodedata import category, numeric

import numpy as np

from .checking import check, judged
from .exercises import Formula, Function
from .grammar import parse
from .hostile import hostile
from .matching import apart, prepare, reference
from .mistakes import TABLE
from .program import NumericPoint
from .reading import formula_values
from .rewritings import formula, rewritten, typed
from .sheets import EXERCISES
from ..formula.tokens import FormulaError

NUMBER = r"(-?\d+\.?\d*(?:e-?\d+)?)"
FRESH = {"widths": (5, 3, 4, 2), "samples": 7}
FORBIDDEN = ("exec", "compile", "open", "import", "os.", "subprocess.", "socket.", "ctypes.", "pty.", "shutil.")


class Clock:
    """Times of checks, in milliseconds of the processor: what else runs on the machine does not count."""

    def __init__(self):
        self.times = []

    def time(self, function, *arguments):
        start = time.process_time()
        found = function(*arguments)
        self.times.append(1000 * (time.process_time() - start))
        return found

    def figures(self):
        if not self.times:
            return {}
        return {"median": float(np.median(self.times)), "95 %": float(np.percentile(self.times, 95)),
                "longest": max(self.times)}


def of_kind(kind):
    return [row for row in EXERCISES.values() if isinstance(row, kind)]


def warm():
    """Prepare each exercise, as its question does; returns milliseconds, for that and for the first verdict after."""
    made, first = {}, {}
    for row in EXERCISES.values():
        start = time.process_time()
        prepare(row)
        made[row.id] = 1000 * (time.process_time() - start)
        check(row.id, "7")
        first[row.id] = 1000 * (time.process_time() - start) - made[row.id]
    return made, first


def right_answers(each, seed=0):
    """Rewritings of right answers: how many, and those that were refused, as (id, text, verdict)."""
    random, clock, refused = np.random.default_rng(seed), Clock(), []
    texts = set()
    for row in of_kind(Formula):
        tree = formula(row, row.lines)
        for _ in range(each):
            text = typed(rewritten(tree, row, random, random.integers(0, 12)), row, random)
            texts.add((row.id, text))
            verdict = clock.time(check, row.id, text)
            if verdict.outcome != "right":
                refused.append((row.id, text, verdict))
    return {"number": len(texts), "refused": refused, "times": clock.figures()}


# wrong answers

def wrong_answers(seed=0):
    """Every mistake and every two, in every exercise: counts, what went amiss, and all feedback texts."""
    random, clock, count = np.random.default_rng(seed), Clock(), Counter()
    amiss, feedback = [], {}
    for row in (*of_kind(Formula), *of_kind(Function)):
        known = reference(row)
        for candidate in (*known.single, *known.rarer, *known.double):
            values = known.values_of(candidate)
            if values[-1] is None or known.is_right(values):
                count["mistakes that cancel or fit nowhere"] += 1
                continue
            verdict = _verdict(row, candidate, values, random, clock)
            feedback[row.id, _without_numbers(verdict.feedback)] = verdict.feedback
            count[_found(known, candidate, verdict, values)] += 1
            if _found(known, candidate, verdict, values) in ("accepted", "not named", "other names"):
                amiss.append((row.id, candidate.names, verdict))
    return {"count": count, "amiss": amiss, "feedback": feedback, "times": clock.figures()}


def _verdict(row, candidate, values, random, clock):
    if isinstance(row, Formula):
        return clock.time(check, row.id, typed(formula(row, candidate.lines), row, random))
    return clock.time(judged, row.id, {"runs": [_run(value) for value in values]})


def _run(value):
    """What a function that returns these values leaves behind; one that fits nowhere stops."""
    return {"arrays": {} if value is None else {name: one.array.tolist() for name, one in value.items()},
            "error": "ValueError: operands could not be broadcast" if value is None else "", "line": "", "again": True,
            "changed": [], "missing": False}


def _found(known, candidate, verdict, values):
    """What became of a wrong answer."""
    if verdict.outcome == "right":
        return "accepted"
    if not verdict.mistakes:
        return "not named"
    if set(candidate.names) == set(verdict.mistakes):
        return "named"
    if set(candidate.names) < set(verdict.mistakes):
        return "named, with others that look the same"
    if len(candidate.names) == 2:
        return "two that look like one"
    return "taken for a likelier one" if TABLE[candidate.names[0]].rank else "other names"


def _without_numbers(text):
    return re.sub(r"-?\d[\d.e+-]*", "0", text)


# names that are wrong

def false_names(each, seed=1):
    """Random formulas that are in no table: how many got a name or were accepted, and where that was a coincidence."""
    random, count, amiss = np.random.default_rng(seed), Counter(), []
    for row in of_kind(Formula):
        fresh = _fresh_point(row)
        right = row.value(fresh.run(row.lines))
        fresh.ranges.update(row.ranges(right))
        tree = formula(row, row.lines)
        for _ in range(each):
            text = typed(spoiled(tree, random), row, random)
            verdict = check(row.id, text)
            count[verdict.outcome] += 1
            if verdict.outcome == "right" or verdict.mistakes:
                count["named"] += bool(verdict.mistakes)
                if not _holds(row, text, verdict, fresh, right):
                    amiss.append((row.id, text, verdict))
    return {"count": count, "amiss": amiss}


def _fresh_point(row):
    own = row.test_at[0].widths if row.entry else FRESH["widths"]
    return NumericPoint(row.network, own, FRESH["samples"])


def _holds(row, text, verdict, fresh, right):
    """Whether a verdict is true at a point that the checker does not know."""
    given = formula_values(row, parse(text, row.vocabulary), [fresh])[0][0]
    if verdict.outcome == "right":
        return apart(right, given) < 1e-8
    known = reference(row)
    same = [c for c in (*known.single, *known.rarer, *known.double) if set(c.names) <= set(verdict.mistakes)]
    return any(apart(row.value(fresh.run(c.lines)), given) < 1e-8 for c in same)


def spoiled(tree, random):
    """A tree with one or two random changes that no table knows."""
    from .rewritings import _put
    from .tree import Binary, Entry, Number, walk
    for _ in range(random.integers(1, 3)):
        nodes = list(walk(tree))
        node, other = (nodes[at] for at in random.integers(len(nodes), size=2))
        if isinstance(node, Binary) and node.operator in "+-*/":
            new = Binary("+-*/"[random.integers(4)], node.left, node.right)
        elif isinstance(node, Entry) and len(set(node.indices)) > 1 and random.integers(2):
            new = Entry(node.name, node.indices[:-2] + node.indices[:-3:-1])
        elif isinstance(node, Number):
            new = Number(float(random.integers(1, 5)))
        else:
            new = Binary("*+-"[random.integers(3)], node, Number(float(random.integers(1, 4))))
        tree = _put(tree, node, new)
    return tree


# noise and attacks

@contextmanager
def watched():
    """Counts what the interpreter reports of code that is made, files that are opened, processes that are started."""
    seen, watching = Counter(), [True]

    def hook(event, arguments):
        if watching[0] and event.startswith(FORBIDDEN):
            seen[event] += 1

    sys.addaudithook(hook)
    try:
        yield seen
    finally:
        watching[0] = False


def noise(number, seed=0):
    """Hostile inputs: outcomes, exceptions that escaped, events that evaluation would cause, the longest time."""
    random, clock, escaped, outcomes = np.random.default_rng(seed), Clock(), [], Counter()
    inputs = list(hostile(number, random))
    with watched() as seen:
        for id, text in inputs:
            try:
                outcomes[clock.time(check, id, text).outcome] += 1
            except Exception as error:
                escaped.append((id, text[:80], repr(error)[:200]))
    return {"number": number, "outcomes": outcomes, "escaped": escaped, "events": seen, "times": clock.figures()}


# feedback that gives away the answer

def leaks(feedback):
    """Feedback texts in which the answer can be found, by reading as a formula whatever can be read as one.

    feedback   (id of the exercise, key) → text
    """
    return [(id, text) for (id, _), text in feedback.items() if gives_away(EXERCISES[id], text)]


def gives_away(row, text):
    """Whether a text contains the answer to an exercise."""
    if row.kind == "formula":
        return any(_is_right(row, piece) for piece in pieces(text))
    if row.kind == "number":
        right = float(reference(row).right[0][row.ask].array)
        return any(abs(number - right) <= row.tolerance * abs(right) for number in numbers_in(text))
    if row.kind == "choice":
        return re.search(rf"(?<!\w){re.escape(_telling(row))}(?!\.?\w)", _plain(text)) is not None
    return False


def numbers_in(text):
    """The numbers of a text, and every quotient of two: 0.25, 25 %, 1/4 and ¼ are all a quarter."""
    text = "".join(f" {numeric(c)} " if category(c) == "No" and numeric(c) % 1 else c for c in text.replace("−", "-"))
    for number, below, percent in re.findall(NUMBER + rf"(?:\s*/\s*{NUMBER})?(\s*%)?", text):
        yield float(number)
        if percent:
            yield float(number) / 100
        if below and float(below):
            yield float(number) / float(below)


def _telling(row):
    """What tells the right option from the others: its words, without those with which another one begins as well."""
    options = [_plain(option).split() for option in row.options]
    right = options.pop(row.right - 1)
    shared = max(len(commonprefix([right, other])) for other in options)
    return " ".join(right[shared:] if len(right) - shared > 1 else right)


def _plain(text):
    return " ".join(text.replace("`", "").replace("*", "").lower().split())


def pieces(text, longest=14):
    """Every run of words of a text, and everything in it that is set as code or formula."""
    yield from re.findall(r"`([^`]+)`|\$([^$]+)\$", text) and (
        part for parts in re.findall(r"`([^`]+)`|\$([^$]+)\$", text) for part in parts if part)
    words = text.split()
    for start in range(len(words)):
        for end in range(start + 1, min(start + longest, len(words)) + 1):
            yield " ".join(words[start:end]).strip(".,:;*")


@lru_cache(maxsize=100_000)
def _is_right(row, text):
    try:
        tree = parse(text, row.vocabulary)
    except FormulaError:
        return False
    return reference(row).is_right(formula_values(row, tree)[0])


# the report

def main(rewritings=60, spoiled=100, hostile_inputs=10_000):
    made, first = warm()
    rights, wrongs = right_answers(rewritings), wrong_answers()
    names, attacks = false_names(spoiled), noise(hostile_inputs)
    given_away = leaks(wrongs["feedback"])
    count = wrongs["count"]
    wrong = sum(n for what, n in count.items() if what != "mistakes that cancel or fit nowhere")
    told = count["named"] + count["named, with others that look the same"]
    print(f"right answers    {rights['number']} rewritings, refused: {len(rights['refused'])}")
    print(f"wrong answers    {wrong}, accepted: {count['accepted']}")
    for what, number in count.most_common():
        print(f"                 {number:5} {what}")
    print(f"named            {told / (wrong - count['two that look like one']):.1%} of those that can be told apart")
    print(f"random formulas  {sum(names['count'][o] for o in ('right', 'wrong', 'undecided', 'invalid'))}: "
          f"{dict(names['count'])}; false verdicts: {len(names['amiss'])}")
    print(f"hostile inputs   {attacks['number']}: {dict(attacks['outcomes'])}; exceptions: {len(attacks['escaped'])}; "
          f"events: {dict(attacks['events'])}")
    print(f"feedback         {len(wrongs['feedback'])} texts, with the answer in them: {len(given_away)}")
    for what, figures in (("right", rights), ("wrong", wrongs), ("hostile", attacks)):
        print(f"ms, {what:<12} " + "  ".join(f"{name} {value:.1f}" for name, value in figures["times"].items()))
    print(f"ms, with question {max(made.values()):.0f} at most; the first verdict after it {max(first.values()):.0f}")
    return rights, wrongs, names, attacks, given_away


if __name__ == "__main__":
    rights, wrongs, names, attacks, given_away = main()
    for problem in (*rights["refused"][:5], *wrongs["amiss"][:10], *names["amiss"][:5], *attacks["escaped"][:5],
                    *given_away[:5]):
        print("  ", problem)
