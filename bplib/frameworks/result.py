"""`bp.from_torch` and what it returns."""
from functools import cached_property

import numpy as np

from ..codegen import generate
from ..derivation import derive
from ..errors import InputError
from .dense import Point, as_dense_network
from .torch_reader import Reader, exported, in_double, names_of_inputs, torch_itself, with_cost


class ReadModel:
    """A model of PyTorch as equations.

    model        its equations: a `bp.Model`
    parameters   name in the equations → array.  Axes may be taken apart or left out where they have one entry
    inputs       name → array: inputs, targets, and numbers that the program has made itself
    names        name in the equations → name of the parameter in PyTorch
    unused       names of parameters, in PyTorch, that do not reach the cost
    network      the same as `bp.dense`, where it is one: for explorers, training, `bp.diagnose`; otherwise None
    dense_parameters   weights and biases by the names that `network` has; an empty dict where there is none
    """

    def __init__(self, module, wanted, reader, cost):
        self._module, self._given = module, wanted
        writer = reader.writer
        self.model = writer.model(cost)
        used = set(self.model.quantities)
        self._slices = _slices(writer, reader.names)
        self.names = {name: _without_prefix(whole) for name, (whole, _) in self._slices.items() if name in used}
        arrays = {name: np.array(_part(writer.values, name, self._slices, writer)).reshape(writer.shapes[name])
                  for name in (*self.model.given, *self.model.parameters)}
        arrays = {name: value if value.dtype.kind in "iu" else value.astype(float) for name, value in arrays.items()}
        self.parameters = {name: arrays[name] for name in self.model.parameters}
        self.inputs = {name: arrays[name] for name in self.model.given}
        self._sizes = writer.sizes
        seen = set(self.names.values())
        if not self.parameters:
            raise InputError("The cost depends on no parameter that is trained (requires_grad), so there is no gradient to derive."
                             + (f" Frozen: {', '.join(frozen)}." if (frozen := [n for n, p in module.model.named_parameters()
                                                                               if not p.requires_grad]) else ""))
        self.unused = tuple(_without_prefix(name) for name in reader.names.values() if _without_prefix(name) not in seen)
        self.network, self.dense_parameters = _dense(reader)

    # what follows from the equations

    @cached_property
    def derivation(self):
        """Every step of the backward pass, each checked: `bp.derive(model)`."""
        return derive(self.model)

    @cached_property
    def functions(self):
        """`bp.generate(model)`: cost, forward and gradients as NumPy."""
        return generate(self.model, self.derivation)

    @property
    def arrays(self) -> dict:
        """All that the functions take, by name: inputs, parameters, and sizes that no array has."""
        free = self.functions.cost.arguments.free_sizes
        return {**self.inputs, **self.parameters, **{str(n): self._sizes[str(n)] for n in free}}

    def gradients(self, arrays=None, **more) -> dict:
        """∂C/∂parameter by name, in NumPy.  Arrays that are not given are those of the example and of the model."""
        names = self.functions.gradients.arguments.names
        given = {**self.arrays, **(arrays or {}), **more}
        return self.functions.gradients({name: given[name] for name in given if name in names or name not in self.arrays})

    def cost(self, arrays=None, **more) -> float:
        """The cost; arguments as for `gradients`."""
        return float(self.functions.cost({**self.arrays, **(arrays or {}), **more}))

    @property
    def source(self) -> str:
        """The gradients as a program in NumPy."""
        return self.functions.gradients.source

    def as_torch(self, gradients) -> dict:
        """Arrays by their names in the equations → arrays by their names and shapes in PyTorch."""
        found: dict = {}
        for name, array in gradients.items():
            whole, rows = self._slices[name]
            value = self._module.get_parameter(whole)
            target = found.setdefault(_without_prefix(whole), np.zeros(tuple(value.shape)))
            target[rows] = np.reshape(array, target[rows].shape)
        return found

    @property
    def order(self) -> tuple:
        """Names of all parameters in PyTorch, in the order of `.parameters()`."""
        return tuple(name for name, _ in self._module.model.named_parameters())

    def shape_of(self, name) -> tuple:
        """The shape of a parameter in PyTorch."""
        return tuple(self._module.model.get_parameter(name).shape)

    def part_of(self, name) -> str:
        """What an array of the equations is in PyTorch: a parameter, or rows of one, as lstm.weight_ih_l0[4:8]."""
        rows = self._slices[name][1]
        return self.names[name] + (f"[{rows.start}:{rows.stop}]" if rows is not ... else "")

    def as_ours(self, arrays) -> dict:
        """The inverse of `as_torch`, and inputs without axes of one entry: what else there is is left out, and what has
        another shape stays as it is."""
        found = {name: arrays[name].reshape(len(arrays[name]), *own.shape[1:]) for name, own in self.inputs.items()
                 if name in arrays and own.ndim and arrays[name].size == len(arrays[name]) * own[:1].size}
        for name, whole in self.names.items():
            if whole in arrays:
                given = arrays[whole]
                fits = np.shape(given) == self.shape_of(whole)
                found[name] = np.reshape(given[self._slices[name][1]], self.parameters[name].shape) if fits else given
            elif name in arrays:
                found[name] = arrays[name]
        return found

    def check(self) -> "Check":
        """The cost and every gradient beside those that autograd finds, in double precision."""
        torch = torch_itself()
        module = self._module
        with in_double():
            cost = module(*(one.clone() for one in self._given))
        wanted = {name: module.get_parameter(name) for name in dict.fromkeys(whole for whole, _ in self._slices.values())}
        wanted = {name: value for name, value in wanted.items() if value.requires_grad and _without_prefix(name) in
                  self.names.values()}
        try:
            found = torch.autograd.grad(cost, list(wanted.values()), allow_unused=True)
        except RuntimeError as error:
            raise InputError(f"PyTorch itself cannot find the gradients of this model: {error}") from error
        theirs = {_without_prefix(name): np.zeros(tuple(value.shape)) if one is None else one.detach().cpu().numpy()
                  for (name, value), one in zip(wanted.items(), found)}
        ours = self.as_torch(self.gradients())
        least = SMALL * max((np.abs(one).max(initial=0) for one in (*theirs.values(), *ours.values())), default=0)
        moved = max((np.abs(one).max(initial=0) * value.abs().max().item() for one, value in zip(theirs.values(), wanted.values())
                     if one.size), default=0)
        return Check(_difference(self.cost(), cost.item(), SMALL * moved),
                     {name: _difference(ours[name], one, least) for name, one in theirs.items()})

    # how it is shown

    def __repr__(self):
        rows = [f"{name:>8} = {self.names[name]}, {'×'.join(map(str, array.shape)) or 'one number'}"
                for name, array in self.parameters.items()]
        unused = [f"not used by the cost: {', '.join(self.unused)}"] if self.unused else []
        return "\n".join([repr(self.model), "", *rows, *unused])

    def _repr_latex_(self):
        return self.model._repr_latex_()


class Check:
    """How far our gradients are from autograd's.

    cost          of the costs, relative to the larger
    differences   name of the parameter in PyTorch → largest difference, relative to the largest entry; to 1e-4 of the largest
                  one of all arrays where that is more
    """

    TOLERANCE = 1e-10

    def __init__(self, cost, differences):
        self.cost, self.differences = cost, differences

    @property
    def worst(self) -> float:
        return max([self.cost, *self.differences.values()])

    @property
    def passed(self) -> bool:
        return bool(self.worst <= self.TOLERANCE)

    def __repr__(self):
        name = max(self.differences, key=self.differences.get, default=None)
        says = "equal to" if self.passed else "DIFFERENT from"
        where = f", at {name}" if name else ""
        return (f"{len(self.differences)} gradients {says} autograd's: largest relative difference {self.worst:.1e}{where}; "
                f"at most {self.TOLERANCE:g} counts as equal")


SMALL = 1e-4
"""Arrays whose entries are smaller than this part of the largest one of the gradient are compared with that."""


def _difference(ours, theirs, least):
    """The largest difference, relative to the largest entry, or to `least` where all entries are smaller."""
    off = float(np.abs(np.asarray(ours) - theirs).max(initial=0))
    return off / max(float(np.abs(theirs).max(initial=0)), float(np.abs(ours).max(initial=0)), least) if off else 0.0


def _dense(reader):
    """The network of dense layers that a model is, and its parameters; None and an empty dict where it is none."""
    found = None
    if len(reader.given) == 2:
        found = as_dense_network(reader.log, *reader.given, reader.writer.values, lambda: _points(reader))
    if found is None:
        return None, {}
    network, layers = found
    arrays = [layer.arrays(reader.writer.values) for layer in layers]
    parameters = {f"{letter}{place}": array for place, own in enumerate(arrays, 1)
                  for letter, array in zip("Wb", own) if array is not None}
    return network, {name: value for name, value in parameters.items() if name in network.parameters}


POINTS = 3


def _points(reader):
    """Random parameters and inputs, each target twice so that a mean is no sum, and the cost that the model has there.

    None of them where the model does not take twice as many samples.
    """
    random = np.random.default_rng(0)
    try:
        return [_point(reader, random) for _ in range(POINTS)]
    except Exception:  # whatever a program of anybody's raises
        return []


def _small(random, shape):
    """Random numbers with which weighted sums stay moderate, so that no probability is rounded to 0 or 1."""
    return random.standard_normal(shape) / np.sqrt(max(shape, default=1))


def _point(reader, random):
    torch = torch_itself()
    x, targets = reader.inputs
    own = {name: torch.as_tensor(_small(random, tuple(value.shape))) for name, value in reader.module.named_parameters()}
    X = torch.as_tensor(random.standard_normal((2 * len(x), *x.shape[1:])))
    Y = torch.cat([targets, targets])
    with torch.no_grad(), in_double():
        cost = torch.func.functional_call(reader.module, own, (X, Y)).item()
    arrays = {name: own[whole].numpy() for name, whole in reader.names.items()}
    return Point({**reader.writer.values, **arrays}, X.numpy(), Y.numpy(), cost)


def _without_prefix(name):
    return name.removeprefix("model.")


def _slices(writer, names):
    """Name in the equations → (name of the parameter in the program, its rows)."""
    found = {name: (whole, ...) for name, whole in names.items() if name not in writer.gate_arrays}
    for name, gates in writer.gate_arrays.items():
        n = gates[0].shape[0]
        found |= {gate.name: (names[name], slice(place * n, place * n + n)) for place, gate in enumerate(gates)}
    return found


def _part(values, name, slices, writer):
    if name in values:
        return values[name]
    whole = next(one for one, gates in writer.gate_arrays.items() if name in {gate.name for gate in gates})
    return values[whole][slices[name][1]]


def from_torch(model, example, targets=None, loss=None) -> ReadModel:
    """Read a model of PyTorch into equations: its backward pass derived, in NumPy, and compared with autograd's.

    model     a `torch.nn.Module`.  It is copied, and nothing of it is changed
    example   an input, or a tuple of inputs: arrays of the shapes that forward takes.  Letters stand for how far axes run,
              so equations and code hold for batches of any size; numbers that the program takes from shapes stay numbers
    targets   what the loss takes besides the output: a tensor, or a tuple of them
    loss      a loss of torch.nn, or a function (output, targets) → number.  Without a loss the cost is the output itself
              where it is one number, and otherwise Σ g·output with factors g that are given

    Everything is in double precision, casts such as .float() too.  Where a slope jumps it is the one that autograd takes; but
    where several entries are largest, amax and max() of PyTorch divide the slope among them, and here the first has it, as
    in its max(dim) and its pooling.  InputError for what cannot be read: the module by its path and type, and what to
    do; where PyTorch is not installed; for what is no model.

    >>> read = bp.from_torch(net, torch.randn(5, 3), torch.randn(5, 2), torch.nn.MSELoss())
    >>> print(read), read.derivation["W1"], read.source, read.check()
    """
    torch = torch_itself()
    if _framework(model) == "keras":
        raise InputError("This is a model of Keras: bp.from_keras reads it.")
    if not isinstance(model, torch.nn.Module):
        raise InputError(f"from_torch reads a torch.nn.Module; given: {type(model).__name__}." + _whose(model))
    inputs, targets = (_tensors(torch, what, given) for what, given in (("example", example), ("targets", targets)))
    if not inputs:
        raise InputError("example is missing: an input of the shape that forward takes, such as torch.randn(8, 3).")
    copied = _in_double(torch, model)
    _attributes_in_double(torch, copied)
    loss = _in_double(torch, loss) if isinstance(loss, torch.nn.Module) else loss
    if loss is not None and not callable(loss):
        raise InputError(f"loss is a loss of torch.nn, or a function (output, targets) → number; given: {loss!r}.")
    module, targets = with_cost(copied, loss, inputs, targets)
    given = (*inputs, *targets)
    names = names_of_inputs(copied, inputs, targets) if loss is not None or not targets else \
        [*names_of_inputs(copied, inputs, ()), "g"]
    reader = Reader(exported(module, given), module, given, names)
    with in_double():
        cost = reader.read()
    return ReadModel(module, given, reader, cost)


def _framework(model):
    """The package that a model is made with: of its class, or of one that its class is made from."""
    packages = [kind.__module__.partition(".")[0] for kind in type(model).__mro__]
    return next((name for name in ("keras", "tensorflow", "jax", "flax") if name in packages), "")


def _whose(model):
    name = _framework(model)
    return f" Models of {name} are written with bp.dense or bp.model." if name else ""


def _in_double(torch, module):
    """A copy in double precision, on the processor."""
    import copy
    try:
        copied = copy.deepcopy(module).to("cpu")
    except Exception as error:
        raise InputError(f"The model cannot be copied ({type(error).__name__}: {error}).") from error
    if any(value.is_complex() for value in copied.parameters()):
        raise InputError("The model has complex parameters; from_torch reads real ones.")
    return copied.double()


def _attributes_in_double(torch, module):
    """Tensors that are neither parameters nor buffers: PyTorch does not cast them."""
    for part in module.modules():
        for name, value in vars(part).items():
            if isinstance(value, torch.Tensor) and value.is_floating_point():
                setattr(part, name, value.double())


def _tensors(torch, what, given):
    """A tuple of tensors in double precision; whole numbers and booleans stay what they are."""
    parts = given if isinstance(given, (tuple, list)) and not _numbers(given) else () if given is None else (given,)
    return tuple(_tensor(torch, what, one) for one in parts)


def _numbers(given):
    return isinstance(given, list) and all(isinstance(one, (int, float, list)) for one in given)


def _tensor(torch, what, one):
    try:
        found = torch.as_tensor(one).detach().cpu()
    except Exception as error:
        raise InputError(f"{what} is a tensor, an array, or a tuple of them; given: {type(one).__name__}.") from error
    return (found.double() if found.is_floating_point() else found).clone()  # a model may work in place
