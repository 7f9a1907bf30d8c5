"""The descent explorer: the numbers that its page computes, what it draws after a key press, when steps settle."""
import json
import re
import sys

import numpy as np
import pytest
import sympy as sp
from explorers import Controls, refused
from jupyter import number, run_javascript
from playwright.sync_api import expect

import bplib
import bplib.explore
from bplib.numerics import analytic

module = sys.modules["bplib.explore.descent"]
H = 1e-30
POINTS = [(0.3, -0.7), (2.0, 2.0), (-1.5, 0.4), (6.0, -3.0), (-0.9, 1.4)]
each = pytest.mark.parametrize("example", module.EXAMPLES)


class Surface:
    """What Python computes of an example: cost and gradient over the two weights, curvature by complex step."""

    def __init__(self, example):
        explorer = bplib.explore.descent(example)
        self.chosen, self.parameters = module.EXAMPLES[example].chosen, explorer.parameters
        self.functions, (self.X, self.Y) = bplib.generate(explorer.network), explorer.samples
        self.complex = self.functions.gradients.with_kernels(analytic())

    def at(self, w):
        arrays = {name: array.astype(np.asarray(w).dtype) for name, array in self.parameters.items()}
        for (name, *place), value in zip(self.chosen, w):
            arrays[name][tuple(place)] = value
        return arrays

    def pair(self, arrays):
        return np.array([arrays[name][tuple(place)] for name, *place in self.chosen])

    def cost(self, w):
        return self.functions.cost(self.at(np.asarray(w, float)), self.X, self.Y)

    def gradient(self, w, batch=slice(None)):
        return self.pair(self.functions.gradients(self.at(np.asarray(w, float)), self.X[batch], self.Y[batch]))

    def hessian(self, w):
        columns = []
        for direction in np.eye(2):
            arrays = self.at(np.asarray(w) + 1j * H * direction)
            columns.append(np.imag(self.pair(dict(zip(arrays, self.complex(*arrays.values(), self.X, self.Y))))) / H)
        return np.array(columns)

    def bound(self, w, momentum=0.0):
        return 2 * (1 + momentum) / np.linalg.eigvalsh(self.hessian(w))[-1]

    def path(self, w, eta, momentum, size, steps):
        """Where gradient descent goes, with samples in the order of `train(…, seed=0)`."""
        random, velocity, w = np.random.default_rng(0), np.zeros(2), np.array(w, float)
        places, order = [w.copy()], []
        while len(places) <= steps:
            order = order or list(random.permutation(len(self.X)))
            batch, order = order[:size], order[size:]
            velocity = momentum * velocity - eta * self.gradient(w, batch)
            w = w + velocity
            places.append(w.copy())
        return np.array(places)


# without a page


def page_values(example):
    """Cost, slopes and Hessian at POINTS, by the functions that the widget carries."""
    explorer = bplib.explore.descent(example)
    own = explorer.facts["examples"][example]
    zeros = {name: np.zeros_like(rows).tolist() for name, rows in own["parameters"].items()}
    return run_javascript(explorer.code + f"""
        const own = {json.dumps(own)}, zeros = {json.dumps(zeros)}, points = {json.dumps(POINTS)};
        const samples = {json.dumps({name: explorer.facts[name] for name in "xy"})}, mine = examples[{example!r}];
        const put = (arrays, pair, prefix = "") => {{
            const made = structuredClone(arrays);
            own.chosen.forEach(([name, row, column], n) => {{ made[name][row][column] = pair[n]; }});
            return Object.fromEntries(Object.entries(made).map(([name, rows]) => [prefix + name, rows]));
        }};
        const take = (found, prefix) => own.chosen.map(([name, row, column]) => found[prefix + name][row][column]);
        const result = points.map((point) => {{
            const all = {{...put(own.parameters, point), ...samples}}, gradients = mine.gradients(all);
            return {{ C: mine.cost(all).C, again: gradients.C, slopes: take(gradients, "d"),
                hessian: [[1, 0], [0, 1]].map((direction) =>
                    take(mine.curvature({{...all, ...put(zeros, direction, "dot_")}}), "dot_d")) }};
        }});""")


@each
def test_the_page_computes_what_numpy_computes(example):
    surface = Surface(example)
    for w, found in zip(POINTS, page_values(example), strict=True):
        assert [found["C"], found["again"]] == pytest.approx([surface.cost(w)] * 2, rel=1e-12)
        assert np.allclose(found["slopes"], surface.gradient(w), rtol=1e-12, atol=1e-14)
        assert np.allclose(found["hessian"], surface.hessian(w), rtol=1e-12, atol=1e-14)


def test_eigenvalues_and_bound_are_those_of_the_hessian():
    rows = [(2.0, 0.5, 1.0, 0.9), (-1.0, 0.3, -2.0, 0.0), (1.0, 0.0, 1.0, 0.5), (1.0, 2.0, 1.0, 0.0)]
    found = run_javascript(module.generated_code() + f"""
        const result = {json.dumps(rows)}.map(([H11, H12, H22, mu]) => stability({{H11, H12, H22, mu}}));""")
    for (a, b, c, mu), one in zip(rows, found):
        assert [one["smallest"], one["largest"]] == pytest.approx(np.linalg.eigvalsh([[a, b], [b, c]]), rel=1e-12)
        assert one["bound"] == pytest.approx(2 * (1 + mu) / one["largest"], rel=1e-12)


def test_the_bound_is_where_momentum_stops_settling():
    """Along an eigenvector of curvature λ a step is a linear map; beyond the bound one of its eigenvalues exceeds 1."""
    for mu, curvature in ((0.0, 3.0), (0.5, 0.7), (0.9, 2.0)):
        bound = float(module.stability()["bound"].subs({module.MU: mu, module.LARGEST: curvature}))
        for factor, settles in ((0.99, True), (1.01, False)):
            rules, eta = module.step(), factor * bound
            velocity = rules["velocity"].subs({module.G: curvature * module.W, module.ETA: eta, module.MU: mu})
            weight = rules["weight"].subs({"velocity": velocity})
            matrix = sp.Matrix([weight, velocity]).jacobian([module.W, module.V])
            assert (np.abs(np.linalg.eigvals(np.array(matrix, float))).max() < 1) == settles


@pytest.mark.parametrize("momentum", [0.0, 0.6, 0.9])
def test_the_valley_settles_below_the_bound_and_not_above(momentum):
    surface = Surface("valley")
    bound, minimum = surface.bound((0, 0), momentum), surface.cost((-1.07, 1.14))
    below = surface.path((2, 2), 0.97 * bound, momentum, 8, 600)
    above = surface.path((2, 2), 1.03 * bound, momentum, 8, 600)
    assert surface.cost(below[-1]) < 1.01 * minimum
    assert surface.cost(above[-1]) > 1e3 * surface.cost((2, 2))


def test_the_valley_is_what_train_trains():
    explorer = bplib.explore.descent("valley")
    history = bplib.train(explorer.network, explorer.parameters, *explorer.samples, eta=0.2, momentum=0.5, batch_size=3,
                          epochs=4, seed=0)
    path = Surface("valley").path((explorer.w1, explorer.w2), 0.2, 0.5, 3, 12)
    assert np.allclose(path[-1], history.parameters["W1"][0], rtol=1e-12)


def test_the_examples_are_what_they_say():
    valley, plateau, entropy, minima = map(Surface, module.EXAMPLES)
    assert all(np.allclose(valley.hessian(w), valley.hessian((0, 0)), rtol=1e-10) for w in POINTS)
    start = (5, 3)
    assert plateau.cost(start) > 0.5 and np.linalg.norm(plateau.gradient(start)) < 0.005
    assert np.linalg.norm(entropy.gradient(start)) > 0.5
    assert all(np.linalg.eigvalsh(entropy.hessian(w))[0] > 0 for w in POINTS)
    lowest = []
    for start in ((-0.8, 1.4), (1.4, -0.6)):
        end = minima.path(start, 0.5, 0.9, 8, 600)[-1]
        assert np.linalg.norm(minima.gradient(end)) < 1e-6 and np.linalg.eigvalsh(minima.hessian(end))[0] > 0
        lowest.append(minima.cost(end))
    assert lowest[0] < 0.03 and lowest[1] > 0.1
    assert saddle(minima)


def saddle(surface):
    """Whether Newton's method from between the minima ends where the curvature has both signs."""
    w = np.array([0.1, 0.1])
    for _ in range(50):
        w = w - np.linalg.solve(surface.hessian(w), surface.gradient(w))
    low, high = np.linalg.eigvalsh(surface.hessian(w))
    return np.linalg.norm(surface.gradient(w)) < 1e-9 and low < 0 < high


def test_the_view_holds_no_formula():
    drawing = {"abs", "max", "min", "floor", "ceil", "log10", "sign", "hypot"}
    assert set(re.findall(r"Math\.(\w+)", str(module.Descent._esm))) <= drawing


@pytest.mark.parametrize("notation", ["bplib", "nielsen", "cs231n", "goodfellow", "persian"])
@each
def test_formulas_are_mathml_in_the_notation(example, notation):
    explorer = bplib.explore.descent(example, notation=notation)
    texts = [*explorer.facts["formulas"].values(), *explorer.facts["examples"][example]["names"].values()]
    assert all(text.startswith("<math") and not re.search(r"[\\$]", text) for text in texts)
    assert explorer.facts["letters"]["eta"] == {"cs231n": "learning_rate", "goodfellow": "ε"}.get(notation, "η")


def test_values_are_read_and_set():
    explorer = bplib.explore.descent("two minima", w1=-1, batch_size=np.int64(2))
    assert (explorer.w1, explorer.w2, explorer.eta, explorer.batch_size) == (-1.0, 1.0, 0.3, 2)
    explorer.set_state({"w2": 0.5, "example": "plateau", "momentum": 0.25})  # as the page does
    assert (explorer.w2, explorer.example, explorer.momentum) == (0.5, "plateau", 0.25)
    assert explorer.parameters["W1"].tolist() == [[-1.0, 0.5]]
    assert repr(explorer) == "Descent explorer: plateau, w1 = -1, w2 = 0.5, eta = 0.3, momentum = 0.25, batch_size = 2."


@pytest.mark.parametrize("name, value, says", [
    ("w1", float("nan"), "w1 is the weight: a finite number; given: nan"),
    ("w2", "1", "given: '1'"),
    ("eta", 0, "eta is the learning rate: a finite number, above 0; given: 0"),
    ("momentum", 1, "momentum is the momentum: a finite number, at least 0, below 1; given: 1"),
    ("batch_size", 2.5, "batch_size is the batch size: a whole number, at least 1, at most 8; given: 2.5"),
    ("batch_size", 9, "given: 9"),
    ("batch_size", True, "given: True"),
    ("example", "valleys", "Did you mean 'valley'"),
    ("example", ["valley"], "There is no example"),
    ("eat", 1, "no setting called 'eat'"),
    ("notation", "nilsen", "Did you mean 'nielsen'"),
])
def test_what_cannot_be_is_refused_and_the_last_good_value_stays(name, value, says):
    assert refused(bplib.explore.descent, name, value, says)


# in JupyterLab

CELLS = ["import bplib\nex = bplib.explore.descent()\nex"]
NUMBERS = ("w1", "w2", "eta", "momentum", "batch_size")
SETTINGS = {"eta": 0.3, "momentum": 0, "batch_size": module.SAMPLES}


class View(Controls):
    """The explorer on the page."""

    def __init__(self, root):
        super().__init__(root)
        self.hint = root.locator("[data-hint=stable]")

    def settings(self):
        titles = {name: self.field(name).get_attribute("title") for name in NUMBERS}
        return {name: float(title.split(" = ")[1]) for name, title in titles.items()}

    def numbers(self):
        texts = self.root.locator("[data-value], [data-legend]").evaluate_all(
            "all => all.map(one => [one.dataset.value ?? one.dataset.legend, one.textContent])")
        return {name: number(text) if text != "none" else None for name, text in texts}

    def marks(self):
        """(w1, w2) of what is drawn on the map, read off the labelled axes: point, arrows' tips, past steps."""
        return self.root.locator(".bplib-descent-map .bplib-plot").evaluate("""plot => {
            const [labels, lines] = [".bplib-axes text:not(.bplib-axis-name)", ".bplib-axes line"].map(
                (some) => [...plot.querySelectorAll(some)]);
            const value = (label) => Number(label.textContent.replace("\\u2212", "-"));
            const scale = (attribute, some) => {
                const all = some.map((label) => [Number(lines[labels.indexOf(label)].getAttribute(attribute)),
                                                 value(label)]);
                const [[p, a], [q, b]] = [all[0], all.at(-1)];
                return (pixel) => a + (pixel - p) * (b - a) / (q - p); };
            const across = labels.filter((one) => one.getAttribute("text-anchor") === "middle");
            const up = labels.filter((one) => one.getAttribute("text-anchor") === "end");
            const inside = plot.querySelector("svg");
            const [left, top] = [inside.x, inside.y].map((one) => one.baseVal.value);
            const [x, y] = [scale("x1", across), scale("y1", up)];
            const at = (u, v) => [x(Number(u) + left), y(Number(v) + top)];
            const all = (mark) => [...(plot.querySelector(mark).getAttribute("d") ?? "")
                .matchAll(/[ML]([-\\d.]+),([-\\d.]+)/g)].map(([, u, v]) => at(u, v));
            const point = plot.querySelector(".bplib-point");
            return { point: at(point.getAttribute("cx"), point.getAttribute("cy")), full: all(".bplib-head")[0],
                     batch: all(".bplib-descent-batch-head")[0], path: all(".bplib-descent-path") }; }""")

    def agrees(self, example):
        """Whether numbers and marks are what Python computes at the settings that are shown, before any step."""
        surface, at, found = Surface(example), self.settings(), self.numbers()
        w, eta = (at["w1"], at["w2"]), at["eta"]
        batch = np.random.default_rng(0).permutation(8)[:int(at["batch_size"])]
        full, pushed = surface.gradient(w), surface.gradient(w, batch)
        smallest, largest = np.linalg.eigvalsh(surface.hessian(w))
        want = {"C": surface.cost(w), "slope1": full[0], "slope2": full[1], "pushed1": pushed[0], "pushed2": pushed[1],
                "next1": w[0] - eta * pushed[0], "next2": w[1] - eta * pushed[1], "H11": surface.hessian(w)[0, 0],
                "H12": surface.hessian(w)[0, 1], "H22": surface.hessian(w)[1, 1], "largest": largest,
                "smallest": smallest}
        assert {name: found[name] for name in want} == pytest.approx(want, rel=1e-2, abs=6e-5)
        marks = self.marks()
        assert marks["point"] == pytest.approx(w, abs=0.02)
        assert marks["full"] == pytest.approx(np.subtract(w, eta * full), abs=0.02)
        assert len(batch) == 8 or marks["batch"] == pytest.approx(np.subtract(w, eta * pushed), abs=0.02)
        return True


@pytest.fixture
def view(lab):
    view = View(lab.explorer())
    view.choose(example="plateau")
    view.choose(example="valley")
    view.press("Reset")
    view.type(**SETTINGS)
    yield view
    assert not lab.errors()


@pytest.mark.parametrize("name, keys, value", [("w1", 3, 2.15), ("w2", 2, 2.1), ("eta", 5, 0.378),
                                               ("momentum", 4, 0.04)])
def test_a_slider_moves_all_that_depends_on_it(view, name, keys, value):
    assert view.agrees("valley")
    before = view.numbers()
    view.slider(name).focus()
    for _ in range(keys):
        view.slider(name).press("ArrowRight")
    assert view.settings()[name] == pytest.approx(value, rel=0.01)
    assert view.agrees("valley") and view.numbers() != before


@each
def test_an_example_has_its_own_map(view, example):
    view.choose(example=example)
    assert view.agrees(example) and view.message.inner_text() == ""
    view.type(batch_size=2)
    assert view.agrees(example)


@pytest.mark.parametrize("example, momentum, size", [("valley", 0, 8), ("valley", 0.8, 3), ("two minima", 0.5, 1)])
def test_steps_are_those_of_python(view, lab, example, momentum, size):
    view.choose(example=example)
    view.type(eta=0.2, momentum=momentum, batch_size=size)
    start = view.settings()
    path = Surface(example).path((start["w1"], start["w2"]), 0.2, momentum, size, 11)
    view.press("Step", 11)
    after = view.settings()
    assert [after["w1"], after["w2"]] == pytest.approx(path[-1], rel=1e-10)
    assert np.allclose(view.marks()["path"], path, atol=0.02)
    epoch = 1 + 10 // -(-8 // size)
    assert f"Step 11, epoch {epoch}:" in view.message.inner_text()
    heard = [float(text) for text in lab.python("print(ex.w1, ex.w2)").split()]
    assert heard == pytest.approx(path[-1], rel=1e-10)


@pytest.mark.parametrize("momentum", [0, 0.6])
def test_steps_settle_below_the_mark_and_grow_above(view, momentum):
    view.type(momentum=momentum)
    bound = Surface("valley").bound((0, 0), momentum)
    label = view.root.locator(".bplib-descent-bound-label").inner_text()
    assert number(label.removeprefix("largest stable η ")) == pytest.approx(bound, abs=6e-5)
    costs = {}
    for eta, warned in ((0.95 * bound, False), (1.05 * bound, True)):
        view.press("Reset")
        view.type(momentum=momentum, eta=eta)
        assert (view.hint.get_attribute("data-kind") == "warning") == warned
        assert ("the steps grow" in view.hint.inner_text()) == warned
        costs[warned] = [view.numbers()["C"]]
        for _ in range(4):
            view.press("Step", 10)
            costs[warned].append(view.numbers()["C"])
    assert costs[False][-1] < 0.1 < costs[False][0] and costs[True][-1] > costs[True][-2] > costs[True][0] / 10
    assert costs[True][-1] > 100 * costs[False][-1]


def test_the_mark_stands_at_its_place_on_the_slider(view):
    view.type(eta=Surface("valley").bound((0, 0)))
    tick = view.root.locator(".bplib-descent-tick").bounding_box()
    track = view.slider("eta").bounding_box()
    part = (np.log10(Surface("valley").bound((0, 0))) + 2) / 4
    thumb = track["x"] + 8 + part * (track["width"] - 16)
    assert tick["x"] + tick["width"] / 2 == pytest.approx(thumb, abs=3)


def test_curvature_that_is_not_positive_is_said(view):
    view.choose(example="plateau")
    view.type(w1=6, w2=-3)
    assert view.numbers()["largest"] < 0 and view.numbers()["bound"] is None
    assert "not positive in any direction" in view.hint.inner_text()
    view.choose(example="two minima")
    view.type(w1=0.1, w2=0.1)
    assert view.numbers()["smallest"] < 0 < view.numbers()["largest"]
    assert "In another direction the curvature is negative" in view.hint.inner_text()


def test_a_point_is_chosen_on_the_map(view, lab):
    view.press("Step", 3)
    box = view.root.locator(".bplib-descent-map svg svg").bounding_box()
    lab.page.mouse.move(box["x"] + 100, box["y"] + 80)
    lab.page.mouse.down()
    lab.page.mouse.move(box["x"] + 120, box["y"] + 110)
    lab.page.mouse.up()
    w = [view.settings()[name] for name in ("w1", "w2")]
    marks = view.marks()
    assert view.agrees("valley") and len(marks["path"]) == 1 and marks["point"] == pytest.approx(w, abs=0.02)
    lab.page.mouse.move(box["x"] + 10, box["y"] + 10)
    assert [view.settings()[name] for name in ("w1", "w2")] == w


def test_the_map_zooms_out_when_steps_leave_it(view):
    view.type(eta=3)
    view.press("Step", 4)
    at = view.settings()
    assert max(abs(at["w1"]), abs(at["w2"])) > 10
    assert view.marks()["point"] == pytest.approx([at["w1"], at["w2"]], rel=0.02)
    view.press("Step", 30)
    assert "diverge" in view.message.inner_text()
    assert all(np.isfinite(value) for value in view.numbers().values())


def test_contour_lines_lie_at_their_cost(view):
    """Where a label stands, the cost is what it says, to within two pixels (0.035) along the slope."""
    width, height, labels = view.root.locator(".bplib-descent-map").evaluate("""map => {
        const inside = map.querySelector("svg svg"), [width, height] = [inside.width.baseVal, inside.height.baseVal];
        return [width.value, height.value, [...map.querySelectorAll(".bplib-descent-labels text")].map((one) => [
            one.textContent, Number(one.getAttribute("x")) / width.value,
            (Number(one.getAttribute("y")) - 4) / height.value])]; }""")
    surface, half = Surface("valley"), 3 * max(1, width / height)
    assert len(labels) >= 5
    for text, across, down in labels:
        w = (2 * across - 1) * half, (1 - 2 * down) * half * height / width
        assert abs(surface.cost(w) - number(text)) / np.linalg.norm(surface.gradient(w)) < 0.035, text


@pytest.mark.parametrize("name, text, says", [("w1", "nan", "w1 is the weight: a finite number; given: nan."),
                                              ("eta", "0", "a finite number, above 0; given: 0."),
                                              ("momentum", "1", "at least 0, below 1; given: 1."),
                                              ("batch_size", "2.5", "a whole number, at least 1, at most 8; given")])
def test_what_cannot_be_is_refused_with_words(view, name, text, says):
    before = view.settings()
    view.type(**{name: text})
    assert says in view.message.inner_text() and view.settings() == before and view.agrees("valley")


def test_python_moves_the_view(view, lab):
    view.press("Step", 2)
    lab.python("ex.example = 'two minima'; ex.w1 = -1; ex.eta = 0.1")
    expect(view.field("w1")).to_have_value("-1")
    assert view.agrees("two minima") and len(view.marks()["path"]) == 1
    assert "at least 1, at most 8; given: 0" in lab.python("ex.batch_size = 0")


def test_run_and_reset(view, lab):
    view.type(eta=0.25, momentum=0.2)
    start = view.settings()
    view.press("Run")
    path = view.root.locator(".bplib-descent-map .bplib-descent-path")
    expect(path).to_have_attribute("d", re.compile("([ML][^ML]+){5}"))
    view.press("Stop")
    steps = len(view.marks()["path"]) - 1
    assert steps >= 4
    cost = view.root.locator(".bplib-descent-history svg[role=img]").get_attribute("aria-label")
    assert f"each of {steps} steps" in cost
    view.press("Reset")
    assert view.settings() == start and len(view.marks()["path"]) == 1


def test_what_is_tried_makes_room_for_the_next(view, lab):
    lab.python(None, 0)
    line = view.root.locator(".bplib-try")
    assert "0 of 4 done" in line.inner_text()
    view.press("Step", 5)
    assert "1 of 4 done" in line.inner_text()
    view.type(w1="-1", w2="1")
    view.press("Step", 60)
    assert "2 of 4 done" in line.inner_text()
    view.type(w1="2", w2="2", eta="1")
    view.press("Step", 4)
    assert "3 of 4 done" in line.inner_text()
    view.press("Reset")
    view.type(momentum="0.5")
    view.press("Step", 5)
    assert "4 of 4 done" in line.inner_text() and "what else happens?" in line.inner_text()

