"""Questions of lessons, judged in a page: a stored question → the same with a field, where the page can judge it."""
import json
import re
from dataclasses import dataclass, replace
from html import unescape

from ..asking.goal import goals
from ..coursework.exercises import Formula
from ..errors import InputError
from ..languages import Language
from ..layout import all_quantities
from ..lines.tree import Number, Partial
from ..networks import Network
from ..recipe import network_of
from . import facts

STORED = re.compile(r'(<div.*?)(<details>.*</details>)<p><small data-question="([^"]*)">.*?</small></p></div>', re.S)


@dataclass(frozen=True, eq=False)
class Asked(Formula):
    """The question of a lesson as an exercise, whose right answer and mistakes are derived like those of any other.

    known  error terms that an answer may be written with as well, without being what the mistakes are made in
    """

    known: tuple = ()

    @property
    def allowed(self):
        return list(dict.fromkeys((*super().allowed, *self.known)))


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


# a page

def placed(html: str, id: str, language: Language) -> str:
    """The HTML of a question with a field in it; as it is where this page cannot judge.

    id   of the field on its page
    """
    found = STORED.fullmatch(html.strip())
    place = _place(json.loads(unescape(found[3])), id, language) if found else ""
    return f"{found[1]}{place}{found[2]}</div>" if found and place else html


def _place(asks, id, language):
    if asks["kind"] == "guess":
        sentences = {"exact": "That is it.", "high": "Your guess is {distance} too high.",
                     "low": "Your guess is {distance} too low.", "told": "It is {number}."}
        filled = {place: f"{{{place}}}" for place in ("distance", "number")}
        data = {**asks, "sentences": {name: language.phrase(text, **filled) for name, text in sentences.items()}}
        return facts.place(id, data, facts.words(language, "Your guess"), language)
    try:
        row = asked(id, network_of(asks["network"]), asks["goal"])
    except InputError:  # with an activation or a loss that its notebook has added
        row = None
    if row is None:
        return ""
    return facts.place(id, {"kind": "formula", **facts.of_values(row)}, facts.words(language, "Your formula"), language)
