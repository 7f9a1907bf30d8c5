"""Explorers in a real JupyterLab: what is drawn after a key press, and what Python hears of it."""
import re

import numpy as np
import pytest
from explorers import Controls
from jupyter import number
from playwright.sync_api import expect

import bplib
from bplib.codegen import generate

CELLS = ["import bplib\nex = bplib.explore.neuron()\nex", "other = bplib.explore.neuron('tanh')\nother"]
ROUNDED = 6e-5


class View(Controls):
    """One explorer on the page."""

    def settings(self):
        return {name: float(self.field(name).input_value()) for name in ("w", "b", "x", "y", "eta")}

    def numbers(self):
        """Name → what stands there, for all values of the view."""
        texts = self.root.locator("[data-value], [data-legend]").evaluate_all(
            "all => all.map(one => [one.dataset.value ?? one.dataset.legend, one.textContent])")
        return {name: number(text) for name, text in texts}

    def picture(self):
        """Where things lie, (w, C), read off the labelled axes, and how far the axes reach."""
        drawn = self.root.locator(".bplib-plot").first.evaluate("""plot => {
            const middle = (one) => { const r = one.getBoundingClientRect();
                                      return [r.x + r.width / 2, r.y + r.height / 2]; };
            const along = (mark, at) => {
                const path = plot.querySelector(mark), length = path.getTotalLength();
                const { x, y } = path.getPointAtLength(at * length).matrixTransform(path.getScreenCTM());
                return [x, y]; };
            const labels = [...plot.querySelectorAll(".bplib-axes text:not(.bplib-axis-name)")];
            const lines = [...plot.querySelectorAll(".bplib-axes line")];
            return { marks: { point: middle(plot.querySelector(".bplib-point")), tip: along(".bplib-head", 0),
                              left: along(".bplib-tangent", 0), right: along(".bplib-tangent", 1) },
                     ticks: labels.map((label, n) => [label.textContent, ...middle(lines[n])]) }; }""")
        ticks = [(number(text), x, y) for text, x, y in drawn["ticks"]]
        across = [tick for tick in ticks if tick[2] == ticks[0][2]]
        up = [tick for tick in ticks if tick[2] != ticks[0][2]]
        lines = [np.polyfit([tick[1 + axis] for tick in some], [tick[0] for tick in some], 1)
                 for axis, some in enumerate((across, up))]
        marks = {name: [np.polyval(line, at) for line, at in zip(lines, place)]
                 for name, place in drawn["marks"].items()}
        return marks, across[-1][0] - across[0][0], up[0][0] - up[-1][0]

    def agrees(self, activation="sigmoid", loss="squared error", **settings):
        """Whether all that is drawn is what Python computes from the settings that are shown."""
        at, found = {**self.settings(), **settings}, self.numbers()
        want = expected(activation, loss, **at)
        assert {name: found[name] for name in want} == pytest.approx(want, abs=ROUNDED, rel=1e-5)
        assert found["dC_dw"] == pytest.approx(found["dC_da"] * found["da_dz"] * found["dz_dw"], abs=1e-3)
        marks, width, height = self.picture()
        (w1, c1), (w2, c2), slope = marks["left"], marks["right"], want["dC_dw"]
        assert marks["point"] == pytest.approx([at["w"], want["C"]], abs=0.004 * max(width, abs(height)))
        assert (c2 - c1) / (w2 - w1) == pytest.approx(slope, rel=0.01, abs=0.005 * abs(height) / width)
        assert marks["tip"][0] == pytest.approx(np.clip(at["w"] + want["next"], -5, 5), abs=0.004 * width)
        return True


def expected(activation, loss, w, b, x, y, eta):
    functions = generate(bplib.neuron(activation, loss))
    parameters = {"w": np.array(w), "b": np.array(b)}
    forward, gradients = functions.forward(parameters, [x]), functions.gradients(parameters, [x], [y])
    dC_dw, dC_db = float(gradients["w"]), float(gradients["b"])
    return {"z": forward["z"][0], "a": forward["a"][0], "C": functions.cost(parameters, [x], [y]),
            "dC_dw": dC_dw, "dC_db": dC_db, "next": -eta * dC_dw}


@pytest.fixture
def view(lab):
    """The first explorer at its start; nothing that it does may be complained of."""
    view = View(lab.explorer())
    view.menu("loss").select_option("squared error")
    view.menu("activation").select_option("sigmoid")
    view.press("Reset")
    yield view
    assert not lab.errors()


@pytest.mark.parametrize("name, keys, value", [("w", 3, 0.75), ("b", 3, 1.05), ("x", 3, 1.15), ("y", 3, 0.35),
                                               ("eta", 3, 5.15)])
def test_a_slider_moves_all_that_depends_on_it(view, name, keys, value):
    assert view.agrees()
    before = view.numbers()
    view.slider(name).focus()
    for _ in range(keys):
        view.slider(name).press("ArrowRight")
    assert view.agrees(**{name: value})
    assert view.numbers() != before


@pytest.mark.parametrize("activation, loss", [("relu", "absolute error"), ("elu", "Huber error"),
                                              ("sigmoid", "binary cross entropy"), ("silu", "squared error")])
def test_menus_change_formulas_and_numbers(view, activation, loss):
    view.menu("activation").select_option(activation)
    view.menu("loss").select_option(loss)
    assert view.agrees(activation, loss)
    assert view.root.locator("math").count() > 10 and "\\" not in view.root.inner_text()


def dragged(view, plot, to):
    """Drag along the axis of a plot to a number on it."""
    picture = view.root.locator(".bplib-plot").nth(plot)
    marks = dict(picture.evaluate("""plot => [...plot.querySelectorAll(".bplib-axes text[text-anchor=middle]")].map(
        (text, n) => [text.textContent, text.getBoundingClientRect().x + text.getBoundingClientRect().width / 2])"""))
    across = np.polyfit([number(text) for text in marks], [*marks.values()], 1)
    box, mouse = picture.bounding_box(), view.page.mouse
    mouse.move(box["x"] + box["width"] / 2, box["y"] + 100)
    mouse.down()
    mouse.move(np.polyval(across, to), box["y"] + 90, steps=4)
    mouse.up()


def test_the_points_on_the_curves_are_dragged(view):
    """The one on the curve of C moves w; the one on the curve of a moves z, by way of b."""
    dragged(view, 0, -3)
    assert view.settings()["w"] == pytest.approx(-3, abs=0.05) and view.agrees()
    dragged(view, 1, 2)
    assert view.numbers()["z"] == pytest.approx(2, abs=0.05) and view.agrees()
    assert view.settings()["w"] == pytest.approx(-3, abs=0.05)


def test_the_curve_of_the_activation(view):
    """Its point, its tangent and the target lie where the numbers say."""
    view.menu("activation").select_option("tanh")
    view.type(w="-1.3", y="0.6")
    drawn = view.root.locator(".bplib-plot").nth(1).evaluate("""plot => {
        const middle = (one) => { const r = one.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; };
        const end = (mark, at) => { const path = plot.querySelector(mark);
            const { x, y } = path.getPointAtLength(at * path.getTotalLength()).matrixTransform(path.getScreenCTM());
            return [x, y]; };
        const lines = [...plot.querySelectorAll(".bplib-axes line")].map((one) => one.getBoundingClientRect());
        const texts = [...plot.querySelectorAll(".bplib-axes text:not(.bplib-axis-name)")];
        return { ticks: texts.map((text, n) => [text.textContent, text.getAttribute("text-anchor"), lines[n].x, lines[n].y]),
                 marks: [middle(plot.querySelector(".bplib-point")), end(".bplib-target", 0), end(".bplib-tangent", 0),
                         end(".bplib-tangent", 1)] }; }""")
    up = np.polyfit(*zip(*[(y, number(text)) for text, anchor, _, y in drawn["ticks"] if anchor == "end"]), 1)
    across = np.polyfit(*zip(*[(x, number(text)) for text, anchor, x, _ in drawn["ticks"] if anchor == "middle"]), 1)
    (z, a), (_, target), *ends = [(np.polyval(across, x), np.polyval(up, y)) for x, y in drawn["marks"]]
    numbers = view.numbers()
    assert (z, a, target) == pytest.approx((numbers["z"], numbers["a"], 0.6), abs=0.03)
    assert (ends[1][1] - ends[0][1]) / (ends[1][0] - ends[0][0]) == pytest.approx(numbers["da_dz"], abs=0.01)


def test_what_is_tried_makes_room_for_the_next(view, lab):
    """Each task, done as it says; what is so already when a task comes up has to be done anew."""
    lab.python(None, 0)
    view = View(lab.explorer())
    line = view.root.locator(".bplib-try")
    assert "0 of 5 done" in line.inner_text() and "press Step" in line.inner_text()
    view.press("Step")
    assert "1 of 5 done" in line.inner_text()
    dragged(view, 0, -4)
    assert "2 of 5 done" in line.inner_text()
    view.type(w="5", b="3")
    assert "3 of 5 done" in line.inner_text() and "binary cross entropy" in line.inner_text()
    view.menu("loss").select_option("binary cross entropy")
    assert "4 of 5 done" in line.inner_text()
    view.type(x="3", eta="10")
    for _ in range(5):
        view.press("Step")
    assert "5 of 5 done" in line.inner_text() and "what else happens?" in line.inner_text()


def test_a_pair_that_does_not_fit_is_off(view):
    view.menu("activation").select_option("tanh")
    off = view.menu("loss").locator("option[disabled]")
    assert off.all_inner_texts() == ["binary cross entropy"]
    assert "the last layer is sigmoid" in off.get_attribute("title")
    assert "the last layer is sigmoid" in view.root.inner_text()


def test_entropy_takes_a_probability(view, lab):
    view.type(y="2")
    view.menu("loss").select_option("binary cross entropy")
    assert "a target y from 0 to 1, a probability; given: y = 2." in view.message.inner_text()
    assert view.menu("loss").input_value() == "squared error" and view.agrees()
    view.type(y="0.5")
    view.menu("loss").select_option("binary cross entropy")
    view.slider("y").press("End")
    assert view.settings()["y"] == 1 and view.agrees("sigmoid", "binary cross entropy")


def test_step_run_and_reset(view, lab):
    start = view.settings()
    slopes = view.numbers()
    view.press("Step")
    after = view.settings()
    assert after["w"] == pytest.approx(start["w"] - start["eta"] * slopes["dC_dw"], abs=1e-4)
    assert after["b"] == pytest.approx(start["b"] - start["eta"] * slopes["dC_db"], abs=1e-4)
    assert view.agrees()
    assert [float(text) for text in lab.python("print(ex.w, ex.b)").split()] == pytest.approx(
        [after["w"], after["b"]], rel=1e-5)
    view.press("Run")
    expect(view.root.locator(".bplib-plot .bplib-past")).to_have_attribute("d", re.compile("(M[^M]+){3}"))
    view.press("Stop")
    assert view.numbers()["C"] < slopes["C"]
    assert view.agrees()
    view.press("Reset")
    assert view.settings() == start
    assert not view.root.locator(".bplib-plot .bplib-past").get_attribute("d")


def test_steps_that_overshoot_are_said_to(view, lab):
    view.menu("activation").select_option("identity")
    view.type(eta="3")
    view.press("Step")
    assert "overshoots" in view.message.inner_text()
    view.press("Step", 20)
    assert "diverge" in view.message.inner_text()
    shown = view.numbers()
    assert shown["C"] > 1e9 and all(map(np.isfinite, shown.values()))


@pytest.mark.parametrize("name, text, says", [("w", "nan", "w is the weight: a finite number; given: nan."),
                                              ("b", "1e999", "given: 1e999."), ("x", "", "given: nothing."),
                                              ("eta", "-1", "a finite number, at least 0; given: -1.")])
def test_what_cannot_be_is_refused_with_words(view, lab, name, text, says):
    before = view.settings()
    view.type(**{name: text})
    assert says in view.message.inner_text()
    assert view.settings() == before and view.agrees()
    view.type(**{name: "0,5"})
    assert view.settings()[name] == 0.5 and view.message.inner_text() == ""
    assert lab.python(f"print(ex.{name})").strip() == "0.5"


def test_keys_do_not_reach_the_notebook(view, lab):
    cells = lab.cells()
    for control in (view.slider("w"), view.menu("loss"), view.root.get_by_role("button", name="Step")):
        control.focus()
        for key in "ddxab":
            lab.page.keyboard.press(key)
    assert lab.cells() == cells and view.root.is_visible()


def test_every_control_has_a_name(view):
    controls = view.root.locator("input, select, button")
    assert controls.count() == 15
    for control in controls.all():
        assert control.evaluate("c => c.ariaLabel || c.labels?.[0]?.textContent || c.textContent").strip()
    assert "slope" in view.root.get_by_role("img").first.get_attribute("aria-label")


def test_the_values_are_spoken_when_they_stand_still(view, lab):
    view.slider("w").press("ArrowRight")
    spoken = view.root.locator("[aria-live=polite]").last
    expect(spoken).to_contain_text("At w = 0.65 the cost C is")


def test_python_moves_the_view(view, lab):
    lab.python("ex.eta = 0.25; ex.w = -2; ex.activation = 'tanh'")
    expect(view.field("w")).to_have_value("-2")
    assert view.slider("w").input_value() == "-2" and view.slider("eta").input_value() == "0.25"
    assert view.menu("activation").input_value() == "tanh" and view.agrees("tanh")
    assert "at least 0; given: -1" in lab.python("ex.eta = -1")
    assert lab.python("print(ex.eta)").strip() == "0.25"


def test_sixty_moves_end_at_the_right_value(view, lab):
    view.slider("w").focus()
    for _ in range(60):
        lab.page.keyboard.press("ArrowRight")
    assert view.settings()["w"] == 3.6 and view.agrees()
    assert float(lab.python("print(ex.w)")) == pytest.approx(3.6)
    assert view.settings()["w"] == 3.6


def test_a_cell_sees_what_the_page_has_said_however_long_python_takes(view, lab):
    """Python takes what a page says beside its cells; a test whose cell came first would find the values before."""
    lab.python("""
import time
taken = type(ex).set_state
def slowly(self, state):
    time.sleep(0.4)
    taken(self, state)
type(ex).set_state = slowly""")
    for n in range(1, 4):
        view.press("Step")
        view.slider("x").press("ArrowRight")
        shown = view.settings()
        assert lab.python("print(ex.x)").strip() == f"{shown['x']:g}"
        lab.python(f"ex.w = {n}")
        assert view.settings()["w"] == n and lab.python("print(ex.w)").strip() == f"{n}.0"
    lab.python("type(ex).set_state = taken")


def test_explorers_on_one_page_are_independent(view, lab):
    other = View(lab.explorer(1))
    before = other.numbers()
    view.slider("w").press("End")
    view.press("Step")
    assert other.numbers() == before and other.agrees("tanh")


def test_a_cell_that_runs_again_leaves_nothing_behind(view, lab):
    lab.python("old = ex")
    view.press("Run")
    lab.python(None, 0)
    expect(lab.page.locator(".bplib")).to_have_count(2)
    assert view.settings()["w"] == 0.6 and view.agrees()
    before = lab.python("print(old.w)")
    lab.page.wait_for_timeout(700)
    assert lab.python("print(old.w)") == before
    assert lab.python("print(ex.w)").strip() == "0.6"


@pytest.mark.parametrize("line, broken", [("const a = tanh(z)", "const a = nowhere(z)"),
                                          ("const z = b + w*x", "const z = nowhere"), ("export ", "")])
def test_an_exception_is_shown(view, lab, line, broken):
    """In one pair alone, in every pair, and where the functions cannot be loaded at all."""
    lab.python("bad = bplib.explore.neuron()\n"
               f"bad.set_trait('code', bad.code.replace({line!r}, {broken!r}))\nbad")
    bad = View(lab.explorer(2))
    if "tanh" in line:
        assert bad.agrees()
        bad.menu("activation").select_option("tanh")
    expect(bad.message).to_contain_text("nowhere is not defined" if broken else "cannot start")
    assert len(lab.complaints) == 1
    lab.complaints.clear()
    lab.python("")


def test_nothing_jumps(view, lab):
    """Every element keeps its place while values change length and sign."""
    places = """root => [...root.querySelectorAll('input, button, .bplib-plot, .bplib-value, math')].map(
        (one) => { const r = one.getBoundingClientRect(); return [r.x, r.y, r.width, r.height].join(); })"""
    before = view.root.evaluate(places)
    for name, text in (("w", "-4.123456"), ("b", "-5"), ("x", "-2.5"), ("eta", "0"), ("w", "oops")):
        view.type(**{name: text})
        assert view.root.evaluate(places) == before


def test_no_kernel_is_needed(view, lab):
    """Last, because it ends the kernel: what is on the page goes on."""
    lab.command("kernelmenu:shutdown")
    view.slider("w").focus()
    lab.page.keyboard.press("ArrowLeft")
    assert view.settings()["w"] == 0.55 and view.agrees()
    view.press("Step")
    assert view.agrees()
