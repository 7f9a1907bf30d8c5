"""A question for a derivation: several lines, each with a verdict beside it."""
from html import escape

from ..errors import InputError
from ..explore.mathml import typeset
from ..lines.check import check_derivation, read_as
from ..lines.text import lines_of
from ..lines.tree import Call, Derivative, Entry, Partial, Size, walk
from ..lines.verdict import MARKS
from .beside import aligned
from .formulas import answer_table, cell
from .goal import key_of
from .goal import goal as read_goal
from .machine import Line, Machine
from .question import Question, missing, not_a_text
from .verdict import Verdict

ROWS = 6


class DerivationQuestion(Question):
    """The widget behind `derivation`."""

    kind, opens = "lines", "Open the derivation"

    def __init__(self, goal, question, start, notation):
        self.goal = goal
        self.machine = Machine(goal, notation)
        super().__init__(question or f"Derive ${goal.latex}$, line by line.", start, rows=ROWS,
                         label=self.language.phrase("Your derivation"))

    def judge(self, answer) -> Verdict:
        if not isinstance(answer, str):
            return not_a_text(answer)
        if not answer.strip():
            return missing(self.language)
        try:
            found = check_derivation(self.goal.network, answer, self.goal.of, self.goal.notation, show_answer=False)
        except InputError as problem:
            return Verdict("invalid", str(problem))
        return Verdict(self._outcome(answer, found), self._summary(answer, found), found.mistakes, found.lines,
                       found.first_wrong)

    def _outcome(self, answer, found):
        verdicts = {line.verdict for line in found.lines}
        if "does not follow" in verdicts:
            return "wrong"
        if verdicts <= {"remark", "cannot be read"} or "cannot be read" in verdicts:
            return "invalid"
        if "cannot be decided" in verdicts:
            return "undecided"
        return "right" if self._arrives(answer, found) else "wrong"

    def _arrives(self, answer, found):
        return found.arrives if self.goal.of else self.goal.reached(self.goal.understood(answer))

    def _summary(self, answer, found):
        if self.goal.of or not found.right or self._arrives(answer, found):
            return found.summary
        return self.language.phrase("Every line is right, and {goal} is not reached yet.", goal=self.goal.text)

    # the page

    def understood(self, text):
        try:
            found = read_as(self.goal.network, text, self.goal.of, self.goal.notation) if text.strip() else ()
        except InputError as problem:
            found = ((text.strip().split("\n")[0][:60], "", str(problem)),)
        return {"lines": [{"written": written, "mathml": typeset(latex) if latex else "", "message": problem}
                          for written, latex, problem in found]}

    def told_lines(self, verdict):
        return [{"mark": MARKS[line.verdict], "word": self.language.phrase(line.verdict), "verdict": line.verdict,
                 "first": line.number == verdict.first_wrong, "html": escape(line.message or line.rule)}
                for line in verdict.lines]

    def solution(self, as_html, typed=""):
        hers = self._hers(typed)
        if not hers:
            return answer_table(self.machine.way, as_html)
        heads = [escape(self.language.phrase(words)) for words in ("Your lines", "The machine's lines")]
        head = "".join(f'<th scope="col">{words}</th>' for words in heads)
        body = "".join(f"<tr>{''.join(_cell(*pair, as_html) for pair in zip(row, heads))}</tr>"
                       for row in aligned(hers, self.machine.way, _alike))
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def _hers(self, typed):
        """Her lines that can be read, each with what it is about."""
        try:
            found = self.goal.understood(typed) if typed.strip() else None
            read = read_as(self.goal.network, typed, self.goal.of, self.goal.notation) if found else ()
        except InputError:
            return []
        hers, head = [], None
        for line, (written, latex, _) in zip(found.lines if found else (), read):
            chains = line.read.chains
            head = head if chains[0].goes_on else chains[0].sides[0]
            key = key_of(head, self.goal.network, found) if head is not None else None
            hers.append(Line(latex, key, _forms(chains[-1].sides[-1]), written=written))
        return hers


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


def _cell(line, label, as_html):
    if line is None:
        return "<td></td>"
    shown = cell(line, as_html) if line.latex else f"<code>{escape(line.written)}</code>"
    return f'<td data-label="{label}">{shown}</td>'


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
    return DerivationQuestion(read_goal(network, goal, notation), question, start, notation)


def _first_left_side(text):
    """What the first line of a derivation is about, as it is written."""
    return lines_of(text)[0].equations[0][0]
