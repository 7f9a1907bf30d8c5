"""Markdown with formulas between dollar signs → HTML.

For the page of a widget, formulas are MathML, which browsers typeset themselves; for stored pages they stay LaTeX, which
JupyterLab, nbconvert and GitHub typeset.
"""
from html import escape

import mistune
from mistune.plugins.math import math

from ..explore.mathml import typeset


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


def formula(latex, as_html):
    """A formula for one of the two pages."""
    return typeset(latex) if as_html is PAGE else rf"$\displaystyle {escape(latex, quote=False)}$"
