"""Runs the cells of one submission in a process of its own and says, line by line as JSON, what it finds.

Nothing here decides what is right.  The lines go to the standard output that the process was started with; what the
submission prints goes nowhere.
"""
import json
import os
import sys


def main():
    job = json.load(sys.stdin)
    lines = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    limit_memory(job["megabytes"])

    def say(**line):
        lines.write(json.dumps(line) + "\n")
        lines.flush()

    run(job, say)
    lines.flush()
    os._exit(0)  # whatever threads or exit handlers the submission has left


def limit_memory(megabytes):
    """Where the system can: allocating more raises MemoryError.  Files stay small too."""
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (megabytes * 2**20, megabytes * 2**20))
    resource.setrlimit(resource.RLIMIT_FSIZE, (50 * 2**20, 50 * 2**20))


def run(job, say):
    from IPython.core.interactiveshell import InteractiveShell

    from .. import coursework
    shell = InteractiveShell.instance()
    say(start="setup")
    for exercise in job["names"]:
        getattr(coursework.exercise(exercise), "test_at", None)  # made now, before a submission can spoil anything
    for n, source in enumerate(job["cells"]):
        if f"cell {n}" not in job["skip"]:
            say(start=f"cell {n}")
            result = shell.run_cell(source, store_history=False)
            error = result.error_before_exec or result.error_in_exec
            if error:
                say(cell=n, error=f"{type(error).__name__}: {error}"[:500])
    for exercise, name in job["names"].items():
        if exercise not in job["skip"] and name in shell.user_ns:
            say(start=exercise)
            try:
                say(exercise=exercise, found=coursework.collected(exercise, shell.user_ns[name]))
            except Exception as error:
                say(exercise=exercise, failed=f"{type(error).__name__}: {error}"[:500])
    say(start="end")


if __name__ == "__main__":
    main()
