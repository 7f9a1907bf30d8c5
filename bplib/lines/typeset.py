r"""What LaTeX sets in two dimensions, as one line that the grammar reads.

    \begin{cases} u & z > 0 \\ v & \text{otherwise} \end{cases}     ((u)[z > 0] + (v)(1-[z > 0]))
    \sum_{p,q : 2p+q = r} u                                          sum_{p,q} [2p+q = r] u
    x_{s,p_{1},c_{sj}}                                               x_{s,p1,c[s,j]}
    [(p,q) = \arg\max_{p,q} x_{pq}]                                  [x_{pq} = max_{p,q} x_{pq}]
"""
import re

CASES = re.compile(r"\\begin\{cases\}(.*?)\\end\{cases\}", re.S)
MOST_CASES = 9
OTHERWISE = re.compile(r"\s*(?:otherwise|else|sonst|if not)\s*", re.I)
LAYOUT = re.compile(r"\\(?:text|mbox|textrm|mathrm)\s*\{([^{}]*)\}|\\(?:quad|qquad|,|;|:|!|>)|~")
FOR = re.compile(r"^\s*(?:for|if|when|where)\b", re.I)
FOR_WITHIN = re.compile(r"\b(?:for|if|when|otherwise|else)\b", re.I)
AND = re.compile(r"\\land\b|∧|\\wedge\b|\band\b")


# cases

def without_cases(text: str) -> str:
    """A text with each of its `cases` environments as a sum of values, each times its condition in square brackets."""
    return CASES.sub(_sum_of_cases, text)


def _sum_of_cases(match):
    rows = [_case(row) for row in re.split(r"\\\\(?:\[[^\]]*\])?", match[1]) if row.strip()]
    if len(rows) > MOST_CASES:
        return match[0]
    terms, before = [], ""
    for value, condition in rows:
        terms.append(f"({value}){before}{condition}")
        before += f"(1-{condition})" if condition else ""
    return f"({' + '.join(terms)})"


def _case(row):
    """The value of a case, and its condition in square brackets; "" where it holds for all that is left."""
    row = LAYOUT.sub(lambda match: f" {match[1] or ''} ", row)
    value, _, condition = row.partition("&")
    if "&" not in row:
        word = FOR_WITHIN.search(row)
        value, condition = (row[:word.start()], row[word.start():]) if word else (row, "")
    condition = FOR.sub("", condition).strip().strip(".,;")
    if not condition or OTHERWISE.fullmatch(condition):
        return value.strip().rstrip(",;"), ""
    return value.strip().rstrip(",;"), "".join(f"[{one.strip()}]" for one in AND.split(condition))


# indices

def with_plain_indices(line: str) -> str:
    """A line in which no index has an index of its own in braces, and factors in an index have a sign between them."""
    found, at = [], 0
    while (start := line.find("_{", at)) >= 0:
        end = _closing(line, start + 1)
        if end is None:
            break
        found += [line[at:start], "_{", _plain(line[start + 2:end]), "}"]
        at = end + 1
    return "".join([*found, line[at:]])


def _closing(line, start):
    """The place of the brace that closes the one at `start`; None where none does."""
    depth = 0
    for at in range(start, len(line)):
        depth += (line[at] == "{") - (line[at] == "}")
        if not depth:
            return at
    return None


NUMBERED = re.compile(r"(?<![A-Za-z])([A-Za-z])_(?:\{(\d+)\}|(\d+))")
INDEXED = re.compile(r"([A-Za-z]+)_(?:\{([^{}]*)\}|(\w))")
SIDE_BY_SIDE = re.compile(r"(?<=[\w\]])\s+(?=[\w(\[])")


def _plain(inside):
    inside = NUMBERED.sub(lambda match: match[1] + (match[2] or match[3]), inside)
    inside = INDEXED.sub(lambda match: f"{match[1]}[{_with_commas(match[2] or match[3])}]", inside)
    return SIDE_BY_SIDE.sub("*", inside.strip()) if re.search(r"[,+:=-]", inside) else inside


def _with_commas(indices):
    return indices if "," in indices else ",".join(re.findall(r"[A-Za-z]\d*'*|\d+", indices))


# sums

HEAD = re.compile(r"\s*([A-Za-z]\d*'*(?:\s*,?\s*[A-Za-z]\d*'*)*)\s*(.*)", re.S)
RELATION = re.compile(r"(≠|≤|≥|<|>)\s*(.+)")
SPELLED = (("!=", "≠"), ("<=", "≤"), (">=", "≥"), ("|", ":"))
RUNS = re.compile(r"[A-Zmn]\w*(?:\s*-\s*1)?|\d+")
"""What an index runs up to: a number, or the letter of a size."""


def sum_over(inside: str) -> str:
    """What stands below a sum, as its letters and the conditions that its terms are multiplied by."""
    for sign, spelled in SPELLED:
        inside = inside.replace(sign, spelled)
    head, colon, conditions = inside.partition(":")
    match = HEAD.fullmatch(head)
    letters = match[1] if match else re.split(r"=|\\in|∈|<|≤", head)[0]
    rest = RELATION.fullmatch(match[2].strip()) if match else None
    conditions = [one for one in re.split(r"[,;](?![^\[]*\])", conditions) if re.search(r"[=≠<>≤≥]", one)]
    if rest and not (rest[1] in "<≤" and RUNS.fullmatch(rest[2].strip())):
        conditions.insert(0, f"{letters.split(',')[-1].strip()[-1:]} {rest[1]} {rest[2]}")
    letters = letters.replace(" ", "")
    return "sum_{" + letters + "} " + " ".join(f"[{one.strip()}]" for one in conditions)


# arg max

ARGMAX = re.compile(r"\[\s*\(?([\w,\s{}']+?)\)?\s*=\s*arg\s*\\?max\s*_\{([^{}]*)\}")


def with_largest(line: str) -> str:
    """A line in which [p = argmax_q x_q] says that x_p is as large as the largest."""
    while match := ARGMAX.search(line):
        end = _bracket(line, match.start())
        body = line[match.end():end].strip()
        if "arg" in body:  # one within another would double with each
            break
        line = f"{line[:match.start()]}[{_at(body, match[2], match[1])} = max_{{{match[2]}}} {body}{line[end:]}"
    return line


def _at(body, letters, places):
    """A formula with other letters, `places`, for those that run."""
    places = NUMBERED.sub(lambda match: match[1] + (match[2] or match[3]), places)
    named = dict(zip(re.split(r"\s*,\s*", letters.strip()), re.split(r"\s*,\s*", places.strip())))
    return re.sub(r"(?<![A-Za-z])[A-Za-z]\d*'*(?![A-Za-z\d'])", lambda match: named.get(match[0], match[0]), body)


def _bracket(line, start):
    """The place of the bracket that closes the one at `start`, or the end."""
    depth = 0
    for at in range(start, len(line)):
        depth += (line[at] == "[") - (line[at] == "]")
        if not depth:
            return at
    return len(line)
