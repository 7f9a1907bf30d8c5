"""Backpropagation written out by hand: the implementation everything else is checked against.

Nothing here is derived by a program: every formula stands below as textbooks have it. The module shares no
code with the rest of the project, so that the two can disagree. It aims to be read, not to be fast.

Notation (layers l = 1 .. L, layer 0 is the input; N samples, n_l neurons in layer l; g is the activation):

    z[l]  (N, n_l)        weighted sums     z[l] = a[l-1] @ W[l].T + b[l]
    a[l]  (N, n_l)        activations       a[l] = g(z[l]),  a[0] = X
    C     number          the cost
    delta[l]  (N, n_l)    the errors        delta[l] = dC/dz[l]

The four equations of backpropagation (M. Nielsen, Neural Networks and Deep Learning, chapter 2; also
C. Bishop, Pattern Recognition and Machine Learning, section 5.3), for samples as rows and summed over them:

    (1)  delta[L]  =  dC/da[L] * g'(z[L])
    (2)  delta[l]  =  (delta[l+1] @ W[l+1]) * g'(z[l])
    (3)  dC/db[l]  =  sum over the samples of delta[l]
    (4)  dC/dW[l]  =  delta[l].T @ a[l-1]

The first half is the network of full layers, the second the same neuron by neuron on any acyclic graph.

Arguments that both halves share:

    activation    "identity", "sigmoid", "tanh", "relu", "softplus", "silu", "gelu", "softmax", "leaky relu"
                  or "elu"; the last two have a parameter alpha that may be given: ("leaky relu", 0.2)
    loss          "squared error"               factor * (a - y)^2; option factor=1
                  "absolute error"              |a - y|
                  "Huber error"                 r^2/2 where |r| <= t, else t (|r| - t/2), for r = a - y;
                                                option threshold=1 is t
                  "binary cross entropy"        -y log a - (1 - y) log(1 - a); outputs: sigmoid
                  "categorical cross entropy"   -y log a;                      outputs: softmax or sigmoid
                  "negative log-likelihood"     the same, but Y holds labels 0, 1, ... (N,)
                  "output"                      a itself; there are no targets, Y is None
                  "given error"                 y a: Y holds dC/da, as a layer above would send it
    over_samples  "mean" (default) or "sum"     how the losses of the samples become one number
    over_outputs  "sum" (default) or "mean"     how the losses of the outputs of one sample do
    l2            adds l2/2 times the sum of the squares of all weights (not of the biases) to the cost
"""

import numpy as np
from scipy.special import expit, ndtr  # the logistic function 1/(1 + e^-z); the normal distribution function


# =========================================================================================================
# Activations g and their derivatives
# =========================================================================================================

def normal_density(z):
    """The density of the standard normal distribution, the derivative of ndtr."""
    return np.exp(-z**2 / 2) / np.sqrt(2 * np.pi)


# name: (g, g').  They work on arrays of any shape. 1 - sigmoid(z) is written sigmoid(-z): nothing cancels.
# At the kink z = 0 the derivative is the one from the left: 0 for relu, alpha for leaky relu and elu.
# gelu: Hendrycks and Gimpel (2016); silu: Elfwing, Uchibe and Doya (2018); elu: Clevert et al. (2016).
ELEMENTWISE: dict[str, tuple] = {
    "identity": (lambda z: z,
                 lambda z: np.ones_like(z)),
    "sigmoid": (lambda z: expit(z),
                lambda z: expit(z) * expit(-z)),
    "tanh": (lambda z: np.tanh(z),
             lambda z: 1 - np.tanh(z)**2),
    "relu": (lambda z: np.maximum(z, 0.0),
             lambda z: np.where(z > 0, 1.0, 0.0)),
    "leaky relu": (lambda z, alpha=0.01: np.where(z > 0, z, alpha * z),
                   lambda z, alpha=0.01: np.where(z > 0, 1.0, alpha)),
    "elu": (lambda z, alpha=1.0: np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0))),
            lambda z, alpha=1.0: np.where(z > 0, 1.0, alpha * np.exp(np.minimum(z, 0)))),
    "softplus": (lambda z: softplus(z),
                 lambda z: expit(z)),
    "silu": (lambda z: z * expit(z),
             lambda z: expit(z) * (1 + z * expit(-z))),
    "gelu": (lambda z: z * ndtr(z),
             lambda z: ndtr(z) + z * normal_density(z)),
}
WITH_ALPHA = ("leaky relu", "elu")


def softplus(z):
    """log(1 + e^z), also for large z. Note -log sigmoid(z) = softplus(-z)."""
    return np.logaddexp(0.0, z)


def log_softmax(z):
    """log(e^z_j / sum_k e^z_k) for each row; subtracting the maximum changes nothing but keeps e^z finite."""
    z = z - z.max(axis=1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=1, keepdims=True))


def activate(activation, z):
    """a = g(z), shape of z. For softmax z must be (N, n)."""
    name, alpha = split(activation)
    if name == "softmax":
        return np.exp(log_softmax(z))
    g, _ = ELEMENTWISE[name]
    return g(z, *alpha)


def back_through(activation, z, dC_da):
    """delta = dC/dz from dC/da, the step through the activation: all have the shape of z.

    Elementwise: delta = dC/da * g'(z). Softmax mixes the neurons of a layer, da_i/dz_j = a_i ([i = j] - a_j),
    so that delta_j = a_j (dC/da_j - sum_i a_i dC/da_i) (Bishop, section 4.3.4).
    """
    name, alpha = split(activation)
    if name == "softmax":
        a = activate(activation, z)
        return a * (dC_da - (a * dC_da).sum(axis=1, keepdims=True))
    _, g_prime = ELEMENTWISE[name]
    return dC_da * g_prime(z, *alpha)


def split(activation):
    """(name, parameters): "tanh" -> ("tanh", ()) and ("elu", 0.5) -> ("elu", (0.5,)). Checks both."""
    name, *alpha = (activation,) if isinstance(activation, str) else activation
    if name not in ELEMENTWISE and name != "softmax":
        raise ValueError(f"unknown activation {name!r}; known: {', '.join([*ELEMENTWISE, 'softmax'])}")
    if len(alpha) > (name in WITH_ALPHA):
        raise ValueError(f"{activation!r}: only {' and '.join(WITH_ALPHA)} take a parameter, and only one")
    return name, alpha


# =========================================================================================================
# Losses: one term per sample and output, and what they send back
# =========================================================================================================

def squared_error(a, y, factor=1.0):
    """factor (a - y)^2 and its derivative with respect to a."""
    return factor * (a - y)**2, 2 * factor * (a - y)


def absolute_error(a, y):
    """|a - y| and its derivative with respect to a, taken as 0 at a = y."""
    return np.abs(a - y), np.sign(a - y)


def huber_error(a, y, threshold=1.0):
    """r^2/2 for r = a - y near zero, straight lines beyond (P. Huber, 1964); and the derivative with respect to a."""
    r = a - y
    inside = np.abs(r) <= threshold
    return (np.where(inside, r**2 / 2, threshold * (np.abs(r) - threshold / 2)),
            np.clip(r, -threshold, threshold))


def output(a, y):
    """a and its derivative with respect to a; y does not matter."""
    return a, np.ones_like(a)


def given_error(a, y):
    """y a and its derivative with respect to a, which is what is given."""
    return y * a, y


def binary_sigmoid(z, y):
    """-y log a - (1 - y) log(1 - a) for a = sigmoid(z), and its derivative with respect to z.

    log a = -softplus(-z) and log(1 - a) = -softplus(z). The derivative -y/a + (1 - y)/(1 - a) times
    g' = a (1 - a) is a - y: the quotients cancel.
    """
    return y * softplus(-z) + (1 - y) * softplus(z), expit(z) - y


def categorical_sigmoid(z, y):
    """-y log a for a = sigmoid(z), and its derivative with respect to z: -y/a times a (1 - a)."""
    return y * softplus(-z), y * (expit(z) - 1)


def categorical_softmax(z, y):
    """-y log a for a = softmax(z), and the derivative of their sum with respect to z.

    d/dz_j of -sum_i y_i log a_i is -sum_i y_i ([i = j] - a_j) = a_j sum_i y_i - y_j, which is a - y for
    targets that sum to one.
    """
    log_a = log_softmax(z)
    return -y * log_a, np.exp(log_a) * y.sum(axis=1, keepdims=True) - y


FROM_A = {"squared error": squared_error, "absolute error": absolute_error, "Huber error": huber_error,
          "output": output, "given error": given_error}

# The cross entropies start from z instead: log a would be -infinity once a is rounded to 0.
FROM_Z = {
    ("binary cross entropy", "sigmoid"): binary_sigmoid,
    ("categorical cross entropy", "sigmoid"): categorical_sigmoid,
    ("categorical cross entropy", "softmax"): categorical_softmax,
    ("negative log-likelihood", "sigmoid"): categorical_sigmoid,
    ("negative log-likelihood", "softmax"): categorical_softmax,
}


def loss_and_error(loss, activation, z, y, **options):
    """The loss term of each sample and output, and delta = dC/dz for C = their sum; z, y, results: (N, n)."""
    if loss in FROM_A:
        terms, dC_da = FROM_A[loss](activate(activation, z), y, **options)
        return terms, back_through(activation, z, dC_da)
    name, _ = split(activation)
    if (loss, name) not in FROM_Z:
        known = [*FROM_A, *(f"{entropy} with {outputs} outputs" for entropy, outputs in FROM_Z)]
        raise ValueError(f"no loss {loss!r} with {name} outputs; known: {'; '.join(known)}")
    return FROM_Z[loss, name](z, y, **options)


def share(samples, outputs, over_samples="mean", over_outputs="sum"):
    """The factor of every single loss term in the cost: 1, 1/samples, 1/outputs or both."""
    factors = {"sum": lambda count: 1.0, "mean": lambda count: 1.0 / count}
    for what in (over_samples, over_outputs):
        if what not in factors:
            raise ValueError(f"over_samples and over_outputs are 'mean' or 'sum'; given {what!r}")
    return factors[over_samples](samples) * factors[over_outputs](outputs)


def targets(loss, Y, samples, outputs):
    """Y as rows (N, n_L). Labels become rows with a single 1; where there are no targets Y is None, and rows are 0."""
    if loss == "output":
        if Y is not None:
            raise ValueError("the loss 'output' has no targets: Y must be None")
        return np.zeros((samples, outputs))
    Y = np.asarray(Y)
    if loss == "negative log-likelihood":
        if Y.shape != (samples,) or not np.issubdtype(Y.dtype, np.integer):
            raise ValueError(f"Y must hold {samples} integer labels; given {Y.dtype} of shape {Y.shape}")
        if np.any((Y < 0) | (Y >= outputs)):
            raise ValueError(f"labels must lie in 0 .. {outputs - 1}; given {Y.min()} .. {Y.max()}")
        return np.eye(outputs)[Y]
    if Y.shape != (samples, outputs):
        raise ValueError(f"Y must have shape {(samples, outputs)}, a row per sample; given {Y.shape}")
    return Y.astype(float)


# =========================================================================================================
# Networks of full layers
# =========================================================================================================
#
# weights[l-1] is W[l], (n_l, n_{l-1}): row = neuron it leads to, column = neuron it comes from.
# biases[l-1] is b[l], (n_l,); biases = None means there are none. activations[l-1] is that of layer l.

def forward(weights, biases, X, activations, **options):
    """The activations of all layers, the input first: [a[0], ..., a[L]], a[l] of shape (N, n_l).

    `options` may be those of `cost`; none of them changes the forward pass.
    """
    _, a = forward_pass(weights, biases, X, activations)
    return a


def forward_pass(weights, biases, X, activations):
    """Lists z and a, both indexed by layer; z[0] is None, since the input has no weighted sums."""
    if not len(weights) == len(activations) == len(weights if biases is None else biases):
        raise ValueError("weights, biases and activations must have one entry per layer")
    z, a = [None], [rows("X", X)]
    for l, activation in enumerate(activations, start=1):
        W = rows(f"weights[{l - 1}]", weights[l - 1])
        b = np.zeros(len(W)) if biases is None else np.asarray(biases[l - 1], dtype=float)
        if W.shape[1] != a[l - 1].shape[1] or b.shape != (len(W),):
            raise ValueError(f"layer {l}: weights {W.shape} [to, from] and biases {b.shape} do not fit "
                             f"{a[l - 1].shape[1]} incoming values")
        z.append(a[l - 1] @ W.T + b)
        a.append(activate(activation, z[l]))
    return z, a


def rows(name, values):
    """`values` as a matrix of floats; `name` is for the message if they are none."""
    matrix = np.asarray(values, dtype=float)
    if matrix.ndim != 2 or matrix.size == 0:
        raise ValueError(f"{name} must be two-dimensional and not empty; given shape {matrix.shape}")
    return matrix


def output_terms(weights, biases, X, Y, activations, loss,
                 over_samples="mean", over_outputs="sum", **options):
    """z, a, the loss terms (N, n_L) weighted as in the cost, and delta[L] (N, n_L), equation (1)."""
    z, a = forward_pass(weights, biases, X, activations)
    y = targets(loss, Y, *z[-1].shape)
    terms, delta = loss_and_error(loss, activations[-1], z[-1], y, **options)
    factor = share(*z[-1].shape, over_samples, over_outputs)
    return z, a, factor * terms, factor * delta


def cost(weights, biases, X, Y, activations, loss, l2=0.0, **options):
    """The cost C, a float.

    weights: list of (n_l, n_{l-1}) arrays; biases: list of (n_l,) arrays or None; X: (N, n_0);
    Y: (N, n_L), or labels (N,) for "negative log-likelihood"; activations: a name per layer.
    """
    _, _, terms, _ = output_terms(weights, biases, X, Y, activations, loss, **options)
    return float(terms.sum() + l2 / 2 * sum(np.sum(np.square(W)) for W in weights))


def gradients(weights, biases, X, Y, activations, loss, l2=0.0, **options):
    """(list of dC/dW, list of dC/db) with the shapes of weights and biases; without biases the second is [].

    Arguments as for `cost`.
    """
    z, a, _, delta = output_terms(weights, biases, X, Y, activations, loss, **options)
    dW, db = [], []
    for l in range(len(weights), 0, -1):
        W = np.asarray(weights[l - 1], dtype=float)
        dW.insert(0, delta.T @ a[l - 1] + l2 * W)  # equation (4), and the derivative of l2/2 W^2
        db.insert(0, delta.sum(axis=0))  # equation (3)
        if l > 1:
            delta = back_through(activations[l - 2], z[l - 1], delta @ W)  # equation (2)
    return dW, (db if biases is not None else [])


# =========================================================================================================
# The same neuron by neuron, on a graph without cycles
# =========================================================================================================
#
# neurons  {name: (list of predecessors, activation)}, every neuron after its predecessors; connections may
#          skip layers. Inputs are named by `inputs` (the columns of X), outputs by `outputs` (those of Y).
# weights  {(from, to): number} for every connection; biases  {name: number}, or None. A neuron that is
#          missing there, or has None, has no bias.
#
# z, a and delta of a neuron c are vectors over the samples, (N,):
#
#     z_c      =  sum over predecessors p of w_pc a_p  +  b_c
#     delta_c  =  g'(z_c) * sum over successors n of w_cn delta_n
#     dC/dw_pc =  sum over the samples of a_p delta_c,        dC/db_c  =  sum over the samples of delta_c

def graph_forward(neurons, weights, biases, X, inputs, outputs):
    """Dictionaries z and a of vectors (N,); a also holds the inputs."""
    check_graph(neurons, weights, biases, inputs, outputs)
    X = rows("X", X)
    if X.shape[1] != len(inputs):
        raise ValueError(f"X must have a column for each of the {len(inputs)} inputs; given shape {X.shape}")
    z, a = {}, dict(zip(inputs, X.T))
    for c, (predecessors, activation) in neurons.items():
        z[c] = np.full(len(X), bias(biases, c) or 0.0)
        for p in predecessors:
            z[c] = z[c] + weights[p, c] * a[p]
        if split(activation)[0] != "softmax":
            a[c] = activate(activation, z[c])
    if is_softmax(neurons, outputs):
        a.update(zip(outputs, activate("softmax", columns(z, outputs)).T))
    return z, a


def graph_output_terms(neurons, weights, biases, X, Y, loss, inputs, outputs,
                       over_samples="mean", over_outputs="sum", **options):
    """z, a, the sum of the loss terms weighted as in the cost, and {output: delta (N,)}."""
    z, a = graph_forward(neurons, weights, biases, X, inputs, outputs)
    y = dict(zip(outputs, targets(loss, Y, len(X), len(outputs)).T))
    factor = share(len(X), len(outputs), over_samples, over_outputs)
    total, delta = 0.0, {}
    for group in [outputs] if is_softmax(neurons, outputs) else [[c] for c in outputs]:
        _, activation = neurons[group[0]]
        terms, errors = loss_and_error(loss, activation, columns(z, group), columns(y, group), **options)
        total += factor * terms.sum()
        delta.update(zip(group, factor * errors.T))
    return z, a, total, delta


def graph_cost(neurons, weights, biases, X, Y, loss, *, inputs, outputs, l2=0.0, **options):
    """The cost, a float. X: (N, inputs), Y: (N, outputs) or labels (N,)."""
    _, _, total, _ = graph_output_terms(neurons, weights, biases, X, Y, loss, inputs, outputs, **options)
    return float(total + l2 / 2 * sum(w**2 for w in weights.values()))


def graph_gradients(neurons, weights, biases, X, Y, loss, *, inputs, outputs, l2=0.0, **options):
    """(dict of dC/dw by (from, to), dict of dC/db by neuron); the second holds the neurons with a bias."""
    z, a, _, delta = graph_output_terms(neurons, weights, biases, X, Y, loss, inputs, outputs, **options)
    for c in reversed(neurons):  # successors come before their predecessors
        if c not in outputs:
            successors = [n for n in neurons if c in neurons[n][0]]
            dC_da = sum((weights[c, n] * delta[n] for n in successors), start=np.zeros(len(X)))
            delta[c] = back_through(neurons[c][1], z[c], dC_da)
    dw = {(p, c): float(np.sum(a[p] * delta[c]) + l2 * w) for (p, c), w in weights.items()}
    db = {c: float(np.sum(delta[c])) for c in neurons if bias(biases, c) is not None}
    return dw, db


def bias(biases, neuron):
    """The bias of a neuron, or None."""
    return None if biases is None else biases.get(neuron)


def columns(vectors, names):
    """The vectors (N,) of the named neurons side by side, (N, number of names)."""
    return np.stack([vectors[name] for name in names], axis=1)


def is_softmax(neurons, outputs):
    """Whether the outputs are the entries of one softmax."""
    return split(neurons[outputs[0]][1])[0] == "softmax"


def check_graph(neurons, weights, biases, inputs, outputs):
    """Raise a ValueError unless the arguments describe a graph as explained above."""
    known = set(inputs)
    if len(known) < len(inputs):
        raise ValueError(f"inputs must have different names; given {inputs}")
    for c, (predecessors, activation) in neurons.items():
        if c in known or len(set(predecessors)) < len(predecessors) or not known.issuperset(predecessors):
            raise ValueError(f"neuron {c!r} must have a new name and different predecessors that come before "
                             f"it; given {predecessors}")
        if set(predecessors) & set(outputs):
            raise ValueError(f"neuron {c!r}: outputs cannot be predecessors; given {predecessors}")
        if split(activation)[0] == "softmax" and c not in outputs:
            raise ValueError(f"neuron {c!r}: softmax is for the outputs alone")
        known.add(c)
    if not outputs or not set(outputs) <= set(neurons) or len(set(outputs)) < len(outputs):
        raise ValueError(f"outputs must be different names of neurons; given {outputs}")
    if len({split(neurons[c][1])[0] == "softmax" for c in outputs}) > 1:
        raise ValueError("softmax takes all outputs together: either every output is softmax or none")
    connections = {(p, c) for c in neurons for p in neurons[c][0]}
    if set(weights) != connections:
        raise ValueError(f"weights must have exactly the keys {sorted(connections)}; given {sorted(weights)}")
    if not set(biases or ()) <= set(neurons):
        raise ValueError(f"biases must be keyed by neurons; given {sorted(biases)}")
