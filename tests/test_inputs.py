"""Every mistake of a learner ends in an InputError: what was given, what was expected, what to do.

All arrays handed over are read-only, so code that writes into a caller's array fails here as well.
"""
import re
import warnings
from collections import UserDict
from functools import lru_cache
from types import MappingProxyType

import numpy as np
import pytest

import bplib as bp
from bplib.activations import activation
from bplib.errors import InputError
from bplib.losses import loss

NAN, INF = np.nan, np.inf


@pytest.fixture(autouse=True)
def warnings_are_errors():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def refused(call, *patterns):
    """The message of the InputError that `call` raises; each pattern is found in it."""
    with pytest.raises(InputError) as caught:
        call()
    message = str(caught.value)
    for pattern in patterns:
        assert re.search(pattern, message), f"{pattern!r} is not in: {message}"
    return message


def shape(*sizes):
    """A pattern for a shape as a message writes it: (3, 2), (N, 2), (4,)."""
    return re.escape("(" + ", ".join(map(str, sizes)) + ("," if len(sizes) == 1 else "") + ")")


def frozen(array):
    array = np.array(array)
    array.setflags(write=False)
    return array


KINDS = MappingProxyType({
    "values": lambda: bp.dense([2, 3, 1]),
    "two": lambda: bp.dense([2, 3, 2]),
    "binary": lambda: bp.dense([2, 3, 1], "sigmoid", "binary cross entropy"),
    "distribution": lambda: bp.dense([2, 3], "softmax", "categorical cross entropy"),
    "labels": lambda: bp.dense([2, 3], "softmax", "negative log-likelihood"),
    "neuron": lambda: bp.neuron(),
    "graph": lambda: bp.graph({"h": (["p", "q"], "tanh"), "o": (["h"], "sigmoid")}, ["p", "q"], bias=True),
})
random = np.random.default_rng(0)
X = frozen(random.normal(size=(4, 2)))
TARGETS = MappingProxyType({
    "values": frozen([[0.1], [0.9], [0.2], [0.7]]), "two": frozen(random.uniform(size=(4, 2))),
    "binary": frozen([[0.], [1.], [0.], [1.]]), "distribution": frozen(np.eye(3)[[0, 1, 2, 1]]),
    "labels": frozen([0, 1, 2, 1]), "neuron": frozen([0., 1., 0., 1.]),
    "graph": frozen([[0.], [1.], [0.], [1.]]),
})
Y = TARGETS["values"]


@lru_cache
def functions(kind="values"):
    return bp.generate(KINDS[kind]())


@lru_cache
def derivation(kind="values"):
    return bp.derive(KINDS[kind]())


def parameters(kind="values", **changed):
    """Parameters that fit a network, with some of them replaced."""
    fit = bp.initial_parameters(functions(kind).network)
    return {**{name: frozen(array) for name, array in fit.items()}, **changed}


def inputs(kind="values"):
    return X[:, 0] if kind == "neuron" else X


def cost(kind="values", x=None, y=None, **changed):
    return functions(kind).cost(parameters(kind, **changed), inputs(kind) if x is None else x,
                                TARGETS[kind] if y is None else y)


@pytest.mark.parametrize("kind", KINDS)
def test_what_fits_is_accepted(kind):
    """Otherwise the refusals below would mean nothing."""
    f, P = functions(kind), parameters(kind)
    assert np.isfinite(cost(kind))
    assert f.predict(P, inputs(kind)).shape[0] == len(X)
    assert {name: np.shape(g) for name, g in f.gradients(P, inputs(kind), TARGETS[kind]).items()} == {
        name: np.shape(P[name]) for name in f.network.parameters}


def test_lists_of_numbers_are_accepted():
    as_lists = {name: array.tolist() for name, array in parameters().items()}
    assert functions().cost(as_lists, X.tolist(), Y.tolist()) == cost()


def test_an_input_error_is_a_value_error():
    assert issubclass(InputError, ValueError) and bp.InputError is InputError


# ---------------------------------------------------------------------------------------------------------
# Parameters
# ---------------------------------------------------------------------------------------------------------

W1 = frozen(random.normal(size=(3, 2)))


@pytest.mark.parametrize("name, given, expected", [
    ("W1", np.ones((2, 3)), (3, 2)), ("W1", np.ones(2), (3, 2)), ("W1", np.ones(6), (3, 2)),
    ("W1", np.ones((1, 3, 2)), (3, 2)), ("W1", np.ones((3, 1)), (3, 2)), ("W1", np.ones((1, 2)), (3, 2)),
    ("W1", np.float64(1), (3, 2)), ("W1", np.zeros((0, 2)), (3, 2)),
    ("W2", np.ones(3), (1, 3)), ("W2", np.ones((3, 1)), (1, 3)),
    ("b1", np.ones((3, 1)), (3,)), ("b1", np.ones((1, 3)), (3,)), ("b1", np.ones(2), (3,)),
    ("b1", np.ones(1), (3,)), ("b1", np.float64(1), (3,)), ("b2", np.ones((1, 1)), (1,)),
], ids=lambda value: "x".join(map(str, value.shape)) if hasattr(value, "shape") else None)
@pytest.mark.parametrize("function", ["cost", "gradients", "forward", "predict"])
def test_a_parameter_of_the_wrong_shape(function, name, given, expected):
    samples = (X, Y) if function in ("cost", "gradients") else (X,)
    refused(lambda: getattr(functions(), function)(parameters(**{name: frozen(given)}), *samples),
            rf"\b{name}\b", shape(*given.shape), shape(*expected))


def test_a_transposed_weight_matrix_gets_the_hint():
    refused(lambda: cost(W1=W1.T), shape(2, 3), shape(3, 2), r"W1\.T")
    assert ".T" not in refused(lambda: cost(W1=frozen(np.ones((4, 2)))))
    assert ".T" not in refused(lambda: cost(b1=frozen(np.ones(2))))


@pytest.mark.parametrize("kind, name", [
    ("neuron", "w"), ("neuron", "b"), ("graph", "w_p_h"), ("graph", "b_o"),
])
def test_a_weight_that_is_one_number_is_no_array(kind, name):
    refused(lambda: cost(kind, **{name: frozen([1.])}), rf"\b{name}\b", shape(1), r"\(\)")


@pytest.mark.parametrize("name", ["W1", "b1", "W2", "b2"])
@pytest.mark.parametrize("wrong", [NAN, INF, -INF])
def test_a_parameter_that_is_not_finite(name, wrong):
    array = np.array(parameters()[name])
    array.reshape(-1)[-1] = wrong
    at = ", ".join(str(size - 1) for size in array.shape)
    refused(lambda: cost(**{name: frozen(array)}), rf"\b{name}\b", str(wrong), rf"\[{at}\]", "finite")


@pytest.mark.parametrize("kind, name", [("neuron", "w"), ("graph", "w_q_h")])
def test_a_number_that_is_not_finite(kind, name):
    refused(lambda: cost(kind, **{name: NAN}), rf"\b{name}\b", "nan", "finite")


@pytest.mark.parametrize("given", [
    np.ones((3, 2), int), np.ones((3, 2), "u1"), [[1, 2], [3, 4], [5, 6]],
], ids=["int64", "uint8", "list"])
def test_whole_numbers_for_a_parameter(given):
    refused(lambda: cost(W1=given), r"\bW1\b", "u?int", "float")


@pytest.mark.parametrize("given", [1, np.int64(1)])
def test_a_whole_number_for_a_weight(given):
    refused(lambda: cost("neuron", w=given), r"\bw\b", "int", "float", r"1\.0")


@pytest.mark.parametrize("given, says", [
    (W1 + 0j, "complex"), (W1 + 1j, "complex"), (W1.astype(object), "object"),
    (W1.astype(str), "<U|str|text"), (W1 > 0, "bool"), ("abc", "<U|str|text"),
    (W1.astype("M8[s]"), "datetime"), ([[None, 1.0], [1.0, 1.0], [1.0, 1.0]], "object|None"),
    ({1.0, 2.0}, "object|set"),
], ids=["imaginary part 0", "complex", "object", "strings", "bool", "a string", "dates", "a None", "set"])
@pytest.mark.parametrize("function", ["cost", "gradients"])
def test_a_parameter_that_holds_no_real_numbers(function, given, says):
    refused(lambda: getattr(functions(), function)(parameters(W1=given), X, Y), r"\bW1\b", says, "float|real")


def test_a_parameter_that_is_none():
    assert "astype" not in refused(lambda: cost(W1=None), r"\bW1\b", "None|object"), "None has no astype"


def test_a_ragged_parameter():
    refused(lambda: cost(W1=[[1.0, 2.0], [3.0]]), r"\bW1\b", "rows differ in length|ragged|same length")


@pytest.mark.parametrize("change, says", [
    ({"W1": None}, r"Missing: W1\b"), ({"b1": None, "W2": None}, r"Missing: b1, W2\b"),
    ({"W3": 1.0}, r"Unknown: W3\b"), ({"W1": None, "w1": W1}, r"Missing: W1\b.*Unknown: w1\b"),
    ({3: 1.0}, "Unknown: 3"),
])
def test_missing_and_unknown_parameters(change, says):
    given = {**parameters(), **change}
    given = {name: array for name, array in given.items() if array is not None}
    refused(lambda: functions().cost(given, X, Y), "W1, b1, W2, b2", says)


@pytest.mark.parametrize("given", [None, [W1], (W1,), W1, 3, "W1"], ids=lambda given: type(given).__name__)
def test_parameters_that_are_no_dict(given):
    says = ["dict", "W1", type(given).__name__]
    refused(lambda: functions().cost(given, X, Y), *says)
    refused(lambda: functions().predict(given, X), *says)
    refused(lambda: bp.train(functions(), given, X, Y, eta=0.1, epochs=1), *says)
    refused(lambda: bp.gradient_check(functions(), given, X, Y), *says)


def test_arguments_in_the_wrong_order():
    refused(lambda: functions().cost(X, Y, parameters()), "dict", "ndarray")
    refused(lambda: functions().cost(parameters(), Y, X), shape(4, 1), shape("N", 2))


# ---------------------------------------------------------------------------------------------------------
# Inputs and targets
# ---------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("function, given, says", [
    ("cost", (), "X and Y.*0"), ("cost", (X,), "X and Y.*1"), ("cost", (X, Y, Y), "X and Y.*3"),
    ("gradients", (X,), "X and Y.*1"), ("predict", (), "X.*0"), ("predict", (X, Y), "X.*2"),
    ("forward", (X, Y), "X.*2"),
])
def test_the_number_of_arrays(function, given, says):
    refused(lambda: getattr(functions(), function)(parameters(), *given), says)


@pytest.mark.parametrize("given", [np.ones(2), np.ones(4), np.ones((4, 3)), np.ones((2, 4)), np.ones((4, 1)),
                                   np.ones((1, 4, 2)), np.float64(1), np.ones((4, 0)), np.zeros(0)],
                         ids=lambda given: "x".join(map(str, given.shape)) or "number")
@pytest.mark.parametrize("kind", ["values", "graph", "labels"])
def test_X_of_the_wrong_shape(kind, given):
    says = [r"\bX\b", shape(*given.shape), shape("N", 2)]
    refused(lambda: cost(kind, x=frozen(given)), *says)
    refused(lambda: functions(kind).predict(parameters(kind), frozen(given)), *says)


def test_a_single_sample_gets_the_hint_and_what_is_none_does_not():
    refused(lambda: cost(x=X[0]), r"X\[None, :\]")
    assert "None" not in refused(lambda: cost(x=X[:, 0])), "X[None, :] would have four columns"


@pytest.mark.parametrize("given", [X, X[:, :1], X[None]], ids=lambda given: "x".join(map(str, given.shape)))
def test_x_of_a_single_neuron_is_flat(given):
    refused(lambda: cost("neuron", x=given), r"\bx\b", shape(*given.shape), shape("N"))


@pytest.mark.parametrize("kind, given, expected", [
    ("values", Y[:, 0], (4, 1)), ("values", Y.T, (4, 1)), ("values", Y[:3], (4, 1)),
    ("values", Y[:1], (4, 1)),
    ("values", np.ones((5, 1)), (4, 1)), ("values", np.ones((4, 2)), (4, 1)),
    ("values", np.float64(1), (4, 1)),
    ("values", np.ones((4, 1, 1)), (4, 1)), ("values", np.zeros((0, 1)), (4, 1)),
    ("two", np.ones(4), (4, 2)), ("two", np.ones((4, 1)), (4, 2)), ("two", np.ones((1, 2)), (4, 2)),
    ("two", np.ones(2), (4, 2)), ("two", np.ones((2, 4)), (4, 2)),
    ("binary", np.ones(4), (4, 1)), ("distribution", np.ones((4, 1)), (4, 3)), ("graph", np.ones(4), (4, 1)),
    ("distribution", np.array([0, 1, 2, 1]), (4, 3)),
    ("neuron", np.ones(3), (4,)), ("neuron", np.ones((4, 1)), (4,)), ("neuron", np.ones(1), (4,)),
], ids=lambda value: "x".join(map(str, value.shape)) if hasattr(value, "shape") else None)
def test_targets_of_the_wrong_shape(kind, given, expected):
    refused(lambda: cost(kind, y=frozen(given)), r"\b[Yy]\b", shape(*given.shape), shape(*expected))


def test_flat_targets_get_the_hint():
    refused(lambda: cost(y=Y[:, 0]), shape(4), shape(4, 1), r"Y\[:, None\]")


def test_no_hint_is_given_that_would_not_help():
    message = refused(lambda: cost("two", y=frozen(np.ones(4))))
    assert "[None, :]" not in message, "Y[None, :] is (1, 4), not (4, 2)"


@pytest.mark.parametrize("wrong", [NAN, INF, -INF])
def test_samples_that_are_not_finite(wrong):
    x, y, one = np.array(X), np.array(Y), np.array(TARGETS["neuron"])
    x[2, 1] = y[3, 0] = one[1] = wrong
    refused(lambda: cost(x=frozen(x)), r"\bX\b", str(wrong), r"\[2, 1\]", "finite")
    refused(lambda: cost(y=frozen(y)), r"\bY\b", str(wrong), r"\[3, 0\]", "finite")
    refused(lambda: cost("neuron", y=frozen(one)), r"\by\b", str(wrong), r"\[1\]", "finite")


@pytest.mark.parametrize("kind, given", [
    ("values", np.zeros((0, 2))), ("neuron", []), ("labels", np.zeros((0, 2))),
], ids=["values", "neuron", "labels"])
def test_an_empty_batch(kind, given):
    refused(lambda: cost(kind, x=given, y=[]), r"\b[Xx]\b", "empty", "at least one sample")


@pytest.mark.parametrize("change, says", [
    (lambda array: array + 1j, "complex"), (lambda array: array.astype(object), "object"),
    (lambda array: array.astype(str), "<U|str|text"), (lambda array: "abc", "<U|str|text"),
    (lambda array: {}, "object|dict"),
], ids=["complex", "object", "strings", "a string", "dict"])
def test_samples_that_hold_no_real_numbers(change, says):
    refused(lambda: cost(x=change(X)), r"\bX\b", says, "real numbers")
    refused(lambda: cost(y=change(Y)), r"\bY\b", says, "real numbers")


def test_samples_that_are_none_or_ragged():
    f, P = functions(), parameters()
    refused(lambda: f.cost(P, None, Y), r"\bX\b", "object|None")
    refused(lambda: f.cost(P, X, None), r"\bY\b", "object|None")
    refused(lambda: f.cost(P, [[1.0, 2.0], [3.0]], Y), r"\bX\b", "rows differ in length")
    refused(lambda: f.cost(P, X, [[1.0], [2.0, 3.0], [1.0], [1.0]]), r"\bY\b", "rows differ in length")


@pytest.mark.parametrize("row, total", [
    ([0.5, 0.4, 0.2], "1.1"), ([1, 1, 1], "3"), ([0, 0, 0], "0"), ([0.2, 0.2, 0.5], "0.9"),
])
def test_distributions_add_up_to_one(row, total):
    y = np.array(TARGETS["distribution"])
    y[2] = row
    refused(lambda: cost("distribution", y=frozen(y)),
            "categorical cross entropy", "sample 2", re.escape(total), "to 1")


def test_distributions_are_not_negative():
    y = np.array(TARGETS["distribution"])
    y[2] = [2, -1, 0]
    refused(lambda: cost("distribution", y=frozen(y)), "categorical cross entropy", "-1")


@pytest.mark.parametrize("wrong", [-1.0, 2.0])
def test_targets_of_binary_cross_entropy_lie_between_0_and_1(wrong):
    """Classes written −1 and 1 make a cost without a least value.  A published example has such targets, so they
    are warned of and not refused."""
    with pytest.warns(UserWarning, match=f"binary cross entropy.*from 0 to 1.*{int(wrong)}"):
        assert np.isfinite(cost("binary", y=frozen([[wrong], [1.], [0.], [1.]])))


@pytest.mark.parametrize("given, says", [
    ([0, 1, 3, 1], "0 to 2.*3"), ([0, -1, 2, 1], "0 to 2.*-1"), ([5, 6, 7, 8], "0 to 2.*5 to 8"),
])
def test_labels_out_of_range(given, says):
    refused(lambda: cost("labels", y=frozen(given)), "[Ll]abels", says)


@pytest.mark.parametrize("given, says", [
    ([0., 1., 2., 1.], "float64"), ([True, False, True, True], "bool"), ([NAN] * 4, "float64"),
    (["a", "b", "c", "d"], "<U|str|text"), (np.array([0, 1, 2, 1], object), "object"), ([0j] * 4, "complex"),
], ids=["floats", "bools", "nan", "strings", "object", "complex"])
def test_labels_are_whole_numbers(given, says):
    refused(lambda: cost("labels", y=given), "[Ll]abels", "int", says)


@pytest.mark.parametrize("given", [
    [0, 1, 2], [0], [0, 1, 2, 1, 0], [[0], [1], [2], [1]], 1, [[0, 1, 2, 1]],
], ids=str)
def test_one_label_a_sample(given):
    refused(lambda: cost("labels", y=frozen(given)), "[Ll]abel", shape(*np.shape(given)), shape(4))


@pytest.mark.parametrize("kind", [float, int])
def test_one_hot_targets_for_labels_get_the_hint(kind):
    refused(lambda: cost("labels", y=frozen(np.eye(3, dtype=kind)[[0, 1, 2, 1]])),
            "[Ll]abels", shape(4, 3), shape(4), "argmax|categorical cross entropy")


def test_labels_that_are_none_or_ragged():
    f, P = functions("labels"), parameters("labels")
    refused(lambda: f.cost(P, X, None), "[Ll]abels", shape(4))
    refused(lambda: f.cost(P, X, [0, [1], 2, 1]), "rows differ in length")


# ---------------------------------------------------------------------------------------------------------
# Networks of layers
# ---------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("given, says", [
    (0, "0"), (3, "3"), (2.5, r"2\.5"), (None, "None"), ("abc", "abc|'a'"), ("23", "23|'2'"),
    ([], r"\[\]|\(\)"),
    ([3], "3"), ([2, 0], "0"), ([2, -1], "-1"), ([2, 1.5], r"1\.5"), ([2, 2.0], r"2\.0"), ([2, True], "True"),
    ([True, 2], "True"), ([2, "3"], "'3'"), ([[2, 3], 1], r"\[2, 3\]"), ([2, None], "None"), ([2, 1j], "1j"),
    ([2, NAN], "nan"), (np.array([2.0, 3.0]), r"2\."), (np.array([[2, 3], [3, 4]]), r"\[2, 3\]"),
    (np.array(3), "3"),
], ids=str)
def test_sizes(given, says):
    refused(lambda: bp.dense(given), "sizes.*widths of the layers.*inputs first", f"given: .*({says})")


@pytest.mark.parametrize("given", [[2, 3, 1], (2, 3, 1), range(1, 4), np.array([2, 3, 1]), iter([2, 3, 1])],
                         ids=lambda given: type(given).__name__)
def test_sizes_in_any_sequence_of_whole_numbers(given):
    assert len(bp.dense(given).structure.sizes) == 3


@pytest.mark.parametrize("given, near", [
    ("sigmod", "sigmoid"), ("Sigmoid", "sigmoid"), ("ReLU", "relu"), ("leaky_relu", "leaky relu"),
    ("softmx", "softmax"), ("tahn", "tanh"),
])
def test_an_unknown_activation(given, near):
    says = ["activation", repr(given), f"mean '{near}'", "Known: .*sigmoid.*softmax"]
    refused(lambda: bp.dense([2, 1], given), *says)
    refused(lambda: bp.dense([2, 3, 1], ["tanh", given]), *says)
    refused(lambda: bp.neuron(given), *says)
    refused(lambda: bp.graph({"h": (["p"], given)}, ["p"]), *says)
    refused(lambda: activation(given), *says)


@pytest.mark.parametrize("given", ["", 3, None, np.tanh, [], ["sigmoid"], {}], ids=str)
def test_an_activation_that_is_no_name(given):
    refused(lambda: bp.neuron(given), "activation", "Known: .*sigmoid")
    refused(lambda: bp.graph({"h": (["p"], given)}, ["p"]), "activation", "Known: .*sigmoid")
    refused(lambda: bp.dense([2, 3, 1], ["tanh", given]), "activation", "Known: .*sigmoid")


@pytest.mark.parametrize("given", [None, 3, np.tanh], ids=str)
def test_activations_that_are_no_list(given):
    refused(lambda: bp.dense([2, 3, 1], given), "activation", "None|3|tanh")


@pytest.mark.parametrize("given, number", [([], 0), (["sigmoid"], 1), (["sigmoid"] * 3, 3)])
def test_one_activation_a_layer(given, number):
    refused(lambda: bp.dense([2, 3, 1], given), "activation", rf"\b2\b.*{number}")


@pytest.mark.parametrize("given, near", [
    ("squared eror", "squared error"), ("cross entropy", "binary cross entropy"),
    ("huber eror", "Huber error"), ("negative log likelihood", "negative log-likelihood"),
])
def test_an_unknown_loss(given, near):
    says = ["loss", repr(given), f"mean '{near}'", "Known: squared error"]
    refused(lambda: bp.dense([2, 1], loss=given), *says)
    refused(lambda: bp.neuron(loss=given), *says)
    refused(lambda: bp.graph({"h": (["p"], "tanh")}, ["p"], loss=given), *says)
    refused(lambda: loss(given), *says)


@pytest.mark.parametrize("given", ["", "mse", 3, None, ["squared error"], np.square], ids=str)
def test_a_loss_that_is_no_name(given):
    refused(lambda: bp.dense([2, 1], loss=given), "loss", "Known: squared error")


@pytest.mark.parametrize("option", ["over_samples", "over_outputs"])
@pytest.mark.parametrize("given", ["average", "Mean", "", None, 1, True, ["mean"]], ids=str)
def test_sum_or_mean(option, given):
    refused(lambda: bp.dense([2, 1], **{option: given}), option, re.escape(repr(given)), "sum.*mean")
    refused(lambda: bp.graph({"h": (["p"], "tanh")}, ["p"], **{option: given}), option, "sum.*mean")


def test_the_nearest_option_is_suggested():
    refused(lambda: bp.dense([2, 1], over_samples="means"), "mean 'mean'")
    refused(lambda: bp.neuron(over_samples="Sum"), "mean 'sum'")


@pytest.mark.parametrize("given", [
    -1, -1e-9, NAN, INF, -INF, "0.1", True, np.True_, None, 1j, [0.1], np.array([0.1]),
], ids=repr)
def test_l2(given):
    for make in (lambda: bp.dense([2, 1], l2=given), lambda: bp.neuron(l2=given),
                 lambda: bp.graph({"h": (["p"], "tanh")}, ["p"], l2=given)):
        refused(make, "l2", "≥ 0", re.escape(repr(given)))


@pytest.mark.parametrize("given", [0, 1, 0.25, np.float64(0.25), np.float32(0.25), np.int64(1)], ids=repr)
def test_any_kind_of_number_is_a_penalty(given):
    network = bp.neuron("identity", l2=given)
    assert bp.generate(network).gradients({"w": 2.0, "b": 0.0}, [0.0], [0.0])["w"] == 2 * given


@pytest.mark.parametrize("given", ["no", "False"], ids=repr)
def test_bias_is_true_or_false(given):
    refused(lambda: bp.dense([2, 1], bias=given), "bias", re.escape(repr(given)), "True.*False")


@pytest.mark.parametrize("name, option", [("Huber error", "threshold"), ("squared error", "factor")])
@pytest.mark.parametrize("given", [
    0, -1, -0.0, NAN, INF, -INF, "1", "x", True, None, 1j, [1], np.ones(2),
], ids=repr)
def test_the_parameter_of_a_loss(name, option, given):
    refused(lambda: loss(name, **{option: given}), f"{option} of {name}", "number > 0", "given")


@pytest.mark.parametrize("given", [
    0.5, 1 / 3, 0.66666667, 0.1 + 0.2, 2**0.5, 1e-20, 0.6761208145099318, 3, np.float32(0.5),
])
def test_the_parameter_of_a_loss_is_taken_as_given(given):
    value = loss("squared error", factor=given).parameter[1]
    assert value.is_Rational or value.is_Float
    assert float(value) == pytest.approx(float(given), rel=4e-16, abs=0)


@pytest.mark.parametrize("call, says", [
    (lambda: loss("Huber error", beta=1), "Huber error takes threshold.*beta"),
    (lambda: loss("squared error", factor=1, threshold=2), "squared error takes factor.*threshold"),
    (lambda: loss("absolute error", factor=1), "absolute error takes no parameter.*factor"),
    (lambda: activation("elu", slope=1), "elu takes alpha.*slope"),
    (lambda: activation("sigmoid", alpha=1), "sigmoid takes no parameter.*alpha"),
    (lambda: activation("softmax", alpha=1), "softmax takes no parameter.*alpha"),
])
def test_unknown_parameters_of_losses_and_activations(call, says):
    refused(call, says)


@pytest.mark.parametrize("name", ["leaky relu", "elu"])
@pytest.mark.parametrize("given", [NAN, INF, -INF, "0.1", "x", True, None, 1j, [1], np.ones(2)], ids=repr)
def test_alpha(name, given):
    refused(lambda: activation(name, alpha=given), name, "alpha", "number", "given")


def test_a_parameter_given_to_a_row_is_not_lost():
    """`loss(row, threshold=3)` must not keep the old threshold without a word."""
    for make, attribute in ((lambda: loss(loss("Huber error"), threshold=3), "parameter"),
                            (lambda: activation(activation("elu"), alpha=3), "parameters")):
        try:
            row = make()
        except InputError:
            continue
        assert float(getattr(row, attribute)[-1]) == 3


@pytest.mark.parametrize("output, name, fits", [
    *[(output, "binary cross entropy", "sigmoid") for output in ("tanh", "identity", "relu", "softmax")],
    *[(output, name, "softmax or sigmoid") for output in ("tanh", "identity", "gelu", "softplus")
      for name in ("categorical cross entropy", "negative log-likelihood")],
])
def test_outputs_that_are_no_probabilities(output, name, fits):
    says = [name, "probabilities", f"is {fits}", f"given: {output}"]
    refused(lambda: bp.dense([2, 3, 2], ["tanh", output], name), *says)
    if output != "softmax":
        refused(lambda: bp.graph({"h": (["p"], output)}, ["p"], loss=name), *says)
        refused(lambda: bp.neuron(output, name), *says)


@pytest.mark.parametrize("name", ["negative log-likelihood", "categorical cross entropy"])
def test_a_single_neuron_has_no_classes(name):
    refused(lambda: bp.neuron("sigmoid", name), "single neuron", "binary cross entropy")


def test_softmax_needs_a_layer():
    refused(lambda: bp.neuron("softmax"), "softmax", "layer", "dense")
    refused(lambda: bp.graph({"h": (["p"], "softmax")}, ["p"]), "softmax", "layer", "dense")


# ---------------------------------------------------------------------------------------------------------
# Networks neuron by neuron
# ---------------------------------------------------------------------------------------------------------

S = "sigmoid"


@pytest.mark.parametrize("neurons, says", [
    ({"h": (["p", "o"], S), "o": (["h"], S)}, "Neuron h.*fed by o.*cycle"),
    ({"h": (["p", "h"], S)}, "Neuron h.*fed by h.*cycle"),
    ({"h": (["zz"], S)}, "Neuron h.*fed by zz.*neither"),
    ({"o": (["h"], S), "h": (["p"], S)}, "Neuron o.*fed by h.*[Ll]ist each neuron after"),
    ({"p": (["p"], S)}, "'p'.*name of an input.*another"),
    ({"h": (["p", "p"], S)}, r"sources of h.*each once.*\['p', 'p'\]"),
    ({"h": ([], S)}, r"sources of h.*list of names.*\[\]"),
    ({"h": ("xin", S)}, "'xin'"),
    ({"h": (S, ["p"])}, "h.*'sigmoid'"),
    ({"h": ["p"]}, "h.*activation"),
    ({"h": (["p"], S, 1)}, "h.*activation"),
    ({"h": S}, "h.*activation.*'sigmoid'"),
    ({"h": None}, "h.*activation.*None"),
    ({"h": (None, S)}, "h.*None"),
    ({"h": ([1], S)}, "letters and digits.*1"),
    ({}, r"one entry a neuron.*\{\}"),
], ids=str)
def test_neurons(neurons, says):
    refused(lambda: bp.graph(neurons, ["p", "q"]), says)


@pytest.mark.parametrize("given", [None, [("h", ["p"], S)], "h", 3], ids=str)
def test_neurons_that_are_no_dict(given):
    refused(lambda: bp.graph(given, ["p"]), "neurons", "dict|name →", "given")


@pytest.mark.parametrize("name", ["a b", "1h", "h_1", "", "h-1", "h'", 3, None, ("h",), "{h}"], ids=repr)
def test_names(name):
    says = ["letters and digits", "h1", re.escape(repr(name))]
    refused(lambda: bp.graph({name: (["p"], S)}, ["p"]), *says)
    refused(lambda: bp.graph({"h": ([name], S)}, [name]), *says)
    refused(lambda: bp.graph({"h": (["p"], S)}, ["p", name]), *says)


@pytest.mark.parametrize("name", ["lambda", "for", "N", "s", "X", "y", "C", "losses", "np", "b", "None", "é"])
def test_names_that_mean_something_elsewhere(name):
    f = bp.generate(bp.graph({name: (["p"], "identity")}, ["p"], bias=True))
    assert f.cost({f"w_p_{name}": 2.0, f"b_{name}": 1.0}, [[3.0]], [[4.0]]) == 9


@pytest.mark.parametrize("given, says", [
    (["p", "p"], "inputs.*each once"), ([], "input"), (None, "inputs.*None"),
    (2, "inputs.*2"), ("pq", "inputs.*'pq'"),
])
def test_inputs(given, says):
    refused(lambda: bp.graph({"h": (["p"], S)}, given), says)


@pytest.mark.parametrize("neurons, outputs, says", [
    ({"h": (["p"], S), "o": (["h"], S)}, ["h", "o"], "feed no other.*: o; given: h, o"),
    ({"h": (["p"], S)}, ["zz"], "feed no other.*: h; given: zz"),
    ({"h": (["p"], S)}, ["p"], "feed no other.*: h; given: p"),
    ({"h": (["p"], S)}, ["h", "h"], "'?h'?.*(once|twice|different)"),
    ({"h": (["p"], S)}, [], r"outputs.*list of names.*\[\]"),
    ({"out": (["p"], S)}, "out", "outputs.*'out'"),
    ({"h": (["p"], S)}, 3, "outputs.*3"),
    ({"h": (["p"], S), "o": (["p"], S)}, ["h"], "feed no other.*: h, o; given: h"),
], ids=str)
def test_outputs(neurons, outputs, says):
    """The last: o neither feeds another neuron nor is an output, so nothing could be learned about it."""
    refused(lambda: bp.graph(neurons, ["p"], outputs), says)


def test_a_network_that_a_mistake_was_made_with_still_works():
    before = cost()
    for mistake in (lambda: cost(W1=W1.T), lambda: cost(x=X[0]), lambda: cost(y=Y[:, 0])):
        refused(mistake)
    assert cost() == before


# ---------------------------------------------------------------------------------------------------------
# Derivations and what is made of them
# ---------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("given", ["nonsense", "w1", "W3", "", 3, None, [], ("W1",)], ids=repr)
def test_nothing_is_derived_about(given):
    says = [re.escape(repr(given)), "z2.*W2.*z1.*W1"]
    refused(lambda: derivation()[given], *says)
    refused(lambda: derivation().about(given), *says)
    refused(lambda: derivation().for_one_sample(given), *says)


@pytest.mark.parametrize("name, indices, expected", [
    ("W1", (0, 1), (3, 2)), ("W1", (4, 1), (3, 2)), ("W1", (1, 3), (3, 2)), ("W1", (-1, 1), (3, 2)),
    ("W1", (1,), (3, 2)), ("W1", (), (3, 2)), ("W1", (1, 1, 1), (3, 2)), ("W1", ((1, 1),), (3, 2)),
    ("W1", (1.5, 1), (3, 2)), ("W1", ("1", 1), (3, 2)), ("W1", (None, 1), (3, 2)), ("W1", (True, 1), (3, 2)),
    ("b1", (0,), (3,)), ("b1", (4,), (3,)), ("b1", (1, 1), (3,)), ("b2", (2,), (1,)),
])
def test_indices_of_a_scalar_gradient(name, indices, expected):
    refused(lambda: derivation().scalar(name, *indices),
            name, shape(*expected), "from 1", re.escape(repr(indices)))


@pytest.mark.parametrize("name", ["nonsense", "a1", "delta2", "x", "C", 3, None, []], ids=repr)
def test_a_scalar_gradient_of_what_is_no_parameter(name):
    refused(lambda: derivation().scalar(name, 1), re.escape(repr(name)), "not a parameter", "W1, b1, W2, b2")


def test_a_scalar_gradient_of_too_wide_a_network():
    wide = bp.derive(bp.dense([2, 5, 13, 5], "identity"))
    refused(lambda: wide.scalar("W1", 1, 1), "W1", "65 paths", "64", "sums")
    assert wide.scalar("W3", 5, 13).check.passed


@pytest.mark.parametrize("make", [
    lambda: bp.neuron("g"), lambda: bp.dense([2, 1], "g"), lambda: bp.dense([2, 3, 1], ["g", "sigmoid"]),
    lambda: bp.graph({"h": (["p"], "g")}, ["p"]), lambda: bp.dense([2, 1], "g", "binary cross entropy"),
], ids=["neuron", "dense", "hidden", "graph", "cross entropy"])
def test_an_activation_left_open_has_no_numbers(make):
    says = ['"g"', "open", "Choose one.*sigmoid"]
    refused(lambda: bp.generate(make()), *says)
    refused(lambda: bp.train(make(), {}, X, Y, eta=0.1, epochs=1), *says)
    refused(lambda: bp.gradient_check(make(), {}, X, Y), *says)


@pytest.mark.parametrize("given", [None, [2, 3, 1], "dense", W1], ids=lambda given: type(given).__name__)
def test_what_is_no_network(given):
    says = ["network", type(given).__name__]
    refused(lambda: bp.derive(given), *says)
    refused(lambda: bp.generate(given), *says)
    refused(lambda: bp.initial_parameters(given), *says)
    refused(lambda: bp.train(given, parameters(), X, Y, eta=0.1, epochs=1), *says)
    refused(lambda: bp.gradient_check(given, parameters(), X, Y), *says)
    refused(lambda: bp.accuracy(given, parameters(), X, [0, 1, 0, 1]), *says)


def test_the_derivation_of_another_network():
    """Its backward equations would give wrong gradients without a word."""
    refused(lambda: bp.generate(bp.dense([2, 3, 1], "tanh"), derivation()),
            "derivation", "another|other|not of this")
    assert bp.generate(bp.dense([2, 3, 1]), derivation()).gradients.source == functions().gradients.source


# ---------------------------------------------------------------------------------------------------------
# Training and checking
# ---------------------------------------------------------------------------------------------------------

def train(x=X, y=Y, **options):
    return bp.train(functions(), parameters(), x, y, **{"eta": 0.1, "epochs": 2, **options})


@pytest.mark.parametrize("option, expected, wrong", [
    ("eta", "> 0", [0, 0.0, -1, NAN, INF, "0.1", 1j, np.complex128(1), True, None, [0.1], np.ones(2)]),
    ("epochs", "whole number.*0", [-1, 1.5, 2.0, np.float64(2), "2", True, None, NAN, [2]]),
    ("batch_size", "whole number.*1", [0, -1, 2.5, 2.0, "2", True, [2], NAN]),
    ("momentum", "≥ 0 and < 1", [-0.1, 1, 1.5, NAN, "0", True, None, 0.5j, [0]]),
    ("seed", "whole number.*0", [-1, 1.5, "a", True, NAN, [1]]),
])
def test_options_of_training(option, expected, wrong):
    for given in wrong:
        refused(lambda: train(**{option: given}), option, expected, re.escape(repr(given)))


def test_a_batch_larger_than_the_data():
    refused(lambda: train(batch_size=5), "batch_size", r"\b5\b", r"\b4 samples", "None")
    assert len(train(batch_size=4).cost) == 3


@pytest.mark.parametrize("given", [3, 3.5, "ab", X, (X,), (X, Y, Y), {"X": X}, {"X": X, "Y": Y}, [], True],
                         ids=lambda given: type(given).__name__)
def test_test_is_a_pair(given):
    refused(lambda: train(test=given), "test", "pair", r"\(X, labels\)")


@pytest.mark.parametrize("labels, says", [
    (Y, r"float64.*\(4, 1\)"), (Y[:, 0], "float64"), ([0, 1, 0], r"\(3,\)"),
    (np.eye(2, dtype=int)[[0, 1, 0, 1]], r"\(4, 2\)"),
    (None, "object|None"), (1, r"\(\)"),
], ids=["outputs", "floats", "three", "one-hot", "none", "number"])
def test_labels_to_measure_accuracy_by(labels, says):
    refused(lambda: train(test=(X, labels)), "accuracy", "int", shape(4), says)
    refused(lambda: bp.accuracy(functions(), parameters(), X, labels), "accuracy", "int", shape(4), says)


@pytest.mark.parametrize("labels", [[0, 1, 7, 1], [0, -1, 0, 1]])
def test_labels_that_no_output_stands_for(labels):
    refused(lambda: bp.accuracy(functions(), parameters(), X, labels), "[Ll]abels", "0 to 1", "7|-1")
    refused(lambda: train(test=(X, labels)), "[Ll]abels", "0 to 1", "7|-1")


def test_samples_to_measure_accuracy_on():
    refused(lambda: train(test=(X[:, :1], [0, 1, 0, 1])), r"\bX\b", shape(4, 1), shape("N", 2))
    refused(lambda: train(test=(X * NAN, [0, 1, 0, 1])), r"\bX\b", "nan", "finite")
    refused(lambda: bp.accuracy(functions(), parameters(), None, [0, 1, 0, 1]), r"\bX\b", "object|None")


def test_arrays_handed_to_training():
    refused(lambda: train(x=X[0]), shape(2), shape("N", 2))
    refused(lambda: train(y=Y[:, 0]), shape(4), shape(4, 1), r"Y\[:, None\]")
    refused(lambda: train(x=X * NAN), "nan", "finite")
    refused(lambda: bp.train(functions(), parameters(W1=W1.T), X, Y, eta=0.1, epochs=1),
            shape(2, 3), shape(3, 2), r"W1\.T")


@pytest.mark.parametrize("sizes, activations, eta, batch_size", [
    ([2, 1], "identity", 1e3, None), ([2, 1], "identity", 1e200, None), ([2, 3, 1], "identity", 1e100, 1),
    ([2, 3, 1], ["silu", "identity"], 1e5, 1), ([2, 3, 1], ["gelu", "identity"], 1e150, 1),
    ([2, 3, 1], ["softmax", "identity"], 1e200, 1), ([2, 3, 1], ["elu", "identity"], 1e100, 1),
    ([2, 3, 1], ["softplus", "identity"], 1e100, 1), ([2, 3, 1], ["leaky relu", "identity"], 1e100, 2),
])
def test_training_that_diverges(sizes, activations, eta, batch_size):
    """One clear error, and no warning of NumPy's beside it."""
    network = bp.dense(sizes, activations)
    start = {name: frozen(array) for name, array in bp.initial_parameters(network).items()}
    refused(lambda: bp.train(network, start, X, Y, eta=eta, epochs=500, batch_size=batch_size),
            r"epoch \d+", "inf|nan", "smaller eta")


def test_training_leaves_everything_as_it_was():
    P = {name: np.array(array) for name, array in parameters().items()}
    x, y = np.array(X), np.array(Y)
    before = [array.copy() for array in (*P.values(), x, y)]
    history = bp.train(functions(), P, x, y, eta=0.5, epochs=3, batch_size=2, momentum=0.5)
    refused(lambda: bp.train(functions(), P, x, y, eta=1e300, epochs=-3))
    for array, copy in zip((*P.values(), x, y), before):
        np.testing.assert_array_equal(array, copy)
    assert not any(np.shares_memory(history.parameters[name], P[name]) for name in P)


@pytest.mark.parametrize("given", [-1, 1.5, "a", None, True, NAN, [1, 2]], ids=str)
def test_the_seed_of_initial_parameters(given):
    refused(lambda: bp.initial_parameters(functions().network, given),
            "seed", "whole number", re.escape(repr(given)))


def gradients(**changed):
    return {**functions().gradients(parameters(), X, Y), **changed}


@pytest.mark.parametrize("given, says", [
    (lambda: gradients(W1=np.ones((2, 3))), [r"\bW1\b", shape(2, 3), shape(3, 2), r"W1\.T"]),
    (lambda: gradients(b1=np.ones(1)), [r"\bb1\b", shape(1), shape(3)]),
    (lambda: gradients(b1=np.ones((3, 1))), [r"\bb1\b", shape(3, 1), shape(3)]),
    (lambda: gradients(W1=np.full((3, 2), NAN)), [r"\bW1\b", "nan", "finite"]),
    (lambda: gradients(W1=None), [r"\bW1\b", "object|None"]),
    (lambda: gradients(W7=np.ones(1)), ["W1, b1, W2, b2", "Unknown: W7"]),
    (lambda: {"W1": np.ones((3, 2))}, ["W1, b1, W2, b2", "Missing: b1, W2, b2"]),
    (lambda: {}, ["Missing: W1, b1, W2, b2"]),
    (lambda: list(gradients().values()), ["(?i)gradients", "dict", "list"]),
    (lambda: W1, ["(?i)gradients", "dict", "ndarray"]),
], ids=["transposed", "b1 (1,)", "b1 (3, 1)", "nan", "None", "unknown", "missing", "empty", "list", "array"])
def test_gradients_handed_to_the_check(given, says):
    refused(lambda: bp.gradient_check(functions(), parameters(), X, Y, gradients=given()), *says)


def test_a_wrong_gradient_fails_the_check_and_is_no_input_error():
    assert bp.gradient_check(functions(), parameters(), X, Y, gradients=gradients()).passed
    doubled = {name: 2 * array for name, array in gradients().items()}
    assert not bp.gradient_check(functions(), parameters(), X, Y, gradients=doubled).passed


@pytest.mark.parametrize("option, wrong", [
    ("entries", [0, -1, 1.5, "a", True]), ("seed", [-1, 1.5, "a", True]),
])
def test_options_of_the_check(option, wrong):
    for given in wrong:
        refused(lambda: bp.gradient_check(functions(), parameters(), X, Y, **{option: given}),
                option, "whole number", re.escape(repr(given)))


def test_arrays_handed_to_the_check():
    refused(lambda: bp.gradient_check(functions(), parameters(), X, Y[:, 0]), shape(4), shape(4, 1))
    refused(lambda: bp.gradient_check(functions(), parameters(W1=W1.T), X, Y), shape(2, 3), shape(3, 2))
    refused(lambda: bp.gradient_check(functions(), parameters(W1=W1 + 0j), X, Y), r"\bW1\b", "complex")


# objects of other libraries, and slips that are easily made

@pytest.mark.parametrize("masked", (
    np.ma.masked_array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [7.0, 8.0]], mask=[[0, 1], [0, 0], [0, 0], [0, 0]]),
    [np.ma.masked_array([1.0, 2.0], mask=[0, 1]), [3.0, 4.0], [5.0, 6.0], [7.0, 8.0]]))
def test_masked_entries_have_no_value(masked):
    f = bp.generate(KINDS["values"]())
    p = bp.initial_parameters(f.network)
    for call in (lambda: f.predict(p, masked), lambda: f.gradients(p, masked, np.zeros((4, 1))),
                 lambda: bp.tune(f).gradients(p, masked, np.zeros((4, 1)))):
        refused(call, r"X has masked entries", r"\.filled\(0\)")
    refused(lambda: f.cost({**p, "b2": np.ma.masked_array([1.0], mask=[1])}, X, np.zeros((4, 1))), "b2 has masked")
    labels = np.ma.masked_array([0, 1, 2, 0], mask=[0, 0, 0, 1])
    g = bp.generate(KINDS["labels"]())
    refused(lambda: g.cost(bp.initial_parameters(g.network), X, labels), "masked")
    assert np.isfinite(f.predict(p, np.ma.masked_array(X))).all()  # with nothing masked it is an array as any other


def test_labels_of_a_test_are_read_as_any_array():
    network = KINDS["labels"]()
    p = bp.initial_parameters(network)
    refused(lambda: bp.accuracy(network, p, X, np.ma.masked_array([0, 1, 2, 0], mask=[0, 0, 0, 1])), "labels has masked|masked")
    refused(lambda: bp.accuracy(network, p, X, [[0], [1, 2]]), "rows differ in length")
    history = bp.train(network, p, X, [0, 1, 2, 0], eta=0.1, epochs=1)
    refused(lambda: bp.accuracy(network, history, X, [0, 1, 2, 0]), r"given: History\. Write history\.parameters\.")


class Reluctant:
    """As a tensor that is on another device or has a gradient."""

    def __array__(self, dtype=None, copy=None):
        raise RuntimeError("Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.")


def test_what_an_object_says_that_is_no_array_is_told():
    f = bp.generate(KINDS["values"]())
    p = bp.initial_parameters(f.network)
    refused(lambda: f.predict(p, Reluctant()), "X cannot be read as an array", "RuntimeError", "detach")
    refused(lambda: f.predict({**p, "W1": Reluctant()}, X), "W1 cannot be read", "detach")


def test_tables_of_objects_are_told_the_way_out():
    f = bp.generate(KINDS["values"]())
    p = bp.initial_parameters(f.network)
    refused(lambda: f.predict(p, X.astype(object)), r"X\.astype\(float\)")
    refused(lambda: f.predict({**p, "W1": p["W1"].astype(object)}, X), r"W1\.astype\(float\)")


def test_parameters_in_any_mapping(tmp_path):
    f = bp.generate(KINDS["values"]())
    p = bp.initial_parameters(f.network)
    np.savez(tmp_path / "parameters.npz", **p)
    with np.load(tmp_path / "parameters.npz") as stored:
        for given in (MappingProxyType(p), UserDict(p), stored):
            assert np.array_equal(f.predict(given, X), f.predict(p, X))


@pytest.mark.skipif(np.finfo(np.longdouble).max == np.finfo(float).max, reason="no longer float on this machine")
def test_longer_floats_that_do_not_fit_are_told():
    f = bp.generate(KINDS["values"]())
    p = bp.initial_parameters(f.network)
    huge = p["W1"].astype(np.longdouble) * np.longdouble("1e4000")
    refused(lambda: f.predict({**p, "W1": huge}, X), "W1 holds -?inf")


@pytest.mark.parametrize("call", (
    lambda huge: bp.dense([2, 1], l2=huge), lambda huge: bp.activation("elu", alpha=huge),
    lambda huge: bp.loss("Huber error", threshold=huge), lambda huge: bp.loss("squared error", factor=huge),
    lambda huge: bp.tune(bp.neuron()).step({"w": np.array(1.0), "b": np.array(0.0)}, [1.0], [1.0], huge)))
def test_ints_beyond_floats_are_told(call):
    assert len(refused(lambda: call(10**400), "is a number", "an int of 40[01] digits")) < 200


@pytest.mark.parametrize("call, patterns", (
    (lambda: bp.generate(bp.dense([2, 1]), "nielsen"), ["derivation", "notation='nielsen'"]),
    (lambda: bp.generate(bp.dense([2, 1]), bp.convention("nielsen")), ["derivation", "Notation"]),
    (lambda: bp.generate(bp.dense([2, 1]), notation=["ng"]), ["no notation called", "ng"]),
    (lambda: bp.compare(["ng"], "nielsen"), ["no notation called"]),
    (lambda: bp.dense({3, 2, 1}), ["in order", r"\{1, 2, 3\}"]),
    (lambda: bp.dense({2: 3, 4: 1}), ["in order"]), (lambda: bp.dense("321"), ["in order"]),
    (lambda: bp.dense([10**30, 1]), ["at most 1,000,000,000"]),
    (lambda: bp.derive(bp.dense([2, 1])).evaluate("z1", bp.initial_parameters(bp.dense([2, 1])), X, X[:, :1]),
     ["takes a step", r"derivation\['z1'\]"]),
    (lambda: bp.datasets.circles(radius="a"), ["radius", "'a'"]), (lambda: bp.datasets.two_moons(noise="a"), ["noise"]),
    (lambda: bp.datasets.spirals(turns=10**400), ["turns"]), (lambda: bp.datasets.one_hot([0.5], 2), ["integers"])))
def test_slips_that_are_easily_made(call, patterns):
    refused(call, *patterns)


def test_a_network_is_written_in_a_notation_by_its_name():
    assert bp.dense([2, 1]).latex("nielsen") == bp.dense([2, 1]).latex(bp.convention("nielsen")) != bp.dense([2, 1]).latex()
    assert bp.derive(bp.dense([2, 1])).forward.latex("nielsen") == bp.dense([2, 1]).latex("nielsen")
    refused(lambda: bp.dense([2, 1]).latex("neilsen"), "Did you mean 'nielsen'")


# names that Python takes for one

MICRO, MU = "\u00b5", "\u03bc"


def test_names_that_python_takes_for_one_are_told():
    refused(lambda: bp.graph({MICRO: (["p"], "tanh"), MU: (["q"], "identity")}, ["p", "q"]), MU, "U\\+00B5", "U\\+03BC")
    refused(lambda: bp.graph({"o": ([MICRO, MU], "tanh")}, [MICRO, MU]), "one name")


@pytest.mark.parametrize("name", (MICRO, "e\u0301", "\ufb01", "\u210e", "\ufe8d"))
def test_names_that_python_folds_work_as_written(name):
    f = bp.generate(bp.graph({name: (["p"], "tanh"), "o": ([name], "identity")}, ["p"], bias=True))
    given = {"w_p_" + name: 0.5, f"w_{name}_o": 2.0, "b_" + name: 0.1, "b_o": 0.0}
    assert f.predict(given, [[3.0]]) == pytest.approx(2 * np.tanh(1.6))
    assert np.isfinite(bp.tune(f).gradients(given, np.ones((60, 1)), np.ones((60, 1)))["b_o"])
    history = bp.train(f, given, np.ones((60, 1)), np.ones((60, 1)), eta=0.1, epochs=2)
    assert history.cost[-1] < history.cost[0]
    stepped = {key: np.array(w) for key, w in given.items()}
    bp.tune(f).step(stepped, np.ones((60, 1)), np.ones((60, 1)), 0.1)
    assert list(stepped) == list(given) and all(stepped[key] != given[key] for key in given)


# warnings

def test_a_warning_points_at_the_line_that_called():
    f = bp.generate(KINDS["binary"]())
    p, Y = bp.initial_parameters(f.network), np.full((4, 1), 1.5)
    calls = (lambda: f.cost(p, X, Y), lambda: f.gradients(p, X, Y), lambda: bp.tune(f).gradients(p, X, Y),
             lambda: bp.train(f, p, X, Y, eta=0.1, epochs=1), lambda: bp.gradient_check(f, p, X, Y))
    for call in calls:
        with pytest.warns(UserWarning, match="given: 1.5 to 1.5") as caught:
            call()
        assert {warning.filename for warning in caught} == {__file__}


def test_targets_that_are_1_but_for_rounding_are_no_matter():
    f = bp.generate(KINDS["binary"]())
    p = bp.initial_parameters(f.network)
    f.cost(p, X, np.full((4, 1), 1 + 1e-12))
    with pytest.warns(UserWarning, match="given: 1.000001 to 1.000001"):
        f.cost(p, X, np.full((4, 1), 1 + 1e-6))
