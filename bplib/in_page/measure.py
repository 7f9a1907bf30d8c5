"""Verdicts of the page and of Python, side by side: `python -m bplib.in_page.measure`, with a browser.

Right answers in many forms, every known mistake and two, formulas that nobody foresaw, numbers right and nearly right, and
what somebody might type to break something.  Outcome, names of mistakes and every word of the feedback have to be the same.
"""
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import category

import numpy as np

from ..bench.browser import browser
from ..course import notebooks
from ..coursework.checking import check
from ..coursework.exercises import Exercise
from ..coursework.hostile import ATTACKS, PIECES, hostile
from ..coursework.matching import reference
from ..coursework.measure import spoiled
from ..coursework.rewritings import formula, rewritten, typed
from ..coursework.sheets import EXERCISES
from .facts import FACTS, of_exercise, place_of_exercise, words_of_exercise
from .questions import of_notebook
from .script import fields, judge

ROWS = [row for row in EXERCISES.values() if row.kind in FACTS]
FORMULAS = [row for row in ROWS if row.kind == "formula"]
NUMBERS = [row for row in ROWS if row.kind == "number"]
CHOICES = [row for row in ROWS if row.kind == "choice"]
MANY = 20_000


# what is typed

@lru_cache(maxsize=None)
def _right(row):
    return formula(row, row.lines)


@lru_cache(maxsize=None)
def _wrong(row):
    known = reference(row)
    return [*known.single, *known.rarer, *known.double]


def _one(many, random):
    return many[random.integers(len(many))]


def _rewritten(random):
    row = _one(FORMULAS, random)
    return row, typed(rewritten(_right(row), row, random, random.integers(0, 12)), row, random)


def _nearly(random):
    """A right answer but for rounding, or without a value; or nothing."""
    row, text = _rewritten(random)
    return row, _one((f"1.0000001 ({text})", f"({text})*1.000000001", f"({text}) log(-1)/log(-1)", "0/0", " \u3000", "…"), random)


def _mistaken(random):
    row = _one(FORMULAS, random)
    tree = formula(row, _one(_wrong(row), random).lines)
    return row, typed(rewritten(tree, row, random, random.integers(0, 5)), row, random)


def _unforeseen(random):
    row = _one(FORMULAS, random)
    return row, typed(spoiled(_right(row), random), row, random)


def _lettered(random):
    """Entries with any indices, which may fit or not: added, multiplied, compared, and summed over some of their letters."""
    row = _one(FORMULAS, random)
    names = [name for name in row.vocabulary.names.items() if name[0] != "e"]
    text = ""
    for _ in range(random.integers(1, 9)):
        typed_as, name = _one(names, random)
        letters = [_one((*"jkabcsjk", "1", "2"), random) for _ in range(_one(name.counts, random))]
        entry = f"{typed_as}[{','.join(letters)}]" if letters else typed_as
        text += _one((entry, f"{entry} ", f"tanh({entry})", f"[{entry} > 0]", f"sum_{_one('jkabs', random)} {entry} "), random)
        text += _one(("*", " ", "+", "-", "/"), random)
    return row, text[:-1]


def _surrounded(random):
    """A formula that somebody has copied together with something else, or has broken."""
    row, text = _unforeseen(random)
    at = random.integers(len(text) + 1)
    piece = _one((*PIECES, *ATTACKS, *"ᵀ⊤٫‑∗\u200b\ufeff"), random)
    return row, _one((f"$${text}$$.", f'"{text}"', f"“{text}.” ", f"«={text}».", f"∂C/∂w = {text}", f"y = {text};", f"{text} = {text}", f"\\({text}\\), ", text[:at] + piece + text[at:],
                      text[:at] + text[at + 1:], text[:at]), random)


def _number(random):
    """The right number or one with a mistake, with few digits or many, right or a little off, in many forms."""
    row = _one(NUMBERS, random)
    known = reference(row)
    values = [known.right, *map(known.values_of, _wrong(row))]
    value = float(_one([one for one in values if one[0]], random)[0][row.ask].array)
    value *= _one((1, 1, 1, -1, 1 + 1e-3, 1 + 4e-3, 1 + 6e-3, 10), random)
    text = f"{value:.{random.integers(1, 7)}g}"
    return row, _one((text, text, f"{value!r}", text.replace(".", ","), f" ${text}$. ", f"{value * 7!r}/7", f"x = {text}",
                      text.translate(str.maketrans("0123456789-", "۰۱۲۳۴۵۶۷۸۹−")), text + _one(PIECES, random),
                      f"={text}", text.replace(".", "٫").replace("-", "‑"), f"\ufeff{text}\u200b"), random)


def _hostile_number(random):
    return _one(NUMBERS, random), _one((*ATTACKS, "sum_s 1", "[s=s]", "1½", "9" * 400 + "½", "1e999", "-0", "٣.٥", "e^2", "pi"), random)


def _letter(random):
    row = _one(CHOICES, random)
    letter, option = _one("ABCDabcd", random), _one([*row.options], random)
    return row, _one((*"ABCDEFGHabcd", " (b). ", "`C`", "ß", "А", *row.options, *PIECES, f'"{letter}"', f"“{letter}.”",
                      f"{letter}) {option}", f"{letter} {option}", option.lower(), option.upper(), f"«{option}»"), random)


def _strange(random):
    """Characters from anywhere, those of formulas often; none that only one of two versions of Unicode knows."""
    row, size = _one(ROWS, random), random.integers(1, 40)
    strange = [one for one in map(chr, random.integers(1, 0x20000, size=size)) if category(one) not in ("Cs", "Cn")]
    return row, "".join(_one((one, _one(PIECES, random)), random) for one in strange)


def _attack(random):
    _, text = _one([*hostile(4, random)], random)
    return _one(ROWS, random), _one((text, _one(ATTACKS, random)), random)


def _soup(random):
    return _one(ROWS, random), "".join(_one(PIECES, random) for _ in range(random.integers(1, 40)))


MAKERS: tuple[Callable, ...] = (_rewritten, _nearly, _mistaken, _unforeseen, _lettered, _surrounded, _number, _hostile_number, _letter, _strange, _attack, _soup)


def inputs(number: int, seed: int = 0) -> Iterator[tuple[Exercise, str]]:
    """So many pairs of an exercise and a text."""
    random = np.random.default_rng(seed)
    for n in range(number):
        yield MAKERS[n % len(MAKERS)](random)


# the verdicts

JUDGE_ALL = """
const exercises = new Map(Object.entries(FACTS).map(([id, data]) => [id, opened(data)]));
const result = TEXTS.map(([id, text]) => {
  const start = performance.now(), { outcome, mistakes, feedback } = judged(exercises.get(id), text);
  return { outcome, mistakes, feedback, milliseconds: performance.now() - start };
});
"""


def in_page(pairs: list[tuple[Exercise, str]], run: Callable[[str], list[dict]]) -> list[dict]:
    """The verdicts of the page: each an outcome, mistakes, feedback, and the milliseconds that it took.

    run   evaluates a JavaScript module and returns its `result`
    """
    data = json.dumps({row.id: {**of_exercise(row), "words": words_of_exercise(row)} for row in ROWS})
    texts = json.dumps([[row.id, text] for row, text in pairs])
    return run(f"{judge()}\nconst FACTS = {data};\nconst TEXTS = {texts};\n{JUDGE_ALL}")


@dataclass(frozen=True)
class Difference:
    """A text that the page judges otherwise than Python."""

    exercise: str
    text: str
    python: str
    page: str


def compared(pairs: list[tuple[Exercise, str]], run: Callable[[str], list[dict]]) -> tuple[list[Difference], list[dict]]:
    """Where the page and Python differ, and all verdicts of the page."""
    found = in_page(pairs, run)
    differences = []
    for (row, text), page in zip(pairs, found, strict=True):
        python = check(row, text)
        here = (python.outcome, list(python.mistakes), python.feedback)
        there = (page["outcome"], page["mistakes"], page["feedback"])
        if here != there:
            differences.append(Difference(row.id, text, repr(here), repr(there)))
    return differences, found


# the report

MODULE = """async (code) => {
  const address = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  return (await import(address)).result; }"""


def main(number: int = MANY, seed: int = 0) -> int:
    lessons = [row for path in notebooks() for row in of_notebook(path)]
    for rows in (ROWS, FORMULAS):  # what is typed is drawn from these
        rows += lessons
    pairs = [*inputs(number, seed)]
    with browser() as one:
        page = one.new_page()
        differences, found = compared(pairs, lambda script: page.evaluate(MODULE, f"{script}\nexport {{ result }};"))
    times = [one["milliseconds"] for one in found]
    middle, late, last = (float(np.percentile(times, share)) for share in (50, 95, 100))
    print(f"inputs        {number}: {dict(Counter(one['outcome'] for one in found))}")
    print(f"differences   {len(differences)}")
    print(f"ms a verdict  median {middle:.1f}  95 % {late:.1f}  longest {last:.0f}")
    sheets = Counter({sheet: sum(len(place_of_exercise(row)) for row in EXERCISES.values() if row.id.startswith(sheet)) for sheet in "123456"})
    print(f"lessons       {len(lessons)} questions, {sum(row in lessons for row, _ in pairs)} inputs")
    print("kB            " + "  ".join(f"sheet {sheet} {size / 1000:.0f}" for sheet, size in sheets.items())
          + f"  script {len(fields([]).encode()) / 1000:.0f}")
    for one in differences[:20]:
        print(f"  {one.exercise} {one.text[:200]!r}\n    Python {one.python}\n    page   {one.page}")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:3])))
