"""The grammar of formulas, read by recursive descent.  Nothing is ever evaluated.

    expression  =  ["-"] term {("+" | "-") term}
    term        =  factor {["*" | "/"] factor}              factors side by side are multiplied: 2(a - y)x
    factor      =  {"-" | "+"} power
    power       =  primary ["^" exponent]                   or a superscript: a²
    primary     =  number | "(" expression | condition ")" | "[" condition "]" | name …

What a name may be, and what is made of a sum or a product, a subclass of `Arithmetic` says.
"""
from .tokens import FormulaError, quoted, tokens

DEEPEST = 40
LARGEST_POWER = 20
STARTS = ("number", "name", "(", "{", "[")
CONDITIONS = ("=", "≠", "<", ">", "≤", "≥")


class Arithmetic:
    """A parser of one text.  A subclass has

    named()                          what a name, the next token, stands for
    side()                           one side of a condition in square brackets
    negative(of), binary(sign, left, right), to_the(base, exponent, token), decimal(text)    what is made of the parts
    """

    PRODUCTS: tuple[str, ...] = ("*", "/")

    SIGNS = {
        "@": "In a formula with indices a matrix product is a sum: sum_k p[j,k] q[k].",
        "//": "Division is written with one slash.",
        ".": "A dot that stands alone has no meaning; for a product write * or nothing.",
        "layer": "A layer's number belongs to a name: a^(1)_j.",
        "prime": "A prime marks the derivative of a function: g'(z).",
        ",": "Indices stand in square brackets, separated by a comma: w[j,k].",
        ":": "Slices are for programs; a formula names one entry: w[j,k].",
        ")": "This bracket was never opened.", "]": "This bracket was never opened.",
        "transpose": "A transpose belongs to matrices; in a formula with indices swap the indices instead.",
        "sub": "A subscript belongs to a name: w_jk.",
    }
    """What to say of a sign where none of its kind can stand."""

    def __init__(self, text):
        self.text = text
        self.tokens, self.at, self.depth = tokens(text), 0, 0

    # reading

    @property
    def next(self):
        return self.tokens[self.at]

    def look(self, ahead):
        return self.tokens[min(self.at + ahead, len(self.tokens) - 1)]

    def take(self):
        self.at += 1
        return self.tokens[self.at - 1]

    def skip(self, *kinds):
        """Take the next token where it is of one of these kinds."""
        return self.take() if self.next.kind in kinds else None

    def expect(self, kind, after):
        if self.next.kind != kind:
            self.fail(f"{quoted(kind)} is expected to close {after}; read: {self.shown()}.")
        return self.take()

    def shown(self):
        return "the end" if self.next.kind == "end" else quoted(self.text[self.next.position:][:12].strip())

    def fail(self, message, token=None):
        position = (token or self.next).position
        raise FormulaError(f"At character {position + 1}: {message}", self.text, position)

    def unexpected(self):
        return self.SIGNS.get(self.next.kind, f"A name, a number or a bracket is expected; read: {self.shown()}.")

    # arithmetic

    def expression(self):
        return self.deeper(self.terms)

    def terms(self):
        tree = self.negative(self.term()) if self.skip("-") else self.term()
        while sign := self.skip("+", "-"):
            tree = self.binary(sign.kind, tree, self.term())
        return tree

    def deeper(self, read):
        """What `read` reads, where that may have the same within it, and again."""
        self.depth += 1
        if self.depth > DEEPEST:
            self.fail(f"The formula has more than {DEEPEST} brackets, sums or functions inside one another.")
        found = read()
        self.depth -= 1
        return found

    def term(self):
        tree = self.factor()
        while True:
            sign = self.skip(*self.PRODUCTS)
            if sign is None and self.next.kind not in STARTS:
                return tree
            start = self.next
            right = self.factor()
            if sign and sign.kind == "/":
                self.refuse_two_readings(start)
            tree = self.binary(sign.kind if sign else "*", tree, right)

    def refuse_two_readings(self, start):
        """1/2N: is N below the line?  A number before a bracket, 1/2(a - y), has one usual reading."""
        after, before = self.next, self.tokens[self.at - 1]
        a_number = start.kind == "number" or start.text in ("N", "n", "m")
        if not after.glued or start.kind in "({" or before.kind in ")}" or after.kind not in ("name", "("):
            return
        if after.kind == "(" and a_number:
            return
        low = self.text[start.position:after.position]
        self.fail(f"This can be read in two ways. Write (…/{low})*… or …/({low}*…).", start)

    def factor(self):
        minus = False
        while sign := self.skip("+", "-"):
            minus ^= sign.kind == "-"
        tree = self.power()
        return self.negative(tree) if minus else tree

    def power(self):
        base = self.primary()
        if token := self.skip("power"):
            return self.to_the(base, self.decimal(token.text), token)
        if token := self.skip("^"):
            return self.to_the(base, self.exponent(), token)
        return base

    def exponent(self):
        sign = self.skip("-", "+")
        tree = self.primary()
        return self.negative(tree) if sign and sign.kind == "-" else tree

    def primary(self):
        kind = self.next.kind
        if kind == "number":
            return self.number()
        if kind in "({":
            return self.bracket()
        if kind == "[":
            return self.condition()
        if kind == "name":
            return self.named()
        self.fail(self.unexpected())

    def number(self):
        token = self.take()
        if len(token.text) > 20:
            self.fail("A number has 20 characters at most.", token)
        return self.decimal(token.text)

    def bracket(self):
        opened = self.take().kind
        tree = self.expression()
        if self.next.kind in CONDITIONS:  # (z > 0), as programs have it
            tree = self.binary(self.take().kind, tree, self.expression())
        self.expect({"(": ")", "{": "}"}[opened], "the bracket")
        return tree

    def condition(self):
        """[z > 0]: 1 where it holds, 0 elsewhere."""
        self.take()
        left = self.side()
        if self.next.kind not in CONDITIONS:
            self.fail(f"Square brackets hold a condition such as [z > 0]; read: {self.shown()}.")
        sign = self.take().kind
        tree = self.binary(sign, left, self.side())
        self.expect("]", "the condition")
        return tree

    def starts_condition(self):
        """Whether the bracket that comes next holds a condition and no indices."""
        ahead = 1
        while self.look(ahead).kind not in ("]", "end"):
            if self.look(ahead).kind in CONDITIONS:
                return True
            ahead += 1
        return False
