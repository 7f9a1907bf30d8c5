"""How much a run of the tests tries: all of it, or, by `python3 -m bplib test --quick`, what is soon done."""
import os

QUICK = os.environ.get("BPLIB_QUICK") == "1"


def tries(all_of_them, quick):
    """How many random examples a test draws."""
    return quick if QUICK else all_of_them
