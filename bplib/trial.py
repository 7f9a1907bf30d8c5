"""Whether an installed bplib works, tried in some seconds: `bplib test`, where no checkout with the tests is.

Each row of the table is something that a learner does.
"""
import sys

import nbformat

from . import coursework, datasets, explore
from .codegen import generate
from .course import NOTEBOOKS, notebooks
from .derivation import derive
from .gradcheck import gradient_check
from .networks import dense
from .training import accuracy, initial_parameters, train

NETWORK = dense([64, 16, 10], ["sigmoid", "softmax"], "negative log-likelihood")
ELSEWHERE = "The tests themselves are not installed: take the source distribution, and run python3 -m bplib test there."


def the_course_is_there():
    """All notebooks of the course can be read"""
    found = [nbformat.read(path, as_version=4) for path in notebooks(NOTEBOOKS)]
    assert len(found) > 20 and all(notebook.cells for notebook in found)


def a_network_is_derived():
    """A network is derived, and each step checked"""
    assert all(step.check.passed for step in derive(NETWORK).steps)


def its_gradients_are_right():
    """Its generated gradients agree with complex steps and differences"""
    digits = datasets.digits()
    start = initial_parameters(NETWORK, seed=0)
    assert gradient_check(generate(NETWORK), start, digits.X_train[:10], digits.Y_train[:10]).passed


def it_learns():
    """It learns to read handwritten digits"""
    digits, f = datasets.digits(), generate(NETWORK)
    history = train(f, initial_parameters(NETWORK, seed=0), digits.X_train, digits.Y_train, eta=1, epochs=5,
                    batch_size=10)
    assert accuracy(f, history.parameters, digits.X_test, digits.Y_test) > 0.9


def explorers_are_made():
    """Explorers are made, with all that a page needs"""
    for explorer in (explore.neuron(), explore.descent()):
        data, _ = explorer._repr_mimebundle_()
        assert "data-explorer" in data["text/html"]


def answers_are_judged():
    """A right and a wrong answer of the coursework are told apart"""
    assert coursework.check("1.1", "2*(a-y)*g'(z)*x").right and not coursework.check("1.1", "2*(a-y)*x").right


def jupyterlab_is_there():
    """JupyterLab is there, and serves the notebooks"""
    import jupyterlab.labapp  # noqa: F401

    from . import lab  # noqa: F401


ROWS = [the_course_is_there, a_network_is_derived, its_gradients_are_right, it_learns, explorers_are_made,
        answers_are_judged, jupyterlab_is_there]


def main(arguments: list[str]) -> int:
    """Try each row; returns how many fail."""
    if arguments:
        print(f"bplib test takes no {arguments[0]} where bplib is installed. {ELSEWHERE}", file=sys.stderr)
        return 2
    failed = 0
    for row in ROWS:
        try:
            row()
        except Exception as error:  # whatever it is, the other rows are still worth trying
            failed += 1
            print(f"fails  {row.__doc__}: {type(error).__name__}: {error}", flush=True)
        else:
            print(f"ok     {row.__doc__}", flush=True)
    print(ELSEWHERE)
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
