"""Starts the processes in which submissions run, fenced in as well as this system can.

    bubblewrap   a process that sees no file but Python's own and its own folder, no network, no other process
    landlock     the same for files and ports, by the kernel itself; seccomp refuses sockets and new processes
    plain        a process with nothing but limits

`House.open` takes the best that holds: each is tried, by a job that reads, listens and forks.
"""
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

from ..errors import InputError
from .channel import START, Channel, Limits, follow
from .folders import remove

ROOT = Path(__file__).resolve().parents[2]
ONE_THREAD = {name: "1" for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")}
ENVIRONMENT = {**ONE_THREAD, "MPLBACKEND": "Agg", "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"}
MODULES = {"fence": "child/fence.py", "stub": "child/stub.py", "functions": "../coursework/functions.py",
           "run": "child/run.py", "serve": "child/serve.py"}
BOOT = ("import json, sys, types\n"
        "path, texts, start = json.loads(sys.stdin.buffer.raw.readline())\n"
        "sys.path[:] = path\n"
        "for name, text in texts.items():\n"
        "    sys.modules[name] = types.ModuleType(name)\n"
        "    exec(compile(text, name, 'exec'), sys.modules[name].__dict__)\n"
        "exec(start, {'serve': sys.modules['serve']})\n")
WAYS = ("bubblewrap", "landlock", "plain")


class StartFailed(RuntimeError):
    """A process for submissions could not be started; that says nothing about any submission."""


# what a process may see

def own_path():
    """Where Python finds packages, without the folder of bplib: with it a submission could ask for its answer."""
    def of_python(path):
        real, prefixes = Path(path).resolve(), map(os.path.realpath, (sys.prefix, sys.base_prefix))
        return path and (real.name in ("site-packages", "dist-packages") or any(map(real.is_relative_to, prefixes)))
    return [os.path.realpath(path) for path in sys.path if of_python(path) and not (Path(path) / "bplib").exists()]


def readable():
    """The folders of Python and its packages."""
    base = [f"{os.path.realpath(prefix)}/lib" for prefix in (sys.base_prefix, sys.prefix)]
    return [*dict.fromkeys([*base, *own_path()])]


def executable():
    """Python, by a path that does not lead through the project's folder of links."""
    return os.path.join(os.path.realpath(sys.prefix), os.path.relpath(sys.executable, sys.prefix))


def texts_of_modules():
    """The program of a process, name → text."""
    return {name: (files(__package__) / path).read_text(encoding="utf-8") for name, path in MODULES.items()}


def _in_bubblewrap(work):
    from .child.fence import FILES_OF_SYSTEM
    seen = [*FILES_OF_SYSTEM[:-1], "/usr/bin", "/bin", os.path.realpath(sys.base_prefix), os.path.realpath(sys.prefix),
            *readable()]
    shown = [argument for path in dict.fromkeys(seen) for argument in ("--ro-bind-try", path, path)]
    environment = [argument for name, value in ENVIRONMENT.items() for argument in ("--setenv", name, value)]
    return ["bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--clearenv", *environment,
            "--tmpfs", "/tmp", *shown, "--dev", "/dev", "--bind", work, work, "--chdir", work]


# one process after another

@dataclass
class House:
    """Where submissions run: one at a time, each in a process of its own.

    way      one of WAYS
    inner    what each process does besides to fence itself in: "landlock", "seccomp"
    holds    what was seen to hold: "files", "network", "processes", "environment", "memory"
    forks    whether one process loads everything and forks, or each starts anew
    """

    way: str
    inner: tuple = ("landlock", "seccomp")
    forks: bool = hasattr(os, "fork")
    holds: tuple = ()
    refused: tuple = ()
    _work: str = ""
    _server: subprocess.Popen | None = None
    _control: socket.socket | None = field(default=None, repr=False)

    @classmethod
    def open(cls, way="auto", forks=None):
        """The first way that holds; one that is asked for by name, or `StartFailed`."""
        if way != "auto" and way not in WAYS:
            raise InputError(f"There is no isolation {way!r}. Known: auto, {', '.join(WAYS)}.")
        refused = []
        for one in WAYS if way == "auto" else (way,):
            house = cls(one, () if one == "plain" else ("landlock", "seccomp"))
            house.forks = house.forks if forks is None else forks
            try:
                house._try()
                house.refused = tuple(refused)
                return house
            except StartFailed as error:
                house.close()
                refused.append(f"{one}: {error}")
        raise StartFailed("; ".join(refused))

    def _try(self):
        """Find out what holds."""
        if self.way == "bubblewrap" and shutil.which("bwrap") is None:
            raise StartFailed("it is not installed")
        with tempfile.NamedTemporaryFile() as secret:
            said = self.run({"cells": [], "skip": [], "answers": [], "probe": secret.name}, Limits(seconds=START))
        if said.stopped:
            raise StartFailed(said.stopped[1].why)
        inner = {"landlock", "seccomp"} & set(said.holds)
        if self.way == "landlock" and len(inner) < 2:
            raise StartFailed("this kernel has not both of landlock and seccomp")
        if self.way == "bubblewrap" and len(inner) < 2:
            self.forks = False  # then a process is safe from the next one only if it is alone
        self.holds = ("environment", *said.blocked, *{"memory"} & set(said.holds))

    def __str__(self):
        kept = {"files": "no file but its own", "network": "no network", "processes": "no process left behind",
                "environment": "no environment variable of yours", "memory": "memory limited"}
        open_ = {"files": "files", "network": "the network", "processes": "new processes", "memory": "memory"}
        name = {"bubblewrap": "bubblewrap", "landlock": "landlock and seccomp", "plain": "a plain process"}[self.way]
        lacking = [text for name, text in open_.items() if name not in self.holds]
        return (f"Each submission runs in {name}: " + ", ".join(text for key, text in kept.items() if key in self.holds)
                + (f". Not limited: {', '.join(lacking)}" if lacking else "") + "."
                + (" Grade where there is nothing that a submission must not read or change." if lacking else "")
                + "".join(f" Without {reason}." for reason in self.refused))

    # a job

    def run(self, job, limits):
        """Run one job (see `child.run.run`) and follow what it says: `channel.Said`."""
        self._work = self._work or tempfile.mkdtemp(prefix="grading-")
        folder = tempfile.mkdtemp(dir=self._work)
        job = {**job, "folder": folder, "readable": readable(), "megabytes": limits.megabytes, "fence": self.inner,
               "secret": secrets.token_hex(16)}
        try:
            channel = self._forked(job) if self.forks else self._spawned(job)
            try:
                return follow(channel, job, limits)
            finally:
                channel.close()
        finally:
            remove(folder)

    def _forked(self, job):
        """A channel to a process that the server has forked."""
        if self._server is None:
            self._start_server()
        mine, theirs = socket.socketpair()
        with theirs:
            try:
                socket.send_fds(self._control, [b"j"], [theirs.fileno()])
            except OSError:  # a submission has ended the server: the next one shall not suffer from it
                self._stop_server()
                self._start_server()
                socket.send_fds(self._control, [b"j"], [theirs.fileno()])
        return Channel(mine.recv, mine.sendall, lambda: self._end_forked(mine), mine.close, job)

    def _end_forked(self, mine):
        try:
            mine.shutdown(socket.SHUT_RDWR)  # wakes the thread that reads
        except OSError:
            pass  # it has ended already
        try:
            self._control.sendall(b"k")
            if self._control.recv(1) == b".":
                return
        except OSError:
            pass
        self._stop_server()

    def _start_server(self):
        self._control, theirs = socket.socketpair()
        with theirs:
            self._server = self._popen(f"serve.serve({theirs.fileno()})", pass_fds=[theirs.fileno()],
                                       stdout=subprocess.DEVNULL)
        self._control.settimeout(START)
        try:
            self._server.stdin.close()
            ready = self._control.recv(1) == b"!"
        except OSError:
            ready = False
        if not ready:
            why = _last_words(self._server)
            self._stop_server()
            raise StartFailed(f"the process did not start ({why})")

    def _stop_server(self):
        server, self._server = self._server, None
        if server is not None:
            self._control.close()
            _kill(server)

    def _spawned(self, job):
        """A channel to a process of its own."""
        process = self._popen("serve.once()", stdout=subprocess.PIPE)

        def send(data):
            with process.stdin:
                process.stdin.write(data)

        def receive(most):
            return os.read(process.stdout.fileno(), most)
        return Channel(receive, send, lambda: _kill(process), process.stdout.close, job)

    def _popen(self, start, **how):
        command = [executable(), "-I", "-u", "-c", BOOT]
        if self.way == "bubblewrap":
            command = [*_in_bubblewrap(self._work), *command]
        system = {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}  # Windows needs it
        try:
            process = subprocess.Popen(command, cwd=self._work, env={**ENVIRONMENT, **system}, stdin=subprocess.PIPE,
                                       stderr=subprocess.PIPE, start_new_session=True, **how)
        except OSError as error:
            raise StartFailed(f"the process did not start ({error})") from error
        try:
            process.stdin.write(json.dumps([own_path(), texts_of_modules(), start]).encode() + b"\n")
            process.stdin.flush()
        except OSError:
            pass  # it has ended already; whoever reads from it will see that
        return process

    def close(self):
        self._stop_server()
        if self._work:
            remove(self._work)
            self._work = ""


def _last_words(process):
    try:
        process.wait(timeout=1)
    except subprocess.TimeoutExpired:
        return "it does not answer"
    words = process.stderr.read(10_000).decode(errors="replace").strip()
    return words.splitlines()[-1] if words else f"exit code {process.returncode}"


def _kill(process):
    try:
        if os.name == "nt":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass
    process.wait()
    for stream in (process.stdin, process.stderr):
        if stream and not stream.closed:
            try:
                stream.close()
            except OSError:
                pass
