"""How precise numbers are: in which precision arrays are kept, and to how many digits two of them agree."""
import numpy as np

FEW = 4
"""From so many digits on, two arrays agree: single precision and difference quotients give no more than that and some."""

ROUNDED = 1e-9
"""What rounding may leave where an entry should be 0, as a part of the largest entry of the array."""

AGREES = "the gradient agrees with the right one to {} digits, and no mistake that is known explains the rest."
AS_MANY = ("As many as single precision, a difference quotient, or numbers copied from a printout give; formulas computed in "
           "float64 give twelve or more.")
HALF = "float16 keeps 3 digits, too few for this gradient. Compute it in float64, from parameters in float64."


def in_half(arrays) -> bool:
    """Whether an array is kept in half precision."""
    return any(array.dtype == np.float16 for array in arrays)


def near(hers, right) -> dict:
    """Name → to how many digits an array agrees with the right one, where it is `FEW` and more, or, beside one of those,
    one less."""
    found = {name: digits(array, right[name]) for name, array in hers.items()}
    few = FEW - any(FEW <= number < np.inf for number in found.values())
    return {name: int(number) for name, number in found.items() if few <= number < np.inf}


def digits(hers, right) -> float:
    """To how many digits two arrays agree: beside the largest entries in the same row and column; ∞ where they are equal."""
    if hers.shape != right.shape or not np.isfinite(hers).all() or not np.isfinite(right).all():
        return 0.0
    sizes = np.abs(right)
    off = np.abs(hers - right) - ROUNDED * sizes.max(initial=0)
    beside = np.min([np.broadcast_to(sizes.max(axis, keepdims=True), sizes.shape) for axis in range(sizes.ndim)] or [sizes],
                    axis=0)
    if not (off > 0).any():
        return np.inf
    with np.errstate(all="ignore"):
        return float(max(0.0, -np.log10((off[off > 0] / beside[off > 0]).max())))
