"""The training explorer: what its page computes, what it shows while it learns, and what Python hears of it."""
import json
import re
import sys
from xml.etree import ElementTree

import numpy as np
import pytest
from explorers import Controls, refused
from jupyter import number, run_javascript
from playwright.sync_api import expect

import bplib
import bplib.explore
from bplib.bench.browser import PATIENCE
from bplib.explore import draws

module = sys.modules["bplib.explore.training"]
NETWORKS = [((5, 3), name) for name in module.of_units()] + [((4, 2, 3, 5, 2, 6)[:n], "tanh") for n in (1, 3, 4, 5, 6)]
NETWORKS += [((3,) * 6, "identity")]
LAMBDA = 0.3


# the page's functions

@pytest.fixture(scope="module")
def cases():
    """(hidden, activation) → random parameters and samples."""
    random = np.random.default_rng(3)
    found = {}
    for hidden, activation in NETWORKS:
        network = module.network(hidden, activation, LAMBDA)
        parameters = {name: random.normal(size=network.shape(name)) for name in network.parameters}
        found[hidden, activation] = parameters, random.normal(size=(7, 2)), random.integers(0, 2, (7, 1)).astype(float)
    return found


@pytest.fixture(scope="module")
def page_values(cases):
    """What the page computes for each of them, and what it draws at random."""
    inputs = [{"hidden": hidden, "activation": activation, "x": X.tolist(), "y": Y.tolist(),
               "weights": {name: array.tolist() for name, array in parameters.items()}}
              for (hidden, activation), (parameters, X, Y) in cases.items()]
    return run_javascript(module.generated_code() + f"""
        const inputs = {json.dumps(inputs)};
        const result = {{
            networks: inputs.map(({{ hidden, activation, x, y, weights }}) => {{
                const {{ g, slope }} = activations[activation], machine = networks[hidden.length](g, slope);
                const found = machine.backward({{ ...weights, x, y, lambda: {LAMBDA} }});
                const slopes = found.z1.map((row, s) => row.map((z, j) => slope(z, found.a1[s][j])));
                return {{ found, slopes, forward: machine.forward({{ ...weights, x }}) }};
            }}),
            weights: [0, 1, 7, 2**31].map((seed) => initial([2, 12, 3, 1], seed)),
            orders: [[0, 0, 150], [3, 8, 150], [2**31, 1, 7]].map((given) => order(...given)),
        }};""")


def close(found, expected):
    return np.allclose(found, expected, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("case", NETWORKS, ids=str)
def test_the_page_computes_what_numpy_computes(case, cases, page_values):
    parameters, X, Y = cases[case]
    page = page_values["networks"][NETWORKS.index(case)]
    functions = bplib.generate(module.network(*case, LAMBDA))
    forward, gradients = functions.forward(parameters, X), functions.gradients(parameters, X, Y)
    assert page["found"]["C"] == pytest.approx(functions.cost(parameters, X, Y), rel=1e-12)
    assert all(close(page["found"][name], array) for name, array in forward.items())
    assert all(close(page["found"][f"d{name}"], array) for name, array in gradients.items())
    assert page["forward"].keys() == {name for name in forward if name[0] == "a"}
    assert all(close(page["forward"][name], forward[name]) for name in page["forward"])
    h = 1e-6
    steps = [bplib.generate(bplib.neuron(case[1])).forward({"w": np.array(1.0), "b": np.array(0.0)},
                                                           forward["z1"].ravel() + at)["a"] for at in (h, -h)]
    assert np.allclose(np.ravel(page["slopes"]), (steps[0] - steps[1]) / (2 * h), atol=1e-8)


def test_page_and_python_draw_the_same_numbers(page_values):
    for seed, page in zip((0, 1, 7, 2**31), page_values["weights"], strict=True):
        weights = draws.initial((2, 12, 3, 1), seed)
        assert weights.keys() == page.keys() and all((page[name] == array).all() for name, array in weights.items())
    assert page_values["orders"] == [draws.order(0, 0, 150), draws.order(3, 8, 150), draws.order(2**31, 1, 7)]


def test_draws_are_as_random_as_they_should_be():
    many = np.concatenate([draws.initial((9, 40, 25), seed)["W1"].ravel() for seed in range(30)])
    assert abs(many.mean()) < 0.01 and many.std() == pytest.approx(1 / 3, rel=0.02)
    assert (abs(many) < 1 / 3).mean() == pytest.approx(0.683, abs=0.015)
    orders = np.array([draws.order(0, epoch, 20) for epoch in range(400)])
    assert (np.sort(orders, axis=1) == np.arange(20)).all() and len(np.unique(orders, axis=0)) == 400
    assert abs(orders.mean(axis=0) - 9.5).max() < 1.5


def test_the_view_holds_no_formula():
    """Mathematics comes from the derivation: the hand-written files use what drawing and a mean square need."""
    drawing = {"abs", "max", "min", "floor", "ceil", "log10", "sign", "hypot", "sqrt"}
    assert set(re.findall(r"Math\.(\w+)", str(module.Training._esm))) <= drawing


@pytest.mark.parametrize("notation", ["bplib", "nielsen", "cs231n"])
def test_formulas_are_mathml(notation):
    facts = module.page_facts(notation)
    texts = [text for one in facts["formulas"] for text in (one["formula"], *(name for _, name in one["parts"]))]
    for text in [*texts, *(words.partition(": ")[2] for words in facts["slopes"].values())]:
        assert ElementTree.fromstring(text).tag == "math" and not re.search(r"[\\$_]", text)
    assert {int(depth): len(layers) for depth, layers in facts["layers"].items()} == {n: n + 1 for n in range(1, 7)}


# Python's side

def test_samples_are_those_of_the_data_sets():
    for name in module.DATA:
        samples = bplib.explore.training(name).samples
        assert samples.X_train.shape == (150, 2) and samples.Y_test.shape == (100, 1)
        assert set(samples.Y_train.ravel()) == {0.0, 1.0} and 0.4 < samples.Y_train.mean() < 0.6
        assert (samples.X_train == samples.X_train.round(3)).all()
    X, labels = bplib.datasets.two_moons(250, noise=0.15)
    moons = bplib.explore.training("two moons").samples
    assert abs(moons.X_train - X[:150]).max() <= 0.0005 and (moons.Y_test[:, 0] == labels[150:]).all()
    X, Y = module.samples("xor").X_train, module.samples("xor").Y_train
    assert ((X > 0.5).sum(axis=1) % 2 == Y[:, 0]).mean() > 0.98


def test_what_can_be_read():
    explorer = bplib.explore.training("circles", (4, 3), "relu", seed=5, eta=np.float32(0.5), batch_size=30, l2=0.01)
    assert (explorer.hidden, explorer.steps_done, explorer.eta, explorer.batch_size) == ((4, 3), 0, 0.5, 30)
    assert {name: array.shape for name, array in explorer.weights.items()} == {
        "W1": (4, 2), "b1": (4,), "W2": (3, 4), "b2": (3,), "W3": (1, 3), "b3": (1,)}
    assert (explorer.weights["W2"] == draws.initial((2, 4, 3, 1), 5)["W2"]).all()
    assert explorer.network.shape("W2") == (3, 4) and float(explorer.network.options.l2) == 0.01
    assert sorted(sum((explorer.batch(step) for step in range(5)), [])) == list(range(150))
    assert explorer.batch(5) != explorer.batch(0) and explorer.batch(5) == draws.order(5, 1, 150)[:30]


def test_another_network_gets_the_weights_of_the_seed():
    explorer = bplib.explore.training()
    explorer.set_state({"steps_done": 12, "weights": {n: (a + 1).tolist() for n, a in explorer.weights.items()}})
    assert explorer.steps_done == 12 and explorer.weights["b1"][0] == 1
    explorer.hidden = [3, 5, 2]
    assert explorer.steps_done == 0 and explorer.weights.keys() == draws.initial((2, 3, 5, 2, 1), 0).keys()
    for name, value in (("seed", 4), ("activation", "relu"), ("data", "spirals")):
        explorer.weights = {n: a + 1 for n, a in explorer.weights.items()}
        setattr(explorer, name, value)
        expected = draws.initial((2, 3, 5, 2, 1), explorer.seed)
        assert all((explorer.weights[n] == a).all() for n, a in expected.items()), name


def test_what_the_page_sends_fits_together():
    """Shapes and arrays come in any order, and trained weights are not thrown back to those of the seed."""
    explorer = bplib.explore.training()
    trained = {name: (array + 0.5).tolist() for name, array in draws.initial((2, 3, 1), 9).items()}
    explorer.set_state({"weights": trained, "steps_done": 40, "seed": 9, "hidden": [3]})
    assert explorer.hidden == (3,) and explorer.steps_done == 40
    assert {name: array.tolist() for name, array in explorer.weights.items()} == trained


def test_weights_that_are_set_begin_at_step_0():
    explorer = bplib.explore.training(hidden=(3,))
    explorer.set_state({"steps_done": 7})
    mine = {"W1": np.ones((3, 2)), "b1": np.zeros(3), "W2": np.ones((1, 3)), "b2": np.zeros(1)}
    explorer.weights = mine
    mine["W1"][0, 0] = 9
    assert explorer.steps_done == 0 and explorer.weights["W1"][0, 0] == 1
    assert (bplib.explore.training(hidden=(3,), weights=mine).weights["W1"] == mine["W1"]).all()


@pytest.mark.parametrize("name, value, says", [
    ("data", "moon", "There is no data set called 'moon'"),
    ("hidden", (), "1 to 6 whole numbers from 1 to 12, such as (8, 8); given: ()"),
    ("hidden", (8,) * 7, "hidden lists the widths"), ("hidden", (0,), "given: (0,)"), ("hidden", [13], "given: [13]"),
    ("hidden", 8, "given: 8"), ("hidden", "88", "given: '88'"), ("hidden", (2.0,), "given: (2.0,)"),
    ("activation", "softmax", "There is no activation called 'softmax'"),
    ("eta", 0, "eta is the learning rate: a finite number, above 0; given: 0"),
    ("l2", -1, "l2 is the penalty: a finite number, at least 0; given: -1"),
    ("batch_size", 151, "batch_size is the batch size: a whole number, at least 1, at most 150; given: 151"),
    ("batch_size", 2.5, "given: 2.5"), ("seed", -1, "given: -1"), ("speed", "fast", "There is no speed"),
    ("weights", {}, "Missing: W1, b1, W2, b2, W3, b3"), ("weights", 3, "weights are a dict"),
    ("weights", {"W1": np.ones((2, 8))} | {n: a for n, a in draws.initial((2, 8, 8, 1), 0).items() if n != "W1"},
     "W1 has shape (2, 8); this network needs (8, 2)"),
])
def test_what_cannot_be_is_refused_and_the_last_good_value_stays(name, value, says):
    assert refused(bplib.explore.training, name, value, says)


def test_shown_without_a_page():
    explorer = bplib.explore.training("spirals", (8,) * 6, "sigmoid", l2=0.001)
    assert repr(explorer) == ("Training explorer: spirals, 2–8–8–8–8–8–8–1, sigmoid, η = 0.3, batch size 10, "
                              "λ = 0.001, seed 0, 0 steps done.")
    assert repr(explorer) in explorer.picture().alt and re.search(r"\d+% of the test points", explorer.picture().alt)


# in JupyterLab

CELLS = ["import bplib\nimport numpy as np\nex = bplib.explore.training()\nex",
         "other = bplib.explore.training('circles')\nother"]
REPLAY = """
def replayed(ex, weights, steps):
    gradients = generated(ex.hidden, ex.activation, ex.l2).gradients
    for step in range(steps):
        batch, weights = ex.batch(step), dict(weights)
        found = gradients(weights, ex.samples.X_train[batch], ex.samples.Y_train[batch])
        weights = {name: array - ex.eta * found[name] for name, array in weights.items()}
    return weights
def apart(one, other):
    return max(abs(one[name] - other[name]).max() for name in one)
"""


class View(Controls):
    """The training explorer on the page."""

    def numbers(self):
        texts = self.root.locator("[data-value]").evaluate_all(
            "all => all.map(one => [one.dataset.value, one.textContent])")
        return {name: number(text.removesuffix(" %")) for name, text in texts if text and name != "sentence"}

    def step(self):
        return int(self.root.locator("[data-value=step]").inner_text())

    def reaches(self, step):
        """Wait until a run has come that far."""
        self.page.wait_for_function("([shown, step]) => Number(shown.textContent) >= step", timeout=1000 * PATIENCE,
                                    arg=[self.root.locator("[data-value=step]").element_handle(), step])

    def run(self, steps):
        self.press("Run")
        self.reaches(self.step() + steps)
        self.press("Stop")


@pytest.fixture(scope="module")
def lab(lab):
    lab.python(REPLAY + EXPECTED)
    return lab


@pytest.fixture
def view(lab):
    """The first explorer as it begins; nothing that it does may be complained of."""
    lab.python("ex.eta, ex.l2, ex.batch_size, ex.speed, ex.data, ex.hidden, ex.activation, ex.seed = "
               "0.3, 0, 10, '10 steps a frame', 'xor', (8, 8), 'tanh', 0")
    view = View(lab.explorer())
    view.press("Reset")
    view.root.get_by_label("layer 1", exact=True).check()
    yield view
    assert not lab.errors()


def python(lab, expression):
    return json.loads(lab.python(f"import json; print(json.dumps({expression}))"))


def becomes(lab, expression, value):
    """Wait for what a run tells Python, once in a second."""
    return any(python(lab, expression) == value for _ in range(1000))


def heard(lab, steps):
    return python(lab, "ex.steps_done") == steps


EXPECTED = """
from functools import lru_cache
generated = lru_cache(lambda hidden, activation, l2: bplib.generate(
    bplib.dense((2, *hidden, 1), [activation] * len(hidden) + ['sigmoid'], 'binary cross entropy', l2=l2)))
one_neuron = lru_cache(lambda activation: bplib.generate(bplib.neuron(activation)).forward)

def slope(activation, z, h=1e-6):
    a = [one_neuron(activation)({'w': np.array(1.0), 'b': np.array(0.0)}, z.ravel() + at)['a'] for at in (h, -h)]
    return ((a[0] - a[1]) / (2 * h)).reshape(z.shape)

def expected(ex, layer):
    f, bare = generated(ex.hidden, ex.activation, ex.l2), generated(ex.hidden, ex.activation, 0)
    s, w, last = ex.samples, dict(ex.weights), len(ex.hidden) + 1
    rms = lambda array: float(np.sqrt(np.mean(np.square(array))))
    right = lambda X, Y: 100 * bplib.accuracy(f, w, X, Y[:, 0].astype(int))
    forward, gradients = f.forward(w, s.X_train), f.gradients(w, s.X_train, s.Y_train)
    cost = f.cost(w, s.X_train, s.Y_train)
    found = {'cost_train': cost, 'cost_test': f.cost(w, s.X_test, s.Y_test), 'step': ex.steps_done, 'seed': ex.seed,
             'right_train': right(s.X_train, s.Y_train), 'right_test': right(s.X_test, s.Y_test),
             'penalty': cost - bare.cost(w, s.X_train, s.Y_train),
             'epoch': ex.steps_done / np.ceil(150 / ex.batch_size)}
    found |= {f'size{n}': rms(gradients[f'W{n}']) for n in range(1, last + 1)}
    slopes, delta = {}, {last: forward[f'a{last}'] - s.Y_train}
    for n in range(last - 1, 0, -1):
        slopes[n] = slope(ex.activation, forward[f'z{n}'])
        delta[n] = delta[n + 1] @ w[f'W{n + 1}'] * slopes[n]
    before = {f'a{layer - 1}': rms(forward[f'a{layer - 1}'])} if layer > 1 else {'x': rms(s.X_train)}
    found |= {f'dW{layer}': rms(gradients[f'W{layer}']), f'delta{layer}': rms(delta[layer]), **before}
    if layer == last:
        return found | {f'a{last}': rms(forward[f'a{last}']), 'y': rms(s.Y_train)}
    return found | {f'W{layer + 1}': rms(w[f'W{layer + 1}']), f'delta{layer + 1}': rms(delta[layer + 1]),
                    f'slope{layer}': rms(slopes[layer])}
"""


def rounding(name, value):
    """How far a number on the page may be from the one that it shows: half a unit of its last digit."""
    if name.startswith(("right", "epoch")):
        return 0.051
    return 5.1e-5 if abs(value) >= 0.00095 else 0.0051 * abs(value)


def agrees(view, lab, layer=1):
    """Whether every number on the page is what Python computes from the weights that it has heard of."""
    assert heard(lab, view.step())
    expected, shown = python(lab, f"expected(ex, {layer})"), view.numbers()
    assert shown.keys() == expected.keys()
    for name, value in expected.items():
        assert shown[name] == pytest.approx(value, abs=rounding(name, value) + 1e-14), name
    return True


@pytest.mark.parametrize("layer", [1, 2, 3])
def test_numbers_and_formulas_of_a_layer(view, lab, layer):
    view.press("Step")
    view.root.get_by_label(f"layer {layer}", exact=True).check()
    assert agrees(view, lab, layer)
    assert "\\" not in view.root.inner_text() and view.root.locator(".bplib-formula math").count() == 2


@pytest.mark.parametrize("data, activation, layers, width, batch", [
    ("circles", "relu", "1", "5", "30"), ("two moons", "gelu", "3", "4", "150"),
    ("spirals", "sigmoid", "6", "12", "1")])
def test_menus_change_what_is_learned(view, lab, data, activation, layers, width, batch):
    for name, choice in (("data", data), ("activation", activation), ("layers", layers), ("width", width),
                         ("batch_size", batch)):
        view.menu(name).select_option(choice)
    assert view.step() == 0
    assert becomes(lab, "[ex.data, ex.activation, list(ex.hidden), ex.batch_size]",
                   [data, activation, [int(width)] * int(layers), int(batch)])
    assert python(lab, f"apart(ex.weights, bplib.explore.training(hidden=({width},) * {layers}).weights)") == 0
    view.type(l2="0.01")
    view.press("Step")
    assert agrees(view, lab)


@pytest.mark.parametrize("batch, steps", [("10", 20), ("150", 5)])
def test_steps_are_those_of_python(view, lab, batch, steps):
    """From the same weights, in the same order: by generated gradients and, for whole epochs, by `train`."""
    view.menu("batch_size").select_option(batch)
    view.type(l2="0.02")
    start = "start = {name: array.copy() for name, array in ex.weights.items()}"
    lab.python(start)
    view.press("Step", steps)
    assert view.step() == steps and heard(lab, steps)
    assert python(lab, f"apart(ex.weights, replayed(ex, start, {steps}))") < 1e-10
    assert python(lab, "apart(ex.weights, start)") > 1e-3
    view.press("Step", 15 - steps if batch == "150" else 10)
    epochs = 15 if batch == "150" else 2
    trained = lab.python(f"""
weights, size, functions = start, ex.batch_size, generated(ex.hidden, ex.activation, ex.l2)
for epoch in range({epochs}):
    order = sum((ex.batch(epoch * (150 // size) + n) for n in range(150 // size)), [])
    X, Y = ex.samples.X_train[order], ex.samples.Y_train[order]
    weights = bplib.train(functions, weights, X, Y, eta=ex.eta, epochs=1, batch_size=size, seed=None).parameters
print(apart(ex.weights, weights))""")
    assert view.step() == 15 * (2 if batch == "10" else 1) and float(trained) < 1e-10


def test_a_run_is_stopped_on_the_path_of_the_seed(view, lab):
    """Stop leaves Python with the last weights."""
    view.menu("batch_size").select_option("30")
    lab.python("start = dict(ex.weights)")
    view.menu("speed").select_option("1 step a frame")
    view.run(60)
    steps = view.step()
    assert agrees(view, lab) and f"Stopped after step {steps}." in view.message.inner_text()
    assert python(lab, f"apart(ex.weights, replayed(ex, start, {steps}))") < 1e-10
    assert view.numbers()["cost_train"] < 0.7


def test_python_hears_while_it_runs(view, lab):
    view.press("Run")
    assert becomes(lab, "ex.steps_done > 0", True)
    first = python(lab, "ex.steps_done")
    assert becomes(lab, f"ex.steps_done > {first}", True)
    lab.python("ex.eta = 0.1")
    second = python(lab, "ex.steps_done")
    assert becomes(lab, f"ex.steps_done > {second}", True)
    view.press("Stop")
    assert first < second < view.step() and heard(lab, view.step())


def test_a_key_that_is_pressed_while_it_runs_is_heard(view, lab):
    eta = view.slider("eta")
    view.press("Run")
    before = float(eta.input_value())
    eta.focus()
    for _ in range(20):
        lab.page.keyboard.press("ArrowRight")
    moved = float(eta.input_value())
    steps = view.step()
    view.reaches(steps + 1)
    view.press("Stop")
    assert moved == pytest.approx(before + 20 * 0.05) and float(eta.input_value()) == moved
    assert python(lab, "ex.eta") == pytest.approx(10**moved, rel=5e-3) and heard(lab, view.step())


AXES = """plot => {
    const labels = plot.querySelectorAll(".bplib-axes text");
    return [...plot.querySelectorAll(".bplib-axes line")].map((line, n) => {
        const { x, y, width, height } = line.getBoundingClientRect();
        return [labels[n].textContent, ...(width < height ? [0, x] : [1, y])]; }); }"""


def scales(plot, of=np.array):
    """Functions from a pixel to what the labelled axes say of it, across and up; `of` is log10 for logarithmic axes."""
    ticks = [(float(of(number(re.sub("^10(?=[⁻⁰¹²³⁴-⁹])", "1·10", text)))) if axis else number(text), axis, at)
             for text, axis, at in plot.evaluate(AXES)]
    lines = [np.polyfit([at for *_, at in axis], [value for value, *_ in axis], 1)
             for axis in ([tick for tick in ticks if tick[1] == n] for n in (0, 1))]
    return [lambda at, line=line: float(np.polyval(line, at)) for line in lines]


def places(view):
    """Points of the line at ½, the middles of cells, and how they are shaded: −150 for class 0 to 150 for class 1."""
    drawn = view.root.locator(".bplib-training-map").evaluate("""map => {
        const line = map.querySelector(".bplib-training-line"), canvas = map.querySelector("canvas");
        const length = line.getTotalLength(), box = canvas.getBoundingClientRect();
        const points = Array.from({ length: 40 }, (_, n) => {
            const { x, y } = line.getPointAtLength(n * length / 40).matrixTransform(line.getScreenCTM());
            return [x, y]; });
        const pixels = canvas.getContext("2d").getImageData(0, 0, 40, 40).data;
        const cells = Array.from({ length: 1600 }, (_, n) => [
            box.x + (n % 40 + 0.5) * box.width / 40, box.y + (Math.floor(n / 40) + 0.5) * box.height / 40,
            pixels[4 * n] > pixels[4 * n + 2] ? -pixels[4 * n + 3] : pixels[4 * n + 3]]);
        return { points, cells }; }""")
    across, up = scales(view.root.locator(".bplib-training-map .bplib-plot"))
    points, cells = ([[across(u), up(v)] for u, v, *_ in drawn[name]] for name in ("points", "cells"))
    return points, cells, [shade for *_, shade in drawn["cells"]]


def test_the_map_is_the_output(view, lab):
    view.run(150)
    assert heard(lab, view.step())
    points, cells, shades = places(view)
    predict = "bplib.generate(ex.network).predict(dict(ex.weights), np.array({}))[:, 0].tolist()"
    on_line = python(lab, predict.format(points))
    assert max(abs(np.array(on_line) - 0.5)) < 0.12 and np.median(abs(np.array(on_line) - 0.5)) < 0.02
    outputs = np.array(python(lab, predict.format(cells)))
    assert abs(150 * (2 * outputs - 1) - shades).max() < 2


def test_gradients_vanish_in_deep_sigmoid_layers(view, lab):
    view.menu("layers").select_option("6")
    view.menu("activation").select_option("sigmoid")
    sizes = [view.numbers()[f"size{n}"] for n in range(1, 8)]
    assert all(np.diff(sizes) > 0) and sizes[0] < 1e-3 * sizes[-1]
    sentence = view.root.locator("[data-value=sentence]").inner_text()
    ratio = number(re.search(r"gradient of layer 1 is (\S+) times", sentence)[1])
    assert ratio == pytest.approx(sizes[0] / sizes[-1], rel=0.02) and "vanishes" in sentence
    bars = view.root.locator(".bplib-training-bar div").evaluate_all("all => all.map(bar => bar.style.width)")
    assert [float(bar[:-1]) for bar in bars] == pytest.approx([100 * np.log10(s / 1e-8) / 9 for s in sizes], abs=0.3)
    view.menu("activation").select_option("relu")
    assert view.numbers()["size1"] > 0.01 * view.numbers()["size7"]


def test_bars_reach_as_far_as_gradients_that_explode(view, lab):
    """The scale grows with the largest size, so that no bar is full but the longest."""
    view.menu("layers").select_option("3")
    view.menu("activation").select_option("relu")
    view.type(eta="100")
    for _ in range(20):
        view.press("Step")
        sizes = [view.numbers()[f"size{n}"] for n in range(1, 5)]
        if max(sizes) > 1e3:
            break
    most = np.ceil(np.log10(max(sizes)))
    assert most > 3
    bars = view.root.locator(".bplib-training-bar div").evaluate_all("all => all.map(bar => bar.style.width)")
    expected = [100 * (np.log10(size) + 8) / (most + 8) for size in sizes]
    assert [float(bar[:-1]) for bar in bars[:4]] == pytest.approx(expected, abs=0.3)


def test_lines_end_where_the_numbers_are(view, lab):
    view.run(100)
    for place, name, of in ((0, "cost_train", np.array), (1, "size1", np.log10)):
        plot = view.root.locator(".bplib-picture > .bplib-plot").nth(place)
        x, y = plot.evaluate("""plot => {
            const line = plot.querySelector(".bplib-training-trace");
            const { x, y } = line.getPointAtLength(line.getTotalLength()).matrixTransform(line.getScreenCTM());
            return [x, y]; }""")
        across, up = scales(plot, of)
        assert across(x) == pytest.approx(view.step(), rel=0.02)
        assert up(y) == pytest.approx(of(view.numbers()[name]), abs=0.02)


def test_steps_that_diverge_are_said_to(view, lab):
    view.menu("activation").select_option("identity")
    view.type(eta="1e9")
    view.press("Run")
    view.message.get_by_text("diverge").wait_for()
    assert view.root.get_by_role("button", name="Run", exact=True).count() == 1
    assert all(map(np.isfinite, view.numbers().values())) and agrees(view, lab)


@pytest.mark.parametrize("name, text, says", [
    ("eta", "0", "η is the learning rate: a finite number, above 0; given: 0."), ("eta", "fast", "given: fast."),
    ("l2", "-1", "at least 0; given: -1.")])
def test_what_cannot_be_is_refused_with_words(view, lab, name, text, says):
    view.type(**{name: text})
    assert says in view.message.inner_text()
    assert float(view.field(name).input_value()) == python(lab, f"ex.{name}")
    view.type(**{name: "0,05"})
    assert becomes(lab, f"ex.{name}", 0.05) and view.message.inner_text() == ""


def test_python_moves_the_view(view, lab):
    lab.python("ex.hidden = (4, 2); ex.data = 'circles'; ex.eta = 2; ex.batch_size = 7")
    assert [view.menu(name).input_value() for name in ("layers", "width", "batch_size", "data")] == [
        "2", "4, 2", "7", "circles"]
    assert float(view.field("eta").input_value()) == 2 and agrees(view, lab)
    lab.python("ex.weights = {name: 0 * array for name, array in ex.weights.items()}")
    assert view.numbers()["cost_train"] == pytest.approx(np.log(2), abs=6e-5) and agrees(view, lab, 1)
    view.press("Run")
    assert becomes(lab, "ex.steps_done > 0", True)  # weights that are set now come before the steps that are left, 0
    lab.python("ex.weights = {name: 0 * array + 0.25 for name, array in ex.weights.items()}")
    assert view.root.get_by_role("button", name="Run", exact=True).count() == 1
    assert python(lab, "{float(entry) for array in ex.weights.values() for entry in array.flat} == {0.25}")
    assert view.step() == python(lab, "ex.steps_done") == 0
    view.press("New weights")
    assert becomes(lab, "ex.seed", 1) and view.numbers()["seed"] == 1
    assert python(lab, "apart(ex.weights, bplib.explore.training(hidden=(4, 2), seed=1).weights)") == 0


@pytest.mark.parametrize("hide, show", [
    ("root.parentElement.style.display = 'none'", "root.parentElement.style.display = ''"),
    ("Object.defineProperty(document, 'hidden', { value: true, configurable: true }); "
     "document.dispatchEvent(new Event('visibilitychange'))", "delete document.hidden")], ids=["closed", "other tab"])
def test_it_stops_out_of_sight(view, lab, hide, show):
    view.press("Run")
    view.reaches(1)
    view.root.evaluate(f"root => {{ {hide}; }}")
    expect(view.message).to_contain_text("out of sight")
    steps = python(lab, "ex.steps_done")
    lab.page.wait_for_timeout(1200)  # in which a run that goes on would take steps
    view.root.evaluate(f"root => {{ {show}; }}")
    assert heard(lab, view.step()) and view.step() == steps > 0


def test_pictures_stand_still_where_motion_is_not_wanted(view, lab):
    lab.page.emulate_media(reduced_motion="reduce")
    view.root.evaluate("""root => { root.drawn = [performance.now()];
        new MutationObserver(() => { root.drawn.push(performance.now()); }).observe(
            root.querySelector(".bplib-training-line"), { attributes: true }); }""")
    view.press("Run")
    lab.page.wait_for_function("root => root.drawn.length === 3", arg=view.root.element_handle())
    drawn = view.root.evaluate("root => root.drawn")
    view.press("Stop")
    lab.page.emulate_media(reduced_motion="no-preference")
    assert min(np.diff(drawn)) > 990, "a second lies between two pictures, however slow the machine"
    assert view.step() > 20 and agrees(view, lab)


def test_nothing_jumps_while_it_learns(view, lab):
    where = """root => [...root.querySelectorAll('input, button, canvas, .bplib-plot, .bplib-value, math')].map(
        (one) => { const r = one.getBoundingClientRect(); return [r.x, r.y, r.width, r.height].join(); })"""
    before = view.root.evaluate(where)
    view.run(100)
    assert view.root.evaluate(where) == before
    still = """root => [root.offsetHeight, ...[...root.querySelectorAll('input, button')].map(
        (one) => { const r = one.getBoundingClientRect(); return [r.x, r.y].join(); })].filter((at) => at !== "0,0")"""
    before = view.root.evaluate(still)
    for layers in ("6", "1"):
        view.menu("layers").select_option(layers)
        assert view.root.evaluate(still) == before


def test_a_cell_that_runs_again_stops_the_old_view(view, lab):
    lab.python("old = ex")
    view.press("Run")
    view.reaches(1)
    lab.python(None, 0)
    expect(lab.page.locator(".bplib")).to_have_count(2)
    assert view.step() == 0
    before = python(lab, "old.steps_done")
    lab.page.wait_for_timeout(1500)  # in which a run that goes on would tell of its steps
    assert python(lab, "old.steps_done") == before and python(lab, "ex.steps_done") == 0


def test_two_explorers_share_nothing(view, lab):
    other = View(lab.explorer(1))
    other.root.get_by_label("layer 2", exact=True).check()
    assert view.root.get_by_label("layer 1", exact=True).is_checked()
    view.run(50)
    assert other.step() == 0 and python(lab, "other.steps_done") == 0
    other.press("Step")
    assert other.step() == 1


def test_an_exception_is_shown(view, lab):
    lab.python("bad = bplib.explore.training()\n"
               "bad.set_trait('code', bad.code.replace('slope: (z, a) => 1 -', 'slope: (z, a) => nowhere -'))\nbad")
    bad = View(lab.explorer(2))
    bad.message.get_by_text("nowhere is not defined").wait_for()
    assert lab.complaints
    lab.complaints.clear()
    lab.python("")


def test_what_is_tried_makes_room_for_the_next(view, lab):
    lab.python(None, 0)
    line = view.root.locator(".bplib-try")
    assert "0 of 4 done" in line.inner_text()
    view.run(400)
    assert "1 of 4 done" in line.inner_text()
    view.menu("layers").select_option("1")
    view.menu("width").select_option("1")
    view.press("Step", 12)
    assert "2 of 4 done" in line.inner_text()
    view.menu("activation").select_option("sigmoid")
    view.menu("layers").select_option("6")
    assert "3 of 4 done" in line.inner_text()
    view.menu("activation").select_option("relu")
    view.type(eta="100")
    view.press("Step")
    assert "4 of 4 done" in line.inner_text() and "what else happens?" in line.inner_text()


def test_no_kernel_is_needed(view, lab):
    """Last, because it ends the kernel: what is on the page goes on."""
    lab.command("kernelmenu:shutdown")
    view.menu("layers").select_option("3")
    view.run(50)
    assert view.step() >= 50 and np.isfinite(view.numbers()["cost_train"])
