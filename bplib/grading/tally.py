"""A class in numbers: which row counts where somebody handed in more than once, what that adds up to, who made what."""
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property

from ..coursework import EXERCISES

COMMON = 10
"""A sheet counts for the class where at least one student in so many has handed it in."""
FEW = 3
"""How many wrong answers of one kind are quoted."""


@dataclass(frozen=True)
class Group:
    """Answers to one exercise that are the same, or have the same mistakes: how many students gave them.

    mistakes   their names; () where the table has no name for what happened
    quoted     some of the answers
    """

    exercise: str
    mistakes: tuple
    students: int
    quoted: tuple


def order(exercise):
    """The place of an exercise: "1.10" comes after "1.9"."""
    return [int(part) for part in exercise.split(".")]


@dataclass(frozen=True, eq=False)
class Tally:
    """The rows of a class, counted.

    sheets   numbers of the sheets that count; () for those that are common in the class
    """

    rows: list
    asked: tuple = ()

    @cached_property
    def rows_of(self):
        """Student → rows."""
        found = defaultdict(list)
        for row in self.rows:
            found[row.student].append(row)
        return found

    @property
    def students(self):
        return sorted(self.rows_of)

    @cached_property
    def sheets(self):
        """The sheets that count, the same for every student, so that all totals are out of the same."""
        if self.asked:
            return tuple(self.asked)
        by_sheet = defaultdict(set)
        for row in self.rows:
            if row.exercise:
                by_sheet[row.sheet].add(row.student)
        readable = len(set().union(*by_sheet.values()))
        return tuple(sorted(sheet for sheet, students in by_sheet.items() if COMMON * len(students) >= readable))

    @cached_property
    def left_out(self):
        """Sheet → how many students handed it in, for sheets that do not count."""
        return Counter(sheet for sheet, _ in {(row.sheet, row.student) for row in self.rows
                                              if row.exercise and row.sheet not in self.sheets})

    @cached_property
    def exercises(self):
        """The exercises of the sheets that count."""
        return sorted((row for row in EXERCISES.values() if row.id.split(".")[0] in self.sheets),
                      key=lambda row: order(row.id))

    @cached_property
    def best(self):
        """(student, exercise) → the row that counts: the one with the most points."""
        found = {}
        for row in self.rows:
            if row.exercise and row.sheet in self.sheets:
                key = row.student, row.exercise
                found[key] = max(found.get(key, row), row, key=lambda one: one.points)
        return found

    @cached_property
    def of(self):
        return sum(row.points for row in self.exercises)

    def counts(self, row):
        return self.best.get((row.student, row.exercise)) is row

    def points(self, student, sheet=None):
        """What a student has earned, on one sheet or on all that count."""
        ids = [one.id for one in self.exercises if sheet in (None, one.id.split(".")[0])]
        return round(sum(self.best[student, id].points for id in ids if (student, id) in self.best), 3)

    def outcomes(self, exercise):
        """How often each outcome occurs."""
        return Counter(row.outcome for (_, id), row in self.best.items() if id == exercise)

    @cached_property
    def mistakes(self):
        """Name of a mistake → exercise → the students who made it, the most common mistake first."""
        found = defaultdict(lambda: defaultdict(set))
        for (student, exercise), row in self.best.items():
            for name in row.mistakes:
                found[name][exercise].add(student)
        return dict(sorted(found.items(), key=lambda one: (-len(set().union(*one[1].values())), one[0])))

    @cached_property
    def groups(self):
        """Wrong answers: those with the same mistakes together, and where no mistake is named those of equal value."""
        gathered = defaultdict(list)
        for (_, exercise), row in self.best.items():
            if row.outcome in ("wrong", "undecided"):
                gathered[exercise, row.mistakes, "" if row.mistakes else row.value].append(row)
        groups = [Group(exercise, mistakes, len(rows), tuple(dict.fromkeys(row.answer for row in rows))[:FEW])
                  for (exercise, mistakes, _), rows in gathered.items()]
        return sorted(groups, key=lambda group: (order(group.exercise), -group.students, group.mistakes, group.quoted))
