"""What a process that runs a submission says, read with limits on size and time; nothing of it is trusted.

A process is watched step by step, in the order in which its job has them.  A line that does not begin with the secret
of the job, or comes out of turn, is forged: it is counted and left aside.
"""
import json
import math
import time
from dataclasses import dataclass, field
from queue import Empty, Full, Queue
from threading import Thread

from .folders import overfull

LARGEST_LINE = 4 * 2**20
LARGEST_TALK = 16 * 2**20
LONGEST_WORDS = 500
MOST_MEGABYTES = 200
TICK = 0.5
START = 60.0
"""Seconds that a process may take until it says that it is ready."""
ENDED = "Its process ended: it used too much memory, or ended itself."
TALKS = "It was stopped: it wrote far more than any answer needs."


@dataclass(frozen=True)
class Limits:
    """What a submission may use.

    seconds     for each cell, and for the calls of each answer
    total       seconds for all of it, however often it has to be started again
    megabytes   of memory, on systems that can limit it
    """

    seconds: float = 10.0
    total: float = 60.0
    megabytes: int = 2000


@dataclass(frozen=True)
class Stopped:
    """Why a process did not get further: an outcome, "time-out" or "error", and words."""

    outcome: str
    why: str


@dataclass
class Said:
    """What came out of one process.

    holds, blocked   what its fence consists of, and which acts it was seen to refuse
    found     exercise → what there is to judge
    failed    exercise → why its answer could not be collected
    errors    number of a cell → the exception that it raised
    stopped   the step at which it ended too soon, and `Stopped`; None where it came to its end
    forged    how many lines were not its own
    seconds   how long the submission ran
    """

    holds: tuple = ()
    blocked: tuple = ()
    found: dict = field(default_factory=dict)
    failed: dict = field(default_factory=dict)
    errors: dict = field(default_factory=dict)
    stopped: tuple | None = None
    forged: int = 0
    seconds: float = 0.0


class Channel:
    """The two directions between the grader and a process; a thread of its own reads, so no reader ever waits too long.

    receive   (most) → bytes, b"" at the end
    send      (bytes), may raise OSError
    end       ends the process, and whatever it has started, and so wakes the thread
    release   closes what `receive` reads from.  The thread does it, when it reads no more: were it closed while the
              thread is about to read, the thread could read what the next process says, under the same number
    """

    def __init__(self, receive, send, end, release, job):
        self.parts, self.end, self.closed = Queue(16), end, False
        self.receive, self.send, self.release = receive, send, release
        self.job = json.dumps(job).encode() + b"\n"
        Thread(target=self._work, daemon=True).start()

    def _work(self):
        try:
            self.send(self.job)
            while (part := self.receive(2**16)) and not self.closed:
                self._put(part)
        except (OSError, ValueError):
            pass
        finally:
            self.release()
        self._put(b"")

    def _put(self, part):
        while not self.closed:
            try:
                return self.parts.put(part, timeout=1)
            except Full:
                continue

    def lines(self, patience):
        """Each line as bytes, and None where `patience()` seconds pass without one.

        Ends where the process does; `OverflowError` where it says too much.
        """
        text, talked, part = bytearray(), 0, None
        while part != b"":
            try:
                part = self.parts.get(timeout=max(patience(), 0.001))
            except Empty:
                yield None
                continue
            talked += len(part)
            *whole, text = (text + part).split(b"\n")
            if talked > LARGEST_TALK or len(text) > LARGEST_LINE:
                raise OverflowError
            yield from whole

    def close(self):
        self.closed = True
        self.end()


def follow(channel, job, limits):
    """Take what a process says until it ends, or has to be ended: `Said`."""
    return _Follower(job, limits).run(channel)


class _Follower:
    """At which step a process is, and until when it may stay there."""

    def __init__(self, job, limits):
        self.limits, self.secret, self.folder = limits, job["secret"].encode(), job["folder"]
        cells = [f"cell {number}" for number in range(len(job["cells"])) if number not in job["skip"]]
        self.steps = ["start", "setup", *cells, *(one["exercise"] for one in job["answers"]), "end"]
        self.at, self.said = 0, Said()
        self.until, self.last, self.begun = time.monotonic() + START, math.inf, None

    @property
    def step(self):
        return self.steps[self.at]

    def run(self, channel):
        try:
            for line in channel.lines(self.patience):
                self.take(line)
                if self.step == "end":
                    break
                if why := self.over(line is None):
                    self.said.stopped = self.step, why
                    break
            else:
                self.said.stopped = self.step, Stopped("error", ENDED)
        except OverflowError:
            self.said.stopped = self.step, Stopped("error", TALKS)
        self.said.seconds = time.monotonic() - self.begun if self.begun else 0.0
        return self.said

    def patience(self):
        return min(self.until - time.monotonic(), self.last - time.monotonic(), TICK)

    def over(self, look):
        """Why the process has to be stopped now, or None.  `look` whether to look into its folder, too."""
        now = time.monotonic()
        if now >= self.last:
            return Stopped("time-out", f"The whole submission was stopped after {self.limits.total:g} seconds.")
        if now >= self.until:
            return Stopped("time-out", f"It was stopped after {self.limits.seconds:g} seconds.")
        if look and overfull(self.folder, MOST_MEGABYTES):
            return Stopped("error", f"It was stopped: it wrote more than {MOST_MEGABYTES} MB.")
        return None

    def take(self, line):
        """Take one line, where it is the process's own and its turn."""
        if not line:
            return
        try:
            if not line.startswith(self.secret):
                raise ValueError
            self.understand(json.loads(line[len(self.secret):]))
        except (ValueError, KeyError, TypeError, RecursionError, AttributeError):
            self.said.forged += 1

    def understand(self, line):
        if "start" in line:
            self.next(line["start"], line)
        elif "blocked" in line:
            self.now("setup")
            self.said.blocked = tuple(map(str, line["blocked"]))
        elif "cell" in line:
            self.now(f"cell {line['cell']}")
            self.said.errors[int(line["cell"])] = str(line["error"])[:LONGEST_WORDS]
        elif "failed" in line:
            self.now(line["exercise"])
            self.said.failed[self.step] = str(line["failed"])[:LONGEST_WORDS]
        else:
            self.now(line["exercise"])
            self.said.found[self.step] = dict(line["found"])

    def next(self, step, line):
        if step != self.steps[self.at + 1]:
            raise ValueError
        self.at, now = self.at + 1, time.monotonic()
        self.until = now + self.limits.seconds
        if step == "setup":
            self.begun, self.last = now, now + self.limits.total
            self.said.holds = tuple(map(str, line["holds"]))

    def now(self, step):
        if step != self.step:
            raise ValueError
