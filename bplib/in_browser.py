"""Where Python itself runs in a browser, by Pyodide: what a widget tells the page reaches it as JSON has it.

Pyodide makes `undefined` of None, and a page is told nothing then: a limit that is not there would refuse everything.
"""
import json
from typing import Any


def tell_as_json() -> None:
    """Let the kernel send what JavaScript reads as JSON; without a notebook there is nothing to do."""
    from IPython.core.getipython import get_ipython
    from js import JSON  # what Pyodide calls the browser

    shell: Any = get_ipython()
    if shell is None:
        return
    send = shell.send_comm

    def send_comm(kind, content, *more):
        send(kind, JSON.parse(json.dumps(content)), *more)

    shell.send_comm = send_comm
