"""A picture with a text that says what it shows, and the look that all pictures share.

Colours are those of Okabe and Ito, told apart by colour-blind people too; lines differ in dash or marker as well.
"""
import re
from base64 import b64encode
from html import escape
from io import BytesIO

from matplotlib.figure import Figure
from PIL import Image
from sympy.printing.pretty.pretty_symbology import greek_unicode

from ..languages import ENGLISH

BLUE, ORANGE, GREEN, RED = "#0072B2", "#E69F00", "#009E73", "#D55E00"
MARKERS = ((GREEN, "o-"), (RED, "s--"), (BLUE, "^:"))
DPI = 144
NO_BRACES = str.maketrans("", "", "{} ")


def as_text(letter):
    """LaTeX of a letter with its indices as a text reads it: w_12^2 for w_{12}^{2}, δ_j for \\delta_{j}."""
    named = re.sub(r"\\hat\{(\w)\}", "\\1\u0302", letter)
    return re.sub(r"\\([a-zA-Z]+)", lambda command: greek_unicode.get(command[1], ""), named).translate(NO_BRACES)


class Picture:
    """A matplotlib figure with its alternative text, which a notebook hands on to screen readers.

    language    that of the alternative text
    """

    def __init__(self, figure, alt, language=ENGLISH):
        self.figure, self.alt, self.language = figure, alt, language

    def png(self):
        """The picture as PNG; nothing in it depends on when or where it is made."""
        data = BytesIO()
        self.figure.savefig(data, format="png", dpi=DPI, facecolor="white", metadata={"Software": None})
        return data.getvalue()

    def __repr__(self):
        return self.language.phrase("Picture: {alt}", alt=self.alt)

    def _repr_mimebundle_(self, include=None, exclude=None):
        """As HTML, because JupyterLab shows a PNG without its alternative text; as PNG where no HTML is shown."""
        png, width = compact(self.png()), int(self.figure.get_figwidth() * 72 * 1.25)
        source = f"data:image/png;base64,{b64encode(png).decode()}"
        return ({"text/html": f'<img src="{source}" alt="{escape(self.alt)}" width="{width}"'
                              f"{self.language.attributes()}>",
                 "image/png": png, "text/plain": repr(self)}, {"image/png": {"alt": self.alt, "width": width}})


def compact(png):
    """A drawing as PNG with 256 colours, which nobody tells from the drawing, in a third of the bytes."""
    data = BytesIO()
    Image.open(BytesIO(png)).convert("RGB").quantize(
        256, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(data, "PNG", optimize=True)
    return data.getvalue()


def blank_axes(width=6, height=3.4, **labels):
    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.subplots()
    axes.spines[["top", "right"]].set_visible(False)
    axes.set(**labels)
    return figure, axes


def blank_panels(titles, width=2.9, height=2.6, share=True):
    """A row of plots, one for each title, on the same axes where they share them."""
    figure = Figure(figsize=(width * len(titles), height), layout="constrained")
    panels = figure.subplots(1, len(titles), sharex=share, sharey=share, squeeze=False)[0]
    for axes, title in zip(panels, titles):
        axes.spines[["top", "right"]].set_visible(False)
        axes.set_title(title, fontsize=10)
    return figure, panels
