"""LaTeX of the equations of a model and of their derivatives, as a textbook writes them.

A `Style` says with which letters.  The formulas stay those of the one derivation.
"""
import re
from dataclasses import dataclass, field

import sympy as sp
from sympy.printing.latex import translate

from ..equations import Partial, indices_of, letter, name_of, place_in_sum
from ..notation import DEFAULT, FormulaPrinter
from .letters import with_own_letters
from .nodes import bound_in, entries, is_entry, letters_in
from .quantities import Role

RELATIONS = {"<": "<", "<=": r"\le", ">": ">", ">=": r"\ge", "==": "=", "!=": r"\ne"}


@dataclass(frozen=True)
class Style:
    """How the formulas of a model are written.

    letters   name of an array → its LaTeX, where it is not made from the name
    error     LaTeX of ∂C/∂q, with {} for q with its indices; by default ∂C/∂q as a fraction.  r"\\bar{{{}}}" for q̄
    delta     names whose ∂C/∂q is written δ, with what the name carries after its first letter: z1 → δ⁽¹⁾
    above     letters that stand above, in brackets, as layers and steps do in many texts: ("l", "t")
    """

    letters: dict = field(default_factory=dict)
    error: str = ""
    delta: tuple = ("z",)
    above: tuple = ()


class ModelPrinter(FormulaPrinter):
    """Prints formulas of a model.  What a person would write first stands first: parameters, errors, values."""

    def __init__(self, model, style=None):
        super().__init__({}, DEFAULT, True, {})
        self.model, self.style = model, style or Style()
        self.derivatives = {"d" + name: q for name, q in model.quantities.items()}

    def doprint(self, expr):
        return super().doprint(with_own_letters(sp.sympify(expr), self.model.letters))

    # names

    def letter_of(self, name):
        """LaTeX of a name, and what stands above it: z1 → z, (1)."""
        if name in self.style.letters:
            return self.style.letters[name], ""
        stem, mark = re.fullmatch(r"([A-Za-z]+)_?(\w*)", name).groups()
        above = rf"({mark})" if re.fullmatch(r"\d+\w?", mark) else rf"\mathrm{{{mark}}}" if mark else ""
        return self._stem(stem), above

    @staticmethod
    def _stem(stem):
        greek = translate(stem) if len(stem) > 1 else stem
        return greek if len(stem) == 1 or greek.startswith("\\") else rf"\mathrm{{{stem}}}"

    def _with_indices(self, symbol, above, indices):
        """A letter with its mark, and its indices below or above."""
        raised = [at for at in indices if letters_in(at) & {letter(name) for name in self.style.above}]
        above = ",".join(filter(None, [above, *(f"({self._print(at)})" for at in raised)]))
        printed = [self._print(at) for at in indices if at not in raised]
        below = ("" if all(len(index) == 1 for index in printed) else ",").join(printed)
        return symbol + (f"_{{{below}}}" if below else "") + (f"^{{{above}}}" if above else "")

    def _print_Indexed(self, e):
        return self._entry_of(name_of(e), indices_of(e))

    def _print_Symbol(self, e, **options):
        if is_entry(e) and (e.name in self.model.quantities or e.name in self.derivatives):
            return self._entry_of(e.name, ())
        if e.is_integer:
            stem, mark, primes = re.fullmatch(r"([A-Za-z]+)_?(\w*?)('*)", e.name).groups()
            return self._stem(stem) + (f"_{{{mark}}}" if mark else "") + primes
        return super()._print_Symbol(e, **options)

    def _entry_of(self, name, indices):
        if name in self.model.quantities:
            return self._with_indices(*self.letter_of(name), indices)
        q = self.derivatives[name]
        symbol, above = self.letter_of(q.name)
        if symbol in self.style.delta:
            return self._with_indices(r"\delta", above, indices)
        if not self.style.error:
            return self._print(Partial(self.model.cost.entry, q[indices]))
        return self._with_indices(self.style.error.format(symbol), above, indices)

    # order

    def in_order(self, factors):
        """Partial derivatives along the chain; brackets, parameters, errors, values; sums last."""
        chain = [f for f in factors if isinstance(f, Partial)]
        others = sorted((f for f in factors if f not in chain), key=self._rank)
        chain.sort(key=lambda f: f.of != self.model.cost.entry)
        return [f for f in others if f.is_Number] + chain + [f for f in others if not f.is_Number]

    def _rank(self, f):
        base = f.as_base_exp()[0]
        if not entries(f):
            rank = 0
        elif isinstance(f, sp.Sum):
            rank = 6
        elif isinstance(base, sp.Function):
            rank = 4
        elif is_entry(base) and base == f:
            quantity = self.model.quantities.get(name_of(base))
            rank = 3 if quantity is None else 2 if quantity.role is Role.PARAMETER else 4
        else:
            rank = 5
        return rank, str(f)

    def _with_targets(self, factors):
        return []

    # indices

    def _print_Add(self, e, order=None):
        if e.is_integer and not entries(e):
            terms = sorted(e.args, key=lambda term: (term.could_extract_minus_sign(), term.is_Number, str(term)))
            signs = ["-" if term.could_extract_minus_sign() else "+" for term in terms]
            code = "".join(sign + self._print(without_minus(term)) for sign, term in zip(signs, terms, strict=True))
            return code.removeprefix("+")
        return super()._print_Add(e, order)

    def _print_Mul(self, e):
        if e.is_integer and not entries(e) and any(factor.is_Add for factor in e.args):
            return self._print(sp.expand(e))  # 2p + 2q - 2
        if e.is_integer and not entries(e) and e.args[0].is_Integer and not e.could_extract_minus_sign():
            return "".join(map(self._print, e.args))  # 2p
        return super()._print_Mul(e)

    @staticmethod
    def place_in_sum(term):
        return (term.is_Number and term != 1, *place_in_sum(term))

    # what models have besides

    def _print_Sum(self, e):
        bound = bound_in(e)
        factors = sp.Mul.make_args(e.function)
        where = [f for f in factors if isinstance(f, sp.KroneckerDelta) and letters_in(f) & bound]
        body = sp.Mul(*(f for f in factors if f not in where))
        below = ",".join(self._print(at) for at, *_ in e.limits)
        if where:
            below += r"\,:\," + r",\;".join(self._equation(f) for f in where)
        inside = self._print(body)
        return rf"\sum_{{{below}}} " + (rf"\left({inside}\right)" if body.is_Add else inside)

    def _equation(self, delta):
        """What a bracket says: 2p + q = r, l = L - 1."""
        def place(side):
            return not letters_in(side) and not entries(side), side.is_Symbol, str(side)

        return " = ".join(self._print(side) for side in sorted(delta.args, key=place))

    def _print_KroneckerDelta(self, e, exp=None):
        return rf"\left[{self._equation(e)}\right]"

    def _print_Bracket(self, e):
        left, right = map(self._print, e.condition.args)
        return rf"\left[{left} {RELATIONS[e.condition.rel_op]} {right}\right]"

    def _print_Largest(self, e):
        return rf"\max_{{{','.join(self._print(at) for at, *_ in e.limits)}}} {self._print(e.body)}"

    def _print_First(self, e):
        """[(o) = argmax_o x_o]; where x has o in it besides, the letter that runs keeps its prime"""
        own = {at: place for (at, *_), place in zip(e.limits, e.place, strict=True)}
        if any(letters_in(place) & letters_in(e.body) for place in e.place):
            own = {at: at for at in own}
        places = ",".join(map(self._print, e.place))
        place = f"({places})" if len(e.place) > 1 else places
        over = ",".join(map(self._print, own.values()))
        return rf"\left[{place} = \operatorname{{arg\,max}}_{{{over}}} {self._print(e.body.xreplace(own))}\right]"

    def _print_Softmax(self, e):
        score, at, _, where = e.args
        below = self._print(at) if where == 1 else self._print(where).removeprefix(r"\left[").removesuffix(r"\right]")
        return rf"\operatorname{{softmax}}_{{{below}}} {self._print(score)}"

    def _applied(self, e):
        """g(z), or g'(z), by the symbol of its row."""
        g, prime = (e.args[0], "'") if hasattr(e.args[0], "row") else (e, "")
        symbol = {"normal_cdf": r"\Phi", "normal_pdf": r"\varphi"}.get(type(g).__name__) or g.row.symbol
        return rf"{symbol}{prime}\left({self._print(g.args[0])}\right)"

    def _print_Float(self, e):
        """1e-05 as 10⁻⁵."""
        digits, _, exponent = f"{float(e):.15g}".partition("e")
        if not exponent:
            return digits
        power = f"10^{{{int(exponent)}}}"
        return power if digits == "1" else rf"{digits} \cdot {power}"


def without_minus(term):
    """A term without the minus in front."""
    return -term if term.could_extract_minus_sign() else term


def formula_latex(model, left, right, style=None) -> str:
    """LaTeX of left = right."""
    printer = ModelPrinter(model, style)
    return f"{printer.doprint(left)} = {printer.doprint(right)}"


def equations_latex(model, equations, style=None) -> str:
    """LaTeX of equations, one below the other."""
    printer = ModelPrinter(model, style)
    lines = (f"{printer.doprint(e.left)} &= {printer.doprint(e.right)}" for e in equations)
    return r"\begin{aligned}" + r" \\[1ex] ".join(lines) + r"\end{aligned}"
