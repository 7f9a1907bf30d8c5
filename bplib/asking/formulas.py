"""A question for a formula, judged by numbers: any formula that is equal is right."""
from dataclasses import replace
from functools import cached_property
from html import escape

from ..coursework.checking import AGAIN
from ..coursework.checking import judged as exercise_judged
from ..errors import InputError
from ..explore.mathml import typeset
from ..formula.tokens import stripped
from ..networks import Network
from ..recipe import recipe
from . import prose
from .exercise import asked
from .goal import goals as read_goals
from .machine import Machine
from .question import Question, missing, not_a_text
from .verdict import Verdict

OUTCOMES = {"does not follow": "wrong", "cannot be decided": "undecided", "cannot be read": "invalid",
            "remark": "invalid"}
ONE_FORMULA = "One formula is expected: write it as on paper, in plain text or LaTeX."


class Formula(Question):
    """The widget behind `formula`."""

    kind, asks = "line", "What is {goal}?"

    def __init__(self, goals, question, chain, notation):
        self.goals, self.goal, self.chain = goals, goals[0], chain
        self.machine = Machine(self.goal, notation)
        super().__init__(question or self.language.phrase(self.asks, goal=f"${self.goal.latex}$"),
                         label=self.language.phrase("Your formula"))

    def judge(self, answer) -> Verdict:
        if not isinstance(answer, str):
            return not_a_text(answer)
        if not stripped(answer):
            return missing(self.language)
        found = for_each_layer(self.goals, lambda goal: self._verdict(goal, goal.line(answer)))
        return found if found.right else self._as_in_a_page(answer, found)

    @cached_property
    def exercise(self):
        """The question as an exercise, as a page without Python judges it; None where it cannot."""
        plain = len(self.goals) == 1 and not self.chain and self.goal.notation is None
        return asked("", self.goal.network, self.goal.text) if plain and isinstance(self.goal.network, Network) else None

    def _as_in_a_page(self, answer, found):
        """The verdict on an answer that is wrong, or cannot be read, line by line: of the exercise, where it names a mistake
        and not more of them, or can read the answer."""
        known = self.exercise and exercise_judged(self.exercise, {"text": answer})
        if not known:
            return found
        fewer = known.mistakes and (not found.mistakes or len(known.mistakes) <= len(found.mistakes))
        better = fewer or found.outcome != "wrong"
        return Verdict(known.outcome, known.feedback.removesuffix(f"\n\n{AGAIN}"), known.mistakes) if better else found

    def told(self, verdict):
        parts = self.language.told(verdict.feedback).split("\n\n")
        return "".join(f"<p{prose.marked(part, self.language)}>{prose.inline(prose.PAGE(part))}</p>" for part in parts if part)

    def _verdict(self, goal, line) -> Verdict:
        understood, _, found = goal.examined(line)
        if len(found.lines) != 1 or found.lines[0].verdict == "remark":
            return Verdict("invalid", self.language.phrase(ONE_FORMULA))
        (judged,) = found.lines
        if judged.verdict in OUTCOMES:
            return Verdict(OUTCOMES[judged.verdict], judged.message, judged.mistakes)
        left = goal.left_over(understood.lines[0].read.chains[-1].sides[-1], self.chain)
        if left:
            return Verdict("wrong", self.language.phrase("It is equal, and it still contains {derivative}.",
                                                         derivative=left))
        return Verdict("right", self.language.phrase("That is right."))

    def understood(self, text):
        empty = {"mathml": "", "message": "", "position": None}
        if not stripped(text):
            return empty
        try:
            ((_, latex, problem), *more) = self.goal.shown(self.goal.line(text))
        except InputError as error:
            return {**empty, "message": str(error)}
        if more or not latex:
            return {**empty, "message": problem or self.language.phrase(ONE_FORMULA)}
        return {**empty, "mathml": typeset(latex)}

    def for_page(self):
        made = recipe(self.goal.network) if self.exercise else None
        return made and {"kind": "formula", "network": made, "goal": self.goal.text}

    def solution(self, as_html, typed=""):
        return answer_table(self.machine.answer, as_html, self.goal, self.language)


def for_each_layer(goals, judge) -> Verdict:
    """The verdict on an answer for all layers that are asked about: right where it is right for each."""
    verdict = None
    for goal in goals:
        try:
            verdict = judge(goal)
        except InputError as problem:
            return Verdict("invalid", str(problem))
        if not verdict.right:
            return verdict if len(goals) == 1 else replace(verdict, feedback=f"l = {goal.layer}: {verdict.feedback}")
    return verdict  # type: ignore[return-value]  # there is at least one goal


def answer_table(lines, as_html, goal, language):
    """Lines of the machine, each with its sentence."""
    rows = "".join(f"<tr><td>{cell(line, as_html, language)}</td></tr>" for line in lines)
    return for_layer(goal) + f"<table><tbody>{rows}</tbody></table>"


def for_layer(goal):
    """For which layer the machine's lines are, where the layer is left open."""
    return f"<p>l = {goal.layer}:</p>" if goal.layer else ""


def cell(line, as_html, language):
    """A line, and below it the sentence that goes with it."""
    sentence = language.phrase(line.sentence)
    said = f"<br><small{prose.marked(sentence, language)}>{escape(sentence)}</small>" if sentence else ""
    return prose.formula(line.latex, as_html) + said


def formula(network, goal, question=None, *, chain=False, notation=None) -> Formula:
    """A field for a formula; any formula that is equal at two points is right.

    network    a network, or a model written as text
    goal       what is asked for, as on paper: "∂C/∂w", "∂C/∂w1_jk", "δ1_j", "∂a/∂z", "z"; with a layer l that is left
               open, as in "δ^(l)_j", an answer has to be right for each layer that has another one after it
    question   in Markdown; by default "What is ∂C/∂w?"
    chain      whether derivatives of other quantities may stand in the answer, as in the chain rule
    notation   whose letters formulas have, a name in `conventions`; by default this course's

    The answer is derived.  InputError where the goal is nothing of this network, or nothing that is derived.

    >>> formula(neuron("sigmoid"), "∂C/∂w").judge("(a − y)·g'(z)·x").mistakes
    ('the 2 of the square is lost',)
    """
    return Formula(read_goals(network, goal, notation), question, chain, notation)
