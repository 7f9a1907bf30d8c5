"""From plain generated code to code that is as fast as tuned by hand.

trees     code as data
names     names that meet no other
kernels   what tuned code calls
passes    from plain lines to single operations and matrix products
together  one call for several layers
buffers   arrays that are made once
arrays    the table of passes, and the code that comes out
scalars   tiny networks as plain numbers
plain     the plain code, called in the same way
tuned     the functions that a caller sees: checked
"""
from .tuned import Tuned, tune

__all__ = ["Tuned", "tune"]
