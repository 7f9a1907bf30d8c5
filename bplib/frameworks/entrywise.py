"""Operations entry by entry: activations, arithmetic, comparisons, masks, the terms of losses."""
import math

import numpy as np

from .ranges import size_of
from .table import TABLE, reads, refuse
from .writer import LOWEST, Tensor, shown

OF_ONE = {
    "relu": "relu({0})", "sigmoid": "sigmoid({0})", "tanh": "tanh({0})", "silu": "silu({0})", "exp": "exp({0})",
    "log": "ln({0})", "sqrt": "sqrt({0})", "abs": "abs({0})", "sin": "sin({0})", "cos": "cos({0})", "erf": "erf({0})",
    "sinh": "sinh({0})", "cosh": "cosh({0})", "neg": "-{0}", "square": "{0}**2", "reciprocal": "1/{0}",
    "rsqrt": "1/sqrt({0})", "log1p": "ln(1 + {0})", "expm1": "exp({0}) - 1", "log_sigmoid": "-softplus(-{0})",
    "mish": "{0} * tanh(softplus({0}))", "relu6": "relu({0}) - relu({0} - 6)",
    "hardsigmoid": "(relu({0} + 3) - relu({0} - 3))/6", "hardswish": "{0} * (relu({0} + 3) - relu({0} - 3))/6",
    "softsign": "{0}/(1 + abs({0}))", "selu": "1.0507009873554805*(relu({0}) + 1.6732632423543772*(exp(-relu(-{0})) - 1))",
    "deg2rad": "{0}*0.017453292519943295", "tan": "sin({0})/cos({0})",
}
"""Operation of one tensor → its formula.  The functions are those that a text of equations knows.

PyTorch takes the 1/6 of hardsigmoid, and the 1/α of CELU, in single precision: there its gradients are off by up to 3e-8.
"""

ACTIVATIONS = ("relu", "sigmoid", "tanh", "silu", "mish", "relu6", "hardswish", "hardsigmoid", "log_sigmoid", "selu")
"""Operations whose result is called a."""

UNCHANGED = ("contiguous", "clone", "alias", "to", "_to_copy", "type_as", "lift_fresh_copy", "positive", "lift_fresh")
"""Operations that change nothing in double precision."""


def of_one(formula, stem):
    def row(w, self=None, input=None, **_):
        x = self if input is None else input
        dims = w.like(x.dims)
        return w.emit(stem, dims, formula.format(w.here(x, dims)))
    return row


TABLE.update({name: of_one(formula, "a" if name in ACTIVATIONS else "y") for name, formula in OF_ONE.items()})


@reads(*UNCHANGED)
def unchanged(w, self=None, input=None, **_):
    return self if input is None else input


@reads("detach")
def detach(w, self, **_):
    refuse("detach (a value that gradients do not pass)", "Leave it out, or hand the value over as an input.")


def entrywise(w, stem, formula, *tensors):
    """One equation: a formula of the entries of tensors."""
    dims = w.together(*tensors)
    return w.emit(stem, dims, formula.format(*(w.here(x, dims) for x in tensors)))


@reads("add")
def add(w, self, other, alpha=1, **_):
    return entrywise(w, "y", "{0} + {1}" if alpha == 1 else f"{{0}} + {shown(alpha)} * {{1}}", self, other)


@reads("sub")
def subtract(w, self, other, alpha=1, **_):
    return entrywise(w, "y", "{0} - {1}" if alpha == 1 else f"{{0}} - {shown(alpha)} * {{1}}", self, other)


@reads("rsub")
def subtract_from(w, self, other, alpha=1, **_):
    return subtract(w, other, self) if alpha == 1 else refuse("rsub with alpha", "Write other - alpha * x.")


@reads("mul", "multiply")
def multiply(w, self, other, **_):
    return entrywise(w, "y", "{0} * {1}", self, other)


@reads("div", "divide", "true_divide")
def divide(w, self, other, rounding_mode=None, **_):
    if rounding_mode is not None:
        refuse("Division with rounding", "Its slope is 0; compute it beforehand, and hand it over as an input.")
    return entrywise(w, "y", "{0} / {1}", self, other)


@reads("pow")
def power(w, self, exponent, **_):
    try:
        number = float(getattr(exponent, "name", exponent))
    except ValueError:
        refuse("A power with a computed exponent", "Write torch.exp(exponent * torch.log(x)).")
    return entrywise(w, "y", f"{{0}}**{shown(number)}", self)


@reads("addcmul")
def add_product(w, self, tensor1, tensor2, value=1, **_):
    return entrywise(w, "y", f"{{0}} + {shown(value)} * {{1}} * {{2}}", self, tensor1, tensor2)


@reads("lerp")
def between(w, self, end, weight, **_):
    return entrywise(w, "y", "{0} + {2} * ({1} - {0})", self, end, weight)


# activations with a parameter

@reads("gelu")
def gelu(w, self, approximate="none", **_):
    if approximate == "none":
        return entrywise(w, "a", "gelu({0})", self)
    return entrywise(w, "a", f"0.5 * {{0}} * (1 + tanh({math.sqrt(2 / math.pi)!r} * ({{0}} + 0.044715 * {{0}}**3)))", self)


@reads("leaky_relu")
def leaky_relu(w, self, negative_slope=0.01, **_):
    return entrywise(w, "a", f"relu({{0}}) - {shown(negative_slope)} * relu(-{{0}})", self)


@reads("elu")
def elu(w, self, alpha=1, scale=1, input_scale=1, **_):
    if (scale, input_scale) != (1, 1):
        refuse("elu with a scale", "Multiply its input and its output by them.")
    formula = "elu({0})" if alpha == 1 else f"relu({{0}}) + {shown(alpha)} * (exp(-relu(-{{0}})) - 1)"
    return entrywise(w, "a", formula, self)


@reads("celu")
def celu(w, self, alpha=1, **_):
    return entrywise(w, "a", f"relu({{0}}) + {shown(alpha)} * (exp(-relu(-{{0}})/{shown(alpha)}) - 1)", self)


@reads("softplus")
def softplus(w, self, beta=1, **_):
    return entrywise(w, "a", "softplus({0})" if beta == 1 else f"softplus({shown(beta)} * {{0}})/{shown(beta)}", self)


@reads("hardtanh", "clamp")
def hardtanh(w, self, min_val=None, max_val=None, min=None, max=None, **_):
    low, high = (min_val if min is None else min), (max_val if max is None else max)
    if low is None:
        return entrywise(w, "a", f"{shown(high)} - relu({shown(high)} - {{0}})", self)
    text = f"{shown(low)} + relu({{0}} - {shown(low)})"
    return entrywise(w, "a", text + (f" - relu({{0}} - {shown(high)})" if high is not None else ""), self)


@reads("clamp_min")
def clamp_min(w, self, min, **_):
    return hardtanh(w, self, min=min)


@reads("hardshrink")
def hardshrink(w, self, lambd=0.5, **_):
    return entrywise(w, "a", f"{{0}} * [abs({{0}}) > {shown(lambd)}]", self)


@reads("softshrink")
def softshrink(w, self, lambd=0.5, **_):
    return entrywise(w, "a", f"relu({{0}} - {shown(lambd)}) - relu(-{{0}} - {shown(lambd)})", self)


@reads("prelu", "_prelu_kernel")
def prelu(w, self, weight, **_):
    if weight.dims and size_of(weight.dims[0]) != 1:  # one slope a channel
        weight = Tensor(weight.name, weight.places, (weight.dims[0], *((),) * (len(self.dims) - 2)))
    else:
        weight = Tensor(weight.name, weight.places, ())
    return entrywise(w, "a", "relu({0}) - {1} * relu(-{0})", self, weight)


@reads("glu")
def glu(w, self, dim=-1, **_):
    from .views import pieces
    a, b = pieces(w, self, 2, dim)
    return entrywise(w, "a", "{0} * sigmoid({1})", a, b)


@reads("dropout", "feature_dropout", "alpha_dropout")
def dropout(w, input, p, train, **_):
    if not train or p == 0:
        return input
    refuse(f"Dropout with p = {p:g} while training (a new random mask at each call)",
           "Call model.eval() first, or set its p to 0; or multiply by a mask that you hand over as an input.")


# comparisons

COMPARISONS = {"gt": ">", "lt": "<", "ge": ">=", "le": "<=", "eq": "==", "ne": "!="}


def compared(sign):
    def row(w, self, other, **_):
        return entrywise(w, "m", f"[{{0}} {sign} {{1}}]", self, other)
    return row


TABLE.update({name: compared(sign) for name, sign in COMPARISONS.items()})


@reads("logical_not", "bitwise_not")
def not_(w, self, **_):
    return entrywise(w, "m", "1 - {0}", self)


@reads("where")
def where(w, condition, self, other, **_):
    if self.name == f"(-{LOWEST})":
        return masked_fill(w, other, condition, -math.inf)
    return entrywise(w, "y", "{0} * {1} + (1 - {0}) * {2}", condition, self, other)


@reads("maximum")
def maximum(w, self, other, **_):
    return entrywise(w, "y", "{0} + relu({1} - {0})", self, other)


@reads("minimum")
def minimum(w, self, other, **_):
    return entrywise(w, "y", "{0} - relu({0} - {1})", self, other)


@reads("masked_fill")
def masked_fill(w, self, mask, value, **_):
    """Entries where the mask holds are the value; −∞ is a number so low that its exponential is 0."""
    number = float(str(getattr(value, "name", value)).strip("()"))
    dims = w.together(self, mask)
    x, m = w.here(self, dims), w.here(mask, dims)
    later = is_causal(w, mask)
    if later and len(dims) > 1 and all(len(dim) == 1 for dim in dims[-2:]):
        m = f"[{dims[-1][0]} > {dims[-2][0]}]"
    if number > -1e29:
        return w.emit("r", dims, f"{x} * (1 - {m}) + {shown(number)} * {m}")
    found = w.emit("r", dims, f"{x} - {LOWEST} * {m}")
    if later:
        w.causal[found.name] = self
    return found


def is_causal(w, mask):
    """Whether a mask that is known holds what comes later: where u > t."""
    value = w.values.get(mask.name)
    if value is None or value.ndim < 2 or value.shape[-1] != value.shape[-2]:
        return False
    return bool((value == np.triu(np.ones(value.shape[-2:]), 1)).all())


@reads("broadcast_tensors")
def broadcast(w, tensors, **_):
    """What follows repeats entries by itself."""
    return tensors
