"""Names in a model: those of its arrays, letters and sizes."""
import re

from ..activations import Activated
from ..models.nodes import letter as letter_symbol
from .names import COSTS, GENERIC, NORMAL, Names, Unreadable, Written, counted, shown_index
from .tree import Entry, Letter, Partial


class ModelNames(Names):
    """Names in a model: those of its arrays, letters and sizes."""

    def __init__(self, model):
        super().__init__()
        self.model, self.layers, self.first = model, 0, 0
        first = next((at.name for at, n in model.letters.items() if str(n) == "N"), None)
        self.sample = first or ("s" if letter_symbol("s") in model.letters else "")

    def is_letter(self, name):
        return letter_symbol(name.rstrip("'")) in self.model.letters

    def function(self, name, argument):
        rows = _activations_in(self.model)
        if name in NORMAL and "gelu" in rows:
            return NORMAL[name]
        if name in GENERIC and name not in ("sigma",):
            if len(rows) == 1:
                return rows.pop()
        return super().function(name, argument)

    def size(self, written):
        indices = written.indices
        name = written.base + ("_" + "".join(map(shown_index, indices)) if indices else "")
        sizes = {str(n): n for n in self.model.all_sizes()}
        name = name if name in sizes else name.replace("_", "", 1)
        if name in sizes:
            return name
        counts_samples = name in ("m", "n") and not self.is_letter(name)
        return "N" if counts_samples and "N" in map(str, self.model.all_sizes()) else None

    def constant(self, written):
        name = written.base + ("_" + "".join(map(shown_index, written.indices)) if written.indices else "")
        eta = name == "eta" and name not in self.model.quantities
        return name if name in self.model.constants or eta else None

    def is_layered(self, base):
        return False

    def means(self, base):
        return base in self.model.quantities

    def has_word(self, base, word):
        base = "z" if base == "delta" and base not in self.model.quantities else base
        return f"{base}{word}" in self.model.quantities or f"{base}_{word}" in self.model.quantities

    def is_array(self, base):
        return base in self.model.quantities

    def entry(self, written):
        for name, used in self._spellings(written):
            q = self.model.quantities.get(name)
            if q is not None:
                return self._entry(q, written.indices[used:], written)
        if written.base in COSTS and not written.indices and written.base not in self.model.quantities:
            return Entry(self.model.cost.name)
        return self._derivative_in_code(written)

    def _derivative_in_code(self, written):
        for pattern in (r"d(\w+)", r"(\w)bar"):
            match = re.fullmatch(pattern, written.base)
            of = self.entry(Written(match[1], written.layer, written.indices)) if match else None
            if isinstance(of, Entry):
                return Partial(Entry(self.model.cost.name), of)
        if written.base == "delta":
            of = self.entry(Written("z", written.layer, written.indices)) or (
                self.entry(Written("z", "", written.indices)) if not written.layer else None)
            return Partial(Entry(self.model.cost.name), of) if isinstance(of, Entry) else None
        if re.fullmatch(r"delta\d+", written.base):
            of = self.entry(Written("z" + written.base[5:], written.layer, written.indices))
            return Partial(Entry(self.model.cost.name), of) if isinstance(of, Entry) else None
        return None

    def _spellings(self, written):
        """Names that may be meant, and how many of the indices belong to each: W_out."""
        base, layer = written.base, written.layer
        bases = [base + layer, f"{base}_{layer}"] if layer else [base]
        for base in bases:
            words = "".join(map(shown_index, written.indices))
            yield base, 0
            if written.indices:
                yield f"{base}_{words}", len(written.indices)
                yield f"{base}_{shown_index(written.indices[0])}", 1
                yield f"{base}{shown_index(written.indices[0])}", 1

    def _entry(self, q, indices, written):
        missing = len(q.letters) - len(indices)
        if not indices and q.letters:
            units = [at for at in q.letters if at.name != self.sample]
            if units:
                return Entry(q.name, None)
        if missing == 1 and q.letters and q.letters[0].name == self.sample:
            return Entry(q.name, (Letter(self.sample), *indices))
        if missing:
            raise Unreadable(f"{written.shown}: {q.written} has {counted(len(q.letters))}; given: {len(indices)}.")
        return Entry(q.name, tuple(indices))


def _activations_in(model):
    return {e.row.name for equation in model.equations for e in equation.right.atoms(Activated)}
