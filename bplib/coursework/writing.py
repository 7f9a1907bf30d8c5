"""A formula as it was understood, in LaTeX, in the order in which it was typed."""
import sympy as sp

from ..activations import TABLE, added
from ..equations import N, letter, s
from ..formula.arithmetic import CONDITIONS
from ..layout import all_quantities
from ..notation import DEFAULT, latex
from .tree import Binary, Call, Entry, Sum, walk

SUM, PRODUCT, FACTOR = range(3)

FUNCTIONS = {"exp": r"\exp", "log": r"\ln", "sqrt": r"\operatorname{sqrt}", "abs": r"\operatorname{abs}",
             "sigmoid": r"\sigma", "tanh": r"\tanh", "sech": r"\operatorname{sech}", "cosh": r"\cosh", "sinh": r"\sinh", "g": "g",
             "relu": r"\operatorname{ReLU}", "sin": r"\sin", "cos": r"\cos"}
SIGNS = {"≠": r"\ne", "≤": r"\le", "≥": r"\ge"}
LETTERS = {"N": "N", "eta": r"\eta", "lambda": r"\lambda"}


def _symbol(function):
    """LaTeX of the name of a function."""
    added_row = next((TABLE[name] for name in added() if TABLE[name].as_typed == function), None)
    return added_row.symbol if added_row else FUNCTIONS.get(function, rf"\operatorname{{{function}}}")


def written(tree, network, notation=DEFAULT):
    """LaTeX of a tree over the entries of a network."""
    return _Writer(network, tree, notation).write(tree, SUM)


class _Writer:
    def __init__(self, network, tree, notation):
        self.notation = notation
        self.quantities = all_quantities(network)
        self.samples = any(isinstance(node, Sum) and node.index == "s" for node in walk(tree)) or any(
            isinstance(node, Entry) and len(node.indices) == self.rank(node) and self.per_sample(node)
            for node in walk(tree))

    def rank(self, entry):
        return len(self.quantities[entry.name].sizes) if entry.name in self.quantities else 0

    def per_sample(self, entry):
        return entry.name in self.quantities and N in self.quantities[entry.name].sizes

    def write(self, node, level):
        """LaTeX of a node, in brackets where it binds less tightly than `level`."""
        code, binds = self._way(node)(node)
        return rf"\left({code}\right)" if binds < level else code

    def _way(self, node):
        """The method for a node; chosen here, so that a long formula needs few calls inside one another."""
        if not isinstance(node, Binary):
            return getattr(self, "on_" + type(node).__name__)
        return self._condition if node.operator in CONDITIONS else {
            "+": self._sum, "-": self._sum, "*": self._product, "/": self._quotient, "^": self._power}[node.operator]

    def on_Number(self, node):
        return f"{node.value:.10g}", FACTOR

    def on_Index(self, node):
        return node.name, FACTOR

    def on_Entry(self, node):
        if node.name not in self.quantities:
            return LETTERS.get(node.name, node.name), FACTOR
        letters = [sp.Integer(at) if isinstance(at, int) else letter(at)
                   for at in node.indices]
        full = [s] * (self.rank(node) - len(letters)) + letters
        entry = self.quantities[node.name][tuple(full)]
        return latex(entry, self.quantities, self.notation, samples=self.samples), FACTOR

    def on_Call(self, node):
        prime = "'" if node.function.endswith("'") else ""
        symbol = _symbol(node.function.removesuffix(prime))
        return rf"{symbol}{prime}\left({self.write(node.argument, SUM)}\right)", FACTOR

    def on_Sum(self, node):
        return rf"\sum_{{{node.index}}} {self.write(node.body, PRODUCT)}", PRODUCT

    def on_Negative(self, node):
        return "-" + self.write(node.of, PRODUCT), SUM

    def _condition(self, node):
        sides = self.write(node.left, SUM), self.write(node.right, SUM)
        return rf"\left[{sides[0]} {SIGNS.get(node.operator, node.operator)} {sides[1]}\right]", FACTOR

    def _sum(self, node):
        return f"{self.write(node.left, SUM)} {node.operator} {self.write(node.right, PRODUCT)}", SUM

    def _product(self, node):
        left = self.write(node.left, FACTOR if isinstance(node.left, Sum) else PRODUCT)
        right = self.write(node.right, PRODUCT)
        sign = r" \cdot " if right[0].isdigit() else r" \, "
        return f"{left}{sign}{right}", PRODUCT

    def _quotient(self, node):
        return rf"\frac{{{self.write(node.left, SUM)}}}{{{self.write(node.right, SUM)}}}", PRODUCT

    def _power(self, node):
        base = self.write(node.left, FACTOR)
        raised = isinstance(node.left, (Call, Binary)) or "^" in base
        power = isinstance(node.left, Binary) and node.left.operator == "^"  # its brackets close too soon
        base = rf"\left({base}\right)" if power or raised and not base.startswith(r"\left(") else base
        return f"{base}^{{{self.write(node.right, SUM)}}}", FACTOR
