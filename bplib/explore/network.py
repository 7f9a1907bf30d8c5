"""A layered network: forward, backward and update with their numbers, and the way from any weight to the cost."""
import numpy as np
import traitlets

from .. import conventions, figures
from ..activations import Activated
from ..codegen import Generated, generate, stable
from ..derivation import derive
from ..errors import InputError, unknown_name
from ..javascript import LIBRARY, javascript_arrays
from ..networks import Dense, Network, checked_network
from ..training import initial_parameters
from .explorer import Choice, Explorer, Number, Parameters, Samples, page
from .network_formulas import NetworkFormulas

WIDEST, MOST_LAYERS = 5, 4
START = {"W1": np.array([[0.4, -0.6], [-0.5, 0.8]]), "b1": np.array([0.1, -0.2]),
         "W2": np.array([[0.7, -0.9]]), "b2": np.array([0.3])}
INPUTS = (1.0, 0.5, -0.5, -1.0, 0.25)
BATCH, MOST_SAMPLES = 3, 5
ALL = "all"
"""What `sample` is where all samples are shown together."""


class Chosen(Choice):
    """The key of a weight, a bias or a unit, such as W1[2,1], b1[2] or z1[2]."""

    def __init__(self):
        super().__init__("", "weight, bias or unit", ())

    def validate(self, obj, value):
        name = value.replace(" ", "") if isinstance(value, str) else value
        if not isinstance(name, str) or name not in obj.written.choices:
            raise unknown_name(self.what, value, obj.written.choices)
        return name


class WhichSample(Choice):
    """The number of a sample, counted from 1, or "all"."""

    def __init__(self):
        super().__init__(1, "sample", ())

    def validate(self, obj, value):
        if isinstance(value, bool) or value not in (ALL, *range(1, len(obj.samples) + 1)):
            raise InputError(f"sample is the number of a sample, from 1 to {len(obj.samples)}, or {ALL!r}; "
                             f"given: {value!r}.")
        return value


class NetworkExplorer(Explorer):
    """The widget behind `network`.

    network          what is shown
    x, y             inputs and targets of the sample that is shown, of the first where all of them are
    weights_layout   names and shapes of `weights`, the same in every notation
    derivation       where all formulas and numbers come from
    written          its formulas, as the page shows them
    """

    _esm = page("common.js", "slots.js", "network_picture.js", "walk_tokens.js", "walk_player.js", "walk_steps.js",
                "network_batch.js", "network.js")
    _css = page("explorer.css", "network.css", "walk.css", "network_walk.css")
    LANGUAGES = "en", "fa"

    eta = Number(0.5, "learning rate", 0, 5, 0.05, least=0)
    weights = Parameters()
    samples = Samples(MOST_SAMPLES)
    sample = WhichSample()
    selected = Chosen()
    notation = Choice("bplib", "notation", conventions.TABLE)

    def __init__(self, network, **values):
        self.network = self.weights_layout = network
        self.derivation = derive(network)
        self.written = NetworkFormulas(self.derivation, self.language)
        super().__init__(generated_code(self.written.one_pass), {}, **values)
        self.set_trait("facts", {**self.facts, **page_facts(self.written), "start": {
            "eta": self.eta, "samples": self.samples, "sample": self.sample,
            "weights": {name: array.tolist() for name, array in self.weights.items()}}})

    @traitlets.validate("samples")
    def _fit_the_loss(self, proposal):
        for _, y in proposal.value:
            self._fits_the_loss(y)
        return proposal.value

    def _fits_the_loss(self, y):
        loss = self.network.options.loss
        if loss.targets == "probability" and not all(0 <= one <= 1 for one in y):
            raise InputError(f"{loss.name} takes targets y from 0 to 1, probabilities; given: {list(y)}.")
        if loss.targets == "distribution" and not (min(y) >= 0 and abs(sum(y) - 1) < 1e-6):
            raise InputError(f"{loss.name} takes targets y that are probabilities, none negative and adding up to 1; "
                             f"given: {list(y)}.")

    @traitlets.observe("samples")
    def _stays_there(self, change):
        if self.sample != ALL and self.sample > len(self.samples):
            self.sample = 1

    @property
    def x(self):
        return self.samples[self._at][0]

    @x.setter
    def x(self, given):
        self._change(0, given)

    @property
    def y(self):
        return self.samples[self._at][1]

    @y.setter
    def y(self, given):
        self._change(1, given)

    @property
    def _at(self):
        return 0 if self.sample == ALL else self.sample - 1

    def _change(self, part, given):
        samples = [list(sample) for sample in self.samples]
        samples[self._at][part] = given
        self.samples = samples

    @traitlets.validate("notation")
    def _fits_the_network(self, proposal):
        if proposal.value not in fitting(self.network):
            raise InputError(f"The text {proposal.value!r} writes networks without biases, and this one has biases. "
                             f"Those that fit: {', '.join(fitting(self.network))}.")
        return proposal.value

    def picture(self):
        functions = generate(self.network, self.derivation, self.notation)
        given, X = functions.layout.pack(self.weights), functions.layout.unpack_samples(np.array([self.x]))[0]
        values = {**given, functions.layout.array(self.network.given("x")): X, **functions.forward(given, X)}
        return figures.network(self.network, values, notation=self.notation, language=self.language)

    def __repr__(self):
        widths = "–".join(map(str, self.network.structure.sizes))
        about = {"sizes": widths, "loss": self.language.phrase(self.network.options.loss.name), "eta": f"eta = {self.eta:g}"}
        if self.sample == ALL:
            return self.language.phrase("Network explorer: {sizes}, {loss}, all {n} samples, {eta}.", n=len(self.samples),
                                        **about)
        return self.language.phrase("Network explorer: {sizes}, {loss}, {x}, {y}, {eta}.", x=f"x = {list(self.x)}",
                                    y=f"y = {list(self.y)}", **about)


def network(network: Network | Generated | None = None, *, weights=None, x=None, y=None, samples=None,
            sample: int | str = 1, eta: float = 0.5, selected: str = "W1[1,1]",
            notation: str = "bplib") -> NetworkExplorer:
    """An explorer of a layered network on a small batch: forward, backward, update, and the formula of each weight.

    Its player goes through the computation of one sample after the other, number by number, in the order of the
    generated code; then through the gradient of the batch, which is the mean of theirs, or the sum.

    network    made with `dense`, of at most 5 units a layer and 4 layers, inputs included; by default the network with
               two inputs, two sigmoid units and a linear output, C = ½(y − ŷ)²
    weights    name → array, W1 of shape (n_1, n_0), b1 (n_1,), …; by default small random numbers
    x, y       inputs and targets of one sample: lists of n_0 and of n_L numbers
    samples    in their place, several samples: pairs (x, y), at most 5; by default three
    sample     which of them is shown, counted from 1, or "all" of them together
    eta        learning rate
    selected   the weight, bias or unit that is looked at: "W1[2,1]" leads to unit 2 of layer 1 from input 1, "b1[2]"
               is the bias of that unit, "z1[2]" the unit itself
    notation   whose letters the formulas have, a name in `conventions`; the page has a menu

    Each of these can be read and set from a cell: `explorer.weights = …`, `explorer.selected = "W2[1,1]"`.

    InputError for a network that is too large to be shown with all of its numbers, or that has no numbers to show.
    """
    given = conventions.network("chapter", [2, 2, 1]) if network is None else small(network)
    start = START if network is None else {name: np.round(array, 2) for name, array in
                                           initial_parameters(given, seed=1).items()}
    inputs, *_, outputs = given.structure.sizes
    one, examples = x is not None or y is not None, [example(n, inputs, outputs) for n in range(BATCH)]
    if samples is not None and one:
        raise InputError("Give either x and y, of one sample, or samples, a list of pairs (x, y).")
    if samples is None:
        samples = [[mine if mine is not None else other for mine, other in zip((x, y), examples[0])]] if one else examples
    return NetworkExplorer(
        given, weights=start if weights is None else weights, samples=samples, sample=sample, eta=eta, selected=selected,
        notation=notation)


def example(n, inputs, outputs):
    """The n-th sample for a network of any size, counted from 0; it differs from those before it."""
    y = [float(unit == n % outputs) for unit in range(outputs)] if outputs > 1 else [float(n % 2 == 0)]
    return [(INPUTS[n:] + INPUTS[:n])[:inputs], y]


def small(given):
    """A network that can be shown; InputError where it cannot, with the reason."""
    given = checked_network(given)
    widths = getattr(given.structure, "sizes", ())
    reasons = (
        (not isinstance(given.structure, Dense), "It shows layers, made with dense(…). A network of bp.graph is drawn by "
         "bp.explore.builder(network), which plays its computation as well."),
        (len(widths) > MOST_LAYERS or max(widths, default=0) > WIDEST,
         f"It shows at most {WIDEST} units a layer and {MOST_LAYERS} layers, inputs included: in a larger one the "
         f"numbers of the edges would cover each other, and the formula of one weight would have more than "
         f"{WIDEST**2} terms. Given: {list(widths)}."),
        (any(isinstance(e.right, Activated) and e.right.row.abstract for e in given.equations),
         "An activation is left open (\"g\"), so there are no numbers to show. Choose one, such as 'sigmoid'."),
        (given.options.l2 != 0, "A penalty on the weights is no part of the cost of a sample. Use l2=0."),
        (given.targets is None,
         f"The loss {given.options.loss.name!r} has no targets, and it shows how far outputs are from targets."),
        (given.given("c") is not None,
         "It shows targets as numbers, not as labels. With 'categorical cross entropy' the cost is the same and the "
         "targets are numbers such as [0, 1]."),
    )
    for applies, reason in reasons:
        if applies:
            raise InputError(f"The network explorer cannot show this network. {reason}")
    return given


def fitting(network):
    """Names of the texts whose notation has letters for all that the network has."""
    return [row.name for row in conventions.TABLE.values() if row.bias != "none" or not network.structure.bias]


def generated_code(one_pass):
    """A JavaScript module: `pass` computes everything from the parameters, x and y of one sample."""
    at_any_z = {e.quantity: e for e in stable(one_pass.network)}
    equations = [at_any_z.get(e.quantity, e) for e in one_pass.equations]
    outputs = [e.quantity.name for e in equations if e.quantity.kind != "losses"]
    return f"{LIBRARY}\n{javascript_arrays('pass', one_pass.network, equations, outputs)}export {{ pass }};\n"


def page_facts(written):
    """What the page shows and never changes."""
    network, phrase = written.network, written.language.phrase
    loss = network.options.loss
    return {
        "sizes": network.structure.sizes, "over_samples": network.options.over_samples,
        "loss": phrase(loss.name), "targets": loss.targets,
        "walk": {"steps": written.walk.steps, "code": code_lines(written)},
        "choices": written.choices, "places": written.places, "formulas": written.formulas(), "ways": written.ways(),
        "texts": {row.name: {"title": phrase(row.title), "letters": written.alphabet(row), "delta": written.error_term(row)}
                  for row in map(conventions.convention, fitting(network))},
    }


def code_lines(written):
    """Name of an array → the line of the generated NumPy code that computes it; that of δ for what δ is made of."""
    functions = generate(written.network, written.derivation)
    lines = [line.strip() for code in (functions.cost, functions.gradients) for line in code.source.splitlines()]
    found = {line.split(" = ")[0]: line for line in lines if " = " in line}
    names = dict.fromkeys(step["formula"].split()[0] for step in written.walk.steps)
    computed = [written.quantities[name] for name in names]
    return {q.name: found.get({"C": "losses", "da": f"delta{q.mark}"}.get(q.kind, q.name)) for q in computed}
