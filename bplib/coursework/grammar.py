"""From the text of a formula to its tree: a small grammar, read by recursive descent.  Nothing is ever evaluated.

The arithmetic is that of `formula`; here stands what a name in it may be:

    named       =  sum | frac "{" expression "}" "{" expression "}" | entry | function ["'"] "(" expression ")"
    sum         =  "sum" "_" indices ["^" end] term          the rest of the product is summed
    entry       =  name [layer] {subscripts} ["[" indices "]"]       w2_jk, w^(2)_jk, W2[j,k], wⱼₖ

Where a sum's index is also an index of what is asked for, the sum ends with the bracket that follows it; otherwise
`sum_k (w_kj δ_k) a_k` would take the last k, which stands for another unit, into the sum.
"""
import math
import re
from functools import partial

from ..formula.arithmetic import CONDITIONS, LARGEST_POWER, Arithmetic
from ..formula.tokens import MOST_TOKENS, SPACE, SUBSCRIPTS, SUPERSCRIPTS, Token, quoted, stripped
from .tree import Binary, Call, Entry, Index, Negative, Number, Sum, has_index
from .vocabulary import KRONECKER, Name, differentiable

MOST_INDICES = 6


ABOUT = {
    "mean": "A mean is a sum, divided by how many there are: (1/N) sum_s p[s].",
    "diag": "With indices a diagonal matrix is p[j] times [i = j], which is 1 where the indices are equal and 0 elsewhere.",
    "if": "A case is written as a condition in square brackets, 1 where it holds and 0 elsewhere: p * [i = j].",
    "begin": "Cases are written as conditions in square brackets, 1 where they hold and 0 elsewhere: p * [z > 0].",
    "np": "Write the formula itself, without names of a program: exp(p), not np.exp(p).",
}
"""What to say of words that people write where a formula with indices has something else."""


def parse(text, vocabulary):
    """The tree of a formula; FormulaError with the position where it cannot be read.

    What stands around a formula is left aside: quotation marks, $ signs, a full stop at the end, and the name of what is asked for with
    an equals sign.
    """
    return _Parser(formula_alone(text) if isinstance(text, str) else text, vocabulary).run()


LETTER = f"A-Za-zͰ-Ͽŷ{''.join(SUBSCRIPTS)}{''.join(SUPERSCRIPTS)}"
WORD = f"{LETTER}_0-9"
QUOTES = "\"“”„«»"
WRAPPING = re.compile(rf"\$|\\[()\[\]]|\\displaystyle|^{SPACE}*[{QUOTES}]|[{QUOTES}](?=[.;,]?{SPACE}*$)"
                      rf"|(?<=[{WORD})\]}}'${QUOTES}])[.;,](?=[{QUOTES}]?{SPACE}*$)")
LEFT_SIDE = re.compile(rf"(?:[{WORD}∂/{{}}\\^()\[\],'′\-]|{SPACE})+")
RELATION = re.compile(r"(?<![<>!=])=(?!=)")


def formula_alone(text: str) -> str:
    """The text with what only surrounds a formula made blank, so that every character keeps its place: quotation marks, $ signs,
    a full stop at the end, and `=` or `∂C/∂w =` at the beginning."""
    text = WRAPPING.sub(lambda match: " " * len(match[0]), text)
    depth, equals = 0, []
    for at, character in enumerate(text):
        depth += (character in "([{") - (character in ")]}")
        if character == "=" and depth == 0 and RELATION.match(text, at):
            equals.append(at)
    if len(equals) != 1:
        return text
    left = text[:equals[0]]
    named = not stripped(left) or (
        LEFT_SIDE.fullmatch(left) and re.search(f"[{LETTER}_]", left) and not re.search(r"sum|[-−]", left))
    return " " * (equals[0] + 1) + text[equals[0] + 1:] if named else text


class _Parser(Arithmetic):
    def __init__(self, text, vocabulary):
        super().__init__(text)
        self.vocabulary, self.letters = vocabulary, set()

    def run(self):
        if self.next.kind == "end":
            self.fail("There is no formula yet.")
        tree = self.expression()
        if self.next.kind != "end":
            self.fail(self.unexpected())
        return tree

    # what is made of the parts

    negative = staticmethod(Negative)
    binary = staticmethod(Binary)

    def decimal(self, text):
        return Number(float(text))

    def unexpected(self):
        if self.next.kind in CONDITIONS:
            return "Type the right-hand side alone, without the name of what is asked for and without '='."
        if self.next.kind == "∂":
            return "Give the value of the derivative, not its name."
        return super().unexpected()

    def to_the(self, base, exponent, token):
        if base == Number(math.e):
            return Call("exp", exponent)
        value = _constant(exponent)
        if value is None:
            self.fail("An exponent is a number, unless the base is e.", token)
        if not abs(value) <= LARGEST_POWER:  # not a number, too
            self.fail(f"A power can be {LARGEST_POWER} at most.", token)
        return Binary("^", base, Number(value))

    def fraction(self, token):
        r"""\frac{above}{below}"""
        part = partial(self.deeper, partial(self.part_of_fraction, token))
        return Binary("/", part(), part())

    def part_of_fraction(self, token):
        r"""What stands in braces or, as in \frac1N and \frac12, one sign."""
        if self.next.kind == "{":
            return self.bracket()
        if self.next.kind == "number" and self.next.text.isdigit():
            digit, rest = self.next.text[0], self.next.text[1:]
            if rest:
                self.tokens[self.at] = self.next._replace(text=rest, position=self.next.position + 1)
            else:
                self.take()
            return Number(float(digit))
        if self.next.kind == "name":
            return self.named()
        self.fail(r"\frac is followed by what stands above and below the line, each in braces.", token)

    def side(self):
        """One side of a condition; a letter that is no name is an index."""
        letter, after = self.next.text, self.look(1).kind
        if self.next.kind == "name" and self.is_index(letter) and (after in CONDITIONS or after == "]"):
            self.take()
            return Index(letter)
        return self.expression()

    # names

    def named(self):
        token = self.take()
        if token.text in ("sum", "frac"):
            return self.sum(token) if token.text == "sum" else self.fraction(token)
        if token.text in ("e", "pi") and self.vocabulary.find(token.text) is None:
            return Number(getattr(math, token.text))
        found = self.longest_name(token)
        if found is None:
            return self.unknown(token)
        if isinstance(found, Name):
            return self.entry(found, token)
        return self.kronecker(token) if found == KRONECKER else self.call(found, token)

    def longest_name(self, token):
        """What a name means, with as much of its layer and its subscripts as belongs to the name itself."""
        layer = self.layer()
        base = token.text + layer
        subscripts = []
        while self.look(len(subscripts)).kind == "sub":
            subscripts.append(self.look(len(subscripts)).text)
        for number in range(len(subscripts), -1, -1):
            found = self._find("_".join([base, *subscripts[:number]]))
            if found is None and number == len(subscripts) and self.look(number).kind == "layer":
                found = self.vocabulary.find(base + self.look(number).text)  # a_j^(1)
                if found is not None:
                    del self.tokens[self.at + number]
                    number = 0
            if found is not None:
                self.at += number
                return found
        return None

    def _find(self, typed):
        """What a name means; w_{h,m} is w_hm and w_h_m."""
        spellings = (typed, typed.replace(",", ""), typed.replace(",", "_")) if "," in typed else (typed,)
        return next((found for found in map(self.vocabulary.find, spellings) if found is not None), None)

    def layer(self):
        """The number of a layer written above a name: a^(1), a⁽¹⁾, and before a subscript also a²_j."""
        if self.next.kind == "layer":
            return self.take().text
        if self.next.kind == "power" and self.look(1).kind == "sub":
            return self.take().text
        if self.next.kind == "^" and self.look(1).kind == "number" and self.look(2).kind == "sub":
            self.at += 2
            return self.tokens[self.at - 1].text
        return ""

    def unknown(self, token):
        """Letters side by side that are names each, such as wx; otherwise nothing that is known."""
        if len(token.text) + len(self.tokens) > MOST_TOKENS:
            self.fail(f"The formula has more than {MOST_TOKENS} parts. Is there a shorter way to write it?", token)
        if token.text in ABOUT:
            self.fail(ABOUT[token.text], token)
        split = [self.vocabulary.find(letter) for letter in token.text]
        applied = self.next.kind in ("prime", "(")  # ag'(z) is a times g'(z)
        if len(split) > 1 and all(isinstance(name, Name) for name in split[:-1]) and (
                isinstance(split[-1], Name) or applied and isinstance(split[-1], str)):
            letters = [Token("name", letter, token.position + n, True) for n, letter in enumerate(token.text)]
            self.tokens[self.at - 1:self.at] = letters
            self.at -= 1
            if self.vocabulary.find(letters[0].text):
                return self.power()
        names = ", ".join(self.vocabulary.names)
        known = f"Known here: {names}." if names else "Type a number; no name stands for one here."
        hint = self.vocabulary.alike(token.text) or f"{self.vocabulary.hint(token.text)} {known}"
        self.fail(f"{quoted(self.with_subscripts(token)[:30])} is not a name of this exercise.{hint}", token)

    def with_subscripts(self, token):
        """A name as it is written, with the subscripts that come next."""
        at = 0
        while self.look(at).kind == "sub":
            at += 1
        return stripped(self.text[token.position:self.look(at).position]) or token.text

    def entry(self, name, token):
        written = stripped(self.text[token.position:self.next.position]) or token.text
        if self.next.kind == "prime":
            self.fail(f"A prime marks the derivative of a function such as g; {written} is a quantity.", token)
        indices = []
        while self.next.kind == "sub":
            indices += self.subscripts(self.take(), max(name.counts) - len(indices))
        while self.next.kind == "[" and len(indices) < max(name.counts) and not self.starts_condition():
            indices += self.in_brackets()
        if self.next.kind == "transpose" or self.next.kind == "^" and self.look(1).text in ("T", "top"):
            self.fail(self.SIGNS["transpose"])
        full = name.full(indices)
        if full is None:
            typed = stripped(self.text[token.position:self.next.position])
            self.fail(_wanted(name, written, indices) + self.vocabulary.hint(typed), token)
        return Entry(name.array, full)

    def subscripts(self, token, wanted):
        """jk, j,k, 21, or 12 where one index is wanted."""
        parts = token.text.split(",") if "," in token.text else [token.text] if (
            _is_number(token.text) and wanted == 1) else list(token.text)
        return [self.index(part, token) for part in parts]

    def in_brackets(self):
        self.take()
        found = [self.index(self.next.text, self.take())]
        while self.skip(","):
            found.append(self.index(self.next.text, self.take()))
        self.expect("]", "the indices")
        return found

    def is_index(self, text):
        return len(text) == 1 and text.isascii() and text.isalpha() and not isinstance(self.vocabulary.find(text), Name)

    def index(self, text, token):
        if _is_number(text) and len(text) < 4:
            if int(text) == 0:
                self.fail("Units are counted from 1.", token)
            return int(text)
        if not (len(text) == 1 and text.isascii() and text.isalpha()):
            self.fail(f"An index is one letter or a number counted from 1, as in w[j,k]; read: {quoted(text[:20])}.", token)
        self.letters.add(text)
        if len(self.letters) > MOST_INDICES:
            self.fail(f"More than {MOST_INDICES} different indices are too many.", token)
        return text

    # functions and sums

    def call(self, function, token):
        primes = self.skip("prime")
        if self.next.kind == "sub" and self.next.text == "prime":
            primes = self.take()._replace(text="'")
        power = self.power_of_function()
        if self.next.kind not in ("(", "{") and not self.is_argument():
            shown = token.text + ("'" if primes else "")
            self.fail(f"{shown} of what? Write {shown}(z), with what it is applied to in brackets.", token)
        if primes and (len(primes.text) > 1 or function not in (*differentiable(), "g")):
            self.fail(f"There is no {token.text}{primes.text} here: one prime, on an activation.", token)
        applied = Call(function + ("'" if primes else ""), self.bracket() if self.next.kind in ("(", "{") else self.named())
        return applied if power is None else self.to_the(applied, power, token)

    def power_of_function(self):
        """The 2 of tanh²(z) and tanh^2 z; None where there is none."""
        if self.next.kind == "power":
            return self.decimal(self.take().text)
        if self.next.kind == "^" and self.look(1).kind == "number":
            self.take()
            return self.decimal(self.take().text)
        return None

    def is_argument(self):
        """Whether a quantity comes next to which a function is applied without brackets: tanh z_j."""
        return self.next.kind == "name" and isinstance(self.vocabulary.find(self.next.text), Name)

    def kronecker(self, token):
        """delta_ij where no error term is in play: 1 where the indices are equal."""
        indices = []
        while self.next.kind == "sub":
            indices += self.subscripts(self.take(), 2)
        if self.next.kind == "[" and not indices:
            indices += self.in_brackets()
        if len(indices) != 2:
            self.fail("There is no error term here that could be used. The Kronecker delta has two indices: [i = j].",
                      token)
        return Binary("=", *(Number(float(at)) if isinstance(at, int) else Index(at) for at in indices))

    def sum(self, token):
        letters = self.sum_indices(token)
        follows_bracket = self.next.kind in "({" and self.next.kind != "end"
        shadows = any(letter in self.vocabulary.free for letter in letters)
        body = self.deeper(self.power if follows_bracket and shadows else self.term)
        for letter in reversed(letters):
            if not has_index(body, letter) and letter != "s":
                self.fail(f"The sum runs over {letter}, but nothing that is summed has the index {letter}.", token)
            body = Sum(letter, body)
        return body

    def sum_indices(self, token):
        """The letters that a sum runs over: sum_k, sum_{k=1}^n, sum_jk, sum_s,j."""
        if self.next.kind != "sub":
            self.fail("Over which index is the sum? Write its letter below the sign: sum_k p[k]*q[k].", token)
        sub = self.take()
        letters = [self.index(part, sub) for part in sub.text.partition("=")[0].replace(",", "")]
        if not letters or not all(isinstance(at, str) for at in letters) or len(set(letters)) < len(letters):
            self.fail("A sum runs over letters, each once: sum_k or sum_jk.", sub)
        if self.skip("="):  # sum_k=1^n
            self.skip("number")
        if self.next.kind == "power":
            self.take()
        elif self.skip("^"):
            self.upper_end()
        return letters

    def upper_end(self):
        """How far the sum runs is known from the arrays; what is written is read and left aside."""
        if self.next.kind in "({":
            self.bracket_of_anything()
        elif self.next.kind in ("name", "number"):
            self.take()
            self.skip("sub")
        else:
            self.fail(self.unexpected())

    def bracket_of_anything(self):
        while self.take().kind not in ("}", ")"):
            if self.next.kind == "end":
                self.fail("The upper end of the sum is not closed.")


def _is_number(text):
    return text.isascii() and text.isdigit()


def _constant(tree):
    """The value of a number, −number or quotient of numbers; None for anything else."""
    if isinstance(tree, Number):
        return tree.value
    if isinstance(tree, Negative):
        value = _constant(tree.of)
        return None if value is None else -value
    if isinstance(tree, Binary) and tree.operator == "/":
        above, below = _constant(tree.left), _constant(tree.right)
        return above / below if above is not None and below else None
    return None


def _wanted(name, written, indices):
    fewest = min(name.counts)
    letters = "jk"[:fewest]
    example = f"{written}[{','.join(letters)}]" if letters else written
    number = {0: "no index", 1: "one index", 2: "two indices"}.get(fewest)
    given = ", ".join(map(str, indices)) or "none"
    return f"{written[:30]} means: {name.meaning}. It has {number}, as in {example}; given: {given}."
