"""The page of the site that shows a short film of each explorer, and where in the course it moves."""
import json
import shutil
from collections.abc import Mapping
from html import escape
from pathlib import Path

import nbformat

from ..course import CHECKOUT, PACKED

FILMS = PACKED / "films" if PACKED.is_dir() else CHECKOUT / "figures" / "films"
"""Where `figures/films.py` writes them; in a wheel beside the notebooks."""
FOLDER = "_static/films"
PAGE = "explorers"
INTRODUCTION = """# The explorers

What moves in the course, in short films without sound. Each explorer is a function of `bp.explore`; the page that is named
below a film has it, to be moved by yourself.
"""


def page(notebooks: Mapping[str, nbformat.NotebookNode], entries: Mapping[str, str]) -> str:
    """The page as Markdown.

    notebooks  name of a page → its notebook
    entries    name of a page → what it is called in the table of contents
    """
    listed = json.loads((FILMS / "films.json").read_text(encoding="utf-8"))
    return "\n\n".join([INTRODUCTION, *(_section(name, film, notebooks, entries) for name, film in listed.items())])


def _section(name, film, notebooks, entries):
    shown = next((page for page, notebook in notebooks.items() if _shows(notebook, name)), None)
    where = f"Move it yourself in [{entries[shown]}](page:{shown}.html#)." if shown else ""
    return f"## {name.replace('_', ' ')}\n\n{_picture(name, film)}\n\n`bp.explore.{name}`. {where}"


def _picture(name, film):
    """The film; where motion is not wanted, its last frame."""
    return ('```{raw} html\n<picture>'
            f'<source media="(prefers-reduced-motion: reduce)" srcset="{FOLDER}/{name}-still.webp">'
            f'<img src="{FOLDER}/{name}.webp" alt="{escape(film["alt"])}" loading="lazy" '
            f'width="{film["width"]}" height="{film["height"]}" style="max-width: 100%; height: auto"></picture>\n```')


def _shows(notebook, name):
    return any(f"bp.explore.{name}(" in cell.source for cell in notebook.cells if cell.cell_type == "code")


def copy(target: Path) -> None:
    """Copy the films to where the page looks for them, below the folder of the site."""
    folder = target / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for path in FILMS.glob("*.webp"):
        shutil.copyfile(path, folder / path.name)
