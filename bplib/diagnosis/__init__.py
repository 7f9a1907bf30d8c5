"""What is wrong with my backpropagation?  Her arrays in any layout, judged, and the mistake by its name.

How it is made
    arrays, names                arrays of any library, under any of the usual names
    forms, parameters, samples   how she stores a network and a batch: what fits, and what was assumed
    reading, given               all of that together; her gradients in our layout
    calling, steps               her functions; a step of training as the gradient that it takes
    judging                      right, wrong, or not to be decided
    backward, mistakes           backpropagation in pieces, and what people write in place of a piece: a table
    factors, search              factors and penalties; which mistakes give her numbers
    relations, naming, lines     how an array is to the right one; names and sentences; lines to compare with
    symptoms, compared, motion   what her data, her cost and her steps show
    source, apart                her program's text, run in a process of its own
    result, asked                what comes out, and `diagnose` itself
    magic                        %%diagnose for notebooks
"""
from .asked import diagnose
from .result import Diagnosis

__all__ = ["Diagnosis", "diagnose"]


def load_ipython_extension(shell):
    """%load_ext bplib.diagnosis"""
    from .magic import register
    register(shell)
