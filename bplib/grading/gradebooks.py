"""Points put into the file that Canvas or Moodle has exported, so that it can be imported there again.

Canvas  Grades → Export; the file gets a column for each sheet, and only what an import needs is kept.
Moodle  an assignment's grading worksheet; "Grade" and "Feedback comments" are filled in, all else stays.

A student whom the file does not know, or knows twice, is told and not guessed.  Where something was not graded, or
nothing was handed in, the cell stays as it was.
"""
import csv
import io
import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from ..errors import InputError
from .names import of_student, spellings
from .report import harmless, number, plain

CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
MOODLE = ("Identifier", "Full name", "Grade", "Maximum Grade", "Feedback comments")
POSSIBLE = "Points Possible"


@dataclass(frozen=True)
class Filled:
    """A gradebook with points in it: its text, and the students whom it does not know or knows twice."""

    text: str
    unknown: tuple


@dataclass(frozen=True)
class Gradebook:
    """A gradebook as it was exported: the names of its columns, its lines as dicts, and what stands between cells."""

    heads: list
    lines: list
    delimiter: str

    @property
    def of_moodle(self):
        return set(MOODLE) <= set(self.heads)

    @property
    def of_canvas(self):
        return {"Student", "ID"} <= set(self.heads)


def read(path) -> Gradebook:
    """The gradebook in a file; InputError where it is none."""
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"The gradebook {path} cannot be read ({type(error).__name__}). Give the CSV file, in UTF-8, that "
                         "Canvas or Moodle has exported.") from None
    head = text.partition("\n")[0]
    delimiter = ";" if head.count(";") > head.count(",") else ","
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    book = Gradebook(list(reader.fieldnames or ()), list(reader), delimiter)
    if not (book.of_moodle or book.of_canvas):
        raise InputError(f"{path} is neither a gradebook of Canvas (with columns Student, ID) nor a grading worksheet "
                         f"of Moodle (with columns {', '.join(MOODLE)}). Its columns: {', '.join(book.heads)}.")
    return book


def fill(path, tally):
    """Fill the gradebook in a file with the points of a class: `Filled`."""
    book = read(path)
    if book.of_moodle:
        fields, unknown = book.heads, _moodle(book.lines, tally)
    else:
        fields, unknown = _canvas(book.heads, book.lines, tally)
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, fields, delimiter=book.delimiter, extrasaction="ignore", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(book.lines)
    return Filled(out.getvalue(), unknown)


# who is who

def _matched(lines, names, tally):
    """Student → line, and the students without one or with several."""
    known = defaultdict(list)
    for line in lines:
        for key in spellings(names(line)):
            known[key].append(line)
    found, unknown = {}, []
    for student in tally.students:
        places = next((known[key] for key in of_student(student) if key in known), [])
        if len(places) == 1 and id(places[0]) not in {id(line) for line in found.values()}:
            found[student] = places[0]
        else:
            unknown.append(student)
    return found, tuple(unknown)


def _points(tally, student, sheet=None):
    """The points as they are to be written; "" where somebody has not been graded, or has handed in nothing."""
    rows = [row for row in tally.rows_of[student] if sheet in (None, row.sheet or sheet)]
    if not rows or any(row.outcome == "not graded" for row in rows):
        return ""
    return number(tally.points(student, sheet))


# the two kinds

def _canvas(heads, lines, tally):
    heading = [line for line in lines if (line["Student"] or "").strip() == POSSIBLE]
    students = [line for line in lines if (line["Student"] or "").strip() != POSSIBLE]
    found, unknown = _matched(students, lambda line: [line.get(head) for head in CANVAS[:4]], tally)
    columns = {sheet: _column(heads, f"Sheet {sheet}") for sheet in tally.sheets}
    for sheet, column in columns.items():
        for line in lines:
            line.setdefault(column, "")
        for line in heading:
            line[column] = sum(row.points for row in tally.exercises if row.id.split(".")[0] == sheet)
        for student, line in found.items():
            line[column] = _or(_points(tally, student, sheet), line[column])
    return [head for head in heads if head in CANVAS] + list(columns.values()), unknown


def _column(heads, name):
    """The column of an assignment of that name, as "Sheet 4 (1234)", where the file has it; otherwise a new one."""
    return next((head for head in heads if re.sub(r"\s*\(\d+\)$", "", head) == name), name)


def _moodle(lines, tally):
    def names(line):
        return [line["Full name"], line.get("Email address"), re.sub(r"^\D+", "", line["Identifier"] or "")]

    found, unknown = _matched(lines, names, tally)
    for student, line in found.items():
        points = _points(tally, student)
        if points != "":
            most = float((line["Maximum Grade"] or "").replace(",", ".") or tally.of)
            line["Grade"] = f"{points * most / tally.of:.2f}" if tally.of else ""
            line["Feedback comments"] = harmless(_feedback(tally, student))
    return unknown


def _feedback(tally, student):
    rows = [tally.best[student, one.id] for one in tally.exercises if (student, one.id) in tally.best]
    return "\n".join(f"{row.exercise} {row.title}: {number(row.points)} of {number(row.of)}. {plain(row.feedback)}"
                     for row in rows)


def _or(points, before):
    return before if points == "" else points
