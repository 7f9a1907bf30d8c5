"""bplib: write a network as equations, derive its gradients, run them, check them.

Importing bplib costs nothing: each name is loaded from its room when it is first used.
"""
import sys
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # what editors complete and check; `test_package` compares it with the tables below
    from . import activations as activations
    from . import asking as ask  # noqa: F401, under the name that `_MODULES` gives it
    from . import coursework as coursework
    from . import datasets as datasets
    from . import explore as explore
    from . import figures as figures
    from . import languages as languages
    from . import losses as losses
    from . import reference as reference
    from .activations import activation as activation
    from .codegen import generate as generate
    from .conventions import convention as convention
    from .derivation import derive as derive
    from .diagnosis import diagnose as diagnose
    from .models.typeset import Style as Style
    from .errors import DerivationError as DerivationError
    from .errors import InputError as InputError
    from .frameworks import from_keras as from_keras
    from .frameworks import from_torch as from_torch
    from .functions import function as function
    from .gradcheck import gradient_check as gradient_check
    from .lines.check import check_derivation as check_derivation
    from .losses import loss as loss
    from .models import layers as layers
    from .models.model import Model as Model
    from .models.model import model as model
    from .networks import Network as Network
    from .networks import dense as dense
    from .networks import graph as graph
    from .networks import neuron as neuron
    from .notation import Notation as Notation
    from .rosetta import compare as compare
    from .three_forms import forms as forms
    from .training import accuracy as accuracy
    from .training import initial_parameters as initial_parameters
    from .training import train as train
    from .tuning import tune as tune

_ROOMS = {
    "activation": "activations", "loss": "losses", "function": "functions",
    "Network": "networks", "dense": "networks", "graph": "networks", "neuron": "networks",
    "Model": "models.model", "model": "models.model", "Style": "models.typeset",
    "check_derivation": "lines.check",
    "derive": "derivation", "generate": "codegen", "forms": "three_forms", "gradient_check": "gradcheck",
    "Notation": "notation", "convention": "conventions", "compare": "rosetta",
    "diagnose": "diagnosis", "from_keras": "frameworks", "from_torch": "frameworks",
    "tune": "tuning", "initial_parameters": "training", "train": "training", "accuracy": "training",
    "InputError": "errors", "DerivationError": "errors",
}
_MODULES = {
    "activations": "activations", "ask": "asking", "coursework": "coursework", "datasets": "datasets", "explore": "explore",
    "figures": "figures", "languages": "languages", "layers": "models.layers", "losses": "losses", "reference": "reference",
}

__all__ = [*_ROOMS, *_MODULES]


def __getattr__(name):
    if name not in __all__:
        raise AttributeError("module 'bplib' has no attribute {!r}; it has {}".format(name, ", ".join(__all__)))
    module = import_module("." + (_ROOMS.get(name) or _MODULES[name]), __name__)
    value = getattr(module, name) if name in _ROOMS else module
    globals()[name] = value
    return value


def __dir__():
    return sorted({*globals(), *__all__})


if sys.platform == "emscripten":
    from .in_browser import tell_as_json

    tell_as_json()
