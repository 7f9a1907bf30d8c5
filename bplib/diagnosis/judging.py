"""Right, wrong, or not to be decided: each array of hers by `gradient_check`, which knows what rounding may do."""
import warnings

import numpy as np

from ..gradcheck import gradient_check
from ..report import FAILED, OPEN, PASSED
from .precision import AGREES, in_half, near

RIGHT, WRONG, UNDECIDED = "right", "wrong", "cannot be decided"


class Judged:
    """verdicts   array → RIGHT, WRONG or UNDECIDED;  reasons   array → why it cannot be decided;  check   the report
    right      the right gradient: name → array in our layout
    near       wrong arrays that are `near` the right ones: name → to how many digits
    half, single   whether something of hers is kept in half, in half or single precision
    """

    def __init__(self, functions, reading, given):
        self.given, self.single = given, _in_single(given) or any(
            array.dtype.itemsize < 8 for array in reading.parameters.values())
        self.half = in_half([*(one.raw for one in given.values()), *reading.parameters.values(), reading.samples.X])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self.right = functions.gradients(reading.parameters_float, reading.X, reading.Y)
            self.check = self._checked(functions, reading, None)
            if self.check.failed and not self.half and (self.single or all(map(_holds_single, reading.parameters.values()))):
                self.check = self._checked(functions, reading, np.float32)
        self.reasons = {}
        self.verdicts = {name: self._verdict(name) for name in self.right if name in given}
        self.near = near({name: given[name].array for name in self.wrong if given[name].finite}, self.right)
        self.softened = False

    def soften(self):
        """Arrays that agree to some digits are not called wrong, where no mistake explains the rest."""
        self.softened = self.single = True
        self.verdicts |= dict.fromkeys(self.near, UNDECIDED)
        self.reasons |= {name: AGREES.format(number) for name, number in self.near.items()}

    def _checked(self, functions, reading, dtype):
        whole = {**self.right, **{name: _floats(one.array, self.right[name]) for name, one in self.given.items()
                                  if one.finite}}
        dtype = np.float16 if self.half else dtype
        whole = {name: array.astype(dtype or array.dtype) for name, array in whole.items()}
        return gradient_check(functions, reading.parameters_float, reading.X, reading.Y, gradients=whole, entries=4)

    def _verdict(self, name):
        given = self.given[name]
        if given.odd or not given.finite:
            return self._of_odd(name, given)
        verdict = self.check.verdicts[name]
        if verdict == OPEN:
            self.reasons[name] = self.check.reasons[name]
        if verdict == FAILED and np.any(given.slack):
            verdict = self._with_slack(name, given)
        return {PASSED: RIGHT, FAILED: WRONG, OPEN: UNDECIDED}[verdict]

    def _of_odd(self, name, given):
        if given.array is None or not np.isfinite(given.array).all() and np.isfinite(self.right[name]).all():
            return WRONG if given.array is None or not self._overflowed() else UNDECIDED
        return WRONG

    def _overflowed(self):
        """Whether the right gradient is where rounding decides, so that nan may be the fault of the numbers."""
        return OPEN in self.check.verdicts.values()

    def _with_slack(self, name, given):
        """The verdict where the way in which it was handed over has rounded, too."""
        right = self.right[name]
        allowed = [one.allowed for one in self.check.comparisons[name].values() if one.known]
        rounding = min(allowed, default=0.0) * np.abs(right).max()  # that of an exact method
        off = np.abs(given.array - right) - given.slack - rounding - 1e-6 * np.abs(right)
        if (off > 0).any():
            return FAILED
        if np.max(given.slack) + rounding <= 1e-4 * np.abs(right).max():
            return PASSED
        self.reasons[name] = ("what the step moved is as small as the rounding of the parameters. Take a larger η, or "
                              "parameters in float64.")
        return OPEN

    @property
    def wrong(self):
        return [name for name, verdict in self.verdicts.items() if verdict == WRONG]

    @property
    def verdict(self):
        """True, False or None, over all arrays that are there."""
        if self.wrong:
            return False
        return None if UNDECIDED in self.verdicts.values() else True


def _floats(array, like):
    return np.asarray(array, array.dtype if array.dtype.kind == "f" else float).reshape(like.shape)


def _in_single(given):
    """Whether an array of hers is in single precision, or holds only numbers of it: then some of her program is."""
    return any(one.raw.dtype.itemsize < 8 or one.raw.any() and _holds_single(one.raw) for one in given.values())


def _holds_single(array):
    with np.errstate(over="ignore"):
        return bool((array.astype(np.float32) == array).all())
