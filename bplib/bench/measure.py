"""Interleaved timing: in each round every peer runs for a few milliseconds, one after the other, so that a slow moment
of the machine falls on all of them; a ratio is the median of the rounds' ratios.

What counts is the smaller one of processor time, which other programs on the machine do not lengthen, and time on the
clock, so that a framework that works in two threads is not charged for both.  Before it is measured a peer takes some
steps that do not count: training goes on step after step, and the first ones find the other peers' arrays in the cache.
Peers are made anew many times, as it matters by some per cent where in memory their arrays happen to lie.
"""
from time import perf_counter, process_time

import numpy as np

LEAST = 2e-3
"""Seconds that a peer runs in each round, at least: clocks are coarse."""

SETTLING, LONG = 3, 0.1
"""Steps that do not count, and seconds from which a step is many steps by itself."""


def _seconds(step, times):
    start, clock = process_time(), perf_counter()
    for _ in range(times):
        step()
    return min(process_time() - start, perf_counter() - clock) / times


def _times(step):
    """How many steps do not count, and how many fill the least time."""
    step()
    times = 1
    while (took := _seconds(step, times) * times) < LEAST:
        times = max(2 * times, int(times * LEAST / max(took, 1e-5)))
    return 0 if took > LONG else SETTLING, times


def _measured(step, settling, times):
    for _ in range(settling):
        step()
    return _seconds(step, times)


def interleaved(makers, rounds, anew=15):
    """Seconds a step, for each peer by its name an array over the rounds.

    makers   functions that make the peers
    anew     how often they are made, each time in another order
    """
    taken, order = [], np.random.default_rng(0)
    for _ in range(min(anew, rounds)):
        peers = [None] * len(makers)
        for place in order.permutation(len(makers)):
            peers[place] = makers[place]()
        times = [_times(peer.step) for peer in peers]
        for _ in range(max(1, rounds // anew)):
            row = np.empty(len(peers))
            for place in order.permutation(len(peers)):
                row[place] = _measured(peers[place].step, *times[place])
            taken.append(row)
    return {peer.name: column for peer, column in zip(peers, np.transpose(taken))}


def ratio(taken, one, other):
    """How long `one` takes for each second of `other`: the median over the rounds."""
    return float(np.median(taken[one] / taken[other]))
