"""Interactive explorers: what moves under a slider is evaluated in the page, from the derived equations."""
from .neuron import neuron
from .stepper import derivation

__all__ = ["derivation", "neuron"]
