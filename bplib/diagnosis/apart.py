"""Her program in a process of its own: the text is run, its functions are called, and what they return is said as JSON.

A process is no sandbox: it has limits on time and memory, and it keeps mistakes away from the reader's kernel.
"""
import json
import os
import subprocess
import sys
import tempfile
import types
from pathlib import Path

import numpy as np

from ..errors import InputError

ROOT = Path(__file__).resolve().parents[2]
SECONDS, MEGABYTES = 20, 2000
PARTS = ("ndarray", "dict", "list", "tuple")


def packed(given):
    """Arrays in dicts and lists as what JSON can hold."""
    if isinstance(given, dict):
        return {"dict": [[str(name), packed(part)] for name, part in given.items()]}
    if isinstance(given, tuple):
        return {"tuple": [packed(part) for part in given]}
    if isinstance(given, list) and any(not np.isscalar(part) for part in given):
        return {"list": [packed(part) for part in given]}
    if given is None:
        return None
    from .arrays import as_numbers
    array = as_numbers(given)
    kind = getattr(getattr(given, "dtype", None), "str", array.dtype.str)
    return {"ndarray": array.tolist(), "shape": array.shape, "dtype": kind if kind[1:2] in ("f", "i") else "<f8"}


def unpacked(said):
    """The inverse of `packed`."""
    if said is None:
        return None
    kind = next(name for name in PARTS if name in said)
    if kind == "ndarray":
        return np.array(said["ndarray"], said["dtype"]).reshape(said["shape"])
    if kind == "dict":
        return {name: unpacked(part) for name, part in said["dict"]}
    parts = [unpacked(part) for part in said[kind]]
    return tuple(parts) if kind == "tuple" else parts


def run_apart(source, calls, wanted=None):
    """What her functions return for each call: list of {"name", "call", "result"}; InputError where nothing comes back.

    source   the text of her program;  wanted   the name of the function, or None: it is found by its arguments
    calls    list of dicts parameters, X, Y, eta, as JSON holds them
    """
    job = json.dumps({"source": source, "calls": calls, "wanted": wanted, "megabytes": MEGABYTES})
    one_thread = {name: "1" for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        try:
            done = subprocess.run([sys.executable, "-m", "bplib.diagnosis.apart"], input=job, capture_output=True,
                                  text=True, encoding="utf-8", timeout=SECONDS, cwd=folder,
                                  env={**os.environ, **one_thread, "PYTHONPATH": str(ROOT), "MPLBACKEND": "Agg"})
        except subprocess.TimeoutExpired:
            raise InputError(f"Your program was stopped after {SECONDS} seconds. Give only the functions: what runs "
                             "at once belongs under if __name__ == '__main__'.") from None
    try:
        found = json.loads(done.stdout)
    except ValueError:
        raise InputError("The process of your program ended: it used too much memory, or ended itself.") from None
    if "error" in found:
        raise InputError(found["error"])
    return found["returned"]


def functions_in(space, module="diagnosed"):
    """The functions of a program, those first that look most like a backward pass; each with (name, function, score).

    module   in which they have to have been defined; None for any
    """
    from .calling import argument
    from .names import meant_by
    found = []
    for name, function in space.items():
        if isinstance(function, types.FunctionType) and module in (None, function.__module__):
            arguments = function.__code__.co_varnames[:function.__code__.co_argcount]
            meant = {argument(one) or meant_by(one)[0] for one in arguments}
            speaking = any(word in name.lower() for word in SPEAKING)
            if {"X", "Y"} <= meant and (meant & {"parameters", "W"} or speaking):
                found.append((name, function, speaking + ("parameters" in meant or "W" in meant)))
    return sorted(found, key=lambda one: -one[2])


SPEAKING = ("grad", "backprop", "back_prop", "backward", "bprop", "step", "update", "train", "propagate", "loss")


def returned(job):
    """What the functions of a job return."""
    space = {"__name__": "diagnosed"}
    try:
        exec(compile(job["source"], "<your program>", "exec"), space)  # in this process of its own
    except BaseException as error:
        return {"error": f"Your program stopped with {type(error).__name__}: {error}"}
    functions = functions_in(space)
    if job["wanted"]:
        functions = [(job["wanted"], space.get(job["wanted"]), 1)]
    if not functions or not callable(functions[0][1]):
        return {"error": "There is no function for the gradient in your program: it takes the parameters, X and Y "
                         "under the usual names, as in def gradients(parameters, X, Y), and returns the gradients. Where "
                         "the weights are kept in an object, hand over a function that calls it, as step=."}
    said, problems = [], []
    for name, function, _ in functions:
        said, problems = _calls(name, function, job["calls"])
        if said:
            return {"returned": said}
    return {"error": f"{functions[0][0]} could not be called. " + " ".join(dict.fromkeys(problems))[:500]}


def _calls(name, function, calls):
    from .calling import called
    said, problems = [], []
    for number, call in enumerate(calls):
        try:
            result, own = called(function, unpacked(call["parameters"]), unpacked(call["X"]), unpacked(call["Y"]),
                                 call["eta"])
            said.append({"name": name, "call": number, "result": packed(own if result is None else result),
                         "in place": result is None})
        except BaseException as error:  # what her code raises
            problems.append(str(error)[:200])
    return said, problems


def main():
    from ..grading.child.fence import limit

    job = json.load(sys.stdin)
    lines = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    limit(job["megabytes"])
    json.dump(returned(job), lines)
    lines.flush()
    os._exit(0)  # whatever threads or exit handlers her program has left


if __name__ == "__main__":
    main()
