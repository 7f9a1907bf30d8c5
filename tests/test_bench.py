"""The measuring command: peers agree on the gradients, a table is made, JSON and picture are written."""
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from bplib.bench import by_hand, claims, generated, naive, report, run
from bplib.bench.measure import interleaved, ratio
from bplib.bench.peers import Peer
from bplib.bench.settings import SETTINGS, Setting

ROOT = Path(__file__).resolve().parent.parent
OWN = (generated.tuned, generated.fused, generated.plain, by_hand.with_numpy, by_hand.with_blas, by_hand.fused,
       by_hand.with_numbers, by_hand.without_care, naive.expanded)
SMALL = (SETTINGS["A"], SETTINGS["A'"], Setting("one", (40, 9, 5), 1), Setting("ten", (40, 30, 20), 10),
         Setting("chunks", (400, 4, 3), 1000), Setting("many", (9, 8, 7, 6), 12, softmax=True),
         Setting("many32", (9, 8, 7, 6), 12, "float32", softmax=True))


@pytest.mark.parametrize("setting", SMALL, ids=lambda setting: setting.name)
def test_peers_agree_on_gradients_and_on_a_step(setting):
    """Every peer's gradients and its parameters after a step; plain generated code has been compared with others."""
    peers = [peer for make in OWN if (peer := make(setting))]
    assert len(peers) >= 5
    assert run.difference(peers, setting.dtype) < run.TOLERANCE[setting.dtype]
    _, start = setting.parameters()
    before = np.concatenate([np.ravel(w) for w in start])
    for peer in peers:
        slope = np.concatenate([np.ravel(g) for g in peer.gradients()])
        peer.step()
        after = np.concatenate([np.ravel(w) for w in peer.state()])
        moved = (before.astype(float) - after) / 1e-6
        assert np.abs(moved - slope).max() < (1e-8 if setting.dtype == "float64" else 0.2), peer.name
        assert setting.dtype == "float32" or np.abs(moved).max() > 1e-4


def test_a_peer_that_computes_something_else_is_found():
    peers = [make(SMALL[3]) for make in OWN[:2]]
    wrong = Peer("wrong", None, lambda: [1.001 * g for g in peers[0].gradients()], None)
    with pytest.raises(run.Disagreement):
        run.difference([*peers, wrong], "float64")


def test_an_epoch_ends_with_the_same_parameters():
    taken, error = run.an_epoch(60, 1)
    assert set(taken) == {claims.GENERATED, claims.FUSED, claims.SLOWEST} and error < 1e-12


def test_times_are_those_of_the_peers():
    def waiting(name, steps):
        return lambda: Peer(name, lambda: sum(range(steps)), None, None)

    taken = interleaved([waiting("short", 2000), waiting("long", 20000)], rounds=10, anew=2)
    assert len(taken["short"]) == 10 and 5 < ratio(taken, "long", "short") < 20


def test_the_first_steps_after_another_peer_do_not_count():
    """Here they take twenty times as long, as if another peer had emptied the cache."""
    last = []

    def cached(name, steps):
        def step():
            sum(range(20 * steps if last[-1:] != [name] else steps))
            last.append(name)
        return lambda: Peer(name, step, None, None)

    taken = interleaved([cached("one", 200_000), cached("other", 200_000)], rounds=6, anew=2)
    least = min(times.min() for times in taken.values())
    assert all(np.median(times) < 3 * least for times in taken.values())


def test_a_claim_that_does_not_hold_is_told():
    taken = {"A": {claims.GENERATED: np.array([2.0, 2.0]), claims.NUMBERS: np.array([1.0, 1.0])}}
    data = report.as_data({"A": "A"}, taken, {}, 0.0)
    (claim,) = [row for row in data["claims"] if row["to"] == claims.NUMBERS]
    assert (claim["measured"], claim["holds"]) == (2.0, False) and "DOES NOT HOLD" in report.table(data)
    assert all(row["holds"] is None for row in data["claims"] if row is not claim)


def test_the_command_prints_a_table_and_writes_json_and_a_picture(tmp_path):
    """With the frameworks out of the way, which take seconds to load where they are installed."""
    code = ("import bplib.bench.__main__, sys; from bplib.bench import frameworks, run, command;"
            "frameworks.find_spec = lambda name: None;"
            "sys.exit(command.main(["
            f"'--settings', 'A', 'C', '--rounds', '2', '--samples', '40', '--out', {str(tmp_path)!r}]))")
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True,
                          env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert done.returncode == 0, done.stderr
    data = json.loads((tmp_path / "speed.json").read_text(encoding="utf-8"))
    assert set(data["settings"]) == {"A", "C", "epoch"} and data["machine"]["threads used"] == "1"
    assert data["settings"]["C"]["microseconds"]["generated"]["generated / this"] == 1
    assert all(row["median"] > 0 for row in data["settings"]["C"]["microseconds"].values())
    assert "784–30–10, batch 10" in done.stdout and "by hand, NumPy and BLAS" in done.stdout
    assert "What has to hold" in done.stdout and str(tmp_path / "speed.json") in done.stdout
    assert (tmp_path / "speed.png").read_bytes().startswith(b"\x89PNG")
    assert "784–30–10" in report.picture(data).figure.axes[0].get_yticklabels()[1].get_text()
    assert "by hand" in report.picture(data).alt
