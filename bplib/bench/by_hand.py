"""The best that could be written by hand: what generated code has to match.

Arrays are made once, every result has its place (`out=`), products are BLAS's own functions with their factors, the
bias is put in place before the product is added to it, all parameters stand in one vector and are updated by one
call.  `arrays` is written once for NumPy's functions alone and once for SciPy's BLAS; the faster one counts.
"""
from math import exp

import numpy as np
import scipy.special
from scipy.linalg import blas

from .peers import Peer
from .settings import ETA

MANY = 150
"""Entries from which 1/(1 + e^−z) in three calls of NumPy beats one of SciPy's expit."""

CHUNK = 500
"""Rows of a large batch that are done at a time, so that they stay in cache; a larger batch is a multiple of it."""


def with_numpy(setting):
    """NumPy alone: `np.dot` and ufuncs with `out=`."""
    return _peer("by hand, NumPy", setting, _softmax_numpy if setting.softmax else _sigmoid_numpy)


def with_blas(setting):
    """NumPy and SciPy's BLAS."""
    return _peer("by hand, NumPy and BLAS", setting, _softmax_blas if setting.softmax else _sigmoid_blas)


def fused(setting):
    """The same, with the update inside the matrix products."""
    if setting.batch > CHUNK:
        return None
    _, arrays = setting.parameters()
    _, out = setting.slopes()
    write = _softmax_blas if setting.softmax else _sigmoid_blas
    find, update = write(setting, setting.batch, arrays, out), write(setting, setting.batch, arrays, arrays)
    X, Y = setting.samples

    def gradients():
        find(X, Y, 1.0, 0.0)
        return out

    return Peer("by hand, fused update", lambda: update(X, Y, -ETA, 1.0), gradients, lambda: arrays)


def _peer(name, setting, write):
    vector, arrays = setting.parameters()
    slope, slopes = setting.slopes()
    X, Y = setting.samples
    axpy, number, rows = blas.get_blas_funcs("axpy", [vector]), len(vector), min(setting.batch, CHUNK)
    run = write(setting, rows, arrays, slopes)
    pieces = [(X[at:at + rows], Y[at:at + rows], float(at > 0)) for at in range(0, setting.batch, rows)]

    def step():
        for x, y, beta in pieces:
            run(x, y, 1.0, beta)
        axpy(slope, vector, number, -ETA)

    def gradients():
        for x, y, beta in pieces:
            run(x, y, 1.0, beta)
        return [g.copy() for g in slopes]

    return Peer(name, step, gradients, lambda: arrays)


def _sigmoid_blas(setting, rows, parameters, out):
    """n_0–n_1–n_2, sigmoid, ½ squared error."""
    gemm, gemv = blas.get_blas_funcs(["gemm", "gemv"], dtype=setting.dtype)
    a1, a2, d1, d2, t1 = (np.empty((rows, n), setting.dtype) for n in (*setting.sizes[1:], *setting.sizes[1:],
                                                                     setting.sizes[1]))
    a1T, a2T, d1T, d2T = a1.T, a2.T, d1.T, d2.T
    ones, one = np.ones(rows, setting.dtype), np.array(1.0, setting.dtype)
    share = 1 / setting.batch
    copyto, subtract, multiply = np.copyto, np.subtract, np.multiply
    many1, many2 = a1.size >= MANY, a2.size >= MANY
    sign1, sign2 = (-1.0 if many else 1.0 for many in (many1, many2))  # e^−z takes −z, which the product can give
    exp, add, divide, expit = np.exp, np.add, np.divide, scipy.special.expit

    W1T, b1, W2T, b2 = (array.T for array in parameters)
    dW1T, db1, dW2T, db2 = (array.T for array in out)

    def run(X, Y, alpha, beta):
        XT = X.T
        copyto(a1, b1)
        gemm(sign1, W1T, XT, sign1, a1T, 1, 0, 1)
        if many1:
            exp(a1, a1)
            add(a1, one, a1)
            divide(one, a1, a1)
        else:
            expit(a1, a1)
        copyto(a2, b2)
        gemm(sign2, W2T, a1T, sign2, a2T, 1, 0, 1)
        if many2:
            exp(a2, a2)
            add(a2, one, a2)
            divide(one, a2, a2)
        else:
            expit(a2, a2)
        subtract(a2, Y, d2)
        multiply(d2, a2, d2)
        subtract(one, a2, a2)
        multiply(d2, a2, d2)
        gemm(1.0, W2T, d2T, 0.0, d1T, 0, 0, 1)
        multiply(d1, a1, d1)
        subtract(one, a1, t1)
        multiply(d1, t1, d1)
        alpha *= share
        gemm(alpha, XT, d1T, beta, dW1T, 0, 1, 1)
        gemv(alpha, d1T, ones, beta, db1, 0, 1, 0, 1, 0, 1)
        gemm(alpha, a1T, d2T, beta, dW2T, 0, 1, 1)
        gemv(alpha, d2T, ones, beta, db2, 0, 1, 0, 1, 0, 1)

    return run


def _sigmoid_numpy(setting, rows, parameters, out):
    a1, a2, d1, d2, t1 = (np.empty((rows, n), setting.dtype) for n in (*setting.sizes[1:], *setting.sizes[1:],
                                                                     setting.sizes[1]))
    one, share = np.array(1.0, setting.dtype), np.full(rows, 1 / setting.batch, setting.dtype)
    d1T, d2T, dot, subtract, multiply, add = d1.T, d2.T, np.dot, np.subtract, np.multiply, np.add
    factor = np.array(1 / setting.batch, setting.dtype)
    more = [np.empty_like(array) for array in out]
    many1, many2 = a1.size >= MANY, a2.size >= MANY
    negative, exp, divide, expit = np.negative, np.exp, np.divide, scipy.special.expit

    W1, b1, W2, b2 = parameters
    W1T, W2T = W1.T, W2.T

    def run(X, Y, alpha, beta):
        dW1, db1, dW2, db2 = more if beta else out
        dot(X, W1T, a1)
        add(a1, b1, a1)
        if many1:
            negative(a1, a1)
            exp(a1, a1)
            add(a1, one, a1)
            divide(one, a1, a1)
        else:
            expit(a1, a1)
        dot(a1, W2T, a2)
        add(a2, b2, a2)
        if many2:
            negative(a2, a2)
            exp(a2, a2)
            add(a2, one, a2)
            divide(one, a2, a2)
        else:
            expit(a2, a2)
        subtract(a2, Y, d2)
        multiply(d2, a2, d2)
        subtract(one, a2, a2)
        multiply(d2, a2, d2)
        dot(share, d2, db2)
        multiply(d2, factor, d2)
        dot(d2, W2, d1)
        multiply(d1, a1, d1)
        subtract(one, a1, t1)
        multiply(d1, t1, d1)
        dot(d1T, X, dW1)
        d1.sum(axis=0, out=db1)
        dot(d2T, a1, dW2)
        if beta:
            for total, part in zip(out, more):
                add(total, part, total)

    return run


def _softmax_blas(setting, rows, parameters, out):
    """n_0–n_1–n_2–n_3, ReLU, ReLU, softmax, cross entropy."""
    gemm, gemv = blas.get_blas_funcs(["gemm", "gemv"], dtype=setting.dtype)
    (a1, a2, a3), (d1, d2, d3) = ([np.empty((rows, n), setting.dtype) for n in setting.sizes[1:]] for _ in "ad")
    a1T, a2T, a3T, d1T, d2T, d3T = (array.T for array in (a1, a2, a3, d1, d2, d3))
    ones, zero, share = np.ones(rows, setting.dtype), np.array(0.0, setting.dtype), 1 / setting.batch
    column, mask1, mask2 = np.empty((rows, 1), setting.dtype), np.empty(a1.shape, bool), np.empty(a2.shape, bool)

    W1T, b1, W2T, b2, W3T, b3 = (array.T for array in parameters)
    dW1T, db1, dW2T, db2, dW3T, db3 = (array.T for array in out)

    def run(X, Y, alpha, beta):
        np.copyto(a1, b1)
        gemm(1.0, W1T, X.T, 1.0, a1T, 1, 0, 1)
        np.maximum(a1, zero, out=a1)
        np.copyto(a2, b2)
        gemm(1.0, W2T, a1T, 1.0, a2T, 1, 0, 1)
        np.maximum(a2, zero, out=a2)
        np.copyto(a3, b3)
        gemm(1.0, W3T, a2T, 1.0, a3T, 1, 0, 1)
        np.maximum.reduce(a3, axis=1, out=column, keepdims=True)
        np.subtract(a3, column, a3)
        np.exp(a3, a3)
        np.add.reduce(a3, axis=1, out=column, keepdims=True)
        np.divide(a3, column, a3)
        np.subtract(a3, Y, d3)
        gemm(1.0, W3T, d3T, 0.0, d2T, 0, 0, 1)
        np.greater(a2, zero, mask2)
        np.multiply(d2, mask2, d2)
        gemm(1.0, W2T, d2T, 0.0, d1T, 0, 0, 1)
        np.greater(a1, zero, mask1)
        np.multiply(d1, mask1, d1)
        alpha *= share
        gemm(alpha, X.T, d1T, beta, dW1T, 0, 1, 1)
        gemv(alpha, d1T, ones, beta, db1, 0, 1, 0, 1, 0, 1)
        gemm(alpha, a1T, d2T, beta, dW2T, 0, 1, 1)
        gemv(alpha, d2T, ones, beta, db2, 0, 1, 0, 1, 0, 1)
        gemm(alpha, a2T, d3T, beta, dW3T, 0, 1, 1)
        gemv(alpha, d3T, ones, beta, db3, 0, 1, 0, 1, 0, 1)

    return run


def _softmax_numpy(setting, rows, parameters, out):
    (a1, a2, a3), (d1, d2, d3) = ([np.empty((rows, n), setting.dtype) for n in setting.sizes[1:]] for _ in "ad")
    zero, share = np.array(0.0, setting.dtype), np.array(1 / setting.batch, setting.dtype)
    column = np.empty((rows, 1), setting.dtype)
    mask1, mask2 = np.empty(a1.shape, bool), np.empty(a2.shape, bool)

    W1, b1, W2, b2, W3, b3 = parameters
    dW1, db1, dW2, db2, dW3, db3 = out

    def run(X, Y, alpha, beta):
        for x, W, b, a in ((X, W1, b1, a1), (a1, W2, b2, a2)):
            np.dot(x, W.T, a)
            np.add(a, b, a)
            np.maximum(a, zero, out=a)
        np.dot(a2, W3.T, a3)
        np.add(a3, b3, a3)
        np.maximum.reduce(a3, axis=1, out=column, keepdims=True)
        np.subtract(a3, column, a3)
        np.exp(a3, a3)
        np.add.reduce(a3, axis=1, out=column, keepdims=True)
        np.divide(a3, column, a3)
        np.subtract(a3, Y, d3)
        np.multiply(d3, share, d3)
        np.dot(d3, W3, d2)
        np.greater(a2, zero, mask2)
        np.multiply(d2, mask2, d2)
        np.dot(d2, W2, d1)
        np.greater(a1, zero, mask1)
        np.multiply(d1, mask1, d1)
        for x, d, dW, db in ((X, d1, dW1, db1), (a1, d2, dW2, db2), (a2, d3, dW3, db3)):
            np.dot(d.T, x, dW)
            d.sum(axis=0, out=db)

    return run


def with_numbers(setting):
    """2–2–1 in plain Python: every weight a variable."""
    if setting.sizes != (2, 2, 1):
        return None
    vector, _ = setting.parameters()
    parameters, (X, Y) = tuple(vector.tolist()), (given.tolist() for given in setting.samples)

    def one(parameters, x, y, eta):
        w11, w12, w21, w22, b1, b2, v1, v2, c = parameters
        x1, x2 = x
        a1 = 1 / (1 + exp(-(w11 * x1 + w12 * x2 + b1)))
        a2 = 1 / (1 + exp(-(w21 * x1 + w22 * x2 + b2)))
        a = 1 / (1 + exp(-(v1 * a1 + v2 * a2 + c)))
        d = eta * (a - y) * a * (1 - a)
        d1 = d * v1 * a1 * (1 - a1)
        d2 = d * v2 * a2 * (1 - a2)
        return (w11 - d1 * x1, w12 - d1 * x2, w21 - d2 * x1, w22 - d2 * x2, b1 - d1, b2 - d2,
                v1 - d * a1, v2 - d * a2, c - d)

    def several(parameters, X, Y, eta):
        w11, w12, w21, w22, b1, b2, v1, v2, c = parameters
        g11 = g12 = g21 = g22 = h1 = h2 = k1 = k2 = k = 0.0
        for (x1, x2), (y,) in zip(X, Y):
            a1 = 1 / (1 + exp(-(w11 * x1 + w12 * x2 + b1)))
            a2 = 1 / (1 + exp(-(w21 * x1 + w22 * x2 + b2)))
            a = 1 / (1 + exp(-(v1 * a1 + v2 * a2 + c)))
            d = (a - y) * a * (1 - a)
            d1 = d * v1 * a1 * (1 - a1)
            d2 = d * v2 * a2 * (1 - a2)
            g11 += d1 * x1
            g12 += d1 * x2
            g21 += d2 * x1
            g22 += d2 * x2
            h1 += d1
            h2 += d2
            k1 += d * a1
            k2 += d * a2
            k += d
        eta /= len(X)
        return (w11 - eta * g11, w12 - eta * g12, w21 - eta * g21, w22 - eta * g22, b1 - eta * h1, b2 - eta * h2,
                v1 - eta * k1, v2 - eta * k2, c - eta * k)

    advance, x, y = (one, X[0], Y[0][0]) if setting.batch == 1 else (several, X, Y)

    def step():
        nonlocal parameters
        parameters = advance(parameters, x, y, ETA)

    return Peer("by hand, plain Python", step,
                lambda: [w - v for w, v in zip(parameters, advance(parameters, x, y, 1.0))], lambda: parameters)


def without_care(setting):
    """NumPy as one writes it first: a new array for each result."""
    _, arrays = setting.parameters()
    X, Y = setting.samples
    hidden = (lambda z: np.maximum(z, 0)) if setting.softmax else scipy.special.expit
    slope = (lambda a: a > 0) if setting.softmax else (lambda a: a * (1 - a))
    last = (lambda z: scipy.special.softmax(z, axis=1)) if setting.softmax else scipy.special.expit

    def gradients():
        activations = [X]
        for W, b in zip(arrays[:-2:2], arrays[1:-2:2]):
            activations.append(hidden(activations[-1] @ W.T + b))
        a = last(activations[-1] @ arrays[-2].T + arrays[-1])
        delta = (a - Y) / len(X) if setting.softmax else (a - Y) * slope(a) / len(X)
        found = []
        for W, a in zip(arrays[-2::-2], reversed(activations)):
            found = [delta.T @ a, delta.sum(axis=0), *found]
            if a is not X:
                delta = (delta @ W) * slope(a)
        return found

    def step():
        for w, g in zip(arrays, gradients()):
            w -= ETA * g

    return Peer("NumPy without care", step, gradients, lambda: arrays)
