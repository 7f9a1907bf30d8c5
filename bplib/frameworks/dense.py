"""Whether a model is a chain of dense layers with a loss that `bp.dense` has, and then that network.

The layers are found in what the program computes.  Loss, last activation and reductions are those whose cost, as the
reference counts it, is the model's at random points.
"""
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np

from .. import reference
from ..losses import TABLE, loss
from ..networks import Network, dense
from .writer import Tensor

ACTIVATIONS = {"relu": "relu", "sigmoid": "sigmoid", "tanh": "tanh", "softplus": "softplus", "silu": "silu", "gelu": "gelu",
               "elu": "elu", "softmax": "softmax", "log_softmax": "softmax"}
"""Operation → row of the activations; for options other than the usual ones, none."""

LAST = ("identity", "sigmoid", "softmax")
"""Activations of the last layer that a program may have within its loss."""

REDUCTIONS = {"values": [("mean", "mean"), ("mean", "sum"), ("sum", "sum"), ("sum", "mean")],
              "labels": [("mean", "sum"), ("sum", "sum"), ("mean", "mean"), ("sum", "mean")]}
"""Over samples and over outputs, the usual ones first: with one output several are the same."""

LOSSES = {kind: [name for name, row in TABLE.items() if row.targets in targets and name != "given error"]
          for kind, targets in {"values": ("values", "probability", "distribution"), "labels": ("labels",)}.items()}

FACTORS: dict[str, tuple[dict, ...]] = {"squared error": ({}, {"factor": 0.5})}
"""Loss → its parameters that are tried, where these are not the usual ones alone."""

USUAL = {"approximate": "none", "alpha": 1, "scale": 1, "input_scale": 1, "beta": 1, "threshold": 20}
"""Options that an activation has no choice of."""

PRODUCTS = {"linear": ("input", "weight", "bias"), "matmul": ("self", "other"), "mm": ("self", "mat2"),
            "addmm": ("mat1", "mat2", "self")}
"""Operation → its arguments: what comes in, the weights, the biases."""

OPERANDS = {**PRODUCTS, "add": ("self", "other")}

NOTHING = ("dropout", "flatten", "view", "reshape", "broadcast_tensors", "contiguous", "to", "alias", "t", "transpose", "permute",
           "numpy_T")

EQUAL = 1e-11


@dataclass
class Layer:
    """A dense layer of a program: its arrays there, and whether a column of its weights belongs to a unit that receives."""
    weight: Tensor
    bias: Tensor | None
    sender_first: bool
    activation: str = "identity"

    @property
    def names(self) -> list[str]:
        return [one.name for one in (self.weight, self.bias) if one is not None]

    def arrays(self, values: dict) -> tuple:
        """Weights (receiving units, sending units) and biases, or None, as `bp.dense` has them."""
        weight = np.array(values[self.weight.name], float)
        return weight.T if self.sender_first else weight, None if self.bias is None else np.array(values[self.bias.name], float)


@dataclass
class Point:
    """Arrays by name, inputs X, targets Y, and the cost that the model has there."""
    values: dict
    X: np.ndarray
    Y: np.ndarray
    cost: float


def as_dense_network(log: list, x: Tensor, target: Tensor, values: dict,
                     points: Callable[[], list[Point]]) -> tuple[Network, list[Layer]] | None:
    """A network and the layers of the program that it consists of, or None.

    log      what the program computed: (operation, its arguments, its result), one after the other
    x        the input;  target   what the loss compares with
    values   arrays by name
    points   random points, asked for where there are layers; none where the model cannot be run there
    """
    rows = [row for row in log if row[0] not in NOTHING and isinstance(row[2], Tensor)]
    layers = chain(rows, x, values) if len(x.dims) == 2 else []
    names = [name for layer in layers for name in layer.names]
    biases = {layer.bias is not None for layer in layers}
    if not layers or len(biases) > 1 or len(set(names)) < len(names):  # layers of `dense` share no array
        return None
    kind = "labels" if target.whole and len(target.dims) == 1 else "values"
    known = points()
    for activations, name, parameter, reductions in _candidates(layers, kind) if known else ():
        if all(_agrees(layers, activations, point, name, **parameter, **reductions) for point in known):
            network = dense(_sizes(layers, values), activations, loss(name, **parameter), bias=biases == {True}, **reductions)
            return network, layers
    return None


def _candidates(layers, kind):
    """What the network may be: activations of its layers, its loss with a parameter, its reductions."""
    *inner, last = (layer.activation for layer in layers)
    for activation, name in product(dict.fromkeys([last, *LAST]), LOSSES[kind]):
        for (over_samples, over_outputs), parameter in product(REDUCTIONS[kind], FACTORS.get(name, ({},))):
            yield [*inner, activation], name, parameter, {"over_samples": over_samples, "over_outputs": over_outputs}


def _sizes(layers, values):
    weights = [layer.arrays(values)[0] for layer in layers]
    return [weights[0].shape[1], *map(len, weights)]


def _agrees(layers, activations, point, name, **options):
    """Whether the cost at a point is that of the reference."""
    weights, biases = zip(*(layer.arrays(point.values) for layer in layers))
    biases = None if biases[0] is None else biases
    try:
        cost = reference.cost(weights, biases, point.X, point.Y, activations, name, **options)
    except ValueError:  # a loss that these outputs or targets do not have
        return False
    return abs(cost - point.cost) <= EQUAL * abs(point.cost)


def chain(log: list, x: Tensor, values: dict) -> list[Layer]:
    """The layers from the input on, each of which takes what the one before gave."""
    layers: list[Layer] = []
    now = x
    for name, arguments, found in log:
        first, *others = (arguments.get(one) for one in OPERANDS.get(name, ("self",)))
        if getattr(first, "name", None) != now.name or not _continued(name, arguments, others, layers, values):
            break
        now = found
    return layers


def _continued(name, arguments, others, layers, values):
    """Whether an operation is the next one of a chain of dense layers, which it then continues."""
    if name in PRODUCTS:
        return _weighted(name, [one for one in others if one is not None], layers, values)
    if name == "add":
        return arguments.get("alpha", 1) == 1 and _with_bias(others[0], layers, values)
    if name not in ACTIVATIONS or not layers or layers[-1].activation != "identity" or not _usual(arguments):
        return False
    layers[-1].activation = ACTIVATIONS[name]
    return True


def _weighted(name, others, layers, values):
    weight, *bias = others
    if not _is_array(weight, 2, values) or not all(_is_array(one, 1, values) for one in bias):
        return False
    turned = weight.shape != values[weight.name].shape or sum(weight.dims, ()) != tuple(axis for _, axis in weight.places)
    layers.append(Layer(weight, bias[0] if bias else None, turned if name == "linear" else not turned))
    return True


def _with_bias(bias, layers, values):
    if not _is_array(bias, 1, values) or not layers or layers[-1].bias is not None or layers[-1].activation != "identity":
        return False
    layers[-1].bias = bias
    return True


def _is_array(one, axes, values):
    """Whether an operand is an array that is given, with all of its axes."""
    return isinstance(one, Tensor) and one.name in values and len(one.dims) == axes == values[one.name].ndim


def _usual(arguments):
    return all(arguments[option] == usual for option, usual in USUAL.items() if option in arguments)
