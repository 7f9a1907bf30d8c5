"""How formulas are read: what people write, messages for what cannot be read, limits, and values against `meaning`."""
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bplib as bp
from bplib.coursework.grammar import parse
from bplib.coursework.program import Answers, NumericPoint, points_for
from bplib.formula.arithmetic import DEEPEST, LARGEST_POWER
from bplib.formula.tokens import LONGEST, MOST_TOKENS, FormulaError
from bplib.coursework.tree import Binary, Call, Entry, Negative, Number, Sum
from bplib.coursework.values import Misfit, evaluate, tree_of
from bplib.coursework.vocabulary import vocabulary
from bplib.meaning import Point

ALIASES = {"w": "W2", "delta": "delta2", "z": "z1", "a": "a1", "a_prev": "x"}
NETWORK = bp.dense([3, 4, 2], "g")
LAYER = vocabulary(NETWORK, ["x", "W1", "b1", "z1", "a1", "W2", "b2", "z2", "a2", "y", "delta2"], ("j",), ALIASES)
NEURON = vocabulary(bp.neuron("g"), ["x", "w", "b", "z", "a", "y"], (), {"a_prev": "x"})
GRAPH = vocabulary(bp.graph({"h": (["p", "q"], "tanh"), "o": (["h", "p"], "identity")}, inputs=["p", "q"]),
                   ["x", "w_p_h", "w_h_o", "a_h", "y"], (), {})
POINT, SQUARE = points_for(NETWORK)

x, a, y = Entry("x"), Entry("a"), Entry("y")


@pytest.mark.parametrize("text, same", [
    ("2(a-y)g'(z)a_prev", "2*(a-y)*g'(z)*x"), ("2 (a − y)·g′(z)·x", "2*(a-y)*g'(z)*x"),
    ("2×(a–y)⋅g’(z) x", "2*(a-y)*g'(z)*x"), ("wx+b", "w*x+b"), ("(a-y)²", "(a-y)^2"), ("(a-y)**2", "(a-y)^2"),
    ("σ(z)(1−σ(z))", "sigma(z)*(1-sigma(z))"), ("σ(z)", "g(z)"), (r"\sigma(z) \cdot x", "sigma(z)*x"),
    ("e^(-z)", "exp(-z)"), ("e^{-z}", "exp(-z)"), ("ηx", "eta*x"), ("A-Y", "a-y"), ("+x", "x"),
    ("x_s", "x[s]"), ("1/2(a-y)", "(1/2)*(a-y)"), ("1/N (a-y)", "(1/N)*(a-y)"), ("x^-1", "x^(-1)"), (".5x", "0.5*x"),
    ("{a-y}x", "(a-y)*x"), ("2e^z", "2*exp(z)"), ("[z>0]x", "[z > 0]*x"), ("(z>0)x", "[z > 0]*x"),
    (r"\frac{a-y}{2x}", "(a-y)/(2*x)"), (r"2\,(a-y)\, x", "2*(a-y)*x"), ("N", "n"), ("۲(a-y)", "2*(a-y)"), ("١٢.٥x", "12.5*x"), ("2½x", "2.5*x"), ("۲½x", "2.5*x"),
])
def test_two_ways_to_write_the_same_for_a_neuron(text, same):
    assert parse(text, NEURON) == parse(same, NEURON)


@pytest.mark.parametrize("text, same", [
    ("w_kj δ_k", "W2[k,j]*delta2[k]"), ("wₖⱼδₖ", "W2[k,j]*delta2[k]"), ("w^(2)_kj", "W2[k,j]"),
    ("w^{(2)}_{kj}", "W2[k,j]"), ("w_{k,j}^{(2)}", "W2[k,j]"), ("w2_kj", "W2[k,j]"), ("w²_kj", "W2[k,j]"),
    ("w[k][j]", "W2[k,j]"), ("w_k_j", "W2[k,j]"), ("a^2_k", "a2[k]"), ("a_k^2", "a1[k]^2"),
    ("a⁽²⁾ₖ", "a2[k]"), ("a_prev_k", "x[k]"), ("W2_21", "W2[2,1]"), ("b2[10]", "b2_10"), ("z1[s,j]", "z[s,j]"),
    ("Σ_k w_kj δ_k", "sum_k w_kj*delta_k"), ("∑ₖ wₖⱼ δₖ", "sum_k w_kj*delta_k"),
    (r"\sum_{k=1}^{n_2} w_{kj}\delta_k", "sum_k w_kj*delta_k"), ("sum_{k}^n w_kj δ_k", "sum_k w_kj*delta_k"),
    ("sum_k=1^n w_kj δ_k", "sum_k w_kj*delta_k"),
    ("sum_ik w_ik", "sum_i sum_k w_ik"), ("sum_k w_kj δ_k + b1_j", "(sum_k w_kj*delta_k) + b1[j]"),
    ("sum_k w_kj δ_k g'(z_j)", "sum_k (w_kj*δ_k*g'(z_j))"), ("sum_j (w_kj) a_j", "(sum_j w_kj)*a_j"),
])
def test_two_ways_to_write_the_same_for_layers(text, same):
    assert parse(text, LAYER) == parse(same, LAYER)


def test_a_tree_says_what_was_read():
    assert parse("2(a-y)", NEURON) == Binary("*", Number(2.0), Binary("-", a, y))
    assert parse("-g'(x)^2", NEURON) == Negative(Binary("^", Call("g'", x), Number(2.0)))
    assert parse("sum_k w_kj a_k", LAYER) == Sum("k", Binary("*", Entry("W2", ("k", "j")), Entry("a1", ("k",))))
    assert parse("p w_ho", GRAPH) == Binary("*", Entry("x", (1,)), Entry("w_h_o"))


@pytest.mark.parametrize("text, says, position", [
    ("", "There is no formula yet", 0), ("2*(a_k", "')' is expected to close the bracket", 6),
    ("2*)", "never opened", 2), ("(a_k)*", "expected; read: the end", 6), ("dlta_k", "'dlta_k' is not a name", 0),
    ("g'", "g' of what?", 0), ("sigma", "sigma of what?", 0), ("a'", "a is a quantity", 0),
    ("w_k", "has two indices", 0),
    ("a1", "a1 means: output, layer 1. It has one index", 0), ("sum w_kj", "Over which index", 0),
    ("sum_k b1_j", "nothing that is summed has the index k", 0), ("a_k + 1 = 3", "right-hand side alone", 8),
    ("1/2N", "two ways", 2), ("(a_k-y_k)/a_k(1-a_k)", "two ways", 10), ("a_k^99", f"{LARGEST_POWER} at most", 3),
    ("a_k^z_k", "An exponent is a number", 3), ("W2 @ a1", "W2 means: weight, layer 2. It has two indices", 0),
    ("w^T", "transpose", 1),
    ("w_kj.T", "dot", 4), ("а_k", "Cyrillic letter", 0), ("𝑥_k", "type 'x'", 0), ("a_k if", "a condition in square brackets", 4),
    ("a[k:]", "']' is expected to close the indices", 3), ("a[0]", "counted from 1", 2),
    ("a_k[z_j > 0", "']' is expected to close the condition", 11),
    ("sigma''(z_j)", "one prime", 0), ("exp2", "'exp2' is not a name", 0), ("∂C", "not its name", 0),
    ("a_k^(1e999/1e999)", f"{LARGEST_POWER} at most", 3), ("a_k + ３", "type '3'", 6), ("a_k → y_k", "'→' (U+2192)", 4),
])
def test_what_cannot_be_read_says_where_and_why(text, says, position):
    with pytest.raises(FormulaError) as error:
        parse(text, LAYER)
    assert says in str(error.value)
    assert error.value.position == position


def test_a_near_name_is_suggested():
    with pytest.raises(FormulaError, match="Did you mean 'a_prev'"):
        parse("a_prv[k]", LAYER)


@pytest.mark.parametrize("text", [
    "(" * (DEEPEST + 1) + "a_k" + ")" * (DEEPEST + 1), "a_k+" * MOST_TOKENS + "a_k", "a" * (LONGEST + 1),
    "sum_a sum_b sum_c sum_d sum_e sum_f sum_h a_k", "9" * 30, "g(" * 60 + "z_j" + ")" * 60, "-" * (MOST_TOKENS + 1),
    r"\frac" * 390,
])
def test_limits_on_size_and_depth(text):
    with pytest.raises(FormulaError):
        parse(text, LAYER)


def test_up_to_the_limits_all_is_read():
    deep = "(" * (DEEPEST - 1) + "a_k" + ")" * (DEEPEST - 1)
    assert parse(deep, LAYER) == parse("a_k", LAYER)
    long = parse("+".join(["a_k"] * 120), LAYER)
    assert np.allclose(evaluate(long, POINT.arrays).values, 120 * POINT.arrays["a1"].values)


# values

def by_hand(name):
    return POINT.arrays[name].values


@pytest.mark.parametrize("text, axes, value", [
    ("sum_k w_kj delta_k", "sj", lambda: by_hand("delta2") @ by_hand("W2")),
    ("a_j x_k", "sjk", lambda: np.einsum("sj,sk->sjk", by_hand("a1"), by_hand("x"))),
    ("1/N sum_s a_j x_k", "jk", lambda: by_hand("a1").T @ by_hand("x") / len(by_hand("x"))),
    ("a_j b1_j - y_k", "sjk", lambda: (by_hand("a1") * by_hand("b1"))[:, :, None] - by_hand("y")[:, None, :]),
    ("W2[2,j]", "j", lambda: by_hand("W2")[1]), ("[z_j > 0]", "sj", lambda: by_hand("z1") > 0),
    ("sum_s 1", "", lambda: len(by_hand("x"))), ("a_j [j = k] x_1 b1_k", "sjk",
                                   lambda: np.einsum("sj,jk,s,k->sjk", by_hand("a1"), np.eye(4), by_hand("x")[:, 0],
                                                     by_hand("b1"))),
    ("softplus(999a_j) / 999", "sj", lambda: np.maximum(by_hand("a1"), 0)),
    ("softplus'(9999a_j)", "sj", lambda: by_hand("a1") > 0), ("sigmoid'(z_j)", "sj", lambda: np.exp(-by_hand("z1")) / (1 + np.exp(-by_hand("z1")))**2),
    ("tanh'(z_j)", "sj", lambda: 1 / np.cosh(by_hand("z1"))**2), ("g(z_j)", "sj", lambda: by_hand("a1")),
])
def test_values_are_those_of_numpy(text, axes, value):
    found = evaluate(parse(text, LAYER), POINT.arrays)
    assert sorted(found.axes) == sorted(axes)
    assert np.allclose(found.over(axes), value(), rtol=1e-12)


@pytest.mark.parametrize("text", ["sum_k w_jk delta_k", "a_j y_j", "b1[9]", "w_jj", "[p = q]"])
def test_indices_that_run_over_two_ranges_do_not_fit(text):
    with pytest.raises(Misfit):
        evaluate(parse(text, LAYER), POINT.arrays)


@pytest.mark.parametrize("text", ["sum_k w_jk delta_k", "a_j y_j", "w_jj"])
def test_where_all_sizes_are_equal_everything_fits(text):
    assert np.isfinite(evaluate(parse(text, LAYER), SQUARE.arrays).values).all()


@pytest.mark.parametrize("network, names", [
    (bp.dense([3, 4, 2], "g"), ["delta2", "delta1", "da1", "dW1", "db2", "losses", "C"]),
    (bp.dense([3, 4, 2], ["relu", "sigmoid"], "binary cross entropy", l2=0.1), ["delta2", "delta1", "dW1", "C"]),
    (bp.dense([3, 4, 2], ["tanh", "softmax"]), ["da2", "delta2"]),
    (bp.dense([3, 4, 2], ["tanh", "softmax"], "categorical cross entropy"), ["delta2", "dW2"]),
])
def test_trees_of_right_answers_agree_with_meaning(network, names):
    """The checker's arithmetic against the literal evaluation that knows nothing of it."""
    answers, here, there = Answers(network), NumericPoint(network, (3, 4, 2), 5), Point(network, (3, 4, 2), 5)
    for name in names:
        line = answers.line(name)
        scope = there.scope(line.right)
        found = evaluate(tree_of(line.right), here.arrays)
        assert np.allclose(found.over([at.name for at in scope]), there(line.right, scope), rtol=1e-11)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text):
    try:
        parse(text, LAYER)
    except FormulaError as error:
        assert 0 <= error.position <= len(text)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(["a", "_k", "w", "_kj", "(", ")", "[", "]", "sum", "^", "2", "/", "-", "*", "g",
    "'", "e", "=",
                                 "δ", "²", "Σ", ",", ".", "{", "}", " ", "^(1)", "N", "@", ">"]), max_size=40))
def test_any_pieces_are_read_or_refused(pieces):
    try:
        parse("".join(pieces), LAYER)
    except FormulaError:
        pass
