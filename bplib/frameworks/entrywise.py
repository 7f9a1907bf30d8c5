"""Operations entry by entry: activations, arithmetic, comparisons, masks, the terms of losses."""
import math
import re
from dataclasses import replace
from functools import lru_cache

import numpy as np

from .ranges import Range, size_of
from .table import TABLE, reads, refuse
from .writer import LOWEST, Tensor, plus, shown

OF_ONE = {
    "relu": "relu({0})", "sigmoid": "sigmoid({0})", "tanh": "tanh({0})", "silu": "silu({0})", "exp": "exp({0})",
    "log": "ln({0})", "sqrt": "sqrt({0})", "abs": "abs({0})", "sin": "sin({0})", "cos": "cos({0})", "erf": "erf({0})",
    "sinh": "sinh({0})", "cosh": "cosh({0})", "neg": "-{0}", "square": "{0}**2", "reciprocal": "1/{0}",
    "rsqrt": "1/sqrt({0})", "log1p": "ln(1 + {0})", "expm1": "exp({0}) - 1", "log_sigmoid": "-softplus(-{0})",
    "mish": "{0} * tanh(softplus({0}))", "relu6": "{0} * [{0} > 0] * [{0} < 6] + 6 * [{0} >= 6]",
    "hardsigmoid": "({0} + 3) * [{0} > -3] * [{0} < 3]/6 + [{0} >= 3]",
    "hardswish": "{0} * ({0} + 3) * [{0} > -3] * [{0} < 3]/6 + {0} * [{0} >= 3]",
    "softsign": "{0}/(1 + abs({0}))", "selu": "1.0507009873554805*(relu({0}) + 1.6732632423543772*(exp({0} - relu({0})) - 1))",
    "sign": "[{0} > 0] - [{0} < 0]", "sgn": "[{0} > 0] - [{0} < 0]", "exp2": "exp(0.6931471805599453*{0})",
    "log2": "ln({0})/0.6931471805599453", "log10": "ln({0})/2.302585092994046",
    "deg2rad": "{0}*0.017453292519943295", "tan": "tan({0})", "asin": "asin({0})", "acos": "acos({0})", "atan": "atan({0})",
    "asinh": "asinh({0})", "acosh": "acosh({0})", "atanh": "atanh({0})", "erfc": "1 - erf({0})",
}
"""Operation of one tensor → its formula.  The functions are those that a text of equations knows.

At a corner relu has the slope 0, abs too.  Formulas are written so that there they have the slope that PyTorch takes.
PyTorch takes the 1/6 of hardsigmoid, and the 1/α of CELU, in single precision: there its gradients are off by up to 3e-8.
"""

ACTIVATIONS = ("relu", "sigmoid", "tanh", "silu", "mish", "relu6", "hardswish", "hardsigmoid", "log_sigmoid", "selu")
"""Operations whose result is called a."""

UNCHANGED = ("contiguous", "clone", "alias", "lift_fresh_copy", "positive", "lift_fresh")
"""Operations that change nothing."""

CASTS = ("to", "_to_copy", "type_as")
"""Operations that may change the type of numbers."""


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


@reads(*CASTS)
def cast(w, self, dtype=None, other=None, **_):
    """In double precision nothing, for numbers of the usual precisions."""
    kind = str(dtype).removeprefix("torch.")
    if dtype is None:
        return self if other is None or not other.boolean else cast(w, self, "bool")
    if kind == "bool":
        return self if self.boolean else w.condition("!=", self)
    if kind in ("float64", "float32"):
        return replace(self, whole=False, boolean=False)
    if self.whole or self.boolean:
        return replace(self, boolean=False)
    if np.asarray(w.values.get(self.name, 0.5)).dtype.kind in "iu":  # whole numbers that were cast to others before
        return replace(self, whole=True)
    if "float" in kind:
        refuse(f"A cast to {kind}, which rounds to 3 digits,", "Leave it out: a model is read in double precision.")
    refuse(f"A cast to {kind}, whose slope is 0,", "Compute it beforehand, and hand it over as an input.")


@reads("_assert_tensor_metadata")
def nothing(w, **_):
    """What PyTorch notes beside a cast."""


def filled(number):
    """The same number everywhere, in the shape of a tensor or in a given one."""
    def row(w, self, fill_value=number, size=None, **_):
        dims = w.like(self.dims) if size is None else tuple((w.axis(Range(n)),) if n != 1 else () for n in size)
        return Tensor(shown(fill_value), (), dims)
    return row


for _stem, _number in (("zeros", 0), ("ones", 1), ("full", None)):
    reads(f"{_stem}_like", f"new_{_stem}")(filled(_number))


def entrywise(w, stem, formula, *tensors):
    """One equation: a formula of the entries of tensors."""
    dims = w.together(*tensors)
    return w.emit(stem, dims, formula.format(*(w.here(x, dims) for x in tensors)))


@reads("add")
def add(w, self, other, alpha=1, **_):
    value = w.values.get(other.name)
    if value is not None and (value == -np.inf).any():  # a mask of numbers
        rest = np.where(value == -np.inf, 0.0, value)
        found = entrywise(w, "y", "{0} + {1}", self, w.constant(rest)) if rest.any() else self
        return masked_fill(w, found, w.constant(value == -np.inf), -math.inf)
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
    """A computed exponent is that of a positive base."""
    number, base = number_of(exponent), number_of(self)
    both = [one for one in (self, exponent) if isinstance(one, Tensor)]  # the result is as large as both together
    if number is not None:
        return entrywise(w, "y", f"{{0}}**{shown(number)}", *both)
    if base is not None and base > 0:
        return entrywise(w, "y", f"exp({shown(math.log(base))} * {{1}})", *both)
    return entrywise(w, "y", "exp({1} * ln({0}))", self, exponent)


@reads("addcmul")
def add_product(w, self, tensor1, tensor2, value=1, **_):
    return entrywise(w, "y", f"{{0}} + {shown(value)} * {{1}} * {{2}}", self, tensor1, tensor2)


@reads("hypot")
def hypot(w, self, other, **_):
    return entrywise(w, "y", "sqrt({0}**2 + {1}**2)", self, other)


@reads("atan2")
def atan2(w, self, other, **_):
    """Exact except on the half-line where y = 0 and x < 0, where it jumps."""
    return entrywise(w, "y", "2 * atan({0} / (sqrt({0}**2 + {1}**2) + {1}))", self, other)


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
    return entrywise(w, "a", f"{shown(negative_slope)} * {{0}} + {shown(1 - negative_slope)} * relu({{0}})", self)


@reads("rrelu")
def rrelu(w, self, lower=1/8, upper=1/3, training=False, **_):
    if training:
        refuse("rrelu while training (a new random slope at each call)", "Call model.eval() first.")
    return leaky_relu(w, self, (lower + upper) / 2)


@reads("threshold")
def threshold(w, self, threshold, value, **_):
    return entrywise(w, "a", f"{{0}} * [{{0}} > {shown(threshold)}] + {shown(value)} * [{{0}} <= {shown(threshold)}]", self)


@reads("elu")
def elu(w, self, alpha=1, scale=1, input_scale=1, **_):
    if (scale, input_scale) != (1, 1):
        refuse("elu with a scale", "Multiply its input and its output by them.")
    formula = "elu({0})" if alpha == 1 else f"relu({{0}}) + {shown(alpha)} * (exp({{0}} - relu({{0}})) - 1)"
    return entrywise(w, "a", formula, self)


@reads("celu")
def celu(w, self, alpha=1, **_):
    return entrywise(w, "a", f"relu({{0}}) + {shown(alpha)} * (exp(({{0}} - relu({{0}}))/{shown(alpha)}) - 1)", self)


@reads("softplus")
def softplus(w, self, beta=1, **_):
    return entrywise(w, "a", "softplus({0})" if beta == 1 else f"softplus({shown(beta)} * {{0}})/{shown(beta)}", self)


@reads("hardtanh")
def hardtanh(w, self, min_val=-1, max_val=1, **_):
    """Of slope 0 at both ends."""
    low, high = shown(min_val), shown(max_val)
    return entrywise(w, "a", f"{{0}} * [{{0}} > {low}] * [{{0}} < {high}] + {low} * [{{0}} <= {low}] + {high} * [{{0}} >= {high}]",
                     self)


@reads("clamp", "clip", "clamp_min", "clamp_max")
def clamp(w, self, min=None, max=None, **_):
    found = self if min is None else entrywise(w, "a", LARGER[_slope_at(min)], self, _tensor(min))
    return found if max is None else entrywise(w, "a", SMALLER[_slope_at(max)], found, _tensor(max))


LARGER = {1: "{0} * [{0} >= {1}] + {1} * [{0} < {1}]", 0: "{0} * [{0} > {1}] + {1} * [{0} <= {1}]",
          1/2: "{0} * [{0} > {1}] + {1} * [{0} < {1}] + ({0} + {1})/2 * [{0} == {1}]"}
SMALLER = {slope: text.translate(str.maketrans("<>", "><")) for slope, text in LARGER.items()}
"""Slope where two numbers are equal → the larger of them, the smaller of them.  No digit is lost beside a huge number."""


def _tensor(end):
    return end if isinstance(end, Tensor) else Tensor(shown(end), (), ())


@lru_cache(maxsize=None)
def _slopes():
    """The slopes of clamp at an end that is a number, and at one that is a tensor: versions of PyTorch differ."""
    import torch
    zero = torch.zeros(1)
    found = []
    for end in (0.0, zero):
        with torch.enable_grad():
            x = zero.clone().requires_grad_()
            torch.clamp_min(x, end).sum().backward()
        found.append(x.grad.item())
    return found


def _slope_at(end):
    return _slopes()[isinstance(end, Tensor)]


@reads("hardshrink")
def hardshrink(w, self, lambd=0.5, **_):
    return entrywise(w, "a", f"{{0}} * [abs({{0}}) > {shown(lambd)}]", self)


@reads("softshrink")
def softshrink(w, self, lambd=0.5, **_):
    return entrywise(w, "a", f"relu({{0}} - {shown(lambd)}) - relu(-{{0}} - {shown(lambd)})", self)


@reads("prelu", "_prelu_kernel")
def prelu(w, self, weight, **_):
    if weight.dims and size_of(weight.dims[0]) != 1:  # one slope a channel
        weight = replace(weight, dims=(weight.dims[0], *((),) * (len(self.dims) - 2)))
    else:
        weight = replace(weight, dims=())
    return entrywise(w, "a", "{1} * {0} + (1 - {1}) * relu({0})", self, weight)


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
        return w.condition(sign, self, other)
    return row


TABLE.update({name: compared(sign) for name, sign in COMPARISONS.items()})

BOTH = {"and": "({0} * {1})", "or": "({0} + {1} - {0} * {1})", "xor": "({0} + {1} - 2 * {0} * {1})"}


def joined(text):
    def row(w, self, other, **_):
        both = (one if one.boolean else cast(w, one, "bool") for one in (self, other))
        return replace(w.formula(text, *both), boolean=True)
    return row


for _name, _text in BOTH.items():
    reads(f"logical_{_name}", f"bitwise_{_name}", f"__{_name}__")(joined(_text))


@reads("logical_not", "bitwise_not")
def not_(w, self, **_):
    return w.not_(self)


@reads("isnan", "isinf")
def not_finite(w, self, **_):
    """Nowhere, in a model that is read."""
    return Tensor("0", (), w.like(self.dims), boolean=True)


@reads("nan_to_num")
def nan_to_num(w, self, **_):
    return self


@reads("logaddexp")
def logaddexp(w, self, other, **_):
    return entrywise(w, "y", "{0} + softplus({1} - {0})", self, other)


@reads("special_xlogy", "xlogy")
def times_log(w, self, other, **_):
    return entrywise(w, "y", "{0} * ln({1})", self, other)


def repeated(w, x, *others):
    """A tensor in the shape that it has together with others."""
    dims = w.together(x, *others)
    return x if tuple(map(size_of, dims)) == x.shape else w.emit("y", dims, w.here(x, dims))


@reads("where")
def where(w, condition, self, other, **_):
    holds = number_of(condition)
    if holds is not None:
        return repeated(w, self if holds else other, condition, self, other)
    if _counts_from_the_end(w, condition, self, other):
        return other
    if number_of(self) == -math.inf:
        return masked_fill(w, other, condition, -math.inf)
    if number_of(other) == -math.inf:
        return masked_fill(w, self, w.not_(condition), -math.inf)
    return entrywise(w, "y", "{0} * {1} + (1 - {0}) * {2}", condition, self, other)


def _counts_from_the_end(w, condition, self, other):
    """Whether a negative place x becomes x + n, and the example has none, so that x is what is looked up."""
    right = w.equations.get(getattr(self, "name", ""), ((), ""))[1]
    places = w.values.get(getattr(other, "name", ""))
    return (getattr(other, "whole", False) and places is not None and (places >= 0).all() and condition.name == w.condition("<", other).name
            and re.fullmatch(re.escape(other.name) + r"\[[^]]*\] \+ \d+", right))


def number_of(x):
    """The number that stands in every entry of a tensor, or None; −∞ for what is as low as that."""
    try:
        number = float(x if isinstance(x, (int, float)) else x.name.strip("()"))
    except ValueError:
        return None
    return -math.inf if number <= -float(LOWEST) else number


@reads("tril")
def tril(w, self, diagonal=0, **_):
    return triangle(w, self, "<=", diagonal)


@reads("triu")
def triu(w, self, diagonal=0, **_):
    return triangle(w, self, ">=", diagonal)


def triangle(w, x, sign, diagonal):
    """Entries below, or above, a diagonal; 0 elsewhere."""
    n = len(x.dims)
    x = w.single(w.single(x, n - 2), n - 1)
    dims = w.like(x.dims)
    (row,), (column,) = dims[-2:]
    return w.emit("y", dims, f"{x.at(*dims)} * [{column} {sign} {row}{plus(diagonal)}]")


@reads("maximum", "fmax")
def maximum(w, self, other, **_):
    return entrywise(w, "y", LARGER[1/2], self, other)


@reads("minimum", "fmin")
def minimum(w, self, other, **_):
    return entrywise(w, "y", SMALLER[1/2], self, other)


@reads("masked_fill")
def masked_fill(w, self, mask, value, **_):
    """Entries where the mask holds are the value; −∞ is a number so low that its exponential is 0."""
    number = number_of(value)
    if number is None:
        return where(w, mask, value, self)
    later = is_causal(w, mask)
    if not later and mask.name in w.values and plain(mask):  # what stays is what is drawn where steps are checked
        kept = w.constant(w.values[mask.name].reshape(mask.shape) == 0)
        mask = w.not_(kept) if kept.boolean and kept.places else mask
    dims = w.together(self, mask)
    x, m = w.here(self, dims), w.here(mask, dims)
    if later and len(dims) > 1 and all(len(dim) == 1 for dim in dims[-2:]):
        m = f"[{dims[-1][0]} > {dims[-2][0]}]"
    if number != -math.inf:
        return w.emit("r", dims, f"{x} * (1 - {m}) + {shown(number)} * {m}")
    found = w.emit("r", dims, f"{x} - {LOWEST} * {as_condition(m)}")
    w.masked[found.name] = self, None if later else w.not_(mask)
    return found


def as_condition(text) -> str:
    """A formula of conditions as a single one: a sum would be multiplied out, and swallowed by a number so large."""
    single = re.fullmatch(r"\[(?:[^\[\]]|\[[^\[\]]*\])*\]", text) and "!=" not in text
    return text if single else f"[{text} > 0]"


def plain(x):
    """Whether a tensor is its whole array, its axes in their order."""
    return [axis for dim in x.dims for axis in dim] == [axis for text, axis in x.places if text == "{}"]


def is_causal(w, mask):
    """Whether a mask that is known holds what comes later: where u > t."""
    value = w.values.get(mask.name)
    if value is None or value.ndim < 2 or value.shape[-1] != value.shape[-2] or not plain(mask):
        return False
    return bool((value == np.triu(np.ones(value.shape[-2:]), 1)).all())


@reads("broadcast_tensors")
def broadcast(w, tensors, **_):
    """What follows repeats entries by itself."""
    return tensors
