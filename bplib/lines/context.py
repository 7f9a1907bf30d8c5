"""What a change to a line may look at: its letters, and the quantities of the network that could stand in it."""
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product

import numpy as np

from ..activations import Activated
from ..activations import softmax as softmax_of_layer
from ..equations import name_of
from ..models.nodes import Softmax
from ..networks import Network
from .names import shown_index
from .tree import Entry, Letter, Number, Own, Partial, letters_of, walk

MOST_PLACES = 6


@dataclass
class Context:
    """A broken link and where it stands.

    network   the network or model
    site      a point of it
    left      what stands before, right  what was made of it, head  what the chain begins with
    free      letters that the left side has
    sample    the letter for samples
    matrices  whether the line is written with matrices
    meanings  names of the learner's own
    """

    network: object
    site: object
    left: object
    right: object
    head: object
    free: tuple
    sample: str = "s"
    matrices: bool = False
    meanings: dict = field(default_factory=dict)

    # letters

    @cached_property
    def kinds(self):
        """letter or number → what it counts, and itself, for those of both sides."""
        found = {}
        for part in [*walk(self.left), *walk(self.head), *walk(self.right)]:
            for entry in self.entries_of(part):
                for at, kind in zip(entry.indices or (), self.axes(entry.array)):
                    if isinstance(at, (Letter, Number)):
                        found.setdefault(shown_index(at), (kind, at))
        return found

    def entries_of(self, part):
        if isinstance(part, Entry):
            return [part]
        if isinstance(part, Own):
            tree = self.meanings[part.name].tree
            return [tree.by] if isinstance(tree, Partial) and isinstance(tree.by, Entry) else []
        return []

    def axes_of(self, part):
        """What each index of an entry counts, or of a name that stands for a derivative."""
        if isinstance(part, Entry):
            return self.axes(part.array)
        places = self.meanings[part.name].places
        return [self.kinds[at][0] if at in self.kinds else None for at in places]

    def axes(self, array):
        """What each axis of an array counts."""
        name = "z" + array.removeprefix("delta") if array.startswith("delta") else array
        if name not in self.site.arrays:
            return ()
        axes = self.site.axes(name)
        if isinstance(self.network, Network):
            return axes
        runs = {at.name: str(n) for at, n in self.network.letters.items()}
        return tuple("s" if at == self.sample else runs[at] for at in axes)

    def letters_for(self, kind):
        """Letters and numbers that stand for units of this kind, those of the left side first."""
        if kind == "s":
            return [Letter(self.sample)]
        places = [at for one, at in self.kinds.values() if one == kind]
        return sorted(places, key=lambda at: shown_index(at) not in self.free)

    def at(self, array):
        """The entries of an array that the letters of this line can name."""
        if self.matrices:
            return [Entry(array, None)] if array in self.site.arrays or array.startswith("delta") else []
        choices = [self.letters_for(kind) for kind in self.axes(array)]
        places = [place for place in product(*choices) if len({shown_index(at) for at in place}) == len(place)]
        return [Entry(array, place) for place in places[:MOST_PLACES]]

    # the network

    @cached_property
    def activated(self):
        """(z, a, function) of every array of activations that is made entry by entry."""
        return [(name_of(e.right.args[0]), e.quantity.name, e.right.row.name) for e in self.network.equations
                if isinstance(e.right, Activated)]

    @cached_property
    def softmaxes(self):
        """(z, a) of every softmax."""
        return [(name_of(e.right.args[0]), e.quantity.name) for e in self.network.equations
                if isinstance(e.right, (softmax_of_layer, Softmax))]

    @property
    def weighted_sums(self):
        return [*(z for z, _, _ in self.activated), *(z for z, _ in self.softmaxes)]

    @cached_property
    def outputs(self):
        """Arrays of activations from which the cost is made at once."""
        cost = "losses" if "losses" in self.site.uses else self.site.cost
        return {name for name in self.site.uses[cost]}

    def z_of(self, a):
        return next((z for z, one, _ in self.activated if one == a), None)

    def a_of(self, z):
        return next((a for one, a, _ in self.activated if one == z), None)

    def is_output(self, z):
        """Whether a weighted sum belongs to a unit whose value the cost takes."""
        return self.a_of(z) in self.outputs

    @cached_property
    def weights(self):
        """Parameters that multiply something; the others are biases."""
        if isinstance(self.network, Network):
            return [name for name in self.network.parameters if self.network.quantities[name].kind == "W"]
        return [name for name in self.network.parameters if any(
            not np.isin(self.site.local(user, name), (0, 1)).all() for user in self.users(name))]

    def users(self, name):
        """Arrays in whose equations an array stands."""
        return [user for user in self.site.uses if name in self.site.uses[user]]

    @property
    def biases(self):
        return [name for name in self.network.parameters if name not in self.weights]

    def sources(self, z):
        """Arrays that a weight multiplies in the equation of z."""
        return [name for name in self.site.uses.get(z, ()) if name not in self.network.parameters]

    @property
    def left_by(self):
        """With respect to what the chain differentiates; None where it is about something else."""
        tree = self.derivative_of(self.head)
        return tree.by if tree is not None else None

    def derivative_of(self, tree):
        """The derivative that a tree is, or is a name for; None for anything else."""
        while isinstance(tree, Own):
            tree = self.meanings[tree.name].tree
        if isinstance(tree, Entry) and tree.array.startswith("delta"):
            cost = Entry("losses" if "losses" in self.site.arrays else self.site.cost, (Letter(self.sample),))
            return Partial(cost, replace(tree, array="z" + tree.array.removeprefix("delta")))
        return tree if isinstance(tree, Partial) and isinstance(tree.by, Entry) and isinstance(tree.of, Entry) else None

    @property
    def right_letters(self):
        return sorted(letters_of(self.right))
