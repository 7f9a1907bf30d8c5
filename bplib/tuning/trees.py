"""Code as data: functions whose lines are assignments, as syntax trees of Python."""
import ast
import re
from copy import deepcopy


def expression(code):
    return ast.parse(code, mode="eval").body


def line(code):
    return ast.parse(code).body[0]


def name(of):
    return ast.Name(of, ast.Load())


def assigned(target, value):
    return line(f"{target} = {ast.unparse(value)}")


def pairs(function):
    """The lines `target = value` of a function, as pairs (source of target, tree of value); `return` is left out."""
    return [(ast.unparse(at.targets[0]), at.value) for at in function.body if isinstance(at, ast.Assign)]


def with_pairs(function, lines):
    """The function with other lines and the same arguments and result."""
    return with_body(function, [assigned(*pair) for pair in lines] + function.body[-1:])


def with_body(function, body, arguments=None, called=None):
    """The function with other statements and, if given, other arguments and another name."""
    arguments = [a.arg for a in function.args.args] if arguments is None else arguments
    made = line(f"def {called or function.name}({', '.join(arguments)}): pass")
    made.body = list(body)
    return made


def read_names(node):
    """The names that are read in a node; one that is read twice comes twice."""
    return [n.id for n in ast.walk(node) if isinstance(n, ast.Name)]


def renamed(function, names):
    """The function with other names for its arguments and results: `names` maps old to new."""
    substitutes = {old: name(new) for old, new in names.items() if old != new}
    body = [replaced(statement, substitutes) for statement in function.body]
    return with_body(function, body, [names.get(a.arg, a.arg) for a in function.args.args])


def replaced(node, substitutes):
    """The node with names replaced by expressions."""
    return _Replace(substitutes).visit(deepcopy(node))


class _Replace(ast.NodeTransformer):
    def __init__(self, substitutes):
        self.substitutes = substitutes

    def visit_Name(self, node):
        found = deepcopy(self.substitutes.get(node.id, node))
        if isinstance(node.ctx, ast.Store):
            found.ctx = ast.Store()
        return found


def is_atom(node):
    """Whether a node costs no arithmetic: a name, a number, or a view of a named array."""
    if isinstance(node, ast.Attribute):
        return node.attr == "T" and is_atom(node.value)
    if isinstance(node, ast.Subscript):
        return is_atom(node.value) and not read_names(node.slice)
    return isinstance(node, (ast.Name, ast.Constant))


def called(node):
    """What a node calls: "np.exp", or ".sum" for a method; None where it calls nothing."""
    if not isinstance(node, ast.Call):
        return None
    code = ast.unparse(node.func)
    return code if re.fullmatch(r"(np\.)?\w+(\.reduce)?", code) else "." + node.func.attr


def times(factor, node):
    """factor·node, for a number."""
    return node if factor == 1 else ast.BinOp(ast.Constant(factor), ast.Mult(), node)


def added(nodes):
    """The sum of nodes."""
    first, *others = nodes
    for other in others:
        first = ast.BinOp(first, ast.Add(), other)
    return first


def terms(node):
    """A sum as a list of its terms."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return terms(node.left) + terms(node.right)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
        return terms(node.left) + [ast.UnaryOp(ast.USub(), node.right)]
    return [node]


def coefficient(node):
    """A node as (number, rest) with node = number·rest."""
    operator = type(node.op) if isinstance(node, (ast.BinOp, ast.UnaryOp)) else None
    if isinstance(node, ast.Constant):
        return node.value, ast.Constant(1)
    if operator is ast.USub:
        number, rest = coefficient(node.operand)
        return -number, rest
    if operator is ast.Mult:
        (c, left), (d, right) = coefficient(node.left), coefficient(node.right)
        others = [side for side in (left, right) if not isinstance(side, ast.Constant)] or [left]
        return c * d, others[0] if len(others) == 1 else ast.BinOp(left, ast.Mult(), right)
    if operator is ast.Div and isinstance(node.right, ast.Constant):
        number, rest = coefficient(node.left)
        return number / node.right.value, rest
    return 1, node
