"""What Sphinx is given: each notebook in the form that it reads, the first page, and the page about the course.

In a notebook links lead to notebooks and name a cell by its id; on a page they lead to pages and to marks before cells.
An output keeps the one form that is shown.
"""
import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath

import nbformat

from ..course import HOME, NOTEBOOKS
from ..coursework.sheets import EXERCISES
from ..in_page.facts import FACTS, place_of_exercise
from ..in_page.questions import placed
from ..languages import ENGLISH
from ..languages import TABLE as LANGUAGES
from . import films
from .settings import SHOWN, TITLE

REFERENCE = re.compile(r'(href="[^":#]+)\.ipynb(?=[#"])')
LINK = re.compile(r"\]\(([^):#]+)\.ipynb(#[^)]*)?\)")
RIGHT_TO_LEFT = re.compile(r'^<div dir="rtl" lang="fa">\n(.*)\n</div>\s*\Z', re.S)
PARAGRAPH = re.compile(r"^<p[^>]*>(.*?)</p>$", re.S | re.M)
CONTENTS = "00-contents"
"""The notebook with the table of contents."""
ENTRY = r"\[(\d[^\]]*)\]\({}\.ipynb\)"
HEADING = re.compile(r"^# .+", re.M)
PARTS = {"The course": "[0-9]*", "Coursework": "coursework/*"}
"""Headings of the table of contents, and which pages stand under them."""


def anchor(title: str) -> str:
    """The mark of a heading, as JupyterLab gives it; links in notebooks use it."""
    return title.replace(" ", "-")


def targets(notebooks: Iterable[Path]) -> dict[str, set[str]]:
    """Name of a page → the ids of its cells that links lead to."""
    found = defaultdict(set)
    for path in notebooks:
        for cell in nbformat.read(path, as_version=4).cells:
            for name, mark in LINK.findall(cell.source if cell.cell_type == "markdown" else ""):
                page = os.path.normpath(path.relative_to(NOTEBOOKS).parent / name)
                found[Path(page).as_posix()].add(mark.removeprefix("#cell-id="))
    return found


def staged(notebook: nbformat.NotebookNode, marked: set[str], tools: str) -> nbformat.NotebookNode:
    """The notebook as Sphinx is to read it.

    marked   ids of cells that links lead to
    tools    HTML that stands below the title
    """
    cells: list[nbformat.NotebookNode] = []
    spoken = LANGUAGES[language(notebook)]
    judged = _of_a_sheet(notebook)
    after_question = [False, *map(_asks, notebook.cells)]
    for after, cell in zip(after_question, notebook.cells):
        if judged is not None and cell.id == "title":
            cell.source = FOR_RUNNING.sub(spoken.told(ON_THE_PAGE).rstrip() + "\n" if judged else IN_THE_NOTEBOOK, cell.source)
        if judged and cell.id in ONLY_RUN:
            continue
        if cell.id in marked and cells:
            cells.append(nbformat.v4.new_markdown_cell(f'<span id="cell-id={cell.id}"></span>'))
        cells.append(_markdown(cell) if cell.cell_type == "markdown" else _code(cell, spoken, after))
    cells[0].source = HEADING.sub(lambda title: f"{title[0]}\n\n{tools}", cells[0].source, count=1)
    return nbformat.v4.new_notebook(cells=cells, metadata={**notebook.metadata, **_prompts(spoken)})


def _prompts(language):
    """What opens a cell that is folded away; in English MyST-NB says it."""
    said = {f"code_prompt_{what.lower()}": language.told(what) for what in ("Show", "Hide")}
    return {} if language is ENGLISH else {"mystnb": said}


FOR_RUNNING = re.compile(r"(?=^1\. \*\*)(?:.+\n?)+", re.M)
"""What a sheet says about running it."""
ON_THE_PAGE = """\
Type each answer into its field. Enter judges it, as often as you like: you see what is wrong and where to look, never the
answer. A hint opens with a click. What you type is there the next time, and in a file if you save one. To hand in, or to
have a function judged, download the notebook.
"""
IN_THE_NOTEBOOK = "The answers to these exercises are judged in the notebook. Download it; there:\n\n\\g<0>"
ONLY_RUN = ("start", "hand-in", "summary")
"""Cells of a sheet that say nothing on a page."""


def _of_a_sheet(notebook):
    """Whether a page judges some of the exercises of a sheet; None for what is none."""
    rows = [row for what, row in map(_of_exercise, notebook.cells) if row]
    return any(row.kind in FACTS for row in rows) if rows else None


def _asks(cell):
    """Whether a cell is a question, the answer of which the next one may show."""
    return cell.cell_type == "code" and any(
        "data-question" in output.get("data", {}).get("text/html", "") for output in cell.outputs)


def _markdown(cell):
    whole = RIGHT_TO_LEFT.match(cell.source)
    cell.source = _linked(_plain(whole[1] if whole else cell.source))
    return cell


def _plain(text):
    """Markdown whose paragraphs do not say their alignment: on a page their direction does."""
    return PARAGRAPH.sub(r"\1", text)


def _shown(text):
    """The Markdown of an output, which keeps its direction."""
    return _linked(_plain(text))


def _linked(text):
    """Markdown whose links lead to pages, those that are written in HTML too."""
    return REFERENCE.sub(r"\1.html", LINK.sub(lambda link: f"](page:{link[1]}.html{link[2] or '#'})", text))


def _code(cell, language, after_question):
    """Its outputs, each in the form that is shown; what is folded away in JupyterLab is so on the page, and what comes next to
    a question.

    Where an answer to an exercise is checked stands a field that judges it; the cells for the answer are in the notebook.
    A question that the page can judge gets a field as well.
    """
    what, row = _of_exercise(cell)
    if row and what == "check":
        cell.outputs = [nbformat.v4.new_output("display_data", {"text/html": place_of_exercise(row, language)})]
    folded = cell.metadata.pop("jupyter", {})
    shown = [tag for key, tag in {"source_hidden": "hide-input", "outputs_hidden": "hide-output"}.items()
             if folded.get(key) or after_question and tag == "hide-output" and cell.outputs]
    tags = [REMOVED[what]] if row and row.kind in FACTS else shown
    cell.metadata = nbformat.from_dict({"tags": tags})
    for output in cell.outputs:
        if "data" in output:
            kind = next(kind for kind in SHOWN if kind in output.data)
            text = output.data[kind]
            made = {"text/markdown": _shown, "text/html": lambda text: placed(text, cell.id, language)}
            output.data = nbformat.from_dict({kind: made.get(kind, str)(text)})
    return cell


REMOVED = {"answer": "remove-cell", "check": "remove-input"}


def _of_exercise(cell):
    """What a cell is for in a sheet, and the exercise that it belongs to: ("check", 1.1) of check-1-1."""
    what, _, number = cell.id.partition("-")
    return what, EXERCISES.get(number.replace("-", ".")) if what in REMOVED else None


def language(notebook: nbformat.NotebookNode) -> str:
    """That in which it is written."""
    return "fa" if RIGHT_TO_LEFT.match(notebook.cells[0].source) else "en"


def title(notebook: nbformat.NotebookNode) -> str:
    """Its first heading, with which each notebook begins."""
    (first, *_) = HEADING.findall(notebook.cells[0].source)
    return first.removeprefix("# ")


# the pages beside the notebooks

def first_page(entries: dict[str, str], first: nbformat.NotebookNode) -> str:
    """The page that a visitor comes to: something that moves, what it is about, and where to begin.

    entries   page → what it is called in the table of contents, in their order
    first     the notebook with the table of contents; its explorer and its tables are shown
    """
    toy = _raw(f'<div class="first-toy">{first_explorer(first)}</div>')
    lines = [f"# {TITLE}", "", LEAD, "", toy, INTRODUCTION, "", _linked(tables(first)), ""]
    for heading, pattern in PARTS.items():
        below = {name: entry for name, entry in entries.items() if PurePosixPath(name).match(pattern)}
        lines += _contents(heading, below)
    return "\n".join([*lines, *_contents("About", {films.PAGE: "The explorers", "about": "Licence and citation"})])


def tables(notebook: nbformat.NotebookNode) -> str:
    """The text of the first cell that lists notebooks by their numbers."""
    return next(cell.source for cell in notebook.cells if re.search(ENTRY.format(r"[\w-]+"), cell.source))


def entry(name: str, notebook: nbformat.NotebookNode, contents: str) -> str:
    """What a page is called in the table of contents: as in the tables of the first notebook, or by its title.

    contents   the tables of the first notebook
    """
    if name == CONTENTS:
        return "Contents"
    found = re.search(ENTRY.format(re.escape(name)), contents)
    return found[1].replace("*", "") if found else title(notebook)


LEAD = """
In this course you derive backpropagation yourself. [Begin here](page:00-contents.html#), with a pencil; or drag a slider, and
see which way the weight of a neuron moves, how far, and why.
"""
INTRODUCTION = """
Everything here moves like that. Each formula was derived by machine and checked; you run it as a program, move it, and check
it in numbers.

These pages need no network and no installation. What you type as an answer is judged in the page, and stays there. To change the programs and run them, download a notebook: each page
has a link to its own.
"""


def _contents(caption, entries):
    lines = [f"{entry} <{name}>" for name, entry in entries.items()]
    return ["```{toctree}", ":hidden:", f":caption: {caption}", "", *lines, "```", ""]


def _raw(text):
    return f"```{{raw}} html\n{text}\n```"


def about_page() -> str:
    """Licence and citation, as the files of the course say."""
    licence = (HOME / "LICENSE").read_text(encoding="utf-8")
    citation = (HOME / "CITATION.cff").read_text(encoding="utf-8")
    data = (Path(__file__).resolve().parents[1] / "data" / "README.md").read_text(encoding="utf-8")
    data = re.sub(r"^#", "##", data, flags=re.M)
    return (f"# Licence and citation\n\n## Cite the course\n\n```yaml\n{citation}```\n\n"
            f"## Licence\n\n```text\n{licence}```\n\n{data}")


def tools(name: str, repository: str, told: Callable[[str], str], lite: bool = False) -> str:
    """HTML with the ways to run a notebook: here, with JupyterLite; downloaded; where its repository is on GitHub, on Binder.

    told   says a text in the language of the page
    """
    links = [f'<a href="{PurePosixPath(name).name}.ipynb" download>{told("Download this notebook")}</a>']
    if lite:
        address = f"{'../' * name.count('/')}lite/run.html?path={name}.ipynb"
        links.insert(0, f'<a href="{address}">{told("Run it here")}</a>')
    public = re.fullmatch(r"https://github\.com/([\w.-]+/[\w.-]+?)/?", repository)
    if public:
        links.append(f'<a href="https://mybinder.org/v2/gh/{public[1]}/HEAD?urlpath=lab/tree/notebooks/{name}.ipynb">'
                     f"{told('Run it on Binder')}</a>")
    return f'<p class="page-tools">{" · ".join(links)}</p>'


FIRST_CELL = """\
# This cell makes the notebook work where bplib is not installed, and its explorers move on Colab.
try:
    import bplib
except ModuleNotFoundError:
    %pip install --quiet understand-backpropagation
try:
    from google.colab import output
    output.enable_custom_widget_manager()
except ModuleNotFoundError:
    pass"""


def to_download(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The notebook as it is downloaded: with a first cell that brings what the others need."""
    first = nbformat.v4.new_code_cell(FIRST_CELL, id="bplib-first")
    return nbformat.v4.new_notebook(cells=[first, *notebook.cells], metadata=notebook.metadata)


def first_explorer(notebook: nbformat.NotebookNode) -> str:
    """The HTML of the first explorer in a notebook; "" where there is none."""
    shown = ("".join(output.get("data", {}).get("text/html", "")) for cell in notebook.cells
             for output in cell.get("outputs", []))
    return next((text for text in shown if "data-explorer" in text), "")


def write(folder: Path, paths: list[Path], repository: str, lite: bool = False) -> dict[str, str]:
    """Write all sources into a folder; returns the name of each page and the language in which it is written."""
    marked = targets(paths)
    notebooks = {path.relative_to(NOTEBOOKS).with_suffix("").as_posix(): nbformat.read(path, as_version=4)
                 for path in paths}
    first = notebooks[CONTENTS]
    entries = {name: entry(name, one, tables(first)) for name, one in notebooks.items()}
    (folder / "index.md").write_text(first_page(entries, first), encoding="utf-8")
    (folder / "about.md").write_text(about_page(), encoding="utf-8")
    (folder / f"{films.PAGE}.md").write_text(films.page(notebooks, entries), encoding="utf-8")
    languages = {name: language(notebook) for name, notebook in notebooks.items()}
    for name, notebook in notebooks.items():
        target = folder / f"{name}.ipynb"
        target.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(staged(notebook, marked[name], tools(name, repository, LANGUAGES[languages[name]].told, lite)), target)
    return languages
