"""Models of PyTorch as people write them: what `bp.from_torch` has to read, and what it has to refuse by name."""
from collections import OrderedDict
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn


class PlainMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(6, 8)
        self.fc2 = nn.Linear(8, 8)
        self.fc3 = nn.Linear(8, 3)

    def forward(self, x):
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        return self.fc3(x)


class ListMLP(nn.Module):
    """Layers in a list, an activation chosen by name, weights initialised by hand."""

    def __init__(self, sizes=(5, 7, 6, 4)):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(sizes, sizes[1:]))
        self.act = {"gelu": nn.GELU()}["gelu"]
        for layer in self.layers:
            nn.init.xavier_uniform_(layer.weight)

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = self.act(layer(x))
        return F.log_softmax(self.layers[-1](x), dim=1)


class ByHandMLP(nn.Module):
    """No layers at all: parameters and @."""

    def __init__(self):
        super().__init__()
        self.W = nn.Parameter(torch.randn(4, 6) * 0.5)
        self.c = nn.Parameter(torch.zeros(6))
        self.V = nn.Parameter(torch.randn(6, 1) * 0.5)

    def forward(self, x):
        h = torch.tanh(x @ self.W + self.c)
        return (h @ self.V).squeeze(-1)


class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 4, 5, padding=2)
        self.conv2 = nn.Conv2d(4, 6, 3)
        self.fc1 = nn.Linear(6 * 2 * 2, 10)
        self.fc2 = nn.Linear(10, 8)
        self.fc3 = nn.Linear(8, 5)

    def forward(self, x):
        x = F.max_pool2d(torch.tanh(self.conv1(x)), 2)
        x = F.max_pool2d(torch.tanh(self.conv2(x)), (2, 2))
        x = torch.flatten(x, 1)
        x = torch.tanh(self.fc1(x))
        x = torch.tanh(self.fc2(x))
        return self.fc3(x)


class BasicBlock(nn.Module):
    """torchvision's block."""

    def __init__(self, inplanes, planes, stride=1):
        super().__init__()
        self.conv1 = nn.Conv2d(inplanes, planes, kernel_size=3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(planes)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(planes, planes, kernel_size=3, stride=1, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(planes)
        self.downsample = None
        if stride != 1 or inplanes != planes:
            self.downsample = nn.Sequential(nn.Conv2d(inplanes, planes, 1, stride, bias=False), nn.BatchNorm2d(planes))

    def forward(self, x):
        identity = x
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        if self.downsample is not None:
            identity = self.downsample(x)
        out += identity
        return self.relu(out)


class ResNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 4, 3, padding=1, bias=False), nn.BatchNorm2d(4), nn.ReLU(inplace=True))
        self.layer1 = BasicBlock(4, 4)
        self.layer2 = BasicBlock(4, 6, stride=2)
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(6, 3)

    def forward(self, x):
        x = self.layer2(self.layer1(self.stem(x)))
        x = torch.flatten(self.avgpool(x), 1)
        return self.fc(x)


def vgg(plan=(4, "M", 6, "M")):
    layers, channels = [], 3
    for one in plan:
        if one == "M":
            layers.append(nn.MaxPool2d(2, 2))
        else:
            layers += [nn.Conv2d(channels, one, 3, padding=1), nn.ReLU(inplace=True)]
            channels = one
    return nn.Sequential(OrderedDict(features=nn.Sequential(*layers), flatten=nn.Flatten(),
                                     classifier=nn.Sequential(nn.Linear(6 * 2 * 2, 8), nn.ReLU(), nn.Dropout(), nn.Linear(8, 4))))


class MobileBlock(nn.Module):
    """A depthwise and a pointwise convolution, with squeeze and excitation."""

    def __init__(self, channels=4):
        super().__init__()
        self.depthwise = nn.Conv2d(channels, channels, 3, padding=1, groups=channels)
        self.pointwise = nn.Conv2d(channels, channels, 1)
        self.fc1 = nn.Conv2d(channels, 2, 1)
        self.fc2 = nn.Conv2d(2, channels, 1)

    def forward(self, x):
        y = F.hardswish(self.depthwise(x))
        scale = F.adaptive_avg_pool2d(y, 1)
        scale = torch.sigmoid(self.fc2(F.relu(self.fc1(scale))))
        return x + self.pointwise(y * scale)


class TextCNN(nn.Module):
    """Kim's: windows of several widths over embedded words, the largest of each."""

    def __init__(self, words=20, classes=3):
        super().__init__()
        self.embedding = nn.Embedding(words, 5)
        self.convs = nn.ModuleList(nn.Conv1d(5, 4, width) for width in (2, 3))
        self.fc = nn.Linear(8, classes)

    def forward(self, tokens):
        x = self.embedding(tokens).transpose(1, 2)
        x = torch.cat([F.relu(conv(x)).max(dim=2).values for conv in self.convs], dim=1)
        return self.fc(x)


class BagOfWords(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(15, 6)
        self.out = nn.Linear(6, 1)

    def forward(self, tokens):
        return self.out(self.embedding(tokens).mean(dim=1)).squeeze(1)


class LSTMClassifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(12, 4)
        self.lstm = nn.LSTM(4, 5, num_layers=2, batch_first=True)
        self.fc = nn.Linear(5, 2)

    def forward(self, tokens):
        out, (h, c) = self.lstm(self.embedding(tokens))
        return self.fc(h[-1])


class GRUTagger(nn.Module):
    """Both directions, a label for every step."""

    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(3, 4, batch_first=True, bidirectional=True)
        self.fc = nn.Linear(8, 3)

    def forward(self, x):
        out, _ = self.gru(x)
        return self.fc(out)


class CellRNN(nn.Module):
    """A loop in Python over the steps."""

    def __init__(self):
        super().__init__()
        self.cell = nn.RNNCell(3, 4)
        self.out = nn.Linear(4, 2)

    def forward(self, x):
        h = torch.zeros(x.size(0), 4, dtype=x.dtype)
        for t in range(x.size(1)):
            h = self.cell(x[:, t], h)
        return self.out(h)


class Head(nn.Module):
    """One head of self-attention, as in Karpathy's lecture."""

    def __init__(self, n_embd=6, head_size=4, block_size=8):
        super().__init__()
        self.key = nn.Linear(n_embd, head_size, bias=False)
        self.query = nn.Linear(n_embd, head_size, bias=False)
        self.value = nn.Linear(n_embd, head_size, bias=False)
        self.register_buffer("tril", torch.tril(torch.ones(block_size, block_size)))

    def forward(self, x):
        B, T, C = x.shape
        k, q = self.key(x), self.query(x)
        wei = q @ k.transpose(-2, -1) * k.shape[-1]**-0.5
        wei = wei.masked_fill(self.tril[:T, :T] == 0, float("-inf"))
        return F.softmax(wei, dim=-1) @ self.value(x)


class SelfAttention(nn.Module):
    """nanoGPT's: queries, keys and values from one layer."""

    def __init__(self, n_embd=8, n_head=2):
        super().__init__()
        self.c_attn = nn.Linear(n_embd, 3 * n_embd)
        self.c_proj = nn.Linear(n_embd, n_embd)
        self.n_head, self.n_embd = n_head, n_embd

    def forward(self, x):
        B, T, C = x.size()
        q, k, v = self.c_attn(x).split(self.n_embd, dim=2)
        k = k.view(B, T, self.n_head, C // self.n_head).transpose(1, 2)
        q = q.view(B, T, self.n_head, C // self.n_head).transpose(1, 2)
        v = v.view(B, T, self.n_head, C // self.n_head).transpose(1, 2)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.c_proj(y.transpose(1, 2).contiguous().view(B, T, C))


class Block(nn.Module):
    def __init__(self, n_embd=8):
        super().__init__()
        self.ln_1 = nn.LayerNorm(n_embd)
        self.attn = SelfAttention(n_embd)
        self.ln_2 = nn.LayerNorm(n_embd)
        self.mlp = nn.Sequential(nn.Linear(n_embd, 4 * n_embd), nn.GELU(), nn.Linear(4 * n_embd, n_embd), nn.Dropout(0.1))

    def forward(self, x):
        x = x + self.attn(self.ln_1(x))
        return x + self.mlp(self.ln_2(x))


class GPT(nn.Module):
    def __init__(self, vocab=11, block_size=8, n_embd=8, n_layer=2):
        super().__init__()
        self.wte, self.wpe = nn.Embedding(vocab, n_embd), nn.Embedding(block_size, n_embd)
        self.blocks = nn.ModuleList(Block(n_embd) for _ in range(n_layer))
        self.ln_f = nn.LayerNorm(n_embd)
        self.lm_head = nn.Linear(n_embd, vocab, bias=False)
        self.lm_head.weight = self.wte.weight

    def forward(self, idx):
        b, t = idx.size()
        assert t <= self.wpe.num_embeddings, "too long"
        x = self.wte(idx) + self.wpe(torch.arange(0, t, device=idx.device))
        for block in self.blocks:
            x = block(x)
        return self.lm_head(self.ln_f(x))


class Encoder(nn.Module):
    """PyTorch's own transformer, and the mean over the steps."""

    def __init__(self):
        super().__init__()
        self.layer = nn.TransformerEncoderLayer(d_model=6, nhead=2, dim_feedforward=8, batch_first=True)
        self.fc = nn.Linear(6, 3)

    def forward(self, x):
        return self.fc(self.layer(x).mean(dim=1))


class CrossAttention(nn.Module):
    def __init__(self):
        super().__init__()
        self.mha = nn.MultiheadAttention(6, 3, batch_first=True)
        self.norm = nn.LayerNorm(6)

    def forward(self, query, memory):
        found, weights = self.mha(query, memory, memory)
        return self.norm(query + found)


class Autoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(8, 5), nn.ReLU(True), nn.Linear(5, 2))
        self.decoder = nn.Sequential(nn.Linear(2, 5), nn.ReLU(True), nn.Linear(5, 8), nn.Sigmoid())

    def forward(self, x):
        return self.decoder(self.encoder(x))


class ConvAutoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.down = nn.Conv2d(1, 3, 3, stride=2, padding=1)
        self.up = nn.ConvTranspose2d(3, 1, 2, stride=2)

    def forward(self, x):
        return torch.sigmoid(self.up(F.elu(self.down(x))))


class VAE(nn.Module):
    """The noise is handed over."""

    def __init__(self):
        super().__init__()
        self.fc1, self.fc21, self.fc22 = nn.Linear(6, 5), nn.Linear(5, 2), nn.Linear(5, 2)
        self.fc3, self.fc4 = nn.Linear(2, 5), nn.Linear(5, 6)

    def forward(self, x, noise):
        h = F.relu(self.fc1(x))
        mu, logvar = self.fc21(h), self.fc22(h)
        z = mu + noise * torch.exp(0.5 * logvar)
        return torch.sigmoid(self.fc4(F.relu(self.fc3(z)))), mu, logvar


def elbo(out, x):
    found, mu, logvar = out
    bce = F.binary_cross_entropy(found, x, reduction="sum")
    return bce - 0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())


class Siamese(nn.Module):
    """One network for both inputs."""

    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(4, 6), nn.Tanh(), nn.Linear(6, 3))

    def forward(self, first, second):
        return ((self.body(first) - self.body(second))**2).sum(dim=1)


def contrastive(distance, same, margin=1.0):
    return (same * distance + (1 - same) * F.relu(margin - torch.sqrt(distance + 1e-9))**2).mean()


class UNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc1 = nn.Conv2d(1, 2, 3, padding=1)
        self.enc2 = nn.Conv2d(2, 4, 3, padding=1)
        self.up = nn.ConvTranspose2d(4, 2, 2, stride=2)
        self.dec = nn.Conv2d(4, 2, 3, padding=1)
        self.out = nn.Conv2d(2, 2, 1)

    def forward(self, x):
        e1 = F.relu(self.enc1(x))
        e2 = F.relu(self.enc2(F.max_pool2d(e1, 2)))
        d = torch.cat([self.up(e2), e1], dim=1)
        return self.out(F.relu(self.dec(d)))


class LlamaBlock(nn.Module):
    """RMS norm, and a gated layer."""

    def __init__(self, n=6):
        super().__init__()
        self.norm = nn.RMSNorm(n, eps=1e-6)
        self.w1, self.w2, self.w3 = (nn.Linear(*pair, bias=False) for pair in ((n, 8), (8, n), (n, 8)))

    def forward(self, x):
        h = self.norm(x)
        return x + self.w2(F.silu(self.w1(h)) * self.w3(h))


class GroupNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(4, 6, 3, padding=1, groups=2, dilation=1)
        self.norm = nn.GroupNorm(3, 6)
        self.act = nn.PReLU(6)
        self.pool = nn.AvgPool1d(2)

    def forward(self, x):
        return self.pool(self.act(self.norm(self.conv(x)))).mean(-1)


class Mixture(nn.Module):
    """Gates that weigh experts, by einsum."""

    def __init__(self):
        super().__init__()
        self.experts = nn.Parameter(torch.randn(3, 4, 5) * 0.4)
        self.gate = nn.Linear(5, 3)

    def forward(self, x):
        weights = torch.softmax(self.gate(x), dim=-1)
        return torch.einsum("be,eoi,bi->bo", weights, self.experts, x)


class GraphAttention(nn.Module):
    def __init__(self):
        super().__init__()
        self.W, self.a = nn.Linear(3, 4, bias=False), nn.Linear(8, 1)

    def forward(self, x, linked):
        h = self.W(x)
        n = len(h)
        pairs = torch.cat([h[:, None].expand(n, n, 4), h[None].expand(n, n, 4)], -1)
        score = F.leaky_relu(self.a(pairs).squeeze(-1), 0.2).masked_fill(linked == 0, float("-inf"))
        return torch.softmax(score, 1) @ h


class MessagePassing(nn.Module):
    def __init__(self):
        super().__init__()
        self.message, self.update = nn.Linear(6, 4), nn.GRUCell(4, 3)

    def forward(self, x, source, target):
        m = torch.relu(self.message(torch.cat([x[source], x[target]], -1)))
        return self.update(torch.zeros(len(x), 4, dtype=x.dtype).index_add(0, target, m), x)


class Quantised(nn.Module):
    """An autoencoder with a code book; gradients go straight through."""

    def __init__(self):
        super().__init__()
        self.encoder, self.decoder = nn.Linear(4, 2), nn.Linear(2, 4)
        self.book = nn.Parameter(torch.randn(3, 2))

    def forward(self, x, nearest):
        z, q = self.encoder(x), self.book[nearest]
        kept = ((q - z.detach())**2).mean() + 0.25 * ((q.detach() - z)**2).mean()
        return ((self.decoder(z + (q - z).detach()) - x)**2).mean() + kept


class DeepQ(nn.Module):
    def __init__(self):
        super().__init__()
        self.q = nn.Sequential(nn.Linear(3, 5), nn.ReLU(), nn.Linear(5, 2))

    def forward(self, state, action, reward, after, done):
        chosen = self.q(state).gather(1, action[:, None]).squeeze(1)
        with torch.no_grad():
            wanted = reward + 0.9 * self.q(after).max(1).values * (1 - done)
        return F.smooth_l1_loss(chosen, wanted)


class LinearAttention(nn.Module):
    def __init__(self):
        super().__init__()
        self.q, self.k, self.v = (nn.Linear(3, 3) for _ in range(3))

    def forward(self, x):
        q, k, v = F.elu(self.q(x)) + 1, F.elu(self.k(x)) + 1, self.v(x)
        seen = torch.einsum("btd,bte->btde", k, v).cumsum(1)
        return torch.einsum("btd,btde->bte", q, seen) / torch.einsum("btd,btd->bt", q, k.cumsum(1)).unsqueeze(-1)


@dataclass(frozen=True)
class Example:
    """make: the model; inputs, targets: functions of nothing; loss"""

    make: object
    inputs: object
    targets: object = None
    loss: object = None
    train: bool = False


def images(*shape):
    return lambda: torch.randn(*shape)


def classes(n, *shape):
    return lambda: torch.randint(0, n, shape)


CE = nn.CrossEntropyLoss()
bag = nn.BCEWithLogitsLoss()

MODELS = {
    "MLP, three layers": Example(PlainMLP, images(7, 6), classes(3, 7), CE),
    "MLP, sequential": Example(lambda: nn.Sequential(nn.Linear(4, 5), nn.Sigmoid(), nn.Linear(5, 3), nn.Sigmoid()), images(6, 4),
                               images(6, 3), nn.MSELoss()),
    "MLP, a list of layers": Example(ListMLP, images(6, 5), classes(4, 6), nn.NLLLoss()),
    "MLP, by hand": Example(ByHandMLP, images(6, 4), images(6), nn.SmoothL1Loss()),
    "MLP with batch norm, training": Example(lambda: nn.Sequential(
        nn.Linear(4, 5, bias=False), nn.BatchNorm1d(5), nn.LeakyReLU(0.2), nn.Linear(5, 3), nn.Softplus()), images(6, 4),
        images(6, 3), nn.HuberLoss(delta=0.5), True),
    "LeNet": Example(LeNet, images(3, 1, 12, 12), classes(5, 3), CE),
    "ResNet, training": Example(ResNet, images(3, 3, 4, 4), classes(3, 3), CE, True),
    "ResNet, evaluating": Example(ResNet, images(3, 3, 4, 4), classes(3, 3), CE),
    "VGG": Example(vgg, images(3, 3, 8, 8), classes(4, 3), nn.CrossEntropyLoss(label_smoothing=0.1)),
    "depthwise, squeeze and excitation": Example(MobileBlock, images(2, 4, 4, 4)),
    "text CNN": Example(TextCNN, classes(20, 4, 6), classes(3, 4), CE),
    "bag of words": Example(BagOfWords, classes(15, 5, 4), lambda: torch.randint(0, 2, (5,)).double(), bag),
    "LSTM classifier": Example(LSTMClassifier, classes(12, 4, 5), classes(2, 4), CE),
    "GRU tagger": Example(GRUTagger, images(3, 4, 3), classes(3, 3 * 4),
                          lambda out, y: F.cross_entropy(out.view(-1, out.size(-1)), y)),
    "RNN cell in a loop": Example(CellRNN, images(4, 3, 3), images(4, 2), nn.L1Loss()),
    "one head of attention": Example(Head, images(3, 5, 6)),
    "tiny GPT": Example(GPT, classes(11, 3, 6), classes(11, 3, 6),
                        lambda out, y: F.cross_entropy(out.reshape(-1, out.shape[-1]), y.reshape(-1))),
    "transformer encoder": Example(Encoder, images(3, 4, 6), classes(3, 3), CE),
    "attention to a memory": Example(CrossAttention, lambda: (torch.randn(2, 3, 6), torch.randn(2, 4, 6))),
    "autoencoder": Example(Autoencoder, images(5, 8), lambda: torch.rand(5, 8), nn.BCELoss()),
    "convolutional autoencoder": Example(ConvAutoencoder, images(2, 1, 6, 6), images(2, 1, 6, 6), nn.MSELoss()),
    "variational autoencoder": Example(VAE, lambda: (torch.rand(4, 6), torch.randn(4, 2)), lambda: torch.rand(4, 6), elbo),
    "siamese": Example(Siamese, lambda: (torch.randn(5, 4), torch.randn(5, 4)), lambda: torch.randint(0, 2, (5,)).double(),
                       contrastive),
    "U-Net": Example(UNet, images(2, 1, 4, 4), classes(2, 2, 4, 4), CE),
    "RMS norm and a gate": Example(LlamaBlock, images(2, 3, 6)),
    "group norm": Example(GroupNet, images(3, 4, 6)),
    "graph attention": Example(GraphAttention, lambda: (torch.randn(4, 3), torch.eye(4) + torch.eye(4).roll(1, 0))),
    "message passing": Example(MessagePassing, lambda: (torch.randn(5, 3), torch.tensor([0, 1, 2, 3, 4, 0]),
                                                        torch.tensor([1, 2, 3, 4, 0, 2]))),
    "a code book": Example(Quantised, lambda: (torch.randn(5, 4), torch.randint(0, 3, (5,)))),
    "deep Q-learning": Example(DeepQ, lambda: (torch.randn(5, 3), torch.randint(0, 2, (5,)), torch.randn(5), torch.randn(5, 3),
                                               torch.tensor([0.0, 1, 0, 0, 1]))),
    "linear attention": Example(LinearAttention, images(2, 4, 3)),
    "mixture of experts": Example(Mixture, images(4, 5), images(4, 4), nn.MSELoss(reduction="sum")),
}
"""name → Example"""


class Sorted(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x):
        return self.fc(x).sort(dim=1).values


class Decides(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x):
        y = self.fc(x)
        return y * 2 if y.sum() > 0 else y


class Noisy(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x):
        return self.fc(x) + 0.1 * torch.randn(x.size(0), 4, dtype=x.dtype)


class Uneven(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(1, 2, 1), nn.AdaptiveAvgPool2d(2))

    def forward(self, x):
        return self.stem(x)


REFUSED = {
    "dropout while training": (Example(lambda: nn.Sequential(nn.Linear(4, 4), nn.Dropout(0.3)), images(3, 4), train=True),
                               ("'1' (Dropout)", "model.eval()")),
    "sorting": (Example(Sorted, images(3, 4)), ("forward of the model (Sorted)", "sort")),
    "a decision by values": (Example(Decides, images(3, 4)), ("torch.export", "decide by the values")),
    "noise": (Example(Noisy, images(3, 4)), ("forward of the model (Noisy)", "random numbers")),
    "pooling of uneven windows": (Example(Uneven, images(2, 1, 3, 5)), ("'stem.1' (AdaptiveAvgPool2d)", "windows differ in size")),
    "fractional pooling": (Example(lambda: nn.Sequential(nn.FractionalMaxPool2d(2, output_size=2)), images(2, 1, 5, 5)),
                           ("'0' (FractionalMaxPool2d)",)),
    "projected LSTM": (Example(lambda: nn.LSTM(3, 4, proj_size=2), images(5, 2, 3), loss=lambda out: out[0].sum()),
                       ("(LSTM)", "proj_size")),
}
"""name → (Example, what the message says)"""


def made(example):
    """The model, its inputs, its targets and its loss."""
    torch.manual_seed(0)
    model = example.make().train(example.train)
    for value in model.parameters():  # away from the special values of a start
        value.data += 0.1 * torch.randn_like(value)
    targets = example.targets() if example.targets else None
    return model, example.inputs(), targets, example.loss


