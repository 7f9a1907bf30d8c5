"""Questions on a page: the learner answers before the page does.

    formula(network, "∂C/∂w")       a formula for a quantity of a network, or for a derivative
    derivation(network, "∂C/∂w")    a derivation, judged line by line
    choice(question, options, …)    one of several options
    guess(question, answer, …)      a number, guessed before it is shown

What comes back is a field on the page; without Python it is the question, and the answer folded away below it.  Its
`judge(text)` gives a `Verdict` on an answer.  Whoever only wants to read opens the answer at once; nothing is counted.

Its parts, each using those before it:

    prose        Markdown with formulas → HTML
    verdict      what is found about an answer
    layers       a layer l that is left open
    goal         what is asked for: ∂C/∂w, δ, z, … of a network
    machine      the derivation of that, as bplib has it
    beside       two derivations side by side, line against line
    question     the field, and the page without Python
    formulas, derivations, choices, guesses     the four kinds
"""
from .choices import choice
from .derivations import derivation
from .formulas import formula
from .guesses import guess

__all__ = ["choice", "derivation", "formula", "guess"]
