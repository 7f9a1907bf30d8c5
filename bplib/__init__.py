"""bplib: write a network as equations, derive its gradients, run them, check them.

Importing bplib costs nothing: each name is loaded from its room when it is first used.
"""
from importlib import import_module

_ROOMS = {
    "activation": "activations", "loss": "losses", "function": "functions",
    "Network": "networks", "dense": "networks", "graph": "networks", "neuron": "networks",
    "derive": "derivation", "generate": "codegen", "forms": "three_forms", "gradient_check": "gradcheck",
    "Notation": "notation", "convention": "conventions", "compare": "rosetta",
    "tune": "tuning", "initial_parameters": "training", "train": "training", "accuracy": "training",
    "InputError": "errors", "DerivationError": "errors",
    "activations": "", "coursework": "", "datasets": "", "explore": "", "figures": "", "languages": "", "losses": "",
    "reference": "",
}

__all__ = list(_ROOMS)


def __getattr__(name):
    if name not in _ROOMS:
        raise AttributeError("module 'bplib' has no attribute {!r}; it has {}".format(name, ", ".join(_ROOMS)))
    room = _ROOMS[name]
    value = getattr(import_module("." + room, __name__), name) if room else import_module("." + name, __name__)
    globals()[name] = value
    return value


def __dir__():
    return sorted(set(globals()) | set(_ROOMS))
