"""A field for the answer to a formula exercise: typeset while one types, judged on demand."""
from pathlib import Path

import anywidget
import mistune
import traitlets

from ..errors import InputError
from ..explore.explorer import page
from .checking import check
from .pages import preview
from .variants import exercise
from .verdict import OUTCOMES

HERE = Path(__file__).parent
AS_HTML = mistune.create_markdown(escape=True)  # feedback quotes what a learner typed


def field(id, answer=""):
    """A field in which the answer to a formula exercise can be tried: a `Field`, which judges `answer` at once."""
    row = exercise(id)
    if row.kind != "formula":
        raise InputError(f"A field is for formulas, and the answer to exercise {row.id} is a {row.kind}; "
                         f'use check("{row.key}", {row.variable}).')
    return Field(row, answer)


class Field(anywidget.AnyWidget):
    """The widget behind `field`.

    answer    what stands in the field; it can be read and set, and the page follows
    preview   how a text is understood: {"text", "mathml", "message", "position"}, see `pages.Preview`
    verdict   what the last check found: {"text", "outcome", "html"}
    """

    _esm = page("common.js") + "\n" + (HERE / "field.js").read_text(encoding="utf-8")
    _css = page("explorer.css") + "\n" + (HERE / "field.css").read_text(encoding="utf-8")

    answer = traitlets.Unicode().tag(sync=True)
    preview = traitlets.Dict(read_only=True).tag(sync=True)
    verdict = traitlets.Dict(read_only=True).tag(sync=True)
    facts = traitlets.Dict(read_only=True).tag(sync=True)
    code = traitlets.Unicode(read_only=True).tag(sync=True)  # explorers evaluate theirs in the page; a field has none

    def __init__(self, row, answer):
        super().__init__(answer=answer if isinstance(answer, str) else "")
        self.row = row
        self.set_trait("facts", {"id": row.id, "title": row.title, "variable": row.variable, "hints": list(row.hints)})
        self.read()
        self.judge(answer)
        self.observe(lambda change: self.read(), "answer")
        self.on_msg(lambda widget, message, buffers: self.asked(message["check"]))

    def read(self):
        """Show how the answer is understood."""
        found = preview(self.row, self.answer)
        self.set_trait("preview", {"text": self.answer, "mathml": found.mathml, "message": found.message,
                                   "position": found.position})

    def asked(self, answer):
        """The page asks for a verdict; with a busy kernel its question overtakes the news of the answer."""
        self.answer = answer
        self.judge(answer)

    def judge(self, answer):
        """Check an answer and show the verdict."""
        self.found = check(self.row, answer)
        self.set_trait("verdict", {"text": self.answer, "outcome": self.found.outcome,
                                   "html": AS_HTML(self.found._repr_markdown_())})

    def __repr__(self):
        if self.verdict["text"] != self.answer:
            return f"Exercise {self.row.id}: not checked yet."
        more = "" if self.found.right else f" {self.found.feedback}"
        return f"Exercise {self.row.id}: {OUTCOMES[self.found.outcome].lower()}.{more}"

    def _repr_mimebundle_(self, **kwargs):
        """The field; for pages without Python the verdict on what stood in the cell."""
        data, metadata = super()._repr_mimebundle_(**kwargs)
        page = f"<div>{self.verdict['html']}<p>Run this cell to try other answers.</p></div>"
        return {**data, "text/plain": repr(self), "text/html": page}, metadata
