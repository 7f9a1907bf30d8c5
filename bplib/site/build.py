"""All of the site together, into a folder."""
import re
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from sphinx.application import Sphinx

from ..course import NOTEBOOKS, notebooks
from ..errors import InputError
from ..in_page import script
from ..languages import TABLE as LANGUAGES
from . import excerpts, films, html, mathjax, settings, sources
from . import lite as jupyterlite
from . import scorm as packages

PROCESSES = 2
COLOUR = re.compile(r"\x1b\[[\d;]*m")
FIELDS = "fields-{}.js"
"""The script of pages with fields that judge, for each language."""
FROM_SPHINX = ("Link to this heading", "Toggle hidden content")
"""What elements of a page say that Sphinx and MyST-NB have made."""
MARK = ".bplib-site"
"""The file by which a folder is known as a site of ours, so that nothing else is written over."""


def build(target: Path, paths: Iterable[Path] | None = None, url: str = "", repository: str = "", lite: bool = False,
          copies: Iterable[Path] = (), scorm: bool = False) -> list[str]:
    """Write the site into a folder, which is made; returns the names of its pages.

    paths       the notebooks that become pages; all of the course, unless given
    url         the address at which the site will be, for cards on social media
    repository  the address of a public repository on GitHub, for Binder and Colab
    lite        with JupyterLite, in which the notebooks run in the browser
    copies      for that, folders and archives with files of Pyodide; the others are fetched
    scorm       with packages of the sheets for learning platforms

    Raises InputError where the folder holds something that is no earlier site, or Sphinx complains.
    """
    paths = [*(notebooks() if paths is None else paths)]
    if target.exists() and not (target / MARK).exists() and (target.is_file() or any(target.iterdir())):
        raise InputError(f"{target} holds something that is not a site. Give a folder that is new, empty, or has the "
                         "site as it was built before.")
    target.mkdir(parents=True, exist_ok=True)
    (target / MARK).touch()
    with TemporaryDirectory(prefix="bplib-site-", ignore_cleanup_errors=True) as place:
        written = Path(place) / "pages"
        written.mkdir()
        languages = sources.write(written, paths, repository, lite)
        scripts = Path(place) / "scripts"
        scripts.mkdir()
        for language in {*languages.values()}:
            text = script.fields(languages, LANGUAGES[language])
            (scripts / FIELDS.format(language)).write_text(text, encoding="utf-8")
        _sphinx(written, Path(place), target, languages, settings.settings(url, repository, scripts))
    mathjax.copy_mathjax(target / "_static" / "mathjax")
    films.copy(target)
    for path in paths:
        notebook = sources.to_download(nbformat.read(path, as_version=4))
        nbformat.write(notebook, target / path.relative_to(NOTEBOOKS))
    if scorm:
        packages.add_packages(target)
    if lite:
        jupyterlite.add_jupyterlite(target, paths, copies)
    return [*languages]


def _sphinx(source, place, target, languages, told):
    """Run Sphinx, quietly: what it says is told where something is wrong."""
    log = place / "log.txt"
    with log.open("w", encoding="utf-8") as said:
        app = Sphinx(source, None, target, place / "doctrees", "html", told, status=None, warning=said,
                     freshenv=True, parallel=PROCESSES)
        app.connect("doctree-read", html.adapt)
        app.connect("html-page-context", lambda app, name, template, context, doctree:
                    app.add_js_file(FIELDS.format(languages.get(name, "en"))) if "data-field" in context.get("body", "") else None)
        app.connect("html-page-context", lambda app, name, template, context, doctree:
                    context.update(about_page(context, languages.get(name, "en"))), priority=400)  # before MathJax's
        for one in (excerpts.SCRIPT, "search.js"):
            app.connect("html-page-context", lambda app, name, template, context, doctree, one=one:
                        app.add_js_file(one) if name == excerpts.SEARCH else None)
        app.connect("env-updated", lambda app, env: excerpts.write(place / "scripts", env, languages))
        app.build()
    complaints = COLOUR.sub("", log.read_text(encoding="utf-8"))
    if app.statuscode or complaints:
        raise InputError(f"The site was not built as it should be. Sphinx says:\n{complaints}")


def about_page(context: dict, language: str) -> dict:
    """What templates and MathJax are told of a page: its language, its body, and whether a formula is in it.

    A cell without text is no heading, wherever in a table it stands.
    """
    body = context.get("body", "").replace('<th class="head"><p></p></th>', "<td></td>")
    for words in FROM_SPHINX:
        body = body.replace(f'"{words}"', f'"{LANGUAGES[language].told(words)}"')
    return {"page_language": language, "body": body, "has_maths_elements": 'class="math' in body}
