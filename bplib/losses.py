"""Losses: a table.  A row says what one output a and its target y add to the cost of one sample.

The cost of a sample adds these terms up over the outputs (or averages them), the cost of a batch does the same over
the samples; both choices belong to the network (`networks.dense`), so a row holds nothing but the term.

Two rows compare nothing: "output" is the output itself, and "given error" has as Y what comes from above, ∂C/∂a.
`add` puts a row of your own into the table.
"""
import keyword
from collections.abc import Callable
from dataclasses import dataclass, replace

import sympy as sp

from .activations import POINTS as Z
from .activations import TABLE as ACTIVATIONS
from .activations import activation
from .errors import InputError, unknown_name
from .inputs import as_written, checked_number
from .rows import check_formula, check_new, check_parts, check_same, check_works, in_pieces

HALF = sp.Rational(1, 2)


@dataclass(frozen=True)
class Loss:
    """One row.

    term(a, y, parameter)    what one output adds to the cost of a sample
    parameter                its name and value, None where the loss has none
    outputs                  the activations whose outputs it can take; None for any
    targets                  "values" (any real numbers), "probability" (0 to 1), "distribution" (each row adds up to
                             1), "labels" (integers) or "none" (there are no targets)
    slope(a, y, parameter)   ∂term/∂a where SymPy's derivative of the term is not the form to compute with; compared
                             with the term when a derivation uses it
    stable(a, y, parameter)  the term once more, in a form that holds for any a and y; None where the term does.  Its
                             ln a and ln(1 − a) are computed by the forms of the activation in either case
    to_learn                 whether explorers offer it: whether it says how far outputs are from targets
    """

    name: str
    term: Callable
    parameter: tuple | None = None
    outputs: tuple | None = None
    targets: str = "values"
    slope: Callable | None = None
    stable: Callable | None = None
    to_learn: bool = True

    def __reduce__(self):
        return _row_called, (self.name, self.parameter)

    def __call__(self, a, y):
        return self._of(self.term, a, y)

    def evaluated(self, a, y):
        """The term as it is best computed."""
        return self._of(self.stable or self.term, a, y)

    def differentiated(self, a, y):
        """∂term/∂a as `slope` has it, or else as SymPy does."""
        return self._of(self.slope, a, y) if self.slope else sp.diff(self(a, y), a)

    def _of(self, function, a, y):
        return sp.sympify(function(a, y, *(self.parameter[1:] if self.parameter else ())))


def _row_called(name, parameter):
    """A row of the table, when it comes from another process or from a file."""
    if name not in TABLE:
        raise InputError(f"What is read has the loss {name!r}, which is not in the table here: add it first.")
    return replace(TABLE[name], parameter=parameter)


def _huber(a, y, threshold):
    return sp.Piecewise((HALF * (a - y)**2, abs(a - y) <= threshold),
                        (threshold * (abs(a - y) - threshold / 2), True))


def _cross_entropy(a, y):
    return -y * sp.log(a)


TABLE = {row.name: row for row in (
    Loss("squared error", lambda a, y, factor: factor * (a - y)**2, ("factor", sp.S.One)),
    Loss("binary cross entropy", lambda a, y: -y * sp.log(a) - (1 - y) * sp.log(1 - a), outputs=("sigmoid",),
         targets="probability"),
    Loss("categorical cross entropy", _cross_entropy, outputs=("softmax", "sigmoid"), targets="distribution"),
    Loss("negative log-likelihood", _cross_entropy, outputs=("softmax", "sigmoid"), targets="labels"),
    Loss("absolute error", lambda a, y: abs(a - y)),
    Loss("Huber error", _huber, ("threshold", sp.S.One)),
    Loss("output", lambda a, y: a, targets="none", to_learn=False),
    Loss("given error", lambda a, y: y * a, to_learn=False),
)}


BUILT_IN = tuple(TABLE)
"""Names of the rows that stand in the table from the start."""


def add(name: str, term: Callable, *, parameter: tuple | None = None, outputs: tuple | None = None, targets: str = "values",
        slope: Callable | None = None, stable: Callable | None = None) -> Loss:
    """Add a loss to the table: from then on every part of the library has it.  Returns its row.

    name        under which networks ask for it
    term        what one output a with the target y adds to the cost of a sample, as a function of SymPy symbols, such
                as lambda a, y: a - y * sympy.log(a)
    parameter   name and value of a parameter, such as ("threshold", 1); `term(a, y, threshold)` and the others take it
                last
    outputs     names of the activations whose outputs it can take, or one name; by default any
    targets     "values" (any real numbers), "probability" (0 to 1), "distribution" (each row adds up to 1), "labels"
                (integers) or "none"
    slope       ∂term/∂a; by default SymPy differentiates the term.  A derivation compares it with the term
    stable      the term in a form that holds for any a and y, where the term itself does not

    InputError for a name that is taken, for what gives no formula, for a term that does not work in every part of the
    library (see `rows`) or has no value at outputs that it may meet, and for a stable form that is not equal to the
    term at moderate a and y.  `del losses.TABLE[name]` takes the row out.
    """
    check_new(name, "a loss", TABLE, ACTIVATIONS)
    if not isinstance(targets, str) or targets not in TARGETS:
        raise unknown_name("kind of targets", targets, TARGETS)
    row = Loss(name, in_pieces(term), _checked_parameter(name, parameter), _checked_outputs(name, outputs), targets,
               in_pieces(slope), in_pieces(stable))
    _check_formulas(row)
    TABLE[name] = row
    return row


def _checked_parameter(loss_name, given):
    if given is None:
        return None
    if not isinstance(given, (tuple, list)) or len(given) != 2 or not str(given[0]).isidentifier() \
            or not isinstance(given[0], str) or given[0] == "name" or keyword.iskeyword(given[0]):
        raise InputError(f"The parameter of {loss_name} is a pair of a word that Python takes as a keyword argument, "
                         f"other than 'name', and a value, such as ('threshold', 1); given: {given!r}.")
    return given[0], _parameter(f"The {given[0]} of {loss_name}", given[1])


def _checked_outputs(loss_name, given):
    if given is None:
        return None
    names = (given,) if isinstance(given, str) else given
    if not isinstance(names, (tuple, list)) or not names:
        raise InputError(f"The outputs of {loss_name} are names of activations, such as ('exp', 'softplus'); "
                         f"given: {given!r}.")
    return tuple(activation(output).name for output in names)


def _check_formulas(row):
    """InputError where the term, the slope or the stable form of a new row does not work."""
    (a, y), more = sp.symbols("a y", real=True), (row.parameter or ())[1:]
    for what, given in (("term", row.term), ("slope", row.slope), ("stable form", row.stable)):
        if given is not None:
            check_formula(f"The {what} of {row.name}", given, a, y, *more)
            check_parts(f"The {what} of {row.name}", given(a, y, *more))
    if row.targets == "none" and y in row(a, y).free_symbols:
        raise InputError(f"The term of {row.name} has a target y in it, but with targets='none' there are no targets; "
                         f"given: {row(a, y)}.")
    points = [{a: output, y: target} for output in _outputs(row) for target in (POINTS[0][1], POINTS[1][1])]
    check_works(f"The term of {row.name}", row(a, y), row.differentiated(a, y), a, points)
    if row.stable is not None:
        check_same(f"The stable form of {row.name}", row.stable, row.term, [(*at, *more) for at in POINTS])


def _outputs(row):
    """Moderate outputs of the activations that a loss can take: any number where it takes all."""
    if row.outputs is None:
        return Z
    rows = [g for g in map(activation, row.outputs) if g.formula is not None]
    return [g.formula(z, *g.parameters) for g in rows for z in Z] or [a for a, _ in POINTS]


POINTS = tuple((sp.Rational(a, 10), sp.Rational(y, 10)) for a, y in ((3, 7), (6, 2), (9, 8)))
"""Moderate a and y, at which a term and its stable form are compared."""

TARGETS = ("values", "probability", "distribution", "labels", "none")
SMALLEST, LARGEST = 1e-100, 1e100
"""Parameters beyond these run out of the range of floats when they are squared or divided by."""


def _parameter(what, given):
    number = checked_number(what, given, above=0)
    if not SMALLEST <= number <= LARGEST:
        raise InputError(f"{what} is a number from {SMALLEST:g} to {LARGEST:g}; given: {given!r}.")
    return sp.sympify(as_written(number))


def loss(name: str, **parameter: float) -> Loss:
    """The row of the table called `name`; squared error takes factor= (1 or 1/2), Huber error threshold=.

    >>> loss("squared error", factor=0.5).parameter
    ('factor', 1/2)
    """
    row = name if isinstance(name, Loss) else {key.lower(): row for key, row in TABLE.items()}.get(str(name).lower())
    if row is None:
        raise unknown_name("loss", name, TABLE)
    if not parameter:
        return row
    if not row.parameter or set(parameter) != {row.parameter[0]}:
        takes = f"takes {row.parameter[0]}" if row.parameter else "takes no parameter"
        raise InputError(f"{row.name} {takes}; given: {', '.join(parameter)}.")
    name = f"The {row.parameter[0]} of {row.name}"
    return replace(row, parameter=(row.parameter[0], _parameter(name, parameter[row.parameter[0]])))


def check_outputs(row, last):
    """InputError where a loss cannot take the outputs of an activation: the logarithm needs probabilities."""
    if row.targets == "none" and not last.elementwise:
        raise InputError(f"The outputs of {last.name} always add up to 1, so the loss {row.name!r} would not change. "
                         "The loss 'given error' weighs each of them.")
    if row.outputs and last.name not in (*row.outputs, "g"):
        why = "takes outputs of certain activations" if row.targets == "values" else "takes logarithms of probabilities"
        raise InputError(f"{row.name} {why}, so the last layer is {' or '.join(row.outputs)}; "
                         f"given: {last.name}.")
