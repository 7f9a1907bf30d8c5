"""A model: letters with their ranges, arrays, and the equations between them, read from text.

>>> m = model("s:N  j:J  k:K", given="x[s,k] y[s,j]")
>>> m.write('''
...     z[s,j] = sum(W[j,k] * x[s,k], k) + b[j]
...     a[s,j] = tanh(z[s,j])
...     C      = mean(sum((a[s,j] - y[s,j])**2, j), s)
... ''')
"""
import re
from dataclasses import replace

import sympy as sp

from ..equations import Equation, letter, name_of, size
from ..errors import InputError
from ..formula.tokens import FormulaError
from .nodes import entries, letters_in
from .quantities import Quantity, Role, derivative_name
from .text import EquationReader, SizeReader, function_named
from .typeset import Style, equations_latex

NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*(_[A-Za-z0-9]+)*")
ENTRY = re.compile(r"\s*([A-Za-z]\w*)\s*(?:\[([\w\s,]*)\])?\s*")


class Model:
    """The equations of a network, as text, and everything that they mention.

    letters      letter → how far it runs
    sizes        size → the formula by which other sizes give it
    quantities   name → Quantity
    equations    in an order in which they were written; the last one gives the cost
    constants    name → number, for names that stand for numbers
    """

    def __init__(self, letters: str, given: str = "", parameters: str = "", **constants):
        self.letters: dict = {}
        self.sizes: dict = {}
        self.quantities: dict = {}
        self.equations: list = []
        self.constants = {name: _number(name, value) for name, value in constants.items()}
        self.add_letters(letters)
        self.declare(given, Role.GIVEN)
        self.declare(parameters, Role.PARAMETER)

    # what stands in it

    def add_letters(self, text: str) -> "Model":
        """Letters and how far each runs, from 0: "s:N t:T u:T", "o:3", "p:P=(R-Q)//stride+1"."""
        for part in text.split():
            match = re.fullmatch(r"(\w+):(\w+)(?:=(\S+))?", part)
            if match is None or not NAME.fullmatch(match[1]):
                raise InputError("Letters are written with their ranges, as in 's:N j:J p:P=(R-Q)//2+1', without spaces "
                                 f"inside a part; given: {part!r}.")
            name, range_, formula = match.groups()
            if name in self.quantities and not self.quantities[name].letters or size(name) in self.all_sizes():
                raise InputError(f"{name} is a number or a size, and cannot be a letter too. Take another letter.")
            self.letters[letter(name)] = self.size(range_)
            if formula:
                if not self.letters[letter(name)].is_Symbol:
                    raise InputError(f"{part!r} gives a formula for {range_}, which is a number. Name the size.")
                self.sizes[self.letters[letter(name)]] = self.size(formula)
        return self

    def size(self, text: str) -> sp.Expr:
        """A size from its formula; names in it are sizes, or constants of the model."""
        return SizeReader(text, self._size_named).read()

    def _size_named(self, name):
        for what, names in (("an array", self.quantities), ("a letter", map(str, self.letters))):
            if name in names:
                raise InputError(f"{name} is {what}, and cannot be a size too. Take another name.")
        return self.constants.get(name, size(name))

    def declare(self, text: str, role: Role) -> None:
        """Arrays that no equation gives: "x[s,k] y[s,j]"."""
        at = 0
        while at < len(text.rstrip()):
            match = ENTRY.match(text, at)
            if match is None:
                raise InputError(f"Arrays are written with their letters, as in 'x[s,k] y[s,j]'; read: {text[at:at + 20]!r}.")
            name, letters = match[1], tuple(part.strip() for part in (match[2] or "").split(",") if part.strip())
            unknown = [part for part in letters if letter(part) not in self.letters]
            if unknown:
                raise InputError(f"{match[0].strip()}: {unknown[0]} has no range. Letters: {self.shown_letters()}.")
            self.add_quantity(name, tuple(map(letter, letters)), role)
            at = match.end()

    def add_quantity(self, name, letters, role):
        self._check_free(name)
        if letter(name) in self.letters and not letters:
            raise InputError(f"{name} is a letter, and cannot be a number too. Take another name.")
        self.quantities[name] = Quantity(name, role, tuple(letters), tuple(self.letters[at] for at in letters))
        return self.quantities[name]

    def _check_free(self, name):
        if not NAME.fullmatch(name):
            raise InputError(f"A name is made of letters and digits and begins with a letter; given: {name!r}.")
        if name in self.quantities:
            old = self.quantities[name]
            has = "has an equation already" if old.role is Role.COMPUTED else f"is {_a(old.role)} already"
            raise InputError(f"{name} {has}: {old.written}. Take another name.")
        for what, names in (("a size", map(str, self.all_sizes())), ("a constant", self.constants)):
            if name in names:
                raise InputError(f"{name} is {what}, and cannot be an array too. Take another name.")
        for other in self.quantities:
            if name == derivative_name(other) or other == derivative_name(name):
                first, second = sorted((name, other), key=len)
                raise InputError(f"{second} is what ∂C/∂{first} is called in code. Take another name for one of them.")

    def all_sizes(self) -> set:
        """All size symbols that stand in ranges and in formulas of sizes."""
        return {n for e in (*self.letters.values(), *self.sizes.values()) for n in sp.sympify(e).free_symbols}

    def range_of(self, at: sp.Symbol) -> sp.Expr:
        """How far a letter runs; j' runs as far as j."""
        return self.letters[letter(at.name.rstrip("'"))]

    @property
    def parameters(self) -> tuple:
        """Names of the parameters, in the order in which they are met."""
        return self._names(Role.PARAMETER)

    @property
    def given(self) -> tuple:
        """Names of the arrays that are given."""
        return self._names(Role.GIVEN)

    def _names(self, role):
        return tuple(name for name, quantity in self.quantities.items() if quantity.role is role)

    @property
    def cost(self) -> Quantity:
        """What the last equation gives: a number."""
        if not self.equations:
            raise InputError("There are no equations yet. Write them: m.write('z[s,j] = sum(W[j,k]*x[s,k], k)').")
        last = self.equations[-1].quantity
        if last.letters:
            raise InputError(f"The last equation gives the cost, a number without indices; it gives {last.written}. "
                             f"Write, for instance, C = mean(sum({last.written}, …), …).")
        return last

    def equation(self, name: str) -> Equation:
        """The equation that gives an array."""
        return next(e for e in self.equations if e.quantity.name == name)

    # writing

    def write(self, text: str) -> "Model":
        """Add the equations of a text, one a line.  FormulaError with the place of what cannot be read."""
        return self._write(text, Scope(self))

    def block(self, text: str, suffix: str = "", letters: str = "", **inputs) -> str:
        """Add the equations of a layer; returns the name of what its last equation gives.

        text      the equations, such as one of `layers`
        suffix    put after the names that the text gives, and after those of its parameters
        letters   letters of the text and what they are in this model: "j:c k:d"
        inputs    name in the text → name of an array of this model, or a number
        """
        numbers = {name: _number(name, value) for name, value in inputs.items() if not isinstance(value, str)}
        arrays = {name: value for name, value in inputs.items() if isinstance(value, str)}
        swapped = dict(pair.split(":") for pair in letters.split())
        unknown = [value for value in arrays.values() if value not in self.quantities]
        if unknown:
            raise InputError(f"There is no array {unknown[0]} for the layer. There are: {', '.join(self.quantities)}.")
        self._write(text, Scope(self, arrays, suffix, swapped, numbers))
        return self.equations[-1].quantity.name

    def _write(self, text, scope):
        """Nothing stays where one of the lines cannot be read."""
        kept = dict(self.quantities), list(self.equations)
        try:
            readers = [EquationReader(line, scope) for line in _statements(text)]
            if not readers:
                raise InputError("There is no equation in the text. Write, for instance, z[s,j] = sum(W[j,k]*x[s,k], k).")
            scope.plain_entries = _plain_entries(readers)
            lefts = [self._left(reader, scope) for reader in readers]
            for (name, letters), reader in zip(lefts, readers, strict=True):
                self.equations.append(Equation(self.quantities[name], letters, reader.right()))
        except Exception:
            self.quantities, self.equations = kept
            raise
        self.equations = [replace(e, quantity=self.quantities[e.quantity.name]) for e in self.equations]
        return self

    def _left(self, reader, scope):
        token = reader.next
        name, letters = reader.left()
        try:
            return self.add_quantity(scope.own_name(name), letters, Role.COMPUTED).name, letters
        except FormulaError:
            raise
        except InputError as error:
            reader.fail(str(error), token)

    def latex(self, style: Style | None = None) -> str:
        """LaTeX of the equations, one below the other."""
        return equations_latex(self, self.equations, style)

    def _repr_latex_(self):
        return rf"$\displaystyle {self.latex()}$"

    def shown_letters(self) -> str:
        return ", ".join(f"{at} (to {n})" for at, n in self.letters.items()) or "none"

    def __repr__(self):
        rows = [(role.value, [q.written for q in self.quantities.values() if q.role is role])
                for role in (Role.GIVEN, Role.PARAMETER)]
        heads = [f"{'parameters' if what == 'parameter' else what}: {', '.join(names)}" for what, names in rows if names]
        return "\n".join([*heads, *(f"{e.left} = {e.right}" for e in self.equations)])


class Scope:
    """What names mean while a text is read: the model's own, or those of a layer within it."""

    def __init__(self, model, arrays=None, suffix="", letters=None, numbers=None):
        self.model, self.arrays, self.suffix, self.renamed = model, arrays or {}, suffix, letters or {}
        self.constants = {**model.constants, **(numbers or {})}
        self.plain_entries = {}

    letters = property(lambda self: self.model.letters)

    def shown_letters(self):
        return self.model.shown_letters()

    def own_name(self, name):
        """The name in the model of an array that a text calls `name`."""
        if name in self.arrays:
            return self.arrays[name]
        joint = "_" if self.suffix and (name[-1].isdigit() or self.suffix[0].isalpha()) else ""
        return name + joint + self.suffix

    def letter(self, name):
        """A letter by its name in the text; None where it is none."""
        at = letter(self.renamed.get(name, name))
        return at if at in self.letters else None

    def spelled(self, text):
        """The letters that a subscript spells, jk or j,k; [] where it is none of them."""
        parts = text.split(",") if "," in text else [text] if self.letter(text) else list(text)
        found = [self.letter(part) for part in parts]
        return found if all(found) else []

    def is_array(self, name):
        return self.own_name(name) in self.model.quantities

    def is_known(self, name):
        """Whether a name with what stands below it is one name: W_out, n_e."""
        return self.is_array(name) or name in self.plain_entries or self.scalar(name) is not None

    def is_scalar(self, name):
        known = self.model.quantities.get(self.own_name(name))
        return known is not None and not known.letters or known is None and name not in self.plain_entries and \
            self.scalar(name) is not None

    def scalar(self, name):
        """A letter, a constant or a size by this name; None where it is none of them."""
        at = self.letter(name)
        if at is not None:
            return at
        if name in self.constants:
            return self.constants[name]
        return size(name) if size(name) in self.model.all_sizes() else None

    def entry(self, name, indices, looked_up):
        """An entry of an array; ValueError, in a sentence, where it does not fit."""
        quantity = self.model.quantities.get(self.own_name(name))
        if quantity is None and looked_up:
            raise ValueError(f"{name} stands in an index, but is no letter, no size and no array of whole numbers. "
                             f"Letters: {self.shown_letters()}.")
        quantity = quantity or self._parameter(name, indices)
        if len(indices) != len(quantity.letters):
            raise ValueError(f"{quantity.written} has {_count(len(quantity.letters), 'index')}; "
                             f"given: {_shown(name, indices)}.")
        for at, n, own in zip(indices, quantity.sizes, quantity.letters, strict=True):
            runs = self.letters.get(at)
            if runs is not None and runs != n:
                raise ValueError(f"In {_shown(name, indices)} the letter {at} runs to {runs}, but that axis of "
                                 f"{quantity.written} has {n} entries, as {own}.")
            self._look_up(at, n)
        return quantity[indices]

    def _look_up(self, at, n):
        """Entries that stand as an index are whole numbers below n."""
        for entry in entries(at):
            name = name_of(entry)
            known = self.model.quantities[name]
            if known.role is not Role.GIVEN:
                raise ValueError(f"{entry} stands as an index, so {name} holds whole numbers: it has to be given; "
                                 f"here it is {_a(known.role)}.")
            if at != entry:
                raise ValueError(f"An index is either looked up or computed; given: {at}.")
            if known.numbers not in (None, n):
                raise ValueError(f"{entry} looks up one of {n} entries here and one of {known.numbers} elsewhere.")
            self.model.quantities[name] = replace(known, numbers=n)

    def _parameter(self, name, indices):
        """An array that is met for the first time, in the text or anywhere below with letters alone, is a parameter."""
        full = self.own_name(name)
        if function_named(name) is not None or name == "softmax":
            raise ValueError(f"{name} is a function: write {name}(…), with what it is applied to in brackets.")
        letters = indices if all(at in self.letters for at in indices) else self.plain_entries.get(name)
        if letters is None:
            raise ValueError(f"{_shown(name, indices)} is met with a computed index first, so its size is not known. "
                             f"Declare {name} with its letters: bp.model(…, parameters='{name}[…]').")
        try:
            return self.model.add_quantity(full, letters, Role.PARAMETER)
        except FormulaError:
            raise
        except InputError as error:
            raise ValueError(str(error)) from None

    def equal_indices(self, left, right):
        """[left = right] for indices; None where the two are other numbers."""
        for entry, other in ((left, right), (right, left)):
            if isinstance(entry, sp.Indexed) and letters_in(other) and not entries(other) and other in self.letters \
                    and self.model.quantities[name_of(entry)].role is Role.GIVEN:
                self._look_up(entry, self.letters[other])
        whole = [all(self.model.quantities[name_of(x)].numbers is not None for x in entries(side)) and
                 (bool(entries(side)) or side.is_integer) for side in (left, right)]
        return sp.KroneckerDelta(left, right) if all(whole) else None


def model(letters: str, given: str = "", parameters: str = "", **constants) -> Model:
    """A model without equations yet; `write` adds them.

    letters      each letter and how far it runs, counted from 0: "s:N t:T u:T", "o:3", "p:P=(R-Q)//stride+1"
    given        the arrays that are given, with their letters: "x[s,k] y[s,j]".  One that stands as an index holds whole
                 numbers, counted from 0
    parameters   arrays to differentiate with respect to, where their letters are not seen from the equations: any name
                 that is neither given nor the left side of an equation is a parameter
    constants    names that stand for numbers: stride=2, eps=1e-5

    InputError for names that meet, and for what is no letter or array.
    """
    return Model(letters, given, parameters, **constants)


def _statements(text):
    """The equations of a text: a line each; one with an open bracket goes on in the next.  # begins a comment."""
    statements, depth = [], 0
    for line in text.splitlines():
        line = line.partition("#")[0].rstrip()
        if not line.strip():
            continue
        statements, line = (statements[:-1], f"{statements[-1]} {line.strip()}") if depth else (statements, line.strip())
        statements.append(line)
        depth = sum(line.count(opened) for opened in "([{") - sum(line.count(closed) for closed in ")]}")
    return statements


def _plain_entries(readers):
    """name → letters, for the entries of the texts that have letters alone as indices."""
    found = {}
    for reader in readers:
        for match in re.finditer(r"([A-Za-z]\w*)\[([\w\s,]+)\]", reader.text):
            letters = [reader.scope.letter(part.strip()) for part in match[2].split(",")]
            if all(letters) and len(set(letters)) == len(letters):
                found.setdefault(match[1], tuple(letters))
    return found


def _number(name, value):
    if isinstance(value, bool) or not isinstance(value, (int, float, sp.Integer, sp.Float, sp.Rational)):
        raise InputError(f"{name} stands for a number; given: {value!r}.")
    return sp.sympify(value) if not isinstance(value, float) else sp.Float(str(value))


def _shown(name, indices):
    return name + (f"[{', '.join(map(str, indices))}]" if indices else "")


def _count(number, what):
    plural = {"index": "indices"}[what]
    return f"no {what}" if number == 0 else f"one {what}" if number == 1 else f"{number} {plural}"


def _a(role):
    return {Role.GIVEN: "given", Role.PARAMETER: "a parameter", Role.COMPUTED: "computed by an equation"}[role]
