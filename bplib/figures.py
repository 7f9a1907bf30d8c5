"""Pictures for the notebooks, each with a text that says what it shows.

Colours are those of Okabe and Ito, told apart by colour-blind people too; lines differ in dash or marker as well.
"""
from io import BytesIO

import numpy as np
from matplotlib.figure import Figure

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
    figure = Figure(figsize=(8.5, 3.2), layout="constrained")
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
    right.legend(frameon=False)
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
