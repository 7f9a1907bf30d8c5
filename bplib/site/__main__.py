"""`python3 -m bplib site OUT`: the course as a static site."""
import argparse
import sys
import time
from importlib.util import find_spec
from pathlib import Path

from ..errors import InputError

MISSING = """{missing} is not installed, which learners do without: {python} -m pip install "understand-backpropagation[{extra}]"
Then run the same command again."""
FOR_LITE = ("jupyterlite_core", "jupyterlite_pyodide_kernel")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python3 -m bplib site", description=__doc__)
    parser.add_argument("folder", metavar="OUT", type=Path, help="the folder to write it into")
    parser.add_argument("--url", default="", help="the address at which it will be, for cards on social media")
    parser.add_argument("--repository", default="", metavar="URL",
                        help="a public repository of the course on GitHub, for links to Binder and Colab")
    parser.add_argument("--scorm", action="store_true",
                        help="with packages of the sheets for a learning platform, SCORM 1.2 and 2004, in OUT/scorm")
    parser.add_argument("--lite", action="store_true",
                        help="with JupyterLite: each notebook runs in the browser (about 90 MB more)")
    parser.add_argument("--pyodide", metavar="FILE", type=Path, action="append", default=[],
                        help="for --lite: a folder or archive with files of Pyodide, which are fetched otherwise")
    given = parser.parse_args(arguments)
    try:
        from .build import build
    except ModuleNotFoundError as error:
        print(MISSING.format(missing=error.name, python=sys.executable, extra="site"), file=sys.stderr)
        return 1
    missing = [name for name in FOR_LITE if given.lite and not find_spec(name)]
    if missing:
        print(MISSING.format(missing=missing[0], python=sys.executable, extra="lite"), file=sys.stderr)
        return 1
    began = time.monotonic()
    try:
        pages = build(given.folder, url=given.url, repository=given.repository, lite=given.lite, copies=given.pyodide,
                      scorm=given.scorm)
    except InputError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"The site cannot be written to {given.folder}: {error}. Give a folder of your own, on a disk that has "
              f"{120 if given.lite else 20} MB free, and run the same command again.", file=sys.stderr)
        return 1
    print(f"{len(pages)} notebooks are pages, in {time.monotonic() - began:.0f} seconds. Open "
          f"{(given.folder / 'index.html').absolute()}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
