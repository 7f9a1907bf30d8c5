"""However many samples there are, they are read in parts; and that changes no result."""
import tracemalloc
import warnings
from functools import lru_cache

import numpy as np
import pytest

import bplib as bp
from bplib import batches, inputs, training
from bplib.batches import Reader
from bplib.conventions import TABLE

RANDOM = np.random.default_rng(1)
X = RANDOM.normal(size=(700, 6))
SHARES = RANDOM.dirichlet(np.ones(4), size=700)
LABELS = SHARES.argmax(axis=1)
TARGETS = {"squared error": SHARES, "categorical cross entropy": SHARES, "negative log-likelihood": LABELS}


@pytest.fixture(autouse=True)
def tuned_once(monkeypatch):
    monkeypatch.setattr(training, "tune", tuned)


tuned = lru_cache(None)(training.tune)


@lru_cache(None)
def functions(loss="negative log-likelihood", notation="bplib", **choices):
    return bp.generate(bp.dense([6, 5, 4], ["tanh", "softmax"], loss, **choices), notation=notation)


def train(f, X=X, Y=LABELS, **choices):
    start = f.layout.pack(bp.initial_parameters(f))
    return bp.train(f, start, X, Y, **{"eta": 0.3 if f.network.options.over_samples == "mean" else 1e-4, "epochs": 2,
                                       **choices})


def same(one, other):
    return one.cost == other.cost and all(np.array_equal(one.parameters[name], array)
                                          for name, array in other.parameters.items())


# reading

@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("given", [np.float64, np.float32, ">f8", np.int8, bool])
@pytest.mark.parametrize("form", [np.ascontiguousarray, np.asfortranarray, lambda a: np.repeat(a, 2, axis=1)[:, ::2]])
def test_samples_are_read_as_they_are_computed_with(axis, given, form):
    array, order = form((np.arange(24).reshape(4, 6) % 5).astype(given)), np.array([3, 0, 2, 1])
    reader, wanted = Reader(array, axis, "float64"), array.astype(float)
    for drawn, first, last in ((None, 0, 2), (order, 0, 3), (order, 3, 4), (None, 1, 4), (order, 0, 4)):
        read = reader.read(drawn, first, last)
        numbers = np.arange(4)[first:last] if drawn is None else drawn[first:last]
        assert read.dtype == np.dtype("float64") and read.flags.c_contiguous
        assert np.array_equal(read, wanted.take(numbers, axis))


def test_nothing_is_copied_that_can_be_taken_as_it_stands():
    array = np.ones((5, 3))
    assert np.shares_memory(Reader(array, 0, "float64").read(None, 1, 3), array)
    assert not np.shares_memory(Reader(array, 0, "float64", shares=True).read(None, 1, 3), array)
    reader = Reader(array, 0, "float32")
    first = reader.read(None, 0, 4)
    assert np.shares_memory(first, reader.read(np.arange(5), 1, 3))  # memory that is made once


def test_shares_add_up_to_one():
    array = np.array([[1.0, 3.0], [2.0, 2.0]])
    assert Reader(array, 0, "float64", shares=True).read(None, 0, 2).tolist() == [[0.25, 0.75], [0.5, 0.5]]
    assert Reader(array, 1, "float64", shares=True).read(None, 0, 1).ravel().tolist() == [1 / 3, 2 / 3]
    assert array[0, 0] == 1


# parts

@pytest.mark.parametrize("choices", [{"batch_size": 7}, {"batch_size": 7, "seed": None}, {"batch_size": 300},
                                     {}, {"seed": None}, {"batch_size": 1, "epochs": 1}], ids=str)
@pytest.mark.parametrize("loss", TARGETS)
@pytest.mark.parametrize("given", [np.float64, np.float32])
def test_gathering_in_parts_changes_no_bit(loss, choices, given, monkeypatch):
    """Room for 100 numbers: for batches of 7 a block is a batch, larger ones are read by slices or in one piece."""
    f, x, y = functions(loss), X.astype(given), TARGETS[loss]
    monkeypatch.setattr("bplib.tuning.arrays.CACHED", 3000)
    whole = train(f, x, y, **choices)
    monkeypatch.setattr(training, "_cost", lambda *_: 1.0)
    wanted = train(f, x, y, **choices)
    monkeypatch.setattr(batches, "ROOM", 100)
    assert same(train(f, x, y, **choices), wanted)
    assert all(np.array_equal(whole.parameters[name], array) for name, array in wanted.parameters.items())


def test_a_large_batch_is_gathered_slice_by_slice(monkeypatch):
    monkeypatch.setattr("bplib.tuning.arrays.CACHED", 3000)
    monkeypatch.setattr(training, "tune", lambda *given, **options: bp.tune(*given, **options))
    read, reading = [], Reader.read
    monkeypatch.setattr(batches, "ROOM", 4000)
    wanted = train(functions(), epochs=1)
    monkeypatch.setattr(Reader, "read", lambda reader, order, first, last: read.append((order is None, last - first))
                        or reading(reader, order, first, last))
    assert same(train(functions(), epochs=1), wanted)
    drawn = [number for unordered, number in read if not unordered]
    assert max(drawn) < 400 and sum(drawn) == 2 * 700


@pytest.mark.parametrize("over", ["mean", "sum"])
@pytest.mark.parametrize("l2", [0, 0.3])
@pytest.mark.parametrize("notation", ["bplib", "ng2011", "nielsen", "cs231n"])
def test_the_cost_of_parts_is_that_of_all_and_a_penalty_counts_once(over, l2, notation, monkeypatch):
    f = functions(notation=notation, over_samples=over, l2=l2)
    x, start = np.ascontiguousarray(f.layout.unpack_samples(X)[0]), f.layout.pack(bp.initial_parameters(f))
    monkeypatch.setattr(batches, "ROOM", 900)
    history = bp.train(f, start, x, LABELS, eta=1e-9, epochs=0, test=(x, LABELS))
    assert history.cost[0] == pytest.approx(f.cost(start, x, LABELS), rel=1e-13)


def test_the_cost_of_few_samples_is_computed_at_once():
    f = functions()
    assert train(f, epochs=0).cost == [f.cost(bp.initial_parameters(f), X, LABELS)]
    assert train(f, X.astype("float32"), epochs=0).cost == [
        f.cost(bp.initial_parameters(f), X.astype("float32"), LABELS)]


def test_accuracy_in_parts(monkeypatch):
    f = functions()
    p, whole = bp.initial_parameters(f, 3), bp.accuracy(f, bp.initial_parameters(f, 3), X, LABELS)
    assert whole == np.mean(f.predict(p, X).argmax(axis=1) == LABELS) and 0 < whole < 1
    monkeypatch.setattr(batches, "ROOM", 900)
    assert bp.accuracy(f, p, X, LABELS) == whole


@pytest.mark.parametrize("values, size", [(300, 3), (301, 2), (900, 1), (901, 1), (10**9, 1)])
def test_as_many_samples_go_at_a_time_as_there_is_room_for(values, size, monkeypatch):
    """One at least, however large it is; none twice, and none left out."""
    monkeypatch.setattr(batches, "ROOM", 900)
    parts = [*Reader(X[:7], 0, "float64").parts(values)]
    assert [last - first for first, last, _ in parts] == [size] * (7 // size) + [7 % size] * (7 % size > 0)
    assert np.array_equal(np.concatenate([part.copy() for *_, part in parts]), X[:7])


@pytest.mark.parametrize("choices", [{"batch_size": 32}, {}, {"seed": None}, {"batch_size": 32, "dtype": "float32"},
                                     {"batch_size": 50, "momentum": 0.9, "l2": 0.1}, {"l2": 0.1, "batch_size": 4000},
                                     {"batch_size": 400, "test": True},
                                     {"batch_size": 50, "form": np.asfortranarray}], ids=str)
def test_memory_is_what_the_docstring_says(choices, monkeypatch):
    """As numbers of 8 bytes: N + 8 P + 4 R, and 2 B U where a step takes a batch in one piece."""
    N, R, choices = 20_000, 300_000, dict(choices)
    monkeypatch.setattr(batches, "ROOM", R)
    x = choices.pop("form", lambda a: a)(np.resize(RANDOM.normal(size=(100, 200)).astype("float32"), (N, 200)))
    y = np.resize(np.arange(10), N)
    l2 = choices.pop("l2", 0)
    f = wide(l2)
    start, B = bp.initial_parameters(f), choices.get("batch_size", N)
    if choices.pop("test", False):
        choices["test"] = x, y
    code = tuned(f, dtype=choices.get("dtype", "float64")).code  # code, and arrays for a chunk, are made before
    for rows in {B, N % B or B}:
        code(rows).bound([np.zeros_like(a) for a in start.values()], [np.zeros_like(a) for a in start.values()])
    tracemalloc.start()
    bp.train(f, start, x, y, eta=1e-3, epochs=1, **choices)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    P, U = sum(map(np.size, start.values())), batches.values_of_a_sample(f.network)
    assert peak <= 8 * (N + 8 * P + 4 * R + (2 * B * U if B * U > R and l2 else 0))
    assert peak < x.nbytes or l2


@lru_cache(None)
def wide(l2):
    return bp.generate(bp.dense([200, 20, 10], ["tanh", "softmax"], "negative log-likelihood", l2=l2))


# any notation

@pytest.mark.parametrize("choices", [{"batch_size": 64, "momentum": 0.5}, {}, {"batch_size": 64, "dtype": "float32"}],
                         ids=str)
@pytest.mark.parametrize("notation", TABLE)
def test_training_in_any_notation(notation, choices):
    own = train(functions("categorical cross entropy"), Y=SHARES, test=(X, LABELS), keep=1, **choices)
    f = functions("categorical cross entropy", notation)
    x, y = f.layout.unpack_samples(X, SHARES)
    history = train(f, x, y, test=(x, LABELS), keep=1, **choices)
    tolerance = 1e-4 if "dtype" in choices else 1e-11
    assert tuple(history.parameters) == f.layout.parameters
    for one, other in ((history.parameters, own.parameters), (history.kept[1], own.kept[1])):
        for name, array in f.layout.unpack(one).items():
            np.testing.assert_allclose(array, other[name], rtol=0, atol=tolerance)
            assert array.dtype == choices.get("dtype", "float64")
    np.testing.assert_allclose(history.cost, own.cost, rtol=tolerance)
    assert history.accuracy == own.accuracy
    assert bp.accuracy(f, history.parameters, x, LABELS) == pytest.approx(own.accuracy[-1], abs=0.01)
    half = train(f, x, y, test=(x, LABELS), keep=1, **{**choices, "epochs": 1})
    assert same(bp.train(f, half, x, y, eta=0.3, epochs=2, test=(x, LABELS), **choices), history)


# checks that copy nothing

def test_what_is_wrong_far_behind_is_told_as_by_the_check_of_all(monkeypatch):
    monkeypatch.setattr(inputs, "BLOCK", 60)
    f, x, y = functions("categorical cross entropy"), X.copy(), SHARES.copy()
    x[432, 2], y[321] = np.nan, 0.3
    for given, message in (((x, SHARES), r"X holds nan at \[432, 2\]"), ((X, y), "sample 321 adds up to 1.2")):
        with pytest.raises(bp.InputError, match=message):
            train(f, *given)
    with pytest.raises(bp.InputError, match=r"X holds nan at \[432, 2\]"):
        train(f, X, SHARES, test=(x, LABELS))
    nielsen = functions("categorical cross entropy", "nielsen")
    with pytest.raises(bp.InputError, match=r"x holds nan at \[2, 432\]|X holds nan at \[2, 432\]"):
        train(nielsen, x.T, SHARES.T)
    with pytest.raises(bp.InputError, match="sample 321 adds up"):
        train(nielsen, X.T, y.T)


def test_numbers_beyond_float32():
    for x, p, name in ((1e39, 1.0, "x holds 1e.39"), (1.0, 1e39, "w holds numbers beyond 3.4e.38")):
        for choices, told in (({"dtype": "float32"}, name), ({}, None)):
            def run():
                return bp.train(bp.neuron("tanh", bias=False), {"w": p}, [x], [0.5], eta=1, epochs=0, **choices)
            if told:
                with pytest.raises(bp.InputError, match=told + ".*float32"):
                    run()
            else:
                assert run().parameters["w"].dtype == "float64"


def test_targets_that_are_no_probabilities_are_told_once_and_at_the_call(monkeypatch):
    monkeypatch.setattr(inputs, "BLOCK", 60)
    f, y = bp.generate(bp.dense([6, 1], "sigmoid", "binary cross entropy")), RANDOM.uniform(size=(700, 1))
    y[[50, 650]] = [[-0.25], [1.5]]
    with pytest.warns(UserWarning, match="given: -0.25 to 1.5") as told:
        bp.train(f, bp.initial_parameters(f), X, y, eta=0.1, epochs=1)
    (one,) = told
    assert one.filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        bp.train(f, bp.initial_parameters(f), X, y.clip(0, 1), eta=0.1, epochs=1)
