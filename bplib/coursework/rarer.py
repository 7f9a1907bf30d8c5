"""Mistakes that are looked for where no other fits: a factor, a path, an index, a question read for another one.

Most are made in what is asked for, not on the way there.
"""
from collections.abc import Callable
from itertools import combinations

import sympy as sp

from ..activations import Slope
from ..equations import LAMBDA, N, i, indices_of, letter, name_of, s
from .mistake import NONE, Mistake, at_output, backward, gradient, has, is_path, own_activation, slopes, squared, weight_of

ALIKE = {"x": ("x", "a"), "a": ("x", "a"), "z": ("z",), "W": ("W",), "delta": ("delta",)}
"""Kinds of quantities that are taken for one another."""
UNITS = (1, 2, 3)
"""Numbers of units that may be taken for one another."""


def _asked(rewrite: Callable) -> Callable:
    """A change of the line that is asked for, and of no other."""
    return lambda line, context: tuple(rewrite(line, context)) if line.name in context.asked else NONE


def _entries(line, context, *kinds):
    """The entries of arrays of some kinds in a line; in a graph a weight is one, too, and has no index."""
    found = line.right.atoms(sp.Indexed, sp.Symbol)
    return sorted((e for e in found if _kind(e, context) in kinds and len(indices_of(e)) == len(_quantity(e, context).sizes)), key=str)


def _quantity(entry, context):
    return context.answers.quantities.get(name_of(entry))


def _others(quantity, context, *kinds):
    """The other quantities of some kinds that an answer may be written with."""
    known = (context.answers.quantities[name] for name in context.allowed)
    return [other for other in known if other.kind in kinds and other.mark != quantity.mark]


def _kind(entry, context):
    return getattr(_quantity(entry, context), "kind", "")


def _paths(line):
    """Sums over paths that stand in a line, written out."""
    return [e for e in [line.right, *line.right.args] if e.is_Add and all(map(is_path, e.args))]


def _some_of(terms, least=1):
    """Some of several terms, neither none of them nor all."""
    return (some for size in range(least, len(terms)) for some in combinations(terms, size))


def _in_any(rewrite: Callable) -> Callable:
    """A change of any line."""
    return lambda line, context: tuple(rewrite(line, context))


# a factor

def _two_too_many(line, context):
    if gradient(line) or backward(line) and (squared(context) or not at_output(line)):
        yield 2 * line.right


def _power(line, context):
    """Where the square is still a square."""
    if at_output(line) and squared(context):
        for error in (e for e in [line.right, *line.right.args] if e.is_Add and not e.has(Slope)):
            yield line.right * error
            yield line.right * error / 2


def _part_of_the_error(line, context):
    if at_output(line) and squared(context):
        output = own_activation(line, context).left
        yield line.right.xreplace(dict.fromkeys(_entries(line, context, "y"), sp.S.Zero))
        yield line.right.replace(lambda e: e.is_Add and e.has(output), lambda e: e - output)


def _squared_error(line, context):
    """The derivative of another cost than the one that there is."""
    if not at_output(line) or squared(context):
        return
    a = own_activation(line, context)
    error = a.left - context.network.quantities["y"][_target(line)] if _target(line) else None
    if error is not None:
        slope = Slope(a.right) if has(line, "delta") and type(a.right).__name__ != "softmax" else sp.S.One
        yield from (2 * error * slope, 2 * error, error * slope)


def _target(line):
    """The indices of the target in a line; () where there are several."""
    found = {e.indices for e in line.right.atoms(sp.Indexed) if name_of(e) == "y"}
    return found.pop() if len(found) == 1 else ()


def _lost_error_term(line, context):
    yield line.right.xreplace(dict.fromkeys(_entries(line, context, "delta"), sp.S.One))


def _lost_factor(line, context):
    """Of a slope in its short form, too; the error itself is more than a factor."""
    right = line.right
    if has(line, "slope") and not any(slope.args[0].row.abstract for slope in slopes(line)):
        right = right.replace(Slope, lambda g: g.row.slope(g.args[0], own_activation(line, context).left, *g.args[1:]))
    for factor in right.args if right.is_Mul else ():
        with_target = any(name_of(e) == "y" for e in factor.atoms(sp.Indexed))
        if not (factor.is_number or is_path(factor) or with_target):
            yield right / factor


def _bracket_lost(line, context):
    """A factor in front of a sum that reaches only some of its terms."""
    for paths in _paths(line) if line.right.is_Mul else ():
        front = line.right / paths
        yield from (sp.Add(*(term * front if term in some else term for term in paths.args)) for some in _some_of(paths.args))


def _sign_of_a_term(line, context):
    for e in sp.preorder_traversal(line.right):
        if e.is_Add:
            yield from (line.right.xreplace({e: e - 2 * term}) for term in e.args)


def _factors_added(line, context):
    """A number stays with the error."""
    number, factors = line.right.as_coeff_mul()
    if len(factors) > 1 and (backward(line) or gradient(line)):
        first = next((e for e in factors if e.is_Add), factors[0])
        yield sp.Add(*(number * e if e == first else e for e in factors))


# paths

def _path_forgotten(line, context):
    for paths in _paths(line):
        yield from (line.right.xreplace({paths: sp.Add(*some)}) for some in _some_of(paths.args, 2))


def _weight_of_a_path_lost(line, context):
    for some in _some_of(_entries(line, context, "W")) if backward(line) else ():
        yield line.right.xreplace(dict.fromkeys(some, sp.S.One))


def _units_multiplied(line, context):
    """The sum over the first units as a product."""
    sums = [e for e in line.right.atoms(sp.Sum) if e.limits[0][0] == i]
    if context.entry and backward(line) and sums:
        yield line.right.xreplace({e: e.function.subs(i, 1) * e.function.subs(i, 2) for e in sums})


def _summed_too_often(line, context):
    own = [at for at in line.indices if at != s and not context.entry]
    t = letter("t")
    yield from (sp.Sum(line.right.xreplace({at: t}), (t, 1, N)) for at in own)


def _samples_summed(line, context):
    if s in line.indices and (backward(line) or gradient(line)):
        total = sp.Sum(line.right, (s, 1, N))
        yield from (total, total / N)


# another question

def _error_term_for_output(line, context):
    equation = own_activation(line, context) if has(line, "da") else None
    if equation is not None and type(equation.right).__name__ not in ("identity", "softmax"):
        yield line.right * Slope(equation.right)


def _with_an_input(line, context):
    """What belongs to a weight of the unit, where the unit itself is asked for."""
    if not backward(line):
        return
    z = next(e for e in context.network.equations if (e.quantity.kind, e.quantity.mark) == ("z", line.mark))
    for e in sorted(z.right.atoms(sp.Indexed), key=str):
        if _kind(e, context) in ("x", "a"):
            numbers = UNITS if context.entry else ()
            summed = [at for at in indices_of(e) if at.is_Symbol and at != s]
            yield from (line.right * e.subs(at, n) for at in summed for n in numbers)
            yield line.right * e


def _with_the_bias(line, context):
    if has(line, "db"):
        bias = context.network.quantities[line.name.removesuffix(" of a sample")[1:]]
        yield line.right * bias[tuple(at for at in line.indices if at != s)]


def _quantity_itself(line, context):
    """Where one equation is to be differentiated, the equation, or the part of it that is differentiated: w·x for x."""
    weight = weight_of(line, context)
    if line.step:
        yield from (line.step.of, line.right * line.step.by)
    elif weight is not None and gradient(line) and not line.of_batch:
        yield line.right * weight[tuple(at for at in line.indices if at != s)]


def _constant_kept(line, context):
    """Terms of a weighted sum that do not change."""
    if has(line, "local"):
        equation = next(e for e in context.network.equations if e.quantity.mark == line.mark and e.quantity.kind == "z")
        bias = [e for e in equation.right.atoms(sp.Indexed, sp.Symbol) if _kind(e, context) == "b"]
        yield from (change for b in bias for change in (b, line.right + b))


def _later_steps(line, context):
    """What comes after the one step that is asked for."""
    if has(line, "local"):
        slope = Slope(own_activation(line, context).right)
        yield from (line.right * slope, slope)
    elif line.step:
        deltas = (q for q in context.answers.quantities.values() if (q.kind, q.mark) == ("delta", line.mark) and q.name in context.allowed)
        yield from (delta[entry.indices] for delta in deltas for entry in (line.step.of, line.step.by))


# another place

def _wrong_index(line, context):
    own = dict(zip(line.indices[-len(context.entry):], context.entry)) if context.entry else {}
    for e in _entries(line, context, "x", "z", "a", "W", "delta"):
        for at in indices_of(e):
            others = [sp.Integer(n) for n in UNITS if at in own and n != own[at]]
            others += [at_other for at_other in line.indices if at_other not in (at, s) and at.is_Symbol and at != s
                       and _kind(e, context) in ("delta", "a") and not context.entry]
            yield from (line.right.xreplace({e: e.xreplace({at: other})}) for other in others)
        yield from _of_another_neuron(e, line, context)


def _of_another_neuron(entry, line, context):
    """Where neurons have names: an error term, a weight, an input or a slope that belongs to another one."""
    if not hasattr(context.network.structure, "neurons"):
        return
    quantity, kind = _quantity(entry, context), _kind(entry, context)
    if kind == "x" and isinstance(quantity.mark, tuple):
        columns = range(1, len(quantity.mark) + 1)
        yield from (line.right.xreplace({entry: entry.base[s, n]}) for n in columns)
    for other in _others(quantity, context, kind) if kind != "x" else ():
        if not isinstance(other.mark, tuple) or len({*quantity.mark} & {*other.mark}) == 1:
            yield line.right.xreplace({entry: other[indices_of(entry)]})
    if kind == "W":  # all weights of the unit at once
        for neuron in context.network.structure.neurons:
            moved = {e: _weight(neuron, _quantity(e, context).mark[-1], context) for e in _entries(line, context, "W")}
            yield line.right.xreplace({e: weight for e, weight in moved.items() if weight is not None})


def _weight(of, to, context):
    found = context.network.quantities.get(f"w_{of}_{to}")
    return found[()] if found else None


def _wrong_layer(line, context):
    layers = getattr(context.network.structure, "activations", ())
    for e in _entries(line, context, *ALIKE) if layers else ():
        quantity = _quantity(e, context)
        others = _others(quantity, context, *ALIKE[quantity.kind])
        yield from (line.right.xreplace({e: other[indices_of(e)]}) for other in others)
    if has(line, "delta") and slopes(line):
        for equation in context.network.equations:
            if equation.quantity.kind == "a" and equation.quantity.mark != line.mark:
                a = equation.left
                yield line.right.xreplace({slope: slope.args[0].row.slope(slope.args[0].args[0], a, *slope.args[0].args[1:])
                                           for slope in slopes(line) if not slope.args[0].row.abstract})


# softmax, and the penalty

def _bracket_of_softmax(line, context):
    for bracket in line.right.atoms(sp.KroneckerDelta) if has(line, "jacobian") else ():
        none, one = (line.right.xreplace({bracket: value}) for value in (sp.S.Zero, sp.S.One))
        yield from (none, -none, one)


def _penalty(line, context):
    if not (has(line, "dW") and context.network.options.l2):
        return
    for weight in _entries(line, context, "W"):
        for change in ({weight: weight**2}, {weight: weight**2 / 2}, {weight: sp.S.One}, {LAMBDA: LAMBDA / N}):
            yield line.right.subs(change)


def _row(name, sentence, notebook, credit, rewrite, where=_asked):
    return Mistake(name, sentence, notebook, credit, where(rewrite), ("formula",), rank=1)


ROWS = {row.name: row for row in (
    _row("a path is forgotten",
         "A change in this unit takes every way to the cost that there is, and what each contributes is added. Count the paths.",
         "03-several-paths", 0.5, _path_forgotten),
    _row("a weight is lost on the way",
         "Each path is multiplied by the weight between its two units.", "03-several-paths", 0.5, _weight_of_a_path_lost),
    _row("the units are multiplied",
         "Each unit of the next layer is on a path of its own, and what the paths contribute adds up.", "03-several-paths", 0.4,
         _units_multiplied),
    _row("a factor 2 too many",
         "Where does a 2 come from here? A square brings one, once; an error term δ has it already.", "02-one-neuron", 0.7,
         _two_too_many),
    _row("the power is wrong",
         "The derivative of a power has the exponent one lower, and the old exponent in front.", "02-one-neuron", 0.4, _power,
         _in_any),
    _row("half of the error is lost",
         "The error is the distance between output and target, and both stand in the derivative of its square.",
         "02-one-neuron", 0.4, _part_of_the_error, _in_any),
    _row("the derivative of the squared error",
         "That belongs to another cost. Which one has this network?", "08-softmax", 0.4, _squared_error,
         _in_any),
    _row("the error term where ∂C/∂a is asked",
         "Asked is the derivative with respect to a, the output. From z to a there is a slope, and it is not part of this.",
         "06-delta", 0.5, _error_term_for_output),
    _row("an input too many",
         "Asked is the derivative with respect to the unit itself. An input comes in with the derivative with respect to a "
         "weight.", "02-one-neuron", 0.5, _with_an_input),
    _row("the bias gradient carries the bias",
         "The bias is a term of z by itself. Where does a factor b come from?", "02-one-neuron", 0.5, _with_the_bias),
    _row("the error term is lost",
         "What comes back from the cost is multiplied into it; this is the last step alone.", "06-delta", 0.0, _lost_error_term),
    _row("a sum too many",
         "What is asked for has this index itself: there is nothing to add up.", "05-layers-and-indices", 0.5,
         _summed_too_often),
    _row("the samples are added up",
         "Asked is a derivative of the cost of one sample, so nothing is added up over the batch.", "05-layers-and-indices",
         0.6, _samples_summed),
    _row("brackets are missing",
         "The factor in front belongs to all of the sum.", "03-several-paths", 0.6, _bracket_lost),
    _row("a sign is turned",
         "One of the terms has the opposite sign.", "02-one-neuron", 0.6, _sign_of_a_term),
    _row("factors are added",
         "What lies on one way to the cost is multiplied, step by step.", "03-several-paths", 0.4, _factors_added, _in_any),
    _row("an index is wrong",
         "The quantity is right and stands at the wrong unit.", "05-layers-and-indices", 0.5, _wrong_index),
    _row("a quantity of the wrong layer",
         "The letter is right and the layer is not. Where does the weight stand, and where does the error come from?",
         "05-layers-and-indices", 0.5, _wrong_layer),
    _row("the bracket [i = j] is lost",
         "For i = j there is a term that for i ≠ j there is not. Which one?", "08-softmax", 0.5, _bracket_of_softmax),
    _row("the penalty is differentiated wrongly",
         "The penalty stands beside the mean over the samples, with a factor and a square of each weight. What is its "
         "derivative with respect to one of them?", "11-digits", 0.6, _penalty),
    _row("the quantity in place of its derivative",
         "That is the quantity itself, or a part of it. Asked is how fast it changes.", "02-one-neuron", 0.0,
         _quantity_itself),
    _row("a constant is kept",
         "What does not change has the derivative 0.", "02-one-neuron", 0.5, _constant_kept),
    _row("later steps are in it",
         "Asked is one step. What the chain rule multiplies it by is not part of it.", "02-one-neuron", 0.5, _later_steps),
    _row("a factor is lost",
         "One of its factors is not there. Go through it step by step.", "02-one-neuron", 0.5, _lost_factor),
)}
