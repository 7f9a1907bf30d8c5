"""The sentences of pages and pictures in other languages.

A sentence is looked up by its English text, which is what code says: `current().phrase("unit {n}", n=2)`.  A language
is a table from English sentences to its own.  To add one, write its table and a row here.
"""
import re
from dataclasses import dataclass

from ..errors import unknown_name
from .persian import SENTENCES as PERSIAN

PLACE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Language:
    """One language.

    name        its tag, as HTML and BCP 47 have it
    direction   in which it is written: "ltr" or "rtl"
    digits      its ten digits
    around      what stands before and after a text that is put into a sentence, so that neither turns the other round
    sentences   English sentence → its own; what is not there is said in English
    """

    name: str
    direction: str
    digits: str
    around: tuple
    sentences: dict

    def phrase(self, sentence, **values):
        """A sentence with its {places} filled: whole numbers in the language's digits, texts as they are.

        >>> TABLE["fa"].phrase("input {n}", n=12)
        'ورودی ۱۲'
        """
        return PLACE.sub(lambda place: self._filled(values[place[1]]), self.sentences.get(sentence, sentence))

    def _filled(self, value):
        if isinstance(value, int):
            return "".join(self.digits[int(c)] if c.isdigit() else c for c in str(value))
        return value.join(self.around)

    def facts(self):
        """The same for a page."""
        return {"name": self.name, "direction": self.direction, "digits": self.digits, "around": list(self.around),
                "sentences": self.sentences}

    def attributes(self):
        """What an HTML element says of its language, where that is not the language of the library."""
        return "" if self is ENGLISH else f' lang="{self.name}" dir="{self.direction}"'


FIRST_STRONG_ISOLATE, POP_ISOLATE = "\u2068", "\u2069"
ENGLISH = Language("en", "ltr", "0123456789", ("", ""), {})
TABLE = {language.name: language for language in (
    ENGLISH,
    Language("fa", "rtl", "۰۱۲۳۴۵۶۷۸۹", (FIRST_STRONG_ISOLATE, POP_ISOLATE), PERSIAN),
)}

_current = ENGLISH


def use(name: str):
    """Let pictures and explorers that are made from now on speak a language: "en" or "fa".

    `figures.network` and `explore.network` do so; the others speak English.  InputError for a language without a table.
    """
    global _current
    if name not in TABLE:
        raise unknown_name("language", name, TABLE)
    _current = TABLE[name]


def current(among=TABLE):
    """The `Language` in use; English where it is not one of those named in `among`."""
    return _current if _current.name in among else ENGLISH
