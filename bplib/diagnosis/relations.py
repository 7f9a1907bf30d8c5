"""How an array is to the right one, without a table of mistakes: equal, a multiple, turned, constant, zero, …"""
import numpy as np

from .factors import Factors, fits


def relation(hers, right, parameter, run, tolerance, eta=None, layer=1, product=None):
    """In words how `hers` is to `right`, such as "4 times too large: the batch has 4 samples"; "" where nothing fits.

    product   Σ delta·a of the layer, for a bias: whose row sums may stand in its place
    """
    if hers.shape != right.shape:
        return f"has shape {hers.shape}, and its parameter has {right.shape}"
    allowed = tolerance * max(np.abs(hers).max(), np.abs(right).max())
    same = lambda one, other: bool((np.abs(one - other) <= allowed).all())  # noqa: E731
    if same(hers, 0 * right):
        return "is zero" if np.abs(right).max() > allowed else ""
    if right.ndim == 2 and right.shape[0] == right.shape[1] > 1 and same(hers, right.T):
        return "is the transpose of the right one"
    for words, found in (("", right), ("is turned and ", right.T if right.ndim == 2 else None)):
        factor = None if found is None or found.shape != hers.shape else _multiple(hers, found, tolerance)
        if factor is not None and (hers.size > 1 or Factors(run, eta, layer).of(factor, 1e-6)):
            return words + times(factor, run, eta, layer, tolerance)
    return _of_others(hers, right, parameter, run, tolerance, product)


def _multiple(hers, right, tolerance):
    size = float((right * right).sum())
    factor = float((hers * right).sum()) / size if size else np.nan
    fits_ = np.isfinite(factor) and (np.abs(hers - factor * right) <= tolerance * np.abs(hers).max()).all()
    return factor if fits_ else None


def times(factor, run, eta, layer, tolerance):
    """A factor in words."""
    known = Factors(run, eta, layer).of(factor, max(1e-6, 10 * tolerance))
    telling = [part for part in (known[0] if known else ()) if part.value not in (2, 0.5) or "factor" not in part.name]
    why = [part.why for part in telling]
    why = f": {' and '.join(why)}" if why else ""
    if abs(factor - 1) < 1e-4:
        return "differs by less than one part in ten thousand"
    if abs(factor + 1) < 1e-6:
        return "has the wrong sign: it is exactly −1 times the right one"
    size, sign = abs(factor), " and has the wrong sign" * (factor < 0)
    if size >= 1:
        return f"is exactly {size:.6g} times too large{sign}{why}"
    return f"is exactly {1 / size:.6g} times too small{sign}{why}"


def _of_others(hers, right, parameter, run, tolerance, product):
    if _multiple(hers, parameter, tolerance) is not None and hers.size > 1:
        return f"is {_multiple(hers, parameter, tolerance):.6g} times the parameter itself"
    limit = np.abs(hers).max()
    if np.abs(hers - np.clip(right, -limit, limit)).max() <= tolerance * limit:
        return f"is the right one, cut off at ±{limit:.6g}"
    if hers.size > 1 and np.ptp(hers) <= tolerance * np.abs(hers).max():
        return "is the same number in every place"
    if hers.ndim == 1 and product is not None and _multiple(hers, product.sum(1), tolerance) is not None:
        return "is the row sums of the weights' gradient"
    penalty = run.l2 if hers.ndim == 2 else 0.0
    found = fits(hers, right - penalty * parameter, parameter, penalty, tolerance, np.zeros(hers.shape), run.N)
    if found and hers.size > 3:
        f, c = found[0]
        return f"is {f:.6g} times what the data give, plus {c:.6g} times the parameter"
    return ""
