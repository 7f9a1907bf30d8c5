"""A digit, drawn by hand: a trained network reads it, and the gradient says which pixels would make it another one."""
from functools import cache, cached_property

import numpy as np
import traitlets
from matplotlib.figure import Figure

from .. import datasets
from ..codegen import Generated, generate, stable
from ..derivation import derive
from ..equations import s
from ..errors import InputError
from ..figures import BLUE, RED, Picture
from ..javascript import LIBRARY, javascript_arrays
from ..networks import Dense, Network, checked_network, dense
from . import digit_reader
from .explorer import Explorer, Number, Parameters, Sample, page
from .mathml import mathml

CLASSES, SIXTEENTHS, FIRST = 10, "0123456789abcdefg", 11
"""FIRST is the number of the test image that is shown first: a 3 that is read right."""
WIDEST = 64
MINUS = [(-1, -0.36), (1, -0.36), (1, 0.36), (-1, 0.36)]  # a filled marker


class DigitExplorer(Explorer):
    """The widget behind `digit`.

    network          what reads; its loss is the categorical cross entropy, whatever it was trained with
    weights_layout   names and shapes of `weights`
    derivation       where ∂C/∂x comes from
    """

    _esm = page("common.js", "digit_field.js", "digit_pictures.js", "digit.js")
    _css = page("explorer.css", "digit.css")
    LANGUAGES = "en", "fa"

    eta = Number(0.05, "step length", 0, 0.5, 0.01, least=0)
    target = Number(8, "digit that is wanted", 0, CLASSES - 1, 1, least=0, most=CLASSES - 1, whole=True)
    weights = Parameters()
    x = Sample("pixel")

    def __init__(self, derivation, **values):
        self.derivation, self.network = derivation, derivation.network
        self.weights_layout = self.network
        super().__init__(generated_code(derivation), page_facts(derivation), **values)

    @traitlets.validate("x")
    def _is_ink(self, proposal):
        if not all(0 <= share <= 1 for share in proposal.value):
            raise InputError(f"x holds the ink of each pixel, from 0 to 1; given: from {min(proposal.value):g} to "
                             f"{max(proposal.value):g}.")
        return proposal.value

    @cached_property
    def functions(self):
        """The generated functions of `network`, for Python's side of what the page computes."""
        return generate(self.network, self.derivation)

    def outputs(self):
        """The ten outputs for `x`: an array of shape (10,) that adds up to 1."""
        return self.functions.predict(dict(self.weights), np.array([self.x]))[0]

    def slope(self):
        """∂C/∂x for `x` and `target`: an array of shape (64,)."""
        return self.functions.gradients(dict(self.weights), np.array([self.x]), np.eye(CLASSES)[[self.target]],
                                        with_respect_to="X")[0]

    def picture(self):
        told = self.language.phrase(
            "A digit of 8 by 8 pixels; the ten outputs for it as bars: the network reads {reads}, with {sure}; and "
            "what would make it read {target}, a plus for more ink and a minus for less.", **self._read())
        return drawing(np.array(self.x), self.outputs(), -self.slope(), told)

    def __repr__(self):
        return self.language.phrase("Digit explorer: a picture read as {reads}, with {sure}; target {target}, {eta}.",
                                    eta=f"η = {self.eta:g}", **self._read())

    def _read(self):
        outputs = self.outputs()
        return {"reads": str(outputs.argmax()), "sure": f"{outputs.max():.3f}", "target": str(self.target)}


def digit(network: Network | Generated | None = None, weights=None, *, x=None, target: int = 8,
          eta: float = 0.05) -> DigitExplorer:
    """An explorer of a network that reads digits: draw one, and see what it reads, and what would have to change.

    network   made with `dense`: 64 inputs, 10 softmax outputs; by default one that brings its weights along
    weights   those of the network, trained: a dict of float arrays W1 (n_1, 64), b1 (n_1,), …
    x         the ink of 8 × 8 pixels, row by row: a list of 64 numbers from 0 to 1; by default a test image
    target    the digit that the gradient of the cost is for, 0 to 9: C is the cross entropy of the outputs with it
    eta       how far a step moves the picture: x ← x − η ∂C/∂x, kept from 0 to 1

    Every value can be read and set from a cell: `explorer.x = digits.X_test[0]`, `explorer.target = 3`.

    InputError for a network that does not read such images, or one without its weights.
    """
    derivation = own_reader() if network is None else derive(reader(network))
    if weights is None and network is not None:
        raise InputError("Give the weights of the network too, as training has left them: "
                         "bp.explore.digit(network, history.parameters).")
    shown = datasets.digits().X_test[FIRST] if x is None else x
    return DigitExplorer(derivation, weights=digit_reader.parameters() if weights is None else weights, x=shown,
                         target=target, eta=eta)


@cache
def own_reader():
    """The derivation of the network whose weights are stored."""
    return derive(reader(dense(digit_reader.SIZES, digit_reader.ACTIVATIONS, "negative log-likelihood")))


def reader(given):
    """The network with the cross entropy as its loss; InputError where it does not read digits, with the reason."""
    given = checked_network(given)
    layers = given.structure
    widths = layers.sizes if isinstance(layers, Dense) else ()
    reasons = (
        (not widths, "It shows layers, made with dense(…)."),
        (widths[:1] != (64,) or widths[-1:] != (CLASSES,),
         f"It has 64 inputs, the pixels, and {CLASSES} outputs, the digits. Given: {list(widths)}."),
        (max(widths, default=0) > WIDEST, f"It shows at most {WIDEST} units a layer. Given: {list(widths)}."),
        (widths and layers.activations[-1].name != "softmax", "Its outputs are those of softmax, and add up to 1."),
        (widths and any(row.abstract for row in layers.activations),
         "An activation is left open (\"g\"), so there are no numbers to show. Choose one, such as 'tanh'."),
    )
    for applies, reason in reasons:
        if applies:
            raise InputError(f"The digit explorer cannot show this network. {reason}")
    return dense(widths, layers.activations, "categorical cross entropy", bias=layers.bias)


def generated_code(derivation):
    """A JavaScript module: `pass` gives the outputs of all layers, the cost, and ∂C_s/∂x, from parameters, x and y."""
    network = derivation.network
    equations = [*stable(network), *derivation.backward, *derivation.activated]
    outputs = [*(name for name, quantity in network.quantities.items() if quantity.kind == "a"), "C", "dx"]
    return f"{LIBRARY}\n{javascript_arrays('pass', network, equations, outputs)}export {{ pass }};\n"


def page_facts(derivation):
    """The test images, sixteenths of ink as digits of base 17, and the formula of the gradient that moves a picture."""
    digits, step = datasets.digits(), derivation["x"]
    one_sample = {derivation.network.given("losses")[s]: derivation.network.given("C")[()]}
    return {
        "shape": digits.shape, "classes": CLASSES, "layers": len(derivation.network.structure.sizes) - 1,
        "images": ["".join(SIXTEENTHS[n] for n in row) for row in np.rint(16 * digits.X_test).astype(int)],
        "labels": digits.Y_test.tolist(),
        "formula": mathml(derivation.quantities, step.left.xreplace(one_sample), step.right),
    }


def drawing(x, outputs, wish, told):
    """The three pictures of the view: the digit, the outputs for it, and which way each pixel would have to change."""
    shape = datasets.digits().shape
    figure = Figure(figsize=(8, 3.1), layout="constrained")
    drawn, bars, wanted = figure.subplots(1, 3)
    drawn.imshow(x.reshape(shape), cmap="gray_r", vmin=0, vmax=1)
    bars.barh(range(len(outputs)), outputs, color=BLUE)
    bars.set(yticks=range(len(outputs)), xlim=(0, 1), ylim=(len(outputs) - 0.5, -0.5))
    bars.spines[["top", "right"]].set_visible(False)
    wanted.imshow(x.reshape(shape), cmap="gray_r", vmin=0, vmax=3)
    rows, columns = np.divmod(np.arange(wish.size), shape[1])
    for marker, colour, size in (("P", BLUE, wish), (MINUS, RED, -wish)):
        some, areas = size > 0, 250 * (size / np.abs(wish).max())**2
        wanted.scatter(columns[some], rows[some], s=areas[some], marker=marker, color=colour, linewidths=0)
    for axes, title in ((drawn, "x"), (bars, "a"), (wanted, r"-\partial C/\partial x")):
        axes.set_title(f"${title}$")
    for axes in (drawn, wanted):
        axes.set(xticks=[], yticks=[])
    return Picture(figure, told)
