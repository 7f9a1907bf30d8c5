"""The films of figures/films/: one of each explorer, short and small, told in words, and made by a command that works."""
import importlib.util
import json
import re
from html import unescape
from pathlib import Path

import pytest
from explorers import EXPLORERS, each
from PIL import Image, ImageChops

from bplib.site import films as on_the_site

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "figures" / "films"
LISTED = json.loads((FOLDER / "films.json").read_text(encoding="utf-8"))
MOST_BYTES = 400_000
IMAGE = re.compile(r'<picture>\s*<source media="\(prefers-reduced-motion: reduce\)" srcset="(.+?)">\s*<img src="(.+?)" alt="(.+?)"')


@pytest.fixture(scope="module")
def films():
    """The module that makes them, which is no part of the package."""
    spec = importlib.util.spec_from_file_location("films", ROOT / "figures" / "films.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def frames(name):
    with Image.open(FOLDER / f"{name}.webp") as film:
        for n in range(film.n_frames):
            film.seek(n)
            yield film.convert("RGB"), film.info["duration"]


def test_each_explorer_has_a_film_and_no_other(films):
    assert [*LISTED] == [*films.FILMS] and {*LISTED} == {*EXPLORERS}
    assert {path.name for path in FOLDER.glob("*.webp")} == {f"{name}{end}.webp" for name in LISTED for end in ("", "-still")}
    assert {name: film.alt for name, film in films.FILMS.items()} == {name: row["alt"] for name, row in LISTED.items()}


@each
def test_a_film_moves_and_is_short_and_small(name):
    images, times = zip(*frames(name))
    changes = [ImageChops.difference(one, other).getbbox() for one, other in zip(images, images[1:])]
    assert len(images) > 10 and all(changes)
    assert sum(times) == LISTED[name]["milliseconds"] and 6000 <= sum(times) <= 10_000
    assert images[0].size == (LISTED[name]["width"], LISTED[name]["height"])
    assert (FOLDER / f"{name}.webp").stat().st_size <= MOST_BYTES
    with Image.open(FOLDER / f"{name}-still.webp") as still:
        assert still.n_frames == 1 and still.size == images[0].size


@each
def test_it_can_be_made_anew(name, films, browser):
    """What the hand does in a film can be done still, and is seen."""
    class Quick(films.Camera):
        """Looks at the beginning and at the end alone."""

        def shoot(self):
            if not self.frames:
                self.frames.append((self.root.inner_html(), 0))

    camera = films.filmed(browser, name, Quick)
    assert camera.frames[0][0] != camera.last


def test_readers_who_want_no_motion_get_a_still_picture():
    readme = IMAGE.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    assert readme
    for still, film, alt in readme:
        assert (ROOT / still).stem == f"{(ROOT / film).stem}-still" and (ROOT / still).exists()
        assert unescape(alt) == LISTED[Path(film).stem]["alt"]
    page = IMAGE.findall(on_the_site.page({}, {}))
    assert [Path(film).stem for _, film, _ in page] == [*LISTED]
    assert [(Path(still).stem, unescape(alt)) for still, _, alt in page] == \
        [(f"{name}-still", row["alt"]) for name, row in LISTED.items()]
