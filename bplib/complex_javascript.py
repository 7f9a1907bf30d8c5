"""The same equations over complex numbers, for the complex step: f'(w) = Im f(w + iε)/ε.

JavaScript has no complex numbers, so each operation is printed as a call: a*b + c becomes add(multiply(a, b), c).
A complex number is {re, im}; a plain number is one with im = 0.  Activations are printed from the formulas of their
table.  What is not analytic, such as ReLU, has no complex step and is refused.
"""
import re

import sympy as sp

from .activations import Activated
from .errors import InputError
from .javascript import ArrayPrinter, javascript_arrays

LIBRARY = """\
  const re = (z) => z.re ?? z, im = (z) => z.im ?? 0;
  const add = (...terms) => terms.reduce((a, b) => ({re: re(a) + re(b), im: im(a) + im(b)}));
  const multiply = (...factors) => factors.reduce((a, b) =>
    ({re: re(a) * re(b) - im(a) * im(b), im: re(a) * im(b) + im(a) * re(b)}));
  const reciprocal = (z) => {
    const size = re(z) * re(z) + im(z) * im(z);
    return {re: re(z) / size, im: -im(z) / size};
  };
  const power = (z, n) => n < 0 ? reciprocal(power(z, -n)) : n === 1 ? z : multiply(z, power(z, n - 1));
  const exp = (z) => ({re: Math.exp(re(z)) * Math.cos(im(z)), im: Math.exp(re(z)) * Math.sin(im(z))});
  const log = (z) => ({re: Math.log(Math.hypot(re(z), im(z))), im: Math.atan2(im(z), re(z))});
  const tanh = (z) => {
    const below = Math.cosh(2 * re(z)) + Math.cos(2 * im(z));
    return {re: Math.sinh(2 * re(z)) / below, im: Math.sin(2 * im(z)) / below};
  };
  const sum = (n, term) => array(n, term).reduce((a, b) => add(a, b), 0);
"""


MORE = {
    "sin": "(z) => ({re: Math.sin(re(z)) * Math.cosh(im(z)), im: Math.cos(re(z)) * Math.sinh(im(z))})",
    "cos": "(z) => ({re: Math.cos(re(z)) * Math.cosh(im(z)), im: -Math.sin(re(z)) * Math.sinh(im(z))})",
    "sinh": "(z) => ({re: Math.sinh(re(z)) * Math.cos(im(z)), im: Math.cosh(re(z)) * Math.sin(im(z))})",
    "cosh": "(z) => ({re: Math.cosh(re(z)) * Math.cos(im(z)), im: Math.sinh(re(z)) * Math.sin(im(z))})",
    "sqrt": """(z) => {
    const size = Math.hypot(re(z), im(z));
    if (size === 0) return {re: 0, im: 0};
    const large = Math.sqrt((size + Math.abs(re(z))) / 2), small = Math.abs(im(z)) / (2 * large);
    const sign = im(z) < 0 ? -1 : 1;
    return re(z) < 0 ? {re: small, im: sign * large} : {re: large, im: sign * small};
  }""",
}
"""Further functions of complex numbers, which stand in the code where a formula uses them."""


class ComplexPrinter(ArrayPrinter):
    """Prints arithmetic as calls, and whole powers alone."""

    def _print_Add(self, e, order=None):
        return f"add({', '.join(map(self._print, e.args))})"

    def _print_Mul(self, e):
        return f"multiply({', '.join(map(self._print, e.args))})"

    def _print_Pow(self, e):
        if e.exp.is_Integer:
            return f"power({self._print(e.base)}, {e.exp})"
        if (2 * e.exp).is_Integer:
            return f"power(sqrt({self._print(e.base)}), {2 * e.exp})"
        raise _not_analytic(e)

    def _print_exp(self, e):
        return f"exp({self._print(e.args[0])})"

    def _print_log(self, e):
        return f"log({self._print(e.args[0])})"

    def _print_Function(self, e):
        if isinstance(e, Activated):
            return f"{type(e).__name__}({', '.join(map(self._print, e.args))})"
        if type(e).__name__ in (*MORE, "tanh"):
            return f"{type(e).__name__}({self._print(e.args[0])})"
        raise _not_analytic(e)

    def _print_Piecewise(self, e):
        raise _not_analytic(e)

    _print_Abs = _print_sign = _print_erf = _print_Piecewise


def _not_analytic(e):
    return InputError(f"{e} is not analytic, or not known to be, so there is no complex step; "
                      "choose a smooth activation such as 'sigmoid'.")


def complex_javascript(name, network, equations, outputs):
    """`javascript_arrays` for arrays whose entries may be complex numbers {re, im}; to stand below its LIBRARY.

    InputError where a formula is not analytic.
    """
    rows = {g.row for e in equations for g in e.right.atoms(Activated)}
    activations = "".join(map(_by_formula, sorted(rows, key=lambda row: row.name)))
    code = activations + javascript_arrays(name, network, equations, outputs, ComplexPrinter)
    more = "".join(f"  const {name} = {body};\n" for name, body in MORE.items() if re.search(rf"\b{name}\(", code))
    return f"const {name} = (() => {{\n{LIBRARY}{more}{_indented(code)}  return {name};\n}})();\n"


def _by_formula(row):
    """An activation as its table writes it; tanh stands in the library."""
    z, alphas = sp.Symbol("z"), [sp.Symbol("alpha") for _ in row.parameters]
    formula = row.formula(z, *alphas)
    name = row.in_code
    if name == "tanh":
        return ""
    return f"const {name} = ({', '.join(map(str, (z, *alphas)))}) => {ComplexPrinter().doprint(formula)};\n"


def _indented(code):
    return "".join(f"  {line}\n" for line in code.splitlines())
