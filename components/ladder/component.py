"""Interface of Ladder."""

from tfx.types import standard_artifacts

from components import artifacts
from components.declaration import LABEL_ITSELF, DeclaredComponent, Input, Output
from components.ladder import executor


class Ladder(DeclaredComponent, executor=executor.Executor):
    """Measures teacher, student, pruned student and every quantized form on the raw test rows, each as a .tflite.

    It decides nothing: which form ships is the config's choice, and whether it may, the Evaluator's.
    """

    READS = {"features": None, "label": LABEL_ITSELF, "seed": None}

    teacher = Input(standard_artifacts.Model, "The teacher.")
    student = Input(standard_artifacts.Model, "The distilled student.")
    forms = Input(artifacts.ModelForms, "The pruned student in every numeric form.")
    examples = Input(standard_artifacts.Examples, "Raw examples with the split `test`.")
    transform_graph = Input(standard_artifacts.TransformGraph, "For the raw columns and their defaults.")
    ladder = Output(artifacts.Ladder, "The measurements.")
