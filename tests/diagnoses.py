"""How good `bp.diagnose` is, in figures.  A command:

    .venv/bin/python tests/diagnoses.py --number 20 --right 500 --seed 0

A backpropagation written here by hand, in which each kind of mistake can be planted, runs in random networks: unequal
and square sizes, one sample and more, in the layouts of all notations, in double and in single precision.  Counted is
how often the mistake is named, where a name is told that was not planted although the numbers tell the two apart, and
whether a right gradient is ever called wrong, in every form in which gradients may be handed over.
"""
import argparse
import sys
import time
import warnings
from collections import Counter
from pathlib import Path

import numpy as np

sys.path[:0] = [str(Path(__file__).resolve().parent.parent)]

import bplib as bp
from bplib.conventions import TABLE as NOTATIONS
from bplib.layout import Layout

HIDDEN = ("sigmoid", "tanh", "relu", "leaky relu", "identity")
ENDS = (("identity", "squared error"), ("sigmoid", "squared error"), ("tanh", "squared error"),
        ("sigmoid", "binary cross entropy"), ("softmax", "categorical cross entropy"),
        ("softmax", "negative log-likelihood"))


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


FUNCTIONS = {"sigmoid": sigmoid, "tanh": np.tanh, "relu": lambda z: np.maximum(z, 0),
             "leaky relu": lambda z: np.where(z > 0, z, 0.01 * z), "identity": lambda z: z}
SLOPES = {"sigmoid": lambda z: sigmoid(z) * (1 - sigmoid(z)), "tanh": lambda z: 1 - np.tanh(z)**2,
          "relu": lambda z: (z > 0) * 1.0, "leaky relu": lambda z: np.where(z > 0, 1.0, 0.01),
          "identity": lambda z: np.ones_like(z)}


class Program:
    """Backpropagation by hand, with one mistake or several: names of KINDS, made in every layer where they can be."""

    def __init__(self, network, planted=()):
        self.network, self.planted = network, planted
        self.names = [row.name for row in network.structure.activations]
        self.depth = len(self.names)

    def has(self, name):
        return name in self.planted

    def forward(self, p, X):
        z, a = [None], [X]
        for layer, name in enumerate(self.names, 1):
            z.append(a[-1] @ p[f"W{layer}"].T + p.get(f"b{layer}", 0))
            e = np.exp(z[-1] - z[-1].max(1, keepdims=True)) if name == "softmax" else None
            a.append(e / e.sum(1, keepdims=True) if name == "softmax" else FUNCTIONS[name](z[-1]))
        return z, a

    def slope(self, layer, z, a, error):
        name = self.names[layer - 1]
        last = layer == self.depth
        if self.has("slope lost at output") and last or self.has("slope lost") and not last:
            return np.ones_like(z[layer])
        if last:
            return SLOPES[name](z[layer])
        if self.has("always one") and name == "relu":
            return (a[layer] >= 0) * 1.0
        if self.has("slope at a"):
            return SLOPES[name](a[layer])
        if self.has("by value with z") and name in ("sigmoid", "tanh"):
            return z[layer] * (1 - z[layer]) if name == "sigmoid" else 1 - z[layer]**2
        if self.has("function itself"):
            return FUNCTIONS[name](z[layer])
        if self.has("slope at the error"):
            return SLOPES[name](error)
        if self.has("another function"):
            return SLOPES["tanh" if name == "sigmoid" else "sigmoid"](z[layer])
        return SLOPES[name](z[layer])

    def start(self, z, a, Y):
        """The last error term, the error before the slope."""
        name, loss = self.names[-1], self.network.options.loss.name
        part = 1 / Y.shape[1] if self.network.options.over_outputs == "mean" else 1.0
        error = a[-1] - Y
        if loss == "squared error":
            two = 1.0 if self.has("two lost") else 2.0 * float(self.network.options.loss.parameter[1])
            error = part * two * error
            delta = error * self.slope(self.depth, z, a, error)
        else:
            error = delta = part * error
            if self.has("one slope too many"):
                delta = delta * a[-1] * (1 - a[-1])
            if self.has("softmax by unit") and name == "softmax":
                delta = -part * Y * (1 - a[-1])
        if self.has("sign"):
            error, delta = -error, -delta
        return error, delta

    def back(self, layer, error, delta, p, a):
        """∂C/∂a of the layer before."""
        W, sent = p[f"W{layer}"], error if self.has("raw error sent") else delta
        if self.has("not turned") and W.shape[0] == W.shape[1]:
            return sent @ W.T
        if self.has("weights left out"):
            same = W.shape[0] == W.shape[1]
            return sent if same else sent.sum(1, keepdims=True) * np.ones(W.shape[1])
        if self.has("weights summed"):
            return (sent @ W).sum(1, keepdims=True) * np.ones(W.shape[1])
        if self.has("one path"):
            return sent[:, :1] * W[:1]
        if self.has("activations back"):
            return a[layer] @ W
        return sent @ W

    def __call__(self, p, X, Y):
        network, N = self.network, len(X)
        rows = np.eye(network.shape("y")[1])[Y] if network.options.loss.targets == "labels" else Y
        z, a = self.forward(p, X)
        error, delta = self.start(z, a, rows)
        found, l2 = {}, float(network.options.l2)
        for layer in range(self.depth, 0, -1):
            if layer < self.depth:
                delta = error * self.slope(layer, z, a, error)
                if self.has("negative zeroed") and self.names[layer - 1] == "relu":
                    delta = np.maximum(delta, 0)
            if self.has("rounded"):
                delta = np.round(delta, 2)
            self.arrays(layer, found, delta, z, a, p, N, l2)
            error = self.back(layer, error, delta, p, a)
        return {name: found[name] for name in p}

    def arrays(self, layer, found, delta, z, a, p, N, l2):
        share = 1 / N if self.network.options.over_samples == "mean" else 1.0
        mean = self.network.options.over_samples == "mean"
        feed = a[layer - 1]
        feed = a[layer] if self.has("own activation") and a[layer].shape[1] in (1, feed.shape[1]) else feed
        feed = z[layer - 1] if self.has("z for a") and layer > 1 else feed
        W = delta.T @ feed
        if self.has("one sample"):
            W = np.outer(delta[-1], feed[-1])
        if self.has("weight for input"):
            W = delta.sum(0)[:, None] * p[f"W{layer}"]
        W = W * share * np.ones_like(p[f"W{layer}"])
        if self.has("turned") and W.shape[0] == W.shape[1]:
            W = W.T
        b = share * delta.sum(0)
        if self.has("one sum"):
            b = np.full_like(b, b.sum())
        if self.has("row sums"):
            b = W.sum(1)
        if self.has("bias carries input"):
            b = W[:, 0].copy()
        if self.has("never divided") and mean:
            W, b = W * N, b * N
        if self.has("divided twice") and mean:
            W, b = W / N, b / N
        if self.has("averaged differently"):
            b = b * N if mean else b / N
        if self.has("outputs"):
            n = self.network.shape("y")[1]
            W, b = (W * n, b * n) if self.network.options.over_outputs == "mean" else (W / n, b / n)
        if self.has("factor 3") and layer == self.depth:
            W = 3 * W
        ways = {"penalty missing": 0, "penalty minus": -1, "penalty half": 0.5, "penalty twice": 2,
                "penalty and N": 1 / N}
        times = next((times for name, times in ways.items() if self.has(name)), 1)
        W = W + times * l2 * p[f"W{layer}"]
        if self.has("bias decays"):
            b = b + l2 * p.get(f"b{layer}", 0)
        if self.has("parameter itself"):
            b = np.array(p.get(f"b{layer}", b))
        if self.has("bias zero"):
            b = 0 * b
        found[f"W{layer}"] = W
        if f"b{layer}" in p:
            found[f"b{layer}"] = b


KINDS = {
    "slope lost": "the slope of the hidden layer is lost", "slope lost at output": "the slope of the output is lost",
    "always one": "the slope of ReLU is read from its output", "slope at a": "the slope is taken at a instead of z",
    "by value with z": "the slope by value is written with z", "function itself": "the function in place of its slope",
    "slope at the error": "the slope is taken at the error", "another function": "the slope of another function",
    "two lost": "the 2 of the square is lost", "one slope too many": "one slope too many",
    "softmax by unit": "softmax treated unit by unit", "sign": "the sign is turned",
    "raw error sent": "the slope of the layer above is lost going back",
    "not turned": "the weights are not turned round going back", 
    "weights left out": "the weights are left out going back",
    "weights summed": "all weights are summed going back", "one path": "one path only",
    "activations back": "activations are sent back in place of errors",
    "negative zeroed": "negative gradients are set to zero", "rounded": "error terms are rounded",
    "own activation": "the activation of the wrong layer", "z for a": "z where the activation belongs",
    "one sample": "one sample only", "weight for input": "the weight in place of its input",
    "turned": "the outer product is the wrong way round", "one sum": "one sum for all biases",
    "row sums": "row sums of dW in place of db", "bias carries input": "the bias gradient carries an input",
    "never divided": "not divided by the number of samples",
    "divided twice": "divided by the number of samples once too often",
    "averaged differently": "weights and biases are averaged differently",
    "outputs": ("not divided by the number of outputs", "divided by the number of outputs"),
    "factor 3": "a constant factor", "penalty missing": "the penalty is missing",
    "penalty minus": "the sign of the penalty", "penalty half": "half of the penalty",
    "penalty twice": "weight decay counted twice", "penalty and N": "the penalty inside or outside the mean",
    "bias decays": "weight decay on a bias", "parameter itself": "the parameter in place of its gradient",
    "bias zero": "the biases are never updated",
}
"""A mistake of `Program` → the name that it has to get."""


def drawn_network(random, notation):
    """A random network: every second one square, every fourth with a penalty."""
    depth, square = int(random.integers(1, 4)), random.random() < 0.3
    name, loss = ENDS[random.integers(len(ENDS))]
    sizes = np.full(depth + 1, random.integers(2, 5)) if square else random.integers(1, 6, depth + 1)
    sizes = [int(n) for n in sizes]
    sizes[-1] = max(2, sizes[-1]) if name == "softmax" else sizes[-1]
    hidden = [str(random.choice(HIDDEN)) for _ in range(depth - 1)]
    if loss == "squared error":
        loss = bp.loss(loss, factor=float(random.choice([0.5, 1])))
    bias = NOTATIONS[notation].bias != "none" and bool(random.random() < 0.85)
    return bp.dense(sizes, [*hidden, name], loss, bias=bias,
                    over_samples=str(random.choice(["mean", "sum"])), over_outputs=str(random.choice(["sum", "mean"])),
                    l2=float(random.choice([0, 0, 0.1, 0.3])))


def drawn_case(random, notation, dtype=float):
    network = drawn_network(random, notation)
    N = int(random.choice([1, 2, 3, 4, 5, 6, 8, 9]))
    p = {name: random.normal(size=network.shape(name)).astype(dtype) for name in network.parameters}
    X = random.normal(size=(N, network.shape("x")[1])).astype(dtype)
    n = network.shape("y")[1]
    targets = network.options.loss.targets
    Y = random.integers(0, n, N) if targets == "labels" else np.eye(n)[random.integers(0, n, N)] if (
        targets == "distribution") else random.uniform(0, 1, size=(N, n))
    return network, p, X, Y.astype(dtype) if targets != "labels" else Y


def in_layout(network, notation, p, X, Y, found):
    """Parameters, samples and gradients as a notation stores them."""
    layout = Layout(network, NOTATIONS[notation])
    turned = layout.notation.samples == "columns"
    gradients = {f"d{name}": array for name, array in layout.pack(found).items()}
    return layout.pack(p), X.T if turned else X, Y.T if turned and Y.ndim == 2 else Y, gradients


def planted(number, seed, dtype=float, kinds=KINDS):
    """Each kind in random networks: counts by kind, what was told in place of the name, seconds."""
    random, counts, amiss, times = np.random.default_rng(seed), {kind: Counter() for kind in kinds}, [], []
    notations = [*NOTATIONS]
    for _ in range(40 * number):
        lacking = [kind for kind in kinds if counts[kind].total() < number]
        if not lacking:
            break
        notation = notations[random.integers(len(notations))]
        network, p, X, Y = drawn_case(random, notation, dtype)
        with np.errstate(all="ignore"):
            right = Program(network)(p, X, Y)
        for kind in lacking:
            with np.errstate(all="ignore"):
                wrong = Program(network, (kind,))(p, X, Y)
            if not _apart(wrong, right):
                continue
            told, seconds = _told(network, notation, p, X, Y, wrong)
            times.append(seconds)
            outcome = _outcome(kinds[kind], told)
            counts[kind][outcome] += 1
            if outcome != "named":
                rows = [row.name for row in network.structure.activations]
                amiss.append((kind, outcome, network.structure.sizes, rows, network.options, len(X), notation,
                              [[one.name for one in way] for way in told.findings]))
    return counts, amiss, times


def _apart(wrong, right):
    """Whether a mistake shows at these numbers."""
    return any(np.abs(wrong[name] - right[name]).max() > 0.01 * np.abs(right[name]).max() + 1e-30 for name in right)


def _told(network, notation, p, X, Y, found):
    given = in_layout(network, notation, p, X, Y, found)
    start = time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        told = bp.diagnose(network, *given[:3], gradients=given[3])
    return told, time.process_time() - start


def _outcome(names, told):
    names = {names} if isinstance(names, str) else set(names)
    ways = [{one.name for one in way} for way in told.findings]
    if told.right is not False:
        return "called right" if told.right else "undecided"
    if any(names & way for way in ways):
        return "named"
    if not ways:
        return "told by its relation" if told.relations else "not named"
    return "another that gives the same numbers"


def in_forms(network, p, X, Y, right, random):
    """A right gradient in the forms in which people have it: (name of the form, keyword arguments)."""
    layers = range(1, len(network.structure.sizes))
    bias = "b1" in p
    column = lambda name, array: array[:, None] if name[0] == "b" else array  # noqa: E731
    turned = lambda d: {n: a.T if n[0] == "W" else a for n, a in d.items()}  # noqa: E731
    prefixed = lambda d: {f"d{n}": a for n, a in d.items()}  # noqa: E731
    lists = lambda d: ([d[f"W{at}"] for at in layers], [d[f"b{at}"] for at in layers] if bias else [])  # noqa: E731
    plain = lambda d: {n: a.tolist() for n, a in d.items()}  # noqa: E731
    eta = 0.1
    stepped = {n: p[n] - eta * right[n] for n in p}
    yield "dict", p, X, Y, {"gradients": prefixed(right)}
    yield "from,to", turned(p), X, Y, {"gradients": prefixed(turned(right))}
    yield "biases (n,1), samples in columns", {n: column(n, a) for n, a in p.items()}, X.T, Y.T if Y.ndim == 2 else Y, {
        "gradients": {n: column(n, a) for n, a in right.items()}}
    yield "biases (1,n)", {n: a[None] if n[0] == "b" else a for n, a in p.items()}, X, Y, {
        "gradients": {n: a[None] if n[0] == "b" else a for n, a in right.items()}}
    yield "lists", list(p.values()), X, Y, {"gradients": list(right.values())}
    yield "last layer first", list(p.values()), X, Y, {"gradients": [right[f"{kind}{at}"] for at in reversed(layers)
                                                                     for kind in ("Wb" if bias else "W")]}
    yield "pair of lists", dict(zip(("weights", "biases"), lists(p))), X, Y, {
        "gradients": dict(zip(("weights", "biases"), lists(right)))} if bias else {"gradients": list(right.values())}
    yield "numbers in lists", plain(p), X.tolist(), Y.tolist(), {"gradients": plain(right)}
    yield "vector", np.concatenate([a.ravel() for a in p.values()]), X, Y, {
        "gradients": np.concatenate([a.ravel() for a in right.values()])}
    yield "function", p, X, Y, {"gradients": lambda p, X, Y: {f"grad_{n}": a for n, a in right.items()}
                                if np.array_equal(p["W1"], network_start(p)) else Program(network)(p, X, Y)}
    step = lambda p, X, Y, eta: {n: p[n] - eta * g for n, g in Program(network)(p, X, Y).items()}  # noqa: E731
    yield "step", p, X, Y, {"step": step, "eta": eta}
    yield "after", p, X, Y, {"after": stepped, "eta": eta}
    yield "after, no eta", p, X, Y, {"after": stepped}


def network_start(p):
    return p["W1"]


def right_ones(number, seed):
    """Right gradients in every form, in double and single precision: counts, and those called wrong."""
    random, counts, wrong, times = np.random.default_rng(seed), Counter(), [], []
    while counts.total() < number:
        dtype = [float, float, np.float32][random.integers(3)]
        network, p, X, Y = drawn_case(random, "bplib", dtype)
        with np.errstate(all="ignore"):
            right = Program(network)(p, X, Y)
        for form, *given, named in in_forms(network, p, X, Y, right, random):
            if dtype is np.float32:
                named = {key: _single(value) for key, value in named.items()}
            start = time.process_time()
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                told = bp.diagnose(network, *given, **named)
            times.append(time.process_time() - start)
            counts[str(told.right)] += 1
            if told.right is False:
                wrong.append((form, np.dtype(dtype).name, network.structure.sizes,
                              [row.name for row in network.structure.activations], network.options, len(X), told))
    return counts, wrong, times


def _single(value):
    if isinstance(value, dict):
        return {name: np.asarray(array, np.float32) for name, array in value.items()} if not any(
            isinstance(array, list) for array in value.values()) else value
    return value


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--number", type=int, default=20)
    parser.add_argument("--right", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kinds", nargs="*", default=list(KINDS))
    parser.add_argument("--verbose", action="store_true")
    asked = parser.parse_args()
    kinds, failed = {kind: KINDS[kind] for kind in asked.kinds}, False
    for dtype in (float, np.float32):
        counts, amiss, times = planted(asked.number, asked.seed, dtype, kinds)
        whole = sum(counts.values(), Counter())
        apart = whole.total() - whole["another that gives the same numbers"]
        print(f"{np.dtype(dtype).name}: {whole.total()} planted, named {whole['named'] / max(1, apart):.1%} of {apart} "
              f"that can be told apart; {dict(whole)}")
        for kind, one in counts.items():
            if one["named"] < one.total():
                print(f"    {kind}: {dict(one)}")
        _show_times(times)
        failed |= whole["named"] < 0.95 * apart
        for one in amiss if asked.verbose else ():
            print("   ", *one)
    if asked.right:
        counts, wrong, times = right_ones(asked.right, asked.seed)
        print(f"right gradients: {counts.total()}, {dict(counts)}; called wrong: {len(wrong)}")
        _show_times(times)
        for *one, told in wrong:
            print("   ", *one)
            print(told)
        failed |= bool(wrong)
    sys.exit(failed)


def _show_times(times):
    if times:
        print(f"    seconds of the processor: median {np.median(times):.2f}, 95 % {np.percentile(times, 95):.2f}, "
              f"longest "
              f"{max(times):.2f}", flush=True)


if __name__ == "__main__":
    main()
