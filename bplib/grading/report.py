"""The tables and pages of a graded class."""
import csv
import io
import re
from functools import cache
from hashlib import sha256

import mistune
from jinja2 import Environment, PackageLoader

from ..coursework import EXERCISES, MISTAKES
from ..lines.repairs.table import TABLE as OF_LINES
from .names import DEVICE
from .results import Results
from .tally import Tally

MARKS = {"right": "✓", "wrong": "✗", "undecided": "?", "invalid": "unread", "time-out": "time", "error": "error",
         "missing": "–", "unreadable": "unread", "not graded": "!"}
"""Outcome → the sign that stands for it in the overview, so that none is told by its colour alone."""
GRADES, TOTALS, OVERVIEW = "grades.csv", "totals.csv", "overview.html"
COLUMNS = ("student", "file", "sheet", "exercise", "title", "outcome", "points", "of", "counts", "mistakes", "feedback",
           "remark", "variant", "for the instructor")
AS_HTML = mistune.create_markdown(escape=True)  # feedback quotes what a learner typed
NUMBER = r"[+\-]\d+(?:[.,]\d+)?(?:[eE][+\-]?\d+)?%?"
FORMULA = re.compile(rf"(^|[;\t\r\n])(\s*)(?!{NUMBER}\s*(?:$|[;\t\r\n]))([=+\-@＝＋－＠])(?= *[^\s;])")
"""What a spreadsheet evaluates: a text that begins so and is no number, in a cell, or where it reads ";" or a line break
as the end of one; a sign by itself is left as it is."""
VARIES = "Each student had a variant of this question, so equal answers may belong to different questions."
MARKDOWN = re.compile(r"(`[^`]*`)|\*\*(.+?)\*\*|^- | +$", re.M)


def write(rows, target, sheets=(), house="", replace=False):
    """Write all tables and pages into a folder: `Tally`.

    sheets   those that count; by default those that are common in the class
    house    where submissions ran, in a sentence
    replace  whether files may be replaced that `Results` did not write, or that were changed since

    InputError where one would be lost; then nothing is written.
    """
    tally = Tally(rows, sheets)
    Results(target, replace).write(texts(tally, house))
    return tally


def texts(tally, house=""):
    """All tables and pages: name of a file in the folder of results → text."""
    heads = [f"sheet {sheet}" for sheet in tally.sheets]
    numbers = {name: n for n, name in enumerate(tally.mistakes)}
    return {
        GRADES: table(COLUMNS, (_line(row, tally) for row in tally.rows)),
        TOTALS: table(("student", *heads, "points", "of"), _totals(tally)),
        **{f"answers/exercise-{one.id}.html": _exercise_page(tally, one) for one in tally.exercises},
        **{f"answers/{file_name(mistake)}.html": _mistake_page(tally, mistake) for mistake in tally.mistakes},
        **{f"feedback/{file_name(student)}.html": feedback_page(tally, student) for student in tally.students},
        OVERVIEW: _page("overview.html", tally=tally, house=house, marks=MARKS, notes=_notes(tally), numbers=numbers),
    }


# tables

def table(heads, lines):
    """A CSV as spreadsheets read it: UTF-8 with its mark, every text in quotation marks, and no text a formula."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(heads)
    writer.writerows([harmless(value) for value in line] for line in lines)
    return out.getvalue()


def harmless(value):
    """A cell of a table, with an apostrophe in front of what a spreadsheet would evaluate."""
    return FORMULA.sub(r"\1\2'\3", value) if isinstance(value, str) else value


def plain(feedback):
    """Feedback without the marks of Markdown: for bold type, items of a list, line breaks.  Code stays as it is quoted."""
    return MARKDOWN.sub(lambda found: found[1] or found[2] or "", feedback)


def number(value):
    """A number of points, as short as it can be written."""
    return int(value) if value == int(value) else value


def numbered(mistakes, numbers):
    """The numbers of mistakes, as the page's filter looks for them."""
    return " ".join(str(numbers[name]) for name in mistakes)


def _line(row, tally):
    return (row.student, row.file, row.sheet, row.exercise, row.title, row.outcome, number(row.points), number(row.of),
            "yes" if tally.counts(row) else "no", "; ".join(row.mistakes), plain(row.feedback), row.remark, row.variant,
            row.aside)


def _totals(tally):
    for student in tally.students:
        each = [number(tally.points(student, sheet)) for sheet in tally.sheets]
        yield student, *each, number(tally.points(student)), tally.of


# pages

def file_name(text):
    """A name for a file, on every system, and for no two texts the same."""
    short = re.sub(r"[^a-z0-9-]+", "-", text.lower()).strip("-")[:60]
    if short == text and not DEVICE.match(text):
        return text
    return f"{short or 'name'}-{sha256(text.encode()).hexdigest()[:12]}"


@cache
def _templates():
    pages = Environment(loader=PackageLoader("bplib.grading", "pages"), autoescape=True, trim_blocks=True,
                        lstrip_blocks=True)
    pages.filters.update(html=AS_HTML, number=number, file_name=file_name, numbered=numbered)
    return pages


def _page(template, **facts):
    return _templates().get_template(template).render(facts)


def _notes(tally):
    """Student → what is to be said of whole files, and to the instructor alone."""
    found = {student: [] for student in tally.students}
    for row in tally.rows:
        own = row.feedback if not row.exercise else row.remark
        for note in (f"{row.file}: {told}" for told in (own, row.aside) if told):
            if note not in found[row.student]:
                found[row.student].append(note)
    return found


def _exercise_page(tally, exercise):
    groups = [group for group in tally.groups if group.exercise == exercise.id]
    varies = any(row.variant for row in tally.rows if row.exercise == exercise.id)
    return _page("answers.html", title=f"{exercise.id} {exercise.title}", groups=groups,
                 text=f"{exercise.text}\n\n{VARIES}" if varies else exercise.text)


def _mistake_page(tally, mistake):
    groups = [group for group in tally.groups if mistake in group.mistakes]
    row = MISTAKES.get(mistake) or OF_LINES.get(mistake)
    title, text = mistake[0].upper() + mistake[1:], row.sentence if row else ""
    return _page("answers.html", title=title, text=text, groups=groups)


def feedback_page(tally, student):
    """What one student is told, without a word about any other."""
    rows = [tally.best[student, one.id] for one in tally.exercises if (student, one.id) in tally.best]
    files = [row for row in tally.rows_of[student] if not row.exercise]
    remarks = sorted({row.remark for row in tally.rows_of[student] if row.remark})
    return _page("feedback.html", student=student, rows=rows, files=files, remarks=remarks, marks=MARKS,
                 points=tally.points(student), of=tally.of, exercises=EXERCISES)
