r"""From a text as people write it to lines and the sides of their equations.

Plain text, Unicode, and LaTeX with its environments: what only lays out a page is taken away, and what has several
spellings gets one.  Nothing is understood yet; that is the grammar's part.
"""
import re
import unicodedata
from dataclasses import dataclass

from ..errors import InputError
from ..formula.tokens import GREEK, SUPERSCRIPTS
from .typeset import sum_over, with_largest, with_plain_indices, without_cases

LONGEST, MOST_LINES = 20_000, 200

DEFINES = (":=", "≔", "≡", "≝", "≜", r"\coloneqq", r"\coloneq", r"\equiv", r"\triangleq", r"\vcentcolon=",
           r"\stackrel{\text{def}}{=}", r"\overset{\text{def}}{=}")
ARROWS = (r"⇒|⟹|→|⟶|⇔|⟺|\\Rightarrow|\\implies|\\iff|\\Leftrightarrow|\\Longrightarrow|\\to\b|=>|∴|\\therefore|"
          r"\\because|∵")
LETTERS = {"Γ": "Gamma", "γ": "gamma", "ρ": "rho", "ω": "omega", "Ω": "Omega", "Θ": "Theta", "τ": "tau", "ν": "nu",
           "κ": "kappa", "χ": "chi", "ψ": "psi", "ζ": "zeta", "ξ": "xi", "ℓ": "ell", "ϵ": "epsilon", "ϑ": "theta",
           "Φ": "Phi",
           "ŷ": "yhat", "Ŷ": "Yhat", "∇": "nabla", "√": "sqrt", "ℒ": "L", "𝓛": "L", "𝟙": "1", "ı": "i"}
WORDS = ("and|so|thus|hence|therefore|since|because|where|with|now|then|let|define|put|set|we|have|get|obtain|this|"
         "that|gives|which|is|by|the|chain|rule|using|use|from|as|it|follows|finally|next|first|second|for|also|again|"
         "here|note|recall|similarly|likewise|substituting|substitute|plugging|plug|in|into|inserting|know|simplify|"
         "simplifying|writing|write|definition|means|but|when|of|product|quotient|differentiate|differentiating|to|"
         "output|hidden|layer|forward|backward|pass|gradient|error|term|terms|cost|loss|collect|everything|together|"
         "our|my|answer|result|want|wanted|find|derive|because|cancel|cancels|cancelling|leaves|remains|only|through|"
         "one|sample|all|samples|batch|over|paths|several|per|both|each|neuron|unit|weight|bias|weights|biases|"
         "derivative|slope|activation|sigmoid|softmax|sum|multiply|out|rearrange|factor|call|called|name|named|"
         "matrix|form|given|assume|suppose|consider|compute|multiplying|adding|take|taking")
LEADING = re.compile(rf"(?:(?:{WORDS})\b(?![_^'(\[=\d])(?!\s*(?:[:=+*/^_]|-\s)(?!\s*[A-Za-z∂δ]\S*\s*=))[,;]?\s+)+",
                     re.I)
LABEL = re.compile(r"(?:\(?(?:\d{1,2}|[ivx]{1,4}|[a-h])[.)]\s+|\(\d{1,2}\)\s*|"
                   r"[A-Za-z][A-Za-z ,'()-]*[A-Za-z)]\s*:(?!=)\s*|[-*•–]\s+(?=\S*\s*[:=∂δ\\]))")
TRAILING = re.compile(
    r"\s*(?:[,;(\[–—|]|--|<-|←|\s{2})\s*(?:by|using|since|because|as|from|chain|product|quotient|power|sum over|"
    r"sum rule|definition|def|cancel\w*|where|rule|substitut\w*|put|what|simplif\w*|see|the|this|and|with|plug\w*|"
    r"for|all|which|error|one|only|now|same|forward|it|every|each|paths?|both|here|expand\w*|output|hidden|last|"
    r"not|done|ok|qed|∎|\\square|\\qed)\b(?![_^\[(']|\s*[=(*+/^])[^=]*$", re.I)
ENVIRONMENTS = "align|aligned|gather|eqnarray|split|multline|equation"
SYMBOLS = "|".join((*GREEK.values(), *LETTERS.values(), "yhat", "onehot", "tanh", "exp", "log", "ln", "relu", "sigmoid"))
"""Words of a formula that are no words of a remark."""
HANGING = re.compile(r"(?:[.,;]?\s+(?:then|so|and|now|where|we|with|thus|hence|or|i\.e))$|"
                     r"\s+\((?=[^()]*\b[a-z]{2,}\s+[a-z]{2,})[^()=+*/]*\)$|"
                     rf"\s{{2,}}\((?=[^()]*\b(?!(?:{SYMBOLS})\b)[a-z]{{2,}}\b)[^()=+*/^_]*\)$", re.I)
LATEX = tuple((re.compile(pattern), new) for pattern, new in (
    (r"\\begin\{c?d?array\}(\{[^{}]*\})?|\\end\{array\}", " "),
    (r"\\(?:begin|end)\{[A-Za-z]+\*?\}(\[[^\]]*\])?", " "),
    (r"\\(?:label|tag|ref|eqref)\*?\{[^{}]*\}|\\(?:notag|nonumber|displaystyle|textstyle|limits|nolimits)\b", " "),
    (r"\\(?:text|mbox|intertext|textrm|textit|textbf)\{([^{}]*)\}", r" \1 "),
    (r"\\(?:hat|widehat)\{?\s*y\s*\}?", " yhat "), (r"\\mathbb\{1\}(?!\s*(?:\\left|\\big)?\s*(?:[\[({]|\\\{))", " onehot"),
    (r"\\(?:hat|widehat)\{?\s*Y\s*\}?", " Yhat "),
    (r"\\(?:mathrm|mathbf|boldsymbol|bm|mathcal|mathsf|mathit|vec|operatorname\*?|rm|bf|mathbb)\s*\{([^{}]*)\}", r"\1"),
    (r"\\(?:mathcal|mathbf|boldsymbol|vec)\s+([A-Za-z])", r"\1"),
    (r"\\(?:big|Big|bigg|Bigg)[lr]?\b|\\(?:left|right)\.|\\(?:left|right|middle)\b", " "),
    (r"\\(?:[dtc]frac)\b", r"\\frac"),
    (r"\\frac\s*(\d)\s*(\d)", r"\\frac{\1}{\2}"), (r"\\frac\s*(\d)\s*([A-Za-z])\b", r"\\frac{\1}{\2}"),
    (r"\\frac\s*(\d)\s*\{", r"\\frac{\1}{"),
    (r"\\(?:odot|circ)\b|\*\.|\.\*|∘|⊗(?=\s*[gσf]')", "⊙"),
    (r"\^\s*\{?\s*(?:\\prime|′)\s*\}?", "'"), (r"\\prime\b", "'"),
    (r"\^\s*\{?\s*(?:\\top|\\intercal|\\mathsf\{?T\}?|\\mathrm\{?T\}?|⊤|T|\\mathstrut T)\s*\}?(?![A-Za-z])", "^T"),
    (r"ᵀ|⊤|\.T\b", "^T"), (r"\\partial\b", "∂"), (r"\\nabla\b", "nabla"), (r"\\ell\b", "ell"),
    (r"\\leq?(?:slant)?(?![A-Za-z])", "≤"), (r"\\geq?(?:slant)?(?![A-Za-z])", "≥"), (r"\\neq?(?![A-Za-z])", "≠"),
    (r"\\mid(?![A-Za-z])", ":"),
    (r"\\lVert|\\rVert|\\Vert|\\\|", "‖"),
    (r"\\(?:quad|qquad|,|;|!|:|>|enspace|thinspace)|~", " "), (r"\\(?:cdot|times|ast)\b", "·"), (r"\\sqrt\b", "sqrt"),
    (r"\\lambda\b", "lambda"), (r"\\bar\{([A-Za-z])\}|\\bar\s+([A-Za-z])", r"\1\2bar"), (r"\\exp\b", "exp"),
    (r"\\dots|\\ldots|\\cdots|…", "…"), (r"\\\{", "("), (r"\\\}", ")"), (r"\\tilde\{?([A-Za-z])\}?", r"\1tilde"),
    (r"\\(?=(?:sum|log|ln|tanh|sigma|delta|alpha|beta|gamma|theta|Theta|mu|eta|rho|omega|Omega|phi|varphi|epsilon|"
     r"varepsilon|Delta|max|kappa|nu|tau|sin|cos|tan|sinh|cosh|arcsin|arccos|arctan|Phi|psi|chi|zeta|xi|pi)(?![A-Za-z]))", " "),
))
SPELLINGS = tuple((re.compile(pattern), new) for pattern, new in (
    (r"[’′‘`´ʹ]", "'"), (r"[−–—](?=.)", "-"), (r"½", "(1/2)"), (r"¼", "(1/4)"), (r"⅓", "(1/3)"), (r"[⟨〈]", "("),
    (r"[⟩〉]", ")"),
    (r"varepsilon", "epsilon"), (r"varphi", "phi"), (r"\bDelta(?=[\d_^ ]|$)", "delta"),
    (r"\*\*", "^"), (r"\b(\d+),(\d+)(?![\d\]}])(?=[^\[\]{}]*$)", r"\1.\2"),
    (r"\b(?:d|partial)\s*/\s*(?:d|partial)\s*(?=[A-Za-z])", "∂/∂"),
    (r"(?<![A-Za-z])(?:np|torch|jnp)\.", ""),
    (r"(?<=[A-Za-z0-9δ∂])_(\w(?:[-+]\d)?),(\w)(?![\w=({\[])", r"_{\1,\2}"),
))
SUM = re.compile(r"((?:Σ|∑|\bsum|(?<=\d)sum)\s*(?:_\s*(?:\{[^{}]*\}|\w+?(?=\s*=)|[A-Za-z]+)|[ᵢⱼₖₗₘₙₚₛₜ]+))(\s*=\s*\d+)?"
                 r"\s*(?:\^\s*(?:\{(?:[^{}]|\{[^{}]*\})*\}|\([^()]*\)|[A-Za-z0-9]+(?:_\{?\w+\}?)?))?")
LAYERS_ABOVE = {"ˡ": "l", "ᴸ": "L", "⁺": "+", "⁻": "-", **SUPERSCRIPTS}


@dataclass(frozen=True)
class Line:
    """A line of a derivation.

    number     counted from 1, without empty lines and comments
    text       as it was written
    equations  its equations, each a tuple of sides; the first is "" where the equation goes on from the line before
    defines    whether the equation at that place was written with := instead of =
    """

    number: int
    text: str
    equations: tuple
    defines: tuple


def lines_of(text: str) -> list:
    """The lines of a text.  InputError where it is no text, or longer than a derivation can be."""
    if not isinstance(text, str):
        raise InputError("A derivation is a text, a line of it for each step: bp.check_derivation(network, '''…'''); "
                         f"given: {type(text).__name__}.")
    if len(text) > LONGEST:
        raise InputError(f"The derivation has {len(text):,} characters; up to {LONGEST:,} are read.")
    written = _joined([one for one in _split(text) if cleaned(one)])
    if len(written) > MOST_LINES:
        raise InputError(f"The derivation has {len(written)} lines; up to {MOST_LINES} are read.")
    if not written:
        raise InputError("There is no derivation yet. Write a line for each step, such as ∂C/∂w = ∂C/∂a · ∂a/∂w.")
    return [_line(number, one) for number, one in enumerate(written, 1)]


def _split(text):
    """The lines as they were written: in an environment of LaTeX they end with \\\\, elsewhere with the line."""
    text = without_cases(re.sub(r"(?<!\\)%[^\n]*|(?m:^\s*#[^\n]*)|\s#\s[^\n]*", "", text))
    text = re.sub(r"\$\$|(?<!\\)\$|\\[\[\]()](?![\d.]*(?:ex|em|pt|cm|mm))", "\n" if r"\begin" in text else " ", text)
    found = []
    environment = rf"(\\begin\{{(?:{ENVIRONMENTS})\*?\}}.*?\\end\{{(?:{ENVIRONMENTS})\*?\}})"
    for block in re.split(environment, text, flags=re.S):
        inside = block.startswith(r"\begin")
        block = re.sub(r"\s*\n\s*", " ", block) if inside else block
        found += re.split(r"\\\\(?:\[[^\]]*\])?|\n", block)
    return [one.strip() for one in found]


def _joined(lines):
    """Lines, with a line that goes on within an expression put behind the one before."""
    found = []
    for line in lines:
        begins = re.match(r"[+·⊙×*/@]|-(?!.*=)", cleaned(line)) and not re.match(r"\s*[-*•]\s", line)
        begins = begins or re.match(r"\s*-\s(?!.*=)", line)
        if found and (begins or re.search(r"[-+·⊙×*/@=(]$", cleaned(found[-1]))):
            found[-1] += " " + line
        else:
            found.append(line)
    return found


def cleaned(line: str) -> str:
    """A line without what lays it out, in the spellings that the grammar reads."""
    line = unicodedata.normalize("NFC", line).replace("&", " ")
    line = re.sub(r"y\u0302", "ŷ", line)
    for pattern, new in LATEX:
        line = pattern.sub(new, line)
    for sign in DEFINES:
        line = line.replace(sign, ":=")
    line = re.sub(r"[ˡᴸ⁽⁾⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻]*[ˡᴸ][ˡᴸ⁽⁾⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻]*", _raised, line)
    for pattern, new in SPELLINGS:
        line = pattern.sub(new, line)
    line = "".join(_letter(line, at) for at in range(len(line)))
    line = re.sub(r"\b([A-Za-z])\u0302", r"\1hat", line)
    line = with_largest(with_plain_indices(line))
    line = SUM.sub(_sum, line)
    return _without_words(line.strip())


def _raised(match):
    return "^{" + "".join(LAYERS_ABOVE.get(c, c) for c in match[0]).strip("()") + "}"


def _letter(line, at):
    """A Greek letter by its name, apart from the letters around it."""
    name = LETTERS.get(line[at])
    if name is None:
        return line[at]
    before = " " if at and line[at - 1].isalpha() else ""
    after = " " if at + 1 < len(line) and line[at + 1].isalpha() else ""
    return before + name + after


def _sum(match):
    sign = match[1]
    inside = re.search(r"\{([^{}]*)\}", sign)
    if inside:
        sign = sum_over(inside[1])
    return sign + " "


def _without_words(line):
    """The line without words around its formula."""
    line = re.sub(rf"^\s*(?:{ARROWS})\s*", "", line)
    for _ in range(4):
        before = line
        line = HANGING.sub("", TRAILING.sub("", line)).rstrip(" .,;:")
        line = _strip_start(LABEL, line)
        line = _strip_start(LEADING, line)
        if line == before:
            break
    return line.strip()


def _strip_start(pattern, line):
    match = pattern.match(line)
    rest = line[match.end():] if match else line
    return rest if rest.strip() else line


# the parts of a line

def _line(number, written):
    text = cleaned(written)
    equations, defines = [], []
    for equation in _equations(text):
        sides, defining = _sides(equation)
        equations.append(tuple(sides))
        defines.append(defining)
    return Line(number, written, tuple(equations), tuple(defines))


def _at_top(text):
    """The places of a text outside of brackets."""
    depth = 0
    for at, sign in enumerate(text):
        depth += (sign in "([{") - (sign in ")]}")
        if depth <= 0 and sign not in ")]}":
            yield at


PARTED = re.compile(r"[,;⇒⟹]|=>|\\Rightarrow|\\implies|(?<=\s)(?:so|and|hence|thus|therefore|then|where|with)(?=\s)")


def _equations(text):
    """The equations of a line: parted by commas, arrows or words where each part is an equation."""
    top = set(_at_top(text))
    parts, start = [], 0
    for match in PARTED.finditer(text):
        if match.start() in top:
            parts.append(text[start:match.start()])
            start = match.end()
    parts = [_strip_start(LEADING, part.strip(" >")) for part in [*parts, text[start:]]]
    parts = [part for part in parts if part.strip()]
    return parts if len(parts) > 1 and all(_has_equals(part) for part in parts) else [text]


def _has_equals(text):
    return any(text[at] == "=" for at in _at_top(text))


def _sides(text):
    """The sides of a chain of equalities, and whether it begins with :=."""
    defining = ":=" in text
    text = text.replace(":=", "=").replace("==", "=")
    places = [at for at in _at_top(text) if text[at] == "=" and text[max(0, at - 1):at] not in ("<", ">", "!", "≠")]
    sides, start = [], 0
    for at in places:
        sides.append(text[start:at].strip())
        start = at + 1
    sides.append(text[start:].strip(" ,;."))
    return sides, defining
