"""Two texts side by side: what is listed as different is what differs, and why."""
import re
from itertools import combinations, product

import pytest
import sympy as sp

import bplib as bp
from bplib.conventions import TABLE
from bplib.notation import Notation
from bplib.rosetta import FIELDS, NUMBERS, ROWS, WRITING, Comparison, Text, compare, table


@pytest.fixture(scope="module")
def texts():
    return {name: Text(name) for name in TABLE}


@pytest.fixture(scope="module")
def all_pairs(texts):
    return {pair: Comparison(texts[pair[0]], texts[pair[1]]) for pair in product(TABLE, repeat=2)}


def fields(comparison, changes=(NUMBERS, WRITING)):
    return {difference.field for difference in comparison.differences if difference.changes in changes}


def test_every_pair_is_shown(all_pairs):
    for pair, comparison in all_pairs.items():
        shown = comparison._repr_markdown_()
        lines = [line for line in shown.splitlines() if line.startswith("|")]
        assert {line.count("|") for line in lines} == {5}, pair
        assert len(lines) >= 2 + len(ROWS) - 1
        assert shown.count("$") % 2 == 0 and "None" not in re.sub("`.*?`", "", shown)
        assert len(re.findall(r"^- ", shown, re.M)) == len(comparison.differences)
        assert all(FIELDS[name].why in shown and name in repr(comparison).lower() for name in fields(comparison))


def test_a_difference_is_told_in_a_sentence_for_each_text(all_pairs):
    """What it is: the choice of one (its name); the choice of the other (its name). Why that matters."""
    for (one, other), comparison in all_pairs.items():
        for difference, line in zip(comparison.differences, str(comparison).splitlines()):
            what, _, choices = line.partition(": ")
            assert what.lower() == difference.field and line.endswith(f" ({other}). {difference.why}")
            assert f" ({one}); " in choices


def test_a_text_does_not_differ_from_itself(all_pairs):
    for name in TABLE:
        assert not all_pairs[name, name].differences
        assert "Nothing differs" in all_pairs[name, name]._repr_markdown_()
        assert "**≠** |" not in all_pairs[name, name]._repr_markdown_()


def test_exactly_the_fields_that_differ_are_listed(all_pairs):
    for comparison in all_pairs.values():
        one, other = comparison.texts
        for name, field in FIELDS.items():
            a, b = field.see(one), field.see(other)
            assert (name in fields(comparison)) == bool(a and b and a != b)


NOTATION = {"order of a weight's indices": "weight", "samples in rows or columns": "samples",
            "units are counted from": "first_unit", "mark of the layer": "layer"}
INPUTS = "letter of the inputs"
NETWORK = {"sum or mean over samples": lambda network: network.options.over_samples,
           "penalty on weights": lambda network: network.options.l2,
           "biases": lambda network: network.structure.bias,
           "activations": lambda network: network.structure.activations,
           "loss": lambda network: network.options.loss(*sp.symbols("a y")).atoms(sp.log),
           "targets": lambda network: network.targets.kind}


def test_the_fields_say_what_notation_and_network_say(all_pairs):
    """Read from the rows of the conventions themselves, not by way of the table of fields."""
    for (a, b), comparison in all_pairs.items():
        one, other = comparison.texts
        for name, attribute in NOTATION.items():
            assert (name in fields(comparison)) == (getattr(TABLE[a], attribute) != getattr(TABLE[b], attribute))
        inputs = [(row.input_is_a, row.input_is_a or row.letter("x")) for row in (TABLE[a], TABLE[b])]
        assert (INPUTS in fields(comparison)) == (inputs[0] != inputs[1])
        for name, read in NETWORK.items():
            assert (name in fields(comparison)) == (read(one.network) != read(other.network)), (a, b, name)


@pytest.mark.parametrize("field, change", [
    ("factor of the loss", {"choices": {"loss": bp.loss("squared error", factor=0.5)}}),
    ("loss", {"choices": {"loss": "absolute error"}}),
    ("activations", {"choices": {"activations": "tanh"}}),
    ("sum or mean over samples", {"choices": {"over_samples": "sum"}}),
    ("penalty on weights", {"choices": {"l2": 0.1}}),
    ("biases", {"choices": {"bias": False}}),
    ("place of the biases", {"bias": "column 0"}),
    ("order of a weight's indices", {"weight": "from,to"}),
    ("samples in rows or columns", {"samples": "columns"}),
    ("name of the error term", {"letters": {"delta": None}}),
    ("units are counted from", {"first_unit": 0}),
    ("mark of the layer", {"layer": "^{{[{}]}}"}),
    ("numbers of the layers", {"shift": {"z": 1, "a": 1, "delta": 1}}),
    ("letter of the inputs", {"input_is_a": True}),
    ("letters", {"letters": {"g": "g"}}),
    ("letters", {"letters": {"C": "J"}}),
    ("letters", {"sample": "n"}),
    ("names in code", {"code": {"x": "inputs"}}),
])
def test_each_choice_alone_is_found_alone(field, change):
    """A row that makes one choice differently from this course, and nothing else but what follows from it."""
    names = {"letters", "names in code"}
    follows = {"place of the biases": names, "biases": names, "numbers of the layers": names}
    comparison = compare("bplib", Notation("mine", **change))
    assert field in fields(comparison)
    assert fields(comparison) <= {field} | follows.get(field, set())


def test_another_mark_of_the_activation():
    plain, marked = (Notation(f"mine{at}", letters={"g": "g"}, g_carries=at) for at in ("", "layer"))
    assert fields(compare(plain, marked)) == {"mark of the activation"}


def test_both_orders_tell_the_same(all_pairs):
    for a, b in combinations(TABLE, 2):
        there, back = all_pairs[a, b].differences, all_pairs[b, a].differences
        assert [(d.field, d.one, d.other) for d in there] == [(d.field, d.other, d.one) for d in back]


def test_formulas_are_marked_where_numbers_differ(all_pairs):
    names = {name for _, name, _ in ROWS}
    for pair, comparison in all_pairs.items():
        differ = not all(comparison.same(name) for name in names)
        assert differ == bool(fields(comparison, (NUMBERS,))), pair


def test_with_the_same_choices_only_the_writing_differs():
    choices = {"activations": "tanh", "loss": "squared error", "over_samples": "sum", "bias": True, "l2": 0.5}
    for name in ("persian", "d2l", "blame"):
        comparison = compare("nielsen", name, **choices)
        assert not fields(comparison, (NUMBERS,)) and fields(comparison, (WRITING,))
        assert "**≠** |" not in comparison._repr_markdown_()


def test_the_two_is_where_the_square_is_not_halved(all_pairs):
    shown = {name: Text(name).formula("delta2") for name in ("3blue1brown", "nielsen")}
    assert "= 2" in shown["3blue1brown"] and "= 2" not in shown["nielsen"]
    assert fields(all_pairs["3blue1brown", "nielsen"], (NUMBERS,)) == {"factor of the loss"}


def test_formulas_that_cancel_are_shown_cancelled(texts):
    for name in ("blame", "goodfellow", "cs231n", "ng2011", "ng"):
        assert r"\frac" not in texts[name].formula("delta2") and "'" not in texts[name].formula("delta2")
        assert r"\sum" not in texts[name].formula("delta2")


def test_table_has_a_row_for_every_text():
    shown = table()
    lines = shown._repr_markdown_().splitlines()
    assert len(lines) == 2 + len(TABLE) and {line.count("|") for line in lines} == {4}
    assert all(f"`{name}`" in line and row.title in line for line, (name, row) in zip(lines[2:], TABLE.items()))
    assert all(name in repr(shown) for name in TABLE)


def test_unknown_names():
    with pytest.raises(bp.InputError, match="no notation called 'nielson'.* Did you mean 'nielsen'"):
        compare("nielson", "cs231n")
    with pytest.raises(bp.InputError, match="Did you mean 'cs231n'"):
        compare("nielsen", "CS231")


def test_a_bias_has_a_letter_where_it_has_a_name_of_its_own(texts):
    """Not where there is none, nor where it is a column of the weights."""
    named = {name for name, text in texts.items() if any(letter.startswith("bias ") for letter in FIELDS["letters"].see(text))}
    assert named == {name for name, text in texts.items() if len(text.functions.layout.parameters) == 4}  # of two layers
    assert set() < named < {*texts}
