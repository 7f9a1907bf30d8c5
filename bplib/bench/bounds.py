"""What has to hold of measured times: a number beside a bound that it keeps or does not."""
from dataclasses import dataclass


@dataclass(frozen=True)
class Bound:
    """`measured` is at most `most`, or at least `least`, in the unit that `what` names."""

    what: str
    measured: float
    most: float = float("inf")
    least: float = float("-inf")

    @property
    def holds(self):
        return self.least <= self.measured <= self.most


def lines(bounds):
    """A line for each bound."""
    return [f"  {bound.what:<64}{bound.measured:>10.1f}  {_limit(bound):<16}"
            f"{'holds' if bound.holds else 'DOES NOT HOLD'}" for bound in bounds]


def _limit(bound):
    return f"at most {bound.most:g}" if bound.most < float("inf") else f"at least {bound.least:g}"


def verdict(bounds):
    """The exit code: 0 where all bounds hold, 1 where one is missed."""
    return int(not all(bound.holds for bound in bounds))
