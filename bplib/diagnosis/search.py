"""Which mistakes give her numbers: from the last layer to the first, with as few different mistakes as it takes.

The last layer's arrays tell its error term, that tells what came back to the layer before, and so on.  A layer's
arrays are compared with what each mistake of the table makes of them, alone and two together; a mistake that is made
in several layers counts once, and so does a factor that several arrays have in common.
"""
from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np

from .factors import FEW, Factors, fits, penalty_names
from .mistakes import BY_PIECE, Here

MOST = 3
"""Different mistakes in one program."""

IN_A_LAYER = 2
"""Of these, in one layer."""

MOST_WHOLE = 20
"""Whole factors up to this are taken for one in single precision."""

KEPT = 40
"""Explanations that are kept."""

TRIED = 12_000
"""Arrays that are compared with hers before the search ends with what it has found: about a second."""


@dataclass(frozen=True)
class Found:
    """One explanation of her numbers.

    made      pairs (name of a mistake, layer)
    factors   array → f,  penalties   array → c / λ (or c, where there is no penalty)
    unknown   arrays that are not explained
    """

    made: tuple = ()
    factors: tuple = ()
    penalties: tuple = ()
    unknown: tuple = ()

    @property
    def names(self):
        """The mistakes of the table that are made."""
        return frozenset(name for name, _ in self.made)

    @property
    def keys(self):
        """What counts as one mistake each."""
        return frozenset(self.names | {f"×{f:.6g}" for _, f in self.factors}
                         | {f"λ×{ratio:.4g}" for _, ratio in self.penalties})

    def with_(self, names=(), layer=0, factor=None, penalty=None, unknown=()):
        return Found(self.made + tuple((name, layer) for name in names), self.factors + ((factor,) if factor else ()),
                     self.penalties + ((penalty,) if penalty else ()), self.unknown + tuple(unknown))


@dataclass
class Search:
    """The search at her numbers.

    run         the `Pass`;  hers   name → array in the shape of its parameter, or as it is where it has another one
    tolerance   relative, by her precision, ε of floats
    slack       name → what the way in which it was handed over may have done
    after       our parameters after her step, or None;  eta   her step size, or None
    """

    run: object
    hers: dict
    tolerance: float
    precision: float = 2e-16
    slack: dict = field(default_factory=dict)
    after: dict | None = None
    eta: float | None = None

    def __post_init__(self):
        self.factors = lru_cache(None)(lambda layer: Factors(self.run, self.eta, layer))
        self._terms, self._ways, self._left = {}, {}, TRIED

    def found(self, most):
        """The explanations of all arrays with at most so many mistakes: a list of `Found`."""
        return self._some(most, 0)

    def in_part(self):
        """Where all arrays together have no explanation: what explains most of them with one mistake or none."""
        for allow in range(1, len(self.hers)):
            for most in (0, 1):
                found = self._some(most, allow)
                if found:
                    return found
        return []

    def _some(self, most, allow):
        return [one for _, one in zip(range(KEPT), self._layer(self.run.depth, None, Found(), most, allow))]

    def _layer(self, layer, sent, found, most, allow):
        """All explanations of this layer's arrays and those below it."""
        if layer == 0:
            yield found
            return
        if self._left <= 0:
            return
        here = Here(self.run, layer, sent, after=self.after, hers=self.hers)
        before = len(found.keys)
        most_here = min(most, before + IN_A_LAYER)
        for names, delta, back in self._error_terms(here, sent, most_here - before, found):
            here.delta = delta
            here.error, here.slope = back
            for one in self._arrays(here, found.with_(names, layer), most_here, 0 if names else allow):
                for more, on in self._sent(here, most - len(one.keys), one):
                    yield from self._layer(layer - 1, on, one.with_(more, layer), most, allow)

    # the error term

    def _error_terms(self, here, sent, left, found):
        """(names, delta, (error, slope)) of each way to compute the error term, those with fewer new mistakes first."""
        only = None if left > 0 else found.names  # what is made already may be made again
        known = self._terms.setdefault((here.layer, only, None if sent is None else sent.tobytes()), {})
        for number in range(min(IN_A_LAYER, left + len(found.names)) + 1):
            if number not in known:
                here.only = only  # anew, since the layer's arrays have been looked at in between
                known[number] = _unlike(self._with(here, number), known)
            for names, delta, back in known[number]:
                if len(set(names) - found.names) <= left:
                    yield names, delta, back

    def _with(self, here, number):
        """The error terms with so many mistakes."""
        for start, error in self._errors(here, min(number, 1)):
            for step, slope in self._slopes(here, error, min(1, number - len(start))):
                yield from self._deltas(here, (*start, *step), error, slope, number)

    def _errors(self, here, most):
        run = self.run
        if here.last:
            right, rows = run.error, BY_PIECE["start"]
        else:
            with np.errstate(all="ignore"):
                right, rows = here.sent @ here.W, BY_PIECE["back"]
        here.error = right
        yield (), right
        if most:
            yield from ((names, error) for names, error in _alternatives(rows, here, run.a[here.layer].shape))

    def _slopes(self, here, error, most):
        here.error, here.slope = error, self.run.slope(here.layer)
        yield (), here.slope
        if most:
            yield from _alternatives(BY_PIECE["slope"], here, here.z.shape)

    def _deltas(self, here, names, error, slope, number):
        with np.errstate(all="ignore"):
            if here.last and not names:
                right = self.run.delta
            elif not here.row.elementwise and not any(name in _SLOPES for name in names):
                right = self.run.through(here.layer, error)
            else:
                right = error * slope
        here.error, here.slope, here.delta = error, slope, right
        if len(names) == number:
            yield names, right, (error, slope)
            if here.last and names in _STARTS and here.run.cancels:  # in the form in which the slope has cancelled
                yield names, error, (error, slope)
        if len(names) + 1 == number:
            yield from ((names + more, delta, (error, slope))
                        for more, delta in _alternatives(BY_PIECE["delta"], here, here.z.shape))

    # the arrays

    def _arrays(self, here, found, most, allow):
        """Explanations of dW and db of a layer, given its error term."""
        if len(found.keys) > most:
            return
        for one, product in self._one_array(f"W{here.layer}", here, found, most, allow, self._products):
            here.product = product
            if f"b{here.layer}" not in self.hers:
                yield one
                continue
            for both, _ in self._one_array(f"b{here.layer}", here, one, most, allow, self._sums):
                yield both

    def _one_array(self, name, here, found, most, allow, ways):
        """Explanations of one array, with what stands in its place in later lines."""
        right = here.delta.T @ here.run.a[here.layer - 1]
        if name not in self.hers:
            yield found, right
            return
        explained = False
        for names, factor, penalty, product in self._explained(name, here, ways, most - len(found.keys), found):
            one = found.with_(names, here.layer, factor, penalty)
            if len(one.keys) <= most:
                explained = True
                yield one, product
        if not explained and len(found.unknown) < allow:
            yield found.with_(unknown=(name,)), right

    def _explained(self, name, here, ways, left, found):
        """(names, factor, penalty, product) of each way that gives an array, those with fewer mistakes first."""
        only = None if left > 0 else found.names
        key = (name, only, here.delta.tobytes(), b"" if name[0] == "W" else here.product.tobytes())
        known = self._ways.setdefault(key, {})
        for number in range(min(IN_A_LAYER, left + len(found.names)) + 1):
            if number not in known:
                here.only = only
                known[number] = [(names, *fit, product) for names, product, shown in ways(here, number)
                                 for fit in self._fits(name, here, shown)]
            yield from known[number]

    def _products(self, here, number):
        """(names, Σ_s delta·a, the same as it would stand in dW), with so many mistakes."""
        feeds = [((), self.run.a[here.layer - 1])] if number < 2 else []
        feeds += _alternatives(BY_PIECE["input"], here, None) if number else []
        for names, feed in feeds:
            with np.errstate(all="ignore"):
                here.feed, here.product = feed, here.delta.T @ feed
            product = here.product
            if len(names) == number:
                yield names, product, product
            elif len(names) + 1 == number:
                for more, other in _alternatives(BY_PIECE["weights"], here, None):
                    yield names + more, product, other

    def _sums(self, here, number):
        if number == 0:
            yield (), None, here.delta.sum(0)
        elif number == 1:
            for names, other in _alternatives(BY_PIECE["bias"], here, None):
                yield names, None, other

    def _fits(self, name, here, product):
        """Pairs of ((array, f) or None, (array, ratio) or None) by which hers is what was computed."""
        hers, run = self.hers[name], self.run
        self._left -= 1
        if self._left <= 0:
            return
        product = _in_shape(run.share * product, hers.shape)
        if product is None or not np.isfinite(product.sum()):
            return
        weights = name[0] == "W"
        parameter = (run.W if weights else run.b)[here.layer]
        parameter = parameter if parameter.shape == hers.shape else np.zeros(hers.shape)
        penalty = run.l2 if weights and parameter.any() else 0.0
        if not product.any() and not (hers - penalty * parameter).any():
            yield None, None
            return
        slack = np.full(hers.shape, self._rounding(here)) + self.slack.get(name, 0.0)
        for f, c in fits(hers, product, parameter, penalty, self.tolerance, slack, run.N, run.l2):
            factor, share = self._factor(name, here, f, hers.size), self._penalty(name, f, c, penalty)
            if factor is not False and share is not False:
                yield factor, share

    def _rounding(self, here):
        """What rounding may leave of a sum over the samples that cancels."""
        feed, unit = np.abs(self.run.a[here.layer - 1]).max(), self.precision
        return 10 * unit * self.run.share * self.run.N * np.abs(here.delta).max() * max(1.0, feed)

    def _factor(self, name, here, f, size):
        if f == 1.0:
            return None
        reason = self.factors(here.layer).of(f, max(1e-6, 10 * self.tolerance), 2)
        if reason and (size >= FEW or len(reason[0]) == 1 or reason[0][0].value == -1):
            return name, float(np.prod([part.value for part in reason[0]]))
        whole = _whole(f)  # which single precision tells, too
        if whole and size >= FEW and abs(f - whole) <= 10 * self.tolerance * abs(f):
            return name, float(whole)
        return (name, float(f"{f:.8g}")) if size >= FEW and self.tolerance < 1e-6 else False

    def _penalty(self, name, f, c, penalty):
        if abs(c - penalty * f) <= 1e-7 * abs(c) or abs(c - penalty) <= 1e-7 * abs(c):
            return None
        if penalty:
            return name, c / penalty
        return (name, c / self.run.l2 if self.run.l2 else c) if self.hers[name].size >= FEW or self.run.l2 else False

    def _sent(self, here, left, found):
        """(names, what goes back) from this layer to the one before."""
        yield (), here.delta
        here.only = None if left > 0 else found.names
        if left > 0 or here.only:
            yield from _alternatives(BY_PIECE["sent"], here, here.z.shape)


_STARTS = {(row.name,) for row in BY_PIECE["start"]}
_SLOPES = frozenset(row.name for row in BY_PIECE["slope"])


def _whole(f):
    """The nearest whole number or fraction 1/n to a factor; 0 where that would be a large one."""
    if not 1 / MOST_WHOLE <= abs(f) <= MOST_WHOLE:
        return 0
    return round(f) if abs(f) > 1 else 1 / round(1 / f)


def _alternatives(rows, here, shape):
    """((name,), array) for each row of a piece and each way to make it; broadcast to a shape if there is one."""
    kept = replace(here)
    for row in rows if here.only is None else [row for row in rows if row.name in here.only]:
        for array in _made(row, kept):
            if shape is None:
                yield (row.name,), array
            elif _broadcasts(array, shape):
                yield (row.name,), np.broadcast_to(array, shape)


def _made(row, here):
    try:
        with np.errstate(all="ignore"):
            return list(row.instead(here))
    except ValueError:  # shapes that do not fit, numbers that a function cannot take
        return []


def _broadcasts(array, shape):
    return array.ndim <= len(shape) and all(n in (1, m) for n, m in zip(array.shape[::-1], shape[::-1]))


def _unlike(ways, known):
    """The ways that give error terms which none before gives, unless under a name of its own."""
    seen = {(way[0], way[1].tobytes()) for ways_ in known.values() for way in ways_}
    fewer = {way[1].tobytes() for ways_ in known.values() for way in ways_}
    kept = []
    for names, delta, back in ways:
        delta = np.ascontiguousarray(delta)
        key = (names, delta.tobytes())
        if key not in seen and delta.tobytes() not in fewer and not np.isnan(delta).any():
            seen.add(key)
            kept.append((names, delta, back))
    return kept


def _in_shape(product, shape):
    """What was computed, in the shape of hers: as it is, turned, or spread as an update would."""
    if product.shape == shape:
        return product
    if product.ndim == 2 and product.T.shape == shape:
        return product.T
    return np.broadcast_to(product, shape) if _broadcasts(product, shape) else None


def named(found, search):
    """The names of an explanation: sets of names, several where a factor has several reasons."""
    alternatives = [[name for name, _ in found.made]]
    alternatives = [tuple(dict.fromkeys(alternatives[0]))]
    for more in (*_factor_names(found, search), *_penalty_names(found, search)):
        alternatives = [(*one, *(name for name in names if name not in one)) for one in alternatives for names in more]
    return list(dict.fromkeys(alternatives))


def _factor_names(found, search):
    """For each factor that is not 1, the names that it may have: lists of tuples."""
    run, factors = search.run, dict(found.factors)
    kinds = {kind: {f for name, f in factors.items() if name[0] == kind}
             | ({1.0} if any(n[0] == kind and n not in factors for n in search.hers) else set()) for kind in "Wb"}
    for f in dict.fromkeys(factors.values()):
        own = [name for name in factors if factors[name] == f]
        layer = int(own[0][1:]) if len(own) < len(search.hers) else None
        parts = search.factors(layer).of(f, max(1e-6, 10 * search.tolerance))
        names = [tuple(dict.fromkeys(part.name for part in way)) for way in parts] or [("a constant factor",)]
        names = [way for way in names if "a constant factor" not in way] or names  # what has a reason says more
        alone = len(own) == 1 and len(search.hers) > 2
        if alone or len(own) < len(search.hers) and all("m is not the number of samples" in way for way in names):
            names.append(("a constant factor",))
        apart = len(kinds["W"]) == len(kinds["b"]) == 1 and kinds["W"] != kinds["b"] and run.N > 1
        if apart and any(abs(f * other - 1) < 1e-6 for other in (run.N, 1 / run.N)):
            names = [("weights and biases are averaged differently",)]
        yield [*dict.fromkeys(names)]


def _penalty_names(found, search):
    for name, ratio in {round(ratio, 6): (name, ratio) for name, ratio in found.penalties}.values():
        if name[0] == "b":
            yield [("weight decay on a bias",)]
        elif search.run.l2:
            samples, factor = search.run.N, dict(found.factors).get(name, 1.0)
            names = penalty_names(ratio, samples)
            names = penalty_names(ratio / factor, samples) if names == ["a factor in the penalty"] else names
            yield [(one,) for one in names]
        else:
            yield [("a penalty that the cost does not have",)]
