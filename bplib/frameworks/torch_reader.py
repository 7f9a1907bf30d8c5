"""A model of PyTorch as equations: `torch.export` lists what it computes, the table of operations writes each down."""
import copy
import inspect
import logging
import operator
import re
import warnings
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from io import StringIO

import numpy as np

from ..errors import InputError
from ..models.model import NAME
from . import along, attention, entrywise, layers, losses, picking, recurrent, views  # noqa: F401  (they fill the table)
from .ranges import Unequal
from .table import TABLE, Unreadable
from .writer import Tensor, Writer, shown

READABLE = "Linear, Conv, pooling, normalisation, Embedding, RNN, GRU, LSTM, attention, activations, and arithmetic"

LETTERS = {
    "Linear": {"weight": ("W", "jj"), "bias": ("b", "j")},
    "Bilinear": {"weight": ("A", "jjj"), "bias": ("b", "j")},
    "Conv": {"weight": ("w", "ccqqq"), "bias": ("b", "c")},
    "Norm": {"weight": ("gamma", "c"), "bias": ("beta", "c"), "running_mean": ("mean", "c"), "running_var": ("var", "c")},
    "LayerNorm": {"weight": ("gamma", "jjj"), "bias": ("beta", "jjj")},
    "RMSNorm": {"weight": ("gamma", "jjj")},
    "Embedding": {"weight": ("E", "vj")},
    "MultiheadAttention": {"in_proj_weight": ("W", "jj"), "in_proj_bias": ("b", "j")},
    "KerasModel": {
        "kernel": ("W", ""), "recurrent_kernel": ("U", ""), "depthwise_kernel": ("w", ""), "pointwise_kernel": ("W", ""),
        "bias": ("b", ""), "embeddings": ("E", "vj"),
    },
    "Recurrent": {"weight_ih": ("W", "jj"), "weight_hh": ("U", "jj"), "bias_ih": ("b", "j"), "bias_hh": ("c", "j")},
}
"""Kind of a module → its parameters: their letter, and what their axes count."""


DETACHED = "detach"
NO_GRAD = "wrap_with_set_grad_enabled"
"""The operation, and the block of a program, whose results gradients do not pass: they are given, with the numbers that
they have in the example."""


def torch_itself():
    """PyTorch; InputError where it is missing or too old."""
    try:
        import torch
    except ImportError:
        raise InputError("from_torch reads a model of PyTorch, and PyTorch is not installed in this Python. Install it "
                         "(https://pytorch.org), or write the equations with bp.model.") from None
    version = tuple(int(part) for part in re.findall(r"\d+", torch.__version__)[:2])
    if version < (2, 6):
        raise InputError(f"from_torch needs PyTorch 2.6 or newer; installed is {torch.__version__}.")
    return torch


@contextmanager
def in_double():
    """Single precision counts as double: new tensors, and casts such as .float(), have numbers in double precision."""
    torch = torch_itself()
    from torch.overrides import TorchFunctionMode

    class InDouble(TorchFunctionMode):
        def __torch_function__(self, function, types, args=(), kwargs=None):
            function = torch.Tensor.double if function is torch.Tensor.float else function
            args, kwargs = torch.utils._pytree.tree_map(
                lambda one: torch.float64 if one is torch.float32 else one, (args, kwargs or {}))
            return function(*args, **kwargs)

    usual = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        with InDouble(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        torch.set_default_dtype(usual)


def with_cost(model, loss, inputs, targets):
    """A module that computes the cost alone, and the targets that it takes: those given, or factors g of the outputs."""
    torch = torch_itself()

    class WithCost(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.model, self.loss, self.count = model, loss, len(inputs)

        def forward(self, *given):
            found = self.model(*given[:self.count])
            rest = given[self.count:]
            return self.loss(found, *rest)

    module = WithCost()
    module.training = model.training
    if loss is None:
        out = _run(torch, model, inputs)
        module.loss, targets = _without_loss(torch, out, targets)
    return module, targets


def _run(torch, model, inputs):
    try:
        with torch.no_grad(), in_double():
            return copy.deepcopy(model)(*inputs)
    except Exception as error:  # whatever a program of anybody's raises
        raise InputError(f"The model cannot be called with this example ({type(error).__name__}: {error}).{_types(error)}"
                         ) from error


def _types(error):
    return " It is run in double precision: leave out casts such as .half() and .bfloat16()." if "dtype" in str(error) else ""


def _without_loss(torch, out, targets):
    if targets:
        raise InputError("There are targets and no loss. Hand over how they are compared: loss=torch.nn.MSELoss(), or a "
                         "function (output, targets) → number.")
    if not isinstance(out, torch.Tensor):
        raise InputError(f"The model returns a {type(out).__name__}. Hand over which part the cost is made of, as "
                         "loss=lambda out: out[0].sum(), or (out, targets) → number.")
    if out.numel() == 1 and out.ndim == 0:
        return lambda found: found, ()
    random = np.random.default_rng(0)
    g = torch.as_tensor(random.standard_normal(tuple(out.shape)))
    return lambda found, g: (found * g).sum(), (g,)


def exported(module, inputs):
    """The program that a module runs for these inputs.  InputError where PyTorch cannot list it."""
    torch = torch_itself()
    fast, quiet = torch.backends.mha.get_fastpath_enabled(), logging.root.manager.disable
    checked = torch.distributions.Distribution._validate_args
    torch.backends.mha.set_fastpath_enabled(False)
    logging.disable(logging.CRITICAL)  # what PyTorch would log is told by the error below
    try:
        with warnings.catch_warnings(), redirect_stdout(StringIO()), redirect_stderr(StringIO()), in_double():
            warnings.simplefilter("ignore")
            torch.distributions.Distribution.set_default_validate_args(False)  # it decides by values
            return written_out(torch.export.export(module, tuple(inputs)))
    except Exception as error:  # whatever tracing a program of anybody's raises
        first = next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)
        raise InputError(f"PyTorch cannot list what this model computes (torch.export): {first.strip()[:300]}{_types(error)} "
                         "Does forward decide by the values of its tensors, or return something other than tensors?") from error
    finally:
        torch.backends.mha.set_fastpath_enabled(fast)
        torch.distributions.Distribution.set_default_validate_args(checked)
        logging.disable(quiet)


def written_out(program):
    """The program in operations of the table, as far as PyTorch itself can write others in terms of them.

    Nothing is changed in place there: PyTorch puts new tensors in the place of what changes.
    """
    nodes = [node for node in program.graph.nodes if node.op == "call_function" and hasattr(node.target, "_schema")]
    if all(_name(node.target) in {*TABLE, DETACHED} for node in nodes):
        return program
    torch = torch_itself()
    _detached_anew(torch, program)
    known = {**torch._decomp.decomposition_table, **torch.export.default_decompositions()}
    return program.run_decompositions({one: how for one, how in known.items()
                                       if hasattr(one, "_schema") and _name(one) not in {*TABLE, DETACHED}})


def _detached_anew(torch, program):
    """Write detach_ as detach, whose result stands for its argument from there on: PyTorch would make nothing of it."""
    place = {node: n for n, node in enumerate(program.graph.nodes)}
    for node in place:
        if getattr(node.target, "_schema", None) is not None and _name(node.target) == "detach_":
            node.target = torch.ops.aten.detach.default
            node.args[0].replace_all_uses_with(node, delete_user_cb=lambda user: place[user] > place[node])
    program.graph_module.recompile()


def _name(operation) -> str:
    """The name of an operation of PyTorch's library."""
    return operation._schema.name.partition("::")[2]


class Reader:
    """Goes through a program and writes its equations.

    writer      the equations so far
    names       name in the equations → name of the parameter in the model
    """

    def __init__(self, program, module, inputs, input_names):
        self.torch, self.program, self.module = torch_itself(), program, module
        self.writer, self.found, self.names, self.layer_of, self.log = Writer(), {}, {}, {}, []
        self.by_identity, self.numbers, self.given, self.now = {}, {}, [], {}
        self.inputs, self.input_names = inputs, input_names

    def read(self) -> str:
        """Name of the array that is the cost."""
        kinds = {spec.arg.name: spec for spec in self.program.graph_signature.input_specs if hasattr(spec.arg, "name")}
        given = iter(zip(self.inputs, self.input_names, strict=True))
        for node in self.program.graph.nodes:
            if node.op == "placeholder":
                self.found[node] = self._placeholder(node, kinds.get(node.name), given)
            elif node.op == "call_function":
                self.found[node] = self._called(node)
            elif node.op == "get_attr":
                self.now[node] = getattr(self.program.graph_module, node.target)
            elif node.op == "output":
                return self._cost(node)
        raise InputError("The model computes nothing.")

    def _cost(self, node):
        results = [one for one in self.torch.utils._pytree.tree_leaves(node.args[0])]
        found = self.found.get(results[-1]) if len(results) else None
        if not isinstance(found, Tensor) or found.dims and any(found.dims) or found.name not in self.writer.equations:
            shape = tuple(getattr(found, "shape", ()))
            raise InputError(f"The cost is one number that depends on the parameters; the loss returned an array of shape {shape}."
                             " Take its mean or its sum.")
        return found.name

    # what is given

    def _placeholder(self, node, spec, given):
        kind = spec.kind.name
        if kind == "USER_INPUT":
            self.now[node], name = next(given)
            return self._input(self.now[node], name)
        name = spec.target
        if kind == "PARAMETER":
            self.now[node] = self.module.get_parameter(name)
            return self._parameter(name, self.now[node])
        if kind == "BUFFER":
            self.now[node] = self.module.get_buffer(name).detach().clone()
            return _Constant(self.now[node], self._own_name(name))
        self.now[node] = self.program.constants.get(name)
        return None if self.now[node] is None else _Constant(self.now[node].detach().clone(), "k")

    def _input(self, value, name):
        array = value.detach().cpu().numpy()
        whole = array.dtype.kind in "iu"
        kinds = "st" if array.ndim == (2 if whole else 3) else "s"
        found = self.writer.declare(self.writer.fresh(name, ""), array.shape, kinds, whole=whole, batch=True)
        self.writer.inputs[found.name] = name not in ("y", "target", "g")
        self.given.append(found)
        if array.dtype.kind != "b":
            self.writer.values[found.name] = array
            return found
        self.writer.values[found.name] = array * 1
        return self.writer.condition(">", found)

    def _parameter(self, name, value):
        if id(value) in self.by_identity:
            return self.by_identity[id(value)]
        letter, kinds, number = self._letter(name)
        own = self.writer.fresh(letter, number)
        role = "parameter" if value.requires_grad else "given"
        found = self.writer.declare(own, tuple(value.shape), kinds, role)
        self.names[own] = name
        self.layer_of[own] = number or str(self.writer.layer)
        self.writer.values[own] = value.detach().cpu().numpy()
        self.by_identity[id(value)] = found
        return found

    def _letter(self, name):
        """The letter of a parameter, what its axes count, and the number of its layer."""
        path, _, leaf = name.rpartition(".")
        module = self.module.get_submodule(path)
        layer, _, leaf = leaf.rpartition("/")  # Keras has names such as dense/kernel
        leaf, _, way = re.match(r"(.*?)(_l(\d+(?:_reverse)?))?$", leaf).groups()
        kind, of_steps = type(module).__name__, leaf.startswith(("weight_ih", "weight_hh", "bias_ih", "bias_hh"))
        families = [kind, *["Recurrent"] * of_steps, *(one for one in ("Conv", "Norm") if one in kind)]
        row = next((LETTERS[one] for one in families if one in LETTERS), {})
        letter, kinds = row.get(leaf, (leaf, ""))
        if path in ("", "model") and not (row or layer) and NAME.fullmatch(leaf):
            return leaf, "", ""
        key = path, layer, way
        number = self.numbers.setdefault(key, str(len(self.numbers) + 1))
        return (letter if NAME.fullmatch(letter) else "theta"), kinds, number

    def _own_name(self, name):
        leaf = re.split("[./]", name)[-1]
        leaf = {"running_mean": "mean", "running_var": "var", "moving_mean": "mean", "moving_variance": "var"}.get(leaf, leaf)
        return leaf if NAME.fullmatch(leaf) else "k"

    # what is computed

    def _called(self, node):
        if node.target is operator.getitem:
            return self.found[node.args[0]][node.args[1]]
        schema = getattr(node.target, "_schema", None)
        if getattr(node.target, "__name__", "") == NO_GRAD and node.args[0] is False:
            return _constants(self._number_now(node), "fixed")
        if schema is None:
            self._unknown(node, getattr(node.target, "__name__", str(node.target)))
        name = _name(node.target)
        values = self._arguments(node, schema)
        tensors = [one for one in self.torch.utils._pytree.tree_leaves(list(values.values()))
                   if isinstance(one, Tensor)]
        if not tensors:
            return self._computed_now(node, name)
        if name == DETACHED:
            return _constants(self._number_now(node), "fixed")
        row = TABLE.get(name)
        if row is None:
            self._check_known(node, name)
        self._layer(tensors)
        values = {n: self._as_tensor(v) for n, v in values.items()}
        found = self._row(node, name, row, values)
        self.log.append((name, values, found))
        return found

    def _arguments(self, node, schema):
        values = {argument.name: value for argument, value in zip(schema.arguments, node.args)}
        values |= node.kwargs
        for argument in schema.arguments:
            if argument.name not in values and argument.has_default_value():
                values[argument.name] = argument.default_value
        return {name: self._value(value) for name, value in values.items()}

    def _value(self, value):
        if isinstance(value, (list, tuple)):
            return [self._value(one) for one in value]
        return self.found[value] if isinstance(value, self.torch.fx.Node) else value

    def _as_tensor(self, value):
        if isinstance(value, list):
            return [self._as_tensor(one) for one in value]
        if isinstance(value, _Constant):
            return value.written(self.writer)
        return value

    def _row(self, node, name, row, values):
        for one in ("self", "other"):
            if isinstance(values.get(one), (int, float)):
                values[one] = Tensor(shown(values[one]), (), ())
        try:
            return row(self.writer, **({"kind": name} | values if "hx" in values else values))
        except (Unreadable, Unequal) as error:
            raise InputError(f"{self._where(node)} uses {name}. {error}") from None
        except InputError:
            raise
        except Exception as error:
            raise InputError(f"{self._where(node)} uses {name} in a way that cannot be read as equations "
                             f"({type(error).__name__}: {error}). {self._instead()}") from error

    def _layer(self, tensors):
        """Numbers of names follow the last layer with parameters."""
        numbers = [self.layer_of[one.name] for one in tensors if one.name in self.layer_of]
        if numbers and numbers[0].isdigit():
            self.writer.layer = int(numbers[0])

    def _number_now(self, node):
        """What a node of the program is in the example."""
        for one in self.program.graph.nodes:
            if one.op == "call_function" and one not in self.now:
                args, kwargs = self.torch.fx.node.map_arg((one.args, one.kwargs), self.now.get)
                with self.torch.no_grad():
                    self.now[one] = one.target(*args, **kwargs)
            if one is node:
                break
        return self.now[node]

    def _computed_now(self, node, name):
        """What no input and no parameter enters is a constant."""
        def now(value):
            found = self.found[value]
            return found.value if isinstance(found, _Constant) else found

        args, kwargs = self.torch.fx.node.map_arg((node.args, node.kwargs), now)
        self._check_drawn(node, name)
        found = node.target(*args, **kwargs)
        return _constants(found)

    # what cannot be read

    def _where(self, node):
        """The module that an operation belongs to, by its path and its type."""
        stack = list((node.meta.get("nn_module_stack") or {}).values())
        path, kind = stack[-1] if stack else ("", "")
        kind = (kind if isinstance(kind, str) else kind.__name__).rpartition(".")[2]
        path = path.removeprefix("model").lstrip(".")
        if kind == "WithCost":
            return "The loss"
        return f"The module {path!r} ({kind})" if path else f"forward of the model ({kind})"

    def _check_drawn(self, node, name):
        if name.startswith(("rand", "bernoulli", "normal", "multinomial", "exponential", "uniform")):
            raise InputError(f"{self._where(node)} draws random numbers ({name}), new ones at each call. Hand them over as "
                             "an input.")

    def _check_known(self, node, name):
        self._check_drawn(node, name)
        self._unknown(node, name)

    def _unknown(self, node, name):
        raise InputError(f"{self._where(node)} uses {name}, which from_torch cannot read as equations. {self._instead()}")

    @staticmethod
    def _instead():
        return (f"What can be read: {READABLE}. Put one of them in its place, or write the network with bp.model, where any "
                "formula in index notation will do.")


class _Constant:
    """A tensor that does not depend on inputs or parameters."""

    def __init__(self, value, name="k"):
        self.value, self.name, self._tensor = value, name, None

    def written(self, writer):
        if self._tensor is None:
            self._tensor = writer.constant(self.value.detach().cpu().numpy(), self.name)
        return self._tensor

    shape = property(lambda self: tuple(self.value.shape))


def _constants(value, name="k"):
    """A tensor, or several, as constants; what else there is stays."""
    if isinstance(value, (list, tuple)):
        return [_constants(one, name) for one in value]
    return _Constant(value.detach(), name) if hasattr(value, "detach") else value


def names_of_inputs(model, inputs, targets):
    """Names of the inputs as forward has them, of the targets y and target, of factors g."""
    if len(inputs) == 1:
        names = ["x"]
    else:
        parameters = list(inspect.signature(model.forward).parameters)
        names = [name if NAME.fullmatch(name) and len(name) > 1 else f"x{place}"
                 for place, name in enumerate((*parameters, *("",) * len(inputs))[:len(inputs)], 1)]
    return names + [("y" if one.is_floating_point() else "target") for one in targets]


