"""The pictures of figures/ are what the library draws now."""
import subprocess
import sys
from base64 import b64encode
from io import BytesIO
from pathlib import Path

import matplotlib.image
import numpy as np
import pytest
from matplotlib.patches import Circle, FancyArrowPatch

import bplib as bp
from bplib.conventions import TABLE

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
    assert f'alt="{curve.alt}"' in data["text/html"] and b64encode(data["image/png"]).decode() in data["text/html"]


def test_what_a_notebook_stores_looks_like_the_picture():
    """Fewer colours, in fewer bytes: no pixel differs by more than anyone can see."""
    paths = {"a path": [(-2, 1), (1, -1), (0, 0)]}
    picture = bp.figures.contours(lambda u, v: u**2 + 9 * v**2, paths, ((-3, 3), (-2, 2)))
    drawn, stored = picture.png(), picture._repr_mimebundle_()[0]["image/png"]
    assert len(stored) < 0.5 * len(drawn)
    one, other = (matplotlib.image.imread(BytesIO(data), format="png")[..., :3] for data in (drawn, stored))
    assert np.abs(one - other).max() < 0.06


# The picture of a network

SKIPPING = {"c": (["p", "q"], "sigmoid"), "n": (["c", "p"], "tanh"), "o": (["c", "n"], "sigmoid")}


def drawn(picture):
    """Texts of a picture of a network, and its arrows as pairs of points."""
    axes, = picture.figure.axes
    arrows = [patch for patch in axes.patches if isinstance(patch, FancyArrowPatch)]
    return [text.get_text() for text in axes.texts if text.get_text()], [arrow._posA_posB for arrow in arrows]


@pytest.mark.parametrize("notation", [name for name, row in TABLE.items() if row.bias != "none"])
def test_numbers_stand_at_what_they_belong_to_in_every_layout(notation):
    network = bp.dense([2, 3, 1])
    f = bp.generate(network, notation=notation)
    parameters = f.layout.pack({"W1": np.array([[11, 12], [21, 22], [31, 32.0]]), "b1": np.array([1, 2, 3.0]),
                                "W2": np.array([[41, 42, 43.0]]), "b2": np.array([4.0])})
    X = f.layout.unpack_samples(np.array([[0.5, -0.25]]))[0]
    picture = bp.figures.network(network, {**parameters, "X": X}, notation=notation)
    if notation == "bplib":
        assert "input 2 −0.25;" in picture.alt and "unit 3 of layer 1 3, unit 1 of layer 2 4." in picture.alt
        for k, row in (1, "12 22 32"), (0, "11 21 31"):
            for j, number in enumerate(row.split(), 1):
                assert f"input {k + 1} to unit {j} of layer 1 {number}" in picture.alt
    assert picture.alt == bp.figures.network(
        network, {**f.layout.unpack(parameters), "X": np.array([[0.5, -0.25]])}).alt


def test_a_network_without_numbers_shows_letters():
    texts, arrows = drawn(bp.figures.network(bp.dense([2, 2, 1]), notation="chapter"))
    assert len(arrows) == 6 and {"$w_{21}^{(1)}$", "$z_{2}^{(1)}$", "+ $b_{2}^{(1)}$"} <= {*texts}


def test_error_terms_go_back():
    network = bp.graph(SKIPPING, inputs=["p", "q"])
    weights = {name: 0.5 for name in network.parameters}
    forward = bp.figures.network(network, weights)
    back = bp.figures.network(network, {**weights, "delta_c": [0.125]}, letter="delta")
    assert len(drawn(forward)[1]) == len(network.parameters)
    assert all(start[0] < end[0] for start, end in drawn(forward)[1])
    assert len(drawn(back)[1]) == 3 and all(start[0] > end[0] for start, end in drawn(back)[1])
    assert "0.125" in drawn(back)[0] and "c 0.125; n; o" in back.alt and "c to o 0.5" in back.alt


def test_nothing_drawn_of_a_network_is_cut_off():
    for letter in ("a", "delta"):
        picture = bp.figures.network(bp.dense([2, 2, 1], bias=False), letter=letter)
        picture.png()
        axes, = picture.figure.axes
        for circle in (patch for patch in axes.patches if isinstance(patch, Circle)):
            for corner in circle.get_window_extent().get_points():
                assert axes.bbox.contains(*corner)


@pytest.mark.parametrize("values, says", [
    ({"a1": np.zeros(2)}, r"a1 has shape \(2,\); expected: \(N, 2\)"),
    ({"X": np.zeros((1, 3))}, r"X has shape \(1, 3\); expected: \(N, 2\)"),
    ({"W1": np.zeros((2, 2))}, "Missing: b1, W2, b2"),
], ids=["vector", "width", "missing"])
def test_arrays_that_do_not_fit_a_network_are_not_drawn(values, says):
    with pytest.raises(bp.InputError, match=says):
        bp.figures.network(bp.dense([2, 2, 1]), values)


def test_what_cannot_be_drawn_is_refused():
    for draw, says in ((lambda: bp.figures.network(bp.dense([2, 1]), letter="z"), "no letter called 'z'.*a, delta"),
                       (lambda: bp.figures.network(bp.neuron()), "single neuron"),
                       (lambda: bp.figures.network([2, 2, 1]), "network made by dense")):
        with pytest.raises(bp.InputError, match=f"(?i){says}"):
            draw()


# Descents, chords, growth, graphs

def bowl(*at):
    return sum(v * v for v in at)


@pytest.mark.parametrize("picture, says", [
    (lambda: bp.figures.descents(bowl, {"η = 1": [2.0, -2.0, 2.0]}, (-3, 3)), "η = 1: 2 steps, 2.00, -2.00, 2.00"),
    (lambda: bp.figures.contours(bowl, {"one": [(2.0, 1.0), (2.0, 0.0), (1.0, 0.0)]}, ((-3, 3), (-2, 2))),
     "one: 2 steps from (2.00, 1.00), cost 5, to (1.00, 0.00), cost 1."),
    (lambda: bp.figures.chords({"hill": lambda t: t * (1 - t)}), "hill: in the middle the cost is 0.250 and the"),
    (lambda: bp.figures.growth([1, 2], {"paths": [2, 4]}, xlabel="layers", ylabel="terms"), "paths: 2 to 4."),
    (lambda: bp.figures.sweep([0.1, 1, 10], [2, 1, 40], xlabel="η", ylabel="cost"), "lowest at 1: 2 at 0.1; 1 at 1; 4"),
    (lambda: bp.figures.influences([[0.5, -1.0], [0.0, 2.0]], "01", (1, 2)), "0: -1.00 to 0.50; 1: 0.00 to 2.00."),
    (lambda: bp.figures.confusion([[5, 2], [0, 7]]), "right, 12 of 14. The most frequent mistakes: 0 read as 1: 2;"),
    (lambda: bp.figures.computational_graph(bp.graph(SKIPPING, ["p", "q"]), {"c": "0.5"}),
     "p to c, q to c, c to n, p to n, c to o, n to o, o to C. Above the nodes stand c: 0.5."),
], ids=["descents", "contours", "chords", "growth", "sweep", "influences", "confusion", "computational_graph"])
def test_alternative_text_tells_what_is_drawn(picture, says):
    assert says in picture().alt and picture().png().startswith(b"\x89PNG")


def test_every_path_is_drawn_however_many_there_are():
    paths = {f"path {n}": [(0.1 * n, 0.0), (0.0, 0.1 * n)] for n in range(1, 6)}
    axes, = bp.figures.contours(bowl, paths, ((-1, 1), (-1, 1))).figure.axes
    assert [line.get_label() for line in axes.lines] == list(paths)


def test_a_graph_shows_neurons_by_name_and_refuses_layers():
    axes, = bp.figures.computational_graph(bp.graph(SKIPPING, ["p", "q"])).figure.axes
    places = {text.get_text(): text.get_position() for text in axes.texts if text.get_text()}
    assert [places[name][0] for name in "pqcnoC"] == [0, 0, 1, 2, 3, 4]
    arrows = {(text.xyann, text.xy) for text in axes.texts if getattr(text, "arrow_patch", None)}
    assert arrows == {(places[start], places[end]) for start, end in ("pc", "qc", "cn", "pn", "co", "no", "oC")}
    for nameless in (bp.dense([2, 1]), bp.neuron()):
        with pytest.raises(bp.InputError, match="by their names"):
            bp.figures.computational_graph(nameless)
