"""Interface of Ladder."""

from tfx.dsl.components.base import base_component, executor_spec
from tfx.types import channel, standard_artifacts
from tfx.types.component_spec import ChannelParameter, ComponentSpec, ExecutionParameter

from components import artifacts
from components.ladder import executor


class LadderSpec(ComponentSpec):
    """Parameters, inputs and outputs of Ladder."""

    PARAMETERS = {"config": ExecutionParameter(type=str)}
    INPUTS = {
        "teacher": ChannelParameter(type=standard_artifacts.Model),
        "student": ChannelParameter(type=standard_artifacts.Model),
        "forms": ChannelParameter(type=artifacts.ModelForms),
        "examples": ChannelParameter(type=standard_artifacts.Examples),
        "transform_graph": ChannelParameter(type=standard_artifacts.TransformGraph),
    }
    OUTPUTS = {"ladder": ChannelParameter(type=artifacts.Ladder)}


class Ladder(base_component.BaseComponent):
    """Measures teacher, student, pruned student and every quantized form on the raw test rows, each as a .tflite.

    It decides nothing: which form ships is the config's choice, and whether it may, the Evaluator's.

    Args:
        teacher: The teacher.
        student: The distilled student.
        forms: The pruned student in every numeric form.
        examples: Raw examples with the split `test`.
        transform_graph: The transform graph, for the raw columns and their defaults.
        config: Sections `features`, `label`, the seed and the code's digest, as JSON.
    """

    SPEC_CLASS = LadderSpec
    EXECUTOR_SPEC = executor_spec.ExecutorClassSpec(executor.Executor)

    def __init__(
        self,
        teacher: channel.BaseChannel,
        student: channel.BaseChannel,
        forms: channel.BaseChannel,
        examples: channel.BaseChannel,
        transform_graph: channel.BaseChannel,
        config: str,
    ) -> None:
        super().__init__(
            LadderSpec(
                teacher=teacher,
                student=student,
                forms=forms,
                examples=examples,
                transform_graph=transform_graph,
                config=config,
                ladder=channel.Channel(type=artifacts.Ladder),
            )
        )
