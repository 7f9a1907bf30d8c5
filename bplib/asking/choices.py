"""A question with options."""
from collections.abc import Mapping

from ..coursework.reading import LETTERS, option
from ..errors import InputError
from ..formula.tokens import stripped
from ..languages import TABLE as LANGUAGES
from ..languages import current
from . import prose
from .question import Question, missing, not_a_text
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
        if not stripped(answer):
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
    right      the letter of the right option ("A" is the first) or its text; or a function that says of each text
               whether it is the right one, for a claim that is put to the test
    why        why that is right; or a dict, letter or text of an option → what is said to whoever chooses it

    Each text may be given in several languages: {"en": text, "fa": text}.

    >>> choice("Is σ' above 1 anywhere?", ["yes", "no"], right="no", why="It is at most 1/4.").judge("B").right
    True
    """
    language = current(Choice.LANGUAGES)
    listed = list(options) if isinstance(options, (list, tuple, Mapping)) else []
    texts = [prose.spoken("option", text, language) for text in listed]
    if not 2 <= len(texts) <= len(LETTERS) or len({*texts}) < len(texts):
        raise InputError(f"Options are two to {len(LETTERS)} different texts; given: {options!r}.")
    chosen = _right(texts, right)
    by_option = isinstance(why, Mapping) and not {*why} <= {*LANGUAGES}
    given = {**(options if isinstance(options, Mapping) else {}), **(why if by_option else {chosen: why} if why else {})}
    said = {_option(texts, name): prose.spoken("sentence on an option", text, language)
            for name, text in given.items() if text}
    return Choice(question, texts, chosen, said.pop(chosen, ""), said)


def _option(texts, name):
    """The text of an option, by its text or its letter."""
    found = name.strip() if isinstance(name, str) else name
    if found in texts:
        return found
    if found in [*LETTERS[:len(texts)]]:
        return texts[LETTERS.index(found)]
    raise InputError(f"{name!r} is no option. There are: " +
                     ", ".join(f"{letter} {text}" for letter, text in zip(LETTERS, texts)) + ".")


def _right(texts, right):
    if not callable(right):
        return _option(texts, right)
    found = [text for text in texts if right(text)]
    if len(found) != 1:
        raise InputError(f"One option is right; the function is true for {len(found)} of them.")
    return found[0]
