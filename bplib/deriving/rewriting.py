"""Rewritings of derivatives: one put into another, cancellations, sums that have a name."""
import sympy as sp

from ..equations import Equation, indices_of, letter, name_of
from ..models.nodes import bound_in, entries, letters_in, renamed
from .algebra import added, distributed


def put_in(expression, inner: Equation, model):
    """The expression with each entry of `inner`'s array written out.  Sums in it get letters that are free there."""
    bound = set().union(*(bound_in(e) for e in sp.preorder_traversal(inner.right)))
    taken = {at for e in sp.preorder_traversal(expression) for at in (*letters_in(e), *bound_in(e))}
    names = _free_names(bound & taken, bound | taken, model)

    def value(entry):
        own = inner.right.xreplace(names)
        return renamed(own, dict(zip(inner.indices, indices_of(entry), strict=True)))

    return expression.xreplace({e: value(e) for e in entries(expression) if name_of(e) == inner.quantity.name})


def _free_names(letters, taken, model):
    names = {}
    for at in sorted(letters, key=str):
        same = [other for other, n in model.letters.items() if n == model.range_of(at)]
        stem = at.name.rstrip("'")
        primed = (letter(stem + "'" * n) for n in range(1, 99))
        names[at] = next(name for name in (*same, *primed) if name not in taken and name not in names.values())
    return names


def can_be_put_in(inner: Equation, expression) -> bool:
    """Whether an array may be written out in an expression: everywhere at plain indices, or with a right side that is 0
    outside the array, as the array is."""
    computed = any(not at.is_Symbol for e in entries(expression) if name_of(e) == inner.quantity.name for at in indices_of(e))
    return not computed


def one_place_sums(expression):
    """Σ_v [v = c] f(v) is f(c), and Σ_v [v = c] is 1: a label lies in its range."""
    def done(total):
        body, limits = total.function, list(total.limits)
        for limit in total.limits:
            delta = next((f for f in sp.Mul.make_args(body) if isinstance(f, sp.KroneckerDelta) and limit[0] in f.args), None)
            if delta is not None:
                other = next(at for at in delta.args if at != limit[0])
                body = sp.Mul(*(f for f in sp.Mul.make_args(body) if f != delta)).xreplace({limit[0]: other})
                limits.remove(limit)
        return sp.Sum(body, *limits) if limits else body

    return expression.replace(lambda e: isinstance(e, sp.Sum) and e.has(sp.KroneckerDelta), done)


def by_definition(expression, equations):
    """The expression with a Σ that an equation gives a name to by that name, where that makes it shorter: Σ (x − μ) is 0
    for the mean μ."""
    if not any(f.is_Add for total in expression.atoms(sp.Sum) for f in sp.Mul.make_args(total.function)):
        return expression
    apart = distributed(expression)
    for equation in equations:
        share, total = share_and_sum(equation.right)
        if total is not None:
            apart = apart.xreplace({s: equation.left.xreplace(same) / share for s in apart.atoms(sp.Sum)
                                    if (same := _same_sum(s, total)) is not None})
    apart = sp.expand(apart)
    return apart if sp.count_ops(apart) < sp.count_ops(expression) else expression


def share_and_sum(right):
    """An equation's right side as share · Σ …, where the share has no entries; (None, None) where it is none."""
    sums = [f for f in sp.Mul.make_args(right) if isinstance(f, sp.Sum)]
    if len(sums) != 1:
        return None, None
    share = right / sums[0]
    return (share, sums[0]) if not entries(share) else (None, None)


def _same_sum(s, total):
    """What letters of an equation have to be for its sum to be this one; None where it is another."""
    if [n for _, _, n in s.limits] != [n for _, _, n in total.limits]:
        return None
    bound = {of[0]: to[0] for of, to in zip(total.limits, s.limits, strict=True)}
    return {} if total.function.xreplace(bound) == s.function else None


def multiplied_out(expression):
    """Term by term, with what all terms share in front."""
    return added([one_place_sums(term) for term in sp.Add.make_args(distributed(expression))])
