"""What a text may mean, and which of it it does mean.

A text leaves much open that its reader knows: whether it speaks of one sample or of a batch, of which layer a letter
without a number is, whether samples stand in rows or in columns, whether a number above a letter is a power.  All that
it may mean is tried, and it means that of which most lines are right.
"""
import re
from dataclasses import dataclass, replace
from itertools import islice, product

from ..conventions import TABLE, convention
from ..networks import Dense, Network
from ..notation import DEFAULT, Notation
from .judging import Finding, Judge
from .model_names import ModelNames
from .network_names import NetworkNames
from .reading import Reader
from .sites import Mode, modes, sites
from .tree import Diagonal, Entry, Letter, Number, Over, Own, Partial, Size, Transpose, walk

MOST, MOST_OF_OTHERS = 20, 18
"""Ways to read one text that are tried in the letters that are expected, and in those of all other texts together."""


@dataclass(frozen=True)
class Meant:
    """One way to read a text.

    notation      whose letters
    layer_of      pairs (letter, layer), for names without a number
    layers_above  whether a number above a letter is its layer
    mode          one sample or a batch
    matrices      where samples stand, "rows" or "columns", where names have no indices; "" where they have
    partials      "nearest" or "total", see `values`
    """

    notation: Notation = DEFAULT
    layer_of: tuple = ()
    layers_above: bool = False
    mode: Mode = Mode(False)
    matrices: str = ""
    partials: str = "nearest"


@dataclass
class Understood:
    """A text as it was understood, with what was found about each line."""

    meant: Meant
    judge: Judge
    lines: list

    @property
    def score(self):
        """How much speaks against this reading, most important first."""
        findings = [line.finding for line in self.lines]
        wrong = [n for n, finding in enumerate(findings) if finding is Finding.BROKEN]
        return (sum(bool(line.problems) for line in self.lines), findings.count(Finding.UNDECIDED), len(wrong),
                -(wrong[0] if wrong else len(findings)), self.meant.mode.batch, self.misfits, self.strangeness)

    @property
    def misfits(self):
        """How many lines have indices or shapes that do not fit."""
        return sum(line.broken is not None and bool(line.broken.why) for line in self.lines)

    @property
    def is_right(self):
        return all(line.finding in (Finding.FOLLOWS, Finding.REMARK) for line in self.lines)

    @property
    def strangeness(self):
        """How many names had to be taken for something else than they say."""
        names = self.judge.names
        without_sign = sum(chain.meaning is not None and not defines for line in self.lines
                           for chain, defines in zip(line.read.chains, line.read.line.defines))
        return len(names.guessed) + len(names.strange) + without_sign


def understood(network, lines, notation=None, of=None, batch=False) -> Understood:
    """The reading of a text of which most lines are right.

    notation  None where letters are to be recognised
    batch     whether the text has to speak of a batch
    """
    text = _Text(network, lines, of, batch)
    best = text.best(_first_notation(network, notation))
    if notation is not None or not isinstance(network, Network) or not _looks_foreign(best):
        return best
    rows = text.readable(best.score[0])
    for row in rows:
        best = min(best, text.best(row, max(2, MOST_OF_OTHERS // len(rows))), key=lambda one: one.score)
        if best.is_right:
            break
    return best


def _looks_foreign(found):
    """Whether a text has letters that this course does not have, and is not right as it was read."""
    unreadable = any(line.problems for line in found.lines)
    return unreadable or bool(found.judge.names.guessed) and any(line.finding is Finding.BROKEN for line in found.lines)


def _first_notation(network, notation):
    return convention(notation) if notation is not None and isinstance(network, Network) else DEFAULT


def _trees(reads):
    return [side for read in reads for chain in read.chains for side in chain.sides if side is not None]


def _nodes(reads):
    return [part for tree in _trees(reads) for part in walk(tree)]


def _names_single_units(network, reads):
    """Whether single units are named by number, in a network small enough to be taken as it is."""
    if not isinstance(network, Network) or not isinstance(network.structure, Dense) or max(network.structure.sizes) > 6:
        return False
    named = [part for part in _nodes(reads) if isinstance(part, (Entry, Own))]
    return any(isinstance(at, Number) for part in named for at in part.indices or ())


class _Text:
    """A text, and each way to read it, which is read once.

    of     what is to be derived, where that is known
    batch  whether it has to speak of a batch
    """

    def __init__(self, network, lines, of, batch):
        self.network, self.lines, self.of, self.batch, self.kept = network, lines, of, batch, {}

    def read(self, meant):
        """Names, and the lines as they are read with them."""
        key = meant.notation.name, meant.layer_of, meant.layers_above
        if key not in self.kept:
            names = NetworkNames(self.network, meant.notation, dict(meant.layer_of)) if isinstance(
                self.network, Network) else ModelNames(self.network)
            reader = Reader(names, meant.layers_above)
            self.kept[key] = reader, reader.read(self.lines)
        return self.kept[key]

    def judged(self, meant):
        reader, reads = self.read(meant)
        judge = Judge(reader, sites(self.network, meant.mode, _names_single_units(self.network, reads)), meant)
        return Understood(meant, judge, judge.lines(reads))

    def best(self, notation, most=MOST):
        """The best way to read it in these letters."""
        found = []
        for meant in islice(self.ways(notation), most):
            found.append(self.judged(meant))
            if found[-1].is_right:
                break
        return min(found, key=lambda one: one.score)

    def readable(self, at_most):
        """The notations in which fewest lines cannot be read, where these are no more than `at_most`."""
        counted = {}
        for row in TABLE.values():
            if row is not DEFAULT:
                _, reads = self.read(Meant(row, (), _superscripts_are_layers(row)))
                counted[row.name] = sum(any(chain.problems for chain in read.chains) for read in reads)
        least = min(counted.values())
        return [TABLE[name] for name, count in counted.items() if count == least] if least <= at_most else []

    # the ways

    def ways(self, notation):
        """What is to be tried, the usual first; that ∂ is written for d throughout comes after all else."""
        readings = self.ways_to_read(notation)
        yield from self.ways_with(notation, readings, ("nearest", "total"))
        yield from self.ways_with(notation, readings, ("everywhere",))

    def ways_with(self, notation, readings, partials):
        for above, layer_of in readings:
            first = Meant(notation, layer_of, above)
            reader, reads = self.read(first)
            for mode, matrices, partial in _ways_to_value(self.network, reads, reader.names, self.batch, partials):
                yield replace(first, mode=mode, matrices=matrices, partials=partial)

    def ways_to_read(self, notation):
        if not isinstance(self.network, Network):
            return [(False, ())]
        above = _superscripts_are_layers(notation)
        powers = isinstance(self.network.structure, Dense) and len(self.network.structure.activations) > 1 and any(
            POWER.search(line.text) for line in self.lines)
        return [(kind, layer_of) for kind in ([above, not above] if powers else [above])
                for layer_of in self.layers(notation, kind)]

    def layers(self, notation, above):
        """Which layers letters may belong to that stand at names without a number."""
        reader, _ = self.read(Meant(notation, (), above))
        letters = sorted(reader.names.unclear)
        if not letters:
            return [()]
        count = reader.names.layers
        asked = int(re.sub(r"\D", "", self.of or "") or count)
        options = [dict(zip(letters, layers)) for layers in product(range(count, -1, -1), repeat=len(letters[:4]))]
        options = [found for found in options if 1 <= found.get("l", 1) <= count]
        fitting = [found for found in options if _neighbours(self.lines, found)] or options
        fitting.sort(key=lambda found: (_strange(found, _usual(notation, found.get(notation.units[0], asked))),
                                        _strange(found, _usual(notation, asked))))
        return [tuple(found.items()) for found in fitting[:MOST]]


POWER = re.compile(r"[A-Za-zα-ω_\]}]\^?\{?[\d²³¹⁴⁰]")


def _superscripts_are_layers(notation):
    return notation.layer.startswith("^{{{")


def _strange(found, usual):
    """How many letters count another layer than they usually do."""
    return sum(found[at] != usual.get(at, found[at]) for at in found)


def _usual(notation, layer):
    """The layers that a text's letters for units count, in a formula about this layer."""
    this, before, after = notation.units
    return {this: layer, before: layer - 1, after: layer + 1, "l": layer}


WEIGHT = re.compile(r"(?:\\?[wWΩΘ]|\\(?:Theta|Omega)|theta)(?:\^\{?\(?l\)?\}?)?_\{?([A-Za-z]),?([A-Za-z])\}?|"
                    r"[wW]([ᵢⱼₖₗₘₙ])([ᵢⱼₖₗₘₙ])")
SUB = dict(zip("ᵢⱼₖₗₘₙ", "ijklmn"))


def _neighbours(lines, found):
    """Whether the two letters of each weight without a number count neighbouring layers."""
    for line in lines:
        for match in WEIGHT.finditer(line.text):
            one, other = [SUB.get(at, at) for at in match.groups() if at]
            if one in found and other in found and abs(found[one] - found[other]) != 1:
                return False
    return True


def _ways_to_value(network, reads, names, batch, partials):
    """What values may be meant; of the `partials`, all but the nearest wait for a derivative of something inside."""
    nodes = _nodes(reads)
    bare = any(isinstance(part, Entry) and part.indices is None for part in nodes)
    batch = batch or any(_speaks_of_batch(part, names, network) for part in nodes)
    own = ["rows", "columns"]
    if isinstance(network, Network):
        own = own if names.notation.samples == "rows" and batch else own[::-1]
    local = any(isinstance(part, Partial) and isinstance(part.of, Entry) and part.of.array not in ("C", "losses")
                for part in nodes)
    partials = [partial for partial in partials if local or partial == "nearest"]
    matrices = any(isinstance(part, (Transpose, Diagonal)) for part in nodes)
    layouts = [*own, *([] if matrices else [""])] if bare else [""]
    return [(mode, matrices, partial) for partial in partials for mode in modes(network, batch) for matrices in layouts]


def _speaks_of_batch(part, names, network):
    """Whether a part of a formula makes sense for a batch alone: N, a sum over the samples, the index of a sample."""
    if isinstance(part, Size):
        return part.name == "N"
    if isinstance(part, Over):
        return names.sample in part.letters
    written = part.written if isinstance(part, Entry) and part.array not in ("C", "losses") else None
    return written is not None and any(isinstance(at, Letter) and at.name == names.sample for at in written.indices)
