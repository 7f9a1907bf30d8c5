"""What varies on sheet 4: batches and programs."""
from itertools import permutations

import numpy as np

from ..choices import carries_back
from .sheet_3 import before
from .words import (DERIVATIVE, FACTORS, FIRST_INDEX, HALF, LAYER_LETTERS, LAYOUTS, ORDERS, OVER, SYMBOL, UNITS,
                    Numbers, Variation, decimal, formula, function, indexed, layers, layout_told, number, shuffled,
                    square, turned)

PARAMETERS = ("W1", "b1", "W2", "b2")
HOW = {"mean": "mean", "sum": "*sum*"}


def layer_told(number, activation):
    """The activation of a layer in words."""
    return f"no activation in layer {number}" if activation == "identity" else f"{SYMBOL[activation]} in layer {number}"


def weights_of(names):
    """Of names such as W1 and dW1 those whose arrays have the axes of a weight."""
    return tuple(name for name in names if "W" in name)


def _gradients(row, activations, factor, over, layout):
    returns = tuple(f"d{name}" for name in PARAMETERS)
    first, second = activations
    return function(
        row, row.title,
        f"Write a function that returns ∂C/∂W1, ∂C/∂b1, ∂C/∂W2, ∂C/∂b2 for a batch: {layer_told(1, first)}, "
        f"{layer_told(2, second)}, cost Σ {square(factor, 'a2')} of a sample, {HOW[over]} over the samples. "
        f"{layout_told(layout)}",
        ("First forward, with every z kept.", "Then δ2, δ1, and each gradient from the δ of its layer.",
         "Compare shapes: a gradient has the shape of its parameter."),
        takes=(*PARAMETERS, "x", "y"), make=layers((3, 4, 2), activations, factor, over_samples=over), returns=returns,
        turned=turned(layout, ("x", "y"), weights_of((*PARAMETERS, *returns))))


def _step(row, activations, factor, over, penalty, layout):
    returns = tuple(f"new {name}" for name in PARAMETERS)
    first, second = activations
    return function(
        row, row.title,
        f"Write a function that takes one step of gradient descent and returns the new W1, b1, W2, b2: "
        f"{layer_told(1, first)}, {layer_told(2, second)}. The cost is the {HOW[over]} over the samples of Σ "
        f"{square(factor, 'a2')}, plus (λ/2) Σ w² over all weights, with λ = {penalty}. {layout_told(layout)}",
        ("Work out every gradient before you change anything.", "Weights carry a penalty, biases do not."),
        takes=(*PARAMETERS, "x", "y", "eta"),
        make=layers((3, 4, 2), activations, factor, over_samples=over, l2=penalty), returns=returns,
        turned=turned(layout, ("x", "y"), weights_of((*PARAMETERS, *returns))))


def _targets_in_a_row(row, activation, factor, sizes):
    told = {"identity": "σ in the hidden layer and no activation at the output"}.get(
        activation, f"{SYMBOL[activation]} in both layers")
    return function(
        row, row.title,
        f"A network {'–'.join(map(str, sizes))} with one output, {told}. Write a function that returns δ2, shape "
        f"(N, 1), from the outputs a2, shape (N, 1), and the targets y, shape (N,); the cost of a sample is "
        f"{square(factor, 'a2')}.",
        row.hints, takes=("a2", "y"),
        make=layers(sizes, ("sigmoid" if activation == "identity" else activation, activation), factor),
        returns=("delta2",), flat=("y",))


PRODUCTS = {
    "rows": {"`delta{0} @ W{0}`": lambda delta, W: delta @ W, "`delta{0} @ W{0}.T`": lambda delta, W: delta @ W.T,
             "`W{0} @ delta{0}`": lambda delta, W: W @ delta, "`delta{0}.T @ W{0}`": lambda delta, W: delta.T @ W},
    "columns": {"`W{0} @ delta{0}`": lambda delta, W: W @ delta, "`W{0}.T @ delta{0}`": lambda delta, W: W.T @ delta,
                "`delta{0} @ W{0}`": lambda delta, W: delta @ W, "`W{0} @ delta{0}.T`": lambda delta, W: W @ delta.T},
}
TURNED = "the weights are not turned round going back"


def _which_product(row, layer, layout, shuffle):
    samples, order = layout
    shape = {"rows": f"(N, n_{layer})", "columns": f"(n_{layer}, N)"}[samples]
    weights = {"to,from": f"(n_{layer}, n_{layer - 1})", "from,to": f"(n_{layer - 1}, n_{layer})"}[order]
    options = {text.format(layer): (_carries_back(product, layout), "") for text, product in PRODUCTS[samples].items()}
    first, second, third, fourth = options
    wrong = {text: (options[text][0], TURNED) for text in (first, second) if not options[text][0]()}
    return row.with_options(
        f"W{layer} has shape {weights} and delta{layer} shape {shape}, one sample a {samples[:-1]}. Which product "
        f"carries the error terms back to layer {layer - 1}?",
        (row.hints[0], f"Which index of W{layer} is summed going back?"), shuffled({**options, **wrong}, shuffle))


def _carries_back(product, layout):
    samples, order = layout
    return lambda: carries_back(product, samples == "rows", order == "to,from")


def _adds_up(row, ask, units, order, letters):
    layer = int(ask[-1])
    j = units.get("j", "j")
    W = letters.get("W", "W")
    by = f"{W}{layer}[{indexed(units, order)}]" if "W" in ask else f"b{layer}[{j}]"
    told = f" {FIRST_INDEX[order]}" if "W" in ask else ""
    return formula(
        row, row.title,
        f"Here the cost of a batch is {OVER['sum']}. The error terms δ{layer}[s,{j}] of layer {layer} are known for "
        f"every sample s.{told} What is ∂C/∂{by}?",
        ("What is the derivative for one sample?", DERIVATIVE["sum"]),
        make=layers((3, 4, 2), ("g", "g"), over_samples="sum"), ask=ask, given=(f"delta{layer}",),
        aliases=before(layer), spelt=letters, units=units, turned=order == "from,to")


def _penalty(row, over, layer, units, order, letters):
    W, j = letters.get("W", "W"), units.get("j", "j")
    weight = f"{W}{layer}[{indexed(units, order)}]"
    return formula(
        row, row.title,
        f"The cost of a batch is {OVER[over]}, plus (λ/2) Σ {W.lower()}² over all weights. The error terms "
        f"δ{layer}[s,{j}] are known for every sample. {FIRST_INDEX[order]} What is ∂C/∂{weight}?",
        ("The cost has two parts, and so has its derivative.",
         f"In the second part only one square contains {weight}."),
        make=layers((3, 4, 2), ("g", "g"), over_samples=over, l2=0.3), ask=f"dW{layer}", given=(f"delta{layer}",),
        aliases={"w": f"W{layer}", **before(layer)}, spelt=letters, units=units, turned=order == "from,to")


def _batch_of_three(row, factor, over, ask, unit, source, W1, b1, x, y):
    def pairs(values):
        return ", ".join(f"({decimal(one)}, {decimal(other)})" for one, other in values)

    entry = f"[{unit},{source}]" if ask == "dW1" else f"[{unit}]"
    return number(
        row, row.title,
        f"One layer without activation, z = W1·x + b1 and a = z, cost of a sample Σ {square(factor)}, {HOW[over]} over "
        f"the samples. W1 has the rows ({decimal(W1[0][0])}, {decimal(W1[0][1])}) and ({decimal(W1[1][0])}, "
        f"{decimal(W1[1][1])}); b1 = {pairs([b1])}. The three samples are x = {pairs(x)} with y = {pairs(y)}. How "
        f"large is ∂C/∂{ask[1:]}{entry}? Write a fraction or three digits.",
        ("One sample a row: what are the shapes of a, of δ and of the gradient?",
         "Which column of δ meets which column of x?" if ask == "dW1" else "Which column of δ belongs to this unit?"),
        make=layers((2, 2), ("identity",), factor, over_samples=over), ask=ask,
        entry=(unit, source) if ask == "dW1" else (unit,),
        at=Numbers(W1=np.array(W1), b1=np.array(b1), x=np.array(x), y=np.array(y)))


ROWS = {
    "4.1": Variation(_gradients, {
        "activations": (("relu", "sigmoid"), ("tanh", "sigmoid"), ("sigmoid", "tanh"), ("relu", "identity"),
                        ("softplus", "tanh")),
        "factor": (1, HALF), "over": ("mean", "sum"), "layout": LAYOUTS}),
    "4.2": Variation(_step, {
        "activations": (("tanh", "identity"), ("sigmoid", "identity"), ("sigmoid", "tanh"), ("tanh", "sigmoid")),
        "factor": (1, HALF), "over": ("mean", "sum"), "penalty": (0.3, 0.1), "layout": LAYOUTS}),
    "4.3": Variation(_targets_in_a_row, {
        "activation": ("sigmoid", "tanh", "identity"), "factor": FACTORS,
        "sizes": ((3, 4, 1), (2, 5, 1), (4, 3, 1), (5, 2, 1), (2, 3, 1))}),
    "4.4": Variation(_which_product, {
        "layer": (2, 3, 4), "layout": LAYOUTS, "shuffle": tuple(permutations(range(4)))}),
    "4.5": Variation(_adds_up, {
        "ask": ("db2", "dW2", "db1", "dW1"), "units": UNITS, "order": ORDERS, "letters": LAYER_LETTERS},
        lambda ask, order, **more: "W" in ask or order == "to,from"),
    "4.6": Variation(_penalty, {
        "over": ("mean", "sum"), "layer": (2, 1), "units": UNITS, "order": ORDERS, "letters": LAYER_LETTERS}),
    "4.7": Variation(_batch_of_three, {
        "factor": (1, HALF), "over": ("mean", "sum"), "ask": ("dW1", "db1"), "unit": (2, 1), "source": (1, 2),
        "W1": (((1.0, 2.0), (0.0, -1.0)), ((2.0, -1.0), (1.0, 1.0)), ((0.0, 1.0), (-2.0, 1.0)),
               ((1.0, -2.0), (3.0, 0.0))),
        "b1": ((0.0, 1.0), (1.0, -1.0), (-2.0, 0.0)),
        "x": (((1.0, 0.0), (2.0, 1.0), (0.0, 3.0)), ((2.0, 1.0), (-1.0, 1.0), (3.0, 0.0)),
              ((0.0, 2.0), (1.0, -1.0), (2.0, 3.0)), ((1.0, 1.0), (3.0, -1.0), (0.0, 2.0))),
        "y": (((0.0, 2.0), (1.0, 0.0), (2.0, -1.0)), ((1.0, 0.0), (0.0, 2.0), (-1.0, 3.0)),
              ((2.0, 1.0), (-1.0, 0.0), (0.0, 4.0)))},
        lambda ask, source, **more: ask == "dW1" or source == 1),
}
