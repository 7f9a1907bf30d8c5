"""For instructors: release sheets without their solutions, and grade a folder of submissions."""
from .grade import grade
from .release import release

__all__ = ["grade", "release"]
