"""Folders that a submission writes into: how full they are, and how to be rid of them, whatever is in them."""
import itertools
import os
import secrets
import stat


def remove(folder):
    """Remove a folder with everything in it; links are removed and not followed.  What cannot be removed stays."""
    numbers, token = itertools.count(), secrets.token_hex(8)  # a name that no submission has foreseen
    waiting = [folder]
    while waiting:
        place = waiting[-1]
        deeper = []
        for entry in _entries(place):
            if entry.is_dir(follow_symlinks=False):
                nearer = os.path.join(folder, f"{token}{next(numbers)}")  # paths stay short however deep the tree is
                deeper += _moved(entry.path, nearer)
            else:
                _attempt(os.unlink, entry.path)
        if deeper:
            waiting += deeper
        else:
            waiting.pop()
            _attempt(os.rmdir, place)


def overfull(folder, megabytes, entries=2_000):
    """Whether a folder holds more than so many megabytes, or so many entries."""
    left, waiting = megabytes * 2**20, [folder]
    while waiting:
        for entry in _listed(waiting.pop()):
            entries -= 1
            left -= entry.stat(follow_symlinks=False).st_size if entry.is_file(follow_symlinks=False) else 0
            if left < 0 or entries < 0:
                return True
            waiting += [entry.path] if entry.is_dir(follow_symlinks=False) else []
    return False


def _entries(place):
    _attempt(os.chmod, place, stat.S_IRWXU)
    return _listed(place)


def _listed(place):
    try:
        with os.scandir(place) as found:
            return list(found)
    except OSError:
        return []


def _moved(path, nearer):
    return [nearer] if _attempt(os.rename, path, nearer) else []


def _attempt(act, *given):
    try:
        act(*given)
    except OSError:
        return False
    return True
