"""The process in which submissions run: it loads what they need once, then forks for each, or runs one and ends.

It is started with the texts of its modules, not with a path to them, and it never sees bplib.
"""
import json
import os
import select
import signal
import socket

import fence
import functions
import run
import stub


def prepare():
    """Everything that submissions mostly need, loaded once."""
    import numpy
    numpy.random, numpy.linalg
    stub.put_in_place()
    import bplib.coursework  # noqa: F401  the stub
    return run.shell()


def collected(answer, inputs, returns):
    """What there is to judge of an answer, with inputs as they came in the job."""
    return functions.found(answer, [functions.arrays(one) for one in inputs], returns)


def child(read, write, shell):
    """Read a job, fence this process in, run the job, say what happens, and end.

    read, write   as `os.read` and `os.write`, of the channel to the grader
    """
    try:
        job = json.loads(_line(read))
        run.detach()
        os.chdir(job["folder"])
        os.environ.update(dict.fromkeys(("HOME", "TMPDIR", "IPYTHONDIR", "MPLCONFIGDIR"), job["folder"]))
        say = run.writer(write, job["secret"])
        holds = fence.fence(job["readable"], job["folder"], job["megabytes"], job["fence"])
        say(start="setup", holds=holds)
        if "probe" in job:
            say(blocked=probe(job["probe"]))
        run.run(job, say, shell, collected)
    finally:
        os._exit(0)  # whatever threads or exit handlers the submission has left


def _line(read):
    text = bytearray()
    while not text.endswith(b"\n"):
        part = read(2**20)
        if not part:
            os._exit(0)
        text += part
    return text


# acts that a fence should refuse

def probe(path):
    """Which acts fail here: a list of "files", "network", "processes"."""
    acts = {"files": lambda: open(path).close(), "network": _listen, "processes": _fork}
    return [name for name, act in acts.items() if _fails(act)]


def _fails(act):
    try:
        act()
    except OSError:
        return True
    return False


def _listen():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))


def _fork():
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)


# a server that forks

def serve(number):
    """Run each job in a process of its own, one at a time, until nobody is there to send another.

    A byte with an open socket stands for a job, which comes through that socket: the server itself never sees one.
    Each job is ended by another byte, and the answer "." says that nothing of it runs any more.
    """
    shell = prepare()
    control = socket.socket(fileno=number)
    woken, wake = os.pipe()
    for one in (woken, wake):
        os.set_blocking(one, False)
    signal.signal(signal.SIGCHLD, lambda *given: None)
    signal.set_wakeup_fd(wake)
    control.sendall(b"!")
    while files := socket.recv_fds(control, 1, 1)[1]:
        pid = os.fork()
        if pid == 0:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.setsid()
            for one in (woken, wake, control.detach()):
                os.close(one)
            child(lambda most: os.read(files[0], most), lambda data: os.write(files[0], data), shell)
        os.close(files[0])
        if not _until_ended(pid, control, woken):
            break
        control.sendall(b".")


def _until_ended(pid, control, woken):
    """Wait until a process has ended and somebody has asked for that; False where nobody is left to ask."""
    asked = ended = False
    while not (asked and ended):
        ready, *_ = select.select([woken] if asked else [woken, control], [], [])
        if control in ready:
            asked, there = True, control.recv(1)
            if not ended:
                _kill(pid)
        if woken in ready:
            os.read(woken, 4096)
        ended = ended or os.waitpid(pid, os.WNOHANG) != (0, 0)
    _kill_group(pid)
    return bool(there)


def _kill(pid):
    _kill_group(pid)
    os.kill(pid, signal.SIGKILL)  # not reaped yet, so the number is still its own


def _kill_group(pid):
    try:
        os.killpg(pid, signal.SIGKILL)
    except OSError:
        pass


def once():
    """Run the one job that comes on the standard input, and write lines to the standard output."""
    read, write = os.dup(0), os.dup(1)
    child(lambda most: os.read(read, most), lambda data: os.write(write, data), prepare())
