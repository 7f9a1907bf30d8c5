"""Pictures made of pixels and cells: images, what weights look at, tables of mistakes."""
import numpy as np
from matplotlib.figure import Figure

from .picture import RED, Picture, blank_axes


def pictures(images, captions, shape, columns=8) -> Picture:
    """Small images side by side, each with a caption.  `images`: one row of pixels from 0 to 1 each."""
    columns = min(columns, len(images))
    rows = -(-len(images) // columns)
    figure = Figure(figsize=(1.0 * columns, 1.3 * rows), layout="constrained")
    for axes in np.ravel(figure.subplots(rows, columns, squeeze=False)):
        axes.axis("off")
    for axes, image, caption in zip(figure.axes, images, captions):
        axes.imshow(np.reshape(image, shape), cmap="gray_r", vmin=0, vmax=1)
        axes.set_title(caption, fontsize=9)
    return Picture(figure, f"{len(images)} small images of handwritten digits, captioned "
                           + ", ".join(map(str, captions)) + ".")


def influences(weights, captions, shape, columns=5) -> Picture:
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


def confusion(counts) -> Picture:
    """A table of how often each class (row) was read as each class (column); mistakes are set off by a frame."""
    counts, n = np.asarray(counts), len(counts)
    figure, axes = blank_axes(5.2, 4.4, xlabel="read as", ylabel="is", xticks=range(n), yticks=range(n))
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
