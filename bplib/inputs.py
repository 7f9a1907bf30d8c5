"""Checks of what a learner hands over: a clear error with both shapes instead of a silent broadcast."""
import math
from fractions import Fraction
from numbers import Real
from operator import index
from warnings import warn

import numpy as np

from .errors import InputError


def checked_number(name, given, *, above=None, least=None, below=None):
    """A finite real number within limits, as an int or a float."""
    limits = [f"{sign} {limit}" for sign, limit in ((">", above), ("≥", least), ("<", below)) if limit is not None]
    if (not isinstance(given, Real) or isinstance(given, bool) or not math.isfinite(given)
            or above is not None and given <= above or least is not None and given < least
            or below is not None and given >= below):
        raise InputError(f"{name} is a number {' and '.join(limits)}".rstrip() + f"; given: {given!r}.")
    return int(given) if isinstance(given, int) else float(given)


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
    if not isinstance(parameters, dict):
        raise InputError(f"{what} are a dict such as {{{network.parameters[0]!r}: array, …}}; "
                         f"given: {type(parameters).__name__}.")
    missing = [name for name in network.parameters if name not in parameters]
    unknown = [name for name in parameters if name not in network.parameters]
    if missing or unknown:
        raise InputError(f"{what} are given by name: " + ", ".join(network.parameters) + "."
                         + (f" Missing: {', '.join(missing)}." if missing else "")
                         + (f" Unknown: {', '.join(map(str, unknown))}." if unknown else ""))
    return [_parameter(name, parameters[name], network.shape(name), network.axes, of) for name in network.parameters]


def _parameter(own_name, given, shape, axes, of):
    name = of + own_name
    array = _as_array(name, given)
    if array.dtype.kind in "iub":
        raise InputError(f"{name} holds {array.dtype} numbers; a parameter changes by fractions, so it has to hold "
                         f"floats. Write {own_name}.astype(float), or 1.0 instead of 1.")
    if array.dtype.kind != "f":
        raise InputError(f"{name} holds {array.dtype} values; expected is an array of floats of shape {shape}.")
    if array.shape != shape:
        raise InputError(f"{name} has shape {array.shape}; this network needs {shape}"
                         + (f" ({axes})." if len(shape) == 2 else ".")
                         + (f" {own_name}.T would fit." if array.T.shape == shape != array.shape else ""))
    return _finite(name, array).astype(float, copy=False)


def checked_samples(network, samples, wanted):
    """The arrays of inputs and, where `wanted`, of targets: floats (labels: ints), the same number of samples.

    Where the loss has no targets, None stands for them, given and returned.
    """
    if len(samples) == 2 and network.targets is None:
        if samples[1] is not None:
            raise InputError(f"The loss {network.options.loss.name!r} has no targets: leave Y out.")
        return [checked_inputs(network, samples[0]), None][:len(wanted)]
    if len(samples) != len(wanted):
        raise InputError(f"After the parameters come {' and '.join('XY'[:len(wanted)])}; "
                         f"given: {len(samples)} array(s).")
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
    if network.targets.kind == "c":
        return _labels(Y, samples, next(n for n in network.shape("y") if n != "N"))
    array = _samples("Y" if len(expected) == 2 else "y", Y, expected, samples)
    if network.options.loss.targets == "distribution":
        return _distributions(network.options.loss.name, array, 1 - _along(expected))
    if network.options.loss.targets == "probability" and not ((array >= 0) & (array <= 1)).all():
        warn(f"{network.options.loss.name} is made for targets from 0 to 1; given: {array.min():g} to "
                      f"{array.max():g}. Its cost may have no minimum.", stacklevel=4)
    return array


def _distributions(loss, array, axis):
    sums = array.sum(axis=axis)
    worst = int(np.abs(sums - 1).argmax())
    if abs(sums[worst] - 1) > 1e-6 or array.min() < 0:
        raise InputError(f"{loss} takes targets that are probabilities, none negative and adding up to 1 for each "
                         f"sample; sample {worst} adds up to {sums[worst]:g}, the smallest entry is {array.min():g}.")
    return array / np.expand_dims(sums, axis)


def _samples(name, given, expected, samples="N"):
    at = _along(expected)
    shape = tuple(samples if n == "N" else n for n in expected)
    array = _as_array(name, given)
    if array.ndim == 0 and len(shape) == 1:
        array = array.reshape(1)
    if array.dtype.kind not in "fiub":
        raise InputError(f"{name} holds {array.dtype} values; it has to hold real numbers.")
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
    return _finite(name, array.astype(float, copy=False))


def _labels(given, samples, classes):
    array = _as_array("Y", given)
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
    array = _as_array(name, given)
    if array.dtype.kind not in "fiub":
        raise InputError(f"{name} holds {array.dtype} values; it has to hold real numbers.")
    return _finite(name, array.astype(float))


def _shown(shape):
    return "(" + ", ".join(map(str, shape)) + ("," if len(shape) == 1 else "") + ")"


def _as_array(name, given):
    try:
        return np.asarray(given)
    except ValueError as error:
        raise InputError(f"{name} cannot be read as an array: its rows differ in length.") from error


def _finite(name, array):
    if not np.isfinite(array).all():
        at = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise InputError(f"{name} holds {array[at]} at {list(at)}; every entry has to be a finite number.")
    return array
