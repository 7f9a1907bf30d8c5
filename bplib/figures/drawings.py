"""Drawings: networks as circles and arrows, computational graphs, formulas."""
import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyArrowPatch

from ..conventions import convention
from ..equations import gradient_of, indices_of, name_of, s
from ..errors import InputError, unknown_name
from ..inputs import checked_parameters
from ..languages import current
from ..layout import Layout
from ..networks import Dense, Graph, checked_network
from ..notation import DEFAULT, latex
from .picture import BLUE, ORANGE, RED, Picture, as_text

APART, BELOW, RADIUS, MARGIN = 2.1, 1.3, 0.28, np.array([0.5, 0.25])
"""Inches in the picture of a network: from layer to layer, from unit to unit, of a circle, around what is drawn."""


def network(given, values=None, *, letter="a", notation=DEFAULT, language=None) -> Picture:
    """Units as circles and connections as arrows, with the numbers of one sample where they are known.

    values    name → array: the inputs "X", the parameters and what `forward` gives, in the layout of the notation; for
              letter="delta" the error terms "delta1", "delta2", … as well
    letter    what stands in the circles: "a" for outputs; "delta" for error terms, where the arrows go back
    notation  a `Notation`, or the name of one in `conventions`
    language  the `Language` of the alternative text; by default the one in use
    """
    if letter not in _Drawing.COLORS:
        raise unknown_name("letter", letter, _Drawing.COLORS)
    if "" in getattr(checked_network(given).structure, "neurons", ()):
        raise InputError("A single neuron has no connections to draw; give a network made by dense(…) or graph(…).")
    drawn = _Drawing(checked_network(given), values or {}, letter, convention(notation), language or current())
    columns, connections = _columns(drawn.network), _connections(drawn.network)
    if letter == "delta":
        columns, connections = columns[1:], [c for c in connections if c[0] not in columns[0]]
    drawn.place = {unit: (APART * at, BELOW * ((len(column) - 1) / 2 - row))
                   for at, column in enumerate(columns) for row, unit in enumerate(column)}
    for connection in connections:
        drawn.connection(*connection)
    for unit in drawn.place:
        drawn.unit(unit)
    return Picture(drawn.trimmed(), drawn.alt(columns, connections), drawn.language)


def _columns(network):
    """The entries that units put out, column by column, the inputs first."""
    structure, quantities = network.structure, network.quantities
    if isinstance(structure, Dense):
        arrays = [quantities[name] for name in ("x", *(f"a{at}" for at in range(1, len(structure.sizes))))]
        return [[a[s, unit] for unit in range(1, n + 1)] for a, n in zip(arrays, structure.sizes)]
    column = dict.fromkeys(structure.inputs, 0)
    for name, (sources, _) in structure.neurons.items():
        column[name] = 1 + max(column[source] for source in sources)
    return [[_output(network, name) for name in column if column[name] == at] for at in range(max(column.values()) + 1)]


def _output(network, name):
    """The entry that a named input or neuron puts out."""
    inputs = network.structure.inputs
    return network.quantities["x"][s, inputs.index(name) + 1] if name in inputs else network.quantities[f"a_{name}"][s]


def _connections(network):
    """Triples of entries: output of the sender, output of the receiver, weight."""
    if isinstance(network.structure, Dense):
        columns = _columns(network)
        return [(sender, receiver, network.quantities[f"W{at}"][j, k])
                for at, (before, layer) in enumerate(zip(columns, columns[1:]), 1)
                for j, receiver in enumerate(layer, 1) for k, sender in enumerate(before, 1)]
    return [(_output(network, source), _output(network, name), network.quantities[f"w_{source}_{name}"][()])
            for name, (sources, _) in network.structure.neurons.items() for source in sources]


class _Drawing:
    """A picture of a network while it is drawn; `place` says where each unit stands, in inches."""

    COLORS = {"a": BLUE, "delta": RED}
    place: dict

    def __init__(self, network, values, letter, notation, language):
        self.network, self.values, self.letter, self.notation = network, values, letter, notation
        self.language = language
        self.layout, self.color = Layout(network, notation), self.COLORS[letter]
        self.quantities = self.layout.quantities
        given = {name: values[name] for name in self.layout.parameters if name in values}
        arrays = checked_parameters(self.layout, given) if given else ()
        self.parameters = self.layout.unpack(dict(zip(self.layout.parameters, arrays))) if given else {}
        self.figure = Figure()
        self.axes = self.figure.add_axes([0, 0, 1, 1])
        self.axes.axis("off")

    def label(self, entry):
        return f"${latex(entry, self.quantities, self.notation, samples=False)}$"

    def number(self, entry):
        """The number of an entry as text, nothing where none was given."""
        quantity, indices = self.quantities[name_of(entry)], indices_of(entry)
        array = self.parameters.get(quantity.name)
        if array is None:
            array, indices = self.known(quantity), self.layout.stored(quantity, indices)
        if array is None:
            return ""
        at = tuple(0 if index == s else int(index) - 1 for index in indices)
        return f"{np.asarray(array)[at]:.3g}".replace("-", "−")

    def known(self, quantity):
        """The array of an output or an error term, None where it was not given."""
        name = self.layout.array(quantity)
        name = "X" if quantity.kind == "x" and name not in self.values else name
        if name not in self.values:
            return None
        like = f"z{quantity.name[5:]}" if quantity.kind == "delta" else quantity.name
        array, shape = np.asarray(self.values[name]), self.network.shape(like)
        shape = shape[::-1] if self.notation.samples == "columns" else shape
        if array.ndim != len(shape) or any(n not in ("N", at) for n, at in zip(shape, array.shape)):
            raise InputError(f"{name} has shape {array.shape}; expected: ({', '.join(map(str, shape))}), "
                             "with one row for each of N samples, of which the first is drawn.")
        return array

    def shown(self, unit):
        """What stands in the circle of a unit: its output or its error term."""
        quantity = self.quantities[name_of(unit)]
        if self.letter == "a":
            return unit
        z = next(q for q in self.network.quantities.values() if (q.kind, q.mark) == ("z", quantity.mark))
        return gradient_of(z)[unit.indices]

    def bias(self, unit):
        mark = self.quantities[name_of(unit)].mark
        b = next((q for q in self.network.quantities.values() if (q.kind, q.mark) == ("b", mark)), None)
        return None if b is None or self.letter == "delta" else b[unit.indices[1:]]

    def unit(self, unit):
        x, y = self.place[unit]
        self.axes.add_patch(Circle((x, y), RADIUS, facecolor="white", edgecolor=self.color, linewidth=1.8, zorder=3))
        self.axes.text(x, y, self.label(self.shown(unit)), ha="center", va="center", fontsize=12, zorder=4)
        self.axes.text(x, y - RADIUS - 0.05, self.number(self.shown(unit)), ha="center", va="top", fontsize=10,
                       color=self.color, weight="bold", zorder=4)
        bias = self.bias(unit)
        if bias is not None:
            added = f"+ {self.number(bias) or self.label(bias)}".replace("+ −", "− ")
            self.axes.text(x, y + RADIUS + 0.05, added, ha="center", va="bottom", fontsize=10, zorder=4)

    def connection(self, sender, receiver, weight):
        """An arrow with its weight, in a bow where it skips a layer; it points the way in which numbers go."""
        start, end = (np.array(self.place[unit]) for unit in (sender, receiver))
        bow = -0.45 if end[0] - start[0] > 1.5 * APART else 0.0
        ends = (end, start) if self.letter == "delta" else (start, end)
        self.axes.add_patch(FancyArrowPatch(
            *ends, connectionstyle=f"arc3,rad={bow if self.letter == 'a' else -bow}", arrowstyle="-|>",
            mutation_scale=11, shrinkA=72 * RADIUS, shrinkB=72 * RADIUS, color="0.45", linewidth=1.1,
            linestyle="-" if self.letter == "a" else (0, (4, 2)), zorder=1))
        control = (start + end) / 2 + bow * np.array([1, -1]) * (end - start)[::-1]
        at = 0.5 if bow else 0.32
        spot = (1 - at)**2 * start + 2 * at * (1 - at) * control + at**2 * end
        self.axes.text(*spot, self.number(weight) or self.label(weight), ha="center", va="center", fontsize=10,
                       bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5}, zorder=2)

    def trimmed(self):
        """The figure, as large as what is drawn, one unit of length an inch."""
        texts = [np.array(text.get_position()) for text in self.axes.texts]
        spots = [*texts, *(np.array(place) + (0, up) for place in self.place.values() for up in (-RADIUS, RADIUS))]
        (left, low), (right, high) = np.min(spots, axis=0) - MARGIN, np.max(spots, axis=0) + MARGIN
        self.figure.set_size_inches(right - left, high - low)
        self.axes.set(xlim=(left, right), ylim=(low, high))
        return self.figure

    def title(self, unit):
        """A unit in words."""
        quantity, at = self.quantities[name_of(unit)], unit.indices[-1]
        if isinstance(quantity.mark, str):
            return quantity.mark
        if quantity.kind == "x":
            return quantity.mark[int(at) - 1] if quantity.mark else self.language.phrase("input {n}", n=int(at))
        return self.language.phrase("unit {n} of layer {layer}", n=int(at), layer=quantity.mark)

    def alt(self, columns, connections):
        phrase = self.language.phrase
        rows = [[self.told(self.title(unit), self.shown(unit)) for unit in column] for column in columns]
        weights = [self.told(phrase("{sender} to {receiver}", sender=self.title(sender), receiver=self.title(receiver)),
                             weight) for sender, receiver, weight in connections]
        biases = [self.told(self.title(unit), self.bias(unit)) for unit in self.place if self.bias(unit)]
        between = phrase("; ")
        return " ".join([
            phrase("A network as circles and arrows, with outputs." if self.letter == "a" else
                   "A network as circles and arrows, with error terms, going back."),
            phrase("From left to right: {rows}.", rows=between.join(map(phrase(", ").join, rows))),
            phrase("Weights: {weights}.", weights=between.join(weights)),
            *([phrase("Biases: {biases}.", biases=phrase(", ").join(biases))] if biases else [])])

    def told(self, title, entry):
        """What has a title, with its number where that is known, and its letter where it is not."""
        letter = as_text(latex(entry, self.quantities, self.notation, samples=False))
        return self.language.phrase("{name} {number}", name=title, number=self.number(entry) or letter)


def computational_graph(given, notes=()) -> Picture:
    """The neurons of a network as circles, its inputs as squares, its cost as a diamond, with arrows between them.

    given   a network of neurons one by one
    notes   name → text to stand above a neuron, an input or the cost "C"
    """
    structure = checked_network(given).structure
    if not isinstance(structure, Graph) or "" in structure.neurons:
        raise InputError("The graph shows neurons by their names, so it needs a network made by graph(…); "
                         "network(…) draws any.")
    sources = {**{name: () for name in structure.inputs},
               **{name: feeding for name, (feeding, _) in structure.neurons.items()}, "C": structure.outputs}
    at = _places(sources)
    spans = {(source, name): at[name][0] - at[source][0] for name in sources for source in sources[name]}
    width, height = (np.ptp([place[axis] for place in at.values()]) for axis in (0, 1))
    below = 0.8 if max(spans.values()) > 1 else 0.35
    figure = Figure(figsize=(1.5 * width + 1.2, height + below + 0.6), layout="constrained")
    axes = figure.subplots()
    axes.axis("off")
    axes.set(xlim=(-0.4, width + 0.4), ylim=(-height / 2 - below, height / 2 + 0.6))
    for (source, name), span in spans.items():
        bend = (height + 1.3) / (1.5 * span) if span > 1 else 0.0  # round the columns between, below all nodes
        axes.annotate("", at[name], at[source], arrowprops={
            "arrowstyle": "-|>", "shrinkA": 15, "shrinkB": 15, "color": "0.35",
            "connectionstyle": f"arc3,rad={bend}"})
    for name in sources:
        shape, color = (("s", ORANGE) if name in structure.inputs else ("D", RED) if name == "C" else ("o", BLUE))
        axes.plot(*at[name], shape, markersize=24 if shape == "o" else 20, color="white", markeredgecolor=color,
                  markeredgewidth=2)
        axes.text(at[name][0], at[name][1], name, ha="center", va="center", fontsize=10)
        axes.annotate(dict(notes).get(name, ""), at[name], (0, 16), textcoords="offset points", ha="center",
                      va="bottom", fontsize=9)
    told = [f"{source} to {name}" for source, name in spans]
    said = [f"{name}: {text}" for name, text in dict(notes).items()]
    return Picture(figure, "A graph with arrows from " + ", ".join(told) + "."
                   + (" Above the nodes stand " + ", ".join(said) + "." if said else ""))


def _places(sources):
    """Name → (column, height) for the nodes of a graph: each one column after the last of its sources."""
    column = {}
    for name, feeding in sources.items():
        column[name] = 1 + max((column[source] for source in feeding), default=-1)
    columns = {at: [name for name in column if column[name] == at] for at in column.values()}
    return {name: (at, (len(names) - 1) / 2 - row) for at, names in columns.items() for row, name in enumerate(names)}


def formula_picture(formulas, alt) -> Picture:
    """Formulas one below the other, each under its caption.  `formulas`: caption → LaTeX."""
    figure = Figure(figsize=(7, 1.1 * len(formulas)), layout="none")  # type: ignore[arg-type]
    for row, (caption, formula) in enumerate(formulas.items()):
        top = 1 - row / len(formulas)
        figure.text(0.02, top - 0.06 / len(formulas), caption, fontsize=9, color="0.35", va="top")
        figure.text(0.02, top - 0.62 / len(formulas), f"${formula}$", fontsize=16, va="center")
    return Picture(figure, alt)
