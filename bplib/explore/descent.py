"""Gradient descent on the cost as a surface over two weights: path, momentum, mini-batches, the largest stable η."""
import re
from dataclasses import dataclass
from functools import cache

import numpy as np
import sympy as sp
from sympy.printing.pretty.pretty_symbology import greek_unicode

from .. import datasets
from ..codegen import generate, stable
from ..conventions import convention
from ..curvature import moving
from ..derivation import derive
from ..errors import unknown_name
from ..figures import contours
from ..javascript import LIBRARY, javascript, javascript_arrays
from ..networks import dense
from ..notation import latex
from .explorer import Choice, Explorer, Number, page
from .mathml import typeset

CLASSES, IMAGES, PIXELS = (1, 7), 4, (26, 44)
SAMPLES = len(CLASSES) * IMAGES
SEED, EPOCHS = 0, 100


@dataclass(frozen=True)
class Example:
    """A network of which two weights move.

    title    what it is, in a sentence
    network  sizes, activations and loss, for `networks.dense`
    weights  its arrays of weights; the entries that move stand there as nan
    start    w1, w2 and eta to begin with
    reach    how far the map goes from 0
    """

    title: str
    network: tuple
    weights: dict
    start: dict
    reach: float

    @property
    def chosen(self):
        """The two entries that move: name of the array, row, column."""
        return [(name, *map(int, at)) for name, array in self.weights.items() for at in np.argwhere(np.isnan(array))]


FREE = np.nan
EXAMPLES = {
    "valley": Example(
        "A linear neuron with two inputs, squared error: the cost is exactly quadratic, one valley.",
        ([2, 1], "identity", "squared error"), {"W1": [[FREE, FREE]]}, {"w1": 2.0, "w2": 2.0, "eta": 0.3}, 3.0),
    "plateau": Example(
        "A sigmoid neuron with two inputs, squared error: where it is sure, even if wrong, the cost is flat.",
        ([2, 1], "sigmoid", "squared error"), {"W1": [[FREE, FREE]]}, {"w1": 5.0, "w2": 3.0, "eta": 10.0}, 8.0),
    "no plateau": Example(
        "The same sigmoid neuron with cross entropy: the surface is convex, and steep where the neuron is wrong.",
        ([2, 1], "sigmoid", "binary cross entropy"), {"W1": [[FREE, FREE]]}, {"w1": 5.0, "w2": 3.0, "eta": 2.0}, 8.0),
    "two minima": Example(
        "A 2–2–1 network: one weight into its first tanh unit and the one out of it move. Two minima and a saddle.",
        ([2, 2, 1], ["tanh", "identity"], "squared error"),
        {"W1": [[FREE, 0.25], [0.0, 1.0]], "W2": [[FREE, 1.0]]}, {"w1": 1.5, "w2": 1.0, "eta": 0.3}, 2.5),
}


class Descent(Explorer):
    """The widget behind `descent`."""

    _esm = page("common.js", "descent.js")
    _css = page("explorer.css", "descent.css")

    example = Choice("valley", "example", EXAMPLES)
    w1 = Number(0.0, "weight", -3, 3, 0.05)
    w2 = Number(0.0, "weight", -3, 3, 0.05)
    eta = Number(0.3, "learning rate", 0.01, 100, 0.02, above=0, log=True)
    momentum = Number(0.0, "momentum", 0, 0.99, 0.01, least=0, below=1)
    batch_size = Number(SAMPLES, "batch size", 1, SAMPLES, 1, least=1, most=SAMPLES, whole=True)

    def __init__(self, notation, **values):
        facts = {"first": values["example"], **page_facts(convention(notation))}
        super().__init__(generated_code(), facts, **values)

    @property
    def network(self):
        """The network of the example."""
        return derivation(self.example).network

    @property
    def samples(self):
        """X, shape (8, 2): two pixels of eight handwritten digits; Y, shape (8, 1): 0 for a one, 1 for a seven."""
        return samples()

    @property
    def parameters(self):
        """All weights of the network, those that move as they are now: dict of arrays."""
        arrays = {name: np.array(array) for name, array in EXAMPLES[self.example].weights.items()}
        for (name, *at), value in zip(EXAMPLES[self.example].chosen, (self.w1, self.w2)):
            arrays[name][tuple(at)] = value
        return arrays

    def picture(self):
        """Lines of equal cost, the point, and the next step of all samples."""
        functions, (X, Y) = generate(self.network, derivation(self.example)), self.samples
        parameters, chosen = self.parameters, EXAMPLES[self.example].chosen

        def cost(w1, w2):
            for (name, *at), value in zip(chosen, (w1, w2)):
                parameters[name][tuple(at)] = value
            return functions.cost.raw(*parameters.values(), X, Y)[0]

        gradients = functions.gradients(self.parameters, X, Y)
        slopes = np.array([gradients[name][tuple(at)] for name, *at in chosen])
        here, reach = np.array([self.w1, self.w2]), max(EXAMPLES[self.example].reach, abs(self.w1), abs(self.w2))
        return contours(cost, {"next step": [here, here - self.eta * slopes]}, ((-reach, reach), (-reach, reach)))

    def __repr__(self):
        numbers = ", ".join(f"{name} = {getattr(self, name):g}"
                            for name in ("w1", "w2", "eta", "momentum", "batch_size"))
        return f"Descent explorer: {self.example}, {numbers}."


def descent(example: str = "valley", *, notation: str = "bplib", **start) -> Descent:
    """An explorer of gradient descent with momentum, v ← μv − η ∂C/∂w and w ← w + v, on a map of the cost.

    example    what the menu shows first: "valley", "plateau", "no plateau" or "two minima"
    notation   whose letters the formulas have: a name in `conventions`
    start      w1, w2, eta, momentum and batch_size to begin with; by default those of the example

    Every value can be read and set from a cell: `explorer.eta = 0.5`.  `explorer.network`, `.parameters` and `.samples`
    are what the page computes with.  Samples are drawn as `train(…, seed=0)` draws them.
    """
    if example not in tuple(EXAMPLES):
        raise unknown_name("example", example, EXAMPLES)
    return Descent(notation, example=example, **{**EXAMPLES[example].start, **start})


@cache
def samples():
    """Two pixels of the first four ones and sevens among the digits, and which of them is a seven."""
    digits = datasets.digits()
    chosen = np.concatenate([np.flatnonzero(digits.Y_train == digit)[:IMAGES] for digit in CLASSES])
    return digits.X_train[chosen][:, PIXELS], np.repeat([[0.0], [1.0]], IMAGES, axis=0)


@cache
def derivation(example):
    sizes, activations, loss = EXAMPLES[example].network
    return derive(dense(sizes, activations, loss, bias=False))


# what the page computes

H11, H12, H22, LARGEST, MU, ETA, W, V, G = sp.symbols("H11 H12 H22 largest mu eta w v g", real=True)


def stability():
    """The eigenvalues of the Hessian, and the step size up to which momentum is stable along the larger (Polyak)."""
    middle, half = (H11 + H22) / 2, sp.sqrt(((H11 - H22) / 2)**2 + H12**2)
    bound = sp.Mul(2, 1 + MU, 1 / LARGEST, evaluate=False)
    return {"largest": middle + half, "smallest": middle - half, "bound": bound}


def step():
    """One step of gradient descent with momentum, for one weight."""
    return {"velocity": MU * V - ETA * G, "weight": W + sp.Symbol("velocity")}


@cache
def generated_code():
    """A JavaScript module: for each example its cost, gradients and curvature; a step; what the curvature allows."""
    functions, table = [LIBRARY], []
    for number, example in enumerate(EXAMPLES, 1):
        found, arrays = derivation(example), dict.fromkeys(name for name, *_ in EXAMPLES[example].chosen)
        network, motion = found.network, moving(found)
        functions += [
            javascript_arrays(f"cost_{number}", network, stable(network), ["C"]),
            javascript_arrays(f"gradients_{number}", network, [*stable(network), *found.backward],
                              ["C", *(f"d{name}" for name in arrays)]),
            javascript_arrays(f"curvature_{number}", motion, motion.equations, [f"dot_d{name}" for name in arrays])]
        table.append(f"  {example!r}: {{cost: cost_{number}, gradients: gradients_{number}, "
                     f"curvature: curvature_{number}}},\n")
    functions.append(javascript("stability", ["H11", "H12", "H22", "mu"], list(stability().items())))
    functions.append(javascript("step", ["w", "v", "g", "eta", "mu"], list(step().items())))
    return "\n".join([*functions, f"export const examples = {{\n{''.join(table)}}};\nexport {{stability, step}};\n"])


def page_facts(notation):
    """Samples and the order in which they are drawn; for each example its weights, its start and its formulas."""
    X, Y = samples()
    random = np.random.default_rng(SEED)
    return {
        "x": X.tolist(), "y": Y.tolist(),
        "orders": [random.permutation(SAMPLES).tolist() for _ in range(EPOCHS)],
        "examples": {name: {
            "title": example.title, "reach": example.reach, "start": example.start, "chosen": example.chosen,
            "parameters": {array: np.nan_to_num(np.array(rows)).tolist() for array, rows in example.weights.items()},
            "names": names(example, derivation(name).network, notation),
        } for name, example in EXAMPLES.items()},
        "formulas": formulas(notation),
        "letters": {name: letter(notation, kind) for name, kind in (("eta", "eta"), ("C", "C"), ("w", "W"))},
    }


def names(example, network, notation):
    """The two weights and the second derivatives of the cost with respect to them, as MathML."""
    cost, *weights = (latex(entry, network.quantities, notation, samples=False) for entry in (
        network.given("C")[()],
        *(network.quantities[name][row + 1, column + 1] for name, row, column in example.chosen)))
    codes = {f"w{n}": w for n, w in enumerate(weights, 1)}
    codes |= {f"H{n}{m}": rf"\frac{{\partial^2 {cost}}}{{\partial {weights[n - 1]} \, \partial {weights[m - 1]}}}"
              for n, m in ((1, 1), (1, 2), (2, 2))}
    return {name: typeset(code) for name, code in codes.items()}


def letter(notation, kind):
    """A text's letter where no formula can stand, such as α."""
    name = re.sub(r"\\mathrm\{(.*)\}", r"\1", notation.letter(kind)).replace("\\_", "_").lstrip("\\")
    return greek_unicode.get(name, name)


def formulas(notation):
    """A step and the bound on η, in a text's letters, as MathML."""
    w, C, eta = (notation.letter(kind) for kind in ("W", "C", "eta"))
    slope = rf"\frac{{\partial {C}}}{{\partial {w}}}"
    codes = {
        "slope": slope, "kept": r"\mu \, v", "push": rf"-{eta} \, {slope}",
        "velocity": rf"v \leftarrow \mu \, v - {eta} \, {slope}", "weight": rf"{w} \leftarrow {w} + v",
        "largest": r"\lambda_{\text{max}}", "smallest": r"\lambda_{\text{min}}",
        "bound": sp.latex(stability()["bound"], order="none", symbol_names={LARGEST: r"\lambda_{\text{max}}"}),
    }
    return {name: typeset(code) for name, code in codes.items()}
