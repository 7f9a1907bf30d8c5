"""A network or a model with numbers in all its arrays, and every derivative of anything with respect to anything.

`arrays` has an axis for each index.  `total(of, by)` is ∂of/∂by along all paths, an array over the indices of both;
`local(of, by)` holds everything else fixed that stands in the equation of `of`.  Both are found by complex step,
straight from the equations: nothing is used that a derivation has found.
"""
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import sympy as sp

from ..deriving.point import ModelValues
from ..deriving.point import Point as ModelPoint
from ..equations import N, name_of
from ..meaning import STEP
from ..meaning import Point as NetworkPoint
from ..models.nodes import entries as entries_of_model
from ..networks import Network

WIDTHS = (3, 4, 2)
OTHER_WIDTHS = (4, 2, 5)
SAMPLES = 3
SEEDS = (1, 2)
ETA = 0.37
"""A learning rate: no right line has one."""


class Site:
    """Numbers for everything.  `cost` is the name of what is differentiated, `samples` how many samples there are."""

    def __init__(self, point, arrays, equations, cost):
        self.point, self.equations, self.cost = point, equations, cost
        self.arrays = {name: np.asarray(value)[..., 0] for name, value in arrays.items()}
        self.sizes = {"eta": ETA, **{str(n): float(value) for n, value in point.sizes.items()}}
        self.uses: dict[str, set] = {}
        self._local: dict = {}
        self._total: dict = {}

    def total(self, of, by):
        """∂of/∂by along all paths."""
        if (of, by) not in self._total:
            moved = self._moved[of][..., self._slices[by]]
            shape = (*self.arrays[of].shape, *self.arrays[by].shape)
            self._total[of, by] = (np.imag(moved) / STEP).reshape(shape)
        return self._total[of, by]

    def local(self, of, by):
        """∂of/∂by, everything else in the equation of `of` held fixed; zero where `by` does not stand in it."""
        if (of, by) not in self._local:
            self._local[of, by] = self._worked_out(of, by)
        return self._local[of, by]

    def _worked_out(self, of, by):
        here = self.point.arrays[by]
        if not self.stands_in(by, of):
            return np.zeros((*self.arrays[of].shape, *here.shape[:-1]))
        moved = here + 1j * STEP * np.eye(here[..., 0].size).reshape(*here.shape[:-1], -1)
        value = self._value(of, {**self.point.arrays, by: moved})
        return (np.imag(value) / STEP).reshape((*value.shape[:-1], *here.shape[:-1]))

    def stands_in(self, by, of) -> bool:
        """Whether an array stands in the equation of another one."""
        return of in self.equations and by in self.uses[of]

    @cached_property
    def movable(self):
        return [name for name, value in self.arrays.items() if value.dtype.kind == "f"]

    @cached_property
    def _slices(self):
        ends = np.cumsum([self.arrays[name].size for name in self.movable])
        return {name: slice(end - self.arrays[name].size, end) for name, end in zip(self.movable, ends)}

    def _eye(self, name, value, everything):
        array = np.array(np.broadcast_to(value, (*value.shape[:-1], everything)), complex)
        own = array[..., self._slices[name]]
        own += 1j * STEP * np.eye(self.arrays[name].size).reshape(own.shape)
        return array

    @cached_property
    def _everything(self):
        return sum(self.arrays[name].size for name in self.movable)


class OfNetwork(Site):
    """Dense layers, neurons, a single neuron.  `cost` is "losses" or "C"."""

    letters: dict = {}

    def __init__(self, network, widths, samples, seed, cost):
        point = NetworkPoint(network, widths, samples, seed=seed)
        self.network = network
        equations = {e.quantity.name: e for e in network.equations}
        super().__init__(point, point.arrays, equations, cost)
        self.uses = {name: {name_of(x) for x in e.right.atoms(sp.Indexed, sp.Symbol) if name_of(x) in self.arrays}
                     for name, e in equations.items()}

    def _value(self, of, arrays):
        return self.point._value_of(self.equations[of], arrays)

    @cached_property
    def _moved(self):
        arrays = {name: self._eye(name, value, self._everything) if name in self._slices else value
                  for name, value in self.point.arrays.items() if name not in self.equations}
        for name, equation in self.equations.items():
            arrays[name] = self._eye(name, self.point._value_of(equation, arrays), self._everything)
        return arrays

    def axes(self, name):
        """What each axis of an array counts: "s" for samples, a size for units."""
        return tuple("s" if n == N else str(n) for n in self.network.quantities[name].sizes)


class OfModel(Site):
    """A model; `samples` is the number that its size N has, None for one that is drawn."""

    def __init__(self, model, samples, seed):
        sizes = {"N": samples} if samples and "N" in map(str, model.all_sizes()) else None
        point = ModelPoint(model, sizes, seed)
        self.model = model
        equations = {e.quantity.name: e for e in model.equations}
        super().__init__(point, point.arrays, equations, model.cost.name)
        self.sizes |= {name: float(value) for name, value in model.constants.items()}
        self.letters = {at.name: int(sp.sympify(n).xreplace(point.sizes)) for at, n in model.letters.items()}
        self.uses = {name: {name_of(x) for x in entries_of_model(e.right)} for name, e in equations.items()}

    def _value(self, of, arrays):
        equation = self.equations[of]
        return ModelValues(arrays, self.point.sizes)(equation.right, self.point._scope(equation))

    @cached_property
    def _moved(self):
        arrays = {name: self._eye(name, value, self._everything) if name in self._slices else value
                  for name, value in self.point.arrays.items() if name not in self.equations}
        return self.point.run(arrays, lambda name, value: self._eye(name, value, self._everything))

    def axes(self, name):
        return tuple(str(at) for at in self.model.quantities[name].letters)


@dataclass(frozen=True)
class Mode:
    """Of what a derivation speaks: of one sample, or of a batch; `cost` is what C stands for."""

    batch: bool
    cost: str = ""


def modes(network, batch_only) -> list:
    """The modes in which a text may speak, the usual one first."""
    if not isinstance(network, Network):
        one = "N" in map(str, network.all_sizes())
        return [Mode(True)] if batch_only or not one else [Mode(False), Mode(True)]
    one = Mode(False, "C" if network.options.l2 else "losses")  # the penalty belongs to the cost, of one sample too
    return [Mode(True, "C")] if batch_only else [one, Mode(True, "C")]


def sites(network, mode, own_sizes=False) -> tuple:
    """The points at which a derivation is judged, made once for a network.

    own_sizes   whether layers have the network's own widths, because the text names single units
    """
    return _sites(network, tuple(network.equations), mode, own_sizes)


@lru_cache(maxsize=64)
def _sites(network, equations, mode, own_sizes):
    """`equations` tells a model from what it was before more was written into it."""
    if not isinstance(network, Network):
        samples = SAMPLES if mode.batch else 1
        return tuple(OfModel(network, samples, seed) for seed in SEEDS)
    samples = SAMPLES if mode.batch else 1
    return tuple(OfNetwork(network, widths, samples, seed, mode.cost)
                 for widths, seed in zip(_widths(network, own_sizes), SEEDS))


def _widths(network, own_sizes):
    """Widths at the points.  A layer of one unit stays one, because its index need not be written."""
    own = [int(network.sizes[n]) for n in network.sizes if n.is_integer]
    if own_sizes:
        return (own or WIDTHS,) * 2
    return [[1 if n == 1 else widths[at % 3] for at, n in enumerate(own)] or WIDTHS
            for widths in (WIDTHS, OTHER_WIDTHS)]
