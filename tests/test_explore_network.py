"""The network explorer: its numbers are those of Python, its formulas evaluate to them, and the page shows both."""
import ast
import json
import operator
import re
import sys
from functools import cache
from xml.etree import ElementTree

import numpy as np
import pytest
import sympy as sp
from explorers import still
from jupyter import number, run_javascript
from playwright.sync_api import expect

import bplib
import bplib.explore
from bplib.codegen import NumericFunction, stable
from bplib.conventions import TABLE, convention
from bplib.equations import Partial, s
from bplib.equations import j as unit_j
from bplib.equations import k as unit_k
from bplib.explore import slots
from bplib.explore.mathml import mathml
from bplib.explore.network_formulas import NetworkFormulas
from bplib.meaning import Point
from bplib.steps import check

module = sys.modules["bplib.explore.network"]
NETWORKS = {
    "default": lambda: bplib.conventions.network("chapter", [2, 2, 1]),
    "3-4-2, tanh": lambda: bplib.dense([3, 4, 2], "tanh"),
    "no biases": lambda: bplib.dense([2, 3, 1], ["relu", "tanh"], bias=False, over_samples="sum"),
    "slopes with functions": lambda: bplib.dense([2, 2, 1], ["silu", "gelu"]),
    "softmax": lambda: bplib.dense([2, 3, 3], ["sigmoid", "softmax"], "categorical cross entropy"),
    "softmax, squared error": lambda: bplib.dense([2, 2, 2], ["gelu", "softmax"], over_outputs="mean"),
    "cross entropy": lambda: bplib.dense([2, 2, 2, 1], ["elu", "leaky relu", "sigmoid"], "binary cross entropy"),
    "one layer": lambda: bplib.dense([1, 1], "softplus", "Huber error"),
    "largest": lambda: bplib.dense([5, 5, 5, 5], "sigmoid"),
}
each_network = pytest.mark.parametrize("name", NETWORKS)


@pytest.fixture(scope="module")
def explorers():
    return {name: bplib.explore.network(make()) for name, make in NETWORKS.items()}


def sample(network, random):
    inputs, *_, outputs = network.structure.sizes
    y = random.uniform(0.1, 0.9, outputs)
    return random.normal(size=inputs), y / y.sum() if network.options.loss.targets == "distribution" else y


def at_random(network, random):
    return {name: random.normal(size=network.shape(name)) for name in network.parameters}


@cache
def functions_of(explorer):
    """The NumPy functions of an explorer's network, and one for its error terms, from the same derivation."""
    functions = bplib.generate(explorer.network, explorer.derivation)
    backward = [e for e in explorer.written.one_pass.equations if e.quantity.kind in ("delta", "da")]
    names = [e.quantity.name for e in backward]
    errors = NumericFunction(functions.layout, "errors", [*stable(explorer.network), *backward],
                             functions.gradients.inputs, names, lambda values: dict(zip(names, values)))
    return functions, errors


def computed(explorer, weights, x, y):
    """Key → number, in NumPy; what lies between δ and δ by hand."""
    functions, errors = functions_of(explorer)
    gradients = functions.gradients(weights, [x], [y])
    arrays = {**weights, "x": np.array([x]), "y": np.array([y]), **functions.forward(weights, [x]),
              **{f"d{name}": array for name, array in gradients.items()}, **errors(weights, [x], [y])}
    for layer in range(1, len(explorer.network.structure.sizes)):
        W, before, error = weights[f"W{layer}"], arrays[f"a{layer - 1}" if layer > 1 else "x"], arrays[f"delta{layer}"]
        arrays[f"terms_z{layer}"] = W * before[:, None]
        arrays[f"terms_da{layer - 1}"] = W.T * error[:, None]
        if f"da{layer}" in arrays:
            arrays[f"slope{layer}"] = error / arrays[f"da{layer}"]
    found = {"C": functions.cost(weights, [x], [y])}
    for key, place in explorer.facts["places"].items():
        if key != "C":
            name, *at = place["path"]
            found[key] = float(arrays[name][tuple(at)])
    assert len(found) == len(explorer.facts["places"]) > 2 * len(explorer.network.parameters)
    return found


# in Python


@pytest.fixture(scope="module")
def computed_by_the_page(explorers):
    """Name of a network → (weights, x, y, what the page computes), three times each; and the same for a batch."""
    random, given, lines = np.random.default_rng(3), {}, ["const all = {}, result = {};"]
    for name, explorer in explorers.items():
        given[name] = [(at_random(explorer.network, random), *sample(explorer.network, random)) for _ in range(3)]
        inputs = [{**{key: array.tolist() for key, array in weights.items()}, "x": [x.tolist()], "y": [y.tolist()]}
                  for weights, x, y in given[name]]
        inputs.append({**inputs[0], "x": [one["x"][0] for one in inputs], "y": [one["y"][0] for one in inputs]})
        module = explorer.code.replace("export { pass };", "return pass;")
        lines.append(f"all[{name!r}] = (() => {{ {module} }})();\nresult[{name!r}] = {json.dumps(inputs)}.map("
                     f"(one) => ({{...one, ...all[{name!r}](one)}}));")
    found = run_javascript("\n".join(lines))
    return {name: ([(*one, values) for one, values in zip(given[name], found[name])], found[name][-1]) for name in explorers}


@each_network
def test_the_page_computes_what_python_computes(name, explorers, computed_by_the_page):
    for weights, x, y, found in computed_by_the_page[name][0]:
        for key, expected in computed(explorers[name], weights, x, y).items():
            value = found
            for at in explorers[name].facts["places"][key]["path"]:
                value = value[at]
            assert value == pytest.approx(expected, rel=1e-12, abs=1e-14), key


@each_network
def test_the_gradient_of_a_batch_is_that_of_the_generated_code(name, explorers, computed_by_the_page):
    """And the mean, or the sum, of those that the page computes for each sample."""
    explorer, found = explorers[name], computed_by_the_page[name][1]
    network, functions = explorer.network, functions_of(explorer)[0]
    weights = {parameter: np.array(found[parameter]) for parameter in network.parameters}
    assert len(found["x"]) == 3 and network.options.over_samples == explorer.facts["over_samples"]
    assert found["C"] == pytest.approx(functions.cost(weights, found["x"], found["y"]), rel=1e-12)
    for parameter, slope in functions.gradients(weights, found["x"], found["y"]).items():
        np.testing.assert_allclose(found[f"d{parameter}"], slope, rtol=1e-12, atol=1e-14)
        each = [functions.gradients(weights, [x], [y])[parameter] for x, y in zip(found["x"], found["y"])]
        together = np.mean(each, 0) if network.options.over_samples == "mean" else np.sum(each, 0)
        np.testing.assert_allclose(found[f"d{parameter}"], together, rtol=1e-12, atol=1e-14)


def names_in(code):
    """The arrays that lines of code compute, in their order."""
    return re.findall(r"^\s*(?:const )?(\w+) = ", code, re.M)


@each_network
def test_steps_come_in_the_order_of_the_code(name, explorers):
    """Array by array, entry by entry: each number once, and the terms of a sum in the order in which it adds them."""
    explorer, before = explorers[name], {}
    walk, places = explorer.facts["walk"], explorer.facts["places"]
    order = {array: n for n, array in enumerate(names_in(explorer.code[explorer.code.index("const pass"):]))}
    reached = [(order[step["formula"].split()[0]], *places[step["key"]]["path"][1:], *map(len, [step.get("terms", ())]))
               for step in walk["steps"]]
    assert reached == sorted(set(reached))
    for n, step in enumerate(walk["steps"], 1):
        assert step.get("terms", [])[:-1] == before.get(step["key"], []) and places[step["key"]]["step"] >= n
        assert [places[term]["path"][-1] for term in step.get("terms", [])] == [*range(len(step.get("terms", [])))]
        before[step["key"]] = step.get("terms", [])
        needed = [key for move in step["moves"] for key in move["carries"] if not key.startswith("terms")]
        assert all(places[key]["step"] <= n for key in needed)
    shown = {key for key in places if re.match("(z|a|d[Wb]|delta)\\d", key)} | {"C"}
    assert shown <= before.keys() and all(places[key]["step"] for key in before)
    numpy = bplib.generate(explorer.network, explorer.derivation).gradients.source
    in_steps = list(dict.fromkeys(names_in("\n".join(walk["code"][step["formula"].split()[0]] for step in walk["steps"]))))
    assert [array for array in names_in(numpy) if array in in_steps] == [array for array in in_steps if array != "losses"]


@pytest.mark.parametrize("name", [name for name in NETWORKS if name != "largest"])
def test_paths_add_up_to_the_scalar_formula(name, explorers):
    """The chain, its factors by value and the written formula are the derivative, at every index at once."""
    written, derivation = explorers[name].written, explorers[name].derivation
    network = derivation.network
    point = Point(network, [n for n in network.structure.sizes], 3)
    for array in (*network.parameters, *(q.name for q in network.quantities.values() if q.kind == "z")):
        indices = (unit_j, unit_k)[:2 if array.startswith("W") else 1]
        entry = network.quantities[array][(s, *indices) if array.startswith("z") else indices]
        chain = written.chain(entry)
        values = {part: written._value(part) for part in chain.atoms(Partial)}
        scalar = derivation.scalar(array, *indices)
        for formula in (chain, chain.xreplace(values), scalar.right):
            assert check(Partial(network.given("losses")[s], entry), formula, point).passed
        layer = network.quantities[array].mark
        softmax = network.structure.activations[-1].name == "softmax"
        paths = int(np.prod(network.structure.sizes[layer + 1:])) * (network.structure.sizes[-1] if softmax else 1)
        assert written.ways()[array]["paths"] == paths


def test_a_wrong_path_is_an_error(explorers):
    written = NetworkFormulas(explorers["default"].derivation)
    entry, right = written._chain_rules["a1"]
    written._chain_rules["a1"] = entry, right / 2
    with pytest.raises(bplib.DerivationError, match="do not add up"):
        written.chain(written.entries["W1[2,1]"])


def test_what_the_paths_lead_through(explorers):
    through = explorers["3-4-2, tanh"].facts["ways"]
    assert set(through["W1"]["through"]) == {"z1[j]", "W2[1,j]", "W2[2,j]", "z2[1]", "z2[2]"}
    assert set(through["W2"]["through"]) == {"z2[j]"}
    assert set(explorers["softmax"].facts["ways"]["b2"]["through"]) == {"z2[j]", "z2[1]", "z2[2]", "z2[3]"}


def leaves(code):
    """What is written, without brackets, signs of multiplication and spaces."""
    page = ElementTree.fromstring(f"<math>{code}</math>")
    return [text for text in page.itertext() if text.strip() and text not in "()·"]


@pytest.mark.parametrize("notation", TABLE)
def test_slots_filled_with_letters_are_the_formula_in_that_notation(notation, explorers):
    """Letter by letter what LaTeX of the same step says, converted as a whole."""
    name = "no biases" if convention(notation).bias == "none" else "3-4-2, tanh"
    explorer = explorers[name]
    written, letters = explorer.written, explorer.facts["texts"][notation]["letters"]
    at = {unit_j: sp.Integer(2), unit_k: sp.Integer(1)}
    for array in ("W1", "W2"):
        right = explorer.derivation.scalar(array, unit_j, unit_k).right if array == "W1" else \
            explorer.derivation.scalar(array, 1, 2).right
        code = slots.operand(slots.formula(right.xreplace(at), explorer.derivation.quantities))
        filled = re.sub(r'<mrow data-slot="([^"]*)"[^>]*/>', lambda slot: letters[slot.group(1)], code)
        whole = mathml(written.quantities, right.xreplace(at), notation=convention(notation))
        assert leaves(filled) == leaves(whole.removeprefix('<math display="block">').removesuffix("</math>"))


def test_values_are_read_and_set():
    explorer = bplib.explore.network(eta=1, selected="W2[1, 2]", notation="bishop")
    assert explorer.selected == "W2[1,2]" and explorer.notation == "bishop" and explorer.x == (1.0, 0.5)
    weights = {**explorer.weights, "W2": np.array([[1.0, -1.0]])}
    explorer.weights, explorer.x, explorer.y = weights, np.array([0.25, 2]), [3]
    assert explorer.weights["W2"].tolist() == [[1.0, -1.0]] and explorer.x == (0.25, 2.0) and explorer.y == (3.0,)
    weights["W2"][:] = 5
    assert explorer.weights["W2"].tolist() == [[1.0, -1.0]]
    explorer.set_state({"selected": "z1[1]", "samples": [[[1, 1], [0]]], "weights": explorer.facts["start"]["weights"]})
    assert explorer.selected == "z1[1]" and explorer.x == (1.0, 1.0)
    assert explorer.weights["W2"].tolist() == [[0.7, -0.9]]
    assert explorer.facts["start"]["eta"] == 1


def test_the_sample_that_is_shown():
    explorer = bplib.explore.network(sample=2)
    assert explorer.x == explorer.samples[1][0] and len(explorer.samples) == 3
    explorer.y = [0.5]
    assert explorer.samples[1] == (explorer.x, (0.5,)) and explorer.samples[0][1] == (1.0,)
    explorer.sample = "all"
    assert explorer.x == explorer.samples[0][0] and "all 3 samples" in repr(explorer) and "input 2 0.5" in explorer.picture().alt
    explorer.sample = 3
    explorer.samples = zip([[1, 2]], [[3]])
    assert explorer.sample == 1 and (explorer.x, explorer.y) == ((1.0, 2.0), (3.0,))
    assert len(bplib.explore.network(x=[1, 2]).samples) == 1
    with pytest.raises(bplib.InputError, match="either x and y, of one sample, or samples"):
        bplib.explore.network(x=[1, 2], samples=[([1, 2], [1])])


def test_the_sigmoid_in_a_slope_of_another_activation_is_written_out():
    """A text may have σ for any activation: the letter stands only where it is a slot."""
    facts = bplib.explore.network(bplib.dense([2, 2, 1], ["silu", "softplus"])).facts
    written = "".join(sum(facts["formulas"].values(), []))
    written += "".join("".join(way["values"] + way["written"]) for way in facts["ways"].values())
    assert "<mfrac>" in written and "σ" not in written and "&#x003C3;" not in written


@pytest.mark.parametrize("setting, value, says", [
    ("x", [1], "x holds the inputs: a list of 2 finite numbers; given: [1]"),
    ("x", [1, float("nan")], "given: [1, nan]"),
    ("x", "12", "given: '12'"),
    ("y", [True], "y holds the target: a list of 1 finite number; given: [True]"),
    ("y", 1, "given: 1"),
    ("eta", -1, "eta is the learning rate"),
    ("samples", [([1, 2], [1])] * 6, "samples is a list of 1 to 5 pairs (x, y)"),
    ("samples", [([1, 2], [1]), [1, 2]], "x holds the inputs"),
    ("samples", [([1, 2], [1]), [1, 2, 3]], "samples is a list of 1 to 5 pairs (x, y)"),
    ("sample", 4, "sample is the number of a sample, from 1 to 3, or 'all'; given: 4"),
    ("sample", True, "given: True"),
    ("selected", "W1[3,1]", "There is no weight, bias or unit called 'W1[3,1]'"),
    ("selected", None, "There is no weight, bias or unit"),
    ("notation", "nilsen", "Did you mean 'nielsen'"),
    ("notation", "article", "writes networks without biases"),
    ("weights", {"W1": np.zeros((2, 2))}, "Missing: b1, W2, b2"),
    ("weights", {"W1": np.zeros((2, 2)), "b1": np.zeros(2), "W2": np.zeros((2, 1)), "b2": np.zeros(1)},
     "W2 has shape (2, 1); this network needs (1, 2)"),
])
def test_what_cannot_be_is_refused_and_the_last_good_value_stays(setting, value, says):
    explorer = bplib.explore.network()
    before = str(getattr(explorer, setting))
    with pytest.raises(bplib.InputError, match=re.escape(says)):
        setattr(explorer, setting, value)
    assert str(getattr(explorer, setting)) == before
    with pytest.raises(bplib.InputError, match=re.escape(says)):
        bplib.explore.network(**{setting: [] if value is None else value})


@pytest.mark.parametrize("make, says", [
    (lambda: bplib.dense([6, 2, 1]), "at most 5 units a layer and 4 layers"),
    (lambda: bplib.dense([2, 2, 2, 2, 1]), "Given: [2, 2, 2, 2, 1]"),
    (lambda: bplib.dense([2, 2, 1], "g"), "Choose one, such as 'sigmoid'"),
    (lambda: bplib.dense([2, 2, 1], l2=0.1), "Use l2=0"),
    (lambda: bplib.dense([2, 2, 2], ["tanh", "softmax"], "negative log-likelihood"), "'categorical cross entropy'"),
    (lambda: bplib.graph({"h": (["p"], "tanh")}, ["p"]), "made with dense(…)"),
    (lambda: [2, 2, 1], "A network made by dense(…)"),
])
def test_what_cannot_be_shown_is_refused(make, says):
    with pytest.raises(bplib.InputError, match=re.escape(says)):
        bplib.explore.network(make())


def test_targets_fit_the_loss():
    explorer = bplib.explore.network(NETWORKS["softmax"](), y=[0.5, 0.25, 0.25])
    with pytest.raises(bplib.InputError, match="adding up to 1"):
        explorer.y = [1, 1, 0]
    with pytest.raises(bplib.InputError, match="from 0 to 1"):
        bplib.explore.network(NETWORKS["cross entropy"](), y=[2])
    assert explorer.y == (0.5, 0.25, 0.25)


def test_the_view_holds_no_formula():
    """Mathematics comes from the derivation: the hand-written files use arithmetic for drawing and for w − η·slope."""
    view = str(module.NetworkExplorer._esm)
    drawing = {"abs", "max", "min", "floor", "ceil", "log10", "sign", "hypot"}
    assert set(re.findall(r"Math\.(\w+)", view)) <= drawing
    for name in ("sigmoid", "tanh", "relu", "softmax"):
        assert name not in view


def test_shown_without_a_page():
    explorer = bplib.explore.network()
    data, _ = explorer._repr_mimebundle_()
    text = "Network explorer: 2–2–1, squared error, x = [1.0, 0.5], y = [1.0], eta = 0.5."
    assert data["text/plain"] == repr(explorer) == text and text in data["text/html"]
    assert "unit 2 of layer 1 0.426" in explorer.picture().alt


def test_the_picture_says_the_same_in_every_notation(explorers):
    explorer, alts = explorers["3-4-2, tanh"], set()
    for notation in module.fitting(explorer.network):
        explorer.notation = notation
        alts.add(explorer.picture().alt)
    assert len(alts) == 1 and len(module.fitting(explorer.network)) == 11


# in the page

CELLS = ["import bplib, numpy as np\nex = bplib.explore.network(selected='W1[2,1]')\nex",
         "big = bplib.explore.network(bplib.dense([3, 4, 2], 'tanh'), notation='bishop', selected='W1[3,2]')\nbig",
         "soft = bplib.explore.network(bplib.dense([2, 3, 2], ['relu', 'softmax'], 'categorical cross entropy'))\nsoft"]
NOT_ROUNDED = 6e-5


class View:
    """One explorer on the page, and the same network in Python."""

    def __init__(self, root, explorer):
        self.root, self.message, self.explorer = root, root.locator(".bplib-message"), explorer

    def press(self, label):
        self.root.get_by_role("button", name=label, exact=True).click()

    def choose(self, key):
        self.root.locator(f"input[type=radio][value='{key}']").click()

    def all_weights(self, wanted):
        button = self.root.get_by_role("button", name="All weights")
        if button.get_attribute("aria-pressed") != str(wanted).lower():
            button.click()

    def seen_labels(self):
        """Keys of the weights whose labels can be seen."""
        return set(self.root.locator(".bplib-network-weight").evaluate_all(
            "all => all.filter((one) => getComputedStyle(one).opacity > 0).map((one) => one.dataset.key)"))

    def chosen(self):
        return self.root.locator("input[type=radio]:checked").input_value()

    def field(self, name):
        return self.root.locator(f"[data-name={name}] input[type=text]")

    def slider(self, name="chosen"):
        return self.root.locator(f"[data-name={name}] input[type=range]")

    def type(self, name, text):
        place = self.root.locator(f"input[data-value='{name}']") if "[" in name else self.field(name)
        place.fill(text)
        place.press("Enter")

    def texts(self):
        """Key → what stands in the picture."""
        return dict(self.root.locator("[data-value]").evaluate_all(
            "all => all.map(one => [one.dataset.value, one.value ?? one.textContent])"))

    def given(self):
        """Weights, x and y as they stand in the picture, in arrays."""
        network, texts = self.explorer.network, self.texts()
        arrays = {name: np.zeros(network.shape(name)) for name in network.parameters}
        arrays |= {name: np.zeros(network.shape(name)[1]) for name in "xy"}
        for key, text in texts.items():
            name, _, at = key.partition("[")
            if name in arrays:
                arrays[name][tuple(int(n) - 1 for n in at.removesuffix("]").split(","))] = number(text)
        x, y = arrays.pop("x"), arrays.pop("y")
        return arrays, x, y

    def expected(self):
        return computed(self.explorer, *self.given())

    def agrees(self, rounded=NOT_ROUNDED):
        """Whether all numbers in the picture and in the formulas are those of Python."""
        expected, texts = self.expected(), self.texts()
        for key, text in texts.items():
            assert number(text) == pytest.approx(expected[key], abs=rounded, rel=6e-3 if "10" in text else 0), key
        for line, terms in self.lines():
            slope = line.removeprefix("after ")
            key = f"d{slope}" if line.startswith("after") else line
            if line.startswith("after"):
                w = expected[slope] - float(self.field("eta").input_value()) * expected[key]
                assert number(terms[0]) == pytest.approx(w, abs=rounded)
            else:
                assert number(terms[0]) == pytest.approx(expected[key], abs=rounded)
            assert value_of("".join(terms[2:])) == pytest.approx(number(terms[0]), abs=2e-3)
        return True

    def formulas(self):
        """Left side → the last row of the line, number by number; a line's letters are not read."""
        return dict(self.lines())

    def lines(self):
        """The same as pairs, of all lines that have numbers; the same left side may have several."""
        numbered = self.root.locator(".bplib-network-panel .bplib-network-line:has(.bplib-network-right [data-number])")
        return [(line, terms) for line, terms in numbered.evaluate_all("""all => all.map(
            (one) => [one.dataset.line, [...one.querySelectorAll(".bplib-network-column")].map((column) => {
                const math = column.lastChild.cloneNode(true);
                math.querySelectorAll("msup").forEach((power) => {
                    power.textContent = power.firstChild.textContent + "**" + power.lastChild.textContent; });
                math.querySelectorAll("mfrac").forEach((part) => {
                    part.textContent = `((${part.firstChild.textContent})/(${part.lastChild.textContent}))`; });
                return math.textContent; })])""")]

    def drawn(self, key):
        return self.root.locator(f".bplib-network-panel .bplib-network-line[data-line='{key}']").first


def heard(lab, expression, wanted):
    """Whether Python has the wanted value."""
    return lab.python(f"print({expression})").strip() == wanted


OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
             ast.Pow: operator.pow, ast.USub: operator.neg}
FUNCTIONS = {"σ": lambda z: 1 / (1 + np.exp(-z)), "id": lambda z: z, "tanh": np.tanh, "h": np.tanh}


def value_of(text):
    """The value of what stands on the page: (0.3019 − 1.0000)·0.4256·… and σ(0.2)."""
    text = re.sub(r"·10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", lambda power: "e" + power.group(1).translate(
        str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")), text)
    text = text.translate(str.maketrans("−·", "-*"))

    def value(node):
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.Call):
            return FUNCTIONS[node.func.id](value(node.args[0]))
        return OPERATORS[type(node.op)](*(value(one) for one in (
            (node.left, node.right) if isinstance(node, ast.BinOp) else (node.operand,))))

    return value(ast.parse(text, mode="eval").body)


@pytest.fixture
def view(lab):
    """The first explorer at its start; nothing that it does may be complained of."""
    view = View(lab.explorer(), bplib.explore.network())
    view.press("Reset")
    view.all_weights(True)
    view.choose("W1[2,1]")
    view.type("eta", "0.5")
    yield view
    assert not lab.errors()


@pytest.fixture
def big(lab):
    view = View(lab.explorer(1), bplib.explore.network(bplib.dense([3, 4, 2], "tanh")))
    view.press("Reset")
    view.all_weights(True)
    yield view
    assert not lab.errors()


@pytest.mark.parametrize("key", ["W1[2,1]", "W2[1,1]", "b1[2]", "b2[1]"])
def test_a_weight_moves_all_that_depends_on_it(view, key, lab):
    assert view.agrees()
    view.choose(key)
    assert view.agrees()
    before, was = view.texts(), number(view.texts()[key])
    for _ in range(3):
        view.slider().press("ArrowRight")
    after = view.texts()
    assert number(after[key]) == pytest.approx(was + 0.15) and after["C"] != before["C"] and view.agrees()
    view.type("chosen", "-1,5")
    assert view.texts()[key] == "−1.5" and view.agrees()
    name, at = key.removesuffix("]").split("[")
    at = tuple(int(n) - 1 for n in at.split(","))
    assert heard(lab, f"ex.weights['{name}'][{at}]", "-1.5")


def test_inputs_and_targets_are_typed(view, lab):
    for name, text in (("x[2]", "-2"), ("y[1]", "0,25"), ("x[1]", "0.3")):
        view.type(name, text)
        assert view.agrees()
    assert heard(lab, "ex.x, ex.y", "(0.3, -2.0) (0.25,)")


@pytest.mark.parametrize("key, through", [
    ("W1[2,1]", {"z1[2]", "W2[1,2]", "z2[1]"}), ("b1[1]", {"z1[1]", "W2[1,1]", "z2[1]"}), ("W2[1,2]", {"z2[1]"}),
    ("z1[1]", {"z1[1]", "W2[1,1]", "z2[1]"})])
def test_the_paths_of_what_is_chosen_are_lit(view, key, through, lab):
    view.choose(key)
    cards = view.root.locator(".bplib-network-card.bplib-network-lit")
    keys = set(cards.evaluate_all("all => all.map(one => one.dataset.key)"))
    assert keys == {one for one in through if one.startswith("z")} | {"C"}
    edges = view.root.locator(".bplib-network-tube[data-lit=path]").count()
    assert edges == sum(one.startswith("W") for one in through) + 1  # and from the output to the cost
    assert view.root.locator(".bplib-network-tube[data-lit=chosen]").count() == key.startswith("W")
    assert heard(lab, "ex.selected", key) and view.agrees()


def test_an_edge_is_chosen_by_mouse_and_by_keyboard(view, lab):
    place = view.root.locator(".bplib-network-hit").nth(3).evaluate("""line => {
        const { x, y } = line.getPointAtLength(0.8 * line.getTotalLength()).matrixTransform(line.getScreenCTM());
        return [x, y]; }""")
    lab.page.mouse.click(*place)
    assert view.chosen() == "W1[2,2]"
    view.press("Forward")
    view.root.locator(".bplib-network-card[data-key='z1[1]']").get_by_text("0.5498").click(force=True)
    assert "unit 1 of layer 1" in view.root.locator(".bplib-network-heading").inner_text()
    assert view.chosen() == "z1[1]" and view.slider().is_disabled()
    view.root.locator("input[type=radio]:checked").focus()
    order = []
    for _ in range(12):
        lab.page.keyboard.press("ArrowDown")
        order.append(view.chosen())
    assert sorted(order) == sorted(view.explorer.written.choices)
    view.press("Backward")
    assert order[:3] == ["b1[2]", "z1[2]", "W2[1,1]"] and view.agrees()


def test_forward_backward_and_update(view, lab):
    before, slopes = view.given()[0], view.expected()
    view.press("Forward")
    texts = view.texts()
    assert {key for key, text in texts.items() if text == "?"} == {"delta1[1]", "delta1[2]", "delta2[1]"}
    assert list(view.formulas()) == ["z1[1]", "a1[1]", "z1[2]", "a1[2]", "z2[1]", "a2[1]", "C"]
    for terms in view.formulas().values():
        assert value_of("".join(terms[2:])) == pytest.approx(number(terms[0]), abs=3e-4)
    view.press("Backward")
    assert list(view.formulas()) == ["delta2[1]", "delta1[2]", "delta1[1]"] and view.agrees()
    view.press("Update")
    after = view.texts()
    assert {key for key, text in after.items() if text == "?"} == {
        key for key in after if key[0] in "azdC"}
    formulas, old = view.formulas(), view.root.locator(".bplib-network-before").all_inner_texts()
    for key in view.explorer.written.choices:
        if not key.startswith("z"):
            wanted = slopes[key] - 0.5 * slopes[f"d{key}"]
            assert number(after[key]) == number(formulas[f"after {key}"][0]) == pytest.approx(wanted, abs=NOT_ROUNDED)
            assert value_of("".join(formulas[f"after {key}"][2:])) == pytest.approx(wanted, abs=2e-4)
    assert [number(text.strip(" →")) for text in old] == [
        *before["W1"].flatten(), *before["W2"].flatten()]
    functions = bplib.generate(view.explorer.network)
    gradients = functions.gradients(before, [[1, 0.5]], [[1]])
    now = json.loads(lab.python("import json; print(json.dumps({n: a.tolist() for n, a in ex.weights.items()}))"))
    for name in before:
        assert np.allclose(now[name], before[name] - 0.5 * gradients[name], rtol=1e-12)
    view.press("Forward")
    assert number(view.texts()["C"]) < number(texts["C"]) and not any(
        view.root.locator(".bplib-network-before").all_inner_texts())


def test_backward_without_forward_computes_it_first(view):
    view.press("Update")
    view.press("Backward")
    assert "computed first" in view.message.inner_text() and view.agrees()


def test_what_is_tried_makes_room_for_the_next(view, lab):
    lab.python(None, 0)
    line = view.root.locator(".bplib-try")
    assert "0 of 5 done" in line.inner_text() and "press Play" in line.inner_text()
    view.press("Backward")
    assert "0 of 5 done" in line.inner_text()
    view.press("Forward")
    assert "1 of 5 done" in line.inner_text()
    lab.page.emulate_media(reduced_motion="reduce")
    while "1 of 5 done" in line.inner_text():
        view.press("Next")
    lab.page.emulate_media(reduced_motion="no-preference")
    assert "2 of 5 done" in line.inner_text() and "?" not in view.texts().values()
    view.choose("W2[1,1]")
    assert "2 of 5 done" in line.inner_text()
    view.choose("W1[1,2]")
    assert "3 of 5 done" in line.inner_text()
    view.press("sum")
    assert "4 of 5 done" in line.inner_text()
    view.press("1")
    view.type("eta", "5")
    for _ in range(9):
        view.press("Step")
    assert "5 of 5 done" in line.inner_text() and "what else happens?" in line.inner_text()


def test_step_run_and_reset(view, lab):
    start, cost = view.texts(), number(view.texts()["C"])
    view.type("eta", "0.05")
    view.press("Step")
    assert view.agrees(2e-4) and "Step 1: C went from" in view.message.inner_text()
    view.press("Run")
    lab.page.wait_for_function("([root, cost]) => Number(root.querySelector('[data-value=C]').textContent) < cost",
                               arg=[view.root.element_handle(), 0.9 * cost])
    view.press("Stop")
    assert number(view.texts()["C"]) < 0.9 * cost
    view.press("Reset")
    assert view.texts() == start
    assert heard(lab, "ex.weights['W1'].tolist()", "[[0.4, -0.6], [-0.5, 0.8]]")


def test_steps_that_diverge_are_said_to(view):
    view.type("eta", "40")
    for _ in range(60):
        view.press("Step")
        if "diverge" in view.message.inner_text():
            break
    assert "diverge" in view.message.inner_text()
    assert all(np.isfinite(number(text)) for text in view.texts().values())


@pytest.mark.parametrize("name, text, says", [
    ("chosen", "nan", "W1[2,1] is a weight from input 1 to unit 2 of layer 1: a finite number; given: nan."),
    ("chosen", "", "given: nothing."), ("x[1]", "1e999", "x[1] is an input: a finite number; given: 1e999."),
    ("y[1]", "a", "y[1] is a target: a finite number; given: a."), ("eta", "-1", "at least 0; given: -1.")])
def test_what_cannot_be_is_refused_with_words(view, name, text, says):
    before = view.texts()
    view.type(name, text)
    assert says in view.message.inner_text() and view.texts() == before and view.agrees()
    view.type(name, "0.25")
    assert view.message.inner_text() == "" and view.agrees()


def test_python_moves_the_view(view, lab):
    lab.python("ex.weights = {**ex.weights, 'W2': np.array([[2.0, -0.25]])}\n"
               "ex.selected = 'W2[1,2]'; ex.x = [0.5, -1]; ex.eta = 0.25")
    expect(view.field("chosen")).to_have_value("-0.25")
    expect(view.field("eta")).to_have_value("0.25")
    assert view.chosen() == "W2[1,2]" and view.texts()["x[2]"] == "−1" and view.agrees()
    assert "this network needs (1, 2)" in lab.python("ex.weights = {**ex.weights, 'W2': np.ones((2, 2))}")
    assert "There is no weight" in lab.python("ex.selected = 'W9'")
    assert lab.python("print(ex.selected)").strip() == "W2[1,2]" and view.agrees()


def test_letters_follow_the_notation(view, lab):
    shown = view.drawn("dW1[2,1]").inner_text()
    numbers = view.formulas()
    for notation in ("nielsen", "chapter", "bplib"):
        view.root.locator("select").select_option(notation)
        assert heard(lab, "ex.notation", notation) and view.formulas() == numbers
    assert view.drawn("dW1[2,1]").inner_text() == shown
    assert view.root.locator("option").count() == 11 and "\\" not in view.root.inner_text()
    assert view.root.locator("mrow[data-slot]:empty").count() == 0


def test_a_larger_network(big, lab):
    assert big.agrees()
    for key in ("W1[1,1]", "W2[2,3]", "z1[4]", "b2[1]"):
        big.choose(key)
        assert big.agrees()
    big.type("chosen", "0.7")
    big.press("Step")
    assert big.agrees(3e-4)


def test_softmax_is_shown(lab):
    network = bplib.dense([2, 3, 2], ["relu", "softmax"], "categorical cross entropy")
    soft = View(lab.explorer(2), bplib.explore.network(network))
    expected = soft.expected()
    for key, text in soft.texts().items():
        assert number(text) == pytest.approx(expected[key], abs=NOT_ROUNDED), key
    soft.type("y[1]", "0.5")
    assert "add up to 1" in soft.message.inner_text()
    assert soft.texts()["y[1]"] == "1"
    lab.python("soft.y = [0.25, 0.75]")
    expect(soft.root.locator("input[data-value='y[2]']")).to_have_value("0.75")
    assert number(soft.texts()["C"]) == pytest.approx(soft.expected()["C"], abs=NOT_ROUNDED)
    assert not lab.errors()


def test_weights_are_named_where_they_are_asked_for(big, lab):
    """On the way of what is chosen, under the pointer, where the keyboard is, or all of them."""
    big.choose("W1[2,1]")
    assert len(big.seen_labels()) == 20
    big.all_weights(False)
    big.root.locator(".bplib-network-head").first.hover()
    on_the_way = {"W1[2,1]", "W2[1,2]", "W2[2,2]"}
    assert big.seen_labels() == on_the_way
    place = big.root.locator(".bplib-network-hit").nth(8).evaluate("""line => {
        const { x, y } = line.getPointAtLength(0.1 * line.getTotalLength()).matrixTransform(line.getScreenCTM());
        return [x, y]; }""")
    lab.page.mouse.move(*place)
    assert big.seen_labels() == on_the_way | {"W1[3,3]"}
    lab.page.mouse.click(*place)
    assert big.chosen() == "W1[3,3]" and big.seen_labels() == {"W1[3,3]", "W2[1,3]", "W2[2,3]"}
    big.root.locator("input[type=radio]:checked").focus()
    lab.page.keyboard.press("ArrowUp")
    assert big.chosen() == "W1[3,2]" in big.seen_labels()


def test_values_are_shades_and_weights_are_thick(view):
    """A card is the darker the larger its value, blue or red by the sign; nothing is shaded that is not known."""
    def shades():
        return dict(view.root.locator(".bplib-network-card[data-key]").evaluate_all(
            "all => all.map((one) => [one.dataset.key, one.style.getPropertyValue('--shade')])"))
    view.type("x[1]", "2")
    view.type("x[2]", "-0.5")
    of = {key: (re.search("red|blue", text)[0], int(re.search(r"(\d+)%", text)[1])) for key, text in shades().items()
          if key != "C"}
    assert of["x[1]"][0] == "blue" and of["x[2]"][0] == "red" and of["x[1]"][1] > of["x[2]"][1] > 0
    assert all(of[f"z1[{n}]"][1] > 0 for n in (1, 2))
    view.press("Update")
    assert " 0%" in shades()["z1[1]"] and " 0%" not in shades()["x[1]"]
    widths = view.root.locator(".bplib-network-edge[data-sign]").evaluate_all(
        "all => all.map((one) => Number(one.getAttribute('stroke-width')))")
    weights = [abs(w) for name in ("W1", "W2") for w in view.given()[0][name].flatten()]
    assert np.argsort(widths).tolist() == np.argsort(weights).tolist()


@pytest.mark.parametrize("n", [0, 1])
@pytest.mark.parametrize("width", [1400, 1000, 620])
def test_numbers_never_cover_each_other(n, width, lab):
    lab.page.set_viewport_size({"width": 1400, "height": 1100})
    View(lab.explorer(n), None).all_weights(True)
    lab.page.set_viewport_size({"width": width, "height": 1100})
    lab.page.wait_for_function("width => document.body.clientWidth === width", arg=width)
    still(lab.explorer(n))
    boxes = lab.explorer(n).locator(".bplib-network-weight, .bplib-network-card").evaluate_all("""
        all => all.filter((one) => getComputedStyle(one).opacity > 0).map((one) => { const { left, top, right, bottom } = one.getBoundingClientRect();
                                  return [one.textContent, left, top, right, bottom]; })""")
    lab.page.set_viewport_size({"width": 1400, "height": 1100})
    cards, weights = (6, 6) if n == 0 else (10, 20)
    assert len(boxes) == cards + weights * (width > 620)  # there is no room for numbers between the cards then
    for at, (one, left, top, right, bottom) in enumerate(boxes):
        for other, left2, top2, right2, bottom2 in boxes[at + 1:]:
            assert left >= right2 - 2 or left2 >= right - 2 or top >= bottom2 - 2 or top2 >= bottom - 2, (one, other)


def test_nothing_jumps(view):
    """Controls and cards keep their places while values change length and sign, and in every phase.

    So does the panel, which comes last; it may grow with what it holds, and does not shrink again.
    """
    places = """root => [...root.querySelectorAll("input:not([type=radio]), button, .bplib-network-card, "
        + ".bplib-network-panel, .bplib-network-picture")].map((one) => {
            const { x, y, width, height } = one.getBoundingClientRect();
            return [x, y - root.getBoundingClientRect().y, width, one.matches(".bplib-network-panel") ? "" : height].join(); })"""
    panel = view.root.locator(".bplib-network-panel")
    high = panel.evaluate("one => one.offsetHeight")
    before = view.root.evaluate(places)
    for name, text in (("chosen", "-4.123456"), ("x[1]", "-2.5"), ("eta", "0"), ("chosen", "oops"), ("y[1]", "1e-5")):
        view.type(name, text)
        assert view.root.evaluate(places) == before
        assert panel.evaluate("one => one.offsetHeight") == high
    for label in ("Forward", "Backward", "Update", "Step"):
        view.press(label)
        assert view.root.evaluate(places) == before
        assert panel.evaluate("one => one.offsetHeight") >= high
        high = panel.evaluate("one => one.offsetHeight")


def test_the_values_are_spoken_when_they_stand_still(view):
    view.slider().press("ArrowRight")
    spoken = view.root.locator("[aria-live=polite]").last
    expect(spoken).to_contain_text("Chosen: W1[2,1], weight from input 1 to unit 2 of layer 1, −0.45; "
                                            "the derivative of C with respect to it is")


def test_sixty_moves_end_at_the_right_value(view, lab):
    view.slider().focus()
    for _ in range(60):
        lab.page.keyboard.press("ArrowRight")
    assert number(view.texts()["W1[2,1]"]) == pytest.approx(2.5) and view.agrees()
    assert float(lab.python("print(ex.weights['W1'][1, 0])")) == pytest.approx(2.5)
    assert view.agrees()


def test_a_cell_that_runs_again_leaves_nothing_behind(view, lab):
    lab.python("old = ex")
    view.press("Run")
    lab.python(None, 0)
    expect(lab.page.locator(".bplib")).to_have_count(3)
    assert view.agrees() and view.texts()["W1[2,1]"] == "−0.5"
    before = lab.python("print(old.weights)")
    lab.page.wait_for_timeout(500)
    assert lab.python("print(old.weights)") == before


@pytest.mark.parametrize("line, broken", [("const C = ", "const C = nowhere + "), ("export ", "")])
def test_an_exception_is_shown(lab, line, broken):
    lab.python("bad = bplib.explore.network()\n"
               f"bad.set_trait('code', bad.code.replace({line!r}, {broken!r}))\nbad")
    bad = View(lab.explorer(3), None)
    expect(bad.message).to_contain_text("nowhere is not defined" if broken else "cannot start")
    assert lab.errors()
    lab.complaints.clear()
    lab.python("")


def test_on_a_narrow_page_weights_have_their_names_and_powers_of_ten_stay_in_their_cards(view):
    view.all_weights(True)
    view.type("x[1]", "-3.87e-8")
    shown, over = view.root.evaluate("""async (root) => {
        const drawn = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
        root.style.width = "440px";
        await drawn();
        const labels = [...root.querySelectorAll(".bplib-network-weight")].filter((one) => getComputedStyle(one).opacity > 0);
        const wide = [...root.querySelectorAll(".bplib-network-row, .bplib-network-row input")].filter(
            (one) => one.scrollWidth > one.clientWidth + 1);
        root.style.width = "";
        await drawn();
        return [labels.length, wide.map((one) => one.textContent + one.value)]; }""")
    assert shown == 6 and over == []


def test_a_long_formula_goes_on_with_a_sign(view, lab):
    """Below its right side: no line of it ends with the sign, and none begins without one."""
    view.root.get_by_text("Written out, path by path").click()
    broken = view.root.evaluate("""root => {
        root.style.width = "440px";
        const found = [...root.querySelectorAll(".bplib-network-right")].flatMap((right) => {
            const parts = [...right.children].filter((one) => one.firstChild);
            const { left } = right.getBoundingClientRect();
            const below = (one, n) => n && one.getBoundingClientRect().left < left + 1;
            return parts.filter(below).map((one) => one.firstChild.textContent.trim()[0]);
        });
        root.style.width = "";
        return found; }""")
    view.root.get_by_text("Written out, path by path").click()
    assert broken and set(broken) <= set("+−·"), broken


def test_no_kernel_is_needed(view, lab):
    """Last, because it ends the kernel: what is on the page goes on."""
    lab.command("kernelmenu:shutdown")
    view.slider().press("ArrowLeft")
    view.choose("W2[1,1]")
    view.root.locator("select").select_option("nielsen")
    view.press("Step")
    assert view.agrees(2e-4)
