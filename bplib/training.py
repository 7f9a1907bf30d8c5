"""Gradient descent: w ← w − η ∂C/∂w, over all samples or a few at a time, with momentum if wanted.

Steps change arrays in place, and whatever ends training may come in the middle of one.  So copies are made on the way,
each a `History` to go on from; in the end the steps since the last copy are done once more, to the same numbers.
"""
import os
import sys
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import lru_cache
from math import sqrt
from time import perf_counter

import numpy as np
from numpy.typing import ArrayLike

from .batches import Batches, Reader, values_of_a_sample
from .codegen import Generated, generate
from .errors import InputError
from .inputs import as_array, checked_number, checked_parameters, checked_whole, inputs_as_given, samples_as_given
from .networks import Graph, Network, checked_network
from .tuning import tune

PATIENCE = 2
"""Seconds of training after which a progress bar appears."""

TICK, SHARE = 0.2, 0.05
"""Seconds between two copies of the parameters, and the largest share of the time that copies may take."""


@dataclass(frozen=True)
class Place:
    """Where training stands, beside its parameters: what it takes to go on as if it had never stopped.

    step         steps done of the epoch under way
    velocity     that of momentum, a dict of arrays; None without
    random       generator of random numbers as it was before the order of this epoch was drawn; None: no order is drawn
    seed         what `seed` was given as: a number, None, or "generator"
    batch_size   samples of a step
    samples      samples of the data
    network      the network that is trained, and the notation of its arrays
    """

    step: int
    velocity: dict | None
    random: np.random.Generator | None
    seed: int | str | None
    batch_size: int
    samples: int
    network: tuple = ()


@dataclass
class History:
    """What happened in training; `train` takes it in place of parameters and goes on.  Can be pickled.

    parameters   the parameters at the end, a dict of arrays in the layout of the functions that were trained
    cost         cost over all training samples: before training and after each epoch, so epochs + 1 numbers
    accuracy     share of `test` samples that are classified right after each epoch trained with `test`
    kept         number of epochs → parameters after them, for those that `keep` asks for
    place        where training stands, for going on
    """

    parameters: dict
    cost: list[float] = field(default_factory=list)
    accuracy: list[float] = field(default_factory=list)
    kept: dict[int, dict] = field(default_factory=dict)
    place: Place | None = None

    @property
    def epochs(self) -> int:
        """Epochs that are complete."""
        return len(self.cost) - 1

    def __repr__(self):
        last = f", accuracy {self.accuracy[-1]:.2%}" if self.accuracy else ""
        if not self.cost:
            return "<nothing is trained yet>"
        stopped = f", stopped in epoch {self.epochs + 1}" if self.place and self.place.step else ""
        return f"<{self.epochs} epochs{stopped}: cost {self.cost[0]:.4g} → {self.cost[-1]:.4g}{last}>"


def initial_parameters(network: Network, seed: int = 0) -> dict:
    """Random parameters to start from: weights normal with standard deviation 1/√(number of inputs), biases 0.

    Returns a dict of float arrays: W1 (n_1, n_0), b1 (n_1,), …; floats for networks given neuron by neuron.  For
    functions in another notation, `layout.pack` of the functions puts them into its layout.
    """
    network, random = checked_network(network), np.random.default_rng(checked_whole("seed", seed, 0))
    return {name: _draw(network, network.quantities[name], random) for name in network.parameters}


def _draw(network, quantity, random):
    shape = network.shape(quantity.name)
    if quantity.kind == "b":
        return np.zeros(shape)
    inputs = shape[1] if shape else sum(
        q.kind == "W" and q.mark[1] == quantity.mark[1] for q in network.quantities.values())
    return np.asarray(random.normal(size=shape) / np.sqrt(inputs))


def train(network: Network | Generated, parameters: Mapping | History, X: ArrayLike, Y: ArrayLike, *, eta: float,
          epochs: int, batch_size: int | None = None, momentum: float = 0.0, seed: int | np.random.Generator | None = 0,
          test: tuple | None = None, dtype: str = "float64", keep: int | None = None) -> History:
    """Train by gradient descent; the given parameters are left as they are.  Returns a `History`.

    network      a network, or the functions generated from one, in any notation
    parameters   a dict of arrays as the functions take them, or the `History` of a run that is to go on
    X, Y         training samples as the functions take them: one row each, or one column (for labels Y holds ints)
    eta          step size η > 0
    epochs       how often all samples are gone through; with a `History` its epochs count too
    batch_size   samples a step: None for all of them (batch), 1 (stochastic), or a number between (mini-batch)
    momentum     μ in v ← μ v − η ∂C/∂w, w ← w + v, with 0 ≤ μ < 1
    seed         of the order in which samples are drawn; None keeps their order; a Generator of NumPy's is drawn from
    test         (X, labels) to classify after each epoch
    dtype        "float64" or "float32": what is computed with, and what the parameters of the `History` are
    keep         n: keep the parameters of every n-th epoch, from 0 on, in the `kept` of the `History`

    Same seed, same numbers.  A cost that is no longer finite is an InputError that says when.

    Stopping loses nothing.  Whatever ends training, the Stop button, Ctrl-C, or an error, the exception has a `history`
    with all steps that are complete (of a cost that runs away: up to the last epoch with a finite cost).
    `bp.train.partial` is the same one: that of the last run in this process that did not end, or is still under way.
    `train(network, history, X, Y, …)` goes on from there, to the very numbers of a run that was never stopped, if all
    else is given as before.  eta and momentum may change at any time (where momentum comes new it starts from v = 0),
    X, Y and batch_size between epochs.  The order of samples goes on as it was; seed is left away.

    Memory: beside the data at most 8 bytes × (N + 8 P + 4 R), with N samples, P parameters and R = 4,000,000.  Where a
    step takes its batch in one piece, as with l2 or samples in columns, 2 B U more: B = batch_size, U = numbers that
    belong to a sample, from its inputs to its cost.
    """
    functions, epochs = _functions(network), checked_whole("epochs", epochs, 0)
    layout, tuned = functions.layout, tune(functions, dtype=dtype)
    before = parameters if isinstance(parameters, History) else None
    arrays = _stored(layout, before.parameters if before else parameters, tuned.dtype)
    X, Y = samples_as_given(layout, X, Y, tuned.dtype)
    eta, momentum = checked_number("eta", eta, above=0), checked_number("momentum", momentum, least=0, below=1)
    place = _place(before, X.shape[layout.shape("x").index("N")], batch_size, seed, epochs, tuned.dtype)
    place = _of_network(place, functions)
    velocity = _velocity(layout, arrays, place.velocity) if momentum else arrays
    batches = Batches(layout, X, Y, tuned.dtype, place.batch_size,
                      chunk=lambda rows: getattr(tuned.code(rows), "chunk", rows))
    run = _Run(functions, arrays, velocity, batches, _descent(tuned.code, arrays, velocity, eta, momentum), place,
               None if test is None else _Test(functions, test, tuned.dtype),
               None if keep is None else checked_whole("keep", keep, 1))
    earlier, train.partial = train.partial, before
    try:
        run.start(before)
        history = run.until(epochs)
        train.partial = None if before is not None and before is earlier else earlier
        return history
    except BaseException as error:
        error.history = train.partial = run.history() if run.started else before
        if error.history is not None:
            error.add_note(_how_to_go_on(error.history, epochs, isinstance(error, InputError)))
        raise


train.partial = None


class _Run:
    """Training under way: arrays that steps change in place, how far it has come, and copies to go back to.

    done     steps that are done, counted from the beginning of the epoch that this run began in
    copies   pairs (done, History): one from before the epoch under way, if there is one, and the last one
    """

    def __init__(self, functions, arrays, velocity, batches, step, place, test, keep):
        self.functions, self.arrays, self.velocity, self.batches = functions, arrays, velocity, batches
        self.step, self.place, self.test, self.keep = step, place, test, keep
        self.cost, self.accuracy, self.kept = [], [], {}
        self.started = False

    def start(self, before):
        """All that comes before the first step; `before` is the History to go on from, if there is one."""
        self.done, self.random = self.place.step, self.place.random
        if before:
            self.cost, self.accuracy, self.kept = [*before.cost], [*before.accuracy], {**before.kept}
        else:
            with np.errstate(all="ignore"):
                self._measure()
        self.epochs_before, self.accuracies_before = len(self.cost) - 1, len(self.accuracy)
        if self.done:
            self._draw()
        self.copies = ((self.done, self._history(copied=True)),) * 2
        self.started = True

    def until(self, epochs):
        """Train until so many epochs are complete: the History."""
        train.partial, bar = self.copies[-1][1], _Bar(epochs)
        self.due = perf_counter() + min(TICK, PATIENCE)
        try:
            with np.errstate(all="ignore"):  # steps that overshoot are told by the cost
                while len(self.cost) - 1 < epochs:
                    self._advance(self._begin() + self.batches.steps, bar)
                    self._measure()
            return self._history()
        finally:
            bar.close()

    def history(self):
        """The History of what is done, whatever has ended it; if that is ended too, the last copy."""
        try:
            with np.errstate(all="ignore"):
                self._return_to(self.done)
                if not all(np.isfinite(array).all() for array in self.arrays):
                    self._return_to(self._begin())
                return self._history()
        except BaseException:
            return self._copy(self.done)[1]

    def _begin(self):
        """Steps that were done when the epoch under way began."""
        return (len(self.cost) - 1 - self.epochs_before) * self.batches.steps

    def _advance(self, target, bar=None):
        """Step after step until `target` of them are done; with a bar, copies are made on the way."""
        while self.done < target:
            at = self.done % self.batches.steps
            if at == 0:
                self._draw()
            for batch in self.batches.epoch(self.order, at):
                self.step(*batch)
                self.done += 1
                if bar and perf_counter() >= self.due:
                    self._keep_copy(bar)
                if self.done == target:
                    break

    def _draw(self):
        """The order of samples in an epoch, and the state of the generator before it was drawn."""
        self.order = None
        if self.random is not None:
            self.before_order = self.random.bit_generator.state
            self.order = self.random.permutation(self.batches.samples)

    def _keep_copy(self, bar):
        begun, (older, newer) = perf_counter(), self.copies
        self.copies = newer if newer[0] <= self._begin() else older, (self.done, self._history(copied=True))
        train.partial = self.copies[-1][1]
        self.due = perf_counter() + max(TICK, (perf_counter() - begun) / SHARE)
        bar.show(len(self.cost) - 1 + (self.done - self._begin()) / self.batches.steps)

    def _copy(self, target):
        """The last copy from no more than so many steps, or the first one."""
        return next((copy for copy in reversed(self.copies) if copy[0] <= target), self.copies[0])

    def _return_to(self, target):
        """Back to where `target` steps were done, as near as copies and their steps lead."""
        done, copy = self._copy(target)
        for kept, changed in ((copy.parameters, self.arrays), (copy.place.velocity, self.velocity)):
            for one, array in zip(kept.values() if kept else (), changed):
                array[...] = one
        self.done, self.random = done, deepcopy(copy.place.random)
        if copy.place.step:
            self._draw()
        self._advance(max(done, target))

    def _history(self, copied=False):
        """What has been done so far; copied, or with the arrays themselves where no step follows."""
        step, random, names = self.done - self._begin(), deepcopy(self.random), self.functions.layout.parameters
        if step and random:
            random.bit_generator.state = self.before_order
        parameters, velocity = ({name: array.copy() if copied else array for name, array in zip(names, arrays)}
                                for arrays in (self.arrays, self.velocity))
        complete = len(self.cost)
        measured = self.accuracies_before + complete - 1 - self.epochs_before
        return History(parameters, self.cost[:], self.accuracy[:measured],
                       {epoch: kept for epoch, kept in self.kept.items() if epoch < complete},
                       replace(self.place, step=step, random=random,
                               velocity=None if self.velocity is self.arrays else velocity))

    def _measure(self):
        """An epoch is complete: its cost and all else that is noted; with its cost it counts."""
        epoch, cost = len(self.cost), _cost(self.functions, self.arrays, self.batches)
        if not np.isfinite(cost):
            self._refuse(epoch, cost)
        if self.test and epoch:
            self.accuracy.append(self.test.share_right(self.arrays))
        if self.keep and epoch % self.keep == 0:
            names = self.functions.layout.parameters
            self.kept[epoch] = {name: array.copy() for name, array in zip(names, self.arrays)}
        self.cost.append(cost)

    def _refuse(self, epoch, cost):
        if epoch == 0:
            raise InputError(_what_is_large(self.functions.layout, self.arrays, self.batches, cost))
        self.done = self._begin()
        raise InputError(f"After epoch {epoch} the cost is {cost}: the steps overshoot. Take a smaller eta.")


class _Bar:
    """A progress bar for long runs."""

    def __init__(self, epochs):
        self.epochs, self.begun, self.bar = epochs, perf_counter(), None

    def show(self, epochs):
        """So many epochs are done, with the share of the one under way."""
        if perf_counter() - self.begun < PATIENCE:
            return
        if self.bar is None:
            from tqdm.auto import tqdm  # late, since it is slow, and in a notebook brings widgets along
            if sys.platform == "emscripten":
                tqdm.monitor_interval = 0  # its thread cannot be started in a browser
            # in a notebook tqdm does not look at TQDM_DISABLE by itself
            self.bar = tqdm(desc="epochs", total=self.epochs, initial=round(epochs, 2), unit="epoch", leave=False,
                            disable=bool(os.environ.get("TQDM_DISABLE")))
        self.bar.n = round(epochs, 2)
        self.bar.refresh()

    def close(self):
        if self.bar is not None:
            self.bar.total = None  # a bar in a notebook would stay where a run has been stopped
            self.bar.close()


class _Test:
    """Samples with labels that accuracy is measured on."""

    def __init__(self, functions, test, dtype="float64"):
        if not isinstance(test, (tuple, list)) or len(test) != 2:
            raise InputError(f"test is a pair (X, labels); given: {type(test).__name__}.")
        layout, self.functions = functions.layout, functions
        X = inputs_as_given(layout, test[0], dtype)
        self.labels = np.asarray(None) if test[1] is None else as_array("The labels", test[1])
        self.X, self.values = Reader(X, layout.shape("x").index("N"), dtype), values_of_a_sample(layout.network)
        structure = layout.network.structure
        classes = max(2, len(structure.outputs) if isinstance(structure, Graph) else structure.sizes[-1])
        if self.labels.dtype.kind not in "iu" or self.labels.shape != (self.X.samples,):
            raise InputError(f"To measure accuracy, give one int label a sample, shape ({self.X.samples},); "
                             f"given: {self.labels.dtype} of shape {self.labels.shape}.")
        if self.labels.min() < 0 or self.labels.max() >= classes:
            raise InputError(f"Labels run from 0 to {classes - 1} for this network; "
                             f"given: {self.labels.min()} to {self.labels.max()}.")

    def share_right(self, arrays):
        right = 0
        for first, last, X in self.X.parts(self.values):
            right += np.count_nonzero(self._classes(self.functions.predict.raw(*arrays, X)) == self.labels[first:last])
        return float(right / self.X.samples)

    def _classes(self, outputs):
        """The class that the outputs speak for, sample by sample."""
        outputs = np.column_stack([*self.functions.layout.unpack_samples(*outputs)])
        return outputs[:, 0] > 0.5 if outputs.shape[1] == 1 else outputs.argmax(axis=1)


def accuracy(network: Network | Generated, parameters: Mapping, X: ArrayLike, labels: ArrayLike) -> float:
    """The share of samples whose largest output stands at their label (for one output: on the right side of ½).

    parameters and X as the functions take them; labels are ints from 0, shape (N,).
    """
    functions = _functions(network)
    test = _Test(functions, (X, labels))
    return test.share_right(checked_parameters(functions.layout, parameters))


def _functions(given):
    return given if isinstance(given, Generated) else _generated(checked_network(given))


@lru_cache(16)
def _generated(network):
    """Kept, because one network is trained, measured and trained again, each time by its own name."""
    return generate(network)


def _stored(layout, parameters, dtype):
    """Arrays of one's own, as BLAS takes them."""
    with np.errstate(over="ignore"):
        arrays = [np.array(a, dtype, order="C") for a in checked_parameters(layout, parameters)]
    for name, array in zip(layout.parameters, arrays):
        if not np.isfinite(array).all():
            raise InputError(f"{name} holds numbers beyond {np.finfo(dtype).max:.2g}, where {dtype} ends: take "
                             "dtype='float64', or smaller ones.")
    return arrays


def _velocity(layout, arrays, before):
    return [np.array(before[name]) if before else np.zeros_like(a) for name, a in zip(layout.parameters, arrays)]


def _descent(code, arrays, velocity, eta, momentum):
    """The function of a batch that changes the arrays by a step; v ← μ v − η ∂C/∂w is one call of tuned code."""
    made, alpha, beta = lru_cache(2)(lambda rows: code(rows).bound(arrays, velocity)), -float(eta), momentum or 1.0

    def step(samples, X, Y):
        made(samples)(X, Y, alpha, beta)
        if momentum:
            for w, v in zip(arrays, velocity):
                w += v

    return step


def _place(history, samples, batch_size, seed, epochs, dtype):
    """Where training begins: at its first step, or where a History stands."""
    size, drawn = _batch_size(batch_size, samples), isinstance(seed, np.random.Generator)
    number = seed if drawn or seed is None else checked_whole("seed", seed, 0)
    if history is None:
        random = number if drawn or seed is None else np.random.default_rng(number)
        return Place(0, None, random, "generator" if drawn else number, size, samples)
    _check_goes_on(history, samples, size, "generator" if drawn else number, epochs, dtype)
    return replace(history.place, random=deepcopy(history.place.random), batch_size=size, samples=samples)


def _of_network(place, functions):
    """The place, with what is trained; InputError where the History is of another network or notation."""
    network = functions.network
    trained = repr(network), str(network.sizes), functions.layout.notation.name
    if place.network and place.network != trained:
        raise InputError("This History is of another network, or its arrays are stored in another notation: hand over "
                         "its .parameters to begin with them anew.")
    return replace(place, network=trained)


def _check_goes_on(history, samples, size, seed, epochs, dtype):
    place, done, (one, *_) = history.place, history.epochs, history.parameters.values()
    if place is None:
        raise InputError("This History does not say where its training stands: hand over its parameters instead.")
    if epochs <= done:
        more = max(epochs, 1)
        raise InputError(f"This History has {done} epochs already, and epochs counts them too: for {more} more write "
                         f"epochs={done + more}.")
    if seed not in (0, place.seed):  # 0 is what stands there when seed is left away
        raise InputError(f"The order of samples goes on as this run has drawn it (seed: {place.seed}): leave seed "
                         f"away; given: {seed}.")
    if one.dtype != dtype:
        raise InputError(f"This run computes in {one.dtype}: write dtype='{one.dtype}'; given: {dtype}.")
    if place.step and (size, samples) != (place.batch_size, place.samples):
        raise InputError(f"This run stopped in epoch {done + 1}, after {place.step} steps of {place.batch_size} "
                         f"samples out of {place.samples}: to the end of the epoch it goes on with "
                         f"batch_size={place.batch_size} and the same data; given: steps of {size} out of {samples}.")


def _batch_size(given, samples):
    if given is None:
        return samples
    size = checked_whole("batch_size", given, 1)
    if size > samples:
        raise InputError(f"batch_size is {size}, but there are only {samples} samples. None takes all of them.")
    return size


def _cost(functions, arrays, batches):
    """The cost of all samples: of many in parts, where a penalty is part of each and counts once."""
    costs = [(samples, float(functions.cost.raw(*arrays, X, Y)[0])) for samples, X, Y in batches.parts()]
    if len(costs) == 1:
        return costs[0][1]
    if functions.network.options.over_samples == "mean":
        return sum(samples * cost for samples, cost in costs) / batches.samples
    return sum(cost for _, cost in costs) - (len(costs) - 1) * _penalty(functions, arrays)


def _penalty(functions, arrays):
    """(λ/2)·Σw² over all weights."""
    layout, network = functions.layout, functions.network
    stored = layout.unpack(dict(zip(layout.parameters, arrays)))
    weights = [stored[name] for name in network.parameters if network.quantities[name].kind == "W"]
    return float(network.options.l2) / 2 * sum(float((w**2).sum()) for w in weights)


def _what_is_large(layout, arrays, batches, cost):
    """Why the cost is not finite before the first step, and what to do."""
    named = {"X": batches.X.array, "Y": batches.Y.array, **dict(zip(layout.parameters, arrays))}
    largest = {name: max(abs(float(a.min())), abs(float(a.max()))) for name, a in named.items()}
    large = [name for name, most in largest.items() if most >= sqrt(max(largest.values()))]
    data = [name for name in large if name in "XY"]
    advice = ([f"Scale {' and '.join(data)} to numbers around 1, as by X / abs(X).max()."] if data else []) + (
        ["Start from smaller parameters, such as those of bp.initial_parameters."] if len(large) > len(data) else [])
    told = ", ".join(f"{name} up to {largest[name]:.2g}" for name in large)
    return f"Before the first step the cost is {cost}: there are numbers too large ({told}). {' '.join(advice)}"


def _how_to_go_on(history, epochs, ran_away):
    """What stands below an exception that has ended training."""
    if ran_away:
        return (f"The first {_counted(history.epochs, 'epoch')}, with finite costs, are in error.history and in "
                "bp.train.partial. To go on from there repeats what happened: start anew with a smaller eta.")
    steps = f" and {_counted(history.place.step, 'step')} of the next" if history.place.step else ""
    return (f"Nothing is lost: bp.train.partial has {_counted(history.epochs, 'epoch')}{steps}. To go on in this "
            f"session: bp.train(network, bp.train.partial, X, Y, epochs={epochs}, …), with all else as before. In a "
            "program that ends here, catch the exception: its .history is the same, and pickle can keep it.")


def _counted(number, thing):
    return f"{number} {thing}" + "s" * (number != 1)
