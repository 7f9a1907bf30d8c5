"""What this machine can do: the matrix products of a setting, and nothing else."""
import numpy as np
from scipy.linalg import blas

from .peers import Peer


def products(setting):
    """Forward, the errors back, and the gradients: the products that no program can do without, by BLAS."""
    _, arrays = setting.parameters()
    _, slopes = setting.slopes()
    weights, gradients = arrays[::2], slopes[::2]
    layers = [np.full((setting.batch, n), 0.5, setting.dtype) for n in setting.sizes]
    errors = [np.full((setting.batch, n), 0.5, setting.dtype) for n in setting.sizes]
    gemm = blas.get_blas_funcs("gemm", arrays[:1])

    def step():
        for W, x, a in zip(weights, layers, layers[1:]):
            gemm(1e-3, W.T, x.T, 0.0, a.T, 1, 0, 1)
        for W, d, before in zip(weights[:0:-1], errors[:0:-1], errors[-2:0:-1]):
            gemm(1e-3, W.T, d.T, 0.0, before.T, 0, 0, 1)
        for dW, x, d in zip(gradients, layers, errors[1:]):
            gemm(1.0, x.T, d.T, 0.0, dW.T, 0, 1, 1)

    return Peer("matrix products alone", step, None, None)
