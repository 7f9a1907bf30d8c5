"""The Persian notebook: the same code as the English one, and Persian prose that is set as Persian is."""
import re
from pathlib import Path

import nbformat
import pytest

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
PERSIAN = sorted(NOTEBOOKS.glob("*-fa.ipynb"))

FORMULA = re.compile(r"\$[^$]*\$")
NOT_PROSE = re.compile(r"<code>.*?</code>|<[^>]*>|\$[^$]*\$", re.S)
"""Code, tags and formulas, which stay as they are in any language."""

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


def test_there_is_one():
    assert "06-delta-fa.ipynb" in [path.name for path in PERSIAN]


@by_name
def test_code_and_what_it_shows_are_those_of_the_english_notebook(path):
    for cell, other in zip(cells(path, "code"), cells(english(path), "code"), strict=True):
        assert cell.source == other.source
        assert cell.metadata.get("tags") == other.metadata.get("tags")


@by_name
def test_cells_stand_in_the_same_order(path):
    kinds = [[cell.cell_type for cell in nbformat.read(one, as_version=4).cells] for one in (path, english(path))]
    assert kinds[0] == kinds[1]


@by_name
def test_each_cell_has_the_headings_and_formulas_of_the_english_one(path):
    for cell, other in zip(cells(path, "markdown"), cells(english(path), "markdown"), strict=True):
        assert re.findall("^#+ ", cell.source, re.M) == re.findall("^#+ ", other.source, re.M)
        assert {*FORMULA.findall(cell.source)} == {*FORMULA.findall(other.source)}


@by_name
def test_prose_runs_from_right_to_left(path):
    """Each cell is a division in Persian; each of its paragraphs says its alignment, as JupyterLab's own is left."""
    for cell in cells(path, "markdown"):
        opening, *paragraphs, closing = cell.source.split("\n\n")
        assert (opening, closing) == ('<div dir="rtl" lang="fa">', "</div>")
        for paragraph in paragraphs:
            assert re.fullmatch(r'#+ [^<]+|<p style="text-align: right">.+</p>', paragraph, re.S), paragraph


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


@by_name
def test_output_says_nothing_in_english(path):
    """Formulas, numbers and names of variables only: no sentence that a derivation or a check would print."""
    for cell in cells(path, "code"):
        for output in cell.outputs:
            data = output.get("data", {})
            assert data.get("text/markdown", "```python").startswith("```python")
            assert re.fullmatch("(<img [^>]*>)?", data.get("text/html", ""))  # a picture, and nothing else
            assert not re.search(r"[A-Za-z]{4,} [A-Za-z]{2,}", output.get("text", ""))


@pytest.mark.parametrize("text, mistake", [
    ("نورون می گوید", "a prefix"), ("وزن ها", "a prefix"), ("وزن ۱2", "Latin or Arabic"), ("يادگيري", "Arabic yeh"),
    ("چرا?", "Latin punct"), ("می‌ گوید", "a zero-width")])
def test_each_mistake_of_typing_is_noticed(text, mistake):
    pattern, = (pattern for name, pattern in MISTAKES.items() if name.startswith(mistake))
    assert re.search(pattern, text)
