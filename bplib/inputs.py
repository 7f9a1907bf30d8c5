"""Checks of what a learner hands over: a clear error with both shapes instead of a silent broadcast."""
import math
import unicodedata
from collections.abc import Mapping
from fractions import Fraction
from numbers import Real
from operator import index

import numpy as np

from .errors import InputError, warn_caller

ROUNDING = 1e-9
"""How far targets may lie beside 0 and 1 and still be meant to be there."""


def checked_number(name, given, *, above=None, least=None, below=None):
    """A finite real number within limits, as an int or a float."""
    limits = [f"{sign} {limit}" for sign, limit in ((">", above), ("≥", least), ("<", below)) if limit is not None]
    if (not isinstance(given, Real) or isinstance(given, bool) or not _is_finite(given)
            or above is not None and given <= above or least is not None and given < least
            or below is not None and given >= below):
        raise InputError(f"{name} is a number {' and '.join(limits)}".rstrip() + f"; given: {_short(given)}.")
    return int(given) if isinstance(given, int) else float(given)


def _is_finite(number):
    """Whether a number is one that floats can hold."""
    try:
        return math.isfinite(float(number))
    except OverflowError:
        return False


def _short(given):
    """What was given, in a line: some ints have thousands of digits."""
    if isinstance(given, int) and abs(given) >= 10**20:
        return f"an int of {math.ceil(given.bit_length() * math.log10(2))} digits"
    return repr(given)


def folded(name: str) -> str:
    """A name as Python reads it (NFKC): it takes the micro sign for the Greek letter mu, and é in one character or two
    for the same."""
    return unicodedata.normalize("NFKC", name)


def checked_whole(name, given, least):
    """A whole number of at least `least`, as an int."""
    try:
        number = index(given)
    except TypeError:
        number = None
    if number is None or isinstance(given, (bool, np.bool_)) or number < least:
        raise InputError(f"{name} is a whole number, at least {least}; given: {given!r}.")
    return number


def as_written(number):
    """A number as a person would write it: 1 for 1.0, a simple fraction such as 1/2, otherwise as it is."""
    fraction = Fraction(number).limit_denominator(4)
    return fraction if float(fraction) == float(number) else float(number)


def checked_parameters(network, parameters, what="Parameters", of=""):
    """The arrays of a dict of parameters, in the network's order: float arrays of the right shapes, all finite.

    what, of   how messages call the dict, and what they say before the name of an array ("the gradient of ")
    """
    if not isinstance(parameters, Mapping):
        hint = " Write history.parameters." if type(parameters).__name__ == "History" else ""
        raise InputError(f"{what} are a dict such as {{{network.parameters[0]!r}: array, …}}; "
                         f"given: {type(parameters).__name__}.{hint}")
    parameters = {folded(name) if isinstance(name, str) else name: array for name, array in parameters.items()}
    missing = [name for name in network.parameters if name not in parameters]
    unknown = [name for name in parameters if name not in network.parameters]
    if missing or unknown:
        raise InputError(f"{what} are given by name: " + ", ".join(network.parameters) + "."
                         + (f" Missing: {', '.join(missing)}." if missing else "")
                         + (f" Unknown: {', '.join(map(str, unknown))}." if unknown else ""))
    return [_parameter(name, parameters[name], network.shape(name), network.axes, of) for name in network.parameters]


def _parameter(own_name, given, shape, axes, of):
    name = of + own_name
    array = as_array(name, given)
    if array.dtype.kind in "iub":
        why = "a gradient has" if of else "a parameter changes by fractions, so it has"
        raise InputError(f"{name} holds {array.dtype} numbers; {why} to hold floats. Write {own_name}.astype(float), "
                         "or 1.0 instead of 1.")
    if array.dtype.kind != "f":
        raise InputError(f"{name} holds {array.dtype} values; expected is an array of floats of shape {shape}."
                         + _as_numbers(own_name, array))
    if array.shape != shape:
        raise InputError(f"{name} has shape {array.shape}; this network needs {shape}"
                         + (f" ({axes})." if len(shape) == 2 else ".")
                         + (f" {own_name}.T would fit." if array.T.shape == shape != array.shape else ""))
    return _finite(name, _as_floats(array))


def checked_samples(network, samples, wanted):
    """The arrays of inputs and, where `wanted`, of targets: floats (labels: ints), the same number of samples.

    Where the loss has no targets, None stands for them, given and returned.
    """
    if len(samples) == 2 and network.targets is None:
        if samples[1] is not None:
            raise InputError(f"The loss {network.options.loss.name!r} has no targets: leave Y out.")
        return [checked_inputs(network, samples[0]), None][:len(wanted)]
    if len(samples) != len(wanted):
        hint = " Names of arrays come as with_respect_to=…." if any(isinstance(one, str) for one in samples) else ""
        raise InputError(f"After the parameters come {' and '.join('XY'[:len(wanted)])}; "
                         f"given: {len(samples)} array(s).{hint}")
    if not samples:
        return []
    x = checked_inputs(network, samples[0])
    return [x, *(checked_targets(network, y, x.shape[_along(network.shape("x"))]) for y in samples[1:])]


def _along(shape):
    """The axis of a shape along which the samples stand."""
    return shape.index("N")


def checked_inputs(network, X):
    """X as a float array of shape (N, n_0), or as the layout of the network asks; (N,) for a single neuron."""
    return _samples("X" if len(network.shape("x")) == 2 else "x", X, network.shape("x"))


def checked_targets(network, Y, samples):
    """Y as a float array in the shape of the outputs, or labels as ints 0 … classes − 1, for so many samples."""
    expected = network.shape(network.targets.name)
    if Y is None:
        what = "labels" if network.targets.kind == "c" else "targets"
        shape = _shown(tuple(samples if n == "N" else n for n in expected))
        raise InputError(f"Y is missing (None): the loss {network.options.loss.name!r} needs the {what} of the "
                         f"samples, an array of shape {shape}.")
    if network.targets.kind == "c":
        return _labels(Y, samples, next(n for n in network.shape("y") if n != "N"))
    array = _samples("Y" if len(expected) == 2 else "y", Y, expected, samples)
    if network.options.loss.targets == "distribution":
        return _distributions(network.options.loss.name, array, 1 - _along(expected))
    if network.options.loss.targets == "probability" and not (-ROUNDING <= array.min() <= array.max() <= 1 + ROUNDING):
        warn_caller(f"{network.options.loss.name} is made for targets from 0 to 1; given: {array.min():.10g} to "
                    f"{array.max():.10g}. Its cost may have no minimum.")
    return array


def _distributions(loss, array, axis):
    sums = array.sum(axis=axis)
    worst = int(np.abs(sums - 1).argmax())
    if abs(sums[worst] - 1) > 1e-6 or array.min() < 0:
        raise InputError(f"{loss} takes targets that are probabilities, none negative and adding up to 1 for each "
                         f"sample; sample {worst} adds up to {sums[worst]:g}, the smallest entry is {array.min():g}.")
    return array / np.expand_dims(sums, axis)


def _samples(name, given, expected, samples="N"):
    return _finite(name, _as_floats(_shaped(name, given, expected, samples)))


def _shaped(name, given, expected, samples="N"):
    """An array of real numbers in the expected shape, of the type in which it was given."""
    at = _along(expected)
    shape = tuple(samples if n == "N" else n for n in expected)
    array = as_array(name, given)
    if array.ndim == 0 and len(shape) == 1:
        array = array.reshape(1)
    if array.dtype.kind not in "fiub":
        raise InputError(f"{name} holds {array.dtype} values; it has to hold real numbers." + _as_numbers(name, array))
    if array.ndim != len(shape) or any(n != m for n, m in zip(array.shape, shape) if m != "N"):
        hint = ""
        if array.ndim == 1 and len(shape) == 2 and array.size:
            one, all_ = ("[:, None]", "[None, :]") if at == 0 else ("[None, :]", "[:, None]")
            hint = (f" For one value a sample write {name}{one}." if shape[1 - at] == 1
                    else f" For a single sample write {name}{all_}." if array.size == shape[1 - at] else "")
        raise InputError(f"{name} has shape {array.shape}; expected is {_shown(shape)}, "
                         f"one {('row', 'column')[at]} a sample.{hint}")
    if array.shape[at] == 0:
        raise InputError(f"{name} is empty: a batch has at least one sample.")
    return array


BLOCK = 100_000
"""Numbers that are checked at a time where the data are not to be copied."""


def inputs_as_given(network, X, dtype="float64"):
    """X checked as by `checked_inputs`, but neither cast nor copied: every entry has to be finite as `dtype`."""
    return _real("X" if len(network.shape("x")) == 2 else "x", X, network.shape("x"), "N", dtype)


def samples_as_given(network, X, Y, dtype="float64"):
    """X and Y checked as by `checked_samples`, but neither cast nor copied: that happens later, a few at a time."""
    x, at, loss = inputs_as_given(network, X, dtype), _along(network.shape("x")), network.options.loss
    if network.targets.kind == "c":
        return x, checked_targets(network, Y, x.shape[at])
    shape = network.shape(network.targets.name)
    y, at = _real("Y" if len(shape) == 2 else "y", Y, shape, x.shape[at], dtype), _along(shape)
    if loss.targets == "distribution":
        _check_in_blocks(lambda part: _distributions(loss.name, part.astype(float, copy=False), 1 - at), y, at)
    if loss.targets == "probability":  # the samples with the smallest and the largest entry speak for all
        checked_targets(network, y.take([np.unravel_index(n, y.shape)[at] for n in (y.argmin(), y.argmax())], at), 2)
    return x, y


def _real(name, given, shape, samples, dtype):
    array = _shaped(name, given, shape, samples)
    _check_in_blocks(lambda part: _check_finite(name, part, dtype), array, _along(shape))
    return array


def _check_in_blocks(check, array, at):
    """Check a few samples at a time; what is wrong is told by the check of all."""
    samples = array.shape[at]
    size = max(1, BLOCK * samples // array.size)
    try:
        for first in range(0, samples, size):
            check(array[(slice(None),) * at + (slice(first, first + size),)])
    except InputError:
        check(array)
        raise


def _check_finite(name, array, dtype):
    _finite(name, _as_floats(array))
    with np.errstate(over="ignore"):
        too_large = ~np.isfinite(array.astype(dtype, copy=False))
    if too_large.any():
        raise InputError(f"{name} holds {array[too_large][0]:g}, and {dtype} ends at {np.finfo(dtype).max:.2g}: "
                         "take dtype='float64', or a larger unit of measurement.")


def _labels(given, samples, classes):
    array = as_array("Y", given)
    if array.shape != (samples,):
        raise InputError(f"The labels have shape {array.shape}; expected is {_shown((samples,))}: one label a sample."
                         + (" Write Y.argmax(axis=1) to turn rows with a single 1 into labels."
                            if array.shape == (samples, classes) else ""))
    if array.dtype.kind not in "iu":
        raise InputError(f"Labels count the classes, so they are ints; given: {array.dtype}.")
    if array.min() < 0 or array.max() >= classes:
        raise InputError(f"Labels run from 0 to {classes - 1} for {classes} outputs; "
                         f"given: {array.min()} to {array.max()}.")
    return array


def checked_array(name, given):
    """Real, finite numbers of any shape as a float array."""
    array = as_array(name, given)
    if array.dtype.kind not in "fiub":
        raise InputError(f"{name} holds {array.dtype} values; it has to hold real numbers.")
    return _finite(name, array.astype(float))


def _shown(shape):
    return "(" + ", ".join(map(str, shape)) + ("," if len(shape) == 1 else "") + ")"


def as_array(name, given):
    """What was given as an array of NumPy's; InputError where it is none, or has masked entries."""
    if given is None:
        raise InputError(f"{name} is None; expected is an array of numbers. A function without `return` returns None.")
    parts = [given, *given] if isinstance(given, (list, tuple)) else [given]
    if any(np.ma.is_masked(part) for part in parts):
        raise InputError(f"{name} has masked entries, which have no value to compute with. Leave out the samples that "
                         "have them, or fill them, as by .filled(0).")
    try:
        return np.asarray(given)
    except Exception as error:  # whatever an object of another library raises when it is read as an array
        uneven = isinstance(error, ValueError) and "inhomogeneous" in str(error)
        reason = "its rows differ in length." if uneven else f"{type(error).__name__}: {error}"
        raise InputError(f"{name} cannot be read as an array: {reason}") from error


def _as_floats(array):
    """The array as float64; a longer float that does not fit becomes infinite, and is told as such."""
    with np.errstate(over="ignore"):
        return array.astype(float, copy=False)


def _as_numbers(name, array):
    """The way out for tables whose columns hold numbers of several kinds."""
    table = array.dtype == object and array.ndim
    return f" If every entry is a number, write {name}.astype(float)." if table else ""


def _finite(name, array):
    if not np.isfinite(array).all():
        at = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise InputError(f"{name} holds {array[at]} at {list(at)}; every entry has to be a finite number.")
    return array
