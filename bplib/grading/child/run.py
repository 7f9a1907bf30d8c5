"""Runs the cells of a submission, then asks for its answers; says as lines of JSON what happens, and decides nothing.

Each line begins with the secret that came with the job, so that a line which the submission writes itself is known.
"""
import json
import os
import sys

LONGEST_MESSAGE = 500


def shell():
    """The shell of IPython that cells run in: without a history, and nothing that cells print or show is drawn."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config
    made = InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
    made.ast_node_interactivity = "none"
    made.enable_gui = lambda *given: None  # which %matplotlib asks for
    made.showtraceback = made.showsyntaxerror = made._showtraceback = lambda *given, **more: None
    for source in ("1 / 0", "import asyncio\nawait asyncio.sleep(0)"):  # what either needs is loaded now
        made.run_cell(source, store_history=False)
    made.reset()
    return made


def run(job, say, shell, collected):
    """Run the cells of a job but those to be skipped, then collect its answers.

    job        {"cells": […], "skip": [numbers of cells], "answers": [{"exercise", "name", "inputs", "returns"}, …]}
    say        writes a line
    collected  (answer, inputs, returns) → what is to be judged
    """
    for number, source in enumerate(job["cells"]):
        if number not in job["skip"]:
            say(start=f"cell {number}")
            error = _run_cell(shell, source)
            if error:
                say(cell=number, error=_told(error))
    for one in job["answers"]:
        say(start=one["exercise"])
        if one["name"] in shell.user_ns:
            try:
                say(exercise=one["exercise"],
                    found=collected(shell.user_ns[one["name"]], one["inputs"], one["returns"]))
            except Exception as error:
                say(exercise=one["exercise"], failed=_told(error))
    say(start="end")


def _run_cell(shell, source):
    try:
        result = shell.run_cell(source, store_history=False)
    except Exception as error:  # what IPython itself stumbles over
        return error
    return result.error_before_exec or result.error_in_exec


def _told(error):
    try:
        return f"{type(error).__name__}: {error}"[:LONGEST_MESSAGE]
    except Exception:  # an exception whose own text cannot be made
        return type(error).__name__


def writer(write, secret):
    """`say`: writes a line by way of a function such as `os.write`."""
    def say(**line):
        data = f"{secret}{json.dumps(line)}\n".encode()
        while data:
            data = data[write(data):]
    return say


def detach():
    """Nothing to read from, nowhere to write to, no signal handler that was inherited."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    os.close(nothing)
    sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w")
