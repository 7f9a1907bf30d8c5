"""Derivations as people write them, right ones and wrong ones, and how well `check_derivation` judges them.

    .venv/bin/python tests/derivations.py            the figures
    .venv/bin/python tests/derivations.py -v         and every one that is judged otherwise than it should be

RIGHT and WRITTEN were written by hand, each in some person's manner; those in WRITTEN are wrong.  SLIPS are what
happens to a pen: each turns a line into what somebody writes who makes this mistake.  Right derivations with a slip in
one line, and with slips in two, are wrong ones too.
"""
import re
import sys
import time
from collections import Counter
from functools import cache
from typing import NamedTuple

import bplib as bp

HALF = bp.loss("squared error", factor=0.5)


def model(letters, given, text, parameters="", **constants):
    def made():
        m = bp.model(letters, given, parameters, **constants)
        m.write(text)
        return m
    return made


NETWORKS = {
    "neuron": lambda: bp.neuron("sigmoid"),
    "neuron, any g": lambda: bp.neuron("g"),
    "neuron, tanh": lambda: bp.neuron("tanh", HALF),
    "neuron, cross entropy": lambda: bp.neuron("sigmoid", "binary cross entropy"),
    "two layers": lambda: bp.dense([3, 4, 2], "sigmoid"),
    "two layers, half": lambda: bp.dense([3, 4, 2], "sigmoid", HALF),
    "two layers, any g": lambda: bp.dense([3, 4, 2], "g", HALF),
    "tanh then identity": lambda: bp.dense([3, 4, 2], ["tanh", "identity"], HALF),
    "relu then identity": lambda: bp.dense([3, 4, 2], ["relu", "identity"]),
    "2-2-1": lambda: bp.dense([2, 2, 1], ["sigmoid", "identity"], HALF),
    "one layer": lambda: bp.dense([3, 2], "tanh"),
    "softmax": lambda: bp.dense([3, 4], "softmax", "categorical cross entropy"),
    "tanh then softmax": lambda: bp.dense([3, 4, 3], ["tanh", "softmax"], "categorical cross entropy"),
    "sigmoid, cross entropy": lambda: bp.dense([3, 4, 2], "sigmoid", "binary cross entropy"),
    "three layers": lambda: bp.dense([3, 4, 2, 3], "tanh"),
    "penalty": lambda: bp.dense([3, 4, 2], "sigmoid", HALF, l2=0.1),
    "sum over samples": lambda: bp.dense([3, 4, 2], "sigmoid", over_samples="sum"),
    "mean over outputs": lambda: bp.dense([3, 4, 2], "sigmoid", over_outputs="mean"),
    "skip": lambda: bp.graph({"h": (["p", "q"], "sigmoid"), "o": (["h", "p"], "identity")}, inputs=["p", "q"]),
    "triangle": lambda: bp.graph({"h": (["p"], "tanh"), "m": (["h"], "tanh"), "o": (["h", "m"], "identity")},
                                 inputs=["p"], bias=True),
    "model": model("s:N  j:J  k:K", "x[s,k] y[s,j]", """
        z[s,j] = sum(W[j,k]*x[s,k], k) + b[j]
        a[s,j] = tanh(z[s,j])
        C = mean(sum((a[s,j] - y[s,j])**2, j), s)"""),
    "convolution": model("p:P=(R-Q)+1  q:Q  r:R", "x[r] y[p]", """
        z[p] = sum(w[q]*x[p+q], q) + b
        a[p] = sigmoid(z[p])
        C = sum((a[p] - y[p])**2, p)"""),
    "rnn": model("t:T  j:J  k:J  i:I", "x[t,i] y[t,j]", """
        z[t,j] = sum(W[j,i]*x[t,i], i) + sum(U[j,k]*h[t-1,k], k) + b[j]
        h[t,j] = tanh(z[t,j])
        C = sum((h[t,j] - y[t,j])**2, t, j)"""),
    "layer norm": model("j:n k:n", "x[j] y[j]", """
        mu = mean(x[j], j)
        v = mean((x[j] - mu)**2, j)
        sigma = sqrt(v + 0.01)
        u[j] = (x[j] - mu)/sigma
        o[j] = gamma[j]*u[j] + beta[j]
        C = sum((o[j] - y[j])**2, j)/2"""),
    "attention": model("t:T  u:U  e:E", "q[t,e] k[u,e] v[u,e] y[t,e]", """
        r[t,u] = sum(q[t,e]*k[u,e], e)
        a[t,u] = softmax(r[t,u], u)
        o[t,e] = sum(a[t,u]*v[u,e], u)
        C = sum((o[t,e] - y[t,e])**2, t, e)/2"""),
    "shared weight": model("s:N", "x[s] y[s]", """
        z[s] = w*x[s]
        h[s] = sigmoid(z[s])
        o[s] = w*h[s]
        C = sum((o[s] - y[s])**2, s)/2"""),
    "embedding": model("t:T  j:J  c:V", "word[t] y[t,j]", """
        e[t,j] = E[word[t],j]
        C = sum((e[t,j] - y[t,j])**2, t, j)""", "E[c,j]"),
}


@cache
def network(name):
    """One of the networks, made once."""
    return NETWORKS[name]()


class Case(NamedTuple):
    """A derivation.

    network  a key of NETWORKS
    text     the lines
    wrong    number of the first line that is wrong, None where all are right
    slips    names of the slips that were made; a mistake is told apart by MEANT of its slip
    options  further arguments of `check_derivation`
    """

    network: str
    text: str
    wrong: int | None = None
    slips: tuple = ()
    options: dict = {}


def right(network, text, **options):
    return Case(network, text.strip("\n"), options=options)


RIGHT = (
    # one neuron
    right("neuron", """
∂C/∂w = ∂C/∂a · ∂a/∂z · ∂z/∂w
      = 2(a − y) · g'(z) · x
"""),
    right("neuron", """
z = w x + b
a = σ(z)
C = (a - y)²
dC/da = 2(a-y)
da/dz = a(1-a)
dz/dw = x
dC/dw = dC/da · da/dz · dz/dw = 2(a-y)a(1-a)x
dC/db = 2(a-y)a(1-a)
"""),
    right("neuron", r"""
\frac{\partial C}{\partial w} = \frac{\partial C}{\partial a}\frac{\partial a}{\partial z}\frac{\partial z}{\partial w}
= 2(a-y)\,\sigma'(z)\,x
= 2(a-y)\,\sigma(z)\left(1-\sigma(z)\right)x
"""),
    right("neuron", r"""
\begin{align*}
\frac{dC}{db} &= \frac{dC}{da}\cdot\frac{da}{dz}\cdot\frac{dz}{db} && \text{(chain rule)} \\
&= 2(a - y)\cdot a(1-a)\cdot 1 \\
&= 2a(1-a)(a-y)
\end{align*}
"""),
    right("neuron", """
Let δ := ∂C/∂z
δ = 2(a − y)·a(1 − a)
So ∂C/∂w = δ x and
∂C/∂b = δ
"""),
    right("neuron", """
C = (σ(wx+b) − y)^2
∂C/∂w = 2(σ(wx+b) − y) · ∂/∂w (σ(wx+b) - y)
      = 2(σ(wx+b) − y) · σ'(wx+b) · ∂(wx+b)/∂w
      = 2(σ(wx+b) − y) · σ'(wx+b) · x
"""),
    right("neuron", """
∂C/∂w = 2(a-y)a(1-a)x
"""),
    right("neuron", """
dC/dw = 2 (a - y) sigmoid'(z) x
      = 2 (a - y) e^(-z)/(1 + e^(-z))^2 x
"""),
    right("neuron", """
u := a - y
C = u²
∂C/∂u = 2u
∂C/∂w = 2u · a(1−a) · x
"""),
    right("neuron", """
dC/dx = dC/da da/dz dz/dx
= 2(a-y) g'(z) w
"""),
    right("neuron, any g", """
∂C/∂w = ∂C/∂a ∂a/∂w          (a depends on w through z)
∂a/∂w = ∂a/∂z ∂z/∂w = g'(z) x
∂C/∂w = 2(a-y) g'(z) x
"""),
    right("neuron, any g", r"""
$\delta \coloneqq \frac{\partial C}{\partial z}$
$\delta = 2(g(z)-y) g^{\prime}(z)$
$\frac{\partial C}{\partial w} = \delta \frac{\partial z}{\partial w} = \delta x$
$\frac{\partial C}{\partial b} = \delta$
"""),
    right("neuron, any g", """
∂C/∂x = ∂C/∂z · ∂z/∂x = ∂C/∂z · w = 2(a−y)g′(z)w
"""),
    right("neuron, tanh", """
∂C/∂w = (a - y) · tanh'(z) · x
      = (a - y)(1 - tanh²(z)) x
      = (a - y)(1 - a²) x
"""),
    right("neuron, tanh", r"""
C = \frac12 (a-y)^2
\frac{dC}{da} = a-y
\frac{da}{dz} = 1-\tanh^2(z) = 1-a^2
\frac{dC}{dw} = (a-y)(1-a^2)x
"""),
    right("neuron, tanh", """
da/dz = 1/cosh(z)^2
δ := ∂C/∂z
  = (a − y)/cosh(z)²
  = (a-y)(1-a)(1+a)
∂C/∂b = δ
"""),
    right("neuron, cross entropy", """
C = -y ln a - (1-y) ln(1-a)
∂C/∂a = -y/a + (1-y)/(1-a)
      = (a-y)/(a(1-a))
∂C/∂z = ∂C/∂a · a(1-a) = a - y
∂C/∂w = (a-y) x
"""),
    right("neuron, cross entropy", r"""
\begin{aligned}
\frac{\partial C}{\partial a} &= -\frac{y}{a} + \frac{1-y}{1-a} \\
\frac{\partial a}{\partial z} &= a(1-a) \\
\frac{\partial C}{\partial z} &= \left(-\frac{y}{a}+\frac{1-y}{1-a}\right) a(1-a) \\
&= -y(1-a) + (1-y)a \\
&= a - y
\end{aligned}
"""),
    right("neuron, cross entropy", """
dC/dw = dC/da da/dz dz/dw
 = (a-y)/(a(1-a)) · a(1-a) · x
 = (a-y) x          (cancel)
"""),
    # one layer
    right("one layer", """
∂C/∂w_jk = ∂C/∂a_j · ∂a_j/∂z_j · ∂z_j/∂w_jk
         = 2(a_j − y_j) · (1 − a_j²) · x_k
"""),
    right("one layer", """
δ_j := ∂C/∂z_j
δ_j = 2(a_j - y_j)(1 - a_j^2)
∂C/∂w_jk = δ_j x_k
∂C/∂b_j = δ_j
∂C/∂x_k = Σ_j w_jk δ_j
"""),
    right("one layer", """
δ = 2(a - y) ⊙ (1 - a⊙a)
∂C/∂W = δ xᵀ
∂C/∂b = δ
∂C/∂x = Wᵀ δ
"""),
    # two layers, indices
    right("two layers", """
∂C/∂w_jk = ∂C/∂a_j · ∂a_j/∂z_j · ∂z_j/∂w_jk
         = 2(a_j − y_j) · g'(z_j) · a_k
δ_j := ∂C/∂z_j
"""),
    right("two layers", """
δ2_j = 2(a2_j - y_j) a2_j (1 - a2_j)
δ1_j = a1_j (1 - a1_j) Σ_i w2_ij δ2_i
∂C/∂w1_jk = δ1_j x_k
∂C/∂w2_jk = δ2_j a1_k
∂C/∂b1_j = δ1_j
∂C/∂b2_j = δ2_j
"""),
    right("two layers", r"""
\begin{align}
\delta^{(2)}_j &= \frac{\partial C}{\partial a^{(2)}_j} \sigma'(z^{(2)}_j) = 2\left(a^{(2)}_j - y_j\right)\sigma'(z^{(2)}_j) \\
\delta^{(1)}_j &= \sum_{i=1}^{n_2} w^{(2)}_{ij}\, \delta^{(2)}_i \,\sigma'(z^{(1)}_j) \\
\frac{\partial C}{\partial w^{(1)}_{jk}} &= \delta^{(1)}_j x_k
\end{align}
"""),
    right("two layers", """
∂C/∂w1_jk = ∂C/∂z1_j · ∂z1_j/∂w1_jk
          = ∂C/∂z1_j · x_k
∂C/∂z1_j = ∂C/∂a1_j · g'(z1_j)
∂C/∂a1_j = Σ_i ∂C/∂z2_i · ∂z2_i/∂a1_j
         = Σ_i ∂C/∂z2_i w2_ij
∂C/∂z2_i = 2(a2_i - y_i) g'(z2_i)
"""),
    right("two layers", """
∂C/∂W1[j,k] = sum_i ∂C/∂a2[i] ∂a2[i]/∂z2[i] ∂z2[i]/∂a1[j] ∂a1[j]/∂z1[j] ∂z1[j]/∂W1[j,k]
= sum_i 2(a2[i] - y[i]) σ'(z2[i]) W2[i,j] σ'(z1[j]) x[k]
= x[k] σ'(z1[j]) sum_i W2[i,j] 2(a2[i] - y[i]) σ'(z2[i])
"""),
    right("two layers", """
C = Σ_j (a2_j - y_j)²
∂C/∂a2_j = 2(a2_j - y_j)
∂a2_j/∂z2_j = a2_j(1-a2_j)
∂z2_j/∂a1_k = w2_jk
∂C/∂a1_k = Σ_j 2(a2_j - y_j) a2_j(1-a2_j) w2_jk
"""),
    right("two layers", """
δ²_j = 2(a²_j − y_j) σ'(z²_j)
δ¹_j = σ'(z¹_j) Σ_i w²_ij δ²_i
∂C/∂w¹_jk = δ¹_j x_k
"""),
    right("two layers", """
∂C/∂a_k = Σ_j ∂C/∂z_j w_jk
δ_k = g'(z_k) Σ_j w_jk δ_j
"""),
    right("two layers", """
δ_j := ∂C/∂z_j = 2(a_j − y_j) g'(z_j)
δ_k := ∂C/∂z_k = g'(z_k) Σ_j δ_j w_jk
"""),
    right("two layers, half", """
δ2_j = (a2_j − y_j) σ'(z2_j)
∂C/∂b2_j = δ2_j
∂C/∂w2_jk = a1_k δ2_j
"""),
    right("two layers, any g", r"""
\delta_j^{(1)} := \frac{\partial C}{\partial z_j^{(1)}} = \sum_i \frac{\partial C}{\partial z_i^{(2)}}\frac{\partial z_i^{(2)}}{\partial a_j^{(1)}}\frac{\partial a_j^{(1)}}{\partial z_j^{(1)}}
= g'(z_j^{(1)}) \sum_i w_{ij}^{(2)} \delta_i^{(2)}
"""),
    right("two layers, any g", """
δ^l_j = g'(z^l_j) Σ_i w^{l+1}_ij δ^{l+1}_i
∂C/∂w^l_jk = δ^l_j a^{l-1}_k
∂C/∂b^l_j = δ^l_j
"""),
    # two layers, matrices
    right("two layers", """
δ2 = 2(a2 − y) ⊙ σ'(z2)
δ1 = W2ᵀ δ2 ⊙ σ'(z1)
∂C/∂W1 = δ1 xᵀ
∂C/∂W2 = δ2 a1ᵀ
∂C/∂b1 = δ1
"""),
    right("two layers", r"""
\delta^{(2)} = 2(a^{(2)}-y)\odot\sigma'(z^{(2)})
\delta^{(1)} = \left(W^{(2)}\right)^{T}\delta^{(2)}\odot\sigma'(z^{(1)})
\frac{\partial C}{\partial W^{(1)}} = \delta^{(1)} x^\top
"""),
    right("two layers", """
dz2 := ∂C/∂z2
dz2 = 2 (a2 - y) * a2 * (1 - a2)
da1 := W2.T @ dz2
dz1 := da1 * a1 * (1 - a1)
∂C/∂W1 = dz1 @ x.T
∂C/∂W2 = dz2 @ a1.T
"""),
    right("two layers", """
∂C/∂W1 = (W2ᵀ (2(a2 − y) ⊙ g'(z2)) ⊙ g'(z1)) xᵀ
"""),
    right("two layers, any g", r"""
\delta^{(1)} = \mathrm{diag}(g'(z^{(1)})) (W^{(2)})^T \delta^{(2)}
"""),
    right("two layers, any g", """
δ^L = (a^L - y) ⊙ g'(z^L)
δ^l = (W^{l+1})^T δ^{l+1} ⊙ g'(z^l)
∂C/∂W^l = δ^l (a^{l-1})^T
"""),
    right("two layers", """
∂C/∂W2 = 1/N δ2ᵀ a1
∂C/∂W1 = 1/N δ1ᵀ x
δ1 = δ2 W2 ⊙ σ'(z1)
"""),
    # batches
    right("two layers", """
C = 1/N Σ_s C_s
∂C/∂w2_jk = 1/N Σ_s ∂C_s/∂w2_jk
          = 1/N Σ_s δ2_sj a1_sk
"""),
    right("two layers", r"""
\frac{\partial C}{\partial b^{(1)}_j} = \frac1N \sum_{s=1}^N \frac{\partial C_s}{\partial b^{(1)}_j} = \frac{1}{N}\sum_s \delta^{(1)}_{sj}
"""),
    right("sum over samples", """
∂C/∂w1_jk = Σ_s ∂C_s/∂w1_jk = Σ_s δ1_sj x_sk
∂C/∂b1_j = Σ_s δ1_sj
"""),
    right("mean over outputs", """
∂C/∂a2_j = 2/n_2 (a2_j - y_j)
δ2_j = 2/n_2 (a2_j - y_j) a2_j (1-a2_j)
"""),
    right("penalty", """
∂C/∂w2_jk = 1/N Σ_s δ2_sj a1_sk + λ w2_jk
∂C/∂b2_j = 1/N Σ_s δ2_sj
"""),
    right("penalty", """
∂C/∂W2 = 1/N δ2ᵀ a1 + λ W2
"""),
    # 2-2-1
    right("2-2-1", """
∂C/∂a2 = a2 - y
∂C/∂z2 = a2 - y
∂C/∂W2[1,2] = (a2 - y) a1[2]
∂C/∂a1[1] = (a2-y) W2[1,1]
∂C/∂W1[1,2] = (a2 - y) W2[1,1] a1[1](1 - a1[1]) x[2]
"""),
    right("2-2-1", """
δ2 = ŷ − y
δ1_1 = δ2 w2_11 a1_1 (1 − a1_1)
δ1_2 = δ2 w2_12 a1_2 (1 − a1_2)
∂C/∂w1_12 = δ1_1 x_2
"""),
    # softmax
    right("softmax", """
∂C/∂a_i = -y_i/a_i
∂a_i/∂z_j = a_i([i = j] - a_j)
∂C/∂z_j = Σ_i ∂C/∂a_i ∂a_i/∂z_j
        = Σ_i -y_i/a_i · a_i([i=j] - a_j)
        = -Σ_i y_i [i=j] + a_j Σ_i y_i
        = a_j Σ_i y_i - y_j
        = a_j - y_j
"""),
    right("softmax", r"""
\frac{\partial a_i}{\partial z_j} = a_i(\delta_{ij} - a_j)
\frac{\partial C}{\partial z_j} = -\sum_i \frac{y_i}{a_i} a_i(\delta_{ij}-a_j) = a_j - y_j
\frac{\partial C}{\partial w_{jk}} = (a_j - y_j) x_k
"""),
    right("softmax", """
a_j = e^{z_j} / Σ_k e^{z_k}
C = -Σ_j y_j ln a_j
  = -Σ_j y_j z_j + ln Σ_k e^{z_k}
∂C/∂z_j = -y_j + e^{z_j}/Σ_k e^{z_k}
        = a_j - y_j
"""),
    right("tanh then softmax", """
δ2_j = a2_j - y_j
δ1_j = (1 - a1_j²) Σ_i w2_ij δ2_i
     = (1 - a1_j²) Σ_i w2_ij (a2_i - y_i)
∂C/∂w1_jk = δ1_j x_k
"""),
    right("tanh then softmax", """
δ2 = a2 − y
δ1 = (W2ᵀδ2) ⊙ (1 − a1²)
dW2 = δ2 a1ᵀ
dW1 = δ1 xᵀ
"""),
    right("sigmoid, cross entropy", """
∂C/∂a2_j = (a2_j - y_j)/(a2_j(1-a2_j))
∂C/∂z2_j = ∂C/∂a2_j ∂a2_j/∂z2_j = a2_j - y_j
∂C/∂z1_k = Σ_j (a2_j - y_j) w2_jk a1_k(1-a1_k)
"""),
    # deeper
    right("three layers", """
δ3_j = 2(a3_j - y_j)(1 - a3_j²)
δ2_j = (1 - a2_j²) Σ_i w3_ij δ3_i
δ1_j = (1 - a1_j²) Σ_i w2_ij δ2_i
∂C/∂w1_jk = δ1_j x_k
"""),
    right("three layers", r"""
\frac{\partial C}{\partial w^{(1)}_{jk}} = x_k (1-(a^{(1)}_j)^2) \sum_i w^{(2)}_{ij} (1-(a^{(2)}_i)^2) \sum_m w^{(3)}_{mi} \delta^{(3)}_m
"""),
    right("three layers", """
∂C/∂z1_j = Σ_i Σ_m δ3_m w3_mi (1-a2_i²) w2_ij (1-a1_j²)
"""),
    # other activations
    right("relu then identity", """
δ2_j = 2(a2_j − y_j)
δ1_j = [z1_j > 0] Σ_i w2_ij δ2_i
∂C/∂w1_jk = δ1_j x_k
"""),
    right("relu then identity", """
δ2 = 2(a2 - y)
δ1 = W2ᵀ δ2 ⊙ relu'(z1)
∂C/∂W1 = δ1 xᵀ
"""),
    right("tanh then identity", """
∂C/∂w2_jk = (a2_j - y_j) a1_k
∂C/∂w1_jk = Σ_i (a2_i - y_i) w2_ij (1 - tanh(z1_j)²) x_k
"""),
    # neuron by neuron
    right("skip", """
∂C/∂w_ph = ∂C/∂a_o ∂a_o/∂z_o ∂z_o/∂a_h ∂a_h/∂z_h ∂z_h/∂w_ph
         = 2(a_o - y) · 1 · w_ho · h(1-h) · p
∂C/∂w_po = 2(a_o - y) p
"""),
    right("skip", """
δ_o = 2(o - y)
δ_h = w_ho δ_o a_h(1 - a_h)
∂C/∂p = w_ph δ_h + w_po δ_o
"""),
    right("triangle", """
δ_o = 2(a_o − y)
δ_m = w_mo δ_o (1 − a_m²)
δ_h = (w_ho δ_o + w_hm δ_m)(1 − a_h²)
∂C/∂w_ph = δ_h p
∂C/∂b_h = δ_h
"""),
    right("triangle", """
∂C/∂a_h = ∂C/∂z_o ∂z_o/∂a_h + ∂C/∂z_m ∂z_m/∂a_h
        = δ_o w_ho + δ_m w_hm
"""),
    # texts
    right("two layers, half", r"""
\delta^3 = (a^3 - y) \odot \sigma'(z^3)
\delta^2 = ((w^3)^T \delta^3) \odot \sigma'(z^2)
\frac{\partial C}{\partial b^2_j} = \delta^2_j
\frac{\partial C}{\partial w^2_{jk}} = a^1_k \delta^2_j
""", notation="nielsen"),
    right("two layers, half", """
δ^L_j = ∂C/∂a^L_j σ'(z^L_j)
δ^l = ((w^{l+1})^T δ^{l+1}) ⊙ σ'(z^l)
∂C/∂w^l_jk = a^{l-1}_k δ^l_j
""", notation="nielsen"),
    right("tanh then identity", """
E = 1/2 Σ_k (y_k − t_k)²
δ_k = y_k − t_k
δ_j = (1 − z_j²) Σ_k w_kj δ_k
∂E/∂w_ji = δ_j x_i
∂E/∂w_kj = δ_k z_j
""", notation="bishop"),
    right("tanh then identity", r"""
\delta_k \equiv \frac{\partial E_n}{\partial a_k} = y_k - t_k
\delta_j \equiv \frac{\partial E_n}{\partial a_j} = \sum_k \frac{\partial E_n}{\partial a_k}\frac{\partial a_k}{\partial a_j}
\delta_j = h'(a_j) \sum_k w_{kj}\delta_k
"""),
    right("2-2-1", r"""
\frac{\partial C}{\partial \hat{y}} = \hat{y} - y
\frac{\partial C}{\partial s_1^{(2)}} = \hat{y} - y
\frac{\partial C}{\partial w_{21}^{(2)}} = (\hat{y} - y) z_2^{(1)}
\frac{\partial C}{\partial s_1^{(1)}} = (\hat{y}-y) w_{11}^{(2)} z_1^{(1)} (1 - z_1^{(1)})
\frac{\partial C}{\partial w_{21}^{(1)}} = (\hat{y}-y) w_{11}^{(2)} z_1^{(1)} (1 - z_1^{(1)}) x_2
""", notation="chapter"),
    right("two layers", """
∂C_0/∂w_jk^L = ∂C_0/∂a_j^L ∂a_j^L/∂z_j^L ∂z_j^L/∂w_jk^L
= 2(a_j^L − y_j) g'^L(z_j^L) a_k^{L−1}
""", notation="article"),
    right("sigmoid, cross entropy", """
dZ2 = A2 - Y
dW2 = 1/m dZ2 A1^T
dZ1 = W2^T dZ2 ⊙ A1 ⊙ (1 - A1)
dW1 = 1/m dZ1 X^T
""", notation="ng"),
    right("sigmoid, cross entropy", """
δ3 = a3 − y
δ2 = (Θ2)ᵀ δ3 ⊙ a2 ⊙ (1 − a2)
∂J/∂Θ1 = δ2 a1ᵀ
""", notation="ng2011"),
    right("two layers, half", """
∂C/∂a_k = Σ_j w_jk σ'(z_j) (a_j − y_j)
""", notation="3blue1brown"),
    right("skip", """
∂Q/∂a_o = 2(b_o - y)
δ_h = θ'(a_h) w_ho δ_o
∂Q/∂w_ph = δ_h b_p
""", notation="persian"),
    right("relu then identity", r"""
\frac{\partial \ell}{\partial f_1} = 2(f_1 - y)
""", notation="prince"),
    # models
    right("model", """
∂C/∂z_sj = 2/N (a_sj − y_sj)(1 − a_sj²)
∂C/∂W_jk = Σ_s ∂C/∂z_sj x_sk
∂C/∂b_j = Σ_s ∂C/∂z_sj
∂C/∂x_sk = Σ_j ∂C/∂z_sj W_jk
"""),
    right("model", """
∂C/∂W_jk = ∂C/∂a_j ∂a_j/∂z_j ∂z_j/∂W_jk
= 2(a_j − y_j)(1 − a_j²) x_k
"""),
    right("model", """
dz = 2(a - y) ⊙ (1 - a²)
dW = dz xᵀ
db = dz
"""),
    right("convolution", """
∂C/∂a_p = 2(a_p - y_p)
∂C/∂z_p = 2(a_p - y_p) a_p (1 - a_p)
∂C/∂w_q = Σ_p ∂C/∂z_p ∂z_p/∂w_q
        = Σ_p ∂C/∂z_p x[p+q]
∂C/∂b = Σ_p ∂C/∂z_p
∂C/∂x_r = Σ_q ∂C/∂z[r-q] w_q
"""),
    right("convolution", r"""
\delta_p := \frac{\partial C}{\partial z_p} = 2(a_p - y_p)\,\sigma'(z_p)
\frac{\partial C}{\partial w_q} = \sum_p \delta_p x_{p+q}
\frac{\partial C}{\partial x_r} = \sum_{q} \delta_{r-q} w_q
"""),
    right("convolution", """
∂C/∂x[r] = sum(∂C/∂z[p] * ∂z[p]/∂x[r], p)
         = sum(∂C/∂z[p] * w[q] * [p + q = r], p, q)
"""),
    right("rnn", """
∂C/∂h[t,j] = 2(h[t,j] - y[t,j]) + sum_k ∂C/∂z[t+1,k] U[k,j]
∂C/∂z[t,j] = ∂C/∂h[t,j] (1 - h[t,j]^2)
∂C/∂U[j,k] = sum_t ∂C/∂z[t,j] h[t-1,k]
∂C/∂W[j,i] = sum_t ∂C/∂z[t,j] x[t,i]
∂C/∂b[j] = sum_t ∂C/∂z[t,j]
"""),
    right("rnn", r"""
\delta_{t,j} := \frac{\partial C}{\partial z_{t,j}} = \left(2(h_{t,j}-y_{t,j}) + \sum_k U_{kj}\delta_{t+1,k}\right)(1-h_{t,j}^2)
\frac{\partial C}{\partial U_{jk}} = \sum_t \delta_{t,j} h_{t-1,k}
"""),
    right("layer norm", """
∂C/∂o_j = o_j - y_j
∂C/∂gamma_j = ∂C/∂o_j u_j
∂C/∂beta_j = ∂C/∂o_j
∂C/∂u_j = gamma_j ∂C/∂o_j
"""),
    right("layer norm", """
g_j := ∂C/∂u_j
∂C/∂sigma = -Σ_j g_j (x_j - mu)/sigma^2
∂C/∂v = ∂C/∂sigma · 1/(2 sigma)
∂C/∂mu = -Σ_j g_j/sigma
∂C/∂x_j = g_j/sigma + ∂C/∂mu · 1/n + ∂C/∂v · 2(x_j - mu)/n
        = (g_j - 1/n Σ_k g_k - u_j/n Σ_k g_k u_k)/sigma
"""),
    right("attention", """
∂C/∂o_te = o_te - y_te
∂C/∂v_ue = Σ_t a_tu ∂C/∂o_te
∂C/∂a_tu = Σ_e ∂C/∂o_te v_ue
∂C/∂r_tu = a_tu (∂C/∂a_tu - Σ_u a_tu ∂C/∂a_tu)
∂C/∂q_te = Σ_u ∂C/∂r_tu k_ue
∂C/∂k_ue = Σ_t ∂C/∂r_tu q_te
"""),
    right("attention", """
dv = aᵀ do
da = do vᵀ
dq = dr k
dk = drᵀ q
"""),
    right("shared weight", """
∂C/∂w = ∂C/∂o ∂o/∂w + ∂C/∂o ∂o/∂h ∂h/∂z ∂z/∂w
      = (o - y) h + (o - y) w h(1-h) x
"""),
    right("embedding", """
∂C/∂e_tj = 2(e_tj - y_tj)
∂C/∂E[c,j] = Σ_t [word[t] = c] ∂C/∂e[t,j]
"""),
    right("neuron", r"""
$$\frac{\partial C}{\partial w}=\frac{\partial C}{\partial a}\cdot\frac{\partial a}{\partial z}\cdot\frac{\partial z}{\partial w}$$
$$\frac{\partial C}{\partial a}=2(a-y),\quad \frac{\partial a}{\partial z}=\sigma(z)(1-\sigma(z)),\quad \frac{\partial z}{\partial w}=x$$
$$\frac{\partial C}{\partial w}=2(a-y)\,a(1-a)\,x$$
"""),
    right("neuron", r"""
We want dC/dw.
C = (a-y)^2 so dC/da = 2(a-y)
Next: da/dz = σ'(z) = σ(z)·(1-σ(z))
Finally dz/dw = x
Multiplying: dC/dw = 2 (a-y) σ(z) (1-σ(z)) x
"""),
    right("neuron", r"""
1. dC/dw = dC/da * da/dz * dz/dw
2. dC/dw = 2*(a - y) * a*(1 - a) * x
"""),
    right("neuron, tanh", r"""
∂C/∂w = −(y − a)(1 − a²)x
"""),
    right("one layer", r"""
\begin{equation*}
\begin{split}
\frac{\partial C}{\partial x_k} &= \sum_{j=1}^{2} \frac{\partial C}{\partial z_j}\,\frac{\partial z_j}{\partial x_k} \\
 &= \sum_j 2(a_j-y_j)(1-a_j^2)\, w_{jk}
\end{split}
\end{equation*}
"""),
    right("two layers", r"""
Output layer: $\delta^{(2)}_j = 2(a^{(2)}_j - y_j)\, a^{(2)}_j (1 - a^{(2)}_j)$
Hidden layer: $\delta^{(1)}_j = a^{(1)}_j (1 - a^{(1)}_j) \sum_{i} w^{(2)}_{ij} \delta^{(2)}_i$
Gradients: $\frac{\partial C}{\partial w^{(1)}_{jk}} = \delta^{(1)}_j x_k$, $\frac{\partial C}{\partial b^{(1)}_j} = \delta^{(1)}_j$
"""),
    right("two layers", r"""
delta2 := 2*(a2 - y)*a2*(1 - a2)
delta1 := W2.T @ delta2 * a1 * (1 - a1)
dW1 = delta1 @ x.T
db1 = delta1
dW2 = delta2 @ a1.T
"""),
    right("two layers, half", r"""
∂C/∂w_jk^(1) = Σ_i (a_i^(2) − y_i) σ'(z_i^(2)) w_ij^(2) σ'(z_j^(1)) x_k
"""),
    right("three layers", r"""
δ3 = 2(a3 − y) ⊙ (1 − a3²)
δ2 = W3ᵀ δ3 ⊙ (1 − a2²)
δ1 = W2ᵀ δ2 ⊙ (1 − a1²)
∂C/∂W1 = δ1 xᵀ
"""),
    right("softmax", r"""
C = −Σ_i y_i log(a_i)
∂C/∂z_k = −Σ_i y_i/a_i · ∂a_i/∂z_k
∂a_i/∂z_k = a_i(1[i=k] − a_k)
∂C/∂z_k = −Σ_i y_i (1[i=k] − a_k) = −y_k + a_k Σ_i y_i = a_k − y_k
"""),
    right("penalty", r"""
∂C/∂w1_jk = 1/N Σ_s δ1_sj x_sk + λ w1_jk
"""),
    right("skip", r"""
∂C/∂a_o = 2(a_o − y)
∂C/∂w_ho = ∂C/∂a_o · ∂a_o/∂w_ho = 2(a_o − y) a_h
∂C/∂a_h = ∂C/∂a_o · w_ho
∂C/∂w_qh = ∂C/∂a_h · σ'(z_h) · x_q
"""),
    right("rnn", r"""
δ_t,j := ∂C/∂z_t,j
∂C/∂U_jk = Σ_t δ_t,j h_t-1,k
"""),
    right("rnn", r"""
\frac{\partial C}{\partial h_{t,k}} = 2(h_{t,k}-y_{t,k}) + \sum_j \frac{\partial C}{\partial z_{t+1,j}} U_{jk}
"""),
    right("attention", r"""
∂C/∂v[u,e] = sum(a[t,u] * (o[t,e] - y[t,e]), t)
"""),
    right("layer norm", r"""
xhat_j := (x_j - mu)/sigma
∂C/∂gamma_j = (o_j - y_j) xhat_j
"""),
    right("shared weight", r"""
do/dw = h + w dh/dw
dh/dw = h(1-h) x
dC/dw = (o-y)(h + w h (1-h) x)
"""),
    right("tanh then identity", r"""
E = ½ Σ_k (y_k − t_k)²
∂E/∂y_k = y_k − t_k
δ_k = y_k − t_k
∂E/∂z_j = Σ_k δ_k w_kj
δ_j = (1 − z_j²) Σ_k w_kj δ_k
"""),
    right("two layers", r"""
dC/da1_k = Σ_j dC/dz2_j W2_jk
dC/dz1_k = dC/da1_k * a1_k * (1 - a1_k)
"""),
    right("two layers", r"""
∂C/∂z1_k = Σ_j ∂C/∂z2_j · ∂z2_j/∂z1_k
∂z2_j/∂z1_k = w2_jk σ'(z1_k)
"""),
    right("neuron", r"""
Given a = σ(wx + b), C = (a − y)².
By the chain rule, ∂C/∂w = ∂C/∂a · ∂a/∂w.
Here ∂C/∂a = 2(a − y).
And ∂a/∂w = a(1 − a)x.
Therefore ∂C/∂w = 2(a − y)a(1 − a)x.
"""),
    right("neuron", r"""
\[ \frac{\partial C}{\partial b} = 2(a - y)\,\frac{e^{-z}}{(1+e^{-z})^{2}} \]
"""),
    right("neuron, any g", r"""
Let e := a − y
C = e²
∂C/∂w = 2e · ∂e/∂w
∂e/∂w = ∂a/∂w = g'(z)·x
=> ∂C/∂w = 2e g'(z) x
"""),
    right("neuron, cross entropy", r"""
\begin{align}
\frac{\partial C}{\partial w}
  &= \left(\frac{a-y}{a(1-a)}\right) \cdot a(1-a) \cdot x \nonumber\\
  &= (\sigma(z)-y)\,x
\end{align}
"""),
    right("one layer", r"""
for each j,k:  ∂z_j/∂w_jk = x_k
∂C/∂w_jk = 2 (a_j - y_j) tanh'(z_j) x_k
"""),
    right("one layer", r"""
∂C/∂W = 2((a - y) ⊙ tanh'(z)) xᵀ
"""),
    right("two layers", r"""
\frac{\partial C}{\partial z^{(1)}_k} = \sigma'(z^{(1)}_k) \sum_{j=1}^{2} w^{(2)}_{jk} \frac{\partial C}{\partial z^{(2)}_j}
"""),
    right("two layers", r"""
Backward pass:
δ2 = 2(a2 − y) ∘ σ'(z2)
δ1 = (W2^T δ2) ∘ σ'(z1)
Weights:
dC/dW2 = δ2 a1^T
dC/dW1 = δ1 x^T
"""),
    right("two layers, any g", r"""
∂C/∂w_kj = δ_k a_j, δ_k = (a_k − y_k) g'(z_k)
"""),
    right("two layers, half", r"""
∂C/∂b1_j = Σ_i ∂C/∂z2_i w2_ij a1_j (1 − a1_j)
  = Σ_i (a2_i − y_i) a2_i (1 − a2_i) w2_ij a1_j (1 − a1_j)
  = a1_j (1 − a1_j) Σ_i (a2_i − y_i) a2_i (1 − a2_i) w2_ij
"""),
    right("three layers", r"""
δ1_j = (1 − a1_j²) Σ_i w2_ij (1 − a2_i²) Σ_m w3_mi · 2(a3_m − y_m)(1 − a3_m²)
"""),
    right("softmax", r"""
log a_i = z_i − log Σ_k exp(z_k)
∂(log a_i)/∂z_j = [i = j] − a_j
∂C/∂z_j = −Σ_i y_i ([i = j] − a_j) = a_j − y_j
"""),
    right("penalty", r"""
∂C/∂W1 = 1/N Σ_s ∂C_s/∂W1 + λ W1
"""),
    right("skip", r"""
∂C/∂w_ph = 2(o − y) w_ho σ'(z_h) p
"""),
    right("triangle", r"""
∂C/∂w_ph = (2(o − y) w_ho + 2(o − y) w_mo (1 − m²) w_hm)(1 − h²) p
"""),
    right("rnn", r"""
dC/dh[t,k] = 2(h[t,k]-y[t,k]) + sum(dC/dz[t+1,j]*U[j,k], j)
"""),
    right("convolution", r"""
dw_q = Σ_p dz_p x_{p+q}
dz_p = 2(a_p − y_p) a_p(1 − a_p)
"""),
    right("attention", r"""
dr_tu = a_tu (da_tu − Σ_u a_tu da_tu)
dq_te = Σ_u dr_tu k_ue
"""),
    right("layer norm", r"""
du_j := gamma_j (o_j − y_j)
dx_j = 1/sigma (du_j − mean(du_k, k) − u_j mean(du_k u_k, k))
"""),
    right("model", r"""
δ_sj := ∂C/∂z_sj
δ_sj = 2/N (a_sj − y_sj)(1 − a_sj²)
∂C/∂W_jk = Σ_s δ_sj x_sk
"""),
    right("sigmoid, cross entropy", r"""
dZ2 = A2 − Y
dW2 = 1/m · dZ2 · A1ᵀ
db2 = 1/m Σ_i dZ2
dZ1 = W2ᵀ dZ2 ⊙ A1 ⊙ (1 − A1)
""", notation="ng"),
)


# what happens to a pen

class Slip(NamedTuple):
    """A mistake as it happens in writing.

    name      what it is
    pattern   where it happens on a right side
    new       what then stands there
    meant     names of `repairs.table` any of which says this mistake
    only      a pattern that the whole line has to have; "" for any
    """

    name: str
    pattern: str
    new: object
    meant: tuple
    only: str = ""


LAYER = r"(?:\^\{?\(?[\dlL]\)?\}?|[¹²])?"
SUB = r"(?:_\{[^{}]*\}|_\w+|\[[\w,+ -]*\])?"
UNIT = rf"[a-z]\w*?\d?{SUB}{LAYER}{SUB}"
SLOPE = r"(?:\\?[gσ]|\\sigma|tanh|sigmoid|relu|θ)(?:'|\^\{\\prime\}|′)(?:\^L)?(?:\((?:[^()]|\([^()]*\))*\))"
TWO = ("the 2 of the square is lost", "a factor 2 is lost", "a factor 2 is lost in one place")
TOO_MANY = ("a factor 2 too many", "a 2 that the ½ has cancelled", "a factor 2 too many in one place")
SIGN = ("the sign is turned", "a sign is turned")
SLOPE_LOST = ("the slope of the output is lost", "the slope of the hidden layer is lost", "a factor is lost")
TURNED = ("the weights are not turned round going back", "an index is wrong")
ERROR = (r"\(\s*(\\?hat\{y\}|ŷ|[aohu]\w*?\d?(?:_\{[^{}]*\}|_\w+)?(?:\^\{?\(?\d?L?\)?\}?)?(?:_\w+)?|[a"
         r"ohu]\[[^]]*\]|A2)"
         r"\s*[-−]\s*(y(?:_\{[^{}]*\}|_\w+|\[[^]]*\])?|Y)\s*\)(?!²|\^2)")


def _slope_value(match):
    return re.sub(r"'|\^\{\\prime\}|′", "", match[0], count=1)


def _turned(match):
    sub = match["sub"]
    swapped = re.sub(r"(\w)(,? ?)(\w)(?=[\]}]*$)", r"\3\2\1", sub)
    return match[0].replace(sub, swapped)


SLIPS = (
    Slip("2 lost", r"(?<![\w^.{/(])2\s?(?=[(]|\\left\(|[u ]|a_)", "", TWO),
    Slip("2 too many", r"^(?=[^2\d]*$)", "2 · ", TOO_MANY, r"∂|d|δ|\\frac"),
    Slip("minus", r"^(.*)$", r"-(\1)", SIGN),
    Slip("y − a", ERROR, r"(\2 - \1)", SIGN),
    Slip("g for g'", SLOPE, _slope_value, ("the activation stands where its slope belongs",)),
    Slip("slope dropped", rf"\s*(?:[·⊙*]|\\odot|\\cdot|\\,)?\s*{SLOPE}\s*(?=$|[·\sx\\])", " ", SLOPE_LOST),
    Slip("slope dropped, by value", r"\s*(?:[·⊙*]|\\cdot)?\s*(?<![-+=(] )(?<!\()\b(a\w*)\s?\(1\s?[-−]\s?\1\)", " ",
         SLOPE_LOST),
    Slip("slope dropped, by value of tanh", r"\s*[·⊙*]?\s*\(1 ?[-−] ?[ah]\w*(?:²|\^2)\)\s*", " ", SLOPE_LOST),
    Slip("slope at a", r"(?<=['′}]\()z", "a", ("the slope is taken at a instead of z",)),
    Slip("z(1 − z)", r"\ba(\w*)\s?\(1\s?[-−]\s?a\1\)", r"z\1(1-z\1)", ("the slope by value is written with z",)),
    Slip("1 + a", r"\(1\s?[-−]\s?(?=[ah])", "(1 + ", SIGN),
    Slip("another slope", r"\(1 ?[-−] ?([ah]\w*)(?:²|\^2)\)", r"\1(1-\1)", ("the slope of another activation",)),
    Slip("another slope of sigmoid", r"\b(a\w*)\s?\(1\s?[-−]\s?\1\)", r"(1-\1²)", ("the slope of another activation",)),
    Slip("w turned", rf"(?<![\w∂])[wW]\d?{LAYER}(?P<sub>_\{{\w\w\}}|_[a-z][a-z]|\[\w,\w\]){LAYER}", _turned, TURNED,
         r"δ|delta|∂|Σ|sum"),
    Slip("transpose dropped", r"(W\d?(?:\^\{\(\d\)\})?\)?|\\right\))(?:ᵀ|\^T|\^\{T\}|\.T|\^\\top)", r"\1", TURNED[:1]),
    Slip("transpose of the input dropped", r"(?<=[a-zA-Z1-9)])(?:ᵀ|\^T|\.T|\^\\top)\s*$", "",
          ("a transpose is missing or too many",)),
    Slip("sum dropped", r"(?:Σ|\\sum|\bsum)(?:_(?:\{[^{}s]*\}|[a-rt-z]))(?:\^\{?\w+(?:_\d)?\}?)?\s*", "",
         ("one path only",)),
    Slip("sum over samples dropped", r"(?:Σ|\\sum)_\{?s(?:=1\}\^N)?\s*", "", ("the samples are not added up",)),
    Slip("1/N dropped", r"(?:1/N|\\frac1N|\\frac\{1\}\{N\}|1/m)\s*", "",
         ("not divided by the number of samples", "a factor too many")),
    Slip("input dropped", r"\s*[·*]?\s*(?<![∂\w])(?:x_k|x\[k\]|x_sk|x_2|xᵀ|a1_k|a_k|x)$", "",
         ("the input of the weight is lost", "a factor is lost"),
         r"^\s*(?:∂\w+/∂|\\frac\{(?:\\partial|d) ?\w+\}\{(?:\\partial|d) ?|d\w/d)[wW]|^\s*="),
    Slip("layer of δ", r"δ2(?=_)", "δ1", ("a quantity of the wrong layer",), r"δ1_j =|w1|b2"),
    Slip("layer of the input", r"a1_k$", "x_k", ("a quantity of the wrong layer",)),
    Slip("bias with input", r"^(δ|δ1_j|δ2_j|Σ_s δ1_sj)$", r"\1 x",
         ("the bias gradient carries an input", "a factor too many"), r"/∂b"),
    Slip("penalty forgotten", r"\s*\+ λ [wW]2\w*", "", ("the penalty is forgotten",)),
    Slip("penalty doubled", r"λ", "2λ", ("weight decay counted wrongly", "a factor 2 too many in one place")),
    Slip("square forgotten", r"(\([^()]*[-−] ?[yt]\w*\))(?:²|\^2)", r"\1",
         ("the square of the cost is lost",), r"^\s*[CE] ="),
    Slip("bracket forgotten", r"(?<![\w])2\s?\((\w+)\s?[-−]\s?(\w+)\)", r"(2\1 - \2)",
         ("brackets are missing", "a factor 2 is lost in one place",
                                                                                "a factor 2 too many in one place")),
    Slip("paths multiplied", r"\) h \+ |(?<=δ_o) \+ (?=δ_m)|(?<=w_ph δ_h) \+ ", lambda m: m[0].replace("+", "·"),
         ("paths are multiplied",)),
    Slip("a path forgotten", r"\s\+ (?:δ_m w_hm|w_hm δ_m|w_po δ_o|∂C/∂z_m ∂z_m/∂a_h)", "", ("one path only",)),
    Slip("step", r"(?<=[\[_{,])t[-+]1", "t", ("an index is shifted",)),
    Slip("kernel", r"p\+q(?=[\]}])", "p-q", ("an index is shifted",)),
    Slip("kernel going back", r"r-q(?=[\]}])", "r+q", ("an index is shifted",)),
    Slip("slope too many", r"^(a2?_j [-−] y_j|a2 [-−] y|\(a[-−]y\) ?x?)$", r"(\1) · a2_j(1-a2_j)",
         ("one slope too many", "a factor too many", "softmax treated unit by unit"), "a2_j"),
    Slip("slope too many, one neuron", r"^(a [-−] y|\(a[-−]y\) x)$", r"(\1) a(1-a)",
         ("one slope too many", "a factor too many")),
    Slip("softmax by itself", r"a_i\(\[i = j\] - a_j\)|a_i\(\\delta_\{ij\} - a_j\)", "a_i(1 - a_i)",
         ("softmax treated unit by unit",)),
    Slip("w for x", r"(?<![∂\w])x_k$", "w_jk", ("weight and input are exchanged",), r"∂w_jk"),
    Slip("w1 for x", r"(?<![∂\w])x_k$", "w1_jk", ("weight and input are exchanged",), r"∂w1_jk"),
    Slip("error term dropped", r"(w2?_\w\w) δ2?_[ij]$", r"\1", ("the error term is lost", "a factor is lost")),
    Slip("z for a", r"(?<![∂\w])a(1?)_k$", r"z\1_k", ("z stands where a belongs",)),
)


def wrong(network, line, text, *names):
    """A derivation whose first wrong line is this one; names of the mistake, none where it has no name."""
    slip = Slip("written", "", "", names)
    return Case(network, text.strip("\n"), line, ((line, slip),))


WRITTEN = (
    wrong("neuron", 1, r"""
$$\frac{\partial C}{\partial a}=2(a-y),\quad \frac{\partial a}{\partial z}=\sigma(z)(1+\sigma(z)),\quad \frac{\partial z}{\partial w}=x$$
$$\frac{\partial C}{\partial w}=2(a-y)\,a(1-a)\,x$$
""", "a sign is turned"),
    wrong("neuron", 3, r"""
C = (a-y)^2 so dC/da = 2(a-y)
da/dz = σ'(z) = σ(z)·(1-σ(z))
Multiplying: dC/dw = 2 (a-y) σ(z) (1-σ(z))
""", "the input of the weight is lost", "a factor is lost"),
    wrong("neuron", 2, r"""
1. dC/db = dC/da * da/dz * dz/db
2. dC/db = 2*(a - y) * a*(1 - a) * x
""", "the bias gradient carries an input", "a factor too many"),
    wrong("neuron, tanh", 1, r"""
∂C/∂w = (y − a)(1 − a²)x
""", "the sign is turned"),
    wrong("neuron, tanh", 1, r"""
∂C/∂w = (a − y)(1 − z²)x
""", "the slope by value is written with z", "z stands where a belongs"),
    wrong("neuron, tanh", 1, r"""
∂C/∂w = 2(a − y)(1 − a²)x
""", "a 2 that the ½ has cancelled", "a factor 2 too many"),
    wrong("neuron, tanh", 1, r"""
∂C/∂w = (a − y)(1 − a)² x
"""),
    wrong("neuron, cross entropy", 1, r"""
∂C/∂a = y/a - (1-y)/(1-a)
∂C/∂z = a - y
""", "the sign is turned"),
    wrong("neuron, cross entropy", 4, r"""
∂C/∂a = -y/a + (1-y)/(1-a)
∂C/∂z = (-y/a + (1-y)/(1-a)) a(1-a)
= -y(1-a) + (1-y)a
= -y + ya + a + ya
= a - y
""", "a sign is turned"),
    wrong("neuron, cross entropy", 1, r"""
∂C/∂w = (a-y) a (1-a) x
""", "one slope too many", "a factor too many"),
    wrong("neuron", 1, r"""
∂C/∂x = 2(a-y) a(1-a) x
""", "weight and input are exchanged"),
    wrong("neuron, any g", 1, r"""
∂C/∂w = 2(a-y) a(1-a) x
""", "the slope of another activation"),
    wrong("one layer", 2, r"""
\frac{\partial C}{\partial x_k} &= \sum_{j} \frac{\partial C}{\partial z_j}\,\frac{\partial z_j}{\partial x_k} \\
 &= \sum_j 2(a_j-y_j)(1-a_j^2)\, w_{kj}
""", "the weights are not turned round going back"),
    wrong("two layers", 2, r"""
Output layer: $\delta^{(2)}_j = 2(a^{(2)}_j - y_j)\, a^{(2)}_j (1 - a^{(2)}_j)$
Hidden layer: $\delta^{(1)}_j = a^{(1)}_j (1 - a^{(1)}_j) w^{(2)}_{ij} \delta^{(2)}_i$
Gradients: $\frac{\partial C}{\partial w^{(1)}_{jk}} = \delta^{(1)}_j x_k$
""", "one path only"),
    wrong("two layers", 2, r"""
δ2 = 2(a2−y)⊙a2⊙(1−a2)
δ1 = (W2ᵀδ2)⊙a2⊙(1−a2)
"""),
    wrong("two layers", 3, r"""
δ2 = 2(a2−y)⊙a2⊙(1−a2)
δ1 = (W2ᵀδ2)⊙a1⊙(1−a1)
∂C/∂W1 = xᵀδ1
""", "the outer product is the wrong way round"),
    wrong("two layers", 2, r"""
delta2 = 2*(a2 - y)*a2*(1 - a2)
delta1 = W2 @ delta2 * a1 * (1 - a1)
dW1 = delta1 @ x.T
""", "the weights are not turned round going back"),
    wrong("two layers, half", 1, r"""
∂C/∂w_jk^(1) = Σ_i (a_i^(2) − y_i) σ'(z_i^(2)) w_ij^(2) x_k
""", "the slope of the hidden layer is lost", "a factor is lost"),
    wrong("two layers, half", 1, r"""
∂C/∂w_jk^(1) = Σ_i (a_i^(2) − y_i) w_ij^(2) σ'(z_j^(1)) x_k
""", "the slope of the output is lost", "a factor is lost"),
    wrong("two layers, half", 1, r"""
∂C/∂w_jk^(1) = Σ_i (a_i^(2) − y_i) σ'(z_j^(1)) w_ij^(2) σ'(z_j^(1)) x_k
""", "a quantity of the wrong layer"),
    wrong("three layers", 3, r"""
δ3 = 2(a3 − y) ⊙ (1 − a3²)
δ2 = W3ᵀ δ3 ⊙ (1 − a2²)
δ1 = W3ᵀ δ2 ⊙ (1 − a1²)
∂C/∂W1 = δ1 xᵀ
""", "a quantity of the wrong layer"),
    wrong("three layers", 3, r"""
δ3_j = 2(a3_j − y_j)(1 − a3_j²)
δ2_j = Σ_i w3_ij δ3_i (1 − a2_j²)
δ1_j = Σ_i w2_ij δ3_i (1 − a1_j²)
""", "a quantity of the wrong layer"),
    wrong("softmax", 4, r"""
∂a_i/∂z_k = a_i([i=k] − a_k)
∂C/∂z_k = −Σ_i y_i ([i=k] − a_k)
 = −y_k + a_k
∂C/∂w_kj = (a_k − y_k) a_k (1 − a_k) x_j
""", "one slope too many"),
    wrong("softmax", 1, r"""
∂C/∂z_k = ∂C/∂a_k · ∂a_k/∂z_k
 = −y_k/a_k · a_k(1−a_k)
 = −y_k(1 − a_k)
""", "softmax treated unit by unit", "one path only"),
    wrong("penalty", 1, r"""
∂C/∂w1_jk = 1/N Σ_s δ1_sj x_sk
""", "the penalty is forgotten"),
    wrong("penalty", 1, r"""
∂C/∂b1_j = 1/N Σ_s δ1_sj + λ b1_j
""", "weight decay on a bias"),
    wrong("two layers", 1, r"""
∂C/∂b2_j = Σ_s δ2_sj
""", "not divided by the number of samples"),
    wrong("sum over samples", 1, r"""
∂C/∂b2_j = 1/N Σ_s δ2_sj
""", "divided by the number of samples once too often"),
    wrong("skip", 2, r"""
∂C/∂a_o = 2(a_o − y)
∂C/∂w_ho = 2(a_o − y) w_ho
""", "weight and input are exchanged"),
    wrong("triangle", 3, r"""
δ_o = 2(a_o − y)
δ_m = w_mo δ_o (1 − a_m²)
δ_h = w_ho δ_o · w_hm δ_m (1 − a_h²)
""", "paths are multiplied"),
    wrong("rnn", 1, r"""
\frac{\partial C}{\partial h_{t,k}} = 2(h_{t,k}-y_{t,k})
""", "one path only"),
    wrong("rnn", 1, r"""
\frac{\partial C}{\partial U_{jk}} = \sum_t \frac{\partial C}{\partial z_{t,j}} h_{t,k}
""", "an index is shifted"),
    wrong("rnn", 1, r"""
\frac{\partial C}{\partial h_{t,k}} = 2(h_{t,k}-y_{t,k}) + \sum_j \frac{\partial C}{\partial z_{t+1,j}} U_{kj}
""", "the weights are not turned round going back"),
    wrong("convolution", 1, r"""
∂C/∂w_q = ∂C/∂z_p x[p+q]
""", "one path only"),
    wrong("convolution", 1, r"""
∂C/∂b = ∂C/∂z_p
""", "one path only"),
    wrong("attention", 1, r"""
∂C/∂v[u,e] = sum(a[u,t] * (o[t,e] - y[t,e]), t)
""", "an index is wrong"),
    wrong("attention", 1, r"""
dv = a do
""", "a transpose is missing or too many"),
    wrong("layer norm", 1, r"""
∂C/∂x_j = gamma_j (o_j - y_j)/sigma
""", "one path only"),
    wrong("shared weight", 1, r"""
∂C/∂w = (o - y) h
""", "one path only"),
    wrong("two layers", 2, r"""
∂C/∂z1_k = Σ_j ∂C/∂z2_j · ∂z2_j/∂z1_k
∂z2_j/∂z1_k = w2_jk σ'(z2_j)
""", "a quantity of the wrong layer"),
    wrong("mean over outputs", 1, r"""
∂C/∂a2_j = 2(a2_j - y_j)
""", "a mean over the outputs is lost or too many"),
    wrong("relu then identity", 2, r"""
δ2 = 2(a2 - y)
δ1 = W2ᵀ δ2
""", "the slope of the hidden layer is lost"),
    wrong("relu then identity", 1, r"""
∂C/∂z1_j = relu(z1_j) Σ_i w2_ij 2(a2_i - y_i)
""", "the activation stands where its slope belongs"),
    wrong("neuron", 1, r"""
dC/dw = 2(a-y) + a(1-a) + x
""", "factors of a path are added"),
    wrong("neuron", 1, r"""
dC/dw = 2(a-y)/(a(1-a)) x
""", "a fraction is upside down"),
    wrong("neuron", 2, r"""
da/dz = a(1-a)
dC/dz = 2(a-y) a^2(1-a)
""", "the power is wrong", "a factor too many"),
    wrong("neuron", 2, r"""
∂C/∂a = 2(a − y)
∂a/∂w = a(1 − a)w
∂C/∂w = 2(a − y)a(1 − a)w
""", "weight and input are exchanged"),
    wrong("neuron", 2, r"""
∂C/∂w = 2(a − y)a(1 − a)x
∂C/∂b = 2(a − y)a(1 − a)b
""", "the bias gradient carries an input", "a factor too many", "weight and input are exchanged"),
    wrong("neuron, any g", 3, r"""
Let e := a − y
∂C/∂w = 2e · ∂e/∂w
∂e/∂w = ∂a/∂w = g(z)·x
=> ∂C/∂w = 2e g(z) x
""", "the activation stands where its slope belongs"),
    wrong("neuron, cross entropy", 2, r"""
\begin{align}
\frac{\partial C}{\partial w}
  &= \left(\frac{a-y}{a(1-a)}\right) \cdot a(1-a) \cdot x \nonumber\\
  &= (z-y)\,x
\end{align}
""", "z stands where a belongs"),
    wrong("one layer", 1, r"""
∂C/∂W = 2((a - y) ⊙ tanh(z)) xᵀ
""", "the activation stands where its slope belongs"),
    wrong("two layers", 1, r"""
\frac{\partial C}{\partial z^{(1)}_k} = \sum_{j=1}^{2} \sigma'(z^{(2)}_j) w^{(2)}_{jk} \frac{\partial C}{\partial z^{(2)}_j}
""", "a quantity of the wrong layer"),
    wrong("two layers", 2, r"""
δ2 = 2(a2 − y) ∘ σ'(z2)
δ1 = (W2^T δ2) ∘ σ(z1)
dC/dW1 = δ1 x^T
""", "the activation stands where its slope belongs"),
    wrong("two layers", 1, r"""
δ2 = (a2 − y) ∘ σ'(z2)
δ1 = (W2^T δ2) ∘ σ'(z1)
dC/dW2 = δ2 x^T
""", "the 2 of the square is lost"),
    wrong("two layers, half", 3, r"""
∂C/∂b1_j = Σ_i ∂C/∂z2_i w2_ij a1_j (1 − a1_j)
  = Σ_i (a2_i − y_i) a2_i (1 − a2_i) w2_ij a1_j (1 − a1_j)
  = a1_j (1 − a1_j) (a2_i − y_i) a2_i (1 − a2_i) w2_ij
""", "one path only"),
    wrong("three layers", 1, r"""
δ1_j = (1 − a1_j²) Σ_i w2_ij Σ_m w3_mi · 2(a3_m − y_m)(1 − a3_m²)
""", "the slope of the hidden layer is lost"),
    wrong("softmax", 1, r"""
∂a_i/∂z_j = a_i (1 − a_j)
∂C/∂z_j = a_j − y_j
""", "softmax treated unit by unit"),
    wrong("tanh then softmax", 1, r"""
δ2_j = (a2_j − y_j) a2_j (1 − a2_j)
δ1_j = (1 − a1_j²) Σ_i w2_ij δ2_i
""", "one slope too many", "softmax treated unit by unit", "a factor too many"),
    wrong("penalty", 1, r"""
∂C/∂w2_jk = 1/N Σ_s δ2_sj a1_sk + 2λ w2_jk
""", "weight decay counted wrongly", "a factor 2 too many in one place"),
    wrong("sum over samples", 1, r"""
∂C/∂w2_jk = δ2_sj a1_sk
""", "the samples are not added up"),
    wrong("skip", 1, r"""
∂C/∂w_ph = 2(o − y) w_po σ'(z_h) p
""", "a quantity of the wrong layer"),
    wrong("skip", 1, r"""
∂C/∂p = 2(o − y) w_po
""", "one path only"),
    wrong("triangle", 1, r"""
∂C/∂w_ph = (2(o − y) w_ho + 2(o − y) w_mo w_hm)(1 − h²) p
""", "the slope of the hidden layer is lost"),
    wrong("convolution", 2, r"""
dw_q = Σ_p dz_p x_{p+q}
dz_p = 2(a_p − y_p) a_p
""", "the activation stands where its slope belongs"),
    wrong("attention", 1, r"""
dr_tu = a_tu (1 − a_tu) da_tu
""", "softmax treated unit by unit"),
    wrong("attention", 1, r"""
dq_te = Σ_u dr_tu q_ue
"""),
    wrong("layer norm", 2, r"""
du_j := gamma_j (o_j − y_j)
dx_j = 1/sigma (du_j − mean(du_k, k))
""", "one path only"),
    wrong("model", 2, r"""
δ_sj := ∂C/∂z_sj
δ_sj = 2 (a_sj − y_sj)(1 − a_sj²)
∂C/∂W_jk = Σ_s δ_sj x_sk
""", "not divided by the number of samples"),
)


def _is_mutable(line):
    return "=" in line and not re.search(r":=|≡|\\coloneqq|\\equiv|\\begin|\\end|^\s*(?:u|dz\d|da\d|dZ\d) =|^Let", line)


def slipped(line, slip):
    """A line with a slip in its last side; None where it cannot happen there."""
    if not _is_mutable(line) or slip.only and not re.search(slip.only, line):
        return None
    body = re.sub(r"(\\\\|&&.*|\$)\s*$", "", line)
    tail = line[len(body):]
    comment = re.search(r"\s{3,}\(.*\)$|\s+and$", body)
    tail, body = (body[comment.start():] + tail, body[:comment.start()]) if comment else (tail, body)
    places = [m.start() for m in re.finditer("=", body) if body[:m.start()].count("[") == body[:m.start()].count("]")
              and body[:m.start()].count("{") == body[:m.start()].count("}")]
    if not places:
        return None
    head, side = body[:places[-1] + 1], body[places[-1] + 1:].strip().rstrip(" .,")
    new = re.sub(slip.pattern, slip.new, side, count=1)
    if new == side or not new.strip():
        return None
    return f"{head} {new.strip()}{tail}"


def numbered(text):
    """(place among the physical lines, number as a reader counts)"""
    number = 0
    for place, line in enumerate(text.split("\n")):
        head_alone = r"\begin" in text and "=" not in line
        if line.strip() and not head_alone:
            number += 1
            yield place, number


def still_right(case, slip):
    """Where a slip leaves a line right."""
    neurons = hasattr(network(case.network), "structure") and hasattr(network(case.network).structure, "neurons")
    if slip.name == "w turned" and neurons:  # between two neurons there is one weight, whichever is named first
        return True
    if slip.name == "slope at a" and "relu'" in case.text:  # ReLU is positive where its output is
        return True
    of_one_sample = "s" not in re.sub("softmax|sigmoid", "", case.text)
    return slip.name == "1/N dropped" and of_one_sample




def with_one_slip():
    """Every right derivation with every slip in every line where it can happen."""
    for at, case in enumerate(RIGHT):
        lines = case.text.split("\n")
        for place, number in numbered(case.text):
            for slip in SLIPS:
                new = slipped(lines[place], slip)
                if new is not None and not still_right(case, slip):
                    text = "\n".join([*lines[:place], new, *lines[place + 1:]])
                    yield case._replace(text=text, wrong=number, slips=((number, slip),))


def with_two_slips():
    """Some right derivations with slips in two of their lines."""
    for at, case in enumerate(RIGHT):
        lines = case.text.split("\n")
        can = [(place, number, slip, new) for place, number in numbered(case.text) for slip in SLIPS
               for new in [slipped(lines[place], slip)] if new is not None and not still_right(case, slip)]
        firsts = can[at % 3::7]
        for n, (place, number, slip, new) in enumerate(firsts):
            later = [one for one in can if one[0] > place]
            if later:
                other = later[(5 * n + at) % len(later)]
                changed = [*lines[:place], new, *lines[place + 1:other[0]], other[3], *lines[other[0] + 1:]]
                yield case._replace(text="\n".join(changed), wrong=number, slips=((number, slip), (other[1], other[2])))


# the figures

class Outcome(NamedTuple):
    case: Case
    verdict: object
    seconds: float

    @property
    def found(self):
        return self.verdict.first_wrong == self.case.wrong

    def line(self, number):
        return next(line for line in self.verdict.lines if line.number == number)


def judged(case):
    start = time.perf_counter()
    verdict = bp.check_derivation(network(case.network), case.text, **case.options)
    return Outcome(case, verdict, time.perf_counter() - start)


def named(outcomes):
    """Of all slips on lines that were found wrong: how many were named, named otherwise, and not named."""
    counts, wrongly = Counter(), []
    for outcome in outcomes:
        for number, slip in outcome.case.slips:
            line = outcome.line(number)
            if not slip.meant and not line.mistakes:
                continue
            if line.verdict != "does not follow":
                counts["not found"] += 1
            elif not line.mistakes:
                counts["unnamed"] += 1
            elif len(line.mistakes) == 1 and line.mistakes[0] in slip.meant:
                counts["named"] += 1
            else:
                counts["named otherwise"] += 1
                wrongly.append((outcome, number, slip))
    return counts, wrongly


def main(verbose):
    for case in RIGHT:
        judged(case)  # the points of each network are made once
    rights, written, ones, twos = ([judged(case) for case in cases] for cases in (
        RIGHT, WRITTEN, with_one_slip(), with_two_slips()))
    refused = [line for outcome in rights for line in outcome.verdict.lines if not line.right]
    lines = sum(len(outcome.verdict.lines) for outcome in rights)
    print(f"right derivations      {len(rights)}, {lines} lines; "
          f"refused lines {len(refused)} ({len(refused) / lines:.1%})")
    for what, outcomes in (("wrong, by hand", written), ("one slip", ones), ("two slips", twos)):
        found = sum(outcome.found for outcome in outcomes)
        counts, wrongly = named(outcomes)
        total = counts["named"] + counts["named otherwise"] + counts["unnamed"]
        print(f"{what:<22} {len(outcomes)}; first wrong line found {found / len(outcomes):.1%}; "
              f"named {counts['named'] / total:.1%}, not named {counts['unnamed'] / total:.1%}, "
              f"named otherwise {counts['named otherwise'] / total:.1%}")
    every = sorted(1000 * outcome.seconds / len(outcome.verdict.lines) for outcome in [*rights, *written, *ones, *twos])
    print(f"milliseconds a line    median {every[len(every) // 2]:.1f}, 95 % {every[int(0.95 * len(every))]:.1f}, "
          f"most {every[-1]:.1f}")
    if verbose:
        show([*rights, *written, *ones, *twos])


def show(outcomes):
    for outcome in outcomes:
        if not outcome.found:
            slips = [slip.name for _, slip in outcome.case.slips]
            print("\nNOT FOUND", outcome.case.network, outcome.case.wrong, slips, outcome.verdict, sep="\n")
    counts, wrongly = named(outcomes)
    for outcome, number, slip in wrongly:
        line = outcome.line(number)
        print("\nOTHERWISE", outcome.case.network, slip.name, "→", line.mistakes, "|", line.text)
    for outcome in outcomes:
        for number, slip in outcome.case.slips:
            line = outcome.line(number)
            if line.verdict == "does not follow" and not line.mistakes:
                print("UNNAMED", outcome.case.network, slip.name, line.text, sep=" | ")


if __name__ == "__main__":
    main("-v" in sys.argv)
