"""Texts that are finished before they are translated: each is found by the template that it was made from.

Messages about an answer are made in many places, some of them once more in JavaScript, all in English.  A table of their
templates says them in another language, wherever they were made:

    "A power can be {n} at most." → "توان حداکثر {n} است."

A place holds any text; what is in it is told in the same way, so that a message may stand within another.  `in_page` does
the same in JavaScript.
"""
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

PLACE = re.compile(r"\{(\w+)\}")
COUNTED = ("n", "all", "id")
"""Places that hold numbers of a sentence, which are written in the language's digits; others may belong to a formula."""
SEPARATORS = (r"\n\n", r"  \n", r"\n(?=- |\d\. )", r" (?=At a test point with )")
"""Between the parts of a text: paragraphs, lines, entries of a list; before the numbers that show a mistake in a line."""


@dataclass(frozen=True)
class Texts:
    """The rows of a language.

    sentences   English sentence → the same in it; those without {places} are parts of finished texts, too
    templates   English template → the same in it, with the same {places}
    """

    sentences: dict[str, str] = field(default_factory=dict)
    templates: dict[str, str] = field(default_factory=dict)

    @cached_property
    def exact(self) -> dict[str, str]:
        """The rows without places, as they are looked up."""
        return {_key(text): said for text, said in (*self.sentences.items(), *self.templates.items())
                if not PLACE.search(text)}

    @cached_property
    def patterns(self) -> list[tuple[str, str]]:
        """Pairs of a pattern and its translation: those first that begin with text of their own, then those with more."""
        rows = [(_key(template), said) for template, said in self.templates.items() if PLACE.search(template)]
        rows.sort(key=lambda row: (row[0].startswith("{"), -len(PLACE.sub("", row[0]))))
        return [(_pattern(template), said) for template, said in rows]

    @cached_property
    def _compiled(self):
        return [(re.compile(pattern, re.S), said) for pattern, said in self.patterns]

    def told(self, text: str, filled: Callable) -> str:
        """A text by its parts; `filled` writes what stands in a place and is no text of the table, or an int."""
        if not self.templates or not text.strip():
            return text
        key = _key(text)
        if key in self.exact:
            return self.exact[key]
        for separator in SEPARATORS:
            parts = re.split(f"({separator})", text)
            if len(parts) > 1:
                return "".join(part if at % 2 else self.told(part, filled) for at, part in enumerate(parts))
        for pattern, said in self._compiled:
            if match := pattern.fullmatch(key):
                return PLACE.sub(lambda place: self._place(place[1], match[place[1]], filled), said)
        return text

    def _place(self, name, text, filled):
        if name in COUNTED:
            return re.sub(r"\d", lambda digit: filled(int(digit[0])), text)
        told = self.told(text, filled)
        return filled(text) if told == text else told


def _key(text):
    """A text as it is looked up: its lines may break anywhere, and a sentence may begin in the middle of another one."""
    line = re.sub(r"[ \n]+", " ", text).strip(" ")
    return re.sub("^[A-Z]", lambda letter: letter[0].lower(), line)


def _pattern(template):
    """A template as a pattern; JavaScript reads it, too, without the P of Python's named groups."""
    parts = PLACE.split(template)
    return "".join(f"(?P<{part}>.+?)" if at % 2 else re.sub(r"[.*+?^${}()|[\]\\/]", r"\\\g<0>", part)
                   for at, part in enumerate(parts))
