"""HTML that notebooks have stored, made part of a page: its formulas for MathJax, its pictures as files.

Pictures that are files are fetched when a reader comes near them; their height is told, so that nothing jumps then.
"""
import re
from base64 import b64decode
from hashlib import blake2b
from pathlib import Path
from struct import unpack

from docutils import nodes
from sphinx.application import Sphinx

FORMULA = re.compile(r"\$([^$]+)\$")
MARKED = r'<span class="math notranslate nohighlight">\\(\1\\)</span>'
PICTURE = re.compile(r'src="data:image/png;base64,([^"]+)"([^>]*?) width="(\d+)"')
FOLDER = "_images"


def adapt(app: Sphinx, doctree: nodes.document) -> None:
    """Each piece of HTML on a page; explorers bring their own formulas."""
    above = "../" * app.env.docname.count("/")
    for node in doctree.findall(nodes.raw):
        text = node.astext()
        if "data-explorer" not in text:
            text = FORMULA.sub(MARKED, text)
        node[:] = [nodes.Text(PICTURE.sub(lambda found: _as_file(found, Path(app.outdir), above), text))]


def _as_file(found, site, above):
    """What stands in place of a picture within HTML: the address of its file, which is written."""
    data, between, width = b64decode(found[1]), found[2], int(found[3])
    across, down = unpack(">II", data[16:24])  # where a PNG has its size
    name = f"{blake2b(data, digest_size=8).hexdigest()}.png"
    (site / FOLDER).mkdir(exist_ok=True)
    (site / FOLDER / name).write_bytes(data)
    return f'loading="lazy" src="{above}{FOLDER}/{name}"{between} width="{width}" height="{width * down // across}"'
