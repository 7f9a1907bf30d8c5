"""What tuned code calls: NumPy, SciPy's BLAS, and the functions of our own written out in NumPy's."""
import ast

import numpy as np
import scipy.special
from scipy.linalg import blas

from ..numerics import kernels
from .trees import called

VECTORS = 150
"""Entries from which NumPy's vectorised exp beats SciPy's expit, which is one call for three."""


def _softmax(z, axis="1"):
    spread = "[:, None]" if axis == "1" else ""
    shifted = f"np.exp({z} - {z}.max(axis={axis}){spread})"
    return f"{shifted} / {shifted}.sum(axis={axis}){spread}"


WRITTEN_OUT = {
    "identity": lambda z: z,
    "relu": lambda z: f"np.maximum({z}, 0)",
    "leaky_relu": lambda z, alpha: f"np.where({z} > 0, {z}, {alpha}*{z})",
    "softplus": lambda z: f"np.logaddexp({z}, 0)",
    "elu": lambda z, alpha: f"np.where({z} > 0, {z}, {alpha}*np.expm1(np.minimum({z}, 0)))",
    "silu": lambda z: f"{z}*sigmoid({z})",
    "gelu": lambda z: f"{z}*normal_cdf({z})",
    "normal_pdf": lambda z: f"{1 / np.sqrt(2 * np.pi)}*np.exp(-0.5*np.square({z}))",
    "softmax": _softmax,
}
"""Source of a function by the sources of its arguments; what does not stand here is called by its name."""


LINE = 64
"""Bytes of a cache line."""


def empty(shape, dtype, order="C"):
    """A new array that begins at a cache line: vector instructions are slower across two of them.

    Floats are nan at first: code that read one before it is written would show it, whatever the memory held.
    """
    size = int(np.prod(shape, dtype=int)) * np.dtype(dtype).itemsize
    raw = np.empty(size + LINE, np.uint8)
    start = -raw.ctypes.data % LINE
    array = raw[start:start + size].view(dtype).reshape(shape, order=order)
    array.fill(np.nan if array.dtype.kind == "f" else 0)
    return array


UFUNCS = {ast.Add: "np.add", ast.Sub: "np.subtract", ast.Mult: "np.multiply", ast.Div: "np.divide",
          ast.Pow: "np.power", ast.Gt: "np.greater", ast.LtE: "np.less_equal", ast.USub: "np.negative"}
WITH_OUT = {"np.exp", "np.expm1", "np.tanh", "np.sign", "np.square", "np.logaddexp", "np.maximum", "np.minimum",
            "np.sqrt", "np.log", "np.log1p", "np.sin", "np.cos", "np.sinh", "np.cosh", "np.arctan", "abs", "sigmoid",
            "normal_cdf"}


def as_call(node):
    """The NumPy call behind an operator, as (function, operands); None for what cannot write into an array."""
    if isinstance(node, ast.Compare):
        return UFUNCS.get(type(node.ops[0])), [node.left, *node.comparators]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and ast.unparse(node.left) == "1":
        return "np.reciprocal", [node.right]
    if isinstance(node, ast.BinOp):
        return UFUNCS.get(type(node.op)), [node.left, node.right]
    if isinstance(node, ast.UnaryOp):
        return UFUNCS.get(type(node.op)), [node.operand]
    if called(node) in WITH_OUT:
        return called(node), node.args
    return None, []


def product(alpha, A, B, beta=0, C=None):
    """α A @ B + β C, as BLAS has it: with β = 0, C is not read."""
    return alpha * (A @ B) if C is None or np.isscalar(beta) and beta == 0 else alpha * (A @ B) + beta * C


def blend(alpha, value, beta, C):
    """α·value + β C; with β = 0, C is not read."""
    return alpha * value if beta == 0 else alpha * value + beta * C


def functions(dtype):
    """The functions that tuned code calls, by their names in it."""
    letter = {"float64": "d", "float32": "s"}[np.dtype(dtype).name]
    return {**kernels(), "sigmoid": scipy.special.expit, "normal_cdf": scipy.special.ndtr, "erf": scipy.special.erf,
            "expit": scipy.special.expit, "product": product, "blend": blend,
            "gemm": getattr(blas, letter + "gemm"), "gemv": getattr(blas, letter + "gemv")}


def namespace(dtype, constants):
    """The names that tuned code may use beside those of its arguments and lines."""
    return {**functions(dtype), **constants}
