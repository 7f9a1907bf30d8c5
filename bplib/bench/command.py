"""The command's options, and what it prints."""
import argparse
import sys

from . import bounds, explorers, verdicts
from .browser import NoBrowser
from .report import table, write
from .run import all_settings
from .settings import SETTINGS

MEASURED = {"explorers": explorers.bounds, "verdicts": verdicts.bounds}


def main(arguments):
    """Measure; the exit code is 1 where a bound is missed, and 2 where nothing can be measured."""
    parser = argparse.ArgumentParser("bplib bench", description="Measure generated code against other programs, or "
                                     "how soon explorers in a browser answer, or exercises are judged.")
    parser.add_argument("what", nargs="?", choices=["programs", *MEASURED], default="programs",
                        help="what is measured (programs)")
    parser.add_argument("--settings", nargs="*", choices=[*SETTINGS], default=[*SETTINGS], help="which networks")
    parser.add_argument("--rounds", type=int, default=150, help="how often each program is measured (150)")
    parser.add_argument("--samples", type=int, default=50_000, help="samples of the epoch (50000)")
    parser.add_argument("--out", default="measured", help="folder for speed.json and speed.png (measured)")
    options = parser.parse_args(arguments)
    return programs(options) if options.what == "programs" else bounded(MEASURED[options.what])


def programs(options):
    data = all_settings([SETTINGS[name] for name in options.settings], options.rounds, options.samples)
    print("\n" + table(data) + "\n")
    for path in write(data, options.out):
        print(f"Written: {path}")
    return 0


def bounded(measure):
    """Measure what has to keep bounds, and say of each whether it does."""
    try:
        found = measure()
    except NoBrowser as missing:
        print(f"{missing} Install one (on Debian or Ubuntu: sudo apt install chromium) and run the command again.",
              file=sys.stderr)
        return 2
    print("\n".join(["", "What has to hold", *bounds.lines(found)]))
    return bounds.verdict(found)
