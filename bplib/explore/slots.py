"""Formulas with slots: one form that a page fills with a text's letters, with today's numbers, or with both.

A formula is a list of operands and signs in turn, between which a line may break: signs as they are, operands as
MathML.  In these each entry of an array, such as W1[2, 1], is an empty element with a key, "W1[2,1]"; the page puts in
what it wants to show there.
"""
from xml.etree import ElementTree as ET

import sympy as sp

from ..equations import indices_of, name_of, s
from .mathml import mathml

PLUS, MINUS, TIMES = SIGNS = "+", "−", "·"


def key(entry):
    """The key of an entry of one sample: "W1[2,1]" for W1[2, 1], "a1[2]" for a1[s, 2], "C" for C."""
    indices = [str(at) for at in indices_of(entry) if at != s]
    return name_of(entry) + (f"[{','.join(indices)}]" if indices else "")


def letters(expression, quantities, notation):
    """MathML of an expression in a text's letters, to be put into a slot."""
    return _texts(_row(mathml(quantities, expression, notation=notation)))


def function_letters(activated, quantities, notation):
    """MathML of what stands before the bracket in g(z), to be put into a slot."""
    row = _row(mathml(quantities, activated, notation=notation))
    return _texts(part for part in row if not _bracketed(part))


def slot(name, first=False):
    """An empty place; `first` where a negative number needs no brackets."""
    mark = ' data-first=""' if first else ""
    return f'<mrow data-slot="{name}"{mark} />'


def bracketed(code):
    return f'<mo stretchy="false">(</mo>{code}<mo stretchy="false">)</mo>'


def operand(formula):
    """A whole formula as one operand."""
    return "".join(f"<mo>{part}</mo>" if part in SIGNS else part for part in formula)


def formula(expression, quantities):
    """An expression as operands and signs; a minus inside brackets belongs to the operand."""
    marks = {e: key(e) for e in expression.atoms(sp.Indexed, sp.Symbol) if name_of(e) in quantities}
    row = _row(mathml(quantities, expression, marks=marks))
    for part in list(row.iter()):
        _empty_slots(part)
    for part in row.iter("mrow"):
        _with_times(part)
        _without_needless_brackets(part)
    found, depth = [[]], 0
    for token in _flat(row):
        depth += {"(": 1, ")": -1}.get(_sign(token), 0)
        if found[-1] and (_sign(token) in (PLUS, TIMES) or _sign(token) == MINUS and depth == 0):
            found += [_sign(token), []]
        else:
            found[-1].append(token)
    if "data-slot" in found[0][0].attrib:
        found[0][0].set("data-first", "")
    return [part if part in SIGNS else _texts(part) for part in found]


def _row(page):
    """The parts of a formula, whatever there is around them."""
    return ET.fromstring(page)[0]


def _texts(parts):
    return "".join(ET.tostring(part, encoding="unicode") for part in parts)


def _sign(element):
    return element.text if element.tag == "mo" else None


def _bracketed(element):
    return element.tag == "mrow" and len(element) > 0 and _sign(element[0]) == "("


def _empty_slots(parent):
    """A marked part is known by the second word of its class."""
    for at, part in enumerate(parent):
        if part.tag == "mstyle":
            parent[at] = ET.Element("mrow", {"data-slot": part.get("class").split(" ", 1)[1]})


def _with_times(row):
    """Put a sign between factors that stand next to each other, because numbers would run together."""
    kept, before = [], None
    for part in row:
        if part.tag != "mspace":
            factors = before is not None and "mo" not in (before.tag, part.tag) and before.tag != "mi"
            kept += [ET.fromstring(f"<mo>{TIMES}</mo>"), part] if factors else [part]
            before = part
    row[:] = kept


def _without_needless_brackets(row):
    """Mark slots at the beginning of a formula or of a bracket, where a minus needs no bracket of its own."""
    for before, part in zip(row, row[1:]):
        if _sign(before) == "(" and "data-slot" in part.attrib:
            part.set("data-first", "")


def _flat(row):
    """The parts of a row, those in brackets too, one after another."""
    for part in row:
        if part.tag == "mrow" and len(part) and (_bracketed(part) or part[0].tag != "mo"):
            yield from _flat(part)
        else:
            if part.tag == "mo":
                part.set("stretchy", "false")
            yield part
