"""Random numbers that Python and a page draw alike, to the last bit.

All is made of whole numbers of 32 bits by operations without rounding error: initial weights, and the order in which
samples are gone through.  The JavaScript stands beside the Python that does the same.
"""
from math import sqrt

import numpy as np

WORD = 2**32
SUMMANDS = 12
"""Uniform numbers whose sum is nearly normal, with standard deviation 1 since each has variance 1/12."""

JAVASCRIPT = f"""\
// T. Ettinger's generator mulberry32: whole numbers of 32 bits, a stream of them for each seed and purpose.
const stream = (seed, purpose) => {{
  let state = Math.imul(seed, 0x9E3779B1) + Math.imul(purpose, 0x85EBCA6B) | 0;
  return () => {{
    state = state + 0x6D2B79F5 | 0;
    let mixed = Math.imul(state ^ state >>> 15, state | 1);
    mixed ^= mixed + Math.imul(mixed ^ mixed >>> 7, mixed | 61);
    return (mixed ^ mixed >>> 14) >>> 0;
  }};
}};

// Weights and biases to start from, for layers of the given sizes.
export const initial = (sizes, seed) => {{
  const next = stream(seed, 0), parameters = {{}};
  for (let layer = 1; layer < sizes.length; layer++) {{
    const inputs = sizes[layer - 1];
    parameters[`W${{layer}}`] = array(sizes[layer], () => array(inputs, () =>
      (sum({SUMMANDS}, next) / {WORD} - {SUMMANDS // 2}) / Math.sqrt(inputs)));
    parameters[`b${{layer}}`] = array(sizes[layer], () => 0);
  }}
  return parameters;
}};

// The order in which an epoch goes through the samples.
export const order = (seed, epoch, samples) => {{
  const next = stream(seed, epoch + 1), places = array(samples, (n) => n);
  for (let last = samples - 1; last > 0; last--) {{
    const other = next() % (last + 1);
    [places[last], places[other]] = [places[other], places[last]];
  }}
  return places;
}};
"""


def stream(seed, purpose):
    """T. Ettinger's generator mulberry32: whole numbers of 32 bits, a stream of them for each seed and purpose."""
    state = seed * 0x9E3779B1 + purpose * 0x85EBCA6B
    while True:
        state = (state + 0x6D2B79F5) % WORD
        mixed = (state ^ state >> 15) * (state | 1) % WORD
        mixed ^= (mixed + (mixed ^ mixed >> 7) * (mixed | 61)) % WORD
        yield mixed ^ mixed >> 14


def initial(sizes, seed):
    """Weights and biases to start from, {"W1": (n_1, n_0), "b1": (n_1,), …}, for layers of the given sizes.

    The rule of `training.initial_parameters`: weights (here very nearly) normal with standard deviation 1/√(number of
    inputs), biases 0.
    """
    draws, parameters = stream(seed, 0), {}
    for layer, (inputs, outputs) in enumerate(zip(sizes, sizes[1:]), 1):
        sums = [[sum(next(draws) for _ in range(SUMMANDS)) for _ in range(inputs)] for _ in range(outputs)]
        parameters[f"W{layer}"] = (np.array(sums) / WORD - SUMMANDS // 2) / sqrt(inputs)
        parameters[f"b{layer}"] = np.zeros(outputs)
    return parameters


def order(seed, epoch, samples):
    """The order in which an epoch goes through the samples: a list of their numbers, counted from 0."""
    draws, places = stream(seed, epoch + 1), list(range(samples))
    for last in range(samples - 1, 0, -1):
        other = next(draws) % (last + 1)
        places[last], places[other] = places[other], places[last]
    return places
