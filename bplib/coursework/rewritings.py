"""Texts of formulas, for measuring the checker: the same formula written in many ways, and wrong ones as typed."""
from dataclasses import replace

import sympy as sp

from ..equations import indices_of, letter, name_of, s
from ..formula.arithmetic import CONDITIONS
from ..models.nodes import renamed
from .exercises import Derived
from .tree import Binary, Call, Entry, Index, Negative, Number, Sum, has_index, walk
from .values import tree_of

LETTERS = "klmpqrtuvi"


def closed(exercise, lines):
    """What is asked for as one SymPy expression over what the learner may use: every other line put in."""
    by_name = {line.name: line for line in lines}
    right = by_name[exercise.ask].right
    while entries := [e for e in right.atoms(sp.Indexed, sp.Symbol) if _stands_for(e, by_name)]:
        entry = entries[0]
        line = by_name[name_of(entry)]
        inner = _fresh(line.right, right, line.indices)
        right = right.xreplace({entry: inner.xreplace(dict(zip(line.indices, indices_of(entry))))})
    if exercise.entry:
        right = renamed(right, dict(zip(exercise.line.indices[-len(exercise.entry):], map(sp.Integer, exercise.entry))))
        right = right.xreplace(exercise.network.sizes).replace(sp.Sum, lambda *args: sp.Sum(*args).doit())
    return right


def _stands_for(entry, by_name):
    """Whether an entry is that of a line; the letter of an array is a symbol too, but no entry."""
    line = by_name.get(name_of(entry))
    return line is not None and len(line.indices) == len(indices_of(entry))


def _fresh(inner, outer, keep):
    """The same with letters that stand nowhere else for all indices, summed or left free, but those to keep."""
    taken = {at.name for e in (inner, outer) for at in e.atoms(sp.Symbol)} | {at.name for at in keep}
    letters = iter([at for at in LETTERS if at not in taken])
    used = {at for e in inner.atoms(sp.Indexed) for at in e.indices if at.is_Symbol} - {s, *keep}
    return inner.xreplace({at: letter(next(letters)) for at in sorted(used, key=str)})


def formula(exercise, lines):
    """The tree of what is asked for, in the exercise's own letters."""
    return _in_its_letters(tree_of(closed(exercise, lines)), exercise)


def _in_its_letters(tree, exercise):
    """The tree with other letters for the indices that are asked for, and for those that these would meet."""
    if not (exercise.units or exercise.turned):
        return tree
    own = [at for at in Derived.letters(exercise, exercise.ask) if at != "s"]
    new = {at: exercise.units.get(at, at) for at in own}
    used = {at for node in walk(tree) for at in getattr(node, "indices", ()) if isinstance(at, str)}
    free = (letter for letter in "klmpqruvhi" if letter not in {*used, *new.values()}
            and exercise.vocabulary.find(letter) is None)
    new |= {at: next(free) for at in sorted(used - {*own, "s"}) if at in new.values()}
    return _lettered(tree, new, exercise.turned)


def _lettered(node, new, turned):
    if isinstance(node, Entry):
        indices = tuple(new.get(at, at) for at in node.indices)
        return Entry(node.name, indices[::-1] if turned and node.name.startswith("W") else indices)
    if isinstance(node, Index):
        return Index(new.get(node.name, node.name))
    if isinstance(node, Sum):
        return Sum(new.get(node.index, node.index), _lettered(node.body, new, turned))
    below = {name: _lettered(part, new, turned) for name, part in vars(node).items()
             if hasattr(part, "__dataclass_fields__")}
    return replace(node, **below) if below else node


# the same value in other forms

def rewritten(tree, exercise, random, times):
    """A tree of the same value: so many random rewritings, each somewhere in the tree."""
    for _ in range(times):
        nodes = list(walk(tree))
        node = nodes[random.integers(len(nodes))]
        rules = [rule for rule in RULES if rule(node, exercise, random) is not None]
        if rules:
            new = rules[random.integers(len(rules))](node, exercise, random)
            tree = _put(tree, node, new)
    return tree


def _put(tree, old, new):
    """The tree with every node equal to `old` exchanged."""
    if tree == old:
        return new
    below = {name: _put(part, old, new) for name, part in vars(tree).items() if hasattr(part, "__dataclass_fields__")}
    return replace(tree, **below) if below else tree


def _is(node, *operators):
    return isinstance(node, Binary) and node.operator in operators


def _turn_round(node, exercise, random):
    return Binary(node.operator, node.right, node.left) if _is(node, "+", "*", "=") else None


def _regroup(node, exercise, random):
    if _is(node, "+", "*") and _is(node.left, node.operator):
        return Binary(node.operator, node.left.left, Binary(node.operator, node.left.right, node.right))
    return None


def _expand(node, exercise, random):
    if _is(node, "*") and _is(node.right, "+", "-"):
        return Binary(node.right.operator, Binary("*", node.left, node.right.left),
                      Binary("*", node.left, node.right.right))
    return None


def _opposite(node, exercise, random):
    return Negative(Binary("-", node.right, node.left)) if _is(node, "-") else None


def _minus_as_plus(node, exercise, random):
    return Binary("+", node.left, Negative(node.right)) if _is(node, "-") else None


def _square_as_product(node, exercise, random):
    if _is(node, "^") and node.right == Number(2.0):
        return Binary("*", node.left, node.left)
    return None


def _power_as_quotient(node, exercise, random):
    return Binary("/", Number(1.0), node.left) if _is(node, "^") and node.right == Number(-1.0) else None


def _twice_half(node, exercise, random):
    return Binary("/", Binary("*", Number(2.0), node), Number(2.0)) if isinstance(node, (Sum, Call)) else None


def _split_sum(node, exercise, random):
    if isinstance(node, Sum) and _is(node.body, "+", "-"):
        return Binary(node.body.operator, Sum(node.index, node.body.left), Sum(node.index, node.body.right)) if all(
            has_index(side, node.index) for side in (node.body.left, node.body.right)) else None
    return None


def _out_of_sum(node, exercise, random):
    if isinstance(node, Sum) and _is(node.body, "*") and node.index != "s":
        if not has_index(node.body.left, node.index):
            return Binary("*", node.body.left, Sum(node.index, node.body.right))
    return None


def _into_sum(node, exercise, random):
    if _is(node, "*") and isinstance(node.right, Sum) and node.right.index != "s":
        if not has_index(node.left, node.right.index):
            return Sum(node.right.index, Binary("*", node.left, node.right.body))
    return None


def _rename(node, exercise, random):
    """Another letter for a summed index."""
    if not isinstance(node, Sum) or node.index == "s":
        return None
    used = {at for one in walk(node) for at in getattr(one, "indices", ())} | {*exercise.vocabulary.free, "s"}
    free = [letter for letter in "klpqruvhi" if letter not in used and exercise.vocabulary.find(letter) is None]
    new = free[random.integers(len(free))]
    return Sum(new, _renamed(node.body, node.index, new))


def _renamed(tree, old, new):
    if isinstance(tree, Entry):
        return Entry(tree.name, tuple(new if at == old else at for at in tree.indices))
    if isinstance(tree, Index):
        return Index(new) if tree.name == old else tree
    below = {name: _renamed(part, old, new) for name, part in vars(tree).items()
             if hasattr(part, "__dataclass_fields__")}
    return replace(tree, **below) if below else tree


def _half(z):
    return Binary("/", z, Number(2.0))


ONE, TWO, FOUR = Number(1.0), Number(2.0), Number(4.0)
SIGMOIDS = (
    lambda z: Binary("/", ONE, Binary("+", ONE, Call("exp", Negative(z)))),
    lambda z: Binary("/", Call("exp", z), Binary("+", Call("exp", z), ONE)),
    lambda z: Binary("/", Binary("+", ONE, Call("tanh", _half(z))), TWO),
)
SLOPES = {
    "sigmoid'": (
        lambda z: Binary("*", Call("sigmoid", z), Binary("-", ONE, Call("sigmoid", z))),
        lambda z: Binary("/", Binary("-", ONE, Binary("^", Call("tanh", _half(z)), TWO)), FOUR),
        lambda z: Binary("/", Call("exp", Negative(z)),
                         Binary("^", Binary("+", ONE, Call("exp", Negative(z))), TWO)),
        lambda z: Binary("*", Call("sigmoid", z), Call("sigmoid", Negative(z)))),
    "tanh'": (
        lambda z: Binary("-", ONE, Binary("^", Call("tanh", z), TWO)),
        lambda z: Binary("/", ONE, Binary("^", Call("cosh", z), TWO))),
    "relu'": (lambda z: Binary(">", z, Number(0.0)),),
    "identity'": (lambda z: ONE,),
    "sigmoid": SIGMOIDS,
}


def _by_another_function(node, exercise, random):
    forms = SLOPES.get(node.function, ()) if isinstance(node, Call) else ()
    return forms[random.integers(len(forms))](node.argument) if forms else None


def _by_value(node, exercise, random):
    """a for g(z), where z is what the unit computes."""
    if isinstance(node, Call) and isinstance(node.argument, Entry) and node.argument.name.startswith("z"):
        a = "a" + node.argument.name[1:]
        row = exercise.answers.activation(exercise.network.quantities[node.argument.name].mark).right.func.row
        allowed = any(name.array == a for name in exercise.vocabulary.names.values())
        if allowed and row.name == node.function.rstrip("'"):
            value = Entry(a, node.argument.indices)
            return {row.name: value, "sigmoid'": Binary("*", value, Binary("-", ONE, value)),
                    "tanh'": Binary("-", ONE, Binary("^", value, TWO))}.get(node.function)
    return None


def _by_activation(node, exercise, random):
    """g(z) for a."""
    if isinstance(node, Entry) and node.name.startswith("a"):
        equation = exercise.answers.activation(exercise.network.quantities[node.name].mark)
        if type(equation.right).__name__ not in ("softmax", "identity"):
            return Call(equation.right.row.name, Entry("z" + node.name[1:], node.indices))
    return None


RULES = (_turn_round, _regroup, _expand, _opposite, _minus_as_plus, _square_as_product, _power_as_quotient, _twice_half,
         _split_sum, _out_of_sum, _into_sum, _rename, _by_another_function, _by_value, _by_activation)


# as people type it

FUNCTION_NAMES = {"sigmoid": ("sigma", "σ", "sigmoid"), "log": ("log",)}
UNICODE = {"delta": "δ", "eta": "η", "lambda": "λ"}
SUBSCRIPT = dict(zip("0123456789ijklmnpst", "₀₁₂₃₄₅₆₇₈₉ᵢⱼₖₗₘₙₚₛₜ"))


class Typist:
    """Writes trees as text, in a style that is drawn anew for each formula."""

    def __init__(self, exercise, random):
        self.exercise, self.random = exercise, random
        self.times = self.choose("*", " ", "·", " * ", "×")
        self.power = self.choose("^", "**", "²")
        self.minus = self.choose("-", " - ", "−")
        self.unicode = bool(random.integers(2))
        self.indices = self.choose("brackets", "underscore", "subscript", "braces")
        self.sum = self.choose("sum_", "Σ_", "∑_", "\\sum_")
        self.samples = bool(random.integers(2))

    def choose(self, *ways):
        return ways[self.random.integers(len(ways))]

    def write(self, node, level=0):
        code, binds = getattr(self, "on_" + type(node).__name__)(node)
        return f"({code})" if binds < level else code

    def on_Number(self, node):
        code = f"{abs(node.value):.15g}"
        return (code, 3) if node.value >= 0 else ("-" + code, 0)

    def on_Index(self, node):
        return node.name, 3

    def on_Entry(self, node):
        return self.name(node) + self.written_indices(node), 3

    def name(self, node):
        """One of the names for an array, or for one of its columns."""
        names = self.exercise.vocabulary.names
        same = [typed for typed, name in names.items() if name.array == node.name and typed not in "nm"]
        typed = [one for one in same if node.indices[-1:] == names[one].last] or same
        code = typed[self.random.integers(len(typed))]
        self.last = names[code].last if node.indices[-1:] == names[code].last else ()
        for latin, greek in UNICODE.items():
            code = code.replace(latin, greek) if self.unicode else code
        return code

    def written_indices(self, node):
        quantity = self.exercise.answers.quantities.get(node.name)
        indices = node.indices[:len(node.indices) - len(self.last)]
        if quantity is not None and indices[:1] == ("s",) and not self.samples:
            indices = indices[1:]
        letters = [str(at) for at in indices]
        if not letters:
            return ""
        joined = "".join(letters)
        if self.indices == "subscript" and all(at in SUBSCRIPT for at in joined):
            return "".join(SUBSCRIPT[at] for at in joined)
        return {"brackets": f"[{','.join(letters)}]", "braces": f"_{{{','.join(letters)}}}"}.get(
            self.indices, f"_{joined}")

    def on_Call(self, node):
        name = node.function.rstrip("'")
        prime = self.choose("'", "′", "’") if node.function.endswith("'") else ""
        return f"{self.choose(*FUNCTION_NAMES.get(name, (name,)))}{prime}({self.write(node.argument)})", 3

    def on_Sum(self, node):
        return f"{self.sum}{node.index} {self.write(node.body, 2)}", 1

    def on_Negative(self, node):
        return self.minus.strip() + self.write(node.of, 2), 0

    def on_Binary(self, node):
        if node.operator in CONDITIONS:
            return f"[{self.write(node.left)} {node.operator} {self.write(node.right)}]", 3
        if node.operator in "+-":
            sign = self.minus if node.operator == "-" else self.choose("+", " + ")
            return f"{self.write(node.left)}{sign}{self.write(node.right, 1 if node.operator == '+' else 2)}", 0
        if node.operator == "*":
            right = self.write(node.right, 2)
            sign = " * " if right[0].isdigit() else self.times
            return f"{self.write(node.left, 2)}{sign}{right}", 2
        if node.operator == "/":
            return f"{self.write(node.left, 2)}/{self.write(node.right, 3)}", 2
        exponent = f"{node.right.value:g}"
        if self.power == "²" and exponent in "23":
            return self.write(node.left, 3) + {"2": "²", "3": "³"}[exponent], 3
        sign = "^" if self.power == "²" else self.power
        return f"{self.write(node.left, 3)}{sign}{exponent if node.right.value > 0 else f'({exponent})'}", 2


def typed(tree, exercise, random):
    """A tree as somebody types it."""
    return Typist(exercise, random).write(tree)
