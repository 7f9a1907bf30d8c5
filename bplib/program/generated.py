"""The numeric functions of a model: cost, forward and gradients, with their sources and with checks of what is given."""
from collections.abc import Mapping
from functools import cached_property, lru_cache

import numpy as np
import sympy as sp

from ..errors import InputError
from ..inputs import as_array
from ..models.model import Model
from ..models.nodes import size
from ..models.order import schedule
from ..models.quantities import Role, derivative_name
from . import ir
from .javascript import javascript_function
from .kernels import called
from .lower import lower_model
from .numpy_code import numpy_function


class GeneratedFunction:
    """A function of a model's arrays, generated from its equations.

    source    its source, as it runs
    raw       the function itself: arrays in the order of `arguments`, nothing checked
    """

    def __init__(self, model, name, statements, result):
        self.model, self.name, self.statements, self.result = model, name, statements, result
        read = set().union(*map(ir.read_by, statements))
        self.given = tuple(q for q in _given(model) if q.name in read)
        self.arguments = tuple(q.name for q in self.given)
        self._source = numpy_function(name, _given(model), model.sizes, statements, result)
        self.source = self._source.text

    @cached_property
    def raw(self):
        return self._made(called())

    @cached_property
    def _raw_of_complex(self):
        return self._made(called(of_complex=True))

    def _made(self, space):
        exec(compile(self.source, f"<{self.name}>", "exec"), space)
        return space[self.name]

    def __repr__(self):
        return self.source

    def _repr_markdown_(self):
        return f"```python\n{self.source}```"

    def __call__(self, arrays: Mapping = None, **more):
        """What the function computes from arrays, given by name in a mapping or as keywords."""
        values = checked_arrays(self.model, arrays, more, self._source.sizes)
        raw = self._raw_of_complex if any(map(np.iscomplexobj, values)) else self.raw
        with np.errstate(under="ignore"):
            found = raw(*values)
        return _own_arrays(found, values) if isinstance(found, dict) else found[()] if np.ndim(found) == 0 else found


def _own_arrays(found, given):
    """The arrays, none of which shares memory with another or with what was given."""
    kept, others = {}, [array for array in given if isinstance(array, np.ndarray)]
    for name, value in found.items():
        value = np.asarray(value)
        shared = not value.flags.writeable or any(np.may_share_memory(value, other) for other in others)
        kept[name] = value.copy() if shared else value
        others.append(kept[name])
    return kept


class GeneratedModel:
    """The numeric functions of a model.  Each takes the given arrays and the parameters by name, and has its `.source`.

    cost         the cost, a number
    forward      every array that the equations compute, by name
    gradients    ∂C/∂name for every parameter, and for what else was asked for when the model was derived, by name
    """

    def __init__(self, model, derivation=None):
        self.model, self.derivation = model, derivation
        blocks = derivation.blocks if derivation is not None else ()
        self.statements, self.backward = lower_model(model, schedule(model.equations), blocks)
        ir.check([*self.statements, *self.backward], _given(model))
        cost = model.cost.name
        self.cost = GeneratedFunction(model, "cost", ir.needed(self.statements, [cost]), cost)
        names = [q.name for q in model.quantities.values() if q.role is Role.COMPUTED]
        self.forward = GeneratedFunction(model, "forward", ir.needed(self.statements, names), {n: n for n in names})

    @cached_property
    def gradients(self):
        return GeneratedFunction(self.model, "gradients", ir.needed([*self.statements, *self.backward], self._wanted.values()),
                                 self._wanted)

    @property
    def _wanted(self):
        if self.derivation is None:
            raise InputError("Gradients are generated from a derivation: generate(model, derive(model)).")
        return {name: derivative_name(name) for name in self.derivation.wanted}

    def javascript(self, name: str = "gradients") -> str:
        """The function called cost, forward or gradients in JavaScript; it takes and returns nested lists by name."""
        function = getattr(self, name)
        result = function.result if isinstance(function.result, dict) else {function.result: function.result}
        return javascript_function(name, _given(self.model), self.model.sizes, function.statements, result)


def generate_model(model: Model, derivation=None) -> GeneratedModel:
    """The numeric functions of a model, and from its derivation the gradients.

    InputError for a derivation of another model, and for equations in which an activation is left open.
    """
    if derivation is not None and getattr(derivation, "model", None) is not model:
        raise InputError("The derivation belongs to another model: derive this one and hand over what comes out.")
    return GeneratedModel(model, derivation)


def _given(model):
    return [q for q in model.quantities.values() if q.role in (Role.GIVEN, Role.PARAMETER)]


# checks

def checked_arrays(model, arrays, more, free_sizes=()) -> list:
    """The arrays in the order of the model, floats of one type or whole numbers, and then the sizes that no array gives.

    InputError for names that are missing or unknown, for axes that do not fit, and for what holds no numbers.
    """
    if not isinstance(arrays, Mapping | None):
        raise InputError("The arrays of a model are given by name, as a dict such as "
                         f"{{{_given(model)[0].name!r}: array, …}}; given: {type(arrays).__name__}.")
    found, wanted = {**(arrays or {}), **more}, [*(q.name for q in _given(model)), *map(str, free_sizes)]
    missing, unknown = [n for n in wanted if n not in found], [n for n in found if n not in wanted]
    if missing or unknown:
        raise InputError(f"The arrays are given by name: {', '.join(wanted)}."
                         + (f" Missing: {', '.join(missing)}." if missing else "")
                         + (f" Unknown: {', '.join(map(str, unknown))}." if unknown else ""))
    given = {q.name: _whole(q, found[q.name]) if q.numbers is not None else _floats(q.name, found[q.name])
             for q in _given(model)}
    sizes = {n: _size(n, found[str(n)]) for n in free_sizes}
    _check_sizes(model, given, sizes)
    kind = np.result_type(*[a for a in given.values() if a.dtype.kind in "fc"] or [float])
    return [*(a if model.quantities[n].numbers is not None or a.dtype.kind in "fc" else a.astype(kind)
              for n, a in given.items()), *sizes.values()]


def _floats(name, given):
    array = as_array(name, given)
    if array.dtype.kind not in "fciub":
        raise InputError(f"{name} holds {array.dtype} values; it has to hold numbers.")
    if not np.isfinite(array).all():
        at = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise InputError(f"{name} holds {array[at]} at {list(at)}; every entry has to be a finite number.")
    return array


def _whole(quantity, given):
    array = as_array(quantity.name, given)
    if array.dtype.kind not in "iu":
        raise InputError(f"{quantity.written} is looked up, so it holds whole numbers; given: {array.dtype}.")
    return array


def _size(n, given):
    if isinstance(given, bool) or not isinstance(given, (int, np.integer)) or given < 1:
        raise InputError(f"{n} is a size, a whole number of at least 1; given: {given!r}.")
    return int(given)


def _check_sizes(model, arrays, sizes):
    """InputError where axes of one letter differ, and where whole numbers are beyond what they look up."""
    found = {n: (value, "") for n, value in sizes.items()}
    for name, array in arrays.items():
        quantity = model.quantities[name]
        if array.ndim != len(quantity.letters):
            raise InputError(f"{quantity.written} has {len(quantity.letters)} axes; given is an array of shape {array.shape}.")
        for at, n, length in zip(quantity.letters, quantity.sizes, array.shape, strict=True):
            there = f"{quantity.written} has {length} entries along {at}"
            if length == 0:
                raise InputError(f"{there}: nothing to compute with.")
            known, by = found.setdefault(n, (length, there)) if sp.sympify(n).is_Symbol else (int(n), f"it runs to {n}")
            if known != length:
                raise InputError(f"{there}, but {by or f'{n} is {known}'}: both are {n}, so they have to be equal.")
    _check_formulas(model, {n: value for n, (value, _) in found.items()}, arrays, {n: by for n, (_, by) in found.items()})


def _check_formulas(model, sizes, arrays, by):
    values = _values(tuple(model.sizes.items()), tuple(sorted(sizes.items(), key=str)))
    for n, value in values.items():
        if value < 1:
            raise InputError(f"{n} = {model.sizes.get(n, n)} is {value}; a size is at least 1. Are the inputs too small?")
        if n in sizes and sizes[n] != value:
            raise InputError(f"{by[n]}, but {n} = {model.sizes[n]} is {value}.")
    for name, array in arrays.items():
        numbers = model.quantities[name].numbers
        if numbers is not None:
            numbers = int(values.get(numbers, numbers))
            if array.min() < 0 or array.max() >= numbers:
                raise InputError(f"{model.quantities[name].written} looks up one of {numbers} entries, so it goes from 0 to "
                                 f"{numbers - 1}; given: {array.min()} to {array.max()}.")


@lru_cache(maxsize=256)
def _values(formulas, sizes) -> dict:
    """All sizes as numbers, from those that arrays have and from formulas."""
    known = dict(sizes)
    for n, formula in formulas:
        known[n] = int(formula.subs(known))
    return known


__all__ = ["GeneratedFunction", "GeneratedModel", "checked_arrays", "generate_model", "size"]
