"""The text of a formula: its characters, and the arithmetic that every formula is made of.

What names mean depends on who reads: `models` reads the equations of a network, `coursework` a learner's answer.
"""
