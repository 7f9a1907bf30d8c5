"""What varies on sheet 3: layers, softmax."""
from functools import lru_cache
from itertools import permutations

import numpy as np

from ..choices import STEP, signs_of_softmax
from .words import (DERIVATIVE, FIRST_INDEX, LAYER_LETTERS, LAYOUTS, ORDERS, OUTPUT_LETTERS, OVER, PLAIN, SYMBOL, UNIT,
                    UNITS, Numbers, Variation, decimal, formula, function, indexed, layers, layout_told, number,
                    shuffled, turned, word)

SIZES = {1: (3, 2), 2: (3, 4, 2), 3: (3, 4, 3, 2)}
"""Number of layers → sizes; in a formula they stay letters."""


def names_at(layer):
    """Further names in a formula for the error term of a hidden layer."""
    above = layer + 1
    return {"w": f"W{above}", "delta": f"delta{above}", "z": f"z{layer}", "a": f"a{layer}",
            "delta_next": f"delta{above}", "w_next": f"W{above}"}


def before(layer):
    """Further names in a formula for the gradient of a layer's parameters."""
    return {"a_prev": f"a{layer - 1}" if layer > 1 else "x", "delta": f"delta{layer}"}


def _hidden_unit(row, activation, layer, units, order, letters):
    j = units.get("j", "j")
    return formula(
        row, row.title,
        f"A layer of hidden units with {SYMBOL[activation]} (layer {layer}) is heard by the units of layer "
        f"{layer + 1}, whose error terms δ{layer + 1} are known. {FIRST_INDEX[order]} What is "
        f"δ{layer}[{j}], for one sample?",
        (f"Who hears unit {j}? All of them.", "Each of them passes its δ back, weighted by the connection.",
         "Do not forget the unit's own activation."),
        make=layers(SIZES[layer + 1], (activation,) * (layer + 1)), ask=f"delta{layer}", given=(f"delta{layer + 1}",),
        aliases=names_at(layer), spelt=letters, units=units, turned=order == "from,to")


def _of_a_batch(row, over, ask, layer, units, order, letters):
    j = units.get("j", "j")
    W = letters.get("W", "W")
    by = {"dW": f"{W}{layer}[{indexed(units, order)}]", "db": f"b{layer}[{j}]"}[ask]
    told = f" {FIRST_INDEX[order]}" if ask == "dW" else ""
    return formula(
        row, f"The gradient of a {'weight' if ask == 'dW' else 'bias'}, for a batch",
        f"The cost of a batch is {OVER[over]}. The error terms δ{layer}[s,{j}] of layer {layer} are known for every "
        f"sample s.{told} What is ∂C/∂{by}?",
        ("What is the derivative for one sample?", DERIVATIVE[over]),
        make=layers(SIZES[2], ("g", "g"), over_samples=over), ask=f"{ask}{layer}", given=(f"delta{layer}",),
        aliases=before(layer), spelt=letters, units=units, turned=order == "from,to")


def _slope_of_softmax(row, layer, units, letters):
    i, j = (units.get(at, at) for at in "ij")
    a, z = (word(name, letters) for name in "az")
    where = "the output layer" if layer > 1 else "the only layer"
    return formula(
        row, row.title,
        f"{a} = softmax({z}) in {where} (layer {layer}). What is ∂{a}{layer}[{i}]/∂{z}{layer}[{j}], for one sample, "
        f"written with {a}{layer}?",
        (f"Look at {i} = {j} first, then at {i} ≠ {j}.",
         f"Both cases in one formula: [{i} = {j}] is 1 where the indices are equal."),
        make=layers(SIZES[layer], (*("tanh",) * (layer - 1), "softmax")), ask="jacobian", aliases={"a": f"a{layer}"},
        spelt=letters, units=units)


CLASSIFIERS = {
    "sigmoid": ("binary cross entropy", "Sigmoid outputs in layer {} and binary cross entropy."),
    "softmax": ("categorical cross entropy",
                "Softmax in layer {} and categorical cross entropy; the targets of a sample add up to 1."),
}


def _classifier(row, activation, layer, units, letters):
    cost, told = CLASSIFIERS[activation]
    j = units.get("j", "j")
    hints = {"sigmoid": ("Two factors again: one from the loss, one from the activation.",
                         "Write both as fractions of the output and the target."),
             "softmax": ("Every output depends on this weighted sum, so the chain rule has a sum over the outputs.",
                         "What do the targets of a sample add up to?")}[activation]
    return formula(
        row, row.title, f"{told.format(layer)} What is δ{layer}[{j}], for one sample?", hints,
        make=layers(SIZES[layer], (*("tanh",) * (layer - 1), activation), loss_name=cost), ask=f"delta{layer}",
        aliases={"a": f"a{layer}", "z": f"z{layer}"}, spelt=letters, units=units)


ORDINAL = ("first", "second", "third", "fourth")
OUTPUTS = {3: "Three", 4: "Four", 5: "Five", 6: "Six", 10: "Ten"}
OTHERS = {3: "two", 4: "three", 5: "four", 6: "five", 10: "nine"}


def _classifier_in_numbers(row, sums, right):
    targets = np.eye(len(sums))[right - 1]
    return number(
        row, row.title,
        f"{OUTPUTS[len(sums)]} outputs with softmax have the weighted sums z = ({', '.join(map(decimal, sums))}); the "
        f"right class is the {ORDINAL[right - 1]}, y = ({', '.join(map(decimal, targets))}), and the cost is "
        f"categorical cross entropy. How large is δ of the {ORDINAL[right - 1]} output? Give three digits.",
        (f"Work out the {OUTPUTS[len(sums)].lower()} outputs first. Do they add up to 1?",
         "What do loss and softmax leave of each other?"),
        make=layers((len(sums), len(sums)), ("softmax",), loss_name="categorical cross entropy"), ask="delta1",
        entry=(1, right), at=_sums_as_inputs(sums, right), generic=_generic(len(sums), right))


def _sums_as_inputs(sums, right):
    """Numbers of a layer whose weighted sums are these."""
    units = np.eye(len(sums))
    return Numbers(W1=units, b1=np.zeros(len(sums)), x=np.array([sums]), y=units[[right - 1]])


@lru_cache(maxsize=None)
def _generic(units, right):
    return _sums_as_inputs((0.37, -0.81, 1.13, 0.59)[:units], right)


def _layer_of_errors(row, activation, layer, layout, takes):
    above = layer + 1
    arrays = (f"W{above}", f"delta{above}", f"a{layer}")
    shape = {"rows": f"(N, n_{layer})", "columns": f"(n_{layer}, N)"}[layout[0]]
    return function(
        row, row.title,
        f"Write a function that returns δ{layer}, shape {shape}, of a hidden layer with {SYMBOL[activation]} from the "
        f"weights W{above}, the error terms δ{above} and the outputs a{layer}, for layers of any width. "
        f"{layout_told(layout)} Loops over the indices are welcome, and so are matrices.",
        ("Start with an array of zeros of the right shape, and fill in its entries.",
         "Your formula for the error term of a hidden unit, for every sample s and every unit j.",
         "Compare a single entry with what you work out by hand."),
        takes=tuple(arrays[at] for at in takes), make=layers(SIZES[above], (*(activation,) * layer, "identity")),
        returns=(f"delta{layer}",), given=(f"delta{above}",),
        turned=turned(layout, (f"delta{above}", f"a{layer}", f"delta{layer}"), (f"W{above}",)))


def _raise_one(row, outputs, raised, step, shuffle):
    def signs():
        return set(signs_of_softmax(outputs, raised, step))

    moves, number = {True: "rises", False: "falls"}[step > 0], OTHERS[outputs]
    options = {
        "They stay as they are": (lambda: signs() == {0}, "softmax treated unit by unit"),
        "All of them fall": (lambda: signs() == {-1}, ""),
        "All of them rise": (lambda: signs() == {1}, ""),
        "Some rise and some fall": (lambda: signs() == {-1, 1}, ""),
    }
    return row.with_options(
        f"{OUTPUTS[outputs]} outputs with softmax. The weighted sum of the {ORDINAL[raised]} {moves} a little, the "
        f"others keep theirs. What do the other {number} outputs do?",
        (f"What do all {OUTPUTS[outputs].lower()} outputs add up to?", row.hints[1].replace("of 3.3 ", "for softmax ")),
        shuffled(options, shuffle))


ROWS = {
    "3.1": Variation(_hidden_unit, {
        "activation": ("g", "sigmoid", "tanh", "softplus"), "layer": (1, 2), "units": UNITS, "order": ORDERS,
        "letters": LAYER_LETTERS}),
    "3.2": Variation(_of_a_batch, {
        "over": ("mean", "sum"), "ask": ("dW", "db"), "layer": (1, 2), "units": UNITS, "order": ORDERS,
        "letters": LAYER_LETTERS}, lambda ask, order, **more: ask == "dW" or order == "to,from"),
    "3.3": Variation(_slope_of_softmax, {
        "layer": (2, 1, 3), "units": (PLAIN, {"i": "p", "j": "q"}, {"i": "j", "j": "i"}, {"i": "k", "j": "r"},
                                      {"i": "j", "j": "k"}),
        "letters": (PLAIN, {"a": "h"}, {"z": "u"}, {"a": "h", "z": "u"})}),
    "3.4": Variation(_classifier, {
        "activation": ("sigmoid", "softmax"), "layer": (2, 1, 3), "units": UNIT, "letters": OUTPUT_LETTERS}),
    "3.5": Variation(_classifier_in_numbers, {
        "sums": ((1.0, 2.0, 0.5), *permutations((0.5, 1.5, -1.0)), *permutations((2.0, 0.4, 1.0)),
                 *permutations((0.7, 1.9, 1.1)), *permutations((1.0, 0.2, 2.0, -1.0)),
                 *permutations((0.5, 1.4, -0.5, 0.9))),
        "right": (3, 1, 2, 4)},
        lambda sums, right: right <= len(sums)),
    "3.6": Variation(_layer_of_errors, {
        "activation": ("sigmoid", "tanh"), "layer": (1, 2), "layout": LAYOUTS,
        "takes": tuple(permutations(range(3)))}),
    "3.7": Variation(_raise_one, {
        "outputs": (4, 3, 5, 6, 10), "raised": (0, 1, 2), "step": (STEP, -STEP),
        "shuffle": tuple(permutations(range(4)))}),
}
