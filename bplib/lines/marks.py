"""Tokens of a line with what belongs together in one: ∂ as a name, and marks of layers such as ^{(l+1)}."""
from ..formula.tokens import Token


def regrouped(found):
    """Tokens with ∂ as a name, and marks of layers such as ^{(l+1)} as one token."""
    found = [token._replace(kind="name") if token.kind == "∂" else token for token in found]
    regrouped, at = [], 0
    while at < len(found):
        mark, length = _mark(found, at)
        if mark:
            regrouped.append(Token("layer", mark, found[at].position, True))
            at += length
        else:
            regrouped.append(found[at])
            at += 1
    return regrouped


def _mark(found, at):
    """A layer's mark with a letter, as text, and how many tokens it takes: ^{l}, ^{(l+1)}, ^L, ^[L-1]."""
    if found[at].kind != "^":
        return "", 0
    place, opened = at + 1, []
    while found[place].kind in ("{", "(", "["):
        opened.append(found[place].kind)
        place += 1
    if found[place].kind != "name" or found[place].text not in ("l", "L"):
        return "", 0
    mark = found[place].text
    place += 1
    if opened and found[place].kind in ("+", "-") and found[place + 1].kind == "number":
        mark += found[place].kind + found[place + 1].text
        place += 2
    for bracket in reversed(opened):
        if found[place].kind != {"{": "}", "(": ")", "[": "]"}[bracket]:
            return "", 0
        place += 1
    return mark, place - at
