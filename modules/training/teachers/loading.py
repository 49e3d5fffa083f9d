"""From the files of a teacher to what labels rows."""

from modules.training.teachers.network import NetworkTeacher
from modules.training.teachers.teacher import Teacher


def load(directory: str) -> Teacher:
    """Loads a teacher.

    Args:
        directory: What the Teacher step wrote, the serving directory of its model artifact; local or remote.
    """
    return NetworkTeacher.load(directory)
