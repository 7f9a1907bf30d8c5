"""The languages of pages and pictures: no sentence is forgotten, and the Persian page says nothing in English."""
import ast
import json
import re
from pathlib import Path

import pytest
from explorers import violations
from jupyter import run_javascript
from playwright.sync_api import expect
from test_explore_network import View
from test_persian import MISTAKES

import bplib
import bplib.explore
from bplib import activations, conventions, languages, losses, report, steps
from bplib.asking.derivations import DerivationQuestion
from bplib.asking.formulas import ONE_FORMULA, Formula
from bplib.asking.question import Question
from bplib.asking.verdict import WORDS
from bplib.explore.explorer import LIMITS, Number
from bplib.deriving.steps import RULES as MODEL_RULES
from bplib.lines.verdict import MARKS

LIBRARY = Path(bplib.__file__).parent
PERSIAN = languages.TABLE["fa"]
PLACE = re.compile(r"\{(\w+)\}")
LATIN_NAME = re.compile(r"\b\w*[A-Za-z]\w*\b")
COMMENT = re.compile(r"/\*\*.*?\*/", re.S)


@pytest.fixture(autouse=True)
def no_language_is_left_behind():
    yield
    bplib.languages.use("en")


@pytest.fixture
def persian():
    bplib.languages.use("fa")


# the table

TRANSLATED = "network", "digit", "builder", "neuron"
LABELS = [trait.label for name in TRANSLATED for trait in getattr(bplib.explore, name)().traits().values()
          if isinstance(trait, Number)]
TITLES = [row.title for row in conventions.TABLE.values()]
DERIVING = [node for node in ast.walk(ast.parse((LIBRARY / "derivation.py").read_text(encoding="utf-8")))
            if isinstance(node, ast.Call) and "Error" not in ast.unparse(node.func)]
STEPS = [given.value for call in DERIVING for given in (*call.args, *(named.value for named in call.keywords))
         if isinstance(given, ast.Constant) and re.fullmatch(r"[A-Z].* .*\.", str(given.value))]
"""The sentences of steps: each stands in the code that makes its step."""
TRIES = [sentence for name in TRANSLATED for sentence in re.findall(
    r'^  \["([^"]+)",', (LIBRARY / "explore" / f"{name}.js").read_text(encoding="utf-8"), re.M)]
FROM_TABLES = {"line.sentence": STEPS, "text": TRIES, "self.label": LABELS, "words": LIMITS.values(), "row.title": TITLES, "sentence": STEPS,
               "label": ["Network explorer", "Digit explorer", "Graph builder", "Neuron explorer", "Answer field"],
               "self.asks": [kind.asks for kind in (Formula, DerivationQuestion)],
               "self.opens": [kind.opens for kind in (Question, DerivationQuestion)],
               "self.rule": [*steps.RULES, *MODEL_RULES], "self.sentence": [*STEPS, *MODEL_RULES.values()],
               "method": report.METHODS, "TITLES[self.whose, self.verdict]": report.TITLES.values(),
               **dict.fromkeys(["verdict", "self.verdict", "self.verdicts[name]"], report.SYMBOLS),
               "WORDS[verdict.outcome]": WORDS.values(), "line.verdict": MARKS, "ONE_FORMULA": [ONE_FORMULA],
               **dict.fromkeys(["loss", "loss.name", "self.loss", "option.value", "self.network.options.loss.name"],
                               losses.TABLE)}
"""What is said that does not stand in the call → the sentences that it may be."""


def said_in_python(source):
    """The sentences of all calls of phrase(…) in a module; another expression than a text stands as it is written."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)
             and "phrase" in (getattr(node.func, "id", ""), getattr(node.func, "attr", ""))]
    for call in calls:
        first = call.args[0]
        for sentence in (first.body, first.orelse) if isinstance(first, ast.IfExp) else (first,):
            found = isinstance(sentence, ast.Constant)
            yield from [sentence.value] if found else FROM_TABLES[ast.unparse(sentence)]


def said_on_the_page(source):
    for text, other in re.findall(r'\bphrase\(\s*(?:("(?:[^"\\]|\\.)*")|([^),]*))', COMMENT.sub("", source)):
        yield from [json.loads(text)] if text else FROM_TABLES[other]


ROOMS = "explore", "figures", "coursework", "asking", "."
SAID = {"py": said_in_python, "js": said_on_the_page}
SENTENCES = {sentence for room in ROOMS for kind, said in SAID.items()
             for path in (LIBRARY / room).glob(f"*.{kind}") for sentence in said(path.read_text(encoding="utf-8"))}


def test_every_sentence_has_a_row_and_every_row_is_said():
    assert len(SENTENCES) > 90
    assert SENTENCES == {*PERSIAN.sentences}


@pytest.mark.parametrize("kind, source, sentences", [
    ("py", 'phrase("one" if few else "two {n}", n=2) + say.phrase(", ")', ["one", "two {n}", ", "]),
    ("js", 'x ? phrase("a \\"b\\"") : view.phrase(\n  "c", { n })', ['a "b"', "c"])])
def test_sentences_are_found(kind, source, sentences):
    assert list(SAID[kind](source)) == sentences
    with pytest.raises(KeyError):
        list(SAID[kind]("phrase(anything)"))


@pytest.mark.parametrize("sentence", PERSIAN.sentences)
def test_a_translation_has_the_same_places_and_is_typed_as_persian(sentence):
    translation = PERSIAN.sentences[sentence]
    assert sorted(PLACE.findall(translation)) == sorted(PLACE.findall(sentence))
    prose = LATIN_NAME.sub("", PLACE.sub("", translation))
    assert not [name for name, mistake in MISTAKES.items() if re.search(mistake, prose)]
    words = {*re.findall("[A-Za-z]{2,}", PLACE.sub("", translation))}
    assert words <= ({*re.findall("[A-Za-z]+", sentence)} if sentence in TITLES else set())


def test_the_page_fills_places_as_python_does():
    values = {"n": 120, "layer": -3, "text": "x = −1.5", "list": "a, b"}
    sentences = ["{n} and {layer}", "unit {n} of layer {layer}", "{text}", "no place", "({list})"]
    code = (LIBRARY / "explore" / "common.js").read_text(encoding="utf-8")
    for language in languages.TABLE.values():
        given = json.dumps([language.facts(), sentences, values])
        found = run_javascript(f"{code}\nconst [language, sentences, values] = {given}, phrase = phrases(language);\n"
                               "const result = sentences.map((sentence) => phrase(sentence, values));")
        assert found == [language.phrase(sentence, **values) for sentence in sentences]
    assert run_javascript(f"{code}\nconst phrase = phrases({json.dumps(PERSIAN.facts())});\n"
                          'const result = [phrase("input {n}", { n: [2, 10] }), typed("−۱۲٫۵"), typed("1,5")];'
                          ) == ["ورودی ۲، ۱۰", -12.5, 1.5]


def test_numbers_are_read_as_people_and_as_fields_write_them():
    read = {"1/3": 1 / 3, "0,141": 0.141, "1.00·10⁹": 1e9, "−2.5·10⁻³": -2.5e-3, "3 × 10⁴": 3e4, "۱/۳": 1 / 3, "1,5/2": 0.75,
            " 4e-2 ": 0.04}
    not_read = ["", "/", "1/", "/2", "1/2/3", "a", "1..2", "10⁹", "1·10"]
    code = (LIBRARY / "explore" / "common.js").read_text(encoding="utf-8")
    given = json.dumps([*read, *not_read])
    found = run_javascript(f"{code}\nconst result = {given}.map(typed);")
    assert found == pytest.approx([*read.values(), *[None] * len(not_read)])  # JSON has null for NaN
    written = run_javascript(f"{code}\nconst result = [1e9, 123456, -0.00025, 3.5].map((x) => typed(show(x)));")
    assert written == pytest.approx([1e9, 1.23e5, -2.5e-4, 3.5])


def test_texts_are_set_apart_where_they_run_the_other_way():
    assert PERSIAN.phrase("Weights: {weights}.", weights="−2") == "وزن‌ها: \u2068−2\u2069."
    assert languages.ENGLISH.phrase("Weights: {weights}.", weights="−2") == "Weights: −2."


# which language is spoken

PAIR = 'bp.dense([2, 2, 2], "sigmoid", bias=False, over_samples="sum")'


def pair():
    return eval(PAIR, {"bp": bplib})


@pytest.mark.parametrize("name", ["de", "FA", "", None, 3])
def test_a_language_without_a_table_is_refused_and_the_last_one_stays(name, persian):
    with pytest.raises(bplib.InputError, match="There is no language called .* Known: en, fa"):
        bplib.languages.use(name)
    assert languages.current() is PERSIAN


def test_what_has_been_made_keeps_its_language():
    english, drawn = bplib.explore.network(pair()), bplib.figures.network(pair())
    bplib.languages.use("fa")
    persian, picture = bplib.explore.network(pair()), bplib.figures.network(pair())
    before = [english._repr_mimebundle_()[0]["text/plain"], english.picture().alt, repr(drawn)]
    bplib.languages.use("en")
    assert before == [repr(english), english.picture().alt, repr(bplib.figures.network(pair()))]
    assert repr(persian).startswith("کاوشگر شبکه: ") and "unit" not in persian.picture().alt
    assert persian.facts["choices"]["z1[2]"] == "نورون ۲ از لایهٔ ۱" and persian.facts["language"]["name"] == "fa"
    assert repr(picture) == PERSIAN.phrase("Picture: {alt}", alt=picture.alt)
    assert picture.alt.startswith("شبکه‌ای از دایره‌ها") and 'lang="fa"' in picture._repr_mimebundle_()[0]["text/html"]
    assert "lang" not in str(english._repr_mimebundle_()[0]["text/html"])


@pytest.mark.parametrize("name", [name for name in bplib.explore.__all__ if name not in TRANSLATED])
def test_explorers_that_are_not_translated_speak_english_as_a_whole(name, persian):
    explorer = getattr(bplib.explore, name)()
    picture = explorer.picture()
    assert explorer.language is languages.ENGLISH
    told = repr(explorer) + (picture.alt if picture else "") + explorer._repr_mimebundle_()[0]["text/html"]
    assert not re.search("[\u0600-\u06ff]", told)


# in the page

CELLS = [f'''import bplib as bp
bp.languages.use("fa")
bp.explore.network({PAIR}, weights={{"W1": [[0.5, -0.4], [0.3, 0.6]], "W2": [[0.4, -0.5], [0.7, 0.4]]}},
                   x=[1, 2], y=[1, 0], selected="W2[1,1]", notation="persian")''',
         'bp.explore.network(bp.dense([2, 3, 2], ["relu", "softmax"], "categorical cross entropy"))',
         'bp.explore.network(bp.dense([1, 1], "sigmoid", "binary cross entropy"))', "bp.explore.neuron(x=2, b=0, y=0.5)"]
ENGLISH_WORD = re.compile("[A-Za-z]{2,}")
NAMES = re.compile(r"[A-Za-z]\d?\[\d(?:,\d)?\]|explorer\.y|" + "|".join(map(re.escape, activations.TABLE)))
"""What is no language: keys such as W1[2,1], the code that a message quotes, and names of activations."""

TEXTS = """root => {
    const all = [root, ...root.querySelectorAll("*:not(math, math *, code)")];
    const attributes = ["title", "aria-label", "aria-valuetext", "aria-description", "alt", "placeholder"];
    return all.flatMap((one) => [
        ...attributes.map((name) => one.getAttribute(name)), ...one.tagName === "OPTION" ? [] :
            [...one.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data),
    ]).filter((text) => text?.trim()); }"""
"""All that is shown or spoken, but formulas, code and the titles of texts."""


EACH_STEP = f"""root => {{
    const place = root.querySelector(".bplib-walk-along input"), texts = {TEXTS};
    return Array.from({{ length: Number(place.max) + 1 }}, (_, n) => {{
        place.value = n;
        place.dispatchEvent(new Event("input"));
        return texts(root); }}).flat(); }}"""
"""The same of each step of the way through the computation."""


def english(texts):
    return [text for text in texts if ENGLISH_WORD.search(NAMES.sub("", text))]


class Persian(View):
    """A view whose buttons are pressed by their English names, and whose texts are read after each change."""

    def __init__(self, lab, n=0):
        super().__init__(lab.explorer(n), None)
        self.lab, self.seen = lab, set()

    def press(self, label):
        super().press(PERSIAN.phrase(label))
        self.read()

    def type(self, name, text):
        super().type(name, text)
        self.read()

    def choose(self, key):
        super().choose(key)
        self.read()

    def read(self):
        """Read all texts, what is spoken included: it comes when the view has stood still."""
        for still in (0, 900):
            self.lab.page.wait_for_timeout(still)
            texts = self.root.evaluate(TEXTS)
            assert len(texts) > 40 and english(texts) == []
            self.seen |= {*texts}

    def heard(self, words):
        return any(words in re.sub("[\u2068\u2069]", "", text) for text in self.seen)


@pytest.fixture
def view(lab):
    view = Persian(lab)
    yield view
    assert not lab.errors()


def test_nothing_is_said_in_english(view):
    assert view.root.get_attribute("lang") == "fa" and view.root.get_attribute("aria-label") == "کاوشگر شبکه"
    view.read()
    for label in ("Forward", "Backward", "Update", "Backward", "Step", "Reset"):
        view.press(label)
    view.lab.page.emulate_media(reduced_motion="reduce")
    view.press("Start")
    view.seen |= {*view.root.evaluate(EACH_STEP)}
    view.press("Reset")
    assert english(view.seen) == [] and view.heard("مجموع در نورون ۱ از لایهٔ ۱ کامل شد")
    view.lab.page.emulate_media(reduced_motion="no-preference")
    view.choose("z1[2]")
    view.choose("W1[2,1]")
    for name, text in (("eta", "-1"), ("chosen", ""), ("x[1]", "۱۲.۳.۴"), ("y[2]", "؟")):
        view.type(name, text)
        assert view.message.get_attribute("data-kind") == "error"
    view.press("Run")
    view.press("Stop")
    view.type("eta", "0")
    view.press("Step")
    for words in ("رو به جلو تمام شد", "پس اول آن‌ها محاسبه شدند", "همهٔ وزن‌ها تغییر کردند", "گام ۱: ", "دست‌کم 0",
                  "داده‌شده: هیچ", "متوقف شد.", "η صفر است", "مشتق هزینه نسبت به آن", "نورون ۲ از لایهٔ ۱"):
        assert view.heard(words), words
    view.type("eta", "۰٫۵")
    assert view.field("eta").input_value() == "0.5"
    view.press("Reset")


def test_nor_where_a_network_has_probabilities_biases_and_steps_that_diverge(lab):
    for n, text, says in ((1, "0.5", "جمعشان یک باشد"), (2, "2", "از صفر تا یک")):
        view = Persian(lab, n)
        view.type("y[1]", text)
        assert view.heard(says) and view.heard("بایاس نورون" if n == 1 else "") and view.heard("آنتروپی متقاطع")
    view.choose("W1[1,1]")
    view.type("chosen", "-1")
    view.type("x[1]", "900000")
    view.type("eta", "5")
    view.press("Step")
    assert view.heard("گام‌ها واگرا می‌شوند")
    assert not lab.errors()


def test_the_menu_shows_each_text_in_persian(view):
    shown = view.root.locator("option").all_inner_texts()
    assert shown == [PERSIAN.phrase(row.title) for row in conventions.TABLE.values()]


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_no_rule_of_accessibility_is_broken(view, theme):
    view.lab.theme(theme)
    view.root.evaluate("root => root.scrollIntoView()")
    assert violations(view.lab.page, ".bplib") == []
    view.lab.theme("Light")


def test_sentences_run_to_the_left_and_mathematics_to_the_right(view):
    """The first control stands on the right; inputs come before the cost, and arrow keys go the way of numbers."""
    def left(selector):
        return view.root.locator(selector).first.bounding_box()["x"]

    panel = ".bplib-network-panel"
    assert left("button") > left(".bplib-slider") and left(".bplib-slider span") > left(".bplib-slider input")
    assert left(f"{panel} .bplib-network-caption") > left(f"{panel} .bplib-network-formula")
    assert left(".bplib-network-card") < left("[data-key='z1[1]']") < left("[data-key='C']")
    view.choose("W1[1,1]")
    view.slider().press("ArrowRight")
    assert float(view.field("chosen").input_value()) == pytest.approx(0.55)
    signs = view.root.evaluate("""root => [...root.querySelectorAll(".bplib-network-panel > * > .bplib-network-formula")].map(
        (one) => one.children[1].getBoundingClientRect().left)""")
    assert len(signs) == 2 and max(signs) - min(signs) < 8, "signs of equality stand in line"
    view.press("Reset")


def test_controls_keep_their_places(view):
    def places():
        return view.root.evaluate("""root => {
            const origin = root.getBoundingClientRect();
            return [...root.querySelectorAll("button, input[type=range], select, .bplib-network-panel")].map((one) => {
                const { x, y, width, height } = one.getBoundingClientRect();
                return [x - origin.x, y - origin.y, width, height].map(Math.round).join(); }); }""")

    before = places()
    for change in (lambda: view.choose("z1[1]"), lambda: view.press("Update"), lambda: view.type("eta", "-1")):
        change()
        assert places() == before
    view.press("Reset")


def test_a_page_without_jupyter_speaks_the_same(lab, tmp_path, persian):
    explorer = bplib.explore.network(pair(), notation="persian")
    (tmp_path / "page.html").write_text(
        f"<meta charset=utf-8>{explorer._repr_mimebundle_()[0]['text/html']}", encoding="utf-8")
    page = lab.page.context.browser.new_page()
    page.goto((tmp_path / "page.html").as_uri())
    root = page.locator(".bplib")
    expect(root).to_have_attribute("dir", "rtl")
    texts = root.evaluate(TEXTS)
    page.close()
    assert len(texts) > 40 and english(texts) == []


def test_a_neuron_says_nothing_in_english_and_its_chain_rule_runs_to_the_right(lab):
    root, seen = lab.explorer(3), set()

    def read():
        lab.page.wait_for_timeout(900)
        texts = root.evaluate(TEXTS)
        assert len(texts) > 40 and english(texts) == []
        seen.update(re.sub("[\u2068\u2069]", "", text) for text in texts)

    for label in ("Step", "Run", "Stop", "Reset"):
        root.get_by_role("button", name=PERSIAN.phrase(label), exact=True).click()
        read()
    for name, text in (("eta", "-1"), ("y", "x"), ("eta", "0"), ("eta", "9"), ("w", "4")):
        root.locator(f"[data-name={name}] input:not([type=range])").fill(text)
        root.locator(f"[data-name={name}] input:not([type=range])").press("Enter")
        read()
    root.get_by_role("button", name=PERSIAN.phrase("Step"), exact=True).click()
    read()
    root.locator("[data-name=loss] select").select_option("binary cross entropy")
    read()
    for words in ("گام ۱: هزینه از", "متوقف شد.", "η نرخ یادگیری است: ", "عددی متناهی", "مقدار z برابر", "تقسیم می‌کند"):
        assert any(words in text for text in seen), words
    first, last = (root.locator(f"[data-value={name}]").first.bounding_box()["x"] for name in ("dC_dw", "dz_dw"))
    assert first < last and not lab.errors()


def test_a_sentence_in_english_is_noticed():
    assert english(["نورون", "W1[2,1], وزن", "η ← w", "The cost", "Step"]) == ["The cost", "Step"]
