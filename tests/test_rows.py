"""A row in the table of activations or losses is enough: everything that the library makes follows from it.

The rows are added for this module and taken out again.  What they have to give is written in NumPy by hand.
"""
import json
import re
import sys
from pathlib import Path

import numpy as np
import pytest
import sympy as sp
from jupyter import run_javascript
from sympy.codegen import cfunctions

import bplib as bp
import bplib.explore
from bplib import activations, losses, reference
from bplib.codegen import stable
from bplib.complex_javascript import complex_javascript
from bplib.coursework import EXERCISES, check
from bplib.coursework.exercises import Formula
from bplib.coursework.grammar import parse
from bplib.coursework.values import Stored, evaluate, tree_of
from bplib.coursework.vocabulary import vocabulary
from bplib.coursework.writing import written
from bplib.curvature import moving
from bplib.equations import s
from bplib.javascript import LIBRARY, javascript, javascript_arrays
from bplib.matrices import matrix_latex

ROOT = Path(__file__).resolve().parent.parent

# name: (g, g'), by hand
G = {
    "squareplus": (lambda z: (z + np.sqrt(z**2 + 4)) / 2, lambda z: (1 + z / np.sqrt(z**2 + 4)) / 2),
    "sin": (np.sin, np.cos),
    "cos": (np.cos, lambda z: -np.sin(z)),
    "exp": (np.exp, np.exp),
    "identity": (lambda z: z, np.ones_like),
    "softplus": (lambda z: np.log1p(np.exp(z)), lambda z: 1 / (1 + np.exp(-z))),
}
# name: (term, its derivative with respect to a), by hand
TERMS = {
    "squared error": (lambda a, y: (a - y)**2, lambda a, y: 2 * (a - y)),
    "log-cosh": (lambda a, y: np.log(np.cosh(a - y)), lambda a, y: np.tanh(a - y)),
    "Poisson": (lambda a, y: a - y * np.log(a), lambda a, y: 1 - y / a),
}
PAIRS = [("squareplus", "identity", "squared error"), ("sin", "sin", "log-cosh"), ("cos", "squareplus", "log-cosh"),
         ("exp", "cos", "squared error"), ("sin", "exp", "Poisson"), ("squareplus", "squareplus", "Poisson"),
         ("cos", "softplus", "Poisson")]
ADDED = ("squareplus", "sin", "cos", "exp")


@pytest.fixture(scope="module", autouse=True)
def rows():
    root = sp.sqrt
    activations.add("squareplus", lambda z: (z + root(z**2 + 4)) / 2, lambda z, a: a**2 / (a**2 + 1),
                    stable=lambda z: sp.Piecewise(((z + root(z**2 + 4)) / 2, z > 0), (2 / (root(z**2 + 4) - z), True)))
    activations.add("sin", sp.sin, lambda z, a: sp.cos(z), symbol=r"\sin")
    activations.add("cos", sp.cos)
    activations.add("exp", sp.exp, lambda z, a: a, log=lambda z: z)
    losses.add("log-cosh", lambda a, y: sp.log(sp.cosh(a - y)), slope=lambda a, y: sp.tanh(a - y),
               stable=lambda a, y: abs(a - y) + sp.log(1 + sp.exp(-2 * abs(a - y))) - sp.log(2))
    losses.add("Poisson", lambda a, y: a - y * sp.log(a), outputs=("exp", "softplus", "squareplus"))
    yield
    for table, names in ((activations.TABLE, ADDED), (losses.TABLE, ("log-cosh", "Poisson"))):
        for name in names:
            del table[name]


class Example:
    """A 2–3–2 network, numbers for it, and what they give by hand."""

    def __init__(self, hidden, output, loss, samples=4):
        random = np.random.default_rng(3)
        self.names, self.loss = (hidden, output), loss
        self.network = bp.dense([2, 3, 2], self.names, loss)
        self.parameters = {name: random.normal(size=self.network.shape(name)) for name in self.network.parameters}
        self.X = random.normal(size=(samples, 2))
        self.Y = random.poisson(2, (samples, 2)).astype(float)

    @property
    def given(self):
        return self.parameters, self.X, self.Y

    def by_hand(self):
        """(z and a, cost, gradients)"""
        (g1, slope1), (g2, slope2) = (G[name] for name in self.names)
        term, by_a = TERMS[self.loss]
        W1, b1, W2, b2 = self.parameters.values()
        z1 = self.X @ W1.T + b1
        a1 = g1(z1)
        z2 = a1 @ W2.T + b2
        a2 = g2(z2)
        delta2 = by_a(a2, self.Y) * slope2(z2) / len(self.X)
        delta1 = (delta2 @ W2) * slope1(z1)
        gradients = {"W1": delta1.T @ self.X, "b1": delta1.sum(axis=0), "W2": delta2.T @ a1, "b2": delta2.sum(axis=0)}
        return {"z1": z1, "a1": a1, "z2": z2, "a2": a2}, term(a2, self.Y).sum() / len(self.X), gradients


def close(found, expected):
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


def close_by_name(found, expected):
    assert found.keys() == expected.keys()
    for name, array in expected.items():
        close(found[name], array)


pairs = pytest.mark.parametrize("pair", PAIRS, ids=" ".join)


@pairs
@pytest.mark.parametrize("notation", ["bplib", "goodfellow"])
def test_generated_code(pair, notation):
    example = Example(*pair)
    f = bp.generate(example.network, notation=notation)
    layers, cost, gradients = example.by_hand()
    parameters, (X, Y) = f.layout.pack(example.parameters), f.layout.unpack_samples(example.X, example.Y)
    close(f.cost(parameters, X, Y), cost)
    (outputs,) = f.layout.unpack_samples(f.predict(parameters, X))
    close(outputs, layers["a2"])
    close_by_name(f.layout.unpack(f.gradients(parameters, X, Y)), gradients)
    if notation == "bplib":
        close_by_name(f.forward(parameters, X), layers)


@pairs
def test_a_derivation_and_its_numbers(pair):
    example = Example(*pair)
    derivation, (_, _, gradients) = bp.derive(example.network), example.by_hand()
    for name, array in gradients.items():
        close(derivation.evaluate(derivation[name], *example.given), array)
        assert derivation.scalar(name, *[1] * array.ndim).check.passed
    for name in {*pair[:2]} & {*ADDED}:
        assert activations.TABLE[name].symbol + r"'\left(" in derivation.latex()
    for name, array in gradients.items():
        assert bp.forms(example.network, name, *[1] * array.ndim).check.passed


@pairs
@pytest.mark.parametrize("samples", [1, 4, 300])
def test_tuned_code(pair, samples):
    """As numbers for 1 and 4 samples, as arrays for 300."""
    example = Example(*pair, samples=samples)
    _, _, gradients = example.by_hand()
    tuned = bp.tune(example.network, batch=samples)
    close_by_name(tuned.gradients(*example.given), gradients)
    after = {name: array.copy() for name, array in example.parameters.items()}
    tuned.step(after, example.X, example.Y, 0.1)
    close_by_name(after, {name: example.parameters[name] - 0.1 * gradients[name] for name in gradients})


@pairs
def test_training(pair):
    example = Example(*pair)
    _, cost, gradients = example.by_hand()
    history = bp.train(example.network, *example.given, eta=0.01, epochs=1)
    close_by_name(history.parameters, {name: example.parameters[name] - 0.01 * gradients[name] for name in gradients})
    close(history.cost[0], cost)


def as_json(arrays):
    return json.dumps({name: np.asarray(array).tolist() for name, array in arrays.items()})


def test_javascript():
    """All networks in one page: the cost and its gradients."""
    code, expected = "const result = [];\n", []
    for number, pair in enumerate(PAIRS):
        example = Example(*pair)
        derivation, (_, cost, gradients) = bp.derive(example.network), example.by_hand()
        equations = [*stable(example.network), *derivation.backward]
        outputs = ["C", *(f"d{name}" for name in gradients)]
        code += javascript_arrays(f"run_{number}", example.network, equations, outputs)
        code += f"result.push(run_{number}({as_json({**example.parameters, 'x': example.X, 'y': example.Y})}));\n"
        expected.append({"C": cost, **{f"d{name}": array for name, array in gradients.items()}})
    for found, wanted in zip(run_javascript(LIBRARY + code), expected, strict=True):
        close_by_name(found, wanted)


def test_javascript_over_complex_numbers():
    """Im C(b + ih)/h for the first bias of the hidden layer."""
    code, expected = "const result = [];\n", []
    smooth = [pair for pair in PAIRS if pair[2] != "log-cosh"]
    for number, pair in enumerate(smooth):
        example = Example(*pair)
        code += complex_javascript(f"cost_{number}", example.network, stable(example.network), ["C"])
        arrays = {name: array.tolist() for name, array in example.parameters.items()}
        arrays["b1"][0] = {"re": arrays["b1"][0], "im": 1e-30}
        given = json.dumps({**arrays, "x": example.X.tolist(), "y": example.Y.tolist()})
        code += f"result.push(cost_{number}({given}).C);\n"
        expected.append(example.by_hand())
    for found, (_, cost, gradients) in zip(run_javascript(LIBRARY + code), expected, strict=True):
        close([found["re"], found["im"] / 1e-30], [cost, gradients["b1"][0]])


def test_second_derivatives():
    """Hessian · direction, against gradients by hand at two points a little apart."""
    example = Example("sin", "exp", "Poisson")
    motion = moving(bp.derive(example.network))
    direction = {name: np.ones_like(array) for name, array in example.parameters.items()}
    given = {**example.parameters, **{f"dot_{name}": array for name, array in direction.items()}}
    found = run_javascript(LIBRARY + javascript_arrays(
        "run", motion, motion.equations, [f"dot_d{name}" for name in direction])
        + f"const result = run({as_json({**given, 'x': example.X, 'y': example.Y})});")
    ahead, behind = Example("sin", "exp", "Poisson"), Example("sin", "exp", "Poisson")
    for name in direction:
        ahead.parameters[name] = example.parameters[name] + 1e-6
        behind.parameters[name] = example.parameters[name] - 1e-6
    for name in direction:
        quotient = (ahead.by_hand()[2][name] - behind.by_hand()[2][name]) / 2e-6
        np.testing.assert_allclose(found[f"dot_d{name}"], quotient, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("samples", [3, 300])
def test_a_stable_loss_holds_far_out(samples):
    """ln cosh r is |r| − ln 2 to rounding where cosh r is beyond all floats."""
    network = bp.dense([1, 1], "identity", "log-cosh", bias=False)
    X, Y = np.full((samples, 1), 1e4), np.zeros((samples, 1))
    f = bp.generate(network)
    with np.errstate(all="raise"):
        close(f.cost({"W1": [[1.0]]}, X, Y), 1e4 - np.log(2))
        close(f.gradients({"W1": np.array([[-1.0]])}, X, Y)["W1"], [[-1e4]])
        close(bp.tune(f).gradients({"W1": np.array([[-1.0]])}, X, Y)["W1"], [[-1e4]])


def test_the_logarithm_of_an_output_is_computed_from_z_where_the_row_says_how():
    """e^−1000 is 0 in floats, and its logarithm −1000."""
    f = bp.generate(bp.dense([1, 1], "exp", "Poisson"))
    assert f.cost({"W1": np.array([[1.0]]), "b1": np.zeros(1)}, [[-1000.0]], [[2.0]]) == 2000


def test_other_logarithms_stay_as_they_are():
    losses.add("Cauchy", lambda a, y: sp.log(1 + (a - y)**2))
    try:
        f = bp.generate(bp.dense([1, 1], "sigmoid", "Cauchy", bias=False))
        a = 1 / (1 + np.exp(-0.6))
        close(f.cost({"W1": np.array([[2.0]])}, [[0.3]], [[5.0]]), np.log(1 + (a - 5)**2))
        close(f.gradients({"W1": np.array([[2.0]])}, [[0.3]], [[5.0]])["W1"],
              2 * (a - 5) / (1 + (a - 5)**2) * a * (1 - a) * 0.3)
    finally:
        del losses.TABLE["Cauchy"]


# ---------------------------------------------------------------------------------------------------------
# Explorers, pictures, exercises
# ---------------------------------------------------------------------------------------------------------

def test_the_neuron_explorer():
    explorer = bp.explore.neuron("squareplus", "log-cosh", w=0.7, b=-0.2, x=1.5, y=0.4)
    module = sys.modules["bplib.explore.neuron"]
    fitting = [(g, loss) for g in ADDED for loss in ("squared error", "log-cosh", "Poisson")
               if loss != "Poisson" or g in ("squareplus", "exp")]
    assert all(name in explorer.facts["refused"] for name in ADDED)
    assert not {"output", "given error"} & {*module.offered()}
    found = run_javascript(explorer.code + f"""
        const at = {{w: 0.7, b: -0.2, x: 1.5, y: 0.4}};
        const result = {json.dumps(fitting)}.map(([g, loss]) => pairs[g][loss](at));""")
    for (name, loss), values in zip(fitting, found, strict=True):
        (g, slope), (term, by_a), z = G[name], TERMS[loss], 0.7 * 1.5 - 0.2
        close([values["a"], values["C"], values["dC_dw"]],
              [g(z), term(g(z), 0.4), by_a(g(z), 0.4) * slope(z) * 1.5])
    assert "log-cosh" in repr(explorer) and explorer.picture() is not None
    with pytest.raises(bp.InputError, match="exp or softplus or squareplus"):
        explorer.set_trait("activation", "sin")
        explorer.loss = "Poisson"


def test_the_training_explorer():
    explorer = bp.explore.training(activation="sin")
    found = run_javascript(explorer.code + """
        const result = ["squareplus", "sin", "cos", "exp"].map((name) => {
            const { g, slope } = activations[name], z = 0.37;
            return [g(z), slope(z, g(z))];
        });""")
    for name, values in zip(ADDED, found, strict=True):
        close(values, [G[name][0](0.37), G[name][1](0.37)])
    assert set(ADDED) <= {*explorer.facts["menus"]["activation"]} and set(ADDED) <= {*explorer.facts["slopes"]}
    assert explorer.picture() is not None


def test_the_gradient_check_explorer():
    explorer = bp.explore.gradient_check("exp")
    found = run_javascript(explorer.code + f"""
        const {{parameters, x, y}} = {json.dumps(explorer.facts)}, given = {{...parameters, x, y}};
        const moved = {{...given, b1: [{{re: parameters.b1[0], im: 1e-30}}, parameters.b1[1]]}};
        const result = {json.dumps(ADDED)}.map((name) => {{
            const {{cost, gradients, complex_cost}} = activations[name];
            return [cost(given).C, gradients(given).db1[0], complex_cost(moved).C.im / 1e-30];
        }});""")
    for name, (cost, gradient, complex_step) in zip(ADDED, found, strict=True):
        example = Example(name, "identity", "squared error")
        example.parameters, (example.X, example.Y) = explorer.parameters, explorer.samples
        _, by_hand, gradients = example.by_hand()
        close([cost, gradient, complex_step], [by_hand / 2, gradients["b1"][0] / 2, gradients["b1"][0] / 2])
    assert explorer.picture() is not None


def test_the_explorers_of_networks_and_derivations():
    example = Example("sin", "squareplus", "log-cosh", samples=1)
    explorer = bp.explore.network(example.network, weights=example.parameters, x=example.X[0], y=example.Y[0])
    found = run_javascript(explorer.code.replace("export { pass };", "") + "const result = pass({});".format(
        as_json({**example.parameters, "x": example.X, "y": example.Y})))
    layers, cost, gradients = example.by_hand()
    close_by_name({name: found[name] for name in layers}, layers)
    close_by_name({name: found[f"d{name}"] for name in gradients}, gradients)
    close(found["C"], cost)
    assert explorer.picture() is not None
    assert all(symbol in str(bp.explore.derivation(example.network).facts) for symbol in ("sin", "squareplus", "tanh"))


def test_pictures_and_matrices():
    example = Example("sin", "squareplus", "log-cosh")
    f = bp.generate(example.network)
    assert bp.figures.network(example.network, f.forward(example.parameters, example.X)) is not None
    assert "a1" in bp.figures.shapes(f, "dW2", samples=4).alt
    assert r"\operatorname{cos}\left(Z^{(1)}\right)" in matrix_latex(f.gradients, "delta1")
    assert r"\sin\left(Z^{(1)}\right)" in matrix_latex(f.gradients, "a1")


@pairs
def test_formulas_in_exercises(pair):
    """The derivation's own formulas as trees of exercises, in numbers; and what a learner would type."""
    example = Example(*pair)
    layers, _, _ = example.by_hand()
    derivation = bp.derive(example.network)
    stored = {name: Stored(np.asarray(array), np.ndim(array))
              for name, array in {**layers, **example.parameters, "y": example.Y, "x": example.X}.items()}
    delta = next(step for step in derivation.about("z2") if step.rule in ("substitution", "by value"))
    expected = TERMS[pair[2]][1](layers["a2"], example.Y) * G[pair[1]][1](layers["z2"])
    found = evaluate(tree_of(delta.right), stored)
    close(found.over(["s", "j"]), expected)


def test_names_in_exercises():
    network = bp.dense([2, 3, 1], ["squareplus", "identity"])
    known = vocabulary(network, ["z1", "a1", "x"], ("j",), {"z": "z1"})
    z = np.array([[-1.2, 0.3, 2.0]])
    for typed, expected in (("squareplus", G["squareplus"][0](z)), ("squareplus'", G["squareplus"][1](z)),
                            ("sin", np.sin(z)), ("cos'", -np.sin(z)), ("exp", np.exp(z))):
        tree = parse(f"{typed}(z_j)", known)
        close(evaluate(tree, {"z1": Stored(z, 2)}).over(["s", "j"]), expected)
        assert r"\left(z" in written(tree, network)
    same = bp.dense([2, 3, 1], "squareplus")
    tree = parse("g'(z_j)", vocabulary(same, ["z1"], ("j",), {"z": "z1"}))
    close(evaluate(tree, {"z1": Stored(z, 2)}).over(["s", "j"]), G["squareplus"][1](z))
    assert r"\operatorname{squareplus}'" in written(tree, same)


# ---------------------------------------------------------------------------------------------------------
# Adding rows
# ---------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("name", ["sinc", "sign", "array", "sum", "len", "lambda", "normal cdf", "X2", "gemm", "Math",
                                  "delta2", "losses", "N", "e", "z1", "hard-cube", "erf", "Piecewise", "log softmax",
                                  "alpha", "accumulate", "Columns", "Constant", "Array", "Partial"])
def test_a_name_that_others_have_is_no_obstacle(name):
    """The row is z³ under the name of another function, of an array, of a word of Python's or JavaScript's."""
    activations.add(name, lambda z: z**3, lambda z, a: 3 * z**2)
    try:
        network = bp.dense([2, 2, 1], [name, "identity"])
        f, random = bp.generate(network), np.random.default_rng(1)
        given, X, Y = {p: random.normal(size=network.shape(p)) for p in network.parameters}, np.eye(2), np.ones((2, 1))
        z = X @ given["W1"].T + given["b1"]
        error = z**3 @ given["W2"].T + given["b2"] - Y
        close(f.cost(given, X, Y), np.mean(error**2))
        expected = (error @ given["W2"] * 3 * z**2).T @ X
        for gradients in (f.gradients, bp.tune(f).gradients, bp.tune(f, batch=2).gradients):
            close(gradients(given, X, Y)["W1"], expected)
        many = np.repeat(X, 150, axis=0)
        close(bp.tune(f).gradients(given, many, np.ones((300, 1)))["W1"], expected)
        code = javascript_arrays("run", network, [*stable(network), *f.backward], ["C", "dW1"])
        found = run_javascript(LIBRARY + code + f"const result = run({as_json({**given, 'x': X, 'y': Y})});")
        close_by_name(found, {"C": np.mean(error**2), "dW1": expected})
        assert bp.derive(network).latex() and matrix_latex(f.gradients, "delta1")
    finally:
        del activations.TABLE[name]


def test_max_min_and_abs():
    """relu6 and softsign: by pieces, and by a formula that is not analytic as it stands."""
    activations.add("relu6", lambda z: sp.Min(sp.Max(z, 0), 6))
    activations.add("softsign", lambda z: z / (1 + abs(z)))
    try:
        z = np.array([-3.0, -0.4, 0.5, 5.0, 8.0])
        for name, g, slope in (("relu6", np.clip(z, 0, 6), (z > 0) * (z < 6) * 1.0),
                               ("softsign", z / (1 + abs(z)), 1 / (1 + abs(z))**2)):
            f = bp.generate(bp.neuron(name, "output", bias=False))
            alone = bp.function(name)
            close(alone(z), g)
            close(alone.derivative(z), slope)
            for at, value, steep in zip(z, g, slope):
                close(f.cost({"w": at}, [1.0]), value)
                close(f.gradients({"w": at}, [1.0])["w"], steep)
    finally:
        for name in ("relu6", "softsign"):
            del activations.TABLE[name]


def test_a_parameter():
    activations.add("swish", lambda z, alpha: z / (1 + sp.exp(-alpha * z)), alpha=1.5)
    try:
        z = np.array([0.3, -2.0])
        for row, alpha in ((activations.activation("swish"), 1.5), (activations.activation("swish", alpha=0.5), 0.5)):
            f = bp.generate(bp.neuron(row, bias=False))
            close(f.cost({"w": 1.0}, z, [0.0, 0.0]), np.mean((z / (1 + np.exp(-alpha * z)))**2))
        assert bp.function("swish", alpha=2)(1.0) == pytest.approx(1 / (1 + np.exp(-2)), rel=1e-15)
    finally:
        del activations.TABLE["swish"]


def test_a_wrong_slope_is_found_when_it_is_used():
    activations.add("wrong", sp.sin, lambda z, a: sp.sin(z))
    losses.add("wrong too", lambda a, y: (a - y)**4, slope=lambda a, y: 4 * (a - y))
    try:
        with pytest.raises(bp.DerivationError):
            bp.derive(bp.neuron("wrong"))
        with pytest.raises(bp.DerivationError):
            bp.derive(bp.neuron("identity", "wrong too"))
    finally:
        del activations.TABLE["wrong"], losses.TABLE["wrong too"]


@pytest.mark.parametrize("add, says", [
    (lambda: activations.add("Sigmoid", sp.sin), "'sigmoid' already"),
    (lambda: activations.add("leaky-relu", sp.sin), "'leaky relu' already"),
    (lambda: activations.add("squareplus", sp.sin), "'squareplus' already"),
    (lambda: activations.add("", sp.sin), "letters and digits"),
    (lambda: activations.add("g(z)", sp.sin), "letters and digits"),
    (lambda: activations.add(3, sp.sin), "letters and digits"),
    (lambda: activations.add("new", np.sin), "function of SymPy symbols"),
    (lambda: activations.add("new", lambda z: z + sp.Symbol("c")), "of these alone"),
    (lambda: activations.add("new", lambda z: "z"), "function of SymPy symbols"),
    (lambda: activations.add("new", lambda z, alpha: z), "TypeError"),
    (lambda: activations.add("new", lambda z, alpha: z, alpha=1e300), "alpha of new"),
    (lambda: activations.add("new", sp.sin, stable=lambda z: z), "stable form of new differs"),
    (lambda: activations.add("new", sp.exp, log=lambda z: 2 * z), "log of new differs"),
    (lambda: activations.add("new", lambda z: 1 / (1 + sp.exp(-z)), log_complement=lambda z: z), "differs from the"),
    (lambda: losses.add("new", lambda a, y: (a - y)**2, stable=lambda a, y: abs(a - y)), "stable form of new differs"),
    (lambda: losses.add("huber error", lambda a, y: a), "'Huber error' already"),
    (lambda: losses.add("new", lambda a: a), "TypeError"),
    (lambda: losses.add("new", lambda a, y: a, targets="many"), "kind of targets"),
    (lambda: losses.add("new", lambda a, y: a, outputs=("sigmo",)), "Did you mean 'sigmoid'"),
    (lambda: losses.add("new", lambda a, y, c: a, parameter=("c", 0)), "The c of new"),
], ids=range(20))
def test_rows_that_cannot_be_added(add, says):
    with pytest.raises(bp.InputError, match=re.escape(says)):
        add()
    assert "new" not in activations.TABLE and "new" not in losses.TABLE


def test_a_row_that_was_taken_out_is_unknown():
    row = activations.add("gone", sp.sin)
    del activations.TABLE["gone"]
    for given in (row, "gone"):
        with pytest.raises(bp.InputError, match="no activation called 'gone'"):
            bp.neuron(given)


def test_the_reference_says_what_it_does_not_know():
    example = Example("sin", "identity", "squared error")
    weights, biases = [example.parameters[n] for n in ("W1", "W2")], [example.parameters[n] for n in ("b1", "b2")]
    with pytest.raises(ValueError, match="unknown activation 'sin'; known: identity"):
        reference.cost(weights, biases, example.X, example.Y, ["sin", "identity"], "squared error")
    with pytest.raises(ValueError, match="no loss 'log-cosh'"):
        reference.cost(weights, biases, example.X, example.Y, ["tanh", "identity"], "log-cosh")


def test_the_example_of_the_readme():
    (code,) = [code for code in re.findall(r"```py\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.S)
               if "activations.add" in code]
    kept = dict(activations.TABLE), dict(losses.TABLE)
    del activations.TABLE["squareplus"], losses.TABLE["log-cosh"]
    try:
        exec(code, {"bp": bp})
        derivation = bp.derive(bp.neuron("squareplus", "log-cosh"))
        z, w = derivation["z"].left, {"w": np.array(1.0), "b": np.array(0.0)}
        g, slope = G["squareplus"]
        close(derivation.evaluate(z, w, [0.5], [0.2]), np.tanh(g(0.5) - 0.2) * slope(0.5))
        assert s in z.free_symbols
    finally:
        for table, rows_before in zip((activations.TABLE, losses.TABLE), kept):
            table.clear()
            table.update(rows_before)


@pytest.mark.parametrize("hidden, output, loss, right, wrong", [
    ("sin", "squareplus", "log-cosh", "tanh(a2_j - y_j) squareplus'(z2_j)", "tanh(a2_j - y_j) squareplus(z2_j)"),
    ("squareplus", "exp", "Poisson", "a2_j - y_j", "1 - y_j/a2_j"),
    ("exp", "sin", "squared error", "2 (a2_j - y_j) cos(z2_j)", "2 (a2_j - y_j) sin(z2_j)"),
    ("cos", "cos", "log-cosh", "-tanh(a2_j - y_j) sin(z2_j)", "tanh(a2_j - y_j) sin(z2_j)"),
    ("cos", "cos", "log-cosh", "tanh(a2_j - y_j) g'(z2_j)", "tanh(a2_j - y_j) g(z2_j)"),
    ("sin", "identity", "given error", "y_j", "a2_j"),
])
def test_an_exercise(hidden, output, loss, right, wrong, monkeypatch):
    row = Formula("9.1", "δ", "?", "05-layers-and-indices", ("Look.",), ask="delta2",
                  make=lambda: bp.dense([3, 4, 2], [hidden, output], loss))
    monkeypatch.setitem(EXERCISES, row.id, row)
    assert check("9.1", right).outcome == "right"
    assert check("9.1", wrong).outcome == "wrong"


# ---------------------------------------------------------------------------------------------------------
# Rows are tried before they are added
# ---------------------------------------------------------------------------------------------------------

REFUSED = {
    "sign": (sp.sign, "jumps"),
    "real_root": (lambda z: sp.real_root(z, 3), "no derivative that SymPy knows"),
    "constant": (lambda z: sp.S(2), "does not depend on z"),
    "steps": (sp.Heaviside, "is 0 at all points"),
    "sqrt": (sp.sqrt, "no value at z = -2.1"),
    "pole": (lambda z: 1 / (z - sp.Rational(3, 10)), "no value at z = 0.3"),
    "overflow": (lambda z: z**3000, "no value at z = -2.1"),
    "kink": (lambda z: sp.Piecewise((z, z > 0)), "without a last piece"),
    "large": (lambda z: z * sp.Integer(10)**400, "beyond the range of floats"),
    "floor": (sp.floor, "floor(z)"),
    "mod": (lambda z: sp.Mod(z, 2), "Mod(z, 2)"),
    "atan2": (lambda z: sp.atan2(z, z**2 - 3), "atan2(z"),
    "LambertW": (sp.LambertW, "LambertW(z)"),
    "besselj": (lambda z: sp.besselj(0, z), "besselj(0, z)"),
    "delta": (lambda z: z * sp.KroneckerDelta(z, 1), "KroneckerDelta"),
    "sum": (lambda z: sp.Sum(z**sp.Symbol("k"), (sp.Symbol("k"), 1, 3)), "Sum: "),
    "undefined": (sp.Function("f"), "f(z)"),
    "integral": (lambda z: sp.Integral(sp.exp(-sp.Symbol("t")**2), (sp.Symbol("t"), 0, z)), "Integral: "),
    "imaginary": (lambda z: sp.I * z, "has I,"),
    "zoo": (lambda z: z / 0, "has zoo,"),
    "oo": (lambda z: sp.oo, "has oo,"),
    "nan": (lambda z: sp.nan, "has nan,"),
    "matrix": (lambda z: sp.Matrix([z]), "Matrix"),
    "gamma": (sp.gamma, "gamma(z)"),
    "other row": (lambda z: z * activations.sigmoid(z), "sigmoid(z)"),
}


@pytest.mark.parametrize("formula, says", REFUSED.values(), ids=REFUSED)
def test_a_formula_that_does_not_work_everywhere_is_refused(formula, says):
    before = dict(activations.TABLE)
    with pytest.raises(bp.InputError, match=re.escape(says)):
        activations.add("new", formula)
    assert activations.TABLE == before


FORMS = {
    "slope nothing": (dict(slope=lambda z, a: None), "it gives: None"),
    "slope zoo": (dict(slope=lambda z, a: 1 / (a - a)), "has zoo,"),
    "slope domain": (dict(slope=lambda z, a: sp.sqrt(z)), "no value at z = -2.1"),
    "log": (dict(log=sp.floor), "floor(z)"),
    "stable": (dict(stable=lambda z: sp.Piecewise((sp.sin(z), z > 0))), "without a last piece"),
    "symbol": (dict(symbol=3), "string of LaTeX"),
}


@pytest.mark.parametrize("forms, says", FORMS.values(), ids=FORMS)
def test_a_form_that_does_not_work_is_refused(forms, says):
    with pytest.raises(bp.InputError, match=re.escape(says)):
        activations.add("new", sp.sin, **forms)
    assert "new" not in activations.TABLE


LOSSES = {
    "constant": (lambda a, y: y**2, {}, "does not depend on a"),
    "target": (lambda a, y: a * y, dict(targets="none"), "there are no targets"),
    "jump": (lambda a, y: sp.sign(a - y), {}, "jumps"),
    "floor": (lambda a, y: sp.floor(a) - y, {}, "floor(a)"),
    "right or wrong": (lambda a, y: sp.Piecewise((1, a > y), (0, True)), {}, "is 0 at all points"),
    "any output": (lambda a, y: a - y * sp.log(a), {}, "no value at a = -2.1"),
    "negative outputs": (lambda a, y: a - y * sp.log(a), dict(outputs="tanh"), "outputs="),
    "slope": (lambda a, y: (a - y)**2, dict(slope=lambda a, y: None), "it gives: None"),
    "targets": (lambda a, y: (a - y)**2, dict(targets=["values"]), "kind of targets"),
    **{f"parameter {given!r}": (lambda a, y, p: p * (a - y)**2, dict(parameter=given), "parameter of new is a pair")
       for given in (("tau",), {"tau": 2}, "tau", "ab", (5, 2), ("name", 2), (None, 2), ("lambda", 2))},
    **{f"outputs {given!r}": (lambda a, y: (a - y)**2, dict(outputs=given), "outputs of new are names")
       for given in (5, (), {"tanh": 1})},
}


@pytest.mark.parametrize("term, more, says", LOSSES.values(), ids=LOSSES)
def test_a_loss_that_does_not_work_is_refused(term, more, says):
    before = dict(losses.TABLE)
    with pytest.raises(bp.InputError, match=re.escape(says)):
        losses.add("new", term, **more)
    assert losses.TABLE == before


def test_one_name_is_one_row():
    """`bp.function` finds a row by its name alone."""
    with pytest.raises(bp.InputError, match="'sigmoid' already"):
        losses.add("Sigmoid", lambda a, y: (a - y)**2)
    with pytest.raises(bp.InputError, match="'Huber error' already"):
        activations.add("huber-error", sp.sin)
    with pytest.raises(bp.InputError, match="The name of a loss is"):
        losses.add("", lambda a, y: (a - y)**2)


def test_a_loss_for_one_activation():
    try:
        assert losses.add("one", lambda a, y: -y * sp.log(a), outputs="exp").outputs == ("exp",)
    finally:
        losses.TABLE.pop("one", None)


WORK = {
    **{f.__name__: f for f in (sp.sin, sp.cos, sp.tan, sp.atan, sp.sinh, sp.cosh, sp.tanh, sp.asinh, sp.erf, sp.exp)},
    "log": lambda z: sp.log(2 + z**2), "acosh": lambda z: sp.acosh(2 + z**2), "abs": abs,
    "asin": lambda z: sp.asin(z / (3 + z**2)), "acos": lambda z: sp.acos(z / (3 + z**2)),
    "atanh": lambda z: sp.atanh(z / (3 + z**2)), "expm1": cfunctions.expm1, "log1p": lambda z: cfunctions.log1p(z**2),
    "and": lambda z: sp.Piecewise((z, (z > -1) & (z < 1)), (sp.tanh(z), True)),
    "or": lambda z: sp.Piecewise((z**3, (z < -1) | (z > 1)), (z, True)),
    "unequal": lambda z: sp.Piecewise((z**2, sp.Ne(z, 3)), (9, True)),
    "Heaviside": lambda z: z * sp.Heaviside(z), "conjugate": lambda z: z * sp.conjugate(z),
}


@pytest.mark.parametrize("g", WORK.values(), ids=WORK)
def test_every_function_that_may_be_used_works_in_every_part(g):
    """As an activation and inside a loss: NumPy, tuned, JavaScript and LaTeX, against differences of g itself."""
    activations.add("new row", g)
    losses.add("new loss", lambda a, y: (g(a) - y)**2)
    try:
        network = bp.neuron("new row", "new loss")
        f, z = bp.generate(network), sp.Symbol("z", real=True)
        given, X, Y = {"w": 0.7, "b": -0.2}, np.array([0.4, -1.1]), np.array([0.3, 0.9])
        cost = (g(g(0.4 * z - sp.Rational(1, 5))) - 0.3)**2 + (g(g(-1.1 * z - sp.Rational(1, 5))) - 0.9)**2
        expected, step = cost.subs(z, 0.7) / 2, sp.Float("1e-12", 40)
        left, right = (sp.N(cost.subs(z, sp.Rational(7, 10) + side * step), 40) for side in (-1, 1))
        close(f.cost(given, X, Y), float(expected))
        assert f.gradients(given, X, Y)["w"] == pytest.approx(float((right - left) / (4 * step)), rel=1e-7)
        close(bp.function("new row").derivative(0.3), float(sp.diff(g(z), z).subs(z, 0.3).doit()))
        assert bp.derive(network).latex() and matrix_latex(f.gradients, "delta")
        code = javascript("run", ["z"], [("a", activations.TABLE["new row"](sp.Symbol("z", real=True)))])
        close(run_javascript(LIBRARY + code + "const result = run({z: 0.3}).a;"), float(g(sp.Float(0.3))))
    finally:
        del activations.TABLE["new row"], losses.TABLE["new loss"]


@pytest.mark.parametrize("p, q", [(0.3, -0.7), (sp.Rational(3, 10), -sp.Rational(1, 2))], ids=["floats", "rationals"])
def test_the_larger_of_two_multiples_of_the_same_error(p, q):
    losses.add("pinball", lambda a, y: sp.Max(p * (y - a), q * (y - a)))
    try:
        a = np.array([1.0, -2.0])
        close(bp.function("pinball")(a, 0.0), np.maximum(-float(p) * a, -float(q) * a))
        close(bp.function("pinball").derivative(a, 0.0), [-float(q), -float(p)])
        f = bp.generate(bp.dense([2, 1], "identity", "pinball"))
        given, X, Y = {"W1": np.array([[1.0, 2.0]]), "b1": np.zeros(1)}, np.eye(2), np.array([[0.0], [5.0]])
        close(f.cost(given, X, Y), (-float(q) + 3 * float(p)) / 2)
        close(f.gradients(given, X, Y)["b1"], [(-float(q) - float(p)) / 2])
    finally:
        del losses.TABLE["pinball"]


def test_the_derivative_is_the_slope_of_the_row():
    """As in generated code: a slope that is wrong would be seen in both, until a derivation compares it."""
    activations.add("new", sp.sin, lambda z, a: 2 * sp.cos(z) + a)
    try:
        z = np.array([-2.0, 3.0])
        close(bp.function("new").derivative(z), 2 * np.cos(z) + np.sin(z))
    finally:
        del activations.TABLE["new"]


def test_a_row_that_is_refused_takes_nothing_from_the_explorers():
    for table, add in ((activations, lambda: activations.add("new", sp.sign)),
                       (losses, lambda: losses.add("new", lambda a, y: sp.S(2)))):
        with pytest.raises(bp.InputError):
            add()
        assert "new" not in table.TABLE
    assert bp.explore.neuron("sigmoid").facts and bp.explore.training().facts
