"""What holds for every explorer in JupyterLab, for each public function of bplib.explore."""
import pytest
from explorers import CELLS as CELLS
from explorers import EXPLORERS, View, each, still, violations
from jupyter import assert_saved_from
from playwright.sync_api import expect

CONTROLS = ":is(input, select, button, summary, textarea, [tabindex]):not([disabled], [tabindex='-1'])"


@pytest.fixture
def view(lab, name):
    """An explorer as the tests before have left it; nothing may be complained of."""
    view = View(lab.explorer(EXPLORERS.index(name)))
    view.handle.wait_for()
    lab.page.evaluate("document.activeElement.blur()")
    yield view
    complaints, lab.complaints[:] = lab.errors(), []
    assert not complaints


@each
@pytest.mark.smoke
def test_it_appears_and_moves(view, lab):
    assert view.root.is_visible() and view.root.text_content().strip().startswith("Try: ")
    assert view.moves()


def test_a_notebook_that_is_closed_and_opened_again(lab):
    """The kernel has gone on running: the explorers are there again and still talk to it."""
    lab.command("docmanager:save")
    lab.open()
    expect(lab.page.locator(".bplib")).to_have_count(len(EXPLORERS), timeout=30000)
    assert all(View(lab.explorer(n)).moves() for n in range(len(EXPLORERS)))
    assert not lab.errors()


@each
def test_a_cell_that_runs_again_has_one_view(view, lab, name):
    lab.python(None, EXPLORERS.index(name))
    expect(lab.page.locator(".bplib")).to_have_count(len(EXPLORERS))
    assert view.moves()


@each
def test_the_notebook_is_saved_from_inside(view, lab, server):
    assert_saved_from(lab, server.folder, view.handle)


@each
@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_axe_finds_no_violation(view, lab, theme):
    """Names, roles, contrast and more, by the rules of axe-core."""
    lab.theme(theme)
    view.root.evaluate("root => { root.id = 'bplib-under-test'; root.scrollIntoView(); }")
    found = violations(lab.page, "#bplib-under-test")
    view.root.evaluate("root => root.removeAttribute('id')")
    assert found == []


@each
def test_every_control_is_reached_by_tab_and_seen(view, lab):
    controls = view.root.locator(f"{CONTROLS}:visible")
    wanted = {n for n, one in enumerate(controls.all())
              if one.evaluate("one => one.type !== 'radio' || one.checked")}
    view.root.evaluate("(root, controls) => { root.all = [...root.querySelectorAll(controls)].filter("
                       "(one) => one.checkVisibility()); root.all[0].focus(); }", CONTROLS)
    reached, unseen = set(), []
    lab.page.keyboard.press("Tab")
    lab.page.keyboard.press("Shift+Tab")
    while True:
        at, name, style = view.root.evaluate("""root => {
            const one = document.activeElement, { outlineStyle, outlineWidth } = getComputedStyle(one);
            const name = one.ariaLabel || one.labels?.[0]?.textContent || one.textContent;
            return [root.all.indexOf(one), name.trim(), `${outlineStyle} ${outlineWidth}`]; }""")
        if at == -1 or at in reached:
            break
        reached.add(at)
        assert name, f"control {at} has no name"
        if style.startswith("none") or style.endswith(" 0px"):
            unseen.append(name)
        lab.page.keyboard.press("Tab")
    assert reached == wanted and not unseen


@each
def test_keys_stay_in_the_view(view, lab):
    """In JupyterLab dd deletes the cell, x cuts it, a and b add one, m makes it prose."""
    before = lab.page.evaluate("jupyterapp.shell.currentWidget.content.model.sharedModel.toJSON().cells"
                               ".map(({ source, cell_type }) => [source, cell_type])")
    for kind in ("input[type=range]", "input[type=text]", "input[type=checkbox]", "select", "button"):
        for control in view.root.locator(f"{kind}:enabled:visible").all()[:1]:
            control.focus()
            for key in ("d", "d", "x", "a", "b", "m"):
                lab.page.keyboard.press(key)
    assert lab.page.evaluate("jupyterapp.shell.currentWidget.content.model.sharedModel.toJSON().cells"
                             ".map(({ source, cell_type }) => [source, cell_type])") == before
    assert view.root.is_visible()


@each
def test_two_are_independent(view, lab, name):
    before = view.shown()
    lab.python(f"another = bplib.explore.{name}()\nanother")
    other = View(lab.explorer(len(EXPLORERS)))
    assert other.moves() and view.shown() == before
    lab.python("")
    expect(lab.page.locator(".bplib")).to_have_count(len(EXPLORERS))
    assert view.moves()


@each
def test_sixty_moves_in_a_row_end_where_they_should(view, lab, name):
    low, high, step, value = view.ends()
    view.press("Home", *["ArrowRight"] * 60)
    wanted = min(low + 60 * step, high)
    assert view.ends()[-1] == pytest.approx(wanted, abs=step / 1000)
    lab.answered()
    assert view.ends()[-1] == pytest.approx(wanted, abs=step / 1000)
    trait, typed = view.handle.evaluate("""one => { const slider = one.closest("[data-name]");
        return [slider.dataset.name, slider.querySelector("input[type=text]").value]; }""")
    heard = lab.python(f"print(getattr({name}, {trait!r}, None))").strip()  # some sliders are of the view alone
    assert heard == "None" or float(heard) == pytest.approx(float(typed), rel=1e-5)


PLACES = """root => {
    const { x, y, height } = root.getBoundingClientRect();
    const place = (one, n) => {
        const box = one.getBoundingClientRect();
        const name = `${n} ${one.tagName} ${one.closest("[data-name]")?.dataset.name}`;
        return [name, box.x - x, box.y - y, box.width, box.height].join(" | ");
    };
    const parts = root.querySelectorAll("input, select, button, canvas, svg[role=img], [role=img]");
    return [`height ${height}`, ...[...parts].map(place)]; }"""


@each
def test_nothing_jumps_when_sliders_move(view, lab):
    before = view.root.evaluate(PLACES)
    for slider in view.root.locator("input[type=range]:enabled").all():
        slider.focus()
        for key in ("ArrowRight", "PageUp", "End", "PageDown", "Home"):
            lab.page.keyboard.press(key)
            after = view.root.evaluate(PLACES)
            moved = [pair for pair in zip(before, after) if pair[0] != pair[1]]
            assert not moved, (slider.get_attribute("aria-valuetext"), key)


@each
def test_a_narrow_window_cuts_nothing_off(view, lab):
    """600 px, with the file browser closed; what is wider scrolls inside the view."""
    lab.command("application:toggle-left-area")
    lab.page.set_viewport_size({"width": 600, "height": 1000})
    lab.page.wait_for_function("() => document.body.clientWidth === 600")
    view.root.evaluate("root => root.scrollIntoView()")  # what is far from the window is not told of its new size
    still(view.root)
    cut = view.root.evaluate("""root => {
        const { right } = root.getBoundingClientRect();
        const scrolls = (one) => one !== root && (/auto|scroll|hidden/.test(getComputedStyle(one).overflowX)
                                                  || scrolls(one.parentElement));
        return [...root.querySelectorAll("*")].filter((one) => one.getBoundingClientRect().right > right + 1
            && !one.closest("svg svg, .bplib-spoken") && !scrolls(one)).map((one) => one.outerHTML.slice(0, 120)); }""")
    width, room = view.root.evaluate("root => [root.scrollWidth, root.clientWidth]")
    lab.page.set_viewport_size({"width": 1400, "height": 1100})
    lab.command("application:toggle-left-area")
    assert 300 < room < 600 and cut == [] and width <= room


PICTURES = """root => new Promise((done) => {
    const drawn = () => [...root.querySelectorAll("canvas")].map((one) => one.toDataURL())
        .concat([...root.querySelectorAll("svg")].map((one) => one.outerHTML)).join();
    let last = drawn(), changes = 0, left = 30;
    const frame = () => {
        const now = drawn();
        changes += now !== last;
        last = now;
        if (left--) requestAnimationFrame(frame);
        else done([changes, root.getAnimations({ subtree: true }).length]);
    };
    frame();
})"""
"""How often pictures change in 30 frames, and how many animations of the style sheet run."""


@each
def test_nothing_is_animated_where_motion_is_not_wanted(view, lab, name):
    lab.page.emulate_media(reduced_motion="reduce")
    lab.python(None, EXPLORERS.index(name))
    view.handle.wait_for()
    for button in view.root.get_by_role("button").all():
        if button.is_enabled() and button.is_visible():
            button.click()
            changes, animations = view.root.evaluate(PICTURES)
            assert changes <= 1 and animations == 0, button.inner_text()
    lab.page.emulate_media(reduced_motion="no-preference")


# The last tests, because they end the kernel


def test_a_restarted_kernel(lab):
    """What is on the page goes on; run again, a cell has one view, and that talks to Python."""
    lab.page.evaluate("jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    assert all(View(lab.explorer(n)).moves() for n in range(len(EXPLORERS)))
    for n, name in enumerate(EXPLORERS):
        lab.python(None, n)
        expect(lab.page.locator(".bplib")).to_have_count(len(EXPLORERS))
        assert View(lab.explorer(n)).moves()
    assert not lab.errors()


def test_a_notebook_whose_kernel_is_gone(lab):
    """Opened again on another day: the explorers are there and move, without Python."""
    lab.command("docmanager:save")
    lab.page.evaluate("jupyterapp.shell.currentWidget.sessionContext.shutdown()")
    lab.open()
    expect(lab.page.locator(".bplib")).to_have_count(len(EXPLORERS), timeout=30000)
    assert all(View(lab.explorer(n)).moves() for n in range(len(EXPLORERS)))
    assert not lab.errors()
