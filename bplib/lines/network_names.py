"""Names in a network of layers or neurons, as a notation writes them."""
import re
from functools import lru_cache

from ..equations import N as SAMPLES
from ..notation import DEFAULT
from .names import CONSTANTS, COSTS, GENERIC, NORMAL, SPELLED, Names, Unreadable, Written, counted
from .tree import Binary, Entry, Letter, Node, Number, Over, Partial, rewritten, walk

LAYERED = ("W", "b", "z", "a", "delta", "x", "output a", "output z")
GUESSED = {"yhat": "output a", "o": "output a", "t": "y", "l": "losses", "ell": "losses"}
"""Letters that this course does not use and that have one usual meaning: kind of array."""


def _kind_letters(notation):
    """letter in a text's formulas → kinds of arrays that it stands for."""
    found = {}
    kinds = ("x", "y", "W", "b", "z", "a", "delta", "C", "losses", "c", "output a", "output z")
    for kind in kinds:
        latex = notation.letter(kind)
        if latex is None or kind == "c" or kind == "x" and notation.input_is_a and "x" not in notation.letters:
            continue
        found.setdefault(plain_letter(latex), []).append(kind)
    if notation.input_is_a:
        found.setdefault("x", []).append("x")
    found.setdefault("delta", ["delta"])  # a text without a name for ∂C/∂z does not mind this one
    return found


@lru_cache(maxsize=None)
def plain_letter(latex):
    r"""A letter as the grammar sees it: "yhat" for \hat{y}, "L" for \mathcal{L}_{i}."""
    latex = re.sub(r"_\{?\w+\}?$", "", latex)
    latex = re.sub(r"\\hat\{(\w)\}", r"\1hat", latex).replace(r"\mathbb{1}", "onehot")
    return re.sub(r"\\(?:mathcal|mathrm|mathbb)\{(.*)\}|\\", r"\1", latex).replace("\\", "").replace("_", "")


class NetworkNames(Names):
    """Names in a network of layers or neurons, as a notation writes them."""

    def __init__(self, network, notation=DEFAULT, layer_of=None):
        super().__init__(dict(layer_of or {}))
        self.network, self.notation, self.sample = network, notation, notation.sample
        self.from_to = notation.weight == "from,to"
        self.letters = _kind_letters(notation)
        self.own_letters = notation.name != DEFAULT.name
        self.layers = len(getattr(network.structure, "activations", ()))
        self.marks = {q.mark for q in network.quantities.values() if isinstance(q.mark, str)}
        if hasattr(network.structure, "inputs"):
            self.marks |= {*network.structure.inputs}
        self.by_role = {(q.kind, q.mark): q for q in network.quantities.values()}
        classes = plain_letter(notation.letter("c"))
        told_apart = network.given("c") is not None and classes not in notation.units
        self.classes = classes if told_apart else None

    def read(self, tree):
        """The number of the right class stands as an index, and in conditions: a_c, [j = c].  Where a sum runs over its
        letter, that is an index like any other."""
        if self.classes is None or any(isinstance(part, Over) and self.classes in part.letters for part in walk(tree)):
            return tree
        number = self._right_class
        return rewritten(tree, lambda part: number if isinstance(part, Letter) and part.name == self.classes else part)

    @property
    def _right_class(self) -> Node:
        number = Entry("c", (Letter(self.sample),), Written(self.classes))
        return number if self.first == 1 else Binary("-", number, Number(1.0 - self.first))

    # functions

    def function(self, name, argument):
        letter = plain_letter(self.notation.letter("g") or "g")
        if name in NORMAL and "gelu" in {row.name for row in self.rows} and name != letter:
            return NORMAL[name]
        if name in (letter, "g") or name in GENERIC and not self._named(name):
            return self.activation_at(argument)
        return super().function(name, argument)

    def _named(self, name):
        """Whether a letter is the name of a function that some unit here has, rather than a letter for any."""
        return SPELLED.get(name) in {row.name for row in self.rows} or name in self.letters or \
            SPELLED.get(name) and not any(row.abstract for row in self.rows) and not self._is_any(name)

    def _is_any(self, name):
        """Whether a text writes this letter for any activation."""
        return self.own_letters and name == plain_letter(self.notation.letter("g") or "")

    @property
    def rows(self):
        if self.layers:
            return list(self.network.structure.activations)
        return [row for _, row in self.network.structure.neurons.values()]

    def activation_at(self, argument):
        """The activation of the units whose weighted sum stands in a formula; that of all units where they have one."""
        entries = [self.network.quantities.get(part.array) for part in walk(argument) if isinstance(part, Entry)]
        marks = {q.mark for q in entries if q is not None and q.kind in "za"}
        names = {row.name for row in self.rows}
        if len(names) == 1:
            return names.pop()
        if len(marks) == 1:
            return self.activation_of(marks.pop()).name
        raise Unreadable("The units have different activations. Write the one that is meant by its name, such as "
                         "sigmoid(z).")

    def activation_of(self, mark):
        structure = self.network.structure
        if hasattr(structure, "neurons"):
            return structure.neurons[mark][1] if mark in structure.neurons else self.rows[0]
        return structure.activations[max(mark, 1) - 1] if isinstance(mark, int) else self.rows[0]

    # arrays

    def size(self, written):
        """The name of a size, None where the name is none."""
        n = plain_letter(self.notation.letter("N"))
        alone = not written.indices and not written.layer and not self.is_array(written.base)
        if written.base in (n, "N", "m") and alone or written.base == n and not (
                written.indices or written.layer or self.kinds(n)):
            return str(SAMPLES)
        own = plain_letter(self.notation.letter("n"))
        if written.base in ("n", own) and len(written.indices) == 1 and isinstance(written.indices[0], Number):
            name = f"n_{int(written.indices[0].value) - self.notation.shift.get('a', 0) * (written.base == own)}"
            return name if name in map(str, self.network.sizes) else None
        if written.base in ("n", "K") and self.layers and alone:
            return f"n_{self.layers}"
        return None

    def constant(self, written):
        known = written.base in CONSTANTS and written.base not in self.letters
        return written.base if known and not written.indices else None

    def is_layered(self, base):
        """Whether a letter can carry a layer above."""
        return self.layers > 0 and not base[-1:].isdigit() and any(kind in LAYERED for kind in self.kinds(base))

    def kinds(self, base):
        """Kinds of arrays that a letter may stand for."""
        found = self.letters.get(base)
        if found is None and (found := self.letters.get(_other_case(base))):
            self.strange.add(base)
        if found is None and (base in COSTS or not self.own_letters):
            found = ["C"] if base in COSTS else [GUESSED[base]] if base in GUESSED else None
            self.guessed |= {base} if found else set()
        return found or []

    def entry(self, written):
        """The entry that a name stands for; None where it is no name here.  `Unreadable` where it does not fit."""
        if not self.layers:
            return self._by_own_name(written) or self._derivative_in_code(written)
        base, layer = written.base, written.layer
        match = re.fullmatch(r"([A-Za-z]+?)(\d+)", base)
        if match and self.kinds(match[1]) and not layer:
            base, layer = match[1], match[2]
        if base == "delta" and self._is_kronecker(written):
            return Binary("=", *written.indices)
        if base == self.classes and base not in self.letters and not layer and not written.indices:
            return self._right_class
        kinds = self.kinds(base)
        if not kinds:
            return self._derivative_in_code(written)
        return self._entry_of(kinds, Written(base, layer, written.indices))

    def means(self, base):
        return base in self.letters or base in self.marks

    def has_word(self, base, word):
        """A single neuron's input is the activation of the layer before, where a text writes it so: a^1."""
        return self._is_input(base) and word == str(self.notation.shift.get("a", 0))

    def _is_input(self, base):
        one = not self.layers and "" in self.network.structure.neurons
        return one and self.notation.input_is_a and "a" in self.kinds(base)

    def is_array(self, base):
        """Whether a letter by itself stands for an array."""
        return not self.layers and self._bare_neuron(base) is not None or bool(self.kinds(base))

    def _is_kronecker(self, written):
        """δ_jk with two indices and no layer: 1 where they are equal."""
        return len(written.indices) == 2 and not written.layer and all(
            isinstance(at, Letter) and at.name != self.sample for at in written.indices)

    def _derivative_in_code(self, written):
        """dW2, db2, dz2, da2 as programs call ∂C/∂W2."""
        match = re.fullmatch(r"d([A-Za-z]+\d*)", written.base)
        if match is None:
            return None
        of = self.entry(Written(match[1], written.layer, written.indices))
        cost = self.by_role.get(("C", None))
        return Partial(Entry(cost.name), of) if isinstance(of, Entry) else None

    # networks neuron by neuron: names of neurons stand with the letters

    def _by_own_name(self, written):
        if written.layer and self._is_input(written.base):
            return self._sampled("x", self.network.given("x"))
        rest = [self._word(at) for at in written.indices if not (isinstance(at, Letter) and at.name == self.sample)]
        if None in rest:
            return None
        if not rest and self._bare_neuron(written.base) is not None:
            return self._bare_neuron(written.base)
        kinds = self.kinds(written.base)
        for kind in kinds:
            if kind in ("C", "losses"):
                return self._cost(kind, written, list(written.indices))
            found = self._neurons_entry(kind, rest)
            if found is not None:
                return found
        return None

    @staticmethod
    def _word(at):
        if isinstance(at, Letter):
            return at.name
        return f"{at.value:g}" if isinstance(at, Number) else None

    def _neurons_entry(self, kind, rest):
        """An array of one neuron, or of the weight between two."""
        output, kind = kind.startswith("output"), kind.removeprefix("output ")
        if kind == "W" and self.notation.bias == "column 0" and "0" in rest:
            kind, rest = "b", [at for at in rest if at != "0"]
        roles = {mark: q for (k, mark), q in self.by_role.items() if k == ("z" if kind == "delta" else kind)}
        word = "".join(rest)
        if kind == "a" and word and word in self.network.structure.inputs:
            kind, roles = "x", {None: self.network.given("x")}
        if kind == "a" and not word and len(self.network.structure.outputs) == 1 and len(roles) > 1 and output:
            word = self.network.structure.outputs[0]
        if kind in ("x", "y") and any(len(q.sizes) > 1 for q in roles.values()):
            return self._column(kind, word, roles)
        for mark, q in roles.items():
            names = mark if isinstance(mark, tuple) else (mark,) if isinstance(mark, str) else ("",)
            orders = [names, names[::-1]] if kind == "W" else [names]
            if any("".join(order) == word for order in orders) or len(roles) == 1 and not word:
                return self._sampled(q.name if kind != "delta" else "delta" + q.name[1:], q)
        return self._column(kind, word, roles)

    def _column(self, kind, word, roles):
        """An input or a target by the name of its unit, or its number: x_p, y_o, y_1."""
        structure = self.network.structure
        names = structure.inputs if kind == "x" else structure.outputs if kind == "y" else ()
        place = int(word) + 1 - self.notation.first_unit if word.isdigit() else 0
        if kind in ("x", "y") and (word in names or 1 <= place <= len(names)) or (
                kind == "y" and len(names) == 1 and not word):
            q = next(iter(roles.values()), None)
            if q is not None:
                number = names.index(word) + 1 if word in names else place or 1
                return Entry(q.name, (Letter(self.sample), Number(float(number)))[:len(q.sizes)])
        return None

    def _bare_neuron(self, base):
        """The value of a neuron or an input by its name alone."""
        structure = self.network.structure
        if base in structure.inputs:
            return self._column("x", base, {q.mark: q for q in self.network.quantities.values() if q.kind == "x"})
        for (kind, mark), q in self.by_role.items():
            if kind == "a" and mark == base and base and base not in ("x", "y", "z", "a", "w", "b"):
                return self._sampled(q.name, q)
        return None

    def _sampled(self, name, q):
        return Entry(name, (Letter(self.sample),) if SAMPLES in q.sizes else ())

    # networks of layers

    def _entry_of(self, kinds, written):
        indices = list(written.indices)
        problems = []
        below = self.notation.layer.startswith("_") and indices and isinstance(indices[0], Number)
        if self.notation.layer and not written.layer and not below:  # what carries no layer belongs to the last
            kinds = sorted(kinds, key=lambda kind: not kind.startswith("output"))
        for kind in kinds:
            try:
                return self._layered(kind, written, list(indices))
            except Unreadable as problem:
                problems.append(problem)
        raise problems[0]

    def _layered(self, kind, written, indices):
        output, kind = kind.startswith("output"), kind.removeprefix("output ")
        if kind in ("C", "losses"):
            return self._cost(kind, written, indices)
        kind, indices = self._bias_of_unit_0(kind, indices)
        rank = {"W": 2, "c": 0}.get(kind, 1)
        sample = self._taken_sample(kind, indices, rank)
        layer = self._layer(kind, written, indices, rank, output)
        array = self._array(kind, layer, written)
        q = self.network.quantities.get(array.replace("delta", "z")) or self.network.quantities[array]
        if not indices and rank:
            indices = self._only_unit(q, rank)
        if indices is not None and len(indices) != rank:
            raise Unreadable(f"{written.shown} is written with {counted(len(indices))} besides the sample's; it has "
                             f"{counted(rank)}.")
        if indices is None:
            return Entry(array, None)
        if kind == "W" and self.notation.weight == "from,to":
            indices = indices[::-1]
        indices = [self._counted(at) for at in indices]
        return Entry(array, (*([sample] if SAMPLES in q.sizes else []), *indices))

    def _bias_of_unit_0(self, kind, indices):
        """A weight from unit 0, which is always 1, is the bias, where a text has its biases so."""
        place = 1 if self.notation.weight == "to,from" else 0
        if kind != "W" or self.notation.bias != "column 0" or len(indices) < 2:
            return kind, indices
        *before, one, other = indices  # a layer's number may stand before them
        at, unit = (one, other)[place], (one, other)[1 - place]
        zero = isinstance(at, Number) and at.value == 0
        return ("b", [*before, unit]) if zero else (kind, indices)

    def _counted(self, at):
        """A unit's number, counted from 1."""
        return Number(at.value + 1 - self.notation.first_unit) if isinstance(at, Number) else at

    def _only_unit(self, q, rank):
        """The indices of an array of one unit need not be written; None where they stand for a matrix."""
        ones = [self.network.sizes.get(n, n) == 1 for n in q.sizes if n != SAMPLES]
        return [Number(1.0 if self.notation.first_unit else 0.0)] * rank if rank and all(ones) else None

    def _cost(self, kind, written, indices):
        """The cost of a batch, or of one sample where its index stands with it."""
        samples = [at for at in indices if isinstance(at, Letter) and at.name in (self.sample, "s", "n", "i", "x")]
        if len(samples) != len(indices) and not all(isinstance(at, Number) for at in indices):
            raise Unreadable(f"{written.shown}: the cost has no index but the sample's, {self.sample}.")
        per_sample = bool(indices) or kind == "losses" and not any("C" in kinds for base, kinds in self.letters.items()
                                                                   if base == written.base)
        q = self.by_role["losses" if per_sample else "C", None]
        return Entry(q.name, (Letter(self.sample),) if per_sample else ())

    def _taken_sample(self, kind, indices, rank):
        """The sample's index, taken out of the indices where it is written."""
        if kind in ("W", "b"):
            return None
        names = [at.name if isinstance(at, Letter) else None for at in indices]
        if self.sample in names and len(indices) > rank:
            return indices.pop(names.index(self.sample))
        if "s" in names and len(indices) > rank:
            return indices.pop(names.index("s"))
        return Letter(self.sample)

    def _layer(self, kind, written, indices, rank, output):
        """The number of the layer that a name belongs to, as this course counts."""
        shift = self.notation.shift.get(kind, 0)
        if kind in ("y", "c") or output:
            return self.layers
        if kind == "x" and not written.layer:
            return 0
        mark = written.layer
        if not mark and indices and isinstance(indices[0], Number) and self._number_is_layer(kind, indices, rank):
            mark = f"{int(indices.pop(0).value)}"
        if mark:
            return self._numbered(kind, mark, shift, written)
        return self._unmarked(kind, written, indices)

    def _number_is_layer(self, kind, indices, rank):
        """Whether the first number below a name is its layer: W_1, z_{1,j}, and in a deeper network z_1; where layers have
        one unit each, there is nothing else that a number could be."""
        mark = self.notation.layer[:1]
        return len(indices) > rank or len(indices) == 1 and (
            rank == 2 or mark == "_" or self.layers > 1 and (mark != "^" or self._is_a_chain))

    @property
    def _is_a_chain(self):
        return all(n == 1 for n in self.network.structure.sizes)

    def _numbered(self, kind, mark, shift, written):
        match = re.fullmatch(r"([lLk]?)([+-]?\d*)", mark.replace(" ", ""))
        if match is None:
            raise Unreadable(f"{written.shown}: {mark} is no layer.")
        letter, number = match[1], int(match[2]) if match[2] not in ("", "+", "-") else 0
        if letter == "L":
            last = self.layers + self.notation.shift.get("z", 0)
            return last + number - self.notation.shift.get("z", 0)
        if letter:
            self.unclear.add(letter)
            return self.layer_of.get(letter, 1) + number
        return number - shift

    def _unmarked(self, kind, written, indices):
        """The layer of a name without a mark: the only possible one, or that of its index."""
        layers = {"a": range(0, self.layers + 1), "x": [0]}.get(kind, range(1, self.layers + 1))
        if self.layers == 1 and kind != "a":
            return 1
        place = 0 if kind != "W" or self.notation.weight == "to,from" else 1
        at = indices[place] if len(indices) > place else None
        if not isinstance(at, Letter):
            if self.layers == 1:
                return 1
            raise Unreadable(f"Which layer's {written.base}? Write its number, such as {written.base}1 or "
                             f"{written.base}^(1).")
        self.unclear.add(at.name)
        if kind == "W" and len(indices) > 1 and isinstance(indices[1 - place], Letter):
            self.unclear.add(indices[1 - place].name)
        layer = self.layer_of.get(at.name, self.layers)
        if layer not in layers:
            raise Unreadable(f"{written.shown} belongs to no layer of this network.")
        return layer

    def _array(self, kind, layer, written):
        if kind == "y":
            return kind
        if kind in ("a", "x") and layer == 0:
            return "x"
        if not 1 <= layer <= self.layers:
            raise Unreadable(f"{written.shown}: this network has layers 1 to {self.layers}; {layer} is none of them.")
        return f"{'a' if kind == 'x' else kind}{layer}"


def _other_case(base):
    stem = base.rstrip("0123456789")
    return (stem.lower() if stem.isupper() else stem.upper()) + base[len(stem):] if len(stem) == 1 else base
