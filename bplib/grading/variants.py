"""A submission of a class in which everybody has variants: graded by those that its student should have.

Which they are follows from the student's id and the key, never from what the notebook says.  What it says is compared:
a notebook with other seeds is told.  A wrong answer is tried on the variants of the others: where it is right there,
the instructor is told, and nobody else.  That may be chance, or a mistake that leads from one variant to another.
"""
from collections import defaultdict
from dataclasses import replace

from .. import coursework
from . import marking

FEW = 3
"""How many other students are named."""
WRONG = ("wrong", "undecided", "invalid", "error")
UNKNOWN = ("Whose variants these are is not known: {student!r} is not in the list {list}, or more than one is called "
           "so. Name the folder or file by the id in the list, or add the student to it.")
NONE = "It holds no variants; it may be the open sheet of the course."
SWAPPED = "This notebook does not hold the variants that were given to you, or not only; yours were graded."


def marked(task, settings):
    """The rows of one file, by the variants of its student where there is a roster: see `marking.marked`."""
    return marking.marked(task, settings, _rows if settings.roster else None)


def _rows(task, sheet, exercises, sources, settings):
    student = settings.roster.find(task.student)
    if student is None:
        why = UNKNOWN.format(student=task.student, list=settings.roster.name)
        return [marking.row_of(task, sheet, row, "not graded", feedback=why) for row in exercises]
    own = [of_student(row, student) for row in exercises]
    answers = marking.Answers(sources, own, settings)
    varied = {one.id for one in own if one.seed}
    found = [replace(row, variant=student.seed * (row.exercise in varied)) for row in marking.rows_of(task, sheet, answers)]
    seeds = {seed for source in sources for seed in source.seeds}
    asides = _swapped(seeds - {student.seed}, settings.roster)
    if not seeds and own != list(exercises):
        asides = [NONE]
    told = _right_elsewhere(found, answers, student)
    return [replace(row, aside=" ".join([*asides, *told[row.exercise]]), remark=" ".join(
        filter(None, (row.remark, SWAPPED * bool(asides))))) for row in found]


def of_student(exercise, student):
    """The variant of an exercise that a student has; the exercise itself where it has none."""
    if exercise.id not in coursework.VARIATIONS:
        return exercise
    with marking.JUDGING:
        return coursework.variant(exercise.id, student.seed)


def _swapped(seeds, roster):
    """What the instructor is told of a notebook with the variants of somebody else."""
    owners = [(seed, roster.with_seed(seed)) for seed in sorted(seeds)]
    return [f"It holds the variants {seed}, those of {owner.name or owner.id}." if owner else
            f"It holds the variants {seed[:40]}, which are nobody's." for seed, owner in owners]


# answers that are right for somebody else

def _right_elsewhere(rows, answers, student):
    """Exercise → what the instructor is told of its answer, in a list of at most one sentence."""
    others = [one for one in answers.settings.roster.students if one != student]
    wrong = [row.exercise for row in rows if row.outcome in WRONG and row.exercise in coursework.VARIATIONS]
    kinds = {id: answers.exercises[id].kind for id in wrong}
    found = {id: _by_value(id, answers, others) for id in wrong if kinds[id] in ("formula", "number")}
    found |= _by_calling([id for id in wrong if kinds[id] == "function" and id in answers.ran.found], answers, others)
    return defaultdict(list, {id: [_told(students, len(others))] for id, students in found.items() if students})


def _told(students, others):
    names = [one.name or one.id for one in students[:FEW]]
    more = f" and {len(students) - FEW} more" if len(students) > FEW else ""
    return f"Right for the variants of {', '.join(names)}{more}, {len(students)} of {others} others."


def _by_value(id, answers, others):
    """The students for whose variant of a formula or a number the answer is right."""
    exercise = coursework.EXERCISES[id]
    judged = answers.judged_value(id)
    return [one for one in others if judged and _is_right(of_student(exercise, one), judged)]


def _is_right(exercise, found):
    with marking.JUDGING:
        return coursework.is_right(exercise, found)


def _by_calling(ids, answers, others):
    """Exercise → the students for whose variant a function is right: it is called as theirs would be, once for each
    kind of variant."""
    owners = defaultdict(list)
    for id in ids:
        for one in others:
            exercise = marking.drawn(of_student(coursework.EXERCISES[id], one), answers.settings.seed)
            owners[id, exercise.judged_as, exercise.takes].append((exercise, one))
    asked = {f"{key[0]} as {number}": pairs for number, (key, pairs) in enumerate(owners.items())}
    if not asked:
        return {}
    rows = {name: replace(pairs[0][0], id=name) for name, pairs in asked.items()}
    ran = marking.ran([source.text for source in answers.sources], list(rows.values()), answers.settings)
    found = defaultdict(list)
    for name, pairs in asked.items():
        if name in ran.found and _believed_right(pairs[0][0], ran.found[name]):
            found[name.partition(" ")[0]] += [one for _, one in pairs]
    return found


def _believed_right(exercise, found):
    try:
        return _is_right(exercise, marking.believed(exercise, found))
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError, AttributeError):
        return False
