"""Equations as they are met, with axes in place of letters; at the end their letters, sizes and names: a `Model`."""
import re
from collections import Counter
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np

from ..equations import name_of
from ..models.model import Model
from ..models.nodes import entries
from ..models.quantities import derivative_name
from .ranges import Axis, Range, align, atoms_of, size_of
from .table import Unreadable

LETTERS = {"s": "sr", "t": "tu", "h": "ha", "g": "gf", "v": "vw", "c": "cd", "p": "pl", "j": "jkim", "q": "qo"}
"""Kind of a range → its letters: one for each time that the range stands in an equation."""

SIZES = {"s": "N", "t": "T", "h": "H", "g": "G", "v": "V", "c": "F", "p": "P", "j": "J", "q": "Q"}
"""Kind of a range → the letter of its size."""


LONGEST_NUMBER = 20
"""So many characters a number in an equation may have."""

LOWEST = "1e30"
"""What is taken off where PyTorch writes −∞: exp(−10³⁰) is 0."""


OPPOSITE = {">": "<=", "<": ">=", ">=": "<", "<=": ">", "==": "!=", "!=": "=="}
"""Sign of a comparison → the sign that holds where it does not."""


@dataclass(frozen=True)
class Tensor:
    """What a variable of the program is in the equations: an array, read at places.

    name     of the array, or a number that stands everywhere; or a formula that is put in where it is used, with {0}, {1}, …
             for its places
    places   for each axis of the array its place: (text with {} for the axis, the axis), or (text, None)
    dims     for each dimension of the variable the axes that it is made of; none where it has one entry
    whole    whether it holds whole numbers that may be looked up;  boolean   whether its entries are 1 where something holds
    """

    name: str
    places: tuple
    dims: tuple
    whole: bool = False
    boolean: bool = False

    shape = property(lambda self: tuple(map(size_of, self.dims)))

    def at(self, *dims) -> str:
        """Its entry, as text: `dims` has the axes (or the text of an index) for each of its dimensions."""
        ways: dict = {}
        for own, new in zip(self.dims, dims, strict=True):
            new = [new] if isinstance(new, str) else atoms_of(new)
            ways.update(zip(atoms_of(own), new, strict=bool(own)))
        indices = [",".join(text.format(ways[atom]) for atom in axis.atoms()) if axis else text for text, axis in self.places]
        if "{" in self.name:
            return self.name.format(*indices)
        return self.name + (f"[{','.join(indices)}]" if indices else "")


NUMBER = "part"
"""What a number is called that is the sum of an array: one part of a cost that has several."""


class Writer:
    """Collects arrays and equations."""

    def __init__(self):
        self.arrays, self.equations, self.names, self.layer = {}, {}, set(), 0
        self.windows, self.book = {}, []
        self.values, self.opposite, self.masked = {}, {}, {}
        self.gate_arrays, self.inputs = {}, {}

    # arrays

    def axis(self, over) -> Axis:
        """A new axis: over a range, or over that of another axis."""
        return Axis(over.range if isinstance(over, Axis) else over, self.book)

    def fresh(self, stem, mark=None):
        """A name that no array has: z1, z1b, …"""
        mark = str(self.layer) if mark is None else mark
        more = ("", *"bcdefghijklmnopqrstuvwxyz", *(f"_{n}" for n in range(2, 9999)))
        name = next(name for one in more if (name := f"{stem}{mark}{one}") not in self.names and not self._clashes(name))
        self.names.add(name)
        return name

    def _clashes(self, name):
        """Whether a name is what the derivative by another one is called in code, or the other way round."""
        return derivative_name(name) in self.names or any(derivative_name(other) == name for other in self.names)

    def declare(self, name, shape, kinds="", role="given", whole=False, batch=False) -> Tensor:
        """An array that no equation gives.  Dimensions of one entry have no axis, unless the first counts samples.

        kinds   a letter for each dimension: the kind of its range; q for windows
        """
        self.names.add(name)
        kinds = kinds + "j" * (len(shape) - len(kinds))
        dims = tuple((self.axis(self.window(n) if kind == "q" else Range(n, kind)),) if n != 1 or batch and not place else ()
                     for place, (n, kind) in enumerate(zip(shape, kinds)))
        return self._known(name, dims, whole, role)

    def _known(self, name, dims, whole, role):
        axes = [axis for dim in dims for axis in dim]
        self.arrays[name] = role, axes
        return Tensor(name, tuple(("{}", axis) for axis in axes), dims, whole)

    def window(self, n) -> Range:
        """The range of a window of n entries."""
        return self.windows.setdefault(n, Range(n, "q", number=True, fixed=True))

    def emit(self, stem, dims, right, mark=None) -> Tensor:
        """An equation: a new array with axes `dims`, a tuple of axes for each dimension, is `right`."""
        name = self.fresh(stem, "" if stem == NUMBER else mark)
        axes = [axis for dim in dims for axis in dim]
        self.equations[name] = axes, right
        return Tensor(name, tuple(("{}", axis) for axis in axes), tuple(map(tuple, dims)))

    def emit_as(self, name, dims, right) -> Tensor:
        """The same for an array that has its name already, because its equation uses its own past."""
        axes = [axis for dim in dims for axis in dim]
        self.equations[name] = axes, right
        return Tensor(name, tuple(("{}", axis) for axis in axes), tuple(map(tuple, dims)))

    def formula(self, text, *tensors) -> Tensor:
        """A formula of the entries of tensors that is put in where it is used, and has no equation of its own."""
        dims = self.together(*tensors)
        axes = [axis for dim in dims for axis in dim]
        text = text.format(*(self.here(x, dims) for x in tensors))
        for place, axis in enumerate(axes):
            text = text.replace(str(axis), f"{{{place}}}")
        return Tensor(text, tuple(("{}", axis) for axis in axes), dims)

    def condition(self, sign, one, other="0") -> Tensor:
        """1 where two tensors, or a tensor and a number, are so related; 0 elsewhere."""
        two = [one, other if isinstance(other, Tensor) else Tensor(other, (), ())]
        found, opposite = (replace(self.formula(f"[{{0}} {way} {{1}}]", *two), boolean=True) for way in (sign, OPPOSITE[sign]))
        self.opposite |= {found.name: opposite.name, opposite.name: found.name}
        return found

    def not_(self, mask) -> Tensor:
        """What a condition leaves out."""
        if mask.name not in self.opposite:
            self.opposite[mask.name] = self.condition("<=", mask).name
        found = replace(mask, name=self.opposite[mask.name])
        if mask.name in self.values:
            self.values[found.name] = 1 - self.values[mask.name]
        return found

    def holds(self, x) -> Tensor:
        """An array of zeros and ones as a condition."""
        found = self.condition(">", x)
        if x.name in self.values:
            self.values[found.name] = self.values[x.name]
        return found

    def constant(self, value, stem="k") -> Tensor:
        """An array of numbers that the program has made itself: a number where all entries are the same."""
        whole, boolean = value.dtype.kind in "iu", value.dtype.kind == "b"
        if value.size and (value == value.flat[0]).all() and not np.isnan(value.flat[0]):
            name = shown(value.flat[0])
            dims = tuple((self.axis(Range(n)),) if n != 1 else () for n in value.shape)
            return Tensor(name, (), dims, whole, boolean)
        found = self.declare(self.fresh(stem, ""), value.shape, whole=whole)
        self.values[found.name] = value * 1 if boolean else value
        return self.holds(found) if boolean else found

    def counting(self, x) -> Tensor:
        """A tensor of whole numbers that are looked up, or one that stands everywhere."""
        if not x.whole or x.name not in self.arrays and not x.name.isdigit():
            raise Unreadable("What is looked up here is computed; in index notation it is given. Hand it over as an input of "
                             "whole numbers.")
        return x

    def ignored_labels(self, target, classes, ignored) -> bool:
        """Whether some labels are the one that is left out.  Unreadable for labels that are none."""
        value = self.values.get(target.name)
        if value is None:
            return False
        others = value[value != ignored]
        if others.size and (others.min() < 0 or others.max() >= classes):
            raise Unreadable(f"Labels go from 0 to {classes - 1}; given: {others.min()} to {others.max()}.")
        return others.size < value.size

    def gates(self, x, gates) -> list:
        """The rows of an array of weights or biases that belong to each gate, as arrays of their own."""
        if gates == [""]:
            return [x]
        if x.name not in self.gate_arrays:
            n = x.shape[0] // len(gates)
            role, axes = self.arrays[x.name]
            kinds = "".join(axis.range.root.kind for axis in axes)
            self.gate_arrays[x.name] = [
                self.declare(self.fresh(x.name, gate), (n, *x.shape[1:]), kinds, role) for gate in gates]
            for own in self.gate_arrays[x.name][1:]:
                for one, other in zip(self.gate_arrays[x.name][0].dims, own.dims):
                    align(one, other)
        return self.gate_arrays[x.name]

    # what many operations need

    def like(self, dims):
        """New axes over the ranges of dimensions."""
        return tuple(tuple(map(self.axis, atoms_of(dim))) for dim in dims)

    def together(self, *tensors):
        """Axes for the result of an operation entry by entry: dimensions from the last, those of one entry repeated."""
        dims = []
        for place in range(1, max((len(x.dims) for x in tensors), default=0) + 1):
            here = [x.dims[-place] for x in tensors if len(x.dims) >= place]
            full = [dim for dim in here if size_of(dim) != 1] or list(filter(None, here)) or here[:1]
            for dim in full[1:]:
                align(full[0], dim)
            dims.insert(0, full[0])
        return self.like(dims)

    @staticmethod
    def here(x, dims) -> str:
        """The entry of a tensor at the axes of a result: its dimensions are the last of them."""
        own = dims[len(dims) - len(x.dims):]
        return x.at(*("0" if size_of(a) == 1 and size_of(b) != 1 and atoms_of(a) else b for a, b in zip(x.dims, own)))

    def single(self, x, place) -> Tensor:
        """The tensor with a dimension that is one axis and can be counted along; written anew where it is none."""
        dim = atoms_of(x.dims[place])
        if len(dim) == 1:
            dim[0].range.root.fixed = True
            return x
        return self.merged(x, place)

    def counted_along(self, x, place) -> Tensor:
        """The tensor with a dimension whose entries can be looked up; written anew where its index is computed."""
        x = self.single(x, place)
        if {text for text, axis in x.places if axis in atoms_of(x.dims[place])} <= {"{}"}:
            return x
        own = self.like(x.dims)
        return self.emit("y", own, x.at(*own))

    def is_whole(self, x, place) -> bool:
        """Whether a dimension of a tensor is a whole axis of its array, so that an index outside is outside the array."""
        axes = self.arrays[x.name][1] if x.name in self.arrays else self.equations.get(x.name, ((), ""))[0]
        own = [axis for axis in atoms_of(x.dims[place])]
        return any(text == "{}" and [axis] == own and axis.range.root is whole.range.root
                   for (text, axis), whole in zip(x.places, axes))

    def merged(self, x, place) -> Tensor:
        """The tensor with one axis in place of several: y[m] = Σ [m = n i + j] x[i,j]."""
        own = self.like(x.dims)
        parts = own[place]
        for part in parts:
            part.range.root.fixed = True
        formula = ("*".join("{}" for _ in parts), tuple(part.range for part in parts)) if parts else None
        axis = self.axis(Range(size_of(parts), parts[0].range.root.kind if parts else "p", formula, fixed=True))
        dims = (*own[:place], (axis,), *own[place + 1:])
        right = x.at(*own)
        if parts:
            right = f"sum([{axis} == {counted(parts)}] * {right}, {letters(parts)})"
        return self.emit("y", dims, right)

    # the model

    def needed(self, name) -> set:
        """Names of all arrays that an array is computed from, and its own."""
        found, to_visit = set(), [name]
        while to_visit:
            one = to_visit.pop()
            if one not in found:
                found.add(one)
                text = self.equations[one][1] if one in self.equations else ""
                to_visit += [other for other in re.findall(r"[A-Za-z]\w*", text) if other in self.names]
        return found

    def _renamed(self, cost):
        """The cost, which no equation uses, is called C where nothing else is."""
        if "C" in self.names:
            return cost
        self.equations["C"] = self.equations.pop(cost)
        return "C"

    def model(self, cost) -> Model:
        """The model of the equations that a cost needs.  `shapes` and `sizes` say how large it is in the example."""
        cost = self._renamed(cost)
        needed = self.needed(cost)
        equations = {name: equation for name, equation in self.equations.items() if name in needed}
        arrays = {name: array for name, array in self.arrays.items() if name in needed}
        first = [axes for name, (role, axes) in arrays.items() if role == "given" and self.inputs.get(name)]
        spelling = Spelling(self.book, [*first, *(axes for axes, _ in equations.values()), *(axes for _, axes in arrays.values())],
                            [right for _, right in equations.values()], len(first),
                            {name: axes for name, (_, axes) in arrays.items()} | {name: axes for name, (axes, _) in equations.items()})
        written = {role: " ".join(spelling.left(name, axes) for name, (own, axes) in arrays.items() if own == role)
                   for role in ("given", "parameter")}
        text = "\n".join(spelling.equation(name, axes, right) for name, (axes, right) in equations.items())
        self.shapes = {name: tuple(atom.range.root.size for atom in atoms_of(axes)) for name, (_, axes) in arrays.items()}
        self.sizes = {name: one.size for one, name in spelling.sizes.items() if not one.number}
        return without_idle(Model(spelling.letters(), written["given"], written["parameter"]).write(text))


def without_idle(model):
    """The model without what does not reach the cost: 0 times an array is no use of it."""
    right = {e.quantity.name: {name_of(x) for x in entries(e.right)} for e in model.equations}
    used, to_visit = set(), [model.cost.name]
    while to_visit:
        name = to_visit.pop()
        if name not in used:
            used.add(name)
            to_visit += right.get(name, ())
    model.equations = [e for e in model.equations if e.quantity.name in used]
    model.quantities = {name: q for name, q in model.quantities.items() if name in used}
    return model


# parts of a text

def letters(axes) -> str:
    """The axes of a sum, as they stand at its end."""
    return ", ".join(map(str, axes))


def amount(axis: Axis) -> str:
    """The size of an axis."""
    return "*".join(f"#{atom}" for atom in axis.atoms())


def counted(parts) -> str:
    """The number of an entry, counted along several axes: (i*n + j)*m + k."""
    text = str(parts[0])
    for part in parts[1:]:
        text = f"({text})*{amount(part)} + {part}" if "+" in text else f"{text}*{amount(part)} + {part}"
    return text


def shown(number) -> str:
    """A number as equations write it."""
    number = float(number)
    if number == -np.inf:
        return f"(-{LOWEST})"
    if not np.isfinite(number):
        raise Unreadable(f"{number} is no number that equations can have.")
    text = str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
    text = text if len(text) <= LONGEST_NUMBER else f"{number:.14g}"
    return f"({text})" if number < 0 else text


def plus(number: int) -> str:
    """A whole number that is added: "+2", "-1", or nothing."""
    return f"{number:+d}" if number else ""


def product(*factors) -> str:
    """Factors with * between them, without those that are 1."""
    return " * ".join(factor for factor in factors if factor != "1") or "1"


class Spelling:
    """Names for the ranges of a model, and the letters of each equation."""

    def __init__(self, book, lists, texts, inputs, axes_of):
        self.book, self.sizes, self.stems = book, {}, {}
        self.names, self.numbers = {*axes_of}, {name for name, axes in axes_of.items() if not axes}
        self.of_inputs = {atom.range.root for axes in lists[:inputs] for atom in atoms_of(axes)}
        axes = [axis for one in lists for axis in one]
        axes += [book[int(n)] for text in texts for n in re.findall(r"«(\d+)»", text)]
        ranges = {}
        for axis in axes:
            for atom in axis.atoms():
                self._with_its_formula(atom.range.root, ranges)
        self._name(list(ranges))
        self.most = Counter()  # how often a range stands in one equation

    def _with_its_formula(self, one, ranges):
        """Ranges after those that their sizes are computed from; where those are numbers it is one too."""
        if one not in ranges:
            atoms = [atom for other in (one.formula[1] if one.formula else ()) for atom in other.atoms()]
            for atom in atoms:
                self._with_its_formula(atom, ranges)
            one.number = one.number or bool(atoms) and all(atom.number for atom in atoms)
            ranges[one] = None

    def _name(self, ranges):
        """Letters and a size for each range; they are numbered where several are of one kind."""
        for kind, group in groupby(sorted(ranges, key=lambda one: one.kind), key=lambda one: one.kind):
            group = list(group)
            for place, one in enumerate(group, 0 if kind == "j" and group[0] in self.of_inputs else 1):
                mark = str(one.size if kind == "q" else place) if len(group) > 1 or kind in "qj" else ""
                self.stems[one] = kind, mark
                self.sizes[one] = str(one.size) if one.number else self._free(SIZES[kind] + mark, self.names)
        self.ordered = ranges

    def letters(self):
        """All letters with their ranges, as `bp.model` takes them."""
        found = []
        for one in self.ordered:
            formula = ""
            if one.formula and not one.number:
                text, of = one.formula
                formula = "=" + text.format(*("*".join(self.sizes[atom] for atom in r.atoms()) for r in of)).replace(" ", "")
            names = [self.letter(one, n) for n in range(max(1, self.most[one]))]
            found += [f"{names[0]}:{self.sizes[one]}{formula}", *(f"{name}:{self.sizes[one]}" for name in names[1:])]
        return " ".join(found)

    def letter(self, one, turn):
        """The letter for a range that stands in an equation once more."""
        kind, mark = self.stems[one]
        choice = LETTERS[kind]
        return self._free((choice[turn] if turn < len(choice) else choice[0] * turn) + mark, self.numbers)

    @staticmethod
    def _free(name, taken):
        """The name, or a longer one, that is not taken."""
        while name in taken:
            name = "n" + name
        return name

    def left(self, name, axes, own=None):
        own = {} if own is None else own
        indices = [self._of(atom, own) for atom in atoms_of(axes)]
        return name + (f"[{','.join(indices)}]" if indices else "")

    def _of(self, atom, own):
        """The letter of an axis in an equation whose letters so far are `own`."""
        if atom not in own:
            root = atom.range.root
            turn = sum(other.range.root is root for other in own)
            self.most[root] = max(self.most[root], turn + 1)
            own[atom] = self.letter(root, turn)
        return own[atom]

    def equation(self, name, axes, right):
        own = {}
        left = self.left(name, axes, own)

        def put_in(match):
            atoms = self.book[int(match[2])].atoms()
            if match[1]:
                return "*".join(self.sizes[atom.range.root] for atom in atoms)
            return ",".join(self._of(atom, own) for atom in atoms)

        return f"{left} = " + re.sub(r"(#?)«(\d+)»", put_in, right)
