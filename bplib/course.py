"""The course in a folder of the user's own: what an installed bplib opens, from wherever it is started.

A notebook is copied once, and then is the user's: one that she changed is never written again.  One that is as it was
copied follows the package when that is updated, and one that is not there, because she renamed it for a fresh copy, is
copied anew.  Which is which stands in a record beside them.
"""
import argparse
import json
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from .errors import InputError

PACKED = Path(__file__).resolve().parent / "notebooks"
CHECKOUT = Path(__file__).resolve().parents[1]
HOME = PACKED if PACKED.is_dir() else CHECKOUT
"""Where requirements, licence and citation are: in a wheel beside the notebooks."""
NOTEBOOKS = PACKED if PACKED.is_dir() else CHECKOUT / "notebooks"
REQUIREMENTS = HOME / "requirements.txt"
SOLUTIONS = "solutions"
"""The folder of sheets with their solutions, which learners have no use for."""
FOLDER = Path("~/backpropagation")
RECORD = ".bplib.json"
FIRST = "/lab/tree/00-contents.ipynb"


@dataclass(frozen=True)
class Copied:
    """What came of copying: the names of notebooks, with their folders.

    new     written: not there before, or there as an earlier version of bplib had written them
    behind  the user's own, of which the package has another version than the one that she began with
    """

    new: tuple[str, ...]
    behind: tuple[str, ...]


def notebooks(root: Path = NOTEBOOKS) -> Iterator[Path]:
    """The notebooks of the course below a folder, without solutions; one in another language after its original."""
    return (path for path in sorted(root.rglob("*.ipynb"), key=lambda path: path.with_suffix(""))
            if not {SOLUTIONS, ".ipynb_checkpoints"}.intersection(path.relative_to(root).parts))


def copy_course(folder: Path, source: Path = NOTEBOOKS) -> Copied:
    """Copy the notebooks below `source` into a folder, which is made; what the user has changed there stays.

    Raises InputError where the folder cannot be made, or not be written.
    """
    new, behind = [], []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        record = _read(folder / RECORD)
        for path in notebooks(source):
            name, target = path.relative_to(source).as_posix(), folder / path.relative_to(source)
            shipped, there = digest(path), digest(target)
            if there == shipped:
                record[name] = shipped
            elif there in (None, record.get(name)):
                _copy(path, target)
                record[name] = shipped
                new.append(name)
            elif record.get(name) != shipped:
                behind.append(name)
        (folder / RECORD).write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise InputError(f"The course cannot be copied to {folder}: {error.strerror or error}. "
                         "Name a folder of your own that can be written: bplib lab --folder FOLDER") from error
    return Copied(tuple(new), tuple(behind))


def digest(path: Path) -> str | None:
    """What stands for the content of a file; None where there is none."""
    return blake2b(path.read_bytes(), digest_size=16).hexdigest() if path.exists() else None


def _copy(path, target):
    """As a whole or not at all: a copy that is cut short must not pass for one that the user has changed."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    shutil.copyfile(path, part)
    part.replace(target)


def _read(path):
    """The record; empty where there is none, or none that can be read: then whatever is there is the user's."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def said(folder: Path, copied: Copied) -> str:
    """What the user is told: where the course is, and what of it has a newer version."""
    count = len(copied.new)
    news = f": {count} notebook{'s' * (count > 1)} copied" if count else ""
    lines = [f"The course is in {folder}{news}."]
    lines += [f"  {name} stays as you have it; rename it to get that of this version of bplib, too." for name in copied.behind]
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    """`bplib lab [--folder FOLDER] [OPTIONS OF JUPYTERLAB]`."""
    parser = argparse.ArgumentParser(prog="bplib lab", allow_abbrev=False, description="Open the course in JupyterLab. "
                                     "Other options are JupyterLab's.")
    parser.add_argument("--folder", type=Path, default=FOLDER,
                        help="where your copy of the course is, or is to be made (default: %(default)s)")
    given, others = parser.parse_known_args(arguments)
    folder = given.folder.expanduser().absolute()
    try:
        print(said(folder, copy_course(folder)), flush=True)
    except InputError as error:
        print(error, file=sys.stderr)
        return 1
    from jupyterlab.labapp import main as lab

    return lab([f"--ServerApp.root_dir={folder}", f"--LabApp.default_url={FIRST}", *others])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
