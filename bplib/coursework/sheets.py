"""The exercises: a table.  To add one, add a row.

All       id, title, text (markdown), notebook that explains it, hints (each says more), points
Derived   make= a function that returns the network; given= error terms that the learner starts from, such as "delta2"
Formula   ask= a line of the derivation: "delta1" "da1" "dW1" (of the batch) "dW1 of a sample" "a1" "losses" "C"
          "jacobian"; entry= for one weight or unit only; aliases= further names that the learner may type
Function  name= takes= returns= names of arrays and lines ("new W1" for an updated weight); flat= arrays that come
          without their last axis
Quantity  ask= at= the numbers to put in; entry=
Derivation  see `derive_it`
Choice    options= text → (test, mistake); a test says whether its option is right

The right answer, the names that may be typed, and every wrong answer with its name follow from the network.  After a
change run `python -m bplib.coursework.measure`: it tries every mistake, and every two, on every row.
"""
import numpy as np

from ..losses import loss
from ..networks import dense, graph, neuron
from . import derive_it
from .choices import (STEP, error_left_by_half_the_step, lowers_the_cost, midpoint_is_lower, paths_from_first_layer,
                      products, saturated_slope, signs_of_softmax)
from .exercises import Choice, Formula, Function, Quantity

HALF = loss("squared error", factor=0.5)
HIDDEN = {"w": "W2", "delta": "delta2", "z": "z1", "a": "a1", "delta_next": "delta2", "w_next": "W2"}
FIRST = {"a_prev": "x", "delta": "delta1"}


def two_layers(*activations, **options):
    return lambda: dense([3, 4, 2], list(activations) or "g", **options)


def heard_twice():
    return graph({"h": (["p", "q"], "tanh"), "m": (["h", "p"], "tanh"), "o": (["h", "m", "q"], "identity")},
                 inputs=["p", "q"], bias=True)


ROWS = (
    Formula(
        "1.1", "One weight",
        "A neuron computes z = w·x + b and a = g(z); the cost of a sample is (a − y)². "
        "What is the derivative of the cost of one sample with respect to the weight *w*?",
        "02-one-neuron",
        ("The weight does not touch the cost directly. Through which two quantities does a change of it pass?",
         "Three small derivatives: the cost with respect to a, then a with respect to z, then z with respect to the "
         "weight. Multiply along the path."),
        make=lambda: neuron("g"), ask="dw of a sample", aliases={"a_prev": "x", "t": "y"}),
    Formula(
        "1.2", "The slope of the sigmoid, by value",
        "A neuron with σ: z = w·x + b, a = σ(z), cost of a sample (a − y)². "
        "What is δ, the derivative of the cost of one sample with respect to z? Write σ′ as you like.",
        "02-one-neuron",
        ("δ has two factors: one from the cost, one from the activation.",
         "The slope of σ can be written with the output that is already there."),
        make=lambda: neuron("sigmoid"), ask="delta"),
    Quantity(
        "1.3", "A gradient in numbers",
        "A neuron with σ, w = 1.4, b = 0.8, sees x = 1.5 and should say y = 0; the cost is (a − y)². "
        "How large is the derivative of the cost with respect to *w*? Give three digits.",
        "02-one-neuron",
        ("Go forward first: z, then a.", "Use the formula of 1.1 with these numbers."),
        make=lambda: neuron("sigmoid"), ask="dw",
        at={"w": 1.4, "b": 0.8, "x": np.array([1.5]), "y": np.array([0.0])}),
    Quantity(
        "1.4", "How large a step?",
        "A neuron without activation, a = w·x, learns one sample, x = 2, y = 0, with cost (a − y)² by gradient "
        "descent. Above which η does it no longer converge?",
        "01-downhill",
        ("Write down one step: what is w multiplied by?", "It converges as long as that factor lies between −1 and 1."),
        make=lambda: neuron("identity", bias=False), ask="largest eta",
        at={"w": 1.0, "x": np.array([2.0]), "y": np.array([0.0])}),
    Formula(
        "1.5", "The cost of a batch",
        "A neuron computes z = w·x + b and a = g(z). The cost is the mean of (a − y)² over N samples. Write it down; s "
        "counts the samples.",
        "02-one-neuron",
        ("Add up the costs of the samples.", "A mean is a sum, divided by how many there are."),
        make=lambda: neuron("g"), ask="C"),
    Choice(
        "1.6", "Which way?",
        "At the present *w* the derivative of the cost is ∂C/∂w = −0.6. Which small step makes the cost lower?",
        "01-downhill",
        ("The derivative is the slope of the cost, drawn over w. Does this one rise or fall to the right?",),
        options={
            "A step to a smaller w": (lambda: lowers_the_cost(-STEP), "uphill instead of downhill"),
            "A step to a larger w": (lambda: lowers_the_cost(STEP), ""),
            "Either of them": (lambda: lowers_the_cost(-STEP) and lowers_the_cost(STEP), ""),
        }),
    Function(
        "1.7", "One neuron learns",
        "Write a function that takes one step of gradient descent for a neuron with tanh and returns the new w and b. "
        "x and y hold N samples; the cost is the mean of (a − y)² over them.",
        "02-one-neuron",
        ("Work out z and a of every sample; NumPy does so for the whole array at once.",
         "δ of every sample first; both derivatives are means over the samples.",
         "Then take from each parameter η times its derivative."),
        make=lambda: neuron("tanh"), name="descend", takes=("w", "b", "x", "y", "eta"), returns=("new w", "new b"),
        points=2),
    Formula(
        "2.1", "A unit that is heard twice",
        "Two inputs p and q; h = tanh(…) hears both; m = tanh(…) hears h and p; the output o, without activation, "
        "hears h, m and q. The cost of a sample is (o − y)². "
        "What is δ of h, the derivative of the cost of one sample with respect to its z? δ of m and of o are known.",
        "03-several-paths",
        ("Which units hear h?", "A change of h reaches the cost along every one of them."),
        make=heard_twice, ask="delta_h", given=("delta_m", "delta_o")),
    Formula(
        "2.2", "A weight of the first layer",
        "The network 2–2–1 with σ in the hidden layer, no activation at the output and cost ½(a − y)². "
        "What is the derivative of the cost of one sample with respect to the weight from input 1 to hidden unit 2, "
        "W1[2,1]?",
        "04-two-two-one",
        ("Walk from the output back to this weight. How many units do you pass?",
         "The factors: the output's error, one weight, one slope, one input."),
        make=lambda: dense([2, 2, 1], ["sigmoid", "identity"], HALF), ask="dW1 of a sample", entry=(2, 1),
        aliases={"a": "a2", "z": "z2"}),
    Formula(
        "2.3", "A bias, for a batch",
        "The same network 2–2–1. The cost of a batch is the mean of the costs of its N samples; the error terms "
        "δ1[s,j] of the hidden units are known for every sample s. What is ∂C/∂b1[2], the derivative with respect to "
        "the bias of hidden unit 2?",
        "04-two-two-one",
        ("How does z of hidden unit 2 change when its bias does?", "Every sample has a share; the cost is their mean."),
        make=lambda: dense([2, 2, 1], ["sigmoid", "identity"], HALF), ask="db1", entry=(2,), given=("delta1",)),
    Quantity(
        "2.4", "Back through a network, in numbers",
        "The same network 2–2–1 with W1[1,1] = 0.5, W1[1,2] = −0.4, W1[2,1] = 0.3, W1[2,2] = 0.8, W2[1,1] = 1.2, "
        "W2[1,2] = −0.7; the biases are b1[1] = 0.1, b1[2] = −0.4, b2[1] = 0.5. It sees x = (2, −1) and should say "
        "y = −1. How large is ∂C/∂W1[2,1]? Give three digits.",
        "04-two-two-one",
        ("Forward first: both hidden units, then the output.", "Then use the formula of 2.2 with these numbers."),
        make=lambda: dense([2, 2, 1], ["sigmoid", "identity"], HALF), ask="dW1", entry=(2, 1),
        at={"W1": np.array([[0.5, -0.4], [0.3, 0.8]]), "b1": np.array([0.1, -0.4]), "W2": np.array([[1.2, -0.7]]),
            "b2": np.array([0.5]), "x": np.array([[2.0, -1.0]]), "y": np.array([[-1.0]])}),
    Choice(
        "2.5", "How many paths?",
        "A network has 2 inputs, hidden layers of 3 and 4 units, and 2 outputs. Along how many paths does a change of "
        "one weight of the first layer reach the cost?",
        "03-several-paths",
        ("Which unit does the weight lead to, and who hears that unit?", "Each of them is heard by every output."),
        options={
            "One": (lambda: paths_from_first_layer(2, 3, 4, 2) == 1, "one path only"),
            "Two": (lambda: paths_from_first_layer(2, 3, 4, 2) == 2, "one path only"),
            "Six": (lambda: paths_from_first_layer(2, 3, 4, 2) == 6, ""),
            "Eight": (lambda: paths_from_first_layer(2, 3, 4, 2) == 8, ""),
        }),
    Formula(
        "2.6", "A connection that skips a layer",
        "The network of 2.1. The cost of a batch is the mean of the costs of its N samples; δ of m is known for every "
        "sample. What is the derivative of the cost of the batch with respect to the weight from p to m?",
        "03-several-paths",
        ("What does this weight multiply in the weighted sum of m?",
         "Multiply along the way for one sample, then take the mean."),
        make=heard_twice, ask="dw_p_m", given=("delta_m",)),
    Function(
        "2.7", "The unit that is heard twice, as a program",
        "The network of 2.1 again. Write a function that returns δ of h for N samples at once. It is given the two "
        "weights through which h is heard, δ of m and of o, and the outputs of h.",
        "03-several-paths",
        ("Your formula of 2.1 works for arrays as it stands.", "The slope of tanh can be written with its output."),
        make=heard_twice, name="error_of_h", takes=("w_h_m", "w_h_o", "delta_m", "delta_o", "a_h"),
        returns=("delta_h",), given=("delta_m", "delta_o"), points=2),
    Formula(
        "3.1", "The error term of a hidden unit",
        "A layer of hidden units (layer 1) is heard by the units of layer 2, whose error terms δ2 are known. "
        "What is δ1[j], for one sample?",
        "06-delta",
        ("Who hears unit j? All of them.", "Each of them passes its δ back, weighted by the connection.",
         "Do not forget the unit's own activation."),
        make=two_layers(), ask="delta1", given=("delta2",), aliases=HIDDEN),
    Formula(
        "3.2", "The gradient of a weight, for a batch",
        "The cost of a batch is the mean of the costs of its N samples. The error terms δ1[s,j] of layer 1 are known "
        "for every sample s. What is ∂C/∂W1[j,k]?",
        "05-layers-and-indices",
        ("What is the derivative for one sample?", "The derivative of a mean is the mean of the derivatives."),
        make=two_layers(), ask="dW1", given=("delta1",), aliases=FIRST),
    Formula(
        "3.3", "The slope of softmax",
        "a = softmax(z) in the output layer (layer 2). What is ∂a2[i]/∂z2[j], for one sample, written with a2?",
        "08-softmax",
        ("Look at i = j first, then at i ≠ j.", "Both cases in one formula: [i = j] is 1 where the indices are equal."),
        make=two_layers("tanh", "softmax"), ask="jacobian", aliases={"a": "a2"}),
    Formula(
        "3.4", "The output of a classifier",
        "Sigmoid outputs in layer 2 and binary cross entropy. What is δ2[j], for one sample?",
        "08-softmax",
        ("Two factors again: one from the loss, one from the activation.", "Write both as fractions of a and y."),
        make=two_layers("tanh", "sigmoid", loss="binary cross entropy"), ask="delta2",
        aliases={"a": "a2", "z": "z2"}),
    Quantity(
        "3.5", "A classifier in numbers",
        "Three outputs with softmax have the weighted sums z = (1, 2, 0.5); the right class is the third, "
        "y = (0, 0, 1), and the cost is categorical cross entropy. How large is δ of the third output? "
        "Give three digits.",
        "08-softmax",
        ("Work out the three outputs first. Do they add up to 1?", "What do loss and softmax leave of each other?"),
        make=lambda: dense([3, 3], "softmax", "categorical cross entropy"), ask="delta1", entry=(1, 3),
        at={"W1": np.eye(3), "b1": np.zeros(3), "x": np.array([[1.0, 2.0, 0.5]]), "y": np.array([[0.0, 0.0, 1.0]])}),
    Function(
        "3.6", "A layer of error terms",
        "Write a function that returns δ1, shape (N, n_1), of a hidden layer with σ from the weights W2, the error "
        "terms δ2 and the outputs a1, for layers of any width. Loops over the indices are welcome, and so are "
        "matrices.",
        "06-delta",
        ("Start with an array of zeros of the right shape, and fill in its entries.",
         "Your formula of 3.1, for every sample s and every unit j.",
         "Compare a single entry with what you work out by hand."),
        make=two_layers("sigmoid", "identity"), name="hidden_error", takes=("W2", "delta2", "a1"), returns=("delta1",),
        given=("delta2",), points=2),
    Choice(
        "3.7", "Raise one z",
        "Four outputs with softmax. The weighted sum of the first rises a little, the others keep theirs. What do the "
        "other three outputs do?",
        "08-softmax",
        ("What do all four outputs add up to?", "Look at your formula of 3.3 for i ≠ j: which sign has it?"),
        options={
            "They stay as they are": (lambda: set(signs_of_softmax()) == {0}, "softmax treated unit by unit"),
            "All of them fall": (lambda: set(signs_of_softmax()) == {-1}, ""),
            "All of them rise": (lambda: set(signs_of_softmax()) == {1}, ""),
            "Some rise and some fall": (lambda: set(signs_of_softmax()) == {-1, 1}, ""),
        }),
    Function(
        "4.1", "The gradients of a network",
        "Write a function that returns ∂C/∂W1, ∂C/∂b1, ∂C/∂W2, ∂C/∂b2 for a batch: ReLU in layer 1, σ in layer 2, "
        "cost Σ (a2 − y)² of a sample, mean over the samples. x has one sample a row.",
        "07-matrices",
        ("First forward, with every z kept.", "Then δ2, δ1, and each gradient from the δ of its layer.",
         "Compare shapes: a gradient has the shape of its parameter."),
        make=two_layers("relu", "sigmoid"), name="gradients", takes=("W1", "b1", "W2", "b2", "x", "y"),
        returns=("dW1", "db1", "dW2", "db2"), points=3),
    Function(
        "4.2", "One step of learning",
        "Write a function that takes one step of gradient descent and returns the new W1, b1, W2, b2: tanh in layer 1, "
        "no activation in layer 2. The cost is the mean over the samples of Σ (a2 − y)², plus (λ/2) Σ w² over all "
        "weights, with λ = 0.3.",
        "11-digits",
        ("Work out every gradient before you change anything.", "Weights carry a penalty, biases do not."),
        make=two_layers("tanh", "identity", l2=0.3), name="step",
        takes=("W1", "b1", "W2", "b2", "x", "y", "eta"), returns=("new W1", "new b1", "new W2", "new b2"), points=3),
    Function(
        "4.3", "Targets in a row",
        "A network 3–4–1 with one output, σ in both layers. Write a function that returns δ2, shape (N, 1), from the "
        "outputs a2, shape (N, 1), and the targets y, shape (N,); the cost of a sample is (a2 − y)².",
        "07-matrices",
        ("Print the shapes of a2, of y and of their difference.",),
        make=lambda: dense([3, 4, 1], "sigmoid"), name="output_error", takes=("a2", "y"), returns=("delta2",),
        flat=("y",)),
    Choice(
        "4.4", "Which product?",
        "W2 has shape (n_2, n_1) and delta2 shape (N, n_2), one sample a row. Which product carries the error terms "
        "back to layer 1?",
        "07-matrices",
        ("Which shape does the result have?", "Which index of W2 is summed going back?"),
        options=products()),
    Formula(
        "4.5", "A cost that adds up",
        "Here the cost of a batch is the *sum* of the costs of its N samples. The error terms δ2[s,j] of layer 2 are "
        "known for every sample s. What is ∂C/∂b2[j]?",
        "07-matrices",
        ("What is the derivative for one sample?", "The derivative of a sum is the sum of the derivatives."),
        make=two_layers(over_samples="sum"), ask="db2", given=("delta2",), aliases={"delta": "delta2"}),
    Formula(
        "4.6", "A penalty on the weights",
        "The cost of a batch is the mean of the costs of its N samples, plus (λ/2) Σ w² over all weights. "
        "The error terms δ2[s,j] are known for every sample. What is ∂C/∂W2[j,k]?",
        "11-digits",
        ("The cost has two parts, and so has its derivative.", "In the second part only one square contains W2[j,k]."),
        make=two_layers(l2=0.3), ask="dW2", given=("delta2",),
        aliases={"w": "W2", "delta": "delta2", "a_prev": "a1"}),
    Quantity(
        "4.7", "A batch of three",
        "One layer without activation, z = W1·x + b1 and a = z, cost of a sample Σ (a − y)², mean over the samples. "
        "W1 has the rows (1, 2) and (0, −1); b1 = (0, 1). The three samples are x = (1, 0), (2, 1), (0, 3) with "
        "y = (0, 2), (1, 0), (2, −1). How large is ∂C/∂W1[2,1]? Write a fraction or three digits.",
        "07-matrices",
        ("One sample a row: what are the shapes of a, of δ and of the gradient?",
         "Which column of δ meets which column of x?"),
        make=lambda: dense([2, 2], "identity"), ask="dW1", entry=(2, 1),
        at={"W1": np.array([[1.0, 2.0], [0.0, -1.0]]), "b1": np.array([0.0, 1.0]),
            "x": np.array([[1.0, 0.0], [2.0, 1.0], [0.0, 3.0]]),
            "y": np.array([[0.0, 2.0], [1.0, 0.0], [2.0, -1.0]])}),
    Choice(
        "5.1", "One valley?",
        "Two networks 2–2–1 differ only in the order of their hidden units, so their costs are equal. What about the "
        "network halfway between them?",
        "01-downhill",
        ("Average their weights: what do the hidden units then have in common?",),
        options={
            "Its cost is at most the mean of the two, always": (midpoint_is_lower, "the cost is taken for convex"),
            "Its cost may be larger than both": (lambda: not midpoint_is_lower(), ""),
        }),
    Choice(
        "5.2", "Far out",
        "What is σ′(z) at z = 50?", "09-activations",
        ("How far is σ(50) from 1?",),
        options={
            "Exactly 0": (lambda: saturated_slope() == 0, "a saturated unit is taken for one without gradient"),
            "Positive, and smaller than 10⁻²⁰": (lambda: 0 < saturated_slope() < 1e-20, ""),
            "About 0.02": (lambda: abs(saturated_slope() - 0.02) < 0.005, ""),
        }),
    Formula(
        "5.3", "A layer of ReLU",
        "Hidden units with ReLU in layer 1; the error terms δ2 of the layer above are known. "
        "What is δ1[j], for one sample? A condition in square brackets is 1 where it holds, as in `[p > 0]`.",
        "09-activations",
        ("When does a ReLU unit pass a change on, and when not?", "Ask its weighted sum, before the activation."),
        make=two_layers("relu", "identity"), ask="delta1", given=("delta2",), aliases=HIDDEN),
    Formula(
        "5.4", "An output with tanh",
        "Outputs with tanh in layer 2; the cost of a sample is ½ Σ (a2 − y)². What is δ2[j], for one sample? "
        "Write tanh′ as you like.",
        "09-activations",
        ("What does the ½ do to the factor that the square brings?",
         "The slope of tanh can be written with the output that is already there."),
        make=two_layers("relu", "tanh", loss=HALF), ask="delta2", aliases={"a": "a2", "z": "z2"}),
    Quantity(
        "5.5", "How much arrives?",
        "A chain of four units with σ, one after the other; every weight is 1, every bias 0, the input is 1, the "
        "target 0, and the cost (a − y)². How large is δ of the first unit? Give three digits.",
        "09-activations",
        ("Forward through all four units, with every output kept.",
         "Going back each unit brings one slope as a factor. How large can it be at most?"),
        make=lambda: dense([1, 1, 1, 1, 1], "sigmoid"), ask="delta1", entry=(1, 1),
        at={**{f"W{layer}": np.ones((1, 1)) for layer in (1, 2, 3, 4)},
            **{f"b{layer}": np.zeros(1) for layer in (1, 2, 3, 4)}, "x": np.ones((1, 1)), "y": np.zeros((1, 1))}),
    Choice(
        "5.6", "Half the step",
        "A gradient is checked with (C(w + h) − C(w − h)) / 2h, at h = 0.01. With h = 0.005, the error of this "
        "quotient is about",
        "10-is-my-gradient-right",
        ("Write C(w + h) and C(w − h) as series in h. Which terms cancel?",),
        options={
            "the same": (lambda: error_left_by_half_the_step() == 1, ""),
            "half as large": (lambda: error_left_by_half_the_step() == 1 / 2, ""),
            "a quarter as large": (lambda: error_left_by_half_the_step() == 1 / 4, ""),
        }),
    Function(
        "5.7", "A classifier learns",
        "Write a function that takes one step of gradient descent and returns the new W1, b1, W2, b2: tanh in layer 1, "
        "softmax in layer 2. The cost of a sample is −ln of the output of its class; the classes c count from 0. "
        "Mean over the samples.",
        "11-digits",
        ("δ2 needs no slope of its own: see notebook 08-softmax.",
         "Which entry of a row of outputs belongs to the class? `np.arange(len(c)), c` picks it in every row.",
         "All four gradients first, then the step."),
        make=two_layers("tanh", "softmax", loss="negative log-likelihood"), name="learn",
        takes=("W1", "b1", "W2", "b2", "x", "c", "eta"), returns=("new W1", "new b1", "new W2", "new b2"), points=3),
)

EXERCISES = {row.id: row for row in (*ROWS, *derive_it.ROWS)}
