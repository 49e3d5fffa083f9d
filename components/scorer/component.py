"""Interface of Scorer."""

from tfx.types import standard_artifacts

from components import artifacts
from components.declaration import LABEL_ITSELF, DeclaredComponent, Input, Output
from components.scorer import executor


class Scorer(DeclaredComponent, executor=executor.Executor):
    """Runs every model from the teacher to the smallest form over the raw test and validation rows.

    Each runs as a .tflite, but for a teacher that none can hold: see `folded_teachers`.

    Whoever measures a model on these rows reads its predictions here; what ships is judged by the Evaluator.
    """

    READS = {"features": None, "label": LABEL_ITSELF, "seed": None}

    teacher = Input(standard_artifacts.Model, "The teacher.")
    student = Input(standard_artifacts.Model, "The distilled student.")
    forms = Input(artifacts.ModelForms, "The pruned student in every numeric form.")
    examples = Input(standard_artifacts.Examples, "Raw examples with the splits `test` and `validation`.")
    transform_graph = Input(standard_artifacts.TransformGraph, "For the raw columns and their defaults.")
    predictions = Output(artifacts.Predictions, "What every model predicts of the test rows, with labels and weights.")
    validation_predictions = Output(artifacts.Predictions, "The same of the validation rows.")
    uncompressed = Output(artifacts.ModelForms, "Teacher and student as .tflite, where they can be.")
