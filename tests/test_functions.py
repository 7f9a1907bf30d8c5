"""Activations and losses alone, against formulas written here."""
import warnings

import mpmath as mp
import numpy as np
import pytest

import bplib as bp
from bplib.activations import TABLE as ACTIVATIONS
from bplib.losses import TABLE as LOSSES

Z = [sign * size for size in (0.3, 5.0, 36.0, 40.0, 600.0, 1e4) for sign in (1, -1)]
FORMULAS = {
    "identity": lambda z: z,
    "sigmoid": lambda z: 1 / (1 + mp.exp(-z)),
    "tanh": lambda z: mp.sinh(z) / mp.cosh(z),
    "relu": lambda z: max(z, mp.mpf(0)),
    "leaky relu": lambda z: z if z > 0 else z / 100,
    "softplus": lambda z: mp.log(1 + mp.exp(z)),
    "elu": lambda z: z if z > 0 else mp.exp(z) - 1,
    "silu": lambda z: z / (1 + mp.exp(-z)),
    "gelu": lambda z: z * mp.erfc(-z / mp.sqrt(2)) / 2,
}


@pytest.fixture(autouse=True)
def nothing_is_said():
    with warnings.catch_warnings(), np.errstate(all="raise"):
        warnings.simplefilter("error")
        yield


def test_every_row_can_be_called():
    assert set(FORMULAS) == {name for name, row in ACTIVATIONS.items() if row.elementwise and not row.abstract}
    for name in (*FORMULAS, "softmax", *LOSSES):
        assert bp.function(name).name == name


@pytest.mark.parametrize("name", FORMULAS)
def test_activations(name):
    f = bp.function(name)
    with mp.workdps(60):
        values = [float(FORMULAS[name](mp.mpf(z))) for z in Z]
        slopes = [float(mp.diff(FORMULAS[name], mp.mpf(z))) for z in Z]
    np.testing.assert_allclose(f(Z), values, rtol=1e-13, atol=1e-60)
    np.testing.assert_allclose(f.derivative(Z), slopes, rtol=1e-12, atol=1e-40)


@pytest.mark.parametrize("name", (*FORMULAS, "softmax"))
@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (2, 1, 4), (0,)])
def test_shapes(name, shape):
    if name == "softmax" and shape in ((), (0,)):
        return
    f, z = bp.function(name), np.random.default_rng(0).integers(-3, 4, shape)
    assert f(z).shape == shape and f(z).dtype == float
    assert f.derivative(z).shape == (shape if name != "softmax" else (*shape, shape[-1]))
    if z.size:
        np.testing.assert_array_equal(f(z.tolist()), f(z))


@pytest.mark.parametrize("name, slope", [("relu", 0), ("leaky relu", 0.01), ("elu", 1)])
def test_at_a_kink_the_slope_from_the_left(name, slope):
    assert bp.function(name).derivative(0.0) == slope


def test_parameters():
    assert bp.function("leaky relu", alpha=0.2)(-2.0) == -0.4 and bp.function("elu", alpha=3).derivative(0.0) == 3
    assert bp.function("squared error", factor=0.5)(3.0, 1.0) == 2
    np.testing.assert_array_equal(bp.function("Huber error", threshold=2)([5.0, -1.0], [0.0, 0.0]), [8, 0.5])
    np.testing.assert_array_equal(bp.function("huber error", threshold=2).derivative([5.0, -1.0], 0), [2, -1])


@pytest.mark.parametrize("z", [[0.2, -1.0, 3.0], [1e4, -1e4, 0.0], [[1.0, 2.0], [700.0, -700.0]]])
def test_the_jacobian_of_softmax(z):
    """Row i, column j: ∂a_i/∂z_j."""
    found, z = bp.function("softmax").derivative(z), np.array(z)
    with mp.workdps(50):
        for at in np.ndindex(found.shape):
            *row, i, j = at
            powers = [mp.exp(mp.mpf(value)) for value in z[tuple(row)]]
            a = [power / mp.fsum(powers) for power in powers]
            assert found[at] == pytest.approx(float(a[i] * ((i == j) - a[j])), rel=1e-12, abs=1e-16)


@pytest.mark.parametrize("name, term, slope", [
    ("squared error", lambda a, y: (a - y)**2, lambda a, y: 2 * (a - y)),
    ("absolute error", lambda a, y: abs(a - y), lambda a, y: np.sign(a - y)),
    ("Huber error", lambda a, y: np.where(abs(a - y) <= 1, (a - y)**2 / 2, abs(a - y) - 0.5),
     lambda a, y: np.clip(a - y, -1, 1)),
    ("binary cross entropy", lambda a, y: -y * np.log(a) - (1 - y) * np.log1p(-a),
     lambda a, y: -y / a + (1 - y) / (1 - a)),
    ("categorical cross entropy", lambda a, y: -y * np.log(a), lambda a, y: -y / a),
    ("negative log-likelihood", lambda a, y: -y * np.log(a), lambda a, y: -y / a),
    ("given error", lambda a, y: y * a, lambda a, y: y)])
@pytest.mark.parametrize("shape", [(), (4,), (2, 3, 2)])
def test_losses(name, term, slope, shape):
    a, y = np.random.default_rng(1).uniform(0.05, 0.95, (2, *shape))
    f = bp.function(name)
    for found, expected in ((f(a, y), term(a, y)), (f.derivative(a, y), slope(a, y))):
        assert np.shape(found) == shape
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-14)
    np.testing.assert_array_equal(f(a, 0.5), f(a, np.full(shape, 0.5)))


def test_the_output_itself():
    f = bp.function("output")
    np.testing.assert_array_equal(f([3.0, -1.0]), [3, -1])
    np.testing.assert_array_equal(f.derivative([3.0, -1.0]), [1, 1])


def test_entropies_at_the_ends_of_probability():
    """0·ln 0 is 0; a sure and wrong output costs infinity."""
    binary, categorical = bp.function("binary cross entropy"), bp.function("categorical cross entropy")
    np.testing.assert_array_equal(binary([0, 1, 0, 1], [0, 1, 1, 0]), [0, 0, np.inf, np.inf])
    np.testing.assert_array_equal(categorical([0, 1, 0], [0, 1, 0.5]), [0, 0, np.inf])
    np.testing.assert_array_equal(binary.derivative([0, 1], [0, 1]), [1, -1])
    assert binary(1e-300, 0.0) == 1e-300 and binary(1e-300, 1.0) == pytest.approx(300 * np.log(10), rel=1e-14)


@pytest.mark.parametrize("name", ["squared error", "absolute error", "Huber error", "given error"])
def test_losses_far_out(name):
    f = bp.function(name)
    expected = {"squared error": 1e300, "given error": -1e150}.get(name, 1e150)
    assert f(1e150, -1.0) == pytest.approx(expected, rel=1e-15)
    assert np.isfinite(f.derivative(1e300, -1.0))


@pytest.mark.parametrize("call, says", [
    (lambda: bp.function("sigmo"), "Did you mean 'sigmoid'"), (lambda: bp.function(3), "no activation or loss"),
    (lambda: bp.function("g"), "open"), (lambda: bp.function("elu", beta=1), "alpha"),
    (lambda: bp.function("tanh", alpha=1), "no parameter"), (lambda: bp.function("Huber error", factor=1), "threshold"),
    (lambda: bp.function("sigmoid")("much"), "real numbers"), (lambda: bp.function("sigmoid")([1j]), "real numbers"),
    (lambda: bp.function("sigmoid")([1, np.nan]), "nan at [1]"),
    (lambda: bp.function("relu").derivative(np.inf), "inf"),
    (lambda: bp.function("sigmoid")([[1, 2], [3]]), "differ in length"),
    (lambda: bp.function("softmax")(1.0), "(…, n)"), (lambda: bp.function("softmax")(np.zeros((2, 0))), "(…, n)"),
    (lambda: bp.function("squared error")([1, 2], [1, 2, 3]), "(2,) and y has shape (3,)"),
    (lambda: bp.function("squared error")([[1.0]], [1.0]), "(1, 1) and y has shape (1,)"),
    (lambda: bp.function("squared error")(1.0), "a and y"), (lambda: bp.function("output")(1.0, 2.0), "a alone"),
    (lambda: bp.function("binary cross entropy")([0.5, 1.5], 0.5), "no value at a = 1.5, y = 0.5"),
    (lambda: bp.function("categorical cross entropy").derivative(0.5, "y"), "real numbers"),
], ids=range(19))
def test_what_cannot_be_computed(call, says):
    with pytest.raises(bp.InputError) as error:
        call()
    assert says in str(error.value)


def test_latex():
    assert bp.function("sigmoid").latex() == r"\sigma\left(z\right) = \frac{1}{1 + e^{- z}}"
    assert bp.function("leaky relu", alpha=0.2).latex().count("0.2") == 1
    assert r"\sum_{k=1}^{n} e^{z_{k}}" in bp.function("softmax").latex()
    assert bp.function("binary cross entropy").latex().count(r"\ln") == 2
    assert bp.function("tanh")._repr_latex_().startswith(r"$\displaystyle \tanh")


def test_what_runs_out_of_floats_is_infinite_whatever_numpy_is_set_to():
    """y/a = 10⁻³/10⁻³²⁰ is beyond the largest float."""
    with np.errstate(all="raise"):
        found = bp.function("binary cross entropy").derivative([0, 1.0, 1e-320], [0.0, 1.0, 1e-3])
    assert found.tolist() == [1, -1, -np.inf]
