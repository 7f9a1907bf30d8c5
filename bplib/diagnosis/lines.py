"""The lines of generated code that a wrong array comes from, in the layout that she uses."""
import re

from ..codegen import generate

NOTATIONS = {("to,from", False, False): "bplib", ("to,from", True, False): "ng", ("from,to", False, False): "cs231n",
             ("to,from", False, True): "ng2011"}
"""(order of a weight's indices, samples in columns, biases in the weights) → a text that has it so."""


def lines_for(look):
    """The lines for the last layer that has a wrong array: a text, "" where no notation is hers."""
    form, samples = look.reading.form, look.reading.samples
    notation = NOTATIONS.get((form.weight, samples.columns, form.joined), "bplib")
    functions = generate(look.network, notation=notation)
    layer = max(int(name[1:]) for name in look.judged.wrong)
    names = {functions.layout.text(q) for q in functions.layout.quantities.values()
             if q.mark == layer and q.kind in ("delta", "dW", "db")}
    lines = [line.strip() for line in functions.gradients.source.splitlines()]
    return "\n".join(line for line in lines if re.split(r"\s*=", line)[0] in names)
