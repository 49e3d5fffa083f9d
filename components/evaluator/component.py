"""Interface of Evaluator."""

from tfx.types import standard_artifacts

from components.declaration import DeclaredComponent, Input, Output, Parameter
from components.evaluator import executor


class Evaluator(DeclaredComponent, executor=executor.Executor):
    """Measures the very .tflite that would ship, as TFX's Evaluator does, at a fraction of its cost for each row.

    TFX's Evaluator, which is TFMA in Beam, calls Python for every row, slice, and metric. Here rows are read and
    predicted in batches, and metrics are computed on whole vectors of each slice; the EvalConfig, the keys of the
    results, the thresholds, and the files are TFMA's own, and everything that reads TFMA's results reads these. Areas
    under curves are exact, where TFMA interpolates.
    """

    examples = Input(standard_artifacts.Examples, "Raw examples with the split `test`.")
    schema = Input(standard_artifacts.Schema, "The schema, which says how columns become tensors.")
    model = Input(standard_artifacts.Model, "The quantized model, the very .tflite.")
    baseline_model = Input(
        standard_artifacts.Model,
        "What change thresholds compare the model with; without it they are ignored.",
        optional=True,
    )
    eval_config = Parameter("TFMA's EvalConfig, as JSON.")
    evaluation = Output(standard_artifacts.ModelEvaluation, "TFMA's results.")
