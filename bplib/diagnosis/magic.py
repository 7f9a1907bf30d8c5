"""%%diagnose: a cell's function, diagnosed.

    %%diagnose network                     the cell's text runs in a process of its own, on numbers that are drawn
    %%diagnose network parameters X Y      the cell runs here, as any cell does, and its function at these numbers
"""
from ..errors import InputError
from .apart import functions_in
from .asked import diagnose

USAGE = "%%diagnose network, or %%diagnose network parameters X Y, with the names of variables of this notebook."


def register(shell):
    """Make %%diagnose known to IPython."""
    shell.register_magic_function(lambda line, cell: from_cell(shell, line, cell), "cell", "diagnose")


def from_cell(shell, line, cell):
    """The `Diagnosis` of a cell's function; the names of the line are looked up, not evaluated."""
    names = line.replace(",", " ").split()
    missing = [name for name in names if name not in shell.user_ns]
    if len(names) not in (1, 4) or missing:
        raise InputError((f"There is no variable {', '.join(missing)}. " if missing else "") + f"Write {USAGE}")
    values = [shell.user_ns[name] for name in names]
    if len(values) == 1:
        return diagnose(*values, source=cell)
    result = shell.run_cell(cell)
    if result.error_before_exec or result.error_in_exec:
        return None
    defined = {name: value for name, value in shell.user_ns.items()
               if getattr(getattr(value, "__code__", None), "co_name", None) and f"def {name}(" in cell}
    functions = functions_in(defined, None)
    if not functions:
        raise InputError("The cell defines no function for the gradient: def gradients(parameters, X, Y).")
    return diagnose(*values, gradients=functions[0][1])
