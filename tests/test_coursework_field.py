"""The field for an answer, in Python and in JupyterLab: what is typed is typeset, judged, and stays in the field."""
import json
import re

import pytest
from explorers import violations
from jupyter import assert_saved_from
from playwright.sync_api import expect

from bplib import InputError
from bplib.coursework import EXERCISES, check, field

RIGHT, WRONG, HALF_TYPED = "2*(a-y)*g'(z)*x", "(a-y)*g'(z)*x", "2*(a-"
FORMULAS = [row for row in EXERCISES.values() if row.kind == "formula"]


# in Python

@pytest.mark.parametrize("answer, told", [
    (RIGHT, "Exercise 1.1: right."), ("", "Exercise 1.1: nothing here yet."), (None, "Exercise 1.1: nothing here yet."),
    (WRONG, "Exercise 1.1: not yet. **The 2 of the square is lost.**"), (HALF_TYPED, "Exercise 1.1: cannot be read."),
    (5, "Exercise 1.1: cannot be read. A formula is a text in quotation marks; given: a number."),
])
def test_what_stands_in_the_cell_is_judged_at_once(answer, told):
    one = field("1.1", answer)
    assert repr(one).startswith(told)
    assert one.verdict["outcome"] == check("1.1", answer).outcome


@pytest.mark.parametrize("row", FORMULAS, ids=[row.id for row in FORMULAS])
def test_every_formula_exercise_has_a_field(row):
    one = field(row.id, "2")
    assert one.preview["mathml"].startswith("<math") and one.verdict["outcome"] == "wrong"
    assert one.facts["hints"] == list(row.hints) and one.facts["copy"] == row.variable


def test_a_new_answer_is_read_and_not_yet_judged():
    one = field("1.1", RIGHT)
    one.answer = HALF_TYPED
    assert one.preview["position"] == len(HALF_TYPED) and "read: the end" in one.preview["message"]
    assert one.preview["mathml"] == "" and repr(one) == "Exercise 1.1: not checked yet."
    one.answer = RIGHT
    assert "<mi>x</mi>" in one.preview["mathml"] and repr(one) == "Exercise 1.1: right."


def test_what_is_typed_never_becomes_part_of_the_page():
    one = field("1.1", "(a]<b>y</b>")
    page = one._repr_mimebundle_()[0]["text/html"]
    for shown in (one.verdict["html"], page):
        assert "<b>" not in shown and "&lt;b&gt;y" in shown
    one.answer = "<b>"
    assert "<b>" not in one.preview["mathml"]


@pytest.mark.parametrize("id", ["1.3", "1.6", "1.7"])
def test_other_exercises_have_none(id):
    with pytest.raises(InputError, match=re.escape(f'check("{id}", {EXERCISES[id].variable})')):
        field(id)


# in JupyterLab

CELLS = ['from bplib.coursework import field\none = field("1.1", "")\none',
         f'two = field("1.1", "{RIGHT}")\ntwo', 'three = field("3.1", "sum_k W2[k,j]*delta2[k]")\nthree']


@pytest.fixture(scope="module")
def lab(lab):
    lab.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    return lab


class Shown:
    """The n-th field on the page."""

    def __init__(self, lab, n=0):
        self.lab, self.root = lab, lab.explorer(n)
        self.input = self.root.get_by_role("textbox")
        self.formula = self.root.locator(".bplib-field-formula")
        self.note = self.root.locator(".bplib-field-note")
        self.verdict = self.root.locator(".bplib-field-verdict")
        self.message = self.root.locator(".bplib-message")

    def type(self, text):
        self.input.fill("")
        self.input.press_sequentially(text, delay=20)

    def button(self, name):
        return self.root.get_by_role("button", name=name, exact=True)


@pytest.fixture
def one(lab):
    yield Shown(lab)
    complaints, lab.complaints[:] = lab.errors(), []
    assert not complaints


def test_the_verdict_on_the_cell_is_there_at_once(lab):
    expect(Shown(lab, 0).verdict).to_be_empty()
    expect(Shown(lab, 1).verdict).to_contain_text("✓ Right")
    expect(Shown(lab, 2).verdict).to_contain_text("The slope of the hidden layer is lost")
    expect(Shown(lab, 2).formula.locator("math")).to_be_visible()


def test_it_is_typeset_while_it_is_typed(one, lab):
    one.type("2*(a-y)/3")
    expect(one.formula.locator("mfrac")).to_be_visible()
    expect(one.note).to_be_empty()
    expect(one.verdict).to_be_empty()
    assert lab.python("print(one.answer)").strip() == "2*(a-y)/3"


def test_what_is_missing_is_said_and_shown(one):
    one.type(HALF_TYPED)
    expect(one.note).to_contain_text("At character 6")
    expect(one.formula.locator("mark")).to_have_text("…")
    one.type("2 & a")
    expect(one.formula.locator("mark")).to_have_text("&")
    expect(one.message).to_be_empty()


@pytest.mark.parametrize("ask", ["Enter", "Check"])
def test_a_verdict_is_that_of_check(one, ask):
    for text, told in ((WRONG, "✗ Not yet"), (RIGHT, "✓ Right"), (HALF_TYPED, "– Cannot be read")):
        one.type(text)
        expect(one.verdict).to_be_empty()
        one.input.press("Enter") if ask == "Enter" else one.button("Check").click()
        expect(one.verdict).to_contain_text(told)
        plain = check("1.1", text).feedback.replace("**", "").replace("`", "").split("\n")[0]
        assert plain[:60] in one.verdict.inner_text()


def test_a_verdict_belongs_to_its_text(one):
    one.type(RIGHT)
    one.input.press("Enter")
    expect(one.verdict).to_contain_text("Right")
    one.input.press("Backspace")
    expect(one.verdict).to_be_empty()
    one.input.press("x")
    expect(one.verdict).to_contain_text("Right")


HOLD = """
import os, time
from bplib.coursework.field import Field
at_once = {{name: getattr(Field, name) for name in ("read", "check")}}
def held(work):
    def waits(*arguments):
        while not os.path.exists({done!r}):
            time.sleep(0.02)
        return work(*arguments)
    return waits
for name, work in at_once.items():
    setattr(Field, name, held(work))
"""
"""Python takes what the page says in the thread of the cells or in one beside it: either is held up."""


@pytest.fixture
def busy(lab, tmp_path):
    """Python neither reads nor judges until the function that is given is called."""
    done = tmp_path / "done"
    lab.python(HOLD.format(done=done.as_posix()))
    yield done.touch
    done.touch()
    lab.python("for name, work in at_once.items(): setattr(Field, name, work)")


def test_a_busy_kernel_judges_the_last_text_when_it_can(one, lab, busy):
    for text in ("a", "a-y", f"1*{WRONG}"):  # which no other test has judged
        one.input.fill(text)
        lab.page.wait_for_timeout(200)
    one.input.press("Enter")
    expect(one.verdict).to_have_text("Python is checking …")
    busy()
    expect(one.verdict).to_contain_text("The 2 of the square is lost", timeout=15000)
    expect(one.message).to_be_empty()


def test_python_sets_the_answer(one, lab):
    lab.python('one.answer = "2*(a-y)*x"')
    expect(one.input).to_have_value("2*(a-y)*x")
    expect(one.formula.locator("math")).to_be_visible()
    expect(one.verdict).to_be_empty()
    one.button("Check").click()
    expect(one.verdict).to_contain_text("The slope of the output is lost")


def test_hints_open_one_by_one(one):
    hints, list_ = EXERCISES["1.1"].hints, one.root.get_by_role("list", name="hints")
    one.button("Hint 2").click()
    expect(list_).to_have_text(hints[1])
    one.button("Hint 1").press("Enter")
    expect(list_.get_by_role("listitem")).to_have_text(list(hints))
    one.button("Hint 1").click()
    one.button("Hint 2").click()
    expect(one.button("Hint 2")).to_have_attribute("aria-expanded", "false")
    expect(list_).to_have_count(0)


def test_the_line_for_the_cell_is_copied(one, lab):
    one.type('2 "a" \\cdot b')
    one.button("Copy").click()
    expect(one.message).to_contain_text("Copied: answer_1_1 = ")
    line = lab.page.evaluate("navigator.clipboard.readText()")
    scope = {}
    exec(line, scope)  # our own line
    assert scope["answer_1_1"] == '2 "a" \\cdot b'
    assert one.root.get_by_text("What counts is what stands in the cell").is_visible()


@pytest.fixture
def cell(lab):
    """Function that writes into the last cell, and one that says what stands there."""
    at = "jupyterapp.shell.currentWidget.content.widgets.at(-1).model.sharedModel"
    yield (lambda source: lab.page.evaluate(f"source => {at}.setSource(source)", source),
           lambda: lab.page.evaluate(f"{at}.source"))
    lab.page.evaluate(f"() => {at}.setSource('')")


@pytest.mark.parametrize("before, after", [
    ('answer_1_1 = ""', "answer_1_1 = {}"),
    ("# mine\nanswer_1_1 = '2*\\'a'  \nx = 1", "# mine\nanswer_1_1 = {}\nx = 1"),
])
def test_what_is_checked_is_written_into_the_cell(one, cell, before, after):
    write, source = cell
    write(before)
    for text in (WRONG, RIGHT, 'a "b" \\cdot'):
        one.type(text)
        expect(one.message).to_be_empty()
        one.input.press("Enter")
        expect(one.message).to_have_text(f"Now in the cell: answer_1_1 = {json.dumps(text)}")
        assert source() == after.format(json.dumps(text))
        expect(one.input).to_be_focused()


@pytest.mark.parametrize("before", [
    "answer_1_1 = best()", 'answer_1_1 = """a"""', 'answer_1_1 = r"a"', 'answer_1_10 = ""', 'my_answer_1_1 = ""',
    '    answer_1_1 = ""', 'answer_1_1 = "a" + "b"', 'answer_1_1 == ""'])
def test_what_is_no_plain_text_in_the_cell_stays(one, cell, before):
    write, source = cell
    write(before)
    one.type(WRONG)
    one.input.press("Enter")
    expect(one.verdict).to_contain_text("Not yet")
    assert source() == before
    expect(one.message).to_be_empty()


def test_keys_stay_in_the_field(one, lab):
    before = lab.cells()
    cells = "jupyterapp.shell.currentWidget.content.model.sharedModel.toJSON().cells.map((cell) => cell.source)"
    sources = lab.page.evaluate(cells)
    for target in (one.input, one.button("Check"), one.button("Hint 1"), one.button("Copy")):
        target.focus()
        for key in ("d", "d", "x", "a", "b", "m", "Shift+Enter", "Escape"):
            lab.page.keyboard.press(key)
    assert lab.cells() == before and lab.page.evaluate(cells) == sources


def test_the_notebook_is_saved_from_inside(one, lab, server):
    """With what was typed still there, and its verdict."""
    one.type(RIGHT)
    one.input.press("Enter")
    expect(one.verdict).to_contain_text("✓ Right")
    for element in (one.input, one.button("Check")):
        assert_saved_from(lab, server.folder, element)
    expect(one.verdict).to_contain_text("✓ Right")
    expect(one.input).to_have_value(RIGHT)


def test_everything_is_reached_by_tab(one, lab):
    one.input.focus()
    names = []
    for _ in range(4):
        lab.page.keyboard.press("Tab")
        names.append(lab.page.evaluate("document.activeElement.textContent"))
    assert names == ["Check", "Hint 1", "Hint 2", "Copy"]


def test_typing_moves_nothing(one):
    places = """root => [...root.querySelectorAll("input, button")].map((one) => {
        const { x, y, width, height } = one.getBoundingClientRect(), box = root.getBoundingClientRect();
        return [x - box.x, y - box.y, width, height].join(); })"""
    one.type("a")
    before = one.root.evaluate(places)
    for text in (HALF_TYPED, "sum_s (a[s] - y[s])^2/N*exp(z)/(1 + exp(z))", RIGHT * 12):
        one.input.fill(text)
        expect(one.formula).to_have_attribute("data-text", text)
        assert one.root.evaluate(places) == before, text


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_axe_finds_no_violation(one, lab, theme):
    lab.theme(theme)
    for text in (RIGHT, WRONG, HALF_TYPED):
        one.input.fill(text)
        one.input.press("Enter")
        expect(one.verdict).not_to_be_empty()
        one.root.evaluate("root => { root.id = 'bplib-under-test'; root.scrollIntoView(); }")
        assert violations(lab.page, "#bplib-under-test") == []


# the last test, because it ends the kernel

def test_without_a_kernel_it_says_so(lab):
    one = Shown(lab)
    lab.page.evaluate("jupyterapp.shell.currentWidget.sessionContext.session.kernel.shutdown()")
    one.input.fill("a + y")
    expect(one.message).to_contain_text("need a running kernel", timeout=15000)
    assert one.input.is_enabled() and one.input.input_value() == "a + y"


@pytest.mark.parametrize("id, text", [
    ("1.1", "((a-y)^2)^2"), ("1.1", "a" * 350), ("1.1", "x" * 1500), ("1.1", "x " * 398),
    ("2.1", "exp(20)*x_q_j"),
])
def test_a_field_shows_whatever_can_be_typed(id, text):
    """A formula is typeset, or a sentence says why it cannot be read; nothing raises."""
    shown = field(id, text).preview
    assert shown["mathml"].startswith("<math") != bool(shown["message"])
