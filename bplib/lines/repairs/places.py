"""Changes about where a quantity stands: its indices, its layer, its side of a product of matrices."""
from dataclasses import replace

from ..names import shown_index
from ..tree import Binary, Entry, Letter, Number, Own, Partial, Transpose, changed
from .parts import all_entries, all_of, value_parts


def not_transposed(tree, context):
    for part in all_of(tree, Entry):
        if part.array in context.weights:
            if part.indices is None:
                yield changed(tree, part, Transpose(part))
            elif len(part.indices) == 2:
                for weight in context.weights:  # where letters say which layer is meant, it changes with them
                    yield changed(tree, part, Entry(weight, part.indices[::-1]))
    for part in all_of(tree, Transpose):
        if isinstance(part.of, Entry) and part.of.array in context.weights:
            yield changed(tree, part, part.of)
    yield from _sides_swapped(tree, context)


def _sides_swapped(tree, context):
    """δ W for W δ: the factors of a product of matrices in the other order, with a transpose or without."""
    for part in all_of(tree, Binary):
        if context.matrices and part.sign in ("*", "@") and any(
                isinstance(w, Entry) and w.array in context.weights for w in all_of(part, Entry)):
            yield changed(tree, part, Binary(part.sign, part.right, part.left))


def transpose_missing(tree, context):
    if context.matrices:
        for part in value_parts(tree):
            if isinstance(part, (Entry, Own, Partial)):
                yield changed(tree, part, Transpose(part))
            elif isinstance(part, Transpose):
                yield changed(tree, part, part.of)


def outer_turned(tree, context):
    if context.matrices:
        yield Transpose(tree)
        for part in all_of(tree, Binary):
            if part.sign in ("*", "@"):
                yield changed(tree, part, Transpose(part))
                yield changed(tree, part, Binary(part.sign, part.right, part.left))
        return
    free = [at for at in context.free if at != context.sample]
    for n, one in enumerate(free):
        for other in free[n + 1:]:
            yield _letters_swapped(tree, one, other)


def _letters_swapped(tree, one, other):
    mended, swap = tree, {one: other, other: one}
    for part in all_of(tree, Entry):
        if part.indices and any(isinstance(at, Letter) and at.name in swap for at in part.indices):
            mended = changed(mended, part, replace(part, indices=tuple(
                Letter(swap.get(at.name, at.name)) if isinstance(at, Letter) else at for at in part.indices)))
    return mended


def wrong_layer(tree, context):
    """An array of the same kind, of another layer, at the letters that it then can have."""
    for part in all_of(tree, Entry):
        for array in _neighbours(part.array, context):
            for entry in context.at(array):
                if not _turned(entry, part):
                    yield changed(tree, part, entry)


def _turned(one, other):
    """Whether two entries have the same two letters, the other way round."""
    if not one.indices or not other.indices or len(other.indices) < 2:
        return False
    return [shown_index(at) for at in one.indices] == [shown_index(at) for at in other.indices[::-1]]


def _neighbours(array, context):
    values = ["x", *(a for _, a, _ in context.activated), *(a for _, a in context.softmaxes)]
    if array in values:
        return [other for other in values if other != array and other in context.site.arrays]
    if array.startswith("delta"):
        return [other for other in ("delta" + z[1:] for z in context.weighted_sums) if other != array]
    if array in context.weights:
        return [other for other in context.weights if other != array]
    zs = context.weighted_sums
    return [other for other in zs if other != array] if array in zs else []


def weight_for_input(tree, context):
    """What a weight is multiplied by, where the weight itself stands, and the other way round."""
    for part in all_of(tree, Entry):
        if part.array in context.weights:
            users = [z for z in context.site.uses if part.array in context.site.uses[z]]
            for source in {source for z in users for source in context.sources(z)}:
                for entry in context.at(source):
                    yield changed(tree, part, entry)
        else:
            users = [z for z in context.site.uses if part.array in context.site.uses[z]]
            for weight in {w for z in users for w in context.weights if w in context.site.uses[z]}:
                for entry in context.at(weight):
                    yield changed(tree, part, entry)


def wrong_index(tree, context):
    """One letter for another that counts the same."""
    for part in all_entries(tree):
        kinds = context.axes_of(part)
        for n, at in enumerate(part.indices or ()):
            kind = kinds[n] if n < len(kinds) else None
            others = [*context.letters_for(kind), *(Number(unit) for unit in (1.0, 2.0, 3.0) if isinstance(at, Number))]
            for other in others:
                if isinstance(at, (Letter, Number)) and shown_index(at) != shown_index(other):
                    yield changed(tree, part, replace(part, indices=(*part.indices[:n], other, *part.indices[n + 1:])))
        if isinstance(part, Entry) and part.indices and len(part.indices) > 1 and part.array not in context.weights:
            yield changed(tree, part, replace(part, indices=part.indices[::-1]))


def shifted(tree, context):
    """t for t − 1, p − q for p + q."""
    for part in all_entries(tree):
        for n, at in enumerate(part.indices or ()):
            for new in _other_places(at):
                yield changed(tree, part, replace(part, indices=(*part.indices[:n], new, *part.indices[n + 1:])))


def _other_places(at):
    if isinstance(at, Binary) and at.sign in "+-":
        yield replace(at, sign="-" if at.sign == "+" else "+")
        yield at.left
        if at.sign == "-":
            yield Binary("-", at.right, at.left)
    if isinstance(at, Letter):
        yield Binary("-", at, Number(1.0))
        yield Binary("+", at, Number(1.0))
