"""A reader of LaTeX: formulas as texts print them are evaluated as mathematics, with numbers.

`Reader` evaluates a formula with numbers that stand under the text's own names, in the text's own order of indices.
What a text writes is stated here once more, in TEXTS, independently of `bplib.conventions`; gradients come from
`bplib.reference`, and a printed ∂A/∂B means "move B a little and compute A again" (by a complex step, in this file).
So a swapped index, a lost factor or a wrong letter makes a printed formula unreadable or wrong.
"""
import re
from dataclasses import dataclass, field, replace
from itertools import product

import numpy as np

import bplib as bp
from bplib import reference

SIZES, SAMPLES = (2, 4, 3, 2), 3
STEP_SIZES, STEP_SIZE = (r"\eta", r"\alpha"), 0.37


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
NEURON = Text("W", "Y", "Z", "X", "t", ("J", "J_{s}"), delta=r"\delta", number="m", g=("h",), sizes=(1, 1),
              choices={"loss": "binary cross entropy"})


def with_layers(text):
    """Whether a text marks the layers at all."""
    return any(sign.isdigit() for sign in text.W)


def of_sizes(text, sizes):
    """The same text writing a network of two layers or three."""
    choices = dict(text.choices)
    if "activations" in choices and len(sizes) < len(text.sizes):
        choices["activations"] = choices["activations"][-2:]
    return replace(text, sizes=sizes, g=text.g[1 - len(sizes):], choices=choices)


# the numbers: a network written out once more, in complex numbers

FUNCTIONS = {
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": np.tanh,
    "identity": lambda z: z,
    "relu": lambda z: np.where(z.real > 0, z, 0),
    "silu": lambda z: z / (1 + np.exp(-z)),
    "softplus": lambda z: np.log(1 + np.exp(z)),
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
    """All numbers of a network with generic parameters: values, and derivatives with respect to a complex step."""

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
        if token in STEP_SIZES:
            return lambda env: STEP_SIZE
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


def ends_of(stated):
    """The sides of an equation, with ∂⟨A|B⟩ written out."""
    return re.sub(r"∂⟨(.+?)\|(.+?)⟩", r"\\frac{\\partial \1}{\\partial \2}", stated).split(" = ")


def agree(reader, *formulas):
    try:
        reader.agree(*formulas)
    except AssertionError:
        return False
    return True
