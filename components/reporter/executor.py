"""Reads the artifacts of a run, writes summary.json and index.html."""

import json
import os
from typing import Any

from tfx.dsl.components.base import base_executor
from tfx.dsl.io import fileio
from tfx.types import artifact_utils

from components.reporter import collect, page
from components.reporter.page import PAGE_FILE
from components.reporter.sources import SUMMARY_FILE, Sources
from modules.base.records import record_of
from modules.base.settings import PipelineSettings

SECTION = "section_"  # begins the names of inputs that are sections


class Executor(base_executor.BaseExecutor):
    """Artifacts in: those that facts are read from, and sections. Out: `report`."""

    def Do(self, input_dict: dict, output_dict: dict, exec_properties: dict[str, Any]) -> None:
        records = {name: record_of(found[0].mlmd_artifact) for name, found in input_dict.items() if found}
        sections = [records.pop(name) for name in sorted(records) if name.startswith(SECTION)]
        settings = PipelineSettings.model_validate_json(exec_properties["settings"])
        summary = collect.collect(Sources(records, sections, settings)) | digests(exec_properties)
        report = artifact_utils.get_single_uri(output_dict["report"])
        files = {
            SUMMARY_FILE: json.dumps(summary, ensure_ascii=False, allow_nan=False),
            PAGE_FILE: page.render(summary),
        }
        for name, content in files.items():
            with fileio.open(os.path.join(report, name), "w") as file:
                file.write(content)


def digests(exec_properties: dict[str, Any]) -> dict[str, str]:
    """Returns what data and what code a run was made from, as summary.json has it."""
    return {"data_fingerprint": exec_properties["fingerprint"], "code_digest": exec_properties["code"]}
