"""Texts that nobody meant as a derivation: for the promise that each gets a verdict or an `InputError`, and soon.

    .venv/bin/python tests/hostile_lines.py 10000
"""
import random
import sys
import time

import derivations
from bplib.errors import InputError

import bplib as bp

PIECES = ("∂C/∂w", "∂", "δ", "δ_j", "Σ_i", "\\sum_{i=1}^{n}", "w_jk", "W2", "W2ᵀ", "^T", "⊙", "g'(z)", "a_j", "(",
          ")", "[", "]", "{", "}", "=", ":=", "+", "-", "·", "/", "^", "^2", "_", "__import__('os')", "x", "y",
          "z1_j", "a^{l-1}", "\\frac", "\\frac{∂C}{∂w}", "\\left(", "1/0", "0", "1e308", "10^20", "NaN", "lambda: 0",
          "exec('1')", "N", "s", "softmax(z_j, j)", "\\begin{align}", "\\end{align}", "&", "\\\\", "%", "#", "\n",
          "\n", "= ", "T", "diag(", "sqrt(", "ln 0", "e^", "∞", "∫", "💥", "\u202e", "\x00", "ŷ", "𝑥", "dC/dw",
          "d/dw", "∂/∂a_j", "'", "|", "…", ",", ";", "[i = j]", "t-1", "h[t-1,k]", "sum(", ", k)", "δ := δ",
          "u := u + 1", "and", "by the chain rule", "2(", "²", "½", "`", "$", "\t", "\\begin{cases}",
          "\\end{cases}", "_{p_{1}}", "_{a,b c}", "[o = arg max_{o}", "\\sum_{p,q : 2p+q = r}", "\\mid", "^{\\mathrm{i}}",
          "otherwise", "u'", "[u = u']", "softmax_{u \\le t}")
DEEP = ("(" * 500, "-" * 5000, "∂C/∂" * 300, "a^" * 200, "\\frac{" * 100, "Σ_i " * 200, "= a\n" * 150, "x" * 20000,
        "w_" + "j" * 1000, "δ := ∂C/∂z\n" + "= δ + δ\n" * 100, "u := 2\n" + "u := u·u\n" * 100, "a" * 19_999,
        "[o = arg max_{o} " * 60, r"\begin{cases} 1 & z > 0 \\ " * 600, "_{" * 4000, "x_{p_{1},q r}" * 900,
        "\\begin{cases}" + r"1 & z > 0 \\ " * 900 + "\\end{cases}", "{" * 999 + "}" * 999, "∂a/∂z = " * 100, "1" * 3000, "Σ_" * 50)


def texts(number, seed=0):
    """Pieces in any order, right derivations with characters exchanged, and some that are deep or long."""
    draw = random.Random(seed)
    rights = [case.text for case in derivations.RIGHT]
    for n in range(number):
        if n < len(DEEP):
            yield DEEP[n]
        elif n % 2:
            yield " ".join(draw.choice(PIECES) for _ in range(draw.randint(1, 40)))
        else:
            yield _spoilt(draw.choice(rights), draw)


def _spoilt(text, draw):
    for _ in range(draw.randint(1, 6)):
        at = draw.randrange(len(text) + 1)
        cut = draw.choice((0, 0, 1, 5))
        text = text[:at] + draw.choice((*PIECES, "", "(", "_", "^")) + text[at + cut:]
    return text


def tried(number, seed=0):
    """(text, seconds) for each text; any exception but InputError goes through."""
    names = list(derivations.NETWORKS)
    draw = random.Random(seed)
    for text in texts(number, seed):
        network = derivations.network(draw.choice(names))
        start = time.perf_counter()
        try:
            repr(bp.check_derivation(network, text))
        except InputError:
            pass
        yield text, time.perf_counter() - start


if __name__ == "__main__":
    for case in derivations.RIGHT:  # points are made once for each network
        derivations.judged(case)
    found = sorted(tried(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0), key=lambda pair: pair[1])
    median = found[len(found) // 2][1]
    print(f"{len(found)} texts, no exception; slowest {found[-1][1]:.2f} s, median {1000 * median:.1f} ms")
    for text, seconds in found[-5:]:
        print(f"{seconds:.2f}", repr(text)[:200])
