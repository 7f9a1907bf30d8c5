"""A question with options."""
from collections.abc import Mapping

from ..coursework.reading import LETTERS, option
from ..errors import InputError
from . import prose
from .question import Question, checked_text, missing, not_a_text
from .verdict import Verdict


class Choice(Question):
    """The widget behind `choice`; an answer is the letter of an option, or its text."""

    kind = "choice"

    def __init__(self, question, options, right, why, said):
        self.options, self.right, self.why, self.said = options, right, why, said
        super().__init__(question, label=self.language.phrase("Your choice"), options=[
            {"letter": letter, "html": prose.inline(prose.PAGE(text))} for letter, text in self.lettered])

    @property
    def lettered(self):
        return list(zip(LETTERS, self.options))

    def judge(self, answer) -> Verdict:
        if not isinstance(answer, str):
            return not_a_text(answer)
        if not answer.strip():
            return missing(self.language)
        number = option({"text": answer}, self.options)
        if number is None:
            return Verdict("invalid", self.language.phrase("An answer is the letter of an option: {letters}.",
                                                           letters=", ".join(letter for letter, _ in self.lettered)))
        chosen = self.options[number - 1]
        if chosen == self.right:
            return Verdict("right", self.why)
        return Verdict("wrong", self.said.get(chosen, ""))

    def told(self, verdict):
        return prose.PAGE(verdict.feedback) if verdict.outcome in ("right", "wrong") else super().told(verdict)

    def form(self):
        return "".join(f"<p><b>{letter}</b> {prose.inline(prose.STORED(text))}</p>" for letter, text in self.lettered)

    def solution(self, as_html, typed=""):
        letter = LETTERS[self.options.index(self.right)]
        head = f"<p><b>{letter}</b> {prose.inline(as_html(self.right))}</p>"
        others = [f"<li><b>{letter}</b> {prose.inline(as_html(self.said[text]))}</li>" for letter, text in self.lettered
                  if text != self.right and self.said.get(text)]
        return head + as_html(self.why) + (f"<ul>{''.join(others)}</ul>" if others else "")


def choice(question, options, *, right, why="") -> Choice:
    """A question with several options, and a sentence on the one that was chosen.

    question   in Markdown, with formulas between dollar signs
    options    their texts, two to eight; or a dict, text → what is said to whoever chooses it
    right      the text of the right option, or its letter ("A" is the first); or a function that says of each text
               whether it is the right one, for a claim that is put to the test
    why        why that is right; or a dict, text of an option → what is said to whoever chooses it

    >>> choice("Is $\\\\sigma' > 1$ anywhere?", ["yes", "no"], right="no", why="It is at most 1/4.").judge("B").right
    True
    """
    texts = [checked_text("option", text) for text in options] if _is_listed(options) else []
    if not 2 <= len(texts) <= len(LETTERS) or len({*texts}) < len(texts):
        raise InputError(f"Options are two to {len(LETTERS)} different texts; given: {options!r}.")
    chosen, said = _right(texts, right), _sentences(options, why)
    unknown = [text for text in said if text not in texts]
    if unknown:
        raise InputError(f"There is a sentence on {unknown[0]!r}, which is no option. There are: {', '.join(texts)}.")
    return Choice(question, texts, chosen, said.pop(chosen, why if isinstance(why, str) else ""), said)


def _is_listed(options):
    return isinstance(options, (list, tuple, Mapping))


def _sentences(options, why):
    """Option → what is said to whoever chooses it, as far as that is given by option."""
    said = dict(options) if isinstance(options, Mapping) else {}
    return {text.strip(): sentence for text, sentence in {**said, **(why if isinstance(why, Mapping) else {})}.items()}


def _right(texts, right):
    if callable(right):
        found = [text for text in texts if right(text)]
    else:
        found = [right] if right in texts else [texts[LETTERS.index(right)]] if right in [*LETTERS[:len(texts)]] else []
    if len(found) != 1:
        raise InputError("One option is right: give its text, its letter, or a function that is true for it alone. "
                         f"Given: {right!r}, which fits {len(found)}.")
    return found[0]
