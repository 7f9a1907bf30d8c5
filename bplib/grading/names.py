"""Names and texts that come from outside, made fit for tables and pages."""
import os
import re
import unicodedata

INVISIBLE = ("Cc", "Cf", "Co", "Cn", "Zl", "Zp")
JOINERS = "\u200c\u200d"
"""Characters of category Cf that Persian and emoji need."""
DEVICE = re.compile(r"$|(con|prn|aux|nul|com\d|lpt\d)$")
"""Names that Windows keeps for itself."""
OF_CANVAS = re.compile(r"^[^_]+_(?:LATE_)?(\d+)_\d+_")
OF_MOODLE = re.compile(r"_(\d+)_assignsubmission_", re.A)


def visible(text, most=10_000):
    """A text that UTF-8 can hold: what could not be seen or would turn its direction is written as \\u202e.

    Line breaks and tabs stay.  A text longer than `most` characters is cut, and says so.
    """
    cut = text[:most] + (f" … ({len(text):,} characters)" if len(text) > most else "")
    return "".join(character if _plain(character) or character in "\n\t" else _escaped(character) for character in cut)


def visible_name(path):
    """The name of a file or folder on one line; bytes that are not UTF-8 are written as \\xff, no two names alike."""
    name = os.fsencode(path).decode("utf-8", "surrogateescape").replace("\\", "\\\\") if os.name != "nt" else str(path)
    return "".join(character if _plain(character) else _escaped(character) for character in name)


def _plain(character):
    return character in JOINERS or unicodedata.category(character) not in (*INVISIBLE, "Cs")


def _escaped(character):
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # a byte that is not UTF-8, as Python keeps it
        return f"\\x{code - 0xDC00:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def in_words(words, most=None):
    """a, b and c; of more than `most`, how many more there are: a, b and 3 more."""
    words = [str(word) for word in words]
    *first, last = words if most is None or len(words) <= most else [*words[:most], f"{len(words) - most} more"]
    return f"{', '.join(first)} and {last}" if first else last


# who is who

def folded(name):
    """A name without what systems write in different ways: capitals, accents' encoding, more than one space."""
    return " ".join(unicodedata.normalize("NFKC", name or "").casefold().split())


def spellings(names):
    """The names of a person, folded, "Lovelace, Ada" also as "Ada Lovelace"."""
    turned = [" ".join(reversed(name.split(",", 1))) for name in names if name and "," in name]
    return {folded(name) for name in (*names, *turned)} - {""}


def of_student(folder):
    """Under what a student's folder or file may be found: its number, where a download put one there."""
    number = OF_CANVAS.match(folder) or OF_MOODLE.search(folder)
    return [folded(number[1])] if number else [folded(folder), folded(folder.rpartition("/")[2])]
