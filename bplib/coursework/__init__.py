"""Exercises whose answers are checked: which mistake it is, where to look, never the answer.

    question(id)           what is asked, and the names that an answer may use
    hint(id, degree)       a push; each degree says more
    summary(sheet, names)  how all answers of a sheet stand
    check(id, answer)      a `Verdict` on a formula (a text), a number, an option, a function, or a derivation (a text)
    hand_in(id, answer)    the same, and `NotRight`, an AssertionError, unless it is right
    field(id, answer)      a field in which a formula can be tried: typeset while one types, and judged
    preview(id, formula)   how a formula is understood, for a page that shows it while it is typed
    collected, judged      the two halves of `check`: the first may run in a process of its own
    is_right(id, found)    the second half where only right or wrong is asked
    timed_out(id, seconds) the verdict on a function that had to be stopped
    variant(id, seed)      the same exercise with another network, other letters, other numbers; wherever an id is
                           expected, "2.3:SEED" is the variant of 2.3
    EXERCISES, MISTAKES, VARIATIONS    the tables

How it is made
    tokens, vocabulary, grammar, tree, writing          a learner's formula: text → tree → LaTeX
    program, values, mistakes, matching                 the right answer, what it is worth, wrong ones, comparison
    exercises, choices, derive_it, sheets               kinds of exercise, and the table of them
    variations, variants                                what varies in each, a table; and what a seed draws from it
    functions, reading, feedback, verdict, checking     an answer → values → verdict; `derivations` for lines
    pages, field                                        what a learner reads about an exercise, and types into
    rewritings, hostile, measure                        how good all this is: `python -m bplib.coursework.measure`
"""
from .checking import check, collected, hand_in, is_right, judged, timed_out
from .field import field
from .mistakes import TABLE as MISTAKES
from .pages import hint, preview, question, summary
from .sheets import EXERCISES
from .variants import exercise, variant
from .variations import TABLE as VARIATIONS
from .verdict import NotRight, Verdict

__all__ = ["EXERCISES", "MISTAKES", "VARIATIONS", "NotRight", "Verdict", "check", "collected", "exercise", "field",
           "hand_in", "hint", "is_right", "judged", "preview", "question", "summary", "timed_out", "variant"]
