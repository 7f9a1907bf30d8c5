"""Files that a command writes: none of them where somebody's would be lost, and each whole or not at all."""
import os
from pathlib import Path

from ..errors import InputError
from .names import in_words

NAMED = 5
"""How many files are named that would be lost."""
LOST = ("Nothing was written, since {files} would be lost: there already, {what}. Give another folder, or say that what "
        "is there may be replaced: --replace, in Python replace=True.")
DIFFERS = "with another content than the new one"
CHANGED = "and not written by this command, or changed since"


def refuse_to_lose(paths, what=DIFFERS):
    """InputError that names these files, where there are any.

    what   how they are known to hold something that would be lost
    """
    if paths:
        raise InputError(LOST.format(files=in_words(paths, NAMED), what=what))


def put(path: Path, content: bytes) -> Path:
    """Put a content into a file at once, so that a reader finds the old one or the new one; returns its path.

    The folder is made where it is not there.  InputError where the system does not let it be written.
    """
    half = made(path.parent) / (path.name + ".half")
    try:
        half.write_bytes(content)
        os.replace(half, path)
    except OSError as error:
        raise InputError(f"{path} cannot be written ({error.strerror or type(error).__name__}). Close it where it is open "
                         "in another program, or give a folder that you may write into.") from error
    return path


def made(folder: Path) -> Path:
    """A folder, which is made where it is not there; InputError where that cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"There can be no folder {folder} ({error.strerror or type(error).__name__}). Give another one "
                         "for what is to be written.") from error
    return folder
