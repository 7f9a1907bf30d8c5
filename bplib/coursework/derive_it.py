"""Exercises in which something is derived: rows of the table in `sheets`.

Derivation  make= the network or model; of= with respect to what; given= arrays with respect to which the derivative of the
            cost is known; steps= how many there have to be at least; batch= whether the cost is that of a batch
"""
from ..losses import loss
from ..models.model import model
from ..networks import dense, graph, neuron
from .exercises import Derivation

HALF = loss("squared error", factor=0.5)


def written(letters, given, text):
    """A function that makes a model."""
    return lambda: model(letters, given=given).write(text)


def two_ways():
    return graph({"h": (["p"], "tanh"), "m": (["h"], "tanh"), "o": (["h", "m"], "identity")}, inputs=["p"], bias=True)


ROWS = (
    Derivation(
        "6.1", "A loss made for its activation",
        "A neuron with σ and binary cross entropy. Derive ∂C/∂z for one sample. What cancels?",
        "02-one-neuron",
        ("Through which quantity does z reach the cost?", "Write the slope of σ with the output a.",
         "Which factors cancel?"),
        make=lambda: neuron("sigmoid", "binary cross entropy"), of="z"),
    Derivation(
        "6.2", "Softmax with cross entropy",
        "Softmax outputs and categorical cross entropy; the targets of a sample add up to 1. Derive ∂C/∂z1_j for one "
        "sample, as short as it can be written.",
        "08-softmax",
        ("How many outputs move when one z does?", "∂a_i/∂z_j has two cases, i = j and i ≠ j; [i = j] writes both.",
         "What do the targets add up to?"),
        make=lambda: dense([3, 4], "softmax", "categorical cross entropy"), of="z1", steps=3),
    Derivation(
        "6.3", "A chain of neurons",
        "Three layers of one unit each, with tanh; a1 is heard by the second, a2 by the third. The cost of a sample is "
        "½(a3 − y)². Derive ∂C/∂W1 for one sample; W1 is the weight of the first unit.",
        "03-several-paths",
        ("Write down every quantity that a change of W1 passes on its way to the cost.",
         "One factor for each arrow, then each factor by its value."),
        make=lambda: dense([1, 1, 1, 1], "tanh", HALF), of="W1", steps=2),
    Derivation(
        "6.4", "The error term of a hidden unit, from the cost",
        "Two layers with σ; the cost of a sample is ½ Σ (a2 − y)². Derive δ1_j = ∂C/∂z1_j for one sample, beginning "
        "with the cost: no δ is known.",
        "06-delta",
        ("Begin with δ2: one unit of the last layer has one path to the cost.", "Who hears hidden unit j?",
         "Three factors for each of them, and one more for unit j itself."),
        make=lambda: dense([3, 4, 2], "sigmoid", HALF), of="z1", steps=4),
    Derivation(
        "6.5", "The mean over a batch",
        "One layer with tanh; the cost C of a batch is the mean over N samples of Σ (a1 − y)². Derive ∂C/∂W1_jk; s "
        "counts the samples.",
        "07-matrices",
        ("The mean is a sum with a factor in front; which samples does W1_jk touch?",
         "What is ∂C_s/∂W1_jk for one sample?"),
        make=lambda: dense([3, 2], "tanh"), of="W1", steps=3, batch=True),
    Derivation(
        "6.6", "A penalty",
        "The cost C of a batch is the mean of the samples' costs C_s plus (λ/2) Σ w² over all weights. "
        "δ2_sj = ∂C_s/∂z2_sj is known for every sample s. Derive ∂C/∂W2_jk.",
        "11-digits",
        ("The cost has two parts.", "In the sum of all squares one contains W2_jk."),
        make=lambda: dense([3, 4, 2], "sigmoid", HALF, l2=0.3), of="W2", given=("z2",), batch=True),
    Derivation(
        "6.7", "Two paths",
        "p is heard by h, h by m and by the output o, m by o. h and m have tanh, o has no activation, and the cost of a "
        "sample is (o − y)². Derive ∂C/∂z_h for one sample.",
        "03-several-paths",
        ("Along which two ways does h reach the output?", "Along a way multiply; then add both."),
        make=two_ways, of="z_h", steps=3),
    Derivation(
        "6.8", "A weight in two places",
        "The same weight w stands before a σ and behind it. Derive ∂C/∂w for the cost of all samples.",
        "14-any-network",
        ("Where does w stand? Each place is a path.", "One path is short; the other passes h and the σ."),
        make=written("s:N", "x[s] y[s]", "z[s] = w*x[s]\nh[s] = sigmoid(z[s])\no[s] = w*h[s]\n"
                     "C = sum((o[s] - y[s])**2, s)/2"), of="w"),
    Derivation(
        "6.9", "The kernel of a convolution",
        "A kernel w runs over a signal x: every position p has the same weights. Derive ∂C/∂w_q.",
        "14-any-network",
        ("At which positions does w_q act?", "Add what it does at each of them.",
         "Which entry of x does w_q meet at position p?"),
        make=written("p:P=(R-Q)+1 q:Q r:R", "x[r] y[p]", "z[p] = sum(w[q]*x[p+q], q) + b\na[p] = sigmoid(z[p])\n"
                     "C = sum((a[p] - y[p])**2, p)"), of="w"),
    Derivation(
        "6.10", "One step back in time",
        "A recurrent layer: h of step t is heard by the cost and by step t + 1. Derive ∂C/∂z_tj; the derivative with "
        "respect to z of the next step, ∂C/∂z_{t+1,k}, is known.",
        "14-any-network",
        ("Who hears h_tj?", "Directly the cost, and every unit of the next step."),
        make=written("t:T j:J k:J i:I", "x[t,i] y[t,j]",
                     "z[t,j] = sum(W[j,i]*x[t,i], i) + sum(U[j,k]*h[t-1,k], k) + b[j]\nh[t,j] = tanh(z[t,j])\n"
                     "C = sum((h[t,j] - y[t,j])**2, t, j)"), of="z", given=("z",), steps=3),
    Derivation(
        "6.11", "The values of attention",
        "Attention: o is a mixture of the values v, with weights a that softmax makes of queries q and keys k. "
        "Derive ∂C/∂v_ue.",
        "14-any-network",
        ("Which outputs hear v_ue? One for each t.", "Do the weights a depend on v?"),
        make=written("t:T u:U e:E", "q[t,e] k[u,e] v[u,e] y[t,e]",
                     "r[t,u] = sum(q[t,e]*k[u,e], e)\na[t,u] = softmax(r[t,u], u)\n"
                     "o[t,e] = sum(a[t,u]*v[u,e], u)\nC = sum((o[t,e] - y[t,e])**2, t, e)/2"), of="v"),
    Derivation(
        "6.12", "Back through layer normalisation",
        "u is x without its mean μ, divided by σ; a scale γ and a shift β follow. ∂C/∂u_j is known. Derive ∂C/∂x_j; "
        "every x moves the mean, σ, and so every u.",
        "14-any-network",
        ("Along which three ways does x_j reach the u?", "How do v, and with it σ, and how does μ move with x_j?",
         "What does Σ_k (x_k − μ) give?"),
        make=written("j:n k:n", "x[j] y[j]",
                     "mu = mean(x[j], j)\nv = mean((x[j] - mu)**2, j)\nsigma = sqrt(v + 0.01)\n"
                     "u[j] = (x[j] - mu)/sigma\no[j] = gamma[j]*u[j] + beta[j]\nC = sum((o[j] - y[j])**2, j)/2"),
        of="x", given=("u",), steps=3),
)
