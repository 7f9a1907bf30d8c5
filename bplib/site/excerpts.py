"""Texts of pages for the search, which shows where in a page it has found a word: a script, for no page can be fetched
from the disk."""
import json
from collections.abc import Iterable
from pathlib import Path

from docutils import nodes
from sphinx.environment import BuildEnvironment

SCRIPT, SEARCH = "excerpts.js", "search"
"""The script with the texts, and the page that needs it."""


def write(folder: Path, env: BuildEnvironment, names: Iterable[str]) -> None:
    """Write the script into a folder.

    names   of the pages
    """
    texts = json.dumps({name: text_of(env.get_doctree(name)) for name in names}, ensure_ascii=False)
    (folder / SCRIPT).write_text(f"const PAGE_TEXTS = {texts};\n", encoding="utf-8")


def text_of(doctree: nodes.document) -> str:
    """The prose of a page, its formulas left out."""
    return " ".join(" ".join(_prose(one).split()) for one in doctree.findall(nodes.paragraph))


def _prose(node):
    if isinstance(node, (nodes.math, nodes.math_block, nodes.raw)):
        return "…"
    return "".join(map(_prose, node.children)) if node.children else node.astext()
