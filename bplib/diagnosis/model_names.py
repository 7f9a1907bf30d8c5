"""The parameters of a model under the names that she has for them: those of the equations, or, where the model was read
from another framework, those of its layers."""
from collections.abc import Mapping
from functools import cached_property

from ..errors import InputError
from .arrays import Unreadable, as_numbers

AROUND = ("d{}", "grad_{}", "{}_grad", "{}.grad", "∂{}", "nabla_{}")
"""What people write around the name of a parameter for its gradient."""


class Names:
    """The names of a model's parameters.

    names    name in the equations → name as she has it, for the parameters that reach the cost
    order    all names as she has them, in order
    """

    def __init__(self, parameters, read=None):
        self._read = read if hasattr(read, "as_ours") else None
        self.names = {name: read.names[name] for name in parameters} if self._read else {name: name for name in parameters}
        self.order = list(read.order) if self._read else list(parameters)

    @cached_property
    def by_key(self):
        """What may stand for a name → the name."""
        return {form.format(name): name for form in reversed(("{}", *AROUND)) for name in (*self.names, *self.order)}

    def ours(self, arrays) -> dict:
        """Arrays by her names → by those of the equations, in their shapes where they fit."""
        return self._read.as_ours(arrays) if self._read else {n: array for n, array in arrays.items() if n in self.names}

    @cached_property
    def parts(self):
        """Name as she has it → names in the equations: an array of hers may be several there."""
        found: dict = {}
        for name, shown in self.names.items():
            found.setdefault(shown, []).append(name)
        return found

    def shown(self, name) -> str:
        """The name of an array in the equations as she has it, with its rows where it is a part: lstm.weight_ih_l0[4:8]."""
        if name not in self.names:
            return name
        return self._read.part_of(name) if self._read else name

    def shape(self, name, array) -> tuple:
        """The shape in which she has a parameter."""
        return self._read.shape_of(self.names[name]) if self._read else array.shape

    def of(self, gradients) -> dict:
        """Her gradients by her names, each as an array; those that are None are left out.  InputError for all else."""
        if isinstance(gradients, (list, tuple)):
            gradients = self._in_order(gradients)
        if not isinstance(gradients, Mapping):
            raise InputError("The gradients of a model are a dict, name of the parameter → array, or a list in the order of the "
                             f"parameters; given: {type(gradients).__name__}.")
        found = {self.by_key.get(str(key)): _numbers(key, array) for key, array in gradients.items() if array is not None}
        unknown = [str(key) for key in gradients if str(key) not in self.by_key]
        if unknown or not found:
            raise InputError(f"Gradients are named like the parameters: {', '.join(dict.fromkeys(self.order))}."
                             + (f" Unknown: {', '.join(unknown)}." if unknown else "")
                             + " All that was given is None: has it been computed?" * (not unknown and bool(gradients)))
        return found

    def _in_order(self, gradients):
        used = [name for name in self.order if name in set(self.names.values())]
        names = next((own for own in (self.order, used) if len(own) == len(gradients)), None)
        if names is None:
            raise InputError(f"A list of gradients has one for each parameter, in this order: {', '.join(self.order)}; given: "
                             f"{len(gradients)}. Some of them alone are given as a dict, by name.")
        return dict(zip(names, gradients))


def _numbers(name, array):
    try:
        return as_numbers(array)
    except Unreadable as error:
        raise InputError(f"Of the gradient of {name}: {error}.") from None
