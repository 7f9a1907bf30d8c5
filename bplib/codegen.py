"""From equations to NumPy: array code that reads like good hand-written code, run by way of sympy.lambdify.

Each equation becomes one line.  An entry W1[j, k] is printed as the array W1, with its axes where the equation needs
them; a sum over one index of a product of two arrays becomes `@`, any other sum `.sum(axis=…)` or `einsum`.
SymPy's NumPyPrinter prints everything that is the same for numbers and arrays; lambdify turns the lines into a
function.
"""
from typing import overload
import inspect
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.printing.numpy import NumPyPrinter
from sympy.printing.precedence import PRECEDENCE

from .activations import Activated, log_softmax, normal_cdf, normal_pdf, softmax
from .conventions import convention
from .derivation import Derivation, derive
from .deriving.derivation import ModelDerivation
from .equations import Equation, N, Quantity, gradient_of, in_reading_order, name_of, place_in_sum, s
from .errors import InputError
from .evaluation import stable
from .inputs import checked_parameters, checked_samples
from .layout import Layout
from .models.model import Model
from .networks import Graph, Network, checked_network
from .notation import DEFAULT, Notation
from .numerics import kernels
from .program.generated import GeneratedModel, generate_model


class Array(sp.Basic):
    """Array(expression, indices): the whole array whose entry at the indices is the expression."""


class Constant(sp.Basic):
    """Constant(number, z): an array that holds the number everywhere, in the shape of z."""


class Columns(sp.Basic):
    """Columns(b, W): biases and weights put together into one array."""


class ArrayPrinter(NumPyPrinter):
    """Prints an entry's formula as code for the whole array.

    `indices` is the order of axes: the indices of the entry that is computed, then those of the sums that are open.
    """

    _default_settings = {**NumPyPrinter._default_settings, "fully_qualified_modules": False}

    def __init__(self, layout):
        super().__init__()
        self.layout, self.network, self.indices = layout, layout.network, ()

    def _module_format(self, name, register=True):
        return "np." + name.rsplit(".", 1)[-1]

    def _print_Array(self, e):
        expression, indices = e.args
        self.indices = tuple(indices)
        return self._aligned(expression, self.indices)

    def _print_Constant(self, e):
        return "np.full_like({1}, {0})".format(*map(self._print, e.args))

    # axes

    def _axes(self, e):
        """The free indices of an expression, in order: the axes of the array that it is printed as."""
        return tuple(at for at in self.indices if at in e.free_symbols)

    def _aligned(self, e, axes, level=0):
        """Code for an expression, with new axes put in where it lacks one of `axes` after its first."""
        code, own = self.parenthesize(e, level) if level else self._print(e), self._axes(e)
        missing = [at for at in axes if own and at not in own and axes.index(at) > axes.index(own[0])]
        if not missing:
            return code
        one_piece = isinstance(e, (sp.Indexed, sp.Function)) or isinstance(e, sp.Sum) and " @ " not in code
        slices = ", ".join(":" if at in own else "None" for at in axes[axes.index(own[0]):])
        return f"{code if one_piece else f'({code})'}[{slices}]"

    def _print_Indexed(self, e):
        name, stored = self.layout.text(self.layout.quantities[name_of(e)]), self._stored(e)
        fixed = [int(at) - 1 if at.is_Integer else None for at in stored]
        if any(at is not None for at in fixed):
            name += "[" + ", ".join(":" if at is None else str(at) for at in fixed) + "]"
        indices = [at for at in stored if not at.is_Integer]
        return name + ".T" if indices != sorted(indices, key=self.indices.index) else name

    def _print_Float(self, e):
        return repr(float(e))

    def _print_Integer(self, e):
        """Whole numbers that floats hold one by one as they are; NumPy makes objects of those beyond its ints."""
        return str(e) if abs(e) <= 2**53 else self._print_Float(e)

    def _stored(self, e):
        return self.layout.stored(self.layout.quantities[name_of(e)], e.indices)

    def _print_Columns(self, e):
        b, W = map(self._print, e.args)
        return f"np.vstack([{b}, {W}])" if self.layout.notation.weight == "from,to" else f"np.column_stack([{b}, {W}])"

    def _print_Symbol(self, e):
        value = self.network.sizes.get(e)
        return self._print(value) if value is not None else super()._print_Symbol(e)

    # arithmetic

    def _print_Add(self, e, order=None):
        axes, code = self._axes(e), ""
        for term in sorted(e.args, key=place_in_sum):
            minus = term.could_extract_minus_sign() and code
            printed = self._aligned(-term if minus else term, axes, PRECEDENCE["Add"])
            code += (" - " if minus else " + " if code else "") + printed
        return code

    def _print_Mul(self, e):
        axes = self._axes(e)
        coefficient, factors = e.as_coeff_mul()
        if coefficient.is_negative:
            return "-" + self._aligned(-e, axes, PRECEDENCE["Mul"])
        below = [1 / f for f in factors if f.is_Pow and f.exp.could_extract_minus_sign()]
        above = in_reading_order([f for f in factors if 1 / f not in below])
        above.sort(key=lambda f: not isinstance(f, sp.Sum))
        if coefficient.is_Rational and coefficient.q != 1:
            below.append(sp.Integer(coefficient.q))
            coefficient = sp.Integer(coefficient.p)
        if coefficient != 1 or not above:
            above.insert(0, coefficient)
        code = "*".join(self._factor(f, axes, len(above) > 1) for f in above)
        slash = " / " if " @ " in code else "/"
        return code + "".join(slash + self._aligned(f, axes, PRECEDENCE["Pow"]) for f in below)

    def _factor(self, e, axes, among_others):
        code = self._aligned(e, axes, PRECEDENCE["Mul"])
        return f"({code})" if among_others and " @ " in code and not code.startswith("(") else code

    def _print_Pow(self, e, **options):
        if e.exp == -1:
            return "1/" + self.parenthesize(e.base, PRECEDENCE["Pow"])
        return super()._print_Pow(e, **options)

    def _print_Piecewise(self, e):
        axes = self._axes(e)
        *pieces, (otherwise, _) = e.args
        code = self._print(otherwise)
        for value, condition in reversed(pieces):
            code = f"np.where({self._print(condition)}, {self._aligned(value, axes)}, {code})"
        return code

    def _print_Relational(self, e):
        return f"{self._print(e.lhs)} {e.rel_op} {self._print(e.rhs)}"

    def _print_And(self, e):
        return " & ".join(f"({self._print(condition)})" for condition in e.args)

    def _print_Or(self, e):
        return " | ".join(f"({self._print(condition)})" for condition in e.args)

    def _print_Abs(self, e):
        return f"abs({self._print(e.args[0])})"

    def _print_erf(self, e):
        return f"erf({self._print(e.args[0])})"

    def _print_KroneckerDelta(self, e):
        labels = next(at for at in e.args if isinstance(at, sp.Indexed))
        columns = ":, " if self.layout.notation.samples == "columns" else ""
        return f"np.eye({self.network.shape('y')[1]})[{columns}{self._print(labels)}]"

    # functions

    def _print_Function(self, e):
        if isinstance(e, (softmax, log_softmax)):
            axis = "" if self.layout.notation.samples == "rows" else ", axis=0"
            return f"{type(e).__name__}({self._print(e.args[0])}{axis})"
        if type(e).__name__ == "identity":
            return self._print(e.args[0])
        if isinstance(e, (Activated, AppliedUndef, normal_cdf, normal_pdf)):
            return f"{type(e).__name__}({', '.join(map(self._print, e.args))})"
        return super()._print_Function(e)

    # sums

    def _print_Sum(self, e):
        outer, bound = self._axes(e), tuple(limits[0] for limits in e.limits)
        kept, self.indices = self.indices, (*self.indices, *bound)
        try:
            left, right = self._two_groups(e, bound) if len(bound) == 1 else (None, None)
            if right is not None:
                return self._matrix_product(left, right, outer, *bound)
            return self._plain_sum(e, outer, bound)
        finally:
            self.indices = kept

    def _two_groups(self, e, bound):
        """The factors of Σ_k A[.., k] B[.., k], as two groups that share no axis but k; (None, None) otherwise."""
        groups = {}
        for factor in sp.Mul.make_args(e.function):
            groups.setdefault(tuple(at for at in self._axes(factor) if at not in bound), []).append(factor)
        apart = len(groups) == 2 and not set.intersection(*map(set, groups))
        if not apart or not all(f.has(*bound) for group in groups.values() for f in group):
            return None, None
        first_to_last = sorted(groups, key=lambda axes: [self.indices.index(at) for at in axes])
        return [sp.Mul(*groups[axes]) for axes in first_to_last]

    def _matrix_product(self, left, right, outer, at):
        """left @ right, with the summed axis last on the left and first on the right."""
        return f"{self._oriented(left, at, last=True)} @ {self._oriented(right, at, last=False)}"

    def _oriented(self, e, at, last):
        others = tuple(o for o in self._axes(e) if o != at)
        kept, self.indices = self.indices, (*others, at) if last else (at, *others)
        try:
            return self.parenthesize(e, PRECEDENCE["Atom"] if not e.is_Indexed else 0)
        finally:
            self.indices = kept

    def _plain_sum(self, e, outer, bound):
        whole = [self._stored(f) for f in e.function.atoms(sp.Indexed) if set(f.indices) == {*outer, *bound}]
        axes = min(whole, key=str, default=(*outer, *bound))
        if tuple(at for at in axes if at in outer) == outer:
            self.indices = (*axes, *(at for at in self.indices if at not in axes))
        axes = tuple(at for at in self.indices if at in {*outer, *bound})
        code = self._aligned(e.function, axes)
        code = code if e.function.is_Indexed or e.function.is_Function else f"({code})"
        over = [axes.index(at) for at in bound]
        return f"{code}.sum({'' if not outer else f'axis={over[0] if len(over) == 1 else tuple(over)}'})"


class NumericFunction:
    """A NumPy function generated from equations.

    raw      the function that lambdify made: arrays in (`inputs`), a list of arrays out (`outputs`), nothing checked
    source   its source, as it runs
    pack     what a call makes of the list
    """

    def __init__(self, layout, name, equations, inputs, outputs, pack):
        self.layout, self.name, self.inputs, self.outputs, self.pack = layout, name, inputs, outputs, pack
        self._lines, self._made_of = _lines(layout, equations, outputs), (name, tuple(equations), inputs, outputs, pack)
        self.raw = self.with_kernels(kernels())
        self.source = inspect.getsource(self.raw).replace("_lambdifygenerated", name, 1)

    def __reduce__(self):
        return type(self), (self.layout, *self._made_of)

    def with_kernels(self, kernels):
        """The raw function with the given functions behind the names that the code calls."""
        return _lambdified(self.layout, self._lines, self.inputs, self.outputs, kernels)

    def __repr__(self):
        return self.source

    def _repr_markdown_(self):
        return f"```python\n{self.source}```"

    def __call__(self, parameters, *samples):
        return self.pack(self.values(parameters, samples))

    def values(self, parameters, samples):
        """The outputs as a list, after the checks of what was handed over."""
        arrays = checked_parameters(self.layout, parameters)
        wanted = self.inputs[len(self.layout.parameters):]
        with np.errstate(under="ignore"):  # what is too small to be held is 0
            return self.raw(*arrays, *checked_samples(self.layout, samples, wanted))


class Gradients(NumericFunction):
    """The gradients by the parameters; and, asked for, the derivatives of the cost with respect to what lies between.

    more   equations for ∂C_s/∂a and ∂C_s/∂x, as `Derivation.activated`
    """

    def __init__(self, layout, name, equations, inputs, outputs, pack, more=()):
        super().__init__(layout, name, equations, inputs, outputs, pack)
        self.more, self._made_of = tuple(more), (*self._made_of, tuple(more))
        self._between = lru_cache(None)(self._derivative)

    def __call__(self, parameters, *samples, with_respect_to=None):
        """∂C/∂parameter for each array of parameters, in a dict.

        with_respect_to   the name of an array of inputs, weighted sums or activations, such as "X", "z1" or "a1", or a
                          list of such names: then ∂C/∂X and so on in place of the gradients, in the shape of the array
                          (samples by units; C is the cost of the batch), or a dict of them for a list
        """
        if with_respect_to is None:
            return super().__call__(parameters, *samples)
        if not isinstance(with_respect_to, (str, list, tuple)):
            raise InputError("with_respect_to is the name of an array, such as 'X', 'z1' or 'a1', or a list of names; "
                             f"given: {type(with_respect_to).__name__}.")
        if isinstance(with_respect_to, (list, tuple)):
            return {name: self.between(name)(parameters, *samples) for name in with_respect_to}
        return self.between(with_respect_to)(parameters, *samples)

    def between(self, name: str) -> NumericFunction:
        """The function that computes ∂C/∂X, ∂C/∂z1 or ∂C/∂a1; its `source` shows how.

        InputError where the network has no such array.
        """
        known = {self.layout.text(q): q for q in self.layout.network.quantities.values() if q.kind in "xza"}
        if not isinstance(name, str) or name not in known:
            raise InputError(f"There is no array {name!r} between the inputs and the cost. There are: "
                             f"{', '.join(known)}; the gradients with respect to the parameters come all at once, "
                             "without with_respect_to.")
        return self._between(known[name])

    def _derivative(self, quantity):
        """∂C/∂q[s, j] is ∂C_s/∂q[s, j] times what the cost of a sample counts in the cost of the batch."""
        layout, (_, equations, inputs, *_) = self.layout, self._made_of[:3]
        share = 1 / N if layout.network.options.over_samples == "mean" else sp.S.One
        known = {equation.quantity for equation in equations}
        equations = [*equations, *(e for e in self.more if e.quantity not in known and e.quantity.kind == "da")]
        made = [Equation(Quantity(self._title(quantity, indices), "dC", None, (N,)), indices, share * right)
                for indices, right in self._per_sample(quantity)]
        columns = [equation.indices[1] for equation in made if equation.indices[-1].is_Integer]
        made = [replace(e, indices=(s,)) if columns else e for e in made]
        pack = _Columns(layout.network.shape(quantity.name)[1], tuple(int(at) - 1 for at in columns),
                        0 if layout.notation.samples == "columns" else 1) if columns else _only
        return NumericFunction(layout, "derivative", [*equations, *made], inputs,
                               [equation.quantity.name for equation in made], pack)

    def _per_sample(self, quantity):
        """∂C_s/∂q as pairs of indices and formula: one for the whole array, or one for each named input."""
        gradient = gradient_of(quantity)
        found = [e for e in (*self._made_of[1], *self.more) if e.quantity == gradient]
        return [(e.indices, e.right if quantity.kind == "x" else gradient[e.indices])
                for e in (found if quantity.kind == "x" else found[:1])]

    def _title(self, quantity, indices):
        column = "".join(f"_{at}" for at in indices if at.is_Integer)
        title = f"dC_d{self.layout.text(quantity)}{column}"
        return title + "_" * (title in self.layout.names)


def _lines(layout, equations, outputs):
    """Pairs (name in code, formula) for all that the outputs depend on, in the order of the equations."""
    names = {name: layout.text(quantity) for name, quantity in layout.quantities.items()}
    lines = [(array, Columns(*(sp.Symbol(names[part]) for part in parts)), set(parts))
             for array, parts in layout.joined.items() if array in outputs]
    needed = set(outputs).union(*(needs for *_, needs in lines))
    for equation in reversed(equations):
        name = names.get(equation.quantity.name, equation.quantity.name)
        if not needed.isdisjoint({name, equation.quantity.name}):
            needs = {name_of(e) for e in equation.right.atoms(sp.Indexed, sp.Symbol)}
            indices = layout.stored(equation.quantity, equation.indices)
            lines.insert(0, (name, Array(equation.right, sp.Tuple(*indices)), needs))
            if equation.quantity.kind in ("delta", "da") and not equation.right.free_symbols.intersection(indices):
                z = _pre_activation(layout, equation.quantity)
                lines[0] = name, Constant(equation.right, sp.Symbol(names[z])), {z}
            needed |= lines[0][2]
    return [(name, formula) for name, formula, _ in lines]


def _pre_activation(layout, error):
    """The name of the z that an error term, or a derivative with respect to an activation, has its shape from."""
    return next(q.name for q in layout.quantities.values() if (q.kind, q.mark) == ("z", error.mark))


def _lambdified(layout, lines, inputs, outputs, kernels):
    x = sp.Symbol(layout.text(layout.network.given("x")))
    lines = [(sp.Symbol(name), formula) for name, formula in lines]
    if any(formula.has(N) for _, formula in lines):
        count = sp.Symbol(f"{x}.shape[1]") if layout.shape("x").index("N") else sp.Function("len")(x)
        lines.insert(0, (N, count))
    return sp.lambdify([sp.Symbol(name) for name in inputs], [sp.Symbol(name) for name in outputs], [kernels],
                       printer=ArrayPrinter(layout), cse=lambda expression: (lines, expression))


class Generated:
    """The numeric functions of a network, generated from its equations; each has its `.source`.

    cost(parameters, X, Y)        the cost of the batch, a float; without Y where the loss has no targets
    gradients(parameters, X, Y)   dict of arrays, one for each array of parameters, with its name and shape;
                                  gradients(…, with_respect_to="X") is ∂C/∂X, likewise for "z1" or "a1"
    forward(parameters, X)        dict of every z and a
    predict(parameters, X)        the outputs, in the shape of Y: (N, n_L)

    parameters is a dict of float arrays, {"W1": (n_1, n_0), "b1": (n_1,), …}; in another notation than this course's,
    names and shapes are those of its `layout`.
    backward holds the equations that the gradients are generated from.
    """

    def __init__(self, layout, backward, activated=()):
        _check_apart(layout)
        self.layout, self.network, self.backward = layout, layout.network, tuple(backward)
        equations = stable(self.network)
        layers = [layout.text(e.quantity) for e in equations if e.quantity.kind in "za"]
        outputs = [layout.text(layout.quantities[name]) for name in self.network.outputs]
        given = (*layout.parameters, layout.text(self.network.given("x")))
        all_given = (*given, *([layout.text(self.network.targets)] if self.network.targets else []))

        def function(name, lines, inputs, outputs, pack):
            return NumericFunction(layout, name, lines, inputs, outputs, pack)

        self.cost = function("cost", equations, all_given, ["C"], _number)
        self.forward = function("forward", equations, given, layers, _Named(layers, apart=True))
        side_by_side = isinstance(self.network.structure, Graph) and len(self.network.shape("y")) == 2
        columns = layout.notation.samples == "columns"
        stacked = np.vstack if columns else np.column_stack
        self.predict = function("predict", equations, given, outputs, stacked if side_by_side else _only)
        self.gradients = Gradients(layout, "gradients", [*equations, *backward], all_given, layout.gradients,
                                   _Named(layout.parameters, floats=True), activated)

    def __reduce__(self):
        return Generated, (self.layout, self.backward, self.gradients.more)


def _check_apart(layout):
    """An array called as a function that the code calls would hide it."""
    called = {*kernels(), "len", "N"}
    taken = [name for name in layout.names if name in called]
    if taken:
        raise InputError(f"The notation {layout.notation.name!r} calls an array {taken[0]!r} in code, where that is the "
                         "name of something else: generated code calls it. Choose another name.")


# what calls make of the list of outputs

def _number(values):
    return float(values[0])


def _only(values):
    return values[0]


@dataclass(frozen=True)
class _Columns:
    """Arrays of one number a sample, side by side along an axis of `number`; what is not among them is 0."""

    number: int
    places: tuple
    axis: int

    def __call__(self, values):
        columns = [np.zeros_like(values[0]) for _ in range(self.number)]
        for place, value in zip(self.places, values, strict=True):
            columns[place] = value
        return np.stack(columns, axis=self.axis)


@dataclass(frozen=True)
class _Named:
    """The arrays by name.

    apart    none shares its memory with another, as z and a do for the identity
    floats   all are floats; what sums slopes of 0 and 1 alone is of ints
    """

    names: tuple
    apart: bool = False
    floats: bool = False

    def __call__(self, values):
        if self.floats:
            values = [value if value.dtype.kind == "f" else value.astype(float) for value in values]
        return {name: value.copy() if self.apart and any(value is other for other in values[:at]) else value
                for at, (name, value) in enumerate(zip(self.names, values))}


@overload
def generate(network: Network, derivation: Derivation | None = None, notation: str | Notation = DEFAULT) -> Generated: ...
@overload
def generate(network: Model, derivation: ModelDerivation | None = None) -> GeneratedModel: ...
def generate(network: Network | Model, derivation=None,
             notation: str | Notation = DEFAULT) -> Generated | GeneratedModel:
    """Generate the numeric functions of a network, from its derivation if it has been made already: `Generated`.

    network    a network, or a `model` written as text: then what comes back is a `GeneratedModel`
    notation   whose names and layout of arrays the code has: a `Notation`, or the name of one in `conventions`

    InputError where an activation has been left open ("g").
    """
    if isinstance(network, Model):
        if notation is not DEFAULT:
            raise InputError("A model's code has the names that its text has; a notation is for networks of layers.")
        return generate_model(network, derivation or derive(network))
    network = checked_network(network)
    if derivation is not None and not isinstance(derivation, Derivation):
        hint = f" Write generate(network, notation={derivation!r})." if isinstance(derivation, str) else ""
        raise InputError("What comes after the network is its derivation, as derive(network) returns it; given: "
                         f"{type(derivation).__name__}.{hint}")
    if derivation is not None and derivation.network.equations != network.equations:
        raise InputError("The derivation belongs to another network: its equations differ from those of this one.")
    if any(isinstance(e.right, Activated) and e.right.row.abstract for e in network.equations):
        raise InputError('An activation is left open ("g"), so there are no numbers to compute. '
                         "Choose one, such as 'sigmoid'.")
    derivation = derivation or derive(network)
    return Generated(Layout(network, convention(notation)), derivation.backward, derivation.activated)
