"""A question for a formula, judged by numbers: any formula that is equal is right."""
from html import escape

from ..errors import InputError
from ..explore.mathml import typeset
from ..lines.check import check_derivation, read_as
from ..lines.verdict import Verdict as LinesVerdict
from . import prose
from .goal import goal as read_goal
from .machine import Machine
from .question import Question, missing, not_a_text
from .verdict import Verdict

OUTCOMES = {"does not follow": "wrong", "cannot be decided": "undecided", "cannot be read": "invalid",
            "remark": "invalid"}


class Formula(Question):
    """The widget behind `formula`."""

    kind = "line"

    def __init__(self, goal, question, chain, notation):
        self.goal, self.chain = goal, chain
        self.machine = Machine(goal, notation)
        super().__init__(question or f"What is ${goal.latex}$?", label=self.language.phrase("Your formula"))

    def judge(self, answer) -> Verdict:
        if not isinstance(answer, str):
            return not_a_text(answer)
        if not answer.strip():
            return missing(self.language)
        try:
            line = self.goal.line(answer)
            found = check_derivation(self.goal.network, line, notation=self.goal.notation, show_answer=False)
        except InputError as problem:
            return Verdict("invalid", str(problem))
        return self._verdict(line, found)

    def _verdict(self, line, found: LinesVerdict) -> Verdict:
        if len(found.lines) != 1 or found.lines[0].verdict == "remark":
            return Verdict("invalid", "One formula is expected: write it as on paper, in plain text or LaTeX.")
        (judged,) = found.lines
        if judged.verdict in OUTCOMES:
            return Verdict(OUTCOMES[judged.verdict], judged.message, judged.mistakes)
        last = self.goal.understood(line).lines[0].read.chains[-1].sides[-1]
        left = self.goal.left_over(last, self.chain)
        if left:
            return Verdict("wrong", self.language.phrase("It is equal, and it still contains {derivative}.",
                                                         derivative=left))
        return Verdict("right", self.language.phrase("That is right."))

    def understood(self, text):
        empty = {"mathml": "", "message": "", "position": None}
        if not text.strip():
            return empty
        try:
            ((_, latex, problem), *more) = read_as(self.goal.network, self.goal.line(text), None, self.goal.notation)
        except InputError as error:
            return {**empty, "message": str(error)}
        if more or not latex:
            return {**empty, "message": problem or "One formula is expected."}
        return {**empty, "mathml": typeset(latex)}

    def solution(self, as_html, typed=""):
        return answer_table(self.machine.answer, as_html)


def answer_table(lines, as_html):
    """Lines of the machine, each with its sentence."""
    rows = "".join(f"<tr><td>{cell(line, as_html)}</td></tr>" for line in lines)
    return f"<table><tbody>{rows}</tbody></table>"


def cell(line, as_html):
    """A line, and below it the sentence that goes with it."""
    said = f"<br><small>{escape(line.sentence)}</small>" if line.sentence else ""
    return prose.formula(line.latex, as_html) + said


def formula(network, goal, question=None, *, chain=False, notation=None) -> Formula:
    """A field for a formula; any formula that is equal at two points is right.

    network    a network, or a model written as text
    goal       what is asked for, as on paper: "∂C/∂w", "∂C/∂w1_jk", "δ1_j", "∂a/∂z", "z"
    question   in Markdown; by default "What is ∂C/∂w?"
    chain      whether derivatives of other quantities may stand in the answer, as in the chain rule
    notation   whose letters formulas have, a name in `conventions`; by default this course's

    The answer is derived.  InputError where the goal is nothing of this network, or nothing that is derived.

    >>> formula(neuron("sigmoid"), "∂C/∂w").judge("(a − y)·g'(z)·x").mistakes
    ('the 2 of the square is lost',)
    """
    return Formula(read_goal(network, goal, notation), question, chain, notation)
