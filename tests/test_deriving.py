"""Derivatives of models: every step is compared in numbers, wrong ones are told, and gradients are those found by hand."""
import layers_by_hand as by_hand
import numpy as np
import pytest
import sympy as sp
from zoo import ZOO

import bplib as bp
from bplib.activations import Slope
from bplib.models.letters import named
from bplib.deriving.point import Point
from bplib.deriving.second import directions, equations_in_motion, speed_name
from bplib.deriving.steps import RULES, checked_step
from bplib.equations import Partial, indices_of, letter, name_of
from bplib.models.nodes import Softmax, bound_in, entries, letters_in, renamed
from bplib.models.order import schedule
from bplib.steps import TOLERANCE


@pytest.fixture(scope="module", params=ZOO)
def kind(request):
    return request.param


_DERIVED = {}


def derived(name):
    if name not in _DERIVED:
        made = ZOO[name]
        _DERIVED[name] = bp.derive(made.make(), made.also)
    return _DERIVED[name]


def numbers(derivation):
    """The arrays at the point where a derivation was compared, without the axis of alternatives."""
    return {name: array[..., 0] for name, array in derivation.point.arrays.items()}


def gradients(derivation):
    """∂C/∂q by the derived equations, at that point."""
    point = derivation.point
    return {name: point.values(e.right, dict(zip(e.indices, point.shapes[name], strict=True)))[..., 0]
            for name, e in derivation.found.items()}


# steps

def test_each_step_was_compared_and_has_a_rule(kind):
    derivation = derived(kind)
    assert derivation.steps
    for step in derivation.steps:
        assert step.check.error <= TOLERANCE and step.rule in RULES and step.sentence == RULES[step.rule]
        assert step.about in derivation.model.quantities


def test_each_backward_equation_holds_at_other_points_and_sizes(kind):
    """The derivation does not depend on the numbers at which its steps were compared."""
    derivation = derived(kind)
    other = Point(derivation.model, seed=7)
    for name, e in derivation.found.items():
        left = Partial(derivation.model.cost.entry, derivation.model.quantities[name].entry)
        assert other.error(left, e.right) <= TOLERANCE, e


def test_whatever_is_asked_for_is_found(kind):
    derivation = derived(kind)
    assert {*derivation.model.parameters, *ZOO[kind].also} == set(derivation.wanted) <= set(derivation.found)
    for name in derivation.wanted:
        assert derivation[name].left == Partial(derivation.model.cost.entry, derivation.model.quantities[name].entry)


def test_no_layer_is_known_to_the_derivation():
    """A GPT of L blocks as one text: the number of blocks, of steps, and all widths stay symbols."""
    derivation = derived("GPT text")
    ranges = {str(n) for e in derivation.backward for total in e.right.atoms(sp.Sum) for n in total.free_symbols}
    assert {"N", "T", "D", "n_e", "H", "M", "V"} <= ranges
    assert letters_in(derivation["Q"].right) >= {letter("l")}  # the layer is an index, as the step is


# wrong equations

def changed(e):
    """An equation's right side with one mistake each."""
    right, own = e.right, list(e.indices)
    yield "sign", -right
    yield "factor", 2 * right
    yield "one more", right + 1
    for total in right.atoms(sp.Sum):
        yield "lost sum", right.xreplace({total: total.function.xreplace({at: low for at, low, _ in total.limits})})
    for entry in entries(right):
        yield "lost factor", right.xreplace({entry: sp.S.One})
        indices = indices_of(entry)
        for place, at in enumerate(indices):
            moved = (*indices[:place], at + 1, *indices[place + 1:])
            if not entries(at):
                yield "next index", right.xreplace({entry: entry.func(entry.base, *moved)})
    for term in right.args if right.is_Add else ():
        yield "lost term", right - term
    for one, other in zip(own, own[1:], strict=False):
        yield "exchanged", right.xreplace({one: other, other: one})


def test_wrong_backward_equations_are_told():
    """Each backward equation of ten models, with each of these mistakes: where it changes anything, it is noticed."""
    told = tried = 0
    for name in ("dense", "classifier", "conv1d, stride 3, padding 2", "max pool", "layer norm", "RNN", "LSTM", "attention",
                 "heads", "deep residual"):
        derivation = derived(name)
        point, model = derivation.point, derivation.model
        for about, e in derivation.found.items():
            left = Partial(model.cost.entry, model.quantities[about].entry)
            for mistake, wrong in changed(e):
                if _says_something_else(point, model, e.right, wrong):
                    tried += 1
                    told += point.error(left, wrong) > TOLERANCE
    assert tried >= 250 and told == tried, f"{told} of {tried}"


def _says_something_else(point, model, right, wrong):
    """Whether two formulas differ at another point: max pool's and ReLU's entries of 0 hide some mistakes."""
    try:
        other = Point(model, sizes={str(n): number for n, number in point.sizes.items()}, seed=3)
        scope = {at: other.values.size(model.range_of(at)) for at in letters_in(right) | letters_in(wrong)}
        return not np.allclose(other.values(right, scope), other.values(wrong, scope), rtol=1e-6, atol=1e-12)
    except (KeyError, ValueError):
        return False


def test_a_wrong_step_stops_the_derivation():
    derivation = derived("layer norm")
    step = derivation["sigma"]
    with pytest.raises(bp.DerivationError, match="about sigma does not hold"):
        checked_step(derivation.point, step.left, -step.right, step.rule, "sigma")


# gradients found by hand

HAND = {
    "conv1d": lambda a: by_hand.conv1d(a["x"], a["g"], a["w"], a["b"]),
    "conv1d, stride 3, padding 2": lambda a: by_hand.conv1d(a["x"], a["g"], a["w"], a["b"], 3, 2),
    "conv1d, dilation 2": lambda a: by_hand.conv1d(a["x"], a["g"], a["w"], a["b"], 1, 1, 2),
    "conv2d": lambda a: by_hand.conv2d(a["x"], a["g"], a["w"], a["b"]),
    "conv2d, padding 1": lambda a: by_hand.conv2d(a["x"], a["g"], a["w"], a["b"], 1, 1),
    "conv2d, stride 2, padding 1": lambda a: by_hand.conv2d(a["x"], a["g"], a["w"], a["b"], 2, 1),
    "max pool": lambda a: by_hand.max_pool(a["x"], a["g"], 2, 2),
    "max pool, overlapping": lambda a: by_hand.max_pool(a["x"], a["g"], 3, 2),
    "layer norm": lambda a: by_hand.layer_norm(a["x"], a["g"], a["gamma"], a["beta"]),
    "batch norm": lambda a: by_hand.batch_norm(a["x"], a["g"], a["gamma"], a["beta"]),
    "attention": lambda a: by_hand.attention(a["q"], a["k"], a["v"], a["g"]),
    "causal attention": lambda a: by_hand.attention(a["q"], a["k"], a["v"], a["g"], causal=True),
    "RNN": lambda a: by_hand.rnn(*(a[name] for name in ("x", "target", "W", "U", "b", "A", "a0"))),
    "LSTM": lambda a: by_hand.lstm(a["x"], a["target"], a["A"], a["a0"], **{
        f"{kind}_{gate}": a[f"{kind}_{gate}"] for gate in "ifgo" for kind in "WUb"}),
}


@pytest.mark.parametrize("name", HAND)
def test_gradients_are_those_written_by_hand(name):
    derivation = derived(name)
    arrays, found = numbers(derivation), gradients(derivation)
    expected = HAND[name](arrays)
    assert set(expected) == set(derivation.wanted)
    for name, right in expected.items():
        assert np.abs(found[name] - right).max() <= 1e-12 * max(1, np.abs(right).max()), name


# compact forms

def test_layer_norm_in_one_line():
    compact = derived("layer norm").compact("x", "mu", "v", "sigma")
    m, (s, t, j) = compact.model, map(letter, "stj")
    n, D = m.quantities["n"], m.letters[j]
    other = letter("j'")
    dn = derived("layer norm").found["n"].quantity
    mean = sp.Sum(dn[s, t, other], (other, 0, D - 1)) / D
    with_n = sp.Sum(dn[s, t, other] * n[s, t, other], (other, 0, D - 1)) / D
    textbook = (dn[s, t, j] - mean - n[s, t, j] * with_n) / m.quantities["sigma"][s, t]
    assert sp.expand(compact["x"].right - textbook) == 0
    assert "mu" not in compact.found and "v" not in compact.found
    assert [step.rule for step in compact.steps[-5:]] == ["put in", "put in", "put in", "by value", "common factors"]


def test_batch_norm_in_one_line():
    compact = derived("batch norm").compact("x", "mu", "v", "sigma")
    right = compact["x"].right
    assert {name_of(x) for x in entries(right)} == {"dn", "n", "sigma"} and len(right.atoms(sp.Sum)) == 2


def test_softmax_and_cross_entropy_end_in_p_minus_one_hot():
    derivation = derived("classifier")
    m, (s, v) = derivation.model, map(letter, "sv")
    scores = next(e.right.args[0] for e in m.equations if isinstance(e.right, Softmax))
    step = derivation[name_of(scores)]
    p = next(e.left for e in m.equations if isinstance(e.right, Softmax))
    label = m.quantities["target"][(s,)]
    assert sp.expand(step.right - (p - sp.KroneckerDelta(v, label)) / m.letters[s]) == 0
    assert step.rule == "cancellation"


def test_what_cannot_be_put_in_is_told():
    with pytest.raises(bp.InputError, match="There is no ∂C/∂foo"):
        derived("layer norm").compact("x", "foo")


# second derivatives

@pytest.mark.parametrize("name", ["dense", "classifier", "conv1d", "layer norm", "RNN", "LSTM", "heads", "GPT text"])
def test_hessian_times_a_direction(name):
    """Compared with the complex step of the gradient."""
    derivation = derived(name)
    m, point, random = derivation.model, derivation.point, np.random.default_rng(1)
    equations = equations_in_motion(derivation)
    direction = {of: random.normal(size=point.shapes[of])[..., None] for of in directions(m)}
    given = {of: array for of, array in point.arrays.items() if of not in point.equations}
    moved = {of: array + 1e-30j * direction[of] if of in direction else array for of, array in given.items()}
    right = _run(point, [*m.equations, *derivation.backward], moved)
    found = _run(point, equations, {**given, **{speed_name(of): array for of, array in direction.items()}})
    for of in m.parameters:
        hessian = np.imag(right[f"d{of}"]) / 1e-30
        speed = found.get(speed_name(f"d{of}"), np.zeros_like(hessian))
        assert np.abs(speed - hessian).max() <= 1e-9 * max(1, np.abs(hessian).max()), of


def _run(point, equations, arrays):
    """All arrays of some equations, literally."""
    runner = object.__new__(Point)
    shapes = {e.quantity.name: tuple(point.values.size(n) for n in e.quantity.sizes) for e in equations}
    runner.__dict__ |= {**point.__dict__, "blocks": schedule(equations), "shapes": {**point.shapes, **shapes}}
    return runner.run(arrays)


def test_an_open_activation_has_no_second_derivative():
    m = bp.model("s:N", given="x[s]").write("a[s] = g(w * x[s])\nC = sum(a[s]**2, s)")
    with pytest.raises(bp.InputError, match="left open"):
        equations_in_motion(bp.derive(m))


# what derive says

def test_what_does_not_reach_the_cost_is_told():
    m = bp.model("s:N", given="x[s]").write("u[s] = v * x[s]\nC = sum(w * x[s], s)")
    with pytest.raises(bp.InputError, match="v does not reach the cost C"):
        bp.derive(m)


def test_a_cost_with_indices_is_told():
    m = bp.model("s:N", given="x[s]").write("u[s] = v * x[s]")
    with pytest.raises(bp.InputError, match=r"gives the cost, a number without indices; it gives u\[s\]"):
        bp.derive(m)
    with pytest.raises(bp.InputError, match="There are no equations yet"):
        bp.derive(bp.model("s:N", given="x[s]"))


@pytest.mark.parametrize("wanted", ["foo", "target"])
def test_what_has_no_derivative_is_told(wanted):
    with pytest.raises(bp.InputError, match=f"no derivative with respect to '{wanted}'"):
        bp.derive(ZOO["classifier"].make(), wanted)


def test_a_model_without_values_is_told():
    m = bp.model("s:N", given="x[s]").write("C = sum(log(-abs(w * x[s])), s)")
    with pytest.raises(bp.InputError, match="C is not a finite number"):
        bp.derive(m)


def test_networks_keep_their_own_way_to_the_inputs():
    with pytest.raises(bp.InputError, match="with_respect_to is for models"):
        bp.derive(bp.dense([2, 1]), "x")


# letters

def test_a_sum_keeps_its_letter_to_itself():
    j, k = letter("j"), letter("k")
    U, h = sp.IndexedBase("U", real=True), sp.IndexedBase("h", real=True)
    total = sp.Sum(U[j, k] * h[k], (k, 0, 3))
    other, = bound_in(renamed(total, {j: k}))
    assert other not in (j, k) and letters_in(renamed(total, {j: k})) == {k}
    assert renamed(total, {k: j}) == total


def test_letters_are_named_by_their_range():
    j, k, n = letter("j"), letter("k"), sp.Symbol("n", integer=True, positive=True)
    bound = sp.Dummy("j", integer=True, nonnegative=True)
    assert named({j: n, k: n}, [bound], {bound: n}, [j]) == {bound: k}
    assert named({j: n}, [bound], {bound: n}, [j]) == {bound: letter("j'")}


def test_a_shifted_derivative_without_a_name_is_0_outside():
    """∂C/∂u[t+1] with u used at the step before: a constant may not be put in for it, since it is 0 after the last step."""
    m = bp.model("s:N t:T", given="x[s,t]").write("""
        u[s,t] = w * x[s,t]
        v[s,t] = u[s,t-1] * x[s,t] + u[s,t]
        C      = mean(v[s,t], s, t)
    """)
    derivation = bp.derive(m)
    assert all(step.check.passed for step in derivation.steps)
    assert Slope not in {type(e) for e in sp.preorder_traversal(derivation["u"].right)}


OVERLAPPING = {
    "an array and its transpose": ("i:I j:I", "x[j,i] g[i,j]", "y[i,j] = x[j,i]*W[i,j] + W[j,i]\nC = sum(g[i,j]*y[i,j], i, j)"),
    "neighbours": ("a:A i:I", "x[a,i] g[a,i]", "y[a,i] = V[a]*V[a+1]*x[a,i] + V[0]\nC = sum(g[a,i]*y[a,i], i, a)"),
    "a square": ("i:I j:I k:I", "x[i,j] g[i,j]",
                 "y[i,j] = sum(W[i,k]*W[k,j], k) + x[i,j]*W[j,i]\nC = sum(g[i,j]*y[i,j], i, j)"),
    "the diagonal": ("i:I j:I", "x[i] g[i]", "y[i] = sum(W[i,j]*x[j], j) + W[i,i]*W[0,i]\nC = sum(g[i]*y[i], i)"),
    "a maximum and itself": ("i:I j:I", "x[i,j] g[i]", "y[i] = max(x[i,j]*W[j], j) + W[i]\nC = sum(g[i]*y[i]**2, i)"),
    "steps and the last one": ("t:T u:T", "x[t] g[t]",
                               "y[t] = w*x[t]*x[t-1] + sum(x[u]*x[t], u) + x[T-1]\nC = sum(g[t]*y[t], t)"),
}


@pytest.mark.parametrize("name", OVERLAPPING)
def test_entries_that_may_meet(name):
    """Where an array stands twice in one equation, its entries may be the same one for some letters: each step holds there
    too."""
    letters, given, text = OVERLAPPING[name]
    derivation = bp.derive(bp.model(letters, given).write(text), "x")
    assert derivation.steps and all(step.check.passed for step in derivation.steps)
    for seed in (3, 4):
        point = Point(derivation.model, seed=seed)
        for about, e in derivation.found.items():
            left = Partial(derivation.model.cost.entry, derivation.model.quantities[about].entry)
            assert point.error(left, e.right) <= TOLERANCE
