"""Markdown with formulas between dollar signs → HTML.

For the page of a widget, formulas are MathML, which browsers typeset themselves; for stored pages they stay LaTeX, which
JupyterLab, nbconvert and GitHub typeset.
"""
import re
from collections.abc import Mapping
from html import escape

import mistune
from mistune.plugins.math import math

from ..errors import InputError
from ..explore.mathml import typeset
from ..languages import ENGLISH

PERSIAN_LETTER = re.compile("[\u0600-\u06ff]")


class _AsMathML(mistune.HTMLRenderer):
    def inline_math(self, text):
        return typeset(text)

    block_math = inline_math


class _AsLatex(mistune.HTMLRenderer):
    def inline_math(self, text):
        return f"${escape(text, quote=False)}$"

    block_math = inline_math


def _markdown(renderer):
    return mistune.create_markdown(renderer=renderer(escape=True), plugins=[math])


PAGE, STORED = _markdown(_AsMathML), _markdown(_AsLatex)
"""Markdown → HTML for the page of a widget, and for a page that is stored."""


def inline(html):
    """A single paragraph without its element."""
    html = html.strip()
    body = html.removeprefix("<p>").removesuffix("</p>")
    return body if "<p>" not in body else html


def plain(markdown):
    """Markdown in one line of plain text, its formulas as LaTeX."""
    return " ".join(markdown.replace("**", "").replace("`", "").split())


def spoken(what, given, language):
    """A text in Markdown, out of one that is given in several languages: {"en": …, "fa": …}, or in one."""
    text = given.get(language.name, given.get(ENGLISH.name)) if isinstance(given, Mapping) else given
    if not isinstance(text, str) or not text.strip():
        raise InputError(f"The {what} is a text in Markdown, or a dict such as {{'en': text, 'fa': text}}; given: {given!r}.")
    return text.strip()


def marked(text, language):
    """What an HTML element says of a text that may be English on a page in another language."""
    return "" if language is ENGLISH or PERSIAN_LETTER.search(text) else ' lang="en" dir="ltr"'


def formula(latex, as_html):
    """A formula for one of the two pages."""
    return typeset(latex) if as_html is PAGE else rf"$\displaystyle {escape(latex, quote=False)}$"
