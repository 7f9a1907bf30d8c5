"""How long a class takes: submissions of every kind are generated and graded; time, processor and memory are printed.

    .venv/bin/python tests/measure_class.py --number 1000 --isolation landlock bubblewrap --seconds 2
"""
import argparse
import os
import resource
import sys
import tempfile
import threading
import time
from pathlib import Path

import nbformat
from class_of_submissions import FILES, KINDS, write_class

from bplib.grading import Settings, grade
from bplib.grading.channel import Limits

SOLUTIONS = Path(__file__).resolve().parent.parent / "notebooks" / "coursework" / "solutions"
SHEET = next(SOLUTIONS.glob("sheet-4*.ipynb"))


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--number", type=int, default=230)
    parser.add_argument("--isolation", nargs="+", default=["auto"])
    parser.add_argument("--seconds", type=float, default=Limits.seconds)
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument("--executor", default="threads")
    parser.add_argument("--endless", action="store_true", help="also the kinds that never end, up to the limit")
    given = parser.parse_args(arguments)
    kinds = [kind for kind in (*KINDS, *FILES) if given.endless or not kind.startswith("endless")]
    with tempfile.TemporaryDirectory() as folder:
        made = write_class(Path(folder) / "in", nbformat.read(SHEET, as_version=4), given.number, kinds)
        for way in given.isolation:
            measure(Path(folder), way, given, sum(kind in KINDS for kind in made.values()))


def measure(folder, way, given, notebooks):
    """Grade the class once and print what that took."""
    begun, before, peak = time.monotonic(), processor(), Peak()
    settings = Settings(Limits(seconds=given.seconds), way)
    tally = grade(folder / "in", folder / way, settings, workers=given.workers, executor=given.executor, seed=1)
    seconds, used = time.monotonic() - begun, processor() - before
    print(f"{way}: {len(tally.students)} submissions in {seconds:.0f} s; processor {used:.0f} s, "
          f"{used / notebooks * 1000:.0f} ms for each of {notebooks} notebooks; memory {peak.end():.0f} MB in all; "
          f"points {sum(map(tally.points, tally.students)):g}")


def processor():
    """Seconds of processor that this process and all that it has waited for have used."""
    own, others = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime


class Peak(threading.Thread):
    """The most memory that this process and its descendants hold at a time, looked at ten times a second."""

    def __init__(self):
        super().__init__(daemon=True)
        self.most, self.ended = 0, threading.Event()
        self.start()

    def run(self):
        while not self.ended.wait(0.1):
            self.most = max(self.most, sum(map(proportional, family(os.getpid()))))

    def end(self):
        self.ended.set()
        self.join()
        return self.most / 1024


def family(pid):
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for task in Path(f"/proc/{pid}/task").iterdir():
            children = {*children, *(task / "children").read_text().split()}
    except OSError:
        children = ()
    return [pid, *(one for child in children for one in family(int(child)))]


def proportional(pid):
    """Kilobytes of a process, what it shares with others divided among them."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


if __name__ == "__main__":
    main(sys.argv[1:])
