"""What a text may mean, and which of it it does mean.

A text leaves much open that its reader knows: whether it speaks of one sample or of a batch, of which layer a letter without
a number is, whether samples stand in rows or in columns, whether a number above a letter is a power.  All that it may mean is
tried, and it means that of which most lines are right.
"""
import re
from dataclasses import dataclass, replace
from itertools import product

from ..conventions import TABLE, convention
from ..networks import Dense, Network
from ..notation import DEFAULT
from .judging import Finding, Judge
from .names import ModelNames, NetworkNames
from .reading import Reader
from .sites import Mode, modes, sites
from .tree import Derivative, Diagonal, Entry, Letter, Number, Over, Own, Partial, Size, Transpose, walk

MOST = 40
"""Ways to read one text that are tried."""


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

    notation: object = DEFAULT
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
        return (findings.count(Finding.UNREADABLE), findings.count(Finding.UNDECIDED),
                len(wrong), -(wrong[0] if wrong else len(findings)), self.misfits, self.strangeness)

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


def understood(network, lines, notation=None, of=None) -> Understood:
    """The reading of a text of which most lines are right.  `notation` is None where the letters are to be recognised."""
    best = _best(network, lines, _first_notation(network, notation), of)
    if notation is not None or not isinstance(network, Network) or not _looks_foreign(best):
        return best
    rows = _readable(network, lines, best.score[0])
    better = min((_best(network, lines, row, of) for row in rows), key=lambda one: one.score, default=best)
    return min(best, better, key=lambda one: one.score)


def _looks_foreign(found):
    """Whether a text has letters that this course does not have, and is not right as it was read."""
    unreadable = any(line.finding is Finding.UNREADABLE for line in found.lines)
    return unreadable or bool(found.judge.names.guessed) and any(line.finding is Finding.BROKEN for line in found.lines)


def _readable(network, lines, at_most):
    """The notations in which fewest lines cannot be read, where these are no more than `at_most`."""
    counted = {}
    for row in TABLE.values():
        if row is not DEFAULT:
            _, reads = _reader(network, lines, Meant(row, (), row.layer.startswith("^{{{")))
            counted[row.name] = sum(any(chain.problems for chain in read.chains) for read in reads)
    least = min(counted.values())
    return [TABLE[name] for name, count in counted.items() if count == least] if least <= at_most else []


def _first_notation(network, notation):
    return convention(notation) if notation is not None and isinstance(network, Network) else DEFAULT


def _best(network, lines, notation, of):
    found = []
    for meant in _ways(network, lines, notation, of):
        found.append(_judged(network, lines, meant))
        if found[-1].is_right:
            break
    return min(found, key=lambda one: one.score)


def _reader(network, lines, meant):
    names = NetworkNames(network, meant.notation, dict(meant.layer_of)) if isinstance(network, Network) else ModelNames(network)
    reader = Reader(names, meant.layers_above)
    return reader, reader.read(lines)


def _judged(network, lines, meant):
    reader, reads = _reader(network, lines, meant)
    judge = Judge(reader, sites(network, meant.mode, _names_single_units(network, reads)), meant)
    return Understood(meant, judge, judge.lines(reads))


def _trees(reads):
    return [side for read in reads for chain in read.chains for side in chain.sides if side is not None]


def _nodes(reads):
    return [part for tree in _trees(reads) for part in walk(tree)]


def _names_single_units(network, reads):
    """Whether single units are named by number, in a network small enough to be taken as it is."""
    if not isinstance(network, Network) or not isinstance(network.structure, Dense) or max(network.structure.sizes) > 6:
        return False
    return any(isinstance(at, Number) for part in _nodes(reads) if isinstance(part, (Entry, Own)) for at in part.indices or ())


# the ways

def _ways(network, lines, notation, of):
    """What is to be tried, the usual first."""
    count = 0
    for above, layer_of in _ways_to_read(network, lines, notation, of):
        first = Meant(notation, layer_of, above)
        reader, reads = _reader(network, lines, first)
        for mode, matrices, partials in _ways_to_value(network, reads, reader.names):
            yield replace(first, mode=mode, matrices=matrices, partials=partials)
            count += 1
            if count >= MOST:
                return


def _ways_to_read(network, lines, notation, of):
    if not isinstance(network, Network):
        return [(False, ())]
    above = notation.layer.startswith("^{{{")
    powers = len(getattr(network.structure, "sizes", ())) > 1 and any(re.search(r"[A-Za-zα-ω_\]}]\^?\{?[\d²³¹⁴⁰]", line.text)
                                                                       for line in lines)
    kinds = [above, not above] if powers and isinstance(network.structure, Dense) else [above]
    return [(kind, layer_of) for kind in kinds for layer_of in _layers(network, lines, notation, of, kind)]


def _layers(network, lines, notation, of, above):
    """Which layers letters may belong to that stand at names without a number."""
    reader, reads = _reader(network, lines, Meant(notation, (), above))
    letters = sorted(reader.names.unclear)
    if not letters:
        return [()]
    count = reader.names.layers
    asked = int(re.sub(r"\D", "", of) or count) if isinstance(of, str) else count
    options = []
    for layers in product(range(count, -1, -1), repeat=len(letters)):
        found = dict(zip(letters, layers))
        if "l" in found and not 1 <= found["l"] <= count:
            continue
        options.append(found)
    fitting = [found for found in options if _consistent(reads, lines, found)]
    fitting = fitting or options
    usual = _usual(notation, asked)
    fitting.sort(key=lambda found: sum(found[at] != usual.get(at, found[at]) for at in letters))
    return [tuple(found.items()) for found in fitting[:MOST]]


def _usual(notation, layer):
    """The layers that a text's letters for units count, in a formula about this layer."""
    this, before, after = notation.units
    return {this: layer, before: layer - 1, after: layer + 1, "l": layer}


WEIGHT = re.compile(r"(?:\\?[wWΩΘ]|\\(?:Theta|Omega)|theta)(?:\^\{?\(?l\)?\}?)?_\{?([A-Za-z]),?([A-Za-z])\}?|[wW]([ᵢⱼₖₗₘₙ])([ᵢⱼₖₗₘₙ])")
SUB = dict(zip("ᵢⱼₖₗₘₙ", "ijklmn"))


def _consistent(reads, lines, found):
    """Whether the two letters of each weight without a number count neighbouring layers."""
    for line in lines:
        for match in WEIGHT.finditer(line.text):
            one, other = [SUB.get(at, at) for at in match.groups() if at]
            if one in found and other in found and abs(found[one] - found[other]) != 1:
                return False
    return True


def _ways_to_value(network, reads, names):
    nodes = _nodes(reads)
    bare = any(isinstance(part, Entry) and part.indices is None for part in nodes)
    batch = any(_speaks_of_batch(part, names, network) for part in nodes)
    own = ["rows", "columns"]
    if isinstance(network, Network):
        own = own if names.notation.samples == "rows" and batch else own[::-1]
    partials = ["nearest", "total"] if any(isinstance(part, Partial) and isinstance(part.of, Entry) and part.of.array not in (
        "C", "losses") for part in nodes) else ["nearest"]
    matrices = any(isinstance(part, (Transpose, Diagonal)) for part in nodes)
    layouts = [*own, *([] if matrices else [""])] if bare else [""]
    return [(mode, matrices, partial) for partial in partials for mode in modes(network, batch) for matrices in layouts]


def _speaks_of_batch(part, names, network):
    """Whether a part of a formula makes sense for a batch alone: N, a sum over the samples, the index of a sample."""
    if isinstance(part, Size):
        return part.name == "N"
    if isinstance(part, Over):
        return names.sample in part.letters
    return False
