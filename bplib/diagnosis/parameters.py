"""Her parameters in our layout: found by name, by order or by size, in every form that fits.

Layers count from 0 here, as their arrays stand in a list.
"""
from dataclasses import replace

import numpy as np

from ..networks import Dense
from .forms import forms, places, vector_forms

ORDERS = ("together", "weights first", "biases first")


def layers_of(network):
    """(receiving, sending) units of each layer."""
    sizes = network.structure.sizes if isinstance(network.structure, Dense) else (1, 1)
    return list(zip(sizes[1:], sizes))


def has_biases(network):
    return network.structure.bias


def numbers_of(found):
    """Kind → the numbers in the names of her arrays, in order; {} where they do not tell them apart."""
    numbers = {kind: sorted(leaf.number for leaf in found if leaf.kind == kind and leaf.number is not None) for kind in "Wb"}
    whole = all(len(set(own)) == sum(leaf.kind == kind for leaf in found) for kind, own in numbers.items())
    return {kind: own for kind, own in numbers.items() if own} if whole else {}


def arranged(found, form, network, numbers=None):
    """Leaves by place, (kind, layer) → leaf, as a form has them; a dict that may lack some, and hold too few.

    numbers   those that the layers have in her names: `numbers_of` her parameters
    """
    layers, bias = layers_of(network), has_biases(network)
    vector = as_vector(found, network)
    if vector is not None:
        return {(kind, at): replace(vector, kind=kind, array=array)
                for kind, at, array in form.cut(vector.array, layers, bias)} if vector.array.size == size(form, layers,
                                                                                                           bias) else {}
    if all(leaf.kind is None for leaf in found):
        return _in_places(found, places(form, layers, bias), len(layers))
    numbers = numbers or {}
    return {(kind, at): leaf for kind in "Wb"
            for at, leaf in _by_layer(_in_order(found, kind), numbers.get(kind) or range(1, len(layers) + 1))}


def _in_places(found, all_places, layers):
    """Leaves without names, in order: as many as there are arrays, or as there are weights; {} where they are neither."""
    if len(found) == layers:
        all_places = [place for place in all_places if place[0] == "W"]
    return dict(zip(all_places, found)) if len(found) == len(all_places) else {}


def _by_layer(own, numbers):
    """(layer, leaf): by their numbers where those are the numbers of layers, in order where there is one for each layer; a
    number that no layer has where neither tells."""
    given = [leaf.number for leaf in own]
    if len(set(given)) == len(given) and set(given) <= set(numbers):
        return [(list(numbers).index(leaf.number), leaf) for leaf in own]
    if len(own) == len(numbers):
        return [*enumerate(own)]
    places = [list(numbers).index(number) if number in numbers and number not in given[:at] else len(numbers)
              for at, number in enumerate(given)]
    return [*zip(places, own)]


def _in_order(found, kind):
    own = [leaf for leaf in found if leaf.kind == kind]
    numbered = all(leaf.number is not None for leaf in own)
    return sorted(own, key=lambda leaf: leaf.number) if numbered else own


def as_vector(found, network):
    """The leaf that holds all parameters as one long vector, or None."""
    if len(found) != 1 or len(layers_of(network)) == 1 and not has_biases(network):
        return None
    leaf = found[0]
    return leaf if 1 in (leaf.array.ndim, sum(n > 1 for n in leaf.array.shape)) and leaf.array.size > 1 and (
        leaf.kind is None or leaf.array.ndim == 1) and _whole(leaf, network) else None


def _whole(leaf, network):
    return leaf.array.size == size(next(forms(False, None)), layers_of(network), has_biases(network))


def size(form, layers, bias):
    """How many numbers a network's parameters are."""
    return sum(to * (from_ + bool(bias)) for to, from_ in layers)


def candidates(found, network):
    """The forms to try on her leaves."""
    bias = has_biases(network)
    if as_vector(found, network) is not None:
        yield from vector_forms(bias)
        return
    named = any(leaf.kind for leaf in found)
    apart = any(leaf.kind == "b" for leaf in found) if named else None
    for form in forms(bias, apart):
        for order in ORDERS[:1] if named or form.joined or form.bias == "none" else ORDERS:
            yield replace(form, order=order)


def read_parameters(found, network):
    """All ways to read her leaves: list of (form, own dict of arrays); empty where none fits."""
    ways, seen = [], set()
    for form in candidates(found, network):
        own = _read(arranged(found, form, network), form, network)
        key = own and tuple((name, array.tobytes(), array.shape) for name, array in own.items())
        if own and key not in seen:
            seen.add(key)
            ways.append((form, own))
    return ways


def _read(placed, form, network):
    layers, own = layers_of(network), {}
    for at, sizes in enumerate(layers):
        for kind in "Wb" if has_biases(network) and not form.joined else "W":
            leaf = placed.get((kind, at))
            read = leaf and form.read(kind, leaf.array, sizes)
            if read is None:
                return None
            own |= {f"{part}{at + 1}": np.ascontiguousarray(array) for part, array in read.items()}
    expected = len(layers) * (2 if has_biases(network) and not form.joined else 1)
    return {name: own[name] for name in sorted(own, key=_place)} if len(placed) == expected else None


def _place(name):
    return int(name[1:]), name[0] == "b"


def complaints(found, network):
    """What is amiss with parameters that fit in no form."""
    layers, bias = layers_of(network), has_biases(network)
    counted = {kind: [leaf for leaf in found if leaf.kind == kind] for kind in ("W", "b", None)}
    said = []
    if not found:
        return ["There are no arrays among the parameters."]
    if counted["b"] and not bias:
        said.append("There are biases among the parameters, and this network has none: write bp.dense(…, bias=True).")
    if bias and not counted["b"] and len(counted["W"]) == len(layers):
        said.append("This network has biases, and there are none among the parameters: write bp.dense(…, bias=False).")
    for kind, what in (("W", "weights"), ("b", "biases")):
        if counted[kind] and len(counted[kind]) != len(layers) and (kind == "W" or bias):
            said.append(f"The network has {len(layers)} layers, and the parameters hold {len(counted[kind])} arrays of "
                        f"{what}.")
    return said + _shapes_told(found, network)


def _shapes_told(found, network):
    layers, bias = layers_of(network), has_biases(network)
    if all(leaf.kind is None for leaf in found):
        shapes = ", ".join(str(leaf.array.shape) for leaf in found)
        return [f"Arrays of shapes {shapes} are given without names; this network has "
                f"{size(None, layers, bias)} parameters: " + ", ".join(
                    f"W{at} {sizes}" + f", b{at} ({sizes[0]},)" * bias for at, sizes in enumerate(layers, 1)) + "."]
    said = []
    for kind in "Wb":
        for at, (leaf, sizes) in enumerate(zip(_in_order(found, kind), layers)):
            if all(form.read(kind, leaf.array, sizes) is None for form in candidates(found, network)):
                expected = f"{sizes} or {sizes[::-1]}" if kind == "W" else f"({sizes[0]},)"
                said.append(f"{leaf.name} has shape {leaf.array.shape}; {expected} is expected for layer {at + 1}.")
    if not said:
        said.append("The weights are stored in different orders: in "
                    + ", ".join(f"{leaf.name} {leaf.array.shape}" for leaf in _in_order(found, "W"))
                    + " the receiving unit comes first in some, the sending unit in others. Turn some of them.")
    return said
