"""Interface of Comparer."""

from tfx.types import standard_artifacts

from components import artifacts
from components.comparer import executor
from components.declaration import DISTILLATION_ITSELF, DeclaredComponent, Input, Output


class Comparer(DeclaredComponent, executor=executor.Executor):
    """Trains the student again, without synthetic rows and without the teacher, and measures all on the test rows.

    It is part of the pipeline where `distillation.compare` asks for it, and decides nothing.
    """

    READS = {"features": None, "label": None, "distillation": DISTILLATION_ITSELF, "seed": None}

    student = Input(standard_artifacts.Model, "The student.")
    student_run = Input(standard_artifacts.ModelRun, "The record of its training, for the number of steps.")
    teacher = Input(standard_artifacts.Model, "The teacher.")
    examples = Input(standard_artifacts.Examples, "Transformed examples with the splits `train` and `validation`.")
    raw_examples = Input(standard_artifacts.Examples, "Raw examples with the split `test`.")
    transform_graph = Input(standard_artifacts.TransformGraph, "The transform graph between the two.")
    gains = Output(artifacts.Gains, "What each part of the training bought.")
