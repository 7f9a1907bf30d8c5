"""Names in printed code, and the sizes that stand there: what the printers of all languages share."""
import keyword
import re

import sympy as sp
from sympy.printing.pycode import PythonCodePrinter


class Names:
    """Names in code: those of the model where code can have them, and new ones where they are taken."""

    def __init__(self, reserved):
        self.taken, self.given = set(reserved), {}

    def __call__(self, what, wish=None) -> str:
        """The name of something that is told apart by `what`; at the first call one like `wish` is chosen."""
        if what not in self.given:
            name = re.sub(r"\W", "_", wish or str(what))
            while name in self.taken or keyword.iskeyword(name):
                name += "_"
            self.taken.add(name)
            self.given[what] = name
        return self.given[what]

    def sizes(self) -> list:
        """The sizes that have been named."""
        return [what for what in self.given if isinstance(what, sp.Symbol) and what.is_positive]


class ScalarPrinter(PythonCodePrinter):
    """Numbers and sizes: whole numbers stay whole, and roots are Python floats, which leave float32 as it is."""

    def __init__(self, names):
        super().__init__()
        self.names = names

    def _print_Symbol(self, e):
        return self.names(e)

    def _print_Float(self, e):
        return repr(float(e))

    def _print_floor(self, e):
        above, below = sp.fraction(sp.together(e.args[0]))
        return f"({self._print(above)})//{self.parenthesize(below, 70)}"

    def _print_Pow(self, e, **options):
        if not e.free_symbols and not e.is_rational:
            return repr(float(e))
        if e.exp == -1:
            return f"1/{self.parenthesize(e.base, 60)}"
        return f"{self.parenthesize(e.base, 65)}**{e.exp if e.exp.is_Integer else repr(float(e.exp))}"

    def _print_NumberSymbol(self, e):
        return repr(float(e))

    _print_Pi = _print_Exp1 = _print_NumberSymbol


def size_lines(given, formulas, wanted, of_axis) -> tuple:
    """Pairs (size, where it comes from) for sizes and those that they need, and the sizes that nothing gives.

    of_axis   the code for the length of an axis of an array; a formula stands for itself
    """
    found: dict = {}
    made: dict = {}
    missing: list = []
    for quantity in given:
        for axis, n in enumerate(quantity.sizes):
            found.setdefault(n, of_axis(quantity, axis))

    def need(n):
        for other in sorted(formulas[n].free_symbols, key=str) if n in formulas and n not in found else ():
            need(other)
        if n not in found and n not in formulas:
            missing.extend([] if n in missing else [n])
        else:
            made.setdefault(n, found.get(n, formulas.get(n)))

    for n in sorted(wanted, key=lambda n: [*found, n].index(n)):
        need(n)
    return tuple(made.items()), tuple(missing)

