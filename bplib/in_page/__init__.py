"""Fields that judge without a kernel: on the static site a formula gets its verdict in the page.

`facts` says in numbers, made when the site is built, what is right and what each known mistake gives; the page reads the
formula, works it out at the same test points, and compares.  Grammar and comparison stand here once more, in JavaScript,
with the tables and patterns of `formula` and `coursework`; `measure` shows that all verdicts are those of Python, word for
word.  What is typed is data: it is never evaluated as code, nor written into the page as HTML.

facts        what a page knows of an exercise
questions    questions of lessons as exercises, and their fields
script       the JavaScript as one text, and the tables that it shares with Python
measure      verdicts of both, side by side

python       what Python does with texts and numbers
tokens, tree, arithmetic, vocabulary, grammar    from a text to its tree
values       from a tree to numbers
matching     which of the known answers that is
feedback     what is said of it
judge        all of it together: the verdict
browser      where that is kept: in the browser
platform     or by a learning platform, which is told how many answers are right
progress     what has been typed, kept there, and in a file
field        the field on the page
"""
