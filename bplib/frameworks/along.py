"""What is computed along a dimension: variances, norms, running sums, products, diagonals."""
import numpy as np

from .entrywise import entrywise
from .layers import reduced
from .ranges import size_of
from .table import reads, refuse
from .views import cat, flatten, slice_, unbind, unsqueeze, viewed
from .writer import Tensor, amount, product, shown

MOST_FACTORS = 8
"""A product over a dimension is written out up to so many entries."""


def numbers_of(x, dim) -> list:
    """Numbers of the dimensions that an operation runs over: those given, or all."""
    n = len(x.dims)
    return [*range(n)] if dim is None or dim == [] else [at % n for at in ([dim] if isinstance(dim, int) else dim)]


# variance and standard deviation

@reads("var_mean")
def var_mean(w, self, dim=None, correction=None, unbiased=None, keepdim=False, **_):
    """The sum of squares over n − correction, and the mean."""
    over = numbers_of(self, dim)
    mean = reduced("mean")(w, self, over, keepdim=True)
    squares = entrywise(w, "y", "({0} - {1})**2", self, mean)
    less = 1 if correction is None else correction
    less = less if unbiased is None else int(unbiased)
    total = reduced("sum")(w, squares, over, keepdim)
    count = product(*(amount(axis) for at in over for axis in self.dims[at]))
    variance = entrywise(w, "v", f"{{0}} / ({count} - {shown(less)})" if less else f"{{0}} / ({count})", total)
    return [variance, mean if keepdim else viewed(mean, [one for at, one in enumerate(mean.dims) if at not in over])]


@reads("var")
def var(w, self, **options):
    return var_mean(w, self, **options)[0]


@reads("std_mean")
def std_mean(w, self, **options):
    variance, mean = var_mean(w, self, **options)
    return [entrywise(w, "y", "sqrt({0})", variance), mean]


@reads("std")
def std(w, self, **options):
    return std_mean(w, self, **options)[0]


# norms

@reads("linalg_vector_norm", "norm")
def norm(w, self, ord=2, dim=None, keepdim=False, p=None, **_):
    order = float(ord if p is None else p)
    if order == 2:
        return root_of_sum(w, entrywise(w, "y", "{0}**2", self), dim, keepdim)
    sizes = entrywise(w, "y", "abs({0})", self)
    if order in (1, np.inf):
        return reduced("sum" if order == 1 else "max")(w, sizes, dim, keepdim)
    if order < 1:
        refuse(f"A norm with p = {order:g}", "Norms with p from 1 on can be read.")
    powers = entrywise(w, "y", f"{{0}}**{shown(order)}", sizes)
    return entrywise(w, "y", f"{{0}}**{shown(1 / order)}", reduced("sum")(w, powers, dim, keepdim))


def root_of_sum(w, squares, dim, keepdim=False):
    return entrywise(w, "y", "sqrt({0})", reduced("sum")(w, squares, dim, keepdim))


@reads("cdist", "_cdist_forward")
def distances(w, x1, x2, p=2.0, **_):
    """The distance of each row of one matrix from each row of the other."""
    gaps = entrywise(w, "y", "{0} - {1}", unsqueeze(w, x1, -2), unsqueeze(w, x2, -3))
    return norm(w, gaps, p, -1)


@reads("dist")
def distance(w, self, other, p=2.0, **_):
    return norm(w, entrywise(w, "y", "{0} - {1}", self, other), p)


# sums and products that run along

@reads("cumsum")
def cumsum(w, self, dim, **_):
    """y[j] = Σ [k ≤ j] x[k]"""
    at = dim % len(self.dims)
    x = w.single(self, at)
    dims = w.like(x.dims)
    own = w.axis(dims[at][0])
    entry = x.at(*dims[:at], (own,), *dims[at + 1:])
    return w.emit("y", dims, f"sum([{own} <= {dims[at][0]}] * {entry}, {own})")


@reads("logcumsumexp")
def logcumsumexp(w, self, dim, **_):
    return entrywise(w, "y", "ln({0})", cumsum(w, entrywise(w, "y", "exp({0})", self), dim))


@reads("prod")
def prod(w, self, dim=None, keepdim=False, **_):
    x, at = (flatten(w, self), 0) if dim is None else (self, dim % len(self.dims))
    found = _product(w, _factors(w, x, at))
    return unsqueeze(w, found, at) if keepdim and dim is not None else found


@reads("cumprod")
def cumprod(w, self, dim, **_):
    at = dim % len(self.dims)
    factors = _factors(w, self, at)
    return cat(w, [unsqueeze(w, _product(w, factors[:n]), at) for n in range(1, len(factors) + 1)], at)


def _factors(w, x, at):
    n = size_of(x.dims[at])
    if n > MOST_FACTORS:
        refuse(f"A product of {n} entries", f"Up to {MOST_FACTORS} are written out. Write torch.exp(torch.log(x).sum(…)) "
                                            "where they are positive.")
    return unbind(w, x, at)


def _product(w, factors):
    return entrywise(w, "y", " * ".join(f"{{{n}}}" for n in range(len(factors))), *factors)


# diagonals

@reads("diagonal")
def diagonal(w, self, offset=0, dim1=0, dim2=1, **_):
    """y[j] = x[j,j]"""
    n = len(self.dims)
    first, second = dim1 % n, dim2 % n
    rows, columns = max(-offset, 0), max(offset, 0)
    long = min(size_of(self.dims[first]) - rows, size_of(self.dims[second]) - columns)
    x = slice_(w, slice_(w, self, first, rows, rows + long), second, columns, columns + long)
    own, = w.together(*(Tensor("0", (), (x.dims[at],)) for at in (first, second)))
    rest = {at: w.like([one])[0] for at, one in enumerate(x.dims) if at not in (first, second)}
    return w.emit("y", (*rest.values(), own), x.at(*(rest.get(at, own) for at in range(n))))
