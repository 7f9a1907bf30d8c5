"""The course's own Python environment, and the commands that run in it.

A learner starts with a Python and nothing else, so this module uses the
standard library alone. It is also written so that Python 3.6 can read it: an
old Python has to get as far as the line that says it is too old.

Where bplib is installed as a package there is nothing to set up: its commands
run in the Python that it is installed in, from the folder where they are given.
"""

import hashlib
import os
import re
import subprocess
import sys
import sysconfig
from collections import namedtuple
from pathlib import Path

OLDEST_PYTHON = (3, 11)

ROOT = Path(__file__).resolve().parent.parent
# A wheel carries the notebooks within the package, a checkout beside it.
INSTALLED = (Path(__file__).resolve().parent / "notebooks").is_dir()
REQUIREMENTS = ROOT / "requirements.txt"
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
LOG = VENV / "setup.log"
STAMP = VENV / "setup.stamp"

# `arguments` go to the environment's Python, with what the learner adds after
# the command's name; `variables` are added to the process environment. What is
# added may be one of the `switches`: then its variables are added, too. `needs`
# are files of requirements, beside requirements.txt, that this command has, and
# `more` those that an option of it has.
Command = namedtuple("Command", "help arguments variables switches needs more")

# Networks of a learner's size run best with one thread for matrix products,
# and several kernels do not get into each other's way.
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}

FOR_NOTEBOOKS = "--ServerApp.contents_manager_class=bplib.lab.Notebooks"

COMMANDS = {
    "lab": Command(
        "open the course in JupyterLab",
        # The address, and not the file, is what is named here: so the root of
        # JupyterLab stays the project's, and links out of notebooks/ work.
        [
            "-m",
            "jupyterlab",
            "--LabApp.default_url=/lab/tree/notebooks/00-contents.ipynb",
            FOR_NOTEBOOKS,
        ],
        ONE_THREAD,
        {},
        (),
        {},
    ),
    "test": Command(
        "run every test, the notebooks included; --quick: those that find most in a few minutes",
        ["-m", "pytest"],
        dict(ONE_THREAD, TQDM_DISABLE="1"),
        {"--quick": {"BPLIB_QUICK": "1"}},
        ("requirements-site.txt",),
        {},
    ),
    "bench": Command(
        "measure how fast generated code, explorers or verdicts are on this machine (some minutes)",
        ["-m", "bplib.bench"],
        {},
        {},
        (),
        {},
    ),
    "site": Command(
        "make a static site of the course, for a web host or a folder",
        ["-m", "bplib.site"],
        {},
        {},
        ("requirements-site.txt",),
        {"--lite": ("requirements-lite.txt",)},
    ),
    "release": Command(
        "for instructors: write the sheets of coursework without their solutions",
        ["-m", "bplib.grading", "release"],
        {},
        {},
        (),
        {},
    ),
    "grade": Command(
        "for instructors: grade a folder of submissions",
        ["-m", "bplib.grading", "grade"],
        {},
        {},
        (),
        {},
    ),
}

# What is different where there is no checkout.
INSTALLED_COMMANDS = dict(
    COMMANDS,
    lab=Command(
        "open the course in JupyterLab; --folder: where your copy of it is",
        ["-m", "bplib.course", FOR_NOTEBOOKS],
        ONE_THREAD,
        {},
        (),
        {},
    ),
    test=Command(
        "try in some seconds whether what is installed works",
        ["-m", "bplib.trial"],
        dict(ONE_THREAD, TQDM_DISABLE="1"),
        {"--quick": {}},
        (),
        {},
    ),
)

# What the text of a failure, from pip or from the system, asks of the learner.
# The first pattern found counts. Windows translates its messages, not their
# numbers.
ADVICE = [
    (
        r"enable-long-paths",
        "The path of {root} is too long for Windows: move the project to a short one, "
        r"such as C:\bplib, then run the same command again.",
    ),
    (
        r"No space left on device|Disk quota exceeded|WinError 112\b",
        "The disk is full: free about 2 GB, then run the same command again.",
    ),
    (
        r"Retry\(total=0|Max retries exceeded|Read timed out|incomplete-download",
        "The Python package index cannot be reached: connect to the internet, "
        "then run the same command again (details: {log}).",
    ),
    (
        r"Permission denied|Operation not permitted|Read-only file system|WinError (5|32)\b",
        "Cannot write in {root}: move the project to a folder of your own, close "
        "programs that still use it, then run the same command again.",
    ),
]


class Problem(Exception):
    """Something that only the learner can put right, told in one line."""


def program():
    """The program `bplib` of an installed package."""
    return main(sys.argv[1:])


def main(arguments):
    """Run `python3 -m bplib ARGUMENTS` and return its exit code."""
    if not arguments or arguments[0] in ("-h", "--help"):
        print(usage())
        return 0
    try:
        require_python()
        command = find(arguments[0])
        if not INSTALLED:
            prepare(command, arguments[1:])
    except Problem as problem:
        print(problem, file=sys.stderr)
        return 1
    return run(command, arguments[1:])


def commands():
    """Name -> command, here."""
    return INSTALLED_COMMANDS if INSTALLED else COMMANDS


def usage():
    """The commands, a line each."""
    lines = ["Usage: {} COMMAND [OPTIONS OF THE COMMAND]".format("bplib" if INSTALLED else "python3 -m bplib")]
    lines += ["  {:<8}{}".format(name, command.help) for name, command in commands().items()]
    return "\n".join(lines)


def find(name):
    """The command of that name."""
    if name not in commands():
        raise Problem("Unknown command: {}\n{}".format(name, usage()))
    return commands()[name]


def require_python():
    """Refuse a Python that the course's packages do not run on."""
    if sys.version_info[:2] < OLDEST_PYTHON:
        raise Problem(
            "Python {}.{} or newer is needed, and this is {}.{}: install it from "
            "https://www.python.org/downloads/ and run the same command with it.".format(
                *OLDEST_PYTHON + sys.version_info[:2]
            )
        )


def prepare(command, extra):
    """Bring the environment to what the command needs, with what is added to it; mostly, it is there.

    The stamp is written last, so it vouches for everything before it. Without
    one, the environment may have been cut short in the middle of a package,
    which pip would then take for installed: it is built anew. With one that
    names other requirements, the environment is sound and pip only has to
    change the difference. (That also lets this run from inside the
    environment on Windows, where a Python that is running cannot be replaced.)
    """
    stamp = read(STAMP)
    sound = stamp.startswith(python_line()) and starts()
    names = (REQUIREMENTS.name,) + command.needs
    for given in extra:
        names += command.more.get(given, ())
    wanted = [requirements_line(ROOT / name) for name in names]
    missing = [line for line in wanted if line not in stamp.splitlines()]
    if sound and not missing:
        return
    print("Setting up (a minute or two, more on a slow connection; needed once) ...", flush=True)
    try:
        if not sound:
            build()
        install(missing if sound else wanted, stamp if sound else python_line())
    except (OSError, ValueError) as error:
        raise Problem(advice(str(error), "Cannot set up {}: {}".format(VENV, error)))
    except KeyboardInterrupt:
        raise Problem("Setting up was interrupted: run the same command again to finish it.")


def python_line():
    """The stamp's first line: which Python the environment is made for."""
    return "Python {}.{}\n".format(*sys.version_info[:2])


def requirements_line(path):
    """A line of the stamp: which file of requirements is installed, and with which content."""
    return "{} {}".format(path.name, hashlib.sha256(path.read_bytes()).hexdigest())


def read(path):
    """The text of a file, empty if it cannot be had."""
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""


def starts():
    """Does the environment's Python start, and find its packages?

    It does not once the Python it was made from is gone, or is another.
    """
    try:
        return subprocess.call([str(PYTHON), "-c", "import pip"], stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def build():
    """Make the environment, with pip and the project's own folder in it."""
    try:
        import ensurepip  # noqa: F401  only to see whether it is there
        import venv
    except ImportError:
        raise Problem(
            "This Python cannot make virtual environments. On Debian or Ubuntu: "
            "sudo apt install python{}.{}-venv".format(*sys.version_info[:2])
        )
    # Links to Python need special rights on Windows, and copies of it break
    # on macOS: the same choice that `python -m venv` makes.
    venv.EnvBuilder(clear=True, symlinks=os.name != "nt").create(str(VENV))
    # EnvBuilder would do this too, but would lose what ensurepip says.
    step("-m", "ensurepip", "--default-pip")
    # Any program that uses the environment's Python, editors included, can
    # then import bplib. The path is relative, so the project may be moved.
    packages = Path(sysconfig.get_path("purelib", "venv", {"base": str(VENV)}))
    (packages / "bplib.pth").write_text(os.path.relpath(str(ROOT), str(packages)) + "\n")


def install(lines, stamp):
    """Install the files of requirements in these lines, and put them into the stamp in place of earlier ones.

    What is installed before stays vouched for where only more is added: a
    learner without a network, who asks for a site, still has her JupyterLab.
    """
    names = [line.split()[0] for line in lines]
    others = [line for line in stamp.splitlines() if line.split()[0] not in names]
    if REQUIREMENTS.name in names:
        STAMP.unlink(missing_ok=True)
    arguments = ["--no-input", "--disable-pip-version-check"]
    for name in names:
        arguments += ["-r", str(ROOT / name)]
    step("-m", "pip", "install", *arguments)
    STAMP.write_text("\n".join(others + lines) + "\n")


def step(*arguments):
    """Run the environment's Python, and keep what it says in the log.

    The log is written afterwards: on a full disk it could not hold the line
    that says so.
    """
    done = subprocess.run(
        [str(PYTHON)] + list(arguments),
        cwd=str(ROOT),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    LOG.write_bytes(done.stdout)
    if done.returncode != 0:
        said = done.stdout.decode("utf-8", "replace")
        raise Problem(advice(said, "Setting up failed: the end of {} says why.".format(LOG)))


def advice(text, otherwise):
    """What to do about a failure that was reported with this text."""
    for pattern, line in ADVICE:
        if re.search(pattern, text):
            return line.format(root=ROOT, log=LOG)
    return otherwise


def run(command, extra):
    """Run a command in the environment, from the project's root; installed, from where it was given."""
    variables = dict(os.environ, **command.variables)
    for given in extra:
        variables.update(command.switches.get(given, {}))
    # -P: not what happens to be called bplib in the folder where the command is given.
    python = [sys.executable, "-P"] if INSTALLED else [str(PYTHON)]
    child = subprocess.Popen(
        python + command.arguments + [one for one in extra if one not in command.switches],
        cwd=None if INSTALLED else str(ROOT),
        env=variables,
    )
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:
            # The child got the same Ctrl-C, and it is for the child to say
            # whether that ends it: JupyterLab asks first.
            pass
