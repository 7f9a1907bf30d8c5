"""The notations: what is printed in each text's way is read back and compared, as mathematics, with other numbers.

`Reader` reads LaTeX and evaluates it with numbers that stand under the text's own names, in the text's own order
of indices.  What a text writes is stated here once more, in TEXTS, independently of `bplib.conventions`; gradients
come from `bplib.reference`, and a printed ∂A/∂B means "move B a little and compute A again" (by a complex step, in
this file).  So a swapped index, a lost factor or a wrong letter makes a printed formula unreadable or wrong.
"""
import re
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import product

import numpy as np
import pytest
from networks_to_test import NETWORKS

import bplib as bp
from bplib import reference
from bplib.conventions import TABLE, convention, network
from bplib.errors import InputError
from bplib.layout import NAMES as NAMES_IN_CODE
from bplib.notation import DEFAULT, Notation, equation_latex

SIZES, SAMPLES = (2, 4, 3, 2), 3


# what the texts write

@dataclass(frozen=True)
class Text:
    """One text.  A name with a number is that of the first layer (or of the input); later layers count on."""

    W: str
    z: str
    a: str
    x: str
    y: str
    cost: tuple  # of all samples, of one sample
    units: str = "jki"  # this layer, the one before, the one after
    sample: str = "s"
    b: str = "none"  # "none", or "0" where it is a weight from unit 0
    delta: str = ""
    out: str = ""  # the outputs, where they have a letter of their own
    c: str = ""
    order: str = "to,from"
    batch: str = "rows"
    first: int = 1
    number: str = "N"
    width: str = "n_{0}"
    g: tuple = (r"\sigma",)  # the function of each layer, the last one of all that follow, and what it carries
    choices: dict = field(default_factory=dict)
    sizes: tuple = SIZES

    @property
    def last(self):
        return len(self.sizes) - 1

    def counted(self, name, layer):
        return re.sub(r"\d+", lambda number: str(int(number[0]) + layer), name)


HALF, RELU = bp.loss("squared error", factor=0.5), r"\operatorname{ReLU}"
IDENTITY = r"\operatorname{id}"
TEXTS = {
    "bplib": Text("w^{(1)}", "z^{(1)}", "a^{(1)}", "x", "y", ("C", "C_{s}"), b="b^{(1)}", delta=r"\delta^{(1)}"),
    "persian": Text(
        "w", "a", "b", "b", "y", ("Q", r"\ell_{i}"), "cpn", "i", delta=r"\delta", order="from,to", width="m_{0}",
        g=(r"\theta unit",), choices={"over_samples": "sum"}),
    "blame": Text(
        "W_{1}", "Y_{1}", "Z_{1}", "X", "t", ("J", "J_{s}"), b="0", delta=r"\delta_{1}", number="m", g=("h",),
        choices={"over_samples": "sum", "loss": "binary cross entropy"}),
    "chapter": Text(
        "w^{(1)}", "s^{(1)}", "z^{(1)}", "x", "y", ("C", "C_{n}"), "jik", "n", b="b^{(1)}", out=r"\hat{y}",
        order="from,to", width="m_{0}", g=(r"\sigma", r"\sigma", IDENTITY),
        choices={"over_samples": "sum", "loss": HALF, "activations": ["sigmoid", "sigmoid", "identity"]}),
    "article": Text("w^{1}", "z^{1}", "a^{1}", "a^{0}", "y", ("C", "C_{i}"), "jkq", "i", first=0, g=("g layer",)),
    "nielsen": Text(
        "w^{2}", "z^{2}", "a^{2}", "a^{1}", "y", ("C", "C_{x}"), "jki", "x", b="b^{2}", delta=r"\delta^{2}",
        batch="columns", number="n", width="n_{1}", choices={"loss": HALF}),
    "bishop": Text(
        "w", "a", "z", "z", "t", ("E", "E_{n}"), "jik", "n", b="0", delta=r"\delta", out="y", width="M_{0}",
        g=("h", "h", IDENTITY),
        choices={"over_samples": "sum", "loss": HALF, "activations": ["tanh", "tanh", "identity"]}),
    "goodfellow": Text(
        "W^{(1)}", "a^{(1)}", "h^{(1)}", "h^{(0)}", "y", ("J", "L_{s}"), "ijk", "s", b="b^{(1)}", delta="g^{(1)}",
        out=r"\hat{y}", batch="columns", g=("f",),
        choices={"loss": "categorical cross entropy", "activations": ["relu", "relu", "softmax"]}),
    "cs231n": Text(
        "W_{1}", "s_{1}", "h_{1}", "x", r"\mathbb{1}", ("L", "L_{i}"), "jkm", "i", b="b_{1}", out="p", c="y",
        delta=r"\mathrm{dout}_{1}", order="from,to", first=0, g=(RELU,),
        choices={"loss": "negative log-likelihood", "activations": ["relu", "relu", "softmax"]}),
    "ng2011": Text(
        r"\Theta^{(1)}", "z^{(2)}", "a^{(2)}", "a^{(1)}", "y", ("J", "J_{t}"), "jik", "t", b="0",
        delta=r"\delta^{(2)}", number="m", width="s_{1}", g=("g",), choices={"loss": "binary cross entropy"}),
    "ng": Text(
        "W^{[1]}", "Z^{[1]}", "A^{[1]}", "A^{[0]}", "Y", ("J", r"\mathcal{L}_{i}"), "jkq", "i", b="b^{[1]}",
        delta=r"\mathrm{dZ}^{[1]}", batch="columns", number="m", g=("g layer",),
        choices={"loss": "binary cross entropy", "activations": ["relu", "relu", "sigmoid"]}),
    "3blue1brown": Text(
        "w^{(1)}", "z^{(1)}", "a^{(1)}", "a^{(0)}", "y", ("C", "C_{s}"), b="b^{(1)}", batch="columns", first=0,
        number="n"),
    "prince": Text(
        r"\Omega_{0}", "f_{0}", "h_{1}", "x", "y", ("L", r"\ell_{i}"), "jkm", "i", b=r"\beta_{0}", out="f",
        batch="columns", number="I", width="D_{0}", g=(r"\mathrm{a}", r"\mathrm{a}", IDENTITY),
        choices={"over_samples": "sum", "activations": ["relu", "relu", "identity"]}),
    "d2l": Text(
        "W^{(1)}", "z^{(1)}", "h^{(1)}", "x", "y", ("J", "L_{i}"), "jkq", "i", out="o", batch="columns",
        number="n", g=(r"\phi", r"\phi", IDENTITY),
        choices={"loss": HALF, "activations": ["relu", "relu", "identity"], "l2": 0.01}),
    "mine": Text(
        "v_{0}", "u_{0}", "o_{1}", "p", "q", ("K", "K_{r}"), "αβγ", "r", b=r"\tau_{0}", delta=r"\varepsilon_{0}",
        order="from,to", batch="columns", first=0, number="R", g=("F",), choices={"activations": "tanh"}),
}
OWN = Notation(
    "mine", letters={"W": "v", "z": "u", "a": "o", "x": "p", "y": "q", "b": r"\tau", "delta": r"\varepsilon",
                     "g": "F", "C": "K", "losses": "K_{r}", "N": "R"},
    units="αβγ", sample="r", weight="from,to", layer="_{{{}}}", samples="columns", first_unit=0,
    shift=dict.fromkeys(("W", "b", "z", "delta"), -1), choices={"activations": "tanh"})
NAMES = [*TABLE, "mine"]


def notation_of(name):
    return convention(OWN if name == "mine" else name)


def with_layers(text):
    """Whether a text marks the layers at all."""
    return any(sign.isdigit() for sign in text.W)


# the numbers: a network written out once more, in complex numbers

FUNCTIONS = {
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": np.tanh,
    "identity": lambda z: z,
    "relu": lambda z: np.where(z.real > 0, z, 0),
    "softmax": lambda z: np.exp(z) / np.exp(z).sum(axis=1, keepdims=True),
}
LOSSES = {
    "squared error": lambda a, y: (a - y)**2,
    HALF: lambda a, y: (a - y)**2 / 2,
    "binary cross entropy": lambda a, y: -y * np.log(a) - (1 - y) * np.log(1 - a),
    "categorical cross entropy": lambda a, y: -y * np.log(a),
    "negative log-likelihood": lambda a, y: -y * np.log(a),
}
H = 1e-30


class Numbers:
    """All numbers of a network with generic parameters: values, and derivatives by a complex step."""

    def __init__(self, text):
        random, choices = np.random.default_rng(5), text.choices
        self.sizes, self.last = text.sizes, text.last
        self.layers = range(1, self.last + 1)
        self.activations = choices.get("activations", "sigmoid")
        if isinstance(self.activations, str):
            self.activations = [self.activations] * self.last
        self.loss, self.l2 = choices.get("loss", "squared error"), choices.get("l2", 0)
        self.over_samples = choices.get("over_samples", "mean")
        self.W = {at: random.normal(size=(self.sizes[at], self.sizes[at - 1])) for at in self.layers}
        self.b = {at: random.normal(size=self.sizes[at]) * (text.b != "none") for at in self.layers}
        self.X = random.normal(size=(SAMPLES, self.sizes[0]))
        self.Y = random.uniform(0.1, 0.9, (SAMPLES, self.sizes[-1]))
        self.labels = None
        if self.loss == "negative log-likelihood":
            self.labels = random.integers(0, self.sizes[-1], SAMPLES)
            self.Y = np.eye(self.sizes[-1])[self.labels]
        if self.loss == "categorical cross entropy":
            self.Y /= self.Y.sum(axis=1, keepdims=True)
        self.values, self.moved = self.forward(), {}
        per_sample = [self.gradients(slice(at, at + 1), "sum", 0)[1] for at in range(SAMPLES)]
        for at in self.layers:
            self.values["delta", at] = np.array([db[at - 1] for db in per_sample])

    def forward(self, what=None, index=None):
        """Values by (kind, layer); one entry may be moved by a tiny imaginary step."""
        found = {}

        def keep(kind, layer, value):
            value = np.array(value, complex)
            if (kind, layer) == what:
                value[index] += 1j * H
            found[kind, layer] = value
            return value

        a = keep("a", 0, self.X)
        penalty = 0
        for at in self.layers:
            W, b = keep("W", at, self.W[at]), keep("b", at, self.b[at])
            z = keep("z", at, a @ W.T + b)
            a = keep("a", at, FUNCTIONS[self.activations[at - 1]](z))
            penalty += (W**2).sum() * self.l2 / 2
        keep("y", None, self.Y)
        losses = keep("losses", None, LOSSES[self.loss](a, self.Y).sum(axis=1))
        keep("C", None, losses.sum() / (SAMPLES if self.over_samples == "mean" else 1) + penalty)
        if self.labels is not None:
            keep("c", None, self.labels)
        return found if what else {key: value.real for key, value in found.items()}

    def derivative(self, of, of_index, by, by_index):
        key = by, by_index
        if key not in self.moved:
            self.moved[key] = self.forward(*key)
        return self.moved[key][of][of_index].imag / H

    def gradients(self, samples=slice(None), over_samples=None, l2=None):
        """The gradients that `bplib.reference` finds, without any of the code that derives."""
        factor = {"factor": 0.5} if self.loss is HALF else {}
        Y = self.Y if self.labels is None else self.labels
        return reference.gradients(
            list(self.W.values()), list(self.b.values()), self.X[samples], Y[samples], self.activations,
            "squared error" if factor else self.loss, over_samples=over_samples or self.over_samples,
            l2=self.l2 if l2 is None else l2, **factor)


# the reader

class Misread(Exception):
    """What is printed is not well formed, or means nothing in its text."""


class Reader:
    """Reads LaTeX as one text writes it.  `read` gives (function of an environment, free letters of indices).

    An environment says which unit each letter stands for, counted as the text counts, and under "sample" which
    sample is in play; `layer` is the layer that the formula is about.
    """

    def __init__(self, text, numbers, layer):
        self.text, self.numbers, self.layer = text, numbers, layer
        self.names, self.widths = {}, {}
        self.layers_of_units = dict(zip(text.units, (layer, layer - 1, min(layer + 1, self.text.last))))
        for at in range(self.text.last + 1):
            self.widths[text.counted(text.width, at)] = self.text.sizes[at]
            for kind in ("W", "z", "a", "b", "delta"):
                pattern = getattr(text, kind)
                own_letter = text.out and kind == "a" and at == text.last
                if at and pattern not in ("", "0", "none") and not own_letter:
                    self.name(text.counted(pattern, at - 1), kind, at)
        self.name(text.x, "a", 0)
        self.name(text.y, "y", None)
        for kind, name in (("C", text.cost[0]), ("c", text.c)):
            self.name(name, kind, None)
        self.name(text.out, "a", self.text.last)
        self.letters = {re.split("[_^]", name)[0] for name in self.names}
        self.functions = {g.split()[0]: g.partition(" ")[2] for g in text.g}
        assert not self.letters & set(self.functions) and text.sample not in text.units
        words = {*self.letters, *self.functions, text.cost[1], IDENTITY, text.number}
        words = sorted(words, key=len, reverse=True)
        self.words = re.compile(r"\s*(" + "|".join(map(re.escape, words)) + r"|\\begin\{cases\}|\\end\{cases\}"
                                r"|\\text\{[a-z]+\}|\\[a-zA-Z]+|\\\\|\\[,:]|\d+(?:\.\d+)?|\S)")

    def name(self, name, kind, layer):
        if name:
            if with_layers(self.text) and name in self.names:
                raise AssertionError(f"{name} has two meanings")
            self.names.setdefault(name, []).append((kind, layer))

    # reading

    def read(self, latex):
        self.tokens = [token for token in self.words.findall(latex) if token not in (r"\,", r"\:")] + ["end"]
        self.at, self.bound, self.free = 0, [], set()
        value = self.sum_of_terms()
        self.expect("end")
        return value, frozenset(self.free)

    @property
    def next(self):
        return self.tokens[self.at]

    def take(self):
        self.at += 1
        return self.tokens[self.at - 1]

    def expect(self, *tokens):
        for token in tokens:
            if self.take() != token:
                raise Misread(f"{token} expected before {' '.join(self.tokens[self.at - 1:])}")

    def maybe(self, token):
        if self.next == token:
            return self.take()

    def sum_of_terms(self):
        terms = []
        while not terms or self.next in "+-":
            sign = {"-": -1, "+": 1}[self.take()] if self.next in "+-" else 1
            terms.append((sign, self.term()))
        return lambda env: sum(sign * term(env) for sign, term in terms)

    def term(self):
        factors = []
        while not factors or self.next not in ("+", "-", "}", ")", "]", "=", "&", r"\right", ">", "end", r"\\",
                                               r"\end{cases}"):
            factors.append(self.sum() if self.next == r"\sum" else self.power())
            self.maybe(r"\cdot")
        return lambda env: np.prod([factor(env) for factor in factors])

    def sum(self):
        """Σ over units or samples; without bounds, over all of them.  The body is all that follows in the term."""
        self.expect(r"\sum", "_", "{")
        letter = self.take()
        if letter != self.text.sample and letter not in self.text.units:
            raise Misread(f"sum over {letter}")
        low = high = None
        if self.maybe("="):
            low = self.sum_of_terms()
            self.expect("}", "^", "{")
            high = self.sum_of_terms()
        self.expect("}")
        if letter in self.bound:
            raise Misread(f"{letter} runs twice at once")
        self.bound.append(letter)
        body = self.term()
        self.bound.pop()
        key = "sample" if letter == self.text.sample else letter
        first = 1 if key == "sample" else self.text.first
        last = SAMPLES if key == "sample" else first - 1 + self.text.sizes[self.layers_of_units[letter]]

        def value(env):
            ends = (int(low(env)), int(high(env))) if low else (first, last)
            return sum(body({**env, key: at}) for at in range(ends[0], ends[1] + 1))
        return value

    def power(self):
        base = self.atom()
        if self.maybe("^"):
            exponent = self.braced()
            if self.next == "^":
                raise Misread("double superscript")
            return lambda env: base(env)**exponent(env)
        return base

    def braced(self):
        self.expect("{")
        value = self.sum_of_terms()
        self.expect("}")
        return value

    def atom(self):
        token = self.take()
        if token == "(" or token == r"\left" and self.next in ("(", "["):
            left = self.take() if token == r"\left" else token
            value = self.sum_of_terms() if left == "(" else self.equality()
            self.expect(*([r"\right"] if token == r"\left" else []), ")" if left == "(" else "]")
            return value
        if token == r"\frac":
            if self.tokens[self.at + 1] == r"\partial":
                return self.partial()
            above, below = self.braced(), self.braced()
            return lambda env: above(env) / below(env)
        if token == r"\begin{cases}":
            return self.cases()
        if token == r"\ln":
            inside = self.power()
            return lambda env: np.log(inside(env))
        if token == "e" and token not in self.letters:
            self.expect("^")
            exponent = self.braced()
            return lambda env: np.exp(exponent(env))
        if token == r"\lambda":
            return lambda env: self.numbers.l2
        if token in (*self.functions, IDENTITY):
            return self.applied(token)
        if token[0].isdigit():
            return lambda env: float(token)
        if self.next == "_" and "".join(self.tokens[self.at - 1:self.at + 4]) in self.widths:
            width = self.widths["".join(self.tokens[self.at - 1:self.at + 4])]
            self.at += 4
            return lambda env: width
        if token == self.text.number and token not in self.letters:
            return lambda env: SAMPLES
        value, _ = self.entry(token)
        return value

    def equality(self):
        """[j = i]: 1 where it holds."""
        sides = []
        while not sides or self.maybe("="):
            token = self.take()
            sides.append(self.index(token) if token in self.text.units else self.entry(token)[0])
        return lambda env: float(sides[0](env) == sides[1](env))

    def cases(self):
        then = self.sum_of_terms()
        self.expect("&", r"\text{for}")
        left = self.sum_of_terms()
        self.expect(">")
        right = self.sum_of_terms()
        self.expect(r"\\")
        otherwise = self.sum_of_terms()
        self.expect("&", r"\text{otherwise}", r"\end{cases}")
        return lambda env: then(env) if left(env) > right(env) else otherwise(env)

    def applied(self, name):
        """g(z) or g'(z) of one pre-activation; the letter belongs to the layers that the text says."""
        slope, marks = bool(self.maybe("'")), self.scripts()
        self.maybe(r"\left")
        self.expect("(")
        _, entry = self.entry(self.take())
        self.maybe(r"\right")
        self.expect(")")

        def value(env):
            kind, layer, index = entry(env)
            own = (*self.text.g, *[self.text.g[-1]] * self.text.last)[layer - 1].split()[0]
            if own != name or not (kind == "z" or self.text.out and layer == self.text.last):
                raise Misread(f"{name} is not the function of that layer")
            self.check_mark(self.functions.get(name, ""), marks, layer, index)
            z = self.numbers.values["z", layer][index]
            g, derivative = reference.ELEMENTWISE[self.numbers.activations[layer - 1]]
            return float(derivative(z) if slope else g(z))
        return value

    def check_mark(self, carries, marks, layer, index):
        mark = self.text.counted(self.text.z, layer - 1)[1:]
        marks = {sign: "".join(inside) for sign, inside in marks.items()}
        if carries == "layer" and marks != {mark[0]: mark[2:-1]} or carries == "unit" and [*marks] != ["_"]:
            raise Misread(f"the function carries {marks}, not its {carries}")
        if not carries and marks:
            raise Misread(f"the function carries {marks}")

    def scripts(self):
        """What stands below and above a letter, each at most once."""
        marks = {}
        while self.next in "_^":
            sign = self.take()
            if sign in marks:
                raise Misread("double script")
            self.expect("{")
            marks[sign] = []
            while self.next != "}":
                marks[sign].append(self.take())
            self.take()
        return marks

    # entries of arrays

    def partial(self):
        sides = []
        for _ in "ab":
            self.expect("{", r"\partial")
            sides.append(self.entry(self.take())[1])
            self.expect("}")

        def value(env):
            (kind, layer, index), (by, by_layer, by_index) = (side(env) for side in sides)
            return self.numbers.derivative((kind, layer), index, (by, by_layer), by_index)
        return value

    def entry(self, letter):
        """(value, place) of an entry such as w_{jk}^{2}: both functions of an environment."""
        if letter == self.text.cost[1]:
            if self.text.sample not in self.bound:
                self.free.add("sample")
            return (lambda env: self.numbers.values["losses", None][env["sample"] - 1],
                    lambda env: ("losses", None, env["sample"] - 1))
        start, marks = self.at, self.scripts()
        below = re.findall("[^,]", "".join(marks.get("_", []))) if "_" in marks else []
        layer = ""
        if below and f"{letter}_{{{below[0]}}}" in self.names and "," in marks["_"]:
            layer = f"_{{{below.pop(0)}}}"
        elif "^" in marks:
            layer = f"^{{{''.join(marks['^'])}}}"
            if letter + layer not in self.names:  # then it is a power
                if letter not in self.names or not marks["^"][0].isdigit() or "".join(marks["^"]) != "2":
                    raise Misread(f"{letter}{layer} means nothing")
                self.before_power(start)
                layer = ""
        if layer.startswith("_") and "^" in marks:
            self.before_power(start)
        meanings = self.names.get(letter + layer)
        if not meanings:
            raise Misread(f"{letter}{layer} means nothing")
        if self.text.sizes == (1, 1):  # one neuron: nothing to number
            below += ["1"] * (2 if letter == self.text.W else letter != self.text.cost[0])
        elif not with_layers(self.text):
            meanings = [meaning for meaning in meanings if self.fits(meaning, below)]
        if len(meanings) != 1:
            raise Misread(f"{letter}{layer} with {below} has {len(meanings)} meanings")
        place = self.place(*meanings[0], below)
        return lambda env: self.numbers.values[place(env)[:2]][place(env)[2]], place

    def before_power(self, start):
        """Go back to the ^ that is a power and no mark of a layer."""
        self.at = self.tokens.index("^", start)

    def fits(self, meaning, below):
        """Where layers carry no mark, the letter of a unit says which layer is meant."""
        kind, layer = meaning
        if layer is None:
            return True
        last = self.text.order == "from,to" if kind == "W" else self.text.batch == "rows"
        unit = below[-1 if last else 0] if below else ""
        return self.layers_of_units.get(unit) == layer

    def place(self, kind, layer, below):
        axes = {"W": self.text.order.split(","), "b": ["to"], "C": [], "c": []}.get(kind, ["unit"])
        if len(below) == len(axes) + 1 and kind not in ("W", "b", "C"):
            axes = ["sample", *axes] if self.text.batch == "rows" else [*axes, "sample"]
        elif kind not in ("W", "b", "C"):
            self.free |= {"sample"} - ({"sample"} if self.text.sample in self.bound else set())
        if len(below) != len(axes):
            raise Misread(f"{below} are indices of {axes}")
        given = {axis: self.index(unit, axis) for axis, unit in zip(axes, below)}
        first, width = self.text.first, self.text.sizes[self.text.last if layer is None else layer]

        def place(env):
            def position(axis, size):
                at = given[axis](env) - first
                if not 0 <= at < size:
                    raise Misread(f"{axis} {at + first} is not a unit of that layer")
                return at
            sample = given["sample"](env) if "sample" in given else env.get("sample")
            if kind == "W" and self.text.b == "0" and given["from"](env) == 0:
                return "b", layer, position("to", width)
            return kind, layer, {
                "W": lambda: (position("to", width), position("from", self.text.sizes[(layer or 1) - 1])),
                "b": lambda: position("to", width),
                "C": lambda: (),
                "c": lambda: sample - 1,
            }.get(kind, lambda: (sample - 1, position("unit", width)))()
        return place

    def index(self, token, axis="unit"):
        if token.isdigit():
            return lambda env: int(token)
        if (token == self.text.sample) != (axis == "sample") or token not in (*self.text.units, self.text.sample):
            raise Misread(f"{token} is no {axis}")
        key = "sample" if axis == "sample" else token
        if token not in self.bound:
            self.free.add(key)
        return lambda env: env[key]

    # comparing

    def environments(self, letters):
        """One for each choice of what some letters stand for."""
        runs = [range(1, SAMPLES + 1) if letter == "sample" else range(self.text.first, self.text.first + size)
                for letter, size in zip(letters, self.shape(letters))]
        return [dict(zip(letters, at)) for at in product(*runs)]

    def shape(self, letters):
        return [SAMPLES if at == "sample" else self.text.sizes[self.layers_of_units[at]] for at in letters]

    def agree(self, *sides):
        """AssertionError unless all sides have the same values for every choice of their free letters."""
        read = [self.read(side) for side in sides]
        for env in self.environments(sorted(set().union(*(free for _, free in read)))):
            values = [value(env) for value, _ in read]
            np.testing.assert_allclose(values, values[0], rtol=1e-9, atol=1e-13, err_msg=" = ".join(sides))

    def table(self, latex, letters):
        """The values of a formula as an array over some free letters."""
        value, free = self.read(latex)
        if not free <= set(letters):
            raise Misread(f"{free} stay free in {latex}")
        return np.reshape([value(env) for env in self.environments(letters)], self.shape(letters))


@lru_cache(maxsize=None)
def case(name):
    """The derivation of the network that a text writes, and its numbers."""
    return bp.derive(network(notation_of(name), SIZES)), Numbers(TEXTS[name])


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



def ends_of(stated):
    """The sides of an equation, with ∂⟨A|B⟩ written out."""
    return re.sub(r"∂⟨(.+?)\|(.+?)⟩", r"\\frac{\\partial \1}{\\partial \2}", stated).split(" = ")


def agree(reader, *formulas):
    try:
        reader.agree(*formulas)
    except AssertionError:
        return False
    return True


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


def of_sizes(text, sizes):
    """The same text writing a network of two layers or three."""
    choices = dict(text.choices)
    if "activations" in choices and len(sizes) < len(text.sizes):
        choices["activations"] = choices["activations"][-2:]
    return replace(text, sizes=sizes, g=text.g[1 - len(sizes):], choices=choices)


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



NEURON = Text("W", "Y", "Z", "X", "t", ("J", "J_{s}"), delta=r"\delta", number="m", g=("h",), sizes=(1, 1),
              choices={"loss": "binary cross entropy"})
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
    derivation = bp.derive(network(name, SIZES, **{choice: other_choice}))
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
    derivation = bp.derive(NETWORKS[name]())
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
