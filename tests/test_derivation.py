"""The derivation: every step is checked, wrong steps are found out, and the results are the textbooks' formulas."""
import numpy as np
import pytest
import sympy as sp
from networks_to_test import NETWORKS, derivation_of

import bplib as bp
from bplib.activations import TABLE, Activated, Slope, plain
from bplib.equations import LAMBDA, N, Partial, i, j, k, s
from bplib.steps import RULES, TOLERANCE, check


@pytest.fixture(scope="module", params=NETWORKS)
def derivation(request):
    return derivation_of(request.param)


def entry(derivation, name, *indices):
    return derivation.quantities[name][indices]


def equal(left, right):
    return sp.expand(left - right) == 0


# every step

def test_every_step_passed_its_check_and_names_its_rule(derivation):
    assert derivation.steps
    for step in derivation.steps:
        assert step.check.passed and step.check.error <= TOLERANCE and step.rule in RULES and step.sentence


WRONG = {
    "sign": lambda right: -right,
    "factor": lambda right: 2 * right,
    "half": lambda right: right / 2,
    "one more": lambda right: right + 1,
    "index": lambda right: right.xreplace({j: k, k: j}),
    "next index": lambda right: right.xreplace({i: j}) if right.has(i) else right.subs(j, i),
    "transposed": lambda right: right.replace(
        lambda e: isinstance(e, sp.Indexed) and e.base.name.startswith("W"),
        lambda e: e.base[tuple(reversed(e.indices))]),
    "lost sum": lambda right: right.replace(sp.Sum, lambda body, *limits: body),
    "lost slope": lambda right: right.replace(Slope, lambda g: sp.S.One),
    "slope at a": lambda right: right.replace(  # where that is a mistake: relu'(a) is relu'(z)
        Slope, lambda g: Slope(g if plain(g).has(sp.Piecewise) else g.func(g, *g.args[1:]))),
    "mean for sum": lambda right: right * N if right.has(N) else right / N,
    "lost penalty": lambda right: right.subs(LAMBDA, 0),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_a_wrong_step_is_rejected(derivation, mistake):
    """Whatever the mistake changes, the check notices; on these networks each mistake changes many steps."""
    for step in derivation.steps:
        wrong = WRONG[mistake](step.right)
        if sp.expand(plain(wrong) - plain(step.right)) != 0:
            assert not check(step.left, wrong, derivation.point).passed, f"{step.left} = {wrong} was accepted"


def test_every_mistake_was_tried():
    """Each kind of mistake changes at least one step of at least one network, so the test above is not empty."""
    derivations = [derivation_of(name) for name in ("any activation", "softmax and labels")]
    for mistake, change in WRONG.items():
        assert any(change(step.right) != step.right for d in derivations for step in d.steps), mistake


ELEMENTWISE = [name for name, row in TABLE.items() if row.elementwise and not row.abstract]


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_slopes_are_the_derivatives_of_their_formulas_for_every_z(name):
    row, z = TABLE[name], sp.Symbol("z", real=True)
    value = row.formula(z, *row.parameters)
    difference = sp.diff(value, z) - plain(row.slope(z, value, *row.parameters))
    assert sp.simplify(sp.piecewise_fold(sp.nsimplify(difference))) == 0


WRONG_SLOPES = {
    "sign": lambda slope, z: -slope,
    "a little": lambda slope, z: slope + sp.Rational(1, 10**6),
    "right of zero": lambda slope, z: slope + sp.Piecewise((1, z > 0), (0, True)),
    "left of zero": lambda slope, z: slope + sp.Piecewise((1, z < 0), (0, True)),
}


@pytest.mark.parametrize("mistake", WRONG_SLOPES)
@pytest.mark.parametrize("name", ELEMENTWISE)
def test_a_wrong_slope_stops_the_derivation(name, mistake, monkeypatch):
    right = TABLE[name].slope
    monkeypatch.setitem(TABLE[name].__dict__, "slope",
                        lambda z, a, *alpha: WRONG_SLOPES[mistake](right(z, a, *alpha), z))
    for build in (bp.neuron, lambda name: bp.dense([3, 2], name),
                  lambda name: bp.graph({"h": (["p"], name), "o": (["h"], "tanh")}, ["p"])):
        with pytest.raises(bp.DerivationError, match="differ"):
            bp.derive(build(name))


# the formulas of the texts

def test_one_weight_of_one_neuron():
    """∂C/∂w = 2 (a − y) g'(z) x, with its three factors in the step before."""
    d = bp.derive(bp.neuron("g"))
    w = entry(d, "w")
    x, y, z, a = (entry(d, name, s) for name in "xyza")
    losses, g = entry(d, "losses", s), TABLE["g"].function
    assert equal(d.for_one_sample("w").right, 2 * (a - y) * Slope(g(z)) * x)
    chain = next(step for step in d.about("w") if step.rule == "chain rule")
    assert chain.right == Partial(losses, a) * Partial(a, z) * Partial(z, w)
    assert d["w"].right == sp.Sum(entry(d, "delta", s) * x, (s, 1, N)) / N


def test_output_and_hidden_layer_with_indices():
    d = derivation_of("any activation")
    a, y, z1, z2 = entry(d, "a2", s, j), entry(d, "y", s, j), entry(d, "z1", s, j), entry(d, "z2", s, j)
    g, n_2 = TABLE["g"].function, d.quantities["a2"].sizes[1]
    assert equal(d.for_one_sample("W2").right, 2 * (a - y) * Slope(g(z2)) * entry(d, "a1", s, k))
    behind = sp.Sum(entry(d, "W2", i, j) * entry(d, "delta2", s, i), (i, 1, n_2))
    assert equal(d["z1"].right, Slope(g(z1)) * behind)
    assert equal(d.for_one_sample("W1").right, Slope(g(z1)) * behind * entry(d, "x", s, k))
    assert equal(d.for_one_sample("b1").right, Slope(g(z1)) * behind)
    assert d["b1"].right == sp.Sum(entry(d, "delta1", s, j), (s, 1, N)) / N
    assert d["W1"].right == sp.Sum(entry(d, "delta1", s, j) * entry(d, "x", s, k), (s, 1, N)) / N


@pytest.mark.parametrize("name", ["sigmoid and cross entropy", "softmax and cross entropy", "softmax and labels"])
def test_cancellation(name):
    d = derivation_of(name)
    over = d.quantities["a2"].sizes[1] if name == "sigmoid and cross entropy" else 1
    assert sp.expand(d["z2"].right - (entry(d, "a2", s, j) - entry(d, "y", s, j)) / over) == 0
    rules = [step.rule for step in d.about("z2")]
    assert ("cancellation" if name.startswith("sigmoid") else "targets add up to 1") in rules


def test_squared_error_does_not_cancel():
    d = bp.derive(bp.dense([2, 2]))
    assert "cancellation" not in [step.rule for step in d.steps]
    assert d["z1"].right.has(entry(d, "a1", s, j) - entry(d, "y", s, j))


def test_penalty_and_sum_over_samples():
    d = bp.derive(bp.dense([2, 2], l2=0.5, over_samples="sum"))
    assert d["W1"].right == (sp.Sum(entry(d, "delta1", s, j) * entry(d, "x", s, k), (s, 1, N))
                             + LAMBDA * entry(d, "W1", j, k))
    assert d["b1"].right == sp.Sum(entry(d, "delta1", s, j), (s, 1, N))


def test_neuron_by_neuron_recursion_with_skips():
    """δ_h = g'(z_h) (w_hm δ_m + w_ho δ_o): a sum over all neurons that h feeds, whatever their layer."""
    d = derivation_of("graph, any activation")
    g = TABLE["g"].function
    w_hm, w_ho = entry(d, "w_h_m"), entry(d, "w_h_o")
    expected = Slope(g(entry(d, "z_h", s))) * (w_hm * entry(d, "delta_m", s) + w_ho * entry(d, "delta_o", s))
    assert sp.expand(d["z_h"].right - expected) == 0
    assert d["w_p_o"].right == sp.Sum(entry(d, "delta_o", s) * entry(d, "x", s, 1), (s, 1, N)) / N


def test_blame_passed_to_the_input():
    """∂C/∂x = w δ for one neuron; the sum over the first layer for a dense network; all paths for named neurons."""
    d = bp.derive(bp.neuron("sigmoid", "binary cross entropy"))
    assert equal(d["x"].right.subs(d["z"].left, d["z"].right), entry(d, "w") * (entry(d, "a", s) - entry(d, "y", s)))
    d = derivation_of("any activation")
    assert d["x"].right == sp.Sum(entry(d, "W1", i, j) * entry(d, "delta1", s, i), (i, 1, d.quantities["z1"].sizes[1]))
    d = derivation_of("graph with skips")
    paths = [entry(d, f"w_p_{c}") * entry(d, f"delta_{c}", s) for c in "hgr"]
    assert sum(paths) in [step.right for step in d.about("x")]


def test_update_goes_against_the_gradient():
    update = bp.derive(bp.neuron()).update("w")
    assert repr(update) == "w ← w - eta*Partial(C, w)" and r"\leftarrow" in update.latex("chapter")


# against SymPy's own derivative of the composed cost

def composed_cost(network, widths):
    """The cost of one sample as one scalar expression of all weights, built here and not by bplib's equations."""
    x = sp.symbols(f"x1:{widths[0] + 1}", real=True)
    y = sp.symbols(f"y1:{widths[-1] + 1}", real=True)
    values, parameters = list(x), {}
    for layer, row in enumerate(network.structure.activations, 1):
        n, m = widths[layer], widths[layer - 1]
        W = sp.Matrix(n, m, lambda p, q: sp.Symbol(f"w{layer}_{p + 1}_{q + 1}", real=True))
        b = sp.Matrix(n, 1, lambda p, q: sp.Symbol(f"b{layer}_{p + 1}", real=True))
        parameters |= {(f"W{layer}", p + 1, q + 1): W[p, q] for p in range(n) for q in range(m)}
        parameters |= {(f"b{layer}", p + 1): b[p] for p in range(n)}
        z = list(W * sp.Matrix(values) + b)
        total = sum(map(sp.exp, z))
        values = [sp.exp(v) / total if row.name == "softmax" else row.formula(v, *row.parameters) for v in z]
    return sum(network.options.loss(a, t) for a, t in zip(values, y)), parameters, x, y


def scalars(network, widths, x, y, parameters, numbers):
    """Values of every entry of the forward pass at a point, computed in plain numbers."""
    arrays = {"x": np.array([[float(numbers[v]) for v in x]]), "y": np.array([[float(numbers[v]) for v in y]])}
    for name in network.parameters:
        arrays[name] = np.zeros(network.shape(name))
        for at in np.ndindex(arrays[name].shape):
            arrays[name][at] = numbers[parameters[(name, *(p + 1 for p in at))]]
    arrays |= bp.generate(network).forward({name: arrays[name] for name in network.parameters}, arrays["x"])
    return arrays


@pytest.mark.parametrize("name, widths", [("2-2-1", (2, 2, 1)), ("sigmoid and cross entropy", (3, 4, 2)),
                                          ("softmax and cross entropy", (3, 4, 2)), ("softmax inside", (3, 4, 2))])
def test_scalar_formulas_equal_the_derivative_of_the_composed_cost(name, widths):
    """For 2-2-1 these are all nine gradients; SymPy differentiates the composed cost, we only compare."""
    network = NETWORKS[name]() if name != "2-2-1" else bp.dense(
        [2, 2, 1], ["sigmoid", "identity"], bp.loss("squared error", factor=0.5))
    cost, parameters, x, y = composed_cost(network, widths)
    random = np.random.default_rng(3)
    numbers = {v: random.uniform(0.2, 0.9) for v in [*x, *y, *parameters.values()]}
    total = sum(numbers[v] for v in y)
    numbers |= {v: numbers[v] / total for v in y}
    over = widths[-1] if network.options.over_outputs == "mean" else 1
    slopes = [cost.diff(symbol) for symbol in parameters.values()]
    direct = dict(zip(parameters, sp.lambdify([*numbers], slopes, "math", cse=True)(*numbers.values())))
    arrays, d = scalars(network, widths, x, y, parameters, numbers), bp.derive(network)
    if name == "2-2-1":
        assert len(parameters) == 9
    for parameter, *at in parameters:
        formula = d.scalar(parameter, *at)
        assert formula.check.passed and not formula.right.has(sp.Sum)
        values = {e: arrays[e.base.name][tuple(0 if p == s else int(p) - 1 for p in e.indices)]
                  for e in formula.right.atoms(sp.Indexed)}
        assert float(plain(formula.right.xreplace(values))) == pytest.approx(
            direct[parameter, *at] / over, rel=1e-10, abs=1e-13)


def test_error_term_of_one_unit_is_the_gradient_of_its_bias():
    """A bias moves its weighted sum exactly as fast as itself."""
    for network in (bp.dense([2, 3, 2]), bp.dense([3, 2, 2], ["g", "softmax"], "categorical cross entropy")):
        d = bp.derive(network)
        for layer, unit in ((1, 1), (1, 2), (2, 1), (2, 2)):
            delta = d.scalar(f"z{layer}", unit)
            assert delta.check.passed and delta.right == d.scalar(f"b{layer}", unit).right
    neurons = bp.derive(bp.graph({"c": (["p"], "g"), "o": (["c", "p"], "tanh")}, inputs=["p"], bias=True))
    assert neurons.scalar("z_c").right == neurons.scalar("b_c").right


# sizes stay symbols

def test_width_changes_nothing_in_a_derivation():
    narrow, wide = (bp.derive(bp.dense([n] * 4)) for n in (3, 3000))
    assert [(step.left, step.right) for step in narrow.steps] == [(step.left, step.right) for step in wide.steps]


def test_the_number_of_steps_grows_with_the_number_of_layers_alone():
    counts = [len(bp.derive(bp.dense([2] * (layers + 1))).steps) for layers in (1, 2, 3, 10)]
    per_layer = counts[2] - counts[1]
    assert counts[3] - counts[2] == 7 * per_layer


def test_scalar_formula_of_a_wide_network_is_refused_with_the_number_of_paths():
    d = bp.derive(bp.dense([4, 30, 30, 10]))
    with pytest.raises(bp.InputError, match="300 paths"):
        d.scalar("W1", 1, 1)


def test_open_activations_are_functions_of_z():
    d = bp.derive(bp.neuron("g"))
    assert d.network.equations[1].right.atoms(Activated)


@pytest.mark.parametrize("loss", ("absolute error", "Huber error", "squared error", "given error"))
@pytest.mark.parametrize("hidden", (["identity", "softplus", "softplus"], ["tanh"], ["relu", "relu", "silu"]))
def test_softmax_outputs_below_any_loss_are_derived(hidden, loss):
    """Were all targets above the outputs, Σ |a − y| would not change at all, and nothing but rounding be compared."""
    row = bp.loss(loss, threshold=0.3) if loss == "Huber error" else loss
    network = bp.dense([3] + [2] * (len(hidden) + 1), [*hidden, "softmax"], row, bias=False, over_samples="sum")
    assert all(step.check.passed for step in bp.derive(network).steps)
