"""Models of other frameworks as equations.  The framework is imported when a model of it is read, never before.

How it is made
    ranges, writer            axes that are named at the end; the equations so far
    table                     what can be read: a row for each operation of PyTorch
    entrywise, views, layers, along, picking, attention, recurrent, losses    the rows
    torch_reader              a program as PyTorch lists it, operation by operation
    dense                     whether it is a network of dense layers
    result                    `from_torch`, and what it returns
    keras_reader              `from_keras`: a model of Keras as one of PyTorch's
"""
from .keras_reader import from_keras as from_keras
from .result import ReadModel as ReadModel
from .result import from_torch as from_torch
