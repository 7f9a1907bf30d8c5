"""What is measured: each peer computes one gradient and one update of a setting, on parameters of its own."""
from dataclasses import dataclass
from collections.abc import Callable


@dataclass
class Peer:
    """A program to measure.

    step        one gradient and one update
    gradients   the gradients by all parameters, a list of arrays or numbers, to compare peers with one another
    state       the parameters as they are now, likewise
    """

    name: str
    step: Callable
    gradients: Callable
    state: Callable
