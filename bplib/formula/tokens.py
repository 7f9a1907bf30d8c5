"""From characters to tokens: what people write for a formula, unicode and LaTeX names included.

A token is (kind, text, position).  Kinds: number, name, sub (subscripts), layer (a superscript in brackets), prime,
power (a superscript number), transpose, and for anything else the sign itself: ( ) [ ] + - * / ^ , = …

Tables and patterns are written so that JavaScript reads them too (`in_page`).
"""
import re
import unicodedata
from typing import NamedTuple

from ..errors import InputError

LONGEST = 2000
MOST_TOKENS = 400

GREEK = {"α": "alpha", "δ": "delta", "Δ": "delta", "η": "eta", "λ": "lambda", "σ": "sigma", "θ": "theta", "π": "pi",
         "φ": "phi", "ϕ": "phi", "β": "beta", "Σ": "sum", "∑": "sum", "μ": "mu", "ε": "epsilon"}
MINUS = "-−–—‐‑"
SIGNS = {**dict.fromkeys(MINUS, "-"), "·": "*", "⋅": "*", "×": "*", "∙": "*", "∗": "*", "⊙": "*", "∘": "*", "•": "*", "÷": "/",
         "∕": "/", "⁄": "/", "**": "^", "==": "=", "!=": "≠", "<=": "≤", ">=": "≥", "’": "'", "′": "'", "‘": "'",
         "`": "'", "´": "'"}
SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁽⁾", "0123456789-()"))
SUBSCRIPTS = dict(zip("₀₁₂₃₄₅₆₇₈₉ᵢⱼₖₗₘₙₚₛₜ", "0123456789ijklmnpst"))
COMMANDS = {"cdot": "*", "times": "*", "odot": "*", "left": "", "right": "", "le": "≤", "ge": "≥", "leq": "≤",
            "geq": "≥", "neq": "≠", "ne": "≠", "partial": "∂", "prime": "'", "quad": "", "operatorname": "",
            "mathrm": "", "ln": "log"}
FRACTIONS = {"½": 1 / 2, "⅓": 1 / 3, "⅔": 2 / 3, "¼": 1 / 4, "¾": 3 / 4, "⅕": 1 / 5, "⅙": 1 / 6, "⅛": 1 / 8}
DIGITS = {**dict(zip("۰۱۲۳۴۵۶۷۸۹", "0123456789")), **dict(zip("٠١٢٣٤٥٦٧٨٩", "0123456789")), "٫": "."}
"""Persian digits, Arabic ones, and the decimal point that both have."""
SCRIPTS = {"Greek": "\u0370-\u03ff\u1f00-\u1fff", "Cyrillic": "\u0400-\u052f", "Armenian": "\u0530-\u058f"}
"""Alphabets with letters that look like Latin ones, as ranges of characters."""

MEANINGLESS = "\"'#$%&;?\\~"

SPACE = "[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u2064\u2066-\u2069\u3000\ufeff]"
"""Those of Python, and what has no width: joiners, marks of direction, what a copied formula has between its factors."""
DIGIT, POINT = "[0-9٠-٩۰-۹]", "[.٫]"
PATTERNS = {
    "space": rf"(?:{SPACE}|\\[,;! ])+",
    "hat": rf"\\hat{SPACE}*(?:\{{{SPACE}*y{SPACE}*\}}|y)|ŷ|y\u0302",
    "command": r"\\[A-Za-z]+",
    "number": rf"{DIGIT}*[{''.join(FRACTIONS)}]|(?:{DIGIT}+{POINT}?{DIGIT}*|{POINT}{DIGIT}+)(?:[eE][+-]?{DIGIT}+(?![A-Za-z_]))?",
    "layer": r"\^\{?[(\[][0-9]+[)\]]\}?|⁽[¹²³⁴⁵⁶⁷⁸⁹]⁾",
    "power": "[⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+",
    "sub": rf"_\{{[^{{}}]*\}}|_[A-Za-z0-9]+|[{''.join(SUBSCRIPTS)}]+",
    "name": rf"[A-Za-z]+[0-9]*|[{''.join(GREEK)}][0-9]*",
    "transpose": "[ᵀ⊤]",
    "prime": r"\^\{?\\prime\}?|['’′‘`´]+",
    "sign": rf"\*\*|//|[<>!=]=|[{MINUS}+*/^(){{}}\[\]=<>≤≥≠,|:·⋅×∙∗⊙∘•÷∕⁄@∂.]",
}
"""Kind → pattern; the first that fits counts."""
PATTERN = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in PATTERNS.items()))


class FormulaError(InputError):
    """A formula that cannot be read.  `position` counts characters from 0; `text` is what was typed."""

    def __init__(self, message, text="", position=0):
        super().__init__(message)
        self.text, self.position = text, position


class Token(NamedTuple):
    kind: str
    text: str
    position: int
    glued: bool
    """Whether nothing stands between it and the token before."""


def stripped(text: str) -> str:
    """A text without spaces at its ends, those without a width included."""
    return re.sub(f"^{SPACE}+|{SPACE}+$", "", text)


HIDDEN = ("Cc", "Cf", "Cs", "Zl", "Zp", "Zs")
"""Kinds of characters that cannot be seen."""


def quoted(text: str) -> str:
    """A text in quotation marks; in place of characters that cannot be seen stand their numbers."""
    shown = (repr(c)[1:-1] if unicodedata.category(c) in HIDDEN and c != " " else c for c in text)
    return f"'{''.join(shown)}'"


def tokens(text):
    """All tokens of a text, closed by one of kind "end"."""
    if not isinstance(text, str):
        raise FormulaError(f"A formula is a text in quotation marks; given: {type(text).__name__}.")
    if len(text) > LONGEST:
        raise FormulaError(f"The formula has {len(text):,} characters; up to {LONGEST:,} are read. "
                           "No answer of this course needs more than 200.")
    found, at, glued = [], 0, False
    while at < len(text):
        match = PATTERN.match(text, at)
        if match is None:
            raise FormulaError(_stranger(text[at]), text, at)
        if match.lastgroup != "space":
            token = _token(match, glued, text)
            found += [token] if token.text else []
        glued, at = match.lastgroup != "space", match.end()
        if len(found) > MOST_TOKENS:
            raise FormulaError(f"The formula has more than {MOST_TOKENS} parts. Is there a shorter way to write it?",
                               text, at)
    return [*found, Token("end", "the end", len(text), False)]


def _token(match, glued, text):
    kind, read, at = match.lastgroup, match[0], match.start()
    if kind == "command":
        read = COMMANDS.get(read[1:], read[1:])
        kind = "name" if read.isalpha() else "prime" if read == "'" else read
    elif kind == "number":
        read = "".join(DIGITS.get(c, c) for c in read)
        if read[-1] in FRACTIONS:
            read = str(float(read[:-1] or 0) + FRACTIONS[read[-1]])  # 2½
    elif kind == "name":
        read = GREEK.get(read[0], read[0]) + read[1:]
    elif kind == "sub":
        read = "".join(SUBSCRIPTS.get(c, c) for c in read).lstrip("_").strip("{}")
        read = re.sub(SPACE, "", read)
    elif kind == "layer":
        read = "".join(SUPERSCRIPTS.get(c, c) for c in read).strip("^{}()[]")
    elif kind == "power":
        read = "".join(SUPERSCRIPTS[c] for c in read)
    elif kind == "prime":
        read = "'" if "prime" in read else "'" * len(read)
    elif kind == "hat":
        kind, read = "name", "yhat"
    elif kind == "sign":
        kind = read = SIGNS.get(read, read)
    if kind == "sub" and not read:
        raise FormulaError("An index is missing after the underscore; write w_jk or w[j,k].", text, at)
    return Token(kind, read, at, glued)


def _stranger(character):
    """What to say of a character that no formula contains."""
    shown, latin = quoted(character), unicodedata.normalize("NFKD", character)[:1]
    if latin.isascii() and latin.isalnum():
        return f"{shown} looks like '{latin}' but is another character; type '{latin}' on the keyboard."
    for script, letters in SCRIPTS.items():
        if re.match(f"[{letters}]", character):
            return f"{shown} is a {script} letter that this course does not use; type a Latin letter instead."
    if character in MEANINGLESS:
        return f"{shown} has no meaning in a formula."
    return f"The character {shown} (U+{ord(character):04X}) cannot be read."
