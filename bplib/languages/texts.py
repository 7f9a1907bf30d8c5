"""Texts that are finished before they are translated: each is found by the template that it was made from.

Messages about an answer are made in many places, some of them once more in JavaScript, all in English.  A table of their
templates says them in another language, wherever they were made:

    "A power can be {n} at most." → "توان حداکثر {n} است."

A place holds any text; what is in it is told in the same way, so that a message may stand within another.  Where two
templates fit, the one with more text of its own counts.
"""
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

PLACE = re.compile(r"\{(\w+)\}")
COUNTED = ("n", "all", "id")
"""Places that hold numbers of a sentence, which are written in the language's digits; others may belong to a formula."""
SEPARATORS = (r"\n\n", r"  \n", r"\n(?=- |\d\. )")
"""Between the parts of a text: paragraphs, lines, entries of a list."""


@dataclass(frozen=True)
class Texts:
    """rows: English template → the same in another language, with the same {places}."""

    rows: dict[str, str]

    @cached_property
    def _exact(self):
        return {_key(template): said for template, said in self.rows.items() if not PLACE.search(template)}

    @cached_property
    def patterns(self) -> list[tuple[str, str]]:
        """Pairs of a pattern and its translation, those first that have more text of their own."""
        rows = [(_key(template), said) for template, said in self.rows.items() if PLACE.search(template)]
        rows.sort(key=lambda row: -len(PLACE.sub("", row[0])))
        return [(_pattern(template), said) for template, said in rows]

    @cached_property
    def _compiled(self):
        return [(re.compile(pattern, re.S), said) for pattern, said in self.patterns]

    def told(self, text: str, filled: Callable) -> str:
        """A text by its parts; `filled` writes what stands in a place and is no text of the table, or an int."""
        if not self.rows or not text.strip():
            return text
        key = _key(text)
        if key in self._exact:
            return self._exact[key]
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
    line = " ".join(text.split())
    return line[:1].lower() + line[1:]


def _pattern(template):
    """A template as a pattern; JavaScript reads it, too, without the P of Python's named groups."""
    parts = PLACE.split(template)
    return "".join(f"(?P<{part}>.+?)" if at % 2 else re.sub(r"[.*+?^${}()|[\]\\/]", r"\\\g<0>", part)
                   for at, part in enumerate(parts))
