"""The question of a lesson as an exercise: its wrong answers are derived, and named, as those of exercises are."""
from dataclasses import dataclass, replace
from functools import cached_property

from ..coursework.exercises import Formula
from ..coursework.mistake import alone, anywhere
from ..coursework.mistakes import TABLE
from ..layout import all_quantities
from ..lines.tree import Number, Partial
from ..networks import Network
from .goal import goals


@dataclass(frozen=True, eq=False)
class Asked(Formula):
    """The question of a lesson as an exercise, whose right answer and mistakes are derived like those of any other.

    known  error terms that an answer may be written with as well, without being what the mistakes are made in
    """

    known: tuple = ()

    @property
    def allowed(self):
        return list(dict.fromkeys((*super().allowed, *self.known)))

    @cached_property
    def whole(self):
        """The whole way from the cost: an answer may be written out down to there."""
        return replace(self.context, lines=self.answers.program(self.asks, ()))

    @property
    def contexts(self):
        return (self.context,) if self.line.of_batch else (self.context, self.whole)  # a page has no room for two more

    @cached_property
    def with_a_mistake(self):
        places = {self.context: alone, self.whole: anywhere}
        return tuple(dict.fromkeys(((row.name,), lines) for context, some in places.items() for row in TABLE.values()
                                   for lines in row.variants(context, some)))


def asked(id: str, network: Network, text: str) -> Asked | None:
    """The exercise that asks for what a text says, "∂C/∂w1_jk"; None for what is no derivative of the cost, nor of one
    equation."""
    goal = goals(network, text)[0]
    name = _line(goal, network)
    if name is None:
        return None
    indices = _indices(goal, name)
    entry = tuple(at for at in indices if isinstance(at, int))
    terms = [one for one in all_quantities(network) if one.startswith("delta") and one != name]
    own = "delta" + _weighted_sum(network, goal.key[1]).removeprefix("z") if goal.key[0] == "cost" else ""
    row = Asked(id, "", "", "", make=lambda: network, ask=name, entry=entry, known=tuple(terms),
                given=tuple(one for one in terms if one != own))
    try:
        letters = [at for at in row.letters(name) if at != "s"]
    except KeyError:  # a derivative that no step of the derivation has
        return None
    if name.startswith("∂") and entry or entry and len(entry) < len(indices) or not entry and len(letters) != len(indices):
        return None
    return row if entry or letters == indices else replace(row, units=dict(zip(letters, indices)))


def _indices(goal, name):
    """The indices of what is asked for, each a letter or a number; that of the sample is left out."""
    of, by = (goal.tree.of, goal.tree.by) if isinstance(goal.tree, Partial) else (None, goal.tree)
    written = [at for entry in ((of, by) if name.startswith("∂") else (by,)) for at in getattr(entry, "indices", None) or ()]
    found = [int(at.value) if isinstance(at, Number) else at.name for at in written]
    return [*dict.fromkeys(at for at in found if at != "s")] if name.startswith("∂") else [at for at in found if at != "s"]


def _line(goal, network):
    """The name of the line for what is asked for; None where there is none."""
    what, name = goal.key
    if what in network.quantities and what != "value":
        return f"∂{what}/∂{name}"
    of = goal.tree.of.array if isinstance(goal.tree, Partial) else "losses"
    kind = network.quantities[name].kind if what == "cost" else ""
    if kind in ("W", "b"):
        return f"d{name}" if of == "C" else f"d{name} of a sample"
    stem = {"z": "delta", "a": "da"}.get(kind)
    return stem + name.removeprefix(kind) if stem and of == "losses" else None


def _weighted_sum(network, name):
    """The weighted sum of the layer or neuron that an array belongs to."""
    mark = network.quantities[name].mark
    mark = mark[-1] if isinstance(mark, tuple) else mark
    return next(one.name for one in network.quantities.values() if (one.kind, one.mark) == ("z", mark))
