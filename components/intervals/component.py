"""Interface of Intervals."""

from tfx.dsl.components.base import base_component, executor_spec
from tfx.types import channel, standard_artifacts
from tfx.types.component_spec import ChannelParameter, ComponentSpec, ExecutionParameter

from components import artifacts
from components.intervals import executor


class IntervalsSpec(ComponentSpec):
    """Parameters, inputs and outputs of Intervals."""

    PARAMETERS = {"config": ExecutionParameter(type=str)}
    INPUTS = {
        "model": ChannelParameter(type=standard_artifacts.Model),
        "examples": ChannelParameter(type=standard_artifacts.Examples),
        "transform_graph": ChannelParameter(type=standard_artifacts.TransformGraph),
    }
    OUTPUTS = {"intervals": ChannelParameter(type=artifacts.Intervals)}


class Intervals(base_component.BaseComponent):
    """Measures how far the metrics of the model that would ship may be off, overall and by slice.

    It decides nothing. intervals.json is described at `report.intervals`; curves.json, what the report draws of all
    test rows, at `curves.binary`, `curves.multiclass` and `residuals.regression`.

    Args:
        model: The quantized model, the very .tflite that the Evaluator judges.
        examples: Raw examples with the split `test`.
        transform_graph: The transform graph, for the raw columns and their defaults.
        config: Sections `features` and `label`, of `evaluation` the slices and the thresholds, the seed and
            the code's digest, as JSON.
    """

    SPEC_CLASS = IntervalsSpec
    EXECUTOR_SPEC = executor_spec.ExecutorClassSpec(executor.Executor)

    def __init__(
        self,
        model: channel.BaseChannel,
        examples: channel.BaseChannel,
        transform_graph: channel.BaseChannel,
        config: str,
    ) -> None:
        super().__init__(
            IntervalsSpec(
                model=model,
                examples=examples,
                transform_graph=transform_graph,
                config=config,
                intervals=channel.Channel(type=artifacts.Intervals),
            )
        )
