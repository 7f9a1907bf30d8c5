"""Mistakes, and the change of a line that would mend each of them; `table` lists them all."""
