"""The pictures of figures/ are what the library draws now."""
import ast
import subprocess
import sys
from base64 import b64encode
from io import BytesIO
from pathlib import Path
from textwrap import dedent

import matplotlib.image
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.patches import Circle, FancyArrowPatch

import bplib as bp
from bplib.conventions import TABLE
from bplib.equations import N
from bplib.figures.arrays import BAR, CELL, Array, code_lines
from bplib.figures.picture import DPI
from bplib.numerics import KERNELS

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


@pytest.mark.skipif(matplotlib.__version_info__ < (3, 11), reason="matplotlib 3.11 sets letters otherwise than those before it")
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
    picture = bp.figures.network(network, {**parameters, "X": X, **f.forward(parameters, X)}, notation=notation)
    if notation == "bplib":
        assert "input 2 −0.25;" in picture.alt and "unit 3 of layer 1 3, unit 1 of layer 2 4." in picture.alt
        for k, row in (1, "12 22 32"), (0, "11 21 31"):
            for j, number in enumerate(row.split(), 1):
                assert f"input {k + 1} to unit {j} of layer 1 {number}" in picture.alt
    own, given = bp.generate(network), (f.layout.unpack(parameters), np.array([[0.5, -0.25]]))
    assert picture.alt == bp.figures.network(network, {**given[0], "X": given[1], **own.forward(*given)}).alt


@pytest.mark.parametrize("notation, weight, unit, bias", [
    ("bplib", "w_12^(1)", "a_1^(1)", "b_1^(1)"), ("nielsen", "w_12^2", "a_1^2", "b_1^2"),
    ("chapter", "w_21^(1)", "z_1^(1)", "b_1^(1)"), ("cs231n", "W_1,10", "h_1,0", "b_1,0")])
def test_letters_are_told_where_there_are_no_numbers(notation, weight, unit, bias):
    picture = bp.figures.network(bp.dense([2, 2, 1]), notation=notation)
    assert f"input 2 to unit 1 of layer 1 {weight};" in picture.alt
    assert f"unit 1 of layer 1 {unit}," in picture.alt and f"Biases: unit 1 of layer 1 {bias}," in picture.alt
    back = bp.figures.network(bp.dense([2, 2, 1]), letter="delta", notation="nielsen")
    assert "unit 1 of layer 1 δ_1^2" in back.alt and "\\" not in back.alt
    assert "unit 1 of layer 2 ŷ_1." in bp.figures.network(bp.dense([2, 2, 1]), notation="chapter").alt


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
    assert "0.125" in drawn(back)[0] and "c 0.125; n δ_n; o δ_o" in back.alt and "c to o 0.5" in back.alt


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


# Errors over the step

def test_lines_of_what_is_expected_do_not_change_the_scale_of_what_was_measured():
    steps = np.logspace(-8, -1, 8)
    measured, laws = {"forward": (steps, steps)}, {"∝ 1/ε": (steps, 1e3 / steps), "∝ ε²": (steps, steps**2)}
    plain, ruled = bp.figures.errors_over(measured, "ε", "error"), bp.figures.errors_over(measured, "ε", "error", laws)
    (one,), (other,) = plain.figure.axes, ruled.figure.axes
    assert (one.get_xlim(), one.get_ylim()) == (other.get_xlim(), other.get_ylim())
    assert [line.get_label() for line in other.lines] == ["forward", *laws]
    for line, (_, law) in zip(other.lines[1:], laws.values()):
        assert np.array_equal(line.get_ydata(), law)
    assert ruled.alt == plain.alt + " Grey lines: ∝ 1/ε, from 1e+11 to 1e+04; ∝ ε², from 1e-16 to 1e-02."


# Arrays of a line of code as rectangles

SHAPES = {
    **{name: (lambda name=name: bp.generate(bp.dense([3, 4, 2]), notation=name), 5) for name in TABLE},
    "deep": (lambda: bp.generate(bp.dense([3, 2, 4, 3, 2], ["relu", "elu", "gelu", "tanh"], l2=0.1)), 7),
    "digits": (lambda: bp.generate(bp.dense([784, 30, 10], ["sigmoid", "softmax"], "negative log-likelihood")), 10),
    "one output": (lambda: bp.generate(bp.dense([3, 4, 1]), notation="blame"), 1),
    "equal sizes, no biases": (lambda: bp.generate(bp.dense([2, 2, 2], bias=False)), 2)}

with_shapes = pytest.mark.parametrize("make, samples", SHAPES.values(), ids=SHAPES)


def run(functions, samples):
    """Every name of the generated gradients with its value, by running the source line by line."""
    network, layout = functions.network, functions.layout
    random = np.random.default_rng(0)
    labels = network.targets.kind == "c"
    Y = random.integers(0, 2, samples) if labels else layout.unpack_samples(
        random.uniform(size=(samples, network.shape("y")[1])))[0]
    given = [*layout.pack(bp.initial_parameters(network)).values(),
             *layout.unpack_samples(random.normal(size=(samples, network.shape("x")[1]))), Y]
    values = {**KERNELS, "np": np, **dict(zip(functions.gradients.inputs, given))}
    exec(dedent("\n".join(functions.gradients.source.strip().splitlines()[1:-1])), values)
    return values


@with_shapes
def test_arrays_have_the_shapes_that_running_the_code_gives(make, samples):
    functions = make()
    values, lines = run(functions, samples), code_lines(functions)
    sizes = {N: samples, 1: 1, **functions.network.sizes}
    for name, parts in lines.items():
        line = "".join(map(str, parts))
        assert line.startswith(f"{name} = ") and line in functions.gradients.source
        arrays = [part for part in parts if isinstance(part, Array)]
        for array in arrays:
            assert tuple(sizes[axis] for axis in array.axes) == eval(array.text, values).shape
        read = {part.id for part in ast.walk(ast.parse(line)) if isinstance(part, ast.Name)}
        assert {array.text.split("[")[0].removesuffix(".T") for array in arrays} == {
            at for at in read if isinstance(values.get(at), np.ndarray)}


@with_shapes
def test_the_axis_under_a_product_is_the_one_that_disappears(make, samples):
    for (result, _, *parts) in code_lines(make()).values():
        for left, between, right in zip(parts, parts[1:], parts[2:]):
            if "@" in str(between):
                assert left.axes[-1] == right.axes[0] and {*left.axes[:-1], *right.axes[1:]} == {*result.axes}


@with_shapes
def test_rectangles_are_drawn_in_proportion_with_their_name_and_axes(make, samples):
    functions = make()
    picture, values = bp.figures.shapes(functions, samples=samples), run(functions, samples)
    lines = [line.strip() for line in functions.gradients.source.splitlines() if "@" in line]
    arrays = [part for line in lines for part in code_lines(functions)[line.split(" = ")[0]] if isinstance(part, Array)]
    axes, = picture.figure.axes
    texts = [text.get_text() for text in axes.texts]
    assert len(axes.patches) == len(arrays) and texts.count("") == sum(2 - sum(
        axis != 1 for axis in array.axes) for array in arrays)
    log = max(np.shape(values[name])[-1] for name in functions.layout.parameters) > 12
    for array, patch in zip(arrays, axes.patches):
        wanted = np.array((1, *eval(array.text, values).shape)[-2:])
        drawn_as = np.array([patch.get_height(), patch.get_width()]) / CELL
        assert np.allclose(drawn_as, 1 + np.log2(wanted) if log else wanted)
        middle = patch.get_x() + patch.get_width() / 2
        assert any(text.get_text() == array.text and np.isclose(text.get_position()[0], middle) for text in axes.texts)
    assert all(f"{line}: " in picture.alt for line in lines)
    assert picture.alt.count("adds over") == sum(line.count("@") for line in lines)
    assert ("logarithm" if log else "proportion") in picture.alt


@with_shapes
def test_no_text_beside_a_rectangle_overlaps_another_or_leaves_the_picture(make, samples):
    picture = bp.figures.shapes(make(), samples=samples)
    picture.figure.set_dpi(DPI)
    FigureCanvasAgg(picture.figure).draw()
    axes, = picture.figure.axes
    boxes = [text.get_window_extent() for text in axes.texts if text.get_text()]
    rectangles = [patch.get_window_extent() for patch in axes.patches]
    for n, box in enumerate(boxes):
        assert all(axes.bbox.contains(*corner) for corner in box.get_points())
        assert not any(box.overlaps(other) for other in [*boxes[:n], *rectangles])
    assert not any(one.overlaps(other) for n, one in enumerate(rectangles) for other in rectangles[:n])


def test_an_axis_has_one_look_everywhere_and_no_other_axis_has_it():
    functions = bp.generate(bp.dense([2, 3, 4, 5, 6, 7]))
    axes, = bp.figures.shapes(functions, samples=8).figure.axes
    looks, bars = {}, []
    for line in axes.lines:
        look, length = (line.get_color(), line._unscaled_dash_pattern), max(np.ptp(line.get_data(), axis=1))
        if np.isclose(length, BAR):
            bars.append(look)
        elif line.get_color() != "0.7":
            looks.setdefault(round(length / CELL), set()).add(look)
    assert set(looks) == {2, 3, 4, 5, 6, 7, 8}
    assert all(len(look) == 1 for look in looks.values()) and len(set.union(*looks.values())) == 7
    over = [left.axes[-1] for parts in code_lines(functions).values() for left, between in zip(parts, parts[1:])
            if "@" in str(between)]
    sizes = {N: 8, **functions.network.sizes}
    assert [{bar} for bar in bars] == [looks[sizes[axis]] for axis in over]
    letters = [text.get_text() for text in axes.texts if text.get_text()[:1] == "$" and "=" not in text.get_text()]
    assert letters == [f"${axis}$" if axis == N else f"$n_{{{str(axis)[2:]}}}$" for axis in over]


def test_shapes_tell_what_a_person_sees():
    network = bp.dense([3, 4, 2], "sigmoid", "binary cross entropy")
    assert bp.figures.shapes(network, "dW1", "db1", samples=6).alt == (
        "Lines of code, each array in them a rectangle, in proportion to its shape. "
        "dW1 = delta1.T @ X / N: dW1 n1 × n0 (4 × 3), delta1.T n1 × N (4 × 6), X N × n0 (6 × 3); "
        "delta1.T @ X adds over N. "
        "db1 = delta1.sum(axis=0)/N: db1 n1 (4), delta1 N × n1 (6 × 4).")
    one, other = (bp.figures.shapes(network, "dW1").png() for _ in range(2))
    assert one == other


@pytest.mark.parametrize("call, says", [
    (lambda f: bp.figures.shapes(f, "dW3"), "no line called 'dW3'.*Known: z1, a1, z2"),
    (lambda f: bp.figures.shapes(f, ["z1", "dW1"]), r"no line called \['z1', 'dW1'\]. Known: z1, a1, z2"),
    (lambda f: bp.figures.shapes(f, "N"), "no line called 'N'"),
    (lambda f: bp.figures.shapes(f, samples=0), "samples is a whole number, at least 1; given: 0"),
    (lambda f: bp.figures.shapes(f, samples=2.5), "samples is a whole number"),
    (lambda f: bp.figures.shapes(bp.graph(SKIPPING, ["p", "q"])), "no matrices to draw"),
    (lambda f: bp.figures.shapes(bp.neuron()), "no matrices to draw"),
    (lambda f: bp.figures.shapes([3, 4, 2]), "network made by dense"),
    (lambda f: bp.figures.shapes(bp.dense([2, 1], "g")), "left open"),
], ids=["name", "list", "number", "none", "fraction", "graph", "neuron", "sizes", "open"])
def test_what_has_no_shapes_is_refused(call, says):
    with pytest.raises(bp.InputError, match=says):
        call(bp.generate(bp.dense([3, 4, 2])))
