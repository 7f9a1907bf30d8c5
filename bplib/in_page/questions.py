"""Questions of lessons, judged in a page: a stored question → the same with a field, where the page can judge it."""
import json
import re
from html import unescape
from pathlib import Path

import nbformat

from ..asking.exercise import Asked, asked
from ..errors import InputError
from ..languages import Language
from ..recipe import network_of
from . import facts

STORED = re.compile(r'(<div.*?)(<details>.*</details>)<p><small data-question="([^"]*)">.*?</small></p></div>', re.S)


def of_notebook(path: Path) -> list[Asked]:
    """The questions of a notebook that a page judges as exercises, in their order; each has its notebook and its cell as id."""
    outputs = ((cell.id, output.get("data", {}).get("text/html", "")) for cell in nbformat.read(path, as_version=4).cells
               for output in cell.get("outputs", []))
    asks = [(f"{path.stem}:{id}", json.loads(unescape(found[1]))) for id, html in outputs
            for found in re.finditer('data-question="([^"]*)"', html)]
    rows = [asked(id, network_of(one["network"]), one["goal"]) for id, one in asks if one["kind"] == "formula"]
    return [row for row in rows if row is not None]


# a page

def placed(html: str, id: str, language: Language) -> str:
    """The HTML of a question with a field in it; as it is where this page cannot judge.

    id   of the field on its page
    """
    found = STORED.fullmatch(html.strip())
    place = _place(json.loads(unescape(found[3])), id, language) if found else ""
    return f"{found[1]}{place}{found[2]}</div>" if found and place else html


def _place(asks, id, language):
    if asks["kind"] == "guess":
        sentences = {"exact": "That is it.", "high": "Your guess is {distance} too high.",
                     "low": "Your guess is {distance} too low.", "told": "It is {number}."}
        filled = {place: f"{{{place}}}" for place in ("distance", "number")}
        data = {**asks, "sentences": {name: language.phrase(text, **filled) for name, text in sentences.items()}}
        return facts.place(id, data, facts.words(language, "Your guess"), language)
    try:
        row = asked(id, network_of(asks["network"]), asks["goal"])
    except InputError:  # with an activation or a loss that its notebook has added
        row = None
    if row is None:
        return ""
    return facts.place(id, {"kind": "formula", **facts.of_values(row)}, facts.words(language, "Your formula"), language)
