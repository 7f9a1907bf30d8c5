"""Formulas for a page: LaTeX in a notation, converted to the MathML that browsers typeset themselves."""
import re
from functools import lru_cache

from latex2mathml.converter import convert

from ..notation import DEFAULT, latex


def mathml(quantities, *sides, notation=DEFAULT, samples=False, marks=None):
    """MathML of an expression, or of the equation that several expressions make, by default for one sample.

    marks   part of an expression → class of the element around it, beside the class bplib-mark
    """
    code = " = ".join(latex(side, quantities, notation, samples, marks) for side in sides)
    return re.sub(r'<mstyle mathcolor="([^"]*)">', r'<mstyle class="bplib-mark \1">', _converted(code))


def typeset(code):
    """MathML of LaTeX that has been made elsewhere."""
    return _converted(code)


@lru_cache(maxsize=1024)
def _converted(code):
    """The converter takes named functions for operators, with an operator's space around them.

    It puts the limits of a sum beside the sign where the sum stands in brackets.
    """
    page = convert(code.replace(r"\sum_", r"\sum\limits_"), display="block")
    page = page.replace(' xmlns="http://www.w3.org/1998/Math/MathML"', "")
    page = re.sub(r"<mo>([A-Za-z]+)</mo>", r"<mi>\1</mi>", page)
    return page.replace("<mi>ln</mi><mi>", '<mi>ln</mi><mspace width="0.167em" /><mi>')
