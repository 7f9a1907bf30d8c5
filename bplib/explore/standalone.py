"""An explorer as HTML that needs neither Python nor Jupyter nor a network.

Exported pages and viewers of notebooks show this form. Where scripts run it is the explorer itself, without Python;
where they do not it is a picture, its alternative text, and a sentence.
"""
import gzip
import json
from base64 import b64encode
from html import escape
from pathlib import Path

from ..languages import ENGLISH

LOADER = (Path(__file__).parent / "standalone.js").read_text(encoding="utf-8")


def standalone(module, style, values, sentence, picture="", language=ENGLISH):
    """The HTML, in which nothing but packed data, behind "base64,", depends on versions of libraries.

    module, style   the view's JavaScript and its style sheet
    values          name → what the page's model answers when it is asked for that trait, as JSON
    sentence        what the explorer shows, in words
    picture         what it shows, as HTML
    language        that of the sentence
    """
    packed = gzip.compress(json.dumps({"module": module, "style": style, "values": values}).encode(), mtime=0)
    told = f"{sentence} {language.phrase('Run this notebook to move it.')}"
    return (f'<div data-explorer="data:application/gzip;base64,{b64encode(packed).decode()}">\n{picture}\n'
            f"<p{language.attributes()}>{escape(told)}</p>\n</div>\n<script>\n{LOADER}</script>")
