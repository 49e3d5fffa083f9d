"""Interface of TflitePusher."""

from tfx.dsl.components.base import base_component, executor_spec
from tfx.orchestration.data_types import RuntimeParameter
from tfx.types import channel, standard_artifacts
from tfx.types.component_spec import ChannelParameter, ComponentSpec, ExecutionParameter

from components import artifacts
from components.tflite_pusher import executor


class TflitePusherSpec(ComponentSpec):
    """Parameters, inputs and outputs of TflitePusher."""

    PARAMETERS = {
        "destination": ExecutionParameter(type=str),
        "text": ExecutionParameter(type=str),
        "code": ExecutionParameter(type=str),
    }
    INPUTS = {
        "model": ChannelParameter(type=standard_artifacts.Model),
        "model_blessing": ChannelParameter(type=standard_artifacts.ModelBlessing),
        "evaluation": ChannelParameter(type=standard_artifacts.ModelEvaluation),
        "ladder": ChannelParameter(type=artifacts.Ladder),
    }
    OUTPUTS = {"pushed_model": ChannelParameter(type=standard_artifacts.PushedModel)}


class TflitePusher(base_component.BaseComponent):
    """Publishes the judged .tflite with its papers, if it was blessed.

    Args:
        model: The quantized model, as the Evaluator judged it.
        model_blessing: The Evaluator's verdict.
        evaluation: The Evaluator's metrics, which go into model.json.
        ladder: The Ladder's measurements, of which the pushed form's go into model.json.
        destination: Folder of versions.
        text: How the text tables of this data set are written, as JSON: delimiter, quote, encoding, decimal mark and
            missing values. It goes into model.json, so that further rows can be read alike.
        code: Digest of the code that runs.
    """

    SPEC_CLASS = TflitePusherSpec
    EXECUTOR_SPEC = executor_spec.ExecutorClassSpec(executor.Executor)

    def __init__(
        self,
        model: channel.BaseChannel,
        model_blessing: channel.BaseChannel,
        evaluation: channel.BaseChannel,
        ladder: channel.BaseChannel,
        destination: str | RuntimeParameter,
        text: str,
        code: str,
    ) -> None:
        super().__init__(
            TflitePusherSpec(
                model=model,
                model_blessing=model_blessing,
                evaluation=evaluation,
                ladder=ladder,
                destination=destination,
                text=text,
                code=code,
                pushed_model=channel.Channel(type=standard_artifacts.PushedModel),
            )
        )
