"""Interface of TflitePusher."""

from tfx.types import standard_artifacts

from components import artifacts
from components.declaration import DeclaredComponent, Input, Output, Parameter
from components.tflite_pusher import executor


class TflitePusher(DeclaredComponent, executor=executor.Executor):
    """Publishes the judged .tflite with its papers, if it was blessed.

    How the text tables of the data set are written goes into the papers, so that further rows can be read alike.
    """

    READS = {
        "data": {"delimiter", "quote", "encoding", "decimal", "missing_values"},
        "features": None,
        "label": None,
        "seed": None,
    }

    model = Input(standard_artifacts.Model, "The quantized model, as the Evaluator judged it.")
    model_blessing = Input(standard_artifacts.ModelBlessing, "Whether it may ship.")
    report = Input(artifacts.Report, "What the run has found out so far, of which the papers are made.")
    examples = Input(standard_artifacts.Examples, "The rows: the first test row goes into the papers.")
    transform_graph = Input(standard_artifacts.TransformGraph, "The transform graph: how rows are read.")
    destination = Parameter("Folder of versions.")
    pushed_model = Output(standard_artifacts.PushedModel, "What was pushed, and where.")
