"""What a check finds, as a value that can be shown, stored and read back."""
import json
from dataclasses import asdict, dataclass

from ..languages import current

OUTCOMES = {
    "right": "Right", "wrong": "Not yet", "undecided": "Cannot be decided", "invalid": "Cannot be read",
    "time-out": "Took too long", "error": "The function stopped", "missing": "Nothing here yet",
}
MARKS = {"right": "✓", "wrong": "✗"}


@dataclass(frozen=True)
class Verdict:
    """The verdict on one answer.

    exercise  id of the exercise, "2.3"
    outcome   a key of OUTCOMES; "undecided" and "time-out" say nothing about whether the answer is right
    score     0 to 1; between them where every mistake is known
    mistakes  names of the mistakes (keys of `mistakes.TABLE`); all that fit, where several look the same here
    feedback  markdown for the learner; never contains the answer
    """

    exercise: str
    outcome: str
    score: float
    mistakes: tuple = ()
    feedback: str = ""

    def __post_init__(self):
        if self.outcome not in OUTCOMES:
            raise ValueError(f"{self.outcome!r} is no outcome; there are: {', '.join(OUTCOMES)}.")
        if not 0 <= self.score <= 1:
            raise ValueError(f"A score lies between 0 and 1; given: {self.score}.")

    @property
    def right(self):
        return self.outcome == "right"

    def as_json(self):
        """The verdict as a JSON text."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text):
        """The verdict that `as_json` wrote."""
        found = json.loads(text)
        return cls(**{**found, "mistakes": tuple(found["mistakes"])})

    def __str__(self):
        told = current().told
        return f"{self.exercise}: {told(OUTCOMES[self.outcome])}. {told(self.feedback)}".strip()

    __repr__ = __str__

    @property
    def marked(self):
        """The outcome in markdown, behind a mark."""
        return f"{MARKS.get(self.outcome, '–')} **{OUTCOMES[self.outcome]}**"

    def markdown(self, language):
        """The verdict in a language, before it is aligned."""
        return language.told(f"{self.marked} (exercise {self.exercise})\n\n{self.feedback}")

    def _repr_markdown_(self):
        language = current()
        return language.markdown(self.markdown(language))


class NotRight(AssertionError):
    """Raised by `hand_in` for an answer that is not right; its text is safe to show.  `verdict` is the verdict."""

    def __init__(self, verdict):
        super().__init__(str(verdict))
        self.verdict = verdict

    def _render_traceback_(self):
        """What a notebook shows: the verdict, without the lines of the library that led here."""
        return [str(self.verdict)]
