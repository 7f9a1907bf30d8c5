"""A layer that is left open: δ^(l) is asked for every l for which it can be written."""
import re

COUNTED = r"\s*(?:l|ℓ|\\ell)\s*(?:(?P<sign>[+−-])\s*(?P<number>\d+))?\s*"
FORMS = {r"\^\{\(%s\)\}": "^{{({})}}", r"\^\{%s\}": "^{{({})}}", r"\^\(%s\)": "^{{({})}}", r"\^\[%s\]": "^[{}]",
         r"\^\{\[%s\]\}": "^{{[{}]}}", r"\^(?:l|ℓ|\\ell)(?![A-Za-z])": "^{{({})}}"}
"""How a layer l stands above a name, and the same with a number."""
PATTERNS = [(re.compile(form.replace("%s", COUNTED)), shown) for form, shown in FORMS.items()]


def is_open(text) -> bool:
    """Whether a text speaks of a layer l."""
    return any(pattern.search(text) for pattern, _ in PATTERNS)


def at_layer(text, layer) -> str:
    """The text with a number for l: δ^(l+1) as δ^{(3)} for layer 2; as it is where `layer` is None."""
    if layer is None:
        return text
    for pattern, shown in PATTERNS:
        text = pattern.sub(lambda found: shown.format(_number(found, layer)), text)
    return text


def _number(found, layer):
    off = int(found.groupdict().get("number") or 0)
    return layer - off if found.groupdict().get("sign") in ("-", "−") else layer + off
