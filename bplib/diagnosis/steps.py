"""A step of training instead of a gradient: what it moved each parameter by, over η, is the gradient that it used."""
import numpy as np

from ..errors import InputError
from .arrays import Unreadable
from .calling import called
from .given import Given
from .names import leaves
from .parameters import complaints


class Step:
    """Her step, and the gradient that it takes.

    eta      the step size; where it was not told, 1 and `known` is False
    after    our parameters after the step;  given   name → `Given`
    depends  whether the gradient depends on η, None where that cannot be tried;  changed  in place
    """

    def __init__(self, reading, after, eta, depends=None, changed=False):
        self.eta, self.known, self.after, self.depends, self.changed = eta or 1.0, bool(eta), after, depends, changed
        self.given = {name: self._moved(reading.parameters[name], array) for name, array in after.items()}

    def _moved(self, old, new):
        precision = max(np.finfo(array.dtype).eps for array in (old, new))
        slack = 2 * precision * np.maximum(np.abs(old), np.abs(new)) / abs(self.eta)
        gradient = (old.astype(float) - new.astype(float)) / self.eta
        return Given(gradient, gradient, "", slack)


def after_step(step, raw, X, Y, eta):
    """Her parameters after one call of her step: what it returns, or what it left in the ones it was given."""
    result, own = called(step, raw, X, Y, eta)
    if isinstance(result, tuple) and result and not isinstance(raw, tuple):
        result = next((part for part in result if isinstance(part, (dict, list))), result)
    return result if isinstance(result, (dict, list, tuple)) or result is not None and np.ndim(result) else own


def read_after(raw_after, reading, network):
    """Parameters after a step in our layout, in the form of those before it."""
    try:
        found = leaves(raw_after)
    except Unreadable as error:
        raise InputError(f"The parameters after the step: {error}.") from error
    ways = dict((form.__class__(form.weight, form.bias, form.order, form.columns), own)
                for form, own in _all_ways(found, network))
    if reading.form in ways:
        return ways[reading.form]
    if not ways:
        raise InputError("The parameters after the step do not fit: " + " ".join(complaints(found, network)))
    return next(iter(ways.values()))


def _all_ways(found, network):
    """As `read_parameters`, but with ways that give the same arrays, since one of them is that of before."""
    from .parameters import _read, arranged, candidates
    for form in candidates(found, network):
        own = _read(arranged(found, form, network), form, network)
        if own:
            yield form, own
