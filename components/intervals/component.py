"""Interface of Intervals."""

from tfx.types import standard_artifacts

from components import artifacts
from components.declaration import LABEL_ITSELF, DeclaredComponent, Input, Output
from components.intervals import executor


class Intervals(DeclaredComponent, executor=executor.Executor):
    """Measures how far the metrics of the model that would ship may be off, overall and by slice.

    It decides nothing. What it measures is described at `report.intervals`; what the page draws of all test rows, at
    `curves.binary`, `curves.multiclass` and `residuals.regression`.
    """

    READS = {
        "features": None,
        "label": LABEL_ITSELF,
        "evaluation": {"slices", "fairness_thresholds"},
        "seed": None,
    }

    model = Input(standard_artifacts.Model, "The quantized model, the very .tflite that the Evaluator judges.")
    predictions = Input(artifacts.Predictions, "What it predicts of the test rows.")
    examples = Input(standard_artifacts.Examples, "Raw examples with the split `test`, for the columns to slice by.")
    transform_graph = Input(standard_artifacts.TransformGraph, "For the raw columns and their defaults.")
    intervals = Output(artifacts.Intervals, "The intervals, and what is drawn.")
