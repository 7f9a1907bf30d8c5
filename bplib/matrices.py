"""The matrix form of an equation, typeset from the line of code that computes it.

The generated code already is the matrix form, in NumPy.  Its syntax tree is read and written as mathematics, so the
printed form says what runs: `(delta2 @ W2)*a1*(1 - a1)` becomes Δ W ⊙ A ⊙ (1 − A).
"""
import ast
import re

from .activations import TABLE, Activated

ADD, PRODUCT, MATRIX_PRODUCT, ATOM = range(4)


def matrix_latex(function, name):
    """LaTeX of the line of a generated function that computes `name`: "delta1", "dW2", "z1", …"""
    lines = {line.split(" = ")[0].strip(): line.split(" = ", 1)[1]
             for line in function.source.splitlines() if " = " in line}
    writer = _Writer(function.layout)
    return f"{writer.name(name)} = {writer.write(ast.parse(lines[name], mode='eval').body)[0]}"


SIGNS = {ast.Gt: ">", ast.GtE: r"\ge", ast.Lt: "<", ast.LtE: r"\le", ast.Eq: "=", ast.NotEq: r"\ne"}


class _Writer:
    def __init__(self, layout):
        self.layout, self.notation = layout, layout.notation
        self.quantities = {layout.text(q): q for q in layout.quantities.values()}
        self.quantities |= {layout.array(q): q for q in layout.quantities.values() if q.kind in ("W", "dW")}

    def write(self, node):
        """LaTeX of a node and how tightly it binds."""
        return getattr(self, "on_" + type(node).__name__)(node)

    def within(self, node, level):
        """LaTeX of a node, in brackets where it binds less tightly than its surroundings."""
        code, binds = self.write(node)
        return rf"\left({code}\right)" if binds < level else code

    def name(self, name):
        """The matrix behind a name in code, with its layer; a derivative dW1 as ∂C/∂W."""
        if name not in self.quantities:
            return {"N": self.notation.letter("N")}.get(name, rf"\mathrm{{{name}}}")
        quantity = self.quantities[name]
        if quantity.kind in ("dW", "db", "da"):
            of = self._of(quantity.kind[1], quantity.mark)
            part = re.search(r"\[(.*)\]", self.layout.text(of)) if name == self.layout.text(quantity) else None
            by = self._letter(of) + (f"{{}}_{{[{part[1]}]}}" if part else "")
            return rf"\frac{{\partial {self.notation.letter('C')}}}{{\partial {by}}}"
        if quantity.kind == "delta" and self.notation.letter("delta") is None:
            by = self._letter(self._of("z", quantity.mark))
            return rf"\frac{{\partial {self.notation.letter('losses')}}}{{\partial {by}}}"
        return self._letter(quantity)

    def _of(self, kind, mark):
        return next(q for q in self.layout.quantities.values() if (q.kind, q.mark) == (kind, mark))

    def _letter(self, quantity):
        kind = "a" if quantity.kind == "x" and self.notation.input_is_a else quantity.kind
        kind = "W" if kind == "b" and self.layout.column else kind
        letter = self.notation.matrix(kind)
        if not isinstance(quantity.mark, int) or kind == "x":
            return letter
        return letter + self.notation.layer.format(quantity.mark + self.notation.shift.get(kind, 0))

    # nodes

    def on_Name(self, node):
        return self.name(node.id), ATOM

    def on_Constant(self, node):
        return str(node.value), ATOM

    def on_Attribute(self, node):  # .T
        code = self.within(node.value, ATOM)
        return (rf"\left({code}\right)^{{\top}}" if "^" in code or r"\frac" in code else rf"{code}^{{\top}}"), ATOM

    def on_Subscript(self, node):
        code, at = ast.unparse(node.value), ast.unparse(node.slice)
        if code in self.quantities and self.quantities[code].kind == "W":  # the biases' column, or all but it
            return rf"{self.name(code)}{{}}_{{[{at.replace('(', '').replace(')', '')}]}}", ATOM
        return self.within(node.value, ATOM), ATOM  # [:, None] places a vector, which its product with 1 says below

    def on_UnaryOp(self, node):
        return "-" + self.within(node.operand, PRODUCT), ADD

    def on_BinOp(self, node):
        return getattr(self, "binary_" + type(node.op).__name__)(node.left, node.right)

    def binary_Add(self, left, right):
        return f"{self.write(left)[0]} + {self._spread(right)}", ADD

    def binary_Sub(self, left, right):
        return f"{self.write(left)[0]} - {self.within(right, PRODUCT)}", ADD

    def _spread(self, node):
        """A bias added to a whole batch is a product with a vector of ones."""
        name = re.match(r"\w+", ast.unparse(node))[0]
        is_bias = isinstance(node, (ast.Name, ast.Subscript)) and (
            self.quantities.get(name) is not None and self.quantities[name].kind in "Wb")
        if not is_bias:
            return self.within(node, PRODUCT)
        code = self.write(node)[0]
        turned = rf"\left({code}\right)^{{\top}}" if "^" in code else rf"{code}^{{\top}}"
        ones = r"\mathbf{1}"
        return rf"{code} \, {ones}^{{\top}}" if self.notation.samples == "columns" else rf"{ones} \, {turned}"

    def binary_Mult(self, left, right):
        scalar = any(isinstance(side, ast.Constant) for side in (left, right)) or ast.unparse(left) == "1 / 2"
        sign = r" \, " if scalar else r" \odot "
        return sign.join(self._beside(side, scalar) for side in (left, right)), PRODUCT

    def _beside(self, node, scalar):
        """A factor of an elementwise product: a matrix product is set apart in brackets."""
        code, binds = self.write(node)
        return code if binds in (PRODUCT, ATOM) or scalar and binds else rf"\left({code}\right)"

    def binary_MatMult(self, left, right):
        return rf"{self.within(left, MATRIX_PRODUCT)} \, {self.within(right, MATRIX_PRODUCT)}", MATRIX_PRODUCT

    def binary_Div(self, left, right):
        if isinstance(left, ast.Constant):
            return rf"\frac{{{left.value}}}{{{self.write(right)[0]}}}", PRODUCT
        return rf"\frac{{1}}{{{self.write(right)[0]}}} \, {self.within(left, PRODUCT)}", PRODUCT

    def binary_Pow(self, left, right):
        return rf"\left({self.write(left)[0]}\right)^{{\odot {self.write(right)[0]}}}", ATOM

    def binary_BitAnd(self, left, right):
        return rf"{self._condition(left)} \wedge {self._condition(right)}", ADD

    def binary_BitOr(self, left, right):
        return rf"{self._condition(left)} \vee {self._condition(right)}", ADD

    def _condition(self, node):
        code, _ = self.write(node)
        return code if isinstance(node, ast.Compare) else rf"\left({code}\right)"

    def on_Compare(self, node):
        sign = SIGNS[type(node.ops[0])]
        return rf"{self.write(node.left)[0]} {sign} {self.write(node.comparators[0])[0]}", ADD

    def on_Call(self, node):
        called = ast.unparse(node.func)
        if called.endswith(".sum"):
            return self._sum(node)
        if called in ("np.column_stack", "np.vstack"):
            return self._put_together(node.args[0].elts, called == "np.vstack")
        if called == "np.where":
            condition, then, otherwise = (self.write(argument)[0] for argument in node.args)
            return (rf"\begin{{cases}} {then} & {condition} \\ {otherwise} & \text{{otherwise}} \end{{cases}}"), ATOM
        symbols = {row.function.__name__: row.symbol for row in TABLE.values()
                   if row.function and issubclass(row.function, Activated)}
        short = called.removeprefix("np.")
        symbol = (self.notation.letter("g") if short in symbols else None) or symbols.get(
            short, rf"\operatorname{{{short.replace('_', ' ')}}}")
        return rf"{symbol}\left({self.write(node.args[0])[0]}\right)", ATOM

    def _put_together(self, parts, below):
        """Biases and weights in one matrix: the biases its first column, or its first row."""
        bias, weights = (self.write(part)[0] for part in parts)
        inside = rf"\left({bias}\right)^{{\top}} \\ {weights}" if below else f"{bias} & {weights}"
        return rf"\begin{{bmatrix}} {inside} \end{{bmatrix}}", ATOM

    def _sum(self, node):
        """Adding along an axis is a product with a vector of ones."""
        code, axis = self.within(node.func.value, PRODUCT), [keyword.value.value for keyword in node.keywords]
        if axis == [0]:
            turned = rf"\left({code}\right)^{{\top}}" if "^" in code else rf"{code}^{{\top}}"
            return rf"{turned} \, \mathbf{{1}}", MATRIX_PRODUCT
        return rf"{code} \, \mathbf{{1}}", MATRIX_PRODUCT
