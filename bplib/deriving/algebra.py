"""Sums and products, kept as a person writes them."""
from collections import defaultdict

import sympy as sp

from ..models.nodes import letters_in


def factors_of(*products) -> list:
    """All factors of some products."""
    return [factor for product in products for factor in sp.Mul.make_args(product)]


def summed(factors, limits=()):
    """Σ Π factors over limits (letter, 0, n − 1), with what a sum does not need, and numbers, in front of it."""
    bound = {at for at, *_ in limits}
    inside = [f for f in factors_of(*factors) if letters_in(f) & bound]
    outside = [f for f in factors_of(*factors) if not letters_in(f) & bound]
    used = set().union(*map(letters_in, inside))
    idle = [high + 1 for at, _, high in limits if at not in used]
    limits = [limit for limit in limits if limit[0] in used]
    sign, number, body = _apart(sp.Mul(*inside))
    return sp.Mul(sign, number, *outside, *idle, sp.Sum(body, *limits) if limits else body)


def _apart(body):
    """The sign and the number in front of a product."""
    if body.is_Add:
        number, body = body.primitive()
        return (-1, number, -body) if body.could_extract_minus_sign() else (1, number, body)
    sign, body = (-1, -body) if body.could_extract_minus_sign() else (1, body)
    number, body = body.as_coeff_Mul()
    return sign, number, body


def added(terms):
    """The sum of terms with what all of them share in front: a·ā − a·Σ a ā = a·(ā − Σ a ā)."""
    terms = [numbers_in_front(term) for term in terms if term != 0]
    if len(terms) < 2:
        return sp.Add(*terms)
    shared = _shared(terms)
    rest = [term / shared for term in terms]
    if all(term.could_extract_minus_sign() for term in rest):
        shared, rest = -shared, [-term for term in rest]
    if shared in (1, -1):
        return sp.Mul(shared, sp.Add(*rest))
    return sp.Mul(shared, sp.Add(*rest), evaluate=False)


def _shared(terms):
    """The product of the powers that stand in every term."""
    powers = []
    for term in terms:
        powers.append(defaultdict(int))
        for base, exponent in (factor.as_base_exp() for factor in factors_of(term)):
            powers[-1][base] += exponent
    shared = sp.S.One
    for base in powers[0]:
        exponents = [sp.sympify(power[base]) for power in powers]
        if not base.is_Rational and all(exponent.is_Rational for exponent in exponents):
            shared *= base**_common(exponents)
    return shared


def _common(exponents):
    if all(exponent > 0 for exponent in exponents):
        return min(exponents)
    return max(exponents) if all(exponent < 0 for exponent in exponents) else 0


def numbers_in_front(expression):
    """2·(x − μ) for 2x − 2μ: SymPy multiplies numbers into sums by itself."""
    def done(e):
        number, rest = e.primitive()
        return e if number == 1 else sp.Mul(number, rest, evaluate=False)

    return expression.replace(lambda e: e.is_Add, done)


def distributed(e):
    """Products over sums, term by term; a Σ of a sum is a sum of Σs, each with what it does not need in front."""
    if isinstance(e, sp.Sum):
        return sp.Add(*(summed([term], e.limits) for term in sp.Add.make_args(distributed(e.function))))
    if e.is_Add:
        return sp.Add(*map(distributed, e.args))
    if not e.is_Mul:
        return e
    products = [[]]
    for factor in map(distributed, e.args):
        products = [[*product, term] for product in products for term in sp.Add.make_args(factor)]
    return sp.Add(*(sp.Mul(*product) for product in products))


def divides_by(expression, entry) -> bool:
    """Whether an entry stands in a denominator."""
    return any(power.base == entry and power.exp.could_extract_minus_sign() for power in expression.atoms(sp.Pow))
