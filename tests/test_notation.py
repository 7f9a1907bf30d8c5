"""How formulas look, stated letter by letter for a few; `latex_reader` asks what all others mean."""
from functools import cache

import pytest
import sympy as sp

import bplib as bp
from bplib.conventions import TABLE
from bplib.derivation import MOST_PATHS
from bplib.equations import j, k, s
from bplib.layout import Layout
from bplib.notation import Notation, latex

LABELS = {
    "bplib": r"y_{j} &= \left[j = c\right]", "cs231n": r"\mathbb{1}_{j} &= \left[j = y\right]",
    "nielsen": r"y_{j} &= \left[j = c\right]",
}
FORWARD = r"""\begin{aligned}z_{j}^{(1)} &= \sum_{k=1}^{n_{0}} w_{jk}^{(1)} \, x_{k} + b_{j}^{(1)} \\
a_{j}^{(1)} &= \tanh\left(z_{j}^{(1)}\right) \\
z_{j}^{(2)} &= \sum_{k=1}^{n_{1}} w_{jk}^{(2)} \, a_{k}^{(1)} + b_{j}^{(2)} \\
a_{j}^{(2)} &= \frac{e^{z_{j}^{(2)}}}{\sum_{k=1}^{n_{2}} e^{z_{k}^{(2)}}} \\ y_{j} &= \left[j = c\right] \\
C_{s} &= -\sum_{j=1}^{n_{2}} y_{j} \, \ln a_{j}^{(2)} \\ C &= \frac{1}{N} \, \sum_{s=1}^{N} C_{s} + \frac{\lambda}{2}
\left(\sum_{j=1}^{n_{1}} \sum_{k=1}^{n_{0}} \left(w_{jk}^{(1)}\right)^{2}
+ \sum_{j=1}^{n_{2}} \sum_{k=1}^{n_{1}} \left(w_{jk}^{(2)}\right)^{2}\right)\end{aligned}"""


@cache
def classes():
    return bp.derive(bp.dense([3, 4, 2], ["tanh", "softmax"], "negative log-likelihood", l2=0.3))


@cache
def neurons():
    return bp.derive(bp.graph({"hid": (["p", "q"], "tanh"), "o": (["hid", "p"], "identity")}, ["p", "q"], bias=True))


def test_a_network_in_the_letters_of_this_course():
    assert classes().network.latex() == " ".join(FORWARD.splitlines())


@pytest.mark.parametrize("text", LABELS)
def test_the_number_of_the_right_class_has_its_letter(text):
    assert LABELS[text] in classes().forward.as_in(text).latex()


@pytest.mark.parametrize("text, update", [
    ("bplib", r"w_{jk}^{(1)} \leftarrow w_{jk}^{(1)} - \eta \, \frac{\partial C}{\partial w_{jk}^{(1)}}"),
    ("chapter", r"w_{ij}^{(1)} \leftarrow w_{ij}^{(1)} - \eta \, \frac{\partial C}{\partial w_{ij}^{(1)}}"),
    ("cs231n", r"W_{1,kj} \leftarrow W_{1,kj} - \mathrm{learning\_rate} \, \frac{\partial L}{\partial W_{1,kj}}"),
])
def test_an_update(text, update):
    step = classes().update("W1")
    assert step.latex(text) == step.as_in(text).latex() == update
    assert step.as_in(text)._repr_latex_() == rf"$\displaystyle {update}$"
    assert repr(step) == "W1[j, k] ← W1[j, k] - eta*Partial(C, W1[j, k])"


@pytest.mark.parametrize("text, formula", [
    ("bplib", r"\frac{\partial C}{\partial w_{jk}^{(1)}} = \frac{1}{N} \, \sum_{s=1}^{N} \delta_{sj}^{(1)} \, x_{sk}"
              r" + \lambda \, w_{jk}^{(1)}"),
    ("prince", r"\frac{\partial L}{\partial \Omega_{0,jk}} = \frac{1}{I} \, \sum_{i=1}^{I}"
               r" \frac{\partial \ell_{i}}{\partial f_{0,ji}} \, x_{ki} + \lambda \, \Omega_{0,jk}"),
])
def test_a_gradient(text, formula):
    step = classes()["W1"]
    assert step.latex(text) == step.as_in(text).latex() == formula


def test_neurons_by_their_names():
    """A name of one letter stands in italics, a word upright; the sender comes first."""
    assert neurons().for_one_sample("w_p_hid").latex() == (
        r"\frac{\partial C_{s}}{\partial w_{p,\mathrm{hid}}} = "
        r"\tanh'\left(z_{\mathrm{hid}}\right) \, w_{\mathrm{hid},o} \, \delta_{o} \, x_{p}")


STEPS = r"""\begin{aligned}\frac{\partial z_{j}^{(1)}}{\partial b_{j}^{(1)}} &= 1 \\[1ex]
\frac{\partial C_{s}}{\partial b_{j}^{(1)}} &= \frac{\partial C_{s}}{\partial a_{j}^{(1)}} \cdot
\frac{\partial a_{j}^{(1)}}{\partial z_{j}^{(1)}} \cdot \frac{\partial z_{j}^{(1)}}{\partial b_{j}^{(1)}} \\[1ex]
\frac{\partial C_{s}}{\partial b_{j}^{(1)}} &= \tanh'\left(z_{j}^{(1)}\right)
\sum_{i=1}^{n_{2}} w_{ij}^{(2)} \, \delta_{i}^{(2)} \\[1ex]
\frac{\partial C_{s}}{\partial b_{j}^{(1)}} &= \delta_{j}^{(1)} \\[1ex]
\frac{\partial C}{\partial b_{j}^{(1)}} &= \frac{1}{N} \,
\sum_{s=1}^{N} \frac{\partial C_{s}}{\partial b_{j}^{(1)}} \\[1ex]
\frac{\partial C}{\partial b_{j}^{(1)}} &= \frac{1}{N} \, \sum_{s=1}^{N} \delta_{sj}^{(1)}\end{aligned}"""


def test_several_steps_below_each_other():
    steps = classes().about("b1")
    lines = " ".join(STEPS.splitlines())
    assert steps.latex() == lines.replace(r"\right) \sum", r"\right) \, \sum")
    assert steps.as_in("nielsen").latex() == steps.latex("nielsen") != steps.latex()
    assert [type(steps[:2]), len(steps[:2]), steps[0].rule] == [type(steps), 2, "weighted sum"]
    assert repr(steps).splitlines() == [repr(step) for step in steps]
    assert steps._repr_markdown_().count("✓") == len(steps) and "\n\n**Chain rule.**" in steps._repr_markdown_()


def test_lines_are_aligned_at_the_sign_between_their_sides():
    """Not at the one inside [i = j]."""
    lines = classes().about("z2").latex().split(r" \\[1ex] ")
    assert r"\left[i = j\right]" in lines[0] and [line.count("&=") for line in lines] == [1] * len(lines)


QUANTITIES = classes().quantities
A, B = QUANTITIES["a1"][s, j], QUANTITIES["b1"][j]


@pytest.mark.parametrize("expression, code", [
    (A**2, r"\left(a_{j}^{(1)}\right)^{2}"), (A**-1, r"\frac{1}{a_{j}^{(1)}}"), (A / 2, r"\frac{a_{j}^{(1)}}{2}"),
    (sp.tanh(A)**2, r"\left(\tanh{\left(a_{j}^{(1)} \right)}\right)^{2}"), (-A, r"-a_{j}^{(1)}"),
    (1 - A, r"1 - a_{j}^{(1)}"), (A - 1, r"a_{j}^{(1)} - 1"),
    ((1 - A) * A, r"a_{j}^{(1)} \left(1 - a_{j}^{(1)}\right)"),
    (-(A + B), r"-a_{j}^{(1)} - b_{j}^{(1)}"), (sp.log(A), r"\ln a_{j}^{(1)}"),
    (sp.log(1 - A), r"\ln\left(1 - a_{j}^{(1)}\right)"),
    (sp.Rational(3, 2) * A, r"\frac{3}{2} \, a_{j}^{(1)}"),
])
def test_arithmetic_as_a_person_writes_it(expression, code):
    assert latex(expression, QUANTITIES) == code


def test_a_square_has_no_brackets_where_nothing_stands_above():
    below = Notation("below", layer="_{{{}}}")
    assert latex(A**2, QUANTITIES, below) == "a_{1,j}^{2}"
    assert latex(A, QUANTITIES, samples=True) == "a_{sj}^{(1)}"


# names in programs

CODE = {
    "bplib": "X W1 b1 z1 a1 W2 a2 Y delta1 dW2 db2 (4, 3)",
    "persian": "X W1 beta1 a1 b1 W2 b2 Y delta1 dW2 dbeta2 (3, 4)",
    "blame": "X Theta1 Theta1 Y1 Z1 Theta2 Z2 t delta1 dTheta2 dTheta2 (4, 4)",
    "chapter": "X W1 b1 s1 z1 W2 z2 Y delta1 dW2 db2 (3, 4)", "article": "a0 W1 b1 z1 a1 W2 a2 Y delta1 dW2 db2 (4, 3)",
    "nielsen": "x w2 b2 z2 a2 w3 a3 y delta2 dw3 db3 (4, 3)", "bishop": "X W1 W1 a1 z1 W2 z2 T delta1 dW2 dW2 (4, 4)",
    "goodfellow": "X W1 b1 a1 h1 W2 h2 Y g1 dW2 db2 (4, 3)",
    "cs231n": "X W1 b1 scores1 h1 W2 h2 y dout1 dW2 db2 (3, 4)",
    "ng2011": "X Theta1 Theta1 z2 a2 Theta2 a3 y delta2 dTheta2 dTheta2 (4, 4)",
    "ng": "X W1 b1 Z1 A1 W2 A2 Y dZ1 dW2 db2 (4, 3)", "3blue1brown": "a0 w1 b1 z1 a1 w2 a2 y delta1 dw2 db2 (4, 3)",
    "prince": "x Omega0 beta0 f0 h1 Omega1 h2 y delta1 dOmega1 dbeta1 (4, 3)",
    "d2l": "X W1 b1 z1 h1 W2 h2 y delta1 dW2 db2 (4, 3)",
}
"""Text → names of x, W1, b1, z1, a1, W2, a2, y, δ1, ∂C/∂W2 and ∂C/∂b2 in its programs, and the shape of its first W."""


@pytest.mark.parametrize("text", TABLE)
def test_names_in_code(text):
    network = bp.dense([3, 4, 2], ["tanh", "sigmoid"])
    layout = Layout(network, TABLE[text])
    names = [layout.array(layout.quantities[name]) for name in "x W1 b1 z1 a1 W2 a2 y delta1 dW2 db2".split()]
    assert f"{' '.join(names)} {layout.shape(layout.parameters[0])}" == CODE[text]


# how long a formula may be

def test_as_many_paths_as_a_formula_may_have():
    """64 are written out, one more is refused; the weights of the last layer have one path each."""
    assert MOST_PATHS == 64
    most = bp.derive(bp.dense([1, 1, 64], "identity", bias=False)).scalar("W1", 1, 1)
    assert most.check.passed and len(most.right.atoms(sp.Indexed)) == 1 + 3 * 64
    more = bp.derive(bp.dense([1, 1, 65], "identity", bias=False))
    with pytest.raises(bp.InputError, match="W1 reaches the cost along 65 paths, and a formula has at most 64 terms"):
        more.scalar("W1", 1, 1)
    assert more.scalar("W2", 65, 1).check.passed


def test_open_indices_of_a_scalar_formula():
    """Either all of them are open, in their order, or all are numbers within the shape."""
    d = bp.derive(bp.dense([3, 4, 2], "g"))
    assert d.scalar("W2", j, k).left.by == d.quantities["W2"][j, k]
    assert d.scalar("W2", 2, 4).left.by == d.quantities["W2"][2, 4]
    assert d.scalar("z1", j).left.by == d.quantities["z1"][s, j] and d.scalar("b1", 4).check.passed
    for name, at in (("W2", (k, j)), ("W2", (j, 1)), ("W2", (0, 1)), ("W2", (3, 1)), ("W2", (1, 5)), ("W2", (1,)),
                     ("W2", (True, 1)), ("b1", (k,)), ("z1", (1, 1)), ("W2", (1.0, 1))):
        with pytest.raises(bp.InputError, match="indices counted from 1"):
            d.scalar(name, *at)
