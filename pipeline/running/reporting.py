"""What a run on this machine found out, one that was stopped too: the content of summary.json."""

import datetime
from typing import Any

from components.reporter import collect
from components.reporter.blocks import Section
from components.reporter.executor import SECTION, digests
from components.reporter.sources import Sources
from modules.base.records import ArtifactRecord
from modules.base.settings import PipelineSettings
from modules.contracts import report
from pipeline.lineage import REPORTER, Lineage


def conclude(
    settings: PipelineSettings,
    lineage: Lineage,
    reporter: Any,
    steps: list[dict[str, Any]],
    command: str,
    stopped: dict[str, str] | None = None,
) -> dict[str, Any]:
    """Collects the summary of the run that has just ended.

    Args:
        settings: The config of the run.
        lineage: The lineage store.
        reporter: The pipeline's Reporter: its inputs say which artifacts a summary is made from.
        steps: Name, seconds and cached of every step that the run finished.
        command: The command line that repeats the run.
        stopped: `step` and `message`, if the run did not come to its end.

    Returns:
        The content of summary.json: what the Reporter collected or, where the run did not get to it, what there is;
        and what only the runner knows.
    """
    finished = {step["name"] for step in steps}
    if REPORTER in finished:
        summary = report.read_summary(_report_of(lineage))
    else:
        sources = Sources(*_records(reporter, lineage, finished), settings)
        summary = collect.collect(sources) | digests(reporter.exec_properties)
    now = datetime.datetime.now(datetime.UTC).astimezone().isoformat(timespec="seconds")
    known: dict[str, Any] = {"finished": now, "command": command, "steps": steps}
    known["lineage"] = lineage.graph([step["name"] for step in steps])
    return summary | known | ({"stopped": stopped} if stopped else {})


def sections(lineage: Lineage) -> list[Section]:
    """Returns the sections of the page that the Reporter of the run has built: they hold what the summary says.

    Args:
        lineage: The lineage store, of a run that came to its end.
    """
    return [Section.model_validate(section) for section in report.read_sections(_report_of(lineage))]


def _report_of(lineage: Lineage) -> str:
    return lineage.latest(REPORTER).outputs["report"].uri  # type: ignore[union-attr]


def _records(
    reporter: Any, lineage: Lineage, finished: set[str]
) -> tuple[dict[str, ArtifactRecord], list[ArtifactRecord]]:
    """Returns the Reporter's inputs, as far as the steps of this run have put them out, and an empty list."""
    records = {}
    for name, given in reporter.inputs.items():
        run = lineage.latest(given.producer_component_id) if given.producer_component_id in finished else None
        if run and given.output_key in run.outputs:
            records[name] = run.outputs[given.output_key]
    return records, [records.pop(name) for name in sorted(records) if name.startswith(SECTION)]
