"""Interface of DataGate."""

from tfx.dsl.components.base import base_component, executor_spec
from tfx.types import channel, standard_artifacts
from tfx.types.component_spec import ChannelParameter, ComponentSpec, ExecutionParameter

from components.data_gate import executor


class DataGateSpec(ComponentSpec):
    """Parameters, inputs and outputs of DataGate."""

    PARAMETERS = {
        "data_gate": ExecutionParameter(type=str),
        "code": ExecutionParameter(type=str),
    }
    INPUTS = {
        "anomalies": ChannelParameter(type=standard_artifacts.ExampleAnomalies),
        "schema": ChannelParameter(type=standard_artifacts.Schema),
    }
    OUTPUTS = {"checked_schema": ChannelParameter(type=standard_artifacts.Schema)}


class DataGate(base_component.BaseComponent):
    """Passes the schema on if the data fit it; stops the run if they do not.

    ExampleValidator only reports anomalies. What trains takes its schema from here, so that nothing is learnt from
    data that did not pass.

    Args:
        anomalies: What ExampleValidator found.
        schema: The schema that the data were held against.
        data_gate: The section `data_gate` of the config, as JSON.
        code: Digest of the code that runs.
    """

    SPEC_CLASS = DataGateSpec
    EXECUTOR_SPEC = executor_spec.ExecutorClassSpec(executor.Executor)

    def __init__(self, anomalies: channel.BaseChannel, schema: channel.BaseChannel, data_gate: str, code: str) -> None:
        checked = channel.Channel(type=standard_artifacts.Schema)
        super().__init__(
            DataGateSpec(anomalies=anomalies, schema=schema, checked_schema=checked, data_gate=data_gate, code=code)
        )
