"""The notebooks: a falsified output is noticed, and so is one that differs when its cell is run again; they read well.

That each cell gives its stored output is tested by nbval itself, cell by cell.
"""
import ast
import json
import os
import re
import statistics
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").rglob("*.ipynb"))
NOTEBOOKS = [path for path in NOTEBOOKS if ".ipynb_checkpoints" not in path.parts]

by_name = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]


def pytest_of(path, *options):
    """What pytest says of a notebook, as a run of all tests has it: each cell twice, and all of them backwards."""
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "conftest", "-n0", "-c", ROOT / "pyproject.toml",
         f"--rootdir={ROOT}", *options, path], cwd=ROOT, capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (ROOT, ROOT / "tests"))), "BPLIB_QUICK": "0"})


def test_a_falsified_output_fails(tmp_path):
    """Two copies of a notebook; in one of them a stored formula has lost its factor 2."""
    notebook = nbformat.read(ROOT / "notebooks" / "02-one-neuron.ipynb", as_version=4)
    notebook.cells = notebook.cells[:5]
    for name, change in (("true", lambda text: text), ("false", lambda text: text.replace("= 2 ", "= "))):
        falsified = nbformat.from_dict(json.loads(json.dumps(notebook)))
        for output in (output for cell in code_cells(falsified) for output in cell.outputs):
            output["data"] = {kind: change(shown) if isinstance(shown, str) else shown
                              for kind, shown in output["data"].items()}
        nbformat.write(falsified, tmp_path / f"{name}.ipynb")
    said = pytest_of(tmp_path, "-k", "Cell", "-v", "--color=no").stdout
    assert len(re.findall("true.ipynb::Cell .* PASSED", said)) == len(code_cells(notebook)) > 1
    assert len(re.findall("false.ipynb::Cell .* FAILED", said)) == 1


def test_a_cell_that_shows_something_else_when_it_is_run_again_fails(tmp_path):
    """One that counts on, and one that shows what a later cell changes."""
    def cell(source, shown=None):
        outputs = [nbformat.v4.new_output("stream", name="stdout", text=f"{shown}\n")] if shown else []
        return nbformat.v4.new_code_cell(source, outputs=outputs, execution_count=1)

    counts = [cell("n = 1"), cell("n = n + 1\nprint(n)", 2), cell("n = 5\nprint(n)", 5)]
    looks = [cell("m = [1]"), cell("print(len(m))", 1), cell("m = [1, 1]\nprint(len(m))", 2)]
    path = tmp_path / "again.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[*counts, *looks]), path)
    said = pytest_of(path, "--color=no").stdout
    assert re.findall(r"^FAILED \S*::(.*?) - ", said, re.M) == ["Cell 1", "backwards"] and "5 passed" in said
    told = said.partition("short test summary")[0]  # which says it once more where an environment has CI in it
    assert re.findall(r"^Cell (\d): .* when it is run again$", told, re.M) == ["1", "4"]


@by_name
def test_notebook_is_stored_as_run_from_top_to_bottom(path):
    notebook = nbformat.read(path, as_version=4)
    counts = [cell.execution_count for cell in code_cells(notebook)]
    assert counts == list(range(1, len(counts) + 1))
    assert not [output for cell in code_cells(notebook) for output in cell.outputs
                if output.output_type == "error" or output.get("name") == "stderr"]


@by_name
def test_pictures_have_alternative_text(path):
    for cell in code_cells(nbformat.read(path, as_version=4)):
        for output in cell.outputs:
            if "image/png" in output.get("data", {}):
                assert len(output.metadata["image/png"]["alt"]) > 40


WIDGET = "application/vnd.jupyter.widget-view+json"
LESSONS = [path for path in NOTEBOOKS if "coursework" not in path.parts and "01" <= path.stem[:2] <= "12"]


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_has_an_explorer_a_picture_and_a_generated_equation(path):
    """An explorer is stored with a picture of its own, which does not count."""
    shown = [{*output.get("data", {})} for cell in code_cells(nbformat.read(path, as_version=4))
             for output in cell.outputs]
    for kind in (WIDGET, "image/png", "text/latex"):
        assert any(kind in kinds and (kind == WIDGET or WIDGET not in kinds) for kinds in shown), kind


COURSE = [path for path in NOTEBOOKS if "coursework" not in path.parts]  # what a sheet asks comes from bplib
NOT_COUNTED = {
    "00-contents": "a table of contents, with hardly any code",
    "16-words": "a glossary, with hardly any code",
    **dict.fromkeys(("02-one-neuron-fa", "06-delta-fa"),
                    "Persian words are counted otherwise, and so are tags; its code is that of the English notebook")}


FOLDED = {"en": "# A question. Its answer is in the code.", "fa": "# یک پرسش. پاسخ آن در کد است."}
"""The first line of code that is folded, which JupyterLab shows, in the language of its notebook."""


def lines(cell):
    return [line for line in cell.source.splitlines() if line.strip() and line not in FOLDED.values()]


def prose(notebook):
    return "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


@by_name
def test_cells_are_short_and_no_displayed_equation_is_typed_in(path):
    """The texts of an open sheet were not typed in: they come from the library."""
    notebook = nbformat.read(path, as_version=4)
    lengths = sorted(len(lines(cell)) for cell in code_cells(notebook))
    assert statistics.median(lengths) <= 4 and lengths[int(0.9 * len(lengths))] < 20 and lengths[-1] <= 12
    assert max(len(line) for cell in code_cells(notebook) for line in cell.source.splitlines()) <= 100
    typed_in = "" if path.parent.name == "coursework" else prose(notebook)
    assert not [mark for mark in ("$$", r"\begin", r"\frac") if mark in typed_in]


@pytest.mark.parametrize("path", [path for path in COURSE if path.stem not in NOT_COUNTED], ids=lambda path: path.stem)
def test_six_to_nine_words_of_prose_for_each_line_of_code(path):
    """Of what is there to be read at once: answers that are folded away, and names in formulas, are not counted."""
    notebook = nbformat.read(path, as_version=4)
    read = re.sub(r"<details>.*?</details>|\$[^$]*\$", "", prose(notebook), flags=re.S)
    words = len(re.findall(r"[^\W\d_]{2,}", read))
    assert 6 <= words / sum(len(lines(cell)) for cell in code_cells(notebook)) <= 9


FIELD = re.compile(r'ask\.(?:formula|derivation)\(.*"([^"]+)"')
DERIVATIVE = re.compile(r"∂(\w+)/∂(\w+)")
OF_A_SAMPLE = re.compile(r"derivative of the loss\b|cost of a sample\?|cost of a sample with|for one sample")
LEAST_FIELDS = {"derivatives": 5, "words": 6}


def asked_twice(notebook):
    """For each field the way in which the text before it names a derivative, and whether it is that of the field: the
    same top, C or C_s, and the same letter below."""
    text = ""
    for cell in notebook.cells:
        text = cell.source if cell.cell_type == "markdown" else text
        for goal in FIELD.findall(cell.source) if cell.cell_type == "code" else ():
            if said := DERIVATIVE.findall(text):
                yield "derivatives", goal, _stems(*said[-1]) == _stems(*DERIVATIVE.search(goal).groups())
            if OF_A_SAMPLE.search(text):
                yield "words", goal, goal.startswith(("∂C_s/", "δ"))


def _stems(of, by):
    """C and w for ∂C/∂w2_jk: layer and indices may be left to the field."""
    return of, re.match(r"[^\W\d_]+", by.replace("sigma", "σ"))[0]


@pytest.mark.parametrize("path", COURSE, ids=lambda path: path.stem)
def test_a_field_asks_for_the_derivative_that_the_text_asks_for(path):
    assert not [goal for _, goal, same in asked_twice(nbformat.read(path, as_version=4)) if not same]


def test_fields_whose_text_names_a_derivative_are_found():
    """And one that asks for another is noticed."""
    notebooks = [nbformat.read(path, as_version=4) for path in COURSE]
    ways = [way for notebook in notebooks for way, *_ in asked_twice(notebook)]
    assert all(ways.count(way) >= least for way, least in LEAST_FIELDS.items()), ways
    asks = [nbformat.v4.new_markdown_cell("So what is ∂C/∂b?"), nbformat.v4.new_markdown_cell("… for one sample"),
            nbformat.v4.new_code_cell('bp.ask.formula(network, "∂C_s/∂b")'),
            nbformat.v4.new_code_cell('bp.ask.formula(network, "∂C/∂b")')]
    for text, same in zip(asks[:2], ([False, True], [True, False])):
        assert [one for *_, one in asked_twice(nbformat.v4.new_notebook(cells=[text, *asks[2:]]))] == same


ASSERTED = [path for path in COURSE if path.stem not in ("00-contents", "16-words")]


@pytest.mark.parametrize("path", ASSERTED, ids=lambda path: path.stem)
def test_what_is_claimed_is_asserted(path):
    """In each section that computes more than a picture; the one before the last repeats what was asserted before."""
    sections = [[]]
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "markdown":
            sections += [[] for _ in re.findall("^## ", cell.source, re.M)]
        elif cell.source.strip():
            sections[-1].append(sum(isinstance(node, ast.Assert) for node in ast.walk(ast.parse(cell.source))))
    assert [sum(found) for found in sections[1:-2] + sections[-1:] if len(found) > 2 and not any(found)] == []
    assert sum(map(sum, sections)) >= 0.4 * sum(map(len, sections))


CLOCKS = {"perf_counter", "process_time", "monotonic", "timeit", "repeat"}


def names(node, of):
    """Those that a statement reads, or writes; the ones of its comprehensions are nobody else's."""
    loops = [loop.target for loop in ast.walk(node) if isinstance(loop, ast.comprehension)]
    own = {one.id for target in loops for one in ast.walk(target) if isinstance(one, ast.Name)}
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, of)} - own


def asserted_times(source):
    """Assertions on what comes from a clock, however many names and functions there are between them."""
    timed, found = set(CLOCKS), []
    for statement in ast.parse(source).body:
        asserts = [node for node in ast.walk(statement) if isinstance(node, ast.Assert)]
        found += [ast.unparse(node) for node in asserts if names(node, ast.Load) & timed]
        if names(statement, ast.Load) & timed:
            timed |= {statement.name} if isinstance(statement, ast.FunctionDef) else names(statement, ast.Store)
    return found


@by_name
def test_no_assertion_is_on_the_clock(path):
    """A time is shown, and differs from machine to machine; what is asserted holds on all of them."""
    assert asserted_times("\n".join(cell.source for cell in code_cells(nbformat.read(path, as_version=4)))) == []


def test_an_assertion_on_the_clock_is_found():
    measured = "def best(work):\n    return perf_counter()\nratio = best(f) / 2\nfor n, each in zip(N, ratio):\n    print(n)\n"
    assert asserted_times(measured + "assert ratio > 2\nassert len(N) == 3\nassert each > 1\nassert best(f) < 2") == [
        "assert ratio > 2", "assert each > 1", "assert best(f) < 2"]


@by_name
def test_code_that_is_folded_keeps_its_answer_to_itself(path):
    folded = [cell for cell in code_cells(nbformat.read(path, as_version=4))
              if cell.metadata.get("jupyter", {}).get("source_hidden")]
    head = FOLDED["fa" if path.stem.endswith("-fa") else "en"]
    assert [cell.source.partition("\n")[0] for cell in folded] == [head] * len(folded)


@by_name
def test_what_a_cell_prints_is_stored_in_one_piece(path):
    """Of several pieces nbval makes one when it compares, and one more each time that it does so again."""
    for cell in code_cells(nbformat.read(path, as_version=4)):
        names = [output.get("name") for output in cell.outputs]
        assert not [name for name, after in zip(names, names[1:]) if name and name == after]
