"""What SymPy gives when every weight is a scalar: one formula for the cost, differentiated by each weight."""
from math import prod

import sympy as sp

from .peers import Peer
from .settings import ETA

MOST_PARAMETERS = 12


def expanded(setting):
    """Gradients by `diff` of the composed cost of a sample, made into a function by `lambdify`."""
    if prod(setting.sizes) > MOST_PARAMETERS:
        return None
    sizes = setting.sizes
    x, y = sp.symbols(f"x:{sizes[0]}"), sp.symbols(f"y:{sizes[-1]}")
    a, weights = list(x), []
    for layer, (n, m) in enumerate(zip(sizes, sizes[1:])):
        W = [list(sp.symbols(f"w{layer}_{j}_:{n}")) for j in range(m)]
        b = list(sp.symbols(f"b{layer}_:{m}"))
        weights += [w for row in W for w in row] + b
        a = [1 / (1 + sp.exp(-sum(w * one for w, one in zip(row, a)) - shift)) for row, shift in zip(W, b)]
    cost = sum((one - target)**2 for one, target in zip(a, y)) / 2
    slopes = sp.lambdify([weights, x, y], [sp.diff(cost, w) for w in weights], "math")
    vector, _ = setting.parameters()
    parameters, (X, Y) = vector.tolist(), (given.tolist() for given in setting.samples)

    def gradients():
        each = [slopes(parameters, *sample) for sample in zip(X, Y)]
        return [sum(column) / len(X) for column in zip(*each)]

    def step():
        nonlocal parameters
        parameters = [w - ETA * g for w, g in zip(parameters, gradients())]

    return Peer("SymPy, every weight a scalar", step, gradients, lambda: parameters)
