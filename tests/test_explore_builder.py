"""The builder: what is drawn becomes a network, and what the page shows of it is what Python computes."""
import json
import math
import re
from functools import cache

import pytest
from explorers import Controls, violations
from jupyter import from_disk, number, run_javascript
from playwright.sync_api import expect
from test_languages import TEXTS, english

import bplib
import bplib.explore
from bplib.explore.explorer import page

CELLS = ["import bplib as bp\nbuilder = bp.explore.builder()\nbuilder"]
SKIPPING = {"h1": (["x1", "x2"], "tanh"), "h2": (["h1", "x2"], "sigmoid"), "o": (["h1", "h2"], "identity")}
NETWORKS = {
    "at the start": bplib.graph(SKIPPING, ["x1", "x2"]),
    "biases": bplib.graph(SKIPPING, ["x1", "x2"], loss="Huber error", bias=True, over_samples="sum"),
    "two outputs": bplib.graph({"h": (["p"], "softplus"), "u": (["h", "p"], "sigmoid"), "v": (["h"], "sigmoid")}, ["p"],
                               ["v", "u"], "binary cross entropy", bias=True, over_outputs="mean"),
    "a ladder": bplib.graph({f"h{n}": ([f"h{m}" for m in range(1, n)] or ["x"], "tanh") for n in range(1, 8)}, ["x"]),
}
each = pytest.mark.parametrize("name", NETWORKS)


@cache
def shown(name):
    """The builder of a network, which no test changes."""
    return bplib.explore.builder(NETWORKS[name])


def gradients(builder):
    return bplib.generate(builder.network).gradients(builder.weights, [builder.x], [builder.y])


# Python's side

@each
def test_a_network_is_drawn_and_read_again(name):
    assert shown(name).network == NETWORKS[name]
    assert shown(name).weights.keys() == {*NETWORKS[name].parameters}


def test_a_sum_stands_in_brackets_among_factors():
    factors = shown("at the start").answer["factors"]
    assert "(</mo>" in factors["da_h1_dz_h1"][1] and "(" not in factors["dz_o_da_h1"][1]  # 1 − a², and w


def test_another_network_is_drawn():
    builder = bplib.explore.builder()
    builder.network = NETWORKS["two outputs"]
    assert builder.network == NETWORKS["two outputs"] and builder.answer["ways"].keys() == {*builder.network.parameters}


@each
def test_the_page_computes_what_numpy_computes(name):
    """Outputs, error terms and gradients; and each derivative is the sum of its paths, the product of their factors."""
    builder, network = shown(name), NETWORKS[name]
    given = {**builder.weights, **{f"x_{n}": x for n, x in enumerate(builder.x, 1)},
             **{f"y_{n}": y for n, y in enumerate(builder.y, 1)}}
    found = run_javascript(f"{builder.answer['code']}\nconst result = pass({json.dumps(given)});")
    forward = bplib.generate(network).forward(builder.weights, [builder.x])
    assert {name: found[name] for name in forward} == pytest.approx({name: a.item() for name, a in forward.items()})
    for w, slope in gradients(builder).items():
        way = builder.answer["ways"][w]
        assert found[f"dlosses_d{w}"] == pytest.approx(slope.item()) and way["count"] == len(paths(network, w))
        assert sorted(path["units"] for path in way["paths"]) == (paths(network, w) if way["count"] <= 8 else [])
        along = [math.prod(found[factor] for factor in path["factors"]) for path in way["paths"]]
        assert not along or sum(along) == pytest.approx(slope.item())


@each
def test_the_walk_is_the_computation(name):
    """In the order of the generated code; each sum is made of its terms, and each derivative is that of NumPy."""
    builder, network = shown(name), NETWORKS[name]
    walk, given = builder.answer["walk"], {**builder.weights, **{f"x_{n}": x for n, x in enumerate(builder.x, 1)},
                                           **{f"y_{n}": y for n, y in enumerate(builder.y, 1)}}
    at = given | run_javascript(f"{builder.answer['code']}\nconst result = pass({json.dumps(given)});")
    at |= {f"a_{source}": x for source, x in zip(builder.drawing["inputs"], builder.x)} | {"C": at["losses"]}
    slopes, complete = {f"d{w}": slope.item() for w, slope in gradients(builder).items()}, {}
    for step in walk["steps"]:
        kind, key, carried = step["kind"], step["key"], [at[key] for move in step["moves"] for key in move["carries"]
                                                          if key in at]
        if kind == "weighted sum":
            assert sum(carried[1::2]) + at.get(key.replace("z", "b", 1), 0) == pytest.approx(at[key], rel=1e-12)
        if kind == "arrival":
            complete[key] = sum(at[term] for term in step["terms"])
        if kind == "error term":
            assert at[key.replace("delta", "da")] * carried[0] == pytest.approx(at[key], rel=1e-12)
        if kind == "slope of weight":
            assert math.prod(carried) == pytest.approx(slopes.pop(key), rel=1e-12)
        if kind == "slope of bias":
            assert at[f"dlosses_{key}"] == pytest.approx(slopes.pop(key), rel=1e-12)
    assert not slopes and {key: at[key] for key in complete} == pytest.approx(complete, rel=1e-12)
    lines = list(dict.fromkeys(walk["code"][step["key"]] for step in walk["steps"] if step["key"] != "C"))
    code = bplib.generate(network).gradients.source
    assert [code.index(line) for line in lines] == sorted(code.index(line) for line in lines)


def paths(network, parameter):
    """All ways from the unit of a parameter to an output, as lists of units."""
    neurons = network.structure.neurons

    def onward(name):
        fed = [other for other, (sources, _) in neurons.items() if name in sources]
        return [[name, *rest] for other in fed for rest in onward(other)] or [[name]]
    return sorted(onward(parameter.split("_")[-1]))


@pytest.mark.parametrize("given, says", [
    (bplib.dense([2, 2, 1]), "units by their names"), (bplib.neuron(), "units by their names"),
    (bplib.graph({"o": (["x"], "g")}, ["x"]), "left open"), (bplib.graph({"o": (["x"], "tanh")}, ["x"], l2=1), "l2=0"),
    (bplib.graph({"o": (["x"], "tanh")}, ["x"], loss="output"), "Its loss is one of these"),
    (bplib.graph({"o": (["x"], "tanh")}, ["x"], loss=bplib.loss("squared error", factor=0.5)), "without a parameter"),
    (bplib.graph({f"h{n}": (["x"], "tanh") for n in range(12)}, ["x"]), "at most 12")])
def test_what_cannot_be_drawn_is_refused_and_the_drawing_stays(given, says):
    builder = bplib.explore.builder()
    before = builder.drawing
    with pytest.raises(bplib.InputError, match=re.escape(says)):
        builder.network = given
    assert builder.drawing is before and builder.network == NETWORKS["at the start"]


def changed(drawing, **unit):
    return {**drawing, "units": {**drawing["units"], "h1": {**drawing["units"]["h1"], **unit}}}


@pytest.mark.parametrize("change, says", [
    (lambda drawing: {}, "'inputs'"), (lambda drawing: changed(drawing, activation="softmax"), "softmax"),
    (lambda drawing: changed(drawing, **{"from": {"o": 1.0}}), "stand above"),
    (lambda drawing: changed(drawing, bias=float("nan")), "finite"),
    (lambda drawing: {**drawing, "loss": "output"}, "given: 'output'"), (lambda drawing: {**drawing, "bias": 1}, "True or"),
    (lambda drawing: {**drawing, "inputs": {**drawing["inputs"], "h1": drawing["inputs"]["x1"]}}, "a name of its own"),
    (lambda drawing: {**drawing, "over_samples": "most"}, "sum, mean")])
def test_a_drawing_that_cannot_be_is_refused(change, says):
    builder = bplib.explore.builder()
    before = builder.drawing
    with pytest.raises(bplib.InputError, match=says):
        builder.drawing = change(before)
    assert builder.drawing is before


def test_a_drawing_that_is_no_network_yet():
    builder = bplib.explore.builder()
    whole = builder.drawing
    builder.set_state({"drawing": changed(whole, **{"from": {}}), "wanted": 1})  # as the page does
    with pytest.raises(bplib.InputError, match="nothing leads to h1. Draw an arrow"):
        builder.network
    assert "nothing leads to h1" in builder.answer["error"] and builder.picture() is None and "h1" in repr(builder)
    builder.set_state({"drawing": whole, "wanted": 2})
    assert builder.network == NETWORKS["at the start"] and builder.answer["of"] == whole and "error" not in builder.answer


def test_shown_without_a_page():
    builder = shown("at the start")
    assert repr(builder) == "Graph builder: h1, h2, o, squared error."
    assert "x1 to h1" in builder.picture().alt
    assert len(builder._repr_mimebundle_()[0]["text/html"].encode()) < 120_000


# what is drawn, as data

def from_javascript(result):
    return run_javascript(page("common.js", "builder_drawing.js") + f"\nconst result = {result};")


def test_the_line_of_python_makes_the_same_network():
    lines = from_javascript(f"{json.dumps([shown(name).drawing for name in NETWORKS])}.map(pythonOf)")
    for line, network in zip(lines, NETWORKS.values(), strict=True):
        scope = {"bp": bplib}
        exec(line, scope)
        assert scope["network"] == network


@pytest.mark.parametrize("given, says", [
    ("h 3", "given: h 3"), ("h_3", "given: h_3"), ("", "given: nothing"), ("3h", "given: 3h"), ("h2", "another h2 already"),
    ("x1", "another x1 already"), ("constructor", "given: constructor"), ("thirteenchars", "given"), ("left", None), ("λ", None)])
def test_a_name_that_can_be_is_one_in_python(given, says):
    drawing = json.dumps(shown("biases").drawing)
    found, new = from_javascript(f"[objectionToName(phrases(), {drawing}, {given!r}), renamed({drawing}, 'h1', {given!r})]")
    assert found is None if says is None else says in found
    if says is None:
        builder, before = bplib.explore.builder(), shown("biases")
        builder.drawing = new
        assert [*builder.network.structure.neurons] == [given, "h2", "o"]
        old = {name.replace(f"_{given}", "_h1"): w for name, w in builder.weights.items()}
        assert old == before.weights and builder.x == before.x and builder.y == before.y


def test_outputs_keep_their_order_under_another_name():
    builder = bplib.explore.builder()
    builder.drawing = from_javascript(f"renamed({json.dumps(shown('two outputs').drawing)}, 'v', 'w')")
    assert builder.network.structure.outputs == ("w", "u") and builder.y == shown("two outputs").y


def test_a_step_of_the_page_is_one_of_descent():
    builder = bplib.explore.builder(NETWORKS["biases"])
    slopes = {name: slope.item() for name, slope in gradients(builder).items()}
    after = {name: w - 0.3 * slopes[name] for name, w in builder.weights.items()}
    builder.drawing = from_javascript(f"descended({json.dumps(builder.drawing)}, 0.3, (name) => ({json.dumps(slopes)})[name])")
    assert builder.weights == pytest.approx(after, rel=1e-12)


ARROWS = {("x1", "x2"): "x2 is an input", ("h1", "h1"): "cannot feed itself", ("x1", "h1"): "already",
          ("o", "h1"): "cycle", ("h2", "h1"): "h1 leads to h2", ("x1", "o"): None, ("x1", "h2"): None}


def test_which_arrows_there_can_be():
    arrows, drawing = [{"from": start, "to": end} for start, end in ARROWS], shown("at the start").drawing
    found = from_javascript(f"{json.dumps(arrows)}.map((one) => objection(phrases(), {json.dumps(drawing)}, one))")
    for said, expected in zip(found, ARROWS.values(), strict=True):
        assert said is None if expected is None else expected in said


def test_a_new_arrow_puts_the_units_in_order():
    network = bplib.graph({"a": (["x"], "tanh"), "b": (["x"], "tanh"), "c": (["x"], "tanh")}, ["x"])
    builder = bplib.explore.builder(network)
    builder.drawing = from_javascript(
        f"withArrow({json.dumps(builder.drawing)}, {{ from: 'c', to: 'a' }}, 0.5)")
    assert [*builder.network.structure.neurons] == ["b", "c", "a"] and builder.weights["w_c_a"] == 0.5


# in a page

CENTRED = "one => one.scrollIntoView({ block: 'center' })"


class View(Controls):
    """The builder on a page."""

    def __init__(self, root):
        super().__init__(root)
        self.keys, self.field_of_drawing = root.page.keyboard, root.locator(".bplib-builder-field")

    def node(self, name):
        return self.root.locator(f"button[data-node={name}]")

    def arrow(self, start, end):
        return self.root.locator(f"button[data-from={start}][data-to={end}]")

    def arrows(self):
        return self.root.locator("button[data-to]").evaluate_all(
            "all => all.map(({ dataset }) => [dataset.from, dataset.to])")

    def drag(self, start, end):
        """From the dot of a unit to another one, or to a place as shares of the field."""
        self.field_of_drawing.evaluate(CENTRED)
        self.page.mouse.move(*self.centre(self.root.locator(f"[data-node={start}] .bplib-builder-handle")))
        self.page.mouse.down()
        self.page.mouse.move(*(self.centre(self.node(end)) if isinstance(end, str) else self.place(end)), steps=4)
        self.page.mouse.up()

    def centre(self, one):
        box = one.bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def place(self, shares):
        self.field_of_drawing.evaluate(CENTRED)
        box = self.field_of_drawing.bounding_box()
        return box["x"] + shares[0] * box["width"], box["y"] + shares[1] * box["height"]

    def derived(self):
        """The numbers of the derivation: names of factors → their product."""
        return dict(self.root.locator("[data-number]").evaluate_all(
            "all => all.map((one) => [one.dataset.number, one.textContent])"))

    def slope(self, name):
        expect(self.root.locator(f"[data-number=dlosses_d{name}]").first).to_contain_text(re.compile(r"\d"))
        return number(self.derived()[f"dlosses_d{name}"])

    def note(self):
        return self.root.locator(".bplib-hint:visible").all_inner_texts()[-1]

    def says(self, words):
        expect(self.message).to_contain_text(words)


@pytest.fixture(scope="module")
def opened(browser, tmp_path_factory):
    path = tmp_path_factory.mktemp("builder") / "page.html"
    path.write_text(f"<!doctype html><meta charset=utf-8>{shown('at the start')._repr_mimebundle_()[0]['text/html']}",
                    encoding="utf-8")
    with from_disk(browser, path) as (page, complaints):
        yield page, complaints


@pytest.fixture
def view(opened):
    """The builder as it is when a page is opened, without Python."""
    page, complaints = opened
    page.reload()
    view = View(page.locator(".bplib"))
    view.root.locator("[data-number]").first.wait_for()
    yield view
    assert not complaints


def test_paths_and_numbers_of_the_start_are_there_without_python(view):
    builder = bplib.explore.builder()
    for name, slope in gradients(builder).items():
        view.arrow(*name.split("_")[1:]).click()
        assert view.slope(name) == pytest.approx(slope.item(), abs=6e-5)
        assert view.root.locator(".bplib-builder-path").count() == len(paths(builder.network, name))
    view.type(weight="-1.5")
    builder.drawing["units"]["o"]["from"]["h2"] = -1.5
    assert view.slope("w_h2_o") == pytest.approx(gradients(builder)["w_h2_o"].item(), abs=6e-5)


def test_without_python_one_draws_and_is_told_what_is_missing(view):
    view.drag("x1", "o")
    assert ["x1", "o"] in view.arrows() and "needs Python: run this notebook" in view.note()
    assert '"o": (["h1", "h2", "x1"], "identity")' in view.root.locator("pre").last.inner_text()
    expect(view.root.locator(".bplib-builder-derived")).to_be_hidden()
    view.press("Undo")
    assert ["x1", "o"] not in view.arrows()
    expect(view.root.locator(".bplib-builder-derived")).to_be_visible()


def test_what_cannot_be_is_refused_and_nothing_is_lost(view):
    before = view.arrows()
    for start, end, says in (("o", "h1", "would close a cycle"), ("h1", "x2", "is an input"), ("x1", "h1", "already")):
        view.drag(start, end)
        view.says(says)
        assert view.arrows() == before
    view.type(weight="much")
    view.says("A finite number is expected; given: much")
    assert view.field("weight").input_value() == "0.8"
    view.node("o").click()
    view.choose(loss="squared error")
    assert view.menu("loss").locator("option[value='binary cross entropy']").get_attribute("title") == \
        "binary cross entropy takes outputs of sigmoid."
    view.choose(activation="sigmoid")
    view.choose(loss="binary cross entropy")
    view.type(number="1.5")
    view.says("targets y from 0 to 1")
    for _ in range(8):
        view.press("Add unit")
    view.says("There are 12 inputs and units")
    for name in ("h3", "h4", "h5", "h6", "h7", "h8", "h9", "h1", "h2", "x2", "o", "x1"):
        if view.node(name).count():
            view.node(name).click()
            view.press("Remove")
    view.says("the last one there is")


def test_the_computation_is_played_on_the_drawing(view):
    """Step by step, each with Python's number; what is not known yet is not shown."""
    builder = bplib.explore.builder()
    forward = bplib.generate(builder.network).forward(builder.weights, [builder.x])
    slopes, steps = gradients(builder), builder.answer["walk"]["steps"]
    view.page.emulate_media(reduced_motion="reduce")
    view.press("Start")
    for n, step in enumerate(steps, 1):
        view.press("Next")
        said = view.root.locator(".bplib-walk-text > p").inner_text()
        name = step["key"]
        expected = forward.get(name, {"C": None, **{f"d{w}": slope for w, slope in slopes.items()}}.get(name))
        if expected is not None:
            assert any(number(text) == pytest.approx(expected.item(), abs=6e-5) for text in re.findall(r"−?\d+\.?\d*", said))
        known = {step["key"] for step in steps[:n]}
        for unit in ("h1", "h2", "o"):
            _, a, delta = view.node(unit).locator("span").all_inner_texts()
            assert a == "·" if f"z_{unit}" not in known else ("z" in a) == (f"a_{unit}" not in known)
            assert delta.startswith("δ") == (f"delta_{unit}" in known or f"da_{unit}" not in known)
            assert f"delta_{unit}" not in known or delta != "δ ·"
        assert view.root.locator(".bplib-resting").count() == sum(one.startswith("dw") for one in known)
        if step["kind"] in ("arrival", "slope of weight"):
            assert violations(view.page, ".bplib") == [] if n == len(steps) else True
            assert view.root.locator("[data-along]").count() == len({move["edge"] for move in step["moves"]})
    view.press("End")
    assert view.root.locator(".bplib-builder-watching").count() == 0
    view.page.emulate_media(reduced_motion="no-preference")


def test_what_travels_goes_from_where_it_stands_to_where_it_arrives(view):
    """δ of o, back along the arrow to h1: it starts at o and ends at h1, in the third line of each."""
    at = next(n for n, step in enumerate(bplib.explore.builder().answer["walk"]["steps"], 1)
              if step["moves"] and step["moves"][0].get("edge") == "w_h1_o" and step["kind"] == "arrival")
    place = view.page.get_by_role("slider", name="step", exact=True)
    place.evaluate("(one, to) => { one.value = to; one.dispatchEvent(new Event('input')); }", at - 1)
    view.press("Next")
    first, *between, last = view.page.evaluate("""() => {
        const token = document.querySelector(".bplib-token");
        return [0, 0.3, 0.5, 0.7, 0.999].map((part) => {
            for (const one of token.getAnimations({ subtree: true })) {
                one.pause();
                one.currentTime = part * one.effect.getTiming().duration; }
            const { x, y, width, height } = token.getBoundingClientRect();
            return [x + width / 2, y + height / 2]; }); }""")
    assert first[0] > between[0][0] > between[1][0] > between[2][0] > last[0]
    for place, unit in ((first, "o"), (last, "h1")):
        assert place == pytest.approx(view.centre(view.node(unit).locator("span").last), abs=3)


def test_steps_go_down_and_undo_takes_one_back(view):
    builder = bplib.explore.builder()
    slopes, at_start = gradients(builder), builder.weights
    view.press("Step")
    view.says("Step 1: C went from 0.8691 to")
    assert float(view.field("weight").input_value()) == pytest.approx(
        at_start["w_x1_h1"] - builder.eta * slopes["w_x1_h1"].item(), abs=1e-6)
    view.press("Step")
    view.says("Step 2: C went from")
    for _ in range(2):
        view.press("Undo")
    assert view.field("weight").input_value() == "0.8"
    view.type(eta="2")
    view.press("Step", 4)
    view.says("The step overshoots")
    view.type(eta="-1")
    view.says("η is the learning rate: a finite number, at least 0; given: -1")


def test_a_node_gets_another_name(view):
    name = view.root.locator(".bplib-builder-rename input")
    assert name.is_disabled()
    view.node("h1").click()
    name.fill("left")
    name.press("Enter")
    assert ["left", "o"] in view.arrows() and '"left": (["x1", "x2"], "tanh")' in view.root.locator("pre").last.inner_text()
    name.fill("o")
    name.press("Enter")
    view.says("another o already")
    assert name.input_value() == "left"
    view.press("Undo")
    assert ["h1", "o"] in view.arrows()
    expect(view.root.locator(".bplib-walk")).to_be_visible()


def test_a_free_place_becomes_a_unit(view):
    view.page.mouse.click(*view.place((0.75, 0.9)))
    expect(view.node("h3")).to_be_visible()
    assert "nothing leads to h3" in view.note() and view.root.locator("pre").last.inner_text().startswith("# This is no")
    view.drag("h3", (0.9, 0.9))
    assert ["h3", "h4"] in view.arrows()
    for _ in range(2):
        view.press("Undo")
    assert view.root.locator("button[data-node]").count() == 5 and view.node("h3").count() == 0
    expect(view.root.locator(".bplib-builder-derived")).to_be_visible()


def test_with_keys_alone(view):
    view.node("x1").focus()
    view.keys.press("Enter")
    connect = view.root.get_by_role("button", name="Connect")
    connect.focus()
    view.keys.press("Enter")
    expect(connect).to_have_attribute("aria-pressed", "true")
    view.node("o").focus()
    view.keys.press("Enter")
    assert ["x1", "o"] in view.arrows()
    expect(view.arrow("x1", "o")).to_have_attribute("aria-pressed", "true")
    view.arrow("x1", "o").focus()
    view.keys.press("Delete")
    assert ["x1", "o"] not in view.arrows()
    before = view.centre(view.node("h1"))
    view.node("h1").focus()
    view.keys.press("ArrowDown")
    view.keys.press("ArrowRight")
    after = view.centre(view.node("h1"))
    assert after[0] > before[0] and after[1] > before[1]
    view.keys.press("Delete")
    assert view.node("h1").count() == 0 and {*map(tuple, view.arrows())} == {("x2", "h2"), ("h2", "o")}
    expect(view.root.locator("[data-node]:focus")).to_have_count(1)
    for _ in range(3):
        view.press("Undo")
    assert len(view.arrows()) == 7


def test_what_is_tried_makes_room_for_the_next(view):
    line = view.root.locator(".bplib-try")
    view.arrow("x2", "h1").click()
    assert "1 of 5 done" in line.inner_text()
    view.page.emulate_media(reduced_motion="reduce")
    view.press("Start")
    view.press("Next", 8)
    assert "1 of 5 done" in line.inner_text()
    view.press("Next")
    assert "2 of 5 done" in line.inner_text()
    view.press("End")
    view.page.emulate_media(reduced_motion="no-preference")
    view.drag("x1", (0.35, 0.9))
    view.drag("h3", "h1")
    view.arrow("h3", "h1").click()
    assert "2 of 5 done" in line.inner_text()
    view.drag("h3", "o")
    view.arrow("x1", "h3").click()
    assert "3 of 5 done" in line.inner_text()
    view.drag("o", "h1")
    assert "4 of 5 done" in line.inner_text()
    view.press("Start again")
    view.arrow("h2", "o").click()
    view.type(weight="0")
    assert "5 of 5 done" in line.inner_text()


@pytest.mark.parametrize("width", [480, 800, 1280])
def test_nothing_is_cut_off(view, width):
    view.page.set_viewport_size({"width": width, "height": 1000})
    assert view.page.evaluate("document.documentElement.scrollWidth") <= width
    wide = view.root.evaluate("""root => [...root.querySelectorAll("button, span, div:not([style])")].filter(
        (one) => one.scrollWidth > one.clientWidth + 1 && one.clientWidth && getComputedStyle(one).display !== "inline")
        .map((one) => one.outerHTML.slice(0, 80))""")
    assert wide == []


NO_WORD = re.compile(rf"network = bp[^$]*|def [^$]*|\b({'|'.join(bplib.activations.of_units())})\b", re.M)
"""Code, and the names of activations, which Python has, too."""


def test_nothing_is_said_in_english_on_a_persian_page(browser, tmp_path):
    bplib.languages.use("fa")
    try:
        html = bplib.explore.builder()._repr_mimebundle_()[0]["text/html"]
    finally:
        bplib.languages.use("en")
    (tmp_path / "page.html").write_text(f"<!doctype html><meta charset=utf-8>{html}", encoding="utf-8")
    with from_disk(browser, tmp_path / "page.html") as (page, complaints):
        view = View(page.locator(".bplib[dir=rtl]"))
        view.root.locator("[data-number]").first.wait_for()
        for change in (lambda: view.drag("x1", "o"), lambda: view.drag("o", "h1"), lambda: view.node("h1").click()):
            change()
            texts = [NO_WORD.sub("", text) for text in view.root.evaluate(TEXTS)]
            assert len(texts) > 60 and english(texts) == []
        expect(view.root.locator(".bplib-spoken")).not_to_be_empty()
        assert not complaints


# in JupyterLab, with Python

@pytest.fixture(scope="module")
def live(lab):
    return View(lab.explorer())


@pytest.fixture
def drawn(lab, live):
    """The builder as at the start, with its derivation there."""
    lab.python("builder.network = bp.explore.builder().network")
    expect(live.node("h2")).to_be_visible()
    yield live
    assert not lab.errors()


def test_python_derives_what_is_drawn(lab, drawn):
    """Units and arrows with the mouse, an activation, a loss, biases: equal to the same network given by hand."""
    drawn.page.mouse.click(*drawn.place((0.75, 0.12)))
    drawn.drag("x1", "h3")
    drawn.drag("h3", "o")
    drawn.node("h3").click()
    drawn.choose(activation="relu")
    drawn.arrow("h1", "o").click()
    drawn.press("Remove")
    drawn.root.get_by_role("checkbox").check()
    drawn.choose(loss="absolute error")
    drawn.arrow("x1", "h3").click()
    drawn.type(weight="0.35")
    by_hand = """bp.graph({"h1": (["x1", "x2"], "tanh"), "h2": (["h1", "x2"], "sigmoid"), "h3": (["x1"], "relu"),
        "o": (["h2", "h3"], "identity")}, ["x1", "x2"], loss="absolute error", bias=True)"""
    assert lab.python(f"print(set(map(str, {by_hand}.equations)) == set(map(str, builder.network.equations)))") == "True\n"
    slopes = lab.python(f"""import json
functions = bp.generate({by_hand})
slopes = functions.gradients(builder.weights, [builder.x], [builder.y])
print(json.dumps({{name: float(slope) for name, slope in slopes.items()}}))""")
    for name, slope in json.loads(slopes).items():
        if name.startswith("w"):
            drawn.arrow(*name.split("_")[1:]).click()
        else:
            drawn.node(name[2:]).click()
        assert drawn.slope(name) == pytest.approx(slope, abs=6e-5, rel=6e-3)
    assert float(lab.python("print(builder.weights['w_x1_h3'])")) == 0.35


def test_a_cell_draws_on_the_page_and_undo_takes_it_back(lab, drawn):
    lab.python('builder.network = bp.graph({"a": (["p"], "tanh"), "b": (["a", "p"], "tanh")}, ["p"])')
    expect(drawn.node("a")).to_be_visible()
    assert drawn.node("h1").count() == 0
    drawn.arrow("a", "b").click()
    slope = float(lab.python("print(bp.generate(builder.network).gradients(builder.weights, [builder.x], [builder.y])['w_a_b'])"))
    assert drawn.slope("w_a_b") == pytest.approx(slope, abs=6e-5)
    drawn.press("Undo")
    expect(drawn.node("h1")).to_be_visible()
    assert "h2" in lab.python("print(builder.network)")


def test_an_answer_leaves_what_is_typed_alone(lab, drawn):
    drawn.arrow("h1", "o").click()
    drawn.field("weight").fill("0.3")
    drawn.root.evaluate("root => root.querySelector('[type=checkbox]').click()")  # asks Python, without the focus
    lab.answered()
    expect(drawn.root.locator("[data-value=C]")).to_contain_text(re.compile(r"\d"))  # the answer is there
    assert drawn.field("weight").input_value() == "0.3"
    drawn.field("weight").press("Enter")
    assert float(lab.python("print(builder.weights['w_h1_o'])")) == 0.3


SLOW = """import time
from bplib.explore.builder_formulas import BuilderFormulas
facts = BuilderFormulas.facts
BuilderFormulas.facts = lambda self: (time.sleep(0.6), facts(self))[1]"""


def test_the_latest_drawing_wins(lab, drawn):
    """While Python answers for the first of several changes others are made: it is asked again, not for each of them."""
    drawn.node("h1").click()
    asked = int(lab.python(f"{SLOW}\nprint(builder.wanted)"))
    lab.page.evaluate("""async ([root]) => { for (let n = 0; n < 5; n++) {
        [...root.querySelectorAll("button")].find((one) => one.textContent === "Add unit").click();
        await new Promise((sent) => setTimeout(sent, 60)); } }""", [drawn.root.element_handle()])
    drawn.arrow("h6", "h7").click()
    assert drawn.slope("w_h6_h7") != 0
    assert lab.python("print(sorted(builder.answer['ways']) == sorted(builder.network.parameters))") == "True\n"
    assert "h7" in lab.python("print(builder.network)")
    assert 1 < int(lab.python("BuilderFormulas.facts = facts\nprint(builder.wanted)")) - asked < 5


def test_what_is_no_network_yet_says_so_in_python_too(lab, drawn):
    drawn.page.mouse.click(*drawn.place((0.75, 0.12)))
    assert "nothing leads to h3" in drawn.note()
    assert "nothing leads to h3" in lab.python("try:\n    builder.network\nexcept bp.InputError as e:\n    print(e)")
