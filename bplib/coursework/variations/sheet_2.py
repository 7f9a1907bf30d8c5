"""What varies on sheet 2: networks of a few units, and several paths."""
from functools import lru_cache
from itertools import permutations

import numpy as np

from ...networks import graph
from ..choices import paths_from_first_layer
from .words import (HALF, LAYER_LETTERS, OVER, SYMBOL, Numbers, Variation, decimal, formula, function, layers,
                    listed, number, shuffled, square, word)

NAMES = ("pqhmok", "uvfhrk", "qrtuvp", "tuphrk", "rthkov", "uvphot")
"""Names of two inputs, of the unit that is heard several times, of one that hears it, of the output, and of another
one that hears it."""
WORDS = ("no", "one", "two", "three", "four", "five", "six")


@lru_cache(maxsize=None)
def heard(names, activation, paths, over="mean"):
    """A function that makes the network in which one unit is heard along two or three paths."""
    p, q, h, m, o, k = names
    hearing = {m: ([h, p], "tanh"), **({k: ([h, q], "tanh")} if paths == 3 else {})}
    neurons = {h: ([p, q], activation), **hearing, o: ([h, *hearing, q], "identity")}
    return lru_cache(maxsize=1)(lambda: graph(neurons, inputs=[p, q], bias=True, over_samples=over))


def hearers(names, paths):
    """The units that hear the one that is heard several times."""
    p, q, h, m, o, k = names
    return (m, k, o) if paths == 3 else (m, o)


def _network_told(names, activation, paths):
    p, q, h, m, o, k = names
    third = f"{k} = tanh(…) hears {h} and {q}; " if paths == 3 else ""
    heard_by_output = listed([h, *hearers(names, paths)[:-1], q])
    return (f"Two inputs {p} and {q}; {h} = {SYMBOL[activation]}(…) hears both; {m} = tanh(…) hears {h} and {p}; "
            f"{third}the output {o}, without activation, hears {heard_by_output}. The cost of a sample is ({o} − y)².")


def _heard_twice(row, names, activation, paths):
    h, hearing = names[2], hearers(names, paths)
    known = listed([f"δ of {hearing[0]}", *(f"of {one}" for one in hearing[1:])])
    return formula(
        row, f"A unit that is heard {'twice' if paths == 2 else 'three times'}",
        f"{_network_told(names, activation, paths)} What is δ of {h}, the derivative of the cost of one sample with "
        f"respect to its z? {known} are known.",
        (f"Which units hear {h}?", f"A change of {h} reaches the cost along every one of them."),
        make=heard(names, activation, paths), ask=f"delta_{h}", given=tuple(f"delta_{one}" for one in hearing))


def _first_weight(row, activation, factor, inputs, ask, unit, source, letters):
    a, = (word(name, letters) for name in "a")
    W = letters.get("W", "W")
    by = {"dW1": f"weight from input {source} to hidden unit {unit}, {W}1[{unit},{source}]",
          "db1": f"bias of hidden unit {unit}, b1[{unit}]"}[ask]
    factors = {"dW1": "the output's error, one weight, one slope, one input",
               "db1": "the output's error, one weight, one slope"}[ask]
    return formula(
        row, f"A {'weight' if ask == 'dW1' else 'bias'} of the first layer",
        f"The network {inputs}–2–1 with {SYMBOL[activation]} in the hidden layer, no activation at the output and cost "
        f"{square(factor, a)}. What is the derivative of the cost of one sample with respect to the {by}?",
        (f"Walk from the output back to this {'weight' if ask == 'dW1' else 'bias'}. How many units do you pass?",
         f"The factors: {factors}."),
        make=layers((inputs, 2, 1), (activation, "identity"), factor), ask=f"{ask} of a sample",
        entry=(unit, source) if ask == "dW1" else (unit,), aliases={"a": "a2", "z": "z2"}, spelt=letters)


def _of_a_batch(row, over, sizes, ask, unit, source):
    by = {"db1": f"∂C/∂b1[{unit}], the derivative with respect to the bias of hidden unit {unit}",
          "dW1": f"∂C/∂W1[{unit},{source}], the derivative with respect to the weight from input {source} to hidden "
                 f"unit {unit}"}[ask]
    return formula(
        row, f"A {'bias' if ask == 'db1' else 'weight'}, for a batch",
        f"A network {'–'.join(map(str, sizes))} with σ in the hidden layer. The cost of a batch is {OVER[over]}; the "
        f"error terms δ1[s,j] of the hidden units are known for every sample s. What is {by}?",
        (f"How does z of hidden unit {unit} change when its {'bias' if ask == 'db1' else 'weight'} does?",
         f"Every sample has a share; the cost is their {over}."),
        make=layers(sizes, ("sigmoid", "identity"), HALF, over_samples=over), ask=ask, given=("delta1",),
        entry=(unit,) if ask == "db1" else (unit, source))


def _through_a_network(row, activation, factor, ask, unit, source, W1, b1, W2, b2, x, y):
    def told(name, value):
        return f"{name} = {decimal(value)}"

    weights = [told(f"W1[{j},{k}]", W1[j - 1][k - 1]) for j in (1, 2) for k in (1, 2)]
    weights += [told(f"W2[1,{k}]", W2[k - 1]) for k in (1, 2)]
    biases = [told("b1[1]", b1[0]), told("b1[2]", b1[1]), told("b2[1]", b2)]
    entry = f"[{unit},{source}]" if ask == "dW1" else f"[{unit}]"
    return number(
        row, row.title,
        f"A network 2–2–1 with {SYMBOL[activation]} in the hidden layer, no activation at the output and cost "
        f"{square(factor)} has {listed(weights)}; the biases are {listed(biases)}. It sees x = "
        f"({decimal(x[0])}, {decimal(x[1])}) and should say y = {decimal(y)}. How large is ∂C/∂{ask[1:]}{entry}? Give "
        "three digits.",
        ("Forward first: both hidden units, then the output.",
         f"Then back along the path from the output to this {'weight' if ask == 'dW1' else 'bias'}, with these "
         "numbers."),
        make=layers((2, 2, 1), (activation, "identity"), factor), ask=ask,
        entry=(unit, source) if ask == "dW1" else (unit,),
        at=Numbers(W1=np.array(W1), b1=np.array(b1), W2=np.array([W2]), b2=np.array([b2]), x=np.array([x]),
                   y=np.array([[y]])))


def _how_many_paths(row, inputs, first, second, outputs, shuffle):
    numbers = {1: "one path only", outputs: "one path only", first * outputs: "", second * outputs: ""}
    options = {COUNT[number]: (_counts(number, inputs, first, second, outputs), mistake)
               for number, mistake in numbers.items()}
    return row.with_options(
        f"A network has {inputs} inputs, hidden layers of {first} and {second} units, and {outputs} outputs. Along how "
        "many paths does a change of one weight of the first layer reach the cost?",
        row.hints, shuffled(options, shuffle))


COUNT = {1: "One", 2: "Two", 3: "Three", 4: "Four", 6: "Six", 8: "Eight", 9: "Nine", 10: "Ten", 12: "Twelve",
         15: "Fifteen", 16: "Sixteen", 18: "Eighteen", 20: "Twenty"}


def _counts(number, *widths):
    return lambda: paths_from_first_layer(*widths) == number


def _connection(row, names, over, connection):
    p, q, h, m, o, k = names
    source, target, skips = {"input to inner": (p, m, True), "input to output": (q, o, True),
                             "unit to inner": (h, m, False), "unit to output": (m, o, False),
                             "input to first": (p, h, False)}[connection]
    return formula(
        row, "A connection that skips a layer" if skips else "One connection of several",
        f"{_network_told(names, 'tanh', 2)} The cost of a batch is {OVER[over]}; δ of {target} is known for every "
        f"sample. What is the derivative of the cost of the batch with respect to the weight from {source} to "
        f"{target}?",
        (f"What does this weight multiply in the weighted sum of {target}?",
         f"Multiply along the way for one sample, then take the {over}."),
        make=heard(names, "tanh", 2, over), ask=f"dw_{source}_{target}", given=(f"delta_{target}",))


def _heard_twice_as_a_program(row, activation, paths, takes):
    names = NAMES[0]
    hearing = hearers(names, paths)
    arrays = (*(f"w_h_{one}" for one in hearing), *(f"delta_{one}" for one in hearing), "a_h")
    return function(
        row, row.title.replace("twice", "three times") if paths == 3 else row.title,
        f"{_network_told(names, activation, paths)} Write a function that returns δ of h for N samples at once. It is "
        f"given the {WORDS[paths]} weights through which h is heard, δ of {listed(hearing)}, and the outputs of h.",
        ("What is δ of h for one sample? That formula works for arrays as it stands.",
         f"The slope of {SYMBOL[activation]} can be written with its output."),
        make=heard(names, activation, paths), takes=_in_order(arrays, paths, takes), returns=("delta_h",),
        given=tuple(f"delta_{one}" for one in hearing))


def _in_order(arrays, paths, takes):
    weights, errors, output = arrays[:paths], arrays[paths:2 * paths], arrays[2 * paths:]
    return sum(([weights, errors, output][at] for at in takes), ())


ROWS = {
    "2.1": Variation(_heard_twice, {
        "names": NAMES, "activation": ("tanh", "sigmoid", "softplus"), "paths": (2, 3)}),
    "2.2": Variation(_first_weight, {
        "activation": ("sigmoid", "tanh", "softplus"), "factor": (HALF, 1, 2, 3), "inputs": (2, 3),
        "ask": ("dW1", "db1"), "unit": (2, 1), "source": (1, 2), "letters": LAYER_LETTERS},
        lambda ask, source, **more: ask == "dW1" or source == 1),
    "2.3": Variation(_of_a_batch, {
        "over": ("mean", "sum"), "sizes": ((2, 2, 1), (2, 3, 1), (3, 3, 1), (3, 2, 1)), "ask": ("db1", "dW1"),
        "unit": (2, 1, 3), "source": (1, 2)},
        lambda sizes, ask, unit, source, **more: unit <= sizes[1] and (ask == "dW1" or source == 1)),
    "2.4": Variation(_through_a_network, {
        "activation": ("sigmoid", "tanh"), "factor": (HALF, 1), "ask": ("dW1", "db1"), "unit": (2, 1), "source": (1, 2),
        "W1": (((0.5, -0.4), (0.3, 0.8)), ((0.4, 0.7), (-0.6, 0.2)), ((-0.3, 0.5), (0.9, -0.2)),
               ((0.8, -0.1), (0.6, 0.4))),
        "b1": ((0.1, -0.4), (-0.3, 0.2), (0.4, 0.1)), "W2": ((1.2, -0.7), (0.9, 1.4), (-0.8, 0.6)),
        "b2": (0.5, -0.4, 0.3),
        "x": ((2.0, -1.0), (1.0, 2.0), (-1.0, 1.5), (0.5, -2.0)), "y": (-1.0, 2.0, 0.5)},
        lambda ask, source, **more: ask == "dW1" or source == 1),
    "2.5": Variation(_how_many_paths, {
        "inputs": (2, 3, 4), "first": (3, 2, 4, 5), "second": (4, 3, 5, 2), "outputs": (2, 3, 4),
        "shuffle": tuple(permutations(range(4)))}, lambda first, second, **more: first != second),
    "2.6": Variation(_connection, {
        "names": NAMES, "over": ("mean", "sum"), "connection": (
            "input to inner", "input to output", "unit to inner", "unit to output", "input to first")}),
    "2.7": Variation(_heard_twice_as_a_program, {
        "activation": ("tanh", "sigmoid"), "paths": (2, 3), "takes": tuple(permutations(range(3)))}),
}
