"""From equations to JavaScript: the functions that the explorers evaluate in the page, without a kernel.

SymPy's JavaScript printer writes the formulas; the activations, which have to hold for any z, stand in LIBRARY.  One
that does not is written out where it is used, by the formula of its row.
A function computes either scalars of one sample, one variable each, or whole arrays, one line an equation.
"""
import re

import sympy as sp
from sympy.printing.jscode import JavascriptCodePrinter

from .activations import Activated, log_softmax, normal_cdf, normal_pdf, softmax
from .equations import LAMBDA, indices_of, name_of, s
from .errors import InputError

LIBRARY = """\
const identity = (z) => z;
const sigmoid = (z) => z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z));
const tanh = Math.tanh;
const relu = (z) => Math.max(z, 0);
const leaky_relu = (z, alpha) => z > 0 ? z : alpha * z;
const softplus = (z) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
const elu = (z, alpha) => z > 0 ? z : alpha * Math.expm1(z);
const silu = (z) => z * sigmoid(z);
const gelu = (z) => z * normal_cdf(z);
const normal_pdf = (z) => Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI);

// The distribution function of the normal: Taylor's series near 0, Laplace's continued fraction in the tails.
const normal_cdf = (z) => {
  if (z > 3) return 1 - normal_cdf(-z);
  if (z < -3) {
    let below = -z;
    for (let n = 90; n > 0; n--) below = -z + n / below;
    return normal_pdf(z) / below;
  }
  let term = z, total = z;
  for (let n = 3; total !== total + term || n < 5; n += 2) total += (term *= z * z / n);
  return 0.5 + total * normal_pdf(z);
};

const array = (n, entry) => {
  const made = new Array(n);
  for (let at = 0; at < n; at++) made[at] = entry(at);
  return made;
};
const sum = (n, term) => {
  let total = 0;
  for (let at = 0; at < n; at++) total += term(at);
  return total;
};
const log_softmax = (z) => {
  const most = Math.max(...z), log = Math.log(sum(z.length, (j) => Math.exp(z[j] - most)));
  return z.map((one) => one - most - log);
};
const softmax = (z) => log_softmax(z).map(Math.exp);
"""


IN_LIBRARY = frozenset(re.findall(r"^const (\w+)", LIBRARY, re.M))
FUNCTIONS = {name: f"Math.{name}" for name in (
    "expm1", "log1p", "log2", "log10", "cbrt", "hypot", "sinh", "cosh", "asinh", "acosh", "atanh")}
"""JavaScript's functions that SymPy's printer does not know of, or writes differently."""


class JavaScriptPrinter(JavascriptCodePrinter):
    """Prints formulas of scalars; an entry W1[2, 1] of sample s is the variable W1_2_1."""

    def __init__(self):
        super().__init__({"user_functions": FUNCTIONS})

    def _print_Indexed(self, e):
        return "_".join([name_of(e), *(str(at) for at in indices_of(e) if at != s)])

    def _print_Partial(self, e):
        return f"d{self._print(e.of)}_d{self._print(e.by)}"

    def _print_Function(self, e):
        written_out = isinstance(e, Activated) and not e.row.abstract and type(e).__name__ not in IN_LIBRARY
        if isinstance(e, (Activated, normal_cdf, normal_pdf)) and not written_out:
            return f"{type(e).__name__}({', '.join(map(self._print, e.args))})"
        if written_out:
            return f"({self._print(e.row.evaluated(*e.args))})"
        return super()._print_Function(e)

    def _print_erf(self, e):
        return f"(2*normal_cdf({self._print(sp.sqrt(2) * e.args[0])}) - 1)"

    def _print_not_supported(self, e):
        raise InputError(f"{e} has no form in JavaScript, so no explorer can show it. Write it with SymPy's exp, log, "
                         "sqrt, Abs, Piecewise, trigonometric and hyperbolic functions.")

    def _print_Piecewise(self, e):
        *cases, (otherwise, _) = e.args
        pairs = "".join(f"{self._print(condition)} ? {self._print(value)} : " for value, condition in cases)
        return f"({pairs}{self._print(otherwise)})"

    _print_tanh = _print_Function


class ArrayPrinter(JavaScriptPrinter):
    """Prints formulas over arrays; an entry W1[j, 2] is W1[j][1], because JavaScript counts from 0."""

    def _print_Indexed(self, e):
        return name_of(e) + "".join(f"[{int(at) - 1 if at.is_Integer else self._print(at)}]" for at in e.indices)

    def _print_Sum(self, e):
        code = self._print(e.function)
        for index, _, size in e.limits:
            code = f"sum({self._print(size)}, ({self._print(index)}) => {code})"
        return code

    def _print_KroneckerDelta(self, e):
        return f"({' === '.join(map(self._print, e.args))} ? 1 : 0)"

    def _print_Function(self, e):
        if isinstance(e, (softmax, log_softmax)):
            entry, index, _ = e.args
            return f"{type(e).__name__}({self._print(entry).removesuffix(f'[{index}]')})[{index}]"
        return super()._print_Function(e)


def javascript(name, arguments, lines):
    """A JavaScript function that computes named values one after another and returns them all.

    arguments   names of the values that it takes, in one object
    lines       pairs (name, formula); a formula may use arguments and the names before it

    >>> javascript("f", ["x"], [("z", 2 * sp.Symbol("x"))])
    'const f = ({x}) => {\\n  const z = 2*x;\\n  return {z};\\n};\\n'
    """
    printer = JavaScriptPrinter()
    return _function(name, arguments, ((target, printer.doprint(formula)) for target, formula in lines),
                     [target for target, _ in lines])


def javascript_arrays(name, network, equations, outputs, printer=ArrayPrinter):
    """A JavaScript function over arrays, nested as in Python's lists: one line an equation, as many as are needed.

    network     whose parameters, inputs and targets the function takes, in one object, and lambda where the cost has
                it; sizes are read off the arrays
    equations   in the order in which they are computed
    outputs     names of the arrays that it returns, in one object
    printer     the class that prints formulas
    """
    printer, lines, needed = printer(), [], set(outputs)
    for equation in reversed(equations):
        if equation.quantity.name in needed:
            lines.insert(0, (equation.quantity.name, _entries(printer, equation)))
            needed |= {name_of(e) for e in equation.right.atoms(sp.Indexed, sp.Symbol)}
    arrays = [*network.parameters, network.given("x").name, *([network.targets.name] if network.targets else [])]
    arrays = [array for array in arrays if array in needed]
    given = [*arrays, *needed.intersection([LAMBDA.name])]
    return _function(name, given, [*_sizes(network, arrays), *lines], outputs)


def _entries(printer, equation):
    """Code for all entries of an array: array(n, (j) => …), one nested in the other."""
    code = printer.doprint(equation.right)
    for index, size in reversed([*zip(equation.indices, equation.quantity.sizes)]):
        code = f"array({printer.doprint(size)}, ({index}) => {code})"
    return code


def _sizes(network, arrays):
    """Pairs (n_1, W1.length) for every size that is a symbol."""
    found = {}
    for array in arrays:
        code = array
        for size in network.quantities[array].sizes:
            if size.is_Symbol:
                found.setdefault(size.name, f"{code}.length")
            code += "[0]"
    return found.items()


def _function(name, arguments, lines, outputs):
    body = "".join(f"  const {target} = {code};\n" for target, code in lines)
    return (f"const {name} = ({{{', '.join(arguments)}}}) => {{\n{body}"
            f"  return {{{', '.join(outputs)}}};\n}};\n")
