"""Changes about sums: over units, over samples, over the ways on which a change reaches the cost."""
from dataclasses import replace

from ..tree import Binary, Call, Entry, Over, Own, Partial, Size, Way, changed, factors, letters_of, terms, walk
from .parts import PRODUCTS, all_of, places_for_factors, product_of, value_parts, with_letter


def sum_forgotten(tree, context):
    loose = [at for at in context.right_letters if at not in context.free and at != context.sample]
    for letter in loose:
        for part in value_parts(tree):
            if letter in letters_of(part):
                yield changed(tree, part, Over("sum", (letter,), part))
    if len(loose) > 1:
        yield Over("sum", tuple(loose), tree)
    for letter in context.free:
        for part in value_parts(tree):
            inside = part is not tree and isinstance(part, (Binary, Entry, Call)) and letter != context.sample
            if inside and letter in letters_of(part):
                yield changed(tree, part, Over("sum", (letter,), part))


def one_unit_only(tree, context):
    """The way through one unit of the layer in between, the others left out."""
    for part in all_of(tree, Binary):
        if part.sign in PRODUCTS:
            ends = [f for f in factors(part) if isinstance(f, (Partial, Entry, Own))]
            for letter in sorted(letters_of(part) & {*context.free} - {context.sample}):
                fresh = "m" if letter != "m" else "n"
                for chosen in _subsets(ends):
                    renamed = _renamed_in(part, chosen, letter, fresh)
                    if renamed is not part:
                        yield changed(tree, part, Over("sum", (fresh,), renamed))


def _subsets(parts):
    return [parts[:n] for n in range(1, len(parts) + 1)][:4] if parts else []


def _renamed_in(tree, chosen, letter, fresh):
    """A letter by another name in the first factors, and in the upper half of a derivative that is the last of them."""
    mended = tree
    for n, part in enumerate(chosen):
        last = n == len(chosen) - 1
        new = with_letter(part.of, letter, fresh) if isinstance(part, Partial) and last else None
        mended = changed(mended, part, replace(part, of=new) if new is not None else with_letter(part, letter, fresh))
    return mended


def sum_too_many(tree, context):
    for part in all_of(tree, Over):
        if part.function == "sum" and set(part.letters) & {*context.free}:
            yield changed(tree, part, part.body)


def samples_not_added(tree, context):
    for place in places_for_factors(tree):
        yield changed(tree, place, Over("sum", (context.sample,), place))


def path_missing(tree, context):
    """Paths that were left out: a term of the line before, or a way from what the chain differentiates to the cost."""
    for term in terms(context.left):
        if term is not context.left and any(isinstance(part, Partial) for part in walk(term)):
            yield Binary("+", tree, term)
    left = context.derivative_of(context.left)
    if left is None or left.by.indices is None or context.matrices:
        return
    via = context.a_of(left.by.array) or ""
    users = [user for user in context.site.uses if (via or left.by.array) in context.site.uses[user]]
    ways = [Way(left.of.array, user, via, left.by) for user in users if len(users) > 1]
    for way in ways:
        yield Binary("+", tree, way)
    for kept in ways if len(ways) > 2 else ():
        mended = tree
        for way in ways:
            mended = mended if way is kept else Binary("+", mended, way)
        yield mended


def paths_multiplied(tree, context):
    for part in all_of(tree, Binary):
        if part.sign == "*":
            found = factors(part)
            for n in range(1, len(found)):
                yield changed(tree, part, Binary("+", product_of(found[:n]), product_of(found[n:])))


def path_added(tree, context):
    for part in all_of(tree, Binary):
        if part.sign == "+":
            yield changed(tree, part, replace(part, sign="*"))
            yield changed(tree, part, product_of(terms(part)))


def divided_by_samples(power):
    def mended(tree, context):
        if context.site.sizes.get("N", 1) > 1:
            for place in places_for_factors(tree):
                yield changed(tree, place, Binary("*" if power > 0 else "/", place, Size("N")))
    return mended
