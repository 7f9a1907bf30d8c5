"""Array programs of models are well formed, and printed as NumPy that computes what the equations say."""
import pickle
from dataclasses import replace

import numpy as np
import pytest
import sympy as sp
from zoo import ZOO, arrays_of, derived, generated

import bplib as bp
from bplib.deriving.point import Point
from bplib.models.quantities import Quantity, Role
from bplib.program import ir, kernels

STEP = 1e-30


def as_float32(arrays):
    return {name: array.astype(np.float32) if getattr(array, "dtype", "") == "float64" else array
            for name, array in arrays.items()}


def literal_values(model, arrays, sizes=None):
    """All arrays of a model, straight from the meaning of its equations."""
    values = Point(model, sizes).run({n: np.asarray(a)[..., None] for n, a in arrays.items() if n in model.quantities})
    return {name: values[name][..., 0] for name in values}


def by_complex_step(functions, arrays, name, places):
    """∂cost/∂entry at some places of an array, by the generated cost alone."""
    found = []
    for at in places:
        moved = arrays[name].astype(complex)
        moved[at] += 1j * STEP
        found.append(functions.cost({**arrays, name: moved}).imag / STEP)
    return np.array(found)


def close(found, expected, tolerance):
    expected = np.asarray(expected)
    scale = max(np.abs(expected).max(), 1e-4)
    return found.shape == expected.shape and np.abs(found - expected).max() <= tolerance * scale


# what is computed

@pytest.mark.parametrize("name", ZOO)
def test_all_arrays_are_what_the_equations_say(name):
    arrays = arrays_of(name)
    found, expected = generated(name).forward(arrays), literal_values(derived(name).model, arrays, ZOO[name].sizes)
    assert set(found) == {e.quantity.name for e in derived(name).model.equations}
    for array, value in found.items():
        assert close(value, expected[array], 1e-13), array


@pytest.mark.parametrize("name", ZOO)
def test_gradients_are_those_of_the_generated_cost(name):
    arrays, random = arrays_of(name), np.random.default_rng(3)
    gradients = generated(name).gradients(arrays)
    assert list(gradients) == list(derived(name).wanted) and len(gradients) >= 1
    for array, gradient in gradients.items():
        assert gradient.shape == arrays[array].shape
        places = list(np.ndindex(*gradient.shape))
        places = [places[at] for at in random.permutation(len(places))[:12]]
        expected = by_complex_step(generated(name), arrays, array, places)
        scale = max(np.abs(gradient).max(), 1e-4)
        assert np.abs([gradient[at] for at in places] - expected).max() <= 1e-11 * scale, array


@pytest.mark.parametrize("name", ["dense", "classifier", "conv2d, stride 2, padding 1", "layer norm", "LSTM", "heads",
                                  "GPT text"])
def test_the_hessian_times_a_direction_is_the_speed_of_the_gradients(name):
    arrays, random, functions = arrays_of(name), np.random.default_rng(5), generated(name)
    direction = {n: random.standard_normal(arrays[n].shape) for n in derived(name).model.parameters}
    moved = {n: arrays[n] + 1j * STEP * direction[n] if n in direction else arrays[n] for n in arrays}
    found, expected = functions.hessian_product(arrays, direction), functions.gradients(moved)
    assert set(found) == set(direction)
    for n, product in found.items():
        assert close(product, expected[n].imag / STEP, 1e-10), n


@pytest.mark.parametrize("name", ZOO)
def test_float32_stays_float32(name):
    arrays, functions = as_float32(arrays_of(name)), generated(name)
    found = {**functions.forward(arrays), **{"d" + n: g for n, g in functions.gradients(arrays).items()}}
    assert [n for n, array in found.items() if array.dtype != np.float32] == []
    exact = functions.gradients(arrays_of(name))
    assert all(close(found["d" + n], exact[n], 1e-3) for n in exact)


SMALL = dict(
    quotient_outside=("s:N t:T", "x[s,t] y[s,t]", "", """
        h[s,t] = x[s,t] * W[t]
        u[s,t] = 2 + h[s,t]
        q[s,t] = h[s,t-1] * y[s,t] / u[s,t-1]
        C      = mean(q[s,t]**2, s, t)"""),
    quotient_in_a_sum=("s:N k:K", "x[s,k]", "W[k]", """
        z[s] = sum(x[s,k-1] / W[k-1], k) + 2 * [s < 1] * x[s,0] / W[K-1]
        C    = mean(z[s]**2, s)"""),
    quotient_in_a_loop=("s:N t:T", "x[s,t]", "", """
        z[s,t] = x[s,t] * W[t] + h[s,t-1] / u[s,t-1]
        u[s,t] = 1 + x[s,t]**2
        h[s,t] = tanh(z[s,t])
        C      = mean(h[s,t]**2, s, t)"""),
    quotient_by_the_state=("s:N t:T", "x[s,t]", "", """
        h[s,t] = x[s,t] * W[t] + h[s,t-1]**2 / h[s,t-1]
        C      = mean(h[s,t]**2, s, t)"""),
    letters_as_numbers=("s:N t:T", "x[s,t]", "", """
        h[s,t] = t * W[t] * x[s,t] + t + [t > 1] * x[s,t] + [t = 0] + [t > 0]
        C      = mean(h[s,t]**2, s, t)"""),
    letters_as_numbers_in_a_loop=("s:N t:T u:T", "x[s,t]", "", """
        h[s,t] = sqrt(t + 1) * W[t] * x[s,t] + 0.5**2 * h[s,t-1] / (1 + t) + exp(-t) + (t + 2)**1.5
        w[s,u] = softmax(h[s,u] + sqrt(u), u)
        p[u]   = softmax(-u / 2, u)
        C      = mean(h[s,t]**2 * w[s,t] * p[t], s, t)"""),
    positions=("t:T j:J", "x[t,j]", "", """
        p[t,j] = sin(t/(10 + j)) * W[j] + t/(1 + j)
        C      = mean((x[t,j] - p[t,j])**2, t, j)"""),
    functions_of_sizes=("s:N j:J", "x[s,j]", "", """
        z[s,j] = exp(1) * b[j] * log(N) + tanh(J)
        C      = mean(z[s,j] * x[s,0] / sqrt(J), s, j)"""),
    axes_that_are_missing=("s:N j:J k:K", "x[s,k]", "c[k]", """
        a[s,j] = b[j]
        u[s,j] = 2
        v[s]   = sum(c[k-1], k)
        C      = mean(a[s,j] * u[s,j] * x[s,0] * v[s], s, j)"""),
    looked_up_at_the_step_before=("s:N t:T v:V j:J", "c[s,t]", "E[v,j]", """
        e[s,t,j] = E[c[s,t-1],j]
        C        = mean(e[s,t,j]**2, s, t, j)"""),
    looked_up_in_the_middle=("s:N t:T v:V j:J h:H", "c[s,t]", "E[h,v,j]", """
        e[s,t,j] = sum(E[h,c[s,t],j] * w[h], h)
        C        = mean(e[s,t,j]**2, s, t, j)"""),
    looked_up_twice=("s:N v:V w:W", "a[s] b[s]", "E[v,w]", """
        e[s] = E[a[s],b[s]]
        C    = mean(e[s]**2, s)"""),
    diagonal=("s:N u:N", "x[s,u]", "W[s,u]", """
        e[s] = x[s,s] * W[s,s]
        C    = mean(e[s]**2, s)"""),
    places_from_the_end=("s:N t:T", "x[s,t]", "W[t]", """
        h[s,t] = x[s,T-1-t] * W[t]
        u[s]   = x[s,T-2] * W[0] + x[s,5]
        C      = mean(h[s,t]**2 * u[s], s, t)"""),
    convolution_in_a_loop=("s:N t:T p:P q:3", "x[s,t,p]", "", """
        z[s,t,p] = x[s,t,p] + sum(w[q] * h[s,t-1,p+q-1], q)
        h[s,t,p] = tanh(z[s,t,p])
        C        = mean(h[s,t,p]**2, s, t, p)"""),
    products_in_a_loop=("s:N t:T h:H j:J k:J", "x[s,t,h,j]", "", """
        h1[s,t,h,j] = tanh(z[s,t,h,j])
        z[s,t,h,j]  = x[s,t,h,j] + sum(U[h,j,k] * h1[s,t-1,h,k], k)
        C           = mean(h1[s,t,h,j]**2, s, t, h, j)"""),
    masked_log_softmax=("s:N j:4", "x[s,j]", "", """
        p[s,j] = softmax(W[j] * x[s,j], j, [j > 0])
        C      = -mean(ln(p[s,1]), s)"""),
    binary_cross_entropy=("s:N k:K", "x[s,k] y[s]", "", """
        z[s] = sum(W[k] * x[s,k], k)
        a[s] = sigmoid(z[s])
        C    = -mean(y[s] * ln(a[s]) + (1 - y[s]) * ln(1 - a[s]), s)"""),
    brackets_alone=("s:N k:K", "x[s,k]", "", """
        m1[s,k] = [k > 0]
        C       = mean(x[s,k] * W[k] * m1[s,k] + [k > 0] * [s > 0] + 0.5 * [k = 1], s, k)"""),
    sum_with_conditions=("t:T u:T", "x[t,u]", "", "C = sum([u <= t] * (t - u) * x[t,u] * W[u] * [u = t-1], t, u)"),
    numbers=("s:N", "x[s]", "", "C = mean((a * x[s] + b)**2, s)"),
    numbers_of_numbers=("s:N", "x[s]", "", """
        u = mean(a * x[s], s)
        v = exp(u) * b + u
        C = v**2 + u"""),
    state_that_is_a_number=("t:T", "x[t]", "", """
        h[t] = a * h[t-1] + x[t] * b
        C    = sum(h[t]**2, t)"""),
    quadratic_form=("s:N i:I j:I", "x[s,i]", "", """
        z[s] = sum(x[s,i] * A[i,j] * x[s,j], i, j)
        C    = mean(z[s], s)"""),
    more_functions=("s:N j:J", "x[s,j]", "", """
        z[s,j] = W[j] * x[s,j]
        a[s,j] = elu(z[s,j]) + leaky_relu(z[s,j]) + silu(z[s,j]) + gelu(z[s,j]) + softplus(z[s,j])
        C      = mean(erf(a[s,j]) + cosh(z[s,j]) + sinh(z[s,j]) + abs(z[s,j]) + cos(z[s,j]), s, j)"""),
)


@pytest.mark.parametrize("name", SMALL)
def test_formulas_of_every_kind(name):
    letters, given, parameters, text = SMALL[name]
    model = bp.model(letters, given=given, parameters=parameters).write(text)
    functions, point = bp.generate(model), Point(model)
    arrays = {n: value[..., 0] for n, value in point.arrays.items() if n not in point.equations}
    for array, value in functions.forward(arrays).items():
        assert close(value, point.arrays[array][..., 0], 1e-13), array
    for array, gradient in functions.gradients(arrays).items():
        assert close(gradient, point.totals[array][..., 0], 1e-11), array
    for value in [*functions.forward(as_float32(arrays)).values(), *functions.gradients(as_float32(arrays)).values()]:
        assert value.dtype == np.float32


# how it is written

def test_a_dense_network_as_one_would_write_it():
    assert generated("dense").gradients.source == """\
def gradients(x, y, W1, b1, W2, b2):
    N = len(x)
    z1 = x @ W1.T + b1
    a1 = sigmoid(z1)
    z2 = a1 @ W2.T + b2
    a2 = sigmoid(z2)
    da2 = 2/N*(a2 - y)
    dz2 = a2*(1 - a2)*da2
    dW2 = dz2.T @ a1
    db2 = dz2.sum(axis=0)
    da1 = dz2 @ W2
    dz1 = a1*(1 - a1)*da1
    dx = dz1 @ W1
    dW1 = dz1.T @ x
    db1 = dz1.sum(axis=0)
    return {'W1': dW1, 'b1': db1, 'W2': dW2, 'b2': db2, 'x': dx}
"""


def test_a_recurrence_is_a_loop_and_the_rest_is_not_in_it():
    assert generated("RNN").forward.source == """\
def forward(x, target, W, U, b, A, a0):
    N = len(x)
    T = x.shape[1]
    J = len(W)
    dtype = np.result_type(x, target, W, U, b, A, a0)
    z_in = x @ W.T + b
    z = np.zeros((N, T, J), dtype)
    h = np.zeros((N, T + 1, J), dtype)
    for t in range(T):
        z[:, t] = h[:, t-1] @ U.T + z_in[:, t]
        h[:, t] = np.tanh(z[:, t])
    h = h[:, :T]
    out = h @ A.T + a0
    C = ((out - target)**2).sum()/(N*T)
    return {'z': z, 'h': h, 'out': out, 'C': C}
"""


@pytest.mark.parametrize("name, line", [
    ("causal attention", "r = q @ k.mT / (n_e**0.5)"),
    ("causal attention", "a = softmax(r, where=np.arange(T) <= np.arange(T)[:, None])"),
    ("causal attention", "dv = a.mT @ dy"),
    ("layer norm", "n = (x - mu[..., None])/sigma[..., None]"),
    ("conv1d", "x_at = windows(x, 2, 0, (P, 1), (Q, 1))"),
    ("classifier", "dl = (p - (np.arange(V) == target[:, None]))/N"),
    ("classifier", "dz = da*(z > 0)"),
    ("GPT, 1 block", "dE = np.tensordot(dl, y_z, ([0, 1], [0, 1])) + add_at(tokens, dy0, V)"),
    ("deep residual", "a[l] = (0 == l)*a_once + f[l] + a[l-1]"),
    ("bilinear", "dA = np.einsum('sj,sk,si->kij', y, dz, x, optimize=True)"),
    ("contrastive", "r = x @ y.T"),
])
def test_lines(name, line):
    assert line in map(str.strip, generated(name).gradients.source.splitlines())


def test_a_convolution_s_input_gets_its_derivative_by_adding_to_places():
    lines = generated("conv1d").gradients.source.splitlines()
    assert any("dx = overlap_add(np.tensordot(dy, w" in line for line in lines)


@pytest.mark.parametrize("name", ZOO)
def test_the_cost_computes_nothing_else(name):
    functions = generated(name)
    for function in (functions.cost, functions.forward):
        made = [one.quantity for statement in function.statements for one in ir.assignments(statement)]
        assert not any(q.role is Role.DERIVATIVE or q.name.startswith("d") for q in made)
    assert functions.cost.source.endswith("return C\n")


def test_the_logarithm_of_a_softmax_is_computed_from_the_scores():
    arrays = {n: 2000 * a if n == "A" else a for n, a in arrays_of("classifier").items()}
    assert "log_p = log_softmax(l)" in generated("classifier").cost.source
    assert np.isfinite(generated("classifier").cost(arrays))


def test_a_sigmoid_in_a_logarithm_is_computed_from_its_scores():
    model = bp.model("s:N", given="x[s]").write("a[s] = sigmoid(w*x[s])\nC = -mean(ln(a[s]) + ln(1 - a[s]), s)")
    cost = bp.generate(model).cost
    assert cost(x=np.array([800., -900.]), w=1.) == pytest.approx(850)


# names

@pytest.mark.parametrize("names", [
    dict(x="np", y="dtype", z="windows", W="einsum", b="len", a="range"),
    dict(x="lambda", y="do", z="class", W="def", b="True", a="reversed"),
    dict(x="softmax1", y="contract", z="overlap_add", W="strong_product", b="entry", a="tanh1"),
    dict(x="x_at", y="z_in", z="shifted", W="z_once", b="float", a="h_before"),
    dict(x="function", y="this", z="Math", W="array", b="yield", a="await"),
])
def test_no_name_meets_another(names):
    text = """
        {z}[s,t,j] = sum({W}[j,k] * {x}[s,t,k], k) + sum(U[j,i] * {a}[s,t-1,i], i) + {b}[j] + {x}[s,t-2,0]
        {a}[s,t,j] = tanh({z}[s,t,j])
        C = mean(sum(({a}[s,t,j] - {y}[s,t,j])**2, j), s, t)"""
    plain = dict(zip("xyzWba", "xyzWba", strict=True))
    found = []
    for own in (plain, names):
        model = bp.model("s:N t:T j:J i:J k:K", given="{x}[s,t,k] {y}[s,t,j]".format(**own)).write(text.format(**own))
        functions, random = bp.generate(model), np.random.default_rng(0)
        shapes = dict(x=(2, 4, 3), y=(2, 4, 5), W=(5, 3), U=(5, 5), b=(5,))
        arrays = {own.get(n, n): random.standard_normal(shape) for n, shape in shapes.items()}
        gradients = functions.gradients(arrays)
        found.append([functions.cost(arrays), *(gradients[own.get(n, n)] for n in ("W", "U", "b"))])
    for one, other in zip(*found, strict=True):
        assert np.array_equal(one, other)


def test_a_letter_and_a_size_may_be_called_as_what_the_code_calls():
    model = bp.model("np:range len:windows", given="x[np,len]").write("C = mean(W[len] * x[np,len]**2 * len, np, len)")
    x, W = np.arange(6.).reshape(2, 3), np.array([1., 2., 3.])
    assert bp.generate(model).cost(x=x, W=W) == pytest.approx((W * x**2 * np.arange(3)).mean())


# what is asked for, and what is not

def test_arrays_are_given_in_a_mapping_or_by_keyword():
    arrays = arrays_of("dense")
    x = arrays.pop("x")
    assert generated("dense").cost(arrays, x=x) == generated("dense").cost(**arrays, x=x)


@pytest.mark.parametrize("change, told", [
    (dict(x=None), "x is None"),
    (dict(x="three"), "x holds"),
    (dict(x=np.full((3, 4), np.nan)), r"x holds nan at \[0, 0\]"),
    (dict(x=np.array([[object()]])), "x holds object values"),
    (dict(x=np.zeros((3, 4, 1))), r"x\[s,i\] has 2 axes; given is an array of shape \(3, 4, 1\)"),
    (dict(x=np.zeros((3, 5))), r"W1\[j,i\] has 4 entries along i, but x\[s,i\] has 5 entries along i; both are I"),
    (dict(y=np.zeros((4, 2))), r"y\[s,k\] has 4 entries along s, but x\[s,i\] has 3 entries along s; both are N"),
    (dict(x=np.zeros((0, 4))), r"x\[s,i\] has 0 entries along s: there is nothing to compute with"),
    (dict(w1=np.zeros(3)), "Unknown: w1"),
])
def test_what_does_not_fit_is_told(change, told):
    with pytest.raises(bp.InputError, match=told):
        generated("dense").gradients({**arrays_of("dense"), **change})


def test_what_is_missing_is_told():
    arrays = arrays_of("dense")
    del arrays["W1"], arrays["y"]
    with pytest.raises(bp.InputError, match="x, y, W1, b1, W2, b2. Missing: y, W1"):
        generated("dense").cost(arrays)
    with pytest.raises(bp.InputError, match="by name, as a dict"):
        generated("dense").cost(arrays["x"])


@pytest.mark.parametrize("target, told", [
    (np.array([0., 1., 2.]), "holds whole numbers; given: float64"),
    (np.array([0, 1, 6]), "from 0 to 5; given: 0 to 6"),
    (np.array([0, -1, 2]), "from 0 to 5; given: -1 to 2"),
    (np.array([True, False, True]), "holds whole numbers; given: bool"),
])
def test_what_is_looked_up_is_a_whole_number_in_range(target, told):
    with pytest.raises(bp.InputError, match=told):
        generated("classifier").cost({**arrays_of("classifier"), "target": target})


def test_sizes_by_formula_have_to_fit():
    arrays = arrays_of("conv1d, stride 3, padding 2")
    with pytest.raises(bp.InputError, match=r"g\[s,c,p\] has 5 entries along p, but P = .* is 4"):
        generated("conv1d, stride 3, padding 2").cost({**arrays, "g": np.zeros((2, 3, 5))})
    with pytest.raises(bp.InputError, match="the inputs are too small"):
        generated("conv1d").cost({**arrays_of("conv1d"), "x": np.zeros((2, 4, 1)), "g": np.zeros((2, 3, 1))})


def test_a_size_that_no_axis_has_is_given_by_its_name():
    arrays = arrays_of("symbolic stride")
    assert arrays["S"] == 2 and "def cost(x, g, w, S):" in generated("symbolic stride").cost.source
    for wrong in (0, 1.5, True):
        with pytest.raises(bp.InputError, match="S is a whole number, at least 1"):
            generated("symbolic stride").cost({**arrays, "S": wrong})
    del arrays["S"]
    with pytest.raises(bp.InputError, match="Missing: S"):
        generated("symbolic stride").cost(arrays)


def test_whole_numbers_and_truth_values_are_taken_for_floats():
    model = bp.model("s:N", given="keep[s] x[s]").write("C = mean(w * keep[s] * x[s], s)")
    gradients = bp.generate(model).gradients
    found = gradients(keep=np.array([True, False]), x=np.array([1, 2]), w=np.float32(3))
    assert found["w"].dtype == np.float32 and found["w"] == 0.5


def test_no_array_shares_memory_with_another():
    model = bp.model("s:N", given="x[s]").write("a[s] = x[s]\nb1[s] = a[s]\nC = sum(b1[s] * w[s], s)")
    arrays = dict(x=np.ones(3), w=np.ones(3))
    found = bp.generate(model).forward(arrays)
    found["a"][0], found["b1"][1] = 5, 7
    assert list(arrays["x"]) == [1, 1, 1] and list(found["b1"]) == [1, 7, 1]
    gradients = bp.generate(model).gradients(arrays)
    gradients["w"] += 1
    assert list(arrays["x"]) == [1, 1, 1]


def test_functions_can_be_stored():
    for name in ("GPT text", "conv2d, stride 2, padding 1", "contrastive"):
        function, arrays = generated(name).gradients, arrays_of(name)
        read = pickle.loads(pickle.dumps(function))
        assert read.source == function.source
        assert all(np.array_equal(read(arrays)[n], gradient) for n, gradient in function(arrays).items())


def test_a_view_is_not_called_as_a_derivative():
    model = bp.model("s:N k:K", given="x[s,k]").write("""
        dy[s,k]   = tanh(W[k] * x[s,k])
        y_at[s,k] = dy[s,k-1] * W[k]
        C         = mean(y_at[s,k]**2 + dy[s,k-1], s, k)""")
    functions, point = bp.generate(model), Point(model)
    arrays = {n: point.arrays[n][..., 0] for n in ("x", "W")}
    assert close(functions.gradients(arrays)["W"], point.totals["W"][..., 0], 1e-11)


def test_gradients_need_the_derivation_of_this_model():
    model, other = (bp.model("s:N", given="x[s]").write("C = mean(w * x[s], s)") for _ in range(2))
    with pytest.raises(bp.InputError, match="another model"):
        bp.generate(model, bp.derive(other))
    with pytest.raises(bp.InputError, match="left open"):
        bp.generate(bp.model("s:N", given="x[s]").write("a[s] = g(w * x[s])\nC = mean(a[s], s)"))


# the program

N, K = sp.symbols("N K", integer=True, positive=True)
S, AT_K = (ir.Axis(sp.Symbol(n, integer=True, nonnegative=True), size) for n, size in (("s", N), ("k", K)))
X, Y = Quantity("x", Role.GIVEN, (S.letter,), (N,)), Quantity("y", Role.COMPUTED, (S.letter,), (N,))
READ_X = ir.Read(X, (ir.letter_index(S),))


def test_a_program_that_is_well_formed_passes():
    ir.check([ir.Assign(Y, (S,), READ_X)], [X])


@pytest.mark.parametrize("statements, told", [
    ([ir.Assign(Y, (S,), ir.Read(Y, (ir.letter_index(S),)))], "y is read before it is assigned"),
    ([ir.Assign(Y, (AT_K,), READ_X)], "the sizes of y"),
    ([ir.Assign(Y, (S,), ir.Position(AT_K))], "y lacks axes"),
    ([ir.Assign(Y, (S,), ir.Read(X, (ir.letter_index(AT_K),)))], "indices of x"),
    ([ir.Assign(Y, (S,), ir.Read(X, ()))], "the number of indices of x"),
    ([ir.Assign(Y, (S,), ir.Read(X, (ir.Index(sp.S.One, ((S, 1),)),)))], "indices of x"),
    ([ir.Assign(Y, (S,), ir.Reduce("sum", READ_X, (AT_K,)))], "a sum over letters that are not there"),
    ([ir.Assign(Y, (S,), ir.Scatter(S, ir.letter_index(S), READ_X))], "the letter of a scatter"),
    ([ir.Loop(AT_K, True, (ir.Assign(Y, (S,), READ_X),))], "y has no axis"),
    ([ir.Assign(Y, (S,), ir.Add(((1, READ_X), (1, ir.Position(replace(S, size=K))))))], "a letter with two sizes"),
])
def test_a_program_that_is_not_well_formed_is_told(statements, told):
    with pytest.raises(ir.IllFormed, match=told):
        ir.check(statements, [X])


@pytest.mark.parametrize("name", ZOO)
def test_a_program_lacks_no_statement(name):
    """Without one of the statements that it needs, a program is not well formed any more."""
    functions = generated(name).gradients
    for at in np.random.default_rng(1).permutation(len(functions.statements))[:8]:
        rest = functions.statements[:at] + functions.statements[at + 1:]
        made = {one.quantity.name for one in ir.assignments(functions.statements[at])}
        if made - set(functions.result.values()):
            with pytest.raises(ir.IllFormed):
                ir.check(rest, functions.arguments.arrays)


def test_equal_views_are_made_once():
    statements = generated("LSTM").statements
    names = [one.quantity.name for statement in statements for one in ir.assignments(statement)]
    assert names.count("h_before") == 1 and "h_before_" not in names


# what the code calls

@pytest.mark.parametrize("letters", [[(4, 1)], [(3, 2), (2, 1)], [(5, -1)], [(3, 3), (2, -2)],
                                     [(2, 4), (3, 1), (2, 2)]])
@pytest.mark.parametrize("offset", [-3, 0, 2])
def test_windows_and_their_transpose(letters, offset):
    x, counts = np.random.default_rng(0).standard_normal((2, 7, 3)), [count for count, _ in letters]
    expected = np.zeros((2, *counts, 3))
    for at in np.ndindex(*counts):
        place = offset + sum(i * step for i, (_, step) in zip(at, letters, strict=True))
        expected[:, *at] = x[:, place] if 0 <= place < 7 else 0
    assert np.array_equal(kernels.windows(x, 1, offset, *letters), expected)
    values = np.random.default_rng(1).standard_normal(expected.shape)
    added = kernels.overlap_add(values, 1, 7, offset, *letters)
    assert (added * x).sum() == pytest.approx((values * expected).sum()) and added.shape == x.shape


@pytest.mark.parametrize("spec", ["sk,jk->sj", "lstj,lstk->ljk", "hek,stk->shte", "shte,shue->shtu", "ab,ba->ab",
                                  "i,j->ij"])
def test_contract_is_einsum(spec):
    random, (left, right) = np.random.default_rng(0), spec.split("->")[0].split(",")
    size = {letter: 2 + n for n, letter in enumerate(dict.fromkeys(left + right))}
    size = dict.fromkeys("ab", 3) if spec.startswith("ab") else size
    a, b = (random.standard_normal([size[letter] for letter in own]) for own in (left, right))
    assert np.allclose(kernels.contract(spec, a, b), np.einsum(spec, a, b), rtol=1e-13, atol=1e-14)


def test_look_ups_and_their_transpose():
    random = np.random.default_rng(0)
    E, at = random.standard_normal((6, 3)), np.array([[0, 5, 5], [2, 0, 5]])
    values = random.standard_normal((2, 3, 3))
    expected = np.zeros((6, 3))
    np.add.at(expected, at, values)
    assert np.allclose(kernels.add_at(at, values, 6), expected, rtol=1e-14)
    assert np.array_equal(kernels.look_up(E[:, 0], np.array([-1, 0, 5, 6])), [0, E[0, 0], E[5, 0], 0])


def test_nothing_times_infinity_is_nothing():
    with np.errstate(all="raise"):
        found = kernels.strong_product((np.array([0., 2., 0.]), 3.), (np.array([0., 4., 5.]),))
    assert list(found) == [0, 1.5, 0]
    assert kernels.strong_product((np.float32([1]),), (np.float32([2]),)).dtype == np.float32


def test_the_largest_and_the_first_place_of_it():
    x = np.array([[[1., 3.], [3., 2.]]])
    assert kernels.largest(x, 2) == 3 and kernels.place_of_largest(x, 2) == 1
    assert kernels.largest(x + np.array([[[0, 1j], [2j, 0]]]), 2) == 3 + 1j


def test_softmax_over_some_places():
    z = np.array([[1000., 1., 2.], [0., -1000., 3.]])
    where = np.array([[False, True, True], [True, True, False]])
    found = kernels.softmax(z, where=where)
    assert np.array_equal(found == 0, ~where | (z == -1000)) and np.allclose(found.sum(axis=1), 1)
    assert np.allclose(np.exp(kernels.log_softmax(z, where=where)), found, rtol=1e-14)
    assert list(z[0]) == [1000, 1, 2]
