"""Answers as people write them: the letters of the question, LaTeX, left sides, powers of functions; and mistakes that are
made every day, named."""
import pytest

from bplib.coursework import check, hint, question
from bplib.coursework.checking import ONE_DIGIT
from bplib.coursework.reading import digits

RIGHT = {
    "the letters of the question": [
        ("2.2", "(ŷ - y) W2[1,2] σ'(z1_2) x_1"), ("2.2", r"(\hat{y} - y) W2[1,2] σ'(z1_2) x_1"),
        ("2.2", r"(\hat y - y) W2[1,2] σ'(z1_2) x_1"), ("2.2", "(y_hat - y) W2[1,2] a1_2 (1 - a1_2) x_1"),
        ("2.2", "(a - y) W2[1,2] a1_2 (1 - a1_2) x_1"), ("2.1", "(w_hm δ_m + w_ho δ_o)(1 - h^2)"),
        ("2.6", "1/N sum_s δ_m p"), ("1.2", "2(ŷ-y) ŷ(1-ŷ)")],
    "powers of functions": [
        ("5.4", "(a_j - y_j)(1 - tanh²(z_j))"), ("5.4", "(a_j - y_j)(1 - tanh^2(z_j))"),
        ("5.4", r"(a_j - y_j)(1 - \tanh^2 z_j)"), ("5.4", "(a_j - y_j) sech(z_j)^2"), ("5.4", "(a_j - y_j) sech²(z_j)")],
    "functions without brackets": [("5.4", r"(a_j-y_j)(1 - \tanh z_j \tanh z_j)"), ("5.4", "(a_j-y_j)(1 - tanh z_j tanh z_j)")],
    "letters side by side": [("1.1", "2ag'(z)x - 2yg'(z)x"), ("1.1", "2x(a-y)g'(z)"), ("1.2", "2a(1-a)(a-y)")],
    "left sides": [
        ("1.1", "dC/dw = 2(a-y)g'(z)x"), ("1.1", "∂C/∂w = 2(a-y)g'(z)x"),
        ("1.1", r"\frac{\partial C}{\partial w} = 2(a-y)g'(z)x"), ("1.2", "δ = 2(a-y)a(1-a)"),
        ("1.5", "C = 1/N sum_s (a_s-y_s)²"), ("3.1", "δ1_j = g'(z1_j) sum_k W2_kj δ2_k"), ("1.4", "eta = 1/4"),
        ("1.4", "η = 0,25"), ("1.1", "=2(a-y)g'(z)x"), ("1.1", " $= 2(a-y)g'(z)x$."), ("1.3", "=0.141"), ("1.3", "= 0,141")],
    "what stands around": [
        ("1.1", "$2(a-y)g'(z)x$"), ("1.1", "$$2(a-y)g'(z)x$$"), ("1.1", r"\(2(a-y)g'(z)x\)"), ("1.1", "2(a-y)g'(z)x."),
        ("1.1", "2(a-y)g'(z)x;"), ("1.1", '"2(a-y)g\'(z)x"'), ("1.1", "“2(a-y)g'(z)x.”"), ("1.3", '"0.141".'), ("1.1", "«= 2(a-y)g'(z)x»"),
        ("1.1", r"\displaystyle 2(a-y)g'(z)x")],
    "LaTeX": [
        ("1.1", r"2(a-y)g^{\prime}(z)x"), ("1.1", r"\frac21 (a-y) g^\prime(z) x"), ("1.5", r"\frac1N \sum_s (a_s-y_s)^2"),
        ("1.5", r"\frac{1}N \sum_{s=1}^N (a_s-y_s)^2"), ("2.1", "(w_{h,m} δ_m + w_{h,o} δ_o)(1 - a_h^2)"),
        ("1.2", r"\frac{2a(1-a)(a-y)}1")],
    "decimal commas": [("1.3", "0,141"), ("1.4", "0,25"), ("5.5", "0,00286"), ("1.4", "۰٫۲۵"), ("1.4", "٫٢٥"), ("2.4", "‑0,715")],
    "what has no width": [
        ("1.1", "\ufeff2(a-y)\u200bg'(z)\u2062x\u200f"), ("1.3", "\u200e0.141\u2069"), ("1.6", "\u200bB\u200b"),
        ("3.2", "1/N sum_{s\u200b} δ1_{s\u2063j} x_sk")],
    "signs that look alike": [("1.1", "2∗(a‑y)∗g'(z)∗x"), ("1.1", "2(a‐y)·g'(z)·x")],
    "exact numbers with few digits": [("1.4", 0.25), ("1.4", "1/4"), ("1.4", ".25")],
    "letters of options": [("2.5", "D"), ("2.5", "d"), ("2.5", "(d)"), ("2.5", "Eight"), ("4.4", "A"), ("5.6", " c ")],
}


@pytest.mark.parametrize("kind", RIGHT)
def test_right_answers_as_people_write_them(kind):
    for exercise, answer in RIGHT[kind]:
        verdict = check(exercise, answer)
        assert verdict.right, f"{exercise} {answer}: {verdict.feedback}"


NAMED = {
    "the paths are multiplied": [("2.1", "w_hm*delta_m*w_ho*delta_o*(1-a_h²)")],
    "the penalty is lost": [("4.6", "1/N sum_s δ2_sj a1_sk")],
    "the 2 of the penalty is lost": [("4.6", "1/N sum_s δ2_sj a1_sk + λ/2 W2[j,k]")],
    "the slope of another activation": [
        ("1.1", "2(a-y)a(1-a)x"), ("1.1", "2(a-y)(1-a²)x"), ("1.2", "2(a-y)(1-a²)"), ("5.4", "(a_j-y_j)a_j(1-a_j)"),
        ("2.1", "(w_hm δ_m + w_ho δ_o) h(1-h)"), ("5.3", "a1_j (1-a1_j) sum_k W2_kj δ2_k")],
    "the input of the weight is lost": [("1.1", "2(a-y)g'(z)"), ("1.3", "0.0938"), ("3.2", "1/N sum_s δ1_sj")],
    "the weight in place of its input": [("1.1", "2(a-y)g'(z)*w")],
    "the value of the activation in place of its slope": [
        ("1.1", "2(a-y)g(z)x"), ("1.2", "2(a-y)σ(z)"), ("3.1", "g(z1_j) sum_k W2_kj δ2_k")],
    "only the derivative with respect to the output": [("3.4", "(a_j-y_j)/(a_j(1-a_j))"), ("3.4", "(1-y_j)/(1-a_j) - y_j/a_j")],
    "the output in place of its error term": [("3.5", "0.140"), ("3.4", "a_j")],
}


@pytest.mark.parametrize("name", NAMED)
def test_everyday_mistakes_have_names(name):
    for exercise, answer in NAMED[name]:
        verdict = check(exercise, answer)
        assert verdict.outcome == "wrong" and name in verdict.mistakes, f"{exercise} {answer}: {verdict.feedback}"


def gradients_for_parameters(W1, b1, W2, b2, x, y, eta):
    N, a1 = len(x), __import__("numpy").tanh(x @ W1.T + b1)
    a2 = a1 @ W2.T + b2
    delta2 = 2 * (a2 - y)
    delta1 = delta2 @ W2 * (1 - a1**2)
    return delta1.T @ x / N + 0.3 * W1, delta1.sum(0) / N, delta2.T @ a1 / N + 0.3 * W2, delta2.sum(0) / N


def test_gradients_returned_for_parameters():
    assert check("4.2", gradients_for_parameters).mistakes == ("the gradient in place of the new parameter",)


SENTENCES = [
    ("1.5", "mean((a-y)^2)", "A mean is a sum, divided by how many there are"),
    ("3.3", "diag(a) - a a^T", "a diagonal matrix is p[j] times [i = j]"),
    ("3.3", "a_i(1-a_i) if i=j else -a_i a_j", "a condition in square brackets"),
    ("3.3", r"\begin{cases} a \end{cases}", "conditions in square brackets"),
    ("3.1", "g'(z_j) W2ᵀ_jk δ_k", "swap the indices"), ("3.1", "g'(z_j) (W2[k,j] δ_k)⊤", "A transpose belongs to matrices"),
    ("3.1", "g'(z1_j) W2^T δ2", "swap the indices"),
    ("1.1", "np.exp(z)", "without names of a program"),
    ("1.5", "1/N Σ (a-y)²", "Over which index is the sum?"),
    ("1.4", "η > 1/4", "Type a number"),
    ("2.5", "4", "Choose a letter from A to D."), ("2.5", 4, "Choose a letter from A to D."),
    ("2.5", "E", "Choose a letter"), ("2.5", "8 paths", "Choose a letter"),
    ("5.5", "0.0029", "That is right, as far as it goes. Give three digits."),
    ("5.5", 0.0029, "as far as it goes"), ("5.5", "0.0028", "That is close. Give three digits, rounded."),
    ("1.3", "0.14", "as far as it goes"),
    ("2.2", "(a-y) W2[2,1] σ'(z1_2) x_1", "W2 has one unit in that place, so there is no number 2; the unit that receives "
                                         "stands first, W2[1,2]"),
    ("3.1", "g'(z_j^1) sum_i w_ij^2 δ_i^2", "A number above a name is read as a power"),
    ("1.1", "a = b = 2", "Type the right-hand side alone"),
    ("1.1", "2(a-y) = x", "Type the right-hand side alone"),
]


@pytest.mark.parametrize("exercise, answer, says", SENTENCES)
def test_what_is_not_read_gets_a_sentence_of_its_own(exercise, answer, says):
    verdict = check(exercise, answer)
    assert not verdict.right and says in verdict.feedback, verdict.feedback
    assert not verdict.mistakes


def test_too_few_digits_accuse_of_nothing_and_cost_nothing():
    for exercise, answer in [*(("5.5", one) for one in ("0.0029", "0.0028", "0.003")), ("1.3", "1"), ("2.4", -1), ("3.5", "-1")]:
        verdict = check(exercise, answer)
        assert verdict.outcome == "undecided" and not verdict.mistakes
        assert answer in ("0.0029", "0.0028") or verdict.feedback == ONE_DIGIT


def test_a_mistake_that_one_digit_tells_has_its_name():
    assert check("1.4", "0.5").mistakes and check("4.7", "-2").mistakes and check("4.7", "0").outcome == "wrong"
    assert check("1.3", "1.0").outcome == "wrong"  # two digits, and far off


def test_digits_of_a_number():
    assert [digits({"text": text}) for text in ("0.0029", "0,14", "12.50", "1/3", "-0.5", "2e-3")] == [2, 2, 4, None, 1, 1]
    assert digits({"number": 0.25}) == 2


def test_feedback_shows_the_numbers_of_the_test_point():
    feedback = check("1.1", "2(a-y)g'(z)*w").feedback
    for name in ("a = ", "y = ", "z = ", "w = "):
        assert "There " in feedback and name in feedback.rpartition("There ")[2]


def test_a_single_number_has_no_shape_to_praise():
    assert "shape" not in check("1.5", "sum_s (a_s-y_s)²/7").feedback
    assert "Its shape is right." in check("3.1", "g'(z1_j) sum_k W2_kj δ2_k + 1").feedback


@pytest.mark.parametrize("degree", [0, 2, 7, "1", None, 1.0, True])
def test_a_hint_that_is_not_there_is_a_sentence(degree):
    assert hint("5.1", degree).markdown == f"Exercise 5.1 has one hint; given: {degree!r}."


def test_options_have_letters():
    assert "- **D** Eight" in question("2.5").markdown and "Give its letter." in question("2.5").markdown


def returns_nothing(w, b, x, y, eta):
    w = w - eta


def documented(w, b, x, y, eta):
    """Nothing yet."""
    ...


def test_a_function_without_return_is_told_so():
    verdict = check("1.7", returns_nothing)
    assert verdict.outcome == "error" and "is its `return` missing?" in verdict.feedback
    for empty in (documented, lambda w, b, x, y, eta: ...):
        assert check("1.7", empty).outcome == "missing"
