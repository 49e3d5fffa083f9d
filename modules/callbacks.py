"""What TFX calls back, by dotted name: the one table of names, and the module behind each.

TFX imports a callback by its name, and its cache sees the name alone. Names stand here, and not wrappers that import
the callables late: a step's digest of code starts at the module behind its own name, so that it sees what the step
reaches and nothing of the other steps, and Beam pickles the callables themselves.
"""

PREPROCESSING = "modules.graph.preprocessing.Preprocessing"
TUNER = "modules.training.tuner.tuner_fn"
TEACHER = "modules.training.trainer.train_teacher"
STUDENT = "modules.training.trainer.train_student"

ALL = (PREPROCESSING, TUNER, TEACHER, STUDENT)


def module_of(callback: str) -> str:
    """Returns the dotted name of the module that a callback lives in."""
    return callback.rpartition(".")[0]
