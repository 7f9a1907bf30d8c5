"""MathJax, copied into the site: the parts that the course's formulas need, as they come from the package index.

Fonts are written into the code that names them, because Firefox takes none from a page that is opened from the disk.
"""
import re
import shutil
from base64 import b64encode
from importlib.resources import files
from pathlib import Path

PARTS = ("startup", "core", "input/tex-base", "input/tex/extensions/ams", "output/chtml", "output/chtml/fonts/tex",
         "a11y/assistive-mml")
FONTS = "output/chtml/fonts/woff-v2"
FONT = re.compile(r"%%URL%%/([\w-]+)\.woff")
UNUSED = re.compile("AMS|Script|SansSerif|Fraktur|Vector|Typewriter|Calligraphic-Bold|Main-Italic|Math-BoldItalic|Math-Regular")
"""Fonts from which no formula of the course takes a sign; where one is asked for after all, its file is fetched."""

CONFIG = {
    "loader": {"load": ["core", "input/tex-base", "[tex]/ams", "output/chtml", "a11y/assistive-mml"]},
    "tex": {"inlineMath": [["\\(", "\\)"]], "displayMath": [["\\[", "\\]"]], "packages": {"[+]": ["ams"]}},
    "options": {"ignoreHtmlClass": "page", "processHtmlClass": "math"},
    "chtml": {"mtextInheritFont": True},
}


def source() -> Path:
    """The folder of MathJax 3 in the package `sphinx-mathjax-offline`."""
    return Path(str(files("sphinx-mathjax-offline"))) / "static" / "mathjax"


def copy_mathjax(folder: Path) -> None:
    """Write the parts into a folder, with the fonts in them, and beside them the few fonts that are not."""
    fonts = source() / FONTS
    for part in PARTS:
        text = (source() / f"{part}.js").read_text(encoding="utf-8")
        _place(folder / f"{part}.js").write_text(FONT.sub(lambda found: _packed(fonts, found), text), encoding="utf-8")
    for path in fonts.glob("*.woff"):
        if UNUSED.search(path.name):
            shutil.copyfile(path, _place(folder / FONTS / path.name))


def _place(path):
    """The path of a file in a folder that is there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _packed(fonts, found):
    """What stands in place of a font's address: the font itself, or the address where it is not needed."""
    if UNUSED.search(found[1]):
        return found[0]
    return f"data:font/woff;base64,{b64encode((fonts / f'{found[1]}.woff').read_bytes()).decode()}"

