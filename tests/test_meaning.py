"""What expressions mean in numbers: functions of SymPy, at ties and at kinks, too."""
from itertools import product

import numpy as np
import pytest
import sympy as sp

from bplib.meaning import FUNCTIONS

LOGIC, POINTS = (sp.And, sp.Or), (-2, -0.5, 0, 0.5, 2)


def arguments_of(function):
    """Of one argument, of two, or of three truth values."""
    if function in LOGIC:
        return product((True, False), repeat=3)
    if function in (sp.exp, sp.log, sp.tanh, sp.erf, sp.Abs, sp.sign, sp.floor):
        return [(x,) for x in POINTS if function is not sp.log or x > 0]
    return product((0.5, 2), POINTS) if function is sp.Pow else product(POINTS, repeat=2)


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.__name__)
def test_a_function_is_what_sympy_says(function):
    """At the same number twice, a comparison knows the one with "equal" from the one without."""
    for given in arguments_of(function):
        exact = function(*given) if function in LOGIC else function(*map(sp.Rational, given))
        found = FUNCTIONS[function](*(np.asarray(one, bool if function in LOGIC else float) for one in given))
        assert float(found) == pytest.approx(float(exact if exact.is_number else bool(exact)), rel=1e-14), given


def test_a_comparison_is_of_real_parts():
    """A small imaginary part carries a derivative, and decides nothing."""
    assert FUNCTIONS[sp.GreaterThan](1 + 1e-20j, 1) and not FUNCTIONS[sp.StrictGreaterThan](1 + 1e-20j, 1)
    assert FUNCTIONS[sp.Abs](-1 + 1e-20j) == 1 - 1e-20j and FUNCTIONS[sp.sign](-1 + 1e-20j) == -1
