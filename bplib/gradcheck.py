"""Is the gradient right?  It is compared with three others that know nothing of it, parameter by parameter.

reference           backpropagation written by hand in plain NumPy (`reference`)
complex step        Im C(w + ih)/h of the generated cost, exact to rounding where the cost is analytic
                    (Squire and Trapp 1998, doi:10.1137/S003614459631241X)
finite difference   (C(w + ε) − C(w − ε))/2ε, good to about eight digits

No two computations of a gradient agree in every digit.  How far they may differ is found anew for each entry: what
rounding may have done to both (`rounding`), and what the step has done to the difference.  FAILED: an entry differs by
more.  Passed: none does, and each is known to be right to half of one part in ten thousand.  Otherwise it cannot be
decided, and the report says why.

The first two are exact but for rounding.  How far a difference is off is only estimated, by a second step, and both
steps may be too coarse: so it does not overrule them where they have found an entry right.
"""
from collections.abc import Mapping
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from . import reference
from .codegen import Generated, generate
from .inputs import checked_number, checked_parameters, checked_samples, checked_whole
from .networks import Dense, Network
from .numerics import analytic
from .report import FAILED, OPEN, PASSED, Comparison, GradientCheck, array_verdict
from .rounding import Arithmetic, bounded

H = 1e-30
EPSILON = 6e-6
"""Near the cube root of the rounding error, where a central difference is at its best."""

DECIDES = 5e-5
"""An entry passes if it is right to this part of itself: half of 1e-4, so a mistake of 1e-4 shows on top of that."""

LESSER = 0.1
"""Entries smaller than this part of the array's largest one are held to what is asked of an entry of that size."""

SMALL = 1e-6
"""A gradient that is handed over may be off by this part of an entry: not all formulas are equally exact."""


def gradient_check(network: Network | Generated, parameters: dict, X: ArrayLike, Y: ArrayLike | None = None, *,
                   gradients: dict | None = None, entries: int = 20, seed: int = 0,
                   epsilon: float | None = None) -> GradientCheck:
    """Compare the derived gradient of a network, or a gradient of your own, with three others: a `GradientCheck`.

    network            a network, or the functions generated from one
    parameters, X, Y   where it is compared: arrays as `Generated` takes them, in the layout of the functions
    gradients          dict of arrays to check in place of the derived gradient, each in the shape of its parameter;
                       its keys are those of the parameters, or those of the generated code ("dW1").  Arrays of float32
                       or float16 are allowed what rounding does in that precision, and so are arrays of float64 that
                       hold nothing but float32 numbers.
    entries            complex step and differences look at this many entries of each parameter, drawn with the seed;
                       where the reference does not know the network, also at the one that is farthest from the derived
                       gradient, which `gradients` is compared with in each entry
    epsilon            the step ε of the central difference, in the unit of the parameters; without it 6e-6, and
                       another one for entries that this one is too coarse or too fine for

    InputError where an array does not fit, or holds inf or nan.
    """
    functions = network if isinstance(network, Generated) else generate(network)
    entries, seed = checked_whole("entries", entries, 1), checked_whole("seed", seed, 0)
    epsilon = None if epsilon is None else checked_number("epsilon", epsilon, above=0)
    arrays = checked_parameters(functions.layout, parameters)
    samples = [array for array in checked_samples(functions.layout, (X, Y), "XY") if array is not None]
    point = _Point(functions, arrays, samples)
    given = _Given(point, gradients)
    by_hand, random = point.by_hand(), np.random.default_rng(seed)
    rows = {}
    for position, name in enumerate(functions.layout.parameters):
        chosen = np.sort(random.permutation(arrays[position].size)[:entries])
        rows[name] = _Row(point, given, position, by_hand[name], chosen, epsilon)
    return _report(given.whose, rows, epsilon or EPSILON)


def _report(whose, rows, epsilon):
    own, central = (np.concatenate([getattr(row, kind) for row in rows.values()]) for kind in ("own", "central"))
    return GradientCheck(
        whose,
        comparisons={name: row.comparisons for name, row in rows.items()},
        entries={name: (len(row.chosen), row.sizes.size) for name, row in rows.items()},
        reasons={name: row.reason() for name, row in rows.items() if array_verdict(row.comparisons) == OPEN},
        distances={name: _distance(row.own, row.central) for name, row in rows.items()},
        distance=_distance(own, central),
        epsilon=epsilon)


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
        self.cost = _quiet(functions.cost.raw)(*arrays, *samples)[0]
        self.cost_error = float(bounded_cost([*arrays, *samples])[0].error)

    def gradients(self, arrays=None):
        results = _quiet(self.functions.gradients.raw)(*(arrays or [*self.arrays, *self.samples]))
        return [np.asarray(result, float) for result in results]

    def allowances(self, dtype, corners):
        """What rounding in a precision may do to each array of the gradient."""
        rounded = self._bounded_gradients([*self.arrays, *self.samples], Arithmetic(dtype, corners))
        return [result.error + 2 * moved for result, moved in zip(rounded, self._moved_by_storing(dtype))]

    def _moved_by_storing(self, dtype):
        """By how much each array moves when parameters, and when samples, are stored in a precision."""
        def stored(arrays):
            return [a.astype(dtype).astype(float) if a.dtype.kind == "f" else a for a in arrays]

        moved, here = [np.zeros(a.shape) for a in self.arrays], None
        for changed in (stored(self.arrays) + self.samples, self.arrays + stored(self.samples)):
            if any(not np.array_equal(a, b) for a, b in zip(changed, [*self.arrays, *self.samples])):
                here = self.gradients() if here is None else here
                moved = [m + np.abs(there - a) for m, there, a in zip(moved, self.gradients(changed), here)]
        return moved

    def by_hand(self):
        """The gradients of the reference: name → array, of nan where it does not know the network."""
        network, layout = self.functions.network, self.functions.layout
        named = dict(zip(layout.parameters, self.arrays))
        if not _known_to_reference(network):
            return {name: np.full(array.shape, np.nan) for name, array in named.items()}
        samples = layout.unpack_samples(*self.samples)
        return layout.pack(_quiet(reference_gradients)(network, layout.unpack(named), *samples))

    def complex_step(self, position, at):
        """∂C/∂w of one entry of one array, by complex step."""
        return np.imag(self._moved_cost(self.analytic_cost, position, at, 1j * H)) / H

    def difference(self, position, at, step):
        """The central difference, how far it may be off by its step or a corner, and how far by rounding.

        The first shows in a difference of twice the step; a corner in how far forward and backward difference are
        apart, which is in proportion to the step where the cost is smooth.
        """
        w = self.arrays[position].reshape(-1)[at]

        def both_sides(step):
            ahead, behind = (w + step) - w, w - (w - step)  # the steps that floats make of it
            plus, minus = (self._moved_cost(self.functions.cost.raw, position, at, by) for by in (ahead, -behind))
            return (plus - minus) / (ahead + behind), (plus - self.cost) / ahead - (self.cost - minus) / behind

        with np.errstate(all="ignore"):
            (central, apart), (wider, apart_wider) = both_sides(step), both_sides(2 * step)
            return central, 2 * abs(central - wider) + abs(2 * apart - apart_wider), self.cost_error / step

    def _moved_cost(self, cost, position, at, by):
        """The cost with one entry of one array moved."""
        moved = self.arrays[position].astype(complex if isinstance(by, complex) else float)
        moved.reshape(-1)[at] += by
        return _quiet(cost)(*self.arrays[:position], moved, *self.arrays[position + 1:], *self.samples)[0]


def _quiet(function):
    """The function without NumPy's warnings: what is inf or nan shows in the result."""
    def called(*arguments):
        with np.errstate(all="ignore"):
            return function(*arguments)

    return called


class _Given:
    """The gradient that is checked: its arrays in the network's order, and what rounding may have done to them.

    derived   the derived gradient, array by array
    exact     array by array, what rounding may do to a right gradient in double precision
    allowed   by how much a right gradient may differ from `exact` ones: array by array, for corners=False and True;
              True: whatever slope is taken at a corner
    """

    def __init__(self, point, gradients):
        layout, self.derived = point.functions.layout, point.gradients()
        self.whose, self.small = ("the derived gradient", 0.0) if gradients is None else ("your gradient", SMALL)
        named = dict(zip(layout.parameters, self.derived)) if gradients is None else _by_parameter(layout, gradients)
        what = "The derived gradient of " if gradients is None else "The gradient of "
        self.arrays = checked_parameters(layout, named, "Gradients", what)
        self.dtype = np.float64 if gradients is None else _precision(list(named.values()))
        self.exact = point.allowances(np.float64, False)
        self.allowed = {corners: [own + other for own, other in zip(point.allowances(self.dtype, corners), self.exact)]
                        for corners in (False, True)}


def _by_parameter(layout, gradients):
    """The gradients under the names of the parameters, where they have those of the generated code."""
    if not isinstance(gradients, Mapping):
        return gradients
    parameter = {d: name for d, name in zip(layout.gradients, layout.parameters) if name not in gradients}
    return {parameter.get(name, name): array for name, array in gradients.items()}


def _precision(arrays):
    """The coarsest precision among arrays; float64 that holds nothing but float32 numbers counts as float32."""
    arrays = [np.asarray(array) for array in arrays]
    coarsest = max((array.dtype for array in arrays), key=lambda dtype: np.finfo(dtype).eps).type
    if coarsest in (np.float16, np.float32):
        return coarsest
    stored = _quiet(lambda: [array.astype(np.float32) for array in arrays])()
    return np.float32 if all(map(np.array_equal, arrays, stored)) else np.float64


class _Row:
    """One array of the gradient beside those of the three methods.

    own, central   for the entries chosen: the gradient that is checked, and the central difference by the step ε
    unseen         whether entries are unlike those of the derived gradient, and not each has been looked at
    """

    def __init__(self, point, given, position, by_hand, chosen, epsilon):
        self.point, self.given, self.position, self.epsilon = point, given, position, epsilon
        self.array, derived = given.arrays[position].reshape(-1), given.derived[position].reshape(-1)
        self.sizes = np.abs(derived)
        self.largest, everywhere = self.sizes.max(), np.arange(derived.size)
        by_hand = by_hand.reshape(-1)
        farthest = [] if np.isfinite(by_hand).all() else self._farthest_from(derived)
        self.chosen = np.union1d(chosen, farthest).astype(int)
        self.unseen = bool(farthest) and self.chosen.size < derived.size
        self.own = self.array[self.chosen]
        exact = {"reference": (everywhere, by_hand, 0.0), "complex step": (self.chosen, *self._complex_steps())}
        self.central, better, off_by = np.array([self._difference(at) for at in self.chosen]).T
        self.comparisons = {method: self._compare(*found) for method, found in exact.items()}
        overruled = self._found_right(exact.values())[self.chosen]
        self.comparisons["finite difference"] = self._compare(self.chosen, better, off_by, overruled)

    def _allowed(self, corners):
        return self.given.allowed[corners][self.position].reshape(-1)

    def _exact(self):
        return self.given.exact[self.position].reshape(-1)

    def _complex_steps(self):
        """Derivatives by complex step, and what is lost where h times the derivative is too small for floats."""
        values = np.array([self.point.complex_step(self.position, at) for at in self.chosen])
        exact_zeros = (values == 0) & (self._allowed(False)[self.chosen] == 0)
        return values, np.where(exact_zeros, 0.0, np.finfo(float).tiny / H)

    def _difference(self, at):
        """The central difference by the step ε; the better one of this and of another step; how far that may be off.

        An error A ε² by the step and one of B/ε by rounding are smallest together at ε³ = B/2A.
        """
        step = self.epsilon or max(EPSILON, 1e-8 * abs(self.point.arrays[self.position].reshape(-1)[at]))
        central, by_step, by_rounding = self.point.difference(self.position, at, step)
        off_by = by_step + by_rounding
        if self.epsilon or off_by <= DECIDES * LESSER * self.largest:
            return central, central, off_by
        with np.errstate(all="ignore"):
            times = np.clip(np.nan_to_num(np.cbrt(by_rounding / (2 * by_step)), nan=1e-4), 1e-4, 1e3)
        again, *errors = self.point.difference(self.position, at, step * times)
        return (central, again, sum(errors)) if not off_by <= sum(errors) else (central, central, off_by)

    def _compare(self, at, other, off_by, overruled=np.False_):
        """Some entries of the gradient against those of another, which may be off by so much: a `Comparison`.

        overruled   which of them the other cannot say anything against
        """
        if not np.isfinite(other).all():
            return Comparison(np.nan, np.nan, OPEN)
        off, allowed = np.abs(self.array[at] - other), self._allowed(False)[at] + off_by
        differs, unit = self._differs(at, other, off_by), self.largest or 1.0
        agrees = not self.unseen and not differs.any() and self._decides(off + self._exact()[at] + off_by, at).all()
        return Comparison(float(off.max() / unit), float(allowed.max() / unit),
                          FAILED if (differs & ~overruled).any() else PASSED if agrees else OPEN)

    def _differs(self, at, other, off_by=0.0):
        """Which entries differ from those of another by more than rounding, corners and its own error explain."""
        small = self.given.small * np.abs(other)
        return np.abs(self.array[at] - other) > np.maximum(self._allowed(True)[at] + off_by, small)

    def _decides(self, off, at=slice(None)):
        """Which entries are right, if they are off by no more than that."""
        return off <= DECIDES * np.maximum(self.sizes[at], LESSER * self.largest)

    def _found_right(self, exact):
        """Which entries agree with each of these methods, one of them at least exact enough to decide."""
        decided, differs = np.zeros((2, self.array.size), bool)
        for at, other, off_by in exact:
            if np.isfinite(other).all():
                decided[at] |= self._decides(self._exact()[at] + off_by, at)
                differs[at] |= self._differs(at, other, off_by)
        return decided & ~differs

    def _farthest_from(self, derived):
        """The entry that is farthest from that of the derived gradient, in a list; none where no entry differs."""
        unlike = np.flatnonzero(self._differs(slice(None), derived))
        return [unlike[np.abs(self.array - derived)[unlike].argmax()]] if unlike.size else []

    def reason(self):
        """Why nothing can be said about this array."""
        if not self._decides(self._exact()).all():
            samples = len(self.point.functions.layout.unpack_samples(self.point.samples[0])[0])
            cancels = f"what the {samples} samples add cancels, or " if samples > 1 else ""
            return (f"the gradient is as small as the rounding in it: {cancels}units are saturated, or one is at a "
                    "corner of its activation. Check it at other parameters, such as those before training.")
        if self.given.dtype is not np.float64 and not self._decides(self._allowed(False)).all():
            digits = -np.log10(np.finfo(self.given.dtype).eps / 2)
            name = np.dtype(self.given.dtype).name
            return (f"what was given are {name} numbers, and {name} keeps {int(digits)} digits, too few for this "
                    "gradient. Compute it in float64, from parameters in float64.")
        if not self._decides(self._allowed(True)).all():
            return "a unit is at a corner of its activation or of the loss, where more than one slope is right."
        if self.unseen:
            return ("entries are unlike those of the derived gradient, and not all entries were compared. "
                    f"Write entries={self.array.size}.")
        return "no method is exact enough here."


def _known_to_reference(network):
    """Whether the reference has the activations and the loss; a table's new rows have to be added to it by hand."""
    structure = network.structure
    rows = structure.activations if isinstance(structure, Dense) else [row for _, row in structure.neurons.values()]
    losses = {*reference.FROM_A, *(loss for loss, _ in reference.FROM_Z)}
    return network.options.loss.name in losses and all(
        row.name in reference.ELEMENTWISE or row.name == "softmax" for row in rows)


def reference_cost(network, parameters, X, Y=None):
    """The cost of a network as `reference` computes it."""
    return _call_reference(network, parameters, X, Y, reference.cost, reference.graph_cost)


def reference_gradients(network, parameters, X, Y=None):
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
    labels = network.targets is not None and network.targets.kind == "c"
    columns = [array[:, None] if np.ndim(array) == 1 and not labels else array for array in (X, Y)]
    return graph_function(neurons, of_kind["W"], of_kind["b"] or None, *columns, inputs=list(structure.inputs),
                          outputs=list(structure.outputs), **named)


def _as_reference(row):
    return (row.name, *map(float, row.parameters)) if row.parameters else row.name
