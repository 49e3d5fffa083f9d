"""Interface of DataGate."""

import json
from collections.abc import Iterable

from tfx.dsl.components.base import base_component, executor_spec
from tfx.types import channel, standard_artifacts
from tfx.types.component_spec import ChannelParameter, ComponentSpec, ExecutionParameter

from components.artifacts import DataFindings
from components.data_gate import executor


class DataGateSpec(ComponentSpec):
    """Parameters, inputs and outputs of DataGate."""

    PARAMETERS = {
        "data_gate": ExecutionParameter(type=str),
        "label": ExecutionParameter(type=str),
        "ignored": ExecutionParameter(type=str),
        "code": ExecutionParameter(type=str),
    }
    INPUTS = {
        "anomalies": ChannelParameter(type=standard_artifacts.ExampleAnomalies),
        "statistics": ChannelParameter(type=standard_artifacts.ExampleStatistics),
        "baseline_statistics": ChannelParameter(type=standard_artifacts.ExampleStatistics, optional=True),
    }
    OUTPUTS = {"findings": ChannelParameter(type=DataFindings)}


class DataGate(base_component.BaseComponent):
    """Stops the run if the data are damaged, or warns, as the config says.

    What learns from the data has to wait for it (`add_upstream_node`), and takes nothing from it: so a changed
    threshold, or another model blessed since, runs the gate anew and no training.

    Args:
        anomalies: What ExampleValidator found.
        statistics: What StatisticsGen counted, of every split.
        data_gate: The section `data_gate` of the config, as JSON.
        label: The label's column.
        ignored: Columns that may differ: excluded from the features, or what the rows are split by.
        code: Digest of the code that runs.
        baseline_statistics: Statistics of the last blessed run, where there was one.
    """

    SPEC_CLASS = DataGateSpec
    EXECUTOR_SPEC = executor_spec.ExecutorClassSpec(executor.Executor)

    def __init__(
        self,
        anomalies: channel.BaseChannel,
        statistics: channel.BaseChannel,
        data_gate: str,
        label: str,
        ignored: Iterable[str],
        code: str,
        baseline_statistics: channel.BaseChannel | None = None,
    ) -> None:
        super().__init__(
            DataGateSpec(
                anomalies=anomalies,
                statistics=statistics,
                baseline_statistics=baseline_statistics,
                findings=channel.Channel(type=DataFindings),
                data_gate=data_gate,
                label=label,
                ignored=json.dumps(sorted(ignored)),
                code=code,
            )
        )
