"""`bp.check_derivation`: a learner's derivation, judged line by line."""
from typing import NamedTuple

from ..conventions import TABLE as NOTATIONS
from ..errors import InputError, unknown_name
from ..models.model import Model
from ..networks import Network, checked_network
from ..notation import Notation
from .arriving import Arrival, arrival
from .deadline import look_at_the_clock
from .judging import Finding
from .naming import Naming
from .at_a_point import numbers_told
from .readings import Understood, understood
from .repairs.table import TABLE
from .rules import rule_of
from .text import lines_of
from .verdict import LineVerdict, Verdict
from .writing import latex


def check_derivation(network: Network | Model, text: str, of: str | None = None, notation: str | Notation | None = None,
                     show_answer: bool = True) -> Verdict:
    """Which line of a derivation is wrong?  A `Verdict`, which shows a sign and a sentence for each line.

    network      a network, or a `model` written as text
    text         the derivation as one writes it on paper, a line for each step; plain text, Unicode or LaTeX:

                     ∂C/∂w_jk = ∂C/∂a_j · ∂a_j/∂z_j · ∂z_j/∂w_jk
                              = 2(a_j − y_j) · g'(z_j) · a_k

                 A line that begins with "=" goes on from the line before; := gives a name of one's own.
    of           what is to be derived, by its name in the network, such as "W1"; by default what the first line is
                 about
    notation     whose letters the text has, a name in `conventions`; by default this course's, and another text's where
                 these letters cannot be read or come out wrong and that text's come out right
    show_answer  whether `.answer()` gives the right steps when it is asked

    Each line is judged by numbers at two points: nothing is compared as text, so a line may skip as much as it likes.
    After a broken line the next ones are judged from what it gives.  InputError for what is no network or no text.

    >>> check_derivation(neuron("sigmoid"), "∂C/∂w = (a − y)·g'(z)·x").mistakes
    ('the 2 of the square is lost',)
    """
    network = network if isinstance(network, Model) else checked_network(network)
    _check_choices(network, of, notation)
    answer = (lambda: _answer(network, of)) if show_answer else None
    return examined(network, text, of, notation, answer=answer).verdict


NOTHING_EQUAL = ('It says of nothing that it is equal to this. Write an equation, or begin with "=" to go on from the line '
                 "before.")


class Examined(NamedTuple):
    """A derivation as it was understood, whether it arrives, and the verdict on it."""

    found: Understood
    arrived: Arrival
    verdict: Verdict


def examined(network, text, of=None, notation=None, given=None, batch=False, answer=None) -> Examined:
    """As `check_derivation`, for a derivation of which more is asked.

    given   arrays with respect to which the derivative of the cost is known, see `arriving.arrival`
    batch   whether the derivation has to speak of a batch
    answer  a function that gives the right steps, None where they are not to be shown
    """
    found = understood(network, lines_of(text), notation, of, batch)
    lines = tuple(_line(network, found, judged) for judged in found.lines)
    arrived = arrival(found, of, given)
    first = next((line.number for line in lines if line.verdict == Finding.BROKEN.value), None)
    judged = any(line.links for line in found.lines)
    right = judged and all(line.right for line in lines) and (of is None or bool(arrived.arrives))
    mistakes = tuple(dict.fromkeys(name for line in lines for name in line.mistakes))
    name = found.meant.notation.name if isinstance(network, Network) else ""
    summary = _summary(lines, first, arrived, found, notation)
    return Examined(found, arrived, Verdict(lines, right, first, mistakes, arrived.arrives, summary, name, answer))


def as_read(found: Understood) -> tuple:
    """How the lines of a text were read, without any verdict: for each its text, its LaTeX, and why it cannot be read; ""
    where there is none."""
    return tuple((judged.read.line.text, _latex(judged), _problem(judged) if judged.problems else "")
                 for judged in found.lines)


def _check_choices(network, of, notation):
    if of is not None and of not in network.quantities:
        raise unknown_name("array", of, list(network.quantities))
    if notation is not None and not isinstance(notation, Notation) and notation not in NOTATIONS:
        raise unknown_name("notation", notation, NOTATIONS)
    if not network.equations:
        raise InputError("The model has no equations yet. Write them first: m.write('z[s,j] = …').")


# one line

def _line(network, found, judged):
    look_at_the_clock()
    line = judged.read.line
    if judged.finding is Finding.REMARK:
        return LineVerdict(line.number, line.text, judged.finding.value, _remark(found, judged), latex=_latex(judged))
    names, message = (), _problem(judged)
    if judged.finding is Finding.BROKEN:
        named = Naming(network, found.judge, judged.broken).found()
        names, message = named.names, _wrong(found, judged, named)
    elif judged.finding is Finding.FOLLOWS:
        message = _right(found, judged)
    rules = dict.fromkeys(filter(None, map(rule_of, judged.links)))
    return LineVerdict(line.number, line.text, judged.finding.value, message, names, ", ".join(rules), _latex(judged))


def _remark(found, judged):
    """What there is to say of a formula that no line says to be equal to anything; "" for words, and for the beginning of a
    chain that the next line goes on with."""
    after = found.lines[found.lines.index(judged) + 1:]
    begins = after and any(chain.goes_on for chain in after[0].read.chains)
    return "" if judged.read.remark or begins else NOTHING_EQUAL


def _problem(judged):
    if judged.problems:
        text, problem = judged.problems[0]
        return f"{problem} (in: {text[:60]})"
    return next((link.why for link in judged.links if link.finding is Finding.UNDECIDED), "")


def _right(found, judged):
    broken = [line.read.line.number for line in found.lines
              if line.finding is Finding.BROKEN and line.read.line.number < judged.read.line.number]
    if any(link.carried for link in judged.links):
        return f"Right from there: it follows from line {broken[-1]}."
    if any(link.again for link in judged.links):
        return "It does not follow from the line before, and it is right again."
    return ""


def _wrong(found, judged, named):
    """What went wrong, where to look, and the numbers."""
    rows = [TABLE[name] for name in named.names]
    told = [f"{_capital(row.name)}: {row.sentence} See the notebook {row.notebook}." for row in rows]
    if len(told) > 1:
        told.insert(0, "Two mistakes at once.")
    if named.possible:
        told.append("It may have come about in several ways, which the numbers do not tell apart.")
    told += [judged.broken.why, numbers_told(found.judge, judged.broken)]
    return " ".join(filter(None, told))


def _capital(text):
    return text[0].upper() + text[1:]


def _latex(judged):
    """LaTeX of a line; "" where a part of it was not read."""
    if judged.problems:
        return ""
    chains = []
    for chain in judged.read.chains:
        sides = [latex(side) for side in chain.sides if side is not None]
        sign = " := " if chain.meaning is not None else " = "
        chains.append(("= " if chain.goes_on else "") + (sides[0] + sign + " = ".join(sides[1:]) if len(sides) > 1 and
                                                         not chain.goes_on else " = ".join(sides)))
    return r", \quad ".join(chains)


# all of them

def _summary(lines, first, arrived, found, notation):
    unread = [line.number for line in lines if line.verdict == Finding.UNREADABLE.value]
    undecided = [line.number for line in lines if line.verdict == Finding.UNDECIDED.value]
    told = []
    if not unread and not any(line.links for line in found.lines):
        return "No line could be judged: none says what equals what."
    if first is not None:
        told.append(f"Line {first} is the first that does not follow.")
    if unread:
        told.append(f"{_lines(unread)} cannot be read; the others were judged without.")
    if undecided:
        told.append(f"{_lines(undecided)} cannot be decided.")
    if not told:
        told.append("" if arrived.sentence.startswith("Every line") else "Every line is right.")
    told.append(arrived.sentence)
    row = found.meant.notation
    if notation is None and row.title and row.name != "bplib":
        told.append(f'Read in the letters of {row.title}; if it is another text, name it: notation="…".')
    return " ".join(filter(None, told))


def _lines(numbers):
    return f"Line{'s' if len(numbers) > 1 else ''} {', '.join(map(str, numbers))}"


def _answer(network, of):
    """The steps of the course's own derivation."""
    from ..derivation import derive

    derivation = derive(network)
    return derivation.about(of) if of in network.parameters else derivation.steps
