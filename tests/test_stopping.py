"""Training that is stopped loses nothing, and goes on to the same numbers."""
import _thread
import pickle
import signal
import sys
from functools import lru_cache

import numpy as np
import pytest

import bplib as bp
from bplib import training

GRAPH = {"h": (["p", "q"], "tanh"), "o": (["h", "p", "q"], "sigmoid")}
NETWORKS = {
    "numbers": lambda: bp.dense([2, 3, 1], "tanh"),
    "arrays": lambda: bp.dense([2, 9, 6, 1], "tanh", l2=0.1),
    "graph": lambda: bp.graph(GRAPH, ["p", "q"], bias=True),
}
X = np.random.default_rng(5).normal(size=(12, 2))
Y = np.random.default_rng(6).uniform(size=(12, 1))
LABELS = (Y[:, 0] > 0.5).astype(int)
CHOICES = {"mini-batch": {"batch_size": 5, "momentum": 0.9}, "stochastic": {"batch_size": 1, "seed": 3},
           "batch": {"momentum": 0.5, "seed": None}}


@pytest.fixture(autouse=True)
def apart_from_the_clock(monkeypatch):
    """No copy is made on the way, each network is made fast once, and nothing is left of the runs of other tests."""
    by_the_clock(monkeypatch, tick=1e9, patience=1e9)
    monkeypatch.setattr(training, "tune", tuned)
    monkeypatch.setattr(training.train, "partial", None)


@lru_cache(None)
def functions(name):
    return bp.generate(NETWORKS[name]())


tuned = lru_cache(None)(training.tune)


def train(name, start=None, epochs=3, **choices):
    f = functions(name)
    return bp.train(f, start or bp.initial_parameters(f), X, Y,
                    **{"eta": 0.3, "epochs": epochs, "test": (X, LABELS), "keep": 2, **choices})


def same(one, other):
    """Whether two histories are equal to the last bit."""
    def arrays(parameters):
        return {name: (array.dtype, array.tolist()) for name, array in parameters.items()}
    def kept(history):
        return {epoch: arrays(parameters) for epoch, parameters in history.kept.items()}

    return (arrays(one.parameters) == arrays(other.parameters) and one.cost == other.cost
            and one.accuracy == other.accuracy and one.place.step == other.place.step and kept(one) == kept(other))


def stopped(run, error=KeyboardInterrupt):
    """The History that an exception brings along."""
    with pytest.raises(error) as told:
        run()
    assert told.value.history is training.train.partial
    return told.value.history


def by_the_clock(monkeypatch, tick, patience):
    monkeypatch.setattr(training, "TICK", tick)
    monkeypatch.setattr(training, "PATIENCE", patience)


def copies_after_each_step(monkeypatch):
    monkeypatch.setattr(training, "TICK", 0)
    monkeypatch.setattr(training, "SHARE", np.inf)


# interrupts

class AtBytecode:
    """Raises KeyboardInterrupt before a bytecode of a training that is under way: the n-th, counted from 1."""

    def __init__(self, number):
        self.number, self.count, self.counting = number, 0, False

    def __call__(self, frame, event, argument):
        code = frame.f_code
        if not code.co_filename.endswith(("bplib/training.py", "bplib/batches.py", "<tuned>")):
            return None
        self.counting = (self.counting or code.co_name == "until") and code.co_name != "history"
        frame.f_trace_opcodes = True
        return self.each

    def each(self, frame, event, argument):
        if event == "opcode" and self.counting:
            self.count += 1
            if self.count == self.number:
                raise KeyboardInterrupt
        if event == "return" and frame.f_code.co_name == "until":
            self.counting = False  # training has ended
        return self.each

    def during(self, run):
        before = sys.gettrace()
        sys.settrace(self)
        try:
            return run()
        finally:
            sys.settrace(before)


@pytest.mark.parametrize("often", [False, True], ids=["one copy", "many copies"])
@pytest.mark.parametrize("choices", CHOICES.values(), ids=CHOICES)
@pytest.mark.parametrize("name", NETWORKS)
def test_an_interrupt_at_any_bytecode_loses_nothing(name, choices, often, monkeypatch):
    if often:
        copies_after_each_step(monkeypatch)
    whole, count = train(name, **choices), AtBytecode(None)
    assert same(count.during(lambda: train(name, **choices)), whole)
    stops = set()
    for number in np.linspace(1, count.count, 6).astype(int):
        history = stopped(lambda: AtBytecode(number).during(lambda: train(name, **choices)))
        stops.add((history.epochs, history.place.step))
        assert same(history if history.epochs == 3 else train(name, history, **choices), whole)
    assert len(stops) > 3 or "batch_size" not in choices and len(stops) > 2


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="Windows has no such timer")
def test_an_alarm_at_random_moments(monkeypatch):
    choices, random, under_way = {"batch_size": 5, "momentum": 0.9, "epochs": 120}, np.random.default_rng(0), []
    whole, histories, until = train("arrays", **choices), [], training._Run.until

    def alarm(*_):
        if under_way:
            raise KeyboardInterrupt

    def with_alarm(run, epochs):
        under_way.append(run)
        signal.setitimer(signal.ITIMER_REAL, random.uniform(0.0005, 0.006))
        return until(run, epochs)

    handler = signal.signal(signal.SIGALRM, alarm)
    try:
        while len(histories) < 5:  # now and then a run may end before its alarm
            try:
                with monkeypatch.context() as patched:
                    patched.setattr(training._Run, "until", with_alarm)
                    train("arrays", **choices)
                under_way.clear()
            except KeyboardInterrupt as error:
                under_way.clear()
                if hasattr(error, "history") and error.history.epochs < 120:
                    histories.append(error.history)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
    assert all(same(train("arrays", history, **choices), whole) for history in histories)


def failing(monkeypatch, at):
    """Makes steps fail in the middle: number of the call, from 1 → an exception, or a function to call."""
    calls = iter(range(1, 10_000))

    def descent(code, arrays, *others, made=training._descent):
        step = made(code, arrays, *others)

        def stepping(*batch):
            what = at.get(next(calls))
            if what is None:
                return step(*batch)
            arrays[0] += 1
            if isinstance(what, BaseException):
                raise what
            what()

        return stepping

    monkeypatch.setattr(training, "_descent", descent)


@pytest.mark.parametrize("interrupt", [_thread.interrupt_main, lambda: signal.raise_signal(signal.SIGINT)])
def test_what_the_stop_button_sends(interrupt, monkeypatch):
    whole = train("arrays", batch_size=5)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a process in the background ignores it
    try:
        with monkeypatch.context() as patched:
            failing(patched, {6: interrupt})
            history = stopped(lambda: train("arrays", batch_size=5))
    finally:
        signal.signal(signal.SIGINT, before)
    assert (history.epochs, history.place.step) == (1, 2)
    assert same(train("arrays", history, batch_size=5), whole)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), MemoryError(), OSError(5, "no disk"), SystemExit(1)], ids=repr)
def test_any_exception_has_the_history_and_says_how_to_go_on(error, monkeypatch):
    choices = CHOICES["mini-batch"]
    whole = train("arrays", **choices)
    with monkeypatch.context() as patched:
        failing(patched, {6: error})
        history = stopped(lambda: train("arrays", **choices), type(error))
    assert (history.epochs, history.place.step) == (1, 2)
    (note,) = error.__notes__
    assert "has 1 epoch and 2 steps" in note and "bp.train(network, bp.train.partial, X, Y, epochs=3" in note
    assert repr(history).startswith("<1 epochs, stopped in epoch 2: cost")
    assert same(train("arrays", history, **choices), whole)


def test_between_two_epochs_no_steps_are_told(monkeypatch):
    failing(monkeypatch, {4: KeyboardInterrupt()})
    with pytest.raises(KeyboardInterrupt) as told:
        train("arrays", batch_size=5)
    assert "has 1 epoch. To go on" in told.value.__notes__[0] and "stopped" not in repr(told.value.history)


@pytest.mark.parametrize("often, stands", [(False, (0, 0)), (True, (1, 2))])
def test_an_interrupt_of_what_follows_an_interrupt_leaves_the_last_copy(often, stands, monkeypatch):
    choices = CHOICES["mini-batch"]
    whole = train("arrays", **choices)
    with monkeypatch.context() as patched:
        if often:
            copies_after_each_step(patched)
            patched.setattr(training._Run, "_return_to", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        failing(patched, {6: KeyboardInterrupt(), 7: KeyboardInterrupt()})
        history = stopped(lambda: train("arrays", **choices))
    assert (history.epochs, history.place.step) == stands
    assert same(train("arrays", history, **choices), whole)


def test_the_partial_history_is_there_while_training_runs(monkeypatch):
    copies_after_each_step(monkeypatch)
    seen = []

    def descent(code, arrays, *others, made=training._descent):
        step = made(code, arrays, *others)

        def stepping(*batch):
            partial = bp.train.partial
            seen.append((partial.epochs, partial.place.step, partial.parameters["W1"].tolist() == arrays[0].tolist()))
            step(*batch)
        return stepping

    monkeypatch.setattr(training, "_descent", descent)
    train("arrays", batch_size=5, epochs=2)
    assert seen == [(0, 0, True), (0, 1, True), (0, 2, True), (0, 3, True), (1, 1, True), (1, 2, True)]


def test_a_run_that_ends_leaves_the_partial_history_of_the_one_before(monkeypatch):
    with monkeypatch.context() as patched:
        failing(patched, {2: KeyboardInterrupt()})
        history = stopped(lambda: train("arrays"))
    train("arrays")
    assert bp.train.partial is history


def test_copies_are_made_by_the_clock_and_take_a_small_share_of_it(monkeypatch):
    """A clock that a copy moves by 1 second, any other reading by 0.15: one in 20 seconds."""
    now, made, history = [0.0], [], training._Run._history

    def clock():
        now[0] += 0.15
        return now[0]

    def copying(run, copied=False):
        now[0] += copied
        made.append(now[0]) if copied else None
        return history(run, copied)

    by_the_clock(monkeypatch, tick=0.2, patience=1e9)
    monkeypatch.setattr(training, "perf_counter", clock)
    monkeypatch.setattr(training._Run, "_history", copying)
    train("numbers", batch_size=1, epochs=80)
    first, *later = np.diff(made)
    assert len(later) > 2 and first < 2 and all(20 < gap < 30 for gap in later)


def test_little_is_done_again(monkeypatch):
    """With a copy after each step: nothing after an interrupt, and the last step of an epoch whose cost ran away."""
    copies_after_each_step(monkeypatch)
    done = []

    def descent(code, arrays, *others, made=training._descent):
        step = made(code, arrays, *others)

        def stepping(*batch):
            done.append(len(batch))
            step(*batch)
            if len(done) == 9:
                arrays[0][...] = np.inf
        return stepping

    monkeypatch.setattr(training, "_descent", descent)
    history = stopped(lambda: train("arrays", batch_size=5), bp.InputError)
    assert history.epochs == 2 and len(done) == 9


# a cost that runs away

@pytest.mark.parametrize("often", [False, True])
@pytest.mark.parametrize("momentum", [0, 0.5])
def test_a_cost_that_runs_away_leaves_the_last_epoch_with_a_finite_one(momentum, often, monkeypatch):
    if often:
        copies_after_each_step(monkeypatch)
    network, choices = bp.dense([2, 1], "identity"), {"batch_size": 5, "momentum": momentum, "eta": 50}
    start = bp.initial_parameters(network)
    history = stopped(lambda: bp.train(network, start, X, Y, epochs=10_000, **choices), bp.InputError)
    assert history.epochs > 3 and np.isfinite(history.cost).all() and history.place.step == 0
    assert same(history, bp.train(network, start, X, Y, epochs=history.epochs, **choices))
    assert bp.train(network, history, X, Y, epochs=history.epochs + 1, **{**choices, "eta": 1e-3}).cost[-1] < np.inf


def test_an_interrupt_after_parameters_ran_away_leaves_the_last_epoch(monkeypatch):
    """The fifth step makes NaN, and so it does when the steps up to the interrupt are done again."""
    wanted, calls = train("arrays", epochs=1, batch_size=5), iter(range(1, 100))

    def descent(code, arrays, *others, made=training._descent):
        step = made(code, arrays, *others)

        def stepping(*batch):
            number = next(calls)
            if number == 6:
                raise KeyboardInterrupt
            step(*batch)
            if number in (5, 6 + 5):
                arrays[0][...] = np.nan
        return stepping

    monkeypatch.setattr(training, "_descent", descent)
    assert same(stopped(lambda: train("arrays", batch_size=5)), wanted)


# going on

@pytest.mark.parametrize("choices", [*CHOICES.values(), {"dtype": "float32", "batch_size": 5, "momentum": 0.9}])
@pytest.mark.parametrize("name", NETWORKS)
def test_ten_epochs_are_five_and_five(name, choices):
    whole = train(name, epochs=10, **choices)
    half = train(name, epochs=5, **choices)
    kept = pickle.dumps(half)
    assert same(train(name, half, epochs=10, **choices), whole)
    assert pickle.dumps(half) == kept  # going on leaves it as it is
    assert same(train(name, pickle.loads(kept), epochs=10, **choices), whole)
    assert len(whole.accuracy) == 10 and list(whole.kept) == [0, 2, 4, 6, 8, 10] and "10 epochs: cost" in repr(whole)


def test_what_is_kept_are_copies_and_may_be_left_away():
    history = train("arrays", keep=1, epochs=2)
    assert list(history.kept) == [0, 1, 2] and history.kept[2]["W1"] is not history.parameters["W1"]
    assert same(train("arrays", epochs=1), train("arrays", epochs=1))
    assert np.array_equal(history.kept[1]["W1"], train("arrays", epochs=1).parameters["W1"])
    assert train("arrays", keep=None).kept == {} and train("arrays", test=None).accuracy == []


@pytest.mark.parametrize("make", [np.random.PCG64, np.random.MT19937])
def test_a_generator_for_the_order(make):
    def fresh():
        return np.random.Generator(make(7))
    used = fresh()
    whole = train("arrays", epochs=4, batch_size=5, seed=used)
    assert used.integers(10**9) != fresh().integers(10**9)  # drawn from, as NumPy's own functions do
    half = train("arrays", epochs=2, batch_size=5, seed=fresh())
    assert same(train("arrays", half, epochs=4, batch_size=5), whole)
    assert same(train("arrays", half, epochs=4, batch_size=5, seed=fresh()), whole)
    assert train("arrays", epochs=2, batch_size=5, seed=np.random.default_rng(7)).cost == train(
        "arrays", epochs=2, batch_size=5, seed=7).cost


def test_eta_momentum_and_between_epochs_batches_may_change():
    by_hand = train("arrays", epochs=1, eta=0.1)
    assert same(train("arrays", train("arrays", epochs=0), epochs=1, eta=0.1), by_hand)
    heavy, light = (train("arrays", epochs=1, momentum=m) for m in (0.9, 0))
    from_rest = train("arrays", light, epochs=2, momentum=0.9)
    assert from_rest.cost != train("arrays", heavy, epochs=2, momentum=0.9).cost
    assert len(train("arrays", heavy, epochs=2, batch_size=4).cost) == 3
    assert bp.train(functions("arrays"), heavy, X[:5], Y[:5], eta=0.1, epochs=2).epochs == 2


@pytest.mark.parametrize("change, says", [
    ({"epochs": 2}, ["has 2 epochs already", "for 2 more write epochs=4"]), ({"epochs": 0}, ["epochs=3"]),
    ({"seed": 5}, ["seed: 3", "given: 5"]),
    ({"seed": None}, ["leave seed away", "None"]), ({"seed": np.random.default_rng(3)}, ["leave seed away"]),
    ({"seed": 1.5}, ["whole number"]), ({"dtype": "float32"}, ["float64", "float32"]),
    ({"batch_size": 4}, ["stopped in epoch 3, after 1 steps of 5", "batch_size=5", "steps of 4"]),
    ({"batch_size": None}, ["batch_size=5", "steps of 12"]),
])
def test_what_cannot_go_on_is_told(change, says, monkeypatch):
    with monkeypatch.context() as patched:
        failing(patched, {8: KeyboardInterrupt()})
        history = stopped(lambda: train("arrays", batch_size=5, seed=3))
    for word in says:
        with pytest.raises(bp.InputError, match=word):
            train("arrays", history, **{"batch_size": 5, **change})
    assert train("arrays", history, batch_size=5, seed=3).epochs == 3


def test_other_data_in_the_middle_of_an_epoch_and_a_history_without_a_place(monkeypatch):
    with monkeypatch.context() as patched:
        failing(patched, {2: KeyboardInterrupt()})
        history = stopped(lambda: train("arrays", batch_size=5))
    with pytest.raises(bp.InputError, match="out of 12.*out of 11"):
        bp.train(functions("arrays"), history, X[1:], Y[1:], eta=0.3, epochs=3, batch_size=5)
    with pytest.raises(bp.InputError, match="hand over its parameters"):
        train("arrays", training.History(history.parameters, history.cost))


# the progress bar

class Bar:
    def __init__(self, **options):
        self.options, self.n, self.shown, self.closed, self.total = options, 0, [], False, options["total"]
        Bar.made.append(self)

    def refresh(self):
        self.shown.append(self.n)

    def close(self):
        self.closed = self.total is None  # as one that is not left there in a notebook


def test_the_bar_moves_within_an_epoch_and_comes_late(monkeypatch):
    seconds, Bar.made = iter(np.arange(0, 1e4, 0.05)), []
    by_the_clock(monkeypatch, tick=0.2, patience=2)
    monkeypatch.setattr(training, "perf_counter", lambda: next(seconds))
    monkeypatch.setattr("tqdm.auto.tqdm", Bar)
    train("numbers", epochs=1, batch_size=1)  # 12 steps take less than 2 seconds
    assert not Bar.made
    train("numbers", epochs=9, batch_size=1)
    (bar,) = Bar.made
    assert bar.options["total"] == 9 and bar.options["desc"] == "epochs" and not bar.options["leave"] and bar.closed
    assert 2 < bar.shown[0] < 5 and bar.shown[-1] <= 9
    assert np.all(np.diff(bar.shown) > 0) and any(n % 1 for n in bar.shown)


def test_an_error_of_the_bar_loses_nothing(monkeypatch):
    def broken(**_):
        raise OSError("the terminal is gone")

    copies_after_each_step(monkeypatch)
    monkeypatch.setattr(training, "PATIENCE", 0)
    monkeypatch.setattr("tqdm.auto.tqdm", broken)
    history = stopped(lambda: train("arrays", batch_size=5), OSError)
    assert (history.epochs, history.place.step) == (0, 1)


def test_a_bar_of_a_notebook_stays_away_where_the_environment_says_so(monkeypatch):
    """tqdm's own bar for notebooks does not ask."""
    from tqdm.notebook import tqdm

    monkeypatch.setenv("TQDM_DISABLE", "1")
    monkeypatch.setattr(training, "PATIENCE", 0)
    monkeypatch.setattr("tqdm.auto.tqdm", tqdm)
    bar = training._Bar(3)
    bar.show(1)
    assert bar.bar.disable
    bar.close()
