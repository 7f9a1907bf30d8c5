"""What a broken line gives: its value, as an array over the entries of what stands on its left side."""
import numpy as np

from .tree import Entry, Letter, Own, Partial
from .values import Misfit, Value, spread


def write_down(judge, world, head, value, replaced):
    """Write down what a broken line gives: the value of a quantity, or of a derivative."""
    tree = head
    while isinstance(tree, Own):
        tree = judge.meanings[tree.name].tree
    if not isinstance(tree, (Entry, Partial)):
        return
    key, letters, shape = _place(judge, world, world.site, tree)
    array = None if key is None else _over(world, value, letters, shape)
    if array is not None:
        replaced[key] = array


def _place(judge, world, site, tree):
    """What a left side names: the key in `Carried.replaced`, the letters of its axes, and its shape."""
    base = world.base or world
    if isinstance(tree, Entry):
        letters = base.indices(tree)
        array = base.cost_meant(tree.array)
        if tree.array.startswith("delta"):
            by = "z" + tree.array.removeprefix("delta")
            of = "losses" if "losses" in site.arrays else site.cost
            return ("cost", of, by), letters, (*site.arrays[of].shape, *site.arrays[by].shape)
        return ("value", array), letters, site.arrays[array].shape
    of, by = tree.of, tree.by
    by = judge.meanings[by.name].entry(by.indices) if isinstance(by, Own) else by
    if not isinstance(of, Entry) or by is None or by.array not in site.movable or of.array not in site.arrays:
        return None, (), ()
    shape = (*site.arrays[_cost(of.array, site)].shape, *site.arrays[by.array].shape)
    if of.array in ("losses", "C", site.cost):
        return ("cost", _cost(of.array, site), by.array), (*base.indices(of), *base.indices(by)), shape
    return ("partial", of.array, by.array), (*base.indices(of), *base.indices(by)), shape


def _cost(of, site):
    return site.cost if of == "C" else of


def _over(world, value, letters, shape):
    """A value as an array over the entries of what it replaces; None where it is not given for all of them."""
    if value.axes == ("rows", "columns"):
        return _from_matrix(world, value, shape)
    names = [at.name for at in letters if isinstance(at, Letter)]
    if len(names) < len(letters) or not set(value.axes) <= {*names, world.sample}:
        return None
    wanted = tuple(dict.fromkeys(names))
    lengths = dict(zip(names, shape[len(shape) - len(names):]))
    if len(names) < len(shape):  # the cost of one sample
        array = _full(value, wanted, lengths)
        return _samples_apart(array, shape, wanted, world)
    array = _full(value, wanted, lengths)
    if len(wanted) == len(names):
        return array
    out = np.zeros(shape)  # ∂z_j/∂w_jk: zero where the two j differ
    grids = np.indices([lengths[at] for at in wanted])
    out[tuple(grids[wanted.index(at)] for at in names)] = array
    return out


def _full(value, wanted, lengths):
    extra = [at for at in value.axes if at not in wanted]
    array = value.array
    axes = value.axes
    for at in extra:  # a sample's letter of length one
        if array.shape[axes.index(at)] != 1:
            raise Misfit("It is given for one sample.")
        array = array.take(0, axis=axes.index(at))
        axes = tuple(other for other in axes if other != at)
    if any(n not in (1, lengths[at]) for at, n in zip(axes, array.shape)):
        raise Misfit("An index counts two different things here.")
    return np.broadcast_to(spread(Value(array, axes), wanted), [lengths[at] for at in wanted]).copy()


def _samples_apart(array, shape, wanted, world):
    """δ over (sample, unit) as ∂C_s/∂z over (sample, sample, unit)."""
    if shape[0] == 1 or wanted[:1] != (world.sample,):
        return array.reshape(shape) if array.size == np.prod(shape) else None
    out = np.zeros(shape)
    number = np.arange(shape[0])
    out[number, number] = array
    return out


def _from_matrix(world, value, shape):
    array = value.array
    units = [n for n in shape if n != 1] or [1]
    for way in (array, array.T):
        if way.size == np.prod(shape) and [n for n in way.shape if n != 1] == [n for n in units if n != 1]:
            if way is array.T and array.shape == array.T.shape and world.samples_in != "columns":
                continue
            return way.reshape(shape).copy()
    return None
