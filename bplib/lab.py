"""What is changed in a notebook that JupyterLab serves, or that nbconvert makes a page of.

A saved notebook names the widgets of the kernel that ran it. With that kernel gone JupyterLab would say "Loading
widget…" and no more; without the names it shows the same outputs as HTML, which move by themselves.  It lets HTML move
only where it trusts a cell: here, where a cell shows nothing else than what the course was shipped with.  On a page,
links to other notebooks lead to their pages.
"""
import json
import re
from functools import cache
from hashlib import blake2b
from importlib.resources import files

from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelspec import get_kernel_dict
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from nbconvert.preprocessors import Preprocessor

LINK = re.compile(r"""((?:\]\(|href=")[^"):]+)\.ipynb(?=[#")])""")
VIEW = "application/vnd.jupyter.widget-view+json"
ACTIVE = ("text/html", "image/svg+xml", "application/javascript")
"""Kinds of output that JupyterLab shows as they are only in a cell that it trusts."""


class Notebooks(AsyncLargeFileManager):
    """Files on disk; a notebook for which no kernel runs is read without the names of widgets.

    What was shipped with the course is trusted, and a notebook that is merely opened is read as its kernel would
    write it, so that JupyterLab finds nothing in it to be saved.
    """

    async def get(self, path, *args, **options):
        model = await super().get(path, *args, **options)
        if model["type"] == "notebook" and model["content"]:
            forget_widgets(model["content"], all_of_them=not await self._runs(path))
            trust_what_was_shipped(model["content"])
            as_the_kernel_writes(model["content"])
        return model

    async def _runs(self, path):
        return await self.parent.session_manager.session_exists(path.strip("/"))


def forget_widgets(notebook, all_of_them=True):
    """Leave out the widgets that outputs name, where they can be shown in another way.

    all_of_them   or those alone that the notebooks were shipped with, which no reader's kernel has made
    """
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if "text/html" in data and VIEW in data and (all_of_them or digest(widget(output)) in shipped()):
                del data[VIEW]


def widget(output):
    """The name of the widget that an output shows; "" where it shows none."""
    return output.get("data", {}).get(VIEW, {}).get("model_id", "")


# what was shipped

def digest(text):
    """What stands for a text in the list of what was shipped."""
    return blake2b(text.encode(), digest_size=16).hexdigest()


def active(cell):
    """The texts in a cell's outputs that JupyterLab shows as they are only where it trusts the cell."""
    shown = (output.get("data", {}).get(kind, "") for output in cell.get("outputs", []) for kind in ACTIVE)
    return ["".join(text) for text in shown if text]


@cache
def shipped():
    """The digests of all that moves in the notebooks of the course, and of the names of their widgets."""
    return frozenset(json.loads((files(__package__) / "data" / "shipped.json").read_text(encoding="utf-8")))


def trust_what_was_shipped(notebook):
    """Mark the cells as trusted that show nothing active but what was shipped; leave the others as they are."""
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code" and all(digest(text) in shipped() for text in active(cell)):
            cell["metadata"]["trusted"] = True


def as_the_kernel_writes(notebook):
    """Put in what this Python's kernel says of itself, where a notebook is for it."""
    metadata = notebook["metadata"]
    if metadata.get("kernelspec", {}).get("name") == "python3":
        spec = get_kernel_dict()
        metadata["kernelspec"] = {"display_name": spec["display_name"], "language": spec["language"], "name": "python3"}
        metadata["language_info"] = {**IPythonKernel.language_info}


# pages

class PageLinks(Preprocessor):
    """For nbconvert: a link to another notebook leads to the page that is made of it."""

    def preprocess_cell(self, cell, resources, index):
        if cell.cell_type == "markdown":
            cell.source = LINK.sub(r"\1.html", cell.source)
        return cell, resources
