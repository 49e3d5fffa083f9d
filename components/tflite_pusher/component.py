"""Interface of TflitePusher."""

from tfx.types import standard_artifacts

from components import artifacts
from components.declaration import DeclaredComponent, Input, Output, Parameter
from components.tflite_pusher import executor


class TflitePusher(DeclaredComponent, executor=executor.Executor):
    """Publishes the judged .tflite with its papers, if it was blessed.

    How the text tables of the data set are written goes into the papers, so that further rows can be read alike.
    """

    READS = {"data": {"delimiter", "quote", "encoding", "decimal", "missing_values"}}

    model = Input(standard_artifacts.Model, "The quantized model, as the Evaluator judged it.")
    model_blessing = Input(standard_artifacts.ModelBlessing, "The Evaluator's verdict.")
    evaluation = Input(standard_artifacts.ModelEvaluation, "The Evaluator's metrics, which go into the papers.")
    ladder = Input(artifacts.Ladder, "The Ladder's measurements; those of the pushed form go into the papers.")
    destination = Parameter("Folder of versions.")
    pushed_model = Output(standard_artifacts.PushedModel, "What was pushed, and where.")
