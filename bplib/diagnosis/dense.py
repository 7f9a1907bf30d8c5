"""The network that is asked about, as dense layers: a single neuron is a layer of one."""
from ..errors import InputError
from ..networks import Dense, Network, checked_network, dense


def as_dense(given) -> Network:
    """The network of dense layers; InputError for neurons that are connected one by one."""
    network = checked_network(given)
    if isinstance(network.structure, Dense):
        return network
    structure, options = network.structure, network.options
    if structure.inputs != ("x",) or tuple(structure.neurons) != ("",):
        raise InputError("diagnose reads dense layers, bp.dense(…), and a single neuron, bp.neuron(…). For neurons "
                         "connected one by one bp.gradient_check says which derivatives are wrong.")
    (_, row), = structure.neurons.values()
    return dense([1, 1], [row], options.loss, bias=structure.bias, over_samples=options.over_samples,
                 l2=float(options.l2))
