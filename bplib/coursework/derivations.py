"""The verdict on a derivation that was handed in, and what it earns.

    share of the points  =  steps that follow / the greater of (steps that follow + lines that do not) and the steps asked

and at most half of them where the derivation does not arrive.  All points are for one whose every line follows, which
arrives, and which has as many steps as are asked for.
"""
from ..lines.check import examined
from ..lines.deadline import TookTooLong, within
from ..lines.steps import steps_of
from ..lines.verdict import MARKS
from .verdict import Verdict

SECONDS = 10
"""How long one derivation may take to be judged; the longest of the course takes less than one."""
AT_MOST = 0.5
RULE = ("All points are for a derivation that arrives and whose every line follows. Any other earns the share of its "
        "steps that follow, and half of the points at most where it does not arrive.")
STEP = ("A step is an equality about a derivative that leads to the one that is asked for; one that holds for any numbers, "
        "such as (a − y)·x = x·(a − y), or that says again what was said, is welcome and counts as none.")


def verdict_on(row, text):
    """The verdict on a text.  InputError where it is no derivation; see `lines.text.lines_of`."""
    try:
        with within(SECONDS):
            found = examined(row.network, text, row.of, given=row.given, batch=row.batch)
            steps = steps_of(found.found, row.of)
    except TookTooLong:
        return Verdict(row.id, "time-out", 0.0, (), f"Judging these lines was stopped after {SECONDS} seconds. Write "
                                                    "fewer, or shorter ones.")
    outcome = _outcome(found, steps, row)
    score = 1.0 if outcome == "right" else _share(found, steps, row)
    return Verdict(row.id, outcome, score, found.verdict.mistakes, _told(found, steps, row, outcome, score))


def _outcome(found, steps, row):
    verdicts = {line.verdict for line in found.verdict.lines}
    if "does not follow" in verdicts:
        return "wrong"
    if "cannot be read" in verdicts:
        return "invalid"
    if "cannot be decided" in verdicts:
        return "undecided"
    return "right" if found.verdict.right and found.arrived.reached and steps.right >= row.steps else "wrong"


def _share(found, steps, row):
    share = steps.right / max(steps.right + steps.wrong, row.steps)
    return round(share if found.arrived.reached else min(share, AT_MOST), 6)


# what the learner reads; her own lines are quoted, and nothing that is not hers

def _told(found, steps, row, outcome, score):
    if outcome == "right":
        return "Every line follows, and it arrives."
    lines = "\n".join(_line(line) for line in found.verdict.lines)
    return f"{_in_short(found, steps, row)} This earns {score * row.points:.3g} of {row.points} points.\n\n{lines}"


def _in_short(found, steps, row):
    """What keeps it from being right, too few steps first where that is all."""
    if steps.right >= row.steps:
        return found.verdict.summary
    few = f"{_many(steps.right)}, and at least {row.steps} are asked for."
    if found.verdict.right and found.arrived.reached:
        return f"**Too few steps:** {few} {found.verdict.summary} Write down what lies between."
    return f"{found.verdict.summary} {few}"


def _many(steps):
    return {0: "No step follows", 1: "1 step follows"}.get(steps, f"{steps} steps follow")


def _line(line):
    quoted = line.text.replace("`", "'")
    said = "" if line.verdict == "follows" and not line.message else f" {line.verdict}. {line.message}".rstrip()
    return f"- {MARKS[line.verdict].strip() or '·'} line {line.number}: `{quoted}`{said}"
