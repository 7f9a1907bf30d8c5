"""What bplib prints is read back and found right; `python tests/round_trip.py` goes through all of it."""
import pytest
import round_trip
import zoo

import bplib as bp
from bplib.conventions import TABLE as TEXTS
from bplib.models import layers
from bplib.models.model import Model

FOURTH = [(name, text) for n, name in enumerate(round_trip.EACH) for m, text in enumerate(TEXTS)
          if (n + m) % 4 == 0 and round_trip.can_be_told(name, text)]
"""Every text meets every fourth network, and every network every fourth text."""


@pytest.mark.parametrize("name", round_trip.MODELS)
def test_equations_steps_and_backward_equations_of_models(name):
    assert round_trip.not_right(round_trip.of_model(name)) == []


@pytest.mark.parametrize("name, text", FOURTH, ids=lambda part: part)
def test_steps_of_networks_in_the_letters_of_a_text(name, text):
    assert round_trip.not_right(round_trip.of_network(name, text)) == []


def test_every_layer_is_in_some_model(monkeypatch):
    texts = []
    for name in ("block", "write"):
        def noted(model, text, *given, original=getattr(Model, name), **named):
            texts.append(text)
            return original(model, text, *given, **named)
        monkeypatch.setattr(Model, name, noted)
    for make in (*(kind.make for kind in zoo.ZOO.values()), *round_trip.ALONE.values()):
        make()
    assert [name for name, text in layers.TABLE.items() if text not in texts] == []


@pytest.mark.parametrize("name", ["LSTM", "conv2d, stride 2, padding 1", "max pool", "layer norm", "causal attention"])
def test_what_is_printed_and_changed_is_wrong(name):
    """With 1 more on its right side each step is refused: so none of them is passed over."""
    for printed in round_trip.of_model(name)[1:-1]:
        found = round_trip.read_back(printed._replace(text=printed.text + " + 1"))
        assert [line.verdict for line in found] == ["does not follow"], printed.text


# the written forms, one by one

def conv():
    return bp.model("s:N c:F d:D r:R q:Q p:P=(R-Q)//2+1", given="x[s,d,r] g[s,c,p]").write("""
        y[s,c,p] = sum(w[c,d,q] * x[s,d,2*p+q], d, q)
        C = sum(g[s,c,p] * y[s,c,p], s, c, p)""")


def pairs():
    return bp.model("p1:P1 p2:P2", given="x[p1,p2] g[p1]").write("""
        y[p1] = sum(w[p2] * x[p1,p2], p2)
        C = sum(g[p1] * y[p1], p1)""")


def gates():
    return bp.model("s:N j:J k:K", given="x[s,k] y[s,j]", parameters="W_i[j,k] W_f[j,k]").write("""
        z_i[s,j] = sum(W_i[j,k] * x[s,k], k)
        z_f[s,j] = sum(W_f[j,k] * x[s,k], k)
        a[s,j] = sigmoid(z_i[s,j]) * relu(z_f[s,j])
        C = sum((a[s,j] - y[s,j])**2, s, j)""")


def scores():
    return bp.model("s:N u:U v:U", given="r[s,u] g[s,u]").write("""
        m[s,u] = w[u] * r[s,u]
        a[s,u] = softmax(m[s,u], u)
        C = sum(g[s,u] * a[s,u], s, u)""")


def windows():
    return bp.model("r:R o:2 m:M=R-1", given="x[r] g[m]").write("""
        h[r] = w[r] * x[r]
        y[m] = max(h[m+o], o)
        C = sum(g[m] * y[m], m)""")


FORMS = [
    (conv, r"\frac{\partial C}{\partial x_{sdr}} = \sum_{c,p,q\,:\,2p+q = r} w_{cdq} \, \frac{\partial C}{\partial y_{scp}}",
     "2p+q", "2p-q"),
    (conv, "∂C/∂x_sdr = Σ_{c,p,q: 2p+q=r} w_cdq g_scp", "2p+q", "p+q"),
    (conv, r"\frac{\partial C}{\partial x_{sdr}} = \sum_{c,p,q \mid 2p+q = r} w_{cdq} g_{scp}", "= r", "= r + 1"),
    (pairs, r"\frac{\partial C}{\partial w_{p_{2}}} = \sum_{p_{1}} g_{p_{1}} x_{p_{1},p_{2}}", "g_{p_{1}}", "2 g_{p_{1}}"),
    (pairs, r"\frac{\partial C}{\partial w_{p_2}} = \sum_{p_1} g_{p_1} x_{p_1,p_2}", "g_{p_1}", "g_{p_1}^2"),
    (gates, r"\frac{\partial a_{sj}}{\partial z^{\mathrm{i}}_{sj}} = \sigma'(z^{\mathrm{i}}_{sj}) \operatorname{ReLU}"
            r"(z^{\mathrm{f}}_{sj})", r"\sigma'", r"\sigma"),
    (gates, r"\frac{\partial C}{\partial W_{jk}^{\mathrm{i}}} = \sum_s \frac{\partial C}{\partial z_{sj}^{\mathrm{i}}} x_{sk}",
     r"z_{sj}^{\mathrm{i}}}", r"z_{sj}^{\mathrm{f}}}"),
    (gates, r"\frac{\partial a_{sj}}{\partial z_{sj}^{f}} = \sigma(z_{sj}^{i}) \begin{cases} 1 & \text{if } z_{sj}^{f} > 0 \\ "
            r"0 & \text{otherwise} \end{cases}", "> 0", "< 0"),
    (gates, r"\frac{\partial a_{sj}}{\partial z_{sj}^{f}} = \begin{cases} 0, & z_{sj}^{f} \le 0, \\ \sigma(z_{sj}^{i}), & "
            r"z_{sj}^{f} > 0. \end{cases}", r"\le 0", r"\le 5"),
    (scores, r"\frac{\partial a_{su'}}{\partial m_{su}} = a_{su'} ([u = u'] - a_{su})", "[u = u']", "2[u = u']"),
    (scores, r"\frac{\partial C}{\partial m_{su}} = \sum_{u'} g_{su'} a_{su'} ([u' = u] - a_{su})", "[u' = u]", "[u' ≠ u]"),
    (scores, "∂C/∂m_su = g_su a_su (1 − a_su) − Σ_{v≠u} g_sv a_sv a_su", "v≠u", "v"),
    (scores, r"a_{su} = \operatorname{softmax}_{u} m_{su}", "m_{su}", "r_{su}"),
    (windows, r"\frac{\partial y_m}{\partial h_r} = \sum_{o : m+o = r} [o = \operatorname{arg\,max}_{o} h_{m+o}]", "m+o = r", "o = r"),
]


@pytest.mark.parametrize("make, text, part, slip", FORMS, ids=lambda part: part[:40] if isinstance(part, str) else "")
def test_a_form_is_read_and_a_slip_in_it_is_found(make, text, part, slip):
    network = make()
    assert bp.check_derivation(network, text).right, bp.check_derivation(network, text)
    assert part in text
    wrong = bp.check_derivation(network, text.replace(part, slip, 1))
    assert [line.verdict for line in wrong.lines] == ["does not follow"], wrong
