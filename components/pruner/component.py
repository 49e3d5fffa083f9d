"""Interface of Pruner."""

from tfx.dsl.components.base import base_component, executor_spec
from tfx.types import channel, standard_artifacts
from tfx.types.component_spec import ChannelParameter, ComponentSpec, ExecutionParameter

from components.pruner import executor


class PrunerSpec(ComponentSpec):
    """Parameters, inputs and outputs of Pruner."""

    PARAMETERS = {"config": ExecutionParameter(type=str)}
    INPUTS = {
        "model": ChannelParameter(type=standard_artifacts.Model),
        "teacher": ChannelParameter(type=standard_artifacts.Model),
        "examples": ChannelParameter(type=standard_artifacts.Examples),
        "transform_graph": ChannelParameter(type=standard_artifacts.TransformGraph),
    }
    OUTPUTS = {
        "pruned_model": ChannelParameter(type=standard_artifacts.Model),
        "model_run": ChannelParameter(type=standard_artifacts.ModelRun),
    }


class Pruner(base_component.BaseComponent):
    """Sets a share of the student's weights to zero, and fails if it could not.

    Args:
        model: The distilled student.
        teacher: The teacher, whose soft labels the fine-tuning goes on learning from.
        examples: Transformed examples with the splits `train` and `validation`.
        transform_graph: The transform graph that made them.
        config: Sections `pruner`, `distillation`, `features`, `label`, the seed and the code's digest, as JSON.
    """

    SPEC_CLASS = PrunerSpec
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
            PrunerSpec(
                model=model,
                teacher=teacher,
                examples=examples,
                transform_graph=transform_graph,
                config=config,
                pruned_model=channel.Channel(type=standard_artifacts.Model),
                model_run=channel.Channel(type=standard_artifacts.ModelRun),
            )
        )
