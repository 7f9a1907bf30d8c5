"""The peers that bplib generates: plain, tuned, and tuned with the update inside."""
from scipy.linalg import blas

from ..tuning import tune
from ..tuning.scalars import ScalarCode
from .peers import Peer
from .settings import ETA


def plain(setting):
    """The code that `.source` shows, as it stands."""
    _, arrays = setting.parameters()
    X, Y = setting.samples
    gradients = setting.functions.gradients.raw

    def step():
        for w, g in zip(arrays, gradients(*arrays, X, Y)):
            w -= ETA * g

    return Peer("generated, plain", step, lambda: gradients(*arrays, X, Y), lambda: arrays)


def tuned(setting):
    """Tuned gradients, then one addition for all parameters; in tiny networks a function of numbers."""
    code = tune(setting.functions, dtype=setting.dtype).code(setting.batch)
    return _numbers(code, setting) if isinstance(code, ScalarCode) else _arrays(code, setting)


def _arrays(code, setting):
    vector, arrays = setting.parameters()
    slope, slopes = setting.slopes()
    X, Y = setting.samples
    axpy, number, accumulate = blas.get_blas_funcs("axpy", [vector]), len(vector), code.bound(arrays, slopes)

    def step():
        accumulate(X, Y, 1.0, 0.0)
        axpy(slope, vector, number, -ETA)

    def gradients():
        accumulate(X, Y, 1.0, 0.0)
        return [g.copy() for g in slopes]

    return Peer("generated", step, gradients, lambda: arrays)


def _numbers(code, setting):
    vector, _ = setting.parameters()
    parameters, (X, Y) = vector.tolist(), (given.tolist() for given in setting.samples)
    descend, gradients = code.numbers_step, code.numbers_gradients

    def step():
        nonlocal parameters
        parameters = descend(parameters, X, Y, ETA)

    return Peer("generated", step, lambda: gradients(parameters, X, Y), lambda: parameters)


def fused(setting):
    """Tuned, with the update inside the matrix products."""
    code = tune(setting.functions, dtype=setting.dtype).code(setting.batch)
    if isinstance(code, ScalarCode) or not code.fused:
        return None
    _, arrays = setting.parameters()
    X, Y = setting.samples
    _, out = setting.slopes()
    update = code.bound(arrays, arrays)

    def gradients():
        code.accumulate(arrays, X, Y, out, 1.0, 0.0)
        return out

    return Peer("generated, fused update", lambda: update(X, Y, -ETA, 1.0), gradients, lambda: arrays)
