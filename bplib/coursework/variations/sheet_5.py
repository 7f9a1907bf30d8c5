"""What varies on sheet 5: training."""
from functools import lru_cache
from itertools import permutations
from math import floor, log10

import numpy as np

from ..choices import error_left_by_half_the_step, midpoint_is_lower, saturated_slope
from .sheet_2 import WORDS
from .sheet_3 import SIZES, names_at
from .sheet_4 import HOW, PARAMETERS, weights_of
from .words import (FIRST_INDEX, HALF, LAYER_LETTERS, LAYOUTS, ORDERS, OUTPUT_LETTERS, SYMBOL, UNIT, UNITS, Numbers,
                    Variation, decimal, formula, function, layers, layout_told, number, shuffled, square, turned, word)

RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
DIFFER = {"order": "in the order of {} hidden units",
          "signs": "in the signs of all weights to and from one hidden unit, whose activation is tanh"}


def _one_valley(row, differ, hidden, shuffle):
    told = DIFFER[differ].format("their" if hidden == 2 else "two of their")
    options = {
        "Its cost is at most the mean of the two, always": (
            lambda: midpoint_is_lower(differ, hidden), "the cost is taken for convex"),
        "Its cost may be larger than both": (lambda: not midpoint_is_lower(differ, hidden), ""),
    }
    return row.with_options(
        f"Two networks 2–{hidden}–1 differ only {told}, so their costs are equal. What about the network halfway "
        "between them?",
        {"order": row.hints,
         "signs": ("Average the weights of this unit: what does it still say?",)}[differ], shuffled(options, shuffle))


def _far_out(row, activation, z, shuffle):
    def slope():
        return saturated_slope(activation, z)

    below = 10 * floor(-log10(slope()) / 10)
    options = {
        "Exactly 0": (lambda: slope() == 0, "a saturated unit is taken for one without gradient"),
        f"Positive, and smaller than 10{str(-below).translate(RAISED)}": (lambda: 0 < slope() < 10.0**-below, ""),
        f"About {1 / abs(z):.2g}": (lambda: abs(slope() - 1 / abs(z)) < 0.25 / abs(z), ""),
    }
    return row.with_options(f"What is {SYMBOL[activation]}′(z) at z = {decimal(z)}?",
                            (f"How far is {SYMBOL[activation]}({decimal(z)}) from the value that it tends to?",),
                            shuffled(options, shuffle))


def _layer_of_relu(row, layer, units, order, letters):
    above, j = layer + 1, units.get("j", "j")
    return formula(
        row, row.title,
        f"Hidden units with ReLU in layer {layer}; the error terms δ{above} of the layer above are known. "
        f"{FIRST_INDEX[order]} What is δ{layer}[{j}], for one sample? A condition in square brackets is 1 where it "
        "holds, as in `[p > 0]`.",
        ("When does a ReLU unit pass a change on, and when not?", "Ask its weighted sum, before the activation."),
        make=layers(SIZES[above], (*("relu",) * layer, "identity")), ask=f"delta{layer}", given=(f"delta{above}",),
        aliases=names_at(layer), spelt=letters, units=units, turned=order == "from,to")


def _output(row, activation, factor, layer, units, letters):
    a, y = (word(name, letters) for name in "ay")
    symbol, cost = SYMBOL[activation], square(factor, f"{a}{layer}", y).replace("(", "Σ (")
    hint = ("What does the ½ do to the factor that the square brings?" if factor == HALF else
            "Which factor does the square bring down?")
    return formula(
        row, f"An output with {symbol}",
        f"Outputs with {symbol} in layer {layer}; the cost of a sample is {cost}. What is "
        f"δ{layer}[{units.get('j', 'j')}], for one sample? Write {symbol}′ as you like.",
        (hint, f"The slope of {symbol} can be written with the output that is already there."),
        make=layers(SIZES[layer], (*("relu",) * (layer - 1), activation), factor), ask=f"delta{layer}",
        aliases={"a": f"a{layer}", "z": f"z{layer}"}, spelt=letters, units=units)


def _how_much_arrives(row, length, activation, factor, weight, x, y):
    return number(
        row, row.title,
        f"A chain of {WORDS[length]} units with {SYMBOL[activation]}, one after the other; every weight is "
        f"{decimal(weight)}, every bias 0, the input is {decimal(x)}, the target {decimal(y)}, and the cost "
        f"{square(factor)}. How large is δ of the first unit? Give three digits.",
        (f"Forward through all {WORDS[length]} units, with every output kept.",
         "Going back each unit brings one slope as a factor, and each connection its weight."),
        make=layers((1,) * (length + 1), (activation,) * length, factor, bias=False), ask="delta1", entry=(1, 1),
        at=_chain(length, weight, x, y), generic=_generic(length))


def _chain(length, weight, x, y):
    """Numbers of layers of one unit each.  Biases that are 0 are left out, which is derived sooner."""
    weights = {f"W{layer}": np.full((1, 1), weight) for layer in range(1, length + 1)}
    return Numbers(**weights, x=np.full((1, 1), x), y=np.full((1, 1), y))


@lru_cache(maxsize=None)
def _generic(length):
    return _chain(length, 1.29, 0.61, -0.37)


QUOTIENTS = {2: "(C(w + h) − C(w − h)) / 2h", 1: "(C(w + h) − C(w)) / h"}
SHARES = {2: ("half", "a quarter"), 3: ("a third", "a ninth"), 4: ("a quarter", "a sixteenth"),
          5: ("a fifth", "a 25th")}


def _smaller_step(row, times, sides, h, shuffle):
    once, twice = SHARES[times]
    options = {text: (_is_left(share, times, sides, h), "") for text, share in (
        ("the same", 1.0), (f"{once} as large", 1 / times), (f"{twice} as large", 1 / times**2))}
    hint = {2: row.hints[0],
            1: "Write C(w + h) as a series in h. Which is the first term that the quotient leaves over?"}
    return row.with_options(
        f"A gradient is checked with {QUOTIENTS[sides]}, at h = {decimal(h)}. With h = {decimal(h / times)}, the error "
        "of this quotient is about", (hint[sides],), shuffled(options, shuffle))


def _is_left(share, times, sides, h):
    return lambda: abs(error_left_by_half_the_step(times, sides, h) - share) < 0.015


def _classifier_learns(row, activation, over, penalty, layout, takes):
    returns = tuple(f"new {name}" for name in PARAMETERS)
    more = f" To it comes (λ/2) Σ w² over all weights, with λ = {penalty}." if penalty else ""
    return function(
        row, row.title,
        f"Write a function that takes one step of gradient descent and returns the new W1, b1, W2, b2: "
        f"{SYMBOL[activation]} in layer 1, softmax in layer 2. The cost of a sample is −ln of the output of its class; "
        f"the classes c count from 0. The cost of a batch is the {HOW[over]} of those of its samples.{more} "
        f"{layout_told(layout)}",
        ("δ2 needs no slope of its own: see notebook 08-softmax.",
         "Which output of a sample belongs to its class? With samples in rows `np.arange(len(c)), c` picks it in each.",
         "All four gradients first, then the step."),
        takes=takes, make=layers((3, 4, 2), (activation, "softmax"), loss_name="negative log-likelihood",
                                 over_samples=over, l2=penalty),
        returns=returns, turned=turned(layout, ("x",), weights_of((*PARAMETERS, *returns))))


ROWS = {
    "5.1": Variation(_one_valley, {
        "differ": ("order", "signs"), "hidden": (2, 3, 4), "shuffle": tuple(permutations(range(2)))}),
    "5.2": Variation(_far_out, {
        "activation": ("sigmoid", "tanh"), "z": (50, 40, 60, 80, 100, -50, -40, -80),
        "shuffle": tuple(permutations(range(3)))}),
    "5.3": Variation(_layer_of_relu, {"layer": (1, 2), "units": UNITS, "order": ORDERS, "letters": LAYER_LETTERS}),
    "5.4": Variation(_output, {
        "activation": ("tanh", "sigmoid", "softplus"), "factor": (HALF, 1, 2, 3), "layer": (2, 1, 3), "units": UNIT,
        "letters": OUTPUT_LETTERS}),
    "5.5": Variation(_how_much_arrives, {
        "length": (4, 3), "activation": ("sigmoid", "tanh"), "factor": (1, HALF), "weight": (1.0, 1.2, 1.5, 2.0),
        "x": (1.0, 0.5, 2.0, -1.0), "y": (0.0, 1.0, 0.5)}),
    "5.6": Variation(_smaller_step, {
        "times": (2, 3, 4, 5), "sides": (2, 1), "h": (0.01, 0.02, 0.03), "shuffle": tuple(permutations(range(3)))}),
    "5.7": Variation(_classifier_learns, {
        "activation": ("tanh", "sigmoid"), "over": ("mean", "sum"), "penalty": (0, 0.1), "layout": LAYOUTS,
        "takes": (("W1", "b1", "W2", "b2", "x", "c", "eta"), ("x", "c", "W1", "b1", "W2", "b2", "eta"))}),
}
