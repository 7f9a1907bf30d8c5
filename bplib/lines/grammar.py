r"""From one side of a line to its tree.  Nothing is ever evaluated.

The arithmetic is that of `formula`; here stands what a name in it may be:

    named       =  partial | sum | fraction | function | entry | own name
    partial     =  "∂" entry "/" "∂" entry  |  "d" entry "/" "d" entry  |  \frac{∂ entry}{∂ entry}
                |  ("∂/∂" entry | "∂" "(" expression ")" "/∂" entry) …            of a formula that is written out
    sum         =  "sum" "_" letters term  |  "sum" "(" expression {"," letter} ")"      and mean, max, softmax
    entry       =  name {layer | subscript} ["[" indices "]"] {"^T"}
    function    =  name ["'"] ["^" number] ("(" expression ")" | factor)
"""
import math
import re
from dataclasses import replace

from ..formula.arithmetic import CONDITIONS, LARGEST_POWER, STARTS, Arithmetic
from ..formula.tokens import FormulaError, Token, quoted
from .marks import regrouped
from .names import Unreadable, Written, shown_index
from .tree import (Binary, Call, Derivative, Diagonal, Entry, Letter, Negative, Number, Over, Own, Partial, Size,
                   Transpose)

MOST_PARTS, LONGEST_WORD = 240, 6
MOST_SUMMED = 8
OVER = ("sum", "mean", "max")
ELEMENTWISE = "⊙"


def parse(text, names, own=None, layers_above=False):
    """The tree of a side; FormulaError where it cannot be read.

    own           what the learner has defined, (base, layer, indices) → `reading.Meaning` or None
    layers_above  whether a number above a letter is its layer rather than a power
    """
    return _Reader(text, names, own or (lambda *name: None), layers_above).run()


class _Reader(Arithmetic):
    PRODUCTS = ("*", "/", "@")
    SIGNS = {**Arithmetic.SIGNS, "@": Arithmetic.SIGNS["."], "=": "A side has no '=' in it.",
             "…": "Dots leave open what stands there; write it out, or with a sum."}

    def __init__(self, text, names, own, layers_above):
        super().__init__(text.replace("⊙", "∘").replace("‖", "||"))
        self.names, self.own, self.layers_above = names, own, layers_above
        self.within_index = self.within_condition = 0
        self.summed: set[str] = set()
        self.tokens = regrouped(self.tokens)
        if len(self.tokens) > MOST_PARTS:
            raise FormulaError(f"This side has more than {MOST_PARTS} parts. Give a part of it a name with :=.", text)

    def run(self):
        if self.next.kind == "end":
            self.fail("There is nothing on this side yet.")
        tree = self.expression()
        if self.next.kind != "end":
            self.fail(self.unexpected())
        return tree

    def fail(self, message, token=None):
        raise FormulaError(message, self.text, (token or self.next).position)

    # what is made of the parts

    negative = staticmethod(Negative)

    def decimal(self, text):
        return Number(float(text))

    binary = staticmethod(Binary)

    def term(self):
        """As in `Arithmetic`, and the sign of a product is kept: ⊙ or any other."""
        tree = self.factor()
        while True:
            sign = self.skip(*self.PRODUCTS)
            if sign is None and self.next.kind not in STARTS:
                return tree
            start = self.next
            right = self.factor()
            if sign and sign.kind == "/":
                self.refuse_two_readings(start)
            entry_by_entry = sign is not None and self.text[sign.position] == "∘"
            tree = Binary(ELEMENTWISE if entry_by_entry else sign.kind if sign else "*", tree, right)

    def to_the(self, base, exponent, token):
        if base is E:
            return Call("exp", exponent)
        value = _constant(exponent)
        if value is None:
            self.fail("An exponent is a number, unless the base is e.", token)
        if abs(value) > LARGEST_POWER:
            self.fail(f"A power can be {LARGEST_POWER} at most.", token)
        return Binary("^", base, Number(value))

    def power(self):
        base = self.primary()
        while self.next.kind in ("power", "^"):
            token = self.take()
            if token.kind == "power":
                base = self.to_the(base, self.decimal(token.text), token)
            elif self.next.text in ("T", "top") and self.next.kind == "name" or self._braced_transpose():
                self.take()
                base = Transpose(base)
            else:
                base = self.to_the(base, self.exponent(), token)
        return base

    def _braced_transpose(self):
        if self.next.kind == "{" and self.look(1).text == "T" and self.look(2).kind == "}":
            del self.tokens[self.at + 2], self.tokens[self.at]
            return True
        return False

    def side(self):
        """One side of a condition: an index or a formula."""
        self.within_condition += 1
        tree = self.expression()
        self.within_condition -= 1
        return tree

    def primary(self):
        if self.next.kind == "[" and not self.starts_condition():
            self.take()
            tree = self.expression()
            self.expect("]", "the bracket")
            return tree
        if self.next.kind == "|":
            return self.norm()
        return super().primary()

    def starts_condition(self):
        """Whether the bracket that comes next holds a condition; brackets within it hold indices."""
        ahead, depth = 1, 1
        while depth and self.look(ahead).kind != "end":
            kind = self.look(ahead).kind
            depth += (kind == "[") - (kind == "]")
            if kind in CONDITIONS and depth == 1:
                return True
            ahead += 1
        return False

    def norm(self):
        """|u|; a norm ‖u‖ is refused."""
        token = self.take()
        if self.text[token.position:token.position + 2] == "||":
            self.fail("Write a norm as the sum that it is: sum_j (a_j - y_j)^2.", token)
        tree = self.expression()
        self.expect("|", "the bars")
        return Call("abs", tree)

    # names

    def named(self):
        token = self.take()
        if token.text == "∂" or self._is_d(token):
            return self.partial(token)
        if token.text in (*OVER, "softmax"):
            return self.over(token)
        if token.text in ("frac", "sqrt", "diag", "e", "pi", "nabla", "onehot"):
            found = getattr(self, "on_" + token.text)(token)
            if found is not None:
                return found
        return self.name(token)

    def on_frac(self, token):
        """A fraction in braces."""
        if self.next.kind != "{":
            self.fail(r"\frac is followed by two pairs of braces.", token)
        if self.look(1).text == "∂" or self._is_d(self.look(1)):
            self.take()
            first = self.take()
            return self.partial(first, braces=True)
        above = self.bracket()
        if self.next.kind != "{":
            self.fail(r"\frac is followed by a second pair of braces.")
        return Binary("/", above, self.bracket())

    def on_sqrt(self, token):
        return Call("sqrt", self.bracket()) if self.next.kind in ("(", "{") else None

    def on_diag(self, token):
        return Diagonal(self.bracket()) if self.next.kind == "(" else None

    def on_onehot(self, token):
        """𝟙 by itself, where no target is called so."""
        return None if self.names.is_array("onehot") else Number(1.0)

    def on_e(self, token):
        is_taken = self.own("e", "", ()) or self.names.means("e")
        return None if is_taken or self.next.kind not in ("^", "power") else E

    def on_pi(self, token):
        return Number(math.pi)

    def on_nabla(self, token):
        """∇_W C"""
        if self.next.kind != "sub":
            return None
        by = _Reader(self.take().text, self.names, self.own, self.layers_above).run()
        return Partial(self.entry_only(), by)

    # derivatives

    def _is_d(self, token):
        """Whether a token begins dC/dw: a d, glued to a name, with /d… after it."""
        if token.kind != "name" or not token.text.startswith("d") or token.text.startswith(("delta", "diag")):
            return False
        at = self.tokens.index(token)
        after = self.tokens[at + 1:at + 12]
        slash = next((n for n, t in enumerate(after) if t.kind in ("/", "}", "+", "-", "*", "=", "end")), None)
        if slash is None or after[slash].kind not in ("/", "}"):
            return False
        below = after[slash + 1:slash + 3]
        below = below[1:] if below and below[0].kind == "{" else below
        return bool(below) and below[0].kind == "name" and below[0].text.startswith(("d", "∂")) and \
            not below[0].text.startswith(("delta", "diag"))

    def partial(self, token, braces=False):
        """∂of/∂by, the ∂ above the line being taken already."""
        of = self.above(token)
        if braces:
            self.expect("}", "what stands above the line")
            self.expect("{", "the fraction")
        elif not self.skip("/"):
            self.fail("A derivative is written ∂C/∂w: a '/' is expected.", token)
        grouped = not braces and self.skip("(", "{")
        below = self.take()
        if not (below.text == "∂" or below.kind == "name" and below.text.startswith("d")):
            self.fail("Below the line of a derivative stands ∂ with what is moved, as in ∂C/∂w.", below)
        self.put_back_after_d(below)
        by = self.entry_only()
        if self.next.kind in ("^", "power") and not braces:
            self.fail("A derivative with respect to a power, or a second one, cannot be read here.", below)
        if braces or grouped:
            self.expect("}" if braces or grouped.kind == "{" else ")", "what stands below the line")
        return self.derivative(self.deeper(self.factor) if of is None else of, by, token.text != "∂")

    def derivative(self, of, by, total):
        return Partial(of, by, total) if isinstance(of, (Entry, Own)) else Derivative(of, by)

    def above(self, token):
        """What stands above the line after the ∂; None for the operator ∂/∂w."""
        if token.text != "∂":
            if token.text == "d" and self.next.kind in ("/", "}"):
                return None
            self.put_back_after_d(token)
        elif self.next.kind in ("/", "}"):
            return None
        return self.primary() if self.next.kind in ("(", "[") else self.entry_only()

    def put_back_after_d(self, token):
        """dC is d and C."""
        if token.text not in ("∂", "d"):
            self.at -= 1
            self.tokens[self.at] = Token("name", token.text[1:], token.position + 1, True)

    def entry_only(self):
        """An entry by itself, without a power."""
        if self.next.kind != "name":
            self.fail(self.unexpected())
        token = self.take()
        tree = self.name(token, alone=True)
        if not isinstance(tree, (Entry, Own)):
            self.fail("A derivative is of a quantity with respect to a quantity, as in ∂C/∂w.", token)
        return tree

    # sums

    def over(self, token):
        if self.next.kind == "(" and (token.text == "softmax" or self._has_letters_at_end()):
            return self.over_bracket(token)
        if token.text == "softmax":
            return self.softmax_of_layer(token)
        letters = self.running(self.letters_below(token), token)
        return Over(token.text, letters, self.deeper(self.term))

    def running(self, letters, token):
        """The letters over which a sum runs; each makes arrays of all values larger, so that there cannot be many."""
        self.summed.update(letters)
        if len(self.summed) > MOST_SUMMED:
            self.fail(f"Sums over more than {MOST_SUMMED} different letters are too many for one side. Give a part of it "
                      "a name with :=.", token)
        return letters

    def letters_below(self, token):
        if self.next.kind != "sub":
            self.fail(f"Over which index is the {token.text}? Write its letter below the sign: sum_k p_k q_k.", token)
        sub = self.take()
        text = re.split(r"[=∈:<≤]", sub.text)[0].replace(",", "")
        letters = tuple(self.letters_in(text))
        if not letters or "".join(letters) != text or len(set(letters)) < len(letters):
            self.fail("A sum runs over letters, each once: sum_k or sum_jk.", sub)
        return letters

    def letters_in(self, text):
        """The letters that a text without commas spells: jk, p1q1 where p1 is one."""
        return [one for found in re.findall(r"[A-Za-z]\d*'*", text) for one in (
            [found] if self.names.is_letter(found) or not re.search(r"\d", found) else re.findall(r"[A-Za-z]|\d+", found))]

    def _has_letters_at_end(self):
        """Whether a bracket ends with letters after commas: sum(…, k)."""
        depth, at = 0, self.at
        while at < len(self.tokens):
            depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(self.tokens[at].kind, 0)
            if depth == 1 and self.tokens[at].kind == ",":
                return True
            if depth == 0:
                return False
            at += 1
        return False

    def over_bracket(self, token):
        self.take()
        body = self.expression()
        letters = []
        while self.skip(","):
            if self.next.kind == "[":
                body = Binary("*", body, self.condition()) if token.text != "softmax" else self.fail(
                    "Which scores take part is known from the network; leave the condition out.")
                continue
            letters.append(self.expect("name", "the letters").text)
        self.expect(")", token.text)
        if token.text == "softmax" and not letters:
            return self.softmax_alone(body, token)
        if not letters:
            self.fail(f"Over which letter does {token.text} run? Write it last: {token.text}(…, k).", token)
        return Over(token.text, self.running(tuple(letters), token), body)

    def softmax_of_layer(self, token):
        """softmax_j z_j, softmax_{u ≤ t} r_tu; softmax(z)_j is refused."""
        if self.next.kind != "sub":
            self.fail("Write softmax with the letter over which it compares: softmax(z_j, j).", token)
        below = self.take().text
        letter = re.match(r"[A-Za-z]\d*'*", below)
        body = self.deeper(self.primary)
        if letter is None or isinstance(body, Entry) and not body.indices:
            self.fail("Write softmax with the letter over which it compares: softmax(z_j, j).", token)
        if letter[0] != below:  # those that do not take part have the score −∞
            where = _Reader(f"[{below}]", self.names, self.own, self.layers_above).run()
            body = Binary("+", body, Call("log", where))
        return Over("softmax", (letter[0],), body)

    def softmax_alone(self, body, token):
        """softmax(z_j): compared over the one letter of z; softmax(z) of a whole layer."""
        if isinstance(body, Entry) and body.indices is None:
            return Over("softmax", (), body)
        letters = [at.name for at in (body.indices if isinstance(body, Entry) else ()) if isinstance(at, Letter)
                   and at.name != self.names.sample]
        if len(letters) != 1:
            self.softmax_of_layer(token)
        return Over("softmax", (letters[0],), body)

    # functions

    def name(self, token, alone=False):
        """A name with all that belongs to it."""
        if self.within_index and self.next.kind not in ("sub", "["):
            constant = self.names.constant(Written(token.text)) or self.names.size(Written(token.text))
            primes = self.take().text if self.next.kind == "prime" else ""
            return Size(constant) if constant and not primes else Letter(token.text + primes)
        letter = None if alone else self.primed_letter(token)
        if letter is not None:
            return letter
        if not alone and self.is_call(token):
            return self.call(token)
        start = self.at
        written = self.written(token)
        found = self.own_name(written) or self.known(written, token)
        if found is not None:
            return found
        self.at = start
        if not alone and self.look(0).kind in ("(", "name", "power", "^", "sub", "prime", "layer"):
            call = self.call_without_bracket(token)
            if call is not None:
                return call
        return self.unknown(token, written)

    def primed_letter(self, token):
        """j', a second letter that counts what j counts; None for anything else."""
        primes = self.next
        if primes.kind != "prime" or len(token.text) > 1 and not self.names.is_letter(token.text):
            return None
        if self.look(1).kind in ("(", "{", "name", "number") or self._is_function(token.text):
            return None
        self.take()
        return Letter(token.text + primes.text)

    def is_call(self, token):
        """Whether a name is a function that is applied: primes, or a bracket after what names no array here."""
        ahead, primes = 0, False
        if self.has_word_above(token.text):
            return False
        while self.look(ahead).kind in ("prime", "layer", "sub", "power", "^", "number") and ahead < 6:
            kind = self.look(ahead).kind
            if kind == "number" and self.look(ahead - 1).kind != "^":
                break
            primes |= kind == "prime"
            ahead += 1
        if primes:
            return True
        if self.look(ahead).kind not in "({" or self.look(ahead).kind == "end":
            return False
        if self.own(token.text, "", ()):
            return False
        array = self.names.is_array(token.text)
        return not array and self._is_function(token.text)

    def call(self, token):
        """g(z), g'(z), tanh²(z), σ'^(1)(z), g_j'(z)"""
        slope, power = False, None
        while self.next.kind in ("prime", "layer", "sub", "power", "^"):
            part = self.take()
            if part.kind == "prime":
                if slope or len(part.text) > 1:
                    self.fail("Second derivatives cannot be read here.", part)
                slope = True
            elif part.kind in ("power", "^"):
                exponent = self.decimal(part.text) if part.kind == "power" else self.exponent()
                power = exponent if not self._mark_of_layer(exponent) else power
        argument = self.argument(token)
        tree = self.applied(token, argument, slope)
        return tree if power is None else self.to_the(tree, power, token)

    def _mark_of_layer(self, exponent):
        return self.layers_above

    def argument(self, token):
        if self.next.kind in ("(", "{"):
            return self.bracket()
        if self.next.kind in ("name", "number"):
            return self.deeper(self.primary)
        self.fail(f"{token.text} of what? Write {token.text}(z), with what it is applied to in brackets.", token)

    def applied(self, token, argument, slope):
        try:
            function = self.names.function(token.text, argument)
        except Unreadable as problem:
            self.fail(str(problem), token)
        if function is None:
            self.fail(f"There is no function {token.text[:30]}(…) here. To multiply, write ·.", token)
        if function == "softmax":
            return self.softmax_alone(argument, token)
        return Call(function, argument, slope)

    def call_without_bracket(self, token):
        """tanh z"""
        return self.call(token) if self._is_function(token.text) else None

    # arrays and own names

    def written(self, token):
        """A name with its layer and its indices, taken."""
        layer, indices = "", []
        base = token.text
        while True:
            kind = self.next.kind
            if kind == "layer" and not layer:
                layer = self.take().text
            elif kind == "sub":
                indices += _spelled(self.take(), self)
            elif kind == "power" and not layer and self.is_mark(base):
                layer = self.take().text
            elif kind == "^" and not layer and self.look(1).kind in ("number", "name") and self.is_mark(base) \
                    and self.look(1).text not in ("T", "top"):
                self.take()
                layer = self.take().text
            elif kind == "^" and not layer and self.look(1).kind == "{" and self.look(2).kind == "number" \
                    and self.look(3).kind == "}" and self.is_mark(base):
                self.at += 4
                layer = self.tokens[self.at - 2].text
            elif kind == "^" and not layer and (mark := self.word_above(base)):
                layer = mark
            elif kind == "[" and not self.starts_condition() and self.next.glued:
                indices += self.in_brackets()
            else:
                return Written(base, layer, tuple(indices))

    def word_above(self, base):
        """What stands above a name and belongs to it, as in U^{r} for U_r, taken; "" where nothing does."""
        ahead, opened, mark = 1, [], ""
        while self.look(ahead).kind in ("{", "("):
            opened.append(self.look(ahead).kind)
            ahead += 1
        while self.look(ahead).kind in ("name", "number"):
            mark += self.look(ahead).text
            ahead += 1
        for bracket in reversed(opened):
            if self.look(ahead).kind != {"{": "}", "(": ")"}[bracket]:
                return ""
            ahead += 1
        if not mark or not self.names.has_word(base, mark):
            return ""
        self.at += ahead
        return mark

    def has_word_above(self, base):
        """Whether a word stands above a name, behind its indices, that belongs to it."""
        start = self.at
        while self.next.kind == "sub":
            self.take()
        found = self.next.kind == "^" and self.word_above(base)
        self.at = start
        return bool(found)

    def is_mark(self, base):
        """Whether a number above a letter marks its layer."""
        if not self.names.is_layered(base):
            return False
        after = self.look(1 if self.next.kind == "power" else 2)
        return self.layers_above or after.kind == "sub" and after.glued

    def in_brackets(self):
        self.take()
        self.within_index += 1
        found = [self.expression()]
        while self.skip(","):
            found.append(self.expression())
        self.expect("]", "the indices")
        self.within_index -= 1
        return found

    def index_alone(self):
        """A text that is one index, such as t-1."""
        self.within_index = 1
        tree = self.expression()
        if self.next.kind != "end":
            self.fail(self.unexpected())
        return tree

    def own_name(self, written):
        meaning = self.own(written.base, written.layer, written.indices)
        return None if meaning is None else Own(meaning.key, written.indices, written)

    def known(self, written, token):
        if not written.layer and self._is_index(spelled := "".join([written.base, *map(shown_index, written.indices)])):
            return Letter(spelled)
        if self.within_condition and self._stands_below(written):
            return Letter(written.base)
        size = self.names.size(written)
        if size is not None:
            return Size(size)
        constant = self.names.constant(written)
        if constant is not None:
            return Size(constant)
        try:
            found = self.names.entry(written)
        except Unreadable as problem:
            self.fail(str(problem), token)
        if isinstance(found, Entry) and self.next.kind == "prime":
            self.fail(f"A prime marks the derivative of a function such as g; {written.shown} is a quantity.", token)
        return replace(found, written=written) if isinstance(found, Entry) else found

    def _stands_below(self, written):
        """Whether a letter by itself is an index of something on this side, and so one here: [m = j] p_m."""
        alone = len(written.base) == 1 and written.base.islower() and not written.indices and not written.layer
        return alone and re.search(rf"_(?:{written.base}(?!\w)|\{{[^{{}}]*(?<!\w)\w*{written.base})", self.text) is not None

    def _is_index(self, name):
        return self.names.is_letter(name)

    def unknown(self, token, written):
        """Names side by side, such as wx; otherwise nothing that is known."""
        if 1 < len(token.text) <= LONGEST_WORD and token.text.isalpha() and self._splits(token.text):
            letters = [Token("name", letter, token.position + n, True) for n, letter in enumerate(token.text)]
            self.tokens[self.at - 1:self.at] = letters
            self.at -= 1
            return self.named()
        if len(token.text) == 1 and token.text.isalpha() and not written.indices:
            return Letter(token.text)
        self.fail(f"{quoted(written.shown[:40])} is not a name here. Define it with :=, or write it as the network has it.",
                  token)

    def _splits(self, text):
        for letter in text[:-1]:
            try:
                one = Written(letter)
                if not self.own(letter, "", ()) and self.names.entry(one) is None and self.names.size(one) is None:
                    return False
            except Unreadable:
                return False
        last = text[-1]
        return bool(self.own(last, "", ())) or self.names.is_array(last) or self._is_function(last)

    def _is_function(self, name):
        try:
            return self.names.function(name, Number(0.0)) is not None
        except Unreadable:
            return True


E = Number(math.e)


def _spelled(token, reader):
    """The indices that a subscript spells: jk, j,k, t-1,j, 12, s;j."""
    parts = [part for text in re.split(r"[,;](?![^\[]*\])", token.text) for part in _apart(text, reader)]
    found = []
    for part in parts:
        if not part:
            continue
        if re.fullmatch(r"[A-Za-z]'*|\d+", part) or reader.names.is_letter(part):
            found.append(Letter(part) if part[0].isalpha() else Number(float(part)))
        elif re.fullmatch(r"[A-Za-z]+", part):
            found.append(Letter(part))
        else:
            found.append(_Reader(part, reader.names, reader.own, False).index_alone())
    if not found:
        reader.fail("An index is missing after the underscore; write w_jk or w[j,k].", token)
    return found


def _apart(text, reader):
    if re.search(r"[^A-Za-z0-9']", text):
        return [text]
    if text in reader.names.marks or text.isdigit() and "," in reader.text or reader.names.is_letter(text):
        return [text]
    return re.findall(r"[A-Za-z]'*|\d", text)


def _constant(tree):
    """The value of a number, −number or quotient of numbers; None for anything else."""
    if isinstance(tree, Number):
        return tree.value
    if isinstance(tree, Negative):
        value = _constant(tree.of)
        return None if value is None else -value
    if isinstance(tree, Binary) and tree.sign == "/":
        above, below = _constant(tree.left), _constant(tree.right)
        return above / below if above is not None and below else None
    return None
