"""Nothing has moved, or all gradients are zero: no mistake in a formula, but something to look for."""
from .result import Finding

POINTER = ("04-two-two-one", "One step downhill")

ZERO = Finding("all gradients are zero", "All arrays that you gave are zero, and the right ones are not. Are they those made "
               "with np.zeros at the start, and is what is computed stored under other names? Is something multiplied by 0, "
               "such as 1//N of integers?", *POINTER)

UNMOVED = "After the step all parameters are what they were before, so no gradient can be told from them."
LOST = ("Is what was computed returned, or stored where the parameters are? In a function W = W − η·dW gives a local name a "
        "new array; W −= η·dW changes the array itself. And is η so small that W − η·dW rounds to W?")


def unmoved(eta, before, after) -> Finding:
    """What may have kept her parameters where they were; `after` is None where a step was run here."""
    names = shared(before, after)
    why = "η is 0." if eta == 0 else LOST if not names else (
        f"In {', '.join(names)} before and after are one and the same array: keep a copy, W.copy(), from before.")
    return Finding("the parameters did not move", f"{UNMOVED} {why}", *POINTER)


def shared(before, after) -> list:
    """Names of what is one and the same object before and after."""
    if isinstance(before, dict) and isinstance(after, dict):
        return [str(name) for name in before if name in after and before[name] is after[name]]
    if isinstance(before, (list, tuple)) and isinstance(after, (list, tuple)):
        return [f"array {at}" for at, (one, other) in enumerate(zip(before, after), 1) if one is other]
    return ["your parameters"] if before is after else []
