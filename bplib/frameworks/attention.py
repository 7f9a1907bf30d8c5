"""Attention as one operation: scaled_dot_product_attention."""
import math

from .entrywise import add, masked_fill
from .layers import fitting, matmul, softmax, summed
from .ranges import align, atoms_of
from .table import reads, refuse
from .views import viewed
from .writer import amount, shown


@reads("scaled_dot_product_attention")
def attention(w, query, key, value, attn_mask=None, dropout_p=0, is_causal=False, scale=None, enable_gqa=False, **_):
    if dropout_p:
        refuse("Attention with dropout while training", "Call model.eval() first, or set its dropout to 0.")
    if enable_gqa:
        refuse("Attention with fewer keys than queries (enable_gqa)", "Repeat the keys and values.")
    r = _scores(w, query, key, scale)
    if is_causal:
        align(r.dims[-2], r.dims[-1])
        dims = w.like(r.dims)
        (t,), (u,) = dims[-2:]
        return matmul(w, w.emit("a", dims, f"softmax({r.at(*dims)}, {u}, [{u} <= {t}])"), value)
    if attn_mask is not None:
        r = _masked(w, r, attn_mask)
    return matmul(w, softmax(w, r, -1), value)


def _scores(w, query, key, scale):
    """Each query times each key, divided by √n_e."""
    align(query.dims[-1], key.dims[-1])
    lead = w.together(viewed(query, query.dims[:-2]), viewed(key, key.dims[:-2]))
    t, u, e = w.like([query.dims[-2], key.dims[-2], query.dims[-1]])
    first = fitting(viewed(query, query.dims[:-2]), lead)
    second = fitting(viewed(key, key.dims[:-2]), lead)
    size = "*".join(map(amount, atoms_of(e))) or "1"
    factor = f" / sqrt({size})" if scale is None else f" * {shown(scale)}"
    text = summed(f"{query.at(*first, t, e)} * {key.at(*second, u, e)}", e)
    return w.emit("r", (*lead, t, u), text + factor)


def _masked(w, r, mask):
    """A mask of booleans says what counts; one of numbers is added."""
    if mask.boolean:
        return masked_fill(w, r, w.not_(mask), -math.inf)
    return add(w, r, mask)
