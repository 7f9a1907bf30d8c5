"""Passes that make generated array code fast: functions from tree to tree.

A tree is that of a function whose lines are assignments; `Setting` says for what sizes.  After each pass the function
can be read and run, so that passes can be shown, and tested, one by one.
"""
import ast
from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from .kernels import VECTORS, WRITTEN_OUT, namespace
from .names import Names
from .trees import (added, assigned, called, coefficient, expression, is_atom, name, pairs, read_names, replaced, terms,
                    times, with_body, with_pairs)


FACTORS = ("alpha", "beta")
"""What a tuned function takes last: the numbers in dW ← α ∂C/∂W + β dW."""


@dataclass
class Setting:
    """What a function is tuned for.

    parameters, gradients   names of the arrays of parameters, and of the gradients by them
    errors                  names of the derivatives by z and a
    shapes                  shape of each argument, with as many samples as one call gets
    labels                  the arguments that hold ints
    rows, total             samples of one call; of the batch, which is larger where it goes in chunks
    dtype                   of all floats
    order                   how results are stored: "C", row after row, or "F", column after column
    names                   the names that are taken, arguments and functions included
    found                   (shape, kind) of each result of a line, by its name
    constants               arrays that are made once, by name
    ones                    number of entries → name of an array of so many ones
    temporaries             names of results that no equation has
    joints                  names of arrays that hold several results one after the other
    """

    parameters: tuple
    gradients: tuple
    errors: tuple
    shapes: dict
    labels: tuple
    rows: int
    total: int
    dtype: str
    order: str
    names: Names
    found: dict = field(default_factory=dict)
    constants: dict = field(default_factory=dict)
    ones: dict = field(default_factory=dict)
    temporaries: set = field(default_factory=set)
    joints: list = field(default_factory=list)

    def joint_name(self):
        """The name of a new joint array."""
        self.joints.append(self.names.fresh(f"joint{len(self.joints)}"))
        return self.joints[-1]

    def constant(self, wanted, value):
        """The name under which tuned code finds a value that is made once."""
        title = self.names.fresh(wanted)
        self.constants[title] = value
        return title

    def ones_for(self, length):
        """The name of an array of ones."""
        if length not in self.ones:
            title = "ones" if length == self.rows else f"ones{length}"
            self.ones[length] = self.constant(title, np.ones(length, self.dtype))
        return self.ones[length]

    def size(self, node):
        """Number of entries of a named array; 0 for anything else."""
        return int(np.prod(self.found[node.id][0], dtype=int)) if isinstance(node, ast.Name) else 0

    def shape(self, atom):
        """Shape of a named array or of a view of one."""
        (base,) = set(read_names(atom))
        return eval(ast.unparse(atom), {base: np.broadcast_to(0, self.found[base][0])}).shape

    def look(self, function):
        """Note the shape and kind of every result, by running the lines once; a gradient has those of its parameter."""
        space = namespace(self.dtype, self.constants)
        for given, shape in self.shapes.items():
            space[given] = np.zeros(shape, int if given in self.labels else self.dtype)
            self.found[given] = shape, "f"
        for parameter, gradient in zip(self.parameters, self.gradients):
            self.found[gradient] = self.found[parameter]
        with np.errstate(all="ignore"):
            for target, value in pairs(function):
                if target not in self.gradients:
                    result = space[target] = np.asarray(eval(ast.unparse(value), space))
                    self.found[target] = result.shape, result.dtype.kind


def sizes(function, setting):
    number = {"N": ast.Constant(setting.total)}
    return with_pairs(function, [(target, replaced(value, number)) for target, value in pairs(function)
                                 if target != "N"])


# constant factors

class _Mixed(Exception):
    """A formula that is not proportional to the errors."""


def _degree(node, errors):
    """1 where a node is proportional to the arrays called `errors`, 0 where it does not depend on them."""
    if not errors.intersection(read_names(node)):
        return 0
    if isinstance(node, ast.Name):
        return 1
    if isinstance(node, ast.BinOp):
        left, right = _degree(node.left, errors), _degree(node.right, errors)
        if isinstance(node.op, (ast.Mult, ast.MatMult)) and left + right == 1:
            return 1
        if isinstance(node.op, (ast.Add, ast.Sub)) and left == right or isinstance(node.op, ast.Div) and not right:
            return left
    elif isinstance(node, ast.UnaryOp):
        return _degree(node.operand, errors)
    elif isinstance(node, (ast.Attribute, ast.Subscript)):
        return _degree(node.value, errors)
    elif called(node) == ".sum":
        return _degree(node.func.value, errors)
    raise _Mixed


def constants_last(function, setting):
    try:
        return with_pairs(function, _constants_last(function, setting))
    except _Mixed:  # then there is no one factor to take out
        return function


def _constants_last(function, setting):
    errors, factor, lines = set(), 1, []
    for target, value in pairs(function):
        if target in setting.gradients:
            value = _scaled(value, factor, errors)
        elif _degree(value, errors):
            errors.add(target)
        elif target in setting.errors:
            number, rest = coefficient(value)
            if errors and number != factor:
                raise _Mixed
            factor, value = number, rest
            errors.add(target)
        lines.append((target, value))
    return lines


def _scaled(value, factor, errors):
    """A gradient as a sum of terms number·formula, those with errors times the factor."""
    parts = []
    for term in terms(value):
        number, rest = coefficient(term)
        parts.append(times(number * factor if _degree(term, errors) else number, rest))
    return added(parts)


# formulas

class _WriteOut(ast.NodeTransformer):
    def __init__(self, setting):
        self.setting = setting

    def visit_Call(self, node):
        what = called(node)
        if what == "np.eye":
            return name(self.setting.constant("eye", np.eye(node.args[0].value, dtype=self.setting.dtype)))
        if what == "sigmoid" and self.setting.size(node.args[0]) >= VECTORS:
            return expression(f"1 / (1 + np.exp(-{ast.unparse(node.args[0])}))")
        if what == "np.where" and ast.unparse(node).endswith(", 1, 0)"):  # a product takes True for 1
            return self.visit(node.args[0])
        if what in WRITTEN_OUT:
            arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
            return self.visit(expression(WRITTEN_OUT[what](*map(ast.unparse, arguments))))
        return self.generic_visit(node)

    def visit_BinOp(self, node):
        node = self.generic_visit(node)
        squared = isinstance(node.op, ast.Pow) and ast.unparse(node.right) == "2"
        return ast.Call(expression("np.square"), [node.left], []) if squared else node


def formulas(function, setting):
    setting.look(function)
    return with_pairs(function, [(target, _WriteOut(setting).visit(value)) for target, value in pairs(function)])


# one operation a line

class _Lines:
    """Takes formulas apart; what has been computed is not computed again."""

    def __init__(self, setting):
        self.setting, self.done, self.known, self.alias = setting, [], {}, {}

    def add(self, target, value):
        value = self.operation(value)
        if is_atom(value):
            self.alias[target] = value
        else:
            self.keep(target, value)

    def keep(self, target, value):
        self.known.setdefault(ast.unparse(value), target)
        self.done.append((target, value))

    def atom(self, node):
        """A name, a number or a view with the value of a node."""
        node = self.operation(node)
        if not is_atom(node):
            target = self.setting.names.fresh(f"t{len(self.setting.temporaries) + 1}")
            self.setting.temporaries.add(target)
            self.keep(target, node)
            node = name(target)
        return node

    def operation(self, node):
        """The node with atoms for operands, or an atom."""
        node = replaced(node, self.alias)
        if isinstance(node, ast.Call):
            node.args = [ast.List([self.atom(e) for e in at.elts]) if isinstance(at, ast.List) else self.atom(at)
                         for at in node.args]
            if called(node)[0] == ".":
                node.func.value = self.atom(node.func.value)
        else:
            for part in ("left", "right", "operand", "value"):
                if isinstance(getattr(node, part, None), ast.expr):
                    setattr(node, part, self.atom(getattr(node, part)))
            node = self._rest(node)
        known = self.known.get(ast.unparse(node))
        return name(known) if known else node

    def _rest(self, node):
        if isinstance(node, ast.Compare):
            node.comparators = [self.atom(at) for at in node.comparators]
        if isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.Constant):
            return ast.Constant(-node.operand.value)
        return node


def lines(function, setting):
    made = _Lines(setting)
    for target, value in pairs(function):
        if target in setting.gradients:  # a sum of terms number·operation
            split = [coefficient(term) for term in terms(value)]
            made.done.append((target, added([times(number, made.operation(rest)) for number, rest in split])))
        else:
            made.add(target, value)
    result = with_pairs(function, _from_activation(made.done))
    setting.look(result)
    return result


def _from_activation(lines):
    """Where a = max(z, 0), a > 0 says the same as z > 0, so that z need not be kept."""
    rectified = {value.args[0].id: name(target) for target, value in lines
                 if called(value) == "np.maximum" and ast.unparse(value.args[1]) == "0"}
    return [(target, replaced(value, rectified) if isinstance(value, ast.Compare) else value)
            for target, value in lines]


# matrix products

def _is_product(node):
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult)


def products(function, setting):
    uses = Counter(used for _, value in pairs(function) for used in read_names(value))
    inner = _Products(setting, uses)
    for target, value in pairs(function):
        inner.add(target, value)
    inner.scale_once()
    arguments = [a.arg for a in function.args.args] + [*setting.gradients, *FACTORS]
    return with_body(function, [assigned(*pair) for pair in inner.lines], arguments, "accumulate")


class _Products:
    """Writes α A @ B + β C for a product with what is done to it next."""

    def __init__(self, setting, uses):
        self.setting, self.uses, self.lines, self.factors = setting, uses, [], []

    def add(self, target, value):
        if target in self.setting.gradients:
            self.gradient(target, value)
        elif self.product(value):
            self.lines.append((target, self.call(1, self.product(value))))
        elif not self.with_bias(target, value) and not self.negative(target, value):
            self.lines.append((target, value))

    def product(self, node):
        """(left, right) of a matrix product; a sum along an axis is a product with ones."""
        if _is_product(node) and self.ndim(node.left) == self.ndim(node.right) == 2:
            return node.left, node.right
        if called(node) == ".sum" and self.ndim(node.func.value) == 2 and node.keywords:
            array, axis = node.func.value, node.keywords[0].value.value
            along = self.setting.shape(array)[axis]
            ones = name(self.setting.ones_for(along))
            return (ones, array) if axis == 0 else (array, ones)
        return None

    def ndim(self, atom):
        return 0 if isinstance(atom, ast.Constant) else len(self.setting.shape(atom))

    def call(self, alpha, both, beta=None, C=None):
        alpha = alpha if isinstance(alpha, ast.expr) else ast.Constant(float(alpha))
        return ast.Call(name("product"), [alpha, *both, *([] if C is None else [beta, C])], [])

    def last(self, node):
        """Whether a node names the result of the line before, used nowhere else."""
        return (isinstance(node, ast.Name) and self.uses[node.id] == 1 and self.lines
                and self.lines[-1][0] == node.id and called(self.lines[-1][1]) == "product")

    def with_bias(self, target, value):
        """A @ B, then + b: the bias is there first, and the product is added to it."""
        if not (isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add) and self.last(value.left)
                and set(read_names(value.right)) <= set(self.setting.parameters)):
            return False
        _, before = self.lines.pop()
        self.lines.append((target, self.call(before.args[0], before.args[1:3], ast.Constant(1.0), value.right)))
        return True

    def negative(self, target, value):
        if not (isinstance(value, ast.UnaryOp) and self.last(value.operand)):
            return False
        _, before = self.lines.pop()
        for at in (0, 3)[:len(before.args) // 2]:
            before.args[at] = ast.Constant(-before.args[at].value)
        self.lines.append((target, before))
        return True

    def gradient(self, target, value):
        """dW ← α·gradient + β·dW, in place; a penalty's part is found first, as dW may be W itself."""
        split = [(number, rest, self.product(rest)) for number, rest in map(coefficient, terms(value))]
        whole = [at for at in split if at[2]]
        if len(whole) != 1:
            self.lines.append((f"{target}[...]", expression(f"blend(alpha, {ast.unparse(value)}, beta, {target})")))
            return
        penalties = [(self.setting.names.fresh(f"penalty_{target}"), number, rest)
                     for number, rest, both in split if not both]
        for title, factor, rest in penalties:
            self.setting.found[title] = self.setting.found[target]
            self.lines.append((title, expression(f"{factor}*alpha*{ast.unparse(rest)}")))
        (number, _, both), = whole
        self.factors.append(number)
        alpha = name("alpha") if number == 1 else expression(f"{number}*alpha")
        self.lines.append((f"{target}[...]", self.call(alpha, both, name("beta"), name(target))))
        self.lines += [(f"{target}[...]", expression(f"{target} + {title}")) for title, *_ in penalties]

    def scale_once(self):
        """A factor that all gradients have is multiplied with α once."""
        if len(set(self.factors)) == 1 and self.factors[0] != 1:
            before, scale = ast.unparse(expression(f"{self.factors[0]}*alpha")), self.setting.names.fresh("scale")
            for _, value in self.lines:
                if called(value) == "product" and ast.unparse(value.args[0]) == before:
                    value.args[0] = name(scale)
            self.setting.found[scale] = (), "f"
            self.lines.insert(0, (scale, expression(before)))
