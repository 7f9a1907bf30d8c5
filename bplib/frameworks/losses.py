"""Losses, as PyTorch counts them: a term for each entry, then their mean or their sum."""
from .entrywise import entrywise
from .layers import reduced, softmax
from .ranges import align, atoms_of
from .table import TABLE, refuse, reads
from .writer import NUMBER, letters, shown

NONE, MEAN, SUM = range(3)
"""How PyTorch's library counts reductions."""


def _huber(x, delta):
    d = f"abs({x})"
    return f"[{d} <= {shown(delta)}] * ({x})**2/2 + [{d} > {shown(delta)}] * {shown(delta)} * ({d} - {shown(delta / 2)})"


TERMS = {
    "mse_loss": lambda **_: "({0} - {1})**2",
    "l1_loss": lambda **_: "abs({0} - {1})",
    "huber_loss": lambda delta=1, **_: _huber("{0} - {1}", delta),
    "smooth_l1_loss": lambda beta=1, **_: "abs({0} - {1})" if beta == 0 else f"({_huber('{0} - {1}', beta)}) / {shown(beta)}",
    "soft_margin_loss": lambda **_: "softplus(-{1} * {0})",
    "kl_div": lambda log_target=False, **_: "exp({1}) * ({1} - {0})" if log_target else "{1} * (ln({1}) - {0})",
    "poisson_nll_loss": lambda log_input=True, eps=1e-8, **_:
        "exp({0}) - {1} * {0}" if log_input else f"{{0}} - {{1}} * ln({{0}} + {shown(eps)})",
}
"""Loss → its term, with {0} for the output and {1} for the target."""


def term_by_term(name):
    def row(w, self=None, target=None, reduction=MEAN, input=None, full=False, **options):
        if full:
            refuse(f"{name} with full=True", "Use full=False: the rest does not depend on the output.")
        x = input if self is None else self
        return over_all(w, entrywise(w, "loss", TERMS[name](**options), x, target), reduction)
    return row


TABLE.update({name: term_by_term(name) for name in TERMS})


def over_all(w, terms, reduction):
    """Terms, or their mean or sum: a number."""
    if reduction == NONE:
        return terms
    dims = w.like(terms.dims)
    axes = [axis for dim in dims for axis in dim]
    return w.emit(NUMBER, (), f"{'sum' if reduction == SUM else 'mean'}({terms.at(*dims)}, {letters(axes)})"
                  if axes else terms.at(*dims))


# yes or no

@reads("binary_cross_entropy")
def binary(w, self, target, weight=None, reduction=MEAN, **_):
    return over_all(w, _weighted(w, entrywise(w, "loss", "-{1} * ln({0}) - (1 - {1}) * ln(1 - {0})", self, target), weight),
                    reduction)


@reads("binary_cross_entropy_with_logits")
def binary_of_logits(w, self, target, weight=None, pos_weight=None, reduction=MEAN, **_):
    a = entrywise(w, "a", "sigmoid({0})", self)
    times = "" if pos_weight is None else "{2} * "
    loss = entrywise(w, "loss", f"-{times}{{1}} * ln({{0}}) - (1 - {{1}}) * ln(1 - {{0}})", a, target,
                     *(() if pos_weight is None else (pos_weight,)))
    return over_all(w, _weighted(w, loss, weight), reduction)


def _weighted(w, loss, weight):
    return loss if weight is None else entrywise(w, "loss", "{1} * {0}", loss, weight)


# classes

@reads("cross_entropy_loss")
def cross_entropy(w, self, target, weight=None, reduction=MEAN, ignore_index=-100, label_smoothing=0.0, **_):
    at = 1 if len(self.dims) > 1 else 0
    p = softmax(w, self, at)
    if not target.whole:
        return _of_distributions(w, p, target, weight, reduction, label_smoothing, at)
    return _of_labels(w, p, target, weight, reduction, label_smoothing, ignore_index, at, "ln({})")


@reads("nll_loss", "nll_loss_nd", "nll_loss2d")
def nll(w, self, target, weight=None, reduction=MEAN, ignore_index=-100, **_):
    at = 1 if len(self.dims) > 1 else 0
    return _of_labels(w, self, target, weight, reduction, 0, ignore_index, at, "{}")


def _of_labels(w, p, target, weight, reduction, smoothing, ignore_index, at, form):
    """−ln p of the class that the target names.  `form`: from an entry of p to its logarithm.

    Where samples are ignored, or classes weigh differently, a mean is one over the weights.
    """
    p = w.single(p, at)
    ignored = w.ignored_labels(target, p.shape[at], ignore_index)
    target = w.counting(target)
    axis, = atoms_of(p.dims[at])
    axis.range.root.kind = "v"
    rest = [dim for place, dim in enumerate(p.dims) if place != at]
    for own, dim in zip(target.dims, rest):
        align(own, dim)
    dims = w.like(rest)

    def entry(place):
        return form.format(p.at(*dims[:at], place, *dims[at:]))

    if ignored and weight is not None:
        refuse("Cross entropy with ignored labels and weights of classes", "Leave samples with the ignored label out beforehand.")

    def weighed(place):
        return "" if weight is None else f"{weight.at(place)} * "

    if weight is not None:
        align(weight.dims[0], p.dims[at])
    label, v, own = target.at(*dims), w.axis(axis.range), w.axis(axis.range)
    kept = f"[{label} != {ignore_index}] * " if ignored else ""
    # where a label may be none, its class is found among all: a sum over [v == label] would become a look-up
    found = f"sum([{own} >= {label}] * [{own} <= {label}] * {entry((own,))}, {own})" if ignored else entry(label)
    share = f"{shown(1 - smoothing)} * " if smoothing else ""
    text = f"-{kept}{share}{weighed(label)}{found}"
    if smoothing:
        text += f" - {kept}{shown(smoothing)} * mean({weighed((v,))}{entry((v,))}, {v})"
    loss = w.emit("loss", dims, text)
    if reduction != MEAN or weight is None and not ignored:
        return over_all(w, loss, reduction)
    again = w.like(rest)
    label = target.at(*again)
    weights = f"[{label} != {ignore_index}]" if ignored else weight.at(label)
    total = w.emit("total", (), f"sum({weights}, {letters(a for dim in again for a in dim)})" if any(again) else weights)
    return w.emit(NUMBER, (), f"{over_all(w, loss, SUM).at()} / {total.at()}")


def _of_distributions(w, p, target, weight, reduction, smoothing, at):
    if smoothing or weight is not None:
        refuse("Cross entropy with probabilities as targets, and weights or label smoothing",
               "Put them into the targets.")
    dims = w.together(p, target)
    bound = list(dims[at])
    kept = [dim for place, dim in enumerate(dims) if place != at]
    loss = w.emit("loss", kept, f"-sum({w.here(target, dims)} * ln({w.here(p, dims)}), {letters(bound)})")
    return over_all(w, loss, reduction)


@reads("cosine_similarity")
def cosine(w, x1, x2, dim=1, eps=1e-8, **_):
    total = reduced("sum")
    over, one, two = (total(w, entrywise(w, "y", "{0} * {1}", *pair), dim) for pair in ((x1, x2), (x1, x1), (x2, x2)))
    return entrywise(w, "y", "{0} / sqrt({1} * {2})", over, one, two)
