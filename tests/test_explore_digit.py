"""The digit explorer: what its page computes, draws and says, and the network that it brings along."""
import json
import re
import sys

import numpy as np
import pytest
from explorers import Controls, refused
from jupyter import from_disk, number, run_javascript
from playwright.sync_api import expect
from test_languages import TEXTS, english

import bplib
import bplib.explore
from bplib.explore import digit_reader
from bplib.explore.explorer import page

module = sys.modules["bplib.explore.digit"]
IMAGES = bplib.datasets.digits()


def network(widths=(), activations=("softmax",), **options):
    return bplib.dense([64, *widths, 10], activations, "categorical cross entropy", **options)


def sizes(one):
    return str(one.structure.sizes) if isinstance(one, bplib.networks.Network) else ""


OWN = digit_reader.parameters()
NETWORKS = [(network([30], ["tanh", "softmax"]), OWN)] + [
    (given, bplib.initial_parameters(given, seed=2)) for given in (
        network([12, 7], ["relu", "sigmoid", "softmax"]), network(bias=False))]


# the page's functions

def close(found, expected):
    return np.allclose(found, expected, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("given, weights", NETWORKS, ids=sizes)
def test_the_page_computes_what_numpy_computes(given, weights):
    X, Y = IMAGES.X_test[:6], np.eye(10)[[8, 1, 2, 0, 9, 5]]
    arguments = {"x": X.tolist(), "y": Y.tolist(), **{name: array.tolist() for name, array in weights.items()}}
    code = bplib.explore.digit(given, weights).code
    found = run_javascript(f"{code}\nconst result = pass({json.dumps(arguments)});")
    functions = bplib.generate(given)
    forward = functions.forward(weights, X)
    assert found.keys() == {"C", "dx", *(name for name in forward if name[0] == "a")}
    assert close(found["C"], functions.cost(weights, X, Y))
    assert all(close(found[name], forward[name]) for name in forward if name[0] == "a")
    one_by_one = [functions.gradients(weights, X[[n]], Y[[n]], with_respect_to="X")[0] for n in range(len(X))]
    assert close(found["dx"], one_by_one) and abs(np.array(one_by_one)).max() > 0.01


def test_the_view_holds_no_formula():
    """Mathematics comes from the derivation: the hand-written files use what drawing needs."""
    drawing = {"abs", "max", "min", "floor", "ceil", "log10", "sign", "hypot", "round"}
    assert set(re.findall(r"Math\.(\w+)", str(module.DigitExplorer._esm))) <= drawing


def test_a_pixel_is_the_share_of_its_dots_under_the_pen():
    """Lines that cross count no dot twice; what was there before shines through in proportion."""
    points, before = [(1.3, 1.1), (6.2, 2.4), (3.1, 6.9), (3.1, 6.9), (1.3, 1.1)], np.linspace(0, 1, 64)
    found = run_javascript(page("common.js", "digit_field.js") + f"""
        const ink = inkOf(8, 8), points = {json.dumps(points)};
        points.slice(1).forEach((to, n) => ink.line(points[n], to));
        const result = [ink.over(new Array(64).fill(0)), ink.over({json.dumps(before.tolist())})];""")
    dots = np.stack(np.meshgrid(*2 * [np.arange(32)]), axis=-1) / 4 + 1 / 8
    inked = np.zeros((32, 32), bool)
    for start, end in zip(np.array(points), np.array(points)[1:]):
        along = np.linspace(start, end, 2000)[:, None, None]
        inked |= (np.linalg.norm(dots - along, axis=-1) < 0.75).any(axis=0)
    share = inked.reshape(8, 4, 8, 4).mean(axis=(1, 3)).ravel()
    assert close(found[0], share) and 10 < share.sum() < 30
    assert close(found[1], before + (1 - before) * share)


# the network that it brings along

def test_it_reads_the_test_images():
    reads = bplib.generate(NETWORKS[0][0]).predict(OWN, IMAGES.X_test).argmax(axis=1)
    assert np.mean(reads == IMAGES.Y_test) > 0.98


@pytest.mark.thorough
def test_its_weights_are_those_that_training_makes():
    """As stored, to the last decimal, which another library for matrices may round the other way."""
    trained = digit_reader.trained()
    assert trained.keys() == OWN.keys()
    assert all(abs(trained[name] - array).max() < 1.5 * 10**-digit_reader.DECIMALS for name, array in OWN.items())


# Python's side

def test_values_are_read_and_set():
    explorer = bplib.explore.digit(x=IMAGES.X_test[3], target=4, eta=np.float32(0.25))
    assert explorer.x == tuple(IMAGES.X_test[3]) and (explorer.target, explorer.eta) == (4, 0.25)
    explorer.set_state({"x": [0.5] * 64, "target": 7})  # as the page does
    assert explorer.x == (0.5,) * 64 and explorer.target == 7
    functions, x = bplib.generate(explorer.network), np.full((1, 64), 0.5)
    assert close(explorer.outputs(), functions.predict(OWN, x)[0])
    assert close(explorer.slope(), functions.gradients(OWN, x, np.eye(10)[[7]], with_respect_to="X")[0])


@pytest.mark.parametrize("name, value, says", [
    ("x", [0.5] * 63, "a list of 64 finite numbers"), ("x", [1.5] + [-0.25] * 63, "given: from -0.25 to 1.5"),
    ("target", 10, "at most 9; given: 10"), ("target", 2.5, "a whole number"), ("eta", -1, "at least 0; given: -1"),
    ("weights", {"W1": OWN["W1"]}, "Missing: b1, W2, b2")])
def test_what_cannot_be_is_refused_and_the_last_good_value_stays(name, value, says):
    assert refused(bplib.explore.digit, name, value, says)


@pytest.mark.parametrize("given, says", [
    (bplib.dense([64, 10, 2], ["tanh", "softmax"], "negative log-likelihood"), "64 inputs, the pixels, and 10 outputs"),
    (bplib.dense([784, 10], "softmax", "negative log-likelihood"), "Given: [784, 10]"),
    (bplib.dense([64, 10], "sigmoid"), "Its outputs are those of softmax"), (bplib.neuron(), "made with dense"),
    (network([65], ["tanh", "softmax"]), "64 units"), (network([5], ["g", "softmax"]), "left open"),
    (network(), "history.parameters")])
def test_a_network_that_does_not_read_digits_is_refused(given, says):
    with pytest.raises(bplib.InputError, match=re.escape(says)):
        bplib.explore.digit(given)


def test_a_network_of_ones_own_reads():
    """Whatever it was trained with: as generated, with labels and a penalty."""
    own = bplib.dense([64, 10], "softmax", "negative log-likelihood", l2=0.1)
    functions, start = bplib.generate(own), bplib.initial_parameters(own, seed=1)
    explorer = bplib.explore.digit(functions, start, x=IMAGES.X_test[0])
    assert close(explorer.outputs(), functions.predict(start, IMAGES.X_test[:1])[0])


def test_shown_without_a_page():
    explorer = bplib.explore.digit()
    assert repr(explorer) == "Digit explorer: a picture read as 3, with 0.999; target 8, η = 0.05."
    assert "reads 3, with 0.999" in explorer.picture().alt
    assert len(explorer._repr_mimebundle_()[0]["text/html"].encode()) < 120_000


# in a page without Jupyter

class View(Controls):
    """The explorer on a page, and what Python computes for the digit that stands there."""

    def __init__(self, root):
        super().__init__(root)
        self.board, self.python = root.locator("[role=grid]"), bplib.explore.digit()

    def x(self):
        shares = self.root.locator("[role=gridcell]").evaluate_all(
            "all => all.map(one => parseFloat(one.style.getPropertyValue('--share')))")
        return np.array(shares) / 100

    def target(self):
        return int(self.root.locator("input[type=radio]:checked").input_value())

    def values(self):
        return {name: number(text) for name, text in self.root.locator("[data-value]").evaluate_all(
            "all => all.map(one => [one.dataset.value, one.textContent])")}

    def signs(self):
        """Which way each pixel is wanted to change, and how strongly, read off the picture: −1 to 1 for the strongest.

        And the pixels whose sign is pale.
        """
        boxes = self.root.locator(".bplib-digit-columns .bplib-digit-signs path").evaluate_all(
            r"""all => all.flatMap(mark => [...mark.getAttribute("d").matchAll(/M(\S+?),(\S+?)h(\S+?)v(\S+?)h/g)].map(
                ([, x, y, w, h]) => [mark.classList[0].endsWith("plus") ? 1 : -1, mark.classList.length === 2,
                                     ...[x, y, w, h].map(Number)]))""")
        found, pale = np.zeros(64), set()
        for sign, is_pale, x, y, w, h in boxes:
            at = int(y + h / 2) * 8 + int(x + w / 2)
            found[at] = sign * max(abs(found[at]), w / 0.96)
            pale |= {at} if is_pale else set()
        return found, pale

    def agrees(self):
        self.python.x, self.python.target = self.x(), self.target()
        outputs, slope, shown = self.python.outputs(), self.python.slope(), self.values()
        assert [shown[f"output{n}"] for n in range(10)] == pytest.approx(outputs, abs=6e-5, rel=6e-3)
        assert shown["C"] == pytest.approx(-np.log(outputs[self.target()]), abs=6e-5, rel=6e-3)
        assert shown["reads"] == outputs.argmax()
        hidden = self.python.functions.forward(OWN, self.x()[None])["a1"][0]
        assert [shown[f"unit{n}"] for n in range(1, 31)] == pytest.approx(hidden, abs=6e-3)
        signs, pale = self.signs()
        assert signs == pytest.approx(-slope / abs(slope).max(), abs=0.07)
        assert pale == {*np.flatnonzero((signs > 0) & (self.x() == 1) | (signs < 0) & (self.x() == 0))}
        return True

    def draw(self, *places):
        """A line through places on the field, (across, down) in pixels, with the mouse."""
        box = self.board.bounding_box()
        for n, (u, v) in enumerate(places):
            x, y = box["x"] + u * box["width"] / 8, box["y"] + v * box["height"] / 8
            self.page.mouse.move(x, y, steps=4 if n else 1)
            if n == 0:
                self.page.mouse.down()
        self.page.mouse.up()

    def choose(self, digit):
        self.root.get_by_role("radio", name=str(digit), exact=True).check()

    def run(self):
        self.press("Run")
        expect(self.root.get_by_role("button", name="Stop")).to_have_count(0, timeout=20000)


THREE = (1.8, 1.2), (4, 0.7), (5.6, 1.5), (5.4, 2.8), (3.8, 3.8), (5.7, 4.8), (5.8, 6.2), (4, 7.3), (1.8, 6.9)


@pytest.fixture(scope="module")
def opened(browser, tmp_path_factory):
    path = tmp_path_factory.mktemp("digit") / "page.html"
    path.write_text(f"<!doctype html><meta charset=utf-8>{bplib.explore.digit()._repr_mimebundle_()[0]['text/html']}",
                    encoding="utf-8")
    with from_disk(browser, path) as (page, complaints):
        page.emulate_media(reduced_motion="reduce")
        yield page, complaints


@pytest.fixture
def view(opened):
    """The explorer as it is when a page is opened."""
    page, complaints = opened
    page.reload()
    view = View(page.locator(".bplib"))
    view.board.wait_for()
    yield view
    assert not complaints


def test_what_is_shown_is_what_python_computes(view):
    assert view.values()["reads"] == 3 and view.target() == 8 and view.agrees()
    view.press("Clear")
    assert not view.x().any() and view.agrees()
    view.draw(*THREE)
    assert view.values()["reads"] == 3 and view.agrees()
    view.choose(5)
    assert view.target() == 5 and view.agrees()


def test_a_step_moves_the_picture_against_its_gradient(view):
    view.type(eta="0.3")
    before = bplib.explore.digit(x=view.x())
    view.press("Step")
    assert view.x() == pytest.approx(np.clip(before.x - 0.3 * before.slope(), 0, 1), abs=1e-12)
    assert view.agrees() and "Step 1: C went from 7.708" in view.message.inner_text()
    assert {0, 1} < {*view.x()}, "some pixels are kept from 0 to 1"
    view.press("Step", 2)
    view.press("Undo")
    assert tuple(view.x()) == before.x and view.agrees()  # steps in a row are taken back at once
    view.type(eta="0")
    view.press("Step")
    assert tuple(view.x()) == before.x and "η is 0" in view.message.inner_text()
    view.type(eta="-1")
    assert "at least 0; given: -1" in view.message.inner_text()


def test_run_goes_on_until_the_network_is_sure(view):
    view.run()
    shown = view.values()
    assert shown["reads"] == 8 and 0.99 <= shown["output8"] < 0.995 and view.agrees()
    assert re.search(r"After \d+ steps the network reads 8, with 0\.99", view.message.inner_text())


def test_each_line_is_taken_back_by_itself(view):
    start = view.x()
    view.press("Clear")
    view.draw((2, 1), (2, 7))
    one = view.x()
    view.draw((5, 1), (5, 7))
    assert view.x()[0:8].sum() > one[0:8].sum() > 0
    for expected in (one, np.zeros(64)):
        view.press("Undo")
        assert view.x() == pytest.approx(expected, abs=1e-12)
    view.draw((6.5, 6.5), (6.5, 6.5))
    assert not view.x()[:40].any() and view.x()[54] > 0.9, "what was taken back is not drawn again"
    for expected in (np.zeros(64), start):
        view.press("Undo")
        assert view.x() == pytest.approx(expected, abs=1e-12)
    assert view.root.get_by_role("button", name="Undo").is_disabled()


def test_keys_draw(view):
    """Arrow keys go from pixel to pixel and stop at the border; space gives half of the ink, all, none."""
    view.press("Clear")
    view.root.locator("[role=gridcell][tabindex='0']").focus()
    keys = view.page.keyboard
    for key in ["ArrowDown"] * 2 + ["ArrowRight"] * 9 + ["ArrowLeft"]:
        keys.press(key)
    pixel = view.root.locator("[role=gridcell]:focus")
    for share in (50, 100, 0, 50):
        keys.press(" ")
        expect(pixel).to_have_attribute("aria-label", f"row 3, column 7: {share} % ink")
        assert view.x()[2 * 8 + 6] == share / 100 and view.x().sum() == share / 100
    assert view.agrees()
    expect(view.root.locator(".bplib-spoken")).to_contain_text("row 3, column 7: 50 % ink. The network reads")


def test_examples_are_test_images_and_those_that_are_misread(view):
    reads = bplib.generate(NETWORKS[0][0]).predict(OWN, IMAGES.X_test).argmax(axis=1)
    wrong = np.flatnonzero(reads != IMAGES.Y_test)
    for label, of in (("Example", np.arange(360)), ("Misread", wrong)):
        for n in of[:2]:
            view.press(label)
            assert (view.x() == IMAGES.X_test[n]).all() and view.values()["reads"] == reads[n]
            assert f"is a {IMAGES.Y_test[n]}." in view.message.inner_text()
    assert f"Of the 360 test images the network reads {len(wrong)} wrong." in view.message.inner_text()


def test_what_is_tried_makes_room_for_the_next(view):
    line = view.root.locator(".bplib-try")
    assert "0 of 4 done" in line.inner_text()
    view.run()
    assert "1 of 4 done" in line.inner_text()
    view.draw(*THREE)
    assert "1 of 4 done" in line.inner_text()  # over another picture, not on an empty field
    view.press("Clear")
    view.draw(*THREE)
    assert "2 of 4 done" in line.inner_text()
    view.press("Clear")
    view.run()
    assert "3 of 4 done" in line.inner_text()
    view.press("Misread")
    view.choose(re.search(r"is a (\d)", view.message.inner_text())[1])
    assert "4 of 4 done" in line.inner_text() and "what else happens?" in line.inner_text()


def test_nothing_is_said_in_english_on_a_persian_page(browser, tmp_path):
    bplib.languages.use("fa")
    try:
        html = bplib.explore.digit()._repr_mimebundle_()[0]["text/html"]
    finally:
        bplib.languages.use("en")
    (tmp_path / "page.html").write_text(f"<!doctype html><meta charset=utf-8>{html}", encoding="utf-8")
    with from_disk(browser, tmp_path / "page.html") as (page, complaints):
        view = View(page.locator(".bplib[dir=rtl]"))
        for control in view.root.locator("button, [role=gridcell][tabindex='0']").all():
            if control.is_enabled():
                control.click()
            texts = view.root.evaluate(TEXTS)
            assert len(texts) > 150 and english(texts) == []
        expect(view.root.locator(".bplib-spoken")).not_to_be_empty()
        assert english(view.root.evaluate(TEXTS)) == [] and not complaints


@pytest.mark.parametrize("width", [480, 800, 1280])
def test_nothing_is_cut_off(view, width):
    view.page.set_viewport_size({"width": width, "height": 1000})
    assert view.page.evaluate("document.documentElement.scrollWidth") <= width
    wide = view.root.evaluate("""root => [...root.querySelectorAll("button, output, span, [role=grid], svg")].filter(
        (one) => one.scrollWidth > one.clientWidth + 1 && one.clientWidth).map((one) => one.outerHTML.slice(0, 80))""")
    assert wide == []
