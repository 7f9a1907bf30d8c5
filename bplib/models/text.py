"""From the text of an equation to SymPy: z[s,j] = sum(W[j,k] * x[s,k], k) + b[j].

    equation   =  entry "=" expression
    entry      =  name ["[" index {"," index} "]"]  |  name "_" letters          W[j,k] or W_jk
    index      =  arithmetic of letters, sizes and whole numbers, or an entry of whole numbers:  p + q,  c[s,t]
    reduction  =  ("sum" | "mean" | "max") "(" expression {"," letter} ")"  |  ("sum" | "mean") "_" letters term
    softmax    =  "softmax" "(" expression "," letter ["," "[" condition "]"] ")"

The arithmetic is that of `formula`.  Nothing is ever evaluated.
"""
from difflib import get_close_matches

import sympy as sp

from ..activations import TABLE as ACTIVATIONS
from ..formula.arithmetic import CONDITIONS, Arithmetic
from ..formula.functions import NAMED, SPELLED
from ..formula.tokens import FormulaError
from .nodes import Bracket, Largest, Softmax, entries, letters_in

ALIASES = {**SPELLED, "sigma": "sigmoid"}
REDUCTIONS = ("sum", "mean", "max")
RELATIONS = {"<": sp.Lt, ">": sp.Gt, "≤": sp.Le, "≥": sp.Ge, "=": sp.Eq, "≠": sp.Ne}
BINARY = {"+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, "/": lambda a, b: a / b,
          "^": lambda a, b: a**b}


def function_named(name):
    """The SymPy function behind a name in a text, None where there is none: a function, or a row of the activations."""
    name = ALIASES.get(name, name)
    row = {row.as_typed: row for row in ACTIVATIONS.values() if row.elementwise}.get(name)
    return row or NAMED.get(name)


def _shown_at(position, message, text):
    """An error that shows the equation, and where in it."""
    return FormulaError(f"{message}\n    {text}\n    {' ' * position}^", text, position)


class EquationReader(Arithmetic):
    """Reads one equation.  `scope` says what its names mean (see `model.Scope`)."""

    SIGNS = {**Arithmetic.SIGNS, "=": "An equation has one '='; a condition stands in square brackets: [t = 0].",
             "∂": "Write the equations of the network; the derivatives are found from them."}

    def __init__(self, text, scope):
        try:
            super().__init__(text)
        except FormulaError as error:
            raise _shown_at(error.position, str(error), text) from None
        self.scope, self.within_index, self.open = scope, 0, []

    def fail(self, message, token=None):
        raise _shown_at((token or self.next).position, message, self.text)

    # the equation

    def left(self):
        """The name and the letters of the left side."""
        if self.next.kind != "name":
            self.fail(f"An equation begins with what it gives, such as z[s,j] = …; read: {self.shown()}.")
        token = self.next
        name, indices = self.name_and_indices(new=True)
        for at in indices:
            if at not in self.scope.letters:
                self.fail(f"The left side has letters as indices, each with a range; {at} is none. "
                          f"Letters: {self.scope.shown_letters()}.", token)
        if len(set(indices)) < len(indices):
            self.fail("A letter stands twice on the left side; take another letter of the same range.", token)
        if self.next.kind != "=":
            self.fail(f"'=' is expected after {name}; read: {self.shown()}.")
        self.take()
        self.open = list(indices)
        return name, tuple(indices)

    def right(self):
        """The right side; every letter in it stands on the left too, or is summed over."""
        start = self.next
        expression = self.expression()
        if self.next.kind != "end":
            self.fail(self.unexpected())
        loose = sorted(letters_in(expression) - set(self.open), key=str)
        if loose:
            self.fail(f"The letter {loose[0]} stands on the right side only. Sum over it, sum(…, {loose[0]}), "
                      "or write it on the left too.", start)
        return expression

    # what is made of the parts

    def negative(self, of):
        return -of

    def decimal(self, text):
        return sp.Integer(text) if text.isdigit() else sp.Float(text)

    def binary(self, sign, left, right):
        if sign not in CONDITIONS:
            return BINARY[sign](left, right)
        equal = self.scope.equal_indices(left, right) if sign in "=≠" else None
        if equal is None:
            return Bracket(RELATIONS[sign](left, right))
        return equal if sign == "=" else 1 - equal

    def to_the(self, base, exponent, token):
        if entries(exponent):
            self.fail("An exponent is a number; for powers of e write exp(…).", token)
        return base**exponent

    def side(self):
        return self.expression()

    # names

    def named(self):
        token = self.next
        if token.text in REDUCTIONS and self.look(1).kind == "(":
            return self.reduction(self.take())
        if token.text in REDUCTIONS[:2] and self.look(1).kind == "sub":
            return self.reduction_of_term(self.take())
        if self.look(1).kind == "(" and not self.scope.is_array(token.text):
            return self.softmax(self.take()) if token.text == "softmax" else self.call(self.take())
        name, indices = self.name_and_indices()
        if not indices:
            scalar = self.scope.scalar(name)
            if scalar is not None:
                return scalar
        return self.entry(name, tuple(indices), token)

    def name_and_indices(self, new=False):
        """A name, and its indices in square brackets or as letters below it; `new`: a name such as z1b may be met first."""
        name = self.take().text
        if self.next.kind == "layer":
            name += self.take().text
        if self.next.kind == "name" and self.next.glued and (new or self.scope.is_array(name + self.next.text)):
            name += self.take().text
        while self.next.kind == "sub":
            longer = f"{name}_{self.next.text}"
            if not self.scope.is_known(longer) and self.scope.spelled(self.next.text):
                break
            name, _ = longer, self.take()
        if self.next.kind == "sub":
            return name, self.scope.spelled(self.take().text)
        if self.next.kind == "[" and not self.scope.is_scalar(name) and not self.starts_condition():
            return name, self.indices()
        return name, []

    def indices(self):
        self.take()
        self.within_index += 1
        found = [self.expression()]
        while self.skip(","):
            found.append(self.expression())
        self.expect("]", "the indices")
        self.within_index -= 1
        return found

    def entry(self, name, indices, token):
        try:
            return self.scope.entry(name, indices, looked_up=self.within_index > 0)
        except ValueError as error:
            self.fail(str(error), token)

    # functions and reductions

    def call(self, token):
        function = function_named(token.text)
        if function is None:
            usual = get_close_matches(token.text, [*ACTIVATIONS, *REDUCTIONS, "softmax"], n=1)
            near = usual or get_close_matches(token.text, [*NAMED, *SPELLED], n=1)
            hint = f" Did you mean {near[0]}?" if near else ""
            self.fail(f"There is no function {token.text}(…).{hint} To multiply, write *.", token)
        self.take()
        argument = self.expression()
        self.expect(")", f"what {token.text} is applied to")
        return function(argument)

    def reduction(self, token):
        """sum(body, k, …)"""
        self.take()
        before = self.next
        end = self.matching_bracket()
        letters = self.letters_before(end, token)
        self.open += letters
        body = self.expression()
        if self.at != end - 2*len(letters):
            self.fail(self.unexpected())
        self.at = end + 1
        del self.open[len(self.open) - len(letters):]
        return self.reduced(token, body, letters, before)

    def reduction_of_term(self, token):
        """sum_k body"""
        sub = self.take()
        letters = self.scope.spelled(sub.text.partition("=")[0])
        if not letters:
            self.fail(f"Below {token.text} stand letters with a range, as in {token.text}_k; "
                      f"letters: {self.scope.shown_letters()}.", sub)
        self.check_bound(letters, sub)
        self.open += letters
        before = self.next
        body = self.term()
        del self.open[len(self.open) - len(letters):]
        return self.reduced(token, body, letters, before)

    def matching_bracket(self):
        """Where the bracket that was opened last is closed."""
        depth = 1
        for place in range(self.at, len(self.tokens)):
            depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(self.tokens[place].kind, 0)
            if depth == 0:
                return place
        self.fail("This bracket is never closed.", self.tokens[self.at - 1])

    def letters_before(self, end, token):
        """The letters at the end of the arguments of a reduction: k, j in sum(…, k, j)."""
        letters, place = [], end
        while self.tokens[place - 1].kind == "name" and self.tokens[place - 2].kind == ",":
            letters.insert(0, self.scope.letter(self.tokens[place - 1].text) or self.fail(
                f"{self.tokens[place - 1].text} is no letter with a range. Letters: {self.scope.shown_letters()}.",
                self.tokens[place - 1]))
            place -= 2
        if not letters:
            self.fail(f"Over which letter does {token.text} run? Write it last: {token.text}(…, k).", token)
        self.check_bound(letters, token)
        return letters

    def check_bound(self, letters, token):
        for at in letters:
            if at in self.open or letters.count(at) > 1:
                self.fail(f"The letter {at} is in use here already; let the sum run over another letter of the same "
                          "range.", token)

    def reduced(self, token, body, letters, before):
        for at in letters:
            if token.text == "max" and at not in letters_in(body):
                self.fail(f"The maximum runs over {at}, but nothing in it has that index.", before)
        limits = [(at, 0, self.scope.letters[at] - 1) for at in letters]
        if token.text == "max":
            return Largest(body, *(sp.Tuple(*limit) for limit in limits))
        share = sp.Mul(*(1 / self.scope.letters[at] for at in letters)) if token.text == "mean" else sp.S.One
        return share * sp.Sum(body, *limits)

    def softmax(self, token):
        """softmax(score, k) or softmax(score, k, [condition])"""
        self.take()
        score = self.expression()
        if not self.skip(","):
            self.fail("Over which letter are the scores compared? Write softmax(r[t,u], u).")
        at = self.scope.letter(self.next.text)
        if at is None or at not in letters_in(score):
            self.fail(f"The second argument of softmax is the letter over which the scores are compared; "
                      f"read: {self.shown()}.")
        self.take()
        where = sp.S.One
        if self.skip(","):
            where = self.condition() if self.next.kind == "[" else self.fail(
                "The third argument of softmax is a condition in square brackets, such as [u <= t].")
        self.expect(")", "softmax")
        return Softmax(score, at, self.scope.letters[at], where)


class SizeReader(Arithmetic):
    """Reads a size: (H + 2*pad - K)//stride + 1."""

    PRODUCTS = ("*", "//")
    SIGNS = {**Arithmetic.SIGNS, "/": "A size is a whole number; division that leaves the rest aside is written //."}

    def __init__(self, text, size_named):
        super().__init__(text)
        self.size_named = size_named

    def read(self):
        found = self.expression()
        if self.next.kind != "end":
            self.fail(self.unexpected())
        return found

    def negative(self, of):
        return -of

    def decimal(self, text):
        if not text.isdigit():
            self.fail("A size is a whole number.")
        return sp.Integer(text)

    def binary(self, sign, left, right):
        if sign in CONDITIONS:
            self.fail("A size is a formula of whole numbers with + - * and //.")
        return sp.floor(left / right) if sign == "//" else BINARY[sign](left, right)

    def to_the(self, base, exponent, token):
        return base**exponent

    def named(self):
        token = self.take()
        name = token.text + ("_" + self.take().text if self.next.kind == "sub" else "")
        return self.size_named(name)
