"""The command's options, and what it prints."""
import argparse

from .report import table, write
from .run import all_settings
from .settings import SETTINGS


def main(arguments):
    parser = argparse.ArgumentParser("bplib bench", description="Measure generated code against other programs.")
    parser.add_argument("--settings", nargs="*", choices=[*SETTINGS], default=[*SETTINGS], help="which networks")
    parser.add_argument("--rounds", type=int, default=150, help="how often each program is measured (150)")
    parser.add_argument("--samples", type=int, default=50_000, help="samples of the epoch (50000)")
    parser.add_argument("--out", default="measured", help="folder for speed.json and speed.png (measured)")
    options = parser.parse_args(arguments)
    data = all_settings([SETTINGS[name] for name in options.settings], options.rounds, options.samples)
    print("\n" + table(data) + "\n")
    for path in write(data, options.out):
        print(f"Written: {path}")
    return 0
