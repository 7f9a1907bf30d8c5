"""Recurrent layers: each gate has weights of its own, step t uses step t − 1."""
from .entrywise import entrywise
from .layers import linear, summed
from .ranges import align
from .table import reads, refuse
from .views import cat, select, stack, transpose, viewed

GATES = {"rnn_tanh": [""], "rnn_relu": [""], "lstm": ["i", "f", "g", "o"], "gru": ["r", "u", "n"]}
"""Gates in the order in which PyTorch keeps their weights, one below the other."""


@reads("rnn_tanh", "rnn_relu", "gru")
def of_one_state(w, kind, input, hx, params, has_biases, num_layers, dropout, train, bidirectional, batch_first, **_):
    x, states = _layers(w, kind, input, [hx], params, has_biases, num_layers, dropout, train, bidirectional, batch_first)
    return [x, states[0]]


@reads("lstm")
def lstm(w, kind, input, hx, params, has_biases, num_layers, dropout, train, bidirectional, batch_first, **_):
    x, states = _layers(w, kind, input, hx, params, has_biases, num_layers, dropout, train, bidirectional, batch_first)
    return [x, *states]


def _layers(w, kind, x, hx, params, has_biases, num_layers, dropout, train, bidirectional, batch_first):
    if dropout and train and num_layers > 1:
        refuse("Dropout between recurrent layers while training", "Call model.eval() first, or set dropout=0.")
    ways, each = (2 if bidirectional else 1), (4 if has_biases else 2)
    if len(params) != ways * num_layers * each:
        refuse("An LSTM with proj_size", "Use proj_size=0, and nn.Linear after it.")
    x = transpose(w, x, 0, 1) if not batch_first and len(x.dims) == 3 else x
    ends = [[] for _ in hx]
    for layer in range(num_layers):
        found = []
        for way in range(ways):
            place = layer * ways + way
            own = params[place * each:(place + 1) * each]
            start = [None if h.name == "0" else select(w, h, 0, place) for h in hx]
            h, last = direction(w, kind, x, start, own, backwards=way == 1)
            found.append(h)
            for end, one in zip(ends, last):
                end.append(one)
        x = found[0] if ways == 1 else cat(w, found, len(x.dims) - 1)
    x = transpose(w, x, 0, 1) if not batch_first and len(x.dims) == 3 else x
    return x, [stack(w, end, 0) if len(end) > 1 else viewed(end[0], [(), *end[0].dims]) for end in ends]


def direction(w, kind, x, start, params, backwards=False):
    """One layer in one direction: its states, and the last state of each kind."""
    gates = GATES[kind]
    x = w.single(x, len(x.dims) - 2)
    x.dims[-2][0].range.root.kind = "t"
    weights = [w.gates(one, gates) for one in params]
    h_range = weights[1][0].dims[-1]
    step = _Step(w, x, start, weights, h_range, backwards)
    states = STEPS[kind](step)
    at = "0" if backwards else f"#{step.t}-1"
    return states[0], [viewed_at(w, one, at) for one in states]


def viewed_at(w, h, at):
    """A state at its last step."""
    return select(w, h, len(h.dims) - 2, 0 if at == "0" else -1)


class _Step:
    """The axes of one step of one direction, and the texts of what a step uses."""

    def __init__(self, w, x, start, weights, h_range, backwards):
        self.w, self.x, self.start, self.weights = w, x, start, weights
        align(x.dims[-1], weights[0][0].dims[-1])
        for gate in weights[1]:
            align(gate.dims[0], h_range)
        for gate in (one for group in (weights[0], *weights[2:]) for one in group):
            align(gate.dims[0], h_range)
        for one in start:
            if one is not None:
                align(one.dims[-1], h_range)
                for own, dim in zip(one.dims[:-1], x.dims[:-2]):
                    align(own, dim)
        self.dims = (*w.like(x.dims[:-1]), w.like([h_range])[0])
        (self.t,) = self.dims[-2]
        self.backwards = backwards

    def before(self, name, dims, which=0):
        """The entry of the state before this step: of the array `name`, and at the first step the one that is given."""
        *lead, t, j = dims
        axes = [str(axis) for dim in lead for axis in dim]
        text = f"{name}[{','.join([*axes, f'{t[0]}{self.sign}1', *map(str, j)])}]"
        return text, self.first(lead, j, which)

    sign = property(lambda self: "+" if self.backwards else "-")

    def first(self, lead, j, which):
        if self.start[which] is None:
            return None
        place = f"[{self.t} == {'#' + str(self.t) + '-1' if self.backwards else '0'}]"
        return f"{place} * {self.start[which].at(*lead, j)}"

    def of_input(self, gate):
        *lead, t, j = self.dims
        i = self.w.like(self.weights[0][0].dims[-1:])[0]
        return summed(f"{self.weights[0][gate].at(j, i)} * {self.x.at(*lead, t, i)}", i)

    def of_state(self, gate, h):
        *lead, t, j = self.dims
        k = self.w.like(self.weights[1][0].dims[-1:])[0]
        text, first = self.before(h, (*lead, t, k))
        weight = self.weights[1][gate].at(j, k)
        found = summed(f"{weight} * {text}", k)
        if first:
            k = self.w.like([k])[0]
            first = self.first(lead, k, 0)
            bracket, _, entry = first.partition(" * ")
            found += f" + {bracket} * " + summed(f"{self.weights[1][gate].at(j, k)} * {entry}", k)
        return found

    def bias(self, which, gate):
        found = [group[gate].at(self.dims[-1]) for group in self.weights[2:][which:which + 1]]
        return "".join(f" + {one}" for one in found)

    def sum(self, gate, h):
        """Weighted sum of a gate."""
        return self.of_input(gate) + " + " + self.of_state(gate, h) + self.bias(0, gate) + self.bias(1, gate)

    def emit(self, stem, text, name=None):
        return self.w.emit_as(name, self.dims, text) if name else self.w.emit(stem, self.dims, text)


def _rnn(function):
    def step(self):
        h = self.w.fresh("h")
        z = self.emit("z", self.sum(0, h))
        return [self.emit("h", f"{function}({z.at(*self.dims)})", h)]
    return step


def _gru(self):
    w, dims = self.w, self.dims
    h = w.fresh("h")
    r, u = (self.emit(stem, f"sigmoid({self.emit('z', self.sum(gate, h)).at(*dims)})") for gate, stem in ((0, "r"), (1, "u")))
    v = self.emit("v", self.of_state(2, h) + self.bias(1, 2))
    z = self.emit("z", f"{self.of_input(2)}{self.bias(0, 2)} + {r.at(*dims)} * {v.at(*dims)}")
    n = self.emit("n", f"tanh({z.at(*dims)})")
    before, first = self.before(h, dims)
    u = u.at(*dims)
    text = f"(1 - {u}) * {n.at(*dims)} + {u} * {before}"
    return [self.emit("h", text + (f" + {u} * {first}" if first else ""), h)]


def _lstm(self):
    w, dims = self.w, self.dims
    h, c = w.fresh("h"), w.fresh("c")
    zs = [self.emit("z", self.sum(gate, h)).at(*dims) for gate in range(4)]
    i, f, g, o = (self.emit(stem, f"{function}({z})").at(*dims) for stem, function, z in
                  zip("ifgo", ("sigmoid", "sigmoid", "tanh", "sigmoid"), zs))
    before, first = self.before(c, dims, 1)
    text = f"{f} * {before} + {i} * {g}" + (f" + {f} * {first}" if first else "")
    state = self.emit("c", text, c)
    m = self.emit("m", f"tanh({state.at(*dims)})")
    return [self.emit("h", f"{o} * {m.at(*dims)}", h), state]


STEPS = {"rnn_tanh": _rnn("tanh"), "rnn_relu": _rnn("relu"), "gru": _gru, "lstm": _lstm}


# cells: one step

@reads("rnn_tanh_cell", "rnn_relu_cell", "gru_cell", "lstm_cell")
def cell(w, kind, input, hx, w_ih, w_hh, b_ih=None, b_hh=None, **_):
    """A step by itself is a sequence of one step with a state before it."""
    biases = [one for one in (b_ih, b_hh) if one is not None]
    states = hx if isinstance(hx, list) else [hx]
    one = viewed(input, [*input.dims[:-1], (), input.dims[-1]])
    found = _cell(w, kind.removesuffix("_cell"), one, states, [w_ih, w_hh, *biases])
    return found if len(found) > 1 else found[0]


def _cell(w, kind, x, states, params):
    gates = [w.gates(one, GATES[kind]) for one in params]
    x = viewed(x, [*x.dims[:-2], x.dims[-1]])

    def total(gate, which=None):
        parts = []
        for of, own in ((x, 0), (states[0], 1)):
            if which in (None, own) and of.name != "0":
                bias = gates[2 + own][gate] if len(gates) > 2 else None
                parts.append(linear(w, of, gates[own][gate], bias))
            elif which in (None, own) and len(gates) > 2:
                parts.append(gates[2 + own][gate])
        return parts[0] if len(parts) == 1 else entrywise(w, "z", "{0} + {1}", *parts)

    if kind in ("rnn_tanh", "rnn_relu"):
        return [entrywise(w, "h", kind[4:] + "({0})", total(0))]
    if kind == "gru":
        r, u = (entrywise(w, stem, "sigmoid({0})", total(gate)) for gate, stem in ((0, "r"), (1, "u")))
        z = entrywise(w, "z", "{0} + {1} * {2}", total(2, 0), r, total(2, 1))
        n = entrywise(w, "n", "tanh({0})", z)
        return [entrywise(w, "h", "(1 - {0}) * {1} + {0} * {2}", u, n, states[0])]
    i, f, g, o = (entrywise(w, stem, function + "({0})", total(gate)) for gate, (stem, function) in
                  enumerate((("i", "sigmoid"), ("f", "sigmoid"), ("g", "tanh"), ("o", "sigmoid"))))
    from_zero = states[1].name == "0"
    c = entrywise(w, "c", "{0} * {1}", i, g) if from_zero else entrywise(w, "c", "{0} * {1} + {2} * {3}", f, states[1], i, g)
    return [entrywise(w, "h", "{0} * tanh({1})", o, c), c]


