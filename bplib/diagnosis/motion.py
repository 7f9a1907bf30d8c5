"""Steps of training: whether they go downhill, how long they may be, and momentum, right or not.

Several steps are told apart by going them ourselves: gradient descent with momentum (v ← m v − η g, w ← w + v;
Polyak 1964) and the ways in which people write it wrong, from her parameters before, until we stand where she does.
"""
import numpy as np

from .result import Finding

MOMENTA = (0.0, 0.5, 0.8, 0.9, 0.95, 0.99)
MOST_STEPS = 60
POWER_STEPS = 20

TRAINING = "11-digits"


def _right(v, m, eta, g, before):
    return m * v - eta * g


def _uphill(v, m, eta, g, before):
    return m * v + eta * g


def _minus(v, m, eta, g, before):
    return -m * v - eta * g


def _stale(v, m, eta, g, before):
    return m * v - eta * before


WAYS = (("", _right), ("momentum with the wrong sign", _uphill), ("the velocity is subtracted", _minus),
        ("a velocity of the step before", _stale))
"""(name of the mistake or "", (v, m, η, g, g of the step before) → the next move)."""

SENTENCES = {
    "momentum with the wrong sign": "The velocity is built with + η times the gradient and added, so it climbs. Either "
                                    "v = m·v − η·g and w += v, or v = m·v + η·g and w −= v.",
    "the velocity is subtracted": "The velocity enters with the wrong sign: it brakes where it should carry on.",
    "a velocity of the step before": "The step is made with the gradient of the step before: compute v first, then "
                                     "move.",
}


def walked(gradient, start, goal, eta, tolerance=1e-7):
    """(name, momentum, number of steps) of the walk from start to goal, two vectors; None where there is none.

    gradient   vector of parameters → vector
    """
    for m in MOMENTA:
        for name, move in WAYS if m else WAYS[:2]:
            steps = _steps_to(gradient, start, goal, eta, m, move, tolerance)
            if steps:
                return name, m, steps
    return None


def _steps_to(gradient, start, goal, eta, m, move, tolerance):
    w, v, before = start.copy(), np.zeros_like(start), np.zeros_like(start)
    for number in range(1, MOST_STEPS + 1):
        g = gradient(w)
        v = move(v, m, eta, g, before)
        w, before = w + v, g
        if not np.isfinite(w).all():
            return 0
        if np.abs(w - goal).max() <= tolerance * max(np.abs(goal - start).max(), 1e-12):
            return number
    return 0


def walk_found(name, m, steps):
    """What a walk shows: (`Finding`s, sentence)."""
    with_ = f" with momentum {m:g}" if m else ""
    words = f"What happened is {steps} step{'s' * (steps > 1)} of gradient descent{with_} by the right gradient"
    if not name:
        return [], words + "."
    if not m:
        return [Finding("uphill instead of downhill", words + ", with a plus: each step climbs.", "01-downhill",
                        "Which way?")], ""
    return [Finding(name, f"{words}, but: {SENTENCES[name]}", TRAINING, "Momentum")], ""


def climbs(before, after):
    """Whether the cost has grown: a list of `Finding`s."""
    if not after > before * (1 + 1e-9) + 1e-12:
        return []
    return [Finding("a step that climbs", f"The cost was {before:.6g} and is {after:.6g} after the step: it climbs.",
                    "01-downhill", "Which way?")]


def too_long(gradient, start, eta):
    """Whether η is above 2/λ for the largest curvature λ of the cost along the gradient's directions.

    λ by power iteration on differences of gradients (Nocedal and Wright, Numerical Optimization, ch. 8).
    """
    v = gradient(start)
    if not v.any() or not np.isfinite(v).all():
        return []
    curvature = 0.0
    for _ in range(POWER_STEPS):
        v = v / np.linalg.norm(v)
        h = 1e-5 * max(1.0, np.linalg.norm(start))
        bent = (gradient(start + h * v) - gradient(start - h * v)) / (2 * h)
        curvature, v = float(v @ bent), bent
        if not np.isfinite(curvature) or not v.any():
            return []
    if curvature <= 0 or eta <= 2 / curvature * 1.05:
        return []
    return [Finding("the learning rate is too large", f"η = {eta:g}, and at these parameters steps longer than "
                    f"{2 / curvature:.3g} (2 over the largest curvature) overshoot and grow.", "01-downhill",
                    "The exact limit")]
