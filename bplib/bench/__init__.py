"""How fast generated code is: measured against the best by hand, frameworks, and what this machine can do.

settings     the networks that are measured
peers        what a program to measure is
generated, by_hand, frameworks, naive, limit    the programs
epoch        an epoch of Nielsen's setting
measure      interleaved timing
claims       what has to hold
run, report  all measurements; table, JSON, picture
browser      JupyterLab in a headless Chromium, for the tests as well
explorers    how soon explorers answer in it
verdicts     how soon exercises are judged
bounds       numbers that have to keep a bound
command      the command
"""
