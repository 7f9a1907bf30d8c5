"""The gradient check explorer: what its page computes, the errors that it draws, and what it says of them."""
import json
import re
import sys

import numpy as np
import pytest
from explorers import Controls, refused
from jupyter import number, run_javascript
from playwright.sync_api import expect

import bplib
import bplib.explore
from bplib.numerics import analytic

module = sys.modules["bplib.explore.gradient_check"]
each = pytest.mark.parametrize("activation", module.ACTIVATIONS)
LONG = (1e-4, 1e-3, 1e-2)
MACHINE = 2.0**-52


class Quotients:
    """Difference quotients in Python."""

    def __init__(self, activation, parameter):
        explorer = bplib.explore.gradient_check(activation, parameter=parameter)
        self.functions, self.arrays, self.samples = (
            bplib.generate(explorer.network), explorer.parameters, explorer.samples)
        self.name, self.at = module.ENTRIES[parameter]
        self.complex = self.functions.cost.with_kernels(analytic())
        self.derived = float(self.functions.gradients(self.arrays, *self.samples)[self.name][self.at])

    def cost(self, by=0):
        arrays = {**self.arrays, self.name: self.arrays[self.name].astype(np.result_type(by, float))}
        arrays[self.name][self.at] += by
        cost = self.complex if isinstance(by, complex) else self.functions.cost.raw
        return cost(*arrays.values(), *self.samples)[0]

    def all(self, eps):
        return {"forward": (self.cost(eps) - self.cost()) / eps,
                "central": (self.cost(eps) - self.cost(-eps)) / (2 * eps),
                "complex_step": np.imag(self.cost(1j * eps)) / eps}


# without a page


@pytest.fixture(scope="module")
def page_values():
    """activation → parameter → [derived, cost, [quotients at each of LONG]], by the functions that the page has."""
    explorer = bplib.explore.gradient_check()
    return run_javascript(explorer.code + f"""
        const facts = {json.dumps(explorer.facts)}, samples = {{x: facts.x, y: facts.y}}, result = {{}};
        const moved = ([name, ...at], by) => {{
            const made = structuredClone(facts.parameters), last = at.pop();
            const row = at.reduce((rows, n) => rows[n], made[name]);
            row[last] = by.im ? {{re: row[last], im: by.im}} : row[last] + by;
            return {{...made, ...samples}};
        }};
        for (const [activation, {{cost, gradients, complex_cost}}] of Object.entries(activations)) {{
            result[activation] = {{}};
            for (const [name, entry] of Object.entries(facts.entries)) {{
                const derived = entry.slice(1).reduce((rows, n) => rows[n], gradients(moved(entry, 0))["d" + entry[0]]);
                const C = cost(moved(entry, 0)).C;
                result[activation][name] = [derived, C, {list(LONG)}.map((epsilon) => quotients({{
                    cost: C, plus: cost(moved(entry, epsilon)).C, minus: cost(moved(entry, -epsilon)).C,
                    imaginary: complex_cost ? complex_cost(moved(entry, {{im: epsilon}})).C.im : 0,
                    epsilon, derived}}))];
            }}
        }}""")


@pytest.mark.parametrize("parameter", module.ENTRIES)
@each
def test_the_page_computes_what_numpy_computes(activation, parameter, page_values):
    """Quotients to what the subtraction of two rounded costs leaves, everything else to 1e-12."""
    mine = Quotients(activation, parameter)
    derived, cost, quotients = page_values[activation][parameter]
    assert [derived, cost] == pytest.approx([mine.derived, mine.cost()], rel=1e-12)
    for eps, found in zip(LONG, quotients, strict=True):
        want = mine.all(eps)
        for name in ("forward", "central"):
            assert found[name] == pytest.approx(want[name], abs=8 * MACHINE * cost / eps)
            assert found[f"{name}_error"] == pytest.approx(abs(found[name] / derived - 1), rel=1e-9, abs=1e-15)
        if not module.refusal(activation):
            assert found["complex_step"] == pytest.approx(want["complex_step"], rel=1e-12)
    assert abs(derived) > 0.001


def test_refused_is_what_has_a_kink():
    assert [name for name in module.ACTIVATIONS if module.refusal(name)] == ["relu"]


def test_the_view_holds_no_formula():
    drawing = {"abs", "max", "min", "floor", "ceil", "log10", "sign", "hypot"}
    assert set(re.findall(r"Math\.(\w+)", str(module.Quotients._esm))) <= drawing


@pytest.mark.parametrize("notation", ["bplib", "nielsen", "cs231n", "persian"])
def test_formulas_are_mathml_in_the_notation(notation):
    facts = bplib.explore.gradient_check(notation=notation).facts
    texts = [*facts["numbered"].values(), *(text for names in facts["names"].values() for text in names.values())]
    assert all(text.startswith("<math") and not re.search(r"[\\$]", text) for text in texts)


def test_values_are_read_and_set():
    explorer = bplib.explore.gradient_check("sigmoid", parameter="b2[1]", epsilon=1e-9)
    explorer.set_state({"epsilon": 1e-12})  # as the page does
    assert (explorer.activation, explorer.parameter, explorer.epsilon) == ("sigmoid", "b2[1]", 1e-12)
    assert repr(explorer) == "Gradient check explorer: sigmoid, b2[1], epsilon = 1e-12."


@pytest.mark.parametrize("name, value, says", [
    ("epsilon", 0, "epsilon is the step: a finite number, at least 1e-20, at most 1; given: 0"),
    ("epsilon", 2, "at most 1; given: 2"), ("epsilon", "1e-4", "given: '1e-4'"),
    ("epsilon", float("nan"), "given: nan"),
    ("activation", "softmax", "There is no activation called 'softmax'"),
    ("parameter", "W1[1, 1]", "Did you mean"), ("parameter", "W3[1,1]", "There is no parameter"),
    ("notation", "nilsen", "Did you mean 'nielsen'"), ("eps", 1e-4, "no setting called 'eps'"),
])
def test_what_cannot_be_is_refused_and_the_last_good_value_stays(name, value, says):
    assert refused(bplib.explore.gradient_check, name, value, says)


# in JupyterLab

CELLS = ["import bplib\nex = bplib.explore.gradient_check()\nex"]
METHODS = ("forward", "central", "complex_step")


class View(Controls):
    """The explorer on the page."""

    def epsilon(self):
        return float(self.field("epsilon").get_attribute("title").split(" = ")[1])

    def errors(self):
        texts = self.root.locator("[data-legend]").evaluate_all(
            "all => all.map(one => [one.dataset.legend, one.textContent])")
        return {name: None if text == "does not exist" else number(text) for name, text in texts}

    def derived(self):
        return number(self.root.locator("[data-value=derived]").inner_text())

    def says(self, method):
        block = self.root.locator(f".bplib-gradient-block:has([data-value={method}])")
        return block.locator(".bplib-hint").inner_text()

    def curve(self, method):
        """log10 of ε and of the error along a curve, read off the labelled axes."""
        return np.array(self.root.locator(".bplib-plot").evaluate("""(plot, method) => {
            const labels = [...plot.querySelectorAll(".bplib-axes text:not(.bplib-axis-name)")];
            const lines = [...plot.querySelectorAll(".bplib-axes line")], digits = "⁰¹²³⁴⁵⁶⁷⁸⁹";
            const power = (text) => text === "1" ? 0 : Number([...text.slice(2)].map(
                (one) => one === "⁻" ? "-" : digits.indexOf(one)).join(""));
            const scale = (attribute, some) => {
                const all = some.map((one) => [Number(lines[labels.indexOf(one)].getAttribute(attribute)),
                                               power(one.textContent)]);
                const [[p, a], [q, b]] = [all[0], all.at(-1)];
                return (pixel) => a + (pixel - p) * (b - a) / (q - p); };
            const x = scale("x1", labels.filter((one) => one.getAttribute("text-anchor") === "middle"));
            const y = scale("y1", labels.filter((one) => one.getAttribute("text-anchor") === "end"));
            const inside = plot.querySelector("svg");
            const [left, top] = [inside.x, inside.y].map((one) => one.baseVal.value);
            const drawn = plot.querySelector(`.bplib-gradient-curve.bplib-gradient-${method}`).getAttribute("d");
            return [...drawn.matchAll(/[ML]([-\\d.]+),([-\\d.]+)/g)].map(
                ([, u, v]) => [x(Number(u) + left), y(Number(v) + top)]); }""", method))


@pytest.fixture
def view(lab):
    view = View(lab.explorer())
    view.choose(activation="tanh", parameter="W1[1,1]")
    view.type(epsilon="1e-4")
    yield view
    assert not lab.errors()


@pytest.mark.parametrize("keys, epsilon", [(0, 1e-4), (10, 1e-3), (15, 10**-2.5)])
def test_the_slider_moves_by_powers_of_ten(view, lab, keys, epsilon):
    mine = Quotients("tanh", "W1[1,1]")
    view.slider("epsilon").focus()
    for _ in range(keys):
        view.slider("epsilon").press("ArrowRight")
    assert view.epsilon() == pytest.approx(epsilon, rel=0.005)
    want = {name: abs(value / mine.derived - 1) for name, value in mine.all(view.epsilon()).items()}
    for name, error in view.errors().items():  # four decimals, or three digits
        assert error == pytest.approx(want[name], rel=0.006, abs=6e-5 if want[name] > 9e-4 else 2e-11)
    assert view.derived() == pytest.approx(mine.derived, rel=1e-12)
    assert float(lab.python("print(ex.epsilon)")) == view.epsilon()


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "softplus", "silu"])
def test_slopes_and_the_best_step_are_those_of_theory(view, activation):
    """1 and 2 where the step is long; best near the square and the cube root of the machine's precision."""
    view.choose(activation=activation)
    slopes, best = {}, {}
    for method in METHODS:
        x, y = view.curve(method).T
        assert len(x) == 241 and x[0] == pytest.approx(-20, abs=0.05) and x[-1] == pytest.approx(0, abs=0.05)
        long = (x > -4) & (x < -1.5)
        slopes[method], best[method] = np.polyfit(x[long], y[long], 1)[0], x[y.argmin()]
    assert slopes == pytest.approx({"forward": 1, "central": 2, "complex_step": 2}, abs=0.1)
    assert best["forward"] == pytest.approx(np.log10(MACHINE) / 2, abs=1.5)
    assert best["central"] == pytest.approx(np.log10(MACHINE) / 3, abs=1.2)
    x, y = view.curve("complex_step").T
    assert y[x < -9].max() < np.log10(20 * MACHINE)
    for method in ("forward", "central"):
        x, y = view.curve(method).T
        assert y[(x > -15.5) & (x < -12)].mean() > -4 and y[x < -17.5] == pytest.approx(0, abs=0.05)


def test_what_limits_each_is_said(view):
    view.type(epsilon="0.01")
    assert all("too long a step" in view.says(method) for method in METHODS)
    view.type(epsilon="1e-12")
    assert "too short a step" in view.says("forward") and "too short a step" in view.says("central")
    assert "Nothing is subtracted" in view.says("complex_step")
    view.type(epsilon="1e-19")
    assert "The step is lost" in view.says("forward") and view.errors()["forward"] == 1
    assert view.errors()["complex_step"] < 1e-14
    view.choose(parameter="W2[1,2]")
    assert "the cost is a parabola" in view.says("central")


def test_numbers_stand_in_the_formulas(view):
    """What is written in the fraction is what Python computes, and the pale digits are those that cancel."""
    mine = Quotients("tanh", "W1[1,1]")
    view.type(epsilon="1e-8")
    numbers = view.root.locator(".bplib-gradient-block").first.locator(".bplib-gradient-numbers mfrac")
    plus, cost = numbers.evaluate(
        "one => [...one.firstElementChild.querySelectorAll('mrow')].map((row) => row.textContent)")
    assert [float(plus), float(cost)] == pytest.approx([mine.cost(1e-8), mine.cost()], rel=1e-15)
    pale = numbers.locator(".bplib-gradient-same").all_text_contents()
    assert pale[0] == pale[1] and len(pale[0]) >= 8 and plus[len(pale[0])] != cost[len(pale[0])]
    value = view.root.locator("[data-value=forward]").text_content().replace("−", "-").lstrip("= ")
    assert float(value) == pytest.approx((float(plus) - float(cost)) / 1e-8, rel=1e-12)


def test_relu_has_no_complex_step(view):
    view.choose(activation="relu")
    assert view.errors()["complex_step"] is None and len(view.curve("complex_step")) == 0
    assert "there is no complex step" in view.root.inner_text()
    assert not view.root.locator("[data-value=complex_step]").is_visible()
    assert view.errors()["forward"] > 0 and len(view.curve("forward")) == 241
    view.choose(activation="tanh")
    assert view.root.locator("[data-value=complex_step]").is_visible()


def test_a_step_is_chosen_on_the_plot(view, lab):
    box = view.root.locator(".bplib-plot svg").bounding_box()
    lab.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 60)
    assert np.log10(view.epsilon()) == pytest.approx(-10, abs=0.1)
    marker = view.root.locator(".bplib-plot .bplib-gradient-now").bounding_box()
    assert marker["x"] == pytest.approx(box["x"] + box["width"] / 2, abs=2)


@pytest.mark.parametrize("text, says", [("0", "ε is the step: a finite number, at least 1e-20, at most 1; given: 0."),
                                        ("", "given: nothing."), ("2", "given: 2.")])
def test_what_cannot_be_is_refused_with_words(view, text, says):
    view.type(epsilon=text)
    assert says in view.message.inner_text() and view.epsilon() == 1e-4
    view.type(epsilon="1e-5")
    assert view.message.inner_text() == "" and view.epsilon() == 1e-5


def test_python_moves_the_view(view, lab):
    before = view.curve("forward")
    lab.python("ex.epsilon = 1e-6; ex.activation = 'silu'; ex.parameter = 'b1[2]'")
    expect(view.root.locator("[data-name=parameter] select")).to_have_value("b1[2]")
    assert view.epsilon() == 1e-6 and not np.allclose(view.curve("forward"), before)
    mine = Quotients("silu", "b1[2]")
    assert view.derived() == pytest.approx(mine.derived, rel=1e-12)


def test_what_is_tried_makes_room_for_the_next(view, lab):
    lab.python(None, 0)
    line = view.root.locator(".bplib-try")
    for done, (name, value) in enumerate([("epsilon", "1e-4"), ("epsilon", "1.5e-8"), ("epsilon", "5.6e-6"),
                                          ("epsilon", "1e-16")]):
        view.type(**{name: value})
        assert f"{done} of 4 done" in line.inner_text()
    view.menu("activation").select_option("relu")
    assert "4 of 4 done" in line.inner_text() and "what else happens?" in line.inner_text()

