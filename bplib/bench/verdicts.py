"""How soon an exercise is judged, in milliseconds of the processor; what is judged rightly is tested elsewhere."""
from ..coursework import measure
from .bounds import Bound


def bounds(say=print):
    """Judge rewritings of right answers, every mistake, and hostile inputs: a list of `Bound`."""
    say("Judging right answers, wrong ones, and inputs that are none …")
    _, first = measure.warm()
    found = [Bound("first verdict after its question: ms", max(first.values()), most=100)]
    right, wrong = (answers["times"] for answers in (measure.right_answers(40), measure.wrong_answers()))
    hostile = measure.noise(10_000)["times"]
    return [*found, Bound("right answer: ms, median", right["median"], most=20),
            Bound("wrong answer: ms, median", wrong["median"], most=20),
            Bound("wrong answer: ms, 95 %", wrong["95 %"], most=100),
            Bound("hostile input: ms, longest", hostile["longest"], most=1000)]
