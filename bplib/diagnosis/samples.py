"""Her inputs and targets in our layout: a sample in each row, targets as the loss wants them."""
from dataclasses import dataclass

import numpy as np

from .arrays import Unreadable, as_numbers


@dataclass(frozen=True)
class Samples:
    """X (N, n_0); Y (N, n_L), labels (N,) as ints from 0, or None.  said: what was assumed, as half sentences."""

    X: np.ndarray
    Y: np.ndarray
    said: tuple
    columns: bool = False


def read_samples(network, X, Y):
    """All ways to read them: (list of `Samples`, list of complaints); there are complaints where the list is empty."""
    read = {name: _read(given) for name, given in (("X", X), ("Y", Y))}
    problems = [f"{name}: {array}." for name, array in read.items() if isinstance(array, Unreadable)]
    if X is None or problems:
        return [], ["X is missing: the inputs of a batch."] * (X is None) + problems
    x, y = read.values()
    n0, n_out = network.shape("x")[-1], network.shape("y")[-1]
    n0, n_out = (1 if n == "N" else n for n in (n0, n_out))
    ways, problems = [], []
    if not x.size:
        return [], [f"There are no samples: X has shape {x.shape}."]
    for rows, columns, said in _inputs(x, n0):
        targets, problem = _targets(network, y, len(rows), n_out, columns)
        if problem:
            problems.append(problem)
        ways += [Samples(rows, target, said + more, columns) for target, more in targets]
    if not ways and not problems:
        problems = [f"X has shape {x.shape}; expected is ({n0} inputs for each sample) (N, {n0}) or ({n0}, N)."]
    return ways, [*dict.fromkeys(problems)] if not ways else []


def _read(given):
    """An array, None where nothing was given, or why it cannot be read."""
    try:
        return None if given is None else as_numbers(given)
    except Unreadable as error:
        return error


def _inputs(x, n0):
    """(rows, whether her samples are columns, what is assumed) for each way to read X."""
    if x.ndim == 0 or x.ndim == 1 and n0 == 1:
        yield x.reshape(-1, 1), False, ()
    elif x.ndim == 1 and x.size == n0:
        yield x.reshape(1, -1), False, ("X is one sample",)
    elif x.ndim == 1 and x.size == n0 + 1 and 1 in (x[0], x[-1]):
        yield from _without_ones(x.reshape(1, -1), False)
    elif x.ndim == 2:
        if x.shape[1] == n0:
            yield x, False, ()
        if x.shape[0] == n0:
            yield x.T, True, ("your samples are columns",)
        if x.shape[1] == n0 + 1:
            yield from _without_ones(x, False)
        if x.shape[0] == n0 + 1:
            yield from _without_ones(x.T, True)
    elif x.ndim > 2 and np.prod(x.shape[1:]) == n0:
        yield x.reshape(len(x), -1), False, ("each sample of X was laid out flat",)


def _without_ones(rows, columns):
    """X without the column of ones that biases are multiplied by."""
    for at, where in ((0, "first"), (-1, "last")):
        if len(rows) and (rows[:, at] == 1).all():
            said = (f"the {where} {'row' if columns else 'column'} of X is all ones, for the biases",)
            yield np.delete(rows, at, axis=1), columns, said + ("your samples are columns",) * columns
            return


def _targets(network, y, samples, n_out, columns):
    """(ways to read Y as (array, said), complaint)."""
    kind = network.options.loss.targets
    if kind == "none":
        return [(None, ())], None
    if y is None:
        return [], f"Y is missing: the loss {network.options.loss.name!r} needs targets."
    ways = [*_tables(y, samples, n_out, columns)]
    if kind == "labels":
        return _as_labels(y, ways, samples, n_out)
    if ways and kind == "distribution":
        ways = [way for way in ways if (way[0] >= 0).all() and np.allclose(way[0].sum(1), 1, atol=1e-6)]
        if not ways:
            return [], (f"The targets of {network.options.loss.name} are probabilities, none negative and adding up "
                        "to 1 for each sample; those of Y do not.")
    if ways:
        return ways[:1] if not columns else ways[-1:], None
    if n_out > 1 and y.size == samples and _are_labels(y, n_out):
        labels, said = _from_zero(y.reshape(-1), n_out)
        return [(np.eye(n_out)[labels], (*said, "your labels are written as rows with a single 1"))], None
    return [], _told(network, y, samples, n_out)


def _tables(y, samples, n_out, columns):
    """The ways to read Y as a table of a row for each sample; one where both would do is told by X."""
    if n_out == 1 and y.size == samples:
        yield y.reshape(-1, 1), ()
    elif y.ndim == 1 and samples == 1 and y.size == n_out:
        yield y.reshape(1, -1), ()
    elif y.ndim == 2:
        if y.shape == (samples, n_out):
            yield y, ()
        if y.shape == (n_out, samples):
            yield y.T, ()


def _as_labels(y, tables, samples, n_out):
    hot = [table for table, _ in tables if ((table == 0) | (table == 1)).all() and (table.sum(1) == 1).all()]
    if hot:
        return [(hot[0].argmax(1), ("your rows with a single 1 are read as labels",))], None
    if y.size == samples and _are_labels(y, n_out):
        return [_from_zero(y.reshape(-1), n_out)], None
    return [], (f"Y is read as labels, one whole number a sample from 0 to {n_out - 1} or from 1 to {n_out}; given are "
                f"{y.size} numbers from {y.min():g} to {y.max():g} for {samples} samples.")


def _are_labels(y, n_out):
    return (y == np.floor(y)).all() and 0 <= y.min() and y.max() <= n_out and (y.min() >= 1 or y.max() < n_out)


def _from_zero(y, n_out):
    from_one = bool(y.max() == n_out)
    return y.astype(int) - from_one, ("your labels count from 1",) * from_one


def _told(network, y, samples, n_out):
    hint = ""
    if 1 < n_out and y.size == samples:
        hint = f" As labels they would be whole numbers from 0 to {n_out - 1}."
    return f"Y has shape {y.shape}; for {samples} samples and {n_out} outputs it is ({samples}, {n_out}) or its " \
           f"transpose.{hint}"
