"""The network explorer step by step: what travels, what is said and what stands in the picture are Python's numbers."""
import re

import numpy as np
import pytest
from explorers import violations
from jupyter import from_disk, number
from playwright.sync_api import expect
from test_explore_network import FUNCTIONS, NETWORKS, NOT_ROUNDED, computed, value_of

import bplib.explore

PLAYED = {name: NETWORKS[name] for name in ("default", "3-4-2, tanh", "softmax, squared error", "cross entropy")}


class Player:
    """An explorer on a page of its own, with the buttons of its player."""

    def __init__(self, page, explorer):
        self.page, self.explorer, self.root = page, explorer, page.locator(".bplib")
        self.bar, self.place = page.locator(".bplib-walk-bar"), page.get_by_role("slider", name="step", exact=True)
        self.steps = explorer.facts["walk"]["steps"]

    def expected(self, weights=None):
        """Key → number, in NumPy."""
        explorer = self.explorer
        return computed(explorer, dict(explorer.weights if weights is None else weights), np.array(explorer.x),
                        np.array(explorer.y))

    def button(self, label):
        return self.root.get_by_role("button", name=label, exact=True)

    def press(self, label):
        self.button(label).click()

    def at(self):
        return int(self.bar.get_attribute("data-at"))

    def go(self, to):
        self.place.evaluate("(one, to) => { one.value = to; one.dispatchEvent(new Event('input')); }", to)

    def key_of(self, kind, which=0):
        """The number of a step of a kind, counted from 1."""
        return [n for n, step in enumerate(self.steps, 1) if step["kind"] == kind][which]


@pytest.fixture(scope="module")
def pages(browser, tmp_path_factory):
    """pages(name) → the explorer of a network, on a page without Jupyter."""
    opened = {}

    def player(name):
        if name not in opened:
            explorer = bplib.explore.network(NETWORKS[name]())
            path = tmp_path_factory.mktemp("walk") / "page.html"
            html = explorer._repr_mimebundle_()[0]["text/html"]
            path.write_text(f"<!doctype html><html lang=en><meta charset=utf-8><title>x</title><main>{html}", "utf-8")
            context = from_disk(browser, path)
            page, complaints = context.__enter__()
            page.locator(".bplib-walk").wait_for()
            opened[name] = Player(page, explorer), complaints, context
        return opened[name][0]

    yield player
    for _, complaints, context in opened.values():
        assert complaints == []
        context.__exit__(None, None, None)


def ready(player):
    """The explorer at its start, as fast as it goes, where motion is wanted."""
    player.page.emulate_media(reduced_motion="no-preference")
    player.press("Reset")
    player.page.get_by_label("speed").fill("2")
    return player


@pytest.fixture
def player(pages):
    return ready(pages("default"))


EACH_STEP = """async (root) => {
    const button = (label) => [...root.querySelectorAll("button")].find((one) => one.textContent === label);
    const formula = root.querySelector(".bplib-walk-formula > :last-child"), seen = [];
    const math = (cell) => {
        const copy = cell.cloneNode(true);
        copy.querySelectorAll("msup").forEach((power) => {
            power.textContent = power.firstChild.textContent + "**" + power.lastChild.textContent; });
        copy.querySelectorAll("mfrac").forEach((part) => {
            part.textContent = `((${part.firstChild.textContent})/(${part.lastChild.textContent}))`; });
        return copy.textContent; };
    button("Start").click();
    while (button("Next").ariaDisabled !== "true") {
        button("Next").click();
        const shown = [...formula.querySelectorAll(".bplib-network-column")].map((one) => one.lastChild)
            .filter((one) => getComputedStyle(one).visibility === "visible").map(math);
        seen.push({
            said: root.querySelector(".bplib-walk-text > :last-child").textContent,
            live: root.querySelector(".bplib-walk-text > :last-child").getAttribute("aria-live"),
            code: root.querySelector(".bplib-walk-code > :last-child").textContent, shown,
            cases: formula.querySelector("mtable") !== null,
            values: Object.fromEntries([...root.querySelectorAll("[data-value]")].map(
                (one) => [one.dataset.value, one.value ?? one.textContent])),
            along: root.querySelectorAll("[data-along]").length, tokens: root.querySelectorAll(".bplib-resting").length,
            place: JSON.stringify([...root.querySelectorAll("button, input, .bplib-columns, .bplib-network-panel")].map(
                (one) => { const { x, y, width } = one.getBoundingClientRect(); return [x, y, width]; })),
        });
    }
    return seen; }"""
"""Presses Next to the end; what is seen after each step."""


@pytest.fixture(scope="module", params=PLAYED)
def walked(request, pages):
    """An explorer, what is seen after each of its steps where nothing moves, and Python's numbers."""
    player = pages(request.param)
    player.page.emulate_media(reduced_motion="reduce")
    return player, player.root.evaluate(EACH_STEP), player.expected()


def partial(step, expected):
    """The number of a step, as far as its sum has grown."""
    return sum(expected[term] for term in step["terms"]) if "terms" in step else expected[step["key"]]


def test_each_step_says_and_shows_the_numbers_of_python(walked):
    """In the sentence, in the formula, whose right side has its left side's value, and where it stands in the picture."""
    player, seen, expected = walked
    assert len(seen) == len(player.steps)
    for step, one in zip(player.steps, seen):
        wanted = partial(step, expected)
        numbers = [number(text) for text in re.findall(r"−?\d+\.\d+(?:·10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?", one["said"])]
        carried = [expected[key] for move in step["moves"] for key in move["carries"]]
        assert min(abs(n - wanted) for n in numbers) < NOT_ROUNDED
        if step["kind"] in ("arrival", "slope of weight"):
            assert all(min(abs(n - value) for n in numbers) < NOT_ROUNDED for value in carried)
        left, _, *right = one["shown"]
        assert number(left.strip("()")) == pytest.approx(wanted, abs=NOT_ROUNDED)
        if not one["cases"] and {*re.findall(r"[^\W\d]+", "".join(right))} <= FUNCTIONS.keys():
            assert value_of("".join(right)) == pytest.approx(wanted, abs=1e-3)
        place = step["key"].replace("da", "delta")
        if place in one["values"]:
            assert number(one["values"][place]) == pytest.approx(wanted, abs=NOT_ROUNDED)
        assert one["along"] == len({move.get("edge", move["from"] + move["to"]) for move in step["moves"]
                                    if move["from"] != move["to"]})
        assert one["code"] == player.explorer.facts["walk"]["code"][step["formula"].split()[0]] and one["live"] == "polite"


def test_a_number_is_there_from_its_step_on_and_a_sum_grows_in_the_place_of_its_error_term(walked):
    player, seen, expected = walked
    places = player.explorer.facts["places"]
    for n, (step, one) in enumerate(zip(player.steps, seen), 1):
        for key, text in one["values"].items():
            sums = [step for step in player.steps[:n] if step["key"] == key.replace("delta", "da")]
            if places[key]["step"] <= n:
                assert number(text) == pytest.approx(expected[key], abs=NOT_ROUNDED), key
            elif key.startswith("delta") and sums:
                assert number(text) == pytest.approx(partial(sums[-1], expected), abs=NOT_ROUNDED), key
            else:
                assert text == "?", key


def test_nothing_jumps_from_step_to_step(walked):
    _, seen, _ = walked
    assert len({one["place"] for one in seen}) == 1


def test_derivatives_lie_on_their_edges_until_the_next_array(walked):
    player, seen, _ = walked
    for n, (step, one) in enumerate(zip(player.steps, seen), 1):
        of_array = [other for other in player.steps[:n] if other["formula"] == step["formula"]]
        assert one["tokens"] == (len(of_array) if step["kind"].startswith("slope of") and "da" not in step["key"] else 0)
    assert seen[-1]["tokens"]


def test_a_number_travels_and_changes_on_the_way(player):
    """From δ of the output to the unit before: first δ, past the weight w·δ; then it has arrived, and the sum has it."""
    before, arrival = player.key_of("slope of output") + 1, player.key_of("arrival")
    move = player.steps[arrival - 1]["moves"][0]
    player.go(before)
    player.press("Next")
    sums = player.root.locator("[data-value='delta1[1]']")
    seen = player.page.evaluate("""() => {
        const token = document.querySelector(".bplib-token"), all = token.getAnimations({ subtree: true });
        return [60, 350, 550, 750, 1000].map((time) => {
            for (const one of all) { one.pause(); one.currentTime = time; }
            const { x } = token.getBoundingClientRect();
            return [x, ...[...token.children].map((one) => [one.dataset.chip, getComputedStyle(one).opacity])]; });
    }""")
    assert sums.inner_text() == "?" and player.at() == arrival
    places, (first, *_, last) = [x for x, *_ in seen], [chips for _, *chips in seen]
    assert places == sorted(places, reverse=True) and places[0] > places[-1] + 100, places
    assert first == [[move["carries"][0], "1"], [move["carries"][1], "0"]]
    assert last == [[move["carries"][0], "0"], [move["carries"][1], "1"]]
    player.page.evaluate("document.querySelector('.bplib-token').getAnimations({ subtree: true }).forEach((one) => one.finish())")
    expect(player.bar).to_have_attribute("data-arrived", str(arrival))
    assert number(sums.inner_text()) == pytest.approx(player.expected()[move["carries"][1]], abs=NOT_ROUNDED)
    assert player.root.locator(".bplib-token").count() == 0


def test_pause_stops_what_travels_and_values_follow_a_slider_there(player):
    player.go(player.key_of("arrival") - 1)
    player.press("Play")
    player.page.locator(".bplib-token").first.wait_for()
    player.press("Pause")
    at, chip = player.at(), player.page.locator(".bplib-chip").first
    states = player.page.evaluate("document.querySelector('.bplib-token').getAnimations().map((one) => one.playState)")
    key, text = chip.get_attribute("data-chip"), chip.inner_text()
    assert states == ["paused"]
    player.root.locator("input[type=radio][value='b2[1]']").click()
    player.root.locator("[data-name=chosen] input[type=text]").fill("1.3")
    player.root.locator("[data-name=chosen] input[type=text]").press("Enter")
    weights = {**player.explorer.weights, "b2": np.array([1.3])}
    assert chip.inner_text() != text
    assert number(chip.inner_text()) == pytest.approx(player.expected(weights)[key], abs=NOT_ROUNDED)
    assert player.at() == at and player.bar.get_attribute("data-playing") == "false"
    player.press("Play")
    expect(player.bar).to_have_attribute("data-arrived", str(at))


def test_play_goes_through_all_steps_and_speaks_of_none(pages):
    player = ready(pages("one layer"))
    player.press("Start")
    player.root.evaluate("""root => {
        const bar = root.querySelector(".bplib-walk-bar"), said = root.querySelector(".bplib-walk-text > :last-child");
        root.seen = [];
        new MutationObserver(() => root.seen.push([Number(bar.dataset.arrived), said.ariaLive])).observe(
            bar, { attributes: true, attributeFilter: ["data-arrived"] }); }""")
    player.press("Play")
    expect(player.bar).to_have_attribute("data-playing", "false", timeout=60000)
    arrived, live = zip(*player.root.evaluate("root => root.seen"))
    assert list(dict.fromkeys(arrived)) == list(range(1, len(player.steps) + 1)) and set(live) == {"off"}
    assert player.root.locator(".bplib-network-watching").count() == 0
    assert "Play shows how" in player.root.inner_text()


def test_nothing_moves_where_motion_is_not_wanted(player):
    player.page.emulate_media(reduced_motion="reduce")
    player.press("Start")
    player.press("Play")
    expect(player.bar).to_have_attribute("data-arrived", "3")
    assert player.page.evaluate("document.getAnimations().length") == 0
    assert player.root.locator(".bplib-token").count() == 0
    player.press("Pause")


def test_all_of_it_with_keys_alone(player):
    player.page.emulate_media(reduced_motion="reduce")
    player.button("Start").focus()
    keys = [("Space", 0), ("Tab", 0), ("Tab", 0), ("Tab", 0), ("Enter", 1), ("Space", 2), ("Shift+Tab", 2), ("Shift+Tab", 2),
            ("Space", 1), ("Space", 0), ("Space", 0), ("Tab", 0), ("Tab", 0), ("Tab", 0), ("Space", len(player.steps))]
    for key, at in keys:
        player.page.keyboard.press(key)
        assert player.at() == at, key
    player.page.keyboard.press("Tab")
    for key, at in (("Home", 0), ("ArrowRight", 1), ("ArrowUp", 2), ("ArrowLeft", 1)):
        player.page.keyboard.press(key)
        assert player.at() == at and player.place.get_attribute("aria-valuetext") == f"{at} of {len(player.steps)}"


@pytest.mark.parametrize("name", ["default", "3-4-2, tanh"])
def test_samples_one_by_one_and_then_all_of_them(name, pages):
    """Each sample's derivatives are Python's, and those of the batch come step by step, in the order of one sample."""
    player = ready(pages(name))
    player.page.emulate_media(reduced_motion="reduce")
    explorer, functions = player.explorer, bplib.generate(player.explorer.network)
    X, Y = zip(*explorer.samples)
    rates = [step["key"] for step in player.steps if re.match("d[Wb]|C", step["key"])]

    def of(X, Y):
        found = {f"d{name}": array for name, array in functions.gradients(explorer.weights, X, Y).items()}
        return {key: found[key.split("[")[0]][tuple(int(n) - 1 for n in re.findall(r"(?<=[\[,])\d+", key))]
                for key in rates if key != "C"} | {"C": functions.cost(explorer.weights, X, Y)}

    for n, (x, y) in enumerate(explorer.samples, 1):
        player.press(str(n))
        pressed = player.root.locator(".bplib-walk-samples button[aria-pressed=true]")
        assert pressed.all_inner_texts() == [str(n)]
        player.go(len(player.steps) - 1)
        resting = player.root.locator(".bplib-resting [data-chip]").evaluate_all(
            "all => all.map((one) => [one.dataset.chip, one.textContent])")
        assert resting and all(number(text) == pytest.approx(of([x], [y])[key], abs=NOT_ROUNDED) for key, text in resting)
        assert [number(player.root.locator(f"[data-value='x[{k}]']").input_value()) for k in range(1, len(x) + 1)] == [*x]
    player.press("mean" if explorer.network.options.over_samples == "mean" else "sum")
    player.press("Start")
    cells = player.root.locator(".bplib-batch [data-cell]")
    for n, key in enumerate(rates, 1):
        player.press("Next")
        assert player.at() == n
        said = player.root.locator(".bplib-walk-text > p").inner_text()
        assert number(said.split(" = ")[-1].removesuffix(".")) == pytest.approx(of(X, Y)[key], abs=NOT_ROUNDED)
        texts = dict(cells.evaluate_all("all => all.map((one) => [one.dataset.cell, one.textContent])"))
        assert [texts[other] == "?" for other in rates] == [False] * n + [True] * (len(rates) - n)
        assert number(texts[key]) == pytest.approx(of(X, Y)[key], abs=NOT_ROUNDED)
        for m, (x, y) in enumerate(explorer.samples, 1):
            assert number(texts[f"{key} of {m}"]) == pytest.approx(of([x], [y])[key], abs=NOT_ROUNDED)
    shown = dict(player.root.locator("[data-value]").evaluate_all(
        "all => all.map((one) => [one.dataset.value, one.value ?? one.textContent])"))
    assert {text for key, text in shown.items() if re.match("[xyza]|delta", key)} == {"·"}
    assert violations(player.page, ".bplib") == []
    player.press("Step")
    moved = {name: w - explorer.eta * functions.gradients(explorer.weights, X, Y)[name] for name, w in explorer.weights.items()}
    assert number(player.root.locator("[data-value='b2[1]']").inner_text()) == pytest.approx(moved["b2"][0], abs=NOT_ROUNDED)
    player.press("Reset")
    assert player.root.get_by_role("button", name="1", exact=True).get_attribute("aria-pressed") == "true"


@pytest.mark.parametrize("kind", ["arrival", "slope of weight"])
def test_no_rule_of_accessibility_is_broken_on_the_way(player, kind):
    player.page.emulate_media(reduced_motion="reduce")
    player.go(player.key_of(kind, -1))
    assert violations(player.page, ".bplib") == []
