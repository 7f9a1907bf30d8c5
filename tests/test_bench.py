"""The measuring command: peers agree on the gradients, a table is made, JSON and picture are written."""
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from bplib.bench import browser as headless
from bplib.bench import by_hand, claims, command, generated, measure, naive, report, run
from bplib.bench.bounds import Bound
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


class Clock:
    """A clock that stands still but when it is told that something took its time."""

    def __init__(self, monkeypatch):
        self.seconds = 0.0
        for name in ("process_time", "perf_counter"):
            monkeypatch.setattr(measure, name, lambda: self.seconds)

    def peer(self, name, seconds):
        """A peer each of whose steps takes so many seconds; a function of no arguments says how many."""
        def step():
            self.seconds += seconds()
        return lambda: Peer(name, step, None, None)


def test_times_are_those_of_the_peers(monkeypatch):
    clock = Clock(monkeypatch)
    taken = interleaved([clock.peer("short", lambda: 2e-4), clock.peer("long", lambda: 3e-3)], rounds=10, anew=2)
    assert taken["short"] == pytest.approx([2e-4] * 10) and taken["long"] == pytest.approx([3e-3] * 10)
    assert ratio(taken, "long", "short") == pytest.approx(15)


def test_the_smaller_of_two_clocks_counts(monkeypatch):
    """Other programs lengthen the time on the clock, and a second thread that of the processor."""
    clock = Clock(monkeypatch)
    monkeypatch.setattr(measure, "process_time", lambda: 2 * clock.seconds)
    assert interleaved([clock.peer("two threads", lambda: 1e-3)], 2, 1)["two threads"] == pytest.approx([1e-3] * 2)
    monkeypatch.setattr(measure, "process_time", lambda: clock.seconds / 2)
    assert interleaved([clock.peer("busy", lambda: 1e-3)], 2, 1)["busy"] == pytest.approx([5e-4] * 2)


def test_the_first_steps_after_another_peer_do_not_count(monkeypatch):
    """Here they take twenty times as long, as if another peer had emptied the cache."""
    clock, last = Clock(monkeypatch), []

    def cached(name):
        def seconds():
            first = last[-1:] != [name]
            last.append(name)
            return 2e-2 if first else 1e-3
        return clock.peer(name, seconds)

    taken = interleaved([cached("one"), cached("other")], rounds=6, anew=2)
    assert all(times == pytest.approx([1e-3] * 6) for times in taken.values())


BOUNDS = [Bound("steps a second", 120.0, least=100), Bound("ms, median", 30.0, most=20)]


@pytest.mark.parametrize("measured, code", [(BOUNDS[:1], 0), (BOUNDS, 1)])
def test_a_missed_bound_is_told_and_is_the_exit_code(measured, code, capsys, monkeypatch):
    monkeypatch.setitem(command.MEASURED, "explorers", lambda: measured)
    assert command.main(["explorers"]) == code
    told = capsys.readouterr().out.splitlines()[2:]
    wanted = ["steps a second 120.0 at least 100 holds", "ms, median 30.0 at most 20 DOES NOT HOLD"]
    assert [" ".join(line.split()) for line in told] == wanted[:len(measured)]


def test_without_a_browser_explorers_are_not_measured(capsys, monkeypatch):
    monkeypatch.setattr(headless, "PROGRAMS", ("no-such-browser",))
    assert command.main(["explorers"]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "No Chromium is installed" in said and "run the command again" in said


def test_playwright_is_loaded_by_measuring_alone():
    code = "import sys, bplib.bench.command; print('playwright' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True,
                          env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert done.stdout == "False\n"


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
