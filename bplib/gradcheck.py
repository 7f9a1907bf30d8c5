"""Is the gradient right?  It is compared with three others that know nothing of it, parameter by parameter.

reference           backpropagation written by hand in plain NumPy (`reference`)
complex step        Im C(w + ih)/h of the generated cost, exact to rounding where the cost is analytic
                    (Squire and Trapp 1998, doi:10.1137/S003614459631241X)
finite difference   (C(w + ε) − C(w − ε))/2ε, good to about eight digits

No two computations of a gradient agree in every digit.  How far they may differ is found for each entry anew: what
rounding may have done to the gradient (`rounding`), and what the step may have done to the difference.  Where that is
too much to notice a mistake of one part in ten thousand, the answer is "cannot be decided".
"""
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from . import reference
from .codegen import Generated, generate
from .inputs import checked_number, checked_parameters, checked_samples, checked_whole
from .networks import Dense
from .numerics import analytic
from .rounding import Arithmetic, bounded

METHODS = ("reference", "complex step", "finite difference")
PASSED, FAILED, OPEN = "passed", "FAILED", "cannot be decided"
SYMBOLS = {PASSED: "✓", FAILED: "✗", OPEN: "?"}

H = 1e-30
EPSILON = 6e-6
"""Near the cube root of the rounding error, where a central difference is at its best."""

DECIDES = 4e-5
"""A comparison decides where no entry may be off by more than this part of itself: then a mistake of 1e-4 stands out,
whichever way rounding went."""

LESSER = 0.1
"""Entries smaller than this part of the array's largest one are held to what is asked of one of this size."""

SMALL = 1e-6
"""A gradient handed over may be off by this part of an entry: formulas differ in how exact they are."""


@dataclass(frozen=True)
class Comparison:
    """One array of the gradient against that of one method.

    difference   the largest over the entries compared, as a part of the array's largest entry; nan where there is none
    allowed      what rounding and step may account for, in the same unit
    verdict      "passed", "FAILED" or "cannot be decided"
    """

    difference: float
    allowed: float
    verdict: str

    @property
    def known(self):
        return not np.isnan(self.difference)

    def __str__(self):
        return f"{self.difference:.1e} {SYMBOLS[self.verdict]}" if self.known else "–"


@dataclass(frozen=True)
class GradientCheck:
    """What came out of a gradient check.  Passed: each array passed.  FAILED: one did.

    whose         "your gradient" or "the derived gradient"
    comparisons   parameter → method ("reference", "complex step", "finite difference") → `Comparison`
    entries       parameter → how many entries were compared by complex step and differences, and how many there are
    reasons       parameter → in words, why it cannot be decided; only for those that cannot
    distances     parameter → ‖g − n‖/(‖g‖ + ‖n‖) for the entries compared, where g is the gradient checked and n the
                  central difference with step `epsilon`: the measure of most textbooks (Ng, CS231n), without a verdict
    distance      the same over all arrays together
    epsilon       the step ε of n
    """

    whose: str
    comparisons: dict
    entries: dict
    reasons: dict
    distances: dict
    distance: float
    epsilon: float

    @property
    def verdicts(self):
        """Parameter → "passed", "FAILED" or "cannot be decided"."""
        return {name: _together(row) for name, row in self.comparisons.items()}

    @property
    def verdict(self):
        """The verdict over all arrays: one that failed is enough; each has to pass."""
        verdicts = set(self.verdicts.values())
        return next(verdict for verdict in (FAILED, OPEN, PASSED) if verdict in verdicts)

    @property
    def passed(self):
        return self.verdict == PASSED

    @property
    def failed(self):
        return self.verdict == FAILED

    @property
    def errors(self):
        """Parameter → method → the largest difference, as a part of the array's largest entry."""
        return {name: {method: comparison.difference for method, comparison in row.items()}
                for name, row in self.comparisons.items()}

    def __str__(self):
        width = max(len(self.whose) + 8, *map(len, self.comparisons))
        head = (f"{self.whose} against".ljust(width) + "".join(f"{method:>19}" for method in METHODS)
                + f"{'‖g−n‖/(‖g‖+‖n‖)':>18}   entries")
        rows = [name.ljust(width) + "".join(f"{str(comparison):>19}" for comparison in row.values())
                + f"{self.distances[name]:>18.1e}   {'{} of {}'.format(*self.entries[name]):<14}{self.verdicts[name]}"
                for name, row in self.comparisons.items()]
        whole = f"{'all':<{width + 19 * len(METHODS)}}{self.distance:>18.1e}   {f'ε = {self.epsilon:.0e}':<14}"
        return "\n".join([head, *rows, whole + self.verdict, *self._sentences()])

    __repr__ = __str__

    def _sentences(self):
        return [f"{name} cannot be decided: {reason}" for name, reason in self.reasons.items()]

    def _repr_html_(self):
        head = "".join(f"<th scope='col'>{column}</th>" for column in (
            "parameter", *METHODS, f"‖g−n‖/(‖g‖+‖n‖)<br>ε = {self.epsilon:.0e}", "entries", "verdict"))
        rows = "".join(self._html_row(name) for name in self.comparisons)
        whole = (f"<tr><th scope='row'>all</th>{'<td></td>' * len(METHODS)}<td>{self.distance:.1e}</td><td></td>"
                 f"<td>{_in_words(self.verdict)}</td></tr>")
        sentences = "".join(f"<p>{sentence}</p>" for sentence in self._sentences())
        return (f"<table><caption>{_capital(self.whose)}: {_in_words(self.verdict)}. Differences to the gradients of "
                f"three methods, as a part of each array's largest entry.</caption>"
                f"<thead><tr>{head}</tr></thead><tbody>{rows}{whole}</tbody></table>{sentences}")

    def _html_row(self, name):
        cells = [*(_html_cell(comparison) for comparison in self.comparisons[name].values()),
                 f"{self.distances[name]:.1e}", "{} of {}".format(*self.entries[name]), _in_words(self.verdicts[name])]
        return f"<tr><th scope='row'>{name}</th>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _together(row):
    """The verdict of the methods on one array: any can fail it; only the reference, which saw each entry, can let it
    pass, or where the reference does not know the network, one of the others."""
    verdicts = {comparison.verdict for comparison in row.values()}
    if FAILED in verdicts:
        return FAILED
    by_hand = row["reference"]
    return by_hand.verdict if by_hand.known else PASSED if PASSED in verdicts else OPEN


def _in_words(verdict):
    return f"{verdict} {SYMBOLS[verdict]}"


def _html_cell(comparison):
    return f"{comparison.difference:.1e} {_in_words(comparison.verdict)}" if comparison.known else "–"


def _capital(text):
    return text[0].upper() + text[1:]


def gradient_check(network, parameters, X, Y, *, gradients: dict | None = None, entries: int = 20, seed: int = 0,
                   epsilon: float | None = None) -> GradientCheck:
    """Compare the derived gradient of a network, or a gradient of your own, with three others: a `GradientCheck`.

    network     a network, or the functions generated from one
    parameters, X, Y   where the gradient is compared: arrays in the layout of the functions, as for `Generated`
    gradients   dict of arrays to check in place of the derived gradient, each in the shape of its parameter; keys are
                the parameters' names, or those of the generated code ("dW1").  Arrays of float32 or float16, or that
                hold nothing but float32 numbers, are allowed what rounding does in that precision.
    entries     complex step and differences look at this many entries of each parameter, drawn with the seed
    epsilon     the step ε of the central difference, in the unit of the parameters; left out, 6e-6, and another one
                for an entry that this one is too coarse or too fine for

    InputError where an array does not fit, or where the gradient is not finite.
    """
    functions = network if isinstance(network, Generated) else generate(network)
    entries, seed = checked_whole("entries", entries, 1), checked_whole("seed", seed, 0)
    epsilon = epsilon if epsilon is None else checked_number("epsilon", epsilon, above=0)
    arrays = checked_parameters(functions.layout, parameters)
    point = _Point(functions, arrays, checked_samples(functions.layout, (X, Y), "XY"))
    given = _Given(point, gradients)
    random, by_hand = np.random.default_rng(seed), point.by_hand()
    rows = {name: _Row(point, given, position, by_hand[name], random, entries, epsilon)
            for position, name in enumerate(functions.layout.parameters)}
    comparisons = {name: row.comparisons for name, row in rows.items()}
    return GradientCheck(
        given.whose, comparisons, {name: (len(row.chosen), row.size) for name, row in rows.items()},
        {name: row.reason() for name, row in rows.items()
         if _together(row.comparisons) == OPEN},
        {name: _distance(row.own, row.central) for name, row in rows.items()},
        _distance(*(np.concatenate([getattr(row, kind) for row in rows.values()]) for kind in ("own", "central"))),
        epsilon or EPSILON)


def _distance(g, n):
    """‖g − n‖/(‖g‖ + ‖n‖); 0 where both are 0."""
    both = np.linalg.norm(g) + np.linalg.norm(n)
    return float(np.linalg.norm(g - n) / both) if both else 0.0


@lru_cache(maxsize=8)
def _by_other_kernels(functions):
    """The cost for complex numbers; cost and gradients for `Bounded` arrays."""
    return functions.cost.with_kernels(analytic()), bounded(functions.cost), bounded(functions.gradients)


class _Point:
    """A network's functions at some parameters and samples, and what rounding may do there."""

    def __init__(self, functions, arrays, samples):
        self.functions, self.arrays, self.samples = functions, arrays, samples
        self.analytic_cost, bounded_cost, self._bounded_gradients = _by_other_kernels(functions)
        with np.errstate(all="ignore"):
            self.cost = functions.cost.raw(*arrays, *samples)[0]
        self.cost_error = float(bounded_cost(self.given)[0].error)

    @property
    def given(self):
        return [*self.arrays, *self.samples]

    def gradients(self, arrays=None):
        with np.errstate(all="ignore"):
            return self.functions.gradients.raw(*(arrays or self.given))

    @lru_cache(maxsize=None)
    def allowances(self, dtype, corners):
        """What rounding in a precision may do to each array of the gradient."""
        rounded = self._bounded_gradients(self.given, Arithmetic(dtype, corners))
        return [result.error + 2 * moved for result, moved in zip(rounded, self._moved_by_storing(dtype))]

    def _moved_by_storing(self, dtype):
        """By how much the gradient moves when its inputs are stored in a precision: parameters first, then samples."""
        stored = [a.astype(dtype).astype(float) if a.dtype.kind == "f" else a for a in self.given]
        moved, here, count = [np.zeros(a.shape) for a in self.arrays], None, len(self.arrays)
        for changed in (stored[:count] + self.samples, self.arrays + stored[count:]):
            if any(not np.array_equal(a, b) for a, b in zip(changed, self.given)):
                here = self.gradients() if here is None else here
                moved = [m + np.abs(a - b) for m, a, b in zip(moved, self.gradients(changed), here)]
        return moved

    def by_hand(self):
        """The gradients of the reference, arrays of nan where it does not know the network."""
        network, layout = self.functions.network, self.functions.layout
        if not _known_to_reference(network):
            return {name: np.full(np.shape(a), np.nan) for name, a in zip(layout.parameters, self.arrays)}
        own = layout.unpack(dict(zip(layout.parameters, self.arrays)))
        with np.errstate(all="ignore"):
            return layout.pack(reference_gradients(network, own, *layout.unpack_samples(*self.samples)))

    def moved_cost(self, cost, position, at, by):
        """The cost with one entry of one array moved."""
        moved = self.arrays[position].astype(complex if isinstance(by, complex) else float)
        moved.reshape(-1)[at] += by
        with np.errstate(all="ignore"):
            return cost(*self.arrays[:position], moved, *self.arrays[position + 1:], *self.samples)[0]

    def complex_step(self, position, at):
        return np.imag(self.moved_cost(self.analytic_cost, position, at, 1j * H)) / H

    def difference(self, position, at, step):
        """The central difference and how far it may be off: by its step, by a corner within the step, by rounding.

        The first is seen from a step of twice the length; a corner from how much forward and backward difference are
        apart: in proportion to the step where the cost is smooth.
        """
        w = self.arrays[position].reshape(-1)[at]

        def both_sides(step):
            ahead, behind = (w + step) - w, w - (w - step)  # the steps that floats make of it
            forward = (self.moved_cost(self.functions.cost.raw, position, at, ahead) - self.cost) / ahead
            backward = (self.cost - self.moved_cost(self.functions.cost.raw, position, at, -behind)) / behind
            return (ahead * forward + behind * backward) / (ahead + behind), forward - backward

        with np.errstate(all="ignore"):
            central, apart = both_sides(step)
            wider, apart_wider = both_sides(2 * step)
            by_step = 2 * abs(central - wider) + abs(2 * apart - apart_wider)
        return central, by_step, self.cost_error / step


class _Given:
    """The gradient that is checked: its arrays in the network's order, and their precision."""

    def __init__(self, point, gradients):
        layout = point.functions.layout
        self.whose = "the derived gradient" if gradients is None else "your gradient"
        derived = [np.asarray(a) for a in point.gradients()]
        named = dict(zip(layout.parameters, derived)) if gradients is None else _by_parameter(layout, gradients)
        of = f"{_capital(self.whose)} of " if gradients is None else "The gradient of "
        self.arrays = checked_parameters(layout, named, "Gradients", of)
        self.dtype = np.float64 if gradients is None else _precision(list(named.values()))
        self.sizes = [np.abs(a) for a in derived]
        self.small = 0.0 if gradients is None else SMALL
        own = {corners: point.allowances(np.float64, corners) for corners in (False, True)}
        self.exact = own[False]
        self.allowed = {corners: [a + b for a, b in zip(own[corners], point.allowances(self.dtype, corners))]
                        for corners in (False, True)}


def _by_parameter(layout, gradients):
    """The gradients with the parameters' names, where they have those of the generated code (dW1)."""
    if not isinstance(gradients, dict):
        return gradients
    names = dict(zip(layout.gradients, layout.parameters))
    return {name if names.get(name) in gradients else names.get(name, name): a for name, a in gradients.items()}


def _precision(arrays):
    """The coarsest precision of some arrays; float64 arrays that hold nothing but float32 numbers count as float32."""
    arrays = [np.asarray(a) for a in arrays]
    coarsest = max((a.dtype for a in arrays), key=lambda dtype: np.finfo(dtype).eps).type
    if np.finfo(coarsest).eps <= np.finfo(np.float64).eps:
        with np.errstate(all="ignore"):
            return np.float32 if all(np.array_equal(a, a.astype(np.float32)) for a in arrays) else np.float64
    return coarsest


class _Row:
    """One array of the gradient beside those of the three methods."""

    def __init__(self, point, given, position, by_hand, random, entries, epsilon):
        self.point, self.given, self.position, self.epsilon = point, given, position, epsilon
        whole = given.arrays[position].reshape(-1)
        self.size, self.sizes = whole.size, given.sizes[position].reshape(-1)
        self.chosen = np.sort(random.permutation(self.size)[:entries])
        self.own = whole[self.chosen]
        everything = np.arange(self.size)
        differences = np.array([self._difference(at) for at in self.chosen])
        self.central, best, off_by = differences.T
        self.comparisons = {
            "reference": self._compare(everything, by_hand.reshape(-1), 0.0),
            "complex step": self._compare(self.chosen, *self._complex_steps()),
            "finite difference": self._compare(self.chosen, best, off_by)}

    @property
    def scale(self):
        return self.sizes.max()

    def _complex_steps(self):
        """Derivatives by complex step, and what is lost where h times the derivative is too small for floats."""
        values = np.array([self.point.complex_step(self.position, at) for at in self.chosen])
        exact_zeros = (values == 0) & (self._allowed(False)[self.chosen] == 0)
        return values, np.where(exact_zeros, 0.0, np.finfo(float).tiny / H)

    def _difference(self, at):
        """The central difference by the step asked for; then the better one of this and a second try, and its error."""
        w = self.point.arrays[self.position].reshape(-1)[at]
        step = self.epsilon or max(EPSILON, 1e-8 * abs(w))
        central, by_step, by_rounding = self.point.difference(self.position, at, step)
        best, error = central, by_step + by_rounding
        if not self.epsilon and not error <= DECIDES * self.scale / 10:
            optimum = np.cbrt(by_rounding / (2 * by_step)) if 0 < by_step < np.inf else 1e3 if by_step == 0 else 1e-4
            again, *errors = self.point.difference(self.position, at, step * np.clip(optimum, 1e-4, 1e3))
            best, error = (again, sum(errors)) if not error <= sum(errors) else (best, error)
        return central, best, error

    def _allowed(self, corners):
        return self.given.allowed[corners][self.position].reshape(-1)

    def _compare(self, at, other, off_by):
        """Some entries of the gradient against those of another, which may be off by so much: a `Comparison`."""
        off = np.abs(self.given.arrays[self.position].reshape(-1)[at] - other)
        if not np.isfinite(off).all():
            return Comparison(np.nan, np.nan, OPEN)
        small = self.given.small * np.abs(other)
        allowed, most = (self._allowed(corners)[at] + off_by for corners in (False, True))
        agrees = (off <= np.maximum(allowed, small)).all() and self._decides(allowed, at)
        differs = (off > np.maximum(most, small)).any()
        unit = self.scale or 1.0
        return Comparison(float(off.max() / unit), float(allowed.max() / unit),
                          FAILED if differs else PASSED if agrees else OPEN)

    def _decides(self, allowed, at=slice(None)):
        """Whether a mistake in some entries would be noticed, when they are allowed so much."""
        return bool((allowed <= DECIDES * np.maximum(self.sizes[at], LESSER * self.scale)).all())

    def reason(self):
        """Why nothing can be said about this array."""
        if not self._decides(2 * self.given.exact[self.position].reshape(-1)):
            samples = len(self.point.functions.layout.unpack_samples(self.point.samples[0])[0])
            return (f"the gradient is as small as the rounding in it; what the {samples} samples add cancels, "
                    "or units are saturated or at a corner of their activation.")
        if not self._decides(self._allowed(False)):
            name, digits = np.dtype(self.given.dtype).name, -np.log10(np.finfo(self.given.dtype).eps / 2)
            return f"{name} keeps {int(digits)} digits, too few for this gradient."
        if not self._decides(self._allowed(True)):
            return "a unit stands at a corner of its activation or of the loss, where more than one slope is right."
        return "no method is exact enough here."


def _known_to_reference(network):
    """Whether the reference has the activations and the loss; a table's new rows have to be added to it by hand."""
    structure = network.structure
    rows = structure.activations if isinstance(structure, Dense) else [row for _, row in structure.neurons.values()]
    losses = {*reference.FROM_A, *(loss for loss, _ in reference.FROM_Z)}
    return network.options.loss.name in losses and all(
        row.name in reference.ELEMENTWISE or row.name == "softmax" for row in rows)


def reference_cost(network, parameters, X, Y):
    """The cost of a network as `reference` computes it."""
    return _call_reference(network, parameters, X, Y, reference.cost, reference.graph_cost)


def reference_gradients(network, parameters, X, Y):
    """The gradients of a network as `reference` computes them: parameter name → array."""
    weights, biases = _call_reference(network, parameters, X, Y, reference.gradients, reference.graph_gradients)
    by_mark = {("W", at + 1 if isinstance(network.structure, Dense) else at): g for at, g in _items(weights)}
    by_mark |= {("b", at + 1 if isinstance(network.structure, Dense) else at): g for at, g in _items(biases)}
    return {name: np.asarray(by_mark[network.quantities[name].kind, network.quantities[name].mark])
            for name in network.parameters}


def _items(gradients):
    return gradients.items() if isinstance(gradients, dict) else enumerate(gradients)


def _call_reference(network, parameters, X, Y, dense_function, graph_function):
    """Hand a network to the reference in the reference's own terms."""
    options, structure = network.options, network.structure
    named = {"loss": options.loss.name, "l2": float(options.l2), "over_samples": options.over_samples,
             "over_outputs": options.over_outputs}
    if options.loss.parameter:
        named[options.loss.parameter[0]] = float(options.loss.parameter[1])
    of_kind = {kind: {network.quantities[name].mark: parameters[name] for name in network.parameters
                      if network.quantities[name].kind == kind} for kind in "Wb"}
    if isinstance(structure, Dense):
        return dense_function(list(of_kind["W"].values()), list(of_kind["b"].values()) or None, X, Y,
                              activations=list(map(_as_reference, structure.activations)), **named)
    neurons = {name: (list(sources), _as_reference(row)) for name, (sources, row) in structure.neurons.items()}
    columns = [array[:, None] if array.ndim == 1 and network.targets.kind != "c" else array for array in (X, Y)]
    return graph_function(neurons, of_kind["W"], of_kind["b"] or None, *columns, inputs=list(structure.inputs),
                          outputs=list(structure.outputs), **named)


def _as_reference(row):
    return (row.name, *map(float, row.parameters)) if row.parameters else row.name
