"""Typesetting: which letters and marks a text uses, and the LaTeX of any expression in it.

A notation is data: a letter for each kind of quantity, and where the layer stands.  The sample's index s is left out
where only one sample is in play, as texts do; a sum over samples brings it back.
"""
from dataclasses import dataclass, field

import sympy as sp
from sympy.printing.latex import LatexPrinter

from .activations import Activated, Slope, normal_cdf
from .equations import Partial, indices_of, in_reading_order, name_of, place_in_sum, s


@dataclass(frozen=True)
class Notation:
    """Letters by kind of quantity (see `equations.Quantity`), and how the layer l is written."""

    name: str
    letters: dict = field(default_factory=dict)
    layer: str = "({})"


DEFAULT = Notation("bplib", {
    "x": "x", "y": "y", "c": "c", "W": "w", "b": "b", "z": "z", "a": "a", "losses": "C", "C": "C",
    "delta": r"\delta",
})


def latex(expression, quantities, notation=DEFAULT, samples=None):
    """LaTeX of an expression.

    quantities   name → Quantity, as in `Network.quantities`
    samples      whether the index of the sample is written; by default where the expression sums over samples
    """
    if samples is None:
        samples = any(at == s for e in expression.atoms(sp.Sum) for at, *_ in e.limits)
    return _Printer(quantities, notation, samples).doprint(expression)


def equation_latex(left, right, quantities, notation=DEFAULT, samples=None):
    """LaTeX of left = right."""
    if samples is None:
        samples = any(at == s for side in (left, right) for e in side.atoms(sp.Sum) for at, *_ in e.limits)
    return " = ".join(latex(side, quantities, notation, samples) for side in (left, right))


class _Printer(LatexPrinter):
    def __init__(self, quantities, notation, samples):
        super().__init__()
        self.quantities, self.notation, self.samples = quantities, notation, samples

    # entries of arrays

    def _print_Indexed(self, e):
        quantity = self.quantities[name_of(e)]
        indices = [at for at in indices_of(e) if at != s or self.samples or quantity.kind == "losses"]
        if quantity.kind == "da":
            a = next(q for q in self.quantities.values() if (q.kind, q.mark) == ("a", quantity.mark))
            return rf"\frac{{\partial C_{{s}}}}{{\partial {self._print(a[e.indices])}}}"
        return self._marked(self.notation.letters[quantity.kind], quantity.mark, [self._print(at) for at in indices])

    def _print_Symbol(self, e, **options):
        quantity = self.quantities.get(e.name)
        if quantity is None:
            return super()._print_Symbol(e, **options)
        return self._marked(self.notation.letters[quantity.kind], quantity.mark, [])

    def _marked(self, letter, mark, indices):
        """A letter with its layer above and its indices below; neurons' names stand below with the indices."""
        above = ""
        if isinstance(mark, int) and mark > 0:
            above = "^{" + self.notation.layer.format(mark) + "}"
        elif mark and isinstance(mark, (str, tuple)):
            names = [rf"\mathrm{{{name}}}" for name in (mark if isinstance(mark, tuple) else (mark,)) if name]
            indices = [*indices, *(names if all(mark) else [])]
        between = "" if all(len(index) == 1 for index in indices) else ","
        return letter + (f"_{{{between.join(indices)}}}" if indices else "") + above

    def _print_Partial(self, e):
        return rf"\frac{{\partial {self._print(e.of)}}}{{\partial {self._print(e.by)}}}"

    # functions

    def _print_Function(self, e, exp=None):
        if isinstance(e, (Activated, Slope, normal_cdf)) or type(e).__name__ == "normal_pdf":
            return self._applied(e)
        return super()._print_Function(e, exp)

    _print_tanh = _print_Function

    def _applied(self, e):
        g, prime = (e.args[0], "'") if isinstance(e, Slope) else (e, "")
        symbol = {"normal_cdf": r"\Phi", "normal_pdf": r"\varphi"}.get(type(g).__name__) or g.row.symbol
        return rf"{symbol}{prime}\left({self._print(g.args[0])}\right)"

    def _print_softmax(self, e, exp=None):
        return self._print(e.formula().xreplace({at: sp.Symbol("i", integer=True, positive=True)
                                                 for at in e.formula().atoms(sp.Dummy)}))

    def _print_log(self, e, exp=None):
        inside = self._print(e.args[0])
        return rf"\ln {inside}" if e.args[0].is_Indexed else rf"\ln\left({inside}\right)"

    def _print_KroneckerDelta(self, e, exp=None):
        """[i = j], 1 where it holds and 0 elsewhere; δ is taken by the error term."""
        return rf"\left[{' = '.join(sorted(map(self._print, e.args), key=len))}\right]"

    # arithmetic in the order in which a person writes it

    def _print_Add(self, e, order=None):
        code = ""
        for term in sorted(e.args, key=place_in_sum):
            minus = term.could_extract_minus_sign()
            printed = self._print(-term if minus else term)
            printed = rf"\left({printed}\right)" if minus and (-term).is_Add else printed
            code += (" - " if minus else " + " if code else "") + printed
        return code.removeprefix(" ").replace("- ", "-", 1) if code.startswith(" -") else code

    def _print_Mul(self, e):
        if any(f.is_Mul for f in e.args):  # a product left as it is, to show what cancels
            return r" \cdot ".join(map(self._print_in_product, e.args))
        coefficient, factors = e.as_coeff_mul()
        if coefficient.is_negative:
            positive = -e
            return "-" + (rf"\left({self._print(positive)}\right)" if positive.is_Add else self._print(positive))
        below = [1 / f for f in factors if f.is_Pow and f.exp.could_extract_minus_sign()]
        above = in_reading_order([f for f in factors if 1 / f not in below])
        if coefficient.is_Rational and coefficient.q != 1:
            below.insert(0, sp.Integer(coefficient.q))
            coefficient = sp.Integer(coefficient.p)
        above = ([coefficient] if coefficient != 1 else []) + above
        if not below:
            return self._product(above)
        top = [f for f in above if f.is_Number or f in self._with_targets(above)]
        top = top or [f for f in above if not f.has(sp.Sum)]
        rest = [f for f in above if f not in top]
        fraction = rf"\frac{{{self._product(top) if top else 1}}}{{{self._product(in_reading_order(below))}}}"
        return self._side_by_side([fraction, *(self._factor(f, f is rest[-1]) for f in rest)])

    def _with_targets(self, factors):
        return [f for f in factors if any(name_of(e) == "y" for e in f.atoms(sp.Indexed)) and not f.has(sp.Sum)]

    def _print_in_product(self, e):
        printed = self._print(e)
        return rf"\left({printed}\right)" if e.is_Add or e.could_extract_minus_sign() else printed

    def _product(self, factors):
        if len(factors) == 1:
            return self._print(factors[0])
        printed = [self._factor(f, last=f is factors[-1]) for f in factors]
        chain = sum(isinstance(f, Partial) for f in factors) > 1
        return r" \cdot ".join(printed) if chain else self._side_by_side(printed)

    def _side_by_side(self, printed):
        """Factors next to each other; an opening bracket brings its own space."""
        code = printed[0]
        for after in printed[1:]:
            code += (" " if after.startswith(r"\left") else r" \, ") + after
        return code

    def _print_Pow(self, e):
        if e.exp.is_Integer and e.exp > 1 and isinstance(e.base, sp.Indexed):
            base = self._print(e.base)
            return rf"\left({base}\right)^{{{e.exp}}}" if "^" in base else rf"{base}^{{{e.exp}}}"
        return super()._print_Pow(e)

    def _factor(self, e, last):
        needs = e.is_Add or isinstance(e, sp.Piecewise) or isinstance(e, sp.Sum) and not last
        return rf"\left({self._print(e)}\right)" if needs else self._print(e)

    def _print_Sum(self, e):
        signs = "".join(rf"\sum_{{{self._print(at)}={self._print(low)}}}^{{{self._print(high)}}} "
                        for at, low, high in e.limits)
        return signs + (rf"\left({self._print(e.function)}\right)" if e.function.is_Add else self._print(e.function))
