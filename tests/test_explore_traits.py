"""What the page and Python tell each other: `synchronised` of common.js, with a model and frames of the test's own."""
import pytest
from jupyter import run_javascript

from bplib.explore.explorer import page

STAGE = """
const frames = [], timers = [], listeners = {}, document = { hidden: false,
    addEventListener: (name, hear) => { listeners[name] = hear; },
    removeEventListener: (name) => { delete listeners[name]; } };
const requestAnimationFrame = (work) => frames.push(work), setTimeout = (work) => timers.push(work);
const pass = (queue) => queue.splice(0).forEach((work) => work());
const next = () => { pass(frames); pass(timers); };

const values = { w: 1, b: 5 }, heard = {}, sent = [], changes = [];
const python = (name, value) => { values[name] = value; heard[`change:${name}`]?.(); };
const model = { get: (name) => values[name], set: python, save_changes: () => sent.push({ ...values }),
                on: (event, hear) => { heard[event] = hear; }, off: (event) => { delete heard[event]; } };
const traits = synchronised(model, ["w", "b"], (names) => changes.push(names)), { state } = traits;
"""
"""A model with two traits: `python(name, value)` is a message from the kernel, `next()` what a browser does 60 times a
second."""


def result(script):
    return run_javascript(page("common.js") + STAGE + script + "\nconst result = { state, values, sent, changes };")


@pytest.mark.parametrize("script, found", [
    ("traits.accept({ w: 2 });", []), ("traits.accept({ w: 2 }); pass(frames);", []),
    ("traits.accept({ w: 2 }); next();", [{"w": 2, "b": 5}]),
    ("traits.accept({ w: 2 }); traits.accept({ w: 3, b: 6 }); next();", [{"w": 3, "b": 6}]),
    ("traits.accept({ w: 2 }); next(); traits.accept({ w: 3 }); next(); next();",
     [{"w": 2, "b": 5}, {"w": 3, "b": 5}])])
def test_python_hears_after_the_frame_that_shows_it(script, found):
    page = result(script)
    assert page["sent"] == found
    assert page["changes"] == []  # the page hears nothing of what it says itself


def test_python_changes_what_the_page_shows():
    page = result("python('w', 7);")
    assert (page["state"], page["changes"], page["sent"]) == ({"w": 7, "b": 5}, [["w"]], [])


def test_what_is_not_sent_yet_is_newer_than_what_python_says():
    """Python's echo of a value before comes while the next one waits for its frame; other traits are heard."""
    page = result("traits.accept({ w: 2 }); next(); traits.accept({ w: 3 }); python('w', 2); python('b', 8);")
    assert (page["state"], page["changes"]) == ({"w": 3, "b": 8}, [["b"]])
    page = result("traits.accept({ w: 3 }); python('w', 2); next();")
    assert (page["values"]["w"], page["sent"]) == (3, [{"w": 3, "b": 5}])


def test_a_hidden_page_sends_at_once():
    """It shows no frames, but a run goes on there."""
    assert result("document.hidden = true; traits.accept({ w: 2 });")["sent"] == [{"w": 2, "b": 5}]


def test_a_page_that_is_hidden_before_its_frame_sends():
    hidden = "traits.accept({ w: 2 }); document.hidden = true; listeners.visibilitychange();"
    assert result(hidden)["sent"] == [{"w": 2, "b": 5}]
    assert result(hidden + "document.hidden = false; next();")["sent"] == [{"w": 2, "b": 5}]


def test_a_view_that_is_closed_sends_and_hears_no_more():
    page = result("traits.accept({ w: 2 }); traits.close(); python('b', 8); values.left = Object.keys(listeners);")
    assert page["sent"] == [{"w": 2, "b": 5}] and page["state"]["b"] == 5 and page["values"]["left"] == []


def test_a_number_is_typed_in_many_ways():
    """With any dash for a minus, and with characters that nobody sees, as they come along from another page."""
    texts = {"-2.5": -2.5, "−2,5": -2.5, "‐2.5": -2.5, "‑2.5": -2.5, "–2.5": -2.5, "\u200b2.5\ufeff": 2.5, "2\u00ad.5": 2.5, "۲٫۵": 2.5,
             "5/2": 2.5, "−3.87·10⁻⁸": -3.87e-8, "1e−3": 1e-3, "2.5—": None, "2 5": None, "": None, "1/2/3": None}
    found = run_javascript(page("common.js") + f"\nconst result = {[*texts]!r}.map(typed).map((one) => Number.isNaN(one) ? null : one);")
    assert found == [*texts.values()]
