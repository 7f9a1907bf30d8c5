"""Texts that come finished, in Persian: each message about an answer to sheet 1 has its row, and a page tells the same."""
import ast
import json
import re
from functools import cache
from pathlib import Path

import pytest
from jupyter import run_javascript
from test_persian import MISTAKES as MISTYPED

import bplib
from bplib import languages
from bplib.coursework import EXERCISES, check, field
from bplib.coursework.field import NOTE
from bplib.coursework.mistakes import TABLE as MISTAKES
from bplib.coursework.verdict import OUTCOMES
from bplib.course import NOTEBOOKS
from bplib.in_page.measure import inputs
from bplib.in_page.script import HERE, texts_of
from bplib.languages.persian_texts import SHEET_1, TEXTS
from bplib.languages.texts import PLACE

LIBRARY = Path(bplib.__file__).parent
PERSIAN = languages.TABLE["fa"]
ENGLISH_WORDS = re.compile(r"[A-Za-z]{2,}[ ,;:]+[A-Za-z]{2,}")
QUOTED = re.compile(r"'[^']*'|`[^`]*`|\u2066[^\u2069]*\u2069|\*Run[^*]*\*")
"""What a learner typed, code, formulas and commands of menus, which stay as they are."""


def words_in_english(text):
    return ENGLISH_WORDS.findall(QUOTED.sub("", text))


# rows

MODULES = ("formula/tokens", "formula/arithmetic", "coursework/grammar", "coursework/feedback", "coursework/checking",
           "coursework/reading", "coursework/values", "coursework/functions")
"""Where messages about answers are made."""


def texts_in(source):
    """The texts of a program, those that are put together as they are with {} for a value; no docstrings."""
    tree = ast.parse(source)
    bare = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and not {id(node)} & (bare | parts):
            yield node.value


def read(path):
    return path.read_text(encoding="utf-8")


def pieces(text):
    """What a text has between its places, where that is a word at least."""
    return [piece for piece in re.split(r"\{\w*\}", " ".join(text.split())) if re.search("[A-Za-z]{3}", piece)]


ROWS = [" ".join(row.split()) for row in TEXTS]


@pytest.mark.parametrize("module", MODULES)
def test_every_message_has_its_row(module):
    """Each message consists of pieces of rows: those that read as sentences."""
    messages = [text for text in texts_in(read(LIBRARY / f"{module}.py")) if re.search(r"[a-z]+ [a-z]+ [a-z]+", text)]
    assert len(messages) >= 3
    known = " ".join(ROWS)
    missing = [(text, piece) for text in messages for piece in pieces(text) if piece.strip(" .;,`'\"") not in known]
    assert missing == []


def said():
    """All texts of the library, its scripts and the sheets."""
    python = (text for path in LIBRARY.rglob("*.py") if "languages" not in path.parts for text in texts_in(read(path)))
    scripts = (read(path) for path in HERE.glob("*.js"))
    sheet = json.loads(read(NOTEBOOKS / "coursework/sheet-1-one-neuron.ipynb"))
    return " ".join(" ".join([*python, *scripts, *("".join(cell["source"]) for cell in sheet["cells"])]).split())


def runs(text, length=3):
    """Three words in a row, or as many as there are, of each piece of a text."""
    for words in (re.findall(r"\w+", piece) for piece in pieces(text)):
        yield from (words[at:at + length] for at in range(max(len(words) - length, 0) + 1))


def test_every_row_is_said():
    """Some words of it: many a text is put together of several."""
    words = " ".join(["", *re.findall(r"\w+", said()), ""])
    assert [row for row in TEXTS if pieces(row) and not any(f" {' '.join(run)} " in words for run in runs(row))] == []


SHEET = [row for row in EXERCISES.values() if row.id.startswith("1.")]
WHOLE = [*(text for row in SHEET for text in (row.title, row.text, *row.hints, *getattr(row, "options", ()))),
         *(text for row in MISTAKES.values() for text in (row.name, row.sentence)), *OUTCOMES.values(), NOTE]


def test_every_text_of_the_sheet_and_every_mistake_has_its_row():
    assert [text for text in WHOLE if PERSIAN.told(text) == text or words_in_english(PERSIAN.told(text))] == []


def test_a_row_has_the_same_places_and_is_typed_as_persian():
    for row, said in TEXTS.items():
        assert sorted(PLACE.findall(said)) == sorted(PLACE.findall(row))
        prose = re.sub(r"<[^>]*>|\{\w+\}|^[\d.]+", "", QUOTED.sub("", said))
        assert [(name, row) for name, mistake in MISTYPED.items() if re.search(mistake, prose)] == []
        assert said.count("\u2066") == said.count("\u2069")


def test_mathematics_of_an_exercise_is_the_same():
    """Formulas and numbers, in whatever digits."""
    for row, said in SHEET_1.items():
        plain = said.translate(str.maketrans(PERSIAN.digits, "0123456789")).replace("\xa0", " ")
        for formula in re.findall(r"[∂\w()/]+ = [^,;]*?(?=[,;]|\.? [A-Za-z]{2}|\.$)|\(a − y\)²|`[^`]+`", row):
            assert formula.strip() in plain, (row, formula)


def test_notebooks_that_are_there_in_persian_are_named_in_verdicts():
    there = {path.stem.removesuffix("-fa") for path in NOTEBOOKS.glob("*-fa.ipynb")}
    assert there == {row for row in TEXTS if re.match(r"\d\d-", row)}
    assert all(TEXTS[name].strip("\u2066\u2069") == f"{name}-fa" for name in there)


# telling

@pytest.mark.parametrize("english, persian", [
    ("That is right.", "درست است."), ("no row for this", "no row for this"), ("", ""),
    ("At character 12: A power can be 20 at most.", "در نویسهٔ ۱۲: توان حداکثر ۲۰ است."),
    ("This bracket was never opened.\n\nChange it and\ntry again.",
     "این پرانتز باز نشده است.\n\nآن را تغییر دهید و دوباره امتحان کنید."),
    ("- `a` output; also `b`", "- \u2068`a`\u2069 خروجی؛ یا \u2068`b`\u2069"),
    ("At character 3: ')' is expected to close the bracket; read: the end.",
     "در نویسهٔ ۳: برای بستن پرانتز باید \u2068')'\u2069 بیاید؛ خوانده‌شده: پایان.")])
def test_a_text_is_told_by_its_parts(english, persian):
    assert PERSIAN.told(english) == persian
    assert languages.ENGLISH.told(english) == english


def stops(*given):
    raise ValueError("no")


FUNCTIONS = (None, "2", stops, lambda *given: None, lambda *given: 1, lambda *given: (1, 2, 3), lambda *given: {"new_w": 1},
             lambda w, b, x, y, eta: (w, b), lambda w, b, x, y, eta: (x, b))


@cache
def verdicts():
    """Many that an answer to sheet 1 may get."""
    typed = [(row, text) for row, text in inputs(1800, seed=3) if row in SHEET]
    return [*(check(row, text) for row, text in typed), *(check("1.7", function) for function in FUNCTIONS)]


def test_no_verdict_says_a_sentence_in_english():
    """But what Python itself says of a function that stops."""
    told = [PERSIAN.told(verdict.feedback) for verdict in verdicts() if verdict.outcome != "error"]
    assert len({*told}) > 150
    assert [text for text in told if words_in_english(text)] == []


def test_a_page_tells_what_python_tells():
    english = [*{verdict.feedback for verdict in verdicts()}, *WHOLE]
    found = run_javascript(f"const TABLES = {json.dumps(texts_of(PERSIAN))};\n{read(HERE / 'texts.js')}\n"
                           f"const result = {json.dumps(english)}.map(spoken);")
    assert found == [PERSIAN.told(text) for text in english]


# what is shown

@pytest.fixture
def persian():
    languages.use("fa")
    yield
    languages.use("en")


def test_fields_and_verdicts_are_shown_in_persian(persian):
    shown = field("1.1", "(a-y)x")
    assert shown.facts["language"]["name"] == "fa" and "دو اشتباه با هم." in shown.verdict["html"]
    assert shown.understood("q")["message"].startswith("در نویسهٔ ۱: ")
    page = [check("1.1", "(a-y)x")._repr_markdown_(), shown._repr_mimebundle_()[0]["text/html"], *shown.facts["hints"],
            bplib.coursework.question("1.1").markdown, bplib.coursework.summary(1, {}).markdown, repr(shown)]
    for text in page:
        assert not words_in_english(re.sub("<[^>]*>", "", text)) and re.search("[\u0600-\u06ff]", text), text
    assert page[0].startswith('<div dir="rtl" lang="fa">\n\n<p style="text-align: right">')


ASKED = [(bplib.neuron("g"), "∂C_s/∂w", ["(a-y)g'(z)x", "2(a-y", "q", "(y-a)g'(z)x", "x", "3", "2(a-y)g'(z)x = 3"]),
         (bplib.neuron("g"), "∂z/∂w", ["w", "b"]), (bplib.neuron("g"), "∂C/∂w", ["(a-y)g'(z)x", "3"]), (bplib.neuron("sigmoid"), "∂a/∂z", ["z(1-z)", "a"]),
         (bplib.neuron("sigmoid", "binary cross entropy"), "δ", ["(a-y)a(1-a)", "a"])]


@pytest.mark.parametrize("network, goal, answers", ASKED)
def test_a_question_of_a_lesson_says_nothing_in_english(network, goal, answers, persian):
    question = bplib.ask.formula(network, goal)
    for told in (question.told(question.judge(answer)) for answer in answers):
        assert re.search("[\u0600-\u06ff]", told) and not words_in_english(re.sub("<[^>]*>", " ", told)), told


def test_a_verdict_is_kept_in_english(persian):
    """So that it means the same to whoever reads it later."""
    assert check("1.1", "(a-y)g'(z)x").feedback.startswith("**The 2 of the square is lost.**")


def test_english_left_in_a_text_is_noticed():
    assert words_in_english("پاسخ the right one") and not words_in_english("پاسخ `the right one` و 'not this'")
