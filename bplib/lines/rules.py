"""The rule that a right line follows, where its form shows it."""
from .tree import Binary, Call, Entry, Number, Over, Own, Partial, Size, factors, terms, walk

CHAIN, PATHS, DEFINITION, NETWORK, PUT_IN, VALUE, CANCEL, SAMPLES, AGAIN = (
    "chain rule", "sum over paths", "definition", "equation of the network", "put in", "by value", "cancellation",
    "sum over the samples", "rearranged")


def rule_of(link) -> str:
    """The name of the rule by which the right side follows from the left one; "" where none is seen."""
    if link.defines:
        return DEFINITION
    return next((name for name, fits in RULES if fits(link.left, link.right)), "")


def _partials(tree):
    return [part for part in walk(tree) if isinstance(part, Partial)]


def _slopes(tree):
    return [part for part in walk(tree) if isinstance(part, Call) and part.slope]


def _known_derivatives(tree):
    return [part for part in walk(tree)
            if isinstance(part, Own) or isinstance(part, Entry) and part.array.startswith("delta")]


def _is_product_of_partials(tree):
    found = [part for part in factors(tree) if not isinstance(part, (Number, Size))]
    each = all(isinstance(part, Partial) or part in _known_derivatives(part) for part in found)
    return len(found) > 1 and each and any(isinstance(part, Partial) for part in found)


def _chain_rule(left, right):
    return isinstance(left, (Partial, Own)) and _is_product_of_partials(right)


def _sum_over_paths(left, right):
    if isinstance(right, Over) and right.function == "sum":
        return isinstance(left, (Partial, Own)) and _is_product_of_partials(right.body)
    return len(terms(right)) > 1 and all(map(_is_product_of_partials, terms(right)))


def _sum_over_samples(left, right):
    sums = [part for part in walk(right) if isinstance(part, Over) and "s" in part.letters]
    return bool(sums) and isinstance(left, Partial) and all(isinstance(part, Partial) for part in factors(sums[0].body))


def _by_value(left, right):
    slopes = [part for part in _partials(left) if _is_slope(part)]
    fewer = len(_slopes(right)) < len(_slopes(left)) + len(slopes)
    return fewer and len(_partials(right)) == len(_partials(left)) - len(slopes)


def _is_slope(partial):
    return isinstance(partial.of, Entry) and isinstance(partial.by, Entry) and partial.of.array[:1] == "a" and (
        partial.by.array[:1] == "z" and partial.of.array[1:] == partial.by.array[1:])


def _divisions(tree):
    return sum(isinstance(part, Binary) and part.sign == "/" and not isinstance(part.right, (Number, Size))
               for part in walk(tree))


def _cancellation(left, right):
    return _divisions(left) > _divisions(right) and not _partials(left)


def _put_in(left, right):
    return any(len(found(right)) < len(found(left)) for found in (_partials, _known_derivatives))


def _of_network(left, right):
    return isinstance(left, Entry) and not left.array.startswith("delta") and not _partials(right)


def _rearranged(left, right):
    return not _partials(left) and not _partials(right)


RULES = ((CHAIN, _chain_rule), (PATHS, _sum_over_paths), (SAMPLES, _sum_over_samples), (VALUE, _by_value),
         (NETWORK, _of_network), (CANCEL, _cancellation), (PUT_IN, _put_in), (AGAIN, _rearranged))
"""name → whether a step from left to right is one; the first that fits is meant."""
