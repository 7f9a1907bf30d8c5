"""The neuron explorer from Python's side: the numbers that its page computes, its values, its formulas."""
import json
import re
import sys
from xml.etree import ElementTree

import numpy as np
import pytest
import sympy as sp
from explorers import refused
from jupyter import run_javascript

import bplib
import bplib.explore
from bplib.activations import plain
from bplib.codegen import generate
from bplib.equations import name_of

module = sys.modules["bplib.explore.neuron"]
PAIRS = [(g, cost) for g in module.of_units() for cost in module.offered() if not module.refusal(g, cost)]
SAMPLES = 12


@pytest.fixture(scope="module")
def inputs():
    """Points {w, b, x, y}; targets are probabilities, so that every loss can take them."""
    rng = np.random.default_rng(4)
    draw = {name: rng.uniform(-3, 3, SAMPLES) for name in "wbx"} | {"y": rng.uniform(0, 1, SAMPLES)}
    return [{name: float(column[n]) for name, column in draw.items()} for n in range(SAMPLES)]


@pytest.fixture(scope="module")
def page_values(inputs):
    """activation → loss → what the page computes at each point, by the functions that the widget carries."""
    return run_javascript(bplib.explore.neuron().code + f"""
        const inputs = {json.dumps(inputs)};
        const result = {{}};
        for (const [activation, row] of Object.entries(pairs)) {{
            result[activation] = {{}};
            for (const [loss, compute] of Object.entries(row)) result[activation][loss] = inputs.map(compute);
        }}""")


def close(given, expected):
    return np.allclose(given, expected, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("activation, loss", PAIRS)
def test_the_page_computes_what_numpy_computes(activation, loss, inputs, page_values):
    functions = generate(bplib.neuron(activation, loss))
    for at, found in zip(inputs, page_values[activation][loss], strict=True):
        parameters = {"w": np.array(at["w"]), "b": np.array(at["b"])}
        sample = [at["x"]], [at["y"]]
        gradients = functions.gradients(parameters, *sample)
        forward = functions.forward(parameters, sample[0])
        assert close([found[name] for name in ("z", "a", "C", "dC_dw", "dC_db")],
                     [forward["z"][0], forward["a"][0], functions.cost(parameters, *sample),
                      gradients["w"], gradients["b"]])


@pytest.mark.parametrize("activation, loss", PAIRS)
def test_each_factor_has_the_value_of_its_formula(activation, loss, inputs, page_values):
    """SymPy evaluates the formulas as they are shown, with 30 digits."""
    derivation = module.derivations()[activation, loss]
    shown = module.equations(derivation, derivation.network.equations)
    for at, found in zip(inputs[:4], page_values[activation][loss]):
        known = at | {name: found[name] for name in ("z", "a", "delta")}
        for name, (_, right) in shown.items():
            entries = {e: sp.Float(known[name_of(e)], 30) for e in right.atoms(sp.Indexed, sp.Symbol)
                       if name_of(e) in known}
            assert close(found[name], float(plain(right).xreplace(entries).evalf(30))), name
        assert close(found["dC_dw"], found["dC_da"] * found["da_dz"] * found["dz_dw"])
        assert close(found["dC_db"], found["dC_da"] * found["da_dz"] * found["dz_db"])


def test_numbers_hold_far_out():
    """A saturated unit: the cost grows linearly and the gradient stays right where ∂C/∂a has no value."""
    far = run_javascript(module.generated_code() + """
        const result = pairs.sigmoid["binary cross entropy"]({w: 1000, b: 0, x: 1, y: 0});""")
    assert far["C"] == 1000 and far["dC_dw"] == 1


def test_the_view_holds_no_formula():
    """Mathematics comes from the derivation: the hand-written files use arithmetic and nothing else."""
    view = str(module.Neuron._esm)
    drawing = {"abs", "max", "min", "floor", "ceil", "log10", "sign", "hypot"}
    assert set(re.findall(r"Math\.(\w+)", view)) <= drawing


@pytest.mark.parametrize("activation, loss", PAIRS)
def test_formulas_are_mathml(activation, loss):
    facts = module.page_facts()
    formulas = facts["formulas"][activation][loss]
    for text in (*facts["names"].values(), *(formulas[name] for name in module.SHOWN)):
        assert ElementTree.fromstring(text).tag == "math"
        assert not re.search(r"[\\$_]|C_s|<mi>s</mi>", text)
    assert bool(formulas["note"]) == (loss == "binary cross entropy")


def test_values_are_read_and_set():
    explorer = bplib.explore.neuron("tanh", "Huber error", w=-1, eta=np.float32(0.5))
    assert (explorer.w, explorer.eta) == (-1.0, 0.5)
    assert (explorer.activation, explorer.loss) == ("tanh", "Huber error")
    explorer.set_state({"w": 2, "b": 0.25})  # as the page does
    assert (explorer.w, explorer.b) == (2.0, 0.25)
    assert explorer.facts["start"] == {"w": -1.0, "b": 0.9, "x": 1.0, "y": 0.2, "eta": 0.5}


@pytest.mark.parametrize("name, value, says", [
    ("w", float("nan"), "w is the weight: a finite number; given: nan"),
    ("b", float("inf"), "given: inf"),
    ("x", "1", "given: '1'"),
    ("x", 1j, "given: 1j"),
    ("y", None, "given: None"),
    ("y", True, "given: True"),
    ("eta", -0.1, "eta is the learning rate: a finite number, at least 0; given: -0.1"),
    ("activation", "tanhh", "Did you mean 'tanh'"),
    ("activation", ["tanh"], "There is no activation"),
    ("loss", "binary cross entropy", "the last layer is sigmoid; given: tanh"),
    ("loss", "crossentropy", "There is no loss"),
])
def test_what_cannot_be_is_refused_and_the_last_good_value_stays(name, value, says):
    assert refused(lambda **given: bplib.explore.neuron(**{"activation": "tanh", **given}), name, value, says)


def test_entropy_takes_a_probability():
    with pytest.raises(bplib.InputError, match="target y from 0 to 1"):
        bplib.explore.neuron("sigmoid", "binary cross entropy", y=2)
    explorer = bplib.explore.neuron("sigmoid", "binary cross entropy", y=1)
    with pytest.raises(bplib.InputError, match="sigmoid; given: relu"):
        explorer.activation = "relu"
    with pytest.raises(bplib.InputError, match="given: y = -1"):
        explorer.y = -1
    assert (explorer.activation, explorer.y) == ("sigmoid", 1)


def test_unknown_settings_are_named():
    with pytest.raises(bplib.InputError, match="no setting called 'weight'"):
        bplib.explore.neuron(weight=1)


def test_shown_without_a_page():
    """Text for viewers without widgets is the same in every run: no address, no id."""
    explorer = bplib.explore.neuron()
    data, _ = explorer._repr_mimebundle_()
    text = "Neuron explorer: sigmoid, squared error, w = 0.6, b = 0.9, x = 1, y = 0.2, eta = 5."
    assert data["text/plain"] == repr(explorer) == text
    assert text in data["text/html"]
    assert "application/vnd.jupyter.widget-view+json" in data


@pytest.mark.parametrize("activation, loss", PAIRS)
def test_the_picture_tells_the_numbers_of_python(activation, loss):
    explorer = bplib.explore.neuron(activation, loss, w=-1.2, x=1.5, y=0.25, eta=2)
    functions = generate(bplib.neuron(activation, loss))
    given = {"w": np.array(-1.2), "b": np.array(0.9)}, [1.5], [0.25]
    cost, slope = functions.cost(*given), float(functions.gradients(*given)["w"])
    told = re.fullmatch(r".* C is (\S+) and its slope (\S+); .* changes w by (\S+)\.",
                        explorer.picture().alt.replace("−", "-"))
    assert [float(text) for text in told.groups()] == pytest.approx([cost, slope, -2 * slope], rel=1e-3)


@pytest.mark.parametrize("far, drawn", [({"w": 1e308}, False), ({"y": 1e200}, False), ({"x": 1e300}, True),
                                        ({"b": -1e308}, True), ({"eta": 1e300}, True)])
def test_what_is_too_large_to_draw_is_told_in_words(far, drawn):
    data, about = bplib.explore.neuron(**far)._repr_mimebundle_()
    assert "Run this notebook to move it." in data["text/html"]
    assert drawn == ("image/png" in data) == ("image/png" in about)


def test_two_explorers_share_nothing_that_moves():
    one, other = bplib.explore.neuron(), bplib.explore.neuron()
    one.w = 3
    assert other.w == 0.6
