"""A learner's own derivation, judged line by line: which line is wrong, and what went wrong in it.

Its parts, each using those before it:

    tree          what a line says, as data
    text          a text as people write it → lines, links and their sides
    names         what a name means in a network: this course's letters, those of the thirteen texts, a model's own
    grammar       a side → its tree
    sites         a network with numbers in all its arrays, and every derivative of anything with respect to anything
    functions     functions of one number, and their slopes, in NumPy
    values        the value of a tree, each index an axis
    matrices      the value of a tree that is written with matrices
    rules         the rule that a right line follows
    repairs       a table of mistakes: the change that would mend a line
    naming        which mistakes a wrong line may have come from
    judging       each link of each line: follows, does not follow, cannot be decided
    readings      what a text may mean, and which of it it does mean
    arriving      what is being derived, and whether it is reached
    writing       LaTeX of a line as it was understood
    verdict       what is found, and how it is shown
"""
