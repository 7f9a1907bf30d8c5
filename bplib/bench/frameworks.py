"""The frameworks in which learners' networks live, as their own tutorials use them; each only where it is installed."""
from functools import partial
from importlib.util import find_spec

import numpy as np

from .peers import Peer
from .settings import ETA


def pytorch(setting):
    """Eager PyTorch: layers, a loss, `backward`, an optimiser."""
    if not find_spec("torch"):
        return None
    import torch
    torch.set_num_threads(1)
    number = getattr(torch, setting.dtype)
    pairs = list(zip(setting.sizes, setting.sizes[1:]))
    layers = []
    for n, m in pairs:
        layers += [torch.nn.Linear(n, m, dtype=number), torch.nn.ReLU() if setting.softmax else torch.nn.Sigmoid()]
    model = torch.nn.Sequential(*(layers[:-1] if setting.softmax else layers))
    _, arrays = setting.parameters()
    with torch.no_grad():
        for parameter, array in zip(model.parameters(), arrays):
            parameter.copy_(torch.from_numpy(array))
    X, Y = map(torch.from_numpy, setting.samples)
    optimizer = torch.optim.SGD(model.parameters(), lr=ETA)
    cross_entropy = torch.nn.CrossEntropyLoss()

    def backward():
        optimizer.zero_grad()
        outputs = model(X)
        loss = cross_entropy(outputs, Y) if setting.softmax else ((outputs - Y)**2).sum(1).mean() / 2
        loss.backward()

    def step():
        backward()
        optimizer.step()

    def gradients():
        backward()
        return [parameter.grad.numpy().copy() for parameter in model.parameters()]

    return Peer("PyTorch, eager", step, gradients, lambda: [p.detach().numpy() for p in model.parameters()])


def pytorch_products(setting):
    """The matrix products alone, by the library for them that PyTorch brings along, which may be another one."""
    if not find_spec("torch"):
        return None
    import torch
    _, arrays = setting.parameters()
    _, slopes = setting.slopes()
    weights, gradients = (list(map(torch.from_numpy, given[::2])) for given in (arrays, slopes))
    layers, errors = ([torch.full((setting.batch, n), 0.5, dtype=getattr(torch, setting.dtype)) for n in setting.sizes]
                      for _ in "ad")

    def step():
        for W, x, a in zip(weights, layers, layers[1:]):
            torch.mm(x, W.T, out=a)
        for W, d, before in zip(weights[:0:-1], errors[:0:-1], errors[-2:0:-1]):
            torch.mm(d, W, out=before)
        for dW, x, d in zip(gradients, layers, errors[1:]):
            torch.mm(d.T, x, out=dW)

    return Peer("matrix products alone, PyTorch's", step, None, None)


def jax_jit(setting):
    """JAX: cost, gradient and update compiled as one, parameters given away to the update."""
    if not find_spec("jax"):
        return None
    import jax
    import jax.numpy as jnp
    jax.config.update("jax_enable_x64", True)
    jax.config.update("jax_cpu_enable_async_dispatch", False)  # waiting for another thread would only cost time here
    _, arrays = setting.parameters()
    parameters, (X, Y) = [jnp.array(a) for a in arrays], map(jnp.array, setting.samples)
    cost = partial(_cost, setting.softmax, jnp, jax.nn.sigmoid, jax.nn.log_softmax)
    found = jax.jit(jax.grad(cost))

    @partial(jax.jit, donate_argnums=0)
    def descend(parameters, X, Y):
        return [w - ETA * g for w, g in zip(parameters, jax.grad(cost)(parameters, X, Y))]

    def step():
        nonlocal parameters
        parameters = descend(parameters, X, Y)
        jax.block_until_ready(parameters)

    return Peer("JAX, jit", step, lambda: [np.array(g) for g in found(parameters, X, Y)],
                lambda: [np.array(w) for w in parameters])


def autograd(setting):
    """HIPS autograd: NumPy with a tape."""
    if not find_spec("autograd"):
        return None
    import autograd.numpy as anp
    from autograd import grad
    from autograd.scipy.special import expit, logsumexp
    _, arrays = setting.parameters()
    X, Y = setting.samples

    def log_softmax(z):
        return z - logsumexp(z, axis=1, keepdims=True)

    slopes = grad(partial(_cost, setting.softmax, anp, expit, log_softmax))

    def step():
        for w, g in zip(arrays, slopes(arrays, X, Y)):
            w -= ETA * g

    return Peer("autograd", step, lambda: slopes(arrays, X, Y), lambda: arrays)


def _cost(softmax, np, sigmoid, log_softmax, parameters, X, Y):
    a = X
    for W, b in zip(parameters[:-2:2], parameters[1:-2:2]):
        z = np.dot(a, W.T) + b
        a = np.maximum(z, 0) if softmax else sigmoid(z)
    z = np.dot(a, parameters[-2].T) + parameters[-1]
    if softmax:
        return -np.sum(Y * log_softmax(z)) / len(X)
    return np.sum((sigmoid(z) - Y)**2) / 2 / len(X)


def versions():
    """Version of each framework that is installed."""
    from importlib.metadata import version
    return {name: version(name) for name in ("torch", "jax", "autograd") if find_spec(name)}
