"""An explorer as HTML that needs neither Python nor Jupyter nor a network.

Exported pages and viewers of notebooks show this form. Where scripts run it is the explorer itself, without Python;
where they do not it is a picture, its alternative text, and a sentence.
"""
import gzip
import json
from base64 import b64encode
from html import escape
from io import BytesIO
from pathlib import Path

from PIL import Image

LOADER = (Path(__file__).parent / "standalone.js").read_text(encoding="utf-8")


def standalone(module, style, values, sentence, picture=None):
    """The HTML, in which nothing but packed data, behind "base64,", depends on versions of libraries.

    module, style   the view's JavaScript and its style sheet
    values          name → what the page's model answers when it is asked for that trait, as JSON
    sentence        what the explorer shows, in words
    picture         (PNG, alternative text, width in pixels), None where there is none
    """
    packed = gzip.compress(json.dumps({"module": module, "style": style, "values": values}).encode(), mtime=0)
    image = ""
    if picture is not None:
        png, alt, width = picture
        image = f'<img src="{_data("image/png", png)}" alt="{escape(alt)}" width="{width}">\n'
    return (f'<div data-explorer="{_data("application/gzip", packed)}">\n'
            f"{image}<p>{escape(sentence)} Run this notebook to move it.</p>\n</div>\n<script>\n{LOADER}</script>")


def compact(png):
    """A drawing as PNG with 128 colours, in a third of the bytes."""
    data = BytesIO()
    Image.open(BytesIO(png)).convert("RGB").quantize(128, dither=Image.Dither.NONE).save(data, "PNG", optimize=True)
    return data.getvalue()


def _data(kind, data):
    return f"data:{kind};base64,{b64encode(data).decode()}"
