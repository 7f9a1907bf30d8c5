"""Names and layouts of arrays: the same equations as X Wᵀ, X W or W X, biases apart or in a column; and matrix forms."""
import itertools
import re
import sys
from dataclasses import replace

import numpy as np
import pytest
from networks_to_test import derived, generated, parameters, samples

import bplib as bp
from bplib.conventions import TABLE
from bplib.conventions import network as as_text
from bplib.layout import Layout
from bplib.matrices import matrix_latex
from bplib.notation import Notation

LAYOUTS = {
    f"{weight}, {batch}, {bias}": Notation("any", weight=weight, samples=batch, bias=bias,
                                           code={"W": "Theta{}"} if bias == "column 0" else {})
    for weight, batch, bias in itertools.product(("to,from", "from,to"), ("rows", "columns"), ("apart", "column 0"))}

NETWORKS = {
    "sigmoid": lambda: bp.dense([3, 4, 2], "sigmoid", l2=0.3),
    "softmax and labels": lambda: bp.dense([3, 4, 2], ["gelu", "softmax"], "negative log-likelihood"),
    "softmax inside": lambda: bp.dense([3, 4, 2], ["softmax", "sigmoid"], "binary cross entropy", over_outputs="mean"),
    "deep": lambda: bp.dense([3, 2, 4, 2], ["relu", "tanh", "softmax"], "categorical cross entropy"),
}


@pytest.fixture(params=LAYOUTS)
def notation(request):
    return LAYOUTS[request.param]


def in_layout(network, notation, random):
    """A network's functions, parameters and samples as a notation stores them, and as this course does."""
    f = generated(network, notation)
    own, (X, Y) = parameters(network, random), samples(network, random, 5)
    turned = [np.ascontiguousarray(a) for a in f.layout.unpack_samples(X, Y)]
    return f, f.layout.pack(own), turned, own, (X, Y)


@pytest.mark.parametrize("name", NETWORKS)
def test_same_cost_same_gradient_same_step(name, notation):
    network = NETWORKS[name]()
    f, packed, turned, own, given = in_layout(network, notation, np.random.default_rng(4))
    ours = generated(network)
    assert f.cost(packed, *turned) == pytest.approx(ours.cost(own, *given), rel=1e-13)
    assert bp.gradient_check(f, packed, *turned).passed
    stepped = {key: packed[key] - 0.1 * g for key, g in f.gradients(packed, *turned).items()}
    expected = ours.gradients(own, *given)
    for key, value in f.layout.unpack(stepped).items():
        assert np.allclose(value, own[key] - 0.1 * expected[key], rtol=1e-12, atol=1e-15)
    assert np.allclose(f.layout.unpack_samples(f.predict(packed, turned[0]))[0], ours.predict(own, given[0]))


@pytest.mark.parametrize("make", [lambda: bp.neuron("sigmoid"), lambda: bp.graph(
    {"h": (["p"], "tanh"), "o": (["h", "p"], "identity")}, inputs=["p"], bias=True)], ids=["neuron", "graph"])
def test_neurons_one_by_one_keep_their_own_biases(make, notation):
    network, random = make(), np.random.default_rng(2)
    f, packed, turned, own, given = in_layout(network, notation, random)
    expected = generated(network).gradients(own, *given)
    for key, value in f.layout.unpack(f.gradients(packed, *turned)).items():
        assert np.allclose(value, expected[key], rtol=1e-12)


def test_pack_and_unpack_are_inverse(notation):
    network, random = NETWORKS["deep"](), np.random.default_rng(1)
    layout, own = Layout(network, notation), parameters(network, random)
    packed = layout.pack(own)
    assert {name: array.shape for name, array in packed.items()} == {n: layout.shape(n) for n in layout.parameters}
    assert all(np.array_equal(value, own[name]) for name, value in layout.unpack(packed).items())


@pytest.mark.parametrize("text", TABLE)
def test_each_text_in_its_own_layout_on_random_networks(text):
    """The code that a text would write gives, after conversion, the gradients of the reference."""
    random = np.random.default_rng(sum(map(ord, text)))
    for _ in range(5):
        network = as_text(text, [int(n) for n in random.integers(1, 6, random.integers(2, 5))])
        f, packed, turned, *_ = in_layout(network, text, random)
        report = bp.gradient_check(f, packed, *turned, entries=6)
        assert report.passed, f"{text} {network.structure}\n{report}"


@pytest.mark.parametrize("weight, batch, line", [
    ("to,from", "rows", "z1 = X @ W1.T + b1"), ("from,to", "rows", "z1 = X @ W1 + b1"),
    ("to,from", "columns", "z1 = W1 @ X + b1[:, None]"), ("from,to", "columns", "z1 = W1.T @ X + b1[:, None]"),
])
def test_layout_shows_in_the_code(weight, batch, line):
    f = bp.generate(bp.dense([3, 4, 2]), notation=Notation("any", weight=weight, samples=batch))
    assert line in f.gradients.source


def test_shapes_in_errors_are_those_of_the_layout():
    network = bp.dense([3, 4, 2])
    f = bp.generate(network, notation=Notation("any", weight="from,to", samples="columns"))
    packed = f.layout.pack(bp.initial_parameters(network))
    with pytest.raises(bp.InputError, match=r"X has shape \(5, 3\); expected is \(3, N\), one column a sample"):
        f.predict(packed, np.ones((5, 3)))
    with pytest.raises(bp.InputError, match=r"W1 has shape \(4, 3\); this network needs \(3, 4\).*W1.T would fit"):
        f.predict({**packed, "W1": packed["W1"].T}, np.ones((3, 5)))
    with pytest.raises(bp.InputError, match=r"Y has shape \(2, 4\); expected is \(2, 5\)"):
        f.cost(packed, np.ones((3, 5)), np.ones((2, 4)))
    with pytest.raises(bp.InputError, match=r"X has shape \(5, 3\); expected is \(3, N\), one column a sample"):
        bp.train(f, packed, np.ones((5, 3)), np.ones((2, 5)), eta=1, epochs=1)


# matrix forms

def read(latex, arrays, ones):
    """The value of a matrix form: an independent reader that turns each sign of LaTeX into what it means."""
    latex = latex.split(" = ", 1)[1]
    for pattern, sign in (
            (r"\\left\((\w+?)\^\{\((\d)\)\}\\right\)\^\{\\top\}", r"\1\2.T"), (r"(\w+?)\^\{\((\d)\)\}", r"\1\2"),
            (r"\\Delta", "Delta"), (r"\\theta|\\Theta", "Theta"), (r"\\frac\{1\}\{N\} \\, ", "1/N * "),
            (r"\\mathbf\{1\}", "ones"), (r"\^\{\\top\}", ".T"), (r" \\odot ", " * "), (r"(?<!\w)([\d.]+) \\, ", r"\1 * "),
            (r" \\, ", " @ "), (r"\\left\(", "("), (r"\\right\)", ")")):
        latex = re.sub(pattern, sign, latex)
    assert "\\" not in latex, latex
    return eval(latex, {"ones": ones, **arrays})


@pytest.mark.parametrize("weight, batch", [*itertools.product(("to,from", "from,to"), ("rows", "columns"))])
def test_matrix_forms_mean_what_the_index_forms_mean(weight, batch):
    """Every matrix form, read back and evaluated, equals the value of the equation in index notation."""
    network, random = NETWORKS["sigmoid"](), np.random.default_rng(2)
    notation = Notation("any", weight=weight, samples=batch)
    f, packed, turned, own, given = in_layout(network, notation, random)
    derivation, place = derived(network), lambda array: array.T if batch == "columns" else array
    found = {f"delta{n}": place(derivation.evaluate(derivation[f"z{n}"], own, *given)) for n in (1, 2)}
    forward = f.forward(packed, turned[0])
    arrays = {"X": turned[0], "Y": turned[1], "N": 5, **{n.upper(): v for n, v in forward.items()},
              **{n: v[:, None] if n.startswith("b") else v for n, v in packed.items()},
              **{n.replace("delta", "Delta"): v for n, v in found.items()}}
    ones, turn = np.ones((5, 1)), lambda a: a.T if weight == "from,to" else a
    for n in (1, 2):
        form = {part: read(matrix_latex(f.gradients, f"{part}{n}"), arrays, ones) for part in ("z", "delta", "dW", "db")}
        assert np.allclose(form["z"], forward[f"z{n}"], rtol=1e-13)
        assert np.allclose(form["delta"], found[f"delta{n}"], rtol=1e-12)
        assert np.allclose(form["dW"], turn(derivation.evaluate(derivation[f"W{n}"], own, *given)), rtol=1e-12)
        assert np.allclose(form["db"].ravel(), derivation.evaluate(derivation[f"b{n}"], own, *given), rtol=1e-12)


def test_the_reader_of_matrix_forms_notices_a_lost_transpose():
    network, random = NETWORKS["sigmoid"](), np.random.default_rng(2)
    f, packed, turned, *_ = in_layout(network, Notation("any"), random)
    form = matrix_latex(f.gradients, "z1").replace(r"^{\top} + ", " + ", 1)
    with pytest.raises(ValueError, match="mismatch"):
        read(form, {"X": turned[0], "W1": packed["W1"], "b1": packed["b1"][:, None]}, np.ones((5, 1)))


# three forms of one gradient

@pytest.mark.parametrize("name", NETWORKS)
def test_scalar_index_and_matrix_form_are_equal(name, notation, monkeypatch):
    monkeypatch.setattr(sys.modules[bp.forms.__module__], "derive", derived)
    for parameter, *at in (("W1", 2, 1), ("W2", 1, 2), ("b1", 2)):
        three = bp.forms(NETWORKS[name](), parameter, *at, notation=notation)
        assert three.check.passed, (parameter, three.check)
        assert three._repr_markdown_().count("$$") == 6


def test_forms_that_differ_are_noticed(monkeypatch):
    """A layout that forgets to turn what it unpacks: the matrix form is no longer the index form's."""
    right = Layout.unpack
    monkeypatch.setattr(Layout, "unpack", lambda self, packed: {n: -a for n, a in right(self, packed).items()})
    assert not bp.forms(bp.dense([3, 4, 2]), "W1", 2, 1).check.passed


def test_forms_of_a_neuron():
    assert bp.forms(bp.neuron("tanh"), "w").check.passed


@pytest.mark.parametrize("code, says", [
    ({"z": "a{}"}, "a1, for a of layer 1 and z of layer 1"),
    ({"W": "b{}"}, "b1, for biases of layer 1 and weights of layer 1"),
    ({"W": "X", "x": "X"}, "X, for inputs and weights of layer 1 and weights of layer 2")])
def test_arrays_that_have_one_name_are_told(code, says):
    with pytest.raises(bp.InputError, match=f"'mine' has one name in code, {says}. Give each its own"):
        bp.generate(bp.dense([2, 3, 1]), notation=replace(TABLE["bplib"], name="mine", code=code))
