"""Interface of Reporter."""

from collections.abc import Mapping, Sequence

from tfx.dsl.components.base import base_component, executor_spec
from tfx.types import channel
from tfx.types.component_spec import ChannelParameter, ComponentSpec, ExecutionParameter

from components import artifacts
from components.reporter import executor


class ReporterSpec(ComponentSpec):
    """Parameters and outputs of Reporter; each instance has the inputs that it is given."""

    PARAMETERS = {
        "settings": ExecutionParameter(type=str),
        "fingerprint": ExecutionParameter(type=str),
        "code": ExecutionParameter(type=str),
    }
    INPUTS: dict[str, ChannelParameter] = {}
    OUTPUTS = {"report": ChannelParameter(type=artifacts.Report)}


class Reporter(base_component.BaseComponent):
    """Collects what all steps found out, as summary.json and one self-contained page.

    Args:
        found: Artifacts of other steps, by the name under which components/reporter/facts reads them.
        sections: Sections that other components left for the page, as `ReportSection` artifacts.
        settings: The whole config as JSON.
        fingerprint: Digest of the data.
        code: Digest of the code of all steps.
    """

    SPEC_CLASS = ReporterSpec
    EXECUTOR_SPEC = executor_spec.ExecutorClassSpec(executor.Executor)

    def __init__(
        self,
        found: Mapping[str, channel.BaseChannel],
        settings: str,
        fingerprint: str,
        code: str,
        sections: Sequence[channel.BaseChannel] = (),
    ) -> None:
        inputs = dict(found) | {f"{executor.SECTION}{number}": section for number, section in enumerate(sections)}
        parameters = {name: ChannelParameter(type=given.type) for name, given in inputs.items()}
        spec = type("ReporterSpec", (ReporterSpec,), {"INPUTS": parameters})
        report = channel.Channel(type=artifacts.Report)
        super().__init__(spec(settings=settings, fingerprint=fingerprint, code=code, report=report, **inputs))
