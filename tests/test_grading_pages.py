"""The pages of a graded class in a browser, opened from the disk: a thousand students, searched, sorted, filtered."""
import pytest
from explorers import violations
from jupyter import from_disk
from playwright.sync_api import expect
from test_grading_small import row

from bplib.grading.report import file_name, write

IDS = [f"1.{n}" for n in range(1, 8)]


def of_student(n):
    """Every tenth has lost a 2 in 1.1, every hundredth the sign in 1.2; points fall with the number."""
    rows = [row(f"Student {n:04}", id, file=f"{n}.ipynb", points=1.0 if n < 500 else 0.5) for id in IDS]
    if n % 10 == 0:
        rows[0] = row(f"Student {n:04}", "1.1", "wrong", 0.7, mistakes=("the 2 of the square is lost",), answer="x")
    if n % 100 == 0:
        rows[1] = row(f"Student {n:04}", "1.2", "wrong", 0.5, mistakes=("the sign is turned",), answer="-x")
    return rows


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    write([one for n in range(1000) for one in of_student(n)], folder, house="Each submission runs in a box.")
    return folder


@pytest.fixture
def page(browser, folder):
    with from_disk(browser, folder / "overview.html") as (page, complaints):
        yield page
        assert complaints == []


def shown(page):
    """The names in the table, and what is said of them."""
    names = page.locator("#students tbody tr td:first-child").all_inner_texts()
    return [int(name.removeprefix("Student ")) for name in names], page.locator("#shown").inner_text()


def test_a_thousand_students_in_pages_of_fifty(page):
    assert shown(page) == ([*range(50)], "1 to 50 of 1000 students")
    assert page.evaluate("document.documentElement.scrollHeight") < 6000
    page.locator("#after").focus()
    page.keyboard.press("Enter")
    assert shown(page) == ([*range(50, 100)], "51 to 100 of 1000 students")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    assert shown(page)[0] == [*range(50)]


def test_search_and_filters(page):
    page.get_by_label("Name").fill("0042")
    assert shown(page) == ([42], "1 to 1 of 1 students")
    page.get_by_label("Name").fill("nobody")
    assert shown(page) == ([], "No student")
    page.get_by_label("Name").fill("")
    page.locator("#outcome").select_option("wrong")
    assert shown(page)[1] == "1 to 50 of 100 students"
    page.locator("#exercise").select_option("1.2")
    assert shown(page)[0] == [*range(0, 1000, 100)]
    page.locator("#outcome").select_option("")
    page.locator("#mistake").select_option("the 2 of the square is lost")
    assert shown(page) == ([], "No student")
    page.locator("#exercise").select_option("1.1")
    assert shown(page)[1] == "1 to 50 of 100 students"


def test_sorted_by_the_keyboard(page):
    head = page.get_by_role("columnheader", name="Points")
    head.get_by_role("button").focus()
    page.keyboard.press("Enter")
    expect(head).to_have_attribute("aria-sort", "ascending")
    assert min(shown(page)[0]) >= 500
    page.keyboard.press("Enter")
    expect(head).to_have_attribute("aria-sort", "descending")
    assert max(shown(page)[0]) < 500


def test_without_its_script_the_page_shows_everybody(browser, folder):
    context = browser.new_context(java_script_enabled=False)
    try:
        page = context.new_page()
        page.goto((folder / "overview.html").as_uri())
        assert page.locator("#students tbody tr").count() == 1000
        expect(page.locator("#filter")).to_be_hidden()
    finally:
        context.close()


def test_pages_are_accessible(browser, folder):
    names = ["overview.html", "answers/exercise-1.1.html", f"answers/{file_name('the sign is turned')}.html",
             f"feedback/{file_name('Student 0000')}.html"]
    for name in names:
        with from_disk(browser, folder / name) as (page, complaints):
            assert violations(page, "body") == [] and complaints == [], name


def test_links_lead_somewhere(page):
    links = page.locator("a").evaluate_all("links => links.map(link => link.href)")
    assert len(links) > 55
    for link in [*links[:12], links[-1]]:
        answer = page.goto(link)
        assert page.title() and answer.ok
