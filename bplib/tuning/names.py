"""Names in tuned code: whoever needs a new one asks here, so none that is made can meet one that is there.

A notation names the arrays of a network as its text does: "t1", "one" or "alpha" may be somebody's inputs.  Tuning adds
names of its own for results, numbers and views.  Both are handed out by one `Names`, each of them once.
"""


class Names:
    """Names that are taken; `fresh` hands out others."""

    def __init__(self, taken: set[str]):
        self.taken = set(taken)

    def fresh(self, wanted: str) -> str:
        """The wanted name, with as many underscores behind it as it takes to be a new one; from now on it is taken."""
        while wanted in self.taken:
            wanted += "_"
        self.taken.add(wanted)
        return wanted
