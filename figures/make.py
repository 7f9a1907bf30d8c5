"""Makes every picture of this folder anew: `python figures/make.py`, in the course's environment.

A picture comes from the library, formulas included, so it cannot say anything else than the notebooks.
"""
import sys
from pathlib import Path

import bplib as bp
from bplib.figures import Picture, cost_curve

FOLDER = Path(__file__).resolve().parent


def one_neuron():
    """The derivation of one weight, and the steps that the derived gradient leads to."""
    network = bp.neuron("sigmoid")
    derivation = bp.derive(network)
    f, x, y = bp.generate(network), 1.0, 0.0

    def cost(w):
        return f.cost({"w": w, "b": 0.8}, x, y)

    def slope(w):
        return float(f.gradients({"w": w, "b": 0.8}, x, y)["w"])

    path = [2.5]
    for _ in range(12):
        path.append(path[-1] - 4 * slope(path[-1]))
    curve = cost_curve(cost, slope, path)
    axes = curve.figure.axes[0]
    curve.figure.set_layout_engine("none")
    curve.figure.set_size_inches(9, 3.4)
    axes.set_position([0.48, 0.16, 0.5, 0.78])
    steps = [network.latex().split(r" \\ ")[n].replace("&", "").replace(r"\begin{aligned}", "") for n in range(3)]
    steps += [step.latex() for step in (derivation.about("w")[1], derivation.for_one_sample("w"))]
    for height, size, latex in zip((0.90, 0.76, 0.62, 0.40, 0.16), (15, 15, 15, 21, 21), steps):
        curve.figure.text(0.02, height, f"${latex}$", fontsize=size, va="center")
    return Picture(curve.figure, "Five formulas: the equations of a neuron, the chain rule for its weight, and the "
                                 "gradient derived from them. " + curve.alt)


PICTURES = {"one-neuron": one_neuron}


def main(folder):
    for name, make in PICTURES.items():
        (folder / f"{name}.png").write_bytes(make().png())


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
