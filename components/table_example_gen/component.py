"""Interface of TableExampleGen."""

from tfx.dsl.components.base import base_component, executor_spec
from tfx.types import channel, standard_artifacts
from tfx.types.component_spec import ChannelParameter, ComponentSpec, ExecutionParameter

from components.table_example_gen import executor


class TableExampleGenSpec(ComponentSpec):
    """Parameters and outputs of TableExampleGen."""

    PARAMETERS = {
        "data": ExecutionParameter(type=str),
        "label": ExecutionParameter(type=str),
        "timestamps": ExecutionParameter(type=str),
        "fingerprint": ExecutionParameter(type=str),
        "code": ExecutionParameter(type=str),
    }
    INPUTS: dict = {}
    OUTPUTS = {"examples": ChannelParameter(type=standard_artifacts.Examples)}


class TableExampleGen(base_component.BaseComponent):
    """Turns the training and the test table into examples with the splits `train`, `validation` and `test`.

    Args:
        data: The section `data` of the config, as JSON, with paths that the executor can open.
        label: The section `label`, as JSON.
        timestamps: Names of the columns that are timestamps, as JSON.
        fingerprint: Digest of the tables' content: the cache's key to the data.
        code: Digest of the code that runs: the cache's key to it.
    """

    SPEC_CLASS = TableExampleGenSpec
    EXECUTOR_SPEC = executor_spec.ExecutorClassSpec(executor.Executor)

    def __init__(self, data: str, label: str, timestamps: str, fingerprint: str, code: str) -> None:
        super().__init__(
            TableExampleGenSpec(
                data=data,
                label=label,
                timestamps=timestamps,
                fingerprint=fingerprint,
                code=code,
                examples=channel.Channel(type=standard_artifacts.Examples),
            )
        )
