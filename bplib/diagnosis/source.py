"""A diagnosis from the text of a program: its function is run apart, on numbers drawn here, in the usual layouts."""
from dataclasses import replace
from itertools import product

import numpy as np

from ..errors import InputError
from .apart import packed, run_apart, unpacked
from .parameters import layers_of

ETA = 0.1
BIASES = {"(n,)": lambda b: b, "(n, 1)": lambda b: b[:, None], "(1, n)": lambda b: b[None]}
STEPS = ("step", "update", "train", "descent", "learn", "fit")


def diagnose_source(network, source, seed=0, wanted=None):
    """The `Diagnosis` of the function in a program's text."""
    if not isinstance(source, str) or not source.strip():
        raise InputError('source= is the text of a program, such as open("mine.py").read().')
    draws = list(_layouts(network, *_drawn(network, seed)))
    calls = [{**{name: packed(part) for name, part in draw.items() if name in ("parameters", "X", "Y")}, "eta": ETA}
             for draw in draws]
    found = [_one(network, draws[said["call"]], said) for said in run_apart(source, calls, wanted)]
    found = [one for one in found if one is not None]
    if not found:
        raise InputError("What your function returns are no gradients of this network's parameters. Does it "
                         "return them, "
                         "in the order of the parameters or as a dict?")
    return min(found, key=_rank)


def _rank(told):
    order = {True: 0, None: 1, False: 2}[told.right]
    return order, not told.findings, len(told.wrong), sum(map(len, told.findings[:1]))


def _one(network, draw, said):
    from .asked import _Case
    result = unpacked(said["result"])
    steps = said["in place"] or any(word in said["name"].lower() for word in STEPS)
    named = {"after": result, "eta": ETA} if steps else {"gradients": _without_cost(result)}
    try:
        case = _Case(network, draw["parameters"], draw["X"], draw["Y"], named.get("gradients"), None,
                     named.get("after"), named.get("eta"))
        told = case.diagnosis({"cost": None, "outputs": None, "numeric": None}, 0)
    except InputError:
        return None
    words = f"{said['name']} was run with {draw['words']}."
    return replace(told, assumed=f"{words} {told.assumed}".strip())


def _without_cost(result):
    from .calling import without_cost
    return without_cost(result)[1]


def _drawn(network, seed):
    """Generic parameters, inputs and targets; as many samples as no layer has units."""
    random, sizes = np.random.default_rng(seed), network.structure.sizes
    N = next(n for n in range(5, 100) if n not in sizes)
    parameters = {name: random.normal(scale=0.8, size=network.shape(name)) for name in network.parameters}
    X, n, kind = random.normal(size=(N, sizes[0])), sizes[-1], network.options.loss.targets
    if kind == "labels":
        return parameters, X, random.integers(0, n, N)
    Y = np.eye(n)[random.integers(0, n, N)] if kind == "distribution" else random.uniform(size=(N, n))
    return parameters, X, Y


def _layouts(network, parameters, X, Y):
    """The same numbers in the layouts in which programs have them."""
    bias = network.structure.bias
    for columns, weight, shape in product((False, True), ("to,from", "from,to"), BIASES if bias else ["(n,)"]):
        stored = {name: (array if weight == "to,from" else array.T) if name[0] == "W" else BIASES[shape](array)
                  for name, array in parameters.items()}
        words = (f"weights {'(to, from)' if weight == 'to,from' else '(from, to)'}, samples in "
                 f"{'columns' if columns else 'rows'}" + f", biases {shape}" * bias)
        yield {"parameters": stored, "X": X.T if columns else X, "Y": Y.T if columns and Y.ndim == 2 else Y,
               "words": words}
    if all(to == 1 for to, _ in layers_of(network)) and Y.ndim == 2:
        yield {"parameters": {name: array[0] for name, array in parameters.items()}, "X": X, "Y": Y[:, 0],
               "words": "weights and targets as vectors"}
