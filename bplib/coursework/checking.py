"""Checks of answers, one for each kind of exercise.  What they find is a `Verdict`."""
import numpy as np

from ..errors import InputError
from . import derivations, feedback, functions, reading
from .exercises import code_name
from .grammar import parse
from .matching import EQUAL, Value, prepare, reference
from .mistakes import TABLE
from ..formula.tokens import FormulaError, stripped
from .variants import exercise
from .verdict import NotRight, Verdict


# what a learner calls

def check(id, answer):
    """The verdict on an answer.

    answer   a text for a formula or a derivation, a number or a text for numbers and choices, a function for functions
    """
    found = collected(id, answer)
    if found.get("missing"):
        prepare(exercise(id))  # so that the answer that comes next need not wait
    return judged(id, found)


def hand_in(id, answer):
    """The verdict on an answer that is right; `NotRight`, an AssertionError with the feedback, for any other.

    Of a derivation that is right in part the feedback is printed and its points are returned, as a number: nbgrader
    takes the number that a cell gives for its points.
    """
    verdict, row = check(id, answer), exercise(id)
    if row.kind == "derivation" and 0 < verdict.score < 1:
        print(verdict)
        return verdict.score * row.points
    if not verdict.right:
        raise NotRight(verdict)
    return verdict


# the two halves of a check

def collected(id, answer):
    """What there is to judge of an answer, as JSON could hold it: this half of `check` runs the learner's code.

    {"missing": True}, {"text": …}, {"number": …}, {"runs": […]} (see `functions.values_of`) or {"other": type's name}
    """
    row = exercise(id)
    if row.kind != "function":
        return functions.plain(answer)
    return functions.found(answer, functions.inputs_of(row), row.returns)


def judged(id, found):
    """The verdict on what `collected` has found: this half of `check` runs no code of the learner's.

    id   of the exercise, or the exercise itself, such as one with other test points (`exercises.Function.drawn`)
    """
    row = exercise(id)
    if found.get("missing") or stripped(found.get("text", "?")) in functions.NOTHING:
        return missing(row)
    return KINDS[row.kind](row, found)


def is_right(id, found):
    """Whether what `collected` has found is right: quicker than a verdict, which also says what is wrong."""
    row = exercise(id)
    if row.kind == "derivation":
        return judged(row, found).right
    answer = {"formula": _formula_values, "function": _run_values, "number": _number_values, "choice": _chosen}[
        row.kind](row, found)
    if answer is None or row.kind == "choice":
        return answer is not None and answer == row.right
    return bool(reference(row).is_right(answer))


def _formula_values(row, found):
    try:
        tree = parse(found["text"], row.vocabulary) if "text" in found else None
    except FormulaError:
        return None
    return tree and reading.formula_values(row, tree)[0]


def _run_values(row, found):
    runs = found.get("runs", ())
    whole = runs and not any(run["missing"] or run["error"] for run in runs)
    return [reading.function_values(run) for run in runs] if whole else None


def _number_values(row, found):
    try:
        return [{row.ask: Value(np.asarray(reading.number(found)))}]
    except InputError:
        return None


def _chosen(row, found):
    return reading.option(found, row.options)


# verdicts that do not depend on the kind

def missing(row):
    return Verdict(row.id, "missing", 0.0, (), "There is no answer yet. A hint gives a first push.")


def timed_out(id, seconds):
    """The verdict on a function that was stopped."""
    return Verdict(exercise(id).id, "time-out", 0.0, (),
                   f"The function was stopped after {seconds:g} seconds. That says nothing about whether it is right: "
                   "is there a loop that does not end, or one that an array operation could replace?")


def right(row):
    return Verdict(row.id, "right", 1.0, (), "That is right.")


AGAIN = "Change it and try again."


def invalid(row, message):
    return Verdict(row.id, "invalid", 0.0, (), f"{message}\n\n{AGAIN}")


def wrong(row, *facts):
    return Verdict(row.id, "wrong", 0.0, (), "\n\n".join(filter(None, facts)))


def named(row, groups, *facts):
    """A wrong answer whose mistakes are known: a tuple of names for each way in which it can have come about."""
    names = tuple(dict.fromkeys(name for names in groups for name in names))
    credit = max(float(np.prod([TABLE[name].credit for name in names])) for names in groups)
    text = [feedback.mistakes_told(groups), *facts]
    return Verdict(row.id, "wrong", round(credit, 3), names, "\n\n".join(filter(None, text)))


def decided(row, answer, notes=(), more=lambda: [], tree=None, same=None):
    """The verdict on an answer with these values at the test points.

    notes   sentences that go with any wrong answer;  more   a function that gives some for one that is not known
    tree    the formula that was typed, where it is one
    same    up to which relative difference an answer is a known wrong one, where not as for the right one
    """
    known = reference(row)
    gap = known.distance(answer)
    if gap <= known.equal:
        return right(row)
    groups = () if np.isnan(gap) else known.names(answer, same)
    number = "" if row.kind == "number" else feedback.number_told(row, known.right, answer, tree)
    if groups:
        return named(row, groups, *notes, number)
    if np.isnan(gap) or gap <= known.nearly:
        return Verdict(row.id, "undecided", 0.0, (), feedback.undecided_told(answer))
    facts = [] if row.kind == "number" else feedback.what_is_right(known.right, answer)
    return wrong(row, "Not equal, and no mistake that is known leads here.", *notes, number, *more(), *facts)


# the kinds

def _formula(row, found):
    if "text" not in found:
        return invalid(row, f"A formula is a text in quotation marks; given: {reading.given(found)}.")
    try:
        tree = parse(found["text"], row.vocabulary)
    except FormulaError as error:
        return invalid(row, str(error))
    reference(row)  # says how far the letters of the answer run, also where they stand in a condition only
    answer, notes = reading.formula_values(row, tree)
    if answer[-1] is None:
        return decided(row, answer, notes)
    return decided(row, answer, notes + feedback.free_indices_told(row, tree), tree=tree,
                   more=lambda: (feedback.superscripts_told(found["text"]) + feedback.single_units_told(row, tree)
                                 + feedback.arrays_that_enter_right(row, tree)))


def _function(row, found):
    if "runs" not in found:
        return invalid(row, f"A function is expected: hand over `{row.name}` itself, without brackets and arguments. "
                            f"Given: {reading.given(found)}.")
    runs = found["runs"]
    if any(run["missing"] for run in runs):
        return missing(row)
    answer, stopped = [reading.function_values(run) for run in runs], [_stopped(run) for run in runs if run["error"]]
    if all(values is None for values in answer):
        return Verdict(row.id, "error", 0.0, (), stopped[0])
    if not all(run["again"] for run in runs):
        return named(row, (("gradients kept from the call before",),))
    verdict = decided(row, answer, _stops_and_shapes(row, answer, stopped))
    if verdict.right:
        return _overwritten(row, runs) or verdict
    return verdict if verdict.mistakes or not stopped else Verdict(row.id, "error", 0.0, (), stopped[0])


def _stopped(run):
    return run["error"] + (f"\n\nin the line `{run['line']}`" if run["line"] else "")


def _stops_and_shapes(row, answer, stopped):
    told = [f"With layers of different widths the function stops: {stopped[0]}"] if stopped else []
    pairs = [(right, values) for right, values in zip(reference(row).right, answer) if values is not None]
    return told + feedback.shapes_told(*pairs[0])


def _overwritten(row, runs):
    """The verdict on a function that returns the right numbers and writes into its inputs."""
    changed = sorted({code_name(name) for run in runs for name in run["changed"]})
    if changed:
        return named(row, (("the inputs are overwritten",),),
                     f"Changed by the call: {', '.join(f'`{name}`' for name in changed)}.")
    return None


def _number(row, found):
    try:
        value = reading.number(found)
    except InputError as error:
        return invalid(row, str(error))
    digits = reading.digits(found)
    verdict = decided(row, [{row.ask: Value(np.asarray(value))}], same=EQUAL if digits == 1 else None)
    told = "" if digits == 1 and verdict.mistakes else _rounded(float(reference(row).right[0][row.ask].array), value, digits)
    if told:
        return Verdict(row.id, "undecided", 0.0, (), told)
    if verdict.right or verdict.mistakes:
        return verdict
    return Verdict(row.id, "undecided", 0.0, (), ONE_DIGIT) if digits == 1 else wrong(
        row, "That is not the number, and no mistake that is known gives it.")


DIGITS = 3
ONE_DIGIT = "Give three digits. One is too few to tell this number from others."


def _rounded(right, value, digits):
    """What to say of a number with too few digits that may be the right one; None for any other."""
    if digits is None or digits >= DIGITS or right * value <= 0:
        return None
    if value in (right, float(f"{right:.{DIGITS - 1}e}")):  # 0.54 is 0.540
        return None
    unit, off = 10.0 ** (np.floor(np.log10(abs(right))) - digits + 1), abs(value - right)
    if off >= unit:
        return None
    if digits < 2:
        return ONE_DIGIT
    return ("That is right, as far as it goes. Give three digits." if off <= unit / 2 * (1 + 1e-9) else
            "That is close. Give three digits, rounded.")


def _derivation(row, found):
    if "text" not in found:
        return invalid(row, f"A derivation is a text, a line for each step; given: {reading.given(found)}.")
    try:
        return derivations.verdict_on(row, found["text"])
    except InputError as error:
        return invalid(row, str(error))


def _choice(row, found):
    chosen = reading.option(found, row.options)
    if chosen is None:
        return invalid(row, f"Choose a letter from A to {reading.LETTERS[len(row.options) - 1]}.")
    if chosen == row.right:
        return right(row)
    _, mistake = list(row.options.values())[chosen - 1]
    return named(row, ((mistake,),)) if mistake else wrong(
        row, f"Option {reading.LETTERS[chosen - 1]} is not the one. Look again in the notebook {row.notebook}.")


KINDS = {"formula": _formula, "function": _function, "number": _number, "choice": _choice, "derivation": _derivation}
