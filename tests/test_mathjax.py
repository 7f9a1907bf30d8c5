"""All that bplib typesets, in a real JupyterLab: each formula is drawn, none wrong, none left as source."""
import json
import re
from itertools import pairwise

import pytest

import bplib as bp
from bplib.bench.browser import PATIENCE, WINDOW, Lab
from bplib.conventions import TABLE
from bplib.matrices import matrix_latex
from bplib.notation import DEFAULT
from bplib.rosetta import Comparison, Text, table
from jupyter import WRONG_FORMULA, open_in_place
from networks_to_test import NETWORKS, derivation_of

FORMULA = re.compile(r"\$\$.+?\$\$|\$.+?\$", re.S)
OUTPUTS = ".jp-RenderedMarkdown"
DRAWN = "selector => document.querySelectorAll(`${selector} mjx-container`).length"
ERRORS = """selector => [...document.querySelectorAll(selector)].flatMap((output, n) =>
    [...output.querySelectorAll("%s")].map((node) => {
        const formula = node.closest("mjx-container");
        const before = [...output.querySelectorAll("mjx-container")].indexOf(formula);
        return [n, before, node.getAttribute("data-mjx-error") ?? node.textContent]; }))""" % WRONG_FORMULA
LEFT = """selector => [...document.querySelectorAll(selector)].map((output) => {
    const copy = output.cloneNode(true);
    copy.querySelectorAll("mjx-container").forEach((node) => node.remove());
    return copy.textContent; }).join("\\n")"""
"""The text around the formulas."""


@pytest.fixture(scope="module")
def typesetter(browser, server):
    """typeset(name, texts) → what a page with these Markdown outputs shows; JupyterLab opens one after the other."""
    server.configure()
    lab = Lab(browser.new_page(viewport=WINDOW), server.page(server.notebook([""])))

    def typeset(name, texts):
        (server.folder / f"{name}.ipynb").write_text(json.dumps(notebook(texts)), encoding="utf-8")
        open_in_place(lab.page, f"{name}.ipynb")
        wanted = sum(len(FORMULA.findall(text)) for text in texts)
        lab.page.wait_for_function(f"document.querySelectorAll('{OUTPUTS}').length === {len(texts)}",
                                   timeout=1000 * PATIENCE)
        await_formulas(lab.page, wanted)
        return wanted, *(lab.page.evaluate(code, OUTPUTS) for code in (DRAWN, ERRORS, LEFT))

    yield typeset
    lab.close()


def await_formulas(page, wanted, still=15):
    """Until all are drawn, or no more have come for some seconds."""
    drawn = [-1]
    for _ in range(10 * PATIENCE):
        drawn.append(page.evaluate(DRAWN, OUTPUTS))
        if drawn[-1] == wanted or drawn[-2 * still:] == [drawn[-1]] * 2 * still:
            break
        page.wait_for_timeout(500)


def notebook(texts):
    """A notebook whose one cell has shown each text as Markdown, as bplib's objects do."""
    outputs = [{"output_type": "display_data", "metadata": {}, "data": {"text/markdown": text}} for text in texts]
    cell = {"cell_type": "code", "id": "all", "source": "", "metadata": {}, "outputs": outputs,
            "execution_count": 1}
    return {"cells": [cell], "nbformat": 4, "nbformat_minor": 5,
            "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}}}


IN_EVERY_TEXT = "neuron, cross entropy", "softmax and labels", "graph with skips"
"""Of each kind one, with all letters of a text; that every formula is well formed in all texts is tested elsewhere."""


def kind(code):
    """What is drawn in the same way has the same kind: other digits and other single letters are other glyphs."""
    return re.sub(r"(?<![\\a-zA-Z])[a-zA-Z](?![a-zA-Z])", "x", re.sub(r"\d+", "0", code))


def all_steps():
    """The equations and all steps of every network, and of some in all notations; of each kind of formula one."""
    seen = set()
    for name in NETWORKS:
        derivation = derivation_of(name)
        codes = [derivation.network.latex()]
        notations = TABLE.values() if name in IN_EVERY_TEXT else (DEFAULT, TABLE["nielsen"])
        codes += [step.latex(notation) for notation in notations for step in derivation.steps]
        fresh = {kind(code): code for code in codes if kind(code) not in seen}
        seen.update(fresh)
        yield f"### {name}\n\n" + "\n\n".join(f"$${code}$$" for code in fresh.values())


def all_matrices():
    """For each text the matrix form of every generated line of the network that it writes, and of a deep one."""
    deep = derivation_of("deep")
    for name in TABLE:
        codes = []
        for functions in (Text(name).functions, bp.generate(deep.network, deep, name)):
            lines = re.findall(r"^ +(\w+) = ", functions.gradients.source, re.M)
            codes += [matrix_latex(functions.gradients, line) for line in lines if line != "N"]
        yield f"### {name}\n\n" + "\n\n".join(f"$${code}$$" for code in dict.fromkeys(codes))


def assert_clean(shown, texts):
    wanted, drawn, errors, left = shown
    formulas = [FORMULA.findall(text) for text in texts]
    assert [(formulas[n][m], error) for n, m, error in errors] == []
    assert drawn == wanted > 0
    assert not re.search(r"[$\\]", left), re.findall(r".{0,60}[$\\].{0,60}", left)[:5]


@pytest.mark.parametrize("what", [all_steps, all_matrices])
def test_formulas(typesetter, what):
    texts = list(what())
    assert_clean(typesetter(what.__name__, texts), texts)


def test_pages_side_by_side(typesetter):
    """Tables and lists, with every text in two of them."""
    texts = [Text(name) for name in TABLE]
    pages = [table()._repr_markdown_(), *(Comparison(*pair)._repr_markdown_() for pair in pairwise(texts))]
    assert_clean(typesetter("rosetta", pages), pages)


PLANTED = ["$$a - y$$", r"Wrong: $$\nosuchletter + 1$$", r"Right: $a$ and wrong: $$\frac{\partial C}{\partial w$$",
           "$$a$$ and a letter \\\\delta that is not between dollars."]


@pytest.fixture(scope="module")
def planted(typesetter):
    return typesetter("planted", PLANTED)


def test_a_wrong_formula_is_noticed(planted):
    """A command that there is not; a brace that is missing, with which nothing is drawn."""
    wanted, drawn, errors, left = planted
    assert [(n, m) for n, m, _ in errors] == [(1, 0)] and drawn == wanted - 1 and r"\frac" in left
    for shown in ((wanted, wanted, errors, ""), (wanted, drawn, [], "")):
        with pytest.raises(AssertionError):
            assert_clean(shown, PLANTED)


def test_a_formula_left_as_source_is_noticed(planted):
    wanted, _, _, left = planted
    with pytest.raises(AssertionError, match="delta"):
        assert_clean((wanted, wanted, [], left), PLANTED)
