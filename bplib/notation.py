"""Typesetting: how a text writes a network, and the LaTeX of any formula in that text's way.

A notation is data (`Notation`); the rows that textbooks follow stand in `conventions`.  It changes letters, the order
of the indices of a weight, where the layer stands, and what counting starts with.  The formulas themselves stay those
of the one derivation.  The sample's index is left out where only one sample is in play, as texts do; a sum over samples
brings it back.
"""
from dataclasses import dataclass, field

import sympy as sp
from sympy.printing.latex import LatexPrinter

from .activations import Activated, Slope, inner, normal_cdf, plain
from .equations import Partial, Quantity, i, indices_of, in_reading_order, j, k, name_of, place_in_sum, s

LETTERS = {"x": "x", "y": "y", "c": "c", "W": "w", "b": "b", "z": "z", "a": "a", "losses": "C_{s}", "C": "C",
           "delta": r"\delta", "eta": r"\eta", "N": "N", "n": "n"}



@dataclass(frozen=True)
class Notation:
    """How one text writes a network.

    name        the name it is chosen by
    title       the text
    letters     LaTeX by kind of quantity (see `equations.Quantity`), where it differs from LETTERS; "losses" is the
                cost of one sample, "C" that of all; "delta": None where the text has no name for ∂C/∂z and writes that;
                "g" the letter for any activation, where the text does not write sigmoid, tanh, … by name;
                "output a", "output z" where the last layer has letters of its own, which carry no layer;
                "output g" where its activation has, None where it is written by name although others are not
    units       letters for a unit of this layer, of the layer before and of the layer after
    sample      letter for a sample
    weight      "to,from" or "from,to": the order of a weight's indices, and of the axes of its array
    layer       LaTeX for the mark of layer {}, after the letter; "" where the text marks no layers
    shift       kind → what is added to our number of the layer (we count the input as 0, the first weights as 1)
    input_is_a  whether the inputs are written as the activations of the layer before the first
    first_unit  0 or 1: where the text starts to count units
    samples     "rows" or "columns": how a batch stands in a matrix; the sample's index is the first or the last
    matrices    LaTeX of the matrix by kind of quantity, where it is not the capital of the letter
    bias        "apart", "column 0" of the weights' array (a weight from unit 0, which is always 1), or "none"
    g_carries   "layer" or "unit" where the letter of an activation carries its layer's mark or its unit: g'^2 or θ'_c
    code        kind → name in code with {} for the layer, where it differs from W1, b1, z1, a1, X, Y, delta1
    choices     what the text chooses for its network: keywords of `networks.dense`
    """

    name: str
    title: str = ""
    letters: dict = field(default_factory=dict)
    units: tuple = ("j", "k", "i")
    sample: str = "s"
    weight: str = "to,from"
    layer: str = "^{{({})}}"
    shift: dict = field(default_factory=dict)
    input_is_a: bool = False
    first_unit: int = 1
    samples: str = "rows"
    matrices: dict = field(default_factory=dict)
    bias: str = "apart"
    g_carries: str = ""
    code: dict = field(default_factory=dict)
    choices: dict = field(default_factory=dict)

    def matrix(self, kind):
        """The letter for a whole array: the capital of the letter for an entry, but for vectors of biases."""
        letter = self.letter(kind)
        capital = letter.upper() if len(letter) == 1 and kind != "b" else letter.replace(r"\delta", r"\Delta")
        return self.matrices.get(kind, capital)

    def letter(self, kind):
        return self.letters.get(kind, LETTERS.get(kind))


DEFAULT = Notation("bplib", "this course")


def latex(expression, quantities, notation=DEFAULT, samples=None, marks=None):
    """LaTeX of an expression.

    quantities   name → Quantity, as in `Network.quantities`
    samples      whether the index of the sample is written; by default where the expression sums over samples
    marks        part of the expression → name of the colour in which it is written, None where it has none and is not
                 to be searched for marked parts
    """
    samples = sums_over_samples(expression) if samples is None else samples
    return FormulaPrinter(quantities, notation, samples, marks or {}).doprint(sp.sympify(expression))


def equation_latex(left, right, quantities, notation=DEFAULT, samples=None):
    """LaTeX of left = right."""
    samples = any(map(sums_over_samples, (left, right))) if samples is None else samples
    return " = ".join(latex(side, quantities, notation, samples) for side in (left, right))


def sums_over_samples(expression):
    return any(at == s for e in sp.sympify(expression).atoms(sp.Sum) for at, *_ in e.limits)


def _name(neuron):
    """The name of a neuron as an index: one letter in italics, a word upright."""
    return neuron if len(neuron) == 1 else rf"\mathrm{{{neuron}}}"


class FormulaPrinter(LatexPrinter):
    def __init__(self, quantities, notation, samples, marks):
        super().__init__()
        self.quantities, self.notation, self.samples, self.marks = quantities, notation, samples, marks
        self.units = {at.name: letter for at, letter in zip((j, k, i, s), (*notation.units, notation.sample))}

    def _print(self, expr, **options):
        if expr not in self.marks:
            return super()._print(expr, **options)
        kept, self.marks = self.marks, {}
        code, self.marks = super()._print(expr, **options), kept
        return rf"\textcolor{{{kept[expr]}}}{{{code}}}" if kept[expr] else code

    # entries of arrays

    def _print_Indexed(self, e):
        quantity, indices = self.quantities[name_of(e)], list(indices_of(e))
        if quantity.kind in ("da", "delta") and self.notation.letter(quantity.kind) is None:
            return self._print(self._as_partial(quantity, e))
        if quantity.kind == "x" and isinstance(quantity.mark, tuple):
            return self._named_input(quantity, indices)
        if quantity.kind == "W" and self.notation.weight == "from,to":
            indices.reverse()
        if self.notation.samples == "columns":
            indices.sort(key=lambda at: at == s)
        return self._entry(quantity, [self._index(at) for at in indices if at != s or self._shows_sample(quantity)])

    def _as_partial(self, quantity, e):
        """The derivative of the cost of one sample that an error term is a name for."""
        kind = {"delta": "z", "da": "a"}[quantity.kind]
        by = next(q for q in self.quantities.values() if (q.kind, q.mark) == (kind, quantity.mark))
        losses = next(q for q in self.quantities.values() if q.kind == "losses")
        return Partial(losses[s], by[e.indices])

    def _shows_sample(self, quantity):
        return self.samples and quantity.kind != "losses"

    def _index(self, at):
        """An index as the text writes it: its letter, or a number counted from the text's first."""
        return str(int(at) - 1 + self.notation.first_unit) if at.is_Integer else self.units.get(at.name, at.name)

    def _print_Symbol(self, e, **options):
        quantity = self.quantities.get(e.name)
        if quantity is not None:
            return self._entry(quantity, [])
        if e.is_integer and e.name.startswith("n_"):
            return f"{self.notation.letter('n')}_{{{int(e.name[2:]) + self.notation.shift.get('a', 0)}}}"
        return self.units.get(e.name) or (self.notation.letter("N") if e.name == "N" else super()._print_Symbol(e))

    def _named_input(self, quantity, indices):
        """An input that has a name, as a neuron has, by that name; where its index says no name, with that index."""
        names = {str(number): name for number, name in enumerate(quantity.mark, 1)}
        name = names.get(str(indices[-1]))
        kind = "a" if self.notation.input_is_a else "x"
        sample = [self.notation.sample] if self.samples else []
        return self._entry(Quantity("", kind, name), sample + [self._index(at) for at in indices[-1:] if name is None])

    def _entry(self, quantity, indices):
        """A letter, its layer and its indices; neurons' names stand with the indices."""
        kind, mark = quantity.kind, quantity.mark
        if kind == "x" and self.notation.input_is_a and not self._is_alone():
            kind = "a"
        letter, layer = self.notation.letter(kind), ""
        if self._is_output(quantity) and self.notation.letter(f"output {kind}"):
            letter = self.notation.letter(f"output {kind}")
        elif isinstance(mark, int) and kind != "x":
            numbered = any(index.isdigit() for index in indices)  # z_1 exists in every layer, so a layer is needed
            layer = (self.notation.layer or DEFAULT.layer * numbered).format(mark + self.notation.shift.get(kind, 0))
        elif mark and isinstance(mark, (str, tuple)):
            names = mark if isinstance(mark, tuple) else (mark,)
            if kind == "W" and self.notation.weight == "to,from" and self.notation != DEFAULT:
                names = names[::-1]
            indices = [*indices, *(_name(name) for name in names if all(mark))]
        if kind == "b" and self.notation.bias == "column 0":
            letter = self.notation.letter("W")
            indices = [*indices, "0"] if self.notation.weight == "to,from" else ["0", *indices]
        below = ("" if all(len(index) == 1 for index in indices) else ",").join(indices)
        if layer.startswith("_"):  # the layer stands below, before the indices
            return f"{letter}_{{{','.join(filter(None, (layer[2:-1], below)))}}}"
        return letter + (f"_{{{below}}}" if below else "") + layer

    def _is_alone(self):
        """Whether a single neuron's output could not be told from its input, were both written with one letter."""
        return not self.notation.layer and any(q.kind == "a" and q.mark == "" for q in self.quantities.values())

    def _is_output(self, quantity):
        """Whether a quantity belongs to the last of several layers."""
        layers = [q.mark for q in self.quantities.values() if q.kind == "a" and isinstance(q.mark, int)]
        return bool(layers) and quantity.mark == max(layers)

    def _print_Partial(self, e):
        return rf"\frac{{\partial {self._print(e.of)}}}{{\partial {self._print(e.by)}}}"

    # functions

    def _print_Function(self, e, exp=None):
        if isinstance(e, (Activated, Slope, normal_cdf)) or type(e).__name__ == "normal_pdf":
            return self._applied(e)
        return super()._print_Function(e, exp)

    def _applied(self, e):
        g, prime = (e.args[0], "'") if isinstance(e, Slope) else (e, "")
        symbol = {"normal_cdf": r"\Phi", "normal_pdf": r"\varphi"}.get(type(g).__name__)
        letter = self._letter_of_activation(g.args[0])
        if letter and isinstance(g, inner):
            return self._print(plain(e))
        if not symbol and letter:
            symbol, mark = letter, self._mark_of_activation(g.args[0])
            return rf"{symbol}{prime}{mark}\left({self._print(g.args[0])}\right)"
        symbol = symbol or g.row.symbol
        return rf"{symbol}{prime}\left({self._print(g.args[0])}\right)"

    def _letter_of_activation(self, z):
        last = "output g" in self.notation.letters and self._is_output(self.quantities[name_of(z)])
        return self.notation.letter("output g" if last else "g")

    def _mark_of_activation(self, z):
        """What stands after the letter of the activation of z: what z carries, where the text says so."""
        mark = self.quantities[name_of(z)].mark
        units = [self._index(at) for at in indices_of(z) if at != s] or ([mark] if isinstance(mark, str) else [])
        layer = self.notation.layer.format(mark + self.notation.shift.get("z", 0)) if isinstance(mark, int) else ""
        unit = f"_{{{','.join(units)}}}" if any(units) else ""
        return {"layer": layer, "unit": unit}.get(self.notation.g_carries, "")

    def _print_softmax(self, e, exp=None):
        return self._print(e.formula())

    def _print_log(self, e, exp=None):
        inside = self._print(e.args[0])
        return rf"\ln {inside}" if e.args[0].is_Indexed else rf"\ln\left({inside}\right)"

    def _print_KroneckerDelta(self, e, exp=None):
        """[i = j], 1 where it holds and 0 elsewhere; δ is taken by the error term."""
        return rf"\left[{' = '.join(sorted(map(self._print, e.args), key=len))}\right]"

    # arithmetic in the order in which a person writes it

    in_order = staticmethod(in_reading_order)
    place_in_sum = staticmethod(place_in_sum)

    def _print_Add(self, e, order=None):
        code = ""
        for term in sorted(e.args, key=self.place_in_sum):
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
        above = self.in_order([f for f in factors if 1 / f not in below])
        if coefficient.is_Rational and coefficient.q != 1:
            below.insert(0, sp.Integer(coefficient.q))
            coefficient = sp.Integer(coefficient.p)
        above = ([coefficient] if coefficient != 1 else []) + above
        if not below:
            return self._product(above)
        top = [f for f in above if f.is_Number or f in self._with_targets(above)]
        top = top or [f for f in above if not f.has(sp.Sum)]
        rest = [f for f in above if f not in top]
        fraction = rf"\frac{{{self._product(top) if top else 1}}}{{{self._product(self.in_order(below))}}}"
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
        if e.exp.is_Integer and e.exp > 1 and isinstance(e.base, (sp.Indexed, sp.Function)):
            base = self._print(e.base)
            brackets = "^" in base or e.base.is_Function
            return rf"\left({base}\right)^{{{e.exp}}}" if brackets else rf"{base}^{{{e.exp}}}"
        return super()._print_Pow(e)

    def _factor(self, e, last):
        needs = e.is_Add or isinstance(e, sp.Piecewise) or isinstance(e, sp.Sum) and not last
        return rf"\left({self._print(e)}\right)" if needs else self._print(e)

    def _print_Sum(self, e):
        signs = "".join(rf"\sum_{{{self._range(*limits)} " for limits in e.limits)
        return signs + (rf"\left({self._print(e.function)}\right)" if e.function.is_Add else self._print(e.function))

    def _range(self, at, low, high):
        """The lower and upper end of a sum, counted as the text counts."""
        first = self.notation.first_unit if at != s else 1
        last = self._print(high) + ("" if first == 1 else " - 1")
        return rf"{self._print(at)}={first}}}^{{{last}}}"
