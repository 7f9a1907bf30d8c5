"""Her cost, her outputs and her numerical gradient beside ours."""
import numpy as np

from .backward import function_of
from .factors import Factors
from .result import Finding

CHECK = "10-is-my-gradient-right"


def cost_compared(hers, run, ours):
    """Her cost beside ours: a list of `Finding`s."""
    hers = float(hers.sum())  # of a cost that came as an array
    if not np.isfinite(hers) or abs(hers - ours) <= 1e-6 * max(abs(ours), abs(hers)):
        return [] if np.isfinite(hers) else [_cost_found("Your cost is not finite: a logarithm of 0, or numbers that "
                                                         "overflow. Compute ln a from z.")]
    penalty = run.l2 / 2 * sum(float((W**2).sum()) for W in run.W[1:])
    ratio = hers / ours if ours else np.inf
    known = Factors(run).of(ratio, 1e-5)
    words = {2.0: "twice ours", 0.5: "half of ours", -1.0: "ours with the wrong sign"}
    if known:
        shown = next((word for value, word in words.items() if abs(ratio - value) < 1e-5), f"{ratio:.6g} times ours")
        why = " and ".join(part.why for part in known[0] if part.why not in ("twice", "half", "the sign is turned"))
        return [_cost_found(f"Your cost is {shown}" + f" ({why})" * bool(why) + _table_of_pairs(hers, run, ours))]
    if penalty and abs(hers - ours + penalty) <= 1e-6 * abs(ours):
        return [_cost_found("Your cost lacks the penalty on the weights")]
    return [_cost_found(f"Your cost is {hers:.6g}, that of these equations {ours:.6g}, {ratio:.4g} times as much"
                        + _table_of_pairs(hers, run, ours))]


def _cost_found(sentence):
    end = "" if sentence.endswith(".") else ". The gradient belongs to the cost of these equations; compare them."
    return Finding("the cost is another one", sentence + end, CHECK, "What a check misses")


def _table_of_pairs(hers, run, ours):
    """Whether a product of two tables has added up every target with every output."""
    a, y = run.a[-1], run.Y
    with np.errstate(all="ignore"):
        logs = np.log(a), np.log(1 - a)
    pairs = [-(y @ logs[0].T).sum(), -(y @ logs[0].T + (1 - y) @ logs[1].T).sum(), ((a[:, None] - y[None]) ** 2).sum()]
    if a.shape[1] == 1 and any(abs(pair * share - hers) <= 1e-6 * abs(hers) for pair in pairs
                               for share in (1, run.share, run.share / run.N)):
        return ": a product of arrays adds up each target with every output, a table of all pairs of samples"
    return ""


OTHERS = ("identity", "sigmoid", "tanh", "relu", "softmax")


def outputs_compared(hers, run, columns):
    """Her outputs beside ours: a list of `Finding`s."""
    from ..activations import activation
    hers, ours = hers.astype(float), run.a[-1]
    hers = hers.T if columns and hers.ndim == 2 else hers
    hers = hers.reshape(ours.shape) if hers.size == ours.size and hers.shape != ours.shape[::-1] else hers
    tolerance = 1e-6 * np.abs(ours).max()
    if hers.shape != ours.shape:
        return [_output_found(f"Your outputs have shape {hers.shape}; expected is {ours.shape}")]
    if np.abs(hers - ours).max() <= tolerance:
        return []
    for name in OTHERS:
        if np.abs(hers - function_of(activation(name))(run.z[-1])).max() <= tolerance:
            return [_output_found(f"Your outputs are {name} of the last weighted sums, not {run.rows[-1].name}")]
    with np.errstate(all="ignore"):
        over_samples = np.exp(run.z[-1] - run.z[-1].max(0)) / np.exp(run.z[-1] - run.z[-1].max(0)).sum(0)
        over_all = np.exp(run.z[-1] - run.z[-1].max()) / np.exp(run.z[-1] - run.z[-1].max()).sum()
    for what, array in (("each output over the samples", over_samples), ("all outputs of all samples", over_all)):
        if np.abs(hers - array).max() <= tolerance:
            return [_output_found(f"Your softmax normalises {what}; it belongs to the outputs of each sample (axis)")]
    most = np.abs(hers - ours).max()
    return [_output_found(f"Your outputs differ from those of these equations by up to {most:.3g}")]


def _output_found(sentence):
    return Finding("the forward pass is another one", sentence + ". The two have to agree before gradients can.",
                   "05-layers-and-indices", "Reading the indices")


def numeric_compared(hers, run, right):
    """Her numerical gradient beside the right one: dict or array of entries; a list of `Finding`s."""
    wrong = {name: array for name, array in hers.items() if not _near(array, right[name])}
    if not wrong:
        return []
    shown = ", ".join(f"d{name}" for name in wrong)
    return [Finding("the numerical gradient is wrong", f"Your numerical gradient is not that of the cost in {shown}"
                    + _why_numeric(wrong, run, right), CHECK, "False alarms")]


def _near(one, other):
    return one.shape == other.shape and np.abs(one - other).max() <= 1e-3 * max(np.abs(other).max(), 1e-12)


def _why_numeric(wrong, run, right):
    if all(not array.any() for array in wrong.values()):
        return (": it is 0. Do “plus” and “minus” share one array? x_plus = x is no copy; or is the step rounded away "
                "in an array of integers?")
    if all(_near(array, _of_outputs(name, run)) for name, array in wrong.items()):
        return ": it is the derivative of the network's output. Put the cost, with the target, in its place."
    ratios = [float(array.sum() / right[name].sum()) for name, array in wrong.items() if right[name].sum()]
    if ratios and np.ptp(ratios) < 1e-3 * abs(ratios[0]):
        return f": it is {ratios[0]:.4g} times the right one. (C(w + ε) − C(w − ε)) is divided by 2ε."
    return ": is C(w + ε) computed on a copy in which one entry has moved, in floats, with ε near 1e-5?"


def _of_outputs(name, run):
    """Σ over samples and outputs of the derivatives of the outputs, by one parameter."""
    delta = run.through(run.depth, np.ones_like(run.a[-1]))
    for layer in range(run.depth, int(name[1:]), -1):
        delta = run.through(layer - 1, delta @ run.W[layer])
    return delta.T @ run.a[int(name[1:]) - 1] if name[0] == "W" else delta.sum(0)
