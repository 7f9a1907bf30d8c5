"""The glossary: each word stands in bold in the notebook that its row links to, and has a Persian one beside it."""
import re
from functools import lru_cache
from pathlib import Path

import nbformat
import pytest

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
ROW = re.compile(r'^\| ([^|]+) \| <span dir="rtl" lang="fa">([^<]+)</span> \| ([^|]+) \| \[(\d+)\]\(([^)]+)\) \|$', re.M)


def prose(name):
    cells = nbformat.read(NOTEBOOKS / name, as_version=4).cells
    return [cell.source for cell in cells if cell.cell_type == "markdown"]


TABLES = [ROW.findall(text) for text in prose("16-words.ipynb") if ROW.search(text)]
WORDS = [row for table in TABLES for row in table]


@lru_cache(maxsize=None)
def bold(name):
    """What stands in bold in a notebook, in small letters and in the singular."""
    found = re.findall(r"\*\*([^*]+)\*\*", "\n\n".join(prose(name)))
    return {singular(" ".join(words.split())) for words in found}


def singular(words):
    return words.lower().removesuffix("s")


def test_every_row_of_the_tables_is_read():
    rows = [line for text in prose("16-words.ipynb") for line in text.splitlines() if re.match(r"\| (?!English|-)", line)]
    assert len(WORDS) == len(rows) > 70


@pytest.mark.parametrize("word, persian, meaning, number, name", WORDS, ids=[row[0] for row in WORDS])
def test_a_word_is_in_bold_where_its_row_leads(word, persian, meaning, number, name):
    assert name.startswith(f"{int(number):02}-")
    assert singular(word) in bold(name)
    assert re.search("[\u0600-\u06ff]", persian) and meaning.strip()


def test_words_are_in_order_and_none_stands_twice():
    for table in TABLES:
        words = [row[0].lower() for row in table]
        assert words == sorted(words)
    assert len({row[0].lower() for row in WORDS}) == len(WORDS)
