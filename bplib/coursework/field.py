"""A field for the answer to a formula exercise: typeset while one types, judged on demand."""
from functools import cached_property
from pathlib import Path

import anywidget
import mistune
import traitlets

from ..errors import InputError
from ..explore.explorer import page
from ..languages import ENGLISH, current
from ..languages import TABLE as LANGUAGES
from .checking import check
from .pages import preview
from .variants import exercise
from .verdict import OUTCOMES

HERE = Path(__file__).parent
AS_HTML = mistune.create_markdown(escape=True)  # feedback quotes what a learner typed
NOTE = ("What counts is what stands in the cell, since only cells are saved and handed in. Check writes your formula "
        "there; where it does not, Copy gives you the line.")


class AnswerField(anywidget.AnyWidget):
    """The widget behind every field: a subclass reads what is typed, and judges it.

    answer    what stands in the field; it can be read and set, and the page follows
    preview   how a text is understood: {"text", …}, see `understood`
    verdict   what the last check found: {"text", "outcome", "html", …}
    opened    the answer, as {"text", "html"}, once the page has asked for it
    facts     what the page shows and never changes: the "kind" of its control, "label", "question", "hints", …

    LANGUAGES   those that have all of its sentences
    """

    LANGUAGES: tuple[str, ...] = (ENGLISH.name,)

    _esm = "\n".join([page("common.js"), *((HERE / name).read_text(encoding="utf-8")
                                           for name in ("field_controls.js", "cell.js", "field.js"))])
    _css = page("explorer.css") + "\n" + (HERE / "field.css").read_text(encoding="utf-8")

    answer = traitlets.Unicode().tag(sync=True)
    preview = traitlets.Dict(read_only=True).tag(sync=True)
    verdict = traitlets.Dict(read_only=True).tag(sync=True)
    opened = traitlets.Dict(read_only=True).tag(sync=True)
    facts = traitlets.Dict(read_only=True).tag(sync=True)
    code = traitlets.Unicode(read_only=True).tag(sync=True)  # explorers evaluate theirs in the page; a field has none

    def __init__(self, answer, **facts):
        super().__init__(answer=answer if isinstance(answer, str) else "")
        self.set_trait("facts", {"language": self.language.facts(), "question": "", "hints": [], "copy": "", "note": "",
                                 "open": "", **facts})
        self.set_trait("opened", {"text": None, "html": ""})
        self.set_trait("verdict", {"text": None, "outcome": "", "html": ""})
        self.read()
        self.observe(lambda change: self.read(), "answer")
        self.on_msg(lambda widget, message, buffers: self.asked(message))

    @cached_property
    def language(self):
        return current(self.LANGUAGES)

    def understood(self, text):
        """How a text is understood, for the page."""
        raise NotImplementedError

    def check(self, answer):
        """Judge an answer and show the verdict."""
        raise NotImplementedError

    def answer_html(self):
        """The answer as HTML, for who asks for it."""
        raise NotImplementedError

    def read(self):
        """Show how the answer is understood."""
        self.set_trait("preview", {"text": self.answer, **self.understood(self.answer)})

    def asked(self, message):
        """The page asks for a verdict, or for the answer; with a busy kernel it overtakes the news of what is typed."""
        self.answer = message.get("check", message.get("open"))
        if "check" in message:
            self.check(self.answer)
        else:
            self.set_trait("opened", {"text": self.answer, "html": self.answer_html()})


def field(id, answer=""):
    """A field in which the answer to a formula exercise can be tried: a `Field`, which judges `answer` at once."""
    row = exercise(id)
    if row.kind != "formula":
        raise InputError(f"A field is for formulas, and the answer to exercise {row.id} is a {row.kind}; "
                         f'use check("{row.key}", {row.variable}).')
    return Field(row, answer)


class Field(AnswerField):
    """The widget behind `field`; its `preview` is a `pages.Preview`."""

    LANGUAGES = tuple(LANGUAGES)

    def __init__(self, row, answer):
        self.row = row
        label, told = f"Exercise {row.id}, {row.title[0].lower()}{row.title[1:]}: your formula", self.language.told
        super().__init__(answer, kind="line", label=told(label), hints=[*map(told, row.hints)], copy=row.variable,
                         note=told(NOTE))
        self.check(answer)

    def understood(self, text):
        found = preview(self.row, text)
        return {"mathml": found.mathml, "message": self.language.told(found.message), "position": found.position}

    def check(self, answer):
        self.found = check(self.row, answer)
        self.set_trait("verdict", {"text": self.answer, "outcome": self.found.outcome,
                                   "html": AS_HTML(self.found.markdown(self.language))})

    def __repr__(self):
        if self.verdict["text"] != self.answer:
            return self.language.told(f"Exercise {self.row.id}: not checked yet.")
        more = "" if self.found.right else f" {self.found.feedback}"
        return self.language.told(f"Exercise {self.row.id}: {OUTCOMES[self.found.outcome].lower()}.{more}")

    def _repr_mimebundle_(self, **kwargs):
        """The field; for pages without Python the verdict on what stood in the cell."""
        data, metadata = super()._repr_mimebundle_(**kwargs)
        again = self.language.told("Run this cell to try other answers.")
        page = f"<div{self.language.attributes()}>{self.verdict['html']}<p>{again}</p></div>"
        return {**data, "text/plain": repr(self), "text/html": page}, metadata
