"""What a person sees who opens a notebook in JupyterLab and runs all its cells, in the light theme and in the dark one.

DEFECTS says what nobody may see. A page with one defect of each kind shows that each kind is found.
"""
import json
import shutil
from pathlib import Path

import nbformat
import pytest
from explorers import violations
from jupyter import WRONG_FORMULA, open_in_place

from bplib.bench.browser import PATIENCE, Lab

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
PATHS = sorted(path.relative_to(NOTEBOOKS).as_posix() for path in NOTEBOOKS.rglob("*.ipynb")
               if not {".ipynb_checkpoints", "solutions"} & {*path.parts})
WIDTH, HEIGHT = 1100, 1000
"""Of the window, in pixels; the list of files is closed."""

TEXTS = ".jp-RenderedMarkdown, .jp-RenderedHTMLCommon, .jp-RenderedLatex, .jp-RenderedText, .bplib"
"""Where something is to be read that does not come from JupyterLab itself."""
VIEW = "application/vnd.jupyter.widget-view+json"

HELPERS = f"const TEXTS = {json.dumps(TEXTS)}, VIEW = {json.dumps(VIEW)}, WRONG = {json.dumps(WRONG_FORMULA)};" r"""
const all = (selector) => [...cell.querySelectorAll(selector)];
const outputs = model.type === "code" ? model.outputs.toJSON() : [];
const views = all(".jp-OutputArea-child").filter((one, n) => VIEW in (outputs[n].data ?? {}));
const pictures = all("img:not(.cm-editor *)");  // an editor has empty ones beside words from right to left
const words = (one) => one.innerText.trim().slice(0, 200);
const tag = (one) => one.outerHTML.slice(0, 200);
const style = (one) => getComputedStyle(one);

/** What is left to read without formulas and code. */
function prose(root) {
    const copy = root.cloneNode(true);
    copy.querySelectorAll("mjx-container, math, code, .highlight, style, script").forEach((one) => one.remove());
    return copy.textContent;
}

/** Whether a text takes more lines on the page than it has. */
function broken(text) {
    const range = document.createRange();
    range.selectNodeContents(text);
    const drawn = [...range.getClientRects()].filter((box) => box.width).map((box) => Math.round(box.bottom));
    return new Set(drawn).size > text.textContent.split("\n").filter((line) => line.trim()).length;
}

/** Whether something of the page is seen through a picture. */
function transparent(image) {
    const size = [image.naturalWidth, image.naturalHeight], paper = new OffscreenCanvas(...size).getContext("2d");
    paper.drawImage(image, 0, 0);
    return paper.getImageData(0, 0, ...size).data.some((value, n) => n % 4 === 3 && value < 255);
}

const coloured = (formula) => !formula.querySelector(WRONG) && [formula, ...formula.querySelectorAll("[style]")]
    .some((part) => style(part).color !== style(formula.parentElement).color);
const drawn = (view) => view.querySelector(".bplib")?.offsetHeight > 100;

/** Whether what an element holds is wider, or higher, than the element, which hides the rest or lets one scroll. */
const wider = (one, overflow) => one.clientWidth > 1 && one.scrollWidth > one.clientWidth + 1
    && overflow.test(style(one).overflowX);
const higher = (one, overflow) => one.clientHeight > 1 && one.scrollHeight > one.clientHeight + 1
    && overflow.test(style(one).overflowY);
"""

DEFECTS = {
    "an error": "outputs.filter((one) => one.output_type === 'error').map((one) => one.evalue)",
    "a warning": "outputs.filter((one) => one.name === 'stderr').map((one) => String(one.text))",
    "a cell that has not run": "model.type === 'code' && !model.executionCount ? [model.sharedModel.source] : []",
    "a formula that is wrong": "all(WRONG).map((one) => one.textContent)",
    "a formula in a colour of its own": "all('mjx-container').filter(coloured).map(tag)",
    "LaTeX as text": r"all(TEXTS).map(prose).filter((text) => /\$.+\$|\\[a-zA-Z]{2}/.test(text))",
    "an explorer that is not drawn": "views.filter((one) => !drawn(one)).map(words)",
    "a picture that is not drawn": "pictures.filter((one) => !one.naturalWidth).map(tag)",
    "a picture without words": "pictures.filter((one) => !one.alt.trim()).map(tag)",
    "a transparent picture": "pictures.filter((one) => one.naturalWidth && transparent(one)).map(tag)",
    "something cut off": "all(TEXTS).flatMap((one) => [one, ...one.querySelectorAll('*:not(mjx-assistive-mml)')])"
                         ".filter((one) => wider(one, /hidden|clip/) || higher(one, /hidden|clip/)).map(tag)",
    "something to scroll sideways": "all('*').filter((one) => wider(one, /auto|scroll/)).map(tag)",
    "a broken line": "all('.jp-RenderedText:is([data-mime-type$=stdout], [data-mime-type$=plain]) pre')"
                     ".filter(broken).map(words)",
}
"""What nobody may see → JavaScript: what of it there is in a `cell`, and its `model`, as a list of texts."""

READ = (f"() => jupyterapp.shell.currentWidget.content.widgets.map(({{ node: cell, model }}) => {{ {HELPERS} return {{"
        + ",\n".join(f"{json.dumps(name)}: {found}" for name, found in DEFECTS.items()) + "}; })")

STATE = """(VIEW) => {
    const { node, widgets } = jupyterapp.shell.currentWidget.content;
    const outputs = widgets.flatMap(({ model }) => (model.type === "code" ? model.outputs.toJSON() : []));
    const views = outputs.filter(({ data = {} }) => VIEW in data).length - node.querySelectorAll(".bplib").length;
    const pictures = [...node.querySelectorAll("img")].filter((one) => !one.complete).length;
    return `${views + pictures} ${node.innerHTML.length}`; }"""
"""How much is still to come, and how much is there."""

FORGET = "() => document.querySelectorAll('.jp-Editor, mjx-container, .bplib svg').forEach((one) => one.remove())"
"""What has been read and holds most of the page's elements, each of which would take axe-core its time.

The contrast of an explorer's picture is tested with the explorer.
"""

LENGTH = """() => {
    const { widgets } = jupyterapp.shell.currentWidget.content;
    const [first, last] = [widgets[0], widgets.at(-1)].map(({ node }) => node.getBoundingClientRect());
    return Math.ceil(last.bottom - first.top); }"""


class Reader:
    """A browser in JupyterLab that opens one notebook after the other, by its path in a folder there."""

    def __init__(self, lab, folder):
        self.lab, self.page, self.folder = lab, lab.page, folder
        lab.command("application:toggle-left-area")

    def defects(self, path):
        """{what is wrong: [(number of the cell, what there is)]} of a notebook, once all cells have run."""
        self.open(path)
        self.lab.command("notebook:run-all-cells")
        self.wait()
        cells = self.page.evaluate(READ)
        found = {name: [(n, text) for n, cell in enumerate(cells) for text in cell[name]] for name in DEFECTS}
        self.page.evaluate(FORGET)
        for theme in ("Light", "Dark"):
            self.lab.theme(theme)
            found[f"faint text, {theme}"] = self.faint()
        found["a complaint"], self.lab.complaints[:] = self.lab.errors(), []
        return {name: there for name, there in found.items() if there}

    def open(self, path):
        """Open a notebook in place of the one before."""
        self.page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
        open_in_place(self.page, f"{self.folder}/{path}")
        self.lab.theme("Light")

    def wait(self, still=4):
        """Until all is drawn, or nothing has come for some seconds; then all of it is in the window."""
        states = []
        for _ in range(5 * PATIENCE):
            states.append(self.page.evaluate(STATE, VIEW))
            enough = still if states[-1].startswith("0 ") else 10 * still
            if states[-enough:] == [states[-1]] * enough:
                break
            self.page.wait_for_timeout(200)
        self.page.set_viewport_size({"width": WIDTH, "height": HEIGHT + self.page.evaluate(LENGTH)})

    def faint(self):
        """Text without contrast, by axe-core, which sees nothing outside the window."""
        panel = self.page.locator(".jp-WindowedPanel-outer")
        panel.evaluate("one => { one.scrollTop = 0; }")
        found = violations(self.page, TEXTS, runOnly=["color-contrast"])
        assert panel.evaluate("one => one.scrollTop") == 0
        return found


def without_outputs(notebook):
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.update(outputs=[], execution_count=None)
    return notebook


def notebook(*cells):
    return nbformat.v4.new_notebook(cells=list(cells), metadata={
        "kernelspec": {"name": "python3", "display_name": "Python 3"}})


@pytest.fixture(scope="module")
def reader(browser, server):
    """One page for all notebooks, which are copies; what they have stored need not be drawn before they run."""
    folder = server.folder / "course"
    shutil.copytree(NOTEBOOKS, folder)
    for path in PATHS:
        nbformat.write(without_outputs(nbformat.read(folder / path, as_version=4)), folder / path)
    nbformat.write(notebook(*PLANTED.values()), folder / "planted.ipynb")
    nbformat.write(notebook(), folder / "start.ipynb")
    server.configure(windowingMode="none")
    lab = Lab(browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}), server.page("course/start.ipynb"))
    yield Reader(lab, folder.name)
    lab.close()


@pytest.mark.parametrize("path", PATHS)
def test_nobody_sees_a_defect(reader, path):
    assert reader.defects(path) == {}


# a reader that finds nothing where nothing is wrong has to find what is

code, markdown = nbformat.v4.new_code_cell, nbformat.v4.new_markdown_cell
SHOW = "from IPython.display import HTML, Image, Markdown, display\n"
PNG = "from matplotlib.figure import Figure\nfrom io import BytesIO\npng = BytesIO()\nFigure((1, 1)).savefig(png, {})\n"
PICTURE = SHOW + PNG + "from base64 import b64encode\ndata = b64encode(png.getvalue()).decode()\n"

PLANTED = {
    "a warning": code("import warnings\nwarnings.warn('the steps overshoot')"),
    "a formula that is wrong": markdown(r"The slope is $\nosuchletter + 1$."),
    "a formula in a colour of its own": code(SHOW + r"Markdown(r'A formula $\color{black} a - y$.')"),
    "LaTeX as text": code(SHOW + r"Markdown('The letter \\\\\\\\delta')"),
    "an explorer that is not drawn": code(
        SHOW + "view = {'model_id': '0' * 32, 'version_major': 2, 'version_minor': 0}\n"
               "display({'application/vnd.jupyter.widget-view+json': view}, raw=True)"),
    "a picture that is not drawn": markdown("![A network](nowhere.png)"),
    "a picture without words": code(PICTURE.format("") + "Image(png.getvalue())"),
    "a transparent picture": code(PICTURE.format("transparent=True") + "HTML(f'<img alt=\"A plot\" "
                                  "src=\"data:image/png;base64,{data}\">')"),
    "something cut off": code(SHOW + "HTML('<p style=\"height: 1em; overflow: hidden\">Two<br>lines.</p>')"),
    "something to scroll sideways": code(SHOW + "HTML('<p style=\"width: 2000px\">A wide table.</p>')"),
    "a broken line": code("print('all activations ' * 20)"),
    "faint text, Light": markdown('<span style="color: #ddd">Look closely.</span>'),
    "faint text, Dark": markdown('<span style="color: #222">Look closely.</span>'),
    "a complaint": code(SHOW + "HTML('<script>setTimeout(() => { throw Error(\"planted\"); })</script>')"),
    "an error": code("1 / 0"),
    "a cell that has not run": code("print('after the error')"),
}
"""A cell with each kind of defect."""


@pytest.fixture(scope="module")
def planted(reader):
    return reader.defects("planted.ipynb")


def test_a_page_with_each_kind_of_defect_covers_all(planted):
    assert {*DEFECTS, *planted} == {*PLANTED}


@pytest.mark.parametrize("kind", DEFECTS)
def test_a_defect_is_found_where_it_is(planted, kind):
    assert {n for n, _ in planted[kind]} == {list(PLANTED).index(kind)}


@pytest.mark.parametrize("kind, text", [("faint text, Light", "#ddd"), ("faint text, Dark", "#222"),
                                        ("a complaint", "planted")])
def test_what_is_found_on_the_whole_page_is_what_was_planted(planted, kind, text):
    assert any(text in line for line in planted[kind])
