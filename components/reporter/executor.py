"""Reads the artifacts of a run, writes the report."""

from typing import Any

from tfx.dsl.components.base import base_executor
from tfx.types import artifact_utils

from components.reporter import build, collect, page
from components.reporter.sources import Sources
from modules.base.records import record_of
from modules.base.settings import PipelineSettings
from modules.contracts import report

SECTION = "sections_"  # begins the names of inputs that are sections


class Executor(base_executor.BaseExecutor):
    """Artifacts in: those that facts are read from, and sections. Out: `report`."""

    def Do(self, input_dict: dict, output_dict: dict, exec_properties: dict[str, Any]) -> None:
        records = {name: record_of(artifacts[0].mlmd_artifact) for name, artifacts in input_dict.items() if artifacts}
        sections = [records.pop(name) for name in sorted(records) if name.startswith(SECTION)]
        settings = PipelineSettings.model_validate_json(exec_properties["config"])
        summary = collect.collect(Sources(records, sections, settings)) | digests(exec_properties)
        built = build.sections_of_steps(summary)
        left = [section.model_dump(mode="json") for section in built]
        shown = page.render(summary, sections=build.build(summary, built))
        report.write(artifact_utils.get_single_uri(output_dict["report"]), summary, shown, left)


def digests(exec_properties: dict[str, Any]) -> dict[str, str]:
    """Returns what data and what code a run was made from, as summary.json has it."""
    return {"data_fingerprint": exec_properties["fingerprint"], "code_digest": exec_properties["code"]}
