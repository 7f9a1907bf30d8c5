"""Models of every kind that the tests of models share: their equations, and small sizes for them."""
from dataclasses import dataclass, field
from functools import lru_cache
from collections.abc import Callable

import numpy as np
import sympy as sp

import bplib as bp
from bplib.models import layers
from bplib.models.model import model
from bplib.models.quantities import Role


def dense(activation="sigmoid"):
    return model("s:N i:I j:J k:K", given="x[s,i] y[s,k]").write(f"""
        z1[s,j] = sum(W1[j,i] * x[s,i], i) + b1[j]
        a1[s,j] = {activation}(z1[s,j])
        z2[s,k] = sum(W2[k,j] * a1[s,j], j) + b2[k]
        a2[s,k] = {activation}(z2[s,k])
        C       = mean(sum((a2[s,k] - y[s,k])**2, k), s)
    """)


def classifier():
    return model("s:N i:I j:J v:V", given="x[s,i] target[s]").write("""
        z[s,j]  = sum(W[j,i] * x[s,i], i) + b[j]
        a[s,j]  = relu(z[s,j])
        l[s,v]  = sum(A[v,j] * a[s,j], j) + a0[v]
        p[s,v]  = softmax(l[s,v], v)
        loss[s] = -ln(p[s,target[s]])
        C       = mean(loss[s], s)
    """)


def conv1d(stride=1, pad=0, dilation=1):
    m = model("s:N c:F d:D r:R q:Q p:P=(R+2*pad-dilation*(Q-1)-1)//stride+1", given="x[s,d,r] g[s,c,p]",
              stride=stride, pad=pad, dilation=dilation)
    m.block(layers.CONV_1D, x="x")
    return m.write("C = sum(g[s,c,p] * y[s,c,p], s, c, p)")


def conv2d(stride=1, pad=0, dilation=1):
    m = model("s:N c:F d:D r1:H r2:W q1:K1 q2:K2 p1:P1=(H+2*pad-dilation*(K1-1)-1)//stride+1 "
              "p2:P2=(W+2*pad-dilation*(K2-1)-1)//stride+1", given="x[s,d,r1,r2] g[s,c,p1,p2]",
              stride=stride, pad=pad, dilation=dilation)
    m.block(layers.CONV_2D, x="x")
    return m.write("C = sum(g[s,c,p1,p2] * y[s,c,p1,p2], s, c, p1, p2)")


def pool(layer, size=2, step=2):
    m = model(f"s:N c:F r1:H r2:W o1:{size} o2:{size} m1:M1=(H-{size})//step+1 m2:M2=(W-{size})//step+1",
              given="x[s,c,r1,r2] g[s,c,m1,m2]", step=step)
    m.block(layer, x="x")
    return m.write("C = sum(g[s,c,m1,m2] * y[s,c,m1,m2], s, c, m1, m2)")


def batch_norm():
    m = model("s:N c:F p1:P1 p2:P2", given="x[s,c,p1,p2] g[s,c,p1,p2]")
    m.block(layers.BATCH_NORM, x="x", eps=1e-5)
    return m.write("C = sum(g[s,c,p1,p2] * y[s,c,p1,p2], s, c, p1, p2)")


def norm(layer):
    m = model("s:N t:T j:D", given="x[s,t,j] g[s,t,j]")
    m.block(layer, x="x", eps=1e-5)
    return m.write("C = sum(g[s,t,j] * y[s,t,j], s, t, j)")


def dropout_residual():
    return model("s:N j:J k:K", given="x[s,k] keep[s,j] y[s,j]").write("""
        z[s,j] = sum(W[j,k] * x[s,k], k) + b[j]
        a[s,j] = relu(z[s,j])
        u[s,j] = keep[s,j] * a[s,j] / 0.8
        r[s,j] = u[s,j] + sum(R[j,k] * x[s,k], k)
        C      = mean(sum((r[s,j] - y[s,j])**2, j), s)
    """)


def recurrent(layer):
    m = model("s:N t:T i:I j:J k:J v:V", given="x[s,t,i] target[s,t,v]")
    m.block(layer, x="x")
    return m.write("""
        out[s,t,v] = sum(A[v,j] * h[s,t,j], j) + a0[v]
        C = mean(sum((out[s,t,v] - target[s,t,v])**2, v), s, t)
    """)


def last_state():
    return model("s:N t:T i:I j:J k:J v:V", given="x[s,t,i] target[s,v] h0[s,j]").write("""
        z[s,t,j] = sum(W[j,i] * x[s,t,i], i) + sum(U[j,k] * h[s,t-1,k], k) + [t == 0] * sum(U[j,k] * h0[s,k], k) + b[j]
        h[s,t,j] = tanh(z[s,t,j])
        out[s,v] = sum(A[v,j] * h[s,T-1,j], j)
        C        = mean(sum((out[s,v] - target[s,v])**2, v), s)
    """)


def attention(layer):
    m = model("s:N t:T u:T e:n_e", given="q[s,t,e] k[s,u,e] v[s,u,e] g[s,t,e]")
    m.block(layer, q="q", k="k", v="v")
    return m.write("C = sum(g[s,t,e] * y[s,t,e], s, t, e)")


def heads():
    m = model("s:N t:T u:T e:n_e h:H j:D k:D", given="x[s,t,k] g[s,t,j]")
    m.block(layers.HEADS, x="x")
    return m.write("C = sum(g[s,t,j] * y[s,t,j], s, t, j)")


RELU_MLP = layers.MLP.replace("gelu", "relu")


def gpt(blocks=2, mlp=layers.MLP):
    m = model("s:N t:T u:T j:D k:D h:H e:n_e m:M v:V", given="tokens[s,t] target[s,t]", parameters="E[v,j] P[t,j]")
    x = m.block(layers.EMBEDDING, "0", c="tokens", E="E", P="P")
    for n in range(1, blocks + 1):
        before = m.block(layers.LAYER_NORM, f"{n}a", x=x, eps=1e-5)
        x = m.block(layers.RESIDUAL, f"{n}c", x=x, f=m.block(layers.HEADS, f"{n}b", x=before))
        before = m.block(layers.LAYER_NORM, f"{n}d", x=x, eps=1e-5)
        x = m.block(layers.RESIDUAL, f"{n}f", x=x, f=m.block(mlp, f"{n}e", x=before))
    last = m.block(layers.LAYER_NORM, "z", x=x, eps=1e-5)
    m.write(f"l[s,t,v] = sum(E[v,j] * {last}[s,t,j], j)")
    return m.write(layers.CROSS_ENTROPY)


def gpt_text():
    """A GPT of L blocks as one text: the number of the block is a letter, as time is in a recurrent network."""
    return model("l:L s:N t:T u:T j:D k:D a:H e:n_e m:M v:V", given="tokens[s,t] target[s,t]",
                 parameters="E[v,j] P[t,j]").write("""
        h[l,s,t,j]    = [l == 0] * (E[tokens[s,t],j] + P[t,j]) + y[l-1,s,t,j]

        mu[l,s,t]     = mean(h[l,s,t,j], j)
        sigma[l,s,t]  = sqrt(mean((h[l,s,t,j] - mu[l,s,t])**2, j) + 0.00001)
        n[l,s,t,j]    = (h[l,s,t,j] - mu[l,s,t]) / sigma[l,s,t]
        x[l,s,t,j]    = gamma[l,j] * n[l,s,t,j] + beta[l,j]

        q[l,s,a,t,e]  = sum(Q[l,a,e,k] * x[l,s,t,k], k)
        kk[l,s,a,u,e] = sum(K[l,a,e,k] * x[l,s,u,k], k)
        vv[l,s,a,u,e] = sum(U[l,a,e,k] * x[l,s,u,k], k)
        r[l,s,a,t,u]  = sum(q[l,s,a,t,e] * kk[l,s,a,u,e], e) / sqrt(n_e)
        w[l,s,a,t,u]  = softmax(r[l,s,a,t,u], u, [u <= t])
        o[l,s,a,t,e]  = sum(w[l,s,a,t,u] * vv[l,s,a,u,e], u)
        f[l,s,t,j]    = h[l,s,t,j] + sum(O[l,a,e,j] * o[l,s,a,t,e], a, e)

        mu2[l,s,t]    = mean(f[l,s,t,j], j)
        sigma2[l,s,t] = sqrt(mean((f[l,s,t,j] - mu2[l,s,t])**2, j) + 0.00001)
        n2[l,s,t,j]   = (f[l,s,t,j] - mu2[l,s,t]) / sigma2[l,s,t]
        x2[l,s,t,j]   = gamma2[l,j] * n2[l,s,t,j] + beta2[l,j]
        z[l,s,t,m]    = sum(A[l,m,k] * x2[l,s,t,k], k) + a0[l,m]
        g[l,s,t,m]    = gelu(z[l,s,t,m])
        y[l,s,t,j]    = f[l,s,t,j] + sum(B[l,j,m] * g[l,s,t,m], m) + b0[l,j]

        mu3[s,t]      = mean(y[L-1,s,t,j], j)
        sigma3[s,t]   = sqrt(mean((y[L-1,s,t,j] - mu3[s,t])**2, j) + 0.00001)
        n3[s,t,j]     = (y[L-1,s,t,j] - mu3[s,t]) / sigma3[s,t]
        x3[s,t,j]     = gamma3[j] * n3[s,t,j] + beta3[j]
        score[s,t,v]  = sum(E[v,j] * x3[s,t,j], j)
        p[s,t,v]      = softmax(score[s,t,v], v)
        loss[s,t]     = -ln(p[s,t,target[s,t]])
        C             = mean(loss[s,t], s, t)
    """)


def deep_residual():
    return model("s:N l:L j:D k:D", given="x[s,j] y[s,j]").write("""
        z[l,s,j] = sum(W[l,j,k] * a[l-1,s,k], k) + [l == 0] * sum(W[l,j,k] * x[s,k], k) + b[l,j]
        f[l,s,j] = tanh(z[l,s,j])
        a[l,s,j] = f[l,s,j] + a[l-1,s,j] + [l == 0] * x[s,j]
        C        = mean(sum((a[L-1,s,j] - y[s,j])**2, j), s)
    """)


def transposed_convolution():
    return model("s:N c:F d:D p:P q:Q r:R=2*(P-1)+Q", given="x[s,d,p] g[s,c,r]").write("""
        y[s,c,r] = sum([r == 2*p + q] * w[d,c,q] * x[s,d,p], d, p, q)
        C        = sum(g[s,c,r] * y[s,c,r], s, c, r)
    """)


def causal_convolution():
    return model("s:N c:F d:D t:T q:Q", given="x[s,d,t] g[s,c,t]").write("""
        y[s,c,t] = sum(w[c,d,q] * x[s,d,t-3*q], d, q)
        C        = sum(g[s,c,t] * y[s,c,t], s, c, t)
    """)


def from_the_end():
    return model("s:N t:T i:I j:J k:J", given="x[s,t,i] g[s,t,j]").write("""
        h[s,t,j] = tanh(sum(W[j,i] * x[s,t,i], i) + sum(U[j,k] * h[s,t+1,k], k))
        C        = sum(g[s,t,j] * h[s,t,j], s, t, j)
    """)


def two_steps_back():
    return model("s:N t:T j:J k:J", given="x[s,t,j] g[s,t,j]").write("""
        h[s,t,j] = tanh(sum(U[j,k] * h[s,t-1,k], k) + sum(V[j,k] * h[s,t-2,k], k) + x[s,t,j])
        C        = sum(g[s,t,j] * h[s,t,j], s, t, j)
    """)


def symbolic_stride():
    return model("s:N c:F d:D r:R q:Q p:P=(R-Q)//S+1", given="x[s,d,r] g[s,c,p]").write("""
        y[s,c,p] = sum(w[c,d,q] * x[s,d,S*p+q], d, q)
        C        = sum(g[s,c,p] * y[s,c,p], s, c, p)
    """)


def bilinear():
    return model("s:N i:I j:J k:K", given="x[s,i] y[s,j] g[s,k]").write("""
        z[s,k] = sum(A[k,i,j] * x[s,i] * y[s,j], i, j)
        C      = sum(g[s,k] * z[s,k], s, k)
    """)


def contrastive():
    return model("s:N u:N k:K", given="x[s,k] y[s,k]").write("""
        r[s,u] = sum(x[s,k] * y[u,k], k)
        p[s,u] = softmax(r[s,u], u)
        C      = mean(-ln(p[s,s]), s)
    """)


@dataclass(frozen=True)
class Kind:
    """How a model is made, what else than its parameters to differentiate with respect to, and sizes."""

    make: Callable
    also: tuple = ()
    sizes: dict = field(default_factory=dict)


IMAGES = dict(N=2, F=3, D=2, H=7, W=6, K1=3, K2=2)
STEPS = dict(N=2, T=5, I=3, J=4, V=2)
BLOCKS = dict(N=2, T=4, D=6, H=2, n_e=3, M=5, V=7)

ZOO = {
    "dense": Kind(dense, ("x",), dict(N=3, I=4, J=5, K=2)),
    "dense, relu": Kind(lambda: dense("relu"), ("x",), dict(N=3, I=4, J=5, K=2)),
    "dense, softplus": Kind(lambda: dense("softplus"), ("x",), dict(N=3, I=4, J=5, K=2)),
    "classifier": Kind(classifier, ("x",), dict(N=3, I=4, J=5, V=6)),
    "conv1d": Kind(conv1d, ("x",), dict(N=2, F=3, D=4, R=9, Q=3)),
    "conv1d, stride 3, padding 2": Kind(lambda: conv1d(3, 2), ("x",), dict(N=2, F=3, D=4, R=9, Q=4)),
    "conv1d, dilation 2": Kind(lambda: conv1d(1, 1, 2), ("x",), dict(N=2, F=3, D=4, R=9, Q=3)),
    "conv2d": Kind(conv2d, ("x",), IMAGES),
    "conv2d, padding 1": Kind(lambda: conv2d(1, 1), ("x",), IMAGES),
    "conv2d, stride 2, padding 1": Kind(lambda: conv2d(2, 1), ("x",), IMAGES),
    "conv2d, stride 2, dilation 2": Kind(lambda: conv2d(2, 2, 2), ("x",), IMAGES),
    "max pool": Kind(lambda: pool(layers.MAX_POOL_2D), ("x",), dict(N=2, F=3, H=7, W=6)),
    "max pool, overlapping": Kind(lambda: pool(layers.MAX_POOL_2D, 3, 2), ("x",), dict(N=2, F=3, H=7, W=8)),
    "max pool, each place": Kind(lambda: pool(layers.MAX_POOL_2D, 2, 1), ("x",), dict(N=2, F=3, H=4, W=5)),
    "mean pool": Kind(lambda: pool(layers.MEAN_POOL_2D, 3, 2), ("x",), dict(N=2, F=3, H=7, W=8)),
    "batch norm": Kind(batch_norm, ("x",), dict(N=3, F=2, P1=4, P2=5)),
    "layer norm": Kind(lambda: norm(layers.LAYER_NORM), ("x",), dict(N=2, T=3, D=5)),
    "RMS norm": Kind(lambda: norm(layers.RMS_NORM), ("x",), dict(N=2, T=3, D=5)),
    "dropout, residual": Kind(dropout_residual, ("x",), dict(N=3, J=4, K=5)),
    "RNN": Kind(lambda: recurrent(layers.RNN), ("x",), STEPS),
    "GRU": Kind(lambda: recurrent(layers.GRU), ("x",), STEPS),
    "LSTM": Kind(lambda: recurrent(layers.LSTM), ("x",), STEPS),
    "last state": Kind(last_state, ("x", "h0"), STEPS),
    "from the end": Kind(from_the_end, ("x",), STEPS),
    "two steps back": Kind(two_steps_back, ("x",), STEPS),
    "attention": Kind(lambda: attention(layers.ATTENTION), ("q", "k", "v"), dict(N=2, T=4, n_e=3)),
    "causal attention": Kind(lambda: attention(layers.CAUSAL_ATTENTION), ("q", "k", "v"), dict(N=2, T=4, n_e=3)),
    "heads": Kind(heads, ("x",), dict(N=2, T=4, n_e=3, H=2, D=5)),
    "GPT, 1 block": Kind(lambda: gpt(1), (), BLOCKS),
    "GPT text": Kind(gpt_text, (), dict(BLOCKS, L=3)),
    "deep residual": Kind(deep_residual, ("x",), dict(N=2, L=4, D=3)),
    "transposed convolution": Kind(transposed_convolution, ("x",), dict(N=2, F=3, D=2, P=4, Q=3)),
    "causal convolution": Kind(causal_convolution, ("x",), dict(N=2, F=3, D=2, T=8, Q=3)),
    "symbolic stride": Kind(symbolic_stride, ("x",), dict(N=2, F=3, D=2, R=9, Q=3, S=2)),
    "bilinear": Kind(bilinear, ("x", "y"), dict(N=3, I=2, J=4, K=5)),
    "contrastive": Kind(contrastive, ("x", "y"), dict(N=4, K=3)),
}
"""name → Kind"""


def all_sizes(m, sizes) -> dict:
    """Size symbol → number, those that formulas give too."""
    values = {n: sizes[n.name] for n in m.all_sizes() if n.name in sizes}
    for n, formula in m.sizes.items():
        values[n] = int(formula.subs(values))
    return values


def numbers(m, sizes, seed=1, scale=0.5) -> dict:
    """Random arrays for everything that a model is given, and sizes that no axis has, by name."""
    random, values, made = np.random.default_rng(seed), all_sizes(m, sizes), {}
    for name, q in m.quantities.items():
        if q.role in (Role.GIVEN, Role.PARAMETER):
            shape = tuple(int(sp.sympify(n).subs(values)) for n in q.sizes)
            whole = q.numbers is not None
            made[name] = random.integers(0, int(sp.sympify(q.numbers).subs(values)), shape) if whole else \
                scale * random.standard_normal(shape)
    on_axes = {n for q in m.quantities.values() if q.role is not Role.COMPUTED for n in q.sizes}
    return made | {n.name: value for n, value in values.items() if n not in on_axes and n not in m.sizes}


@lru_cache(maxsize=None)
def derived(name):
    """The derivation of a model of the zoo."""
    return bp.derive(ZOO[name].make(), ZOO[name].also)


@lru_cache(maxsize=None)
def generated(name):
    return bp.generate(derived(name).model, derived(name))


def arrays_of(name, scale=0.5) -> dict:
    return numbers(derived(name).model, ZOO[name].sizes, scale=scale)
