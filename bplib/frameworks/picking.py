"""Entries that are picked, or changed, by whole numbers: y[s] = x[s,c[s]]; and by masks."""
from .entrywise import where
from .layers import embedding
from .ranges import align, size_of
from .table import reads, refuse
from .views import cat, slice_, unsqueeze
from .writer import Tensor, letters

MASKED = "Multiply by the mask, as numbers: (x * mask).sum()/mask.sum()."


@reads("index_select")
def index_select(w, self, dim, index, **_):
    at = dim % len(self.dims)
    return picked(w, self, [None] * at + [index])


@reads("index")
def picked(w, self, indices, **_):
    """y[m,…] = x[c[m],d[m],…]: an array of whole numbers for each of some dimensions that stand side by side."""
    given = [at for at, one in enumerate(indices) if one is not None]
    if any(indices[at].boolean for at in given):
        refuse("Picking entries by a mask", MASKED)
    if given != [*range(given[0], given[-1] + 1)]:
        refuse("Picking entries along dimensions that do not stand side by side", "Move them together first: x.movedim(…).")
    x, first = self, given[0]
    for at in given:
        x = w.counted_along(x, at) if x.dims[at] else x
    arrays = [w.counting(indices[at]) for at in given]
    places = w.together(*arrays)
    dims = w.like(x.dims)
    before, after = dims[:first], dims[first + len(given):]
    entries = [w.here(one, places) if x.dims[at] else () for at, one in zip(given, arrays)]
    return w.emit("y", (*before, *places, *after), x.at(*before, *entries, *after))


@reads("gather")
def gather(w, self, dim, index, **_):
    """y[s,m] = x[s,c[s,m]]"""
    at = dim % len(self.dims)
    x = w.counted_along(self, at)
    index = w.counting(index)
    x, dims = _beside(w, x, index, at)
    entry = index.at(*dims)
    return w.emit("y", dims, x.at(*(entry if place == at else one for place, one in enumerate(dims))))


def _beside(w, x, index, at):
    """An array as long as an index along all dimensions but one, and axes for the entries of the index."""
    for place, dim in enumerate(index.dims):
        if place != at and size_of(dim) < size_of(x.dims[place]):
            x = slice_(w, x, place, 0, size_of(dim))
    others = w.together(*(Tensor("0", (), tuple(() if place == at else dim for place, dim in enumerate(one.dims)))
                          for one in (x, index)))
    return x, (*others[:at], *w.like([index.dims[at]]), *others[at + 1:])


@reads("scatter_add")
def scatter_add(w, self, dim, index, src, **_):
    """y[s,j] = x[s,j] + Σ_m [j = c[s,m]] v[s,m]"""
    at = dim % len(self.dims)
    hits, values = _hits(w, self, at, index, src)
    dims, own, text = hits
    return w.emit("y", dims, f"{w.here(self, dims)} + {_summed(f'{text} * {values}', own)}")


@reads("scatter")
def scatter(w, self, dim, index, src=None, value=None, **_):
    """y[s,j] = v where j = c[s], x[s,j] elsewhere"""
    at = dim % len(self.dims)
    if size_of(index.dims[at]) != 1:
        refuse("scatter with more than one place", "Use scatter_add on zeros, where no place is meant twice.")
    (dims, own, text), values = _hits(w, self, at, index, Tensor(str(value), (), ((),) * len(self.dims)) if src is None else src)
    return w.emit("y", dims, f"{w.here(self, dims)} * (1 - {text}) + {text} * {values}")


def _hits(w, x, at, index, src):
    """((axes of the result, axes that are summed, the condition that a place is meant), the value that goes there)"""
    index = w.counting(index)
    for own, dim in zip(src.dims, index.dims):
        if size_of(own) == size_of(dim):
            align(own, dim)
    if any(size_of(a) != size_of(b) for place, (a, b) in enumerate(zip(index.dims, x.dims)) if place != at):
        refuse("An index that is shorter than the array", "Cut the array with a slice first.")
    x = w.single(x, at)
    dims = w.together(x, Tensor("0", (), tuple(() if place == at else dim for place, dim in enumerate(index.dims))))
    own = w.like([index.dims[at]])[0]
    places = (*dims[:at], own, *dims[at + 1:])
    return (dims, own, f"[{dims[at][0]} == {index.at(*places)}]"), w.here(src, places)


def _summed(text, axes):
    return f"sum({text}, {letters(axes)})" if axes else text


@reads("index_put", "_unsafe_index_put")
def index_put(w, self, indices, values, accumulate=False, **_):
    """x with values where a mask holds; or added at places that whole numbers name, along the first dimension."""
    first = indices[0]
    if len(indices) == 1 and first.boolean and not accumulate:
        if values.dims and any(values.dims):
            refuse("Changing entries by a mask to an array of values", "Use torch.where(mask, values, x).")
        mask = first
        for _more in range(len(self.dims) - len(first.dims)):
            mask = unsqueeze(w, mask, -1)
        return where(w, mask, values, self)
    if len(indices) != 1 or first.boolean or not accumulate or len(first.dims) != 1:
        refuse("Changing entries that are picked by whole numbers", "Use torch.where, or index_add.")
    c = w.counting(first)
    if len(values.dims) == len(self.dims):
        align(values.dims[0], c.dims[0])
    x = w.single(self, 0)
    dims = (*w.like(x.dims[:1]), *w.together(*(Tensor("0", (), one.dims[1:]) for one in (x, values))))
    own = w.like(c.dims)[0]
    return w.emit("y", dims, f"{w.here(x, dims)} + {_summed(f'[{dims[0][0]} == {c.at(own)}] * {w.here(values, (own, *dims[1:]))}', own)}")


# parts that are changed

@reads("copy")
def copy(w, self, src, **_):
    """The source, repeated to the shape of what it takes the place of."""
    dims = w.together(self, src)
    return src if src.shape == self.shape else w.emit("y", dims, w.here(src, dims))


@reads("slice_scatter")
def slice_scatter(w, self, src, dim=0, start=None, end=None, step=1, **_):
    at = dim % len(self.dims)
    n = size_of(self.dims[at])
    start, end, step = slice(start, end, step).indices(n)
    if step != 1:
        refuse("Changing every second entry, or the like", "Use torch.where, or torch.stack and a view.")
    before = [slice_(w, self, at, 0, start)] if start else []
    after = [slice_(w, self, at, end, n)] if end < n else []
    return cat(w, [*before, src, *after], at)


@reads("select_scatter")
def select_scatter(w, self, src, dim, index, **_):
    at = dim % len(self.dims)
    index %= size_of(self.dims[at])
    return slice_scatter(w, self, unsqueeze(w, src, at), at, index, index + 1)


# bags of words

@reads("embedding_bag", "_embedding_bag", "_embedding_bag_forward_only")
def embedding_bag(w, weight, indices, offsets, mode=0, per_sample_weights=None, padding_idx=-1, scale_grad_by_freq=False, **_):
    from .layers import reduced
    from .views import reshape
    starts = w.values.get(offsets.name)
    bags, total = size_of(offsets.dims[0]), size_of(indices.dims[0])
    if starts is None or total % bags or any(start != n * (total // bags) for n, start in enumerate(starts.ravel())):
        refuse("nn.EmbeddingBag with bags of unequal size", "Give it a matrix of words, a row for each bag.")
    if per_sample_weights is not None:
        refuse("nn.EmbeddingBag with weights of samples", "Write nn.Embedding, a product, and .sum(1).")
    words = embedding(w, weight, reshape(w, indices, [bags, total // bags]), padding_idx, scale_grad_by_freq)
    return [reduced(("sum", "mean", "max")[mode])(w, words, 1), None, None, None]


