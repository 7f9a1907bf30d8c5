"""`python3 -m bplib COMMAND`: set up if need be, then run the command."""

import sys

from bplib.environment import main

sys.exit(main(sys.argv[1:]))
