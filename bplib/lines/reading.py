"""From lines to trees: chains of equalities that go on from line to line, and names of the learner's own.

What is read here may still mean several things (see `readings`); everything that numbers decide comes after.
"""
import re
from dataclasses import dataclass, field, replace

from ..errors import InputError
from ..formula.tokens import GREEK, SUBSCRIPTS
from .grammar import parse
from .names import Written
from .tree import Entry, Letter, Node, Number, Own, walk

PLAIN = re.compile(r"(?P<base>[A-Za-zα-ωΑ-Ω]+\d*)(?P<layer>\^[({\[]*[\w+-]+[)}\]]*)?"
                   r"(?P<sub>_\{[\w,\s]*\}|_\w+|[ᵢⱼₖₗₘₙₛₜ₀-₉]+|\[[\w,\s]*\])?(?P<after>\^[({\[]*[\w+-]+[)}\]]*)?")
"""A name with its layer and its indices, and nothing else."""

DEEPEST = 20


@dataclass(frozen=True)
class Meaning:
    """A name of the learner's own.

    key       what an `Own` node calls it, other than any meaning that the name had before
    places    its indices as it was defined: letters, and numbers as text
    tree      what it was defined as
    layer     the layer of its letter, where its name carries none; None where that does not matter
    layer_of  letter → layer, as for other names
    depth     how many names stand for one another in it
    """

    key: str
    name: str
    places: tuple
    tree: Node
    layer: object = None
    layer_of: dict = field(default_factory=dict, compare=False)
    depth: int = 1

    @property
    def letters(self):
        return tuple(at for at in self.places if at.isalpha())

    def fits(self, indices):
        """Whether a name with these indices is this one."""
        if not indices:
            return True
        if len(indices) != len(self.places):
            return False
        numbers = all(isinstance(at, Number) and at.value == float(place) for at, place in zip(indices, self.places)
                      if place.isdigit())
        first = indices[0]
        return numbers and (self.layer is None or not isinstance(first, Letter)
                            or self.layer_of.get(first.name, self.layer) == self.layer)

    def value(self, world, indices):
        """Its value with other letters in the place of its own."""
        value = world.value(self.tree)
        indices = [at for at, place in zip(indices, self.places) if place.isalpha()]
        if not indices or value.axes == ("rows", "columns"):
            return value
        renamed = {place: at for place, at in zip(self.letters, indices) if place in value.axes}
        rest = [at for at in value.axes if at not in renamed]
        order = [value.axes.index(at) for at in (*rest, *renamed)]
        return world.at_indices(value.array.transpose(order), (*map(Letter, rest), *renamed.values()))

    def entry(self, indices):
        """The entry that it is another name for; None where it is a name for a formula."""
        if not isinstance(self.tree, Entry) or self.tree.indices is None:
            return self.tree if isinstance(self.tree, Entry) else None
        new = {place: at for place, at in zip(self.places, indices)}
        return replace(self.tree, indices=tuple(new.get(getattr(at, "name", None), at) for at in self.tree.indices))


@dataclass
class Chain:
    """Sides that are set equal.

    sides     trees; None for one that cannot be read
    problems  why, for each that cannot be read
    goes_on   whether the first side stands in the line before
    meaning   what the chain defines, None where it defines nothing
    """

    sides: list
    problems: list
    goes_on: bool
    meaning: Meaning | None = None


@dataclass
class Read:
    """A line as it was read: its chains, or that it is a remark without any formula."""

    line: object
    chains: list
    remark: bool = False


class Reader:
    """Reads all lines with one set of names."""

    def __init__(self, names, layers_above=False):
        self.names, self.layers_above, self.own, self.meanings = names, layers_above, {}, {}

    def read(self, lines):
        found = []
        for line in lines:
            chains = [self.chain(sides, defines) for sides, defines in zip(line.equations, line.defines)]
            alone = len(chains) == 1 and len(chains[0].sides) == 1 and not chains[0].goes_on
            remark = alone and bool(chains[0].problems) and not re.search(r"[∂=_^]|\\frac", line.text)
            found.append(Read(line, chains, remark))
        return found

    def chain(self, sides, defines):
        goes_on = len(sides) > 1 and not sides[0]
        texts = list(sides[1:] if goes_on else sides)
        defined = None if goes_on or len(texts) < 2 else self.defined_name(texts[0], defines)
        if defined is None:
            trees, problems = self.trees(texts)
            return Chain(trees, problems, goes_on)
        trees, problems = self.trees(texts[1:])
        if trees[0] is not None and self.depth(trees[0]) > DEEPEST:
            trees[0] = problems.append((texts[1], f"Names stand for names more than {DEEPEST} times over."))
        if trees[0] is None:
            return Chain([None, *trees], problems, goes_on)
        meaning = self.define(defined, trees[0])
        indices = tuple(Letter(at) if at.isalpha() else Number(float(at)) for at in meaning.places)
        own = Own(meaning.key, indices, Written(defined.base, defined.layer, indices))
        return Chain([own, *trees], problems, goes_on, meaning)

    def trees(self, texts):
        trees, problems = [], []
        for text in texts:
            try:
                trees.append(self.names.read(parse(text, self.names, self.find, self.layers_above)))
            except InputError as problem:
                trees.append(None)
                problems.append((text, str(problem)))
        return trees, problems

    # names of the learner's own

    def defined_name(self, text, defines):
        """The name on a left side that is to be defined: after := any name, after = one that has no meaning yet."""
        written = self._plain_name(text)
        if written is None:
            return None
        if defines:
            return written
        try:
            parse(text, self.names, self.find, self.layers_above)
        except InputError:
            return None if self.names.kinds(written.base) else written
        single = len(written.base) == 1 and not written.indices and not written.layer
        unknown = single and self._is_only_a_letter(text)
        return written if unknown else None

    def _is_only_a_letter(self, text):
        tree = parse(text, self.names, self.find, self.layers_above)
        return isinstance(tree, Letter)

    @staticmethod
    def _plain_name(text):
        """A name with indices and nothing else, as it is written; None for anything else."""
        match = PLAIN.fullmatch(text.strip())
        if match is None:
            return None
        base = "".join(GREEK.get(c, c) for c in match["base"])
        sub = "".join(SUBSCRIPTS.get(c, c) for c in match["sub"] or "").strip("_{}[] ")
        letters = re.findall(r"[^,\s]+" if "," in sub else r"[A-Za-z]'*|\d+", sub)
        layer = (match["layer"] or match["after"] or "").strip("^(){}[]")
        return Written(base, layer, tuple(letters))

    def depth(self, tree):
        """How many names of the learner's own stand for one another in a formula."""
        return 1 + max((self.meanings[part.name].depth for part in walk(tree) if isinstance(part, Own)), default=0)

    def find(self, base, layer, indices):
        """What the learner has defined by a name last; None where it is nothing of hers."""
        found = self.own.get(spelled(base, layer), ())
        return next((meaning for meaning in reversed(found) if meaning.fits(indices)), None)

    def define(self, written, tree):
        letters = [at for at in written.indices if at.isalpha()]
        unmarked = bool(letters) and bool(self.names.layer_of) and not written.layer
        name = spelled(written.base, written.layer)
        layer = self.names.layer_of.get(letters[0]) if unmarked else None
        meaning = Meaning(f"{name} {len(self.meanings)}", name, written.indices, tree, layer, self.names.layer_of,
                          self.depth(tree))
        self.own[name] = (*self.own.get(name, ()), meaning)
        self.meanings[meaning.key] = meaning
        return meaning


def spelled(base, layer):
    """A name with its layer, as names of the learner's own are kept."""
    return base + (f"^{layer}" if layer else "")
