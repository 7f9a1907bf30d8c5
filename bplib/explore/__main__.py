"""`python3 -m bplib.explore`: make again what explorers read from a file."""
from .made import write

if __name__ == "__main__":
    write()
