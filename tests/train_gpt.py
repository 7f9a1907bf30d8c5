"""A GPT of any number of blocks, written as one text, trained with generated NumPy and beside it with PyTorch's autograd.

    python tests/train_gpt.py --steps 300 --blocks 2

prints the losses of both, how far they are ever apart, and the CPU time of each.  PyTorch has to be installed.
"""
import argparse
import time

import numpy as np
import test_program_torch
import torch
from zoo import ZOO

import bplib as bp

SIZES = dict(N=8, T=16, D=32, H=4, n_e=8, M=64)
TEXT = "the error term of a unit is a sum over the units that hear it; each passes its own error back along the weight. "


def batches(seed, steps):
    """Pieces of a text, letter by letter, and the letters that come next."""
    letters = sorted(set(TEXT))
    numbers, random = np.array([letters.index(letter) for letter in TEXT * 3]), np.random.default_rng(seed)
    for _ in range(steps):
        start = random.integers(0, len(TEXT), SIZES["N"])[:, None] + np.arange(SIZES["T"])
        yield numbers[start], numbers[start + 1]


def first_parameters(model, sizes, seed):
    """Small random weights; scales of the norms 1, their shifts 0."""
    random, parameters = np.random.default_rng(seed), {}
    for name in model.parameters:
        shape = tuple(sizes[str(n)] for n in model.quantities[name].sizes)
        parameters[name] = (np.ones(shape) if name.startswith("gamma") else np.zeros(shape) if name.startswith("beta")
                            else random.normal(size=shape) * 0.3 / np.sqrt(shape[-1]))
    return parameters


class Adam:
    """The same few lines for both: numbers come from the gradients alone."""

    def __init__(self, rate=3e-3):
        self.rate, self.step, self.moments = rate, 0, {}

    def __call__(self, parameters, gradients):
        self.step += 1
        for name, g in gradients.items():
            m, v = self.moments.get(name, (0.0, 0.0))
            m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
            self.moments[name] = m, v
            parameters[name] = parameters[name] - self.rate * (m / (1 - 0.9**self.step)) / (
                np.sqrt(v / (1 - 0.999**self.step)) + 1e-8)


def with_numpy(functions):
    def cost_and_gradients(parameters, tokens, target):
        given = {"tokens": tokens, "target": target, **parameters}
        return float(functions.cost(given)), functions.gradients(given)

    return cost_and_gradients


def with_torch(parameters, tokens, target):
    tensors = {name: torch.tensor(value, requires_grad=True) for name, value in parameters.items()}
    cost = test_program_torch.gpt_text({**tensors, "tokens": torch.tensor(tokens), "target": torch.tensor(target)})
    cost.backward()
    return cost.item(), {name: tensor.grad.numpy() for name, tensor in tensors.items()}


def train(cost_and_gradients, parameters, steps, seed):
    losses, parameters, descend, spent = [], dict(parameters), Adam(), 0.0
    for tokens, target in batches(seed, steps):
        start = time.process_time()
        loss, gradients = cost_and_gradients(parameters, tokens, target)
        spent += time.process_time() - start
        losses.append(loss)
        descend(parameters, gradients)
    return np.array(losses), spent


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--blocks", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    start = time.process_time()
    model = ZOO["GPT text"].make()
    derivation = bp.derive(model)
    print(f"{len(model.equations)} equations, {len(derivation.steps)} steps derived and compared in "
          f"{time.process_time() - start:.2f} s of CPU")
    functions = bp.generate(model, derivation)
    sizes = {**SIZES, "V": len(set(TEXT)), "L": chosen.blocks}
    parameters = first_parameters(model, sizes, chosen.seed)
    print(f"{sum(map(np.size, parameters.values())):,} parameters, {chosen.blocks} blocks")
    ours, own = train(with_numpy(functions), parameters, chosen.steps, chosen.seed)
    theirs, other = train(with_torch, parameters, chosen.steps, chosen.seed)
    print(f"loss {ours[0]:.4f} -> {ours[-1]:.4f}; PyTorch {theirs[0]:.4f} -> {theirs[-1]:.4f}")
    print(f"largest relative difference of any loss: {np.abs(ours / theirs - 1).max():.1e}")
    print(f"CPU: generated NumPy (cost and gradients) {own:.2f} s, PyTorch {other:.2f} s")


if __name__ == "__main__":
    main()
