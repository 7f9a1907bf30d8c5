"""The course as a whole: every formula of the four sources is derived where the contents page says it is.

FORMULAS lists what the sources contain.  A formula is shown or asserted.  Where it is shown, the LaTeX that the linked
cell has stored is read as mathematics and compared with the statement here: each entry of each array counts as a number
of its own, so that two formulas agree only if they are the same function of the same entries.  The statement itself has
to be true of a network with numbers.  Where it is asserted, the linked cell has an assert about it, which nbval runs.
"""
import ast
import os
import re
import shutil
import subprocess
import sys
import zlib
from functools import lru_cache
from pathlib import Path

import nbformat
import numpy as np
import pytest
from latex_reader import NEURON, SAMPLES, TEXTS, Misread, Numbers, Reader, Text, agree, ends_of, of_sizes, replace

from bplib import reference

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"

# neurons with names, in the letters of source A


class Neurons(Numbers):
    """The numbers of sigmoid neurons with names; `sources`: name → the names that it hears.  Weight pc joins p to c."""

    def __init__(self, sources, entropy=False):
        random = np.random.default_rng(7)
        self.sources, self.entropy, self.moved = sources, entropy, {}
        outside = {p for heard in sources.values() for p in heard} - set(sources)
        self.X = {p: random.normal(size=SAMPLES) for p in sorted(outside)}
        self.W = {p + c: random.normal() for c, heard in sources.items() for p in heard}
        self.Y = random.uniform(0.1, 0.9, SAMPLES)
        self.values = self.forward()
        for c in sources:
            self.values["delta", c] = np.array([
                self.derivative(("losses", None), at, ("z", c), at) for at in range(SAMPLES)])

    def forward(self, what=None, index=None):
        found = {}

        def keep(kind, name, value):
            found[kind, name] = np.array(value, complex)
            if (kind, name) == what:
                found[kind, name][index] += 1e-30j
            return found[kind, name]

        for p, x in self.X.items():
            keep("a", p, x)
        for c, heard in self.sources.items():
            z = keep("z", c, sum(keep("W", p + c, self.W[p + c]) * found["a", p] for p in heard))
            a = keep("a", c, 1 / (1 + np.exp(-z)))
        y = keep("y", "1", self.Y)
        losses = keep("losses", None, -y * np.log(a) - (1 - y) * np.log(1 - a) if self.entropy else (a - y)**2)
        keep("C", None, losses.sum())
        return found if what else {key: value.real for key, value in found.items()}


class ReaderOfNeurons(Reader):
    """Reads formulas whose indices are the names of neurons."""

    KINDS = {"w": "W", "a": "z", "b": "a", r"\delta": "delta", "y": "y", "Q": "C"}

    def __init__(self, numbers):
        super().__init__(TEXTS["persian"], numbers, 1)

    def entry(self, letter):
        if letter == self.text.cost[1]:
            return super().entry(letter)
        marks = "".join(self.scripts().get("_", []))
        kind, name = self.KINDS[letter], marks.removeprefix(self.text.sample) or None
        if kind not in ("W", "C") and self.text.sample not in self.bound:
            self.free.add("sample")
        if (kind, name) not in self.numbers.values:
            raise Misread(f"{letter} has no {name}")

        def place(env):
            return kind, name, () if kind in ("W", "C") else env["sample"] - 1
        return lambda env: self.numbers.values[place(env)[:2]][place(env)[2]], place

    def applied(self, name):
        slope, marks = bool(self.maybe("'")), self.scripts()
        self.maybe(r"\left")
        self.expect("(")
        _, place = self.entry(self.take())
        self.maybe(r"\right")
        self.expect(")")

        def value(env):
            kind, neuron, at = place(env)
            if kind != "z" or marks != {"_": [neuron]}:
                raise Misread(f"{name} of {kind} of {neuron}, with {marks}")
            return float(reference.ELEMENTWISE["sigmoid"][slope](self.numbers.values["z", neuron][at]))
        return value


class Formal:
    """The same names with numbers that have nothing to do with each other: only what is written alike agrees."""

    def __init__(self, numbers):
        random = np.random.default_rng(8)
        self.values = {key: random.uniform(0.2, 0.8, np.shape(value)) for key, value in numbers.values.items()}
        self.activations, self.l2 = getattr(numbers, "activations", None), 0

    def derivative(self, *what):
        return zlib.crc32(repr(what).encode()) / 2**32


# who writes the formula: a reader, given the numbers

LAYERED = {"c": "pq", "d": "pq", "m": "cd", "n": "cd", "o": "mn"}
GRAPHS = {"five neurons": LAYERED, "skipping": {**LAYERED, "o": "cmn"},
          "three paths": {"g": "t", "h": "t", "k": "t", "f": "ghk"}}
ENTROPY = {"loss": "binary cross entropy"}
ONE_LETTER = Text("w", "z", "a", "x", "y", ("C", "C_{s}"), delta=r"\delta", g=("g",), sizes=(1, 1))
WRITTEN = {  # text, layer that the formula is about
    "article": (lambda at: (of_sizes(TEXTS["article"], (3, 3, 2)), at)),
    "chapter": (lambda at: (of_sizes(TEXTS["chapter"], (2, 2, 1)), at)),
    "persian": (lambda at: (of_sizes(TEXTS["persian"], (3, 4, 2) if at == "middle" else (3, 2)), 1)),
    "bplib": (lambda at: (replace(of_sizes(TEXTS["bplib"], (3, 4, 2)), g=("g",)), at)),
    "bplib entropy": (lambda at: (replace(of_sizes(TEXTS["bplib"], (3, 4, 2)), choices=ENTROPY), at)),
    "one neuron": (lambda at: (NEURON, at)),
    "one neuron, bplib": (lambda at: (ONE_LETTER, at)),
}


@lru_cache(maxsize=None)
def readers(who, layer):
    """A reader with the numbers of a network, and one for which all entries are unrelated."""
    if who in GRAPHS:
        numbers = Neurons(GRAPHS[who])
        return ReaderOfNeurons(numbers), ReaderOfNeurons(Formal(numbers))
    text, at = WRITTEN[who](layer)
    numbers = Numbers(text)
    return Reader(text, numbers, at), Reader(text, Formal(numbers), at)


# what the sources contain

class Shown:
    """Stated formulas that a linked cell displays: left = right, perhaps = other forms; ← for an instruction."""

    def __init__(self, who, layer, *statements):
        self.who, self.layer, self.statements = who, layer, statements


class Asserted:
    """Pieces of what linked cells assert."""

    def __init__(self, *pieces):
        self.pieces = pieces


PROGRAM = Asserted("np.allclose(added[name], 200 * mean[name])")
FORMULAS = {
    "A1": ("weighted sum of a neuron: inputs times weights, added up, no bias",
           Shown("persian", 1, r"a_{c} = \sum_{p} w_{pc} b_{p}")),
    "A2": ("output of a neuron: its activation function, at the weighted sum",
           Shown("persian", 1, r"b_{c} = \theta_{c}(a_{c})")),
    "A3": ("the output reaches all listeners unchanged",
           Shown("five neurons", 1, "a_{m} = w_{cm} b_{c} + w_{dm} b_{d}", "a_{n} = w_{cn} b_{c} + w_{dn} b_{d}")),
    "A4": ("cost: the losses of all samples, added up", Shown("persian", 1, r"Q = \sum_{i} \ell_{i}")),
    "A5": ("loss for regression: squared error", Shown("persian", 1, r"\ell_{i} = \sum_{c} (b_{c} - y_{c})^{2}")),
    "A6": ("loss for classes: negative log-likelihood",
           Asserted("""math.isclose(cost(w, X, [[1.0]]), -math.log(a["o"]))""",
                    """math.isclose(cost(w, X, [[0.0]]), -math.log(1 - a["o"]))""")),
    "A7": ("gradient descent: a step against the gradient",
           Shown("five neurons", 1, r"w_{cm} ← w_{cm} - \eta ∂⟨Q|w_{cm}⟩")),
    "A8": ("chain rule with three intermediates: a product for each path, added up",
           Shown("three paths", 1, r"∂⟨\ell_{i}|b_{t}⟩ = ∂⟨\ell_{i}|a_{g}⟩ ∂⟨a_{g}|b_{t}⟩ + "
                 r"∂⟨\ell_{i}|a_{h}⟩ ∂⟨a_{h}|b_{t}⟩ + ∂⟨\ell_{i}|a_{k}⟩ ∂⟨a_{k}|b_{t}⟩")),
    "A9": ("derivative with respect to a weight: through the weighted sum that it enters",
           Shown("five neurons", 1, r"∂⟨\ell_{i}|w_{pc}⟩ = ∂⟨\ell_{i}|b_{c}⟩ ∂⟨b_{c}|a_{c}⟩ ∂⟨a_{c}|w_{pc}⟩"
                 r" = ∂⟨\ell_{i}|a_{c}⟩ ∂⟨a_{c}|w_{pc}⟩")),
    "A10": ("derivative of the weighted sum with respect to a weight: the input of the connection",
            Shown("five neurons", 1, r"∂⟨a_{c}|w_{pc}⟩ = b_{p}")),
    "A11": ("derivative with respect to a weight: *δ* of the receiver times the input",
            Shown("five neurons", 1, r"∂⟨\ell_{i}|w_{pc}⟩ = \delta_{c} b_{p} = ∂⟨\ell_{i}|a_{c}⟩ b_{p}")),
    "A12": ("the same for all samples, added up",
            Shown("five neurons", 1, r"∂⟨Q|w_{pc}⟩ = \sum_{i} \delta_{ic} b_{ip}")),
    "A13": ("*δ* is the derivative with respect to the weighted sum: that with respect to the output, times the slope",
            Shown("five neurons", 1, r"∂⟨\ell_{i}|a_{o}⟩ = ∂⟨\ell_{i}|b_{o}⟩ ∂⟨b_{o}|a_{o}⟩ = \delta_{o}"
                  r" = ∂⟨\ell_{i}|b_{o}⟩ \theta'_{o}(a_{o})")),
    "A14": ("derivative with respect to an output: one path through each listener, added up",
            Shown("five neurons", 1, r"∂⟨\ell_{i}|b_{c}⟩ = ∂⟨\ell_{i}|a_{m}⟩ ∂⟨a_{m}|b_{c}⟩"
                  r" + ∂⟨\ell_{i}|a_{n}⟩ ∂⟨a_{n}|b_{c}⟩")),
    "A15": ("the same with *δ* of the listeners, weighted by the connections",
            Shown("five neurons", 1, r"∂⟨\ell_{i}|b_{c}⟩ = \delta_{m} w_{cm} + \delta_{n} w_{cn}")),
    "A16": ("the recursion for *δ*",
            Shown("persian", "middle", r"\delta_{c} = \theta'_{c}(a_{c}) \sum_{n} w_{cn} \delta_{n}")),
    "A17": ("where it begins: *δ* of an output, from the loss",
            Shown("five neurons", 1, r"\delta_{o} = \theta'_{o}(a_{o}) 2 (b_{o} - y_{1})"
                  r" = \theta'_{o}(a_{o}) ∂⟨\ell_{i}|b_{o}⟩")),
    "A18": ("the recursion with a connection that skips a layer",
            Shown("skipping", 1, r"\delta_{c} = \theta'_{c}(a_{c})"
                  r" (w_{cm} \delta_{m} + w_{cn} \delta_{n} + w_{co} \delta_{o})")),
    "B1": ("a step: new value = old value − step size × slope",
           Shown("one neuron, bplib", 1, r"w ← w - \eta ∂⟨C|w⟩")),
    "B2": ("the same for a weight, in that text's letters", Shown("one neuron", 1, r"W ← W - \alpha ∂⟨J|W⟩")),
    "B3": ("**slip:** the cost of a network is said to be convex", Asserted("between > 1000 * max(ends)")),
    "B4": ("one neuron: weight times input", Shown("one neuron", 1, "Y = W X")),
    "B5": ("its output: the sigmoid of that", Shown("one neuron", 1, "Z = h(Y)")),
    "B6": ("its cost: cross entropy", Shown("one neuron", 1, r"J_{s} = -(t \ln Z + (1 - t) \ln(1 - Z))")),
    "B7": ("derivative of the cost with respect to the output",
           Shown("one neuron", 1, r"∂⟨J_{s}|Z⟩ = \frac{Z - t}{Z (1 - Z)}")),
    "B8": ("that of the output with respect to the weighted input: the slope of the sigmoid",
           Shown("one neuron", 1, "h'(Y) = Z (1 - Z) = ∂⟨Z|Y⟩")),
    "B9": ("that of the weighted input with respect to the weight", Shown("one neuron", 1, "∂⟨Y|W⟩ = X")),
    "B10": ("the three factors of the chain",
            Shown("one neuron", 1, "∂⟨J_{s}|W⟩ = ∂⟨J_{s}|Z⟩ ∂⟨Z|Y⟩ ∂⟨Y|W⟩")),
    "B11": ("the slope cancels: output minus target, times input",
            Shown("one neuron", 1, "∂⟨J_{s}|Y⟩ = Z - t", r"∂⟨J_{s}|W⟩ = \delta X = (Z - t) X")),
    "B12": ("to the layer before: weight times error", Shown("one neuron", 1, r"∂⟨J_{s}|X⟩ = W \delta = W (Z - t)")),
    "B13": ("and further down, layer by layer",
            Shown("bplib entropy", 1, r"\delta_{j}^{(1)} = a_{j}^{(1)} (1 - a_{j}^{(1)})"
                  r" \sum_{i} w_{ij}^{(2)} \delta_{i}^{(2)}")),
    "B14": ("a program for 400, 25 and 10 units: matrices of 25 × 401 and 10 × 26",
            Asserted("== [(25, 401), (10, 26)]")),
    "B15": ("its error term at the outputs: output minus target", PROGRAM),
    "B16": ("its gradient of the second matrix: error term times hidden outputs", PROGRAM),
    "B17": ("its error term of the hidden units, without the bias unit", PROGRAM),
    "B18": ("its gradient of the first matrix: error term times inputs", PROGRAM),
    "B19": ("**slip:** the program does not divide by the number of samples",
            Asserted("np.allclose(added[name], 200 * mean[name])", "np.allclose(ratio, len(X))")),
    "B20": ("a batch, Y = X Wᵀ: derivative with respect to X is G W",
            Asserted("slopes(lambda X: (G * (X @ W.T)).sum(), X), G @ W")),
    "B21": ("and with respect to W it is Gᵀ X", Asserted("slopes(lambda W: (G * (X @ W.T)).sum(), W), G.T @ X")),
    "B22": ("and with respect to Wᵀ it is Xᵀ G", Asserted("np.allclose((G.T @ X).T, X.T @ G)")),
    "B23": ("the other layout, Y = X W: derivative with respect to W is Xᵀ G",
            Asserted("slopes(lambda V: (G * (X @ V)).sum(), V), X.T @ G")),
    "B24": ("and with respect to X it is G Wᵀ", Asserted("slopes(lambda X: (G * (X @ V)).sum(), X), G @ V.T")),
    "B25": ("both as a product of Jacobians", Asserted("""np.einsum("si,sijk->jk", G, jacobian), G.T @ X""")),
    "C1": ("a step for all weights at once", Asserted("walk[n] - 0.01 * gradient(walk[n])")),
    "C2": ("a step for one weight",
           Shown("chapter", 1, r"w_{ij}^{(1)} ← w_{ij}^{(1)} - \eta ∂⟨C|w_{ij}^{(1)}⟩")),
    "C3": ("chain rule with one path", Asserted("change(one_path)", "F(U(t)).diff(t)")),
    "C4": ("total input of a unit: activations times weights, and a bias",
           Shown("chapter", 2, r"s_{j}^{(2)} = \sum_{i} w_{ij}^{(2)} z_{i}^{(1)} + b_{j}^{(2)}"
                 r" = w_{1j}^{(2)} z_{1}^{(1)} + w_{2j}^{(2)} z_{2}^{(1)} + b_{j}^{(2)}")),
    "C5": ("activation of a hidden unit: sigmoid", Shown("chapter", 1, r"z_{j}^{(1)} = \sigma(s_{j}^{(1)})")),
    "C6": ("the output is linear", Shown("chapter", 2, r"\hat{y}_{j} = \operatorname{id}(s_{j}^{(2)}) = s_{j}^{(2)}")),
    "C7": ("cost: half the squared error",
           Shown("chapter", 2, r"C_{n} = \sum_{j} \frac{1}{2} (\hat{y}_{j} - y_{j})^{2}"
                 r" = \frac{1}{2} (y_{1} - \hat{y}_{1})^{2}")),
    "C8": ("derivative of the cost with respect to the output",
           Shown("chapter", 2, r"∂⟨C_{n}|\hat{y}_{j}⟩ = \hat{y}_{j} - y_{j}")),
    "C9": ("that with respect to the total input of the output",
           Shown("chapter", 2, r"∂⟨C_{n}|s_{j}^{(2)}⟩ = \hat{y}_{j} - y_{j}")),
    "C10": ("that with respect to the weight from hidden unit 2 to the output",
            Shown("chapter", 2, r"∂⟨C_{n}|w_{21}^{(2)}⟩ = (\hat{y}_{1} - y_{1}) z_{2}^{(1)}")),
    "C11": ("that with respect to the total input of hidden unit 1",
            Shown("chapter", 1, r"∂⟨C_{n}|s_{1}^{(1)}⟩ ="
                  r" (\hat{y}_{1} - y_{1}) w_{11}^{(2)} z_{1}^{(1)} (1 - z_{1}^{(1)})")),
    "C12": ("that with respect to the weight from input 2 to hidden unit 1",
            Shown("chapter", 1, r"∂⟨C_{n}|w_{21}^{(1)}⟩ ="
                  r" (\hat{y}_{1} - y_{1}) w_{11}^{(2)} z_{1}^{(1)} (1 - z_{1}^{(1)}) x_{2}")),
    "C13": ("gradient of a batch: those of its samples, added up",
            Shown("chapter", 1, r"∂⟨C|w_{ij}^{(1)}⟩ = \sum_{n} ∂⟨C_{n}|w_{ij}^{(1)}⟩")),
    "D1": ("weighted sum of a unit, in layers, no bias",
           Shown("article", 2, r"z_{j}^{2} = \sum_{k} w_{jk}^{2} a_{k}^{1}")),
    "D2": ("output of a unit: the activation function of its layer",
           Shown("article", 2, r"a_{j}^{2} = g^{2}(z_{j}^{2})")),
    "D3": ("cost of a sample: squared differences, added up over the outputs",
           Shown("article", 2, r"C_{i} = \sum_{j} (a_{j}^{2} - y_{j})^{2}")),
    "D4": ("**slip:** the total cost is printed without the square",
           Asserted("np.isclose(printed, 1)", "np.isclose(squared, 2*(a - 1))")),
    "D5": ("derivative with respect to a weight: three factors",
           Shown("article", 2, r"∂⟨C_{i}|w_{jk}^{2}⟩ = ∂⟨C_{i}|a_{j}^{2}⟩ ∂⟨a_{j}^{2}|z_{j}^{2}⟩"
                 r" ∂⟨z_{j}^{2}|w_{jk}^{2}⟩")),
    "D6": ("in the last layer",
           Shown("article", 2, r"∂⟨C_{i}|w_{jk}^{2}⟩ = 2 (a_{j}^{2} - y_{j}) g'^{2}(z_{j}^{2}) a_{k}^{1}")),
    "D7": ("in the last layer, for the weight to unit 1 from unit 2",
           Shown("bplib", 2, r"∂⟨C_{s}|w_{12}^{(2)}⟩ = 2 (a_{1}^{(2)} - y_{1}) g'(z_{1}^{(2)}) a_{2}^{(1)}")),
    "D8": ("gradient of all samples: the mean",
           Shown("article", 1, r"∂⟨C|w_{jk}^{1}⟩ = \frac{1}{N} \sum_{i} ∂⟨C_{i}|w_{jk}^{1}⟩")),
    "D9": ("in the layer before, for the weight to unit 2 from unit 2",
           Shown("article", 1, r"∂⟨C_{i}|w_{22}^{1}⟩ ="
                 r" (\sum_{j=0}^{1} 2 (a_{j}^{2} - y_{j}) g'^{2}(z_{j}^{2}) w_{j2}^{2}) g'^{1}(z_{2}^{1}) a_{2}^{0}")),
    "D10": ("new weight = old weight − learning rate × gradient",
            Shown("one neuron, bplib", 1, r"w ← w - \eta ∂⟨C|w⟩")),
}


# the contents page

@lru_cache(maxsize=None)
def notebook(name):
    return nbformat.read(NOTEBOOKS / name, as_version=4)


@lru_cache(maxsize=None)
def table():
    """Id → (words, [(notebook, id of a cell), …]) of the rows of the contents page."""
    rows = {}
    page = "\n".join(cell.source for cell in notebook("00-contents.ipynb").cells if cell.cell_type == "markdown")
    for name, words, where in re.findall(r"^\| ([A-D]\d+) \| (.+?) \| (.+) \|$", page, re.M):
        assert name not in rows
        rows[name] = words, re.findall(r"\]\(([^)#]+)#cell-id=([\w-]+)\)", where)
    return rows


def cells(name):
    """The cells that a row links to."""
    found = []
    for file, wanted in table()[name][1]:
        found += [cell for cell in notebook(file).cells if cell.id == wanted]
    return found


def displayed(cell):
    """(left, right) of each equation in the stored output of a cell."""
    texts = [output.data.get("text/markdown") or output.data.get("text/latex") or ""
             for output in cell.outputs if "data" in output]
    formulas = [one or two for text in texts
                for one, two in re.findall(r"\$\$(.+?)\$\$|\$\\displaystyle (.+?)\$", text, re.S)]
    lines = [line for formula in formulas
             for line in re.split(r"\\\\(?:\[1ex\])?", re.sub(r"\\(begin|end)\{aligned\}|\\qquad.*", "", formula))]
    lines = [line.replace("&=", "=").replace(r"\leftarrow", "=") for line in lines]
    return [sides(line) for line in lines if "=" in line]


def sides(line):
    return tuple(side.strip() for side in line.split("=", 1))


def asserts(cell):
    return [ast.unparse(node) for node in ast.walk(ast.parse(cell.source)) if isinstance(node, ast.Assert)]


def prints(cell, formal, left, right):
    """Whether a cell displays left = right, in whatever order of factors."""
    for one, other in displayed(cell):
        try:
            if agree(formal, left, one) and agree(formal, right, other):
                return True
        except (Misread, KeyError, IndexError):
            continue
    return False


SHOWN = [(name, statement) for name, (_, how) in FORMULAS.items() if isinstance(how, Shown)
         for statement in how.statements]


def test_every_formula_of_the_sources_has_its_row_in_order():
    assert [(name, words) for name, (words, _) in table().items()] == [
        (name, words) for name, (words, _) in FORMULAS.items()]


@pytest.mark.parametrize("name", FORMULAS)
def test_every_link_leads_to_a_cell_with_an_assert_or_a_formula(name):
    links, found = table()[name][1], cells(name)
    assert links and len(found) == len(links), f"{name}: a notebook or a cell is missing among {links}"
    for cell in found:
        assert cell.cell_type == "code" and (asserts(cell) or displayed(cell)), cell.id


@pytest.mark.parametrize("name,statement", SHOWN)
def test_a_shown_formula_is_true_and_stands_in_the_linked_cell(name, statement):
    how = FORMULAS[name][1]
    numbers, formal = readers(how.who, how.layer)
    if "←" not in statement:
        numbers.agree(*ends_of(statement))
    left, right, *_ = ends_of(statement.replace("←", "="))
    assert any(prints(cell, formal, left, right) for cell in cells(name)), [displayed(cell) for cell in cells(name)]


@pytest.mark.parametrize("name,statement", SHOWN)
def test_a_formula_with_a_wrong_factor_or_sign_is_not_found(name, statement):
    how = FORMULAS[name][1]
    _, formal = readers(how.who, how.layer)
    left, right, *_ = ends_of(statement.replace("←", "="))
    for wrong in (f"2 ({right})", f"-({right})"):
        assert not any(prints(cell, formal, left, wrong) for cell in cells(name))


@pytest.mark.parametrize("name", [name for name, (_, how) in FORMULAS.items() if isinstance(how, Asserted)])
def test_an_asserted_formula_is_asserted_in_the_linked_cell(name):
    said = [line for cell in cells(name) for line in asserts(cell)]
    for piece in FORMULAS[name][1].pieces:
        assert any(squeezed(piece) in squeezed(line) for line in said), (piece, said)


def squeezed(code):
    """Code without what Python writes in more than one way."""
    return re.sub(r"[\s\"'()]", "", code)


def test_the_contents_page_lists_every_notebook_in_order():
    page = "\n".join(cell.source for cell in notebook("00-contents.ipynb").cells if cell.cell_type == "markdown")
    listed = list(dict.fromkeys(re.findall(r"\]\(([^)#]+\.ipynb)\)", page)))
    there = sorted(str(path.relative_to(NOTEBOOKS).as_posix()) for path in NOTEBOOKS.rglob("*.ipynb")
                   if not {".ipynb_checkpoints", "solutions"} & {*path.parts})
    assert sorted(listed) == [name for name in there if name != "00-contents.ipynb"]
    numbers = [int(name[:2]) for name in listed if name[:2].isdigit()]
    assert numbers == sorted(numbers)


# one source for formulas, programs and pictures

RUN = """
import nbformat, sys
from nbclient import NotebookClient
book = nbformat.read(sys.argv[1], as_version=4)
NotebookClient(book, timeout=120, kernel_name="python3", allow_errors=True).execute()
print(sum(output.output_type == "error" for cell in book.cells for output in cell.get("outputs", [])))
"""


def failing_cells(tree):
    """How many cells of the first notebook on neurons fail with the library of a tree."""
    run = subprocess.run([sys.executable, "-c", RUN, str(NOTEBOOKS / "02-one-neuron.ipynb")], cwd=tree, check=True,
                         env={**os.environ, "PYTHONPATH": str(tree)}, capture_output=True, text=True)
    return int(run.stdout.split()[-1])


@pytest.mark.thorough
@pytest.mark.parametrize("slope, fails", [("a * (1 - a)", False), ("-a * (1 - a)", True)], ids=["right", "wrong sign"])
def test_a_wrong_sign_in_one_activation_makes_a_notebook_fail(tmp_path, slope, fails):
    shutil.copytree(ROOT / "bplib", tmp_path / "bplib", ignore=shutil.ignore_patterns("__pycache__"))
    file = tmp_path / "bplib" / "activations.py"
    before, sigmoid, after = file.read_text(encoding="utf-8").partition("sigmoid_row = _row(")
    assert "a * (1 - a)" in after
    file.write_text(before + sigmoid + after.replace("a * (1 - a)", slope, 1), encoding="utf-8")
    assert bool(failing_cells(tmp_path)) == fails
