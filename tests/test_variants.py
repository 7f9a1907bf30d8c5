"""Variants: drawn from a seed alone; right answers accepted, mistakes refused and told apart as without a seed."""
import json
import os
import re
import subprocess
import sys
from collections import Counter
from itertools import islice, product

import numpy as np
import pytest
from test_exercises import ACTIVATIONS, of_batch
from tiers import QUICK, tries

from bplib import InputError
from bplib.coursework import EXERCISES, VARIATIONS, check, exercise, hint, measure, preview, question, variant
from bplib.coursework.matching import EQUAL, apart, is_told_apart, reference
from bplib.coursework.slips import machine as MACHINE
from bplib.coursework.measure_variants import PROOFS, distinct, measured, shown
from bplib.coursework.rewritings import formula, typed
from bplib.coursework.variants import made
from bplib.grading.roster import seed_of

each = pytest.mark.parametrize("id", VARIATIONS)
DERIVED = [id for id in VARIATIONS if EXERCISES[id].kind not in ("choice", "derivation")]
each_derived = pytest.mark.parametrize("id", DERIVED)
KEY = bytes(range(32))


def some(id, number):
    return [variant(id, seed) for seed in range(number)]


# the table

def test_every_exercise_varies():
    assert VARIATIONS.keys() == EXERCISES.keys() and {row.kind for row in EXERCISES.values()} == PROOFS.keys()


@each
def test_the_first_values_are_those_of_the_exercise_itself(id):
    """The same answer, at the same points, or the same option; and that is no variant."""
    row, plain = VARIATIONS[id], EXERCISES[id]
    same = row.make(plain, **row.unchanged)
    if plain.kind == "choice":
        assert list(same.options)[same.right - 1] == list(plain.options)[plain.right - 1]
        assert same.options.keys() == plain.options.keys() and same.text == plain.text
    elif plain.kind == "derivation":
        looks = ("title", "text", "hints", "of", "given", "steps", "batch")
        assert [getattr(same, look) for look in looks] == [getattr(plain, look) for look in looks]
        assert same.network.latex() == plain.network.latex()
    else:
        for one, other in zip(reference(plain).right, reference(same).right, strict=True):
            assert apart(one, other) <= EQUAL
        assert plain.kind != "number" or is_told_apart(same), "at these numbers an answer with a mistake counts as another"
    assert made(id, row.unchanged) is None


@each
def test_there_are_enough_of_them(id):
    """Ten at least; where the numbers vary, hundreds."""
    names = [name for name in VARIATIONS[id].over if name not in VARIATIONS[id].looks]
    assert names, "looks alone make no variant"
    if EXERCISES[id].kind != "number":
        assert distinct(id) >= 10


def facts(id):
    row = VARIATIONS[id]
    found = [one for one in row.facts() if row.allows(**one)]
    few = np.random.default_rng(7).permutation(len(found))[:2]
    return [found[at] for at in few] if QUICK else found[:4] + [found[at] for at in few]


@each_derived
def test_what_can_be_told_apart_can_be_so_in_its_variants(id):
    """No two mistakes look the same in a variant that do not do so in the exercise, at numbers that are generic."""
    _told_apart(id, facts(id))


@pytest.mark.thorough
@each_derived
def test_what_can_be_told_apart_can_be_so_in_every_one(id):
    row = VARIATIONS[id]
    _told_apart(id, islice((one for one in row.facts() if row.allows(**one)), 400))


def _told_apart(id, all_facts):
    plain = EXERCISES[id]
    allowed = reference(plain).alike()
    for picked in all_facts:
        one = VARIATIONS[id].make(plain, **picked)
        assert reference(one.twin if plain.kind == "number" else one).alike() <= allowed, picked


def test_a_variant_with_two_mistakes_that_look_the_same_is_not_given_out():
    """With ½ the largest step without the cancelled 2 is the step to the bottom; with numbers mistakes may meet."""
    row, plain = VARIATIONS["1.4"], EXERCISES["1.4"]
    one = row.make(plain, inputs=(3.0,), factor=0.5, letters={})
    assert reference(one).alike() - reference(plain).alike()
    picked = {**VARIATIONS["1.3"].unchanged, "y": 0.5, "w": 0.6, "b": 0.3, "ask": "db", "x": 1.5}
    numbers = [made("1.3", {**picked, "x": x}) for x in (1.0, 0.7)]
    assert [one is None for one in numbers] == [True, False]  # times 1 nothing changes


def test_numbers_at_which_an_answer_vanishes_are_not_given_out():
    row = VARIATIONS["5.5"]
    picked = {**row.unchanged, "weight": 1e-3}
    assert row.may_be(picked) and made("5.5", picked) is None


# right and wrong answers

@each
def test_right_is_accepted_and_every_mistake_refused_and_told(id):
    few = 1 if EXERCISES[id].kind == "derivation" else tries(5, 2)
    assert measured_only(id, few) == []


@pytest.mark.thorough
@pytest.mark.parametrize("id", [id for id in VARIATIONS if EXERCISES[id].kind != "derivation"])  # these take seconds each
def test_right_is_accepted_and_every_mistake_refused_and_told_in_many(id):
    assert measured_only(id, 20) == []


def measured_only(id, number):
    return [(one.key, what) for one in some(id, number) for what in PROOFS[one.kind](one, np.random.default_rng(3))]


@pytest.mark.parametrize("id, letters", [("1.1", {"W": "V", "a": "h"}), ("3.1", {"W": "V", "a": "h"})])
def test_what_is_amiss_is_found(id, letters, monkeypatch):
    """An answer in the letters of the exercise itself is refused by a variant that has others; the measure says so."""
    from bplib.coursework import measure_variants
    picked = {**VARIATIONS[id].unchanged, "activation": "tanh", "letters": letters}
    if "order" in picked:
        picked |= {"order": "from,to", "units": {"j": "p", "k": "q"}}
    one = made(id, picked)
    assert list(PROOFS["formula"](one, np.random.default_rng(0))) == []
    monkeypatch.setattr(measure_variants, "typed",
                        lambda tree, row, random: typed(formula(one.twin, one.lines), one.twin, random))
    assert any(what.startswith("refused") for what in PROOFS["formula"](one, np.random.default_rng(0)))


@each_derived
def test_the_answer_is_the_derivative_by_complex_step(id):
    """Where a point has what is asked for from the formula of the cost itself, without any derivation."""
    for one in some(id, 2):
        for point in one.test_at:
            value = one.value(point.run(one.lines))
            for name in set(one.asks) & point.arrays.keys() - set(getattr(one, "flat", ())):
                direct = one.value(point.arrays)
                assert apart({name: value[name]}, {name: direct[name]}) < 1e-8, one.key


def test_some_answers_are_checked_by_complex_step():
    for id in ("1.2", "2.1", "3.2", "4.1"):
        assert set(EXERCISES[id].asks) <= EXERCISES[id].test_at[0].arrays.keys()


# what a learner reads

@each_derived
def test_the_question_says_what_its_key_assumes(id):
    for one in some(id, 4):
        options = one.network.options
        words = {"mean": re.search(r"\bmean\b", one.text) is not None, "sum": "*sum*" in one.text}
        assert words == {over: of_batch(one) and options.over_samples == over for over in words}, one.text
        factor = float(options.loss.parameter[1]) if options.loss.parameter else 1
        if "cost" in one.text and "(" in one.text and not getattr(one, "given", ()):
            assert ("½" in one.text) == (factor == 0.5), one.text
        assert ("λ" in one.text) == bool(options.l2)
        strength = re.search(r"λ = (\d+\.\d+)", one.text)
        assert strength is None or float(strength[1]) == float(options.l2)
        named = {name for name, words in ACTIVATIONS.items() if re.search(words, one.text)}
        used = {name for name in ACTIVATIONS if f"{name}(" in str(one.network.equations)}
        assert named - {"identity"} <= used, one.text


@each
def test_no_hint_and_no_question_gives_the_answer_away(id):
    for one in some(id, 2):
        assert one.hints and len(one.hints) == len(set(one.hints))
        for text in (*one.hints, one.text if one.kind != "choice" else ""):
            assert not measure.gives_away(one, text), text


def test_question_hint_field_and_check_take_the_id_of_a_variant():
    one = variant("1.1", "K7Q2")
    assert one.text in str(question("1.1:K7Q2")) and str(question(one)).startswith("**Exercise 1.1, variant K7Q2. ")
    assert str(hint("1.1:K7Q2", 2)) == one.hints[1] and exercise("1.1:K7Q2") is one and one.key == "1.1:K7Q2"
    right = typed(formula(one, one.lines), one, np.random.default_rng(0))
    assert check("1.1:K7Q2", right).right and check("1.1:K7Q2", right).exercise == "1.1"
    assert str(variant("1.1", 7).seed) == "7" and variant("1.1", 7) is variant("1.1", "7")


LETTERED = {"activation": "tanh", "letters": {"W": "V", "a": "h"}, "units": {"j": "p", "k": "q"}, "order": "from,to",
            "layer": 1}


@pytest.fixture
def lettered():
    """δ1[p], with V2[p,q] from unit p to unit q."""
    return VARIATIONS["3.1"].make(EXERCISES["3.1"], **LETTERED)


def test_letters_and_the_order_of_indices(lettered):
    assert check(lettered, "(1 - h1_p²) sum_q V2[p,q] delta2_q").right
    assert check(lettered, "(1 - h1_p²) sum_q V2[q,p] delta2_q").mistakes == (
        "the weights are not turned round going back",)
    assert check(lettered, "(1 - a1_p²) sum_q W2[p,q] delta2_q").outcome == "invalid"
    assert "- `V2[q,p]` weight, layer 2; also `v`" in str(question(lettered))
    assert preview(lettered, "V2[p,q] h1_p").latex == r"v_{pq}^{(2)} \, h_{p}^{(1)}"


def test_feedback_is_in_the_letters_of_the_variant(lettered):
    told = check(lettered, "sum_q h1_p V2[p,q] delta2_q + 1").feedback
    assert "There h1[p] = " in told and "for sample = " in told and ", p = " in told and "a1" not in told
    assert "`V2`" in check(lettered, "3 sum_q V2[p,q] delta2_q h1_p").feedback
    beyond = check(lettered, "V2[9,p]").feedback
    assert "V2 has 4 units in that place" in beyond and "the unit that sends stands first, V2[p,9]" in beyond
    assert "The index q is neither summed nor asked for." in check(lettered, "V2[p,q] delta2_q").feedback


def test_a_function_gets_its_arrays_as_the_variant_has_them():
    """Samples in columns and the unit that sends first: arrays, shapes and the right answer, by hand."""
    picked = {**VARIATIONS["3.6"].unchanged, "activation": "tanh", "layout": ("columns", "from,to"), "takes": (2, 0, 1)}
    one = made("3.6", picked)
    assert one.signature == "def hidden_error(a1, W2, delta2):"
    assert check(one, lambda a1, W2, delta2: W2 @ delta2 * (1 - a1**2)).right
    turned = check(one, lambda a1, W2, delta2: W2.T @ delta2 * (1 - a1**2))
    assert turned.mistakes == ("the weights are not turned round going back",)
    assert "`W2` has shape (n_1, n_2)" in one.legend() and "`a1` has shape (n_1, N)" in one.legend()
    other = one.drawn(5)
    assert other.takes == one.takes and check(other, lambda a1, W2, delta2: W2 @ delta2 * (1 - a1**2)).right
    assert not np.array_equal(other.test_at[0].arrays["W2"].values, one.test_at[0].arrays["W2"].values)


# the draw

PROGRAM = """
import json
from bplib.coursework import VARIATIONS
from bplib.coursework.variants import variant
print(json.dumps([variant(id, seed).text for id in VARIATIONS if id[0] in "124" for seed in ("A", "B")]))
"""


def test_the_same_in_every_process_whatever_its_hashes():
    def texts(hash_seed):
        done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True,
                              env={**os.environ, "PYTHONHASHSEED": hash_seed})
        return json.loads(done.stdout)

    here = [variant(id, seed).text for id in VARIATIONS if id[0] in "124" for seed in ("A", "B")]
    assert texts("1") == texts("2") == here and len(set(here)) > len(here) * 0.8


def test_a_draw_stays_the_same_from_version_to_version():
    """What a seed draws is held here: a change would give other questions to a class that has begun."""
    assert VARIATIONS["1.2"].drawn("1.2 K7Q2 0") == DRAWN["1.2"]
    assert VARIATIONS["4.4"].drawn("4.4 K7Q2 0") == DRAWN["4.4"]


DRAWN = {"1.2": {"activation": "sigmoid", "factor": 3, "letters": {"W": "V", "x": "u"}},
         "4.4": {"layer": 3, "layout": ("columns", "from,to"), "shuffle": (1, 2, 0, 3)}}


@each
def test_neighbours_share_a_variant_no_more_often_than_chance_has_it(id):
    """Of 200 students in the order of a list, as many neighbours and as many pairs as equal chances of all variants
    give, within five standard deviations."""
    row = VARIATIONS[id]
    drawn = [_picked(row, id, seed_of(KEY, f"student-{n}")) for n in range(200)]
    counts = Counter(drawn)
    chance = 1 / sum(row.may_be(one) for one in _all(row))
    shared = sum(one == other for one, other in zip(drawn, drawn[1:]))
    assert shared <= 199 * chance + 5 * np.sqrt(199 * chance) + 1
    pairs, expected = sum(n * (n - 1) // 2 for n in counts.values()), 200 * 199 / 2 * chance
    assert pairs <= expected + 5 * np.sqrt(expected) + 1


def _all(row):
    return (dict(zip(row.over, values)) for values in product(*row.over.values()))


def _picked(row, id, seed):
    """What a seed draws, but for numbers that cannot be told apart."""
    tried = (row.drawn(f"{id} {seed} {attempt}") for attempt in range(200))
    return str(next(picked for picked in tried if row.may_be(picked)))


@pytest.mark.parametrize("id, seed, told", [
    ("9.9", "A", "exercise"), ("1.1", "", "up to 40 Latin letters"), ("1.1", "é", "up to 40"),
    ("1.1", "A" * 41, "up to 40"),
    ("1.1", 2.5, "given: '2.5'"), ("1.1", None, "whole number"), ("1.1", True, "given: 'True'"), ("1.1", "a b", "a b"),
])
def test_what_is_no_seed_is_refused(id, seed, told):
    with pytest.raises(InputError, match=re.escape(told)):
        variant(id, seed)


@pytest.mark.parametrize("id", ["1.1:", "1.1:a:b", "9.9:A", 3, None, ("1.1", "A")])
def test_what_is_no_id_is_refused(id):
    with pytest.raises(InputError):
        exercise(id)


def test_an_exercise_without_a_row_has_no_variants(monkeypatch):
    monkeypatch.setitem(EXERCISES, "9.9", EXERCISES["1.1"])
    with pytest.raises(InputError, match="Exercise 9.9 has no variants; these have: 1.1, "):
        variant("9.9", 1)


# derivations

def test_a_derivation_is_judged_in_the_letters_of_its_variant():
    one = made("6.8", {**VARIATIONS["6.8"].unchanged, "activation": "tanh", "letters": {"w": "v", "h": "a"}})
    text = "∂C/∂v = Σ_s ∂C/∂o_s (∂o_s/∂v + ∂o_s/∂a_s · ∂a_s/∂z_s · ∂z_s/∂v)\n∂C/∂o_s = o_s − y_s\n∂C/∂v = Σ_s (o_s − y_s) {}"
    assert "weight v stands before a tanh" in one.text and check(one, text.format("(a_s + v (1 − a_s²) x_s)")).right
    assert check(one, text.format("(a_s + v a_s (1 − a_s) x_s)")).mistakes == ("the slope of another activation",)
    assert check(one, text.replace("v", "w").format("(a_s + w (1 − a_s²) x_s)")).outcome == "invalid"


def test_a_derivation_that_is_refused_or_not_named_is_found(monkeypatch):
    """By the measure: the machine's lines about another activation, and slips without a name."""
    from bplib.coursework import slips
    one = made("6.5", {**VARIATIONS["6.5"].unchanged, "activation": "sigmoid"})
    monkeypatch.setattr(slips, "machine", lambda row: MACHINE(EXERCISES["6.5"]))
    slips.slipped.cache_clear()
    assert any(what.startswith("refused") for what in PROOFS["derivation"](one, None))
    monkeypatch.setattr(slips, "slipped", lambda row: {"": check("6.1", ""), "the sign turned": check("6.1", "")} | (
        {} if row is one else {"the sign turned": check("6.5", "∂C/∂W1_jk = -∂C/∂W1_jk")}))
    assert "not named: the sign turned" in [*PROOFS["derivation"](one, None)]


def test_the_figures_of_a_measure():
    found = measured("2.7", 3)
    assert found.amiss == [] and found.distinct == 18 and 1 <= found.drawn <= 3 and found.told == (9, 9, 9)
    assert len(found.times) == 3 and shown(variant("2.7", 0)) != shown(EXERCISES["2.7"])
