"""Training: points in the plane, a network of your choice, and what gradient descent does to it, layer by layer."""
from dataclasses import dataclass
from functools import cache, lru_cache
from threading import get_ident

import numpy as np
import sympy as sp
import traitlets
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from .. import datasets
from ..activations import TABLE, Slope, of_units
from ..codegen import generate, stable
from ..conventions import convention
from ..derivation import derive
from ..equations import Partial, j, name_of, s
from ..errors import DerivationError
from ..figures import BLUE, RED, Picture
from ..javascript import LIBRARY, ArrayPrinter, JavaScriptPrinter, javascript_arrays
from ..networks import dense, neuron
from ..steps import check_slope
from . import draws
from .explorer import Choice, Explorer, Number, Parameters, Widths, page
from .made import made_with_the_package
from .mathml import mathml

DEEPEST, WIDEST = 6, 12
TRAINING, TESTING = 150, 100
DECIMALS = 3
SHADING = LinearSegmentedColormap.from_list("classes", [RED, "white", BLUE])
SPEEDS = {"1 step a frame": 1, "10 steps a frame": 10, "as fast as it goes": 10**6}


def _xor_clouds(samples):
    corners, labels = datasets.xor()
    around = np.random.default_rng(0)
    at = around.integers(0, len(corners), samples)
    return corners[at] + 0.13 * around.standard_normal((samples, 2)), labels[at]


DATA = {
    "xor": _xor_clouds,
    "two moons": lambda samples: datasets.two_moons(samples, noise=0.15),
    "circles": lambda samples: datasets.circles(samples, noise=0.08),
    "spirals": lambda samples: datasets.spirals(samples, classes=2, noise=0.03),
}


@dataclass(frozen=True, eq=False)
class Samples:
    """What a network is trained with and tested with: X, shape (N, 2), and Y, shape (N, 1), each 0.0 or 1.0."""

    X_train: np.ndarray
    Y_train: np.ndarray
    X_test: np.ndarray
    Y_test: np.ndarray


@cache
def samples(data):
    """The samples of a data set, coordinates rounded to as many decimals as the page has."""
    X, labels = DATA[data](TRAINING + TESTING)
    X, Y = X.round(DECIMALS), labels[:, None].astype(float)
    return Samples(X[:TRAINING], Y[:TRAINING], X[TRAINING:], Y[TRAINING:])


class Training(Explorer):
    """The widget behind `training`."""

    _esm = page("common.js", "training_pictures.js", "training.js")
    _css = page("explorer.css", "training.css")

    data = Choice("xor", "data set", DATA)
    hidden = Widths((8, 8), DEEPEST, WIDEST)
    activation = Choice("tanh", "activation", of_units)
    eta = Number(0.3, "learning rate", 0.001, 10, 0.05, above=0, log=True)
    batch_size = Number(10, "batch size", 1, TRAINING, 1, least=1, most=TRAINING, whole=True)
    l2 = Number(0.0, "penalty", 0, 0.1, 0.001, least=0)
    seed = Number(0, "seed", 0, 99, 1, least=0, most=2**31, whole=True)
    speed = Choice("10 steps a frame", "speed", SPEEDS)
    weights = Parameters()
    steps_done = traitlets.Int(0, read_only=True).tag(sync=True)

    def __init__(self, weights, notation, **values):
        self._hearing = None
        super().__init__(generated_code(), page_facts(convention(notation).name), **values)
        self.observe(self._start_over, ["data", "hidden", "activation", "seed"])
        self.observe(self._begin_at_0, "weights")
        if weights is not None:
            self.weights = weights

    @traitlets.default("weights")
    def _weights_of_the_seed(self):
        return draws.initial((2, *self.hidden, 1), self.seed)

    @property
    def network(self):
        """The network with its penalty, for `generate`, `train` and all else that takes one."""
        return network(self.hidden, self.activation, self.l2)

    @property
    def weights_layout(self):
        """What `weights` has to look like."""
        return shapes(self.hidden)

    @property
    def samples(self):
        """The points in the picture: `X_train` (150, 2), `Y_train` (150, 1), `X_test` (100, 2), `Y_test` (100, 1)."""
        return samples(self.data)

    def batch(self, step):
        """The training samples that the page takes in a step (0 is the first): a list of their numbers, from 0."""
        epoch, place = divmod(step, -(-TRAINING // self.batch_size))
        start = place * self.batch_size
        return draws.order(self.seed, epoch, TRAINING)[start:start + self.batch_size]

    def set_state(self, sync_data):
        """What the page sends fits together: nothing starts over, and shapes come before the arrays that have them."""
        self._hearing = get_ident()
        try:
            super().set_state(dict(sorted(sync_data.items(), key=lambda item: item[0] == "weights")))
        finally:
            self._hearing = None

    def _start_over(self, change=None):
        """Other data, another network or another seed: back to the weights that belong to the seed."""
        if self._hearing != get_ident():
            self.weights = self._weights_of_the_seed()
            self.set_trait("steps_done", 0)

    def _begin_at_0(self, change):
        if self._hearing != get_ident():
            self.set_trait("steps_done", 0)

    def picture(self):
        predict = functions(self.hidden, self.activation).predict
        return drawing(self.samples, lambda X: predict(dict(self.weights), X)[:, 0], repr(self))

    def __repr__(self):
        sizes = "–".join(map(str, (2, *self.hidden, 1)))
        return (f"Training explorer: {self.data}, {sizes}, {self.activation}, η = {self.eta:g}, batch size "
                f"{self.batch_size}, λ = {self.l2:g}, seed {self.seed}, {self.steps_done} steps done.")


def training(data: str = "xor", hidden=(8, 8), activation: str = "tanh", *, weights=None, notation: str = "bplib",
             **start) -> Training:
    """An explorer of training: a network with two inputs learns to tell two classes of points apart.

    data         "xor", "two moons", "circles" or "spirals": 150 points to train on, 100 to test on
    hidden       widths of the hidden layers, 1 to 6 of them, each 1 to 12 units
    activation   of the hidden layers; the output is sigmoid, the cost is the mean binary cross entropy
    weights      to start from: a dict of float arrays W1 (n_1, 2), b1 (n_1,), …; by default those of the seed
    notation     whose letters the formulas have: a name in `conventions`
    start        eta, batch_size, l2, seed and speed to begin with

    Every value can be read and set from a cell: `explorer.eta = 0.5`, `explorer.weights["W1"]`; `steps_done` can be
    read.  `explorer.network`, `.samples` and `.batch(step)` are what the page computes with: same seed, same path.
    """
    return Training(weights, notation, data=data, hidden=hidden, activation=activation, **start)


@lru_cache(maxsize=8)
def functions(hidden, activation):
    return generate(network(hidden, activation, 0))


def drawing(samples, output, sentence):
    """The map of the view, as it is now: output over the plane, its line at ½, and the samples."""
    figure = Figure(figsize=(4.4, 4), layout="constrained")
    axes, X = figure.subplots(), np.concatenate([samples.X_train, samples.X_test])
    middle, half = (X.max(axis=0) + X.min(axis=0)) / 2, 0.6 * np.ptp(X, axis=0).max()
    x1, x2 = (np.linspace(at - half, at + half, 60) for at in middle)
    plane = np.column_stack([axis.ravel() for axis in np.meshgrid(x1, x2)])
    shading = output(plane).reshape(len(x2), len(x1))
    axes.contourf(x1, x2, shading, levels=np.linspace(0, 1, 21), cmap=SHADING, alpha=0.55)
    axes.contour(x1, x2, shading, levels=[0.5], colors="black")
    for label, (marker, colour) in enumerate((("o", RED), ("s", BLUE))):
        for X, Y, fill in ((samples.X_train, samples.Y_train, colour), (samples.X_test, samples.Y_test, "white")):
            axes.plot(*X[Y[:, 0] == label].T, marker, markersize=4, color=fill, markeredgecolor=colour)
    axes.set(xlabel="$x_1$", ylabel="$x_2$", aspect="equal")
    right = ((output(samples.X_test) > 0.5) == samples.Y_test[:, 0]).mean()
    return Picture(figure, f"Points of two classes in the plane, and the output of the network as shading, with a line "
                           f"where it is one half. {sentence} {right:.0%} of the test points lie on their side of it.")


# what the page computes

def network(hidden, activation, l2):
    return dense((2, *hidden, 1), [activation] * len(hidden) + ["sigmoid"], "binary cross entropy", l2=l2)


@cache
def shapes(hidden):
    return network(hidden, "g", 0)


@cache
def derivations():
    """Number of hidden layers → derivation with their activation left open, for a penalty λ of any size."""
    return {depth: derive(network((2,) * depth, "g", 1)) for depth in range(1, DEEPEST + 1)}


class OpenPrinter(ArrayPrinter):
    """Prints the activation that is left open as g(z) and its slope as slope(z, a)."""

    def _print_Slope(self, e):
        z = self._print(e.args[0].args[0])
        return f"slope({z}, {z.replace('z', 'a', 1)})"


@made_with_the_package()
def generated_code():
    """A JavaScript module:

    networks[depth](g, slope)   functions of the arrays of a network with so many hidden layers: `forward` gives the
                                activations, `backward` also the cost, every z and δ, and the gradients
    activations[name]           g(z) and slope(z, a) of an activation
    initial, order              see `draws`
    """
    makers = "".join(f"  {depth}: (g, slope) => {{\n{_functions(derivation)}    return {{forward, backward}};\n  }},\n"
                     for depth, derivation in derivations().items())
    return (f"{LIBRARY}\n{draws.JAVASCRIPT}\nexport const networks = {{\n{makers}}};\n\n"
            f"export const activations = {{\n{''.join(map(_activation, of_units()))}}};\n")


def _functions(derivation):
    network = derivation.network
    equations = [*stable(network), *derivation.backward]
    activations = [name for name, quantity in network.quantities.items() if quantity.kind == "a"]
    everything = ["C", *(e.quantity.name for e in equations if e.quantity.kind not in ("losses", "C"))]
    return (javascript_arrays("forward", network, equations, activations, OpenPrinter)
            + javascript_arrays("backward", network, equations, everything, OpenPrinter))


def _activation(name):
    """g and its slope by value, which is compared with the formula first."""
    row, entries = TABLE[name], [derivations()[1].quantities[letter][s, j] for letter in ("z1", "a1")]
    if not check_slope(row(entries[0]), row.slope(*entries, *row.parameters), *entries).passed:
        raise DerivationError(f"The slope of {name} in the table is not that of its formula.")
    z, a = sp.symbols("z a", real=True)
    g, slope = map(JavaScriptPrinter().doprint, (row(z), row.slope(z, a, *row.parameters)))
    return f"  {name!r}: {{g: (z) => {g}, slope: (z, a) => {slope}}},\n"


# what the page shows

@made_with_the_package("bplib")
def page_facts(notation):
    """Menus, samples, and the formulas of each layer in a notation, as MathML: each once, found by its number."""
    formulas = []

    def numbered(equation):
        if equation not in formulas:
            formulas.append(equation)
        return formulas.index(equation)

    layers = {depth: [[*map(numbered, _layer(derivation, layer, convention(notation)))]
                      for layer in range(1, depth + 2)] for depth, derivation in derivations().items()}
    return {
        "menus": {"data": list(DATA), "activation": of_units(), "speed": list(SPEEDS)},
        "speeds": SPEEDS, "deepest": DEEPEST, "widest": WIDEST,
        "samples": {data: {name: getattr(samples(data), name).tolist() for name in Samples.__annotations__}
                    for data in DATA},
        "layers": layers, "formulas": formulas,
        "slopes": {name: _slope_in_words(name, convention(notation)) for name in of_units()},
    }


def _slope_in_words(name, notation):
    """What g' is for an activation, by value."""
    quantities, row = neuron("g").quantities, TABLE[name]
    z, a = (quantities[letter][s] for letter in "za")
    left, right = Slope(TABLE["g"](z)), row.slope(z, a, *row.parameters)
    return f"{name}: {mathml(quantities, left, right, notation=notation)}"


def _layer(derivation, layer, notation):
    """The gradient of a layer's weights, and the error terms in it, each with the factors that make its size."""
    gradient, delta = derivation[f"W{layer}"], derivation[f"z{layer}"]
    over_samples, = (e for e in gradient.right.atoms(sp.Sum) if e.limits[0][0] == s)
    return [_equation(gradient, over_samples.function, notation, samples=True),
            _equation(delta, delta.right, notation, samples=False)]


def _equation(step, product, notation, samples):
    """A step as MathML; keys and MathML of its left side and of the entries that its right side multiplies.

    The key is the name of an array, W2 for the entry w_ij of layer 2, or slope1 for g'(z) of layer 1.
    """
    def written(*sides, samples=False):
        return mathml(step.quantities, *sides, notation=notation, samples=samples)

    slopes = product.atoms(Slope)
    inside = {e for slope in slopes for e in slope.atoms(sp.Indexed)}
    entries = sorted([*slopes, *(product.atoms(sp.Indexed) - inside)], key=_place)
    return {"formula": written(step.left, step.right, samples=samples),
            "parts": [[_key(e), written(e)] for e in (step.left, *entries)]}


def _place(entry):
    """Slope first, then weights, error terms and what they are multiplied by: as the formula has them."""
    return "swdax".index(_key(entry)[0].lower()) if _key(entry) != "y" else 9


def _key(entry):
    if isinstance(entry, Slope):
        return f"slope{name_of(entry.args[0].args[0])[1:]}"
    return f"d{name_of(entry.by)}" if isinstance(entry, Partial) else name_of(entry)
