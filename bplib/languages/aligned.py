"""Markdown that runs from right to left, as JupyterLab and the site show it.

JupyterLab aligns each paragraph to the left, so each says its own alignment, as an element; in an element no Markdown is
read, so what stands in it is HTML.
"""
import re

PARAGRAPH = '<p style="text-align: right">{}</p>'
AS_IT_IS = re.compile(r"#+ |[-*] |\d+\. |\$\$|<|```|\|")
"""How a part begins that is no paragraph: a heading, a list, a formula, an element, code, a table."""


def from_right_to_left(markdown: str, language: str) -> str:
    """The text in an element of its direction and its language, each paragraph aligned to the right."""
    parts = (part if AS_IT_IS.match(part) else PARAGRAPH.format(_inline(part)) for part in _parts(markdown))
    return "\n\n".join([f'<div dir="rtl" lang="{language}">', *parts, "</div>"])


def _parts(markdown):
    return [part for part in re.split(r"\n\n+", markdown.strip()) if part]


def _inline(markdown):
    """A paragraph as HTML, its formulas left as they are; code runs from left to right."""
    import mistune  # whoever speaks English does without

    formulas = re.findall(r"\$[^$]*\$", markdown)
    html = mistune.create_markdown(escape=True)(re.sub(r"\$[^$]*\$", "\ufffc", markdown)).strip()
    html = html.removeprefix("<p>").removesuffix("</p>").replace("<code>", '<code dir="ltr">')
    return re.sub("\ufffc", lambda _: formulas.pop(0), html)
