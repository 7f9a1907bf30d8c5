"""The measurements as a table, as JSON and as a picture."""
import json
import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from textwrap import fill

import numpy as np
from matplotlib.figure import Figure

from ..figures import BLUE, GREEN, ORANGE, RED, Picture
from .claims import CLAIMS, FUSED, GENERATED, ratio

VARIABLE = "OPENBLAS_NUM_THREADS"
PACKAGES = ("numpy", "scipy", "sympy", "torch", "jax", "autograd")
SHOWN = {FUSED: (GREEN, "v"), "by hand, NumPy and BLAS": (BLUE, "o"), "by hand, NumPy": (BLUE, "x"),
         "by hand, plain Python": (BLUE, "+"), "NumPy without care": ("#56B4E9", "d"), "JAX, jit": (ORANGE, "s"),
         "PyTorch, eager": (RED, "^"), "sample by sample": (RED, "<"), "autograd": ("#CC79A7", "P"),
         "SymPy, every weight a scalar": ("black", "*")}
"""Colour and marker of the peers in the picture."""


def machine():
    """What the numbers were measured on."""
    return {"processor": _processor(), "cores": os.cpu_count(), "threads used": os.environ.get(VARIABLE, "not limited"),
            "system": platform.system(), "Python": platform.python_version(),
            **{name: found for name in PACKAGES if (found := _version(name))}}


def _version(package):
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _processor():
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def as_data(titles, taken, seconds, least_error):
    """Everything that was measured, as JSON can hold it."""
    settings = {name: {"title": titles[name], "microseconds": {
        peer: {"median": float(np.median(times) * 1e6), "lowest": float(times.min() * 1e6),
               "generated / this": ratio(peers, GENERATED, peer)} for peer, times in peers.items()}}
        for name, peers in taken.items()}
    claims = [{"setting": claim.setting, "of": claim.one, "to": claim.other, "at most": claim.most,
               "measured": measured, "holds": None if measured is None else measured <= claim.most}
              for claim in CLAIMS for measured in [claim.measured(taken)] if claim.setting in taken]
    return {"machine": machine(), "settings": settings, "claims": claims, "seconds": seconds,
            "largest difference between gradients": least_error}


def stored():
    """The measurements that come with the repository; its file names the machine they were made on."""
    return json.loads((Path(__file__).parent / "speed.json").read_text(encoding="utf-8"))


def table(data):
    """The measurements as text."""
    lines = ["Measured on: " + ", ".join(f"{key} {value}" for key, value in data["machine"].items()), ""]
    for setting in data["settings"].values():
        lines.append(setting["title"])
        lines.append(f"  {'':<32}{'µs, median':>14}{'generated / this':>20}")
        lines += [f"  {name:<32}{row['median']:>14.2f}{row['generated / this']:>20.3f}"
                  for name, row in sorted(setting["microseconds"].items(), key=lambda item: item[1]["median"])]
        lines.append("")
    lines.append("What has to hold (median of the rounds' ratios)")
    lines += [f"  {row['setting']:<6}{row['of']:<26}/ {row['to']:<26}{_ratio(row['measured']):>8}  at most "
              f"{row['at most']:.3f}  {VERDICT[row['holds']]}" for row in data["claims"]]
    lines += ["", *(f"{what}: {took:.2f} s" for what, took in data["seconds"].items()),
              f"Largest difference between two peers' gradients, relative: "
              f"{data['largest difference between gradients']:.1e}"]
    return "\n".join(lines)


VERDICT = {True: "holds", False: "DOES NOT HOLD", None: "not measured"}


def _ratio(measured):
    return "–" if measured is None else f"{measured:.3f}"


def picture(data):
    """How many times as long each peer takes as the generated code, on a logarithmic scale.

    In its row each peer has a height of its own, so that none covers another.
    """
    settings = list(data["settings"].values())
    figure = Figure(figsize=(8, 0.6 * len(settings) + 1.5), layout="constrained")
    axes = figure.subplots()
    axes.spines[["top", "right"]].set_visible(False)
    told = []
    for lower, (name, (color, marker)) in zip(np.linspace(-0.36, 0.36, len(SHOWN)), SHOWN.items()):
        points = [(1 / setting["microseconds"][name]["generated / this"], at + lower)
                  for at, setting in enumerate(settings) if name in setting["microseconds"]]
        if points:
            axes.plot(*zip(*points), marker, color=color, label=name, markersize=5, markerfacecolor="none")
            told.append(f"{name} {min(points)[0]:.3g} to {max(points)[0]:.3g} times")
    axes.axvline(1, color="gray", linewidth=1)
    for at in range(1, len(settings)):
        axes.axhline(at - 0.5, color="0.88", linewidth=0.8)
    axes.set(xscale="log", xlabel="time, as a multiple of the generated code's",
             ylim=(len(settings) - 0.5, -0.5), yticks=range(len(settings)),
             yticklabels=[fill(setting["title"], 36) for setting in settings])
    figure.legend(loc="outside lower center", ncols=3, frameon=False)
    return Picture(figure, "For each network the time of one gradient and one update in other programs, as a multiple "
                           "of the generated code's. Over all networks: " + ", ".join(told) + ".")


def write(data, folder):
    """speed.json and speed.png in a folder."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "speed.json").write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    (folder / "speed.png").write_bytes(picture(data).png())
    return [folder / "speed.json", folder / "speed.png"]
