"""Verdicts without a kernel: the JavaScript of fields against Python."""
from collections import Counter

import numpy as np
from jupyter import run_javascript

from bplib.coursework.sheets import EXERCISES
from bplib.coursework.values import function
from bplib.coursework.vocabulary import DIFFERENTIABLE, FUNCTIONS
from bplib.in_page.measure import MAKERS, compared, in_page, inputs
from bplib.in_page.script import judge


def test_verdicts_are_those_of_python_word_for_word():
    """`python -m bplib.in_page.measure` does the same with 20,000."""
    pairs = [*inputs(30 * len(MAKERS), seed=7)]
    differences, found = compared(pairs, run_javascript)
    assert differences == []
    counted = Counter(one["outcome"] for one in found)
    assert {*counted} == {"right", "wrong", "invalid", "undecided", "missing"} and counted["right"] > 30 < counted["wrong"]
    assert {row.id for row, _ in pairs} == {row.id for row in EXERCISES.values() if row.kind in ("formula", "number", "choice")}


def test_a_difference_would_be_noticed():
    pairs = [(EXERCISES["1.1"], "2(a-y)g'(z)x"), (EXERCISES["1.1"], "2(a-y)g'(z)w")]
    other = [(row, text.replace("2", "3")) for row, text in pairs]
    differences, _ = compared(pairs, lambda script: in_page(other, run_javascript))
    assert [one.text for one in differences] == [text for _, text in pairs]


def test_functions_have_the_values_of_python():
    z = [-800.0, -30.0, -2.0, -0.5, 0.0, 0.5, 2.0, 30.0, 800.0]
    names = sorted({*FUNCTIONS.values(), "g", "g'", *(f"{name}'" for name in DIFFERENTIABLE)})
    found = run_javascript(f"""{judge()}
        const z = {z}, names = {names};
        const result = names.map((name) => z.map(FUNCTIONS.get(name)).map((one) => Number.isFinite(one) ? one : null));""")
    for name, values in zip(names, found, strict=True):
        with np.errstate(all="ignore"):
            expected = np.asarray(function(name)(np.array(z)))
        expected = np.where(np.isfinite(expected), expected, np.nan)
        assert np.allclose(expected, np.array(values, float), rtol=1e-13, atol=0, equal_nan=True), name
