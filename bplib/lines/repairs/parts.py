"""Parts of a formula, and what can be done to one of them."""
from ..tree import Binary, Entry, Letter, Number, Over, Own, Partial, changed, walk

PRODUCTS = ("*", "@", "⊙")


def value_parts(tree):
    """Every part that has a value of its own: what stands in indices and in derivatives has not."""
    yield tree
    if not isinstance(tree, (Entry, Own, Partial)):
        for part in tree.parts:
            yield from value_parts(part)


def all_of(tree, kind):
    return [part for part in value_parts(tree) if isinstance(part, kind)]


def all_entries(tree):
    """Every entry and every name of the learner's own, those in derivatives too."""
    return [part for part in walk(tree) if isinstance(part, (Entry, Own))]


def places_for_factors(tree):
    """Every place of a formula that may get another factor: the whole, each term, and what is summed."""
    yield tree
    for part in value_parts(tree):
        if isinstance(part, Over) and part.function != "softmax":
            yield part.body
        elif isinstance(part, Binary) and part.sign in "+-":
            yield part.left
            yield part.right


def with_factor(tree, factor, context):
    for place in places_for_factors(tree):
        sign = "⊙" if context.matrices else "*"
        yield changed(tree, place, Binary(sign, place, factor))


def without_factors(tree, is_one):
    """The formula without one of its factors."""
    for part in all_of(tree, Binary):
        if part.sign in PRODUCTS:
            if is_one(part.right):
                yield changed(tree, part, part.left)
            if is_one(part.left):
                yield changed(tree, part, part.right)
        if part.sign == "^" and is_one(part.left) and isinstance(part.right, Number) and part.right.value == 2:
            yield changed(tree, part, part.left)


def product_of(found):
    product = found[0]
    for factor in found[1:]:
        product = Binary("*", product, factor)
    return product


def with_letter(tree, letter, fresh):
    mended = tree
    for part in [one for one in walk(tree) if isinstance(one, Letter) and one.name == letter]:
        mended = changed(mended, part, Letter(fresh))
    return mended


def is_exponent(tree, number):
    return any(part.sign == "^" and part.right is number for part in all_of(tree, Binary))


def complement(tree, entry):
    """Whether a formula is 1 − a for this a."""
    return is_one_minus(tree) and isinstance(tree.right, Entry) and tree.right.array == entry.array


def is_one_minus(tree):
    """Whether a formula is 1 − something."""
    return isinstance(tree, Binary) and tree.sign == "-" and isinstance(tree.left, Number) and tree.left.value == 1


def by_value(tree):
    """Whether a formula is a(1 − a) or 1 − a²."""
    if isinstance(tree, Binary) and tree.sign in PRODUCTS:
        return any(isinstance(one, Entry) and complement(other, one)
                   for one, other in ((tree.left, tree.right), (tree.right, tree.left)))
    return isinstance(tree, Binary) and tree.sign == "-" and isinstance(tree.left, Number) and tree.left.value == 1


def around(tree, part):
    """Products of which a part is one factor: (product, the other factor)."""
    for parent in all_of(tree, Binary):
        if parent.sign in PRODUCTS and parent.left is part:
            yield parent, parent.right
        if parent.sign in PRODUCTS and parent.right is part:
            yield parent, parent.left
