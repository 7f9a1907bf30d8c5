"""What the measurements have to show: a table of claims, each a number and a limit that it keeps or does not."""
from dataclasses import dataclass

import numpy as np

from .measure import ratio

GENERATED, FUSED = "generated", "generated, fused update"
BY_HAND = ("by hand, NumPy", "by hand, NumPy and BLAS")
PYTORCH, JAX, NUMBERS, LIMIT = "PyTorch, eager", "JAX, jit", "by hand, plain Python", "matrix products alone"
SLOWEST = "sample by sample"


@dataclass(frozen=True)
class Claim:
    """The time of `one` is at most `most` of that of `other`, in a setting."""

    setting: str
    one: str
    other: str
    most: float

    def measured(self, taken):
        """The ratio, None where one of the two was not measured."""
        names = taken.get(self.setting, {})
        other = best_by_hand(names) if self.other == "best by hand" else self.other
        return ratio(names, self.one, other) if {self.one, other} <= set(names) else None


def best_by_hand(names):
    """The faster one of the programs by hand that keep gradients and update apart, as generated code does."""
    there = [name for name in BY_HAND if name in names]
    return min(there, key=lambda name: np.median(names[name])) if there else None


CLAIMS = (
    Claim("A", GENERATED, NUMBERS, 1.2), Claim("A'", GENERATED, NUMBERS, 1.2),
    *(Claim(name, GENERATED, "best by hand", 1.0) for name in ("B1", "B32", "B5000", "C", "D", "E")),
    Claim("D", FUSED, "best by hand", 0.8),
    Claim("A", GENERATED, PYTORCH, 1 / 100), Claim("B1", GENERATED, PYTORCH, 1 / 15),
    Claim("C", GENERATED, PYTORCH, 1 / 7), Claim("C", FUSED, PYTORCH, 1 / 9), Claim("E", GENERATED, PYTORCH, 0.85),
    Claim("E", FUSED, PYTORCH, 0.85), Claim("B1", GENERATED, JAX, 0.4), Claim("B1", FUSED, JAX, 0.4),
    Claim("B32", GENERATED, JAX, 0.55), Claim("C", GENERATED, JAX, 0.55),
    Claim("C", FUSED, JAX, 0.5), Claim("B5000", GENERATED, JAX, 0.75), Claim("E", GENERATED, JAX, 0.95),
    Claim("E32", GENERATED, JAX, 1.0), Claim("E32", FUSED, JAX, 1.0),
    Claim("E", GENERATED, LIMIT, 1 / 0.85), Claim("E", FUSED, LIMIT, 1 / 0.85),
    Claim("epoch", GENERATED, SLOWEST, 1 / 11), Claim("epoch", FUSED, SLOWEST, 1 / 15),
)
