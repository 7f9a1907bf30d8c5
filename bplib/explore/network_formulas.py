"""All formulas of a layered network for one sample, sums written out, with slots for its numbers."""
from functools import cached_property
from xml.etree import ElementTree as ET

import numpy as np
import sympy as sp

from ..activations import Activated, Slope, inner, plain, softmax
from ..derivation import own_widths
from ..equations import N, Partial, Quantity, gradient_of, in_reading_order, indices_of, j, k, name_of, s
from ..errors import DerivationError
from ..languages import ENGLISH
from ..meaning import Point
from ..steps import check
from .mathml import typeset
from .network_pass import OnePass
from .network_walk import Walk
from .slots import MINUS, PLUS, TIMES, bracketed, formula, function_letters, key, letters, operand, slot

MOST_PATHS = 6
ETA = Quantity("eta", "eta")
FORWARD, GRADIENTS = ("z", "a"), ("delta", "da", "dW", "db")
SHOWN, BETWEEN = ("W", "b", "x", "y", *FORWARD, *GRADIENTS), ("terms", "slope")


class NetworkFormulas:
    """What an explorer writes of a derivation of dense layers, all of it from checked equations and steps.

    A formula is that of a whole array, with its indices j and k left open in the keys of its slots: "a1[j]", "x[k]".

    one_pass  its equations, and those of what lies between: what the page computes
    walk      the same, number by number
    entries   key → entry of an array, for every number that is written in formulas, such as "W1[2,1]" → W1[2, 1]
    places    key → where a number stands in what the page computes, and the step of the walk with which it becomes
              known; what has step 0 is given, or stands in no formula
    choices   key → words in a `language`, for the weights, biases and units, layer by layer
    """

    def __init__(self, derivation, language=ENGLISH):
        self.derivation, self.network, self.quantities = derivation, derivation.network, derivation.quantities
        self.language = language
        self.cost, self.losses = self.network.given("C")[()], self.network.given("losses")[s]
        self.one_pass = OnePass(derivation)
        self.walk = Walk(self.one_pass)
        self.entries, self.places = {"C": self.cost}, {"C": {"path": ["C"], "step": self.walk.known["C"]}}
        given = (self.quantities[name] for name in (*self.network.parameters, "x", "y"))
        for quantity in dict.fromkeys((*given, *(e.quantity for e in self.one_pass.equations))):
            if quantity.kind in SHOWN + BETWEEN:
                self._add(quantity)
        chosen = [entry for entry in self.entries.values() if self._quantity(entry).kind in ("W", "b", "z")]
        self.choices = {key(entry): self._words(entry) for entry in sorted(chosen, key=self._layer)}

    def _add(self, quantity):
        for at in np.ndindex(*(1 if n == N else int(self.network.sizes.get(n, n)) for n in quantity.sizes)):
            entry = quantity[tuple(s if n == N else unit + 1 for n, unit in zip(quantity.sizes, at))]
            self.places[key(entry)] = {"path": [quantity.name, *at], "step": self.walk.known.get(key(entry), 0)}
            if quantity.kind in SHOWN:
                self.entries[key(entry)] = entry

    def _quantity(self, entry):
        return self.quantities[name_of(entry)]

    def _layer(self, entry):
        return self._quantity(entry).mark

    def _words(self, entry):
        layer, (to, *source), phrase = self._layer(entry), units_of(entry), self.language.phrase
        unit = phrase("unit {n} of layer {layer}", n=to, layer=layer)
        if not source:
            return phrase("bias of {unit}", unit=unit) if self._quantity(entry).kind == "b" else unit
        before = (phrase("unit {n} of layer {layer}", n=source[0], layer=layer - 1) if layer > 1 else
                  phrase("input {n}", n=source[0]))
        return phrase("weight from {before} to {unit}", before=before, unit=unit)

    # formulas

    def formulas(self):
        """Name of an array → the formula that gives its entries; for parameters what a step makes of them."""
        found = {}
        for equation in self.one_pass.equations:
            if equation.quantity.kind in FORWARD:
                found[equation.quantity.name] = self._right(equation.right)
            elif equation.quantity.kind in ("delta", "da"):
                found[equation.quantity.name] = self._right(sp.factor_terms(self._written_out(equation.right)))
            elif equation.quantity.kind == "losses":
                found["C"] = self._right(equation.right)
        for name in self.network.parameters:
            step = next(step for step in self.derivation.about(name) if step.rule == "error term")
            w = key(step.left.by)
            found["d" + name] = self._right(step.right)
            found[name] = [slot(w, first=True), MINUS, slot("eta"), TIMES, slot("d" + w)]
        for layer, slope in self.one_pass.slopes.items():
            found[self.walk.short(layer)] = self._short(self.one_pass.slopes_of_units[layer], slope)
        return found

    def _short(self, slope_of_unit, slope):
        """δ as ∂C/∂a times g'(z), checked."""
        z = self._named("z", slope_of_unit.left)[s, j]
        self._checked(z, slope_of_unit.right * slope.right)
        return [slot(key(slope_of_unit.left), first=True), TIMES, self._factor(slope.right)]

    def _right(self, right):
        if isinstance(right, Activated):
            z = key(right.args[0])
            return [slot(f"g({z})") + bracketed(slot(z, first=True))]
        return formula(self._written_out(right), self.quantities)

    def _written_out(self, expression):
        """An expression for one sample, its sums written out at the network's own sizes."""
        expression = expression.replace(inner, lambda z: plain(inner(z)))  # a letter may stand for any activation
        expression = expression.replace(softmax, lambda *args: softmax(*args).formula()).xreplace(self.network.sizes)
        return expression.replace(sp.Sum, lambda *args: sp.Sum(*args).doit()).xreplace({self.losses: self.cost})

    # the ways to the cost

    def ways(self):
        """Name of an array of weights, biases or units → how its entries reach the cost.

        chain     the derivative of the cost with respect to it, one term for each path; None for more than MOST_PATHS
        values    the same with the value of each factor; None for softmax, whose slope has two cases
        paths     how many paths there are
        through   keys of the weights and units on them
        written   the same derivative with everything that its terms share in front
        """
        arrays = [q for q in self.network.quantities.values() if q.kind in ("W", "b", "z")]
        return {q.name: self._way(q[(s,) * (q.kind == "z") + (j, k)[:1 + (q.kind == "W")]]) for q in arrays}

    def _way(self, entry):
        chain, indices = self.chain(entry), [at for at in indices_of(entry) if at != s]
        terms = [in_reading_order(sp.Mul.make_args(term)) for term in sorted(sp.Add.make_args(chain), key=str)]
        values = {part: self._value(part) for part in chain.atoms(Partial)}
        self._checked(entry, chain.xreplace(values))
        shown = len(terms) <= MOST_PATHS
        has_cases = any(value.has(sp.KroneckerDelta) for value in values.values())
        return {"chain": self._products(terms, {part: part for part in values}) if shown else None,
                "values": self._products(terms, values) if shown and not has_cases else None,
                "paths": len(terms), "through": self._through(chain),
                "written": self._right(self.derivation.scalar(name_of(entry), *indices).right)}

    def _products(self, terms, shown):
        """A sum of products as operands and signs, with what is `shown` for each factor as one operand."""
        codes, found = {part: self._factor(value) for part, value in shown.items()}, []
        for term in terms:
            for n, part in enumerate(term):
                found += [TIMES if n else PLUS, codes[part]]
        return found[1:]

    def _factor(self, value):
        """A formula as one factor of a product."""
        code = operand(self._right(value))
        needs = value.is_Add or value.could_extract_minus_sign()
        return bracketed(code) if needs else code.replace(' data-first=""', "", code.startswith("<mrow "))

    def chain(self, entry):
        """∂C/∂entry as a sum over its paths, each a product of derivatives from one quantity to the next; checked."""
        chain = Partial(self.losses, entry)
        while True:
            known = {part: self._first_step(part.by) for part in chain.atoms(Partial)
                     if part.of == self.losses and name_of(part.by) in self._chain_rules}
            if not known:
                return self._checked(entry, chain)
            chain = sp.expand(chain.xreplace(known))

    def _checked(self, entry, expression):
        """An expression that equals ∂C/∂entry, at all of its open indices."""
        if not check(Partial(self.losses, entry), expression, self._point).passed:
            raise DerivationError(f"The paths of {key(entry)} to the cost do not add up to its derivative.")
        return expression

    @cached_property
    def _point(self):
        return Point(self.network, own_widths(self.network))

    def _first_step(self, entry):
        generic, right = self._chain_rules[name_of(entry)]
        right = right.xreplace(self.network.sizes).replace(sp.Sum, lambda *args: sp.Sum(*args).doit())
        return right.xreplace(dict(zip(indices_of(generic), indices_of(entry))))

    def _value(self, part):
        """What a factor of a chain is, by the step that found it."""
        generic, right = self._local[name_of(part.of), name_of(part.by)]
        indices = zip(indices_of(generic.of) + indices_of(generic.by), indices_of(part.of) + indices_of(part.by))
        return sp.factor_terms(right.xreplace(dict(indices)))

    @cached_property
    def _local(self):
        """Names of two arrays → (∂one/∂other, its value), for those that are next to each other."""
        slopes = {step.left: step.right for step in self.derivation.steps if isinstance(step.left, Slope)}
        return {(name_of(step.left.of), name_of(step.left.by)): (step.left, slopes.get(step.right, step.right))
                for step in self.derivation.steps if step.rule in ("loss", "slope", "weighted sum")}

    @cached_property
    def _chain_rules(self):
        """Name of an array → (entry, the derivative of the cost with respect to it as the chain rule writes it)."""
        return {name_of(step.left.by): (step.left.by, step.right) for step in self.derivation.steps
                if step.rule in ("chain rule", "several paths") and step.left.of == self.losses}

    def _through(self, chain):
        """Keys of the units in a chain, and of the weights that lead from one to the next."""
        found = {}
        for part in sorted(chain.atoms(Partial), key=str):
            for entry in (part.of, part.by):
                if self._quantity(entry).kind in FORWARD:
                    found[key(self._named("z", entry)[entry.indices])] = None
            if self._quantity(part.of).kind == "z" and self._quantity(part.by).kind == "a":
                found[key(self._named("W", part.of)[part.of.indices[1], part.by.indices[1]])] = None
        return list(found)

    def _named(self, kind, entry):
        """The array of a kind in the layer of an entry."""
        return next(q for q in self.quantities.values() if (q.kind, q.mark) == (kind, self._layer(entry)))

    # letters

    def alphabet(self, notation):
        """Key → MathML in a text's letters, for every slot."""
        quantities = {**self.quantities, "eta": ETA}
        found = {name: letters(self._symbol(entry, notation), quantities, notation)
                 for name, entry in {**self.entries, "eta": ETA[()]}.items()}
        activated = {e.quantity.mark: e.right for e in self.network.equations if isinstance(e.right, Activated)}
        for name, entry in self.entries.items():
            if self._quantity(entry).kind == "z" and self._layer(entry) in activated:
                g = activated[self._layer(entry)]
                found[f"g({name})"] = function_letters(g.xreplace({g.args[0]: entry}), quantities, notation)
        return found

    def error_term(self, notation):
        """δ in a text's letters, without indices and as plain text; without a letter for it, the derivative that it is."""
        def plain(kind):
            return "".join(ET.fromstring(typeset(notation.letter(kind))).itertext())

        return plain("delta") if notation.letter("delta") else f"∂{plain('C')}/∂{plain('z')}"

    def _symbol(self, entry, notation):
        """An entry; for one that the text has no letter for, the derivative of the cost that it is."""
        kind = "" if entry == ETA[()] else self._quantity(entry).kind
        if kind not in GRADIENTS or kind == "delta" and notation.letter(kind):
            return entry
        of = next(q for q in self.network.quantities.values()
                  if q.kind in "zaWb" and gradient_of(q).name == name_of(entry))
        return Partial(self.cost, of[entry.indices])


def units_of(entry):
    """The indices of an entry without that of the sample, as whole numbers."""
    return tuple(int(at) for at in indices_of(entry) if at != s)
