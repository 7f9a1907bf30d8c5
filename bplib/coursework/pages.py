"""What a learner reads about an exercise: its question, its hints, and a formula as it was understood."""
from dataclasses import dataclass

from ..errors import InputError
from .grammar import parse
from .matching import prepare
from .reading import LETTERS
from ..formula.tokens import FormulaError
from .variants import exercise
from .writing import written

FORMS = """Type it as you would write it: `3(p - q)` or `3*(p-q)`; `p[j,k]` or `p_jk`; `p²` or `p^2`;
`sum_k p[k] q[k]` or `Σ_k p_k q_k`; `g'(p)`, `exp(p)`, `σ(p)`; `[j = k]` is 1 where it holds and 0 elsewhere.
The sample's index may be left out. You may use:"""


@dataclass(frozen=True)
class Page:
    """Markdown that a notebook shows."""

    markdown: str

    def _repr_markdown_(self):
        return self.markdown

    def __repr__(self):
        return self.markdown


def question(id):
    """The question of an exercise, with the names that may be used in the answer: a `Page`."""
    row = exercise(id)
    prepare(row)
    variant = f", variant {row.seed}" if row.seed else ""
    return Page("\n\n".join([f"**Exercise {row.id}{variant}. {row.title}**", row.text, *_answer_form(row)]))


def _answer_form(row):
    return {"formula": _formula_form, "function": _function_form, "number": _number_form, "choice": _choice_form}[
        row.kind](row)


def _formula_form(row):
    return [FORMS, row.legend()]


def _function_form(row):
    names = ", ".join(name.replace(" ", "_") for name in row.returns)
    return [f"```python\n{row.signature}\n    ...\n    return {names}\n```", row.legend()]


def _number_form(row):
    return ["Type a number; `1/3` is one too."]


def _choice_form(row):
    return ["\n".join(f"- **{letter}** {option}" for letter, option in zip(LETTERS, row.options)), "Give its letter."]


def hint(id, degree=1):
    """The hint of a degree: 1 says least, each further one more; none gives the answer.  A `Page`, also where there is no
    such hint."""
    row = exercise(id)
    if type(degree) is not int or not 1 <= degree <= len(row.hints):
        number = "one hint" if len(row.hints) == 1 else f"hints 1 to {len(row.hints)}"
        return Page(f"Exercise {row.id} has {number}; given: {degree!r}.")
    return Page(row.hints[degree - 1])


@dataclass(frozen=True)
class Preview:
    """How a formula is understood while it is being typed.

    latex     LaTeX, "" where it cannot be read
    message   why it cannot be read, "" where it can; position counts characters from 0
    """

    latex: str
    message: str = ""
    position: int = 0

    @property
    def mathml(self):
        """MathML, for a page."""
        from ..explore.mathml import typeset  # loads the widgets, which a check does not need

        return typeset(self.latex) if self.latex else ""

    def _repr_latex_(self):
        return rf"$\displaystyle {self.latex}$" if self.latex else None

    def __repr__(self):
        return self.latex or self.message


def preview(id, text):
    """How the formula of an answer is understood: a `Preview`.  It says nothing about whether it is right."""
    row = exercise(id)
    if row.kind != "formula":
        raise InputError(f"The answer to exercise {row.id} is no formula.")
    try:
        return Preview(written(parse(text, row.vocabulary), row.network, row.notation))
    except FormulaError as error:
        return Preview("", str(error), error.position)
