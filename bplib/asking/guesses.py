"""A number, guessed before it is shown."""
from math import floor, log10

from ..coursework.reading import number as read_number
from ..errors import InputError
from ..formula.tokens import FormulaError, stripped
from ..inputs import checked_number
from .question import Question, missing
from .verdict import Verdict

CLOSE, STEPS = 20, 100
"""Parts of the range: one of CLOSE is close, by default; a key moves the slider by about one of STEPS."""


class Guess(Question):
    """The widget behind `guess`; an answer is a number."""

    kind = "guess"

    def __init__(self, question, right, low, high, unit, within):
        self.right, self.low, self.high, self.unit, self.within = right, low, high, unit, within
        numbers = {"low": low, "high": high, "step": _step(high - low), "log": False}
        super().__init__(question, unit=unit, numbers={**numbers, "label": self.language.phrase("Your guess")},
                         label=self.language.phrase("Your guess"))

    def judge(self, answer) -> Verdict:
        if isinstance(answer, str) and not stripped(answer):
            return missing(self.language)
        try:
            found = read_number({"text": answer.replace(self.unit, " ") if self.unit else answer}
                                if isinstance(answer, str) else {"number": checked_number("A guess", answer)})
        except (InputError, FormulaError) as problem:
            return Verdict("invalid", str(problem))
        off = found - self.right
        return Verdict("near" if abs(off) <= self.within else "far", f"{self._distance(off)} {self._told()}")

    def _told(self):
        return self.language.phrase("It is {number}.", number=self._number(self.right))

    def _distance(self, off):
        if off == 0:
            return self.language.phrase("That is it.")
        distance = self._number(abs(off))
        if off > 0:
            return self.language.phrase("Your guess is {distance} too high.", distance=distance)
        return self.language.phrase("Your guess is {distance} too low.", distance=distance)

    def _number(self, value):
        return f"{shown(value)} {self.unit}".strip()

    def form(self):
        ends = self.language.phrase("Guess a number from {low} to {high}.", low=shown(self.low),
                                    high=self._number(self.high))
        return f"<p>{ends}</p>"

    def for_page(self):
        return {"kind": "guess", "right": float(f"{self.right:.12g}"), "within": float(f"{self.within:.12g}"),
                "unit": self.unit}

    def solution(self, as_html, typed=""):
        return as_html(self._told())


def shown(value):
    """A number with four digits."""
    return f"{value:.4g}".replace("-", "−")


def _step(width):
    """A power of ten, or 2 or 5 times one, near a part of the range."""
    power = 10.0 ** floor(log10(width / STEPS))
    return max(factor * power for factor in (1, 2, 5) if factor * power <= width / STEPS * (1 + 1e-9))


def guess(question, answer, low, high, unit="", within=None) -> Guess:
    """A guess at a number, on a slider or typed; then the number, and how far off the guess was.

    question    in Markdown
    answer      the number, or a function without arguments that computes it
    low, high   the ends of the slider
    unit        what stands behind the number, such as "%"
    within      how far off is still close; by default a twentieth of the slider

    >>> guess("How steep is σ at most?", 0.25, 0, 1).judge("0.3")
    ✓ Close. Your guess is 0.05 too high. It is 0.25.
    """
    right = float(checked_number("answer", answer() if callable(answer) else answer))
    low, high = (float(checked_number(name, end)) for name, end in (("low", low), ("high", high)))
    if not low < high or not low <= right <= high:
        raise InputError(f"The slider goes from low to high and has the answer between them; given: {low:g} to {high:g}, "
                         f"and the answer is {right:g}.")
    if not isinstance(unit, str):
        raise InputError(f"unit is a text; given: {unit!r}.")
    within = (high - low) / CLOSE if within is None else checked_number("within", within, least=0)
    return Guess(question, right, low, high, unit, within)
