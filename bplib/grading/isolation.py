"""Runs a submission's cells in processes with limits, and starts again behind whatever does not end."""
import json
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, Queue
from threading import Thread

ROOT = Path(__file__).resolve().parents[2]
ONE_THREAD = {name: "1" for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")}
MOST_STARTS = 6


@dataclass(frozen=True)
class Limits:
    """What a submission may use.

    seconds     for each cell, and for each answer's calls
    megabytes   of memory, on systems that can limit it
    """

    seconds: float = 10.0
    megabytes: int = 2000


@dataclass
class Found:
    """What came out of a submission.

    answers   exercise → what `coursework.collected` made of its answer
    failed    exercise → why its answer could not be collected
    errors    number of a cell → the exception that it raised
    stopped   "cell 3" or an exercise, where a process did not get further → outcome, "time-out" or "error", and words
    """

    answers: dict = field(default_factory=dict)
    failed: dict = field(default_factory=dict)
    errors: dict = field(default_factory=dict)
    stopped: dict = field(default_factory=dict)


def run_isolated(cells, names, limits=Limits()):
    """Run cells, then collect the answers with these names (exercise → name): `Found`."""
    found = Found()
    for _ in range(MOST_STARTS):
        job = {"cells": list(cells), "names": names, "megabytes": limits.megabytes,
               "skip": [*found.stopped, *found.answers, *found.failed]}
        where, why = _run_once(job, limits, found)
        if where != "end":
            found.stopped[where] = why
        if where in ("setup", "end"):
            break
    return found


def _run_once(job, limits, found):
    """One process: returns what it was at when it ended, and as what that counts, in an outcome and words."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        process = subprocess.Popen(
            [sys.executable, "-m", "bplib.grading.runner"], cwd=folder, text=True, encoding="utf-8",
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True,
            env={**os.environ, **ONE_THREAD, "PYTHONPATH": str(ROOT), "MPLBACKEND": "Agg", "IPYTHONDIR": folder})
        lines = Queue()
        reader = Thread(target=_read, args=(process, json.dumps(job), lines), daemon=True)
        reader.start()
        try:
            return _follow(lines, limits, found)
        finally:
            _kill(process)
            reader.join()
            process.stdout.close()


def _read(process, job, lines):
    try:
        with process.stdin:
            process.stdin.write(job)
        for line in process.stdout:
            lines.put(json.loads(line))
    except (OSError, ValueError):
        pass
    lines.put(None)


def _follow(lines, limits, found):
    """Take a process's lines until it ends or is silent for too long."""
    at, patience = "setup", 60 + limits.seconds
    while True:
        try:
            line = lines.get(timeout=patience)
        except Empty:
            return at, ("time-out", f"It was stopped after {limits.seconds:g} seconds.")
        if line is None:
            return at, ("error", "Its process ended: it used too much memory, or ended itself.")
        if "start" in line:
            at, patience = line["start"], limits.seconds
            if at == "end":
                return at, None
        elif "cell" in line:
            found.errors[line["cell"]] = line["error"]
        elif "failed" in line:
            found.failed[line["exercise"]] = line["failed"]
        else:
            found.answers[line["exercise"]] = line["found"]


def _kill(process):
    try:
        if os.name == "nt":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()
