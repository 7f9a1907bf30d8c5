"""Tiny networks as plain Python: each entry a number of its own, each formula a line, what they share computed once.

A call of NumPy costs more than all the arithmetic of a few units, so below some 45 parameters this is the fast form.
"""
import math
from itertools import count, product

import numpy as np
import sympy as sp
from sympy.printing.pycode import PythonCodePrinter

from ..activations import Activated, normal_cdf, normal_pdf, softmax
from ..equations import N, indices_of, name_of, s
from ..losses import BUILT_IN
from ..notation import DEFAULT
from .arrays import Stage, compiled, plain
from .kernels import blend

MOST_PARAMETERS = 45
MOST_WORK = 200
"""Parameters times samples from which arrays are faster."""

SIGMOID = "(1/(1 + exp(-{0})) if {0} > -40 else exp({0}))"
NORMAL_CDF = f"{0.5}*erfc(-{math.sqrt(0.5)}*{{0}})"
FORMULAS = {
    "identity": "{0}", "sigmoid": SIGMOID, "tanh": "tanh({0})", "relu": "({0} if {0} > 0 else 0.0)",
    "leaky_relu": "({0} if {0} > 0 else {1}*{0})", "elu": "({0} if {0} > 0 else {1}*expm1({0}))",
    "softplus": "(({0} if {0} > 0 else 0.0) + log1p(exp(-abs({0}))))",
    "silu": "{0}*" + SIGMOID, "gelu": "{0}*" + NORMAL_CDF, "normal_cdf": NORMAL_CDF,
    "normal_pdf": f"{1 / math.sqrt(2 * math.pi)}*exp(-0.5*{{0}}*{{0}})",
}
"""Source of a function of z (and a parameter); none of them overflows.  What does not stand here is written by the
formula of its row."""


def functions_of_numbers(network):
    """The functions that the source calls, by name: those of `math`; where a network has formulas of its own, such
    that give what NumPy's give, infinity or not-a-number, where those of `math` end in an error."""
    by_name = {name: given for name, given in vars(math).items() if not name.startswith("_")}
    if all(type(g).__name__ in FORMULAS for e in network.equations for g in e.right.atoms(Activated)) and (
            network.options.loss.name in BUILT_IN):
        return by_name
    return {name: _without_errors(given, getattr(np, name, None)) if callable(given) else given
            for name, given in by_name.items()}


def _without_errors(function, numpy):
    def safe(*numbers):
        try:
            return function(*numbers)
        except (ArithmeticError, ValueError):
            with np.errstate(all="ignore"):
                return float(numpy(*numbers)) if numpy else math.nan

    return safe


class most(sp.Function):
    """The largest of its arguments."""


class _Printer(PythonCodePrinter):
    def __init__(self):
        super().__init__({"fully_qualified_modules": False})

    def _print_Function(self, e):
        if isinstance(e, (Activated, normal_cdf, normal_pdf)):
            formula = FORMULAS.get(type(e).__name__)
            return formula.format(*map(self._print, e.args)) if formula else f"({self._print(e.row.evaluated(*e.args))})"
        if isinstance(e, most):
            return f"max({', '.join(map(self._print, e.args))}, -inf)"
        return super()._print_Function(e)

    def _print_Pow(self, e, **options):
        base = self.parenthesize(e.base, 100)
        return f"({base}*{base})" if e.exp == 2 else super()._print_Pow(e, **options)

    def _print_Rational(self, e):
        return repr(float(e))

    _print_Float = _print_Rational

    def _print_sign(self, e):
        x = self._print(e.args[0])
        return f"(({x} > 0) - ({x} < 0))"

    def _print_KroneckerDelta(self, e):
        unit, label = e.args if e.args[0].is_Integer else reversed(e.args)
        return f"({self._print(label)} == {int(unit) - 1})"


class ScalarCode:
    """The gradients of a tiny network for a number of samples, and a step of descent, on numbers instead of arrays.

    numbers_gradients(parameters, X, Y)   lists in, a list out: all parameters one after the other, samples row by row
    numbers_step(parameters, X, Y, eta)   the same with the parameters after the step
    """

    def __init__(self, functions, rows):
        space = functions_of_numbers(functions.network)
        source = _Source(functions, rows)
        self.stages = [plain(functions), *(
            Stage(name, why, code, compiled(code, dict(space))) for name, why, code in (
                ("numbers", "Each entry is a number of its own, and each sum is written out.",
                 source.gradients(_apart)),
                ("shared", "What stands in several formulas is computed once.",
                 source.gradients(sp.cse)),
                ("step", "The update belongs to the same function; η goes with the error of the output, through which "
                         "it reaches every gradient.", source.step())))]
        self.numbers_gradients, self.numbers_step = self.stages[2].function, self.stages[3].function

    def accumulate(self, arrays, X, Y, out, alpha, beta):
        """out ← α ∂C/∂arrays + β out, in place."""
        self._spread(self.numbers_gradients(_numbers(arrays), X.tolist(), Y.tolist()), out, alpha, beta)

    def step(self, arrays, X, Y, eta):
        """arrays ← arrays − η ∂C/∂arrays, in place."""
        self._spread(self.numbers_step(_numbers(arrays), X.tolist(), Y.tolist(), eta), arrays, 1.0, 0.0)

    def bound(self, arrays, out):
        """`accumulate` for loops, its arrays built in: a function of (X, Y, α, β); for β = 1 `out` may be `arrays`."""
        return lambda X, Y, alpha, beta: self.accumulate(arrays, X, Y, out, alpha, beta)

    @staticmethod
    def _spread(numbers, out, alpha, beta):
        numbers, at = np.array(numbers), 0
        for array in out:
            array[...] = blend(alpha, numbers[at:at + array.size].reshape(array.shape), beta, array)
            at += array.size


def _numbers(arrays):
    return [number for array in arrays for number in array.ravel().tolist()]


def _apart(formulas, fresh):
    """As sp.cse returns it, with nothing shared."""
    return [], formulas


def _terms(sum_, sizes):
    """A sum written out."""
    total = sum_.function
    for index, _, last in sum_.limits:
        total = sp.Add(*(total.xreplace({index: sp.Integer(at)}) for at in range(1, int(sizes.get(last, last)) + 1)))
    return total


class _Source:
    """Writes functions of numbers."""

    def __init__(self, functions, rows):
        self.network, self.rows, self.print = functions.network, rows, _Printer().doprint
        self.sizes = {**self.network.sizes, N: sp.Float(rows)}
        self.parameters = [self._symbol(e) for q in self.network.parameters
                           for e in self._entries(self.network.quantities[q])]
        forward = [e for e in self.network.equations if e.quantity.kind not in ("losses", "C")]
        equations = [*forward, *functions.backward]
        self.levels = [level for e in equations if e.quantity.kind not in ("dW", "db") for level in self._levels(e)]
        self.parts = [parts for e in equations if e.quantity.kind in ("dW", "db") for parts in self._parts(e)]
        self.errors = {self._symbol(entry) for e in equations if e.quantity.kind in ("delta", "da")
                       for entry in self._entries(e.quantity)}

    def _entries(self, quantity):
        """The entries of a quantity, of one sample where it has samples."""
        sizes = [int(self.network.sizes.get(n, n)) for n in quantity.sizes if n != N]
        sample = (s,) if N in quantity.sizes else ()
        return [quantity[(*sample, *at)] for at in product(*(range(1, n + 1) for n in sizes))]

    def _symbol(self, entry):
        at = [str(n) for n in indices_of(entry) if n != s]
        return sp.Symbol("_".join([name_of(entry), *at]), real=True)

    def _numbers(self, formula):
        """A formula with sums written out and a symbol for each entry."""
        formula = formula.replace(sp.Sum, lambda *sum_: _terms(sp.Sum(*sum_), self.sizes)).xreplace(self.sizes)
        return formula.xreplace({e: self._symbol(e) for e in formula.atoms(sp.Indexed)})

    def _each(self, equation):
        """An equation for each of its entries: (entry, right side)."""
        for entry in self._entries(equation.quantity):
            yield entry, equation.right.xreplace(dict(zip(equation.indices, indices_of(entry))))

    def _levels(self, equation):
        """Lines (symbol, formula), grouped so that none of a group needs another one of it."""
        found = [(self._symbol(entry), right) for entry, right in self._each(equation)]
        if not isinstance(equation.right, softmax):
            return [[(left, self._numbers(right)) for left, right in found]]
        z = [self._symbol(right.args[0]) for _, right in found]
        largest, total = sp.symbols("largest total", real=True)
        powers = [sp.Symbol(f"e{at}", real=True) for at in range(1, len(z) + 1)]
        return [[(largest, most(*z))], [(power, sp.exp(one - largest)) for power, one in zip(powers, z)],
                [(total, sp.Add(*powers))], [(left, power / total) for (left, _), power in zip(found, powers)]]

    def _parts(self, equation):
        """For each entry of a gradient: its symbol, what one sample adds, and the whole as a function of their sum."""
        for entry, right in self._each(equation):
            (over_samples,) = [e for e in right.atoms(sp.Sum) if e.limits[0][0] == s]
            own = self._symbol(entry)
            yield own, self._numbers(over_samples.function), self._numbers(right.xreplace({over_samples: own}))

    def gradients(self, share):
        """The source of a function that returns the gradients."""
        return self._function("gradients", [], self.levels, [whole for *_, whole in self.parts], share)

    def step(self):
        """The source of a function that returns the parameters after a step."""
        eta, rate = sp.symbols("eta rate", real=True)
        own, _, whole = zip(*self.parts)
        factors = {formula / total for total, formula in zip(own, whole)}
        if self.network.options.l2:
            results = [w - eta * formula for w, formula in zip(self.parameters, whole)]
            return self._function("step", ["eta"], self.levels, results, sp.cse)
        levels = [[(left, rate * right if self._is_first(left, right) else right) for left, right in level]
                  for level in self.levels]
        results = [w - total for w, total in zip(self.parameters, own)]
        return self._function("step", ["eta"], [[(rate, factors.pop() * eta)], *levels], results, sp.cse)

    def _is_first(self, left, right):
        """Whether a line computes an error that comes from no other error."""
        return left in self.errors and not right.free_symbols & self.errors

    def _function(self, name, arguments, levels, results, share):
        fresh = (sp.Symbol(f"t{at}", real=True) for at in count(1))
        own, one, _ = zip(*self.parts)
        before = levels[:1] if arguments and len(levels) > len(self.levels) else []
        body = [code for level in levels[len(before):] for code in self._lines(level, share, fresh)]
        x, y = map(self._row, ("x", self.network.targets.name))
        if self.rows == 1:
            body = [f"({x},), ({y},) = X, Y", *body]
            results = [formula.xreplace(dict(zip(own, one))) for formula in results]
        else:
            shared, parts = share(one, fresh)
            body += [self._line(*line) for line in shared]
            body += [f"{total} += {self.print(part)}" for total, part in zip(own, parts)]
            body = [f"{' = '.join(map(str, own))} = 0.0", f"for {x}, {y} in zip(X, Y):", *("    " + at for at in body)]
        shared, results = share(results, fresh)
        body = [self._line(*line) for level in before for line in level] + body
        body += [*(self._line(*line) for line in shared), f"return [{', '.join(map(self.print, results))}]"]
        head = f"def {name}({', '.join(['parameters', 'X', 'Y', *arguments])}):"
        return "\n    ".join([head, f"{', '.join(map(str, self.parameters))}, = parameters", *body])

    def _row(self, given):
        """How the values of a sample are unpacked."""
        quantity = self.network.given(given)
        entries = [str(self._symbol(e)) for e in self._entries(quantity)]
        return f"({', '.join(entries)},)" if len(quantity.sizes) > 1 else quantity.name

    def _lines(self, level, share, fresh):
        lefts, rights = zip(*level)
        shared, rights = share(rights, fresh)
        return [self._line(*line) for line in [*shared, *zip(lefts, rights)]]

    def _line(self, left, right):
        return f"{left} = {self.print(right)}"


def suits(functions, rows, dtype):
    """Whether a network is so small, and of such formulas, that plain Python is the fast form."""
    network = functions.network
    number = sum(math.prod(network.shape(name)) for name in network.parameters)
    return (number <= MOST_PARAMETERS and number * rows <= MOST_WORK and dtype == "float64"
            and functions.layout.notation is DEFAULT
            and not any(power.exp.could_extract_minus_sign() and power.base.atoms(sp.Indexed)
                        for equation in functions.backward for power in equation.right.atoms(sp.Pow)))
