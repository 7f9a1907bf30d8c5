"""Formulas for a page: LaTeX in a notation, converted to the MathML that browsers typeset themselves."""
import re
from functools import lru_cache

from latex2mathml.converter import convert

from ..notation import latex


def mathml(quantities, *sides):
    """MathML of an expression, or of the equation that several expressions make, for one sample."""
    return _converted(" = ".join(latex(side, quantities, samples=False) for side in sides))


@lru_cache(maxsize=1024)
def _converted(code):
    """The converter takes named functions for operators, with an operator's space around them."""
    page = convert(code, display="block").replace(' xmlns="http://www.w3.org/1998/Math/MathML"', "")
    page = re.sub(r"<mo>([A-Za-z]+)</mo>", r"<mi>\1</mi>", page)
    return page.replace("<mi>ln</mi><mi>", '<mi>ln</mi><mspace width="0.167em" /><mi>')
