"""The files of Pyodide, which is Python for browsers: from its network, or from a copy that somebody has; and wheels.

`pyodide.json` is an excerpt of Pyodide's own lock: the packages that the course needs, and the SHA-256 of every file.
A file counts only with that, wherever it comes from.  What Pyodide does not have is pure Python, and installed here.
"""
import json
import tarfile
from collections.abc import Callable, Iterable
from hashlib import sha256
from http.client import HTTPException
from importlib.metadata import distribution
from io import BytesIO
from pathlib import Path
from urllib.request import urlopen
from zipfile import ZIP_DEFLATED, ZipFile, is_zipfile

from ..errors import InputError

LOCK = json.loads((Path(__file__).parent / "pyodide.json").read_text(encoding="utf-8"))
NETWORK = f"https://cdn.jsdelivr.net/pyodide/v{LOCK['info']['version']}/full/"
PURE = ("sympy", "mpmath", "ipywidgets", "jupyterlab_widgets", "anywidget", "psygnal", "typing_extensions", "comm",
        "latex2mathml", "mistune", "tqdm")
"""What bplib needs beside Pyodide's packages, as it is installed here."""
COMPILED = (".so", ".pyd", ".pyc", ".map")
SECONDS = 60


def fetch(folder: Path, copies: Iterable[Path] = (), told: Callable[[str], None] = print) -> None:
    """Write all files of the excerpt into a folder.

    copies   folders, zip files (wheels too) or tar files that have some of them, by their names; the others are fetched
    told     is given a line for each file that is fetched

    Raises InputError where a file cannot be had, or is not the one that Pyodide's lock means.
    """
    kept = {name: read for copy in copies for name, read in _files(copy).items()}
    for name, digest in digests().items():
        if name not in kept:
            told(f"Fetching {name}")
        data = kept[name]() if name in kept else _fetched(name)
        if sha256(data).hexdigest() != digest:
            raise InputError(f"{name} is not the file of Pyodide {LOCK['info']['version']}: its SHA-256 is another one.")
        (folder / name).write_bytes(data)


def digests() -> dict[str, str]:
    """Each file of the excerpt and its SHA-256."""
    return LOCK["core"] | {one["file_name"]: one["sha256"] for one in LOCK["packages"].values()}


def _fetched(name):
    try:
        with urlopen(NETWORK + name, timeout=SECONDS) as answer:
            return answer.read()
    except (OSError, HTTPException) as error:
        raise InputError(f"{NETWORK}{name} cannot be had: {error}. Connect to the internet, or name a copy of Pyodide "
                         f"{LOCK['info']['version']} by --pyodide, and run the same command again.") from error


def _files(path):
    """The names of the files in a folder or an archive, and how each is read."""
    if path.is_dir():
        return {one.name: one.read_bytes for one in path.rglob("*") if one.is_file()}
    if path.is_file() and is_zipfile(path):
        archive = ZipFile(path)
        return {Path(one).name: lambda one=one: archive.read(one) for one in archive.namelist()}
    if path.is_file() and tarfile.is_tarfile(path):
        packed = tarfile.open(path)
        return {Path(one.name).name: lambda one=one: packed.extractfile(one).read() for one in packed if one.isfile()}
    raise InputError(f"{path} is no folder, zip or tar file. Name one that has the files of Pyodide.")


# wheels

def add_wheels(folder: Path, paths: Iterable[Path] = ()) -> list[str]:
    """Write bplib, what it needs, and wheels from elsewhere beside the files of Pyodide; returns all packages of the lock.

    paths   wheels of other packages
    """
    wheels = [_wheel(name, _installed(name)) for name in PURE]
    wheels += [_wheel("bplib", _own()), *((path.name, path.read_bytes()) for path in paths)]
    packages = dict(LOCK["packages"])
    for file, data in wheels:
        (folder / file).write_bytes(data)
        name, version, *_ = file.split("-")
        packages[name.replace("_", "-")] = {
            "name": name, "version": version, "file_name": file, "install_dir": "site", "imports": [name],
            "sha256": sha256(data).hexdigest(), "package_type": "package", "depends": []}
    lock = {"info": LOCK["info"], "packages": packages}
    (folder / "pyodide-lock.json").write_text(json.dumps(lock), encoding="utf-8")
    return [one["name"] for one in packages.values()]


def _installed(name):
    """The files of an installed package that are Python or data, by their places."""
    found = ((one.as_posix(), one.locate()) for one in distribution(name).files or ())
    return {place: Path(path) for place, path in found if not place.startswith("..") and not place.endswith(COMPILED)}


def _own():
    """The files of bplib itself, without notebooks."""
    package = Path(__file__).resolve().parents[1]
    return {path.relative_to(package.parent).as_posix(): path for path in sorted(package.rglob("*"))
            if path.is_file() and not {"notebooks", "__pycache__"}.intersection(path.relative_to(package).parts)}


def _wheel(name, files):
    """A wheel of these files: its name, and what is in it.  The record of what is installed here would not be true there."""
    version = distribution(name).version if name in PURE else "0"
    own = {place: path.read_bytes() for place, path in files.items() if ".dist-info/" not in place}
    about = f"{name}-{version}.dist-info"
    own[f"{about}/METADATA"] = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode()
    own[f"{about}/WHEEL"] = b"Wheel-Version: 1.0\nGenerator: bplib\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    own[f"{about}/RECORD"] = "".join(f"{place},,\n" for place in [*own, f"{about}/RECORD"]).encode()
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for place, data in own.items():
            archive.writestr(place, data)
    return f"{name}-{version}-py3-none-any.whl", packed.getvalue()
