"""`bp.from_keras`: a model of Keras, run by PyTorch and read as one of PyTorch's."""
import inspect
import sys

from ..errors import InputError
from .result import ReadModel, from_torch
from .torch_reader import torch_itself

LOADED_ANEW = ("Set the environment variable KERAS_BACKEND to torch before keras is imported; a model that "
               "model.save(\"mine.keras\") has written with any backend is there with keras.saving.load_model(\"mine.keras\").")


def from_keras(model, example, targets=None, loss=None, training=False) -> ReadModel:
    """Read a model of Keras into equations: its backward pass derived, in NumPy, and compared with autograd's.

    model      a model or a layer of Keras 3 with PyTorch as backend, built: it has its weights.  Nothing of it is changed
    example    an input, or a tuple of inputs: arrays of the shapes that the model takes
    targets    what the loss takes besides the output
    loss       a loss of Keras, its name, or a function (targets, output) → number, in the order that Keras has.  With targets
               and without a loss it is the one that the model was compiled with; with neither the cost is the output itself
               where it is one number, and otherwise Σ g·output with factors g that are given.  What regularizers of the model
               add is part of the cost where there is a loss
    training   whether the model runs as in training: batch normalisation with the numbers of the batch

    What `from_torch` says holds here too.  Parameters have the names that Keras shows, such as dense/kernel; a kernel of Dense
    has a row for each input.  InputError for what cannot be read, for another backend, and for what is no model.

    >>> read = bp.from_keras(model, x, y, "mse")
    >>> print(read), read.derivation, read.source, read.check()
    """
    keras = _keras_of(model)
    torch = torch_itself()
    if not model.built:
        raise InputError("The model has no weights yet. Call it once, model(x), or begin it with keras.Input((3,)).")
    random = [layer.name for layer in _layers(model) if getattr(layer, "seed_generator", None) is not None]
    if training and random:
        raise InputError(f"In training these layers draw new random numbers at each call: {', '.join(random)}. Read the model with "
                         "training=False, or without them.")
    if targets is not None and loss is None:
        loss = getattr(model, "loss", None)
        if loss is None:
            raise InputError("There are targets and no loss. Hand over how they are compared: loss=\"mse\", a loss of Keras, or a "
                             "function (targets, output) → number; or compile the model with one.")
    module = _as_module(torch, keras, model, training, penalties=loss is not None)
    return from_torch(module, example, targets, _loss(keras, loss))


def _layers(layer):
    """A layer and those that it consists of."""
    yield layer
    for one in getattr(layer, "layers", ()):
        yield from _layers(one)


def _keras_of(model):
    """Keras, where the model is one of Keras and PyTorch runs it."""
    keras = sys.modules.get("keras")
    if keras is None or not isinstance(model, keras.Layer):
        raise InputError(f"from_keras reads a model of Keras 3; given: {type(model).__name__}.")
    backend = keras.backend.backend()
    if backend != "torch":
        raise InputError(f"from_keras reads a model through PyTorch, and Keras runs with {backend} here. {LOADED_ANEW}")
    return keras


def _loss(keras, loss):
    """A loss as `from_torch` takes it: ((output, *penalties), targets) → number."""
    if loss is None:
        return None
    try:
        found = keras.losses.get(loss)
    except (ValueError, TypeError) as error:
        raise InputError(f"loss is a loss of Keras, its name, or a function (targets, output) → number; given: {loss!r}."
                         ) from error
    of_each_sample = isinstance(loss, str) and not isinstance(found, keras.losses.Loss)

    def cost(results, *targets):
        output, *penalties = results
        value = found(*targets, output)
        return sum(penalties, start=keras.ops.mean(value) if of_each_sample else value)

    return cost


def _as_module(torch, keras, model, training, penalties):
    """A module of PyTorch with copies of all weights of a model, by the names that Keras shows.

    penalties   whether what regularizers add to a cost is returned besides the output
    """
    takes_training = "training" in inspect.signature(model.call).parameters

    class KerasModel(torch.nn.Module):
        def __init__(self):
            super().__init__()
            for variable in model.variables:
                value = torch.as_tensor(keras.ops.convert_to_numpy(variable.value)).clone()
                if any(one is variable for one in model.trainable_variables):
                    self.register_parameter(name_of(variable), torch.nn.Parameter(value))
                else:
                    self.register_buffer(name_of(variable), value)

        def forward(self, *inputs):
            own = [[getattr(self, name_of(one)) for one in variables]
                   for variables in (model.trainable_variables, model.non_trainable_variables)]
            given = inputs if len(inputs) == 1 else (list(inputs),)
            options = {"training": training} if takes_training else {}
            output, _, *more = model.stateless_call(*own, *given, return_losses=penalties, **options)
            return (output, *more[0]) if penalties else output

    def name_of(variable):
        return variable.path.removeprefix(f"{model.name}/")

    return KerasModel()
