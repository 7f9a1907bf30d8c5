"""A table of mistakes: the change that would mend a line, and what it means that just this change mends it.

A row takes the right side of a broken link and gives what it would be without that mistake.  Nothing of the right answer is
needed for it: whether a change mends the line, numbers decide (see `naming`).
"""
from dataclasses import dataclass, replace
from typing import Callable

from .names import shown_index
from .tree import (Binary, Call, Entry, Letter, Negative, Number, Over, Own, Partial, Size, Transpose, Way, changed, factors,
                   letters_of, terms, walk)

PRODUCTS = ("*", "@", "⊙")


@dataclass(frozen=True)
class Mistake:
    """One row.

    name      what the mistake is called
    sentence  what went wrong, without the answer
    notebook  where the course explains it
    mended    (tree, context) → trees that do not have the mistake
    rank      rows of rank 0 are asked first; where one of them mends a line, rows of rank 1 are not asked
    """

    name: str
    sentence: str
    notebook: str
    mended: Callable = lambda tree, context: ()
    rank: int = 0


# parts of a formula

def _values(tree):
    """Every part that has a value of its own: what stands in indices and in derivatives has not."""
    yield tree
    if not isinstance(tree, (Entry, Own, Partial)):
        for part in tree.parts:
            yield from _values(part)


def _all(tree, kind):
    return [part for part in _values(tree) if isinstance(part, kind)]


def _entries(tree):
    """Every entry and every name of the learner's own, those in derivatives too."""
    return [part for part in walk(tree) if isinstance(part, (Entry, Own))]


def _products(tree):
    """Every place of a formula that may get another factor: the whole, each term, and what is summed."""
    yield tree
    for part in _values(tree):
        if isinstance(part, Over) and part.function != "softmax":
            yield part.body
        elif isinstance(part, Binary) and part.sign in "+-":
            yield part.left
            yield part.right


def _with_factor(tree, factor, context):
    for place in _products(tree):
        sign = "⊙" if context.matrices else "*"
        yield changed(tree, place, Binary(sign, place, factor))


def _without_factors(tree, is_one):
    """The formula without one of its factors."""
    for part in _all(tree, Binary):
        if part.sign in PRODUCTS:
            if is_one(part.right):
                yield changed(tree, part, part.left)
            if is_one(part.left):
                yield changed(tree, part, part.right)
        if part.sign == "^" and is_one(part.left) and isinstance(part.right, Number) and part.right.value == 2:
            yield changed(tree, part, part.left)


# slopes

def _slope_at(z, function):
    return Call(function, z, True)


def _slope_lost(output):
    def mended(tree, context):
        for z, a, function in context.activated:
            if function != "identity" and context.is_output(z) is output:
                for entry in context.at(z):
                    yield from _with_factor(tree, _slope_at(entry, function), context)
    return mended


def _is_slope(part, context):
    """Whether a factor is the slope of an activation, by name or by value."""
    if isinstance(part, Call):
        return part.slope
    if isinstance(part, Partial) and isinstance(part.of, Entry) and isinstance(part.by, Entry):
        return context.z_of(part.of.array) == part.by.array
    return isinstance(part, Binary) and part.sign == "-" and isinstance(part.left, Number) and part.left.value == 1


def _slope_too_many(tree, context):
    for part in _all(tree, Binary):
        if part.sign in PRODUCTS:
            pair = part.left, part.right
            for one, other in (pair, pair[::-1]):
                if isinstance(one, Entry) and _complement(other, one) and part is not tree:
                    yield from (changed(tree, parent, rest) for parent, rest in _around(tree, part))
                if _is_slope(one, context):
                    yield from _without_slope(tree, part, one, other)
    yield from _without_factors(tree, lambda one: _by_value(one))


def _without_slope(tree, part, slope, rest):
    yield changed(tree, part, rest)
    if isinstance(slope, Binary) and isinstance(rest, Binary) and rest.sign in PRODUCTS:
        yield changed(tree, part, rest.left)
        yield changed(tree, part, rest.right)


def _around(tree, part):
    """Products of which a part is one factor: (product, the other factor)."""
    for parent in _all(tree, Binary):
        if parent.sign in PRODUCTS and parent.left is part:
            yield parent, parent.right
        if parent.sign in PRODUCTS and parent.right is part:
            yield parent, parent.left


def _complement(tree, entry):
    """Whether a formula is 1 − a for this a."""
    return isinstance(tree, Binary) and tree.sign == "-" and isinstance(tree.left, Number) and tree.left.value == 1 and \
        isinstance(tree.right, Entry) and tree.right.array == entry.array


def _by_value(tree):
    """Whether a formula is a(1 − a) or 1 − a²."""
    if isinstance(tree, Binary) and tree.sign in PRODUCTS:
        return any(isinstance(one, Entry) and _complement(other, one)
                   for one, other in ((tree.left, tree.right), (tree.right, tree.left)))
    return isinstance(tree, Binary) and tree.sign == "-" and isinstance(tree.left, Number) and tree.left.value == 1


def _value_for_slope(tree, context):
    """g(z), or a, where g'(z) belongs."""
    functions = {function for _, _, function in context.activated}
    for part in _all(tree, Call):
        if not part.slope and part.function in functions:
            yield changed(tree, part, replace(part, slope=True))
    for part in _all(tree, Entry):
        for z, a, function in context.activated:
            if part.array == a and part.indices is not None:
                yield changed(tree, part, _slope_at(Entry(z, part.indices), function))
            elif part.array == a and context.matrices:
                yield changed(tree, part, _slope_at(Entry(z, None), function))


def _slope_for_value(tree, context):
    for part in _all(tree, Call):
        if part.slope:
            yield changed(tree, part, replace(part, slope=False))


def _slope_at_a(tree, context):
    for part in _all(tree, Call):
        if part.slope:
            for entry in _all(part.argument, Entry):
                z = context.z_of(entry.array)
                if z:
                    yield changed(tree, entry, replace(entry, array=z))


def _by_value_with_z(tree, context):
    """z(1 − z): every z outside of functions as a."""
    for z, a, _ in context.activated:
        mended = tree
        inside = {id(entry) for call in _all(tree, Call) for entry in _all(call, Entry)}
        found = [entry for entry in _all(tree, Entry) if entry.array == z and id(entry) not in inside]
        for entry in found:
            mended = changed(mended, entry, replace(entry, array=a))
        if len(found) > 1:
            yield mended


def _other_slope(tree, context):
    """a(1 − a) for 1 − a², and the other way round, also where the short form is written with another function's."""
    for part in _all(tree, Binary):
        if part.sign in PRODUCTS:
            for one, other in ((part.left, part.right), (part.right, part.left)):
                if isinstance(one, Entry) and _complement(other, one):
                    yield changed(tree, part, Binary("-", Number(1.0), Binary("^", one, Number(2.0))))
                    yield changed(tree, part, _true_slope(one, context) or part)
                yield from _other_slope_apart(tree, part, one, other, context)
        if part.sign == "-" and isinstance(part.left, Number) and part.left.value == 1 and isinstance(part.right, Binary) \
                and part.right.sign == "^" and isinstance(part.right.left, Entry):
            a = part.right.left
            yield changed(tree, part, Binary("*", a, Binary("-", Number(1.0), a)))
            yield changed(tree, part, _true_slope(a, context) or part)
    for part in _all(tree, Call):
        for function in {function for _, _, function in context.activated} - {part.function}:
            if part.slope:
                yield changed(tree, part, replace(part, function=function))


def _other_slope_apart(tree, part, one, other, context):
    """… a (1 − a), where other factors stand before a."""
    if isinstance(one, Binary) and one.sign in PRODUCTS and isinstance(one.right, Entry) and _complement(other, one.right):
        yield changed(tree, part, Binary("*", one.left, Binary("-", Number(1.0), Binary("^", one.right, Number(2.0)))))
        if _true_slope(one.right, context):
            yield changed(tree, part, Binary("*", one.left, _true_slope(one.right, context)))


def _true_slope(a, context):
    z = context.z_of(a.array)
    function = next((f for one, _, f in context.activated if one == z), None)
    return _slope_at(Entry(z, a.indices), function) if z else None


def _a_for_z(tree, context):
    for part in _all(tree, Entry):
        z = context.z_of(part.array)
        if z:
            yield changed(tree, part, replace(part, array=z))


def _z_for_a(tree, context):
    for part in _all(tree, Entry):
        a = context.a_of(part.array)
        if a:
            yield changed(tree, part, replace(part, array=a))


# weights, layers, indices

def _not_transposed(tree, context):
    for part in _all(tree, Entry):
        if part.array in context.weights:
            if part.indices is None:
                yield changed(tree, part, Transpose(part))
            elif len(part.indices) == 2:
                for weight in context.weights:  # where letters say which layer is meant, it changes with them
                    yield changed(tree, part, Entry(weight, part.indices[::-1]))
    for part in _all(tree, Transpose):
        if isinstance(part.of, Entry) and part.of.array in context.weights:
            yield changed(tree, part, part.of)
    yield from _sides_swapped(tree, context)


def _sides_swapped(tree, context):
    """δ W for W δ: the factors of a product of matrices in the other order, with a transpose or without."""
    for part in _all(tree, Binary):
        if context.matrices and part.sign in ("*", "@") and any(
                isinstance(w, Entry) and w.array in context.weights for w in _all(part, Entry)):
            yield changed(tree, part, Binary(part.sign, part.right, part.left))


def _transpose_missing(tree, context):
    if context.matrices:
        for part in _values(tree):
            if isinstance(part, (Entry, Own, Partial)):
                yield changed(tree, part, Transpose(part))
            elif isinstance(part, Transpose):
                yield changed(tree, part, part.of)


def _outer_turned(tree, context):
    if context.matrices:
        yield Transpose(tree)
        for part in _all(tree, Binary):
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
    for part in _all(tree, Entry):
        if part.indices and any(isinstance(at, Letter) and at.name in swap for at in part.indices):
            mended = changed(mended, part, replace(part, indices=tuple(
                Letter(swap.get(at.name, at.name)) if isinstance(at, Letter) else at for at in part.indices)))
    return mended


def _wrong_layer(tree, context):
    """An array of the same kind, of another layer, at the letters that it then can have."""
    for part in _all(tree, Entry):
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


def _weight_for_input(tree, context):
    """What a weight is multiplied by, where the weight itself stands, and the other way round."""
    for part in _all(tree, Entry):
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


def _wrong_index(tree, context):
    """One letter for another that counts the same."""
    for part in _entries(tree):
        kinds = context.axes_of(part)
        for n, at in enumerate(part.indices or ()):
            kind = kinds[n] if n < len(kinds) else None
            others = [*context.letters_for(kind), *(Number(unit) for unit in (1.0, 2.0, 3.0) if isinstance(at, Number))]
            for other in others:
                if isinstance(at, (Letter, Number)) and shown_index(at) != shown_index(other):
                    yield changed(tree, part, replace(part, indices=(*part.indices[:n], other, *part.indices[n + 1:])))
        if isinstance(part, Entry) and part.indices and len(part.indices) > 1 and part.array not in context.weights:
            yield changed(tree, part, replace(part, indices=part.indices[::-1]))


def _shifted(tree, context):
    """t for t − 1, p − q for p + q."""
    for part in _entries(tree):
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


# sums

def _sum_forgotten(tree, context):
    loose = [at for at in context.right_letters if at not in context.free and at != context.sample]
    for letter in loose:
        for part in _values(tree):
            if letter in letters_of(part):
                yield changed(tree, part, Over("sum", (letter,), part))
    if len(loose) > 1:
        yield Over("sum", tuple(loose), tree)
    for letter in context.free:
        for part in _values(tree):
            if part is not tree and isinstance(part, (Binary, Entry, Call)) and letter in letters_of(part) and letter != context.sample:
                yield changed(tree, part, Over("sum", (letter,), part))


def _one_unit_only(tree, context):
    """The way through one unit of the layer in between, the others left out."""
    for part in _all(tree, Binary):
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
    """A letter by another name in the first factors, and as the second half of a derivative's pair in the last of them."""
    mended = tree
    for n, part in enumerate(chosen):
        last = n == len(chosen) - 1
        new = _with_letter(part.of, letter, fresh) if isinstance(part, Partial) and last else None
        mended = changed(mended, part, replace(part, of=new) if new is not None else _with_letter(part, letter, fresh))
    return mended


def _with_letter(tree, letter, fresh):
    mended = tree
    for part in [one for one in walk(tree) if isinstance(one, Letter) and one.name == letter]:
        mended = changed(mended, part, Letter(fresh))
    return mended


def _sum_too_many(tree, context):
    for part in _all(tree, Over):
        if part.function == "sum" and set(part.letters) & {*context.free}:
            yield changed(tree, part, part.body)


def _samples_not_added(tree, context):
    for place in _products(tree):
        yield changed(tree, place, Over("sum", (context.sample,), place))


def _path_missing(tree, context):
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


def _paths_multiplied(tree, context):
    for part in _all(tree, Binary):
        if part.sign == "*":
            found = factors(part)
            for n in range(1, len(found)):
                yield changed(tree, part, Binary("+", _product_of(found[:n]), _product_of(found[n:])))


def _product_of(found):
    product = found[0]
    for factor in found[1:]:
        product = Binary("*", product, factor)
    return product


def _divided_by_samples(power):
    def mended(tree, context):
        if context.site.sizes.get("N", 1) > 1:
            for place in _products(tree):
                yield changed(tree, place, Binary("*" if power > 0 else "/", place, Size("N")))
    return mended


def _path_added(tree, context):
    for part in _all(tree, Binary):
        if part.sign == "+":
            yield changed(tree, part, replace(part, sign="*"))
            yield changed(tree, part, _product_of(terms(part)))


# factors, signs and powers

def _sign_of_term(tree, context):
    for part in _all(tree, Binary):
        if part.sign in "+-":
            yield changed(tree, part, replace(part, sign="-" if part.sign == "+" else "+"))
    for part in _all(tree, Negative):
        yield changed(tree, part, part.of)
    for part in _all(tree, Binary):
        if part.sign in "+-":
            yield changed(tree, part.left, Negative(part.left))


def _coefficient(factor):
    def mended(tree, context):
        for part in _all(tree, Number):
            if not _is_exponent(tree, part):
                yield changed(tree, part, Number(part.value * factor))
        for place in _products(tree):
            if place is not tree:
                yield changed(tree, place, Binary("*", Number(factor), place))
    return mended


def _is_exponent(tree, number):
    return any(part.sign == "^" and part.right is number for part in _all(tree, Binary))


def _square_lost(tree, context):
    for part in _all(tree, Binary):
        if part.sign == "-" and _all(part, Entry):
            yield changed(tree, part, Binary("^", part, Number(2.0)))
    for part in _all(tree, Entry):
        if part.array in context.weights:
            yield changed(tree, part, Binary("^", part, Number(2.0)))


def _power_not_lowered(tree, context):
    for part in _all(tree, Binary):
        if part.sign == "^" and isinstance(part.right, Number):
            power = part.right.value
            for other in (power - 1, power + 1, -power):
                yield changed(tree, part, part.left if other == 1 else replace(part, right=Number(other)))


def _below_not_squared(tree, context):
    for part in _all(tree, Binary):
        if part.sign == "/":
            yield changed(tree, part.right, Binary("^", part.right, Number(2.0)))
            if isinstance(part.right, Binary) and part.right.sign == "^":
                yield changed(tree, part.right, part.right.left)


def _upside_down(tree, context):
    for part in _all(tree, Binary):
        if part.sign == "/":
            yield changed(tree, part, Binary("/", part.right, part.left))
            yield changed(tree, part, Binary("*", part.left, part.right))
        elif part.sign == "*":
            yield changed(tree, part, Binary("/", part.left, part.right))


def _bracket_missing(tree, context):
    """2a − y for 2(a − y)."""
    for part in _all(tree, Binary):
        if part.sign in "+-":
            for product, other, left in ((part.left, part.right, True), (part.right, part.left, False)):
                if isinstance(product, Binary) and product.sign in PRODUCTS:
                    inside = Binary(part.sign, product.right, other) if left else Binary(part.sign, other, product.left)
                    yield changed(tree, part, Binary("*", product.left, inside) if left else
                                  Binary("*", inside, product.right))


def _input_lost(tree, context):
    """The factor that a weight is multiplied by, where the line before is about that weight."""
    by = context.left_by
    if by is None or by.array not in context.weights:
        return
    for z in (z for z in context.site.uses if by.array in context.site.uses[z]):
        for source in context.sources(z):
            for entry in context.at(source):
                if context.matrices:
                    yield Binary("*", tree, Transpose(entry))
                    yield Binary("*", tree, entry)
                    yield Binary("*", Transpose(tree), entry)
                else:
                    yield from _with_factor(tree, entry, context)


def _error_lost(tree, context):
    """The error term of a layer after."""
    for z in context.weighted_sums:
        cost = Entry("losses" if "losses" in context.site.arrays else context.site.cost)
        for entry in context.at(z):
            delta = Entry("delta" + z[1:], entry.indices) if "losses" in context.site.arrays else Partial(cost, entry)
            yield from _with_factor(tree, delta, context)


def _weight_lost(tree, context):
    for weight in context.weights:
        for entry in context.at(weight):
            if not context.matrices:
                yield from _with_factor(tree, entry, context)


def _factor_lost(tree, context):
    """A factor of the line before."""
    for factor in factors(context.left):
        if not isinstance(factor, Number) and factor is not context.left:
            yield from _with_factor(tree, factor, context)
    inner = context.left.body if isinstance(context.left, Over) else None
    for factor in factors(inner) if inner is not None else ():
        yield from _with_factor(tree, factor, context)


def _factor_too_many(tree, context):
    yield from _without_factors(tree, lambda one: not isinstance(one, Number))


def _bias_times_input(tree, context):
    by = context.left_by
    if by is not None and by.array in context.biases:
        if context.matrices:
            for part in _all(tree, Binary):
                if part.sign in ("*", "@"):
                    yield changed(tree, part, part.left)
                    yield changed(tree, part, part.right)
        yield from _without_factors(tree, lambda one: isinstance(one, Entry) and one.array not in context.weights)


# the penalty

def _penalty_lost(tree, context):
    by = context.left_by
    if by is not None and by.array in context.weights and "lambda" in context.site.sizes:
        yield Binary("+", tree, Binary("*", Size("lambda"), by))


def _penalty_on_bias(tree, context):
    by = context.left_by
    if by is not None and by.array in context.biases and "lambda" in context.site.sizes:
        yield Binary("-", tree, Binary("*", Size("lambda"), by))


def _penalty_coefficient(tree, context):
    for part in _all(tree, Size):
        if part.name == "lambda":
            yield changed(tree, part, Binary("*", Number(2.0), part))
            yield changed(tree, part, Binary("/", part, Number(2.0)))


# softmax

def _softmax_unit_by_unit(tree, context):
    for z, a in context.softmaxes:
        for part in _all(tree, Partial):
            if isinstance(part.of, Entry) and part.of.array == a:
                yield from _through_all_units(tree, part, context)
        yield from _true_partial(tree, z, a, context)


def _through_all_units(tree, part, context):
    for product in _all(tree, Binary):
        if product.sign in PRODUCTS and any(one is part for one in factors(product)):
            for at in part.of.indices or ():
                if isinstance(at, Letter) and at.name in context.free and at.name != context.sample:
                    fresh = "m" if at.name != "m" else "n"
                    mended = changed(product, part, replace(part, of=_with_letter(part.of, at.name, fresh)))
                    for other in factors(product):
                        if other is not part:
                            mended = changed(mended, other, _with_letter(other, at.name, fresh))
                    yield changed(tree, product, Over("sum", (fresh,), mended))


def _true_partial(tree, z, a, context):
    """Where ∂a/∂z, or what passes back through softmax, is written as for a single unit: a(1 − a)."""
    left = context.left
    if isinstance(left, Partial) and isinstance(left.by, Entry) and left.by.array == z and left.by.indices is not None:
        if _has_unit_slope(tree, a):
            yield left


def _has_unit_slope(tree, a):
    return any(_by_value(part) and any(e.array == a for e in _all(part, Entry)) for part in _all(tree, Binary)) or any(
        part.slope for part in _all(tree, Call))


LOST, MANY = "a factor is lost", "a factor too many"

TABLE = {row.name: row for row in (
    Mistake("the slope of the output is lost",
            "The cost reaches z through the activation of the output unit, and that step has a factor of its own.",
            "02-one-neuron", _slope_lost(True)),
    Mistake("the slope of the hidden layer is lost",
            "Going back through a hidden unit passes its activation too, and that step has a factor of its own.",
            "06-delta", _slope_lost(False)),
    Mistake("softmax treated unit by unit",
            "Softmax looks at the whole layer: raising one z lowers all other outputs, so there are terms off the diagonal.",
            "08-softmax", _softmax_unit_by_unit),
    Mistake("one slope too many",
            "A slope stands here that the step before has used up already, or that cancels against what the loss divides by.",
            "08-softmax", _slope_too_many),
    Mistake("the activation stands where its slope belongs",
            "Passing back through an activation multiplies by its slope g'(z), not by its value.", "02-one-neuron",
            _value_for_slope),
    Mistake("the slope stands where the activation belongs",
            "What a unit passes on is its value g(z); the slope g'(z) belongs to the way back through the unit.", "02-one-neuron",
            _slope_for_value),
    Mistake("the slope is taken at a instead of z",
            "The slope of an activation belongs to its input z. Where a is the value already, applying the activation again leads "
            "to another place.", "09-activations", _slope_at_a),
    Mistake("the slope by value is written with z",
            "The short form of the slope is written with the output of the unit, not with its weighted sum.", "09-activations",
            _by_value_with_z),
    Mistake("the slope of another activation",
            "Each activation has a slope of its own. Which activation does this unit have?", "09-activations", _other_slope),
    Mistake("the weights are not turned round going back",
            "Forward, the sum runs over the units that send; backward over those that receive. Check which of the two indices of w "
            "is summed (in matrices: which side is transposed).", "07-matrices", _not_transposed),
    Mistake("the outer product is the wrong way round",
            "A gradient has the shape of its weights: first the unit that receives, then the one that sends.", "07-matrices",
            _outer_turned),
    Mistake("one path only",
            "A change in this unit reaches the cost along several paths, and what they contribute adds up.", "03-several-paths",
            lambda tree, context: (*_sum_forgotten(tree, context), *_one_unit_only(tree, context), *_path_missing(tree, context))),
    Mistake("the samples are not added up",
            "Every sample of the batch has its share in the gradient, and the gradient has the shape of its parameter.",
            "05-layers-and-indices", _samples_not_added),
    Mistake("the bias gradient carries an input", "A bias is multiplied by nothing in the weighted sum.", "02-one-neuron",
            _bias_times_input),
    Mistake("the input of the weight is lost",
            "In the weighted sum the weight is multiplied by something; its derivative keeps that factor.", "02-one-neuron",
            _input_lost),
    Mistake("weight and input are exchanged",
            "z is a sum of weights times inputs. With respect to the weight the input stays, with respect to the input the weight.",
            "02-one-neuron", _weight_for_input),
    Mistake("a quantity of the wrong layer",
            "The letter is right and the layer is not. What a weight is multiplied by is the output of the layer before; what comes "
            "back comes from the layer after.", "05-layers-and-indices", _wrong_layer),
    Mistake("z stands where a belongs", "z is the weighted sum, a = g(z) is what the unit passes on.", "02-one-neuron", _z_for_a),
    Mistake("a stands where z belongs", "z is the weighted sum, a = g(z) is what the unit passes on.", "02-one-neuron", _a_for_z),
    Mistake("paths are multiplied", "Along a path factors multiply; over several paths they add up.", "03-several-paths",
            _paths_multiplied, 1),
    Mistake("factors of a path are added", "Along a path factors multiply; over several paths they add up.", "03-several-paths",
            _path_added, 1),
    Mistake("a sum too many", "This index stands on the left too: there is nothing to add up.", "05-layers-and-indices",
            _sum_too_many),
    Mistake("the penalty is forgotten", "The cost has a penalty on the weights, and the penalty has a derivative too.", "11-digits",
            _penalty_lost),
    Mistake("weight decay on a bias", "The penalty of this cost adds up weights; biases do not stand in it.", "11-digits",
            _penalty_on_bias),
    Mistake("weight decay counted wrongly", "The penalty has a square and a ½ in front of it.", "11-digits", _penalty_coefficient),
    Mistake("the square of the cost is lost",
            "Without the square, errors of opposite sign cancel and the cost has no smallest value.", "02-one-neuron", _square_lost),
    Mistake("the power is wrong", "The derivative of a power has the exponent one lower, and the old exponent in front.",
            "02-one-neuron", _power_not_lowered),
    Mistake("a sign is turned", "One of the terms has the opposite sign.", "02-one-neuron", _sign_of_term),
    Mistake("a factor 2 is lost in one place", "One of the terms is half of what it should be.", "02-one-neuron", _coefficient(2.0)),
    Mistake("a factor 2 too many in one place", "One of the terms is twice what it should be.", "02-one-neuron", _coefficient(0.5)),
    Mistake("brackets are missing", "The factor in front belongs to all of the sum.", "02-one-neuron", _bracket_missing),
    Mistake("the denominator of the quotient rule", "Differentiating a quotient squares what is below the line.", "08-softmax",
            _below_not_squared),
    Mistake("an index is shifted", "An index that is computed, such as t − 1 or p + q, comes back the other way round.",
            "05-layers-and-indices", _shifted),
    Mistake("a fraction is upside down", "What divides here should multiply, or the other way round.", "02-one-neuron",
            _upside_down, 1),
    Mistake("the error term is lost", "What comes back from the units after is multiplied into everything before.", "06-delta",
            _error_lost, 1),
    Mistake("the weight is lost", "The way from one unit to the next passes through the weight between them.", "06-delta",
            _weight_lost, 1),
    Mistake("a transpose is missing or too many",
            "The product has to have the shape of what stands on the left; count rows and columns.", "07-matrices",
            _transpose_missing, 1),
    Mistake("an index is wrong", "The quantity is right and stands at the wrong unit.", "05-layers-and-indices", _wrong_index, 1),
    Mistake(LOST, "A factor of the line before does not come back in this one.", "02-one-neuron", _factor_lost, 1),
    Mistake(MANY, "A factor stands here that the line before does not give.", "02-one-neuron", _factor_too_many, 1),
    # those that numbers show at once: the two sides differ by a constant factor
    Mistake("the 2 of the square is lost", "The derivative of a square brings a factor down in front.", "02-one-neuron"),
    Mistake("a 2 that the ½ has cancelled",
            "This cost has ½ in front of its square. What does that do to the factor that the square brings down?", "02-one-neuron"),
    Mistake("a factor 2 too many", "A factor 2 stands here that the line before does not give.", "02-one-neuron"),
    Mistake("a factor 2 is lost", "The line before has twice the value.", "02-one-neuron"),
    Mistake("the sign is turned", "The two sides have opposite signs.", "02-one-neuron"),
    Mistake("not divided by the number of samples", "This cost is the mean over the samples, and so is its gradient.",
            "07-matrices", _divided_by_samples(-1)),
    Mistake("divided by the number of samples once too often", "Count how often the number of samples divides the cost.",
            "07-matrices", _divided_by_samples(1)),
    Mistake("a mean over the outputs is lost or too many", "Count how often the number of outputs divides the cost.",
            "05-layers-and-indices"),
    Mistake("the learning rate is part of the gradient",
            "The gradient belongs to the cost. The learning rate comes in with the step.", "01-downhill"),
)}
"""name → row."""
