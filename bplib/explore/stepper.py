"""A derivation step by step: what each step starts from, what it makes of it, and which part becomes which."""
from numbers import Integral

import sympy as sp

from ..activations import Slope
from ..conventions import TABLE, convention
from ..derivation import Derivation, derive
from ..equations import Partial, i, j, name_of, s
from ..errors import InputError
from ..figures import formula_picture
from ..networks import Network, dense
from ..notation import equation_latex, sums_over_samples
from .explorer import Choice, Explorer, Number, page
from .mathml import mathml


class Place(Number):
    """The number of a step, counted from 1."""

    def validate(self, obj, value):
        steps = len(obj.derivation.steps)
        if not isinstance(value, Integral) or isinstance(value, bool) or not 1 <= value <= steps:
            raise InputError(f"step is the number of a step, a whole number from 1 to {steps}; given: {value!r}.")
        return int(value)


class Stepper(Explorer):
    """The widget behind `derivation`."""

    _esm = page("common.js", "stepper.js")
    _css = page("explorer.css", "stepper.css")

    step = Place(1, "step", 1, 1, 1)
    notation = Choice("bplib", "notation", TABLE)

    def __init__(self, derivation, **values):
        self.derivation = derivation
        super().__init__("", {}, **values)
        self.write()
        self.observe(lambda change: self.write(), "notation")

    def write(self):
        """Put the formulas in the chosen notation on the page."""
        number = {"numbers": {"step": {**self.traits()["step"].facts(), "high": len(self.derivation.steps)}}}
        texts = {"notations": {row.name: row.title for row in TABLE.values()}}
        self.set_trait("facts", {**number, **texts, **formulas(self.derivation, convention(self.notation))})

    def picture(self):
        """The formula of the step, and the one that it starts from."""
        step, notation = self.derivation.steps[self.step - 1], convention(self.notation)
        said, old, _ = origin(self.derivation, self.step - 1)
        old = {said: equation_latex(*old, self.derivation.quantities, notation)} if old else {}
        formulas = {**old, "This step": step.latex(notation)}
        if any(r"\begin" in formula for formula in formulas.values()):
            return None  # matplotlib typesets no formulas by cases; the sentence says what is shown
        return formula_picture(formulas, f"{self!r} {step.sentence}")

    def __repr__(self):
        step = self.derivation.steps[self.step - 1]
        return f"Derivation explorer: step {self.step} of {len(self.derivation.steps)}, {step.rule}, {step.left}."


def derivation(network: Network | Derivation | None = None, *, step: int = 1, notation: str = "bplib") -> Stepper:
    """An explorer that walks through a derivation, forwards and back; by default that of two dense layers.

    network    a network, or a `Derivation` of one
    step       the step to begin with, counted from 1
    notation   whose letters the formulas have: a name in `conventions`

    `step` and `notation` can be read and set from a cell.
    """
    given = dense([3, 4, 2], "sigmoid") if network is None else network
    return Stepper(given if isinstance(given, Derivation) else derive(given), step=step, notation=notation)


def formulas(derivation, notation):
    """All that the page shows of the steps in a notation."""
    def typeset(*sides, **options):
        return mathml(derivation.quantities, *sides, notation=notation, **options)

    return {
        "steps": [step_facts(derivation, at, typeset) for at in range(len(derivation.steps))],
        "parts": [(at + 1, typeset(entry)) for entry, at in parts(derivation).items()],
    }


def parts(derivation):
    """Entry → position of the first step on the way to the cost's derivative with respect to it; last the cost itself."""
    found = {}
    for at, step in enumerate(derivation.steps):
        if step.rule == "batch":
            return found | {derivation.network.given("C")[()]: at}
        moved = step.left.by if isinstance(step.left, Partial) else None
        if moved is not None and name_of(moved) == step.about:
            found.setdefault(moved, at)


def step_facts(derivation, at, typeset):
    """What the page shows of one step."""
    step = derivation.steps[at]
    came_from, before, marks = origin(derivation, at)
    samples = sums_over_samples(step.right)
    return {
        "rule": step.rule, "sentence": step.sentence, "why": step.why, "error": step.check.error,
        "from": came_from,
        "before": typeset(*before, samples=samples, marks=marks) if before else "",
        "path": [typeset(entry) for entry in path(step.right)],
        "after": typeset(step.left, step.right, samples=samples, marks=marks),
        "uses": [n + 1 for n in sorted(set(known(derivation.steps, at).values()))],
    }


def origin(derivation, at):
    """What a step starts from: words for it, a formula as a pair of sides or None, and part → mark for what changes.

    That is what earlier steps had found for the same derivative, or else the equation of the network that is
    differentiated.  Parts with the same mark, in the two formulas, become each other.
    """
    steps, step = derivation.steps, derivation.steps[at]
    earlier = before(steps, at)
    if earlier:
        found = {part: steps[n].right for part, n in known(steps, at).items()}
        return "So far", (earlier.left, earlier.right), changes(earlier.right, step.right, found)
    if step.rule == "error term":
        return "So far", (steps[at - 1].left, steps[at - 1].right), dict.fromkeys([steps[at - 1].left, step.left], MARK)
    if isinstance(step.left, Slope):
        return equation_of(derivation, step.left.args[0], {step.left.args[0]})
    of, by = step.left.of, step.left.by
    return equation_of(derivation, of, {by} if step.rule != "batch" else {derivation.network.given("losses")[s]})


MARK = "bplib-mark-1"


def equation_of(derivation, wanted, moved):
    """The equation of the network for an entry or with a right side, with the entries that move marked in it."""
    for equation in derivation.network.equations:
        for rename in ({}, {j: i}):
            left, right = equation.left.xreplace(rename), equation.right.xreplace(rename)
            entries = right.atoms(sp.Indexed, sp.Symbol)
            names = {name_of(e) for e in moved - entries if not e.is_Function}
            marked = {e: MARK for e in entries if e in moved or name_of(e) in names}
            if wanted in (left, right) and (marked or right in moved):
                return "The equation of the network", (left, right), marked or {right: MARK}
    return "", None, {}


def before(steps, at):
    """The last step before a step that says something of the same derivative."""
    return next((one for one in reversed(steps[:at]) if one.left == steps[at].left), None)


def known(steps, at):
    """Factor that a step starts from → position of the last step that says what it is."""
    found, earlier = {}, before(steps, at)
    for part in factors(earlier.right) if earlier else ():
        names = {part} if part.has(j) else {part, part.xreplace({i: j})}  # units may be called i here and j there
        found |= {part: n for n, step in enumerate(steps[:at]) if step.left in names}
    return found


def factors(expression):
    """The factors of a product, those under a sum sign and along several paths included."""
    parts = []
    for factor in sp.Mul.make_args(expression):
        inner = [factor.function] if isinstance(factor, sp.Sum) else factor.args if adds_paths(factor) else ()
        parts += [part for one in inner for part in factors(one)] or [factor]
    return parts


def adds_paths(e):
    """Whether an expression is a sum with one term for each path."""
    return e.is_Add and (e.has(Partial) or any(name_of(x).startswith("delta") for x in e.atoms(sp.Indexed)))


def path(right):
    """The entries along which a change passes in a product of derivatives: w, z, a, C."""
    links = {part.by: part.of for part in factors(right) if isinstance(part, Partial)}
    entries = [start for start in links if start not in links.values()]
    if len(links) < 2 or len(entries) != 1:
        return []
    while entries[-1] in links:
        entries.append(links[entries[-1]])
    return entries


def changes(old, new, found):
    """Part → mark: a factor and what it became have the same mark; whatever else changed shares the last one.

    found   factor → what earlier steps say it is
    """
    old, new = factors(old), factors(new)
    gone = [part for part in old if part not in new and abs(part) != 1]
    came = [part for part in new if part not in old and abs(part) != 1]
    marks, left = dict.fromkeys([part for part in old if part in new]), []
    for part in gone:
        value = [one for one in factors(found.get(part, sp.S.One)) if one in came and one not in marks]
        if value:
            marks |= dict.fromkeys([part, *value], next_mark(marks))
        else:
            left.append(part)
    marks |= dict.fromkeys([*left, *(part for part in came if part not in marks)], next_mark(marks))
    return marks | {1 / part: mark for part, mark in marks.items() if part.is_Pow}


def next_mark(marks):
    return f"bplib-mark-{len(set(marks.values()) - {None}) + 1}"
