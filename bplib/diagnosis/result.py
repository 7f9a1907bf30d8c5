"""What came out of a diagnosis, and how it is shown: as text, and as HTML in a notebook."""
import html
import re
from dataclasses import dataclass, field

from .precision import AS_MANY

TELLING = ("is exactly", "has ", "holds ", "is the right one")
"""How relations begin that say something besides the name of the mistake."""


@dataclass(frozen=True)
class Finding:
    """A mistake or a symptom by name.

    sentence   what is wrong and where to look;  where   "layer 2", or ""
    notebook, heading   what explains it;  certain   False where other mistakes look the same at these numbers
    """

    name: str
    sentence: str
    notebook: str = ""
    heading: str = ""
    where: str = ""

    def __str__(self):
        where = f" ({self.where})" if self.where else ""
        return f"{self.name[0].upper()}{self.name[1:]}{where}. {self.sentence}{self.pointer}"

    @property
    def pointer(self):
        if not self.notebook:
            return ""
        heading = f", “{self.heading}”" if self.heading else ""
        return f" See notebook {self.notebook}{heading}."


@dataclass(frozen=True)
class Diagnosis:
    """What is wrong with a gradient.

    right       True, False, or None where it cannot be decided: of the arrays that were given
    wrong       names of the arrays that are wrong
    mistakes    names of the mistakes that give exactly these numbers, and of what her data and her steps show
    relations   array → in words how it is to the right one
    findings    the mistakes as `Finding`s, a list of lists: each list is one explanation, several look the same here
    symptoms    what her numbers show besides, as `Finding`s
    begins      where it begins, in words; "" where nothing is wrong
    assumed     what was assumed about her arrays, in one line
    verdicts    array → "right", "wrong" or "cannot be decided";  reasons   array → why it cannot
    code        lines to compare with, where no mistake has a name
    missing     names of the parameters whose gradients were not given
    digits      where it cannot be decided because hers agrees with the right one to so many digits and no more; else None
    """

    right: bool | None
    verdicts: dict
    relations: dict = field(default_factory=dict)
    findings: tuple = ()
    symptoms: tuple = ()
    begins: str = ""
    assumed: str = ""
    reasons: dict = field(default_factory=dict)
    code: str = ""
    whose: str = "Your gradient"
    asked: bool = True
    missing: tuple = ()
    digits: int | None = None

    @property
    def wrong(self):
        return [name for name, verdict in self.verdicts.items() if verdict == "wrong"]

    @property
    def mistakes(self):
        names = [finding.name for ways in self.findings for finding in ways] + [one.name for one in self.symptoms]
        return tuple(dict.fromkeys(names))

    def __bool__(self):
        return self.right is True

    @property
    def title(self):
        if not self.asked:
            return "No gradient was given; this is what the numbers show." if self.symptoms else "Nothing conspicuous."
        if self.digits:
            return f"{self.whose} agrees with the right one to {self.digits} digits. {AS_MANY}"
        if self.right:
            return "What you gave is right." if self.missing else f"{self.whose} is right."
        return f"{self.whose} is wrong." if self.right is False else "Whether it is right cannot be decided here."

    def paragraphs(self):
        """The answer in its order, as a list of paragraphs."""
        parts = [self.title + self._arrays(), self.begins, *self._mistakes(), *self._relations()]
        parts += [f"{names}: {reason}" for names, reason in self._reasons() if not self.digits]
        parts += [self._compare(), *map(str, self.symptoms), self.assumed]
        return [part for part in parts if part]

    def _arrays(self):
        kinds = {verdict: [name for name, one in self.verdicts.items() if one == verdict]
                 for verdict in ("right", "wrong", "cannot be decided")}
        kinds["not given, so not judged"] = self.missing
        if len([names for names in kinds.values() if names]) < 2 and self.right is not False:
            return ""
        return " " + "; ".join(f"{verdict.capitalize()}: {', '.join(names)}" for verdict, names in kinds.items()
                               if names) + "."

    def _mistakes(self):
        if len(self.findings) > 1:
            yield "Several mistakes look the same at these numbers:"
        for at, ways in enumerate(self.findings):
            yield ("or: " if at else "") + " And: ".join(map(str, ways))

    def _relations(self):
        shown = {}
        for name, words in self.relations.items():
            if not self.findings or words.startswith(TELLING):
                shown.setdefault(words, []).append(gradient_of(name))
        return [f"{_capital(names[0])} {words}." if len(names) == 1 else f"Each of {', '.join(names)} {words}."
                for words, names in shown.items()]

    def _reasons(self):
        return [(", ".join(name for name in self.reasons if self.reasons[name] == reason), reason)
                for reason in dict.fromkeys(self.reasons.values())]

    def _compare(self):
        if self.right is not False or self.mistakes or not self.code or set(self.wrong) <= set(self.relations):
            return ""
        return "No mistake that is known gives these numbers. Compare your lines with these:\n" + self.code

    def __str__(self):
        return "\n".join(self.paragraphs())

    __repr__ = __str__

    def _repr_html_(self):
        return "".join(_paragraph(part) for part in self.paragraphs())

    def _repr_markdown_(self):
        return "\n\n".join(self.paragraphs())


def _capital(words):
    return words[0].upper() + words[1:] if " " in words else words


def gradient_of(name):
    """The gradient of a parameter in words: dW1, or, where its name is a path, the gradient of net.0.weight."""
    return f"d{name}" if name.isidentifier() else f"the gradient of {name}"


def _paragraph(part):
    first, *lines = part.split("\n")
    code = f"<pre>{html.escape(chr(10).join(lines))}</pre>" if lines else ""
    words = re.sub(r"^([^.:]*[.:])", r"<b>\1</b>", html.escape(first), count=1)
    return f"<p>{words}</p>{code}"
