"""From array programs to JavaScript, literally: a loop for each letter, and what lies outside an array is 0.

Arrays are nested lists.  It is there to be read and to run in pages without Python; it is not fast.
"""
import re
from functools import singledispatchmethod

import sympy as sp

from .. import activations
from ..javascript import JavaScriptPrinter
from ..javascript import LIBRARY as OF_FORMULAS
from . import ir
from .naming import Names, ScalarPrinter, size_lines

LIBRARY = OF_FORMULAS + """\
const zeros = (n, ...more) => n === undefined ? 0 : array(n, () => zeros(...more));
const each = (n, step) => { for (let at = 0; at < n; at++) step(at); };
const entry = (values, ...places) => places.reduce((part, place) => part?.[place], values) ?? 0;
const product = (above, below) => above.includes(0) ? 0
  : above.reduce((a, b) => a * b, 1) / below.reduce((a, b) => a * b, 1);
const largest = (n, term) => Math.max(...array(n, term));
const first_of = (values) => values.indexOf(Math.max(...values));
const log_softmax_at = (place, n, score, where) => {
  const z = array(n, (k) => where(k) ? score(k) : -Infinity), most = Math.max(...z);
  return z[place] - most - Math.log(sum(n, (k) => Math.exp(z[k] - most)));
};
const softmax_at = (...given) => Math.exp(log_softmax_at(...given));
const erf = (x) => 2 * normal_cdf(Math.SQRT2 * x) - 1;
"""

IN_LIBRARY = frozenset(re.findall(r"^const (\w+)", LIBRARY, re.M))
RESERVED = {*activations.JAVASCRIPT_WORDS, *IN_LIBRARY, *(
    "await break continue else finally for if import in return throw try while with yield async of get set let "
    "globalThis Object String Number Boolean Symbol").split()}
"""Names that no array has in code."""

RELATIONS = {"==": "===", "!=": "!=="}
FUNCTIONS = {"arcsin": "asin", "arccos": "acos", "arctan": "atan", "arcsinh": "asinh", "arccosh": "acosh",
             "arctanh": "atanh", "logical_and": "Math.min", "logical_or": "Math.max"}
OF_MATH = set("exp log tanh abs sign sin cos tan sinh cosh asin acos atan asinh acosh atanh sqrt expm1 log1p".split())


class Scalars(ScalarPrinter):
    """Numbers and sizes as JavaScript writes them."""

    def _print_floor(self, e):
        above, below = sp.fraction(sp.together(e.args[0]))
        return f"Math.floor(({self._print(above)})/({self._print(below)}))"


class JavaScriptWriter:
    """Writes statements as lines of JavaScript; `functions` collects the activations that the library does not have."""

    def __init__(self, names):
        self.names, self.scalars = names, Scalars(names)
        self.functions = {}

    def size(self, e) -> str:
        return self.scalars.doprint(sp.sympify(e))

    def length(self, quantity, axis) -> str:
        return self.names(quantity.name) + "[0]" * axis + ".length"

    # statements

    def statement(self, statement) -> list:
        if isinstance(statement, ir.Loop):
            return self.loop(statement)
        code = self.code(statement.value)
        for axis in reversed(statement.axes):
            code = f"array({self.size(axis.size)}, ({self.names(axis.letter)}) => {code})"
        return [f"const {self.names(statement.quantity.name)} = {code};"]

    def loop(self, loop) -> list:
        made = [f"const {self.names(one.quantity.name)} = zeros({', '.join(self.size(a.size) for a in one.axes)});"
                for one in loop.body]
        t, T = self.names(loop.axis.letter), self.size(loop.axis.size)
        head = f"let {t} = 0; {t} < {T}; {t}++" if loop.upwards else f"let {t} = {T} - 1; {t} >= 0; {t}--"
        return [*made, f"for ({head}) {{", *("  " + self.step(loop, one) for one in loop.body), "}"]

    def step(self, loop, one) -> str:
        places = "".join(f"[{self.names(axis.letter)}]" for axis in one.axes)
        code = f"{self.names(one.quantity.name)}{places} = {self.code(one.value)};"
        for axis in reversed(one.axes):
            if axis != loop.axis:
                code = f"each({self.size(axis.size)}, ({self.names(axis.letter)}) => {{ {code} }});"
        return code

    # nodes

    @singledispatchmethod
    def code(self, node) -> str:
        raise NotImplementedError(type(node).__name__)

    @code.register
    def _(self, node: ir.Scalar):
        code = self.size(node.value)
        return code if code.isidentifier() or code.replace(".", "").isdigit() else f"({code})"

    @code.register
    def _(self, node: ir.Position):
        return self.names(node.axis.letter)

    @code.register
    def _(self, node: ir.Read):
        name, places = self.names(node.quantity.name), map(self.place, node.indices)
        if type(node) is ir.Window:
            return f"entry({', '.join([name, *places])})"
        return name + "".join(f"[{place}]" for place in places)

    def place(self, index) -> str:
        offset = [(1, ir.Scalar(index.offset))] if index.offset != 0 or not index.steps else []
        terms = [(1, ir.Position(axis) if step == 1 else ir.Product((ir.Scalar(step), ir.Position(axis))))
                 for axis, step in index.steps]
        return self.sum_of(terms + offset)

    def sum_of(self, terms) -> str:
        code = " ".join(f"{'-' if sign < 0 else '+'} {self.code(term)}" for sign, term in terms)
        return code.removeprefix("+ ")

    @code.register
    def _(self, node: ir.LookUp):
        return f"entry({', '.join([self.names(node.quantity.name), *map(self.code, node.indices)])})"

    @code.register
    def _(self, node: ir.Add):
        return f"({self.sum_of(node.terms)})"

    @code.register
    def _(self, node: ir.Product):
        above, below = (list(map(self.code, part)) for part in (node.above, node.below))
        if node.strong:
            return f"product([{', '.join(above)}], [{', '.join(below)}])"
        return "(" + "*".join(above or ["1"]) + "".join(f"/{factor}" for factor in below) + ")"

    @code.register
    def _(self, node: ir.Power):
        return f"({self.code(node.base)}**{self.code(ir.Scalar(node.exponent))})"

    @code.register
    def _(self, node: ir.Apply):
        name = FUNCTIONS.get(node.function, node.function)
        if name in OF_MATH:
            name = f"Math.{name}"
        elif name not in IN_LIBRARY and not name.startswith("Math."):
            self._write_out(name)
        return f"{name}({', '.join(map(self.code, node.arguments))})"

    def _write_out(self, name):
        """The formula of an activation that is not in the library."""
        row = next(row for row in activations.TABLE.values() if row.elementwise and row.in_code == name)
        arguments = sp.symbols(["z", "alpha"][:1 + len(row.parameters)], real=True)
        formula = JavaScriptPrinter().doprint(row.evaluated(*arguments))
        self.functions[name] = f"const {name} = ({', '.join(map(str, arguments))}) => {formula};"

    @code.register
    def _(self, node: ir.Compare):
        return f"({self.code(node.left)} {RELATIONS.get(node.relation, node.relation)} {self.code(node.right)} ? 1 : 0)"

    @code.register
    def _(self, node: ir.Where):
        cases = "".join(f"{self.code(condition)} ? {self.code(value)} : " for condition, value in node.cases)
        return f"({cases}{self.code(node.otherwise)})"

    @code.register
    def _(self, node: ir.Contract):
        return self.over("sum", "*".join(map(self.code, node.factors)), node.over)

    def over(self, function, code, axes) -> str:
        for axis in reversed(axes):
            code = f"{function}({self.size(axis.size)}, ({self.names(axis.letter)}) => {code})"
        return code

    @code.register
    def _(self, node: ir.Reduce):
        body = self.code(node.body)
        if node.kind == "argmax":
            lists = self.over("array", body, node.over)
            return f"first_of({lists}{f'.flat({len(node.over) - 1})' if len(node.over) > 1 else ''})"
        code = self.over("largest" if node.kind == "max" else "sum", body, node.over)
        counts = "".join(f"/{self.size(axis.size)}" for axis in node.over)
        return f"({code}{counts})" if node.kind == "mean" else code

    @code.register
    def _(self, node: ir.Softmax):
        at, where = self.names(node.axis.letter), self.code(node.where) if node.where else "true"
        return (f"{'log_' * node.log}softmax_at({at}, {self.size(node.axis.size)}, ({at}) => {self.code(node.score)}, "
                f"({at}) => {where})")

    @code.register
    def _(self, node: ir.Scatter):
        place = self.code(node.place) if isinstance(node.place, ir.Node) else self.place(node.place)
        at = self.names(node.axis.letter)
        return self.over("sum", f"({place} === {at} ? {self.code(node.body)} : 0)", node.over)


def javascript_function(name: str, given, formulas: dict, statements, result: dict) -> str:
    """A function of one object, name → nested list, that returns an object.  What it calls stands in LIBRARY.

    result   key → name of an array
    """
    names = Names(RESERVED)
    pairs = [(quantity.name, names(quantity.name)) for quantity in given]
    writer = JavaScriptWriter(names)
    lines = [line for statement in statements for line in writer.statement(statement)]
    made, missing = size_lines(given, formulas, names.sizes(), writer.length)
    sizes = [f"const {names(n)} = {code if isinstance(code, str) else writer.size(code)};" for n, code in made]
    pairs += [(str(n), names(n)) for n in missing]
    arguments = ", ".join(key if key == own else f"{key}: {own}" for key, own in pairs)
    found = ", ".join(f"{key}: {names(array)}" for key, array in result.items())
    lines = [*writer.functions.values(), *sizes, *lines, f"return {{{found}}};"]
    return "\n".join([f"const {name} = ({{{arguments}}}) => {{", *("  " + x for x in lines), "};", ""])
