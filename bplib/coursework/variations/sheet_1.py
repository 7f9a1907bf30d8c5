"""What varies on sheet 1: downhill, and one neuron."""
from itertools import permutations

import numpy as np

from ..choices import STEP, lowers_the_cost
from .words import (FACTORS, HALF, NEURON_LETTERS, SYMBOL, Numbers, Variation, decimal, formula, function, listed,
                    number, one_neuron, shuffled, square, word)

ACTIVATIONS = ("g", "sigmoid", "tanh", "softplus")
PARAMETER = {"dw": "weight", "db": "bias"}


def _one_weight(row, activation, factor, ask, letters):
    x, y, w, a = (word(name, letters) for name in "xywa")
    by = {"dw": w, "db": "b"}[ask]
    return formula(
        row, f"One {PARAMETER[ask]}",
        f"A neuron computes z = {w}·{x} + b and {a} = {SYMBOL[activation]}(z); the cost of a sample is "
        f"{square(factor, a, y)}. What is the derivative of the cost of one sample with respect to the "
        f"{PARAMETER[ask]} *{by}*?",
        (f"The {PARAMETER[ask]} does not touch the cost directly. Through which two quantities does a change of it "
         "pass?",
         f"Three small derivatives: the cost with respect to {a}, then {a} with respect to z, then z with respect to "
         f"the {PARAMETER[ask]}. Multiply along the path."),
        make=one_neuron(activation, factor), ask=f"{ask} of a sample", aliases={"a_prev": "x"}, spelt=letters)


def _slope_by_value(row, activation, factor, letters):
    x, y, w, a = (word(name, letters) for name in "xywa")
    symbol = SYMBOL[activation]
    name = {"sigmoid": "the sigmoid"}.get(activation, symbol)
    return formula(
        row, f"The slope of {name}, by value",
        f"A neuron with {symbol}: z = {w}·{x} + b, {a} = {symbol}(z), cost of a sample {square(factor, a, y)}. "
        f"What is δ, the derivative of the cost of one sample with respect to z? Write {symbol}′ as you like.",
        ("δ has two factors: one from the cost, one from the activation.",
         f"The slope of {symbol} can be written with the output that is already there."),
        make=one_neuron(activation, factor), ask="delta", spelt=letters)


def _in_numbers(row, activation, factor, ask, w, b, x, y):
    return number(
        row, row.title,
        f"A neuron with {SYMBOL[activation]}, w = {decimal(w)}, b = {decimal(b)}, sees x = {decimal(x)} and should say "
        f"y = {decimal(y)}; the cost is {square(factor)}. How large is the derivative of the cost with respect to "
        f"*{ask[1:]}*? Give three digits.",
        ("Go forward first: z, then a.",
         f"The derivative is a product along the path from the {PARAMETER[ask]} to the cost; put these numbers in."),
        make=one_neuron(activation, factor), ask=ask,
        at={"w": w, "b": b, "x": np.array([x]), "y": np.array([y])})


def _largest_step(row, inputs, factor, letters):
    x, y, w, a = (word(name, letters) for name in "xywa")
    cost = square(factor, a, y)
    samples = listed([f"{x} = {decimal(one)}" for one in inputs])
    learns = (f"learns one sample, {samples}, {y} = 0, with cost {cost}" if len(inputs) == 1 else
              f"learns three samples, {samples}, each with {y} = 0, where the cost is the mean of {cost} over them,")
    return number(
        row, row.title,
        f"A neuron without activation, {a} = {w}·{x}, {learns} by gradient descent. Above which η does it no longer "
        "converge?",
        (f"Write down one step: what is {w} multiplied by?",
         "It converges as long as that factor lies between −1 and 1."),
        make=one_neuron("identity", factor, bias=False), ask="largest eta", at=_at_the_slope(inputs),
        generic=GENERIC[len(inputs)])


def _at_the_slope(inputs):
    """Numbers of a neuron whose cost has its bottom at 0; how steep the curve is does not depend on w."""
    return Numbers(w=1.0, x=np.array(inputs), y=np.zeros(len(inputs)))


GENERIC = {1: _at_the_slope([1.37]), 3: _at_the_slope([1.37, 2.71, 0.83])}


def _cost_of_a_batch(row, activation, factor, over, letters):
    x, y, w, a = (word(name, letters) for name in "xywa")
    how = {"mean": "mean", "sum": "*sum*"}[over]
    return formula(
        row, row.title,
        f"A neuron computes z = {w}·{x} + b and {a} = {SYMBOL[activation]}(z). The cost is the {how} of "
        f"{square(factor, a, y)} over N samples. Write it down; s counts the samples.",
        {"mean": ("Add up the costs of the samples.", "A mean is a sum, divided by how many there are."),
         "sum": ("What does a single sample cost?", "Each sample has an output and a target of its own.")}[over],
        make=one_neuron(activation, factor, over_samples=over), ask="C", spelt=letters)


def _which_way(row, slope, parameter, shuffle):
    options = {
        f"A step to a smaller {parameter}": (lambda: lowers_the_cost(-STEP, slope), ""),
        f"A step to a larger {parameter}": (lambda: lowers_the_cost(STEP, slope), ""),
        "Either of them": (lambda: lowers_the_cost(-STEP, slope) and lowers_the_cost(STEP, slope), ""),
    }
    wrong = [text for text, (test, _) in options.items() if text.startswith("A step") and not test()]
    options |= {text: (options[text][0], "uphill instead of downhill") for text in wrong}
    return row.with_options(
        f"At the present *{parameter}* the derivative of the cost is ∂C/∂{parameter} = {decimal(slope)}. Which small "
        "step makes the cost lower?",
        (f"The derivative is the slope of the cost, drawn over {parameter}. Does this one rise or fall to the right?",),
        shuffled(options, shuffle))


def _one_neuron_learns(row, activation, factor, over, penalty, takes):
    how = {"mean": "mean", "sum": "*sum*"}[over]
    more = f", plus (λ/2) w² with λ = {penalty}" if penalty else ""
    return function(
        row, row.title,
        f"Write a function that takes one step of gradient descent for a neuron with {SYMBOL[activation]} and returns "
        f"the new w and b. x and y hold N samples; the cost is the {how} of {square(factor)} over them{more}.",
        ("Work out z and a of every sample; NumPy does so for the whole array at once.",
         f"δ of every sample first; both derivatives are {how.strip('*')}s over the samples.",
         *("The penalty has a derivative too, and w alone stands in it." for _ in range(bool(penalty))),
         "Then take from each parameter η times its derivative."),
        make=one_neuron(activation, factor, over_samples=over, l2=penalty), takes=takes,
        returns=("new w", "new b"))


ROWS = {
    "1.1": Variation(_one_weight, {
        "activation": ACTIVATIONS, "factor": FACTORS, "ask": ("dw", "db"), "letters": NEURON_LETTERS}),
    "1.2": Variation(_slope_by_value, {
        "activation": ("sigmoid", "tanh", "softplus"), "factor": FACTORS, "letters": NEURON_LETTERS}),
    "1.3": Variation(_in_numbers, {
        "activation": ("sigmoid", "tanh"), "factor": (1, HALF), "ask": ("dw", "db"),
        "w": (1.4, 0.6, -0.8, 1.2, -1.5, 0.9), "b": (0.8, 0.3, -0.4, 0.5, -0.7), "x": (1.5, 0.7, -1.2, 2.0, -0.6, 1.3),
        "y": (0.0, 0.5, 1.0, -0.5, 2.0)}),
    "1.4": Variation(_largest_step, {
        "inputs": ((2.0,), (3.0,), (4.0,), (5.0,), (1.5,), (2.5,), (0.5,), (0.8,), (1.0, 2.0, 3.0), (1.0, 1.0, 2.0),
                   (2.0, 1.0, 4.0), (1.0, 3.0, 2.5), (0.5, 1.5, 2.0)),
        "factor": (1, 2, 3), "letters": NEURON_LETTERS}),
    "1.5": Variation(_cost_of_a_batch, {
        "activation": ACTIVATIONS, "factor": FACTORS, "over": ("mean", "sum"), "letters": NEURON_LETTERS}),
    "1.6": Variation(_which_way, {
        "slope": (-0.6, -0.9, -0.8, -0.5, -0.4, -0.3, -0.2, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.9),
        "parameter": ("w", "b", "v"), "shuffle": tuple(permutations(range(3)))}),
    "1.7": Variation(_one_neuron_learns, {
        "activation": ("tanh", "sigmoid", "softplus"), "factor": FACTORS, "over": ("mean", "sum"),
        "penalty": (0, 0.1, 0.3),
        "takes": (("w", "b", "x", "y", "eta"), ("x", "y", "w", "b", "eta"), ("b", "w", "y", "x", "eta"))}),
}
