"""What is wrong with my backpropagation?  Her arrays in any layout, judged, and the mistake by its name.

How it is made
    arrays, names                arrays of any library, under any of the usual names
    forms, parameters, samples   how she stores a network and a batch: what fits, and what was assumed
    reading, given               all of that together; her gradients in our layout
    calling, steps               her functions; a step of training as the gradient that it takes
    judging, precision           right, wrong, or not to be decided; to how many digits two arrays agree
    still                        nothing has moved, all is zero
    backward, mistakes           backpropagation in pieces, and what people write in place of a piece: a table
    factors, search              factors and penalties; which mistakes give her numbers
    relations, naming, lines     how an array is to the right one; names and sentences; lines to compare with
    symptoms, compared, motion   what her data, her cost and her steps show
    source, apart                her program's text, run in a process of its own
    of_models, graphs, model_names    the same for models of any kind: their backward equations, one of them written wrong
    result, asked                what comes out, and `diagnose` itself
    magic                        %%diagnose for notebooks
"""
import sys
from importlib import import_module

_WHERE = {"diagnose": "asked", "Diagnosis": "result"}
"""Names → modules, loaded when they are first used: the process that runs a program apart needs neither."""

__all__ = [*_WHERE]


def __getattr__(name):
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    _in_a_notebook()
    return getattr(import_module("." + _WHERE[name], __name__), name)


def load_ipython_extension(shell):
    """%load_ext bplib.diagnosis"""
    from .magic import register
    register(shell)


def _in_a_notebook():
    """%%diagnose is there as soon as this room is used in IPython."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is not None:
        load_ipython_extension(shell)
