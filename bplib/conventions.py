"""How thirteen texts write the same network: a table.  To add a text, add a row.

The four sources of this course come first.  A row says what the text itself says; see `notation.Notation` for what
the columns mean.  Where a text leaves something open, the row takes what keeps its formulas unambiguous: sigmoid
for an activation without a formula (its letter still stands), and letters for samples and for units of the layer
after that meet no other letter of the text.
"""
from .errors import unknown_name
from .losses import loss
from .networks import dense
from .notation import DEFAULT, Notation

HALF_SQUARED_ERROR = loss("squared error", factor=0.5)
INPUT_IS_LAYER_1 = {"a": 1, "z": 1, "delta": 1}  # and the first weights are still those of layer 1

TABLE = {row.name: row for row in (
    DEFAULT,
    Notation(
        "persian", "Source A, the encyclopedia article in Persian",
        letters={"a": "b", "z": "a", "b": r"\beta", "g": r"\theta", "C": "Q", "losses": r"\ell_{i}", "n": "m"},
        units=("c", "p", "n"), sample="i", weight="from,to", layer="", input_is_a=True, bias="none",
        g_carries="unit", code={"a": "b{}", "z": "a{}", "b": "beta{}", "da": "db{}"},
        choices={"activations": "sigmoid", "loss": "squared error", "over_samples": "sum"}),
    Notation(
        "blame", "Source B, the simplest explanation of the backprop equation",
        letters={"x": "X", "W": "W", "z": "Y", "a": "Z", "y": "t", "g": "h", "C": "J", "losses": "J_{s}",
                 "eta": r"\alpha", "N": "m"},
        layer="_{{{}}}", bias="column 0", code={"W": "Theta{}", "z": "Y{}", "a": "Z{}", "y": "t"},
        choices={"activations": "sigmoid", "loss": "binary cross entropy", "over_samples": "sum"}),
    Notation(
        "chapter", "Source C, the book chapter with the 2–2–1 network",
        letters={"z": "s", "a": "z", "output a": r"\hat{y}", "delta": None, "losses": "C_{n}", "n": "m"},
        units=("j", "i", "k"), sample="n", weight="from,to", code={"z": "s{}", "a": "z{}"},
        choices={"activations": ("sigmoid", "identity"), "loss": HALF_SQUARED_ERROR, "over_samples": "sum"}),
    Notation(
        "article", "Source D, the article on the maths behind it",
        letters={"g": "g", "delta": None, "losses": "C_{i}"}, units=("j", "k", "q"), sample="i", layer="^{{{}}}",
        input_is_a=True, first_unit=0, bias="none", g_carries="layer", code={"x": "a0"},
        choices={"activations": "sigmoid", "loss": "squared error"}),
    Notation(
        "nielsen", "Nielsen, Neural Networks and Deep Learning",
        letters={"g": r"\sigma", "losses": "C_{x}", "N": "n"}, sample="x", layer="^{{{}}}", samples="columns",
        shift={**INPUT_IS_LAYER_1, "W": 1, "b": 1}, input_is_a=True, code={"W": "w{}", "x": "x", "y": "y"},
        choices={"activations": "sigmoid", "loss": HALF_SQUARED_ERROR}),
    Notation(
        "bishop", "Bishop, Pattern Recognition and Machine Learning, 5.3",
        letters={"a": "z", "z": "a", "output a": "y", "y": "t", "g": "h", "output g": None, "C": "E",
                 "losses": "E_{n}", "n": "M"},
        units=("j", "i", "k"), sample="n", layer="", input_is_a=True, bias="column 0",
        code={"z": "a{}", "a": "z{}", "da": "dz{}", "y": "T"},
        choices={"activations": ("tanh", "identity"), "loss": HALF_SQUARED_ERROR, "over_samples": "sum"}),
    Notation(
        "goodfellow", "Goodfellow, Bengio and Courville, Deep Learning, 6.5",
        letters={"W": "W", "z": "a", "a": "h", "output a": r"\hat{y}", "delta": "g", "g": "f", "C": "J",
                 "losses": "L_{s}", "eta": r"\epsilon"},
        units=("i", "j", "k"), input_is_a=True, samples="columns",
        code={"z": "a{}", "a": "h{}", "da": "dh{}", "delta": "g{}"},
        choices={"activations": ("relu", "softmax"), "loss": "categorical cross entropy"}),
    Notation(
        "cs231n", "CS231n, Deep Learning for Computer Vision",
        letters={"W": "W", "z": "s", "a": "h", "output a": "p", "y": r"\mathbb{1}", "c": "y", "C": "L",
                 "losses": "L_{i}", "delta": r"\mathrm{dout}", "eta": r"\mathrm{learning\_rate}"},
        units=("j", "k", "m"), sample="i", weight="from,to", layer="_{{{}}}", first_unit=0,
        code={"z": "scores{}", "a": "h{}", "y": "y", "delta": "dout{}"},
        choices={"activations": ("relu", "softmax"), "loss": "negative log-likelihood"}),
    Notation(
        "ng2011", "Ng, Machine Learning (2011)",
        letters={"W": r"\Theta", "g": "g", "C": "J", "losses": "J_{t}", "eta": r"\alpha", "N": "m", "n": "s"},
        units=("j", "i", "k"), sample="t", shift=INPUT_IS_LAYER_1, input_is_a=True, bias="column 0",
        code={"W": "Theta{}", "y": "y"},
        choices={"activations": "sigmoid", "loss": "binary cross entropy"}),
    Notation(
        "ng", "Ng, Deep Learning specialisation",
        letters={"x": "X", "W": "W", "z": "Z", "a": "A", "y": "Y", "g": "g", "C": "J",
                 "losses": r"\mathcal{L}_{i}", "delta": r"\mathrm{dZ}", "eta": r"\alpha", "N": "m"},
        units=("j", "k", "q"), sample="i", layer="^{{[{}]}}", input_is_a=True, samples="columns",
        g_carries="layer", code={"z": "Z{}", "a": "A{}", "delta": "dZ{}"},
        choices={"activations": ("relu", "sigmoid"), "loss": "binary cross entropy"}),
    Notation(
        "3blue1brown", "3Blue1Brown, Neural networks",
        letters={"g": r"\sigma", "delta": None, "N": "n"}, input_is_a=True, first_unit=0, samples="columns",
        code={"W": "w{}", "x": "a0", "y": "y"},
        choices={"activations": "sigmoid", "loss": "squared error"}),
    Notation(
        "prince", "Prince, Understanding Deep Learning",
        letters={"W": r"\Omega", "b": r"\beta", "z": "f", "a": "h", "output a": "f", "g": r"\mathrm{a}",
                 "output g": None, "C": "L", "losses": r"\ell_{i}", "delta": None, "eta": r"\alpha", "N": "I",
                 "n": "D"},
        units=("j", "k", "m"), sample="i", layer="_{{{}}}", shift={"W": -1, "b": -1, "z": -1}, samples="columns",
        code={"W": "Omega{}", "b": "beta{}", "z": "f{}", "a": "h{}", "x": "x", "y": "y"},
        choices={"activations": ("relu", "identity"), "loss": "squared error", "over_samples": "sum"}),
    Notation(
        "d2l", "Dive into Deep Learning",
        letters={"W": "W", "a": "h", "output a": "o", "output z": "o", "g": r"\phi", "output g": None,
                 "C": "J", "losses": "L_{i}", "delta": None, "N": "n"},
        units=("j", "k", "q"), sample="i", bias="none", samples="columns", code={"a": "h{}", "y": "y"},
        choices={"activations": ("relu", "identity"), "loss": HALF_SQUARED_ERROR, "l2": 0.01}),
)}


def convention(name: str | Notation) -> Notation:
    """The notation called `name`; a `Notation` of one's own is returned as it is.

    >>> convention("nielsen").weight
    'to,from'
    """
    if isinstance(name, Notation):
        return name
    if not isinstance(name, str) or name not in TABLE:
        raise unknown_name("notation", name, TABLE)
    return TABLE[name]


def network(notation, sizes, **overrides):
    """The network of dense layers that a text would write; `overrides` are keywords of `networks.dense`.

    notation   a `Notation` or the name of one in TABLE
    sizes      widths n_0, …, n_L

    A pair of activations among the notation's choices is that of the hidden layers and that of the outputs.

    >>> [row.name for row in network("chapter", [2, 3, 3, 1]).structure.activations]
    ['sigmoid', 'sigmoid', 'identity']
    """
    notation = convention(notation)
    choices = {"bias": notation.bias != "none", **notation.choices}
    if isinstance(choices.get("activations"), tuple):
        hidden, output = choices["activations"]
        choices["activations"] = [hidden] * (len(sizes) - 2) + [output]
    return dense(sizes, **{**choices, **overrides})
