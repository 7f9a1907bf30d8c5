"""Ways to write a network down: dense layers, neurons one by one, or a single neuron.

Each returns a `Network`: its equations, in an order in which each uses only what stands above it, and how large its
arrays are.  Everything else in bplib starts from that list.
"""
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

import sympy as sp

from . import losses as loss_table
from .activations import Activation, activation
from .equations import LAMBDA, Equation, N, Quantity, j, k, s, size, sum_with_sign_in_front
from .errors import InputError, unknown_name
from .inputs import as_written, checked_number, folded
from .losses import Loss, check_outputs, loss
from .notation import DEFAULT, latex

OVER = ("sum", "mean")
WIDEST = 10**9
"""Units that a layer may have: more have no room in any memory."""


@dataclass(frozen=True)
class Options:
    """The choices that all networks share; each changes the derived formulas."""

    loss: loss_table.Loss
    over_samples: str
    over_outputs: str
    l2: sp.Expr

    @classmethod
    def read(cls, loss_name, over_samples, over_outputs, l2):
        for what, given in (("over_samples", over_samples), ("over_outputs", over_outputs)):
            if given not in OVER:
                raise unknown_name(what, given, OVER)
        strength = checked_number("l2, the strength λ of the penalty (λ/2)·Σw²,", l2, least=0)
        return cls(loss(loss_name), over_samples, over_outputs, sp.sympify(as_written(strength)))

    @property
    def constants(self):
        return {LAMBDA: self.l2} if self.l2 else {}


@dataclass(frozen=True, repr=False)
class Network:
    """Equations, and how large a network of them is.

    equations    forward equations, the cost last
    quantities   name → Quantity, for all that the equations mention
    parameters   names of weights and biases, in the order in which gradients are returned
    sizes        size symbol → number, and λ → its value where there is a penalty
    structure    what it was built from: a `Dense` or a `Graph`
    options      loss, sum or mean, penalty
    """

    equations: tuple
    quantities: dict
    parameters: tuple
    sizes: dict
    structure: object
    options: Options

    def shape(self, name):
        """Shape of an array as a tuple of ints; the number of samples, not being fixed, as the string "N"."""
        return tuple("N" if size == N else int(sp.sympify(size).subs(self.sizes))
                     for size in self.quantities[name].sizes)

    def given(self, kind):
        """The quantity of a kind that has only one: "x", "y", "c", "losses" or "C"; None where there is none."""
        return next((q for q in self.quantities.values() if q.kind == kind), None)

    def __hash__(self):
        return hash((self.equations, self.parameters, tuple(self.sizes.items())))

    axes = "row: unit of this layer, column: unit of the layer before"

    @property
    def targets(self):
        """What a learner gives as targets: labels c where the loss counts classes, otherwise the array y; None where
        the loss has no targets."""
        if self.options.loss.targets == "none":
            return None
        return self.given("c") or self.given("y")

    def __repr__(self):
        return "\n".join(f"{e.left} = {e.right}" for e in self.equations)

    def latex(self, notation=DEFAULT):
        """The equations, one below the other, in a notation: a `Notation`, or the name of one in `conventions`."""
        from .conventions import convention  # `conventions` builds networks, so it stands below this module

        notation = convention(notation)
        lines = (" &= ".join(latex(side, self.quantities, notation, samples=e.quantity.kind == "C")
                             for side in (e.left, e.right)) for e in self.equations)
        return r"\begin{aligned}" + r" \\ ".join(lines) + r"\end{aligned}"

    def _repr_latex_(self):
        return rf"$\displaystyle {self.latex()}$"

    @property
    def outputs(self):
        """Names of the arrays that hold the outputs, in the order of the columns of Y."""
        if isinstance(self.structure, Dense):
            return (f"a{len(self.structure.activations)}",)
        return tuple(q.name for name in self.structure.outputs
                     for q in self.quantities.values() if (q.kind, q.mark) == ("a", name))


@dataclass(frozen=True)
class Dense:
    """Dense layers: `sizes` (n_0, …, n_L) and one activation a layer."""

    sizes: tuple
    activations: tuple
    bias: bool


@dataclass(frozen=True)
class Graph:
    """Neurons: name → (names of the neurons and inputs that feed it, activation)."""

    inputs: tuple
    neurons: dict
    outputs: tuple
    bias: bool


class _Builder:
    """Collects equations and the quantities that they mention."""

    def __init__(self):
        self.equations, self.quantities = [], {}

    def quantity(self, name, kind, mark=None, sizes=()):
        self.quantities[name] = Quantity(name, kind, mark, sizes)
        return self.quantities[name]

    def equation(self, quantity, indices, right):
        self.equations.append(Equation(quantity, indices, right))

    def targets(self, row, size):
        """y, or for labels c the equation y[s, j] = [j = c[s]] that writes them one-hot."""
        y = self.quantity("y", "y", None, (N, size))
        if row.targets == "labels":
            c = self.quantity("c", "c", None, (N,))
            self.equation(y, (s, j), sp.KroneckerDelta(j, c[s]))
        return y

    def cost(self, options, cost_of_sample, penalty):
        losses = self.quantity("losses", "losses", None, (N,))
        self.equation(losses, (s,), cost_of_sample)
        mean = 1 / N if options.over_samples == "mean" else 1
        cost = self.quantity("C", "C")
        strength = LAMBDA if options.l2 else 0
        self.equation(cost, (), mean * sp.Sum(losses[s], (s, 1, N)) + strength / 2 * penalty)


def dense(sizes: Sequence[int], activations: str | Activation | Sequence[str | Activation] = "sigmoid",
          loss: str | Loss = "squared error", *, bias: bool = True, over_samples: str = "mean",
          over_outputs: str = "sum", l2: float = 0) -> Network:
    """A network of dense layers.

    sizes         widths n_0, …, n_L: inputs first, outputs last
    activations   one name for all layers, or one a layer (see `activations.TABLE`; "g" leaves it open)
    loss          a name (see `losses.TABLE`) or a row made with `loss(name, …)`
    over_samples  the cost of a batch is the "mean" or the "sum" of its samples' costs; over_outputs likewise
    l2            λ of the penalty (λ/2)·Σw² on all weights, biases left out

    Weights are W1[j, k] with the receiving unit first, so that z1[s, j] = Σ_k W1[j, k] x[s, k] + b1[j].
    """
    options = Options.read(loss, over_samples, over_outputs, l2)
    sizes = _checked_sizes(sizes)
    structure = Dense(sizes, _checked_activations(activations, len(sizes) - 1), _checked_bias(bias))
    check_outputs(options.loss, structure.activations[-1])
    build, layers = _Builder(), range(1, len(sizes))
    n = [size(f"n_{layer}") for layer in range(len(sizes))]
    a, penalty, parameters = build.quantity("x", "x", 0, (N, n[0])), 0, []
    for layer in layers:
        W = build.quantity(f"W{layer}", "W", layer, (n[layer], n[layer - 1]))
        z = build.quantity(f"z{layer}", "z", layer, (N, n[layer]))
        weighted = sp.Sum(W[j, k] * a[s, k], (k, 1, n[layer - 1]))
        parameters.append(W.name)
        if structure.bias:
            b = build.quantity(f"b{layer}", "b", layer, (n[layer],))
            weighted += b[j]
            parameters.append(b.name)
        build.equation(z, (s, j), weighted)
        a = build.quantity(f"a{layer}", "a", layer, (N, n[layer]))
        build.equation(a, (s, j), structure.activations[layer - 1](z[s, j], j, n[layer]))
        penalty += sp.Sum(W[j, k]**2, (j, 1, n[layer]), (k, 1, n[layer - 1]))
    y = build.targets(options.loss, n[-1])
    mean = 1 / n[-1] if options.over_outputs == "mean" else 1
    build.cost(options, mean * sum_with_sign_in_front(options.loss(a[s, j], y[s, j]), (j, 1, n[-1])), penalty)
    return Network(tuple(build.equations), build.quantities, tuple(parameters),
                   {**dict(zip(n, structure.sizes)), **options.constants}, structure, options)


def graph(neurons: Mapping, inputs: Sequence[str], outputs: Sequence[str] | None = None,
          loss: str | Loss = "squared error", *, bias: bool = False, over_samples: str = "mean",
          over_outputs: str = "sum", l2: float = 0) -> Network:
    """A network given neuron by neuron: layered, without cycles; connections may skip layers.

    neurons   name → (names that feed it, activation), each after all that feed it
    inputs    names of the inputs, in the order of the columns of X
    outputs   names of the outputs, in the order of the columns of Y; by default the neurons that feed no other

    >>> graph({"h": (["p", "q"], "sigmoid"), "o": (["h", "p"], "identity")}, inputs=["p", "q"]).parameters
    ('w_p_h', 'w_q_h', 'w_h_o', 'w_p_o')
    """
    options = Options.read(loss, over_samples, over_outputs, l2)
    structure = _checked_graph(neurons, inputs, outputs, bias)
    for name in structure.outputs:
        check_outputs(options.loss, structure.neurons[name][1])
    build = _Builder()
    x = build.quantity("x", "x", structure.inputs, (N, sp.Integer(len(inputs))))
    a, weights, biases = {}, [], []
    for column, name in enumerate(structure.inputs, 1):
        a[name] = x[s, column]
    for name, (sources, row) in structure.neurons.items():
        w = {source: build.quantity(f"w_{source}_{name}", "W", (source, name)) for source in sources}
        weighted = sum(w[source][()] * a[source] for source in sources)
        weights += [q[()] for q in w.values()]
        if structure.bias:
            biases.append(build.quantity(f"b_{name}", "b", name)[()])
            weighted += biases[-1]
        z = build.quantity(f"z_{name}", "z", name, (N,))
        build.equation(z, (s,), weighted)
        build.quantity(f"a_{name}", "a", name, (N,))
        build.equation(build.quantities[f"a_{name}"], (s,), row(z[s]))
        a[name] = build.quantities[f"a_{name}"][s]
    y = build.targets(options.loss, sp.Integer(len(structure.outputs)))
    mean = sp.Rational(1, len(structure.outputs)) if options.over_outputs == "mean" else 1
    terms = [options.loss(a[name], y[s, column]) for column, name in enumerate(structure.outputs, 1)]
    build.cost(options, mean * sp.Add(*terms), sp.Add(*(w**2 for w in weights)))
    return Network(tuple(build.equations), build.quantities, tuple(str(p) for p in weights + biases), options.constants,
                   structure, options)


def neuron(activation_name: str | Activation = "sigmoid", loss: str | Loss = "squared error", *, bias: bool = True,
           over_samples: str = "mean", l2: float = 0) -> Network:
    """One neuron with one input: z = w·x + b, a = g(z).  x and y hold one number a sample.

    The smallest network there is; its derived gradient of one weight is ∂C/∂w = 2(a − y)·g'(z)·x.
    """
    options = Options.read(loss, over_samples, "sum", l2)
    row = _checked_elementwise(activation_name)
    check_outputs(options.loss, row)
    build = _Builder()
    x, w = build.quantity("x", "x", 0, (N,)), build.quantity("w", "W", ("x", ""))
    weighted = w[()] * x[s]
    if bias:
        weighted += build.quantity("b", "b", "")[()]
    z, a = build.quantity("z", "z", "", (N,)), build.quantity("a", "a", "", (N,))
    build.equation(z, (s,), weighted)
    build.equation(a, (s,), row(z[s]))
    if options.loss.targets in ("labels", "distribution"):
        raise InputError(f"{options.loss.name} compares classes, and a single neuron has none; "
                         "use 'binary cross entropy' for yes or no.")
    y = build.quantity("y", "y", None, (N,))
    build.cost(options, options.loss(a[s], y[s]), w[()]**2)
    return Network(tuple(build.equations), build.quantities, ("w", "b") if bias else ("w",), options.constants,
                   Graph(("x",), {"": (("x",), row)}, ("",), _checked_bias(bias)), options)


def checked_network(given):
    """A network, or the network that functions were generated from."""
    network = getattr(given, "network", given)
    if not isinstance(network, Network):
        raise InputError("A network made by dense(…), graph(…) or neuron(…) is expected; "
                         f"given: {type(given).__name__}.")
    return network


def _checked_sizes(given):
    ordered = not isinstance(given, (str, bytes, Set, Mapping))
    try:
        sizes = tuple(map(_as_int, given)) if ordered else ()
    except TypeError:
        sizes = ()
    if len(sizes) < 2 or not all(type(n) is int and 0 < n <= WIDEST for n in sizes):
        raise InputError("sizes lists the widths of the layers in order, inputs first, whole numbers such as "
                         f"[784, 30, 10], each at most {WIDEST:,}; given: {given!r}.")
    return sizes


def _as_int(n):
    """Python's int for NumPy's integers; anything else unchanged."""
    return n.__index__() if hasattr(n, "__index__") and not isinstance(n, bool) else n


def _checked_bias(bias):
    if not isinstance(bias, bool):
        raise InputError(f"bias is True or False; given: {bias!r}.")
    return bias


def _checked_activations(given, layers):
    names = list(given) if isinstance(given, (list, tuple)) else [given] * layers
    if len(names) != layers:
        raise InputError(f"One activation for all layers, or one for each of the {layers}; given: {len(names)}.")
    return tuple(map(activation, names))


def _checked_elementwise(name):
    row = activation(name)
    if not row.elementwise:
        raise InputError(f"{row.name} looks at a whole layer at once; neurons given one by one take any other. "
                         "Use dense(…).")
    return row


def _checked_graph(neurons, inputs, outputs, bias):
    if not isinstance(neurons, dict) or not neurons:
        raise InputError('neurons is a dict such as {"h": (["x1", "x2"], "sigmoid")}, one entry a neuron; '
                         f"given: {neurons!r}.")
    inputs, checked = _names("inputs", inputs), {}
    for name, given in neurons.items():
        if not isinstance(given, (tuple, list)) or len(given) != 2:
            raise InputError(f"Neuron {name} is described by a pair (names that feed it, activation); "
                             f"given: {given!r}.")
        sources = _names(f"the sources of {name}", given[0])
        name, = _names("neurons", [name])
        if name in checked:
            raise InputError(f"Two neurons are called {name}: Python takes {_spellings(neurons, name)} for one name. "
                             "Give one of them another.")
        missing = [source for source in sources if source not in (*inputs, *checked)]
        if missing:
            raise InputError(f"Neuron {name} is fed by {', '.join(missing)}, which stands neither above it nor among "
                             f"the inputs. List each neuron after those that feed it; there can be no cycle.")
        if name in inputs:
            raise InputError(f"{name!r} is the name of an input, so a neuron needs another one.")
        checked[name] = (sources, _checked_elementwise(given[1]))
    fed = {source for sources, _ in checked.values() for source in sources}
    ends = [name for name in checked if name not in fed]
    outputs = _names("outputs", ends if outputs is None else outputs)
    if set(outputs) != set(ends):
        raise InputError("The outputs are the neurons that feed no other, in the order of the columns of Y. "
                         f"Such neurons are: {', '.join(ends)}; given: {', '.join(outputs)}.")
    return Graph(inputs, checked, outputs, _checked_bias(bias))


def _names(what, given):
    """A list of names, each once and each of letters and digits, as a tuple of names as Python reads them."""
    if isinstance(given, (list, tuple)) and given and all(isinstance(name, str) for name in given):
        names = tuple(map(folded, given))
        if len(set(names)) == len(names) and all(name.isidentifier() and "_" not in name for name in names):
            return names
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice and len(set(given)) == len(given):
            raise InputError(f"{what}: Python takes {_spellings(given, twice)} for one name, {twice}. "
                             "Give one of them another.")
    raise InputError(f"{what}: a list of names is expected, each once, of letters and digits such as h1; "
                     f"given: {given!r}.")


def _spellings(names, name):
    """The different characters that Python reads as one name, with their code points where they look alike."""
    alike = [one for one in names if folded(one) == name]
    return " and ".join(f"{one} ({' '.join(f'U+{ord(letter):04X}' for letter in one)})" for one in alike)
