"""A network as plain data, and the network again: for pages that are made when the network is no longer there."""
from . import activations, losses
from .errors import InputError
from .networks import Dense, Network, dense, graph, neuron


def recipe(network: object) -> dict | None:
    """What a network is made of, as JSON can hold it; None for what is no network or cannot be made again from that."""
    if not isinstance(network, Network):
        return None
    found = {"made": _made(network.structure), "loss": _loss(network.options.loss),
             "over_samples": network.options.over_samples, "over_outputs": network.options.over_outputs,
             "l2": float(network.options.l2)}
    try:
        again = network_of(found)
    except InputError:
        return None
    return found if (again.equations, again.sizes) == (network.equations, network.sizes) else None


def _made(structure):
    if isinstance(structure, Dense):
        rows = [*map(_activation, structure.activations)]
        return {"dense": [*map(int, structure.sizes)], "activations": rows, "bias": structure.bias}
    neurons = [[name, list(sources), _activation(row)] for name, (sources, row) in structure.neurons.items()]
    return {"graph": neurons, "inputs": list(structure.inputs), "outputs": list(structure.outputs), "bias": structure.bias}


def _activation(row):
    return [row.name, {"alpha": float(row.parameters[0])} if row.parameters else {}]


def _loss(row):
    return [row.name, {row.parameter[0]: float(row.parameter[1])} if row.parameter else {}]


def network_of(found: dict) -> Network:
    """The network that `recipe` has told of.  InputError where there is no such activation or loss."""
    made, (name, parameter) = found["made"], found["loss"]
    loss = losses.loss(name, **parameter)
    options = {"bias": made["bias"], "over_samples": found["over_samples"], "l2": found["l2"]}
    if "dense" in made:
        rows = [activations.activation(name, **parameters) for name, parameters in made["activations"]]
        return dense(made["dense"], rows, loss, over_outputs=found["over_outputs"], **options)
    neurons = {name: (sources, activations.activation(row, **parameters))
               for name, sources, (row, parameters) in made["graph"]}
    if "" in neurons:
        return neuron(neurons[""][1], loss, **options)
    return graph(neurons, made["inputs"], made["outputs"], loss, over_outputs=found["over_outputs"], **options)
