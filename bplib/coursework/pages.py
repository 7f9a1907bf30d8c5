"""What a learner reads about an exercise: its question, its hints, and a formula as it was understood."""
from dataclasses import dataclass

from ..errors import InputError, unknown_name
from ..languages import current
from . import derivations
from .checking import check
from .grammar import parse
from .matching import prepare
from .reading import LETTERS
from .sheets import EXERCISES
from ..formula.tokens import FormulaError
from .variants import exercise, variant
from .variations import TABLE as VARIATIONS
from .writing import written

FORMS = """Type it as you would write it: `3(p - q)` or `3*(p-q)`; `p[j,k]` or `p_jk`; `p²` or `p^2`;
`sum_k p[k] q[k]` or `Σ_k p_k q_k`; `g'(p)`, `exp(p)`, `σ(p)`; `[j = k]` is 1 where it holds and 0 elsewhere.
The sample's index may be left out. You may use:"""

LINES = """Write as on paper, a line for each step: `∂C/∂w_jk = ∂C/∂z_j · ∂z_j/∂w_jk`. A line that begins with `=` goes
on from the line before; `δ_j := …` gives a name of your own; `Σ_k`, `[i = j]`, `∂/∂z`, `W2ᵀ δ2 ⊙ g'(z1)` and LaTeX are
read as well."""


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
    return spoken(asked(row))


def spoken(page):
    """A page in the language that is in use."""
    language = current()
    return Page(language.markdown(language.told(page.markdown)))


def asked(id):
    """The same in English, without getting ready for the answer."""
    row = exercise(id)
    own = f", variant {row.seed}" if row.seed else ""
    return Page("\n\n".join([f"**Exercise {row.id}{own}. {row.title}**", row.text, *_answer_form(row)]))


def _answer_form(row):
    return FORMS_OF[row.kind](row)


def _formula_form(row):
    return [FORMS, row.legend()]


def _function_form(row):
    names = ", ".join(name.replace(" ", "_") for name in row.returns)
    return [f"```python\n{row.signature}\n    ...\n    return {names}\n```", row.legend()]


def _number_form(row):
    return ["Type a number; `1/3` is one too."]


def _choice_form(row):
    return ["\n".join(f"- **{letter}** {option}" for letter, option in zip(LETTERS, row.options)), "Give its letter."]


def _derivation_form(row):
    return [f"The equations:\n\n$$\n{row.network.latex()}\n$$", LINES,
            f"{derivations.RULE} {derivations.STEP} At least {row.steps} steps are asked for."]


FORMS_OF = {"formula": _formula_form, "function": _function_form, "number": _number_form, "choice": _choice_form,
            "derivation": _derivation_form}


def hint(id, degree=1):
    """The hint of a degree: 1 says least, each further one more; none gives the answer.  A `Page`, also where there is no
    such hint or exercise: whoever asks for help meets no error."""
    return spoken(_hint(id, degree))


def _hint(id, degree):
    try:
        row = exercise(id)
    except InputError as error:
        return Page(str(error))
    if type(degree) is not int or not 1 <= degree <= len(row.hints):
        number = "one hint" if len(row.hints) == 1 else f"hints 1 to {len(row.hints)}"
        return Page(f"Exercise {row.id} has {number}; given: {degree!r}.")
    return Page(row.hints[degree - 1])


def hints(id):
    """All hints of an exercise in English, each closed until it is clicked, or opened by a key: a `Page`."""
    return Page("\n\n".join(f"<details><summary>Hint {number}</summary>\n\n{text}\n\n</details>"
                            for number, text in enumerate(exercise(id).hints, start=1)))


def summary(sheet, names, seed=None):
    """How the answers of a sheet stand, a line for each exercise: a `Page`.

    sheet   the number of the sheet
    names   variable → answer, as in globals(); what is not there is not answered yet
    seed    of the variants that the sheet asks for; None where it asks for the exercises themselves
    """
    rows = [variant(id, seed) if seed is not None and id in VARIATIONS else row for id, row in EXERCISES.items()
            if id.startswith(f"{sheet}.")]
    if not rows:
        raise unknown_name("sheet", sheet, sorted({id.partition(".")[0] for id in EXERCISES}))
    verdicts = [check(row, names.get(row.variable)) for row in rows]
    language = current()
    told = language.told

    def share(earned, points):
        return language.phrase("{n} of {all}", n=f"{earned:g}", all=f"{points}")

    lines = [f"| {row.id} {told(row.title)} | {told(verdict.marked)} | {share(verdict.score * row.points, row.points)} |"
             for row, verdict in zip(rows, verdicts)]
    earned = sum(verdict.score * row.points for row, verdict in zip(rows, verdicts))
    whole = share(round(earned, 3), sum(row.points for row in rows))
    heads = " | ".join(map(told, ("Exercise", "Your answer", "Points")))
    return Page(language.markdown("\n".join([f"| {heads} |", "|---|---|---|", *lines, f"| {told('All')} | | {whole} |"])))


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
