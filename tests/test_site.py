"""The static site, built of a few pages: opened from the disk in a browser, without a network."""
import re
import sys
from mimetypes import guess_type
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree as Xml
from zipfile import ZipFile

import nbformat
import pytest
from explorers import View, violations
from IPython.core.interactiveshell import InteractiveShell
from jupyter import WRONG_FORMULA, from_disk
from playwright.sync_api import expect

from bplib.course import NOTEBOOKS
from bplib.site import __main__ as command
from bplib.site.scorm import contents

NAMES = ("00-contents", "02-one-neuron", "05-layers-and-indices", "06-delta-fa", "coursework/sheet-1-one-neuron")
EXPLORERS = {"index": 1, "00-contents": 1, "02-one-neuron": 1, "06-delta-fa": 1, "coursework/sheet-1-one-neuron": 0}
"""Pages, and how many explorers there are on each."""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The folder of a site with pages of these notebooks, ready for a host whose address is known."""
    from bplib.site.build import build

    folder = tmp_path_factory.mktemp("on a stick") / "site"
    paths = [NOTEBOOKS / f"{name}.ipynb" for name in NAMES]
    assert build(folder, paths, "https://example.org/course/", "https://github.com/someone/course", scorm=True) == [*NAMES]
    return folder


LEFT = r"""() => {
    const copy = document.querySelector("article").cloneNode(true);
    for (const one of copy.querySelectorAll("script, pre, code, .bplib, mjx-container")) one.remove();
    return copy.textContent.match(/\\[(\[a-z]|\$/g) ?? []; }"""
"""Signs of formulas that are left as source."""


def typeset(page):
    """Wait until MathJax is done, where the page has it."""
    page.wait_for_function("!document.querySelector('.math') || window.MathJax?.startup?.promise")
    page.evaluate("async () => { await window.MathJax?.startup?.promise; }")


@pytest.mark.thorough
@pytest.mark.parametrize("name", EXPLORERS)
def test_a_page_from_the_disk_is_typeset_and_moves(browser, site, name):
    """At a phone's width too, where nothing lies outside of the window."""
    with from_disk(browser, site / f"{name}.html") as (page, complaints):
        typeset(page)
        expect(page.locator("mjx-container")).to_have_count(page.locator(".math").count())
        assert page.locator(WRONG_FORMULA).count() == 0 and page.evaluate(LEFT) == []
        assert [View(view).moves() for view in page.locator(".bplib").all()] == [True] * EXPLORERS[name]
        assert page.locator("[data-explorer]").count() == EXPLORERS[name]
        page.set_viewport_size({"width": 480, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") == 480
        assert not complaints


@pytest.mark.thorough
@pytest.mark.parametrize("name", ["index", "coursework/sheet-1-one-neuron"])
def test_axe_finds_no_violation(browser, site, name):
    with from_disk(browser, site / f"{name}.html") as (page, _):
        typeset(page)
        expect(page.locator(".bplib")).to_have_count(EXPLORERS[name])
        assert violations(page, "body") == []


@pytest.mark.thorough
def test_formulas_are_many_and_drawn_with_the_fonts_in_the_site(browser, site):
    with from_disk(browser, site / "02-one-neuron.html") as (page, _):
        typeset(page)
        assert page.locator("mjx-container").count() > 40
        used = page.evaluate("[...document.fonts].filter((font) => font.status === 'loaded').map((font) => font.family)")
        assert {"MJXZERO", "MJXTEX", "MJXTEX-I"} <= {*used}


SHAPE = """async (one) => {
    await one.decode();
    return [one.clientWidth / one.clientHeight, one.naturalWidth / one.naturalHeight]; }"""


@pytest.mark.thorough
def test_pictures_come_with_the_reader_and_move_nothing(browser, site):
    """Files beside the pages; before one is there its place is as large as with it."""
    with from_disk(browser, site / "06-delta-fa.html") as (page, complaints):
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")  # folded after a question
        pictures = page.locator("article .cell_output img")
        assert pictures.count() == 4
        for one in pictures.all():
            room = one.evaluate("one => one.clientWidth / one.clientHeight")
            one.scroll_into_view_if_needed()
            shown, own = one.evaluate(SHAPE)
            assert room == pytest.approx(own, rel=0.01) and shown == pytest.approx(own, rel=0.01)
            assert len(one.get_attribute("alt")) > 20 and one.get_attribute("src").startswith("_images/")
        assert not complaints


@pytest.mark.thorough
def test_a_choice_is_judged_on_the_page(browser, site):
    """The right one opens the answer; a wrong one says what is wrong with it, and opens nothing."""
    with from_disk(browser, site / "02-one-neuron.html") as (page, complaints):
        typeset(page)
        said = page.locator(".choice-told")
        assert said.count() == 2 and page.locator(".choice").count() == 6
        longest, logarithm = (told.locator("..") for told in said.all())
        for question, right, options, sentence in [(longest, "B", "ACB", "Which other factor is there?"),
                                                   (logarithm, "A", "BCA", "comes to the front of the logarithm")]:
            for letter in options:
                assert question.locator("details[open]").count() == 0
                button = question.locator(".choice", has=page.get_by_text(letter, exact=True))
                button.press("Enter")
                told = question.locator(".choice-told")
                expect(told).to_contain_text("✓" if letter == right else "✗")
                if letter == options[0]:
                    expect(told).to_contain_text(sentence)
                expect(question.locator("[aria-pressed=true]")).to_have_count(1)
            assert question.locator("details[open]").count() == 1
        assert not complaints


@pytest.mark.thorough
def test_answers_to_exercises_are_judged_on_the_page(browser, site):
    """Verdict, mistake and a link to where it is explained; what is typed stays text, and is there again the next time."""
    with from_disk(browser, site / "coursework/sheet-1-one-neuron.html") as (page, complaints):
        assert page.get_by_text("A function is not judged in this page").count() == 1
        for label, answer, says in [
                ("1.1: your formula", "(a-y)g'(z)x", "The 2 of the square is lost."),
                ("1.2: your formula", "2(a-y)<img src=x onerror=alert(1)>", "2(a-y)<img src=x onerror"),
                ("1.3: your number", "0,14", "Give three digits."), ("1.4: your number", "1/4", "✓ Right"),
                ("1.5: your formula", "Σ_s (a_s-y_s)²/N", "✓ Right"), ("1.6: your letter", "B", "✓ Right")]:
            field = page.get_by_label(f"Exercise {label}")
            field.fill(answer)
            field.press("Enter")
            expect(page.locator(".judged", has=field).get_by_role("status")).to_contain_text(says)
        assert page.locator(".judged img").count() == 0 and page.locator(".judged mark").inner_text() == "<"
        assert page.locator(".judged a").get_attribute("href").endswith("02-one-neuron.html")
        progress = page.locator(".judged-progress")
        expect(progress).to_contain_text("3 of 6")
        page.reload()
        expect(progress).to_contain_text("3 of 6")
        with page.expect_download() as saved:
            progress.get_by_role("button", name="Save to a file").click()
        field = page.get_by_label("Exercise 1.5")
        field.fill("")
        expect(progress).to_contain_text("2 of 6")
        page.set_input_files("input[type=file]", saved.value.path())
        expect(progress).to_contain_text("3 of 6")
        assert field.input_value() == "Σ_s (a_s-y_s)²/N"
        page.set_input_files("input[type=file]", {"name": "photo.png", "mimeType": "image/png", "buffer": b"\x89PNG"})
        expect(progress).to_contain_text("photo.png is no file that was saved here")
        assert field.input_value() == "Σ_s (a_s-y_s)²/N" and not complaints
        assert violations(page, "article") == []


def asked_before(page, file, answer):
    """What the page asks before it loads a file; the answer is "accept" or "dismiss"."""
    with page.expect_event("dialog") as asked:
        page.once("dialog", lambda dialog: getattr(dialog, answer)())
        page.set_input_files("input[type=file]", file)
    return asked.value.message


@pytest.mark.thorough
def test_what_is_typed_is_not_lost(browser, site):
    """Not in another tab, not by a file, not where it was left unchecked, which counts for nothing after a reload."""
    with from_disk(browser, site / "coursework/sheet-1-one-neuron.html") as (page, complaints):
        with page.expect_popup() as opened:
            page.evaluate("open(location.href)")
        other, answers = opened.value, {"1.1": "2(a-y)g'(z)x", "1.4": "0.25"}
        for tab, id in ((page, "1.1"), (other, "1.4")):
            field = tab.get_by_label(f"Exercise {id}")
            field.fill(answers[id])
            field.press("Enter")
        page.get_by_label("Exercise 1.6").fill("B")
        old = {"name": "old.json", "mimeType": "application/json", "buffer": b'{"1.4": "4"}'}
        assert "old.json replaces 1 answer that is typed here" in asked_before(page, old, "dismiss")
        assert page.get_by_label("Exercise 1.4").input_value() == ""
        other.close()
        page.reload()
        progress = page.locator(".judged-progress")
        expect(progress).to_contain_text("2 of 6")
        assert {id: page.get_by_label(f"Exercise {id}").input_value() for id in answers} == answers
        assert page.get_by_label("Exercise 1.6").input_value() == "B"
        with page.expect_download() as saved:
            progress.get_by_role("button", name="Save to a file").click()
        field = page.get_by_label("Exercise 1.1")
        for answer, typed, right in (("dismiss", "newer", 1), ("accept", answers["1.1"], 2)):
            field.fill("newer")
            assert "1 answer that is typed here" in asked_before(page, saved.value.path(), answer)
            expect(progress).to_contain_text(f"{right} of 6")
            assert field.input_value() == typed
        assert not complaints


@pytest.mark.thorough
def test_a_question_for_a_formula_is_judged_on_the_page(browser, site):
    """A wrong answer gets its mistake's name, and opens nothing; the right one opens the answer."""
    with from_disk(browser, site / "06-delta-fa.html") as (page, complaints):
        typeset(page)
        question = page.locator(".output", has=page.locator(".judged")).first
        field, told = question.get_by_label("فرمول شما"), question.get_by_role("status")
        for answer, says, opened in [("a_o-y", "ضریب ۲ مربع گم شده است", 0), ("2(a_o-y)g'(z_o)", "✓ درست", 1)]:
            field.fill(answer)
            question.get_by_role("button", name="بررسی").click()
            expect(told).to_contain_text(says)
            assert question.locator("details[open]").count() == opened
        assert question.locator("p mjx-container").count() == 1 and page.locator(".judged-progress").count() == 0
        assert page.locator(".judged").count() == 5 and not complaints
        page.reload()
        expect(told).to_contain_text("✓ درست")
        assert field.input_value() == "2(a_o-y)g'(z_o)" and question.locator("details[open]").count() == 0


@pytest.mark.thorough
def test_search_finds_without_a_network(browser, site):
    with from_disk(browser, site / "search.html") as (page, complaints):
        page.goto(f"{(site / 'search.html').as_uri()}?q=pencil")
        result = page.locator("#search-results li", has=page.locator("a", has_text="One neuron"))
        expect(result.locator("mark")).to_have_text(re.compile("pencil", re.IGNORECASE))
        assert 100 < len(result.locator(".context").inner_text()) < 200
        result.locator("a").click()
        expect(page.locator("h1")).to_contain_text("One neuron")
        assert not complaints


@pytest.mark.thorough
def test_a_dark_page_has_dark_explorers(browser, site):
    """By the button of the theme as by the system."""
    brightness = "view => getComputedStyle(view).backgroundColor.match(/\\d+/g).slice(0, 3).reduce((a, b) => a + +b, 0)"
    with from_disk(browser, site / "index.html") as (page, _):
        view, before = page.locator(".bplib"), []
        view.wait_for()
        for _ in range(3):
            before.append((page.evaluate("document.body.dataset.theme"), view.evaluate(brightness) < 150,
                           page.evaluate("document.body.dataset.jpThemeLight")))
            page.locator(".theme-toggle:visible").click()
        assert sorted(before) == [("auto", False, "true"), ("dark", True, "false"), ("light", False, "true")]
        page.emulate_media(color_scheme="dark")
        page.reload()
        assert page.locator(".bplib").evaluate(brightness) < 150


@pytest.mark.thorough
def test_persian_runs_from_right_to_left_and_programs_do_not(browser, site):
    with from_disk(browser, site / "06-delta-fa.html") as (page, _):
        typeset(page)
        direction = "one => getComputedStyle(one).direction"
        for where, expected in {"article p": "rtl", "article .cell pre": "ltr", "article mjx-container": "ltr",
                                "article .bplib": "rtl", "article h1": "rtl", ".sidebar-drawer": "ltr"}.items():
            assert page.locator(where).first.evaluate(direction) == expected, where
        assert page.locator("article > [lang=fa]").count() == 1


LINK = re.compile(r'<a\b[^>]*href="([^"#:]*)(#[^"]*)?"')
ABSENT = re.compile(r"\d\d-[\w-]+\.html|coursework/[\w-]+\.html|(\.\./)\d\d-[\w-]+\.html")


@pytest.mark.thorough
def test_each_link_leads_to_a_page_and_a_place_on_it(site):
    """Those to pages that a site of so few does not have are known by their names."""
    pages = {path: path.read_text(encoding="utf-8") for path in site.rglob("*.html")}
    places: list[str] = []
    for path, text in pages.items():
        assert not re.search(r"<th[^>]*>\s*(<p>\s*</p>)?\s*</th>", text), path  # to readers of screens a heading of nothing
        for file, place in LINK.findall(text):
            target = (path.parent / unquote(file)).resolve() if file else path
            if not target.exists():
                assert ABSENT.fullmatch(file) and (NOTEBOOKS / target.relative_to(site)).with_suffix(".ipynb").exists()
            elif len(place) > 1 and target.suffix == ".html":
                places.append(place)
                assert f'id="{unquote(place[1:])}"' in pages[target], (path, file, place)
    assert len(places) > 50 and "#cell-id=05-09" in places


@pytest.mark.thorough
def test_a_page_says_what_it_is_and_how_to_run_it(site):
    text = (site / "02-one-neuron.html").read_text(encoding="utf-8")
    assert re.search(r'<meta [^>]*name="description"[^>]*content="A neuron says 0\.9|content="A neuron says 0\.9[^>]*description', text)
    card = re.search(r'property="og:image" content="https://example\.org/course/([^"]+)"', text)[1]
    assert (site / card).stat().st_size > 5000
    assert 'href="02-one-neuron.ipynb" download' in text
    assert "mybinder.org/v2/gh/someone/course/HEAD?urlpath=lab/tree/notebooks/02-one-neuron.ipynb" in text
    assert re.search(r'class="next-page" href="05-layers-and-indices\.html"', text)
    assert re.search(r'class="prev-page" href="00-contents\.html"', text)


@pytest.mark.thorough
def test_a_downloaded_notebook_is_the_same_behind_a_first_cell_that_runs(site):
    first, *others = nbformat.read(site / "02-one-neuron.ipynb", as_version=4).cells
    assert others == nbformat.read(NOTEBOOKS / "02-one-neuron.ipynb", as_version=4).cells
    assert InteractiveShell().run_cell(first.source).success and "%pip install" in first.source


@pytest.mark.thorough
def test_nothing_is_fetched_from_elsewhere(site):
    """No page and no style asks another host for anything; scripts are watched by the tests with a browser."""
    assert (site / "_static/neuron.svg").exists()
    for path in [*site.rglob("*.html"), *site.rglob("*.css")]:
        text = path.read_text(encoding="utf-8")
        assert re.findall(r'(?:src="|<link [^>]*stylesheet[^>]*href="|url\(["\']?)(?:https?:)?//[^"\')]*', text) == [], path


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path, capsys):
    (tmp_path / "mine.html").write_text("mine", encoding="utf-8")
    assert command.main([str(tmp_path)]) == 1
    assert "something that is not a site" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.html"]


@pytest.mark.parametrize("parts", [("file",), ("file", "below")], ids=["file", "below-a-file"])
def test_a_folder_that_cannot_be_made_is_named(tmp_path, capsys, parts):
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    assert command.main([str(tmp_path.joinpath(*parts))]) == 1
    assert str(tmp_path.joinpath(*parts)) in capsys.readouterr().err
    assert (tmp_path / "file").read_text(encoding="utf-8") == "mine"


def test_without_sphinx_it_is_said_what_to_install(monkeypatch, tmp_path, capsys):
    monkeypatch.delitem(sys.modules, "bplib.site.build", raising=False)
    monkeypatch.setitem(sys.modules, "sphinx.application", None)
    assert command.main([str(tmp_path / "site")]) == 1
    said = capsys.readouterr().err
    assert "is not installed" in said and "understand-backpropagation[site]" in said and not (tmp_path / "site").exists()


def test_what_comes_next_to_a_question_is_folded_away(browser, site):
    with from_disk(browser, site / "02-one-neuron.html") as (page, _):
        shown = page.evaluate("""() => [...document.querySelectorAll("[data-field]")].map((place) => {
            const next = place.closest(".cell").nextElementSibling;
            return next.querySelector(".cell_output")?.checkVisibility() ?? "nothing"; })""")
        assert len(shown) >= 4 and set(shown) == {False}


def test_a_sheet_says_how_it_is_answered_here(site):
    sheet = (site / "coursework" / "sheet-1-one-neuron.html").read_text(encoding="utf-8")
    assert "Type each answer into its field" in sheet and "Run All Cells" not in sheet and "0 of 8" not in sheet


# packages for learning platforms

VERSIONS = {
    "1.2": ("API", "LMS", "LMSFinish", 4096, "adlcp:scormtype", "cmi.core.score.raw", "cmi.core.lesson_status", "cmi.core.exit"),
    "2004": ("API_1484_11", "", "Terminate", 64000, "adlcp:scormType", "cmi.score.raw", "cmi.success_status", "cmi.exit"),
}
"""Version → what is called how there, from the object that a platform has to the value that says why a sheet was left."""
SHEET = "coursework/sheet-1-one-neuron"
PLATFORM = """<!DOCTYPE html><title>A platform</title>
<script>
  const data = {}, kept = {}, said = [];
  let running = false, code = "0", refuses = false;
  const answer = (error, result) => { code = error; return error === "0" ? result : "false"; };
  window["%s"] = {
    %sInitialize: () => answer(running ? "101" : "0", (running = true, "true")),
    %sGetValue: (name) => running ? answer("0", data[name] ?? "") : answer("301", ""),
    %sSetValue: (name, value) => answer(!running ? "301" : typeof value !== "string" || value.length > %d ? "405" : "0",
                                        running && value.length <= %d ? (data[name] = value, "true") : "false"),
    %sCommit: () => answer(running && !refuses ? "0" : "391", running && !refuses ? (Object.assign(kept, data), "true") : "false"),
    %s: () => answer(running ? "0" : "301", (Object.assign(kept, data), running = false, "true")),
    %sGetLastError: () => code, %sGetErrorString: (code) => `error ${code}`,
  };
</script><iframe src="/package/%s.html" width="900" height="900"></iframe>"""


class Platform:
    """A stand-in for a learning platform, as far as a sheet needs one: the page around it, and what that has been told."""

    def __init__(self, browser, site, version):
        (self.api, verb, finish, longest, _, *self.values) = VERSIONS[version]
        with ZipFile(site / "scorm" / f"{Path(SHEET).name}-scorm-{version}.zip") as package:
            self.files = {name: package.read(name) for name in package.namelist()}
        around = PLATFORM % (self.api, verb, verb, verb, longest, longest, verb, finish, verb, verb, SHEET)
        self.page, self.complaints = browser.new_page(), []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.route("**/*", lambda route: self._serve(route, around))
        self.page.goto("http://platform.example/")
        self.frame = self.page.frame_locator("iframe")
        self.line = self.frame.locator(".judged-progress")

    def _serve(self, route, around):
        name = urlsplit(route.request.url).path.removeprefix("/package/")
        if name == "/":
            return route.fulfill(body=around, content_type="text/html")
        if name not in self.files:
            self.complaints.append(f"{name} is not in the package")
            return route.abort()
        return route.fulfill(body=self.files[name], content_type=guess_type(name)[0])

    def field(self, label):
        return self.frame.get_by_label(f"Exercise {label}")

    def answer(self, label, text):
        self.field(label).fill(text)
        self.field(label).press("Enter")

    def kept(self):
        """What it has for certain, of score, status and why the sheet was left."""
        return self.page.evaluate("names => names.map((name) => kept[name])", self.values)

    def reopened(self):
        self.page.evaluate("""async () => { const frame = document.querySelector("iframe");
            await new Promise((done) => { frame.onload = done; frame.src = "about:blank"; });
            await new Promise((done) => { frame.onload = done; frame.src = "/package/%s.html"; }); }""" % SHEET)


@pytest.fixture(params=VERSIONS)
def platform(request, browser, site):
    platform = Platform(browser, site, request.param)
    yield platform
    platform.page.close()
    assert platform.complaints == []


RIGHT = {"1.1: your formula": "2(a-y)g'(z)x", "1.2: your formula": "2(a-y)a(1-a)", "1.3: your number": "0.141", "1.4: your number": "1/4",
         "1.5: your formula": "Σ_s (a_s-y_s)²/N", "1.6: your letter": "B"}


@pytest.mark.thorough
@pytest.mark.parametrize("version", VERSIONS)
def test_a_package_has_a_manifest_and_all_that_it_names(site, version):
    """Elements that the standard demands, in its names; every file of the package, and no other."""
    kind = VERSIONS[version][4]
    with ZipFile(site / "scorm" / f"{Path(SHEET).name}-scorm-{version}.zip") as package:
        text, names = package.read("imsmanifest.xml").decode(), {*package.namelist()}
        sheet = package.read(f"{SHEET}.html").decode()
    root = Xml.fromstring(text)
    schema = root.tag.removesuffix("manifest")
    assert schema in ("{http://www.imsproject.org/xsd/imscp_rootv1p1p2}", "{http://www.imsglobal.org/xsd/imscp_v1p1}")
    assert root.findtext(f"{schema}metadata/{schema}schema") == "ADL SCORM"
    assert root.findtext(f"{schema}metadata/{schema}schemaversion") == {"1.2": "1.2", "2004": "2004 4th Edition"}[version]
    organizations, resources = root.find(f"{schema}organizations"), root.find(f"{schema}resources")
    (organization,), (resource,) = organizations, resources
    item = organization.find(f"{schema}item")
    assert organizations.get("default") == organization.get("identifier")
    assert item.get("identifierref") == resource.get("identifier") and item.findtext(f"{schema}title").startswith("Sheet 1")
    assert f'{kind}="sco"' in text and resource.get("type") == "webcontent" and resource.get("href") == f"{SHEET}.html"
    assert {one.get("href") for one in resource} == names - {"imsmanifest.xml"} and len(names) > 8
    assert ("deliveryControls" in text) is (version == "2004")
    assert {*re.findall(r'<a [^>]*href="([^"#][^"]*)', sheet)} == {f"{Path(SHEET).name}.ipynb"}


@pytest.mark.thorough
def test_in_a_package_a_link_to_another_page_is_text(site):
    page = (site / f"{SHEET}.html").read_text(encoding="utf-8")
    linked = page.replace("</h1>", '</h1><p><a href="../02-one-neuron.html">the lesson</a></p>')
    _, files = contents(site, f"{SHEET}.html", linked)
    assert b"<p>the lesson</p>" in files[f"{SHEET}.html"]


@pytest.mark.thorough
def test_a_platform_is_told_the_score_and_keeps_the_answers(platform):
    platform.answer("1.1: your formula", "(a-y)g'(z)x")
    expect(platform.line).to_contain_text("0 of 6 answers right, in this page. The platform knows of 0.")
    assert platform.kept()[:2] == ["0", "incomplete" if platform.api == "API" else "unknown"]
    platform.answer("1.2: your formula", RIGHT["1.2: your formula"])
    expect(platform.line).to_contain_text("The platform knows of 1.")
    assert platform.kept()[0] == "16.67"
    platform.field("1.2: your formula").fill("half an ans")  # what was right once counts
    platform.reopened()
    assert platform.kept()[2] == "suspend"
    expect(platform.field("1.1: your formula")).to_have_value("(a-y)g'(z)x")
    expect(platform.frame.locator(".judged").first).to_contain_text("The 2 of the square is lost.")
    expect(platform.field("1.2: your formula")).to_have_value("half an ans")
    expect(platform.line).to_contain_text("The platform knows of 1.")
    for label, text in RIGHT.items():
        platform.answer(label, text)
    expect(platform.line).to_contain_text("6 of 6 answers right, in this page. The platform knows of 6.")
    assert platform.kept()[:2] == ["100", "passed"]


@pytest.mark.thorough
def test_what_a_platform_does_not_keep_is_said(platform):
    """An answer that is too long, and a platform that refuses."""
    platform.answer("1.2: your formula", RIGHT["1.2: your formula"])
    longest = 4096 if platform.api == "API" else 64000
    platform.answer("1.1: your formula", "x" * longest)
    expect(platform.line).to_contain_text(f"it keeps {longest}; what came last is not kept")
    platform.answer("1.1: your formula", "2(a-y)g'(z)x")
    expect(platform.line).to_contain_text("The platform knows of 2.")
    platform.page.evaluate("refuses = true")
    platform.answer("1.4: your number", "1/4")
    expect(platform.line).to_contain_text("The platform does not take that: 391 error 391.")


@pytest.mark.thorough
def test_a_sheet_without_a_platform_says_so(browser, site, tmp_path):
    with ZipFile(site / "scorm" / f"{Path(SHEET).name}-scorm-1.2.zip") as package:
        package.extractall(tmp_path)
    with from_disk(browser, tmp_path / f"{SHEET}.html") as (page, complaints):
        expect(page.locator(".judged-progress")).to_contain_text("No learning platform is around it, so nobody else is told.")
        page.set_viewport_size({"width": 480, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") == 480
        assert not complaints
