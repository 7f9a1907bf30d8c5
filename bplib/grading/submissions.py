"""What was handed in: whose file it is, and which cells it has.  Links are not followed, and nothing is read whole."""
import json
import os
import stat
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from .names import visible_name

JUNK = frozenset((".DS_Store", ".git", ".ipynb_checkpoints", "__MACOSX", "__pycache__", "Thumbs.db", "desktop.ini"))
"""What systems and tools leave behind; nobody hands it in."""
LARGEST_FILE = 20 * 2**20
MOST_FILES = 20
MOST_CELLS = 1_000
LONGEST_CELL = 100_000


@dataclass(frozen=True)
class HandedIn:
    """A file, or a folder without one.

    student   whose it is: the folder below the submissions, or the file's own name where it lies there itself
    path      where it is
    name      the path below the submissions, as it can be shown
    problem   why it is not looked into, in words, or ""
    """

    student: str
    path: Path
    name: str
    problem: str = ""


@dataclass(frozen=True)
class Submission:
    """What is graded: the sources of a notebook's code cells; none where it is not one, and why, in words."""

    cells: tuple = ()
    problem: str = ""


# which files there are

def handed_in(folder, level=None):
    """Everything that was handed in, in the order of names: a list of `HandedIn`.

    level   how many folders deep the students are; by default 1, or 2 where the first are sections (see `level_of`)
    """
    found = sorted(_walk(Path(folder)), key=lambda one: os.fsencode(one[0]))
    level = level or level_of([path for path, _ in found])
    files, many = [], Counter()
    for path, problem in found:
        student = _student(path, level)
        many[student] += 1
        if not problem and many[student] > MOST_FILES:
            problem = f"It is one of more than {MOST_FILES} files of one student. Hand in one for each sheet."
        files.append(HandedIn(student, Path(folder) / path, visible_name(path), problem))
    return files


def _walk(folder):
    """Each file below a folder, and each folder with nothing in it: the path below, and a problem or ""."""
    waiting = [Path()]
    while waiting:
        within = waiting.pop()
        try:
            with os.scandir(folder / within) as entries:
                kept = [entry for entry in entries if entry.name not in JUNK]
        except OSError as error:
            yield within, f"The folder cannot be opened ({type(error).__name__})."
            continue
        if not kept and within.parts:
            yield within, "The folder is empty."
        for entry in kept:
            if entry.is_dir(follow_symlinks=False):
                waiting.append(within / entry.name)
            else:
                yield within / entry.name, "It is a link; hand in the file itself." if entry.is_symlink() else ""


def level_of(paths):
    """How many folders deep the students are.

    2 where most of the first folders are sections: without a file of their own, with several folders, whose names the
    other first folders do not repeat (as they do repeat "first try" or "sheet-2").  Otherwise 1.
    """
    folders, with_files = {}, set()
    for path in paths:
        folders.setdefault(path.parts[0], set()).update(path.parts[1:2] if len(path.parts) > 2 else ())
        with_files |= {path.parts[0]} if len(path.parts) <= 2 else set()
    repeated = Counter(name for names in folders.values() for name in names)
    sections = [first for first, names in folders.items() if first not in with_files and len(names) > 1
                and 2 * sum(repeated[name] > 1 for name in names) < len(names)]
    return 2 if 2 * len(sections) > len(folders) else 1


def _student(path, level):
    deep = path.parts[:level] if len(path.parts) > level else path.parts[:-1]
    return visible_name(Path(*deep)) if deep else visible_name(path.stem if path.suffix else path)


# what is in a file

def content(handed):
    """The bytes of a file, or why it is not read: `bytes` and a problem, one of them empty."""
    if handed.problem:
        return b"", handed.problem
    try:
        with open(handed.path, "rb", opener=_regular) as file:
            data = file.read(LARGEST_FILE + 1)
    except OSError as error:
        return b"", f"It cannot be read ({type(error).__name__}: {error.strerror})."
    if len(data) > LARGEST_FILE:
        return b"", f"It has more than {LARGEST_FILE // 2**20} MB; clear its outputs and hand it in again."
    return data, ""


def _regular(path, flags):
    """Open a file that is one: no link, and nothing that would wait for somebody at its other end."""
    number = os.open(path, flags | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    if not stat.S_ISREG(os.fstat(number).st_mode):
        os.close(number)
        raise OSError(0, "it is no file")
    return number


def submission(data):
    """The `Submission` in the bytes of a file."""
    try:
        cells = json.loads(data.decode(json.detect_encoding(data), "replace"))["cells"]  # a bad byte costs no mark
        sources = ("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
        if len(cells) > MOST_CELLS:
            return Submission(problem=f"It has {len(cells):,} cells; up to {MOST_CELLS:,} are read.")
        return Submission(tuple(source if len(source) <= LONGEST_CELL else _too_long(source) for source in sources))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, MemoryError) as error:
        return Submission(problem=f"It is not a notebook ({type(error).__name__}).")


def _too_long(source):
    return f"raise ValueError('The cell had {len(source):,} characters; up to {LONGEST_CELL:,} are read.')"
