"""`python3 -m bplib release` and `python3 -m bplib grade`."""
import argparse
import sys
import time
from itertools import starmap
from pathlib import Path

from ..course import NOTEBOOKS, SOLUTIONS
from ..coursework import EXERCISES
from ..errors import InputError
from ..languages import TABLE as LANGUAGES
from . import gradebooks, gradescope
from .channel import Limits
from .files import put, refuse_to_lose
from .grade import grade, handed_in_rows
from .isolation import WAYS, House, StartFailed
from .marking import Settings
from .names import in_words
from .release import assignments, changed, handouts, without_variants, written
from .report import number
from .results import Results
from .roster import keep_key, key_beside, key_or_new, read_key, roster

SHEETS = NOTEBOOKS / "coursework" / SOLUTIONS
NUMBERS = sorted({id.split(".")[0] for id in EXERCISES})
INTERRUPTED, NOT_GRADED = 130, 2
"""Exit codes: where somebody has stopped it; where something was not graded that is no fault of a submission."""


def main(arguments):
    parser = argparse.ArgumentParser(prog="python3 -m bplib", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    _release_options(commands.add_parser("release", help="write the sheets without their solutions"))
    _grade_options(commands.add_parser("grade", help="grade a folder of submissions"))
    _gradescope_options(commands.add_parser("gradescope", help="grade one submission where Gradescope runs it"))
    given = parser.parse_args(arguments)
    try:
        return {"release": _release, "grade": _grade, "gradescope": _gradescope}[given.command](given)
    except InputError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. What is graded is kept: the same command goes on.", file=sys.stderr)
        return INTERRUPTED


def _release_options(one):
    one.add_argument("target", type=Path, help="the folder to write them into")
    one.add_argument("--source", type=Path, default=SHEETS, help="the folder with the sheets (default: %(default)s)")
    one.add_argument("--run", action="store_true", help="run them, so that each holds what its cells show")
    _replace_option(one, "a file that is there already, such as a sheet that somebody has changed")
    one.add_argument("--nbgrader", type=Path, metavar="COURSE",
                     help="write them into nbgrader's folder of a course, too, as sources of assignments")
    one.add_argument("--gradescope", action="store_true", help="write an autograder for Gradescope for each sheet, too")
    one.add_argument("--language", choices=sorted(LANGUAGES), default="en",
                     help="write the sheets that are there in this language (default: %(default)s)")
    _variant_options(one, "write a folder for each student of this list, with sheets whose questions are their own")


def _replace_option(one, what):
    one.add_argument("--replace", action="store_true", help=f"replace {what} (default: refuse, and write nothing)")


def _variant_options(one, what):
    one.add_argument("--variants", type=Path, metavar="STUDENTS.csv",
                     help=f"{what}: a CSV with a column id, or as Canvas or Moodle exports it")
    one.add_argument("--key", type=Path, metavar="FILE",
                     help="the key that the variants are drawn with (default: beside the list, with the ending .key)")


def _grade_options(one):
    default = Limits()
    one.add_argument("folder", type=Path, help="the submissions: a folder for each student, or a file for each")
    one.add_argument("target", type=Path, help="the folder for the tables and pages")
    one.add_argument("--seconds", type=float, default=default.seconds, help="for each cell (default: %(default)s)")
    one.add_argument("--total", type=float, default=default.total,
                     help="seconds for a whole submission (default: %(default)s)")
    one.add_argument("--megabytes", type=int, default=default.megabytes, help="of memory (default: %(default)s)")
    one.add_argument("--isolation", choices=("auto", *WAYS), default="auto",
                     help="how submissions are fenced in (default: the first that this system has)")
    one.add_argument("--executor", default="threads",
                     help="where: threads, processes, or module:attribute, an executor of concurrent.futures")
    one.add_argument("--workers", type=int, help="how many submissions at a time (default: one for each core)")
    one.add_argument("--level", type=int, help="how many folders deep the students are (default: 1; below sections 2)")
    one.add_argument("--sheets", type=lambda text: tuple(text.split(",")), default=(), metavar="1,2",
                     help="the sheets that count (default: those that a tenth of the class handed in)")
    one.add_argument("--seed", type=int, help="of the numbers for functions (default: drawn once, and kept)")
    one.add_argument("--gradebook", type=Path, action="append", default=[], metavar="FILE",
                     help="a gradebook exported by Canvas, or a grading worksheet of Moodle, to be filled in")
    _replace_option(one, "a table or page that was changed since it was written")
    _variant_options(one, "grade the variants that `release --variants` gave to this list")


def _gradescope_options(one):
    one.add_argument("sheet", help="the number of the sheet")
    one.add_argument("folder", type=Path, help="the folder with the submission")
    one.add_argument("target", type=Path, help="results.json")


def _release(given):
    if given.variants and given.nbgrader:
        raise InputError("nbgrader has one source of an assignment for everybody, so it cannot know variants. Give "
                         "--variants or --nbgrader, not both.")
    place = given.variants and _key_among_no_sheets(given)
    key = place and key_or_new(place)
    students = given.variants and roster(given.variants, key)
    sheets = handouts(given.source, given.target, students, LANGUAGES[given.language])
    sources = assignments(given.source, given.nbgrader) if given.nbgrader else {}
    graders = {given.target / f"gradescope-sheet-{sheet}.zip": gradescope.autograder(sheet, students)
               for sheet in NUMBERS if given.gradescope}
    if not given.replace:
        others = [path for path, content in graders.items() if path.exists() and path.read_bytes() != content]
        refuse_to_lose(changed(sheets | sources) + others)
    if key:
        keep_key(place, key)
    for path in (*written(sheets, given.run), *written(sources), *starmap(put, graders.items())):
        print(path)
    if key:
        print(VARIANTS.format(key=place))
        if alike := without_variants(given.source):
            print(ALIKE.format(names=in_words(alike)))
    return 0


VARIANTS = ("Keep {key}, the key that these variants were drawn with: `grade --variants` needs it. nbgrader's autograde cannot "
            "know variants; it can hand these files out and collect them, for `grade --variants` to grade.")
ALIKE = "The same for everybody, since they ask no exercise that has variants: {names}."


def _key_among_no_sheets(given):
    """The file of the key; InputError where it would be handed out."""
    key = given.key or key_beside(given.variants)
    if key.resolve().is_relative_to(given.target.resolve()):
        raise InputError(f"The key {key} would lie among the sheets in {given.target}. Give another folder for these, "
                         "or --key.")
    return key


def _roster(given):
    return given.variants and roster(given.variants, read_key(given.key or key_beside(given.variants)))


def _gradescope(given):
    roster = gradescope.roster_here()
    rows = handed_in_rows(given.folder, Settings(roster=roster), student=gradescope.student_of(given.folder, roster))
    if gradescope.write_results(rows, given.sheet, given.target):
        return 0
    print("Not graded:", *{row.feedback for row in rows if row.outcome == "not graded"}, file=sys.stderr)
    return NOT_GRADED


def _grade(given):
    start, files, results = time.monotonic(), [], Results(given.target, given.replace)
    for path in given.gradebook:
        gradebooks.read(path)
    results.refuse_to_lose(map(_filled_name, given.gradebook))
    settings = Settings(Limits(given.seconds, given.total, given.megabytes), given.isolation, roster=_roster(given))
    house = _house(given.isolation)
    print(house, flush=True)

    def told(name, rows, new):
        files.append(name)
        print(f"{len(files):>4}  {name}  {_in_short(rows)}{'' if new else ', as before'}", flush=True)

    tally = grade(given.folder, given.target, settings, executor=given.executor, workers=given.workers,
                  level=given.level, sheets=given.sheets, seed=given.seed, house=house, replace=given.replace,
                  told=told)
    seconds = time.monotonic() - start
    print(f"{len(files)} files, {len(tally.students)} students, {tally.of} points, {seconds:.0f} seconds: "
          f"{given.target / 'grades.csv'}, {given.target / 'overview.html'}")
    for path in given.gradebook:
        _fill(path, results, tally)
    for sheet, students in tally.left_out.items():
        print(f"Sheet {sheet} is not counted, only {students} handed it in; --sheets names those that count.")
    lost = sorted({row.file for row in tally.rows if row.outcome == "not graded"})
    if lost:
        print(f"Not graded, through no fault of theirs: {', '.join(lost)}. Their rows in grades.csv say why. Run "
              "the same command again once that is mended; what is graded stays.", file=sys.stderr)
    return NOT_GRADED if lost else 0


def _filled_name(path):
    return f"gradebook-{path.name}"


def _fill(path, results, tally):
    filled = gradebooks.fill(path, tally)
    results.write({_filled_name(path): filled.text})
    print(f"{results.folder / _filled_name(path)}: filled in")
    if filled.unknown:
        print(f"Not in it, or in it twice, so not filled in: {', '.join(filled.unknown)}.")


def _house(isolation):
    """Where submissions run, in a sentence."""
    try:
        house = House.open(isolation)
    except StartFailed as error:
        return f"No process can be started for submissions, so functions are not graded ({error})."
    try:
        return str(house)
    finally:
        house.close()


def _in_short(rows):
    kinds = {row.outcome for row in rows} & {"unreadable", "not graded"}
    return " and ".join(sorted(kinds)) or f"{number(round(sum(row.points for row in rows), 3))} points"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
