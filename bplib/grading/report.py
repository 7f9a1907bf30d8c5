"""The tables of a graded class: one line for each student and exercise, and a page that shows the class at a glance."""
import csv
from collections import Counter
from dataclasses import asdict, fields

from jinja2 import Environment, PackageLoader

MARKS = {"right": "✓", "wrong": "✗", "undecided": "?", "invalid": "unread", "time-out": "time", "error": "error",
         "missing": "–", "unreadable": "unread", "not graded": "!"}
"""Outcome → the sign that stands for it in the overview, so that none is told by its colour alone."""


def write(rows, target):
    """Write grades.csv and overview.html into a folder."""
    target.mkdir(parents=True, exist_ok=True)
    with open(target / "grades.csv", "w", newline="", encoding="utf-8-sig") as file:  # spreadsheets read it as UTF-8
        table = csv.DictWriter(file, [field.name for field in fields(rows[0])])
        table.writeheader()
        table.writerows({name: harmless(value) for name, value in asdict(row).items()} for row in rows)
    page = Environment(loader=PackageLoader("bplib.grading", "."), autoescape=True, trim_blocks=True,
                       lstrip_blocks=True)
    (target / "overview.html").write_text(page.get_template("overview.html").render(overview(rows)), encoding="utf-8")


def harmless(value):
    """A cell of the table; a text that a spreadsheet would take for a formula begins with an apostrophe."""
    value = "; ".join(value) if isinstance(value, tuple) else value
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value


def overview(rows):
    """What the page shows: mistakes by how many students made them, outcomes by exercise, and each student's row."""
    exercises = sorted({(row.exercise, row.title) for row in rows if row.exercise}, key=lambda one: _order(one[0]))
    best = {}
    for row in rows:
        if row.exercise:
            key = row.student, row.exercise
            best[key] = max(best.get(key, row), row, key=lambda one: one.score)
    students = sorted({row.student for row in rows})
    mistakes = Counter(mistake for row in best.values() for mistake in set(row.mistakes))
    where = {mistake: sorted({row.exercise for row in best.values() if mistake in row.mistakes}, key=_order)
             for mistake in mistakes}
    return {
        "marks": MARKS,
        "exercises": [{"id": id_, "title": title,
                       "outcomes": Counter(row.outcome for (_, of), row in best.items() if of == id_)}
                      for id_, title in exercises],
        "mistakes": [{"name": name, "students": number, "exercises": where[name]}
                     for name, number in mistakes.most_common()],
        "students": [{"name": student, "rows": [best.get((student, id_)) for id_, _ in exercises],
                      "points": sum(row.score * row.points for key, row in best.items() if key[0] == student),
                      "of": sum(row.points for key, row in best.items() if key[0] == student),
                      "files": sorted({row.file for row in rows if row.student == student}),
                      "problems": [row for row in rows if row.student == student and not row.exercise]}
                     for student in students],
    }


def _order(exercise):
    return [int(part) for part in exercise.split(".")]
