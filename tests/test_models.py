"""Models as text: what is read, in which order it is computed, and what is said of what cannot be read."""
import pytest
import sympy as sp

import bplib as bp
from bplib.equations import letter, size
from bplib.formula.tokens import FormulaError
from bplib.models import layers
from bplib.models.model import model
from bplib.models.nodes import Bracket, First, Largest, Softmax, entries, letters_in
from bplib.models.order import Loop, equations_of, schedule, shift
from bplib.models.quantities import Role, derivative_name

s, j, k, t = map(letter, "sjkt")


def dense():
    return model("s:N  j:J  k:K", given="x[s,k] y[s,j]")


EQUATIONS = """
    z[s,j] = sum(W[j,k] * x[s,k], k) + b[j]     # the weighted sums
    a[s,j] = tanh(z[s,j])
    C      = mean(sum((a[s,j] - y[s,j])**2, j), s)
"""


# reading

def test_roles_follow_from_the_text():
    m = dense().write(EQUATIONS)
    assert m.given == ("x", "y") and m.parameters == ("W", "b") and m.cost.name == "C"
    assert m.quantities["W"].sizes == (size("J"), size("K")) and m.quantities["z"].role is Role.COMPUTED
    assert [e.quantity.name for e in m.equations] == ["z", "a", "C"]
    assert m.equation("z").right == sp.Sum(m.quantities["W"][j, k] * m.quantities["x"][s, k], (k, 0, size("K") - 1)) + \
        m.quantities["b"][(j,)]


SPELLINGS = {
    "sum(W[j,k] * x[s,k], k)": ("sum_k W[j,k] * x[s,k]", "sum_k W_jk x_sk", "Σ_k W_{jk} x_{sk}", r"\sum_k W_{jk} \cdot x_{sk}",
                                "sum(x[s, k]W[j, k], k)"),
    "mean(x[s,k], k) + b[j]": ("sum(x[s,k], k)/K + b_j", "mean_k x_sk + b_j"),
    "b[j]**2": ("b[j]^2", "b_j²", "b[j]*b[j]"),
    "x[s,0]*b[j] - 1": ("- 1 + b_j x[s,0]",),
    "exp(-b[j])": ("1/exp(b[j])", "exp(-1*b_j)"),
    "[j == 1] * b[j]": ("[j = 1] b_j", "[1 = j] b_j"),
    "[j != 1] * b[j]": ("b_j - [j = 1] b_j",),
    "sigma(b[j])": ("sigmoid(b[j])", "σ(b_j)"),
    "log(b[j]) * sqrt(2)": ("ln(b[j]) sqrt(2)",),
    "atan(b[j]) + tan(b[j])": ("arctan(b_j) + tan(b_j)",),
}


@pytest.mark.parametrize("text", SPELLINGS)
def test_spellings_of_one_formula(text):
    right, *others = (dense().write(f"z[s,j] = {each}").equations[-1].right for each in (text, *SPELLINGS[text]))
    for other in others:
        assert sp.expand(other - right) == 0 or other.rewrite(sp.Piecewise) == right.rewrite(sp.Piecewise)


def test_an_equation_goes_on_while_a_bracket_is_open():
    m = dense().write("""z[s,j] = sum(W[j,k]
                                     * x[s,k], k)  # goes on
                         a[s,j] = z[s,j]""")
    assert [e.quantity.name for e in m.equations] == ["z", "a"]


def test_names_with_what_stands_below_them():
    m = model("s:N e:n_e", given="x[s,e]").write("r[s] = sum(W_out[e] * x[s,e], e)/sqrt(n_e)")
    assert set(m.parameters) == {"W_out"} and size("n_e") in m.equations[0].right.free_symbols


def test_letters_and_arrays_may_share_a_name():
    m = model("s:N t:T k:K", given="k[s,t]").write("h[s,t] = sum(U[k] * k[s,t], k) + h[s,t-1]")
    assert letters_in(m.equation("h").right) == {s, t} and "k" in m.quantities


def test_numbers_in_a_text():
    m = model("s:N", given="x[s]", rate=0.5, times=3).write("u[s] = rate*x[s] + times + 1e-5")
    assert m.equations[0].right == sp.Float("0.5") * m.quantities["x"][(s,)] + 3 + sp.Float("1e-5")


def test_an_array_in_an_index_holds_whole_numbers():
    m = model("s:N v:V j:J", given="c[s]", parameters="E[v,j]").write("x[s,j] = E[c[s],j]")
    assert m.quantities["c"].numbers == size("V")
    m = model("s:N v:V", given="c[s] p[s,v]").write("C = -sum([v == c[s]] * ln(p[s,v]), s, v)")
    assert m.quantities["c"].numbers == size("V") and m.equations[0].right.has(sp.KroneckerDelta)


def test_a_parameter_may_be_met_with_a_computed_index_first():
    m = model("s:N p:P q:Q r:R", given="x[s,p]").write("y[s,r] = sum(w[r-p] * x[s,p], p)\nC = sum(w[q]**2, q) + sum(y[s,r], s, r)")
    assert m.quantities["w"].sizes == (size("Q"),)


def test_maximum_and_softmax():
    m = model("s:N t:T u:T", given="r[s,t,u]").write("a[s,t] = max(r[s,t,u], u)\np[s,t,u] = softmax(r[s,t,u], u, [u <= t])")
    (largest,), (softmax,) = m.equation("a").right.atoms(Largest), m.equation("p").right.atoms(Softmax)
    assert largest.limits[0][0] == letter("u") and softmax.args[3] == Bracket(letter("u") <= letter("t"))


# sizes

def test_sizes_by_formula():
    m = model("r:R q:Q p:P=(R+2*pad-Q)//stride+1", pad=1, stride=2)
    assert m.sizes[size("P")].subs({size("R"): 9, size("Q"): 4}) == 4
    assert m.range_of(letter("p'")) == size("P")


@pytest.mark.parametrize("letters, says", [
    ("s", "Letters are written with their ranges"), ("s:N j", "Letters are written"), ("p:3=R+1", "which is a number"),
    ("p:P=(R-Q)/2", "division that leaves the rest aside is written //"), ("p:P=R+", "is expected"), ("s:N j:s", "a letter"),
    ("s:N N:J", "a size, and cannot be a letter")])
def test_letters_that_are_none(letters, says):
    with pytest.raises(bp.InputError, match=says):
        model(letters)


# layers

def test_a_layer_has_names_of_its_own():
    m = model("s:N t:T j:D", given="x[s,t,j]")
    first = m.block(layers.LAYER_NORM, "1", x="x", eps=1e-5)
    second = m.block(layers.LAYER_NORM, "b", x=first, eps=1e-5)
    assert (first, second) == ("y1", "y_b")
    assert m.parameters == ("gamma1", "beta1", "gamma_b", "beta_b")


def test_the_letters_of_a_layer():
    m = model("s:N c:F i:I", given="x[s,i]")
    m.block(layers.DENSE, letters="j:c k:i", x="x")
    assert m.quantities["z"].letters == (s, letter("c")) and m.quantities["W"].letters == (letter("c"), letter("i"))


@pytest.mark.parametrize("name", layers.TABLE)
def test_each_layer_can_be_read(name):
    letters = "s:N t:T u:T j:J k:J p1:P1 p2:P2 q1:Q1 q2:Q2 r1:R1 r2:R2 m1:M1 m2:M2 o1:2 o2:2 " + " ".join(
        f"{at}:n_{at}" for at in "icdpqrvhem")
    inputs = {"DENSE": "x[s,k]", "CONV_1D": "x[s,d,r]", "CONV_2D": "x[s,d,r1,r2]", "MAX_POOL_2D": "x[s,c,r1,r2]",
              "MEAN_POOL_2D": "x[s,c,r1,r2]", "BATCH_NORM": "x[s,c,p1,p2]", "DROPOUT": "x[s,j] keep[s,j]",
              "RESIDUAL": "x[s,t,j] f[s,t,j]", "EMBEDDING": "c[s,t]", "RNN": "x[s,t,i]", "GRU": "x[s,t,i]", "LSTM": "x[s,t,i]",
              "ATTENTION": "q[s,t,e] k[s,u,e] v[s,u,e]", "CAUSAL_ATTENTION": "q[s,t,e] k[s,u,e] v[s,u,e]",
              "CROSS_ENTROPY": "l[s,t,v] target[s,t]"}.get(name, "x[s,t,j]")
    m = model(letters, given=inputs, parameters="E[v,j]" if name == "EMBEDDING" else "", stride=1, dilation=1, pad=0, step=2,
              eps=1e-5, share=0.8)
    m.write(layers.TABLE[name])
    assert len(m.equations) == len(layers.TABLE[name].strip().splitlines())
    assert schedule(m.equations)


def test_a_layer_of_nothing_is_told():
    with pytest.raises(bp.InputError, match="no array h for the layer"):
        dense().block(layers.DENSE, "1", x="h")


# what cannot be read

WRONG = {
    "z[s,j] = sum(W[j,k] * x[s,k])": ("Over which letter does sum run", 9),
    "z[s,j] = W[j,k] * x[s,k]": ("The letter k stands on the right side only", 9),
    "z[s,j] = sum(W[j,k] * x[s,j], k)": ("the letter j runs to J, but that axis of x[s,k] has K entries", 22),
    "z[s,j] = sum(W[j,k] * x[s,k], j)": ("The letter j is in use here already", 9),
    "z[s,j] = sum(sum(x[s,k], k), k)": ("The letter k is in use here already", 13),
    "x[s,j] = 1": ("x is given already", 0),
    "z[s,j] = fo(x[s,j])": ("There is no function fo(…)", 9),
    "z[s,j] = tahn(b[j])": ("Did you mean tanh?", 9),
    "z[s,j] = b[jj]": ("jj stands in an index, but is no letter", 11),
    "z[s,i] = b[j]": ("i stands in an index, but is no letter", 4),
    "z[s,s] = 1": ("A letter stands twice on the left side", 0),
    "z[s,j+1] = b[j]": ("each with a range; j + 1 is none", 0),
    "z[s,j] = x[s,k,j]": ("x[s,k] has 2 indices; given: x[s, k, j]", 9),
    "z[s,j] = x": ("x[s,k] has 2 indices; given: x", 9),
    "N[j] = 1": ("N is a size, and cannot be an array", 0),
    "j = 2": ("j is a letter, and cannot be a number", 0),
    "z = sum(x[s,k], s, k": ("This bracket is never closed", 7),
    "z[s,j] = b[j] +": ("is expected; read: the end", 15),
    "z[s,j] = b[j] b": ("b[j] has one index", 14),
    "z[s,j] = relu + b[j]": ("relu is a function: write relu(…)", 9),
    "z[s,j] = b[j] = 1": ("An equation has one '='", 14),
    "z[s,j]": ("'=' is expected after z", 6),
    "= 3": ("An equation begins with what it gives", 0),
    "z[s,j] = b[j]**b[j]": ("An exponent is a number", 13),
    "z[s,j] = w[j+1]": ("met with a computed index first", 9),
    "z[s,j] = [b[j]]": ("Square brackets hold a condition", 14),
    "z[s,j] = softmax(b[j])": ("Over which letter are the scores compared", 21),
    "z[s,j] = softmax(b[j], k)": ("The second argument of softmax", 23),
    "z[s,j] = softmax(b[j], j, 1)": ("The third argument of softmax is a condition", 26),
    "z[s,j] = max(b[j], k)": ("nothing in it has that index", 13),
    "z[s,j] = ∂b[j]": ("the derivatives are found from them", 9),
    "z[s,j] = x[s,k] @ b[j]": ("a matrix product is a sum", 16),
    "z[s,j] = __import__('os')": ("cannot", None),
    "z[s,j] = b[j]; C = 1": ("has no meaning", 13),
    "b[j] = 1\nb[j] = 2": ("b has an equation already", 0),
    "dx[s,k] = 1": ("dx is what ∂C/∂x is called in code", 0),
    "z[s,j] = sum(y[s,j], j) b[j]": ("The letter j is in use here already", 9),
    "z[s,j] = x[s,z[s,j]]": ("so z holds whole numbers: it has to be given", 9),
    "z[s,j] = x[s,y[s,j]+1]": ("either looked up or computed", 9),
    "": ("There is no equation in the text", None),
}


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_is_said_at_its_place(text):
    says, position = WRONG[text]
    m = dense()
    before = dict(m.quantities)
    with pytest.raises(bp.InputError) as error:
        m.write(text)
    assert says in str(error.value)
    if position is not None:
        assert error.value.position == position
        *_, line, mark = str(error.value).splitlines()
        assert line.strip() == error.value.text and mark == " " * (4 + position) + "^"
    assert m.quantities == before and not m.equations  # nothing of a text that cannot be read stays


@pytest.mark.parametrize("given, says", [
    ("x[s,i]", "i has no range"), ("x[s,k] x[s,j]", "x is given already"), ("[s]", "Arrays are written with their letters"),
    ("N[s]", "N is a size"), ("s", "s is a letter"), ("_x[s]", "read: '_x[s]'")])
def test_given_arrays_that_are_none(given, says):
    with pytest.raises(bp.InputError) as error:
        model("s:N  j:J  k:K", given=given)
    assert says in str(error.value)


def test_constants_are_numbers():
    with pytest.raises(bp.InputError, match="eps stands for a number; given: 'small'"):
        model("s:N", eps="small")
    with pytest.raises(bp.InputError, match="stands for a number"):
        model("s:N", eps=True)


def test_two_looked_up_ranges_are_told():
    m = model("s:N v:V j:J", given="c[s]", parameters="E[v] F[j]")
    with pytest.raises(FormulaError, match="looks up one of J entries here and one of V elsewhere"):
        m.write("x[s] = E[c[s]] + F[c[s]]")


# order

def test_equations_come_after_what_they_use():
    m = model("s:N", given="x[s]").write("c[s] = b[s]\nb[s] = a[s] + x[s]\na[s] = 2*x[s]\nC = sum(c[s], s)")
    assert [block.quantity.name for block in schedule(m.equations)] == ["a", "b", "c", "C"]


def test_a_loop_goes_the_way_of_its_steps():
    for step, upwards in (("t-1", True), ("t+2", False)):
        m = model("s:N t:T", given="x[s,t]").write(f"h[s,t] = z[s,t]\nz[s,t] = h[s,{step}] + x[s,t]\nC = sum(h[s,t], s, t)")
        loop, cost = schedule(m.equations)
        assert isinstance(loop, Loop) and loop.index == t and loop.upwards is upwards
        assert [e.quantity.name for e in equations_of(loop)] == ["z", "h"] and equations_of(cost) == (cost,)
        assert shift(next(x for x in entries(m.equation("z").right) if x.base.name == "h"), m.equation("z"), t) == \
            (-1 if upwards else 2)


@pytest.mark.parametrize("text", [
    "a[s] = b[s]\nb[s] = a[s]", "h[s,t] = h[s,t]", "h[s,t] = h[s,t-1] + h[s,t+1]", "h[s,t] = sum(h[s,u], u)",
    "a[s,t] = b[s,t] + a[s,t-1]\nb[s,t] = a[s,t]"])
def test_a_circle_is_told(text):
    m = model("s:N t:T u:T").write(text)
    with pytest.raises(bp.InputError, match="need each other, and no letter breaks the circle"):
        schedule(m.equations)


# names

def test_what_is_written_is_shown():
    shown = repr(dense().write(EQUATIONS))
    assert shown.splitlines()[:2] == ["given: x[s,k], y[s,j]", "parameters: W[j,k], b[j]"]
    assert derivative_name("W") == "dW" and First is not Largest
