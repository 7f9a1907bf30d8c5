"""A line as it was understood, in LaTeX and in plain text, in the learner's own letters."""
import re

from ..activations import TABLE
from ..formula.arithmetic import CONDITIONS
from .tree import Derivative, Entry, Letter, Number, Own, Partial

SUM, PRODUCT, FACTOR = range(3)
GREEK = ("alpha beta gamma delta epsilon zeta eta theta kappa lambda mu nu xi pi rho sigma tau phi chi psi omega "
         "Gamma Theta Lambda Phi Psi Omega").split()
SYMBOLS = dict(zip(GREEK, "α β γ δ ε ζ η θ κ λ μ ν ξ π ρ σ τ φ χ ψ ω Γ Θ Λ Φ Ψ Ω".split()))
DOT = r"\cdot"
NORMAL = {"Phi": r"\Phi", "density": r"\varphi"}
SIGNS = {"≠": r"\ne", "≤": r"\le", "≥": r"\ge", "*": r"\,", "@": r"\,", "⊙": r"\odot"}


def latex(tree) -> str:
    """LaTeX of a tree."""
    return _write(tree, SUM)


def plain(tree) -> str:
    """A quantity or a derivative in plain text: ∂C/∂w_jk."""
    if isinstance(tree, Partial):
        return f"∂{plain(tree.of)}/∂{plain(tree.by)}"
    if isinstance(tree, Derivative):
        return f"∂(…)/∂{plain(tree.by)}"
    written = getattr(tree, "written", None)
    if written is None:
        return getattr(tree, "array", "") or "…"
    match = re.fullmatch(r"([A-Za-z]+?)(\d*)", written.base)
    base = SYMBOLS.get(match[1], "ŷ" if match[1] == "yhat" else match[1]) + match[2] if match else written.base
    above = f"^({written.layer})" if written.layer else ""
    below = "".join(map(_index, written.indices))
    return base + above + (f"_{below}" if below else "")


def _index(at):
    return at.name if isinstance(at, Letter) else f"{at.value:g}" if isinstance(at, Number) else "…"


def _write(node, level):
    """LaTeX of a node, in brackets where it binds less tightly than `level`."""
    code, binds = WRITERS[type(node).__name__](node)
    return rf"\left({code}\right)" if binds < level else code


def _name(written):
    match = re.fullmatch(r"([A-Za-z]+?)(\d*)", written.base)
    letters, number = match.groups() if match else (written.base, "")
    letters = {"yhat": r"\hat{y}", "Yhat": r"\hat{Y}"}.get(letters, "\\" + letters if letters in GREEK else letters)
    letters = letters if len(letters) == 1 or letters.startswith("\\") else rf"\mathrm{{{letters}}}"
    layer = written.layer or number
    indices = [_write(at, SUM) for at in written.indices]
    below = ("," if any(len(index) > 1 for index in indices) else "").join(indices)
    return letters + (f"_{{{below}}}" if below else "") + (f"^{{({layer})}}" if layer else "")


def _entry(node):
    if node.written:
        return _name(node.written), FACTOR
    return (node.array if isinstance(node, Entry) else node.name.split()[0]), FACTOR


def _partial(node):
    return rf"\frac{{\partial {_write(node.of, FACTOR)}}}{{\partial {_write(node.by, FACTOR)}}}", FACTOR


def _derivative(node):
    return rf"\frac{{\partial}}{{\partial {_write(node.by, FACTOR)}}} {_write(node.of, PRODUCT)}", PRODUCT


def _call(node):
    if node.function in NORMAL:
        return rf"{NORMAL[node.function]}\left({_write(node.argument, SUM)}\right)", FACTOR
    row = TABLE.get(node.function)
    symbol = row.symbol if row is not None and row.symbol else rf"\{node.function}" if node.function in (
        "exp", "log", "cosh", "sinh", "sin", "cos", "tan") else rf"\operatorname{{{node.function}}}"
    if node.function == "sqrt":
        return rf"\sqrt{{{_write(node.argument, SUM)}}}", FACTOR
    prime = "'" if node.slope else ""
    return rf"{symbol}{prime}\left({_write(node.argument, SUM)}\right)", FACTOR


def _over(node):
    name = {"sum": r"\sum", "max": r"\max"}.get(node.function, rf"\operatorname{{{node.function}}}")
    below = f"_{{{','.join(node.letters)}}}" if node.letters else ""
    return rf"{name}{below} {_write(node.body, PRODUCT)}", PRODUCT


def _binary(node):
    sign = node.sign
    if sign in CONDITIONS:
        return rf"\left[{_write(node.left, SUM)} {SIGNS.get(sign, sign)} {_write(node.right, SUM)}\right]", FACTOR
    if sign in "+-":
        return f"{_write(node.left, SUM)} {sign} {_write(node.right, PRODUCT)}", SUM
    if sign == "/":
        return rf"\frac{{{_write(node.left, SUM)}}}{{{_write(node.right, SUM)}}}", FACTOR
    if sign == "^":
        base = _write(node.left, FACTOR)
        raised = not isinstance(node.left, (Entry, Own, Letter, Number)) or "^" in base
        base = rf"\left({base}\right)" if raised and not base.startswith(r"\left(") else base
        return f"{base}^{{{_write(node.right, SUM)}}}", FACTOR
    left = _write(node.left, FACTOR if type(node.left).__name__ in ("Over", "Derivative") else PRODUCT)
    right = _write(node.right, FACTOR if sign == "⊙" else PRODUCT)
    both = isinstance(node.left, Partial) and isinstance(node.right, Partial) or right[0].isdigit()
    return f"{left} {DOT if both else SIGNS[sign]} {right}", PRODUCT


WRITERS = {
    "Number": lambda node: (f"{node.value:.10g}", FACTOR), "Letter": lambda node: (node.name, FACTOR),
    "Size": lambda node: (rf"\{node.name}" if node.name in GREEK else node.name, FACTOR),
    "Entry": _entry, "Own": _entry, "Partial": _partial, "Derivative": _derivative, "Call": _call, "Over": _over,
    "Negative": lambda node: (f"-{_write(node.of, PRODUCT)}", SUM), "Binary": _binary,
    "Transpose": lambda node: (rf"{{{_write(node.of, FACTOR)}}}^{{\mathsf{{T}}}}", FACTOR),
    "Diagonal": lambda node: (rf"\operatorname{{diag}}\left({_write(node.of, SUM)}\right)", FACTOR),
}
