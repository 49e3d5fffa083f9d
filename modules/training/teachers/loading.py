"""From the files of a teacher to what labels rows."""

from modules.contracts import folded_teacher
from modules.training.teachers.folded import FoldedTeacher
from modules.training.teachers.network import NetworkTeacher
from modules.training.teachers.teacher import Teacher


def load(directory: str) -> Teacher:
    """Loads a teacher.

    Args:
        directory: What the Teacher step wrote, the serving directory of its model artifact; local or remote.
    """
    return FoldedTeacher.load(directory) if folded_teacher.is_one(directory) else NetworkTeacher.load(directory)
