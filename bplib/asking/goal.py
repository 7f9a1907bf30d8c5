"""What a question asks for: a derivative, an error term or another quantity of a network, as it is written on paper."""
from dataclasses import dataclass
from functools import cached_property

from ..errors import InputError
from ..lines.arriving import is_elsewhere
from ..lines.check import as_read, examined
from ..lines.readings import understood
from ..lines.text import lines_of
from ..lines.tree import Derivative, Entry, Own, Partial, walk
from ..lines.writing import latex, plain
from ..models.model import Model
from ..networks import Network, checked_network
from ..notation import DEFAULT
from .layers import at_layer, is_open

EXAMPLES = '"∂C/∂w", "∂C/∂w1_jk", "δ1_j", "∂a/∂z" or "z"'


@dataclass(frozen=True)
class Goal:
    """What is asked for.

    network   whose quantity it is
    text      as it is written, "∂C/∂w"
    tree      as it is understood
    latex     LaTeX of it, as it is written
    notation  whose letters it has, None where that is left open
    layer     what l stands for, where the layer is left open
    """

    network: Network | Model
    text: str
    tree: object
    latex: str
    notation: object = None
    layer: int | None = None

    @cached_property
    def key(self):
        return key_of(self.tree, self.network)

    @property
    def of(self):
        """The array with respect to which the cost is to be differentiated, for `check_derivation`; None for others."""
        return self.key[1] if isinstance(self.tree, Partial) and self.key[0] == "cost" else None

    # an answer

    def examined(self, text):
        """A text about it, with the verdict on each line (`lines.check.Examined`); it may give no new meaning to what is
        asked for, as it would where another text has no such letter."""
        text = at_layer(text, self.layer)
        found = examined(self.network, text, self.of, self.notation)
        if self.notation is None and any(map(self._is_redefined, found.found.lines)):
            return examined(self.network, text, self.of, DEFAULT.name)
        return found

    def _is_redefined(self, line):
        asked = getattr(self.tree, "written", None)
        return asked is not None and any(link.defines and link.left.written.base == asked.base for link in line.links)

    def understood(self, text):
        """A text about it, as it is understood."""
        return understood(self.network, lines_of(at_layer(text, self.layer)), self.notation, self.of)

    def shown(self, text, found=None):
        """For each line of a text its text, its LaTeX and why it cannot be read; a layer that is left open stays so."""
        if found is None or self.layer is not None:
            found = understood(self.network, lines_of(text), self.notation, self.of)
        return as_read(found)

    def line(self, answer):
        """An answer as an equation, whether its left side was typed or not."""
        answer = " ".join(answer.split()).strip("$ ").rstrip(".,;")
        if answer.startswith("="):
            return f"{self.text} {answer}"
        sides = self.understood(answer).lines[0].read.chains[0].sides if "=" in answer else ()
        given = len(sides) > 1 and key_of(sides[0], self.network) == self.key
        return answer if given else f"{self.text} = {answer}"

    def left_over(self, tree, chain=False):
        """What stands in an answer and is still to be worked out, in plain text; "" for nothing.

        chain   whether derivatives of other quantities may stand in it
        """
        for part in walk(tree):
            if self._is_itself(part):
                return plain(part)
            if isinstance(part, (Partial, Derivative)) and not chain:
                return plain(part) if isinstance(part, Partial) else f"a derivative ∂/∂{plain(part.by)}"
        return ""

    def _is_itself(self, part):
        """Whether a part is what is asked for, wherever it stands in the array; that of another time step is another
        thing."""
        return key_of(part, self.network) == self.key and not any(map(is_elsewhere, _indices(part)))

    def reached(self, found):
        """Whether the last line about it leaves nothing to be worked out."""
        head, last = None, None
        for line in found.lines:
            for chain in line.read.chains:
                head = head if chain.goes_on else chain.sides[0]
                if head is not None and key_of(head, self.network, found) == self.key and len(chain.sides) > 1 - chain.goes_on:
                    last = chain.sides[-1]
        return last is not None and not self.left_over(last)


def goals(network, text, notation=None) -> tuple:
    """What a text asks for: a `Goal`, or several where it speaks of a layer l, one for each layer that l may be; the first
    is the one to show.  The name of a parameter asks for the derivative of the cost with respect to it.  InputError where
    it is nothing of this network."""
    network = network if isinstance(network, Model) else checked_network(network)
    if not isinstance(text, str) or not text.strip():
        raise InputError(f"What is asked for is a text such as {EXAMPLES}; given: {text!r}.")
    if not network.equations:
        raise InputError("The model has no equations yet. Write them first: m.write('z[s,j] = …').")
    text = text.strip()
    if not is_open(text):
        return (_goal(network, text, notation),)
    count = len(getattr(getattr(network, "structure", None), "activations", ()))
    found = [_goal(network, text, notation, layer) for layer in range(1, count + 1)
             if _can_be_read(network, at_layer(text, layer), notation)]
    found = [goal for goal in found if goal.key not in (("cost", f"z{count}"), ("cost", f"a{count}"))]
    if not found:
        raise InputError(f"{text} leaves the layer open, and this network has no layer for which it can be written so. "
                         "Name the layer by its number.")
    middle = len(found) // 2
    return (found[middle], *found[:middle], *found[middle + 1:])


def _goal(network, text, notation, layer=None):
    goal = _goal_as_written(network, text, notation, layer)
    is_parameter = isinstance(goal.tree, Entry) and goal.tree.array in network.parameters
    return _goal_as_written(network, f"∂C/∂{text}", notation, layer) if is_parameter else goal


def _goal_as_written(network, text, notation, layer):
    concrete = at_layer(text, layer)
    found = understood(network, lines_of(f"{concrete} = 0"), notation)
    chain = found.lines[0].read.chains[0]
    if len(found.lines) > 1 or chain.problems or len(chain.sides) != 2 or key_of(chain.sides[0], network) is None:
        why = f" {chain.problems[0][1]}" if chain.problems else ""
        raise InputError(f"What is asked for is a quantity of this network or a derivative, such as {EXAMPLES}; "
                         f"given: {text!r}.{why}")
    if notation is None and found.judge.names.unclear and found.judge.names.layers > 1:
        raise InputError(f"{text!r} may be in several layers. Write the layer too, as in {EXAMPLES}.")
    shown = understood(network, lines_of(text), notation).lines[0].read.chains[0].sides[0] if layer else chain.sides[0]
    return Goal(network, text, chain.sides[0], latex(shown if shown is not None else chain.sides[0]), notation, layer)


def _can_be_read(network, text, notation):
    try:
        _goal(network, text, notation)
    except InputError:
        return False
    return True


# keys: what a left side is about, whatever its indices

def key_of(tree, network, found=None):
    """("cost", "W1") for ∂C/∂w1_jk and ("cost", "z1") for δ1; ("a", "z") for ∂a/∂z; ("value", "z") for z; None for what
    is nothing of these.

    found   what a text was understood as, where names of the learner's own stand for such things
    """
    while isinstance(tree, Own) and found is not None:
        tree = found.judge.meanings[tree.name].tree
    if isinstance(tree, Entry):
        own = tree.array not in network.quantities and tree.array.startswith("delta")
        return ("cost", "z" + tree.array.removeprefix("delta")) if own else ("value", tree.array)
    if isinstance(tree, Partial) and isinstance(tree.of, Entry) and isinstance(tree.by, Entry):
        return ("cost" if tree.of.array in costs(network) else tree.of.array), tree.by.array
    return None


def costs(network):
    """Names of the cost, of one sample or of all."""
    return {"C", "losses", network.cost.name} if isinstance(network, Model) else {"C", "losses"}


def _indices(tree):
    """The indices of a quantity, or of that with respect to which a derivative is."""
    return (tree.by if isinstance(tree, Partial) else tree).indices or ()
