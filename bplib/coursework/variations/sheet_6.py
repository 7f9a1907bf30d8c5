"""What varies on sheet 6: derivations.

A network of layers keeps its letters, and those of its indices vary in what is asked for, where any letter is read.  What
is written as text has other letters everywhere.
"""
import re
from dataclasses import replace
from functools import lru_cache

from ...models.model import model
from ...networks import graph, neuron
from .sheet_2 import WORDS
from .sheet_3 import ORDINAL
from .words import (FACTORS, HALF, PLAIN, SYMBOL, UNIT, UNITS, Variation, indexed, layers, loss_of, square)


@lru_cache(maxsize=None)
def written(letters, given, text, names=()):
    """A function that makes a model, with pairs (letter, other letter) for names in all three texts."""
    other = dict(names)

    def renamed(one):
        return re.sub(r"[A-Za-z]+", lambda name: other.get(name[0], name[0]), one)

    return lru_cache(maxsize=1)(lambda: model(renamed(letters), given=renamed(given)).write(renamed(text)))


def called(letters, *names):
    return tuple(letters.get(name, name) for name in names)


HALVED = {1: "", HALF: "/2", 2: "*2"}
"""Factor of a cost → what stands behind its sum."""


# one neuron and a chain of them

MADE_FOR = {
    "sigmoid": ("A neuron with σ and binary cross entropy.", "-y*log(a) - (1 - y)*log(1 - a)"),
    "exp": ("A neuron with exp, whose targets are counts; its cost is {a} − {y} ln {a}.", "a - y*log(a)"),
    "tanh": ("A neuron with tanh, whose targets are −1 and 1; its cost is binary cross entropy for them.",
             "-((1 + y)*log(1 + a) + (1 - y)*log(1 - a))/2"),
}
NEURON_NAMES = (PLAIN, {"x": "u", "y": "t"}, {"a": "h"}, {"w": "v", "z": "q"}, {"x": "u", "w": "v", "a": "h", "y": "t"})


def _made_for_its_activation(row, activation, by, letters):
    a, y, z = called(letters, "a", "y", "z")
    of, = called(letters, by)
    told, cost = MADE_FOR[activation]
    plain = activation == "sigmoid" and not letters
    passes = f"which quantity does {z}" if by == "z" else f"which quantities does {of}"
    return replace(
        row, text=f"{told.format(a=a, y=y)} Derive ∂C/∂{of} for one sample. What cancels?",
        hints=(f"Through {passes} reach the cost?",
               f"Write the slope of {SYMBOL.get(activation, activation)} with the output {a}.", "Which factors cancel?"),
        make=_NEURON if plain else written("", "x y", f"z = w*x + b\na = {activation}(z)\nC = {cost}", (*letters.items(),)),
        of=of)


_NEURON = lru_cache(maxsize=1)(lambda: neuron("sigmoid", "binary cross entropy"))


def _chain(row, length, activation, factor, by):
    hear = ", ".join(f"a{n} {'is heard ' * (n == 1)}by the {ORDINAL[n]}" for n in range(1, length))
    part = {"W1": "weight", "b1": "bias"}[by]
    cost = square(factor, f"a{length}").replace(" (", "(")
    return replace(
        row, text=f"{WORDS[length].capitalize()} layers of one unit each, with {SYMBOL[activation]}; {hear}. The cost of a "
                  f"sample is {cost}. Derive ∂C/∂{by} for one sample; {by} is the {part} of the first unit.",
        hints=(f"Write down every quantity that a change of {by} passes on its way to the cost.", row.hints[1]),
        make=layers((1,) * (length + 1), (activation,) * length, factor), of=by)


# layers

SIZES = {1: (3, 4), 2: (3, 5, 4), 3: (3, 5, 2, 4)}


def at(units, name):
    """An array with its indices, in the letters of a variant: W1 as W1_jk, b1 as b1_j."""
    return f"{name}_{indexed(units).replace(',', '') if name.startswith('W') else units.get('j', 'j')}"


def _softmax(row, layer, kind, units):
    by = f"{kind}{layer}"
    where = f" in layer {layer}" if layer > 1 else ""
    return replace(
        row, text=f"Softmax outputs{where} and categorical cross entropy; the targets of a sample add up to 1. Derive "
                  f"∂C/∂{at(units, by)} for one sample, as short as it can be written.",
        make=layers(SIZES[layer], (*("tanh",) * (layer - 1), "softmax"), loss_name="categorical cross entropy"), of=by)


def _from_the_cost(row, activation, factor, by, units):
    j = units.get("j", "j")
    asked = {"z1": f"δ1_{j} = ∂C/∂z1_{j}"}.get(by, f"∂C/∂{at(units, by)}")
    return replace(
        row, text=f"Two layers with {SYMBOL[activation]}; the cost of a sample is {square(factor, 'a2').replace('(', 'Σ (')}. "
                  f"Derive {asked} for one sample, beginning with the cost: no δ is known.",
        hints=(row.hints[0], f"Who hears hidden unit {j}?", f"Three factors for each of them, and one more for unit {j} itself."),
        make=layers((3, 4, 2), (activation,) * 2, factor), of=by)


MEANS = {"mean": ("mean", "The mean is a sum with a factor in front; which samples does {} touch?"),
         "sum": ("*sum*", "The cost is a sum over the samples; which of them does {} touch?")}


def _over_a_batch(row, activation, factor, over, by, units):
    how, hint = MEANS[over]
    of = at(units, by)
    return replace(
        row, title=f"The {over} over a batch",
        text=f"One layer with {SYMBOL[activation]}; the cost C of a batch is the {how} over N samples of "
             f"{square(factor, 'a1').replace('(', 'Σ (')}. Derive ∂C/∂{of}; s counts the samples.",
        hints=(hint.format(of), f"What is ∂C_s/∂{of} for one sample?"),
        make=layers((3, 2), (activation,), factor, over_samples=over), of=by)


def _penalty(row, over, layer, depth, units):
    j, of = units.get("j", "j"), at(units, f"W{layer}")
    return replace(
        row, text=f"{'' if depth == 2 else 'Three layers. '}The cost C of a batch is the {MEANS[over][0]} of the samples' costs "
                  f"C_s plus (λ/2) Σ w² over all weights. δ{layer}_s{j} = ∂C_s/∂z{layer}_s{j} is known for every sample s. Derive "
                  f"∂C/∂{of}.",
        hints=(row.hints[0], f"In the sum of all squares one contains {of}."),
        make=layers((3, 4, 2, 3)[:depth + 1], ("sigmoid",) * depth, HALF, over_samples=over, l2=0.3), of=f"W{layer}",
        given=(f"z{layer}",))


# units with names

NAMES = (("p", "h", "m", "o"), ("u", "f", "h", "r"), ("q", "r", "t", "u"), ("x", "c", "d", "o"))


@lru_cache(maxsize=None)
def _two_ways(names, activation, factor):
    p, h, m, o = names
    row = {h: ([p], activation), m: ([h], activation), o: ([h, m], "identity")}
    return lru_cache(maxsize=1)(lambda: graph(row, [p], loss=loss_of(factor), bias=True))


def _two_paths(row, activation, factor, by, letters):
    p, h, m, o = letters
    of = {"z": f"z_{h}", "b": f"b_{h}", "W": f"w_{p}{h}"}[by]
    return replace(
        row, text=f"{p} is heard by {h}, {h} by {m} and by the output {o}, {m} by {o}. {h} and {m} have {SYMBOL[activation]}, "
                  f"{o} has no activation, and the cost of a sample is {square(factor, o)}. Derive ∂C/∂{of} for one sample.",
        hints=(f"Along which two ways does {h} reach the output?", row.hints[1]),
        make=_two_ways(letters, activation, factor), of={"W": f"w_{p}_{h}"}.get(by, of))


# what is written as text

TWICE_NAMES = (PLAIN, {"w": "v", "h": "a"}, {"x": "u", "o": "r"}, {"w": "c", "y": "t"}, {"w": "v", "x": "u", "h": "f", "y": "t"})
OVER = {"sum": "sum((o[s] - y[s])**2, s)", "mean": "mean((o[s] - y[s])**2, s)"}


def _in_two_places(row, activation, over, factor, letters):
    w, h = called(letters, "w", "h")
    symbol = SYMBOL[activation]
    return replace(
        row, text=f"The same weight {w} stands before a {symbol} and behind it. Derive ∂C/∂{w} for the cost of all samples.",
        hints=(f"Where does {w} stand? Each place is a path.", f"One path is short; the other passes {h} and the {symbol}."),
        make=written("s:N", "x[s] y[s]", f"z[s] = w*x[s]\nh[s] = {activation}(z[s])\no[s] = w*h[s]\n"
                                         f"C = {OVER[over]}{HALVED[factor]}", (*letters.items(),)), of=w)


KERNEL_NAMES = (PLAIN, {"w": "v", "x": "u"}, {"p": "i", "q": "j"}, {"a": "h", "y": "t"}, {"w": "c", "p": "t", "q": "k", "a": "h"})


def _kernel(row, activation, factor, by, letters):
    w, x, p, q = called(letters, "w", "x", "p", "q")
    same = {"w": f"every position {p} has the same weights", "b": f"every position {p} has the same weights and the same bias b"}
    of = {"w": f"{w}_{q}", "b": "b"}[by]
    last = {"w": (f"Which entry of {x} does {w}_{q} meet at position {p}?",), "b": ()}[by]
    return replace(
        row, text=f"A kernel {w} runs over a signal {x}: {same[by]}. Derive ∂C/∂{of}.",
        hints=(f"At which positions does {of} act?", row.hints[1], *last),
        make=written("p:P=(R-Q)+1 q:Q r:R", "x[r] y[p]", f"z[p] = sum(w[q]*x[p+q], q) + b\na[p] = {activation}(z[p])\n"
                     f"C = sum((a[p] - y[p])**2, p){HALVED[factor]}", (*letters.items(),)), of={"w": w, "b": "b"}[by])


STEP_NAMES = (PLAIN, {"h": "a"}, {"j": "p", "k": "q"}, {"W": "V", "z": "u"}, {"h": "f", "j": "q", "k": "r", "y": "g"})


def _one_step_back(row, activation, factor, letters):
    h, z, t, j, k = called(letters, "h", "z", "t", "j", "k")
    return replace(
        row, text=f"A recurrent layer: {h} of step {t} is heard by the cost and by step {t} + 1. Derive ∂C/∂{z}_{t}{j}; the "
                  f"derivative with respect to {z} of the next step, ∂C/∂{z}_{{{t}+1,{k}}}, is known.",
        hints=(f"Who hears {h}_{t}{j}?", row.hints[1]),
        make=written("t:T j:J k:J i:I", "x[t,i] y[t,j]",
                     "z[t,j] = sum(W[j,i]*x[t,i], i) + sum(U[j,k]*h[t-1,k], k) + b[j]\n"
                     f"h[t,j] = {activation}(z[t,j])\nC = sum((h[t,j] - y[t,j])**2, t, j){HALVED[factor]}",
                     (*letters.items(),)), of=z, given=(z,))


VALUE_NAMES = (PLAIN, {"o": "c"}, {"t": "i", "u": "j"}, {"e": "d", "a": "p"}, {"v": "w", "t": "m", "u": "n", "o": "h"})
BEFORE = {"sum": "sum((o[t,e] - y[t,e])**2, t, e)", "mean": "mean(sum((o[t,e] - y[t,e])**2, e), t)"}


def _values(row, over, factor, letters):
    o, v, a, q, k, t, u, e = called(letters, "o", "v", "a", "q", "k", "t", "u", "e")
    return replace(
        row, text=f"Attention: {o} is a mixture of the values {v}, with weights {a} that softmax makes of queries {q} and keys "
                  f"{k}. Derive ∂C/∂{v}_{u}{e}.",
        hints=(f"Which outputs hear {v}_{u}{e}? One for each {t}.", f"Do the weights {a} depend on {v}?"),
        make=written("t:T u:U e:E", "q[t,e] k[u,e] v[u,e] y[t,e]",
                     "r[t,u] = sum(q[t,e]*k[u,e], e)\na[t,u] = softmax(r[t,u], u)\no[t,e] = sum(a[t,u]*v[u,e], u)\n"
                     f"C = {BEFORE[over]}{HALVED[factor]}", (*letters.items(),)), of=v)


NORM_NAMES = (PLAIN, {"u": "h"}, {"x": "z"}, {"j": "p", "k": "q"}, {"u": "c", "x": "a"})


def _normalised(row, norm, letters):
    return replace(row, **NORMS[norm](row, *called(letters, "u", "x", "j", "k"), (*letters.items(),)),
                   of=letters.get("x", "x"), given=(letters.get("u", "u"),))


def _layer_norm(row, u, x, j, k, names):
    return {
        "text": f"{u} is {x} without its mean μ, divided by σ; a scale γ and a shift β follow. ∂C/∂{u}_{j} is known. Derive "
                f"∂C/∂{x}_{j}; every {x} moves the mean, σ, and so every {u}.",
        "hints": (f"Along which three ways does {x}_{j} reach the {u}?",
                  f"How do v, and with it σ, and how does μ move with {x}_{j}?", f"What does Σ_{k} ({x}_{k} − μ) give?"),
        "make": _norm("j:n k:n", "[j]", "mu = mean(x[j], j)\nv = mean((x[j] - mu)**2, j)\nsigma = sqrt(v + 0.01)\n"
                      "u[j] = (x[j] - mu)/sigma", names)}


def _root_mean_square(row, u, x, j, k, names):
    return {
        "title": "Back through a root mean square",
        "text": f"{u} is {x} divided by σ, the root of 0.01 plus the mean of all squares; a scale γ and a shift β follow. ∂C/∂{u}_{j} is "
                f"known. Derive ∂C/∂{x}_{j}; every {x} moves σ, and so every {u}.",
        "hints": (f"Along which two ways does {x}_{j} reach the {u}?", f"How do v, and with it σ, move with {x}_{j}?"),
        "make": _norm("j:n k:n", "[j]", "v = mean(x[j]**2, j)\nsigma = sqrt(v + 0.01)\nu[j] = x[j]/sigma", names), "steps": 2}


def _centred(row, u, x, j, k, names):
    return {
        "title": "Back through a mean",
        "text": f"{u} is {x} without its mean μ; a scale γ and a shift β follow. ∂C/∂{u}_{j} is known. Derive ∂C/∂{x}_{j}; every "
                f"{x} moves the mean, and so every {u}.",
        "hints": (f"Along which two ways does {x}_{j} reach the {u}?", f"How does μ move with {x}_{j}?"),
        "make": _norm("j:n k:n", "[j]", "mu = mean(x[j], j)\nu[j] = x[j] - mu", names), "steps": 2}


def _batch_norm(row, u, x, j, k, names):
    return {
        "title": "Back through batch normalisation",
        "text": f"{u} is {x} without its mean μ over the samples s, divided by σ over the samples, for each unit {j}; a scale γ and "
                f"a shift β follow. ∂C/∂{u}_s{j} is known. Derive ∂C/∂{x}_s{j}; every sample moves the mean, σ, and so {u} of "
                "every sample.",
        "hints": (f"Along which three ways does {x}_s{j} reach the {u}?",
                  f"How do v, and with it σ, and how does μ move with {x}_s{j}?", f"What does Σ_s ({x}_s{j} − μ_{j}) give?"),
        "make": _norm("s:N r:N j:n k:n", "[s,j]",
                      "mu[j] = mean(x[s,j], s)\nv[j] = mean((x[s,j] - mu[j])**2, s)\nsigma[j] = sqrt(v[j] + 0.01)\n"
                      "u[s,j] = (x[s,j] - mu[j])/sigma[j]", names)}


def _norm(letters, at, text, names):
    over = ", ".join(at.strip("[]").split(","))
    return written(letters, f"x{at} y{at}", f"{text}\no{at} = gamma[j]*u{at} + beta[j]\nC = sum((o{at} - y{at})**2, {over})/2",
                   names)


NORMS = {"layer": _layer_norm, "root mean square": _root_mean_square, "mean": _centred, "batch": _batch_norm}
SMOOTH = ("sigmoid", "tanh", "softplus")


def first(name, values):
    """The values with this one, that of the exercise itself, in front."""
    return (name, *(value for value in values if value != name))


ROWS = {
    "6.1": Variation(_made_for_its_activation, {
        "activation": tuple(MADE_FOR), "by": ("z", "w", "b"), "letters": NEURON_NAMES}),
    "6.2": Variation(_softmax, {"layer": (1, 2, 3), "kind": ("z", "b", "W"), "units": UNITS}),
    "6.3": Variation(_chain, {
        "length": (3, 2, 4), "activation": first("tanh", SMOOTH), "factor": first(HALF, FACTORS), "by": ("W1", "b1")}),
    "6.4": Variation(_from_the_cost, {
        "activation": SMOOTH, "factor": first(HALF, FACTORS), "by": ("z1", "b1", "W1"), "units": UNIT}),
    "6.5": Variation(_over_a_batch, {
        "activation": first("tanh", SMOOTH), "factor": FACTORS, "over": ("mean", "sum"), "by": ("W1", "b1"), "units": UNITS}),
    "6.6": Variation(_penalty, {"over": ("mean", "sum"), "layer": (2, 1, 3), "depth": (2, 3), "units": UNITS},
                     lambda layer, depth, **more: layer <= depth),
    "6.7": Variation(_two_paths, {
        "activation": first("tanh", SMOOTH), "factor": (1, HALF, 3), "by": ("z", "b", "W"), "letters": NAMES}),
    "6.8": Variation(_in_two_places, {
        "activation": SMOOTH, "over": ("sum", "mean"), "factor": (HALF, 1), "letters": TWICE_NAMES}),
    "6.9": Variation(_kernel, {
        "activation": SMOOTH, "factor": (1, HALF), "by": ("w", "b"), "letters": KERNEL_NAMES}),
    "6.10": Variation(_one_step_back, {
        "activation": first("tanh", SMOOTH), "factor": (1, HALF), "letters": STEP_NAMES}),
    "6.11": Variation(_values, {"over": ("sum", "mean"), "factor": (HALF, 1, 2), "letters": VALUE_NAMES}),
    "6.12": Variation(_normalised, {"norm": tuple(NORMS), "letters": NORM_NAMES}),
}
