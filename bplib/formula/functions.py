"""Functions of one number that every text may name: a network's equations and a learner's lines."""
import sympy as sp

NAMED = {"exp": sp.exp, "log": sp.log, "sqrt": sp.sqrt, "abs": sp.Abs, "sin": sp.sin, "cos": sp.cos, "tan": sp.tan,
         "asin": sp.asin, "acos": sp.acos, "atan": sp.atan, "sinh": sp.sinh, "cosh": sp.cosh, "asinh": sp.asinh,
         "acosh": sp.acosh, "atanh": sp.atanh, "erf": sp.erf}
"""Name → the function of SymPy.  Activations have a table of their own."""

SPELLED = {"ln": "log", "arcsin": "asin", "arccos": "acos", "arctan": "atan", "arcsinh": "asinh", "arccosh": "acosh",
           "arctanh": "atanh", "arsinh": "asinh", "arcosh": "acosh", "artanh": "atanh"}
"""Another name → the name in `NAMED`."""
