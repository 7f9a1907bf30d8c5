"""How good is a difference quotient?  Forward, central and complex step against the derived gradient, over ε."""
from functools import cache

import numpy as np
import sympy as sp

from ..activations import TABLE, activation, added
from ..codegen import generate, stable
from ..complex_javascript import complex_javascript
from ..conventions import convention
from ..derivation import derive
from ..equations import Partial
from ..errors import InputError
from ..figures import errors_over
from ..javascript import LIBRARY, javascript, javascript_arrays
from ..losses import loss
from ..networks import dense
from ..notation import latex
from ..numerics import analytic
from .explorer import Choice, Explorer, Number, page
from .made import once_for_the_tables
from .mathml import typeset

ACTIVATIONS = ("sigmoid", "tanh", "softplus", "silu", "identity", "relu")
"""Those of the menu that the library brings along; what is added to the table comes after them."""
ARRAYS: dict[str, list] = {"W1": [[0.5, -0.4], [0.3, 0.8]], "b1": [0.1, -0.2], "W2": [[0.7, -0.6]], "b2": [0.2]}
X, Y = [[1.0, 0.5], [-0.5, 1.5], [0.3, -1.2]], [[1.0], [0.0], [0.5]]
ENTRIES = {f"{name}[{','.join(str(n + 1) for n in at)}]": (name, at)
           for name, array in ARRAYS.items() for at in np.ndindex(np.shape(array))}


def offered():
    """Names of the activations in the menu."""
    return *ACTIVATIONS, *(name for name in added() if TABLE[name].elementwise)


class Quotients(Explorer):
    """The widget behind `gradient_check`."""

    _esm = page("common.js", "gradient_check.js")
    _css = page("explorer.css", "gradient_check.css")

    activation = Choice("tanh", "activation", offered)
    parameter = Choice("W1[1,1]", "parameter", ENTRIES)
    epsilon = Number(1e-4, "step", 1e-20, 1, 0.1, least=1e-20, most=1, log=True)

    def __init__(self, notation, **values):
        super().__init__(generated_code(), page_facts(convention(notation)), **values)

    @property
    def network(self):
        """The 2–2–1 network, with the activation of the menu in its hidden layer."""
        return derivation(self.activation).network

    @property
    def parameters(self):
        """The weights and biases at which the gradient is checked: dict of arrays."""
        return {name: np.array(array) for name, array in ARRAYS.items()}

    @property
    def samples(self):
        """X, shape (3, 2), and Y, shape (3, 1)."""
        return np.array(X), np.array(Y)

    def picture(self):
        """The relative errors over the step, on logarithmic axes."""
        steps = np.logspace(-16, 0, 33)
        return errors_over({name.replace("_", " "): (steps, error(steps)) for name, error in self._errors().items()},
                           "ε", f"relative error of ∂C/∂{self.parameter}")

    def _errors(self):
        """Quotient → function from steps to its relative errors."""
        name, at = ENTRIES[self.parameter]
        functions, values = generate(self.network, derivation(self.activation)), self.parameters
        derived = functions.gradients(values, X, Y)[name][at]

        def moved(cost, step):
            array = values[name].astype(type(step))
            array[at] += step
            return cost(*{**values, name: array}.values(), *self.samples)[0]

        plain, smooth = functions.cost.raw, functions.cost.with_kernels(analytic())
        quotients = {"forward": lambda e: (moved(plain, e) - moved(plain, 0.0)) / e,
                     "central": lambda e: (moved(plain, e) - moved(plain, -e)) / (2 * e),
                     "complex_step": lambda e: moved(smooth, 1j * e).imag / e}
        return {quotient: lambda steps, value=value: [abs(value(float(e)) / derived - 1) for e in steps]
                for quotient, value in quotients.items() if quotient != "complex_step" or not refusal(self.activation)}

    def __repr__(self):
        return f"Gradient check explorer: {self.activation}, {self.parameter}, epsilon = {self.epsilon:g}."


def gradient_check(activation: str = "tanh", *, notation: str = "bplib", **start) -> Quotients:
    """An explorer of the error of difference quotients, for one weight or bias w of a 2–2–1 network.

    forward        (C(w + ε) − C(w)) / ε
    central        (C(w + ε) − C(w − ε)) / 2ε
    complex step   Im C(w + iε) / ε

    activation     of the hidden layer: "sigmoid", "tanh", "softplus", "silu", "identity" or "relu"
    notation       whose letters the formulas have: a name in `conventions`
    start          parameter, such as "W1[2,1]", and epsilon to begin with

    Every value can be read and set from a cell: `explorer.epsilon = 1e-8`.  Errors are
    relative to the derived gradient.
    """
    return Quotients(notation, activation=activation, **start)


def derivation(name):
    return _derivation(activation(name))


@cache
def _derivation(row):
    return derive(dense([2, 2, 1], [row, "identity"], loss("squared error", factor=0.5)))


# what the page computes

COST, PLUS, MINUS, IMAGINARY, EPSILON, DERIVED = sp.symbols("cost plus minus imaginary epsilon derived", real=True)
QUOTIENTS = {"forward": (PLUS - COST) / EPSILON, "central": (PLUS - MINUS) / (2 * EPSILON),
             "complex_step": IMAGINARY / EPSILON}


@once_for_the_tables
def generated_code():
    """A JavaScript module: for each activation cost and gradients, the cost over complex numbers; the quotients."""
    functions, table = [LIBRARY], []
    for number, activation in enumerate(offered(), 1):
        found = derivation(activation)
        network, forward = found.network, stable(found.network)
        gradients = [f"d{name}" for name in network.parameters]
        functions += [javascript_arrays(f"cost_{number}", network, forward, ["C"]),
                      javascript_arrays(f"gradients_{number}", network, [*forward, *found.backward], gradients)]
        complex_cost = "null"
        if not refusal(activation):
            complex_cost = f"complex_cost_{number}"
            functions.append(complex_javascript(complex_cost, network, forward, ["C"]))
        table.append(f"  {activation!r}: {{cost: cost_{number}, gradients: gradients_{number}, "
                     f"complex_cost: {complex_cost}}},\n")
    lines = [*QUOTIENTS.items(),
             *((f"{name}_error", abs((sp.Symbol(name) - DERIVED) / DERIVED)) for name in QUOTIENTS)]
    functions.append(javascript("quotients", ["cost", "plus", "minus", "imaginary", "epsilon", "derived"], lines))
    return "\n".join([*functions, f"export const activations = {{\n{''.join(table)}}};\nexport {{quotients}};\n"])


def refusal(activation):
    """Why an activation has no complex step, None where it has one."""
    network = derivation(activation).network
    try:
        complex_javascript("cost", network, stable(network), ["C"])
    except InputError as error:
        if activation not in ACTIVATIONS:
            return str(error)
        return (f"{activation} is made of two pieces with a kink between them. No one formula over complex numbers "
                "says both, so there is no complex step.")


def page_facts(notation):
    """The point at which the gradient is checked, and the formulas."""
    return {
        "parameters": ARRAYS, "x": X, "y": Y, "entries": {name: [array, *at] for name, (array, at) in ENTRIES.items()},
        "refused": {activation: refusal(activation) for activation in offered()},
        "names": {name: names(array, at, notation) for name, (array, at) in ENTRIES.items()},
        "numbered": {name: written(quotient, {symbol: rf"\text{{{symbol}}}" for symbol in quotient.free_symbols}, "dot")
                     for name, quotient in QUOTIENTS.items()},
    }


def names(array, at, notation):
    """The slope by an entry, and the quotients for it, as MathML."""
    network = derivation(ACTIVATIONS[0]).network
    entry, cost = network.quantities[array][tuple(n + 1 for n in at)], network.given("C")[()]
    w, C, slope = (latex(e, network.quantities, notation, samples=False) for e in (entry, cost, Partial(cost, entry)))
    letters = {COST: f"{C}({w})", PLUS: rf"{C}({w} + \varepsilon)", MINUS: rf"{C}({w} - \varepsilon)",
               IMAGINARY: rf"\operatorname{{Im}} \, {C}({w} + i \varepsilon)", EPSILON: r"\varepsilon"}
    return {"slope": typeset(slope), **{name: written(quotient, letters) for name, quotient in QUOTIENTS.items()}}


def written(quotient, letters, times=None):
    """MathML of a quotient with these letters in it, and a sign between factors if wanted."""
    return typeset(sp.latex(quotient, order="none", mul_symbol=times, symbol_names=letters))
