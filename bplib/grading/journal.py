"""Results as they come: a line for each file that was graded, so that nothing is lost and nothing is graded twice.

A line holds a digest of all that its rows depend on: the file, whose it is, the settings, and the program itself.
Before a file is graded, a line says so: one that was begun and has no rows was on its way when the grader ended, and
may be why.  A line of another kind says which tables and pages were written (`results`).
"""
import json
import os
import secrets
from collections import Counter
from dataclasses import asdict
from hashlib import sha256
from importlib.resources import files

from .files import made
from .marking import as_json, from_json

JOURNAL = "graded.jsonl"
"""Its name in the folder of results."""


class Journal:
    """The journal of a class, in a file; `seed` is the one it began with."""

    def __init__(self, path, seed=None):
        self.rows, self.begun, seed_before = {}, Counter(), None
        for line in lines(path):
            seed_before = line.get("seed", seed_before)
            self.begun[line.get("begun")] += 1
            if "digest" in line:
                self.rows[line["digest"]] = [from_json(row) for row in line["rows"]]
        self.seed = next(one for one in (seed, seed_before, secrets.randbelow(2**31)) if one is not None)
        self.file = open(path, "ab", buffering=0)
        if self.seed != seed_before:
            self._write({"seed": self.seed})

    def known(self, digest):
        """The rows that were found before; None where a file has to be graded."""
        rows = self.rows.get(digest)
        return None if rows is None or any(row.outcome == "not graded" for row in rows) else rows

    def tries(self, digest):
        """How often a file was begun and never finished."""
        return 0 if digest in self.rows else self.begun[digest]

    def begin(self, digest):
        self._write({"begun": digest})

    def add(self, digest, rows):
        self._write({"digest": digest, "rows": [as_json(row) for row in rows]})

    def _write(self, line):
        _add(self.file, line)

    def close(self):
        self.file.close()


def note(path, line):
    """Add a line to the journal in a file, which is made where it is not there."""
    made(path.parent)
    with open(path, "ab", buffering=0) as file:
        _add(file, line)


def _add(file, line):
    file.write(b"\n" + json.dumps(line).encode())  # behind a line that may have been cut off
    os.fsync(file.fileno())


def lines(path):
    """The lines of a journal; one that was cut off is left out."""
    if path.exists():
        for line in path.read_bytes().splitlines():
            try:
                found = json.loads(line)
            except ValueError:
                continue
            if isinstance(found, dict):
                yield found


def digest(task, settings):
    """A text that changes with all that the rows of a task depend on."""
    facts = [program(), asdict(settings.limits), settings.seed, task.student, task.name, task.problem,
             sha256(task.data).hexdigest(), *([settings.roster.digest] if settings.roster else [])]
    return sha256(json.dumps(facts).encode()).hexdigest()


_PROGRAM: list = []


def program():
    """A digest of the library, which decides what is right."""
    if not _PROGRAM:
        found, folder = sha256(), files(__package__.rpartition(".")[0])
        for path in sorted(folder.rglob("*.py")):
            found.update(path.read_bytes())
        _PROGRAM.append(found.hexdigest())
    return _PROGRAM[0]
