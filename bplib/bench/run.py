"""All measurements, one after the other."""
from functools import partial
from time import process_time

import numpy as np

from ..codegen import generate
from ..derivation import derive
from ..networks import dense
from ..tuning import tune
from . import by_hand, epoch, frameworks, generated, limit, naive
from .measure import interleaved
from .report import as_data
from .settings import SETTINGS

PEERS = (generated.tuned, generated.fused, generated.plain, by_hand.with_numpy, by_hand.with_blas, by_hand.fused,
         by_hand.with_numbers, by_hand.without_care, frameworks.pytorch, frameworks.jax_jit, frameworks.autograd,
         naive.expanded, limit.products, frameworks.pytorch_products)
TOLERANCE = {"float64": 1e-9, "float32": 1e-3}


class Disagreement(Exception):
    """Two peers that should compute the same do not."""


def all_settings(settings=SETTINGS.values(), rounds=150, samples=50_000, say=print):
    """Measure every peer in every setting: the data of the report."""
    taken, titles, errors = {}, {}, [0.0]
    for setting in settings:
        say(f"Measuring {setting.title} …")
        makers = [make for make in PEERS if make(setting)]
        errors.append(difference([make(setting) for make in makers], setting.dtype))
        taken[setting.name] = interleaved([partial(make, setting) for make in makers], rounds)
        titles[setting.name] = setting.title
    say(f"Measuring an epoch of {samples} samples …")
    taken["epoch"], error = an_epoch(samples, max(1, min(3, rounds // 5)))
    titles["epoch"] = f"one epoch  784–30–10, batch 10, {samples} samples, float64"
    return as_data(titles, taken, derivations(), max(*errors, error))


def difference(peers, dtype):
    """The largest difference between the gradients of any peer and those of the first, relative to their size."""
    first, *others = [_flat(peer.gradients()) for peer in peers if peer.gradients]
    worst = max(float(np.abs(other - first).max() / np.abs(first).max()) for other in others)
    if not worst < TOLERANCE[dtype]:
        raise Disagreement(f"Two peers' gradients differ by {worst:.1e} of their size.")
    return worst


def an_epoch(samples, rounds):
    """Times of an epoch, and the largest difference between the parameters that the peers end with."""
    X, Y = epoch.samples(samples)
    peers = [make(X, Y) for make in epoch.PEERS]
    for peer in peers:
        peer.step()
    worst = max(float(np.abs(_flat(peer.state()) - _flat(peers[0].state())).max()) for peer in peers[1:])
    if not worst < 1e-6:
        raise Disagreement(f"After an epoch the peers' parameters differ by {worst:.1e}.")
    return interleaved([lambda peer=peer: peer for peer in peers], rounds, anew=1), worst


def derivations():
    """Seconds of processor time for deriving and generating, gradients tuned: a deep wide network, and the smallest."""
    def seconds(sizes, batch):
        start = process_time()
        network = dense(sizes)
        tune(generate(network, derive(network)), batch=batch).source
        return process_time() - start

    seconds([2, 3, 1], 1)  # imports, and SymPy's first steps
    return {"Derived, generated and tuned: 10 layers of 1000 units": seconds([1000] * 11, 10),
            "Derived, generated and tuned: 2–2–1": seconds([2, 2, 1], 1)}


def _flat(arrays):
    return np.concatenate([np.ravel(array) for array in arrays])
