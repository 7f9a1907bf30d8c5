"""The pictures of figures/ are what the library draws now."""
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import matplotlib.image
import numpy as np
import pytest

import bplib as bp

ROOT = Path(__file__).resolve().parent.parent
TOLERANCE = 0.002
"""Mean difference of the colours, from 0 to 1, that another machine may make."""


def difference(one, other):
    a, b = (matplotlib.image.imread(BytesIO(data), format="png") for data in (one, other))
    return np.abs(a - b).mean() if a.shape == b.shape else 1.0


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("figures")
    subprocess.run([sys.executable, str(ROOT / "figures" / "make.py"), str(folder)], check=True, cwd=ROOT)
    return folder


def test_every_picture_is_up_to_date(made):
    names = sorted(path.name for path in made.glob("*.png"))
    assert names == sorted(path.name for path in (ROOT / "figures").glob("*.png"))
    for name in names:
        assert difference((made / name).read_bytes(), (ROOT / "figures" / name).read_bytes()) < TOLERANCE, name


def test_a_stale_picture_is_noticed():
    """The same curve with one step less differs by more than the tolerance."""
    def curve(steps):
        return bp.figures.cost_curve(lambda w: w**2, lambda w: 2 * w, [2 * 0.7**n for n in range(steps)]).png()

    assert difference(curve(4), curve(4)) == 0
    assert difference(curve(4), curve(3)) > TOLERANCE


def test_pictures_say_what_they_show():
    curve = bp.figures.cost_curve(lambda w: w**2, lambda w: 2 * w, [2.0, 1.0])
    data, metadata = curve._repr_mimebundle_()
    assert "from w = 2.00, cost 4.000, to w = 1.00, cost 1.000" in metadata["image/png"]["alt"]
    assert data["image/png"].startswith(b"\x89PNG")
