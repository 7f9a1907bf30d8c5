"""From an explanation of her numbers to names, sentences, and where it begins."""
from dataclasses import dataclass

import numpy as np

from .factors import told as factor_told
from .judging import RIGHT
from .mistakes import TABLE
from .relations import relation
from .result import Finding
from .search import MOST, Search, named
from .variants import ANOTHER, described_otherwise

ROWS = {row.name: row for row in TABLE}
MOST_SHOWN = 4
"""Explanations that are told where several look the same."""

HALF, SINGLE, DOUBLE = 5e-3, 3e-4, 1e-8
"""Relative differences up to which numbers in half, in single and in double precision count as the same."""

REST = 1e-2
"""What an explanation may leave of the difference between hers and the right array."""


@dataclass
class Explained:
    """What gives her numbers.

    ways       lists of (name, where): each explains them;  complete   whether all arrays are explained
    relations  array → in words how it is to the right one;  begins   where it begins, in words
    """

    ways: list
    complete: bool
    relations: dict
    begins: str
    cost: int
    words: str = ""

    def keep(self, other):
        """Of several explanations those that hold at other numbers, too."""
        names = [{name for name, _ in way} for way in other.ways]
        kept = [way for way in self.ways if {name for name, _ in way} in names]
        if kept:
            self.ways = kept
        elif len(other.ways) == 1 and other.complete and not self.complete:
            self.ways = other.ways

    @property
    def findings(self):
        return [[_finding(name, where, self.words) for name, where in way] for way in self.ways[:MOST_SHOWN]]

    def code(self, look):
        from .lines import lines_for
        return lines_for(look)


def _finding(name, where, words=""):
    if name == ANOTHER:
        return Finding(name, words, "05-layers-and-indices", "Reading the indices")
    sentence, notebook, heading = ROWS[name].told() if name in ROWS else factor_told(name)
    return Finding(name, sentence, notebook, heading, where)


def search_of(look):
    """The `Search` at the numbers of a `_Look`; None where the pieces do not give the right gradient."""
    judged, run = look.judged, look.run
    given = {name: one for name, one in judged.given.items() if judged.verdicts[name] != "cannot be decided"}
    hers = {name: np.asarray(one.raw if one.array is None else one.array, float) for name, one in given.items()}
    if not _agrees(run, judged.right) or not all(np.isfinite(array).all() for array in hers.values()):
        return None
    tolerance, unit = (HALF, 1e-3) if judged.half else (SINGLE, 1.2e-7) if judged.single else (DOUBLE, 2e-16)
    return Search(run, hers, min([tolerance, *(REST * one for one in _off(judged))]), unit,
                  {name: one.slack for name, one in given.items()},
                  look.step.after if look.step and look.step.depends != [] else None, look.case.eta)


def _off(judged):
    """How far wrong arrays are off, relative to their largest entries, where that is little: noise is not to be explained."""
    wrong = judged.wrong if judged.softened else judged.near
    return [np.abs(judged.given[name].array - judged.right[name]).max() / (np.abs(judged.right[name]).max() or 1.0)
            for name in wrong if judged.given[name].finite]


def explain(looks):
    """Set `found` of the ways to read her arrays, all of them wrong: with ever more mistakes, until one is explained.

    Only the way with the fewest wrong arrays is explained in part.
    """
    looks = sorted(looks, key=lambda look: len(look.judged.wrong))
    searches = [(look, search_of(look)) for look in looks]
    for most in range(1, MOST + 1):
        for look, search in searches:
            ways = search.found(most) if search else []
            if ways:
                look.found = _explained(look, search, ways)
                return
            if search and most == 1 and (words := described_otherwise(look.run, search)):
                look.found = Explained([[(ANOTHER, "")]], True, {}, "", 1, words)
                return
    for at, (look, search) in enumerate(searches):
        look.found = _explained(look, search, search.in_part() if search and at == 0 else [])


def _explained(look, search, found):
    found = [one for one in found if one.keys]
    cost = min((len(one.keys) + 2 * len(one.unknown) for one in found), default=99)
    complete = bool(found) and not found[0].unknown
    return Explained(_ways(found, search) if found else [], complete, _relations(look, search),
                     _begins(look.judged, look.run), cost)


def _agrees(run, right):
    """Whether the pieces give the right gradient: only then do they say anything about a wrong one."""
    own = run.gradients()
    return all(np.allclose(own[name], right[name], rtol=1e-6, atol=1e-9 * np.abs(right[name]).max()) for name in right)


def _ways(found, search):
    """Explanations as lists of (name, where), the fewest names and the likeliest, each set once."""
    ways = {}
    for one in found:
        for names in named(one, search):
            key = frozenset(names)
            if key and key not in ways:
                ways[key] = [(name, _where(name, one, search.run.depth)) for name in names]
    fewest = min(map(len, ways), default=0)
    kept = [way for key, way in ways.items() if len(key) == fewest]
    likeliest = min(map(_rank, kept), default=0)
    kept = [way for way in kept if _rank(way) == likeliest]
    return sorted(kept, key=lambda way: [_place(name) for name, _ in way])


def _rank(way):
    return max(ROWS[name].rank if name in ROWS else 0 for name, _ in way)


def _place(name):
    return ([*ROWS].index(name),) if name in ROWS else (-1,)


def _where(name, found, depth):
    layers = sorted({layer for other, layer in found.made if other == name})
    if not layers or depth == 1:
        return ""
    return f"layer{'s' * (len(layers) > 1)} {' and '.join(map(str, layers))}"


def _relations(look, search):
    told, tolerance = {}, search.tolerance if search else DOUBLE
    for name in look.judged.wrong:
        layer, run, given = int(name[1:]), look.run, look.judged.given[name]
        if given.odd or not given.finite:
            told[name] = _odd(given, look.judged.right[name])
            continue
        parameter = look.reading.parameters_float[name]
        right, hers = look.judged.right, given.array.astype(float)
        told[name] = relation(hers, right[name], parameter, run, tolerance, look.case.eta, layer, right[f"W{layer}"])
    return {name: words for name, words in told.items() if words}


def _odd(given, right):
    if given.array is not None and not given.finite:
        return "holds nan or inf: something is divided by 0, or too large for floats"
    words = f"has shape {given.raw.shape}, and its parameter has {right.shape}"
    return words + (": the update spreads it over all of it without a word" if given.odd == "spread" else "")


def _begins(judged, run):
    """Where it begins, in words: the last layer whose arrays are wrong, seen from the cost."""
    if not judged.wrong:
        return ""
    layer = max(int(name[1:]) for name in judged.wrong)
    wrong = [name for name in judged.wrong if int(name[1:]) == layer]
    own = [name for name in judged.verdicts if int(name[1:]) == layer]
    above = [name for name, verdict in judged.verdicts.items() if int(name[1:]) > layer and verdict == RIGHT]
    alone = judged.wrong == wrong and len(wrong) == 1 and _below(judged, layer)
    if len(wrong) < len(own) or alone:
        return (f"It begins at d{wrong[0]}: the error term of layer {layer} is right, since "
                f"{', '.join('d' + n for n in own + _below(judged, layer) if n not in judged.wrong)} "
                "and what follows from it are right.")
    if above:
        return (f"It begins in layer {layer}: the error term of layer {layer + 1} is right, that of layer {layer} is "
                "not.")
    if layer < run.depth:
        return f"Nothing is known of the gradients above layer {layer}, so it may begin there."
    return f"It begins in the last layer, {layer}." if run.depth > 1 else ""


def _below(judged, layer):
    return [name for name, verdict in judged.verdicts.items() if int(name[1:]) < layer and verdict == RIGHT]
