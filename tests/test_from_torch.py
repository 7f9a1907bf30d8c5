"""Models of PyTorch, read into equations: their gradients are autograd's.  Run as a program, it prints the worst difference."""
import builtins
import sys

import numpy as np
import pytest

import bplib as bp

try:
    import torch
    from torch import nn
    from torch_models import MODELS, REFUSED, made
except ImportError:
    torch, MODELS, REFUSED = None, {}, {}

needs_torch = pytest.mark.skipif(torch is None, reason="PyTorch is not installed")


def read(name):
    return bp.from_torch(*made(MODELS[name]))


@needs_torch
def test_there_are_enough_models():
    assert len(MODELS) >= 25 and len(REFUSED) >= 5


@pytest.mark.parametrize("name", MODELS)
def test_gradients_are_those_of_autograd(name):
    found = read(name)
    check = found.check()
    assert check.passed and set(check.differences) == set(found.names.values()), check
    assert all(step.check.passed for step in found.derivation.steps)
    for parameter in found.parameters:
        assert found.derivation[parameter].left.of == found.model.cost.entry
    assert found.model.latex() and found.derivation.latex() and "def gradients" in found.source


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_named(name):
    example, says = REFUSED[name]
    with pytest.raises(bp.InputError) as error:
        bp.from_torch(*made(example))
    for text in says:
        assert text in str(error.value)


@needs_torch
def test_a_wrong_gradient_is_not_called_equal():
    found = read("MLP, three layers")
    found.parameters["W2"][0, 0] += 1e-6
    assert not found.check().passed


@needs_torch
def test_nothing_of_the_model_is_changed():
    model, inputs, targets, loss = made(MODELS["ResNet, training"])
    before = {name: value.clone() for name, value in model.state_dict().items()}
    bp.from_torch(model, inputs, targets, loss).check()
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())
    assert model.training and all(value.dtype == torch.float32 for value in model.parameters())
    assert all(value.grad is None for value in model.parameters())


@needs_torch
def test_the_equations_hold_for_another_batch():
    model, inputs, targets, loss = made(MODELS["LeNet"])
    found = bp.from_torch(model, inputs, targets, loss)
    x, y = torch.randn(5, 1, 12, 12).double(), torch.randint(0, 5, (5,))
    theirs = torch.autograd.grad(loss(model.double()(x), y), model.conv1.weight)[0]
    ours = found.as_torch(found.gradients(x=x.numpy()[:, 0], target=y.numpy()))["conv1.weight"]
    assert np.allclose(ours, theirs, rtol=1e-10, atol=1e-14)


@needs_torch
def test_parameters_that_are_frozen_or_unused():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.body, self.head, self.old = nn.Linear(3, 4), nn.Linear(4, 2), nn.Linear(4, 2)
            self.body.requires_grad_(False)

        def forward(self, x):
            return self.head(torch.relu(self.body(x)))

    found = bp.from_torch(Net(), torch.randn(5, 3))
    assert set(found.names[name] for name in found.parameters) == {"head.weight", "head.bias"}
    assert found.unused == ("old.weight", "old.bias") and found.check().passed


@needs_torch
def test_a_shared_parameter_is_one():
    found = read("tiny GPT")
    assert [whole for whole in found.names.values() if whole.startswith(("wte", "lm_head"))] == ["wte.weight"]


LAYERS = {
    "conv1d, stride and padding": lambda: (nn.Conv1d(2, 3, 3, stride=2, padding=1), torch.randn(2, 2, 7)),
    "conv1d, same, even window": lambda: (nn.Conv1d(2, 3, 4, padding="same"), torch.randn(2, 2, 7)),
    "conv2d, dilation": lambda: (nn.Conv2d(2, 3, (3, 2), dilation=2, bias=False), torch.randn(2, 2, 7, 6)),
    "conv2d, groups": lambda: (nn.Conv2d(4, 6, 3, groups=2, stride=2), torch.randn(2, 4, 7, 6)),
    "conv transposed": lambda: (nn.ConvTranspose2d(2, 3, 3, stride=2, padding=1, output_padding=1), torch.randn(2, 2, 3, 4)),
    "max pool, padding": lambda: (nn.Sequential(nn.Conv2d(1, 2, 1), nn.MaxPool2d(3, 2, 1)), torch.randn(2, 1, 6, 5) - 3),
    "mean pool, padding": lambda: (nn.Sequential(nn.Conv2d(1, 2, 1), nn.AvgPool2d(2, 2, 1)), torch.randn(2, 1, 6, 4)),
    "adaptive pools": lambda: (nn.Sequential(nn.Conv2d(1, 2, 1), nn.AdaptiveAvgPool2d((3, 2)), nn.AdaptiveMaxPool2d(1)),
                               torch.randn(2, 1, 6, 4)),
    "bilinear upsampling": lambda: (nn.Sequential(nn.Conv2d(1, 2, 1), nn.Upsample(scale_factor=2, mode="bilinear"), nn.Conv2d(2, 1, 3)),
                                    torch.randn(2, 1, 3, 3)),
    "bilinear layer": lambda: (nn.Bilinear(3, 2, 4), (torch.randn(5, 3), torch.randn(5, 2))),
    "upsampling": lambda: (nn.Sequential(nn.Conv2d(1, 2, 1), nn.Upsample(scale_factor=2), nn.Conv2d(2, 1, 3)),
                           torch.randn(2, 1, 3, 4)),
    "instance norm": lambda: (nn.InstanceNorm1d(3, affine=True), torch.randn(2, 3, 5)),
    "layer norm over two axes": lambda: (nn.LayerNorm((4, 5)), torch.randn(3, 4, 5)),
    "RNN with relu": lambda: (_First(nn.RNN(3, 4, nonlinearity="relu", bias=False)), torch.randn(5, 2, 3)),
    "LSTM, two layers, both ways": lambda: (_First(nn.LSTM(3, 2, num_layers=2, bidirectional=True)), torch.randn(4, 2, 3)),
    "GRU cell": lambda: (nn.GRUCell(3, 4), (torch.randn(2, 3), torch.randn(2, 4))),
    "LSTM cell": lambda: (_First(nn.LSTMCell(3, 4)), torch.randn(2, 3)),
    "GRU from a state": lambda: (_First(nn.GRU(3, 4, batch_first=True)), (torch.randn(2, 5, 3), torch.randn(1, 2, 4))),
    "activations with options": lambda: (nn.Sequential(nn.Linear(3, 4), nn.CELU(0.5), nn.Linear(4, 4), nn.Mish(), nn.Linear(4, 4),
                                              nn.Hardtanh(-0.5, 0.7), nn.Linear(4, 4), nn.SELU(), nn.Linear(4, 6), nn.GLU()),
                                torch.randn(5, 3)),
    "softmax over channels": lambda: (nn.Sequential(nn.Conv2d(1, 3, 2), nn.Softmax2d()), torch.randn(2, 1, 4, 3)),
    "one output": lambda: (nn.Sequential(nn.Linear(3, 1), nn.Tanh()), torch.randn(4, 3)),
    "one sample": lambda: (nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2)), torch.randn(1, 3)),
    "batch norm, and a part changed in place": lambda: (nn.Sequential(
        nn.Linear(3, 4), nn.BatchNorm1d(4), _Changed(), nn.Linear(4, 2)).train(), torch.randn(5, 3)),
    "an embedding with a word for padding": lambda: (nn.Sequential(nn.Embedding(5, 3, padding_idx=0), nn.Tanh()), torch.tensor([[1, 2, 0], [4, 0, 0]])),
    "bags of words": lambda: (nn.Sequential(nn.EmbeddingBag(6, 3, mode="mean"), nn.Linear(3, 2)), torch.randint(0, 6, (4, 5))),
    "sums of words": lambda: (nn.EmbeddingBag(6, 3, mode="sum"), torch.randint(0, 6, (4, 5))),
    "no batch": lambda: (nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2)), torch.randn(3)),
}

if torch is not None:
    class _First(nn.Module):
        """The first of what a layer returns."""

        def __init__(self, layer):
            super().__init__()
            self.layer = layer

        def forward(self, *inputs):
            return self.layer(*inputs)[0]

    class _Changed(nn.Module):
        def forward(self, h):
            h[:, 1] *= 2
            return h.clone()

    class _Computes(nn.Module):
        """A linear layer, and what a function makes of it."""

        def __init__(self, function, start=None, **more):
            super().__init__()
            self.fc, self.function = nn.Linear(3, 4), function
            for name, value in more.items():
                setattr(self, name, nn.Parameter(value))
            if start is not None:
                self.fc.weight.data[:], self.fc.bias.data[:] = 0.0, start

        def forward(self, x):
            return self.function(self, x)

    LOSSES = {
        "weights of classes": (nn.CrossEntropyLoss(weight=torch.tensor([0.5, 2.0, 1.0])), "labels"),
        "sum": (nn.CrossEntropyLoss(reduction="sum"), "labels"),
        "probabilities": (nn.CrossEntropyLoss(), "shares"),
        "smooth L1": (nn.SmoothL1Loss(beta=0.3), "values"), "Huber": (nn.HuberLoss(delta=0.3), "values"),
        "L1": (nn.L1Loss(), "values"), "Poisson": (nn.PoissonNLLLoss(), "shares"),
        "weights of yes": (nn.BCEWithLogitsLoss(pos_weight=torch.tensor([1.0, 3.0, 0.5])), "shares"),
        "Kullback-Leibler": (lambda z, y: nn.KLDivLoss(reduction="batchmean")(torch.log_softmax(z, -1), y), "shares"),
        "soft margin": (nn.SoftMarginLoss(), "signs"),
        "ignored labels": (nn.CrossEntropyLoss(ignore_index=2), "labels"),
        "ignored labels, smoothed": (nn.CrossEntropyLoss(ignore_index=0, label_smoothing=0.1), "labels"),
        "ignored labels, summed": (lambda z, y: nn.functional.nll_loss(z.log_softmax(1), y, ignore_index=2, reduction="sum"), "labels"),
        "weights of classes, smoothed": (nn.CrossEntropyLoss(torch.tensor([0.5, 2.0, 1.0]), label_smoothing=0.1), "labels"),
        "multi-margin": (nn.MultiMarginLoss(), "labels"), "hinge": (lambda z, y: torch.clamp(1 - y * z, min=0).mean(), "signs"),
        "of a distribution": (lambda z, y: -torch.distributions.Categorical(logits=z).log_prob(y).mean()
                              - 0.1 * torch.distributions.Categorical(logits=z).entropy().mean(), "labels"),
        "quantile": (lambda z, y: torch.maximum(0.9 * (y - z), -0.1 * (y - z)).mean(), "values"),
        "beside a huge number": (lambda z, y: (torch.maximum(z, torch.full_like(z, -1e20)) * y.clamp(-1e20, 1e20)).mean(), "values"),
        "penalty": (lambda z, y: ((z - y)**2).mean() + 0.1 * z.abs().sum(), "values"),
    }
else:
    LAYERS, LOSSES = {}, {}


def _in_place(h, read, change):
    view = read(h)
    change(h)
    return view


def _kept(score, rows):
    """Attention to what a mask keeps; `rows` of the batch and what they look at."""
    return torch.nn.functional.scaled_dot_product_attention(score, score, score, attn_mask=rows)


def _by_places(length, keep):
    place = torch.arange(length)
    return keep(place[:, None], place[None])


def _without_gradient(m, x):
    with torch.no_grad():
        size = m.fc(x).norm()
    return m.fc(x) / size


def _passed_straight_through(m, x):
    h = m.fc(x)
    return (h + (2 * torch.tanh(h) - h).detach()).tanh()


def _rows_written(m, x):
    h, out = m.fc(x), torch.zeros(5, 4)
    out[:, :2] = h[:, :2]
    out[1:, 2:] = h[:-1, 2:].relu()
    out[:, 0] = 0
    return out.tanh()


def _overwritten(m, x):
    """Reads what it has written before, which autograd then misses."""
    out = torch.zeros(5, 4)
    for t in range(5):
        out[t] = m.fc(x)[t].relu() * (out[t - 1] if t else 1)
    return out


C = [0, 1, 3, 2, 0]
"""A class for each sample"""

PROGRAMS = {
    "variances": lambda m, x: m.fc(x).var(1).sum() + m.fc(x).std((0, 1), correction=0) + m.fc(x).var(0, keepdim=True, unbiased=False),
    "means beside them": lambda m, x: sum(torch.var_mean(m.fc(x), 1)) + sum(torch.std_mean(m.fc(x), 1)) * m.fc(x).std(),
    "norms": lambda m, x: m.fc(x).norm(p=1, dim=1) + m.fc(x).norm(p=3, dim=1) + torch.linalg.norm(m.fc(x), ord=float("inf"), dim=1),
    "distances": lambda m, x: torch.cdist(m.fc(x), m.fc(x)**2) + torch.dist(m.fc(x), x[:, :1]) + nn.functional.pairwise_distance(m.fc(x), m.fc(x)**2),
    "running sums": lambda m, x: m.fc(x).cumsum(0).tanh() / torch.arange(1, 6)[:, None] + m.fc(x).logcumsumexp(1),
    "products": lambda m, x: m.fc(x).prod(1) * m.fc(x)[0].prod() + m.fc(x).prod(0, keepdim=True).sum() + m.fc(x).cumprod(1).sum(1),
    "rolled": lambda m, x: torch.roll(m.fc(x), (-2, 1), (0, 1)) * m.fc(x) + m.fc(x).roll(3) * torch.arange(4),
    "differences": lambda m, x: torch.diff(m.fc(x), dim=1).tanh(),
    "diagonals": lambda m, x: torch.diagonal(m.fc(x)[:4]).tanh() + torch.diag(m.fc(x)[0]).tanh() + torch.trace(m.fc(x)[1:]) * m.fc(x)[:4, :4],
    "entries of classes": lambda m, x: m.fc(x)[torch.arange(5), C].tanh() + m.fc(x).log_softmax(1).gather(1, torch.tensor(C)[:, None]),
    "picked rows": lambda m, x: m.fc(x)[[0, 3, 3]].tanh().sum() + m.fc(x)[:, [2, 0]].tanh() + m.fc(x).index_select(1, torch.tensor([1, 3])),
    "picked twice": lambda m, x: m.fc(x)[torch.tensor([[0], [1]]), torch.tensor([[2, 3]])].tanh() + m.fc(x)[:4][[1, 3]][:, :2],
    "added at places": lambda m, x: torch.zeros(3, 4).index_add(0, torch.tensor([0, 1, 1, 2, 0]), m.fc(x)).tanh(),
    "scattered": lambda m, x: torch.zeros(5, 4).scatter_(1, torch.tensor(C)[:, None], 1.0) * m.fc(x).log_softmax(1),
    "scattered and added": lambda m, x: torch.zeros(3, 4).scatter_add(0, torch.tensor([0, 1, 1, 2, 0])[:, None].expand(5, 4), m.fc(x)).tanh(),
    "negative ones set to 0": lambda m, x: _in_place(m.fc(x), lambda h: h, lambda h: h.__setitem__(h < 0, 0.0)),
    "parts written": _rows_written,
    "parts changed in place": lambda m, x: _in_place(m.fc(x), lambda h: h, lambda h: h[1:3].add_(h[0]).mul_(2)),
    "as large as a mask that holds everywhere": lambda m, x: torch.where(torch.ones(5, 4, dtype=torch.bool), m.fc(x)[0], 0.0).tanh(),
    "as large as an exponent": lambda m, x: (m.fc(x)[0]**torch.full((5, 4), 2.0)).tanh() + torch.full((5, 4), 2.0)**m.fc(x)[0],
    "detached in place": lambda m, x: m.fc(x) * _in_place(m.fc(x) * 1, lambda h: h, lambda h: h.detach_()),
    "detached": lambda m, x: m.fc(x) * m.fc(x).detach(), "without gradient": _without_gradient, "straight through": _passed_straight_through,
    "inverse functions": lambda m, x: torch.atan(m.fc(x)) + torch.asin(m.fc(x).tanh()) + torch.acos(m.fc(x).tanh() / 2) + torch.asinh(m.fc(x))
    + torch.atanh(m.fc(x).tanh() * .9) + torch.acosh(m.fc(x)**2 + 1.1) + torch.atan2(m.fc(x), m.fc(x)**2 - 1) + torch.tan(m.fc(x)) + torch.erfc(m.fc(x)),
    "composed functions": lambda m, x: torch.logit(m.fc(x).sigmoid()) + torch.logaddexp(m.fc(x), x[:, :1]) + torch.hypot(m.fc(x), x[:, :1])
    + torch.xlogy(m.fc(x).sigmoid(), m.fc(x).sigmoid()) + m.fc(x).sigmoid()**m.fc(x) + torch.nan_to_num(m.fc(x)),
    "products of matrices": lambda m, x: torch.outer(m.fc(x)[0], m.fc(x)[1]) + torch.tensordot(m.fc(x), m.fc(x), dims=([0], [0]))
    + torch.linalg.matrix_power(m.fc(x)[:4], 3) + torch.addmv(m.fc.bias, m.fc.weight, x[0]) + torch.addbmm(m.fc(x)[:4], m.fc(x)[None, :4], m.fc(x)[None, :4]),
    "repeated": lambda m, x: m.fc(x).repeat_interleave(2, 1).tanh() + torch.tile(m.fc(x), (1, 2)) + torch.hstack([m.fc(x), m.fc(x)**2]),
    "windows": lambda m, x: m.fc(x).unfold(1, 2, 1).tanh().sum() + nn.functional.unfold(m.fc(x)[None, None], 2).tanh(),
    "other paddings": lambda m, x: sum(nn.functional.pad(m.fc(x)[None], (1, 1), mode=mode).tanh() for mode in ("circular", "reflect", "replicate"))
    + nn.functional.pad(m.fc(x), (1, 1), value=2.) + nn.functional.pad(m.fc(x), (-1, 3)),
    "a view before a change in place": lambda m, x: _in_place(m.fc(x), lambda h: h.view(-1), lambda h: h.mul_(2)),
    "a turned view before it": lambda m, x: _in_place(m.fc(x), lambda h: h.t()[1:], lambda h: h.add_(1)),
    "parts before it": lambda m, x: _in_place(m.fc(x), lambda h: h.split(2, 1)[1] * 1, lambda h: h.mul_(3)),
    "a copy does not see it": lambda m, x: _in_place(m.fc(x), lambda h: h.clone(), lambda h: h.mul_(3)),
    "a constant that is filled": lambda m, x: m.fc(x) * _in_place(torch.zeros(5, 4), lambda k: k, lambda k: k[1:, :3].add_(2)),
    "attention near a place": lambda m, x: _kept(m.fc(x), _by_places(5, lambda t, u: (t - u).abs() < 2)),
    "attention to what is large": lambda m, x: _kept(m.fc(x), (x[:, 0] > 0)[None] | torch.eye(5, dtype=torch.bool)),
    "attention to both": lambda m, x: _kept(m.fc(x), (x[:, 0] > -9)[None] & torch.ones(5, 5).tril().bool()),
    "attention to what is not small": lambda m, x: _kept(m.fc(x), ~(x[:, 0] < -9)[None]),
    "a mask of numbers": lambda m, x: _kept(m.fc(x), torch.zeros(5, 5).masked_fill(_by_places(5, lambda t, u: t > u), -torch.inf)),
    "where −∞": lambda m, x: torch.where(torch.arange(4) > 1, -torch.inf, m.fc(x)).softmax(1),
    "where a tensor of −∞": lambda m, x: torch.where(x[:, :1] * torch.ones(4) < 9, m.fc(x), torch.tensor(-torch.inf)).softmax(1),
    "where full of −∞": lambda m, x: torch.where(torch.arange(4) < 2, m.fc(x), torch.full_like(m.fc(x), -torch.inf)).softmax(1),
    "−∞ before logsumexp": lambda m, x: m.fc(x).masked_fill(torch.arange(4) > 1, -torch.inf).logsumexp(1),
    "added −∞": lambda m, x: (m.fc(x) + torch.tensor([0.5, -torch.inf, 0, 0])).softmax(1),
    "the lowest number": lambda m, x: m.fc(x).masked_fill(torch.arange(4) > 1, torch.finfo(x.dtype).min).softmax(1),
    "casts": lambda m, x: m.fc(x.float()).to(torch.float64).double() * (x.float() > 0).float().sum(1, keepdim=True),
    "constants": lambda m, x: torch.tanh(m.fc(x) @ torch.ones(4, 2) + torch.zeros(5, 2)) * torch.linspace(0, 1, 2),
    "filled like others": lambda m, x: m.fc(x) * torch.ones_like(x[:, :1]) + x.new_full((5, 4), 0.3),
    "parts of unequal size": lambda m, x: torch.cat([m.fc(x), x, torch.ones(5, 1)], 1).tanh(),
    "parts of parts": lambda m, x: torch.cat([m.fc(x)[:, :3], m.fc(x).t()[1:2].t()], 1).tanh(),
    "first parts": lambda m, x: m.fc(x)[:, :3].tanh() * x + m.fc(x)[:, :3][:, 1:2] + m.fc(x)[:, :3][:, 1].unsqueeze(1),
    "all but the last": lambda m, x: (m.fc(x)[1:] - m.fc(x)[:-1]).tanh(),
    "zeros after": lambda m, x: nn.functional.pad(m.fc(x), (0, 2)).tanh(),
    "a triangle": lambda m, x: torch.tril(m.fc(x), 1).tanh() + torch.triu(m.fc(x)),
    "smallest": lambda m, x: m.fc(x).min(1).values * m.fc(x).amin() + m.fc(x).min(),
    "other functions": lambda m, x: torch.exp2(m.fc(x)) + torch.log2(m.fc(x)**2 + 2) + 3**m.fc(x) + m.fc(x).clip(-.5, .5),
}
"""Forward of a model, with a layer m.fc"""


@pytest.mark.parametrize("name", PROGRAMS if torch else ())
def test_programs(name):
    torch.manual_seed(1)
    check = bp.from_torch(_Computes(PROGRAMS[name]), torch.randn(5, 3)).check()
    assert check.passed, check


CORNERS = {} if torch is None else {
    "relu": (torch.relu, 0), "leaky relu": (nn.LeakyReLU(0.2), 0), "PReLU": (lambda z: nn.functional.prelu(z, torch.tensor([0.3])), 0),
    "ELU": (nn.ELU(0.5), 0), "CELU": (nn.CELU(0.5), 0), "SELU": (nn.SELU(), 0), "abs": (torch.abs, 0), "clamp": (lambda z: z.clamp(0, 1), 0),
    "clamp, above": (lambda z: z.clamp(0, 1), 1), "clamp by tensors": (lambda z: z.clamp(torch.zeros(4), torch.ones(4)), 1),
    "hardtanh": (nn.Hardtanh(), 1), "hardtanh, below": (nn.Hardtanh(), -1), "relu6": (nn.ReLU6(), 6), "hardswish": (nn.Hardswish(), 3),
    "hardsigmoid": (nn.Hardsigmoid(), 3), "threshold": (nn.Threshold(0.5, 0.1), 0.5), "hardshrink": (nn.Hardshrink(), 0.5),
    "softshrink": (nn.Softshrink(), 0.5), "maximum": (lambda z: torch.maximum(z, 2 * z), 0), "minimum": (lambda z: torch.minimum(z, 2 * z), 0),
    "max of a dimension": (lambda z: z.max(1).values, 0), "pooling": (lambda z: nn.functional.max_pool1d(z[:, None], 2), 0),
    "hinge": (lambda z: nn.functional.hinge_embedding_loss(z, -torch.ones_like(z)), 1), "sign": (lambda z: torch.sign(z) + z, 0),
    "ranking": (lambda z: nn.functional.margin_ranking_loss(z, 2 * z, torch.ones_like(z)), 0),
    "Huber": (lambda z: nn.functional.huber_loss(z, torch.zeros_like(z)), 1),
}
"""Function → at which number its slope jumps"""


@pytest.mark.parametrize("name", CORNERS if torch else ())
def test_slopes_at_corners_are_those_of_autograd(name):
    function, at = CORNERS[name]
    torch.manual_seed(1)
    found = bp.from_torch(_Computes(lambda m, x: function(m.fc(x)), start=at), torch.randn(5, 3))
    assert found.check().passed, found.check()


@needs_torch
@pytest.mark.parametrize("name", ["V", "T", "N", "C", "s", "J1", "j1", "x", "dW", "exp"])
@pytest.mark.parametrize("shape", [(4,), ()])
def test_any_name_of_a_parameter(name, shape):
    torch.manual_seed(1)
    model = _Computes(lambda m, x_: m.fc(x_) * getattr(m, name) * m.W, **{name: torch.randn(shape), "W": torch.randn(4)})
    found = bp.from_torch(model, torch.randn(5, 3))
    assert found.check().passed and name in found.names.values()


@needs_torch
def test_tokens_that_are_filled_up_are_left_out():
    class Mean(nn.Module):
        def __init__(self):
            super().__init__()
            self.E = nn.Embedding(7, 4)

        def forward(self, tokens):
            q, kept = self.E(tokens), tokens != 0
            q = q + torch.nn.functional.scaled_dot_product_attention(q, q, q, attn_mask=kept[:, None])
            return (q * kept.unsqueeze(-1).float()).sum(1) / kept.sum(1, keepdim=True)

    torch.manual_seed(1)
    check = bp.from_torch(Mean(), torch.tensor([[1, 2, 3, 0, 0], [4, 5, 6, 1, 0]])).check()
    assert check.passed, check


@needs_torch
@pytest.mark.parametrize("scale", [1e12, 1.0, 1e-12])
def test_a_wrong_gradient_is_found_however_large_the_cost_is(scale):
    torch.manual_seed(1)
    found = bp.from_torch(_Computes(lambda m, x: scale * (m.fc(x)**2).sum()), torch.randn(5, 3))
    assert found.check().passed
    found.parameters["W1"] *= 1 + 1e-6
    assert not found.check().passed


@pytest.mark.parametrize("name", LAYERS)
def test_layers(name):
    torch.manual_seed(1)
    check = bp.from_torch(*LAYERS[name]()).check()
    assert check.passed, check


@pytest.mark.parametrize("name", LOSSES)
def test_losses(name):
    torch.manual_seed(1)
    loss, kind = LOSSES[name]
    targets = {"labels": torch.randint(0, 3, (6,)), "values": torch.randn(6, 3), "signs": torch.randn(6, 3).sign(),
               "shares": torch.softmax(torch.randn(6, 3).double(), -1)}[kind]
    loss = loss.double() if isinstance(loss, nn.Module) else loss
    check = bp.from_torch(nn.Linear(4, 3), torch.randn(6, 4), targets, loss).check()
    assert check.passed, check


@needs_torch
def test_a_model_that_was_read_is_diagnosed_in_the_names_of_pytorch():
    torch.manual_seed(1)
    model, loss = nn.Sequential(_First(nn.LSTM(3, 2)), nn.Linear(2, 3)).double(), nn.MSELoss()
    inputs, targets = torch.randn(4, 2, 3).double(), torch.randn(4, 2, 3).double()
    found = bp.from_torch(model, inputs, targets, loss)
    loss(model(inputs), targets).backward()
    hers = {name: value.grad for name, value in model.named_parameters()}
    for given in (hers, [value.grad for value in model.parameters()], found.gradients(), lambda p, X, Y: hers):
        assert bp.diagnose(found, gradients=given).right is True
    told = bp.diagnose(found, model.named_parameters(), inputs, targets, gradients={"1.weight": -hers["1.weight"]})
    assert told.wrong == ["1.weight"] and "the sign is turned" in told.mistakes and "0.layer.weight_ih_l0" in told.missing
    assert "The gradient of 1.weight has the wrong sign" in str(told)
    gate = hers["0.layer.weight_hh_l0"].clone()
    gate[2:4] *= -1
    told = bp.diagnose(found, gradients={**hers, "0.layer.weight_hh_l0": gate})
    assert told.wrong == ["0.layer.weight_hh_l0"] and "(∂C/∂0.layer.weight_hh_l0[2:4])" in str(told)
    told = bp.diagnose(found, gradients={"1.weight": hers["1.weight"].T})
    assert told.relations == {"1.weight": "is the transpose of the right one"}
    told = bp.diagnose(found, gradients={"1.weight": hers["1.weight"].cos()})
    assert told.assumed == "In the equations W2 is 1.weight."
    with pytest.raises(bp.InputError, match="Unknown: head.weight"):
        bp.diagnose(found, gradients={"head.weight": gate})


# dense networks

DENSE = {
    "squared error": lambda: (nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2)), torch.randn(5, 2), nn.MSELoss()),
    "sum": lambda: (nn.Sequential(nn.Linear(3, 4, bias=False), nn.ReLU(), nn.Linear(4, 2, bias=False), nn.Sigmoid()),
                    torch.randn(5, 2), nn.MSELoss(reduction="sum")),
    "classes": lambda: (nn.Sequential(nn.Flatten(), nn.Linear(3, 4), nn.GELU(), nn.Linear(4, 3)), torch.randint(0, 3, (5,)),
                        nn.CrossEntropyLoss()),
    "log softmax": lambda: (nn.Sequential(nn.Linear(3, 3), nn.LogSoftmax(1)), torch.randint(0, 3, (5,)), nn.NLLLoss()),
    "yes or no": lambda: (nn.Sequential(nn.Linear(3, 4), nn.SiLU(), nn.Linear(4, 1)), torch.randint(0, 2, (5, 1)).double(),
                          nn.BCEWithLogitsLoss()),
}


@pytest.mark.parametrize("name", DENSE if torch else ())
def test_a_dense_network_is_one_of_ours(name):
    torch.manual_seed(2)
    model, targets, loss = DENSE[name]()
    x = torch.randn(5, 3)
    found = bp.from_torch(model, x, targets, loss)
    theirs = torch.autograd.grad(loss(model.double()(x.double()), targets.to(torch.float64) if targets.is_floating_point()
                                      else targets), list(model.parameters()))
    ours = bp.generate(found.network).gradients(found.dense_parameters, x.double().numpy(), targets.numpy())
    for (parameter, array), expected in zip(ours.items(), theirs, strict=True):
        assert np.allclose(array, expected, rtol=1e-10, atol=1e-14), parameter


def by_hand():
    class Own(nn.Module):
        def __init__(self):
            super().__init__()
            self.W1, self.b1 = nn.Parameter(torch.randn(3, 4)), nn.Parameter(torch.randn(4))  # a row for each input
            self.W2, self.b2 = nn.Parameter(torch.randn(2, 4)), nn.Parameter(torch.randn(2))

        def forward(self, x):
            return torch.sigmoid(torch.tanh(x @ self.W1 + self.b1) @ self.W2.T + self.b2)

    return Own()


BY_HAND = {
    "mean of squares": lambda a, y: ((a - y)**2).mean(),
    "half the sum of squares": lambda a, y: 0.5 * ((a - y)**2).sum(),
    "sum over outputs, mean over samples": lambda a, y: (a - y).square().sum(dim=1).mean(),
    "cross entropy": lambda a, y: -(y * a.log() + (1 - y) * (1 - a).log()).mean(),
}


@pytest.mark.parametrize("name", BY_HAND if torch else ())
def test_a_dense_network_written_by_hand_is_one_of_ours(name):
    """Without a layer or a loss of torch.nn: the cost is recognised by its numbers."""
    torch.manual_seed(2)
    model, loss = by_hand(), BY_HAND[name]
    x, targets = torch.randn(5, 3), torch.rand(5, 2)
    found = bp.from_torch(model, x, targets, loss)
    theirs = torch.autograd.grad(loss(model(x), targets), list(model.parameters()))
    ours = bp.generate(found.network).gradients(found.dense_parameters, x.numpy(), targets.numpy())
    ours["W1"] = ours["W1"].T
    for parameter, expected in zip(("W1", "b1", "W2", "b2"), theirs, strict=True):
        assert np.allclose(ours[parameter], expected, rtol=1e-3, atol=1e-6), parameter


@needs_torch
def test_a_dense_network_of_many_inputs_is_one_of_ours():
    """Its probabilities would be rounded to 0 and 1 if weights were as large as in a small one."""
    model = nn.Sequential(nn.Linear(784, 100), nn.ReLU(), nn.Linear(100, 30), nn.ReLU(), nn.Linear(30, 10), nn.Sigmoid())
    found = bp.from_torch(model, torch.rand(4, 784), torch.randint(0, 2, (4, 10)).double(), nn.BCELoss())
    assert found.network is not None and [layer.shape for layer in map(found.dense_parameters.get, ("W1", "W2", "W3"))] \
        == [(100, 784), (30, 100), (10, 30)]


@needs_torch
def test_negative_whole_numbers_are_not_taken_for_places():
    class Shifted(nn.Module):
        def __init__(self):
            super().__init__()
            self.w = nn.Parameter(torch.randn(4))

        def forward(self, x):
            return (torch.where(x < 0, x + 3, x).double() * self.w).sum()

    assert bp.from_torch(Shifted(), torch.tensor([-1, 2, -3, 0])).check().passed


NOT_DENSE = {
    "something added to the cost": lambda: (nn.Linear(3, 2), torch.randn(5, 2), lambda a, y: ((a - y)**2).mean() + 0.01 * a.mean()),
    "batches of five alone": lambda: (nn.Linear(3, 2), torch.randn(5, 2), lambda a, y: ((a - y)**2 * torch.ones(5, 1)).mean()),
    "another option": lambda: (nn.Sequential(nn.Linear(3, 4), nn.ELU(0.5), nn.Linear(4, 2)), torch.randn(5, 2), nn.MSELoss()),
    "weights of classes": lambda: (nn.Linear(3, 3), torch.randint(0, 3, (5,)), nn.CrossEntropyLoss(weight=torch.tensor([1.0, 2, 3]))),
    "one bias": lambda: (nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 2, bias=False)), torch.randn(5, 2), nn.MSELoss()),
    "a norm": lambda: (nn.Sequential(nn.Linear(3, 4), nn.LayerNorm(4)), torch.randn(5, 4), nn.MSELoss()),
    "twice": lambda: (nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Tanh()), torch.randn(5, 4), nn.MSELoss()),
}


@pytest.mark.parametrize("name", NOT_DENSE if torch else ())
def test_what_is_no_dense_network_is_not_called_one(name):
    model, targets, loss = NOT_DENSE[name]()
    found = bp.from_torch(model, torch.randn(5, 3), targets, loss)
    assert found.network is None and found.dense_parameters == {} and found.check().passed


# bad input

@needs_torch
@pytest.mark.parametrize("given, says", [
    (lambda: (3, torch.randn(2, 2)), "reads a torch.nn.Module; given: int"),
    (lambda: (nn.Linear(2, 2), None), "example is missing"),
    (lambda: (nn.Linear(2, 2), "x"), "example is a tensor"),
    (lambda: (nn.Linear(2, 2), torch.randn(3, 5)), "cannot"),
    (lambda: (nn.Linear(2, 2), torch.randn(3, 2), torch.randn(3, 2)), "targets and no loss"),
    (lambda: (nn.Linear(2, 2), torch.randn(3, 2), torch.randn(3, 2), "mse"), "loss is a loss of torch.nn"),
    (lambda: (nn.Linear(2, 2), torch.randn(3, 2), torch.randn(3, 2), nn.MSELoss(reduction="none")), "The cost is one number"),
    (lambda: (nn.LSTM(2, 2), torch.randn(3, 1, 2)), "returns a tuple"),
    (lambda: (nn.Tanh(), torch.randn(3, 2)), "no parameter that is trained"),
    (lambda: (nn.Linear(2, 2).requires_grad_(False), torch.randn(3, 2)), "Frozen: weight, bias"),
    (lambda: (_Computes(lambda m, x: m.fc(x).half()), torch.randn(2, 3)), "A cast to float16"),
    (lambda: (_Computes(lambda m, x: m.fc(x).bfloat16()), torch.randn(2, 3)), "A cast to bfloat16"),
    (lambda: (_Computes(lambda m, x: m.fc(x.half())), torch.randn(2, 3)), "run in double precision: leave out casts"),
    (lambda: (_Computes(lambda m, x: m.fc(x).long() * 1.0), torch.randn(2, 3)), "A cast to int64, whose slope is 0"),
    (lambda: (_Computes(lambda m, x: m.fc(x)[m.fc(x) > 0]), torch.randn(2, 3)), "Picking entries by a mask"),
    (lambda: (_Computes(lambda m, x: m.fc(x).view(-1).prod()), torch.randn(5, 3)), "A product of 20 entries"),
    (lambda: (_Computes(lambda m, x: _in_place(m.fc(x), lambda h: h, lambda h: h[::2].mul_(2))), torch.randn(5, 3)), "torch.where"),
    (lambda: (_Computes(lambda m, x: torch.det(m.fc(x))), torch.randn(4, 3)), "_linalg_det"),
    (lambda: (nn.EmbeddingBag(5, 2), (torch.arange(4), torch.tensor([0, 3]))), "bags of unequal size"),
    (lambda: (_Computes(_overwritten), torch.randn(5, 3)), "PyTorch itself cannot find the gradients"),
    (lambda: (_Computes(lambda m, x: m.fc(x) * torch.rand_like(x[:, :1])), torch.randn(2, 3)), "draws random numbers"),
    (lambda: (nn.Linear(2, 3), torch.randn(3, 2), torch.tensor([0, 1, 7]), nn.CrossEntropyLoss()), "Labels go from 0 to 2; given: 0 to 7"),
    (lambda: (nn.Linear(2, 3), torch.randn(3, 2), torch.tensor([0, 1, -100]), nn.CrossEntropyLoss(torch.ones(3) / 2)), "ignored label out beforehand"),
])
def test_bad_input_is_told(given, says):
    with pytest.raises(bp.InputError) as error:
        bp.from_torch(*given()).check()
    assert says in str(error.value)


@needs_torch
@pytest.mark.parametrize("module, says", [
    ("keras.models", "This is a model of Keras: bp.from_keras reads it"),
    ("flax.linen", "given: Sequential. Models of flax are written with bp.dense or bp.model"),
])
def test_models_of_other_frameworks_are_told_what_to_do(module, says):
    sequential = type("Sequential", (), {"__module__": module})
    with pytest.raises(bp.InputError, match=says):
        bp.from_torch(sequential(), torch.randn(2, 2))


def test_without_pytorch_it_says_what_is_missing(monkeypatch):
    original = builtins.__import__

    def without_torch(name, *more):
        if name.partition(".")[0] == "torch":
            raise ImportError("no torch")
        return original(name, *more)

    monkeypatch.setattr(builtins, "__import__", without_torch)
    monkeypatch.delitem(sys.modules, "torch", raising=False)
    with pytest.raises(bp.InputError, match="PyTorch is not installed in this Python. Install it"):
        bp.from_torch(object(), [[1.0]])


def report():
    """Each model of the list: the worst relative difference of a gradient from autograd's."""
    worst = {}
    for name in MODELS:
        found = read(name)
        worst[name] = found.check().worst
        print(f"{worst[name]:.1e}  {name}: {len(found.model.equations)} equations, {len(found.derivation.steps)} steps", flush=True)
    print(f"{max(worst.values()):.1e}  the worst of {len(worst)}")
    for name, (example, _) in REFUSED.items():
        try:
            bp.from_torch(*made(example))
        except bp.InputError as error:
            print(f"refused: {name}: {error}")


if __name__ == "__main__":
    report()
