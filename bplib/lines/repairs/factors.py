"""Changes about factors, signs and powers, and about the penalty."""
from dataclasses import replace

from ..tree import Binary, Entry, Negative, Number, Over, Partial, Size, Transpose, changed, factors
from .parts import PRODUCTS, all_of, is_exponent, places_for_factors, with_factor, without_factors


def sign_of_term(tree, context):
    for part in all_of(tree, Binary):
        if part.sign in "+-":
            yield changed(tree, part, replace(part, sign="-" if part.sign == "+" else "+"))
    for part in all_of(tree, Negative):
        yield changed(tree, part, part.of)
    for part in all_of(tree, Binary):
        if part.sign in "+-":
            yield changed(tree, part.left, Negative(part.left))


def coefficient(factor):
    def mended(tree, context):
        for part in all_of(tree, Number):
            if not is_exponent(tree, part):
                yield changed(tree, part, Number(part.value * factor))
        for place in places_for_factors(tree):
            if place is not tree:
                yield changed(tree, place, Binary("*", Number(factor), place))
    return mended


def square_lost(tree, context):
    for part in all_of(tree, Binary):
        if part.sign == "-" and all_of(part, Entry):
            yield changed(tree, part, Binary("^", part, Number(2.0)))
    for part in all_of(tree, Entry):
        if part.array in context.weights:
            yield changed(tree, part, Binary("^", part, Number(2.0)))


def power_not_lowered(tree, context):
    for part in all_of(tree, Binary):
        if part.sign == "^" and isinstance(part.right, Number):
            power = part.right.value
            for other in (power - 1, power + 1, -power):
                yield changed(tree, part, part.left if other == 1 else replace(part, right=Number(other)))


def below_not_squared(tree, context):
    for part in all_of(tree, Binary):
        if part.sign == "/":
            yield changed(tree, part.right, Binary("^", part.right, Number(2.0)))
            if isinstance(part.right, Binary) and part.right.sign == "^":
                yield changed(tree, part.right, part.right.left)


def upside_down(tree, context):
    for part in all_of(tree, Binary):
        if part.sign == "/":
            yield changed(tree, part, Binary("/", part.right, part.left))
            yield changed(tree, part, Binary("*", part.left, part.right))
        elif part.sign == "*":
            yield changed(tree, part, Binary("/", part.left, part.right))


def bracket_missing(tree, context):
    """2a − y for 2(a − y)."""
    for part in all_of(tree, Binary):
        if part.sign in "+-":
            for product, other, left in ((part.left, part.right, True), (part.right, part.left, False)):
                if isinstance(product, Binary) and product.sign in PRODUCTS:
                    inside = Binary(part.sign, product.right, other) if left else Binary(part.sign, other, product.left)
                    yield changed(tree, part, Binary("*", product.left, inside) if left else
                                  Binary("*", inside, product.right))


def input_lost(tree, context):
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
                    yield from with_factor(tree, entry, context)


def error_lost(tree, context):
    """The error term of a layer after."""
    for z in context.weighted_sums:
        cost = Entry("losses" if "losses" in context.site.arrays else context.site.cost)
        for entry in context.at(z):
            delta = Entry("delta" + z[1:], entry.indices) if "losses" in context.site.arrays else Partial(cost, entry)
            yield from with_factor(tree, delta, context)


def weight_lost(tree, context):
    for weight in context.weights:
        for entry in context.at(weight):
            if not context.matrices:
                yield from with_factor(tree, entry, context)


def factor_lost(tree, context):
    """A factor of the line before."""
    for factor in factors(context.left):
        if not isinstance(factor, Number) and factor is not context.left:
            yield from with_factor(tree, factor, context)
    inner = context.left.body if isinstance(context.left, Over) else None
    for factor in factors(inner) if inner is not None else ():
        yield from with_factor(tree, factor, context)


def factor_too_many(tree, context):
    yield from without_factors(tree, lambda one: not isinstance(one, Number))


def bias_times_input(tree, context):
    by = context.left_by
    if by is not None and by.array in context.biases:
        if context.matrices:
            for part in all_of(tree, Binary):
                if part.sign in ("*", "@"):
                    yield changed(tree, part, part.left)
                    yield changed(tree, part, part.right)
        yield from without_factors(tree, lambda one: isinstance(one, Entry) and one.array not in context.weights)


def penalty_lost(tree, context):
    by = context.left_by
    if by is not None and by.array in context.weights and "lambda" in context.site.sizes:
        yield Binary("+", tree, Binary("*", Size("lambda"), by))


def penalty_on_bias(tree, context):
    by = context.left_by
    if by is not None and by.array in context.biases and "lambda" in context.site.sizes:
        yield Binary("-", tree, Binary("*", Size("lambda"), by))


def penalty_coefficient(tree, context):
    for part in all_of(tree, Size):
        if part.name == "lambda":
            yield changed(tree, part, Binary("*", Number(2.0), part))
            yield changed(tree, part, Binary("/", part, Number(2.0)))
