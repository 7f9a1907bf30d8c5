"""The pass that saves calls: what is done alike to the activations of several layers is done to all of them at once."""
import ast
from collections import Counter, defaultdict

from .kernels import as_call
from .trees import assigned, expression, name, pairs, read_names, replaced, with_body

FEW = 5_000
"""Entries up to which the price of a call counts for more than the arithmetic."""


def together(function, setting):
    if setting.order != "C":
        return function
    lines, done = _slopes_first(pairs(function), setting), set()
    while group := next(_groups(lines, setting, done), None):
        done |= {array for own in group for array in own.arrays}
        lines = _joined(lines, group, setting)
    return with_body(function, [assigned(*pair) for pair in lines]) if done else function


def _slopes_first(lines, setting):
    """q·a·r as q·(a·r), where r is computed from a alone: so the slope of an activation is an array of its own."""
    values, uses = dict(lines), Counter(used for _, value in lines for used in read_names(value))
    made, gone = [], set()
    for target, value in lines:
        before, r = _factors(value)
        q, a = _factors(values.get(before))
        if a and r in values and set(read_names(values[r])) == {a} and uses[before] == 1:
            gone.add(before)
            slope = setting.names.fresh(f"{a}_slope")
            setting.found[slope] = setting.found[a]
            made += [(slope, expression(f"{a} * {r}")), (target, expression(f"{q} * {slope}"))]
        else:
            made.append((target, value))
    return [(target, value) for target, value in made if target not in gone]


def _factors(node):
    """The names of the two factors of a product, None and None for anything else."""
    product = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult)
    named = product and isinstance(node.left, ast.Name) and isinstance(node.right, ast.Name)
    return (node.left.id, node.right.id) if named else (None, None)


class _Own:
    """What is computed from one array alone: `own` are these lines, `form` is the same for arrays treated alike."""

    def __init__(self, array, lines):
        self.array, self.own, known = array, [], {array: name("_")}
        for target, value in lines:
            _, operands = as_call(value)
            arrays = {at.id for at in operands if isinstance(at, ast.Name)}
            plain = all(isinstance(at, (ast.Name, ast.Constant)) for at in operands)
            if arrays and plain and arrays <= set(known):
                known[target] = name(f"_{len(self.own)}")
                self.own.append((target, value))
        self.form = tuple(ast.unparse(replaced(value, known)) for _, value in self.own)
        self.targets = [target for target, _ in self.own]
        self.arrays = [array, *self.targets]


def _groups(lines, setting, done):
    """Lists of activations that are treated alike, which may wait until the last one of them is there.

    An array is joined with others once: `done` are those that have been.  Each line writes one array, so each part of
    a joint array is written by the one line that computes it, and to that place alone.
    """
    alike = defaultdict(list)
    for target, value in lines:
        own = _Own(target, lines)
        if own.form and as_call(value)[0] and done.isdisjoint(own.arrays):
            alike[own.form].append(own)
    for group in alike.values():
        small = sum(setting.size(name(own.array)) for own in group) <= FEW
        if len(group) > 1 and small and _apart(group) and _may_wait(group, lines):
            yield group


def _apart(group):
    """Whether no array belongs to two of a group."""
    arrays = [array for own in group for array in own.arrays]
    return len(set(arrays)) == len(arrays)


def _may_wait(group, lines):
    order = [target for target, _ in lines]
    computed = {target for own in group for target in own.targets}
    last = max(order.index(own.array) for own in group)
    needed = [at for at, (target, value) in enumerate(lines)
              if target not in computed and computed.intersection(read_names(value))]
    return bool(needed) and min(needed) > last


def _joined(lines, group, setting):
    """The lines with those of a group replaced, behind its last array, by the same for all of its arrays in one."""
    computed = {target for own in group for target in own.targets}
    rest = [(target, value) for target, value in lines if target not in computed]
    used, arrays = {read for _, value in rest for read in read_names(value)}, [own.array for own in group]
    first = group[0]
    joint = {target: name(setting.joint_name()) for target in first.arrays}
    made = [(joint[first.array].id, expression(f"np.concatenate([{', '.join(arrays)}], axis=None)"))]
    made += [(joint[target].id, replaced(value, joint)) for target, value in first.own]
    total = sum(setting.size(name(array)) for array in arrays)
    setting.found |= {joint[target].id: ((total,), setting.found[target][1]) for target in joint}
    start = 0
    for own in group:
        end, shape = start + setting.size(name(own.array)), setting.found[own.array][0]
        made += [(target, expression(f"{joint[alike].id}[{start}:{end}].reshape({shape})"))
                 for target, alike in zip(own.targets, first.targets) if target in used]
        start = end
    last = max(at for at, (target, _) in enumerate(rest) if target in arrays)
    return [*rest[:last + 1], *made, *rest[last + 1:]]
