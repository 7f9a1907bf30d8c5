"""Same seed, same training: in processes whose sets have other orders and whose memory held other things before."""
import os
import random
import subprocess
import sys
from pathlib import Path

from tiers import tries

TIMES = tries(10, 2)

TRAINING = """
import hashlib, sys
import numpy as np

def dirty(seed):
    # memory that is given back holds numbers; what is made later may get it
    draw = np.random.default_rng(seed)
    for size in (8, 64, 400, 3000, 20_000, 100_000):
        held = [draw.normal(size=size) * 1e300 for _ in range(20)]
        del held

dirty(int(sys.argv[1]))
import bplib as bp

neurons = {f"h{n}": (["p", "q"], ("tanh", "sigmoid")[n % 2]) for n in range(4)}
neurons |= {f"o{n}": ([f"h{m}" for m in range(4)], "sigmoid") for n in range(2)}
networks = {"dense": bp.dense([6, 9, 8, 3], ["sigmoid", "tanh", "softmax"], "negative log-likelihood"),
            "graph": bp.graph(neurons, ["p", "q"], bias=True), "numbers": bp.dense([2, 2, 1])}
numbers = np.random.default_rng(3)
for name, network in networks.items():
    dirty(int(sys.argv[1]) + 1)
    X = numbers.normal(size=(50, network.shape("x")[1]))
    Y = numbers.integers(0, 3, 50) if name == "dense" else numbers.uniform(size=(50, network.shape("y")[1]))
    f, start = bp.generate(network), bp.initial_parameters(network, seed=1)
    runs = [bp.train(f, start, X, Y, eta=0.5, epochs=3, batch_size=10, momentum=0.5, dtype=dtype)
            for dtype in ("float64", "float32")]
    plain = {key: w.copy() for key, w in start.items()}
    for _ in range(3):
        plain = {key: w - 0.5 * f.gradients(plain, X, Y)[key] for key, w in plain.items()}
    found = [*(w for run in runs for w in run.parameters.values()), *(np.array(run.cost) for run in runs), *plain.values()]
    assert all(np.isfinite(array).all() for array in found)
    print(name, hashlib.sha256(b"".join(array.tobytes() for array in found)).hexdigest())
"""


def trained(seed):
    """What a process prints that trains: a digest for each network, of tuned and of plain training."""
    environment = {**os.environ, "PYTHONHASHSEED": str(seed), "PYTHONPATH": str(Path(__file__).parents[1])}
    return subprocess.run([sys.executable, "-c", TRAINING, str(seed)], env=environment, capture_output=True, text=True,
                          check=True).stdout


def test_training_gives_the_same_numbers_in_every_process():
    seeds = [0, *random.Random(1).sample(range(1, 2**31), TIMES - 1)]
    found = {trained(seed) for seed in seeds}
    assert len(found) == 1 and [line.split()[0] for line in found.pop().splitlines()] == ["dense", "graph", "numbers"]
