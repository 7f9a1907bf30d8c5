"""The program of the process in which submissions run.  Its modules travel there as texts, without bplib."""
