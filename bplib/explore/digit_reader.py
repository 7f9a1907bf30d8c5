"""The network that reads digits in the digit explorer, trained beforehand: its weights stand in digit_reader.json.

    python -m bplib.explore.digit_reader        trains it anew, in a few seconds, and writes that file

It learns from the training images of `datasets.digits`, and from copies of them that are moved, stretched, slanted and
turned: a digit drawn on a screen does not stand in the middle, as wide and as tall as those images have it.
"""
import json
from functools import cache
from pathlib import Path

import numpy as np
from scipy.ndimage import affine_transform

from .. import datasets
from ..codegen import generate
from ..networks import dense
from ..training import initial_parameters, train

STORED = Path(__file__).with_suffix(".json")
SIZES, ACTIVATIONS = (64, 30, 10), ("tanh", "softmax")
COPIES, PENALTY, DECIMALS = 5, 0.0003, 3
SCHEDULE = ({"eta": 0.3, "epochs": 8}, {"eta": 0.05, "epochs": 3})
TURNED, SLANTED, MOVED = 0.12, 0.15, (1.2, 0.7)  # standard deviations in radians and pixels a pixel; pixels across, up
TALL, WIDE = (0.75, 1.1), (0.75, 1.5)


@cache
def parameters():
    """The stored weights and biases: arrays W1 (30, 64), b1 (30,), W2 (10, 30), b2 (10,)."""
    return {name: np.array(rows) for name, rows in json.loads(STORED.read_text(encoding="utf-8")).items()}


def trained():
    """The same, trained anew."""
    images = datasets.digits()
    random = np.random.default_rng(0)
    copies = [_distorted(image, images.shape, random) for _ in range(COPIES) for image in images.X_train]
    X, Y = np.concatenate([images.X_train, copies]), np.tile(images.Y_train, 1 + COPIES)
    network = dense(SIZES, ACTIVATIONS, "negative log-likelihood", l2=PENALTY)
    functions, found = generate(network), initial_parameters(network, seed=0)
    for part in SCHEDULE:
        found = train(functions, found, X, Y, batch_size=20, momentum=0.5, **part).parameters
    return {name: array.round(DECIMALS) for name, array in found.items()}


def _distorted(image, shape, random):
    """An image stretched, slanted, turned and moved at random, with its ink between 0 and 1."""
    angle, slant = random.normal(0, TURNED), random.normal(0, SLANTED)
    tall, wide = random.uniform(*TALL), random.uniform(*WIDE)
    across, up = (random.uniform(-far, far) for far in MOVED)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    back = turn @ [[1 / tall, 0], [slant / wide, 1 / wide]]  # from a place in the copy to one in the image
    middle = (np.array(shape) - 1) / 2
    return affine_transform(image.reshape(shape), back, middle - back @ (middle + [up, across]), order=1).ravel()


if __name__ == "__main__":
    rows = (f'"{name}": {json.dumps(array.tolist())}' for name, array in trained().items())
    STORED.write_text("{\n" + ",\n".join(rows) + "\n}\n", encoding="utf-8")
