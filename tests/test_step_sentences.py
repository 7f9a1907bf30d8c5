"""The words beside a step: its rule, its sentence and its tick say of its equation what is true of it."""
import pytest
from networks_to_test import NETWORKS, derivation_of

from bplib.activations import Slope
from bplib.equations import Partial, name_of
from bplib.steps import RULES, Check, Steps

# rules

MEANT_BY_RULE = {
    "loss": "one output", "slope": "how steep", "weighted sum": "multiplied by", "chain rule": "along one path",
    "several paths": "several paths", "substitution": "Put in", "error term": "gets a name",
    "by value": "with the value",
    "cancellation": "cancel", "targets add up to 1": "probabilities", "gradient": "step of learning",
    "batch": "adds up or averages",
}
"""Rule → words that its text has and no other."""


def test_each_rule_is_explained_by_its_own_text():
    assert MEANT_BY_RULE.keys() == RULES.keys()
    for rule, words in MEANT_BY_RULE.items():
        assert [other for other, text in RULES.items() if words in text] == [rule]
        step = next(step for name in NETWORKS for step in derivation_of(name).steps if step.rule == rule)
        assert step.why == RULES[rule]


# steps

def _of(step, kind):
    """Whether a step is about ∂C_s/∂(an entry of this kind): "z", "a", or "W" for any parameter."""
    left, kinds = step.left, {"W": "Wwb"}.get(kind, kind)
    return isinstance(left, Partial) and name_of(left.of) == "losses" and name_of(left.by)[0] in kinds


def _local(step, of, by):
    return isinstance(step.left, Partial) and name_of(step.left.of)[0] == of and name_of(step.left.by)[0] in by


def _has_slope(step):
    return step.right.has(Slope)


MEANT_BY_STEP = {
    "How the cost of a sample changes with one output.": lambda step: _of(step, "a") and not step.right.has(Partial),
    "The weight says how strongly the unit is heard.": lambda step: _local(step, "z", "ax"),
    "Every unit that hears this one passes part of the change on.": lambda step: (
        _of(step, "ax") and step.right.has(Partial)),
    "The error terms that were found before come back, weighted by the connections.": lambda step: (
        _of(step, "ax") and "delta" in str(step.right)),
    "The second factor is the slope of the activation.": lambda step: _local(step, "a", "z") and _has_slope(step),
    "A weighted sum reaches the cost through the output of its own unit alone.": lambda step: (
        _of(step, "z") and len(step.right.atoms(Partial)) == 2 and "Sum" not in str(step.right)),
    "Both factors are known.": lambda step: _of(step, "z") and _has_slope(step) and not step.right.has(Partial),
    "The forward pass has already computed what is needed.": lambda step: isinstance(step.left, Slope),
    "Both factors, written with the output and the target.": lambda step: _of(step, "z") and "y" in str(step.right),
    "What the loss divides by, the slope multiplies by.": lambda step: step.rule == "cancellation",
    "So the error term needs no new function.": lambda step: _of(step, "z") and not _has_slope(step),
    "Raising one weighted sum raises its own output and lowers all others.": lambda step: (
        _local(step, "a", "z") and "Kronecker" in str(step.right)),
    "One weighted sum reaches the cost through every output of the layer.": lambda step: (
        _of(step, "z") and "Sum(Partial" in str(step.right)),
    "The sum over the outputs, carried out.": lambda step: _of(step, "z") and not step.right.has(Partial),
    "The targets of each sample add up to 1.": lambda step: step.rule == "targets add up to 1",
    "The error term of a unit, ready to be used.": lambda step: name_of(step.left).startswith("delta"),
    "The last factor: what the parameter is multiplied by.": lambda step: _local(step, "z", "Wwb"),
    "The parameter reaches the cost through its own weighted sum.": lambda step: (
        _of(step, "W") and len(step.right.atoms(Partial)) == 2),
    "The parameter moves the weighted sum, that moves the output, and that moves the cost.": lambda step: (
        _of(step, "W") and len(step.right.atoms(Partial)) == 3),
    "All the factors are known.": lambda step: _of(step, "W") and not step.right.has(Partial) and _has_slope(step),
    "The first factors are the error term of the unit.": lambda step: _of(step, "W") and "delta" in str(step.right),
    "Each sample has outputs and error terms of its own.": lambda step: (
        name_of(step.left.of) == "C" and step.right.has(Partial)),
    "The gradient that a step of learning uses.": lambda step: (
        name_of(step.left.of) == "C" and not step.right.has(Partial)),
}
"""Sentence → what the equation beside it looks like."""


@pytest.mark.parametrize("network", NETWORKS)
def test_a_sentence_says_what_its_equation_does(network):
    for step in derivation_of(network).steps:
        assert MEANT_BY_STEP[step.sentence](step), step


def test_every_sentence_of_steps_is_said():
    said = {step.sentence for network in NETWORKS for step in derivation_of(network).steps}
    assert said == MEANT_BY_STEP.keys()


def test_two_steps_of_one_rule_have_different_sentences_where_they_do_different_things():
    """No sentence stands beside two rules."""
    rules = {}
    for network in NETWORKS:
        for step in derivation_of(network).steps:
            rules.setdefault(step.sentence, set()).add(step.rule)
    several = {sentence for sentence, of in rules.items() if len(of) > 1}
    assert several == {"Every unit that hears this one passes part of the change on."}  # one listener, or several


# ticks

def test_a_step_that_failed_shows_a_cross():
    step = derivation_of("any activation").steps[0]
    wrong = type(step)(**{**vars(step), "check": Check(0.1)})
    assert "✓" in step._repr_markdown_() and "✗" not in step._repr_markdown_() and "WRONG" not in repr(step)
    assert "✗" in wrong._repr_markdown_() and "✓" not in wrong._repr_markdown_() and repr(wrong).endswith(", WRONG]")
    assert [line[-1] for line in Steps([step, wrong, step])._repr_markdown_().splitlines() if line.startswith("**")] \
        == ["✓", "✗", "✓"]


@pytest.mark.parametrize("error, passed", [(0.0, True), (1e-11, True), (1.1e-11, False), (1e-3, False),
                                           (float("inf"), False), (float("nan"), False)])
def test_what_counts_as_passed(error, passed):
    assert Check(error).passed is passed


def test_a_step_shows_its_rule_its_sentence_and_its_formula():
    step = derivation_of("any activation").steps[0]
    assert step._repr_markdown_() == f"**Loss.** {step.sentence} ✓\n\n$${step.latex()}$$"
    assert step._repr_latex_() == rf"$\displaystyle {step.latex()}$"
    assert repr(step) == f"{step.left} = {step.right}  [loss]"
