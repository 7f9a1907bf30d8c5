"""Makes the short films of the explorers anew: `python figures/films.py [FOLDER [NAME …]]`, where Chromium is installed.

A film shows an explorer on a page while a hand moves it.  Time on that page stands still between two frames, so that a
film is the same however fast the machine is.
"""
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image

from bplib import explore
from bplib.bench.browser import browser

FOLDER = Path(__file__).resolve().parent / "films"
WIDTH, HEIGHT = 760, 430
FRAME, GLIDE, LAST, LONGEST = 80, 6, 1500, 10_000
"""Milliseconds of a frame, frames of the hand's way to what it clicks, milliseconds of the last frame and of a film."""
QUALITY = 60
LIST = "films.json"
"""What the films are: name → alternative text, width, height and milliseconds."""


class Camera:
    """Films a page, while a hand does something there.

    frames   PNG images with the milliseconds that each is seen
    last     what the explorer holds at the end, as HTML
    """

    def __init__(self, page, height):
        self.page, self.height, self.root, self.frames, self.last = page, height, page.locator(".bplib"), [], None
        self.hand = WIDTH * 0.6, height * 0.8
        page.mouse.move(*self.hand)
        self.shoot()

    def wait(self, milliseconds):
        """Let time pass on the page, frame by frame."""
        for _ in range(round(milliseconds / FRAME)):
            self.page.clock.run_for(FRAME)
            self.page.evaluate(ADVANCE, FRAME)
            self.shoot()

    def shoot(self):
        image = self.page.screenshot(clip={"x": 0, "y": 0, "width": WIDTH, "height": self.height}, scale="css", caret="hide")
        if self.frames and self.frames[-1][0] == image:
            image, milliseconds = self.frames.pop()
            self.frames.append((image, milliseconds + FRAME))
        else:
            self.frames.append((image, FRAME))

    def go(self, place):
        """Move the hand to an element, or to a point."""
        x, y = place if isinstance(place, tuple) else centre(place)
        start = self.hand
        for n in range(1, GLIDE + 1):
            self.page.mouse.move(start[0] + (x - start[0]) * n / GLIDE, start[1] + (y - start[1]) * n / GLIDE)
            self.wait(FRAME)
        self.hand = x, y

    def click(self, place, then=400):
        self.go(place)
        self.page.mouse.down()
        self.page.mouse.up()
        self.wait(then)

    def press(self, label, then=400):
        """Click a button."""
        self.click(self.root.get_by_role("button", name=label, exact=True), then)

    def drag(self, start, *places, then=400):
        self.go(start)
        self.page.mouse.down()
        for place in places:
            self.go(place)
        self.page.mouse.up()
        self.wait(then)

    def slide(self, slider, *shares, then=400):
        """Drag a slider to these shares of its length, one after the other."""
        box = slider.bounding_box()
        low, high, now = slider.evaluate("one => [one.min, one.max, one.value].map(Number)")
        at = [(now - low) / (high - low), *shares]
        self.drag(*((box["x"] + 8 + (box["width"] - 16) * share, box["y"] + box["height"] / 2) for share in at), then=then)


def centre(element):
    box = element.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


# what is done in each film

def neuron(camera):
    camera.slide(camera.root.locator("[data-name=w] input[type=range]"), 0.8, 0.62)
    camera.press("Run", 3500)


def descent(camera):
    camera.press("Step", 500)
    camera.press("Step", 500)
    camera.press("Run", 4000)


def network(camera):
    camera.root.get_by_label("speed").fill("2")
    camera.press("Play", 7500)


def derivation(camera):
    for _ in range(5):
        camera.press("Next", 900)


def gradient_check(camera):
    camera.slide(camera.root.locator("input[type=range]").first, 0.75, 0.5, 0.25, 0.05, 0.4, then=1600)


def training(camera):
    camera.press("Run", 4200)


def builder(camera):
    camera.drag(camera.root.locator("[data-node=x1] .bplib-builder-handle"), camera.root.locator("button[data-node=o]"))
    camera.root.get_by_label("speed").fill("2")
    camera.press("Play", 6400)


def digit(camera):
    camera.press("Run", 6000)


@dataclass(frozen=True)
class Film:
    """What is done, how the picture of it is told in words, and how much of the page is seen, in pixels from the top."""

    act: Callable[[Camera], None]
    alt: str
    height: int = HEIGHT


FILMS = {
    "neuron": Film(neuron, "The weight of a neuron is moved by its slider, and with it the point on the curve of the cost and "
                           "its tangent; then Run takes step after step downhill, until the slope is almost 0."),
    "descent": Film(descent, "Gradient descent on a map of the cost over two weights: two steps by hand, then Run. The path "
                             "zigzags across a narrow valley and along it to the lowest point."),
    "network": Film(network, "A network of two inputs, two units and one output is played: numbers travel along the edges to "
                             "the cost, and its derivatives come back along the same edges, to every weight."),
    "derivation": Film(derivation, "A derivation of backpropagation step by step: each click on Next changes one part of the "
                                   "formula, with the rule that was used."),
    "gradient_check": Film(gradient_check, "The step of a difference quotient gets shorter and shorter: its error falls, and "
                                           "rises again where rounding eats up the digits."),
    "training": Film(training, "A network learns while one watches: points of two classes lie in opposite corners, and the "
                               "border between two colours bends until each corner has its own; the cost falls."),
    "builder": Film(builder, "An arrow is drawn in a network, from an input to the output; the paths of its weight to the cost "
                             "light up, and the computation is played along the arrows, forward and back."),
    "digit": Film(digit, "A picture of a digit moves against its gradient, pixel by pixel, until the network reads another "
                         "digit; the bars of its ten outputs follow."),
}

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>{name}</title>
<style>body {{ margin: 0; background: #fff; }} {style}
.hand {{ position: fixed; z-index: 9; left: 0; top: 0; pointer-events: none; }}</style><div id="place"></div>
<svg class="hand" width="22" height="26"><path d="M2 2v19l5-5 3 8 4-2-3-7h7z" fill="#212121" stroke="#fff" stroke-width="1.5"/></svg>
<script type="module">
const values = {values}, listeners = new Map(), changed = new Set();
const model = {{
  widget_manager: null,
  get: (name) => values[name],
  set(name, value) {{ values[name] = value; changed.add(name); }},
  on: (event, hear) => listeners.set(event, [...listeners.get(event) ?? [], hear]),
  off() {{}},
  async save_changes() {{
    const told = Object.fromEntries([...changed].map((name) => [name, values[name]]));
    changed.clear();
    for (const [name, value] of Object.entries(await python(told))) {{
      values[name] = value;
      for (const hear of listeners.get(`change:${{name}}`) ?? []) hear();
    }}
  }},
}};
const address = URL.createObjectURL(new Blob([{module}], {{ type: "text/javascript" }}));
(await import(address)).default.render({{ model, el: document.getElementById("place") }});
const hand = document.querySelector(".hand");
addEventListener("pointermove", ({{ clientX, clientY }}) => {{
  hand.style.transform = `translate(${{clientX - 2}}px, ${{clientY - 2}}px)`; }}, true);
</script>"""
ADVANCE = """milliseconds => { for (const one of document.getAnimations()) {
    one.pause();
    const then = one.currentTime + milliseconds * one.playbackRate;
    if (then >= one.effect.getComputedTiming().endTime) one.finish();
    else one.currentTime = then;
} }"""
"""Lets the browser's own animations go on, which do not follow the page's clock."""


def filmed(chromium, name, camera=Camera):
    """The camera that has filmed an explorer; where it asks Python, it is answered."""
    explorer = getattr(explore, name)()
    own = [key for key in explorer.keys if not key.startswith("_") and key not in ("layout", "tooltip", "tabbable")]

    def python(told):
        before = explorer.get_state(own)
        explorer.set_state(told)
        after = explorer.get_state(own)
        return {key: value for key, value in after.items() if value != before[key] and key not in told}

    page = chromium.new_page(viewport={"width": WIDTH, "height": 1000})
    try:
        page.expose_function("python", python)
        values, module = (json.dumps(what).replace("</", "<\\/") for what in (explorer.get_state(own), explorer._esm))
        page.set_content(PAGE.format(name=name, style=explorer._css, values=values, module=module))
        page.locator(".bplib :is(button, input)").first.wait_for()
        page.clock.install()
        page.clock.pause_at(page.evaluate("Date.now()") + 1000)
        filming = camera(page, FILMS[name].height)
        FILMS[name].act(filming)
        filming.last = filming.root.inner_html()
        return filming
    finally:
        page.close()


def write(folder, name, frames):
    """Write a film, and its last frame for those who want nothing that moves; returns its row of the list."""
    images = [Image.open(BytesIO(image)).convert("RGB") for image, _ in frames]
    times = [milliseconds for _, milliseconds in frames]
    times[-1] += LAST
    images[0].save(folder / f"{name}.webp", save_all=True, append_images=images[1:], duration=times, loop=0,
                   quality=QUALITY, method=6, minimize_size=True)
    images[-1].save(folder / f"{name}-still.webp", quality=80, method=6)
    return {"alt": FILMS[name].alt, "width": WIDTH, "height": FILMS[name].height, "milliseconds": sum(times)}


def main(folder=FOLDER, *names):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    listed = folder / LIST
    rows = json.loads(listed.read_text(encoding="utf-8")) if listed.exists() else {}
    with browser() as chromium:
        for name in names or FILMS:
            rows[name] = write(folder, name, filmed(chromium, name).frames)
            rows = {name: rows[name] for name in FILMS if name in rows}
            listed.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
            size = (folder / f"{name}.webp").stat().st_size
            print(f"{name}: {size / 1000:.0f} kB, {rows[name]['milliseconds'] / 1000:.1f} s")


if __name__ == "__main__":
    main(*sys.argv[1:])
