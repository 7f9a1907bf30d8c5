"""One neuron: the chain rule with its numbers, the cost as a function of the weight, descent step by step."""
import re
from functools import lru_cache

import numpy as np
import traitlets
from matplotlib.figure import Figure

from .. import networks
from ..activations import activation, of_units
from ..codegen import stable
from ..derivation import derive
from ..equations import Partial, s
from ..errors import InputError
from ..evaluation import StableValues
from ..figures import BLUE, GREEN, RED, Picture
from ..javascript import LIBRARY, JavaScriptPrinter, javascript
from ..losses import TABLE as LOSSES
from ..losses import check_outputs, loss
from ..notation import latex
from .explorer import Choice, Explorer, Number, page
from .made import made_with_the_package, once_for_the_tables
from .mathml import mathml

FAR = 1e9  # a plot that reaches further says nothing
# What is shown with its formula; the rest is the product of these.
SHOWN = ("z", "a", "C", "dC_da", "da_dz", "dz_dw", "dz_db")


def offered():
    """Names of the losses in the menu: those that compare one output with one target, those for any output first."""
    rows = [row for row in LOSSES.values() if row.to_learn and row.targets in ("values", "probability")]
    return tuple(row.name for row in sorted(rows, key=lambda row: row.outputs is not None))


class Neuron(Explorer):
    """The widget behind `neuron`."""

    _esm = page("common.js", "neuron.js")
    _css = page("explorer.css", "neuron.css")
    LANGUAGES = "en", "fa"

    w = Number(0.6, "weight", -5, 5, 0.05)
    b = Number(0.9, "bias", -5, 5, 0.05)
    x = Number(1.0, "input", -3, 3, 0.05)
    y = Number(0.2, "target", -2, 2, 0.05)
    eta = Number(5.0, "learning rate", 0, 10, 0.05, least=0)
    activation = Choice("sigmoid", "activation", of_units)
    loss = Choice("squared error", "loss", offered)

    def __init__(self, **values):
        super().__init__(generated_code(), spoken(page_facts(), self.language), **values)

    @traitlets.validate("activation", "loss", "y")
    def _fits(self, proposal):
        """What fits by itself has to fit the others too."""
        chosen = {name: getattr(self, name) for name in ("activation", "loss", "y")}
        chosen[proposal.trait.name] = proposal.value
        check_outputs(loss(chosen["loss"]), activation(chosen["activation"]))
        if loss(chosen["loss"]).targets == "probability" and not 0 <= chosen["y"] <= 1:
            raise InputError(f"{chosen['loss']} takes a target y from 0 to 1, a probability; "
                             f"given: y = {chosen['y']:g}.")
        return proposal.value

    def picture(self):
        derivation, end = _derivation(activation(self.activation), loss(self.loss)), max(5, 1.1 * abs(self.w))
        curve = values(derivation, w=end * np.linspace(-1, 1, 241), b=self.b, x=self.x, y=self.y)
        now = {name: float(array[0]) for name, array in
               values(derivation, w=np.array([self.w]), b=self.b, x=self.x, y=self.y).items()}
        if not max(end, *curve["C"], abs(now["dC_dw"])) < FAR:
            return None
        slope, step = brief(now["dC_dw"]), brief(-self.eta * now["dC_dw"])
        told = self.language.phrase(
            "Cost C as a curve over the weight w from {left} to {right}. At {w} the cost C is {cost} and its slope {slope}; "
            "the next step of gradient descent changes w by {step}.", left=brief(-end), right=brief(end),
            w=f"w = {brief(self.w)}", cost=brief(now["C"]), slope=slope, step=step)
        return Picture(drawing(derivation, curve, now, self.eta, self.language.phrase), told, self.language)

    def __repr__(self):
        phrase = self.language.phrase
        numbers = ", ".join(f"{name} = {getattr(self, name):g}" for name in ("w", "b", "x", "y", "eta"))
        return phrase("Neuron explorer: {activation}, {loss}, {numbers}.", activation=self.activation,
                      loss=phrase(self.loss), numbers=numbers)


def neuron(activation: str = "sigmoid", loss: str = "squared error", **start) -> Neuron:
    """An explorer of one neuron, z = w·x + b and a = g(z), on one sample (x, y).

    activation, loss   what the menus show first
    start              w, b, x, y and eta to begin with

    Every value can be read and set from a cell: `explorer.eta = 0.5`.
    """
    return Neuron(activation=activation, loss=loss, **start)


def refusal(activation_name, loss_name):
    """Why a loss cannot take an activation's outputs, None where it can."""
    try:
        check_outputs(loss(loss_name), activation(activation_name))
    except InputError as error:
        return str(error).partition("; given")[0] + "."


@once_for_the_tables
def derivations():
    """(activation, loss) → derivation, for each pair that fits."""
    pairs = ((g, cost) for g in of_units() for cost in offered())
    return {(g, cost): _derivation(activation(g), loss(cost)) for g, cost in pairs if not refusal(g, cost)}


@lru_cache(maxsize=None)
def _derivation(g, cost):
    return derive(networks.neuron(g, cost))


def equations(derivation, forward):
    """Name → (left, right) for all that is shown of one sample, in the order in which it is computed.

    With one sample the cost of a sample is C itself.
    """
    quantity = derivation.network.quantities
    z, a, losses = (quantity[name][s] for name in ("z", "a", "losses"))
    w, b, delta = quantity["w"][()], quantity["b"][()], derivation["z"].left
    found = {equation.left: equation.right for equation in forward}
    found.update((step.left, step.right) for step in derivation.steps)
    found[Partial(a, z)] = found[found[Partial(a, z)]]  # σ'(z) by its value
    order = (z, a, losses, Partial(losses, a), Partial(a, z), Partial(z, w), Partial(z, b), delta,
             Partial(losses, w), Partial(losses, b))
    one_sample, name = {losses: quantity["C"][()]}, JavaScriptPrinter().doprint
    return {name(left.xreplace(one_sample)): (left.xreplace(one_sample), found[left]) for left in order}


def values(derivation, w, **sample):
    """Name → array of all that is shown, for each weight of the array w, with b, x and y as in `sample`."""
    arrays = {"w": w, "b": np.array([sample["b"]]), **{name: np.array([[sample[name]]]) for name in "xy"}}
    shown = {"w": w}
    with np.errstate(all="ignore"):  # what overflows far out is left out of a picture
        for name, (_, right) in equations(derivation, stable(derivation.network)).items():
            arrays[name] = StableValues(arrays, {})(right, {s: 1})
            shown[name] = np.broadcast_to(arrays[name][0], w.shape)
    return shown


def brief(value):
    """A number for a picture and its alternative text."""
    return f"{value + 0.0:.4g}".replace("-", "−")


def drawing(derivation, curve, now, eta, phrase):
    """The plot of the view: cost, tangent and next step, with the chain rule and its numbers above.  `phrase` speaks the
    language of its labels."""
    figure = Figure(figsize=(6.4, 3.8), layout="constrained")
    axes, w, slope = figure.subplots(), now["w"], now["dC_dw"]
    axes.spines[["top", "right"]].set_visible(False)
    axes.plot(curve["w"], curve["C"], color=BLUE, label=f"{phrase('cost C =')} {brief(now['C'])}")
    axes.set(xlabel="w", ylabel="C", xlim=curve["w"][[0, -1]], ylim=axes.get_ylim())
    axes.axline((w, now["C"]), slope=slope, color=RED, dashes=(5, 2), label=f"{phrase('slope ∂C/∂w =')} {brief(slope)}")
    tip = np.clip(w - eta * slope, *axes.get_xlim())
    axes.annotate("", (tip, now["C"]), (w, now["C"]), annotation_clip=False, zorder=3,
                  arrowprops={"arrowstyle": "-|>", "color": GREEN, "linewidth": 2.5, "shrinkA": 0, "shrinkB": 0})
    axes.plot([], [], color=GREEN, marker=">", label=f"{phrase('next step −η ∂C/∂w =')} {brief(-eta * slope)}")
    axes.plot(w, now["C"], "o", color=BLUE)
    names = {name: latex(left, derivation.quantities, samples=False)
             for name, (left, _) in equations(derivation, derivation.network.equations).items()}
    factors = ("dC_da", "da_dz", "dz_dw")
    symbols = r" \cdot ".join(names[name] for name in factors)
    numbers = r" \cdot ".join(f"({brief(now[name])})" if now[name] < 0 else brief(now[name]) for name in factors)
    axes.set_title(f"${names['dC_dw']} = {symbols} = {numbers} = {brief(slope)}$", fontsize=13)
    figure.legend(loc="outside lower center", ncols=3, frameon=False, fontsize=9)
    return figure


@made_with_the_package()
def generated_code():
    """A JavaScript module: `pairs[activation][loss]` computes all that is shown from {w, b, x, y}."""
    functions, table = [], {g: {} for g in of_units()}
    for (g, cost), derivation in derivations().items():
        lines = equations(derivation, stable(derivation.network))
        table[g][cost] = re.sub(r"\W", "_", f"{g} {cost}")
        body = [(name, right) for name, (_, right) in lines.items()]
        functions.append(javascript(table[g][cost], "wbxy", body))
    rows = (f"  {g!r}: {{{', '.join(f'{cost!r}: {name}' for cost, name in row.items())}}},\n"
            for g, row in table.items())
    return "\n".join([LIBRARY, *functions, f"export const pairs = {{\n{''.join(rows)}}};\n"])


@made_with_the_package()
def page_facts():
    """Menus, and the names and formulas of all that is shown, as MathML."""
    names, table = {}, {g: {} for g in of_units()}
    for (g, cost), derivation in derivations().items():
        shown, quantities = equations(derivation, derivation.network.equations), derivation.quantities
        names.update((name, mathml(quantities, left)) for name, (left, _) in shown.items())
        table[g][cost] = {name: mathml(quantities, shown[name][1]) for name in SHOWN}
        table[g][cost]["note"] = cancellation(derivation)
    return {
        "names": names,
        "formulas": table,
        "refused": {g: {cost: refusal(g, cost) for cost in offered()} for g in of_units()},
        "probability": [cost for cost in offered() if loss(cost).targets == "probability"],
    }


def spoken(facts, language):
    """The facts with their sentences in a language."""
    def told(row):
        formula, end, sentence = row["note"].rpartition("</math> ")
        return {**row, "note": formula + end + language.phrase(sentence)}

    return {**facts, "formulas": {g: {cost: told(row) for cost, row in rows.items()} for g, rows in facts["formulas"].items()},
            "refused": {g: {cost: reason and language.told(reason) for cost, reason in rows.items()}
                        for g, rows in facts["refused"].items()}}


def cancellation(derivation):
    """What is left of ∂C/∂z where factors cancel, with the sentence that says so; nothing where none do."""
    one_sample = {derivation.network.given("losses")[s]: derivation.network.given("C")[()]}
    for step in derivation.about("z"):
        if step.rule == "cancellation":
            formula = mathml(derivation.quantities, step.left.xreplace(one_sample), step.right)
            return f"{formula} {step.sentence}"
    return ""
