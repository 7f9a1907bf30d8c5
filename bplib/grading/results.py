"""The folder with the results of a class.

What was written there stands in its journal, as digests: such a file may be replaced.  One that is not in it, or was
changed since, such as a table in which somebody has corrected a mark, may not.
"""
from collections import defaultdict
from hashlib import sha256
from pathlib import Path

from .files import CHANGED, put, refuse_to_lose
from .journal import JOURNAL, lines, note


class Results:
    """Writes into the folder of results; `replace` says whether files that are not its own may be replaced."""

    def __init__(self, folder, replace=False):
        self.folder, self.replace, self.own = Path(folder), replace, defaultdict(set)
        for line in lines(self.folder / JOURNAL):
            for name, digest in line.get("written", {}).items():
                self.own[name].add(digest)

    def refuse_to_lose(self, names):
        """InputError where one of these files is there and not its own."""
        if not self.replace:
            refuse_to_lose([self.folder / name for name in names if self._is_anothers(name)], CHANGED)

    def write(self, texts):
        """Write texts into files, name → text; none of them where `refuse_to_lose` does."""
        contents = {name: text.encode("utf-8") for name, text in texts.items()}
        self.refuse_to_lose(name for name, content in contents.items() if not self._holds(name, content))
        written = {name: _digest(content) for name, content in contents.items()}
        note(self.folder / JOURNAL, {"written": written})
        for name, content in contents.items():
            self.own[name].add(written[name])
            put(self.folder / name, content)

    def _is_anothers(self, name):
        path = self.folder / name
        return path.exists() and _digest(path.read_bytes()) not in self.own[name]

    def _holds(self, name, content):
        path = self.folder / name
        return path.is_file() and path.read_bytes() == content


def _digest(content):
    return sha256(content).hexdigest()
