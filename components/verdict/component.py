"""Interface of Verdict."""

from tfx.types import standard_artifacts

from components import artifacts
from components.declaration import LABEL_ITSELF, DeclaredComponent, Input, Output
from components.verdict import executor


class Verdict(DeclaredComponent, executor=executor.Executor):
    """Gathers all that decides, and blesses the model or does not.

    A model may ship if TFMA's thresholds hold, which are the gates of the config, and no promise stops it. Pusher and
    baseline look-up respect the blessing, which has the form of that of TFX's Evaluator.
    """

    READS = {"features": None, "label": LABEL_ITSELF, "promises": None, "seed": None}

    evaluation = Input(standard_artifacts.ModelEvaluation, "TFMA's results, and whether its thresholds hold.")
    model = Input(standard_artifacts.Model, "The quantized model, the very .tflite that the Evaluator judged.")
    predictions = Input(artifacts.Predictions, "What every model predicts of the test rows.")
    examples = Input(standard_artifacts.Examples, "Raw examples with the split `test`, for the columns to slice by.")
    transform_graph = Input(standard_artifacts.TransformGraph, "For the raw columns and their defaults.")
    ladder = Input(artifacts.Ladder, "What the file that would ship takes of a device.")
    debugging = Input(
        artifacts.Debugging,
        "How much better the model is than benchmark models; given only where a promise is about them.",
        optional=True,
    )
    baseline_model = Input(
        standard_artifacts.Model,
        "What promises of a change compare the model with; without it they are left out.",
        optional=True,
    )
    verdict = Output(artifacts.Verdict, "How every promise fared.")
    blessing = Output(standard_artifacts.ModelBlessing, "Whether the model may ship.")
