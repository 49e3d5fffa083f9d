"""Interface of Debugger."""

from tfx.types import standard_artifacts

from components import artifacts
from components.debugger import executor
from components.declaration import LABEL_ITSELF, DeclaredComponent, Input, Output


class Debugger(DeclaredComponent, executor=executor.Executor):
    """Finds out where the model that ships is wrong, and how easily it is led astray."""

    READS = {
        "data": {"group_column", "time_column"},
        "features": None,
        "label": LABEL_ITSELF,
        "evaluation": {"slices"},
        "debugger": None,
        "seed": None,
    }

    model = Input(standard_artifacts.Model, "The model that would ship.")
    student = Input(standard_artifacts.Model, "The uncompressed student, whose network has gradients.")
    teacher = Input(
        standard_artifacts.Model,
        "The teacher, where it was trained by folds: its models, and their trees.",
        optional=True,
    )
    examples = Input(standard_artifacts.Examples, "Raw examples with the splits `train`, `validation` and `test`.")
    transform_graph = Input(standard_artifacts.TransformGraph, "For the raw columns and their defaults.")
    predictions = Input(artifacts.Predictions, "What the model answers to the test rows.")
    validation_predictions = Input(artifacts.Predictions, "The same of the validation rows.")
    debugging = Output(artifacts.Debugging, "What each method found out.")
