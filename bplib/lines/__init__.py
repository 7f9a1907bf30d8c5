"""A learner's own derivation, judged line by line: which line is wrong, and what went wrong in it.

Its parts, each using those before it:

    tree           what a line says, as data
    typeset        what LaTeX sets in two dimensions, as one line
    text           a text as people write it → lines, equations and their sides
    names          what a name means; `network_names` in this course's letters or a text's, `model_names` in a model's
    marks          tokens that belong together
    grammar        a side → its tree
    reading        lines → trees, and names of the learner's own
    sites          a network with numbers in all its arrays, and derivatives of anything with respect to anything
    functions      functions of one number, and their slopes, in NumPy
    values         the value of a tree, each index an axis
    matrices       the value of a tree that is written with matrices
    deadline       a time after which judging stops
    carried        what holds after a broken line; `given` takes it down
    judging        each link of each line: follows, does not follow, cannot be decided
    readings       all that a text may mean, and which of it it does mean
    repairs        a table of mistakes: the change that would mend a line
    context        what such a change may look at
    naming         which mistake a broken line came from
    rules          the rule that a right line follows
    writing        a line as it was understood, in LaTeX
    arriving       what is being derived, and whether it is reached
    steps          how many steps a derivation has
    at_a_point     the numbers behind a broken line
    verdict        what is found, and how it is shown
    check          `bp.check_derivation`
"""
