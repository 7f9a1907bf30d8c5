"""Pictures for the notebooks, each with a text that says what it shows."""
from .arrays import shapes
from .drawings import computational_graph, formula_picture, network
from .images import confusion, influences, pictures
from .picture import BLUE, GREEN, ORANGE, RED, Picture
from .plots import (
    chords,
    contours,
    cost_curve,
    curves,
    descents,
    errors_over,
    growth,
    learning_curves,
    sweep,
)

__all__ = ["BLUE", "GREEN", "ORANGE", "Picture", "RED", "chords", "computational_graph", "confusion", "contours",
           "cost_curve", "curves", "descents", "errors_over", "formula_picture", "growth", "influences",
           "learning_curves", "network", "pictures", "shapes", "sweep"]
