"""A sheet as a Gradescope assignment: a zip that grades one submission there and writes results.json.

The form of results.json is that of https://gradescope-autograders.readthedocs.io/en/latest/specs/.
"""
import io
import json
import zipfile
from pathlib import Path

from ..course import REQUIREMENTS
from .report import number, plain
from .roster import Roster
from .tally import Tally

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = {"__pycache__", "notebooks"}
"""Folders of bplib that an autograder has no use for; among the notebooks are solutions."""
SETUP = """#!/usr/bin/env bash
set -e
apt-get update
DEBIAN_FRONTEND=noninteractive apt-get install -y bubblewrap python3.11 python3.11-venv
python3.11 -m venv /autograder/venv
/autograder/venv/bin/python -m pip install -r /autograder/source/requirements.txt
"""
RUN = """#!/usr/bin/env bash
cd /autograder/source
export OPENBLAS_NUM_THREADS=1
${{BPLIB_PYTHON:-/autograder/venv/bin/python}} -m bplib.grading gradescope {sheet} \\
    "${{BPLIB_SUBMISSION:-/autograder/submission}}" "${{BPLIB_RESULTS:-/autograder/results}}/results.json"
"""


ROSTER = "variants.json"
"""The file of an autograder that says whose variants are which; it holds seeds, and not the key."""
METADATA = "submission_metadata.json"
"""What Gradescope says of a submission, beside its folder."""


def autograder(sheet, roster=None) -> bytes:
    """The autograder of a sheet, a zip that is the same each time; with a `roster.Roster` for variants."""
    requirements = REQUIREMENTS.read_text(encoding="utf-8").partition("# tests")[0]
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as out:
        _put(out, "setup.sh", SETUP)
        _put(out, "run_autograder", RUN.format(sheet=sheet))
        _put(out, "requirements.txt", requirements)
        if roster:
            _put(out, ROSTER, roster.as_json())
        for file in sorted((ROOT / "bplib").rglob("*")):
            if file.is_file() and not LEFT_OUT.intersection(file.relative_to(ROOT).parts):
                _put(out, file.relative_to(ROOT).as_posix(), file.read_bytes(), 0o644)
    return content.getvalue()


def _put(out, name, content, mode=0o755):
    """A file, by default one that can be run; its date says nothing."""
    about = zipfile.ZipInfo(name, date_time=(2000, 1, 1, 0, 0, 0))
    about.external_attr = (0o100000 | mode) << 16
    about.compress_type = zipfile.ZIP_DEFLATED
    out.writestr(about, content)


def roster_here():
    """The roster that came with this autograder; None where it has none."""
    path = ROOT / ROSTER
    return Roster.from_json(path.read_text(encoding="utf-8")) if path.exists() else None


def student_of(folder, roster):
    """Under which name in the roster the submission in a folder lies, by what Gradescope says of its users.

    "submission" where it says nothing, or nothing that the roster knows.
    """
    try:
        users = json.loads((Path(folder).resolve().parent / METADATA).read_text(encoding="utf-8"))["users"]
        given = [str(user[key]) for user in users for key in ("sid", "email", "name") if user.get(key)]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        given = []
    return next((one for one in given if roster and roster.find(one)), "submission")


def results(rows, sheet):
    """What results.json holds for the rows of one student."""
    tally = Tally(rows, (sheet,))
    student = rows[0].student
    tests = [_test(exercise, tally.best.get((student, exercise.id))) for exercise in tally.exercises]
    told = [row.feedback for row in rows if not row.exercise] + sorted({row.remark for row in rows if row.remark})
    return {"score": number(tally.points(student)), "output": "\n\n".join(told), "output_format": "text",
            "visibility": "visible", "stdout_visibility": "hidden", "tests": tests}


def _test(exercise, row):
    earned = row.points if row else 0
    feedback = plain(row.feedback) if row else "It was not handed in."
    return {"name": f"{exercise.id} {exercise.title}", "number": exercise.id, "score": number(earned),
            "max_score": exercise.points, "status": "passed" if earned == exercise.points else "failed",
            "output": feedback, "output_format": "text", "visibility": "visible"}


def write_results(rows, sheet, path):
    """Write results.json, unless something could not be graded: then Gradescope has to say so, and gives no mark."""
    if any(row.outcome == "not graded" for row in rows):
        return False
    Path(path).write_text(json.dumps(results(rows, sheet), indent=1), encoding="utf-8")
    return True
