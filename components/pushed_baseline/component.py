"""Interface of PushedBaseline."""

from tfx.dsl.components.base import base_component, executor_spec
from tfx.orchestration.data_types import RuntimeParameter
from tfx.types import channel, standard_artifacts
from tfx.types.component_spec import ChannelParameter, ComponentSpec, ExecutionParameter

from components.pushed_baseline import executor


class PushedBaselineSpec(ComponentSpec):
    """Parameters and outputs of PushedBaseline."""

    PARAMETERS = {"destination": ExecutionParameter(type=str), "code": ExecutionParameter(type=str)}
    INPUTS: dict = {}
    OUTPUTS = {"model": ChannelParameter(type=standard_artifacts.Model)}


class PushedBaseline(base_component.BaseComponent):
    """Fetches the version that was pushed last: the model blessed last, where no engine looks it up.

    It must not come from a cache: what it finds changes with every push. Where nothing was pushed yet, its output says
    so (`executor.ABSENT`), and is to be taken as no model.

    Args:
        destination: Folder of the pushed versions.
        code: Digest of the code that runs.
    """

    SPEC_CLASS = PushedBaselineSpec
    EXECUTOR_SPEC = executor_spec.ExecutorClassSpec(executor.Executor)

    def __init__(self, destination: str | RuntimeParameter, code: str) -> None:
        model = channel.Channel(type=standard_artifacts.Model)
        super().__init__(PushedBaselineSpec(destination=destination, code=code, model=model))
