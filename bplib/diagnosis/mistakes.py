"""Mistakes of backpropagation: a table of what stands in place of one piece of it.

Backpropagation through dense layers is made of pieces (see `backward`): what the loss sends, what comes back through
weights, a slope, an error term, what is sent on, what a weight is multiplied by, the sums over the samples.  A row
says which piece is another one, and what it is: a function of what is known there that gives arrays, several where
people write the mistake in several ways.  Names that the exercises know are theirs, with their sentences.

To add a mistake, add a row.  Constant factors and penalties are no rows: they are read off the arrays (`factors`).
"""
from dataclasses import dataclass
from collections.abc import Callable

import numpy as np

from ..activations import TABLE as ACTIVATIONS
from ..activations import activation
from ..coursework import MISTAKES
from ..functions import LossFunction
from ..losses import TABLE as LOSSES
from ..numerics import quiet
from .backward import function_of

PIECES = ("start", "back", "slope", "delta", "sent", "input", "weights", "bias")
"""The pieces, in the order in which they are computed for a layer."""


@dataclass(frozen=True)
class Mistake:
    """One row.

    name      what it is called;  piece   one of PIECES
    instead   (here) → arrays that stand in its place; none where it cannot be made
    sentence  what went wrong and where to look;  pointer   notebook and heading that explain it
    rank      0, or more for what is told only where nothing of a smaller rank gives the same numbers
    """

    name: str
    piece: str
    instead: Callable
    sentence: str = ""
    pointer: tuple = ()
    rank: int = 0

    def told(self):
        """(sentence, notebook, heading)"""
        known = MISTAKES.get(self.name)
        notebook, heading = self.pointer or (known.notebook, "")
        return self.sentence or known.sentence, notebook, heading


@dataclass
class Here:
    """What is known at a layer when a piece is computed.

    run      the `Pass`;  layer   its number
    sent     what the layer above sent back, (N, n_{l+1});  error   ∂C_s/∂a of this layer;  slope;  delta
    feed     what the weights are multiplied by, (N, n_{l−1});  product   Σ_s of the two
    after    name → our parameters after her step, or None;  hers   name → array of her gradient
    only     names of the mistakes that are looked for; None for all
    """

    run: object
    layer: int
    sent: np.ndarray | None = None
    error: np.ndarray | None = None
    slope: np.ndarray | None = None
    delta: np.ndarray | None = None
    feed: np.ndarray | None = None
    product: np.ndarray | None = None
    after: dict | None = None
    hers: dict | None = None
    only: frozenset | None = None

    @property
    def last(self):
        return self.layer == self.run.depth

    @property
    def row(self):
        return self.run.rows[self.layer]

    @property
    def z(self):
        return self.run.z[self.layer]

    @property
    def a(self):
        return self.run.a[self.layer]

    @property
    def W(self):
        """The weights that the error comes back through; at the end there are none."""
        return None if self.last else self.run.W[self.layer + 1]


# start: ∂C_s/∂a of the outputs

def _square_kept(h):
    return [(h.a - h.run.Y)**2] if h.run.loss.name == "squared error" else []


def _target_forgotten(h):
    return [h.a]


def _size_of_error(h):
    return [np.abs(h.error), np.abs(h.run.delta)] if h.run.cancels else [np.abs(h.error)]


@quiet
def _decision(h):
    """The class that was decided for, in place of its probability."""
    decided = (h.a > 0.5) * 1.0 if h.a.shape[1] == 1 else np.eye(h.a.shape[1])[h.a.argmax(1)]
    return [h.run.part * (decided - h.run.Y), h.run.part * (np.round(h.a) - h.run.Y)]


@quiet
def _half_of_entropy(h):
    if h.run.loss.name != "binary cross entropy":
        return []
    return [-h.run.part * h.run.Y / h.a, h.run.part * (1 - h.run.Y) / (1 - h.a)]


@quiet
def _other_loss(h):
    rows = [row for row in LOSSES.values() if row.name != h.run.loss.name and row.targets not in ("none",)
            and row.name not in ("output", "given error", "negative log-likelihood") and _fits(row, h.run.rows[-1])]
    return [h.run.part * LossFunction(row).derivative(h.a, h.run.Y) for row in rows]


def _softmax_over_samples(h):
    """In the form in which the slope has cancelled."""
    if h.row.elementwise:
        return []
    with np.errstate(all="ignore"):
        e = np.exp(h.z - h.z.max())
    return [h.run.part * (e / e.sum(axis) - h.run.Y) for axis in (0, None)]


def _labels_shifted(h):
    if h.run.Y.shape[1] < 2 or not ((h.run.Y == 0) | (h.run.Y == 1)).all():
        return []
    return [h.run.part * (h.a - np.roll(h.run.Y, by, axis=1)) for by in (1, -1)]


def _fits(row, last):
    return row.outputs is None or last.name in row.outputs


# back: ∂C_s/∂a of a hidden layer

def _not_turned(h):
    return [h.sent @ h.W.T] if h.W.shape[0] == h.W.shape[1] else []


def _weights_left_out(h):
    width = h.W.shape[1]
    whole = h.sent.sum(1, keepdims=True) * np.ones(width)
    return ([h.sent] if h.sent.shape[1] == width else []) + [whole] + (
        [h.sent[:, :1] * np.ones(width)] if h.sent.shape[1] > 1 else [])


def _weights_summed(h):
    one = np.ones(h.W.shape[1])
    return [(h.sent @ h.W).sum(1, keepdims=True) * one, h.sent.sum(1, keepdims=True) * h.W.sum(0),
            h.sent.sum(1, keepdims=True) * h.W.sum() * one] + (
        [h.sent * h.W.sum(1)] if h.sent.shape[1] == h.W.shape[1] else [])


def _one_path(h):
    if h.W.shape[0] == 1:
        return []
    return [h.sent[:, [at]] * h.W[at] for at in (-1, 0, *range(1, h.W.shape[0] - 1))] + (
        [h.sent * np.diag(h.W)] if h.W.shape[0] == h.W.shape[1] else [])


def _updated(h):
    """With the weights after their step, where they are known; otherwise after a step as long as fits dW."""
    if h.after:
        return [h.sent @ h.after[f"W{h.layer + 1}"]]
    above, own = (h.hers.get(f"W{layer}") for layer in (h.layer + 1, h.layer))
    if above is None or own is None or above.shape != h.W.shape or own.size < 3:
        return []
    here, moved = (h.run.share * h.run.through(h.layer, h.sent @ W).T @ h.run.a[h.layer - 1] for W in (h.W, above))
    if own.shape != here.shape or not moved.any():
        return []
    eta = -float(((own - h.run.l2 * h.run.W[h.layer] - here) * moved).sum() / (moved * moved).sum())
    return [h.sent @ (h.W - eta * above)] if 0 < eta < 100 else []


def _shared_out(h):
    with np.errstate(all="ignore"):
        return [h.sent @ (h.W / h.W.sum(axis, keepdims=True)) for axis in (1, 0)]


def _activations_back(h):
    return [h.run.a[h.layer + 1] @ h.W, h.run.z[h.layer + 1] @ h.W]


def _error_of_another_layer(h):
    return [h.run.deltas[other] @ h.W for other in range(h.layer + 2, h.run.depth + 1)
            if h.run.deltas[other].shape[1] == h.W.shape[0]]


def _other_weights(h):
    others = [W for at, W in enumerate(h.run.W) if W is not None and at != h.layer + 1]
    return [h.sent @ turned for W in others for turned in (W, W.T) if turned.shape == h.W.shape]


# slope: g'(z)

def _slope_lost(h):
    return [np.ones_like(h.z)] if h.row.name != "identity" else []


def _slope_lost_at_output(h):
    return _slope_lost(h) if h.last else []


def _slope_lost_hidden(h):
    return [] if h.last else _slope_lost(h)


def _always_one(h):
    return [np.ones_like(h.z)] if h.row.name == "relu" else []


def _elementwise(alternatives, identity=False):
    """Only for activations that work on each unit by itself, and the identity only where it is asked for."""
    return quiet(lambda h: alternatives(h) if h.row.elementwise and (identity or h.row.name != "identity") else [])


def _at_a(h):
    return [function_of(h.row).derivative(h.a)]


def _value_of_z(h):
    """The form by value, with z where a belongs."""
    forms = {"sigmoid": lambda v: v * (1 - v), "tanh": lambda v: 1 - v**2}
    return [forms[h.row.name](h.z)] if h.row.name in forms else []


def _function_itself(h):
    return [h.a, function_of(h.row)(h.a)]


def _at_error(h):
    return [function_of(h.row).derivative(h.error)]


def _at_input(h):
    feed = h.run.a[h.layer - 1]
    return [function_of(h.row).derivative(feed)] if feed.shape[1] == h.z.shape[1] or h.z.shape[1] == 1 else []


BY_VALUE = {"sigmoid": lambda a: a * (1 - a), "tanh": lambda a: 1 - a**2, "relu": lambda a: (a > 0) * 1.0}


def _other_function(h):
    others = [row for row in ACTIVATIONS.values()
              if row.elementwise and not row.abstract and row.name not in (h.row.name, "identity")]
    same = [activation(h.row.name, alpha=alpha) for alpha in (0.01, 0.1, 0.2) if h.row.parameters]
    at_z = [function_of(row).derivative(h.z) for row in [*others, *same, *_rows_elsewhere(h)]]
    at_a = [form(h.a) for name, form in BY_VALUE.items() if name != h.row.name]
    return at_z + at_a


def _rows_elsewhere(h):
    return [row for row in h.run.rows[1:] if row.elementwise and row.name != "identity" and row != h.row]


def _wrong_way_round(h):
    return [1 - h.slope] if h.row.name in ("relu", "leaky relu") else []


def _slope_incomplete(h):
    return {"sigmoid": [1 - h.a], "tanh": [1 - h.a, 1 + h.a**2, h.a**2]}.get(h.row.name, [])


def _units_of_another_layer(h):
    return [h.run.slope(other) for other in range(1, h.run.depth + 1)
            if other != h.layer and h.run.z[other].shape == h.z.shape]


# delta: the error term

def _one_slope_more(h):
    return [h.delta * h.slope] if h.last and h.run.cancels else []


def _slope_twice(h):
    return [h.delta * h.slope] if h.row.name not in ("identity", "relu") else []


def _slope_alone(h):
    return [np.broadcast_to(h.slope, h.delta.shape)] if h.row.name != "identity" else []


@quiet
def _softmax_by_unit(h):
    if h.row.elementwise:
        return []
    last, found = h.a.shape[1] - 1, [h.error * h.a * (1 - h.a), h.error * h.a, h.error * h.a**2]
    for second in (h.a, h.z):  # a loop over j that overwrites, so that its last j is left
        overwritten = -h.error * h.a * second[:, last:]
        overwritten[:, last] = h.error[:, last] * h.a[:, last] * (1 - second[:, last])
        found.append(overwritten)
    return [*found, h.error * h.a * (1 - h.z)]


def _rounded(h):
    return [np.round(h.delta, digits) for digits in range(7)]


def _negative_zeroed(h):
    if h.row.name != "relu":
        return []
    return [h.delta * (h.delta > 0), h.error * (h.error > 0)]


def _for_all_samples(h):
    return [np.broadcast_to(h.delta.mean(0), h.delta.shape)] if h.run.N > 1 else []


# sent: what goes back to the layer before

def _slope_above_lost(h):
    return [h.error] if h.row.name != "identity" else []


# input: what a weight is multiplied by

def _own_activation(h):
    return [h.a]


def _before_activation(h):
    return [h.run.z[h.layer - 1]] if h.layer > 1 and h.run.rows[h.layer - 1].name != "identity" else []



def _input_missing(h):
    return [np.ones_like(h.run.a[h.layer - 1])]


def _activation_of_another_layer(h):
    right = h.run.a[h.layer - 1]
    return [a for at, a in enumerate(h.run.a) if at not in (h.layer - 1, h.layer) and a.shape[1] in (right.shape[1], 1)]


def _target_as_input(h):
    return [h.run.Y] if h.run.Y.shape[1] == h.run.a[h.layer - 1].shape[1] else []


# weights: Σ_s delta a

def _turned(h):
    return [h.product.T] if h.product.shape[0] == h.product.shape[1] > 1 else []


def _times_weight(h):
    return [h.delta.sum(0)[:, None] * h.run.W[h.layer]]


def _slope_at_feed(h):
    """The slope of a single unit at each of its inputs, one slope for each weight."""
    if h.delta.shape[1] > 1 or not h.row.elementwise or h.row.name == "identity":
        return []
    return [(h.error * function_of(h.row).derivative(h.feed) * h.feed).sum(0)[None]]


def _one_sample(h):
    if h.run.N == 1:
        return []
    return [np.outer(h.delta[at], h.feed[at]) * times for at in (-1, 0) for times in (1, h.run.N)]


def _other_penalty(h):
    """What stands in place of λ·w, so that λ·w on top makes it whole."""
    W, strength = h.run.W[h.layer], h.run.l2 / h.run.share
    others = (np.ones_like(W), np.sign(W), W**2, np.full_like(W, W.sum()), np.full_like(W, (W**2).sum() / 2))
    return [h.product + strength * (times * other - W) for other in others for times in (1, 0.5, 2)] if h.run.l2 else []


def _product_of_means(h):
    return [np.outer(h.delta.mean(0), h.feed.mean(0)) * h.run.N] if h.run.N > 1 else []


def _other_error_term(h):
    return [h.run.deltas[other].T @ h.feed for other in range(1, h.run.depth + 1)
            if other != h.layer and h.run.deltas[other].shape == h.delta.shape]


def _table_of_differences(h):
    """a − y with a flat a and a column y: all pairs of samples; only for a single output."""
    if not h.last or h.delta.shape[1] > 1 or h.run.N == 1:
        return []
    pairs = h.run.part * (h.a[:, 0] - h.run.Y)
    return [h.feed.T @ pairs, h.feed.T @ pairs.T, (h.feed.T @ pairs).sum(1)[None], (h.feed.T @ pairs.T).sum(1)[None]]


def _parameter_itself(h):
    return [h.run.W[h.layer] / h.run.share]


def _nothing(h):
    return [np.zeros_like(h.run.W[h.layer])]


# bias: Σ_s delta

def _one_sum(h):
    return [np.full(h.delta.shape[1], h.delta.sum()), np.full(h.delta.shape[1], h.delta.mean() * h.run.N)] if (
        h.delta.shape[1] > 1) else []


def _wrong_axis(h):
    return [h.delta.sum(1)] if h.delta.shape[1] > 1 or h.run.N > 1 else []


def _row_sums(h):
    return [h.product.sum(1)]


def _carries_input(h):
    return [h.product[:, at] for at in range(min(h.product.shape[1], 3))]


def _bias_of_one_sample(h):
    return [h.delta[at] * times for at in (-1, 0) for times in (1, h.run.N)] if h.run.N > 1 else []


def _bias_not_summed(h):
    return [h.delta, h.delta * h.run.N] if h.run.N > 1 else []


def _bias_itself(h):
    return [h.run.b[h.layer] / h.run.share]


def _bias_zero(h):
    return [np.zeros_like(h.run.b[h.layer])]


def _bias_of_another_layer(h):
    return [h.run.deltas[other].sum(0) for other in range(1, h.run.depth + 1)
            if other != h.layer and h.run.deltas[other].shape == h.delta.shape]


def _bias_without_error(h):
    return [np.full(h.delta.shape[1], float(h.run.N))]


def _pairs_summed(h):
    if not h.last or h.delta.shape[1] > 1 or h.run.N == 1:
        return []
    pairs = h.run.part * (h.a[:, 0] - h.run.Y)
    return [pairs.sum(0), pairs.sum(1), np.array([pairs.sum()])]


SLOPES = "09-activations", "What a layer does to the error term"
TRANSPOSES = "07-matrices", "One rule for every transpose"
BACK = "06-delta", "In the middle: the recursion"
START = "02-one-neuron", "Three questions instead of one"
BATCH = "05-layers-and-indices", "Many samples"
WEIGHT = "05-layers-and-indices", "The output layer"
SOFTMAX = "08-softmax", "Every score moves every probability"

TABLE = (
    # start
    Mistake("the cost itself in place of its derivative", "start", _square_kept,
            "What goes back is how the cost changes with the output, a − y times a number; here it is squared.", START),
    Mistake("the target is forgotten", "start", _target_forgotten,
            "The error says how far the output is from its target; here the output itself goes back.", START),
    Mistake("the sign of each error is lost", "start", _size_of_error,
            "Some outputs are too large and some too small, and their weights have to move in opposite directions.",
            START, rank=1),
    Mistake("a decision in place of the output", "start", _decision,
            "The cost is made with the output itself; a rounded one, or the class decided for, has no slope.", START,
            rank=1),
    Mistake("half of the cross entropy", "start", _half_of_entropy,
            "This cost has two terms, y ln a and (1 − y) ln(1 − a), and both depend on a.",
            ("02-one-neuron", "The slope cancels"), rank=1),
    Mistake("the derivative of another loss", "start", _other_loss,
            "The backward pass begins with the derivative of the very cost that the forward pass ends with.", START,
            rank=2),
    Mistake("softmax over the samples", "start", _softmax_over_samples,
            "Softmax normalises the outputs of each sample; here it runs along the other axis, or over all.", SOFTMAX),
    Mistake("labels are shifted by one", "start", _labels_shifted,
            "The 1 of each target stands one place beside its class: labels count from 0, or from 1?", SOFTMAX),
    # back
    Mistake("the weights are not turned round going back", "back", _not_turned, pointer=TRANSPOSES),
    Mistake("the weights are left out going back", "back", _weights_left_out,
            "A hidden unit gets its share of the blame through its weights: the error of the layer above times W.",
            BACK),
    Mistake("all weights are summed going back", "back", _weights_summed,
            "Each hidden unit gets the errors above it through its own weights, not through those of all units.", BACK),
    Mistake("one path only", "back", _one_path, pointer=("03-several-paths", "A neuron with three listeners")),
    Mistake("the weights above are already updated", "back", _updated,
            pointer=("04-two-two-one", "One step downhill")),
    Mistake("the error is shared out by the size of the weights", "back", _shared_out,
            "The derivative has the weight itself; dividing by the sum of the weights gives no derivative of the cost.",
            BACK, rank=2),
    Mistake("activations are sent back in place of errors", "back", _activations_back,
            "What comes back through the weights is the error term of the layer above.", BACK),
    Mistake("the error term of the wrong layer", "back", _error_of_another_layer,
            "Through the weights of a layer comes the error term of that very layer.", BACK),
    Mistake("the weights of the wrong layer", "back", _other_weights,
            "The error goes back through the weights by which the activations went forward.", BACK, rank=2),
    # slope
    Mistake("the slope of the output is lost", "slope", _slope_lost_at_output,
            pointer=("02-one-neuron", "Multiply along the path")),
    Mistake("the slope of the hidden layer is lost", "slope", _slope_lost_hidden, pointer=BACK),
    Mistake("the slope of ReLU is read from its output", "slope", _always_one,
            pointer=("09-activations", "Units that have died")),
    Mistake("the slope is taken at a instead of z", "slope", _elementwise(_at_a), pointer=SLOPES),
    Mistake("the slope by value is written with z", "slope", _elementwise(_value_of_z), pointer=SLOPES),
    Mistake("the function in place of its slope", "slope", _elementwise(_function_itself, identity=True),
            "What should give g′ gives g itself. Compare it with a difference quotient at one z.", SLOPES),
    Mistake("the slope is taken at the error", "slope", _elementwise(_at_error),
            "The slope belongs to the weighted sum z of the unit; the error is a factor beside it.", SLOPES),
    Mistake("the slope is taken at the input", "slope", _elementwise(_at_input),
            "The slope belongs to the weighted sum z of the unit, not to what comes in.", SLOPES),
    Mistake("the slope of another function", "slope", _elementwise(_other_function, identity=True),
            "Forward goes one activation, backward the slope of another. Each layer needs its own slope.", SLOPES,
            rank=1),
    Mistake("the slope is the wrong way round", "slope", _elementwise(_wrong_way_round),
            "ReLU passes errors on where z > 0 and stops them elsewhere.", SLOPES),
    Mistake("the slope by value is not complete", "slope", _elementwise(_slope_incomplete),
            "The slope of sigmoid is a(1 − a), that of tanh 1 − a²; a part of it is missing.", SLOPES, rank=2),
    Mistake("the slope of another layer's units", "slope", _elementwise(_units_of_another_layer),
            "Each unit's error term has the slope at its own z.", SLOPES, rank=2),
    # delta
    Mistake("one slope too many", "delta", _one_slope_more,
            pointer=("02-one-neuron", "The slope cancels")),
    Mistake("the slope is multiplied twice", "delta", _slope_twice,
            "The error passes each activation once on its way back.", BACK, rank=2),
    Mistake("the slope overwrites the error", "delta", _slope_alone,
            "The slope multiplies what comes from above (*=); here it stands in its place (=).", BACK),
    Mistake("softmax treated unit by unit", "delta", _softmax_by_unit, pointer=SOFTMAX),
    Mistake("error terms are rounded", "delta", _rounded,
            "Small error terms become 0 and others coarse, so learning stops early. Round what is printed only.", BACK),
    Mistake("negative gradients are set to zero", "delta", _negative_zeroed, pointer=SLOPES),
    Mistake("errors are averaged over the samples too early", "delta", _for_all_samples,
            "Each sample's error belongs to that sample's activations; the mean is taken of their products.", BATCH,
            rank=1),
    # sent
    Mistake("the slope of the layer above is lost going back", "sent", _slope_above_lost,
            "Back through the weights goes the error term, the error times the slope, not the raw error.", BACK),
    # input
    Mistake("the activation of the wrong layer", "input", _own_activation, pointer=WEIGHT),
    Mistake("z where the activation belongs", "input", _before_activation,
            "A weight is multiplied by the output a of the unit before it, after the activation function.", WEIGHT),
    Mistake("the input of the weights is left out", "input", _input_missing,
            "How much a weight counts depends on what it is multiplied by: a of the layer before.", WEIGHT),
    Mistake("the activation of the wrong layer", "input", _activation_of_another_layer, pointer=WEIGHT),
    Mistake("the targets in place of activations", "input", _target_as_input,
            "A weight is multiplied by the output of the unit before it.", WEIGHT, rank=2),
    # weights
    Mistake("the outer product is the wrong way round", "weights", _turned, pointer=TRANSPOSES),
    Mistake("the weight in place of its input", "weights", _times_weight,
            "The derivative of w·a by w is a: the error term is multiplied by what the weight multiplies, not by it.",
            WEIGHT),
    Mistake("the slope is taken at the input", "weights", _slope_at_feed,
            "The slope belongs to the weighted sum z of the unit, not to what comes in.", SLOPES),
    Mistake("the derivative of the penalty is another one", "weights", _other_penalty,
            "The penalty (λ/2)·w² has the derivative λ·w: each weight's own value, not a constant, a sign or a sum.",
            ("11-digits", "Learning by heart")),
    Mistake("one sample only", "weights", _one_sample,
            "The samples add up (+=); here each overwrites the one before, or only one is taken.", BATCH),
    Mistake("the product of the means", "weights", _product_of_means,
            "The mean over the samples is taken of error term times activation, not of each by itself.", BATCH, rank=1),
    Mistake("the error term of the wrong layer", "weights", _other_error_term,
            "The gradient of a layer's weights has that layer's error term in it.", WEIGHT),
    Mistake("arrays that broadcast by accident", "weights", _table_of_differences,
            pointer=("07-matrices", "A trap without an error message")),
    Mistake("the parameter in place of its gradient", "weights", _parameter_itself,
            "Where the gradient belongs stands the parameter itself.", ("04-two-two-one", "One step downhill")),
    Mistake("the weights are never updated", "weights", _nothing,
            "The gradient that these weights are moved by is 0. Is a result stored under another name?",
            ("04-two-two-one", "One step downhill"), rank=1),
    # bias
    Mistake("one sum for all biases", "bias", _one_sum,
            "The gradient of the biases is summed over the samples only: each unit keeps its own (axis).", TRANSPOSES),
    Mistake("summed over the wrong axis", "bias", _wrong_axis, pointer=TRANSPOSES),
    Mistake("row sums of dW in place of db", "bias", _row_sums,
            "A bias is multiplied by 1: its gradient is the sum of the error terms, without activations.", TRANSPOSES),
    Mistake("the bias gradient carries an input", "bias", _carries_input,
            pointer=("02-one-neuron", "Three questions instead of one")),
    Mistake("one sample only", "bias", _bias_of_one_sample,
            "The samples add up (+=); here each overwrites the one before, or only one is taken.", BATCH),
    Mistake("the samples are not added up", "bias", _bias_not_summed, pointer=BATCH),
    Mistake("the parameter in place of its gradient", "bias", _bias_itself,
            "Where the gradient belongs stands the parameter itself.", ("04-two-two-one", "One step downhill")),
    Mistake("the biases are never updated", "bias", _bias_zero,
            "The gradient that the biases are moved by is 0. Is a result stored under another name?",
            ("04-two-two-one", "One step downhill")),
    Mistake("the error term of the wrong layer", "bias", _bias_of_another_layer,
            "The gradient of a layer's biases has that layer's error term in it.", WEIGHT),
    Mistake("the error is left out of the bias gradient", "bias", _bias_without_error,
            "The gradient of a bias is the sum of the error terms; a count of the samples says nothing of errors.",
            WEIGHT),
    Mistake("arrays that broadcast by accident", "bias", _pairs_summed,
            pointer=("07-matrices", "A trap without an error message")),
)

BY_PIECE = {piece: tuple(row for row in TABLE if row.piece == piece) for piece in PIECES}
