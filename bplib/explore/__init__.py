"""Interactive explorers: what moves under a slider is evaluated in the page, from the derived equations."""
from .builder import builder
from .descent import descent
from .digit import digit
from .gradient_check import gradient_check
from .network import network
from .neuron import neuron
from .stepper import derivation
from .training import training

__all__ = ["builder", "derivation", "descent", "digit", "gradient_check", "network", "neuron", "training"]
