"""Where submissions are graded: threads of this machine, its processes, or any executor of `concurrent.futures`.

A task is the grading of one submission, with limits of its own.  One whose worker is lost is given to another, in the
end alone, so that it cannot take others with it; each result is taken once.
"""
import os
import sys
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, ProcessPoolExecutor, ThreadPoolExecutor, wait
from importlib import import_module
from multiprocessing import get_context

from ..errors import InputError

TRIES = 3
AHEAD = 4
"""How many tasks are handed out for each worker."""


def threads(workers):
    return ThreadPoolExecutor(workers)


def processes(workers):
    return ProcessPoolExecutor(workers, mp_context=get_context("spawn"))


NAMED = {"threads": threads, "processes": processes}


def maker(name, workers=None):
    """A function that gives a new executor, by name: "threads", "processes", or "module:attribute".

    The attribute is an executor, or a function without arguments that gives one; a module of the current folder is
    found, too.
    """
    if name in NAMED:
        return lambda: NAMED[name](workers or os.cpu_count())
    module, colon, attribute = name.partition(":")
    if not colon:
        raise InputError(f"There is no executor {name!r}. Known: {', '.join(NAMED)}, or module:attribute.")
    sys.path.insert(0, os.getcwd())
    try:
        found = getattr(import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise InputError(f"The executor {name!r} cannot be found ({error}). Give module:attribute.") from error
    finally:
        sys.path.remove(os.getcwd())
    if isinstance(found, Executor):
        return lambda: found
    if not callable(found):
        raise InputError(f"{name!r} is neither an executor nor a function that gives one.")
    return found


def results(make, function, tasks, ahead, patience):
    """For each task, as they come: the task, its result, and None; or None and the exception where each try was lost.

    make       gives an executor
    ahead      how many tasks may be on their way at once
    patience   seconds without any result after which those on their way count as lost
    """
    hands = _Hands(make, function, patience)
    try:
        lost = []
        yield from hands.all(tasks, ahead, lost)
        for task in lost:
            yield hands.alone(task)
    finally:
        hands.drop()


class _Hands:
    """An executor, and what is on its way in it."""

    def __init__(self, make, function, patience):
        self.make, self.function, self.patience = make, function, patience
        self.executor, self.pending = None, {}

    def all(self, tasks, ahead, lost):
        tasks, more = iter(tasks), True
        while more or self.pending:
            while more and len(self.pending) < ahead:
                task = next(tasks, None)
                more = task is not None
                if more and not self.submit(task):
                    lost += [task, *self.pending.values()]
                    self.drop()
            for task, result, error in self.arrived():
                if error is None:
                    yield task, result, None
                else:
                    lost.append(task)

    def alone(self, task):
        """One task that was lost, with nothing else on its way."""
        error = None
        for _ in range(TRIES - 1):
            if not self.submit(task):
                self.drop()
                continue
            (_, result, error), = self.arrived()
            if error is None:
                return task, result, None
            self.drop()
        return task, None, error or RuntimeError("the executor takes no task")

    def submit(self, task):
        """Whether the executor takes a task; one that is broken does not."""
        try:
            self.executor = self.executor or self.make()
            self.pending[self.executor.submit(self.function, task)] = task
        except Exception:  # each kind of executor has exceptions of its own
            return False
        return True

    def arrived(self):
        """What has come back since: task, result, exception."""
        done, waiting = wait(self.pending, self.patience, FIRST_COMPLETED)
        if waiting and not done:
            silent = [(task, None, TimeoutError("its worker is silent")) for task in self.pending.values()]
            self.drop()
            return silent
        return [(self.pending.pop(future), *_outcome(future)) for future in done]

    def drop(self):
        """Let go of the executor and of all that is on its way in it."""
        for future in self.pending:
            future.cancel()
        self.pending.clear()
        if self.executor is not None:
            self.executor.shutdown(wait=False)
            self.executor = None


def _outcome(future):
    """The result of a future that is done, and None; or None and its exception."""
    try:
        return future.result(timeout=0), None
    except (Exception, CancelledError) as error:
        return None, error
