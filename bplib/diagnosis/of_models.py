"""A gradient of any model: its backward equations, with one of them written wrong, until the numbers are hers.

No layer and no mistake of a certain layer is known here.  A row of KINDS says what may be wrong with an equation: a term
or a factor left out, two indices exchanged, a step taken at the wrong place, a sum where a mean is, the sign.
"""
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations
from weakref import WeakKeyDictionary

import numpy as np
import sympy as sp

from ..codegen import generate
from ..derivation import derive
from ..equations import Equation, indices_of, name_of
from ..errors import InputError
from ..models.model import Model
from ..models.nodes import entries, is_entry, letters_in
from ..models.order import equations_of, schedule
from ..models.quantities import Role
from ..networks import Graph, Network
from ..program import ir
from ..program.generated import GeneratedFunction
from ..program.lower import lower_model
from .arrays import settled
from .calling import MISSING, argument, call, without_cost
from .graphs import as_model
from .judging import RIGHT, UNDECIDED, WRONG
from .model_names import Names
from .precision import AGREES, HALF, in_half, near
from .result import Diagnosis, Finding, gradient_of
from .still import ZERO

MOST = 600
"""Equations written wrong that are tried."""

SHOWN = 4
"""Explanations that are told where several look the same."""

LOWER = 3
"""Computations in lower precision that show how rounding grows."""

KINDS = {
    "one path only": "A sum over several paths has a term for each of them; one is missing.",
    "the slope of the hidden layer is lost": "The chain rule multiplies by the slope of each function on the way.",
    "a factor is lost": "The chain rule multiplies by what the array is multiplied by in the equation.",
    "the input of the weight is lost": "What a weight is multiplied by stands in its gradient.",
    "not divided by the number of samples": "This cost is a mean over the samples, and so is its gradient.",
    "divided by the number of samples once too often": "The gradient is divided by the number of samples twice, or the cost "
                                                       "is a sum over them.",
    "a sum in place of a mean": "What is a mean going forward has its divisor going back.",
    "a mean in place of a sum": "What is a sum going forward has no divisor going back.",
    "the weights are not turned round going back": "Going forward the second index is summed over, going back the first.",
    "indices exchanged": "Two axes of the same length have changed places.",
    "the step before in place of the step after": "What looks back one step going forward looks ahead one step going back.",
    "the sign is turned": "Every entry has the wrong sign.",
    "the outer product is the wrong way round": "The gradient has the axes of its array, in their order.",
    "a constant factor": "A line has a factor that the cost does not give it.",
}
"""Name of a mistake → what to say."""

NOTEBOOK = "14-any-network"


def is_of_a_model(given) -> bool:
    """Whether what is asked about is a model, a network given neuron by neuron, or has a model and its arrays."""
    return _model_of(given) is not None


def _model_of(given):
    given = getattr(given, "model", given)
    if isinstance(given, Network) and isinstance(given.structure, Graph) and tuple(given.structure.neurons) != ("",):
        return as_model(given)
    return given if isinstance(given, Model) else None


def diagnose_model(given, parameters, X, Y, gradients) -> Diagnosis:
    """What is wrong with a gradient of a model.

    parameters   name → array, for parameters and for what is given;  X, Y   for a graph: inputs and targets; for a model
                 X may have what is given, as a dict
    gradients    name → array, or all of them in order; or a function of the arrays (a dict), or of (parameters, X, Y), that
                 returns them.  Of a model that `from_torch` has read, names and order are those of PyTorch
    """
    case = _Case(_model_of(given), _arrays(given, parameters, X, Y), given)
    return case.diagnosis(case.hers(settled(gradients)))


def _arrays(given, parameters, X, Y):
    """Name in the equations → array."""
    found = dict(getattr(given, "arrays", None) or {})
    x, y = (next((name for name in names if name in found), names[0]) for names in (("x",), ("y", "target")))
    for part, name in ((settled(parameters), None), (settled(X), x), (settled(Y), y)):
        if isinstance(part, Mapping):
            found |= part
        elif name and part is not None:
            found[name] = part
    if not found:
        raise InputError("The arrays are missing: the parameters, and what is given, by name, as in "
                         "bp.diagnose(model, {'W': …, 'x': …, 'y': …}, gradients={'W': …}).")
    found = {name: _array(name, array) for name, array in found.items()}
    if hasattr(given, "as_ours"):
        found = {name: array for name, array in found.items() if name not in given.order} | given.as_ours(found)
    if isinstance(given, Network):
        found |= {name: found[name].reshape(max(1, len(np.atleast_1d(found[name]))), -1) for name in ("x", "y")
                  if name in found and found[name].ndim < 2}
    return found


def _array(name, given):
    """What was given as an array; text and what is missing are told by the functions of the model."""
    for method in ("detach", "cpu", "to_numpy"):
        given = getattr(given, method)() if callable(getattr(given, method, None)) else given
    try:
        array = np.asarray(given)
    except Exception as error:  # whatever an object of another library raises when it is read as an array
        raise InputError(f"{name} cannot be read as an array: {error}.") from error
    if array.dtype.kind == "c":
        raise InputError(f"{name} holds complex numbers; the arrays of a model are real.")
    return array


@dataclass(frozen=True)
class _Change:
    """An equation written wrong: of which array, which mistake, where it stands, and the wrong right side."""

    about: str
    name: str
    where: str
    right: sp.Expr


_KNOWN: WeakKeyDictionary = WeakKeyDictionary()


def _functions_of(model):
    """The functions of a model; they are made again where it has other equations by now."""
    known = _KNOWN.get(model)
    if known is None or known[0] != tuple(model.equations):
        _KNOWN[model] = known = tuple(model.equations), generate(model, derive(model))
    return known[1]


class _Case:
    """A model with her arrays."""

    def __init__(self, model, arrays, given=None):
        self.model, self.functions = model, _functions_of(model)
        self.derivation, self.raw = self.functions.derivation, arrays
        self.half = in_half(arrays.values())
        self.arrays = {name: array.astype(float) if array.dtype.kind == "f" else array for name, array in arrays.items()}
        self.right = self.functions.gradients(self.arrays)
        self.names = Names(self.right, given)
        self.found, self._reached = self.derivation.found, {}

    # what she has

    def hers(self, gradients) -> dict:
        """Her gradients by the names of the equations."""
        if gradients is None:
            raise InputError("Hand over gradients: gradients={'W': array, …}, or a function of the arrays that returns them.")
        if callable(gradients):
            gradients = without_cost(self._called(gradients))[1]
        return self.names.ours(self.names.of(gradients))

    def _called(self, function):
        arrays = {name: array.copy() for name, array in self.raw.items()}
        parameters = {name: arrays[name] for name in self.right}
        x, y = (next((arrays[name] for name in names if name in arrays), None) for names in (("x", "X"), ("y", "target", "Y")))
        places = {"parameters": parameters, "X": x, "Y": y}
        return call(function, {1: (arrays,), 3: (parameters, x, y)},
                    lambda name: arrays[name] if name in arrays else places.get(argument(name), MISSING))

    # right or wrong

    def tolerances(self, hers):
        """How far an entry of each array may be off: what a lower precision changes says how rounding grows."""
        half, found = self.half or in_half(hers.values()), {}
        lower = self._in_lower(np.float16 if half else np.float32)
        for name, array in hers.items():
            right = self.right[name]
            grown = max(float(np.abs(one[name] - right).max(initial=0)) for one in lower)
            grown = grown if np.isfinite(grown) else np.inf
            size = np.abs(right).max(initial=0)
            single = array.dtype.itemsize < 8 or array.any() and bool((array.astype(np.float32) == array).all())
            found[name] = max(8 * grown, 1e-2 * size) if half else max(8 * grown, 1e-5 * size) if single else \
                max(2.0**-22 * grown, 1e-9 * size)
        return found

    def _in_lower(self, dtype):
        """The gradients computed in another precision, at arrays moved by its rounding to either side: the rounding that one
        computation shows may happen to cancel in an array of few entries."""
        random, unit, found = np.random.default_rng(0), np.finfo(dtype).eps, []
        for _ in range(LOWER):
            moved = {name: (array * (1 + unit * random.choice((-1, 1), array.shape))).astype(dtype) if array.dtype.kind == "f"
                     else array for name, array in self.arrays.items()}
            with np.errstate(all="ignore"):
                found.append(self.functions.gradients(moved))
        return found

    def diagnosis(self, hers) -> Diagnosis:
        self.allowed = self.tolerances(hers)
        verdicts = {name: self._verdict(name, array) for name, array in hers.items()}
        wrong = {name: array for name, array in hers.items() if verdicts[name] == WRONG}
        zero = bool(wrong) and not any(array.any() for array in hers.values())
        close = near(wrong, self.right)
        changes = [] if zero else self._explained(hers, wrong, close)
        if close and not changes:
            verdicts |= dict.fromkeys(close, UNDECIDED)
            hers, wrong = ({name: array for name, array in some.items() if name not in close} for some in (hers, wrong))
            changes = self._explained(hers, wrong, {})
        half = in_half([*self.raw.values(), *hers.values()])
        reasons = {name: AGREES.format(close[name]) if name in close else HALF if half else
                   "the gradient is as small as what rounding may have done to it."
                   for name, verdict in verdicts.items() if verdict == UNDECIDED}
        relations = {} if zero else {name: self.relation(name, array) for name, array in wrong.items()}
        return self._told(verdicts, set(hers), set(wrong), changes, relations, reasons, close, zero)

    def _explained(self, hers, wrong, close):
        """What gives her numbers, all of them finite; where they are close to the right ones, closer than that."""
        if not wrong or not all(np.isfinite(array).all() for array in hers.values()):
            return []
        allowed = self.allowed
        self.allowed = allowed | {name: min(allowed[name], 1e-2 * np.abs(hers[name] - self.right[name]).max())
                                  for name in close}
        found, self.allowed = self.explained(hers, set(wrong)), allowed
        return found

    def _told(self, verdicts, given, wrong, changes, relations, reasons, close, zero):
        """The `Diagnosis`, in her names."""
        verdicts = {shown: next(one for one in (WRONG, UNDECIDED, RIGHT) if one in some)
                    for shown, parts in self.names.parts.items() if (some := {verdicts.get(part) for part in parts} - {None})}
        right = False if WRONG in verdicts.values() else None if UNDECIDED in verdicts.values() else True
        told = Diagnosis(
            right=right, verdicts=verdicts, relations=self._in_her_names(relations), reasons=self._in_her_names(reasons),
            findings=tuple((self._finding(change),) for change in changes[:SHOWN]), symptoms=(ZERO,) if zero else (),
            begins="" if zero else self._begins(changes, wrong, given), code="" if zero else self._code(wrong, given),
            missing=tuple(shown for shown in self.names.parts if shown not in verdicts),
            digits=min(close.values()) if close and right is None else None)
        return replace(told, assumed=self._legend(str(told)))

    def _in_her_names(self, said):
        """Words about arrays, by her names; where an array of hers is several here, of each of them."""
        found = {}
        for shown, parts in self.names.parts.items():
            words = {part: said[part] for part in parts if said.get(part)}
            same = len(words) == len(parts) and len(set(words.values())) == 1
            if words:
                found[shown] = next(iter(words.values())) if same else "; ".join(
                    f"{one} in its part {self.names.shown(part)}" for part, one in words.items())
        return found

    def _legend(self, text):
        """Which of her parameters are meant by the names of equations that stand in a text."""
        meant = [f"{name} is {shown}" for name, shown in self.names.names.items()
                 if name != shown and re.search(rf"(?<![\w.])[d∂]?{name}(?![\w.]*\w)", text)]
        return f"In the equations {', '.join(meant)}." if meant else ""

    def _verdict(self, name, array):
        if not np.isfinite(array).all() or not self._equal(name, array, self.right[name]):
            return WRONG
        return UNDECIDED if self.allowed[name] > 1e-2 * np.abs(self.right[name]).max(initial=0) > 0 else RIGHT

    def _equal(self, name, one, other):
        if one.shape != other.shape:
            return False
        size = max(1.0, np.abs(one).max(initial=0) / max(np.abs(self.right[name]).max(initial=0), 1e-300))
        with np.errstate(all="ignore"):
            return bool((np.abs(one - other) <= size * self.allowed[name]).all())

    # what gives her numbers

    def explained(self, hers, wrong) -> list:
        """The changes of one equation that give all her numbers."""
        found = [change for change in self._candidates(wrong, set(hers)) if self._gives(change, hers)]
        best = min((list(KINDS).index(change.name) for change in found), default=None)
        first = [change for change in found if list(KINDS).index(change.name) == best]
        others = {change.name: change for change in reversed(found) if change not in first}
        return [*first[:1], *others.values()]

    def _candidates(self, wrong, given):
        """Changes of equations from which all wrong arrays follow, those first from which no right one does."""
        follows = {name: self.following(name) & given for name in self.found}
        names = [name for name in self.found if wrong <= follows[name]]
        names.sort(key=lambda name: len(follows[name] - wrong))
        changes = [change for name in names for change in _changes(self.model, self.found[name], name)]
        return changes[:MOST]

    def following(self, name) -> set:
        """Names of the parameters whose gradients are computed from ∂C/∂name, and its own where it is one."""
        return self.reached(name) & set(self.right)

    def reached(self, name) -> set:
        """Names of all arrays whose derivative is computed from ∂C/∂name, and its own."""
        if name not in self._reached:
            reached = {name}
            for _ in self.uses:
                reached |= {q for q, used in self.uses.items() if used & reached}
            self._reached[name] = frozenset(reached)
        return self._reached[name]

    @cached_property
    def uses(self):
        """Name → names of the arrays whose derivatives stand in its equation."""
        of = {e.quantity.name: q for q, e in self.found.items()}
        return {q: {of[name_of(x)] for x in entries(e.right) if name_of(x) in of} for q, e in self.found.items()}

    def _gives(self, change, hers):
        try:
            with np.errstate(all="ignore"):
                nearest = self._nearest(change.about, hers)
                if nearest and not self._equal(nearest, hers[nearest], self.changed(change, nearest)[nearest]):
                    return False
                numbers = self.changed(change)
        except (InputError, ValueError, IndexError, KeyError, TypeError, ZeroDivisionError, StopIteration):
            return False  # an equation that cannot be computed is nobody's
        return all(self._equal(name, array, numbers[name]) for name, array in hers.items())

    def _nearest(self, about, hers):
        """The parameter whose gradient is the fewest equations away from ∂C/∂about; None where there is one at most."""
        found = [name for name in hers if name in self.following(about)]
        return min(found, key=lambda name: len(self._between(about, name))) if len(found) > 1 else None

    def _between(self, about, name):
        """Names of the arrays through whose derivatives ∂C/∂name follows from ∂C/∂about."""
        return {q for q in self.reached(about) if name in self.reached(q)}

    def changed(self, change, only=None) -> dict:
        """The gradients with one equation written wrong: what follows from it is computed anew; `only`: one of them."""
        anew = self._between(change.about, only) if only else self.reached(change.about)
        equations = [replace(self.found[q], right=change.right) if q == change.about else self.found[q]
                     for q in self.found if q in anew]
        others = [e.quantity for q, e in self.found.items() if q not in anew]
        statements = lower_model(self.model, schedule(equations), known=others)
        result = {q: self.found[q].quantity.name for q in anew if q in self.right}
        given = [*(q for q in self.model.quantities.values() if q != self.model.cost), *others]
        function = GeneratedFunction("changed", given, self.model.sizes, ir.needed(statements, result.values()), result)
        return {**self.right, **function({name: self.values[name] for name in function.arguments.names})}

    @cached_property
    def values(self):
        """All arrays, those on the way back too, by their names in code."""
        names = {e.quantity.name: e.quantity.name for e in self.found.values()}
        backward = self.functions._function("backward", self.functions.statements, names)
        return {**self.arrays, **self.functions.forward(self.arrays), **backward(self.arrays)}

    # in words

    def _finding(self, change):
        about = f"∂C/∂{self.names.shown(change.about)}"
        return Finding(change.name, f"{KINDS[change.name]} In {about}: {change.where}.", NOTEBOOK, "", about)

    def _begins(self, changes, wrong, given):
        if not wrong:
            return ""
        name = changes[0].about if changes else self._origin(wrong, given)
        if name is None or name in self.right:
            return ""
        follow = dict.fromkeys(gradient_of(self.names.names[one]) for one in self.right if one in wrong)
        return f"It begins with ∂C/∂{name}: {', '.join(follow)} follow{'s' * (len(follow) == 1)} from it."

    def _origin(self, wrong, given):
        """The last array of the backward pass from which exactly the wrong gradients follow."""
        names = [e.quantity.of.name for block in schedule(self.found.values()) for e in equations_of(block)]
        fitting = [name for name in names if self.following(name) & given == wrong]
        return fitting[-1] if fitting and len(wrong) > 1 else next(iter(wrong)) if len(wrong) == 1 else None

    def _code(self, wrong, given):
        name = self._origin(wrong, given) if wrong else None
        lines = [line.strip() for line in self.functions.gradients.source.splitlines()]
        return "\n".join(line for line in lines if any(line.startswith(f"d{one} =") for one in ({name} if name else wrong)))

    def relation(self, name, hers) -> str:
        """How an array is to the right one, in words."""
        right = self.right[name]
        if not np.isfinite(hers).all():
            return "holds nan or inf: something is divided by 0, or too large for floats"
        if hers.ndim == right.ndim and hers.shape != right.shape and sorted(hers.shape) == sorted(right.shape) or \
                not self._equal(name, hers, right):
            turned = self._turned(name, hers, right)
            if turned:
                return turned
        if hers.shape != right.shape:
            return f"has shape {hers.shape}, and its parameter has {self.names.shape(name, right)}"
        if not hers.any():
            return "is zero"
        return self._multiple(name, hers, right)

    def _turned(self, name, hers, right):
        for one, other in combinations(range(right.ndim), 2):
            if self._equal(name, hers, np.swapaxes(right, one, other)):
                return "is the transpose of the right one" if right.ndim == 2 else \
                    f"is the right one with axes {one} and {other} exchanged"
        flipped = [axis for axis in range(right.ndim) if right.shape[axis] > 1 and
                   self._equal(name, hers, np.flip(right, axis))]
        return f"is the right one read backwards along axis {flipped[0]}" if flipped else ""

    def _multiple(self, name, hers, right):
        size = float((right * right).sum())
        factor = float((hers * right).sum()) / size if size else 0.0
        if not factor or abs(factor - 1) < 1e-3 or not self._equal(name, hers, factor * right):
            return ""
        if abs(factor + 1) < max(1e-6, self.allowed[name] / np.abs(right).max()):
            return "has the wrong sign: it is exactly −1 times the right one"
        many = abs(factor) if abs(factor) >= 1 else 1 / abs(factor)
        sizes = {str(n): length for q in self.functions.given for n, length in zip(q.sizes, np.shape(self.arrays[q.name]))
                 if not n.is_Integer}
        if right.size < 2 and not any(abs(many - length) < 1e-6 * length for length in (2, *sizes.values())):
            return ""  # any number is a multiple of another
        why = [f"{n} is {length}" for n, length in sizes.items() if length > 1 and abs(many - length) < 1e-6 * length]
        return (f"is exactly {many:.6g} times too {'large' if abs(factor) >= 1 else 'small'}"
                + " and has the wrong sign" * (factor < 0) + (f": {' and '.join(why)}" if why else ""))


# equations written wrong

def _changes(model, equation: Equation, about: str) -> Iterator[_Change]:
    """What may be wrong with a backward equation."""
    right, seen = equation.right, {equation.right}
    ways = [*_variants(model, right, about), *_scaled(model, right), ("the sign is turned", "the sign", -right)]
    for name, where, changed in ways:
        if changed not in seen and changed != 0:
            seen.add(changed)
            yield _Change(about, name, where, changed)


def _variants(model, e, about):
    """(name, where, formula) for every place of a formula where something may be wrong."""
    if is_entry(e):
        yield from _exchanged(model, e)
        yield from _shifted(e)
        return
    if e.is_Add or e.is_Mul:
        for place, part in enumerate(e.args):
            rest = [*e.args[:place], *e.args[place + 1:]]
            if e.is_Add:
                yield "one path only", f"{part} is missing", e.func(*rest)
            elif not _is_error(model, part) and part != -1:
                yield _lost(model, part, about), f"the factor {part} is missing", e.func(*rest)
            for name, where, changed in _variants(model, part, about):
                yield name, where, e.func(*rest[:place], changed, *rest[place:])
        if e.is_Mul:
            yield from _slopes_lost(model, e)
    elif isinstance(e, sp.Sum):
        for name, where, changed in _variants(model, e.function, about):
            yield name, where, sp.Sum(changed, *e.limits)
    elif e.is_Pow and not is_entry(e.base):
        for name, where, changed in _variants(model, e.base, about):
            yield name, where, changed**e.exp


def _is_error(model, e):
    """Whether a factor is, or has in it, ∂C/∂q of another array."""
    return any(name_of(x)[1:] in model.quantities and name_of(x) not in model.quantities for x in entries(e))


def _lost(model, part, about):
    """The mistake of leaving a factor out."""
    if not entries(part):
        samples = next(iter(model.letters.values()), None)
        if part == 1 / samples:
            return "not divided by the number of samples"
        return "a sum in place of a mean" if part.free_symbols and not letters_in(part) else "a constant factor"
    roles = {model.quantities[name_of(x)].role for x in entries(part) if name_of(x) in model.quantities}
    if model.quantities[about].role is Role.PARAMETER and is_entry(part):
        return "the input of the weight is lost"
    return "a factor is lost" if Role.PARAMETER in roles or is_entry(part) else "the slope of the hidden layer is lost"


def _slopes_lost(model, e):
    """All factors that are made of one computed array alone: a slope by value, a (1 − a)."""
    made = {}
    for part in e.args:
        names = {name_of(x) for x in entries(part)}
        if len(names) == 1 and (q := model.quantities.get(*names)) and q.role is Role.COMPUTED:
            made.setdefault(q.name, []).append(part)
    for parts in made.values():
        if len(parts) > 1:
            yield ("the slope of the hidden layer is lost", f"the factor {sp.Mul(*parts)} is missing",
                   sp.Mul(*(part for part in e.args if part not in parts)))


def _exchanged(model, x):
    indices = indices_of(x)
    quantity = model.quantities.get(name_of(x)) or model.quantities.get(name_of(x)[1:])
    for one, other in combinations(range(len(indices)), 2):
        if quantity.sizes[one] == quantity.sizes[other] and indices[one] != indices[other]:
            turned = list(indices)
            turned[one], turned[other] = turned[other], turned[one]
            name = "the weights are not turned round going back" if quantity.role is Role.PARAMETER else "indices exchanged"
            found = x.base[tuple(turned)]
            yield name, f"{found} stands in place of {x}", found


def _shifted(x):
    for place, at in enumerate(indices_of(x)):
        letters = letters_in(at)
        step = sp.expand(at - sum(letters)) if len(letters) == 1 else 0
        if step in (1, -1):
            for other in (sum(letters), sum(letters) - step):
                moved = list(indices_of(x))
                moved[place] = other
                found = x.base[tuple(moved)]
                yield "the step before in place of the step after", f"{found} stands in place of {x}", found


def _scaled(model, right):
    """Divided by a size once more, or multiplied by one."""
    for n in dict.fromkeys(model.letters.values()):
        if n.is_Symbol:
            samples = n == next(iter(model.letters.values()))
            yield ("divided by the number of samples once too often" if samples else "a mean in place of a sum",
                   f"it is divided by {n}", right / n)
            yield ("not divided by the number of samples" if samples else "a sum in place of a mean",
                   f"it is multiplied by {n}", right * n)
    yield "a constant factor", "it is twice as large", 2 * right
    yield "a constant factor", "it is half as large", right / 2
