"""Whether a model is a chain of dense layers with a loss that `bp.dense` has, and then that network."""
from ..networks import dense

ACTIVATIONS = {"relu": "relu", "sigmoid": "sigmoid", "tanh": "tanh", "softplus": "softplus", "silu": "silu", "gelu": "gelu",
               "elu": "elu", "softmax": "softmax"}
"""Operation → row of the activations; for options other than the usual ones, none."""

LOSSES = {
    "mse_loss": ("squared error", None), "l1_loss": ("absolute error", None), "huber_loss": ("Huber error", None),
    "binary_cross_entropy": ("binary cross entropy", "sigmoid"),
    "binary_cross_entropy_with_logits": ("binary cross entropy", "+sigmoid"),
    "cross_entropy_loss": ("negative log-likelihood", "+softmax"), "nll_loss": ("negative log-likelihood", "log_softmax"),
    "nll_loss_nd": ("negative log-likelihood", "log_softmax"),
}
"""Operation → loss, and the last activation: the one that has to be there, or with + the one that the loss brings."""

USUAL = {"approximate": "none", "alpha": 1, "scale": 1, "input_scale": 1, "beta": 1, "threshold": 20, "delta": 1,
         "label_smoothing": 0.0, "weight": None, "pos_weight": None}
"""Options that a dense network has no choice of."""

NOTHING = ("dropout", "flatten", "view", "reshape", "broadcast_tensors", "contiguous", "to", "alias")


def as_dense_network(log, x, target):
    """(network, names of its weights and biases in order) or None.

    log      what the program computed: (operation, its arguments, its result), one after the other
    x        the input;  target   what the loss compares with
    """
    log = [row for row in log if row[0] not in NOTHING]
    if len(log) < 2 or log[-1][0] not in LOSSES or len(x.dims) != 2:
        return None
    layers, now = [], x
    for name, values, found in log[:-1]:
        if not _goes_on(name, values, now, layers):
            return None
        if name == "linear":
            layers.append([values["weight"], values["bias"], "identity"])
        else:
            layers[-1][2] = "log_softmax" if name == "log_softmax" else ACTIVATIONS[name]
        now = found
    names = [array.name for weight, bias, _ in layers for array in (weight, bias) if array is not None]
    if len(set(names)) < len(names):  # a weight in two layers is one array, which the layers of `dense` do not share
        return None
    return _network(layers, now, *log[-1], target) if layers else None


def _goes_on(name, values, now, layers):
    """Whether an operation takes what the one before gave, in a way that a dense layer has."""
    source = values.get("input", values.get("self"))
    if getattr(source, "name", None) != now.name or not _usual(values, ("weight",) if name == "linear" else ()):
        return False
    if name == "linear":
        return len(source.dims) == 2
    return name in (*ACTIVATIONS, "log_softmax") and bool(layers) and layers[-1][2] == "identity"


def _usual(values, apart=()):
    return all(values[option] == usual for option, usual in USUAL.items() if option in values and option not in apart)


def _network(layers, now, name, values, _, target):
    output = values.get("self", values.get("input"))
    biases = {bias is not None for _, bias, _ in layers}
    loss, last = LOSSES[name]
    wrong = (getattr(output, "name", None) != now.name or getattr(values["target"], "name", None) != getattr(target, "name", 0)
             or values["reduction"] == 0 or len(biases) > 1 or not _usual(values))
    labels = loss == "negative log-likelihood"
    if wrong or labels != target.whole or not _last_activation(layers[-1], last):
        return None
    mean = "mean" if values["reduction"] == 1 else "sum"
    sizes = [layers[0][0].shape[1], *(weight.shape[0] for weight, _, _ in layers)]
    network = dense(sizes, [activation for _, _, activation in layers], loss, bias=biases == {True}, over_samples=mean,
                    over_outputs="sum" if labels else mean)
    return network, [(weight, bias) for weight, bias, _ in layers]


def _last_activation(layer, last):
    """Whether the last activation is the one that a loss needs; one that the loss brings is put in."""
    if last is None:
        return layer[2] not in ("log_softmax", "softmax")
    brings = last.startswith("+")
    if layer[2] != ("identity" if brings else last):
        return False
    layer[2] = {"+softmax": "softmax", "log_softmax": "softmax", "+sigmoid": "sigmoid"}.get(last, layer[2])
    return True
