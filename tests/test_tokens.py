"""The signs of a formula: what Unicode and LaTeX call them decides what they are read as."""
import operator
import unicodedata

import numpy as np
import pytest

from bplib.coursework import EXERCISES
from bplib.coursework.grammar import parse
from bplib.coursework.matching import reference
from bplib.coursework.reading import formula_values
from bplib.formula.tokens import COMMANDS, GREEK, SIGNS, SUBSCRIPTS, SUPERSCRIPTS, FormulaError, tokens


def read(text):
    """The kinds and texts of the tokens, without the end."""
    return [(token.kind, token.text) for token in tokens(text)][:-1]


WORDS = {"-": ("MINUS", "DASH", "HYPHEN"), "/": ("DIVISION", "SLASH"), "'": ("QUOTATION", "PRIME", "ACCENT"),
         "*": ("MULTIPLICATION", "DOT", "BULLET", "RING OPERATOR", "ASTERISK")}
"""Sign → words in the Unicode names of characters that stand for it."""


@pytest.mark.parametrize("character", [sign for sign in SIGNS if len(sign) == 1])
def test_a_character_is_read_as_its_name_says(character):
    sign, = (sign for sign, words in WORDS.items() if any(word in unicodedata.name(character) for word in words))
    assert SIGNS[character] == sign
    if sign != "'":
        assert read(f"a{character}b") == [("name", "a"), (sign, sign), ("name", "b")]


@pytest.mark.parametrize("prime", ["'", "’", "′", "‘", "`", "´"])
def test_a_prime(prime):
    assert read(f"g{prime}(z)")[:2] == [("name", "g"), ("prime", "'")] and read(f"g{prime * 2}")[1] == ("prime", "''")


@pytest.mark.parametrize("letters, kind", [(SUPERSCRIPTS, "super"), (SUBSCRIPTS, "sub")])
def test_raised_and_lowered_characters_are_those_of_unicode(letters, kind):
    for character, plain in letters.items():
        assert f"<{kind}>" in unicodedata.decomposition(character)
        assert unicodedata.normalize("NFKC", character).replace("−", "-") == plain
    assert len(letters) == {"super": 13, "sub": 19}[kind]


@pytest.mark.parametrize("letter", GREEK)
def test_a_greek_letter_has_its_name(letter):
    name = unicodedata.name(letter).split()
    wanted = "sum" if letter in "Σ∑" else {"LAMDA": "lambda"}.get(name[-1], name[-1].lower()).replace("symbol", "phi")
    assert GREEK[letter] == wanted and read(f"{letter}2") == [("name", f"{wanted}2")]


@pytest.mark.parametrize("command, found", [
    ("cdot", [("*", "*")]), ("times", [("*", "*")]), ("odot", [("*", "*")]), ("left", []), ("right", []), ("quad", []),
    ("operatorname", []), ("mathrm", []), ("le", [("≤", "≤")]), ("leq", [("≤", "≤")]), ("ge", [("≥", "≥")]),
    ("geq", [("≥", "≥")]), ("ne", [("≠", "≠")]), ("neq", [("≠", "≠")]), ("partial", [("∂", "∂")]),
    ("prime", [("prime", "'")]), ("ln", [("name", "log")]), ("delta", [("name", "delta")]),
    ("tanh", [("name", "tanh")]),
])
def test_a_command_of_latex(command, found):
    assert read(rf"a \{command} b") == [("name", "a"), *found, ("name", "b")]


def test_every_command_is_tested_above():
    tested = next(mark for mark in test_a_command_of_latex.pytestmark if mark.name == "parametrize").args[1]
    assert COMMANDS.keys() <= {command for command, _ in tested}


@pytest.mark.parametrize("text, found", [
    ("w^(2)_kj", [("name", "w"), ("layer", "2"), ("sub", "kj")]),
    ("w⁽²⁾ₖⱼ", [("name", "w"), ("layer", "2"), ("sub", "kj")]),
    ("w^{[1]}_{k, j}", [("name", "w"), ("layer", "1"), ("sub", "k,j")]), ("a²", [("name", "a"), ("power", "2")]),
    ("a⁻¹²", [("name", "a"), ("power", "-12")]), ("1.5e-3 x", [("number", "1.5e-3"), ("name", "x")]),
    (".5", [("number", ".5")]),
    ("2e", [("number", "2"), ("name", "e")]), ("a ** b", [("name", "a"), ("^", "^"), ("name", "b")]),
    ("a\\,b", [("name", "a"), ("name", "b")]),
    ("a<=b", [("name", "a"), ("≤", "≤"), ("name", "b")]), ("a==b", [("name", "a"), ("=", "="), ("name", "b")]),
])
def test_kinds_of_tokens(text, found):
    assert read(text) == found


def test_a_token_knows_its_place_and_whether_it_touches_the_one_before():
    found = [(token.position, token.glued) for token in tokens("2a  b")]
    assert found == [(0, False), (1, True), (4, False), (5, False)]


@pytest.mark.parametrize("text, says, position", [
    ("а", "looks like|CYRILLIC|Cyrillic", 0), ("x + $", "no meaning", 4), ("x_", "cannot be read", 1),
    ("∇", "U\\+2207", 0)])
def test_other_characters_are_named(text, says, position):
    with pytest.raises(FormulaError, match=says) as error:
        tokens(text)
    assert error.value.position == position and error.value.text == text


@pytest.mark.parametrize("text, says", [
    ("@x", "a matrix product is a sum"), ("x * .", "A dot that stands alone"), ("^(1) x", "A layer's number belongs"),
    ("'x", "A prime marks the derivative"), ("∂", "Give the value of the derivative"), (", x", "Indices stand in square"),
    (":", "Slices are for programs"), (")", "never opened"), ("]", "never opened"), ("_j", "A subscript belongs"),
    ("*x", "A name, a number or a bracket is expected; read: '\\*x'"), ("x +", "expected; read: the end"),
    ("x + 1 = 2", "Type the right-hand side alone"), ("(x", "'\\)' is expected to close"),
])
def test_what_is_out_of_place_is_answered_by_what_belongs_there(text, says):
    with pytest.raises(FormulaError, match=says):
        parse(text, EXERCISES["1.1"].vocabulary)


COMPARED = {"=": operator.eq, "==": operator.eq, "≠": operator.ne, "!=": operator.ne, r"\neq": operator.ne,
            "<": operator.lt, ">": operator.gt, "≤": operator.le, "<=": operator.le, "≥": operator.ge, ">=": operator.ge}


@pytest.mark.parametrize("sign", COMPARED)
@pytest.mark.parametrize("form", ["[{} {} {}]", "({} {} {})"])
def test_a_condition_is_1_where_it_holds(sign, form):
    """In square brackets, or in round ones as programs have it."""
    row = EXERCISES["1.1"]
    for left, right in (("x", "0"), ("x", "x")):
        one, = formula_values(row, parse(form.format(left, sign, right), row.vocabulary), row.test_at[:1])[0]
        x = row.test_at[0].arrays["x"].values
        np.testing.assert_array_equal(one[row.ask].array, COMPARED[sign](x, x if right == "x" else 0))


@pytest.mark.parametrize("sign", COMPARED)
def test_a_condition_compares_indices(sign):
    row = EXERCISES["3.2"]
    reference(row)  # says how far the indices run
    one, = formula_values(row, parse(f"[j {sign} k]", row.vocabulary), row.test_at[:1])[0]
    j, k = np.indices(one[row.ask].array.shape)
    np.testing.assert_array_equal(one[row.ask].array, COMPARED[sign](j, k))


# limits

@pytest.mark.parametrize("brackets, fits", [(39, True), (40, False)])
def test_how_many_brackets_may_stand_inside_one_another(brackets, fits):
    text, vocabulary = "(" * brackets + "x" + ")" * brackets, EXERCISES["1.1"].vocabulary
    if fits:
        assert parse(text, vocabulary) == parse("x", vocabulary)
    else:
        with pytest.raises(FormulaError, match="more than 40 brackets"):
            parse(text, vocabulary)
