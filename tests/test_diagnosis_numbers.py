"""What data, start, cost, steps and whole programs show, in `bp.diagnose`."""
import numpy as np
import pytest

import bplib as bp
from diagnoses import Program

HALF = bp.loss("squared error", factor=0.5)
NETWORK = bp.dense([2, 4, 1], ["tanh", "identity"])


def start(network=NETWORK, samples=12, seed=0):
    random = np.random.default_rng(seed)
    p = {name: random.normal(size=network.shape(name)) for name in network.parameters}
    X = random.normal(size=(samples, network.shape("x")[1]))
    return p, X, random.uniform(size=(samples, network.shape("y")[1]))


def shown(network, p, X, Y, **named):
    return bp.diagnose(network, p, X, Y, gradients=Program(network), **named).mistakes


# data and start

def test_numbers_without_a_symptom_have_none():
    assert shown(NETWORK, *start()) == ()


def test_targets_out_of_reach():
    network = bp.dense([2, 1], "sigmoid", HALF)
    p, X, Y = start(network)
    assert shown(network, p, X, 2 + Y) == ("targets out of the outputs' reach",)


def test_a_start_at_zero():
    network = bp.dense([2, 3, 1], ["relu", "sigmoid"], "binary cross entropy")
    p, X, Y = start(network)
    told = bp.diagnose(network, {name: 0 * array for name, array in p.items()}, X, Y, gradients=Program(network))
    assert told.right and told.mistakes == ("all weights start at zero",)
    assert "Here dW1, db1, dW2 are exactly 0" in str(told)


def test_equal_units():
    p, X, Y = start()
    p = {"W1": np.ones((4, 2)), "b1": np.zeros(4), "W2": np.ones((1, 4)), "b2": p["b2"]}
    assert shown(NETWORK, p, X, Y) == ("hidden units are equal",)


def test_pixels_that_are_not_scaled():
    network = bp.dense([16, 5, 2], "sigmoid", HALF)
    p, X, Y = start(network)
    told = bp.diagnose(network, p, np.round(255 * np.abs(np.sin(X))), Y, gradients=Program(network)(p, X, Y))
    assert "the inputs are not scaled" in told.mistakes and "Divide pixels by 255" in str(told)


def test_saturated_and_dead_units():
    network = bp.dense([2, 4, 1], ["sigmoid", "identity"])
    p, X, Y = start(network)
    told = bp.diagnose(network, {**p, "b1": p["b1"] + 12}, X, Y, gradients=Program(network))
    assert "units are saturated" in told.mistakes and "100%" in str(told)
    network = bp.dense([2, 4, 1], ["relu", "identity"])
    assert shown(network, {**p, "b1": p["b1"] - 12}, X, Y) == ("units are dead",)


def test_repeated_samples_and_contradictions():
    p, X, Y = start()
    again = np.arange(12) // 2
    assert shown(NETWORK, p, X[again], Y[again]) == ("samples are repeated",)
    assert shown(NETWORK, p, X[again], Y) == ("the same inputs with different targets",)


def test_samples_that_have_to_be_alike_are_no_symptom():
    network = bp.dense([2, 4, 1], ["tanh", "sigmoid"], "binary cross entropy")
    p, X, Y = start(network, samples=40)
    X = (X > 0) * 1.0
    assert shown(network, p, X, X[:, :1] * X[:, 1:]) == ()


def test_inputs_of_very_different_size():
    p, X, Y = start()
    assert shown(NETWORK, {**p, "W1": p["W1"] * [1, 1e-4]}, X * [1, 1e4], Y) == ("inputs of very different size",)


def test_integers():
    network = bp.dense([2, 1], "identity", HALF, bias=False)
    p, X, Y = {"W1": np.array([[3, 2]])}, np.array([[1, 2], [0, 1], [4, 1]]), np.array([[1], [2], [0]])
    found = Program(network)(p, X, Y)["W1"].astype(int)
    told = bp.diagnose(network, p, X, Y, gradients={"W1": found})
    assert told.right is False and told.mistakes == ("integers in place of floats",)


# her cost, her outputs, her numerical gradient

def test_her_cost_beside_ours():
    p, X, Y = start()
    cost = bp.generate(NETWORK).cost(p, X, Y)
    assert shown(NETWORK, p, X, Y, cost=cost) == ()
    for factor, words in ((2, "twice ours"), (0.5, "half of ours"), (12, "12 times ours (the batch has 12 samples)")):
        told = bp.diagnose(NETWORK, p, X, Y, gradients=Program(NETWORK), cost=lambda p, X, Y, f=factor: f * cost)
        assert told.right and told.mistakes == ("the cost is another one",) and words in str(told)


def test_a_cost_that_adds_up_all_pairs():
    network = bp.dense([2, 1], "sigmoid", "binary cross entropy")
    p, X, Y = start(network)
    A = bp.generate(network).predict(p, X)
    cost = -np.sum(Y @ np.log(A).T + (1 - Y) @ np.log(1 - A).T) / len(X)
    assert "all pairs of samples" in str(bp.diagnose(network, p, X, Y, cost=cost))


def test_her_outputs_beside_ours():
    network = bp.dense([2, 3], "softmax", "negative log-likelihood")
    p, X, _ = start(network)
    Y, z = np.arange(12) % 3, bp.generate(network).forward(p, X)["z1"]
    e = np.exp(z)
    assert shown(network, p, X, Y, outputs=e / e.sum(1, keepdims=True)) == ()
    for outputs, words in ((e / e.sum(0), "each output over the samples"), (z, "are identity of")):
        told = bp.diagnose(network, p, X, Y, outputs=outputs)
        assert told.mistakes == ("the forward pass is another one",) and words in str(told)


def test_her_numerical_gradient():
    p, X, Y = start()
    g = Program(NETWORK)(p, X, Y)
    assert shown(NETWORK, p, X, Y, numeric=g) == ()
    summed = lambda p: bp.generate(NETWORK).predict(p, X).sum()  # noqa: E731
    h = 1e-6
    output = {"b2": np.array([(summed({**p, "b2": p["b2"] + h}) - summed(p)) / h])}
    for numeric, words in (({"W1": 0 * g["W1"]}, "x_plus = x is no copy"),
                           ({"W1": 2 * g["W1"]}, "2 times the right one"),
                           (output, "derivative of the network's output")):
        told = bp.diagnose(NETWORK, p, X, Y, gradients=g, numeric=numeric)
        assert told.right and told.mistakes == ("the numerical gradient is wrong",) and words in str(told)


# steps

def descent(p, X, Y, eta, planted=()):
    return {name: p[name] - eta * g for name, g in Program(NETWORK, planted)(p, X, Y).items()}


def walk(eta=0.01, steps=6, momentum=0.9, sign=-1.0, stale=False):
    p, X, Y = start()
    v = before = {name: 0 * array for name, array in p.items()}
    for _ in range(steps):
        g = Program(NETWORK)(p, X, Y)
        v = {name: momentum * v[name] + sign * eta * (before if stale else g)[name] for name in p}
        p, before = {name: p[name] + v[name] for name in p}, g
    return p


def test_a_right_step():
    p, X, Y = start()
    for step in (descent, lambda p, X, Y, eta: [*descent(p, X, Y, eta).values()]):
        told = bp.diagnose(NETWORK, p, X, Y, step=step, eta=0.01)
        assert told.right and told.mistakes == () and "your step takes is right" in str(told)


@pytest.mark.parametrize("named, words", [
    ({"after": dict}, "one and the same array: keep a copy"),
    ({"after": lambda p: {name: array.copy() for name, array in p.items()}}, "In a function W = W − η·dW"),
    ({"step": lambda p, X, Y: {name: array - 0 for name, array in p.items()}}, "Is what was computed returned"),
    ({"step": descent, "eta": 0}, "η is 0."), ({"step": lambda p, X, Y, eta: None, "eta": 0.1}, "Is what was computed returned")])
def test_parameters_that_did_not_move(named, words):
    p, X, Y = start()
    named = named | ({"after": named["after"](p)} if "after" in named else {})
    told = bp.diagnose(NETWORK, p, X, Y, **named)
    assert told.right is None and told.mistakes == ("the parameters did not move",) and words in str(told)


def test_gradients_that_are_all_zero():
    p, X, Y = start()
    told = bp.diagnose(NETWORK, p, X, Y, gradients={name: 0 * array for name, array in p.items()})
    assert told.right is False and told.mistakes == ("all gradients are zero",) and sorted(told.wrong) == sorted(p)
    X = 0 * X
    told = bp.diagnose(NETWORK, p, X, Y, gradients={"W1": 0 * p["W1"]})  # where zero is right
    assert told.right and "all gradients are zero" not in told.mistakes


def test_a_step_uphill():
    p, X, Y = start()
    told = bp.diagnose(NETWORK, p, X, Y, step=lambda p, X, Y, eta: descent(p, X, Y, -eta), eta=0.01)
    assert told.right is False and {"the sign is turned", "a step that climbs"} <= set(told.mistakes)


def test_weights_that_are_updated_too_early():
    def step(p, X, Y, eta):
        p = {name: array.copy() for name, array in p.items()}
        a1 = np.tanh(X @ p["W1"].T + p["b1"])
        d2 = 2 * (a1 @ p["W2"].T + p["b2"] - Y)
        p["W2"] -= eta * d2.T @ a1 / len(X)
        p["b2"] -= eta * d2.mean(0)
        d1 = d2 @ p["W2"] * (1 - a1**2)
        return {**p, "W1": p["W1"] - eta * d1.T @ X / len(X), "b1": p["b1"] - eta * d1.mean(0)}

    told = bp.diagnose(NETWORK, *start(), step=step, eta=0.3)
    assert told.wrong == ["W1", "b1"] and [way[0].name for way in told.findings] == [
        "the weights above are already updated"]


def test_a_step_that_depends_on_eta_without_a_name():
    def step(p, X, Y, eta):
        p = dict(p)
        for names in (("W1", "b1"), ("W2", "b2")):  # a gradient anew after each layer's step
            g = Program(NETWORK)(p, X, Y)
            p |= {name: p[name] - eta * g[name] for name in names}
        return p

    told = bp.diagnose(NETWORK, *start(), step=step, eta=0.1)
    assert told.wrong == ["W2", "b2"] and told.mistakes == ("something is used after it was changed",)


class Object:
    """A program that keeps its weights in an object and changes them in place."""

    def __init__(self):
        self.p, self.X, self.Y = start()

    def train(self, X, Y, lr):
        for name, g in Program(NETWORK, ("sign",))(self.p, X, Y).items():
            self.p[name] -= lr * g

    def step(self, parameters, X, Y, eta):
        self.p = parameters
        self.train(X, Y, eta)
        return self.p


def test_weights_in_an_object():
    its = Object()
    told = bp.diagnose(NETWORK, its.p, its.X, its.Y, step=its.step, eta=0.1)
    assert [one.name for way in told.findings for one in way] == ["the sign is turned"]
    with pytest.raises(bp.InputError, match="yours takes none.*def step"):
        bp.diagnose(NETWORK, its.p, its.X, its.Y, step=its.train, eta=0.1)


def test_several_steps_by_a_function_are_told():
    def train(p, X, Y, eta):
        for _ in range(3):
            p = descent(p, X, Y, eta)
        return p

    told = bp.diagnose(NETWORK, *start(), step=train, eta=0.05)
    assert told.right and told.mistakes == () and "3 steps of gradient descent by the right gradient" in told.assumed


def test_a_step_in_place():
    def step(p, X, Y, eta):
        for name, g in Program(NETWORK, ("bias zero",))(p, X, Y).items():
            p[name] -= eta * g

    p, X, Y = start()
    kept = p["W1"].copy()
    told = bp.diagnose(NETWORK, p, X, Y, step=step, eta=0.1)
    assert "the biases are never updated" in told.mistakes and told.wrong == ["b1", "b2"]
    assert np.array_equal(p["W1"], kept)


@pytest.mark.parametrize("way, name", [({"sign": 1.0}, "momentum with the wrong sign"),
                                       ({"stale": True}, "a velocity of the step before"),
                                       ({"sign": 1.0, "momentum": 0.0, "steps": 3}, "uphill instead of downhill")])
def test_several_steps_are_gone_after(way, name):
    told = bp.diagnose(NETWORK, *start(), after=walk(**way), eta=0.01)
    assert told.right and name in told.mistakes
    assert bp.diagnose(NETWORK, *start(), after=walk(), eta=0.01).mistakes == ()


def test_a_learning_rate_above_the_stable_limit():
    network, r = bp.dense([1, 1], "identity", HALF, bias=False), np.random.default_rng(0)
    X = r.normal(size=(20, 1))
    p, Y, limit = {"W1": np.array([[0.5]])}, 2 * X, 2 / float((X**2).mean())
    step = lambda p, X, Y, eta: {"W1": p["W1"] - eta * ((X @ p["W1"].T - Y).T @ X) / len(X)}  # noqa: E731
    assert bp.diagnose(network, p, X, Y, step=step, eta=0.9 * limit).mistakes == ()
    told = bp.diagnose(network, p, X, Y, step=step, eta=1.2 * limit)
    assert told.right and told.mistakes == ("the learning rate is too large",) and f"{limit:.3g}" in str(told)


def test_a_function_that_adds_to_what_it_found_before():
    kept = {}

    def gradients(p, X, Y):
        for name, g in Program(NETWORK)(p, X, Y).items():
            kept[name] = kept.get(name, 0) + g
        return dict(kept)

    assert "gradients kept from the call before" in bp.diagnose(NETWORK, *start(), gradients=gradients).mistakes


# programs

PROGRAM = '''
import numpy as np

def backprop(X, y, W1, b1, W2, b2):
    m = X.shape[0]
    a1 = np.tanh(X @ W1 + b1)
    d2 = 2 * (a1 @ W2 + b2 - y)
    d1 = d2 @ W2.T * SLOPE
    return {"dW1": X.T @ d1 / m, "db1": d1.sum(0) / m, "dW2": a1.T @ d2 / m, "db2": d2.sum(0) / m}

if __name__ == "__main__":
    raise SystemExit("not to be run")
'''


def test_a_program_is_run_apart():
    told = bp.diagnose(NETWORK, source=PROGRAM.replace("SLOPE", "(1 - a1**2)"))
    assert told.right and "backprop was run with weights (from, to), samples in rows" in told.assumed
    told = bp.diagnose(NETWORK, source=PROGRAM.replace("SLOPE", "a1"))
    assert told.wrong == ["W1", "b1"] and told.mistakes == ("the function in place of its slope",)


@pytest.mark.parametrize("source, words", [("1/0", "ZeroDivisionError"), ("def f(q): return q", "no function"),
                                           ("import os; os._exit(3)", "ended"),
                                           ("def gradients(p, X, Y): raise KeyError('w9')", "w9")])
def test_a_program_that_cannot_be_run_is_told(source, words):
    with pytest.raises(bp.InputError, match=words):
        bp.diagnose(NETWORK, source=source)


def test_a_cell_is_diagnosed():
    from IPython.core.interactiveshell import InteractiveShell
    shell = InteractiveShell.instance()
    shell.run_line_magic("load_ext", "bplib.diagnosis")
    p, X, Y = start()
    shell.user_ns.update(network=NETWORK, p=p, X=X, Y=Y)
    cell = "def gradients(p, X, Y):\n    return from_a_test(p, X, Y)"
    shell.user_ns["from_a_test"] = Program(NETWORK, ("row sums",))
    told = shell.run_cell_magic("diagnose", "network p X Y", cell)
    assert told.mistakes == ("row sums of dW in place of db",)
    with pytest.raises(bp.InputError, match="no variable nowhere"):
        shell.run_cell_magic("diagnose", "nowhere", cell)
