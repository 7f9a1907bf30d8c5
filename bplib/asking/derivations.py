"""A question for a derivation: several lines, each with a verdict beside it."""
from html import escape

from ..errors import InputError
from ..explore.mathml import typeset
from ..formula.tokens import stripped
from ..lines.text import lines_of
from ..lines.tree import Call, Derivative, Entry, Partial, Size, walk
from ..lines.verdict import MARKS
from . import prose
from .beside import aligned
from .formulas import answer_table, cell, for_each_layer, for_layer
from .goal import key_of
from .goal import goals as read_goals
from .machine import Line, Machine
from .question import Question, missing, not_a_text
from .verdict import Verdict

ROWS = 6


class DerivationQuestion(Question):
    """The widget behind `derivation`."""

    kind, opens, asks = "lines", "Open the derivation", "Derive {goal}, line by line."

    def __init__(self, goals, question, start, notation):
        self.goals, self.goal = goals, goals[0]
        self.machine = Machine(self.goal, notation)
        super().__init__(question or self.language.phrase(self.asks, goal=f"${self.goal.latex}$"), start, rows=ROWS,
                         label=self.language.phrase("Your derivation"))

    def judge(self, answer) -> Verdict:
        if not isinstance(answer, str):
            return not_a_text(answer)
        if not stripped(answer):
            return missing(self.language)
        return for_each_layer(self.goals, lambda goal: self._verdict(goal, answer))

    def _verdict(self, goal, answer) -> Verdict:
        understood, _, found = goal.examined(answer)
        arrives = found.arrives if goal.of else goal.reached(understood)
        summary = found.summary if goal.of or arrives or not found.right else self.language.phrase(
            "Every line is right, and {goal} is not reached yet.", goal=goal.text)
        return Verdict(_outcome(found, arrives), summary, found.mistakes, found.lines, found.first_wrong)

    # the page

    def understood(self, text):
        try:
            found = self.goal.shown(text) if text.strip() else ()
        except InputError as problem:
            found = ((text.strip().split("\n")[0][:60], "", str(problem)),)
        return {"lines": [{"written": written, "mathml": typeset(latex) if latex else "", "message": problem}
                          for written, latex, problem in found]}

    def told_lines(self, verdict):
        return [{"mark": MARKS[line.verdict], "word": self.language.phrase(line.verdict), "verdict": line.verdict,
                 "first": line.number == verdict.first_wrong, "rule": not line.message, "html": self._said(line)}
                for line in verdict.lines]

    def _said(self, line):
        text = self.language.told(line.message or line.rule)
        return f"<span{prose.marked(text, self.language)}>{escape(text)}</span>" if text else ""

    def solution(self, as_html, typed=""):
        hers = self._hers(typed)
        if not hers:
            return answer_table(self.machine.way, as_html, self.goal, self.language)
        heads = [escape(self.language.phrase("Your lines")), escape(self.language.phrase("The machine's lines"))]
        head = "".join(f'<th scope="col">{words}</th>' for words in heads)
        body = "".join(f"<tr>{''.join(self._cell(*pair, as_html) for pair in zip(row, heads))}</tr>"
                       for row in aligned(hers, self.machine.way, _alike))
        return for_layer(self.goal) + f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def _cell(self, line, label, as_html):
        if line is None:
            return "<td></td>"
        shown = cell(line, as_html, self.language) if line.latex else f"<code>{escape(line.written)}</code>"
        return f'<td data-label="{label}">{shown}</td>'

    def _hers(self, typed):
        """Her lines that can be read, each with what it is about."""
        try:
            found = self.goal.understood(typed)
            read = self.goal.shown(typed, found)
        except InputError:  # an empty text, for one
            return []
        hers, head = [], None
        for line, (written, latex, _) in zip(found.lines, read):
            chains = line.read.chains
            head = head if chains[0].goes_on else chains[0].sides[0]
            key = key_of(head, self.goal.network, found) if head is not None else None
            hers.append(Line(latex, key, _forms(chains[-1].sides[-1]), written=written))
        return hers


def _outcome(found, arrives):
    verdicts = {line.verdict for line in found.lines}
    if "does not follow" in verdicts:
        return "wrong"
    if verdicts <= {"remark"} or "cannot be read" in verdicts:
        return "invalid"
    if "cannot be decided" in verdicts:
        return "undecided"
    return "right" if arrives else "wrong"


FORMS = {
    "partial": lambda part: isinstance(part, (Partial, Derivative)),
    "slope": lambda part: isinstance(part, Call) and part.slope,
    "delta": lambda part: isinstance(part, Entry) and part.array.startswith("delta"),
    "batch": lambda part: isinstance(part, Size) and part.name == "N",
}
"""What `machine.Line.forms` says of the machine's lines, for the learner's."""


def _forms(tree):
    parts = list(walk(tree)) if tree is not None else []
    return frozenset(form for form, holds in FORMS.items() if any(map(holds, parts)))


def _alike(mine, other):
    """Lines about the same thing belong together, most of all in the same form."""
    if mine.key is None or mine.key != other.key:
        return 0
    return len(FORMS) + 1 - len(mine.forms ^ other.forms)


def derivation(network, goal, question=None, *, start="", notation=None) -> DerivationQuestion:
    """A field for a derivation, each line of it judged; opened, the machine's own stands beside it.

    network    a network, or a model written as text
    goal       what is to be derived: "∂C/∂w", "δ1_j", …; or the lines that stand in the field at first, which are about
               it
    question   in Markdown; by default "Derive ∂C/∂w, line by line."
    start      lines that stand in the field at first
    notation   whose letters formulas have, a name in `conventions`; by default this course's

    >>> derivation(neuron("sigmoid"), "∂C/∂w").judge("∂C/∂w = ∂C/∂a · ∂a/∂z · ∂z/∂w\\n= 2(a − y)·g'(z)·x").right
    True
    """
    if isinstance(goal, str) and ("=" in goal or "\n" in goal.strip()):
        goal, start = _first_left_side(goal), start or goal
    return DerivationQuestion(read_goals(network, goal, notation), question, start, notation)


def _first_left_side(text):
    """What the first line of a derivation is about, as it is written."""
    return lines_of(text)[0].equations[0][0]
