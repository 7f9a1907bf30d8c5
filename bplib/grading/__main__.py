"""`python3 -m bplib release` and `python3 -m bplib grade`."""
import argparse
import sys
import time
from pathlib import Path

from ..errors import InputError
from .grade import grade
from .isolation import Limits
from .release import release

SHEETS = Path(__file__).resolve().parents[2] / "notebooks" / "coursework"


def main(arguments):
    parser = argparse.ArgumentParser(prog="python3 -m bplib", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("release", help="write the sheets without their solutions")
    one.add_argument("target", type=Path, help="the folder to write them into")
    one.add_argument("--source", type=Path, default=SHEETS, help="the folder with the sheets (default: %(default)s)")
    one = commands.add_parser("grade", help="grade a folder of submissions")
    one.add_argument("folder", type=Path, help="the submissions: a folder for each student, or a file for each")
    one.add_argument("target", type=Path, help="the folder for grades.csv and overview.html")
    one.add_argument("--seconds", type=float, default=Limits.seconds, help="for each cell (default: %(default)s)")
    one.add_argument("--megabytes", type=int, default=Limits.megabytes, help="of memory (default: %(default)s)")
    given = parser.parse_args(arguments)
    try:
        return {"release": _release, "grade": _grade}[given.command](given)
    except InputError as error:
        print(error, file=sys.stderr)
        return 1


def _release(given):
    for path in release(given.source, given.target):
        print(path)
    return 0


def _grade(given):
    start, files = time.monotonic(), []

    def told(submission):
        files.append(submission.path)
        print(f"{len(files):>4}  {submission.path.relative_to(given.folder)}", flush=True)

    rows = grade(given.folder, given.target, Limits(given.seconds, given.megabytes), told=told)
    print(f"{len(files)} files, {len(rows)} lines, {time.monotonic() - start:.0f} seconds: "
          f"{given.target / 'grades.csv'}, {given.target / 'overview.html'}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
