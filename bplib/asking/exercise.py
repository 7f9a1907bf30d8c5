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
    def contexts(self):
        """The last step, and the whole way from the cost: an answer may be written out down to there."""
        return self.context, replace(self.context, lines=self.answers.program(self.asks, ()))

    @cached_property
    def with_a_mistake(self):
        places = zip(self.contexts, (alone, anywhere))
        return tuple(dict.fromkeys(((row.name,), lines) for context, some in [*places] for row in TABLE.values()
                                   for lines in row.variants(context, some)))


def asked(id: str, network: Network, text: str) -> Asked | None:
    """The exercise that asks for what a text says, "∂C/∂w1_jk"; None for what is no derivative of the cost."""
    goal = goals(network, text)[0]
    name = _line(goal, network)
    if name is None:
        return None
    entry_of = goal.tree.by if isinstance(goal.tree, Partial) else goal.tree
    indices = [int(at.value) if isinstance(at, Number) else at.name for at in getattr(entry_of, "indices", None) or ()]
    indices = [at for at in indices if at != "s"]
    entry = tuple(at for at in indices if isinstance(at, int))
    terms = [one for one in all_quantities(network) if one.startswith("delta") and one != name]
    own = "delta" + _weighted_sum(network, goal.key[1]).removeprefix("z")
    row = Asked(id, "", "", "", make=lambda: network, ask=name, entry=entry, known=tuple(terms),
                given=tuple(one for one in terms if one != own))
    letters = [at for at in row.letters(name) if at != "s"]
    if entry and len(entry) < len(indices) or not entry and len(letters) != len(indices):
        return None
    return row if entry or letters == indices else replace(row, units=dict(zip(letters, indices)))


def _line(goal, network):
    """The name of the line for what is asked for; None where there is none."""
    what, name = goal.key
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
