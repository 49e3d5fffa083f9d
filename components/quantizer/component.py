"""Interface of Quantizer."""

from tfx.dsl.components.base import base_component, executor_spec
from tfx.types import channel, standard_artifacts
from tfx.types.component_spec import ChannelParameter, ComponentSpec, ExecutionParameter

from components import artifacts
from components.quantizer import executor


class QuantizerSpec(ComponentSpec):
    """Parameters, inputs and outputs of Quantizer."""

    PARAMETERS = {"config": ExecutionParameter(type=str)}
    INPUTS = {
        "model": ChannelParameter(type=standard_artifacts.Model),
        "teacher": ChannelParameter(type=standard_artifacts.Model),
        "examples": ChannelParameter(type=standard_artifacts.Examples),
        "transform_graph": ChannelParameter(type=standard_artifacts.TransformGraph),
    }
    OUTPUTS = {
        "quantized_model": ChannelParameter(type=standard_artifacts.Model),
        "forms": ChannelParameter(type=artifacts.ModelForms),
        "model_run": ChannelParameter(type=standard_artifacts.ModelRun),
    }


class Quantizer(base_component.BaseComponent):
    """Converts the pruned student to TFLite in every numeric form.

    `quantized_model` holds the form that `quantizer.form` names, as TFMA reads it; `forms` holds all of them.

    Args:
        model: The pruned student.
        teacher: The teacher, for the soft labels of quantization-aware training.
        examples: Transformed examples with the splits `train` and `validation`.
        transform_graph: The transform graph that made them.
        config: Sections `quantizer`, `distillation`, `features`, `label`, the seed and the code's digest, as JSON.
    """

    SPEC_CLASS = QuantizerSpec
    EXECUTOR_SPEC = executor_spec.ExecutorClassSpec(executor.Executor)

    def __init__(
        self,
        model: channel.BaseChannel,
        teacher: channel.BaseChannel,
        examples: channel.BaseChannel,
        transform_graph: channel.BaseChannel,
        config: str,
    ) -> None:
        super().__init__(
            QuantizerSpec(
                model=model,
                teacher=teacher,
                examples=examples,
                transform_graph=transform_graph,
                config=config,
                quantized_model=channel.Channel(type=standard_artifacts.Model),
                forms=channel.Channel(type=artifacts.ModelForms),
                model_run=channel.Channel(type=standard_artifacts.ModelRun),
            )
        )
