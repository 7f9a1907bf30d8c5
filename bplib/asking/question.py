"""A question on a page: a field in JupyterLab; without Python the question, and the answer folded away below it."""
import json
from html import escape

from ..coursework.field import AnswerField
from ..languages import TABLE as LANGUAGES
from . import prose
from .verdict import WORDS, Verdict


class Question(AnswerField):
    """What all questions have.  A kind says what its control is, judges an answer, and gives the right one.

    question   in Markdown, with formulas between dollar signs; a text, or one for each language: {"en": …, "fa": …}
    kind       the control on the page, one of those in field_controls.js
    opens      what the button is called that shows the answer
    """

    LANGUAGES = tuple(LANGUAGES)
    kind, opens = "", "Open the answer"

    def __init__(self, question, answer="", **facts):
        self.question = prose.spoken("question", question, self.language)
        super().__init__(answer, kind=self.kind, question=prose.PAGE(self.question),
                         open=self.language.phrase(self.opens), **facts)

    # a kind gives these

    def judge(self, answer) -> Verdict:
        """The verdict on an answer, a text.  It says what is wrong; the answer stays folded away."""
        raise NotImplementedError

    def solution(self, as_html, typed=""):
        """The answer as HTML.

        as_html   `prose.PAGE` or `prose.STORED`
        typed     what stands in the field
        """
        raise NotImplementedError

    def told(self, verdict):
        """What a verdict says, as HTML for the page."""
        text = self.language.told(verdict.feedback)
        return f"<p{prose.marked(text, self.language)}>{escape(text)}</p>" if text else ""

    def form(self):
        """What a page without Python shows between question and answer, as HTML."""
        return ""

    def for_page(self):
        """What a page without Python needs to judge an answer (`in_page.questions`), as JSON can hold it; None where it
        cannot."""
        return None

    # the field

    def understood(self, text):
        return {}

    def check(self, answer):
        found = self.judge(answer)
        self.set_trait("verdict", {"text": self.answer, "outcome": _drawn(found),
                                   "html": self._head(found) + self.told(found), "lines": self.told_lines(found)})

    def told_lines(self, verdict):
        return []

    def answer_html(self):
        return self.solution(prose.PAGE, self.answer)

    def _head(self, verdict):
        mark = verdict.head.split(" ", 1)[0]
        return f"<p><b>{mark} {self.language.phrase(WORDS[verdict.outcome])}</b></p>"

    # the page without Python

    def __repr__(self):
        return f"{self.language.phrase('Question')}: {prose.plain(self.question)}"

    def stored(self):
        """The question as HTML that needs neither Python nor scripts; alike in every run."""
        opens = escape(self.language.phrase(self.opens))
        hint = escape(self.language.phrase("Run this notebook to try an answer of your own here."))
        facts = self.for_page()
        told = f' data-question="{escape(json.dumps(facts))}"' if facts else ""
        return (f"<div{self.language.attributes()}>{prose.STORED(self.question)}{self.form()}"
                f"<details><summary>{opens}</summary>\n{self.solution(prose.STORED)}</details>"
                f"<p><small{told}>{hint}</small></p></div>")

    def _repr_mimebundle_(self, **kwargs):
        data, metadata = super()._repr_mimebundle_(**kwargs)
        return {**data, "text/plain": repr(self), "text/html": self.stored()}, metadata


def _drawn(verdict):
    """The outcome as the style sheet knows it."""
    return {"near": "right", "far": "wrong"}.get(verdict.outcome, verdict.outcome)


def missing(language):
    return Verdict("missing", language.phrase("Write an answer first, or open it."))


def not_a_text(answer):
    return Verdict("invalid", f"An answer is a text in quotation marks; given: {type(answer).__name__}.")
