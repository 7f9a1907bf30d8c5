"""Tuned code: after every pass it computes what the plain code computes, and it writes only where it may."""
import ast
import linecache
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import lru_cache
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from networks_to_test import NETWORKS, parameters, samples
from test_random_networks import networks
from tiers import tries

import bplib as bp
from bplib.conventions import TABLE
from bplib.losses import TABLE as LOSSES
from bplib.notation import Notation
from bplib.tuning import arrays as tuned_arrays
from bplib.tuning.arrays import ArrayCode
from bplib.tuning.kernels import empty, namespace
from bplib.tuning.names import Names
from bplib.tuning.scalars import ScalarCode
from bplib.tuning.together import _slopes_first
from bplib.tuning.trees import called, expression, line, pairs
from bplib.tuning.tuned import KEPT

CLOSED = [name for name in NETWORKS if "any" not in name and name != "neuron"]
TOLERANCE = {"float64": 1e-12, "float32": 2e-4}


def close(found, wanted, dtype="float64"):
    """Equal to rounding, in the size of the largest entry."""
    size = max(1e-2, *(np.abs(w).max() for w in wanted))
    return all(np.abs(f - w).max() <= TOLERANCE[dtype] * size for f, w in zip(found, wanted, strict=True))


@lru_cache(None)
def functions(name, notation="bplib"):
    """The functions of one of the NETWORKS, made once."""
    network = made(name)
    return bp.generate(network, derived(network), notation)


@lru_cache(None)
def made(name):
    return NETWORKS[name]()


@lru_cache(200)
def derived(network):
    return bp.derive(network)


def case(network, number, notation="bplib", seed=3):
    """Functions of a network (or of one by its name), parameters in the order of the layout, and samples."""
    f = functions(network, notation) if isinstance(network, str) else bp.generate(network, derived(network), notation)
    network, random = f.network, np.random.default_rng(seed)
    p = f.layout.pack(parameters(network, random)) if notation != "bplib" else parameters(network, random)
    X, Y = map(np.ascontiguousarray, f.layout.unpack_samples(*samples(network, random, number)))
    return f, {name: np.ascontiguousarray(p[name]).reshape(p[name].shape) for name in f.layout.parameters}, X, Y


def in_dtype(values, dtype):
    return [v.astype(dtype) if v.dtype.kind == "f" else v for v in values]


@pytest.mark.parametrize("number", (1, 60))
@pytest.mark.parametrize("name", CLOSED)
def test_every_pass_leaves_the_gradients_as_they_are(name, number):
    f, p, X, Y = case(name, number)
    wanted = f.gradients.raw(*p.values(), X, Y)
    for stage in ArrayCode(f, number, "float64").stages:
        if stage.source.startswith("def gradients"):
            found = stage.function(*p.values(), X, Y)
        else:
            found = [np.full(w.shape, np.nan) for w in p.values()]
            with np.errstate(over="ignore"):
                stage.function(*p.values(), X, Y, *found, 1.0, 0.0)  # β = 0: what was there before does not matter
                stage.function(*p.values(), X, Y, *found, 3.0, -2.0)
        assert close(found, wanted), stage


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("number", (4, 60))
@pytest.mark.parametrize("name", CLOSED)
def test_gradients_and_step_equal_the_plain_ones(name, number, dtype):
    f, p, X, Y = case(name, number)
    p = dict(zip(p, in_dtype(p.values(), dtype)))
    tuned, wanted = bp.tune(f, dtype=dtype), f.gradients(p, X, Y)
    before = {key: value.copy() for key, value in p.items()}
    found = tuned.gradients(p, X, Y)
    assert list(found) == list(p) and all(g.dtype == dtype and g.shape == p[key].shape for key, g in found.items())
    assert close(found.values(), wanted.values(), dtype)
    assert all(np.array_equal(p[key], before[key]) for key in p)
    assert tuned.step(p, X, Y, eta=0.3) is None
    assert close(p.values(), [before[key] - 0.3 * wanted[key] for key in p], dtype)


@pytest.mark.parametrize("name", ("deep", "no bias", "softmax and labels", "softmax inside"))
@pytest.mark.parametrize("notation", TABLE)
def test_any_notation(name, notation):
    f, p, X, Y = case(name, 5, notation)
    for dtype in TOLERANCE:
        found = bp.tune(f, dtype=dtype).gradients(p, X, Y)
        assert close(found.values(), f.gradients(p, X, Y).values(), dtype)


@pytest.mark.parametrize("loss", [row.name for row in LOSSES.values() if row.targets != "none"])
def test_random_networks(loss):
    seen = []

    @settings(max_examples=tries(25, 5), deadline=None, database=None, derandomize=True,
              suppress_health_check=list(HealthCheck))
    @given(network=networks(loss), number=st.integers(1, 30), seed=st.integers(0, 2**32 - 1),
           dtype=st.sampled_from([*TOLERANCE]))
    def compare(network, number, seed, dtype):
        f, p, X, Y = case(network, number, seed=seed)
        if dtype == "float32":  # kinks: a float32 may lie on the other side, so the plain code gets the same numbers
            p, (X, Y) = dict(zip(p, in_dtype(p.values(), dtype))), in_dtype((X, Y), dtype)
        wanted = f.gradients.raw(*p.values(), X, Y)
        out = [np.empty(np.shape(w), dtype) for w in wanted]
        ArrayCode(f, number, dtype).accumulate([*p.values()], X, Y, out, 1.0, 0.0)
        assert close(out, wanted, dtype), f"{network.structure} {network.options}"
        seen.append(number)

    compare()
    assert len(seen) >= tries(25, 5)


# memory

def test_what_is_returned_is_not_written_to_again():
    f, p, X, Y = case(bp.dense([30, 20, 10]), 12)
    tuned = bp.tune(f)
    first = tuned.gradients(p, X, Y)
    kept = {key: g.copy() for key, g in first.items()}
    second = tuned.gradients(p, 2 * X, Y)
    assert all(np.array_equal(first[key], kept[key]) and not np.shares_memory(first[key], second[key]) for key in p)
    assert not any(np.shares_memory(a, b) for a in first.values() for b in [X, Y, *p.values()])


def test_reuse_returns_the_same_arrays_with_the_new_values():
    f, p, X, Y = case(bp.dense([30, 20, 10]), 12)
    tuned = bp.tune(f)
    first = tuned.gradients(p, X, Y, reuse=True)
    other = tuned.gradients(p, X, Y)
    second = tuned.gradients(p, 2 * X, Y, reuse=True)
    assert all(first[key] is second[key] and not np.shares_memory(first[key], other[key]) for key in p)
    assert close(second.values(), f.gradients(p, 2 * X, Y).values())


@pytest.mark.parametrize("turned", (np.asfortranarray, lambda a: np.repeat(a, 2, axis=0)[::2], lambda a: a.copy()[:]))
def test_arrays_in_any_order_of_memory(turned):
    f, p, X, Y = case(bp.dense([30, 20, 10]), 12)
    found = bp.tune(f).gradients({key: turned(w) for key, w in p.items()}, turned(X), turned(Y))
    assert close(found.values(), f.gradients(p, X, Y).values())


def test_a_step_refuses_what_it_cannot_change():
    f, p, X, Y = case(bp.dense([5, 4, 3]), 2)
    tuned = bp.tune(f)
    square = bp.tune(bp.dense([5, 5, 5]))
    W, b = np.ones((5, 5)), np.zeros(5)
    frozen = p["W2"].copy()
    frozen.flags.writeable = False
    for change, message in (({"W1": np.asfortranarray(p["W1"])}, r"W1\.copy\(\)"), ({"W2": frozen}, r"W2\.copy\(\)"),
                            ({"b1": p["b1"].astype("float32")}, "b1 .* array of float64; given: float32"),
                            ({"b1": p["b1"].tolist()}, "given: a list"), ({"W1": np.ones((4, 6))}, "needs")):
        with pytest.raises(bp.InputError, match=message):
            tuned.step({**p, **change}, X, Y, 0.1)
    with pytest.raises(bp.InputError, match="W1 and W2 share their memory"):
        square.step({"W1": W, "b1": b, "W2": W, "b2": b.copy()}, np.ones((2, 5)), np.ones((2, 5)), 0.1)
    with pytest.raises(bp.InputError, match="W1 and X share"):
        square.step({"W1": W, "b1": b, "W2": W.copy(), "b2": b.copy()}, W, np.ones((5, 5)), 0.1)
    assert np.array_equal(W, np.ones((5, 5)))


@pytest.mark.parametrize("arguments, message", (
    ({"dtype": "float16"}, "float64 or float32"), ({"batch": 0}, "batch is a whole number"),
    ({"batch": 2.5}, "batch is a whole number")))
def test_what_cannot_be_tuned_is_told(arguments, message):
    with pytest.raises(bp.InputError, match=message):
        bp.tune(bp.dense([3, 2]), **arguments)


def test_the_checks_of_the_plain_functions_hold():
    f, p, X, Y = case(bp.dense([5, 4, 3]), 2)
    for call in (bp.tune(f).gradients, lambda p, X, Y: bp.tune(f).step(p, X, Y, 0.1)):
        with pytest.raises(bp.InputError, match="expected is"):
            call(p, X[:, :4], Y)
        with pytest.raises(bp.InputError, match="Missing: b2"):
            call({key: p[key] for key in ("W1", "b1", "W2")}, X, Y)
    with pytest.raises(bp.InputError, match="eta"):
        bp.tune(f).step(p, X, Y, -1)


# numbers of samples

def test_the_batch_may_change_from_call_to_call():
    network = bp.dense([30, 20, 10], ["tanh", "softmax"], "negative log-likelihood")
    tuned = bp.tune(network, batch=8)
    for number in (8, 3, 8, 1, 100, 3, 8, *range(20, 32), 8):
        f, p, X, Y = case(network, number, seed=number)
        assert close(tuned.gradients(p, X, Y).values(), f.gradients(p, X, Y).values())


@pytest.mark.parametrize("number", (256, 511, 512, 513, 1000, 1031))
@pytest.mark.parametrize("dtype", TOLERANCE)
def test_chunks(number, dtype, monkeypatch):
    monkeypatch.setattr(tuned_arrays, "CACHED", 3000)
    f, p, X, Y = case(bp.dense([9, 8, 7], ["relu", "sigmoid"]), number)
    code = bp.tune(f, dtype=dtype).code(number)
    assert code.fused == (number <= 256) and code.chunk <= 400
    assert (number % code.chunk != 0) == ("accumulate_last" in code.stages[-1].source)
    p = dict(zip(p, in_dtype(p.values(), dtype)))
    wanted, tuned = f.gradients(p, X, Y), bp.tune(f, dtype=dtype)
    assert close(tuned.gradients(p, X, Y).values(), wanted.values(), dtype)
    after = {key: w.copy() for key, w in p.items()}
    tuned.step(after, X, Y, 0.5)
    assert close(after.values(), [p[key] - 0.5 * wanted[key] for key in p], dtype)


@pytest.mark.parametrize("network", (
    lambda: bp.dense([9, 8, 7], l2=0.3), lambda: bp.dense([9, 8, 7], over_samples="sum")))
def test_a_penalty_counts_once_for_many_samples(network, monkeypatch):
    monkeypatch.setattr(tuned_arrays, "CACHED", 3000)
    f, p, X, Y = case(network(), 1031)
    assert close(bp.tune(f).gradients(p, X, Y).values(), f.gradients(p, X, Y).values())


@pytest.mark.parametrize("name", CLOSED)
@pytest.mark.parametrize("number", (1, 40))
def test_loops_with_arrays_built_in(name, number):
    f, p, X, Y = case(name, number)
    arrays = [w.copy() for w in p.values()]
    wanted = f.gradients(p, X, Y)
    code = bp.tune(f).code(number)
    velocity = [np.ones_like(w) for w in arrays]
    code.bound(arrays, velocity)(X, Y, -0.2, 0.9)
    assert close(velocity, [0.9 - 0.2 * g for g in wanted.values()])
    code.bound(arrays, arrays)(X, Y, -0.2, 1.0)
    assert close(arrays, [p[key] - 0.2 * wanted[key] for key in p])


# tiny networks as numbers

@pytest.mark.parametrize("name", CLOSED)
@pytest.mark.parametrize("number", (1, 4))
def test_networks_as_numbers(name, number):
    f, p, X, Y = case(name, number)
    code = ScalarCode(f, number)
    flat = np.concatenate([np.ravel(w) for w in p.values()])
    wanted = np.concatenate([np.ravel(g) for g in f.gradients(p, X, Y).values()])
    *_, plain, shared, step = code.stages
    for stage in (plain, shared):
        assert close([np.array(stage.function(flat.tolist(), X.tolist(), Y.tolist()))], [wanted])
    assert close([np.array(step.function(flat.tolist(), X.tolist(), Y.tolist(), 0.3))], [flat - 0.3 * wanted])
    assert len(shared.source) <= len(plain.source) or "t1 = " in shared.source


def test_small_networks_and_batches_are_numbers_and_others_arrays():
    xor = bp.tune(bp.dense([2, 2, 1]))
    assert isinstance(xor.code(4), ScalarCode) and isinstance(xor.code(400), ArrayCode)
    assert isinstance(bp.tune(bp.dense([2, 2, 1]), dtype="float32").code(1), ArrayCode)
    assert isinstance(bp.tune(bp.dense([20, 20, 1])).code(1), ArrayCode)


@pytest.mark.parametrize("number", (1, 200))
@pytest.mark.parametrize("activation", ("sigmoid", "tanh", "softplus", "silu", "gelu", "elu", "softmax"))
def test_large_z_without_a_warning(activation, number):
    network = bp.dense([1, 2, 2], [activation, "sigmoid"])
    p = {"W1": np.array([[1000.0], [-1000.0]]), "b1": np.zeros(2), "W2": np.array([[900.0, -700], [800, 700]]),
         "b2": np.ones(2)}
    X, Y = np.linspace(-1, 1, number)[:, None], np.zeros((number, 2))
    f, tuned = bp.generate(network), bp.tune(network)
    assert all(np.isfinite(g).all() for g in tuned.gradients(p, X, Y).values())
    assert close(tuned.gradients(p, X, Y).values(), f.gradients(p, X, Y).values())


# graphs, whose arrays may be joined in several ways

GRAPHS = {
    "two hidden of one activation": ({"h1": (["p", "q"], "sigmoid"), "h2": (["p", "q"], "sigmoid"),
                                      "o": (["h1", "h2"], "identity")}, "squared error"),
    "a neuron that waits": ({"h": (list("pq"), "relu"), "o": (["p"], "sigmoid"), "u": (["h"], "sigmoid")},
                            "negative log-likelihood"),
    "4-8-3": ({**{f"h{n}": (list("pq"), "tanh") for n in range(8)},
               **{f"o{n}": ([f"h{m}" for m in range(8)], "sigmoid") for n in range(3)}}, "squared error"),
    "three activations in turn": ({**{f"h{n}": (list("pq"), ("tanh", "sigmoid", "relu")[n % 3]) for n in range(6)},
                                   **{f"m{n}": ([f"h{m}" for m in range(6)], ("tanh", "sigmoid")[n % 2]) for n in range(4)},
                                   "o": ([f"m{n}" for n in range(4)], "identity")}, "squared error")}


@pytest.mark.parametrize("number", (1, 10, 25, 31, 60))
@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("name", GRAPHS)
def test_arrays_of_graphs_are_joined_rightly(name, dtype, number):
    neurons, loss = GRAPHS[name]
    f, p, X, Y = case(graph(name), number)
    p, (X, Y) = dict(zip(p, in_dtype(p.values(), dtype))), in_dtype((X, Y), dtype)
    code = ArrayCode(f, number, dtype)
    found = [np.full(np.shape(w), np.nan, dtype) for w in p.values()]
    for _ in range(2):
        code.accumulate([*p.values()], X, Y, found, 1.0, 0.0)
        assert close(found, f.gradients.raw(*p.values(), X, Y), dtype)


@lru_cache(None)
def graph(name):
    neurons, loss = GRAPHS[name]
    return bp.graph(neurons, list("pq"), loss=loss, bias=True)


def test_an_array_is_joined_with_others_once():
    """Each part of a joint array is written by one line, however many groups of neurons could be computed together."""
    for name in GRAPHS:
        f, *_ = case(graph(name), 10)
        sources = {stage.name: stage.source for stage in ArrayCode(f, 10, "float64").stages}
        parts = [part.id for _, value in pairs(line(sources["together"])) if called(value) == "np.concatenate"
                 for part in value.args[0].elts]
        assert len(parts) == len(set(parts))


def test_arrays_that_nobody_has_written_are_not_numbers():
    """So code that reads one too early cannot give a number that looks right."""
    made = empty((3, 2), "float64")
    assert np.isnan(made).all() and np.isnan(empty((4,), "float32", "F")).all() and not empty((2,), bool).any()


# names

OURS = ("one", "zero", "half", "ones", "t{}", "alpha", "beta", "joint{}", "scale", "eye", "gemm", "product", "blend",
        "accumulate", "first", "exp", "subtract", "W1_T", "a1_slope", "penalty_W1", "c{}", "expit", "range", "max")


@pytest.mark.parametrize("name", OURS)
def test_a_text_may_call_its_arrays_as_tuned_code_calls_others(name):
    kinds = ("z", "a", "delta") if "{}" in name else ("x", "y")
    for kind in kinds:
        f, p, X, Y = case(small_network(), 7, Notation("mine", code={kind: name}))
        for dtype in TOLERANCE:
            found = bp.tune(f, dtype=dtype).gradients(p, X, Y)
            assert close(found.values(), f.gradients(p, X, Y).values(), dtype), (kind, dtype)


@lru_cache(None)
def small_network():
    return bp.dense([5, 5, 4], ["relu", "sigmoid"], l2=0.1)


@pytest.mark.parametrize("samples_", ("rows", "columns"))
@pytest.mark.parametrize("code", ({"y": "z1", "z": "Y{}"}, {"x": "a1", "a": "X{}"}, {"x": "delta1", "delta": "W{}", "W": "V{}"},
                                  {"z": "a{}", "a": "z{}"}, {"b": "z{}", "z": "b{}"}))
def test_names_of_this_course_may_stand_for_other_arrays(code, samples_):
    f, p, X, Y = case(small_network(), 7, Notation("mine", code=code, samples=samples_))
    assert close(bp.tune(f).gradients(p, X, Y).values(), f.gradients(p, X, Y).values())


@pytest.mark.parametrize("code", ({"y": "x"}, {"x": "c", "y": "x"}, {"x": "y", "y": "x"}))
def test_names_by_which_inputs_and_targets_are_asked_for_are_refused_for_others(code):
    with pytest.raises(bp.InputError, match="are called in formulas"):
        bp.generate(bp.dense([2, 3, 1]), notation=Notation("mine", code=code))


def test_random_names_are_right_or_refused():
    random, refused, words = np.random.default_rng(5), 0, [*namespace("float64", {}), *OURS, "N", "len", "for", "µ", "ﬁ"]
    for _ in range(40):
        code = {kind: _drawn_name(random, words, kind) for kind in random.permutation([*"xyWbza", "delta"])[:3]}
        try:
            f, p, X, Y = case(small_network(), 3, Notation("mine", code=code))
        except bp.InputError as error:
            assert "'mine'" in str(error)
            refused += 1
        else:
            found = bp.tune(f).gradients(p, X, Y)
            assert close(found.values(), f.gradients(p, X, Y).values()), code
    assert 2 < refused < 30


def _drawn_name(random, words, kind):
    word = str(random.choice(words)) if random.random() < 0.6 else "".join(random.choice([*"abtdWNz_éµ"], 3))
    return word if kind in "xy" else word.replace("{}", "") + "{}"


# numbers that dtype cannot hold

def test_what_float32_cannot_hold_is_told_or_infinite_as_in_the_plain_code():
    f = bp.generate(bp.dense([2, 1], "identity"))
    p, tuned = bp.initial_parameters(f.network), bp.tune(f, dtype="float32")
    with pytest.raises(bp.InputError, match=r"X holds 1e\+300, and float32 ends at 3.4e\+38"):
        tuned.gradients(p, [[1e300, 1.0]], [[0.0]])
    with pytest.warns(RuntimeWarning, match="overflow"):
        found = tuned.gradients(p, [[1e30, 1.0]], [[0.0]])
    wanted = f.gradients(p, [[1e30, 1.0]], [[0.0]])
    assert np.isinf(found["W1"][0, 0]) and np.allclose(found["W1"][0, 1], wanted["W1"][0, 1], rtol=1e-6)
    with pytest.warns(RuntimeWarning, match="overflow"):
        infinite, wanted = bp.tune(f).gradients(p, [[1e200, 1.0]], [[0.0]]), f.gradients(p, [[1e200, 1.0]], [[0.0]])
    assert all(np.array_equal(infinite[key], wanted[key]) for key in p) and np.isinf(wanted["W1"][0, 0])
    with pytest.warns(RuntimeWarning, match="smaller eta"):
        bp.tune(f).step({key: w.copy() for key, w in p.items()}, [[1e200, 1.0]], [[0.0]], 1.0)


# several sizes, several threads

def test_sizes_beyond_those_that_are_kept_are_computed_by_the_plain_code(monkeypatch):
    network = bp.dense([4, 3, 2])
    tuned, sizes = bp.tune(network), []
    monkeypatch.setattr(tuned, "_made", lambda samples, make=tuned._made: sizes.append(samples) or make(samples))
    for number in [*range(1, 13)] * 2:
        f, p, X, Y = case(network, number, seed=number)
        after, wanted = {key: w.copy() for key, w in p.items()}, f.gradients(p, X, Y)
        assert close(tuned.gradients(p, X, Y).values(), wanted.values())
        tuned.step(after, X, Y, 0.5)
        assert close(after.values(), [p[key] - 0.5 * wanted[key] for key in p])
        velocity = [np.ones_like(w) for w in p.values()]
        tuned.code(number).bound([*p.values()], velocity)(X, Y, -0.2, 0.9)
        assert close(velocity, [0.9 - 0.2 * g for g in wanted.values()])
    assert len(sizes) == len(set(sizes)) == KEPT and repr(tuned.code(12).stages[-1]).startswith("plain")


def test_threads_that_share_tuned_code_wait_for_each_other():
    network = bp.dense([40, 30, 20])
    tuned, cases = bp.tune(network), [case(network, 20, seed=seed) for seed in range(4)]

    def gradients(n):
        f, p, X, Y = cases[n % 4]
        return close(tuned.gradients(p, X, Y).values(), f.gradients(p, X, Y).values())

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(gradients, range(200)))


@pytest.mark.parametrize("notation", [name for name, row in TABLE.items() if row.samples == "columns"])
@pytest.mark.parametrize("activations", (["tanh", "softmax"], ["softmax", "sigmoid"]))
def test_one_sample_in_a_column(notation, activations):
    f, p, X, Y = case(columns_network(*activations), 1, notation)
    for dtype in TOLERANCE:
        assert close(bp.tune(f, dtype=dtype).gradients(p, X, Y).values(), f.gradients(p, X, Y).values(), dtype)


@lru_cache(None)
def columns_network(*activations):
    return bp.dense([2, 3, 2], [*activations], over_outputs="mean")


def test_the_source_can_be_read_when_python_has_forgotten_it():
    f = bp.generate(bp.dense([2, 2]))
    linecache.clearcache()
    assert "def gradients(W1, b1, X, Y)" in f.gradients.source and "gemm" in bp.tune(f, batch=99).source


# what can be read

def test_stages_can_be_read_and_end_with_the_source():
    tuned = bp.tune(bp.dense([784, 30, 10]), batch=10)
    assert [stage.name for stage in tuned.stages] == ["plain", *tuned_arrays.PASSES]
    assert tuned.source == tuned.stages[-1].source == repr(tuned) and "gemm(" in tuned.source
    assert tuned.stages[0].source == tuned.functions.gradients.source
    for stage in tuned.stages:
        assert stage.name in repr(stage) and stage.why in stage._repr_markdown_()
    plain = tuned.stages[1].source
    assert "N = " not in plain and "/ 10" in plain


def test_constant_factors_end_in_the_products():
    tuned = bp.tune(bp.dense([784, 30, 10]), batch=10)
    after = {stage.name: stage.source for stage in tuned.stages}
    assert "delta2 = 2 * (a2 - Y)" in after["sizes"] and "delta2 = (a2 - Y)" in after["constants last"]
    assert "scale = 0.2 * alpha" in after["products"]


def test_few_arrays_are_made():
    """784–30–10: activations, two for slopes, and errors, for each unit and sample; nothing as large as a gradient.

    By ten samples the activations of both layers lie in one array, and so do their slopes.
    """
    code = bp.tune(bp.dense([784, 30, 10])).code(10)
    made = code.pieces["accumulate"].setting.constants
    assert [made[name].shape for name in ("joint0", "joint1", "joint2", "delta1", "delta2")] == [
        (400,), (400,), (400,), (10, 30), (10, 10)]
    views = {name: a for name, a in made.items() if isinstance(a, np.ndarray) and a.ndim == 2 and name[:5] != "delta"}
    assert all(np.shares_memory(a, made["joint0"]) or np.shares_memory(a, made["joint2"]) for a in views.values())
    made = bp.tune(bp.dense([784, 30, 10])).code(40).pieces["accumulate"].setting.constants
    arrays = {name: a for name, a in made.items() if isinstance(a, np.ndarray) and a.ndim == 2 and "_T" not in name}
    assert sum(a.size for a in arrays.values()) == 40 * (3 * 30 + 2 * 10)


@pytest.mark.parametrize("samples", [1, 10, 1000, 1003])
def test_multiplications_are_counted(samples):
    """784–30–10: forward and gradients one for each weight and sample, in chunks or not; the errors of layer 1 the rest."""
    counted = bp.tune(bp.dense([784, 30, 10]), batch=samples).matrix_products
    assert [(what, number / samples) for what, _, number in counted] == [
        ("forward", 23520), ("forward", 300), ("error", 300), ("gradient", 23520), ("gradient", 300)]
    assert counted[2][1] == "delta2 @ W2"


@pytest.mark.parametrize("sizes, activations, number, subtractions", [
    ([400, 25, 10], "sigmoid", 1, 1), ([40, 30, 20, 10], "tanh", 10, 1), ([40, 30, 20, 10], "sigmoid", 10, 1),
    ([400, 300, 200], "sigmoid", 20, 2), ([40, 30, 20, 10], "sigmoid", 60, 3),  # large, and sample next to sample
    ([40, 30, 20, 10], ["sigmoid", "tanh", "tanh"], 10, 2), ([4, 3, 2], ["softplus", "sigmoid"], 20, 1)])
def test_slopes_of_small_layers_are_computed_in_one(sizes, activations, number, subtractions):
    """Each slope of a sigmoid or tanh has one 1 − …"""
    source = ArrayCode(bp.generate(bp.dense(sizes, activations)), number, "float64").stages[-1].source
    assert source.count("subtract(one, ") == subtractions


@pytest.mark.parametrize("more, targets", [([], ["r", "a_slope", "d"]), ([("e", "p + d")], ["r", "p", "d", "e"])])
def test_a_product_that_is_needed_again_is_kept(more, targets):
    lines = [(target, expression(code)) for target, code in [("r", "1 - a"), ("p", "q * a"), ("d", "p * r"), *more]]
    found = _slopes_first(lines, SimpleNamespace(found={"a": ((3,), "f")}, names=Names({"a", "q"})))
    assert [target for target, _ in found] == targets
    space = {"np": np, "a": np.array([0.5, 2, -1]), "q": np.array([3.0, 4, 5])}
    for target, value in found:
        space[target] = eval(ast.unparse(value), space)
    assert space["d"].tolist() == (space["q"] * space["a"] * (1 - space["a"])).tolist()


@pytest.mark.parametrize("name", ["first", "accumulate", "in_chunks"])
def test_names_of_the_loop_over_chunks_may_be_a_texts_own(name):
    network = bp.dense([784, 30, 10], "sigmoid")
    text = replace(TABLE["bplib"], name="mine", code={"x": name})
    f, random = bp.generate(network, notation=text), np.random.default_rng(0)
    p, X, Y = bp.initial_parameters(f), random.normal(size=(1000, 784)), random.uniform(size=(1000, 10))
    tuned = bp.tune(f, batch=1000)
    assert tuned.stages[-1].name == "chunks"
    for key, array in f.gradients(p, X, Y).items():
        np.testing.assert_allclose(tuned.gradients(p, X, Y)[key], array, rtol=1e-9, atol=1e-13)
