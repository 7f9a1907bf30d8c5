"""The sentences of pages and pictures in other languages.

A sentence is looked up by its English text, which is what code says: `current().phrase("unit {n}", n=2)`.  A text that is
finished, such as a message or a question, is told anew by its parts: `current().told("Undo. See the notebook 02.")`.  A
language is two tables from English to its own.  To add one, write them and a row here.
"""
import re
from dataclasses import dataclass, field

from ..errors import unknown_name
from .aligned import from_right_to_left
from .persian import SENTENCES as PERSIAN
from .persian_texts import TEXTS as PERSIAN_TEXTS
from .texts import Texts

PLACE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Language:
    """One language.

    name        its tag, as HTML and BCP 47 have it
    direction   in which it is written: "ltr" or "rtl"
    digits      its ten digits
    around      what stands before and after a text that is put into a sentence, so that neither turns the other round
    sentences   English sentence → its own; what is not there is said in English
    texts       the same for texts that come with their {places} filled
    """

    name: str
    direction: str
    digits: str
    around: tuple
    sentences: dict
    texts: Texts = field(default_factory=Texts)

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

    @property
    def begins(self):
        """The side on which its lines begin, in the words of CSS."""
        return "right" if self.direction == "rtl" else "left"

    def told(self, text):
        """A finished English text, such as a message, part by part; a part that is not in the table stays as it is.

        >>> TABLE["fa"].told("That is right.")
        'درست است.'
        """
        return self.texts.told(text, self._filled)

    def markdown(self, text):
        """Markdown in this language, as a page has to have it: aligned to the side where its lines begin.

        >>> ENGLISH.markdown("**Loss.** It is small.")
        '**Loss.** It is small.'
        """
        return from_right_to_left(text, self.name) if self.direction == "rtl" else text

    def facts(self):
        """The sentences, and how they are written, for a page."""
        return {"name": self.name, "direction": self.direction, "digits": self.digits, "around": list(self.around),
                "sentences": self.sentences}

    def attributes(self):
        """What an HTML element says of its language, where that is not the language of the library."""
        return "" if self is ENGLISH else f' lang="{self.name}" dir="{self.direction}"'


FIRST_STRONG_ISOLATE, POP_ISOLATE = "\u2068", "\u2069"
ENGLISH = Language("en", "ltr", "0123456789", ("", ""), {})
TABLE = {language.name: language for language in (
    ENGLISH,
    Language("fa", "rtl", "۰۱۲۳۴۵۶۷۸۹", (FIRST_STRONG_ISOLATE, POP_ISOLATE), PERSIAN, Texts(PERSIAN, PERSIAN_TEXTS)),
)}

_current = ENGLISH


def use(name: str):
    """Let what is made from now on speak a language: "en" or "fa".  InputError for a language without a table.

    Steps, gradient checks, questions and exercises do so, and some pictures and explorers: those of the notebooks that are
    there in Persian.  The others speak English.  A picture, an explorer or a field keeps its language; a step, a check or a
    verdict is shown in the one in use.
    """
    global _current
    if name not in TABLE:
        raise unknown_name("language", name, TABLE)
    _current = TABLE[name]


def current(among=TABLE):
    """The `Language` in use; English where it is not one of those named in `among`."""
    return _current if _current.name in among else ENGLISH
