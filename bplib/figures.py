"""Pictures for the notebooks, each with a text that says what it shows.

Colours are those of Okabe and Ito, told apart by colour-blind people too; lines differ in dash or marker as well.
"""
from io import BytesIO
from itertools import cycle

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyArrowPatch

from .conventions import convention
from .equations import gradient_of, indices_of, name_of, s
from .errors import InputError, unknown_name
from .inputs import checked_parameters
from .layout import Layout
from .networks import Dense, Graph, checked_network
from .notation import DEFAULT, latex

BLUE, ORANGE, GREEN, RED = "#0072B2", "#E69F00", "#009E73", "#D55E00"
DPI = 144


class Picture:
    """A matplotlib figure with its alternative text, which a notebook hands on to screen readers."""

    def __init__(self, figure, alt):
        self.figure, self.alt = figure, alt

    def png(self):
        """The picture as PNG; nothing in it depends on when or where it is made."""
        data = BytesIO()
        self.figure.savefig(data, format="png", dpi=DPI, facecolor="white", metadata={"Software": None})
        return data.getvalue()

    def __repr__(self):
        return f"Picture: {self.alt}"

    def _repr_mimebundle_(self, include=None, exclude=None):
        width = int(self.figure.get_figwidth() * 72 * 1.25)
        return ({"image/png": self.png(), "text/plain": repr(self)},
                {"image/png": {"alt": self.alt, "width": width}})


def _axes(width=6, height=3.4, **labels):
    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.subplots()
    axes.spines[["top", "right"]].set_visible(False)
    axes.set(**labels)
    return figure, axes


def cost_curve(cost, slope, path=(), *, around=3.0, name="w"):
    """The cost over one weight, its tangent at the last point of a path, and the steps of the path.

    cost, slope   functions of one number: the cost and its derivative
    path          the values of the weight, first to last
    """
    path = np.asarray(path, dtype=float)
    here = path[-1]
    left, right = min(path.min(), here) - around, max(path.max(), here) + around
    w = np.linspace(left, right, 400)
    curve = np.array([cost(v) for v in w])
    figure, axes = _axes(xlabel=name, ylabel="cost C")
    axes.plot(w, curve, color=BLUE, label="cost")
    near = np.linspace(here - around / 2, here + around / 2, 2)
    axes.plot(near, cost(here) + slope(here) * (near - here), color=ORANGE, dashes=(5, 2),
              label=f"tangent, slope {slope(here):.3f}")
    axes.plot(path, [cost(v) for v in path], "o-", color=GREEN, markersize=4, linewidth=1, label="steps")
    margin = 0.1 * np.ptp(curve) or 1.0
    axes.set_ylim(curve.min() - margin, curve.max() + margin)
    axes.legend(frameon=False)
    return Picture(figure, f"The cost as a curve over {name} from {left:.1f} to {right:.1f}. {len(path) - 1} steps "
                           f"lead from {name} = {path[0]:.2f}, cost {cost(path[0]):.3f}, to {name} = {here:.2f}, cost "
                           f"{cost(here):.3f}, where the tangent has slope {slope(here):.3f}.")


def learning_curves(histories):
    """Cost and test accuracy after each epoch.  `histories`: label → History."""
    figure = Figure(figsize=(8.5, 3.4), layout="constrained")
    cost, right = figure.subplots(1, 2)
    for axes, label in ((cost, "cost"), (right, "test images right, in %")):
        axes.spines[["top", "right"]].set_visible(False)
        axes.set(xlabel="epochs", ylabel=label)
    told = []
    for (label, history), color, dashes in zip(histories.items(), (BLUE, RED, GREEN), ((1, 0), (5, 2), (1, 1))):
        cost.plot(history.cost, color=color, dashes=dashes, label=label)
        right.plot(range(1, len(history.accuracy) + 1), 100 * np.array(history.accuracy), color=color, dashes=dashes,
                   label=label)
        told.append(f"{label}: cost {history.cost[0]:.2f} to {history.cost[-1]:.3f}, "
                    f"{history.accuracy[0]:.1%} to {history.accuracy[-1]:.1%} right")
    cost.set_yscale("log")
    figure.legend(*right.get_legend_handles_labels(), loc="outside lower center", ncols=3, frameon=False)
    return Picture(figure, "Two plots over the epochs, cost on a logarithmic scale and share of test images right. "
                           + "; ".join(told) + ".")


def pictures(images, captions, shape, columns=8):
    """Small images side by side, each with a caption.  `images`: one row of pixels from 0 to 1 each."""
    rows = -(-len(images) // columns)
    figure = Figure(figsize=(1.0 * columns, 1.3 * rows), layout="constrained")
    for axes in np.ravel(figure.subplots(rows, columns, squeeze=False)):
        axes.axis("off")
    for axes, image, caption in zip(figure.axes, images, captions):
        axes.imshow(np.reshape(image, shape), cmap="gray_r", vmin=0, vmax=1)
        axes.set_title(caption, fontsize=9)
    return Picture(figure, f"{len(images)} small images of handwritten digits, captioned "
                           + ", ".join(map(str, captions)) + ".")


APART, BELOW, RADIUS, MARGIN = 2.1, 1.3, 0.28, np.array([0.5, 0.25])
"""Inches in the picture of a network: from layer to layer, from unit to unit, of a circle, around what is drawn."""


def network(given, values=None, *, letter="a", notation=DEFAULT):
    """Units as circles and connections as arrows, with the numbers of one sample where they are known.

    values    name → array: the inputs "X", the parameters and what `forward` gives, in the layout of the notation; for
              letter="delta" the error terms "delta1", "delta2", … as well
    letter    what stands in the circles: "a" for outputs; "delta" for error terms, where the arrows go back
    notation  a `Notation`, or the name of one in `conventions`
    """
    if letter not in _Drawing.COLORS:
        raise unknown_name("letter", letter, _Drawing.COLORS)
    if "" in getattr(checked_network(given).structure, "neurons", ()):
        raise InputError("A single neuron has no connections to draw; give a network made by dense(…) or graph(…).")
    drawn = _Drawing(checked_network(given), values or {}, letter, convention(notation))
    columns, connections = _columns(drawn.network), _connections(drawn.network)
    if letter == "delta":
        columns, connections = columns[1:], [c for c in connections if c[0] not in columns[0]]
    drawn.place = {unit: (APART * at, BELOW * ((len(column) - 1) / 2 - row))
                   for at, column in enumerate(columns) for row, unit in enumerate(column)}
    for connection in connections:
        drawn.connection(*connection)
    for unit in drawn.place:
        drawn.unit(unit)
    return Picture(drawn.trimmed(), drawn.alt(columns, connections))


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

    def __init__(self, network, values, letter, notation):
        self.network, self.values, self.letter, self.notation = network, values, letter, notation
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
            return quantity.mark[int(at) - 1] if quantity.mark else f"input {at}"
        return f"unit {at} of layer {quantity.mark}"

    def alt(self, columns, connections):
        what = {"a": "outputs", "delta": "error terms, going back"}[self.letter]
        rows = "; ".join(", ".join(f"{self.title(unit)} {self.number(self.shown(unit))}".strip() for unit in column)
                         for column in columns)
        lines = "; ".join(f"{self.title(sender)} to {self.title(receiver)} {self.number(weight)}".strip()
                          for sender, receiver, weight in connections)
        biases = [f"{self.title(unit)} {self.number(self.bias(unit))}".strip()
                  for unit in self.place if self.bias(unit)]
        return (f"A network as circles and arrows, with {what}. From left to right: {rows}. Weights: {lines}."
                + (f" Biases: {', '.join(biases)}." if biases else ""))


MARKERS = ((GREEN, "o-"), (RED, "s--"), (BLUE, "^:"))


def _panels(titles, width=2.9, height=2.6, share=True):
    """A row of plots, one for each title, on the same axes where they share them."""
    figure = Figure(figsize=(width * len(titles), height), layout="constrained")
    panels = figure.subplots(1, len(titles), sharex=share, sharey=share, squeeze=False)[0]
    for axes, title in zip(panels, titles):
        axes.spines[["top", "right"]].set_visible(False)
        axes.set_title(title, fontsize=10)
    return figure, panels


def descents(cost, paths, window, *, name="w"):
    """Steps of gradient descent on the curve of a cost, a small plot for each path.

    cost     function of one number
    paths    title → the values of the weight, first to last
    window   (left, right): the part of the curve that is drawn; steps that leave it are cut off
    """
    figure, panels = _panels(list(paths))
    w = np.linspace(*window, 200)
    curve = np.array([cost(v) for v in w])
    margin, told = 0.06 * np.ptp(curve), []
    for axes, (title, path) in zip(panels, paths.items()):
        axes.plot(w, curve, color=BLUE)
        axes.plot(path, [cost(v) for v in path], "o-", color=GREEN, markersize=4, linewidth=1)
        axes.plot(path[0], cost(path[0]), "s", color=RED, markersize=7)
        axes.set(xlabel=name, xlim=window, ylim=(curve.min() - margin, curve.max() + margin))
        told.append(f"{title}: {len(path) - 1} steps, " + ", ".join(f"{v:.2f}" for v in path[:4])
                    + f" … {path[-1]:.2f}")
    panels[0].set_ylabel("cost C")
    return Picture(figure, f"The cost as a curve over {name}, with steps downhill from a red square. "
                           + "; ".join(told) + ".")


def contours(cost, paths, window, *, names=("w1", "w2")):
    """Lines of equal cost over two weights, with the steps of one or more descents.

    cost     function of two numbers
    paths    label → the places visited, an array of shape (steps + 1, 2)
    window   ((left, right), (lower, upper)): the part that is drawn; steps that leave it are cut off
    """
    figure, axes = _axes(6, 3.8, xlabel=names[0], ylabel=names[1], xlim=window[0], ylim=window[1])
    u, v = (np.linspace(*ends, 80) for ends in window)
    height = np.array([[cost(at, up) for at in u] for up in v])
    levels = height.min() + np.ptp(height) * np.linspace(0.02, 1, 14)**2
    axes.contour(u, v, height, levels, colors="0.7", linewidths=0.8)
    told = []
    for (label, path), (color, style) in zip(paths.items(), cycle(MARKERS)):
        path = np.asarray(path)
        axes.plot(*path.T, style, color=color, markersize=4, linewidth=1.2, label=label)
        (start, end) = ("(" + ", ".join(f"{value:.2f}" for value in at) + ")" for at in (path[0], path[-1]))
        told.append(f"{label}: {_counted(len(path) - 1, 'step')} from {start}, cost {cost(*path[0]):.3g}, to {end}, cost "
                    f"{cost(*path[-1]):.3g}")
    figure.legend(loc="outside right upper", frameon=False)
    return Picture(figure, f"Lines of equal cost over {names[0]} and {names[1]}. " + "; ".join(told) + ".")


def chords(costs):
    """The cost on the way from one place to another, and the straight chord between its ends, a plot for each.

    costs   title → function of t, how far we have come: 0 at the one end, 1 at the other
    """
    figure, panels = _panels(list(costs), width=3.6, share=False)
    t, told = np.linspace(0, 1, 201), []
    for axes, (title, cost) in zip(panels, costs.items()):
        left, half, right = cost(0.0), cost(0.5), cost(1.0)
        axes.plot(t, [cost(at) for at in t], color=BLUE, label="cost")
        axes.plot([0, 1], [left, right], color=ORANGE, dashes=(5, 2), label="chord")
        axes.plot(0.5, half, "o", color=BLUE, markersize=7)
        axes.plot(0.5, (left + right) / 2, "D", color=ORANGE, markersize=6)
        axes.set(xlabel="way from one end to the other", xticks=[0, 0.5, 1])
        told.append(f"{title}: in the middle the cost is {half:.3f} and the chord {(left + right) / 2:.3f}")
    panels[0].set_ylabel("cost C")
    panels[-1].legend(frameon=False, fontsize=9)
    return Picture(figure, "The cost along a straight way as a curve, and the chord between its ends. "
                           + "; ".join(told) + ".")


def _counted(number, thing):
    return f"{number} {thing}" + "s" * (number != 1)


def _brief(number):
    return f"{number:,}" if isinstance(number, int) else f"{number:.2g}"


def growth(x, series, *, xlabel, ylabel):
    """How something grows: series on a logarithmic scale.  `series`: label → one number for each x."""
    figure, axes = _axes(xlabel=xlabel, ylabel=ylabel, yscale="log", xticks=x)
    for (label, values), (color, style) in zip(series.items(), cycle(MARKERS)):
        axes.plot(x, values, style, color=color, label=label)
    axes.legend(frameon=False)
    told = "; ".join(f"{label}: {_brief(values[0])} to {_brief(values[-1])}" for label, values in series.items())
    shown = f"{ylabel.capitalize()} on a logarithmic scale over {xlabel} from {x[0]} to {x[-1]}."
    return Picture(figure, f"{shown} {told}.")


def computational_graph(given, notes=()):
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
        axes.text(*at[name], name, ha="center", va="center", fontsize=10)
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


def curves(functions, window, *, xlabel, ylabel):
    """Functions of one number as curves.  `functions`: label → function of an array; `window`: (left, right)."""
    figure, axes = _axes(xlabel=xlabel, ylabel=ylabel)
    x, told = np.linspace(*window, 301), []
    for (label, function), (color, style) in zip(functions.items(), cycle(MARKERS)):
        y = function(x)
        axes.plot(x, y, style, color=color, label=label, markersize=4, markevery=25)
        told.append(f"{label}: from {y[0]:.2f} at {window[0]:g} to {y[-1]:.2f} at {window[1]:g}, "
                    f"lowest {y.min():.2f}, highest {y.max():.2f}")
    axes.legend(frameon=False)
    return Picture(figure, f"Curves of {ylabel} over {xlabel}. " + "; ".join(told) + ".")


def sweep(values, results, *, xlabel, ylabel):
    """What each of several values led to, both on logarithmic scales; the lowest is marked."""
    figure, axes = _axes(xlabel=xlabel, ylabel=ylabel, xscale="log", yscale="log")
    best = int(np.argmin(results))
    axes.plot(values, results, "o-", color=BLUE)
    axes.plot(values[best], results[best], "s", color=RED, markersize=9, label=f"lowest, at {values[best]:g}")
    axes.legend(frameon=False)
    told = "; ".join(f"{result:.2g} at {value:g}" for value, result in zip(values, results))
    return Picture(figure, f"{ylabel[0].upper()}{ylabel[1:]} over {xlabel}, both on logarithmic scales, lowest at "
                           f"{values[best]:g}: {told}.")


def influences(weights, captions, shape, columns=5):
    """The weights of units that see an image, as pictures: dark where ink speaks for a unit, light where against it.

    weights   one row for each unit, a weight for each pixel
    """
    weights, rows = np.asarray(weights), -(-len(weights) // columns)
    figure, strongest = Figure(figsize=(1.3 * columns + 1, 1.5 * rows), layout="constrained"), np.abs(weights).max()
    panels = figure.subplots(rows, columns, squeeze=False)
    told = []
    for axes in panels.flat:
        axes.axis("off")
    for axes, pixels, caption in zip(panels.flat, weights, captions):
        shown = axes.imshow(np.reshape(pixels, shape), cmap="gray_r", vmin=-strongest, vmax=strongest)
        axes.set_title(caption, fontsize=9)
        told.append(f"{caption}: {pixels.min():.2f} to {pixels.max():.2f}")
    bar = figure.colorbar(shown, ax=panels, shrink=0.8, ticks=[-strongest, 0, strongest])
    bar.ax.set_yticklabels(["ink speaks against", "no influence", "ink speaks for"], fontsize=8)
    return Picture(figure, f"The weights of {len(weights)} units as images, dark where ink speaks for the unit and "
                           "light where it speaks against it. " + "; ".join(told) + ".")


def confusion(counts):
    """A table of how often each class (row) was read as each class (column); mistakes are set off by a frame."""
    counts, n = np.asarray(counts), len(counts)
    figure, axes = _axes(5.2, 4.4, xlabel="read as", ylabel="is", xticks=range(n), yticks=range(n))
    axes.imshow(np.log1p(counts), cmap="Greys", vmax=2 * np.log1p(counts.max()))
    mistakes = counts - np.diag(np.diag(counts))
    for is_, read in np.ndindex(n, n):
        if counts[is_, read]:
            frame = {"edgecolor": RED, "facecolor": "none", "boxstyle": "square,pad=0.25"} if is_ != read else None
            axes.text(read, is_, counts[is_, read], ha="center", va="center", fontsize=9, bbox=frame)
    worst = [np.unravel_index(at, counts.shape) for at in np.argsort(-mistakes, axis=None, kind="stable")[:3]]
    told = "; ".join(f"{is_} read as {read}: {mistakes[is_, read]}" for is_, read in worst)
    return Picture(figure, f"A table of {n} classes: how often each was read as each. On the diagonal, right, "
                           f"{np.trace(counts)} of {counts.sum()}. The most frequent mistakes: {told}.")


def errors_over(series, xlabel, ylabel):
    """Errors on logarithmic axes.  `series`: label → (steps, errors); an error of 0 is drawn as 10⁻¹⁷."""
    figure, axes = _axes(xlabel=xlabel, ylabel=ylabel, xscale="log", yscale="log")
    told = []
    for (label, (steps, errors)), (color, style) in zip(series.items(), cycle(MARKERS)):
        errors = np.maximum(errors, 1e-17)
        axes.plot(steps, errors, style, color=color, label=label, markersize=4)
        best = int(np.argmin(errors))
        told.append(f"{label}: smallest, {errors[best]:.0e}, at {xlabel} = {steps[best]:.0e}")
    axes.legend(frameon=False)
    return Picture(figure, f"{ylabel[0].upper()}{ylabel[1:]} over {xlabel}, both on logarithmic scales. " + "; ".join(told) + ".")


def formula_picture(formulas, alt):
    """Formulas one below the other, each under its caption.  `formulas`: caption → LaTeX."""
    figure = Figure(figsize=(7, 1.1 * len(formulas)), layout="none")
    for row, (caption, latex) in enumerate(formulas.items()):
        top = 1 - row / len(formulas)
        figure.text(0.02, top - 0.06 / len(formulas), caption, fontsize=9, color="0.35", va="top")
        figure.text(0.02, top - 0.62 / len(formulas), f"${latex}$", fontsize=16, va="center")
    return Picture(figure, alt)
