"""What all explorers share on the Python side: the widget, and traits that say what was expected."""
from functools import cached_property
from math import isfinite
from numbers import Integral, Real
from pathlib import Path

import anywidget
import numpy as np
import traitlets

from ..errors import InputError, unknown_name
from ..inputs import checked_parameters
from ..languages import ENGLISH, current
from .standalone import standalone


def page(*names):
    """JavaScript files or style sheets as one text, what is shared first: an explorer is one module."""
    return "\n".join((Path(__file__).parent / name).read_text(encoding="utf-8") for name in names)


LIMITS = {"least": "at least {limit}", "above": "above {limit}", "most": "at most {limit}", "below": "below {limit}"}
"""The limits that a `Number` may have, in words."""


class Number(traitlets.TraitType):
    """A finite number that a slider moves.

    label       what it is, in words
    low, high   the ends of the slider; any other finite number within the limits can be typed or set
    step        how far one key press moves it; on a logarithmic slider, by how many powers of ten
    least, most, above, below   the limits of what makes sense, None where there is none
    whole       whether it is a whole number
    log         whether the slider is logarithmic
    """

    def __init__(self, default, label, low, high, step, least=None, *, most=None, above=None, below=None, whole=False,
                 log=False):
        super().__init__(default)
        self.tag(sync=True)
        self.label, self.low, self.high, self.step, self.whole, self.log = label, low, high, step, whole, log
        self.least, self.most, self.above, self.below = least, most, above, below

    def validate(self, obj, value):
        if isinstance(value, bool) or not isinstance(value, Real) or not isfinite(value) or not self._within(value):
            raise InputError(f"{self.name} is the {self.label}: {self.expected()}; given: {value!r}.")
        return int(value) if self.whole else float(value)

    def _within(self, value):
        return ((self.least is None or value >= self.least) and (self.most is None or value <= self.most)
                and (self.above is None or value > self.above) and (self.below is None or value < self.below)
                and (not self.whole or value == int(value)))

    def expected(self, language=ENGLISH):
        """What it has to be, in words."""
        limits = [language.phrase(words, limit=f"{getattr(self, name):g}")
                  for name, words in LIMITS.items() if getattr(self, name) is not None]
        kind = language.phrase("a whole number" if self.whole else "a finite number")
        return language.phrase(", ").join([kind, *limits])

    def facts(self, language=ENGLISH):
        """What the page needs to draw the slider and to refuse what does not fit."""
        return {**{key: getattr(self, key) for key in ("low", "high", "step", "least", "most", "above", "below",
                                                       "whole", "log")},
                "label": language.phrase(self.label), "expected": self.expected(language)}


class Choice(traitlets.TraitType):
    """One name out of those that a menu shows; `names` may be a function, where the menu grows with a table."""

    def __init__(self, default, what, names):
        super().__init__(default)
        self.tag(sync=True)
        self.what, self._names = what, names if callable(names) else lambda: tuple(names)

    @property
    def names(self):
        return tuple(self._names())

    def validate(self, obj, value):
        if value not in self.names:
            raise unknown_name(self.what, value, self.names)
        return value


class Parameters(traitlets.TraitType):
    """The weights and biases of an explorer's network, a dict of arrays that nothing changes in place.

    The explorer has a `weights_layout`, which says which arrays there are and what their shapes are.
    """

    def __init__(self):
        super().__init__({})
        self.tag(sync=True, to_json=lambda arrays, explorer: {name: array.tolist() for name, array in arrays.items()},
                 from_json=lambda lists, explorer: {name: np.array(rows, float) for name, rows in lists.items()})

    def validate(self, obj, value):
        arrays = [array.copy() for array in checked_parameters(obj.weights_layout, value, self.name)]
        for array in arrays:
            array.flags.writeable = False
        return dict(zip(obj.weights_layout.parameters, arrays))


class Widths(traitlets.TraitType):
    """The widths of hidden layers, a tuple of whole numbers: at most so many layers, each at most so wide."""

    def __init__(self, default, deepest, widest):
        super().__init__(default)
        self.tag(sync=True, to_json=lambda widths, explorer: list(widths),
                 from_json=lambda widths, explorer: tuple(widths))
        self.deepest, self.widest = deepest, widest

    def validate(self, obj, value):
        widths = tuple(value) if isinstance(value, (list, tuple, np.ndarray)) else ()
        if not 1 <= len(widths) <= self.deepest or not all(map(self._fits, widths)):
            raise InputError(f"{self.name} lists the widths of the hidden layers: 1 to {self.deepest} whole numbers "
                             f"from 1 to {self.widest}, such as (8, 8); given: {value!r}.")
        return tuple(map(int, widths))

    def _fits(self, width):
        return isinstance(width, Integral) and not isinstance(width, bool) and 1 <= width <= self.widest


class Sample(traitlets.TraitType):
    """The inputs or the targets of one sample: a tuple of finite numbers, as many as the `weights_layout` says.

    label   what one of them is, in words
    """

    def __init__(self, label):
        super().__init__(())
        self.tag(sync=True)
        self.label = label

    def validate(self, obj, value):
        return _numbers_of(obj, self.name, self.label, value)


class Samples(traitlets.TraitType):
    """A small batch: pairs (x, y) of inputs and targets, tuples of finite numbers.

    How many numbers there are in each, the explorer's `weights_layout` says.

    most   how many samples there may be
    """

    def __init__(self, most):
        super().__init__(())
        self.tag(sync=True)
        self.most = most

    def validate(self, obj, value):
        listed = list(value) if isinstance(value, (list, tuple, np.ndarray, zip)) else []
        pairs = [list(pair) if isinstance(pair, (list, tuple)) else [] for pair in listed]
        if not 1 <= len(pairs) <= self.most or any(len(pair) != 2 for pair in pairs):
            raise InputError(f"{self.name} is a list of 1 to {self.most} pairs (x, y), inputs and targets; given: {value!r}.")
        return tuple((_numbers_of(obj, "x", "input", x), _numbers_of(obj, "y", "target", y)) for x, y in pairs)


def _numbers_of(explorer, name, label, value):
    """The inputs or the targets of one sample, as a tuple of floats."""
    count = explorer.weights_layout.shape(name)[1]
    listed = list(value) if isinstance(value, (list, tuple, np.ndarray)) else []
    if len(listed) != count or not all(map(_is_finite, listed)):
        plural = "s" * (count > 1)
        raise InputError(f"{name} holds the {label}{plural}: a list of {count} finite number{plural}; given: {value!r}.")
    return tuple(map(float, listed))


def _is_finite(one):
    return isinstance(one, Real) and not isinstance(one, (bool, np.bool_)) and isfinite(one)


SETTINGS = Number, Choice, Parameters, Widths, Sample, Samples


class Explorer(anywidget.AnyWidget):
    """An interactive view that needs no kernel once it is shown.

    A subclass has a `Number` for each slider, a `Choice` for each menu and `Parameters` where it has weights, builds
    its view with `page(…)`, and says in `__repr__` what it shows.

    code    the generated JavaScript that the page evaluates; print it to read it
    facts   what the page shows and never changes: sliders, menus, formulas, the numbers that Reset returns to

    LANGUAGES   those that have all of its sentences
    language    the one in which it was made: the one in use, or English where that is none of these
    """

    LANGUAGES: tuple[str, ...] = (ENGLISH.name,)

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
            "language": self.language.facts(),
            "numbers": {name: trait.facts(self.language) for name, trait in numbers.items()},
            "start": {name: getattr(self, name) for name in numbers}, **facts})

    @cached_property
    def language(self):
        return current(self.LANGUAGES)

    def picture(self):
        """What the view shows now, as a `figures.Picture` for pages that cannot run it; None for a sentence alone."""

    def _repr_mimebundle_(self, **kwargs):
        """The view; for other pages the same as HTML, as a picture and as a sentence, alike in every run."""
        data, metadata = super()._repr_mimebundle_(**kwargs)
        sentence, picture, image = repr(self), self.picture(), ""
        if picture is not None:
            shown, about = picture._repr_mimebundle_()
            image = shown.pop("text/html")
            data, metadata = {**data, **shown}, {**metadata, **about}
        own = [name for name in self.keys if name not in anywidget.AnyWidget.class_trait_names()
               and not name.startswith("_")]
        page = standalone(self._esm, self._css, self.get_state(own), sentence, image, self.language)
        return {**data, "text/plain": sentence, "text/html": page}, metadata
