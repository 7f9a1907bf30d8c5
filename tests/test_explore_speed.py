"""How fast explorers answer keys: beside the same thing made with `interact` and matplotlib, and held at 30 a second.

The module has few tests, so it is among the last that begin when two processes share the tests; then the machine is
more likely to have nothing else to do.

Measured from the key press to the frame that shows what has changed.  The figures are printed.  What is asserted, in
one of three turns, as an explorer misses its frame on a machine that is busy with other work: it is eight times faster
by the lower quartiles, and answers within 20 ms in the median and 50 ms in 95 of 100 cases.  Those milliseconds are
meant for a machine where a slider alone takes 6 ms; a slower one gets time in proportion.
"""
from time import perf_counter

import numpy as np
import pytest
from explorers import CELLS, EXPLORERS, View
from jupyter import need_browser, opened

sync_api = need_browser()

TURNS, PRESSES, SETTLED, UNWATCHED = 3, 30, 150, 60
ALONE_TAKES, RATIO, MEDIAN, MOST = 6, 8, 20, 50
FAST = [name for name in ("neuron", "network", "derivation") if name in EXPLORERS]
INTERACT = r"""
%matplotlib inline
import matplotlib.pyplot as plt
import numpy as np
from ipywidgets import FloatSlider, interact

def sigmoid(z):
    return 1/(1 + np.exp(-z))

def sliders():
    ends = {"w": (-5, 5, 0.6), "b": (-5, 5, 0.9), "x": (-3, 3, 1.0), "y": (-2, 2, 0.0), "eta": (0, 10, 1.0)}
    return {name: FloatSlider(min=low, max=high, step=0.05, value=value) for name, (low, high, value) in ends.items()}

@interact(**sliders())
def show(w, b, x, y, eta):
    every = np.linspace(-5, 5, 241)
    z, a = w*x + b, sigmoid(w*x + b)
    C, slope = (a - y)**2, 2*(a - y)*a*(1 - a)*x
    figure, axes = plt.subplots(figsize=(5.5, 3.4))
    axes.plot(every, (sigmoid(every*x + b) - y)**2, label=f"cost C {C:.4f}")
    axes.plot(every, C + slope*(every - w), "--", label=f"slope ∂C/∂w {slope:.4f}")
    axes.annotate("", (w - eta*slope, C), (w, C), arrowprops={"arrowstyle": "-|>"})
    axes.plot(w, C, "o", label=f"next step −η ∂C/∂w {-eta*slope:.4f}")
    axes.set(xlim=(-5, 5), ylim=(-0.05, 1.05), xlabel="w", ylabel="C")
    axes.set_title(f"z = {z:.4f}   a = {a:.4f}   C = {C:.4f}\n"
                   f"∂C/∂w = {2*(a - y):.4f} · {a*(1 - a):.4f} · {x:.4f} = {slope:.4f}")
    axes.grid()
    axes.legend()
    plt.show()
"""
ALONE = """
from IPython.display import HTML
HTML('<div class="bplib"><div class="bplib-slider"><input type="range"></div><p></p></div>')
"""
"""A slider that writes its value into a paragraph: what any answer to a key takes on this machine."""
WATCH = """handle => {
    const root = handle.closest(".bplib, .jp-OutputArea"), matplotlib = root.matches(".jp-OutputArea");
    const times = handle.times = [], image = () => root.querySelector("img");
    let pressed = null, old = image();
    const painted = () => requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.onmessage = (message) => {
            if (pressed !== null) times.push(message.timeStamp - pressed);
            pressed = null;
        };
        channel.port2.postMessage(null);
    });
    const elsewhere = (record) => !record.target.parentElement?.closest(".bplib-slider, .bplib-spoken");
    new MutationObserver((records) => {
        if (pressed === null) return;
        if (!matplotlib && records.some(elsewhere)) painted();
        if (matplotlib && image() && image() !== old) { old = image(); old.decode().then(painted); }
    }).observe(root, { subtree: true, childList: true, characterData: true, attributes: true });
    handle.addEventListener("keydown", (event) => { pressed = event.timeStamp; }, { capture: true });
}"""
"""Puts into handle.times the milliseconds from each key press to the end of the frame that shows the change."""


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    with opened(tmp_path_factory.mktemp("lab"), [*CELLS, ALONE]) as lab:
        yield lab


def test_explorers_are_eight_times_faster_than_interact(lab):
    """Key presses by turns: one in each explorer, one in the cell that asks Python for a picture."""
    lab.python(INTERACT)
    alone = lab.explorer(len(EXPLORERS))
    alone.evaluate("""root => {
        root.addEventListener("keydown", (event) => event.stopPropagation());
        root.addEventListener("input", (event) => { root.lastChild.textContent = event.target.value; }); }""")
    picture = lab.page.locator(".jp-OutputArea:has(.widget-interact)").last
    picture.locator("img").wait_for()
    lab.page.wait_for_timeout(1000)
    handles = {name: View(lab.explorer(EXPLORERS.index(name))).handle for name in FAST}
    handles |= {"alone": alone.get_by_role("slider"), "interact": picture.get_by_role("slider").first}
    for handle in handles.values():
        handle.evaluate(WATCH)
    for turn in range(TURNS):
        quarter, median, most = measured(lab, handles, turn * PRESSES)
        slow = max(1, median["alone"] / ALONE_TAKES)
        if all(RATIO * quarter[name] <= quarter["interact"] and median[name] <= slow * MEDIAN
               and most[name] <= slow * MOST for name in FAST):
            return
    pytest.fail(f"Key press to frame in ms: lower quartiles {quarter}, medians {median}, 95 % {most}")


def measured(lab, handles, before):
    """Press keys by turns: lower quartiles, medians and 95 % of the milliseconds that answers took, printed too."""
    for n in range(before, before + PRESSES):
        for handle in handles.values():
            handle.focus()
            lab.page.wait_for_timeout(SETTLED)  # scrolling to the next one is no part of its answer
            lab.page.keyboard.press("ArrowRight" if n % 10 < 5 else "ArrowLeft")
            lab.page.wait_for_timeout(UNWATCHED)  # a question to the page would take part in the frame
            lab.page.wait_for_function("([handle, n]) => handle.times.length === n",
                                       arg=[handle.element_handle(), n + 1])
    times = {name: handle.evaluate("(handle, before) => handle.times.slice(before)", before)
             for name, handle in handles.items()}
    quarter, median, most = (
        dict(zip(times, np.percentile([*times.values()], part, axis=1).round(1).tolist())) for part in (25, 50, 95))
    for name in times:
        print(f"{name:10}: quartile {quarter[name]:5.1f} ms, median {median[name]:5.1f} ms, 95 % {most[name]:5.1f} ms, "
              f"interact takes {quarter['interact'] / quarter[name]:.1f} times as long")
    return quarter, median, most


COUNT = """handle => {
    const count = handle.count = { keys: [], drawn: 0 };
    let pressed = false, changed = false;
    const elsewhere = (record) => !record.target.parentElement?.closest(".bplib-slider, .bplib-spoken");
    const observer = new MutationObserver((records) => { changed ||= records.some(elsewhere); });
    observer.observe(handle.closest(".bplib"),
                     { subtree: true, childList: true, characterData: true, attributes: true });
    handle.addEventListener("keydown", (event) => { count.keys.push(event.timeStamp); pressed = true; });
    const frame = () => {
        if (pressed && changed) { count.drawn += 1; pressed = changed = false; }
        requestAnimationFrame(frame);
    };
    frame(); }"""
"""Notes when keys come, and counts the frames before which a key has changed something beside the slider itself."""

KEYS, RATE, KEPT, TRIES = 60, 30, 0.97, 10


def test_keys_at_thirty_a_second_are_all_drawn(lab):
    """60 of 60 in each explorer, in one of ten turns: on a busy machine a key comes late, and two share a frame."""
    turns = {}
    for name in EXPLORERS:
        handle = View(lab.explorer(EXPLORERS.index(name))).handle
        handle.evaluate(COUNT)
        turns[name] = []
        while not turns[name] or len(turns[name]) < TRIES and not kept(*turns[name][-1]):
            turns[name].append(keys_held(lab, handle))
    print("".join(f"{name}: drawn of {KEYS}, keys a second: {found}\n" for name, found in turns.items()))
    assert [name for name, found in turns.items() if not kept(*found[-1])] == [], turns


def kept(drawn, rate):
    return drawn == KEYS and rate > KEPT * RATE


def keys_held(lab, handle):
    """Press keys by the clock: how many are drawn, and how many a second the page has taken."""
    handle.press("Home")
    lab.page.wait_for_timeout(200)
    handle.evaluate("handle => { handle.count.keys = []; handle.count.drawn = 0; }")
    start = perf_counter()
    for n in range(KEYS):
        lab.page.wait_for_timeout(max(0, 1000 * (start + n / RATE - perf_counter())))
        lab.page.keyboard.press("ArrowRight" if n % 10 < 5 else "ArrowLeft")
    lab.page.wait_for_timeout(100)
    drawn, keys = handle.evaluate("handle => [handle.count.drawn, handle.count.keys]")
    assert len(keys) == KEYS
    return drawn, round(1000 * (KEYS - 1) / (keys[-1] - keys[0]), 1)
