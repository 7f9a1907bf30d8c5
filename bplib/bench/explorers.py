"""How soon explorers answer, in a real page: beside `interact` with matplotlib, with a key held, and while one learns.

An answer takes from the key press to the end of the frame that shows what has changed.  What is bound in milliseconds
is meant for a machine on which a slider alone takes 6 ms; a slower one gets time in proportion.  A machine that is busy
with other work misses frames: each measurement may be tried again, and the best counts.
"""
from time import perf_counter

import numpy as np

from .. import explore
from .bounds import Bound
from .browser import browser, jupyterlab, opened

EXPLORERS = explore.__all__
FAST = "neuron", "network", "derivation"
"""Those that are compared with `interact`; the others show what a cell of matplotlib does not."""
TURNS, PRESSES, SETTLED, UNWATCHED = 3, 30, 150, 60
KEYS, RATE, KEPT, TRIES = 60, 30, 0.97, 10
ALONE_TAKES, RATIO, MEDIAN, MOST = 6, 8, 20, 50
CELLS = [f"import bplib\n{name} = bplib.explore.{name}()\n{name}" for name in EXPLORERS]
ALONE = """
from IPython.display import HTML
HTML('<div class="bplib"><div class="bplib-slider"><input type="range"></div><p></p></div>')
"""
"""A slider that writes its value into a paragraph: what any answer to a key takes on this machine."""
WRITE = """root => {
    root.addEventListener("keydown", (event) => event.stopPropagation());
    root.addEventListener("input", (event) => { root.lastChild.textContent = event.target.value; }); }"""
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
"""What the neuron explorer shows, as one writes it without it."""


def bounds(say=print):
    """Measure everything in one page: a list of `Bound`."""
    with browser() as chromium, jupyterlab() as server, opened(server, chromium, [*CELLS, ALONE]) as lab:
        found = []
        for measure in (answers, keys_held, training, descent):
            say(f"Measuring {measure.__doc__.partition(':')[0].lower()} …")
            found += measure(lab)
        return found


def explorer(lab, name):
    return lab.explorer(EXPLORERS.index(name))


def first_slider(root):
    return root.locator(".bplib-slider input[type=range]:enabled").first


def best(measure, tries):
    """The bounds of the first try that keeps all of them, or of the last."""
    for _ in range(tries):
        found = measure()
        if all(bound.holds for bound in found):
            break
    return found


# key presses by turns

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


def answers(lab):
    """Answers to single keys: one in each explorer by turns, and one in a cell that asks Python for a picture."""
    lab.python(INTERACT)
    alone, picture = lab.explorer(len(EXPLORERS)), lab.page.locator(".jp-OutputArea:has(.widget-interact)").last
    alone.evaluate(WRITE)
    picture.locator("img").wait_for()
    handles = {name: first_slider(explorer(lab, name)) for name in FAST}
    handles |= {"alone": alone.get_by_role("slider"), "interact": picture.get_by_role("slider").first}
    for handle in handles.values():
        handle.evaluate(WATCH)
    return best(lambda: turn(lab, handles), TURNS)


def turn(lab, handles):
    """Press keys by turns: the bounds of that."""
    times = {name: [] for name in handles}
    for n in range(PRESSES):
        for name, handle in handles.items():
            times[name].append(milliseconds(lab, handle, "ArrowRight" if n % 10 < 5 else "ArrowLeft"))
    quarter, median, most = (dict(zip(times, np.percentile([*times.values()], part, axis=1))) for part in (25, 50, 95))
    slow = max(1, median["alone"] / ALONE_TAKES)
    return [bound for name in FAST for bound in (
        Bound(f"{name}: how many times as long interact takes", quarter["interact"] / quarter[name], least=RATIO),
        Bound(f"{name}: ms to answer a key, median", median[name], most=slow * MEDIAN),
        Bound(f"{name}: ms to answer a key, 95 %", most[name], most=slow * MOST))]


def milliseconds(lab, handle, key):
    """How long one answer takes."""
    before = handle.evaluate("handle => { handle.focus(); return handle.times.length; }")
    lab.answered()
    lab.page.wait_for_timeout(SETTLED)  # scrolling to it is no part of its answer
    lab.page.keyboard.press(key)
    lab.page.wait_for_timeout(UNWATCHED)  # a question to the page would take part in the frame
    lab.page.wait_for_function("([handle, n]) => handle.times.length > n", arg=[handle.element_handle(), before])
    return handle.evaluate("handle => handle.times.at(-1)")


# a key that is held

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


def keys_held(lab):
    """Keys at 30 a second: each is drawn in a frame of its own."""
    found = []
    for name in EXPLORERS:
        handle = first_slider(explorer(lab, name))
        handle.evaluate(COUNT)
        found += best(lambda: held(lab.page, handle, name), TRIES)
    return found


def held(page, handle, name):
    """Press keys by the clock; a page that takes them more slowly has not kept pace either."""
    handle.focus()
    page.keyboard.press("Home")
    page.wait_for_timeout(200)
    handle.evaluate("handle => { handle.count.keys = []; handle.count.drawn = 0; }")
    start = perf_counter()
    for n in range(KEYS):
        page.wait_for_timeout(max(0, 1000 * (start + n / RATE - perf_counter())))
        page.keyboard.press("ArrowRight" if n % 10 < 5 else "ArrowLeft")
    page.wait_for_timeout(100)
    drawn, keys = handle.evaluate("handle => [handle.count.drawn, handle.count.keys]")
    return [Bound(f"{name}: keys drawn, of {KEYS}", drawn, least=KEYS),
            Bound(f"{name}: keys a second that the page has taken", 1000 * (KEYS - 1) / (keys[-1] - keys[0]),
                  least=KEPT * RATE)]


# while it learns

PAINTED = """() => {
    window.times = [];
    const watch = () => {
        const pressed = performance.now();
        requestAnimationFrame(() => {
            const painted = new MessageChannel();
            painted.port1.onmessage = () => window.times.push(performance.now() - pressed);
            painted.port2.postMessage(null);
        });
    };
    document.addEventListener("keydown", watch, { capture: true });
    window.unwatch = () => document.removeEventListener("keydown", watch, { capture: true });
}"""


def training(lab):
    """The training explorer: steps a second, and keys that are pressed while it learns."""
    return best(lambda: [*steps_a_second(lab), *keys_while_it_runs(lab)], TURNS)


def press(root, label):
    root.get_by_role("button", name=label, exact=True).click()


def steps_a_second(lab, seconds=2):
    root = explorer(lab, "training")
    step = root.locator("[data-value=step]")
    for speed in ("10 steps a frame", "as fast as it goes"):
        press(root, "Reset")
        root.locator("[data-name=speed] select").select_option(speed)
        begun = lab.page.evaluate("performance.now()")
        press(root, "Run")
        lab.page.wait_for_timeout(1000 * seconds)
        press(root, "Stop")
        taken = lab.page.evaluate("performance.now()") - begun
        yield Bound(f"training, {speed}: steps a second", 1000 * int(step.inner_text()) / taken, least=100)


def keys_while_it_runs(lab):
    """Compared with the same view at rest, because a machine that is busy with other work slows both."""
    root = explorer(lab, "training")
    slider, medians = root.locator("[data-name=eta] input[type=range]"), []
    for run in (False, True):
        if run:
            press(root, "Run")
        medians.append(np.median(times_to_paint(lab.page, slider)))
    press(root, "Stop")
    return [Bound("training: ms from a key to the frame while it learns, median", medians[1],
                  most=3 * medians[0] + 50)]


def times_to_paint(page, slider, presses=40):
    """Milliseconds from each key press to the painted frame."""
    slider.focus()
    page.evaluate(PAINTED)
    for n in range(presses):
        page.keyboard.press("ArrowLeft" if n % 2 else "ArrowRight")
        page.wait_for_timeout(30)
    return page.evaluate("unwatch(), times")


# maps

MOVED = """slider => Array.from({ length: 40 }, (_, n) => {
    slider.value = Number(slider.value) + (n % 2 ? 0.05 : -0.05);
    const start = performance.now();
    slider.dispatchEvent(new Event("input"));
    return performance.now() - start; })"""
CHOSEN = """select => {
    select.value = "two minima";
    const start = performance.now();
    select.dispatchEvent(new Event("change"));
    return performance.now() - start; }"""


def descent(lab):
    """The descent explorer: what it computes and draws for a moved weight, usually 3 ms, and a new map, usually 50."""
    root = explorer(lab, "descent")
    moved = root.locator("[data-name=w1] input[type=range]").evaluate(MOVED)
    return [Bound("descent: ms to compute and draw a moved weight, median", np.median(moved), most=50),
            Bound("descent: ms to compute and draw a new map",
                  root.locator("[data-name=example] select").evaluate(CHOSEN), most=500)]
