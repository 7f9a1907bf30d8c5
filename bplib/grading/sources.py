"""What the text of a submission says: which sheet it is, which names its cells bind, which answers are literals.

Nothing is run here.  An answer that stands there as a text or a number is read from the text, so that nothing else in
the file can change it.
"""
import ast
import operator
import re
import warnings
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property

from ..coursework import EXERCISES

CALLS = ("check", "field", "hand_in", "hint", "question")
MAGIC = re.compile(r"^[ \t]*[%!?].*$|^.*\?[ \t]*$", re.M)
CELL_MAGIC = re.compile(r"\A%%(?:(?:time|capture)\b[^\n]*|[\s\S]*)")
BOUND = re.compile(r"^[ \t]*(?:def[ \t]+)?(\w+)[ \t]*(?:=|\()", re.M)
FILE = "<submission>"
warnings.filterwarnings("ignore", module=re.escape(FILE))  # a text may contain "\d"; that is its author's affair
SHEET_OF = {row.variable: row.id.split(".")[0] for row in EXERCISES.values() if row.variable.startswith("answer_")}


@dataclass(frozen=True)
class Computed:
    """Stands for an answer that is not there as a literal: the submission has to run before it is known."""


@dataclass(frozen=True)
class Source:
    """The text of a cell."""

    text: str

    @cached_property
    def tree(self):
        """Its syntax tree; None where it is no Python, even without its lines for IPython."""
        return _parsed(self.text) or _parsed(MAGIC.sub("", CELL_MAGIC.sub("", self.text)))

    @cached_property
    def nodes(self):
        return [] if self.tree is None else list(ast.walk(self.tree))

    @cached_property
    def names(self):
        """The names that it gives a value to, as far as its text shows."""
        if self.tree is None:
            return set(BOUND.findall(self.text))
        return {name for node in self.nodes for name in _bound(node)}

    @cached_property
    def literals(self):
        """Name → value, where the last thing that the cell does to a name is to give it a literal."""
        found = {}
        for statement in self.tree.body if self.tree else ():
            for name in {name for node in ast.walk(statement) for name in _bound(node)}:
                found[name] = Computed()
            target, value = _assignment(statement)
            if target:
                found[target] = literal(value)
        return {name: value for name, value in found.items() if not isinstance(value, Computed)}

    @cached_property
    def asked(self):
        """What it asks the checker about: ids, of variants with their seeds."""
        calls = [node for node in self.nodes if isinstance(node, ast.Call) and node.args]
        named = (call.args[0].value for call in calls if isinstance(call.args[0], ast.Constant)
                 and getattr(call.func, "id", getattr(call.func, "attr", "")) in CALLS)
        return [id for id in named if isinstance(id, str) and id.partition(":")[0] in EXERCISES]

    @property
    def exercises(self):
        """Ids of the exercises that it checks, and variables of answers that it binds."""
        return {id.partition(":")[0] for id in self.asked} | (self.names & SHEET_OF.keys())

    @property
    def seeds(self):
        """Seeds of the variants that it asks about."""
        return {seed for id in self.asked if (seed := id.partition(":")[2])}


def _parsed(text):
    try:
        return ast.parse(text, FILE)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _bound(node):
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        return (node.id,)
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return (node.name,)
    return (node.asname or node.name,) if isinstance(node, ast.alias) else ()


def _assignment(statement):
    """The name and the value of `name = value`, at the left margin; otherwise None and None."""
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
    elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
        target = statement.target
    else:
        return None, None
    return (target.id, statement.value) if isinstance(target, ast.Name) else (None, None)


OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}
LARGEST = 1e15


def literal(node):
    """The value of a literal: a text, a number, None, or arithmetic of numbers such as -1/4; else `Computed()`."""
    try:
        return node.value if isinstance(node, ast.Constant) else _number(node)
    except (TypeError, ArithmeticError, RecursionError):
        return Computed()


def _number(node):
    """The value of arithmetic; TypeError where it is more than that."""
    if isinstance(node, ast.Constant) and type(node.value) in (int, float) and abs(node.value) < LARGEST:
        return node.value
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
        value = _number(node.operand)
        return -value if isinstance(node.op, ast.USub) else value
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        return OPERATORS[type(node.op)](float(_number(node.left)), float(_number(node.right)))
    raise TypeError("no arithmetic of numbers")


# a whole submission

def sheet_of(sources):
    """The number of the sheet, of whose exercises a submission names the most; "" where it names none."""
    ids = {id for source in sources for id in source.exercises}
    found = Counter(SHEET_OF.get(id, id.split(".")[0]) for id in ids)
    return max(sorted(found), key=found.get, default="")


def literal_answers(sources):
    """Name → literal, for names whose last value in a submission is one."""
    found = {}
    for source in sources:
        for name in source.names:
            found.pop(name, None)
        found |= source.literals
    return found


def places(sources):
    """Name → numbers of the cells that bind it, in order."""
    found = defaultdict(list)
    for number, source in enumerate(sources):
        for name in source.names:
            found[name].append(number)
    return found
