"""Right, wrong, or not to be decided: each array of hers by `gradient_check`, which knows what rounding may do."""
import warnings

import numpy as np

from ..gradcheck import gradient_check
from ..report import FAILED, OPEN, PASSED

RIGHT, WRONG, UNDECIDED = "right", "wrong", "cannot be decided"
NUMERICAL = 1e-5
"""Relative differences up to this are what a finite difference leaves; they are no mistake in a formula."""


class Judged:
    """verdicts   array → RIGHT, WRONG or UNDECIDED;  reasons   array → why it cannot be decided;  check   the report
    right      the right gradient: name → array in our layout
    """

    def __init__(self, functions, reading, given):
        self.given = given
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self.right = functions.gradients(reading.parameters_float, reading.X, reading.Y)
            whole = {name: _floats(given[name].array, self.right[name]) if name in given and given[name].finite
                     else self.right[name] for name in self.right}
            self.check = gradient_check(functions, reading.parameters_float, reading.X, reading.Y, gradients=whole,
                                        entries=4)
        self.reasons = {}
        self.verdicts = {name: self._verdict(name) for name in self.right if name in given}

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
        off = np.abs(given.array - right) - given.slack - 1e-6 * np.abs(right)
        if (off > 0).any():
            return FAILED
        if np.max(given.slack) <= 1e-4 * np.abs(right).max():
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
