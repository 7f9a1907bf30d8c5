"""What is found about an answer to a question of a page."""
from dataclasses import dataclass

from ..lines.verdict import MARKS as LINE_MARKS

MARKS = {"right": "✓", "wrong": "✗", "near": "✓", "far": "✗"}
WORDS = {"right": "Right", "wrong": "Not yet", "near": "Close", "far": "Not close", "undecided": "Cannot be decided",
         "invalid": "Cannot be read", "missing": "Nothing here yet"}


@dataclass(frozen=True)
class Verdict:
    """The verdict on an answer.

    outcome   a key of WORDS; "near" and "far" are for guesses
    feedback  what there is to say about it, in Markdown; it contains the answer for guesses alone
    mistakes  names of the mistakes that were found
    lines     for a derivation a `lines.verdict.LineVerdict` for each line
    first_wrong   for a derivation the number of the first line that does not follow; None where there is none
    """

    outcome: str
    feedback: str = ""
    mistakes: tuple = ()
    lines: tuple = ()
    first_wrong: int | None = None

    @property
    def right(self) -> bool:
        """Whether the answer is right, or a guess close."""
        return self.outcome in ("right", "near")

    @property
    def head(self):
        """The outcome with its sign, in words."""
        return f"{MARKS.get(self.outcome, '–')} {WORDS[self.outcome]}"

    def __repr__(self):
        return "\n".join([*map(repr, self.lines), f"{self.head}. {self.feedback}".strip()])

    def _repr_markdown_(self):
        mark, word = self.head.split(" ", 1)
        lines = "".join(f"- {LINE_MARKS[line.verdict]} `{line.text}` {line.message}\n" for line in self.lines)
        return f"{mark} **{word}**\n\n{lines}\n{self.feedback}"
