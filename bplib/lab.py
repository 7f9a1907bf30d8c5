"""What is changed in a notebook that JupyterLab serves, or that nbconvert makes a page of.

A saved notebook names the widgets of the kernel that ran it. With that kernel gone JupyterLab would say "Loading
widget…" and no more; without the names it shows the same outputs as HTML, which move by themselves.  On a page, links
to other notebooks lead to their pages.
"""
import re

from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from nbconvert.preprocessors import Preprocessor

LINK = re.compile(r"""((?:\]\(|href=")[^"):]+)\.ipynb(?=[#")])""")
VIEW = "application/vnd.jupyter.widget-view+json"


class Notebooks(AsyncLargeFileManager):
    """Files on disk; a notebook for which no kernel runs is read without the names of widgets."""

    async def get(self, path, *args, **options):
        model = await super().get(path, *args, **options)
        if model["type"] == "notebook" and model["content"] and not await self._runs(path):
            forget_widgets(model["content"])
        return model

    async def _runs(self, path):
        return await self.parent.session_manager.session_exists(path.strip("/"))


def forget_widgets(notebook):
    """Leave out the widgets that outputs name, where they can be shown in another way."""
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            if "text/html" in output.get("data", {}):
                output["data"].pop(VIEW, None)


class PageLinks(Preprocessor):
    """For nbconvert: a link to another notebook leads to the page that is made of it."""

    def preprocess_cell(self, cell, resources, index):
        if cell.cell_type == "markdown":
            cell.source = LINK.sub(r"\1.html", cell.source)
        return cell, resources
