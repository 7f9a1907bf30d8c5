"""What a network is: a list of equations in index notation, each giving one quantity.

A quantity is an array with a name, a role and an index for each axis: z2[s, j] is the pre-activation of unit j of layer
2 for sample s.  Equations hold SymPy expressions over such entries.  Layer sizes stay symbols: nothing here, nor in
what is derived from here, depends on how wide a layer is.

Indices (as in most texts)   s sample   j unit of this layer   k unit of the layer before   i unit of the layer after
"""
from dataclasses import dataclass
from functools import lru_cache

import sympy as sp


def letter(name: str) -> sp.Symbol:
    """An index."""
    return sp.Symbol(name, integer=True, nonnegative=True)


def bound_letter(at: sp.Symbol) -> sp.Dummy:
    """A letter that can meet no other, to be bound by a sum."""
    return sp.Dummy(at.name, integer=True, nonnegative=True)


def size(name: str) -> sp.Symbol:
    """How far an index runs."""
    return sp.Symbol(name, integer=True, positive=True)


@lru_cache(maxsize=None)
def array(name: str) -> sp.IndexedBase:
    """SymPy works out the assumptions of an IndexedBase anew each time that one is made, so each is made once."""
    return sp.IndexedBase(name, real=True)


s, i, j, k = map(letter, "sijk")
N = size("N")
LAMBDA = sp.Symbol("lambda", positive=True)


@dataclass(frozen=True)
class Quantity:
    """An array of a network.

    name   its name in code: "W1"
    kind   its role: x y c W b z a losses C delta da (∂C/∂a), and dW db for the gradients of parameters
    mark   the layer or neuron that it belongs to, for a weight between neurons both; for x the names of inputs, where
           they have names; None for y and the cost
    sizes  one symbol (or number) an axis: how far its index runs
    """

    name: str
    kind: str
    mark: object = None
    sizes: tuple = ()

    def __getitem__(self, indices):
        indices = indices if isinstance(indices, tuple) else (indices,)
        return array(self.name)[indices] if indices else sp.Symbol(self.name, real=True)


def gradient_of(quantity):
    """The quantity that holds the derivative of the cost with respect to another one: delta2 for z2, dW1 for W1.

    delta and da are derivatives of the cost of one sample, dW and db of the cost of the batch.
    """
    name = {"z": "delta" + quantity.name[1:]}.get(quantity.kind, "d" + quantity.name)
    return Quantity(name, {"z": "delta"}.get(quantity.kind, "d" + quantity.kind), quantity.mark, quantity.sizes)


@dataclass(frozen=True)
class Equation:
    """quantity[indices] = right."""

    quantity: Quantity
    indices: tuple
    right: sp.Expr

    @property
    def left(self):
        return self.quantity[self.indices]

    def __reduce__(self):
        return _equation, (self.quantity, self.indices, as_tree(self.right))


def _equation(quantity, indices, right):
    return Equation(quantity, indices, from_tree(right))


def as_tree(expression):
    """An expression for pickle, as (class, arguments) all the way down.

    SymPy's own way computes each sum and product anew when it is read, so that 2 (a − y) comes back as 2 a − 2 y.
    """
    if not expression.args or isinstance(expression, sp.Indexed):
        return expression
    return expression.func, tuple(map(as_tree, expression.args))


def from_tree(tree):
    """The expression of a tree, with its sums and products as they were."""
    if not isinstance(tree, tuple):
        return tree
    kind, arguments = tree[0], tuple(map(from_tree, tree[1]))
    if issubclass(kind, (sp.Add, sp.Mul)):
        return kind._from_args(arguments)
    options = {"evaluate": False} if issubclass(kind, (sp.Pow, sp.Piecewise, sp.Function)) else {}
    return kind(*arguments, **options)


class Partial(sp.Expr):
    """∂(of)/∂(with respect to), not worked out: Partial(C[s], W2[j, k])."""

    is_commutative = True

    of = property(lambda self: self.args[0])
    by = property(lambda self: self.args[1])


def name_of(entry):
    """The name of the array of which `entry` is one entry: "W1" for W1[j, k]."""
    return entry.base.name if isinstance(entry, sp.Indexed) else entry.name


def indices_of(entry):
    return entry.indices if isinstance(entry, sp.Indexed) else ()


def sum_with_sign_in_front(term, *limits):
    """Σ term; where all of the term is negative, −Σ of its opposite."""
    return -sp.Sum(-term, *limits) if term.could_extract_minus_sign() else sp.Sum(term, *limits)


def in_reading_order(factors):
    """Factors as a person writes them: 2 (a − y) g'(z) a_prev;  w δ;  ∂C/∂a · ∂a/∂z · ∂z/∂w."""
    partials = [f for f in factors if isinstance(f, Partial)]
    others = sorted((f for f in factors if not isinstance(f, Partial)), key=lambda f: _rank(f, factors))
    chain = [p for p in partials if not any(p.of == q.by for q in partials)]
    while len(chain) < len(partials):
        chain.append(next(p for p in partials if p.of == chain[-1].by))
    return [f for f in others if f.is_Number] + chain + [f for f in others if not f.is_Number]


def _rank(factor, factors):
    if factor.is_Number or factor in (1 / N, LAMBDA):
        rank = 0
    elif isinstance(factor, sp.Sum):
        rank = 6 if any(name_of(e)[0] in "Wd" for e in factor.atoms(sp.Indexed)) else 8
    elif isinstance(factor, (sp.Indexed, sp.Symbol)):
        own_slope = any(f.is_Add and f.has(factor) for f in factors)
        rank = {"y": 1, "W": 4, "w": 4, "d": 5}.get(name_of(factor)[0], 3 if own_slope else 7)
    else:
        rank = 1 if any(name_of(e) == "y" for e in factor.atoms(sp.Indexed)) else 3
    return rank, not isinstance(factor, (sp.Indexed, sp.Symbol)), str(factor)


def place_in_sum(term):
    """Sorts terms as a person writes them: Σ w a + b, a − y, 1 − a."""
    return (term.could_extract_minus_sign(), not term.has(sp.Sum), isinstance(term, (sp.Indexed, sp.Symbol)),
            term.is_Number and term != 1, sp.count_ops(term), str(term))
