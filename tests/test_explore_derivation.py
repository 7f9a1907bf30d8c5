"""The derivation explorer: what it says of each step is true, and the page walks through all of them."""
import re
from xml.etree import ElementTree

import pytest
import sympy as sp
from networks_to_test import derivation_of
from playwright.sync_api import expect

import bplib
from bplib.conventions import TABLE
from bplib.explore import stepper
from bplib.meaning import Point
from bplib.steps import check

SHOWN = ["neuron", "neuron, cross entropy", "2-2-1", "deep", "softmax and labels", "graph with skips"]
PLAIN = ["neuron", "neuron, cross entropy", "graph with a triangle"]
"""Networks without sums over units, in which a factor and what it becomes can be compared by themselves."""


@pytest.fixture(scope="module")
def derivations():
    return {name: derivation_of(name) for name in {*SHOWN, *PLAIN}}


def text(page):
    """The characters of MathML."""
    return "".join(ElementTree.fromstring(page).itertext())


@pytest.mark.parametrize("name", SHOWN)
def test_what_a_step_starts_from_is_an_equation_or_what_was_found(derivations, name):
    derivation = derivations[name]
    equations = {(e.left, e.right) for e in derivation.network.equations}
    for at, step in enumerate(derivation.steps):
        said, before, _ = stepper.origin(derivation, at)
        if said == "So far":
            assert any((one.left, one.right) == before for one in derivation.steps[:at])
        elif said:
            renamed = [(left.xreplace({stepper.j: stepper.i}), right.xreplace({stepper.j: stepper.i}))
                       for left, right in equations]
            assert before in equations or before in renamed
        else:
            assert step.rule in ("chain rule", "several paths")


@pytest.mark.parametrize("name", PLAIN)
def test_parts_with_one_mark_are_equal(derivations, name):
    """Evaluated at random numbers: what is marked in the formula before equals what has that mark in the one after."""
    derivation, compared = derivations[name], 0
    for at, step in enumerate(derivation.steps):
        said, before, marks = stepper.origin(derivation, at)
        several = before and any(stepper.adds_paths(e) for side in (before[1], step.right) for e in side.atoms(sp.Add))
        if said == "So far" and step.rule != "error term" and not several:
            for mark in set(marks.values()) - {None}:
                old, new = (sp.Mul(*(part for part in stepper.factors(side) if marks.get(part) == mark))
                            for side in (before[1], step.right))
                assert check(old, new, Point(derivation.network)).passed, (step, mark)
                compared += 1
    assert compared > 8


@pytest.mark.parametrize("name", SHOWN)
def test_a_step_uses_what_its_factors_are_named_after(derivations, name):
    steps = derivations[name].steps
    for at, step in enumerate(steps):
        for part, used in stepper.known(steps, at).items():
            assert used < at and part.xreplace({stepper.i: stepper.j}) == steps[used].left.xreplace(
                {stepper.i: stepper.j})
        if step.rule == "substitution":
            assert stepper.known(steps, at)


def test_the_way_of_a_change():
    steps = bplib.derive(bplib.neuron("g")).about("w")
    chain = next(step for step in steps if step.rule == "chain rule")
    assert [str(entry) for entry in stepper.path(chain.right)] == ["w", "z[s]", "a[s]", "losses[s]"]


@pytest.mark.parametrize("notation", TABLE)
@pytest.mark.parametrize("name", ["neuron, cross entropy", "2-2-1", "softmax and labels"])
def test_formulas_are_mathml_in_every_notation(derivations, name, notation):
    for step in stepper.formulas(derivations[name], TABLE[notation])["steps"]:
        for page in filter(None, (step["before"], step["after"], *step["path"])):
            assert ElementTree.fromstring(page).tag == "math" and not re.search(r"\\|\$|mathcolor", page)
        assert "bplib-mark" in step["after"] + step["before"] or step["path"] or not step["before"] or \
            step["rule"] == "batch"


@pytest.mark.parametrize("value", [0, 44, 1.5, "2", None, True])
def test_there_is_no_such_step(value):
    explorer = bplib.explore.derivation()
    with pytest.raises(bplib.InputError, match="a whole number from 1 to 43"):
        explorer.step = value
    assert explorer.step == 1
    with pytest.raises(bplib.InputError, match="a whole number from 1 to 43"):
        bplib.explore.derivation(step=value)


def test_what_is_given_is_a_network_or_its_derivation():
    derivation = bplib.derive(bplib.neuron("tanh"))
    assert bplib.explore.derivation(derivation).facts == bplib.explore.derivation(bplib.neuron("tanh")).facts
    with pytest.raises(bplib.InputError):
        bplib.explore.derivation([3, 4, 2])
    with pytest.raises(bplib.InputError, match="Did you mean 'nielsen'"):
        bplib.explore.derivation(notation="nielson")


# in the page

CELLS = ["import bplib\nex = bplib.explore.derivation()\nex"]


@pytest.fixture
def view(lab):
    lab.python("ex.step = 1; ex.notation = 'bplib'")
    view = lab.explorer()
    expect(view.get_by_role("heading")).to_contain_text("Step 1 of 43")
    yield view
    assert not lab.errors()


def formula(view, which):
    return view.locator(f"[data-formula={which}]").evaluate("one => one.textContent")


def test_next_walks_through_all_steps_and_back_returns(view):
    derivation = bplib.derive(bplib.dense([3, 4, 2], "sigmoid"))
    expected = stepper.formulas(derivation, TABLE["bplib"])["steps"]
    following, seen = view.get_by_role("button", name="Next"), []
    for at, step in enumerate(expected, 1):
        assert f"Step {at} of 43: {step['rule']}" == view.get_by_role("heading").text_content()
        assert formula(view, "after") == text(step["after"])
        if step["before"]:
            assert formula(view, "before") == text(step["before"])
        seen.append(view.locator(".bplib-stepper-sentence").text_content())
        if at < 43:
            following.click()
    assert seen == [step.sentence for step in derivation.steps]
    assert following.is_disabled()
    view.get_by_role("button", name="Back").click()
    assert formula(view, "after") == text(expected[41]["after"])


def test_slider_field_and_parts_go_to_a_step(view, lab):
    slider, field = view.get_by_role("slider"), view.get_by_role("textbox")
    for _ in range(3):
        slider.press("ArrowRight")
    assert view.get_by_role("heading").text_content().startswith("Step 4 of 43")
    assert view.locator(".bplib-mark-2").count() == 2
    field.fill("44")
    field.press("Enter")
    assert "from 1 to 43; given: 44" in view.locator(".bplib-message").text_content()
    assert field.input_value() == "4"
    view.locator(".bplib-stepper-parts button").nth(2).click()
    assert field.input_value() == "8" and lab.python("print(ex.step)").strip() == "8"


def test_why_opens_the_rule_and_leads_to_the_steps_used(view, lab):
    lab.python("ex.step = 10")
    expect(view.get_by_role("heading")).to_contain_text("Step 10")
    why = view.get_by_role("button", name="Why?")
    why.click()
    assert why.get_attribute("aria-expanded") == "true"
    assert bplib.steps.RULES["substitution"] in view.inner_text()
    view.get_by_role("button", name="step 8", exact=True).click()
    assert "weighted sum" in view.get_by_role("heading").text_content()
    why.click()
    assert bplib.steps.RULES["weighted sum"] not in view.inner_text()


def test_letters_of_another_text(view, lab):
    view.get_by_role("combobox").select_option("bishop")
    expected = stepper.formulas(bplib.derive(bplib.dense([3, 4, 2], "sigmoid")), TABLE["bishop"])["steps"]
    expect(view.locator("[data-formula=after]")).to_have_text(text(expected[0]["after"]))
    assert lab.python("print(ex.notation)").strip() == "bishop"


def test_nothing_jumps_from_step_to_step(view):
    """No control moves while one walks through the steps."""
    places = """root => [...root.querySelectorAll('input, select, .bplib-stepper-label, .bplib-stepper-formula')].map(
        (one) => { const r = one.getBoundingClientRect(); return [r.x, r.y, r.width, r.height].join(); })"""
    before = view.evaluate(places)
    for _ in range(42):
        view.get_by_role("button", name="Next").click()
        assert view.evaluate(places) == before


def test_without_an_answer_from_python_the_page_says_so(view, lab):
    lab.command("kernelmenu:shutdown")
    view.get_by_role("slider").press("ArrowRight")
    assert view.get_by_role("heading").text_content().startswith("Step 2")
    view.get_by_role("combobox").select_option("nielsen")
    expect(view.locator(".bplib-message")).to_contain_text("need a running kernel", timeout=8000)
