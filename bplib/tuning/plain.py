"""The plain code, called as tuned code is: for sizes for which no code is made."""
from .arrays import plain
from .kernels import blend


class PlainCode:
    """The gradients of generated functions, for any number of samples."""

    def __init__(self, functions):
        self.raw, self.stages = functions.gradients.raw, [plain(functions)]

    def accumulate(self, arrays, X, Y, out, alpha, beta):
        """out ← α ∂C/∂arrays + β out, in place."""
        for array, gradient in zip(out, self.raw(*arrays, X, Y)):
            array[...] = blend(alpha, gradient, beta, array)

    def step(self, arrays, X, Y, eta):
        """arrays ← arrays − η ∂C/∂arrays, in place."""
        self.accumulate(arrays, X, Y, arrays, -eta, 1.0)

    def bound(self, arrays, out):
        """`accumulate` for loops, its arrays built in: a function of (X, Y, α, β); for β = 1 `out` may be `arrays`."""
        return lambda X, Y, alpha, beta: self.accumulate(arrays, X, Y, out, alpha, beta)
