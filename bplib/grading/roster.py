"""The list of a class, and the seed of each student's variants.

A seed is a keyed digest (HMAC) of the student's id.  The key lies in the instructor's folder; who has not got it cannot
say which variant somebody else has, and nobody has to keep a list of variants.
"""
import csv
import hmac
import io
import json
import os
import re
import secrets
from base64 import b32encode
from collections import defaultdict
from dataclasses import asdict, dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from ..errors import InputError
from .names import DEVICE, folded, in_words, of_student, spellings, visible_name

SEED_LETTERS = 10
KEY_BYTES = 32
NAMED = 5
"""How many lines or ids are named that are at fault."""
KEPT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_@+.-]{0,63}(?<!\.)")
"""Ids that are names of folders as they are, on every system."""
LINES_WITHOUT = ("Points Possible", "Student, Test")
"""What stands in Canvas's column Student where the line is no student's."""
FORMS = {
    "Canvas's gradebook": (("Student", "ID"), "ID", ("Student",), ("SIS User ID", "SIS Login ID")),
    "Moodle's grading worksheet": (("Identifier", "Full name"), "Identifier", ("Full name",),
                                   ("Email address", "ID number")),
    "Moodle's list of participants": (("First name", "Email address"), "Email address",
                                      ("First name", "Last name", "Surname"), ("ID number", "Username")),
    "a list of your own": (("id",), "id", ("name",), ()),
}
"""Kind of list → columns by which it is known, the column of the id, those of the name, those with other ids."""


@dataclass(frozen=True)
class Student:
    """One student: `id` and `name` as the list has them, the seed of the variants, and further ids."""

    id: str
    name: str
    seed: str
    others: tuple = ()

    @property
    def folder(self):
        """The name of the folder with the sheets of this student."""
        if KEPT.fullmatch(self.id) and not DEVICE.match(self.id.partition(".")[0].lower()):
            return self.id
        short = re.sub(r"[^A-Za-z0-9]+", "-", self.id).strip("-")[:40] or "student"
        return f"{short}-{sha256(self.id.encode()).hexdigest()[:8]}"

    @cached_property
    def ids(self):
        """Under which a submission may lie, without doubt: folded."""
        numbers = [re.sub(r"^\D+", "", self.id)]
        return {folded(one) for one in (self.id, self.folder, *self.others, *numbers)} - {""}


@dataclass(frozen=True)
class Roster:
    """A class: its students, and the name of the list that they stand in."""

    students: tuple
    name: str = ""

    @cached_property
    def _known(self):
        """Id or name, folded → the students who have it."""
        found = defaultdict(set), defaultdict(set)
        for student in self.students:
            for one in student.ids:
                found[0][one].add(student)
            for one in spellings([student.name]):
                found[1][one].add(student)
        return found

    def find(self, folder: str) -> Student | None:
        """The student whose a folder or file is, by its name; None where nobody or more than one may be meant."""
        for known in self._known:
            for one in of_student(folder):
                if len(known.get(one, ())) == 1:
                    return next(iter(known[one]))
        return None

    def with_seed(self, seed: str) -> Student | None:
        return next((student for student in self.students if student.seed == seed), None)

    @cached_property
    def digest(self):
        """A text that changes with the list."""
        return sha256(self.as_json().encode()).hexdigest()

    def as_json(self) -> str:
        return json.dumps({"name": self.name, "students": [asdict(student) for student in self.students]})

    @classmethod
    def from_json(cls, text: str):
        found = json.loads(text)
        students = (Student(**{**one, "others": tuple(one["others"])}) for one in found["students"])
        return cls(tuple(students), found["name"])


# the key

def key_beside(path: Path) -> Path:
    """Where the key of a list lies, unless somebody says otherwise: beside it."""
    return Path(path).with_suffix(".key")


def read_key(path: Path) -> bytes:
    """The key in a file; InputError where there is none."""
    try:
        text = Path(path).read_text(encoding="ascii").strip()
        key = bytes.fromhex(text)
    except FileNotFoundError:
        raise InputError(f"There is no key {path}. `release --variants` made it; without it nobody's variant is known. "
                         "Say with --key where it lies.") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{path} holds no key ({type(error).__name__}). Give the file that `release --variants` "
                         "made.") from None
    if len(key) != KEY_BYTES:
        raise InputError(f"A key has {2 * KEY_BYTES} digits; {path} has {len(text)}. Give the file that "
                         "`release --variants` made.")
    return key


def key_or_new(path: Path) -> bytes:
    """The key in a file, or a new one where there is no such file; `keep_key` writes it."""
    return read_key(path) if Path(path).exists() else secrets.token_bytes(KEY_BYTES)


def keep_key(path: Path, key: bytes):
    """Write a key into a file that nobody else may read; one that is there already stays."""
    if Path(path).exists():
        return
    try:
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise InputError(f"The key cannot be written to {path} ({error.strerror}). Say with --key where it is to "
                         "lie.") from None
    with open(number, "w", encoding="ascii") as file:
        file.write(key.hex() + "\n")


def seed_of(key: bytes, id: str) -> str:
    """The seed of a student's variants: ten letters and digits from a keyed digest of the id."""
    found = hmac.new(key, folded(id).encode(), sha256).digest()
    return b32encode(found).decode()[:SEED_LETTERS]


# the list

def read_students(path: Path) -> list:
    """The students of a list: dicts with "id", "name" and "others"; InputError where it is none.

    A CSV file as Canvas or Moodle exports it, or with a column id, and name where you like.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{path} is not in UTF-8. Save it as CSV in UTF-8.") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read ({type(error).__name__}). Give the CSV file with the "
                         "students.") from None
    if not text.strip():
        raise InputError(f"{path} is empty. {HEADS}")
    heads, lines = _table(path, text)
    form = next((form for form in FORMS.values() if set(form[0]) <= set(heads)), None)
    if form is None:
        known = "; ".join(f"{kind} ({', '.join(form[0])})" for kind, form in FORMS.items())
        raise InputError(f"{path} has no column of ids; its first line reads: {', '.join(heads) or 'nothing'}. {HEADS} Known "
                         f"are: {known}.")
    twice = [name for name in (*form[0], form[1]) if heads.count(name) > 1]
    if twice:
        raise InputError(f"{path} has more than one column {twice[0]}, and which of them counts is not known. Take out "
                         "the others.")
    return _checked(path, [_student(line, form, heads) for line in lines if not _left_aside(line)])


HEADS = "The first line names the columns: call that of the ids `id`, and below it comes a line for each student."


def _table(path, text):
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    try:
        reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        heads = [(name or "").strip() for name in reader.fieldnames or ()]
        reader.fieldnames = [name if name.lower() not in ("id", "name") or name == "ID" and "Student" in heads
                             else name.lower() for name in heads]
        return reader.fieldnames, [{**line, "line": reader.line_num} for line in reader]
    except csv.Error as error:
        raise InputError(f"{path} is no CSV file ({error}). Save it as CSV in UTF-8.") from None


def _left_aside(line):
    return (line.get("Student") or "").strip() in LINES_WITHOUT or not any(
        (value or "").strip() for name, value in line.items() if name not in ("line", None) and isinstance(value, str))


def _student(line, form, heads):
    _, id, names, others = form
    name = " ".join((line.get(part) or "").strip() for part in names if part in heads)
    return {"id": (line.get(id) or "").strip(), "name": name.strip(), "line": line["line"],
            "more": any(line.get(None, ())),
            "others": tuple(filter(None, ((line.get(other) or "").strip() for other in others)))}


def _checked(path, students):
    """The students, or InputError that names every line which is at fault for the same reason."""
    if not students:
        raise InputError(f"{path} lists no student. {HEADS}")
    lines = defaultdict(list)
    for one in students:
        lines[folded(one["id"])].append(one["line"])
    twice = {id: places for id, places in lines.items() if len(places) > 1}
    bad = [one["id"] for one in students if visible_name(one["id"]) != one["id"].replace("\\", "\\\\")]
    more = [one["line"] for one in students if one["more"]]
    if without := lines.pop("", []):
        raise InputError(f"{_lines(without)} of {path} {_have(without)} no id. Each student needs one.")
    if bad:
        raise InputError(f"Line {lines[folded(bad[0])][0]} of {path} has an id that cannot be read: {bad[0]!r}. Write it without "
                         "characters that are not seen.")
    if twice:
        told = in_words([f"{id!r} in {_lines(places).lower()}" for id, places in twice.items()], NAMED)
        raise InputError(f"{path} has an id more than once: {told}. Each student needs one of their own, so take out what is "
                         "too many.")
    if more:
        raise InputError(f"{_lines(more)} of {path} {_have(more)} more cells than there are columns. Put a text that holds a "
                         "comma or semicolon into quotation marks.")
    return students


def _lines(numbers):
    return f"Line{'s' if len(numbers) > 1 else ''} {in_words(numbers, NAMED)}"


def _have(numbers):
    return "have" if len(numbers) > 1 else "has"


def roster(path: Path, key: bytes) -> Roster:
    """The class in a list, with the seeds that a key gives."""
    students = [Student(one["id"], one["name"], seed_of(key, one["id"]), one["others"]) for one in read_students(path)]
    return Roster(tuple(students), Path(path).name)
