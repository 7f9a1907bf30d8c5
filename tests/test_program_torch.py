"""Gradients of models are PyTorch's, where it is installed: autograd through its own layers, in double precision."""
import numpy as np
import pytest
from zoo import ZOO, arrays_of, derived, generated

torch = pytest.importorskip("torch")
F = torch.nn.functional


def squares(found, target):
    return ((found - target)**2).sum(-1).mean()


def dense(activation):
    def cost(p):
        a = activation(p["x"] @ p["W1"].T + p["b1"])
        return squares(activation(a @ p["W2"].T + p["b2"]), p["y"])
    return cost


def classifier(p):
    return F.cross_entropy(torch.relu(p["x"] @ p["W"].T + p["b"]) @ p["A"].T + p["a0"], p["target"])


def against_g(layer):
    """The cost of layers by themselves: Σ g·y for any g."""
    return lambda p: (layer(p) * p["g"]).sum()


def conv1d(*options):
    return against_g(lambda p: F.conv1d(p["x"], p["w"], p["b"], *options))


def conv2d(*options):
    return against_g(lambda p: F.conv2d(p["x"], p["w"], p["b"], *options))


def causal(p):
    padded = F.pad(p["x"], (3 * (p["w"].shape[2] - 1), 0))
    return F.conv1d(padded, p["w"].flip(2), dilation=3)


def norm(function):
    return against_g(lambda p: function(p["x"], p["x"].shape[-1:], *(p[n] for n in ("gamma", "beta") if n in p),
                                        eps=1e-5))


def dropout_residual(p):
    a = torch.relu(p["x"] @ p["W"].T + p["b"])
    return squares(a * p["keep"] / 0.8 + p["x"] @ p["R"].T, p["y"])


def recurrent(kind, gates, biases):
    """torch.nn.RNN, GRU or LSTM with the model's parameters; `biases` gives those of the inputs and of the states."""
    def cost(p):
        J, I = p["W" + gates[0]].shape
        weights = {"weight_ih_l0": torch.cat([p["W" + gate] for gate in gates]),
                   "weight_hh_l0": torch.cat([p["U" + gate] for gate in gates])}
        first, second = biases(p)
        weights |= {"bias_ih_l0": first, "bias_hh_l0": torch.zeros_like(first) if second is None else second}
        net = getattr(torch.nn, kind)(I, J, batch_first=True).double()
        h, _ = torch.func.functional_call(net, weights, (p["x"],))
        return squares(h @ p["A"].T + p["a0"], p["target"])
    return cost


def last_state(p):
    h = p["h0"]
    for t in range(p["x"].shape[1]):
        h = torch.tanh(p["x"][:, t] @ p["W"].T + h @ p["U"].T + p["b"])
    return squares(h @ p["A"].T, p["target"])


def from_the_end(p):
    h, states = torch.zeros(len(p["x"]), len(p["U"])).double(), []
    for t in reversed(range(p["x"].shape[1])):
        h = torch.tanh(p["x"][:, t] @ p["W"].T + h @ p["U"].T)
        states.insert(0, h)
    return torch.stack(states, 1)


def two_steps_back(p):
    now = before = torch.zeros(len(p["x"]), len(p["U"])).double()
    states = []
    for t in range(p["x"].shape[1]):
        now, before = torch.tanh(now @ p["U"].T + before @ p["V"].T + p["x"][:, t]), now
        states.append(now)
    return torch.stack(states, 1)


def attention(causal):
    return against_g(lambda p: F.scaled_dot_product_attention(p["q"], p["k"], p["v"], is_causal=causal))


def heads(x, Q, K, V, O):  # noqa: E741
    q, k, v = (torch.einsum("hek,stk->shte", weights, x) for weights in (Q, K, V))
    return torch.einsum("hej,shte->stj", O, F.scaled_dot_product_attention(q, k, v, is_causal=True))


def layer_norm(x, gamma, beta):
    return F.layer_norm(x, x.shape[-1:], gamma, beta)


def predicted(p, x, gamma, beta):
    return F.cross_entropy((layer_norm(x, gamma, beta) @ p["E"].T).flatten(0, 1), p["target"].flatten())


def gpt(p):
    x = F.embedding(p["tokens"], p["E"]) + p["P"]
    x = x + heads(layer_norm(x, p["gamma1a"], p["beta1a"]), *(p[name + "1b"] for name in "QKVO"))
    z = F.linear(layer_norm(x, p["gamma1d"], p["beta1d"]), p["W1e"], p["b1e"])
    return predicted(p, x + F.linear(F.gelu(z), p["V1e"], p["c1e"]), p["gamma_z"], p["beta_z"])


def gpt_text(p):
    x = F.embedding(p["tokens"], p["E"]) + p["P"]
    for n in range(len(p["gamma"])):
        x = x + heads(layer_norm(x, p["gamma"][n], p["beta"][n]), *(p[name][n] for name in "QKUO"))
        z = F.linear(layer_norm(x, p["gamma2"][n], p["beta2"][n]), p["A"][n], p["a0"][n])
        x = x + F.linear(F.gelu(z), p["B"][n], p["b0"][n])
    return predicted(p, x, p["gamma3"], p["beta3"])


def deep_residual(p):
    a = p["x"]
    for W, b in zip(p["W"], p["b"], strict=True):
        a = a + torch.tanh(a @ W.T + b)
    return squares(a, p["y"])


IN_TORCH = {
    "dense": dense(torch.sigmoid), "dense, relu": dense(torch.relu), "dense, softplus": dense(F.softplus),
    "classifier": classifier,
    "conv1d": conv1d(), "conv1d, stride 3, padding 2": conv1d(3, 2), "conv1d, dilation 2": conv1d(1, 1, 2),
    "conv2d": conv2d(), "conv2d, padding 1": conv2d(1, 1), "conv2d, stride 2, padding 1": conv2d(2, 1),
    "conv2d, stride 2, dilation 2": conv2d(2, 2, 2),
    "max pool": against_g(lambda p: F.max_pool2d(p["x"], 2, 2)),
    "max pool, overlapping": against_g(lambda p: F.max_pool2d(p["x"], 3, 2)),
    "max pool, each place": against_g(lambda p: F.max_pool2d(p["x"], 2, 1)),
    "mean pool": against_g(lambda p: F.avg_pool2d(p["x"], 3, 2)),
    "batch norm": against_g(lambda p: F.batch_norm(p["x"], None, None, p["gamma"], p["beta"], True)),
    "layer norm": norm(F.layer_norm), "RMS norm": norm(F.rms_norm), "dropout, residual": dropout_residual,
    "RNN": recurrent("RNN", [""], lambda p: (p["b"], None)),
    "GRU": recurrent("GRU", ["_r", "_u", "_n"], lambda p: (
        torch.cat([p["b_r"], p["b_u"], p["b_n"]]), F.pad(p["c_n"], (2 * len(p["c_n"]), 0)))),
    "LSTM": recurrent("LSTM", ["_i", "_f", "_g", "_o"], lambda p: (
        torch.cat([p["b_" + gate] for gate in "ifgo"]), None)),
    "last state": last_state, "from the end": against_g(from_the_end), "two steps back": against_g(two_steps_back),
    "attention": attention(False), "causal attention": attention(True),
    "heads": against_g(lambda p: heads(p["x"], *(p[name] for name in "QKVO"))),
    "GPT, 1 block": gpt, "GPT text": gpt_text, "deep residual": deep_residual,
    "transposed convolution": against_g(lambda p: F.conv_transpose1d(p["x"], p["w"], stride=2)),
    "causal convolution": against_g(causal),
    "symbolic stride": against_g(lambda p: F.conv1d(p["x"], p["w"], stride=2)),
    "bilinear": lambda p: (torch.einsum("kij,si,sj->sk", p["A"], p["x"], p["y"]) * p["g"]).sum(),
    "contrastive": lambda p: F.cross_entropy(p["x"] @ p["y"].T, torch.arange(len(p["x"]))),
}


def test_every_model_has_a_counterpart():
    assert set(IN_TORCH) == set(ZOO)


@pytest.mark.parametrize("name", IN_TORCH)
def test_costs_and_gradients_are_those_of_autograd(name):
    arrays, wanted = arrays_of(name), derived(name).wanted
    leaves = {n: torch.tensor(array, requires_grad=n in wanted) for n, array in arrays.items()}
    cost = IN_TORCH[name](leaves)
    assert generated(name).cost(arrays) == pytest.approx(cost.item(), rel=1e-12)
    found = generated(name).gradients(arrays)
    expected = torch.autograd.grad(cost, [leaves[n] for n in wanted])
    for n, gradient in zip(wanted, expected, strict=True):
        scale = max(float(gradient.abs().max()), 1e-4)
        assert np.abs(found[n] - gradient.numpy()).max() <= 1e-10 * scale, n
