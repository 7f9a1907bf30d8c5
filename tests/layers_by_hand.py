"""Backpropagation through layers, written by hand in plain NumPy as textbooks do: what derived gradients are compared with.

Each function takes the arrays of a model of `zoo` and returns dict name → ∂C/∂name.  Nothing of bplib is used here.
"""
import numpy as np


def conv1d(x, g, w, b, stride=1, pad=0, dilation=1):
    """C = Σ g·y, y a cross-correlation.  x (N, D, R), w (F, D, Q), b (F,), g (N, F, P)."""
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad)))
    dpadded, dw = np.zeros_like(padded), np.zeros_like(w)
    for p in range(g.shape[2]):
        for q in range(w.shape[2]):
            r = stride * p + dilation * q
            dpadded[:, :, r] += g[:, :, p] @ w[:, :, q]
            dw[:, :, q] += g[:, :, p].T @ padded[:, :, r]
    return {"x": dpadded[:, :, pad:padded.shape[2] - pad], "w": dw, "b": g.sum(axis=(0, 2))}


def conv2d(x, g, w, b, stride=1, pad=0, dilation=1):
    """The same in two directions.  x (N, D, H, W), w (F, D, K1, K2), g (N, F, P1, P2)."""
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    dpadded, dw = np.zeros_like(padded), np.zeros_like(w)
    for p1, p2 in np.ndindex(g.shape[2:]):
        for q1, q2 in np.ndindex(w.shape[2:]):
            r1, r2 = stride * p1 + dilation * q1, stride * p2 + dilation * q2
            dpadded[:, :, r1, r2] += g[:, :, p1, p2] @ w[:, :, q1, q2]
            dw[:, :, q1, q2] += g[:, :, p1, p2].T @ padded[:, :, r1, r2]
    inside = slice(pad, padded.shape[2] - pad), slice(pad, padded.shape[3] - pad)
    return {"x": dpadded[:, :, inside[0], inside[1]], "w": dw, "b": g.sum(axis=(0, 2, 3))}


def max_pool(x, g, size, step):
    """C = Σ g·y, y the largest of each window: its error goes to the place where that is."""
    dx = np.zeros_like(x)
    for n, c, m1, m2 in np.ndindex(g.shape):
        window = x[n, c, step * m1:step * m1 + size, step * m2:step * m2 + size]
        o1, o2 = np.unravel_index(window.argmax(), window.shape)
        dx[n, c, step * m1 + o1, step * m2 + o2] += g[n, c, m1, m2]
    return {"x": dx}


def normalised(x, dn, axes, eps=1e-5):
    """∂C/∂x of n = (x − μ)/σ, in the one line that texts print."""
    sigma = np.sqrt(x.var(axis=axes, keepdims=True) + eps)
    n = (x - x.mean(axis=axes, keepdims=True)) / sigma
    return n, (dn - dn.mean(axis=axes, keepdims=True) - n * (dn * n).mean(axis=axes, keepdims=True)) / sigma


def layer_norm(x, g, gamma, beta):
    n, dx = normalised(x, g * gamma, 2)
    return {"x": dx, "gamma": (g * n).sum(axis=(0, 1)), "beta": g.sum(axis=(0, 1))}


def batch_norm(x, g, gamma, beta):
    n, dx = normalised(x, g * gamma[:, None, None], (0, 2, 3))
    return {"x": dx, "gamma": (g * n).sum(axis=(0, 2, 3)), "beta": g.sum(axis=(0, 2, 3))}


def attention(q, k, v, g, causal=False):
    """C = Σ g·y, y = softmax(q kᵀ/√n) v, sample by sample."""
    T, n = q.shape[1:]
    r = np.einsum("ste,sue->stu", q, k) / np.sqrt(n)
    if causal:
        r = np.where(np.tril(np.ones((T, T), bool)), r, -np.inf)
    a = np.exp(r - r.max(axis=2, keepdims=True))
    a /= a.sum(axis=2, keepdims=True)
    da = np.einsum("ste,sue->stu", g, v)
    dr = a * (da - (da * a).sum(axis=2, keepdims=True)) / np.sqrt(n)
    return {"q": np.einsum("stu,sue->ste", dr, k), "k": np.einsum("stu,ste->sue", dr, q),
            "v": np.einsum("stu,ste->sue", a, g)}


def _read_out(h, target, A, a0):
    """∂C/∂h and the gradients of the output layer, for C = mean over samples and steps of Σ (out − target)²."""
    N, T, _ = h.shape
    dout = 2 * (h @ A.T + a0 - target) / (N * T)
    return dout @ A, {"A": np.einsum("stv,stj->vj", dout, h), "a0": dout.sum(axis=(0, 1))}


def rnn(x, target, W, U, b, A, a0):
    """Backpropagation through time."""
    N, T, _ = x.shape
    h = np.zeros((N, T + 1, len(b)))  # h[:, t + 1] after step t
    for t in range(T):
        h[:, t + 1] = np.tanh(x[:, t] @ W.T + h[:, t] @ U.T + b)
    dh, found = _read_out(h[:, 1:], target, A, a0)
    found |= {"x": np.zeros_like(x), "W": np.zeros_like(W), "U": np.zeros_like(U), "b": np.zeros_like(b)}
    later = np.zeros((N, len(b)))
    for t in reversed(range(T)):
        dz = (dh[:, t] + later) * (1 - h[:, t + 1]**2)
        found["W"] += dz.T @ x[:, t]
        found["U"] += dz.T @ h[:, t]
        found["b"] += dz.sum(axis=0)
        found["x"][:, t] = dz @ W
        later = dz @ U
    return found


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def lstm(x, target, A, a0, **parameters):
    """Backpropagation through time with a cell; gates i, f, g, o."""
    (N, T, _), gates = x.shape, "ifgo"
    W, U, b = ([parameters[f"{letter}_{gate}"] for gate in gates] for letter in "WUb")
    n = len(b[0])
    h, c = np.zeros((N, T + 1, n)), np.zeros((N, T + 1, n))
    value = np.zeros((4, N, T, n))
    for t in range(T):
        for place, squash in enumerate((sigmoid, sigmoid, np.tanh, sigmoid)):
            value[place, :, t] = squash(x[:, t] @ W[place].T + h[:, t] @ U[place].T + b[place])
        i, f, g, o = value[:, :, t]
        c[:, t + 1] = f * c[:, t] + i * g
        h[:, t + 1] = o * np.tanh(c[:, t + 1])
    dh, found = _read_out(h[:, 1:], target, A, a0)
    found |= {name: np.zeros_like(parameters[name]) for name in parameters} | {"x": np.zeros_like(x)}
    dh_later, dc_later = np.zeros((N, n)), np.zeros((N, n))
    for t in reversed(range(T)):
        (i, f, g, o), tanh_c = value[:, :, t], np.tanh(c[:, t + 1])
        error = dh[:, t] + dh_later
        dc = error * o * (1 - tanh_c**2) + dc_later
        dz = [dc * g * i * (1 - i), dc * c[:, t] * f * (1 - f), dc * i * (1 - g**2), error * tanh_c * o * (1 - o)]
        for place, gate in enumerate(gates):
            found[f"W_{gate}"] += dz[place].T @ x[:, t]
            found[f"U_{gate}"] += dz[place].T @ h[:, t]
            found[f"b_{gate}"] += dz[place].sum(axis=0)
        found["x"][:, t] = sum(d @ w for d, w in zip(dz, W, strict=True))
        dh_later, dc_later = sum(d @ u for d, u in zip(dz, U, strict=True)), dc * f
    return found
