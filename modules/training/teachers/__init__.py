"""Teachers: whatever labels rows for the student, behind one interface."""

from modules.training.teachers.loading import load
from modules.training.teachers.teacher import Teacher

__all__ = ["Teacher", "load"]
