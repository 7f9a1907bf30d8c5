"""A table of mistakes: the change that would mend a line, and what it means that just this change mends it.

A row takes the right side of a broken link and gives what it would be without that mistake.  Nothing of the right
answer is needed for it: whether a change mends the line, numbers decide (see `naming`).
"""
from dataclasses import dataclass
from collections.abc import Callable

from . import factors, paths, places, slopes


@dataclass(frozen=True)
class Mistake:
    """One row.

    name      what the mistake is called
    sentence  what went wrong, without the answer
    notebook  where the course explains it
    mended    (tree, context) → trees that do not have the mistake
    rank      rows of rank 0 are asked first; where one of them mends a line, rows of rank 1 are not asked
    """

    name: str
    sentence: str
    notebook: str
    mended: Callable = lambda tree, context: ()
    rank: int = 0


def one_path_only(tree, context):
    """All ways to leave paths out."""
    for changes in (paths.sum_forgotten, paths.one_unit_only, paths.path_missing):
        yield from changes(tree, context)


LOST, MANY = "a factor is lost", "a factor too many"


TABLE = {row.name: row for row in (
    Mistake("the slope of the output is lost",
            "The cost reaches z through the activation of the output unit, and that step has a factor of its own.",
            "02-one-neuron", slopes.slope_lost(True)),
    Mistake("the slope of the hidden layer is lost",
            "Going back through a hidden unit passes its activation too, and that step has a factor of its own.",
            "06-delta", slopes.slope_lost(False)),
    Mistake("softmax treated unit by unit",
            "Softmax looks at the whole layer: raising one z lowers all other outputs, so there are terms off the "
            "diagonal.",
            "08-softmax", slopes.softmax_unit_by_unit),
    Mistake("one slope too many",
            "A slope stands here that the step before has used up already, or that cancels against what the loss "
            "divides by.",
            "08-softmax", slopes.slope_too_many),
    Mistake("the activation stands where its slope belongs",
            "Passing back through an activation multiplies by its slope g'(z), not by its value.",
            "02-one-neuron", slopes.value_for_slope),
    Mistake("the slope stands where the activation belongs",
            "What a unit passes on is its value g(z); the slope g'(z) belongs to the way back through the unit.",
            "02-one-neuron", slopes.slope_for_value),
    Mistake("the slope is taken at a instead of z",
            "The slope of an activation belongs to its input z. Where a is the value already, applying the "
            "activation again leads to another place.",
            "09-activations", slopes.slope_at_a),
    Mistake("the slope by value is written with z",
            "The short form of the slope is written with the output of the unit, not with its weighted sum.",
            "09-activations", slopes.by_value_with_z),
    Mistake("the slope of another activation",
            "Each activation has a slope of its own. Which activation does this unit have?",
            "09-activations", slopes.other_slope),
    Mistake("the weights are not turned round going back",
            "Forward, the sum runs over the units that send; backward over those that receive. Check which of the "
            "two indices of w is summed (in matrices: which side is transposed).",
            "07-matrices", places.not_transposed),
    Mistake("the outer product is the wrong way round",
            "A gradient has the shape of its weights: first the unit that receives, then the one that sends.",
            "07-matrices", places.outer_turned),
    Mistake("one path only",
            "A change in this unit reaches the cost along several paths, and what they contribute adds up.",
            "03-several-paths", one_path_only),
    Mistake("the samples are not added up",
            "Every sample of the batch has its share in the gradient, and the gradient has the shape of its "
            "parameter.",
            "05-layers-and-indices", paths.samples_not_added),
    Mistake("the bias gradient carries an input",
            "A bias is multiplied by nothing in the weighted sum.",
            "02-one-neuron", factors.bias_times_input),
    Mistake("the input of the weight is lost",
            "In the weighted sum the weight is multiplied by something; its derivative keeps that factor.",
            "02-one-neuron", factors.input_lost),
    Mistake("weight and input are exchanged",
            "z is a sum of weights times inputs. With respect to the weight the input stays, with respect to the "
            "input the weight.",
            "02-one-neuron", places.weight_for_input),
    Mistake("a quantity of the wrong layer",
            "The letter is right and the layer is not. What a weight is multiplied by is the output of the layer "
            "before; what comes back comes from the layer after.",
            "05-layers-and-indices", places.wrong_layer),
    Mistake("z stands where a belongs",
            "z is the weighted sum, a = g(z) is what the unit passes on.",
            "02-one-neuron", slopes.z_for_a),
    Mistake("a stands where z belongs",
            "z is the weighted sum, a = g(z) is what the unit passes on.",
            "02-one-neuron", slopes.a_for_z),
    Mistake("paths are multiplied",
            "Along a path factors multiply; over several paths they add up.",
            "03-several-paths", paths.paths_multiplied, 1),
    Mistake("factors of a path are added",
            "Along a path factors multiply; over several paths they add up.",
            "03-several-paths", paths.path_added, 1),
    Mistake("a sum too many",
            "This index stands on the left too: there is nothing to add up.",
            "05-layers-and-indices", paths.sum_too_many),
    Mistake("the penalty is forgotten",
            "The cost has a penalty on the weights, and the penalty has a derivative too.",
            "11-digits", factors.penalty_lost),
    Mistake("weight decay on a bias",
            "The penalty of this cost adds up weights; biases do not stand in it.",
            "11-digits", factors.penalty_on_bias),
    Mistake("weight decay counted wrongly",
            "The penalty has a square and a ½ in front of it.",
            "11-digits", factors.penalty_coefficient),
    Mistake("the square of the cost is lost",
            "Without the square, errors of opposite sign cancel and the cost has no smallest value.",
            "02-one-neuron", factors.square_lost),
    Mistake("the power is wrong",
            "The derivative of a power has the exponent one lower, and the old exponent in front.",
            "02-one-neuron", factors.power_not_lowered),
    Mistake("a sign is turned",
            "One of the terms has the opposite sign.",
            "02-one-neuron", factors.sign_of_term),
    Mistake("a factor 2 is lost in one place",
            "One of the terms is half of what it should be.",
            "02-one-neuron", factors.coefficient(2.0)),
    Mistake("a factor 2 too many in one place",
            "One of the terms is twice what it should be.",
            "02-one-neuron", factors.coefficient(0.5)),
    Mistake("brackets are missing",
            "The factor in front belongs to all of the sum.",
            "02-one-neuron", factors.bracket_missing),
    Mistake("the denominator of the quotient rule",
            "Differentiating a quotient squares what is below the line.",
            "08-softmax", factors.below_not_squared),
    Mistake("an index is shifted",
            "An index that is computed, such as t − 1 or p + q, comes back the other way round.",
            "05-layers-and-indices", places.shifted),
    Mistake("a fraction is upside down",
            "What divides here should multiply, or the other way round.",
            "02-one-neuron", factors.upside_down, 1),
    Mistake("the error term is lost",
            "What comes back from the units after is multiplied into everything before.",
            "06-delta", factors.error_lost, 1),
    Mistake("the weight is lost",
            "The way from one unit to the next passes through the weight between them.",
            "06-delta", factors.weight_lost, 1),
    Mistake("a transpose is missing or too many",
            "The product has to have the shape of what stands on the left; count rows and columns.",
            "07-matrices", places.transpose_missing, 1),
    Mistake("an index is wrong",
            "The quantity is right and stands at the wrong unit.",
            "05-layers-and-indices", places.wrong_index, 1),
    Mistake(LOST,
            "A factor of the line before does not come back in this one.",
            "02-one-neuron", factors.factor_lost, 1),
    Mistake(MANY,
            "A factor stands here that the line before does not give.",
            "02-one-neuron", factors.factor_too_many, 1),
    # those that numbers show at once: the two sides differ by a constant factor
    Mistake("the 2 of the square is lost",
            "The derivative of a square brings a factor down in front.",
            "02-one-neuron"),
    Mistake("a 2 that the ½ has cancelled",
            "This cost has ½ in front of its square. What does that do to the factor that the square brings down?",
            "02-one-neuron"),
    Mistake("a factor 2 too many",
            "A factor 2 stands here that the line before does not give.",
            "02-one-neuron"),
    Mistake("a factor 2 is lost",
            "The line before has twice the value.",
            "02-one-neuron"),
    Mistake("the sign is turned",
            "The two sides have opposite signs.",
            "02-one-neuron"),
    Mistake("not divided by the number of samples",
            "This cost is the mean over the samples, and so is its gradient.",
            "07-matrices", paths.divided_by_samples(-1)),
    Mistake("divided by the number of samples once too often",
            "Count how often the number of samples divides the cost.",
            "07-matrices", paths.divided_by_samples(1)),
    Mistake("a mean over the outputs is lost or too many",
            "Count how often the number of outputs divides the cost.",
            "05-layers-and-indices"),
    Mistake("the learning rate is part of the gradient",
            "The gradient belongs to the cost. The learning rate comes in with the step.",
            "01-downhill"),
)}
"""name → row."""
