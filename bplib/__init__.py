"""bplib: write a network as equations, derive its gradients, run them, check them.

Importing bplib costs nothing: each name is loaded from its room when it is first used.
"""
from importlib import import_module

_ROOMS = {
    "activation": "activations", "loss": "losses", "function": "functions",
    "Network": "networks", "dense": "networks", "graph": "networks", "neuron": "networks",
    "Model": "models.model", "model": "models.model", "Style": "deriving.typeset",
    "check_derivation": "lines.check",
    "derive": "derivation", "generate": "codegen", "forms": "three_forms", "gradient_check": "gradcheck",
    "Notation": "notation", "convention": "conventions", "compare": "rosetta",
    "tune": "tuning", "initial_parameters": "training", "train": "training", "accuracy": "training",
    "InputError": "errors", "DerivationError": "errors",
}
_MODULES = {
    "activations": "activations", "coursework": "coursework", "datasets": "datasets", "explore": "explore",
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
