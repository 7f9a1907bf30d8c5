"""Changes about activations and their slopes.  Each takes a formula and gives what it would be without the mistake."""
from dataclasses import replace

from ..tree import Binary, Call, Entry, Letter, Number, Over, Partial, changed, factors
from .parts import (PRODUCTS, all_of, around, by_value, complement, is_one_minus, with_factor, with_letter,
                    without_factors)


def _slope_at(z, function):
    return Call(function, z, True)


def slope_lost(output):
    def mended(tree, context):
        for z, a, function in context.activated:
            if function != "identity" and context.is_output(z) is output:
                for entry in context.at(z):
                    yield from with_factor(tree, _slope_at(entry, function), context)
    return mended


def _is_slope(part, context):
    """Whether a factor is the slope of an activation, by name or by value."""
    if isinstance(part, Call):
        return part.slope
    if isinstance(part, Partial) and isinstance(part.of, Entry) and isinstance(part.by, Entry):
        return context.z_of(part.of.array) == part.by.array
    return isinstance(part, Binary) and part.sign == "-" and isinstance(part.left, Number) and part.left.value == 1


def slope_too_many(tree, context):
    for part in all_of(tree, Binary):
        if part.sign in PRODUCTS:
            pair = part.left, part.right
            for one, other in (pair, pair[::-1]):
                if isinstance(one, Entry) and complement(other, one) and part is not tree:
                    yield from (changed(tree, parent, rest) for parent, rest in around(tree, part))
                if _is_slope(one, context):
                    yield from _without_slope(tree, part, one, other)
    yield from without_factors(tree, lambda one: by_value(one))


def _without_slope(tree, part, slope, rest):
    yield changed(tree, part, rest)
    if isinstance(slope, Binary) and isinstance(rest, Binary) and rest.sign in PRODUCTS:
        yield changed(tree, part, rest.left)
        yield changed(tree, part, rest.right)


def value_for_slope(tree, context):
    """g(z), or a, where g'(z) belongs."""
    functions = {function for _, _, function in context.activated}
    for part in all_of(tree, Call):
        if not part.slope and part.function in functions:
            yield changed(tree, part, replace(part, slope=True))
    for part in all_of(tree, Entry):
        for z, a, function in context.activated:
            if part.array == a and part.indices is not None:
                yield changed(tree, part, _slope_at(Entry(z, part.indices), function))
            elif part.array == a and context.matrices:
                yield changed(tree, part, _slope_at(Entry(z, None), function))


def slope_for_value(tree, context):
    for part in all_of(tree, Call):
        if part.slope:
            yield changed(tree, part, replace(part, slope=False))


def slope_at_a(tree, context):
    for part in all_of(tree, Call):
        if part.slope:
            for entry in all_of(part.argument, Entry):
                z = context.z_of(entry.array)
                if z:
                    yield changed(tree, entry, replace(entry, array=z))


def by_value_with_z(tree, context):
    """z(1 − z): every z outside of functions as a."""
    for z, a, _ in context.activated:
        mended = tree
        inside = {id(entry) for call in all_of(tree, Call) for entry in all_of(call, Entry)}
        found = [entry for entry in all_of(tree, Entry) if entry.array == z and id(entry) not in inside]
        for entry in found:
            mended = changed(mended, entry, replace(entry, array=a))
        if len(found) > 1:
            yield mended


def other_slope(tree, context):
    """a(1 − a) for 1 − a², and the other way round, also where the short form is written with another function's."""
    for part in all_of(tree, Binary):
        if part.sign in PRODUCTS:
            for one, other in ((part.left, part.right), (part.right, part.left)):
                if isinstance(one, Entry) and complement(other, one):
                    yield changed(tree, part, Binary("-", Number(1.0), Binary("^", one, Number(2.0))))
                    yield changed(tree, part, _true_slope(one, context) or part)
                yield from _other_slope_apart(tree, part, one, other, context)
        if is_one_minus(part) and _is_power_of_entry(part.right):
            a = part.right.left
            yield changed(tree, part, Binary("*", a, Binary("-", Number(1.0), a)))
            yield changed(tree, part, _true_slope(a, context) or part)
    for part in all_of(tree, Call):
        for function in {function for _, _, function in context.activated} - {part.function}:
            if part.slope:
                yield changed(tree, part, replace(part, function=function))


def _other_slope_apart(tree, part, one, other, context):
    """… a (1 − a), where other factors stand before a."""
    product = isinstance(one, Binary) and one.sign in PRODUCTS
    if product and isinstance(one.right, Entry) and complement(other, one.right):
        yield changed(tree, part, Binary("*", one.left, Binary("-", Number(1.0), Binary("^", one.right, Number(2.0)))))
        if _true_slope(one.right, context):
            yield changed(tree, part, Binary("*", one.left, _true_slope(one.right, context)))


def _is_power_of_entry(tree):
    return isinstance(tree, Binary) and tree.sign == "^" and isinstance(tree.left, Entry)


def _true_slope(a, context):
    z = context.z_of(a.array)
    function = next((f for one, _, f in context.activated if one == z), None)
    return _slope_at(Entry(z, a.indices), function) if z else None


def a_for_z(tree, context):
    for part in all_of(tree, Entry):
        z = context.z_of(part.array)
        if z:
            yield changed(tree, part, replace(part, array=z))


def z_for_a(tree, context):
    for part in all_of(tree, Entry):
        a = context.a_of(part.array)
        if a:
            yield changed(tree, part, replace(part, array=a))


def softmax_unit_by_unit(tree, context):
    for z, a in context.softmaxes:
        for part in all_of(tree, Partial):
            if isinstance(part.of, Entry) and part.of.array == a:
                yield from _through_all_units(tree, part, context)
        yield from _true_partial(tree, z, a, context)


def _through_all_units(tree, part, context):
    for product in all_of(tree, Binary):
        if product.sign in PRODUCTS and any(one is part for one in factors(product)):
            for at in part.of.indices or ():
                if isinstance(at, Letter) and at.name in context.free and at.name != context.sample:
                    fresh = "m" if at.name != "m" else "n"
                    mended = changed(product, part, replace(part, of=with_letter(part.of, at.name, fresh)))
                    for other in factors(product):
                        if other is not part:
                            mended = changed(mended, other, with_letter(other, at.name, fresh))
                    yield changed(tree, product, Over("sum", (fresh,), mended))


def _true_partial(tree, z, a, context):
    """Where ∂a/∂z, or what passes back through softmax, is written as for a single unit: a(1 − a)."""
    left = context.left
    if isinstance(left, Partial) and isinstance(left.by, Entry) and left.by.array == z and left.by.indices is not None:
        if _has_unit_slope(tree, a):
            yield left


def _has_unit_slope(tree, a):
    short = [part for part in all_of(tree, Binary) if by_value(part)]
    return any(entry.array == a for part in short for entry in all_of(part, Entry)) or any(
        part.slope for part in all_of(tree, Call))
