"""What is found about a derivation, and how it is shown: each line has a sign and a word, so no colour is needed."""
from dataclasses import dataclass
from html import escape

from ..errors import InputError

START = 'style="text-align:start"'
MARKS = {"follows": "✓", "does not follow": "✗", "cannot be decided": "?", "cannot be read": "!", "remark": " "}


@dataclass(frozen=True)
class LineVerdict:
    """The verdict on one line.

    number    counted from 1, without empty lines and comments
    text      the line as it was written
    verdict   a key of MARKS
    message   what there is to say about it, in Markdown without formulas; "" for nothing
    mistakes  names of the mistakes that it makes
    rule      the rule that it follows, where that can be seen
    latex     LaTeX of the line as it was understood
    """

    number: int
    text: str
    verdict: str
    message: str = ""
    mistakes: tuple = ()
    rule: str = ""
    latex: str = ""

    @property
    def right(self) -> bool:
        return self.verdict in ("follows", "remark")

    def __repr__(self):
        rule = f"   ({self.rule})" if self.rule and self.right and not self.message else ""
        head = f"{MARKS[self.verdict]} {self.number:>2}  {self.text}{rule}"
        what = "" if self.right else f"{self.verdict[0].upper()}{self.verdict[1:]}. "
        return head + (f"\n       {what}{self.message}" if self.message or what else "")


@dataclass(frozen=True, repr=False)
class Verdict:
    """The verdict on a derivation.

    lines        a `LineVerdict` for each line
    right        whether every line follows, and what was asked for with `of=` is reached
    first_wrong  the number of the first line that does not follow; None where there is none
    mistakes     names of the mistakes, those of all lines in their order
    arrives      whether what is to be derived is derived; None where nothing says what that is
    summary      all this in a sentence or two
    notation     the name of the text in whose letters the lines were read
    """

    lines: tuple
    right: bool
    first_wrong: int | None
    mistakes: tuple
    arrives: bool | None
    summary: str
    notation: str
    answers: object = None

    def answer(self):
        """The steps of the right derivation.  InputError where they are not to be shown."""
        if self.answers is None:
            raise InputError("The answer is not shown here. For a network of your own: bp.derive(network).")
        return self.answers()

    def __repr__(self):
        return "\n".join([*map(repr, self.lines), "", self.summary])

    def _repr_markdown_(self):
        rows = [f"| {MARKS[line.verdict]} {line.verdict} | {line.number} | {_in_table(line)} | {_said(line)} |"
                for line in self.lines]
        head = ["| verdict | line | as it was understood | |", "|---|---|---|---|"]
        return "\n".join([f"{self.summary}\n", *head, *rows])

    def _repr_html_(self):
        rows = "".join(_row(line) for line in self.lines)
        return (f'<table class="bplib-lines"><caption {START}>{escape(self.summary)}</caption><thead><tr>'
                '<th scope="col">Verdict</th><th scope="col">Line</th><th scope="col">As it was written</th>'
                f'<th scope="col">What there is to say</th></tr></thead><tbody>{rows}</tbody></table>')


def _in_table(line):
    return f"${line.latex}$" if line.latex else "`" + line.text.replace("|", "\\|").replace("`", "'") + "`"


def _said(line):
    return (line.message or line.rule).replace("|", "\\|").replace("\n", " ")


def _row(line):
    style = ' style="font-weight:bold"' if line.verdict == "does not follow" else ""
    return (f'<tr{style}><td><span aria-hidden="true">{MARKS[line.verdict]}</span> {line.verdict}</td>'
            f'<th scope="row">{line.number}</th><td {START}><code>{escape(line.text)}</code></td>'
            f'<td {START}>{escape(line.message or line.rule)}</td></tr>')
