"""Stands in place of bplib while a submission runs: it can be imported and checks nothing, so it knows no answer."""
import sys
import types

SILENT = ("check", "field", "hand_in", "hint", "question", "preview", "summary", "use")


class NotAtHand(RuntimeError):
    """A submission needs bplib for its answer."""


class Stub(types.ModuleType):
    """A module with every name: coursework's own do nothing, any other raises when it is called."""

    __path__: list = []

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return nothing if name in SILENT else _Missing(f"{self.__name__}.{name}")


class _Missing:
    def __init__(self, name):
        self._name = name

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return _Missing(f"{self._name}.{name}")

    def __call__(self, *args, **kwargs):
        raise NotAtHand(f"{self._name} is not at hand while answers are graded; NumPy is")


def nothing(*args, **kwargs):
    """Stands for `check` and its like."""


class _Finder:
    """Finds bplib and all its modules, before anything else is asked."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        from importlib.machinery import ModuleSpec
        return ModuleSpec(name, _Finder, is_package=True) if name.partition(".")[0] == "bplib" else None

    @staticmethod
    def create_module(spec):
        return Stub(spec.name)

    @staticmethod
    def exec_module(module):
        pass


def put_in_place():
    sys.meta_path.insert(0, _Finder)
