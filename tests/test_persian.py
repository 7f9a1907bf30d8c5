"""The Persian notebooks: the same code as the English ones but for its texts, and Persian prose that is set as Persian is."""
import ast
import re
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest

from bplib.activations import TABLE as ACTIVATIONS

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
PERSIAN = sorted(NOTEBOOKS.glob("*-fa.ipynb"))

FORMULA = re.compile(r"\$[^$]*\$")
NOT_PROSE = re.compile(r"<code>.*?</code>|<[^>]*>|\$[^$]*\$", re.S)
"""Code, tags and formulas, which stay as they are in any language."""

PARAGRAPH = re.compile(
    r'#+ [^<]+|<p style="text-align: right">.+</p>'
    r'|<details><summary>[^<]+</summary><p style="text-align: right">.+</p></details>', re.S)
"""A heading, a paragraph, or one that is folded away."""

LANGUAGE = 'bp.languages.use("fa")\n'

IN_WORDS = {r"\partial": "∂", r"\delta": "δ", r"\sigma": "σ", r"\eta": "η", r"\tanh": "tanh", "^{-z}": "⁻ᶻ", "^2": "²", "'": "′",
            "-": "−"}
"""LaTeX → the characters with which an English notebook may write the same in its prose."""

MISTAKES = {
    "Arabic yeh or kaf instead of the Persian letters": r"[يك]",
    "a prefix or a suffix set apart by a space instead of a zero-width non-joiner": r"\bن?می |\S ها(?:ی|یی)?\b",
    "Latin or Arabic digits": r"[0-9٠-٩]",
    "Latin punctuation": r"[?;,]",
    "a zero-width non-joiner that joins nothing": r"\u200c(?:\W|$)|(?:^|\s)\u200c",
}


def cells(path, kind):
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == kind]


def prose(source):
    return NOT_PROSE.sub("", source)


by_name = pytest.mark.parametrize("path", PERSIAN, ids=lambda path: path.stem)


def english(path):
    return path.with_name(path.name.replace("-fa", ""))


def test_there_are_two():
    assert [path.name for path in PERSIAN] == ["02-one-neuron-fa.ipynb", "06-delta-fa.ipynb"]


class _WithoutTexts(ast.NodeTransformer):
    """Of each text in code the formulas alone; of one that is put together also the values in it."""

    def visit_Constant(self, node):
        return ast.Constant("".join(FORMULA.findall(node.value))) if _is_text(node.value) else node

    def visit_JoinedStr(self, node):
        return ast.JoinedStr([value for value in node.values if not isinstance(value, ast.Constant)])


def _is_text(value):
    """A name or a key is none: it has no space, and no letter that is not Latin."""
    return isinstance(value, str) and bool(re.search("[ \u0600-\u06ff]", value))


def code(source):
    return ast.dump(_WithoutTexts().visit(ast.parse(source)))


def in_words(formula):
    for latex, character in IN_WORDS.items():
        formula = formula.replace(latex, character)
    return "".join(formula.strip("$").split())


@by_name
def test_code_and_what_it_shows_are_those_of_the_english_notebook(path):
    """But for texts, and the line that sets the language, in the first cell."""
    sources = [cell.source for cell in cells(path, "code")]
    assert sources[0].count(LANGUAGE) == 1
    sources[0] = sources[0].replace(LANGUAGE, "")
    assert [*map(code, sources)] == [code(cell.source) for cell in cells(english(path), "code")]
    tags = [[cell.metadata.get("tags") for cell in cells(one, "code")] for one in (path, english(path))]
    assert tags[0] == tags[1]


@by_name
def test_cells_stand_in_the_same_order(path):
    kinds = [[cell.cell_type for cell in nbformat.read(one, as_version=4).cells] for one in (path, english(path))]
    assert kinds[0] == kinds[1]


@by_name
def test_each_cell_has_the_headings_and_formulas_of_the_english_one(path):
    for cell, other in zip(cells(path, "markdown"), cells(english(path), "markdown"), strict=True):
        assert re.findall("^#+ ", cell.source, re.M) == re.findall("^#+ ", other.source, re.M)
        ours, theirs = ([*map(in_words, FORMULA.findall(one.source))] for one in (cell, other))
        assert {*theirs} <= {*ours}
        plain = in_words(other.source.replace("*", "").replace("$", ""))
        assert [formula for formula in ours if formula not in plain] == []
        assert [letter for letter in re.findall(r"(?<!\*)\*(\w)\*(?!\*)", other.source) if letter not in "".join(ours)] == []


@by_name
def test_prose_runs_from_right_to_left(path):
    """Each cell is a division in Persian; each of its paragraphs says its alignment, as JupyterLab's own is left."""
    for cell in cells(path, "markdown"):
        opening, *paragraphs, closing = cell.source.split("\n\n")
        assert (opening, closing) == ('<div dir="rtl" lang="fa">', "</div>")
        for paragraph in paragraphs:
            assert PARAGRAPH.fullmatch(paragraph), paragraph


@by_name
@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_prose_is_typed_as_persian(path, mistake):
    for cell in cells(path, "markdown"):
        assert not re.search(mistake, prose(cell.source)), cell.source


@by_name
def test_most_letters_are_persian(path):
    text = "".join(prose(cell.source) for cell in cells(path, "markdown"))
    latin, persian = (len(re.findall(letters, text)) for letters in ("[A-Za-z]", r"[\u0600-\u06ff]"))
    assert persian > 100 * latin


class Words(HTMLParser):
    """The texts of a page and its alternative texts, without programs."""

    def __init__(self, page):
        super().__init__()
        self.found, self.inside = [], ""
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.inside = tag
        self.found += [text for name, text in attributes if name in ("alt", "title", "aria-label")]

    def handle_endtag(self, tag):
        self.inside = ""

    def handle_data(self, text):
        if self.inside not in ("script", "style"):
            self.found.append(text)


def said(output):
    """What an output says beside formulas and code; as plain text only where it is a picture or an explorer."""
    data, page = output.get("data", {}), output.get("data", {}).get("text/html", "")
    markdown = "" if data.get("text/markdown", "```").startswith("```") else data["text/markdown"]
    texts = [output.get("text", ""), *Words(page + markdown).found, data["text/plain"] if page else "",
             output.get("metadata", {}).get("image/png", {}).get("alt", "")]
    return [FORMULA.sub("", text.replace("$$", "$")) for text in texts]


def outputs(path):
    return [output for cell in cells(path, "code") for output in cell.outputs]


NAMES = re.compile(rf"\b(?:True|False|{'|'.join(map(re.escape, ACTIVATIONS))})\b")
"""What code calls by the same name in any language."""


def said_in_english(shown):
    """The words in which four Latin letters follow each other: there is none in numbers and names of variables."""
    return [text for output in shown for text in said(output) if re.search("[A-Za-z]{4}", NAMES.sub("", text))]


@by_name
def test_output_says_nothing_in_english(path):
    """Formulas, numbers, code, pictures and explorers in Persian: no sentence of a derivation or a check."""
    assert said_in_english(outputs(path)) == []


@by_name
def test_the_same_would_be_noticed_in_the_english_one(path):
    """The alternative text of each picture in two forms, its plain text, and the sentence of each explorer; of each
    question, what is asked."""
    shown = outputs(english(path))
    pictures = [output for output in shown if "image/png" in output.get("data", {})]
    explorers = sum("data-explorer" in output.data["text/html"] for output in pictures)
    assert explorers >= 1 and len(said_in_english(pictures)) == 3 * len(pictures) + explorers
    questions = [output for output in shown if "<details>" in output.get("data", {}).get("text/html", "")]
    assert len(questions) >= 3 and all(said_in_english([question]) for question in questions)


@pytest.mark.parametrize("text, mistake", [
    ("نورون می گوید", "a prefix"), ("وزن ها", "a prefix"), ("وزن ۱2", "Latin or Arabic"), ("يادگيري", "Arabic yeh"),
    ("چرا?", "Latin punct"), ("می‌ گوید", "a zero-width")])
def test_each_mistake_of_typing_is_noticed(text, mistake):
    pattern, = (pattern for name, pattern in MISTAKES.items() if name.startswith(mistake))
    assert re.search(pattern, text)
