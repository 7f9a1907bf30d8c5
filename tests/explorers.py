"""What tests of any explorer share: all that there are, and how to move one that is not known any further."""
import re

import pytest
from axe_playwright_python.base import AXE_SCRIPT

import bplib.explore

EXPLORERS = bplib.explore.__all__
CELLS = [f"import bplib\n{name} = bplib.explore.{name}()\n{name}" for name in EXPLORERS]
each = pytest.mark.parametrize("name", EXPLORERS)

SHOWN = """root => {
    const copy = root.cloneNode(true);
    copy.querySelectorAll(".bplib-spoken").forEach((one) => one.remove());
    return [copy.innerHTML, ...[...root.querySelectorAll("input, select")].map((one) => one.value + one.checked),
            ...[...root.querySelectorAll("canvas")].map((one) => one.toDataURL())].join("\\n"); }"""
"""All that a view shows, except what it says to screen readers a while later."""


DRAWN = "() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => drawn())))"
"""Kept when the frame that shows what has just been done is over."""


class View:
    """Any explorer on the page: its root, and the control that is moved, its first slider with a field beside it."""

    def __init__(self, root):
        self.root, self.page = root, root.page
        self.handle = root.locator("[data-name] input[type=range]:enabled").first

    def shown(self):
        return self.root.evaluate(SHOWN)

    def ends(self):
        return [float(end) for end in self.handle.evaluate("one => [one.min, one.max, one.step, one.value]")]

    def press(self, *keys):
        """Press keys on the first slider; returns whether anything that is shown has changed."""
        self.handle.focus()
        before = self.shown()
        for key in keys:
            self.page.keyboard.press(key)
        self.page.evaluate(DRAWN)
        return self.shown() != before

    def moves(self):
        return self.press("ArrowRight") or self.press("ArrowLeft")


class Controls:
    """The controls of an explorer by their names, as a person uses them; a base for what tests know of each view."""

    def __init__(self, root):
        self.root, self.page, self.message = root, root.page, root.locator(".bplib-message")

    def slider(self, name):
        return self.root.locator(f"[data-name={name}] input[type=range]")

    def field(self, name):
        return self.root.locator(f"[data-name={name}] input[type=text]")

    def menu(self, name):
        return self.root.locator(f"[data-name={name}] select")

    def press(self, label, times=1):
        """Click a button, with the mouse; the clicks after the first come without its way there."""
        button = self.root.get_by_role("button", name=label, exact=True)
        button.click()
        if times > 1:
            button.evaluate("(one, more) => { while (more--) one.click(); }", times - 1)

    def choose(self, **choices):
        for name, choice in choices.items():
            self.menu(name).select_option(choice)

    def type(self, **values):
        for name, value in values.items():
            self.field(name).fill(str(value))
            self.field(name).press("Enter")


STILL = """root => new Promise((done) => {
    const looks = () => JSON.stringify([root.innerHTML, root.getBoundingClientRect()]);
    let last = looks(), left = 20;
    const frame = () => {
        const now = looks();
        left = now === last ? left - 1 : 20;
        last = now;
        if (left) requestAnimationFrame(frame);
        else done();
    };
    frame();
})"""


def still(root):
    """Wait until what a view shows, its place and its size have been the same in 20 frames."""
    root.evaluate(STILL)


def refused(make, name, value, says):
    """Whether a setting of an explorer is refused with these words: when it is set, and when one is made with it.

    The last good value stays.
    """
    explorer = make()
    if name in explorer.traits():
        before = getattr(explorer, name)
        with pytest.raises(bplib.InputError, match=re.escape(says)):
            setattr(explorer, name, value)
        assert getattr(explorer, name) is before
    with pytest.raises(bplib.InputError, match=re.escape(says)):
        make(**{name: value})
    return True


def violations(page, selector, **options):
    """What axe-core finds wrong, by any of its rules or as its `options` say: a line for each element."""
    # JupyterLab's body has no height and hides what overflows: axe would take all of it for hidden.
    page.evaluate("document.body.style.minHeight = '100vh'")
    if page.evaluate("!('axe' in window)"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate("([where, options]) => axe.run(where, options)", [selector, {"selectors": False, **options}])
    contrasts = [check["data"] for kind in ("passes", "violations") for rule in found[kind]
                 if rule["id"] == "color-contrast" for node in rule["nodes"] for check in node["any"]]
    unseen = [f"{check['message']} {node['html'][:120]}" for rule in found["incomplete"]
              if rule["id"] == "color-contrast" for node in rule["nodes"] for check in node["any"]]
    assert sum("contrastRatio" in data for data in contrasts) > 5, f"axe has seen no text: {unseen[:5]}"
    return [f"{rule['id']} ({rule['impact']}): {node['html'][:200]} {node['failureSummary'][-160:]}"
            for rule in found["violations"] for node in rule["nodes"]]
