"""`bp.diagnose` for graphs and models: a mistake is planted in a backward equation, or in a program, and named."""
from functools import lru_cache

import numpy as np
import pytest

import bplib as bp
from bplib.diagnosis.of_models import KINDS, _Case, _changes

GRAPH = bp.graph({"h1": (["p", "q"], "sigmoid"), "h2": (["p", "q"], "tanh"), "o": (["h1", "h2", "p"], "identity")},
                 inputs=["p", "q"], bias=True)


def drawn(*shape, seed=0):
    return np.random.default_rng(seed + sum(shape)).normal(size=shape)


@lru_cache(maxsize=1)
def graph_case():
    X, Y = drawn(5, 2), drawn(5, 1)
    parameters = {name: float(drawn(1, seed=place)[0]) for place, name in enumerate(GRAPH.parameters)}
    return parameters, X, Y, bp.generate(GRAPH).gradients(parameters, X, Y)


@lru_cache(maxsize=1)
def recurrent():
    model = bp.model("s:N t:T j:J k:J i:I", given="x[s,t,i] y[s,j]").write("""
        h[s,t,j] = tanh(sum(W[j,i] * x[s,t,i], i) + sum(U[j,k] * h[s,t-1,k], k) + b[j])
        o[s,j]   = sum(A[j,k] * h[s,T-1,k], k)
        C        = mean(sum((o[s,j] - y[s,j])**2, j), s)
    """)
    arrays = {"x": drawn(4, 5, 2), "y": drawn(4, 3), "W": drawn(3, 2), "U": drawn(3, 3), "b": drawn(3), "A": drawn(3, 3, seed=7)}
    return model, arrays, bp.generate(model, bp.derive(model)).gradients(arrays)


def by_hand(slope=True, turned=True, after=True, paths=True, mean=True):
    """Backpropagation through time as a person writes it, with mistakes to choose from."""
    _, a, _ = recurrent()
    h = np.zeros((4, 6, 3))
    for t in range(5):
        h[:, t] = np.tanh(a["x"][:, t] @ a["W"].T + h[:, t - 1] @ a["U"].T + a["b"])
    do = 2 * (h[:, 4] @ a["A"].T - a["y"]) / (4 if mean else 1)
    found = {"dA": do.T @ h[:, 4], "dW": 0, "dU": 0, "db": 0}
    back = 0
    for t in reversed(range(5)):
        dh = back + (do @ a["A"] if t == 4 else 0)
        dz = dh * (1 - h[:, t]**2) if slope else dh
        found["dW"] += dz.T @ a["x"][:, t]
        found["dU"] += dz.T @ (h[:, t - 1] if after else h[:, t])
        found["db"] += dz.sum(0)
        back = dz @ (a["U"] if turned else a["U"].T) if paths else 0
    return found


def test_a_right_gradient_is_called_right():
    parameters, X, Y, right = graph_case()
    assert bp.diagnose(GRAPH, parameters, X, Y, gradients=right).right is True
    model, arrays, right = recurrent()
    assert bp.diagnose(model, arrays, gradients=by_hand()).right is True
    assert bp.diagnose(model, arrays, gradients={name: array.astype(np.float32) for name, array in right.items()}).right is True


MISTAKES = {
    "turned": ("the weights are not turned round going back", "W U b".split()),
    "after": ("the step before in place of the step after", ["U"]),
    "paths": ("one path only", "W U b".split()),
    "mean": ("not divided by the number of samples", "A W U b".split()),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_by_hand_is_named(mistake):
    model, arrays, _ = recurrent()
    name, wrong = MISTAKES[mistake]
    told = bp.diagnose(model, arrays, gradients=by_hand(**{mistake: False}))
    assert told.right is False and name in told.mistakes, told
    assert sorted(told.wrong) == sorted(wrong)


def test_a_lost_slope_in_a_graph_is_named_and_placed():
    parameters, X, Y, right = graph_case()
    z = parameters["w_p_h1"] * X[:, 0] + parameters["w_q_h1"] * X[:, 1] + parameters["b_h1"]
    a = 1 / (1 + np.exp(-z))
    factors = {"w_p_h1": X[:, 0], "w_q_h1": X[:, 1], "b_h1": np.ones(5)}
    h2 = np.tanh(parameters["w_p_h2"] * X[:, 0] + parameters["w_q_h2"] * X[:, 1] + parameters["b_h2"])
    o = parameters["w_h1_o"] * a + parameters["w_h2_o"] * h2 + parameters["w_p_o"] * X[:, 0] + parameters["b_o"]
    delta = 2 * (o - Y[:, 0]) / 5 * parameters["w_h1_o"]
    hers = {**right, **{name: (delta * factor).sum() for name, factor in factors.items()}}
    told = bp.diagnose(GRAPH, parameters, X, Y, gradients=hers)
    assert told.mistakes == ("the slope of the hidden layer is lost",) and set(told.wrong) == set(factors)
    assert "∂C/∂z_h1" in told.begins


RELATIONS = {
    "turned": (lambda right: {**right, "U": right["U"].T}, "is the transpose of the right one"),
    "sign": (lambda right: {**right, "W": -right["W"]}, "has the wrong sign"),
    "zero": (lambda right: {**right, "W": 0 * right["W"]}, "is zero"),
    "samples": (lambda right: {**right, "W": 4 * right["W"]}, "is exactly 4 times too large: N is 4"),
    "shape": (lambda right: {**right, "b": right["b"][:2]}, "has shape (2,), and its parameter has (3,)"),
}


@pytest.mark.parametrize("kind", RELATIONS)
def test_the_relation_to_the_right_array_is_told(kind):
    model, arrays, right = recurrent()
    change, says = RELATIONS[kind]
    told = bp.diagnose(model, arrays, gradients=change(right))
    assert told.right is False and len(told.wrong) == 1 and says in told.relations[told.wrong[0]]


def test_numbers_of_no_known_mistake_get_no_name():
    model, arrays, right = recurrent()
    told = bp.diagnose(model, arrays, gradients={**right, "W": right["W"] + drawn(3, 2, seed=3)})
    assert told.right is False and not told.mistakes and "dW =" in str(told)


HALF = np.float16
NUMBERS = {
    "some": (lambda right: {"W": right["W"]}, True, {}, "What you gave is right. Right: W; Not given, so not judged: U, b, A."),
    "zero": (lambda right: {name: 0 * array for name, array in right.items()}, False, {}, "All gradients are zero."),
    "nan": (lambda right: {**right, "W": np.nan * right["W"]}, False, {}, "dW holds nan or inf"),
    "noise": (lambda right: {name: array + 1e-6 * np.abs(array).max() * drawn(*array.shape) for name, array in right.items()},
              None, {}, "agrees with the right one to 4 digits"),
    "noise beside a mistake": (lambda right: {**right, "b": right["b"] + 1e-6 * np.abs(right["b"]).max() * drawn(3), "W": -right["W"]},
                               False, {}, "The sign is turned (∂C/∂W)"),
    "half": (lambda right: {name: array.astype(HALF) for name, array in right.items()}, None, {}, "float16 keeps 3 digits"),
    "half, and a mistake": (lambda right: {name: (-array if name == "W" else array).astype(HALF) for name, array in right.items()},
                            False, {}, "dW has the wrong sign"),
    "arrays in half": (lambda right: right, None, {"dtype": HALF}, "float16 keeps 3 digits"),
    "a list": (lambda right: [*right.values()], True, {}, "Your gradient is right."),
    "other names": (lambda right: {f"{name}.grad": array for name, array in right.items()}, True, {}, "Your gradient is right."),
    "of parameters, X, Y": (lambda right: lambda p, X, Y: right, True, {}, "Your gradient is right."),
    "by the names of arrays, and a cost": (lambda right: lambda x, y, W, U, b, A: (0.5, right), True, {}, "Your gradient is right."),
}
"""What is given → (her gradients, whether they are right, of the arrays, what is said)"""


@pytest.mark.parametrize("kind", NUMBERS)
def test_numbers_of_every_kind(kind):
    model, arrays, right = recurrent()
    change, verdict, named, says = NUMBERS[kind]
    told = bp.diagnose(model, {name: array.astype(named.get("dtype", float)) for name, array in arrays.items()},
                       gradients=change(right))
    assert told.right is verdict and says in str(told), told


def test_a_graph_in_half_precision():
    parameters, X, Y, right = graph_case()
    halved = [{name: np.float16(number) for name, number in some.items()} for some in (parameters, right)]
    assert bp.diagnose(GRAPH, halved[0], X, Y, gradients=halved[1]).right is not False


@pytest.mark.thorough
def test_planted_mistakes_are_named():
    """Of the first of each kind in each equation of the recurrent model, every third."""
    model, arrays, right = recurrent()
    case, planted = _Case(model, arrays), {}
    for about in case.found:
        for change in _changes(model, case.found[about], about):
            planted.setdefault((change.name, about), change)
    told = {}
    for key, change in [*planted.items()][::3]:
        try:
            hers = case.changed(change)
        except bp.InputError:  # equations that need each other
            continue
        if not all(np.allclose(hers[name], right[name], rtol=1e-6) for name in right):
            told[key] = bp.diagnose(model, arrays, gradients=hers)
    assert all(answer.right is False for answer in told.values()) and len(told) > 10
    named = [key for key, answer in told.items() if key[0] in answer.mistakes]
    assert len(named) >= 0.95 * len(told), set(told) - set(named)
    assert all(name in KINDS for name, _ in told)


@pytest.mark.parametrize("given, says", [
    ({"gradients": None}, "Hand over gradients"), ({"gradients": 3}, "are a dict"),
    ({"gradients": [1, 2]}, "in this order: W, U, b, A; given: 2"), ({"gradients": {"W": None}}, "has it been computed?"),
    ({"gradients": lambda q, r: None}, "what q and r are cannot be told"), ({"gradients": lambda a: a["V"]}, "stopped with KeyError"),
    ({"parameters": {"W": [[1.0], [1.0, 2.0]]}}, "W cannot be read as an array"),
    ({"parameters": {"W": [[1j]]}}, "W holds complex numbers"), ({"gradients": {"V": 1}}, "Unknown: V"), ({"gradients": {"W": "x"}}, "Of the gradient of W"),
    ({"gradients": {"W": 1}, "cost": 1.0}, "reads gradients=; given: cost="), ({"parameters": {}}, "The arrays are missing"),
    ({"parameters": {"W": [[1.0]]}}, "Missing: x")])
def test_what_cannot_be_diagnosed_is_told(given, says):
    model, arrays, right = recurrent()
    with pytest.raises(bp.InputError) as error:
        bp.diagnose(model, **{"parameters": arrays, "gradients": right, **given})
    assert says in str(error.value)
