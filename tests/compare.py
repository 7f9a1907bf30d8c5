"""Random networks of every kind: plain = tuned = reference, and = PyTorch where it is installed.  A command:

    .venv/bin/python tests/compare.py --number 2000 --seed 0

Each network is drawn from a seed of its own, which is printed where something differs, so that one can be looked at
again: --number 1 --seed THAT.  Exit code 1 where anything is wrong or ends in an error.

Errors are the largest difference of an array's entries, relative to the largest entry of the whole gradient, less what
rounding may do to the entry by running error analysis: that counts where a gradient is next to nothing because its
terms cancel.  What is allowed stands in ALLOWED; for float32 the plain code gets the same rounded numbers.
"""
import argparse
import sys
import traceback
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np

sys.path[:0] = [str(Path(__file__).resolve().parent.parent), str(Path(__file__).resolve().parent)]

import bplib as bp
from bplib.activations import TABLE as ACTIVATIONS
from bplib.conventions import TABLE as NOTATIONS
from bplib.gradcheck import reference_gradients
from bplib.losses import TABLE as LOSSES
from bplib.rounding import Arithmetic, bounded
from networks_to_test import parameters, samples

try:
    import torch
except ImportError:
    torch = None

NAMES = [name for name in ACTIVATIONS if name != "g"]
ELEMENTWISE = [name for name in NAMES if ACTIVATIONS[name].elementwise]
ALLOWED = {"reference": 1e-11, "PyTorch": 1e-10, "tuned float64": 1e-11, "tuned float32": 1e-3}
KINDS = ("dense", "dense", "deep", "graph", "graph", "graph", "neuron")
SETTINGS = 3
"""Notations, numbers of samples and dtypes that are tried for each network."""


def network_options(random, kind):
    """Loss, reductions and penalty, drawn; what a kind of network cannot have is left out."""
    known = [row for row in LOSSES.values() if kind == "dense" or not row.outputs or "sigmoid" in row.outputs]
    if kind == "neuron":
        known = [row for row in known if row.targets not in ("labels", "distribution")]
    row = known[random.integers(len(known))]
    if row.parameter:
        row = bp.loss(row.name, **{row.parameter[0]: random.choice([0.3, 0.5, 1, 2])})
    options = {"loss": row, "over_samples": random.choice(["mean", "sum"]), "l2": random.choice([0, 0, 0.1, 2.5]),
               "bias": bool(random.integers(2))}
    return options if kind == "neuron" else options | {"over_outputs": random.choice(["mean", "sum"])}


def drawn_activation(random, names):
    row = bp.activation(str(random.choice(names)))
    return bp.activation(row.name, alpha=float(random.choice([0.01, 0.3, 1]))) if row.parameters else row


def output_names(row, elementwise):
    elementwise = elementwise or row.name == "output"  # softmax outputs always add up to 1
    names = row.outputs or (ELEMENTWISE if elementwise else NAMES)
    return [name for name in names if name in (ELEMENTWISE if elementwise else NAMES)]


def drawn_dense(random, depth, most):
    options = network_options(random, "dense")
    sizes = [int(n) for n in random.integers(1, most + 1, depth + 1)]
    if options["loss"].targets in ("labels", "distribution"):
        sizes[-1] = max(2, sizes[-1])
    activations = [drawn_activation(random, NAMES) for _ in range(depth - 1)]
    activations.append(drawn_activation(random, output_names(options["loss"], False)))
    return bp.dense(sizes, activations, **options)


def drawn_graph(random):
    """Layers of neurons; each hears some of all that stand above it, so connections skip; the last ones are outputs."""
    options = network_options(random, "graph")
    inputs = [f"p{n}" for n in range(random.integers(1, 5))]
    neurons, above, names = {}, list(inputs), iter(f"h{n}" for n in range(100))
    few = [ACTIVATIONS[str(name)] for name in random.choice(ELEMENTWISE, 2)]
    for _ in range(random.integers(1, 4)):
        layer = {}
        for _ in range(random.integers(1, 5)):
            row = few[random.integers(2)] if random.integers(2) else drawn_activation(random, ELEMENTWISE)
            layer[next(names)] = (drawn_sources(random, above), row)
        neurons |= layer
        above += layer
    fed = {source for sources, _ in neurons.values() for source in sources}
    possible = output_names(options["loss"], True)
    for name in [name for name in neurons if name not in fed]:
        neurons[name] = neurons[name][0], drawn_activation(random, possible)
    return bp.graph(neurons, inputs, **options)


def drawn_sources(random, above):
    """Some of the names, the last ones more often."""
    number = int(random.integers(1, min(4, len(above)) + 1))
    weights = np.arange(1, len(above) + 1) ** 2.0
    return [str(name) for name in random.choice(above, number, replace=False, p=weights / weights.sum())]


def drawn_network(random):
    kind = str(random.choice(KINDS))
    if kind == "neuron":
        options = network_options(random, "neuron")
        return kind, bp.neuron(drawn_activation(random, output_names(options["loss"], True)), **options)
    if kind == "graph":
        return kind, drawn_graph(random)
    deep = kind == "deep" and random.integers(4) == 0
    depth = int(random.integers(6, 31)) if deep else int(random.integers(1, 6))
    return "deep" if deep else "dense", drawn_dense(random, depth, 4 if deep else 9)


# against PyTorch

def torch_activation(row, z):
    g, alpha = torch.nn.functional, [float(value) for value in row.parameters]
    return {"identity": lambda: z, "sigmoid": lambda: torch.sigmoid(z), "tanh": lambda: torch.tanh(z),
            "relu": lambda: torch.relu(z), "leaky relu": lambda: g.leaky_relu(z, *alpha),
            "softplus": lambda: g.softplus(z, threshold=1000), "elu": lambda: g.elu(z, *alpha),
            "silu": lambda: g.silu(z), "gelu": lambda: g.gelu(z), "softmax": lambda: torch.softmax(z, 1)}[row.name]()


def torch_loss(row, a, z, last, y):
    """The terms of the cost; cross entropies from z, as the logarithm of a rounded a has no digits."""
    g = torch.nn.functional
    log_a = torch.log_softmax(z, 1) if last.name == "softmax" else g.logsigmoid(z)
    terms = {
        "squared error": lambda: float(row.parameter[1]) * (a - y) ** 2,
        "absolute error": lambda: (a - y).abs(),
        "Huber error": lambda: g.huber_loss(a, y, reduction="none", delta=float(row.parameter[1])),
        "binary cross entropy": lambda: -y * log_a - (1 - y) * g.logsigmoid(-z),
        "categorical cross entropy": lambda: -y * log_a, "negative log-likelihood": lambda: -y * log_a,
        "output": lambda: a, "given error": lambda: y * a}
    return terms[row.name]()


def torch_gradients(network, p, X, Y):
    """The gradients that PyTorch's autograd finds, by name."""
    w = {name: torch.tensor(value, dtype=torch.float64, requires_grad=True) for name, value in p.items()}
    x = torch.tensor(X.reshape(len(X), -1))
    a, z, rows = torch_forward(network, w, x)
    y = np.eye(a.shape[1])[Y] if network.targets and network.targets.kind == "c" else Y
    y = torch.zeros_like(a) if y is None else torch.tensor(y.reshape(len(X), -1))
    parts = [torch_loss(network.options.loss, a[:, columns], z[:, columns], row, y[:, columns]) for columns, row in rows]
    cost = torch.cat(parts, 1).sum()
    cost = cost / len(X) if network.options.over_samples == "mean" else cost
    cost = cost / a.shape[1] if network.options.over_outputs == "mean" else cost
    penalty = sum((w[name] ** 2).sum() for name in w if network.quantities[name].kind == "W")
    (cost + float(network.options.l2) / 2 * penalty).backward()
    return {name: value.grad.numpy() if value.grad is not None else np.zeros(value.shape) for name, value in w.items()}


def torch_forward(network, w, x):
    """Outputs a, their z, and the activation of each slice of columns."""
    structure = network.structure
    if hasattr(structure, "activations"):
        for layer, row in enumerate(structure.activations, 1):
            z = x @ w[f"W{layer}"].T + (w[f"b{layer}"] if structure.bias else 0)
            x = torch_activation(row, z)
        return x, z, [(slice(None), row)]
    values, before = dict(zip(structure.inputs, x.T)), {}
    for name, (sources, row) in structure.neurons.items():
        weight = (lambda source: w["w"]) if name == "" else (lambda source, name=name: w[f"w_{source}_{name}"])
        bias = (w["b"] if name == "" else w[f"b_{name}"]) if structure.bias else 0
        before[name] = sum(weight(source) * values[source] for source in sources) + bias
        values[name] = torch_activation(row, before[name])
    a, z = (torch.stack([of[name] for name in structure.outputs], 1) for of in (values, before))
    return a, z, [(slice(n, n + 1), structure.neurons[name][1]) for n, name in enumerate(structure.outputs)]


# comparing

def largest(values):
    return max(float(np.abs(value).max()) for value in values)


def apart(what, found, wanted, rounding):
    """How far gradients are apart, relative to the largest entry; infinitely, where one is not a number.

    Where that is more than allowed, what rounding explains is left out.
    """
    if list(found) != list(wanted):
        return np.inf
    differences = [np.abs(np.asarray(found[name], float) - wanted[name]) for name in wanted]
    if not all(np.isfinite(difference).all() for difference in differences):
        return np.inf
    beyond = [np.maximum(difference - rounding[name], 0) for name, difference in zip(wanted, differences)]
    of_all, unexplained = (largest(each) / (largest(wanted.values()) or 1.0) for each in (differences, beyond))
    return of_all if of_all <= ALLOWED[what] else unexplained


def rounding_of(f, p, given, dtype):
    """What rounding may do to each entry of a gradient, in two computations of it: one in double precision."""
    arrays = [*p.values(), *given]
    both = [bounded(f.gradients)(arrays, Arithmetic(one)) for one in (np.float64, np.dtype(dtype).type)]
    return {name: exact.error + coarse.error for name, exact, coarse in zip(p, *both)}


def tuned_errors(network, derivation, random):
    """Errors of gradients, a step and a loop of tuned code, in a notation, dtype and number of samples: (what, error)."""
    notation, dtype = str(random.choice([*NOTATIONS])), str(random.choice(["float64", "float64", "float32"]))
    number = int(random.choice([1, 1, 2, *random.integers(3, 101, 3)]))
    f = bp.generate(network, derivation, notation=notation)
    own, (X, Y) = parameters(network, random), samples(network, random, number)
    own = {name: value.astype(dtype).astype(float) for name, value in own.items()}
    p = {name: np.ascontiguousarray(value).reshape(value.shape) for name, value in f.layout.pack(own).items()}
    X, Y = (None if given is None else np.ascontiguousarray(given) for given in f.layout.unpack_samples(X, Y))
    X = X.astype(dtype).astype(float)
    Y = Y.astype(dtype).astype(float) if Y is not None and Y.dtype.kind == "f" else Y
    wanted, tuned, rounding = f.gradients(p, X, Y), bp.tune(f, dtype=dtype), rounding_of(f, p, (X, Y), dtype)
    what = f"tuned {dtype}"
    yield what, apart(what, tuned.gradients(p, X, Y), wanted, rounding)
    after = {name: value.astype(dtype) for name, value in p.items()}
    tuned.step(after, X, Y, 0.5)
    change = {name: (p[name] - after[name].astype(float)) / 0.5 for name in p}
    size = max(1.0, largest(p.values()) / (largest(wanted.values()) or 1.0))  # digits that the subtraction loses
    yield what, apart(what, change, wanted, rounding) / size


def errors_of(seed):
    """The kind of the network of a seed, and what was compared: pairs (with what, error)."""
    random = np.random.default_rng(seed)
    kind, network = drawn_network(random)
    derivation = bp.derive(network)
    f = bp.generate(network, derivation)
    p, (X, Y) = parameters(network, random), samples(network, random, int(random.integers(1, 30)))
    rows = X.reshape(len(X), -1) if kind != "neuron" else X
    given = (X, Y) if network.targets else (X,)
    found, rounding = f.gradients(p, *given), rounding_of(f, p, given, "float64")
    yield kind, "reference", apart("reference", reference_gradients(network, p, rows, Y), found, rounding)
    if torch:
        yield kind, "PyTorch", apart("PyTorch", torch_gradients(network, p, X, Y), found, rounding)
    for _ in range(SETTINGS if network.targets else 0):  # without targets nothing is tuned
        for what, error in tuned_errors(network, derivation, random):
            yield kind, what, error


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--number", type=int, default=200, help="how many networks")
    parser.add_argument("--seed", type=int, default=0, help="the seed of the first; the next ones follow")
    given = parser.parse_args(arguments)
    worst, counts, wrong = defaultdict(float), Counter(), []
    for seed in range(given.seed, given.seed + given.number):
        try:
            for kind, what, error in errors_of(seed):
                counts[kind, what] += 1
                worst[kind, what] = max(worst[kind, what], error)
                if not error <= ALLOWED[what]:
                    wrong.append(seed)
                    print(f"WRONG  seed {seed}: {kind}, {what}: {error:.2g}", flush=True)
        except Exception:
            wrong.append(seed)
            print(f"ERROR  seed {seed}: {traceback.format_exc(limit=-3)}", flush=True)
    print(f"{'network':<9}{'compared with':<16}{'times':>7}{'largest error':>16}{'allowed':>10}")
    for (kind, what), error in sorted(worst.items()):
        print(f"{kind:<9}{what:<16}{counts[kind, what]:>7}{error:>16.1e}{ALLOWED[what]:>10.0e}")
    if not torch:
        print("PyTorch is not installed: not compared with it")
    print(f"{given.number} networks, seeds {given.seed} to {given.seed + given.number - 1}: "
          f"{len(set(wrong))} wrong{': seeds ' + ', '.join(map(str, sorted(set(wrong)))) if wrong else ''}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
