"""Inputs that are no answers: what somebody might type to break the checker, and noise.  For measuring it."""
from .sheets import EXERCISES

CODE = (
    "__import__('os').system('id')", "open('/etc/hostname').read()", "().__class__.__bases__[0].__subclasses__()",
    "lambda: 1", "[x for x in range(9**9)]", "{x: x for x in y}", "eval('1')", "exec('import os')", "x.__class__",
    "x.real", "a.__dict__", "getattr(x, 'y')", "globals()", "factorial(10**7)", "print(1)", "f\"{x}\"", "x; import os",
    "x\nimport os", "x = 1", "x := 1", "a if b else c", "not x", "x and y", "x or y", "x is y", "yield x", "await x",
    "*x", "**x", "x, y", "x[0]", "x[-1]", "x[:]", "x[...]", "x[1,2,3,4,5,6,7,8]", "w[j][k][l]", "x[__import__]",
    "np.linalg.inv(W)", "W.T @ delta", "W2.T", "W^T", "w'", "delta.sum(axis=0)", "a@y", "x//2", "x%2", "~x", "x<<2",
    "x|y", "x&y", "!x", "x?y:z", "True", "None", "self", "1_000", "0x10", "0b1", "1j", "x__class__", "x_{__class__}",
    "\\write18{id}", "$x$", "<script>alert(1)</script>", "%d", "{}", "{0}",
)
HUGE = (
    "9**9**9", "9^9^9^9", "2^(2^(2^(2^20)))", "e^(e^(e^(e^9)))", "exp(exp(exp(exp(9))))", "x^1000000",
    "(x)**99999999999999999999", "1e999999*x", "1/0", "0/0", "log(0)", "sqrt(-1)", "x/(a-a)", "1" + "0" * 400,
    "1e5e5", "NaN", "inf", "(" * 5000 + "x" + ")" * 5000, "[" * 300, "{" * 300, "((((" * 200,
    "sigma(" * 300 + "z" + ")" * 300, "sum_k " * 300 + "x", "x" * 1_000_000, "(" * 1_000_000, "x+" * 500_000,
    "9" * 1_000_000, "2^" * 500, "a/" * 900 + "a", "x " * 390, "x+" * 390 + "x", "-" * 390 + "x", "-" * 900,
    "+" * 900 + "x", "(x+" * 38 + "x" + ")" * 38, "sigma(" * 38 + "z" + ")" * 38, "N" * 50, "e" * 300,
    "sum_k sum_l sum_m sum_n sum_o sum_p x", "[x>0]" * 90,
)
BROKEN = (
    "sum_k", "sum_", "sum_kkkk x", "sum_{k=1}^{", "sum_abcdefgh x", "'", "''", "\"", "#", "\x00", "x\x00", "^", "^^",
    "x^", "^2", "x^^2", "_", "__", "_j", "''''", "[[x>0]>0]", "[j=k]", "[j=j]", "[1=1]", "[x]", "." * 50, "1.2.3.4",
    "1e", "2(((((((((((x", "\t\r\n", "δ_", "σ", "σ'", "∂C/∂w", "d/dx",
)
LOOKALIKES = (
    "\u202e x", "\ufeff2(a-y)", "аy", "ｘ", "x\u0301", "𝑥", "𝛿", "２", "①", "½", "∞", "x≈y", "a→b", "💥", "　x",
    "a\u200by",
)
ATTACKS = CODE + HUGE + BROKEN + LOOKALIKES

PIECES = (
    "x", "w", "z", "a", "y", "delta", "sigma(", "g'(", ")", "(", "[", "]", "{", "}", "sum_k", "Σ", "_", "_jk", "^", "²",
    "**", "*", "/", "+", "-", "−", "·", "'", ",", ".", "=", ">", "1", "2.5", "1e9", "j", "k", "N", "e", "δ", "\\", "@",
    " ", "__class__", "lambda", "import", "W2[", "j,k]", "\n", "ж", "∂", "if", "\"", "$", ":", ";", "|", "!", "~",
    "99999",
)
FORMULA = "2(a - y)*g'(z)*x + sum_k w[k,j] delta[k] sigma'(z_j)^2 [j = k]/N"


def hostile(number, random):
    """So many pairs (id of an exercise, text): attacks, random pieces, broken formulas, random characters, in turn."""
    ids = list(EXERCISES)
    makers = (lambda n: ATTACKS[n // 4 % len(ATTACKS)], lambda n: _pieces(random), lambda n: _broken(random),
              lambda n: "".join(map(chr, random.integers(1, 0x3000, size=random.integers(1, 60)))))
    for n in range(number):
        yield ids[n // 7 % len(ids)], makers[n % 4](n)


def _pieces(random):
    return "".join(PIECES[at] for at in random.integers(len(PIECES), size=random.integers(1, 40)))


def _broken(random):
    """A formula with some characters taken out, doubled or exchanged."""
    letters = list(FORMULA)
    for _ in range(random.integers(1, 6)):
        at = random.integers(len(letters))
        letters[at] = ("", letters[at] * 2, chr(random.integers(33, 0x250)))[random.integers(3)]
    return "".join(letters)
