"""The mistakes that learners really make: a table of transformations of the right answer.

A row takes one line of a right program (see `program`) and gives the line as somebody with that mistake writes it, so
one row serves every exercise, as a formula and as a function.  To add a mistake, write a transformation and a row.
"""
import sympy as sp

from ..activations import TABLE as ACTIVATIONS
from ..activations import Slope
from ..equations import LAMBDA, N, i, j, k, letter, name_of, s
from . import rarer
from .mistake import (NONE, Mistake, at_output, backward, each_slope, gradient, has, inputs_of, is_path, over_samples,
                      own_activation, slopes, squared, through_activation, weight_of)
from .program import ETA


# the transformations

def _lost_two(line, context):
    """Where the factor of the cost has left something of the 2."""
    factor = context.network.options.loss.parameter[1] if squared(context) else 0
    return (line.right / 2,) if at_output(line) and line.right.as_coeff_Mul()[0] == 2 * factor != 1 else NONE


def _extra_two(line, context):
    one = squared(context) and line.right.as_coeff_Mul()[0] == 1
    return (2 * line.right,) if at_output(line) and one else NONE


def _lost_square(line, context):
    if line.kind not in ("losses", "C"):
        return NONE
    return (line.right.replace(lambda e: e.is_Pow and e.exp == 2 and e.base.is_Add, lambda e: e.base),)


def _lost_slope_at_output(line, context):
    return each_slope(line, lambda g: sp.S.One) if at_output(line) and squared(context) else NONE


def _lost_slope_hidden(line, context):
    return each_slope(line, lambda g: sp.S.One) if has(line, "delta") and not at_output(line) else NONE


def _extra_slope(line, context):
    """Only where loss and activation cancel."""
    if not (has(line, "delta") and at_output(line)) or squared(context):
        return NONE
    equation = own_activation(line, context)
    a = equation.left
    softmax = type(equation.right).__name__ == "softmax"
    return (line.right * (a * (1 - a) if softmax else Slope(equation.right)),)


def _slope_at_a(line, context):
    if not (through_activation(line) and slopes(line)):
        return NONE
    a = own_activation(line, context).left
    return each_slope(line, lambda g: Slope(g.func(a, *g.args[1:])))


def _slope_by_value_of_z(line, context):
    """z(1 − z), or 1 − z² for tanh: the form by value, with z where a belongs."""
    if not through_activation(line) or any(slope.args[0].row.abstract for slope in slopes(line)):
        return NONE
    return each_slope(line, lambda g: g.row.slope(g.args[0], g.args[0], *g.args[1:]))


def _softmax_by_itself(line, context):
    if has(line, "jacobian"):
        outputs = sorted((e for e in line.right.atoms(sp.Indexed) if name_of(e).startswith("a")), key=str)
        alone = [a * (1 - a) for a in outputs]
        return (alone[0] * sp.KroneckerDelta(*line.indices[1:]), *alone)
    if not (has(line, "delta") and context.answers.softmax(line)):
        return NONE
    a = own_activation(line, context).left
    before = context.answers.derivation.about(name_of(a))[-1].right
    return (before * a * (1 - a),)


def _weights_not_transposed(line, context):
    if not backward(line):
        return NONE
    swapped = {e: e.base[e.indices[::-1]] for e in line.right.atoms(sp.Indexed)
               if name_of(e).startswith("W") and e.indices == (i, j)}
    return (line.right.xreplace(swapped),)


def _outer_product_turned(line, context):
    if not (has(line, "dW") and {j, k} <= set(line.indices)):
        return NONE
    swap = {j: k, k: j}
    return (sp.Add(*(term.xreplace(swap) if term.has(s) else term for term in sp.Add.make_args(line.right))),)


def _one_path(line, context):
    if not backward(line) or at_output(line):
        return NONE
    sums = [e for e in line.right.atoms(sp.Sum) if e.limits[0][0] == i]
    found = [line.right.xreplace({e: change(e.function) for e in sums}) for change in (
        lambda body: body, lambda body: body.subs(i, 1), lambda body: body.subs(i, j), lambda body: body.subs(i, 2)) if sums]
    paths = [e for e in [line.right, *line.right.args] if e.is_Add and all(is_path(term) for term in e.args)]
    return tuple(found + [line.right.xreplace({e: term}) for e in paths for term in e.args])


def _sign(line, context):
    """Once, where the program begins."""
    begins = not line.needs & context.names
    return (-line.right,) if begins and (backward(line) or gradient(line) or line.step) else NONE


def _uphill(line, context):
    return (line.right.subs(ETA, -ETA),) if line.kind.startswith("new") else NONE


def _updated_weights(line, context):
    """The weights of the layer above, after their own step."""
    if not has(line, "delta"):
        return NONE
    new = {e: sp.IndexedBase("new " + name_of(e), real=True)[e.indices] for e in line.right.atoms(sp.Indexed)
           if "new " + name_of(e) in context.names}
    return (line.right.xreplace(new),)


def _bias_scaled(line, context):
    if not (has(line, "db") and line.of_batch and any(other.kind == "dW" for other in context.lines)):
        return NONE
    return (line.right * N,) if _mean(context) else (line.right / N,)


def _mean(context):
    return context.network.options.over_samples == "mean"


def _samples_not_summed(line, context):
    """The sum over the samples left out, with 1/N or without."""
    if not over_samples(line) or (has(line, "dW") and context.kind != "formula"):
        return NONE
    one = line.right.replace(lambda e: isinstance(e, sp.Sum) and e.limits[0][0] == s, lambda e: e.function)
    return (one, one.subs(N, 1)) if one != one.subs(N, 1) else (one,)


def _bias_times_input(line, context):
    if not has(line, "db"):
        return NONE
    of_sample = "" if line.of_batch else " of a sample"
    weights = [q for q in context.network.quantities.values() if q.kind == "W" and (
        q.mark == line.mark or isinstance(q.mark, tuple) and q.mark[-1] == line.mark)]
    return tuple(context.answers.line(f"d{w.name}{of_sample}").right.subs(LAMBDA, 0) for w in weights)


def _wrong_axis(line, context):
    if not (has(line, "db") and line.of_batch and line.indices):
        return NONE
    return (line.right.replace(lambda e: isinstance(e, sp.Sum) and e.limits[0][0] == s,
                               lambda e: sp.Sum(e.function.xreplace({s: j, j: s}), *e.limits)),)


def _bias_kept(line, context):
    return (line.right.subs(ETA, 0),) if has(line, "new b") else NONE


def _samples_twice(line, context):
    return (line.right / N,) if over_samples(line) else NONE


def _samples_never(line, context):
    """With the penalty, and without."""
    return (line.right * N, line.right.subs(LAMBDA, LAMBDA / N) * N) if over_samples(line) and _mean(context) else NONE


def _wrong_layer(line, context):
    """a of the layer itself where a of the layer before belongs."""
    if not has(line, "dW"):
        return NONE
    quantity = context.network.quantities[line.name.removesuffix(" of a sample")[1:]]
    target = quantity.mark if isinstance(quantity.mark, int) else quantity.mark[-1]
    a = context.answers.activation(target).left
    inputs = {e: a.xreplace({j: k}) for e in line.right.atoms(sp.Indexed) if name_of(e)[0] in "xa"
              and name_of(e) != name_of(a)}
    return (line.right.xreplace(inputs),)


def _relu_slope_from_output(line, context):
    if not any(slope.args[0].row.name == "relu" for slope in slopes(line)):
        return NONE
    return each_slope(line, lambda g: sp.S.One)


def _negative_gradient_zeroed(line, context):
    relu = {slope: sp.S.One for slope in slopes(line) if slope.args[0].row.name == "relu"}
    passed = line.right.xreplace(relu)
    return (sp.Piecewise((passed, passed > 0), (0, True)),) if relu and has(line, "delta") else NONE


def _decay_of_bias(line, context):
    if not (has(line, "db") and line.of_batch and context.network.options.l2):
        return NONE
    return (line.right + LAMBDA * context.network.quantities[line.name[1:]][line.indices],)


def _decay_doubled(line, context):
    return (line.right.subs(LAMBDA, 2 * LAMBDA),) if has(line, "dW") else NONE


def _eta_included(line, context):
    return (ETA * line.right,) if gradient(line) and line.name in context.asked else NONE


def _to_the_bottom(line, context):
    return (line.right / 2,) if has(line, "limit") else NONE


def _broadcast(line, context):
    """a − y where y lost its axis: every output minus every target."""
    t = letter("t")
    if "y" not in context.flat:
        return NONE
    return (line.right.xreplace({e: e.base[(t, 1)] for e in line.right.atoms(sp.Indexed) if name_of(e) == "y"}),)


def _other_slope(line, context):
    """The slope of σ or of tanh, by value, where the unit has another activation."""
    own = {slope.args[0].row.name for slope in slopes(line)}
    if not (through_activation(line) and own):
        return NONE
    a = own_activation(line, context).left
    return tuple(right for name in ("sigmoid", "tanh") if name not in own
                 for right in each_slope(line, lambda g, row=ACTIVATIONS[name]: row.slope(g.args[0], a)))


def _value_for_slope(line, context):
    return each_slope(line, lambda g: g) if through_activation(line) else NONE


def _inside_another(context):
    """Whether gradients only stand in what is asked for, such as the largest step."""
    return any(line.kind == "limit" for line in context.lines)


def _lost_input(line, context):
    if weight_of(line, context) is None or _inside_another(context):
        return NONE
    return (line.right.xreplace(dict.fromkeys(inputs_of(line), sp.S.One)),)


def _lost_weight(line, context):
    if not backward(line) or at_output(line):
        return NONE
    weights = [e for e in line.right.atoms(sp.Indexed, sp.Symbol) if name_of(e)[0] in "Ww" and name_of(e) in line.needs]
    return (line.right.xreplace(dict.fromkeys(weights, sp.S.One)),)


def _weight_for_input(line, context):
    quantity = weight_of(line, context)
    if quantity is None or _inside_another(context):
        return NONE
    weight = quantity[tuple(at for at in line.indices if at != s)]
    return (line.right.xreplace(dict.fromkeys(inputs_of(line), weight)),)


def _paths_multiplied(line, context):
    if not backward(line) or at_output(line):
        return NONE
    sums = [e for e in [line.right, *line.right.args] if e.is_Add and all(is_path(term) for term in e.args)]
    one_of_many = [(e, term) for e in sums if len(e.args) > 2 for term in e.args]
    return (*(line.right.xreplace({e: sp.Mul(*e.args)}) for e in sums),
            *(line.right.xreplace({e: (e - term) * term}) for e, term in one_of_many))


def _lost_penalty(line, context):
    return (line.right.subs(LAMBDA, 0),) if has(line, "dW") and context.network.options.l2 else NONE


def _half_penalty(line, context):
    return (line.right.subs(LAMBDA, LAMBDA / 2),) if has(line, "dW") and context.network.options.l2 else NONE


def _by_the_output_only(line, context):
    """∂C/∂a, where loss and activation cancel in ∂C/∂z."""
    if not (has(line, "delta") and at_output(line)) or squared(context):
        return NONE
    a = own_activation(line, context).left
    return (context.answers.derivation.about(name_of(a))[-1].right,)


def _output_itself(line, context):
    asked = has(line, "delta") and at_output(line) and not _inside_another(context)
    return (own_activation(line, context).left,) if asked else NONE


def _gradient_for_parameter(line, context):
    if not line.kind.startswith("new"):
        return NONE
    gradient = context.answers.quantities["d" + line.name.removeprefix("new ")]
    return (gradient[line.indices],)


FUNCTION = ("function",)

TABLE = {row.name: row for row in (
    Mistake("the 2 of the square is lost",
            "The derivative of a square brings a factor down in front.", "02-one-neuron", 0.7, _lost_two),
    Mistake("a 2 that the ½ has cancelled",
            "This cost has ½ in front of its square. What does that do to the factor that the square brings down?",
            "02-one-neuron", 0.7, _extra_two),
    Mistake("the square of the cost is lost",
            "Without the square, errors of opposite sign cancel and the cost has no smallest value.",
            "02-one-neuron", 0.4, _lost_square),
    Mistake("the slope of the output is lost",
            "The cost reaches z through the activation of the output unit, and that step has a factor of its own.",
            "02-one-neuron", 0.5, _lost_slope_at_output),
    Mistake("one slope too many",
            "This cost and this activation fit each other: what the loss divides by, the slope multiplies by.",
            "08-softmax", 0.5, _extra_slope),
    Mistake("the slope is taken at a instead of z",
            "The slope of an activation belongs to its input z. If a has overwritten z, or a already is the value of "
            "the activation, applying the activation again leads to another place.", "09-activations", 0.6,
            _slope_at_a),
    Mistake("the slope by value is written with z",
            "The short form of the slope is written with the output of the unit, not with its weighted sum.",
            "09-activations", 0.6, _slope_by_value_of_z),
    Mistake("the slope of another activation",
            "Each activation has a slope of its own. Which one has this unit, and what is its slope?",
            "09-activations", 0.5, _other_slope),
    Mistake("the value of the activation in place of its slope",
            "A change of z changes a by the slope g′(z), not by the value g(z).", "02-one-neuron", 0.5,
            _value_for_slope),
    Mistake("softmax treated unit by unit",
            "Softmax looks at the whole layer: raising one z lowers all other outputs, so there are terms off the "
            "diagonal.", "08-softmax", 0.4, _softmax_by_itself),
    Mistake("the slope of the hidden layer is lost",
            "Going back through a hidden unit passes its activation too, and that step has a factor of its own.",
            "06-delta", 0.5, _lost_slope_hidden),
    Mistake("the weights are not turned round going back",
            "Forward, the sum runs over the units that send; backward over those that receive. Check which of the two "
            "indices of w is summed (in matrices: which side is transposed).", "07-matrices", 0.5,
            _weights_not_transposed),
    Mistake("the outer product is the wrong way round",
            "A gradient has the shape of its weights: first the unit that receives, then the one that sends.",
            "07-matrices", 0.6, _outer_product_turned),
    Mistake("one path only",
            "A change in this unit reaches the cost along several paths, and what they contribute adds up.",
            "03-several-paths", 0.4, _one_path),
    Mistake("the paths are multiplied",
            "Along a path the factors multiply; over the paths they add up.", "03-several-paths", 0.4,
            _paths_multiplied),
    Mistake("the weight is lost",
            "The way from one unit to the next passes through the weight between them.", "06-delta", 0.5, _lost_weight,
            ("formula", "function")),
    Mistake("the input of the weight is lost",
            "z = w·x + b: how much does z change when w does? One factor is still to come.", "02-one-neuron", 0.5,
            _lost_input),
    Mistake("the weight in place of its input",
            "z = w·x + b: by what is the weight multiplied?", "02-one-neuron", 0.5, _weight_for_input),
    Mistake("only the derivative with respect to the output",
            "That is how the cost changes with a. From a back to z there is one more factor.", "02-one-neuron", 0.5,
            _by_the_output_only),
    Mistake("the output in place of its error term",
            "That is what the unit says. Its error term is the derivative of the cost with respect to its z.",
            "02-one-neuron", 0.3, _output_itself),
    Mistake("the sign is turned",
            "If the output is too large, raising it makes the cost larger: which sign has the derivative then?",
            "02-one-neuron", 0.6, _sign),
    Mistake("uphill instead of downhill",
            "The gradient points to where the cost grows.", "01-downhill", 0.5, _uphill, FUNCTION),
    Mistake("the weights above are already updated",
            "All derivatives belong to the same point: work out every gradient first, then take the step.",
            "04-two-two-one", 0.5, _updated_weights, FUNCTION),
    Mistake("weights and biases are averaged differently",
            "The cost says whether samples are added up or averaged, and it says so for weights and biases alike.",
            "05-layers-and-indices", 0.7, _bias_scaled, FUNCTION),
    Mistake("the samples are not added up",
            "Every sample of the batch has its share, in the cost and in each gradient, so no index of a sample is left.",
            "05-layers-and-indices", 0.5, _samples_not_summed),
    Mistake("the bias gradient carries an input",
            "A bias is multiplied by nothing in the weighted sum.", "02-one-neuron", 0.5, _bias_times_input),
    Mistake("summed over the wrong axis",
            "The gradient of a bias keeps the units and adds up the samples.", "07-matrices", 0.5, _wrong_axis,
            FUNCTION),
    Mistake("the biases are never updated",
            "A step of learning moves every parameter.", "04-two-two-one", 0.6, _bias_kept, FUNCTION),
    Mistake("divided by the number of samples once too often",
            "Count how often the number of samples divides the cost.", "07-matrices", 0.7, _samples_twice,
            together=True),
    Mistake("not divided by the number of samples",
            "This cost is the mean over the samples: their sum, divided by how many there are. So is its gradient.",
            "07-matrices", 0.7, _samples_never,
            together=True),
    Mistake("the activation of the wrong layer",
            "What a weight is multiplied by in the weighted sum is the output of the layer before.",
            "05-layers-and-indices", 0.5, _wrong_layer),
    Mistake("the slope of ReLU is read from its output",
            "The output of ReLU is never negative, so a test with ≥ 0 is always passed. Ask z.", "09-activations",
            0.5, _relu_slope_from_output),
    Mistake("negative gradients are set to zero",
            "ReLU stops a gradient where the unit's own input is negative, whatever the sign of the gradient.",
            "09-activations", 0.5, _negative_gradient_zeroed),
    Mistake("the penalty is lost",
            "The cost has two parts, and the second one has a derivative too.", "11-digits", 0.6, _lost_penalty),
    Mistake("the 2 of the penalty is lost",
            "The penalty has a ½, and a square that brings a 2 down.", "11-digits", 0.7, _half_penalty),
    Mistake("the gradient in place of the new parameter",
            "That is the direction of the step. What is asked for is where the step leads.", "01-downhill", 0.5,
            _gradient_for_parameter, FUNCTION),
    Mistake("weight decay on a bias",
            "The penalty of this cost adds up weights; biases do not stand in it.", "11-digits", 0.7, _decay_of_bias),
    Mistake("weight decay counted twice",
            "The penalty has a square and a ½ in front of it.", "11-digits", 0.7, _decay_doubled),
    Mistake("the learning rate is part of the gradient",
            "The gradient belongs to the cost. The learning rate comes in with the step.", "01-downhill", 0.7,
            _eta_included),
    Mistake("arrays that broadcast by accident",
            "A row minus a column is a table of all differences. Compare the two shapes.", "07-matrices", 0.4,
            _broadcast, FUNCTION),
    Mistake("gradients kept from the call before",
            "Called twice with the same numbers, the function gave two different results: start from zero each time.",
            "11-digits", 0.5, kinds=FUNCTION),
    Mistake("the inputs are overwritten",
            "The arrays that the function is given belong to somebody else; write into arrays of your own.",
            "07-matrices", 0.8, kinds=FUNCTION),
    Mistake("the cost is taken for convex",
            "A network has many equally good settings, such as one with two hidden units exchanged. What lies between "
            "them?",
            "01-downhill", 0.0, kinds=("choice",)),
    Mistake("a saturated unit is taken for one without gradient",
            "Far out the slope is tiny and may round to 0 in the computer; as a number it is not 0.",
            "09-activations", 0.0, kinds=("choice",)),
    Mistake("the step to the bottom, not the largest",
            "A step may jump over the valley and still end lower than it began.", "01-downhill", 0.5, _to_the_bottom),
    *rarer.ROWS.values(),
)}
