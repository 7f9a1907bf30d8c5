"""For instructors: release sheets without their solutions, and grade a folder of submissions.

How it is made
    names, folders                      what comes from outside: names, texts, folders of any kind
    submissions, sources                which files there are; what their text says, without running it
    child, isolation, channel           a fenced process, and what it says, which nobody believes
    roster                              the students of a class, and the seed of each one's variants
    marking, variants                   one submission → rows; the same where everybody has variants
    executors, journal, grade           a class of them, wherever they are graded
    files, results, report              what is written, and never over somebody's changes: tables and pages
    release, varied                     sheets without solutions
"""
from .grade import grade
from .marking import Settings
from .release import release

__all__ = ["Settings", "grade", "release"]
