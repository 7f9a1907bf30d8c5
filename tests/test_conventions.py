"""The notations: what is printed in each text's way is read back and compared, as mathematics, with other numbers.

The reader, and what each text writes, stand in `latex_reader`.
"""
import re
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
import sympy as sp
from latex_reader import NEURON, SAMPLES, SIZES, TEXTS, Misread, Numbers, Reader, agree, ends_of, of_sizes, with_layers
from networks_to_test import NETWORKS, derivation_of, derived

import bplib as bp
from bplib.activations import Slope
from bplib.conventions import TABLE, convention, network
from bplib.errors import InputError
from bplib.layout import NAMES as NAMES_IN_CODE
from bplib.notation import DEFAULT, Notation, equation_latex, latex

OWN = Notation(
    "mine", letters={"W": "v", "z": "u", "a": "o", "x": "p", "y": "q", "b": r"\tau", "delta": r"\varepsilon",
                     "g": "F", "C": "K", "losses": "K_{r}", "N": "R"},
    units="αβγ", sample="r", weight="from,to", layer="_{{{}}}", samples="columns", first_unit=0,
    shift=dict.fromkeys(("W", "b", "z", "delta"), -1), choices={"activations": "tanh"})
NAMES = [*TABLE, "mine"]


def notation_of(name):
    return convention(OWN if name == "mine" else name)


@lru_cache(maxsize=None)
def case(name):
    """The derivation of the network that a text writes, and its numbers."""
    return derived(network(notation_of(name), SIZES)), Numbers(TEXTS[name])


def layer_of(name):
    found = re.search(r"\d+$", name)
    return int(found[0]) if found else 0  # the inputs


def sides(step, notation):
    left, right = step.latex(notation).split(" = ", 1)
    return left, right


def printed_equation(equation, derivation, notation):
    return equation_latex(equation.left, equation.right, derivation.quantities, notation).split(" = ", 1)


def check_all(name, notation):
    """Every printed equation of a network and step of its derivation is true when read in the text's way."""
    derivation, numbers = case(name)
    for equation in derivation.network.equations:
        reader = Reader(TEXTS[name], numbers, equation.quantity.mark or TEXTS[name].last)
        reader.agree(*printed_equation(equation, derivation, notation))
    for step in derivation.steps:
        Reader(TEXTS[name], numbers, layer_of(step.about)).agree(*sides(step, notation))


def check_gradients(name, notation):
    """The last printed formulas are the gradients of `bplib.reference`: of a batch, and δ of each layer."""
    derivation, numbers = case(name)
    text, (dW, db) = TEXTS[name], numbers.gradients()
    this, before, _ = text.units
    for layer in numbers.layers:
        reader = Reader(text, numbers, layer)
        expected = {f"W{layer}": ((this, before), dW[layer - 1]),
                    f"z{layer}": (("sample", this), numbers.values["delta", layer])}
        if text.b != "none":
            expected[f"b{layer}"] = (this,), db[layer - 1]
        for what, (letters, values) in expected.items():
            for side in sides(derivation[what], notation):
                np.testing.assert_allclose(reader.table(side, letters), values, rtol=1e-9, err_msg=side)


@pytest.mark.parametrize("name", NAMES)
def test_every_printed_equation_and_step_is_true_in_its_text(name):
    check_all(name, notation_of(name))


@pytest.mark.parametrize("activation", ["silu", "softplus"])
@pytest.mark.parametrize("name", [name for name in NAMES if notation_of(name).letter("g")])
def test_the_letter_of_an_activation_is_not_that_of_the_sigmoid_in_its_slope(name, activation):
    activations = [activation, activation, case(name)[1].activations[-1]]
    text = replace(TEXTS[name], choices={**TEXTS[name].choices, "activations": activations})
    derivation, numbers = derived(network(notation_of(name), SIZES, activations=activations)), Numbers(text)
    for step in derivation.steps:
        Reader(text, numbers, layer_of(step.about)).agree(*sides(step, notation_of(name)))


def test_powers_of_functions_are_written():
    built = bp.dense([2, 2, 1], "tanh")
    equation = next(e for e in built.equations if e.quantity.name == "a1")
    for function in (equation.right, sp.log(equation.left), sp.tanh(equation.left), Slope(equation.right)):
        once, squared = (latex(power, built.quantities) for power in (function, function**2))
        assert squared == rf"\left({once}\right)^{{2}}"


@pytest.mark.parametrize("name", NAMES)
def test_printed_gradients_are_those_of_the_reference(name):
    check_gradients(name, notation_of(name))


# what the texts state, in their own letters; ∂⟨A|B⟩ is short for ∂A/∂B

STATED = {
    "persian": {  # source A; it writes b_pc for the output b_p of p as c hears it
        "W3": [r"∂⟨\ell_{i}|w_{pc}⟩ = ∂⟨\ell_{i}|a_{c}⟩ ∂⟨a_{c}|w_{pc}⟩ = \delta_{c} b_{p}",
               r"∂⟨Q|w_{pc}⟩ = \sum_{i} \delta_{ic} b_{ip}"],
        "W2": [r"∂⟨\ell_{i}|w_{pc}⟩ = \delta_{c} b_{p} = \theta'_{c}(a_{c}) (\sum_{n} w_{cn} \delta_{n}) b_{p}"],
        "z3": [r"a_{c} = \sum_{p} w_{pc} b_{p}", r"b_{c} = \theta_{c}(a_{c})", "Q = \\sum_{i} \\ell_{i}",
               r"\delta_{c} = \theta'_{c}(a_{c}) ∂⟨\ell_{i}|b_{c}⟩", r"∂⟨\ell_{i}|b_{c}⟩ = 2 (b_{c} - y_{c})"],
        "z2": [r"\delta_{c} = ∂⟨\ell_{i}|a_{c}⟩ = ∂⟨\ell_{i}|b_{c}⟩ \theta'_{c}(a_{c})",
               r"∂⟨\ell_{i}|b_{c}⟩ = \sum_{n} ∂⟨\ell_{i}|a_{n}⟩ ∂⟨a_{n}|b_{c}⟩ = \sum_{n} \delta_{n} w_{cn}",
               r"\delta_{c} = \theta'_{c}(a_{c}) \sum_{n} w_{cn} \delta_{n}"]},
    "blame": {  # source B: one neuron (here a unit of the last layer), and the program, whose loop adds samples up
        "z3": [r"Z_{3,j} = h(Y_{3,j})", r"J_{s} = -\sum_{j} (t_{j} \ln Z_{3,j} + (1 - t_{j}) \ln(1 - Z_{3,j}))",
               r"∂⟨J_{s}|Z_{3,j}⟩ = \frac{Z_{3,j} - t_{j}}{Z_{3,j} (1 - Z_{3,j})}",
               r"∂⟨Z_{3,j}|Y_{3,j}⟩ = Z_{3,j} (1 - Z_{3,j})", r"\delta_{3,j} = Z_{3,j} - t_{j}"],
        "W3": [r"∂⟨Y_{3,j}|W_{3,jk}⟩ = Z_{2,k}", r"∂⟨J_{s}|W_{3,jk}⟩ = (Z_{3,j} - t_{j}) Z_{2,k}",
               r"∂⟨J|W_{3,jk}⟩ = \sum_{s} \delta_{3,sj} Z_{2,sk}"],
        "z2": [r"∂⟨J_{s}|Z_{2,j}⟩ = \sum_{i} W_{3,ij} (Z_{3,i} - t_{i})",
               r"\delta_{2,j} = Z_{2,j} (1 - Z_{2,j}) \sum_{i} W_{3,ij} \delta_{3,i}"],
        "W1": [r"∂⟨J|W_{1,jk}⟩ = \sum_{s} \delta_{1,sj} X_{sk}"],
        "b1": [r"∂⟨J|W_{1,j0}⟩ = \sum_{s} \delta_{1,sj}"]},
    "chapter": {  # source C; its 2–2–1 network stands in test_the_chapter's_network
        "z3": [r"∂⟨C_{n}|\hat{y}_{j}⟩ = \hat{y}_{j} - y_{j}", r"∂⟨C_{n}|s_{j}^{(3)}⟩ = \hat{y}_{j} - y_{j}",
               r"s_{j}^{(3)} = \sum_{i} w_{ij}^{(3)} z_{i}^{(2)} + b_{j}^{(3)}"],
        "W3": [r"∂⟨C_{n}|w_{ij}^{(3)}⟩ = ∂⟨C_{n}|s_{j}^{(3)}⟩ z_{i}^{(2)}",
               r"∂⟨C|w_{ij}^{(3)}⟩ = \sum_{n} ∂⟨C_{n}|w_{ij}^{(3)}⟩"],
        "z2": [r"∂⟨C_{n}|s_{j}^{(2)}⟩ = (\sum_{k} w_{jk}^{(3)} ∂⟨C_{n}|s_{k}^{(3)}⟩)"
               r" z_{j}^{(2)} (1 - z_{j}^{(2)})"]},
    "article": {  # source D
        "z3": [r"z_{j}^{3} = \sum_{k} w_{jk}^{3} a_{k}^{2}", r"a_{j}^{3} = g^{3}(z_{j}^{3})",
               r"C_{i} = \sum_{j} (a_{j}^{3} - y_{j})^{2}"],
        "W3": [r"∂⟨C_{i}|w_{jk}^{3}⟩ = ∂⟨C_{i}|a_{j}^{3}⟩ ∂⟨a_{j}^{3}|z_{j}^{3}⟩ ∂⟨z_{j}^{3}|w_{jk}^{3}⟩",
               r"∂⟨C_{i}|w_{jk}^{3}⟩ = 2 (a_{j}^{3} - y_{j}) g'^{3}(z_{j}^{3}) a_{k}^{2}",
               r"∂⟨C|w_{jk}^{3}⟩ = \frac{1}{N} \sum_{i} ∂⟨C_{i}|w_{jk}^{3}⟩"],
        "W2": [r"∂⟨C_{i}|w_{jk}^{2}⟩ = (\sum_{q} 2 (a_{q}^{3} - y_{q}) g'^{3}(z_{q}^{3}) w_{qj}^{3})"
               r" g'^{2}(z_{j}^{2}) a_{k}^{1}"]},
    "nielsen": {
        "W3": [r"∂⟨C_{x}|w_{jk}^{4}⟩ = \delta_{j}^{4} a_{k}^{3}"],
        "W1": [r"∂⟨C_{x}|w_{jk}^{2}⟩ = \delta_{j}^{2} a_{k}^{1}",
               r"∂⟨C|w_{jk}^{2}⟩ = \frac{1}{n} \sum_{x} \delta_{jx}^{2} a_{kx}^{1}"],
        "b2": [r"∂⟨C_{x}|b_{j}^{3}⟩ = \delta_{j}^{3}"],
        "z3": [r"\delta_{j}^{4} = ∂⟨C_{x}|a_{j}^{4}⟩ \sigma'(z_{j}^{4}) = (a_{j}^{4} - y_{j}) \sigma'(z_{j}^{4})"],
        "z2": [r"\delta_{j}^{3} = \sum_{i} w_{ij}^{4} \delta_{i}^{4} \sigma'(z_{j}^{3})"]},
    "bishop": {
        "W2": [r"∂⟨E_{n}|w_{ji}⟩ = \delta_{j} z_{i}", r"∂⟨E|w_{ji}⟩ = \sum_{n} \delta_{nj} z_{ni}"],
        "b2": [r"∂⟨E_{n}|w_{j0}⟩ = \delta_{j}"],
        "z3": [r"\delta_{j} = y_{j} - t_{j}", r"E_{n} = \frac{1}{2} \sum_{j} (y_{j} - t_{j})^{2}"],
        "z2": [r"\delta_{j} = h'(a_{j}) \sum_{k} w_{kj} \delta_{k}",
               r"\delta_{j} = (1 - z_{j}^{2}) \sum_{k} w_{kj} \delta_{k}"]},
    "goodfellow": {
        "W2": [r"∂⟨L_{s}|W_{ij}^{(2)}⟩ = g_{i}^{(2)} h_{j}^{(1)}"], "b2": [r"∂⟨L_{s}|b_{i}^{(2)}⟩ = g_{i}^{(2)}"],
        "z2": [r"g_{i}^{(2)} = (\sum_{k} W_{ki}^{(3)} g_{k}^{(3)}) f'(a_{i}^{(2)})"],
        "z3": [r"g_{i}^{(3)} = \hat{y}_{i} - y_{i}"]},
    "cs231n": {
        "z1": [r"\mathrm{dout}_{1,j} = \operatorname{ReLU}'(s_{1,j}) \sum_{m} \mathrm{dout}_{2,m} W_{2,jm}"],
        "z3": [r"\mathrm{dout}_{3,j} = p_{j} - \left[j=y\right]"],
        "W1": [r"∂⟨L|W_{1,kj}⟩ = \frac{1}{N} \sum_{i} x_{ik} \mathrm{dout}_{1,ij}"],
        "W3": [r"∂⟨L|W_{3,kj}⟩ = \frac{1}{N} \sum_{i} h_{2,ik} \mathrm{dout}_{3,ij}"],
        "b3": [r"∂⟨L|b_{3,j}⟩ = \frac{1}{N} \sum_{i} \mathrm{dout}_{3,ij}"]},
    "ng2011": {
        "z3": [r"\delta_{j}^{(4)} = a_{j}^{(4)} - y_{j}"],
        "z2": [r"\delta_{j}^{(3)} = (\sum_{k} \Theta_{kj}^{(3)} \delta_{k}^{(4)}) g'(z_{j}^{(3)})",
               r"\delta_{j}^{(3)} = (\sum_{k} \Theta_{kj}^{(3)} \delta_{k}^{(4)}) a_{j}^{(3)} (1 - a_{j}^{(3)})"],
        "W1": [r"∂⟨J|\Theta_{ji}^{(1)}⟩ = \frac{1}{m} \sum_{t} \delta_{tj}^{(2)} a_{ti}^{(1)}"],
        "b1": [r"∂⟨J|\Theta_{j0}^{(1)}⟩ = \frac{1}{m} \sum_{t} \delta_{tj}^{(2)}"]},
    "ng": {
        "z3": [r"\mathrm{dZ}_{j}^{[3]} = A_{j}^{[3]} - Y_{j}"],
        "z2": [r"\mathrm{dZ}_{j}^{[2]} = (\sum_{q} W_{qj}^{[3]} \mathrm{dZ}_{q}^{[3]}) g'^{[2]}(Z_{j}^{[2]})"],
        "W1": [r"∂⟨J|W_{jk}^{[1]}⟩ = \frac{1}{m} \sum_{i} \mathrm{dZ}_{ji}^{[1]} A_{ki}^{[0]}"],
        "b1": [r"∂⟨J|b_{j}^{[1]}⟩ = \frac{1}{m} \sum_{i} \mathrm{dZ}_{ji}^{[1]}"]},
    "3blue1brown": {
        "W3": [r"∂⟨C_{s}|w_{jk}^{(3)}⟩ = 2 (a_{j}^{(3)} - y_{j}) \sigma'(z_{j}^{(3)}) a_{k}^{(2)}",
               r"∂⟨C|w_{jk}^{(3)}⟩ = \frac{1}{n} \sum_{s} ∂⟨C_{s}|w_{jk}^{(3)}⟩"],
        "b3": [r"∂⟨C_{s}|b_{j}^{(3)}⟩ = 2 (a_{j}^{(3)} - y_{j}) \sigma'(z_{j}^{(3)})"],
        "z2": [r"∂⟨C_{s}|a_{j}^{(2)}⟩ = \sum_{i} w_{ij}^{(3)} \sigma'(z_{i}^{(3)}) 2 (a_{i}^{(3)} - y_{i})"]},
    "prince": {
        "W2": [r"∂⟨\ell_{i}|\Omega_{1,jk}⟩ = ∂⟨\ell_{i}|f_{1,j}⟩ h_{1,k}"],
        "b2": [r"∂⟨\ell_{i}|\beta_{1,j}⟩ = ∂⟨\ell_{i}|f_{1,j}⟩"],
        "W1": [r"∂⟨\ell_{i}|\Omega_{0,jk}⟩ = ∂⟨\ell_{i}|f_{0,j}⟩ x_{k}",
               r"∂⟨L|\Omega_{0,jk}⟩ = \sum_{i} ∂⟨\ell_{i}|\Omega_{0,jk}⟩"],
        "z3": [r"∂⟨\ell_{i}|f_{2,j}⟩ = 2 (f_{2,j} - y_{j})"],
        "z2": [r"∂⟨\ell_{i}|f_{1,j}⟩ = "
               r"\begin{cases} 1 & \text{for} f_{1,j} > 0 \\ 0 & \text{otherwise} \end{cases}"
               r" \sum_{m} \Omega_{2,mj} ∂⟨\ell_{i}|f_{2,m}⟩"]},
    "d2l": {
        "z3": [r"∂⟨L_{i}|o_{j}⟩ = o_{j} - y_{j}"],
        "W3": [r"∂⟨J|W_{jk}^{(3)}⟩ = \frac{1}{n} \sum_{i} ∂⟨L_{i}|o_{ji}⟩ h_{ki}^{(2)} + \lambda W_{jk}^{(3)}"],
        "W1": [r"∂⟨J|W_{jk}^{(1)}⟩ = \frac{1}{n} \sum_{i} ∂⟨L_{i}|z_{ji}^{(1)}⟩ x_{ki} + \lambda W_{jk}^{(1)}"],
        "z2": [r"∂⟨L_{i}|z_{j}^{(2)}⟩ = (\sum_{q} W_{qj}^{(3)} ∂⟨L_{i}|o_{q}⟩) \phi'(z_{j}^{(2)})"]},
    "bplib": {"z1": [  # the chain rule with three intermediates
        r"∂⟨C_{s}|a_{j}^{(1)}⟩ = ∂⟨C_{s}|z_{1}^{(2)}⟩ ∂⟨z_{1}^{(2)}|a_{j}^{(1)}⟩"
        r" + ∂⟨C_{s}|z_{2}^{(2)}⟩ ∂⟨z_{2}^{(2)}|a_{j}^{(1)}⟩ + ∂⟨C_{s}|z_{3}^{(2)}⟩ ∂⟨z_{3}^{(2)}|a_{j}^{(1)}⟩"]},
    "mine": {"W2": [r"∂⟨K_{r}|v_{1,βα}⟩ = \varepsilon_{1,α} o_{1,β}"]},
}


@pytest.mark.parametrize("name,about", [(name, about) for name, stated in STATED.items() for about in stated])
def test_what_the_text_states_is_what_is_derived(name, about):
    """Each stated formula is true, and an equation of the network or a step of the derivation has its two ends."""
    derivation, numbers = case(name)
    layer, notation = layer_of(about), notation_of(name)
    reader = Reader(TEXTS[name], numbers, layer)
    printed = [sides(step, notation) for step in derivation.steps if layer_of(step.about) == layer]
    printed += [printed_equation(equation, derivation, notation) for equation in derivation.network.equations
                if equation.quantity.mark in (layer, None)]
    for stated in STATED[name][about]:
        ends = ends_of(stated)
        reader.agree(*ends)
        assert any(agree(reader, ends[0], left) and agree(reader, ends[-1], right)
                   for left, right in printed), stated


WRONG_STATEMENTS = {
    "nielsen": r"∂⟨C_{x}|w_{jk}^{4}⟩ = \delta_{j}^{4} a_{k}^{2}",
    "bishop": r"\delta_{j} = h'(a_{j}) \sum_{k} w_{jk} \delta_{k}",
    "persian": r"∂⟨\ell_{i}|b_{c}⟩ = \sum_{n} \delta_{n} w_{nc}",
    "article": r"∂⟨C_{i}|w_{jk}^{3}⟩ = (a_{j}^{3} - y_{j}) g'^{3}(z_{j}^{3}) a_{k}^{2}",
    "ng": r"\mathrm{dZ}_{j}^{[2]} = (\sum_{q} W_{qj}^{[3]} \mathrm{dZ}_{q}^{[3]}) g'^{[3]}(Z_{j}^{[2]})",
    "cs231n": r"∂⟨L|W_{2,jk}⟩ = \frac{1}{N} \sum_{i} h_{1,ij} \mathrm{dout}_{2,ik}",
    "blame": r"∂⟨J|W_{2,jk}⟩ = \frac{1}{m} \sum_{s} \delta_{2,sj} Z_{1,sk}",
    "d2l": r"∂⟨J|W_{jk}^{(2)}⟩ = \frac{1}{n} \sum_{i} ∂⟨L_{i}|z_{ji}^{(2)}⟩ h_{ki}^{(1)}",
    "3blue1brown": r"∂⟨C_{s}|a_{j}^{(1)}⟩ = \sum_{i=1}^{n_{2}} w_{ij}^{(2)} ∂⟨C_{s}|z_{i}^{(2)}⟩",
    "prince": r"h_{2,j} = f_{1,j}",
}


@pytest.mark.parametrize("name", WRONG_STATEMENTS)
def test_a_wrong_statement_is_found_out(name):
    """A wrong layer, a swapped index, a lost factor, a wrong mean, a lost penalty, counting from another unit."""
    with pytest.raises((AssertionError, Misread)):
        Reader(TEXTS[name], case(name)[1], 2 if name != "nielsen" else 3).agree(*ends_of(WRONG_STATEMENTS[name]))


# formulas of the sources with numbers for indices

NUMBERED = {
    ("article", "W3", (2, 3)): (SIZES,  # source D: j = 1 and k = 2, counted from 0
        r"∂⟨C_{i}|w_{12}^{3}⟩ = 2 (a_{1}^{3} - y_{1}) g'^{3}(z_{1}^{3}) a_{2}^{2}"),
    ("article", "W2", (3, 3)): (SIZES,
        r"∂⟨C_{i}|w_{22}^{2}⟩ = (\sum_{j=0}^{1} 2 (a_{j}^{3} - y_{j}) g'^{3}(z_{j}^{3}) w_{j2}^{3}) "
        r"g'^{2}(z_{2}^{2}) a_{2}^{1}"),
    ("chapter", "W2", (1, 2)): ((2, 2, 1),  # source C: w_ij goes from i to j, the engine's W[1, 2] to 1 from 2
        r"∂⟨C_{n}|w_{21}^{(2)}⟩ = (\hat{y}_{1} - y_{1}) z_{2}^{(1)}"),
    ("chapter", "W1", (1, 2)): ((2, 2, 1),
        r"∂⟨C_{n}|w_{21}^{(1)}⟩ = (\hat{y}_{1} - y_{1}) w_{11}^{(2)} z_{1}^{(1)} (1 - z_{1}^{(1)}) x_{2}"),
}
CHAPTER_ALSO = (
    r"s_{1}^{(2)} = w_{11}^{(2)} z_{1}^{(1)} + w_{21}^{(2)} z_{2}^{(1)} + b_{1}^{(2)}",
    r"C_{n} = \frac{1}{2} (y_{1} - \hat{y}_{1})^{2}", r"∂⟨C_{n}|\hat{y}_{1}⟩ = \hat{y}_{1} - y_{1}",
    r"∂⟨C_{n}|s_{1}^{(2)}⟩ = \hat{y}_{1} - y_{1}",
    r"∂⟨C_{n}|s_{1}^{(1)}⟩ = (\hat{y}_{1} - y_{1}) w_{11}^{(2)} z_{1}^{(1)} (1 - z_{1}^{(1)})",
    r"∂⟨C|w_{21}^{(1)}⟩ = \sum_{n} ∂⟨C_{n}|w_{21}^{(1)}⟩",
)


@pytest.mark.parametrize("name,about,indices", NUMBERED)
def test_numbered_formulas_of_the_sources(name, about, indices):
    """The stated formula of one weight equals what is derived for that weight, in scalars."""
    sizes, stated = NUMBERED[name, about, indices]
    text, derivation = of_sizes(TEXTS[name], sizes), bp.derive(network(name, sizes))
    reader = Reader(text, Numbers(text), layer_of(about))
    left, right = ends_of(stated)
    reader.agree(left, right, *sides(derivation.scalar(about, *indices), convention(name)))


def test_all_formulas_of_the_chapter_s_network():
    text = of_sizes(TEXTS["chapter"], (2, 2, 1))
    reader = Reader(text, Numbers(text), 2)
    for stated in CHAPTER_ALSO:
        reader.agree(*ends_of(stated))


WITH_LAYERS = [name for name in NAMES if with_layers(TEXTS[name])]


@pytest.mark.parametrize("name", WITH_LAYERS)
def test_gradients_in_scalars(name):
    """With numbers for all indices, too; a text without marks for layers cannot number its units like that."""
    derivation, numbers = case(name)
    text = TEXTS[name]
    for about, at in (("W1", (4, 2)), ("W2", (3, 1)), ("W3", (2, 3))):
        reader = Reader(text, numbers, layer_of(about))
        left, right = sides(derivation.scalar(about, *at), notation_of(name))
        reader.agree(left, right)
        expected = sum(reader.read(left)[0]({"sample": sample}) for sample in range(1, SAMPLES + 1))
        gradient = numbers.gradients(over_samples="sum", l2=0)[0][layer_of(about) - 1]
        assert expected == pytest.approx(gradient[at[0] - 1, at[1] - 1])


NEURON_STATED = (  # source B: Y = g(W) = W·X, Z = h(Y), J = L(Z)
    "Y = W X", "Z = h(Y)", r"J_{s} = -(t \ln Z + (1 - t) \ln(1 - Z))", r"∂⟨J_{s}|Z⟩ = \frac{Z - t}{Z (1 - Z)}",
    "∂⟨Z|Y⟩ = h'(Y) = Z (1 - Z)", "∂⟨Y|W⟩ = X", r"∂⟨J_{s}|W⟩ = ∂⟨J_{s}|Z⟩ ∂⟨Z|Y⟩ ∂⟨Y|W⟩ = (Z - t) X = \delta X",
    r"∂⟨J_{s}|X⟩ = W (Z - t)")


def test_one_neuron_as_source_B_writes_it():
    """J = L(h(g(W))): all that is stated and all that is derived; the slope of h cancels."""
    derivation = bp.derive(bp.neuron("sigmoid", "binary cross entropy", bias=False))
    reader = Reader(NEURON, Numbers(NEURON), 1)
    for step in derivation.steps:
        reader.agree(*sides(step, convention("blame")))
    for stated in NEURON_STATED:
        reader.agree(*ends_of(stated))
    gradient, = Numbers(NEURON).gradients()[0]
    assert reader.table(sides(derivation["w"], convention("blame"))[1], ()) == pytest.approx(gradient[0, 0])


@pytest.mark.parametrize("name", ["blame", "cs231n"])
def test_batches_as_products_of_matrices(name):
    """Source B's two layouts, with samples in rows: Y = X Wᵀ and Y = X W.  G holds the printed error terms."""
    derivation, numbers = case(name)
    text = TEXTS[name]
    for layer in (2, 3):
        reader, unit = Reader(text, numbers, layer), text.units
        G = reader.table(sides(derivation[f"z{layer}"], convention(name))[1], ("sample", unit[0]))
        X, b = numbers.values["a", layer - 1], numbers.values["b", layer]
        dX = [[numbers.derivative(("losses", None), at, ("a", layer - 1), (at, k)) for k in range(X.shape[1])]
              for at in range(SAMPLES)]
        dW = numbers.gradients(over_samples="sum")[0][layer - 1]
        W = numbers.W[layer] if text.order == "to,from" else numbers.W[layer].T
        if text.order == "to,from":
            Y, by_X, by_W = X @ W.T, G @ W, G.T @ X
        else:
            Y, by_X, by_W = X @ W, G @ W.T, (X.T @ G).T
        np.testing.assert_allclose(Y + b, numbers.values["z", layer])
        np.testing.assert_allclose(by_X, dX)
        np.testing.assert_allclose(by_W, dW)


# what a wrong row would print

def other(value, *values):
    return next(v for v in values if v != value)


MISTAKES = {
    "order of a weight's indices": lambda n: replace(n, weight=other(n.weight, "to,from", "from,to")),
    "first unit": lambda n: replace(n, first_unit=1 - n.first_unit),
    "units": lambda n: replace(n, units=(n.units[1], n.units[0], n.units[2])),
    "unit of the layer after": lambda n: replace(n, units=(*n.units[:2], n.units[1])),
    "letter clash": lambda n: replace(n, letters={**n.letters, "a": n.letter("W")}),
    "pre-activation and activation": lambda n: replace(
        n, letters={**n.letters, "a": n.letter("z"), "z": n.letter("a")}),
    "target": lambda n: replace(n, letters={**n.letters, "y": n.letter("a")}),
    "cost": lambda n: replace(n, letters={**n.letters, "C": n.letter("losses")}),
    "number of samples": lambda n: replace(n, letters={**n.letters, "N": "q"}),
    "samples": lambda n: replace(n, samples=other(n.samples, "rows", "columns")),
    "inputs": lambda n: replace(n, input_is_a=not n.input_is_a, letters={"x": "a", **n.letters}),
    "number of a layer": lambda n: replace(n, shift={**n.shift, "W": n.shift.get("W", 0) + 1}),
    "mark of a layer": lambda n: replace(n, layer=other(n.layer, "^{{<{}>}}", "")),
    "letter of a sample": lambda n: replace(n, sample=n.units[0]),
    "bias": lambda n: replace(n, bias=other(n.bias, "apart", "column 0"), letters={"b": r"\beta", **n.letters}),
    "what a function carries": lambda n: replace(n, letters={"g": "G", **n.letters},
                                                 g_carries=other(n.g_carries, "unit", "layer")),
}
WITHOUT_EFFECT = {  # a text that has no such thing to get wrong
    "bias": {name for name, text in TEXTS.items() if text.b == "none"},
    "number of a layer": set(NAMES) - set(WITH_LAYERS),
    "inputs": {name for name, text in TEXTS.items() if text.x == text.a},
}


@pytest.mark.parametrize("name,mistake", [
    (name, mistake) for name in NAMES for mistake in MISTAKES if name not in WITHOUT_EFFECT.get(mistake, ())])
def test_a_wrong_row_is_found_out(name, mistake):
    """A row with any one of its fields wrong prints something that is unreadable or false in its text."""
    with pytest.raises((AssertionError, Misread)):
        check_all(name, MISTAKES[mistake](notation_of(name)))


@pytest.mark.parametrize("mistake", ["order of a weight's indices", "samples", "pre-activation and activation"])
@pytest.mark.parametrize("name", NAMES)
def test_the_gradients_of_a_wrong_row_are_found_out(name, mistake):
    with pytest.raises((AssertionError, Misread)):
        check_gradients(name, MISTAKES[mistake](notation_of(name)))


@pytest.mark.parametrize("choice", ["loss", "over_samples", "activations"])
@pytest.mark.parametrize("name", TABLE)
def test_a_wrong_choice_is_found_out(name, choice):
    """Were the loss, its factor, the mean or an activation another one, the gradients would not be the text's."""
    text = TEXTS[name]
    other_choice = {
        "loss": bp.loss("squared error", factor=0.25),
        "over_samples": other(text.choices.get("over_samples", "mean"), "sum", "mean"),
        "activations": ["softplus", "softplus", case(name)[1].activations[-1]]}[choice]
    derivation = derived(network(name, SIZES, **{choice: other_choice}))
    numbers, wrong = case(name)[1], 0
    for step in derivation.steps:
        try:
            wrong += not agree(Reader(text, numbers, layer_of(step.about)), *sides(step, convention(name)))
        except Misread:
            wrong += 1
    assert wrong


# well formed, everywhere

def badly_formed(latex):
    """What is wrong with the braces, brackets and scripts of a formula; "" where nothing is."""
    tokens = re.findall(r"\\[a-zA-Z]+|\\.|\S", latex)
    stack, scripts = [], set()
    pairs = {"}": "{", r"\right": r"\left", r"\end": r"\begin"}
    for at, token in enumerate(tokens):
        if token in ("^", "_"):
            if token in scripts:
                return f"double {token}"
            if tokens[at + 1] != "{":
                return "script without braces"
            scripts |= {token}
            stack.append(("script", scripts))
            continue
        if token in pairs.values():
            if stack and stack[-1][0] == "script":
                stack[-1] = ("{", stack[-1][1])
            else:
                stack.append((token, set()))
            scripts = set()
        elif token in pairs:
            if not stack or stack[-1][0] != pairs[token]:
                return f"unexpected {token}"
            scripts = stack.pop()[1]
        elif token != "'":
            scripts = set()
    return "not closed" if stack else ""


@pytest.mark.parametrize("latex", ["a^{2}^{3}", "a_{1}^{2}_{3}", r"\frac{a}{b", r"\left(a", "a}",
                                   "a^2", r"a_{b_{1}_{2}}"])
def test_what_is_badly_formed_is_noticed(latex):
    assert badly_formed(latex)


@pytest.mark.parametrize("name", NETWORKS)
def test_all_steps_of_all_networks_are_well_formed_in_all_notations(name):
    derivation = derivation_of(name)
    for notation in (*TABLE.values(), OWN):
        for step in derivation.steps:
            assert not badly_formed(step.latex(notation)), (notation.name, step.latex(notation))
        for equation in derivation.network.equations:
            assert not badly_formed(" = ".join(printed_equation(equation, derivation, notation)))


# the table itself

def test_the_texts_are_all_there_and_each_is_stated_here():
    assert set(TABLE) == set(TEXTS) - {"mine"} and set(STATED) == set(TEXTS)
    assert len(TABLE) == 13 + 1 and TABLE["bplib"] is DEFAULT
    assert all(row.name == name and row.title for name, row in TABLE.items())


@pytest.mark.parametrize("name", NAMES)
def test_the_network_is_the_one_that_the_text_chooses(name):
    text, built = TEXTS[name], network(notation_of(name), SIZES)
    loss = text.choices.get("loss", "squared error")
    assert [row.name for row in built.structure.activations] == Numbers(text).activations
    assert built.options.loss == bp.loss(loss)
    assert built.options.over_samples == text.choices.get("over_samples", "mean")
    assert built.options.l2 == pytest.approx(text.choices.get("l2", 0))
    assert built.structure.bias == (text.b != "none")


def test_a_learner_s_own_choices_come_first():
    built = network("article", [2, 2], activations="tanh", bias=True, over_samples="sum")
    assert built.parameters == ("W1", "b1") and built.options.over_samples == "sum"
    assert built.structure.activations[0].name == "tanh"


@pytest.mark.parametrize("row", TABLE.values(), ids=lambda row: row.name)
def test_names_in_code_do_not_meet(row):
    names = {**NAMES_IN_CODE, **row.code}
    given = [name.format(layer) for name in names.values() for layer in (range(1, 4) if "{}" in name else [0])]
    assert set(row.code) <= set(NAMES_IN_CODE)
    assert len(given) == len(set(given)) and all(name.isidentifier() for name in given)


def test_a_notation_is_found_by_its_name_or_is_one():
    assert convention("nielsen") is TABLE["nielsen"] and convention(OWN) is OWN
    with pytest.raises(InputError, match="nielsen"):
        convention("nielson")
