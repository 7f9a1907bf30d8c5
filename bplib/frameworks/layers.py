"""Layers: weighted sums, convolutions, pooling, normalisation, embedding."""
from .entrywise import as_condition, entrywise, minimum, plain
from .entrywise import maximum as larger
from .ranges import RANK, Range, align, atoms_of, size_of
from .table import reads, refuse
from .views import flatten, reshape, viewed
from .writer import LOWEST, NUMBER, letters, plus, shown


def dims_of(axes):
    return letters(axis for dim in axes for axis in dim)


def summed(text, axes) -> str:
    """A sum over axes; the text itself where there are none."""
    axes = list(axes)
    return f"sum({text}, {letters(axes)})" if axes else text


# products

@reads("linear")
def linear(w, input, weight, bias=None, **_):
    align(input.dims[-1], weight.dims[-1])
    *lead, k = w.like(input.dims)
    j = w.like(weight.dims[:1])[0]
    text = summed(f"{weight.at(j, k)} * {input.at(*lead, k)}", k)
    if bias is not None:
        align(bias.dims[0], j)
        text += f" + {bias.at(j)}"
    return w.emit("z", (*lead, j), text)


@reads("addmm", "addmv", "baddbmm", "addbmm")
def sum_of_products(w, self, mat1=None, mat2=None, mat=None, vec=None, batch1=None, batch2=None, beta=1, alpha=1, **_):
    """β b + α A B"""
    found = matmul(w, *(one for one in (mat1, mat2, mat, vec, batch1, batch2) if one is not None))
    if len(found.dims) > len(self.dims) and batch1 is not None:  # addbmm, which sums over the batch
        found = reduced("sum")(w, found, 0)
    factors = ["" if number == 1 else f"{shown(number)} * " for number in (beta, alpha)]
    return entrywise(w, "z", f"{factors[1]}{{0}}" if beta == 0 else f"{factors[0]}{{1}} + {factors[1]}{{0}}", found, self)


@reads("matmul", "mm", "bmm", "mv", "dot")
def matmul(w, self=None, other=None, mat2=None, vec=None, tensor=None, **_):
    a, b = self, next(x for x in (other, mat2, vec, tensor) if x is not None)
    row, column = len(a.dims) > 1, len(b.dims) > 1
    k_of_b = b.dims[-2] if column else b.dims[0]
    align(a.dims[-1], k_of_b)
    lead_a = viewed(a, a.dims[:-2]) if row else viewed(a, ())
    lead_b = viewed(b, b.dims[:-2]) if column else viewed(b, ())
    lead = w.together(lead_a, lead_b)
    i = w.like(a.dims[-2:-1]) if row else ()
    j = w.like(b.dims[-1:]) if column else ()
    k = w.like(a.dims[-1:])[0]
    first, second = (fitting(lead_a, lead), fitting(lead_b, lead))
    text = f"{a.at(*first, *i, k)} * {b.at(*second, k, *j)}"
    return w.emit("z", (*lead, *i, *j), summed(text, k))


def fitting(x, dims):
    """The axes of a result for the dimensions of a tensor, with 0 where it has one entry that is repeated."""
    own = dims[len(dims) - len(x.dims):]
    return ["0" if size_of(a) == 1 and size_of(b) != 1 and atoms_of(a) else b for a, b in zip(x.dims, own)]


@reads("einsum")
def einsum(w, equation, tensors, **_):
    inputs, arrow, output = equation.replace(" ", "").partition("->")
    if not arrow or "." in equation:
        refuse(f"einsum({equation!r})", "Write all its letters, and the result after ->.")
    dims = {}
    for names, x in zip(inputs.split(","), tensors, strict=True):
        for name, dim in zip(names, x.dims, strict=True):
            if name in dims:
                align(dims[name], dim)
            dims.setdefault(name, dim)
    axes = {name: w.like([dim])[0] for name, dim in dims.items()}
    text = " * ".join(x.at(*(axes[name] for name in names)) for names, x in zip(inputs.split(","), tensors))
    bound = [axis for name in dims if name not in output for axis in axes[name]]
    return w.emit("z", [axes[name] for name in output], summed(text, bound))


@reads("bilinear")
def bilinear(w, input1, input2, weight, bias=None, **_):
    """z[s,j] = Σ x[s,k] A[j,k,l] u[s,l] + b[j]"""
    for own, dim in zip(weight.dims[1:], (input1.dims[-1], input2.dims[-1])):
        align(own, dim)
    lead = w.together(*(viewed(one, one.dims[:-1]) for one in (input1, input2)))
    j, k, m = w.like(weight.dims)
    text = summed(f"{input1.at(*lead, k)} * {weight.at(j, k, m)} * {input2.at(*lead, m)}", (*k, *m))
    if bias is not None:
        align(bias.dims[0], weight.dims[0])
        text += f" + {bias.at(j)}"
    return w.emit("z", (*lead, j), text)


@reads("embedding")
def embedding(w, weight, indices, padding_idx=-1, scale_grad_by_freq=False, **_):
    if scale_grad_by_freq:
        refuse("An embedding with scale_grad_by_freq", "Leave it out.")
    weight, indices = w.counted_along(weight, 0), w.counting(indices)
    atoms_of(weight.dims[0])[0].range.root.kind = "v"
    dims, j = w.like(indices.dims), w.like(weight.dims[1:])[0]
    word = indices.at(*dims)
    kept = _without_padding(w, weight, word, padding_idx) if padding_idx is not None and padding_idx >= 0 else ""
    return w.emit("x", (*dims, j), kept + weight.at(word, j))


def _without_padding(w, weight, word, padding):
    """The factor that leaves a row out: it is 0, and gets no gradient."""
    rows = w.values.get(weight.name)
    if rows is None or rows[padding].any():
        refuse("An embedding with padding_idx whose row is not 0", "Set it to 0, as it is at the start.")
    return f"[{word} != {padding}] * "


# convolutions

@reads("conv1d", "conv2d", "conv3d", "convolution")
def convolution(w, input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1, transposed=False, **_):
    n = len(weight.dims) - 2
    stride, dilation = (each(given, n) for given in (stride, dilation))
    if groups > 1:
        input, weight, bias = _grouped(w, input, weight, bias, groups, n)
    at = len(input.dims) - n
    for place in range(at, len(input.dims)):
        input = w.single(input, place)
    group = at - 2 if groups > 1 else None
    align(input.dims[at - 1], weight.dims[-n - 1])
    lead = w.like(input.dims[:at - 1])
    d, q = w.like(weight.dims[-n - 1:-n])[0], [w.like([dim])[0] for dim in weight.dims[-n:]]
    c = w.like(weight.dims[-n - 2:-n - 1])[0]
    g = (lead[group],) if groups > 1 else ()
    pads = _pads(padding, weight.shape[-n:], dilation)
    p, places = [], []
    for k in range(n):
        room = sum(pads[k]) - dilation[k] * (weight.shape[-n + k] - 1) - 1
        p.append(_positions(w, input.dims[at + k], room, stride[k]))
        places.append(computed(stride[k], p[-1], dilation[k], q[k], pads[k][0]))
    bound = [*d, *(axis for one in q for axis in one)]
    text = summed(f"{weight.at(*g, c, d, *q)} * {input.at(*lead, d, *places)}", bound)
    if bias is not None:
        align(bias.dims[-1], c)
        text += f" + {bias.at(*g, c)}"
    found = w.emit("z", (*lead, c, *p), text)
    return flatten(w, found, group, group + 1) if groups > 1 else found


def _grouped(w, x, weight, bias, groups, n):
    """Channels as groups × channels of a group, in the input, the weights and the biases."""
    at = len(x.dims) - n - 1
    shape = x.shape
    x = reshape(w, x, [*shape[:at], groups, shape[at] // groups, *shape[at + 1:]])
    weight = reshape(w, weight, [groups, weight.shape[0] // groups, *weight.shape[1:]])
    bias = bias if bias is None else reshape(w, bias, [groups, bias.shape[0] // groups])
    align(x.dims[at], weight.dims[0])
    if bias is not None:
        align(bias.dims[0], weight.dims[0])
    return x, weight, bias


def each(given, n):
    """A number for each of n dimensions."""
    given = [given] if isinstance(given, int) else list(given)
    return given * n if len(given) == 1 else given


@reads("unfold")
def windows(w, self, dimension, size, step, **_):
    """y[p,q] = x[n p + q]"""
    at = dimension % len(self.dims)
    x = w.single(self, at)
    p, q = _positions(w, x.dims[at], -size, step), (w.axis(w.window(size)),)
    dims = w.like(x.dims)
    entry = x.at(*dims[:at], computed(step, p, 1, q, 0), *dims[at + 1:])
    return w.emit("y", (*dims[:at], p, *dims[at + 1:], q), entry)


def _pads(padding, windows, dilation):
    """(zeros before, zeros after) for each dimension."""
    if padding == "valid":
        return [(0, 0)] * len(windows)
    if padding == "same":
        totals = [d * (k - 1) for k, d in zip(windows, dilation)]
        return [(total // 2, total - total // 2) for total in totals]
    return [(pad, pad) for pad in each(padding, len(windows))]


def _positions(w, dim, room, stride):
    """The axis of positions of a window: the same range where each entry has one."""
    axis, = atoms_of(dim)
    root = axis.range.root
    root.kind = min(root.kind, "p", key=RANK.index)
    if stride == 1 and room == -1:
        return (w.axis(root),)
    root.fixed = True
    text = f"({{}}{plus(room)})//{stride}+1" if stride != 1 else f"{{}}{plus(room + 1)}"
    number = root.number
    return (w.axis(Range((root.size + room) // stride + 1, "p", (text, (root,)), number=number)),)


def computed(stride, p, dilation, q, pad) -> str:
    """The index stride·p + dilation·q − pad; an axis that is not there counts as 0."""
    terms = [f"{factor}*{axis}" if factor != 1 else str(axis) for factor, dim in ((stride, p), (dilation, q)) for axis in dim]
    return "+".join(terms) + plus(-pad)


@reads("conv_transpose1d", "conv_transpose2d", "conv_transpose3d")
def transposed(w, input, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1, **_):
    """Each entry is put down where a convolution would have read it: Σ [r = stride·p + q] w x."""
    n = len(weight.dims) - 2
    if groups != 1:
        refuse("A transposed convolution in groups", "Use groups=1.")
    stride, dilation, padding, more = (each(given, n) for given in (stride, dilation, padding, output_padding))
    at = len(input.dims) - n
    for place in range(at, len(input.dims)):
        input = w.single(input, place)
    align(input.dims[at - 1], weight.dims[0])
    lead, (d, *p) = w.like(input.dims[:at - 1]), w.like(input.dims[at - 1:])
    c, *q = w.like(weight.dims[1:])
    r, brackets = [], []
    for k in range(n):
        root = p[k][0].range.root
        rest = dilation[k] * (weight.shape[2 + k] - 1) + more[k] + 1 - 2 * padding[k]
        text = f"{stride[k]}*({{}}-1)" + plus(rest)
        r.append((w.axis(Range(stride[k] * (root.size - 1) + rest, "p", (text, (root,)), number=root.number)),))
        brackets.append(f"[{r[k][0]} == {computed(stride[k], p[k], dilation[k], q[k], padding[k])}]")
    bound = [axis for dim in (d, *p, *q) for axis in dim]
    text = summed(f"{' * '.join(brackets)} * {weight.at(d, c, *q)} * {input.at(*lead, d, *p)}", bound)
    if bias is not None:
        align(bias.dims[0], c)
        text += f" + {bias.at(c)}"
    return w.emit("z", (*lead, c, *r), text)


# pooling

def pooled(kind, n):
    def row(w, self, kernel_size, stride=(), padding=0, dilation=1, ceil_mode=False, count_include_pad=True,
            divisor_override=None, **_):
        size, dilation, padding = (each(given, n) for given in (kernel_size, dilation, padding))
        stride = each(stride, n) if stride not in ((), [], None) else size
        if kind == "mean" and (divisor_override or any(padding) and not count_include_pad):
            refuse("Mean pooling that counts only some of the entries", "Use padding=0, or count_include_pad=True.")
        return _pool(w, self, kind, size, stride, padding, dilation, ceil_mode)
    return row


def _pool(w, x, kind, size, stride, padding, dilation, ceil_mode):
    n = len(size)
    at = len(x.dims) - n
    for place in range(at, len(x.dims)):
        x = w.single(x, place)
    lead, p, q, places, outside = w.like(x.dims[:at]), [], [], [], []
    for k in range(n):
        room = 2 * padding[k] - dilation[k] * (size[k] - 1) - 1
        length = x.shape[at + k]
        if ceil_mode and (length + room) % stride[k]:
            refuse("Pooling with ceil_mode=True over windows that do not fit", "Use ceil_mode=False.")
        p.append(_positions(w, x.dims[at + k], room, stride[k]))
        q.append((w.axis(w.window(size[k])),))
        places.append(computed(stride[k], p[k], dilation[k], q[k], padding[k]))
        if padding[k]:
            axis, = atoms_of(x.dims[at + k])
            outside += [f"[{places[k]} < 0]", f"[{places[k]} >= #{axis}]"]
    text = x.at(*lead, *places)
    if kind == "max" and outside:
        text += f" - {LOWEST} * ({' + '.join(outside)})"
    return w.emit("p", (*lead, *p), f"{kind}({text}, {dims_of(q)})")


for _n in (1, 2, 3):
    reads(f"max_pool{_n}d")(pooled("max", _n))
    reads(f"avg_pool{_n}d")(pooled("mean", _n))


@reads("max_pool1d_with_indices", "max_pool2d_with_indices")
def max_with_places(w, self, kernel_size, **more):
    return [pooled("max", len(kernel_size))(w, self, kernel_size, **more), None]


def adaptive(kind, n):
    def row(w, self, output_size, **_):
        wanted = each(output_size, n)
        lengths = self.shape[-n:]
        wanted = [length if size is None else size for size, length in zip(wanted, lengths)]
        if wanted == [1] * n:
            return _all_pooled(w, self, kind, n)
        if any(length % size for length, size in zip(lengths, wanted)):
            refuse(f"Adaptive pooling from {tuple(lengths)} to {tuple(wanted)}, whose windows differ in size,",
                   "Choose a size that divides the input, or a pooling with kernel_size=.")
        sizes = [length // size for length, size in zip(lengths, wanted)]
        return _pool(w, self, kind, sizes, sizes, [0] * n, [1] * n, False) if max(sizes) > 1 else self
    if kind == "mean":
        return row
    return lambda w, self, output_size, **more: [row(w, self, output_size, **more), None]


def _all_pooled(w, x, kind, n):
    dims = w.like(x.dims)
    over = [axis for dim in dims[-n:] for axis in dim]
    return w.emit("p", (*dims[:-n], *((),) * n), f"{kind}({x.at(*dims)}, {letters(over)})" if over else x.at(*dims))


for _n in (1, 2, 3):
    reads(f"adaptive_avg_pool{_n}d")(adaptive("mean", _n))
    reads(f"adaptive_max_pool{_n}d")(adaptive("max", _n))


@reads("upsample_nearest1d", "upsample_nearest2d")
def nearest(w, input, output_size=None, scale_factors=None, scales=None, **_):
    """Each entry repeated: an axis that the array does not have."""
    shape = input.shape[2:]
    factors = [float(f) for f in scale_factors] if scale_factors else [size / of for size, of in zip(output_size, shape)]
    if any(factor != int(factor) for factor in factors):
        refuse("Upsampling by a factor that is no whole number", "Choose a whole factor.")
    dims = list(input.dims)
    for k, factor in enumerate(factors):
        if factor > 1:
            dims[2 + k] = (*dims[2 + k], w.axis(w.window(int(factor))))
    return viewed(input, dims)


# normalisation

def normalised(w, x, dims, over, eps, gamma=None, beta=None, keep=None):
    """x by its mean and variance along the axes `over`; gamma and beta are entries, as text."""
    bound = [axis for dim in over for axis in dim]
    kept = [dim for dim in dims if not any(axis in bound for axis in dim)]
    entry = x.at(*dims)
    mu = w.emit("mu", kept, f"mean({entry}, {letters(bound)})")
    v = w.emit("v", kept, f"mean(({entry} - {mu.at(*kept)})**2, {letters(bound)})")
    sigma = w.emit("sigma", kept, f"sqrt({v.at(*kept)} + {shown(eps)})")
    n = w.emit("n", dims, f"({entry} - {mu.at(*kept)}) / {sigma.at(*kept)}")
    return scaled(w, n, dims, gamma, beta)


def scaled(w, n, dims, gamma, beta):
    text = n.at(*dims)
    if gamma is None and beta is None:
        return n
    text = f"{gamma} * {text}" if gamma else text
    return w.emit("y", dims, text + (f" + {beta}" if beta else ""))


def aligned(one, dim):
    if one is not None:
        align(one.dims[0], dim)


@reads("batch_norm")
def batch_norm(w, input, weight=None, bias=None, running_mean=None, running_var=None, training=False, eps=1e-5, **_):
    for one in (weight, bias) if training else (weight, bias, running_mean, running_var):
        aligned(one, input.dims[1])
    dims = w.like(input.dims)
    c = dims[1]
    gamma, beta = (None if one is None else one.at(c) for one in (weight, bias))
    if training or running_mean is None:
        return normalised(w, input, dims, [dims[0], *dims[2:]], eps, gamma, beta)
    n = w.emit("n", dims, f"({input.at(*dims)} - {running_mean.at(c)}) / sqrt({running_var.at(c)} + {shown(eps)})")
    return scaled(w, n, dims, gamma, beta)


@reads("_native_batch_norm_legit_functional", "_native_batch_norm_legit", "_native_batch_norm_legit_no_training")
def batch_norm_and_more(w, **options):
    """The same beside what PyTorch keeps of it."""
    return [batch_norm(w, **options), None, None, None, None]


@reads("instance_norm")
def instance_norm(w, input, weight=None, bias=None, running_mean=None, running_var=None, use_input_stats=True, eps=1e-5, **_):
    if not use_input_stats:
        return batch_norm(w, input, weight, bias, running_mean, running_var, False, eps)
    for one in (weight, bias):
        aligned(one, input.dims[1])
    dims = w.like(input.dims)
    gamma, beta = (None if one is None else one.at(dims[1]) for one in (weight, bias))
    return normalised(w, input, dims, dims[2:], eps, gamma, beta)


@reads("layer_norm")
def layer_norm(w, input, normalized_shape, weight=None, bias=None, eps=1e-5, **_):
    n = len(normalized_shape)
    for one in (weight, bias):
        for own, dim in zip(one.dims if one is not None else (), input.dims[-n:]):
            align(own, dim)
    dims = w.like(input.dims)
    gamma, beta = (None if one is None else one.at(*dims[-n:]) for one in (weight, bias))
    return normalised(w, input, dims, dims[-n:], eps, gamma, beta)


@reads("rms_norm")
def rms_norm(w, input, normalized_shape, weight=None, eps=None, **_):
    n = len(normalized_shape)
    for own, dim in zip(weight.dims if weight is not None else (), input.dims[-n:]):
        align(own, dim)
    dims = w.like(input.dims)
    kept, entry = dims[:-n], input.at(*dims)
    eps = 2.220446049250313e-16 if eps is None else eps
    rho = w.emit("rho", (*kept, *((),) * n), f"sqrt(mean({entry}**2, {dims_of(dims[-n:])}) + {shown(eps)})")
    found = w.emit("n", dims, f"{entry} / {rho.at(*kept, *((),) * n)}")
    return scaled(w, found, dims, None if weight is None else weight.at(*dims[-n:]), None)


@reads("group_norm")
def group_norm(w, input, num_groups, weight=None, bias=None, eps=1e-5, **_):
    shape = input.shape
    x = reshape(w, input, [shape[0], num_groups, shape[1] // num_groups, *shape[2:]])
    for one in (weight, bias):
        if one is not None:
            align(one.dims[0], (*x.dims[1], *x.dims[2]))
    dims = w.like(x.dims)
    gamma, beta = (None if one is None else one.at((*dims[1], *dims[2])) for one in (weight, bias))
    return flatten(w, normalised(w, x, dims, dims[2:], eps, gamma, beta), 1, 2)


# sums over dimensions

def reduced(kind):
    def row(w, self, dim=None, keepdim=False, **_):
        n = len(self.dims)
        over = range(n) if dim is None or dim == [] else [at % n for at in ([dim] if isinstance(dim, int) else dim)]
        dims = w.like(self.dims)
        bound = [axis for at in over for axis in dims[at]]
        kept = [() if at in over else one for at, one in enumerate(dims) if keepdim or at not in over]
        text = f"{kind}({self.at(*dims)}, {letters(bound)})" if bound else self.at(*dims)
        return w.emit(NUMBER if not any(kept) else "y", kept, text)
    return row


for _kind in ("sum", "mean"):
    reads(_kind)(reduced(_kind))


@reads("amax")
def amax(w, self, dim=None, keepdim=False, **_):
    return reduced("max")(w, self, dim, keepdim)


@reads("amin")
def amin(w, self, dim=None, keepdim=False, **_):
    found = amax(w, entrywise(w, "y", "-{0}", self), dim, keepdim)
    return entrywise(w, "y", "-{0}", found)


@reads("min")
def smallest(w, self, dim=None, keepdim=False, other=None, **_):
    if other is not None:
        return minimum(w, self, other)
    found = amin(w, self, dim, keepdim)
    return found if dim is None else [found, None]


@reads("max")
def maximum(w, self, dim=None, keepdim=False, other=None, **_):
    if other is not None:
        return larger(w, self, other)
    found = reduced("max")(w, self, dim, keepdim)
    return found if dim is None else [found, None]


@reads("softmax", "_softmax")
def softmax(w, self, dim, **_):
    x, at = self, dim % len(self.dims)
    if x.name not in w.masked or at != len(x.dims) - 1 or not plain(x) or len(x.dims[at]) != 1:
        return _softmax(w, w.single(x, at), at)
    score, kept = w.masked[x.name]
    if kept is None:  # what comes later is left out
        return _softmax(w, w.single(score, at), at, lambda dims: f", [{dims[at][0]} <= {dims[at - 1][0]}]")
    for own, other in zip(score.dims[::-1], x.dims[::-1]):
        if size_of(own) != size_of(other):  # repeated along axes of the mask
            return _softmax(w, w.single(x, at), at)
    return _softmax(w, w.single(score, at), at, lambda dims: f", {as_condition(w.here(kept, dims))}")


def _softmax(w, x, at, where=lambda dims: ""):
    if len(atoms_of(x.dims[at])) != 1:
        x = w.merged(x, at)
    dims = w.like(x.dims)
    return w.emit("a", dims, f"softmax({x.at(*dims)}, {dims[at][0]}{where(dims)})")


@reads("log_softmax", "_log_softmax")
def log_softmax(w, self, dim, **_):
    p = softmax(w, self, dim)
    return entrywise(w, "y", "ln({0})", p)


@reads("logsumexp")
def logsumexp(w, self, dim, keepdim=False, **_):
    return entrywise(w, "y", "ln({0})", reduced("sum")(w, entrywise(w, "y", "exp({0})", self), dim, keepdim))


@reads("one_hot")
def one_hot(w, self, num_classes=-1, **_):
    if num_classes < 1:
        refuse("one_hot without the number of classes", "Give num_classes=.")
    labels = w.counting(self)
    v = w.axis(Range(num_classes, "v", number=True, fixed=True))
    dims = w.like(labels.dims)
    return w.emit("m", (*dims, (v,)), f"[{v} == {labels.at(*dims)}]")

