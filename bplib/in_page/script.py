"""The JavaScript of fields as one text, and the tables and patterns that it shares with Python."""
import json
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from ..coursework import checking, feedback, grammar, matching, reading, vocabulary
from ..asking.verdict import MARKS
from ..coursework.vocabulary import DIFFERENTIABLE
from ..formula import arithmetic, tokens
from ..languages import ENGLISH, Language, texts

HERE = Path(__file__).parent
JUDGE = ("python", "tokens", "tree", "arithmetic", "vocabulary", "grammar", "values", "matching", "feedback", "judge")
FIELD = ("texts", "progress", "field")
STORES = {"browser": ("browser",), "platform": ("browser", "platform")}
"""Where answers are kept → the modules that do so."""


def tables() -> dict:
    """Name → table, pattern or limit."""
    shared = {tokens: ("GREEK", "SIGNS", "SUPERSCRIPTS", "SUBSCRIPTS", "COMMANDS", "FRACTIONS", "DIGITS", "SCRIPTS",
                       "PATTERNS", "MEANINGLESS", "LONGEST", "MOST_TOKENS"),
              arithmetic: ("STARTS", "CONDITIONS", "DEEPEST", "LARGEST_POWER"),
              grammar: ("ABOUT", "LETTER", "MOST_INDICES"),
              vocabulary: ("SHOWN", "MOST_SHOWN"), matching: ("EQUAL", "NEARLY"), feedback: ("MOST_INPUTS", "EXACT")}
    patterns = {"WRAPPING": grammar.WRAPPING, "LEFT_SIDE": grammar.LEFT_SIDE, "SUPERSCRIPT": feedback.SUPERSCRIPT,
                "DECIMAL_COMMA": reading.DECIMAL_COMMA, "PLAIN": reading.PLAIN, "LETTERED": reading.LETTERED}
    return {**{name: getattr(module, name) for module, names in shared.items() for name in names},
            **{name: pattern.pattern for name, pattern in patterns.items()},
            "space": tokens.SPACE, "LETTERS": reading.LETTERS, "QUOTES": reading.QUOTES,
            "UNEXPECTED": arithmetic.Arithmetic.SIGNS, "DIFFERENTIABLE": sorted({*DIFFERENTIABLE, "g"}),
            "DIGITS_TOLD": feedback.DIGITS, "DIGITS_ASKED": checking.DIGITS, "ONE_DIGIT": checking.ONE_DIGIT,
            "ARITHMETIC": names_of(reading.ARITHMETIC)}


def names_of(known) -> dict:
    """The names of a vocabulary, and what they mean: pairs of a name as typed and the number of its meaning.

    Names with the same meaning have the same number.
    """
    found = {"names": known.names, "silent": known.silent, "functions": known.functions}
    meanings = {id(meaning): meaning for names in found.values() for meaning in names.values()}
    number = {key: at for at, key in enumerate(meanings)}
    return {**{kind: [[typed, number[id(meaning)]] for typed, meaning in names.items()] for kind, names in found.items()},
            "meanings": [_meaning(meaning) for meaning in meanings.values()], "free": list(known.free)}


def _meaning(meaning):
    return meaning if isinstance(meaning, str) else {
        "array": meaning.array, "rank": meaning.rank, "perSample": int(meaning.per_sample), "meaning": meaning.meaning,
        "last": list(meaning.last)}


@lru_cache(maxsize=None)
def judge() -> str:
    """All that judges, as a module."""
    return _modules(JUDGE, tables())


def fields(pages: Iterable[str], language: Language = ENGLISH, store: str = "browser") -> str:
    """A script that puts a field wherever a page in a language has a place for one.

    pages   names of the pages of the site
    store   one of STORES: where answers are kept
    """
    shown = {"MARKS": MARKS, "PAGES": sorted(pages), **texts_of(language)}
    return f"(() => {{\n{_modules((*JUDGE, *STORES[store], *FIELD), {**tables(), **shown})}}})();\n"


def texts_of(language: Language) -> dict:
    """The tables by which a page tells texts in its language; no text for English."""
    patterns = [[pattern.replace("(?P<", "(?<"), said] for pattern, said in language.texts.patterns]
    return {"COUNTED": texts.COUNTED, "SEPARATORS": texts.SEPARATORS, "TEXTS": {
        "digits": language.digits, "around": language.around, "exact": language.texts.exact, "templates": patterns}}


def _modules(names, shared):
    parts = [(HERE / f"{name}.js").read_text(encoding="utf-8") for name in names]
    return "\n".join([f"const TABLES = {json.dumps(shared, ensure_ascii=False)};\n", *parts])
