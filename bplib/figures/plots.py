"""Curves: costs, steps of descent, learning, growth, errors."""
from itertools import cycle

import numpy as np
from matplotlib.figure import Figure

from ..languages import current
from .picture import BLUE, GREEN, MARKERS, ORANGE, RED, Picture, blank_axes, blank_panels

LAW_DASHES = ((6, 2), (1, 1.5), (6, 2, 1, 2))


def cost_curve(cost, slope, path=(), *, around=3.0, name="w") -> Picture:
    """The cost over one weight, its tangent at the last point of a path, and the steps of the path.

    cost, slope   functions of one number: the cost and its derivative
    path          the values of the weight, first to last
    """
    path = np.asarray(path, dtype=float)
    here = path[-1]
    left, right = min(path.min(), here) - around, max(path.max(), here) + around
    w = np.linspace(left, right, 400)
    curve = np.array([cost(v) for v in w])
    language = current()
    figure, axes = blank_axes(xlabel=name, ylabel=language.phrase("cost C"))
    axes.plot(w, curve, color=BLUE, label=language.phrase("cost C"))
    near = np.linspace(here - around / 2, here + around / 2, 2)
    axes.plot(near, cost(here) + slope(here) * (near - here), color=ORANGE, dashes=(5, 2),
              label=f"{language.phrase('tangent, slope')} {slope(here):.3f}")
    axes.plot(path, [cost(v) for v in path], "o-", color=GREEN, markersize=4, linewidth=1, label=language.phrase("steps"))
    margin = 0.1 * np.ptp(curve) or 1.0
    axes.set_ylim(curve.min() - margin, curve.max() + margin)
    axes.legend(frameon=False)
    told = language.phrase(
        "The cost as a curve over {name} from {left} to {right}. {n} steps lead from {start}, cost {before}, to {end}, "
        "cost {after}, where the tangent has slope {slope}.", name=name, left=f"{left:.1f}", right=f"{right:.1f}",
        n=len(path) - 1, start=f"{name} = {path[0]:.2f}", before=f"{cost(path[0]):.3f}", end=f"{name} = {here:.2f}",
        after=f"{cost(here):.3f}", slope=f"{slope(here):.3f}")
    return Picture(figure, told, language)


def descents(cost, paths, window, *, name="w") -> Picture:
    """Steps of gradient descent on the curve of a cost, a small plot for each path.

    cost     function of one number
    paths    title → the values of the weight, first to last
    window   (left, right): the part of the curve that is drawn; steps that leave it are cut off
    """
    figure, panels = blank_panels(list(paths))
    w = np.linspace(window[0], window[1], 200)
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


def chords(costs) -> Picture:
    """The cost on the way from one place to another, and the straight chord between its ends, a plot for each.

    costs   title → function of t, how far we have come: 0 at the one end, 1 at the other
    """
    figure, panels = blank_panels(list(costs), width=3.6, share=False)
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


def contours(cost, paths, window, *, names=("w1", "w2")) -> Picture:
    """Lines of equal cost over two weights, with the steps of one or more descents.

    cost     function of two numbers
    paths    label → the places visited, an array of shape (steps + 1, 2)
    window   ((left, right), (lower, upper)): the part that is drawn; steps that leave it are cut off
    """
    figure, axes = blank_axes(6, 3.8, xlabel=names[0], ylabel=names[1], xlim=window[0], ylim=window[1])
    u, v = (np.linspace(left, right, 80) for left, right in window)
    height = np.array([[cost(at, up) for at in u] for up in v])
    levels = height.min() + np.ptp(height) * np.linspace(0.02, 1, 14)**2
    axes.contour(u, v, height, levels, colors="0.7", linewidths=0.8)
    told = []
    for (label, path), (color, style) in zip(paths.items(), cycle(MARKERS)):
        path = np.asarray(path)
        axes.plot(*path.T, style, color=color, markersize=4, linewidth=1.2, label=label)
        (start, end) = ("(" + ", ".join(f"{value:.2f}" for value in at) + ")" for at in (path[0], path[-1]))
        told.append(f"{label}: {_counted(len(path) - 1, 'step')} from {start}, cost {cost(*path[0]):.3g}, "
                    f"to {end}, cost {cost(*path[-1]):.3g}")
    figure.legend(loc="outside right upper", frameon=False)
    return Picture(figure, f"Lines of equal cost over {names[0]} and {names[1]}. " + "; ".join(told) + ".")


def learning_curves(histories, of: str = "test images") -> Picture:
    """Cost and accuracy after each epoch.  `histories`: label → History; `of`: what the accuracy was measured on."""
    figure = Figure(figsize=(8.5, 3.4), layout="constrained")
    cost, right = figure.subplots(1, 2)
    for axes, label in ((cost, "cost"), (right, f"{of} right, in %")):
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
    return Picture(figure, f"Two plots over the epochs, cost on a logarithmic scale and share of {of} right. "
                           + "; ".join(told) + ".")


def _counted(number, thing):
    return f"{number} {thing}" + "s" * (number != 1)


def _brief(number):
    return f"{number:,}" if isinstance(number, int) else f"{number:.2g}"


def growth(x, series, *, xlabel, ylabel) -> Picture:
    """How something grows: series on a logarithmic scale.  `series`: label → one number for each x."""
    figure, axes = blank_axes(xlabel=xlabel, ylabel=ylabel, yscale="log", xticks=x)
    for (label, values), (color, style) in zip(series.items(), cycle(MARKERS)):
        axes.plot(x, values, style, color=color, label=label)
    axes.legend(frameon=False)
    told = "; ".join(f"{label}: {_brief(values[0])} to {_brief(values[-1])}" for label, values in series.items())
    shown = f"{ylabel.capitalize()} on a logarithmic scale over {xlabel} from {x[0]} to {x[-1]}."
    return Picture(figure, f"{shown} {told}.")


def curves(functions, window, *, xlabel, ylabel) -> Picture:
    """Functions of one number as curves.  `functions`: label → function of an array; `window`: (left, right)."""
    figure, axes = blank_axes(xlabel=xlabel, ylabel=ylabel)
    x, told = np.linspace(window[0], window[1], 301), []
    for (label, function), (color, style) in zip(functions.items(), cycle(MARKERS)):
        y = function(x)
        axes.plot(x, y, style, color=color, label=label, markersize=4, markevery=25)
        told.append(f"{label}: from {y[0]:.2f} at {window[0]:g} to {y[-1]:.2f} at {window[1]:g}, "
                    f"lowest {y.min():.2f}, highest {y.max():.2f}")
    axes.legend(frameon=False)
    return Picture(figure, f"Curves of {ylabel} over {xlabel}. " + "; ".join(told) + ".")


def sweep(values, results, *, xlabel, ylabel) -> Picture:
    """What each of several values led to, both on logarithmic scales; the lowest is marked."""
    figure, axes = blank_axes(xlabel=xlabel, ylabel=ylabel, xscale="log", yscale="log")
    best = int(np.argmin(results))
    axes.plot(values, results, "o-", color=BLUE)
    axes.plot(values[best], results[best], "s", color=RED, markersize=9, label=f"lowest, at {values[best]:g}")
    axes.legend(frameon=False)
    told = "; ".join(f"{result:.2g} at {value:g}" for value, result in zip(values, results))
    return Picture(figure, f"{ylabel[0].upper()}{ylabel[1:]} over {xlabel}, both on logarithmic scales, lowest at "
                           f"{values[best]:g}: {told}.")


def errors_over(series, xlabel, ylabel, laws=()) -> Picture:
    """Errors on logarithmic axes; an error of 0 is drawn as 10⁻¹⁷.

    series   label → (steps, errors)
    laws     label → (steps, errors): what theory expects, as thin grey lines, cut off where the series end
    """
    figure, axes = blank_axes(8 if laws else 6, xlabel=xlabel, ylabel=ylabel, xscale="log", yscale="log")
    told = []
    for (label, (steps, errors)), (color, style) in zip(series.items(), cycle(MARKERS)):
        errors = np.maximum(errors, 1e-17)
        axes.plot(steps, errors, style, color=color, label=label, markersize=4)
        best = int(np.argmin(errors))
        told.append(f"{label}: smallest, {errors[best]:.0e}, at {xlabel} = {steps[best]:.0e}")
    axes.set(xlim=axes.get_xlim(), ylim=axes.get_ylim())
    for (label, law), dashes in zip(dict(laws).items(), cycle(LAW_DASHES)):
        axes.plot(*law, color="0.3", linewidth=1.3, dashes=dashes, label=label)
    axes.legend(frameon=False, **({"loc": "center left", "bbox_to_anchor": (1, 0.5)} if laws else {}))
    lines = [f"{label}, from {law[1][0]:.0e} to {law[1][-1]:.0e}" for label, law in dict(laws).items()]
    expected = f" Grey lines: {'; '.join(lines)}." if lines else ""
    shown = f"{ylabel[0].upper()}{ylabel[1:]} over {xlabel}, both on logarithmic scales."
    return Picture(figure, f"{shown} {'; '.join(told)}.{expected}")
