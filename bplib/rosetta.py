"""Two texts side by side: the same derivation in both notations, what differs, and why the formulas then differ.

Two tables of facts do the work: ROWS, the formulas that are shown, and FIELDS, the choices in which texts differ.
"""
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import sympy as sp

from .codegen import generate
from .conventions import TABLE, convention, network
from .derivation import derive
from .equations import gradient_of, j, s
from .losses import TABLE as LOSSES
from .matrices import matrix_latex
from .notation import equation_latex

SIZES = (3, 4, 2)
"""A hidden layer and an output layer.  Formulas keep sizes as letters; some programs need them as numbers."""

NUMBERS, WRITING = "numbers", "writing"


class Text:
    """The network with one hidden layer that a text would write, derived and generated in the text's notation.

    notation   a `Notation`, or the name of one in `conventions`
    choices    keywords of `networks.dense` that replace the text's own
    """

    def __init__(self, notation, **choices):
        self.notation = convention(notation)
        self.network = network(self.notation, SIZES, **choices)
        self.derivation = derive(self.network)
        self.functions = generate(self.network, self.derivation, self.notation)
        self.layout = self.functions.layout

    @property
    def title(self):
        return self.notation.title or self.notation.name

    @cached_property
    def equations(self):
        """Name → equation, for all that is computed forwards and backwards."""
        return {e.quantity.name: e for e in (*self.network.equations, *self.derivation.backward)}

    def right(self, name):
        """What a quantity equals; the gradient of an output's weight with its error term put in."""
        return self._put_in(self.equations[name].right, self.equations["delta2"].right, name)

    def shown(self, name):
        """The same in the text's manner: with g' where the text has a letter for g and nothing cancels."""
        if not name.startswith("delta"):
            return self._put_in(self.equations[name].right, self.shown("delta2"), name)
        steps = self.derivation.about("z" + name.removeprefix("delta"))
        forms = [step.right for step in steps if step.rule in ("substitution", "error term")]
        return min(forms, key=_factors) if self.notation.letter("g") else forms[-1]

    def _put_in(self, right, error, name):
        delta = self.equations["delta2"].quantity[s, j]
        return right.xreplace({delta: error}) if name == "dW2" else right

    # what stands in a cell of a table

    def formula(self, name):
        """LaTeX of the equation of one entry."""
        return _math(equation_latex(self._left(name), self.shown(name), self.derivation.quantities, self.notation))

    def _left(self, name):
        """The entry as the steps of the derivation write it: ∂C/∂w rather than the array dW."""
        of = {gradient_of(self.network.quantities[p]).name: p for p in self.network.parameters}.get(name)
        return self.derivation[of].left if of else self.equations[name].left

    def matrices(self, name):
        """LaTeX of the matrix form of the same equation."""
        return _math(matrix_latex(self.functions.gradients, self._in_code(name)))

    def code(self, name):
        """The line of the generated program that computes it."""
        start = self._in_code(name) + " = "
        return next(f"`{line.strip()}`" for line in self.functions.gradients.source.splitlines()
                    if line.strip().startswith(start))

    def _in_code(self, name):
        return self.layout.text(self.layout.quantities[name])


def _factors(form):
    """How long a product is to read; cases are longest."""
    return form.has(sp.Piecewise), len(sp.Mul.make_args(form)), len(form.atoms(sp.Sum))


def _math(code):
    return rf"$\displaystyle {code}$"


ROWS = (
    ("weighted sum of a hidden unit", "z1", Text.formula),
    ("output of the network", "a2", Text.formula),
    ("cost of a sample", "losses", Text.formula),
    ("cost of a batch", "C", Text.formula),
    ("error term of an output", "delta2", Text.formula),
    ("error term of a hidden unit", "delta1", Text.formula),
    ("derivative with respect to a weight of an output", "dW2", Text.formula),
    ("derivative with respect to a weight of a hidden unit", "dW1", Text.formula),
    ("derivative with respect to a bias", "db2", Text.formula),
    ("hidden layer, forwards, as matrices", "z1", Text.matrices),
    ("hidden layer, backwards, as matrices", "delta1", Text.matrices),
    ("derivative with respect to all weights of the hidden layer", "dW1", Text.matrices),
    ("hidden layer, forwards, in code", "z1", Text.code),
    ("hidden layer, backwards, in code", "delta1", Text.code),
    ("derivative with respect to all weights, in code", "dW1", Text.code),
)
"""What is shown, the quantity that it is about, how it is written."""


# the choices in which texts differ

LETTERS = {"W": "weight", "b": "bias", "z": "weighted sum", "a": "output of a unit", "y": "target", "C": "cost",
           "losses": "cost of a sample", "eta": "step size", "N": "number of samples", "n": "width of a layer"}


def _letters(text):
    notation = text.notation
    kinds = [kind for kind in LETTERS if kind != "b" or _place_of_bias(text) == ("apart",)]
    output = notation.letter("output a") or notation.letter("a")
    return (*(f"{LETTERS[kind]} ${notation.letter(kind)}$" for kind in kinds), f"output of the network ${output}$",
            *(f"{what} ${letter}$" for what, letter in zip(
                ("unit", "unit of the layer before", "unit of the layer after"), notation.units)),
            f"sample ${notation.sample}$",
            f"activation ${notation.letter('g')}$" if notation.letter("g") else "activation by its name")


def _names_in_code(text):
    quantities = (*text.network.quantities.values(), text.equations["delta1"].quantity)
    return tuple(dict.fromkeys(f"`{text.layout.array(q)}`" for q in quantities
                               if q.mark in (None, 0, 1) and q.kind in ("x", "y", "W", "b", "z", "a", "delta")))


def _loss(text):
    """The name of the formula; counting classes by labels does not make it another one."""
    return (next(row.name for row in LOSSES.values() if row.term == text.network.options.loss.term),)


def _factor(text):
    loss = text.network.options.loss
    return (f"{loss.parameter[1]}",) if loss.parameter and loss.parameter[0] == "factor" else ()


def _place_of_bias(text):
    if not text.network.structure.bias:
        return ()
    return ("in column 0 of the weights" if text.layout.column else "apart",)


def _numbers_of_layers(text):
    if not text.notation.layer:
        return ()
    return tuple(f"first {LETTERS[kind]} {1 + text.notation.shift.get(kind, 0)}" for kind in "Wz")


def _mark_of_activation(text):
    return (text.notation.g_carries or "none",) if text.notation.letter("g") else ()


@dataclass(frozen=True)
class Field:
    """A choice that a text makes.

    name      what is chosen
    changes   "numbers" where another choice computes something else, "writing" where it only looks different
    see       Text → the choice in words, a tuple with an entry for each part; () where the question does not arise
    why       why the formulas then differ
    """

    name: str
    changes: str
    see: Callable
    why: str


FIELDS = {field.name: field for field in (
    Field("loss", NUMBERS, _loss,
          "The derivation starts by differentiating the loss, so every gradient begins with its derivative. "
          "Where a cross entropy meets its sigmoid or softmax, their factors cancel: output minus target is "
          "left."),
    Field("factor of the loss", NUMBERS, _factor,
          "The square brings down a 2, and a ½ in front of it cancels that 2. The gradient is longer or shorter "
          "by this factor and points the same way."),
    Field("activations", NUMBERS, lambda text: (
        " then ".join(row.name for row in text.network.structure.activations),),
          "Each layer brings in the slope of its own activation as a factor. The identity has slope 1, which "
          "nobody writes."),
    Field("sum or mean over samples", NUMBERS, lambda text: (text.network.options.over_samples,),
          "A mean divides by the number of samples, and so does its gradient. With a sum the gradient grows "
          "with the batch, and the step size has to make up for it."),
    Field("penalty on weights", NUMBERS, lambda text: (str(text.network.options.l2),),
          "The penalty (λ/2)·Σw² adds λw to the derivative with respect to each weight. Error terms stay as they are, "
          "because the penalty does not depend on any sample."),
    Field("biases", NUMBERS, lambda text: ("with" if text.network.structure.bias else "without",),
          "A bias adds a number to the weighted sum. Its own derivative is the error term, because the factor "
          "that it is multiplied by is 1. Without biases that row is missing."),
    Field("place of the biases", WRITING, _place_of_bias,
          "In column 0 a bias is the weight of a unit 0 that is always 1, so one formula serves weights and "
          "biases. Going back, column 0 is left out: nothing flows back into a constant."),
    Field("targets", WRITING, lambda text: (
        "numbers of classes" if text.network.targets.kind == "c" else "a number for each output",),
          "The number of a class stands for a row with a 1 at this class and 0 elsewhere; the formulas use the "
          "row."),
    Field("order of a weight's indices", WRITING, lambda text: (text.notation.weight.replace(",", ", "),),
          "The two arrays of weights are transposes of each other. So where one text has a transpose, forwards "
          "or backwards, the other has none."),
    Field("samples in rows or columns", WRITING, lambda text: (text.notation.samples,),
          "The two matrices of samples are transposes of each other, and to transpose a product swaps its "
          "factors: the weights change sides."),
    Field("name of the error term", WRITING, lambda text: (
        f"${text.notation.letter('delta')}$" if text.notation.letter("delta") else "none, the derivative itself",),
          "The error term is the derivative of a sample's cost with respect to the weighted sum. A name makes formulas "
          "shorter; without one the derivative itself is written each time."),
    Field("units are counted from", WRITING, lambda text: (str(text.notation.first_unit),),
          "A sum from 0 to n − 1 has the same n terms as a sum from 1 to n."),
    Field("mark of the layer", WRITING, lambda text: (
        f"$z{text.notation.layer.format('l')}$" if text.notation.layer else "none",),
          "The mark says which layer is meant and nothing else; one that stands above is no power. Without a "
          "mark, different letters for the units tell the layers apart."),
    Field("numbers of the layers", WRITING, _numbers_of_layers,
          "Texts start to count at the input, at the first hidden layer, or differently for weights and units; "
          "the same layer then has another number."),
    Field("letter of the inputs", WRITING, lambda text: (
        "as outputs of a layer before the first" if text.notation.input_is_a
        else f"${text.notation.letter('x')}$",),
          "Where inputs are written as outputs of one more layer, the formula of the first layer looks like "
          "that of every other."),
    Field("mark of the activation", WRITING, _mark_of_activation,
          "Layers or units may have activations of their own; the mark says whose is meant."),
    Field("letters", WRITING, _letters, "Letters are names: no number depends on them."),
    Field("names in code", WRITING, _names_in_code, "Names again; the arrays behind them hold the numbers."),
)}


@dataclass(frozen=True)
class Difference:
    """A field in which two texts differ, and the parts of their choices that they do not share."""

    field: str
    one: tuple
    other: tuple

    @property
    def changes(self):
        return FIELDS[self.field].changes

    @property
    def why(self):
        return FIELDS[self.field].why


class Comparison:
    """Two texts, formula by formula, and their differences."""

    def __init__(self, one, other):
        self.texts = one, other

    @cached_property
    def differences(self):
        """Every field in which the two differ, with why it matters: a list of `Difference`."""
        one, other = self.texts
        choices = [(field.name, field.see(one), field.see(other)) for field in FIELDS.values()]
        return [Difference(name, _only(a, b), _only(b, a)) for name, a, b in choices if a and b and a != b]

    def same(self, name):
        """Whether both texts compute a quantity from its ingredients in the same way, whatever they call them."""
        rights = [text.right(name) if name in text.equations else None for text in self.texts]
        return rights[0] == rights[1]

    def __repr__(self):
        return "\n".join(_sentence(self.texts, difference).replace("**", "") for difference in self.differences)

    def _repr_markdown_(self):
        lines = [_row("", *(text.title for text in self.texts), ""), _row(*4 * ["---"])]
        for label, name, written in ROWS:
            cells = [written(text, name) if name in text.equations else "–" for text in self.texts]
            if cells != ["–", "–"]:
                lines.append(_row(label, *cells, "" if self.same(name) else "**≠**"))
        lists = "".join(self._list(head, changes) for head, changes in (
            ("Something else is computed", NUMBERS), ("The same is computed, and written differently", WRITING)))
        legend = "**≠** marks what differs by more than its writing."
        return "\n".join(lines) + f"\n\n{legend}\n" + (lists or "\nNothing differs.\n")

    def _list(self, head, changes):
        items = [f"- {_sentence(self.texts, difference)}" for difference in self.differences
                 if difference.changes == changes]
        return f"\n**{head}**\n\n" + "\n".join(items) + "\n" if items else ""


def _only(own, others):
    return tuple(part for part in own if part not in others)


def _sentence(texts, difference):
    chosen = "; ".join(f"{', '.join(parts) or '–'} ({text.notation.name})"
                       for text, parts in zip(texts, (difference.one, difference.other)))
    return f"**{difference.field.capitalize()}:** {chosen}. {difference.why}"


def _row(*cells):
    return f"| {' | '.join(cells)} |"


def compare(one: str, other: str, **choices: str) -> Comparison:
    """Two texts side by side: a `Comparison`, which a notebook shows as a table and a list of differences.

    one, other   names in `conventions`, or a `Notation` of one's own
    choices      keywords of `networks.dense` for both, in place of the choices of each text: with the same loss
                 and activations only the writing differs

    >>> [difference.field for difference in compare("nielsen", "3blue1brown").differences][0]
    'factor of the loss'
    """
    return Comparison(Text(one, **choices), Text(other, **choices))


class Table:
    """All texts, one a row, with the formulas for a weight of an output and for a weight of a hidden unit."""

    columns = {"weight of an output": ["dW2"], "weight of a hidden unit": ["dW1", "delta1"]}

    def __init__(self, texts):
        self.texts = texts

    def __repr__(self):
        return "\n".join(f"{text.notation.name:<12} {text.title}" for text in self.texts)

    def _repr_markdown_(self):
        rows = [_row("text, and its name here", *self.columns), _row(*(1 + len(self.columns)) * ["---"])]
        rows += [_row(f"{text.title}<br>`{text.notation.name}`",
                      *("<br>".join(map(text.formula, names)) for names in self.columns.values()))
                 for text in self.texts]
        return "\n".join(rows)


def table():
    """All conventions in rows, each with its formulas for the network that its text writes."""
    return Table([Text(notation) for notation in TABLE.values()])
