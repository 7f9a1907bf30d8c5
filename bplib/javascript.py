"""From equations to JavaScript: the functions that the explorers evaluate in the page, without a kernel.

SymPy's JavaScript printer writes the formulas; the activations, which have to hold for any z, stand in LIBRARY.
"""
from sympy.printing.jscode import JavascriptCodePrinter

from .activations import Activated, normal_cdf, normal_pdf
from .equations import indices_of, name_of, s

LIBRARY = """\
const identity = (z) => z;
const sigmoid = (z) => z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z));
const tanh = Math.tanh;
const relu = (z) => Math.max(z, 0);
const leaky_relu = (z, alpha) => z > 0 ? z : alpha * z;
const softplus = (z) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
const elu = (z, alpha) => z > 0 ? z : alpha * Math.expm1(z);
const silu = (z) => z * sigmoid(z);
const normal_pdf = (z) => Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI);
"""


class JavaScriptPrinter(JavascriptCodePrinter):
    """Prints formulas of scalars; an entry W1[2, 1] of sample s is the variable W1_2_1."""

    def _print_Indexed(self, e):
        return "_".join([name_of(e), *(str(at) for at in indices_of(e) if at != s)])

    def _print_Partial(self, e):
        return f"d{self._print(e.of)}_d{self._print(e.by)}"

    def _print_Function(self, e):
        if isinstance(e, (Activated, normal_cdf, normal_pdf)):
            return f"{type(e).__name__}({', '.join(map(self._print, e.args))})"
        return super()._print_Function(e)

    _print_tanh = _print_Function


def javascript(name, arguments, lines):
    """A JavaScript function that computes named values one after another and returns them all.

    arguments   names of the values that it takes, in one object
    lines       pairs (name, formula); a formula may use arguments and the names before it

    >>> javascript("f", ["x"], [("z", 2 * sp.Symbol("x"))])
    'const f = ({x}) => {\\n  const z = 2*x;\\n  return {z};\\n};\\n'
    """
    printer = JavaScriptPrinter()
    body = "".join(f"  const {target} = {printer.doprint(formula)};\n" for target, formula in lines)
    return (f"const {name} = ({{{', '.join(arguments)}}}) => {{\n{body}"
            f"  return {{{', '.join(target for target, _ in lines)}}};\n}};\n")
