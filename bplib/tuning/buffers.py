"""The passes that leave NumPy nothing to allocate: results go into arrays that are made once, and made few."""
import ast
from collections import defaultdict
from copy import deepcopy
from math import prod

import numpy as np

from .kernels import as_call, empty
from .trees import called, line, name, pairs, read_names, replaced, with_body


class _Places:
    """Which array each result goes into.  A result whose last use has passed gives its array away."""

    def __init__(self, lines, setting):
        self.setting, self.array, self.free, self.held = setting, {}, defaultdict(list), defaultdict(list)
        self.last = {used: at for at, (_, value) in enumerate(lines) for used in read_names(value)}
        self.joint = {}
        for target, value in lines:
            self.join(target, value)

    def join(self, target, value):
        """Where arrays are parts of a joint one they, it, and what is computed from it, have places for ever."""
        view = called(value) == ".reshape"
        used = {read for at in ([value.func] if view else as_call(value)[1]) for read in read_names(at)}
        if called(value) == "np.concatenate":
            self.joint[target] = empty(*self.kind(target))
            start = 0
            for part in value.args[0].elts:
                shape, _ = self.kind(part.id)
                self.joint[part.id] = self.joint[target][start:start + prod(shape)].reshape(shape)
                start += prod(shape)
        elif used and used <= set(self.joint):
            self.joint[target] = eval(ast.unparse(value), {}, self.joint) if view else empty(*self.kind(target))

    def kind(self, target):
        shape, kind = self.setting.found[target]
        return shape, "bool" if kind == "b" else self.setting.dtype

    def by_columns(self, atom):
        """A matrix as BLAS takes it, stored column after column, and 1 where BLAS has to turn that to get the atom."""
        code = ast.unparse(atom)
        base, turned = code.removesuffix(".T"), int(code.endswith(".T"))
        made = base in self.array and self.setting.order == "F"
        return (base, turned) if made else (f"{base}.T", 1 - turned)

    def dies(self, used, at):
        return self.last.get(used) == at and used in self.array

    def take(self, target, at, in_place=()):
        """An array for a result: that of an operand whose last use this is, or a free one, or a new one."""
        kind = self.kind(target)
        for operand in in_place:
            if self.dies(operand, at) and self.kind(operand) == kind:
                self.array[target] = self.array.pop(operand)
                break
        else:
            self.array[target] = self.free[kind].pop() if self.free[kind] else (kind, len(self.held))
        self.held[self.array[target]].append(target)

    def release(self, value, at):
        for used in set(read_names(value)):
            if self.dies(used, at):
                array = self.array.pop(used)
                self.free[array[0]].append(array)


def buffers(function, setting):
    lines = pairs(function)
    places, steps = _Places(lines, setting), []
    setting.constants |= places.joint
    for at, (target, value) in enumerate(lines):
        steps.append(_placed(target, value, at, places))
        places.release(value, at)
    called_as = {held: array for array, names in places.held.items() for held in names}
    titles = {array: _title(names, setting.temporaries) for array, names in places.held.items()}
    for (shape, dtype), number in titles:
        setting.constants[titles[(shape, dtype), number]] = empty(shape, dtype, setting.order)
    renamed = {held: name(titles[array]) for held, array in called_as.items()}
    body = [replaced(statement, renamed) for group in steps for statement in group]
    return with_body(function, [at for at in body if not _copies_to_itself(at)])


def _copies_to_itself(statement):
    node = statement.value
    return called(node) == "np.copyto" and len(node.args) == 2 and ast.dump(node.args[0]) == ast.dump(node.args[1])


def _title(names, temporaries):
    """An array is called after the last result of the network that it holds."""
    return next((held for held in reversed(names) if held not in temporaries), names[0])


def _placed(target, value, at, places):
    """The statements that put the result of a line where it belongs."""
    given = target.endswith("[...]")
    out = target.removesuffix("[...]")
    function, operands = as_call(value)
    if target in places.joint:
        return _joint(target, value, function, operands)
    if called(value) == "product":
        return _multiplied(out, value, at, places, given)
    if given:
        return [line(f"np.add({ast.unparse(value.left)}, {ast.unparse(value.right)}, out={out})")
                if function else line(f"{target} = {ast.unparse(value)}")]
    if not places.kind(target)[0]:
        return [line(f"{target} = {ast.unparse(value)}")]
    if function:
        plain = [o.id for o in operands if isinstance(o, ast.Name)]
        views = {used for o in operands if not isinstance(o, ast.Name) for used in read_names(o)}
        places.take(target, at, [operand for operand in plain if operand not in views])
        return [line(f"{function}({', '.join(map(ast.unparse, operands))}, out={out})")]
    if called(value) == ".max" and value.keywords:
        places.take(target, at)
        given = f"{ast.unparse(value.func.value)}, {ast.unparse(value.keywords[0])}"
        return [line(f"np.maximum.reduce({given}, out={out})")]
    if called(value) == "np.where":
        return _chosen(target, value, at, places)
    return [line(f"{target} = {ast.unparse(value)}")]


def _joint(target, value, function, operands):
    """A joint array is filled by the lines that compute its parts, and a part that is a view of one is there."""
    if function:
        return [line(f"{function}({', '.join(map(ast.unparse, operands))}, out={target})")]
    if called(value) in ("np.concatenate", ".reshape"):
        return []
    raise AssertionError(f"{target} is part of a joint array, and nothing writes {ast.unparse(value)} into it")


def _chosen(target, value, at, places):
    """np.where has no out=: first one choice everywhere, then the other where it holds."""
    condition, then, otherwise = value.args
    in_use = {*read_names(condition), *read_names(then)}
    places.take(target, at, [used for used in read_names(otherwise) if used not in in_use])
    return [line(f"np.copyto({target}, {ast.unparse(otherwise)})"),
            line(f"np.copyto({target}, {ast.unparse(then)}, where={ast.unparse(condition)})")]


def _multiplied(out, value, at, places, given):
    alpha, left, right, *rest = value.args
    alpha, (beta, C) = ast.unparse(alpha), map(ast.unparse, rest) if rest else ("0.0", out)
    one, other = places.by_columns(left), places.by_columns(right)
    if places.setting.rows == 1 and C in places.setting.parameters:  # one row: the bias has its shape, and is copied
        return [line(f"{out} = {_gemm(alpha, _turned(other), _turned(one), beta, f'{C}[:, None]', 0)}.T")]
    if not given:
        places.take(out, at)
    steps = [line(f"np.copyto({out}, {C})")] if C != out else []
    if len(places.kind(out)[0]) == 1:
        call = _summed(alpha, (left, right), (one, other), beta, out, places.setting)
    elif places.by_columns(name(out)) == (out, 0):
        call = _gemm(alpha, one, other, beta, out)
    else:  # the transpose of the product is the product of the transposes, the other way round
        call = _gemm(alpha, _turned(other), _turned(one), beta, f"{out}.T")
    return [*steps, line(call)]


def _turned(stored):
    code, turned = stored
    return code, 1 - turned


def _gemm(alpha, one, other, beta, out, overwrite=1):
    """BLAS's product of two matrices, each as `by_columns` gives it."""
    flags = f"{one[1]}, {other[1]}, 1" if overwrite else f"{one[1]}, {other[1]}"
    return f"gemm({alpha}, {one[0]}, {other[0]}, {beta}, {out}, {flags})"


def _summed(alpha, factors, stored, beta, out, setting):
    """A sum along an axis: a product with ones, from the left or from the right."""
    lengths = {title: length for length, title in setting.ones.items()}
    left, right = map(ast.unparse, factors)
    first = left in lengths
    ones, (array, turned) = (left, _turned(stored[1])) if first else (right, stored[0])
    if first and lengths[ones] == 1:  # a single term, by the function that is called with less
        return _gemm(alpha, (array, turned), (f"{ones}[:, None]", 0), beta, f"{out}[:, None]")
    return f"gemv({alpha}, {array}, {ones}, {beta}, {out}, 0, 1, 0, 1, {turned}, 1)"


BY_NAME_ONLY = {"np.maximum", "np.minimum"}
"""Functions for which NumPy wants `out` by name; for the others its place saves time."""

NUMBERS = {0: "zero", 1: "one", 2: "two", 0.5: "half"}


class _LookUp(ast.NodeTransformer):
    """Names for what is looked up: each thing once, by the code that gets it."""

    def __init__(self, setting):
        self.setting, self.arrays, self.titles = setting, dict(setting.constants), {}

    def named(self, code, wanted, value):
        """The name of what a piece of code gets."""
        if code not in self.titles:
            self.titles[code] = self.setting.constant(wanted, value)
        return name(self.titles[code])

    def visit_Call(self, node):
        if called(node).startswith("np."):
            node.args = [self.number(at) for at in node.args]
        if [at.arg for at in node.keywords] == ["out"] and called(node) not in BY_NAME_ONLY:
            node.args, node.keywords = [*node.args, node.keywords[0].value], []
        return self.generic_visit(node)

    def number(self, node):
        if not isinstance(node, ast.Constant):
            return node
        wanted = NUMBERS.get(node.value, f"c{len(self.setting.constants)}")
        return self.named(ast.unparse(node), wanted, np.array(node.value, self.setting.dtype))

    def visit_Attribute(self, node):
        code = ast.unparse(node)
        if code.startswith("np."):
            return self.named(code, code.removeprefix("np.").replace(".", "_"), eval(code, {"np": np}))
        return self.view(node, "T") if node.attr == "T" else self.generic_visit(node)

    def visit_Subscript(self, node):
        column = ast.unparse(node).endswith("[:, None]")
        return self.view(node, "column") if column else self.generic_visit(node)

    def view(self, node, how):
        """A view of an array that is known."""
        of = ast.unparse(node.value)
        if of not in self.arrays:
            return self.generic_visit(node)
        array = self.arrays[of]
        return self.named(ast.unparse(node), f"{of}_{how}", array.T if how == "T" else array[:, None])


class _Views(ast.NodeTransformer):
    """Transposed views of arguments that are needed more than once, by names."""

    def __init__(self, function, setting):
        codes = [ast.unparse(node) for node in ast.walk(function)
                 if isinstance(node, ast.Attribute) and node.attr == "T"]
        given = {f"{a.arg}.T" for a in function.args.args}
        again = dict.fromkeys(code for code in codes if codes.count(code) > 1 and code in given)
        self.named = {code: setting.names.fresh(code.replace(".", "_")) for code in again}

    def visit_Attribute(self, node):
        code = ast.unparse(node)
        return name(self.named[code]) if code in self.named else self.generic_visit(node)


def look_ups(function, setting):
    function = _LookUp(setting).visit(deepcopy(function))
    views = _Views(function, setting)
    made = [line(f"{title} = {code}") for code, title in views.named.items()]
    return with_body(function, made + [views.visit(at) for at in function.body])
