"""What all explorers share on the Python side: the widget, and traits that say what was expected."""
from math import isfinite
from numbers import Real
from pathlib import Path

import anywidget
import numpy as np
import traitlets

from ..errors import InputError, unknown_name
from ..inputs import checked_parameters


def page(*names):
    """JavaScript files or style sheets as one text, what is shared first: an explorer is one module."""
    return "\n".join((Path(__file__).parent / name).read_text(encoding="utf-8") for name in names)


class Number(traitlets.TraitType):
    """A finite number that a slider moves.

    label       what it is, in words
    low, high   the ends of the slider; any other finite number can be typed or set
    step        how far one key press moves it
    least       the smallest value that makes sense, None where any does
    """

    def __init__(self, default, label, low, high, step, least=None):
        super().__init__(default)
        self.tag(sync=True)
        self.label, self.low, self.high, self.step, self.least = label, low, high, step, least
        self.expected = "a finite number" + ("" if least is None else f", at least {least:g}")

    def validate(self, obj, value):
        fits = isinstance(value, Real) and not isinstance(value, bool) and isfinite(value)
        if not fits or (self.least is not None and value < self.least):
            raise InputError(f"{self.name} is the {self.label}: {self.expected}; given: {value!r}.")
        return float(value)

    def facts(self):
        """What the page needs to draw the slider and to refuse what does not fit."""
        return {key: getattr(self, key) for key in ("label", "low", "high", "step", "least", "expected")}


class Choice(traitlets.TraitType):
    """One name out of those that a menu shows."""

    def __init__(self, default, what, names):
        super().__init__(default)
        self.tag(sync=True)
        self.what, self.names = what, tuple(names)

    def validate(self, obj, value):
        if value not in self.names:
            raise unknown_name(self.what, value, self.names)
        return value


class Parameters(traitlets.TraitType):
    """The weights and biases of an explorer's network, a dict of arrays that nothing changes in place.

    The explorer has a `layout`, which says which arrays there are and what their shapes are.
    """

    def __init__(self):
        super().__init__({})
        self.tag(sync=True, to_json=lambda arrays, explorer: {name: array.tolist() for name, array in arrays.items()},
                 from_json=lambda lists, explorer: {name: np.array(rows, float) for name, rows in lists.items()})

    def validate(self, obj, value):
        arrays = [array.copy() for array in checked_parameters(obj.layout, value, self.name)]
        for array in arrays:
            array.flags.writeable = False
        return dict(zip(obj.layout.parameters, arrays))


SETTINGS = Number, Choice, Parameters


class Explorer(anywidget.AnyWidget):
    """An interactive view that needs no kernel once it is shown.

    A subclass has a `Number` for each slider, a `Choice` for each menu and `Parameters` where it has weights, builds
    its view with `page(…)`, and says in `__repr__` what it shows.

    code    the generated JavaScript that the page evaluates; print it to read it
    facts   what the page shows and never changes: sliders, menus, formulas, the numbers that Reset returns to
    """

    code = traitlets.Unicode(read_only=True).tag(sync=True)
    facts = traitlets.Dict(read_only=True).tag(sync=True)

    def __init__(self, code, facts, **values):
        unknown = [name for name in values if not isinstance(self.traits().get(name), SETTINGS)]
        if unknown:
            known = [name for name, trait in self.traits().items() if isinstance(trait, SETTINGS)]
            raise unknown_name("setting", unknown[0], known)
        super().__init__(**values)
        numbers = {name: trait for name, trait in self.traits().items() if isinstance(trait, Number)}
        self.set_trait("code", code)
        self.set_trait("facts", {
            "numbers": {name: trait.facts() for name, trait in numbers.items()},
            "start": {name: getattr(self, name) for name in numbers}, **facts})

    def _repr_mimebundle_(self, **kwargs):
        """The view; for pages that cannot show it, a sentence in which nothing changes from run to run."""
        data, metadata = super()._repr_mimebundle_(**kwargs)
        sentence = repr(self)
        page = f"<p>{sentence} Run this notebook to move it.</p>"
        return {**data, "text/plain": sentence, "text/html": page}, metadata
