"""Random networks of every kind, as the command `tests/compare.py` draws them: some of them on every change."""
import numpy as np
import pytest
from compare import ALLOWED, drawn_network, errors_of, main
from tiers import tries

SEEDS = [seed for seed in range(100, tries(136, 112)) if seed != 113]  # that one is deep, and takes as long as ten


@pytest.mark.parametrize("seed", SEEDS)
def test_plain_tuned_and_reference_agree(seed):
    compared = [*errors_of(seed)]
    assert {what for _, what, _ in compared} & {"reference"} and all(error <= ALLOWED[what] for _, what, error in compared)


def test_every_kind_of_network_is_among_them():
    assert {drawn_network(np.random.default_rng(seed))[0] for seed in SEEDS} >= {"dense", "graph", "neuron"}


def test_the_command_prints_seeds_and_figures_and_fails_where_something_is_wrong(monkeypatch, capsys):
    assert main(["--number", "1", "--seed", "100"]) == 0
    assert "1 networks, seeds 100 to 100: 0 wrong" in capsys.readouterr().out
    monkeypatch.setitem(ALLOWED, "reference", -1.0)
    assert main(["--number", "1", "--seed", "101"]) == 1
    assert "WRONG  seed 101" in capsys.readouterr().out


@pytest.mark.thorough
@pytest.mark.parametrize("seed", (512, 707, 1755))
def test_networks_where_next_to_everything_cancels(seed):
    """Deep ones with softmax inside: what is left of a gradient, or of one side of a step, is as small as rounding."""
    assert all(error <= ALLOWED[what] for _, what, error in errors_of(seed))
