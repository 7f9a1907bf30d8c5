"""Pages made of all notebooks, with the preprocessor that README names: each link leads to a page and a cell on it."""
import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from nbconvert import HTMLExporter
from traitlets.config import Config

ROOT = Path(__file__).resolve().parent.parent
PATHS = sorted(path.relative_to(ROOT / "notebooks") for path in (ROOT / "notebooks").rglob("*.ipynb")
               if not {".ipynb_checkpoints", "solutions"} & {*path.parts})


def pages(paths, preprocessors):
    """{path of a page: its HTML}."""
    exporter = HTMLExporter(config=Config(Exporter={"preprocessors": preprocessors}))
    return {path.with_suffix(".html"): exporter.from_filename(str(ROOT / "notebooks" / path))[0] for path in paths}


def links(page, html):
    """(path, id or "") of each link that leads to a file."""
    for target in re.findall(r'<a href="([^"#:]+(?:#[^"]*)?)"', html):
        file, _, place = unquote(target).partition("#")
        yield page.parent / file, place


@pytest.fixture(scope="module")
def course():
    preprocessor, = re.findall(r"--Exporter\.preprocessors=(\S+)", (ROOT / "README.md").read_text(encoding="utf-8"))
    return pages(PATHS, [preprocessor])


@pytest.mark.thorough
@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_each_link_leads_to_a_page_and_a_cell_on_it(course, path):
    page = path.with_suffix(".html")
    for file, place in links(page, course[page]):
        assert file in course, file
        assert not place or f'id="{place}"' in course[file], (file, place)


@pytest.mark.thorough
def test_there_are_links(course):
    assert sum(1 for page, html in course.items() for _ in links(page, html)) > 80


def test_without_the_preprocessor_links_lead_to_notebooks():
    (page, html), = pages([Path("00-contents.ipynb")], []).items()
    found = list(links(page, html))
    assert found and all(file.suffix == ".ipynb" for file, _ in found)
