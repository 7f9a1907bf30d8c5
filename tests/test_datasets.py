"""The images are exactly the ones described in data/README.md; the made data obey their formulas."""

import hashlib
import re
from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from bplib import datasets

LOADERS = {"digits": datasets.digits, "mnist5k": datasets.mnist5k}
MAKERS = [datasets.two_moons, datasets.circles, datasets.spirals]


# ---------------------------------------------------------------------------------------------------------
# Images
# ---------------------------------------------------------------------------------------------------------

def rows_of_the_readme():
    """(file, array, SHA-256) of every row of the table in the README of the data folder."""
    text = (datasets.FOLDER / "README.md").read_text(encoding="utf-8")
    return re.findall(r"^\| `(\w+)\.npz` +\| `(\w+)` .*`([0-9a-f]{64})`", text, re.MULTILINE)


def test_the_readme_lists_every_array():
    listed = {(name, key) for name, key, _ in rows_of_the_readme()}
    stored = {(path.stem, key) for path in datasets.FOLDER.glob("*.npz") for key in np.load(path).files}
    assert listed == stored and len(listed) == 4


@pytest.mark.parametrize("name, key, expected", rows_of_the_readme())
def test_arrays_have_the_checksum_the_readme_gives(name, key, expected):
    with np.load(datasets.FOLDER / f"{name}.npz") as file:
        assert file[key].dtype == np.uint8
        assert hashlib.sha256(file[key].tobytes()).hexdigest() == expected


@pytest.mark.parametrize("name, training, testing, shape", [("digits", 1437, 360, (8, 8)),
                                                            ("mnist5k", 4000, 1000, (28, 28))])
def test_shapes_types_and_ranges(name, training, testing, shape):
    data = LOADERS[name]()
    pixels = shape[0] * shape[1]
    assert (data.name, data.shape, data.n_classes) == (name, shape, 10)
    assert data.X_train.shape == (training, pixels) and data.X_test.shape == (testing, pixels)
    assert data.Y_train.shape == (training,) and data.Y_test.shape == (testing,)
    for X in (data.X_train, data.X_test):
        assert X.dtype == np.float64 and X.min() == 0.0 and X.max() == 1.0
    for Y in (data.Y_train, data.Y_test):
        assert Y.dtype == np.int64 and set(Y) == set(range(10))
    assert data.source and data.licence
    assert f"{training} training and {testing} test images of {shape[0]} x {shape[1]}" in repr(data)


def test_pixels_are_the_stored_ones_divided_by_the_brightest():
    for name, brightest in (("digits", 16), ("mnist5k", 255)):
        data = LOADERS[name]()
        with np.load(datasets.FOLDER / f"{name}.npz") as file:
            X = np.concatenate([data.X_train, data.X_test])
            np.testing.assert_allclose(X * brightest, file["images"], rtol=1e-15)
            assert np.array_equal(np.concatenate([data.Y_train, data.Y_test]), file["labels"])


def test_digits_are_the_published_ones():
    data = datasets.digits()
    labels = np.concatenate([data.Y_train, data.Y_test])
    assert list(np.bincount(labels)) == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    original_first_image = [0, 0, 5, 13, 9, 1, 0, 0, 0, 0, 13, 15, 10, 15, 5, 0, 0, 3, 15, 2, 0, 11, 8, 0,
                            0, 4, 12, 0, 0, 8, 8, 0, 0, 5, 8, 0, 0, 9, 8, 0, 0, 4, 11, 0, 1, 12, 7, 0,
                            0, 2, 14, 5, 10, 12, 0, 0, 0, 0, 6, 13, 10, 0, 0, 0]
    place = np.flatnonzero(np.random.default_rng(0).permutation(1797) == 0)[0]
    with np.load(datasets.FOLDER / "digits.npz") as file:
        assert list(file["images"][place]) == original_first_image and file["labels"][place] == 0


def test_mnist5k_is_balanced():
    data = datasets.mnist5k()
    assert list(np.bincount(data.Y_train)) == [400] * 10
    assert list(np.bincount(data.Y_test)) == [100] * 10


@pytest.mark.parametrize("load", LOADERS.values())
def test_samples_are_shuffled_and_no_test_image_was_trained_on(load):
    data = load()
    for labels in (data.Y_train, data.Y_test):
        assert len(set(labels[:20])) > 5 and len(set(labels[-20:])) > 5
    trained = {row.tobytes() for row in data.X_train}
    assert not any(row.tobytes() in trained for row in data.X_test)


@pytest.mark.parametrize("load", LOADERS.values())
def test_every_call_returns_fresh_arrays_in_a_frozen_record(load):
    data = load()
    data.X_train[:] = -1.0
    assert load().X_train.min() == 0.0
    with pytest.raises(FrozenInstanceError):
        data.X_train = None


# ---------------------------------------------------------------------------------------------------------
# one_hot
# ---------------------------------------------------------------------------------------------------------

def test_one_hot():
    rows = datasets.one_hot([2, 0, 1, 2], 3)
    assert rows.dtype == np.float64
    assert np.array_equal(rows, [[0, 0, 1], [1, 0, 0], [0, 1, 0], [0, 0, 1]])
    assert datasets.one_hot(np.array([1], dtype=np.uint8), 2).tolist() == [[0.0, 1.0]]
    assert datasets.one_hot(np.array([], dtype=int), 3).shape == (0, 3)


@pytest.mark.parametrize("labels, classes, message", [
    ([0, 3], 3, r"0 \.\. 2 for 3 classes; given 3"),
    ([-1, 0], 3, r"0 \.\. 2 for 3 classes; given -1"),
    ([0.0, 1.0], 3, "integers .* given float64"),
    ([True, False], 3, "integers .* given bool"),
    (["1"], 3, "integers .* given <U1"),
    ([[0], [1]], 3, r"one-dimensional.* \(2, 1\)"),
    (1, 3, r"one-dimensional.* \(\)"),
    ([0], 0, "classes must be an integer >= 1; given 0"),
    ([0], 3.0, "classes must be an integer >= 1; given 3.0"),
])
def test_one_hot_says_what_is_wrong(labels, classes, message):
    with pytest.raises(ValueError, match=message):
        datasets.one_hot(labels, classes)


# ---------------------------------------------------------------------------------------------------------
# Made data
# ---------------------------------------------------------------------------------------------------------

def test_xor():
    X, labels = datasets.xor()
    assert X.shape == (4, 2) and X.dtype == np.float64
    assert [int(a != b) for a, b in X] == labels.tolist()


@pytest.mark.parametrize("make", MAKERS)
def test_made_data_depend_on_the_seed_alone(make):
    X, labels = make(31, seed=5)
    again, same = make(31, seed=5)
    other, _ = make(31, seed=6)
    assert np.array_equal(X, again) and np.array_equal(labels, same) and not np.array_equal(X, other)
    assert X.shape == (31, 2) and X.dtype == np.float64 and np.issubdtype(labels.dtype, np.integer)
    counts = np.bincount(labels)
    assert counts.min() > 0 and counts.max() - counts.min() <= 1
    assert len(set(labels[:12])) > 1  # shuffled


@pytest.mark.parametrize("make", MAKERS)
def test_noise_is_the_standard_deviation_of_the_displacement(make):
    clean, labels = make(4000, noise=0.0, seed=1)
    noisy, same = make(4000, noise=0.2, seed=1)
    assert np.array_equal(labels, same)
    assert np.std(noisy - clean) == pytest.approx(0.2, rel=0.05)


def test_moons_lie_on_two_half_circles():
    X, labels = datasets.two_moons(200, noise=0.0)
    upper, lower = X[labels == 0], X[labels == 1]
    np.testing.assert_allclose(np.hypot(upper[:, 0], upper[:, 1]), 1.0)
    np.testing.assert_allclose(np.hypot(lower[:, 0] - 1.0, lower[:, 1] - 0.5), 1.0)
    assert upper[:, 1].min() >= 0.0 and lower[:, 1].max() <= 0.5


def test_circles_have_their_radii():
    X, labels = datasets.circles(100, noise=0.0, radius=0.3)
    np.testing.assert_allclose(np.hypot(*X.T), np.where(labels == 0, 1.0, 0.3))


def test_the_angle_of_a_spiral_grows_with_its_radius():
    X, labels = datasets.spirals(400, classes=4, noise=0.0, turns=1.5)
    r = np.hypot(*X.T)
    turned = np.arctan2(X[:, 1], X[:, 0]) / (2.0 * np.pi) - labels / 4 - 1.5 * r
    assert r.max() <= 1.0
    np.testing.assert_allclose(turned, np.round(turned), atol=1e-12)


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize("wrong, message", [
    ({"samples": 1}, "samples must be an integer >= [23]; given 1"),
    ({"samples": 10.0}, "samples must be an integer"),
    ({"samples": True}, "samples must be an integer"),
    ({"noise": -0.1}, "noise must be a number >= 0; given -0.1"),
    ({"noise": float("nan")}, "noise must be a number >= 0; given nan"),
    ({"seed": -1}, "seed must be an integer >= 0; given -1"),
    ({"seed": None}, "seed must be an integer >= 0; given None"),
])
def test_bad_arguments_are_named(make, wrong, message):
    with pytest.raises(ValueError, match=message):
        make(**wrong)


def test_bad_arguments_of_single_makers_are_named():
    with pytest.raises(ValueError, match="classes must be an integer >= 2; given 1"):
        datasets.spirals(classes=1)
    with pytest.raises(ValueError, match="turns must be a positive number; given 0"):
        datasets.spirals(turns=0)
    with pytest.raises(ValueError, match="between 0 and 1; given 1.0"):
        datasets.circles(radius=1.0)
