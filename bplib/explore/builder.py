"""A network that the learner draws: its derivation, its numbers and its programs follow what is drawn."""
from math import isfinite
from numbers import Real

import numpy as np
import traitlets

from .. import figures
from ..activations import of_units
from ..codegen import Generated
from ..errors import InputError
from ..losses import TABLE as LOSSES
from ..networks import OVER, Graph, Network, checked_network, graph
from .builder_formulas import BuilderFormulas
from .explorer import Explorer, Number, page
from .made import once_for_the_tables

MOST = 12
"""Inputs and units that a drawing may have: with more one sees no path, and a derivation takes longer than one waits."""
TARGETS = "values", "probability"
START = {"h1": (["x1", "x2"], "tanh"), "h2": (["h1", "x2"], "sigmoid"), "o": (["h1", "h2"], "identity")}
WEIGHTS, INPUTS, TARGET = (0.8, -0.6, 1.2, 0.5, -0.9, 0.7), (1.0, 0.5, -0.5, -1.0), 1.0
"""Numbers of what is new, taken in turn."""
OPTIONS = "over_samples", "over_outputs"


class Drawing(traitlets.TraitType):
    """What is drawn, with all of its numbers, as the page and Python tell it each other.

    inputs       name → {"value", "at"}: its value, and its place as shares of width and height
    units        name → {"from", "bias", "activation", "target", "at"}, each after all that feed it; "from" is source →
                 weight, and the target is used where the unit feeds no other
    outputs      names in the order of the columns of Y; outputs that are not named follow, names of other units do nothing
    bias, loss, over_samples, over_outputs   as those of `bp.graph`

    It need not be a network yet: units may have no source.
    """

    def __init__(self):
        super().__init__({})
        self.tag(sync=True)

    def validate(self, obj, value):
        try:
            problem = next(_problems(value), None)
        except (TypeError, KeyError, AttributeError) as missing:
            problem = f"of what it is made of this is missing: {missing}"
        if problem:
            raise InputError(f"drawing is what the page draws, and {problem}. To draw a network from a cell, set `network`.")
        return value


def _problems(drawing):
    """What a drawing has that it cannot have, in words."""
    inputs, units = drawing["inputs"], drawing["units"]
    above, numbers = [*inputs], [one["value"] for one in inputs.values()]
    for name, unit in units.items():
        if not set(unit["from"]) <= set(above):
            yield f"{name} is fed by {', '.join(unit['from'])}, not all of which stand above it"
        if unit["activation"] not in of_units():
            yield f"{name} has one of these activations: {', '.join(of_units())}; given: {unit['activation']!r}"
        above.append(name)
        numbers += [*unit["from"].values(), unit["bias"], unit["target"]]
    numbers += [share for node in (*inputs.values(), *units.values()) for share in node["at"]]
    if not all(isinstance(one, Real) and isfinite(one) for one in numbers):
        yield "all of its numbers are finite"
    if not 1 <= len(set(above)) == len(above) <= MOST:
        yield f"it has 1 to {MOST} inputs and units, each with a name of its own; given: {', '.join(above)}"
    if drawing["loss"] not in losses():
        yield f"its loss is one of these: {', '.join(losses())}; given: {drawing['loss']!r}"
    if not isinstance(drawing["bias"], bool) or not all(isinstance(name, str) for name in drawing["outputs"]):
        yield f"bias is True or False, and outputs are names; given: {drawing['bias']!r}, {drawing['outputs']!r}"
    if any(drawing[name] not in OVER for name in OPTIONS):
        yield f"{' and '.join(OPTIONS)} are each one of these: {', '.join(OVER)}"


class Builder(Explorer):
    """The widget behind `builder`.

    network   the network as it stands, to be read and to be set; InputError where the drawing is none yet
    eta       learning rate of its steps
    weights   its weights and biases as drawn, a dict of floats; x and y its inputs and targets, lists
    drawing   what is drawn
    wanted    how often the page has asked for the derivation of what stands there
    answer    the drawing that was asked for, and what `BuilderFormulas.facts` gives for it, or why it gives nothing
    """

    _esm = page("common.js", "walk_tokens.js", "walk_player.js", "walk_steps.js", "builder_drawing.js", "builder_picture.js",
                "builder.js")
    _css = page("explorer.css", "walk.css", "builder.css")
    LANGUAGES = "en", "fa"

    drawing = Drawing()
    eta = Number(0.1, "learning rate", 0, 2, 0.05, least=0)
    wanted = traitlets.Int(0).tag(sync=True)
    answer = traitlets.Dict(read_only=True).tag(sync=True)

    def __init__(self, network):
        self._start = drawn(drawable(network))
        super().__init__("", {"start": self._start, "most": MOST, "activations": of_units(), "losses": losses(),
                              "new": {"weights": WEIGHTS, "inputs": INPUTS, "target": TARGET}})
        self._answer()
        self.observe(lambda change: self._answer(), "wanted")

    @traitlets.default("drawing")
    def _first(self):
        return self._start

    @property
    def network(self):
        units = self.drawing["units"]
        alone = [name for name, unit in units.items() if not unit["from"]]
        if not units or alone:
            raise InputError("The drawing is no network yet: "
                             + (f"nothing leads to {', '.join(alone)}. Draw an arrow there, or remove it."
                                if units else "it has no unit. Add one, and draw an arrow to it."))
        return graph({name: ([*unit["from"]], unit["activation"]) for name, unit in units.items()},
                     [*self.drawing["inputs"]], self._outputs(), self.drawing["loss"], bias=self.drawing["bias"],
                     **{name: self.drawing[name] for name in OPTIONS})

    @network.setter
    def network(self, given):
        with self.hold_sync():
            self.drawing = drawn(drawable(given))
            self._answer()

    def _outputs(self):
        fed = {source for unit in self.drawing["units"].values() for source in unit["from"]}
        ends = [name for name in self.drawing["units"] if name not in fed]
        return [*dict.fromkeys([name for name in self.drawing["outputs"] if name in ends] + ends)]

    @property
    def weights(self):
        units = self.drawing["units"]
        weights = {f"w_{source}_{name}": float(w) for name, unit in units.items() for source, w in unit["from"].items()}
        biases = {f"b_{name}": float(unit["bias"]) for name, unit in units.items()}
        return weights | (biases if self.drawing["bias"] else {})

    @property
    def x(self):
        return [float(one["value"]) for one in self.drawing["inputs"].values()]

    @property
    def y(self):
        return [float(self.drawing["units"][name]["target"]) for name in self._outputs()]

    def _answer(self):
        """Derive what is drawn; where that is no network the page is told why."""
        drawing = self.drawing
        try:
            found = BuilderFormulas(self.network).facts()
        except InputError as error:
            found = {"error": str(error)}
        self.set_trait("answer", {"of": drawing, **found})

    def picture(self):
        try:
            network = self.network
        except InputError:
            return None
        return figures.network(network, {"X": np.array([self.x]), **self.weights}, language=self.language)

    def __repr__(self):
        units, loss = self.language.phrase(", ").join(self.drawing["units"]), LOSSES[self.drawing["loss"]]
        return self.language.phrase("Graph builder: {units}, {loss}.", units=units,
                                    loss=self.language.phrase(loss.name))


def builder(network: Network | Generated | None = None) -> Builder:
    """A drawing of a small network that the learner changes: add units, connect them, choose activations and the loss.

    network   one made with `bp.graph` to begin with, of at most 12 inputs and units; by default three units with a
              connection that skips one of them

    The page shows the paths of a chosen weight to the cost with their factors and numbers, the equations, the generated
    code, and the line of Python that makes the same network.  Its player goes through the computation number by number
    along the arrows, in the order of the generated code, and Step takes a step downhill.

    >>> builder = bp.explore.builder()
    >>> builder.network                                           # as it is drawn, for bp.derive, bp.generate, bp.train …
    >>> bp.generate(builder.network).gradients(builder.weights, [builder.x], [builder.y])
    >>> builder.network = bp.graph({"h": (["x"], "tanh"), "o": (["h"], "identity")}, inputs=["x"])   # draws another

    InputError for a network that cannot be drawn, with the reason.
    """
    return Builder(graph(START, ["x1", "x2"]) if network is None else network)


@once_for_the_tables
def losses():
    """Name of a loss that can be chosen → what kind of targets it has, and the activations that outputs may have."""
    found = {}
    for name, row in LOSSES.items():
        outputs = [g for g in of_units() if _takes(row, g)]
        if row.targets in TARGETS and row.to_learn and outputs:
            found[name] = {"targets": row.targets, "outputs": outputs}
    return found


def _takes(loss, activation):
    return loss.outputs is None or activation in loss.outputs


def drawable(given):
    """A network that can be drawn; InputError where it cannot, with the reason."""
    given = checked_network(given)
    neurons = given.structure.neurons if isinstance(given.structure, Graph) else {}
    loss = given.options.loss
    reasons = (
        (not neurons or "" in neurons, "It draws units by their names, as bp.graph has them."),
        (len(neurons) + len(getattr(given.structure, "inputs", ())) > MOST,
         f"It draws at most {MOST} inputs and units; given: {len(neurons)} units."),
        (any(row.abstract for _, row in neurons.values()),
         "An activation is left open (\"g\"), so there are no numbers to show. Choose one, such as 'sigmoid'."),
        (given.options.l2 != 0, "A penalty on the weights is no part of the cost of a sample. Use l2=0."),
        (loss.name not in losses() or loss != LOSSES.get(loss.name),
         f"Its loss is one of these, without a parameter of its own: {', '.join(losses())}."),
    )
    for applies, reason in reasons:
        if applies:
            raise InputError(f"The builder cannot draw this network. {reason}")
    return given


def drawn(network):
    """The drawing of a network: columns from left to right, those of a column one below the other, new numbers."""
    structure, options = network.structure, network.options
    column = dict.fromkeys(structure.inputs, 0)
    for name, (sources, _) in structure.neurons.items():
        column[name] = 1 + max(column[source] for source in sources)
    at, weights = _places(column), _in_turn(WEIGHTS)
    return {
        "inputs": {name: {"value": value, "at": at[name]} for name, value in zip(structure.inputs, _in_turn(INPUTS))},
        "units": {name: {"from": {source: next(weights) for source in sources}, "bias": 0.0, "target": TARGET,
                         "activation": row.name, "at": at[name]}
                  for name, (sources, row) in structure.neurons.items()},
        "outputs": [*structure.outputs], "bias": structure.bias, "loss": options.loss.name, **{name: getattr(options, name) for name in OPTIONS}}


def _in_turn(numbers):
    while True:
        yield from numbers


SHALLOW, DEEP = (0.75, 0.25), (1.0, 0.5, 0.0)


def _places(column):
    """Name → (share of the width, share of the height).

    Where columns have one unit each these stand at several heights in turn: so a connection that skips one passes by, and
    there is room for many columns.
    """
    places, last = {}, max(column.values())
    turn = SHALLOW if last < 6 else DEEP
    for at in range(last + 1):
        names = [name for name in column if column[name] == at]
        heights = [turn[at % len(turn)]] if len(names) == 1 else [n / (len(names) - 1) for n in range(len(names))]
        places.update({name: [at / last, 0.1 + 0.8 * height] for name, height in zip(names, heights)})
    return places
