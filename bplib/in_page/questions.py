"""Questions of lessons, judged in a page: a stored question → the same with a field, where the page can judge it."""
import json
import re
from html import unescape

from ..asking.exercise import asked
from ..errors import InputError
from ..languages import Language
from ..recipe import network_of
from . import facts

STORED = re.compile(r'(<div.*?)(<details>.*</details>)<p><small data-question="([^"]*)">.*?</small></p></div>', re.S)


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
