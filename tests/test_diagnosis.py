"""What is wrong with a backpropagation: mistakes by name, arrays in any layout, right gradients left in peace."""
import json
from pathlib import Path

import numpy as np
import pytest

import bplib as bp
from bplib.diagnosis.factors import SENTENCES
from bplib.diagnosis.mistakes import PIECES, TABLE
from bplib.diagnosis.names import meant_by
from bplib.diagnosis.symptoms import TABLE as SYMPTOMS
from diagnoses import KINDS, Program, in_forms

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
HALF = bp.loss("squared error", factor=0.5)
NETWORKS = {
    "tanh": bp.dense([3, 4, 4, 2], ["tanh", "sigmoid", "identity"]),
    "relu": bp.dense([3, 4, 4], ["relu", "softmax"], "categorical cross entropy", l2=0.1),
    "sigmoid": bp.dense([4, 4, 4, 4], "sigmoid", over_outputs="mean"),
    "entropy": bp.dense([3, 5, 2], ["tanh", "sigmoid"], "binary cross entropy", l2=0.2),
    "one output": bp.dense([3, 3, 1], ["tanh", "tanh"]),
}


def case(network, seed=0, samples=6, dtype=float):
    """Parameters, X, Y in our layout."""
    random = np.random.default_rng(seed)
    p = {name: random.normal(size=network.shape(name)).astype(dtype) for name in network.parameters}
    n = network.shape("y")[1]
    Y = random.uniform(size=(samples, n))
    Y = np.eye(n)[random.integers(0, n, samples)] if network.options.loss.targets == "distribution" else Y
    return p, random.normal(size=(samples, network.shape("x")[1])).astype(dtype), Y.astype(dtype)


def names(told):
    return [{one.name for one in way} for way in told.findings]


NOWHERE = {"two lost": "sigmoid", "one slope too many": "entropy", "softmax by unit": "relu", "always one": "relu",
           "negative zeroed": "relu", "slope lost at output": "sigmoid", "own activation": "sigmoid",
           "not turned": "relu", "turned": "sigmoid"}


@pytest.mark.parametrize("kind", KINDS)
def test_a_planted_mistake_is_named(kind):
    penalty = kind.startswith("penalty") or kind == "bias decays"
    network = NETWORKS["entropy" if penalty else NOWHERE.get(kind, "tanh")]
    p, X, Y = case(network)
    told = bp.diagnose(network, p, X, Y, gradients=Program(network, (kind,))(p, X, Y))
    right = Program(network)(p, X, Y)
    wrong = [n for n, g in Program(network, (kind,))(p, X, Y).items() if not np.allclose(g, right[n], rtol=1e-6)]
    expected = {KINDS[kind]} if isinstance(KINDS[kind], str) else set(KINDS[kind])
    assert told.right is False and sorted(told.wrong) == sorted(wrong) != []
    assert any(way & expected for way in names(told)) and all(len(way) == 1 for way in names(told))


@pytest.mark.parametrize("pair", [("sign", "slope at a"), ("never divided", "raw error sent"), ("row sums", "two lost"),
                                  ("one sum", "weight for input"), ("function itself", "averaged differently")])
def test_two_mistakes_at_once_are_both_named(pair):
    network = NETWORKS["sigmoid" if "two lost" in pair else "tanh"]
    p, X, Y = case(network)
    told = bp.diagnose(network, p, X, Y, gradients=Program(network, pair)(p, X, Y))
    assert {KINDS[kind] for kind in pair} in names(told)


def test_where_it_begins():
    network = NETWORKS["tanh"]
    p, X, Y = case(network)
    told = bp.diagnose(network, p, X, Y, gradients=Program(network, ("slope lost",))(p, X, Y))
    assert told.wrong == ["W1", "b1", "W2", "b2"]
    assert told.begins == "It begins in layer 2: the error term of layer 3 is right, that of layer 2 is not."


def test_a_mistake_in_single_precision_is_named():
    network = NETWORKS["tanh"]
    p, X, Y = case(network, dtype=np.float32)
    wrong = {name: array.astype(np.float32) for name, array in Program(network, ("slope at a",))(p, X, Y).items()}
    assert names(bp.diagnose(network, p, X, Y, gradients=wrong)) == [{"the slope is taken at a instead of z"}]


def test_what_has_no_name_has_a_relation_or_lines_to_compare_with():
    network = NETWORKS["tanh"]
    p, X, Y = case(network)
    g = Program(network)(p, X, Y)
    told = bp.diagnose(network, p, X, Y, gradients={**g, "b2": 4 * g["b2"]})
    assert told.relations == {"b2": "is exactly 4 times too large"} and told.wrong == ["b2"]
    told = bp.diagnose(network, p, X, Y, gradients={**g, "W1": np.cos(g["W1"]), "b1": np.cos(g["b1"])})
    assert told.mistakes == () and "dW1 = delta1.T @ X" in told.code and told.code in str(told)


def test_a_factor_has_its_reason():
    network = NETWORKS["tanh"]
    p, X, Y = case(network)
    g = Program(network)(p, X, Y)
    told = bp.diagnose(network, p, X, Y, gradients={**g, "W2": 6 * g["W2"]})
    assert told.relations["W2"] == "is exactly 6 times too large: the batch has 6 samples"


def test_a_gradient_that_is_cut_off_is_told():
    network = NETWORKS["tanh"]
    p, X, Y = case(network)
    g = Program(network)(p, X, Y)
    told = bp.diagnose(network, p, X, Y, gradients={**g, "W1": np.clip(g["W1"], -0.01, 0.01)})
    assert told.relations == {"W1": "is the right one, cut off at ±0.01"}


def test_another_network_than_the_one_described_is_told():
    network, other = bp.dense([3, 4, 2], ["tanh", "identity"]), bp.dense([3, 4, 2], ["sigmoid", "identity"])
    p, X, Y = case(network)
    told = bp.diagnose(network, p, X, Y, gradients=Program(other)(p, X, Y))
    assert told.mistakes == ("the forward pass is another one",)
    assert "right for a network with sigmoid in layer 1 in place of tanh" in str(told)
    zero = {name: array if name[0] == "W" else 0 * array for name, array in p.items()}
    told = bp.diagnose(network, p, X, Y, gradients=Program(network)(zero, X, Y))
    assert "whose biases are left out going forward" in str(told)


def test_softmax_over_the_samples_and_labels_beside_their_class():
    network = bp.dense([3, 3], "softmax", "negative log-likelihood", bias=False)
    p, X, _ = case(network)
    Y, z = np.arange(6) % 3, X @ p["W1"].T
    a = np.exp(z) / np.exp(z).sum(0)
    wrong = {"W1": (a - np.eye(3)[Y]).T @ X / 6}
    assert names(bp.diagnose(network, p, X, Y, gradients=wrong)) == [{"softmax over the samples"}]
    wrong = Program(network)(p, X, (Y + 1) % 3)
    assert names(bp.diagnose(network, p, X, Y, gradients=wrong)) == [{"labels are shifted by one"}]


@pytest.mark.parametrize("other", [np.ones_like, np.sign, np.square])
def test_another_derivative_of_the_penalty_is_told(other):
    network = NETWORKS["entropy"]
    p, X, Y = case(network)
    right = Program(network)(p, X, Y)
    wrong = {name: g + 0.2 * (other(p[name]) - p[name]) * (name[0] == "W") for name, g in right.items()}
    assert names(bp.diagnose(network, p, X, Y, gradients=wrong)) == [{"the derivative of the penalty is another one"}]


# right gradients

@pytest.mark.parametrize("name", ["tanh", "sigmoid", "relu", "one output"])
@pytest.mark.parametrize("dtype", [float, np.float32])
def test_a_right_gradient_is_right_in_every_form(name, dtype):
    network = NETWORKS[name]
    p, X, Y = case(network, dtype=dtype)
    for form, *given, named in in_forms(network, p, X, Y, Program(network)(p, X, Y), np.random.default_rng(0)):
        told = bp.diagnose(network, *given, **named)
        assert told.wrong == [] and told.findings == () and (told.right or dtype is np.float32), form


def test_a_right_gradient_after_training_is_not_called_wrong():
    network = bp.dense([2, 1], "identity")
    X = np.random.default_rng(0).normal(size=(20, 2))
    p, Y = {"W1": np.array([[1.0, -2.0]]), "b1": np.array([0.5])}, X @ [[1.0], [-2.0]] + 0.5
    assert bp.diagnose(network, p, X, Y, gradients=Program(network)(p, X, Y)).right is not False
    her_own = lambda X, Y: Program(network)(p, X, Y)  # noqa: E731  (nothing can be told of it at other parameters)
    assert bp.diagnose(network, p, X, Y, gradients=her_own).right is not False


@pytest.mark.parametrize("scale", [1e2, 1e4])
def test_a_right_gradient_at_large_z_is_not_called_wrong(scale):
    network = NETWORKS["entropy"]
    p, X, Y = case(network)
    g = bp.generate(network).gradients(p, scale * X, Y)
    told = bp.diagnose(network, p, scale * X, Y, gradients=g)
    assert told.right is not False and "the inputs are not scaled" in told.mistakes


def test_a_right_step_in_single_precision_is_not_called_wrong():
    network = NETWORKS["sigmoid"]
    for scale in (1, 1e4):
        p, X, Y = case(network, dtype=np.float32)
        X = (scale * X).astype(np.float32)
        with np.errstate(over="ignore"):
            g = Program(network)(p, X, Y)
        after = {name: (p[name] - np.float32(0.1) * g[name]).astype(np.float32) for name in p}
        assert bp.diagnose(network, p, X, Y, after=after, eta=0.1).right is not False
        wrong = {name: (p[name] + np.float32(0.1) * g[name]).astype(np.float32) for name in p}
        assert bp.diagnose(network, p, X, Y, after=wrong, eta=0.1).right is False


def test_a_function_decides_elsewhere_what_cannot_be_decided_here():
    network, r = bp.dense([64, 5, 3], "sigmoid", HALF), np.random.default_rng(0)
    p = {name: r.normal(size=network.shape(name)) for name in network.parameters}
    X, Y = r.integers(0, 256, (8, 64)).astype(float), np.eye(3)[r.integers(0, 3, 8)]
    with np.errstate(over="ignore"):
        here = Program(network)(p, X, Y)
        assert bp.diagnose(network, p, X, Y, gradients=here).right is not False
        assert bp.diagnose(network, p, X, Y, gradients=Program(network)).right is True
        assert bp.diagnose(network, p, X, Y, gradients=Program(network, ("slope at a",))).right is False


def test_arrays_that_were_not_given_are_not_judged():
    network = NETWORKS["tanh"]
    p, X, Y = case(network)
    g = Program(network)(p, X, Y)
    told = bp.diagnose(network, p, X, Y, gradients={"W2": g["W2"]})
    assert told.right and told.verdicts == {"W2": "right"} and told.missing == ("W1", "b1", "b2", "W3", "b3")
    assert str(told) == "What you gave is right. Right: W2; Not given, so not judged: W1, b1, b2, W3, b3."
    told = bp.diagnose(network, p, X, Y, gradients={"W1": -g["W1"]})
    assert told.begins == "Nothing is known of the gradients above layer 1, so it may begin there."
    assert bp.diagnose(network, p, X, Y, gradients=g).missing == ()


@pytest.mark.parametrize("from_zero", [0, 1])
def test_one_of_several_layers_is_found_by_her_numbers(from_zero):
    network = NETWORKS["tanh"]
    p, X, Y = case(network)
    own = {f"{name[0]}{2 * int(name[1:]) - 2 + from_zero}": array for name, array in p.items()}  # as in nn.Sequential
    for name, array in Program(network)(p, X, Y).items():
        told = bp.diagnose(network, own, X, Y, gradients={f"d{name[0]}{2 * int(name[1:]) - 2 + from_zero}": array})
        assert told.verdicts == {name: "right"}


@pytest.mark.parametrize("noise, digits", [(1e-4, 3), (1e-6, 5), (1e-7, 6)])
def test_how_many_digits_agree_is_told_where_nothing_explains_the_rest(noise, digits):
    network = NETWORKS["tanh"]
    p, X, Y = case(network)
    random = np.random.default_rng(0)
    hers = {name: g + noise * np.abs(g).max() * random.uniform(-1, 1, g.shape) for name, g in Program(network)(p, X, Y).items()}
    told = bp.diagnose(network, p, X, Y, gradients=hers)
    assert told.right is None and told.wrong == [] and told.mistakes == () and digits <= told.digits <= digits + 1
    assert f"agrees with the right one to {told.digits} digits" in str(told)
    told = bp.diagnose(network, p, X, Y, gradients={**hers, "W1": -hers["W1"]})
    assert told.right is False and told.wrong == ["W1"] and {"the sign is turned"} in names(told)


def test_a_small_mistake_is_no_noise():
    network = bp.dense([3, 4, 2], "tanh", l2=1e-7)
    p, X, Y = case(network)
    told = bp.diagnose(network, p, X, Y, gradients=Program(bp.dense([3, 4, 2], "tanh"))(p, X, Y))
    assert told.right is False and names(told) == [{"the penalty is missing"}]


def test_half_precision():
    network = NETWORKS["tanh"]
    half = [given.astype(np.float16) for given in case(network)[1:]]
    p = {name: array.astype(np.float16) for name, array in case(network)[0].items()}
    told = bp.diagnose(network, p, *half, gradients=Program(network)(p, *half))
    assert told.right is None and "float16 keeps 3 digits" in str(told)
    told = bp.diagnose(network, p, *half, gradients=Program(network, ("slope lost",))(p, *half))
    assert told.right is False and names(told) == [{"the slope of the hidden layer is lost"}] and "W3" not in told.wrong


# reading

@pytest.mark.parametrize("name, meant", [
    ("W1", ("W", 1)), ("db2", ("b", 2)), ("dW_3", ("W", 3)), ("grad_W1", ("W", 1)), ("W1_grad", ("W", 1)),
    ("weights2", ("W", 2)), ("d_b1", ("b", 1)), ("Theta1", ("W", 1)), ("layers.0.weight", ("W", 0)),
    ("fc2.bias", ("b", 2)), ("nabla_w", ("W", None)), ("coefs_", ("W", None)), ("delta_w1", ("W", 1)),
    ("intercepts_", ("b", None)), ("dZ1", (None, None)), ("A2", (None, None)), ("∂W1", ("W", 1))])
def test_the_usual_names_are_known(name, meant):
    assert meant_by(name) == meant


def test_what_was_assumed_is_said_in_one_line():
    network = NETWORKS["tanh"]
    p, X, Y = case(network)
    stored = {name: array.T for name, array in p.items()}
    g = {name: array.T for name, array in Program(network)(p, X, Y).items()}
    told = bp.diagnose(network, stored, X.T, Y.T, gradients=g)
    assert told.right and told.assumed == (
        "Assumed: your weights are stored with the sending unit first, as in CS231n; your samples are columns.")


def test_numbers_decide_how_square_weights_are_stored():
    network = bp.dense([3, 3, 3], "tanh")
    p, X, Y = case(network)
    turned = lambda d: {name: array.T for name, array in d.items()}  # noqa: E731
    assert bp.diagnose(network, turned(p), X, Y, gradients=turned(Program(network)(p, X, Y))).right
    told = bp.diagnose(network, turned(p), X, Y, gradients=turned(Program(network, ("slope at a",))(p, X, Y)))
    assert names(told) == [{"the slope is taken at a instead of z"}]
    assert "your square weights are read with the sending unit first" in told.assumed


@pytest.mark.parametrize("labels", [[0, 2, 1, 1], [1, 3, 2, 2], [[1, 0, 0], [0, 0, 1], [0, 1, 0], [0, 1, 0]],
                                    [[0.0], [2.0], [1.0], [1.0]]])
@pytest.mark.parametrize("loss", ["negative log-likelihood", "categorical cross entropy"])
def test_targets_of_every_kind(labels, loss):
    network = bp.dense([2, 3], "softmax", loss)
    p, X, _ = case(network, samples=4)
    Y = np.array([0, 2, 1, 1])
    g = Program(network)(p, X, Y if "log" in loss else np.eye(3)[Y])
    assert bp.diagnose(network, p, X, labels, gradients=g).right


@pytest.mark.parametrize("at", [0, -1])
def test_biases_in_a_column_of_the_weights(at):
    network = NETWORKS["tanh"]
    p, X, Y = case(network)
    g = Program(network)(p, X, Y)
    def joined(d):
        return [np.insert(d[f"W{n}"], 0 if at == 0 else d[f"W{n}"].shape[1], d[f"b{n}"], axis=1) for n in (1, 2, 3)]
    told = bp.diagnose(network, joined(p), X, Y, gradients=joined(g))
    assert told.right and f"your biases stand in the {'first' if at == 0 else 'last'} column" in told.assumed


class Tensor:
    """As tensors are: no array until it is detached and asked for one."""

    def __init__(self, array, attached=True):
        self.array, self.attached = np.array(array), attached

    def detach(self):
        return Tensor(self.array, False)

    def numpy(self):
        assert not self.attached
        return self.array


def test_tensors_and_tables():
    network = NETWORKS["tanh"]
    p, X, Y = case(network)
    g = Program(network)(p, X, Y)
    tensors = [{name: Tensor(array) for name, array in d.items()} for d in (p, g)]
    assert bp.diagnose(network, tensors[0], Tensor(X), Tensor(Y), gradients=tensors[1]).right


@pytest.mark.parametrize("given", [dict.values, dict.items, lambda g: list(g.items()), lambda g: (array for array in g.values()),
                                   lambda g: {name: list(array) for name, array in g.items()}, lambda g: (None, g)])
def test_what_yields_arrays_one_by_one(given):
    network = NETWORKS["tanh"]
    p, X, Y = case(network)
    told = bp.diagnose(network, p, X, Y, gradients=lambda p, X, Y: given(Program(network)(p, X, Y)))
    assert told.right and told.missing == ()


def test_gradients_in_another_order_than_the_parameters():
    network = NETWORKS["tanh"]
    p, X, Y = case(network)
    g = Program(network, ("sign",))(p, X, Y)
    nabla_b, nabla_w = ([array for name, array in g.items() if name[0] == kind] for kind in "bW")
    told = bp.diagnose(network, p, X, Y, gradients=(nabla_b, nabla_w))  # as in Nielsen's program
    assert names(told) == [{"the sign is turned"}] and len(told.wrong) == len(g)


def test_all_complaints_come_in_one_message():
    network = bp.dense([3, 4, 2], "tanh")
    p, X, Y = case(network)
    del p["b1"], p["b2"]
    with pytest.raises(bp.InputError) as error:
        bp.diagnose(network, p, X[:, :2], Y, gradients=p)
    assert "bias=False" in str(error.value) and "X has shape (6, 2)" in str(error.value)
    p, X, Y = case(network)
    with pytest.raises(bp.InputError) as error:
        bp.diagnose(network, {**p, "W1": p["W1"][:3]}, np.where(X > 1, np.nan, X), Y[:4], gradients=p)
    assert all(word in str(error.value) for word in ("W1 has shape (3, 3)", "Y has shape (4, 2)", "X holds nan"))


@pytest.mark.parametrize("given, word", [
    ({"gradients": {}, "after": {}}, "is enough"), ({"step": {}}, "after="), ({"gradients": {"q": [1.0]}}, "None of"),
    ({"gradients": lambda p, X, Y: None}, "return"), ({"gradients": lambda p, X, Y: 1 / 0}, "ZeroDivisionError"),
    ({"gradients": {"W1": "text"}}, "numbers"), ({"source": " "}, "text of a program"),
    ({"gradients": {"W1": [[1, 2], [3]]}}, "of W1: its rows differ in length"), ({"gradients": {1, 2}}, "a set, which has no order"),
    ({"gradients": [[1.0] * 3]}, r"of shapes \(1, 3\)"), ({"gradients": [None] * 6}, "hold no numbers"),
    ({"gradients": {f"W{at}": [1.0] for at in range(1, 5)}}, "have W4, and the network has 3 layers"),
    ({"gradients": {"W9": [1.0]}}, "have W9, and the network"), ({"cost": "much"}, "cost=: it is text"),
    ({"outputs": lambda p, X: None}, "outputs=: it is None"), ({"numeric": {1, 2}}, "numeric=: it is a set"), ({"cost": []}, "holds no"),
    ({"gradients": object}, "what was given"), ({"X": None}, "X is missing"), ({"parameters": {"W1": 1j}}, "complex"),
    ({"gradients": lambda a, b: None}, r"takes \(a, b\), and what a and b are cannot be told"),
    ({"gradients": lambda p, X, Y, cache: None}, "what cache is cannot be told"),
    ({"gradients": lambda X, Y, lr: None}, "what lr is cannot be told.*Give eta="),
    ({"gradients": {}, "eta": "0.1"}, "eta, the step size, is a number ≥ 0; given: '0.1'"), ({"eta": -1}, "given: -1"),
    ({"after": [[[1.0]]], "eta": float("nan")}, "given: nan"),
    ({"step": lambda p, X, Y: {name: a + 1 for name, a in p.items()}, "eta": 0}, "eta is 0, and yet"),
    ({"X": np.zeros((0, 3)), "gradients": {}}, "There are no samples"), ({"Y": [[1, 2], [3]]}, "its rows differ in length")])
def test_input_of_every_kind_gets_one_clear_message(given, word):
    network = NETWORKS["tanh"]
    with pytest.raises(bp.InputError, match=word):
        bp.diagnose(network, **dict(zip(("parameters", "X", "Y"), case(network))) | given)


def test_networks_it_does_not_read_are_told():
    network = bp.graph({"h": (["p"], "tanh"), "o": (["h", "p"], "sigmoid")}, inputs=["p"], loss="negative log-likelihood")
    with pytest.raises(bp.InputError, match="gradient_check"):
        bp.diagnose(network, {}, [[1.0]], [0])


def test_a_single_neuron():
    told = bp.diagnose(bp.neuron("sigmoid", "binary cross entropy"), {"w": 0.5, "b": 0.1}, [1.0, 2.0, -1.0], [1, 0, 1],
                       gradients={"dw": -0.2, "db": 0.3})
    assert told.right is False


def test_nothing_of_hers_is_changed():
    network = NETWORKS["tanh"]
    p, X, Y = case(network)
    kept = {name: array.copy() for name, array in p.items()}

    def careless(q, x, y):
        found = Program(network)(q, x, y)
        for array in (*q.values(), x, y):
            array[:] = 0
        return found

    told = bp.diagnose(network, p, X, Y, gradients=careless)
    assert told.right and told.mistakes == ("the inputs are overwritten",)
    assert all(np.array_equal(kept[name], p[name]) for name in p) and X.any() and Y.any()


# what is shown

def test_what_is_shown():
    network = NETWORKS["tanh"]
    p, X, Y = case(network)
    told = bp.diagnose(network, p, X, Y, gradients=Program(network, ("slope lost",))(p, X, Y))
    text = str(told)
    assert text.startswith("Your gradient is wrong. Right: W3, b3; Wrong: W1, b1, W2, b2.")
    assert "The slope of the hidden layer is lost (layers 1 and 2)." in text and "See notebook 06-delta" in text
    assert "<script" not in told._repr_html_() and "06-delta" in told._repr_html_() and not told
    assert "06-delta" in told._repr_markdown_()


def headings(notebook):
    cells = json.loads((NOTEBOOKS / f"{notebook}.ipynb").read_text(encoding="utf-8"))["cells"]
    return {line.lstrip("# ") for cell in cells if cell["cell_type"] == "markdown"
            for line in "".join(cell["source"]).splitlines() if line.startswith("#")}


def test_every_pointer_leads_somewhere():
    pointers = {row.told()[1:] for row in TABLE} | {row.pointer for row in SYMPTOMS} | {
        pointer for _, *pointer in SENTENCES.values() for pointer in [tuple(pointer)]}
    for notebook, heading in pointers:
        assert not heading or heading in headings(notebook), (notebook, heading)


def test_every_row_has_a_sentence_and_a_piece():
    for row in TABLE:
        assert row.piece in PIECES and row.told()[0].endswith((".", "?")), row.name


@pytest.mark.parametrize("name", NETWORKS)
def test_the_search_ends_where_nothing_explains_her_numbers(name):
    """Only the first weights, and what an update would spread over them: every layer above may be thought wrong."""
    network = NETWORKS[name]
    p, X, Y = case(network)
    told = bp.diagnose(network, p, X, Y, gradients={"W1": np.ones(network.shape("W1")[1])})
    assert told.right is False and told.wrong == ["W1"]
