"""What came out of a gradient check: a verdict for each array and each method, and how that is shown."""
from dataclasses import dataclass

import numpy as np

from .languages import current

METHODS = ("reference", "complex step", "finite difference")
PASSED, FAILED, OPEN = "passed", "FAILED", "cannot be decided"
SYMBOLS = {PASSED: "✓", FAILED: "✗", OPEN: "?"}
DISTANCE = "‖g−n‖/(‖g‖+‖n‖)"
TITLES = {
    ("your gradient", PASSED): "Your gradient passed", ("the derived gradient", PASSED): "The derived gradient passed",
    ("your gradient", FAILED): "Your gradient FAILED", ("the derived gradient", FAILED): "The derived gradient FAILED",
    ("your gradient", OPEN): "Whether your gradient is right cannot be decided here",
    ("the derived gradient", OPEN): "Whether the derived gradient is right cannot be decided here",
}
"""Whose gradient it is, and the verdict → both in words."""


@dataclass(frozen=True)
class Comparison:
    """One array of the gradient against that of one method.

    difference   the largest over the entries compared, as a part of the array's largest entry; nan where there is none
    allowed      what rounding and step may account for, in the same unit
    verdict      "passed", "FAILED" or "cannot be decided"
    """

    difference: float
    allowed: float
    verdict: str

    @property
    def known(self):
        """Whether the method has anything to say."""
        return not np.isnan(self.difference)

    @property
    def shown(self):
        return f"{self.difference:.1e} {SYMBOLS[self.verdict]}" if self.known else "–"


@dataclass(frozen=True)
class GradientCheck:
    """What came out of a gradient check.  Passed: each array passed.  FAILED: one did.  True only where it passed.

    whose         "your gradient" or "the derived gradient"
    comparisons   parameter → method ("reference", "complex step", "finite difference") → `Comparison`
    entries       parameter → how many entries were compared by complex step and differences, and how many there are
    reasons       parameter → in words, why it cannot be decided; only for those that cannot
    distances     parameter → ‖g − n‖/(‖g‖ + ‖n‖) over the entries compared, g the gradient that is checked and n the
                  central difference with step `epsilon`: the measure that most courses teach (CS231n; Ng, Deep
                  Learning specialisation).  It is shown for comparison and has no part in the verdict.
    distance      the same over all arrays together
    epsilon       the step ε of n, in the unit of the parameters
    """

    whose: str
    comparisons: dict
    entries: dict
    reasons: dict
    distances: dict
    distance: float
    epsilon: float

    @property
    def verdicts(self):
        """Parameter → "passed", "FAILED" or "cannot be decided"."""
        return {name: array_verdict(row) for name, row in self.comparisons.items()}

    @property
    def verdict(self):
        """The verdict over all arrays: FAILED if one did; "passed" only if each did."""
        verdicts = set(self.verdicts.values())
        return next(verdict for verdict in (FAILED, OPEN, PASSED) if verdict in verdicts)

    @property
    def passed(self):
        return self.verdict == PASSED

    def __bool__(self):
        return self.passed

    @property
    def failed(self):
        return self.verdict == FAILED

    @property
    def errors(self):
        """Parameter → method → the largest difference, as a part of the array's largest entry; nan where unknown."""
        return {name: {method: comparison.difference for method, comparison in row.items()}
                for name, row in self.comparisons.items()}

    def __str__(self):
        phrase = current().phrase
        width = max(map(len, (phrase("all"), *self.comparisons)))
        lines = [f"{self.title}.", phrase("Differences to three others, as a part of each array's largest entry:"),
                 _line(width, "", (phrase(method) for method in METHODS), DISTANCE, phrase("entries"), "")]
        for name, row in self.comparisons.items():
            lines.append(_line(width, name, (comparison.shown for comparison in row.values()),
                               f"{self.distances[name]:.1e}", _counted(self.entries[name]), phrase(self.verdicts[name])))
        lines.append(_line(width, phrase("all"), ("",) * len(METHODS), f"{self.distance:.1e}", f"ε = {self.epsilon:.0e}",
                           ""))
        return "\n".join([*lines, *self._sentences(), phrase(self.verdict)])

    @property
    def title(self):
        """Whose gradient, and the verdict, as the beginning of a sentence."""
        return current().phrase(TITLES[self.whose, self.verdict])

    __repr__ = __str__

    def _sentences(self):
        return [f"{', '.join(name for name in self.reasons if self.reasons[name] == reason)}: {reason}"
                for reason in dict.fromkeys(self.reasons.values())]

    def _repr_html_(self):
        language = current()
        phrase = language.phrase
        head = _row("th scope='col'", "th scope='col'", phrase("parameter"), phrase("verdict"),
                    *(phrase(method) for method in METHODS),
                    f"{DISTANCE.join(language.around)}<br>ε = {self.epsilon:.0e}", phrase("entries"))
        rows = "".join(
            _row("th scope='row'", "td", name, _in_words(self.verdicts[name]),
                 *(_cell(comparison) for comparison in row.values()),
                 f"{self.distances[name]:.1e}", _counted(self.entries[name]))
            for name, row in self.comparisons.items())
        whole = _row("th scope='row'", "td", phrase("all"), _in_words(self.verdict), *("" for _ in METHODS),
                     f"{self.distance:.1e}", "")
        sentences = "".join(f"<p>{sentence}</p>" for sentence in self._sentences())
        differences = phrase("Differences to three other gradients, as a part of each array's largest entry")
        return (f"<table{language.attributes()}><caption style='text-align: {language.begins}'>"
                f"{self.title} {SYMBOLS[self.verdict]}<br>{differences}</caption><thead>{head}</thead><tbody>{rows}{whole}</tbody></table>{sentences}")


def array_verdict(row):
    """The verdict on one array, from method → `Comparison`.

    Any method can fail it.  Only the reference, which sees each entry, can let it pass; where the reference does not
    know the network, one of the others.
    """
    verdicts = {comparison.verdict for comparison in row.values()}
    if FAILED in verdicts:
        return FAILED
    by_hand = row["reference"]
    return by_hand.verdict if by_hand.known else PASSED if PASSED in verdicts else OPEN


def _in_words(verdict):
    return f"{current().phrase(verdict)} {SYMBOLS[verdict]}"


def _counted(entries):
    n, of_all = map(int, entries)
    return current().phrase("{n} of {all}", n=n, all=of_all)


def _line(width, first, methods, distance, entries, verdict):
    reference, complex_step, difference = methods
    return (f"{first:<{width}}{reference:>12}{complex_step:>14}{difference:>19}{distance:>17}   {entries:<11} "
            f"{verdict}").rstrip()


def _cell(comparison):
    return f"{comparison.difference:.1e} {_in_words(comparison.verdict)}" if comparison.known else "–"


def _row(first, others, name, *cells):
    """A row of a table: its first cell with one tag, the others with another."""
    def cell(tag, content):
        return f"<{tag}>{content}</{tag.split()[0]}>"

    return f"<tr>{cell(first, name)}{''.join(cell(others, content) for content in cells)}</tr>"
