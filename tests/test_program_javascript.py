"""Models in JavaScript compute what they compute in NumPy."""
import json

import numpy as np
import pytest
from jupyter import run_javascript
from zoo import ZOO, arrays_of, generated

import bplib as bp
from bplib import activations
from bplib.program.javascript import LIBRARY

HARD = dict(
    words=("do:function yield:this", "await[do,yield] let[do]", """
        class[do] = tanh(sum(var[yield] * await[do,yield], yield))
        array[do] = class[do] * Math - let[do]
        C         = mean(array[do]**2, do)"""),
    quotients=("s:N t:T", "x[s,t]", """
        z[s,t] = x[s,t] * W[t] + h[s,t-1] / u[s,t-1]
        u[s,t] = 1 + x[s,t]**2
        h[s,t] = erf(z[s,t]) + elu(z[s,t]) + leaky_relu(z[s,t]) + gelu(z[s,t])
        C      = mean(h[s,t]**2, s, t)"""),
    inverses=("s:N", "x[s]", """
        p[s] = tanh(w * x[s]) / 2
        C    = mean(atan(p[s]) + asinh(p[s]) + atanh(p[s]) + asin(p[s]) + acos(p[s]**2) + tan(p[s]) + acosh(2 + p[s]), s)"""),
    positions=("s:N t:T p:P=T//2", "x[s,t]", """
        h[s,t] = t * W[t] * x[s,T-1-t] + [t > 1] * x[s,t] + sqrt(2 + abs(x[s,t])) + [t = 0] / T
        v[s,p] = max(h[s,t] * [t >= p], t)
        C      = mean(h[s,t]**2 * v[s,0], s, t)"""),
)


def as_lists(arrays):
    return json.dumps({name: np.asarray(array).tolist() for name, array in arrays.items()})


def compare(functions, arrays):
    """Every array and every gradient, in both languages."""
    code = "".join(f"{function.javascript()}\nresult.{function.name} = {function.name}({as_lists(arrays)});\n"
                   for function in (functions.cost, functions.forward, functions.gradients))
    found = run_javascript(f"{LIBRARY}\nconst result = {{}};\n{code}")
    assert found["cost"] == {functions.cost.result: pytest.approx(functions.cost(arrays), rel=1e-12)}
    for part, expected in (("forward", functions.forward(arrays)), ("gradients", functions.gradients(arrays))):
        assert set(found[part]) == set(expected)
        for name, array in expected.items():
            scale = max(np.abs(array).max(), 1e-4)
            assert np.shape(found[part][name]) == array.shape
            assert np.abs(np.array(found[part][name]) - array).max() <= 1e-12 * scale, name


@pytest.mark.parametrize("name", ZOO)
def test_javascript_computes_what_numpy_computes(name):
    compare(generated(name), arrays_of(name))


@pytest.mark.parametrize("name", HARD)
def test_names_and_formulas_that_are_easily_mistaken(name):
    letters, given, text = HARD[name]
    model = bp.model(letters, given=given).write(text)
    random = np.random.default_rng(0)
    length = {n: 3 + at for at, n in enumerate(sorted(map(str, model.all_sizes())))}
    arrays = {n: random.standard_normal([length[str(size)] for size in q.sizes])
              for n, q in model.quantities.items() if n not in {e.quantity.name for e in model.equations}}
    compare(bp.generate(model), arrays)


def test_an_activation_of_one_s_own_is_written_out():
    import sympy as sp

    activations.add("bent", lambda z: (sp.sqrt(z**2 + 4) + z) / 2)
    try:
        model = bp.model("s:N", given="x[s]").write("a[s] = bent(w * x[s])\nC = mean(a[s]**2, s)")
        assert "const bent = (z) =>" in bp.generate(model).cost.javascript()
        compare(bp.generate(model), dict(x=np.array([0.3, -1.2]), w=np.array(0.7)))
    finally:
        del activations.TABLE["bent"]


def test_a_loop_reads_as_the_equations():
    lines = generated("RNN").forward.javascript().splitlines()
    assert "  for (let t = 0; t < T; t++) {" in lines
    assert ("    each(N, (s) => { each(J, (j) => { z[s][t][j] = (sum(J, (k) => entry(h, s, t + (-1), k)*U[j][k]) + "
            "z_in[s][t][j]); }); });") in lines
